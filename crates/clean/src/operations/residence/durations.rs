//! How long it was from a migration until the person migrated back: how long emigrants were away, and immigrants stayed.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use denizen_residence::{Classification, Crossings, Direction, RowUse, calendar};
use denizen_spec::{DurationUnit, columns};

use crate::batch::{self, Result};

/// What became of a migration, in the order of [`columns::FOLLOWED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Ended,
    NotOver,
    Unseen,
    Undecided,
}

/// A migration that was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Migration {
    /// In units, one that has begun counting as a whole; not known of what was not seen.
    duration: Option<i64>,
    outcome: Outcome,
}

/// Follows migrations as far as the rule can judge crossings.
pub(super) struct Followed {
    unit: DurationUnit,
    /// The last day whose crossings the rule can judge, whatever comes later.
    until: i32,
    /// Whether the day of a departure is one inside, so that what it begins or ends does so the day after.
    departs_after: bool,
}

impl Followed {
    /// Nothing where the step is not asked for it.
    pub(super) fn new(step: &denizen_spec::Residence) -> Option<Self> {
        let departs_after = step.counts_departure_day_inside();
        Some(Self { unit: step.durations?, until: step.decided_until()?, departs_after })
    }

    /// What became of each row; nothing of those that are no migrations.
    pub(super) fn of(&self, crossings: &Crossings<'_>, found: &Classification) -> Vec<Option<Migration>> {
        let rows = crossings.days.len();
        let mut followed = vec![None; rows];
        let ends = crossings.person_starts.iter().skip(1).copied().chain([rows]);
        for (start, end) in crossings.person_starts.iter().zip(ends) {
            // From the last row on, so that what comes next is known: nothing yet, or the day and what it says.
            let mut next: Option<(i32, Next)> = None;
            for row in (*start..end).rev() {
                let departs = self.departs_after && crossings.directions[row] == Direction::Departure;
                let day = crossings.days[row] + i32::from(departs);
                if found.migration[row] == Some(true) {
                    followed[row] = Some(self.migration(day, next));
                }
                if crossings.days[row] <= self.until {
                    next = Next::of(found, row).map(|said| (day, said)).or(next);
                }
            }
        }
        followed
    }

    fn migration(&self, day: i32, next: Option<(i32, Next)>) -> Migration {
        let without_duration = |outcome| Migration { duration: None, outcome };
        match next {
            Some((_, Next::Unseen)) => without_duration(Outcome::Unseen),
            Some((_, Next::Undecided)) => without_duration(Outcome::Undecided),
            Some((end, Next::Migration)) => {
                let begun = self.whole_units(day, end) + 1;
                // A unit of which the end is not observed tells of those who came back in it, and nothing of the others.
                if self.unit.span(begun).after(day) <= self.until + 1 {
                    Migration { duration: Some(i64::from(begun)), outcome: Outcome::Ended }
                } else {
                    self.not_over(day)
                }
            }
            None => self.not_over(day),
        }
    }

    fn not_over(&self, day: i32) -> Migration {
        let observed = self.whole_units(day, self.until + 1);
        Migration { duration: Some(i64::from(observed)), outcome: Outcome::NotOver }
    }

    /// How many whole units lie between two days.
    fn whole_units(&self, day: i32, end: i32) -> i32 {
        let months = |day: i32| {
            let (year, month, _) = calendar(day);
            year * 12 + month
        };
        let most = (months(end) - months(day)).max(0) / self.unit.months();
        // The last of them is not over where the day of the month is not reached.
        if most > 0 && end < self.unit.span(most).after(day) { most - 1 } else { most }
    }
}

/// What a crossing says of the migration before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It is the migration back.
    Migration,
    /// The migration back is missing.
    Unseen,
    /// Whether there was one is not known.
    Undecided,
}

impl Next {
    /// Nothing where the crossing is no migration.
    fn of(found: &Classification, row: usize) -> Option<Self> {
        match found.row_use[row] {
            RowUse::AfterUnseenMigration => Some(Self::Unseen),
            RowUse::AfterUnseenUndecided => Some(Self::Undecided),
            RowUse::Used | RowUse::Repaired => match found.migration[row] {
                Some(true) => Some(Self::Migration),
                Some(false) => None,
                None => Some(Self::Undecided),
            },
            RowUse::AfterUntil
            | RowUse::Dropped
            | RowUse::Rejected
            | RowUse::Unidentified
            | RowUse::OutsidePermit => None,
        }
    }
}

pub(super) fn durations(followed: impl Iterator<Item = Option<Migration>>) -> ArrayRef {
    Arc::new(followed.map(|migration| migration?.duration).collect::<Int64Array>())
}

pub(super) fn outcomes(followed: impl Iterator<Item = Option<Migration>>) -> Result<ArrayRef> {
    let number = |migration: Option<Migration>| migration.map(|migration| migration.outcome as u16);
    batch::numbered(followed.map(number), columns::FOLLOWED)
}

#[cfg(test)]
mod tests {
    use denizen_residence::{
        FaultPolicy, InitialStatus, Method, Options, Otherwise, Rule, Status, classify, preset,
    };
    use denizen_spec::{Date, DateFormat, Residence};
    use proptest::prelude::*;

    use super::*;

    fn rule() -> Rule {
        match preset("nz_12_16").map(|preset| preset.method) {
            Some(Method::Crossings(rule)) => rule,
            _ => panic!("no rule for crossings"),
        }
    }

    /// Crossings up to the end of 2009, of which those up to 1 September 2008 can be judged; whoever is first seen leaving was at home.
    fn followed(
        unit: DurationUnit,
        faults: FaultPolicy,
        crossings: &Crossings<'_>,
    ) -> (Followed, Classification, Vec<Option<Migration>>) {
        let until = Date { year: 2009, month: 12, day: 31 };
        let step = Residence { until: Some(until), durations: Some(unit), ..Residence::new("nz_12_16") };
        let mut options = Options::new(until.days().unwrap());
        let otherwise = Otherwise::Known(Status::Resident);
        options.initial = InitialStatus { observed_from: None, declared: None, otherwise };
        options.faults = faults;
        let found = classify(crossings, &rule(), &options).unwrap();
        let followed = Followed::new(&step).unwrap();
        let migrations = followed.of(crossings, &found);
        (followed, found, migrations)
    }

    fn day(text: &str) -> i32 {
        DateFormat::iso().days(text.as_bytes()).unwrap()
    }

    /// By hand. A resident leaves, and is back after a year and a day, less than three years, or not: what can be told of it depends on the
    /// last day that is judged, 1 September 2008.
    #[test]
    fn emigrants_are_followed_to_their_return() {
        let table = [
            ("2000-03-01 back 2001-06-01", "2 ended | 16 ended"),
            ("2000-03-01 back 2003-02-28", "3 ended | 36 ended"),
            ("2000-03-01 back 2003-03-01", "4 ended | 37 ended"),
            ("2000-03-01", "8 not_over | 102 not_over"),
            ("2006-09-02", "2 not_over | 24 not_over"),
            ("2006-09-03", "1 not_over | 23 not_over"),
            // Back in the second year, which is not observed to its end.
            ("2006-10-01 back 2008-06-01", "1 not_over | 21 ended"),
            // Visits of a week are no return.
            ("2000-03-01 back 2001-06-01 away 2001-06-08", "8 not_over | 102 not_over"),
            // Leaves twice after a visit: it is not known whether the visit was the return, for the arrival that is missing may have followed
            // soon. Where it is taken to have been as late as can be, the day is that of a row which is not the return itself.
            ("2000-03-01 back 2001-06-01 away 2001-06-08 away 2005-03-01", "- undecided | - undecided"),
            ("2000-03-01 away 2005-03-01 back 2005-05-01 lower", "- unseen | - unseen"),
        ];
        for (history, expected) in table {
            let (history, faults) = match history.strip_suffix(" lower") {
                Some(history) => (history, FaultPolicy::Lower),
                None => (history, FaultPolicy::Bounds),
            };
            let words: Vec<&str> = history.split_whitespace().collect();
            let dates = words.iter().step_by(2).map(|date| day(date));
            let directions = words.iter().skip(1).step_by(2).map(|word| match *word {
                "back" => Direction::Arrival,
                _ => Direction::Departure,
            });
            let directions: Vec<Direction> = [Direction::Departure].into_iter().chain(directions).collect();
            let days: Vec<i32> = dates.collect();
            let crossings = Crossings { person_starts: &[0], days: &days, directions: &directions };
            let told = [DurationUnit::Years, DurationUnit::Months].map(|unit| {
                let migration = followed(unit, faults, &crossings).2[0].unwrap();
                let duration = migration.duration.map_or("-".to_owned(), |duration| duration.to_string());
                format!("{duration} {}", columns::FOLLOWED[migration.outcome as usize])
            });
            assert_eq!(told.join(" | "), expected, "{history}");
        }
    }

    /// The obvious way: unit by unit from the migration on, looking at all later crossings each time.
    fn by_units(followed: &Followed, found: &Classification, days: &[i32], row: usize) -> Migration {
        let later = (row + 1..days.len()).filter(|later| days[*later] <= followed.until);
        let mut later = later.map(|later| (days[later], found.row_use[later], found.migration[later]));
        let decisive = later.find(|(_, row_use, answer)| {
            matches!(row_use, RowUse::AfterUnseenMigration | RowUse::AfterUnseenUndecided)
                || *answer != Some(false)
        });
        for units in 1.. {
            let end = followed.unit.span(units).after(days[row]);
            let outcome = match decisive {
                Some((_, RowUse::AfterUnseenMigration, _)) => {
                    return Migration { duration: None, outcome: Outcome::Unseen };
                }
                Some((_, RowUse::AfterUnseenUndecided, _) | (_, _, None)) => {
                    return Migration { duration: None, outcome: Outcome::Undecided };
                }
                _ if end - 1 > followed.until => Outcome::NotOver,
                Some((back, ..)) if back < end => Outcome::Ended,
                _ => continue,
            };
            let duration = if outcome == Outcome::Ended { units } else { units - 1 };
            return Migration { duration: Some(i64::from(duration)), outcome };
        }
        unreachable!()
    }

    proptest! {
        #[test]
        fn units_are_counted_as_if_one_by_one(
            gaps in prop::collection::vec((1_i32..700, any::<bool>()), 1..9),
            first in 0_i32..4000,
            are_years: bool,
            faults in prop::sample::select(vec![FaultPolicy::Bounds, FaultPolicy::Lower, FaultPolicy::Upper]),
        ) {
            let start = day("1998-01-01") + first;
            let days: Vec<i32> = gaps.iter().scan(start, |day, (gap, _)| { *day += gap; Some(*day) }).collect();
            let directions: Vec<Direction> =
                gaps.iter().map(|(_, comes)| if *comes { Direction::Arrival } else { Direction::Departure }).collect();
            let crossings = Crossings { person_starts: &[0], days: &days, directions: &directions };
            let unit = if are_years { DurationUnit::Years } else { DurationUnit::Months };
            let (followed, found, migrations) = followed(unit, faults, &crossings);
            for (row, migration) in migrations.iter().enumerate() {
                let expected = (found.migration[row] == Some(true)).then(|| by_units(&followed, &found, &days, row));
                prop_assert_eq!(*migration, expected, "row {} of {:?} {:?}", row, days, directions);
            }
        }
    }
}
