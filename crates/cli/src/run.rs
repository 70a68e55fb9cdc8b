//! `denizen run`: makes a release and says what was done.

use std::path::{Path, PathBuf};

use denizen::{Cancel, FinishedRelease, Key, Limits, Project, Run, RunReport};
use denizen_spec::{CheckReport, Diagnostic};

use crate::args::RunOptions;
use crate::report::{ExitStatus, Outcome, Reporter};
use crate::size;

const UP_TO_DATE: &str = "up to date: nothing has changed since this release was made (--force rebuilds it)";

pub(crate) fn run(options: &RunOptions, reporter: &Reporter, cancel: &Cancel) -> Result<Outcome, ExitStatus> {
    let project = Project::open(&options.pipeline, &options.source).map_err(|error| reporter.fail(&error))?;
    let (path, text) = project.file();
    let observer = reporter.of_file(&path, text);
    let key = key(options).map_err(|fault| observer.fail(&[fault]))?;
    let memory = size::within_limits(options.memory);
    let memory =
        memory.map_err(|message| reporter.refuse(&message, Some("raise the limit (`ulimit -v`)")))?;
    let out = options.out.clone().unwrap_or_else(|| project.root().join("releases"));
    let run = Run {
        key,
        vintage: options.vintage.clone(),
        limits: Limits { memory, scratch: options.scratch.clone() },
        force: options.force,
        program: std::env::current_exe().ok(),
        observer: &observer,
        ..Run::new(project, cancel)
    };
    let release = run.release(&out).map_err(|error| reporter.fail(&error))?;
    summary(&release.report).iter().for_each(|line| reporter.result(line));
    reporter.result(&line("release", &near(&release.path)));
    if release.unchanged {
        reporter.result(&line("unchanged", UP_TO_DATE));
    }
    let FinishedRelease { path, unchanged, .. } = release;
    Ok(Outcome { release: Some(path), unchanged })
}

fn key(options: &RunOptions) -> Result<Option<Key>, Diagnostic> {
    let Some(path) = &options.key_file else { return Ok(None) };
    Key::read(path).map(Some)
}

fn line(what: &str, text: &str) -> String {
    format!("{what:<24} {text}")
}

/// The run in a few lines: rows, tables, published figures.
fn summary(report: &RunReport) -> Vec<String> {
    let mut lines = Vec::new();
    if report.synthetic {
        lines.push("SYNTHETIC DATA: no record is about a real person".to_owned());
    }
    for file in report.sources.iter().flat_map(|source| &source.files) {
        let counts = format!(
            "{}: {} rows, {} accepted, {} rejected, {} excluded",
            file.name, file.read, file.accepted, file.rejected, file.excluded
        );
        let weight = file.weight.map_or(String::new(), |weight| {
            format!(", which stand for {} ({} of them for nobody)", weight.sum, weight.zero_rows)
        });
        lines.push(line("read", &format!("{counts}{weight}")));
    }
    for step in report.sources.iter().flat_map(|source| &source.steps) {
        let counts = step.counts.iter().filter(|(_, count)| *count != 0);
        let counts = counts.map(|(name, count)| format!(", {name} {count}")).collect::<String>();
        let (accepted, read) = (step.accepted().unwrap_or_default(), step.read);
        let rows = match step.made {
            0 => format!("{accepted} of {read} rows{counts}"),
            _ => format!("{accepted} rows made of {read}{counts}"),
        };
        lines.push(line(&step.operation, &rows));
    }
    for check in report.sources.iter().flat_map(|source| &source.checks) {
        let CheckReport { name, passed, failed, not_checked, .. } = check;
        let counts = format!("{name}: {passed} passed, {failed} failed, {not_checked} could not be checked");
        lines.push(line("check", &counts));
    }
    for table in &report.tables {
        lines.push(line("table", &format!("{}: {} rows", table.name, table.rows)));
    }
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
    if report.protected {
        let note =
            "the counts above may tell what the tables hide: hand on `public/` only, and no log (--quiet)";
        lines.push(line("not for publication", note));
    }
    lines
}

/// A path relative to where the user stands, when it lies below.
fn near(path: &Path) -> String {
    let here: PathBuf = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
