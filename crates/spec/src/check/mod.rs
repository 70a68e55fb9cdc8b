//! Faults that only show when the parts of a pipeline are read together.

mod parts;
mod source;
mod table;
mod warnings;

use std::collections::BTreeMap;

use crate::diagnostic::suggestion;
use crate::disclosure::Disclosure;
use crate::file_name::NameOf;
use crate::operations::Step;
use crate::pipeline::{Pipeline, StepId};
use crate::schema::Schema;
use crate::source::{FieldType, Source, SourceKind};
use crate::table::Measure;
use crate::{Code, ColumnType, Diagnostic, Path};

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
    let disclosure = pipeline.disclosure.iter().flat_map(Disclosure::faults);
    faults.extend(disclosure.map(|(fault, label)| fault.at(Path::root().field("disclosure"), label)));
    let mut signatures: BTreeMap<&str, Vec<Option<ColumnType>>> = BTreeMap::new();
    // Looked up once: a pipeline may have thousands of tables, steps and sources.
    let step_source = |step: &Step| pipeline.source(step.source.as_deref(), SourceKind::Records);
    let step_sources: Vec<Option<&Source>> = pipeline.steps.iter().map(step_source).collect();
    let table_sources: Vec<Option<&Source>> =
        pipeline.tables.iter().map(|table| pipeline.source_of(table)).collect();
    for source in &pipeline.sources {
        faults.extend(source::check_source(source));
        let mut schema = Schema::of_source(source);
        let is_it = |found: &Option<&Source>| found.is_some_and(|found| std::ptr::eq(found, source));
        let steps = || pipeline.step_ids().zip(&step_sources).filter(|(_, found)| is_it(found));
        for ((id, step), _) in steps() {
            schema = step.operation.schema(schema, id, &mut faults);
        }
        faults.extend(steps().flat_map(|((id, _), _)| check_direction(pipeline, id, source)));
        let tables = pipeline.table_ids().zip(&table_sources).filter(|(_, found)| is_it(found));
        for ((id, table), _) in tables {
            table::check_table(id, table, source, pipeline, &schema, &mut faults);
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
    faults
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
    for (id, table) in pipeline.table_ids() {
        check(NameOf::Table, &table.name, Path::table(id).field("name"));
    }
    faults
}

/// Every step and table has a source, of the kind that it works on.
fn check_references(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (index, step) in pipeline.steps.iter().enumerate() {
        let source = step.source.as_deref();
        let user = User { what: "step", path: Path::step(StepId(index)), source, measure: None };
        faults.extend(user.check(pipeline, SourceKind::Records));
    }
    for (id, table) in pipeline.table_ids() {
        let (source, measure) = (table.source.as_deref(), Some(table.measure));
        let user = User { what: "table", path: Path::table(id), source, measure };
        faults.extend(user.check(pipeline, pipeline.source_kind_of(table)));
    }
    faults
}

/// A step or table, and the source that it names.
struct User<'a> {
    what: &'static str,
    path: Path,
    source: Option<&'a str>,
    /// What a table counts.
    measure: Option<Measure>,
}

impl User<'_> {
    fn check(&self, pipeline: &Pipeline, kind: SourceKind) -> Option<Diagnostic> {
        match pipeline.source(self.source, kind) {
            None if self.source.is_none() && pipeline.sources.iter().all(|source| source.kind != kind) => {
                Some(self.no_source(kind))
            }
            None => Some(self.unclear_source(pipeline)),
            Some(source)
                if source.kind != kind && source.kind == SourceKind::Cells && self.measure.is_none() =>
            {
                let fault = self.no_source(kind);
                let message = format!("`{}` does not hold records", source.name);
                let path = self.path_of_source();
                Some(Diagnostic { message, ..fault }.at(path, "this step works on records"))
            }
            Some(source) if source.kind != kind => {
                let works_on = match kind {
                    SourceKind::Records => "records",
                    SourceKind::Cells => "cells",
                };
                let message = format!("`{}` does not hold {works_on}", source.name);
                let label = format!("this {} works on {works_on}", self.what);
                Some(Diagnostic::error(Code::SourceKind, message).at(self.path_of_source(), label))
            }
            Some(_) => None,
        }
    }

    fn path_of_source(&self) -> Path {
        self.path.clone().field("source")
    }

    /// No source holds what the step or table works on.
    fn no_source(&self, kind: SourceKind) -> Diagnostic {
        let holds = match kind {
            SourceKind::Records => "records",
            SourceKind::Cells => "cells",
        };
        let message = match self.measure {
            Some(measure) => format!("`{}` is taken from {holds}, and no source holds any", measure.name()),
            None => format!("a step works on {holds}, and no source holds any"),
        };
        let (path, help) = match (self.measure, kind) {
            (None, _) => (
                self.path.clone(),
                "leave the step out: what codes of cells mean is said by `codes` and `list` of their column",
            ),
            (Some(_), SourceKind::Cells) => (
                self.path.clone().field("measure"),
                "count the records with `measure = \"count\"`, or state `kind = \"cells\"` where a source holds published figures",
            ),
            (Some(_), SourceKind::Records) => (
                self.path.clone().field("measure"),
                "cells have been counted already: take them with `measure = \"flow\"` or `\"stock\"`",
            ),
        };
        Diagnostic::error(Code::SourceKind, message).at(path, format!("no source of {holds}")).help(help)
    }

    fn unclear_source(&self, pipeline: &Pipeline) -> Diagnostic {
        let names = pipeline.sources.iter().map(|source| source.name.as_str());
        match self.source {
            Some(name) => Diagnostic::error(Code::UnknownSource, format!("there is no source `{name}`"))
                .at(self.path_of_source(), "not declared as [source.NAME]")
                .maybe_help(suggestion(name, names)),
            None => {
                let message = format!("it is not clear which source this {} means", self.what);
                Diagnostic::error(Code::UnknownSource, message)
                    .at(self.path.clone(), "name one with `source`")
                    .maybe_help(suggestion("", names))
            }
        }
    }
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
