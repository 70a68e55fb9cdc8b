//! The rows of the sheets that are read.

use std::sync::Arc;

use denizen_spec::{Code, Diagnostic, MergedCells, RowPlace, Workbook};

use super::cells::{Message, SheetHead, SheetName, SheetRow, Value};
use super::header::{self, SheetHeader};
use super::merged::Merged;
use super::{note, sheets};
use crate::formats::foreign::ForeignReader;
use crate::formats::{RawRows, ReadError, ReadRows};
use crate::input::Header;
use crate::rows::{Field, Rows, Stated};
use crate::sparse::is_prose;

/// Sheets that IstatData writes at the most.
const CUT_OFF_AT: usize = 50;

/// What stands above the tables of IstatData.
const ISTAT_LINES: [&str; 2] = ["Frequenza", "Frequency"];

/// Rows in which a header is looked for.
const SEARCHED: u32 = 50;

/// Reads the rows of a workbook.
pub(super) struct WorkbookRows {
    file: Arc<str>,
    options: Arc<Workbook>,
    declared: Arc<[String]>,
    values: ValueColumns,
    hidden_rows: u64,
    messages: ForeignReader<Message>,
    /// A message that came too early.
    pending: Option<Message>,
    sheets: Vec<SheetName>,
    /// What the first sheet says that is read.
    names: Option<Vec<String>>,
    sheet: Option<OpenSheet>,
    notes: Vec<Diagnostic>,
}

/// The sheet that is being read.
struct OpenSheet {
    name: Arc<str>,
    number: u32,
    header: SheetHeader,
    merged: Merged,
    /// Rows that were read with those of the header.
    read_ahead: Vec<SheetRow>,
}

impl WorkbookRows {
    pub(super) fn new(
        file: Arc<str>,
        options: Arc<Workbook>,
        declared: Arc<[String]>,
        values: ValueColumns,
        hidden_rows: u64,
        messages: ForeignReader<Message>,
    ) -> Self {
        Self {
            file,
            options,
            declared,
            values,
            hidden_rows,
            messages,
            pending: None,
            sheets: Vec::new(),
            names: None,
            sheet: None,
            notes: Vec::new(),
        }
    }

    fn message(&mut self) -> Result<Option<Message>, Diagnostic> {
        match self.pending.take() {
            Some(message) => Ok(Some(message)),
            None => self.messages.next(),
        }
    }

    /// The next rows of the sheet at hand; of the next sheet, where it has come to its end.
    fn sheet_rows(&mut self) -> Result<Option<Vec<SheetRow>>, Diagnostic> {
        loop {
            if let Some(sheet) = &mut self.sheet
                && !sheet.read_ahead.is_empty()
            {
                return Ok(Some(std::mem::take(&mut sheet.read_ahead)));
            }
            match self.message()? {
                None => return Ok(None),
                Some(Message::Rows(rows)) => return Ok(Some(rows)),
                Some(Message::Sheets(sheets)) => self.sheets = sheets,
                Some(Message::Sheet(head)) => {
                    let sheet = self.open_sheet(head)?;
                    self.check_same(&sheet)?;
                    self.sheet = Some(sheet);
                }
            }
        }
    }

    /// Sheets that are read together have one header.
    fn check_same(&mut self, sheet: &OpenSheet) -> Result<(), Diagnostic> {
        let names = self.names.get_or_insert_with(|| sheet.header.names.clone());
        if *names == sheet.header.names {
            return Ok(());
        }
        let message = format!("the sheet `{}` of `{}` has another header", sheet.name, self.file);
        let row = u64::from(self.options.skip) + 1;
        let error = Diagnostic::error(Code::Sheet, message).in_file(&*self.file, Some(row));
        let differs = |(one, other): &(&String, &String)| one != other;
        let pair = names.iter().zip(&sheet.header.names).position(|pair| differs(&pair));
        let column = pair.unwrap_or(names.len().min(sheet.header.names.len()));
        let place = format!("it differs from that of the first sheet in its column {}", column + 1);
        Err(error.note(place).help("read sheets of unlike tables as sources of their own"))
    }

    /// Reads what a sheet says above its rows.
    fn open_sheet(&mut self, head: SheetHead) -> Result<OpenSheet, Diagnostic> {
        let end = self.options.skip + self.options.header_rows;
        let mut rows: Vec<SheetRow> = Vec::new();
        while rows.last().is_none_or(|last| last.row < end.max(SEARCHED)) {
            match self.message()? {
                Some(Message::Rows(more)) => rows.extend(more),
                other => {
                    self.pending = other;
                    break;
                }
            }
        }
        let listed = self.sheets.get(head.index as usize);
        let name: Arc<str> = listed.map_or("", |sheet| sheet.name.as_str()).into();
        let header = SheetHeader::new(&rows, &head.merged, &name, &self.options);
        self.check_names(&header, &rows, &name)?;
        self.check_whole(&rows)?;
        let below = rows.partition_point(|row| row.row < end);
        let (first, merged) = (rows[..below].to_vec(), Merged::new(head.merged));
        let mut sheet =
            OpenSheet { name, number: head.index + 1, header, merged, read_ahead: rows.split_off(below) };
        // Cells may be merged over the header and rows below it.
        first.iter().for_each(|row| drop(sheet.merged.of(row, 0)));
        Ok(sheet)
    }

    /// Whether a header has the declared columns; else, where there is one that has.
    fn check_names(&self, header: &SheetHeader, rows: &[SheetRow], sheet: &str) -> Result<(), Diagnostic> {
        let Some(missing) = self.declared.iter().find(|name| !header.names.contains(name)) else {
            return Ok(());
        };
        let constants = &header.names[header.width..];
        let fits = |row: &&SheetRow| {
            let names: Vec<String> = row.cells.iter().map(|(_, value)| header::text(value)).collect();
            self.declared.iter().all(|name| names.contains(name) || constants.contains(name))
        };
        let Some(found) = rows.iter().take_while(|row| row.row < SEARCHED).find(fits) else {
            return Ok(());
        };
        let (row, skip) = (found.row + 1, found.row);
        let message = format!("`{}` has no column `{missing}`", self.file);
        Err(Diagnostic::error(Code::MissingColumn, message)
            .in_file(&*self.file, Some(u64::from(self.options.skip) + 1))
            .note(format!("row {row} of the sheet `{sheet}` has all declared columns"))
            .help(format!("write `skip = {skip}`")))
    }

    /// IstatData cuts off what it exports.
    fn check_whole(&mut self, rows: &[SheetRow]) -> Result<(), Diagnostic> {
        let lines = rows.iter().filter_map(header::metadata);
        let is_istat = lines.take(SEARCHED as usize).any(|(name, _)| ISTAT_LINES.contains(&name.as_str()));
        if self.sheets.len() != CUT_OFF_AT || !is_istat || !self.notes.is_empty() {
            return Ok(());
        }
        let message = format!(
            "`{}` has exactly {CUT_OFF_AT} sheets, at which IstatData cuts off what it exports",
            self.file
        );
        if !sheets::is_pattern(&self.options.sheets) {
            self.notes.push(note(Code::TruncatedExport, &self.file, message));
            return Ok(());
        }
        Err(Diagnostic::error(Code::TruncatedExport, message)
            .in_file(&*self.file, None)
            .help("fetch the table as CSV, or in parts; or name in `sheet` each sheet that is to be read"))
    }

    fn note_hidden(&mut self) {
        let is_hidden = |sheet: &&SheetName| sheet.has_cells && sheet.is_hidden;
        let hidden: Vec<String> =
            self.sheets.iter().filter(is_hidden).map(|sheet| format!("`{}`", sheet.name)).collect();
        if hidden.is_empty() && self.hidden_rows == 0 {
            return;
        }
        let mut found =
            note(Code::HiddenCells, &self.file, format!("`{}` has hidden sheets or rows", self.file));
        if !hidden.is_empty() {
            found = found
                .note(format!("hidden sheets are read only where they are named: {}", hidden.join(", ")));
        }
        if self.hidden_rows > 0 {
            found = found.note(format!(
                "rows of its sheets that are hidden are read like all others: {}",
                self.hidden_rows
            ));
        }
        self.notes.push(found);
    }
}

impl ReadRows for WorkbookRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        // The first rows open the first sheet.
        let rows = self.sheet_rows()?;
        if let (Some(rows), Some(sheet)) = (rows, &mut self.sheet) {
            sheet.read_ahead = rows;
        }
        self.note_hidden();
        Ok(self.names.clone().unwrap_or_default())
    }

    fn notes(&self) -> Vec<Diagnostic> {
        self.notes.clone()
    }

    fn next_rows(&mut self, header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError> {
        let Some(found) = self.sheet_rows()? else { return Ok(None) };
        let mut rows = Rows::new(header);
        if let Some(sheet) = &mut self.sheet {
            let columns = RowColumns::new(header, sheet, self.options.merged, &self.values);
            found.iter().for_each(|row| columns.push(row, sheet, &mut rows));
        }
        Ok(Some(Box::new(rows)))
    }

    fn lines(&self) -> u64 {
        0
    }
}

/// Which columns of a sheet are read.
struct RowColumns {
    /// The fields that the header wants.
    wanted: Vec<usize>,
    width: u32,
    policy: MergedCells,
    /// Whether a field is a number of its row.
    is_value: Vec<bool>,
}

/// Columns of numbers: what merged cells say there is said of several rows or columns together, and not of each.
#[derive(Clone)]
pub(super) struct ValueColumns {
    /// What the value of cells or the weight of records is called in the file.
    pub(super) names: Arc<[String]>,
    /// Where columns become rows: what all others are called.
    pub(super) beside_wide: Option<Arc<[String]>>,
}

impl ValueColumns {
    fn has(&self, name: &String) -> bool {
        self.names.contains(name) || self.beside_wide.as_ref().is_some_and(|others| !others.contains(name))
    }
}

impl RowColumns {
    fn new(header: &Header, sheet: &OpenSheet, policy: MergedCells, values: &ValueColumns) -> Self {
        let is_value = header.names.iter().map(|name| values.has(name)).collect();
        Self { wanted: header.fields().collect(), width: sheet.header.width as u32, policy, is_value }
    }

    fn is_value(&self, column: u32) -> bool {
        self.is_value.get(column as usize) == Some(&true)
    }

    fn is_wanted(&self, column: u32) -> bool {
        self.wanted.contains(&(column as usize))
    }

    /// Adds a row of a sheet, or says why it is none.
    fn push(&self, row: &SheetRow, sheet: &mut OpenSheet, rows: &mut Rows) {
        let place = RowPlace::Sheet {
            sheet: Arc::clone(&sheet.name),
            number: sheet.number,
            row: u64::from(row.row) + 1,
        };
        let shared = sheet.merged.of(row, self.width);
        let is_blank = |value: &Value| matches!(value, Value::Text(text) if text.trim().is_empty());
        let mut cells: Vec<(u32, &Value)> =
            row.cells.iter().map(|(column, value)| (*column, value)).collect();
        if !cells.iter().any(|(_, value)| !is_blank(value)) {
            // What merged cells say alone makes no row.
            return;
        }
        let is_stated = |(column, value): &(u32, &Value)| self.is_wanted(*column) && !is_blank(value);
        let is_shared = shared.cells.iter().any(is_stated);
        // A number of several rows or columns is that of none of them, not of the first one either.
        let first_of_value =
            shared.firsts.iter().any(|column| self.is_value(*column) && self.is_wanted(*column));
        let is_number =
            first_of_value || shared.cells.iter().any(|cell| is_stated(cell) && self.is_value(cell.0));
        if is_number || (is_shared && self.policy == MergedCells::Reject) {
            return rows.reject(place, Code::MergedCell);
        }
        cells.extend(shared.cells);
        if let Some(reason) = cells.iter().find_map(|(column, value)| self.fault(*column, value)) {
            return rows.reject(place, reason);
        }
        let constants = &sheet.header.constants;
        let mut fields = vec![Field::Text(b""); self.width as usize + constants.len()];
        for (column, value) in &cells {
            if *column < self.width {
                fields[*column as usize] = value.field();
            }
        }
        for (field, text) in fields[self.width as usize..].iter_mut().zip(constants) {
            *field = Field::Text(text.as_bytes());
        }
        rows.push(place, self.wanted.iter().map(|index| fields[*index]));
        let mut stated = cells.iter().filter(|(_, value)| !is_blank(value));
        if let (Some((_, value)), None) = (stated.next(), stated.next()) {
            let is_prose = matches!(value, Value::Text(text) if is_prose(text.trim()));
            rows.note_stated(Stated::One { is_prose });
        }
    }

    /// Why a cell makes its row none.
    fn fault(&self, column: u32, value: &Value) -> Option<Code> {
        let is_blank = matches!(value, Value::Text(text) if text.trim().is_empty());
        if column >= self.width && !is_blank {
            return Some(Code::UnequalLengths);
        }
        match value {
            Value::Uncomputed if self.is_wanted(column) => Some(Code::FormulaWithoutValue),
            value if value.is_inexact() && self.is_wanted(column) => Some(Code::InexactNumber),
            Value::Text(_) | Value::Number(_) | Value::Date(_) | Value::Moment(..) | Value::Uncomputed => {
                None
            }
        }
    }
}
