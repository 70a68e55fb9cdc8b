//! A file is cut into rows and fields, in bounded memory, and every row knows its place.
//!
//! The tokeniser is `csv-core`, which the `csv` crate is built on. Its reader is not used here: it holds a row of any
//! length in memory, of a file with an unclosed quote all that follows, and it takes the line feed of CRLF for a part of
//! the next row, which then seems to begin one line too early.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use csv_core::ReadRecordResult;
use denizen_spec::Code;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// A row longer than this, or with more fields, is no row of a table: usually a quote was never closed.
const LONGEST_ROW: usize = 1 << 20;
const MOST_FIELDS: usize = 4096;

const BUFFER: usize = 1 << 18;

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
    input: BufReader<Box<dyn Read + Send>>,
    core: csv_core::Reader,
    row: Row,
    byte: u64,
    /// Line ends between rows, which the tokeniser has not seen.
    skipped: u64,
    /// The byte that was consumed last.
    last: u8,
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
        let mut raw = BufReader::with_capacity(BUFFER, raw);
        let is_gzip = raw.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let plain: Box<dyn Read + Send> =
            if is_gzip { Box::new(MultiGzDecoder::new(raw)) } else { Box::new(raw) };
        let place = RowPlace { line: 1, lines: 0, byte: 0 };
        // One place more than allowed, so that the longest row still fits.
        let (text, ends) = (vec![0; LONGEST_ROW + 1], vec![0; MOST_FIELDS + 1]);
        let tokens = Self {
            input: BufReader::with_capacity(BUFFER, plain),
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            row: Row { text, ends, fields: 0, place, fault: None },
            byte: 0,
            skipped: 0,
            last: 0,
        };
        Ok((tokens, fingerprint))
    }

    /// The next row; none at the end of the file. Empty lines are no rows.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<&Row>> {
        self.skip_line_ends()?;
        let (line, byte) = (self.core.line(), self.byte);
        let (mut length, mut fields) = (0, 0);
        let (mut is_too_long, mut is_unclosed) = (false, false);
        loop {
            let input = self.input.fill_buf()?;
            // A line feed put after the last row ends it, unless it stands in a quote that was never closed.
            let is_probe = input.is_empty() && self.byte > byte && !is_unclosed;
            let (result, read, written, ended) = self.core.read_record(
                if is_probe { b"\n" } else { input },
                &mut self.row.text[length..],
                &mut self.row.ends[fields..],
            );
            if !is_probe && read > 0 {
                self.last = input[read - 1];
                self.input.consume(read);
                self.byte += read as u64;
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
            let next = self.input.fill_buf()?.first().copied();
            // A carriage return alone ends a line too, as in files of old Macintosh programs.
            let ends_line = next == Some(b'\n') || (self.last == b'\r' && next.is_some());
            self.skipped += u64::from(ends_line);
            let Some(byte @ (b'\r' | b'\n')) = next else { return Ok(()) };
            self.last = byte;
            self.input.consume(1);
            self.byte += 1;
        }
    }
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
