//! Rows that share a value of a key.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryArray, RecordBatch, UInt32Array, UInt64Array,
};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{UInt32Type, UInt64Type};
use arrow::error::ArrowError;
use denizen_spec::{Diagnostic, OnConflict, PSEUDONYM_BYTES, StepReport};

use super::Link;
use super::bits::Bits;
use super::forest::Forest;
use crate::batch;
use crate::crowded::pseudonyms;
use crate::histories::{Histories, UnitRows};
use crate::keys::{Field, Key, Pseudonym};
use crate::operation::Limits;
use crate::partitions::{By, Partitions};
use crate::plan::fault;

/// Columns of the keys on their way through partitions.
const KEY: &str = "key";
const ROW: &str = "row";

/// The rows of one key, those with one value together.
pub(super) struct GroupedKeys(Histories);

/// What the values of a key have joined.
pub(super) struct Joined {
    pub(super) usable: Vec<Bits>,
    pub(super) forest: Forest,
    crowded: (usize, usize),
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    values: u64,
    rows: u64,
    withheld_values: u64,
    withheld_rows: u64,
}

/// What the values in one unit say.
#[derive(Default)]
struct Found {
    counts: Counts,
    /// Rows of which the key says who they are: those of a value one behind the other, with the end of each value.
    rows: Vec<u32>,
    ends: Vec<usize>,
}

fn failed(error: &ArrowError) -> Diagnostic {
    fault("link", error)
}

impl Link {
    /// Brings the rows with one value of a key together, for each key.
    pub(super) fn gather(
        &self,
        rows: &Histories,
        limits: &Limits<'_>,
    ) -> Result<Vec<GroupedKeys>, Diagnostic> {
        let keys = self.keys();
        let memory = limits.memory / keys.len().max(1) as u64;
        let empty = || {
            let by = Some(By::group(KEY));
            Partitions::new(by, memory, limits.scratch.clone()).limit_rows(limits.max_rows_per_person)
        };
        let partitions: Vec<Partitions> = keys.iter().map(|_| empty()).collect();
        rows.for_each(limits.check, &|UnitRows { unit, first_row, batch }| {
            let values = self.values(&batch, first_row as u32).map_err(|error| failed(&error))?;
            let mut both = partitions.iter().zip(values);
            both.try_for_each(|(partitions, values)| partitions.add(unit as u64, &values))
        })?;
        partitions.into_iter().map(|partitions| Ok(GroupedKeys(partitions.into_histories()?))).collect()
    }

    /// For each key the rows that state it: its value, the number of the row, the properties of the person.
    fn values(&self, batch: &RecordBatch, first_row: u32) -> Result<Vec<RecordBatch>, ArrowError> {
        let numbers: ArrayRef =
            Arc::new(UInt32Array::from_iter_values(first_row..first_row + batch.num_rows() as u32));
        let properties = self.properties().map(|column| Ok(Field::of(batch, column)?.properties()));
        let properties = properties.collect::<Result<Vec<UInt64Array>, ArrowError>>()?;
        let of_key = |(number, (_, columns)): (usize, (&str, &[String]))| {
            let values = self.hashes(batch, number, columns)?;
            let is_stated =
                BooleanArray::from((0..values.len()).map(|row| values.is_valid(row)).collect::<Vec<_>>());
            let mut made: Vec<(String, ArrayRef, bool)> =
                vec![(KEY.to_owned(), Arc::new(values), true), (ROW.to_owned(), Arc::clone(&numbers), true)];
            let named = properties.iter().enumerate();
            made.extend(
                named.map(|(index, values)| (index.to_string(), Arc::new(values.clone()) as ArrayRef, true)),
            );
            filter_record_batch(&RecordBatch::try_from_iter_with_nullable(made)?, &is_stated)
        };
        self.keys().into_iter().enumerate().map(of_key).collect()
    }

    /// What each row states of a key. An identifier is a pseudonym as it stands.
    fn hashes(
        &self,
        batch: &RecordBatch,
        number: usize,
        columns: &[String],
    ) -> Result<FixedSizeBinaryArray, ArrowError> {
        if let (true, Some(id)) = (self.id() == Some(number), columns.first()) {
            return Ok(batch::pseudonyms(batch, id)?.clone());
        }
        let (key, mut message) = (Key::of(batch, number, columns)?, Vec::new());
        let values = (0..batch.num_rows()).map(|row| key.hash(row, &mut message));
        FixedSizeBinaryArray::try_from_sparse_iter_with_size(values, PSEUDONYM_BYTES as i32)
    }

    /// Joins the rows that share a value of a key, unless they conflict and are to be held back.
    pub(super) fn join(
        &self,
        number: usize,
        grouped: &GroupedKeys,
        usable: Vec<Bits>,
        forest: Forest,
        check: &(dyn Fn() -> Result<(), Diagnostic> + Sync),
    ) -> Result<Joined, Diagnostic> {
        let is_id = self.id() == Some(number);
        let holds_back = self.declared.on_conflict == OnConflict::HoldBack && !is_id;
        let mut usable = usable;
        // Those of the key are set while those of the identifier are read.
        let ids = self.id().filter(|_| holds_back).map(|id| std::mem::replace(&mut usable[id], Bits::new(0)));
        let joined = Joined { usable, forest, crowded: grouped.0.crowded(), counts: Counts::default() };
        let joined = Mutex::new(joined);
        grouped.0.for_each(check, &|UnitRows { batch, .. }| {
            let found = Found::in_unit(&batch, holds_back, ids.as_ref()).map_err(|error| failed(&error))?;
            // A thread that panics while it holds the lock has ended the run.
            joined.lock().unwrap_or_else(PoisonError::into_inner).add(number, &found);
            Ok(())
        })?;
        let mut joined = joined.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let (Some(id), Some(ids)) = (self.id(), ids) {
            joined.usable[id] = ids;
        }
        Ok(joined)
    }
}

impl Joined {
    fn add(&mut self, number: usize, found: &Found) {
        let mut start = 0;
        for end in &found.ends {
            let rows = &found.rows[start..*end];
            rows.iter().for_each(|row| self.usable[number].set(*row));
            rows.windows(2).for_each(|pair| self.forest.join(pair[0], pair[1]));
            start = *end;
        }
        self.counts.values += found.counts.values;
        self.counts.rows += found.counts.rows;
        self.counts.withheld_values += found.counts.withheld_values;
        self.counts.withheld_rows += found.counts.withheld_rows;
    }

    /// Tells what a key has done.
    pub(super) fn note(&self, key: &str, report: &mut StepReport) {
        let Counts { values, rows, withheld_values, withheld_rows } = self.counts;
        let links = (rows - withheld_rows) - (values - withheld_values);
        let (crowded_values, crowded_rows) = self.crowded;
        for (what, count) in [
            ("rows_with", rows + crowded_rows as u64),
            ("links_by", links),
            ("withheld_values_of", withheld_values),
            ("withheld_rows_of", withheld_rows),
            ("crowded_values_of", crowded_values as u64),
            ("crowded_rows_of", crowded_rows as u64),
        ] {
            report.count(&format!("{what}_{key}"), count);
        }
    }
}

impl Found {
    /// Looks at the values in a unit. Rows of a value that stands on too many of them have none.
    fn in_unit(batch: &RecordBatch, holds_back: bool, ids: Option<&Bits>) -> Result<Self, ArrowError> {
        let keys: Vec<Option<&Pseudonym>> = pseudonyms(batch::pseudonyms(batch, KEY)?).collect();
        let rows = batch::column(batch, ROW)?.as_primitive::<UInt32Type>().values();
        let properties: Vec<&UInt64Array> =
            batch.columns()[2..].iter().map(|column| column.as_primitive::<UInt64Type>()).collect();
        let mut found = Self::default();
        let mut start = 0;
        while start < keys.len() {
            let same = keys[start..].iter().take_while(|key| **key == keys[start]).count();
            let of_value = start..start + same;
            start += same;
            if keys[of_value.start].is_none() {
                continue;
            }
            found.counts.values += 1;
            found.counts.rows += same as u64;
            let conflicts = |(index, values): (usize, &&UInt64Array)| {
                // Only an identifier that says who a row is can say that two rows are two persons.
                let known = ids.filter(|_| index == 0);
                let is_known =
                    |at: &usize| values.is_valid(*at) && known.is_none_or(|ids| ids.get(rows[*at]));
                let mut stated = of_value.clone().filter(is_known).map(|at| values.value(at));
                stated.next().is_some_and(|first| stated.any(|other| other != first))
            };
            if holds_back && same > 1 && properties.iter().enumerate().any(conflicts) {
                found.counts.withheld_values += 1;
                found.counts.withheld_rows += same as u64;
                continue;
            }
            found.rows.extend_from_slice(&rows[of_value]);
            found.ends.push(found.rows.len());
        }
        Ok(found)
    }
}
