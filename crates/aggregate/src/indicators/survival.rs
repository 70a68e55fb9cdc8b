//! How many are still there after a time, from spells that have ended and spells that are not over (Kaplan-Meier), and how many of
//! all have ended, where all were observed so long.
//!
//! At risk at a duration are all spells that last at least so long. A spell that is censored at a duration was at risk of an event
//! there. Spells of which the duration is not stated are in neither, and a suppressed or missing count hides all that rests on it:
//! the value there and at every longer duration, and, being at risk, at every shorter one.

use denizen_spec::{Diagnostic, SpellEnds};

use super::Inputs;
use super::rows::{Cell, Outcome, Place, Sum, Told};
use crate::cell_columns::Found;
use crate::counts::internal;
use crate::status::Status;
use crate::value::Value;

/// The spells of one duration.
struct AtDuration {
    row: usize,
    duration: i64,
    events: Sum,
    all: Sum,
}

impl AtDuration {
    fn has_events(&self) -> bool {
        self.events.count > 0 || self.events.is_hidden()
    }
}

pub(super) fn survival(
    inputs: &Inputs<'_>,
    along: &[usize],
    event: &str,
    function: SpellEnds,
) -> Result<Found, Diagnostic> {
    let [duration, outcome] = along else { return Err(internal("survival", &"it has two dimensions")) };
    let groups = inputs.groups(along);
    let (durations, outcomes) = (groups.indices(*duration), groups.indices(*outcome));
    let event = inputs.dimensions[*outcome].index(&Value::code(event));
    let mut told = Told::default();
    for group in &groups.bounds {
        let mut spells: Vec<AtDuration> = Vec::new();
        for (row, cell) in groups.at(group, &[Place::Code, Place::LeftOver]) {
            let Value::Number(duration) = inputs.dimensions[*duration].values()[durations[row] as usize]
            else {
                continue;
            };
            let is_event = Some(outcomes[row]) == event;
            add(&mut spells, row, duration, cell, is_event);
        }
        let is_whole = groups.is_whole(group, inputs.complete);
        let not_stated = groups.not_stated(group, inputs.complete);
        spells.sort_by_key(|spells| spells.duration);
        let outcomes = match function {
            SpellEnds::Survival => estimated(&spells),
            SpellEnds::Ended => ended(&spells),
        };
        for (row, outcome) in outcomes {
            let is_missing = outcome.reason.is_some() || !is_whole;
            let value = outcome.value.filter(|_| is_whole);
            let reason = is_missing.then_some(Status::MISSING);
            told.push(row, Outcome { value, reason, not_stated, ..outcome });
        }
    }
    Ok(groups.finish(told, inputs, &[*outcome]))
}

fn add(spells: &mut Vec<AtDuration>, row: usize, duration: i64, cell: Cell, is_event: bool) {
    if spells.iter().all(|known| known.duration != duration) {
        spells.push(AtDuration { row, duration, events: Sum::of([]), all: Sum::of([]) });
    }
    // How long spells will last is provisional by its nature. That they have lasted so long, and are at risk, is not.
    let flag = if cell.flag == Status::PROVISIONAL.bits() { Status::NORMAL.bits() } else { cell.flag };
    for known in spells.iter_mut().filter(|known| known.duration == duration) {
        known.all = known.all.plus(Cell { flag, ..cell }, 1);
        if is_event {
            known.events = known.events.plus(cell, 1);
        }
    }
}

/// The estimate at each duration with an event: Π (1 − d / n) over the durations up to it.
fn estimated(spells: &[AtDuration]) -> Vec<(usize, Outcome)> {
    let whole = spells.iter().fold(Sum::of([]), |sum, spells| sum.and(spells.all, 1));
    let (mut at_risk, mut ended) = (whole.count, Sum::of([]));
    let (mut survival, mut told) = (1.0, Vec::new());
    for spells in spells {
        ended = ended.and(spells.events, 1);
        if spells.has_events() {
            survival *= 1.0 - spells.events.count as f64 / at_risk as f64;
            let outcome = Outcome {
                value: whole.known().map(|_| survival),
                base: whole.known().and(i64::try_from(at_risk).ok()),
                n: spells.events.shown(),
                hidden: whole.is_hidden(),
                flag: whole.flag.max(ended.flag),
                reason: whole.is_missing.then_some(Status::MISSING),
                ..Outcome::default()
            };
            told.push((spells.row, outcome));
        }
        at_risk -= spells.all.count;
    }
    told
}

/// Percent that have ended up to each duration with an event. Where some spells are not over at a shorter one, nobody knows.
fn ended(spells: &[AtDuration]) -> Vec<(usize, Outcome)> {
    let whole = spells.iter().fold(Sum::of([]), |sum, spells| sum.and(spells.all, 1));
    let (mut ended, mut all_so_far, mut told) = (Sum::of([]), Sum::of([]), Vec::new());
    for spells in spells {
        let is_observed = ended.count == all_so_far.count;
        ended = ended.and(spells.events, 1);
        all_so_far = all_so_far.and(spells.all, 1);
        if spells.has_events() {
            let outcome = Outcome::ratio(100.0, ended, whole);
            let hidden = outcome.hidden || whole.is_hidden();
            let value = outcome.value.filter(|_| is_observed && !hidden);
            let reason = outcome.reason.or((!is_observed && !hidden).then_some(Status::MISSING));
            // By how many have ended so far the ratio would be told that is not known.
            let n = outcome.n.filter(|_| is_observed);
            told.push((spells.row, Outcome { value, n, hidden, reason, ..outcome }));
        }
    }
    told
}
