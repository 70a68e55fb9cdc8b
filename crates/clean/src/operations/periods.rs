//! What `derive` makes of dates and their parts: months, quarters, dates, and the same value in all rows.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Date32Type};
use denizen_spec::{Constant, Date, DatePart, Limit};

use crate::batch::{self, Result};

/// Years whose months and quarters have numbers of their own; those of others are texts.
const FIRST_YEAR: i32 = 1900;
const YEARS: i32 = 200;

/// Months or quarters: how many a year has, and how each is called.
pub(crate) struct Periods {
    in_year: i32,
    name: fn(i32, i32) -> String,
    /// The names of all of them in order, the same for all chunks.
    words: LazyLock<Vec<String>>,
}

fn month(year: i32, index: i32) -> String {
    format!("{year:04}-{:02}", index + 1)
}

fn quarter(year: i32, index: i32) -> String {
    format!("{year:04}-Q{}", index + 1)
}

fn words(in_year: i32, name: fn(i32, i32) -> String) -> Vec<String> {
    (0..YEARS * in_year).map(|period| name(FIRST_YEAR + period / in_year, period % in_year)).collect()
}

pub(crate) static MONTHS: Periods =
    Periods { in_year: 12, name: month, words: LazyLock::new(|| words(12, month)) };
pub(crate) static QUARTERS: Periods =
    Periods { in_year: 4, name: quarter, words: LazyLock::new(|| words(4, quarter)) };

/// The period of each day.
pub(crate) fn periods(batch: &RecordBatch, from: &str, of: &Periods) -> Result<ArrayRef> {
    let days = batch::days(batch, from)?.iter();
    let found = days.map(|days| {
        let date = Date::from_days(days?)?;
        Some((date.year, i32::from(date.month - 1) * of.in_year / 12))
    });
    let found: Vec<Option<(i32, i32)>> = found.collect();
    let number = |(year, index): (i32, i32)| {
        let period = (year - FIRST_YEAR) * of.in_year + index;
        u16::try_from(period).ok().filter(|_| (0..YEARS).contains(&(year - FIRST_YEAR)))
    };
    if found.iter().flatten().all(|period| number(*period).is_some()) {
        return batch::numbered(found.into_iter().map(|period| number(period?)), of.words.iter());
    }
    let texts = found.into_iter().map(|period| period.map(|(year, index)| (of.name)(year, index)));
    Ok(Arc::new(texts.collect::<StringArray>()))
}

/// Financial years, `2018/19`, of those that begin from [`FIRST_YEAR`] on; the same words for all chunks.
static FINANCIAL_YEARS: LazyLock<Vec<String>> =
    LazyLock::new(|| (FIRST_YEAR..FIRST_YEAR + YEARS).map(financial_year).collect());

fn financial_year(first: i32) -> String {
    format!("{first:04}/{:02}", (first + 1) % 100)
}

/// The financial year of each day, which begins with the month.
pub(crate) fn financial_years(batch: &RecordBatch, from: &str, first_month: u8) -> Result<ArrayRef> {
    let days = batch::days(batch, from)?.iter();
    let first = |days: Option<i32>| {
        let date = Date::from_days(days?)?;
        Some(date.year - i32::from(date.month < first_month))
    };
    let years: Vec<Option<i32>> = days.map(first).collect();
    let number = |year: i32| u16::try_from(year - FIRST_YEAR).ok().filter(|index| i32::from(*index) < YEARS);
    if years.iter().flatten().all(|year| number(*year).is_some()) {
        return batch::numbered(years.into_iter().map(|year| number(year?)), FINANCIAL_YEARS.iter());
    }
    Ok(Arc::new(years.into_iter().map(|year| year.map(financial_year)).collect::<StringArray>()))
}

/// The days of years, months and days, and how many there are that the calendar does not have.
pub(crate) fn dates(
    batch: &RecordBatch,
    year: &str,
    month: &DatePart,
    day: &DatePart,
) -> Result<(ArrayRef, u64)> {
    let years = batch::integers(batch, year)?;
    let (months, days) = (parts(batch, month)?, parts(batch, day)?);
    let mut impossible = 0;
    let dates = years.iter().zip(months).zip(days).map(|((year, month), day)| {
        let (year, month, day) = (year?, month?, day?);
        let found = date(year, month, day);
        impossible += u64::from(found.is_none());
        found
    });
    let dates = batch::primitive::<Date32Type>(dates.collect::<Vec<_>>().into_iter());
    Ok((Arc::new(dates), impossible))
}

/// The last day of a month, as a part of a date.
const LAST: i64 = 0;

fn date(year: i64, month: i64, day: i64) -> Option<i32> {
    let (year, month) = (i32::try_from(year).ok()?, u8::try_from(month).ok()?);
    let of_day = |day| Date { year, month, day }.days().filter(|_| (1..=9999).contains(&year));
    match day {
        LAST => (28..=31).rev().find_map(of_day),
        day => of_day(u8::try_from(day).ok().filter(|day| *day > 0)?),
    }
}

/// A part of a date in all rows; a code that is no number is a part that no calendar has.
fn parts(batch: &RecordBatch, part: &DatePart) -> Result<Vec<Option<i64>>> {
    const NO_PART: i64 = 99;
    Ok(match part {
        DatePart::Fixed(part) => vec![Some(i64::from(*part)); batch.num_rows()],
        DatePart::Last => vec![Some(LAST); batch.num_rows()],
        // A 0 is none of the calendar, and not the last day.
        DatePart::Column(name) if *batch::column(batch, name)?.data_type() == DataType::Int64 => {
            let numbers = batch::integers(batch, name)?.iter();
            numbers.map(|number| number.map(|number| if number > 0 { number } else { NO_PART })).collect()
        }
        DatePart::Column(name) => {
            let number = |code: &str| code.parse().ok().filter(|number| *number > 0).unwrap_or(NO_PART);
            batch::words(batch, name)?.map(number)
        }
    })
}

/// The same value in all rows.
pub(crate) fn constant(batch: &RecordBatch, value: &Constant) -> Result<ArrayRef> {
    let rows = batch.num_rows();
    Ok(match value {
        Constant::Code(code) => batch::numbered(std::iter::repeat_n(Some(0), rows), [code])?,
        Constant::Limit(Limit::Number(number)) => Arc::new(Int64Array::from(vec![*number; rows])),
        Constant::Limit(Limit::Date(date)) => {
            let date = date.days();
            Arc::new((0..rows).map(|_| date).collect::<Date32Array>())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows};

    #[test]
    fn months_and_quarters() {
        let table = [
            ("2019-03-31", "2019-03", "2019-Q1"),
            ("2019-04-01", "2019-04", "2019-Q2"),
            ("1900-12-31", "1900-12", "1900-Q4"),
            ("2099-10-01", "2099-10", "2099-Q4"),
            ("1899-01-01", "1899-01", "1899-Q1"),
            ("-", "-", "-"),
        ];
        let days: Vec<&str> = table.iter().map(|row| row.0).collect();
        // Together with a day of a year without numbers, and each by itself.
        for days in std::iter::once(days.join(" | ")).chain(days.iter().map(|day| (*day).to_owned())) {
            let records = batch("day:day", &days);
            let expected: Vec<_> =
                days.split(" | ").filter_map(|day| table.iter().find(|row| row.0 == day)).collect();
            for (of, name) in [(&MONTHS, 1), (&QUARTERS, 2)] {
                let found =
                    batch::with_column(records.clone(), "p", periods(&records, "day", of).unwrap()).unwrap();
                let expected: Vec<_> =
                    expected.iter().map(|row| if name == 1 { row.1 } else { row.2 }).collect();
                assert_eq!(rows(&found.project(&[1]).unwrap()), expected.join(" | "));
            }
        }
    }

    #[test]
    fn financial_years_begin_with_their_month() {
        let days = "2018-06-30 | 2018-07-01 | 1999-12-31 | - | 2019-01-01";
        for (days, first_month, expected) in [
            (days, 7, "2017/18 | 2018/19 | 1999/00 | - | 2018/19"),
            (days, 2, "2018/19 | 2018/19 | 1999/00 | - | 2018/19"),
            ("1850-12-31 | 2018-04-01", 4, "1850/51 | 2018/19"),
        ] {
            let records = batch("day:day", days);
            let found = financial_years(&records, "day", first_month).unwrap();
            let found = batch::with_column(records, "p", found).unwrap();
            assert_eq!(rows(&found.project(&[1]).unwrap()), expected);
        }
    }

    #[test]
    fn dates_of_parts() {
        let records = batch(
            "year:integer month:word day:integer",
            "2019 02 28 | 2019 02 29 | 2020 2 29 | 2019 x 1 | 2019 12 0 | - 1 1 | 2019 00 1",
        );
        let column = |name: &str| DatePart::Column(name.to_owned());
        let table = [
            (column("month"), column("day"), "2019-02-28 | - | 2020-02-29 | - | - | - | -", 4),
            (
                column("month"),
                DatePart::Last,
                "2019-02-28 | 2019-02-28 | 2020-02-29 | - | 2019-12-31 | - | -",
                2,
            ),
            (
                DatePart::Fixed(1),
                DatePart::Fixed(1),
                "2019-01-01 | 2019-01-01 | 2020-01-01 | 2019-01-01 | 2019-01-01 | - | 2019-01-01",
                0,
            ),
        ];
        for (month, day, expected, impossible) in table {
            let (found, count) = dates(&records, "year", &month, &day).unwrap();
            let found = batch::with_column(records.clone(), "date", found).unwrap();
            assert_eq!((rows(&found.project(&[3]).unwrap()).as_str(), count), (expected, impossible));
        }
    }
}
