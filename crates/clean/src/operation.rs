//! What every operation does: rows in, rows out, and a report that tells where the difference went.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{Code, Codelist, Diagnostic, Path, Schema, StepReport};

use crate::operations::{
    correct, deduplicate, derive, expand, filter, link, permits, recode, residence, retention, signs_of_life,
    spells, stock,
};

/// An operation with everything looked up that it needs. Any number of threads may call it.
///
/// Which rows it must see together is said by [`denizen_spec::Operation::scope`].
pub(crate) trait Operation: Send + Sync {
    /// What the step does, and what it makes: `derive age`.
    fn name(&self) -> String;

    /// Changes a batch. Rows that are taken out or added are counted in `report`.
    fn apply(&self, batch: RecordBatch, report: &mut StepReport) -> Result<RecordBatch, Failure>;

    /// What links rows into persons, where the operation does so: it is not applied to a batch, but sees all rows.
    fn as_link(&self) -> Option<&link::Link> {
        None
    }

    /// Name and parameters of a residence rule, where the operation applies one.
    fn rule(&self) -> Option<(String, String)> {
        None
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
        Declared::Link(declared) => Box::new(link::Link::new(declared, context)),
        Declared::Permits(declared) => Box::new(permits::Permits::new(declared, context)?),
        Declared::Spells(declared) => Box::new(spells::Spells::new(declared, context)?),
        Declared::Stock(declared) => Box::new(stock::Stock::new(declared, context)?),
        Declared::Retention(declared) => Box::new(retention::Retention::new(declared, context)?),
        Declared::SignsOfLife(declared) => Box::new(signs_of_life::SignsOfLife::new(declared, context)?),
    })
}
