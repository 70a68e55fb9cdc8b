//! Whether a release is that of its inputs already, so that nothing need be read.
//!
//! Beside a release stands a file that says what it was made from: every file with its size, times, inode and hash as they
//! were before the data was read, the program, the arguments and a mark of the key. While all of that is as it was, and
//! so is the release, another run would make the same bytes. A file of the same size with other times, as each has after a
//! checkout or a copy, is hashed: that is cheaper than a run. A doubt, or a state file that cannot be understood, means that the
//! release is made again; a release itself does not depend on any of this.

#![expect(clippy::disallowed_methods, reason = "the state of a release is no input and no part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use denizen_aggregate::write_private_file;
use denizen_ingest::{Key, list_sidecar_path, sidecar_path};
use denizen_spec::{Codelist, Diagnostic, Severity, hexadecimal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::observer::Cancel;
use crate::run::{FinishedRelease, Run, RunReport};
use crate::stat::Stat;

/// The form of the state file. A file of another form is no state.
const FORM: u32 = 4;

/// The files that say what a release is made of, whose hashes stand in no other.
const MANIFESTS: [&str; 2] = ["manifest.json", "restricted/manifest.json"];

/// Files as they are, by their names; none where a file is not there.
type Files = BTreeMap<String, Option<Stat>>;

/// Files as they were.
type SeenFiles = BTreeMap<String, Option<Seen>>;

/// What the state file holds.
#[derive(Serialize, Deserialize)]
struct State {
    form: u32,
    settings: Value,
    /// The files of the run, those also that it looked for in vain.
    made_from: SeenFiles,
    /// The files of the release.
    release: SeenFiles,
    report: RunReport,
    warnings: Vec<Diagnostic>,
}

/// A file as it was.
#[derive(Serialize, Deserialize)]
struct Seen {
    #[serde(flatten)]
    stat: Stat,
    /// Of what was read of it; none where it may have changed since.
    sha256: Option<String>,
}

/// What a release is made from, seen before it is made.
pub(crate) struct Observed {
    /// None where something cannot be seen.
    made_from: Option<MadeFrom>,
    path: PathBuf,
    /// The state file.
    state: PathBuf,
}

/// Everything that a release depends on.
struct MadeFrom {
    settings: Value,
    /// Files by their names: from the folder of the project on, where they lie in it, so that it may be moved.
    files: Files,
    root: PathBuf,
    /// The names of the files of data, source by source, in the order in which they are read.
    data: Vec<Vec<String>>,
    /// Whether none of the files is still in motion: see [`Stat::rests_since`].
    rests: bool,
}

impl Observed {
    /// Looks at everything that the release of a run comes from. `begun` is when the run began, before it read anything.
    pub(crate) fn new(run: &Run<'_>, out: &Path, begun: SystemTime) -> Self {
        let provenance = run.project.provenance(run.vintage.as_deref());
        let path = out.join(&provenance.pipeline).join(&provenance.vintage);
        let state = path.with_file_name(format!(".{}.state.json", provenance.vintage));
        Self { made_from: made_from(run, begun).ok().flatten(), path, state }
    }

    /// The release that is there already, if it was made from the same and nobody has touched it.
    pub(crate) fn release(&self, cancel: &Cancel) -> Option<FinishedRelease> {
        let mut state: State = serde_json::from_slice(&fs::read(&self.state).ok()?).ok()?;
        let now = self.made_from.as_ref()?;
        let release = stats_under(&self.path).ok()?;
        let inputs = how_same(&state.made_from, &now.files, Stat::eq)?;
        let outputs = how_same(&state.release, &release, Stat::has_contents_of)?;
        let is_known = inputs.is_empty() && outputs.is_empty();
        let is_same = state.form == FORM
            && state.settings == now.settings
            && have_hashes(&self.path, manifests_of(&state.release).chain(outputs), cancel)
            && have_hashes(&now.root, inputs.into_iter(), cancel);
        is_same.then_some(())?;
        if !is_known && now.rests {
            look_again(&mut state.made_from, &now.files);
            look_again(&mut state.release, &release);
            // So that the next run need not read them; where that cannot be kept, it will.
            let _ = self.write(&state);
        }
        let State { report, warnings, .. } = state;
        Some(FinishedRelease { path: self.path.clone(), unchanged: true, warnings, report })
    }

    /// Keeps what the release was made from.
    ///
    /// # Errors
    ///
    /// When the disk refuses: a warning, since the release is complete.
    pub(crate) fn record(&self, made: &FinishedRelease) -> Result<(), Diagnostic> {
        let made_from = self.made_from.as_ref().filter(|made_from| made_from.rests);
        let (Some(made_from), Ok(release)) = (made_from, seen_release(&self.path)) else {
            // What is there is the state of the release before.
            let _ = fs::remove_file(&self.state);
            return Ok(());
        };
        let state = State {
            form: FORM,
            settings: made_from.settings.clone(),
            made_from: made_from.seen(&made.report),
            release,
            report: made.report.clone(),
            warnings: made.warnings.clone(),
        };
        let written = self.write(&state);
        written.map_err(|fault| Diagnostic { severity: Severity::Warning, ..fault })
    }

    fn write(&self, state: &State) -> Result<(), Diagnostic> {
        write_private_file(&self.state, |file| Ok(serde_json::to_writer_pretty(file, state)?))
    }
}

impl MadeFrom {
    /// The files with their hashes: those of data as they were read, the small ones as they are if nothing has touched them.
    fn seen(&self, report: &RunReport) -> SeenFiles {
        let read = report.sources.iter().map(|source| &source.files).zip(&self.data);
        let read = read.flat_map(|(files, names)| names.iter().zip(files));
        let read: BTreeMap<&String, &String> = read.map(|(name, file)| (name, &file.sha256)).collect();
        let hash = |name: &String, stat: &Stat| match read.get(name) {
            Some(hash) => Some((*hash).clone()),
            None => {
                let path = self.root.join(name);
                let hash = sha256(&path, &Cancel::default());
                hash.filter(|_| Stat::of(&path).ok().flatten().as_ref() == Some(stat))
            }
        };
        let seen = |(name, stat): (&String, &Option<Stat>)| {
            let seen = stat.map(|stat| Seen { stat, sha256: hash(name, &stat) });
            (name.clone(), seen)
        };
        self.files.iter().map(seen).collect()
    }
}

/// Everything that a release depends on, without reading it; `None` where that cannot be told.
///
/// When this looks, the pipeline and the other small files have been read already. That they did not change in between
/// is known if they have rested since before the run began; data is read after this.
fn made_from(run: &Run<'_>, begun: SystemTime) -> io::Result<Option<MadeFrom>> {
    let project = &run.project;
    // A pipeline that a program has built is in no file that could be seen to change.
    let Some(program) = run.program.as_ref().filter(|_| !project.text.is_empty()) else { return Ok(None) };
    let (mut files, mut rests) = (BTreeMap::new(), true);
    for path in read_by(run) {
        let stat = Stat::of(&path)?;
        rests &= stat.is_none_or(|stat| stat.rests_since(begun));
        // Names that are no text could be taken for one another.
        let Some(name) = name_in(&project.root, &path) else { return Ok(None) };
        files.insert(name, stat);
    }
    let overrides = project.overrides.iter().map(|(name, path)| format!("{name}={path}"));
    let names = |input: &denizen_ingest::Input| -> Vec<String> {
        input.paths().filter_map(|path| name_in(&project.root, &absolute(path))).collect()
    };
    let data: Vec<Vec<String>> = project.inputs().map(names).collect();
    let sources = project.inputs().zip(&data);
    let sources = sources.map(|(input, files)| json!({ "source": input.source().name, "files": files }));
    let settings = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "program": program,
        "overrides": overrides.collect::<Vec<_>>(),
        "vintage": run.vintage,
        "parts": run.parts,
        "key": run.key.as_ref().map(Key::mark),
        "sources": sources.collect::<Vec<_>>(),
    });
    Ok(Some(MadeFrom { settings, files, root: project.root.clone(), data, rests }))
}

/// A path as it is seen from the folder of a project.
fn name_in(root: &Path, path: &Path) -> Option<String> {
    path.strip_prefix(root).unwrap_or(path).to_str().map(str::to_owned)
}

/// How files are known to be the same: those that must be hashed, each with the hash that it must have. `None` where they
/// cannot be the same.
fn how_same<'s>(
    before: &'s SeenFiles,
    now: &Files,
    is_known: impl Fn(&Stat, &Stat) -> bool,
) -> Option<Vec<(&'s str, &'s str)>> {
    if !before.keys().eq(now.keys()) {
        return None;
    }
    let mut to_hash = Vec::new();
    for ((name, seen), stat) in before.iter().zip(now.values()) {
        match (seen, stat) {
            (None, None) => {}
            (Some(seen), Some(stat)) if is_known(&seen.stat, stat) => {}
            (Some(seen), Some(stat)) if seen.stat.size == stat.size => {
                to_hash.push((name.as_str(), seen.sha256.as_deref()?));
            }
            (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => return None,
        }
    }
    Some(to_hash)
}

/// Keeps the times that files have now.
fn look_again(seen: &mut SeenFiles, now: &Files) {
    for (seen, stat) in seen.values_mut().zip(now.values()) {
        if let (Some(seen), Some(stat)) = (seen, stat) {
            seen.stat = *stat;
        }
    }
}

/// The manifests of a release, which are always read.
fn manifests_of(release: &SeenFiles) -> impl Iterator<Item = (&str, &str)> {
    let manifests = MANIFESTS.iter().filter_map(|name| Some((*name, release.get(*name)?.as_ref()?)));
    manifests.map(|(name, seen)| (name, seen.sha256.as_deref().unwrap_or_default()))
}

/// Whether all files under a folder have the hashes that they must have.
fn have_hashes<'f>(
    folder: &Path,
    mut files: impl Iterator<Item = (&'f str, &'f str)>,
    cancel: &Cancel,
) -> bool {
    files.all(|(name, hash)| sha256(&folder.join(name), cancel).as_deref() == Some(hash))
}

/// The hash of a file; none where it cannot be read, or somebody wants to stop.
fn sha256(path: &Path, cancel: &Cancel) -> Option<String> {
    let (mut hasher, mut file, mut buffer) = (Sha256::new(), File::open(path).ok()?, vec![0; 1 << 18]);
    while !cancel.is_stopped() {
        match file.read(&mut buffer).ok()? {
            0 => return Some(hexadecimal(&hasher.finalize())),
            count => hasher.update(&buffer[..count]),
        }
    }
    None
}

/// Every file that a run reads, and every sidecar that it looks for.
fn read_by(run: &Run<'_>) -> BTreeSet<PathBuf> {
    let project = &run.project;
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
    files.extend(project.figures.iter().map(|figures| figures.path.clone()));
    // Its manifest names all that is compared with it.
    files.extend(
        project.previous_folder(run.previous.as_deref()).map(|release| release.join("manifest.json")),
    );
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

/// The files of a release that was just made. Their hashes stand in its manifests.
fn seen_release(path: &Path) -> io::Result<SeenFiles> {
    /// What is needed of a manifest.
    #[derive(Deserialize)]
    struct Manifest {
        outputs: Vec<Output>,
    }
    #[derive(Deserialize)]
    struct Output {
        file: String,
        sha256: String,
    }
    let mut hashes = BTreeMap::new();
    for name in MANIFESTS {
        let Ok(text) = fs::read(path.join(name)) else { continue };
        let Manifest { outputs } = serde_json::from_slice(&text)?;
        hashes.extend(outputs.into_iter().map(|Output { file, sha256 }| (file, sha256)));
        hashes.insert(name.to_owned(), hexadecimal(&Sha256::digest(&text)));
    }
    let seen = |(name, stat): (String, Option<Stat>)| {
        let sha256 = hashes.get(&name).cloned();
        (name, stat.map(|stat| Seen { stat, sha256 }))
    };
    Ok(stats_under(path)?.into_iter().map(seen).collect())
}

/// The files under a folder.
fn stats_under(path: &Path) -> io::Result<Files> {
    let mut files = BTreeMap::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let file = entry?.path();
            if file.is_dir() {
                folders.push(file);
            } else {
                let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().replace('\\', "/");
                files.insert(name, Stat::of(&file)?);
            }
        }
    }
    Ok(files)
}
