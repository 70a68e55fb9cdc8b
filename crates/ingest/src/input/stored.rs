//! The bytes of a file as it is stored: unpacked where it is gzipped, and hashed on their way.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::open_file;

/// Bytes of a compressed file that are read at once.
const COMPRESSED: usize = 1 << 18;

/// Size and hash of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Size in bytes, as stored.
    pub bytes: u64,
    /// SHA-256 of the bytes as stored, in hexadecimal.
    pub sha256: String,
}

impl Fingerprint {
    /// Reads a whole file.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let hash = RunningHash::default();
        let file = HashedFile { file: open_file(path)?, hash: hash.clone() };
        io::copy(&mut BufReader::with_capacity(COMPRESSED, file), &mut io::sink())?;
        Ok(hash.fingerprint())
    }
}

/// An open file.
pub(crate) struct StoredFile {
    /// Its bytes, unpacked.
    pub(crate) bytes: Box<dyn Read + Send>,
    pub(crate) hash: RunningHash,
    /// Told by its first bytes, not by its name.
    pub(crate) is_gzip: bool,
}

impl StoredFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let hash = RunningHash::default();
        let hashed = HashedFile { file: open_file(path)?, hash: hash.clone() };
        let mut stored = BufReader::with_capacity(COMPRESSED, hashed);
        let is_gzip = stored.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let bytes: Box<dyn Read + Send> =
            if is_gzip { Box::new(MultiGzDecoder::new(stored)) } else { Box::new(stored) };
        Ok(Self { bytes, hash, is_gzip })
    }
}

/// The bytes of a plain file from one of them on.
pub(crate) fn read_from(path: &Path, start: u64) -> io::Result<impl Read + Send + use<>> {
    let mut file = open_file(path)?;
    file.seek(SeekFrom::Start(start))?;
    Ok(file)
}

/// Hash and count of the bytes that have been read of a file so far. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct RunningHash(Arc<Mutex<(Sha256, u64)>>);

impl RunningHash {
    fn update(&self, bytes: &[u8]) {
        // A poisoned lock would mean a panic while hashing, which cannot leave the hash half made.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.update(bytes);
        state.1 += bytes.len() as u64;
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Fingerprint { bytes: state.1, sha256: denizen_spec::hexadecimal(&state.0.clone().finalize()) }
    }
}

/// Passes bytes on and hashes them.
struct HashedFile {
    file: File,
    hash: RunningHash,
}

impl Read for HashedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}
