//! `[release]`: in which formats the tables of a release are written.

use serde::{Deserialize, Serialize};

use crate::text::{Fields, Findings, unknown_value};
use crate::{Code, Diagnostic};

/// A format of the published tables. The first two are files in `aggregate/src/formats/`; the others are made from what these
/// have published, in `report/src/formats/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableFormat {
    /// Parquet.
    Parquet,
    /// CSV: UTF-8, commas, a header, an empty field where there is no value.
    Csv,
    /// SDMX-CSV 2.1, and the structure of all tables as SDMX-JSON 2.0.
    SdmxCsv,
    /// One workbook for all tables, to be read and printed.
    Xlsx,
    /// JSON-stat 2.0.
    Json,
}

impl TableFormat {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Parquet, Self::Csv, Self::SdmxCsv, Self::Xlsx, Self::Json];

    /// Its name in pipelines and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::SdmxCsv => "sdmx-csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    /// What `[release]` says.
    pub(crate) fn read_release(fields: Option<Fields<'_, '_>>, findings: &Findings) -> ReleaseSettings {
        let Some(fields) = fields else { return ReleaseSettings::default() };
        fields.in_section("release");
        let agency = fields.optional_string("agency");
        if let Some(agency) = agency.iter().find(|agency| !is_agency(agency.get_ref())) {
            findings.push(
                Diagnostic::error(Code::UnknownValue, "an agency of SDMX cannot have this identifier")
                    .at_span(
                        agency.span(),
                        "letters, digits, `_` and `-`, a letter first; parts divided by dots",
                    ),
            );
        }
        let mut formats = Vec::new();
        let names = if fields.value("formats").is_some() { fields.strings("formats") } else { None };
        for name in names.iter().flatten() {
            match Self::ALL.into_iter().find(|format| format.name() == name.get_ref()) {
                None => findings.push(unknown_value("format", name, Self::ALL.map(Self::name))),
                Some(format) if formats.contains(&format) => {
                    let fault = Diagnostic::error(Code::ColumnTwice, "the format is there twice");
                    findings.push(fault.at_span(name.span(), "again"));
                }
                Some(format) => formats.push(format),
            }
        }
        let hides_text = fields.optional_bool("publish_pipeline") == Some(false);
        fields.finish();
        let agency = agency.map(toml::Spanned::into_inner);
        if formats.is_empty() {
            formats.push(Self::Parquet);
        }
        ReleaseSettings { formats, agency, hides_text }
    }
}

/// What `[release]` says.
pub(crate) struct ReleaseSettings {
    /// Parquet unless it says otherwise.
    pub(crate) formats: Vec<TableFormat>,
    /// The agency of the structures of SDMX.
    pub(crate) agency: Option<String>,
    /// Whether the text of the pipeline is kept from what is published.
    pub(crate) hides_text: bool,
}

impl Default for ReleaseSettings {
    fn default() -> Self {
        Self { formats: vec![TableFormat::Parquet], agency: None, hides_text: false }
    }
}

/// Whether a text can identify an agency (`NestedNCNameIDType` of SDMX 3.0), such as `IT1` or `SDMX.SUB`.
fn is_agency(text: &str) -> bool {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic()) && part.chars().all(is_allowed)
    };
    text.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_a_release() {
        let pipeline = |release: &str| {
            let text = format!(
                "spec = 1\ntitle = 'T'\nvintage = '1'\n[source.s]\nfiles = 's'\nformat = 'csv'\n\
                 [source.s.columns]\nsex = {{ codes = {{ F = 'F' }} }}\n[[table]]\nname = 't'\nmeasure = 'count'\n\
                 concept = 'c'\ndimensions = ['sex']\n{release}"
            );
            let messages = |faults: Vec<Diagnostic>| faults.into_iter().map(|fault| fault.message).collect();
            crate::parse(&text).map(|pipeline| pipeline.formats).map_err(messages)
        };
        let fault = |message: &str| Err(vec![message.to_owned()]);
        let table = [
            ("", Ok(vec![TableFormat::Parquet])),
            ("[release]\n", Ok(vec![TableFormat::Parquet])),
            ("[release]\nformats = 'csv'", Ok(vec![TableFormat::Csv])),
            ("[release]\nformats = ['csv', 'parquet']", Ok(vec![TableFormat::Csv, TableFormat::Parquet])),
            ("[release]\nformats = ['csv', 'csv']", fault("the format is there twice")),
            (
                "[release]\nformats = ['xlsx', 'sdmx-csv', 'json']",
                Ok(vec![TableFormat::Xlsx, TableFormat::SdmxCsv, TableFormat::Json]),
            ),
            ("[release]\nformats = ['xls']", fault("unknown format `xls`")),
            ("[release]\nagency = 'IT1.STAT'", Ok(vec![TableFormat::Parquet])),
            ("[release]\nagency = '1 IT'", fault("an agency of SDMX cannot have this identifier")),
            ("[release]\nformats = []", fault("expected at least one string")),
            ("[release]\nformat = 'csv'", fault("unknown field `format`")),
            ("[release]\npublish_pipeline = false", Ok(vec![TableFormat::Parquet])),
            ("[release]\npublish_pipeline = 'no'", fault("expected `true` or `false`, found string")),
        ];
        for (release, expected) in table {
            assert_eq!(pipeline(release), expected, "{release}");
        }
    }
}
