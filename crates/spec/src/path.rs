//! Where a setting stands in a pipeline: `clean[3].to`.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::pipeline::{CheckId, StepId, TableId};

/// The way to a setting through the tables and arrays of a pipeline, whether or not it was ever written to a file.
///
/// A [`crate::Pipeline`] keeps no byte offsets. A fault that is found late names the setting by its path, and
/// [`crate::Diagnostic::render`] looks the path up in the text that it is given.
///
/// ```
/// let path = denizen_spec::Path::source("permits").column("sex").field("codes").field("F");
/// assert_eq!(path.to_string(), "source.permits.columns.sex.codes.F");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    segments: Vec<Segment>,
    /// Whether the name of the last field is meant, and not its value.
    is_name: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Segment {
    Field(String),
    Index(usize),
}

impl Path {
    /// The whole pipeline.
    pub fn root() -> Self {
        Self { segments: Vec::new(), is_name: false }
    }

    /// `[source.NAME]`.
    pub fn source(name: &str) -> Self {
        Self::root().field("source").field(name)
    }

    /// A `[[clean]]` step.
    pub fn step(step: StepId) -> Self {
        Self::root().field("clean").index(step.0)
    }

    /// A `[[check]]`.
    pub fn check(check: CheckId) -> Self {
        Self::root().field("check").index(check.0)
    }

    /// A `[[table]]`.
    pub fn table(table: TableId) -> Self {
        Self::root().field("table").index(table.0)
    }

    /// A column of a source.
    pub fn column(self, name: &str) -> Self {
        self.field("columns").field(name)
    }

    /// A field of a table.
    pub fn field(mut self, name: &str) -> Self {
        self.segments.push(Segment::Field(name.to_owned()));
        self
    }

    /// An item of an array. The first item of what is no array is the value itself, since a list of one may be written
    /// without brackets.
    pub fn index(mut self, index: usize) -> Self {
        self.segments.push(Segment::Index(index));
        self
    }

    /// The name of the last field instead of its value.
    pub fn name(self) -> Self {
        Self { is_name: true, ..self }
    }

    /// The bytes of the setting in a document; what is not written is where it would have to be.
    pub(crate) fn span(&self, document: &DeTable<'_>) -> Range<usize> {
        let mut table = Some(document);
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        let mut name = 0..0;
        for segment in &self.segments {
            let next = match segment {
                Segment::Index(index) => item(value, *index),
                Segment::Field(field) => {
                    let entry = table.and_then(|table| table.get_key_value(field.as_str()));
                    entry.map(|(key, value)| {
                        name = key.span();
                        value
                    })
                }
            };
            let Some(next) = next else { return value.map_or(0..0, Spanned::span) };
            value = Some(next);
            table = next.get_ref().as_table();
        }
        if self.is_name { name } else { value.map_or(0..0, Spanned::span) }
    }
}

fn item<'a, 'i>(value: Option<&'a Spanned<DeValue<'i>>>, index: usize) -> Option<&'a Spanned<DeValue<'i>>> {
    let value = value?;
    match value.get_ref() {
        DeValue::Array(items) => items.get(index),
        _ => (index == 0).then_some(value),
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(formatter, "[{index}]")?,
                Segment::Field(name) if depth == 0 => formatter.write_str(name)?,
                Segment::Field(name) => write!(formatter, ".{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_in_a_text() {
        let text = "title = \"T\"\n[source.s]\nfiles = \"a.csv\"\ncolumns.sex = { codes = { F = \"f\" } }\n\
            [[clean]]\nop = \"filter\"\n[[clean]]\nop = \"recode\"\ncolumns = [\"a\", \"b\"]\n";
        let document = DeTable::parse(text).unwrap();
        let source = || Path::source("s");
        let step = |index| Path::step(StepId(index));
        let table = [
            (Path::root().field("title"), "\"T\""),
            (source().name(), "s"),
            (source().field("files").index(0), "\"a.csv\""),
            (source().column("sex").name(), "sex"),
            (source().column("sex").field("codes").field("F").name(), "F"),
            (source().column("sex").field("codes").field("F"), "\"f\""),
            (source().column("sex").field("total"), "{ codes = { F = \"f\" } }"),
            (step(1).field("columns").index(1), "\"b\""),
            (Path::root(), ""),
            (Path::root().field("disclosure"), ""),
        ];
        for (path, expected) in table {
            assert_eq!(&text[path.span(document.get_ref())], expected, "{path}");
        }
    }
}
