//! `[[check]]`: what must hold of the rows of a source, and how often it may not.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::operations::Conditions;
use crate::pipeline::{CheckId, Pipeline};
use crate::schema::{Schema, SchemaChange};
use crate::source::Source;
use crate::text::{Fields, Findings};
use crate::{Code, ColumnType, Diagnostic, Path};

/// One `[[check]]`.
///
/// Each row, or each period of a volume, has passed, has failed, or could not be checked: it does not state what is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What it is called in the manifest and in the list of failures.
    pub name: String,
    /// Why it must hold, or who says so.
    pub title: Option<String>,
    /// The source whose rows are checked; none means the only source of records.
    pub source: Option<String>,
    /// Which rows are checked.
    pub rows: CheckedRows,
    /// What must hold.
    pub kind: CheckKind,
    /// The share of what was checked above which failures are a warning.
    pub warn: f64,
    /// The share above which they stop the run; none means never.
    pub fail: Option<f64>,
}

/// At which place the rows are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckedRows {
    /// As they are read, before the first step.
    AsRead,
    /// As they are released, after the last step.
    AsReleased,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// Of each row that meets `when`: it states all of `stated`, meets all of `then`, and not all of `never`.
    Row {
        /// Which rows are meant; nothing asked means all.
        when: Conditions,
        /// What they must meet.
        then: Conditions,
        /// What none of them may meet.
        never: Conditions,
        /// The columns that they must state.
        stated: Vec<String>,
    },
    /// No two rows state the same in all of these columns.
    Unique(Vec<String>),
    /// Rows that state the same in all columns of `per` state the same in all columns of `one`.
    One {
        /// The columns of which there is one value.
        one: Vec<String>,
        /// For each value of these.
        per: Vec<String>,
    },
    /// Numbers of a row add up.
    Balance(Balance),
    /// Each period has as many rows as its neighbour, more or less.
    Volume(Volume),
}

/// `plus` − `minus` = `equals`, within a tolerance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The columns that are added.
    pub plus: Vec<String>,
    /// The columns that are taken away.
    pub minus: Vec<String>,
    /// The column of the result.
    pub equals: String,
    /// By how much it may differ.
    pub tolerance: f64,
}

/// How many rows each period may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// The column of dates.
    pub date: String,
    /// Which periods are counted.
    pub by: VolumePeriod,
    /// Columns whose values are counted apart.
    pub per: Vec<String>,
    /// With which period each is compared.
    pub against: Against,
    /// By what share of that period the number of rows may differ.
    pub change: Option<f64>,
    /// How many rows each period has at least.
    pub least: Option<u64>,
    /// The first and the last day of the periods that are looked at; those of the rows where they are not stated.
    pub from: Option<Date>,
    /// See `from`.
    pub until: Option<Date>,
}

/// The length of a period whose rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumePeriod {
    /// Months of the calendar.
    Month,
    /// Years of the calendar.
    Year,
}

/// With which period another is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The one before.
    Before,
    /// The same one of the year before: months have seasons.
    YearBefore,
}

impl VolumePeriod {
    /// The number of the period of a date, which follow each other.
    pub fn number(self, date: Date) -> i64 {
        match self {
            Self::Month => i64::from(date.year) * 12 + i64::from(date.month) - 1,
            Self::Year => i64::from(date.year),
        }
    }

    /// How a period is written: `2007-05`, `2007`.
    ///
    /// ```
    /// use denizen_spec::{Date, VolumePeriod};
    ///
    /// let day = Date { year: 2007, month: 5, day: 31 };
    /// let [month, year] = [VolumePeriod::Month, VolumePeriod::Year].map(|by| by.label(by.number(day)));
    /// assert_eq!((month.as_str(), year.as_str()), ("2007-05", "2007"));
    /// ```
    pub fn label(self, number: i64) -> String {
        match self {
            Self::Month => format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
            Self::Year => format!("{number:04}"),
        }
    }
}

impl Against {
    /// How many periods lie between the two.
    pub fn distance(self, by: VolumePeriod) -> i64 {
        match (self, by) {
            (Self::YearBefore, VolumePeriod::Month) => 12,
            (Self::Before, VolumePeriod::Month | VolumePeriod::Year)
            | (Self::YearBefore, VolumePeriod::Year) => 1,
        }
    }
}

impl Check {
    /// Whether it looks at one row by itself, as it was read: what is found of some rows then adds to what is found of others,
    /// wherever they are.
    pub fn is_of_read_rows(&self) -> bool {
        let is_of_row = match self.kind {
            CheckKind::Row { .. } | CheckKind::Balance(_) => true,
            CheckKind::Unique(_) | CheckKind::One { .. } | CheckKind::Volume(_) => false,
        };
        is_of_row && self.rows == CheckedRows::AsRead
    }

    pub(crate) fn read(fields: Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        const ROWS: [(&str, CheckedRows); 2] =
            [("as_read", CheckedRows::AsRead), ("as_released", CheckedRows::AsReleased)];
        fields.in_section("check");
        let name = fields.text("name");
        let share = |key| fields.optional_number(key, 0.0..=1.0, "a share between 0 and 1");
        let check = Self {
            name: name.clone().unwrap_or_default(),
            title: fields.optional_text("title"),
            source: fields.optional_text("source"),
            rows: fields.optional_one_of("rows", &ROWS).unwrap_or(CheckedRows::AsRead),
            warn: share("warn").unwrap_or(0.0),
            fail: share("fail"),
            kind: CheckKind::read(&fields, findings)?,
        };
        fields.finish();
        name.map(|_| check)
    }
}

impl CheckKind {
    fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let (when, then, never) = (
            Conditions::read(fields, "when"),
            Conditions::read(fields, "then"),
            Conditions::read(fields, "never"),
        );
        let stated = fields.optional_texts("stated");
        let unique = fields.optional_texts("unique");
        let (one, per) = (fields.optional_texts("one"), fields.optional_texts("per"));
        let balance =
            fields.value("balance").map(|value| Fields::of(value, findings).and_then(Balance::read));
        let volume = fields.value("volume").map(|value| Fields::of(value, findings).and_then(Volume::read));
        let is_row = ["when", "then", "never", "stated"].iter().any(|key| fields.has(key));
        let given =
            [is_row, fields.has("unique"), fields.has("one"), fields.has("balance"), fields.has("volume")];
        if given.iter().filter(|given| **given).count() != 1 {
            let fault = Diagnostic::error(Code::MissingField, "a check says one thing that must hold");
            let label = "give `then`, `never` or `stated` (with `when`), or `unique`, `one` with `per`, `balance`, `volume`";
            findings.push(fault.at_span(fields.span(), label));
            fields.ignore_unknown();
            return None;
        }
        match (balance, volume) {
            (Some(balance), _) => balance.map(Self::Balance),
            (None, Some(volume)) => volume.map(Self::Volume),
            (None, None) if fields.has("unique") => Some(Self::Unique(unique)),
            (None, None) if fields.has("one") => Some(Self::One { one, per }),
            (None, None) => Some(Self::Row { when, then, never, stated }),
        }
    }
}

impl Balance {
    fn read(fields: Fields<'_, '_>) -> Option<Self> {
        fields.in_section("balance");
        let (plus, equals) = (fields.texts("plus"), fields.text("equals"));
        let minus = fields.optional_texts("minus");
        let tolerance = fields.optional_number("tolerance", 0.0..=1e9, "a number from 0").unwrap_or(0.0);
        fields.finish();
        Some(Self { plus: plus?, minus, equals: equals?, tolerance })
    }
}

impl Volume {
    fn read(fields: Fields<'_, '_>) -> Option<Self> {
        const BY: [(&str, VolumePeriod); 2] = [("month", VolumePeriod::Month), ("year", VolumePeriod::Year)];
        const AGAINST: [(&str, Against); 2] =
            [("before", Against::Before), ("year_before", Against::YearBefore)];
        fields.in_section("volume");
        let (date, by) = (fields.text("date"), fields.one_of("by", &BY));
        let against = fields.optional_one_of("against", &AGAINST).unwrap_or(Against::Before);
        let per = fields.optional_texts("per");
        let change = fields.optional_number("change", 0.0..=1e6, "a share from 0, such as 0.5");
        let least = fields.optional_integer("least");
        let rows = least.as_ref().and_then(|least| u64::try_from(*least.get_ref()).ok());
        if let Some(least) = least.filter(|_| rows.is_none()) {
            fields.fault(&least, "a number of rows from 0");
        }
        let (from, until) = (fields.optional_date("from"), fields.optional_date("until"));
        fields.finish();
        Some(Self { date: date?, by: by?, per, against, change, least: rows, from, until })
    }
}

/// What keys are made of.
const VALUES: [ColumnType; 4] = [ColumnType::Text, ColumnType::Code, ColumnType::Integer, ColumnType::Date];

impl Check {
    /// What is wrong with it beside the columns of its source.
    pub(crate) fn faults(&self, pipeline: &Pipeline, id: CheckId, source: &Source) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let path = Path::check(id);
        if self.fail.is_some_and(|fail| fail < self.warn) {
            let fault = Diagnostic::error(Code::WrongType, "the run would stop before there is a warning");
            faults.push(fault.at(path.clone().field("fail"), "a share that is not below `warn`"));
        }
        let schema = match self.rows {
            CheckedRows::AsRead => Schema::of_source(source),
            CheckedRows::AsReleased => pipeline.schema_of(source),
        };
        let mut columns = SchemaChange::new(schema, path, &mut faults);
        match &self.kind {
            CheckKind::Row { when, then, never, stated } => {
                check_row(&mut columns, [when, then, never], stated);
            }
            CheckKind::Unique(unique) => need_all(&mut columns, unique, "unique", &VALUES),
            CheckKind::One { one, per } => {
                need_all(&mut columns, one, "one", &VALUES);
                need_all(&mut columns, per, "per", &VALUES);
            }
            CheckKind::Balance(balance) => balance.check(&mut columns),
            CheckKind::Volume(volume) => volume.check(&mut columns),
        }
        faults
    }
}

fn check_row(columns: &mut SchemaChange<'_>, [when, then, never]: [&Conditions; 3], stated: &[String]) {
    if then.is_empty() && never.is_empty() && stated.is_empty() {
        let fault = Diagnostic::error(Code::MissingField, "every row passes this check");
        let label = "say what must hold: `then`, `never` or `stated`";
        columns.fault(fault.at(columns.path(), label));
    }
    for (field, conditions) in [("when", when), ("then", then), ("never", never)] {
        conditions.check(columns, field);
    }
    for (index, column) in stated.iter().enumerate() {
        columns.need_at(column, columns.path().field("stated").index(index), &[]);
    }
}

/// At least one column, all of which are there.
fn need_all(columns: &mut SchemaChange<'_>, names: &[String], field: &str, allowed: &[ColumnType]) {
    if names.is_empty() {
        let fault = Diagnostic::error(Code::MissingField, format!("the check names no column in `{field}`"));
        columns.fault(fault.at(columns.path().field(field), "name at least one"));
    }
    for (index, name) in names.iter().enumerate() {
        columns.need_at(name, columns.path().field(field).index(index), allowed);
    }
}

impl Balance {
    fn check(&self, columns: &mut SchemaChange<'_>) {
        let path = columns.path().field("balance");
        let fields = [("plus", &self.plus), ("minus", &self.minus)];
        let named = fields.into_iter().flat_map(|(field, names)| {
            names.iter().enumerate().map(move |(index, name)| (field, index, name))
        });
        for (field, index, name) in named {
            columns.need_number(name, path.clone().field(field).index(index));
        }
        columns.need_number(&self.equals, path.field("equals"));
    }
}

impl Volume {
    fn check(&self, columns: &mut SchemaChange<'_>) {
        let path = columns.path().field("volume");
        columns.need_at(&self.date, path.clone().field("date"), &[ColumnType::Date]);
        for (index, name) in self.per.iter().enumerate() {
            let path = path.clone().field("per").index(index);
            columns.need_at(name, path.clone(), &[ColumnType::Code, ColumnType::Text, ColumnType::Integer]);
            if columns.is_personal(name) {
                let fault = Diagnostic::error(Code::PersonalDimension, format!("`{name}` is personal"));
                columns.fault(fault.at(path, "its values would be shown"));
            }
        }
        let ends = self.from.zip(self.until);
        let problem = if self.change.is_none() && self.least.is_none() {
            Some(("every number of rows passes", "give `change` or `least`"))
        } else if ends.is_some_and(|(from, until)| from > until) {
            Some(("no period lies between `from` and `until`", "change one of them"))
        } else {
            None
        };
        if let Some((message, label)) = problem {
            columns.fault(Diagnostic::error(Code::MissingField, message).at(path, label));
        }
    }
}
