//! Reduce: one value for all codes along a dimension, which stands at its total.
//!
//! Cells of a publication that do not add up to their total may be a selection, and so may those without a total, unless their
//! source is additive over the dimension: the value is missing then. A value of which an input is suppressed is hidden.

use std::ops::Range;

use denizen_spec::{CLOSE_OPEN_GROUP_AT, Diagnostic, Function, IndicatorUse, LARGEST};

use super::Inputs;
use super::ages::{Ages, ended};
use super::rows::{Groups, Outcome, Place, Sum, Told};
use crate::cell_columns::Found;
use crate::status::Status;

mod concentration;
mod mean_age;
mod median_age;
mod top_share;

/// The groups of a table along one dimension.
struct Folds<'a> {
    inputs: &'a Inputs<'a>,
    /// Whether the codes are all that there are where no total is published: the source says that they add up.
    is_additive: bool,
    groups: Groups<'a>,
    /// Of each row, the index of its code.
    codes: Vec<u32>,
}

pub(super) fn reduce(
    inputs: &Inputs<'_>,
    along: usize,
    function: Function,
    asked: &IndicatorUse,
) -> Result<Found, Diagnostic> {
    let groups = inputs.groups(&[along]);
    let codes = groups.indices(along);
    let is_additive = inputs.additive.get(along).copied().unwrap_or_default();
    let folds = Folds { inputs, is_additive, groups, codes };
    let end = asked.parameter(CLOSE_OPEN_GROUP_AT);
    let told = match function {
        Function::MeanAge => {
            folds.of_ages(&inputs.ended_ages(along, |ages| ended(ages, end))?, mean_age::mean)
        }
        Function::MedianAge => {
            let ages =
                inputs.ended_ages(along, |ages| if end.is_some() { ended(ages, end) } else { Ok(ages) })?;
            folds.of_ages(&ages, median_age::median)
        }
        Function::TopShare => folds.each(|group| {
            let largest = asked.parameter(LARGEST).unwrap_or(1);
            top_share::top_share(&folds, group, usize::try_from(largest).unwrap_or(1))
        }),
        Function::Herfindahl => folds.of_shares(concentration::herfindahl),
        Function::EffectiveNumber => folds.of_shares(concentration::effective_number),
        Function::Simpson => folds.of_shares(concentration::simpson),
        Function::Shannon => folds.of_shares(concentration::shannon),
        Function::Evenness => folds.of_shares(concentration::evenness),
    };
    Ok(folds.groups.finish(told, inputs, &[along]))
}

/// A group of ages and its persons.
#[derive(Debug, Clone, Copy)]
struct OfAge {
    ages: Ages,
    count: i128,
}

/// What a function makes of ages: a value, and whether it rests on the end of an open group. None where the value cannot be
/// told.
type OverAges = fn(&[OfAge]) -> Option<(f64, bool)>;

impl Folds<'_> {
    fn each(&self, tell: impl Fn(&Range<usize>) -> Option<Outcome>) -> Told {
        let mut told = Told::default();
        for group in &self.groups.bounds {
            if let Some(outcome) = tell(group) {
                told.push(group.start, outcome);
            }
        }
        told
    }

    /// Folds persons by age, the youngest first.
    fn of_ages(&self, ages: &[Option<Ages>], function: OverAges) -> Told {
        self.each(|group| {
            let rows = self.groups.at(group, &[Place::Code]);
            let mut counts: Vec<OfAge> = Vec::new();
            for (row, cell) in rows {
                let Some(ages) = ages[self.codes[row] as usize] else { continue };
                counts.push(OfAge { ages, count: i128::from(cell.shown.unwrap_or(0)) });
            }
            counts.sort_by_key(|of_age| of_age.ages.from);
            let sum = self.groups.sum(group, &[Place::Code]);
            (sum.parts > 0).then(|| self.outcome(group, sum, || function(&counts)))
        })
    }

    /// Folds the shares of codes, those of what is left over among them.
    fn of_shares(&self, function: fn(&[f64]) -> Option<f64>) -> Told {
        self.each(|group| {
            let sum = self.groups.sum(group, &[Place::Code, Place::LeftOver]);
            let counts = self.groups.at(group, &[Place::Code, Place::LeftOver]);
            let counts = counts.filter_map(|(_, cell)| cell.shown).filter(|count| *count > 0);
            let shares: Vec<f64> = counts.map(|count| count as f64 / sum.count as f64).collect();
            let left_over = self.groups.sum(group, &[Place::LeftOver]);
            let told = || function(&shares).map(|value| (value, false));
            let outcome = (sum.parts > 0).then(|| self.outcome(group, sum, told))?;
            let is_mixed = left_over.count > 0;
            let flag = outcome.flag | if is_mixed { Status::DEFINITION_DIFFERS.bits() } else { 0 };
            Some(Outcome { flag, ..outcome })
        })
    }

    /// What is told of a group whose codes come to a sum.
    fn outcome(&self, group: &Range<usize>, sum: Sum, function: impl Fn() -> Option<(f64, bool)>) -> Outcome {
        let complete = self.inputs.complete;
        let is_all = complete || (self.is_additive && !self.groups.has_total(group));
        let is_known = !sum.is_missing && self.groups.is_whole(group, is_all);
        let is_there = is_known && sum.count > 0;
        let found = if is_there { function() } else { None };
        // Nobody has no age: that is no missing value.
        let is_missing = !is_known || (is_there && found.is_none());
        let base = i64::try_from(sum.count).ok().filter(|_| is_known);
        Outcome {
            value: found.map(|(value, _)| value),
            base,
            n: base.filter(|_| !sum.is_hidden()),
            not_stated: self.groups.not_stated(group, complete),
            hidden: sum.is_hidden(),
            rough: found.is_some_and(|(_, rough)| rough),
            flag: sum.flag,
            reason: is_missing.then_some(Status::MISSING),
        }
    }
}
