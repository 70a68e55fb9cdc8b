//! A sheet: titles and notes, a header, rows.

use std::ops::Range;
use std::rc::Rc;

use rust_xlsxwriter::{ExcelDateTime, Worksheet, XlsxError};

use super::columns::{Cell, Columns, SheetColumn, columns};
use super::{A4, Formats, MOST_ROWS};
use crate::formats::table::Table;
use crate::language::Language;
use crate::release::Input;
use crate::words;

/// Some rows of a table on a sheet of their own.
pub(super) struct Sheet<'t> {
    formats: &'t Formats,
    title: String,
    notes: Vec<String>,
    columns: Rc<Columns<'t>>,
    rows: Range<usize>,
}

impl<'t> Sheet<'t> {
    /// The sheets of a table.
    pub(super) fn all_of(table: &'t Table<'_>, formats: &'t Formats) -> Vec<Self> {
        let columns = Rc::new(columns(table));
        let notes = notes(table, &columns);
        let fit = MOST_ROWS - notes.len() - 4;
        let count = table.rows();
        let starts = (0..count.max(1)).step_by(fit);
        let sheet = |start: usize| {
            let rows = start..count.min(start + fit);
            let mut notes = notes.clone();
            if count > fit {
                let rows =
                    [rows.start + 1, rows.end, count].map(|row| Language::English.number(row as f64, 0));
                notes.push(format!("Rows {} to {} of {}: a sheet holds no more.", rows[0], rows[1], rows[2]));
            }
            let title = table.resource.title(Language::English).to_owned();
            Self { formats, title, notes, columns: Rc::clone(&columns), rows }
        };
        starts.map(sheet).collect()
    }

    pub(super) fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let head = self.notes.len() as u32 + 2;
        let last_row = head + self.rows.len() as u32;
        let columns: Vec<&SheetColumn<'_>> =
            self.columns.printed.iter().chain(&self.columns.beside).collect();
        let last_printed = self.columns.printed.len().saturating_sub(1) as u16;
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        sheet.set_print_area(0, 0, last_row, last_printed)?;
        sheet.set_repeat_rows(head, head)?.set_footer("&L&A&R&P / &N");
        sheet.set_freeze_panes(head + 1, 0)?;
        for (position, column) in (0..).zip(&columns) {
            sheet.set_column_width(position, column.width())?;
        }
        sheet.write_string_with_format(0, 0, &self.title, &self.formats.title)?;
        for (row, note) in (1..).zip(&self.notes) {
            sheet.write_string_with_format(row, 0, note, &self.formats.note)?;
        }
        for (position, column) in (0..).zip(&columns) {
            sheet.write_string_with_format(head, position, &column.title, &self.formats.head)?;
        }
        for (line, row) in (head + 1..).zip(self.rows.clone()) {
            for (position, column) in (0..).zip(&columns) {
                self.cell(sheet, (line, position), &column.cell(row))?;
            }
        }
        sheet.autofilter(head, 0, last_row, columns.len().saturating_sub(1) as u16)?;
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

/// What stands between the title and the header.
fn notes(table: &Table<'_>, columns: &Columns<'_>) -> Vec<String> {
    let manifest = &table.release.manifest;
    let mut notes = Vec::new();
    if table.release.package.synthetic {
        notes.push(words::SYNTHETIC[0].to_owned());
    }
    notes.push(manifest.title(Language::English).to_owned());
    notes.extend(columns.said_once.iter().cloned());
    let along = table.resource.indicators.iter().filter(|taken| !taken.along.is_empty());
    notes.extend(along.map(|taken| format!("{} is taken over {}", taken.name, taken.along.join(", "))));
    let sample = table.resource.sampling_fraction.filter(|fraction| *fraction < 1.0);
    notes.extend(
        sample.map(|fraction| Language::English.fill(words::SAMPLE, &[&(100.0 * fraction).to_string()])),
    );
    notes.push(match origins(&manifest.inputs).as_slice() {
        [origin] => format!("Source: {origin}"),
        _ => "Sources and licences: on the first sheet".to_owned(),
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
