//! Faults that only show when the parts of a pipeline are read together.

mod parts;
mod source;
mod table;
mod together;
mod vocabulary;
mod warnings;

use std::collections::BTreeMap;

use crate::diagnostic::suggestion;
use crate::disclosure::Disclosure;
use crate::file_name::NameOf;
use crate::operations::{Operation, Scope, Step, Value};
use crate::pipeline::{CheckId, Pipeline, StepId, TableId};
use crate::schema::Schema;
use crate::source::{FieldType, Source, SourceKind};
use crate::table::Table;
use crate::{Code, ColumnType, Diagnostic, Path, columns};

pub(crate) use warnings::warnings;

pub(crate) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (is_empty, section) in
        [(pipeline.sources.is_empty(), "[source.NAME]"), (pipeline.tables.is_empty(), "[[table]]")]
    {
        if is_empty {
            let fault = Diagnostic::error(Code::MissingField, format!("the pipeline has no {section}"));
            faults.push(fault.at(Path::root(), "nothing to do"));
        }
    }
    // Without any source it is no news that a step or table has none.
    if !pipeline.sources.is_empty() {
        faults.extend(check_references(pipeline));
    }
    faults.extend(check_names(pipeline));
    faults.extend(pipeline.incomplete_texts());
    let disclosure = pipeline.disclosure.iter().flat_map(Disclosure::faults);
    faults.extend(disclosure.map(|(fault, label)| fault.at(Path::root().field("disclosure"), label)));
    let mut signatures: BTreeMap<&str, Vec<Option<ColumnType>>> = BTreeMap::new();
    // Looked up once: a pipeline may have thousands of tables, steps and sources.
    let step_sources: Vec<Option<&Source>> =
        pipeline.steps.iter().map(|step| pipeline.source_of_step(step)).collect();
    let table_sources: Vec<Vec<&Source>> =
        pipeline.tables.iter().map(|table| pipeline.sources_of(table)).collect();
    for source in &pipeline.sources {
        let steps = pipeline.steps_of(source);
        let made: Vec<&str> = steps.filter_map(|(_, step)| step.operation.tells_apart()).collect();
        faults.extend(source::check_source(source, &made));
        let mut schema = Schema::of_source(source);
        let is_it = |found: &Option<&Source>| found.is_some_and(|found| std::ptr::eq(found, source));
        let steps = || pipeline.step_ids().zip(&step_sources).filter(|(_, found)| is_it(found));
        for ((id, step), _) in steps() {
            faults.extend(vocabulary::check_recoded(pipeline, id, &step.operation, source, &schema));
            faults.extend(vocabulary::check_named(pipeline, id, &step.operation, source, &schema));
            schema = step.operation.schema(schema, id, &mut faults);
            faults.extend(check_weighted(id, step, source));
        }
        faults.extend(steps().flat_map(|((id, _), _)| check_direction(pipeline, id, source)));
        if source.kind == SourceKind::Cells {
            faults.extend(check_corrections(steps().map(|(step, _)| step)));
        }
        let of_source = pipeline.checks_of(source);
        faults.extend(of_source.flat_map(|(id, check)| check.faults(pipeline, id, source)));
        let changed = pipeline.as_changed(source);
        let is_fed = |found: &[&Source]| found.iter().any(|found| std::ptr::eq(*found, source));
        let tables = pipeline.table_ids().zip(&table_sources);
        let tables = tables.filter(|(_, found)| is_fed(found) && together::are_of_one_kind(found));
        for ((id, table), sources) in tables {
            let mut of_table = Vec::new();
            table::check_table(id, table, &changed, pipeline, &schema, &mut of_table);
            if sources.len() > 1 {
                faults.extend(of_one_source(of_table, source, &faults));
            } else {
                faults.append(&mut of_table);
            }
            // Sources of one table are compared below.
            if sources.first().is_some_and(|first| !std::ptr::eq(*first, source)) {
                continue;
            }
            let column_type =
                |name: &String| schema.get(table.column_of(name)).map(|column| column.column_type);
            let signature: Vec<_> = table.dimensions.iter().map(column_type).collect();
            let first = signatures.entry(&table.name).or_insert_with(|| signature.clone());
            if *first != signature {
                let message = format!("two tables are called `{}`", table.name);
                let label = "the dimensions of this part hold something else than those of the part above";
                let path = Path::table(id).field("name");
                faults.push(Diagnostic::error(Code::TableTwice, message).at(path, label));
            }
        }
    }
    faults.extend(parts::check_parts(pipeline, &table_sources));
    // What the sources of a table have each must be right before it is compared.
    let are_right = faults.is_empty();
    for ((id, table), sources) in pipeline.table_ids().zip(&table_sources).filter(|(_, of)| of.len() > 1) {
        let unlike = together::check_kinds(id, sources);
        if unlike.is_empty() && are_right {
            faults.extend(together::check(pipeline, id, table, sources));
        }
        faults.extend(unlike);
    }
    faults
}

/// What is wrong with a table beside one of its sources, unless another one has the same fault.
fn of_one_source(found: Vec<Diagnostic>, source: &Source, known: &[Diagnostic]) -> Vec<Diagnostic> {
    let is_known = |fault: &Diagnostic| {
        known.iter().any(|other| other.message == fault.message && other.place == fault.place)
    };
    let named = |fault: Diagnostic| fault.note(format!("it is so in the source `{}`", source.name));
    found.into_iter().filter(|fault| !is_known(fault)).map(named).collect()
}

/// The names of a pipeline that a program has built; those of a text are checked while it is read.
fn check_names(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut check = |use_of_name: NameOf, name: &str, path: Path| {
        faults.extend(use_of_name.fault(name).map(|fault| fault.at(path, use_of_name.label())));
    };
    check(NameOf::Vintage, &pipeline.vintage, Path::root().field("vintage"));
    for source in &pipeline.sources {
        let path = Path::source(&source.name);
        check(NameOf::Source, &source.name, path.clone().name());
        for column in &source.columns {
            let path = path.clone().column(&column.name).field("list");
            column.codelist.iter().for_each(|name| check(NameOf::Codelist, name, path.clone()));
        }
    }
    let names: Vec<&str> = pipeline.checks.iter().map(|check| check.name.as_str()).collect();
    let twice = names.iter().enumerate().filter(|(index, name)| names[..*index].contains(name));
    let twice: Vec<usize> = twice.map(|(index, _)| index).collect();
    for (id, table) in pipeline.table_ids() {
        check(NameOf::Table, &table.name, Path::table(id).field("name"));
    }
    for index in twice {
        let fault = Diagnostic::error(Code::ColumnTwice, format!("two checks are called `{}`", names[index]));
        faults.push(fault.at(Path::check(CheckId(index)).field("name"), "give it another name"));
    }
    faults
}

/// Every step and table has a source, of the kind that it works on.
fn check_references(pipeline: &Pipeline) -> Vec<Diagnostic> {
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

/// A row that stands for several is no person, whose rows could be told from those of others.
fn check_weighted(id: StepId, step: &Step, source: &Source) -> Option<Diagnostic> {
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
fn check_corrections<'a>(steps: impl Iterator<Item = (StepId, &'a Step)>) -> Vec<Diagnostic> {
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
fn check_direction(pipeline: &Pipeline, step: StepId, source: &Source) -> Vec<Diagnostic> {
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
