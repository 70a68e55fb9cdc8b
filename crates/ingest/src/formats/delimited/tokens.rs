//! A file is cut into rows and fields, in bounded memory, and every row knows its place.
//!
//! The tokeniser is `csv-core`, which the `csv` crate is built on. Its reader is not used here: it holds a row of any
//! length in memory, of a file with an unclosed quote all that follows, and it takes the line feed of CRLF for a part of
//! the next row, which then seems to begin one line too early.
//!
//! The tokeniser makes something of any quotes, and a stray one may swallow the rows that follow it, so that rows with
//! quotes are [audited](super::quotes). Of what is no row only the first line is passed over.
//!
//! Most files have no quotes. There a row ends at a line feed and a field at a delimiter, so that whole stretches are
//! handed out uncut ([`Tokens::plain`]) and cut by the threads that parse them. The tokeniser sees the stretches that have
//! a quote or a carriage return alone.

mod plain;

use std::io::{self, Read};
use std::mem;
use std::sync::Arc;

use csv_core::ReadRecordResult;
use denizen_spec::{Code, RowPlace};

pub(super) use self::plain::Lines;
use super::outside::Outside;
use super::quotes::{self, Signs};
use super::row::Row;
use super::table::{TableNames, is_again};

/// A row longer than this, or with more fields, is no row of a table: usually a quote was never closed.
const LONGEST_ROW: usize = 1 << 20;
pub(super) const MOST_FIELDS: usize = 4096;

/// A row in which more fields have line ends in them is none. What looks like one is tried again from each of its lines
/// on: without a bound, quotes that close one text and open the next on each line take the square of the time.
const MOST_BROKEN_FIELDS: usize = 64;

/// Bytes of a file that are looked at together: large enough that the work on them outweighs what it takes to hand them
/// out, small enough for the cache of a core.
const STRETCH: usize = 1 << 20;

/// A line that lies in a stretch is never too long a row.
const _: () = assert!(STRETCH <= LONGEST_ROW);

/// Cuts a file, or a span of it, into rows.
pub(super) struct Tokens {
    input: Box<dyn Read + Send>,
    /// What has been read and not yet been handed out begins at `start`.
    buffer: Vec<u8>,
    start: usize,
    is_end: bool,
    /// Up to this byte of the file the stretch is known not to be plain.
    cut_until: u64,
    /// Rows that begin behind this byte are not read.
    last_start: u64,
    /// Whether only a span of the file is read.
    is_span: bool,
    /// Whether a row of the span goes on behind a line end, so that spans cannot be told from what is within a row.
    is_indivisible: bool,
    core: csv_core::Reader,
    delimiter: u8,
    /// Delimiter and quote, where there are quotes.
    signs: Option<Signs>,
    outside: Outside,
    /// Whether what comes next stands below the table.
    is_below: bool,
    /// Number of fields of the header, once that has been read.
    width: Option<usize>,
    names: Option<Arc<TableNames>>,
    /// Up to this byte of the file lies what a quote held that was closed and not meant: another quote there may be its
    /// other half.
    suspect_until: u64,
    /// Whether the row below the header goes on with it.
    is_below_header: bool,
    /// Whether an empty line has been passed over since the last row.
    is_behind_empty: bool,
    /// Whether the rows belong to another table than that of the header.
    is_other_table: bool,
    row: Row,
    /// What comes next is this byte, on this line.
    byte: u64,
    line: u64,
    /// The byte that was consumed last.
    last: u8,
}

impl Tokens {
    /// `input` begins at the byte `start` of the file. Rows are read that begin up to the byte `last_start`, if that is
    /// given; where `start` is not 0, from the first line on that begins behind it.
    pub(super) fn open(
        input: Box<dyn Read + Send>,
        start: u64,
        last_start: Option<u64>,
        (delimiter, quote): (u8, Option<u8>),
        outside: Outside,
    ) -> io::Result<Self> {
        // One place more than allowed, so that the longest row still fits.
        let (text, ends) = (vec![0; LONGEST_ROW + 1], vec![0; MOST_FIELDS + 1]);
        let place = RowPlace::Line { byte: 0, line: 1, lines: 0 };
        let mut tokens = Self {
            input,
            buffer: Vec::with_capacity(STRETCH),
            start: 0,
            is_end: false,
            cut_until: 0,
            last_start: last_start.unwrap_or(u64::MAX),
            is_span: start > 0 || last_start.is_some(),
            is_indivisible: false,
            core: csv_core::ReaderBuilder::new()
                .delimiter(delimiter)
                .quote(quote.unwrap_or(b'"'))
                .quoting(quote.is_some())
                .build(),
            delimiter,
            signs: quote.map(|quote| Signs { delimiter, quote }),
            outside,
            is_below: false,
            width: None,
            names: None,
            suspect_until: 0,
            is_below_header: false,
            is_behind_empty: false,
            is_other_table: false,
            row: Row { text, ends, fields: 0, place, fault: None },
            byte: start,
            line: 1,
            last: 0,
        };
        if start > 0 {
            tokens.skip_begun_line()?;
        }
        Ok(tokens)
    }

    /// Passes over the line that began before, which belongs to the span before.
    fn skip_begun_line(&mut self) -> io::Result<()> {
        loop {
            let rest = self.rest(0)?;
            let (feed, length) = (memchr::memchr(b'\n', rest), rest.len());
            self.consume(feed.map_or(length, |feed| feed + 1));
            if feed.is_some() || length == 0 {
                // The line feed has been counted by the span before.
                self.last = 0;
                return Ok(());
            }
        }
    }

    /// Line ends passed over so far.
    pub(super) fn lines(&self) -> u64 {
        self.line - 1
    }

    /// The first bytes of what has not yet been handed out, up to a megabyte.
    pub(super) fn beginning(&mut self) -> io::Result<&[u8]> {
        self.rest(0)
    }

    /// Passes over the line that comes next, with its end.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        self.consume_line()?;
        if self.last == b'\r' {
            // The line feed of CRLF, or a carriage return alone, as in files of old Macintosh programs.
            if self.rest(0)?.first() == Some(&b'\n') {
                self.consume(1);
            }
            self.line += 1;
        }
        self.last = 0;
        Ok(())
    }

    /// Passes over the byte-order mark, if one comes next.
    pub(super) fn skip_mark(&mut self) -> io::Result<()> {
        if self.rest(0)?.starts_with(b"\xEF\xBB\xBF") {
            self.consume(3);
            self.last = 0;
        }
        Ok(())
    }

    /// Passes over comments: how many lines.
    pub(super) fn skip_comments(&mut self) -> io::Result<u64> {
        let mut lines = 0;
        loop {
            self.skip_line_ends()?;
            if self.rest(0)?.is_empty() || !self.outside.is_comment(&self.buffer[self.start..]) {
                return Ok(lines);
            }
            self.skip_line()?;
            lines += 1;
        }
    }

    /// Whether what comes next stands below the table.
    pub(super) fn is_below(&self) -> bool {
        self.is_below
    }

    /// Passes over the next line below the table that is not blank: where it is; none at the end of the file.
    pub(super) fn line_below(&mut self) -> io::Result<Option<RowPlace>> {
        loop {
            let rest = self.rest(0)?;
            if rest.is_empty() {
                return Ok(None);
            }
            let is_blank = rest[..quotes::first_line(rest)].trim_ascii().is_empty();
            let place = RowPlace::Line { byte: self.byte, line: self.line, lines: 1 };
            self.skip_line()?;
            if !is_blank {
                return Ok(Some(place));
            }
        }
    }

    /// Whether the file must be read as a whole; a span of it is worth nothing then.
    pub(super) fn is_indivisible(&self) -> bool {
        self.is_indivisible
    }

    /// Says how many fields the rows have that follow, and what these are called.
    pub(super) fn expect(&mut self, width: usize, names: &Arc<TableNames>) {
        self.width = Some(width);
        self.names = Some(Arc::clone(names));
    }

    /// Says that the row below the header belongs to it.
    pub(super) fn expect_header_line(&mut self) {
        self.is_below_header = true;
        self.is_indivisible |= self.is_span;
    }

    /// Looks whether another table begins here, behind an empty line. Rows of a span may belong to one that began before
    /// it, so that such a file is not divided.
    fn look_behind_empty_line(&mut self) -> io::Result<()> {
        let Some(names) = self.names.clone().filter(|_| mem::take(&mut self.is_behind_empty)) else {
            return Ok(());
        };
        if self.buffer.len() - self.start < LONGEST_ROW / 16 {
            self.fill(0)?;
        }
        let text = &self.buffer[self.start..];
        if names.another_begins(&text[..text.len().min(LONGEST_ROW / 16)], self.delimiter) {
            self.is_other_table = true;
            self.is_indivisible |= self.is_span;
        }
        Ok(())
    }

    /// Whether what comes next belongs to the span behind this one. The line feed of CRLF belongs to its line.
    fn is_finished(&self) -> bool {
        self.is_indivisible || self.is_below || (self.byte > self.last_start && self.last != b'\r')
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
    pub(super) fn next_row(&mut self) -> io::Result<Option<&Row>> {
        self.skip_line_ends()?;
        self.look_behind_empty_line()?;
        if self.is_finished() || self.rest(0)?.is_empty() {
            return Ok(None);
        }
        let (line, byte, feeds) = (self.line, self.byte, self.core.line());
        if !self.outside.is_empty() {
            let rest = &self.buffer[self.start..];
            self.is_below = self.width.is_some() && self.outside.is_footer(rest);
            if self.is_below {
                return Ok(None);
            }
            if self.outside.is_comment(rest) {
                self.consume_line()?;
                self.row.fields = 0;
                self.row.fault = Some(Code::CommentLine);
                self.row.place = RowPlace::Line { byte, line, lines: 1 };
                return Ok(Some(&self.row));
            }
        }
        let Some(cut) = self.tokenise()? else { return Ok(None) };
        let cut = cut.and_then(|length| self.audit(length));
        self.row.fault = cut.err();
        match cut {
            Ok(length) => {
                self.is_indivisible = self.is_span && self.has_line_end_within(length);
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
        self.row.place = RowPlace::Line { byte, line, lines };
        self.look_for_names();
        Ok(Some(&self.row))
    }

    /// A row of names is none, and rows of another table are none of this one, up to the next header.
    fn look_for_names(&mut self) {
        let Some(names) = self.names.as_ref().filter(|_| self.row.fault.is_none()) else {
            if self.is_other_table {
                self.row.fault = Some(Code::AnotherTable);
            }
            return;
        };
        if mem::take(&mut self.is_below_header) {
            self.row.fault = Some(Code::HeaderLine);
            return;
        }
        let is_whole = Some(self.row.len()) == self.width;
        let fault = if is_whole { names.fault(self.row.fields()) } else { None };
        self.is_other_table &= !fault.is_some_and(is_again);
        self.row.fault = if self.is_other_table { Some(Code::AnotherTable) } else { fault };
    }

    /// Cuts the row that begins here into fields: the number of its bytes, or why it is none; nothing where only a byte
    /// order mark is left.
    fn tokenise(&mut self) -> io::Result<Option<Result<usize, Code>>> {
        let (mut taken, mut length, mut fields) = (0, 0, 0);
        // With more fields than the header a row is none, whatever else it holds: quotes may make it go on for long.
        let most = self.width.map_or(MOST_FIELDS, |width| width.min(MOST_FIELDS)) + 1;
        let (mut broken_fields, mut last_broken) = (0, None);
        loop {
            let input = self.rest(taken)?;
            // A line feed put after the last row ends it, unless it stands in a quote that was never closed.
            let is_end = input.is_empty();
            // Line by line, to see which fields go on behind the end of one.
            let input = if is_end { b"\n" } else { &self.buffer[self.start + taken..] };
            let input = &input[..quotes::first_line(input)];
            let (text, ends) = (&mut self.row.text[length..], &mut self.row.ends[fields..most]);
            let (result, read, written, ended) = self.core.read_record(input, text, ends);
            taken += if is_end { 0 } else { read };
            (length, fields) = (length + written, fields + ended);
            match result {
                ReadRecordResult::InputEmpty if !is_end => {
                    broken_fields += usize::from(last_broken != Some(fields));
                    last_broken = Some(fields);
                    if broken_fields > MOST_BROKEN_FIELDS {
                        return Ok(Some(Err(Code::UnclosedQuote)));
                    }
                }
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
    fn too_wide(&mut self, length: usize) -> Code {
        let line = &self.buffer[self.start..];
        let line = &line[..quotes::first_line(line)];
        let fields = memchr::memchr_iter(self.delimiter, line).count() + 1;
        if line.len() < length {
            self.suspect(length);
            Code::UnclosedQuote
        } else if fields > MOST_FIELDS {
            Code::RecordTooLong
        } else {
            Code::UnequalLengths
        }
    }

    fn has_line_end_within(&self, length: usize) -> bool {
        let row = &self.buffer[self.start..self.start + length];
        memchr::memchr2(b'\r', b'\n', row.trim_ascii_end()).is_some()
    }

    /// Whether the row of so many bytes is one: its quotes may have held it together wrongly.
    fn audit(&mut self, length: usize) -> Result<usize, Code> {
        let row = &self.buffer[self.start..self.start + length];
        let Some(signs) = self.signs else { return Ok(length) };
        let fault = quotes::audit(row, signs, self.row.fields, self.width);
        let is_suspect = fault.is_none() && self.byte < self.suspect_until;
        let fault = fault.or((is_suspect && quotes::has_stray(row, signs)).then_some(Code::StrayQuote));
        if fault == Some(Code::UnclosedQuote) {
            self.suspect(length);
        }
        fault.map_or(Ok(length), Err)
    }

    /// Remembers what a quote held that was not meant.
    fn suspect(&mut self, length: usize) {
        self.suspect_until = self.suspect_until.max(self.byte + length as u64);
        // Its lines belong to the spans that they begin in, which know nothing of it.
        self.is_indivisible |= self.is_span && self.suspect_until > self.last_start;
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
        while !self.is_finished() {
            let next = self.rest(0)?.first().copied();
            // A carriage return alone ends a line too, as in files of old Macintosh programs.
            let is_feed = next == Some(b'\n');
            let was_return = !is_feed && self.last == b'\r' && next.is_some();
            self.is_indivisible |= self.is_span && was_return;
            self.line += u64::from(is_feed || was_return);
            self.is_behind_empty |= next == Some(b'\r') || (is_feed && self.last != b'\r');
            let Some(b'\r' | b'\n') = next else {
                // The line has been counted, however often this is asked.
                self.last = 0;
                return Ok(());
            };
            self.consume(1);
        }
        Ok(())
    }
}
