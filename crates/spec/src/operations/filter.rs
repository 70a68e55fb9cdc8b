//! `op = "filter"`: keeps the rows whose columns hold what is listed; the others are excluded and counted.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::date::Date;
use crate::operations::Declaration;
use crate::schema::SchemaChange;
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic};

/// Which rows stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Column and the codes that stay.
    pub keep: Vec<(String, Vec<String>)>,
    /// Column and the numbers or dates that stay.
    #[serde(default)]
    pub within: Vec<(String, Bounds)>,
}

/// Which numbers or dates stay: those that meet all that is stated.
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
        let read = Self {
            values: Vec::new(),
            from: bounds.optional_limit("from").or(bounds.optional_limit("at_least")),
            to: bounds.optional_limit("to").or(bounds.optional_limit("at_most")),
            after: bounds.optional_limit("after").or(bounds.optional_limit("more_than")),
            before: bounds.optional_limit("before").or(bounds.optional_limit("less_than")),
            every: day,
        };
        bounds.twice(&[
            ("from", "at_least"),
            ("to", "at_most"),
            ("after", "more_than"),
            ("before", "less_than"),
        ]);
        bounds.finish();
        Some(read)
    }
}

impl Filter {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Self {
        let mut filter = Self::default();
        for (name, value) in fields.entries("keep") {
            let first = match value.get_ref() {
                DeValue::Array(items) => items.iter().next().unwrap_or(value),
                _ => value,
            };
            if first.get_ref().as_str().is_some()
                || value.get_ref().as_array().is_some_and(|items| items.is_empty())
            {
                filter.keep.push((name.into_inner(), fields.strings_of(value)));
            } else if let Some(bounds) = Bounds::read(value, fields) {
                filter.within.push((name.into_inner(), bounds));
            }
        }
        filter
    }

    fn check_bounds(schema: &mut SchemaChange<'_>, column: &str, bounds: &Bounds) {
        let path = schema.path().field("keep").field(column);
        let is_date = |limit: &Limit| matches!(limit, Limit::Date(_));
        let dates = bounds.limits().filter(|limit| is_date(limit)).count();
        let is_of_dates = dates > 0 || bounds.every.is_some();
        let wanted = if is_of_dates { ColumnType::Date } else { ColumnType::Integer };
        schema.need_at(column, path.clone().name(), &[wanted]);
        let nothing = bounds.limits().next().is_none() && bounds.every.is_none();
        let is_mixed = is_of_dates && dates < bounds.limits().count();
        let of = |limit: &Option<Limit>| limit.map(Limit::number);
        let least = of(&bounds.from).max(of(&bounds.after).and_then(|after| after.checked_add(1)));
        let most = [of(&bounds.to), of(&bounds.before).and_then(|before| before.checked_sub(1))];
        let most = most.into_iter().flatten().min();
        let problem = if nothing {
            Some("the filter keeps everything")
        } else if is_mixed {
            Some("numbers and dates are no bounds of one column")
        } else if least.zip(most).is_some_and(|(least, most)| least > most) {
            Some("the filter keeps nothing")
        } else {
            None
        };
        if let Some(message) = problem {
            let label = "give `from` and `to` (both stay), `after` and `before` (neither stays), or values";
            schema.fault(Diagnostic::error(Code::WrongType, message).at(path, label));
        } else if !bounds.values.is_empty() && schema.is_personal(column) {
            let fault = Diagnostic::error(Code::PersonalDimension, format!("`{column}` is personal"));
            schema.fault(fault.at(path, "rows of one value of a personal column cannot be kept alone"));
        }
    }
}

impl Declaration for Filter {
    fn name(&self) -> &'static str {
        "filter"
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        let within = self.within.iter().map(|(column, _)| column.as_str());
        self.keep.iter().map(|(column, _)| column.as_str()).chain(within).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        if self.keep.is_empty() && self.within.is_empty() {
            let fault = Diagnostic::error(Code::MissingField, "the filter keeps everything");
            schema.fault(fault.at(schema.path(), "say what stays: `keep = { column = [\"code\"] }`"));
        }
        schema.need_codes(&self.keep, "keep");
        self.within.iter().for_each(|(column, bounds)| Self::check_bounds(schema, column, bounds));
    }
}
