//! Records are scattered by person, so that each partition holds whole histories and can be worked on alone.
//!
//! Chunks hold rows of many persons. The first ten bits of a person's pseudonym decide the partition; pseudonyms are
//! spread evenly, so that the partitions in order, each sorted by person, are all records sorted by person, however
//! they are divided. What does not fit into memory waits in scratch files.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use arrow::array::{Array, ArrayRef, FixedSizeBinaryArray, RecordBatch, UInt32Array};
use arrow::error::ArrowError;
use denizen_spec::{ChunkNumber, Diagnostic};

use crate::batch::{self, Result, as_pseudonyms};
use crate::column::{Chunk, Column, columns, join};
use crate::crowded::RowCounts;
use crate::gather::{by_group, gather};
use crate::histories::{Histories, Spilled, grouped};
use crate::plan::fault;
use crate::scratch::{Extent, Scratch, ScratchWriter};

/// Bits of a pseudonym that decide the partition. Fixed, so that a partition of a billion records is still small.
pub(crate) const BITS: u32 = 10;
pub(crate) const PARTITIONS: usize = 1 << BITS;

/// The rows without a person come first. They have no history, so that they are never needed together.
pub(crate) const UNLINKED: usize = 0;
pub(crate) const PARTS: usize = PARTITIONS + 1;

/// Rows that are scattered together: enough to make the pieces for a thousand partitions worth handling.
const SCATTERED: usize = 1 << 18;

/// Rows that are handed out together, at the least: enough that the work on them outweighs the overhead.
const ROWS: usize = 1 << 16;

/// Bytes of records that are enough to be scattered or handed out together, however few rows they are.
const MOST_BYTES: usize = 1 << 26;

/// How many rows, of `bytes_of_a_row` bytes each, are enough to be handed out together.
pub(crate) fn least_rows(bytes_of_a_row: usize) -> usize {
    ROWS.min(MOST_BYTES / bytes_of_a_row.max(1)).max(1)
}

/// Records on their way from chunks, which hold rows of many persons, to [`Histories`].
pub struct Partitions {
    by: Option<By>,
    /// Bytes of records that are held in memory before they go to the disk.
    memory: usize,
    scratch: Scratch,
    /// The columns, once the first chunk has come.
    columns: OnceLock<Vec<Column>>,
    state: Mutex<State>,
    /// Rows of persons, where there is a limit to them.
    counts: Option<Mutex<RowCounts>>,
    /// What has gone to the disk. Held while more goes there: one thread at a time, and the others wait rather than fill
    /// the memory.
    spilled: Mutex<Option<ScratchWriter>>,
}

/// By what records are divided and sorted, where some step must see whole persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The column of pseudonyms.
    pub person: String,
    /// The column of days; without one, records of a person keep the order of the files.
    pub date: Option<String>,
    /// The column of whole numbers that orders the records of one day, before their order in the files.
    pub sequence: Option<String>,
    /// Whether the files have their rows in reverse.
    pub newest_first: bool,
}

impl By {
    /// Persons, and the days of their records; those of one day in the order of the files.
    pub fn new(person: &str, date: &str) -> Self {
        Self { date: Some(date.to_owned()), ..Self::group(person) }
    }

    /// Rows with one pseudonym, in the order of the files.
    pub(crate) fn group(person: &str) -> Self {
        Self { person: person.to_owned(), date: None, sequence: None, newest_first: false }
    }
}

#[derive(Default)]
struct State {
    streams: BTreeMap<usize, Stream>,
    /// Bytes of all chunks that wait to be scattered.
    waiting: usize,
    /// Bytes of all scattered records that are held.
    bytes: usize,
    /// What has gone to the disk: of each stream in order.
    runs: Vec<Run>,
}

/// The records of one stream.
#[derive(Default)]
struct Stream {
    /// The index of the chunk that comes next, and those that came too early.
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
}

/// The rows of some chunks, partition by partition.
pub(crate) struct Scattered {
    arrays: Vec<ArrayRef>,
    /// The first row of each partition, and the number of rows.
    starts: Vec<u32>,
    pub(crate) bytes: usize,
}

/// Where the scattered rows of many chunks of a stream are on the disk.
pub(crate) struct Run {
    pub(crate) stream: usize,
    pub(crate) unlinked: Vec<Extent>,
    /// Those of each partition but the unlinked.
    pub(crate) extents: Vec<Vec<Extent>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panics while it holds one of these has ended the run.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Partitions {
    /// Empty partitions by columns of pseudonyms and dates: a person's records will be together and sorted by date.
    /// Without these columns, records only wait for their turn. Beyond `memory` bytes, they go to scratch files.
    pub fn new(by: Option<By>, memory: u64, scratch: Scratch) -> Self {
        Self {
            by,
            memory: usize::try_from(memory).unwrap_or(usize::MAX),
            scratch,
            columns: OnceLock::new(),
            state: Mutex::default(),
            counts: None,
            spilled: Mutex::default(),
        }
    }

    /// Says how many rows a person may have. Rows of an identifier that stands on more of them are rows of nobody: they
    /// come behind the other rows of nobody.
    pub fn limit_rows(self, most: u64) -> Self {
        let counts = self.by.is_some().then(|| Mutex::new(RowCounts::new(most)));
        Self { counts, ..self }
    }

    /// Adds the records of a chunk. Any thread may call it, once for each index of a stream from 0 on; the order of the numbers
    /// is the order of the records.
    ///
    /// # Errors
    ///
    /// When the disk has no room for what does not fit into memory.
    pub fn add(
        &self,
        number: impl Into<ChunkNumber>,
        batch: &RecordBatch,
    ) -> std::result::Result<(), Diagnostic> {
        let ChunkNumber { stream, index } = number.into();
        // Without rows too: which chunk had more words than keys depends on the threads, and it may be this one.
        let chunk = self.without_words(batch).map_err(|error| fault("scatter", &error))?;
        let chunk = (batch.num_rows() > 0).then_some(chunk);
        let full = {
            let mut state = lock(&self.state);
            state.add(stream, index, chunk);
            let full = state.full(stream, self.memory.min(MOST_BYTES));
            full.map(|stream| (stream, state.take_chunks(stream)))
        };
        let Some((stream, (slot, chunks))) = full else { return Ok(()) };
        let scattered = self.scatter(&chunks).map_err(|error| fault("scatter", &error))?;
        drop(chunks);
        let is_full = {
            let mut state = lock(&self.state);
            state.hold(stream, slot, scattered);
            state.bytes > self.memory
        };
        if is_full { self.spill() } else { Ok(()) }
    }

    /// The columns of a batch without their words.
    fn without_words(&self, batch: &RecordBatch) -> Result<Chunk> {
        let columns = self.columns.get_or_init(|| columns(batch));
        if columns.len() != batch.num_columns() {
            let message = format!("{} columns after {}", batch.num_columns(), columns.len());
            return Err(ArrowError::SchemaError(message));
        }
        columns.iter().zip(batch.columns()).map(|(column, array)| column.without_words(array)).collect()
    }

    /// The rows of some chunks in the order of their partitions. Rows of a partition keep their order.
    fn scatter(&self, chunks: &[Chunk]) -> Result<Scattered> {
        let joined = join(self.columns.get().map(Vec::as_slice).unwrap_or_default(), chunks)?;
        let parts = match &self.by {
            None => vec![UNLINKED as u32; joined.num_rows()],
            Some(By { person, .. }) => {
                let persons = batch::pseudonyms(&joined, person)?;
                (0..persons.len()).map(|row| part(persons, row)).collect()
            }
        };
        let (order, starts) = by_group(&parts, PARTS);
        let order = UInt32Array::from(order);
        let arrays = joined.columns().iter().map(|array| gather(array, &order));
        let arrays = arrays.collect::<Result<Vec<_>>>()?;
        if let (Some(By { person, .. }), Some(counts)) = (&self.by, &self.counts) {
            let persons = as_pseudonyms(&arrays[joined.schema_ref().index_of(person)?])?;
            lock(counts).add(persons);
        }
        let bytes = arrays.iter().map(|array| array.get_array_memory_size()).sum::<usize>();
        Ok(Scattered { arrays, starts, bytes })
    }

    /// Brings records to the disk, unless another thread has done so meanwhile.
    fn spill(&self) -> std::result::Result<(), Diagnostic> {
        let mut spilled = lock(&self.spilled);
        let held = {
            let mut state = lock(&self.state);
            if state.bytes <= self.memory {
                return Ok(());
            }
            state.take_held()
        };
        // Where what comes first is still being scattered, that thread will see that the memory is full.
        for (stream, held) in held {
            let writer = match &mut *spilled {
                Some(writer) => writer,
                none => none.insert(self.scratch.file()?),
            };
            let run = self.write_run(stream, &held, writer)?;
            lock(&self.state).runs.push(run);
        }
        Ok(())
    }

    /// Writes records of a stream, partition by partition.
    fn write_run(
        &self,
        stream: usize,
        held: &[Scattered],
        writer: &mut ScratchWriter,
    ) -> std::result::Result<Run, Diagnostic> {
        let bytes = held.iter().map(|scattered| scattered.bytes).sum::<usize>();
        self.scratch.need(bytes as u64, writer.bytes)?;
        let least = least_rows(bytes / held.iter().map(Scattered::len).sum::<usize>().max(1));
        let unlinked: Vec<_> = held.iter().map(|scattered| scattered.slice(UNLINKED..UNLINKED + 1)).collect();
        let sizes: Vec<usize> =
            held.iter().map(|scattered| scattered.rows(UNLINKED..UNLINKED + 1).len()).collect();
        let groups = grouped(&sizes, least).filter(|(_, rows)| *rows > 0);
        let unlinked = groups.map(|(chunks, _)| writer.add(&self.joined(&unlinked[chunks])?));
        let unlinked = unlinked.collect::<std::result::Result<_, _>>()?;
        let mut extents = Vec::with_capacity(PARTITIONS);
        for part in UNLINKED + 1..PARTS {
            let slices: Vec<_> = held.iter().map(|scattered| scattered.slice(part..part + 1)).collect();
            extents.push(self.write_partition(&slices, least, writer)?);
        }
        Ok(Run { stream, unlinked, extents })
    }

    /// Writes the rows of a partition: in one piece, unless it is a partition with far more rows than others.
    fn write_partition(
        &self,
        slices: &[Chunk],
        least: usize,
        writer: &mut ScratchWriter,
    ) -> std::result::Result<Vec<Extent>, Diagnostic> {
        let joined = self.joined(slices)?;
        let rows = joined.num_rows();
        let starts = (0..rows).step_by(least);
        starts.map(|start| writer.add(&joined.slice(start, least.min(rows - start)))).collect()
    }

    fn joined(&self, slices: &[Chunk]) -> std::result::Result<RecordBatch, Diagnostic> {
        let columns = self.columns.get().map(Vec::as_slice).unwrap_or_default();
        join(columns, slices).map_err(|error| fault("scatter", &error))
    }

    /// Whole histories, when all chunks have been added.
    ///
    /// # Errors
    ///
    /// When a scratch file cannot be read, or the chunks differ in their columns, which is a fault of the program.
    pub fn into_histories(self) -> std::result::Result<Histories, Diagnostic> {
        let streams: Vec<usize> = lock(&self.state).streams.keys().copied().collect();
        for stream in streams {
            let (slot, chunks) = lock(&self.state).take_chunks(stream);
            if chunks.is_empty() {
                continue;
            }
            let scattered = self.scatter(&chunks).map_err(|error| fault("scatter", &error))?;
            lock(&self.state).hold(stream, slot, scattered);
        }
        let Self { by, columns, state, spilled, counts, .. } = self;
        let State { streams, mut runs, .. } = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Stable: those of one stream keep their order.
        runs.sort_by_key(|run| run.stream);
        let spilled = spilled.into_inner().unwrap_or_else(PoisonError::into_inner);
        let spilled = spilled.map(ScratchWriter::finish).transpose()?.map(|file| Spilled { file, runs });
        let columns = columns.into_inner().unwrap_or_default();
        let counts = counts.map(|counts| counts.into_inner().unwrap_or_else(PoisonError::into_inner));
        let held = streams.into_iter().flat_map(|(stream, records)| {
            records.held.into_iter().flatten().map(move |scattered| (stream, scattered))
        });
        Histories::new(by, columns, spilled, held.collect(), counts)
    }
}

impl State {
    fn add(&mut self, stream: usize, index: u64, chunk: Option<Chunk>) {
        self.waiting += self.streams.entry(stream).or_default().add(index, chunk);
    }

    /// The stream that is to be scattered, now that another chunk of one has come: that one, when it has enough rows, or the one with
    /// the most, when more wait than memory allows, be it that nothing more comes of it.
    fn full(&self, stream: usize, most_bytes: usize) -> Option<usize> {
        if self.streams.get(&stream).is_some_and(|records| records.rows >= SCATTERED) {
            return Some(stream);
        }
        let largest = self.streams.iter().max_by_key(|(_, records)| records.waiting);
        largest.filter(|_| self.waiting > most_bytes).map(|(stream, _)| *stream)
    }

    /// The chunks of a stream that wait, and the slot that they will have when they are scattered.
    fn take_chunks(&mut self, stream: usize) -> (usize, Vec<Chunk>) {
        let records = self.streams.entry(stream).or_default();
        self.waiting -= records.waiting;
        records.take_chunks()
    }

    fn hold(&mut self, stream: usize, slot: usize, scattered: Scattered) {
        self.bytes += scattered.bytes;
        self.streams.entry(stream).or_default().hold(slot, scattered);
    }

    /// The records held, stream by stream, of each up to those that a thread still scatters.
    fn take_held(&mut self) -> Vec<(usize, Vec<Scattered>)> {
        let held = self.streams.iter_mut().map(|(stream, records)| (*stream, records.take_held()));
        let held: Vec<_> = held.filter(|(_, held)| !held.is_empty()).collect();
        let taken = held.iter().flat_map(|(_, held)| held);
        self.bytes -= taken.map(|scattered| scattered.bytes).sum::<usize>();
        held
    }
}

impl Stream {
    /// Bytes of the chunks that wait now and did not before.
    fn add(&mut self, index: u64, chunk: Option<Chunk>) -> usize {
        let before = self.waiting;
        self.early.insert(index, chunk);
        while let Some(chunk) = self.early.remove(&self.next) {
            self.next += 1;
            let columns = chunk.iter().flatten();
            self.waiting += columns.clone().map(|column| column.get_array_memory_size()).sum::<usize>();
            self.rows += columns.take(1).map(|column| column.len()).sum::<usize>();
            self.chunks.extend(chunk);
        }
        self.waiting - before
    }

    fn take_chunks(&mut self) -> (usize, Vec<Chunk>) {
        (self.rows, self.waiting) = (0, 0);
        self.held.push_back(None);
        (self.taken + self.held.len() - 1, std::mem::take(&mut self.chunks))
    }

    fn hold(&mut self, slot: usize, scattered: Scattered) {
        self.held[slot - self.taken] = Some(scattered);
    }

    fn take_held(&mut self) -> Vec<Scattered> {
        let ready = self.held.iter().take_while(|scattered| scattered.is_some()).count();
        self.taken += ready;
        self.held.drain(..ready).flatten().collect()
    }
}

/// Divides the rows of a batch into parts, so that all rows of a person are in one part. The parts in order,
/// each sorted by person, are all rows sorted by person. Part 0 has the rows of nobody, and all rows where no column
/// identifies a person, or where there is one part only. A part without rows is left out.
///
/// # Errors
///
/// Only when the batch has no such column, which is a fault of the program.
pub fn split(
    batch: &RecordBatch,
    person: Option<&str>,
    parts: u32,
) -> std::result::Result<Vec<(u32, RecordBatch)>, Diagnostic> {
    let Some(person) = person else {
        return Ok((batch.num_rows() > 0).then(|| (0, batch.clone())).into_iter().collect());
    };
    divided(batch, person, parts).map_err(|error| fault("split", &error))
}

fn divided(batch: &RecordBatch, person: &str, parts: u32) -> Result<Vec<(u32, RecordBatch)>> {
    let parts = parts.clamp(1, PARTITIONS as u32);
    let persons = batch::pseudonyms(batch, person)?;
    let part_of = |row: usize| part_of_partition(part(persons, row), parts);
    let of_rows: Vec<u32> = (0..batch.num_rows()).map(part_of).collect();
    let (order, starts) = by_group(&of_rows, parts as usize + 1);
    let order = UInt32Array::from(order);
    let columns = batch.columns().iter().map(|column| gather(column, &order));
    let sorted = RecordBatch::try_new(batch.schema(), columns.collect::<Result<Vec<_>>>()?)?;
    let ranges = starts.windows(2).zip(0..).filter(|(pair, _)| pair[0] < pair[1]);
    let slice = |start: u32, end: u32| sorted.slice(start as usize, (end - start) as usize);
    Ok(ranges.map(|(pair, part)| (part, slice(pair[0], pair[1]))).collect())
}

/// The part to which a partition belongs: 0 for rows of nobody, which are a part of their own unless there is only one.
pub(crate) fn part_of_partition(partition: u32, parts: u32) -> u32 {
    match partition.checked_sub(UNLINKED as u32 + 1) {
        None => 0,
        Some(_) if parts == 1 => 0,
        Some(index) => 1 + index * parts / PARTITIONS as u32,
    }
}

/// The partition of a row, by the first bits of its pseudonym.
fn part(persons: &FixedSizeBinaryArray, row: usize) -> u32 {
    if persons.is_null(row) {
        return UNLINKED as u32;
    }
    let bits = persons.value(row);
    1 + (u32::from(u16::from_be_bytes([bits[0], bits[1]])) >> (16 - BITS))
}

impl Run {
    pub(crate) fn rows(&self) -> usize {
        self.unlinked.iter().chain(self.extents.iter().flatten()).map(|extent| extent.rows).sum()
    }
}

impl Scattered {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.starts[PARTS] as usize
    }

    /// The rows of some partitions.
    pub(crate) fn rows(&self, parts: Range<usize>) -> Range<usize> {
        self.starts[parts.start] as usize..self.starts[parts.end] as usize
    }

    pub(crate) fn slice(&self, parts: Range<usize>) -> Chunk {
        let rows = self.rows(parts);
        self.arrays.iter().map(|array| array.slice(rows.start, rows.len())).collect()
    }
}
