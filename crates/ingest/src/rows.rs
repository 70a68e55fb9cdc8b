//! Rows of a file, cut into fields and not yet decoded.

use std::io::Write;
use std::sync::Arc;

use denizen_spec::{Code, Date, RowPlace};

use crate::encoding_guess::HighBytes;
use crate::input::Header;
use crate::lookup::RawField;
use crate::sparse::is_prose;

/// Rows that are held together: so many that the work on them outweighs its overhead, and that they fit into any memory.
const MOST_ROWS: usize = 1 << 16;

/// Bytes after which rows are handed on earlier, so that long rows do not take much memory.
const MOST_BYTES: usize = 1 << 26;

/// A field as a format finds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Field<'a> {
    /// Bytes in the encoding of the format.
    Text(&'a [u8]),
    /// A number, of which 15 digits count: spreadsheets show and store no more.
    Number(f64),
    /// Days since 1970-01-01.
    Date(i32),
    /// A date with a time of day in seconds.
    Moment(i32, u32),
    /// The same with parts of a second, or in UTC.
    Exact { day: i32, second: u32, nanosecond: u32, is_utc: bool },
}

/// Some rows of one file. Numbers and dates are kept as texts too: `12.5`, `2007-05-31`, `2007-05-31 18:00:00`,
/// `2007-05-31T18:00:00Z`.
pub(crate) struct Rows {
    header: Arc<Header>,
    read: u64,
    rejects: Vec<(RowPlace, Code)>,
    /// Bytes that tell the encoding, of all fields, where it is not UTF-8 that is declared.
    bytes: HighBytes,
    places: Places,
    text: Vec<u8>,
    /// For each row, where each of its fields begins in the text and where one more would begin: fields are one byte
    /// apart.
    starts: Vec<u32>,
    /// Which fields, row by row, were numbers or dates; empty where none was.
    typed: Vec<bool>,
    /// Where not all fields are kept: rows of which at most one field holds anything, in order.
    sparse: Vec<(usize, Stated)>,
    /// Rows in which numbers were repaired, and how many.
    repaired: Vec<(usize, u32)>,
}

/// How much of a row holds anything but blanks, undeclared fields included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stated {
    /// No field.
    Nothing,
    /// One field.
    One {
        /// Whether it reads like a note, and not like the name or number of something.
        is_prose: bool,
    },
    /// Several fields.
    Several,
}

impl Stated {
    /// Looks at the fields of a row until it has found two that hold anything.
    pub(crate) fn of<'a>(fields: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut stated = fields.map(<[u8]>::trim_ascii).filter(|field| !field.is_empty());
        match (stated.next(), stated.next()) {
            (None, _) => Self::Nothing,
            (Some(field), None) => Self::One { is_prose: is_prose(&String::from_utf8_lossy(field)) },
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

/// Where rows stand in the file.
enum Places {
    /// Only the fields that the header wants are kept, in its order.
    Known(Vec<RowPlace>),
    /// All fields are kept.
    Lines(LinePlaces),
}

/// Each row is one line of a text that begins with the byte `start` and stands there in the file.
pub(crate) struct LinePlaces {
    pub(crate) start: usize,
    pub(crate) line: u64,
    pub(crate) byte: u64,
}

impl LinePlaces {
    /// The place of a line that begins at a byte of the text.
    pub(crate) fn place(&self, line: u64, start: usize) -> RowPlace {
        RowPlace::Line { byte: self.byte + (start - self.start) as u64, line, lines: 1 }
    }
}

impl Rows {
    /// No rows yet.
    pub(crate) fn new(header: &Arc<Header>) -> Self {
        Self {
            header: Arc::clone(header),
            read: 0,
            rejects: Vec::new(),
            bytes: HighBytes::default(),
            places: Places::Known(Vec::new()),
            text: Vec::new(),
            starts: Vec::new(),
            typed: Vec::new(),
            sparse: Vec::new(),
            repaired: Vec::new(),
        }
    }

    /// Rows of lines, whose fields begin there in the text.
    pub(crate) fn of_lines(
        header: &Arc<Header>,
        text: Vec<u8>,
        starts: Vec<u32>,
        places: LinePlaces,
    ) -> Self {
        Self { places: Places::Lines(places), text, starts, ..Self::new(header) }
    }

    /// With the rows that were read, and those of them that are at fault as a whole.
    pub(crate) fn with_counts(self, read: u64, rejects: Vec<(RowPlace, Code)>) -> Self {
        Self { read, rejects, ..self }
    }

    /// Adds what is known of the bytes of some fields.
    pub(crate) fn add_bytes(&mut self, bytes: HighBytes) {
        self.bytes.add(bytes);
    }

    /// What is known of their bytes.
    pub(crate) fn bytes(&self) -> HighBytes {
        self.bytes
    }

    /// Adds a row: the fields that the header wants, as bytes, and whether each was a number or a date.
    pub(crate) fn push_copied<'a>(
        &mut self,
        place: RowPlace,
        fields: impl Iterator<Item = (&'a [u8], bool)>,
    ) {
        self.read += 1;
        for (column, (field, is_typed)) in fields.enumerate() {
            self.starts.push(self.text.len() as u32);
            if is_typed {
                let index = self.len() * self.header.fields().len() + column;
                self.typed.resize(index, false);
                self.typed.push(true);
            }
            self.text.extend_from_slice(field);
            self.text.push(0);
        }
        self.starts.push(self.text.len() as u32);
        if let Places::Known(places) = &mut self.places {
            places.push(place);
        }
    }

    /// Where U+FFFD stands among the fields that are kept, as UTF-8: how often, and in which row first.
    ///
    /// What was no text once has become that character: what it was is lost.
    pub(crate) fn replacement_characters(&self) -> Option<(u64, usize)> {
        let start = match &self.places {
            Places::Known(_) => 0,
            Places::Lines(lines) => lines.start,
        };
        // Nearly all texts have none, and this is one pass over them at the speed of memory.
        let mut found = memchr::memmem::find_iter(&self.text[start..], "\u{FFFD}".as_bytes());
        let first = found.next()? + start;
        let row =
            self.starts.partition_point(|begin| *begin as usize <= first).saturating_sub(1) / self.stride();
        Some((found.count() as u64 + 1, row))
    }

    /// Adds a row: the fields that the header wants.
    pub(crate) fn push<'a>(&mut self, place: RowPlace, fields: impl Iterator<Item = Field<'a>>) {
        self.read += 1;
        for (column, field) in fields.enumerate() {
            self.starts.push(self.text.len() as u32);
            if !matches!(field, Field::Text(_)) {
                let index = self.len() * self.header.fields().len() + column;
                self.typed.resize(index, false);
                self.typed.push(true);
            }
            write_field(&mut self.text, field);
            self.text.push(0);
        }
        self.starts.push(self.text.len() as u32);
        if let Places::Known(places) = &mut self.places {
            places.push(place);
        }
    }

    /// Says how much of the row holds anything that was added last.
    pub(crate) fn note_stated(&mut self, stated: Stated) {
        if stated != Stated::Several {
            self.sparse.push((self.len() - 1, stated));
        }
    }

    /// Notes that some numbers were repaired in the row that is added next.
    pub(crate) fn note_repaired(&mut self, numbers: u32) {
        self.repaired.push((self.len(), numbers));
    }

    /// The rows in which numbers were repaired, and how many.
    pub(crate) fn repaired(&self) -> &[(usize, u32)] {
        &self.repaired
    }

    /// How much of a row holds anything.
    pub(crate) fn stated(&self, row: usize) -> Stated {
        match self.places {
            Places::Known(_) => {
                let found = self.sparse.binary_search_by_key(&row, |(row, _)| *row);
                found.map_or(Stated::Several, |index| self.sparse[index].1)
            }
            Places::Lines(_) => {
                let starts = &self.starts[row * self.stride()..(row + 1) * self.stride()];
                let fields = starts.windows(2);
                Stated::of(fields.map(|ends| &self.text[ends[0] as usize..ends[1] as usize - 1]))
            }
        }
    }

    /// Counts a row that is at fault as a whole.
    pub(crate) fn reject(&mut self, place: RowPlace, reason: Code) {
        self.read += 1;
        self.rejects.push((place, reason));
    }

    /// Whether there are enough rows to be handed on.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= MOST_ROWS || self.rejects.len() >= MOST_ROWS || self.text.len() >= MOST_BYTES
    }

    pub(crate) fn header(&self) -> &Arc<Header> {
        &self.header
    }

    /// Rows that were read, those that are at fault as a whole included.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// The rows that are at fault as a whole: where, and why.
    pub(crate) fn rejects(&self) -> &[(RowPlace, Code)] {
        &self.rejects
    }

    pub(crate) fn text_bytes(&self) -> u64 {
        self.text.len() as u64
    }

    /// Number of rows that are not at fault as a whole.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() / self.stride()
    }

    /// Numbers in `starts` for each row.
    fn stride(&self) -> usize {
        match self.places {
            Places::Known(_) => self.header.fields().len() + 1,
            Places::Lines(_) => self.header.width() + 1,
        }
    }

    /// Where a column stands among the fields of a row.
    fn index(&self, column: usize) -> usize {
        match self.places {
            Places::Known(_) => column,
            Places::Lines(_) => self.header.field(column),
        }
    }

    /// A field of a row.
    pub(crate) fn field(&self, row: usize, column: usize) -> RawField<'_> {
        if let Some(constant) = self.header.constant(column) {
            return constant.into();
        }
        let index = row * self.stride() + self.index(column);
        RawField::new(&self.text, self.starts[index] as usize, self.starts[index + 1] as usize - 1)
    }

    /// The fields of a column, row by row.
    pub(crate) fn column(&self, column: usize) -> impl Iterator<Item = RawField<'_>> {
        let index = self.index(column);
        let constant = self.header.constant(column).map(RawField::from);
        let rows = self.starts.chunks_exact(self.stride());
        rows.map(move |starts| {
            let field = RawField::new(&self.text, starts[index] as usize, starts[index + 1] as usize - 1);
            constant.unwrap_or(field)
        })
    }

    /// Whether a field was a number or a date.
    #[inline]
    pub(crate) fn is_typed(&self, row: usize, column: usize) -> bool {
        !self.typed.is_empty()
            && self.header.constant(column).is_none()
            && self.typed.get(row * self.header.fields().len() + column).copied().unwrap_or(false)
    }

    /// Where rows stand, which are given in their order.
    pub(crate) fn places(&self, rows: impl Iterator<Item = usize>) -> Vec<RowPlace> {
        match &self.places {
            Places::Known(places) => rows.map(|row| places[row].clone()).collect(),
            Places::Lines(lines) => {
                let (mut line, mut seen) = (lines.line, lines.start);
                let place = |row: usize| {
                    let begin = self.starts[row * self.stride()] as usize;
                    line += memchr::memchr_iter(b'\n', &self.text[seen..begin]).count() as u64;
                    seen = begin;
                    lines.place(line, begin)
                };
                rows.map(place).collect()
            }
        }
    }
}

/// A moment with parts of a second, or in UTC: `2007-05-31 18:00:00.5`, `2007-05-31T18:00:00Z`.
fn exact(day: i32, second: u32, nanosecond: u32, is_utc: bool) -> String {
    let day = Date::from_days(day).map_or(day.to_string(), |date| date.to_string());
    let (between, end) = if is_utc { ('T', "Z") } else { (' ', "") };
    let decimals = format!(".{nanosecond:09}");
    let decimals = decimals.trim_end_matches('0').trim_end_matches('.');
    format!("{day}{between}{:02}:{:02}:{:02}{decimals}{end}", second / 3600, second / 60 % 60, second % 60)
}

/// Writes a field as text.
pub(crate) fn write_field(text: &mut Vec<u8>, field: Field<'_>) {
    // Writing to memory does not fail.
    let _ = match field {
        Field::Text(bytes) => text.write_all(bytes),
        Field::Number(number) => write!(text, "{}", fifteen_digits(number)),
        Field::Date(days) => match Date::from_days(days) {
            Some(date) => write!(text, "{date}"),
            None => write!(text, "{days}"),
        },
        Field::Exact { day, second, nanosecond, is_utc } => {
            write!(text, "{}", exact(day, second, nanosecond, is_utc))
        }
        Field::Moment(days, seconds) => {
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            let time = format!("{hours:02}:{minutes:02}:{:02}", seconds % 60);
            match Date::from_days(days) {
                Some(date) => write!(text, "{date} {time}"),
                None => write!(text, "{days} {time}"),
            }
        }
    };
}

/// The number as a spreadsheet shows it: 0.3 where 0.1 and 0.2 were added up.
fn fifteen_digits(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}
