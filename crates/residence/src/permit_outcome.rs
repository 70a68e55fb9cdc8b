//! Where the members of a cohort are on a later day: still holding a permit, settled, naturalised, or gone.

use crate::crossings::equal_lengths;
use crate::error::Error;
use crate::permit::Permits;
use crate::permit_renewal::RenewalRule;
use crate::permit_rule::is_valid;
use crate::rule::check_day;

/// Permits of persons who are followed, and what is known of them beside.
#[derive(Debug, Clone, Copy)]
pub struct Followed<'a> {
    /// The permits.
    pub permits: Permits<'a>,
    /// Whether each permit is one for long-term residence.
    pub long_term: &'a [bool],
    /// For each person, the day of naturalisation.
    pub naturalised_on: &'a [Option<i32>],
}

/// Where a person is on a day. Of several that hold, the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Has become a citizen.
    Naturalised,
    /// Holds a permit for long-term residence.
    LongTerm,
    /// Holds another permit.
    Valid,
    /// Holds none.
    Left,
    /// Holds none that is on record, and a renewal may still come in.
    Undecided,
}

/// Where each person is on the day `on`, by an archive that ends with the day `until`; one value a person, none before the person's
/// first permit. Whoever held a permit that expired and was renewed in time was there all the while, whatever the reason of the next
/// permit: residence never ends on the expiry of a permit alone. With a gap of no days a day between two permits is one of
/// absence, as where the Home Office asks for valid leave.
///
/// ```
/// use denizen_residence::{Comparison, Followed, Outcome::*, Permits, RenewalRule, Span, day, outcomes};
///
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &[day(2019, 1, 1), day(2020, 2, 1)],
///     valid_to: &[day(2019, 12, 31), day(2020, 12, 31)],
///     reasons: &[1, 2],
/// };
/// let followed = Followed { permits, long_term: &[false; 2], naturalised_on: &[None] };
/// let rule =
///     RenewalRule { gap: Span::Months(6), comparison: Comparison::AtLeast, entry_lag: Span::Days(0) };
/// let on = |on| outcomes(&followed, &rule, day(2021, 8, 31), on);
/// assert_eq!(on(day(2018, 12, 31))?, [None]);
/// assert_eq!(on(day(2020, 1, 15))?, [Some(Valid)]);
/// assert_eq!(on(day(2021, 6, 30))?, [Some(Left)]);
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range.
pub fn outcomes(
    followed: &Followed<'_>,
    rule: &RenewalRule,
    until: i32,
    on: i32,
) -> Result<Vec<Option<Outcome>>, Error> {
    rule.check()?;
    check_day("until", until)?;
    check_day("on", on)?;
    followed.check()?;
    let persons = 0..followed.permits.person_starts.len();
    Ok(persons.map(|person| followed.outcome(person, rule, until, on)).collect())
}

impl Followed<'_> {
    fn check(&self) -> Result<(), Error> {
        self.permits.check()?;
        equal_lengths("valid_from", self.permits.len(), "long_term", self.long_term.len())?;
        let persons = self.permits.person_starts.len();
        equal_lengths("person_starts", persons, "naturalised_on", self.naturalised_on.len())
    }

    fn outcome(&self, person: usize, rule: &RenewalRule, until: i32, on: i32) -> Option<Outcome> {
        let permits = &self.permits;
        let rows = permits.rows(person);
        let begun = rows.start + permits.valid_from[rows.clone()].partition_point(|&from| from <= on);
        let before = rows.start..begun;
        if before.is_empty() {
            return None;
        }
        if self.naturalised_on[person].is_some_and(|day| day <= on) {
            return Some(Outcome::Naturalised);
        }
        let held = |is_long_term: bool| if is_long_term { Outcome::LongTerm } else { Outcome::Valid };
        let mut valid = before.clone().filter(|&row| is_valid(permits, row, on)).peekable();
        if valid.peek().is_some() {
            return Some(held(valid.any(|row| self.long_term[row])));
        }
        let ended = before.clone().map(|row| permits.valid_to[row]).max()?;
        // Everything before has ended; what comes next was held all the while if it came in time.
        let next = (begun < rows.end).then(|| permits.valid_from[begun]);
        Some(match next {
            Some(next) if rule.continues(ended, next) => {
                held(before.clone().any(|row| permits.valid_to[row] == ended && self.long_term[row]))
            }
            None if rule.is_open(ended, until) => Outcome::Undecided,
            Some(_) | None => Outcome::Left,
        })
    }
}
