//! The steps of a source, made ready to run.

use arrow::array::RecordBatch;
use denizen_spec::{
    Code, Codelist, Diagnostic, Path, Pipeline, Schema, Scope, Source, SourceKind, StepReport,
};
use serde::{Deserialize, Serialize};

use crate::histories::Histories;
use crate::operation::{Context, Failure, Limits, Operation, Resolved, prepare};
use crate::operations::correct;
use crate::operations::link::Pairs;
use crate::partitions::{By, Partitions};
use crate::scratch::Scratch;
use crate::written::Written;

/// The steps of a source in order, cut where one needs all rows, and where the first needs whole persons.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow::array::{ArrayRef, Date32Array, RecordBatch};
/// use denizen_clean::Plan;
///
/// let text = r#"
/// spec    = 1
/// title   = "Visas"
/// vintage = "2026"
/// [source.visas]
/// files  = "visas.csv"
/// format = "csv"
/// [source.visas.columns]
/// issued = { type = "date" }
/// [[clean]]
/// op     = "derive"
/// column = "year"
/// method = "year"
/// from   = "issued"
/// [[table]]
/// name       = "visas"
/// measure    = "count"
/// concept    = "visas"
/// dimensions = ["year"]
/// "#;
/// let pipeline = denizen_spec::parse(text).unwrap();
/// let plan = Plan::new(&pipeline, &pipeline.sources[0], &[]).unwrap();
/// let issued = Arc::new(Date32Array::from(vec![20_000, 20_500])) as ArrayRef;
/// let records = RecordBatch::try_from_iter_with_nullable([("issued", issued, true)]).unwrap();
/// let mut reports = plan.empty_reports();
/// let records = plan.rows(records, &mut reports).unwrap();
/// assert!(records.column_by_name("year").is_some());
/// assert_eq!(reports.into_vec()[0].read, 2);
/// ```
pub struct Plan {
    steps: Vec<Box<dyn Operation>>,
    /// Steps that correct cells, before these are compared with their totals.
    corrections: usize,
    /// The steps that correct, as they are declared.
    declared: Vec<(usize, Path, denizen_spec::Correct)>,
    /// The steps that must see all rows, which stand before those for persons.
    over_all: Vec<usize>,
    first_person_step: usize,
    /// How persons are identified and their records ordered.
    by: Option<By>,
    max_rows_per_person: u64,
}

impl Plan {
    /// Prepares the steps of a source.
    ///
    /// # Errors
    ///
    /// Every rule that is not known or cannot be applied, and every translation that the code lists do not give.
    pub fn new(pipeline: &Pipeline, source: &Source, lists: &[Codelist]) -> Result<Self, Vec<Diagnostic>> {
        let mut steps = Vec::new();
        let mut faults = Vec::new();
        let mut schema = Schema::of_source(source);
        let (mut over_all, mut first_person_step) = (Vec::new(), None);
        let mut by = None;
        let mut declared = Vec::new();
        for (id, step) in pipeline.steps_of(source) {
            match step.operation.scope() {
                Scope::Row => {}
                Scope::Person { person, order, sequence } => {
                    first_person_step.get_or_insert(steps.len() + faults.len());
                    let sequence = sequence.map(str::to_owned);
                    let newest_first = source.newest_first;
                    by = Some(By { sequence, newest_first, ..By::new(person, order) });
                }
                Scope::All => over_all.push(steps.len() + faults.len()),
            }
            if let denizen_spec::Operation::Correct(correct) = &step.operation {
                declared.push((steps.len() + faults.len(), Path::step(id), correct.clone()));
            }
            let context = Context { schema: &schema, lists, path: Path::step(id) };
            match prepare(&step.operation, &context) {
                Ok(prepared) => steps.push(prepared),
                Err(fault) => faults.push(fault),
            }
            schema = schema.after(&step.operation, id);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let first_person_step = first_person_step.unwrap_or(steps.len());
        let max_rows_per_person = source.max_rows_per_person;
        // They stand before all other steps of cells.
        let corrections = if source.kind == SourceKind::Cells { declared.len() } else { 0 };
        Ok(Self { steps, corrections, declared, over_all, first_person_step, by, max_rows_per_person })
    }

    /// How many steps must see all rows before any goes on.
    pub fn steps_over_all(&self) -> usize {
        self.over_all.len()
    }

    /// Partitions for rows that have passed the steps before the step over all of this number: they wait until all of them are there,
    /// in their order. Behind the last such step they are [`Plan::partitions`].
    pub fn waiting_rows(&self, before: usize, memory: u64, scratch: Scratch) -> Partitions {
        if before < self.over_all.len() {
            Partitions::new(None, memory, scratch)
        } else {
            self.partitions(memory, scratch)
        }
    }

    /// Lets a step look at all rows; `memory` bytes are held before they go to the disk. `check` is asked again and again
    /// whether to go on.
    ///
    /// # Errors
    ///
    /// When rows conflict and the pipeline says that this stops the run, or the disk is full.
    pub fn resolve(
        &self,
        which: usize,
        rows: &Histories,
        (memory, scratch): (u64, Scratch),
        pairs: Option<&Pairs>,
        check: &(dyn Fn() -> Result<(), Diagnostic> + Sync),
        reports: &mut StepReports,
    ) -> Result<Resolved<'_>, Diagnostic> {
        let step = self.over_all[which];
        let limits = Limits::new(memory, scratch, self.max_rows_per_person, pairs, check);
        let over_all = self.steps[step].over_all_rows();
        let over_all = over_all.ok_or_else(|| Diagnostic::error(Code::Internal, "no step sees all rows"))?;
        over_all.resolve(rows, &limits, &mut reports.0[step])
    }

    /// Changes rows that waited, of which the first has this number, by what the step has found out; runs the steps behind that look
    /// at one row at a time, and adds what they did to `reports`.
    ///
    /// # Errors
    ///
    /// When the data does not allow a step.
    pub fn resolved(
        &self,
        which: usize,
        resolved: &Resolved<'_>,
        first_row: u64,
        batch: RecordBatch,
        reports: &mut StepReports,
    ) -> Result<RecordBatch, Diagnostic> {
        let step = self.over_all[which];
        let report = &mut reports.0[step];
        report.read += batch.num_rows() as u64;
        let name = report.operation.clone();
        let batch = resolved.apply(batch, first_row, report).map_err(|error| fault(&name, &error))?;
        let next = self.over_all.get(which + 1).copied().unwrap_or(self.first_person_step);
        run(&self.steps[step + 1..next], batch, &mut reports.0[step + 1..next])
    }

    /// Whether some step must see all records of a person together, and by what these are ordered.
    pub fn by(&self) -> Option<&By> {
        self.by.as_ref()
    }

    /// Empty partitions for the records: see [`Partitions::new`].
    pub fn partitions(&self, memory: u64, scratch: Scratch) -> Partitions {
        Partitions::new(self.by.clone(), memory, scratch).limit_rows(self.max_rows_per_person)
    }

    /// Notes how many rows are of nobody because their identifier stands on too many: the first step for persons tells it.
    pub fn note_crowded(&self, histories: &Histories, reports: &mut StepReports) {
        let (persons, rows) = histories.crowded();
        if let Some(report) = reports.0.get_mut(self.first_person_step).filter(|_| persons > 0) {
            report.count(CROWDED_PERSONS, persons as u64);
            report.count(CROWDED_ROWS, rows as u64);
        }
    }

    /// Notes in which order the rows of persons were written, when all units have been handed out: the first step for persons
    /// tells it.
    pub fn note_order(&self, histories: &Histories, reports: &mut StepReports) {
        let Some(report) = reports.0.get_mut(self.first_person_step) else { return };
        let written = histories.written();
        // Where there are no pairs nothing is counted, so that counts stand in one order whatever the parts were.
        if written == Written::default() {
            return;
        }
        report.count(OLDEST_FIRST, written.oldest_first);
        report.count(NEWEST_FIRST, written.newest_first);
        report.count(UNORDERED, written.unordered);
    }

    /// Runs the steps that look at one row at a time, up to one that must see all rows, and adds what they did to `reports`.
    ///
    /// # Errors
    ///
    /// When the data does not allow a step.
    pub fn rows(&self, batch: RecordBatch, reports: &mut StepReports) -> Result<RecordBatch, Diagnostic> {
        let steps = self.corrections..self.over_all.first().copied().unwrap_or(self.first_person_step);
        run(&self.steps[steps.clone()], batch, &mut reports.0[steps])
    }

    /// Corrects cells as they were read, and adds what was done to `reports`.
    ///
    /// # Errors
    ///
    /// Only a fault of the program.
    pub fn correct_cells(
        &self,
        batch: RecordBatch,
        reports: &mut StepReports,
    ) -> Result<RecordBatch, Diagnostic> {
        let steps = ..self.corrections;
        run(&self.steps[steps], batch, &mut reports.0[steps])
    }

    /// How many steps correct cells: the first ones of its reports.
    pub fn corrections(&self) -> usize {
        self.corrections
    }

    /// What corrections did not find, when all rows have come.
    pub fn unexpected(&self, reports: &StepReports) -> Vec<Diagnostic> {
        let of_step = |(step, path, correct): &(usize, Path, denizen_spec::Correct)| {
            correct::unexpected(correct, &reports.0[*step], path)
        };
        self.declared.iter().flat_map(of_step).collect()
    }

    /// Runs the other steps on the whole histories of some persons, sorted as [`Histories`] does it, and adds
    /// what they did to `reports`.
    ///
    /// # Errors
    ///
    /// When the data does not allow a step.
    pub fn persons(&self, batch: RecordBatch, reports: &mut StepReports) -> Result<RecordBatch, Diagnostic> {
        let steps = self.first_person_step..;
        run(&self.steps[steps.clone()], batch, &mut reports.0[steps])
    }

    /// The residence rules that are applied: name and parameters.
    pub fn rules(&self) -> impl Iterator<Item = (String, String)> {
        self.steps.iter().filter_map(|step| step.rule())
    }

    /// A report of no rows for each step: a step that no row reaches is still a step.
    pub fn empty_reports(&self) -> StepReports {
        StepReports(self.steps.iter().map(|step| StepReport::new(&step.name())).collect())
    }
}

/// Identifiers that stand on more rows than a person may have, in the report of the first step for persons.
pub const CROWDED_PERSONS: &str = "crowded_identifiers";

/// The rows of these, which are rows of nobody.
pub const CROWDED_ROWS: &str = "crowded_rows";

/// Neighbouring rows of a person of which the earlier stands above the later in the files.
pub const OLDEST_FIRST: &str = "pairs_oldest_first";

/// Those of which it stands below.
pub const NEWEST_FIRST: &str = "pairs_newest_first";

/// Neighbouring rows of a person that only the order of the files orders: they are of one day, and no sequence tells which is
/// the first.
pub const UNORDERED: &str = "pairs_in_order_of_file";

/// What the steps of a source did, one report for each step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReports(Vec<StepReport>);

impl StepReports {
    /// Adds what the same steps did with other rows.
    ///
    /// # Panics
    ///
    /// When the reports are of another plan.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(self.0.len(), other.0.len(), "reports of one plan");
        self.0.iter_mut().zip(&other.0).for_each(|(sum, report)| sum.merge(report));
    }

    /// The reports in the order of the steps.
    pub fn into_vec(self) -> Vec<StepReport> {
        self.0
    }
}

fn run(
    steps: &[Box<dyn Operation>],
    mut batch: RecordBatch,
    reports: &mut [StepReport],
) -> Result<RecordBatch, Diagnostic> {
    for (step, sum) in steps.iter().zip(reports) {
        let mut report = StepReport { read: batch.num_rows() as u64, ..StepReport::new(&sum.operation) };
        batch = step.apply(batch, &mut report).map_err(|failure| match failure {
            Failure::Data(fault) => *fault,
            Failure::Program(error) => fault(&sum.operation, &error),
        })?;
        if report.accepted() != Some(batch.num_rows() as u64) {
            let message = format!("rows were lost at {}", sum.operation);
            return Err(Diagnostic::error(Code::NotConserved, message));
        }
        sum.merge(&report);
    }
    Ok(batch)
}

/// A batch that does not have what the checked pipeline promises is a fault of the program. Its message names columns
/// and types; arrow puts no values into such errors.
pub(crate) fn fault(step: &str, error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::error(Code::Internal, format!("the step `{step}` failed")).note(error.to_string())
}
