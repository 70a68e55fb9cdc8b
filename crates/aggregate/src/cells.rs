//! Cells of published tables: read as a whole, checked, and taken as they are.

mod absent;
mod added;
mod below_zero;
mod changed;
mod check;
mod coded;
mod gaps;
mod split;
mod statuses;
#[cfg(test)]
mod tests;
mod together;
mod without_total;

pub use self::split::split_cells;
pub use self::together::{CellsOfSource, put_together};

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::kernels::nullif::nullif;
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::DataType as ArrowType;
use arrow::error::ArrowError;
use denizen_spec::{Diagnostic, FieldType, Source, Table, columns};
use polars::prelude::*;

use self::coded::{coded, values};
use crate::counts::{
    CONCEPT, CONFIDENTIALITY, Counts, EXACT, NOTE, PERSONS, dimension, internal, mapped, text_column,
};
use crate::estimates::Told;
use crate::likely_total::{LikelyTotal, Search};
use crate::overlap::Wholes;
use crate::value::{Levels, Value};

/// What the checks found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellReport {
    /// Cells that came in.
    pub read: u64,
    /// Cells left out because the same row was there before.
    pub repeated: u64,
    /// Totals that were compared with their parts, by dimension.
    pub compared: BTreeMap<String, u64>,
    /// Totals among them that differ from their parts by no more than the declared tolerance.
    pub within_tolerance: BTreeMap<String, u64>,
    /// Values that seem to be totals of others, though none are declared.
    pub likely_totals: Vec<LikelyTotal>,
}

/// The cells of a source, each once and in agreement with its totals.
///
/// ```
/// use std::sync::Arc;
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use denizen_aggregate::Cells;
///
/// let pipeline = denizen_spec::parse(r#"
///     spec = 1
///     title = "Communities"
///     vintage = "1"
///     [source.s]
///     files = "s.csv"
///     format = "csv"
///     kind = "cells"
///     concept = "residents"
///     [source.s.columns]
///     citizenship = { list = "country", total = "WORLD" }
///     value = { type = "integer" }
///     [[table]]
///     name = "t"
///     measure = "stock"
///     dimensions = ["citizenship"]
/// "#).unwrap();
/// let batch = RecordBatch::try_from_iter([
///     ("citizenship", Arc::new(StringArray::from(vec!["PE", "EC", "_T"])) as ArrayRef),
///     ("value", Arc::new(Int64Array::from(vec![1, 2, 9])) as ArrayRef),
///     ("concept", Arc::new(StringArray::from(vec!["residents"; 3])) as ArrayRef),
/// ]).unwrap();
/// let (cells, report) = Cells::read(&pipeline.sources[0], vec![batch]).unwrap();
/// assert_eq!((report.read, report.repeated, report.compared["citizenship"]), (3, 0, 1));
/// assert_eq!(cells.counts(&pipeline.tables[0]).unwrap().cells(), 3);
/// ```
pub struct Cells {
    source: Source,
    /// The columns that tell cells apart, and their values.
    key: Vec<(String, Levels)>,
    /// The columns of text, which stand beside the values, and their texts.
    texts: Vec<(String, Levels)>,
    /// Decimals of the values.
    scale: u8,
    /// A column of indices for each column of the key, then [`EXACT`], [`NOTE`], [`CONFIDENTIALITY`] and a column of
    /// indices for each text.
    frame: DataFrame,
    /// The rows as they came.
    batches: Vec<RecordBatch>,
    /// Which of them stay; none when all do.
    stays: Option<BooleanArray>,
    /// The columns that steps have made from others, which tell no cells apart that these do not.
    derived: BTreeSet<String>,
    /// What is known of codes that are parts of others, by column.
    wholes: BTreeMap<String, Wholes>,
    /// Rows of the source that were rejected.
    rejected: u64,
}

/// Faults of the data as they are, others as those of the program.
fn told(error: Box<dyn std::error::Error>) -> Vec<Diagnostic> {
    match error.downcast::<Diagnostic>() {
        Ok(fault) => vec![*fault],
        Err(error) => vec![internal("cells", &error)],
    }
}

fn fault_of_table(error: Box<dyn std::error::Error>) -> Diagnostic {
    match error.downcast::<Diagnostic>() {
        Ok(fault) => *fault,
        Err(error) => internal("cells of a table", &error),
    }
}

impl Cells {
    /// Drops cells that repeat an earlier one, and compares each total with its parts.
    ///
    /// Where all codes of a dimension that is `complete` are there, they must add up exactly; in any case the parts
    /// must not exceed their total.
    ///
    /// # Errors
    ///
    /// Cells that have two values, and totals that do not fit their parts.
    pub fn read(source: &Source, batches: Vec<RecordBatch>) -> Result<(Self, CellReport), Vec<Diagnostic>> {
        let mut cells = Self::framed(source, batches).map_err(told)?;
        let mut report = CellReport { read: cells.frame.height() as u64, ..CellReport::default() };
        report.repeated = cells.drop_repeated()?;
        cells.compare_totals(&mut report)?;
        report.likely_totals = cells.likely_totals().map_err(|error| vec![internal("cells", &error)])?;
        Ok((cells, report))
    }

    /// What seems to be a total and is not declared as one.
    fn likely_totals(&self) -> PolarsResult<Vec<LikelyTotal>> {
        let is_candidate = |(_, (name, _)): &(usize, &(String, Levels))| {
            let is_declared = self.source.column(name).is_none_or(|column| column.total.is_some());
            !is_declared && columns::name_in_file(name).is_none() && name != columns::CONCEPT
        };
        let candidates = self.key.iter().enumerate().filter(is_candidate).map(|(position, _)| position);
        Search { frame: &self.frame, key: &self.key, candidates: candidates.collect() }.likely_totals()
    }

    fn framed(source: &Source, batches: Vec<RecordBatch>) -> Result<Self, Box<dyn std::error::Error>> {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let (mut key, mut frame) = (Vec::new(), Vec::new());
        let names = batches.first().map(RecordBatch::schema);
        let names = names.iter().flat_map(|schema| schema.fields()).map(|field| field.name().clone());
        for name in names.filter(|name| is_key(source, name)) {
            let (levels, column) = coded(&batches, &name, dimension(key.len()))?;
            frame.push(column);
            key.push((name, levels));
        }
        let (scale, values) = values(&batches)?;
        frame.push(Int64Chunked::from_iter_options(EXACT.into(), values.into_iter()).into_column());
        frame.extend(statuses::statuses(&batches, rows, source.flag_i)?);
        let mut texts = Vec::new();
        for column in source.columns.iter().filter(|column| is_beside(source, &column.name)) {
            let (levels, column_of) = coded(&batches, &column.name, text_column(texts.len()))?;
            frame.push(stated(&levels, &column_of)?);
            texts.push((column.name.clone(), levels));
        }
        let frame = DataFrame::new(rows, frame)?;
        Ok(Self {
            source: source.clone(),
            key,
            texts,
            scale,
            frame,
            batches,
            stays: None,
            derived: BTreeSet::new(),
            wholes: BTreeMap::new(),
            rejected: 0,
        })
    }

    /// Takes the cells that a table shows, and adds up those of the dimensions that it leaves open, where their source says that
    /// they may be.
    ///
    /// Every other dimension of the cells is shown, fixed by the table's `filter`, or taken at its total.
    ///
    /// # Errors
    ///
    /// A stock that would be added up over times, sums that 64 bits do not hold, and faults of the program.
    pub fn counts(&self, table: &Table) -> Result<Counts, Diagnostic> {
        let selected = self.selected(table);
        let absent =
            self.absent_parts_of_totals(table).map_err(|error| internal("cells of a table", &error))?;
        let counts = selected
            .and_then(|counts| added::with_totals(&self.source, &self.wholes, &absent, table, counts))
            .map_err(fault_of_table)?;
        if !self.has_incomplete_sums(table) {
            return Ok(counts);
        }
        let all = !self.summed(table).is_empty();
        let flagged = added::flag_incomplete(&self.source, table, counts, all);
        flagged.map_err(|error| internal("cells of a table", &error))
    }

    fn has_incomplete_sums(&self, table: &Table) -> bool {
        self.incomplete_sums(table).is_some()
    }

    /// What they give to a table that other sources feed too: see [`put_together`].
    ///
    /// # Errors
    ///
    /// As [`Cells::counts`].
    pub fn share(&self, table: &Table) -> Result<CellsOfSource, Diagnostic> {
        let counts = self.selected(table).map_err(fault_of_table)?;
        let summed = self.summed_codes(table).map_err(fault_of_table)?;
        let is_incomplete = self.has_incomplete_sums(table);
        let counts = if is_incomplete && !summed.is_empty() {
            let flagged = added::flag_incomplete(&self.source, table, counts, true);
            flagged.map_err(|error| internal("cells of a table", &error))?
        } else {
            counts
        };
        let (source, wholes) = (self.source.clone(), self.wholes.clone());
        Ok(CellsOfSource { source, wholes, summed, is_incomplete, counts })
    }

    /// The cells, of which so many rows were rejected.
    pub fn with_rejected(self, rejected: u64) -> Self {
        Self { rejected, ..self }
    }

    /// The cells, with what is known of codes that are parts of others, by column: such are never added up together.
    pub fn with_wholes(self, wholes: BTreeMap<String, Wholes>) -> Self {
        Self { wholes, ..self }
    }

    /// The cells that a table is made from, before any are added up.
    fn chosen(&self, table: &Table, shown: &[&str], summed: &[usize]) -> PolarsResult<LazyFrame> {
        let mut frame = self.frame.clone().lazy();
        for column in self.source.columns.iter().filter(|column| column.total.is_some()) {
            let name = column.name.as_str();
            let is_fixed = table.filter.iter().any(|(fixed, _)| fixed == name);
            if !is_fixed && !shown.contains(&name) && summed.is_empty() {
                frame = frame.filter(self.is_one_of(name, &[columns::TOTAL])?);
            }
        }
        for (name, codes) in table.filter.iter().filter(|(_, codes)| !is_of_total(codes) || summed.is_empty())
        {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            frame = frame.filter(self.is_one_of(name, &codes)?);
        }
        for (name, codes) in &table.except {
            // A total is of what is left out as well.
            let codes: Vec<&str> = codes.iter().map(String::as_str).chain([columns::TOTAL]).collect();
            frame = frame.filter(self.is_one_of(name, &codes)?.not());
        }
        if let Some(concept) = &table.concept {
            frame = frame.filter(self.is_one_of(columns::CONCEPT, &[concept])?);
        }
        Ok(frame)
    }

    fn selected(&self, table: &Table) -> Result<Counts, Box<dyn std::error::Error>> {
        let shown: Vec<&str> = table.dimensions.iter().map(|dimension| table.column_of(dimension)).collect();
        let summed = self.summed(table);
        self.not_over_times(table, &summed)?;
        let mut frame = self.chosen(table, &shown, &summed)?;
        let positions = shown.iter().map(|name| self.position(name)).collect::<PolarsResult<Vec<_>>>()?;
        let concept = self.position(columns::CONCEPT)?;
        if !summed.is_empty() {
            let mut kept: Vec<usize> = positions.iter().copied().chain([concept]).collect();
            kept.sort_unstable();
            kept.dedup();
            let chosen = frame.collect()?;
            self.refuse_overlaps(&chosen, table, &summed)?;
            frame = chosen.lazy();
            frame = self.added_up(frame, table, &kept, &summed)?;
        }
        let kept = positions.iter().enumerate().map(|(new, old)| col(dimension(*old)).alias(dimension(new)));
        let no_persons = lit(NULL).cast(DataType::Int64).alias(PERSONS);
        let concept_of = col(dimension(concept)).alias(CONCEPT);
        let others = [concept_of, col(EXACT), col(NOTE), col(CONFIDENTIALITY), no_persons];
        let texts = (0..self.texts.len()).map(|position| col(text_column(position)));
        let others = others.into_iter().chain(texts);
        Ok(Counts {
            dimensions: positions.iter().map(|position| self.key[*position].1.clone()).collect(),
            concepts: self.key[concept].1.clone(),
            texts: self.texts.clone(),
            scale: self.scale,
            frame: frame.select(kept.chain(others).collect::<Vec<_>>()).collect()?,
            after: None,
            told: Told::default(),
        })
    }

    fn position(&self, name: &str) -> PolarsResult<usize> {
        let position = self.key.iter().position(|(known, _)| known == name);
        position.ok_or_else(|| polars_err!(ColumnNotFound: "{name}"))
    }

    fn is_one_of(&self, name: &str, codes: &[&str]) -> PolarsResult<Expr> {
        let (position, mut found) = (self.position(name)?, lit(false));
        for index in
            codes.iter().filter_map(|code| self.key[position].1.index(&Value::Code((*code).to_owned())))
        {
            found = found.or(col(dimension(position)).eq(lit(index)));
        }
        Ok(found)
    }

    /// The cells as they came, each once: for [`Records`](crate::Records). Codes are texts, decimals doubles.
    ///
    /// # Errors
    ///
    /// Only when a column cannot be written, which is a fault of the program.
    pub fn batches(&self) -> impl Iterator<Item = Result<RecordBatch, Diagnostic>> {
        let mut start = 0;
        self.batches.iter().map(move |batch| {
            let stays = self.stays.as_ref().map(|stays| stays.slice(start, batch.num_rows()));
            start += batch.num_rows();
            plain(batch, stays.as_ref()).map_err(|error| internal("cells", &error))
        })
    }
}

/// Whether a column tells cells apart: all but the value, its statuses, free text such as a source, and what ingest passes
/// on for the checks.
fn is_key(source: &Source, name: &str) -> bool {
    // Where cells may be added up, several codes of the file for one of ours are parts of it.
    if let Some(column) = columns::name_in_file(name).and_then(|name| source.column(name)) {
        return column.field_type == FieldType::Code && source.additive.is_over(&column.name);
    }
    if source.column(name).is_none() && name != columns::CONCEPT {
        return false;
    }
    let is_text = source.column(name).is_some_and(|column| column.field_type == FieldType::Text);
    !is_about_value(name) && (!is_text || name == columns::CONCEPT)
}

/// Whether codes are that of the total alone.
fn is_of_total(codes: &[String]) -> bool {
    codes.iter().all(|code| code == columns::TOTAL)
}

/// Whether a column is free text that stands beside the value, such as a source.
fn is_beside(source: &Source, name: &str) -> bool {
    !is_about_value(name) && !is_key(source, name)
}

fn is_about_value(name: &str) -> bool {
    [columns::VALUE, columns::OBS_STATUS, columns::CONF_STATUS].contains(&name)
}

/// A column of indices with null in place of *not stated*.
fn stated(levels: &Levels, column: &Column) -> PolarsResult<Column> {
    let Some(none) = levels.not_stated() else { return Ok(column.clone()) };
    let stated: Vec<Option<u32>> =
        (0..levels.len() as u32).map(|index| (index != none).then_some(index)).collect();
    mapped(column, &stated)
}

/// A batch without the rows that do not stay, with texts and doubles where it has dictionaries and decimals.
fn plain(batch: &RecordBatch, stays: Option<&BooleanArray>) -> Result<RecordBatch, ArrowError> {
    let batch = stays.map_or_else(|| Ok(batch.clone()), |stays| filter_record_batch(batch, stays))?;
    let schema = batch.schema();
    let published = schema.fields().iter().zip(batch.columns());
    let published = published.filter(|(field, _)| !columns::is_internal(field.name()));
    let arrays = published.map(|(field, array)| {
        let total = batch.column_by_name(&columns::is_total(field.name()));
        if let Some(total) = total.and_then(|total| total.as_boolean_opt()) {
            // A total is no number of its column.
            return Ok((field.name().clone(), nullif(array, total)?, true));
        }
        let array = match field.data_type() {
            ArrowType::Dictionary(..) => cast(array, &ArrowType::Utf8)?,
            ArrowType::Decimal128(..) => cast(array, &ArrowType::Float64)?,
            _ => array.clone(),
        };
        Ok((field.name().clone(), array, true))
    });
    RecordBatch::try_from_iter_with_nullable(arrays.collect::<Result<Vec<_>, ArrowError>>()?)
}
