//! The first sheet: what the release is, its sheets, what letters mean, whose data it is.

use std::collections::BTreeSet;

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::{A4, Formats, GREY, of_language};
use crate::facts;
use crate::language::Language;
use crate::release::{Release, Resource};
use crate::words::{self, workbook};

/// The widths of the two columns, in characters.
const WIDTHS: [u16; 2] = [28, 110];

/// Lines of a name and a text.
struct Lines<'w, 'f> {
    sheet: &'w mut Worksheet,
    formats: &'f Formats,
    name: Format,
    wrapped: Format,
    next: u32,
}

impl Lines<'_, '_> {
    fn head(&mut self, text: &str) -> Result<(), XlsxError> {
        self.next += 1;
        self.sheet.write_string_with_format(self.next, 0, text, &self.formats.head)?;
        self.next += 1;
        Ok(())
    }

    fn line(&mut self, name: &str, text: &str) -> Result<(), XlsxError> {
        if text.is_empty() {
            return Ok(());
        }
        self.sheet.write_string_with_format(self.next, 0, name, &self.name)?;
        self.sheet.write_string_with_format(self.next, 1, text, &self.wrapped)?;
        // LibreOffice makes no row higher for its texts. A row is no higher than 409 points.
        let lines = [name, text]
            .into_iter()
            .zip(WIDTHS)
            .map(|(text, width)| text.chars().count().div_ceil(usize::from(width)).max(1));
        self.sheet.set_row_height(self.next, (15 * lines.max().unwrap_or(1)).min(405) as f64)?;
        self.next += 1;
        Ok(())
    }
}

pub(super) fn write(
    release: &Release,
    tables: &[Resource],
    sheet: &mut Worksheet,
    formats: &Formats,
    language: Language,
) -> Result<(), XlsxError> {
    let manifest = &release.manifest;
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    sheet.write_string_with_format(0, 0, manifest.title(language), &formats.title)?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let mut lines = Lines { sheet, formats, name: wrapped.clone().set_font_color(GREY), wrapped, next: 1 };
    if release.package.synthetic {
        lines.line("", language.say(words::SYNTHETIC))?;
    }
    let mut told = BTreeSet::from([manifest.title(language)]);
    for other in Language::ALL {
        let title = manifest.title(other);
        if told.insert(title) {
            lines.line(&language.fill(workbook::TITLE_IN, &[other.code()]), title)?;
        }
    }
    lines.line(language.say(words::EDITION), &manifest.vintage)?;
    let description = manifest.description(language).unwrap_or_default();
    lines.line(language.say(workbook::DESCRIPTION), description)?;
    lines.line(language.say(workbook::PROTECTION), &facts::disclosure(manifest, language))?;
    lines.head(language.say(workbook::TABLES))?;
    for table in tables {
        lines.line(table.stem(), table.title(language))?;
    }
    lines.head(language.say(workbook::STATUS_OF_VALUES))?;
    for (code, texts) in release.codes("obs_status") {
        lines.line(code, of_language(&texts, language))?;
    }
    lines.head(language.say(workbook::SOURCES))?;
    for input in &manifest.inputs {
        let fields = [&input.producer, &input.origin, &input.licence];
        let parts: Vec<&str> = fields.into_iter().flatten().map(String::as_str).collect();
        lines.line(input.title.as_deref().unwrap_or(&input.file), &parts.join("; "))?;
    }
    lines.head(language.say(workbook::HOW_TO_CITE))?;
    lines.line("", release.package.citation.as_deref().unwrap_or_default())
}
