//! Where the values of a column come from, by which it is told whether two columns say the same.

use std::collections::BTreeSet;

use crate::operations::{Constant, Derivation, Operation};
use crate::pipeline::{Pipeline, StepId};
use crate::schema::Schema;
use crate::source::Source;
use crate::{Code, ColumnType, Diagnostic, Path};

/// Where the values of a column come from.
#[derive(Debug, PartialEq)]
pub(super) enum Vocabulary {
    /// The codes of a list.
    List(String),
    /// These, which the pipeline names itself.
    Codes(BTreeSet<String>),
    /// What a step makes of other values, in this way.
    Made(String),
    /// No codes: numbers, dates, texts.
    Values,
}

/// Where the values of a column come from after the steps of its source, of which `schema` has the columns; or after those that
/// stand above a step.
pub(super) fn vocabulary(
    pipeline: &Pipeline,
    source: &Source,
    schema: &Schema,
    name: &str,
    above: Option<StepId>,
) -> Vocabulary {
    let column = schema.get(name);
    if column.is_none_or(|column| column.column_type != ColumnType::Code) {
        return Vocabulary::Values;
    }
    if let Some(list) = column.and_then(|column| column.codelist.clone()) {
        return Vocabulary::List(list);
    }
    let declared = source.column(name).into_iter().flat_map(|column| &column.codes);
    let mut found = Vocabulary::Codes(declared.map(|(_, ours)| ours.clone()).collect());
    for (_, step) in pipeline.steps_of(source).take_while(|(id, _)| above.is_none_or(|above| *id < above)) {
        found = match (&step.operation, found) {
            (Operation::Derive(derive), _) if derive.column == name => made(&derive.method),
            (Operation::Recode(recode), Vocabulary::Codes(codes))
                if recode.columns.iter().any(|of| of == name) =>
            {
                let becomes = |code: String| {
                    let new = recode.codes.iter().find(|(from, _)| *from == code);
                    new.map_or(code, |(_, to)| to.clone())
                };
                Vocabulary::Codes(codes.into_iter().map(becomes).collect())
            }
            (
                Operation::Derive(_)
                | Operation::Recode(_)
                | Operation::Filter(_)
                | Operation::Deduplicate(_)
                | Operation::Residence(_)
                | Operation::Expand(_)
                | Operation::Link(_)
                | Operation::Permits(_)
                | Operation::Spells(_)
                | Operation::Stock(_)
                | Operation::Retention(_)
                | Operation::SignsOfLife(_),
                found,
            ) => found,
        };
    }
    found
}

/// The codes that a step makes.
fn made(method: &Derivation) -> Vocabulary {
    match method {
        Derivation::Month { .. } => Vocabulary::Made("month".to_owned()),
        Derivation::Quarter { .. } => Vocabulary::Made("quarter".to_owned()),
        Derivation::FinancialYear { first_month, .. } => {
            Vocabulary::Made(format!("financial years from month {first_month}"))
        }
        Derivation::Agreement { .. } => Vocabulary::Made("agreement".to_owned()),
        Derivation::AgeGroup { width, open, .. } => {
            Vocabulary::Made(format!("groups of {width} years, the last from {open}"))
        }
        Derivation::Constant { value: Constant::Code(code) } => Vocabulary::Codes([code.clone()].into()),
        Derivation::Constant { value: Constant::Limit(_) }
        | Derivation::Year { .. }
        | Derivation::Date { .. }
        | Derivation::Age { .. } => Vocabulary::Values,
    }
}

/// Codes of a step that no row can have: a column without a list has those that the pipeline names.
pub(super) fn check_recoded(
    pipeline: &Pipeline,
    id: StepId,
    operation: &Operation,
    source: &Source,
    schema: &Schema,
) -> Vec<Diagnostic> {
    let Operation::Recode(recode) = operation else { return Vec::new() };
    let mut faults = Vec::new();
    for column in recode.columns.iter().filter(|_| recode.to.is_none()) {
        let is_unread = source.column(column).is_some_and(|column| column.codes_file.is_some());
        let Vocabulary::Codes(codes) = vocabulary(pipeline, source, schema, column, Some(id)) else {
            continue;
        };
        for (code, _) in recode.codes.iter().filter(|(code, _)| !codes.contains(code) && !is_unread) {
            let fault = Diagnostic::error(Code::UnknownValue, format!("`{column}` has no code `{code}`"));
            let path = Path::step(id).field("codes").field(code).name();
            let known = codes.iter().map(String::as_str);
            faults.push(
                fault.at(path, "no row can have it").maybe_help(crate::diagnostic::suggestion(code, known)),
            );
        }
    }
    faults
}
