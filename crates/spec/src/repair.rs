//! `repair = { … }`: numbers of which a program has taken the points between thousands for the beginning of decimals.
//!
//! `12.500` became 12.5 and `2.000` became 2: what is left says no more whether it is two or two thousand. An identity decides: of
//! all readings of the numbers that belong together exactly one must add up. They stand in columns of one row, or below each other in
//! rows of which a column says what each counts (`over`).

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::number_form::Thousands;
use crate::text::{Fields, Findings};

/// Numbers of a file that are repaired, and what holds for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// What stood between thousands, and stands before what a program took for decimals.
    pub thousands: Thousands,
    /// The column of the source whose texts say which rows are parts of which; none where the numbers stand in columns of one row.
    #[serde(default)]
    pub over: Option<String>,
    /// The column that is the sum of the others, by its name in the file; with `over`, the text of the row that is.
    pub total: String,
    /// The columns that add up to it; with `over`, the texts of the rows.
    pub parts: Vec<String>,
    /// Whether numbers that belong together are as they are written where none of them shows a damage: `2`, `3` and `5` could be
    /// thousands, which would add up as well.
    pub whole_as_written: bool,
}

/// Columns, or rows, that are parts of one sum.
const MOST_PARTS: usize = 64;

impl Repair {
    /// `repair` of a source: one table, or several.
    pub(crate) fn read_all(fields: &Fields<'_, '_>, findings: &Findings) -> Vec<Self> {
        let Some(value) = fields.value("repair") else { return Vec::new() };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        items.into_iter().filter_map(|item| Self::read(item, findings)).collect()
    }

    fn read(value: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Self> {
        const THOUSANDS: [(&str, Thousands); 2] = [(".", Thousands::Point), (",", Thousands::Comma)];
        const WHOLE: [(&str, bool); 2] = [("undecided", false), ("as_written", true)];
        let fields = Fields::of(value, findings)?;
        fields.in_section("repair");
        let thousands = fields.one_of("thousands", &THOUSANDS);
        let over = fields.optional_text("over");
        let total = fields.text("total");
        let parts = fields.strings("parts");
        let whole = fields.optional_one_of("whole_rows", &WHOLE).unwrap_or(false);
        let names: Vec<String> =
            parts.iter().flatten().map(|part| part.get_ref().trim().to_owned()).collect();
        let is_twice =
            |(index, name): (usize, &String)| names[..index].contains(name) || total.as_ref() == Some(name);
        if parts.is_some()
            && (names.len() < 2 || names.len() > MOST_PARTS || names.iter().enumerate().any(is_twice))
        {
            fields.fault(value, &format!("two to {MOST_PARTS} different `parts`, none of them the `total`"));
        }
        fields.finish();
        Some(Self {
            thousands: thousands?,
            over,
            total: total?.trim().to_owned(),
            parts: parts.map(|_| names)?,
            whole_as_written: whole,
        })
    }

    /// What its numbers are called: the total first. Columns of the file, or with `over` texts of that column.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.total).chain(&self.parts).map(String::as_str)
    }
}
