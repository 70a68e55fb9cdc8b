//! `derive`: makes a new column out of others.

use denizen_spec::{Date, Derivation, columns};
use polars::prelude::*;

use crate::operations::Counts;

/// Nobody has been known to live longer (Jeanne Calment, 122 years); a larger age is a wrong date of birth.
const OLDEST: i32 = 122;

pub(crate) fn apply(
    mut frame: DataFrame,
    column: &str,
    method: &Derivation,
    counts: &mut Counts,
) -> PolarsResult<DataFrame> {
    let name = PlSmallStr::from_str(column);
    let derived = match method {
        Derivation::Year { from } => years(&frame, from.get_ref(), name)?,
        Derivation::Age { birth, at } => {
            let (ages, impossible) = ages(&frame, birth.get_ref(), at.get_ref(), name)?;
            counts.push((format!("impossible_{column}"), impossible));
            ages
        }
        Derivation::Agreement { rules } => {
            agreement(&frame, rules.each_ref().map(|rule| rule.get_ref().as_str()), name)?
        }
        Derivation::AgeGroup { from, width, open } => {
            age_groups(&frame, from.get_ref(), *width, *open, name)?
        }
    };
    frame.with_column(derived)?;
    Ok(frame)
}

fn years(frame: &DataFrame, from: &str, name: PlSmallStr) -> PolarsResult<Column> {
    let days = frame.column(from)?.date()?.physical();
    let years = days.iter().map(|days| days.and_then(Date::from_days).map(|date| i64::from(date.year)));
    Ok(years.collect::<Int64Chunked>().with_name(name).into_column())
}

/// Completed years: the birthday of the year must have come. Who is born on 29 February completes a year on 1 March
/// of a common year. Negative ages and ages above [`OLDEST`] are impossible: they become *not stated* and are counted.
fn ages(frame: &DataFrame, birth: &str, at: &str, name: PlSmallStr) -> PolarsResult<(Column, u64)> {
    let (births, ats) = (frame.column(birth)?.date()?.physical(), frame.column(at)?.date()?.physical());
    let mut impossible = 0;
    let ages = births.iter().zip(ats.iter()).map(|(birth, at)| {
        let age = completed_years(Date::from_days(birth?)?, Date::from_days(at?)?);
        let possible = (0..=OLDEST).contains(&age);
        impossible += u64::from(!possible);
        possible.then_some(i64::from(age))
    });
    let ages: Int64Chunked = ages.collect();
    Ok((ages.with_name(name).into_column(), impossible))
}

fn completed_years(birth: Date, at: Date) -> i32 {
    let had_birthday = (at.month, at.day) >= (birth.month, birth.day);
    at.year - birth.year - i32::from(!had_birthday)
}

fn age_groups(frame: &DataFrame, from: &str, width: u8, open: u8, name: PlSmallStr) -> PolarsResult<Column> {
    let labels: Vec<String> = (0..=open).map(|age| age_group(i64::from(age), width, open)).collect();
    let ages = frame.column(from)?.i64()?;
    let groups = ages.iter().map(|age| {
        let age = usize::try_from(age?).ok()?;
        labels.get(age.min(usize::from(open))).map(String::as_str)
    });
    Ok(groups.collect::<StringChunked>().with_name(name).into_column())
}

/// The group of an age: `05-09` when groups are five years wide, `85+` from the open group on.
///
/// Both ends have two digits, so that the groups sort as they follow one another.
fn age_group(age: i64, width: u8, open: u8) -> String {
    let (width, open) = (i64::from(width), i64::from(open));
    if age >= open {
        return format!("{open}+");
    }
    let first = age - age % width;
    let last = (first + width).min(open) - 1;
    if first == last { format!("{first:02}") } else { format!("{first:02}-{last:02}") }
}

/// What two rules say of the same record. What is undecided under one rule may still turn out either way.
fn agreement(frame: &DataFrame, [one, other]: [&str; 2], name: PlSmallStr) -> PolarsResult<Column> {
    let column = |rule: &str| columns::migration(rule);
    let (ones, others) = (frame.column(&column(one))?.bool()?, frame.column(&column(other))?.bool()?);
    let (only_one, only_other) = (format!("only_{one}"), format!("only_{other}"));
    let (undecided_one, undecided_other) = (format!("undecided_{one}"), format!("undecided_{other}"));
    let words = ones.iter().zip(others.iter()).map(|answers| {
        Some(match answers {
            (Some(true), Some(true)) => "both",
            (Some(true), Some(false)) => &only_one,
            (Some(false), Some(true)) => &only_other,
            (Some(false), Some(false)) => "neither",
            (None, Some(_)) => &undecided_one,
            (Some(_), None) => &undecided_other,
            (None, None) => "undecided",
        })
    });
    Ok(words.collect::<StringChunked>().with_name(name).into_column())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::from_days(denizen_spec::DateFormat::iso().days(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn ages_are_completed_years() {
        let table = [
            ("1980-06-15", "2005-06-14", 24),
            ("1980-06-15", "2005-06-15", 25),
            ("1980-12-31", "2005-01-01", 24),
            ("1984-02-29", "2005-02-28", 20),
            ("1984-02-29", "2005-03-01", 21),
            ("2005-01-02", "2005-01-01", -1),
        ];
        for (birth, at, years) in table {
            assert_eq!(completed_years(date(birth), date(at)), years, "{birth} {at}");
        }
    }

    #[test]
    fn groups() {
        let table = [
            (0, 5, 85, "00-04"),
            (9, 5, 85, "05-09"),
            (84, 5, 85, "80-84"),
            (85, 5, 85, "85+"),
            (101, 5, 85, "85+"),
        ];
        for (age, width, open, group) in table {
            assert_eq!(age_group(age, width, open), group);
        }
        assert_eq!(age_group(7, 1, 100), "07");
        assert_eq!(age_group(62, 10, 65), "60-64");
    }

    #[test]
    fn impossible_ages_are_not_stated_and_counted() {
        let days = |texts: &[Option<&str>]| -> Int32Chunked {
            texts.iter().map(|text| denizen_spec::DateFormat::iso().days((*text)?.as_bytes())).collect()
        };
        let column = |name: &str, texts| days(texts).with_name(name.into()).into_date().into_column();
        let frame = DataFrame::new(
            4,
            vec![
                column("birth", &[Some("1990-01-01"), Some("1870-01-01"), None, Some("2005-01-01")]),
                column("at", &[Some("2000-01-01"); 4]),
            ],
        );
        let (ages, impossible) = ages(&frame.unwrap(), "birth", "at", "age".into()).unwrap();
        assert_eq!(ages.i64().unwrap().iter().collect::<Vec<_>>(), [Some(10), None, None, None]);
        assert_eq!(impossible, 2);
    }
}
