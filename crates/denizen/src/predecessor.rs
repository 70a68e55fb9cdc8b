//! The release that another one follows: is it one, and what has changed since.

#![expect(clippy::disallowed_methods, reason = "releases that stand are no input")]

use std::fs;
use std::path::{Path, PathBuf};

use denizen_aggregate::Provenance;
use denizen_report::{Difference, TableDifference, TableState};
use denizen_spec::{
    Changes, Code, CorrectionChanges, Diagnostic, Path as Setting, Pipeline, Previous, hexadecimal,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::project::Project;
use crate::stated_files::{Output, hash};

const MANIFEST: &str = "manifest.json";

/// Where a release keeps the text of its pipeline, in the order in which it is looked for.
const DECLARATIONS: [&str; 2] = ["public/pipeline.toml", "restricted/pipeline.toml"];

/// A release that is known to be an earlier edition of the one in the making.
pub(crate) struct Predecessor {
    folder: PathBuf,
    manifest: Manifest,
    manifest_sha256: String,
}

/// What is needed of its manifest.
#[derive(Deserialize)]
struct Manifest {
    pipeline: String,
    title: String,
    vintage: String,
    synthetic: bool,
    outputs: Vec<Output>,
}

impl Project {
    /// The folder of the release that a run follows: the one that it names, or that of the pipeline.
    pub(crate) fn previous_folder(&self, given: Option<&Path>) -> Option<PathBuf> {
        let declared = || self.pipeline.previous.as_ref().map(|folder| self.root.join(folder));
        given.map(Path::to_path_buf).or_else(declared)
    }

    /// The release that a run follows, where it follows one.
    pub(crate) fn predecessor(
        &self,
        given: Option<&Path>,
        new: &Provenance,
    ) -> Result<Option<Predecessor>, Diagnostic> {
        let Some(folder) = self.previous_folder(given) else { return Ok(None) };
        let shown = given.map(|folder| folder.display().to_string()).or(self.pipeline.previous.clone());
        let opened = Predecessor::open(folder, new).map_err(|Unfit { reason, help }| {
            let message = format!("this release cannot follow `{}`", shown.unwrap_or_default());
            let fault = Diagnostic::error(Code::Predecessor, message).help(help);
            match given {
                Some(_) => fault.note(reason),
                None => fault.at(Setting::root().field("previous"), reason),
            }
        });
        opened.map(Some)
    }

    /// Whether the release that the pipeline says it follows can be followed.
    ///
    /// # Errors
    ///
    /// When it is no release, or one of another product or of the same edition.
    pub fn check_previous(&self) -> Result<(), Diagnostic> {
        self.predecessor(None, &self.provenance(None)).map(drop)
    }
}

/// Why a release cannot be followed, and what to do.
struct Unfit {
    reason: String,
    help: String,
}

impl Unfit {
    fn new(reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { reason: reason.into(), help: help.into() }
    }
}

impl Predecessor {
    fn open(folder: PathBuf, new: &Provenance) -> Result<Self, Unfit> {
        let Ok(bytes) = fs::read(folder.join(MANIFEST)) else {
            return Err(Unfit::new(format!("no `{MANIFEST}` lies there"), editions_in(&folder)));
        };
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| {
            Unfit::new(format!("its `{MANIFEST}` cannot be read: {error}"), "name another release")
        })?;
        check_same_product(&manifest, new)?;
        let found = Self { folder, manifest, manifest_sha256: hexadecimal(&Sha256::digest(&bytes)) };
        found.check_files()?;
        Ok(found)
    }

    /// What is compared must be what the manifest tells of, for its hash is all that the new release keeps.
    fn check_files(&self) -> Result<(), Unfit> {
        let is_compared = |file: &str| {
            file == "public/datapackage.json"
                || ["public/tables/", "public/codelists/"].iter().any(|folder| file.starts_with(folder))
                || DECLARATIONS.contains(&file)
        };
        for output in self.manifest.outputs.iter().filter(|output| is_compared(&output.file)) {
            let hash = hash(&self.folder.join(&output.file));
            let is_copy_without = hash.is_err() && output.file.starts_with("restricted/");
            if !is_copy_without && hash.ok().as_ref() != Some(&output.sha256) {
                let reason = format!("its file `{}` is not the one that its manifest names", output.file);
                return Err(Unfit::new(reason, "restore that release, or make it again"));
            }
        }
        Ok(())
    }

    /// What has changed since, in a release whose published half lies in a folder.
    pub(crate) fn since(
        &self,
        public: &Path,
        manifest: &[u8],
        pipeline: &Pipeline,
    ) -> Result<Previous, Diagnostic> {
        let difference = denizen_report::difference_since(&self.folder, public, manifest)?;
        let corrections = self.pipeline().map(|old| CorrectionChanges::between(&old, pipeline));
        Ok(Previous {
            title: self.manifest.title.clone(),
            vintage: self.manifest.vintage.clone(),
            manifest_sha256: self.manifest_sha256.clone(),
            changes: Changes { corrections, ..changes(&difference) },
        })
    }

    /// Its pipeline; none where it does not hold it, or where it says what this program does not understand.
    fn pipeline(&self) -> Option<Pipeline> {
        let text = DECLARATIONS.iter().find_map(|file| fs::read_to_string(self.folder.join(file)).ok())?;
        denizen_spec::parse(&text).ok()
    }
}

fn check_same_product(old: &Manifest, new: &Provenance) -> Result<(), Unfit> {
    if old.pipeline != new.pipeline {
        let reason = format!("it is a release of `{}`, and this is one of `{}`", old.pipeline, new.pipeline);
        return Err(Unfit::new(reason, "name an edition of this product"));
    }
    if old.vintage == new.vintage {
        let reason = format!("it is of the edition `{}`, as this one is", old.vintage);
        return Err(Unfit::new(
            reason,
            "give the new edition a `vintage` of its own, or name an earlier one",
        ));
    }
    if old.synthetic != new.synthetic {
        let which = |synthetic| if synthetic { "synthetic" } else { "not synthetic" };
        let reason = format!("it is {}, and this one is {}", which(old.synthetic), which(new.synthetic));
        return Err(Unfit::new(reason, "name an edition that is made of the same kind of records"));
    }
    Ok(())
}

/// Where to look for a release instead of a folder that is none.
fn editions_in(folder: &Path) -> String {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let releases = entries.filter(|entry| entry.path().join(MANIFEST).is_file());
    let mut names: Vec<String> =
        releases.map(|entry| format!("`{}`", entry.file_name().to_string_lossy())).collect();
    names.sort();
    match names[..] {
        [] => "name the folder of a release, such as releases/NAME/VINTAGE".to_owned(),
        _ => format!("name one of the releases in it: {}", names.join(", ")),
    }
}

/// What is said of a difference in a few numbers.
fn changes(difference: &Difference) -> Changes {
    let tables = &difference.tables;
    let compared = || tables.iter().filter(|table| table.state == TableState::Compared);
    let sum = |of: fn(&TableDifference) -> usize| compared().map(of).sum();
    let named = |is_it: fn(&TableState) -> bool| {
        let found = tables.iter().filter(|table| is_it(&table.state));
        found.map(|table| table.name.clone()).collect()
    };
    // Indicators of another base, as `table (share)`.
    let in_part = compared().filter(|table| !table.other_base.is_empty()).map(|table| {
        let mut names: Vec<&str> = table.other_base.iter().map(|other| other.indicator.as_str()).collect();
        names.dedup();
        format!("{} ({})", table.name, names.join(", "))
    });
    Changes {
        cells: sum(|table| table.old_cells),
        new: sum(|table| table.new),
        gone: sum(|table| table.gone),
        revised: sum(|table| table.revised),
        other_status: sum(|table| table.other_status),
        new_tables: named(|state| *state == TableState::New),
        gone_tables: named(|state| *state == TableState::Gone),
        not_compared: [named(|state| matches!(state, TableState::OtherKey(..))), in_part.collect()].concat(),
        corrections: None,
    }
}
