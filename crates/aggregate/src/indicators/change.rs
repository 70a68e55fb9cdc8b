//! Change: from a count to the one some years later, absolute or in percent of the earlier.
//!
//! Only times that the table has are compared. In a table of records a cell that is not there counts nobody, so that
//! those who are new and those who are gone change too; in a published table nobody knows. Across a break in the series
//! nothing is compared: the value is left open, with the publisher's flag. Growth from nothing has no percent.

use denizen_spec::{ChangeKind, Date};
use polars::prelude::*;

use super::{FLAG, Inputs, REASON, ROUGH, none, own};
use crate::counts::{CONCEPT, dimension, mapped, packed};
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::publish::{BASE, HIDDEN, PART, STATUS, VALUE};
use crate::status::Status;
use crate::value::{Levels, Value};

/// One number for each cell, and the next for the next time of the same cell.
const CELL: &str = "cell";
/// One number for each time of a part and concept.
const PERIOD: &str = "period";
const BEFORE: &str = "before";
const BEFORE_HIDDEN: &str = "before hidden";
const BEFORE_FLAG: &str = "before flag";

pub(super) fn change(
    inputs: &Inputs<'_>,
    time: usize,
    kind: ChangeKind,
    lag: i64,
) -> PolarsResult<LazyFrame> {
    let now = inputs.keyed(time)?;
    let before = inputs.moved(&now, time, lag)?.lazy();
    let now = now.lazy();
    let periods = now.clone().group_by([col(PERIOD)]).agg([]);
    let earlier = before.clone().select([
        col(CELL),
        col(SHOWN).alias(BEFORE),
        col(SUPPRESSED).alias(BEFORE_HIDDEN),
        col(STATUS).alias(BEFORE_FLAG),
    ]);
    let mut pairs = vec![now.clone().inner_join(earlier, col(CELL), col(CELL))];
    if inputs.complete {
        let nobody = |count: &str, hidden: &str, flag: &str| {
            [
                lit(0_i64).cast(DataType::Int64).alias(count),
                lit(false).alias(hidden),
                own(Status::NORMAL).alias(flag),
            ]
        };
        let moved_periods = before.clone().group_by([col(PERIOD)]).agg([]);
        let new = now.clone().anti_join(before.clone(), col(CELL), col(CELL));
        let new = new.semi_join(moved_periods, col(PERIOD), col(PERIOD));
        pairs.push(new.with_columns(nobody(BEFORE, BEFORE_HIDDEN, BEFORE_FLAG)));
        let gone = before.clone().anti_join(now.clone(), col(CELL), col(CELL));
        let gone = gone.semi_join(periods, col(PERIOD), col(PERIOD));
        let gone = gone.with_columns([
            col(SHOWN).alias(BEFORE),
            col(SUPPRESSED).alias(BEFORE_HIDDEN),
            col(STATUS).alias(BEFORE_FLAG),
        ]);
        pairs.push(gone.with_columns(nobody(SHOWN, SUPPRESSED, STATUS)));
    }
    let columns: Vec<Expr> =
        inputs.key().into_iter().chain([CELL, SHOWN, SUPPRESSED, STATUS].map(col)).collect();
    let columns: Vec<Expr> =
        columns.into_iter().chain([BEFORE, BEFORE_HIDDEN, BEFORE_FLAG].map(col)).collect();
    // Where a count is not known there is nothing to be hidden either.
    let is_known = |count: &str, hidden: &str| col(count).is_not_null().or(col(hidden));
    let are_known = is_known(SHOWN, SUPPRESSED).and(is_known(BEFORE, BEFORE_HIDDEN));
    let known = |pairs: LazyFrame| pairs.select(&columns).filter(are_known.clone());
    let pairs: Vec<LazyFrame> = pairs.into_iter().map(known).collect();
    let pairs =
        concat(pairs, UnionArgs::default())?.left_join(inputs.breaks(time, lag)?, col(CELL), col(CELL));
    Ok(with_changes(pairs, kind))
}

/// The value of each pair.
fn with_changes(pairs: LazyFrame, kind: ChangeKind) -> LazyFrame {
    let difference = || (col(SHOWN) - col(BEFORE)).cast(DataType::Float64);
    let (value, base) = match kind {
        ChangeKind::Absolute => (difference(), none(DataType::Int64)),
        ChangeKind::Percent => {
            let percent = lit(100.0) * difference() / col(BEFORE).cast(DataType::Float64);
            let percent = when(col(BEFORE).gt(lit(0_i64))).then(percent).otherwise(none(DataType::Float64));
            (percent, col(BEFORE))
        }
    };
    let flag = when(col(STATUS).gt_eq(col(BEFORE_FLAG))).then(col(STATUS)).otherwise(col(BEFORE_FLAG));
    pairs.with_columns([
        when(col(REASON).is_null()).then(value).otherwise(none(DataType::Float64)).alias(VALUE),
        base.alias(BASE),
        col(SUPPRESSED).or(col(BEFORE_HIDDEN)).alias(HIDDEN),
        lit(false).alias(ROUGH),
        flag.alias(FLAG),
    ])
}

impl Inputs<'_> {
    /// The counts with [`CELL`] and [`PERIOD`], of which the time is the last digit.
    fn keyed(&self, time: usize) -> PolarsResult<DataFrame> {
        let mut frame = self.frame.clone();
        let part = || [(PART.into(), self.parts), (CONCEPT.into(), self.concepts)];
        let size = |position: usize| (dimension(position), self.dimensions[position].len());
        let others = (0..self.dimensions.len()).filter(|position| *position != time).map(size);
        let cell: Vec<_> = part().into_iter().chain(others).chain([size(time)]).collect();
        let period: Vec<_> = part().into_iter().chain([size(time)]).collect();
        for (name, key) in [(CELL, cell), (PERIOD, period)] {
            let key = packed(&frame, &key)?.with_name(name.into());
            frame.with_column(key.into_column())?;
        }
        Ok(frame)
    }

    /// The counts shifted by a number of years, as far as the table has that time.
    fn moved(&self, frame: &DataFrame, time: usize, years: i64) -> PolarsResult<DataFrame> {
        let name = dimension(time);
        let later = mapped(frame.column(&name)?, &later(&self.dimensions[time], years))?;
        let mut frame = frame.clone();
        frame.with_column(later.with_name("later".into()))?;
        let moved = |key: &str| {
            (col(key) + col("later").cast(DataType::Int64) - col(name.clone()).cast(DataType::Int64))
                .alias(key)
        };
        let frame = frame.lazy().filter(col("later").is_not_null());
        let frame = frame.with_columns([moved(CELL), moved(PERIOD)]);
        frame.with_column(col("later").alias(name.clone())).collect()
    }

    /// The cells whose series breaks off between the two times: [`CELL`], and the publisher's flag as [`REASON`].
    fn breaks(&self, time: usize, lag: i64) -> PolarsResult<LazyFrame> {
        let statuses = self.frame.column(STATUS)?.unique()?;
        let mut is_break = lit(false);
        for bits in statuses.u32()?.iter().flatten() {
            if Status::from_bits(bits).has(Status::BREAK) {
                is_break = is_break.or(col(STATUS).eq(lit(bits)));
            }
        }
        let broken = self.keyed(time)?.lazy().filter(is_break).collect()?;
        let moved = (0..lag).map(|years| Ok(self.moved(&broken, time, years)?.lazy()));
        let moved = concat(moved.collect::<PolarsResult<Vec<_>>>()?, UnionArgs::default())?;
        Ok(moved.group_by([col(CELL)]).agg([col(STATUS).max().alias(REASON)]))
    }
}

/// For each time, the index of the time a given number of years later.
fn later(levels: &Levels, years: i64) -> Vec<Option<u32>> {
    let later = |value: &Value| match value {
        Value::Number(year) => year.checked_add(years).map(Value::Number),
        Value::Day(days) => {
            let date = Date::from_days(*days)?;
            let date = Date { year: date.year + i32::try_from(years).ok()?, ..date };
            date.days().map(Value::Day)
        }
        Value::Code(_) | Value::NotStated => None,
    };
    levels.values().iter().map(|value| levels.index(&later(value)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
