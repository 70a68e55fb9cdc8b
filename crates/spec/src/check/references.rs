//! Every step, check and table has a source, of the kind that it works on.

use crate::diagnostic::suggestion;
use crate::operations::Step;
use crate::pipeline::{CheckId, Pipeline, StepId, TableId};
use crate::source::{Source, SourceKind};
use crate::table::Table;
use crate::{Code, Diagnostic, Path};

/// Every step and table has a source, of the kind that it works on.
pub(super) fn check_references(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (id, step) in pipeline.step_ids() {
        faults.extend(check_step(pipeline, id, step));
    }
    for (index, check) in pipeline.checks.iter().enumerate() {
        if pipeline.source_of_check(check).is_none() {
            let path = Path::check(CheckId(index));
            let named = check.source.as_deref().map(|name| (name, path.clone().field("source")));
            faults.push(unclear_source(pipeline, "check", named, path));
        }
    }
    for (id, table) in pipeline.table_ids() {
        if table.sources.is_empty() {
            faults.extend(check_only_source(pipeline, id, table));
        }
        let named = table.sources.iter().enumerate();
        faults
            .extend(named.filter_map(|(index, name)| check_named_source(pipeline, id, table, (index, name))));
    }
    faults
}

/// A step has a source, whose rows are such as it works on.
fn check_step(pipeline: &Pipeline, id: StepId, step: &Step) -> Option<Diagnostic> {
    let path = Path::step(id);
    let name = step.operation.name();
    let Some(source) = pipeline.source_of_step(step) else {
        let named = step.source.as_deref().map(|name| (name, path.clone().field("source")));
        return Some(unclear_source(pipeline, "step", named, path));
    };
    let suits = match source.kind {
        SourceKind::Records => !step.operation.needs_all_cells(),
        SourceKind::Cells => step.operation.suits_cells(),
    };
    if suits {
        return None;
    }
    if source.kind == SourceKind::Records {
        let message = format!("`{name}` works on cells, and `{}` holds records", source.name);
        let at = if step.source.is_some() { path.field("source") } else { path };
        let help = "it estimates what records of persons say themselves; leave it out, or state `kind = \"cells\"` where each row is a cell \
                    of a published table";
        return Some(Diagnostic::error(Code::SourceKind, message).at(at, "these are records").help(help));
    }
    let message = format!("`{name}` works on records, and `{}` holds cells", source.name);
    let at = if step.source.is_some() { path.field("source") } else { path };
    let help = "leave the step out, or leave out `kind = \"cells\"` where each row is a person or an event; cells can be changed by \
                `filter`, `recode`, `derive` and `correct`";
    Some(Diagnostic::error(Code::SourceKind, message).at(at, "these are cells").help(help))
}

/// A source that a table names is of a kind that its measure can be taken from.
fn check_named_source(
    pipeline: &Pipeline,
    id: TableId,
    table: &Table,
    (index, name): (usize, &str),
) -> Option<Diagnostic> {
    let path = Path::table(id);
    let Some(source) = pipeline.sources.iter().find(|source| source.name == name) else {
        let place = path.clone().field("source").index(index);
        return Some(unclear_source(pipeline, "table", Some((name, place)), path));
    };
    if table.measure.source_kinds().contains(&source.kind) {
        return None;
    }
    let measure = table.measure.name();
    let message = format!("`{measure}` is not taken from {}, which `{name}` holds", rows_of(source.kind));
    let fault = Diagnostic::error(Code::SourceKind, message).at(path.field("measure"), "not of these rows");
    Some(fault.help(other_measure(source.kind)))
}

/// A table that names no source has one all the same, of a kind that its measure can be taken from.
fn check_only_source(pipeline: &Pipeline, id: TableId, table: &Table) -> Option<Diagnostic> {
    let path = Path::table(id);
    let measure = table.measure.name();
    let kinds = table.measure.source_kinds();
    let fitting: Vec<&Source> =
        pipeline.sources.iter().filter(|source| kinds.contains(&source.kind)).collect();
    match fitting.as_slice() {
        [] => {
            let kind = pipeline.sources.first().map_or(SourceKind::Records, |source| source.kind);
            let wanted = rows_of(kinds[0]);
            let message = format!("`{measure}` is taken from {wanted}, and no source holds any");
            let label = format!("no source of {wanted}");
            let fault = Diagnostic::error(Code::SourceKind, message).at(path.field("measure"), label);
            Some(fault.help(other_measure(kind)))
        }
        _ if pipeline.source_of(table).is_some() => None,
        _ => {
            let fault = unclear_source(pipeline, "table", None, path);
            Some(fault.note("several feed one table where it names them: `source = [\"one\", \"other\"]`"))
        }
    }
}

fn rows_of(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Records => "records",
        SourceKind::Cells => "cells",
    }
}

/// What can be taken from such a source.
fn other_measure(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Records => {
            "count the records with `measure = \"count\"`, or state `kind = \"cells\"` where a source holds published figures"
        }
        SourceKind::Cells => {
            "cells have been counted already: take them with `measure = \"flow\"` or `\"stock\"`"
        }
    }
}

/// No source is called so, or several could be meant.
fn unclear_source(pipeline: &Pipeline, what: &str, named: Option<(&str, Path)>, path: Path) -> Diagnostic {
    let names = pipeline.sources.iter().map(|source| source.name.as_str());
    match named {
        Some((name, place)) => Diagnostic::error(Code::UnknownSource, format!("there is no source `{name}`"))
            .at(place, "not declared as [source.NAME]")
            .maybe_help(suggestion(name, names)),
        None => {
            let message = format!("it is not clear which source this {what} means");
            Diagnostic::error(Code::UnknownSource, message)
                .at(path, "name one with `source`")
                .maybe_help(suggestion("", names))
        }
    }
}
