//! The bytes of a file as it is stored: unpacked where it is gzipped, and hashed on their way.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::archive::Member;
use super::open_file;
use super::unpacked::Unpacked;

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
        hash.add(path)?;
        Ok(hash.fingerprint())
    }
}

/// What a file is packed in, told by its first bytes, not by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Packing {
    Gzip,
    Zstd,
    Zip,
}

impl Packing {
    /// What it is called in a manifest.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zip => "zip",
        }
    }
}

/// An open file.
pub(crate) struct StoredFile {
    /// Its bytes, unpacked; of an archive those of one member.
    pub(crate) bytes: Box<dyn Read + Send>,
    pub(crate) hash: RunningHash,
    pub(crate) packing: Option<Packing>,
    /// The file once more, where it is not packed: for formats that seek.
    pub(crate) file: Option<File>,
}

impl StoredFile {
    /// Opens a file, or a member of an archive. `known` is the hash of the file where it has been read before.
    pub(crate) fn open(path: &Path, member: Option<&str>, known: Option<&RunningHash>) -> io::Result<Self> {
        if let Some(member) = member {
            let hash = known.cloned().unwrap_or_default();
            let bytes = Member::open(path, member)?;
            let is_hashed = known.is_some();
            let bytes = HashedAtEnd { bytes, path: path.to_path_buf(), hash: hash.clone(), is_hashed };
            return Ok(Self { bytes: Box::new(bytes), hash, packing: Some(Packing::Zip), file: None });
        }
        let hash = RunningHash::default();
        let file = open_file(path)?;
        let size = file.metadata()?.len();
        let mut stored = BufReader::with_capacity(COMPRESSED, HashedFile { file, hash: hash.clone() });
        let packing = match stored.fill_buf()? {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
            _ => None,
        };
        let bytes: Box<dyn Read + Send> = match packing {
            Some(Packing::Gzip) => Box::new(Unpacked::new(MultiGzDecoder::new(stored), size)),
            Some(Packing::Zstd) => Box::new(Unpacked::new(zstd::Decoder::with_buffer(stored)?, size)),
            Some(Packing::Zip) | None => Box::new(stored),
        };
        let file = if packing.is_none() { Some(open_file(path)?) } else { None };
        Ok(Self { bytes, hash, packing, file })
    }
}

/// Hashes a file when what was read of it has come to its end.
struct HashedAtEnd<R> {
    bytes: R,
    path: PathBuf,
    hash: RunningHash,
    is_hashed: bool,
}

impl<R: Read> Read for HashedAtEnd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        if count == 0 && !buffer.is_empty() && !self.is_hashed {
            self.is_hashed = true;
            self.hash.add(&self.path)?;
        }
        Ok(count)
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
    /// Reads a whole file.
    fn add(&self, path: &Path) -> io::Result<()> {
        let file = HashedFile { file: open_file(path)?, hash: self.clone() };
        io::copy(&mut BufReader::with_capacity(COMPRESSED, file), &mut io::sink()).map(drop)
    }

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
