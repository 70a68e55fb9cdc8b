//! What is said of a source or a table though the run goes on.

use denizen_aggregate::{LikelyTotal, PublishedTable};
use denizen_clean::{CROWDED_PERSONS, CROWDED_ROWS, NEWEST_FIRST, OLDEST_FIRST, UNORDERED};
use denizen_spec::{Code, Diagnostic, FileReport, Place, Source, SourceKind, SourceReport, Table};

/// What the report of a source gives reason to say.
pub(super) fn of_source(report: &SourceReport) -> Vec<Diagnostic> {
    let of_persons = crowded_persons(report).into_iter().chain(newest_first(report));
    of_persons.chain(link_conflicts(report)).chain(pairs_without_rows(report)).collect()
}

/// What is said of a table when some of its input lies outside the period of the pipeline.
pub(super) fn outside_period(table: &Table, left_out: i64, what: &str) -> Vec<Diagnostic> {
    if left_out == 0 {
        return Vec::new();
    }
    let what = if left_out == 1 { what.to_owned() } else { format!("{what}s") };
    let part = table.rule.as_ref().or(table.concept.as_ref());
    let part = part.map(|part| format!(" (`{part}`)")).unwrap_or_default();
    let message = format!("outside the period of `{}`{part}: {left_out} {what}", table.name);
    vec![Diagnostic::warning(Code::OutsidePeriod, message)]
}

/// A fault of cells, with the file or the source that they come from.
pub(super) fn in_files(fault: Diagnostic, source: &Source, files: &[FileReport]) -> Diagnostic {
    match files {
        [file] if fault.place == Place::Nowhere => fault.in_file(&*file.name, None),
        _ => fault.note(format!("the cells are those of the source `{}`", source.name)),
    }
}

/// A value that seems to be a total is ranked and shown as one of those that it is made of, and counted beside them.
pub(super) fn likely_total(source: &Source, total: &LikelyTotal) -> Diagnostic {
    let LikelyTotal { values, places, sums, near, times, balance, parts, .. } = total;
    let named: Vec<String> =
        values.iter().map(|(column, value)| format!("`{value}` of `{column}`")).collect();
    let whose = if parts.is_empty() { "the others" } else { "some of the others" };
    let message = format!("{} seems to be the total of {whose}", named.join(" with "));
    let near = match near {
        0 => String::new(),
        near => format!(", and in {near} it differs from that by what rounding may make of it"),
    };
    let others = match times {
        0 | 1 if !parts.is_empty() => format!("the sum of {}", some_of(parts)),
        0 | 1 => "the sum of all others".to_owned(),
        times => format!(
            "the sum of all others, which come to {times} times as much, for subtotals are among them,"
        ),
    };
    let name = &source.name;
    let note =
        format!("in `{name}` it is {others} in {sums} of {places} places in which there are several{near}");
    let columns: Vec<String> = values.iter().map(|(column, _)| format!("`{column}`")).collect();
    let columns = columns.join(" and ");
    if let Some(balance) = balance {
        let message =
            format!("`{balance}` of {columns} seems to be a balance, and no part of what stands beside it");
        return Diagnostic::warning(Code::LikelyTotal, message).note(note).help(format!(
            "leave it out with a step `filter` on {columns}, and have it computed by an indicator; {} is no total",
            named.join(" with ")
        ));
    }
    let help = match source.kind {
        SourceKind::Cells if !parts.is_empty() => format!(
            "leave it out with a step `filter` on {columns}, or give its code the kind `aggregate` in the code list"
        ),
        SourceKind::Cells if values.len() == 1 => {
            format!("declare its text as the `total` of {columns}, or its code as an `aggregate` of the list")
        }
        SourceKind::Cells => format!("declare the texts as the `total` of {columns}"),
        SourceKind::Records => format!(
            "it is counted beside its parts: leave it out with a step `filter` on {columns}, or read the file as \
             cells, with a `total`"
        ),
    };
    Diagnostic::warning(Code::LikelyTotal, message).note(note).help(help)
}

/// Some codes, the first of them by name.
fn some_of(codes: &[String]) -> String {
    const MOST: usize = 5;
    let named: Vec<String> = codes.iter().take(MOST).map(|code| format!("`{code}`")).collect();
    let others = codes.len() - named.len();
    let more = if others > 0 { format!(" and {others} others") } else { String::new() };
    format!("{}{more}", named.join(" + "))
}

/// What the steps of a source have counted under a name.
fn counted(report: &SourceReport, name: &str) -> u64 {
    let counts = report.steps.iter().flat_map(|step| &step.counts);
    counts.filter(|(known, _)| known == name).map(|(_, count)| count).sum()
}

/// Rows of one day that are taken in the order of files which seem to be written newest first.
fn newest_first(report: &SourceReport) -> Option<Diagnostic> {
    let [oldest, newest, unordered] =
        [OLDEST_FIRST, NEWEST_FIRST, UNORDERED].map(|name| counted(report, name));
    let name = &report.name;
    let message = format!("the rows of `{name}` seem to be written newest first");
    let warning = Diagnostic::warning(Code::NewestFirst, message)
        .note(format!("in {newest} of {} pairs of days of a person the later stands above", oldest + newest))
        .note(format!("{unordered} pairs of rows of one day are taken in the order of the file"));
    let help = "state `row_order = \"newest_first\"` in the source, or name a column with `sequence` in the steps for persons";
    // In a file that is in no order, half of the pairs are so.
    (newest > 4 * oldest && unordered > 0).then(|| warning.help(help))
}

/// Identifiers that stand on too many rows.
fn crowded_persons(report: &SourceReport) -> Option<Diagnostic> {
    let (persons, rows) = (counted(report, CROWDED_PERSONS), counted(report, CROWDED_ROWS));
    let name = &report.name;
    let message = match persons {
        0 => return None,
        1 => format!("one identifier in `{name}` stands on {rows} rows, more than a person can have"),
        _ => format!("{persons} identifiers in `{name}` stand on {rows} rows, more than persons can have"),
    };
    let warning = Diagnostic::warning(Code::CrowdedPerson, message);
    let help = "name placeholders in `missing` of the column, or state a larger `max_rows_per_person`";
    Some(warning.note("these rows are kept as rows of nobody").help(help))
}

/// Pairs that link nobody, for no row or several have the name.
fn pairs_without_rows(report: &SourceReport) -> Option<Diagnostic> {
    let [all, none, several, incomplete] =
        ["pairs", "pairs_of_no_row", "pairs_of_several_rows", "pairs_without_a_name"]
            .map(|name| counted(report, name));
    let message = format!("{} of {all} pairs link no rows of `{}`", none + several + incomplete, report.name);
    let warning = Diagnostic::warning(Code::Pairs, message)
        .note(format!("a row that they name is not there: {none}"))
        .note(format!("a name stands on several rows: {several}"))
        .note(format!("a name is empty: {incomplete}"));
    let help = "give the program for linking these rows, each with a name of its own";
    (none + several + incomplete > 0).then(|| warning.help(help))
}

/// Rows that share a key and cannot be one person.
fn link_conflicts(report: &SourceReport) -> Option<Diagnostic> {
    let steps = report.steps.iter().filter(|step| step.operation.starts_with("link "));
    let counts: Vec<&(String, u64)> = steps.flat_map(|step| &step.counts).collect();
    let sum = |prefix: &str| counts.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, n)| n).sum();
    let [values, groups, rows]: [u64; 3] =
        ["withheld_values_of_", "conflicting_groups", "held_back_rows"].map(sum);
    if values + groups == 0 {
        return None;
    }
    let name = &report.name;
    let message = format!("some rows of `{name}` share a key and cannot be one person");
    let warning = Diagnostic::warning(Code::LinkConflict, message);
    let help = "the manifest tells how many of each key and of each property";
    Some(match (values + rows, groups) {
        (0, groups) => warning.note(format!("they are one all the same: {groups} persons")).help(help),
        (_, groups) => warning
            .note(format!("values of keys that link nobody: {values}"))
            .note(format!("groups of which the keys do not link the rows: {groups}, with {rows} rows"))
            .help(help),
    })
}

/// Tables without a cell, which usually come from a misspelt code.
pub(super) fn empty_tables(tables: &[PublishedTable]) -> Vec<Diagnostic> {
    let empty = tables.iter().filter(|table| table.rows() == 0);
    let warning = |table: &PublishedTable| {
        Diagnostic::warning(Code::NothingLeft, format!("the table `{}` has no cell", table.name))
    };
    empty.map(warning).collect()
}
