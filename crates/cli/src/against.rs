//! `denizen check --against`: what new files have otherwise than those of a release.

use std::path::Path;

use denizen::{Cancel, Change, Comparison, Level, SourceComparison, Volume};
use serde_json::json;

use crate::args::CheckOptions;
use crate::report::{ExitStatus, Reporter};

/// The exit status where something looks wrong that will not stop the run.
const LOOKS_WRONG: u8 = 1;

/// Compares the files of one pipeline with a release.
pub(crate) fn against(
    path: &Path,
    release: &Path,
    options: &CheckOptions,
    reporter: &Reporter,
    cancel: &Cancel,
) -> Result<(), ExitStatus> {
    let shown = path.to_string_lossy();
    let observer = reporter.of_file(&shown, "");
    let comparison = Comparison::of(path, &options.source, release, &observer, cancel);
    let comparison = comparison.map_err(|error| reporter.fail(&error))?;
    let status = comparison.faults.as_ref().map(|faults| reporter.fail(faults));
    reporter.result(&format!("{shown}: compared with {}", comparison.release.display()));
    for source in &comparison.sources {
        tell(source, reporter);
    }
    if comparison.sources.iter().any(|source| source.has_persons && !source.changes.is_empty()) {
        reporter.result(
            "not for publication: what is said of sources with personal columns may tell of few persons",
        );
    }
    match (status, comparison.level()) {
        (Some(status), _) => Err(status),
        // What will stop a run stands in the header, and the run has not said so: another version will.
        (None, Some(Level::Error | Level::Warning)) => Err(ExitStatus(LOOKS_WRONG)),
        (None, Some(Level::Note) | None) => Ok(()),
    }
}

/// A source in a line, and one for each change.
fn tell(source: &SourceComparison, reporter: &Reporter) {
    let SourceComparison { name, before, now, changes, .. } = source;
    if source.has_persons && reporter.is_read_by_many() {
        let number = changes.len();
        reporter.result(&format!(
            "{name}: {number} changes, which this log does not tell: it has personal columns"
        ));
        return;
    }
    let now_shown = now.map_or("not read".to_owned(), in_words);
    let verdict = if changes.is_empty() && now.is_some() { ": nothing has changed" } else { "" };
    reporter.result(&format!("{name}: {now_shown}; in the release {}{verdict}", in_words(*before)));
    reporter.event("compared", json!({ "source": name, "now": now, "before": before }));
    for change in changes {
        reporter.result(&line(change));
        reporter.change(source, change);
    }
}

fn in_words(volume: Volume) -> String {
    let Volume { files, same, rows, rejected } = volume;
    let noun = if files == 1 { "file" } else { "files" };
    let same = match same {
        0 => String::new(),
        same if same == files => " (the same bytes)".to_owned(),
        same => format!(" ({same} of them the same bytes)"),
    };
    let rejected = if rejected > 0 { format!(", {rejected} rejected") } else { String::new() };
    format!("{files} {noun}{same} with {rows} rows{rejected}")
}

fn line(change: &Change) -> String {
    let Change { level, code, column, message, files } = change;
    let column = column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default();
    let files = match files.as_slice() {
        [] => String::new(),
        [file] => format!(" (in {file})"),
        [file, others @ ..] => format!(" (in {file} and {} more)", others.len()),
    };
    format!("  {:<8} {column}{message}{files} [{code}]", level.name())
}
