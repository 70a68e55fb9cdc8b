//! What can be wrong with the input, and where.

use std::fmt;

use crate::day::{Span, iso};

/// Why the input was refused. Rows and persons are counted from 0, in the order of the columns that were given; no value of a
/// person appears in any message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Two columns that belong together have different lengths.
    UnequalColumns {
        /// Name of the column that is taken as the measure.
        expected_column: &'static str,
        /// Its length.
        expected: usize,
        /// Name of the column that differs.
        column: &'static str,
        /// Its length.
        found: usize,
    },
    /// The first rows of the persons do not start at 0, do not increase, or lie beyond the last row.
    PersonStart {
        /// The person whose start is wrong.
        person: usize,
        /// The row that was given as its first.
        start: usize,
    },
    /// A person that appeared before appears again after others: the rows are not sorted by person.
    SplitPerson {
        /// First row of the first run of rows.
        first_row: usize,
        /// First row of the second run of rows.
        row: usize,
    },
    /// A row is dated before the row above it, of the same person.
    Unsorted {
        /// The person.
        person: usize,
        /// The row that is dated too early.
        row: usize,
    },
    /// A day outside the years 1 to 9999.
    DayOutOfRange {
        /// The row.
        row: usize,
        /// The day as given, in days since 1970-01-01.
        day: i32,
    },
    /// A date among the parameters outside the years 1 to 9999.
    ParameterOutOfRange {
        /// The parameter.
        parameter: &'static str,
        /// The day as given, in days since 1970-01-01.
        day: i32,
    },
    /// A span among the parameters that is negative, or longer than 400 years.
    SpanOutOfRange {
        /// The parameter.
        parameter: &'static str,
        /// The span as given.
        span: Span,
    },
    /// A period that ends before it begins.
    EmptyPeriod {
        /// First day.
        first: i32,
        /// Last day.
        last: i32,
    },
    /// Threshold and window for which a person could be a migrant both ways, or never.
    ThresholdAndWindow {
        /// Days asked for on the new side.
        threshold: Span,
        /// Days in which they are looked for.
        window: Span,
    },
    /// A permit that ends before it begins.
    PermitEndsBeforeItBegins {
        /// The row.
        row: usize,
    },
    /// A rule that needs permits was given crossings alone.
    PermitsMissing,
    /// An extraction that comes too early for the stock that is asked for.
    ExtractionTooEarly {
        /// The reference day.
        reference_day: i32,
        /// The day of the extraction.
        extracted_on: i32,
        /// The lag that the rule demands.
        entry_lag: Span,
    },
    /// A parameter that must lie between 0 and 1, and does not.
    ShareOutOfRange {
        /// The parameter.
        parameter: &'static str,
        /// The value as given, as text.
        value: String,
    },
    /// A weight of a register that is negative or no number, or with which the weights add up to more than a number can hold.
    WeightOutOfRange {
        /// The register, as index into the weights.
        register: usize,
        /// The weight as given, as text.
        weight: String,
    },
    /// An index before the first year that does not lie between 0 and 1.
    InitialIndexOutOfRange {
        /// The person.
        person: usize,
    },
    /// The column of a register that is not as long as the years.
    UnequalSigns {
        /// The register, as index into the signs.
        register: usize,
        /// Number of years.
        expected: usize,
        /// Length of the column.
        found: usize,
    },
    /// A year outside 1 to 9999.
    YearOutOfRange {
        /// The row.
        row: usize,
        /// The year as given.
        year: i32,
    },
    /// A second row for the same year of a person.
    RepeatedYear {
        /// The person.
        person: usize,
        /// The second of the rows.
        row: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnequalColumns { expected_column, expected, column, found } => {
                write!(f, "column `{column}` has {found} values, but `{expected_column}` has {expected}")
            }
            Error::PersonStart { person, start } => write!(
                f,
                "person {person} is said to start at row {start}; starts must begin at 0, increase, and lie inside the rows"
            ),
            Error::SplitPerson { first_row, row } => write!(
                f,
                "the person of row {row} already had rows from row {first_row} on, with others between: sort the rows by person and date"
            ),
            Error::Unsorted { person, row } => {
                write!(
                    f,
                    "row {row} of person {person} is dated before the row above it: sort the rows by person and date"
                )
            }
            Error::DayOutOfRange { row, day } => {
                write!(f, "row {row}: day {day} is outside the years 1 to 9999")
            }
            Error::ParameterOutOfRange { parameter, day } => {
                write!(f, "`{parameter}`: day {day} is outside the years 1 to 9999")
            }
            Error::SpanOutOfRange { parameter, span } => {
                write!(f, "`{parameter}` is {span}; it must not be negative, nor longer than 400 years")
            }
            Error::EmptyPeriod { first, last } => {
                write!(f, "the period ends on {} before it begins on {}", iso(*last), iso(*first))
            }
            Error::ThresholdAndWindow { threshold, window } => write!(
                f,
                "a threshold of {threshold} in a window of {window} is not allowed: the threshold must be more than half of the window \
                 (otherwise a person could spend enough days on both sides and be inside and outside at once) and not longer than the \
                 window (otherwise nobody could ever reach it)"
            ),
            Error::PermitEndsBeforeItBegins { row } => {
                write!(f, "row {row}: the permit ends before it begins")
            }
            Error::PermitsMissing => {
                f.write_str("this rule needs the permits of the persons beside their crossings")
            }
            Error::ExtractionTooEarly { reference_day, extracted_on, entry_lag } => write!(
                f,
                "the stock of {} cannot be taken from an extraction of {}: at least {entry_lag} must lie between",
                iso(*reference_day),
                iso(*extracted_on)
            ),
            Error::ShareOutOfRange { parameter, value } => {
                write!(f, "`{parameter}` is {value}; it must lie between 0 and 1")
            }
            Error::WeightOutOfRange { register, weight } => write!(
                f,
                "the weight of register {register} is {weight}; weights must be numbers, not negative, with a finite sum"
            ),
            Error::InitialIndexOutOfRange { person } => {
                write!(f, "the initial index of person {person} does not lie between 0 and 1")
            }
            Error::UnequalSigns { register, expected, found } => {
                write!(f, "the signs of register {register} have {found} values, but `years` has {expected}")
            }
            Error::YearOutOfRange { row, year } => {
                write!(f, "row {row}: year {year} is outside the years 1 to 9999")
            }
            Error::RepeatedYear { person, row } => write!(
                f,
                "row {row} of person {person} has the same year as the row above it: one row a person and year"
            ),
        }
    }
}

impl std::error::Error for Error {}
