//! Data is changed.
//!
//! [`Plan::new`] prepares the steps of a source. Steps that look at one row at a time run on the chunks as they come
//! ([`Plan::rows`]); from the first step on that must see a whole person, they run on [`Partitions`]
//! ([`Plan::persons`]). Both are pure functions of a frame, so that any number of threads may call them.
//!
//! Cells of published tables take no steps; [`check_cells`] drops repeated cells and compares totals with their parts.

mod cells;
mod operations;
mod partitions;
mod plan;

pub use cells::{CellReport, check_cells};
pub use partitions::{Partition, Partitions};
pub use plan::{Plan, StepReport};
