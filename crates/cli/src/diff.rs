//! `denizen diff`: what is different in a release from another one.

use denizen::{Difference, InputChange, Revision, TableDifference, TableState, difference};
use serde_json::json;

use crate::args::DiffOptions;
use crate::report::{ExitStatus, Reporter};

/// The exit status where more is different than was allowed.
const TOO_MUCH: u8 = 1;

pub(crate) fn diff(options: &DiffOptions, reporter: &Reporter) -> Result<(), ExitStatus> {
    let found = difference(&options.old, &options.new).map_err(|fault| reporter.fail_alone(fault))?;
    lines(&found).iter().for_each(|line| reporter.result(line));
    reporter.event("difference", json!(found));
    let over = |limit: &f64| {
        let mut tables = found.tables.iter();
        tables.any(|table| table.share() > *limit || table.state != TableState::Compared)
    };
    match options.fail_above {
        Some(limit) if over(&limit) => {
            reporter.result(&format!("a table is different in more than {} % of its cells", 100.0 * limit));
            Err(ExitStatus(TOO_MUCH))
        }
        Some(_) | None => Ok(()),
    }
}

fn lines(found: &Difference) -> Vec<String> {
    let mut lines = vec![format!("{} -> {}", found.old, found.new)];
    if found.pipeline_changed {
        lines.push("the pipeline file is another one".to_owned());
    }
    if let Some((one, other)) = &found.programs {
        lines.push(format!("made by {one} and by {other}"));
    }
    for input in &found.inputs {
        let change = match input.change {
            InputChange::New => "new",
            InputChange::Gone => "gone",
            InputChange::Changed => "has other bytes",
        };
        lines.push(format!("input {}: {change}", input.file));
    }
    for table in &found.tables {
        lines.extend(table_lines(table));
    }
    lines
}

fn table_lines(table: &TableDifference) -> Vec<String> {
    let TableDifference { name, new_cells, old_cells, .. } = table;
    let mut lines = vec![match &table.state {
        TableState::New => format!("table {name}: new, {new_cells} cells"),
        TableState::Gone => format!("table {name}: gone, {old_cells} cells"),
        TableState::OtherKey(before, after) => format!(
            "table {name}: not compared, for its cells are told apart by {} and not by {}",
            after.join(", "),
            before.join(", ")
        ),
        TableState::Compared if is_same(table) => format!("table {name}: {new_cells} cells, all the same"),
        TableState::Compared => format!(
            "table {name}: {old_cells} cells, now {new_cells}: {} new, {} gone, {} revised ({:.1} % of them), {} with another status",
            table.new,
            table.gone,
            table.revised,
            100.0 * table.revised as f64 / (*old_cells).max(1) as f64,
            table.other_status
        ),
    }];
    let columns = [("new", &table.new_columns), ("gone", &table.gone_columns)];
    for (what, names) in columns.into_iter().filter(|(_, names)| !names.is_empty()) {
        lines.push(format!("  columns {what}: {}", names.join(", ")));
    }
    lines.extend(table.largest.iter().map(revision_line));
    for column in table.by.iter().filter(|column| column.all > 1) {
        let named = column.codes.iter().map(|count| format!("{} {}", shown(&count.code), count.cells));
        let more = column.all.saturating_sub(column.codes.len());
        let more = if more > 0 { format!(" and {more} more codes") } else { String::new() };
        lines.push(format!("  by {}: {}{more}", column.column, named.collect::<Vec<_>>().join(", ")));
    }
    lines
}

fn is_same(table: &TableDifference) -> bool {
    [table.new, table.gone, table.revised, table.other_status] == [0; 4]
        && table.new_columns.is_empty()
        && table.gone_columns.is_empty()
}

fn shown(code: &str) -> &str {
    if code.is_empty() { "(none)" } else { code }
}

fn revision_line(revision: &Revision) -> String {
    let value = |value: Option<f64>| value.map_or("no value".to_owned(), |value| value.to_string());
    let share = revision.share.map_or(String::new(), |share| format!(" ({:+.1} %)", 100.0 * share));
    format!("  {}: {} -> {}{share}", revision.cell, value(revision.old), value(revision.new))
}
