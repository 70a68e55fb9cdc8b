//! A release is put together in a folder of its own and moved to its place in one step: it is complete or absent.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use denizen_spec::hexadecimal;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::export::{owner_only, readable, sync_folders};

const PREFIX: &str = ".staging-";

/// The folder of a release in the making. Dropped, it is removed; a program that is killed leaves it to the next one,
/// which finds it without a lock.
pub(crate) struct Staging {
    folder: TempDir,
    /// Held as long as the folder is in use.
    lock: File,
    /// Where the release goes.
    target: PathBuf,
}

impl Staging {
    /// A folder for a release that goes to `target` in `out`, on the disk of that place. Folders that nobody uses any more
    /// are removed.
    ///
    /// Fails where the place is taken by something else than a release, and while another run makes the same release.
    pub(crate) fn new(out: &Path, target: &Path) -> io::Result<Self> {
        fs::create_dir_all(out)?;
        let target = real_place(target)?;
        check_replaceable(&target)?;
        let root = staging_root(out, &target)?;
        let prefix = format!("{PREFIX}{}-", mark(&target));
        // Nobody looks for unused folders between the making of one and its lock. Where there are no locks, as on some
        // network file systems, nobody looks at all; and what cannot be removed is no reason not to make a release.
        let making = File::open(&root)?;
        if making.lock().is_ok() {
            let _ = remove_abandoned(&root);
            if is_in_the_making(&root, &prefix)? {
                return Err(io::Error::other("another run is making this release"));
            }
        }
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(&root)?;
        let lock = File::open(folder.path())?;
        let _ = lock.lock();
        Ok(Self { folder, lock, target })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the release to its place. One that was there before is exchanged for it and then removed.
    pub(crate) fn move_to_place(self) -> io::Result<()> {
        let (staged, target) = (self.path(), self.target.as_path());
        owner_only(&staged.join("restricted"))?;
        sync_folders(staged)?;
        // A temporary folder is the owner's alone; a release is for whoever may read its parent.
        readable(staged)?;
        let parent = target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent)?;
        check_replaceable(target)?;
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

/// Where a place really is, whatever links lead to it.
fn real_place(target: &Path) -> io::Result<PathBuf> {
    if fs::symlink_metadata(target).is_ok() {
        return target.canonicalize();
    }
    let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
        return Ok(target.to_path_buf());
    };
    match fs::symlink_metadata(parent) {
        Ok(_) => {
            let parent = parent.canonicalize()?;
            let message = "the folder of the pipeline's releases is no folder";
            if parent.is_dir() { Ok(parent.join(name)) } else { Err(io::Error::other(message)) }
        }
        Err(_) => Ok(target.to_path_buf()),
    }
}

/// The folder in which a release is staged: that of the releases, or the one beside its place where that is on another disk,
/// since a folder can be moved within its disk only.
fn staging_root(out: &Path, target: &Path) -> io::Result<PathBuf> {
    match target.parent() {
        Some(parent) if parent.is_dir() && !is_one_disk(out, parent)? => Ok(parent.to_path_buf()),
        Some(_) | None => Ok(out.to_path_buf()),
    }
}

#[cfg(unix)]
fn is_one_disk(one: &Path, other: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(fs::metadata(one)?.dev() == fs::metadata(other)?.dev())
}

/// Elsewhere the system does not tell.
#[cfg(not(unix))]
fn is_one_disk(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// What the staging folders of a release have in their names.
fn mark(target: &Path) -> String {
    hexadecimal(&Sha256::digest(target.as_os_str().as_encoded_bytes())[..6])
}

/// Whether a folder with this beginning of a name is in use.
fn is_in_the_making(root: &Path, prefix: &str) -> io::Result<bool> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            // One that is gone meanwhile is not in use.
            let Ok(folder) = File::open(entry.path()) else { continue };
            if matches!(folder.try_lock(), Err(TryLockError::WouldBlock)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
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

/// What a manifest says that tells a release of ours from other folders.
#[derive(Deserialize)]
struct Release {
    program: String,
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    file: String,
}

/// The manifest that names all files, where that of the release may not.
const RESTRICTED_MANIFEST: &str = "restricted/manifest.json";

/// A release may stand where a release goes, and nothing else: neither another folder nor a release in which somebody keeps
/// files of their own.
fn check_replaceable(target: &Path) -> io::Result<()> {
    if fs::symlink_metadata(target).is_err() {
        return Ok(());
    }
    let manifest = fs::read(target.join("manifest.json")).ok();
    let release = manifest.and_then(|text| serde_json::from_slice::<Release>(&text).ok());
    let release = release.filter(|release| release.program.starts_with("denizen "));
    let Some(release) = release else {
        return Err(io::Error::other("something that is no release is already there"));
    };
    // Where counts are hidden, the manifest names what is public, and another one beside the rest names all.
    let restricted = fs::read(target.join(RESTRICTED_MANIFEST)).ok();
    let restricted = restricted.and_then(|text| serde_json::from_slice::<Release>(&text).ok());
    let outputs = || release.outputs.iter().chain(restricted.iter().flat_map(|release| &release.outputs));
    let known: HashSet<&str> = outputs().map(|output| output.file.as_str()).collect();
    let is_manifest =
        |file: &str| file == "manifest.json" || (restricted.is_some() && file == RESTRICTED_MANIFEST);
    let is_known = |file: &str| is_manifest(file) || known.contains(file);
    match entries_under(target, Path::new(""))?.iter().find(|file| !is_known(file)) {
        Some(file) => {
            let message =
                format!("`{file}` lies in the release that is there and is no part of it: move it elsewhere");
            Err(io::Error::other(message))
        }
        None => Ok(()),
    }
}

/// Everything under a folder that is no folder, as the manifest names it. Links are not followed.
fn entries_under(root: &Path, folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            found.extend(entries_under(root, &name)?);
        } else {
            found.push(name.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A release with a title, which says as much of itself as is looked at.
    fn staged(out: &Path, target: &Path, title: &str) -> Staging {
        let staging = Staging::new(out, target).unwrap();
        fs::create_dir(staging.path().join("restricted")).unwrap();
        fs::write(staging.path().join("restricted/a"), title).unwrap();
        let manifest = r#"{"program": "denizen 1", "outputs": [{"file": "restricted/a"}]}"#;
        fs::write(staging.path().join("manifest.json"), manifest).unwrap();
        staging
    }

    fn title(target: &Path) -> String {
        fs::read_to_string(target.join("restricted/a")).unwrap()
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
            staged(out.path(), &target, text).move_to_place().unwrap();
            assert_eq!(title(&target), text);
            assert_eq!(names(out.path()), ["p"]);
            assert_eq!(names(&out.path().join("p")), ["1"]);
        }
        let staging = staged(out.path(), &target, "three");
        replace(staging.path(), &target).unwrap();
        assert_eq!(title(&target), "three");
        drop(staging);
        assert_eq!(names(out.path()), ["p"]);
    }

    /// A folder may have a file called `manifest.json`, and a release files that its reader has put there.
    #[test]
    fn what_is_no_release_is_not_replaced() {
        let release = r#"{"program": "denizen 1", "outputs": [{"file": "a"}]}"#;
        let public = r#"{"program": "denizen 1", "outputs": [{"file": "public/a"}]}"#;
        let all = r#"{"program": "denizen 1", "outputs": [{"file": "public/a"}, {"file": "restricted/b"}]}"#;
        let hidden = [("manifest.json", public), ("restricted/manifest.json", all), ("restricted/b", "")];
        let and_more = [hidden[0], hidden[1], hidden[2], ("restricted/thesis.txt", "")];
        let table: [(&[(&str, &str)], bool); 11] = [
            (&hidden, true),
            (&and_more, false),
            (&[hidden[0], ("restricted/manifest.json", "{}"), hidden[2]], false),
            (&[("thesis.txt", "")], false),
            (&[("manifest.json", "{}"), ("thesis.txt", "")], false),
            (&[("manifest.json", "{}")], false),
            (&[("manifest.json", &release.replace("denizen", "npm"))], false),
            (&[("manifest.json", release), ("a", ""), ("thesis.txt", "")], false),
            (&[("manifest.json", release), ("a/thesis.txt", "")], false),
            (&[("manifest.json", release), ("a", "")], true),
            // Somebody has removed a table.
            (&[("manifest.json", release)], true),
        ];
        for (files, is_release) in table {
            let out = tempfile::tempdir().unwrap();
            let target = out.path().join("p/1");
            for (name, text) in files {
                fs::create_dir_all(target.join(name).parent().unwrap()).unwrap();
                fs::write(target.join(name), text).unwrap();
            }
            let before = entries_under(&target, Path::new("")).unwrap();
            assert_eq!(Staging::new(out.path(), &target).is_ok(), is_release, "{files:?}");
            assert_eq!(entries_under(&target, Path::new("")).unwrap(), before);
            assert_eq!(names(out.path()), ["p"]);
        }
        // What comes while the release is made stays too.
        let out = tempfile::tempdir().unwrap();
        let target = out.path().join("p/1");
        let staging = staged(out.path(), &target, "one");
        fs::create_dir_all(&target).unwrap();
        fs::write(target.join("thesis.txt"), "").unwrap();
        assert!(staging.move_to_place().is_err());
        assert_eq!(
            (names(&target), names(out.path())),
            (vec!["thesis.txt".to_owned()], vec!["p".to_owned()])
        );
    }

    /// A link is a way to the place of a release, and stays one.
    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        use std::os::unix::fs::symlink;

        let (out, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(disk.path().join("releases")).unwrap();
        symlink(disk.path().join("releases"), out.path().join("p")).unwrap();
        for text in ["one", "two"] {
            staged(out.path(), &out.path().join("p/1"), text).move_to_place().unwrap();
            assert_eq!(title(&disk.path().join("releases/1")), text);
            assert_eq!(
                (names(out.path()), names(&disk.path().join("releases"))),
                (vec!["p".into()], vec!["1".into()])
            );
        }
        let linked = out.path().join("q");
        symlink(disk.path().join("releases/1"), &linked).unwrap();
        staged(out.path(), &linked, "three").move_to_place().unwrap();
        assert!(fs::symlink_metadata(&linked).unwrap().is_symlink());
        assert_eq!(title(&disk.path().join("releases/1")), "three");
        fs::write(out.path().join("file"), "").unwrap();
        assert!(Staging::new(out.path(), &out.path().join("file/1")).is_err());
        symlink("nowhere", out.path().join("r")).unwrap();
        assert!(Staging::new(out.path(), &out.path().join("r")).is_err());
    }

    /// A folder in use stays; one that a killed program has left is removed.
    #[test]
    fn folders_of_killed_programs_are_removed() {
        let out = tempfile::tempdir().unwrap();
        let new = |name: &str| Staging::new(out.path(), &out.path().join(name)).unwrap();
        let in_use = new("p/1");
        let Staging { folder, lock, .. } = new("p/2");
        let left = folder.keep();
        drop(lock);
        assert!(left.exists());
        let next = new("p/2");
        assert!(!left.exists() && in_use.path().exists() && next.path().exists());
    }

    #[test]
    fn one_run_makes_a_release_at_a_time() {
        let out = tempfile::tempdir().unwrap();
        let new = |name: &str| Staging::new(out.path(), &out.path().join(name));
        let first = new("p/1").unwrap();
        assert_eq!(new("p/1").err().unwrap().to_string(), "another run is making this release");
        assert!(new("p/2").is_ok() && new("q/1").is_ok());
        drop(first);
        assert!(new("p/1").is_ok());
    }
}
