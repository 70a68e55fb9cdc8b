//! JSON whose rows are objects: a list of them, wherever it stands in the document, or one after another (JSON Lines).
//!
//! The document is read by serde_json as a stream on a thread of its own, so that it may be of any length. The columns are the
//! members of the first rows; a member of an object within a row is a column of its own, `country.code`.

mod document;
mod row;

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use denizen_spec::{Code, Diagnostic, Json, RowPlace, Source, SourceKind};
use serde::de::Error;

use self::row::{MemberValue, Row};
use super::foreign::{ForeignReader, Sender, Stop};
use super::{FileFormat, FilePart, RawRows, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::input::Header;
use crate::rows::{Rows, Stated};

/// Rows that are handed on together, and by which the columns are known.
const BATCH: usize = 8192;

/// Bytes after which fewer are, for a row may be long.
const BATCH_BYTES: usize = 1 << 24;

/// JSON with its options.
pub(super) struct JsonFormat {
    options: Json,
    columns: Columns,
}

/// What a source wants of the members of its rows.
#[derive(Clone)]
struct Columns {
    /// What the declared columns are called in the file.
    declared: Arc<[String]>,
    /// Whether each member could tell two rows apart, so that none may be passed over.
    is_cells: bool,
}

impl JsonFormat {
    pub(super) fn new(options: &Json, source: &Source) -> Self {
        let declared =
            source.columns.iter().flat_map(|column| std::iter::once(&column.from).chain(&column.with));
        let columns =
            Columns { declared: declared.cloned().collect(), is_cells: source.kind == SourceKind::Cells };
        Self { options: options.clone(), columns }
    }
}

impl FileFormat for JsonFormat {
    fn decoder(&self) -> Decoder {
        Decoder::of_utf8()
    }

    fn decimal_mark(&self) -> u8 {
        self.options.decimal_mark
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let (name, pointer, columns) =
            (Arc::clone(&file.name), self.options.rows.clone(), self.columns.clone());
        let batches = ForeignReader::start(&file.name, move |sender| {
            document::read(file.bytes, &pointer, &mut Table::new(&name, columns, sender))
        })?;
        Ok(Box::new(JsonRows { batches, first: None }))
    }
}

/// Reads the rows of a document.
struct JsonRows {
    batches: ForeignReader<Batch>,
    /// Read for the names of the columns, and not yet handed on.
    first: Option<Batch>,
}

impl ReadRows for JsonRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        self.first = self.batches.next()?;
        Ok(self.first.as_ref().map_or_else(Vec::new, |batch| batch.names.to_vec()))
    }

    fn next_rows(&mut self, _header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError> {
        let batch = match self.first.take() {
            Some(first) => Some(first),
            None => self.batches.next()?,
        };
        Ok(batch.map(|batch| Box::new(batch) as Box<dyn RawRows>))
    }

    fn lines(&self) -> u64 {
        0
    }
}

/// Rows as they were read, each with its values in the order of the names.
struct Batch {
    names: Arc<[String]>,
    rows: Vec<Vec<MemberValue>>,
    first_row: u64,
}

impl RawRows for Batch {
    fn bytes(&self) -> u64 {
        self.rows.iter().flatten().map(|value| value.size() as u64).sum()
    }

    fn cut(self: Box<Self>, header: &Arc<Header>) -> Rows {
        let mut rows = Rows::new(header);
        for (row, values) in (self.first_row..).zip(&self.rows) {
            let place = RowPlace::Record { row };
            if header.fields().any(|field| values[field].is_inexact()) {
                rows.reject(place, Code::InexactNumber);
                continue;
            }
            rows.push(place, header.fields().map(|field| values[field].field()));
            rows.note_stated(Stated::of(values.iter().map(MemberValue::text)));
        }
        rows
    }
}

/// Collects the rows of a document and hands them on.
struct Table<'a> {
    name: &'a str,
    columns: Columns,
    /// The columns, and where they stand; known with the first rows.
    names: Option<Names>,
    rows: Vec<Row>,
    /// The bytes of these rows.
    bytes: usize,
    /// Number of the first of these rows, from 1.
    first_row: u64,
    /// Bytes that were read since the last row.
    since_row: Rc<Cell<u64>>,
    /// Why no more rows are wanted.
    stop: Option<Stop>,
    sender: &'a Sender<Batch>,
}

struct Names {
    /// How many rows they were learnt from.
    rows: usize,
    names: Arc<[String]>,
    index: HashMap<String, usize>,
}

impl Names {
    /// The members of some rows, as they appear.
    fn of(rows: &[Row]) -> Self {
        let (mut names, mut index) = (Vec::new(), HashMap::new());
        for (name, _) in rows.iter().flat_map(|row| &row.members) {
            if !index.contains_key(name) {
                index.insert(name.clone(), names.len());
                names.push(name.clone());
            }
        }
        Self { rows: rows.len(), names: names.into(), index }
    }
}

impl<'a> Table<'a> {
    fn new(name: &'a str, columns: Columns, sender: &'a Sender<Batch>) -> Self {
        let since_row = Rc::default();
        Self {
            name,
            columns,
            names: None,
            rows: Vec::new(),
            bytes: 0,
            first_row: 1,
            since_row,
            stop: None,
            sender,
        }
    }

    /// Takes a row; an error where no more are wanted.
    fn push<E: Error>(&mut self, row: Row) -> Result<(), E> {
        self.since_row.set(0);
        self.bytes += row.size();
        self.rows.push(row);
        if self.rows.len() < BATCH && self.bytes < BATCH_BYTES {
            return Ok(());
        }
        self.hand_on().map_err(|stop| {
            self.stop = Some(stop);
            E::custom("no more rows are wanted")
        })
    }

    /// Hands the last rows on. A document without rows has no columns.
    fn finish(&mut self) -> Result<(), Stop> {
        let is_done = self.rows.is_empty() && self.names.is_some();
        if is_done { Ok(()) } else { self.hand_on() }
    }

    fn hand_on(&mut self) -> Result<(), Stop> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let names = self.names.take().unwrap_or_else(|| Names::of(&rows));
        let first_row = self.first_row;
        self.first_row += rows.len() as u64;
        let in_order = (first_row..).zip(rows).map(|(number, row)| self.in_order(&names, number, row));
        let rows = in_order.collect::<Result<_, _>>()?;
        let batch = Batch { names: Arc::clone(&names.names), rows, first_row };
        self.names = Some(names);
        self.sender.send(batch)
    }

    /// The values of a row in the order of the columns.
    fn in_order(&self, names: &Names, number: u64, row: Row) -> Result<Vec<MemberValue>, Diagnostic> {
        let mut values: Vec<Option<MemberValue>> = vec![None; names.names.len()];
        for (name, value) in row.members {
            if matches!(value, MemberValue::List) && self.columns.declared.contains(&name) {
                return Err(self.list(number, &name));
            }
            match names.index.get(&name) {
                Some(index) if values[*index].is_some() => return Err(self.twice(number, &name)),
                Some(index) => values[*index] = Some(value),
                // As any column that is not declared, it is not read.
                None if !self.columns.is_cells => {}
                None => return Err(self.late(number, &name, names.rows)),
            }
        }
        Ok(values.into_iter().map(|value| value.unwrap_or(MemberValue::Nothing)).collect())
    }

    fn list(&self, number: u64, name: &str) -> Diagnostic {
        let message = format!("`{name}` of row {number} of `{}` is a list", self.name);
        Diagnostic::error(Code::NestedColumn, message)
            .in_file(self.name, None)
            .help("write the document with a plain value for each member that is needed")
    }

    fn twice(&self, number: u64, name: &str) -> Diagnostic {
        let message = format!("row {number} of `{}` has `{name}` twice", self.name);
        Diagnostic::error(Code::AmbiguousColumn, message)
            .in_file(self.name, None)
            .help("ask its publisher which of them is meant")
    }

    fn late(&self, number: u64, name: &str, first: usize) -> Diagnostic {
        let message =
            format!("row {number} of `{}` has `{name}`, which the first {first} rows have not", self.name);
        Diagnostic::error(Code::ChangedHeader, message)
            .in_file(self.name, None)
            .note("it may tell cells apart".to_owned())
            .help("write the document with all members in each row, `null` where there is none")
    }

    /// What serde_json found, or why the rows were not wanted.
    fn fault(&self, error: &serde_json::Error) -> Diagnostic {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "it ends too early".to_owned(),
            serde_json::error::Category::Io => error.to_string(),
            serde_json::error::Category::Syntax | serde_json::error::Category::Data => {
                // Where it is found stands beside the message.
                let message = error.to_string();
                message.rsplit_once(" at line ").map_or(message.clone(), |(what, _)| what.to_owned())
            }
        };
        let message = format!("`{}` is no JSON of rows: {what}", self.name);
        Diagnostic::error(Code::Unreadable, message)
            .in_file(self.name, u64::try_from(error.line()).ok().filter(|line| *line > 0))
            .help("`format = \"json\"` reads objects whose members are the columns: a list of them, or one after another; `rows` says where the list stands")
    }
}
