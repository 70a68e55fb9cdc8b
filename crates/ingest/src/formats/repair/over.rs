//! Numbers below each other: rows of which a column says what each counts (men, women, all) belong together where they agree in
//! all other dimensions, wherever they stand in the file.

mod sums;

use std::collections::HashMap;
use std::sync::Arc;

use denizen_spec::{Code, Diagnostic, FieldType, Repair, RowPlace, Source, columns};

use self::sums::{CellRead, Sum, Sums};
use super::{FLAG, FLAG_COLUMN, mark_of};
use crate::decoder::Decoder;
use crate::formats::foreign::too_large;
use crate::formats::{Envelope, FileFormat, FilePart, RawRows, ReadError, ReadRows};
use crate::input::{Called, Header, called};
use crate::rows::{Rows, Stated};

/// Bytes of rows that are held together: the cells of a file are in memory once more before they are counted.
const MOST_BYTES: u64 = 1 << 28;

/// A format of cells, some of whose numbers are repaired by those of other rows. Wide tables are rows already.
pub(in crate::formats) struct RepairedOver {
    format: Box<dyn FileFormat>,
    repair: Vec<Repair>,
    names: Arc<Names>,
}

/// What the columns are called in the file that matter.
struct Names {
    value: String,
    /// Texts in the place of a value that say that there is none.
    no_value: Vec<Box<[u8]>>,
    /// For each repair, the column that says what a row counts.
    over: Vec<String>,
    /// The columns that tell cells apart.
    dimensions: Vec<String>,
}

impl RepairedOver {
    pub(in crate::formats) fn new(format: Box<dyn FileFormat>, source: &Source) -> Self {
        let repair: Vec<Repair> =
            source.repair.iter().filter(|repair| repair.over.is_some()).cloned().collect();
        let from = |name: &str| source.column(name).map_or(name, |column| &column.from).to_owned();
        let over = repair.iter().map(|repair| from(repair.over.as_deref().unwrap_or_default())).collect();
        let is_about_value =
            |name: &str| [columns::VALUE, columns::OBS_STATUS, columns::CONF_STATUS].contains(&name);
        let dimensions = source.columns.iter().filter(|column| {
            let is_text = column.field_type == FieldType::Text && column.name != columns::CONCEPT;
            column.is_field() && !is_text && !is_about_value(&column.name)
        });
        let dimensions = dimensions.map(|column| column.from.clone()).collect();
        let decoder = format.decoder();
        let encoded = |text: &str| -> Box<[u8]> { decoder.encode(text.trim()).as_ref().into() };
        let value = source.column(columns::VALUE);
        let marks = value.into_iter().flat_map(|column| column.marks.iter().map(|(text, _)| text));
        let missing = value.into_iter().flat_map(|column| &column.missing);
        let no_value = marks.chain(missing).map(|text| encoded(text)).collect();
        let names = Arc::new(Names { value: from(columns::VALUE), no_value, over, dimensions });
        Self { format, repair, names }
    }
}

impl FileFormat for RepairedOver {
    fn decoder(&self) -> Decoder {
        self.format.decoder()
    }

    fn inner(&self) -> Option<&dyn FileFormat> {
        Some(&*self.format)
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let file_name = Arc::clone(&file.name);
        let mut rows = self.format.open(file)?;
        let inner_names = rows.names()?;
        Ok(Box::new(TogetherRows {
            file: file_name,
            rows,
            decoder: self.decoder(),
            repair: self.repair.clone(),
            names: Arc::clone(&self.names),
            flag: self.format.envelope(&inner_names).status,
            inner_names,
            made: None,
        }))
    }

    fn envelope(&self, names: &[String]) -> Envelope {
        let envelope = self.format.envelope(names);
        let flag = names.iter().position(|name| name == FLAG_COLUMN);
        Envelope { status: envelope.status.or(flag), ..envelope }
    }
}

/// Reads all rows of a file before it hands on the first.
struct TogetherRows {
    file: Arc<str>,
    rows: Box<dyn ReadRows>,
    decoder: Decoder,
    repair: Vec<Repair>,
    names: Arc<Names>,
    inner_names: Vec<String>,
    /// The field of the flags, where the file has one.
    flag: Option<usize>,
    made: Option<std::vec::IntoIter<Made>>,
}

impl ReadRows for TogetherRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        let flag = self.flag.is_none().then(|| FLAG_COLUMN.to_owned());
        Ok(self.inner_names.iter().cloned().chain(flag).collect())
    }

    fn notes(&self) -> Vec<Diagnostic> {
        self.rows.notes()
    }

    fn next_rows(&mut self, header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError> {
        if self.made.is_none() {
            let parts = self.read_all(header)?;
            self.made = Some(self.repaired(parts)?.into_iter());
        }
        let next = self.made.as_mut().and_then(Iterator::next);
        Ok(next.map(|made| Box::new(made) as Box<dyn RawRows>))
    }

    fn lines(&self) -> u64 {
        self.rows.lines()
    }
}

impl TogetherRows {
    fn read_all(&mut self, header: &Header) -> Result<Vec<Rows>, ReadError> {
        let whole = Arc::new(header.of_all(self.inner_names.clone()));
        let width = self.inner_names.len() as u64;
        let (mut parts, mut bytes) = (Vec::new(), 0);
        while let Some(rows) = self.rows.next_rows(&whole)? {
            let rows = rows.cut(&whole);
            // A field begins somewhere, and a row stands somewhere.
            bytes += rows.text_bytes() + rows.read() * (4 * width + 64);
            if bytes > MOST_BYTES {
                let what = "it has more rows than are repaired together by `over`";
                return Err(ReadError::Failed(too_large(&self.file, what)));
            }
            parts.push(rows);
        }
        Ok(parts)
    }

    fn repaired(&self, parts: Vec<Rows>) -> Result<Vec<Made>, Diagnostic> {
        let fields = Fields::find(&self.names, &self.file, &self.inner_names)?;
        let cells = || parts.iter().flat_map(|rows| (0..rows.len()).map(move |row| (rows, row)));
        let is_cell = |rows: &Rows, row| match rows.stated(row) {
            Stated::Nothing | Stated::One { is_prose: true } => false,
            Stated::One { is_prose: false } | Stated::Several => true,
        };
        let mut sums = Sums::new(cells().map(|(rows, row)| self.number(rows, row, fields.value)).collect());
        for (repair, over) in self.repair.iter().zip(&fields.over) {
            let texts: Vec<_> = repair.names().map(|text| self.decoder.encode(text)).collect();
            let mut groups: HashMap<Vec<u8>, Sum, ahash::RandomState> = HashMap::default();
            for (cell, (rows, row)) in cells().enumerate().filter(|(_, (rows, row))| is_cell(rows, *row)) {
                let text = rows.field(row, *over).trimmed();
                let Some(position) = texts.iter().position(|known| **known == *text) else { continue };
                let key = fields.key(rows, row, *over);
                let sum = groups
                    .entry(key)
                    .or_insert_with(|| Sum::new(texts.len(), mark_of(repair), repair.whole_as_written));
                sum.add(position, cell);
            }
            sums.extend(groups.into_values());
        }
        let mut numbers = sums.numbers().into_iter();
        let made = parts.into_iter().map(|rows| {
            let numbers = numbers.by_ref().take(rows.len()).collect();
            Made { rows, numbers, value: fields.value, flag: self.flag }
        });
        Ok(made.collect())
    }
}

impl TogetherRows {
    fn number<'a>(&self, rows: &'a Rows, row: usize, field: usize) -> CellRead<'a> {
        let text = rows.field(row, field).trimmed();
        let states_none = self.names.no_value.iter().any(|none| **none == *text);
        CellRead { text, is_typed: rows.is_typed(row, field), states_none }
    }
}

/// Where the columns stand.
struct Fields {
    value: usize,
    over: Vec<usize>,
    dimensions: Vec<usize>,
}

impl Fields {
    fn find(wanted: &Names, file: &str, names: &[String]) -> Result<Self, Diagnostic> {
        let find = |wanted: &str| match called(names, wanted) {
            Called::One(field) => Ok(field),
            Called::Nothing | Called::Several => {
                let message = format!("`{file}` has not one column `{wanted}`, which `repair` needs");
                let fault = Diagnostic::error(Code::MissingColumn, message).in_file(file, Some(1));
                Err(fault.help("name the columns of the source as the file does"))
            }
        };
        let all = |wanted: &[String]| wanted.iter().map(|name| find(name)).collect::<Result<Vec<_>, _>>();
        Ok(Self {
            value: find(&wanted.value)?,
            over: all(&wanted.over)?,
            dimensions: all(&wanted.dimensions)?,
        })
    }

    /// What rows that belong together have in common.
    fn key(&self, rows: &Rows, row: usize, over: usize) -> Vec<u8> {
        let mut key = Vec::new();
        for field in self.dimensions.iter().filter(|field| **field != over && **field != self.value) {
            let text = rows.field(row, *field).trimmed();
            key.extend((text.len() as u64).to_le_bytes());
            key.extend_from_slice(text);
        }
        key
    }
}

/// Rows with what their sums make of their numbers.
struct Made {
    rows: Rows,
    /// For each row.
    numbers: Vec<Repaired>,
    value: usize,
    flag: Option<usize>,
}

/// What becomes of the number of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repaired {
    /// It is none, and so are those that it would be the sum or a part of.
    AsWritten,
    Number {
        number: i64,
        /// Whether it is another number, and not the same one written otherwise.
        is_other: bool,
    },
    Undecided,
}

impl RawRows for Made {
    fn bytes(&self) -> u64 {
        self.rows.text_bytes()
    }

    fn cut(self: Box<Self>, header: &Arc<Header>) -> Rows {
        let mut made = Rows::new(header);
        made.add_bytes(self.rows.bytes());
        self.rows.rejects().iter().for_each(|(place, reason)| made.reject(place.clone(), *reason));
        let places = self.rows.places(0..self.rows.len());
        for ((row, place), number) in places.into_iter().enumerate().zip(&self.numbers) {
            self.add(row, place, *number, header, &mut made);
        }
        made
    }
}

impl Made {
    fn add(&self, row: usize, place: RowPlace, repaired: Repaired, header: &Header, made: &mut Rows) {
        let number = match (self.rows.stated(row), repaired) {
            (Stated::Nothing, _) => return made.reject(place, Code::BlankRow),
            (Stated::One { is_prose: true }, _) => return made.reject(place, Code::NoteRow),
            (Stated::One { is_prose: false } | Stated::Several, Repaired::Undecided) => {
                return made.reject(place, Code::UndecidedNumbers);
            }
            (_, Repaired::AsWritten) => None,
            (_, Repaired::Number { number, is_other }) => Some((number.to_string(), is_other)),
        };
        let is_other = number.as_ref().is_some_and(|(_, is_other)| *is_other);
        if is_other {
            made.note_repaired(1);
        }
        let flag_field = self.flag.unwrap_or(self.rows.header().width());
        let flags = if is_other { self.flags(row) } else { Vec::new() };
        let field = |field: usize| match &number {
            Some((number, _)) if field == self.value => (number.as_bytes(), false),
            _ if field == flag_field && (is_other || self.flag.is_none()) => (flags.as_slice(), false),
            Some(_) | None => (self.rows.field(row, field).bytes(), self.rows.is_typed(row, field)),
        };
        made.push_copied(place, header.fields().map(field));
    }

    /// The flags of a row whose number is another one.
    fn flags(&self, row: usize) -> Vec<u8> {
        let own = self.flag.map(|field| self.rows.field(row, field).trimmed()).unwrap_or_default();
        [own, FLAG].concat()
    }
}
