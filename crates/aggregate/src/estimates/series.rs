//! What was known of crossings month by month, at each age of a month.

use std::collections::BTreeMap;
use std::ops::{AddAssign, RangeInclusive};

/// What was known of some crossings at the end of some month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Known {
    /// Migrations for certain.
    pub(crate) certain: i64,
    /// Crossings of which the rule could not tell yet.
    pub(crate) undecided: i64,
}

impl AddAssign for Known {
    fn add_assign(&mut self, other: Self) {
        self.certain += other.certain;
        self.undecided += other.undecided;
    }
}

/// Which months there are, and when all of one is known that will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// The first month with data, or after the last break.
    pub(crate) first: i32,
    /// The month with which the data end.
    pub(crate) last: i32,
    /// The age in months at which a month is complete.
    pub(crate) complete: i32,
}

/// The crossings of a group by month, and what was known of them at the end of that month and of each after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Series(BTreeMap<i32, Vec<Known>>);

impl Series {
    pub(crate) fn add(&mut self, month: i32, age: usize, known: Known) {
        let ages = self.0.entry(month).or_default();
        if ages.len() <= age {
            ages.resize(age + 1, Known::default());
        }
        ages[age] += known;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (month, ages) in &other.0 {
            ages.iter().enumerate().for_each(|(age, known)| self.add(*month, age, *known));
        }
    }

    /// What was known of a month at an age.
    pub(crate) fn at(&self, month: i32, age: i32) -> Known {
        let known = usize::try_from(age).ok().and_then(|age| self.0.get(&month)?.get(age));
        known.copied().unwrap_or_default()
    }

    /// Whether there is a crossing in some months that counts or may count.
    pub(crate) fn has_any(&self, months: RangeInclusive<i32>) -> bool {
        let mut known = self.0.range(months).filter_map(|(_, ages)| ages.last());
        known.any(|known| *known != Known::default())
    }
}

/// How many of those that were undecided at an age came to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) counted: i64,
    pub(crate) undecided: i64,
}

/// Sums over the complete months of a group, from which the share of any run of them is told.
pub(crate) struct Completion {
    window: Window,
    /// Of each age, the sums over all months before each.
    sums: Vec<Vec<Share>>,
}

impl Completion {
    pub(crate) fn of(series: &Series, window: Window) -> Self {
        let sums = |age: i32| {
            let mut sum = Share { counted: 0, undecided: 0 };
            let mut sums = vec![sum];
            for month in window.first..=window.last - window.complete {
                let (then, at_last) = (series.at(month, age), series.at(month, window.complete));
                sum.counted += at_last.certain - then.certain;
                sum.undecided += then.undecided;
                sums.push(sum);
            }
            sums
        };
        Self { window, sums: (0..window.complete).map(sums).collect() }
    }

    /// The share at an age among the latest months that were complete at the end of the month `cut`. Nothing where there are not so many.
    pub(crate) fn share(&self, age: i32, cut: i32, months: i32) -> Option<Share> {
        let end = cut - self.window.complete + 1 - self.window.first;
        let sums = self.sums.get(usize::try_from(age).ok()?)?;
        let after = sums.get(usize::try_from(end).ok()?)?;
        let before = sums.get(usize::try_from(end - months).ok()?)?;
        let undecided = after.undecided - before.undecided;
        // Where a crossing is missing, what was certain may be so no longer.
        let counted = (after.counted - before.counted).clamp(0, undecided);
        Some(Share { counted, undecided })
    }
}
