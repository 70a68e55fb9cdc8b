//! Data is changed.
//!
//! [`Plan::new`] prepares the steps of a source. Steps that look at one row at a time run on the chunks as they come
//! ([`Plan::rows`]); from the first step on that must see a whole person, they run on whole
//! [`Histories`] ([`Plan::persons`]), which [`Partitions`] make of them. Both are pure functions of a record batch, so that any number of threads may call them.
//!
//! Where a step links rows into persons, or lets rows take from others, it must see all of them before any goes on: they wait in the
//! order of the files ([`Plan::waiting_rows`]), [`Plan::resolve`] looks at them, and [`Plan::resolved`] gives each row its person.
//!
//! Cells of published tables take no steps: they go from `ingest` to `aggregate` as they are.

mod batch;
mod checks;
mod column;
mod crowded;
mod dictionary;
mod gather;
mod histories;
mod keys;
mod operation;
mod operations;
mod partitions;
pub mod piece;
mod plan;
mod scratch;
mod sort;
mod spool;
#[cfg(test)]
mod test_batch;
mod written;

pub use checks::{CheckResult, CheckSums, Checks, Failure, RunningChecks, without_places};
pub use histories::{Histories, UnitRows};
pub use operation::Resolved;
pub use operations::link::Pairs;
pub use partitions::{By, Partitions, split};
pub use plan::{CROWDED_PERSONS, CROWDED_ROWS, NEWEST_FIRST, OLDEST_FIRST, Plan, StepReports, UNORDERED};
pub use scratch::Scratch;
pub use spool::Spool;
pub use written::Written;
