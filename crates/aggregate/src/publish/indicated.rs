//! The rows of measures and indicators, one after another, and what is to be said of them.

use std::borrow::Cow;

use denizen_spec::{
    AccountPart, Codelist, Diagnostic, Disclosure, Form, Indicator, IndicatorUse, Source, Table, Unit,
};
use polars::prelude::*;

use super::draft::Draft;
use super::lines::{Line, Lines};
use super::notes::{not_closed, not_given, ranked_rests};
use crate::cell_columns::{CellRows, Found, Nullable};
use crate::counts::{CONFIDENTIALITY, double, internal, text_column};
use crate::indicators::{self, Inputs};
use crate::room;
use crate::status::Confidentiality;
use crate::value::Levels;

/// What stands beside the counts and nowhere else.
pub(super) struct BesideCounts {
    /// Index of who may see each, as the publisher says; none where he says nothing.
    confidentiality: Nullable<u32>,
    /// Of each text, its index for each count.
    texts: Vec<Nullable<u32>>,
}

impl<'a> Draft<'a> {
    pub(super) fn beside_counts(&self, counts: &DataFrame) -> Result<BesideCounts, Diagnostic> {
        let column =
            |name: &str| -> PolarsResult<Nullable<u32>> { Ok(counts.column(name)?.u32()?.iter().collect()) };
        let texts = (0..self.texts.len()).map(|text| column(&text_column(text)));
        let texts = texts.collect::<PolarsResult<Vec<_>>>();
        let beside =
            texts.and_then(|texts| Ok(BesideCounts { confidentiality: column(CONFIDENTIALITY)?, texts }));
        beside.map_err(|error| internal("tables", &error))
    }

    /// Adds the rows of the measures.
    pub(super) fn add_counts(
        &self,
        cells: &CellRows,
        beside: BesideCounts,
        lines: &mut Lines<'_>,
    ) -> Result<(), Diagnostic> {
        let names = self.indicator_names();
        let measure = |part: u32| self.tables.get(part as usize).map(|table| table.measure.name());
        for (index, name) in (0..).zip(&names).filter(|(_, name)| Indicator::named(name).is_none()) {
            let parts = (0..self.parts.len() as u32).filter(|part| measure(*part) == Some(name));
            let parts: Vec<u32> = parts.collect();
            let rows = (0..cells.len() as u32).filter(|row| parts.contains(&cells.keys.parts[*row as usize]));
            let rows: Vec<u32> = rows.collect();
            lines.add(index, self.counted(cells, &beside, &rows))?;
        }
        Ok(())
    }

    /// The rows of a measure.
    fn counted(&self, cells: &CellRows, beside: &BesideCounts, rows: &[u32]) -> Line {
        let of_rows = || rows.iter().map(|row| cells.cell(*row as usize));
        let none = || rows.iter().map(|_| None).collect();
        let seen_by = |row: &u32| {
            let row = *row as usize;
            if cells.cell(row).hidden {
                return Confidentiality::SMALL_COUNT.index();
            }
            beside.confidentiality.get(row).unwrap_or(Confidentiality::FREE.index())
        };
        let value = |shown: i64| double(shown, self.scale);
        let text = |of: &Nullable<u32>| rows.iter().map(|row| of.get(*row as usize)).collect();
        Line {
            exact: Some(of_rows().map(|cell| cell.exact).collect()),
            seen_by: rows.iter().map(seen_by).collect(),
            texts: beside.texts.iter().map(text).collect(),
            scale_of_base: self.scale,
            found: Found {
                keys: cells.keys.take(rows),
                values: of_rows().map(|cell| cell.shown.map(value)).collect(),
                bases: none(),
                n: of_rows().map(|cell| cell.shown).collect(),
                not_stated: none(),
                statuses: of_rows().map(|cell| cell.flag).collect(),
                hidden: of_rows().map(|cell| cell.hidden).collect(),
            },
        }
    }

    /// Adds the rows of the indicators; what is to be said of them.
    pub(super) fn add_indicators(
        &self,
        cells: &CellRows,
        lists: &[Codelist],
        lines: &mut Lines<'_>,
    ) -> Result<Vec<Diagnostic>, Diagnostic> {
        let levels: Vec<Levels> = self.dimensions.iter().map(|dimension| dimension.levels.clone()).collect();
        let residuals: Vec<_> = self.dimensions.iter().map(|dimension| dimension.residuals(lists)).collect();
        let names = self.indicator_names();
        let asked = self.asked();
        let mut told = vec![Vec::new(); asked.len()];
        for (index, name) in (0..).zip(&names).filter(|(_, name)| Indicator::named(name).is_some()) {
            let mut all: Option<Line> = None;
            let of_name = asked.iter().enumerate().filter(|(_, (asked, _))| asked.indicator.name == *name);
            for (position, (asked, parts)) in of_name {
                let inputs = Inputs { residuals: &residuals, ..self.inputs(cells, parts, &levels) };
                let found = indicators::compute(asked, &inputs)?;
                told[position] = self.told_of(asked, parts, &found, lists);
                let line = self.indicated(found, asked);
                all = Some(match all {
                    Some(all) => all.and(line),
                    None => line,
                });
            }
            lines.add(index, all.unwrap_or_default())?;
        }
        Ok(told.into_iter().flatten().collect())
    }

    /// The rows of an indicator.
    fn indicated(&self, found: Found, asked: &IndicatorUse) -> Line {
        // A change has the decimals of the counts, and a base that is a sum of counts has them too.
        let has_decimals = matches!(asked.indicator.unit, Unit::OfCounts);
        let divisor = if self.scale > 0 && has_decimals { 10_f64.powi(self.scale.into()) } else { 1.0 };
        let counts_codes = matches!(asked.indicator.form, Form::Rank { .. });
        let seen_by = |hidden: &bool| {
            let of = if *hidden { Confidentiality::SECONDARY } else { Confidentiality::FREE };
            of.index()
        };
        Line {
            exact: None,
            seen_by: room::collected(found.len(), found.hidden.iter().map(seen_by)),
            texts: Vec::new(),
            scale_of_base: if counts_codes { 0 } else { self.scale },
            found: found.divided(divisor),
        }
    }

    /// Each indicator with the parts that ask for it in the same way.
    pub(super) fn asked(&self) -> Vec<(&'a IndicatorUse, Vec<u32>)> {
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
    pub(super) fn inputs<'b>(
        &'b self,
        cells: &'b CellRows,
        parts: &[u32],
        levels: &'b [Levels],
    ) -> Inputs<'b> {
        let is_all = parts.len() == self.parts.len();
        let table = self.first_of(parts);
        let is_additive = |source: &Source| {
            let columns = table.dimensions.iter().map(|name| table.column_of(name));
            columns.map(|column| source.additive.is_over(column)).collect()
        };
        Inputs {
            table,
            rows: if is_all { Cow::Borrowed(cells) } else { Cow::Owned(cells.of_parts(parts)) },
            dimensions: levels,
            concepts: self.concepts.len(),
            parts: self.parts.len(),
            residuals: &[],
            others: self.others,
            sampling_fraction: self.sampling_fraction,
            scale: self.scale,
            threshold: self.pipeline.disclosure.as_ref().map_or(0, Disclosure::threshold),
            complete: self.complete,
            additive: self.pipeline.source_of(table).map_or_else(Vec::new, is_additive),
        }
    }

    /// The table of the first of some parts.
    fn first_of(&self, parts: &[u32]) -> &'a Table {
        self.tables[parts.first().map_or(0, |part| *part as usize)]
    }

    /// What is to be said of an indicator.
    fn told_of(
        &self,
        asked: &IndicatorUse,
        parts: &[u32],
        found: &Found,
        lists: &[Codelist],
    ) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        told.extend(self.not_closed(asked, parts, found));
        told.extend(self.not_given(asked, parts, found));
        told.extend(self.ranked_rests(asked, parts, lists));
        told
    }

    /// Warns of codes for the rest that are ranked.
    fn ranked_rests(&self, asked: &IndicatorUse, parts: &[u32], lists: &[Codelist]) -> Option<Diagnostic> {
        let table = self.first_of(parts);
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
    fn not_closed(&self, asked: &IndicatorUse, parts: &[u32], found: &Found) -> Option<Diagnostic> {
        match asked.indicator.form {
            Form::Account { of: AccountPart::Residual, .. } => {
                not_closed(self.first_of(parts), &self.dimensions, found, self.scale)
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
            | Form::Matrix { .. } => None,
        }
    }

    /// Says of which of the parts that ask for an indicator no value of it can be had.
    fn not_given(&self, asked: &IndicatorUse, parts: &[u32], found: &Found) -> Vec<Diagnostic> {
        let mut is_given = vec![false; self.parts.len()];
        for (part, value) in found.keys.parts.iter().zip(found.values.iter()) {
            is_given[*part as usize] |= value.is_some();
        }
        let missing = parts.iter().filter(|part| !is_given[**part as usize]);
        let missing = missing.map(|part| self.tables[*part as usize]);
        // Of these it has been said before anything was read.
        let missing = missing.filter(|table| self.pipeline.missing_total(table, asked.indicator).is_none());
        missing.map(|table| not_given(asked, table)).collect()
    }
}
