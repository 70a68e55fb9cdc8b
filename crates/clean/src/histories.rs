//! Scattered records come out again: person by person, sorted, in units that can be worked on alone.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use denizen_spec::{Diagnostic, PSEUDONYM_BYTES};

use crate::batch::{self, Result};
use crate::column::{Chunk, Column, batch_of, join};
use crate::gather::gather;
use crate::partitions::{By, PARTS, Run, Scattered, UNLINKED, least_rows};
use crate::plan::fault;
use crate::scratch::{Extent, ScratchFile};

/// What is on the disk, in order.
pub(crate) struct Spilled {
    pub(crate) file: ScratchFile,
    pub(crate) runs: Vec<Run>,
}

/// Records that are handed out together.
enum Unit {
    /// Rows without a person on the disk.
    Spilled(Extent),
    /// Rows without a person of some chunks that are held.
    Held(Range<usize>),
    /// Whole persons: partitions.
    Persons(Range<usize>),
}

/// How the records are handed out: in order, in units of so many rows or a little more.
fn units(runs: &[Run], held: &[Scattered], least: usize) -> Vec<(Unit, usize)> {
    let mut units = Vec::new();
    let unlinked = runs.iter().flat_map(|run| &run.unlinked);
    units.extend(unlinked.map(|extent| (Unit::Spilled(*extent), extent.rows)));
    let of_held = |parts: Range<usize>| move |scattered: &Scattered| scattered.rows(parts.clone()).len();
    let sizes: Vec<usize> = held.iter().map(of_held(UNLINKED..UNLINKED + 1)).collect();
    units.extend(grouped(&sizes, least).map(|(chunks, rows)| (Unit::Held(chunks), rows)));
    let size = |part: usize| {
        let spilled = runs.iter().map(|run| run.extents[part - 1].rows).sum::<usize>();
        spilled + held.iter().map(of_held(part..part + 1)).sum::<usize>()
    };
    let sizes: Vec<usize> = (UNLINKED + 1..PARTS).map(size).collect();
    units.extend(
        grouped(&sizes, least).map(|(parts, rows)| (Unit::Persons(parts.start + 1..parts.end + 1), rows)),
    );
    units.retain(|(_, rows)| *rows > 0);
    units
}

/// Neighbours together, until they have enough rows.
pub(crate) fn grouped(sizes: &[usize], least: usize) -> impl Iterator<Item = (Range<usize>, usize)> {
    let (mut groups, mut start, mut rows) = (Vec::new(), 0, 0);
    for (place, size) in sizes.iter().enumerate() {
        rows += size;
        if rows >= least || place + 1 == sizes.len() {
            groups.push((start..place + 1, rows));
            (start, rows) = (place + 1, 0);
        }
    }
    groups.into_iter()
}

/// Records grouped by person, in units that can be worked on alone: a unit has all records of its persons.
pub struct Histories {
    by: Option<By>,
    columns: Vec<Column>,
    /// The words of each column.
    words: Vec<Option<ArrayRef>>,
    held: Vec<Scattered>,
    spilled: Option<Spilled>,
    units: Vec<(Unit, usize)>,
    bytes_of_a_row: usize,
}

impl Histories {
    /// All records: those on the disk, in order, and then those held, in order.
    pub(crate) fn new(
        by: Option<By>,
        columns: Vec<Column>,
        spilled: Option<Spilled>,
        held: Vec<Scattered>,
    ) -> Self {
        let (runs, bytes) =
            spilled.as_ref().map_or((&[][..], 0), |spilled| (&spilled.runs, spilled.file.bytes));
        let rows = runs.iter().map(Run::rows).sum::<usize>() + held.iter().map(Scattered::len).sum::<usize>();
        let bytes = bytes as usize + held.iter().map(|scattered| scattered.bytes).sum::<usize>();
        let bytes_of_a_row = bytes / rows.max(1);
        let units = units(runs, &held, least_rows(bytes_of_a_row));
        let words = columns.iter().map(Column::words).collect();
        Self { by, columns, words, held, spilled, units, bytes_of_a_row }
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// Rows of a unit.
    pub fn rows(&self, unit: usize) -> usize {
        self.units[unit].1
    }

    /// Bytes that a row takes in memory, on average.
    pub fn bytes_of_a_row(&self) -> usize {
        self.bytes_of_a_row
    }

    /// Bytes that wait on the disk.
    pub fn spilled(&self) -> u64 {
        self.spilled.as_ref().map_or(0, |spilled| spilled.file.bytes)
    }

    /// The records of a unit, sorted by person and date, and in the order of the chunks where these are equal. Units in
    /// order are all records in order; records without a person come first, in the order of the chunks. Any thread may
    /// call it.
    ///
    /// # Errors
    ///
    /// When a scratch file cannot be read.
    pub fn get(&self, unit: usize) -> std::result::Result<RecordBatch, Diagnostic> {
        let joined = match &self.units[unit].0 {
            Unit::Spilled(extent) => self.finished(&self.read([*extent])?, None),
            Unit::Held(chunks) => {
                let slices = self.held[chunks.clone()].iter().map(|held| held.slice(UNLINKED..UNLINKED + 1));
                self.finished(&slices.collect::<Vec<_>>(), None)
            }
            Unit::Persons(parts) => {
                let runs = || self.spilled.iter().flat_map(|spilled| &spilled.runs);
                let extents = parts.clone().flat_map(|part| runs().map(move |run| run.extents[part - 1]));
                let mut pieces = self.read(extents)?;
                pieces.extend(self.held.iter().map(|held| held.slice(parts.clone())));
                self.finished(&pieces, self.by.as_ref())
            }
        };
        joined.map_err(|error| fault("gather", &error))
    }

    /// Records from the disk.
    fn read(&self, extents: impl IntoIterator<Item = Extent>) -> std::result::Result<Vec<Chunk>, Diagnostic> {
        let Some(Spilled { file, .. }) = &self.spilled else { return Ok(Vec::new()) };
        extents.into_iter().filter_map(|extent| file.read(extent).transpose()).collect()
    }

    /// Pieces as one batch, sorted if they are to be, with their words.
    fn finished(&self, pieces: &[Chunk], by: Option<&By>) -> Result<RecordBatch> {
        let joined = join(&self.columns, pieces)?;
        let order = by.map(|By { person, date }| order(&joined, person, date)).transpose()?;
        let columns = self.columns.iter().zip(&self.words).zip(joined.columns());
        let arrays = columns.map(|((column, words), array)| {
            let array = order.as_ref().map_or_else(|| Ok(Arc::clone(array)), |order| gather(array, order))?;
            column.with_words(array, words.as_ref())
        });
        batch_of(&self.columns, arrays.collect::<Result<Vec<_>>>()?)
    }
}

/// Row numbers sorted by person, date and row number.
fn order(batch: &RecordBatch, person: &str, date: &str) -> Result<UInt32Array> {
    let (persons, dates) = (batch::pseudonyms(batch, person)?, batch::days(batch, date)?);
    let mut keys: Vec<u128> = (0..batch.num_rows())
        .map(|row| {
            let date = dates.is_valid(row).then(|| dates.value(row));
            key(persons.value(row), date, row as u32)
        })
        .collect();
    // Each key has its row number in it, so that no two are equal.
    keys.sort_unstable();
    Ok(keys.into_iter().map(|key| key as u32).collect::<Vec<_>>().into())
}

/// 72 bits of pseudonym, 24 of date and 32 of row number in one number that sorts as they do; no date comes first.
fn key(person: &[u8], date: Option<i32>, row: u32) -> u128 {
    let mut bytes = [0; 16];
    bytes[..PSEUDONYM_BYTES].copy_from_slice(person);
    // The years -9999 to 9999 have less than 2^23 days.
    let date = date.map_or(0, |days| (days + (1 << 23)) as u32);
    bytes[PSEUDONYM_BYTES..12].copy_from_slice(&date.to_be_bytes()[1..]);
    bytes[12..].copy_from_slice(&row.to_be_bytes());
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use proptest::prelude::*;

    use super::*;
    use crate::test_batch::{batch, rows};
    use crate::{Partitions, Scratch};

    /// Person, day, a word that repeats and one that does not.
    type Row = (Option<u8>, Option<u8>, u8, usize);

    fn written(row: &Row) -> String {
        let stated = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let person = stated(row.0.map(|person| format!("{}P", char::from(b'0' + person * 13 % 75))));
        let day = stated(row.1.map(|day| format!("2001-01-{:02}", day + 1)));
        let word = ["x", "y", "z"].get(usize::from(row.2)).map(|word| (*word).to_owned());
        format!("{person} {day} {} w{}", stated(word), row.3)
    }

    fn chunk(rows: &[Row], plain: bool) -> RecordBatch {
        let texts: Vec<String> = rows.iter().map(written).collect();
        let kind = if plain { "text" } else { "word" };
        batch(&format!("person:person day:day word unlike:{kind}"), &texts.join(" | "))
    }

    /// What must come out: a stable sort, those without a person first and in their order.
    fn obvious(all: &[Row]) -> Vec<String> {
        let mut rows: Vec<&Row> = all.iter().collect();
        let person =
            |row: &Row| written(row).split(' ').next().map(str::to_owned).filter(|_| row.0.is_some());
        rows.sort_by_key(|row| (person(row), row.0.and(row.1)));
        rows.into_iter().map(written).collect()
    }

    fn row() -> impl Strategy<Value = (Option<u8>, Option<u8>, u8)> {
        (proptest::option::weighted(0.8, 0..6_u8), proptest::option::weighted(0.9, 0..4_u8), 0..4_u8)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn histories_are_whole_and_sorted_however_they_came(
            drawn in proptest::collection::vec(proptest::collection::vec(row(), 0..12), 1..8),
            plain in proptest::collection::vec(any::<bool>(), 8),
            memory in prop_oneof![Just(0_u64), Just(20_000), Just(u64::MAX)],
            backwards in any::<bool>(),
        ) {
            let mut number = 0;
            let chunks: Vec<Vec<Row>> = drawn.iter().map(|rows| rows.iter().map(|(person, day, word)| {
                number += 1;
                (*person, *day, *word, number)
            }).collect()).collect();
            let folder = tempfile::tempdir().unwrap();
            let partitions =
                Partitions::new(Some(("person", "day")), memory, Scratch::new(folder.path(), false));
            let mut numbered: Vec<_> = chunks.iter().enumerate().collect();
            if backwards {
                numbered.reverse();
            }
            for (number, rows) in numbered {
                let records = if rows.is_empty() { chunk(&[(None, None, 0, 0)], false).slice(0, 0) } else { chunk(rows, plain[number]) };
                partitions.add(number as u64, &records).unwrap();
            }
            let histories = partitions.into_histories().unwrap();
            let found: Vec<String> = (0..histories.units())
                .flat_map(|unit| {
                    let records = histories.get(unit).unwrap();
                    assert_eq!(records.num_rows(), histories.rows(unit));
                    rows(&records).split(" | ").map(str::to_owned).collect::<Vec<_>>()
                })
                .collect();
            prop_assert_eq!(found, obvious(&chunks.concat()));
            let schemas: Vec<_> =
                (0..histories.units()).map(|unit| histories.get(unit).unwrap().schema()).collect();
            prop_assert!(schemas.windows(2).all(|pair| pair[0] == pair[1]));
            prop_assert!(histories.spilled() > 0 || memory > 0 || chunks.concat().is_empty());
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    /// Which chunk has more words than numbers depends on the threads, and a filter may leave none of its rows.
    #[test]
    fn texts_of_a_chunk_without_rows_make_texts_of_all() {
        for numbers in [[0, 1], [1, 0]] {
            let folder = tempfile::tempdir().unwrap();
            let partitions = Partitions::new(None, 1000, Scratch::new(folder.path(), false));
            let chunks = [batch("word", "a | b | -"), batch("word:text", "c").slice(0, 0)];
            for (number, chunk) in numbers.into_iter().zip(&chunks) {
                partitions.add(number, chunk).unwrap();
            }
            let records = partitions.into_histories().unwrap().get(0).unwrap();
            assert!(records.column(0).as_string_opt::<i32>().is_some());
            assert_eq!(rows(&records), "a | b | -");
        }
    }

    #[test]
    fn more_words_than_numbers_become_texts() {
        let folder = tempfile::tempdir().unwrap();
        let partitions = Partitions::new(None, 1000, Scratch::new(folder.path(), false));
        let mut expected = Vec::new();
        // Each chunk is scattered by itself; the first ones still have a number for every word.
        for number in 0..3 {
            let words: Vec<String> = (0..30_000).map(|word| format!("{number}.{word}")).collect();
            partitions.add(number, &batch("word", &words.join(" | "))).unwrap();
            expected.extend(words);
        }
        let histories = partitions.into_histories().unwrap();
        let units: Vec<RecordBatch> =
            (0..histories.units()).map(|unit| histories.get(unit).unwrap()).collect();
        assert!(units.len() > 1 && units.iter().all(|unit| unit.column(0).as_string_opt::<i32>().is_some()));
        let found: Vec<String> = units.iter().map(rows).collect();
        assert!(found.join(" | ") == expected.join(" | "));
    }
}
