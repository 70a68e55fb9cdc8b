//! Rank: 1 + the number of larger counts, so that equal counts share the better place ("competition ranking").
//!
//! Totals, *not stated* and what is left over (*other countries*, *stateless*) have no rank and are not in the base, a count
//! that is not known ranks nowhere, and the first of one says nothing. Suppressed counts have their places behind all that
//! are shown; which, is not told.
//!
//! A code that nobody listed may be larger than those that are. What the listed codes leave of the total bounds it: a
//! count that is no smaller has its rank for certain. All other ranks are ranks among the listed codes only, and say so
//! (`D`, definition differs).
//!
//! The counts of a group are sorted once: the place of a count is where the run of its equals begins.

use std::cmp::Reverse;
use std::ops::Range;

use super::Inputs;
use super::rows::{Cell, Groups, Outcome, Place, Told};
use crate::cell_columns::Found;
use crate::status::Status;

pub(super) fn rank(inputs: &Inputs<'_>, along: usize) -> Found {
    let groups = inputs.groups(&[along]);
    let mut told = Told::default();
    for group in &groups.bounds {
        tell(inputs, &groups, group, &mut told);
    }
    groups.finish(told, inputs, &[])
}

/// Ranks the counts of a group that are known; the first of one says nothing.
fn tell(inputs: &Inputs<'_>, groups: &Groups<'_>, group: &Range<usize>, told: &mut Told) {
    let known = groups.at(group, &[Place::Code]);
    let mut known: Vec<(usize, Cell)> =
        known.filter(|(_, cell)| cell.shown.is_some() || cell.hidden).collect();
    if known.len() < 2 {
        return;
    }
    // A suppressed count is more than nobody and less than any that is shown.
    known.sort_by_key(|(_, cell)| Reverse((cell.shown.unwrap_or(0), cell.hidden)));
    let weakest = known.iter().filter(|(_, cell)| cell.shown.is_some()).map(|(_, cell)| cell.flag).max();
    let weakest = weakest.unwrap_or(Status::NORMAL.bits());
    let rest = rest(inputs, groups, group);
    let not_stated = groups.not_stated(group, inputs.complete);
    let mut place = 0;
    for index in 0..known.len() {
        let (row, cell) = known[index];
        if index > 0 && known[index - 1].1.shown != cell.shown {
            place = index;
        }
        let is_certain = rest.zip(cell.shown).is_some_and(|(rest, shown)| shown >= rest);
        let among_listed = if is_certain { 0 } else { Status::DEFINITION_DIFFERS.bits() };
        let outcome = Outcome {
            value: Some(place as f64 + 1.0),
            base: Some(known.len() as i64),
            n: cell.shown,
            not_stated,
            hidden: cell.hidden,
            flag: weakest | among_listed,
            ..Outcome::default()
        };
        told.push(row, outcome);
    }
}

/// The largest count that a code beside the ranked ones may have: of records, which are all there, what is left over; of a
/// publication, what the codes leave of the published total. None where no total is known.
fn rest(inputs: &Inputs<'_>, groups: &Groups<'_>, group: &Range<usize>) -> Option<i64> {
    let shown = |cell: Cell| i128::from(cell.shown.unwrap_or(0));
    let sum = |places: &[Place], of: &dyn Fn(Cell) -> i128| -> i128 {
        groups.at(group, places).map(|(_, cell)| of(cell)).sum()
    };
    let rest = if inputs.complete {
        // Where persons are protected and not counts, a suppressed count may be of any size.
        let large = |cell: Cell| cell.exact.filter(|exact| cell.hidden && *exact > inputs.threshold);
        let most = |cell: Cell| i128::from(large(cell).unwrap_or(inputs.threshold));
        let left_over = |cell: Cell| if cell.hidden { most(cell) } else { shown(cell) };
        let hidden = |cell: Cell| large(cell).map_or(0, i128::from);
        sum(&[Place::LeftOver], &left_over) + sum(&[Place::Code], &hidden)
    } else {
        let mut totals = groups.at(group, &[Place::Total]);
        if !totals.any(|(_, cell)| cell.shown.is_some()) {
            return None;
        }
        sum(&[Place::Total], &shown) - sum(&[Place::Code, Place::NotStated], &shown)
    };
    i64::try_from(rest).ok()
}
