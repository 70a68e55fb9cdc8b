//! Counts become published tables: parts are merged, small counts protected, indicators added, rows put in order.

mod notes;
mod undecided;

use std::collections::BTreeMap;
use std::path::Path;

use denizen_spec::{
    AccountPart, Aspect, Codelist, ColumnType, Diagnostic, Disclosure, Form, Indicator, IndicatorUse,
    Measure, Pipeline, Schema, SourceKind, Table, TableId, Unit,
};
use polars::prelude::*;

use crate::counts::{
    CONCEPT, CONFIDENTIALITY, Counts, EXACT, NOTE, PERSONS, dimension, double, in_levels, internal, mapped,
    packed, sorted, text_column,
};
use crate::disclosure::{SHOWN, SUPPRESSED, protect};
use crate::estimates::{EstimatedPart, Told};
use crate::group_disclosure;
use crate::independence::too_independent;
use crate::indicators::{self, Inputs, Other};
use crate::packed_rows::{PackedRows, Statistic};
use crate::status::Confidentiality;
use crate::table::{Dimension, DimensionKind, Part, PublishedTable, Seen};
use crate::value::{Levels, Value};

pub(crate) use notes::{confidentiality, status, union_of_texts};
use notes::{not_closed, not_given, ranked_rests};

/// Number of the `[[table]]` among those of one name.
pub(crate) const PART: &str = "part";
/// The place of the rule of a part among all rules of a table.
const RULE: &str = "rule";
/// Index of the measure or indicator.
pub(crate) const INDICATOR: &str = "indicator";
/// The value as published, null when it is missing or hidden.
pub(crate) const VALUE: &str = "value";
/// What a share is a share of, and the like.
pub(crate) const BASE: &str = "base";
/// The counts that a value is of, as they are shown.
pub(crate) const N: &str = "n";
/// How many do not state what an indicator is over.
pub(crate) const NOT_STATED: &str = "n not stated";
/// How many more there may be, of which a rule cannot tell yet.
pub(crate) const UNDECIDED: &str = "n undecided";
/// Bits of the status.
pub(crate) const STATUS: &str = "status";
/// Whether the value is hidden to protect persons.
pub(crate) const HIDDEN: &str = "hidden";

/// What tables must know of a source that the pipeline does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFacts {
    /// Name of the source.
    pub source: String,
    /// Persons in it for each person of the population.
    pub sampling_fraction: f64,
    /// The residence rules that are applied to it.
    pub rules: Vec<Rule>,
}

/// A residence rule as tables name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Its name in the pipeline.
    pub name: String,
    /// Its parameters, such as `threshold=365 days`.
    pub parameters: String,
}

/// Turns the counts of each `[[table]]` into published tables, in the order of the pipeline; parts of one name become
/// one table.
///
/// `counts` holds those of every table, `lists` the code lists of all columns. Rows that are too many for memory wait in a file
/// without a name in the folder `scratch`.
///
/// # Errors
///
/// An indicator that the data do not allow; counts or facts that are not there, which is a fault of the program.
pub fn publish(
    pipeline: &Pipeline,
    mut counts: BTreeMap<TableId, Counts>,
    facts: &[SourceFacts],
    lists: &[Codelist],
    scratch: &Path,
) -> Result<Vec<PublishedTable>, Diagnostic> {
    let mut names: Vec<&str> = Vec::new();
    for table in &pipeline.tables {
        if !names.contains(&table.name.as_str()) {
            names.push(&table.name);
        }
    }
    let others = indicators::others(pipeline, &counts, facts)?;
    let mut publish = |name: &str| {
        let (mut tables, mut parts) = (Vec::new(), Vec::new());
        for (id, table) in pipeline.table_ids().filter(|(_, table)| table.name == name) {
            let part = counts.remove(&id);
            parts.push(part.ok_or_else(|| internal(&format!("table `{name}`"), &"it has no counts"))?);
            tables.push(table);
        }
        let draft = Draft::new(pipeline, tables, parts, facts, &others)?;
        draft.published(lists, pipeline.disclosure.as_ref(), scratch)
    };
    names.into_iter().map(&mut publish).collect()
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

/// A table in the making: all parts in one frame.
struct Draft<'a> {
    pipeline: &'a Pipeline,
    tables: Vec<&'a Table>,
    parts: Vec<Part>,
    /// The counts of other tables that indicators compare with.
    others: &'a [Other<'a>],
    dimensions: Vec<Dimension>,
    concepts: Levels,
    texts: Vec<(String, Levels)>,
    scale: u8,
    sampling_fraction: f64,
    /// Whether records were counted, so that a cell that is not there is nobody.
    complete: bool,
    /// A column for each dimension, then concept, part, exact count, the publisher's note and confidentiality, distinct
    /// persons, and a column for each text.
    frame: DataFrame,
    /// What is to be told of the estimates of each part.
    told: Vec<Told>,
}

impl<'a> Draft<'a> {
    fn new(
        pipeline: &'a Pipeline,
        tables: Vec<&'a Table>,
        mut counts: Vec<Counts>,
        facts: &[SourceFacts],
        others: &'a [Other<'a>],
    ) -> Result<Self, Diagnostic> {
        let told = counts.iter_mut().map(|part| std::mem::take(&mut part.told)).collect();
        let first = tables.first().copied().zip(tables.first().and_then(|table| pipeline.source_of(table)));
        let Some((table, source)) = first else { return Err(internal("tables", &"one has no source")) };
        let facts = facts.iter().find(|facts| facts.source == source.name);
        let facts = facts.ok_or_else(|| internal("tables", &"nothing is known of a source"))?;
        let parts = tables.iter().map(|table| part(pipeline, table, facts)).collect::<Result<_, _>>()?;
        let scale = counts.first().map_or(0, |counts| counts.scale);
        let union = |of: fn(&Counts) -> &Levels| {
            Levels::new(counts.iter().flat_map(|part| of(part).values().to_vec()))
        };
        let concepts = union(|part| &part.concepts);
        let texts = union_of_texts(&counts);
        let schema = pipeline.schema_of(source);
        let dimensions = table.dimensions.iter().enumerate().map(|(position, name)| {
            let (kind, list) = kind_and_list(table.column_of(name), &schema);
            let values = counts.iter().flat_map(|part| part.dimensions[position].values().iter().cloned());
            // Who only goes the other way has a cell too.
            let of_others = flows_the_other_way(&tables, others).flat_map(|other| other.values(name));
            let levels = Levels::new(values.chain(of_others.cloned()).chain([Value::total()]));
            Dimension { name: name.clone(), kind, list, levels }
        });
        let dimensions: Vec<Dimension> = dimensions.collect();
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

    fn published(
        mut self,
        lists: &[Codelist],
        disclosure: Option<&Disclosure>,
        scratch: &Path,
    ) -> Result<PublishedTable, Diagnostic> {
        let broken = |error: PolarsError| internal("tables", &error);
        let frame = std::mem::take(&mut self.frame);
        let counts = protect(frame.lazy(), disclosure, self.scale)?;
        let counts = counts.with_column(status().alias(STATUS)).collect().map_err(broken)?;
        let names = self.indicator_names();
        let levels: Vec<Levels> = self.dimensions.iter().map(|dimension| dimension.levels.clone()).collect();
        let residuals: Vec<_> = self.dimensions.iter().map(|dimension| dimension.residuals(lists)).collect();
        let mut warnings = self.told_of_all(&counts, disclosure).map_err(broken)?;
        let time = self.tables.first().and_then(|table| denizen_spec::time_dimension(table));
        let name = self.tables.first().map_or("", |table| table.name.as_str());
        warnings.extend(too_independent(name, &counts, &self.dimensions, time).map_err(broken)?);
        let (mut rows, mut seen) = (PackedRows::new(scratch), Seen::new(self.dimensions.len()));
        let counted = self.counted(&counts, &names).map_err(broken)?;
        let undecided = self.undecided(&counted).map_err(broken)?;
        let mut add = |index: u32, frames: Vec<DataFrame>| {
            let frame = undecided.beside(self.sorted(frames).map_err(broken)?)?;
            seen.look_at(&frame, &self.dimensions).map_err(broken)?;
            rows.push(index, &frame, &self.statistics(&frame).map_err(broken)?)
        };
        let measures = (0..).zip(&names).filter(|(_, name)| Indicator::named(name).is_none());
        for (index, _) in measures {
            add(index, vec![of_indicator(&counted, index).map_err(broken)?])?;
        }
        drop(counted);
        let asked = self.asked();
        let mut told = vec![Vec::new(); asked.len()];
        for (index, name) in (0..).zip(&names).filter(|(_, name)| Indicator::named(name).is_some()) {
            let mut frames = Vec::new();
            let of_name = asked.iter().enumerate().filter(|(_, (asked, _))| asked.indicator.name == *name);
            for (position, (asked, parts)) in of_name {
                let mut inputs = self.inputs(&counts, parts, &levels).map_err(broken)?;
                inputs.residuals = &residuals;
                inputs.threshold = disclosure.map_or(0, Disclosure::threshold);
                let (found, of_it) = self.rows_of(asked, parts, &inputs, index)?;
                told[position] = of_it;
                told[position].extend(self.ranked_rests(asked, parts, lists));
                frames.push(found);
            }
            add(index, frames)?;
        }
        drop(counts);
        warnings.extend(told.into_iter().flatten());
        let estimates = self.estimates(&mut warnings);
        let (complete, scale) = (self.complete, self.scale);
        let Some(table) = self.tables.first() else { return Err(internal("tables", &"one has no parts")) };
        Ok(PublishedTable {
            name: table.name.clone(),
            title: table.title.clone(),
            titles: table.titles.clone(),
            along: along(&self.tables),
            dimensions: self.dimensions,
            complete,
            sampling_fraction: self.sampling_fraction,
            parts: self.parts,
            concepts: self.concepts,
            indicators: names,
            texts: self.texts,
            rounding_base: disclosure.map_or(1, Disclosure::rounding_base),
            warnings,
            scale,
            time,
            period: self.pipeline.period,
            parameters: parameters(&self.tables),
            seen,
            rows,
            estimates,
        })
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

    /// The rows of an indicator, and what is to be said of them.
    fn rows_of(
        &self,
        asked: &IndicatorUse,
        parts: &[u32],
        inputs: &Inputs<'_>,
        index: u32,
    ) -> Result<(DataFrame, Vec<Diagnostic>), Diagnostic> {
        let broken = |error: PolarsError| internal("tables", &error);
        let found = indicators::compute(asked, inputs)?.collect().map_err(broken)?;
        let mut told: Vec<Diagnostic> =
            self.not_closed(asked, parts, &found).map_err(broken)?.into_iter().collect();
        let found = self.indicated(found, asked, index).map_err(broken)?;
        told.extend(self.not_given(asked, parts, &found).map_err(broken)?);
        Ok((found, told))
    }

    /// Measures and indicators, sorted.
    fn indicator_names(&self) -> Vec<&'static str> {
        let of = |table: &&Table| {
            let derived = table.indicators.iter().map(|asked| asked.indicator.name);
            derived.chain([table.measure.name()]).collect::<Vec<_>>()
        };
        let mut names: Vec<&str> = self.tables.iter().flat_map(of).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Each indicator with the parts that ask for it in the same way.
    fn asked(&self) -> Vec<(&'a IndicatorUse, Vec<u32>)> {
        let mut asked: Vec<(&IndicatorUse, &Table, Vec<u32>)> = Vec::new();
        for (part, table) in (0..).zip(self.tables.iter().copied()) {
            let is_alike = |known: &Table| {
                known.over() == table.over() && known.breaks == table.breaks && known.account == table.account
            };
            for new in &table.indicators {
                match asked.iter_mut().find(|(known, first, _)| *known == new && is_alike(first)) {
                    Some((.., parts)) => parts.push(part),
                    None => asked.push((new, table, vec![part])),
                }
            }
        }
        asked.into_iter().map(|(asked, _, parts)| (asked, parts)).collect()
    }

    /// The counts of some parts.
    fn inputs<'b>(
        &'b self,
        counts: &DataFrame,
        parts: &[u32],
        levels: &'b [Levels],
    ) -> PolarsResult<Inputs<'b>> {
        let mut is_asking = lit(false);
        for part in parts {
            is_asking = is_asking.or(col(PART).eq(lit(*part)));
        }
        let is_all = parts.len() == self.parts.len();
        let frame =
            if is_all { counts.clone() } else { counts.clone().lazy().filter(is_asking).collect()? };
        Ok(Inputs {
            table: self.tables[parts.first().map_or(0, |part| *part as usize)],
            frame,
            dimensions: levels,
            concepts: self.concepts.len(),
            parts: self.parts.len(),
            residuals: &[],
            others: self.others,
            sampling_fraction: self.sampling_fraction,
            scale: self.scale,
            threshold: 0,
            complete: self.complete,
        })
    }

    /// Warns of groups of persons of whom all are in one category.
    fn told_of_all(
        &self,
        counts: &DataFrame,
        disclosure: Option<&Disclosure>,
    ) -> PolarsResult<Vec<Diagnostic>> {
        let Some(table) = self.tables.first() else { return Ok(Vec::new()) };
        if !self.complete || !disclosure.is_some_and(Disclosure::hides_counts) {
            return Ok(Vec::new());
        }
        let (concepts, parts) = (self.concepts.len(), self.parts.len());
        let time = denizen_spec::time_dimension(table);
        group_disclosure::told_of_all(&table.name, counts, &self.dimensions, concepts, parts, time)
    }

    /// Warns of codes for the rest that are ranked.
    fn ranked_rests(&self, asked: &IndicatorUse, parts: &[u32], lists: &[Codelist]) -> Option<Diagnostic> {
        let table = self.tables[parts.first().map_or(0, |part| *part as usize)];
        let along = match asked.indicator.form {
            Form::Rank { along } => along.find(table).first().copied()?,
            Form::Ratio { .. }
            | Form::Change { .. }
            | Form::Difference { .. }
            | Form::Reduce { .. }
            | Form::Compare { .. }
            | Form::Account { .. }
            | Form::Areas { .. }
            | Form::Survival { .. }
            | Form::Decomposition { .. }
            | Form::Matrix { .. } => return None,
        };
        ranked_rests(&table.name, &self.dimensions[along], lists)
    }

    /// Says which accounts do not close.
    fn not_closed(
        &self,
        asked: &IndicatorUse,
        parts: &[u32],
        found: &DataFrame,
    ) -> PolarsResult<Option<Diagnostic>> {
        let table = self.tables[parts.first().map_or(0, |part| *part as usize)];
        match asked.indicator.form {
            Form::Account { of: AccountPart::Residual, .. } => {
                not_closed(table, &self.dimensions, found, self.scale)
            }
            Form::Account {
                of: AccountPart::Items | AccountPart::Natural | AccountPart::OtherThanNatural,
                ..
            }
            | Form::Ratio { .. }
            | Form::Rank { .. }
            | Form::Change { .. }
            | Form::Difference { .. }
            | Form::Reduce { .. }
            | Form::Compare { .. }
            | Form::Areas { .. }
            | Form::Survival { .. }
            | Form::Decomposition { .. }
            | Form::Matrix { .. } => Ok(None),
        }
    }

    /// Says of which of the parts that ask for an indicator no value of it can be had.
    fn not_given(
        &self,
        asked: &IndicatorUse,
        parts: &[u32],
        found: &DataFrame,
    ) -> PolarsResult<Vec<Diagnostic>> {
        let given = found.clone().lazy().filter(col(VALUE).is_not_null());
        let given = given.group_by([col(PART)]).agg([]).collect()?;
        let given: Vec<u32> = given.column(PART)?.u32()?.iter().flatten().collect();
        let missing = parts.iter().filter(|part| !given.contains(part));
        let missing = missing.map(|part| self.tables[*part as usize]);
        // Of these it has been said before anything was read.
        let missing = missing.filter(|table| self.pipeline.missing_total(table, asked.indicator).is_none());
        Ok(missing.map(|table| not_given(asked, table)).collect())
    }

    /// The rows of the measures.
    fn counted(&self, counts: &DataFrame, names: &[&'static str]) -> PolarsResult<DataFrame> {
        let mut frame = counts.clone();
        let measures = self.tables.iter().map(|table| names.binary_search(&table.measure.name()).ok());
        let measures: Vec<_> = measures.map(|index| index.map(|index| index as u32)).collect();
        frame.with_column(mapped(frame.column(PART)?, &measures)?.with_name(INDICATOR.into()))?;
        let value = doubles(frame.column(SHOWN)?.i64()?, self.scale).with_name(VALUE.into());
        frame.with_column(value.into_column())?;
        let none = |name: &str| lit(NULL).cast(self.base_type()).alias(name);
        let n = if self.scale > 0 { col(VALUE) } else { col(SHOWN) }.alias(N);
        let free = col(CONFIDENTIALITY).fill_null(confidentiality(Confidentiality::FREE));
        let seen_by = when(col(SUPPRESSED)).then(confidentiality(Confidentiality::SMALL_COUNT));
        let seen_by = seen_by.otherwise(free).alias(CONFIDENTIALITY);
        let beside = [none(BASE), n, none(NOT_STATED), seen_by];
        frame.lazy().with_columns(beside).select(self.columns()).collect()
    }

    /// The rows of an indicator.
    fn indicated(&self, mut frame: DataFrame, asked: &IndicatorUse, index: u32) -> PolarsResult<DataFrame> {
        // A change has the decimals of the counts, and a base that is a sum of counts has them too.
        let has_decimals = matches!(asked.indicator.unit, Unit::OfCounts);
        if self.scale > 0 && has_decimals {
            let divided = col(VALUE) / lit(10_f64.powi(self.scale.into()));
            frame = frame.lazy().with_column(divided).collect()?;
        }
        if self.scale > 0 {
            let counts_codes = matches!(asked.indicator.form, Form::Rank { .. });
            let scale = if counts_codes { 0 } else { self.scale };
            for (name, scale) in [(BASE, scale), (N, self.scale), (NOT_STATED, self.scale)] {
                let numbers = doubles(frame.column(name)?.i64()?, scale).with_name(name.into());
                frame.with_column(numbers.into_column())?;
            }
        }
        let exact = lit(NULL).cast(DataType::Int64).alias(EXACT);
        let free = confidentiality(Confidentiality::FREE);
        let seen_by = when(col(HIDDEN)).then(confidentiality(Confidentiality::SECONDARY)).otherwise(free);
        let others = [exact, crate::counts::index(index).alias(INDICATOR), seen_by.alias(CONFIDENTIALITY)];
        let no_texts = self.text_columns().map(|name| lit(NULL).cast(DataType::UInt32).alias(name));
        let columns: Vec<Expr> = others.into_iter().chain(no_texts).collect();
        frame.lazy().with_columns(columns).select(self.columns()).collect()
    }

    fn base_type(&self) -> DataType {
        if self.scale > 0 { DataType::Float64 } else { DataType::Int64 }
    }

    fn columns(&self) -> Vec<Expr> {
        let dimensions = (0..self.dimensions.len()).map(|position| col(dimension(position)));
        let others = [CONCEPT, PART, INDICATOR, VALUE, EXACT, BASE, N, NOT_STATED, STATUS, CONFIDENTIALITY];
        dimensions.chain(others.map(col)).chain(self.text_columns().map(col)).collect()
    }

    fn text_columns(&self) -> impl Iterator<Item = PlSmallStr> {
        (0..self.texts.len()).map(text_column)
    }

    /// The rows of one indicator by concept, rule, codes and part.
    fn sorted(&self, frames: Vec<DataFrame>) -> PolarsResult<DataFrame> {
        let frames = frames.into_iter().map(IntoLazy::lazy).collect::<Vec<_>>();
        let mut frame = concat(frames, UnionArgs { rechunk: true, ..UnionArgs::default() })?.collect()?;
        frame.with_column(mapped(frame.column(PART)?, &self.rules_of_parts())?.with_name(RULE.into()))?;
        let parts = self.parts.len();
        let dimensions = self.dimensions.iter().enumerate();
        let dimensions = dimensions.map(|(position, of)| (dimension(position), of.levels.len()));
        let key = [(CONCEPT.into(), self.concepts.len()), (RULE.into(), parts)].into_iter();
        let key: Vec<_> = key.chain(dimensions).chain([(PART.into(), parts)]).collect();
        let key = packed(&frame, &key)?;
        sorted(&frame.drop_many([RULE]), key.iter())
    }

    /// The place of each part's rule among all of them.
    fn rules_of_parts(&self) -> Vec<Option<u32>> {
        let mut rules: Vec<_> = self.parts.iter().map(|part| &part.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        let rule = |part: &Part| rules.binary_search(&&part.rule).ok().map(|index| index as u32);
        self.parts.iter().map(rule).collect()
    }

    /// Concept and rule of each row.
    fn statistics(&self, frame: &DataFrame) -> PolarsResult<Vec<Statistic>> {
        let rules = self.rules_of_parts();
        let (concepts, parts) = (frame.column(CONCEPT)?.u32()?, frame.column(PART)?.u32()?);
        let statistic = |(concept, part): (Option<u32>, Option<u32>)| {
            (concept.unwrap_or_default(), part.and_then(|part| rules[part as usize]).unwrap_or_default())
        };
        Ok(concepts.iter().zip(parts.iter()).map(statistic).collect())
    }
}

/// The rows of a measure among those of all measures of a table.
fn of_indicator(counted: &DataFrame, index: u32) -> PolarsResult<DataFrame> {
    let indices = counted.column(INDICATOR)?.u32()?;
    if indices.iter().all(|found| found == Some(index)) {
        return Ok(counted.clone());
    }
    counted.clone().lazy().filter(col(INDICATOR).eq(lit(index))).collect()
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

/// Whole numbers of units of the last decimal as the doubles nearest to them.
fn doubles(numbers: &Int64Chunked, scale: u8) -> Float64Chunked {
    let doubles = numbers.iter().map(|number| number.map(|number| double(number, scale)));
    Float64Chunked::from_iter_options(numbers.name().clone(), doubles)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_table::{counts, facts, key, pipeline, published, rows, scratch, texts};

    #[test]
    fn rows_by_indicator_and_codes_with_what_is_not_stated_last() {
        let records = rows(&[(["_U", "F"], 1), (["2001", "M"], 2), (["2001", "_U"], 3), (["2000", "F"], 4)]);
        let pipeline = pipeline("count", "'year', 'sex'", "unit = 'exits'");
        let table = published(&pipeline, counts(&records, 2)).unwrap();
        let found = texts(&table, &["year", "year_code", "sex", "indicator", "value", "unit", "obs_status"]);
        let expected = [
            "2000 2000 F count 4.0 exits A",
            "2001 2001 M count 2.0 exits A",
            "2001 2001 _U count 3.0 exits A",
            "- _U F count 1.0 exits A",
        ];
        assert_eq!(found, expected);
        assert_eq!(table.key(), ["concept", "indicator", "sex", "year_code"]);
    }

    #[test]
    fn years_that_are_all_stated_have_no_codes() {
        let pipeline = pipeline("count", "'year'", "");
        let table = published(&pipeline, counts(&rows(&[(["2000"], 4)]), 1)).unwrap();
        assert!(table.schema().field_with_name("year_code").is_err());
        assert_eq!(table.key(), ["concept", "indicator", "year"]);
    }

    #[test]
    fn what_a_publisher_notes_is_kept() {
        let row = |country: &str, count, note| (key(&[country]), count, note);
        let cells = [
            row("AR", Some(1), Some("b")),
            row("BO", None, Some("u")),
            row("CL", None, None),
            row("CO", None, Some("A")),
            row("EC", Some(2), None),
        ];
        let table = published(&pipeline("stock", "'country'", ""), counts(&cells, 1)).unwrap();
        let found = texts(&table, &["country", "value", "obs_status", "conf_status"]);
        assert_eq!(found, ["AR 1.0 B F", "BO - U F", "CL - O F", "CO - O F", "EC 2.0 A F"]);
    }

    #[test]
    fn codes_for_the_rest_that_are_ranked_are_said() {
        let of = |codes: [&str; 3]| {
            let records = rows(&codes.map(|code| ([code], 5)));
            let pipeline = pipeline("count", "'country'", "indicators = 'rank'");
            let table = published(&pipeline, counts(&records, 1)).unwrap();
            table.warnings().iter().flat_map(|warning| warning.notes.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of(["AR", "Other", "apolidi"]), ["`Other`, `apolidi`"]);
        assert!(of(["AR", "BO", "_O"]).is_empty());
        assert!(of(["AR", "BO", "_U"]).is_empty());
    }

    #[test]
    fn decimals_are_the_nearest_doubles_and_so_is_the_base() {
        let mut of_tenths = counts(&rows(&[(["AR"], 3), (["_T"], 125)]), 1);
        of_tenths.scale = 1;
        let pipeline = pipeline("stock", "'country'", "indicators = 'share'");
        let table = published(&pipeline, of_tenths).unwrap();
        let found = texts(&table, &["country", "indicator", "value", "base"]);
        assert_eq!(found, ["AR share 2.4 12.5", "AR stock 0.3 -", "_T stock 12.5 -"]);
    }

    #[test]
    fn a_table_without_counts_is_a_fault_of_the_program() {
        let pipeline = pipeline("count", "'country'", "");
        assert!(publish(&pipeline, BTreeMap::new(), &facts(1.0), &[], &scratch()).is_err());
        let id = pipeline.table_ids().map(|(id, _)| id);
        let counts = id.zip([counts(&rows(&[(["AR"], 3)]), 1)]).collect();
        assert!(publish(&pipeline, counts, &[], &[], &scratch()).is_err(), "nothing is known of its source");
    }
}
