//! Faults of steps beside the rows that they work on.

use crate::operations::{Operation, Scope, Step, Value};
use crate::pipeline::{Pipeline, StepId};
use crate::source::{FieldType, Source};
use crate::{Code, Diagnostic, Path, columns};

/// A row that stands for several is no person, whose rows could be told from those of others.
pub(super) fn check_weighted(id: StepId, step: &Step, source: &Source) -> Option<Diagnostic> {
    let weight = source.weight.as_ref()?;
    match step.operation.scope() {
        Scope::Row => None,
        Scope::Person { .. } | Scope::All => {
            let message = format!(
                "`{}` works on persons, and a row of `{}` stands for several",
                step.operation.name(),
                source.name
            );
            let fault = Diagnostic::error(Code::SourceKind, message)
                .at(Path::step(id), "no row of this source is a person");
            Some(fault.help(format!(
                "leave the step out: rows are counted by `{weight}`; or leave out `weight` where each row is one person"
            )))
        }
    }
}

/// Cells are compared with their totals as they are when they have been corrected; other steps come behind that. What is wrong in
/// a table that was published is a value.
pub(super) fn check_corrections<'a>(steps: impl Iterator<Item = (StepId, &'a Step)>) -> Vec<Diagnostic> {
    let (mut faults, mut has_others) = (Vec::new(), false);
    for (id, step) in steps {
        let Operation::Correct(correct) = &step.operation else {
            has_others = true;
            continue;
        };
        if has_others {
            let fault = Diagnostic::error(
                Code::SourceKind,
                "cells are corrected before anything else is done with them",
            );
            faults.push(fault.at(Path::step(id), "put this step before the others of its source"));
        }
        for (index, entry) in correct.entries.iter().enumerate() {
            let is_number = |value: &Value| matches!(value, Value::Number(_) | Value::Decimal { .. });
            if entry.column != columns::VALUE || !is_number(&entry.from) || !is_number(&entry.to) {
                let fault = Diagnostic::error(
                    Code::SourceKind,
                    "of cells only the value is corrected, where it is a number",
                );
                let path = Path::step(id).field("entries").index(index).field("column");
                faults.push(fault.at(path, "not a value"));
            }
        }
    }
    faults
}

/// A residence rule reads two words; what a source calls them is mapped by its `codes`.
pub(super) fn check_direction(pipeline: &Pipeline, step: StepId, source: &Source) -> Vec<Diagnostic> {
    let Some(residence) = pipeline.steps[step.0].operation.as_residence() else { return Vec::new() };
    let column = source.column(&residence.direction);
    let Some(column) = column.filter(|column| column.field_type == FieldType::Code) else {
        return Vec::new();
    };
    let path = Path::source(&source.name).column(&column.name);
    let fault = |path, label: &str| {
        Diagnostic::error(Code::Direction, "a direction is `arrival` or `departure`").at(path, label)
    };
    if column.codes.is_empty() {
        return vec![fault(path.name(), "give `codes = { … = \"arrival\", … = \"departure\" }`")];
    }
    let wrong = column.codes.iter().filter(|(_, ours)| !["arrival", "departure"].contains(&ours.as_str()));
    let path_of = |theirs: &str| path.clone().field("codes").field(theirs);
    wrong.map(|(theirs, _)| fault(path_of(theirs), "neither of the two")).collect()
}
