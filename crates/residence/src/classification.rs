//! What the rules answer: one value a row, and counts of what was done.

use std::ops::AddAssign;

use crate::crossings::Status;

/// The answer of a rule to every crossing. All columns have one value a row, in the order of the rows that were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classification {
    /// Whether the crossing is a migration: yes, no, or (`None`) not known with the data up to the end of observation. Rows that are
    /// not [used](RowUse) have `None`.
    pub migration: Vec<Option<bool>>,
    /// Whether the crossing is the return of a migrant (last-exit rule only): an arrival after an absence of at least the minimum.
    pub return_migration: Vec<bool>,
    /// Status of the person before the crossing; always `None` under rules that have no status.
    pub status_before: Vec<Option<Status>>,
    /// Status of the person after the crossing; `None` while it is not known.
    pub status_after: Vec<Option<Status>>,
    /// The day on which `status_after` is settled: all data before this day are enough, all data before the day before are not.
    pub status_decided_on: Vec<Option<i32>>,
    /// The day on which `migration` is settled, in the same sense.
    pub migration_decided_on: Vec<Option<i32>>,
    /// What became of each row.
    pub row_use: Vec<RowUse>,
    /// How many rows and persons went which way.
    pub counts: Counts,
    /// Departures that no row has, assumed at the end of a permit (rule first arrival to last departure only).
    pub assumed_departures: Vec<AssumedDeparture>,
}

/// A departure that is assumed where none is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssumedDeparture {
    /// The person, as index into `person_starts`.
    pub person: usize,
    /// The day that the person is taken to have left on.
    pub day: i32,
    /// Whether it is an emigration.
    pub migration: Option<bool>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RowUse {
    /// The rule has seen it, in a history as it is recorded.
    #[default]
    Used,
    /// The rule has seen it, in a history that had to be repaired: a crossing is missing, or another row was left out.
    Repaired,
    /// As [`Repaired`](Self::Repaired), and the crossing that is missing just before it is a migration, which no row records.
    AfterUnseenMigration,
    /// As [`Repaired`](Self::Repaired), and it is not known whether the crossing that is missing just before it is a migration.
    AfterUnseenUndecided,
    /// Dated after the end of observation.
    AfterUntil,
    /// Left out as one of two crossings in the same direction.
    Dropped,
    /// Left out with all rows of a person whose history is faulty.
    Rejected,
    /// Left out because it belongs to no person.
    Unidentified,
    /// Left out by a rule for holders of permits, because it lies in none.
    OutsidePermit,
}

/// How many rows and persons went which way. Rows: `used + after_until + dropped + rejected + unidentified +
/// outside_permit` are all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows that the rule has seen.
    pub used: u64,
    /// Rows dated after the end of observation.
    pub after_until: u64,
    /// Rows left out as one of two in the same direction.
    pub dropped: u64,
    /// Rows of persons that were rejected for a fault.
    pub rejected: u64,
    /// Rows that belong to no person.
    pub unidentified: u64,
    /// Rows that lie in no permit, under a rule for holders of permits.
    pub outside_permit: u64,
    /// Persons with rows up to the end of observation; those rejected are among them.
    pub persons: u64,
    /// Persons with two crossings running in the same direction.
    pub faulty_persons: u64,
    /// Pairs of crossings running in the same direction.
    pub faulty_pairs: u64,
    /// Days between the crossings of these pairs: the person-days of which the side is not on record.
    pub faulty_days: u64,
    /// Rows that changed places with others of the same day.
    pub reordered: u64,
    /// Migrations that fall on a missing crossing, which no row records: the status after a row and before the next is known, and differs.
    /// The next row has no answer: it stands for two crossings, one of which is a migration.
    pub unseen_migrations: u64,
    /// Missing crossings of which it is not known whether they are migrations.
    pub unseen_undecided: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.used += other.used;
        self.after_until += other.after_until;
        self.dropped += other.dropped;
        self.rejected += other.rejected;
        self.unidentified += other.unidentified;
        self.outside_permit += other.outside_permit;
        self.persons += other.persons;
        self.faulty_persons += other.faulty_persons;
        self.faulty_pairs += other.faulty_pairs;
        self.faulty_days += other.faulty_days;
        self.reordered += other.reordered;
        self.unseen_migrations += other.unseen_migrations;
        self.unseen_undecided += other.unseen_undecided;
    }
}

impl Classification {
    /// Blank answers for `rows` rows, in the memory that is there.
    pub(crate) fn reset(&mut self, rows: usize) {
        blank(&mut self.migration, rows, None);
        blank(&mut self.return_migration, rows, false);
        blank(&mut self.status_before, rows, None);
        blank(&mut self.status_after, rows, None);
        blank(&mut self.status_decided_on, rows, None);
        blank(&mut self.migration_decided_on, rows, None);
        blank(&mut self.row_use, rows, RowUse::Used);
        self.counts = Counts::default();
        self.assumed_departures.clear();
    }

    pub(crate) fn columns(&mut self) -> Columns<'_> {
        Columns {
            migration: &mut self.migration,
            return_migration: &mut self.return_migration,
            status_before: &mut self.status_before,
            status_after: &mut self.status_after,
            status_decided_on: &mut self.status_decided_on,
            migration_decided_on: &mut self.migration_decided_on,
            row_use: &mut self.row_use,
        }
    }
}

fn blank<T: Copy>(column: &mut Vec<T>, rows: usize, value: T) {
    column.clear();
    column.resize(rows, value);
}

/// Some adjacent rows of a classification, to be written.
pub(crate) struct Columns<'a> {
    pub(crate) migration: &'a mut [Option<bool>],
    pub(crate) return_migration: &'a mut [bool],
    pub(crate) status_before: &'a mut [Option<Status>],
    pub(crate) status_after: &'a mut [Option<Status>],
    pub(crate) status_decided_on: &'a mut [Option<i32>],
    pub(crate) migration_decided_on: &'a mut [Option<i32>],
    pub(crate) row_use: &'a mut [RowUse],
}

impl Columns<'_> {
    /// The rows before one, and those from it on.
    #[cfg(feature = "rayon")]
    pub(crate) fn split_at(self, row: usize) -> (Self, Self) {
        let (migration, later_migration) = self.migration.split_at_mut(row);
        let (return_migration, later_return_migration) = self.return_migration.split_at_mut(row);
        let (status_before, later_status_before) = self.status_before.split_at_mut(row);
        let (status_after, later_status_after) = self.status_after.split_at_mut(row);
        let (status_decided_on, later_status_decided_on) = self.status_decided_on.split_at_mut(row);
        let (migration_decided_on, later_migration_decided_on) = self.migration_decided_on.split_at_mut(row);
        let (row_use, later_row_use) = self.row_use.split_at_mut(row);
        let earlier = Columns {
            migration,
            return_migration,
            status_before,
            status_after,
            status_decided_on,
            migration_decided_on,
            row_use,
        };
        let later = Columns {
            migration: later_migration,
            return_migration: later_return_migration,
            status_before: later_status_before,
            status_after: later_status_after,
            status_decided_on: later_status_decided_on,
            migration_decided_on: later_migration_decided_on,
            row_use: later_row_use,
        };
        (earlier, later)
    }

    /// The rows of a range, for as long as this borrow lasts.
    #[inline]
    pub(crate) fn rows(&mut self, range: std::ops::Range<usize>) -> Columns<'_> {
        Columns {
            migration: &mut self.migration[range.clone()],
            return_migration: &mut self.return_migration[range.clone()],
            status_before: &mut self.status_before[range.clone()],
            status_after: &mut self.status_after[range.clone()],
            status_decided_on: &mut self.status_decided_on[range.clone()],
            migration_decided_on: &mut self.migration_decided_on[range.clone()],
            row_use: &mut self.row_use[range],
        }
    }
}
