//! Decomposition: what a change of a crude rate comes to, of a population that is made up otherwise and of rates that are others
//! (Kitagawa).
//!
//! Both effects together are the change of the rate of those who state the dimension, exactly. A code that has a population in one of
//! the two years only has no rate in the other one, and nothing is told; nor is anything across a break in the series.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use ahash::RandomState;
use denizen_spec::{Denominator, Diagnostic, Earlier, Effect, IndicatorUse};

use super::Inputs;
use super::change::Moves;
use super::other::{Key, Lookup};
use super::rows::{Cell, Groups, Outcome, Place, Sum, Told};
use crate::cell_columns::{Found, Keys};
use crate::status::Status;

pub(super) fn decomposition(
    inputs: &Inputs<'_>,
    along: usize,
    effect: Effect,
    times: f64,
    asked: &IndicatorUse,
) -> Result<Found, Diagnostic> {
    let time = inputs.time()?;
    let other = inputs.other(asked.per.as_ref())?;
    other.need_decimals(inputs.scale)?;
    let name = &inputs.table.dimensions[along];
    let lookup = inputs.lookup(other, Denominator::Mean, Some(name))?;
    let groups = inputs.groups(&[along]);
    let keys = groups.keys();
    let years = Years {
        codes: &groups.indices(along),
        keys: &lookup.keys(&keys),
        here: &other.in_levels(name, &inputs.dimensions[along]),
        population_is_complete: other.complete,
        lookup: &lookup,
        groups: &groups,
        inputs,
    };
    let moves = Moves::new(inputs, time, Earlier::Lag(1), asked);
    let of_rows = groups.indices(time);
    let others = others_than(&keys, &[along, time]);
    let place = |group: &Range<usize>, time: u32| (others[group.start].clone(), time);
    let at: HashMap<_, _, RandomState> =
        groups.bounds.iter().map(|group| (place(group, of_rows[group.start]), group)).collect();
    let mut told = Told::default();
    for group in &groups.bounds {
        let now = of_rows[group.start];
        let before = moves.earlier(now).and_then(|earlier| at.get(&place(group, earlier)));
        let Some(before) = before else { continue };
        let (now_year, then_year) = (years.year(group), years.year(before));
        let is_broken = moves.is_broken(now) || now_year.is_broken;
        told.push(group.start, outcome(effect, times, &then_year, &now_year, is_broken));
    }
    Ok(groups.finish(told, inputs, &[along]))
}

/// What tells the groups of rows apart, but for some dimensions: part, concept and the codes of the others.
fn others_than(keys: &Keys, along: &[usize]) -> Vec<Vec<u32>> {
    let others = keys.dimensions.iter().enumerate().filter(|(position, _)| !along.contains(position));
    let others: Vec<&Vec<u32>> = others.map(|(_, column)| column).collect();
    let of_row = |row: usize| {
        let (part, concept) = keys.part_of(row);
        [part, concept].into_iter().chain(others.iter().map(|column| column[row])).collect()
    };
    (0..keys.len()).map(of_row).collect()
}

/// Events and population of a year, the population twice as large where it is a mean of two.
#[derive(Default)]
struct Year {
    /// By code: of this table, or of the population alone.
    codes: BTreeMap<(bool, u32), (f64, f64)>,
    /// Whether all of it is known.
    is_whole: bool,
    is_broken: bool,
    events: Option<Sum>,
    people: Option<Sum>,
    not_stated: Option<i64>,
}

struct Years<'a> {
    inputs: &'a Inputs<'a>,
    groups: &'a Groups<'a>,
    lookup: &'a Lookup,
    population_is_complete: bool,
    /// Of each code of the population, the index that it has here.
    here: &'a [Option<u32>],
    codes: &'a [u32],
    keys: &'a [Key],
}

impl Years<'_> {
    fn year(&self, group: &Range<usize>) -> Year {
        let Key::Of(keys) = self.keys[group.start] else { return Year::default() };
        let rows: Vec<(usize, Cell)> = self.groups.at(group, &[Place::Code, Place::LeftOver]).collect();
        let people: Vec<(u32, Cell)> =
            keys.iter().flat_map(|key| self.lookup.all(*key).iter().copied()).collect();
        let is_known = rows.iter().map(|(_, cell)| cell).chain(people.iter().map(|(_, cell)| cell));
        let is_known = is_known.clone().all(|cell| cell.shown.is_some());
        let number = |cell: &Cell| cell.shown.map_or(0.0, |shown| shown as f64);
        let mut codes: BTreeMap<(bool, u32), (f64, f64)> = BTreeMap::new();
        for (index, cell) in &people {
            let code = self.here[*index as usize].map_or((false, *index), |here| (true, here));
            codes.entry(code).or_default().1 += number(cell) / 2.0;
        }
        let mut has_people = true;
        for (row, cell) in &rows {
            match codes.get_mut(&(true, self.codes[*row])) {
                Some((events, _)) => *events += number(cell),
                None => has_people &= cell.shown == Some(0),
            }
        }
        let is_whole = self.groups.is_whole(group, self.inputs.complete)
            && keys.iter().all(|key| self.lookup.is_whole(*key, self.population_is_complete));
        let is_break = |(_, cell): &(usize, Cell)| cell.flag & Status::BREAK.bits() != 0;
        Year {
            codes,
            is_whole: is_whole && is_known && has_people,
            is_broken: rows.iter().any(is_break),
            events: Some(Sum::of(rows.iter().map(|(_, cell)| *cell))),
            people: Some(Sum::of(people.iter().map(|(_, cell)| *cell))),
            not_stated: self.groups.not_stated(group, self.inputs.complete),
        }
    }
}

fn outcome(effect: Effect, times: f64, before: &Year, now: &Year, is_broken: bool) -> Outcome {
    let sums = [before.events, before.people, now.events, now.people];
    let hidden = sums.iter().flatten().any(|sum| sum.is_hidden());
    let flag = sums.iter().flatten().map(|sum| sum.flag).max().unwrap_or_default();
    let is_whole = before.is_whole && now.is_whole && !is_broken;
    let value = if is_whole { effect_of(effect, &before.codes, &now.codes) } else { None };
    let reason = if is_broken { Status::BREAK } else { Status::MISSING };
    Outcome {
        value: value.map(|value| times * value),
        base: now.people.and_then(|sum| sum.shown()).map(|both| both / 2 + both % 2),
        n: now.events.and_then(|sum| sum.shown()),
        not_stated: now.not_stated,
        hidden,
        flag,
        reason: value.is_none().then_some(reason),
        ..Outcome::default()
    }
}

type Codes = BTreeMap<(bool, u32), (f64, f64)>;

/// An effect, of events and populations by code before and now.
fn effect_of(effect: Effect, before: &Codes, now: &Codes) -> Option<f64> {
    let people = |codes: &Codes| codes.values().map(|(_, people)| people).sum::<f64>();
    let (all_before, all_now) = (people(before), people(now));
    if all_before <= 0.0 || all_now <= 0.0 {
        return None;
    }
    let mut sum = 0.0;
    for code in before.keys().chain(now.keys().filter(|code| !before.contains_key(code))) {
        let of = |codes: &Codes| codes.get(code).copied().unwrap_or_default();
        let ((events_before, people_before), (events_now, people_now)) = (of(before), of(now));
        if people_before == 0.0 && people_now == 0.0 && events_before == 0.0 && events_now == 0.0 {
            continue;
        }
        if people_before <= 0.0 || people_now <= 0.0 {
            return None;
        }
        let (rate_before, rate_now) = (events_before / people_before, events_now / people_now);
        let (share_before, share_now) = (people_before / all_before, people_now / all_now);
        sum += match effect {
            Effect::Composition => (share_now - share_before) * (rate_now + rate_before) / 2.0,
            Effect::Rates => (rate_now - rate_before) * (share_now + share_before) / 2.0,
        };
    }
    // Plus nothing: there is no effect of -0.
    Some(sum + 0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes(counts: &[(u32, u32)]) -> Codes {
        let counts = counts.iter().map(|(events, people)| (f64::from(*events), f64::from(*people)));
        (0..).map(|code| (true, code)).zip(counts).collect()
    }

    fn rate(codes: &Codes) -> f64 {
        let sum = |of: fn(&(f64, f64)) -> f64| codes.values().map(of).sum::<f64>();
        sum(|(events, _)| *events) / sum(|(_, people)| *people)
    }

    /// Two codes of 100 with rates of 0.1 and 0.2, then 50 and 150 with 0.2 each: from 0.15 to 0.2.
    #[test]
    fn of_two_codes() {
        let (before, now) = (codes(&[(10, 100), (20, 100)]), codes(&[(10, 50), (30, 150)]));
        let of = |effect| effect_of(effect, &before, &now).unwrap();
        assert!((of(Effect::Composition) - 0.0125).abs() < 1e-12);
        assert!((of(Effect::Rates) - 0.0375).abs() < 1e-12);
        assert_eq!(effect_of(Effect::Rates, &before, &codes(&[(10, 50), (0, 0)])), None);
    }

    proptest! {
        /// Both effects are the change of the crude rate, and swap signs when the years are swapped.
        #[test]
        fn effects_add_up(counts in proptest::collection::vec(((0..50_u32, 1..90_u32), (0..50_u32, 1..90_u32)), 1..7)) {
            let (before, now): (Vec<_>, Vec<_>) = counts.into_iter().unzip();
            let (before, now) = (codes(&before), codes(&now));
            let of = |effect| effect_of(effect, &before, &now).unwrap();
            let change = rate(&now) - rate(&before);
            prop_assert!((of(Effect::Composition) + of(Effect::Rates) - change).abs() < 1e-9);
            let back = effect_of(Effect::Composition, &now, &before).unwrap();
            prop_assert!((back + of(Effect::Composition)).abs() < 1e-9);
        }
    }
}
