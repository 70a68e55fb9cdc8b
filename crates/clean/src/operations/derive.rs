//! `derive`: makes a new column out of others.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow::datatypes::Int64Type;
use denizen_spec::{Date, Derivation, StepReport, columns};

use crate::batch::{self, Result};
use crate::operation::{Failure, Operation};

/// Nobody has been known to live longer (Jeanne Calment, 122 years); a larger age is a wrong date of birth.
const OLDEST: i32 = 122;

pub(crate) struct Derive {
    column: String,
    method: Derivation,
}

impl Derive {
    pub(crate) fn new(declared: &denizen_spec::Derive) -> Self {
        Self { column: declared.column.clone(), method: declared.method.clone() }
    }
}

impl Operation for Derive {
    fn name(&self) -> String {
        format!("derive {}", self.column)
    }

    fn apply(
        &self,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let derived = match &self.method {
            Derivation::Year { from } => years(&batch, from)?,
            Derivation::Age { birth, at } => {
                let (ages, impossible) = ages(&batch, birth, at)?;
                report.count(&format!("impossible_{}", self.column), impossible);
                Arc::new(ages)
            }
            Derivation::Agreement { rules } => agreement(&batch, rules.each_ref().map(String::as_str))?,
            Derivation::AgeGroup { from, width, open } => age_groups(&batch, from, *width, *open)?,
        };
        Ok(batch::with_column(batch, &self.column, derived)?)
    }
}

fn years(batch: &RecordBatch, from: &str) -> Result<ArrayRef> {
    let days = batch::days(batch, from)?.iter();
    let years = days.map(|days| days.and_then(Date::year_of).map(i64::from));
    Ok(Arc::new(batch::primitive::<Int64Type>(years)))
}

/// Completed years: the birthday of the year must have come. Who is born on 29 February completes a year on 1 March
/// of a common year. Negative ages and ages above [`OLDEST`] are impossible: they become *not stated* and are counted.
fn ages(batch: &RecordBatch, birth: &str, at: &str) -> Result<(Int64Array, u64)> {
    let (births, ats) = (batch::days(batch, birth)?, batch::days(batch, at)?);
    let mut impossible = 0;
    let ages = births.iter().zip(ats.iter()).map(|(birth, at)| {
        let age = completed_years(birth?, at?)?;
        let possible = (0..=OLDEST).contains(&age);
        impossible += u64::from(!possible);
        possible.then_some(i64::from(age))
    });
    let ages = batch::primitive(ages);
    Ok((ages, impossible))
}

fn completed_years(birth: i32, at: i32) -> Option<i32> {
    let ((birth_year, birthday), (year, day)) = (Date::year_and_place(birth)?, Date::year_and_place(at)?);
    Some(year - birth_year - i32::from(day < birthday))
}

fn age_groups(batch: &RecordBatch, from: &str, width: u8, open: u8) -> Result<ArrayRef> {
    let mut labels: Vec<String> = (0..=open).map(|age| age_group(i64::from(age), width, open)).collect();
    // Ages of one group follow one another.
    let mut number = 0;
    let mut group_of = vec![0];
    for pair in labels.windows(2) {
        number += u16::from(pair[0] != pair[1]);
        group_of.push(number);
    }
    labels.dedup();
    let ages = batch::integers(batch, from)?;
    let groups = ages.iter().map(|age| {
        let age = usize::try_from(age?).ok()?;
        Some(group_of[age.min(usize::from(open))])
    });
    batch::numbered(groups, labels)
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
fn agreement(batch: &RecordBatch, rules: [&str; 2]) -> Result<ArrayRef> {
    let [ones, others] = rules.map(|rule| batch::answers(batch, &columns::migration(rule)));
    let words = ones?.iter().zip(others?.iter()).map(|answers| {
        Some(match answers {
            (Some(true), Some(true)) => 0,
            (Some(false), Some(false)) => 1,
            (Some(true), Some(false)) => 2,
            (Some(false), Some(true)) => 3,
            (None, Some(_)) => 4,
            (Some(_), None) => 5,
            (None, None) => 6,
        })
    });
    let [one, other] = rules;
    let (only_one, only_other) = (format!("only_{one}"), format!("only_{other}"));
    let (undecided_one, undecided_other) = (format!("undecided_{one}"), format!("undecided_{other}"));
    batch::numbered(
        words,
        ["both", "neither", &only_one, &only_other, &undecided_one, &undecided_other, "undecided"],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::batch;

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
            let [from, to] =
                [birth, at].map(|text| denizen_spec::DateFormat::iso().days(text.as_bytes()).unwrap());
            assert_eq!(completed_years(from, to), Some(years), "{birth} {at}");
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
        let records = batch(
            "birth:day at:day",
            "1990-01-01 2000-01-01 | 1870-01-01 2000-01-01 | - 2000-01-01 | 2005-01-01 2000-01-01",
        );
        let (ages, impossible) = ages(&records, "birth", "at").unwrap();
        assert_eq!(ages.iter().collect::<Vec<_>>(), [Some(10), None, None, None]);
        assert_eq!(impossible, 2);
    }
}
