//! Files whose rows become others before they are read: a row of a wide table is one of each of its cells.

use std::borrow::Cow;
use std::sync::Arc;

use denizen_spec::{Code, Diagnostic, RowPlace};

use super::labels::code_of_field;
use super::repair::{FLAG, RepairedField, RowRepair, repaired};
use super::{RawRows, ReadError, ReadRows};
use crate::input::Header;
use crate::rows::{Rows, Stated};

/// Bytes that the rows may take that come of about a megabyte of a file. A table of a thousand columns repeats the others
/// a thousand times.
const MOST_BYTES: u64 = 1 << 28;

/// What becomes of the names of a file, and of its rows.
pub(super) type MakePlan = Box<dyn Fn(&str, &[String]) -> Result<Option<Plan>, Diagnostic> + Send>;

/// How the rows of a file become others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// What the columns are called that are made, and what they hold.
    pub(super) columns: Vec<(String, Part)>,
    /// How many parts the first field has, if it is divided.
    pub(super) parts_of_first: Option<usize>,
    /// For each row that comes of one: the fields that differ.
    pub(super) cells: Vec<Cell>,
    /// How its numbers are repaired, before anything else is done.
    pub(super) repairs: Vec<RowRepair>,
}

/// What a column of a row holds that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A field as it stands.
    Field(usize),
    /// The code of a field that has its label behind it.
    Code(usize),
    /// One of the parts of the first field, between commas.
    OfFirst(usize),
    /// One of the codes of the cell.
    Name(usize),
    /// The value of the cell.
    Value,
    /// What stands behind the value of the cell, or in a column of its own.
    Flag,
}

/// One of the rows that are made of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    /// The field of its value.
    pub(super) field: usize,
    /// What its flags are.
    pub(super) flags: Flags,
    /// What the name of its column says, in the encoding of the file.
    pub(super) codes: Vec<Box<[u8]>>,
}

/// Where the flags of a cell are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flags {
    /// Nowhere.
    None,
    /// In a field of their own.
    Field(usize),
    /// Behind the value, as Eurostat writes them: `12345 b`, `: c`.
    BehindValue,
}

/// Reads the rows of a file and makes others of them.
pub(super) struct ReshapedRows {
    pub(super) name: Arc<str>,
    pub(super) rows: Box<dyn ReadRows>,
    pub(super) make: MakePlan,
    /// How that is done, once the names are known; rows stay as they are where there is none.
    plan: Option<Arc<Plan>>,
    wide_names: Vec<String>,
    wide_header: Option<Arc<Header>>,
}

impl ReshapedRows {
    pub(super) fn new(name: Arc<str>, rows: Box<dyn ReadRows>, make: MakePlan) -> Self {
        Self { name, rows, make, plan: None, wide_names: Vec::new(), wide_header: None }
    }
}

impl ReadRows for ReshapedRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        self.wide_names = self.rows.names()?;
        self.plan = (self.make)(&self.name, &self.wide_names)?.map(Arc::new);
        Ok(match &self.plan {
            Some(plan) => plan.columns.iter().map(|(name, _)| name.clone()).collect(),
            None => self.wide_names.clone(),
        })
    }

    fn notes(&self) -> Vec<Diagnostic> {
        self.rows.notes()
    }

    fn next_rows(&mut self, header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError> {
        let Some(plan) = &self.plan else { return self.rows.next_rows(header) };
        let names = &self.wide_names;
        let wide = self.wide_header.get_or_insert_with(|| Arc::new(header.of_all(names.clone())));
        let Some(rows) = self.rows.next_rows(wide)? else { return Ok(None) };
        Ok(Some(Box::new(Unshaped { rows, wide: Arc::clone(wide), plan: Arc::clone(plan) })))
    }

    fn lines(&self) -> u64 {
        self.rows.lines()
    }
}

/// Rows as they stand in the file.
struct Unshaped {
    rows: Box<dyn RawRows>,
    wide: Arc<Header>,
    plan: Arc<Plan>,
}

impl RawRows for Unshaped {
    fn bytes(&self) -> u64 {
        self.rows.bytes()
    }

    fn cut(self: Box<Self>, header: &Arc<Header>) -> Rows {
        let Self { rows, wide, plan } = *self;
        let rows = rows.cut(&wide);
        let mut made = Rows::new(header);
        made.add_bytes(rows.bytes());
        // What is no row of the file is none of those that are made, once.
        rows.rejects().iter().for_each(|(place, reason)| made.reject(place.clone(), *reason));
        let mut places = rows.places(0..rows.len()).into_iter();
        for row in 0..rows.len() {
            let Some(place) = places.next() else { break };
            plan.make(&rows, row, place, header, &mut made);
        }
        made
    }
}

impl Plan {
    /// Adds the rows that come of one.
    fn make(&self, rows: &Rows, row: usize, place: RowPlace, header: &Header, made: &mut Rows) {
        let reason = match rows.stated(row) {
            Stated::Nothing => Some(Code::BlankRow),
            Stated::One { is_prose: true } => Some(Code::NoteRow),
            Stated::One { is_prose: false } | Stated::Several => None,
        };
        let parts = || rows.field(row, 0).bytes().iter().filter(|byte| **byte == b',').count() + 1;
        let is_divided = self.parts_of_first.is_none_or(|expected| parts() == expected);
        let reason = reason.or((!is_divided).then_some(Code::UnequalLengths));
        if let Some(reason) = reason.or((made.text_bytes() > MOST_BYTES).then_some(Code::RecordTooLong)) {
            made.reject(place, reason);
            return;
        }
        let field = |field: usize| (rows.field(row, field).bytes(), rows.is_typed(row, field));
        let Some(repaired) = repaired(&self.repairs, field) else {
            made.reject(place, Code::UndecidedNumbers);
            return;
        };
        let others = repaired.iter().filter(|field| field.is_other).count();
        if others > 0 {
            made.note_repaired(others as u32);
        }
        for cell in &self.cells {
            let place = place_of(&place, cell);
            if repaired.is_empty() {
                let fields = header.fields().map(|field| self.columns[field].1.of(rows, row, cell));
                made.push_copied(place, fields);
            } else {
                let fields = self.with_repaired(rows, row, cell, &repaired, header);
                made.push_copied(place, fields.iter().map(|(text, is_typed)| (&**text, *is_typed)));
            }
        }
    }

    /// The fields of a cell with numbers that are repaired, and their flags.
    fn with_repaired<'a>(
        &self,
        rows: &'a Rows,
        row: usize,
        cell: &'a Cell,
        repaired: &'a [RepairedField],
        header: &Header,
    ) -> Vec<(Cow<'a, [u8]>, bool)> {
        let is_other = repaired.iter().any(|field| field.field == cell.field && field.is_other);
        let field = |field: usize| {
            let part = self.columns[field].1;
            let number = part.number(cell);
            match repaired.iter().find(|repaired| number == Some(repaired.field)) {
                Some(repaired) => (Cow::Borrowed(repaired.text.as_bytes()), false),
                None if part == Part::Flag && is_other => {
                    (Cow::Owned([part.of(rows, row, cell).0, FLAG].concat()), false)
                }
                None => {
                    let (text, is_typed) = part.of(rows, row, cell);
                    (Cow::Borrowed(text), is_typed)
                }
            }
        };
        header.fields().map(field).collect()
    }
}

/// The place of a cell of a row; that of the row where there is one row of each.
fn place_of(place: &RowPlace, cell: &Cell) -> RowPlace {
    match place {
        RowPlace::Line { line, byte, .. } if !cell.codes.is_empty() => {
            RowPlace::Cell { line: *line, byte: *byte, field: cell.field as u32 + 1 }
        }
        RowPlace::Line { .. } | RowPlace::Cell { .. } | RowPlace::Sheet { .. } | RowPlace::Record { .. } => {
            place.clone()
        }
    }
}

impl Part {
    /// The field of a number that it holds as it stands.
    fn number(self, cell: &Cell) -> Option<usize> {
        match self {
            Self::Field(index) => Some(index),
            Self::Value => Some(cell.field),
            Self::Code(_) | Self::OfFirst(_) | Self::Name(_) | Self::Flag => None,
        }
    }

    /// What stands there in a row, and whether it was a number or a date.
    fn of<'a>(self, rows: &'a Rows, row: usize, cell: &'a Cell) -> (&'a [u8], bool) {
        let field = |field: usize| (rows.field(row, field).bytes(), rows.is_typed(row, field));
        match self {
            Self::Field(index) => field(index),
            Self::Code(index) => (code_of_field(field(index).0), false),
            Self::OfFirst(part) => {
                (field(0).0.split(|byte| *byte == b',').nth(part).unwrap_or_default(), false)
            }
            Self::Name(code) => (&cell.codes[code], false),
            Self::Value => match cell.flags {
                Flags::None | Flags::Field(_) => field(cell.field),
                Flags::BehindValue => (value_and_flags(field(cell.field).0).0, false),
            },
            Self::Flag => match cell.flags {
                Flags::None => (b"", false),
                Flags::Field(index) => field(index),
                Flags::BehindValue => (value_and_flags(field(cell.field).0).1, false),
            },
        }
    }
}

/// The value of a cell of Eurostat and its flags. A colon is no value: `: c` is confidential, and so is `:c`.
fn value_and_flags(field: &[u8]) -> (&[u8], &[u8]) {
    let field = field.trim_ascii();
    if let Some(flags) = field.strip_prefix(b":") {
        return (b"", flags.trim_ascii());
    }
    let end = field.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(field.len());
    (&field[..end], field[end..].trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_flags() {
        let table: [(&[u8], &[u8], &[u8]); 9] = [
            (b"12345 ", b"12345", b""),
            (b"12345 b", b"12345", b"b"),
            (b"12.5 bep ", b"12.5", b"bep"),
            (b": ", b"", b""),
            (b":", b"", b""),
            (b": c", b"", b"c"),
            (b":c ", b"", b"c"),
            (b"", b"", b""),
            (b"0 n", b"0", b"n"),
        ];
        for (field, value, flags) in table {
            assert_eq!(value_and_flags(field), (value, flags));
        }
    }
}
