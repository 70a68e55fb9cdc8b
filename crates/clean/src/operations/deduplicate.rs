//! `deduplicate`: drops a record that repeats the one before it of the same person in all `keys`.
//!
//! Only neighbours in the history of one person are compared. Records without a person are never dropped: coarse
//! fields agree by chance, and dropping would lose people.

use arrow::array::{Array, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::compute::kernels::cmp::eq;

use crate::batch::{self, Result};

pub(crate) fn apply(batch: RecordBatch, person: &str, keys: &[String]) -> Result<RecordBatch> {
    let Some(pairs) = batch.num_rows().checked_sub(1) else { return Ok(batch) };
    let mut repeats = vec![true; batch.num_rows()];
    repeats[0] = false;
    for column in keys.iter().map(String::as_str).chain([person]) {
        let column = batch::column(&batch, column)?;
        // What is not stated equals nothing.
        let same = eq(&column.slice(1, pairs), &column.slice(0, pairs))?;
        repeats[1..].iter_mut().zip(same.iter()).for_each(|(repeats, same)| *repeats &= same == Some(true));
    }
    let stays: Vec<bool> = repeats.iter().map(|repeats| !repeats).collect();
    filter_record_batch(&batch, &BooleanArray::from(stays))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows};

    #[test]
    fn only_neighbours_of_one_person_are_repetitions() {
        let records = batch(
            "person day direction row",
            "- 1 E 0 | - 1 E 1 | a 1 S 2 | a 1 S 3 | a 1 E 4 | a 1 S 5 | b 1 S 6",
        );
        let kept = apply(records, "person", &["day".to_owned(), "direction".to_owned()]).unwrap();
        assert_eq!(rows(&kept.project(&[3]).unwrap()), "0 | 1 | 2 | 4 | 5 | 6");
    }
}
