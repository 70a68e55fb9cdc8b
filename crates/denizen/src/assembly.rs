//! A release in the making, source by source.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use denizen_aggregate::{
    Cells, CellsOfSource, Comparison, Counts, EstimatedPart, FailedCheck, LikelyTotal, ManifestReference,
    Outcome, OwnLists, Provenance, PublishedTable, Rejects, Release, Rule, SourceFacts, Tabulation,
    UnmappedText, Wholes, Written, publish, put_together, reconcile, split_cells,
};
use denizen_clean::{
    CROWDED_PERSONS, CROWDED_ROWS, CheckResult, Checks, NEWEST_FIRST, OLDEST_FIRST, Pairs, Plan,
    RunningChecks, Scratch, StepReports, UNORDERED, without_places,
};
use denizen_ingest::{Chunks, Figures, Fingerprint, IngestStats, Input, Key};
use denizen_report::Put;
use denizen_spec::{
    CheckReport, CheckedRows, Code, Codelist, Diagnostic, FileReport, FlagI, Measure, Operation, Pipeline,
    Place, Severity, Snapshot, Source, SourceKind, SourceReport, StepReport, Table, TableId, Weights,
};

use crate::checks;
use crate::observer::{Clock, Stage, Task, Unit};
use crate::predecessor::Predecessor;
use crate::records::{RecordPipeline, RecordTotals};
use crate::run::{
    EstimateReport, FinishedRelease, ReconciliationReport, Run, RunReport, TableReport, internal,
};
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
    waiting: BTreeMap<TableId, Shares>,
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
            waiting: BTreeMap::new(),
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
        self.put(input.source(), tables)?;
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
        self.put(source, tables)?;
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

    /// Cells of published tables: divided by weights, checked as a whole, changed by the steps of their source, and taken as
    /// they are or added up.
    fn cells(
        &mut self,
        source: &Source,
        plan: &Plan,
        weights: &[Weights],
        chunks: &Chunks,
        bytes: u64,
    ) -> Result<ReadSource, Faults> {
        let checks = self.checks_of(source);
        let running = checks.start();
        let (mut batches, stats) = self.read_cells(source, chunks, bytes, &running).map_err(one)?;
        let mut reports = plan.empty_reports();
        for batch in &mut batches {
            *batch = plan.correct_cells(batch.clone(), &mut reports).map_err(one)?;
        }
        expected(plan, &reports)?;
        let mut divided = Vec::new();
        for weights in weights {
            divided.push(split(&mut batches, weights).map_err(one)?);
        }
        let (cells, report) = Cells::read(source, batches).map_err(|faults| {
            // A row that is not there may be why parts do not add up.
            let notes = chunks.reject_notes(&stats);
            let files = chunks.reports(&stats);
            let explained = |fault: Diagnostic| {
                notes.iter().cloned().fold(in_files(fault, source, &files), Diagnostic::note)
            };
            faults.into_iter().map(explained).collect::<Faults>()
        })?;
        let likely: Vec<Diagnostic> =
            report.likely_totals.iter().map(|total| likely_total(source, total)).collect();
        // It would be added to its parts.
        let is_added = |total: &LikelyTotal| {
            total.is_certain() && total.values.iter().any(|(column, _)| source.additive.is_over(column))
        };
        if report.likely_totals.iter().any(is_added) {
            return Err(likely
                .into_iter()
                .map(|fault| Diagnostic { severity: Severity::Error, ..fault })
                .collect());
        }
        self.warn(likely);
        let mut step = StepReport::new("check_cells");
        step.read = report.read;
        step.excluded = report.repeated;
        for (dimension, count) in &report.compared {
            step.count(&format!("totals_compared_{dimension}"), *count);
        }
        for (dimension, count) in &report.within_tolerance {
            step.count(&format!("totals_within_tolerance_{dimension}"), *count);
        }
        let pipeline = &self.run.project.pipeline;
        let recoded: Vec<&str> = pipeline
            .steps_of(source)
            .flat_map(|(_, step)| step.operation.recoded())
            .map(String::as_str)
            .collect();
        let cells = if pipeline.steps_of(source).next().is_none() && !running.need_places() {
            cells
        } else {
            let change = |number, batch| {
                let batch = plan.rows(batch, &mut reports)?;
                running.add(CheckedRows::AsReleased, number, &batch)?;
                Ok(without_places(batch))
            };
            let steps = pipeline.steps_of(source);
            let apart: Vec<&str> = steps.filter_map(|(_, step)| step.operation.tells_apart()).collect();
            let changed = pipeline.as_changed(source);
            cells.changed(&changed, &pipeline.schema_of(source), &recoded, &apart, change)?
        };
        let checks = running.finish(&|| self.run.cancel.check()).map_err(one)?;
        let mut steps = reports.into_vec();
        // Cells are corrected before they are divided and checked.
        let others = steps.split_off(plan.corrections());
        steps.extend(divided.into_iter().chain([step]).chain(others));
        let cells = cells.with_wholes(self.wholes(source)).with_rejected(stats.rejected());
        let tables: Vec<_> = self.run.project.pipeline.tables_of(source).collect();
        let mut warnings = Vec::new();
        for fault in tables.iter().filter_map(|(_, table)| cells.incomplete_sums(table)) {
            let fault = chunks.reject_notes(&stats).into_iter().fold(fault, Diagnostic::note);
            if fault.severity == Severity::Error {
                return Err(one(fault));
            }
            warnings.push(fault);
        }
        for (id, table) in tables {
            let mut counts = match self.run.project.pipeline.sources_of(table).len() {
                0 | 1 => cells.counts(table).map_err(one)?,
                sources => {
                    let share = cells.share(table).map_err(one)?;
                    let shares = self.waiting.entry(id).or_default();
                    shares.cells.push(share);
                    if shares.cells.len() < sources {
                        continue;
                    }
                    let shares = self.waiting.remove(&id).unwrap_or_default();
                    let (counts, partial) = put_together(table, shares.cells).map_err(one)?;
                    warnings.extend(partial);
                    counts
                }
            };
            let outside = counts.keep_period(table, &self.run.project.pipeline).map_err(one)?;
            warnings.extend(outside_period(table, outside as i64, "cell"));
            self.counts.insert(id, counts);
        }
        self.warn(warnings);
        let mut records = self.release.records(&source.name);
        let written = records.add_cells(&cells).and_then(|()| records.finish()).map_err(one)?;
        Ok(ReadSource { stats, steps, checks, written: written.rows })
    }

    fn checks_of(&self, source: &Source) -> Checks {
        let memory = self.run.limits.memory / 8;
        Checks::of(&self.run.project.pipeline, source, memory, self.scratch.clone())
    }

    /// What the references of code lists say of the columns over which cells may be added up.
    fn wholes(&self, source: &Source) -> BTreeMap<String, Wholes> {
        let schema = self.run.project.pipeline.schema_of(source);
        let list = |column: &str| {
            let name = schema.get(column)?.codelist.as_ref()?;
            self.lists.iter().find(|list| list.name == *name)
        };
        let columns = source.columns.iter().map(|column| &column.name);
        let added = columns.filter(|name| source.additive.is_over(name));
        added.filter_map(|name| Some((name.clone(), Wholes::of(list(name)?)))).collect()
    }

    /// All chunks, one after another: cells are few.
    fn read_cells(
        &mut self,
        source: &Source,
        chunks: &Chunks,
        bytes: u64,
        checks: &RunningChecks<'_>,
    ) -> Result<(Vec<RecordBatch>, IngestStats), Diagnostic> {
        let name = format!("reading {}", source.name);
        let progress = self.run.observer.stage(&Stage { name: &name, total: bytes, unit: Unit::Bytes });
        let mut batches = Vec::new();
        let mut stats = IngestStats::default();
        let mut rows = 0;
        while let Some(raw) = chunks.read()? {
            self.run.cancel.check()?;
            let chunk = chunks.parse(raw)?;
            self.rejects.add(&source.name, &chunk.rejects)?;
            stats.merge(chunk.stats);
            checks.add(CheckedRows::AsRead, chunk.number, &chunk.batch)?;
            let batch = chunk.batch;
            batches.push(if checks.need_places() { batch } else { without_places(batch) });
            rows += chunk.read;
            progress.advance(rows, chunk.bytes_read);
        }
        progress.finish();
        // Before they are compared: cells that only an undeclared dimension tells apart would seem to be there twice.
        chunks.finish(&stats)?;
        if batches.is_empty() {
            batches.push(chunks.without_rows()?);
        }
        Ok((batches, stats))
    }

    /// Keeps the counts of the tables of a source.
    fn put(&mut self, source: &Source, mut tables: Vec<Tabulation>) -> Result<(), Faults> {
        let ids: Vec<TableId> = self.run.project.pipeline.tables_of(source).map(|(id, _)| id).collect();
        let mut likely: Vec<LikelyTotal> = Vec::new();
        for searched in tables.split_off(ids.len().min(tables.len())) {
            for total in searched.likely_totals().map_err(one)? {
                let is_known = likely.iter().any(|known| known.values == total.values);
                likely.extend((!is_known).then_some(total));
            }
        }
        self.warn(likely.iter().map(|total| likely_total(source, total)).collect());
        if ids.len() != tables.len() {
            return Err(one(internal(format!("`{}` has other tables than were counted", source.name))));
        }
        let mut warnings = Vec::new();
        // Of intervals, whose ends are the tables after that of their estimate.
        let mut ends = Vec::new().into_iter();
        let pipeline = &self.run.project.pipeline;
        for (id, tabulation) in ids.into_iter().zip(tables) {
            let table = &pipeline.tables[id.index()];
            let sources = pipeline.sources_of(table).len();
            let Some(tabulation) = self.waiting.entry(id).or_default().with_records(tabulation, sources)
            else {
                continue;
            };
            self.waiting.remove(&id);
            let outside = tabulation.outside_period();
            if !matches!(table.measure, Measure::Beside(..)) {
                warnings.extend(outside_period(table, outside, "record"));
            }
            let made = if tabulation.is_end_of_interval() { ends.next() } else { None };
            let mut counts = made.map_or_else(|| tabulation.finish().map_err(one), Ok)?;
            let taken = counts.take_ends();
            if !taken.is_empty() {
                ends = taken.into_iter();
            }
            counts.flag_provisional(table, pipeline).map_err(one)?;
            self.counts.insert(id, counts);
        }
        self.warn(warnings);
        Ok(())
    }

    fn add_source(
        &mut self,
        report: SourceReport,
        warnings: Vec<Diagnostic>,
        written: u64,
    ) -> Result<(), Faults> {
        conserved(&report, written).map_err(one)?;
        self.warn(warnings);
        let of_persons = crowded_persons(&report).into_iter().chain(newest_first(&report));
        self.warn(of_persons.chain(link_conflicts(&report)).chain(pairs_without_rows(&report)).collect());
        self.report.sources.push(report);
        Ok(())
    }

    pub(crate) fn warn(&mut self, warnings: Vec<Diagnostic>) {
        self.run.observer.diagnostics(&warnings);
        self.warnings.extend(warnings);
    }

    /// Publishes tables, compares with published figures, and moves the release to its place.
    ///
    /// # Errors
    ///
    /// As [`Run::release`].
    pub fn finish(mut self) -> Result<FinishedRelease, Vec<Diagnostic>> {
        self.run.cancel.check().map_err(one)?;
        let counts = std::mem::take(&mut self.counts);
        let tables =
            publish(&self.run.project.pipeline, counts, &self.facts, &self.lists, self.scratch.folder())
                .map_err(one)?;
        self.warn(tables.iter().flat_map(PublishedTable::warnings).cloned().collect());
        self.warn(empty_tables(&tables));
        let figures = std::mem::take(&mut self.run.project.figures);
        let comparisons = self.compare(&figures, &tables)?;
        let references = references(&self.lists, &self.small_files, &figures);
        let lists = used_lists(&self.lists, &tables);
        let own = OwnLists::of(&tables, &self.lists);
        self.run.cancel.check().map_err(one)?;
        let Self { mut release, rejects, unmapped, failures, clock, run, report, warnings, .. } = self;
        let predecessor = self.predecessor;
        let mut previous = None;
        let write = || -> Result<_, Diagnostic> {
            release.tables(&tables, own)?;
            release.reconciliation(&comparisons)?;
            release.codelists(&lists)?;
            let reasons = rejects.finish()?;
            release.unmapped(&unmapped)?;
            release.failed_checks(&failures)?;
            run.cancel.check()?;
            let formats = &run.project.pipeline.formats;
            let others = |public: &Path, manifest: &[u8], put: &mut Put<'_>| {
                let page = denizen_report::page(public, manifest, denizen_report::Language::English)?;
                put("index.html", &mut |file| file.write_all(page.as_bytes()))?;
                let readme = denizen_report::readme(public, manifest, formats)?;
                put("README.md", &mut |file| file.write_all(readme.as_bytes()))?;
                denizen_report::write_formats(public, manifest, formats, put)
            };
            let since = |public: &Path, manifest: &[u8]| {
                let since =
                    |predecessor: &Predecessor| predecessor.since(public, manifest, &run.project.pipeline);
                previous = predecessor.as_ref().map(since).transpose()?;
                Ok(previous.clone())
            };
            release.finish(&report.sources, &references, &reasons, since, others)
        };
        let path = write().map_err(one)?;
        clock.report(run.observer);
        let estimates = estimate_reports(&tables);
        let tables = tables.iter().map(|table| TableReport { name: table.name.clone(), rows: table.rows() });
        let reconciliation = (!comparisons.is_empty()).then(|| summary(&comparisons));
        let report = RunReport {
            tables: tables.collect(),
            estimates,
            reconciliation,
            previous: previous.map(Box::new),
            ..report
        };
        Ok(FinishedRelease { path, unchanged: false, warnings, report })
    }

    /// Compares with the published figures; one that is not met fails the run.
    fn compare<'f>(
        &mut self,
        figures: &'f [Figures],
        tables: &[PublishedTable],
    ) -> Result<Vec<Comparison<'f>>, Faults> {
        let mut comparisons = Vec::new();
        let mut faults = Vec::new();
        for Figures { shown, figures, .. } in figures {
            let compared = reconcile(figures, tables).map_err(one)?;
            faults.extend(compared.iter().filter_map(|comparison| comparison.diagnostic(shown)));
            comparisons.extend(compared);
        }
        if faults.iter().any(|fault| fault.severity == Severity::Error) {
            return Err(faults);
        }
        self.warn(faults);
        Ok(comparisons)
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

/// What some of the sources of a table have given.
#[derive(Default)]
struct Shares {
    /// The records of those that are counted, and how many these are.
    records: Option<Tabulation>,
    counted: usize,
    cells: Vec<CellsOfSource>,
}

impl Shares {
    /// Adds the records of a source; gives back those of all of them when the last one has come.
    fn with_records(&mut self, records: Tabulation, sources: usize) -> Option<Tabulation> {
        self.counted += 1;
        match &mut self.records {
            Some(known) => known.merge(records),
            None => self.records = Some(records),
        }
        if self.counted < sources { None } else { self.records.take() }
    }
}

/// Divides cells by weights.
fn split(batches: &mut [RecordBatch], weights: &Weights) -> Result<StepReport, Diagnostic> {
    let mut step = StepReport::new(&format!("split {}", weights.column));
    for batch in batches {
        step.read += batch.num_rows() as u64;
        let (divided, more) = split_cells(batch, weights)?;
        step.made += more;
        *batch = divided;
    }
    Ok(step)
}

/// What came of reading a source.
struct ReadSource {
    stats: IngestStats,
    steps: Vec<StepReport>,
    checks: Vec<CheckResult>,
    /// Rows in the release.
    written: u64,
}

/// What is said of a table when some of its input lies outside the period of the pipeline.
fn outside_period(table: &Table, left_out: i64, what: &str) -> Vec<Diagnostic> {
    if left_out == 0 {
        return Vec::new();
    }
    let what = if left_out == 1 { what.to_owned() } else { format!("{what}s") };
    let part = table.rule.as_ref().or(table.concept.as_ref());
    let part = part.map(|part| format!(" (`{part}`)")).unwrap_or_default();
    let message = format!("outside the period of `{}`{part}: {left_out} {what}", table.name);
    vec![Diagnostic::warning(Code::OutsidePeriod, message)]
}

/// The tables that are counted from the records of a source, empty; behind them, where its rows have weights, those in which
/// totals are looked for. `bytes` is the size of its files.
pub(crate) fn blank_tables(pipeline: &Pipeline, source: &Source, bytes: u64) -> Vec<Tabulation> {
    let tables = pipeline.tables_of(source).map(|(_, table)| Tabulation::of_source(table, source, pipeline));
    tables.chain(Tabulation::to_search(source, pipeline, bytes)).collect()
}

/// Rows in = rows accepted + rejected + excluded, in every file; in = out + excluded − made, at every step; anything else
/// is a fault of the program.
fn conserved(report: &SourceReport, written: u64) -> Result<(), Diagnostic> {
    let lost = |place: &str| Diagnostic::error(Code::NotConserved, format!("rows were lost at {place}"));
    let is_whole =
        |file: &&denizen_spec::FileReport| file.read == file.accepted + file.rejected + file.excluded;
    if let Some(file) = report.files.iter().find(|file| !is_whole(file)) {
        return Err(lost(&file.name));
    }
    let mut rows: u64 = report.files.iter().map(|file| file.accepted).sum();
    for step in &report.steps {
        if step.read != rows {
            return Err(lost(&step.operation));
        }
        rows = step.accepted().ok_or_else(|| lost(&step.operation))?;
    }
    if written == rows { Ok(()) } else { Err(lost("the records")) }
}

/// A value that seems to be a total is ranked and shown as one of those that it is made of, and counted beside them.
/// A fault of cells, with the file or the source that they come from.
fn in_files(fault: Diagnostic, source: &Source, files: &[FileReport]) -> Diagnostic {
    match files {
        [file] if fault.place == Place::Nowhere => fault.in_file(&*file.name, None),
        _ => fault.note(format!("the cells are those of the source `{}`", source.name)),
    }
}

fn likely_total(source: &Source, total: &LikelyTotal) -> Diagnostic {
    let LikelyTotal { values, places, sums, near, times, balance } = total;
    let named: Vec<String> =
        values.iter().map(|(column, value)| format!("`{value}` of `{column}`")).collect();
    let message = format!("{} seems to be the total of the others", named.join(" with "));
    let near = match near {
        0 => String::new(),
        near => format!(", and in {near} it differs from that by what rounding may make of it"),
    };
    let others = match times {
        0 | 1 => "the sum of all others".to_owned(),
        times => format!(
            "the sum of all others, which come to {times} times as much, for subtotals are among them,"
        ),
    };
    let name = &source.name;
    let note =
        format!("in `{name}` it is {others} in {sums} of {places} places in which there are several{near}");
    let columns: Vec<String> = values.iter().map(|(column, _)| format!("`{column}`")).collect();
    let columns = columns.join(" and ");
    if let Some(balance) = balance {
        let message =
            format!("`{balance}` of {columns} seems to be a balance, and no part of what stands beside it");
        return Diagnostic::warning(Code::LikelyTotal, message).note(note).help(format!(
            "leave it out with a step `filter` on {columns}, and have it computed by an indicator; {} is no total",
            named.join(" with ")
        ));
    }
    let help = match source.kind {
        SourceKind::Cells if values.len() == 1 => {
            format!("declare its text as the `total` of {columns}, or its code as an `aggregate` of the list")
        }
        SourceKind::Cells => format!("declare the texts as the `total` of {columns}"),
        SourceKind::Records => format!(
            "it is counted beside its parts: leave it out with a step `filter` on {columns}, or read the file as \
             cells, with a `total`"
        ),
    };
    Diagnostic::warning(Code::LikelyTotal, message).note(note).help(help)
}

/// What the steps of a source have counted under a name.
fn counted(report: &SourceReport, name: &str) -> u64 {
    let counts = report.steps.iter().flat_map(|step| &step.counts);
    counts.filter(|(known, _)| known == name).map(|(_, count)| count).sum()
}

/// Rows of one day that are taken in the order of files which seem to be written newest first.
fn newest_first(report: &SourceReport) -> Option<Diagnostic> {
    let [oldest, newest, unordered] =
        [OLDEST_FIRST, NEWEST_FIRST, UNORDERED].map(|name| counted(report, name));
    let name = &report.name;
    let message = format!("the rows of `{name}` seem to be written newest first");
    let warning = Diagnostic::warning(Code::NewestFirst, message)
        .note(format!("in {newest} of {} pairs of days of a person the later stands above", oldest + newest))
        .note(format!("{unordered} pairs of rows of one day are taken in the order of the file"));
    let help = "state `row_order = \"newest_first\"` in the source, or name a column with `sequence` in the steps for persons";
    (newest > oldest && unordered > 0).then(|| warning.help(help))
}

/// Identifiers that stand on too many rows.
fn crowded_persons(report: &SourceReport) -> Option<Diagnostic> {
    let (persons, rows) = (counted(report, CROWDED_PERSONS), counted(report, CROWDED_ROWS));
    let name = &report.name;
    let message = match persons {
        0 => return None,
        1 => format!("one identifier in `{name}` stands on {rows} rows, more than a person can have"),
        _ => format!("{persons} identifiers in `{name}` stand on {rows} rows, more than persons can have"),
    };
    let warning = Diagnostic::warning(Code::CrowdedPerson, message);
    let help = "name placeholders in `missing` of the column, or state a larger `max_rows_per_person`";
    Some(warning.note("these rows are kept as rows of nobody").help(help))
}

/// Pairs that link nobody, for no row or several have the name.
fn pairs_without_rows(report: &SourceReport) -> Option<Diagnostic> {
    let [all, none, several, incomplete] =
        ["pairs", "pairs_of_no_row", "pairs_of_several_rows", "pairs_without_a_name"]
            .map(|name| counted(report, name));
    let message = format!("{} of {all} pairs link no rows of `{}`", none + several + incomplete, report.name);
    let warning = Diagnostic::warning(Code::Pairs, message)
        .note(format!("a row that they name is not there: {none}"))
        .note(format!("a name stands on several rows: {several}"))
        .note(format!("a name is empty: {incomplete}"));
    let help = "give the program for linking these rows, each with a name of its own";
    (none + several + incomplete > 0).then(|| warning.help(help))
}

/// Rows that share a key and cannot be one person.
fn link_conflicts(report: &SourceReport) -> Option<Diagnostic> {
    let steps = report.steps.iter().filter(|step| step.operation.starts_with("link "));
    let counts: Vec<&(String, u64)> = steps.flat_map(|step| &step.counts).collect();
    let sum = |prefix: &str| counts.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, n)| n).sum();
    let [values, groups, rows]: [u64; 3] =
        ["withheld_values_of_", "conflicting_groups", "held_back_rows"].map(sum);
    if values + groups == 0 {
        return None;
    }
    let name = &report.name;
    let message = format!("some rows of `{name}` share a key and cannot be one person");
    let warning = Diagnostic::warning(Code::LinkConflict, message);
    let help = "the manifest tells how many of each key and of each property";
    Some(match (values + rows, groups) {
        (0, groups) => warning.note(format!("they are one all the same: {groups} persons")).help(help),
        (_, groups) => warning
            .note(format!("values of keys that link nobody: {values}"))
            .note(format!("groups of which the keys do not link the rows: {groups}, with {rows} rows"))
            .help(help),
    })
}

/// Tables without a cell, which usually come from a misspelt code.
fn empty_tables(tables: &[PublishedTable]) -> Vec<Diagnostic> {
    let empty = tables.iter().filter(|table| table.rows() == 0);
    let warning = |table: &PublishedTable| {
        Diagnostic::warning(Code::NothingLeft, format!("the table `{}` has no cell", table.name))
    };
    empty.map(warning).collect()
}

/// The code lists that the dimensions of the tables use, each once.
fn used_lists<'l>(lists: &'l [Codelist], tables: &[PublishedTable]) -> Vec<&'l Codelist> {
    let dimensions = tables.iter().flat_map(|table| &table.dimensions);
    let used: BTreeSet<&String> = dimensions.filter_map(|dimension| dimension.list.as_ref()).collect();
    let by_name: BTreeMap<&String, &Codelist> =
        lists.iter().rev().filter(|list| used.contains(&list.name)).map(|list| (&list.name, list)).collect();
    by_name.into_values().collect()
}

/// The code lists with what they are views of, the files of codes, weights and layouts, and the published figures of the run, each once.
fn references(
    lists: &[Codelist],
    small_files: &[(String, String)],
    figures: &[Figures],
) -> Vec<ManifestReference> {
    let views = lists.iter().flat_map(|list| &list.view);
    let views = views.flat_map(|view| view.reference.files.iter().chain([&view.sidecar]));
    let lists = lists.iter().map(|list| (&list.file, &list.sha256));
    let figures = figures.iter().map(|figures| (&figures.file, &figures.sha256));
    let others = views.chain(small_files).map(|(file, sha256)| (file, sha256));
    let references = lists.chain(figures).chain(others);
    let references: BTreeSet<_> = references
        .map(|(file, sha256)| ManifestReference { file: file.clone(), sha256: sha256.clone() })
        .collect();
    references.into_iter().collect()
}

fn estimate_reports(tables: &[PublishedTable]) -> Vec<EstimateReport> {
    let of_table = |table: &PublishedTable| {
        let name = table.name.clone();
        let report = move |part: &EstimatedPart| {
            let quality = &part.quality;
            EstimateReport {
                table: name.clone(),
                rule: part.rule.clone(),
                measure: quality.measure.to_owned(),
                period_months: quality.period_months,
                age_months: quality.age_months,
                is_total: quality.is_total,
                level: quality.level,
                estimates: quality.estimates,
                intervals: quality.intervals,
                covered: quality.covered,
                bias_percent: quality.bias_percent(),
                error_percent: quality.error_percent(),
                certain_percent: quality.certain_percent(),
            }
        };
        table.estimates().iter().map(report).collect::<Vec<_>>()
    };
    tables.iter().flat_map(of_table).collect()
}

fn summary(comparisons: &[Comparison<'_>]) -> ReconciliationReport {
    let of = |outcome| comparisons.iter().filter(|comparison| comparison.public_outcome() == outcome).count();
    ReconciliationReport {
        within: of(Outcome::Within),
        not_told: of(Outcome::NotTold),
        no_cell: of(Outcome::NoCell),
        context: of(Outcome::Context),
    }
}

#[cfg(test)]
mod tests {
    use denizen_spec::{FileProfile, FileReport};

    use super::*;

    #[test]
    fn a_lost_row_fails_the_run() {
        let file = |read, accepted, rejected, excluded| FileReport {
            name: "f".into(),
            bytes: 0,
            sha256: String::new(),
            packed: None,
            snapshot: None,
            encoding: None,
            variant: None,
            read,
            accepted,
            rejected,
            excluded,
            blank: 0,
            incomplete: 0,
            repaired: 0,
            in_part: 0,
            weight: None,
            profile: FileProfile::default(),
        };
        let step = |read, excluded, made| StepReport { read, excluded, made, ..StepReport::new("o") };
        let table = [
            (file(9, 6, 2, 1), vec![step(6, 2, 0), step(4, 0, 0)], 4, true),
            (file(9, 6, 2, 1), vec![step(6, 2, 3), step(7, 0, 0)], 7, true),
            (file(9, 6, 2, 0), vec![step(6, 2, 0), step(4, 0, 0)], 4, false),
            (file(9, 6, 2, 1), vec![step(5, 2, 0), step(3, 0, 0)], 3, false),
            (file(9, 6, 2, 1), vec![step(6, 2, 0), step(3, 0, 0)], 3, false),
            (file(9, 6, 2, 1), vec![step(6, 2, 3), step(4, 0, 0)], 4, false),
            (file(9, 6, 2, 1), vec![step(6, 7, 0)], 0, false),
            (file(9, 6, 2, 1), vec![step(6, 2, 0), step(4, 0, 0)], 3, false),
        ];
        for (file, steps, written, whole) in table {
            let kind = SourceKind::Records;
            let report =
                SourceReport { name: "s".to_owned(), kind, files: vec![file], steps, checks: Vec::new() };
            assert_eq!(conserved(&report, written).is_ok(), whole, "{report:?}");
        }
    }
}
