//! Distinct persons of each cell, as far as a threshold asks for them: whether they are more than it allows to suppress.
//!
//! Of each cell no more persons are kept than are needed to say so. What comes of parts of the records in any order is the
//! same: a cell that has enough persons in one of them has enough, and of all others every person is known.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use ahash::RandomState;
use arrow::array::{Array, AsArray, FixedSizeBinaryArray, RecordBatch};
use arrow::error::ArrowError;
use denizen_spec::PSEUDONYM_BYTES;
use serde::{Deserialize, Serialize};

use crate::groups::Codes;
use crate::tabulate::column;
use crate::value::{ByKey, Value, pairs};

/// Distinct persons by cell.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Persons {
    /// The columns that may tell persons apart. Where they are several, a cell has as many persons as the one that has
    /// fewest.
    columns: Vec<String>,
    /// So many are enough.
    enough: u64,
    #[serde(with = "pairs")]
    cells: ByKey<Vec<Few>>,
}

/// The persons of a cell by one column. A row that states nobody may be anybody, and counts as a person of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Few {
    known: BTreeSet<[u8; PSEUDONYM_BYTES]>,
    nobody: u64,
    /// There are enough, and nobody needs to know who they are.
    are_enough: bool,
}

impl Few {
    fn settle(&mut self, enough: u64) {
        if self.known.len() as u64 + self.nobody >= enough {
            *self = Self { are_enough: true, ..Self::default() };
        }
    }

    fn add(&mut self, person: Option<&[u8]>, enough: u64) {
        if self.are_enough {
            return;
        }
        match person.and_then(|person| person.try_into().ok()) {
            Some(person) => drop(self.known.insert(person)),
            None => self.nobody += 1,
        }
        self.settle(enough);
    }

    fn merge(&mut self, other: Self, enough: u64) {
        self.are_enough |= other.are_enough;
        self.known.extend(other.known);
        self.nobody += other.nobody;
        if self.are_enough {
            *self = Self { are_enough: true, ..Self::default() };
        }
        self.settle(enough);
    }

    fn count(&self, enough: u64) -> u64 {
        if self.are_enough { enough } else { self.known.len() as u64 + self.nobody }
    }
}

impl Persons {
    /// Nobody yet. These columns distinguish persons; more than `threshold` of them are enough.
    pub(crate) fn new(columns: &[&str], threshold: i64) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Self { columns, enough: threshold.unsigned_abs() + 1, cells: ByKey::default() }
    }

    /// Adds the persons of some rows, whose cells have these codes.
    pub(crate) fn add(
        &mut self,
        batch: &RecordBatch,
        codes: &[Rc<Codes>],
        rows: &[u32],
    ) -> Result<(), ArrowError> {
        let columns: Vec<&FixedSizeBinaryArray> =
            self.columns.iter().map(|name| pseudonyms(batch, name)).collect::<Result<_, _>>()?;
        let mut cells: HashMap<Vec<u32>, Vec<Few>, RandomState> = HashMap::default();
        let mut key = Vec::with_capacity(codes.len());
        for row in rows.iter().copied() {
            key.clear();
            key.extend(codes.iter().map(|codes| codes.of_row(row)));
            let cell = match cells.get_mut(&key) {
                Some(cell) => cell,
                None => cells.entry(key.clone()).or_insert_with(|| vec![Few::default(); columns.len()]),
            };
            for (few, persons) in cell.iter_mut().zip(&columns) {
                let index = row as usize;
                few.add(persons.is_valid(index).then(|| persons.value(index)), self.enough);
            }
        }
        for (key, cell) in cells {
            let key = key.iter().zip(codes).map(|(code, codes)| codes.value(*code).clone()).collect();
            self.merge_cell(key, cell);
        }
        Ok(())
    }

    fn merge_cell(&mut self, key: Vec<Value>, cell: Vec<Few>) {
        let none = || vec![Few::default(); cell.len()];
        let known = self.cells.entry(key).or_insert_with(none);
        known.iter_mut().zip(cell).for_each(|(few, more)| few.merge(more, self.enough));
    }

    /// Adds the persons of another part of the records.
    pub(crate) fn merge(&mut self, other: Self) {
        other.cells.into_iter().for_each(|(key, cell)| self.merge_cell(key, cell));
    }

    /// The distinct persons of a cell, as far as they are counted; nothing where no column tells persons apart.
    pub(crate) fn count(&self, key: &[Value]) -> Option<i64> {
        let cell = self.cells.get(key)?;
        cell.iter().map(|few| few.count(self.enough) as i64).min()
    }
}

fn pseudonyms<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a FixedSizeBinaryArray, ArrowError> {
    let array = column(batch, name)?.as_fixed_size_binary_opt();
    array
        .filter(|array| array.value_length() as usize == PSEUDONYM_BYTES)
        .ok_or_else(|| ArrowError::SchemaError(format!("`{name}` holds no pseudonyms")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};
    use proptest::prelude::*;

    use super::*;

    type Row = (Option<u8>, Option<u8>, &'static str);

    fn batch(rows: &[Row]) -> RecordBatch {
        let persons = |of: fn(&Row) -> Option<u8>| -> ArrayRef {
            let bytes = rows.iter().map(|row| of(row).map(|person| [person; PSEUDONYM_BYTES]));
            let array = FixedSizeBinaryArray::try_from_sparse_iter_with_size(bytes, PSEUDONYM_BYTES as i32);
            Arc::new(array.unwrap())
        };
        RecordBatch::try_from_iter_with_nullable([
            ("holder", persons(|row| row.0), true),
            ("document", persons(|row| row.1), true),
            (
                "district",
                Arc::new(rows.iter().map(|row| Some(row.2)).collect::<StringArray>()) as ArrayRef,
                true,
            ),
        ])
        .unwrap()
    }

    fn counted(columns: &[&str], threshold: i64, parts: &[&[Row]]) -> Vec<Option<i64>> {
        let blank = Persons::new(columns, threshold);
        let mut sum = blank.clone();
        for rows in parts {
            let batch = batch(rows);
            let codes = [Rc::new(Codes::new(&batch, "district").unwrap())];
            let mut part = blank.clone();
            part.add(&batch, &codes, &(0..rows.len() as u32).collect::<Vec<_>>()).unwrap();
            // As from another process.
            sum.merge(serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap());
        }
        ["A", "B"].map(|code| sum.count(&[Value::code(code)])).to_vec()
    }

    #[test]
    fn one_person_with_many_rows_is_one() {
        let often = [(Some(1), Some(9), "A"); 12];
        assert_eq!(counted(&["holder"], 3, &[&often]), [Some(1), None]);
        let of_two = [(Some(1), Some(9), "A"), (Some(2), Some(9), "A"), (None, None, "A")];
        assert_eq!(counted(&["holder"], 3, &[&of_two]), [Some(3), None], "a row of nobody may be anybody");
        assert_eq!(counted(&["holder", "document"], 3, &[&of_two]), [Some(2), None], "the fewest");
        assert_eq!(counted(&[], 3, &[&of_two]), [None, None], "nothing distinguishes persons");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// However the rows are divided, a cell has its distinct persons, or enough.
        #[test]
        fn persons_are_those_of_the_obvious_way(
            rows in proptest::collection::vec((proptest::option::weighted(0.8, 0..6_u8), Just(None), proptest::sample::select(&["A", "B"][..])), 0..30),
            cut in 0..30_usize,
            threshold in 0..5_i64,
        ) {
            let obvious = |district: &str| {
                let rows: Vec<&Row> = rows.iter().filter(|row| row.2 == district).collect();
                let known: BTreeSet<u8> = rows.iter().filter_map(|row| row.0).collect();
                let nobody = rows.iter().filter(|row| row.0.is_none()).count();
                (!rows.is_empty()).then(|| ((known.len() + nobody) as i64).min(threshold + 1))
            };
            let (one, other) = rows.split_at(cut.min(rows.len()));
            prop_assert_eq!(counted(&["holder"], threshold, &[one, other]), ["A", "B"].map(obvious));
            prop_assert_eq!(counted(&["holder"], threshold, &[other, one]), ["A", "B"].map(obvious));
        }
    }
}
