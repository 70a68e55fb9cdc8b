//! Dates: the first, the last, and the rows of each month.

use std::collections::{BTreeMap, HashMap};

use ahash::RandomState;
use arrow::array::{Array, PrimitiveArray};
use arrow::datatypes::Date32Type;
use denizen_spec::Date;
use serde::{Deserialize, Serialize};

use super::{range, wider};

/// Months that are kept: those of five hundred years. Dates that lie in more of them are no dates of records.
const MOST_MONTHS: usize = 6_000;

/// Days between the first and the last for which rows are counted day by day: some ninety years.
const MOST_DAYS: usize = 1 << 15;

/// Days since 1970-01-01.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Days {
    /// The first and the last.
    range: Option<(i32, i32)>,
    /// Rows of each month, which are counted from January of the year 0; none where there are too many of them.
    months: Option<BTreeMap<i32, u64>>,
}

impl Days {
    pub(super) fn of(array: &PrimitiveArray<Date32Type>) -> Self {
        let range = range(array);
        let months = match range {
            None => Some(BTreeMap::new()),
            Some((first, last)) if (i64::from(last) - i64::from(first)) < MOST_DAYS as i64 => {
                Some(of_near_days(array, first, last))
            }
            Some(_) => of_far_days(array),
        };
        Self { range, months: months.filter(|months| months.len() <= MOST_MONTHS) }
    }

    /// Adds those of other rows.
    pub(super) fn merge(&mut self, other: Self) {
        self.range = wider(self.range, other.range);
        self.months = match (self.months.take(), other.months) {
            (Some(mut months), Some(more)) => {
                more.into_iter().for_each(|(month, rows)| *months.entry(month).or_default() += rows);
                Some(months).filter(|months| months.len() <= MOST_MONTHS)
            }
            (Some(_) | None, _) => None,
        };
    }

    pub(super) fn range(&self) -> Option<(i32, i32)> {
        self.range
    }

    /// Rows of each month, as `2007-03`.
    pub(super) fn periods(&self) -> BTreeMap<String, u64> {
        let months = self.months.iter().flatten();
        let name = |month: i32| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
        months.map(|(month, rows)| (name(*month), *rows)).collect()
    }
}

/// The month of a day, and the first day of the next one.
fn month(day: i32) -> Option<(i32, i32)> {
    let Date { year, month, .. } = Date::from_days(day)?;
    let number = year * 12 + i32::from(month) - 1;
    let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    // The calendar ends with the year 9999.
    Some((number, Date { year, month, day: 1 }.days().unwrap_or(i32::MAX)))
}

/// Rows are counted by day, and the days of a month added up.
fn of_near_days(array: &PrimitiveArray<Date32Type>, first: i32, last: i32) -> BTreeMap<i32, u64> {
    let mut rows = vec![0_u32; (last - first) as usize + 1];
    if array.null_count() == 0 {
        array.values().iter().for_each(|day| rows[(day - first) as usize] += 1);
    } else {
        array.iter().flatten().for_each(|day| rows[(day - first) as usize] += 1);
    }
    let mut months = BTreeMap::new();
    let mut day = first;
    while day <= last {
        let Some((number, next)) = month(day) else { break };
        let end = next.min(last + 1);
        let of_month = &rows[(day - first) as usize..(end - first) as usize];
        let sum: u64 = of_month.iter().map(|rows| u64::from(*rows)).sum();
        if sum > 0 {
            months.insert(number, sum);
        }
        day = next;
    }
    months
}

/// The same where some date stands for none, such as 9999-12-31; none where there are too many months.
fn of_far_days(array: &PrimitiveArray<Date32Type>) -> Option<BTreeMap<i32, u64>> {
    let mut days: HashMap<i32, u64, RandomState> = HashMap::default();
    array.iter().flatten().for_each(|day| *days.entry(day).or_default() += 1);
    let mut months = BTreeMap::new();
    for (day, rows) in days {
        let Some((number, _)) = month(day) else { continue };
        *months.entry(number).or_default() += rows;
    }
    (months.len() <= MOST_MONTHS).then_some(months)
}
