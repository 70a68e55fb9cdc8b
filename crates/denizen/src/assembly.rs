//! A release in the making, source by source.

mod cells;
mod conservation;
mod counts;
mod finish;
mod warnings;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use denizen_aggregate::{
    Counts, FailedCheck, Provenance, Rejects, Release, Rule, SourceFacts, Tabulation, UnmappedText, Written,
};
use denizen_clean::{CheckResult, Checks, Pairs, Plan, Scratch, StepReports};
use denizen_ingest::{Chunks, Fingerprint, IngestStats, Input, Key};
use denizen_spec::{
    CheckReport, Code, Codelist, Diagnostic, FileReport, FlagI, Operation, Pipeline, Severity, Snapshot,
    Source, SourceKind, SourceReport, StepReport, TableId,
};

use self::conservation::conserved;
use self::counts::Waiting;
use crate::checks;
use crate::observer::{Clock, Task};
use crate::predecessor::Predecessor;
use crate::records::{RecordPipeline, RecordTotals};
use crate::run::{Run, RunReport, internal};
use crate::worker::Partial;

type Faults = Vec<Diagnostic>;

fn one(fault: Diagnostic) -> Faults {
    vec![fault]
}

/// A staged release, and what the sources have given to it so far. Dropped before it is finished, it leaves nothing.
pub struct Assembly<'a> {
    run: Run<'a>,
    release: Release,
    rejects: Rejects,
    unmapped: Vec<UnmappedText>,
    /// Where checks failed.
    failures: Vec<FailedCheck>,
    scratch: Scratch,
    clock: Clock,
    /// The counts of each table of the pipeline.
    counts: BTreeMap<TableId, Counts>,
    /// What some of the sources of a table have given, while it waits for the others.
    waiting: Waiting,
    /// The code lists of steps and sources.
    lists: Vec<Codelist>,
    /// Files of codes, of weights and of layouts, with their hashes.
    small_files: Vec<(String, String)>,
    facts: Vec<SourceFacts>,
    /// The hashes of the files that were read.
    read: BTreeMap<PathBuf, String>,
    warnings: Vec<Diagnostic>,
    report: RunReport,
    /// The release that this one follows.
    predecessor: Option<Predecessor>,
}

impl<'a> Assembly<'a> {
    /// Begins the release of a run. [`Run::release`] does all that follows on this machine; an engine that works on
    /// records elsewhere calls [`Assembly::records_of`] for each source of records, [`Assembly::source`] for the others,
    /// and [`Assembly::finish`].
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub fn stage(mut run: Run<'a>, out: &Path) -> Result<Self, Vec<Diagnostic>> {
        if !(1..=Run::MOST_PARTS).contains(&run.parts) {
            let message = format!("{} parts: persons are divided into 1 to {}", run.parts, Run::MOST_PARTS);
            return Err(one(Diagnostic::error(Code::UnknownValue, message)));
        }
        let provenance = run.project.provenance(run.vintage.as_deref());
        let provenance =
            Provenance { parts: NonZeroU32::new(run.parts).filter(|parts| parts.get() > 1), ..provenance };
        let protected = provenance.disclosure.as_ref().is_some_and(|disclosure| disclosure.threshold() > 0);
        let report = RunReport { synthetic: provenance.synthetic, protected, ..RunReport::default() };
        let predecessor = run.project.predecessor(run.previous.as_deref(), &provenance).map_err(one)?;
        let formats = &run.project.pipeline.formats;
        let release = Release::stage(out, provenance, formats).map_err(one)?;
        let warnings = run.project.pipeline.warnings();
        run.observer.diagnostics(&warnings);
        let scratch = match &run.limits.scratch {
            Some(folder) => Scratch::new(folder, false),
            None => Scratch::new(out, true),
        };
        Ok(Self {
            rejects: release.rejects().map_err(one)?,
            unmapped: Vec::new(),
            failures: Vec::new(),
            release,
            scratch,
            clock: Clock::default(),
            counts: BTreeMap::new(),
            waiting: Waiting::default(),
            lists: std::mem::take(&mut run.project.lists),
            small_files: run.project.code_files.clone(),
            facts: Vec::new(),
            read: BTreeMap::new(),
            warnings,
            report,
            predecessor,
            run,
        })
    }

    /// Reads a source, changes and counts its rows on this machine.
    ///
    /// # Errors
    ///
    /// As [`Run::release`].
    pub fn source(&mut self, name: &str) -> Result<(), Vec<Diagnostic>> {
        self.read_source(name).map_err(|faults| self.keep_refused(faults))
    }

    /// Keeps, of a run that is refused, what somebody has to look at, and says where.
    fn keep_refused(&mut self, mut faults: Faults) -> Faults {
        let has =
            |code: Code| faults.iter().any(|fault| fault.code == code && fault.severity == Severity::Error);
        let checks = has(Code::CheckFailed).then(|| self.release.keep_failed_checks(&self.failures));
        let rejects = has(Code::TooManyRejects).then(|| self.release.keep_rejects(&mut self.rejects));
        for (code, kept) in [(Code::CheckFailed, checks), (Code::TooManyRejects, rejects)] {
            match kept {
                None => {}
                Some(Err(fault)) => faults.push(fault),
                Some(Ok(path)) => {
                    let told = faults.iter_mut().rfind(|fault| fault.code == code);
                    let note = format!("each place stands in `{}`, until the next run", path.display());
                    told.into_iter().for_each(|fault| fault.notes.push(note.clone()));
                }
            }
        }
        faults
    }

    fn read_source(&mut self, name: &str) -> Result<(), Faults> {
        let (input, plan) = self.take(name)?;
        let mut source = input.source().clone();
        source.flag_i = source.flag_i.or_else(|| flag_i(&input));
        self.note(&input, &plan);
        let bytes = input.bytes();
        let weights = input.weights().to_vec();
        let paths: Vec<PathBuf> = input.paths().map(Path::to_path_buf).collect();
        // Pairs name rows by pseudonyms of the same key.
        let shipped = input.shipped_key().map_err(one)?;
        let chunks = input.chunks(self.run.key.as_ref())?;
        let read = match source.kind {
            SourceKind::Records => {
                let pairs = self.pairs_of(&source, shipped)?;
                self.records(&source, &plan, &chunks, bytes, pairs.as_ref())?
            }
            SourceKind::Cells => self.cells(&source, &plan, &weights, &chunks, bytes)?,
        };
        let (files, warnings) = chunks.finish(&read.stats).map_err(one)?;
        self.keep_unmapped(&source.name, &read.stats);
        self.check_same_files(paths, &files).map_err(one)?;
        let checks = self.tell_checks(&source, &files, read.checks)?;
        let steps = read.steps;
        let report = SourceReport { name: source.name, kind: source.kind, files, steps, checks };
        self.add_source(report, warnings, read.written)
    }

    /// Says what came of the checks of a source, and stops where it must.
    fn tell_checks(
        &mut self,
        source: &Source,
        files: &[FileReport],
        results: Vec<CheckResult>,
    ) -> Result<Vec<CheckReport>, Faults> {
        let told = checks::told(&self.run.project.pipeline, source, files, results);
        self.failures.extend(told.failures);
        if !told.stop.is_empty() {
            return Err(told.stop);
        }
        self.warn(told.warnings);
        Ok(told.reports)
    }

    /// Takes the records of a source that an engine has worked on: the merged counts of all its tasks, the fingerprints
    /// of the files, and the records of each part with its number, in the order of the parts.
    ///
    /// # Errors
    ///
    /// As [`Run::release`].
    pub fn records_of(
        &mut self,
        source: &str,
        partial: Partial,
        fingerprints: &[Fingerprint],
        records: impl IntoIterator<Item = (u32, RecordBatch)>,
    ) -> Result<(), Vec<Diagnostic>> {
        self.worked_elsewhere(source, partial, fingerprints, |release| {
            let mut written = release.records(source);
            for (part, batch) in records {
                let rows = denizen_aggregate::Records::by_year(&batch)?;
                written.begin_part(part)?;
                written.add(vec![rows])?;
            }
            Ok(written.finish()?.rows)
        })
    }

    /// Takes a source that was worked on elsewhere. `write` brings its records into the release: how many they are.
    pub(crate) fn worked_elsewhere(
        &mut self,
        source: &str,
        partial: Partial,
        fingerprints: &[Fingerprint],
        write: impl FnOnce(&Release) -> Result<u64, Diagnostic>,
    ) -> Result<(), Faults> {
        let taken = self.take_records(source, partial, fingerprints, write);
        taken.map_err(|faults| self.keep_refused(faults))
    }

    fn take_records(
        &mut self,
        source: &str,
        partial: Partial,
        fingerprints: &[Fingerprint],
        write: impl FnOnce(&Release) -> Result<u64, Diagnostic>,
    ) -> Result<(), Faults> {
        let (input, plan) = self.take(source)?;
        self.note(&input, &plan);
        let Partial { stats, rejects, steps, tables, checks } = partial;
        expected(&plan, &steps)?;
        self.rejects.add(source, &rejects).map_err(one)?;
        self.put_records(input.source(), tables)?;
        let written = write(&self.release).map_err(one)?;
        let paths: Vec<PathBuf> = input.paths().map(Path::to_path_buf).collect();
        let (files, warnings) = input.finish(&stats, fingerprints).map_err(one)?;
        self.check_same_files(paths, &files).map_err(one)?;
        self.keep_unmapped(source, &stats);
        let results = Checks::of_rows(&self.run.project.pipeline, input.source()).results(checks);
        let checks = self.tell_checks(input.source(), &files, results)?;
        let kind = input.source().kind;
        let steps = steps.into_vec();
        let report = SourceReport { name: source.to_owned(), kind, files, steps, checks };
        self.add_source(report, warnings, written)
    }

    /// The release as far as it is made.
    pub(crate) fn release(&self) -> &Release {
        &self.release
    }

    /// What makes pseudonyms.
    pub(crate) fn key(&self) -> Option<&Key> {
        self.run.key.as_ref()
    }

    /// A file that several sources read must be the same each time.
    fn check_same_files(&mut self, paths: Vec<PathBuf>, files: &[FileReport]) -> Result<(), Diagnostic> {
        for (path, file) in paths.into_iter().zip(files) {
            let before = self.read.insert(path, file.sha256.clone());
            if before.is_some_and(|before| before != file.sha256) {
                let message = format!("`{}` was changed between two sources that read it", file.name);
                let fault = Diagnostic::error(Code::ChangedSnapshot, message).in_file(&*file.name, None);
                return Err(fault.help("run again when all files are complete"));
            }
        }
        Ok(())
    }

    /// Keeps the texts without a meaning, which only the owner of the release sees.
    fn keep_unmapped(&mut self, source: &str, stats: &IngestStats) {
        self.unmapped.extend(stats.unmapped().map(|(column, text, rows)| UnmappedText {
            source: source.to_owned(),
            column: column.to_owned(),
            text: text.to_owned(),
            rows,
        }));
    }

    /// A source and its steps, which are worked on once.
    fn take(&mut self, name: &str) -> Result<(Input, Plan), Faults> {
        let sources = &mut self.run.project.sources;
        let index = sources.iter().position(|(input, _)| input.source().name == name);
        let index = index.ok_or_else(|| one(internal(format!("there is no source `{name}` left"))))?;
        Ok(sources.remove(index))
    }

    /// Keeps what tables need to know of a source.
    fn note(&mut self, input: &Input, plan: &Plan) {
        self.lists.extend(input.codelists().iter().cloned());
        self.small_files.extend(input.weights().iter().map(|weights| weights.file.clone()));
        let layouts = input.layouts().iter().map(|layout| (layout.name.clone(), layout.sha256.clone()));
        self.small_files.extend(layouts);
        self.facts.push(SourceFacts {
            source: input.source().name.clone(),
            sampling_fraction: input.sampling_fraction(),
            rules: plan.rules().map(|(name, parameters)| Rule { name, parameters }).collect(),
        });
    }

    /// Records: changed chunk by chunk, then person by person where a step asks for it, counted and written.
    fn records(
        &mut self,
        source: &Source,
        plan: &Plan,
        chunks: &Chunks,
        bytes: u64,
        pairs: Option<&Pairs>,
    ) -> Result<ReadSource, Faults> {
        let tables = blank_tables(&self.run.project.pipeline, source, bytes);
        let mut records = self.release.records(&source.name);
        let checks = self.checks_of(source);
        let running = checks.start();
        let pipeline = RecordPipeline {
            name: &source.name,
            bytes,
            plan,
            checks: &running,
            pairs,
            memory: self.run.limits.memory,
            parts: self.run.parts,
            scratch: self.scratch.clone(),
            tables: &tables,
            clock: &self.clock,
            observer: self.run.observer,
            cancel: self.run.cancel,
        };
        let totals = pipeline.run(chunks, &mut records, &mut self.rejects);
        let RecordTotals { steps, tables, stats } = totals.map_err(one)?;
        expected(plan, &steps)?;
        let Written { rows, busy } = records.finish().map_err(one)?;
        self.clock.add(Task::Written, rows, busy);
        self.put_records(source, tables)?;
        let checks = running.finish(&|| self.run.cancel.check()).map_err(one)?;
        Ok(ReadSource { stats, steps: steps.into_vec(), checks, written: rows })
    }

    /// The pairs by which the rows of a source are linked.
    fn pairs_of(&mut self, source: &Source, shipped: Option<Key>) -> Result<Option<Pairs>, Faults> {
        let files = &mut self.run.project.pairs;
        let Some(index) = files.iter().position(|(name, _)| *name == source.name) else { return Ok(None) };
        let (_, input) = files.remove(index);
        let mut steps = self.run.project.pipeline.steps_of(source);
        let declared = steps.find_map(|(_, step)| {
            if let Operation::Link(link) = &step.operation { link.pairs.as_ref() } else { None }
        });
        let Some(declared) = declared else { return Ok(None) };
        let chunks = input.chunks(self.run.key.as_ref().or(shipped.as_ref()))?;
        let (mut pairs, mut stats) = (Pairs::default(), IngestStats::default());
        while let Some(raw) = chunks.read().map_err(one)? {
            self.run.cancel.check().map_err(one)?;
            let chunk = chunks.parse(raw).map_err(one)?;
            stats.merge(chunk.stats);
            pairs.add(declared, &chunk.batch).map_err(one)?;
        }
        let (files, _) = chunks.finish(&stats).map_err(one)?;
        self.small_files.extend(files.into_iter().map(|file| (file.name.to_string(), file.sha256)));
        Ok(Some(pairs))
    }

    fn checks_of(&self, source: &Source) -> Checks {
        let memory = self.run.limits.memory / 8;
        Checks::of(&self.run.project.pipeline, source, memory, self.scratch.clone())
    }

    fn add_source(
        &mut self,
        report: SourceReport,
        warnings: Vec<Diagnostic>,
        written: u64,
    ) -> Result<(), Faults> {
        conserved(&report, written).map_err(one)?;
        self.warn(warnings);
        self.warn(warnings::of_source(&report));
        self.report.sources.push(report);
        Ok(())
    }

    pub(crate) fn warn(&mut self, warnings: Vec<Diagnostic>) {
        self.run.observer.diagnostics(&warnings);
        self.warnings.extend(warnings);
    }
}

/// What the flag `i` of Eurostat says in the files of a source: what was got before its meaning changed has the old one, and what
/// Eurostat has given since then the new one.
fn flag_i(input: &Input) -> Option<FlagI> {
    let snapshots: Vec<_> = input.snapshots().collect();
    let is_known = !snapshots.is_empty() && snapshots.len() == input.paths().len();
    let is_old = |snapshot: &&Snapshot| snapshot.retrieved < FlagI::CHANGED;
    if is_known && snapshots.iter().all(is_old) {
        return Some(FlagI::SeeMetadata);
    }
    let is_new = |snapshot: &&Snapshot| !is_old(snapshot) && snapshot.origin.contains("ec.europa.eu");
    (is_known && snapshots.iter().all(is_new)).then_some(FlagI::Imputed)
}

/// Fails where corrections do not find what they expect.
fn expected(plan: &Plan, steps: &StepReports) -> Result<(), Faults> {
    let faults = plan.unexpected(steps);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What came of reading a source.
struct ReadSource {
    stats: IngestStats,
    steps: Vec<StepReport>,
    checks: Vec<CheckResult>,
    /// Rows in the release.
    written: u64,
}

/// The tables that are counted from the records of a source, empty; behind them, where its rows have weights, those in which
/// totals are looked for. `bytes` is the size of its files.
pub(crate) fn blank_tables(pipeline: &Pipeline, source: &Source, bytes: u64) -> Vec<Tabulation> {
    let tables = pipeline.tables_of(source).map(|(_, table)| Tabulation::of_source(table, source, pipeline));
    tables.chain(Tabulation::to_search(source, pipeline, bytes)).collect()
}
