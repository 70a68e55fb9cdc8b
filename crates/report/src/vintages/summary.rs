//! Provisional against final: by how much values were revised, by how old they were.
//!
//! Source of the measures: the guides of the OECD and of Eurostat on the analysis of revisions. With *f* an earlier value and *l*
//! the final one: mean revision, mean of l − f; mean absolute revision, mean of |l − f|; relative mean absolute revision, the sum
//! of |l − f| over that of |l|.

use std::collections::BTreeMap;

use serde::Serialize;

use super::sheet::{Sheet, Values};
use crate::revision::is_within;

/// What is revised together: values of one indicator under one concept and rule, so many months after the end of their period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RevisedGroup {
    /// The table.
    pub table: String,
    /// The measure or indicator.
    pub indicator: String,
    /// The concept.
    pub concept: Option<String>,
    /// The rule.
    pub rule: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// Months from the end of the reference period to the edition; none where one of them is not known.
    pub age_months: Option<i64>,
}

/// How values of a group were revised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Revisions {
    /// Pairs of an earlier and a final value.
    pub pairs: usize,
    /// The mean revision, in the unit of the values.
    pub mean: f64,
    /// The mean absolute revision, in that unit.
    pub mean_absolute: f64,
    /// The sum of absolute revisions over that of final values, in per cent; none where that is nothing.
    pub relative_percent: Option<f64>,
    /// The root of the mean of squares, in the unit of the values.
    pub root_mean_square: f64,
    /// The share of pairs that were revised upward, in per cent.
    pub upward_percent: f64,
    /// The share of pairs whose earlier value was within 1, 5 and 10 % of the final one, in per cent.
    pub within_percent: [f64; 3],
}

/// The limits of [`Revisions::within_percent`].
const LIMITS: [f64; 3] = [1.0, 5.0, 10.0];

/// Sums over pairs of an earlier and the final value.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    pairs: usize,
    revision: f64,
    absolute: f64,
    squares: f64,
    /// Of absolute final values.
    total: f64,
    upward: usize,
    within: [usize; 3],
}

impl Sums {
    pub(crate) fn add(&mut self, first: f64, last: f64) {
        let revision = last - first;
        self.pairs += 1;
        self.revision += revision;
        self.absolute += revision.abs();
        self.squares += revision.powi(2);
        self.total += last.abs();
        self.upward += usize::from(last > first);
        for (count, limit) in self.within.iter_mut().zip(LIMITS) {
            *count += usize::from(is_within(100.0 * revision.abs(), limit * last.abs()));
        }
    }

    /// Of one pair at least.
    pub(crate) fn revisions(&self) -> Revisions {
        let count = self.pairs.max(1) as f64;
        let share = |pairs: usize| 100.0 * pairs as f64 / count;
        Revisions {
            pairs: self.pairs,
            mean: self.revision / count,
            mean_absolute: self.absolute / count,
            relative_percent: (self.total > 0.0).then(|| 100.0 * self.absolute / self.total),
            root_mean_square: (self.squares / count).sqrt(),
            upward_percent: share(self.upward),
            within_percent: self.within.map(share),
        }
    }
}

/// The table of revisions.
pub(crate) fn sheet(groups: &BTreeMap<RevisedGroup, Revisions>) -> Sheet {
    let text = |of: fn(&RevisedGroup) -> Option<String>| Values::Texts(groups.keys().map(of).collect());
    let number = |of: fn(&Revisions) -> Option<f64>| Values::Numbers(groups.values().map(of).collect());
    let columns = [
        ("table", text(|group| Some(group.table.clone()))),
        ("indicator", text(|group| Some(group.indicator.clone()))),
        ("concept", text(|group| group.concept.clone())),
        ("rule", text(|group| group.rule.clone())),
        ("unit", text(|group| group.unit.clone())),
        ("age_months", Values::Whole(groups.keys().map(|group| group.age_months).collect())),
        ("n_pairs", Values::Whole(groups.values().map(|found| Some(found.pairs as i64)).collect())),
        ("mean_revision", number(|found| Some(found.mean))),
        ("mean_absolute_revision", number(|found| Some(found.mean_absolute))),
        ("relative_mean_absolute_revision_percent", number(|found| found.relative_percent)),
        ("root_mean_square_revision", number(|found| Some(found.root_mean_square))),
        ("upward_percent", number(|found| Some(found.upward_percent))),
        ("within_1_percent", number(|found| Some(found.within_percent[0]))),
        ("within_5_percent", number(|found| Some(found.within_percent[1]))),
        ("within_10_percent", number(|found| Some(found.within_percent[2]))),
    ];
    let columns = columns.into_iter().map(|(name, values)| (name.to_owned(), values));
    Sheet { name: "revisions".to_owned(), columns: columns.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_revisions() {
        let of = |pairs: &[(f64, f64)]| {
            let mut sums = Sums::default();
            pairs.iter().for_each(|(first, last)| sums.add(*first, *last));
            sums.revisions()
        };
        let found = of(&[(100.0, 110.0), (200.0, 200.0), (101.0, 100.0), (0.0, 0.0)]);
        let expected = Revisions {
            pairs: 4,
            mean: 9.0 / 4.0,
            mean_absolute: 11.0 / 4.0,
            relative_percent: Some(100.0 * 11.0 / 410.0),
            root_mean_square: (101.0_f64 / 4.0).sqrt(),
            upward_percent: 25.0,
            within_percent: [75.0, 75.0, 100.0],
        };
        assert_eq!(found, expected);
        let from_nothing = of(&[(3.0, 0.0)]);
        assert_eq!((from_nothing.relative_percent, from_nothing.within_percent), (None, [0.0; 3]));
    }
}
