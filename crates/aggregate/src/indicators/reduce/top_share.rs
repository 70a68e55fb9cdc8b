//! Share of the largest: what the largest codes together are of the total.
//!
//! The total is that of shares: the published one, or of records the sum of what is stated. What is left over is no code
//! that could be one of the largest; where it is more than the least of them has, a code that is not listed may be larger,
//! and the value is one among the listed codes (`D`).

use std::ops::Range;

use super::Folds;
use crate::indicators::ratio::total;
use crate::indicators::rows::{Cell, Outcome, Place, Sum};
use crate::status::Status;

pub(super) fn top_share(folds: &Folds<'_>, group: &Range<usize>, largest: usize) -> Option<Outcome> {
    let (inputs, groups) = (folds.inputs, &folds.groups);
    let to = total(inputs, groups, group)?;
    let mut ranked: Vec<Cell> = groups.at(group, &[Place::Code]).map(|(_, cell)| cell).collect();
    ranked.retain(|cell| cell.shown.is_some());
    ranked.sort_by_key(|cell| std::cmp::Reverse(cell.shown));
    let top = ranked.get(..largest)?;
    let sum = Sum::of(top.iter().copied());
    let listed = groups.sum(group, &[Place::Code, Place::NotStated]);
    let rest = if inputs.complete {
        groups.sum(group, &[Place::LeftOver]).count
    } else {
        to.sum.count - listed.count
    };
    let least = i128::from(top.last().and_then(|cell| cell.shown).unwrap_or(0));
    let outcome = Outcome::ratio(100.0, sum, to.sum);
    let flag = outcome.flag | if rest > least { Status::DEFINITION_DIFFERS.bits() } else { 0 };
    Some(Outcome {
        base: outcome.base.filter(|_| !to.hidden),
        hidden: to.hidden || (to.rough && sum.count == to.sum.count),
        rough: to.rough,
        not_stated: groups.not_stated(group, inputs.complete),
        flag,
        ..outcome
    })
}
