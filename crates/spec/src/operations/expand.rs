//! `op = "expand"`: a record with a first and a last day becomes one row for each reference date that it covers.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::operations::{Declaration, column};
use crate::schema::{ColumnInfo, Expansion, SchemaChange};
use crate::text::{Fields, Findings};
use crate::{Code, ColumnType, Diagnostic, columns};

/// Reference dates that one step may have: a day of each year for a millennium, of each month for eighty years.
const MOST_DATES: usize = 1000;

/// From spells to a stock: which days are covered by which record.
///
/// Both ends of a spell are included. A record that covers n dates becomes n rows; one that covers none is excluded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expand {
    /// The column of the first day of a record.
    pub first: String,
    /// The column of its last day.
    pub last: String,
    /// The reference dates.
    pub dates: ReferenceDates,
    /// The last day that is observed. A record whose last day is not stated lasts at least until then; where this is
    /// absent such a record stops the run.
    pub until: Option<Date>,
    /// The column of the reference date that is made.
    pub column: String,
}

/// Days on which a population is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceDates {
    /// These days.
    At(Vec<Date>),
    /// The same day of every year in a period.
    Every {
        /// Month, 1 to 12.
        month: u8,
        /// Day of the month.
        day: u8,
        /// First day of the period.
        from: Date,
        /// Last day of the period.
        until: Date,
    },
}

impl ReferenceDates {
    /// The days in order.
    ///
    /// ```
    /// use denizen_spec::ReferenceDates;
    /// let [from, until] = ["2008-01-02", "2010-01-01"].map(|day| day.parse().unwrap());
    /// let every = ReferenceDates::Every { month: 1, day: 1, from, until };
    /// assert_eq!(every.dates().map(|day| day.to_string()).collect::<Vec<_>>(), ["2009-01-01", "2010-01-01"]);
    /// ```
    pub fn dates(&self) -> impl Iterator<Item = Date> + '_ {
        let (listed, every) = match self {
            Self::At(dates) => (Some(dates.iter().copied()), None),
            Self::Every { month, day, from, until } => {
                let years = from.year..=until.year;
                let dates = years.map(|year| Date { year, month: *month, day: *day });
                (None, Some(dates.filter(|date| (*from..=*until).contains(date))))
            }
        };
        listed.into_iter().flatten().chain(every.into_iter().flatten())
    }
}

impl Expand {
    pub(super) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let first = fields.text("first");
        let last = fields.text("last");
        let until = fields.optional_date("until");
        let dates = reference_dates(fields, until, findings);
        Some(Self {
            column: column(fields, "column", columns::REFERENCE_DATE),
            first: first?,
            last: last?,
            dates: dates?,
            until,
        })
    }
}

pub(super) fn reference_dates(
    fields: &Fields<'_, '_>,
    until: Option<Date>,
    findings: &Findings,
) -> Option<ReferenceDates> {
    let at = fields.optional_dates("at");
    let every = fields.optional_string("every");
    let from = fields.optional_date("from");
    let fault = |message: &str, label: &str| {
        let fault = Diagnostic::error(Code::MissingField, message).at_span(fields.span(), label);
        findings.push(fault.help("`at = [\"2008-01-01\"]`, or `every = \"01-01\"` with `from` and `until`"));
        None
    };
    match (at.is_empty(), every, from) {
        (false, None, None) => Some(ReferenceDates::At(at)),
        (false, ..) => fault("the reference dates are given twice", "give `at`, or `every` with a period"),
        (true, None, _) if fields.has("at") => None,
        (true, None, _) => fault("there are no reference dates", "say on which days the stock is wanted"),
        (true, Some(every), from) => {
            let (Some(from), Some(until)) = (from, until) else {
                return fault("`every` needs a period", "give `from` and `until`");
            };
            let Some((month, day)) = month_and_day(every.get_ref()) else {
                fields.fault(&every, "a day of every year, such as \"01-01\" or \"12-31\"");
                return None;
            };
            Some(ReferenceDates::Every { month, day, from, until })
        }
    }
}

/// What is wrong with reference dates, of which none may lie after the last day that is observed, stated in a field.
pub(super) fn check_dates(
    dates: &ReferenceDates,
    observed: Option<(Date, &str)>,
    schema: &mut SchemaChange<'_>,
) {
    let days: Vec<Date> = dates.dates().collect();
    let is_after = |(last, _): &(Date, &str)| days.iter().any(|date| date > last);
    let problem = if days.is_empty() {
        Some("no reference date lies in the period".to_owned())
    } else if days.len() > MOST_DATES {
        Some("there are more than 1000 reference dates".to_owned())
    } else if days.windows(2).any(|pair| pair[0] >= pair[1]) {
        Some("the reference dates are not in order, each once".to_owned())
    } else if let Some((_, field)) = observed.filter(is_after) {
        // Records without a last day would be missing on that date, and on no other.
        Some(format!("a reference date lies after `{field}`"))
    } else if days.iter().any(|date| date.days().is_none()) {
        Some("a reference date is not a day of the calendar".to_owned())
    } else {
        None
    };
    if let Some(message) = problem {
        let field = match dates {
            ReferenceDates::At(_) => "at",
            ReferenceDates::Every { .. } => "every",
        };
        let fault = Diagnostic::error(Code::WrongType, message);
        schema.fault(fault.at(schema.path().field(field), "change the dates, or the period"));
    }
}

/// A day that every year has.
pub(super) fn month_and_day(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date { year: 2001, month, day }.days().map(|_| (month, day))
}

impl Declaration for Expand {
    fn name(&self) -> &'static str {
        "expand"
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        vec![&self.first, &self.last]
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        schema.need(&self.first, "first", &[ColumnType::Date]);
        schema.need(&self.last, "last", &[ColumnType::Date]);
        check_dates(&self.dates, self.until.map(|until| (until, "until")), schema);
        let made = ColumnInfo::new(&self.column, ColumnType::Date);
        schema.add(made, schema.path().field("column"));
        schema.expand(Expansion::new(&self.column, self.dates.dates().collect()));
    }
}
