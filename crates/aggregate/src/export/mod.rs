//! Data leaves: a release is staged beside its place and moved there when it is complete.

#![expect(clippy::disallowed_methods, reason = "outputs are created here")]

mod attempt;
mod column_chunk;
mod disk;
mod failed_checks;
mod manifest;
mod numbering;
mod package;
mod page;
mod record_file;
mod records;
mod refused;
mod rejects;
mod staging;
mod table_as_csv;
mod tables;
mod unmapped;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use arrow::array::{ArrayRef, RecordBatch};
use denizen_spec::{Code, Codelist, Diagnostic, Previous, SourceReport, TableFormat, hexadecimal};
use disk::Disk;
use sha2::{Digest, Sha256};

pub use attempt::{Attempt, FinishedAttempt};
pub use failed_checks::FailedCheck;
pub use manifest::{Declaration, ManifestReference, Provenance};
use package::Resource;
pub use records::{ByYear, Records, Written};
pub use rejects::{RejectReasons, Rejects};
use staging::Staging;
pub use table_as_csv::table_as_csv;
pub use unmapped::UnmappedText;

pub(crate) use crate::formats::parquet;
use crate::formats::{Format, of_tables};
use crate::own_lists::OwnLists;
use crate::reconcile::Comparison;
use crate::table::PublishedTable;

/// A release in the making. Dropped before [`Release::finish`], it leaves nothing behind.
pub struct Release {
    staging: Staging,
    target: PathBuf,
    provenance: Provenance,
    formats: Vec<&'static dyn Format>,
    resources: Vec<Resource>,
    own: OwnLists,
    disk: Disk,
}

impl Release {
    /// Begins the release `out/<pipeline>/<vintage>`, which it does not touch yet. Its tables are written in these
    /// formats, Parquet where none is named.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written, its place holds something that is no part of a release, or another run is making
    /// this release.
    pub fn stage(out: &Path, provenance: Provenance, formats: &[TableFormat]) -> Result<Self, Diagnostic> {
        let formats = of_tables(formats);
        let target = out.join(&provenance.pipeline).join(&provenance.vintage);
        let staging = Staging::new(out, &target).map_err(|error| {
            unwritable(&target, error)
                .help("free space, clear the place, or choose another folder with --out")
        })?;
        let disk = Disk::new().map_err(|error| unwritable(out, error))?;
        let release = Self {
            staging,
            target,
            provenance,
            formats,
            resources: Vec::new(),
            own: OwnLists::default(),
            disk,
        };
        refused::forget(&release.target);
        for name in ["public/tables", "public/codelists", "restricted/records"] {
            let path = release.path(name);
            fs::create_dir_all(&path).map_err(|error| unwritable(&path, error))?;
        }
        Ok(release)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.staging.path().join(name)
    }

    fn folder<'a>(&'a self, public: &'a Path) -> tables::Folder<'a> {
        tables::Folder { public, formats: &self.formats, provenance: &self.provenance, own: &self.own }
    }

    /// Writes the published tables. `own` are the code lists of these that the program makes itself.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn tables(&mut self, tables: &[PublishedTable], own: OwnLists) -> Result<(), Diagnostic> {
        self.own = own;
        let public = self.path("public");
        let folder = self.folder(&public);
        let written =
            tables.iter().map(|table| tables::write(&folder, table)).collect::<Result<Vec<_>, _>>()?;
        let estimates = tables::write_estimates(&folder, tables)?;
        self.resources.extend(written.into_iter().chain(estimates));
        Ok(())
    }

    /// Writes the table of published figures and what this run has for them.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn reconciliation(&mut self, comparisons: &[Comparison<'_>]) -> Result<(), Diagnostic> {
        if !comparisons.is_empty() {
            let public = self.path("public");
            let resource = tables::write_reconciliation(&self.folder(&public), comparisons)?;
            if self.provenance.hides_counts() {
                let path = self.path("restricted/reconciliation.parquet");
                tables::write_exact_reconciliation(&path, &self.provenance, comparisons)?;
            }
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
        let public = self.path("public");
        let folder = self.folder(&public);
        let all = lists.iter().copied().chain(self.own.lists());
        let written = all.map(|list| tables::write_codelist(&folder, list)).collect::<Result<Vec<_>, _>>()?;
        self.resources.extend(written);
        Ok(())
    }

    /// Begins the cleaned records of a source.
    pub fn records(&self, source: &str) -> Records<'_> {
        Records::new(self.path("restricted/records").join(source), &self.disk)
    }

    /// Begins the file of the rows that were not read.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn rejects(&self) -> Result<Rejects, Diagnostic> {
        Rejects::new(&self.path("restricted/rejects.parquet"))
    }

    /// Writes the texts that had no meaning; no file where there are none.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn unmapped(&self, texts: &[UnmappedText]) -> Result<(), Diagnostic> {
        if texts.is_empty() {
            return Ok(());
        }
        unmapped::write(&self.path("restricted/unmapped.parquet"), texts)
    }

    /// Writes where checks failed; nothing where they hold.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn failed_checks(&self, failures: &[FailedCheck]) -> Result<(), Diagnostic> {
        if failures.is_empty() {
            return Ok(());
        }
        failed_checks::write(&self.path("restricted/checks.parquet"), failures)
    }

    /// Keeps where checks failed that stop the run, for its owner to look at: beside the place of the release, until the next run of it.
    /// Returns the file.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn keep_failed_checks(&self, failures: &[FailedCheck]) -> Result<PathBuf, Diagnostic> {
        let staged = self.path("checks.parquet");
        failed_checks::write(&staged, failures)?;
        refused::keep(&staged, &self.target, refused::CHECKS)
    }

    /// The same of the rows that were not read, where there are too many of them.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn keep_rejects(&self, rejects: &mut Rejects) -> Result<PathBuf, Diagnostic> {
        refused::keep(rejects.close()?, &self.target, refused::REJECTS)
    }

    /// Completes the release: data package, views, pipeline, page, manifest; then moves it to its place and returns that.
    ///
    /// `since` compares what is published with the release that this one follows, where there is one, given the folder of what is
    /// published and the manifest as it stands before there are any files to name. `others` makes what is made from the tables, such as
    /// the page, given the same and what makes a file of a path in that folder and of how it is written. A release of the same vintage
    /// that was there before is replaced as a whole.
    ///
    /// # Errors
    ///
    /// When the disk refuses, or the page cannot be made. The release that was there before is then untouched.
    pub fn finish(
        mut self,
        sources: &[SourceReport],
        references: &[ManifestReference],
        reasons: &RejectReasons,
        since: impl FnOnce(&Path, &[u8]) -> Result<Option<Previous>, Diagnostic>,
        others: impl FnOnce(&Path, &[u8], &mut Put<'_>) -> Result<(), Diagnostic>,
    ) -> Result<PathBuf, Diagnostic> {
        let package = package::data_package(
            &self.provenance,
            sources,
            &self.resources,
            &self.formats,
            self.staging.path(),
        )?;
        write_file(&self.path("public/datapackage.json"), |file| file.write_all(&package))?;
        let views = package::views(&self.resources, self.formats[0]);
        write_file(&self.path("public/views.sql"), |file| file.write_all(views.as_bytes()))?;
        // A pipeline that says something about small counts of persons has them in tables of cells too.
        let profiles = self.provenance.disclosure.is_none();
        if let Some(inputs) = manifest::restricted_inputs(sources, profiles) {
            write_file(&self.path("restricted/inputs.json"), |file| file.write_all(&inputs))?;
        }
        self.write_declaration()?;
        let hides_counts = self.provenance.hides_counts();
        let manifest = |provenance: &Provenance, counts, outputs: &[manifest::Output]| {
            let told = manifest::Told { counts, profiles };
            manifest::manifest(provenance, (sources, reasons), references, outputs, told)
        };
        let public = self.path("public");
        self.provenance.previous = since(&public, &manifest(&self.provenance, !hides_counts, &[]))?;
        let before = manifest(&self.provenance, !hides_counts, &[]);
        others(&public, &before, &mut |name, write| put(&public.join(name), write))?;
        let outputs = manifest::outputs(self.staging.path())?;
        if hides_counts {
            let exact = manifest(&self.provenance, true, &outputs);
            write_file(&self.path("restricted/manifest.json"), |file| file.write_all(&exact))?;
        }
        let manifest = manifest(&self.provenance, !hides_counts, &outputs);
        write_file(&self.path("manifest.json"), |file| file.write_all(&manifest))?;
        self.disk.finish()?;
        self.staging.move_to_place().map_err(|error| unwritable(&self.target, error))?;
        Ok(self.target)
    }

    /// Writes the text of the pipeline, so that what has changed in it can be told later.
    fn write_declaration(&self) -> Result<(), Diagnostic> {
        let Provenance { declaration, pipeline_is_public, .. } = &self.provenance;
        let half = if *pipeline_is_public { "public" } else { "restricted" };
        let path = self.path(half).join(declaration.file);
        write_file(&path, |file| file.write_all(declaration.text.as_bytes()))
    }
}

/// What makes a file of a path and of how it is written.
pub(crate) type Put<'a> =
    dyn FnMut(&str, &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> Result<(), Diagnostic> + 'a;

/// Writes a file that nothing else of the release may be called.
fn put(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> Result<(), Diagnostic> {
    if path.exists() {
        let message = format!("`{}` would be the file of two tables", path.display());
        return Err(Diagnostic::error(Code::NoFormat, message).help("rename one of the tables"));
    }
    write_file(path, |file| write(file))
}

/// Writes a file beside its place, forces it to the disk and moves it there: it is complete or absent.
///
/// ```
/// let path = std::env::temp_dir().join(format!("denizen-example-{}", std::process::id()));
/// denizen_aggregate::write_file(&path, |file| file.write_all(b"complete or absent")).unwrap();
/// assert_eq!(std::fs::read(&path).unwrap(), b"complete or absent");
/// # std::fs::remove_file(path).unwrap();
/// ```
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

/// Writes a file where nothing stands yet.
///
/// # Errors
///
/// When something stands there, or the disk refuses.
pub fn write_new_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let attempt = || -> io::Result<()> {
        let mut file = stage_file(path.parent().unwrap_or(Path::new(".")))?;
        write(file.as_file_mut())?;
        readable_file(file.as_file())?;
        file.persist_noclobber(path)?;
        Ok(())
    };
    attempt().map_err(|error| unwritable(path, error))
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
        file.persist(path)?;
        Ok(())
    };
    attempt().map_err(|error| unwritable(path, error))
}

/// A file without content, and with a name that it has only until it is complete.
fn stage_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    fs::create_dir_all(folder)?;
    tempfile::Builder::new().prefix(".staging-").tempfile_in(folder)
}

/// Opens a new file of records. Its folder and the one around that are made where they are missing; not those around these: a task
/// that outlives its release must not bring the folder of attempts back.
fn create(path: &Path) -> Result<File, Diagnostic> {
    let mut folders: Vec<&Path> = path.ancestors().skip(1).take(2).collect();
    folders.reverse();
    let make = |folder: &&Path| match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
    };
    let create = folders.iter().try_for_each(make).and_then(|()| File::create_new(path));
    create.map_err(|error| unwritable(path, error))
}

/// Writes a few rows as Parquet, and waits until the disk has them.
fn write_rows<const N: usize>(path: &Path, columns: [(&str, ArrayRef); N]) -> Result<(), Diagnostic> {
    let rows = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)));
    let rows = rows.map_err(|error| unwritable(path, error))?;
    let file = create(path)?;
    let written = || {
        let properties = parquet::properties().set_key_value_metadata(Some(Vec::new())).build();
        let mut writer = parquet::writer(file, &rows.schema(), properties)?;
        writer.write(&rows)?;
        writer.into_inner()
    };
    let file = written().map_err(|error| unwritable(path, error))?;
    file.sync_all().map_err(|error| unwritable(path, error))
}

/// What is said of a file that cannot be written.
pub(crate) fn unwritable(path: &Path, error: impl std::fmt::Display) -> Diagnostic {
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
