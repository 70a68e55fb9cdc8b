//! The steps of a source, made ready to run.

use arrow::array::RecordBatch;
use denizen_spec::{Code, Codelist, Diagnostic, Pipeline, Source};

use crate::operations::{self, Prepared};

/// The steps of a source in order, cut where the first needs whole persons.
pub struct Plan {
    steps: Vec<Prepared>,
    first_person_step: usize,
}

/// What one step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// The operation, and what it makes: `derive age`.
    pub operation: String,
    /// Rows that came in.
    pub read: u64,
    /// Rows that it took out.
    pub excluded: u64,
    /// What else it counted, by name.
    pub counts: Vec<(String, u64)>,
}

impl StepReport {
    /// Adds what the same step did to other rows.
    fn add(&mut self, other: &StepReport) {
        self.read += other.read;
        self.excluded += other.excluded;
        for (name, count) in &other.counts {
            match self.counts.iter_mut().find(|(known, _)| known == name) {
                Some((_, sum)) => *sum += count,
                None => self.counts.push((name.clone(), *count)),
            }
        }
    }
}

impl Plan {
    /// Prepares the steps of a source.
    ///
    /// # Errors
    ///
    /// Every rule that is not known or cannot be applied, and every translation that the code lists do not give.
    pub fn new(pipeline: &Pipeline, source: &Source, lists: &[Codelist]) -> Result<Self, Vec<Diagnostic>> {
        let (mut steps, mut faults) = (Vec::new(), Vec::new());
        let mut list_of = operations::ListOf::new(source, lists);
        let mut first_person_step = None;
        for (index, step) in pipeline.steps_of(source).enumerate() {
            if step.operation.needs_person() {
                first_person_step.get_or_insert(index);
            }
            match operations::prepare(&step.operation, &mut list_of) {
                Ok(prepared) => steps.push(prepared),
                Err(fault) => faults.push(fault),
            }
        }
        let first_person_step = first_person_step.unwrap_or(steps.len());
        if faults.is_empty() { Ok(Self { steps, first_person_step }) } else { Err(faults) }
    }

    /// Whether some step must see all records of a person together, and by which columns: person and order.
    pub fn person_columns(&self) -> Option<(&str, &str)> {
        self.steps.get(self.first_person_step).and_then(Prepared::person_columns)
    }

    /// Runs the steps that look at one row at a time.
    ///
    /// # Errors
    ///
    /// When the data does not allow a step.
    pub fn rows(&self, batch: RecordBatch) -> Result<(RecordBatch, Vec<StepReport>), Diagnostic> {
        run(&self.steps[..self.first_person_step], batch)
    }

    /// Runs the other steps on the whole histories of some persons, sorted as [`crate::Histories`] does it.
    ///
    /// # Errors
    ///
    /// When the data does not allow a step.
    pub fn persons(&self, batch: RecordBatch) -> Result<(RecordBatch, Vec<StepReport>), Diagnostic> {
        run(&self.steps[self.first_person_step..], batch)
    }

    /// Adds what [`Plan::rows`] reports of some rows to the sums that [`Plan::empty_reports`] begins.
    pub fn add_rows(&self, sums: &mut [StepReport], reports: &[StepReport]) {
        sums.iter_mut().zip(reports).for_each(|(sum, report)| sum.add(report));
    }

    /// Adds what [`Plan::persons`] reports of some persons to the sums that [`Plan::empty_reports`] begins.
    pub fn add_persons(&self, sums: &mut [StepReport], reports: &[StepReport]) {
        let sums = sums.iter_mut().skip(self.first_person_step);
        sums.zip(reports).for_each(|(sum, report)| sum.add(report));
    }

    /// The residence rules that are applied: name and parameters.
    pub fn rules(&self) -> impl Iterator<Item = (String, String)> {
        self.steps.iter().filter_map(Prepared::rule)
    }

    /// A report of no rows for each step: a step that no row reaches is still a step.
    pub fn empty_reports(&self) -> Vec<StepReport> {
        let report =
            |step: &Prepared| StepReport { operation: step.name(), read: 0, excluded: 0, counts: Vec::new() };
        self.steps.iter().map(report).collect()
    }
}

fn run(steps: &[Prepared], mut batch: RecordBatch) -> Result<(RecordBatch, Vec<StepReport>), Diagnostic> {
    let mut reports = Vec::with_capacity(steps.len());
    for step in steps {
        let read = batch.num_rows() as u64;
        let mut counts = Vec::new();
        batch = step.apply(batch, &mut counts).map_err(|error| fault(&step.name(), &error))?;
        let excluded = read - batch.num_rows() as u64;
        reports.push(StepReport { operation: step.name(), read, excluded, counts });
    }
    Ok((batch, reports))
}

/// A batch that does not have what the checked pipeline promises is a fault of the program. Its message names columns
/// and types; arrow puts no values into such errors.
pub(crate) fn fault(step: &str, error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::error(Code::Internal, format!("the step `{step}` failed")).note(error.to_string())
}
