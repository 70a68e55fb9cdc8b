//! Lines in which each field has its place: bytes are cut out first and decoded then.

use std::io::{self, Read};
use std::sync::Arc;

use denizen_spec::{Code, Diagnostic, FixedWidth, Path as Setting, Position, RowPlace, Source, SourceKind};

use super::signature::recognise;
use super::{FileFormat, FilePart, RawRows, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::encoding_guess::HighBytes;
use crate::input::{Header, unreadable};
use crate::rows::{Rows, Stated};

/// Bytes that are read together: whole lines of about so many.
const STRETCH: usize = 1 << 20;

/// What is longer is no line of a table.
const LONGEST_LINE: usize = 1 << 24;

/// Lines of fields that have places.
#[derive(Clone)]
pub(super) struct FixedText {
    decoder: Decoder,
    decimal_mark: u8,
    /// The fields, in the order of their places.
    fields: Arc<[Field]>,
    /// Lines above the first row.
    skip: u32,
    record_length: Option<usize>,
    pad_short_lines: bool,
    cut_long_lines: bool,
}

/// A field of each line: its name, its first byte from 0, and the byte behind its last.
#[derive(Debug, Clone, PartialEq)]
struct Field {
    name: String,
    start: usize,
    end: usize,
}

impl Field {
    fn new(name: &str, position: Position) -> Self {
        Self { name: name.to_owned(), start: position.start as usize - 1, end: position.end() }
    }

    /// What stands there in a line; less where the line ends before.
    fn of<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        &line[self.start.min(line.len())..self.end.min(line.len())]
    }
}

impl FixedText {
    pub(super) fn new(options: &FixedWidth, source: &Source) -> Result<Self, Diagnostic> {
        let setting = Setting::source(&source.name).field("encoding");
        let decoder = Decoder::new(&options.encoding, b',', setting)?;
        Ok(Self {
            decoder,
            decimal_mark: options.decimal_mark,
            fields: fields(options, source).into(),
            skip: options.skip,
            record_length: options.record_length.map(|bytes| bytes as usize),
            pad_short_lines: options.pad_short_lines,
            cut_long_lines: options.cut_long_lines,
        })
    }

    /// The byte behind the last field.
    fn end(&self) -> usize {
        self.fields.iter().map(|field| field.end).max().unwrap_or(0)
    }
}

/// The fields of a source: those of its columns, and of the layout. Of cells also what stands between them, for it could
/// tell two of them apart.
fn fields(options: &FixedWidth, source: &Source) -> Vec<Field> {
    let of_column =
        source.columns.iter().filter_map(|column| Some(Field::new(&column.from, column.position?)));
    let mut fields: Vec<Field> = of_column.collect();
    for (name, position) in &options.fields {
        if !fields.iter().any(|field| field.name == *name) {
            fields.push(Field::new(name, *position));
        }
    }
    fields.sort_by_key(|field| (field.start, field.end));
    if source.kind == SourceKind::Cells {
        let mut covered = 0;
        let mut between = Vec::new();
        for field in &fields {
            if field.start > covered {
                let name = format!("bytes {} to {}", covered + 1, field.start);
                between.push(Field { name, start: covered, end: field.start });
            }
            covered = covered.max(field.end);
        }
        fields.extend(between);
    }
    fields
}

impl FileFormat for FixedText {
    fn decoder(&self) -> Decoder {
        self.decoder
    }

    fn decimal_mark(&self) -> u8 {
        self.decimal_mark
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let lines = Lines { input: file.bytes, text: Vec::new(), is_end: false, line: 1, byte: 0 };
        Ok(Box::new(FixedRows { name: file.name, lines, format: self.clone() }))
    }
}

/// Reads the rows of a file.
struct FixedRows {
    name: Arc<str>,
    lines: Lines,
    format: FixedText,
}

/// A text, read in whole lines.
struct Lines {
    input: Box<dyn Read + Send>,
    /// What has been read and not yet handed out.
    text: Vec<u8>,
    is_end: bool,
    /// What comes next is this byte, on this line.
    line: u64,
    byte: u64,
}

impl Lines {
    /// Reads until there is a megabyte, and a whole line of it.
    fn fill(&mut self) -> io::Result<()> {
        while !self.is_end && (self.text.len() < STRETCH || memchr::memchr(b'\n', &self.text).is_none()) {
            if self.text.len() >= LONGEST_LINE {
                return Err(io::Error::other("it has 16 MiB without a line end: it is no text of lines"));
            }
            let read = (&mut self.input).take(STRETCH as u64).read_to_end(&mut self.text)?;
            self.is_end = read < STRETCH;
        }
        Ok(())
    }

    fn pass(&mut self, bytes: usize) {
        self.text.drain(..bytes);
        self.byte += bytes as u64;
    }

    /// Passes over some lines, or to the end of the file.
    fn pass_lines(&mut self, count: u32) -> io::Result<()> {
        for _ in 0..count {
            self.fill()?;
            let length = memchr::memchr(b'\n', &self.text).map_or(self.text.len(), |feed| feed + 1);
            self.line += u64::from(length > 0);
            self.pass(length);
        }
        self.fill()
    }

    /// The next whole lines; none at the end of the file.
    fn next(&mut self) -> io::Result<Option<UncutRecords>> {
        self.fill()?;
        let whole = memchr::memrchr(b'\n', &self.text).map_or(0, |feed| feed + 1);
        let whole = if self.is_end { self.text.len() } else { whole };
        if whole == 0 {
            return Ok(None);
        }
        let rest = self.text[whole..].to_vec();
        self.text.truncate(whole);
        let text = std::mem::replace(&mut self.text, rest);
        let (line, byte) = (self.line, self.byte);
        self.line += memchr::memchr_iter(b'\n', &text).count() as u64 + u64::from(!text.ends_with(b"\n"));
        self.byte += whole as u64;
        Ok(Some(UncutRecords { text, line, byte }))
    }
}

impl ReadRows for FixedRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        let Self { name, lines, format } = self;
        lines.fill().map_err(|error| unreadable(name, &error))?;
        if let Some(found) = recognise(&lines.text) {
            let message = format!("`{name}` is {}, not a table of text", found.what);
            return Err(Diagnostic::error(Code::OtherFormat, message)
                .in_file(&**name, None)
                .help(found.help));
        }
        if lines.text.starts_with(b"\xEF\xBB\xBF") {
            lines.pass(3);
        }
        lines.pass_lines(format.skip).map_err(|error| unreadable(name, &error))?;
        let first = lines.text.split(|byte| *byte == b'\n').map(without_return).find(|line| !is_blank(line));
        let (length, end) = (first.map_or(0, <[u8]>::len), format.end());
        let needed = format.record_length.unwrap_or(end);
        if first.is_some() && length < needed && !format.pad_short_lines {
            let message =
                format!("the first row of `{name}` has {length} bytes, and its fields take {needed}");
            let error = Diagnostic::error(Code::UnequalLengths, message).in_file(&**name, Some(lines.line));
            return Err(error
                .help("correct the layout; `pad_short_lines = true` where blanks at the end were left out, `skip = 1` where a line of names or a title is above the rows"));
        }
        // Unless one is declared, all lines are as long as the first.
        let is_open = format.pad_short_lines || format.cut_long_lines;
        format.record_length = format.record_length.or(Some(if is_open { end } else { length }));
        Ok(format.fields.iter().map(|field| field.name.clone()).collect())
    }

    fn notes(&self) -> Vec<Diagnostic> {
        let name = &self.name;
        let told = match self.format.skip {
            0 => return Vec::new(),
            1 => format!("the line above the rows of `{name}` was passed over"),
            lines => format!("{lines} lines above the rows of `{name}` were passed over"),
        };
        vec![Diagnostic::warning(Code::TitleLines, told).in_file(&**name, Some(1))]
    }

    fn next_rows(&mut self, _header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError> {
        let records = self.lines.next().map_err(|error| unreadable(&self.name, &error))?;
        let format = &self.format;
        Ok(records.map(|records| {
            Box::new(FormattedRecords { records, format: format.clone() }) as Box<dyn RawRows>
        }))
    }

    fn lines(&self) -> u64 {
        self.lines.line - 1
    }
}

/// Whole lines and where they stand.
struct UncutRecords {
    text: Vec<u8>,
    line: u64,
    byte: u64,
}

struct FormattedRecords {
    records: UncutRecords,
    format: FixedText,
}

impl RawRows for FormattedRecords {
    fn bytes(&self) -> u64 {
        self.records.text.len() as u64
    }

    fn cut(self: Box<Self>, header: &Arc<Header>) -> Rows {
        let Self { records: UncutRecords { text, line, byte }, format } = *self;
        let mut rows = Rows::new(header);
        if !format.decoder.is_utf8() {
            rows.add_bytes(HighBytes::of(&text));
        }
        let mut start = 0;
        for (number, record) in (line..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            let place = RowPlace::Line { byte: byte + start, line: number, lines: 1 };
            start += record.len() as u64;
            let record = without_return(record.strip_suffix(b"\n").unwrap_or(record));
            match format.fault(record) {
                // An empty line is no row.
                Some(Code::BlankRow) if record.is_empty() || record == END_OF_FILE => {}
                Some(reason) => rows.reject(place, reason),
                None => {
                    let fields = header.fields().map(|field| (format.fields[field].of(record), false));
                    rows.push_copied(place, fields);
                    rows.note_stated(Stated::of(format.fields.iter().map(|field| field.of(record))));
                }
            }
        }
        rows
    }
}

/// What DOS programs write behind the last line.
const END_OF_FILE: &[u8] = b"\x1A";

impl FixedText {
    /// Why a line is no row.
    fn fault(&self, line: &[u8]) -> Option<Code> {
        let length = self.record_length.unwrap_or(0);
        if is_blank(line) {
            return Some(Code::BlankRow);
        }
        let is_short = line.len() < length && !self.pad_short_lines;
        let is_long = line.len() > length && !self.cut_long_lines;
        (is_short || is_long).then_some(Code::UnequalLengths)
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty() || line == END_OF_FILE
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
