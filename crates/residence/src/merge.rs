//! One history from two initial statuses that are both possible, and what they agree on.

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

fn agree<T: Copy + PartialEq>(one: &mut Option<T>, other: Option<T>) {
    if *one != other {
        *one = None;
    }
}
