//! Dates that are said in part only: what is made of them holds where it is the same for all days that they can be.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::kernels::cmp::eq;
use arrow::compute::nullif;
use arrow::datatypes::Int64Type;
use denizen_spec::{Bounds, Derivation, columns};

use crate::batch::{self, Result};

/// How a method is applied to the first and to the last day that a date can be; none where it looks at no such date.
///
/// Of ages the first is that of who was born as early, and is seen as late, as can be.
pub(crate) fn methods(method: &Derivation, is_in_part: &dyn Fn(&str) -> bool) -> Option<[Derivation; 2]> {
    let both = |from: &String, make: &dyn Fn(String) -> Derivation| {
        is_in_part(from).then(|| columns::possible_days(from).map(make))
    };
    match method {
        Derivation::Year { from } => both(from, &|from| Derivation::Year { from }),
        Derivation::Month { from } => both(from, &|from| Derivation::Month { from }),
        Derivation::Quarter { from } => both(from, &|from| Derivation::Quarter { from }),
        Derivation::FinancialYear { from, first_month } => {
            let first_month = *first_month;
            both(from, &move |from| Derivation::FinancialYear { from, first_month })
        }
        Derivation::Age { birth, at } => {
            if !is_in_part(birth) && !is_in_part(at) {
                return None;
            }
            let days = |of: &String| {
                if is_in_part(of) { columns::possible_days(of) } else { [of.clone(), of.clone()] }
            };
            let ([earliest, latest], [first, last]) = (days(birth), days(at));
            Some([
                Derivation::Age { birth: earliest, at: last },
                Derivation::Age { birth: latest, at: first },
            ])
        }
        Derivation::Date { .. }
        | Derivation::Constant { .. }
        | Derivation::AgeGroup { .. }
        | Derivation::Agreement { .. } => None,
    }
}

/// What two columns have in common, row by row, and in how many rows they state something else.
pub(crate) fn common(one: &ArrayRef, other: &ArrayRef) -> Result<(ArrayRef, u64)> {
    let differs = match (one.as_primitive_opt::<Int64Type>(), other.as_primitive_opt::<Int64Type>()) {
        (Some(one), Some(other)) => differing(one.iter(), other.iter()),
        _ => {
            // Words of the same numbers are the same words where both are numbered, and texts are compared as such.
            let same = eq(one, other)?;
            let rows = 0..one.len();
            let states = |array: &ArrayRef, row| array.is_valid(row);
            rows.map(|row| {
                let is_stated = states(one, row) || states(other, row);
                is_stated && !(same.is_valid(row) && same.value(row))
            })
            .collect()
        }
    };
    let undecided = differs.iter().filter(|differs| **differs).count() as u64;
    let array = if undecided == 0 { Arc::clone(one) } else { nullif(one, &BooleanArray::from(differs))? };
    Ok((array, undecided))
}

fn differing(one: impl Iterator<Item = Option<i64>>, other: impl Iterator<Item = Option<i64>>) -> Vec<bool> {
    one.zip(other).map(|(one, other)| one != other).collect()
}

/// Keeps the rows all of whose possible days lie within bounds. Returns of how many others some do.
pub(crate) fn keep_within(
    stays: &mut [bool],
    batch: &RecordBatch,
    column: &str,
    bounds: &Bounds,
) -> Result<u64> {
    let [first, last] = columns::possible_days(column);
    let (firsts, lasts) = (batch::days(batch, &first)?, batch::days(batch, &last)?);
    let mut undecided = 0;
    for (stay, days) in stays.iter_mut().zip(firsts.iter().zip(lasts.iter())) {
        let (Some(first), Some(last)) = days else {
            *stay = false;
            continue;
        };
        let holds = |day: i32| bounds.holds(day.into());
        let is_kept = (first..=last).all(holds);
        undecided += u64::from(*stay && !is_kept && (first..=last).any(holds));
        *stay &= is_kept;
    }
    Ok(undecided)
}

#[cfg(test)]
mod tests {
    use denizen_spec::{Limit, StepReport};

    use super::*;
    use crate::operation::Operation;
    use crate::operations::{derive::Derive, filter::Filter};
    use crate::test_batch::{batch, rows};

    /// Somebody of whom the day is known, the month, the year, and nothing; the day after two of them.
    fn births() -> RecordBatch {
        batch(
            "birth:day birth_first:day birth_last:day at:day",
            "1980-05-17 1980-05-17 1980-05-17 2000-05-17 | - 1980-05-01 1980-05-31 2000-06-01 | \
             - 1980-05-01 1980-05-31 2000-05-17 | - 1980-01-01 1980-12-31 2000-12-31 | \
             - 1980-01-01 1980-12-31 2000-12-30 | - - - 2000-01-01 | - 2000-01-01 2000-12-31 2000-06-01",
        )
    }

    fn is_in_part(column: &str) -> bool {
        column == "birth"
    }

    #[test]
    fn what_is_derived_holds_for_all_days() {
        let from = || "birth".to_owned();
        let (birth, at) = (from(), "at".to_owned());
        let table = [
            (
                Derivation::Year { from: from() },
                "1980 | 1980 | 1980 | 1980 | 1980 | - | 2000",
                "undecided_made 0",
            ),
            (
                Derivation::Month { from: from() },
                "1980-05 | 1980-05 | 1980-05 | - | - | - | -",
                "undecided_made 3",
            ),
            (
                Derivation::Quarter { from: from() },
                "1980-Q2 | 1980-Q2 | 1980-Q2 | - | - | - | -",
                "undecided_made 3",
            ),
            (
                Derivation::FinancialYear { from: from(), first_month: 4 },
                "1980/81 | 1980/81 | 1980/81 | - | - | - | -",
                "undecided_made 3",
            ),
            // Who was born in 2000 may not have been born in June: the age is 0 or none.
            (
                Derivation::Age { birth, at },
                "20 | 20 | - | 20 | - | - | -",
                "undecided_made 3, impossible_made 1",
            ),
        ];
        for (method, expected, counts) in table {
            let declared = denizen_spec::Derive { column: "made".into(), method };
            let mut report = StepReport::new("derive");
            let made = Derive::new(&declared, &is_in_part).apply(births(), &mut report).unwrap();
            assert_eq!(rows(&made.project(&[4]).unwrap()), expected, "{declared:?}");
            let found: Vec<String> =
                report.counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
            assert_eq!(found.join(", "), counts, "{declared:?}");
        }
    }

    #[test]
    fn rows_stay_whose_days_all_do() {
        let date = |text: &str| Some(Limit::Date(text.parse().unwrap()));
        let none = Bounds::default;
        let table = [
            (Bounds { from: date("1980-01-01"), to: date("1980-12-31"), ..none() }, 5, 0),
            (Bounds { before: date("1980-06-01"), ..none() }, 3, 2),
            (Bounds { after: date("1980-05-16"), to: date("1999-12-31"), ..none() }, 1, 4),
            (Bounds { every: Some((5, 17)), ..none() }, 1, 5),
        ];
        for (bounds, kept, undecided) in table {
            let asked = denizen_spec::Conditions {
                bounds: vec![("birth".to_owned(), bounds.clone())],
                ..Default::default()
            };
            let keep = denizen_spec::Filter { keep: asked.clone(), ..Default::default() };
            let drop = denizen_spec::Filter { drop: asked, ..Default::default() };
            for (declared, expected) in [(keep, kept), (drop, 7 - kept)] {
                let mut report = StepReport { read: 7, ..StepReport::new("filter") };
                let found = Filter::new(&declared, &is_in_part).apply(births(), &mut report).unwrap();
                let counted = report.counts.iter().map(|(_, count)| *count).sum::<u64>();
                assert_eq!((found.num_rows(), counted), (expected, undecided), "{bounds:?}");
            }
        }
    }
}
