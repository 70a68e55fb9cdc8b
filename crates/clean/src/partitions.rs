//! Records are scattered by person, so that each partition holds whole histories and can be worked on alone.
//!
//! Chunks hold rows of many persons. The first ten bits of a person's pseudonym decide the partition; pseudonyms are
//! spread evenly, so that the partitions in order, each sorted by person, are all records sorted by person, however
//! they are divided. What does not fit into memory waits in scratch files.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, FixedSizeBinaryArray, RecordBatch, UInt16Array, UInt32Array,
};
use arrow::compute::{concat, take};
use arrow::datatypes::{Field, Schema, UInt16Type};
use denizen_spec::{Diagnostic, PSEUDONYM_BYTES};

use crate::batch::{self, Result, is_numbered};
use crate::dictionary::{Dictionary, renumbered};
use crate::plan::fault;
use crate::scratch::{Extent, Scratch, ScratchFile};

/// Bits of a pseudonym that decide the partition. Fixed, so that a partition of a billion records is still small.
const BITS: u32 = 10;
const PARTITIONS: usize = 1 << BITS;

/// The rows without a person come first. They have no history, so that they are never needed together.
const UNLINKED: usize = 0;
const PARTS: usize = PARTITIONS + 1;

/// Rows that are scattered together: so many that the pieces for a thousand partitions are worth handling.
const SCATTERED: usize = 1 << 18;

/// Rows that are handed out together, at the least: enough that the work on them outweighs the overhead.
const ROWS: usize = 1 << 16;

/// Bytes of records that are enough to be scattered or handed out together, however few rows they are.
const MOST_BYTES: usize = 1 << 26;

/// Records on their way from chunks, which hold rows of many persons, to [`Histories`].
pub struct Partitions {
    by: Option<By>,
    /// Bytes of records that are held in memory before they go to the disk.
    memory: usize,
    scratch: Scratch,
    /// The columns, once the first chunk has come.
    columns: OnceLock<Vec<Column>>,
    state: Mutex<State>,
    /// Held while records go to the disk: one thread at a time, and the others wait rather than fill the memory.
    spilling: Mutex<()>,
}

/// The columns of person and date, where some step must see whole persons.
struct By {
    person: String,
    date: String,
}

/// A column of all chunks.
struct Column {
    name: String,
    /// Its words, where it has such.
    dictionary: Option<Mutex<Dictionary>>,
    /// Whether it has more words than numbers, in any chunk: then all that is handed out is texts. This depends on the
    /// data only, so that the type of the column does not depend on threads or memory.
    plain: AtomicBool,
}

#[derive(Default)]
struct State {
    /// The number of the chunk that comes next, and those that came too early.
    next: u64,
    early: BTreeMap<u64, Option<Chunk>>,
    /// Chunks in order, until there are enough of them to be scattered.
    chunks: Vec<Chunk>,
    rows: usize,
    waiting: usize,
    /// Scattered records in order; none while a thread is at it.
    held: VecDeque<Option<Scattered>>,
    /// How many have gone to the disk.
    taken: usize,
    bytes: usize,
    /// What has gone to the disk, in order.
    runs: Vec<Run>,
    spilled: u64,
    /// All rows and bytes that came.
    all_rows: usize,
    all_bytes: usize,
}

/// The columns of a chunk without their words.
type Chunk = Vec<ArrayRef>;

/// The rows of some chunks, partition by partition.
struct Scattered {
    arrays: Vec<ArrayRef>,
    /// The first row of each partition, and the number of rows.
    starts: Vec<u32>,
    bytes: usize,
}

/// Scattered rows of many chunks on the disk.
struct Run {
    file: ScratchFile,
    unlinked: Vec<Extent>,
    /// One for each partition but the unlinked.
    extents: Vec<Extent>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panics while it holds one of these has ended the run.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Partitions {
    /// Empty partitions by columns of pseudonyms and dates: a person's records will be together and sorted by date.
    /// Without these columns, records only wait for their turn. Beyond `memory` bytes, they go to scratch files.
    pub fn new(person_and_date: Option<(&str, &str)>, memory: u64, scratch: Scratch) -> Self {
        let by = |(person, date): (&str, &str)| By { person: person.to_owned(), date: date.to_owned() };
        Self {
            by: person_and_date.map(by),
            memory: usize::try_from(memory).unwrap_or(usize::MAX),
            scratch,
            columns: OnceLock::new(),
            state: Mutex::default(),
            spilling: Mutex::default(),
        }
    }

    /// Adds the records of a chunk. Any thread may call it, once for each number from 0 on; the order of the numbers is
    /// the order of the records. `done` is the share of the input read so far, from which it is foreseen how much room
    /// the rest needs.
    ///
    /// # Errors
    ///
    /// When the disk has no room for what does not fit into memory.
    pub fn add(&self, number: u64, batch: &RecordBatch, done: f64) -> std::result::Result<(), Diagnostic> {
        let chunk = if batch.num_rows() == 0 { None } else { Some(self.physical(batch)) };
        let chunk = chunk.transpose().map_err(|error| fault("scatter", &error))?;
        let full = {
            let mut state = lock(&self.state);
            state.add(number, chunk);
            (state.rows >= SCATTERED || state.waiting > self.memory.min(MOST_BYTES))
                .then(|| state.take_chunks())
        };
        let Some((place, chunks)) = full else { return Ok(()) };
        let scattered = self.scatter(&chunks).map_err(|error| fault("scatter", &error))?;
        drop(chunks);
        let is_full = {
            let mut state = lock(&self.state);
            state.hold(place, scattered);
            state.bytes > self.memory
        };
        if is_full { self.spill(done) } else { Ok(()) }
    }

    /// The columns of a batch without their words.
    fn physical(&self, batch: &RecordBatch) -> Result<Chunk> {
        let columns = self.columns.get_or_init(|| columns(batch));
        columns.iter().zip(batch.columns()).map(|(column, array)| column.physical(array)).collect()
    }

    /// The rows of some chunks in the order of their partitions. Rows of a partition keep their order.
    fn scatter(&self, chunks: &[Chunk]) -> Result<Scattered> {
        let joined = join(self.columns.get().map(Vec::as_slice).unwrap_or_default(), chunks)?;
        let parts = match &self.by {
            None => vec![UNLINKED as u16; joined.num_rows()],
            Some(By { person, .. }) => {
                let persons = batch::pseudonyms(&joined, person)?;
                (0..persons.len()).map(|row| part(persons, row)).collect()
            }
        };
        let mut starts = vec![0_u32; PARTS + 1];
        parts.iter().for_each(|part| starts[usize::from(*part) + 1] += 1);
        (0..PARTS).for_each(|part| starts[part + 1] += starts[part]);
        let (mut next, mut order) = (starts.clone(), vec![0_u32; parts.len()]);
        for (row, part) in parts.iter().enumerate() {
            let place = &mut next[usize::from(*part)];
            order[*place as usize] = row as u32;
            *place += 1;
        }
        let order = UInt32Array::from(order);
        let arrays = joined.columns().iter().map(|array| take(array, &order, None));
        let arrays = arrays.collect::<Result<Vec<_>>>()?;
        let bytes = arrays.iter().map(|array| array.get_array_memory_size()).sum::<usize>();
        Ok(Scattered { arrays, starts, bytes })
    }

    /// Brings records to the disk, unless another thread has done so meanwhile.
    fn spill(&self, done: f64) -> std::result::Result<(), Diagnostic> {
        let _one_at_a_time = lock(&self.spilling);
        let (held, spilled) = {
            let mut state = lock(&self.state);
            if state.bytes <= self.memory {
                return Ok(());
            }
            (state.take_held(), state.spilled)
        };
        if held.is_empty() {
            // What comes first is still being scattered; that thread will see that the memory is full.
            return Ok(());
        }
        let bytes = held.iter().map(|scattered| scattered.bytes as u64).sum::<u64>();
        let total = ((spilled + bytes) as f64 / done.clamp(1e-6, 1.0)) as u64;
        self.scratch.need(total - spilled, total)?;
        let mut writer = self.scratch.file()?;
        let mut unlinked = Vec::new();
        let parts: Vec<_> = held.iter().map(|scattered| scattered.slice(UNLINKED..UNLINKED + 1)).collect();
        for some in parts.chunks(1 + ROWS / (1 + rows(&parts) / parts.len().max(1))) {
            unlinked.push(writer.add(&self.joined(some)?)?);
        }
        let mut extents = Vec::with_capacity(PARTITIONS);
        for part in UNLINKED + 1..PARTS {
            let slices: Vec<_> = held.iter().map(|scattered| scattered.slice(part..part + 1)).collect();
            extents.push(writer.add(&self.joined(&slices)?)?);
        }
        let run = Run { file: writer.finish()?, unlinked, extents };
        let mut state = lock(&self.state);
        state.spilled += run.file.bytes;
        state.runs.push(run);
        Ok(())
    }

    fn joined(&self, slices: &[Vec<ArrayRef>]) -> std::result::Result<RecordBatch, Diagnostic> {
        let columns = self.columns.get().map(Vec::as_slice).unwrap_or_default();
        join(columns, slices).map_err(|error| fault("scatter", &error))
    }

    /// Whole histories, when all chunks have been added.
    ///
    /// # Errors
    ///
    /// Only when the chunks differ in their columns, which is a fault of the program.
    pub fn into_histories(self) -> std::result::Result<Histories, Diagnostic> {
        let (place, chunks) = lock(&self.state).take_chunks();
        if !chunks.is_empty() {
            let scattered = self.scatter(&chunks).map_err(|error| fault("scatter", &error))?;
            lock(&self.state).hold(place, scattered);
        }
        let Self { by, columns, state, .. } = self;
        let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let State { held, runs, spilled, all_rows, all_bytes, .. } = state;
        let columns = columns.into_inner().unwrap_or_default();
        let held: Vec<Scattered> = held.into_iter().flatten().collect();
        let bytes_of_a_row = all_bytes / all_rows.max(1);
        let units = units(&runs, &held, ROWS.min(MOST_BYTES / bytes_of_a_row.max(1)).max(1));
        let words = columns.iter().map(Column::words).collect();
        Ok(Histories { by, columns, words, held, runs, units, spilled, bytes_of_a_row })
    }
}

impl State {
    fn add(&mut self, number: u64, chunk: Option<Chunk>) {
        self.early.insert(number, chunk);
        while let Some(chunk) = self.early.remove(&self.next) {
            self.next += 1;
            let columns = chunk.iter().flatten();
            self.waiting += columns.clone().map(|column| column.get_array_memory_size()).sum::<usize>();
            self.rows += columns.take(1).map(|column| column.len()).sum::<usize>();
            self.chunks.extend(chunk);
        }
    }

    /// The chunks that wait, and the place that they will have when they are scattered.
    fn take_chunks(&mut self) -> (usize, Vec<Chunk>) {
        (self.rows, self.waiting) = (0, 0);
        self.held.push_back(None);
        (self.taken + self.held.len() - 1, std::mem::take(&mut self.chunks))
    }

    fn hold(&mut self, place: usize, scattered: Scattered) {
        self.bytes += scattered.bytes;
        self.all_bytes += scattered.bytes;
        self.all_rows += scattered.starts[PARTS] as usize;
        self.held[place - self.taken] = Some(scattered);
    }

    /// The records held, up to those that a thread still scatters.
    fn take_held(&mut self) -> Vec<Scattered> {
        let ready = self.held.iter().take_while(|scattered| scattered.is_some()).count();
        let held: Vec<Scattered> = self.held.drain(..ready).flatten().collect();
        self.taken += ready;
        self.bytes -= held.iter().map(|scattered| scattered.bytes).sum::<usize>();
        held
    }
}

/// The partition of a row, by the first bits of its pseudonym.
fn part(persons: &FixedSizeBinaryArray, row: usize) -> u16 {
    if persons.is_null(row) {
        return UNLINKED as u16;
    }
    let bits = persons.value(row);
    1 + (u16::from_be_bytes([bits[0], bits[1]]) >> (16 - BITS))
}

fn columns(batch: &RecordBatch) -> Vec<Column> {
    let column = |(field, array): (&Arc<Field>, &ArrayRef)| {
        let has_words = is_numbered(array.data_type()) || array.as_string_opt::<i32>().is_some();
        let dictionary = has_words.then(Mutex::default);
        Column { name: field.name().clone(), dictionary, plain: AtomicBool::new(false) }
    };
    batch.schema().fields().iter().zip(batch.columns()).map(column).collect()
}

impl Column {
    /// The column without its words: numbers that mean the same in all chunks, or the texts themselves where there are
    /// more of them than numbers.
    fn physical(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let Some(numbered) = array.as_dictionary_opt::<UInt16Type>() else {
            self.plain.fetch_or(self.dictionary.is_some(), Ordering::Relaxed);
            return Ok(Arc::clone(array));
        };
        let texts = numbered.values().as_string::<i32>();
        let places = self.dictionary.as_ref().and_then(|words| lock(words).places(numbered.values(), texts));
        match places {
            Some(places) => Ok(Arc::new(renumbered(numbered.keys(), &places))),
            None => {
                self.plain.store(true, Ordering::Relaxed);
                take(texts, numbered.keys(), None)
            }
        }
    }

    /// Pieces of the column as one. Numbers become texts where some of the pieces are.
    fn join(&self, pieces: &[&ArrayRef]) -> Result<ArrayRef> {
        let is_text = |piece: &&ArrayRef| piece.as_string_opt::<i32>().is_some();
        let is_mixed = pieces.iter().any(is_text) && !pieces.iter().all(is_text);
        let Some(words) = is_mixed.then(|| self.words()).flatten() else {
            return concat(&pieces.iter().map(|piece| &***piece).collect::<Vec<&dyn Array>>());
        };
        let texts = pieces.iter().map(|piece| match piece.as_primitive_opt::<UInt16Type>() {
            Some(keys) => take(&words, keys, None),
            None => Ok(Arc::clone(piece)),
        });
        let texts = texts.collect::<Result<Vec<_>>>()?;
        concat(&texts.iter().map(|text| &**text).collect::<Vec<&dyn Array>>())
    }

    fn words(&self) -> Option<ArrayRef> {
        self.dictionary.as_ref().map(|words| lock(words).words())
    }
}

/// Pieces of all columns as one batch, without the words.
fn join(columns: &[Column], slices: &[Vec<ArrayRef>]) -> Result<RecordBatch> {
    let arrays = columns.iter().enumerate().map(|(place, column)| {
        let pieces: Vec<&ArrayRef> = slices.iter().map(|slice| &slice[place]).collect();
        column.join(&pieces)
    });
    batch_of(columns, arrays.collect::<Result<Vec<_>>>()?)
}

fn rows(slices: &[Vec<ArrayRef>]) -> usize {
    slices.iter().filter_map(|slice| slice.first()).map(|array| array.len()).sum()
}

impl Scattered {
    fn rows(&self, parts: Range<usize>) -> Range<usize> {
        self.starts[parts.start] as usize..self.starts[parts.end] as usize
    }

    fn slice(&self, parts: Range<usize>) -> Vec<ArrayRef> {
        let rows = self.rows(parts);
        self.arrays.iter().map(|array| array.slice(rows.start, rows.len())).collect()
    }
}

/// Records that are handed out together.
enum Unit {
    /// Rows without a person: an extent of a run.
    Spilled(usize, usize),
    /// Rows without a person of some chunks that are held.
    Held(Range<usize>),
    /// Whole persons: partitions.
    Persons(Range<usize>),
}

/// How the records are handed out: in order, in units of so many rows or a little more.
fn units(runs: &[Run], held: &[Scattered], least: usize) -> Vec<(Unit, usize)> {
    let mut units = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        units.extend(
            run.unlinked.iter().enumerate().map(|(extent, part)| (Unit::Spilled(place, extent), part.rows)),
        );
    }
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
fn grouped(sizes: &[usize], least: usize) -> impl Iterator<Item = (Range<usize>, usize)> {
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
    runs: Vec<Run>,
    units: Vec<(Unit, usize)>,
    spilled: u64,
    bytes_of_a_row: usize,
}

impl Histories {
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

    /// Bytes that wait in scratch files.
    pub fn spilled(&self) -> u64 {
        self.spilled
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
            Unit::Spilled(run, extent) => {
                let run = &self.runs[*run];
                self.finished(&[run.file.read(run.unlinked[*extent])?.map(columns_of)], None)
            }
            Unit::Held(chunks) => {
                let slices =
                    self.held[chunks.clone()].iter().map(|held| Some(held.slice(UNLINKED..UNLINKED + 1)));
                self.finished(&slices.collect::<Vec<_>>(), None)
            }
            Unit::Persons(parts) => {
                let mut slices = Vec::new();
                for part in parts.clone() {
                    for run in &self.runs {
                        slices.push(run.file.read(run.extents[part - 1])?.map(columns_of));
                    }
                }
                slices.extend(self.held.iter().map(|held| Some(held.slice(parts.clone()))));
                self.finished(&slices, self.by.as_ref())
            }
        };
        joined.map_err(|error| fault("gather", &error))
    }

    /// Pieces as one batch, sorted if they are to be, with their words.
    fn finished(&self, pieces: &[Option<Vec<ArrayRef>>], by: Option<&By>) -> Result<RecordBatch> {
        let pieces: Vec<Vec<ArrayRef>> = pieces.iter().flatten().cloned().collect();
        let joined = join(&self.columns, &pieces)?;
        let order = by.map(|By { person, date }| order(&joined, person, date)).transpose()?;
        let columns = self.columns.iter().zip(&self.words).zip(joined.columns());
        let arrays = columns.map(|((column, words), array)| {
            let array =
                order.as_ref().map_or_else(|| Ok(Arc::clone(array)), |order| take(array, order, None))?;
            match (array.as_primitive_opt::<UInt16Type>(), words) {
                (Some(keys), Some(words)) if column.plain.load(Ordering::Relaxed) => take(words, keys, None),
                (Some(keys), Some(words)) => numbered(keys, Arc::clone(words)),
                _ => Ok(array),
            }
        });
        batch_of(&self.columns, arrays.collect::<Result<Vec<_>>>()?)
    }
}

fn batch_of(columns: &[Column], arrays: Vec<ArrayRef>) -> Result<RecordBatch> {
    let fields = columns.iter().zip(&arrays);
    let fields = fields.map(|(column, array)| Field::new(&column.name, array.data_type().clone(), true));
    RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), arrays)
}

fn columns_of(batch: RecordBatch) -> Vec<ArrayRef> {
    batch.columns().to_vec()
}

fn numbered(keys: &UInt16Array, words: ArrayRef) -> Result<ArrayRef> {
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys.clone(), words)?))
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
    use proptest::prelude::*;

    use super::*;
    use crate::test_batch::{batch, rows};

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
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

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
                partitions.add(number as u64, &records, 1.0).unwrap();
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

    #[test]
    fn more_words_than_numbers_become_texts() {
        let folder = tempfile::tempdir().unwrap();
        let partitions = Partitions::new(None, 1000, Scratch::new(folder.path(), false));
        let mut expected = Vec::new();
        // Each chunk is scattered by itself; the first ones still have a number for every word.
        for number in 0..3 {
            let words: Vec<String> = (0..30_000).map(|word| format!("{number}.{word}")).collect();
            partitions.add(number, &batch("word", &words.join(" | ")), 1.0).unwrap();
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
