//! Data leaves: a release is staged beside its place and moved there when it is complete.

#![expect(clippy::disallowed_methods, reason = "outputs are created here")]

mod column_chunk;
mod disk;
mod manifest;
mod numbering;
mod package;
mod page;
mod parquet;
mod record_file;
mod records;
mod tables;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use denizen_spec::{Code, Codelist, Diagnostic, hexadecimal};
use disk::Disk;
use sha2::{Digest, Sha256};

pub use manifest::{ManifestInput, ManifestReference, ManifestStage, Provenance};
use package::Resource;
pub use records::{ByYear, Records, Written};
pub use tables::RejectRow;

use crate::publish::PublishedTable;
use crate::reconcile::Comparison;

/// The folders and files in the making, for [`abandon_unfinished`]. Whoever makes or moves one holds the lock meanwhile.
static STAGED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn staged() -> MutexGuard<'static, Vec<PathBuf>> {
    // A panic while the list is held cannot leave it half changed.
    STAGED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes all releases and files in the making: for a program that is told to stop. Whoever wants to make or move
/// another file, or to say that it failed, waits from now on until the program ends.
pub fn abandon_unfinished() {
    let mut staged = staged();
    for path in staged.drain(..) {
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
    std::mem::forget(staged);
}

/// A release in the making. Dropped before [`Release::finish`], it leaves nothing behind.
pub struct Release {
    staging: tempfile::TempDir,
    place: PathBuf,
    provenance: Provenance,
    resources: Vec<Resource>,
    disk: Disk,
}

impl Release {
    /// Begins the release `out/<pipeline>/<vintage>`, which it does not touch yet.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub fn stage(out: &Path, provenance: Provenance) -> Result<Self, Diagnostic> {
        let place = out.join(&provenance.pipeline).join(&provenance.vintage);
        is_free(&place).map_err(|error| unwritable(&place, error))?;
        let begin = || -> io::Result<_> {
            let mut staged = staged();
            fs::create_dir_all(out)?;
            let staging = tempfile::Builder::new().prefix(".staging-").tempdir_in(out)?;
            staged.push(staging.path().to_path_buf());
            Ok((staging, Disk::new()?))
        };
        let (staging, disk) = begin().map_err(|error| unwritable(out, error))?;
        let release = Self { staging, place, provenance, resources: Vec::new(), disk };
        for name in ["public/tables", "public/codelists", "restricted/records"] {
            let path = release.path(name);
            fs::create_dir_all(&path).map_err(|error| unwritable(&path, error))?;
        }
        Ok(release)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.staging.path().join(name)
    }

    /// Writes the published tables.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn tables(&mut self, tables: &[PublishedTable]) -> Result<(), Diagnostic> {
        for table in tables {
            let path = self.path(&format!("public/tables/{}.parquet", table.name));
            let resource = tables::write(&path, table, &self.provenance)?;
            self.resources.push(resource);
        }
        Ok(())
    }

    /// Writes the table of published figures and what this run has for them.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn reconciliation(&mut self, comparisons: &[Comparison<'_>]) -> Result<(), Diagnostic> {
        if !comparisons.is_empty() {
            let path = self.path("public/tables/reconciliation.parquet");
            let resource = tables::write_reconciliation(&path, comparisons, &self.provenance)?;
            self.resources.push(resource);
        }
        Ok(())
    }

    /// Writes the code lists that the tables use.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn codelists(&mut self, lists: &[&Codelist]) -> Result<(), Diagnostic> {
        for list in lists {
            let path = self.path(&format!("public/codelists/{}.parquet", list.name));
            let resource = tables::write_codelist(&path, list, &self.provenance)?;
            self.resources.push(resource);
        }
        Ok(())
    }

    /// Begins the cleaned records of a source.
    pub fn records(&self, source: &str) -> Records<'_> {
        Records::new(self.path("restricted/records").join(source), &self.disk)
    }

    /// Writes the rows that did not get in.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn rejects(&mut self, rejects: &[RejectRow]) -> Result<(), Diagnostic> {
        tables::write_rejects(&self.path("restricted/rejects.parquet"), rejects)
    }

    /// Completes the release: data package, views, manifest; then moves it to its place and returns that.
    ///
    /// A release of the same vintage that was there before is replaced as a whole.
    ///
    /// # Errors
    ///
    /// When the disk refuses. The release that was there before is then untouched.
    pub fn finish(
        self,
        inputs: &[ManifestInput],
        references: &[ManifestReference],
        stages: &[ManifestStage],
    ) -> Result<PathBuf, Diagnostic> {
        let package = package::data_package(&self.provenance, &self.resources, self.staging.path())?;
        write_file(&self.path("public/datapackage.json"), |file| file.write_all(&package))?;
        let views = package::views(&self.resources);
        write_file(&self.path("public/views.sql"), |file| file.write_all(views.as_bytes()))?;
        let outputs = manifest::outputs(self.staging.path())?;
        let manifest = manifest::manifest(&self.provenance, inputs, references, stages, &outputs);
        write_file(&self.path("manifest.json"), |file| file.write_all(&manifest))?;
        self.disk.finish()?;
        move_to_place(self.staging, &self.place).map_err(|error| unwritable(&self.place, error))?;
        Ok(self.place)
    }
}

/// A release may stand where a release goes, and nothing else.
fn is_free(place: &Path) -> io::Result<()> {
    if place.exists() && !place.join("manifest.json").is_file() {
        return Err(io::Error::other("something that is no release is already there"));
    }
    Ok(())
}

fn move_to_place(staging: tempfile::TempDir, place: &Path) -> io::Result<()> {
    owner_only(&staging.path().join("restricted"))?;
    sync_folders(staging.path())?;
    let folder = place.parent().unwrap_or(Path::new("."));
    // A temporary folder is the owner's alone; a release is for whoever may read its parent.
    readable(staging.path())?;
    // Until the release that was there is gone: it must not stay under another name.
    let mut staged = staged();
    fs::create_dir_all(folder)?;
    let retired = tempfile::Builder::new().prefix(".retired-").tempdir_in(folder)?;
    is_free(place)?;
    if place.exists() {
        fs::rename(place, retired.path().join("release"))?;
    }
    if let Err(error) = fs::rename(staging.path(), place) {
        // Put the old release back: complete or absent, never half.
        let old = retired.path().join("release");
        if old.exists() && fs::rename(old, place).is_err() {
            let _ = retired.keep();
        }
        return Err(error);
    }
    staged.retain(|path| path != staging.path());
    // The folder has been moved away, so that there is nothing left to remove.
    let _ = staging.keep();
    // The release is in its place; that its folders are not yet on the disk is no reason to say it failed.
    for folder in folder.ancestors().take(2) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Writes a file beside its place, forces it to the disk and moves it there: it is complete or absent.
///
/// # Errors
///
/// When the disk refuses; what stood at the place is then untouched.
pub fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    write_with(path, write, readable_file)
}

/// Like [`write_file`], for a file that only its owner may read.
///
/// # Errors
///
/// As [`write_file`].
pub fn write_private_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    // A temporary file is its owner's alone.
    write_with(path, write, |_| Ok(()))
}

fn write_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    allow: impl FnOnce(&File) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = || -> io::Result<()> {
        let mut file = stage_file(folder)?;
        let mut buffer = io::BufWriter::with_capacity(1 << 18, file.as_file_mut());
        write(&mut buffer)?;
        buffer.flush()?;
        drop(buffer);
        file.as_file().sync_all()?;
        allow(file.as_file())?;
        let mut staged = staged();
        staged.retain(|path| path != file.path());
        file.persist(path)?;
        Ok(())
    };
    attempt().map_err(|error| unwritable(path, error))
}

/// A file without content, and with a name that it has only until it is complete.
fn stage_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut staged = staged();
    fs::create_dir_all(folder)?;
    let file = tempfile::Builder::new().prefix(".staging-").tempfile_in(folder)?;
    staged.push(file.path().to_path_buf());
    Ok(file)
}

/// Opens a new file of a staged release.
fn create(path: &Path) -> Result<File, Diagnostic> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let create = || {
        let _making = staged();
        fs::create_dir_all(folder).and_then(|()| File::create_new(path))
    };
    create().map_err(|error| unwritable(path, error))
}

/// What is said of a file that cannot be written; not to be called by whoever holds the list of the staged.
fn unwritable(path: &Path, error: impl std::fmt::Display) -> Diagnostic {
    // A program that is stopping takes away what others write: that is no fault of the disk.
    drop(staged());
    Diagnostic::error(Code::Unwritable, format!("`{}` cannot be written", path.display()))
        .note(error.to_string())
        .help("free space, or choose another folder with --out")
}

fn sha256(path: &Path) -> io::Result<String> {
    let (mut hasher, mut file, mut buffer) = (Sha256::new(), File::open(path)?, vec![0; 1 << 16]);
    loop {
        let count = io::Read::read(&mut file, &mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
    }
    Ok(hexadecimal(&hasher.finalize()))
}

/// All files under a folder, sorted by their paths.
fn files_under(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_under(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    File::open(folder)?.sync_all()
}

/// Makes a folder and all in it the owner's alone, so that it stays so wherever it is moved.
#[cfg(unix)]
fn owner_only(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { owner_only(&path)? } else { set_mode(&path, 0o600)? }
    }
    set_mode(folder, 0o700)
}

#[cfg(unix)]
fn readable(folder: &Path) -> io::Result<()> {
    set_mode(folder, 0o755)
}

#[cfg(unix)]
fn readable_file(file: &File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn owner_only(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn readable_file(_: &File) -> io::Result<()> {
    Ok(())
}
