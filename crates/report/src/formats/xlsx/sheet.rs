//! A sheet: titles and notes, a header, rows.

use std::ops::Range;

use denizen_spec::{Code, Diagnostic};
use rust_xlsxwriter::{ExcelDateTime, Worksheet, XlsxError};

use super::columns::{Cell, Columns, SheetColumn, columns};
use super::{A4, Formats, MOST_ROWS, fault};
use crate::formats::table::{Rows, Table};
use crate::language::Language;
use crate::release::Input;
use crate::words::{self, workbook};

/// The sheets of a table: one, or several where it has more rows than fit.
pub(super) struct Sheets<'t> {
    formats: &'t Formats,
    title: String,
    notes: Vec<String>,
    columns: Columns<'t>,
    table: &'t Table<'t>,
    language: Language,
}

impl<'t> Sheets<'t> {
    pub(super) fn of(table: &'t Table<'t>, formats: &'t Formats, language: Language) -> Self {
        let columns = columns(table, language);
        let notes = notes(table, &columns, language);
        let title = table.resource.title(language).to_owned();
        Self { formats, title, notes, columns, table, language }
    }

    /// The rows of each sheet.
    pub(super) fn ranges(&self) -> Vec<Range<usize>> {
        let (count, fit) = (self.table.len(), self.fit());
        (0..count.max(1)).step_by(fit).map(|start| start..count.min(start + fit)).collect()
    }

    /// The rows that fit on a sheet.
    fn fit(&self) -> usize {
        MOST_ROWS - self.notes.len() - 4
    }

    /// Writes a sheet with some rows, which are the next ones.
    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        range: Range<usize>,
        next: &mut NextRows,
    ) -> Result<(), Diagnostic> {
        let mut notes = self.notes.clone();
        if self.table.len() > self.fit() {
            let rows = [range.start + 1, range.end, self.table.len()];
            let rows = rows.map(|row| self.language.number(row as f64, 0));
            notes.push(self.language.fill(workbook::ROWS_OF, &rows.each_ref().map(String::as_str)));
        }
        let columns: Vec<&SheetColumn<'_>> =
            self.columns.printed.iter().chain(&self.columns.beside).collect();
        let head = notes.len() as u32 + 2;
        let last_row = head + range.len() as u32;
        self.write_head(sheet, &notes, &columns, last_row).map_err(fault)?;
        for line in head + 1..=last_row {
            next.step()?;
            for (position, column) in (0..).zip(&columns) {
                self.cell(sheet, (line, position), &column.cell(&next.rows, next.row)).map_err(fault)?;
            }
        }
        sheet.autofilter(head, 0, last_row, columns.len().saturating_sub(1) as u16).map_err(fault)?;
        Ok(())
    }

    /// Writes what stands above the rows, and how the sheet is shown and printed.
    fn write_head(
        &self,
        sheet: &mut Worksheet,
        notes: &[String],
        columns: &[&SheetColumn<'_>],
        last_row: u32,
    ) -> Result<(), XlsxError> {
        let head = notes.len() as u32 + 2;
        let last_printed = self.columns.printed.len().saturating_sub(1) as u16;
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        sheet.set_print_area(0, 0, last_row, last_printed)?;
        sheet.set_repeat_rows(head, head)?.set_footer("&L&A&R&P / &N");
        sheet.set_freeze_panes(head + 1, 0)?;
        for (position, column) in (0..).zip(columns) {
            sheet.set_column_width(position, column.width())?;
        }
        sheet.write_string_with_format(0, 0, &self.title, &self.formats.title)?;
        for (row, note) in (1..).zip(notes) {
            sheet.write_string_with_format(row, 0, note, &self.formats.note)?;
        }
        for (position, column) in (0..).zip(columns) {
            sheet.write_string_with_format(head, position, &column.title, &self.formats.head)?;
        }
        Ok(())
    }

    fn cell(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &Cell<'_>,
    ) -> Result<(), XlsxError> {
        match cell {
            Cell::Text(text) => sheet.write_string_with_format(row, column, *text, &self.formats.text)?,
            Cell::Whole(number) => {
                sheet.write_number_with_format(row, column, *number, &self.formats.whole)?
            }
            Cell::Number { value, decimals } => {
                sheet.write_number_with_format(row, column, *value, &self.formats.numbers[*decimals])?
            }
            Cell::Day(day) => match ExcelDateTime::parse_from_str(day) {
                Ok(date) => sheet.write_datetime_with_format(row, column, &date, &self.formats.day)?,
                // Before 1900 there are no days in a workbook.
                Err(_) => sheet.write_string_with_format(row, column, *day, &self.formats.text)?,
            },
            Cell::Nothing => return Ok(()),
        };
        Ok(())
    }
}

/// The rows of a table one after another, over the ends of chunks and sheets.
pub(super) struct NextRows {
    rows: Rows,
    /// The row among those at hand.
    row: usize,
    count: usize,
}

impl NextRows {
    pub(super) fn of(table: &Table<'_>) -> Result<Self, Diagnostic> {
        let all: Vec<usize> = (0..table.columns.len()).collect();
        Ok(Self { rows: table.rows(&all)?, row: 0, count: 0 })
    }

    /// Goes on to the next row.
    fn step(&mut self) -> Result<(), Diagnostic> {
        self.row += 1;
        while self.row >= self.count {
            let changed = || Diagnostic::error(Code::NoRelease, "the release changes while it is read");
            self.count = self.rows.next()?.ok_or_else(changed)?;
            self.row = 0;
        }
        Ok(())
    }
}

/// What stands between the title and the header.
fn notes(table: &Table<'_>, columns: &Columns<'_>, language: Language) -> Vec<String> {
    let manifest = &table.release.manifest;
    let mut notes = Vec::new();
    if table.release.package.synthetic {
        notes.push(language.say(words::SYNTHETIC).to_owned());
    }
    notes.push(manifest.title(language).to_owned());
    notes.extend(columns.said_once.iter().cloned());
    let along = table.resource.indicators.iter().filter(|taken| !taken.along.is_empty());
    notes.extend(
        along.map(|taken| language.fill(workbook::TAKEN_OVER, &[&taken.name, &taken.along.join(", ")])),
    );
    let sample = table.resource.sampling_fraction.filter(|fraction| *fraction < 1.0);
    notes.extend(sample.map(|fraction| language.fill(words::SAMPLE, &[&(100.0 * fraction).to_string()])));
    notes.push(match origins(&manifest.inputs).as_slice() {
        [origin] => language.fill(words::OF, &[language.say(words::SOURCE), origin]),
        _ => language.say(workbook::SOURCES_ELSEWHERE).to_owned(),
    });
    notes
}

/// Producers and licences of inputs, each once. Which of several a table comes from, a release does not say.
fn origins(inputs: &[Input]) -> Vec<String> {
    let mut origins: Vec<String> = Vec::new();
    for input in inputs {
        let parts: Vec<&str> =
            [&input.producer, &input.licence].into_iter().flatten().map(String::as_str).collect();
        let origin = parts.join("; ");
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins.retain(|origin| !origin.is_empty());
    origins
}
