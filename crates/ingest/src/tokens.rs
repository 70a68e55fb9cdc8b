//! A file is cut into rows and fields, in bounded memory, and every row knows its place.
//!
//! The tokeniser is `csv-core`, which the `csv` crate is built on. Its reader is not used here: it holds a row of any
//! length in memory, of a file with an unclosed quote all that follows, and it takes the line feed of CRLF for a part of
//! the next row, which then seems to begin one line too early.
//!
//! Most files have no quotes. There a row ends at a line feed and a field at a delimiter, so that whole stretches are
//! handed out uncut ([`Tokens::plain`]) and cut by the threads that parse them. The tokeniser sees the stretches that have
//! a quote or a carriage return alone.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::mem;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use csv_core::ReadRecordResult;
use denizen_spec::Code;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// A row longer than this, or with more fields, is no row of a table: usually a quote was never closed.
const LONGEST_ROW: usize = 1 << 20;
pub(crate) const MOST_FIELDS: usize = 4096;

/// Bytes of a file that are looked at together: large enough that the work on them outweighs what it takes to hand them
/// out, small enough for the cache of a core.
const STRETCH: usize = 1 << 20;

/// A line that lies in a stretch is never too long a row.
const _: () = assert!(STRETCH <= LONGEST_ROW);

/// Bytes of a compressed file that are read at once.
const COMPRESSED: usize = 1 << 18;

/// Where a row stands in the (uncompressed) file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowPlace {
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    /// The lines that it takes.
    pub(crate) lines: u64,
    /// The byte at which it begins, from 0.
    pub(crate) byte: u64,
}

/// Cuts a plain or gzipped file (told by its first bytes, not by its name) into rows.
pub(crate) struct Tokens {
    input: Box<dyn Read + Send>,
    /// What has been read and not yet been handed out begins at `start`.
    buffer: Vec<u8>,
    start: usize,
    is_end: bool,
    /// Up to this byte of the file the stretch is known not to be plain.
    cut_until: u64,
    core: csv_core::Reader,
    row: Row,
    byte: u64,
    /// Line ends between rows, which the tokeniser has not seen.
    skipped: u64,
    /// The byte that was consumed last.
    last: u8,
}

/// Whole rows, not yet cut, without quotes and without carriage returns except in CRLF.
pub(crate) struct Plain {
    /// The rows are what follows `start`.
    pub(crate) text: Vec<u8>,
    pub(crate) start: usize,
    /// Where they stand in the file.
    pub(crate) line: u64,
    pub(crate) byte: u64,
}

/// One row: its fields one after another, and where each ends.
pub(crate) struct Row {
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
    pub(crate) place: RowPlace,
    /// Why it is no row of a table, where its text alone shows that; too long a row has no fields.
    pub(crate) fault: Option<Code>,
}

impl Row {
    pub(crate) fn len(&self) -> usize {
        self.fields
    }

    /// A field; empty where the row is shorter.
    pub(crate) fn field(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or_default() };
        let end = self.ends.get(index).copied().filter(|_| index < self.fields);
        end.map_or(&[], |end| &self.text[start..end])
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.fields).map(|index| self.field(index))
    }
}

impl Tokens {
    pub(crate) fn open(path: &Path, delimiter: u8) -> io::Result<(Self, Arc<Mutex<Fingerprint>>)> {
        let fingerprint = Arc::new(Mutex::new(Fingerprint::default()));
        let raw = Fingerprinted { file: File::open(path)?, fingerprint: Arc::clone(&fingerprint) };
        let mut raw = BufReader::with_capacity(COMPRESSED, raw);
        let is_gzip = raw.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let plain: Box<dyn Read + Send> =
            if is_gzip { Box::new(MultiGzDecoder::new(raw)) } else { Box::new(raw) };
        let place = RowPlace { line: 1, lines: 0, byte: 0 };
        // One place more than allowed, so that the longest row still fits.
        let (text, ends) = (vec![0; LONGEST_ROW + 1], vec![0; MOST_FIELDS + 1]);
        let tokens = Self {
            input: plain,
            buffer: Vec::with_capacity(STRETCH),
            start: 0,
            is_end: false,
            cut_until: 0,
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            row: Row { text, ends, fields: 0, place, fault: None },
            byte: 0,
            skipped: 0,
            last: 0,
        };
        Ok((tokens, fingerprint))
    }

    /// The next stretch of whole rows that need no tokeniser; none where the next row needs it, and at the end of the file.
    pub(crate) fn plain(&mut self) -> io::Result<Option<Plain>> {
        self.skip_line_ends()?;
        if self.must_cut() {
            return Ok(None);
        }
        self.fill()?;
        let stretch = &self.buffer[self.start..];
        let length = memchr::memrchr(b'\n', stretch).map_or(0, |feed| feed + 1);
        if length == 0 || !is_plain(&stretch[..length]) {
            self.cut_until = self.byte + stretch.len() as u64;
            return Ok(None);
        }
        let mut next = Vec::with_capacity(STRETCH);
        next.extend_from_slice(&stretch[length..]);
        let mut text = mem::replace(&mut self.buffer, next);
        let start = mem::take(&mut self.start);
        text.truncate(start + length);
        let plain = Plain { text, start, line: self.core.line() + self.skipped, byte: self.byte };
        self.byte += length as u64;
        self.last = b'\n';
        self.skipped += memchr::memchr_iter(b'\n', &plain.text[plain.start..]).count() as u64;
        Ok(Some(plain))
    }

    /// Whether what comes next is known to need the tokeniser.
    pub(crate) fn must_cut(&self) -> bool {
        self.byte < self.cut_until
    }

    /// Reads until the buffer is full or the file is at its end.
    fn fill(&mut self) -> io::Result<()> {
        if self.is_end {
            return Ok(());
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let wanted = STRETCH.saturating_sub(self.buffer.len()) as u64;
        let read = (&mut self.input).take(wanted).read_to_end(&mut self.buffer)?;
        self.is_end = (read as u64) < wanted;
        Ok(())
    }

    /// What comes next; empty at the end of the file only.
    fn rest(&mut self) -> io::Result<&[u8]> {
        if self.start == self.buffer.len() {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..])
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.byte += count as u64;
    }

    /// The next row; none at the end of the file. Empty lines are no rows.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<&Row>> {
        self.skip_line_ends()?;
        let (line, byte) = (self.core.line(), self.byte);
        let (mut length, mut fields) = (0, 0);
        let (mut is_too_long, mut is_unclosed) = (false, false);
        loop {
            self.rest()?;
            let input = &self.buffer[self.start..];
            // A line feed put after the last row ends it, unless it stands in a quote that was never closed.
            let is_probe = input.is_empty() && self.byte > byte && !is_unclosed;
            let (result, read, written, ended) = self.core.read_record(
                if is_probe { b"\n" } else { input },
                &mut self.row.text[length..],
                &mut self.row.ends[fields..],
            );
            if !is_probe && read > 0 {
                self.last = input[read - 1];
                self.consume(read);
            }
            (length, fields) = (length + written, fields + ended);
            match result {
                ReadRecordResult::InputEmpty => is_unclosed = is_probe,
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    // The rest of the row is passed over, in the room of its beginning.
                    (length, fields, is_too_long) = (0, 0, true);
                }
                ReadRecordResult::Record => {
                    is_too_long |= length > LONGEST_ROW || fields > MOST_FIELDS;
                    let fault = is_too_long.then_some(Code::RecordTooLong);
                    self.row.fault = fault.or(is_unclosed.then_some(Code::UnclosedQuote));
                    self.row.fields = if is_too_long { 0 } else { fields };
                    self.row.place = self.place(line, byte, is_unclosed);
                    return Ok(Some(&self.row));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// The place of the row that began at `line`, as the tokeniser counts, and at `byte`.
    fn place(&self, line: u64, byte: u64, is_unclosed: bool) -> RowPlace {
        let feeds = self.core.line() - line;
        let lines = match (self.last, is_unclosed) {
            // The line feed of the probe came after another one.
            (b'\n', true) => feeds - 1,
            // A carriage return ends a line that the tokeniser has not counted.
            (b'\r', false) => feeds + 1,
            _ => feeds,
        };
        RowPlace { line: line + self.skipped, lines, byte }
    }

    /// Passes over empty lines and the line feed of CRLF, so that a row begins where its first byte is.
    fn skip_line_ends(&mut self) -> io::Result<()> {
        loop {
            let next = self.rest()?.first().copied();
            // A carriage return alone ends a line too, as in files of old Macintosh programs.
            let ends_line = next == Some(b'\n') || (self.last == b'\r' && next.is_some());
            self.skipped += u64::from(ends_line);
            let Some(byte @ (b'\r' | b'\n')) = next else {
                // The line has been counted, however often this is asked.
                self.last = 0;
                return Ok(());
            };
            self.last = byte;
            self.consume(1);
        }
    }
}

/// Whether rows end at line feeds and fields at delimiters only.
fn is_plain(text: &[u8]) -> bool {
    let ends_line = |at: usize| text.get(at + 1) == Some(&b'\n');
    memchr::memchr(b'"', text).is_none() && memchr::memchr_iter(b'\r', text).all(ends_line)
}

/// Hash and count of the bytes that have been read of a file.
#[derive(Default)]
pub(crate) struct Fingerprint {
    hasher: Sha256,
    pub(crate) bytes: u64,
}

impl Fingerprint {
    pub(crate) fn sha256(&self) -> String {
        denizen_spec::hexadecimal(&self.hasher.clone().finalize())
    }
}

/// Passes bytes on and remembers their fingerprint.
struct Fingerprinted {
    file: File,
    fingerprint: Arc<Mutex<Fingerprint>>,
}

impl Read for Fingerprinted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        // A poisoned lock would mean a panic while hashing, which cannot leave the hash half made.
        let mut fingerprint = self.fingerprint.lock().unwrap_or_else(PoisonError::into_inner);
        fingerprint.hasher.update(&buffer[..count]);
        fingerprint.bytes += count as u64;
        Ok(count)
    }
}
