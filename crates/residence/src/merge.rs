//! Two histories of one person that are both possible, and what they agree on.

use crate::classification::Columns;

/// Keeps what two runs over the same events agree on. The earlier day on which both agree is the later of the two on which each
/// was settled.
pub(crate) fn keep_agreed(one: &mut Columns<'_>, other: &Columns<'_>) {
    for event in 0..one.migration.len() {
        agree(&mut one.status_before[event], other.status_before[event]);
        agree(&mut one.status_after[event], other.status_after[event]);
        agree(&mut one.migration[event], other.migration[event]);
        let settled = one.status_decided_on[event].max(other.status_decided_on[event]);
        one.status_decided_on[event] = one.status_after[event].and(settled);
        let settled = one.migration_decided_on[event].max(other.migration_decided_on[event]);
        one.migration_decided_on[event] = one.migration[event].and(settled);
    }
}

/// Keeps what holds for all histories between two extremes, one with the least and one with the most days in the country.
///
/// More days in the country never make a resident into a non-resident, so a status on which the extremes agree holds for all between
/// them. A migration on which they agree need not: somebody who is resident throughout under one and never under the other may move
/// under a third. It is known only where the status before and after is.
pub(crate) fn keep_bounded(lower: &mut Columns<'_>, upper: &Columns<'_>) {
    for event in 0..lower.migration.len() {
        agree(&mut lower.status_before[event], upper.status_before[event]);
        agree(&mut lower.status_after[event], upper.status_after[event]);
        let settled = lower.status_decided_on[event].max(upper.status_decided_on[event]);
        let (before, after) = (lower.status_before[event], lower.status_after[event]);
        let migration = before.zip(after).map(|(before, after)| before != after);
        lower.status_decided_on[event] = after.and(settled);
        lower.migration[event] = migration;
        lower.migration_decided_on[event] = migration.and(settled);
    }
}

fn agree<T: Copy + PartialEq>(one: &mut Option<T>, other: Option<T>) {
    if *one != other {
        *one = None;
    }
}
