//! `[[table]]`, `[[published]]` and `[disclosure]`: what is counted, what it must agree with, how it is protected.

use std::ops::Range;

use toml::Spanned;

use crate::fields::{Faults, Fields};
use crate::indicator::IndicatorUse;
use crate::source::Kind;
use crate::{Code, Diagnostic};

/// One published table, or one part of it: tables of one name are parts that differ in concept.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name, which is also that of its file.
    pub name: Spanned<String>,
    /// What the table shows, in one line.
    pub title: Option<String>,
    /// The source it is made from; none means the only one.
    pub source: Option<Spanned<String>>,
    /// What is counted.
    pub measure: Measure,
    /// The dimensions, in the order of the published columns.
    pub dimensions: Vec<Spanned<String>>,
    /// For a dimension whose column has another name: dimension and column.
    pub from: Vec<(Spanned<String>, Spanned<String>)>,
    /// The concept of the cells; cells of published tables bring their own.
    pub concept: Option<Spanned<String>>,
    /// What is counted, in the plural: `persons` unless stated.
    pub unit: String,
    /// The residence rule whose migrations are counted; none means the only one.
    pub rule: Option<Spanned<String>>,
    /// Which cells or records are used: column and codes.
    pub filter: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
    /// What is computed from the counts.
    pub indicators: Vec<IndicatorUse>,
    /// The dimension over which shares and ranks are taken; none means the last one.
    pub over: Option<Spanned<String>>,
    /// Where the section stands in the pipeline file.
    pub span: Range<usize>,
}

/// What a table counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// All records.
    Count,
    /// Departures that a rule calls migrations.
    Emigration,
    /// Arrivals that a rule calls migrations.
    Immigration,
    /// Persons at a date, as published.
    Stock,
    /// Events in a period, as published.
    Flow,
}

impl Measure {
    const ALL: [Self; 5] = [Self::Count, Self::Emigration, Self::Immigration, Self::Stock, Self::Flow];

    /// Its name in the pipeline file and in the column `indicator`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Emigration => "emigration",
            Self::Immigration => "immigration",
            Self::Stock => "stock",
            Self::Flow => "flow",
        }
    }

    /// Whether it counts records; the others take the cells of published tables.
    pub fn counts_records(self) -> bool {
        matches!(self, Self::Count | Self::Emigration | Self::Immigration)
    }

    /// The kind of source that it is taken from.
    pub fn kind(self) -> Kind {
        if self.counts_records() { Kind::Records } else { Kind::Cells }
    }

    /// Whether it needs a residence rule.
    pub fn needs_rule(self) -> bool {
        matches!(self, Self::Emigration | Self::Immigration)
    }
}

impl Table {
    /// The column that a dimension is read from.
    pub fn column_of<'a>(&'a self, dimension: &'a str) -> &'a str {
        let other = self.from.iter().find(|(name, _)| name.get_ref() == dimension);
        other.map_or(dimension, |(_, column)| column.get_ref())
    }

    /// The dimension over which shares and ranks are taken.
    pub fn over(&self) -> Option<&str> {
        let named = self.over.as_ref().or_else(|| self.dimensions.last());
        named.map(|dimension| dimension.get_ref().as_str())
    }

    pub(crate) fn read(fields: Fields<'_, '_>, faults: &Faults) -> Option<Self> {
        let (name, measure) = (
            fields.string("name"),
            fields.one_of("measure", &Measure::ALL.map(|measure| (measure.name(), measure))),
        );
        let title = fields.optional_string("title").map(Spanned::into_inner);
        let table = Self {
            title,
            source: fields.optional_string("source"),
            dimensions: fields.optional_strings("dimensions"),
            from: fields.optional_pairs("from"),
            concept: fields.optional_string("concept"),
            unit: fields.optional_string("unit").map_or_else(|| "persons".to_owned(), Spanned::into_inner),
            rule: fields.optional_string("rule"),
            filter: fields.optional_selections("filter"),
            indicators: IndicatorUse::read_all(&fields, faults),
            over: fields.optional_string("over"),
            span: fields.span(),
            measure: measure.unwrap_or(Measure::Count),
            name: name.clone().unwrap_or_else(|| Spanned::new(fields.span(), String::new())),
        };
        fields.finish();
        let name = name?;
        if !is_file_name(name.get_ref()) || is_ours(name.get_ref()) {
            faults.push(
                Diagnostic::error(Code::UnknownValue, "a table cannot have this name")
                    .at(name.span(), "it is the name of a file: letters, digits, `_` and `-`")
                    .help("`reconciliation` and names that begin with `codelist` belong to the program"),
            );
            return None;
        }
        measure.map(|_| table)
    }
}

/// Whether a name is one that the program gives to its own tables.
fn is_ours(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "reconciliation" || name.starts_with("codelist")
}

/// Whether a text can be the name of a file or folder everywhere.
pub fn is_file_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text.is_empty() && text.len() <= 64 && !text.starts_with('.') && text.chars().all(allowed)
}

/// `[disclosure]`: how small counts of persons are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disclosure {
    /// Counts of 1 to `threshold` are suppressed; zero stays. A threshold of 1 would tell them all.
    pub threshold: i64,
    /// What is left is rounded to the nearest multiple of this.
    pub rounding_base: i64,
}

impl Disclosure {
    pub(crate) fn read(fields: Fields<'_, '_>, faults: &Faults) -> Self {
        let number = |key, least, default| {
            let Some(number) = fields.optional_integer(key) else { return default };
            if !(least..=1_000_000).contains(number.get_ref()) {
                fields.fault(&number, &format!("a number from {least} to 1000000"));
            }
            *number.get_ref()
        };
        let before = faults.count();
        let disclosure =
            Self { threshold: number("threshold", 2, 0), rounding_base: number("rounding_base", 1, 1) };
        // Numbers that could not be read are not weighed against each other.
        if faults.count() > before {
            fields.finish();
            return disclosure;
        }
        if disclosure.threshold > 0 && disclosure.rounding_base == 1 {
            faults.push(
                Diagnostic::error(Code::Disclosure, "suppressed counts could be recomputed")
                    .at(fields.span(), "a threshold needs a `rounding_base` above 1")
                    .help("a single suppressed count is the total less the others, unless these are rounded"),
            );
        }
        // The smallest count that is shown must not become zero: absent is never zero, and neither is small.
        if disclosure.threshold + 1 < (disclosure.rounding_base + 1) / 2 {
            faults.push(
                Diagnostic::error(Code::Disclosure, "small counts would be rounded to zero")
                    .at(fields.span(), "the threshold is too low for this `rounding_base`")
                    .help(format!("suppress counts up to {}", (disclosure.rounding_base + 1) / 2 - 1)),
            );
        }
        fields.finish();
        disclosure
    }
}
