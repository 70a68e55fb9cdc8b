//! The catalogue of indicators: what can be computed from the counts of a table, one entry each.
//!
//! From an entry, the checks refuse what cannot be computed, `denizen explain indicator:NAME` prints a page, and
//! `aggregate` computes. A new indicator of a form that exists is a new entry in `indicator/catalogue/` and nothing else.

mod account;
mod catalogue;
mod form;
mod needs;
mod other_table;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::text::{Fields, Findings, unknown_value, wrong_type};
use crate::{Code, Diagnostic};

pub use account::Account;
pub use form::{
    AccountBase, AccountPart, Ages, Along, CLOSE_OPEN_GROUP_AT, ChangeKind, Denominator, Earlier, Effect,
    Flows, Form, Function, LARGEST, Numerator, Parameter, Part, SINCE, SpellEnds, Spread, Whole,
    time_dimension,
};
pub use needs::Need;
pub use other_table::{DayOfYear, NoTable, OtherTable};

/// What is computed from the counts of a table.
#[derive(Debug, PartialEq)]
pub struct Indicator {
    /// Its name in pipelines and in the column `indicator`.
    pub name: &'static str,
    /// What it is called in print: a noun without an article.
    pub title: &'static str,
    /// What its values are in.
    pub unit: Unit,
    /// Decimals to be shown; tables hold all of them.
    pub decimals: u8,
    /// How it is computed, in words.
    pub formula: &'static str,
    /// Who defines or prints it so.
    pub source: &'static str,
    /// Figures to compute it from, and what it is.
    pub example: &'static str,
    /// Why a table may have no value of it at all.
    pub absent: &'static str,
    /// How it is computed, from which follows what a table must have and what a pipeline may state.
    pub form: Form,
}

/// What the values of an indicator are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Always the same, such as `percent`.
    Named(&'static str),
    /// That of the counts, such as `persons`.
    OfCounts,
}

/// An indicator as a pipeline asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "NamedIndicator", try_from = "NamedIndicator")]
pub struct IndicatorUse {
    /// The indicator.
    pub indicator: &'static Indicator,
    /// Parameters that are stated, by name.
    pub parameters: Vec<(&'static str, i64)>,
    /// The population that it is divided by.
    pub per: Option<OtherTable>,
    /// The flow the other way.
    pub less: Option<OtherTable>,
}

/// An indicator as it leaves a process: by name.
#[derive(Serialize, Deserialize)]
struct NamedIndicator {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per: Option<OtherTable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    less: Option<OtherTable>,
    #[serde(flatten)]
    parameters: BTreeMap<String, i64>,
}

impl From<IndicatorUse> for NamedIndicator {
    fn from(asked: IndicatorUse) -> Self {
        let parameters = asked.parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { name: asked.indicator.name.to_owned(), per: asked.per, less: asked.less, parameters }
    }
}

impl TryFrom<NamedIndicator> for IndicatorUse {
    type Error = String;

    fn try_from(named: NamedIndicator) -> Result<Self, String> {
        let NamedIndicator { name, per, less, parameters } = named;
        let indicator = Indicator::named(&name).ok_or_else(|| format!("unknown indicator `{name}`"))?;
        let known =
            |stated: &str| indicator.form.parameters().iter().find(|parameter| parameter.name == stated);
        let parameters = parameters.into_iter().map(|(stated, value)| {
            let parameter = known(&stated).filter(|parameter| parameter.bounds.contains(&value));
            let parameter =
                parameter.ok_or_else(|| format!("`{name}` has no parameter `{stated}` = {value}"));
            Ok::<_, String>((parameter?.name, value))
        });
        Ok(Self { indicator, parameters: parameters.collect::<Result<_, _>>()?, per, less })
    }
}

impl Indicator {
    /// Every indicator, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = &'static Self> + Clone {
        catalogue::GROUPS.iter().copied().flatten()
    }

    /// The indicator of this name.
    ///
    /// ```
    /// use denizen_spec::Indicator;
    /// assert_eq!(Indicator::named("sex_ratio").unwrap().title, "Sex ratio");
    /// assert!(Indicator::named("sex_rate").is_none());
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|indicator| indicator.name == name)
    }

    fn names() -> impl Iterator<Item = &'static str> + Clone {
        Self::all().map(|indicator| indicator.name)
    }
}

impl IndicatorUse {
    /// A parameter: as it is stated, or what holds without.
    pub fn parameter(&self, name: &str) -> Option<i64> {
        let stated = self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let known = || self.indicator.form.parameters().iter().find(|parameter| parameter.name == name);
        stated.or_else(|| known()?.default)
    }

    /// The counts of other tables that it needs.
    pub fn others(&self) -> impl Iterator<Item = &OtherTable> {
        self.per.iter().chain(&self.less)
    }

    /// `indicators`: names, or tables of a name and parameters.
    pub(crate) fn read_all(fields: &Fields<'_, '_>, findings: &Findings) -> Vec<Self> {
        let Some(value) = fields.value("indicators") else { return Vec::new() };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut uses: Vec<Self> = Vec::new();
        for item in items {
            let Some(read) = Self::read(item, findings) else { continue };
            if uses.iter().any(|known| known.indicator == read.indicator) {
                let fault = Diagnostic::error(Code::ColumnTwice, "the indicator is there twice");
                findings.push(fault.at_span(item.span(), "again"));
            } else {
                uses.push(read);
            }
        }
        uses
    }

    fn read(item: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Self> {
        if let Some(name) = item.get_ref().as_str() {
            let name = Spanned::new(item.span(), name.to_owned());
            let indicator = find(&name, findings)?;
            return Some(Self { indicator, parameters: Vec::new(), per: None, less: None });
        }
        if item.get_ref().as_table().is_none() {
            findings.push(wrong_type(item, "a string"));
            return None;
        }
        let fields = Fields::of(item, findings)?;
        fields.in_section("indicator");
        let indicator = fields.string("name").and_then(|name| find(&name, findings));
        let Some(indicator) = indicator else {
            fields.ignore_unknown();
            fields.finish();
            return None;
        };
        let mut parameters = Vec::new();
        for parameter in indicator.form.parameters() {
            let Some(number) = fields.optional_integer(parameter.name) else { continue };
            let (least, most) = (parameter.bounds.start(), parameter.bounds.end());
            if !parameter.bounds.contains(number.get_ref()) {
                fields.fault(&number, &format!("a number from {least} to {most}"));
            }
            parameters.push((parameter.name, *number.get_ref()));
        }
        let other = |key: &'static str, is_used: bool| {
            let value = if is_used { fields.value(key) } else { None };
            value.and_then(|value| OtherTable::read(value, findings))
        };
        let per = other("per", indicator.form.uses_per());
        let less = other("less", indicator.form.uses_less());
        fields.finish();
        Some(Self { indicator, parameters, per, less })
    }
}

fn find(name: &Spanned<String>, findings: &Findings) -> Option<&'static Indicator> {
    let found = Indicator::named(name.get_ref());
    if found.is_none() {
        findings.push(unknown_value("indicator", name, Indicator::names()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_complete() {
        for indicator in Indicator::all() {
            let name = indicator.name;
            assert_eq!(Indicator::named(name), Some(indicator), "names are unique: {name}");
            for text in [indicator.formula, indicator.source, indicator.absent] {
                assert!(text.len() > 10 && text.ends_with('.'), "{name}: {text}");
            }
            assert!(indicator.example.contains(|letter: char| letter.is_ascii_digit()), "{name}");
            assert!(!indicator.form.needs().is_empty(), "{name}");
            if let Form::Difference { of, .. } = indicator.form {
                assert!(Indicator::named(of).is_some_and(|of| of.form.parameters().is_empty()), "{name}");
            }
        }
    }

    fn faults(dimensions: &str, indicators: &str) -> Vec<String> {
        let text = format!(
            r#"
            spec = 1
            title = "T"
            vintage = "2026"
            [source.s]
            files = "s.csv"
            format = "csv"
            [source.s.columns]
            birth = {{ type = "date", personal = true }}
            day = {{ type = "date" }}
            sex = {{ codes = {{ F = "F", M = "M" }} }}
            [[clean]]
            op = "derive"
            column = "year"
            method = "year"
            from = "day"
            [[clean]]
            op = "derive"
            column = "years"
            method = "age"
            birth = "birth"
            at = "day"
            [[clean]]
            op = "derive"
            column = "age_group"
            method = "age_group"
            from = "years"
            open = 85
            [[table]]
            name = "t"
            measure = "count"
            concept = "c"
            dimensions = [{dimensions}]
            indicators = [{indicators}]
            "#
        );
        let faults = crate::parse(&text).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn what_cannot_be_computed_is_refused_with_the_reason() {
        let closed = r#"{ name = "mean_age", close_open_group_at = 100 }"#;
        let table: [(&str, &str, &[&str]); 13] = [
            (r#""year", "sex""#, r#""share", "rank", "sex_ratio", "change", "growth""#, &[]),
            ("", r#""share""#, &["a share needs a dimension"]),
            (r#""year""#, r#""sex_ratio""#, &["a sex ratio needs the dimension `sex`"]),
            (r#""sex""#, r#""growth""#, &["a growth rate needs one dimension of time"]),
            (r#""sex""#, r#""mean_age""#, &["a mean age needs ages"]),
            (r#""age_group""#, r#""mean_age""#, &["a mean age needs an end of the open group 85+"]),
            (
                r#""age_group""#,
                r#"{ name = "mean_age", close_open_group_at = 85 }"#,
                &["a mean age needs an end of the open group 85+"],
            ),
            (r#""age_group""#, closed, &[]),
            (r#""sex""#, r#""shares""#, &["unknown indicator `shares`"]),
            (r#""sex""#, r#"{ name = "shares", lag = 1 }"#, &["unknown indicator `shares`"]),
            (r#""sex""#, r#"{ name = "share", lag = 1 }"#, &["unknown field `lag`"]),
            (r#""sex""#, r#""share", { name = "share" }"#, &["the indicator is there twice"]),
            (r#""sex""#, "7", &["expected a string, found integer"]),
        ];
        for (dimensions, indicators, expected) in table {
            assert_eq!(faults(dimensions, indicators), expected, "{dimensions} {indicators}");
        }
    }
}
