//! Files become chunks of bounded size, which any number of threads may ask for.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use denizen_spec::{ChunkNumber, Diagnostic, FileReport, Reject};

use crate::dictionary::Dictionary;
use crate::formats::{FilePart, RawRows, ReadRows, SpanBounds};
use crate::input::{Fingerprint, Header, Input, RunningHash};
use crate::parser::Parser;
use crate::pseudonym::Key;
use crate::stats::IngestStats;
use crate::streams::streams;

/// Rows of one file that follow one another, about a megabyte of them, as they were read.
pub struct RawChunk {
    pub(crate) number: ChunkNumber,
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
    /// Its number in the order of the files; of a span, in the order of that.
    pub number: ChunkNumber,
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
///
/// Its files are divided into streams, in order. What of a stream is read is read by one thread at a time; several streams are read
/// side by side.
pub struct Chunks {
    input: Input,
    parser: Parser,
    /// The words of each column, which have the same keys in all chunks.
    dictionaries: Vec<Dictionary>,
    streams: Vec<Stream>,
    /// Bytes of all files, as stored, that have been read.
    bytes_read: AtomicU64,
    /// The first stream that cannot be read on, and why, until that is told.
    failed: Mutex<Option<(usize, Option<Diagnostic>)>>,
}

/// Some files that are read one after another.
struct Stream {
    reader: Mutex<StreamReader>,
    /// How many chunks it had, once it has come to its end.
    chunks: OnceLock<u64>,
}

impl Input {
    /// Reads the rows of all files.
    ///
    /// # Errors
    ///
    /// Those of [`Input::parser`].
    pub fn chunks(self, key: Option<&Key>) -> Result<Chunks, Vec<Diagnostic>> {
        let parser = self.parser(key)?;
        let dictionaries = parser.dictionaries();
        let streams = streams(&self.files).into_iter().enumerate().map(|(index, files)| Stream {
            reader: Mutex::new(StreamReader::new(index, files)),
            chunks: OnceLock::new(),
        });
        let streams = streams.collect();
        let (bytes_read, failed) = Default::default();
        Ok(Chunks { input: self, parser, dictionaries, streams, bytes_read, failed })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panics while it holds the lock has ended the run.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chunks {
    /// Reads the next rows of the first stream that no other thread is reading; none at the end of the last.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is not the one that was recorded or checked. Streams before that one are read to their ends
    /// first, so that of several such files the first is told.
    pub fn read(&self) -> Result<Option<RawChunk>, Diagnostic> {
        self.next_of(|unread| unread.iter().find_map(|stream| stream.try_reader()))
    }

    /// The same, but of the first stream that has not come to its end: where what comes of later ones would have to wait.
    ///
    /// # Errors
    ///
    /// Those of [`Chunks::read`].
    pub fn read_first(&self) -> Result<Option<RawChunk>, Diagnostic> {
        self.next_of(|_| None)
    }

    /// The next rows of the stream that is chosen among those that have not come to their ends, or else of the first of these.
    fn next_of<'a>(
        &'a self,
        choose: impl Fn(&[&'a Stream]) -> Option<MutexGuard<'a, StreamReader>>,
    ) -> Result<Option<RawChunk>, Diagnostic> {
        loop {
            let unread = self.unread();
            let Some(first) = unread.first() else { return self.end() };
            let mut reader = choose(&unread).unwrap_or_else(|| lock(&first.reader));
            if reader.has_failed {
                continue;
            }
            let read = reader.next(&self.input, &self.parser, &self.bytes_read);
            reader.has_failed = read.is_err();
            let (stream, chunks, hash) = (reader.number.stream, reader.number.index, reader.hash());
            drop(reader);
            // Now that another thread can read on.
            hash.iter().for_each(RunningHash::catch_up);
            match read {
                Ok(Some(chunk)) => return Ok(Some(chunk)),
                Ok(None) => drop(self.streams[stream].chunks.set(chunks)),
                Err(fault) => self.fail(stream, fault),
            }
        }
    }

    /// The streams that have not come to their ends, up to one that cannot be read on.
    fn unread(&self) -> Vec<&Stream> {
        let end = lock(&self.failed).as_ref().map_or(self.streams.len(), |(stream, _)| *stream);
        self.streams[..end].iter().filter(|stream| stream.chunks.get().is_none()).collect()
    }

    fn fail(&self, stream: usize, fault: Diagnostic) {
        let mut failed = lock(&self.failed);
        if failed.as_ref().is_none_or(|(first, _)| stream < *first) {
            *failed = Some((stream, Some(fault)));
        }
    }

    /// There is nothing more to read, be it for a fault, which one thread is told.
    fn end(&self) -> Result<Option<RawChunk>, Diagnostic> {
        match lock(&self.failed).as_mut().and_then(|(_, fault)| fault.take()) {
            Some(fault) => Err(fault),
            None => Ok(None),
        }
    }

    /// How many chunks a stream had, once it has come to its end.
    pub fn chunks_of(&self, stream: usize) -> Option<u64> {
        self.streams.get(stream)?.chunks.get().copied()
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
        self.input.finish(stats, &self.fingerprints())
    }

    /// What was read of each file, be it too much at fault for a release or not; to be called as [`Chunks::finish`].
    pub fn reports(&self, stats: &IngestStats) -> Vec<FileReport> {
        self.input.reports(stats, &self.fingerprints())
    }

    /// Why rows were rejected and fields could not be read, for a fault that may come of it.
    pub fn reject_notes(&self, stats: &IngestStats) -> Vec<String> {
        self.input.reject_notes(stats)
    }

    fn fingerprints(&self) -> Vec<Fingerprint> {
        self.streams.iter().flat_map(|stream| lock(&stream.reader).fingerprints.clone()).collect()
    }
}

impl Stream {
    /// Its reader, unless another thread has it.
    fn try_reader(&self) -> Option<MutexGuard<'_, StreamReader>> {
        match self.reader.try_lock() {
            Ok(reader) => Some(reader),
            Err(TryLockError::Poisoned(reader)) => Some(reader.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// Reads some files one after another.
struct StreamReader {
    files: Range<usize>,
    /// The file that is being read, once it is open.
    file: Option<FileReader>,
    /// The number of the next chunk.
    number: ChunkNumber,
    /// That of the file before.
    last: Option<RunningHash>,
    /// Those of the files that have come to their end.
    fingerprints: Vec<Fingerprint>,
    /// Bytes of its files that have been added to those of all streams.
    bytes_told: u64,
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

impl StreamReader {
    fn new(stream: usize, files: Range<usize>) -> Self {
        Self {
            files,
            file: None,
            number: ChunkNumber { stream, index: 0 },
            last: None,
            fingerprints: Vec::new(),
            bytes_told: 0,
            has_failed: false,
        }
    }

    fn next(
        &mut self,
        input: &Input,
        parser: &Parser,
        bytes_read: &AtomicU64,
    ) -> Result<Option<RawChunk>, Diagnostic> {
        let start = Instant::now();
        let Some((header, rows)) = self.rows(input, parser)? else { return Ok(None) };
        let number = self.number;
        self.number.index += 1;
        let more = self.bytes_read() - self.bytes_told;
        self.bytes_told += more;
        let bytes_read = bytes_read.fetch_add(more, Ordering::Relaxed) + more;
        Ok(Some(RawChunk { number, bytes_read, busy: start.elapsed(), header, rows }))
    }

    fn rows(&mut self, input: &Input, parser: &Parser) -> Result<Option<HeaderAndRows>, Diagnostic> {
        loop {
            let next = self.files.start + self.fingerprints.len();
            let file = match &mut self.file {
                Some(file) => file,
                None if next == self.files.end => return Ok(None),
                None => self.file.insert(FileReader::open(next, input, parser, self.last.as_ref())?),
            };
            if let Some(rows) = file.rows.next_rows(&file.header)? {
                return Ok(Some((Arc::clone(&file.header), rows)));
            }
            let fingerprint = file.hash.fingerprint();
            input.check_fingerprint(next, &fingerprint)?;
            self.fingerprints.push(fingerprint);
            self.last = self.file.take().map(|file| file.hash);
        }
    }

    /// The hash of the file that is being read.
    fn hash(&self) -> Option<RunningHash> {
        self.file.as_ref().map(|file| file.hash.clone())
    }

    /// Bytes of its files, as stored, that have been read so far.
    fn bytes_read(&self) -> u64 {
        let before: u64 = self.fingerprints.iter().map(|fingerprint| fingerprint.bytes).sum();
        before + self.file.as_ref().map_or(0, |file| file.hash.bytes())
    }
}

impl FileReader {
    /// Opens the file of this number.
    fn open(
        number: usize,
        input: &Input,
        parser: &Parser,
        last: Option<&RunningHash>,
    ) -> Result<Self, Diagnostic> {
        let file = &input.files[number];
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
        Ok(Self { rows, hash, header })
    }
}
