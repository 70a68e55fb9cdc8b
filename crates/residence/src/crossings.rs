//! Border crossings of many persons, as columns.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use crate::day::{FIRST_DAY, LAST_DAY};
use crate::error::Error;

/// Which way a border was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Into the country.
    Arrival,
    /// Out of the country.
    Departure,
}

impl Direction {
    /// The other way.
    pub const fn opposite(self) -> Self {
        match self {
            Direction::Arrival => Direction::Departure,
            Direction::Departure => Direction::Arrival,
        }
    }

    /// The status of somebody who stays where this crossing leads.
    pub const fn leads_to(self) -> Status {
        match self {
            Direction::Arrival => Status::Resident,
            Direction::Departure => Status::NonResident,
        }
    }
}

/// Whether a person is usually resident in the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Usually resident.
    Resident,
    /// Not usually resident.
    NonResident,
}

impl Status {
    /// The other status.
    pub const fn opposite(self) -> Self {
        match self {
            Status::Resident => Status::NonResident,
            Status::NonResident => Status::Resident,
        }
    }
}

/// Crossings of many persons: rows of one person are adjacent, and dates do not decrease inside a person.
#[derive(Debug, Clone, Copy)]
pub struct Crossings<'a> {
    /// The first row of each person: 0 first, increasing, one entry a person. [`person_runs`] makes it from a column of keys.
    pub person_starts: &'a [usize],
    /// Day of each crossing, in days since 1970-01-01.
    pub days: &'a [i32],
    /// Direction of each crossing.
    pub directions: &'a [Direction],
}

impl Crossings<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        equal_lengths("days", self.days.len(), "directions", self.directions.len())?;
        check_runs(self.person_starts, self.days)
    }
}

/// The rows of a person, who may have none.
pub(crate) fn checked_run(
    person_starts: &[usize],
    rows: usize,
    person: usize,
) -> Result<Range<usize>, Error> {
    let start = person_starts[person];
    let end = person_starts.get(person + 1).copied().unwrap_or(rows);
    let wrong_first = person == 0 && start != 0;
    if wrong_first || start > end || end > rows {
        return Err(Error::PersonStart { person, start });
    }
    Ok(start..end)
}

pub(crate) fn equal_lengths(
    expected_column: &'static str,
    expected: usize,
    column: &'static str,
    found: usize,
) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::UnequalColumns { expected_column, expected, column, found })
}

/// Checks that the starts cut the rows into non-empty runs, and that days are in range and do not decrease inside a run.
pub(crate) fn check_runs(person_starts: &[usize], days: &[i32]) -> Result<(), Error> {
    if person_starts.is_empty() && !days.is_empty() {
        return Err(Error::PersonStart { person: 0, start: days.len() });
    }
    for (person, &start) in person_starts.iter().enumerate() {
        let end = person_starts.get(person + 1).copied().unwrap_or(days.len());
        let wrong_first = person == 0 && start != 0;
        if wrong_first || start >= end || end > days.len() {
            return Err(Error::PersonStart { person, start });
        }
        check_days(person, start, &days[start..end])?;
    }
    Ok(())
}

fn check_days(person: usize, start: usize, days: &[i32]) -> Result<(), Error> {
    if let Some(at) = days.windows(2).position(|pair| pair[1] < pair[0]) {
        return Err(Error::Unsorted { person, row: start + at + 1 });
    }
    // In sorted days only the ends can be out of range.
    for at in [0, days.len() - 1] {
        if days[at] < FIRST_DAY || days[at] > LAST_DAY {
            return Err(Error::DayOutOfRange { row: start + at, day: days[at] });
        }
    }
    Ok(())
}

/// Runs of equal keys in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRuns {
    /// First row of each run, for [`Crossings::person_starts`].
    pub person_starts: Vec<usize>,
    /// The run without a key, if there is one, for [`Options::unidentified`](crate::Options::unidentified).
    pub unidentified: Option<usize>,
}

/// Cuts a column of person keys into runs; rows without a key (`None`) form a run of their own.
///
/// ```
/// use denizen_residence::person_runs;
///
/// let runs = person_runs(&[None, Some("a"), Some("a"), Some("b")])?;
/// assert_eq!((runs.person_starts, runs.unidentified), (vec![0, 1, 3], Some(0)));
/// assert!(person_runs(&[Some("a"), Some("b"), Some("a")]).is_err());
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// [`Error::SplitPerson`] when a key comes back after another: every rule would take one person for two.
pub fn person_runs<Key: Eq + Hash>(keys: &[Option<Key>]) -> Result<PersonRuns, Error> {
    let mut seen = HashMap::new();
    let mut runs = PersonRuns { person_starts: Vec::new(), unidentified: None };
    for (row, key) in keys.iter().enumerate() {
        if row > 0 && keys[row - 1] == *key {
            continue;
        }
        if let Some(first_row) = seen.insert(key, row) {
            return Err(Error::SplitPerson { first_row, row });
        }
        if key.is_none() {
            runs.unidentified = Some(runs.person_starts.len());
        }
        runs.person_starts.push(row);
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Arrival, Departure};

    #[test]
    fn keys_become_runs() {
        let runs = person_runs(&[Some("a"), Some("a"), None, None, Some("b")]).unwrap();
        assert_eq!(runs.person_starts, [0, 2, 4]);
        assert_eq!(runs.unidentified, Some(1));
    }

    #[test]
    fn a_person_in_two_runs_is_named_by_row() {
        let split = person_runs(&[Some(1), Some(2), Some(2), Some(1)]);
        assert_eq!(split, Err(Error::SplitPerson { first_row: 0, row: 3 }));
    }

    #[test]
    fn faults_are_named_by_position() {
        let check = |person_starts: &[usize], days: &[i32]| {
            Crossings { person_starts, days, directions: &[Arrival, Departure, Arrival] }.check()
        };
        assert_eq!(check(&[0, 1], &[5, 3, 4]), Ok(()));
        assert_eq!(check(&[0, 1], &[5, 4, 3]), Err(Error::Unsorted { person: 1, row: 2 }));
        assert_eq!(check(&[0], &[5, 6, i32::MAX]), Err(Error::DayOutOfRange { row: 2, day: i32::MAX }));
        assert_eq!(check(&[0, 2, 1], &[5, 6, 7]), Err(Error::PersonStart { person: 1, start: 2 }));
        assert_eq!(check(&[1], &[5, 6, 7]), Err(Error::PersonStart { person: 0, start: 1 }));
        assert_eq!(check(&[0, 3], &[5, 6, 7]), Err(Error::PersonStart { person: 1, start: 3 }));
        assert_eq!(check(&[], &[5, 6, 7]), Err(Error::PersonStart { person: 0, start: 3 }));
        assert!(matches!(check(&[0], &[5, 6]), Err(Error::UnequalColumns { expected: 2, found: 3, .. })));
    }
}
