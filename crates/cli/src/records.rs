//! The way of records through a run: in chunks to the partitions, and from there person by person into the release.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use denizen_aggregate::{ByYear, Records, Tabulation};
use denizen_clean::{Histories, Partitions, Plan, Scratch, StepReports};
use denizen_ingest::{Chunks, IngestStats};
use denizen_spec::{Diagnostic, Reject, StepReport};
use rayon::prelude::*;

use crate::args::RunOptions;
use crate::clock::{Clock, Task};
use crate::progress::Unit;
use crate::report::Reporter;

/// How much more memory a record takes in the second pass, with its answers, while it is sorted, counted and encoded.
/// Measured with the crossings of Peru under three rules.
const GROWTH: u64 = 24;

/// What a run may take.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// Bytes of memory.
    pub(crate) memory: u64,
    pub(crate) scratch: Scratch,
}

impl Limits {
    /// What the options say; scratch files go beside the releases in `out` unless they name another folder.
    pub(crate) fn new(options: &RunOptions, out: &Path) -> Self {
        let scratch = match &options.scratch {
            Some(folder) => Scratch::new(folder, false),
            None => Scratch::new(out, true),
        };
        Self { memory: options.memory, scratch }
    }
}

/// Records of one source on their way.
pub(crate) struct Way<'a> {
    /// Name of the source.
    pub(crate) name: &'a str,
    /// Size of its files in bytes, as stored.
    pub(crate) bytes: u64,
    pub(crate) plan: &'a Plan,
    pub(crate) limits: &'a Limits,
    /// The tables of the source, empty.
    pub(crate) blank: &'a [Tabulation],
    pub(crate) clock: &'a Clock,
    pub(crate) reporter: &'a Reporter,
}

/// What has come of the records.
pub(crate) struct Results {
    pub(crate) steps: Vec<StepReport>,
    pub(crate) tabulations: Vec<Tabulation>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) stats: IngestStats,
}

/// Tells the other threads when one panics; without its chunk they could not go on.
struct StopOnPanic<'a>(&'a AtomicBool);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        self.0.fetch_or(std::thread::panicking(), Ordering::Relaxed);
    }
}

/// What one thread knows of the chunks that it has read.
struct OfThread {
    steps: StepReports,
    /// Rejects by the number of their chunk.
    rejects: Vec<(u64, Vec<Reject>)>,
    stats: IngestStats,
}

impl Way<'_> {
    /// Reads, changes, counts and writes all records.
    pub(crate) fn run(&self, chunks: &Chunks, records: &mut Records<'_>) -> Result<Results, Diagnostic> {
        let Limits { memory, scratch } = self.limits;
        // Twice this much is held while one half is brought to the disk.
        let partitions = Partitions::new(self.plan.person_columns(), memory / 4, scratch.clone());
        let mut steps = self.plan.empty_reports();
        let mut rejects = Vec::new();
        let mut stats = IngestStats::default();
        for thread in self.read(chunks, &partitions)? {
            steps.merge(&thread.steps);
            rejects.extend(thread.rejects);
            stats.merge(thread.stats);
        }
        rejects.sort_by_key(|(number, _)| *number);
        let histories = partitions.into_histories()?;
        self.clock.spilled(histories.spilled());
        let rejects = rejects.into_iter().flat_map(|(_, rejects)| rejects).collect();
        let mut results = Results { steps: Vec::new(), tabulations: self.blank.to_vec(), rejects, stats };
        self.write(histories, records, &mut steps, &mut results)?;
        results.steps = steps.into_vec();
        Ok(results)
    }

    /// The second pass: persons are worked on round by round, and those of one round are written while the next are
    /// worked on. Threads that find nothing more to do in the one help in the other.
    fn write(
        &self,
        histories: Histories,
        records: &mut Records<'_>,
        steps: &mut StepReports,
        results: &mut Results,
    ) -> Result<(), Diagnostic> {
        let total = (0..histories.units()).map(|unit| histories.rows(unit) as u64).sum();
        let progress = self.reporter.stage(&format!("writing {}", self.name), total, Unit::Rows);
        let (mut done, mut ready) = (0, Vec::new());
        for round in self.rounds(&histories) {
            let before = std::mem::take(&mut ready);
            let persons = || {
                let persons = round.clone().into_par_iter().map(|unit| self.persons(&histories, unit));
                persons.collect::<Result<Vec<_>, _>>()
            };
            let (written, persons) = rayon::join(|| records.add(before), persons);
            written?;
            for (part, reports, counted) in persons? {
                steps.merge(&reports);
                results.tabulations.iter_mut().zip(counted).for_each(|(sum, part)| sum.merge(part));
                ready.push(part);
            }
            done += round.map(|unit| histories.rows(unit) as u64).sum::<u64>();
            progress.advance(done, done);
        }
        drop(histories);
        records.add(ready)?;
        progress.finish();
        Ok(())
    }

    /// The first pass, on all threads: every chunk is parsed, changed row by row and scattered by person.
    fn read(&self, chunks: &Chunks, partitions: &Partitions) -> Result<Vec<OfThread>, Diagnostic> {
        let (failed, rows) = (AtomicBool::new(false), AtomicU64::new(0));
        let progress = self.reporter.stage(&format!("reading {}", self.name), self.bytes, Unit::Bytes);
        let thread = |_: rayon::BroadcastContext<'_>| {
            let _guard = StopOnPanic(&failed);
            let (rejects, stats) = (Vec::new(), IngestStats::default());
            let mut read = OfThread { steps: self.plan.empty_reports(), rejects, stats };
            while !failed.load(Ordering::Relaxed) {
                match self.chunk(chunks, partitions, &mut read) {
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
            Ok(read)
        };
        let read = rayon::broadcast(thread).into_iter().collect::<Result<Vec<_>, _>>()?;
        progress.finish();
        Ok(read)
    }

    /// The way of one chunk: how many rows it had, and how many bytes of the input have been read; none at the end.
    fn chunk(
        &self,
        chunks: &Chunks,
        partitions: &Partitions,
        read: &mut OfThread,
    ) -> Result<Option<(u64, u64)>, Diagnostic> {
        let clock = self.clock;
        let Some(piece) = chunks.read()? else { return Ok(None) };
        clock.add(Task::Read, 0, piece.busy());
        clock.bytes(Task::Read, piece.bytes());
        clock.bytes(Task::Parsed, piece.bytes());
        let chunk = clock.time(Task::Parsed, 0, || chunks.parse(piece))?;
        clock.rows(Task::Parsed, chunk.read);
        read.stats.merge(chunk.stats);
        let rows = chunk.batch.num_rows() as u64;
        let batch = clock.time(Task::Changed, rows, || self.plan.rows(chunk.batch, &mut read.steps))?;
        if !chunk.rejects.is_empty() {
            read.rejects.push((chunk.number, chunk.rejects));
        }
        let rows = batch.num_rows() as u64;
        clock.time(Task::Scattered, rows, || partitions.add(chunk.number, &batch))?;
        Ok(Some((chunk.read, chunk.bytes_read)))
    }

    /// Units that are worked on side by side: as many as memory allows, and at least one for each thread.
    fn rounds(&self, histories: &Histories) -> Vec<std::ops::Range<usize>> {
        let most = self.limits.memory / 4 / GROWTH / histories.bytes_of_a_row().max(1) as u64;
        let (mut rounds, mut start, mut rows) = (Vec::new(), 0, 0);
        for unit in 0..histories.units() {
            rows += histories.rows(unit) as u64;
            let is_enough = rows >= most && unit + 1 - start >= rayon::current_num_threads();
            if is_enough || unit + 1 == histories.units() {
                rounds.push(start..unit + 1);
                (start, rows) = (unit + 1, 0);
            }
        }
        rounds
    }

    /// The way of some persons with all their records.
    fn persons(
        &self,
        histories: &Histories,
        unit: usize,
    ) -> Result<(ByYear, StepReports, Vec<Tabulation>), Diagnostic> {
        let (clock, rows) = (self.clock, histories.rows(unit) as u64);
        let batch = clock.time(Task::Sorted, rows, || histories.get(unit))?;
        let mut reports = self.plan.empty_reports();
        let batch = clock.time(Task::Classified, rows, || self.plan.persons(batch, &mut reports))?;
        let mut tabulations = self.blank.to_vec();
        clock.time(Task::Counted, rows, || {
            tabulations.iter_mut().try_for_each(|tabulation| tabulation.add(&batch))
        })?;
        let parts = clock.time(Task::Divided, rows, || Records::by_year(&batch))?;
        Ok((parts, reports, tabulations))
    }
}
