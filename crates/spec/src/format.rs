//! The formats of a source's files, each with the options that belong to it.

use serde::{Deserialize, Serialize};

use crate::text::{Fields, Findings};
use crate::workbook::{Workbook, refuse_fields_of_text};
use crate::{Code, Diagnostic};

/// How the files of a source are laid out. Each variant is read by the file of the same name in `ingest/src/formats/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A header line and delimited fields (RFC 4180), with whatever delimiter is declared.
    Csv(Delimited),
    /// SDMX-CSV as IstatData and Eurostat export it: dimensions, `TIME_PERIOD`, `OBS_VALUE`, attributes.
    SdmxCsv(SdmxCsv),
    /// A sheet of a workbook: XLSX, XLSB, XLS or ODS.
    Workbook(Workbook),
    /// A Parquet file.
    Parquet,
}

/// An SDMX message in lines of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SdmxCsv {
    /// How its lines are cut.
    pub text: Delimited,
    /// The dataflows that its rows may be of (`DATAFLOW` or `STRUCTURE_ID`, without version); where none is named, all rows
    /// are of one.
    pub dataflows: Vec<String>,
}

/// Lines of fields with a delimiter between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delimited {
    /// The byte between two fields, in ASCII.
    pub delimiter: u8,
    /// Label of the character encoding (WHATWG), such as `windows-1252`.
    pub encoding: String,
    /// The byte between a whole number and its decimals: `.` or `,`.
    pub decimal_mark: u8,
}

impl Default for Delimited {
    fn default() -> Self {
        Self { delimiter: b',', encoding: "utf-8".to_owned(), decimal_mark: b'.' }
    }
}

type Build = fn(&Fields<'_, '_>, &Findings, Delimited) -> Format;

/// Each kind of workbook is a format by its own name too: that is what people call it.
const FORMATS: [(&str, Build); 8] = [
    ("csv", |_, _, text| Format::Csv(text)),
    ("sdmx-csv", |fields, _, text| {
        Format::SdmxCsv(SdmxCsv { text, dataflows: fields.optional_texts("dataflows") })
    }),
    ("workbook", workbook),
    ("xlsx", workbook),
    ("xlsb", workbook),
    ("xls", workbook),
    ("ods", workbook),
    ("parquet", |_, _, _| Format::Parquet),
];

fn workbook(fields: &Fields<'_, '_>, findings: &Findings, text: Delimited) -> Format {
    Format::Workbook(Workbook { decimal_mark: text.decimal_mark, ..Workbook::read(fields, findings) })
}

impl Format {
    /// Reads the format of a source and its options.
    pub(crate) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let encoding = fields.optional_text("encoding");
        let format = fields.one_of("format", &FORMATS);
        let delimiter = delimiter(fields, findings);
        let default = Delimited::default();
        let decimal_mark = fields.optional_one_of("decimal_mark", &[(".", b'.'), (",", b',')]);
        let text = Delimited {
            delimiter,
            encoding: encoding.unwrap_or(default.encoding),
            decimal_mark: decimal_mark.unwrap_or(default.decimal_mark),
        };
        let format = format?(fields, findings, text);
        refuse_fields_of_text(fields, findings, &format);
        Some(format)
    }
}

fn delimiter(fields: &Fields<'_, '_>, findings: &Findings) -> u8 {
    let Some(text) = fields.optional_string("delimiter") else { return Delimited::default().delimiter };
    match text.get_ref().as_bytes() {
        [byte] if is_delimiter(*byte) => *byte,
        _ => {
            findings.push(
                Diagnostic::error(Code::UnknownValue, "a delimiter is one ASCII character")
                    .at_span(text.span(), "not a delimiter")
                    .help("write `;`, `,`, `|` or `\\t`"),
            );
            Delimited::default().delimiter
        }
    }
}

/// Whether a byte can stand between fields.
pub(crate) fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r')
}
