//! Bytes that wait on the disk until all others have come.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use denizen_spec::Diagnostic;

use crate::scratch::Scratch;

/// A file without a name, of which nothing stays.
///
/// ```
/// let folder = tempfile::tempdir().unwrap();
/// let mut spool = denizen_clean::Spool::new(denizen_clean::Scratch::new(folder.path(), false)).unwrap();
/// let [one, other] = [b"one", b"two"].map(|bytes| spool.add(bytes).unwrap());
/// assert_eq!([spool.get(&other).unwrap(), spool.get(&one).unwrap()], [b"two", b"one"]);
/// ```
pub struct Spool {
    scratch: Scratch,
    file: File,
    bytes: u64,
}

impl Spool {
    /// An empty one.
    ///
    /// # Errors
    ///
    /// When the scratch folder cannot be used.
    pub fn new(scratch: Scratch) -> Result<Self, Diagnostic> {
        let file = scratch.unnamed_file()?;
        Ok(Self { scratch, file, bytes: 0 })
    }

    /// Keeps some bytes: where they are.
    ///
    /// # Errors
    ///
    /// When the disk is full.
    pub fn add(&mut self, bytes: &[u8]) -> Result<Range<u64>, Diagnostic> {
        let start = self.bytes;
        let written = self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.write_all(bytes));
        written.map_err(|error| self.scratch.failed(&error))?;
        self.bytes += bytes.len() as u64;
        Ok(start..self.bytes)
    }

    /// Some of the bytes.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub fn get(&mut self, place: &Range<u64>) -> Result<Vec<u8>, Diagnostic> {
        let mut bytes = vec![0; (place.end - place.start) as usize];
        let mut read = || -> io::Result<()> {
            self.file.seek(SeekFrom::Start(place.start))?;
            self.file.read_exact(&mut bytes)
        };
        read().map_err(|error| self.scratch.failed(&error))?;
        Ok(bytes)
    }
}
