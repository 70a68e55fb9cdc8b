//! The disk, for what does not fit into memory.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::concat_batches;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use denizen_spec::{Code, Diagnostic};

const MEGABYTE: u64 = 1_000_000;

/// A folder for temporary files. They have no name, so that nothing stays in it, however the program ends.
#[derive(Debug, Clone)]
pub struct Scratch {
    folder: PathBuf,
    /// Bytes that the release will take on the same disk, for each byte of records.
    share_of_release: f64,
}

impl Scratch {
    /// Scratch files in a folder; `with_release` says that the release is written to the same disk.
    pub fn new(folder: &Path, with_release: bool) -> Self {
        // Measured on crossings: the Parquet files take about half of what the scratch files do.
        Self { folder: folder.to_path_buf(), share_of_release: if with_release { 0.6 } else { 0.0 } }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fails when the disk cannot take `bytes` of records beside the `before` that it has, or not the release of both.
    pub(crate) fn need(&self, bytes: u64, before: u64) -> Result<(), Diagnostic> {
        let needed = bytes + ((before + bytes) as f64 * self.share_of_release) as u64;
        match free_space(&self.folder) {
            Some(free) if free < needed => {
                let message = format!(
                    "the disk of the scratch folder `{}` would run out: {} MB or more are needed, {} MB are free",
                    self.folder.display(),
                    needed.div_ceil(MEGABYTE),
                    free / MEGABYTE
                );
                Err(Diagnostic::error(Code::ScratchFull, message).help(
                    "free space, choose a folder on another disk with --scratch, or give more memory with --memory",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Begins a file.
    pub(crate) fn file(&self) -> Result<ScratchWriter, Diagnostic> {
        let file = self.unnamed_file()?;
        Ok(ScratchWriter { scratch: self.clone(), file: BufWriter::with_capacity(1 << 20, file), bytes: 0 })
    }

    #[expect(clippy::disallowed_methods, reason = "a file without a name, of which nothing stays: no output")]
    pub(crate) fn unnamed_file(&self) -> Result<File, Diagnostic> {
        tempfile::tempfile_in(&self.folder).map_err(|error| self.failed(&error))
    }

    pub(crate) fn failed(&self, error: &dyn std::fmt::Display) -> Diagnostic {
        let message = format!("the scratch folder `{}` cannot be used", self.folder.display());
        Diagnostic::error(Code::ScratchFull, message)
            .note(error.to_string())
            .help("free space, or choose another folder with --scratch")
    }
}

#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    // Disks without a limit say the largest number of blocks.
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Elsewhere the disk itself says when it is full.
#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

/// A scratch file in the making.
pub(crate) struct ScratchWriter {
    scratch: Scratch,
    file: BufWriter<File>,
    pub(crate) bytes: u64,
}

/// Where a batch lies in a scratch file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    offset: u64,
    length: u64,
    pub(crate) rows: usize,
}

impl ScratchWriter {
    /// Adds a batch, in the Arrow IPC format.
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<Extent, Diagnostic> {
        let mut bytes = Vec::with_capacity(batch.get_array_memory_size() + (1 << 12));
        let encode = |bytes: &mut Vec<u8>| {
            let mut writer = StreamWriter::try_new(bytes, &batch.schema())?;
            writer.write(batch)?;
            writer.finish()
        };
        encode(&mut bytes).map_err(|error: ArrowError| self.scratch.failed(&error))?;
        self.file.write_all(&bytes).map_err(|error| self.scratch.failed(&error))?;
        let extent = Extent { offset: self.bytes, length: bytes.len() as u64, rows: batch.num_rows() };
        self.bytes += extent.length;
        Ok(extent)
    }

    pub(crate) fn finish(self) -> Result<ScratchFile, Diagnostic> {
        let Self { scratch, file, bytes } = self;
        let file = file.into_inner().map_err(|error| scratch.failed(&error.error()))?;
        Ok(ScratchFile { scratch, file, bytes })
    }
}

/// A scratch file that can be read from any thread.
#[derive(Debug)]
pub(crate) struct ScratchFile {
    scratch: Scratch,
    file: File,
    pub(crate) bytes: u64,
}

impl ScratchFile {
    /// The columns of the batch that was added there.
    pub(crate) fn read(&self, extent: Extent) -> Result<Vec<ArrayRef>, Diagnostic> {
        let read = || -> Result<Vec<ArrayRef>, ArrowError> {
            let mut bytes = vec![0; extent.length as usize];
            read_exact_at(&self.file, &mut bytes, extent.offset)?;
            let reader = StreamReader::try_new(bytes.as_slice(), None)?;
            let schema = reader.schema();
            let batches = reader.collect::<Result<Vec<_>, _>>()?;
            Ok(concat_batches(&schema, &batches)?.columns().to_vec())
        };
        read().map_err(|error| self.scratch.failed(&error))
    }
}

/// Several threads read at once: no position is shared.
#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, bytes, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        (bytes, offset) = (&mut bytes[count..], offset + count as u64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::batch;

    #[test]
    fn what_was_written_is_read_again_and_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(folder.path(), false);
        let mut writer = scratch.file().unwrap();
        let parts = [batch("a:integer b:day", "1 2000-01-01 | - -"), batch("a:text", "x | y")];
        let extents: Vec<Extent> = parts.iter().map(|part| writer.add(part).unwrap()).collect();
        let file = writer.finish().unwrap();
        for (part, extent) in parts.iter().zip(extents).rev() {
            assert_eq!(file.read(extent).unwrap(), part.columns());
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_disk_that_is_too_small_is_seen_beforehand() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(folder.path(), true);
        assert!(scratch.need(1, 1).is_ok());
        // The second has the records already, and will not have the release.
        for (bytes, before) in [(1 << 60, 0), (1, 1 << 60)] {
            let fault = scratch.need(bytes, before).unwrap_err();
            assert!(fault.message.contains("would run out"), "{}", fault.message);
        }
    }
}
