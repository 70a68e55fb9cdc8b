//! Residence permits of many persons, as columns.

use crate::crossings::{checked_run, equal_lengths};
use crate::day::{FIRST_DAY, LAST_DAY, Span};
use crate::error::Error;

/// The reason of a permit that states none.
pub const NO_REASON: u32 = u32::MAX;

/// Permits of many persons: rows of one person are adjacent, first days do not decrease inside a person.
#[derive(Debug, Clone, Copy)]
pub struct Permits<'a> {
    /// The first row of each person: 0 first, not decreasing, one entry a person; a person may have no permit.
    pub person_starts: &'a [usize],
    /// First day of validity, in days since 1970-01-01.
    pub valid_from: &'a [i32],
    /// Last day of validity, itself included.
    pub valid_to: &'a [i32],
    /// Code of the reason (family, education, employment, other …); which codes is up to the caller, but for [`NO_REASON`].
    pub reasons: &'a [u32],
}

impl Permits<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.valid_from.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.valid_from.is_empty()
    }

    /// The rows of a person.
    pub(crate) fn rows(&self, person: usize) -> std::ops::Range<usize> {
        let end = self.person_starts.get(person + 1).copied().unwrap_or(self.len());
        self.person_starts[person]..end
    }

    /// Whether a permit is valid for less than this; first and last day both count.
    pub(crate) fn is_shorter(&self, row: usize, minimum_length: Span) -> bool {
        minimum_length.after(self.valid_from[row]) > self.valid_to[row] + 1
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        equal_lengths("valid_from", self.len(), "valid_to", self.valid_to.len())?;
        equal_lengths("valid_from", self.len(), "reasons", self.reasons.len())?;
        if self.person_starts.is_empty() && !self.is_empty() {
            return Err(Error::PersonStart { person: 0, start: self.len() });
        }
        for person in 0..self.person_starts.len() {
            self.check_person(person, checked_run(self.person_starts, self.len(), person)?)?;
        }
        Ok(())
    }

    fn check_person(&self, person: usize, rows: std::ops::Range<usize>) -> Result<(), Error> {
        for row in rows.clone() {
            for day in [self.valid_from[row], self.valid_to[row]] {
                if !(FIRST_DAY..=LAST_DAY).contains(&day) {
                    return Err(Error::DayOutOfRange { row, day });
                }
            }
            if self.valid_to[row] < self.valid_from[row] {
                return Err(Error::PermitEndsBeforeItBegins { row });
            }
            if row > rows.start && self.valid_from[row] < self.valid_from[row - 1] {
                return Err(Error::Unsorted { person, row });
            }
        }
        Ok(())
    }
}
