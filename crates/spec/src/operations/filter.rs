//! `op = "filter"`: keeps the rows whose columns hold what is listed, or leaves such rows out; what goes is counted.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::date::Date;
use crate::operations::{Declaration, Residence};
use crate::schema::SchemaChange;
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic, Path, columns};

/// Which rows stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// What a row must meet to stay, all of it.
    pub keep: Conditions,
    /// What a row must meet to go, all of it.
    #[serde(default)]
    pub drop: Conditions,
}

/// What is asked of a row. Nothing that a row does not state meets anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// Column and codes of which it has one.
    pub codes: Vec<(String, Vec<String>)>,
    /// Column and where its number or date lies, or what it is beside another column.
    pub bounds: Vec<(String, Bounds)>,
}

/// Which numbers or dates meet a condition: those that meet all that is stated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// These; empty means any.
    pub values: Vec<Limit>,
    /// This one and larger or later ones.
    pub from: Option<Limit>,
    /// This one and smaller or earlier ones.
    pub to: Option<Limit>,
    /// Larger or later ones only.
    pub after: Option<Limit>,
    /// Smaller or earlier ones only.
    pub before: Option<Limit>,
    /// Of dates, this month and day of every year.
    pub every: Option<(u8, u8)>,
    /// How it is beside other columns of its row.
    #[serde(default)]
    pub beside: Vec<(Comparison, String)>,
}

/// How a value is beside that of another column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same, or larger or later.
    From,
    /// The same, or smaller or earlier.
    To,
    /// Larger or later.
    After,
    /// Smaller or earlier.
    Before,
    /// The same; also of codes and texts.
    SameAs,
}

impl Comparison {
    /// The field that says it.
    fn field(self) -> &'static str {
        match self {
            Self::From => "from",
            Self::To => "to",
            Self::After => "after",
            Self::Before => "before",
            Self::SameAs => "same_as",
        }
    }

    /// Whether a value is so beside another one.
    ///
    /// ```
    /// use denizen_spec::Comparison;
    ///
    /// assert!(Comparison::From.holds(2, 2) && !Comparison::After.holds(2, 2) && Comparison::Before.holds(1, 2));
    /// ```
    pub fn holds<T: Ord>(self, value: T, other: T) -> bool {
        match self {
            Self::From => value >= other,
            Self::To => value <= other,
            Self::After => value > other,
            Self::Before => value < other,
            Self::SameAs => value == other,
        }
    }
}

impl Conditions {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.bounds.is_empty()
    }

    pub(crate) fn read(fields: &Fields<'_, '_>, key: &'static str) -> Self {
        let mut conditions = Self::default();
        for (name, value) in fields.entries(key) {
            let first = match value.get_ref() {
                DeValue::Array(items) => items.iter().next().unwrap_or(value),
                _ => value,
            };
            if first.get_ref().as_str().is_some()
                || value.get_ref().as_array().is_some_and(|items| items.is_empty())
            {
                conditions.codes.push((name.into_inner(), fields.strings_of(value)));
            } else if let Some(bounds) = Bounds::read(value, fields) {
                conditions.bounds.push((name.into_inner(), bounds));
            }
        }
        conditions
    }

    /// Checks that the columns are there that it looks at; it stands in the field `field`.
    pub(crate) fn check(&self, schema: &mut SchemaChange<'_>, field: &str) {
        let path = schema.path().field(field);
        schema.need_codes(&self.codes, field);
        self.bounds.iter().for_each(|(column, bounds)| bounds.check_at(schema, &path, column));
    }

    /// All columns that it looks at.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        let codes = self.codes.iter().map(|(column, _)| column.as_str());
        let bounds = self.bounds.iter().flat_map(|(column, bounds)| {
            let beside = bounds.beside.iter().map(|(_, other)| other.as_str());
            std::iter::once(column.as_str()).chain(beside)
        });
        codes.chain(bounds)
    }
}

/// A whole number or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    /// A whole number.
    Number(i64),
    /// A date.
    Date(Date),
}

impl Limit {
    /// As it stands in columns: the number, or days since 1970-01-01.
    pub fn number(self) -> i64 {
        match self {
            Self::Number(number) => number,
            Self::Date(date) => date.days().map_or(0, i64::from),
        }
    }
}

impl Bounds {
    /// All that is stated, but for days of every year.
    fn limits(&self) -> impl Iterator<Item = &Limit> {
        let limits = [&self.from, &self.to, &self.after, &self.before];
        self.values.iter().chain(limits.into_iter().flatten())
    }

    /// Whether a number stays, or a date as days since 1970-01-01.
    ///
    /// ```
    /// use denizen_spec::{Bounds, Limit};
    ///
    /// let adults = Bounds { from: Some(Limit::Number(18)), before: Some(Limit::Number(65)), ..Bounds::default() };
    /// assert_eq!([17, 18, 64, 65].map(|age| adults.holds(age)), [false, true, true, false]);
    /// ```
    pub fn holds(&self, number: i64) -> bool {
        let limit = |limit: &Option<Limit>| limit.map(Limit::number);
        let is_day_of_year = |(month, day): (u8, u8)| {
            let date = i32::try_from(number).ok().and_then(Date::from_days);
            date.is_some_and(|date| (date.month, date.day) == (month, day))
        };
        (self.values.is_empty() || self.values.iter().any(|value| value.number() == number))
            && limit(&self.from).is_none_or(|from| number >= from)
            && limit(&self.to).is_none_or(|to| number <= to)
            && limit(&self.after).is_none_or(|after| number > after)
            && limit(&self.before).is_none_or(|before| number < before)
            && self.every.is_none_or(is_day_of_year)
    }

    fn read(value: &Spanned<DeValue<'_>>, fields: &Fields<'_, '_>) -> Option<Self> {
        let Some(bounds) = fields.inner(value) else {
            let items = match value.get_ref() {
                DeValue::Array(items) => items.iter().collect(),
                _ => vec![value],
            };
            let values = items.into_iter().map(|item| fields.limit_of(item)).collect::<Option<Vec<_>>>();
            return Some(Self { values: values?, ..Self::default() });
        };
        bounds.in_section("keep");
        let every = bounds.optional_string("every");
        let day = every.as_ref().and_then(|day| super::expand::month_and_day(day.get_ref()));
        if let Some(every) = every.filter(|_| day.is_none()) {
            bounds.fault(&every, "a day of every year, such as \"01-01\" or \"12-31\"");
        }
        let mut read = Self { every: day, ..Self::default() };
        read.from = read.limit(&bounds, Comparison::From, ["from", "at_least"]);
        read.to = read.limit(&bounds, Comparison::To, ["to", "at_most"]);
        read.after = read.limit(&bounds, Comparison::After, ["after", "more_than"]);
        read.before = read.limit(&bounds, Comparison::Before, ["before", "less_than"]);
        read.beside.extend(bounds.optional_text("same_as").map(|other| (Comparison::SameAs, other)));
        bounds.twice(&[
            ("from", "at_least"),
            ("to", "at_most"),
            ("after", "more_than"),
            ("before", "less_than"),
        ]);
        bounds.finish();
        Some(read)
    }

    /// A bound under one of its names: a number or a date, or in quotes the name of a column.
    fn limit(
        &mut self,
        bounds: &Fields<'_, '_>,
        comparison: Comparison,
        names: [&'static str; 2],
    ) -> Option<Limit> {
        let mut limit = None;
        for name in names {
            let Some(value) = bounds.value(name) else { continue };
            match value.get_ref().as_str() {
                Some(column) => self.beside.push((comparison, column.to_owned())),
                None => limit = limit.or(bounds.limit_of(value)),
            }
        }
        limit
    }
}

impl Filter {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Self {
        Self { keep: Conditions::read(fields, "keep"), drop: Conditions::read(fields, "drop") }
    }
}

impl Bounds {
    /// What is wrong with the bounds of a column, which stand at `conditions`.
    pub(crate) fn check_at(&self, schema: &mut SchemaChange<'_>, conditions: &Path, column: &str) {
        let path = conditions.clone().field(column);
        let is_date = |limit: &Limit| matches!(limit, Limit::Date(_));
        let dates = self.limits().filter(|limit| is_date(limit)).count();
        let is_of_dates = dates > 0 || self.every.is_some();
        let wanted: &[ColumnType] = match (is_of_dates, self.limits().next()) {
            (true, _) => &[ColumnType::Date],
            (false, Some(_)) => &[ColumnType::Integer],
            (false, None) => &[],
        };
        schema.need_at(column, path.clone().name(), wanted);
        let nothing = self.limits().next().is_none() && self.every.is_none() && self.beside.is_empty();
        let is_mixed = is_of_dates && dates < self.limits().count();
        let of = |limit: &Option<Limit>| limit.map(Limit::number);
        let least = of(&self.from).max(of(&self.after).and_then(|after| after.checked_add(1)));
        let most = [of(&self.to), of(&self.before).and_then(|before| before.checked_sub(1))];
        let most = most.into_iter().flatten().min();
        let problem = if nothing {
            Some("every row meets this")
        } else if is_mixed {
            Some("numbers and dates are no bounds of one column")
        } else if least.zip(most).is_some_and(|(least, most)| least > most) {
            Some("no row meets this")
        } else {
            None
        };
        if let Some(message) = problem {
            let label =
                "give `from` and `to` (both included), `after` and `before` (neither included), or values";
            schema.fault(Diagnostic::error(Code::WrongType, message).at(path, label));
        } else if !self.values.is_empty() && schema.is_personal(column) {
            let fault = Diagnostic::error(Code::PersonalDimension, format!("`{column}` is personal"));
            schema.fault(
                fault.at(path, "rows of one value of a personal column cannot be told from the others"),
            );
        } else {
            self.check_beside(schema, conditions, column);
        }
    }

    /// Columns that are compared hold the same: numbers, dates, or codes of one list.
    fn check_beside(&self, schema: &mut SchemaChange<'_>, conditions: &Path, column: &str) {
        const ORDERED: [ColumnType; 2] = [ColumnType::Integer, ColumnType::Date];
        const EQUAL: [ColumnType; 4] =
            [ColumnType::Integer, ColumnType::Date, ColumnType::Code, ColumnType::Text];
        for (comparison, other) in &self.beside {
            let path = conditions.clone().field(column).field(comparison.field());
            let allowed: &[ColumnType] = match comparison {
                Comparison::SameAs => &EQUAL,
                Comparison::From | Comparison::To | Comparison::After | Comparison::Before => &ORDERED,
            };
            if other.parse::<Date>().is_ok() {
                let fault = Diagnostic::error(Code::WrongType, "a text in quotes is the name of a column");
                schema.fault(fault.at(path, format!("write the date without quotes: {other}")));
                continue;
            }
            schema.need_at(column, path.clone(), allowed);
            schema.need_at(other, path.clone(), allowed);
            if let Some(problem) = schema.is_incomparable(column, other) {
                let fault = Diagnostic::error(Code::WrongColumn, problem);
                schema.fault(fault.at(path, format!("`{column}` and `{other}` cannot be compared")));
            }
        }
    }
}

impl Declaration for Filter {
    fn name(&self) -> &'static str {
        "filter"
    }

    fn suits_cells(&self) -> bool {
        true
    }

    fn sees_later_rows(&self, _residence: &Residence) -> bool {
        false
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.keep.columns().chain(self.drop.columns()).collect()
    }

    fn named_codes(&self, path: &Path) -> Vec<(Path, &str, &str)> {
        let mut named = Vec::new();
        for (field, conditions) in [("keep", &self.keep), ("drop", &self.drop)] {
            for (column, codes) in &conditions.codes {
                let path = path.clone().field(field).field(column);
                // What every column of codes may have.
                let is_own = |code: &&str| ![columns::TOTAL, columns::NOT_STATED].contains(code);
                let codes = codes.iter().map(String::as_str).filter(is_own);
                named.extend(codes.map(|code| (path.clone(), column.as_str(), code)));
            }
        }
        named
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        if self.keep.is_empty() && self.drop.is_empty() {
            let fault = Diagnostic::error(Code::MissingField, "the filter keeps everything");
            let label =
                "say what stays or goes: `keep = { column = [\"code\"] }`, `drop = { column = [\"code\"] }`";
            schema.fault(fault.at(schema.path(), label));
        }
        for (field, conditions) in [("keep", &self.keep), ("drop", &self.drop)] {
            conditions.check(schema, field);
        }
    }
}
