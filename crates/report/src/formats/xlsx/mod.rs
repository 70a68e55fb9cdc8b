//! One workbook for all tables of a release (`NAME-VINTAGE.xlsx`): to be read, filtered and printed, in one language.
//!
//! The first sheet says what the release is and whose data it is; each table has a sheet, or several where it has more rows than fit.
//! Cells are texts, numbers and days, never formulas. The same release gives the same bytes.

mod about;
mod columns;
mod sheet;

use std::collections::BTreeSet;

use denizen_spec::{Code, Diagnostic};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use self::sheet::{NextRows, Sheets};
use super::table::Table;
use super::{NO_DAY, Put, day_of};
use crate::language::Language;
use crate::release::Release;
use crate::words;

/// The colour of what stands beside, legible in print.
const GREY: &str = "#555555";

/// Paper, as Excel numbers it.
const A4: u8 = 9;

/// Rows of a sheet.
const MOST_ROWS: usize = 1 << 20;

/// The characters of the name of a sheet.
const LONGEST_NAME: usize = 31;

/// How cells look.
struct Formats {
    title: Format,
    head: Format,
    note: Format,
    day: Format,
    text: Format,
    whole: Format,
    /// Numbers with so many decimals.
    numbers: Vec<Format>,
}

impl Formats {
    fn new() -> Self {
        let number = |decimals: usize| match decimals {
            0 => Format::new().set_num_format("#,##0"),
            _ => Format::new().set_num_format(format!("#,##0.{}", "0".repeat(decimals))),
        };
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap(),
            note: Format::new().set_font_color(GREY),
            day: Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            // Apart from the number before it.
            text: Format::new().set_align(FormatAlign::Left).set_indent(1),
            whole: Format::new(),
            numbers: (0..=9).map(number).collect(),
        }
    }
}

/// The name of the file: in another language than English it ends in that, as `permits-2026-it.xlsx`.
pub(crate) fn file_name(release: &Release, language: Language) -> String {
    let ending = match language {
        Language::English => String::new(),
        Language::Italian | Language::Spanish => format!("-{}", language.code()),
    };
    format!("{}-{}{ending}.xlsx", release.manifest.pipeline, release.manifest.vintage)
}

/// What is said in a language; in English where nothing is said in it.
fn of_language(texts: &[String; 3], language: Language) -> &str {
    let own = &texts[language.index()];
    if own.is_empty() { &texts[Language::English.index()] } else { own }
}

pub(super) fn write(release: &Release, language: Language, put: &mut Put<'_>) -> Result<(), Diagnostic> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(release, language).map_err(fault)?);
    let formats = Formats::new();
    let mut names = Names::default();
    let about = names.give(language.say(words::workbook::ABOUT));
    let tables = release.tables();
    let first = workbook.add_worksheet().set_name(about).map_err(fault)?;
    about::write(release, &tables, first, &formats, language).map_err(fault)?;
    for resource in &tables {
        let table = Table::read(release, resource)?;
        let (sheets, mut next) = (Sheets::of(&table, &formats, language), NextRows::of(&table)?);
        for range in sheets.ranges() {
            let name = names.give(table.name());
            let worksheet = workbook.add_worksheet_with_low_memory().map_err(fault)?;
            sheets.write(worksheet.set_name(&name).map_err(fault)?, range, &mut next)?;
        }
    }
    let bytes = workbook.save_to_buffer().map_err(fault)?;
    put(&file_name(release, language), &mut |out| out.write_all(&bytes))
}

fn properties(release: &Release, language: Language) -> Result<DocProperties, XlsxError> {
    let manifest = &release.manifest;
    Ok(DocProperties::new()
        .set_title(manifest.title(language))
        .set_author(&manifest.program)
        .set_comment(release.package.citation.as_deref().unwrap_or_default())
        // Releases know no clock.
        .set_creation_datetime(&ExcelDateTime::parse_from_str(day_of(release).unwrap_or(NO_DAY))?))
}

fn fault(error: XlsxError) -> Diagnostic {
    if let XlsxError::MaxStringLengthExceeded = error {
        return Diagnostic::error(Code::NoFormat, "a text is too long for the cell of a workbook")
            .note("a cell holds 32,767 characters")
            .help("leave `xlsx` out of the formats; Parquet and CSV have the text");
    }
    Diagnostic::error(Code::Unwritable, "the tables cannot be written as a workbook")
        .note(error.to_string())
        .help("free space where temporary files lie")
}

/// Names of sheets, which are unlike in more than the case of their letters.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn give(&mut self, wanted: &str) -> String {
        let mut number = 1;
        loop {
            let suffix = if number == 1 { String::new() } else { format!("~{number}") };
            let kept: String = wanted.chars().take(LONGEST_NAME - suffix.len()).collect();
            let name = kept + &suffix;
            // Excel keeps this name for itself.
            if name.to_lowercase() != "history" && self.0.insert(name.to_lowercase()) {
                return name;
            }
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets() {
        let mut names = Names::default();
        let long = "new_permits_by_marital_status_and_reason";
        let table = [
            ("About", "About"),
            ("about", "about~2"),
            (long, "new_permits_by_marital_status_a"),
            (long, "new_permits_by_marital_status~2"),
            ("History", "History~2"),
        ];
        for (wanted, expected) in table {
            assert_eq!(names.give(wanted), expected);
            assert!(expected.len() <= LONGEST_NAME);
        }
    }
}
