//! Whether a release is that of its inputs already, so that nothing need be read.
//!
//! Beside a release stands a file that says what it was made from: every file with its size, times and inode as they
//! were before the data was read, the program, the arguments and a mark of the key. While all of that is as it was, and
//! so is the release, another run would make the same bytes. A doubt, or a state file that cannot be understood, means
//! that the release is made again; a release itself does not depend on any of this.

#![expect(clippy::disallowed_methods, reason = "the state of a release is no input and no part of it")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use denizen_aggregate::write_private_file;
use denizen_ingest::{Key, list_sidecar_path, sidecar_path};
use denizen_spec::{Codelist, Diagnostic, Severity, hexadecimal};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::run::{FinishedRelease, Run};
use crate::stat::Stat;

/// The form of the state file. A file of another form is no state.
const FORM: u32 = 3;

/// What a release is made from, seen before it is made.
pub(crate) struct Observed {
    /// Everything that must be the same; none where something cannot be seen or is still in motion.
    facts: Option<Value>,
    path: PathBuf,
    /// The state file.
    state: PathBuf,
}

impl Observed {
    /// Looks at everything that the release of a run comes from. `begun` is when the run began, before it read anything.
    pub(crate) fn new(run: &Run<'_>, out: &Path, begun: SystemTime) -> Self {
        let provenance = run.project.provenance(run.vintage.as_deref());
        let path = out.join(&provenance.pipeline).join(&provenance.vintage);
        let state = path.with_file_name(format!(".{}.state.json", provenance.vintage));
        Self { facts: facts(run, begun).ok().flatten(), path, state }
    }

    /// The release that is there already, if it was made from the same and nobody has touched it.
    pub(crate) fn release(&self) -> Option<FinishedRelease> {
        let state: Value = serde_json::from_slice(&fs::read(&self.state).ok()?).ok()?;
        let is_same = state["form"] == FORM
            && state["made_from"] == *self.facts.as_ref()?
            && state["release"] == release(&self.path).ok()?;
        is_same.then_some(())?;
        Some(FinishedRelease {
            path: self.path.clone(),
            unchanged: true,
            warnings: read(&state, "warnings")?,
            report: read(&state, "report")?,
        })
    }

    /// Keeps what the release was made from.
    ///
    /// # Errors
    ///
    /// When the disk refuses: a warning, since the release is complete.
    pub(crate) fn record(&self, made: &FinishedRelease) -> Result<(), Diagnostic> {
        let (Some(facts), Ok(release)) = (&self.facts, release(&self.path)) else {
            // What is there is the state of the release before.
            let _ = fs::remove_file(&self.state);
            return Ok(());
        };
        let state = json!({
            "form": FORM,
            "made_from": facts,
            "release": release,
            "report": made.report,
            "warnings": made.warnings,
        });
        let written = write_private_file(&self.state, |file| writeln!(file, "{state:#}"));
        written.map_err(|fault| Diagnostic { severity: Severity::Warning, ..fault })
    }
}

fn read<T: DeserializeOwned>(state: &Value, name: &str) -> Option<T> {
    serde_json::from_value(state[name].clone()).ok()
}

/// Everything that a release depends on, without reading it; `None` when it would not show that a file changes.
///
/// When this looks, the pipeline and the other small files have been read already. That they did not change in between
/// is known since they have rested since before the run began; data is read after this.
fn facts(run: &Run<'_>, begun: SystemTime) -> io::Result<Option<Value>> {
    let project = &run.project;
    // A pipeline that a program has built is in no file that could be seen to change.
    let Some(program) = run.program.as_ref().filter(|_| !project.text.is_empty()) else { return Ok(None) };
    let mut files = Map::new();
    for path in read_by(run) {
        let stat = Stat::of(&path)?;
        if stat.is_some_and(|stat| !stat.rests_since(begun)) {
            return Ok(None);
        }
        // Names that are no text could be taken for one another.
        let Some(name) = path.to_str() else { return Ok(None) };
        files.insert(name.to_owned(), stat.map_or(Value::Null, |stat| stat.facts()));
    }
    // A program that was built again is another program, although its version is the same.
    let Some(program) = Stat::of(program)? else { return Ok(None) };
    let overrides = project.overrides.iter().map(|(name, path)| format!("{name}={path}"));
    let sources = project.inputs().map(|input| {
        let files = input.paths().map(|path| absolute(path).to_string_lossy().into_owned());
        json!({ "source": input.source().name, "files": files.collect::<Vec<_>>() })
    });
    Ok(Some(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "program": program.contents(),
        "overrides": overrides.collect::<Vec<_>>(),
        "vintage": run.vintage,
        "key": run.key.as_ref().map(Key::mark),
        "sources": sources.collect::<Vec<_>>(),
        "files": files,
    })))
}

/// Every file that a run reads, and every sidecar that it looks for.
fn read_by(run: &Run<'_>) -> BTreeSet<PathBuf> {
    let project = &run.project;
    let folder = project.path.parent().unwrap_or(Path::new(""));
    let all = || project.inputs().chain(project.pairs.iter().map(|(_, input)| input));
    let inputs = || all().flat_map(|input| input.paths());
    let lists = project.inputs().flat_map(|input| input.codelists()).chain(&project.lists);
    let mut files = vec![project.path.clone()];
    files.extend(inputs().map(Path::to_path_buf));
    files.extend(inputs().map(sidecar_path));
    files.extend(project.inputs().flat_map(|input| input.layouts()).map(|layout| layout.path.clone()));
    files.extend(lists.flat_map(files_of).map(|file| project.root.join(file)));
    let weights = project.inputs().flat_map(|input| input.weights()).map(|weights| &weights.file);
    files.extend(weights.map(|(file, _)| project.root.join(file)));
    files.extend(project.code_files.iter().map(|(file, _)| project.root.join(file)));
    files.extend(project.figures.iter().map(|figures| folder.join(&figures.file)));
    files.iter().map(|path| absolute(path)).collect()
}

/// The file of a list, and those that say what its codes stand for.
fn files_of(list: &Codelist) -> Vec<String> {
    let view = list.view.iter().flat_map(|view| view.reference.files.iter().chain([&view.sidecar]));
    let files = view.map(|(file, _)| file.clone());
    // The sidecar also where there is none: it may come.
    [list.file.clone(), list_sidecar_path(&list.name)].into_iter().chain(files).collect()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The files of a release, and the hash of its manifest, which has the hashes of the others.
fn release(path: &Path) -> io::Result<Value> {
    let mut files = Map::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let file = entry?.path();
            if file.is_dir() {
                folders.push(file);
            } else {
                let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
                files.insert(name, Stat::of(&file)?.map_or(Value::Null, |stat| stat.contents()));
            }
        }
    }
    let manifest = Sha256::digest(fs::read(path.join("manifest.json"))?);
    Ok(json!({ "manifest_sha256": hexadecimal(&manifest), "files": files }))
}
