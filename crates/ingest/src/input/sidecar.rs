//! The description beside a file: `FILE.toml`.

use std::io;
use std::path::{Path, PathBuf};

use denizen_spec::{Diagnostic, Place, Snapshot};

use super::{SIDECAR_LIMIT, read_utf8, unreadable};

/// Where the sidecar of a file lies, if it has one.
pub fn sidecar_path(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".toml");
    PathBuf::from(beside)
}

/// What a sidecar says of its file. A link that leads nowhere is no absent sidecar: it should say which bytes the file has.
pub(super) fn sidecar(path: &Path, name: &str) -> Result<Option<Snapshot>, Vec<Diagnostic>> {
    let beside = sidecar_path(path);
    let is_absent = |error: &io::Error| {
        error.kind() == io::ErrorKind::NotFound && std::fs::symlink_metadata(&beside).is_err()
    };
    let text = match read_utf8(&beside, SIDECAR_LIMIT) {
        Ok(text) => text,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(vec![unreadable(&format!("{name}.toml"), &error)]),
    };
    Snapshot::parse(&text).map(Some).map_err(|errors| {
        let in_sidecar = |error: Diagnostic| {
            let line = match &error.place {
                Place::Pipeline { location, .. } => {
                    1 + text[..location.span(&text).start].matches('\n').count() as u64
                }
                _ => 1,
            };
            error.in_file(format!("{name}.toml"), Some(line))
        };
        errors.into_iter().map(in_sidecar).collect()
    })
}
