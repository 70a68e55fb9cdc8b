//! Who holds a permit on a day, by which permit, and how that is known.

use crate::day::Span;
use crate::error::Error;
use crate::permit::Permits;
use crate::permit_rule::{PermitStock, StockReason, is_valid};

/// By which permit a person belongs to a stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Held {
    /// The row of the permit.
    pub row: usize,
    /// Why the person is in the stock.
    pub reason: StockReason,
}

/// Who belongs to the stock of a reference day, and by which permit; one value a person, so that a person with several permits counts
/// once. `entered_on` is the day on which each permit came into the archive; those entered after `extracted_on` are not seen. Of
/// several valid permits the one of the least rank is held, then the one that began earlier, then the earlier row, as in
/// [`permit_spells`](crate::permit_spells); of those that expired and were renewed later, the one that ended last.
///
/// ```
/// use denizen_residence::{Held, PermitStock, Permits, Span, StockReason, day, permit_holders};
///
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &[day(2019, 1, 1), day(2019, 6, 1)],
///     valid_to: &[day(2020, 6, 30), day(2020, 5, 31)],
///     reasons: &[1, 2],
/// };
/// let rule = PermitStock { entry_lag: Span::Days(0), renewal_gap: None };
/// let on = day(2020, 1, 1);
/// let held = permit_holders(&permits, permits.valid_from, &[1, 0], &rule, on, on)?;
/// assert_eq!(held, [Some(Held { row: 1, reason: StockReason::Valid })]);
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// [`Error::ExtractionTooEarly`]; columns that do not fit together, are not sorted or out of range.
pub fn permit_holders(
    permits: &Permits<'_>,
    entered_on: &[i32],
    ranks: &[u32],
    rule: &PermitStock,
    reference_day: i32,
    extracted_on: i32,
) -> Result<Vec<Option<Held>>, Error> {
    rule.check(reference_day, extracted_on)?;
    permits.check()?;
    crate::crossings::equal_lengths("valid_from", permits.len(), "entered_on", entered_on.len())?;
    crate::crossings::equal_lengths("valid_from", permits.len(), "ranks", ranks.len())?;
    let seen = Seen { permits, entered_on, ranks, on: reference_day, extracted_on };
    let held = |person| seen.valid(person).or_else(|| seen.renewed(person, rule.renewal_gap?));
    Ok((0..permits.person_starts.len()).map(held).collect())
}

/// What is seen of the archive on a reference day.
struct Seen<'a> {
    permits: &'a Permits<'a>,
    entered_on: &'a [i32],
    ranks: &'a [u32],
    on: i32,
    extracted_on: i32,
}

impl Seen<'_> {
    fn rows(&self, person: usize) -> impl Iterator<Item = usize> + '_ {
        self.permits.rows(person).filter(|&row| self.entered_on[row] <= self.extracted_on)
    }

    fn valid(&self, person: usize) -> Option<Held> {
        let valid = || self.rows(person).filter(|&row| is_valid(self.permits, row, self.on));
        let row = valid().min_by_key(|&row| (self.ranks[row], row))?;
        let in_time = valid().any(|row| self.entered_on[row] <= self.on);
        let reason = if in_time { StockReason::Valid } else { StockReason::EnteredLater };
        Some(Held { row, reason })
    }

    fn renewed(&self, person: usize, gap: Span) -> Option<Held> {
        let to = |row: usize| self.permits.valid_to[row];
        let expired = self.rows(person).filter(|&row| to(row) < self.on);
        let row = expired.min_by_key(|&row| (std::cmp::Reverse(to(row)), self.ranks[row], row))?;
        let next = self.rows(person).map(|row| self.permits.valid_from[row]).find(|&from| from > self.on)?;
        let reason = StockReason::RenewedLater;
        (next < gap.after(to(row))).then_some(Held { row, reason })
    }
}
