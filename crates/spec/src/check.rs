//! Faults that only show when the parts of a pipeline file are read together.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use crate::check_table::{check_parts, check_table};
use crate::clean::{Operation, Step};
use crate::diagnostic::suggestion;
use crate::known::{Holds, Known};
use crate::pipeline::Pipeline;
use crate::source::{Column, ColumnKind, Format, Kind, Source};
use crate::{Code, Diagnostic, columns};

pub(crate) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (list, section) in
        [(pipeline.sources.is_empty(), "[source.NAME]"), (pipeline.tables.is_empty(), "[[table]]")]
    {
        if list {
            let fault = Diagnostic::error(Code::MissingField, format!("the pipeline has no {section}"));
            faults.push(fault.at(0..0, "nothing to do"));
        }
    }
    // Without any source it is no news that a step or table has none.
    if !pipeline.sources.is_empty() {
        faults.extend(check_references(pipeline));
    }
    let mut signatures: BTreeMap<&str, Vec<Option<Holds>>> = BTreeMap::new();
    for source in &pipeline.sources {
        faults.extend(check_source(source));
        let mut known = Known::of(source);
        for step in pipeline.steps_of(source) {
            known.step(step, &mut faults);
        }
        faults.extend(pipeline.steps_of(source).flat_map(|step| check_direction(step, source)));
        for table in pipeline.tables_of(source) {
            check_table(table, source, pipeline, &known, &mut faults);
            let holds =
                |name: &Spanned<String>| known.find(table.column_of(name.get_ref())).map(|(holds, _)| holds);
            let signature: Vec<_> = table.dimensions.iter().map(holds).collect();
            let first = signatures.entry(table.name.get_ref().as_str()).or_insert_with(|| signature.clone());
            if *first != signature {
                let message = format!("two tables are called `{}`", table.name.get_ref());
                let label = "the dimensions of this part hold something else than those of the part above";
                faults.push(Diagnostic::error(Code::TableTwice, message).at(table.name.span(), label));
            }
        }
    }
    faults.extend(check_parts(pipeline));
    faults
}

/// Every step and table has a source, of the kind that it works on.
fn check_references(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut check =
        |named: Option<&Spanned<String>>, span: &Range<usize>, kind: Kind, what: &str| match pipeline
            .source(named, Some(kind))
        {
            None => faults.push(unclear_source(named, span, pipeline, what)),
            Some(source) if source.kind != kind => {
                let works_on = if kind == Kind::Records { "records" } else { "cells" };
                let message = format!("`{}` does not hold {works_on}", source.name.get_ref());
                let span = named.map_or(span.clone(), Spanned::span);
                let label = format!("this {what} works on {works_on}");
                faults.push(Diagnostic::error(Code::SourceKind, message).at(span, label));
            }
            Some(_) => {}
        };
    for step in &pipeline.clean {
        check(step.source.as_ref(), &step.span, Kind::Records, "step");
    }
    for table in &pipeline.tables {
        check(table.source.as_ref(), &table.span, table.measure.kind(), "table");
    }
    faults
}

fn unclear_source(
    named: Option<&Spanned<String>>,
    span: &Range<usize>,
    pipeline: &Pipeline,
    what: &str,
) -> Diagnostic {
    let names = || pipeline.sources.iter().map(|source| source.name.get_ref().as_str());
    match named {
        Some(name) => {
            Diagnostic::error(Code::UnknownSource, format!("there is no source `{}`", name.get_ref()))
                .at(name.span(), "not declared as [source.NAME]")
                .maybe_help(suggestion(name.get_ref(), names().collect::<Vec<_>>()))
        }
        None => {
            Diagnostic::error(Code::UnknownSource, format!("it is not clear which source this {what} means"))
                .at(span.clone(), "name one with `source`")
                .maybe_help(suggestion("", names().collect::<Vec<_>>()))
        }
    }
}

/// Records are filed by `year` and `reference_date`, so these hold what their names say.
fn check_time(column: &Column, fault: &mut impl FnMut(Range<usize>, &str, &str)) {
    let (name, kind) = (column.name.get_ref().as_str(), &column.kind);
    if name == columns::YEAR && *kind != ColumnKind::Integer {
        fault(
            column.name.span(),
            "a year is a whole number",
            "add `type = \"integer\"`, or rename the column",
        );
    }
    if name == columns::REFERENCE_DATE && !matches!(kind, ColumnKind::Date(_)) {
        fault(
            column.name.span(),
            "a reference date is a date",
            "add `type = \"date\"`, or rename the column",
        );
    }
}

/// What cells need besides what records need: a value, one concept, and columns that can be counted on.
fn check_cells(source: &Source, fault: &mut impl FnMut(Range<usize>, &str, &str)) {
    let value = source.column(columns::VALUE).map(|column| &column.kind);
    if value != Some(&ColumnKind::Integer) {
        let label = "declare `value = { from = \"…\", type = \"integer\" }`";
        fault(source.span.clone(), "cells need a column `value` of whole numbers", label);
    }
    match (&source.concept, source.column(columns::CONCEPT)) {
        (None, None) => {
            let label = "say what the cells count: `concept = \"…\"`, or a column `concept`";
            fault(source.span.clone(), "cells need a concept", label);
        }
        (Some(_), Some(column)) => {
            fault(
                column.name.span(),
                "cells have one concept",
                "leave out this column, or the `concept` of the source",
            );
        }
        _ => {}
    }
    for column in &source.columns {
        let is_text = matches!(column.kind, ColumnKind::Text | ColumnKind::Code);
        let name = column.name.get_ref().as_str();
        if column.personal {
            fault(column.name.span(), "cells are no persons", "a column of cells cannot be personal");
        }
        if [columns::CONCEPT, columns::OBS_STATUS].contains(&name) && !is_text {
            fault(column.name.span(), "this column holds text", "leave out `type`, or give `codes`");
        }
    }
}

fn check_source(source: &Source) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut fault = |span: Range<usize>, message: &str, label: &str| {
        faults.push(Diagnostic::error(Code::SourceKind, message).at(span, label));
    };
    if source.columns.is_empty() {
        fault(
            source.span.clone(),
            "a source has columns",
            "name those that are used in [source.NAME.columns]",
        );
    }
    for column in &source.columns {
        let span = column.name.span();
        check_time(column, &mut fault);
        check_codes(column, &mut fault);
        for (_, ours) in column.codes.iter().filter(|(_, ours)| ours.get_ref() == columns::TOTAL) {
            fault(ours.span(), "`_T` is the code of a total", "name the code of the file in `total` instead");
        }
        if column.kind == ColumnKind::Code && column.list.is_none() && column.codes.is_empty() {
            fault(span.clone(), "a column of codes needs its codes", "give `list` or `codes`");
        }
        let has_codes = column.list.is_some() || !column.codes.is_empty() || column.total.is_some();
        if column.total.is_some() && source.kind == Kind::Records {
            let label = "`total` belongs to a source with `kind = \"cells\"`";
            fault(span.clone(), "records have no totals", label);
        } else if column.kind != ColumnKind::Code && has_codes {
            let label = "a column of codes has `list` or `codes`, and no other `type`";
            fault(span.clone(), "only a column of codes has `list`, `codes` or `total`", label);
        }
        if column.complete && column.total.is_none() {
            fault(span, "`complete` compares the codes with their total", "give `total` as well");
        }
    }
    if source.kind == Kind::Cells {
        check_cells(source, &mut fault);
    } else if source.format == Format::SdmxCsv {
        fault(source.span.clone(), "SDMX-CSV holds cells", "add `kind = \"cells\"`");
    } else if source.concept.is_some() {
        fault(source.span.clone(), "records have no concept", "the concept belongs to each [[table]]");
    }
    faults
}

/// Each text of a column of codes has one meaning.
fn check_codes(column: &Column, fault: &mut impl FnMut(Range<usize>, &str, &str)) {
    for (theirs, _) in &column.codes {
        let text = theirs.get_ref().trim();
        if column.missing.iter().any(|missing| missing.trim() == text) {
            fault(theirs.span(), "a text is a code and states nothing", "it is in `missing` too");
        }
        if column.total.as_ref().is_some_and(|total| total.trim() == text) {
            fault(theirs.span(), "a text is the code of a part and of the total", "it is in `total` too");
        }
    }
}

/// A residence rule reads two words; what a source calls them is mapped by its `codes`.
fn check_direction(step: &Step, source: &Source) -> Vec<Diagnostic> {
    let Operation::Residence(residence) = &step.operation else { return Vec::new() };
    let column = source.column(residence.direction.get_ref());
    let Some(column) = column.filter(|column| column.kind == ColumnKind::Code) else { return Vec::new() };
    let fault = |span, label: &str| {
        Diagnostic::error(Code::Direction, "a direction is `arrival` or `departure`").at(span, label)
    };
    if column.codes.is_empty() {
        return vec![fault(column.name.span(), "give `codes = { … = \"arrival\", … = \"departure\" }`")];
    }
    let words = column.codes.iter().map(|(_, ours)| ours);
    let wrong = words.filter(|ours| !["arrival", "departure"].contains(&ours.get_ref().as_str()));
    wrong.map(|ours| fault(ours.span(), "neither of the two")).collect()
}
