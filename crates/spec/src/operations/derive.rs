//! `op = "derive"`: makes a new column out of others.

use serde::{Deserialize, Serialize};

use crate::operations::{Declaration, Limit, Residence};
use crate::schema::{CALENDAR_YEAR, ColumnInfo, SchemaChange, YEARS_OF_AGE};
use crate::text::{Fields, Findings, unknown_value};
use crate::{Code, ColumnType, Diagnostic, columns};

/// A new column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derive {
    /// Its name.
    pub column: String,
    /// How it is made.
    #[serde(flatten)]
    pub method: Derivation,
}

/// How a column is derived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Derivation {
    /// The year of a date.
    Year {
        /// The date.
        from: String,
    },
    /// The month of a date, as `2019-03`.
    Month {
        /// The date.
        from: String,
    },
    /// The quarter of a date, as `2019-Q1`.
    Quarter {
        /// The date.
        from: String,
    },
    /// The financial year of a date, as `2018/19`.
    FinancialYear {
        /// The date.
        from: String,
        /// The month in which financial years begin, 2 to 12.
        first_month: u8,
    },
    /// A date from the numbers of its year, month and day. A day that the calendar does not have is not stated, and counted.
    Date {
        /// The column of the year.
        year: String,
        /// The month.
        month: DatePart,
        /// The day.
        day: DatePart,
    },
    /// The same value in all rows.
    Constant {
        /// The value.
        value: Constant,
    },
    /// Completed years between two dates.
    Age {
        /// Date of birth.
        birth: String,
        /// The day on which the age is wanted.
        at: String,
    },
    /// Age groups such as `25-29`, the last one open: `85+`.
    AgeGroup {
        /// Age in completed years.
        from: String,
        /// Width in years.
        width: u8,
        /// First age of the open group.
        open: u8,
    },
    /// Whether two residence rules call a record a migration: `both`, `only_A`, `only_B`, `neither`, and `undecided_A`,
    /// `undecided_B`, `undecided` where a rule cannot tell yet. Where one of them does not judge the record at all, there is nothing to
    /// compare: `no_person`, `no_date_or_direction`, `outside_period` (of either rule, its cut-off included) and `left_out` by a policy.
    Agreement {
        /// The names of the two rules.
        rules: [String; 2],
    },
}

/// Where the month or the day of a date is taken from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePart {
    /// A column of numbers, or of codes that are numbers.
    Column(String),
    /// The same in all rows.
    Fixed(u8),
    /// The last day of the month.
    Last,
}

/// A value that all rows have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Constant {
    /// A code.
    Code(String),
    /// A whole number or a date.
    Limit(Limit),
}

impl DatePart {
    /// The name of a column, or a number up to `most`.
    fn read(fields: &Fields<'_, '_>, key: &'static str, most: u8) -> Option<Self> {
        let Some(value) = fields.value(key) else {
            fields.string(key);
            return None;
        };
        if let Some(column) = value.get_ref().as_str() {
            let is_last = key == "day" && column == "last";
            return Some(if is_last { Self::Last } else { Self::Column(column.to_owned()) });
        }
        let number = fields.optional_integer(key)?;
        let part = u8::try_from(*number.get_ref()).ok().filter(|part| (1..=most).contains(part));
        if part.is_none() {
            fields.fault(&number, &format!("the name of a column, or a number from 1 to {most}"));
        }
        part.map(Self::Fixed)
    }

    fn column(&self) -> Option<&str> {
        match self {
            Self::Column(column) => Some(column),
            Self::Fixed(_) | Self::Last => None,
        }
    }
}

impl Constant {
    fn column_type(&self) -> ColumnType {
        match self {
            Self::Code(_) => ColumnType::Code,
            Self::Limit(Limit::Number(_)) => ColumnType::Integer,
            Self::Limit(Limit::Date(_)) => ColumnType::Date,
        }
    }

    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let Some(value) = fields.value("value") else {
            fields.string("value");
            return None;
        };
        match value.get_ref().as_str() {
            Some(code) if code.trim().is_empty() || [columns::TOTAL, columns::NOT_STATED].contains(&code) => {
                fields.fault(
                    value,
                    "a code of its own: the empty text states nothing, `_T` and `_U` are kept for tables",
                );
                None
            }
            Some(code) => Some(Self::Code(code.to_owned())),
            None => fields.limit_of(value).map(Self::Limit),
        }
    }
}

impl Derive {
    pub(super) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let column = fields.text("column");
        let method = Derivation::read(fields, findings);
        Some(Self { column: column?, method: method? })
    }
}

impl Derivation {
    fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        const METHODS: [&str; 9] = [
            "year",
            "month",
            "quarter",
            "financial_year",
            "date",
            "constant",
            "age",
            "age_group",
            "agreement",
        ];
        let method = fields.string("method");
        match method.as_ref().map(|method| method.get_ref().as_str()) {
            Some("year") => Some(Self::Year { from: fields.text("from")? }),
            Some("month") => Some(Self::Month { from: fields.text("from")? }),
            Some("quarter") => Some(Self::Quarter { from: fields.text("from")? }),
            Some("financial_year") => {
                let (from, first_month) = (fields.text("from"), first_month(fields));
                Some(Self::FinancialYear { from: from?, first_month: first_month? })
            }
            Some("date") => {
                let year = fields.text("year");
                let (month, day) = (DatePart::read(fields, "month", 12), DatePart::read(fields, "day", 31));
                Some(Self::Date { year: year?, month: month?, day: day? })
            }
            Some("constant") => Some(Self::Constant { value: Constant::read(fields)? }),
            Some("age") => {
                let birth = fields.text("birth");
                let at = fields.text("at");
                Some(Self::Age { birth: birth?, at: at? })
            }
            Some("age_group") => {
                let width = years(fields, "width", 5);
                let open = years(fields, "open", 85);
                Some(Self::AgeGroup { from: fields.text("from")?, width, open })
            }
            Some("agreement") => Some(Self::Agreement { rules: two_rules(fields, findings)? }),
            _ => {
                method.iter().for_each(|method| findings.push(unknown_value("method", method, METHODS)));
                fields.ignore_unknown();
                None
            }
        }
    }
}

fn two_rules(fields: &Fields<'_, '_>, findings: &Findings) -> Option<[String; 2]> {
    let rules: Result<[String; 2], _> = fields.texts("rules")?.try_into();
    if rules.is_err() {
        let fault = Diagnostic::error(Code::WrongType, "an agreement is one of two rules");
        findings.push(fault.at_span(fields.span(), "write `rules = [\"one\", \"other\"]`"));
    }
    rules.ok()
}

/// The month in which a financial year begins; one that begins in January is a calendar year.
fn first_month(fields: &Fields<'_, '_>) -> Option<u8> {
    let number = fields.integer("first_month")?;
    let month = u8::try_from(*number.get_ref()).ok().filter(|month| (2..=12).contains(month));
    if month.is_none() {
        fields.fault(&number, "a month from 2 to 12");
    }
    month
}

/// A number of years from 1 to 120.
fn years(fields: &Fields<'_, '_>, key: &'static str, default: u8) -> u8 {
    let Some(number) = fields.optional_integer(key) else { return default };
    u8::try_from(*number.get_ref()).ok().filter(|years| (1..=120).contains(years)).unwrap_or_else(|| {
        fields.fault(&number, "a number of years from 1 to 120");
        default
    })
}

/// What two rules said of each record.
fn need_answers(schema: &mut SchemaChange<'_>, rules: &[String; 2]) {
    for (index, rule) in rules.iter().enumerate() {
        let path = schema.path().field("rules").index(index);
        schema.need_at(&columns::migration(rule), path.clone(), &[ColumnType::Boolean]);
        schema.need_at(&columns::basis(rule), path, &[ColumnType::Code]);
    }
}

impl Declaration for Derive {
    fn name(&self) -> &'static str {
        "derive"
    }

    /// What it is made from, where what it makes decides something.
    fn suits_cells(&self) -> bool {
        true
    }

    fn sees_later_rows(&self, _residence: &Residence) -> bool {
        false
    }

    fn decisive_columns(&self, is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        let inputs: Vec<&str> = match &self.method {
            Derivation::Year { from }
            | Derivation::Month { from }
            | Derivation::Quarter { from }
            | Derivation::FinancialYear { from, .. }
            | Derivation::AgeGroup { from, .. } => vec![from],
            Derivation::Date { year, month, day } => {
                std::iter::once(year.as_str()).chain(month.column()).chain(day.column()).collect()
            }
            Derivation::Constant { .. } => Vec::new(),
            Derivation::Age { birth, at } => vec![birth, at],
            Derivation::Agreement { .. } => Vec::new(),
        };
        if is_decisive(&self.column) { inputs } else { Vec::new() }
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        let new = |column_type| ColumnInfo::new(&self.column, column_type);
        let made = match &self.method {
            Derivation::Year { from } => {
                schema.need(from, "from", &[ColumnType::Date]);
                schema.need_calendar(from, "from");
                new(ColumnType::Integer).unit(CALENDAR_YEAR).personal(schema.is_personal(from))
            }
            Derivation::Month { from } | Derivation::Quarter { from } => {
                schema.need(from, "from", &[ColumnType::Date]);
                schema.need_calendar(from, "from");
                new(ColumnType::Code).personal(schema.is_personal(from))
            }
            Derivation::FinancialYear { from, first_month } => {
                schema.need(from, "from", &[ColumnType::Date]);
                schema.need_first_month(from, *first_month);
                new(ColumnType::Code).personal(schema.is_personal(from))
            }
            Derivation::Date { year, month, day } => {
                schema.need(year, "year", &[ColumnType::Integer]);
                let mut personal = schema.is_personal(year);
                for (field, part) in [("month", month), ("day", day)] {
                    let Some(column) = part.column() else { continue };
                    schema.need(column, field, &[ColumnType::Integer, ColumnType::Code]);
                    personal |= schema.is_personal(column);
                }
                new(ColumnType::Date).personal(personal)
            }
            Derivation::Constant { value } => new(value.column_type()),
            Derivation::Age { birth, at } => {
                schema.need(birth, "birth", &[ColumnType::Date]);
                schema.need(at, "at", &[ColumnType::Date]);
                // An age made from a personal date is personal as well; a group of ages is not.
                let personal = schema.is_personal(birth) || schema.is_personal(at);
                new(ColumnType::Integer).unit(YEARS_OF_AGE).personal(personal)
            }
            Derivation::AgeGroup { from, open, .. } => {
                schema.need(from, "from", &[ColumnType::Integer]);
                schema.need_unit(from, "from", YEARS_OF_AGE);
                ColumnInfo { open_age: Some(i64::from(*open)), ..new(ColumnType::Code) }
            }
            Derivation::Agreement { rules } => {
                need_answers(schema, rules);
                new(ColumnType::Code)
            }
        };
        schema.add(made, schema.path().field("column"));
    }
}
