//! A table in the making: its parts become one frame, and that a published table.

use std::collections::BTreeMap;
use std::path::Path;

use denizen_spec::{
    Aspect, Codelist, ColumnType, Diagnostic, Disclosure, IndicatorUse, Measure, Pipeline, Schema,
    SourceKind, Table,
};
use polars::prelude::*;

use super::lines::Lines;
use super::notes::{status, union_of_texts};
use super::{PART, STATUS, SourceFacts};
use crate::cell_columns::CellRows;
use crate::counts::{
    CONCEPT, CONFIDENTIALITY, Counts, EXACT, NOTE, PERSONS, dimension, in_levels, internal, text_column,
};
use crate::disclosure::protect;
use crate::estimates::{EstimatedPart, Told};
use crate::group_disclosure;
use crate::independence::too_independent;
use crate::indicators::Other;
use crate::table::{Dimension, DimensionKind, Part, PublishedTable};
use crate::value::{Levels, Value};

/// A table in the making: all parts in one frame.
pub(super) struct Draft<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) tables: Vec<&'a Table>,
    pub(super) parts: Vec<Part>,
    /// The counts of other tables that indicators compare with.
    pub(super) others: &'a [Other<'a>],
    pub(super) dimensions: Vec<Dimension>,
    pub(super) concepts: Levels,
    pub(super) texts: Vec<(String, Levels)>,
    pub(super) scale: u8,
    pub(super) sampling_fraction: f64,
    /// Whether records were counted, so that a cell that is not there is nobody.
    pub(super) complete: bool,
    /// A column for each dimension, then concept, part, exact count, the publisher's note and confidentiality, distinct
    /// persons, and a column for each text.
    frame: DataFrame,
    /// What is to be told of the estimates of each part.
    told: Vec<Told>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        pipeline: &'a Pipeline,
        tables: Vec<&'a Table>,
        mut counts: Vec<Counts>,
        facts: &[SourceFacts],
        others: &'a [Other<'a>],
    ) -> Result<Self, Diagnostic> {
        let told = counts.iter_mut().map(|part| std::mem::take(&mut part.told)).collect();
        let source = tables.first().and_then(|table| pipeline.source_of(table));
        let source = source.ok_or_else(|| internal("tables", &"one has no source"))?;
        let facts = facts.iter().find(|facts| facts.source == source.name);
        let facts = facts.ok_or_else(|| internal("tables", &"nothing is known of a source"))?;
        let parts = tables.iter().map(|table| part(pipeline, table, facts)).collect::<Result<_, _>>()?;
        let scale = counts.first().map_or(0, |counts| counts.scale);
        let union = |of: fn(&Counts) -> &Levels| {
            Levels::new(counts.iter().flat_map(|part| of(part).values().to_vec()))
        };
        let concepts = union(|part| &part.concepts);
        let texts = union_of_texts(&counts);
        let dimensions = dimensions(&tables, &pipeline.schema_of(source), &counts, others);
        let frame =
            merged(counts, &dimensions, &concepts, &texts).map_err(|error| internal("tables", &error))?;
        let sampling_fraction = facts.sampling_fraction;
        let complete = source.kind == SourceKind::Records;
        Ok(Self {
            pipeline,
            tables,
            parts,
            others,
            dimensions,
            concepts,
            texts,
            scale,
            sampling_fraction,
            complete,
            frame,
            told,
        })
    }

    pub(super) fn published(
        mut self,
        lists: &[Codelist],
        scratch: &Path,
    ) -> Result<PublishedTable, Diagnostic> {
        let counts = self.protected()?;
        let cells = CellRows::of_frame(&counts, self.dimensions.len())?;
        let mut warnings = self.told_of_all(&counts).map_err(|error| internal("tables", &error))?;
        let table = *self.tables.first().ok_or_else(|| internal("tables", &"one has no parts"))?;
        let time = denizen_spec::time_dimension(table);
        warnings.extend(too_independent(&table.name, &cells, &self.dimensions, time));
        let beside = self.beside_counts(&counts)?;
        // Indicators are computed from the cells alone.
        drop(counts);
        let mut lines = Lines::new(&self, &cells, scratch)?;
        self.add_counts(&cells, beside, &mut lines)?;
        warnings.extend(self.add_indicators(&cells, lists, &mut lines)?);
        let (rows, seen) = lines.finish();
        let estimates = self.estimates(&mut warnings);
        Ok(PublishedTable {
            name: table.name.clone(),
            title: table.title.clone(),
            titles: table.titles.clone(),
            along: along(&self.tables),
            indicators: self.indicator_names(),
            dimensions: self.dimensions,
            complete: self.complete,
            sampling_fraction: self.sampling_fraction,
            parts: self.parts,
            concepts: self.concepts,
            texts: self.texts,
            rounding_base: self.pipeline.disclosure.as_ref().map_or(1, Disclosure::rounding_base),
            warnings,
            scale: self.scale,
            time,
            period: self.pipeline.period,
            parameters: parameters(&self.tables),
            seen,
            rows,
            estimates,
        })
    }

    /// The counts as they are shown, with their status.
    fn protected(&mut self) -> Result<DataFrame, Diagnostic> {
        let frame = std::mem::take(&mut self.frame);
        let counts = protect(frame.lazy(), self.pipeline.disclosure.as_ref(), self.scale)?;
        let counts = counts.with_column(status().alias(STATUS)).collect();
        counts.map_err(|error| internal("tables", &error))
    }

    /// How good the estimates of each part were, and what is to be said of them.
    fn estimates(&self, warnings: &mut Vec<Diagnostic>) -> Vec<EstimatedPart> {
        let mut estimates = Vec::new();
        for ((table, part), told) in self.tables.iter().zip(&self.parts).zip(&self.told) {
            let named = |warning: &Diagnostic| {
                let rule = table.rule.as_ref().map_or(String::new(), |rule| format!(" by `{rule}`"));
                warning.clone().note(format!("of the table `{}`{rule}", table.name))
            };
            // Ends of intervals are told of with the estimates.
            if matches!(table.measure, Measure::Beside(_, Aspect::Estimate)) {
                warnings.extend(told.warnings.iter().map(named));
                estimates.extend(told.quality.iter().map(|quality| EstimatedPart {
                    concept: table.concept.clone(),
                    rule: part.rule.as_ref().map(|rule| rule.name.clone()),
                    unit: part.unit.clone(),
                    quality: quality.clone(),
                }));
            }
        }
        estimates
    }

    /// Measures and indicators, sorted.
    pub(super) fn indicator_names(&self) -> Vec<&'static str> {
        let of = |table: &&Table| {
            let derived = table.indicators.iter().map(|asked| asked.indicator.name);
            derived.chain([table.measure.name()]).collect::<Vec<_>>()
        };
        let mut names: Vec<&str> = self.tables.iter().flat_map(of).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Warns of groups of persons of whom all are in one category.
    fn told_of_all(&self, counts: &DataFrame) -> PolarsResult<Vec<Diagnostic>> {
        let Some(table) = self.tables.first() else { return Ok(Vec::new()) };
        if !self.complete || !self.pipeline.disclosure.as_ref().is_some_and(Disclosure::hides_counts) {
            return Ok(Vec::new());
        }
        let (concepts, parts) = (self.concepts.len(), self.parts.len());
        let time = denizen_spec::time_dimension(table);
        group_disclosure::told_of_all(&table.name, counts, &self.dimensions, concepts, parts, time)
    }

    /// The place of each part's rule among all of them.
    pub(super) fn rules_of_parts(&self) -> Vec<u32> {
        let mut rules: Vec<_> = self.parts.iter().map(|part| &part.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        let rule = |part: &Part| rules.binary_search(&&part.rule).unwrap_or_default() as u32;
        self.parts.iter().map(rule).collect()
    }
}

/// The indicators of the parts of a table, each once, with the dimensions along which they are taken.
fn along(tables: &[&Table]) -> Vec<(String, Vec<String>)> {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for table in tables {
        for asked in &table.indicators {
            let along = asked.indicator.form.along(table).into_iter();
            let names = along.map(|position| table.dimensions[position].clone());
            found.entry(asked.indicator.name).or_insert_with(|| names.collect());
        }
    }
    found.into_iter().map(|(name, along)| (name.to_owned(), along)).collect()
}

/// The flows the other way that indicators of these tables subtract.
fn flows_the_other_way<'a>(
    tables: &'a [&Table],
    others: &'a [Other<'a>],
) -> impl Iterator<Item = &'a Other<'a>> {
    let asked = tables.iter().flat_map(|table| &table.indicators).filter_map(|asked| asked.less.as_ref());
    asked.filter_map(|used| others.iter().find(|other| other.used == used))
}

fn part(pipeline: &Pipeline, table: &Table, facts: &SourceFacts) -> Result<Part, Diagnostic> {
    let name = pipeline.rule_of(table);
    let rule = facts.rules.iter().find(|rule| Some(rule.name.as_str()) == name);
    if name.is_some() && rule.is_none() {
        return Err(internal("tables", &"nothing is known of a rule"));
    }
    let area = table.reference_area.as_ref().or(pipeline.reference_area.as_ref());
    Ok(Part { rule: rule.cloned(), unit: table.unit.clone(), area: area.cloned() })
}

/// All parts in one frame, with the levels of the table.
fn merged(
    counts: Vec<Counts>,
    dimensions: &[Dimension],
    concepts: &Levels,
    texts: &[(String, Levels)],
) -> PolarsResult<DataFrame> {
    let merge = |(part, counts): (u32, Counts)| {
        let mut columns = Vec::with_capacity(dimensions.len() + 4);
        for (position, of_table) in dimensions.iter().enumerate() {
            let column = counts.frame.column(&dimension(position))?;
            columns.push(in_levels(column, &counts.dimensions[position], &of_table.levels)?);
        }
        columns.push(in_levels(counts.frame.column(CONCEPT)?, &counts.concepts, concepts)?);
        columns.push(counts.frame.column(EXACT)?.clone());
        for name in [NOTE, CONFIDENTIALITY, PERSONS] {
            columns.push(counts.frame.column(name)?.clone());
        }
        for (position, (name, of_table)) in texts.iter().enumerate() {
            let of_part = counts.texts.iter().position(|(known, _)| known == name);
            columns.push(match of_part {
                Some(of_part) => {
                    let column = counts.frame.column(&text_column(of_part))?;
                    in_levels(column, &counts.texts[of_part].1, of_table)?.with_name(text_column(position))
                }
                None => UInt32Chunked::full_null(text_column(position), counts.cells()).into_column(),
            });
        }
        columns.push(UInt32Chunked::full(PART.into(), part, counts.cells()).into_column());
        Ok(DataFrame::new(counts.cells(), columns)?.lazy())
    };
    let parts = (0..).zip(counts).map(merge).collect::<PolarsResult<Vec<_>>>()?;
    concat(parts, UnionArgs::default())?.collect()
}

/// The parameters of indicators, as they are told beside a table.
fn parameters(tables: &[&Table]) -> Vec<String> {
    let told = |asked: &IndicatorUse| {
        let name = asked.indicator.name;
        let numbers = asked.parameters.iter().map(|(parameter, value)| (*parameter, value.to_string()));
        let tables = [("per", &asked.per), ("less", &asked.less)].into_iter();
        let tables = tables.filter_map(|(key, other)| Some((key, other.as_ref()?.text())));
        let told = numbers.chain(tables).map(|(key, value)| format!("{name}:{key}={value}"));
        told.collect::<Vec<_>>()
    };
    let mut parameters: Vec<String> =
        tables.iter().flat_map(|table| &table.indicators).flat_map(told).collect();
    parameters.sort();
    parameters.dedup();
    parameters
}

/// The dimensions of some parts of a table, with all values that a row may have.
fn dimensions(tables: &[&Table], schema: &Schema, counts: &[Counts], others: &[Other<'_>]) -> Vec<Dimension> {
    let Some(table) = tables.first() else { return Vec::new() };
    let dimensions = table.dimensions.iter().enumerate().map(|(position, name)| {
        let (kind, list) = kind_and_list(table.column_of(name), schema);
        let values = counts.iter().flat_map(|part| part.dimensions[position].values().iter().cloned());
        // Who only goes the other way has a cell too.
        let of_others = flows_the_other_way(tables, others).flat_map(|other| other.values(name));
        let levels = Levels::new(values.chain(of_others.cloned()).chain([Value::total()]));
        Dimension { name: name.clone(), kind, list, levels }
    });
    dimensions.collect()
}

/// What the column of a dimension holds after all steps, and the list of its codes.
fn kind_and_list(column: &str, schema: &Schema) -> (DimensionKind, Option<String>) {
    let column = schema.get(column);
    let kind = match column.map(|column| column.column_type) {
        Some(ColumnType::Date) => DimensionKind::Day,
        Some(ColumnType::Integer) => DimensionKind::Number,
        Some(ColumnType::Text | ColumnType::Code | ColumnType::Boolean | ColumnType::Decimal { .. })
        | None => DimensionKind::Code,
    };
    (kind, column.and_then(|column| column.codelist.clone()))
}
