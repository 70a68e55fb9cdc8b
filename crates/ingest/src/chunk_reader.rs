//! Files become chunks of bounded size, which any number of threads may ask for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use denizen_spec::{Diagnostic, FileReport, Reject};

use crate::dictionary::Dictionary;
use crate::formats::{FilePart, RawRows, ReadRows, SpanBounds};
use crate::input::{Fingerprint, Header, Input, RunningHash};
use crate::parser::Parser;
use crate::pseudonym::Key;
use crate::stats::IngestStats;

/// Rows of one file that follow one another, about a megabyte of them, as they were read.
pub struct RawChunk {
    pub(crate) number: u64,
    pub(crate) bytes_read: u64,
    pub(crate) busy: Duration,
    pub(crate) header: Arc<Header>,
    pub(crate) rows: Box<dyn RawRows>,
}

impl RawChunk {
    /// Their size in bytes.
    pub fn bytes(&self) -> u64 {
        self.rows.bytes()
    }

    /// How long reading took, without waiting for other threads.
    pub fn busy(&self) -> Duration {
        self.busy
    }
}

/// Rows of one file that follow one another, parsed.
pub struct Chunk {
    /// Its number, from 0, in the order of the files; of a span, in the order of that.
    pub number: u64,
    /// The rows that got in: a column for each declared column. Codes and texts are dictionaries with 16-bit keys, dates
    /// are days, decimal numbers are `Decimal128(18, scale)`, pseudonyms are nine bytes.
    ///
    /// A key is the same word in all chunks of a [`Chunks`]: their dictionaries are one that grows. A chunk with texts
    /// that are more than a dictionary can have (65,536, or 32 MB of them) has plain texts in that column.
    pub batch: RecordBatch,
    /// The rows that did not. They are kept nowhere else.
    pub rejects: Vec<Reject>,
    /// Rows that were read: those of the batch, the rejects and the excluded.
    pub read: u64,
    /// Rows left out by rule.
    pub excluded: u64,
    /// Bytes of the files, as stored, that had been read when the chunk was.
    pub bytes_read: u64,
    /// What the report of the source needs to know of it.
    pub stats: IngestStats,
}

/// The chunks of a source. Any number of threads may read and parse.
pub struct Chunks {
    input: Input,
    parser: Parser,
    /// The words of each column, which have the same keys in all chunks.
    dictionaries: Vec<Dictionary>,
    reader: Mutex<ChunkReader>,
}

impl Input {
    /// Reads the rows of all files in their order.
    ///
    /// # Errors
    ///
    /// Those of [`Input::parser`].
    pub fn chunks(self, key: Option<&Key>) -> Result<Chunks, Vec<Diagnostic>> {
        let parser = self.parser(key)?;
        let dictionaries = parser.dictionaries();
        Ok(Chunks { input: self, parser, dictionaries, reader: Mutex::default() })
    }
}

impl Chunks {
    /// Reads the next rows; none at the end of the last file. One thread at a time reads.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is not the one that was recorded or checked.
    pub fn read(&self) -> Result<Option<RawChunk>, Diagnostic> {
        self.reader().next(&self.input, &self.parser)
    }

    /// Cuts and parses what was read, on the thread that calls it.
    ///
    /// # Errors
    ///
    /// Only a fault of the program.
    pub fn parse(&self, raw: RawChunk) -> Result<Chunk, Diagnostic> {
        self.parser.parse(raw, &self.dictionaries)
    }

    /// The columns of a chunk, without rows: what there is where no file has any.
    ///
    /// # Errors
    ///
    /// Only a fault of the program.
    pub fn without_rows(&self) -> Result<RecordBatch, Diagnostic> {
        self.parser.without_rows(&self.dictionaries)
    }

    /// What was read of each file, and warnings; to be called when the chunks have come to their end, with the merged
    /// statistics of all of them, and before anything is made of the rows.
    ///
    /// # Errors
    ///
    /// Those of [`Input::finish`].
    pub fn finish(&self, stats: &IngestStats) -> Result<(Vec<FileReport>, Vec<Diagnostic>), Diagnostic> {
        self.input.finish(stats, &self.reader().fingerprints)
    }

    /// What was read of each file, be it too much at fault for a release or not; to be called as [`Chunks::finish`].
    pub fn reports(&self, stats: &IngestStats) -> Vec<FileReport> {
        self.input.reports(stats, &self.reader().fingerprints)
    }

    /// Why rows were rejected and fields could not be read, for a fault that may come of it.
    pub fn reject_notes(&self, stats: &IngestStats) -> Vec<String> {
        self.input.reject_notes(stats)
    }

    fn reader(&self) -> MutexGuard<'_, ChunkReader> {
        // A thread that panics while it holds the lock has ended the run.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the files one after another.
#[derive(Default)]
struct ChunkReader {
    file: Option<FileReader>,
    next_number: u64,
    /// That of the file before.
    last: Option<RunningHash>,
    /// Those of the files that have come to their end.
    fingerprints: Vec<Fingerprint>,
    /// After an error nothing more is read.
    has_failed: bool,
}

type HeaderAndRows = (Arc<Header>, Box<dyn RawRows>);

/// A file that is being read.
struct FileReader {
    rows: Box<dyn ReadRows>,
    hash: RunningHash,
    header: Arc<Header>,
}

impl ChunkReader {
    fn next(&mut self, input: &Input, parser: &Parser) -> Result<Option<RawChunk>, Diagnostic> {
        let start = Instant::now();
        if self.has_failed {
            return Ok(None);
        }
        let rows = self.rows(input, parser).inspect_err(|_| self.has_failed = true)?;
        let Some((header, rows)) = rows else { return Ok(None) };
        let number = self.next_number;
        self.next_number += 1;
        Ok(Some(RawChunk { number, bytes_read: self.bytes_read(), busy: start.elapsed(), header, rows }))
    }

    fn rows(&mut self, input: &Input, parser: &Parser) -> Result<Option<HeaderAndRows>, Diagnostic> {
        loop {
            let file = match &mut self.file {
                Some(file) => file,
                None => match FileReader::open(self.fingerprints.len(), input, parser, self.last.as_ref())? {
                    Some(file) => self.file.insert(file),
                    None => return Ok(None),
                },
            };
            if let Some(rows) = file.rows.next_rows(&file.header)? {
                return Ok(Some((Arc::clone(&file.header), rows)));
            }
            let fingerprint = file.hash.fingerprint();
            input.check_fingerprint(self.fingerprints.len(), &fingerprint)?;
            self.fingerprints.push(fingerprint);
            self.last = self.file.take().map(|file| file.hash);
        }
    }

    /// Bytes of the files, as stored, that have been read so far.
    fn bytes_read(&self) -> u64 {
        let before: u64 = self.fingerprints.iter().map(|fingerprint| fingerprint.bytes).sum();
        before + self.file.as_ref().map_or(0, |file| file.hash.bytes())
    }
}

impl FileReader {
    /// Opens the file of this number; none behind the last.
    fn open(
        number: usize,
        input: &Input,
        parser: &Parser,
        last: Option<&RunningHash>,
    ) -> Result<Option<Self>, Diagnostic> {
        let Some(file) = input.files.get(number) else { return Ok(None) };
        // Members of one archive, which is hashed once.
        let is_same = number > 0 && input.files[number - 1].path == file.path;
        let before = last.filter(|_| is_same);
        let header = Arc::clone(&parser.headers[number]);
        let stored = file.stored(before)?;
        let hash = stored.hash;
        let whole = FilePart {
            name: Arc::clone(&header.file_name),
            bytes: stored.bytes,
            encoding: header.encoding.clone(),
            file: stored.file,
            span: SpanBounds::default(),
        };
        let mut rows = parser.form(&header).format.open(whole)?;
        header.check_names(&rows.names()?)?;
        Ok(Some(Self { rows, hash, header }))
    }
}
