//! A release is put together in a folder of its own and moved to its place in one step: it is complete or absent.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

use crate::export::{owner_only, readable, sync_folders};

const PREFIX: &str = ".staging-";

/// The folder of a release in the making. Dropped, it is removed; a program that is killed leaves it to the next one,
/// which finds it without a lock.
pub(crate) struct Staging {
    folder: TempDir,
    /// Held as long as the folder is in use.
    lock: File,
}

impl Staging {
    /// A folder in `out`, from which those are removed that nobody uses any more.
    pub(crate) fn new(out: &Path) -> io::Result<Self> {
        fs::create_dir_all(out)?;
        // Nobody looks for unused folders between the making of one and its lock. Where there are no locks, as on some
        // network file systems, nobody looks at all; and what cannot be removed is no reason not to make a release.
        let making = File::open(out)?;
        if making.lock().is_ok() {
            let _ = remove_abandoned(out);
        }
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(out)?;
        let lock = File::open(folder.path())?;
        let _ = lock.lock();
        Ok(Self { folder, lock })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the release to its place. One that was there before is exchanged for it and then removed.
    pub(crate) fn move_to(self, target: &Path) -> io::Result<()> {
        let staged = self.path();
        owner_only(&staged.join("restricted"))?;
        sync_folders(staged)?;
        // A temporary folder is the owner's alone; a release is for whoever may read its parent.
        readable(staged)?;
        let parent = target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent)?;
        is_free(target)?;
        if target.exists() {
            exchange(staged, target)?;
            // What was there before is in the staging folder now, and goes with it.
        } else {
            fs::rename(staged, target)?;
        }
        // The release is in its place; that its folders are not yet on the disk is no reason to say it failed.
        for folder in parent.ancestors().take(2) {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        drop(self.folder);
        drop(self.lock);
        Ok(())
    }
}

/// Removes the folders of releases that were being made by programs that are gone.
fn remove_abandoned(out: &Path) -> io::Result<()> {
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        let is_staging = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if !is_staging || !entry.file_type()?.is_dir() {
            continue;
        }
        // Somebody else's folder, or one that is in use, stays.
        let unused = File::open(entry.path()).ok().filter(|folder| folder.try_lock().is_ok());
        if unused.is_some() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// Puts two folders in each other's place, in one step.
fn exchange(staged: &Path, target: &Path) -> io::Result<()> {
    match renameat_with(CWD, staged, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        // File systems such as NFS cannot do it: there the old release is out of its place for a moment.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            replace(staged, target)
        }
        Err(error) => Err(error.into()),
    }
}

fn replace(staged: &Path, target: &Path) -> io::Result<()> {
    let retired = staged.with_extension("retired");
    fs::rename(target, &retired)?;
    if let Err(error) = fs::rename(staged, target) {
        // Complete or absent, never half: the old release comes back.
        fs::rename(&retired, target)?;
        return Err(error);
    }
    fs::rename(&retired, staged)
}

/// A release may stand where a release goes, and nothing else.
pub(crate) fn is_free(target: &Path) -> io::Result<()> {
    if target.exists() && !target.join("manifest.json").is_file() {
        return Err(io::Error::other("something that is no release is already there"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staged(out: &Path, text: &str) -> Staging {
        let staging = Staging::new(out).unwrap();
        fs::create_dir(staging.path().join("restricted")).unwrap();
        fs::write(staging.path().join("manifest.json"), text).unwrap();
        staging
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_release_takes_the_place_of_the_one_before() {
        let out = tempfile::tempdir().unwrap();
        let target = out.path().join("p/1");
        for text in ["one", "two"] {
            staged(out.path(), text).move_to(&target).unwrap();
            assert_eq!(fs::read_to_string(target.join("manifest.json")).unwrap(), text);
            assert_eq!(names(out.path()), ["p"]);
            assert_eq!(names(&out.path().join("p")), ["1"]);
        }
        let staging = staged(out.path(), "three");
        replace(staging.path(), &target).unwrap();
        assert_eq!(fs::read_to_string(target.join("manifest.json")).unwrap(), "three");
        drop(staging);
        assert_eq!(names(out.path()), ["p"]);
    }

    #[test]
    fn what_is_no_release_is_not_replaced() {
        let out = tempfile::tempdir().unwrap();
        let target = out.path().join("p/1");
        fs::create_dir_all(&target).unwrap();
        fs::write(target.join("thesis.txt"), "").unwrap();
        assert!(staged(out.path(), "one").move_to(&target).is_err());
        assert_eq!(names(&target), ["thesis.txt"]);
        assert_eq!(names(out.path()), ["p"]);
    }

    /// A folder in use stays; one that a killed program has left is removed.
    #[test]
    fn folders_of_killed_programs_are_removed() {
        let out = tempfile::tempdir().unwrap();
        let in_use = Staging::new(out.path()).unwrap();
        let Staging { folder, lock } = Staging::new(out.path()).unwrap();
        let left = folder.keep();
        drop(lock);
        assert!(left.exists());
        let next = Staging::new(out.path()).unwrap();
        assert!(!left.exists() && in_use.path().exists() && next.path().exists());
    }
}
