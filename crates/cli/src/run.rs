//! `denizen run`: makes a release of each pipeline and says what was done.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::Instant;

use denizen::{
    Cancel, Error, EstimateReport, FinishedRelease, Key, Limits, Project, Run, RunReport, root_of,
};
use denizen_spec::{CheckReport, Code, CorrectionChanges, Disclosure, FileReport, Previous, StepReport};

use crate::args::RunOptions;
use crate::ends::{End, Ended, counts, markdown, status};
use crate::report::{ExitStatus, Outcome, Reporter};
use crate::size;

const UP_TO_DATE: &str = "up to date: nothing has changed since this release was made (--force rebuilds it)";

/// Which program this is, down to its sources: it changes with each of them.
pub const PROGRAM: &str = env!("DENIZEN_BUILD");

pub(crate) fn run(options: &RunOptions, reporter: &Reporter, cancel: &Cancel) -> Result<Outcome, ExitStatus> {
    let memory = size::within_limits(options.memory);
    let memory =
        memory.map_err(|message| reporter.refuse(&message, Some("raise the limit (`ulimit -v`)")))?;
    let are_several = options.pipelines.len() > 1;
    if are_several {
        check_several(options).map_err(|(message, help)| reporter.refuse(&message, Some(help)))?;
    }
    let mut ended = Vec::new();
    for path in &options.pipelines {
        let started = Instant::now();
        let pipeline = path.to_string_lossy().into_owned();
        let end = match cancel.is_stopped() {
            true => End::NotBegun,
            false => {
                watched(&pipeline, reporter, are_several, || one(path, memory, options, reporter, cancel))
            }
        };
        let of_this = Ended { pipeline, end, took: started.elapsed() };
        if are_several {
            reporter.pipeline_finished(of_this.facts());
        }
        ended.push(of_this);
    }
    if are_several {
        ended.iter().for_each(|ended| reporter.result(&line("summary", &ended.line(near_release))));
        reporter.result(&line("pipelines", &counts(&ended)));
    }
    reporter.job_summary(|| markdown(&ended, near_release));
    match (status(&ended), ended.pop().map(|ended| ended.end)) {
        (0, Some(End::Release(FinishedRelease { path, unchanged, .. }))) if ended.is_empty() => {
            Ok(Outcome { release: Some(path), unchanged })
        }
        (0, _) => Ok(Outcome::default()),
        (status, _) => Err(ExitStatus(status)),
    }
}

/// What several pipelines in one command cannot share.
fn check_several(options: &RunOptions) -> Result<(), (String, &'static str)> {
    if options.vintage.is_some() {
        let message = "`--vintage` is the edition of one product, and there are several pipelines";
        return Err((message.to_owned(), "run them one by one, or write `vintage` into each pipeline"));
    }
    if options.previous.is_some() {
        let message = "`--previous` is an edition of one product, and there are several pipelines";
        return Err((message.to_owned(), "run them one by one, or write `previous` into each pipeline"));
    }
    if !options.source.is_empty() {
        let message = "`--source` names a source of one pipeline, and there are several";
        return Err((message.to_owned(), "run them one by one, or write `files` into the pipeline"));
    }
    let mut releases: BTreeMap<PathBuf, &Path> = BTreeMap::new();
    for path in &options.pipelines {
        // A folder has several spellings.
        let real = |folder: PathBuf| std::fs::canonicalize(&folder).unwrap_or(folder);
        let out = options.out.clone().unwrap_or_else(|| real(root_of(path)).join("releases"));
        let release = real(out).join(path.file_stem().unwrap_or_default());
        if let Some(other) = releases.insert(release, path) {
            let message = format!("{} and {} would make the same release", other.display(), path.display());
            return Err((
                message,
                "name each pipeline once, and give files in several folders names of their own",
            ));
        }
    }
    Ok(())
}

/// Makes a release and tells its faults; a mistake of the program ends this pipeline only.
fn watched(
    pipeline: &str,
    reporter: &Reporter,
    is_one_of_several: bool,
    make: impl FnOnce() -> Result<FinishedRelease, Box<Error>>,
) -> End {
    reporter.group(pipeline);
    if is_one_of_several {
        reporter.result(&line("pipeline", pipeline));
        reporter.event("pipeline_started", serde_json::json!({ "pipeline": pipeline }));
    }
    let end = match std::panic::catch_unwind(AssertUnwindSafe(make)) {
        Ok(Ok(release)) => End::Release(release),
        Ok(Err(error)) => {
            reporter.fail(&error);
            End::refused(&error)
        }
        Err(_) => End::Refused(Code::Internal),
    };
    reporter.end_group();
    end
}

/// Makes the release of one pipeline.
fn one(
    path: &Path,
    memory: u64,
    options: &RunOptions,
    reporter: &Reporter,
    cancel: &Cancel,
) -> Result<FinishedRelease, Box<Error>> {
    let project = Project::open(path, &options.source)?;
    let (path, text) = project.file();
    let hides_counts = project.pipeline().disclosure.as_ref().is_some_and(Disclosure::hides_counts);
    let reporter = &if hides_counts { reporter.for_protected() } else { reporter.clone() };
    let observer = reporter.of_file(&path, text);
    let key = options.key_file.as_deref().map(Key::read).transpose();
    let key =
        key.map_err(|fault| Error { diagnostics: vec![fault], path: path.clone(), text: text.to_owned() })?;
    let out = options.out.clone().unwrap_or_else(|| project.root().join("releases"));
    let run = Run {
        key,
        vintage: options.vintage.clone(),
        previous: options.previous.clone(),
        limits: Limits { memory, scratch: options.scratch.clone() },
        parts: options.parts,
        force: options.force,
        program: Some(PROGRAM.to_owned()),
        observer: &observer,
        ..Run::new(project, cancel)
    };
    let release = run.release(&out)?;
    summary(&release.report).iter().for_each(|line| reporter.result(line));
    reporter.result(&line("release", &near_release(&release)));
    if release.unchanged {
        reporter.result(&line("unchanged", UP_TO_DATE));
    }
    Ok(release)
}

fn near_release(release: &FinishedRelease) -> String {
    near(&release.path)
}

fn line(what: &str, text: &str) -> String {
    format!("{what:<24} {text}")
}

fn rows_of_file(file: &FileReport) -> String {
    let FileReport { name, read, accepted, rejected, excluded, .. } = file;
    let counts =
        format!("{name}: {read} rows, {accepted} accepted, {rejected} rejected, {excluded} excluded");
    let weight = file.weight.map_or(String::new(), |weight| {
        format!(", which stand for {} ({} of them for nobody)", weight.sum, weight.zero_rows)
    });
    format!("{counts}{weight}")
}

fn rows_of_step(step: &StepReport) -> String {
    let counts = step.counts.iter().filter(|(_, count)| *count != 0);
    let counts = counts.map(|(name, count)| format!(", {name} {count}")).collect::<String>();
    let (accepted, read) = (step.accepted().unwrap_or_default(), step.read);
    match step.made {
        0 => format!("{accepted} of {read} rows{counts}"),
        _ => format!("{accepted} rows made of {read}{counts}"),
    }
}

/// The run in a few lines: rows, tables, published figures.
fn summary(report: &RunReport) -> Vec<String> {
    let mut lines = Vec::new();
    if report.synthetic {
        lines.push("SYNTHETIC DATA: no record is about a real person".to_owned());
    }
    for file in report.sources.iter().flat_map(|source| &source.files) {
        lines.push(line("read", &rows_of_file(file)));
    }
    for step in report.sources.iter().flat_map(|source| &source.steps) {
        lines.push(line(&step.operation, &rows_of_step(step)));
    }
    for check in report.sources.iter().flat_map(|source| &source.checks) {
        let CheckReport { name, passed, failed, not_checked, .. } = check;
        let counts = format!("{name}: {passed} passed, {failed} failed, {not_checked} could not be checked");
        lines.push(line("check", &counts));
    }
    for table in &report.tables {
        lines.push(line("table", &format!("{}: {} rows", table.name, table.rows)));
    }
    lines.extend(estimated(&report.estimates).iter().map(|text| line("estimated", text)));
    if let Some(figures) = &report.reconciliation {
        let not_told = match figures.not_told {
            0 => String::new(),
            number => format!("{number} not told, "),
        };
        let figures = format!(
            "{} figures within tolerance, {not_told}{} without a cell, {} kept for context",
            figures.within, figures.no_cell, figures.context
        );
        lines.push(line("reconciliation", &figures));
    }
    if let Some(previous) = &report.previous {
        lines.push(line("since", &since(previous)));
    }
    if report.protected {
        let note =
            "the counts above may tell what the tables hide: hand on `public/` only, and no log (--quiet)";
        lines.push(line("not for publication", note));
    }
    lines
}

/// How good estimates of each age were, in one line.
fn estimated(reports: &[EstimateReport]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for of in reports.iter().filter(|of| of.estimates > 0) {
        match lines.last_mut().filter(|_| !of.is_total) {
            Some(line) => *line += &format!(", cell by cell {} of {}", of.covered, of.intervals),
            None => lines.push(estimated_together(of)),
        }
    }
    lines
}

/// Estimates of all crossings together.
fn estimated_together(of: &EstimateReport) -> String {
    let per_cent = |value: Option<f64>| value.map_or("unknown".to_owned(), |value| format!("{value:.1} %"));
    let rule = of.rule.as_ref().map_or(String::new(), |rule| format!(" by {rule}"));
    let months = if of.age_months == 1 { "month" } else { "months" };
    format!(
        "{}: {}{rule}, {} {months} after the period, {} times before: bias {}, absolute error {}, certain {}; {} % intervals held {} of {}",
        of.table,
        of.measure,
        of.age_months,
        of.estimates,
        per_cent(of.bias_percent),
        per_cent(of.error_percent),
        per_cent(of.certain_percent),
        of.level,
        of.covered,
        of.intervals,
    )
}

/// What has changed since the edition before, in one line.
fn since(previous: &Previous) -> String {
    let changes = &previous.changes;
    let mut parts = vec![format!(
        "{}: of {} cells {} gone, {} revised, {} with another status; {} new",
        previous.vintage, changes.cells, changes.gone, changes.revised, changes.other_status, changes.new
    )];
    let tables = [
        ("tables new", &changes.new_tables),
        ("tables gone", &changes.gone_tables),
        ("tables not compared", &changes.not_compared),
    ];
    let tables = tables.into_iter().filter(|(_, names)| !names.is_empty());
    parts.extend(tables.map(|(what, names)| format!("{what}: {}", names.join(", "))));
    if let Some(found) = changes.corrections.filter(|found| *found != CorrectionChanges::default()) {
        let CorrectionChanges { new, withdrawn, gone } = found;
        parts.push(format!("corrections: {new} new, {withdrawn} withdrawn, {gone} left out"));
    }
    parts.join("; ")
}

/// A path relative to where the user stands, when it lies below.
fn near(path: &Path) -> String {
    let here: PathBuf = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
