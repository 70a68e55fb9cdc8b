//! The way of records through a run: in chunks to the partitions, and from there person by person into the release.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use denizen_aggregate::{ByYear, Records, Rejects, Tabulation};
use denizen_clean::{
    Histories, Pairs, Partitions, Plan, RunningChecks, Scratch, StepReports, UnitRows, without_places,
};
use denizen_ingest::{Chunks, IngestStats};
use denizen_spec::{CheckedRows, Diagnostic, Reject};
use rayon::prelude::*;

use crate::in_order::{InOrder, WriteRejects};
use crate::observer::{Cancel, Clock, Observer, Stage, Task, Unit};

/// How much more memory a record takes in the second pass, with its answers, while it is sorted, counted and encoded.
/// Measured with the crossings of Peru under three rules.
const GROWTH: u64 = 24;

/// What a run may take of the machine.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of memory that records may take.
    pub memory: u64,
    /// The folder of temporary files, for what does not fit into memory; that of the releases unless stated.
    pub scratch: Option<std::path::PathBuf>,
}

impl Default for Limits {
    /// Two gigabytes of memory.
    fn default() -> Self {
        Self { memory: 2_000_000_000, scratch: None }
    }
}

/// The records of one source, and what is done with them.
pub(crate) struct RecordPipeline<'a> {
    /// Name of the source.
    pub(crate) name: &'a str,
    /// Size of its files in bytes, as stored.
    pub(crate) bytes: u64,
    pub(crate) plan: &'a Plan,
    pub(crate) checks: &'a RunningChecks<'a>,
    /// Pairs of rows that are of one person, where the pipeline names a file of them.
    pub(crate) pairs: Option<&'a Pairs>,
    pub(crate) memory: u64,
    /// Into how many parts the persons are divided, each with files of its own.
    pub(crate) parts: u32,
    pub(crate) scratch: Scratch,
    /// The tables of the source, empty.
    pub(crate) tables: &'a [Tabulation],
    pub(crate) clock: &'a Clock,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) cancel: &'a Cancel,
}

/// What was counted on the way.
pub(crate) struct RecordTotals {
    pub(crate) steps: StepReports,
    pub(crate) tables: Vec<Tabulation>,
    pub(crate) stats: IngestStats,
}

/// What one thread has counted of the chunks that it has read.
struct ThreadTotals {
    steps: StepReports,
    stats: IngestStats,
}

/// Tells the other threads when one panics; without its chunk they could not go on.
struct StopOnPanic<'a>(&'a AtomicBool);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        self.0.fetch_or(std::thread::panicking(), Ordering::Relaxed);
    }
}

impl RecordPipeline<'_> {
    /// Reads, changes, counts and writes all records.
    pub(crate) fn run(
        self,
        chunks: &Chunks,
        records: &mut Records<'_>,
        rejects: &mut Rejects,
    ) -> Result<RecordTotals, Diagnostic> {
        // Twice this much is held while one half is brought to the disk.
        let share = if self.plan.steps_over_all() > 0 { 8 } else { 4 };
        let partitions = self.plan.waiting_rows(0, self.memory / share, self.scratch.clone());
        let write = |more: &[Reject]| rejects.add(self.name, more);
        let ordered = InOrder::new(write, 4 * rayon::current_num_threads() as u64);
        let mut steps = self.plan.empty_reports();
        let mut stats = IngestStats::default();
        for thread in self.read(chunks, &partitions, &ordered)? {
            steps.merge(&thread.steps);
            stats.merge(thread.stats);
        }
        ordered.finish(|stream| chunks.chunks_of(stream))?;
        let mut histories = partitions.into_histories()?;
        self.clock.spilled(histories.spilled());
        for which in 0..self.plan.steps_over_all() {
            histories = self.over_all(which, &histories, &mut steps)?;
            self.clock.spilled(histories.spilled());
        }
        let histories = histories.in_parts(self.parts)?;
        self.plan.note_crowded(&histories, &mut steps);
        let mut totals = RecordTotals { steps, tables: self.tables.to_vec(), stats };
        self.write(histories, records, &mut totals)?;
        Ok(totals)
    }

    /// The first pass, on all threads: every chunk is parsed, changed row by row and scattered by person.
    fn read(
        &self,
        chunks: &Chunks,
        partitions: &Partitions,
        rejects: &InOrder<impl WriteRejects>,
    ) -> Result<Vec<ThreadTotals>, Diagnostic> {
        let failed = AtomicBool::new(false);
        let rows = AtomicU64::new(0);
        let name = format!("reading {}", self.name);
        let progress = self.observer.stage(&Stage { name: &name, total: self.bytes, unit: Unit::Bytes });
        let thread = |_: rayon::BroadcastContext<'_>| {
            let _guard = StopOnPanic(&failed);
            let mut totals = ThreadTotals { steps: self.plan.empty_reports(), stats: IngestStats::default() };
            while !failed.load(Ordering::Relaxed) {
                match self.read_chunk(chunks, partitions, rejects, &mut totals, &failed) {
                    Ok(Some((more, bytes))) => {
                        progress.advance(rows.fetch_add(more, Ordering::Relaxed) + more, bytes);
                    }
                    Ok(None) => break,
                    Err(fault) => {
                        failed.store(true, Ordering::Relaxed);
                        return Err(fault);
                    }
                }
            }
            Ok(totals)
        };
        let totals = rayon::broadcast(thread).into_iter().collect::<Result<Vec<_>, _>>()?;
        progress.finish();
        Ok(totals)
    }

    /// The way of one chunk: how many rows it had, and how many bytes of the input have been read; none at the end.
    fn read_chunk(
        &self,
        chunks: &Chunks,
        partitions: &Partitions,
        rejects: &InOrder<impl WriteRejects>,
        totals: &mut ThreadTotals,
        failed: &AtomicBool,
    ) -> Result<Option<(u64, u64)>, Diagnostic> {
        self.cancel.check()?;
        let clock = self.clock;
        let raw = if rejects.has_room() { chunks.read()? } else { chunks.read_first()? };
        let Some(raw) = raw else { return Ok(None) };
        clock.add(Task::Read, 0, raw.busy());
        clock.bytes(Task::Read, raw.bytes());
        clock.bytes(Task::Parsed, raw.bytes());
        let chunk = clock.time(Task::Parsed, 0, || chunks.parse(raw))?;
        clock.rows(Task::Parsed, chunk.read);
        totals.stats.merge(chunk.stats);
        rejects.add(chunk.number, chunk.rejects, |stream| chunks.chunks_of(stream), failed)?;
        self.checks.add(CheckedRows::AsRead, chunk.number, &chunk.batch)?;
        let rows = chunk.batch.num_rows() as u64;
        let batch = clock.time(Task::Changed, rows, || self.plan.rows(chunk.batch, &mut totals.steps))?;
        let batch = if self.checks.need_places() { batch } else { without_places(batch) };
        let rows = batch.num_rows() as u64;
        clock.time(Task::Scattered, rows, || partitions.add(chunk.number, &batch))?;
        Ok(Some((chunk.read, chunk.bytes_read)))
    }

    /// Between the passes, where a step links rows into persons, or lets rows take from others: they wait until all of them are there,
    /// and then go on, at last to the partitions of their persons.
    fn over_all(
        &self,
        which: usize,
        rows: &Histories,
        steps: &mut StepReports,
    ) -> Result<Histories, Diagnostic> {
        let name = format!("linking {}", self.name);
        let progress = self.observer.stage(&Stage { name: &name, total: rows.row_count(), unit: Unit::Rows });
        let check = || self.cancel.check();
        let room = || (self.memory / 8, self.scratch.clone());
        let resolved = self.plan.resolve(which, rows, room(), self.pairs, &check, steps)?;
        let partitions = self.plan.waiting_rows(which + 1, self.memory / 8, self.scratch.clone());
        let reports = Mutex::new((self.plan.empty_reports(), 0));
        rows.for_each(&check, &|UnitRows { unit, first_row, batch }| {
            let (mut own, rows) = (self.plan.empty_reports(), batch.num_rows() as u64);
            let change = || self.plan.resolved(which, &resolved, first_row, batch, &mut own);
            let batch = self.clock.time(Task::Linked, rows, change)?;
            let left = batch.num_rows() as u64;
            self.clock.time(Task::Scattered, left, || partitions.add(unit as u64, &batch))?;
            let mut reports = reports.lock().unwrap_or_else(PoisonError::into_inner);
            reports.0.merge(&own);
            reports.1 += rows;
            progress.advance(reports.1, reports.1);
            Ok(())
        })?;
        steps.merge(&reports.into_inner().unwrap_or_else(PoisonError::into_inner).0);
        progress.finish();
        partitions.into_histories()
    }

    /// The second pass: persons are worked on wave by wave, and those of one wave are written while the next are worked
    /// on. Threads that find nothing more to do in the one help in the other.
    fn write(
        &self,
        histories: Histories,
        records: &mut Records<'_>,
        totals: &mut RecordTotals,
    ) -> Result<(), Diagnostic> {
        let total = (0..histories.units()).map(|unit| histories.rows(unit) as u64).sum();
        let name = format!("writing {}", self.name);
        let progress = self.observer.stage(&Stage { name: &name, total, unit: Unit::Rows });
        let mut done = 0;
        let (mut part_before, mut ready) = (0, Vec::new());
        for (part, wave) in self.waves(&histories) {
            self.cancel.check()?;
            records.begin_part(part_before)?;
            part_before = part;
            let before = std::mem::take(&mut ready);
            let persons = || {
                let units = wave.clone().into_par_iter().map(|unit| self.persons(&histories, unit));
                units.collect::<Result<Vec<_>, _>>()
            };
            let (written, persons) = rayon::join(|| records.add(before), persons);
            written?;
            for unit in persons? {
                totals.steps.merge(&unit.steps);
                add_tables(&mut totals.tables, unit.tables);
                ready.push(unit.rows);
            }
            done += wave.map(|unit| histories.rows(unit) as u64).sum::<u64>();
            progress.advance(done, done);
        }
        self.plan.note_order(&histories, &mut totals.steps);
        drop(histories);
        records.begin_part(part_before)?;
        records.add(ready)?;
        progress.finish();
        Ok(())
    }

    /// Units of one part that are worked on side by side: as many as memory allows, and at least one for each thread.
    fn waves(&self, histories: &Histories) -> Vec<(u32, Range<usize>)> {
        let most = self.memory / 4 / GROWTH / histories.bytes_of_a_row().max(1) as u64;
        let mut waves = Vec::new();
        for (part, units) in histories.parts() {
            let mut start = units.start;
            let mut rows = 0;
            for unit in units.clone() {
                rows += histories.rows(unit) as u64;
                let is_enough = rows >= most && unit + 1 - start >= rayon::current_num_threads();
                if is_enough || unit + 1 == units.end {
                    waves.push((part, start..unit + 1));
                    start = unit + 1;
                    rows = 0;
                }
            }
        }
        waves
    }

    /// The way of some persons with all their records, up to their division by year.
    fn persons(&self, histories: &Histories, unit: usize) -> Result<CountedUnit, Diagnostic> {
        let rows = histories.rows(unit) as u64;
        let batch = self.clock.time(Task::Sorted, rows, || histories.get(unit))?;
        let UnitResult { batch, steps, tables } = work_on_persons(self.plan, self.tables, batch, self.clock)?;
        self.checks.add(CheckedRows::AsReleased, unit as u64, &batch)?;
        let batch = without_places(batch);
        let rows = self.clock.time(Task::Divided, rows, || Records::by_year(&batch))?;
        Ok(CountedUnit { rows, steps, tables })
    }
}

/// Adds the counts of some rows to those of others: the same tables in the same order.
pub(crate) fn add_tables(sums: &mut [Tabulation], parts: Vec<Tabulation>) {
    assert_eq!(sums.len(), parts.len(), "tables of one source");
    sums.iter_mut().zip(parts).for_each(|(sum, part)| sum.merge(part));
}

/// Some persons on their way to the disk; the batch that they come from is gone.
struct CountedUnit {
    rows: ByYear,
    steps: StepReports,
    tables: Vec<Tabulation>,
}

/// What has come of some persons with all their records.
pub(crate) struct UnitResult {
    pub(crate) batch: RecordBatch,
    pub(crate) steps: StepReports,
    pub(crate) tables: Vec<Tabulation>,
}

/// The steps on persons and the counting of some persons with all their records, sorted.
pub(crate) fn work_on_persons(
    plan: &Plan,
    blank: &[Tabulation],
    batch: RecordBatch,
    clock: &Clock,
) -> Result<UnitResult, Diagnostic> {
    let rows = batch.num_rows() as u64;
    let mut steps = plan.empty_reports();
    let batch = clock.time(Task::Classified, rows, || plan.persons(batch, &mut steps))?;
    let mut tables = blank.to_vec();
    clock.time(Task::Counted, rows, || Tabulation::add_to_all(&mut tables, &batch))?;
    Ok(UnitResult { batch, steps, tables })
}
