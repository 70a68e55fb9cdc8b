//! Reading one TOML table field by field: every fault is collected under its exact text, and nothing unknown passes.
//!
//! serde is not used here: its tagged enums buffer their content and lose the spans (toml-rs/toml#535).

use std::cell::{Cell, RefCell};
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::date::Date;
use crate::diagnostic::{nearest, suggestion};
use crate::file_name::NameOf;
use crate::operations::Limit;
use crate::{Code, Diagnostic};

/// Collects what is wrong with one pipeline file.
#[derive(Default)]
pub(crate) struct Findings(RefCell<Vec<Diagnostic>>);

impl Findings {
    pub(crate) fn push(&self, finding: Diagnostic) {
        self.0.borrow_mut().push(finding);
    }

    /// Adds a finding that may have been found before: the same text can be read more than once.
    pub(crate) fn push_once(&self, finding: Diagnostic) {
        if !self.0.borrow().contains(&finding) {
            self.push(finding);
        }
    }

    pub(crate) fn check_name(&self, name: &Spanned<String>, of: NameOf) {
        if let Some(fault) = of.fault(name.get_ref()) {
            self.push(fault.at_span(name.span(), of.label()));
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Diagnostic> {
        self.0.into_inner()
    }
}

/// One table, of which it is remembered what has been asked for.
pub(crate) struct Fields<'t, 'i> {
    table: &'t DeTable<'i>,
    span: Range<usize>,
    findings: &'t Findings,
    /// The section of the language that it is, by which its keys have their meaning.
    section: Cell<&'static str>,
    known: RefCell<Vec<&'static str>>,
    missing: RefCell<Vec<&'static str>>,
    ignore_unknown: Cell<bool>,
}

impl<'t, 'i> Fields<'t, 'i> {
    pub(crate) fn new(table: &'t DeTable<'i>, span: Range<usize>, findings: &'t Findings) -> Self {
        Self {
            table,
            span,
            findings,
            section: Cell::new(""),
            known: RefCell::default(),
            missing: RefCell::default(),
            ignore_unknown: Cell::new(false),
        }
    }

    /// The fields of a value that must be a table.
    pub(crate) fn of(value: &'t Spanned<DeValue<'i>>, findings: &'t Findings) -> Option<Self> {
        match value.get_ref().as_table() {
            Some(table) => Some(Self::new(table, value.span(), findings)),
            None => {
                findings.push(wrong_type(value, "a table"));
                None
            }
        }
    }

    /// Says which section of the language the fields that are asked for from here on belong to: see [`crate::language`].
    pub(crate) fn in_section(&self, name: &'static str) {
        self.section.set(name);
    }

    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.table.contains_key(key)
    }

    pub(crate) fn value(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'i>>> {
        #[cfg(test)]
        crate::language::asked::note(self.section.get(), key);
        let mut known = self.known.borrow_mut();
        if !known.contains(&key) {
            known.push(key);
        }
        self.table.get(key)
    }

    /// A field that must be there. [`Fields::finish`] says so when it is not: only then all fields are known, and with
    /// them whether another one is a misspelling of it.
    fn required<T>(&self, key: &'static str, read: Option<T>) -> Option<T> {
        if !self.table.contains_key(key) {
            self.missing.borrow_mut().push(key);
        }
        read
    }

    /// Unknown fields cannot be judged, because a fault elsewhere hides what the table is about: they are ignored,
    /// unless one is a misspelling of a field that is missing.
    pub(crate) fn ignore_unknown(&self) {
        self.ignore_unknown.set(true);
    }

    pub(crate) fn optional_string(&self, key: &'static str) -> Option<Spanned<String>> {
        string(self.value(key)?, self.findings)
    }

    pub(crate) fn string(&self, key: &'static str) -> Option<Spanned<String>> {
        let read = self.optional_string(key);
        self.required(key, read)
    }

    /// A string of which nobody needs to know where it stands.
    pub(crate) fn optional_text(&self, key: &'static str) -> Option<String> {
        self.optional_string(key).map(Spanned::into_inner)
    }

    /// A string that must be there, of which nobody needs to know where it stands.
    pub(crate) fn text(&self, key: &'static str) -> Option<String> {
        self.string(key).map(Spanned::into_inner)
    }

    /// Strings of which nobody needs to know where they stand; empty when the field is absent.
    pub(crate) fn optional_texts(&self, key: &'static str) -> Vec<String> {
        self.optional_strings(key).into_iter().map(Spanned::into_inner).collect()
    }

    /// At least one string.
    pub(crate) fn texts(&self, key: &'static str) -> Option<Vec<String>> {
        Some(self.strings(key)?.into_iter().map(Spanned::into_inner).collect())
    }

    /// A string that becomes the name of a file or folder.
    pub(crate) fn optional_name(&self, key: &'static str, of: NameOf) -> Option<String> {
        let name = self.optional_string(key)?;
        self.findings.check_name(&name, of);
        Some(name.into_inner())
    }

    pub(crate) fn name(&self, key: &'static str, of: NameOf) -> Option<String> {
        let read = self.optional_name(key, of);
        self.required(key, read)
    }

    /// A string or an array of strings; empty when the field is absent.
    pub(crate) fn optional_strings(&self, key: &'static str) -> Vec<Spanned<String>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| string(item, self.findings)).collect(),
            _ => string(value, self.findings).into_iter().collect(),
        }
    }

    /// A string or an array of strings, at least one.
    pub(crate) fn strings(&self, key: &'static str) -> Option<Vec<Spanned<String>>> {
        let read = self.optional_strings(key);
        if let Some(value) = self.table.get(key).filter(|value| is_empty_array(value.get_ref())) {
            self.fault(value, "at least one string");
        }
        self.required(key, (!read.is_empty()).then_some(read))
    }

    pub(crate) fn optional_bool(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let read = value.get_ref().as_bool();
        if read.is_none() {
            self.findings.push(wrong_type(value, "`true` or `false`"));
        }
        read
    }

    pub(crate) fn optional_integer(&self, key: &'static str) -> Option<Spanned<i64>> {
        let value = self.value(key)?;
        let parsed = value.get_ref().as_integer().and_then(|integer| {
            i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
        });
        if parsed.is_none() {
            self.findings.push(wrong_type(value, "a whole number"));
        }
        Some(Spanned::new(value.span(), parsed?))
    }

    pub(crate) fn integer(&self, key: &'static str) -> Option<Spanned<i64>> {
        let read = self.optional_integer(key);
        self.required(key, read)
    }

    /// A number within bounds, which `expected` puts into words.
    pub(crate) fn optional_number(
        &self,
        key: &'static str,
        bounds: RangeInclusive<f64>,
        expected: &str,
    ) -> Option<f64> {
        let value = self.value(key)?;
        let text = match value.get_ref() {
            DeValue::Float(float) => float.as_str(),
            DeValue::Integer(integer) => integer.as_str(),
            _ => "",
        };
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        if number.is_none() {
            self.findings.push(wrong_type(value, expected));
        }
        number
    }

    /// A TOML date without time, such as `2007-05-31`.
    pub(crate) fn optional_date(&self, key: &'static str) -> Option<Date> {
        self.date_of(self.value(key)?)
    }

    pub(crate) fn date(&self, key: &'static str) -> Option<Date> {
        let read = self.optional_date(key);
        self.required(key, read)
    }

    /// A date or an array of dates, in quotes or without; empty when the field is absent.
    pub(crate) fn optional_dates(&self, key: &'static str) -> Vec<Date> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let read = |item: &Spanned<DeValue<'_>>| match item.get_ref().as_str() {
            None => self.date_of(item),
            Some(text) => {
                let date = text.parse().ok();
                if date.is_none() {
                    self.fault(item, "a date such as 2007-05-31");
                }
                date
            }
        };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(read).collect(),
            _ => read(value).into_iter().collect(),
        }
    }

    fn date_of(&self, value: &Spanned<DeValue<'_>>) -> Option<Date> {
        let date = match value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() && moment.offset.is_none() => moment.date,
            _ => None,
        };
        // The year 0 is none that readers of tables agree on.
        let date = date.filter(|date| date.year > 0);
        if date.is_none() {
            self.findings.push(wrong_type(value, "a date such as 2007-05-31, without quotes"));
        }
        let date = date?;
        Some(Date { year: i32::from(date.year), month: date.month, day: date.day })
    }

    /// One of a closed set of names.
    pub(crate) fn optional_one_of<T: Copy>(
        &self,
        key: &'static str,
        names: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.optional_string(key)?;
        let found = names.iter().find(|(name, _)| name == text.get_ref());
        if found.is_none() {
            self.findings.push(unknown_value(key, &text, names.iter().map(|(name, _)| *name)));
        }
        found.map(|(_, value)| *value)
    }

    pub(crate) fn one_of<T: Copy>(&self, key: &'static str, names: &[(&'static str, T)]) -> Option<T> {
        let read = self.optional_one_of(key, names);
        self.required(key, read)
    }

    /// A table of strings such as `{ E = "arrival", S = "departure" }`, in the order of the file.
    pub(crate) fn optional_pairs(&self, key: &'static str) -> Vec<(String, String)> {
        let pairs = self.optional_spanned_pairs(key).into_iter();
        pairs.map(|(name, value)| (name, value.into_inner())).collect()
    }

    /// A table of strings, or one string.
    pub(crate) fn optional_pairs_or_text(
        &self,
        key: &'static str,
    ) -> (Vec<(String, String)>, Option<String>) {
        let is_text = self.table.get(key).is_some_and(|value| value.get_ref().as_str().is_some());
        if is_text { (Vec::new(), self.optional_text(key)) } else { (self.optional_pairs(key), None) }
    }

    /// A table of strings of which each value knows where it stands.
    pub(crate) fn optional_spanned_pairs(&self, key: &'static str) -> Vec<(String, Spanned<String>)> {
        let pair =
            |(name, value): (Spanned<String>, _)| Some((name.into_inner(), string(value, self.findings)?));
        self.entries(key).into_iter().filter_map(pair).collect()
    }

    /// A table whose values are a string or an array of strings, in the order of the file.
    pub(crate) fn optional_selections(&self, key: &'static str) -> Vec<(String, Vec<String>)> {
        let read = |value: &Spanned<DeValue<'i>>| match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| string(item, self.findings)).collect(),
            _ => string(value, self.findings).into_iter().collect::<Vec<_>>(),
        };
        let selection = |(name, value): (Spanned<String>, &Spanned<DeValue<'i>>)| {
            let codes = read(value).into_iter().map(Spanned::into_inner).collect();
            (name.into_inner(), codes)
        };
        self.entries(key).into_iter().map(selection).collect()
    }

    /// A value as the strings that it is, or holds.
    pub(crate) fn strings_of(&self, value: &Spanned<DeValue<'i>>) -> Vec<String> {
        let strings: Vec<Spanned<String>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| string(item, self.findings)).collect(),
            _ => string(value, self.findings).into_iter().collect(),
        };
        strings.into_iter().map(Spanned::into_inner).collect()
    }

    /// The fields of a value that may be a table.
    pub(crate) fn inner<'s>(&'s self, value: &'s Spanned<DeValue<'i>>) -> Option<Fields<'s, 'i>> {
        let table = value.get_ref().as_table()?;
        Some(Fields::new(table, value.span(), self.findings))
    }

    /// A value that is a whole number or a date.
    pub(crate) fn limit_of(&self, value: &Spanned<DeValue<'_>>) -> Option<Limit> {
        match value.get_ref() {
            DeValue::Integer(integer) => {
                let number = i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok();
                if number.is_none() {
                    self.findings.push(wrong_type(value, "a whole number"));
                }
                number.map(Limit::Number)
            }
            DeValue::Datetime(_) => self.date_of(value).map(Limit::Date),
            _ => {
                self.findings.push(wrong_type(
                    value,
                    "a code in quotes, a whole number, or a date such as 2007-05-31",
                ));
                None
            }
        }
    }

    /// Faults for fields of which only one of two can be given.
    pub(crate) fn twice(&self, pairs: &[(&'static str, &'static str)]) {
        for (one, other) in pairs {
            if let Some((_, value)) = self.table.get(*one).zip(self.table.get(*other)) {
                let message = format!("`{one}` and `{other}` are the same");
                let fault = Diagnostic::error(Code::WrongType, message);
                self.findings.push(fault.at_span(value.span(), "leave out one of the two"));
            }
        }
    }

    /// The named values of a table inside this one.
    pub(crate) fn entries(&self, key: &'static str) -> Vec<(Spanned<String>, &'t Spanned<DeValue<'i>>)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            self.findings.push(wrong_type(value, "a table"));
            return Vec::new();
        };
        table.iter().map(|(name, value)| (owned(name), value)).collect()
    }

    /// The tables of `[[key]]`.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Fields<'t, 'i>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().filter_map(|item| Fields::of(item, self.findings)).collect()
            }
            _ => {
                self.findings
                    .push(wrong_type(value, "an array of tables").help(format!("write `[[{key}]]`")));
                Vec::new()
            }
        }
    }

    /// Findings a value that could be read but is out of bounds.
    pub(crate) fn fault<T>(&self, value: &Spanned<T>, expected: &str) {
        self.findings.push(
            Diagnostic::error(Code::WrongType, format!("expected {expected}"))
                .at_span(value.span(), format!("write {expected}")),
        );
    }

    /// Findings every field that nobody asked for, and every field that must be there and is not. A misspelt field is
    /// both, and is reported once.
    pub(crate) fn finish(self) {
        let (known, mut missing) = (self.known.into_inner(), self.missing.into_inner());
        for (name, _) in self.table.iter().filter(|(name, _)| !known.contains(&name.get_ref().as_ref())) {
            let name = owned(name);
            let meant = nearest(name.get_ref(), missing.iter().copied());
            if meant.is_none() && self.ignore_unknown.get() {
                continue;
            }
            missing.retain(|key| Some(*key) != meant);
            let help = meant.map_or_else(
                || suggestion(name.get_ref(), known.iter().copied()),
                |meant| suggestion(name.get_ref(), [meant]),
            );
            self.findings.push(
                Diagnostic::error(Code::UnknownField, format!("unknown field `{}`", name.get_ref()))
                    .at_span(name.span(), "not a field of this table")
                    .maybe_help(help),
            );
        }
        for key in missing {
            self.findings.push(
                Diagnostic::error(Code::MissingField, format!("the field `{key}` is missing"))
                    .at_span(self.span.clone(), format!("`{key}` must be given here")),
            );
        }
    }
}

pub(crate) fn unknown_value<'a>(
    what: &str,
    text: &Spanned<String>,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::error(Code::UnknownValue, format!("unknown {what} `{}`", text.get_ref()))
        .at_span(text.span(), "not one of the known names")
        .maybe_help(suggestion(text.get_ref(), known))
}

pub(crate) fn wrong_type(value: &Spanned<DeValue<'_>>, expected: &str) -> Diagnostic {
    let found = value.get_ref().type_str();
    Diagnostic::error(Code::WrongType, format!("expected {expected}, found {found}"))
        .at_span(value.span(), format!("write {expected}"))
}

fn string(value: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Spanned<String>> {
    let read = value.get_ref().as_str().map(|text| Spanned::new(value.span(), text.to_owned()));
    if read.is_none() {
        findings.push(wrong_type(value, "a string"));
    }
    read
}

fn is_empty_array(value: &DeValue<'_>) -> bool {
    value.as_array().is_some_and(|items| items.is_empty())
}

fn owned(name: &Spanned<toml::de::DeString<'_>>) -> Spanned<String> {
    Spanned::new(name.span(), name.get_ref().to_string())
}
