//! `denizen run`: the whole way from raw files to a release.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use arrow::array::RecordBatch;
use denizen_aggregate::{
    Cells, Comparison, Counts, ManifestInput, ManifestReference, ManifestStage, Outcome, Provenance,
    PublishedTable, RejectRow, Release, Rule, SourceFacts, Tabulation, Written, publish, reconcile,
};
use denizen_clean::{Plan, StepReport};
use denizen_ingest::{Chunks, Figures, FileReport, Input, Key, Reject};
use denizen_spec::{Code, Codelist, Diagnostic, Kind, Pipeline, Severity, Source, Table};

use crate::args::RunOptions;
use crate::clock::{Clock, Task};
use crate::progress::Unit;
use crate::project::Project;
use crate::records::{Limits, Results, Way};
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
        None => {
            let limits = Limits::new(options, &out);
            let setting = Setting { key: key.as_ref(), limits, clock: Clock::default(), reporter };
            let made = make(&mut project, &out, provenance, &setting).map_err(fail)?;
            setting.clock.report(reporter);
            made
        }
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

/// What all sources of a run share.
struct Setting<'a> {
    key: Option<&'a Key>,
    limits: Limits,
    clock: Clock,
    reporter: &'a Reporter,
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
    setting: &Setting<'_>,
) -> Result<Made, Faults> {
    let synthetic = provenance.synthetic;
    let mut release = Release::stage(out, provenance, &project.pipeline.formats).map_err(|fault| vec![fault])?;
    let mut made = Work::new(&project.pipeline, std::mem::take(&mut project.lists));
    for (input, plan) in std::mem::take(&mut project.sources) {
        made.source(input, &plan, &release, setting)?; // data enters, is changed and counted
    }
    let counts = std::mem::take(&mut made.counts);
    // Parts are merged, small counts protected, indicators added.
    let tables = publish(&project.pipeline, counts, &made.facts).map_err(|fault| vec![fault])?;
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
    /// The counts of each table of the pipeline, by its place there.
    counts: BTreeMap<usize, Counts>,
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
            counts: BTreeMap::new(),
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
        release: &Release,
        setting: &Setting<'_>,
    ) -> Result<(), Faults> {
        let source = input.source().clone();
        self.lists.extend(input.codelists().iter().cloned());
        self.facts.push(SourceFacts {
            source: source.name.get_ref().clone(),
            sampling_fraction: input.sampling_fraction(),
            rules: plan.rules().map(|(name, parameters)| Rule { name, parameters }).collect(),
        });
        let bytes = input.bytes();
        let (chunks, name) = (input.chunks(setting.key)?, source.name.get_ref());
        let mut reading = Reading { chunks, name, bytes, rejects: Vec::new(), setting };
        let written = match source.kind {
            Kind::Records => self.records(&source, plan, &mut reading, release)?,
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

    /// Records: changed chunk by chunk, then person by person where a step asks for it, counted and written.
    fn records(
        &mut self,
        source: &Source,
        plan: &Plan,
        reading: &mut Reading<'_>,
        release: &Release,
    ) -> Result<u64, Faults> {
        let tables: Vec<_> = self.pipeline.tables_of(source).collect();
        let blank: Vec<_> = tables.iter().map(|table| Tabulation::new(table, self.pipeline)).collect();
        let mut records = release.records(source.name.get_ref());
        let Setting { limits, clock, reporter, .. } = reading.setting;
        let (name, bytes) = (source.name.get_ref(), reading.bytes);
        let way = Way { name, bytes, plan, limits, blank: &blank, clock, reporter };
        let results = way.run(&reading.chunks, &mut records);
        let Results { steps, tabulations, rejects } = results.map_err(|fault| vec![fault])?;
        reading.rejects.extend(rejects);
        self.stages.extend(steps.into_iter().map(|step| manifest_stage(source.name.get_ref(), step)));
        for (table, tabulation) in tables.iter().zip(tabulations) {
            self.put(table, tabulation.finish().map_err(|fault| vec![fault])?)?;
        }
        let Written { rows, busy } = records.finish().map_err(|fault| vec![fault])?;
        clock.add(Task::Written, rows, busy);
        Ok(rows)
    }

    /// Cells of published tables: checked as a whole, and taken as they are.
    fn cells(
        &mut self,
        source: &Source,
        reading: &mut Reading<'_>,
        release: &Release,
    ) -> Result<u64, Faults> {
        let batches = reading.cells().map_err(|fault| vec![fault])?;
        let (cells, report) = Cells::read(source, batches)?;
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
            self.put(table, cells.counts(table).map_err(|fault| vec![fault])?)?;
        }
        let mut records = release.records(name);
        let written = records.add_cells(&cells).and_then(|()| records.finish());
        written.map(|written| written.rows).map_err(|fault| vec![fault])
    }

    /// Keeps the counts of a table of the pipeline, of which there is one only.
    fn put(&mut self, table: &Table, counts: Counts) -> Result<(), Faults> {
        let index = self.pipeline.tables.iter().position(|known| std::ptr::eq(known, table));
        let is_new = index.is_some_and(|index| self.counts.insert(index, counts).is_none());
        let fault = || vec![Diagnostic::error(Code::Internal, "a table was counted twice, or is none of the pipeline")];
        if is_new { Ok(()) } else { Err(fault()) }
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
struct Reading<'a> {
    chunks: Chunks,
    name: &'a str,
    /// Size of the input in bytes, as stored.
    bytes: u64,
    rejects: Vec<Reject>,
    setting: &'a Setting<'a>,
}

impl Reading<'_> {
    /// All chunks, one after another: cells are few.
    fn cells(&mut self) -> Result<Vec<RecordBatch>, Diagnostic> {
        let what = format!("reading {}", self.name);
        let progress = self.setting.reporter.stage(&what, self.bytes, Unit::Bytes);
        let (mut batches, mut rows) = (Vec::new(), 0);
        while let Some(read) = self.chunks.read()? {
            let mut chunk = self.chunks.parse(read)?;
            self.rejects.append(&mut chunk.rejects);
            batches.push(chunk.batch);
            rows += chunk.read;
            progress.advance(rows, chunk.bytes_read);
        }
        progress.finish();
        Ok(batches)
    }
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
        let compared = reconcile(figures, tables).map_err(|fault| vec![fault])?;
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
        lines.push(format!("table                    {}: {} rows", table.name, table.rows()));
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
    let empty = tables.iter().filter(|table| table.rows() == 0);
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
