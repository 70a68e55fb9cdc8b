//! New files beside what a release recorded of its inputs: what has changed, before a run.

mod change;
mod columns;
mod header;
mod pairs;
mod periods;
mod recorded;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use denizen_ingest::{Input, Key};
use denizen_spec::{Code, Diagnostic, FileProfile, FileReport, Source};
use serde::{Deserialize, Serialize};

pub use self::change::{
    COMMON_PERCENT, Change, FEWEST_ROWS, Level, PERIOD_TIMES, REJECTED_POINTS, ROWS_PERCENT, SHARE_POINTS,
    UNIT_TIMES,
};
use self::change::{add, listed, percent};
use self::pairs::{Pairs, Seen, merged};
use self::recorded::Recorded;
use crate::Error;
use crate::observer::{Cancel, Observer};
use crate::project::{Project, root_of};
use crate::unmapped::read;

/// New files beside what a release recorded of its inputs.
#[derive(Debug)]
pub struct Comparison {
    /// The release.
    pub release: PathBuf,
    /// The sources, in the order of the pipeline.
    pub sources: Vec<SourceComparison>,
    /// What will stop a run, as the run will say it.
    pub faults: Option<Box<Error>>,
}

/// One source before and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceComparison {
    /// Its name.
    pub name: String,
    /// Whether it has personal columns: then what is told of it is for its owner.
    pub has_persons: bool,
    /// Its files in the release.
    pub before: Volume,
    /// Its files now; none where they could not be read.
    pub now: Option<Volume>,
    /// What has changed, what matters most first.
    pub changes: Vec<Change>,
}

/// Files, and what they hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Files.
    pub files: usize,
    /// Those among them that are the same as before, byte by byte.
    pub same: usize,
    /// Rows below their headers.
    pub rows: u64,
    /// Rows that did not get in.
    pub rejected: u64,
}

impl Comparison {
    /// Reads all files of a pipeline as a run would, but changes and counts nothing, and compares them with what a release
    /// recorded. `overrides` names other files for sources, `release` a folder of a release, or one that holds some: then
    /// the newest vintage is meant.
    ///
    /// # Errors
    ///
    /// When the pipeline file cannot be understood, or there is no release with which to compare. What is wrong with the
    /// new files is no error: [`Comparison::faults`].
    pub fn of(
        pipeline: &Path,
        overrides: &[(String, String)],
        release: &Path,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Box<Error>> {
        let name = pipeline.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let recorded = Recorded::open(release, &name);
        match Project::open(pipeline, overrides) {
            Ok(project) => {
                let (path, text) = project.file();
                let error =
                    |diagnostics| Box::new(Error { diagnostics, path: path.clone(), text: text.to_owned() });
                let recorded = recorded.map_err(|fault| error(vec![fault]))?;
                let (sources, faults) = of_project(&project, &recorded, observer, cancel);
                let faults = (!faults.is_empty()).then(|| error(faults));
                Ok(Self { release: recorded.folder, sources, faults })
            }
            Err(faults) => {
                let Ok(parsed) = denizen_spec::parse(&faults.text) else { return Err(faults) };
                let Ok(recorded) = recorded else { return Err(faults) };
                let root = root_of(pipeline);
                let of = |source: &Source| headers(source, &root, overrides, &recorded);
                let sources = parsed.sources.iter().map(of).collect();
                Ok(Self { release: recorded.folder, sources, faults: Some(faults) })
            }
        }
    }

    /// How much the gravest change matters; none where nothing has changed.
    pub fn level(&self) -> Option<Level> {
        let changes = self.sources.iter().flat_map(|source| &source.changes);
        let changes = changes.map(|change| change.level).max();
        if self.faults.is_some() { Some(Level::Error) } else { changes }
    }
}

fn files_of<'a>(source: &'a str, overrides: &'a [(String, String)]) -> Option<Vec<String>> {
    let given: Vec<String> =
        overrides.iter().filter(|(name, _)| name == source).map(|(_, path)| path.clone()).collect();
    (!given.is_empty()).then_some(given)
}

/// All sources of a project, and what will stop a run.
fn of_project(
    project: &Project,
    recorded: &Recorded,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> (Vec<SourceComparison>, Vec<Diagnostic>) {
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for input in project.inputs() {
        let before = recorded.of_source(&input.source().name);
        let before: Vec<Seen<'_>> = before.into_iter().filter_map(Seen::recorded).collect();
        match files(input, observer, cancel) {
            Ok((reports, more)) => {
                faults.extend(more);
                sources.push(compare(input.source(), &before, &reports));
            }
            Err(more) => {
                faults.extend(more);
                sources.push(unread(input.source(), &before));
            }
        }
    }
    (sources, faults)
}

/// What the files of an input hold, and what of it will stop a run.
fn files(
    input: &Input,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<(Vec<FileReport>, Option<Diagnostic>), Vec<Diagnostic>> {
    // Pseudonyms are thrown away, so that any key will do.
    let key = Key::from_hex(&"0".repeat(64)).map_err(|fault| vec![fault])?;
    let (chunks, stats) = read(input, Some(&key), observer, cancel)?;
    let fault = chunks.finish(&stats).err();
    Ok((chunks.reports(&stats), fault))
}

fn volume(files: &[Seen<'_>], same: usize) -> Volume {
    Volume {
        files: files.len(),
        same,
        rows: files.iter().map(|seen| seen.profile.rows).sum(),
        rejected: files.iter().flat_map(|seen| seen.profile.rejected.values()).sum(),
    }
}

/// A source of which no more is known than that it cannot be read.
fn unread(source: &Source, before: &[Seen<'_>]) -> SourceComparison {
    SourceComparison {
        name: source.name.clone(),
        has_persons: source.has_personal_columns(),
        before: volume(before, 0),
        now: None,
        changes: Vec::new(),
    }
}

/// A source of a pipeline that cannot be run as it stands: its headers at least.
fn headers(
    source: &Source,
    root: &Path,
    overrides: &[(String, String)],
    recorded: &Recorded,
) -> SourceComparison {
    let before = recorded.of_source(&source.name);
    let before: Vec<Seen<'_>> = before.into_iter().filter_map(Seen::recorded).collect();
    let given = files_of(&source.name, overrides);
    let found = denizen_ingest::headers(source, root, given.as_deref());
    let mut changes = Vec::new();
    for file in &found {
        let named = before.iter().find(|seen| *seen.name == file.name);
        let Some(known) = named.or(before.last()) else { continue };
        let more = header::compare(&known.profile.header, &file.names, source, file.is_read);
        add(&mut changes, Some(&file.name).filter(|_| found.len() > 1).map(String::as_str), more);
    }
    SourceComparison { changes: sorted(changes), ..unread(source, &before) }
}

/// What files hold beside what those of the release held.
fn compare(source: &Source, before: &[Seen<'_>], reports: &[FileReport]) -> SourceComparison {
    let now: Vec<Seen<'_>> = reports.iter().map(Seen::read).collect();
    let pairs = Pairs::of(before, &now);
    let has_persons = source.has_personal_columns();
    let mut changes = Vec::new();
    if before.is_empty() {
        let message = "the release says nothing of this source";
        changes.push(Change::new(Level::Note, Code::ChangedFiles, message));
    } else {
        changes.extend(changed_files(&pairs));
        for (was, is) in &pairs.pairs {
            let mut more = header::compare(&was.profile.header, &is.profile.header, source, true);
            more.extend(form(was, is));
            more.extend(faults(was.profile, is.profile));
            more.extend(columns::compare(was.profile, is.profile, has_persons));
            more.extend(periods::compare(was.profile, is.profile));
            add(&mut changes, Some(is.name).filter(|_| now.len() > 1), more);
        }
        if pairs.are_divided_anew {
            let (was, is) = (merged(before), merged(&now));
            let mut more = header::compare(&was.header, &is.header, source, true);
            more.extend(faults(&was, &is));
            more.extend(columns::compare(&was, &is, has_persons));
            more.extend(periods::compare(&was, &is));
            add(&mut changes, None, more);
        }
    }
    SourceComparison {
        name: source.name.clone(),
        has_persons,
        before: volume(before, 0),
        now: Some(volume(&now, pairs.same)),
        changes: sorted(changes),
    }
}

fn sorted(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by_key(|change| std::cmp::Reverse(change.level));
    changes
}

/// Files that are new or gone.
fn changed_files(pairs: &Pairs<'_>) -> Vec<Change> {
    let names = |files: &[Seen<'_>]| listed(&files.iter().map(|seen| seen.name).collect::<Vec<_>>());
    let of = |files: &[Seen<'_>], level, what: &str| {
        let rows: u64 = files.iter().map(|seen| seen.profile.rows).sum();
        let message = format!("{} {what}, with {rows} rows: {}", files.len(), names(files));
        (!files.is_empty()).then(|| Change::new(level, Code::ChangedFiles, message))
    };
    let level = if pairs.are_divided_anew { Level::Note } else { Level::Warning };
    of(&pairs.added, Level::Note, "new").into_iter().chain(of(&pairs.gone, level, "gone")).collect()
}

/// Another format, encoding, packing or variant.
fn form(was: &Seen<'_>, is: &Seen<'_>) -> Vec<Change> {
    let encoding = |seen: &Seen<'_>| seen.profile.encoding.clone().map(|label| label.to_lowercase());
    let (was_in, is_in) = (encoding(was), encoding(is));
    let none = |text: Option<&str>| text.unwrap_or("none").to_owned();
    let parts = [
        (Level::Note, "format", was.profile.format.clone(), is.profile.format.clone()),
        (Level::Warning, "encoding", none(was_in.as_deref()), none(is_in.as_deref())),
        (Level::Note, "packing", none(was.packed), none(is.packed)),
        (Level::Note, "variant", none(was.variant), none(is.variant)),
    ];
    let changed = parts.into_iter().filter(|(.., was, is)| was != is);
    changed
        .map(|(level, what, was, is)| {
            Change::new(level, Code::ChangedForm, format!("the {what} is {is}, before {was}"))
        })
        .collect()
}

/// Rows that do not get in, and fields that cannot be read.
fn faults(was: &FileProfile, is: &FileProfile) -> Option<Change> {
    let all =
        |profile: &FileProfile| -> u64 { profile.rejected.values().chain(profile.unread.values()).sum() };
    let (before, now) = (percent(all(was), was.rows), percent(all(is), is.rows));
    let is_new = |reason: &String| !was.rejected.contains_key(reason) && !was.unread.contains_key(reason);
    let reasons = is.rejected.iter().chain(&is.unread).filter(|(reason, _)| is_new(reason));
    let reasons: Vec<String> = reasons.map(|(reason, rows)| format!("{rows} × {reason}")).collect();
    let new = if reasons.is_empty() {
        String::new()
    } else {
        format!("; for the first time {}", reasons.join(", "))
    };
    let message = format!(
        "{now:.1} % of the rows are rejected or have a field that cannot be read, before {before:.1} %{new}"
    );
    let level = if now - before > REJECTED_POINTS { Level::Warning } else { Level::Note };
    let is_told = level == Level::Warning || !reasons.is_empty();
    is_told.then(|| Change::new(level, Code::ChangedRejects, message))
}
