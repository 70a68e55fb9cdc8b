//! How often a check has passed and failed, and where it failed.

use std::collections::BinaryHeap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{Check, PackedPlace, columns};

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

#[derive(Default)]
struct Sums {
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
        for place in places {
            if sums.first.len() < MOST_LISTED {
                sums.first.push(place);
            } else if sums.first.peek().is_some_and(|last| place < *last) {
                sums.first.pop();
                sums.first.push(place);
            }
        }
    }

    pub(super) fn result(self, check: &Check) -> CheckResult {
        let sums = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Sums { passed, failed, not_checked, first } = sums;
        CheckResult::new(check, [passed, failed, not_checked], first.into_sorted_vec())
    }
}
