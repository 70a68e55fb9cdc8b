//! `[release]`: in which formats the tables of a release are written.

use serde::{Deserialize, Serialize};

use crate::text::{Fields, Findings, unknown_value};
use crate::{Code, Diagnostic};

/// A format of the published tables. Each is a file in `aggregate/src/formats/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableFormat {
    /// Parquet.
    Parquet,
    /// CSV: UTF-8, commas, a header, an empty field where there is no value.
    Csv,
}

impl TableFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Parquet, Self::Csv];

    /// Its name in pipelines, and the ending of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }

    /// The formats that `[release]` asks for, Parquet unless it says otherwise, and whether it keeps the text of the pipeline
    /// from what is published.
    pub(crate) fn read_release(fields: Option<Fields<'_, '_>>, findings: &Findings) -> (Vec<Self>, bool) {
        let Some(fields) = fields else { return (vec![Self::Parquet], false) };
        fields.in_section("release");
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
        (if formats.is_empty() { vec![Self::Parquet] } else { formats }, hides_text)
    }
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
            ("[release]\nformats = ['xlsx']", fault("unknown format `xlsx`")),
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
