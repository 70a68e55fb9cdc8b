//! Records that another process writes for a release: each attempt in a folder of its own, of which one is taken.

use std::fs;
use std::path::{Component, Path, PathBuf};

use denizen_spec::{Code, Diagnostic};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::export::disk::Disk;
use crate::export::{Records, Release, files_under, unwritable};

/// Where attempts lie in a staged release, until it is complete.
const ATTEMPTS: &str = "attempts";

/// One attempt to write records. Dropped before it is finished, it leaves nothing; a process that is killed leaves a folder that
/// nobody takes.
pub struct Attempt {
    folder: TempDir,
    disk: Disk,
}

/// An attempt that is complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedAttempt {
    /// The name of its folder, which no other attempt has.
    pub name: String,
    /// Its files, from its folder on, each with its size in bytes.
    pub files: Vec<(String, u64)>,
    /// Its records.
    pub rows: u64,
}

impl Attempt {
    /// Begins an attempt in the folder that the release has for them.
    ///
    /// # Errors
    ///
    /// When the disk refuses, or there is no such folder on this machine.
    pub fn begin(attempts: &Path) -> Result<Self, Diagnostic> {
        let folder = tempfile::Builder::new().prefix("part-").tempdir_in(attempts);
        let folder = folder.map_err(|error| {
            unwritable(attempts, error).help("the folder of the releases must be the same on all machines")
        })?;
        let disk = Disk::new().map_err(|error| unwritable(folder.path(), error))?;
        Ok(Self { folder, disk })
    }

    /// Its records.
    pub fn records(&self) -> Records<'_> {
        Records::new(self.folder.path().to_path_buf(), &self.disk)
    }

    /// Waits until the disk has all files of the attempt, which stay from now on.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn finish(self, rows: u64) -> Result<FinishedAttempt, Diagnostic> {
        self.disk.finish()?;
        let folder = self.folder.path();
        let sized = |path: PathBuf| {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            Ok((name, fs::metadata(&path)?.len()))
        };
        let files = files_under(folder).and_then(|files| files.into_iter().map(sized).collect());
        let files = files.map_err(|error| unwritable(folder, error))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let _ = self.folder.keep();
        Ok(FinishedAttempt { name, files, rows })
    }
}

impl Release {
    /// The folder for attempts of other processes.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn attempts(&self) -> Result<PathBuf, Diagnostic> {
        let folder = self.path(ATTEMPTS);
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
        Ok(folder)
    }

    /// Takes the files of an attempt as records of a source.
    ///
    /// # Errors
    ///
    /// When a file is not there, has another size than its writer says, or has been taken from another attempt.
    pub fn take_attempt(&self, source: &str, attempt: &FinishedAttempt) -> Result<(), Diagnostic> {
        let (from, to) =
            (self.path(ATTEMPTS).join(&attempt.name), self.path("restricted/records").join(source));
        for (name, bytes) in &attempt.files {
            let (old, new) = (from.join(name), to.join(name));
            let is_inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
            let is_whole = is_inside && fs::metadata(&old).is_ok_and(|found| found.len() == *bytes);
            if !is_whole || new.exists() {
                let message = format!("`{name}` of an attempt is not what was written");
                let fault = Diagnostic::error(Code::Unwritable, message);
                return Err(fault.help("the folder of the releases must be the same on all machines"));
            }
            let folder = new.parent().unwrap_or(&to);
            let moved = fs::create_dir_all(folder).and_then(|()| fs::rename(&old, &new));
            moved.map_err(|error| unwritable(&new, error))?;
        }
        Ok(())
    }

    /// Removes all attempts that were not taken.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn remove_attempts(&self) -> Result<(), Diagnostic> {
        let folder = self.path(ATTEMPTS);
        if folder.exists() {
            // A task that nobody waits for may still write: under another name it finds the folder no more, and cannot fill it again
            // while it is emptied.
            let removed = self.path("attempts-removed");
            let remove = fs::rename(&folder, &removed).and_then(|()| fs::remove_dir_all(&removed));
            remove.map_err(|error| unwritable(&folder, error))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(Attempt::begin(folder.path()).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let kept = Attempt::begin(folder.path()).unwrap().finish(0).unwrap();
        assert_eq!((folder.path().join(&kept.name).is_dir(), kept.files.len()), (true, 0));
        assert!(Attempt::begin(&folder.path().join("none")).is_err());
    }

    /// As a worker does whose executor was given up.
    #[test]
    fn an_attempt_that_outlives_its_release_brings_nothing_back() {
        let folder = tempfile::tempdir().unwrap();
        let attempts = folder.path().join("attempts");
        fs::create_dir(&attempts).unwrap();
        let attempt = Attempt::begin(&attempts).unwrap();
        let year = |name: &str| attempt.folder.path().join(name).join("part-0.parquet");
        assert!(crate::export::create(&year("year=2001")).is_ok());
        fs::remove_dir_all(&attempts).unwrap();
        assert!(crate::export::create(&year("year=2001")).is_err());
        assert!(attempt.finish(0).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
