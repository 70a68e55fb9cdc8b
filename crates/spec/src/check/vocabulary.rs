//! Where the values of a column come from, by which it is told whether two columns say the same.

use std::collections::BTreeSet;

use crate::operations::{Constant, Correct, Derivation, Operation, Value};
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
                | Operation::Inherit(_)
                | Operation::Link(_)
                | Operation::Permits(_)
                | Operation::Spells(_)
                | Operation::Stock(_)
                | Operation::Retention(_)
                | Operation::SignsOfLife(_)
                | Operation::FlowsFromStocks(_)
                | Operation::Correct(_),
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
    if let Operation::Correct(correct) = operation {
        return check_corrected(pipeline, id, correct, source, schema);
    }
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

/// Codes of corrections that a column without a list does not have.
fn check_corrected(
    pipeline: &Pipeline,
    id: StepId,
    correct: &Correct,
    source: &Source,
    schema: &Schema,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (index, entry) in correct.entries.iter().enumerate() {
        let column = &entry.column;
        let is_unread = source.column(column).is_some_and(|column| column.codes_file.is_some());
        let known = vocabulary(pipeline, source, schema, column, Some(id));
        let (Vocabulary::Codes(codes), false) = (known, is_unread) else { continue };
        for (field, value) in [("from", &entry.from), ("to", &entry.to)] {
            let Value::Text(code) = value else { continue };
            if !codes.contains(code) {
                let fault = Diagnostic::error(Code::UnknownValue, format!("`{column}` has no code `{code}`"));
                let path = Path::step(id).field("entries").index(index).field(field);
                let help = crate::diagnostic::suggestion(code, codes.iter().map(String::as_str));
                faults.push(fault.at(path, "not a code of the column").maybe_help(help));
            }
        }
    }
    faults
}

/// Codes that a step names and that no row can have: a misspelt one would take no precedence, or be of no permit, without a word. Those of a
/// list are looked up when the list is read.
pub(super) fn check_named(
    pipeline: &Pipeline,
    id: StepId,
    operation: &Operation,
    source: &Source,
    schema: &Schema,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (path, column, code) in operation.named_codes(&Path::step(id)) {
        let is_unread = source.column(column).is_some_and(|column| column.codes_file.is_some());
        let Vocabulary::Codes(codes) = vocabulary(pipeline, source, schema, column, Some(id)) else {
            continue;
        };
        // A column without any codes is one that a step made, or that is refused by itself.
        if is_unread || codes.is_empty() || codes.contains(code) {
            continue;
        }
        let fault = Diagnostic::error(Code::UnknownValue, format!("`{column}` has no code `{code}`"));
        let known = codes.iter().map(String::as_str);
        faults.push(
            fault.at(path, "no row can have it").maybe_help(crate::diagnostic::suggestion(code, known)),
        );
    }
    faults
}
