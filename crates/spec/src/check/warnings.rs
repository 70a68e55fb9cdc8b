//! What somebody should look at although a pipeline can be run: tables that are linked, one being a margin of the other, so
//! that each tells of what the other hides; and shares that can never be given.

use std::collections::BTreeSet;

use crate::pipeline::{Pipeline, TableId};
use crate::source::SourceKind;
use crate::table::Table;
use crate::{Code, Diagnostic, Path, columns};

pub(crate) fn warnings(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let told = [missing_totals(pipeline), shown_totals(pipeline), linked_tables(pipeline)];
    told.into_iter().flatten().collect()
}

/// Shares of published cells that have no total.
fn missing_totals(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut missing = Vec::new();
    for (id, table) in pipeline.table_ids() {
        for indicator in table.indicators.iter().map(|asked| asked.indicator) {
            let Some(column) = pipeline.missing_total(table, indicator) else { continue };
            let title = indicator.title.to_lowercase();
            let name = &column.name;
            let message = format!(
                "the table `{}` has no {title}: its source declares no total of `{name}`",
                table.name
            );
            let fault = Diagnostic::warning(Code::Indicator, message);
            let fault = fault.at(Path::table(id).field("indicators"), format!("no {title} can be computed"));
            missing.push(fault.help(format!(
                "name the code of the total: {name} = {{ …, total = \"…\" }}. The parts that are there may be a selection, \
                 and their sum is no total"
            )));
        }
    }
    missing
}

/// The tables whose counts are suppressed and rounded.
fn protected_tables(pipeline: &Pipeline) -> Vec<(TableId, &Table)> {
    let hides_counts = pipeline.disclosure.as_ref().is_some_and(|disclosure| disclosure.hides_counts());
    pipeline.table_ids().filter(|_| hides_counts).collect()
}

/// Published totals beside their parts, some of which are hidden.
fn shown_totals(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut shown = Vec::new();
    for (id, table) in protected_tables(pipeline) {
        let is_total = |column: &str| {
            let has_total = |codes: &[String]| codes.iter().any(|code| code == columns::TOTAL);
            let is_left_out = table.except.iter().any(|(name, codes)| name == column && has_total(codes));
            let is_not_chosen = table.filter.iter().any(|(name, codes)| name == column && !has_total(codes));
            let cells =
                pipeline.sources_of(table).into_iter().filter(|source| source.kind == SourceKind::Cells);
            let mut declared = cells.filter_map(|source| source.column(column));
            !is_left_out && !is_not_chosen && declared.any(|column| column.total.is_some())
        };
        let mut dimensions = table.dimensions.iter();
        let Some(name) = dimensions.find(|name| is_total(table.column_of(name))) else { continue };
        let message = format!(
            "`{}` shows totals of `{name}` beside suppressed counts: these could be recomputed",
            table.name
        );
        let label = "a suppressed count is the total less the others";
        let fault =
            Diagnostic::warning(Code::Disclosure, message).at(Path::table(id).field("dimensions"), label);
        let column = table.column_of(name);
        shown.push(
            fault.help(format!("leave them out: `except = {{ {column} = [\"{}\"] }}`", columns::TOTAL)),
        );
    }
    shown
}

/// Where counts are suppressed and rounded, each table that is a margin of another one.
fn linked_tables(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let tables = protected_tables(pipeline);
    let margin = |(id, table): &(TableId, &Table)| {
        let (_, whole) = tables.iter().find(|(_, other)| is_margin(pipeline, table, other))?;
        Some(warning(*id, table, whole))
    };
    tables.iter().filter_map(margin).collect()
}

/// Whether the cells of `whole` add up to those of `table`.
fn is_margin(pipeline: &Pipeline, table: &Table, whole: &Table) -> bool {
    let sources = |table: &Table| -> BTreeSet<&str> {
        pipeline.sources_of(table).into_iter().map(|source| source.name.as_str()).collect()
    };
    let columns = |table: &Table| {
        let columns = table.dimensions.iter().map(|dimension| table.column_of(dimension).to_owned());
        columns.collect::<Vec<_>>()
    };
    let of_whole = columns(whole);
    // A table of some of the sources tells, beside one of all of them, what the others give.
    let is_of_fewer = sources(table).is_subset(&sources(whole)) && sources(table) != sources(whole);
    (table.dimensions.len() < whole.dimensions.len() && sources(table) == sources(whole) || is_of_fewer)
        && columns(table).iter().all(|column| of_whole.contains(column))
        && table.measure == whole.measure
        && pipeline.rule_of(table) == pipeline.rule_of(whole)
        && table.filter == whole.filter
        && table.except == whole.except
}

fn warning(id: TableId, table: &Table, whole: &Table) -> Diagnostic {
    let message =
        format!("`{}` is a margin of `{}`: suppressed counts could be recomputed", table.name, whole.name);
    Diagnostic::warning(Code::Disclosure, message)
        .at(Path::table(id).field("dimensions"), "these totals bound what the other table hides")
        .note("every table is suppressed and rounded for itself, so that few counts may fit all of them")
        .help("publish one of the two, or a higher threshold and rounding base")
}

#[cfg(test)]
mod tests {
    /// Which tables are margins of others, given what is written in the second and after all tables.
    fn margins(second: &str, more: &str) -> Vec<String> {
        let text = format!(
            r#"
            spec = 1
            title = "T"
            vintage = "1"
            [source.s]
            files = "s.csv"
            format = "csv"
            [source.s.columns]
            person = {{ personal = true }}
            year = {{ type = "integer" }}
            sex = {{ list = "sex" }}
            place = {{ list = "place" }}
            [[table]]
            name = "all"
            measure = "count"
            concept = "c"
            dimensions = ["year", "district"]
            from = {{ district = "place" }}
            [[table]]
            name = "margin"
            measure = "count"
            concept = "other"
            {second}
            {more}
            "#
        );
        let warnings = crate::parse(&text).unwrap().warnings();
        warnings.into_iter().map(|warning| warning.message).collect()
    }

    /// How many warnings there are of a table of published cells by nationality, declared with more, and sex, which has a total.
    fn warnings_of_cells(nationality: &str, table: &str) -> usize {
        let text = format!(
            r#"
            spec = 1
            title = "T"
            vintage = "1"
            [source.s]
            files = "s.csv"
            format = "csv"
            kind = "cells"
            concept = "c"
            [source.s.columns]
            nat = {{ list = "country" {nationality} }}
            sex = {{ list = "sex", total = "9" }}
            value = {{ type = "integer" }}
            [[table]]
            name = "t"
            measure = "stock"
            from = {{ nationality = "nat" }}
            {table}
            "#
        );
        crate::parse(&text).unwrap().warnings().len()
    }

    #[test]
    fn shares_without_a_total_are_warned_of() {
        let table = [
            ("", "nationality", "'share'", 1),
            ("", "nationality", "'rank', 'sex_ratio'", 0),
            ("", "sex", "'share'", 0),
            (", total = 'W'", "nationality", "'share'", 0),
        ];
        for (total, over, indicators, expected) in table {
            let text =
                format!("dimensions = ['nationality', 'sex']\nover = '{over}'\nindicators = [{indicators}]");
            assert_eq!(warnings_of_cells(total, &text), expected, "{total} {over} {indicators}");
        }
    }

    #[test]
    fn totals_beside_suppressed_counts_are_warned_of() {
        let protected = "[disclosure]\nthreshold = 7\nrounding_base = 5";
        let table = [
            (", total = 'W'", "", protected, 1),
            ("", "", protected, 0),
            (", total = 'W'", "except = { nat = ['_T'] }", protected, 0),
            (", total = 'W'", "filter = { nat = ['PE'] }", protected, 0),
            (", total = 'W'", "", "", 0),
        ];
        for (total, codes, disclosure, expected) in table {
            let text = format!("dimensions = ['nationality']\n{codes}\n{disclosure}");
            assert_eq!(warnings_of_cells(total, &text), expected, "{total} {codes} {disclosure}");
        }
    }

    #[test]
    fn margins_of_other_tables_are_warned_of() {
        let protected = "[disclosure]\nthreshold = 7\nrounding_base = 5";
        let found = ["`margin` is a margin of `all`: suppressed counts could be recomputed"];
        for second in ["dimensions = ['year']", "dimensions = ['place']", "dimensions = []"] {
            assert_eq!(margins(second, protected), found, "{second}");
            assert!(margins(second, "").is_empty());
            assert!(margins(second, "[disclosure]\nmethod = 'none'\nreason = 'public'").is_empty());
        }
        for second in [
            "dimensions = ['sex']",
            "dimensions = ['year', 'sex']",
            "dimensions = ['year', 'place']",
            "dimensions = ['year']\nfilter = { sex = ['F'] }",
        ] {
            assert!(margins(second, protected).is_empty(), "{second}");
        }
    }
}
