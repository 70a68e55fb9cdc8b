//! Faults that only show when the parts of a pipeline are read together.

mod parts;
mod references;
mod source;
mod steps;
mod table;
mod together;
mod vocabulary;
mod warnings;

use std::collections::BTreeMap;

use crate::disclosure::Disclosure;
use crate::file_name::NameOf;
use crate::operations::Step;
use crate::pipeline::{CheckId, Pipeline, StepId, TableId};
use crate::schema::Schema;
use crate::source::{Source, SourceKind};
use crate::table::Table;
use crate::{Code, ColumnType, Diagnostic, Path};

pub(crate) use warnings::warnings;

pub(crate) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = check_sections(pipeline);
    // Without any source it is no news that a step or table has none.
    if !pipeline.sources.is_empty() {
        faults.extend(references::check_references(pipeline));
    }
    faults.extend(check_names(pipeline));
    faults.extend(pipeline.incomplete_texts());
    let disclosure = pipeline.disclosure.iter().flat_map(Disclosure::faults);
    faults.extend(disclosure.map(|(fault, label)| fault.at(Path::root().field("disclosure"), label)));
    let used = SourcesInUse::new(pipeline);
    let mut check = Check { pipeline, used: &used, dimensions: BTreeMap::new(), faults };
    pipeline.sources.iter().for_each(|source| check.source(source));
    check.faults.extend(parts::check_parts(pipeline, &used.of_tables));
    check.tables_of_several_sources();
    check.faults
}

/// The sources of steps and tables, looked up once: a pipeline may have thousands of each.
struct SourcesInUse<'a> {
    of_steps: Vec<Option<&'a Source>>,
    of_tables: Vec<Vec<&'a Source>>,
}

impl<'a> SourcesInUse<'a> {
    fn new(pipeline: &'a Pipeline) -> Self {
        Self {
            of_steps: pipeline.steps.iter().map(|step| pipeline.source_of_step(step)).collect(),
            of_tables: pipeline.tables.iter().map(|table| pipeline.sources_of(table)).collect(),
        }
    }
}

struct Check<'a> {
    pipeline: &'a Pipeline,
    used: &'a SourcesInUse<'a>,
    /// What the dimensions of the first part of each table hold.
    dimensions: BTreeMap<&'a str, Vec<Option<ColumnType>>>,
    faults: Vec<Diagnostic>,
}

impl<'a> Check<'a> {
    /// A source with its steps, its checks and its tables.
    fn source(&mut self, source: &'a Source) {
        let of_steps = &self.used.of_steps;
        let is_of_source = |found: &Option<&Source>| found.is_some_and(|found| std::ptr::eq(found, source));
        let steps = self.pipeline.step_ids().zip(of_steps).filter(|(_, found)| is_of_source(found));
        let steps: Vec<(StepId, &Step)> = steps.map(|(step, _)| step).collect();
        let made: Vec<&str> = steps.iter().filter_map(|(_, step)| step.operation.tells_apart()).collect();
        self.faults.extend(source::check_source(source, &made));
        let schema = self.steps(source, &steps);
        for (id, check) in self.pipeline.checks_of(source) {
            self.faults.extend(check.faults(self.pipeline, id, source));
        }
        self.tables(source, &schema);
    }

    /// The steps of a source, one after another: the columns after the last.
    fn steps(&mut self, source: &Source, steps: &[(StepId, &Step)]) -> Schema {
        let pipeline = self.pipeline;
        let mut schema = Schema::of_source(source);
        for &(id, step) in steps {
            let operation = &step.operation;
            self.faults.extend(vocabulary::check_recoded(pipeline, id, operation, source, &schema));
            self.faults.extend(vocabulary::check_named(pipeline, id, operation, source, &schema));
            schema = operation.schema(schema, id, &mut self.faults);
            self.faults.extend(steps::check_weighted(id, step, source));
        }
        self.faults.extend(steps.iter().flat_map(|(id, _)| steps::check_direction(pipeline, *id, source)));
        if source.kind == SourceKind::Cells {
            self.faults.extend(steps::check_corrections(steps.iter().copied()));
        }
        schema
    }

    /// The tables of a source, by its columns after the last step.
    fn tables(&mut self, source: &Source, schema: &Schema) {
        let changed = self.pipeline.as_changed(source);
        let is_fed = |found: &[&Source]| found.iter().any(|found| std::ptr::eq(*found, source));
        for ((id, table), sources) in self.pipeline.table_ids().zip(&self.used.of_tables) {
            if !is_fed(sources) || !together::are_of_one_kind(sources) {
                continue;
            }
            let mut of_table = Vec::new();
            table::check_table(id, table, &changed, self.pipeline, schema, &mut of_table);
            if sources.len() > 1 {
                of_table = of_one_source(of_table, source, &self.faults);
            }
            self.faults.append(&mut of_table);
            // Sources of one table are compared when all have been looked at.
            if sources.first().is_some_and(|first| std::ptr::eq(*first, source)) {
                self.dimensions(id, table, schema);
            }
        }
    }

    /// Parts of one table have dimensions that hold the same.
    fn dimensions(&mut self, id: TableId, table: &'a Table, schema: &Schema) {
        let column_type = |name: &String| schema.get(table.column_of(name)).map(|column| column.column_type);
        let dimensions: Vec<_> = table.dimensions.iter().map(column_type).collect();
        let first = self.dimensions.entry(&table.name).or_insert_with(|| dimensions.clone());
        if *first != dimensions {
            let message = format!("two tables are called `{}`", table.name);
            let label = "the dimensions of this part hold something else than those of the part above";
            let path = Path::table(id).field("name");
            self.faults.push(Diagnostic::error(Code::TableTwice, message).at(path, label));
        }
    }

    /// What the sources of a table have each must be right before it is compared.
    fn tables_of_several_sources(&mut self) {
        let are_right = self.faults.is_empty();
        let tables = self.pipeline.table_ids().zip(&self.used.of_tables);
        for ((id, table), sources) in tables.filter(|(_, sources)| sources.len() > 1) {
            let unlike = together::check_kinds(id, sources);
            if unlike.is_empty() && are_right {
                self.faults.extend(together::check(self.pipeline, id, table, sources));
            }
            self.faults.extend(unlike);
        }
    }
}

/// There is something to read and something to publish.
fn check_sections(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let sections =
        [(pipeline.sources.is_empty(), "[source.NAME]"), (pipeline.tables.is_empty(), "[[table]]")];
    let missing = sections.into_iter().filter(|(is_empty, _)| *is_empty);
    let fault = |(_, section)| {
        let message = format!("the pipeline has no {section}");
        Diagnostic::error(Code::MissingField, message).at(Path::root(), "nothing to do")
    };
    missing.map(fault).collect()
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
