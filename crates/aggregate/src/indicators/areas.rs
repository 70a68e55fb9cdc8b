//! Areas: how a group is spread over areas beside another population, or the whole one, from which the rest of it follows.
//!
//! An area without anybody of the group counts too, so that the population says which areas there are. Nothing is told where
//! the group is larger than the whole population of an area, for then the two are not of one kind.

use std::collections::HashMap;
use std::ops::Range;

use ahash::RandomState;
use denizen_spec::{Denominator, Diagnostic, IndicatorUse, Spread};

use super::Inputs;
use super::other::{Key, Lookup};
use super::rows::{Cell, Groups, Outcome, Place, Sum, Told};
use crate::cell_columns::Found;
use crate::status::Status;

/// An area: how many of the group, and of the population beside it, live there.
#[derive(Debug, Clone, Copy)]
struct Area {
    group: f64,
    all: f64,
}

pub(super) fn areas(
    inputs: &Inputs<'_>,
    along: usize,
    function: Spread,
    asked: &IndicatorUse,
) -> Result<Found, Diagnostic> {
    let other = inputs.other(asked.per.as_ref())?;
    other.need_decimals(inputs.scale)?;
    let lookup = inputs.lookup(other, Denominator::Population, Some(&inputs.table.dimensions[along]))?;
    let groups = inputs.groups(&[along]);
    let codes = groups.indices(along);
    let keys = lookup.keys(&groups.keys());
    let here = other.in_levels(&inputs.table.dimensions[along], &inputs.dimensions[along]);
    let spreads = Spreads {
        inputs,
        here: &here,
        lookup: &lookup,
        population_is_complete: other.complete,
        groups: &groups,
        codes: &codes,
    };
    let mut told = Told::default();
    for group in &groups.bounds {
        spreads.tell(group, keys[group.start], function, &mut told);
    }
    let at_total: &[usize] = if function == Spread::LocationQuotient { &[] } else { &[along] };
    Ok(groups.finish(told, inputs, at_total))
}

struct Spreads<'a> {
    inputs: &'a Inputs<'a>,
    /// Of each area of the population, the index that it has here.
    here: &'a [Option<u32>],
    lookup: &'a Lookup,
    /// Whether an area that the population does not have has nobody.
    population_is_complete: bool,
    groups: &'a Groups<'a>,
    /// Of each row, the index of its area.
    codes: &'a [u32],
}

/// The rows of a group by area, and the population of each area by the index that it has here.
struct Beside {
    rows: Vec<(usize, Cell)>,
    population: Vec<(Option<u32>, Cell)>,
    /// Both by the index of the area.
    counts: ByArea,
    populations: ByArea,
}

type ByArea = HashMap<u32, Cell, RandomState>;

impl Beside {
    fn new(rows: Vec<(usize, Cell)>, population: Vec<(Option<u32>, Cell)>, codes: &[u32]) -> Self {
        let counts = rows.iter().map(|(row, cell)| (codes[*row], *cell)).collect();
        let populations = population.iter().filter_map(|(code, cell)| Some(((*code)?, *cell))).collect();
        Self { rows, population, counts, populations }
    }

    /// An area of the population; none where one of its counts is not known.
    fn area(&self, code: u32) -> Option<Area> {
        let group = self.counts.get(&code).map_or(Some(0), |cell| cell.shown)?;
        let all = self.populations.get(&code)?.shown?;
        Some(Area { group: group as f64, all: all as f64 })
    }
}

impl Spreads<'_> {
    fn tell(&self, group: &Range<usize>, key: Key, function: Spread, told: &mut Told) {
        let (population, is_whole): (&[(u32, Cell)], bool) = match key {
            Key::Of([key, _]) => {
                (self.lookup.all(key), self.lookup.is_whole(key, self.population_is_complete))
            }
            Key::NoTime => (&[], false),
            Key::NotStated => return,
        };
        let population = population.iter().map(|(index, cell)| (self.here[*index as usize], *cell));
        let rows = self.groups.at(group, &[Place::Code, Place::LeftOver]);
        let beside = Beside::new(rows.collect(), population.collect(), self.codes);
        let known = self.known(group, &beside).filter(|_| is_whole);
        let known = known.filter(|areas| are_of_one_kind(function, areas));
        let outcome = self.outcome(group, &beside);
        if function != Spread::LocationQuotient {
            let value = known.and_then(|areas| spread(function, &areas));
            told.push(group.start, with_value(outcome, value));
            return;
        }
        let all = known.as_deref().map(sums);
        for (row, cell) in &beside.rows {
            let quotient = beside.area(self.codes[*row]).zip(all);
            let quotient = quotient.map(|(area, (a, t))| (area.group / area.all) / (a / t));
            told.push(*row, with_value(Outcome { n: cell.shown, ..outcome }, quotient));
        }
    }

    /// All areas, where every count of theirs is known and no other area has anybody of the group.
    fn known(&self, group: &Range<usize>, beside: &Beside) -> Option<Vec<Area>> {
        let is_in = |row: usize| beside.populations.contains_key(&self.codes[row]);
        let is_whole = self.groups.is_whole(group, self.inputs.complete);
        let areas = beside.population.iter().map(|(code, all)| match code {
            Some(code) => beside.area(*code),
            None => Some(Area { group: 0.0, all: all.shown? as f64 }),
        });
        let areas: Option<Vec<Area>> = areas.collect();
        areas.filter(|_| is_whole && beside.rows.iter().all(|(row, _)| is_in(*row)))
    }

    /// What is told of the group whatever the value is.
    fn outcome(&self, group: &Range<usize>, beside: &Beside) -> Outcome {
        let sum = Sum::of(beside.rows.iter().map(|(_, cell)| *cell));
        let total = Sum::of(beside.population.iter().map(|(_, cell)| *cell));
        Outcome {
            base: sum.shown(),
            n: sum.shown(),
            not_stated: self.groups.not_stated(group, self.inputs.complete),
            hidden: sum.is_hidden() || total.is_hidden(),
            flag: sum.flag.max(total.flag),
            ..Outcome::default()
        }
    }
}

fn with_value(outcome: Outcome, value: Option<f64>) -> Outcome {
    let value = value.filter(|value| value.is_finite());
    Outcome { value, reason: value.is_none().then_some(Status::MISSING), ..outcome }
}

fn sums(areas: &[Area]) -> (f64, f64) {
    areas.iter().fold((0.0, 0.0), |(group, all), area| (group + area.group, all + area.all))
}

/// Whether the group is a part of the population, or, where two groups are compared, both are there.
fn are_of_one_kind(function: Spread, areas: &[Area]) -> bool {
    let (group, all) = sums(areas);
    match function {
        Spread::Dissimilarity => group > 0.0 && all > 0.0,
        Spread::Segregation
        | Spread::Isolation
        | Spread::Interaction
        | Spread::CorrelationRatio
        | Spread::LocationQuotient => {
            areas.iter().all(|area| area.group <= area.all) && group > 0.0 && all > group
        }
    }
}

/// A value for all areas. Nobody lives in an area without population, which adds nothing.
fn spread(function: Spread, areas: &[Area]) -> Option<f64> {
    let (group, all) = sums(areas);
    let inhabited = || areas.iter().filter(|area| area.all > 0.0);
    let isolation = || inhabited().map(|area| area.group / group * area.group / area.all).sum::<f64>();
    let half = |differences: f64| Some(differences / 2.0);
    match function {
        Spread::Dissimilarity => {
            half(areas.iter().map(|area| (area.group / group - area.all / all).abs()).sum())
        }
        Spread::Segregation => {
            let share_of_rest = |area: &Area| (area.all - area.group) / (all - group);
            half(areas.iter().map(|area| (area.group / group - share_of_rest(area)).abs()).sum())
        }
        Spread::Isolation => Some(isolation()),
        Spread::Interaction => {
            Some(inhabited().map(|area| area.group / group * (area.all - area.group) / area.all).sum())
        }
        Spread::CorrelationRatio => {
            let share = group / all;
            Some((isolation() - share) / (1.0 - share))
        }
        Spread::LocationQuotient => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_three_areas() {
        let groups = [(10.0, 400.0), (20.0, 300.0), (70.0, 300.0)];
        let with_all = groups.map(|(group, rest)| Area { group, all: group + rest });
        let table = [
            (Spread::Segregation, 0.4),
            (Spread::Isolation, 0.147371),
            (Spread::Interaction, 0.852629),
            (Spread::CorrelationRatio, 0.062108),
        ];
        for (function, expected) in table {
            let found = spread(function, &with_all).unwrap();
            assert!((found - expected).abs() < 1e-6, "{function:?} {found}");
        }
        let two_groups = groups.map(|(group, all)| Area { group, all });
        assert_eq!(spread(Spread::Dissimilarity, &two_groups), Some(0.4));
        let is_larger = [Area { group: 3.0, all: 2.0 }];
        assert!(!are_of_one_kind(Spread::Isolation, &is_larger));
        assert!(are_of_one_kind(Spread::Dissimilarity, &is_larger));
    }
}
