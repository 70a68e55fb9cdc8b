//! Files become pieces, and pieces become batches of rows: cut into fields, not yet decoded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use denizen_spec::{Code, Diagnostic};

use crate::blocks::{BLOCK, bits, ends};
use crate::bytes::RawField;
use crate::files::{InputFile, unreadable};
use crate::tokens::{Fingerprint, MOST_FIELDS, Plain, Row, RowPlace, Tokens};
use denizen_spec::Reject;

/// Rows of a batch: large enough that the work on a batch outweighs its overhead, small enough for any memory.
pub(crate) const BATCH_ROWS: usize = 1 << 16;

/// Bytes after which a batch ends earlier, so that long rows do not make it large.
const BATCH_BYTES: usize = 1 << 26;

/// Some rows of one file, cut into fields.
pub(crate) struct Batch {
    pub(crate) file: usize,
    pub(crate) file_name: Arc<str>,
    /// Rows read, those that are at fault as a whole included.
    pub(crate) read: u64,
    pub(crate) rejects: Vec<Reject>,
    places: Places,
    text: Vec<u8>,
    /// For each row, where each of its fields begins in the text and where one more would begin: fields are one byte
    /// apart.
    starts: Vec<u32>,
    /// Numbers in `starts` for each row.
    stride: usize,
    /// For each declared column, which field it is.
    fields: Arc<[usize]>,
}

/// A line of a stretch: where it begins, and its number in the file.
struct Line {
    start: usize,
    number: u64,
}

/// Where the rows of a batch stand in the file.
enum Places {
    Known(Vec<RowPlace>),
    /// Each row is one line of a stretch that stands there.
    Lines {
        start: usize,
        line: u64,
        byte: u64,
    },
}

impl Batch {
    fn new(file: usize, file_name: Arc<str>, columns: usize) -> Self {
        Self {
            file,
            file_name,
            read: 0,
            rejects: Vec::new(),
            places: Places::Known(Vec::new()),
            text: Vec::new(),
            starts: Vec::new(),
            stride: columns + 1,
            fields: (0..columns).collect(),
        }
    }

    /// Cuts a stretch of whole lines. Lines with more or fewer fields than the header are rejected.
    fn cut(plain: Plain, shape: &Shape) -> Self {
        let Plain { text, start, line, byte } = plain;
        let mut batch = Self {
            file: shape.file,
            file_name: Arc::clone(&shape.name),
            read: 0,
            rejects: Vec::new(),
            places: Places::Lines { start, line, byte },
            // Nearly all rows of a table are as long as one another.
            starts: Vec::with_capacity(text.len() / 4),
            text: Vec::new(),
            stride: shape.width + 1,
            fields: Arc::clone(&shape.fields),
        };
        batch.starts.push(start as u32);
        let (mut line, mut first) = (Line { start, number: line }, 0);
        for (place, ends) in ends(&text[start..], shape.delimiter).enumerate() {
            let base = start + place * BLOCK;
            let mut fields = ends.fields;
            for feed in bits(ends.feeds) {
                // The fields that end up to here, the line feed ending one too.
                let until = fields & (u64::MAX >> (63 - feed));
                batch.starts.extend(bits(until).map(|end| (base + end as usize) as u32 + 1));
                fields &= !until;
                let end = base + feed as usize;
                let offset = byte + (line.start - start) as u64;
                batch.end_line(&text[line.start..end], first, &line, offset, shape.width);
                (line, first) = (Line { start: end + 1, number: line.number + 1 }, batch.starts.len());
                batch.starts.push(end as u32 + 1);
            }
            batch.starts.extend(bits(fields).map(|end| (base + end as usize) as u32 + 1));
        }
        batch.starts.pop();
        batch.text = text;
        batch
    }

    /// Keeps the fields that were found in a line, from the one numbered `first` on, or drops them with the line.
    fn end_line(&mut self, text: &[u8], first: usize, line: &Line, byte: u64, width: usize) {
        if matches!(text, b"" | b"\r") {
            // Empty lines are no rows.
            self.starts.truncate(first);
            return;
        }
        self.read += 1;
        if let Some(reason) = line_fault(self.starts.len() - first - 1, width) {
            self.starts.truncate(first);
            let place = RowPlace { line: line.number, lines: 1, byte };
            self.rejects.push(self.reject(place, None, reason));
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.starts.len() / self.stride
    }

    /// The field of a declared column.
    pub(crate) fn field(&self, row: usize, column: usize) -> RawField<'_> {
        let index = row * self.stride + self.fields[column];
        RawField::new(&self.text, self.starts[index] as usize, self.starts[index + 1] as usize - 1)
    }

    /// The fields of a declared column, row by row.
    pub(crate) fn column(&self, column: usize) -> impl Iterator<Item = RawField<'_>> {
        let field = self.fields[column];
        let rows = self.starts.chunks_exact(self.stride);
        rows.map(move |starts| {
            RawField::new(&self.text, starts[field] as usize, starts[field + 1] as usize - 1)
        })
    }

    /// Where rows stand, which are given in their order.
    pub(crate) fn places(&self, rows: impl Iterator<Item = usize>) -> Vec<RowPlace> {
        match &self.places {
            Places::Known(places) => rows.map(|row| places[row]).collect(),
            Places::Lines { start, line, byte } => {
                let (mut line, mut seen) = (*line, *start);
                let place = |row: usize| {
                    let begin = self.starts[row * self.stride] as usize;
                    line += memchr::memchr_iter(b'\n', &self.text[seen..begin]).count() as u64;
                    seen = begin;
                    RowPlace { line, lines: 1, byte: byte + (begin - start) as u64 }
                };
                rows.map(place).collect()
            }
        }
    }

    pub(crate) fn reject(&self, place: RowPlace, column: Option<Arc<str>>, reason: Code) -> Reject {
        let RowPlace { line, lines, byte } = place;
        Reject {
            file: Arc::clone(&self.file_name),
            place: denizen_spec::RowPlace::Line { line, lines, byte },
            column,
            reason,
        }
    }

    fn push(&mut self, row: &Row, fields: &[usize]) {
        for &field in fields {
            self.starts.push(self.text.len() as u32);
            self.text.extend_from_slice(row.field(field));
            self.text.push(0);
        }
        self.starts.push(self.text.len() as u32);
        if let Places::Known(places) = &mut self.places {
            places.push(row.place);
        }
    }

    fn is_full(&self) -> bool {
        self.rows() >= BATCH_ROWS || self.rejects.len() >= BATCH_ROWS || self.text.len() >= BATCH_BYTES
    }
}

/// What the rows of a file must look like.
struct Shape {
    file: usize,
    name: Arc<str>,
    delimiter: u8,
    /// Number of fields of the header.
    width: usize,
    /// For each declared column, which field it is.
    fields: Arc<[usize]>,
}

/// Some rows of a file, cut or yet to be cut.
pub(crate) struct Piece(Cut);

enum Cut {
    Whole(Plain, Arc<Shape>),
    Cut(Batch),
}

impl Piece {
    /// Size of the rows in bytes, as far as they are of use.
    pub(crate) fn bytes(&self) -> u64 {
        match &self.0 {
            Cut::Whole(plain, _) => (plain.text.len() - plain.start) as u64,
            Cut::Cut(batch) => batch.text.len() as u64,
        }
    }

    /// The rows, cut into fields. A pure function, so that any thread may do it.
    pub(crate) fn into_batch(self) -> Batch {
        match self.0 {
            Cut::Whole(plain, shape) => Batch::cut(plain, &shape),
            Cut::Cut(batch) => batch,
        }
    }
}

/// Reads one file piece by piece.
pub(crate) struct Rows {
    tokens: Tokens,
    shape: Arc<Shape>,
    /// SDMX dimensions that are not declared, and the one code that each may have.
    constants: Vec<Constant>,
    pub(crate) fingerprint: Arc<Mutex<Fingerprint>>,
}

/// Undeclared SDMX dimensions and the one code that each has.
pub(crate) type Constants = BTreeMap<String, Vec<u8>>;

/// An undeclared SDMX dimension: its field, its name, and its one code once that is known.
type Constant = (usize, String, Option<Vec<u8>>);

impl Rows {
    pub(crate) fn open(
        index: usize,
        file: &InputFile,
        delimiter: u8,
        known: &Constants,
    ) -> Result<Self, Diagnostic> {
        let opened = Tokens::open(&file.path, delimiter);
        let (mut tokens, fingerprint) = opened.map_err(|error| unreadable(&file.name, &error))?;
        tokens.next_row().map_err(|error| unreadable(&file.name, &error))?;
        tokens.expect(file.header.width);
        let undeclared = file.header.undeclared.iter();
        let constant = |(field, name): &(usize, String)| (*field, name.clone(), known.get(name).cloned());
        let shape = Shape {
            file: index,
            name: Arc::clone(&file.name),
            delimiter,
            width: file.header.width,
            fields: file.header.fields.clone().into(),
        };
        Ok(Self {
            tokens,
            shape: Arc::new(shape),
            constants: undeclared.map(constant).collect(),
            fingerprint,
        })
    }

    /// The codes of the undeclared dimensions, as far as they are known.
    pub(crate) fn constants(&self) -> Constants {
        let known = self.constants.iter().filter_map(|(_, name, code)| Some((name.clone(), code.clone()?)));
        known.collect()
    }

    /// The next rows; none at the end of the file.
    pub(crate) fn next_piece(&mut self) -> Result<Option<Piece>, Diagnostic> {
        // Undeclared dimensions are compared row by row, before the rows are handed out.
        if self.constants.is_empty() {
            let plain = self.tokens.plain().map_err(|error| unreadable(&self.shape.name, &error))?;
            if let Some(plain) = plain {
                return Ok(Some(Piece(Cut::Whole(plain, Arc::clone(&self.shape)))));
            }
        }
        let batch = self.next_batch()?;
        Ok((batch.read > 0).then_some(Piece(Cut::Cut(batch))))
    }

    /// Rows that the tokeniser cuts: until there are enough of them, or the next can be handed out uncut.
    fn next_batch(&mut self) -> Result<Batch, Diagnostic> {
        let Shape { file, name, width, fields, .. } = &*self.shape;
        let mut batch = Batch::new(*file, Arc::clone(name), fields.len());
        while !batch.is_full() {
            let row = self.tokens.next_row().map_err(|error| unreadable(name, &error))?;
            let Some(row) = row else { break };
            batch.read += 1;
            match row_fault(row, *width) {
                Some(reason) => batch.rejects.push(batch.reject(row.place, None, reason)),
                None => {
                    check_constants(&mut self.constants, row, name)?;
                    batch.push(row, fields);
                }
            }
            if self.constants.is_empty() && !self.tokens.must_cut() {
                break;
            }
        }
        Ok(batch)
    }
}

fn row_fault(row: &Row, width: usize) -> Option<Code> {
    row.fault.or((row.len() != width).then_some(Code::UnequalLengths))
}

/// Why a line of so many fields is no row, as the tokeniser would say. Too long it cannot be: no stretch is.
fn line_fault(fields: usize, width: usize) -> Option<Code> {
    if fields > MOST_FIELDS {
        return Some(Code::RecordTooLong);
    }
    (fields != width).then_some(Code::UnequalLengths)
}

/// An undeclared SDMX dimension must have one code throughout, or cells of unlike meaning would be mixed.
fn check_constants(constants: &mut [Constant], row: &Row, file: &str) -> Result<(), Diagnostic> {
    for (field, name, constant) in constants {
        let found = row.field(*field);
        match constant {
            None => *constant = Some(found.to_vec()),
            Some(constant) if constant == found => {}
            Some(_) => {
                let message = format!("the dimension `{name}` has several codes and is not declared");
                return Err(Diagnostic::error(Code::UndeclaredDimension, message)
                    .in_file(file, Some(row.place.line))
                    .help(format!("declare a column with `from = \"{name}\"`")));
            }
        }
    }
    Ok(())
}
