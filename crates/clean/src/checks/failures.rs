//! How often a check has passed and failed, and where it failed.

use std::collections::BinaryHeap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{Check, PackedPlace, columns};
use serde::{Deserialize, Serialize};

use super::{CheckResult, Failure, MOST_LISTED};
use crate::batch;

/// What a check says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is not about this row.
    NotMeant,
    Passed,
    Failed,
    /// The row does not state what is asked.
    NotChecked,
}

/// The numbers of one check, and the first of its failures.
#[derive(Default)]
pub(super) struct Tally(Mutex<Sums>);

/// What is known of a check so far. Sums are added in any order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Sums {
    passed: u64,
    failed: u64,
    not_checked: u64,
    /// The last one on top, which goes when there are too many.
    first: BinaryHeap<Failure>,
}

impl Tally {
    fn lock(&self) -> MutexGuard<'_, Sums> {
        // A thread that panics while it holds the lock has ended the run.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what is said of the rows of a batch.
    pub(super) fn add(&self, outcomes: &[Outcome], batch: &RecordBatch) -> Result<(), ArrowError> {
        let places = batch::integers(batch, columns::PLACE)?.values();
        let count = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count() as u64;
        let failed = outcomes.iter().zip(places).filter(|(outcome, _)| **outcome == Outcome::Failed);
        let failed = failed.map(|(_, place)| Failure::Row(PackedPlace(*place))).collect();
        self.passed(count(Outcome::Passed));
        self.not_checked(count(Outcome::NotChecked));
        self.failed(failed);
        Ok(())
    }

    pub(super) fn passed(&self, more: u64) {
        self.lock().passed += more;
    }

    pub(super) fn not_checked(&self, more: u64) {
        self.lock().not_checked += more;
    }

    pub(super) fn failed(&self, places: Vec<Failure>) {
        let mut sums = self.lock();
        sums.failed += places.len() as u64;
        sums.list(places);
    }

    pub(super) fn into_sums(self) -> Sums {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sums {
    /// Keeps the first of all places.
    fn list(&mut self, places: impl IntoIterator<Item = Failure>) {
        for place in places {
            if self.first.len() < MOST_LISTED {
                self.first.push(place);
            } else if self.first.peek().is_some_and(|last| place < *last) {
                self.first.pop();
                self.first.push(place);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.not_checked += other.not_checked;
        self.list(other.first);
    }

    /// Counts the lines of all rows from so many lines further up.
    pub(super) fn add_lines(&mut self, lines: u64) {
        let moved = |failure| match failure {
            Failure::Row(place) => Failure::Row(place.add_lines(lines)),
            Failure::Period(period) => Failure::Period(period),
        };
        self.first = std::mem::take(&mut self.first).into_iter().map(moved).collect();
    }

    pub(super) fn result(self, check: &Check) -> CheckResult {
        let Self { passed, failed, not_checked, first } = self;
        CheckResult::new(check, [passed, failed, not_checked], first.into_sorted_vec())
    }
}
