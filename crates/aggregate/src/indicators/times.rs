//! Which times of another table a time is compared with.
//!
//! A population has a day. That of 31 December is that of the next 1 January; that of 1 July is the mean one of its year.

use denizen_spec::{Date, DayOfYear, Denominator};

use crate::value::{Levels, Value};

/// The times of another table that a time is compared with, which are two where a mean is taken.
pub(super) fn times(
    value: &Value,
    others: &Levels,
    on: Option<DayOfYear>,
    at: Denominator,
) -> Option<[u32; 2]> {
    let same = |index: Option<u32>| index.map(|index| [index, index]);
    match at {
        Denominator::One | Denominator::Gross => same(others.index(value)),
        Denominator::Population => same(others.index(value).or_else(|| year_of_day(value, others, on))),
        Denominator::AtStart => same(first_of_january(year(value)?, others, on)),
        Denominator::Mean => {
            let year = year(value)?;
            let first = first_of_january(year, others, on);
            let both = first.zip(first_of_january(year.checked_add(1)?, others, on));
            both.map(|(first, second)| [first, second]).or_else(|| same(middle(year, others, on)))
        }
    }
}

fn year(value: &Value) -> Option<i64> {
    match value {
        Value::Number(year) => Some(*year),
        Value::Day(_) | Value::Code(_) | Value::NotStated => None,
    }
}

fn day(year: i64, day: DayOfYear) -> Option<Value> {
    day.in_year(i32::try_from(year).ok()?).days().map(Value::Day)
}

/// A year of the other table whose day is a date of this one.
fn year_of_day(value: &Value, others: &Levels, on: Option<DayOfYear>) -> Option<u32> {
    let Value::Day(days) = value else { return None };
    let year = i64::from(Date::from_days(*days)?.year);
    let is_day = day(year, on?).as_ref() == Some(value);
    if is_day { others.index(&Value::Number(year)) } else { None }
}

/// The population of 1 January, which is also that of the day before.
fn first_of_january(year: i64, others: &Levels, on: Option<DayOfYear>) -> Option<u32> {
    let before = year.checked_sub(1)?;
    match on {
        Some(DayOfYear::First) => others.index(&Value::Number(year)),
        Some(DayOfYear::Last) => others.index(&Value::Number(before)),
        Some(DayOfYear::Middle) => None,
        None => {
            let first = others.index(&day(year, DayOfYear::First)?);
            first.or_else(|| others.index(&day(before, DayOfYear::Last)?))
        }
    }
}

fn middle(year: i64, others: &Levels, on: Option<DayOfYear>) -> Option<u32> {
    match on {
        Some(DayOfYear::Middle) => others.index(&Value::Number(year)),
        Some(DayOfYear::First | DayOfYear::Last) => None,
        None => others.index(&day(year, DayOfYear::Middle)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_populations() {
        let day = |year, month, day| Value::Day(Date { year, month, day }.days().unwrap());
        let days = Levels::new([day(2000, 12, 31), day(2002, 1, 1), day(2003, 7, 1), day(2004, 7, 1)]);
        let years = Levels::new([2001, 2002, 2003].map(Value::Number));
        let (first, middle, last) = (DayOfYear::First, DayOfYear::Middle, DayOfYear::Last);
        type Case<'a> = (i64, &'a Levels, Option<DayOfYear>, Denominator, Option<[u32; 2]>);
        let table: [Case<'_>; 12] = [
            (2001, &days, None, Denominator::AtStart, Some([0, 0])),
            (2002, &days, None, Denominator::AtStart, Some([1, 1])),
            (2003, &days, None, Denominator::AtStart, None),
            (2001, &days, None, Denominator::Mean, Some([0, 1])),
            (2003, &days, None, Denominator::Mean, Some([2, 2])),
            (2002, &days, None, Denominator::Mean, None),
            (2001, &years, Some(first), Denominator::Mean, Some([0, 1])),
            (2003, &years, Some(first), Denominator::Mean, None),
            (2003, &years, Some(middle), Denominator::Mean, Some([2, 2])),
            (2002, &years, Some(last), Denominator::AtStart, Some([0, 0])),
            (2002, &years, None, Denominator::Population, Some([1, 1])),
            (2009, &years, None, Denominator::Population, None),
        ];
        for (year, levels, on, at, expected) in table {
            assert_eq!(times(&Value::Number(year), levels, on, at), expected, "{year} {on:?} {at:?}");
        }
        let new_year = day(2002, 1, 1);
        assert_eq!(times(&new_year, &years, Some(first), Denominator::Population), Some([1, 1]));
        assert_eq!(times(&new_year, &years, Some(last), Denominator::Population), None);
    }
}
