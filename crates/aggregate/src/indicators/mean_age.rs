//! Mean age: Σ n · m / Σ n, m being the middle of a group of exact ages.
//!
//! Completed ages `a` to `b` are exact ages from a up to b + 1, so that their middle is (a + b + 1) / 2, and a + 0.5 for a
//! single year; ISTAT's means of foreign residents are met only so. An open group has no middle: it is ended by
//! `close_open_group_at`, and the mean is then an estimate. Cells of a publication that do not add up to their total, or
//! have none, may be a selection of ages: their mean is missing.

use denizen_spec::{CLOSE_OPEN_GROUP_AT, Code, Diagnostic, IndicatorUse};
use polars::prelude::*;

use super::{FLAG, GROUP, Inputs, REASON, ROUGH, none, own};
use crate::counts::{EXACT, dimension, index, internal, mapped};
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::publish::{BASE, HIDDEN, STATUS, VALUE};
use crate::status::Status;
use crate::sums;
use crate::value::Value;

/// First exact age of a group, and the first that is above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ages {
    from: i64,
    to: i64,
    /// Whether the group has no end of its own.
    open: bool,
}

/// Twice the middle of a group.
const TWICE: &str = "twice";
const OPEN: &str = "open";
const UNKNOWN: &str = "unknown";
const COUNT: &str = "count";
const YEARS: &str = "years";
const TOTAL: &str = "total";
const PARTS: &str = "parts";

/// Counts that can be multiplied by any age.
const LARGEST: i64 = 1_000_000_000_000_000;

pub(super) fn mean_age(
    inputs: &Inputs<'_>,
    along: usize,
    asked: &IndicatorUse,
) -> Result<LazyFrame, Diagnostic> {
    let broken = |error: PolarsError| internal("mean age", &error);
    if inputs.is_too_large().map_err(broken)? {
        return Err(refused("its counts are too large to be multiplied by ages"));
    }
    let groups = inputs.groups_of_ages(along, asked.parameter(CLOSE_OPEN_GROUP_AT))?;
    inputs.means(along, &groups).map_err(broken)
}

impl Inputs<'_> {
    fn is_too_large(&self) -> PolarsResult<bool> {
        let shown = self.frame.column(SHOWN)?.i64()?;
        Ok(shown.max().is_some_and(|most| most > LARGEST)
            || shown.min().is_some_and(|least| least < -LARGEST))
    }

    /// The ages of each value of the dimension that occurs, open groups ended.
    fn groups_of_ages(&self, along: usize, end: Option<i64>) -> Result<Vec<Option<Ages>>, Diagnostic> {
        let levels = self.dimensions[along].values();
        let occurring = self.frame.column(&dimension(along)).and_then(|column| column.unique());
        let occurring = occurring.and_then(|indices| Ok(indices.u32()?.iter().flatten().collect::<Vec<_>>()));
        let mut ages = vec![None; levels.len()];
        for index in occurring.map_err(|error| internal("ages", &error))? {
            let value = &levels[index as usize];
            // A code such as `_X` states no age either.
            let is_residual = self.residuals.get(along).is_some_and(|residuals| residuals.contains(&index));
            if value.is_detail() && !is_residual {
                let read = ages_of(value).ok_or_else(|| refused(&format!("`{}` is no age", value.text())))?;
                ages[index as usize] = Some(ended(read, end)?);
            }
        }
        let mut stated: Vec<Ages> = ages.iter().flatten().copied().collect();
        stated.sort_by_key(|ages| ages.from);
        match stated.windows(2).find(|pair| pair[0].to > pair[1].from) {
            Some(pair) => Err(refused(&format!("two of its groups have the age {}", pair[1].from))),
            None => Ok(ages),
        }
    }

    fn means(&self, along: usize, ages: &[Option<Ages>]) -> PolarsResult<LazyFrame> {
        let mut frame = self.grouped(&[along])?.collect()?;
        let of_ages = |of: fn(Ages) -> u32| ages.iter().map(|ages| ages.map(of)).collect::<Vec<_>>();
        let middles = of_ages(|ages| (ages.from + ages.to) as u32);
        let open = of_ages(|ages| u32::from(ages.open));
        for (name, values) in [(TWICE, middles), (OPEN, open)] {
            let column = mapped(frame.column(&dimension(along))?, &values)?;
            frame.with_column(column.with_name(name.into()))?;
        }
        let is_known = || col(SHOWN).is_not_null();
        let details = frame.clone().lazy().filter(self.is_ranked(along));
        let details = details.with_columns([
            col(SHOWN).alias(COUNT),
            (col(SHOWN) * col(TWICE).cast(DataType::Int64)).alias(YEARS),
            (is_known().not().and(col(SUPPRESSED).not())).cast(DataType::UInt32).alias(UNKNOWN),
            when(col(SHOWN).neq_missing(lit(0_i64))).then(col(OPEN)).otherwise(index(0)).alias(OPEN),
            col(SUPPRESSED).cast(DataType::UInt32),
        ]);
        let details = details.with_columns(sums::halves(COUNT)).with_columns(sums::halves(YEARS));
        let key = self.key().into_iter().map(Expr::min);
        let found = [SUPPRESSED, UNKNOWN, OPEN, STATUS].map(|name| col(name).max());
        let sums = sums::added(COUNT).into_iter().chain(sums::added(YEARS));
        let groups = details.group_by([col(GROUP)]).agg(key.chain(found).chain(sums).collect::<Vec<_>>());
        let groups = groups.with_columns([sums::sum(COUNT).alias(COUNT), sums::sum(YEARS).alias(YEARS)]);
        let groups = groups.left_join(self.totals(along, frame.lazy()), col(GROUP), col(GROUP));
        Ok(self.told(along, groups))
    }

    /// The published total of each group, and what all that are not the total come to.
    fn totals(&self, along: usize, frame: LazyFrame) -> LazyFrame {
        let exact = |of: Expr| when(of).then(col(EXACT)).otherwise(none(DataType::Int64));
        let is_total = || self.is_total(along);
        let frame =
            frame.select([col(GROUP), exact(is_total()).alias(TOTAL), exact(is_total().not()).alias(PARTS)]);
        let sums = [col(TOTAL).max()].into_iter().chain(sums::added(PARTS));
        let frame =
            frame.with_columns(sums::halves(PARTS)).group_by([col(GROUP)]).agg(sums.collect::<Vec<_>>());
        frame.select([col(GROUP), col(TOTAL), sums::sum(PARTS).alias(PARTS)])
    }

    fn told(&self, along: usize, groups: LazyFrame) -> LazyFrame {
        let is_whole =
            if self.complete { lit(true) } else { col(TOTAL).eq(col(PARTS)).fill_null(lit(false)) };
        let is_known = || col(UNKNOWN).eq(lit(0_u32)).and(is_whole.clone()).and(col(YEARS).is_not_null());
        let value = col(YEARS).cast(DataType::Float64) / (lit(2.0) * col(COUNT).cast(DataType::Float64));
        let value = when(is_known().and(col(COUNT).gt(lit(0_i64)))).then(value);
        let reason = when(is_known()).then(none(DataType::UInt32)).otherwise(own(Status::MISSING));
        groups.with_columns([
            value.otherwise(none(DataType::Float64)).alias(VALUE),
            col(SUPPRESSED).gt(lit(0_u32)).alias(HIDDEN),
            reason.alias(REASON),
            when(is_known()).then(col(COUNT)).otherwise(none(DataType::Int64)).alias(BASE),
            col(OPEN).gt(lit(0_u32)).alias(ROUGH),
            col(STATUS).alias(FLAG),
            self.total(along),
        ])
    }
}

/// Reads `34`, `25-29`, `85+`, or a number.
fn ages_of(value: &Value) -> Option<Ages> {
    let text = match value {
        Value::Number(age) => age.to_string(),
        Value::Code(code) => code.clone(),
        Value::Day(_) | Value::NotStated => return None,
    };
    let age = |text: &str| text.parse::<i64>().ok().filter(|age| (0..150).contains(age));
    if let Some(from) = text.strip_suffix('+') {
        return Some(Ages { from: age(from)?, to: age(from)?, open: true });
    }
    let (from, last) = text.split_once('-').unwrap_or((&text, &text));
    let ages = Ages { from: age(from)?, to: age(last)? + 1, open: false };
    (ages.to > ages.from).then_some(ages)
}

/// An open group gets the end that the pipeline states.
fn ended(ages: Ages, end: Option<i64>) -> Result<Ages, Diagnostic> {
    match end {
        _ if !ages.open => Ok(ages),
        Some(end) if end > ages.from => Ok(Ages { to: end, ..ages }),
        _ => Err(refused(&format!("the group {}+ is open", ages.from))
            .help(format!("state an age above it: {{ name = \"mean_age\", {CLOSE_OPEN_GROUP_AT} = … }}"))),
    }
}

fn refused(reason: &str) -> Diagnostic {
    Diagnostic::error(Code::Indicator, "a mean age cannot be computed").note(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_as_they_are_written() {
        let table = [
            ("0", Some((0, 1, false))),
            ("34", Some((34, 35, false))),
            ("00-17", Some((0, 18, false))),
            ("25-29", Some((25, 30, false))),
            ("85+", Some((85, 85, true))),
            ("29-25", None),
            ("-5", None),
            ("Y_UN17", None),
            ("200+", None),
            ("", None),
        ];
        for (text, expected) in table {
            let found = ages_of(&Value::code(text)).map(|ages| (ages.from, ages.to, ages.open));
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(ages_of(&Value::Number(34)), ages_of(&Value::code("34")));
        assert_eq!(ages_of(&Value::Day(34)), None);
    }

    #[test]
    fn open_groups_are_ended() {
        let open = ages_of(&Value::code("60+")).unwrap();
        let table = [(None, None), (Some(60), None), (Some(61), Some(61)), (Some(100), Some(100))];
        for (end, expected) in table {
            assert_eq!(ended(open, end).ok().map(|ages| ages.to), expected, "{end:?}");
        }
    }
}
