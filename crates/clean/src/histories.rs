//! Scattered records come out again: person by person, sorted, in units that can be worked on alone.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, PSEUDONYM_BYTES};

use crate::batch::{self, Result, as_pseudonyms};
use crate::column::{Chunk, Column, batch_of, join};
use crate::crowded::{Crowded, RowCounts};
use crate::dictionary::{WordCount, number_texts};
use crate::gather::gather;
use crate::partitions::{BITS, By, PARTITIONS, Run, Scattered, UNLINKED, least_rows, part_of_partition};
use crate::plan::fault;
use crate::scratch::{Extent, ScratchFile};
use crate::sort::sort_spread;
use crate::written::{Written, WrittenSums, order_days};

pub use on_threads::UnitRows;

/// What is on the disk: stream by stream, in order.
pub(crate) struct Spilled {
    pub(crate) file: ScratchFile,
    pub(crate) runs: Vec<Run>,
}

/// Records that follow one another in the order of the files.
#[derive(Debug, PartialEq)]
enum Stretch {
    /// Those of a run on the disk.
    Run(usize),
    /// Those that are held, scattered together or one after another.
    Held(Range<usize>),
}

/// Records that are handed out together.
enum Unit {
    /// Rows without a person on the disk.
    Spilled(Extent),
    /// Rows without a person of some chunks that are held.
    Held(Range<usize>),
    /// Rows of a partition whose identifier stands on too many of them.
    Crowded(usize, Piece),
    /// Whole persons: partitions.
    Persons(Range<usize>),
}

/// The parts of the persons, in order, and the units of each.
type UnitsOfParts = Vec<(u32, Range<usize>)>;

/// Some rows of a partition.
#[derive(Clone, Copy)]
enum Piece {
    Spilled(Extent),
    Held(usize),
}

/// Neighbours together, until they have enough rows.
pub(crate) fn grouped(sizes: &[usize], least: usize) -> impl Iterator<Item = (Range<usize>, usize)> {
    let (mut groups, mut start, mut rows) = (Vec::new(), 0, 0);
    for (index, size) in sizes.iter().enumerate() {
        rows += size;
        if rows >= least || index + 1 == sizes.len() {
            groups.push((start..index + 1, rows));
            (start, rows) = (index + 1, 0);
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
    /// All records in the order of the files.
    stretches: Vec<Stretch>,
    /// Identifiers that stand on too many rows, by partition.
    crowded: BTreeMap<usize, Crowded>,
    units: Vec<(Unit, usize)>,
    /// The parts of the persons, and the units of each: one part, unless somebody asks for more.
    parts: UnitsOfParts,
    /// The columns of each part that have few enough words in it to be numbered, though not in all parts together.
    numbered: BTreeMap<u32, Vec<usize>>,
    bytes_of_a_row: usize,
    /// In which order the rows of the units were written that have been handed out.
    written: WrittenSums,
}

impl Histories {
    /// All records: of each stream those on the disk, in order, and then those held, in order. Where rows of persons were
    /// counted, those of identifiers with too many are rows of nobody.
    pub(crate) fn new(
        by: Option<By>,
        columns: Vec<Column>,
        spilled: Option<Spilled>,
        held: Vec<(usize, Scattered)>,
        counts: Option<RowCounts>,
    ) -> std::result::Result<Self, Diagnostic> {
        let (runs, bytes) =
            spilled.as_ref().map_or((&[][..], 0), |spilled| (&spilled.runs, spilled.file.bytes));
        let (streams, held): (Vec<usize>, Vec<Scattered>) = held.into_iter().unzip();
        let stretches = stretches(runs, &streams);
        let rows = runs.iter().map(Run::rows).sum::<usize>() + held.iter().map(Scattered::len).sum::<usize>();
        let bytes = bytes as usize + held.iter().map(|scattered| scattered.bytes).sum::<usize>();
        let bytes_of_a_row = bytes / rows.max(1);
        let words = columns.iter().map(Column::words).collect();
        let (crowded, units, parts, numbered) = Default::default();
        let written = WrittenSums::default();
        let mut histories = Self {
            by,
            columns,
            words,
            held,
            spilled,
            stretches,
            crowded,
            units,
            parts,
            numbered,
            bytes_of_a_row,
            written,
        };
        if let Some(counts) = counts {
            histories.crowded = histories.find_crowded(&counts)?;
        }
        (histories.units, histories.parts) = histories.all_units(1);
        Ok(histories)
    }

    /// Divides the persons into parts, as [`split`](crate::split) does: no unit has rows of two parts, and the rows and the types of
    /// columns of a part are those that it has where each part is worked on by itself.
    ///
    /// # Errors
    ///
    /// When a scratch file cannot be read.
    pub fn in_parts(mut self, parts: u32) -> std::result::Result<Self, Diagnostic> {
        let parts = parts.clamp(1, PARTITIONS as u32);
        (self.units, self.parts) = self.all_units(parts);
        if parts > 1 && self.columns.iter().any(Column::is_plain) {
            let parts = self.parts.iter();
            let numbered = parts.map(|(part, units)| Ok((*part, self.numbered_in(units.clone())?)));
            self.numbered = numbered.collect::<std::result::Result<_, Diagnostic>>()?;
        }
        Ok(self)
    }

    /// The parts that have rows, and the units of each, in order.
    pub fn parts(&self) -> impl Iterator<Item = (u32, Range<usize>)> {
        self.parts.iter().cloned()
    }

    /// The columns that are texts because of their words in other units, and have few enough in these.
    fn numbered_in(&self, units: Range<usize>) -> std::result::Result<Vec<usize>, Diagnostic> {
        let plain = (0..self.columns.len()).filter(|column| self.columns[*column].is_plain());
        let mut candidates: Vec<(usize, WordCount)> =
            plain.map(|column| (column, WordCount::default())).collect();
        for unit in units {
            let batch = self.chunks_of(unit)?;
            let batch = self.finished(&batch, None).map_err(|error| fault("gather", &error))?;
            candidates.retain_mut(|(column, words)| words.add(batch.column(*column)));
            if candidates.is_empty() {
                break;
            }
        }
        Ok(candidates.into_iter().map(|(column, _)| column).collect())
    }

    fn runs(&self) -> &[Run] {
        self.spilled.as_ref().map_or(&[], |spilled| &spilled.runs)
    }

    /// Counts the rows of those who may have too many.
    fn find_crowded(&self, counts: &RowCounts) -> std::result::Result<BTreeMap<usize, Crowded>, Diagnostic> {
        let mut found = BTreeMap::new();
        for (partition, mut suspects) in counts.suspects(BITS) {
            let part = UNLINKED + 1 + partition;
            for piece in self.pieces(part) {
                let rows = self.rows_of(part, piece)?;
                let persons = self.person().and_then(|person| as_pseudonyms(&rows[person]));
                suspects.add(persons.map_err(|error| fault("gather", &error))?);
            }
            let crowded = suspects.crowded(counts.most());
            if crowded.persons() > 0 {
                found.insert(part, crowded);
            }
        }
        Ok(found)
    }

    /// How the records are handed out: in order, in units of [`least_rows`] rows or a little more; and the units of each part.
    fn all_units(&self, parts: u32) -> (Vec<(Unit, usize)>, UnitsOfParts) {
        let mut partitions: BTreeMap<u32, Range<usize>> = BTreeMap::new();
        for partition in UNLINKED + 1..=PARTITIONS {
            let part = part_of_partition(partition as u32, parts);
            partitions.entry(part).or_insert(partition..partition).end = partition + 1;
        }
        let mut all = self.unlinked_units();
        let mut units_of_parts = vec![(0, 0..all.len())];
        for (part, partitions) in partitions {
            let first = all.len();
            all.extend(self.units_of(partitions));
            match units_of_parts.last_mut().filter(|(last, _)| *last == part) {
                Some((_, units)) => units.end = all.len(),
                None => units_of_parts.push((part, first..all.len())),
            }
        }
        units_of_parts.retain(|(_, units)| !units.is_empty());
        (all, units_of_parts)
    }

    /// The rows of nobody.
    fn unlinked_units(&self) -> Vec<(Unit, usize)> {
        let least = least_rows(self.bytes_of_a_row);
        let mut units = Vec::new();
        for stretch in &self.stretches {
            match stretch {
                Stretch::Run(run) => {
                    let extents = &self.runs()[*run].unlinked;
                    units.extend(extents.iter().map(|extent| (Unit::Spilled(*extent), extent.rows)));
                }
                Stretch::Held(held) => {
                    let rows = |held: &Scattered| held.rows(UNLINKED..UNLINKED + 1).len();
                    let sizes: Vec<usize> = self.held[held.clone()].iter().map(rows).collect();
                    let from_first = |group: Range<usize>| held.start + group.start..held.start + group.end;
                    let groups = grouped(&sizes, least);
                    units.extend(groups.map(|(group, rows)| (Unit::Held(from_first(group)), rows)));
                }
            }
        }
        units.retain(|(_, rows)| *rows > 0);
        units
    }

    /// The rows of some partitions: those of identifiers that stand on too many rows, and then whole persons.
    fn units_of(&self, partitions: Range<usize>) -> Vec<(Unit, usize)> {
        let mut units = Vec::new();
        for (partition, crowded) in self.crowded.range(partitions.clone()) {
            let pieces = self.pieces(*partition);
            assert_eq!(pieces.len(), crowded.rows().len(), "pieces of one partition");
            let of_partition = pieces.into_iter().zip(crowded.rows());
            units.extend(of_partition.map(|(piece, rows)| (Unit::Crowded(*partition, piece), *rows)));
        }
        let size = |partition: usize| {
            let spilled = self.runs().iter().flat_map(|run| &run.extents[partition - 1]);
            let held = self.held.iter().map(|held| held.rows(partition..partition + 1).len());
            let rows = spilled.map(|extent| extent.rows).sum::<usize>() + held.sum::<usize>();
            rows - self.crowded.get(&partition).map_or(0, |crowded| crowded.rows().iter().sum())
        };
        let (first, sizes) = (partitions.start, partitions.map(size).collect::<Vec<usize>>());
        let whole = grouped(&sizes, least_rows(self.bytes_of_a_row));
        units
            .extend(whole.map(|(group, rows)| (Unit::Persons(group.start + first..group.end + first), rows)));
        units.retain(|(_, rows)| *rows > 0);
        units
    }

    /// The pieces of a partition in the order of their rows.
    fn pieces(&self, part: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for stretch in &self.stretches {
            match stretch {
                Stretch::Run(run) => pieces.extend(self.spilled_pieces(*run, part)),
                Stretch::Held(held) => pieces.extend(held.clone().map(Piece::Held)),
            }
        }
        pieces
    }

    fn spilled_pieces(&self, run: usize, part: usize) -> impl Iterator<Item = Piece> {
        self.runs()[run].extents[part - 1].iter().map(|extent| Piece::Spilled(*extent))
    }

    fn rows_of(&self, part: usize, piece: Piece) -> std::result::Result<Chunk, Diagnostic> {
        match (piece, &self.spilled) {
            (Piece::Held(index), _) => Ok(self.held[index].slice(part..part + 1)),
            (Piece::Spilled(extent), Some(spilled)) => spilled.file.read(extent),
            (Piece::Spilled(_), None) => Err(Diagnostic::error(Code::Internal, "records are on no disk")),
        }
    }

    /// The column of the person.
    fn person(&self) -> Result<usize> {
        let By { person, .. } = self.by.as_ref().ok_or(ArrowError::SchemaError("no person".to_owned()))?;
        let found = self.columns.iter().position(|column| column.name() == person);
        found.ok_or_else(|| ArrowError::SchemaError(format!("no column `{person}`")))
    }

    /// Identifiers that stand on more rows than a person may have, and those rows.
    pub fn crowded(&self) -> (usize, usize) {
        let persons = self.crowded.values().map(Crowded::persons).sum();
        (persons, self.crowded.values().flat_map(Crowded::rows).sum())
    }

    /// In which order the rows of persons were written, of the units that have been handed out.
    pub fn written(&self) -> Written {
        self.written.get()
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// Rows of a unit.
    pub fn rows(&self, unit: usize) -> usize {
        self.units[unit].1
    }

    /// Rows of all units.
    pub fn row_count(&self) -> u64 {
        self.units.iter().map(|(_, rows)| *rows as u64).sum()
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
        let chunks = self.chunks_of(unit)?;
        let by = match &self.units[unit].0 {
            Unit::Persons(_) => self.by.as_ref(),
            Unit::Spilled(_) | Unit::Held(_) | Unit::Crowded(..) => None,
        };
        let batch = self.finished(&chunks, by);
        let part = self.parts.iter().find(|(_, units)| units.contains(&unit)).map(|(part, _)| part);
        let batch = match part.and_then(|part| self.numbered.get(part)) {
            Some(columns) => batch.and_then(|batch| number_texts(batch, columns)),
            None => batch,
        };
        batch.map_err(|error| fault("gather", &error))
    }

    /// The records of a unit as they were scattered.
    fn chunks_of(&self, unit: usize) -> std::result::Result<Vec<Chunk>, Diagnostic> {
        match &self.units[unit].0 {
            Unit::Spilled(extent) => Ok(vec![self.rows_of(UNLINKED, Piece::Spilled(*extent))?]),
            Unit::Held(chunks) => {
                let slices = self.held[chunks.clone()].iter().map(|held| held.slice(UNLINKED..UNLINKED + 1));
                Ok(slices.collect())
            }
            Unit::Crowded(part, piece) => {
                let rows = self.rows_of(*part, *piece)?;
                let rows = self.person().and_then(|person| self.crowded[part].unlinked(&rows, person));
                Ok(vec![rows.map_err(|error| fault("gather", &error))?])
            }
            Unit::Persons(parts) => self.persons_of(parts),
        }
    }

    /// The rows of the persons of some partitions.
    fn persons_of(&self, parts: &Range<usize>) -> std::result::Result<Vec<Chunk>, Diagnostic> {
        if self.crowded.range(parts.clone()).next().is_some() {
            let rows = parts.clone().map(|part| self.persons_apart(part));
            return Ok(rows.collect::<std::result::Result<Vec<_>, _>>()?.concat());
        }
        // The order matters within a partition only: rows are sorted by person first.
        let mut rows = Vec::new();
        for stretch in &self.stretches {
            match stretch {
                Stretch::Run(run) => {
                    for part in parts.clone() {
                        for piece in self.spilled_pieces(*run, part) {
                            rows.push(self.rows_of(part, piece)?);
                        }
                    }
                }
                Stretch::Held(held) => {
                    rows.extend(self.held[held.clone()].iter().map(|held| held.slice(parts.clone())));
                }
            }
        }
        Ok(rows)
    }

    /// The rows of a partition without those whose identifier stands on too many.
    fn persons_apart(&self, part: usize) -> std::result::Result<Vec<Chunk>, Diagnostic> {
        let pieces = self.pieces(part).into_iter();
        let rows = pieces.map(|piece| {
            let rows = self.rows_of(part, piece)?;
            let Some(crowded) = self.crowded.get(&part) else { return Ok(rows) };
            let others = self.person().and_then(|person| crowded.others(&rows, person));
            others.map_err(|error| fault("gather", &error))
        });
        rows.collect()
    }

    /// Pieces as one batch, sorted if they are to be, with their words.
    fn finished(&self, pieces: &[Chunk], by: Option<&By>) -> Result<RecordBatch> {
        let joined = join(&self.columns, pieces)?;
        let order = by.map(|by| self.order(&joined, by)).transpose()?;
        let columns = self.columns.iter().zip(&self.words).zip(joined.columns());
        let arrays = columns.map(|((column, words), array)| {
            let array = order.as_ref().map_or_else(|| Ok(Arc::clone(array)), |order| gather(array, order))?;
            column.with_words(array, words.as_ref())
        });
        batch_of(&self.columns, arrays.collect::<Result<Vec<_>>>()?)
    }

    /// Row numbers sorted by person, date, sequence and row number.
    fn order(&self, batch: &RecordBatch, by: &By) -> Result<UInt32Array> {
        let persons = batch::pseudonyms(batch, &by.person)?;
        let dates = by.date.as_ref().map(|date| batch::days(batch, date)).transpose()?;
        // What the files have in reverse is numbered in reverse.
        let turned = |row: u32| if by.newest_first { u32::MAX - row } else { row };
        let keys: Vec<u128> = (0..batch.num_rows())
            .map(|row| {
                let date = dates.filter(|dates| dates.is_valid(row)).map(|dates| dates.value(row));
                key(persons.value(row), date, turned(row as u32))
            })
            .collect();
        // Each key has its row number in it, so that no two are equal.
        let mut keys = sort_spread(keys);
        let mut written = Written::of(&keys);
        if let Some(sequence) = &by.sequence {
            let numbers = batch::integers(batch, sequence)?;
            written.unordered = order_days(&mut keys, |key| {
                let row = turned(key as u32) as usize;
                numbers.is_valid(row).then(|| numbers.value(row))
            });
        }
        self.written.add(written);
        Ok(keys.into_iter().map(|key| turned(key as u32)).collect::<Vec<_>>().into())
    }
}

/// Runs, and what is held, of which the streams are given in order: of each stream first the runs.
fn stretches(runs: &[Run], held: &[usize]) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut next_run = 0;
    for (index, stream) in held.iter().enumerate() {
        while runs.get(next_run).is_some_and(|run| run.stream <= *stream) {
            stretches.push(Stretch::Run(next_run));
            next_run += 1;
        }
        match stretches.last_mut() {
            Some(Stretch::Held(held)) => held.end = index + 1,
            Some(Stretch::Run(_)) | None => stretches.push(Stretch::Held(index..index + 1)),
        }
    }
    stretches.extend((next_run..runs.len()).map(Stretch::Run));
    stretches
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

mod on_threads;
#[cfg(test)]
mod tests;
