//! What is left of a run that is refused: where checks failed, and which rows were rejected, each in a file beside the place of the
//! release. It is no part of a release, and the next run of it takes it away.

use std::fs;
use std::path::{Path, PathBuf};

use denizen_spec::Diagnostic;

use crate::export::unwritable;

pub(super) const CHECKS: &str = "checks";
pub(super) const REJECTS: &str = "rejects";

fn place(release: &Path, what: &str) -> PathBuf {
    let vintage = release.file_name().unwrap_or_default().to_string_lossy();
    release.with_file_name(format!(".{vintage}.{what}.parquet"))
}

/// Moves a staged file beside the place of its release, where only its owner reads it.
pub(super) fn keep(staged: &Path, release: &Path, what: &str) -> Result<PathBuf, Diagnostic> {
    let place = place(release, what);
    let folder = release.parent().unwrap_or(Path::new("."));
    let moved = fs::create_dir_all(folder)
        .and_then(|()| for_owner_only(staged))
        .and_then(|()| fs::rename(staged, &place).or_else(|_| fs::copy(staged, &place).map(drop)));
    moved.map_err(|error| unwritable(&place, error))?;
    Ok(place)
}

/// Takes away what an earlier run has left.
pub(super) fn forget(release: &Path) {
    for what in [CHECKS, REJECTS] {
        // What cannot be removed is replaced, or is no reason not to make a release.
        let _ = fs::remove_file(place(release, what));
    }
}

#[cfg(unix)]
fn for_owner_only(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn for_owner_only(_: &Path) -> std::io::Result<()> {
    Ok(())
}
