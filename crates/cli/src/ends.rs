//! What became of each of several pipelines: in the log, in the summary of a job, in one exit status.

use std::time::Duration;

use denizen::{Error, FinishedRelease, ReconciliationReport, RunReport};
use denizen_spec::Code;
use serde_json::{Value, json};

use crate::github::cell;
use crate::progress::thousandths;

/// A pipeline, and what became of it.
pub(crate) struct Ended {
    pub(crate) pipeline: String,
    pub(crate) end: End,
    pub(crate) took: Duration,
}

/// What became of a pipeline.
pub(crate) enum End {
    Release(FinishedRelease),
    /// Faults have been told; the first of them decides.
    Refused(Code),
    /// Somebody stopped the run before.
    NotBegun,
}

impl End {
    /// The end for faults that have been told.
    pub(crate) fn refused(error: &Error) -> Self {
        Self::Refused(error.first().map_or(Code::Internal, |fault| fault.code))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Release(release) if release.unchanged => "unchanged",
            Self::Release(_) => "made",
            Self::Refused(_) => "refused",
            Self::NotBegun => "not begun",
        }
    }

    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Release(_) => 0,
            Self::Refused(code) => code.exit_status(),
            Self::NotBegun => Code::Stopped.exit_status(),
        }
    }

    /// What there is to say beside the name.
    fn detail(&self, near: impl Fn(&FinishedRelease) -> String) -> String {
        match self {
            Self::Release(release) => near(release),
            Self::Refused(code) => code.id().to_owned(),
            Self::NotBegun => String::new(),
        }
    }
}

impl Ended {
    /// A line of a summary: `pipelines/midla.toml: made, releases/midla/2026-11`.
    pub(crate) fn line(&self, near: impl Fn(&FinishedRelease) -> String) -> String {
        let Self { pipeline, end, .. } = self;
        let detail = end.detail(near);
        let comma = if detail.is_empty() { "" } else { ", " };
        let status = end.status();
        let status = if status == 0 { String::new() } else { format!(" (exit status {status})") };
        format!("{pipeline}: {}{comma}{detail}{status}", end.name())
    }

    /// The same for a log in JSON.
    pub(crate) fn facts(&self) -> Value {
        let Self { pipeline, end, took } = self;
        let mut facts = json!({ "pipeline": pipeline, "outcome": end.name(), "status": end.status() });
        match end {
            End::Release(release) => {
                let path = std::path::absolute(&release.path).unwrap_or_else(|_| release.path.clone());
                facts["release"] = path.to_string_lossy().into();
            }
            End::Refused(code) => facts["code"] = code.id().into(),
            End::NotBegun => {}
        }
        facts["seconds"] = thousandths(*took).into();
        facts
    }
}

/// How many came to which end: `3: 1 made, 2 refused`.
pub(crate) fn counts(ended: &[Ended]) -> String {
    let of = |name: &str| ended.iter().filter(|ended| ended.end.name() == name).count();
    let counts = ["made", "unchanged", "refused", "not begun"].map(|name| (of(name), name));
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, name)| format!("{count} {name}")).collect();
    format!("{}: {}", ended.len(), counts.join(", "))
}

/// The highest of all exit statuses.
pub(crate) fn status(ended: &[Ended]) -> u8 {
    ended.iter().map(|ended| ended.end.status()).max().unwrap_or_default()
}

/// A table in Markdown with a row for each pipeline. It counts no rows, which may tell what protected tables hide.
pub(crate) fn markdown(ended: &[Ended], near: impl Fn(&FinishedRelease) -> String) -> String {
    let mut text =
        "| pipeline | | release, or first fault | what it holds | exit status |\n|---|---|---|---|---|\n"
            .to_owned();
    for Ended { pipeline, end, .. } in ended {
        let holds = match end {
            End::Release(release) => contents(&release.report),
            End::Refused(_) | End::NotBegun => String::new(),
        };
        let (name, detail, status) = (end.name(), end.detail(&near), end.status());
        let cells = [cell(pipeline), name.to_owned(), cell(&detail), cell(&holds), status.to_string()];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text + "\n"
}

/// `3 tables; 5 published figures within tolerance`, and that data are synthetic.
fn contents(report: &RunReport) -> String {
    let mut parts = vec![format!("tables: {}", report.tables.len())];
    if let Some(ReconciliationReport { within, no_cell, .. }) = report.reconciliation {
        parts.push(format!("published figures within tolerance: {within}, without a cell: {no_cell}"));
    }
    if report.synthetic {
        parts.push("SYNTHETIC DATA".to_owned());
    }
    parts.join("; ")
}
