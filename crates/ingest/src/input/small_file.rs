//! Small files of a project: read whole, up to a limit, and only where they are files.

#![expect(clippy::disallowed_methods, reason = "inputs are opened here")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Bytes of a sidecar or a key at the most: what is longer is something else.
pub(crate) const SIDECAR_LIMIT: u64 = 1 << 20;

/// Bytes of a pipeline file, a code list or a file of published figures at the most: a million codes take a tenth of it.
pub(crate) const PROJECT_FILE_LIMIT: u64 = 1 << 28;

/// Opens a file. A pipe would have to be waited for, and a device may never end: they are refused.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    check_is_file(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    // It may have been replaced meanwhile.
    check_is_file(&file.metadata()?)?;
    Ok(file)
}

fn check_is_file(data: &fs::Metadata) -> io::Result<()> {
    if data.is_file() {
        Ok(())
    } else if data.is_dir() {
        Err(io::Error::other("it is a folder"))
    } else {
        Err(io::Error::other("it is neither a file nor a folder"))
    }
}

/// All bytes of a file, which may be `limit` at the most.
pub(crate) fn read_file(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it has more than {} MiB", limit >> 20)));
    }
    Ok(bytes)
}

/// The text of a file of `limit` bytes at the most.
pub(crate) fn read_utf8(path: &Path, limit: u64) -> io::Result<String> {
    let text = String::from_utf8(read_file(path, limit)?);
    text.map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        io::Error::other(format!("it is not text in UTF-8: byte {byte} is no part of a character"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_read_and_only_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("four"), "1234").unwrap();
        fs::write(path("latin"), b"Per\xfa").unwrap();
        let found = |name: &str, limit| read_utf8(&path(name), limit).map_err(|error| error.to_string());
        assert_eq!(found("four", 4), Ok("1234".to_owned()));
        assert_eq!(found("four", 3), Err("it has more than 0 MiB".to_owned()));
        assert_eq!(
            found("latin", 9),
            Err("it is not text in UTF-8: byte 3 is no part of a character".to_owned())
        );
        assert_eq!(found("", 9), Err("it is a folder".to_owned()));
        assert!(found("none", 9).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_refused_at_once() {
        let error = read_file(Path::new("/dev/zero"), 9).unwrap_err();
        assert_eq!(error.to_string(), "it is neither a file nor a folder");
    }
}
