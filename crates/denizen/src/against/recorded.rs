//! What a release has recorded of its inputs.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use denizen_ingest::read_text;
use denizen_spec::{Code, Diagnostic, RecordedInput};
use serde::Deserialize;

/// The inputs of a release.
pub(super) struct Recorded {
    /// Its folder.
    pub(super) folder: PathBuf,
    pub(super) inputs: Vec<RecordedInput>,
}

/// The part of a manifest, or of `restricted/inputs.json`, that is read.
#[derive(Deserialize)]
struct Inputs {
    inputs: Vec<RecordedInput>,
}

impl Recorded {
    /// Reads what is recorded in a release: a folder with a manifest, a folder of releases of one pipeline, of which the
    /// newest vintage is taken, or one of releases of several.
    ///
    /// # Errors
    ///
    /// When there is no release, it cannot be read, or it was made by a version that recorded nothing.
    pub(super) fn open(release: &Path, pipeline: &str) -> Result<Self, Diagnostic> {
        let folder = folder(release, pipeline).ok_or_else(|| no_release(release, pipeline))?;
        let mut inputs = inputs(&folder.join("manifest.json"))?;
        let restricted = folder.join("restricted/inputs.json");
        if restricted.is_file() {
            for RecordedInput { source, file, profile, .. } in self::inputs(&restricted)? {
                let known = inputs.iter_mut().find(|input| (&input.source, &input.file) == (&source, &file));
                if let Some(known) = known {
                    known.profile = profile;
                }
            }
        }
        if inputs.iter().all(|input| input.profile.is_none()) {
            return Err(no_profile(&folder));
        }
        Ok(Self { folder, inputs })
    }

    /// What a source read.
    pub(super) fn of_source(&self, source: &str) -> Vec<&RecordedInput> {
        self.inputs.iter().filter(|input| input.source == source).collect()
    }
}

fn inputs(path: &Path) -> Result<Vec<RecordedInput>, Diagnostic> {
    let text = read_text(path, &path.to_string_lossy())?;
    let read: Result<Inputs, _> = serde_json::from_str(&text);
    read.map(|read| read.inputs).map_err(|error| {
        Diagnostic::error(Code::NoRelease, format!("`{}` is not that of a release", path.display()))
            .in_file(path, u64::try_from(error.line()).ok())
            .note(error.to_string())
            .help("name a folder as a run has made it")
    })
}

/// The folder of the release that is meant.
fn folder(release: &Path, pipeline: &str) -> Option<PathBuf> {
    let has_manifest = |folder: &Path| folder.join("manifest.json").is_file();
    if has_manifest(release) {
        return Some(release.to_path_buf());
    }
    let vintages = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        // What is hidden is a release in the making.
        let is_hidden =
            |path: &PathBuf| path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        entries.map(|entry| entry.path()).filter(|path| !is_hidden(path) && has_manifest(path)).collect()
    };
    let of = [vintages(release), vintages(&release.join(pipeline))];
    let of = of.into_iter().find(|vintages| !vintages.is_empty())?;
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    of.into_iter().max_by(|one, other| by_numbers(&name(one), &name(other)))
}

/// The order of names in which `2025-10` comes after `2025-9`.
fn by_numbers(one: &str, other: &str) -> Ordering {
    let (mut one_left, mut other_left) = (one, other);
    while !one_left.is_empty() && !other_left.is_empty() {
        let ((a, rest_of_one), (b, rest_of_other)) = (first_part(one_left), first_part(other_left));
        let are_numbers = [a, b].iter().all(|part| part.starts_with(|c: char| c.is_ascii_digit()));
        let number =
            |text: &str| (text.trim_start_matches('0').len(), text.trim_start_matches('0').to_owned());
        let order = if are_numbers { number(a).cmp(&number(b)) } else { a.cmp(b) };
        if order != Ordering::Equal {
            return order;
        }
        (one_left, other_left) = (rest_of_one, rest_of_other);
    }
    one_left.len().cmp(&other_left.len()).then_with(|| one.cmp(other))
}

/// The digits that a text begins with, or what stands before the first of them; and the rest.
fn first_part(text: &str) -> (&str, &str) {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(text.len());
    text.split_at(end)
}

fn no_release(release: &Path, pipeline: &str) -> Diagnostic {
    let message = format!("`{}` is no release, and holds none of `{pipeline}`", release.display());
    Diagnostic::error(Code::NoRelease, message)
        .note("a release is a folder with a manifest.json")
        .help("name one, such as releases/NAME/VINTAGE, or the folder that it lies in")
}

fn no_profile(folder: &Path) -> Diagnostic {
    let message = format!("the release `{}` says nothing of what its inputs held", folder.display());
    let fault = Diagnostic::error(Code::NoProfile, message);
    if folder.join("restricted").is_dir() {
        return fault.help("it was made by an older version: make it again, and compare with that");
    }
    fault
        .note("its restricted half, which is not here, has it for records and protected tables")
        .help("name the release where it was made")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_vintage_is_the_last_as_people_count() {
        let table = [
            ("2024", "2025", Ordering::Less),
            ("2025-9", "2025-10", Ordering::Less),
            ("2025-02", "2025-2", Ordering::Less),
            ("2025", "2025-synthetic", Ordering::Less),
            ("v2", "v10", Ordering::Less),
            ("2025.1", "2025.1", Ordering::Equal),
            ("b", "a", Ordering::Greater),
            ("", "1", Ordering::Less),
        ];
        for (one, other, expected) in table {
            assert_eq!(by_numbers(one, other), expected, "{one} {other}");
            assert_eq!(by_numbers(other, one), expected.reverse(), "{other} {one}");
        }
    }
}
