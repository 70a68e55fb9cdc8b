//! `[[check]]`: what must hold of the rows of a source.
//!
//! Rows come in batches, on any thread. What is about one row is told at once; rows that must be told apart by keys go, with
//! their places, to partitions of their own, and are looked at when all have come; periods are counted. What is found depends
//! neither on the order of batches nor on threads or memory.

mod failures;
mod groups;
mod row;
#[cfg(test)]
mod tests;
mod volume;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{
    Check, CheckKind, CheckOutcome, CheckReport, CheckedRows, ChunkNumber, Diagnostic, PackedPlace, Pipeline,
    Source, columns,
};

use crate::plan::fault;
use crate::scratch::Scratch;
use failures::{Sums, Tally};
use groups::GroupedRows;
use serde::{Deserialize, Serialize};
use volume::Periods;

/// Failures of one check that are listed, the first ones by place.
pub(crate) const MOST_LISTED: usize = 100_000;

/// The checks of the rows of one source.
pub struct Checks {
    checks: Vec<Check>,
    memory: u64,
    scratch: Scratch,
}

/// The same while rows come.
pub struct RunningChecks<'a> {
    running: Vec<Running<'a>>,
}

struct Running<'a> {
    check: &'a Check,
    tally: Tally,
    kind: Kind<'a>,
}

/// How a check is made.
enum Kind<'a> {
    Row(row::RowCheck<'a>),
    Balance(&'a denizen_spec::Balance),
    Groups(Box<GroupedRows>),
    Volume(Periods<'a>),
}

/// What checks that look at one row by itself say of some of the rows of a source, in the order of the checks. Sums are added in any
/// order, each once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckSums(Vec<Sums>);

impl CheckSums {
    /// Adds what is said of other rows.
    ///
    /// # Panics
    ///
    /// When they are of other checks.
    pub fn merge(&mut self, other: Self) {
        assert_eq!(self.0.len(), other.0.len(), "checks of one source");
        self.0.iter_mut().zip(other.0).for_each(|(sums, more)| sums.merge(more));
    }

    /// Makes line numbers absolute by adding the lines of the file before the rows.
    pub fn add_lines(&mut self, lines: u64) {
        self.0.iter_mut().for_each(|sums| sums.add_lines(lines));
    }
}

/// What came of a check.
#[derive(Debug)]
pub struct CheckResult {
    /// Its name and its numbers.
    pub report: CheckReport,
    /// Where it failed, the first ones by place.
    pub failures: Vec<Failure>,
}

/// A place where a check failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Failure {
    /// A row.
    Row(PackedPlace),
    /// A period, with the values that are counted apart.
    Period(String),
}

impl Checks {
    /// The checks of a source. Beyond `memory` bytes what they hold goes to the disk.
    pub fn of(pipeline: &Pipeline, source: &Source, memory: u64, scratch: Scratch) -> Self {
        let checks = pipeline.checks_of(source).map(|(_, check)| check.clone()).collect();
        Self { checks, memory, scratch }
    }

    /// The checks of a source of which each looks at one row by itself, so that nothing waits.
    pub fn of_rows(pipeline: &Pipeline, source: &Source) -> Self {
        Self::of(pipeline, source, 0, Scratch::new(std::path::Path::new(""), false))
    }

    /// Makes them ready for rows.
    pub fn start(&self) -> RunningChecks<'_> {
        let memory = self.memory / self.checks.len().max(1) as u64;
        let groups = |key: &[String], one: &[String]| {
            Kind::Groups(Box::new(GroupedRows::new(key, one, memory, self.scratch.clone())))
        };
        let running = self.checks.iter().map(|check| {
            let kind = match &check.kind {
                CheckKind::Row { when, then, never, stated } => {
                    Kind::Row(row::RowCheck::new(when, then, never, stated))
                }
                CheckKind::Unique(unique) => groups(unique, &[]),
                CheckKind::One { one, per } => groups(per, one),
                CheckKind::Balance(balance) => Kind::Balance(balance),
                CheckKind::Volume(volume) => Kind::Volume(Periods::new(volume)),
            };
            Running { check, tally: Tally::default(), kind }
        });
        RunningChecks { running: running.collect() }
    }

    /// What came of them, where [`RunningChecks::into_sums`] has been added up.
    pub fn results(&self, sums: CheckSums) -> Vec<CheckResult> {
        self.checks.iter().zip(sums.0).map(|(check, sums)| sums.result(check)).collect()
    }
}

fn failed(error: &ArrowError) -> Diagnostic {
    fault("check", error)
}

impl RunningChecks<'_> {
    /// Whether rows must bear their places to the end.
    pub fn need_places(&self) -> bool {
        self.running.iter().any(|running| running.check.rows == CheckedRows::AsReleased)
    }

    /// Looks at rows that bear their places. Any thread may call it, as [`Partitions::add`](crate::Partitions::add).
    ///
    /// # Errors
    ///
    /// When the disk has no room for what does not fit into memory.
    pub fn add(
        &self,
        rows: CheckedRows,
        number: impl Into<ChunkNumber>,
        batch: &RecordBatch,
    ) -> Result<(), Diagnostic> {
        let number = number.into();
        for running in self.running.iter().filter(|running| running.check.rows == rows) {
            let told = match &running.kind {
                Kind::Row(check) => Some(check.outcomes(batch).map_err(|error| failed(&error))?),
                Kind::Balance(balance) => Some(row::balance(batch, balance).map_err(|error| failed(&error))?),
                Kind::Groups(groups) => {
                    running.tally.not_checked(groups.add(number, batch)?);
                    None
                }
                Kind::Volume(periods) => {
                    periods.add(batch).map_err(|error| failed(&error))?;
                    None
                }
            };
            if let Some(outcomes) = told {
                running.tally.add(&outcomes, batch).map_err(|error| failed(&error))?;
            }
        }
        Ok(())
    }

    /// What the checks say of the rows so far; nothing of those that need all of them.
    pub fn into_sums(self) -> CheckSums {
        CheckSums(self.running.into_iter().map(|running| running.tally.into_sums()).collect())
    }

    /// What came of the checks, when all rows have come. `check` is asked again and again whether to go on.
    ///
    /// # Errors
    ///
    /// When a scratch file cannot be read.
    pub fn finish(
        self,
        check: &(dyn Fn() -> Result<(), Diagnostic> + Sync),
    ) -> Result<Vec<CheckResult>, Diagnostic> {
        let results = self.running.into_iter().map(|running| {
            let Running { check: declared, tally, kind } = running;
            match kind {
                Kind::Row(_) | Kind::Balance(_) => {}
                Kind::Groups(groups) => groups.finish(&tally, check)?,
                Kind::Volume(periods) => periods.finish(&tally),
            }
            Ok(tally.into_sums().result(declared))
        });
        results.collect()
    }
}

/// A batch whose rows do not bear their places any more.
pub fn without_places(batch: RecordBatch) -> RecordBatch {
    match batch.schema_ref().index_of(columns::PLACE) {
        Ok(index) => {
            let mut batch = batch;
            batch.remove_column(index);
            batch
        }
        Err(_) => batch,
    }
}

impl CheckResult {
    fn new(check: &Check, [passed, failed, not_checked]: [u64; 3], failures: Vec<Failure>) -> Self {
        let outcome = CheckReport::outcome_of(passed, failed, check.warn, check.fail);
        let report = CheckReport { name: check.name.clone(), passed, failed, not_checked, outcome };
        Self { report, failures }
    }

    /// Whether somebody must look at it.
    pub fn is_bad(&self) -> bool {
        self.report.outcome != CheckOutcome::Passed
    }
}
