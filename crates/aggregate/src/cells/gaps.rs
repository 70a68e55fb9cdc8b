//! Codes of which a source has no cell at one time, though it has at others: a region that did not answer in one year. A sum of that
//! time is of the others, and looks like one of all.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{Code, Diagnostic, Table, columns};
use polars::prelude::*;

use super::Cells;
use super::absent::are_parts_of_years;
use crate::counts::{EXACT, dimension, internal};
use crate::value::{Levels, Value};

/// Of the sum at a neighbouring time, the part from which on a code is hardly nobody: one in so many.
const ONE_IN: i128 = 100;

/// Gaps that are named in a message.
const MOST_EXAMPLES: usize = 5;

/// Times from which on one without a code is an exception.
const LEAST_TIMES: usize = 3;

/// What the cells of one code come to at each time, by their places in the order of times.
type AtTimes = BTreeMap<usize, i128>;

/// A code that has no cell at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Gap {
    /// The time, by its place in the order of times.
    time: usize,
    /// The code, by its index.
    code: u32,
    /// A time beside it at which the code has cells.
    beside: usize,
}

impl Cells {
    /// What is to be said where a table adds up over codes of which one has no cell at a time, though it has before and after, and is no
    /// small part there: a sum of that time may be without it. It stays as it is, for the code may be nobody there.
    ///
    /// # Errors
    ///
    /// Only faults of the program.
    pub fn sums_without_codes(&self, table: &Table) -> Result<Option<Diagnostic>, Diagnostic> {
        let is_of_codes = |position: &usize| {
            let (name, levels) = &self.key[*position];
            columns::name_in_file(name).is_none() && !are_parts_of_years(name, levels)
        };
        // Years that are added up are no times at which sums stand; years beside their total are.
        let summed = self.summed(table);
        let times = [columns::YEAR, columns::REFERENCE_DATE].map(|name| self.position(name).ok());
        for time in times.into_iter().flatten().filter(|time| !summed.contains(time)) {
            let positions = self.added_over(table).into_iter().filter(is_of_codes);
            for position in positions.filter(|position| *position != time) {
                let told = self.gaps_over(table, position, time);
                let told = told.map_err(|error| internal("cells of a table", &error))?;
                if told.is_some() {
                    return Ok(told);
                }
            }
        }
        Ok(None)
    }

    fn gaps_over(&self, table: &Table, position: usize, time: usize) -> PolarsResult<Option<Diagnostic>> {
        let (name, levels) = &self.key[position];
        let times = &self.key[time].1;
        let order = in_order(times);
        let gaps = gaps(&self.at_times(table, position, (time, &order))?);
        if gaps.is_empty() {
            return Ok(None);
        }
        let said = |gap: &Gap| {
            let [at, beside] = [gap.time, gap.beside].map(|time| text(times, order[time]));
            format!("`{}` at `{at}`, though some are at `{beside}`", text(levels, gap.code))
        };
        let examples: Vec<String> = gaps.iter().take(MOST_EXAMPLES).map(said).collect();
        let others = gaps.len() - examples.len();
        let more = if others > 0 { format!(", and {others} others") } else { String::new() };
        let message = format!(
            "`{}` adds cells of `{}` up over `{name}`, and a code has none at one time",
            table.name, self.source.name
        );
        let help = format!(
            "nothing is to be done where it is nobody there; else the sums of that time lack it: leave the time out with a step `filter`, \
             or show `{name}` without its total"
        );
        let warning = Diagnostic::warning(Code::IncompleteSum, message);
        Ok(Some(warning.note(format!("no cell is of {}{more}", examples.join(", "))).help(help)))
    }

    /// What the cells of each code come to at each time. Whether a code is there is asked of all cells of the source: of one
    /// community a region may have nobody.
    fn at_times(
        &self,
        table: &Table,
        position: usize,
        (time, order): (usize, &[u32]),
    ) -> PolarsResult<BTreeMap<u32, AtTimes>> {
        let (name, levels) = &self.key[position];
        let is_asked = |column: &str| column == name || column == self.key[time].0;
        let frame = self.of_all_places(table, is_asked)?;
        let frame = frame.select([col(dimension(time)), col(dimension(position)), col(EXACT)]).collect()?;
        let times = frame.column(&dimension(time))?.u32()?.iter();
        let codes = frame.column(&dimension(position))?.u32()?.iter();
        let places: BTreeMap<u32, usize> = order.iter().copied().zip(0..).collect();
        let mut met = BTreeMap::<u32, AtTimes>::new();
        for ((time, code), value) in times.zip(codes).zip(frame.column(EXACT)?.i64()?.iter()) {
            let Some((place, code)) = time.and_then(|time| places.get(&time)).zip(code) else { continue };
            if levels.values().get(code as usize).is_some_and(Value::is_detail) {
                let sum = met.entry(code).or_default().entry(*place).or_default();
                *sum += i128::from(value.unwrap_or_default());
            }
        }
        Ok(met)
    }
}

/// The indices of times in their order.
fn in_order(times: &Levels) -> Vec<u32> {
    let details = times.values().iter().enumerate().filter(|(_, value)| value.is_detail());
    let mut order: Vec<(String, u32)> = details.map(|(index, value)| (value.text(), index as u32)).collect();
    order.sort();
    order.into_iter().map(|(_, index)| index).collect()
}

fn text(levels: &Levels, index: u32) -> String {
    levels.values().get(index as usize).map(Value::text).unwrap_or_default()
}

/// The codes that are not there at a time, though before and after it; or only at the first or last time, unless another code is
/// there in their place.
fn gaps(met: &BTreeMap<u32, AtTimes>) -> Vec<Gap> {
    let times: BTreeSet<usize> = met.values().flat_map(|of_code| of_code.keys().copied()).collect();
    let sum_at = |time: usize| met.values().filter_map(|of_code| of_code.get(&time)).sum::<i128>();
    let sums: BTreeMap<usize, i128> = times.iter().map(|time| (*time, sum_at(*time))).collect();
    let has_other_codes =
        |time: usize| met.values().any(|of_code| of_code.len() == 1 && of_code.contains_key(&time));
    let mut gaps = Vec::new();
    for (code, of_code) in met {
        for time in times.iter().copied().filter(|time| !of_code.contains_key(time)) {
            let before = of_code.range(..time).next_back();
            let after = of_code.range(time..).next();
            let is_exception =
                times.len() >= LEAST_TIMES && of_code.len() + 1 == times.len() && !has_other_codes(time);
            if (before.is_none() || after.is_none()) && !is_exception {
                continue;
            }
            let is_no_small_part =
                |(beside, value): &(&usize, &i128)| **value > 0 && **value * ONE_IN >= sums[beside];
            if let Some((beside, _)) = before.into_iter().chain(after).find(is_no_small_part) {
                gaps.push(Gap { time, code: *code, beside: *beside });
            }
        }
    }
    gaps.sort();
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For each code, what it has at the times 0, 1, …; and the gaps: time and code.
    #[test]
    fn codes_that_are_not_there_at_one_time() {
        type Case<'a> = (&'a [&'a [Option<i128>]], &'a [(usize, u32)]);
        let table: [Case<'_>; 10] = [
            (&[&[Some(50), Some(50)], &[Some(50), Some(50)]], &[]),
            (&[&[Some(50), None, Some(50)], &[Some(50), Some(50), Some(50)]], &[(1, 0)]),
            // A hundredth part, and less.
            (&[&[Some(1), None, Some(1)], &[Some(99), Some(99), Some(99)]], &[(1, 0)]),
            (&[&[Some(1), None, Some(1)], &[Some(100), Some(99), Some(100)]], &[]),
            (&[&[Some(0), None, Some(1)], &[Some(100), Some(99), Some(99)]], &[(1, 0)]),
            // At an end a series may begin, or end.
            (&[&[Some(5), None], &[Some(5), Some(5)]], &[]),
            (&[&[Some(5), Some(5), None], &[Some(5), Some(5), Some(5)]], &[(2, 0)]),
            (&[&[None, Some(5), Some(5)], &[Some(5), Some(5), Some(5)]], &[(0, 0)]),
            (&[&[Some(5), None, None], &[Some(5), Some(5), Some(5)]], &[]),
            // Another one in its place.
            (&[&[Some(5), Some(5), None], &[Some(5), Some(5), Some(5)], &[None, None, Some(6)]], &[]),
        ];
        for (written, expected) in table {
            let of_code = |values: &&[Option<i128>]| -> AtTimes {
                values.iter().enumerate().filter_map(|(time, value)| Some((time, (*value)?))).collect()
            };
            let met: BTreeMap<u32, AtTimes> = (0..).zip(written.iter().map(of_code)).collect();
            let found: Vec<(usize, u32)> = gaps(&met).iter().map(|gap| (gap.time, gap.code)).collect();
            assert_eq!(found, expected, "{written:?}");
        }
    }
}
