//! From a pipeline and its inputs to a release: the library behind the program `denizen`.
//!
//! [`Project::open`] reads a pipeline file and finds what it needs; a [`Run`] makes the release. It prints nothing, installs
//! no signal handler and has no global state: an [`Observer`] is told what happens, and a [`Cancel`] stops it.
//!
//! Other engines work on the records of a source with a [`Job`] and its [`Worker`]s, and hand what comes of it to an
//! [`Assembly`]; one that carries rows of bytes and knows nothing of them needs [`Cluster`], [`map`] and [`Reducer`] only.

mod against;
mod assembly;
mod checks;
mod cluster;
mod error;
mod export;
mod in_order;
mod inspect;
mod observer;
mod predecessor;
mod project;
mod records;
mod run;
mod stat;
mod stated_files;
mod unchanged;
mod unmapped;
mod worker;

pub use against::{
    COMMON_PERCENT, Change, Comparison, FEWEST_ROWS, Level, PERIOD_TIMES, REJECTED_POINTS, ROWS_PERCENT,
    SHARE_POINTS, SourceComparison, UNIT_TIMES, Volume,
};
pub use assembly::Assembly;
pub use cluster::{Cluster, Parcel, Reducer, map, told_faults};
pub use denizen_ingest::{Key, Span};
pub use denizen_report::{
    CodeCount, ColumnDifference, Difference, FigureRevision, FiguresDifference, InputChange, InputDifference,
    Language, Line, LineChange, OtherBase, PipelineLines, Put, RevisedGroup, Revision, Revisions, Sheet,
    Sizes, TableDifference, TableState, Texts, Vintages, difference, difference_page, editions_of, index_of,
    page_of, triangle, vintages, write_vintages,
};
pub use denizen_spec::TableFormat;
pub use error::Error;
pub use export::export;
pub use inspect::{Inspection, ProposedSource, Scaffold, ScaffoldFile, Trial, source_name};
pub use observer::{Cancel, Observer, Progress, Stage, Unit, Work};
pub use project::{Project, root_of};
pub use records::Limits;
pub use run::{EstimateReport, FinishedRelease, ReconciliationReport, Run, RunReport, TableReport};
pub use unmapped::UnmappedCode;
pub use worker::{Job, Mapped, Partial, Piece, Reduced, Worker};
