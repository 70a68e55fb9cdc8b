//! Whether a release is that of its inputs already, so that nothing need be read.
//!
//! Beside a release stands a file that says what it was made from: every file with its size, times and inode as they
//! were before the data was read, the program, the arguments and a mark of the key. While all of that is as it was, and so
//! is the release, another run would make the same bytes. A doubt, or a state file that cannot be understood, means
//! that the release is made again; a release itself does not depend on any of this.

#![expect(clippy::disallowed_methods, reason = "the state of a release is no input and no part of it")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use denizen_aggregate::write_private_file;
use denizen_ingest::{Key, codelist_path, sidecar_path};
use denizen_spec::{Code, Diagnostic, Place, Severity, hexadecimal};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::args::RunOptions;
use crate::project::Project;
use crate::run::Made;
use crate::stat::Stat;

/// The form of the state file. A file of another form is no state.
const FORM: u32 = 1;

/// What a release is made from, seen before it is made.
pub(crate) struct Observed {
    /// Everything that must be the same; none where something cannot be seen or is still in motion.
    facts: Option<Value>,
    place: PathBuf,
    /// The state file.
    state: PathBuf,
}

impl Observed {
    /// Looks at everything that the release `place` comes from. `begun` is when the run began, before it read anything.
    pub(crate) fn new(
        project: &Project,
        options: &RunOptions,
        key: Option<&Key>,
        place: PathBuf,
        begun: SystemTime,
    ) -> Self {
        let facts = facts(project, options, key, begun).ok().flatten();
        let vintage = place.file_name().unwrap_or_default().to_string_lossy();
        let state = place.with_file_name(format!(".{vintage}.state.json"));
        Self { facts, place, state }
    }

    /// The release that is there already, if it was made from the same and nobody has touched it.
    pub(crate) fn release(&self) -> Option<Made> {
        let state: Value = serde_json::from_slice(&fs::read(&self.state).ok()?).ok()?;
        let is_same = state["form"] == FORM
            && state["made_from"] == *self.facts.as_ref()?
            && state["release"] == release(&self.place).ok()?;
        let lines = |name: &str| state[name].as_array().filter(|_| is_same);
        Some(Made {
            warnings: lines("warnings")?.iter().map(warning).collect::<Option<_>>()?,
            summary: lines("summary")?
                .iter()
                .map(|line| line.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
            place: self.place.clone(),
        })
    }

    /// Keeps what the release was made from.
    ///
    /// # Errors
    ///
    /// When the disk refuses: a warning, since the release is complete.
    pub(crate) fn record(&self, made: &Made) -> Result<(), Diagnostic> {
        let (Some(facts), Ok(release)) = (&self.facts, release(&self.place)) else {
            // What is there is the state of the release before.
            let _ = fs::remove_file(&self.state);
            return Ok(());
        };
        let state = json!({
            "form": FORM,
            "made_from": facts,
            "release": release,
            "summary": made.summary,
            "warnings": made.warnings.iter().map(kept).collect::<Vec<_>>(),
        });
        let written = write_private_file(&self.state, |file| writeln!(file, "{state:#}"));
        written.map_err(|fault| Diagnostic { severity: Severity::Warning, ..fault })
    }
}

/// Everything that a release depends on, without reading it; `None` when it would not show that a file changes.
///
/// When this looks, the pipeline and the other small files have been read already. That they did not change in between
/// is known since they have rested since before the run began; data is read after this.
fn facts(
    project: &Project,
    options: &RunOptions,
    key: Option<&Key>,
    begun: SystemTime,
) -> io::Result<Option<Value>> {
    let mut files = Map::new();
    for path in read_by(project, options) {
        let stat = Stat::of(&path)?;
        if stat.is_some_and(|stat| !stat.rests_since(begun)) {
            return Ok(None);
        }
        // Names that are no text could be taken for one another.
        let Some(name) = path.to_str() else { return Ok(None) };
        files.insert(name.to_owned(), stat.map_or(Value::Null, |stat| stat.facts()));
    }
    // A program that was built again is another program, although its version is the same.
    let Some(program) = Stat::of(&std::env::current_exe()?)? else { return Ok(None) };
    let overrides = options.source.iter().map(|(name, path)| format!("{name}={path}"));
    let sources = project.sources.iter().map(|(input, _)| {
        let files = input.paths().map(|path| absolute(path).to_string_lossy().into_owned());
        json!({ "source": input.source().name.get_ref(), "files": files.collect::<Vec<_>>() })
    });
    Ok(Some(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "program": program.contents(),
        "overrides": overrides.collect::<Vec<_>>(),
        "vintage": options.vintage,
        "key": key.map(Key::mark),
        "sources": sources.collect::<Vec<_>>(),
        "files": files,
    })))
}

/// Every file that a run reads, and every sidecar that it looks for.
fn read_by(project: &Project, options: &RunOptions) -> BTreeSet<PathBuf> {
    let folder = options.pipeline.parent().unwrap_or(Path::new(""));
    let inputs = || project.sources.iter().flat_map(|(input, _)| input.paths());
    let lists = project.sources.iter().flat_map(|(input, _)| input.codelists()).chain(&project.lists);
    let mut files = vec![options.pipeline.clone()];
    files.extend(options.key_file.clone());
    files.extend(inputs().map(Path::to_path_buf));
    files.extend(inputs().map(sidecar_path));
    files.extend(lists.map(|list| codelist_path(&project.root, &list.name)));
    files.extend(project.figures.iter().map(|figures| folder.join(&figures.file)));
    files.iter().map(|path| absolute(path)).collect()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The files of a release, and the hash of its manifest, which has the hashes of the others.
fn release(place: &Path) -> io::Result<Value> {
    let mut files = Map::new();
    let mut folders = vec![place.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(place).unwrap_or(&path).to_string_lossy().into_owned();
                files.insert(name, Stat::of(&path)?.map_or(Value::Null, |stat| stat.contents()));
            }
        }
    }
    let manifest = Sha256::digest(fs::read(place.join("manifest.json"))?);
    Ok(json!({ "manifest_sha256": hexadecimal(&manifest), "files": files }))
}

/// A warning as the state file keeps it.
fn kept(warning: &Diagnostic) -> Value {
    let place = match &warning.place {
        Place::Nowhere => Value::Null,
        Place::Pipeline { span, label } => json!({ "start": span.start, "end": span.end, "label": label }),
        Place::File { path, line } => json!({ "file": path.to_string_lossy(), "line": line }),
    };
    json!({
        "code": warning.code.id(),
        "message": warning.message,
        "place": place,
        "notes": warning.notes,
        "help": warning.help,
    })
}

/// A warning that was kept; none when it is not understood.
fn warning(kept: &Value) -> Option<Diagnostic> {
    let place = &kept["place"];
    let warning = Diagnostic::warning(Code::from_id(kept["code"].as_str()?)?, kept["message"].as_str()?);
    let warning = match (place["label"].as_str(), place["file"].as_str()) {
        (Some(label), _) => {
            let byte = |name: &str| usize::try_from(place[name].as_u64()?).ok();
            warning.at(byte("start")?..byte("end")?, label)
        }
        (None, Some(file)) => warning.in_file(file, place["line"].as_u64()),
        (None, None) => warning,
    };
    let notes = kept["notes"].as_array()?.iter().map(|note| note.as_str());
    let warning = notes.into_iter().try_fold(warning, |warning, note| Some(warning.note(note?)))?;
    Some(warning.maybe_help(kept["help"].as_str().map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_warning_is_the_same_warning() {
        let bare = Diagnostic::warning(Code::NothingLeft, "the table `t` has no cell");
        for kept_one in [
            bare.clone(),
            bare.clone().note("one").note("two").help("look"),
            bare.clone().at(3..9, "here"),
            bare.clone().in_file("a.csv", Some(7)),
            bare.clone().in_file("a.csv", None),
        ] {
            assert_eq!(warning(&kept(&kept_one)), Some(kept_one));
        }
        assert_eq!(warning(&json!({})), None);
        assert_eq!(warning(&json!({ "code": "no::such", "message": "", "notes": [] })), None);
    }
}
