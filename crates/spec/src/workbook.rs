//! Options of the formats that are no text: workbooks and Parquet.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::format::Format;
use crate::text::{Fields, Findings, wrong_type};
use crate::{Code, Diagnostic};

/// Where a workbook has its table. Its first bytes tell whether it is XLSX, XLSB, XLS or ODS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workbook {
    /// Which sheets are read; none where the workbook has only one that is not hidden.
    pub sheets: Vec<SheetChoice>,
    /// Rows of the sheet above the header.
    pub skip: u32,
    /// Rows of the header.
    pub header_rows: u32,
    /// What is put between the parts of a name that stand in several of them.
    pub header_join: String,
    /// Whether lines above the header, such as `Sex: males`, are columns with one value for the whole sheet.
    pub metadata_lines: bool,
    /// The column that the name of the sheet makes.
    pub sheet_column: Option<String>,
    /// What is made of merged cells below the header.
    pub merged: MergedCells,
    /// The byte between a whole number and its decimals, where a number is written as text: `.` or `,`.
    pub decimal_mark: u8,
}

/// Names a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SheetChoice {
    /// By its name, or by a pattern such as `A * 2023`.
    Name(String),
    /// By its number, from 1; hidden ones are counted.
    Number(u32),
}

/// What merged cells below the header say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergedCells {
    /// Rows that share a cell with others are rejected.
    Reject,
    /// What a merged cell says holds for each of its rows.
    Repeat,
}

impl Default for Workbook {
    fn default() -> Self {
        Self {
            sheets: Vec::new(),
            skip: 0,
            header_rows: 1,
            header_join: " ".to_owned(),
            metadata_lines: false,
            sheet_column: None,
            merged: MergedCells::Reject,
            decimal_mark: b'.',
        }
    }
}

/// Rows of a sheet, in any format.
const MOST_ROWS: i64 = 1 << 20;

/// Rows that a header has at the most.
const MOST_HEADER_ROWS: i64 = 20;

impl Workbook {
    pub(crate) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Self {
        let default = Self::default();
        let merged = [("reject", MergedCells::Reject), ("repeat", MergedCells::Repeat)];
        Self {
            sheets: sheets(fields, findings),
            skip: count(fields, "skip", 0..=MOST_ROWS, "a number of rows").unwrap_or(default.skip),
            header_rows: count(fields, "header_rows", 1..=MOST_HEADER_ROWS, "a number of rows from 1 to 20")
                .unwrap_or(default.header_rows),
            header_join: fields.optional_text("header_join").unwrap_or(default.header_join),
            metadata_lines: fields.optional_bool("metadata_lines").unwrap_or(false),
            sheet_column: fields.optional_text("sheet_column"),
            merged: fields.optional_one_of("merged", &merged).unwrap_or(default.merged),
            decimal_mark: default.decimal_mark,
        }
    }
}

fn count(
    fields: &Fields<'_, '_>,
    key: &'static str,
    bounds: std::ops::RangeInclusive<i64>,
    expected: &str,
) -> Option<u32> {
    let written = fields.optional_integer(key)?;
    if !bounds.contains(written.get_ref()) {
        fields.fault(&written, expected);
    }
    u32::try_from(written.into_inner()).ok()
}

/// A name, a number, or several of them.
fn sheets(fields: &Fields<'_, '_>, findings: &Findings) -> Vec<SheetChoice> {
    let Some(value) = fields.value("sheet") else { return Vec::new() };
    let choice = |value: &Spanned<DeValue<'_>>| {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        let number = number.filter(|number| *number > 0).map(SheetChoice::Number);
        let found =
            number.or_else(|| value.get_ref().as_str().map(|name| SheetChoice::Name(name.to_owned())));
        if found.is_none() {
            findings.push(wrong_type(value, "the name of a sheet, or its number from 1 on"));
        }
        found
    };
    match value.get_ref() {
        DeValue::Array(items) => items.iter().filter_map(choice).collect(),
        _ => choice(value).into_iter().collect(),
    }
}

/// Fields that only formats of text have.
pub(crate) fn refuse_fields_of_text(fields: &Fields<'_, '_>, findings: &Findings, format: &Format) {
    let refused: &[&'static str] = match format {
        Format::Csv(_) | Format::SdmxCsv(_) | Format::EurostatTsv(_) | Format::FixedWidth(_) => return,
        Format::Workbook(_) | Format::Json(_) => &["delimiter", "encoding"],
        Format::Parquet | Format::JsonStat => &["delimiter", "encoding", "decimal_mark"],
    };
    for field in refused.iter().filter(|field| fields.has(field)) {
        let message = format!("`{field}` is about text, which this format is not");
        if let Some(value) = fields.value(field) {
            let fault = Diagnostic::error(Code::UnknownField, message);
            findings.push(fault.at_span(value.span(), "leave it out"));
        }
    }
}
