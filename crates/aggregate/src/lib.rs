//! Data is counted, protected, and leaves.
//!
//! [`Tabulation`] counts records, batch by batch; partial counts are merged by addition. [`tabulate_cells`] takes the
//! cells of published tables as they are. [`protect`] guards small counts, [`publish()`] adds the indicators,
//! [`reconcile()`] compares with published figures, and a [`Release`] writes it all, complete or not at all.

mod cell;
mod disclosure;
mod export;
mod groups;
mod indicators;
mod publish;
mod reconcile;
mod tabulate;

pub use cell::{Count, Value};
pub use disclosure::protect;
pub use export::{
    ByYear, ManifestInput, ManifestReference, ManifestStage, Provenance, Records, RejectRow, Release,
    Written, abandon_unfinished, write_file, write_private_file,
};
pub use publish::{Cell, Dimension, DimensionKind, PublishedTable, Rule, SourceFacts, publish};
pub use reconcile::{Comparison, Computed, Outcome, reconcile};
pub use tabulate::{Tabulation, tabulate_cells};
