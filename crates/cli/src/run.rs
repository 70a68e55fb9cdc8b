//! `denizen run`: the whole way from raw files to a release.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use denizen_aggregate::{
    Comparison, Count, ManifestInput, ManifestReference, ManifestStage, Outcome, Provenance, PublishedTable,
    RejectRow, Release, Rule, SourceFacts, Tabulation, protect, publish, reconcile, tabulate_cells,
};
use denizen_clean::{Partition, Partitions, Plan, StepReport, check_cells};
use denizen_ingest::{Chunk, Chunks, Figures, FileReport, Input, Key, Reject};
use denizen_spec::{Code, Codelist, Diagnostic, Kind, Pipeline, Severity, Source};
use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::args::RunOptions;
use crate::progress::{Stage, Unit};
use crate::project::Project;
use crate::report::{Done, Failed, Reporter};
use crate::unchanged::Observed;

type Faults = Vec<Diagnostic>;

pub(crate) fn run(options: &RunOptions, reporter: &Reporter) -> Result<Done, Failed> {
    let begun = SystemTime::now();
    let mut project = Project::open(&options.pipeline, &options.source, reporter)?;
    let (shown, text) = (project.shown.clone(), project.text.clone());
    let fail = |faults: Faults| reporter.fail(&faults, &shown, &text);
    let out = options.out.clone().unwrap_or_else(|| project.root.join("releases"));
    let key = key(options).map_err(|fault| fail(vec![fault]))?;
    let provenance = project.provenance(options.vintage.as_deref());
    let place = out.join(&provenance.pipeline).join(&provenance.vintage);
    let observed = Observed::new(&project, options, key.as_ref(), place, begun);
    let there = if options.force { None } else { observed.release() };
    let unchanged = there.is_some();
    let made = match there {
        Some(made) => made,
        None => make(&mut project, &out, provenance, key.as_ref(), reporter).map_err(fail)?,
    };
    reporter.diagnostics(&made.warnings, &shown, &text);
    made.summary.iter().for_each(|line| reporter.result(line));
    reporter.result(&format!("{:<24} {}", "release", nearest(&made.place)));
    if unchanged {
        reporter.result(&format!("{:<24} {UNCHANGED}", "unchanged"));
    } else if let Err(warning) = observed.record(&made) {
        reporter.diagnostics(&[warning], &shown, &text);
    }
    Ok(Done { release: Some(made.place), unchanged })
}

const UNCHANGED: &str =
    "nothing was read: inputs, pipeline and program are those of this release (--force makes it again)";

/// A finished release.
pub(crate) struct Made {
    pub(crate) warnings: Vec<Diagnostic>,
    pub(crate) summary: Vec<String>,
    pub(crate) place: PathBuf,
}

/// Data enters, is changed, is counted, is protected, and leaves.
fn make(
    project: &mut Project,
    out: &Path,
    provenance: Provenance,
    key: Option<&Key>,
    reporter: &Reporter,
) -> Result<Made, Faults> {
    let synthetic = provenance.synthetic;
    let mut release = Release::stage(out, provenance).map_err(|fault| vec![fault])?;
    let mut made = Work::new(&project.pipeline, std::mem::take(&mut project.lists));
    for (input, plan) in std::mem::take(&mut project.sources) {
        made.source(input, &plan, key, &release, reporter)?; // data enters, is changed and counted
    }
    for counts in &mut made.counts {
        protect(counts, project.pipeline.disclosure.as_ref()); // small counts are protected
    }
    let tables = publish(&project.pipeline, &made.counts, &made.facts);
    made.warnings.extend(empty_tables(&tables));
    let comparisons = compare(project, &tables, &mut made.warnings)?;
    let rejects = &made.rejects;
    let lists = made.lists_of(&tables);
    let inputs = &made.inputs;
    let references = references(&made.lists, &project.figures);
    let stages = &made.stages;
    let write = || -> Result<_, Diagnostic> {
        release.tables(&tables)?; // data leaves
        release.reconciliation(&comparisons)?;
        release.codelists(&lists)?;
        release.rejects(rejects)?;
        release.finish(inputs, &references, stages)
    };
    let place = write().map_err(|fault| vec![fault])?;
    let mut summary = summary(&made, &tables, &comparisons);
    if synthetic {
        summary.insert(0, "SYNTHETIC DATA: no record is about a real person".to_owned());
    }
    Ok(Made { warnings: made.warnings, summary, place })
}

/// What the sources have given so far.
struct Work<'a> {
    pipeline: &'a Pipeline,
    /// The counts of each table of the pipeline.
    counts: Vec<Vec<Count>>,
    rejects: Vec<RejectRow>,
    inputs: Vec<ManifestInput>,
    stages: Vec<ManifestStage>,
    lists: Vec<Codelist>,
    facts: Vec<SourceFacts>,
    warnings: Vec<Diagnostic>,
}

impl<'a> Work<'a> {
    fn new(pipeline: &'a Pipeline, lists: Vec<Codelist>) -> Self {
        Self {
            pipeline,
            counts: vec![Vec::new(); pipeline.tables.len()],
            rejects: Vec::new(),
            inputs: Vec::new(),
            stages: Vec::new(),
            lists,
            facts: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn source(
        &mut self,
        input: Input,
        plan: &Plan,
        key: Option<&Key>,
        release: &Release,
        reporter: &Reporter,
    ) -> Result<(), Faults> {
        let source = input.source().clone();
        self.lists.extend(input.codelists().iter().cloned());
        self.facts.push(SourceFacts {
            source: source.name.get_ref().clone(),
            sampling_fraction: input.sampling_fraction(),
            rules: plan.rules().map(|(name, parameters)| Rule { name, parameters }).collect(),
        });
        let progress =
            reporter.stage(&format!("reading {}", source.name.get_ref()), input.bytes(), Unit::Bytes);
        let mut reading =
            Reading { chunks: input.chunks(key)?, rejects: Vec::new(), rows: 0, progress: Some(progress) };
        let written = match source.kind {
            Kind::Records => self.records(&source, plan, &mut reading, release, reporter)?,
            Kind::Cells => self.cells(&source, &mut reading, release)?,
        };
        let name = source.name.get_ref();
        self.rejects.extend(reading.rejects.into_iter().map(|reject| reject_row(name, reject)));
        let (files, warnings) = reading.chunks.finish().map_err(|fault| vec![fault])?;
        self.warnings.extend(warnings);
        conserved(&files, self.stages.iter().filter(|stage| stage.source == *name), written)?;
        self.inputs.extend(files.into_iter().map(|file| manifest_input(name, file)));
        Ok(())
    }

    /// Records: changed chunk by chunk, then person by person where a step asks for it, and counted.
    fn records(
        &mut self,
        source: &Source,
        plan: &Plan,
        reading: &mut Reading,
        release: &Release,
        reporter: &Reporter,
    ) -> Result<u64, Faults> {
        let tables: Vec<_> = self.pipeline.tables_of(source).collect();
        let blank: Vec<_> =
            tables.iter().map(|table| Tabulation::new(table, source, self.pipeline)).collect();
        let mut counted =
            Counted { tabulations: blank.clone(), records: release.records(source.name.get_ref()) };
        let mut partitions = plan.person_columns().map(|(person, order)| Partitions::new(person, order));
        let mut steps = plan.empty_reports();
        while let Some(round) = reading.round()? {
            let changed = round.into_par_iter().map(|chunk| {
                let (frame, steps) = plan.rows(chunk.frame)?;
                let shares = partitions.as_ref().map(|partitions| partitions.cut(&frame)).transpose()?;
                Ok((frame, shares, steps))
            });
            for (frame, shares, reports) in
                changed.collect::<Result<Vec<_>, Diagnostic>>().map_err(|fault| vec![fault])?
            {
                plan.add_rows(&mut steps, &reports);
                match (&mut partitions, shares) {
                    (Some(partitions), Some(shares)) => partitions.add(shares),
                    _ => counted.add(&blank, vec![frame]).map_err(|fault| vec![fault])?,
                }
            }
        }
        if let Some(partitions) = partitions {
            let reports = persons(plan, partitions.into_parts(), &blank, &mut counted, reporter);
            reports
                .map_err(|fault| vec![fault])?
                .iter()
                .for_each(|reports| plan.add_persons(&mut steps, reports));
        }
        self.stages.extend(steps.into_iter().map(|step| manifest_stage(source.name.get_ref(), step)));
        let Counted { tabulations, records } = counted;
        for (table, tabulation) in tables.iter().zip(tabulations) {
            self.put(table.span.start, tabulation.into_counts());
        }
        records.finish().map_err(|fault| vec![fault])
    }

    /// Cells of published tables: checked as a whole, and taken as they are.
    fn cells(&mut self, source: &Source, reading: &mut Reading, release: &Release) -> Result<u64, Faults> {
        let mut whole: Option<DataFrame> = None;
        while let Some(round) = reading.round()? {
            for chunk in round {
                match &mut whole {
                    None => whole = Some(chunk.frame),
                    Some(whole) => stack(whole, &chunk.frame)?,
                }
            }
        }
        let Some(whole) = whole else { return Ok(0) };
        let (frame, report) = check_cells(source, whole)?;
        let name = source.name.get_ref();
        let compared =
            report.compared.iter().map(|(dimension, count)| (format!("totals_compared_{dimension}"), *count));
        let step = StepReport {
            operation: "check_cells".to_owned(),
            read: report.read,
            excluded: report.repeated,
            counts: compared.collect(),
        };
        self.stages.push(manifest_stage(name, step));
        let tables: Vec<_> = self.pipeline.tables_of(source).collect();
        for table in tables {
            let counts = tabulate_cells(table, source, &frame).map_err(|fault| vec![fault])?;
            self.put(table.span.start, counts);
        }
        let mut records = release.records(name);
        records.add(&frame).and_then(|()| records.finish()).map_err(|fault| vec![fault])
    }

    /// Keeps the counts of the table that begins there in the pipeline file.
    fn put(&mut self, start: usize, counts: Vec<Count>) {
        let index = self.pipeline.tables.iter().position(|table| table.span.start == start);
        if let Some(place) = index.and_then(|index| self.counts.get_mut(index)) {
            *place = counts;
        }
    }

    /// The code lists that the dimensions of the tables use, each once.
    fn lists_of(&self, tables: &[PublishedTable]) -> Vec<&Codelist> {
        let used = |name: &String| {
            tables
                .iter()
                .flat_map(|table| &table.dimensions)
                .any(|dimension| dimension.list.as_ref() == Some(name))
        };
        let mut lists: Vec<&Codelist> = self.lists.iter().filter(|list| used(&list.name)).collect();
        lists.sort_by(|one, other| one.name.cmp(&other.name));
        lists.dedup_by(|one, other| one.name == other.name);
        lists
    }
}

/// The chunks of a source on their way in.
struct Reading {
    chunks: Chunks,
    rejects: Vec<Reject>,
    rows: u64,
    /// Until the last chunk has been read.
    progress: Option<Stage>,
}

impl Reading {
    /// A chunk for each thread; none at the end.
    fn round(&mut self) -> Result<Option<Vec<Chunk>>, Faults> {
        let mut round = Vec::new();
        while round.len() < rayon::current_num_threads() {
            let Some(chunk) = self.chunks.next() else { break };
            let mut chunk = chunk.map_err(|fault| vec![fault])?;
            self.rejects.append(&mut chunk.rejects);
            self.rows += chunk.read;
            round.push(chunk);
        }
        if round.is_empty() {
            self.progress.take().into_iter().for_each(Stage::finish);
            return Ok(None);
        }
        self.progress.iter().for_each(|stage| stage.advance(self.rows, self.chunks.bytes_read()));
        Ok(Some(round))
    }
}

/// Records that have been changed, counted and written.
struct Counted {
    tabulations: Vec<Tabulation>,
    records: denizen_aggregate::Records,
}

impl Counted {
    /// Counts frames and writes them in their order.
    fn add(&mut self, blank: &[Tabulation], frames: Vec<DataFrame>) -> Result<(), Diagnostic> {
        let partial = frames.par_iter().map(|frame| {
            let mut tabulations = blank.to_vec();
            tabulations.iter_mut().try_for_each(|tabulation| tabulation.add(frame)).map(|()| tabulations)
        });
        for tabulations in partial.collect::<Result<Vec<_>, Diagnostic>>()? {
            self.tabulations.iter_mut().zip(tabulations).for_each(|(sum, part)| sum.merge(part));
        }
        frames.iter().try_for_each(|frame| self.records.add(frame))
    }
}

/// Runs the steps that need whole persons, some partitions at a time.
fn persons(
    plan: &Plan,
    parts: Vec<Partition>,
    blank: &[Tabulation],
    counted: &mut Counted,
    reporter: &Reporter,
) -> Result<Vec<Vec<StepReport>>, Diagnostic> {
    let progress = reporter.stage("persons, by partition", parts.len() as u64, Unit::Partitions);
    let (mut rows, mut done) = (0, 0);
    let mut reports = Vec::new();
    let mut parts = parts.into_iter();
    loop {
        let round: Vec<Partition> = parts.by_ref().take(rayon::current_num_threads()).collect();
        if round.is_empty() {
            break;
        }
        done += round.len() as u64;
        let changed = round.into_par_iter().filter_map(|part| part.collect().transpose());
        let changed = changed.map(|frame| plan.persons(frame?)).collect::<Result<Vec<_>, Diagnostic>>()?;
        let (frames, of_round): (Vec<_>, Vec<_>) = changed.into_iter().unzip();
        reports.extend(of_round);
        rows += frames.iter().map(|frame: &DataFrame| frame.height() as u64).sum::<u64>();
        counted.add(blank, frames)?;
        progress.advance(rows, done);
    }
    progress.finish();
    Ok(reports)
}

fn stack(whole: &mut DataFrame, frame: &DataFrame) -> Result<(), Faults> {
    whole.vstack_mut(frame).map(|_| ()).map_err(|error| {
        vec![Diagnostic::error(Code::Internal, "cells could not be put together").note(error.to_string())]
    })
}

fn key(options: &RunOptions) -> Result<Option<Key>, Diagnostic> {
    let Some(path) = &options.key_file else { return Ok(None) };
    let text = denizen_ingest::read_text(path, &path.to_string_lossy())?;
    Key::from_hex(&text).map(Some).map_err(|fault| fault.in_file(path, None))
}

/// Compares with the published figures; one that is not met fails the run.
fn compare<'a>(
    project: &'a Project,
    tables: &[PublishedTable],
    warnings: &mut Vec<Diagnostic>,
) -> Result<Vec<Comparison<'a>>, Faults> {
    let (mut comparisons, mut faults) = (Vec::new(), Vec::new());
    for Figures { file, figures, .. } in &project.figures {
        let compared = reconcile(figures, tables);
        faults.extend(compared.iter().filter_map(|comparison| comparison.diagnostic(file)));
        comparisons.extend(compared);
    }
    if faults.iter().any(|fault| fault.severity == Severity::Error) {
        return Err(faults);
    }
    warnings.extend(faults);
    Ok(comparisons)
}

/// Rows in = rows accepted + rejected + excluded, in every file and at every step; anything else is our fault.
fn conserved<'a>(
    files: &[FileReport],
    stages: impl Iterator<Item = &'a ManifestStage>,
    written: u64,
) -> Result<(), Faults> {
    let lost =
        |place: &str| vec![Diagnostic::error(Code::NotConserved, format!("rows were lost at {place}"))];
    if let Some(file) = files.iter().find(|file| file.read != file.accepted + file.rejected + file.excluded) {
        return Err(lost(&file.name));
    }
    let mut rows: u64 = files.iter().map(|file| file.accepted).sum();
    for stage in stages {
        if stage.read != rows {
            return Err(lost(&stage.operation));
        }
        rows = stage.accepted;
    }
    if written == rows { Ok(()) } else { Err(lost("the records")) }
}

fn manifest_input(source: &str, file: FileReport) -> ManifestInput {
    let snapshot = file.snapshot.as_ref();
    ManifestInput {
        source: source.to_owned(),
        file: file.name.to_string(),
        bytes: file.bytes,
        sha256: file.sha256,
        title: snapshot.map(|snapshot| snapshot.title.clone()),
        producer: snapshot.map(|snapshot| snapshot.producer.clone()),
        origin: snapshot.map(|snapshot| snapshot.origin.clone()),
        licence: snapshot.map(|snapshot| snapshot.licence.clone()),
        retrieved: snapshot.map(|snapshot| snapshot.retrieved.to_string()),
        read: file.read,
        accepted: file.accepted,
        rejected: file.rejected,
        excluded: file.excluded,
    }
}

fn manifest_stage(source: &str, step: StepReport) -> ManifestStage {
    ManifestStage {
        source: source.to_owned(),
        operation: step.operation,
        read: step.read,
        accepted: step.read - step.excluded,
        excluded: step.excluded,
        counts: step.counts.into_iter().map(|(name, count)| (name, count.into())).collect(),
    }
}

fn reject_row(source: &str, reject: Reject) -> RejectRow {
    RejectRow {
        source: source.to_owned(),
        file: reject.file.to_string(),
        sheet: None,
        line: reject.line,
        lines: reject.lines,
        byte: reject.byte,
        column: reject.column.map(|column| column.to_string()),
        reason: reject.reason.id().to_owned(),
    }
}

/// The run in a few lines: rows, tables, published figures.
fn summary(work: &Work<'_>, tables: &[PublishedTable], comparisons: &[Comparison<'_>]) -> Vec<String> {
    let mut lines = Vec::new();
    for input in &work.inputs {
        lines.push(format!(
            "{:<24} {}: {} rows, {} accepted, {} rejected, {} excluded",
            "read", input.file, input.read, input.accepted, input.rejected, input.excluded
        ));
    }
    for stage in &work.stages {
        let counts = stage.counts.iter().filter(|(_, count)| *count != 0);
        let counts = counts.map(|(name, count)| format!(", {name} {count}")).collect::<String>();
        lines.push(format!("{:<24} {} of {} rows{counts}", stage.operation, stage.accepted, stage.read));
    }
    for table in tables {
        lines.push(format!("table                    {}: {} rows", table.name, table.cells.len()));
    }
    let of = |outcome| comparisons.iter().filter(|comparison| comparison.outcome == outcome).count();
    if !comparisons.is_empty() {
        lines.push(format!(
            "reconciliation           {} figures within tolerance, {} without a cell, {} kept for context",
            of(Outcome::Within),
            of(Outcome::NoCell),
            of(Outcome::Context)
        ));
    }
    lines
}

/// Tables without a cell, which usually come from a misspelt code.
fn empty_tables(tables: &[PublishedTable]) -> impl Iterator<Item = Diagnostic> {
    let empty = tables.iter().filter(|table| table.cells.is_empty());
    empty.map(|table| {
        Diagnostic::warning(Code::NothingLeft, format!("the table `{}` has no cell", table.name))
    })
}

/// The code lists and published figures of the run, each once.
fn references(lists: &[Codelist], figures: &[Figures]) -> Vec<ManifestReference> {
    let lists = lists.iter().map(|list| (format!("data/codelists/{}.csv", list.name), &list.sha256));
    let figures = figures.iter().map(|figures| (figures.file.clone(), &figures.sha256));
    let references = lists.chain(figures);
    let references: BTreeSet<_> =
        references.map(|(file, sha256)| ManifestReference { file, sha256: sha256.clone() }).collect();
    references.into_iter().collect()
}

/// A path relative to where the user stands, when it lies below.
fn nearest(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_row_fails_the_run() {
        let file = |read, accepted, rejected, excluded| FileReport {
            name: "f".into(),
            bytes: 0,
            sha256: String::new(),
            snapshot: None,
            read,
            accepted,
            rejected,
            excluded,
        };
        let stage = |read, excluded| {
            let counts = Vec::new();
            manifest_stage("s", StepReport { operation: "o".to_owned(), read, excluded, counts })
        };
        let table = [
            (file(9, 6, 2, 1), vec![stage(6, 2), stage(4, 0)], 4, true),
            (file(9, 6, 2, 0), vec![stage(6, 2), stage(4, 0)], 4, false),
            (file(9, 6, 2, 1), vec![stage(5, 2), stage(3, 0)], 3, false),
            (file(9, 6, 2, 1), vec![stage(6, 2), stage(3, 0)], 3, false),
            (file(9, 6, 2, 1), vec![stage(6, 2), stage(4, 0)], 3, false),
        ];
        for (file, stages, written, whole) in table {
            assert_eq!(conserved(&[file], stages.iter(), written).is_ok(), whole);
        }
    }
}
