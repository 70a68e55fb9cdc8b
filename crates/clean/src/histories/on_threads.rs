//! All units, on all threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arrow::array::RecordBatch;
use denizen_spec::Diagnostic;

use super::Histories;

/// Rows of one unit.
pub struct UnitRows {
    /// Which unit they are.
    pub unit: usize,
    /// How many rows are in the units before it.
    pub first_row: u64,
    /// The rows.
    pub batch: RecordBatch,
}

impl Histories {
    /// Hands out all units, on all threads of the rayon pool that it is called in: nearly in order, so that who puts what
    /// comes of them back into order need not hold much. `check` is asked before each whether to go on.
    ///
    /// # Errors
    ///
    /// The first fault that any thread met; the others stop at their next unit.
    pub fn for_each(
        &self,
        check: &(dyn Fn() -> Result<(), Diagnostic> + Sync),
        work: &(dyn Fn(UnitRows) -> Result<(), Diagnostic> + Sync),
    ) -> Result<(), Diagnostic> {
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let mut first_rows = Vec::with_capacity(self.units());
        let mut rows = 0;
        for unit in 0..self.units() {
            first_rows.push(rows);
            rows += self.rows(unit) as u64;
        }
        let thread = |_: rayon::BroadcastContext<'_>| {
            while !failed.load(Ordering::Relaxed) {
                let unit = next.fetch_add(1, Ordering::Relaxed);
                let Some(first_row) = first_rows.get(unit).copied() else { break };
                let worked = check()
                    .and_then(|()| self.get(unit))
                    .and_then(|batch| work(UnitRows { unit, first_row, batch }));
                failed.fetch_or(worked.is_err(), Ordering::Relaxed);
                worked?;
            }
            Ok(())
        };
        rayon::broadcast(thread).into_iter().collect()
    }
}
