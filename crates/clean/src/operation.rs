//! What every operation does: rows in, rows out, and a report that tells where the difference went.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{Code, Codelist, Diagnostic, Path, Schema, StepReport};

use crate::histories::Histories;
use crate::operations::{
    correct, deduplicate, derive, expand, filter, flows_from_stocks, inherit, link, permits, recode,
    residence, retention, signs_of_life, spells, stock,
};
use crate::scratch::Scratch;

/// An operation with everything looked up that it needs. Any number of threads may call it.
///
/// Which rows it must see together is said by [`denizen_spec::Operation::scope`].
pub(crate) trait Operation: Send + Sync {
    /// What the step does, and what it makes: `derive age`.
    fn name(&self) -> String;

    /// Changes a batch. Rows that are taken out or added are counted in `report`.
    fn apply(&self, batch: RecordBatch, report: &mut StepReport) -> Result<RecordBatch, Failure>;

    /// What must see all rows before it says anything of one, where the operation does so: it is not applied to a batch.
    fn over_all_rows(&self) -> Option<&dyn AllRows> {
        None
    }

    /// Name and parameters of a residence rule, where the operation applies one.
    fn rule(&self) -> Option<(String, String)> {
        None
    }
}

/// An operation that must see all rows before it says anything of one.
pub(crate) trait AllRows {
    /// Looks at all rows. They are in the order of the files, or in any other: what is said of them is the same.
    ///
    /// # Errors
    ///
    /// When the data do not allow it, or the disk is full.
    fn resolve<'a>(
        &'a self,
        rows: &Histories,
        limits: &Limits<'_>,
        report: &mut StepReport,
    ) -> Result<Resolved<'a>, Diagnostic>;
}

/// What looking at all rows may take, and who may stop it.
pub(crate) struct Limits<'a> {
    /// Bytes that are held in memory before they go to the disk.
    pub(crate) memory: u64,
    pub(crate) scratch: Scratch,
    /// Rows on which one value of a key may stand.
    pub(crate) max_rows_per_person: u64,
    /// Pairs of rows that are of one person, where the pipeline names a file of them.
    pub(crate) pairs: Option<&'a link::Pairs>,
    /// Asked again and again whether to go on.
    pub(crate) check: &'a (dyn Fn() -> Result<(), Diagnostic> + Sync),
}

impl<'a> Limits<'a> {
    pub(crate) fn new(
        memory: u64,
        scratch: Scratch,
        max_rows_per_person: u64,
        pairs: Option<&'a link::Pairs>,
        check: &'a (dyn Fn() -> Result<(), Diagnostic> + Sync),
    ) -> Self {
        Self { memory, scratch, max_rows_per_person, pairs, check }
    }

    /// Refuses what must be in memory and has no room there: twice what may wait before it goes to the disk.
    pub(crate) fn check_memory(&self, bytes: u64, what: &str, path: &Path) -> Result<(), Diagnostic> {
        if bytes / 2 <= self.memory {
            return Ok(());
        }
        let message = format!("there are more {what} than memory has room for");
        let label = format!("they take {} megabytes, more than a quarter of `--memory`", bytes / 1_000_000);
        Err(Diagnostic::error(Code::Limit, message).at(path.clone(), label))
    }
}

type Change<'a> =
    dyn Fn(RecordBatch, u64, &mut StepReport) -> Result<RecordBatch, ArrowError> + Send + Sync + 'a;

/// What all rows have told an operation. Any number of threads may ask it.
pub struct Resolved<'a>(Box<Change<'a>>);

impl<'a> Resolved<'a> {
    /// By what changes a batch, of which the first row has this number among all.
    pub(crate) fn new(
        change: impl Fn(RecordBatch, u64, &mut StepReport) -> Result<RecordBatch, ArrowError> + Send + Sync + 'a,
    ) -> Self {
        Self(Box::new(change))
    }

    pub(crate) fn apply(
        &self,
        batch: RecordBatch,
        first_row: u64,
        report: &mut StepReport,
    ) -> Result<RecordBatch, ArrowError> {
        (self.0)(batch, first_row, report)
    }
}

/// Why an operation could not be carried out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The data do not allow it.
    Data(Box<Diagnostic>),
    /// A batch is not what the checked pipeline promises: a fault of the program.
    Program(ArrowError),
}

impl From<ArrowError> for Failure {
    fn from(error: ArrowError) -> Self {
        Self::Program(error)
    }
}

impl From<Diagnostic> for Failure {
    fn from(fault: Diagnostic) -> Self {
        Self::Data(Box::new(fault))
    }
}

/// What an operation is prepared with.
pub(crate) struct Context<'a> {
    /// The columns before the step.
    pub(crate) schema: &'a Schema,
    pub(crate) lists: &'a [Codelist],
    /// Where the step is in the pipeline.
    pub(crate) path: Path,
}

impl<'a> Context<'a> {
    /// The code list that a column has at this step.
    pub(crate) fn codelist_of(&self, column: &str) -> Option<&'a Codelist> {
        let name = self.schema.get(column)?.codelist.as_ref()?;
        self.lists.iter().find(|list| list.name == *name)
    }

    /// Codes that a step names are codes of the lists of their columns.
    fn check_named(&self, operation: &denizen_spec::Operation) -> Result<(), Diagnostic> {
        for (path, column, code) in operation.named_codes(&self.path) {
            let Some(list) = self.codelist_of(column) else { continue };
            if list.entries.get(code).is_some_and(|entry| entry.kind.is_part()) {
                continue;
            }
            let message = format!("`{column}` has no code `{code}`");
            let label = format!("the list `{}` has no such code of a row", list.name);
            let known: Vec<&str> = list.entries.keys().map(String::as_str).collect();
            let fault = Diagnostic::error(Code::Rule, message).at(path, label);
            return Err(fault.maybe_help(denizen_spec::did_you_mean(code, known)));
        }
        Ok(())
    }

    /// A rule that the check of a pipeline refuses: a program has built the pipeline, and not checked it.
    pub(crate) fn unknown_rule(&self, rule: &str) -> Diagnostic {
        let message = format!("the rule `{}` cannot be applied", denizen_spec::printable_line(rule));
        Diagnostic::error(Code::Rule, message).at(self.path.clone(), "it is not known, or lacks a parameter")
    }

    /// Whether some dates of a column are said in part only.
    pub(crate) fn is_in_part(&self, column: &str) -> bool {
        self.schema.get(column).is_some_and(|column| column.in_part)
    }
}

/// Prepares what a step says, or says why it cannot be done.
pub(crate) fn prepare(
    operation: &denizen_spec::Operation,
    context: &Context<'_>,
) -> Result<Box<dyn Operation>, Diagnostic> {
    use denizen_spec::Operation as Declared;
    context.check_named(operation)?;
    Ok(match operation {
        Declared::Filter(declared) => {
            Box::new(filter::Filter::new(declared, &|column| context.is_in_part(column)))
        }
        Declared::Recode(declared) => Box::new(recode::Recode::new(declared, context)?),
        Declared::Derive(declared) => {
            Box::new(derive::Derive::new(declared, &|column| context.is_in_part(column)))
        }
        Declared::Deduplicate(declared) => Box::new(deduplicate::Deduplicate::new(declared)),
        Declared::Residence(declared) => Box::new(residence::Residence::new(declared, context)?),
        Declared::Expand(declared) => Box::new(expand::Expand::new(declared, context)),
        Declared::Correct(declared) => Box::new(correct::Correct::new(declared, context)?),
        Declared::Inherit(declared) => Box::new(inherit::Inherit::new(declared, context)?),
        Declared::Link(declared) => Box::new(link::Link::new(declared, context)),
        Declared::Permits(declared) => Box::new(permits::Permits::new(declared, context)?),
        Declared::Spells(declared) => Box::new(spells::Spells::new(declared, context)?),
        Declared::Stock(declared) => Box::new(stock::Stock::new(declared, context)?),
        Declared::Retention(declared) => Box::new(retention::Retention::new(declared, context)?),
        Declared::SignsOfLife(declared) => Box::new(signs_of_life::SignsOfLife::new(declared, context)?),
        Declared::FlowsFromStocks(declared) => {
            Box::new(flows_from_stocks::FlowsFromStocks::new(declared, context))
        }
    })
}
