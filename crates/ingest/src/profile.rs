//! What the rows of a file say, column by column: how many state it, which codes, how far numbers and dates reach.
//!
//! All of it is sums, least and greatest values, and sets with a bound, so that it does not depend on the parts in which a
//! file is read. It is made of whole arrays: a row costs a step or two in each column.

mod days;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type};
use denizen_spec::{ColumnProfile, Date, FieldType, Source, SourceKind};
use serde::{Deserialize, Serialize};

use self::days::Days;
use self::words::Words;
use crate::column_parser::{ColumnParser, FieldParser};
use crate::stats::Reasons;

/// Codes of one column that are kept: more than any list of municipalities has.
const MOST_CODES: usize = 10_000;

/// Texts of one column that are kept: a column with more of them is no set of codes that nobody has declared.
const MOST_TEXTS: usize = 300;

/// Numbers that may be years. A column with any other one is none of years.
const YEARS: std::ops::Range<i64> = 1800..2200;

/// What the rows of one file say that got in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct RowsProfile {
    /// The declared columns, in their order; none before the first rows.
    columns: Vec<ColumnValues>,
    /// Rows that did not get in, by reason and column.
    pub(crate) rejected: BTreeMap<String, u64>,
    /// Fields that could not be read of rows that got in, by the same.
    pub(crate) unread: BTreeMap<String, u64>,
}

/// What rows say in one column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct ColumnValues {
    stated: u64,
    not_stated: u64,
    values: Values,
}

/// What is kept of values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
enum Values {
    /// Nothing: they could tell of a person.
    #[default]
    Untold,
    Words(Words),
    Numbers(Numbers),
    Days(Days),
}

/// Numbers, of decimals in units of the last one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Numbers {
    /// The least and the greatest.
    range: Option<(i64, i64)>,
    /// Rows of each year; none where not all numbers are years, or where they count something.
    years: Option<BTreeMap<i64, u64>>,
}

impl RowsProfile {
    /// Of rows that got in, whose first columns are the declared ones; of the reasons why others did not, and why fields could
    /// not be read.
    pub(crate) fn of(
        batch: &RecordBatch,
        columns: &[ColumnParser],
        kind: SourceKind,
        [rejected, unread]: [&Reasons; 2],
    ) -> Self {
        // A stray delimiter may put the text of a personal column into any other.
        let has_persons = columns.iter().any(|column| column.personal);
        let of_column = |(column, array): (&ColumnParser, &ArrayRef)| {
            let not_stated = array.logical_null_count() as u64;
            let stated = array.len() as u64 - not_stated;
            ColumnValues { stated, not_stated, values: Values::of(column, array, kind, has_persons) }
        };
        let columns = columns.iter().zip(batch.columns()).map(of_column).collect();
        Self { columns, rejected: by_name(rejected), unread: by_name(unread) }
    }

    /// Adds what other rows of the same file say.
    pub(crate) fn merge(&mut self, other: Self) {
        if self.columns.is_empty() {
            self.columns = other.columns;
        } else {
            self.columns.iter_mut().zip(other.columns).for_each(|(column, more)| column.merge(more));
        }
        for (sums, more) in [(&mut self.rejected, other.rejected), (&mut self.unread, other.unread)] {
            more.into_iter().for_each(|(reason, more)| *sums.entry(reason).or_default() += more);
        }
    }

    /// The same in words, for the columns of a source.
    pub(crate) fn columns(&self, source: &Source) -> Vec<ColumnProfile> {
        let none = ColumnValues::default();
        let told = |(index, column): (usize, &denizen_spec::Column)| {
            let found = self.columns.get(index).unwrap_or(&none);
            let profile = ColumnProfile {
                name: column.name.clone(),
                field_type: column.field_type.name().to_owned(),
                personal: column.personal,
                stated: found.stated,
                not_stated: found.not_stated,
                ..ColumnProfile::default()
            };
            found.values.told(profile, &column.field_type)
        };
        source.columns.iter().enumerate().map(told).collect()
    }
}

/// How often there was each reason: `ingest::date of crossed_on`.
fn by_name(reasons: &Reasons) -> BTreeMap<String, u64> {
    let named = reasons.iter().map(|reason| {
        let column = reason.column.as_ref().map(|column| format!(" of {column}")).unwrap_or_default();
        (format!("{}{column}", reason.reason), reason.count)
    });
    named.collect()
}

impl ColumnValues {
    fn merge(&mut self, other: Self) {
        self.stated += other.stated;
        self.not_stated += other.not_stated;
        match (&mut self.values, other.values) {
            (Values::Words(words), Values::Words(more)) => words.merge(more),
            (Values::Numbers(numbers), Values::Numbers(more)) => numbers.merge(more),
            (Values::Days(days), Values::Days(more)) => days.merge(more),
            // The columns of all forms of a source have the same types.
            (Values::Untold | Values::Words(_) | Values::Numbers(_) | Values::Days(_), _) => {
                self.values = Values::Untold;
            }
        }
    }
}

impl Values {
    fn of(column: &ColumnParser, array: &ArrayRef, kind: SourceKind, has_persons: bool) -> Self {
        if column.personal {
            return Self::Untold;
        }
        match column.field_parser {
            FieldParser::Text if has_persons => Self::Untold,
            FieldParser::Text => Self::Words(Words::of(array, MOST_TEXTS)),
            FieldParser::Code(_) => Self::Words(Words::of(array, MOST_CODES)),
            FieldParser::Pseudonym(..) => Self::Untold,
            FieldParser::Integer | FieldParser::Time | FieldParser::Decimal(_) => {
                let is_count = column.is_weight || column.is_value(kind);
                Numbers::of(array, is_count).map_or(Self::Untold, Self::Numbers)
            }
            FieldParser::Date(_) => array
                .as_primitive_opt::<Date32Type>()
                .map_or(Self::Untold, |array| Self::Days(Days::of(array))),
        }
    }

    fn told(&self, profile: ColumnProfile, field_type: &FieldType) -> ColumnProfile {
        match self {
            Self::Untold => profile,
            Self::Words(words) => ColumnProfile { values: words.counts().cloned(), ..profile },
            Self::Numbers(Numbers { range, years }) => {
                let scale = match field_type {
                    FieldType::Decimal { scale } => *scale,
                    FieldType::Integer | FieldType::Time => 0,
                    FieldType::Text | FieldType::Code | FieldType::Date(_) => 0,
                };
                let told = |number: i64| decimal_text(number, scale);
                let years = years.iter().flatten();
                ColumnProfile {
                    least: range.map(|(least, _)| told(least)),
                    greatest: range.map(|(_, greatest)| told(greatest)),
                    periods: years.map(|(year, rows)| (year.to_string(), *rows)).collect(),
                    ..profile
                }
            }
            Self::Days(days) => {
                let told = |days| Date::from_days(days).map(|date| date.to_string());
                let range = days.range();
                ColumnProfile {
                    least: range.and_then(|(first, _)| told(first)),
                    greatest: range.and_then(|(_, last)| told(last)),
                    periods: days.periods(),
                    ..profile
                }
            }
        }
    }
}

impl Numbers {
    fn of(array: &ArrayRef, is_count: bool) -> Option<Self> {
        let range = match array.data_type() {
            DataType::Int64 => range(array.as_primitive::<Int64Type>()),
            DataType::Decimal128(..) => {
                let range = range(array.as_primitive::<Decimal128Type>());
                let narrow = |number: i128| i64::try_from(number).ok();
                range.and_then(|(least, greatest)| Some((narrow(least)?, narrow(greatest)?)))
            }
            _ => return None,
        };
        let are_years =
            range.is_none_or(|(least, greatest)| YEARS.contains(&least) && YEARS.contains(&greatest));
        let array = array.as_primitive_opt::<Int64Type>().filter(|_| are_years && !is_count);
        Some(Self { range, years: array.map(years) })
    }

    fn merge(&mut self, other: Self) {
        self.range = wider(self.range, other.range);
        self.years = match (self.years.take(), other.years) {
            (Some(mut years), Some(more)) => {
                more.into_iter().for_each(|(year, rows)| *years.entry(year).or_default() += rows);
                Some(years)
            }
            (Some(_) | None, _) => None,
        };
    }
}

/// The least and the greatest value.
fn range<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> Option<(T::Native, T::Native)>
where
    T::Native: Ord,
{
    if array.null_count() == 0 {
        let values = array.values();
        return Some((*values.iter().min()?, *values.iter().max()?));
    }
    let mut values = array.iter().flatten();
    let first = values.next()?;
    Some(values.fold((first, first), |(least, greatest), value| (least.min(value), greatest.max(value))))
}

/// The least and the greatest of two ranges.
fn wider<T: Ord + Copy>(one: Option<(T, T)>, other: Option<(T, T)>) -> Option<(T, T)> {
    match (one, other) {
        (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
        (one, other) => one.or(other),
    }
}

/// Rows of each number, all of which may be years.
fn years(array: &PrimitiveArray<Int64Type>) -> BTreeMap<i64, u64> {
    let mut rows = vec![0_u64; (YEARS.end - YEARS.start) as usize];
    array.iter().flatten().for_each(|year| rows[(year - YEARS.start) as usize] += 1);
    let years = YEARS.zip(rows);
    years.filter(|(_, rows)| *rows > 0).collect()
}

/// A number in units of its last decimal, as it is written.
fn decimal_text(number: i64, scale: u8) -> String {
    if scale == 0 {
        return number.to_string();
    }
    let unit = 10_u64.pow(scale.into());
    let (whole, part) = (number.unsigned_abs() / unit, number.unsigned_abs() % unit);
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{whole}.{part:0width$}", width = usize::from(scale))
}
