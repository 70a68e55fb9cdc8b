//! Migrations that are followed: which cells a later edition changes, though all migrations of their year are known.

use denizen_spec::DurationsIn;
use polars::prelude::{DataFrame, PolarsResult, UInt32Chunked};

use crate::counts::dimension;
use crate::period::last_day;
use crate::value::{Levels, Value};

/// A table in which migrations are followed, as far as the rule has judged crossings.
pub(crate) struct OpenDurations<'a> {
    pub(crate) durations: DurationsIn,
    /// The last day whose crossings the rule can judge, whatever comes later.
    pub(crate) decided_until: i32,
    pub(crate) dimensions: &'a [Levels],
    /// The dimension of the years of the migrations.
    pub(crate) time: Option<usize>,
}

/// A column of indices, and what they stand for.
struct Indices<'a> {
    indices: &'a UInt32Chunked,
    values: &'a [Value],
}

impl<'a> Indices<'a> {
    fn value(&self, row: usize) -> Option<&'a Value> {
        Some(&self.values[self.indices.get(row)? as usize])
    }
}

impl OpenDurations<'_> {
    /// Marks the rows of a frame that are open, whatever they are marked as.
    pub(crate) fn mark(&self, frame: &DataFrame, open: &mut [bool]) -> PolarsResult<()> {
        let column = |position: Option<usize>| -> PolarsResult<Option<Indices<'_>>> {
            let Some(position) = position else { return Ok(None) };
            let indices = frame.column(&dimension(position))?.u32()?;
            Ok(Some(Indices { indices, values: self.dimensions[position].values() }))
        };
        let (times, durations, outcomes) =
            (column(self.time)?, column(self.durations.duration)?, column(self.durations.outcome)?);
        for (row, open) in open.iter_mut().enumerate() {
            let [time, duration, outcome] =
                [&times, &durations, &outcomes].map(|of| of.as_ref().and_then(|of| of.value(row)));
            *open |= self.is_open(time, duration, outcome);
        }
        Ok(())
    }

    /// Whether a cell may change: nothing where the table has no such dimension.
    fn is_open(&self, time: Option<&Value>, duration: Option<&Value>, outcome: Option<&Value>) -> bool {
        let is_total = |value: Option<&Value>| value.is_none_or(Value::is_total);
        if is_total(duration) && is_total(outcome) {
            return false;
        }
        let (Some(Value::Number(year)), Some(Value::Number(units))) = (time, duration) else { return true };
        let (last, units) = (last_day(*year), i32::try_from(*units).unwrap_or(i32::MAX - 1));
        let is_over = |units: i32| {
            last.is_some_and(|last| self.durations.unit.span(units).after(last) <= self.decided_until + 1)
        };
        match outcome {
            Some(Value::Code(code)) if code == "ended" => !is_over(units),
            // Who has been away for just so long is among them until the next unit is over.
            _ if is_total(outcome) => !is_over(units + 1),
            // What is not over, or not known, may be told otherwise by the next edition.
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use denizen_spec::Date;

    use super::*;

    /// Crossings can be judged up to 1 September 2008: of those who left in 2000, all were observed for seven years.
    #[test]
    fn cells_are_open_until_all_of_a_year_are_observed_so_long() {
        let decided_until = Date { year: 2008, month: 9, day: 1 }.days().unwrap();
        let unit = denizen_spec::DurationUnit::Years;
        let durations = DurationsIn { unit, duration: Some(1), outcome: Some(2) };
        let open = OpenDurations { durations, decided_until, dimensions: &[], time: Some(0) };
        let table = [
            ("2000", "7", "ended", false),
            ("2000", "8", "ended", true),
            ("2000", "6", "_T", false),
            ("2000", "7", "_T", true),
            ("2000", "7", "not_over", true),
            ("2000", "_T", "ended", true),
            ("2000", "_T", "_T", false),
            ("2000", "_U", "undecided", true),
            ("_T", "1", "ended", true),
            ("_T", "_T", "_T", false),
        ];
        for (time, duration, outcome, expected) in table {
            let value = |text: &str| text.parse().map_or_else(|_| Value::code(text), Value::Number);
            let (time, duration, outcome) = (value(time), value(duration), value(outcome));
            let found = open.is_open(Some(&time), Some(&duration), Some(&outcome));
            assert_eq!(found, expected, "{time:?} {duration:?} {outcome:?}");
        }
    }
}
