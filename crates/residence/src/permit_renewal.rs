//! What became of a permit when it expired: another one followed, how much later, or none did.

use std::ops::Range;

use crate::day::{Comparison, Span};
use crate::error::Error;
use crate::permit::Permits;
use crate::rule::{check_day, check_span};

/// When a permit counts as renewed, and when it is too early to say that it was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenewalRule {
    /// From the last day of a permit to the first day of the next.
    pub gap: Span,
    /// Whether a gap of exactly this length is too long.
    pub comparison: Comparison,
    /// How long after its first day a permit may come into the archive.
    pub entry_lag: Span,
}

impl RenewalRule {
    /// Whether a permit that begins on `from` continues one that ended on `to`.
    pub(crate) const fn continues(&self, to: i32, from: i32) -> bool {
        !self.comparison.is_met(self.gap, to, from)
    }

    /// Whether a permit that continues one that ended on `to` may still come in after `until`.
    pub(crate) const fn is_open(&self, to: i32, until: i32) -> bool {
        let last_start = self.gap.after(to) - 1 + self.comparison.extra_days();
        last_start > until || self.entry_lag.after(last_start) > until
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        check_span("gap", self.gap)?;
        check_span("entry_lag", self.entry_lag)
    }
}

/// What became of a permit when it expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Renewal {
    /// The next permit that runs longer begins in time.
    Renewed {
        /// Days from the last day of the permit to the first day of the next: 1 where they adjoin, less where they overlap.
        lag: i32,
    },
    /// Another permit of the person, which began no later, ran longer: nothing ended.
    Overlapped,
    /// No other permit began in time.
    NotRenewed,
    /// None is on record, and one may still come in.
    Undecided,
    /// It has not expired by the last day that the data cover.
    Running,
}

/// What became of each permit by the day `until`, the last that the data cover; one value a row. The reason plays no part: a permit for
/// work renews one for study. Permits that begin after `until` are not known then, and must not be among them.
///
/// ```
/// use denizen_residence::{Comparison, Permits, Renewal::*, RenewalRule, Span, day, permit_renewals};
///
/// let valid_from = [day(2019, 1, 1), day(2020, 2, 1)];
/// let valid_to = [day(2019, 12, 31), day(2020, 12, 31)];
/// let permits =
///     Permits { person_starts: &[0], valid_from: &valid_from, valid_to: &valid_to, reasons: &[1, 2] };
/// let rule =
///     RenewalRule { gap: Span::Months(6), comparison: Comparison::AtLeast, entry_lag: Span::Days(0) };
/// assert_eq!(permit_renewals(&permits, &rule, day(2021, 3, 31))?, [Renewed { lag: 32 }, Undecided]);
/// assert_eq!(permit_renewals(&permits, &rule, day(2021, 6, 30))?, [Renewed { lag: 32 }, NotRenewed]);
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range.
pub fn permit_renewals(permits: &Permits<'_>, rule: &RenewalRule, until: i32) -> Result<Vec<Renewal>, Error> {
    rule.check()?;
    check_day("until", until)?;
    permits.check()?;
    let mut renewals = vec![Renewal::Running; permits.len()];
    let mut longer = Vec::new();
    for person in 0..permits.person_starts.len() {
        follow(permits, permits.rows(person), rule, until, &mut longer, &mut renewals);
    }
    Ok(renewals)
}

/// From the last row to the first, `longer` has the rows below of which none is outlasted by a row above it, so that the next row
/// that runs longer is on top when the shorter ones are gone. Each row is put on and taken off once.
fn follow(
    permits: &Permits<'_>,
    rows: Range<usize>,
    rule: &RenewalRule,
    until: i32,
    longer: &mut Vec<usize>,
    renewals: &mut [Renewal],
) {
    longer.clear();
    for row in rows.clone().rev() {
        let to = permits.valid_to[row];
        while longer.last().is_some_and(|&next| permits.valid_to[next] <= to) {
            longer.pop();
        }
        if to <= until {
            let next = longer.last().map(|&next| permits.valid_from[next]);
            renewals[row] = after(permits.valid_from[row], to, next, rule, until);
        }
        longer.push(row);
    }
    let mut latest = i32::MIN;
    for row in rows {
        let to = permits.valid_to[row];
        if latest > to && to <= until {
            renewals[row] = Renewal::Overlapped;
        }
        latest = latest.max(to);
    }
}

fn after(from: i32, to: i32, next: Option<i32>, rule: &RenewalRule, until: i32) -> Renewal {
    match next {
        Some(next) if next == from => Renewal::Overlapped,
        Some(next) if rule.continues(to, next) => Renewal::Renewed { lag: next - to },
        None if rule.is_open(to, until) => Renewal::Undecided,
        Some(_) | None => Renewal::NotRenewed,
    }
}
