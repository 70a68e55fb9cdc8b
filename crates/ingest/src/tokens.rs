//! A file is cut into rows and fields, in bounded memory, and every row knows its place.
//!
//! The tokeniser is `csv-core`, which the `csv` crate is built on. Its reader is not used here: it holds a row of any
//! length in memory, of a file with an unclosed quote all that follows, and it takes the line feed of CRLF for a part of
//! the next row, which then seems to begin one line too early.
//!
//! The tokeniser makes something of any quotes, and a stray one may swallow the rows that follow it, so that rows with
//! quotes are [audited](crate::quotes). Of what is no row only the first line is passed over.
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

use crate::quotes;

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
    delimiter: u8,
    /// Number of fields of the header, once that has been read.
    width: Option<usize>,
    row: Row,
    /// What comes next is this byte, on this line.
    byte: u64,
    line: u64,
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
    /// Why it is no row of a table, where its text alone shows that; it is one line without fields then.
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
    #[expect(clippy::disallowed_methods, reason = "inputs are opened here")]
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
            delimiter,
            width: None,
            row: Row { text, ends, fields: 0, place, fault: None },
            byte: 0,
            line: 1,
            last: 0,
        };
        Ok((tokens, fingerprint))
    }

    /// Says how many fields the rows have that follow.
    pub(crate) fn expect(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// The next stretch of whole rows that need no tokeniser; none where the next row needs it, and at the end of the file.
    pub(crate) fn plain(&mut self) -> io::Result<Option<Plain>> {
        self.skip_line_ends()?;
        if self.must_cut() {
            return Ok(None);
        }
        self.fill(0)?;
        let stretch = &self.buffer[self.start..];
        let stretch = &stretch[..stretch.len().min(STRETCH)];
        let length = memchr::memrchr(b'\n', stretch).map_or(0, |feed| feed + 1);
        if length == 0 || !is_plain(&stretch[..length]) {
            self.cut_until = self.byte + stretch.len() as u64;
            return Ok(None);
        }
        let mut next = Vec::with_capacity(STRETCH);
        next.extend_from_slice(&self.buffer[self.start + length..]);
        let mut text = mem::replace(&mut self.buffer, next);
        let start = mem::take(&mut self.start);
        text.truncate(start + length);
        let plain = Plain { text, start, line: self.line, byte: self.byte };
        self.byte += length as u64;
        self.last = b'\n';
        self.line += memchr::memchr_iter(b'\n', &plain.text[plain.start..]).count() as u64;
        Ok(Some(plain))
    }

    /// Whether what comes next is known to need the tokeniser.
    pub(crate) fn must_cut(&self) -> bool {
        self.byte < self.cut_until
    }

    /// Reads until a stretch follows the first `kept` bytes, or the file is at its end.
    fn fill(&mut self, kept: usize) -> io::Result<()> {
        if self.is_end {
            return Ok(());
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let wanted = (kept + STRETCH).saturating_sub(self.buffer.len()) as u64;
        let read = (&mut self.input).take(wanted).read_to_end(&mut self.buffer)?;
        self.is_end = (read as u64) < wanted;
        Ok(())
    }

    /// What follows the next `kept` bytes; empty at the end of the file only.
    fn rest(&mut self, kept: usize) -> io::Result<&[u8]> {
        if self.start + kept == self.buffer.len() {
            self.fill(kept)?;
        }
        Ok(&self.buffer[self.start + kept..])
    }

    /// Passes over so many bytes.
    fn consume(&mut self, count: usize) {
        let passed = &self.buffer[self.start..self.start + count];
        self.last = passed.last().copied().unwrap_or(self.last);
        self.start += count;
        self.byte += count as u64;
    }

    /// The next row; none at the end of the file. Empty lines are no rows.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<&Row>> {
        self.skip_line_ends()?;
        if self.rest(0)?.is_empty() {
            return Ok(None);
        }
        let (line, byte, feeds) = (self.line, self.byte, self.core.line());
        let Some(cut) = self.tokenise()? else { return Ok(None) };
        let cut = cut.and_then(|length| self.audit(length));
        self.row.fault = cut.err();
        match cut {
            Ok(length) => {
                self.consume(length);
                self.line += self.core.line() - feeds;
            }
            Err(_) => {
                self.row.fields = 0;
                self.core.reset();
                self.consume_line()?;
            }
        }
        let feeds = self.line - line;
        let lines = if self.last == b'\n' { feeds } else { feeds + 1 };
        self.row.place = RowPlace { line, lines, byte };
        Ok(Some(&self.row))
    }

    /// Cuts the row that begins here into fields: the number of its bytes, or why it is none; nothing where only a byte
    /// order mark is left.
    fn tokenise(&mut self) -> io::Result<Option<Result<usize, Code>>> {
        let (mut taken, mut length, mut fields) = (0, 0, 0);
        // With more fields than the header a row is none, whatever else it holds: quotes may make it go on for long.
        let most = self.width.map_or(MOST_FIELDS, |width| width.min(MOST_FIELDS)) + 1;
        loop {
            let input = self.rest(taken)?;
            // A line feed put after the last row ends it, unless it stands in a quote that was never closed.
            let is_end = input.is_empty();
            let input = if is_end { b"\n" } else { &self.buffer[self.start + taken..] };
            let (text, ends) = (&mut self.row.text[length..], &mut self.row.ends[fields..most]);
            let (result, read, written, ended) = self.core.read_record(input, text, ends);
            taken += if is_end { 0 } else { read };
            (length, fields) = (length + written, fields + ended);
            match result {
                ReadRecordResult::InputEmpty if !is_end => {}
                ReadRecordResult::Record if length <= LONGEST_ROW && fields <= MOST_FIELDS => {
                    self.row.fields = fields;
                    // Line feeds are counted by the tokeniser, which sees them anyway; not that which is none.
                    self.core.set_line(self.core.line() - u64::from(is_end));
                    return Ok(Some(Ok(taken)));
                }
                ReadRecordResult::InputEmpty => {
                    return Ok(self.is_unclosed().then_some(Err(Code::UnclosedQuote)));
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputEndsFull => return Ok(Some(Err(self.too_wide(taken)))),
                _ => return Ok(Some(Err(self.too_long(taken)))),
            }
        }
    }

    /// Whether the file has come to its end within a row.
    fn is_unclosed(&mut self) -> bool {
        let (result, ..) = self.core.read_record(&[], &mut self.row.text, &mut self.row.ends);
        !matches!(result, ReadRecordResult::End)
    }

    /// Why so many bytes are too many: on several lines they hold a quote that nothing closes.
    fn too_long(&self, length: usize) -> Code {
        let row = &self.buffer[self.start..self.start + length];
        if quotes::first_line(row) < length { Code::UnclosedQuote } else { Code::RecordTooLong }
    }

    /// Why the row has more fields than it may, of which some lie behind so many bytes.
    fn too_wide(&self, length: usize) -> Code {
        let line = &self.buffer[self.start..];
        let line = &line[..quotes::first_line(line)];
        let fields = memchr::memchr_iter(self.delimiter, line).count() + 1;
        if line.len() < length {
            Code::UnclosedQuote
        } else if fields > MOST_FIELDS {
            Code::RecordTooLong
        } else {
            Code::UnequalLengths
        }
    }

    /// Whether the row of so many bytes is one: its quotes may have held it together wrongly.
    fn audit(&self, length: usize) -> Result<usize, Code> {
        let row = &self.buffer[self.start..self.start + length];
        quotes::audit(row, self.delimiter, self.row.fields, self.width).map_or(Ok(length), Err)
    }

    /// Passes over what is left of this line.
    fn consume_line(&mut self) -> io::Result<()> {
        loop {
            let rest = self.rest(0)?;
            let (length, is_whole) = (quotes::first_line(rest), rest.is_empty());
            self.consume(length);
            self.line += u64::from(self.last == b'\n');
            if is_whole || matches!(self.last, b'\n' | b'\r') {
                return Ok(());
            }
        }
    }

    /// Passes over empty lines and the line feed of CRLF, so that a row begins where its first byte is.
    fn skip_line_ends(&mut self) -> io::Result<()> {
        loop {
            let next = self.rest(0)?.first().copied();
            // A carriage return alone ends a line too, as in files of old Macintosh programs.
            let is_feed = next == Some(b'\n');
            self.line += u64::from(is_feed || (self.last == b'\r' && next.is_some()));
            let Some(b'\r' | b'\n') = next else {
                // The line has been counted, however often this is asked.
                self.last = 0;
                return Ok(());
            };
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
