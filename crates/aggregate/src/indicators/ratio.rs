//! Ratio: times · of / to, within the cells that agree in all dimensions but some.
//!
//! The total of a published table is the published one. Of records it is the sum of the stated parts as they are shown.
//! What is not stated is in neither, and the base says how many the shares are of. Parts of a published table that gives no
//! total may be a selection, whose sum would be no total: there is no share then.
//!
//! Where parts are suppressed, their sum is too small and each share too large. No share is given then that could be wrong
//! by more than a hundredth of itself, nor one of everybody who is shown; what is given is an estimate.
//!
//! Ages are taken together only where they are all there, and no group may lie on both sides of their bounds.

use std::ops::Range;

use denizen_spec::{Diagnostic, Part, Whole};

use super::Inputs;
use super::ages::Picked;
use super::rows::{Cell, Groups, Outcome, Place, Sum, Told};
use crate::cell_columns::Found;
use crate::status::Status;
use crate::value::Value;

/// A share is given as long as the suppressed parts could change it by no more than one in so many.
const LEAST_PRECISION: i64 = 100;

pub(super) fn ratio(
    inputs: &Inputs<'_>,
    along: &[usize],
    of: Part,
    to: Whole,
    times: f64,
) -> Result<Found, Diagnostic> {
    let groups = inputs.groups(along);
    let codes = groups.indices(along[0]);
    let picked = |part: &[denizen_spec::Ages]| inputs.picked_ages(along[0], part);
    let ratio = Ratios {
        inputs,
        groups: &groups,
        codes: &codes,
        along: along[0],
        of_ages: if let Part::Ages(ages) = of { Some(picked(ages)?) } else { None },
        to_ages: if let Whole::Ages(ages) = to { Some(picked(ages)?) } else { None },
        times,
    };
    let mut told = Told::default();
    for group in &groups.bounds {
        if let Some(whole) = ratio.whole(group, to) {
            ratio.tell(group, of, whole, &mut told);
        }
    }
    let at_total = if of == Part::Each { &[] } else { along };
    Ok(groups.finish(told, inputs, at_total))
}

struct Ratios<'a> {
    inputs: &'a Inputs<'a>,
    groups: &'a Groups<'a>,
    /// Of each row, the index of its code along the first dimension.
    codes: &'a [u32],
    along: usize,
    of_ages: Option<Picked>,
    to_ages: Option<Picked>,
    times: f64,
}

/// What is divided by.
#[derive(Clone, Copy)]
pub(super) struct Base {
    pub(super) sum: Sum,
    /// Whether a suppressed part could change it by too much.
    pub(super) hidden: bool,
    /// Whether parts of it are suppressed.
    pub(super) rough: bool,
}

/// The total of a group, where it is above zero.
pub(super) fn total(inputs: &Inputs<'_>, groups: &Groups<'_>, group: &Range<usize>) -> Option<Base> {
    let base = if inputs.complete {
        let sum = groups.sum(group, &[Place::Code, Place::LeftOver]);
        // Where persons are protected and not counts, a suppressed count may be of any size.
        let hidden = groups.at(group, &[Place::Code, Place::LeftOver]).filter(|(_, cell)| cell.hidden);
        let most = |cell: Cell| i128::from(cell.exact.unwrap_or(0).max(inputs.threshold));
        let unknown: i128 = hidden.map(|(_, cell)| most(cell)).sum();
        let (hidden, rough) =
            (unknown.saturating_mul(i128::from(LEAST_PRECISION)) > sum.count, sum.is_hidden());
        Base { sum: Sum { left_out: 0, ..sum }, hidden, rough }
    } else {
        let total = groups.sum(group, &[Place::Total]);
        Base::exactly(Some(total).filter(|total| total.parts == 1)?)
    };
    (base.sum.count > 0).then_some(base)
}

impl Base {
    /// All of it is known, or nothing.
    fn exactly(sum: Sum) -> Self {
        Self { sum, hidden: sum.is_hidden(), rough: false }
    }
}

impl Ratios<'_> {
    fn whole(&self, group: &Range<usize>, to: Whole) -> Option<Base> {
        match to {
            Whole::Total => total(self.inputs, self.groups, group),
            Whole::Codes(codes) => {
                let sum = self.sum_of_codes(group, codes);
                let is_there = if self.inputs.complete { sum.parts > 0 } else { sum.parts == codes.len() };
                is_there.then_some(Base::exactly(sum))
            }
            Whole::Ages(_) => Some(Base::exactly(self.sum_of_ages(group, self.to_ages.as_ref()?))),
        }
    }

    fn sum_of_codes(&self, group: &Range<usize>, codes: &[&str]) -> Sum {
        let levels = &self.inputs.dimensions[self.along];
        let wanted: Vec<u32> = codes.iter().filter_map(|code| levels.index(&Value::code(code))).collect();
        let rows = group.clone().filter(|row| wanted.contains(&self.codes[*row]));
        Sum::of(rows.map(|row| self.groups.cell(row)))
    }

    /// The sum over ages; missing where the ages of a publication are not all there.
    fn sum_of_ages(&self, group: &Range<usize>, picked: &Picked) -> Sum {
        let rows = self.groups.at(group, &[Place::Code]);
        let rows = rows.filter(|(row, _)| picked.has(self.codes[*row]));
        let sum = Sum::of(rows.map(|(_, cell)| cell));
        let is_whole = self.groups.is_whole(group, self.inputs.complete);
        Sum { is_missing: sum.is_missing || !is_whole, ..sum }
    }

    fn tell(&self, group: &Range<usize>, of: Part, to: Base, told: &mut Told) {
        // Once for all cells of a group, which may be thousands.
        let not_stated = self.groups.not_stated(group, self.inputs.complete);
        match of {
            Part::Each => {
                for (row, cell) in self.groups.at(group, &[Place::Code, Place::LeftOver]) {
                    told.push(row, self.of_cell(not_stated, cell, to));
                }
            }
            Part::Code(code) => {
                let wanted = self.inputs.dimensions[self.along].index(&Value::code(code));
                let row = group.clone().find(|row| Some(self.codes[*row]) == wanted);
                // Of records without any of them, none is their number.
                let absent = self.inputs.complete.then(Cell::nobody);
                if let Some(cell) = row.map(|row| self.groups.cell(row)).or(absent) {
                    told.push(row.unwrap_or(group.start), self.of_cell(not_stated, cell, to));
                }
            }
            Part::Ages(_) => {
                let Some(picked) = &self.of_ages else { return };
                let sum = self.sum_of_ages(group, picked);
                let is_missing = sum.is_missing || to.sum.is_missing;
                let reason = is_missing.then_some(Status::MISSING);
                let outcome = self.outcome(not_stated, sum, to);
                told.push(group.start, Outcome { reason, ..outcome });
            }
        }
    }

    /// A count that is not there has no ratio, and no row.
    fn of_cell(&self, not_stated: Option<i64>, cell: Cell, to: Base) -> Outcome {
        let outcome = self.outcome(not_stated, Sum::of([cell]), to);
        Outcome { reason: None, ..outcome }
    }

    fn outcome(&self, not_stated: Option<i64>, of: Sum, to: Base) -> Outcome {
        let is_all_that_is_shown = to.rough && of.shown().map(i128::from) == Some(to.sum.count);
        let outcome = Outcome::ratio(self.times, of, to.sum);
        Outcome {
            base: outcome.base.filter(|_| !to.hidden),
            hidden: outcome.hidden || to.hidden || is_all_that_is_shown,
            rough: to.rough,
            not_stated,
            ..outcome
        }
    }
}
