//! Change: from a count to a later one, absolute, in percent, for each year between, or as an index.
//!
//! Only times that the table has are compared. In a table of records a cell that is not there counts nobody, so that
//! those who are new and those who are gone change too; in a published table nobody knows. Across a break in the series
//! nothing is compared: the value is left open, with the publisher's flag, or that of a break that the pipeline declares.
//! Growth from nothing has no percent.

use std::borrow::Cow;
use std::collections::HashSet;

use ahash::RandomState;
use denizen_spec::{ChangeKind, Date, Earlier, IndicatorUse, SINCE};

use super::Inputs;
use super::other::{PartTimes, open_parts};
use super::rows::{Cell, Outcome, Told};
use crate::cell_columns::{CellRows, Found, Keys};
use crate::counts::{PackedKeys, order_of};
use crate::status::Status;
use crate::value::Value;

/// Which earlier time each time of a table is compared with.
pub(super) struct Moves {
    /// Of each level, the index of the earlier time.
    earlier: Vec<Option<u32>>,
    /// Of each level, the years between.
    years: Vec<f64>,
    /// Of each level, whether the pipeline declares a break between.
    broken: Vec<bool>,
}

impl Moves {
    pub(super) fn new(inputs: &Inputs<'_>, time: usize, from: Earlier, asked: &IndicatorUse) -> Self {
        let levels = &inputs.dimensions[time];
        let since = asked.parameter(SINCE).unwrap_or_default();
        let earlier = |value: &Value| {
            let years = match from {
                Earlier::Lag(years) => years,
                Earlier::Since => year(value)?.checked_sub(since).filter(|years| *years >= 0)?,
            };
            Some((levels.index(&moved(value, -years)?)?, years))
        };
        let found: Vec<_> = levels.values().iter().map(earlier).collect();
        let is_broken = |(value, found): (&Value, &Option<(u32, i64)>)| {
            let now = year(value).zip(found.as_ref()).map(|(now, (_, years))| (now - years, now));
            let breaks = &inputs.table.breaks;
            now.is_some_and(|(then, now)| breaks.iter().any(|year| then < *year && *year <= now))
        };
        Self {
            broken: levels.values().iter().zip(&found).map(is_broken).collect(),
            years: found.iter().map(|found| found.map_or(0.0, |(_, years)| years as f64)).collect(),
            earlier: found.into_iter().map(|found| found.map(|(index, _)| index)).collect(),
        }
    }

    pub(super) fn earlier(&self, later: u32) -> Option<u32> {
        self.earlier.get(later as usize).copied().flatten()
    }

    pub(super) fn is_broken(&self, later: u32) -> bool {
        self.broken.get(later as usize).copied().unwrap_or_default()
    }

    /// The times that are compared with an earlier one.
    fn later(&self, earlier: u32) -> impl Iterator<Item = u32> + '_ {
        let found = (0..).zip(&self.earlier);
        found.filter(move |(_, known)| **known == Some(earlier)).map(|(later, _)| later)
    }
}

pub(super) fn change(inputs: &Inputs<'_>, time: usize, kind: ChangeKind, moves: &Moves) -> Found {
    let rows = inputs.with_those_who_are_gone(time, moves);
    let series = Series::new(inputs, &rows.keys, time);
    let broken = inputs.broken_cells(time, moves);
    let periods = inputs.periods(time);
    let open = open_parts(&rows, Some(time));
    let mut told = Told::default();
    for (row, now) in rows.keys.dimensions[time].iter().copied().enumerate() {
        let Some(earlier) = moves.earlier(now) else { continue };
        let part = rows.keys.part_of(row);
        let before = match series.at(row, now, earlier) {
            Some(before) => rows.cell(before),
            None if inputs.complete && periods.contains(&(part, earlier)) => {
                Cell::nobody_at(open.contains(&(part, earlier)))
            }
            None => continue,
        };
        let is_broken = moves.is_broken(now) || broken.contains(&series.keys[row]);
        let years = moves.years[now as usize];
        if let Some(outcome) = changed(kind, rows.cell(row), before, years) {
            let outcome = Outcome { reason: is_broken.then_some(Status::BREAK), ..outcome };
            told.push(row, Outcome { value: outcome.value.filter(|_| !is_broken), ..outcome });
        }
    }
    told.finish(inputs, &rows.keys, &[])
}

/// Rows by cell and time, so that the same cell is found at another time.
pub(super) struct Series {
    /// One number for each row, and the next for the next time of the same cell.
    pub(super) keys: Vec<i64>,
    order: Vec<u32>,
    /// Of each row, its place in the order.
    places: Vec<u32>,
}

impl Series {
    pub(super) fn new(inputs: &Inputs<'_>, keys: &Keys, time: usize) -> Self {
        let keys = inputs.keys_of_times(keys, time, |_| false);
        let order = order_of(&keys);
        let mut places = vec![0; order.len()];
        (0..).zip(&order).for_each(|(place, row)| places[*row as usize] = place);
        Self { order, places, keys }
    }

    /// The row of the cell of a row at another time.
    pub(super) fn at(&self, row: usize, time: u32, other: u32) -> Option<usize> {
        let times = i64::from(other) - i64::from(time);
        let key = self.keys[row] + times;
        // No two rows have one number, so that places are not further apart than numbers.
        let (place, reach) = (self.places[row] as usize, times.unsigned_abs() as usize);
        let near = &self.order[place.saturating_sub(reach)..(place + reach + 1).min(self.order.len())];
        let found = near.binary_search_by_key(&key, |row| self.keys[*row as usize]).ok()?;
        Some(near[found] as usize)
    }
}

/// The change of a count from the one before. Where a count is not known there is nothing to be hidden either.
fn changed(kind: ChangeKind, now: Cell, before: Cell, years: f64) -> Option<Outcome> {
    let is_known = |cell: Cell| cell.shown.is_some() || cell.hidden;
    if !is_known(now) || !is_known(before) {
        return None;
    }
    let needs_years = match kind {
        ChangeKind::AnnualPercent | ChangeKind::AnnualExponential => true,
        ChangeKind::Absolute | ChangeKind::Percent | ChangeKind::Index => false,
    };
    if needs_years && years <= 0.0 {
        return None;
    }
    let counts = now.shown.zip(before.shown);
    let quotient = counts.filter(|(_, then)| *then > 0).map(|(now, then)| (now as f64, then as f64));
    let value = match kind {
        ChangeKind::Absolute => counts.map(|(now, then)| now.wrapping_sub(then) as f64),
        ChangeKind::Percent => {
            let percent = |(now, then): (i64, i64)| 100.0 * now.wrapping_sub(then) as f64 / then as f64;
            counts.filter(|(_, then)| *then > 0).map(percent)
        }
        ChangeKind::Index => quotient.map(|(now, then)| 100.0 * now / then),
        ChangeKind::AnnualPercent => {
            quotient.map(|(now, then)| 100.0 * ((now / then).powf(1.0 / years) - 1.0))
        }
        ChangeKind::AnnualExponential => quotient.map(|(now, then)| 100.0 * (now / then).ln() / years),
    };
    let base = match kind {
        ChangeKind::Absolute => None,
        ChangeKind::Percent
        | ChangeKind::Index
        | ChangeKind::AnnualPercent
        | ChangeKind::AnnualExponential => before.shown,
    };
    let hidden = now.hidden || before.hidden;
    Some(Outcome { value, base, n: now.shown, hidden, flag: now.flag.max(before.flag), ..Outcome::default() })
}

impl Inputs<'_> {
    /// One number for each row, and the next for the next time of the same cell; of cells that differ in some dimensions only, where
    /// these are `apart`.
    fn keys_of_times(&self, keys: &Keys, time: usize, is_apart: impl Fn(usize) -> bool) -> Vec<i64> {
        let mut packed = PackedKeys::new(keys.len());
        packed.add(keys.parts.iter().copied(), self.parts);
        packed.add(keys.concepts.iter().copied(), self.concepts);
        let others = (0..self.dimensions.len()).filter(|position| *position != time && !is_apart(*position));
        for position in others.chain([time]) {
            packed.add(keys.dimensions[position].iter().copied(), self.dimensions[position].len());
        }
        packed.finish()
    }

    /// The times that each part and concept has.
    fn periods(&self, time: usize) -> PartTimes {
        let keys = &self.rows.keys;
        (0..keys.len()).map(|row| (keys.part_of(row), keys.dimensions[time][row])).collect()
    }

    /// The counts, and of records nobody where there was somebody at an earlier time and there is no cell now: provisional where others
    /// of that time are, for somebody may still come.
    fn with_those_who_are_gone(&self, time: usize, moves: &Moves) -> Cow<'_, CellRows> {
        let rows: &CellRows = &self.rows;
        if !self.complete {
            return Cow::Borrowed(rows);
        }
        let periods = self.periods(time);
        let open = open_parts(rows, Some(time));
        let keys = self.keys_of_times(&rows.keys, time, |_| false);
        let known: HashSet<i64, RandomState> = keys.iter().copied().collect();
        let mut all = rows.clone();
        for (row, key) in keys.into_iter().enumerate() {
            let (part, now) = (rows.keys.part_of(row), rows.keys.dimensions[time][row]);
            for later in moves.later(now) {
                let key = key + i64::from(later) - i64::from(now);
                if periods.contains(&(part, later)) && !known.contains(&key) {
                    let mut codes = rows.keys.codes_of(row);
                    codes[time] = later;
                    all.push(part, &codes, Cell::nobody_at(open.contains(&(part, later))));
                }
            }
        }
        Cow::Owned(all)
    }

    /// The cells, by the keys of [`Series`], whose series its publisher has broken between the two times.
    pub(super) fn broken_cells(&self, time: usize, moves: &Moves) -> HashSet<i64, RandomState> {
        self.broken_among(time, moves, |_| false, |_| true)
    }

    /// The groups of cells that differ along some dimensions only, whose total its publisher has broken between the two times;
    /// and the group of each of some rows.
    pub(super) fn broken_totals(
        &self,
        time: usize,
        moves: &Moves,
        along: &[usize],
        of: &Keys,
    ) -> (HashSet<i64, RandomState>, Vec<i64>) {
        let is_apart = |position: usize| along.contains(&position) && position != time;
        let totals = along.iter().filter(|position| **position != time);
        let totals: Vec<_> = totals.map(|position| (*position, self.dimensions[*position].total())).collect();
        let is_total = |row: usize| {
            let mut totals = totals.iter();
            totals.all(|(position, total)| Some(self.rows.keys.dimensions[*position][row]) == *total)
        };
        (self.broken_among(time, moves, is_apart, is_total), self.keys_of_times(of, time, is_apart))
    }

    fn broken_among(
        &self,
        time: usize,
        moves: &Moves,
        is_apart: impl Fn(usize) -> bool,
        is_asked: impl Fn(usize) -> bool,
    ) -> HashSet<i64, RandomState> {
        let mut broken = HashSet::default();
        let is_break = |bits: u32| Status::from_bits(bits).has(Status::BREAK);
        if !self.rows.flags().iter().any(|bits| is_break(*bits)) {
            return broken;
        }
        let keys = self.keys_of_times(&self.rows.keys, time, is_apart);
        let times = &self.rows.keys.dimensions[time];
        for (row, _) in
            self.rows.flags().iter().enumerate().filter(|(row, bits)| is_break(**bits) && is_asked(*row))
        {
            let between = (0..).zip(&moves.earlier).filter_map(|(later, earlier)| Some((later, (*earlier)?)));
            let between = between.filter(|(later, earlier)| *earlier < times[row] && times[row] <= *later);
            broken.extend(between.map(|(later, _)| keys[row] + i64::from(later) - i64::from(times[row])));
        }
        broken
    }
}

/// The year of a time.
fn year(value: &Value) -> Option<i64> {
    match value {
        Value::Number(year) => Some(*year),
        Value::Day(days) => Date::from_days(*days).map(|date| i64::from(date.year)),
        Value::Code(_) | Value::NotStated => None,
    }
}

/// The time a given number of years later, on the same day.
fn moved(value: &Value, years: i64) -> Option<Value> {
    match value {
        Value::Number(year) => year.checked_add(years).map(Value::Number),
        Value::Day(days) => {
            let date = Date::from_days(*days)?;
            let date = Date { year: date.year + i32::try_from(years).ok()?, ..date };
            date.days().map(Value::Day)
        }
        Value::Code(_) | Value::NotStated => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Levels;

    /// For each time, the index of the time a given number of years later.
    fn later(levels: &Levels, years: i64) -> Vec<Option<u32>> {
        levels.values().iter().map(|value| levels.index(&moved(value, years)?)).collect()
    }

    #[test]
    fn years_later() {
        let day = |year, month, day| Value::Day(Date { year, month, day }.days().unwrap());
        let days =
            [day(2007, 12, 31), day(2008, 2, 29), day(2008, 12, 31), day(2009, 1, 1), day(2009, 12, 31)];
        let numbers = [Value::Number(2004), Value::Number(2005), Value::Number(2007), Value::total()];
        let table = [
            (Levels::new(days.clone()), 1, vec![Some(2), None, Some(4), None, None]),
            (Levels::new(days), 2, vec![Some(4), None, None, None, None]),
            (Levels::new(numbers.clone()), 1, vec![Some(1), None, None, None]),
            (Levels::new(numbers), 0, vec![Some(0), Some(1), Some(2), None]),
        ];
        for (levels, years, expected) in table {
            assert_eq!(later(&levels, years), expected, "{years} {levels:?}");
        }
    }
}
