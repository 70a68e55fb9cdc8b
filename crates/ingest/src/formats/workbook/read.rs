//! Reads a workbook with calamine: XLSX and XLSB as a stream of cells, XLS and ODS as a whole.

use std::collections::HashSet;
use std::io::{Cursor, Read, Seek};

use calamine::{Data, Dimensions, Ods, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx};
use denizen_spec::Diagnostic;

use super::cells::{Message, Region, SheetHead, SheetName, SheetRow, Value};
use super::package::{Kind, Package, protected};
use super::regions;
use crate::formats::foreign::{Stop, damaged, too_large};

/// Takes what is read of a workbook.
pub(super) trait Take {
    /// Which of the sheets are to be read, by their indices.
    fn choose(&mut self, sheets: &[SheetName]) -> Result<Vec<usize>, Stop>;

    fn take(&mut self, message: Message) -> Result<(), Stop>;
}

/// Sheets of a workbook at the most.
const MOST_SHEETS: usize = 10_000;

/// Characters of a text in a cell: no spreadsheet program writes more.
const LONGEST_TEXT: usize = 32_767;

/// Bytes of the texts of a row.
const LONGEST_ROW: usize = 1 << 24;

/// Bytes, cells counted as some, after which rows are handed on.
const BATCH: usize = 1 << 19;

/// Merged cells of a sheet at the most.
const MOST_MERGED: usize = 100_000;

/// Reads a workbook.
pub(super) fn read(file: &str, bytes: Vec<u8>, package: &Package, taker: &mut dyn Take) -> Result<(), Stop> {
    match package.kind {
        Kind::Xlsx => xlsx(file, Cursor::new(bytes), package.has_merged, taker),
        Kind::Xlsb => xlsb(file, &bytes, taker),
        Kind::Xls => {
            let mut book = open::<Xls<_>, _>(file, Cursor::new(bytes))?;
            let is_1904 = book.has_1904_epoch();
            let merged = |book: &Xls<_>, _: u32, name: &str| {
                several(file, book.merge_cells_by_sheet_name(name).unwrap_or_default())
            };
            whole(file, &mut book, is_1904, merged, taker)
        }
        Kind::Ods => {
            let merged = regions::of_ods(&bytes);
            let merged = |_: &Ods<_>, index: u32, _: &str| {
                bounded(file, merged.get(index as usize).cloned().unwrap_or_default())
            };
            whole(file, &mut open::<Ods<_>, _>(file, Cursor::new(bytes))?, false, merged, taker)
        }
    }
}

fn open<B, E>(file: &str, bytes: Cursor<Vec<u8>>) -> Result<B, Diagnostic>
where
    B: Reader<Cursor<Vec<u8>>, Error = E>,
    E: std::fmt::Debug + std::fmt::Display + From<std::io::Error>,
{
    B::new(bytes).map_err(|error| unopened(file, &error.to_string()))
}

fn unopened(file: &str, error: &str) -> Diagnostic {
    if error.contains("password protected") || error.contains("encrypted") {
        return protected(file);
    }
    damaged(file, error)
}

fn sheets(file: &str, book: &[Sheet], taker: &mut dyn Take) -> Result<Vec<(u32, String)>, Stop> {
    if book.len() > MOST_SHEETS {
        return Err(too_large(file, &format!("it has {} sheets", book.len())).into());
    }
    let sheet = |sheet: &Sheet| SheetName {
        name: sheet.name.clone(),
        is_hidden: sheet.visible != SheetVisible::Visible,
        has_cells: sheet.typ == SheetType::WorkSheet,
    };
    let names: Vec<SheetName> = book.iter().map(sheet).collect();
    let chosen = taker.choose(&names)?;
    taker.take(Message::Sheets(names))?;
    Ok(chosen.into_iter().map(|index| (index as u32, book[index].name.clone())).collect())
}

fn bounded(file: &str, merged: Vec<Region>) -> Result<Vec<Region>, Diagnostic> {
    if merged.len() > MOST_MERGED {
        return Err(too_large(file, &format!("a sheet has {} merged cells", merged.len())));
    }
    Ok(merged)
}

fn several(file: &str, merged: Vec<Dimensions>) -> Result<Vec<Region>, Diagnostic> {
    let is_several = |region: &Dimensions| region.start != region.end;
    let region = |found: Dimensions| Region { first: found.start, last: found.end };
    bounded(file, merged.into_iter().filter(is_several).map(region).collect())
}

fn xlsx(file: &str, bytes: Cursor<Vec<u8>>, has_merged: bool, taker: &mut dyn Take) -> Result<(), Stop> {
    let fault = |error: calamine::XlsxError| damaged(file, &error.to_string());
    let mut book = open::<Xlsx<_>, _>(file, bytes)?;
    let is_1904 = book.has_1904_epoch();
    for (index, name) in sheets(file, book.sheets_metadata(), taker)? {
        let merged =
            if has_merged { book.merge_cells_by_sheet_name(&name).map_err(fault)? } else { Vec::new() };
        taker.take(Message::Sheet(SheetHead { index, merged: several(file, merged)? }))?;
        let mut cells = book.worksheet_cells_reader(&name).map_err(fault)?;
        send_rows(file, taker, || {
            let Some(cell) = cells.next_cell_with_formula_metadata().map_err(fault)? else { return Ok(None) };
            let value = Value::of(cell.value, is_1904);
            Ok(Some((cell.pos, value.or_else(|| cell.formula.map(|_| Value::Uncomputed)))))
        })?;
    }
    Ok(())
}

fn xlsb(file: &str, bytes: &[u8], taker: &mut dyn Take) -> Result<(), Stop> {
    let fault = |error: calamine::XlsbError| damaged(file, &error.to_string());
    let book = Xlsb::new(Cursor::new(bytes));
    let mut book = book.map_err(|error: calamine::XlsbError| unopened(file, &error.to_string()))?;
    let is_1904 = book.has_1904_epoch();
    let parts = regions::parts_of_xlsb(bytes);
    for (index, name) in sheets(file, book.sheets_metadata(), taker)? {
        let merged = parts.get(&name).map(|path| regions::of_xlsb(bytes, path)).unwrap_or_default();
        taker.take(Message::Sheet(SheetHead { index, merged: bounded(file, merged)? }))?;
        // The reader passes over formulas whose value is an error: where they are must be known from elsewhere.
        let mut errors = formulas_without_value(file, &mut book, &name)?;
        let mut cells = book.worksheet_cells_reader(&name).map_err(fault)?;
        errors.sort_unstable_by(|one, other| other.cmp(one));
        let mut waiting = None;
        send_rows(file, taker, || {
            if waiting.is_none() {
                let cell = cells.next_cell().map_err(fault)?;
                waiting =
                    cell.map(|cell| (cell.get_position(), Value::of(cell.get_value().clone(), is_1904)));
            }
            // An error stands before the cell that comes next.
            let error = errors.pop_if(|error| waiting.as_ref().is_none_or(|(place, _)| *error < *place));
            Ok(error.map(|place| (place, Some(Value::Uncomputed))).or_else(|| waiting.take()))
        })?;
    }
    Ok(())
}

/// Formulas of a sheet at the most, where they are to be remembered.
const MOST_FORMULAS: usize = 2_000_000;

/// Where a sheet has formulas of whose value nothing is read.
fn formulas_without_value<R: Read + Seek>(
    file: &str,
    book: &mut Xlsb<R>,
    sheet: &str,
) -> Result<Vec<(u32, u32)>, Diagnostic> {
    let fault = |error: calamine::XlsbError| damaged(file, &error.to_string());
    let mut places = HashSet::new();
    let mut cells = book.worksheet_cells_reader(sheet).map_err(fault)?;
    while let Some(cell) = cells.next_formula().map_err(fault)? {
        places.insert(cell.get_position());
        if places.len() > MOST_FORMULAS {
            return Err(too_large(file, "a sheet has more than two million formulas"));
        }
    }
    drop(cells);
    let mut cells = book.worksheet_cells_reader(sheet).map_err(fault)?;
    while !places.is_empty()
        && let Some(cell) = cells.next_cell().map_err(fault)?
    {
        places.remove(&cell.get_position());
    }
    Ok(places.into_iter().collect())
}

/// Reads a workbook that calamine holds in memory.
fn whole<B: Reader<Cursor<Vec<u8>>>>(
    file: &str,
    book: &mut B,
    is_1904: bool,
    merged: impl Fn(&B, u32, &str) -> Result<Vec<Region>, Diagnostic>,
    taker: &mut dyn Take,
) -> Result<(), Stop> {
    let listed = book.sheets_metadata().to_vec();
    for (index, name) in sheets(file, &listed, taker)? {
        let merged = merged(book, index, &name)?;
        taker.take(Message::Sheet(SheetHead { index, merged }))?;
        let range = book.worksheet_range(&name).map_err(|error| damaged(file, &format!("{error:?}")))?;
        let (row, column) = range.start().unwrap_or_default();
        let mut cells = range.used_cells();
        send_rows(file, taker, || {
            let cell = cells.next();
            Ok(cell.map(|(down, right, data): (_, _, &Data)| {
                ((row + down as u32, column + right as u32), Value::of_data(data, is_1904))
            }))
        })?;
    }
    Ok(())
}

/// A cell that was read: where, and what, if anything.
type ReadCell = Option<((u32, u32), Option<Value>)>;

/// Puts cells together to rows. They come row by row, and from left to right.
fn send_rows(
    file: &str,
    taker: &mut dyn Take,
    mut next: impl FnMut() -> Result<ReadCell, Diagnostic>,
) -> Result<(), Stop> {
    let mut batch = Batch::default();
    let mut last = None;
    while let Some((place, value)) = next()? {
        if last.is_some_and(|last| place <= last) {
            let cell = cell_name(place.1, place.0);
            return Err(
                damaged(file, &format!("the cell {cell} does not stand where its row has room")).into()
            );
        }
        last = Some(place);
        let Some(value) = value else { continue };
        batch.add(file, place, value)?;
        if batch.bytes > BATCH
            && let Some(current) = batch.rows.pop()
        {
            // The row that may go on stays.
            let rows = std::mem::replace(&mut batch.rows, vec![current]);
            batch.bytes = batch.row_bytes;
            if !rows.is_empty() {
                taker.take(Message::Rows(rows))?;
            }
        }
    }
    if batch.rows.is_empty() { Ok(()) } else { taker.take(Message::Rows(batch.rows)) }
}

#[derive(Default)]
struct Batch {
    rows: Vec<SheetRow>,
    bytes: usize,
    /// Those of the last row among them.
    row_bytes: usize,
}

impl Batch {
    fn add(&mut self, file: &str, (row, column): (u32, u32), value: Value) -> Result<(), Diagnostic> {
        let size = size_of::<Value>() + if let Value::Text(text) = &value { text.len() } else { 0 };
        if size > LONGEST_TEXT && matches!(&value, Value::Text(text) if text.chars().count() > LONGEST_TEXT) {
            let cell = cell_name(column, row);
            return Err(too_large(file, &format!("the cell {cell} has more than {LONGEST_TEXT} characters")));
        }
        match self.rows.last_mut().filter(|last| last.row == row) {
            Some(last) => {
                last.cells.push((column, value));
                self.row_bytes += size;
            }
            None => {
                self.rows.push(SheetRow { row, cells: vec![(column, value)] });
                self.row_bytes = size;
            }
        }
        self.bytes += size;
        if self.row_bytes > LONGEST_ROW {
            return Err(too_large(file, &format!("row {} has more than {} MiB", row + 1, LONGEST_ROW >> 20)));
        }
        Ok(())
    }
}

/// What a cell is called in a spreadsheet: `C12`.
pub(super) fn cell_name(column: u32, row: u32) -> String {
    format!("{}{}", crate::input::column_letters(column), u64::from(row) + 1)
}
