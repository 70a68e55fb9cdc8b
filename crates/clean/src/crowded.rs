//! Identifiers that stand on more rows than a person can have: placeholders such as `00000000`.
//!
//! Their rows are kept and belong to nobody. No partition can be worked on that holds a third of all rows, and what such
//! rows have in common is that nobody knows whose they are.

use std::collections::{BTreeMap, HashMap, HashSet};

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, BooleanArray, FixedSizeBinaryArray, new_null_array};
use arrow::compute::filter;
use denizen_spec::PSEUDONYM_BYTES;

use crate::batch::{Result, as_pseudonyms};
use crate::column::Chunk;

type Pseudonym = [u8; PSEUDONYM_BYTES];
type Map<T> = HashMap<Pseudonym, T, RandomState>;

/// Bits of a pseudonym that decide by which counter its rows are counted: those of the partition, and as many again.
const BITS: u32 = 20;

/// The pseudonym of each row; a row of nobody has none.
pub(crate) fn pseudonyms(array: &FixedSizeBinaryArray) -> impl Iterator<Item = Option<&Pseudonym>> {
    let (values, _) = array.value_data().as_chunks::<PSEUDONYM_BYTES>();
    values.iter().enumerate().map(|(row, value)| array.is_valid(row).then_some(value))
}

fn counter(pseudonym: &Pseudonym) -> usize {
    (u32::from_be_bytes([pseudonym[0], pseudonym[1], pseudonym[2], 0]) >> (32 - BITS)) as usize
}

/// How many rows there are of persons whose pseudonyms begin alike.
pub(crate) struct RowCounts {
    counts: Vec<u32>,
    /// Rows that a person may have.
    most: u64,
}

impl RowCounts {
    pub(crate) fn new(most: u64) -> Self {
        Self { counts: vec![0; 1 << BITS], most }
    }

    /// Counts rows, which are best sorted by partition: then few counters are in use at a time.
    pub(crate) fn add(&mut self, persons: &FixedSizeBinaryArray) {
        for pseudonym in pseudonyms(persons).flatten() {
            let count = &mut self.counts[counter(pseudonym)];
            *count = count.saturating_add(1);
        }
    }

    /// Those that may have too many rows: by partition, the counters that have more than a person may have.
    pub(crate) fn suspects(&self, partition_bits: u32) -> BTreeMap<usize, Suspects> {
        let mut suspects: BTreeMap<usize, Suspects> = BTreeMap::new();
        let is_suspect = |count: &u32| u64::from(*count) > self.most || *count == u32::MAX;
        for (index, _) in self.counts.iter().enumerate().filter(|(_, count)| is_suspect(count)) {
            let suspects = suspects.entry(index >> (BITS - partition_bits)).or_default();
            suspects.counters.insert(index);
        }
        suspects
    }

    pub(crate) fn most(&self) -> u64 {
        self.most
    }
}

/// Persons of one partition who may have too many rows, counted piece by piece.
#[derive(Default)]
pub(crate) struct Suspects {
    counters: HashSet<usize>,
    pieces: Vec<Map<u64>>,
}

impl Suspects {
    /// Counts the rows of a piece of the partition.
    pub(crate) fn add(&mut self, persons: &FixedSizeBinaryArray) {
        let mut counts = Map::default();
        for pseudonym in pseudonyms(persons).flatten() {
            if self.counters.contains(&counter(pseudonym)) {
                *counts.entry(*pseudonym).or_default() += 1;
            }
        }
        self.pieces.push(counts);
    }

    /// Who has too many rows.
    pub(crate) fn crowded(self, most: u64) -> Crowded {
        let mut sums: Map<u64> = Map::default();
        for (pseudonym, count) in self.pieces.iter().flatten() {
            *sums.entry(*pseudonym).or_default() += count;
        }
        sums.retain(|_, count| *count > most);
        let rows = |piece: &Map<u64>| {
            let counts = piece.iter().filter(|(pseudonym, _)| sums.contains_key(*pseudonym));
            counts.map(|(_, count)| *count as usize).sum()
        };
        Crowded { rows: self.pieces.iter().map(rows).collect(), persons: sums.into_keys().collect() }
    }
}

/// Identifiers of one partition that stand on too many rows.
#[derive(Default)]
pub(crate) struct Crowded {
    persons: HashSet<Pseudonym, RandomState>,
    /// Their rows in each piece of the partition.
    rows: Vec<usize>,
}

impl Crowded {
    pub(crate) fn persons(&self) -> usize {
        self.persons.len()
    }

    /// Their rows in each piece.
    pub(crate) fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The rows of a piece that are of other persons.
    pub(crate) fn others(&self, piece: &Chunk, person: usize) -> Result<Chunk> {
        let stays = self.mask(&piece[person], false)?;
        piece.iter().map(|column| filter(column, &stays)).collect()
    }

    /// Their rows of a piece, as rows of nobody.
    pub(crate) fn unlinked(&self, piece: &Chunk, person: usize) -> Result<Chunk> {
        let stays = self.mask(&piece[person], true)?;
        let mut columns = piece.iter().map(|column| filter(column, &stays)).collect::<Result<Chunk>>()?;
        columns[person] = new_null_array(columns[person].data_type(), columns[person].len());
        Ok(columns)
    }

    fn mask(&self, persons: &ArrayRef, is_crowded: bool) -> Result<BooleanArray> {
        let rows = pseudonyms(as_pseudonyms(persons)?);
        let is_one = |row: Option<&Pseudonym>| row.is_some_and(|pseudonym| self.persons.contains(pseudonym));
        Ok(rows.map(|row| Some(is_one(row) == is_crowded)).collect())
    }
}
