//! Records become counts.

mod finish;
mod search;
#[cfg(test)]
mod tests;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, Disclosure, Period, Pipeline, Source, Table};
use serde::{Deserialize, Serialize};

use crate::estimates::Estimator;
use crate::groups::{CodedBatch, count_groups};
use crate::migrations::CountedMigration;
use crate::period::{dated_in, is_asked_after, keep_period};
use crate::persons::Persons;
use crate::value::{ByKey, Value, pairs};

/// A table of records in the making. Partial tables are merged by addition, in whole numbers, so that the result does
/// not depend on how the records were divided; with serde they can be sent from one process to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tabulation {
    columns: Vec<String>,
    filter: Vec<(String, Vec<String>)>,
    except: Vec<(String, Vec<String>)>,
    migration: Option<CountedMigration>,
    /// The years that are counted, and the column that says in which a record lies.
    period: Option<(Period, String)>,
    concept: String,
    /// The column that says for how many a row stands; none where each row is one record.
    weight: Option<String>,
    #[serde(with = "pairs")]
    counts: ByKey<i64>,
    /// Where it is no count but an estimate: what it is made of.
    #[serde(default)]
    estimator: Option<Estimator>,
    /// Records that were counted, or for how many their rows stand: what the counts come to.
    records: i64,
    /// Whether some count was larger than 64 bits hold.
    is_too_large: bool,
    /// The persons of each cell, where small counts are suppressed.
    persons: Option<Persons>,
    /// The dimensions that get rows of their total.
    totals: Vec<usize>,
    /// Records of other years, which are not.
    outside_period: i64,
    /// Those among them of the year after the period, where rates divide by this population: its 1 January is the end of the period.
    #[serde(default)]
    after: Option<Box<Self>>,
    /// Where it is a search for totals: how many combinations are looked at; of more, none is.
    most_keys: Option<usize>,
}

impl Tabulation {
    /// An empty table of the records of its source; of the first, where there are several.
    pub fn new(table: &Table, pipeline: &Pipeline) -> Self {
        Self::of(table, pipeline, pipeline.source_of(table))
    }

    /// An empty table of the records of one of its sources. Those of all of them are merged: the pipeline was checked, so that
    /// their columns mean the same.
    pub fn of_source(table: &Table, source: &Source, pipeline: &Pipeline) -> Self {
        Self::of(table, pipeline, Some(source))
    }

    fn of(table: &Table, pipeline: &Pipeline, source: Option<&Source>) -> Self {
        let column = |dimension: &String| table.column_of(dimension).to_owned();
        let estimator = Estimator::new(table, pipeline);
        let counted = CountedMigration::new(table, pipeline).filter(|_| estimator.is_none());
        // Periods before those that are published are learnt from.
        let period = pipeline.period.filter(|_| estimator.is_none());
        let table_of_period = Self {
            columns: table.dimensions.iter().map(column).collect(),
            filter: table.filter.clone(),
            except: table.except.clone(),
            migration: counted,
            period: period.zip(pipeline.year_column(table).map(str::to_owned)),
            concept: table.concept.clone().unwrap_or_default(),
            weight: source.and_then(|source| source.weight.clone()),
            counts: ByKey::default(),
            estimator,
            records: 0,
            is_too_large: false,
            persons: persons(source, pipeline),
            totals: source.map_or(Vec::new(), |source| table.totalled(&pipeline.schema_of(source))),
            outside_period: 0,
            after: None,
            most_keys: None,
        };
        let after = table_of_period.period.as_ref().filter(|_| is_asked_after(table, pipeline));
        let after = after.map(|(period, column)| {
            let period = Some((period.year_after(), column.clone()));
            Box::new(Self { period, ..table_of_period.clone() })
        });
        Self { after, ..table_of_period }
    }

    /// Counts the records of a batch.
    ///
    /// # Errors
    ///
    /// Only when the batch lacks a column that the checked pipeline promises, which is a fault of the program.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Diagnostic> {
        Self::add_to_all(std::slice::from_mut(self), batch)
    }

    /// Counts the records of a batch for several tables, which have columns in common.
    ///
    /// # Errors
    ///
    /// As [`Tabulation::add`].
    pub fn add_to_all(tables: &mut [Self], batch: &RecordBatch) -> Result<(), Diagnostic> {
        let batch = CodedBatch::new(batch);
        let counted = tables.iter_mut().try_for_each(|table| table.count(&batch));
        counted.map_err(|error| {
            Diagnostic::error(Code::Internal, "a table could not be counted").note(error.to_string())
        })
    }

    fn count(&mut self, coded: &CodedBatch<'_>) -> Result<(), ArrowError> {
        if self.is_end_of_interval() {
            return Ok(());
        }
        let batch = coded.batch;
        let mut counted = self.counted(coded)?;
        let weights = self.weight.as_deref().map(|name| weights(batch, name)).transpose()?;
        let records = sum_of(&counted, weights);
        if let Some(after) = &mut self.after
            && let Some((year, column)) = after.period.clone()
        {
            let next = dated_in(year, batch, &column, &counted)?;
            after.count_rows(coded, &next, weights)?;
        }
        if let Some((period, column)) = &self.period {
            keep_period(*period, batch, column, &mut counted)?;
            let inside = sum_of(&counted, weights);
            self.add_outside(records.zip(inside).map(|(records, inside)| records - inside));
        }
        self.count_rows(coded, &counted, weights)
    }

    fn count_rows(
        &mut self,
        coded: &CodedBatch<'_>,
        counted: &[u32],
        weights: Option<&[i64]>,
    ) -> Result<(), ArrowError> {
        let batch = coded.batch;
        if counted.is_empty() {
            return Ok(());
        }
        self.add_records(sum_of(counted, weights));
        let codes = self.columns.iter().map(|column| coded.codes(column));
        let mut codes = codes.collect::<Result<Vec<_>, _>>()?;
        if let Some(estimator) = &self.estimator {
            codes.extend(estimator.codes(coded)?);
        }
        if let Some(persons) = &mut self.persons {
            persons.add(batch, &codes, counted)?;
        }
        match count_groups(&codes, counted, weights) {
            None => self.is_too_large = true,
            Some(groups) => groups.into_iter().for_each(|(key, count)| self.add_count(key, count)),
        }
        Ok(())
    }

    fn add_count(&mut self, key: Vec<Value>, count: i64) {
        if self.most_keys == Some(0) {
            return;
        }
        let known = self.counts.entry(key).or_default();
        add_checked(known, Some(count), &mut self.is_too_large);
        if self.most_keys.is_some_and(|most| self.counts.len() > most) {
            self.counts.clear();
            self.most_keys = Some(0);
        }
    }

    fn add_records(&mut self, more: Option<i64>) {
        add_checked(&mut self.records, more, &mut self.is_too_large);
    }

    fn add_outside(&mut self, more: Option<i64>) {
        add_checked(&mut self.outside_period, more, &mut self.is_too_large);
    }

    /// Which records of a batch are counted.
    fn counted(&self, batch: &CodedBatch<'_>) -> Result<Vec<u32>, ArrowError> {
        let mut rows = match (&self.migration, &self.estimator) {
            (_, Some(estimator)) => estimator.rows(batch)?,
            (Some(migration), None) => migration.rows(batch)?,
            (None, None) => (0..batch.batch.num_rows() as u32).collect(),
        };
        for (column, codes) in &self.filter {
            batch.codes(column)?.retain(&mut rows, |code| codes.iter().any(|wanted| wanted == code));
        }
        for (column, codes) in &self.except {
            batch.codes(column)?.leave_out(&mut rows, |code| codes.iter().any(|unwanted| unwanted == code));
        }
        Ok(rows)
    }

    /// Records that would be counted if they did not lie outside the period of the pipeline.
    pub fn outside_period(&self) -> i64 {
        self.outside_period
    }

    /// Adds the counts of another part of the records.
    pub fn merge(&mut self, other: Self) {
        if other.most_keys == Some(0) {
            self.counts.clear();
            self.most_keys = Some(0);
        }
        other.counts.into_iter().for_each(|(key, count)| self.add_count(key, count));
        self.is_too_large |= other.is_too_large;
        self.add_records(Some(other.records));
        if let (Some(persons), Some(others)) = (&mut self.persons, other.persons) {
            persons.merge(others);
        }
        self.add_outside(Some(other.outside_period));
        if let (Some(after), Some(other)) = (&mut self.after, other.after) {
            after.merge(*other);
        }
    }

    /// Whether it is the end of an interval, which [`Tabulation::finish`] of the estimate before it makes with the estimate.
    pub fn is_end_of_interval(&self) -> bool {
        self.estimator.as_ref().is_some_and(Estimator::is_end)
    }
}

/// The weights of all rows of a batch, which ingest has made sure of: whole numbers from 0.
fn weights<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a [i64], ArrowError> {
    let weights = column(batch, name)?.as_primitive_opt::<Int64Type>();
    let weights = weights.filter(|weights| weights.null_count() == 0);
    let fault = || ArrowError::SchemaError(format!("`{name}` holds no weights"));
    Ok(weights.ok_or_else(fault)?.values())
}

/// For how many some rows stand; nothing where that is more than 64 bits hold.
fn sum_of(rows: &[u32], weights: Option<&[i64]>) -> Option<i64> {
    match weights {
        None => i64::try_from(rows.len()).ok(),
        Some(weights) => rows.iter().try_fold(0_i64, |sum, row| sum.checked_add(weights[*row as usize])),
    }
}

/// Adds to a count, or notes that it is larger than 64 bits hold: what comes of parts in any order is the same, as none is below
/// zero.
fn add_checked(count: &mut i64, more: Option<i64>, is_too_large: &mut bool) {
    match more.and_then(|more| count.checked_add(more)) {
        Some(sum) => *count = sum,
        None => *is_too_large = true,
    }
}

pub(crate) fn column<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a arrow::array::ArrayRef, ArrowError> {
    Ok(batch.column(batch.schema_ref().index_of(name)?))
}

/// The persons of a source, where small counts of them are suppressed.
fn persons(source: Option<&Source>, pipeline: &Pipeline) -> Option<Persons> {
    let threshold = pipeline.disclosure.as_ref().map_or(0, Disclosure::threshold);
    let schema = source.filter(|_| threshold > 0).map(|source| pipeline.schema_of(source))?;
    let columns = schema.persons();
    (!columns.is_empty()).then(|| Persons::new(&columns, threshold))
}
