//! Counts one by one: the cells of a group, their sums, and what an indicator makes of them.
//!
//! Forms that fold or divide see plain numbers here, sorted by group. A sum knows what is missing in it and what is hidden, so
//! that no form can forget to ask.

use std::ops::Range;

use polars::prelude::*;

use super::{FLAG, GROUP, Inputs, N, NOT_STATED, REASON, ROUGH};
use crate::counts::{CONCEPT, EXACT, dimension, packed, sorted};
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::publish::{BASE, HIDDEN, PART, STATUS, VALUE};
use crate::status::Status;

/// A count that an indicator is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// As it is shown; none where it is suppressed or missing.
    pub(super) shown: Option<i64>,
    pub(super) exact: Option<i64>,
    /// Whether it is suppressed.
    pub(super) hidden: bool,
    /// Bits of its status.
    pub(super) flag: u32,
}

impl Cell {
    /// A cell of records that is not there.
    pub(super) fn nobody() -> Self {
        Self { shown: Some(0), exact: Some(0), hidden: false, flag: Status::NORMAL.bits() }
    }

    /// The same at a time of which others are provisional, where that is open: somebody may still come.
    pub(super) fn nobody_at(is_open: bool) -> Self {
        let flag = if is_open { Status::PROVISIONAL } else { Status::NORMAL };
        Self { flag: flag.bits(), ..Self::nobody() }
    }

    /// A cell that nobody published.
    pub(super) fn missing() -> Self {
        Self { shown: None, exact: None, hidden: false, flag: Status::MISSING.bits() }
    }
}

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

/// The counts, sorted by what they have in common.
pub(super) struct Groups {
    pub(super) frame: DataFrame,
    pub(super) cells: Vec<Cell>,
    pub(super) places: Vec<Place>,
    /// The rows of each group.
    pub(super) bounds: Vec<Range<usize>>,
}

impl Inputs<'_> {
    /// The counts that agree in all dimensions but some.
    pub(super) fn groups(&self, along: &[usize]) -> PolarsResult<Groups> {
        let frame = self.grouped(along)?.collect()?;
        let groups: Vec<i64> = frame.column(GROUP)?.i64()?.iter().map(Option::unwrap_or_default).collect();
        // By their codes too: sums of doubles are to be the same however the rows came.
        let sizes = along.iter().map(|position| (dimension(*position), self.dimensions[*position].len()));
        let codes = packed(&frame, &sizes.collect::<Vec<_>>())?;
        let frame = sorted(&frame, groups.iter().zip(codes.iter()))?;
        let keys: Vec<i64> = frame.column(GROUP)?.i64()?.iter().map(Option::unwrap_or_default).collect();
        let mut bounds = Vec::new();
        let mut start = 0;
        for group in keys.chunk_by(|one, other| one == other) {
            bounds.push(start..start + group.len());
            start += group.len();
        }
        let (cells, places) = (cells(&frame)?, self.places(&frame, along)?);
        Ok(Groups { frame, cells, places, bounds })
    }

    fn places(&self, frame: &DataFrame, along: &[usize]) -> PolarsResult<Vec<Place>> {
        let mut places: Option<Vec<Place>> = None;
        for position in along {
            let of_levels = self.places_of_levels(*position);
            let found: Vec<Place> =
                indices(frame, *position)?.into_iter().map(|index| of_levels[index as usize]).collect();
            places = Some(match places {
                None => found,
                Some(places) => {
                    places.into_iter().zip(found).map(|(one, other)| together(one, other)).collect()
                }
            });
        }
        Ok(places.unwrap_or_else(|| vec![Place::Code; frame.height()]))
    }

    fn places_of_levels(&self, position: usize) -> Vec<Place> {
        let residuals: &[u32] = self.residuals.get(position).map_or(&[], Vec::as_slice);
        let levels = (0..).zip(self.dimensions[position].values());
        let place = |(index, value): (u32, &crate::value::Value)| match value {
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

/// A column of a dimension.
pub(super) fn indices(frame: &DataFrame, position: usize) -> PolarsResult<Vec<u32>> {
    let column = frame.column(&dimension(position))?.u32()?;
    Ok(column.iter().map(Option::unwrap_or_default).collect())
}

pub(super) fn cells(frame: &DataFrame) -> PolarsResult<Vec<Cell>> {
    let (shown, exact) = (frame.column(SHOWN)?.i64()?, frame.column(EXACT)?.i64()?);
    let (hidden, flags) = (frame.column(SUPPRESSED)?.bool()?, frame.column(STATUS)?.u32()?);
    let rows = shown.iter().zip(exact.iter()).zip(hidden.iter().zip(flags.iter()));
    let cell = |((shown, exact), (hidden, flag)): ((_, _), (Option<bool>, Option<u32>))| Cell {
        shown,
        exact,
        hidden: hidden.unwrap_or_default(),
        flag: flag.unwrap_or_default(),
    };
    Ok(rows.map(cell).collect())
}

impl Groups {
    /// The counts of a group whose place is one of these.
    pub(super) fn at<'g>(
        &'g self,
        group: &Range<usize>,
        places: &'g [Place],
    ) -> impl Iterator<Item = (usize, Cell)> + 'g {
        group.clone().filter(|row| places.contains(&self.places[*row])).map(|row| (row, self.cells[row]))
    }

    /// The sum of the counts of a group at some places.
    pub(super) fn sum(&self, group: &Range<usize>, places: &[Place]) -> Sum {
        let rows = group.clone().filter(|row| places.contains(&self.places[*row]));
        Sum::of(rows.map(|row| self.cells[row]))
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
            let counts: Vec<i128> = rows.filter_map(|row| self.cells[row].exact).map(i128::from).collect();
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
    rows: Vec<IdxSize>,
    outcomes: Vec<Outcome>,
}

impl Told {
    /// An outcome at the codes of a row.
    pub(super) fn push(&mut self, row: usize, outcome: Outcome) {
        self.rows.push(row as IdxSize);
        self.outcomes.push(outcome);
    }

    /// The outcomes as a frame; some of the dimensions stand at their total.
    pub(super) fn finish(
        self,
        inputs: &Inputs<'_>,
        frame: &DataFrame,
        at_total: &[usize],
    ) -> PolarsResult<LazyFrame> {
        let names = (0..inputs.dimensions.len()).map(dimension);
        let names = names.chain([CONCEPT, PART].map(PlSmallStr::from_static));
        let keys = frame.select(names)?.take(&IdxCa::from_vec("row".into(), self.rows))?;
        let outcomes = &self.outcomes;
        let number = |name: &str, of: fn(&Outcome) -> Option<i64>| {
            Int64Chunked::from_iter_options(name.into(), outcomes.iter().map(of)).into_column()
        };
        let truth = |name: &str, of: fn(&Outcome) -> bool| {
            BooleanChunked::from_iter_values(name.into(), outcomes.iter().map(of)).into_column()
        };
        let values = outcomes.iter().map(|outcome| outcome.value.filter(|value| value.is_finite()));
        let reasons = outcomes.iter().map(|outcome| outcome.reason.map(Status::bits));
        let mut columns = vec![
            Float64Chunked::from_iter_options(VALUE.into(), values).into_column(),
            number(BASE, |outcome| outcome.base),
            number(N, |outcome| outcome.n),
            number(NOT_STATED, |outcome| outcome.not_stated),
            truth(HIDDEN, |outcome| outcome.hidden),
            truth(ROUGH, |outcome| outcome.rough),
            UInt32Chunked::from_vec(FLAG.into(), outcomes.iter().map(|outcome| outcome.flag).collect())
                .into_column(),
            UInt32Chunked::from_iter_options(REASON.into(), reasons).into_column(),
        ];
        let mut all = keys.columns().to_vec();
        all.append(&mut columns);
        let frame = DataFrame::new(outcomes.len(), all)?.lazy();
        Ok(frame.with_columns(at_total.iter().map(|position| inputs.total(*position)).collect::<Vec<_>>()))
    }
}
