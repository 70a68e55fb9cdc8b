//! Difference: by how much another indicator differs from its value a year before.
//!
//! Only where both are given: who had no rank has not risen. Across a break in the series nothing is compared.

use denizen_spec::{Diagnostic, Earlier, IndicatorUse};
use polars::prelude::*;

use super::Inputs;
use super::change::Moves;
use super::rows::{Outcome, Told, indices};
use crate::counts::{CONCEPT, dimension, internal, packed};
use crate::publish::{HIDDEN, N, PART, STATUS, VALUE};
use crate::status::Status;

/// The difference to a year before of what [`super::compute`] has found for an indicator.
pub(super) fn difference(
    inputs: &Inputs<'_>,
    asked: &IndicatorUse,
    along: &[usize],
    found: LazyFrame,
    times: f64,
) -> Result<LazyFrame, Diagnostic> {
    let broken = |error: PolarsError| internal(&format!("indicator `{}`", asked.indicator.name), &error);
    let time = inputs.time()?;
    let moves = Moves::new(inputs, time, Earlier::Lag(1), asked);
    differences(inputs, time, &moves, along, found.collect().map_err(broken)?, times).map_err(broken)
}

fn differences(
    inputs: &Inputs<'_>,
    time: usize,
    moves: &Moves,
    along: &[usize],
    found: DataFrame,
    times: f64,
) -> PolarsResult<LazyFrame> {
    let size = |position: usize| (dimension(position), inputs.dimensions[position].len());
    let others = (0..inputs.dimensions.len()).filter(|position| *position != time).map(size);
    let key = [(PART.into(), inputs.parts), (CONCEPT.into(), inputs.concepts)];
    let key: Vec<_> = key.into_iter().chain(others).chain([size(time)]).collect();
    let keys: Vec<i64> = packed(&found, &key)?.iter().map(Option::unwrap_or_default).collect();
    let mut rows: Vec<(i64, usize)> = keys.iter().copied().zip(0..).collect();
    rows.sort_unstable();
    let times_of_rows = indices(&found, time)?;
    let values: Vec<Option<f64>> = found.column(VALUE)?.f64()?.iter().collect();
    let flags: Vec<Option<u32>> = found.column(STATUS)?.u32()?.iter().collect();
    let hidden: Vec<Option<bool>> = found.column(HIDDEN)?.bool()?.iter().collect();
    let n: Vec<Option<i64>> = found.column(N)?.i64()?.iter().collect();
    let broken = inputs.broken_cells(time, moves)?;
    // What is divided by a total, or compared with all others, breaks with these.
    let (broken_totals, groups) = inputs.broken_totals(time, moves, along, &found)?;
    let mut told = Told::default();
    for (key, row) in keys.iter().zip(0..found.height()) {
        let Some(earlier) = moves.earlier(times_of_rows[row]) else { continue };
        let earlier = key + i64::from(earlier) - i64::from(times_of_rows[row]);
        let Ok(place) = rows.binary_search_by_key(&earlier, |(key, _)| *key) else { continue };
        let before = rows[place].1;
        let is_broken = moves.is_broken(times_of_rows[row])
            || broken.contains(key)
            || broken_totals.contains(&groups[row]);
        // Plus nothing: there is no change of -0.
        let value = values[row].zip(values[before]).map(|(now, then)| times * (now - then) + 0.0);
        told.push(
            row,
            Outcome {
                value: value.filter(|_| !is_broken),
                hidden: hidden[row].unwrap_or_default() || hidden[before].unwrap_or_default(),
                flag: flags[row].max(flags[before]).unwrap_or_default(),
                n: n[row],
                reason: is_broken.then_some(Status::BREAK),
                ..Outcome::default()
            },
        );
    }
    told.finish(inputs, &found, &[])
}
