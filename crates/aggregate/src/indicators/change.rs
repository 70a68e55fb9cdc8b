//! Change: from a count to a later one, absolute, in percent, for each year between, or as an index.
//!
//! Only times that the table has are compared. In a table of records a cell that is not there counts nobody, so that
//! those who are new and those who are gone change too; in a published table nobody knows. Across a break in the series
//! nothing is compared: the value is left open, with the publisher's flag, or that of a break that the pipeline declares.
//! Growth from nothing has no percent.

use std::collections::BTreeSet;

use denizen_spec::{ChangeKind, Date, Earlier, IndicatorUse, SINCE};
use polars::prelude::*;

use super::Inputs;
use super::other::open_parts;
use super::rows::{Cell, Outcome, Told, cells, indices};
use crate::counts::{CONCEPT, EXACT, dimension, packed};
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::publish::{PART, STATUS};
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

pub(super) fn change(
    inputs: &Inputs<'_>,
    time: usize,
    kind: ChangeKind,
    moves: &Moves,
) -> PolarsResult<LazyFrame> {
    let frame =
        if inputs.complete { inputs.with_those_who_are_gone(time, moves)? } else { inputs.plain()? };
    let keys = inputs.keys(&frame, time)?;
    let mut places: Vec<(i64, usize)> = keys.iter().copied().zip(0..).collect();
    places.sort_unstable();
    let (cells, times) = (cells(&frame)?, indices(&frame, time)?);
    let broken = inputs.broken_cells(time, moves)?;
    let periods = inputs.periods(time)?;
    let parts: Vec<(u32, u32)> = inputs.parts_of(&frame)?;
    let open = open_parts(&frame, &parts, Some(time))?;
    let mut told = Told::default();
    for row in 0..frame.height() {
        let Some(earlier) = moves.earlier(times[row]) else { continue };
        let key = keys[row] + i64::from(earlier) - i64::from(times[row]);
        let before = match places.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(place) => cells[places[place].1],
            Err(_) if inputs.complete && periods.contains(&(parts[row], earlier)) => {
                Cell::nobody_at(open.contains(&(parts[row], earlier)))
            }
            Err(_) => continue,
        };
        let is_broken = moves.is_broken(times[row]) || broken.contains(&keys[row]);
        let years = moves.years[times[row] as usize];
        if let Some(outcome) = changed(kind, cells[row], before, years) {
            let outcome = Outcome { reason: is_broken.then_some(Status::BREAK), ..outcome };
            told.push(row, Outcome { value: outcome.value.filter(|_| !is_broken), ..outcome });
        }
    }
    told.finish(inputs, &frame, &[])
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
    /// The counts, with the columns that are needed here.
    pub(super) fn plain(&self) -> PolarsResult<DataFrame> {
        let names = (0..self.dimensions.len()).map(dimension);
        let others = [CONCEPT, PART, SHOWN, EXACT, SUPPRESSED, STATUS].map(PlSmallStr::from_static);
        self.frame.select(names.chain(others))
    }

    /// One number for each cell, and the next for the next time of the same cell.
    fn keys(&self, frame: &DataFrame, time: usize) -> PolarsResult<Vec<i64>> {
        self.keys_without(frame, time, |_| false)
    }

    /// The same for cells that differ in some dimensions only.
    fn keys_without(
        &self,
        frame: &DataFrame,
        time: usize,
        is_apart: impl Fn(usize) -> bool,
    ) -> PolarsResult<Vec<i64>> {
        let size = |position: usize| (dimension(position), self.dimensions[position].len());
        let others = (0..self.dimensions.len()).filter(|position| *position != time && !is_apart(*position));
        let others = others.map(size);
        let parts = [(PART.into(), self.parts), (CONCEPT.into(), self.concepts)];
        let key: Vec<_> = parts.into_iter().chain(others).chain([size(time)]).collect();
        Ok(packed(frame, &key)?.iter().map(Option::unwrap_or_default).collect())
    }

    pub(super) fn parts_of(&self, frame: &DataFrame) -> PolarsResult<Vec<(u32, u32)>> {
        let column = |name: &str| Ok::<_, PolarsError>(frame.column(name)?.u32()?.clone());
        let (parts, concepts) = (column(PART)?, column(CONCEPT)?);
        let pairs = parts.iter().zip(concepts.iter());
        Ok(pairs.map(|(part, concept)| (part.unwrap_or_default(), concept.unwrap_or_default())).collect())
    }

    /// The times that each part and concept has.
    fn periods(&self, time: usize) -> PolarsResult<BTreeSet<((u32, u32), u32)>> {
        let times = indices(&self.frame, time)?;
        Ok(self.parts_of(&self.frame)?.into_iter().zip(times).collect())
    }

    /// The counts, and nobody where there was somebody at an earlier time and there is no cell now: provisional where others of that
    /// time are, for somebody may still come.
    fn with_those_who_are_gone(&self, time: usize, moves: &Moves) -> PolarsResult<DataFrame> {
        let plain = self.plain()?;
        let (times, parts) = (indices(&plain, time)?, self.parts_of(&plain)?);
        let periods = self.periods(time)?;
        let open = open_parts(&plain, &parts, Some(time))?;
        let known: BTreeSet<i64> = self.keys(&plain, time)?.into_iter().collect();
        let keys = self.keys(&plain, time)?;
        let (mut rows, mut later_times, mut flags) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..plain.height() {
            for later in moves.later(times[row]) {
                let key = keys[row] + i64::from(later) - i64::from(times[row]);
                if periods.contains(&(parts[row], later)) && !known.contains(&key) {
                    rows.push(row as IdxSize);
                    later_times.push(later);
                    flags.push(Cell::nobody_at(open.contains(&(parts[row], later))).flag);
                }
            }
        }
        let mut gone = plain.take(&IdxCa::from_vec("row".into(), rows))?;
        let height = gone.height();
        gone.with_column(UInt32Chunked::from_vec(dimension(time), later_times).into_column())?;
        for name in [SHOWN, EXACT] {
            gone.with_column(Int64Chunked::full(name.into(), 0, height).into_column())?;
        }
        gone.with_column(BooleanChunked::full(SUPPRESSED.into(), false, height).into_column())?;
        gone.with_column(UInt32Chunked::from_vec(STATUS.into(), flags).into_column())?;
        plain.vstack(&gone)
    }

    /// The cells, as [`Self::keys`] has them, whose series its publisher has broken between the two times.
    pub(super) fn broken_cells(&self, time: usize, moves: &Moves) -> PolarsResult<BTreeSet<i64>> {
        self.broken_among(time, moves, &self.keys(&self.frame, time)?, |_| true)
    }

    /// The groups of cells that differ along some dimensions only, whose total its publisher has broken between the two times;
    /// and the group of each row of a frame.
    pub(super) fn broken_totals(
        &self,
        time: usize,
        moves: &Moves,
        along: &[usize],
        frame: &DataFrame,
    ) -> PolarsResult<(BTreeSet<i64>, Vec<i64>)> {
        let is_apart = |position: usize| along.contains(&position) && position != time;
        let groups = |frame: &DataFrame| self.keys_without(frame, time, is_apart);
        let mut is_total = vec![true; self.frame.height()];
        for position in along.iter().copied().filter(|position| *position != time) {
            let total = self.dimensions[position].total();
            let codes = indices(&self.frame, position)?;
            is_total.iter_mut().zip(codes).for_each(|(is, code)| *is &= Some(code) == total);
        }
        let broken = self.broken_among(time, moves, &groups(&self.frame)?, |row| is_total[row])?;
        Ok((broken, groups(frame)?))
    }

    fn broken_among(
        &self,
        time: usize,
        moves: &Moves,
        keys: &[i64],
        is_asked: impl Fn(usize) -> bool,
    ) -> PolarsResult<BTreeSet<i64>> {
        let (flags, times) = (self.frame.column(STATUS)?.u32()?, indices(&self.frame, time)?);
        let is_break =
            |bits: Option<u32>| bits.is_some_and(|bits| Status::from_bits(bits).has(Status::BREAK));
        if !flags.iter().any(is_break) {
            return Ok(BTreeSet::new());
        }
        let mut broken = BTreeSet::new();
        for (row, _) in flags.iter().enumerate().filter(|(row, bits)| is_break(*bits) && is_asked(*row)) {
            let between = (0..).zip(&moves.earlier).filter_map(|(later, earlier)| Some((later, (*earlier)?)));
            let between = between.filter(|(later, earlier)| *earlier < times[row] && times[row] <= *later);
            broken.extend(between.map(|(later, _)| keys[row] + i64::from(later) - i64::from(times[row])));
        }
        Ok(broken)
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
