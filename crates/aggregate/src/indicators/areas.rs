//! Areas: how a group is spread over areas beside the whole population, from which the rest of it follows.
//!
//! An area without anybody of the group counts too, so that the population says which areas there are. Nothing is told where
//! the group is larger than the population of an area, for then the two are not of one kind.

use denizen_spec::{Denominator, Diagnostic, IndicatorUse, Spread};
use polars::prelude::*;

use super::Inputs;
use super::other::Key;
use super::rows::{Cell, Outcome, Place, Sum, Told, indices};
use crate::counts::internal;
use crate::status::Status;

/// An area: how many of the group, and of all, live there.
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
) -> Result<LazyFrame, Diagnostic> {
    let broken = |error: PolarsError| internal("areas", &error);
    let other = inputs.other(asked.per.as_ref())?;
    let name = &inputs.table.dimensions[along];
    let lookup = inputs.lookup(other, Denominator::Population, Some(name))?;
    let groups = inputs.groups(&[along]).map_err(broken)?;
    let codes = indices(&groups.frame, along).map_err(broken)?;
    let keys = lookup.keys(&groups.frame).map_err(broken)?;
    let (values, levels) = (other.values(name), &inputs.dimensions[along]);
    let mut told = Told::default();
    for group in &groups.bounds {
        let sum = groups.sum(group, &[Place::Code, Place::LeftOver]);
        let population: &[(u32, Cell)] = match keys[group.start] {
            Key::Of([key, _]) => lookup.all(key),
            Key::NoTime => &[],
            Key::NotStated => continue,
        };
        let here = |index: u32| levels.index(&values[index as usize]);
        let rows: Vec<(usize, Cell)> = groups.at(group, &[Place::Code, Place::LeftOver]).collect();
        let area = |(index, all): &(u32, Cell)| {
            let found = here(*index).and_then(|code| rows.iter().find(|(row, _)| codes[*row] == code));
            let of_group = found.map_or(Some(0), |(_, cell)| cell.shown)?;
            Some(Area { group: of_group as f64, all: all.shown? as f64 })
        };
        let found: Option<Vec<Area>> = population.iter().map(area).collect();
        let is_in = |row: usize| population.iter().any(|(index, _)| here(*index) == Some(codes[row]));
        let is_whole = groups.is_whole(group, inputs.complete) && rows.iter().all(|(row, _)| is_in(*row));
        let total = Sum::of(population.iter().map(|(_, cell)| *cell));
        let known = found.filter(|areas| is_whole && are_of_one_kind(areas));
        let outcome = |value: Option<f64>| Outcome {
            value,
            base: sum.shown(),
            n: sum.shown(),
            not_stated: groups.not_stated(group, inputs.complete),
            hidden: sum.is_hidden() || total.is_hidden(),
            flag: sum.flag.max(total.flag),
            reason: value.is_none().then_some(Status::MISSING),
            ..Outcome::default()
        };
        match function {
            Spread::LocationQuotient => {
                let all = known.as_deref().map(sums);
                for (row, cell) in &rows {
                    let of_area = population.iter().find(|(index, _)| here(*index) == Some(codes[*row]));
                    let pair = cell.shown.zip(of_area.and_then(|(_, all)| all.shown));
                    let quotient = pair
                        .zip(all)
                        .map(|((group, population), (a, t))| (group as f64 / population as f64) / (a / t));
                    told.push(*row, Outcome { n: cell.shown, ..outcome(quotient) });
                }
            }
            Spread::Segregation | Spread::Isolation | Spread::Interaction | Spread::CorrelationRatio => {
                told.push(group.start, outcome(known.and_then(|areas| spread(function, &areas))));
            }
        }
    }
    let at_total: &[usize] = if function == Spread::LocationQuotient { &[] } else { &[along] };
    told.finish(inputs, &groups.frame, at_total).map_err(broken)
}

fn sums(areas: &[Area]) -> (f64, f64) {
    areas.iter().fold((0.0, 0.0), |(group, all), area| (group + area.group, all + area.all))
}

fn are_of_one_kind(areas: &[Area]) -> bool {
    let (group, all) = sums(areas);
    areas.iter().all(|area| area.group <= area.all) && group > 0.0 && all > group
}

/// A value for all areas. Nobody lives in an area without population, which adds nothing.
fn spread(function: Spread, areas: &[Area]) -> Option<f64> {
    let (group, all) = sums(areas);
    let inhabited = || areas.iter().filter(|area| area.all > 0.0);
    let isolation = || inhabited().map(|area| area.group / group * area.group / area.all).sum::<f64>();
    match function {
        Spread::Segregation => {
            let rest = all - group;
            let differences =
                areas.iter().map(|area| (area.group / group - (area.all - area.group) / rest).abs());
            Some(differences.sum::<f64>() / 2.0)
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
        let area = |(group, rest): (f64, f64)| Area { group, all: group + rest };
        let areas: Vec<Area> = [(10.0, 400.0), (20.0, 300.0), (70.0, 300.0)].map(area).to_vec();
        let table = [
            (Spread::Segregation, 0.4),
            (Spread::Isolation, 0.147371),
            (Spread::Interaction, 0.852629),
            (Spread::CorrelationRatio, 0.062108),
        ];
        for (function, expected) in table {
            let found = spread(function, &areas).unwrap();
            assert!((found - expected).abs() < 1e-6, "{function:?} {found}");
        }
        assert!(!are_of_one_kind(&[Area { group: 3.0, all: 2.0 }]));
    }
}
