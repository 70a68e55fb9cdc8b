//! The formats of a source's files, each with the options that belong to it.

use serde::{Deserialize, Serialize};

use crate::fixed_width::FixedWidth;
use crate::json::Json;
use crate::layout::Layout;
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
    /// Eurostat's TSV, old and new: dimensions in one column, a column for each period, flags behind the values.
    EurostatTsv(EurostatTsv),
    /// Lines in which each field has its place.
    FixedWidth(FixedWidth),
    /// A sheet of a workbook: XLSX, XLSB, XLS or ODS.
    Workbook(Workbook),
    /// A Parquet file.
    Parquet,
    /// JSON: objects that are rows.
    Json(Json),
    /// JSON-stat 2.0: a cube of values, as Eurostat's and other offices' interfaces answer.
    JsonStat,
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

/// A table of Eurostat's bulk download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EurostatTsv {
    /// Label of the character encoding.
    pub encoding: String,
}

/// Lines of fields with a delimiter between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delimited {
    /// The byte between two fields, in ASCII.
    pub delimiter: u8,
    /// The byte around a text in which a delimiter or a line end may stand; none where no text has such.
    pub quote: Option<u8>,
    /// Label of the character encoding: one of WHATWG such as `windows-1252`, a DOS code page such as `cp850`, `utf-16le`, or
    /// `auto`.
    pub encoding: String,
    /// The byte between a whole number and its decimals: `.` or `,`.
    pub decimal_mark: u8,
    /// What stands in a file besides its rows.
    pub layout: Layout,
}

impl Default for Delimited {
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
            encoding: "utf-8".to_owned(),
            decimal_mark: b'.',
            layout: Layout::default(),
        }
    }
}

pub(crate) type Build = fn(&Fields<'_, '_>, &Findings) -> Format;

/// Each kind of workbook is a format by its own name too: that is what people call it.
pub(crate) const FORMATS: [(&str, Build); 12] = [
    ("csv", |fields, findings| Format::Csv(Delimited::read(fields, findings))),
    ("sdmx-csv", |fields, findings| {
        let text = Delimited::read(fields, findings);
        Format::SdmxCsv(SdmxCsv { text, dataflows: fields.optional_texts("dataflows") })
    }),
    ("eurostat-tsv", |fields, _| Format::EurostatTsv(EurostatTsv { encoding: text_options(fields).0 })),
    ("fixed-width", |fields, _| Format::FixedWidth(FixedWidth::read(fields, text_options(fields)))),
    ("workbook", workbook),
    ("xlsx", workbook),
    ("xlsb", workbook),
    ("xls", workbook),
    ("ods", workbook),
    ("parquet", |_, _| Format::Parquet),
    ("json", |fields, _| Format::Json(Json::read(fields, text_options(fields).1))),
    ("json-stat", |_, _| Format::JsonStat),
];

fn workbook(fields: &Fields<'_, '_>, findings: &Findings) -> Format {
    let (_, decimal_mark) = text_options(fields);
    Format::Workbook(Workbook { decimal_mark, ..Workbook::read(fields, findings) })
}

impl Format {
    /// What a pipeline calls it; `workbook` for each kind of workbook.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::SdmxCsv(_) => "sdmx-csv",
            Self::EurostatTsv(_) => "eurostat-tsv",
            Self::FixedWidth(_) => "fixed-width",
            Self::Workbook(_) => "workbook",
            Self::Parquet => "parquet",
            Self::Json(_) => "json",
            Self::JsonStat => "json-stat",
        }
    }

    /// The label of the declared encoding; none where a file says itself how its texts are encoded.
    pub fn encoding(&self) -> Option<&str> {
        match self {
            Self::Csv(text) | Self::SdmxCsv(SdmxCsv { text, .. }) => Some(&text.encoding),
            Self::EurostatTsv(options) => Some(&options.encoding),
            Self::FixedWidth(options) => Some(&options.encoding),
            Self::Workbook(_) | Self::Parquet | Self::Json(_) | Self::JsonStat => None,
        }
    }

    /// Reads the format of a source and its options.
    pub(crate) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        match fields.one_of("format", &FORMATS) {
            Some(build) => {
                let format = build(fields, findings);
                refuse_fields_of_text(fields, findings, &format);
                Some(format)
            }
            None => {
                // The options of most formats: what else is wrong with them can be said all the same.
                Delimited::read(fields, findings);
                fields.ignore_unknown();
                None
            }
        }
    }
}

impl Delimited {
    fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Self {
        let delimiter = delimiter(fields, findings);
        let quote = quote(fields, findings, delimiter);
        let (encoding, decimal_mark) = text_options(fields);
        Self { delimiter, quote, encoding, decimal_mark, layout: Layout::read(fields, findings) }
    }
}

/// Encoding and decimal mark.
fn text_options(fields: &Fields<'_, '_>) -> (String, u8) {
    let default = Delimited::default();
    let encoding = fields.optional_text("encoding").unwrap_or(default.encoding);
    let decimal_mark = fields.optional_one_of("decimal_mark", &[(".", b'.'), (",", b',')]);
    (encoding, decimal_mark.unwrap_or(default.decimal_mark))
}

/// The quote; none where it is declared to be none.
fn quote(fields: &Fields<'_, '_>, findings: &Findings, delimiter: u8) -> Option<u8> {
    let default = Delimited::default().quote;
    let Some(text) = fields.optional_string("quote") else { return default };
    match text.get_ref().as_bytes() {
        b"none" => None,
        [byte] if is_quote(*byte) && *byte != delimiter => Some(*byte),
        _ => {
            findings.push(
                Diagnostic::error(Code::UnknownValue, "a quote is one ASCII sign, and not the delimiter")
                    .at_span(text.span(), "not a quote")
                    .help("write `\"`, `'` or `none`"),
            );
            default
        }
    }
}

/// Whether a byte can stand around a text.
pub(crate) fn is_quote(byte: u8) -> bool {
    byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric()
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
