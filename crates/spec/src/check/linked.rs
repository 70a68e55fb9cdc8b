//! Tables that are linked: one is a margin of the other, so that each tells of what the other hides.

use crate::pipeline::{Pipeline, TableId};
use crate::table::Table;
use crate::{Code, Diagnostic, Path};

/// Where counts are suppressed and rounded, each table that is a margin of another one.
pub(crate) fn linked_tables(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let hides_counts = pipeline.disclosure.as_ref().is_some_and(|disclosure| disclosure.hides_counts());
    let tables: Vec<(TableId, &Table)> = pipeline.table_ids().filter(|_| hides_counts).collect();
    let margin = |(id, table): &(TableId, &Table)| {
        let (_, whole) = tables.iter().find(|(_, other)| is_margin(pipeline, table, other))?;
        Some(warning(*id, table, whole))
    };
    tables.iter().filter_map(margin).collect()
}

/// Whether the cells of `whole` add up to those of `table`.
fn is_margin(pipeline: &Pipeline, table: &Table, whole: &Table) -> bool {
    let source = |table: &Table| pipeline.source_of(table).map(|source| source.name.clone());
    let columns = |table: &Table| {
        let columns = table.dimensions.iter().map(|dimension| table.column_of(dimension).to_owned());
        columns.collect::<Vec<_>>()
    };
    let of_whole = columns(whole);
    table.dimensions.len() < whole.dimensions.len()
        && columns(table).iter().all(|column| of_whole.contains(column))
        && source(table) == source(whole)
        && table.measure == whole.measure
        && pipeline.rule_of(table) == pipeline.rule_of(whole)
        && table.filter == whole.filter
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
