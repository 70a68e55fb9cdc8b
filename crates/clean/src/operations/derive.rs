//! `derive`: makes a new column out of others.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Int64Type};
use denizen_spec::{Date, Derivation, StepReport, columns};

use crate::batch::{self, Result};
use crate::operation::{Failure, Operation};
use crate::operations::{in_part, periods};

/// Nobody has been known to live longer (Jeanne Calment, 122 years); a larger age is a wrong date of birth.
const OLDEST: i32 = 122;

pub(crate) struct Derive {
    column: String,
    method: Derivation,
    /// The same of the first and of the last day that a date can be, where some are said in part only.
    in_part: Option<[Derivation; 2]>,
}

impl Derive {
    /// `is_in_part` says of which columns some dates are said in part only.
    pub(crate) fn new(declared: &denizen_spec::Derive, is_in_part: &dyn Fn(&str) -> bool) -> Self {
        let in_part = in_part::methods(&declared.method, is_in_part);
        Self { column: declared.column.clone(), method: declared.method.clone(), in_part }
    }

    /// What a method makes of the rows, and how many of them the calendar or a human life does not allow.
    fn derived(&self, batch: &RecordBatch, method: &Derivation) -> Result<(ArrayRef, Option<u64>)> {
        let certain = |array| Ok((array, None));
        match method {
            Derivation::Year { from } => certain(years(batch, from)?),
            Derivation::Month { from } => certain(periods::periods(batch, from, &periods::MONTHS)?),
            Derivation::Quarter { from } => certain(periods::periods(batch, from, &periods::QUARTERS)?),
            Derivation::FinancialYear { from, first_month } => {
                certain(periods::financial_years(batch, from, *first_month)?)
            }
            Derivation::Date { year, month, day } => {
                let (days, impossible) = periods::dates(batch, year, month, day)?;
                Ok((days, Some(impossible)))
            }
            Derivation::Constant { value } => certain(periods::constant(batch, value)?),
            Derivation::Age { birth, at } => {
                let (ages, impossible) = ages(batch, birth, at)?;
                Ok((Arc::new(ages), Some(impossible)))
            }
            Derivation::Agreement { rules } => {
                certain(agreement(batch, rules.each_ref().map(String::as_str))?)
            }
            Derivation::AgeGroup { from, width, open } => certain(age_groups(batch, from, *width, *open)?),
        }
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
        let (derived, impossible) = match &self.in_part {
            None => self.derived(&batch, &self.method)?,
            Some([first, last]) => {
                let (of_first, impossible) = self.derived(&batch, first)?;
                let (of_last, more) = self.derived(&batch, last)?;
                let (derived, undecided) = in_part::common(&of_first, &of_last)?;
                report.count(&format!("undecided_{}", self.column), undecided);
                (derived, impossible.max(more))
            }
        };
        if let Some(impossible) = impossible {
            report.count(&format!("impossible_{}", self.column), impossible);
        }
        let batch = batch::with_column(batch, &self.column, derived)?;
        Ok(with_totals(batch, &self.column, &inputs(&self.method))?)
    }
}

/// The columns that a column is made from.
fn inputs(method: &Derivation) -> Vec<&str> {
    match method {
        Derivation::Year { from }
        | Derivation::Month { from }
        | Derivation::Quarter { from }
        | Derivation::FinancialYear { from, .. }
        | Derivation::AgeGroup { from, .. } => vec![from],
        Derivation::Date { year, .. } => vec![year],
        Derivation::Age { birth, at } => vec![birth, at],
        Derivation::Constant { .. } | Derivation::Agreement { .. } => Vec::new(),
    }
}

/// Of cells, what is made of a total is one: a number stands in its place that is none of it.
fn with_totals(batch: RecordBatch, column: &str, inputs: &[&str]) -> Result<RecordBatch> {
    let flags = inputs.iter().find_map(|input| batch.column_by_name(&columns::is_total(input)));
    let Some(flags) = flags.cloned() else { return Ok(batch) };
    let is_total =
        |row: usize| flags.as_boolean_opt().is_some_and(|flags| flags.is_valid(row) && flags.value(row));
    if matches!(batch::column(&batch, column)?.data_type(), DataType::Int64 | DataType::Date32) {
        return batch::with_column(batch, &columns::is_total(column), flags);
    }
    let words = batch::words(&batch, column)?;
    let code = |row: usize| if is_total(row) { Some(columns::TOTAL) } else { words.get(row) };
    let codes: StringArray = (0..batch.num_rows()).map(code).collect();
    batch::with_column(batch, column, Arc::new(codes))
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
    let ((birth_year, birthday), (year, day)) = (Date::year_and_index(birth)?, Date::year_and_index(at)?);
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

/// What two rules say of the same record, if both judge it. What is undecided under one rule may still turn out either way.
fn agreement(batch: &RecordBatch, rules: [&str; 2]) -> Result<ArrayRef> {
    let [one, other] = rules;
    let both = [
        "both".to_owned(),
        "neither".to_owned(),
        format!("only_{one}"),
        format!("only_{other}"),
        format!("undecided_{one}"),
        format!("undecided_{other}"),
        "undecided".to_owned(),
    ];
    let first_reason = both.len() as u16;
    let [ones, others] = rules.map(|rule| batch::answers(batch, &columns::migration(rule)));
    let [why_one, why_other] = rules.map(|rule| reasons(batch, rule));
    let reasons = why_one?.into_iter().zip(why_other?).map(|(one, other)| one.max(other));
    let answers = ones?.iter().zip(others?.iter());
    let words = answers.zip(reasons).map(|(answers, reason)| {
        Some(match (answers, reason) {
            (_, Some(reason)) => first_reason + reason,
            ((Some(true), Some(true)), None) => 0,
            ((Some(false), Some(false)), None) => 1,
            ((Some(true), Some(false)), None) => 2,
            ((Some(false), Some(true)), None) => 3,
            ((None, Some(_)), None) => 4,
            ((Some(_), None), None) => 5,
            ((None, None), None) => 6,
        })
    });
    let unjudged = columns::BASES.into_iter().filter(|basis| !is_judged(basis)).map(str::to_owned);
    batch::numbered(words, both.into_iter().chain(unjudged))
}

/// Why a rule does not judge a record: the index among the bases that say so, the strongest reason last.
fn reasons(batch: &RecordBatch, rule: &str) -> Result<Vec<Option<u16>>> {
    let words = batch::words(batch, &columns::basis(rule))?;
    let unjudged: Vec<&str> = columns::BASES.into_iter().filter(|basis| !is_judged(basis)).collect();
    let reason = |word: &str| unjudged.iter().position(|basis| *basis == word).map(|index| index as u16);
    Ok(words.map(reason).into_iter().map(Option::flatten).collect())
}

fn is_judged(basis: &str) -> bool {
    let judged =
        [columns::AS_RECORDED, columns::REPAIRED, columns::UNSEEN_MIGRATION, columns::UNSEEN_UNDECIDED];
    judged.contains(&basis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::batch;

    /// A total has no age, whatever number stands in its place.
    #[test]
    fn what_is_made_of_a_total_is_one() {
        let flags = std::sync::Arc::new(arrow::array::BooleanArray::from(vec![false, true]));
        let cells =
            batch::with_column(batch("age:integer", "7 | 0"), &columns::is_total("age"), flags).unwrap();
        let method = Derivation::AgeGroup { from: "age".to_owned(), width: 5, open: 85 };
        let derive = Derive { column: "group".to_owned(), method, in_part: None };
        let made = derive.apply(cells, &mut StepReport::new("derive")).unwrap();
        let words = batch::words(&made, "group").unwrap();
        assert_eq!([words.get(0), words.get(1)], [Some("05-09"), Some("_T")]);
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
            let [from, to] =
                [birth, at].map(|text| denizen_spec::DateFormat::iso().days(text.as_bytes()).unwrap());
            assert_eq!(completed_years(from, to), Some(years), "{birth} {at}");
        }
    }

    /// Undecided is what a rule cannot tell yet; what it does not judge is something else.
    #[test]
    fn rules_agree_only_where_both_judge() {
        let table = "
            yes as_recorded     yes as_recorded          both
            no  repaired        no  as_recorded          neither
            yes as_recorded     no  repaired             only_a
            no  as_recorded     -   repaired             undecided_b
            -   as_recorded     -   unseen_migration     undecided
            -   outside_period  -   as_recorded          outside_period
            no  outside_period  yes as_recorded          outside_period
            -   no_person       -   no_person            no_person
            -   left_out        no  as_recorded          left_out
            -   outside_period  -   no_date_or_direction no_date_or_direction";
        let rows: Vec<Vec<&str>> =
            table.trim().lines().map(|line| line.split_whitespace().collect()).collect();
        let cells: Vec<String> = rows.iter().map(|row| row[..4].join(" ")).collect();
        let header = "migration_a:answer basis_a migration_b:answer basis_b";
        let records = batch(header, &cells.join(" | "));
        let found = agreement(&records, ["a", "b"]).unwrap();
        let records = batch::with_column(records, "found", found).unwrap();
        let words = batch::words(&records, "found").unwrap();
        let found: Vec<&str> = (0..rows.len()).map(|row| words.get(row).unwrap()).collect();
        assert_eq!(found, rows.iter().map(|row| row[4]).collect::<Vec<_>>());
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
