//! Matrix: what the flows between areas come to. Flows within an area are no migration between areas, and are left out.
//!
//! The areas are those of the population, or, where there is none, those that occur as origin or destination anywhere in the table: an
//! area between which and the others nobody moved counts too. Of records, a pair without a cell has no flow; of a publication it is missing, and so is what rests on it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use denizen_spec::{Denominator, Diagnostic, Flows, IndicatorUse, time_dimension};

use super::Inputs;
use super::other::{Key, Lookup, Other};
use super::rows::{Cell, Groups, Outcome, Place, Sum, Told};
use crate::cell_columns::{Found, Keys};
use crate::counts::internal;
use crate::status::Status;
use crate::value::Value;

/// Flows from area to area, the areas numbered, and the populations of these.
struct Matrix {
    flows: Vec<Vec<f64>>,
    populations: Vec<f64>,
}

pub(super) fn matrix(
    inputs: &Inputs<'_>,
    along: &[usize],
    function: Flows,
    asked: &IndicatorUse,
) -> Result<Found, Diagnostic> {
    let other = if function.uses_population() { Some(inputs.other(asked.per.as_ref())?) } else { None };
    let groups = inputs.groups(along);
    let sizes = other.map(|other| Sizes::new(inputs, other, &groups.keys())).transpose()?;
    let codes: Vec<Vec<u32>> = along.iter().map(|position| groups.indices(*position)).collect();
    let met = groups.bounds.iter().flat_map(|group| {
        flows_of(inputs, along, &groups, &codes, group).into_keys().flat_map(|(from, to)| [from, to])
    });
    let met: BTreeSet<&Value> = met.collect();
    let mut told = Told::default();
    for group in &groups.bounds {
        let flows = flows_of(inputs, along, &groups, &codes, group);
        let areas = match &sizes {
            None => met.clone(),
            Some(sizes) => {
                flows.keys().flat_map(|(from, to)| [*from, *to]).chain(sizes.areas(group.start)).collect()
            }
        };
        let areas: Vec<&Value> = areas.into_iter().collect();
        told.push(group.start, outcome(inputs, &groups, group, &areas, flows, sizes.as_ref(), function));
    }
    Ok(groups.finish(told, inputs, along))
}

/// The flows of a group by areas, from one to another.
type ByArea<'a> = BTreeMap<(&'a Value, &'a Value), Cell>;

fn flows_of<'a>(
    inputs: &'a Inputs<'_>,
    along: &[usize],
    groups: &Groups<'_>,
    codes: &[Vec<u32>],
    group: &Range<usize>,
) -> ByArea<'a> {
    let value = |one: usize, row: usize| &inputs.dimensions[along[one]].values()[codes[one][row] as usize];
    let rows = groups.at(group, &[Place::Code, Place::LeftOver]);
    rows.map(|(row, cell)| ((value(0, row), value(1, row)), cell)).collect()
}

fn outcome(
    inputs: &Inputs<'_>,
    groups: &Groups<'_>,
    group: &Range<usize>,
    areas: &[&Value],
    flows: ByArea<'_>,
    sizes: Option<&Sizes<'_>>,
    function: Flows,
) -> Outcome {
    let absent = if inputs.complete { Cell::nobody() } else { Cell::missing() };
    let cell = |from: &Value, to: &Value| flows.get(&(from, to)).copied().unwrap_or(absent);
    let pairs = areas.iter().flat_map(|from| areas.iter().map(move |to| (*from, *to)));
    let pairs = pairs.filter(|(from, to)| from != to);
    let sum = Sum::of(pairs.map(|(from, to)| cell(from, to)));
    let populations = sizes.map(|sizes| sizes.of(group.start, areas));
    let population = populations.as_ref().map_or(Sum::of([]), |cells| Sum::of(cells.iter().copied()));
    let number = |cell: Cell| cell.shown.map_or(0.0, |shown| shown as f64);
    let flow = |from: &Value, to: &Value| if from == to { 0.0 } else { number(cell(from, to)) };
    let row = |from: &&Value| areas.iter().map(|to| flow(from, to)).collect();
    let matrix = Matrix {
        flows: areas.iter().map(row).collect(),
        populations: populations.unwrap_or_default().into_iter().map(number).collect(),
    };
    let is_known = sum.known().zip(population.known()).is_some_and(|(flows, _)| flows > 0);
    let value = if is_known { matrix.value(function) } else { None };
    let value = value.filter(|value| value.is_finite());
    Outcome {
        value,
        base: base(function, &matrix, sum, population),
        n: sum.shown(),
        not_stated: groups.not_stated(group, inputs.complete),
        hidden: sum.is_hidden() || population.is_hidden(),
        flag: sum.flag.max(population.flag),
        reason: value.is_none().then_some(Status::MISSING),
        ..Outcome::default()
    }
}

fn base(function: Flows, matrix: &Matrix, sum: Sum, population: Sum) -> Option<i64> {
    match function {
        Flows::Intensity | Flows::Courgeau | Flows::NetRate | Flows::Preference | Flows::Velocity => {
            population.shown()
        }
        Flows::Effectiveness => sum.shown().and_then(|flows| flows.checked_mul(2)),
        Flows::Connectivity => i64::try_from(matrix.pairs()).ok(),
        Flows::Inequality | Flows::Gini | Flows::Variation => sum.shown(),
    }
}

/// The populations of areas, for each row of a table.
struct Sizes<'a> {
    other: &'a Other<'a>,
    area: String,
    lookup: Lookup,
    keys: Vec<Key>,
}

impl<'a> Sizes<'a> {
    fn new(inputs: &Inputs<'_>, other: &'a Other<'a>, of: &Keys) -> Result<Self, Diagnostic> {
        other.need_decimals(inputs.scale)?;
        let area = other.area(inputs.table);
        let area = area.ok_or_else(|| internal("flows", &"nothing names the areas of a population"))?;
        let is_year = time_dimension(inputs.table)
            .is_some_and(|time| inputs.table.dimensions[time] == denizen_spec::columns::YEAR);
        // Flows of a year go between the populations of its 1 January, where days are known.
        let at = if is_year && other.has_days() { Denominator::AtStart } else { Denominator::Population };
        let lookup = inputs.lookup(other, at, Some(&area))?;
        let keys = lookup.keys(of);
        Ok(Self { other, area, lookup, keys })
    }

    /// The areas that have a population at the time of a row.
    fn areas(&self, row: usize) -> impl Iterator<Item = &Value> {
        let counts = match self.keys[row] {
            Key::Of([key, _]) => self.lookup.all(key),
            Key::NotStated | Key::NoTime => &[],
        };
        let values = self.other.values(&self.area);
        counts.iter().map(|(index, _)| &values[*index as usize])
    }

    fn of(&self, row: usize, areas: &[&Value]) -> Vec<Cell> {
        let counts = match self.keys[row] {
            Key::Of([key, _]) => self.lookup.all(key),
            Key::NotStated | Key::NoTime => &[],
        };
        let values = self.other.values(&self.area);
        let of_area = |area: &&Value| {
            let found = counts.iter().find(|(index, _)| values[*index as usize] == **area);
            found.map_or_else(Cell::missing, |(_, cell)| *cell)
        };
        areas.iter().map(of_area).collect()
    }
}

impl Matrix {
    fn pairs(&self) -> usize {
        self.flows.len() * self.flows.len().saturating_sub(1)
    }

    /// The flows between different areas.
    fn between(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        let rows = self.flows.iter().enumerate();
        let cells =
            rows.flat_map(|(from, row)| row.iter().enumerate().map(move |(to, flow)| (from, to, *flow)));
        cells.filter(|(from, to, _)| from != to)
    }

    fn all(&self) -> f64 {
        self.between().map(|(.., flow)| flow).sum()
    }

    fn net(&self) -> f64 {
        let mut net = vec![0.0; self.flows.len()];
        for (from, to, flow) in self.between() {
            net[from] -= flow;
            net[to] += flow;
        }
        net.into_iter().map(f64::abs).sum()
    }

    fn value(&self, function: Flows) -> Option<f64> {
        let (areas, all) = (self.flows.len() as f64, self.all());
        let persons: f64 = self.populations.iter().sum();
        let pairs = self.pairs() as f64;
        let size = |area: usize| self.populations[area];
        (self.flows.len() > 1).then(|| match function {
            Flows::Intensity => 100.0 * all / persons,
            Flows::Courgeau => 100.0 * all / persons / (areas * areas).ln(),
            Flows::Effectiveness => 100.0 * self.net() / (2.0 * all),
            Flows::NetRate => 100.0 * 0.5 * self.net() / persons,
            Flows::Preference => {
                let shares = |from, to| size(from) / persons * size(to) / persons;
                self.between().map(|(from, to, flow)| flow / (all * shares(from, to))).sum()
            }
            Flows::Velocity => {
                self.between().map(|(from, to, flow)| flow * persons / (size(from) * size(to))).sum()
            }
            Flows::Connectivity => self.between().filter(|(.., flow)| *flow > 0.0).count() as f64 / pairs,
            Flows::Inequality => {
                self.between().map(|(.., flow)| (flow / all - 1.0 / pairs).abs()).sum::<f64>() / 2.0
            }
            Flows::Gini => self.gini(pairs, all / pairs),
            Flows::Variation => {
                let mean = all / pairs;
                let squares: f64 = self.between().map(|(.., flow)| (flow - mean) * (flow - mean)).sum();
                (squares / pairs).sqrt() / mean
            }
        })
    }

    /// From the flows in order: Σ |m − m'| over all pairs is 2 Σ (2 i − k − 1) m, i being the place of m.
    fn gini(&self, pairs: f64, mean: f64) -> f64 {
        let mut flows: Vec<f64> = self.between().map(|(.., flow)| flow).collect();
        flows.sort_by(f64::total_cmp);
        let places = (1..).map(f64::from).zip(flows);
        let differences: f64 = places.map(|(place, flow)| (2.0 * place - pairs - 1.0) * flow).sum();
        2.0 * differences / (2.0 * pairs * pairs * mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures of the R package migest for three areas.
    #[test]
    fn of_three_areas() {
        let matrix = Matrix {
            flows: vec![vec![0.0, 10.0, 30.0], vec![20.0, 0.0, 40.0], vec![50.0, 0.0, 0.0]],
            populations: vec![1000.0, 2000.0, 3000.0],
        };
        let table = [
            (Flows::Intensity, 2.5),
            (Flows::Courgeau, 1.137799),
            (Flows::Effectiveness, 33.333333),
            (Flows::NetRate, 0.833333),
            (Flows::Preference, 11.6),
            (Flows::Velocity, 0.29),
            (Flows::Connectivity, 0.833333),
            (Flows::Inequality, 0.3),
            (Flows::Gini, 0.388889),
            (Flows::Variation, 0.683130),
        ];
        for (function, expected) in table {
            let found = matrix.value(function).unwrap();
            assert!((found - expected).abs() < 1e-6, "{function:?} {found}");
        }
    }
}
