//! Difference: by how much another indicator differs from its value a year before.
//!
//! Only where both are given: who had no rank has not risen. Across a break in the series nothing is compared.

use denizen_spec::{Diagnostic, Earlier, IndicatorUse};

use super::Inputs;
use super::change::{Moves, Series};
use super::rows::{Outcome, Told};
use crate::cell_columns::Found;
use crate::status::Status;

/// The difference to a year before of what [`super::compute`] has found for an indicator.
pub(super) fn difference(
    inputs: &Inputs<'_>,
    asked: &IndicatorUse,
    along: &[usize],
    found: &Found,
    times: f64,
) -> Result<Found, Diagnostic> {
    let time = inputs.time()?;
    let moves = Moves::new(inputs, time, Earlier::Lag(1), asked);
    let series = Series::new(inputs, &found.keys, time);
    let of_rows = &found.keys.dimensions[time];
    let broken = inputs.broken_cells(time, &moves);
    // What is divided by a total, or compared with all others, breaks with these.
    let (broken_totals, groups) = inputs.broken_totals(time, &moves, along, &found.keys);
    let mut told = Told::default();
    for row in 0..found.len() {
        let Some(earlier) = moves.earlier(of_rows[row]) else { continue };
        let Some(before) = series.at(row, of_rows[row], earlier) else { continue };
        let is_broken = moves.is_broken(of_rows[row])
            || broken.contains(&series.keys[row])
            || broken_totals.contains(&groups[row]);
        // Plus nothing: there is no change of -0.
        let value = found.values.get(row).zip(found.values.get(before));
        let value = value.map(|(now, then)| times * (now - then) + 0.0);
        let outcome = Outcome {
            value: value.filter(|_| !is_broken),
            hidden: found.hidden[row] || found.hidden[before],
            flag: found.statuses[row].max(found.statuses[before]),
            n: found.n.get(row),
            reason: is_broken.then_some(Status::BREAK),
            ..Outcome::default()
        };
        told.push(row, outcome);
    }
    Ok(told.finish(inputs, &found.keys, &[]))
}
