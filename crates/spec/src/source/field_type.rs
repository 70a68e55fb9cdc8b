//! `type` of a column: what its texts are turned into.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::date::{Date, DateFormat};
use crate::date_options::DateOptions;
use crate::text::{Fields, Findings, unknown_value};
use crate::{Code, ColumnType, Diagnostic};

/// What the text of a field is turned into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Text as it stands, without the blanks around it, be they within quotes or not.
    Text,
    /// A code of a list or of `codes`.
    Code,
    /// A whole number.
    Integer,
    /// An exact number with up to `scale` decimals.
    Decimal {
        /// Decimals that are kept, 0 to [`MAX_SCALE`].
        scale: u8,
    },
    /// A date in a declared layout; what the layout leaves out is given by `at`.
    Date(DateFormat),
    /// A time of day, `9:05` or `09:05:59`: seconds since midnight.
    Time,
}

/// Decimals that an exact number can have: together with nine digits before the mark they fit into 64 bits.
pub const MAX_SCALE: u8 = 9;

impl FieldType {
    /// What a pipeline calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "code",
            Self::Integer => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Date(_) => "date",
            Self::Time => "time",
        }
    }

    /// The type of the column that such fields make.
    pub fn column_type(&self) -> ColumnType {
        match self {
            Self::Text => ColumnType::Text,
            Self::Code => ColumnType::Code,
            Self::Integer | Self::Time => ColumnType::Integer,
            Self::Decimal { scale } => ColumnType::Decimal { scale: *scale },
            Self::Date(_) => ColumnType::Date,
        }
    }
}

impl FieldType {
    pub(super) fn read(fields: &Fields<'_, '_>, default: &str, findings: &Findings) -> Option<Self> {
        const NAMES: [&str; 6] = ["string", "code", "integer", "decimal", "date", "time"];
        let written = fields.optional_string("type");
        let format = fields.optional_string("format");
        let at = fields.optional_string("at");
        let first_year = fields.optional_integer("first_year");
        let options = DateOptions::read(fields);
        let scale = fields.optional_integer("scale");
        let name = written.as_ref().map_or(default, |text| text.get_ref());
        if let Some(text) =
            format.as_ref().or(at.as_ref()).filter(|_| name != "date" && NAMES.contains(&name))
        {
            findings.push(
                Diagnostic::error(Code::DateFormat, "`format` and `at` belong to a date")
                    .at_span(text.span(), "this column is no date")
                    .help("add `type = \"date\"`"),
            );
        }
        if let Some(year) = first_year.as_ref().filter(|_| name != "date" && NAMES.contains(&name)) {
            let fault = Diagnostic::error(Code::DateFormat, "`first_year` belongs to a date");
            findings.push(fault.at_span(year.span(), "this column is no date").help("add `type = \"date\"`"));
        }
        if name != "date" && NAMES.contains(&name) {
            options.refuse(findings);
        }
        if let Some(scale) = scale.as_ref().filter(|_| name != "decimal" && NAMES.contains(&name)) {
            let fault = Diagnostic::error(Code::WrongColumn, "`scale` belongs to a decimal number");
            findings.push(fault.at_span(scale.span(), "add `type = \"decimal\"`"));
        }
        match name {
            "string" => Some(Self::Text),
            "code" => Some(Self::Code),
            "integer" => Some(Self::Integer),
            "time" => Some(Self::Time),
            "decimal" => Some(Self::Decimal { scale: decimals(fields, scale) }),
            "date" => date_type(format, at, first_year, options, findings),
            _ => {
                findings.push(unknown_value("type", written.as_ref()?, NAMES));
                None
            }
        }
    }
}

/// How many decimals are kept; two unless stated, as in rates and per cents.
fn decimals(fields: &Fields<'_, '_>, scale: Option<Spanned<i64>>) -> u8 {
    const DEFAULT: u8 = 2;
    let Some(scale) = scale else { return DEFAULT };
    u8::try_from(*scale.get_ref()).ok().filter(|scale| *scale <= MAX_SCALE).unwrap_or_else(|| {
        fields.fault(&scale, &format!("a number of decimals from 0 to {MAX_SCALE}"));
        DEFAULT
    })
}

fn date_type(
    format: Option<Spanned<String>>,
    at: Option<Spanned<String>>,
    first_year: Option<Spanned<i64>>,
    options: DateOptions,
    findings: &Findings,
) -> Option<FieldType> {
    let layout = match &format {
        None => DateFormat::iso(),
        Some(text) => match DateFormat::parse(text.get_ref()) {
            Ok(layout) => layout,
            Err(message) => {
                findings.push(
                    Diagnostic::error(Code::DateFormat, message)
                        .at_span(text.span(), "not a date layout")
                        .help("build it from %Y, %m and %d, for example `%d/%m/%Y`; `%-d/%-m/%Y` where there are no leading zeros"),
                );
                return None;
            }
        },
    };
    let layout = with_first_year(layout, format.as_ref(), first_year, findings)?;
    let layout = options.apply(layout, format.as_ref(), findings)?;
    match at {
        None if layout.is_whole() => Some(FieldType::Date(layout)),
        None => {
            let span = format.map_or(0..0, |text| text.span());
            findings.push(
                Diagnostic::error(Code::DateFormat, "the layout leaves the month or the day open")
                    .at_span(span, "a year alone is no date")
                    .help("add `at = \"01-01\"`: the month and day that the year stands for"),
            );
            None
        }
        Some(at) => match month_and_day(at.get_ref()) {
            Some((month, day)) => Some(FieldType::Date(layout.completed(month, day))),
            None => {
                let fault = Diagnostic::error(Code::DateFormat, "`at` is a month and a day")
                    .at_span(at.span(), "write it like \"01-01\" or \"12-31\"");
                findings.push(fault);
                None
            }
        },
    }
}

/// Two digits mean a year of a hundred, of which the first must be stated; the other layouts have none.
fn with_first_year(
    layout: DateFormat,
    format: Option<&Spanned<String>>,
    first_year: Option<Spanned<i64>>,
    findings: &Findings,
) -> Option<DateFormat> {
    let fault = |message: &str, span, label: &str| {
        let fault = Diagnostic::error(Code::DateFormat, message).at_span(span, label);
        findings.push(fault.help("`first_year = 1930` says that `%y` means the years 1930 to 2029"));
        None
    };
    let year =
        |year: &Spanned<i64>| i32::try_from(*year.get_ref()).ok().filter(|year| (1..=9900).contains(year));
    match (layout.has_short_year(), &first_year) {
        (false, None) => Some(layout),
        (false, Some(stated)) => {
            fault("`first_year` belongs to years of two digits", stated.span(), "the layout has no %y")
        }
        (true, None) => {
            let span = format.map_or(0..0, Spanned::span);
            fault("nobody knows which century years of two digits are of", span, "add `first_year`")
        }
        (true, Some(stated)) => match year(stated) {
            Some(year) => Some(layout.with_first_year(year)),
            None => fault("a first year is one from 1 to 9900", stated.span(), "not a year"),
        },
    }
}

fn month_and_day(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year, so that 29 February may be written; a common year then fails where it is read.
    Date { year: 2000, month, day }.days().map(|_| (month, day))
}
