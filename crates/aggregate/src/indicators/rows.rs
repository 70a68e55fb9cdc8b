//! Counts one by one: the cells of a group, their sums, and what an indicator makes of them.
//!
//! Forms that fold or divide see plain numbers here, sorted by group. A sum knows what is missing in it and what is hidden, so
//! that no form can forget to ask.

use std::ops::Range;

use super::Inputs;
use crate::cell_columns::{CellRows, Found, Keys};
use crate::counts::{PackedKeys, order_of};
use crate::room;
use crate::status::Status;
use crate::value::Value;

pub(super) use crate::cell_columns::Cell;

/// A sum of counts, each with a factor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    /// Of what is shown.
    pub(super) count: i128,
    /// How many counts are in it.
    pub(super) parts: usize,
    /// How many of them are suppressed.
    pub(super) left_out: i64,
    /// Whether one of them is missing.
    pub(super) is_missing: bool,
    /// The weakest status of those that are shown.
    pub(super) flag: u32,
}

impl Sum {
    pub(super) fn of(cells: impl IntoIterator<Item = Cell>) -> Self {
        let nothing =
            Self { count: 0, parts: 0, left_out: 0, is_missing: false, flag: Status::NORMAL.bits() };
        cells.into_iter().fold(nothing, |sum, cell| sum.plus(cell, 1))
    }

    pub(super) fn plus(self, cell: Cell, times: i64) -> Self {
        let flag = if cell.shown.is_some() { self.flag.max(cell.flag) } else { self.flag };
        Self {
            count: self.count + i128::from(cell.shown.unwrap_or(0)) * i128::from(times),
            parts: self.parts + 1,
            left_out: self.left_out + i64::from(cell.hidden),
            is_missing: self.is_missing || (cell.shown.is_none() && !cell.hidden),
            flag,
        }
    }

    /// This sum and another one together, the other one times a factor.
    pub(super) fn and(self, other: Self, times: i64) -> Self {
        Self {
            count: self.count + other.count * i128::from(times),
            parts: self.parts + other.parts,
            left_out: self.left_out + other.left_out,
            is_missing: self.is_missing || other.is_missing,
            flag: self.flag.max(other.flag),
        }
    }

    pub(super) fn is_hidden(self) -> bool {
        self.left_out > 0
    }

    /// The sum, where all of it is there and shown.
    pub(super) fn known(self) -> Option<i128> {
        (!self.is_missing && !self.is_hidden()).then_some(self.count)
    }

    /// The sum as it may stand beside a value.
    pub(super) fn shown(self) -> Option<i64> {
        self.known().and_then(|count| i64::try_from(count).ok())
    }
}

/// What a row is along the dimensions of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The total of all of them.
    Total,
    /// A code.
    Code,
    /// A code for what is left over beside those that are of interest.
    LeftOver,
    /// Not stated in one of them.
    NotStated,
    /// The total of some, but not of all.
    Margin,
}

/// The counts, sorted by what they have in common: rows of groups are places in that order.
pub(super) struct Groups<'a> {
    rows: &'a CellRows,
    /// Of each place, the row of the table.
    order: Vec<u32>,
    places: Vec<Place>,
    /// The rows of each group.
    pub(super) bounds: Vec<Range<usize>>,
}

impl Inputs<'_> {
    /// The counts that agree in all dimensions but some.
    pub(super) fn groups(&self, along: &[usize]) -> Groups<'_> {
        let rows: &CellRows = &self.rows;
        let others = (0..self.dimensions.len()).filter(|position| !along.contains(position));
        let mut keys = PackedKeys::new(rows.len());
        keys.add(rows.keys.parts.iter().copied(), self.parts);
        keys.add(rows.keys.concepts.iter().copied(), self.concepts);
        let add = |keys: &mut PackedKeys, position: usize| {
            keys.add(rows.keys.dimensions[position].iter().copied(), self.dimensions[position].len());
        };
        others.for_each(|position| add(&mut keys, position));
        let groups = keys.so_far();
        // By their codes too: sums of doubles are to be the same however the rows came.
        along.iter().for_each(|position| add(&mut keys, *position));
        let order = order_of(&keys.finish());
        let mut bounds = Vec::new();
        let mut start = 0;
        for group in order.chunk_by(|one, other| groups[*one as usize] == groups[*other as usize]) {
            bounds.push(start..start + group.len());
            start += group.len();
        }
        let places = self.places(&order, along);
        Groups { rows, order, places, bounds }
    }

    fn places(&self, order: &[u32], along: &[usize]) -> Vec<Place> {
        let levels: Vec<Vec<Place>> = along.iter().map(|position| self.places_of_levels(*position)).collect();
        let columns = || along.iter().map(|position| &self.rows.keys.dimensions[*position]).zip(&levels);
        let place = |row: &u32| {
            let of_row = columns().map(|(column, levels)| levels[column[*row as usize] as usize]);
            of_row.reduce(together).unwrap_or(Place::Code)
        };
        room::collected(order.len(), order.iter().map(place))
    }

    fn places_of_levels(&self, position: usize) -> Vec<Place> {
        let residuals: &[u32] = self.residuals.get(position).map_or(&[], Vec::as_slice);
        let levels = (0..).zip(self.dimensions[position].values());
        let place = |(index, value): (u32, &Value)| match value {
            value if value.is_total() => Place::Total,
            value if !value.is_detail() => Place::NotStated,
            _ if residuals.contains(&index) => Place::LeftOver,
            _ => Place::Code,
        };
        levels.map(place).collect()
    }
}

fn together(one: Place, other: Place) -> Place {
    use Place::{Code, LeftOver, Margin, NotStated, Total};
    match (one, other) {
        (Total, Total) => Total,
        (Margin, _) | (_, Margin) | (Total, _) | (_, Total) => Margin,
        (NotStated, _) | (_, NotStated) => NotStated,
        (LeftOver, _) | (_, LeftOver) => LeftOver,
        (Code, Code) => Code,
    }
}

impl Groups<'_> {
    pub(super) fn cell(&self, row: usize) -> Cell {
        self.rows.cell(self.order[row] as usize)
    }

    /// Of each row, the index of its code along a dimension.
    pub(super) fn indices(&self, position: usize) -> Vec<u32> {
        let column = &self.rows.keys.dimensions[position];
        room::collected(self.order.len(), self.order.iter().map(|row| column[*row as usize]))
    }

    /// What tells the rows apart.
    pub(super) fn keys(&self) -> Keys {
        self.rows.keys.take(&self.order)
    }

    /// The outcomes at the codes of rows of groups; some of the dimensions stand at their total.
    pub(super) fn finish(&self, mut told: Told, inputs: &Inputs<'_>, at_total: &[usize]) -> Found {
        told.rows.iter_mut().for_each(|row| *row = self.order[*row as usize]);
        told.finish(inputs, &self.rows.keys, at_total)
    }

    /// The counts of a group whose place is one of these.
    pub(super) fn at<'g>(
        &'g self,
        group: &Range<usize>,
        places: &'g [Place],
    ) -> impl Iterator<Item = (usize, Cell)> + 'g {
        group.clone().filter(|row| places.contains(&self.places[*row])).map(|row| (row, self.cell(row)))
    }

    /// The sum of the counts of a group at some places.
    pub(super) fn sum(&self, group: &Range<usize>, places: &[Place]) -> Sum {
        let rows = group.clone().filter(|row| places.contains(&self.places[*row]));
        Sum::of(rows.map(|row| self.cell(row)))
    }

    /// How many state no code; none where nobody says so.
    pub(super) fn not_stated(&self, group: &Range<usize>, complete: bool) -> Option<i64> {
        let sum = self.sum(group, &[Place::NotStated]);
        if sum.parts == 0 && !complete { None } else { sum.shown() }
    }

    /// Whether a group has a count for all codes together.
    pub(super) fn has_total(&self, group: &Range<usize>) -> bool {
        self.places[group.clone()].contains(&Place::Total)
    }

    /// Whether the counts of a group are all that there are: those of records are, those of a publication where they add up
    /// to their total.
    pub(super) fn is_whole(&self, group: &Range<usize>, complete: bool) -> bool {
        let exact = |places: &[Place]| {
            let rows = group.clone().filter(|row| places.contains(&self.places[*row]));
            let counts: Vec<i128> = rows.filter_map(|row| self.cell(row).exact).map(i128::from).collect();
            (counts.len(), counts.iter().sum::<i128>())
        };
        let total = exact(&[Place::Total]);
        let parts = exact(&[Place::Code, Place::LeftOver, Place::NotStated]);
        complete || (total.0 == 1 && total.1 == parts.1)
    }
}

/// What an indicator comes to for a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub(super) value: Option<f64>,
    pub(super) base: Option<i64>,
    pub(super) n: Option<i64>,
    pub(super) not_stated: Option<i64>,
    pub(super) hidden: bool,
    /// Whether it leaves something out, or rests on an assumption.
    pub(super) rough: bool,
    pub(super) flag: u32,
    /// Why it is not there although nothing is hidden; its row is left out where there is no reason either.
    pub(super) reason: Option<Status>,
}

impl Default for Outcome {
    fn default() -> Self {
        let (value, base, n, not_stated, reason) = (None, None, None, None, None);
        let flag = Status::NORMAL.bits();
        Self { value, base, n, not_stated, hidden: false, rough: false, flag, reason }
    }
}

impl Outcome {
    /// A quotient, where numerator and denominator are known and the denominator is above zero.
    pub(super) fn ratio(times: f64, of: Sum, to: Sum) -> Self {
        let known = of.known().zip(to.known()).filter(|(_, to)| *to > 0);
        Self {
            value: known.map(|(of, to)| times * of as f64 / to as f64),
            base: to.shown(),
            n: of.shown(),
            hidden: of.is_hidden() || to.is_hidden(),
            flag: of.flag.max(to.flag),
            reason: (of.is_missing || to.is_missing).then_some(Status::MISSING),
            ..Self::default()
        }
    }
}

/// Outcomes, each at the codes of a row.
#[derive(Default)]
pub(super) struct Told {
    rows: Vec<u32>,
    /// Without keys.
    found: Found,
}

impl Told {
    /// An outcome at the codes of a row. What is published of a value is decided here, for every form alike: its row is left out where it
    /// is not there and nothing says why.
    pub(super) fn push(&mut self, row: usize, outcome: Outcome) {
        let value = outcome.value.filter(|value| value.is_finite() && !outcome.hidden);
        let is_rough = outcome.rough && outcome.flag < Status::ESTIMATED.bits();
        let status = match value {
            Some(_) if is_rough => Some(Status::ESTIMATED.bits()),
            Some(_) => Some(outcome.flag),
            None if outcome.hidden => Some(Status::SUPPRESSED.bits()),
            None => outcome.reason.map(Status::bits),
        };
        let Some(status) = status else { return };
        room::push(&mut self.rows, row as u32);
        self.found.values.push(value);
        self.found.bases.push(outcome.base);
        self.found.n.push(outcome.n);
        self.found.not_stated.push(outcome.not_stated);
        room::push(&mut self.found.statuses, status);
        room::push(&mut self.found.hidden, outcome.hidden);
    }

    /// The outcomes with their keys; some of the dimensions stand at their total.
    pub(super) fn finish(self, inputs: &Inputs<'_>, keys: &Keys, at_total: &[usize]) -> Found {
        let mut keys = keys.take(&self.rows);
        for position in at_total {
            // All levels have it.
            let total = inputs.dimensions[*position].total().unwrap_or_default();
            keys.dimensions[*position].fill(total);
        }
        Found { keys, ..self.found }
    }
}
