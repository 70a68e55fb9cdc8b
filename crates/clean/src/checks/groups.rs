//! Checks of rows that state the same: unique keys, and what is one for each value.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::UInt64Type;
use arrow::error::ArrowError;
use denizen_spec::{ChunkNumber, Diagnostic, PSEUDONYM_BYTES, PackedPlace, columns};

use super::failures::Tally;
use super::{Failure, failed};
use crate::batch;
use crate::crowded::pseudonyms;
use crate::histories::UnitRows;
use crate::keys::{Field, Key};
use crate::partitions::{By, Partitions};
use crate::scratch::Scratch;

const KEY: &str = "key";

/// Rows by what they state.
pub(super) struct GroupedRows {
    key: Vec<String>,
    /// The columns of which there is one value; none where no two rows may state the same.
    one: Vec<String>,
    partitions: Partitions,
}

impl GroupedRows {
    pub(super) fn new(key: &[String], one: &[String], memory: u64, scratch: Scratch) -> Self {
        let partitions = Partitions::new(Some(By::group(KEY)), memory, scratch);
        Self { key: key.to_vec(), one: one.to_vec(), partitions }
    }

    /// Adds rows, and says how many of them do not state what is asked.
    pub(super) fn add(&self, number: ChunkNumber, batch: &RecordBatch) -> Result<u64, Diagnostic> {
        let values = self.values(batch).map_err(|error| failed(&error))?;
        self.partitions.add(number, &values)?;
        Ok((batch.num_rows() - values.num_rows()) as u64)
    }

    /// Of the rows that state all of it: the key, the place, and what there is one of.
    fn values(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let (key, mut message) = (Key::of(batch, 0, &self.key)?, Vec::new());
        let keys = (0..batch.num_rows()).map(|row| key.hash(row, &mut message));
        let keys = FixedSizeBinaryArray::try_from_sparse_iter_with_size(keys, PSEUDONYM_BYTES as i32)?;
        let one = self.one.iter().map(|column| Ok(Field::of(batch, column)?.properties()));
        let one = one.collect::<Result<Vec<_>, ArrowError>>()?;
        let is_stated = |row: usize| keys.is_valid(row) && one.iter().all(|values| values.is_valid(row));
        let is_stated = BooleanArray::from((0..batch.num_rows()).map(is_stated).collect::<Vec<_>>());
        let mut made: Vec<(String, ArrayRef, bool)> = vec![
            (KEY.to_owned(), Arc::new(keys), true),
            (columns::PLACE.to_owned(), Arc::clone(batch::column(batch, columns::PLACE)?), true),
        ];
        let named = one.into_iter().enumerate();
        made.extend(named.map(|(index, values)| (index.to_string(), Arc::new(values) as ArrayRef, true)));
        filter_record_batch(&RecordBatch::try_from_iter_with_nullable(made)?, &is_stated)
    }

    /// Looks at the rows of each value.
    pub(super) fn finish(
        self,
        tally: &Tally,
        check: &(dyn Fn() -> Result<(), Diagnostic> + Sync),
    ) -> Result<(), Diagnostic> {
        let is_unique = self.one.is_empty();
        self.partitions.into_histories()?.for_each(check, &|UnitRows { batch, .. }| {
            let failures = failures(&batch, is_unique).map_err(|error| failed(&error))?;
            tally.passed((batch.num_rows() - failures.len()) as u64);
            tally.failed(failures);
            Ok(())
        })
    }
}

/// The rows of one unit that state the same as others and may not, or something else.
fn failures(batch: &RecordBatch, is_unique: bool) -> Result<Vec<Failure>, ArrowError> {
    let keys: Vec<_> = pseudonyms(batch::pseudonyms(batch, KEY)?).collect();
    let places = batch::integers(batch, columns::PLACE)?.values();
    let one: Vec<_> =
        batch.columns()[2..].iter().map(|array| array.as_primitive::<UInt64Type>().values()).collect();
    let mut failures = Vec::new();
    let mut start = 0;
    for rows in keys.chunk_by(|one, other| one == other) {
        let same = start..start + rows.len();
        start = same.end;
        let differ = one.iter().any(|values| values[same.clone()].windows(2).any(|pair| pair[0] != pair[1]));
        if (is_unique && same.len() > 1) || differ {
            failures.extend(places[same].iter().map(|place| Failure::Row(PackedPlace(*place))));
        }
    }
    Ok(failures)
}
