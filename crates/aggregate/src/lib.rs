//! Data is counted, protected, and leaves.
//!
//! [`Tabulation`] counts records, batch by batch; partial counts are merged by addition. [`Cells`] are those of published
//! tables, checked and taken as they are. From then on a table is a polars frame: [`publish()`] merges its parts,
//! protects small counts, adds the indicators and puts the rows in order, [`reconcile()`] compares with published
//! figures, and a [`Release`] writes it all, complete or not at all.

mod cell_columns;
mod cells;
mod code_order;
mod counts;
mod disclosure;
mod estimates;
mod export;
mod formats;
mod group_disclosure;
mod groups;
mod independence;
mod indicators;
mod likely_total;
mod migrations;
mod open_durations;
mod overlap;
mod own_lists;
mod packed_rows;
mod period;
mod persons;
mod publish;
mod reconcile;
mod room;
mod status;
mod sums;
mod table;
mod tabulate;
#[cfg(test)]
mod test_table;
mod value;

pub use cells::{CellReport, Cells, CellsOfSource, put_together, split_cells};
pub use counts::Counts;
pub use estimates::{EstimateQuality, EstimatedPart};
pub use export::{
    Attempt, ByYear, Declaration, FailedCheck, FinishedAttempt, ManifestReference, Provenance, Records,
    RejectReasons, Rejects, Release, UnmappedText, Written, table_as_csv, write_file, write_new_file,
    write_private_file,
};
pub use likely_total::LikelyTotal;
pub use overlap::Wholes;
pub use own_lists::OwnLists;
pub use publish::{Rule, SourceFacts, publish};
pub use reconcile::{Comparison, Computed, Outcome, reconcile};
pub use table::{Dimension, DimensionKind, PublishedTable};
pub use tabulate::Tabulation;
