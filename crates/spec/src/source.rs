//! `[source.NAME]`: which files, in which format, and what each column means.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use crate::fields::{Date, Faults, Fields, unknown_value};
use crate::table::is_file_name;
use crate::{Code, DateFormat, Diagnostic};

/// One kind of input.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name, by which steps and tables call it.
    pub name: Spanned<String>,
    /// Paths or globs, relative to the project.
    pub files: Vec<Spanned<String>>,
    /// How the files are laid out.
    pub format: Format,
    /// What a row is.
    pub kind: Kind,
    /// Label of the character encoding (WHATWG), such as `windows-1252`.
    pub encoding: Spanned<String>,
    /// The byte between two fields.
    pub delimiter: u8,
    /// The concept of all cells of this source, where no column says it.
    pub concept: Option<String>,
    /// Share of rejected rows (0 to 1) above which the run fails. Cells: 0 unless stated; records: 0.01.
    pub max_rejected: f64,
    /// The columns that are read, in the order of the file.
    pub columns: Vec<Column>,
    /// Where the section stands in the pipeline file.
    pub span: Range<usize>,
}

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header line and delimited fields (RFC 4180), with whatever delimiter is declared.
    Csv,
    /// SDMX-CSV as IstatData and Eurostat export it: dimensions, `TIME_PERIOD`, `OBS_VALUE`, attributes.
    SdmxCsv,
}

/// What a row of a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A crossing, a permit, a person.
    Records,
    /// A cell of a published table: dimensions and a value.
    Cells,
}

/// One column of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name with us.
    pub name: Spanned<String>,
    /// Its name in the file.
    pub from: Spanned<String>,
    /// What its text is turned into.
    pub kind: ColumnKind,
    /// The code list that its codes belong to.
    pub list: Option<Spanned<String>>,
    /// Codes of the file and ours, in the order written.
    pub codes: Vec<(Spanned<String>, Spanned<String>)>,
    /// The code of the file that stands for the total of the other codes.
    pub total: Option<String>,
    /// Whether the other codes add up to the total, so that this is checked.
    pub complete: bool,
    /// Texts of the file that mean *not stated*, besides the empty text.
    pub missing: Vec<String>,
    /// Whether its values could identify a person: they are never shown and cannot be a dimension, and texts are
    /// replaced by pseudonyms.
    pub personal: bool,
}

/// What the text of a column is turned into.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnKind {
    /// Text as it stands.
    Text,
    /// A code of a list or of `codes`.
    Code,
    /// A whole number.
    Integer,
    /// A date in a declared layout; what the layout leaves out is given by `at`.
    Date(DateFormat),
}

impl Source {
    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.get_ref() == name)
    }

    pub(crate) fn read(name: Spanned<String>, value: &Spanned<DeValue<'_>>, faults: &Faults) -> Option<Self> {
        let fields = Fields::of(value, faults)?;
        need_file_name(&name, "a source's name is also that of a folder", faults);
        let kind = fields.optional_one_of("kind", &[("records", Kind::Records), ("cells", Kind::Cells)]);
        let kind = kind.unwrap_or(Kind::Records);
        let encoding = fields.optional_string("encoding");
        let files = fields.strings("files");
        let format = fields.one_of("format", &[("csv", Format::Csv), ("sdmx-csv", Format::SdmxCsv)]);
        let delimiter = delimiter(&fields, faults);
        let default_rejected = if kind == Kind::Cells { 0.0 } else { 0.01 };
        let columns = fields
            .entries("columns")
            .into_iter()
            .filter_map(|(name, value)| Column::read(name, value, faults))
            .collect();
        let source = Self {
            span: name.span(),
            kind,
            encoding: encoding.unwrap_or_else(|| Spanned::new(name.span(), "utf-8".to_owned())),
            delimiter,
            concept: fields.optional_string("concept").map(Spanned::into_inner),
            max_rejected: fields
                .optional_number("max_rejected", 0.0..=1.0, "a share between 0 and 1")
                .unwrap_or(default_rejected),
            columns,
            name,
            files: files.clone().unwrap_or_default(),
            format: format.unwrap_or(Format::Csv),
        };
        fields.finish();
        (files.is_some() && format.is_some()).then_some(source)
    }
}

/// Names of the pipeline file that become names of files or folders must not lead out of their place.
fn need_file_name(name: &Spanned<String>, message: &str, faults: &Faults) {
    if !is_file_name(name.get_ref()) {
        let fault = Diagnostic::error(Code::UnknownValue, message);
        faults.push(fault.at(name.span(), "use letters, digits, `.`, `_` and `-` only"));
    }
}

fn delimiter(fields: &Fields<'_, '_>, faults: &Faults) -> u8 {
    let Some(text) = fields.optional_string("delimiter") else { return b',' };
    match text.get_ref().as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => *byte,
        _ => {
            faults.push(
                Diagnostic::error(Code::UnknownValue, "a delimiter is one ASCII character")
                    .at(text.span(), "not a delimiter")
                    .help("write `;`, `,`, `|` or `\\t`"),
            );
            b','
        }
    }
}

impl Column {
    fn read(name: Spanned<String>, value: &Spanned<DeValue<'_>>, faults: &Faults) -> Option<Self> {
        let fields = Fields::of(value, faults)?;
        let list = fields.optional_string("list");
        list.iter()
            .for_each(|list| need_file_name(list, "a code list's name is also that of its file", faults));
        let codes = fields.optional_pairs("codes");
        let kind = ColumnKind::read(&fields, list.is_some() || !codes.is_empty(), faults);
        let column = Self {
            from: fields.optional_string("from").unwrap_or_else(|| name.clone()),
            kind: kind.clone().unwrap_or(ColumnKind::Text),
            list,
            codes,
            total: fields.optional_string("total").map(Spanned::into_inner),
            complete: fields.optional_bool("complete").unwrap_or(false),
            missing: fields.optional_strings("missing").into_iter().map(Spanned::into_inner).collect(),
            personal: fields.optional_bool("personal").unwrap_or(false),
            name,
        };
        fields.finish();
        kind.map(|_| column)
    }
}

impl ColumnKind {
    fn read(fields: &Fields<'_, '_>, has_codes: bool, faults: &Faults) -> Option<Self> {
        const NAMES: [&str; 4] = ["string", "code", "integer", "date"];
        let default = if has_codes { "code" } else { "string" };
        let written = fields.optional_string("type");
        let format = fields.optional_string("format");
        let at = fields.optional_string("at");
        let written_type = written.as_ref().map_or(default, |text| text.get_ref());
        if let Some(text) =
            format.as_ref().or(at.as_ref()).filter(|_| ["string", "code", "integer"].contains(&written_type))
        {
            faults.push(
                Diagnostic::error(Code::DateFormat, "`format` and `at` belong to a date")
                    .at(text.span(), "this column is no date")
                    .help("add `type = \"date\"`"),
            );
        }
        match written_type {
            "string" => Some(Self::Text),
            "code" => Some(Self::Code),
            "integer" => Some(Self::Integer),
            "date" => date_kind(format, at, faults),
            _ => {
                let text = written.as_ref()?;
                faults.push(unknown_value("type", text, NAMES));
                None
            }
        }
    }
}

fn date_kind(
    format: Option<Spanned<String>>,
    at: Option<Spanned<String>>,
    faults: &Faults,
) -> Option<ColumnKind> {
    let layout = match &format {
        None => DateFormat::iso(),
        Some(text) => match DateFormat::parse(text.get_ref()) {
            Ok(layout) => layout,
            Err(message) => {
                faults.push(
                    Diagnostic::error(Code::DateFormat, message)
                        .at(text.span(), "not a date layout")
                        .help("build it from %Y, %m and %d, for example `%d/%m/%Y`"),
                );
                return None;
            }
        },
    };
    match at {
        None if layout.is_whole() => Some(ColumnKind::Date(layout)),
        None => {
            let span = format.map_or(0..0, |text| text.span());
            faults.push(
                Diagnostic::error(Code::DateFormat, "the layout leaves the month or the day open")
                    .at(span, "a year alone is no date")
                    .help("add `at = \"01-01\"`: the month and day that the year stands for"),
            );
            None
        }
        Some(at) => match month_and_day(at.get_ref()) {
            Some((month, day)) => Some(ColumnKind::Date(layout.completed(month, day))),
            None => {
                let fault = Diagnostic::error(Code::DateFormat, "`at` is a month and a day")
                    .at(at.span(), "write it like \"01-01\" or \"12-31\"");
                faults.push(fault);
                None
            }
        },
    }
}

fn month_and_day(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year, so that 29 February may be written; a common year then fails where it is read.
    Date { year: 2000, month, day }.days().map(|_| (month, day))
}
