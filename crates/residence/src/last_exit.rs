//! Left, and did not come back until the cut-off.

use crate::classification::Columns;
use crate::crossings::Direction;
use crate::history::{History, Kind};
use crate::rule::LastExitNoReturn;

/// Judges the crossings of one person up to the cut-off.
pub(crate) fn judge(history: History<'_>, rule: &LastExitNoReturn, cut_off: i32, out: &mut Columns<'_>) {
    let last = history.len() - 1;
    for event in 0..=last {
        out.migration[event] = Some(event == last && is_emigration(history, event, rule, cut_off));
        out.return_migration[event] = event > 0 && is_return(history, event, rule);
    }
}

fn is_emigration(history: History<'_>, event: usize, rule: &LastExitNoReturn, cut_off: i32) -> bool {
    let day = history.days[event];
    history.direction(event) == Direction::Departure
        && rule.period.is_none_or(|period| period.contains(day))
        && rule.minimum_absence.after(day) <= cut_off
}

/// An arrival whose preceding crossing, if it is on record, is a departure at least the minimum absence before.
fn is_return(history: History<'_>, event: usize, rule: &LastExitNoReturn) -> bool {
    history.direction(event) == Direction::Arrival
        && history.kind(event - 1) == Kind::Row
        && rule.minimum_absence.after(history.days[event - 1]) <= history.days[event]
}
