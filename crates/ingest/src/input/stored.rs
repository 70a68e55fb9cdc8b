//! The bytes of a file as it is stored: unpacked where it is gzipped, and hashed on their way.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

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

/// Bytes that may wait to be hashed. Beyond them who reads also hashes.
const MOST_WAITING: usize = 1 << 23;

/// Hash and count of the bytes that have been read of a file so far. Clones share them.
///
/// A file is hashed from its first byte to its last, by one thread at a time. So that nobody waits for that, who reads leaves the
/// bytes here, and whoever has time hashes them: see [`RunningHash::catch_up`].
#[derive(Clone, Default)]
pub(crate) struct RunningHash(Arc<Hashing>);

#[derive(Default)]
struct Hashing {
    /// Held by the thread that hashes: it alone takes blocks.
    hash: Mutex<Sha256>,
    waiting: Mutex<WaitingBlocks>,
}

#[derive(Default)]
struct WaitingBlocks {
    blocks: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Bytes of the file so far.
    read: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A poisoned lock would mean a panic while hashing, which cannot leave the hash half made.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RunningHash {
    /// Reads and hashes a whole file.
    fn add(&self, path: &Path) -> io::Result<()> {
        let mut file = HashedFile { file: open_file(path)?, hash: self.clone() };
        let mut buffer = vec![0; COMPRESSED];
        while file.read(&mut buffer)? > 0 {
            self.catch_up();
        }
        Ok(())
    }

    fn update(&self, bytes: &[u8]) {
        let is_full = {
            let mut waiting = lock(&self.0.waiting);
            waiting.read += bytes.len() as u64;
            waiting.bytes += bytes.len();
            waiting.blocks.push_back(bytes.to_vec());
            waiting.bytes > MOST_WAITING
        };
        if is_full {
            self.hash_waiting(&mut lock(&self.0.hash));
        }
    }

    /// Hashes what waits, unless another thread is at it.
    pub(crate) fn catch_up(&self) {
        match self.0.hash.try_lock() {
            Ok(mut hash) => self.hash_waiting(&mut hash),
            Err(TryLockError::Poisoned(hash)) => self.hash_waiting(&mut hash.into_inner()),
            Err(TryLockError::WouldBlock) => {}
        }
    }

    fn hash_waiting(&self, hash: &mut Sha256) {
        loop {
            let block = {
                let mut waiting = lock(&self.0.waiting);
                let Some(block) = waiting.blocks.pop_front() else { return };
                waiting.bytes -= block.len();
                block
            };
            hash.update(&block);
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        lock(&self.0.waiting).read
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut hash = lock(&self.0.hash);
        self.hash_waiting(&mut hash);
        let sha256 = denizen_spec::hexadecimal(&hash.clone().finalize());
        Fingerprint { bytes: self.bytes(), sha256 }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// In whatever blocks, and whoever hashes when: the hash of the file.
    #[test]
    fn a_file_is_hashed_in_order() {
        let bytes: Vec<u8> = (0..3 * MOST_WAITING).map(|index| (index % 251) as u8).collect();
        let expected = denizen_spec::hexadecimal(&Sha256::digest(&bytes));
        for size in [1 << 16, MOST_WAITING + 1, bytes.len()] {
            let hash = RunningHash::default();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    while hash.bytes() < bytes.len() as u64 {
                        hash.catch_up();
                    }
                });
                bytes.chunks(size).for_each(|block| hash.update(block));
            });
            assert_eq!(
                hash.fingerprint(),
                Fingerprint { bytes: bytes.len() as u64, sha256: expected.clone() }
            );
        }
    }
}
