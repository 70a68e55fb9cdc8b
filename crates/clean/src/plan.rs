//! The steps of a source, made ready to run.

use arrow::array::RecordBatch;
use denizen_spec::{Code, Codelist, Diagnostic, Path, Pipeline, Schema, Scope, Source, StepReport};
use serde::{Deserialize, Serialize};

use crate::histories::Histories;
use crate::operation::{Context, Failure, Operation, prepare};
use crate::partitions::Partitions;
use crate::scratch::Scratch;

/// The steps of a source in order, cut where the first needs whole persons.
pub struct Plan {
    steps: Vec<Box<dyn Operation>>,
    first_person_step: usize,
    /// The columns by which persons are told apart and their records ordered.
    person_and_order: Option<(String, String)>,
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
        let mut first_person_step = None;
        let mut person_and_order = None;
        for (id, step) in pipeline.steps_of(source) {
            match step.operation.scope() {
                Scope::Row => {}
                Scope::Person { person, order } => {
                    first_person_step.get_or_insert(steps.len() + faults.len());
                    person_and_order = Some((person.to_owned(), order.to_owned()));
                }
                Scope::All => {
                    let message = format!("`{}` works on all persons at once", step.operation.name());
                    let fault = Diagnostic::error(Code::Internal, message);
                    faults.push(fault.at(Path::step(id), "no such step can be carried out yet"));
                    continue;
                }
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
        Ok(Self { steps, first_person_step, person_and_order, max_rows_per_person })
    }

    /// Whether some step must see all records of a person together, and by which columns: person and order.
    pub fn person_columns(&self) -> Option<(&str, &str)> {
        self.person_and_order.as_ref().map(|(person, order)| (person.as_str(), order.as_str()))
    }

    /// Empty partitions for the records: see [`Partitions::new`].
    pub fn partitions(&self, memory: u64, scratch: Scratch) -> Partitions {
        Partitions::new(self.person_columns(), memory, scratch).limit_rows(self.max_rows_per_person)
    }

    /// Notes how many rows are of nobody because their identifier stands on too many: the first step for persons tells it.
    pub fn note_crowded(&self, histories: &Histories, reports: &mut StepReports) {
        let (persons, rows) = histories.crowded();
        if let Some(report) = reports.0.get_mut(self.first_person_step).filter(|_| persons > 0) {
            report.count(CROWDED_PERSONS, persons as u64);
            report.count(CROWDED_ROWS, rows as u64);
        }
    }

    /// Runs the steps that look at one row at a time, and adds what they did to `reports`.
    ///
    /// # Errors
    ///
    /// When the data does not allow a step.
    pub fn rows(&self, batch: RecordBatch, reports: &mut StepReports) -> Result<RecordBatch, Diagnostic> {
        let steps = ..self.first_person_step;
        run(&self.steps[steps], batch, &mut reports.0[steps])
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
