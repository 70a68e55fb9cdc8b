//! `denizen diff`: what is different in a release from another one.

use std::path::Path;

use denizen::{
    Difference, FigureRevision, FiguresDifference, InputChange, Line, LineChange, OtherBase, PipelineLines,
    Revision, TableDifference, TableState, Texts, difference, difference_page,
};
use denizen_aggregate::write_file;
use denizen_spec::is_obeyed;
use serde_json::json;

use crate::args::DiffOptions;
use crate::page::lies_in;
use crate::report::{ExitStatus, Reporter};

/// The exit status where more is different than was allowed.
const TOO_MUCH: u8 = 1;

/// Revisions of counts of a table that are printed.
const REVISIONS: usize = 5;

/// Revisions of each indicator of a table that are printed.
const OF_INDICATOR: usize = 2;

/// Figures of publications that are printed.
const FIGURES: usize = 20;

/// Codes of a column that are printed.
const CODES: usize = 3;

/// Lines of the pipeline that are printed.
const LINES: usize = 40;

pub(crate) fn diff(options: &DiffOptions, reporter: &Reporter) -> Result<(), ExitStatus> {
    let texts = if options.restricted { Texts::Restricted } else { Texts::Public };
    let found = difference(&options.old, &options.new, texts).map_err(|fault| reporter.fail_alone(fault))?;
    lines(&found).iter().for_each(|line| reporter.result(line));
    reporter.event("difference", json!(found));
    if let Some(out) = &options.out {
        write_page(options, out, reporter)?;
    }
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

fn write_page(options: &DiffOptions, out: &Path, reporter: &Reporter) -> Result<(), ExitStatus> {
    if lies_in(out, &options.old) || lies_in(out, &options.new) {
        let help =
            "write it elsewhere: the manifest names every file of a release, and none is changed afterwards";
        return Err(reporter.refuse("the page would be written into a release", Some(help)));
    }
    let page = difference_page(&options.old, &options.new, options.language);
    let page = page.map_err(|fault| reporter.fail_alone(fault))?;
    let written = write_file(out, |file| file.write_all(page.as_bytes()));
    written.map_err(|fault| reporter.fail_alone(fault))?;
    reporter.result(&format!("{}: {} kB", out.display(), page.len().div_ceil(1000)));
    Ok(())
}

fn lines(found: &Difference) -> Vec<String> {
    let mut lines = vec![format!("{} -> {}", found.old, found.new)];
    if found.pipeline_changed {
        lines.extend(pipeline_lines(&found.pipeline));
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
    lines.extend(found.figures.iter().flat_map(figures_lines));
    lines
}

fn figures_lines(found: &FiguresDifference) -> Vec<String> {
    let FiguresDifference { old, now, new, gone, revised } = found;
    if [new.len(), gone.len(), revised.len()] == [0; 3] {
        return vec![format!("published figures: {now}, all the same")];
    }
    let counts = format!("{} new, {} gone, {} revised", new.len(), gone.len(), revised.len());
    let mut lines = vec![format!("published figures: {old}, now {now}: {counts}")];
    lines.extend(revised.iter().take(FIGURES).map(figure_line));
    if revised.len() > FIGURES {
        lines.push(format!("  and {} more figures", revised.len() - FIGURES));
    }
    for (what, ids) in [("new", new), ("gone", gone)].into_iter().filter(|(_, ids)| !ids.is_empty()) {
        let more = ids.len().saturating_sub(FIGURES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let named: Vec<&str> = ids.iter().take(FIGURES).map(String::as_str).collect();
        lines.push(format!("  {what}: {}{more}", named.join(", ")));
    }
    lines
}

fn figure_line(figure: &FigureRevision) -> String {
    let number = |number: Option<f64>| number.map_or("nothing".to_owned(), |number| number.to_string());
    let numbers =
        [("published", figure.published), ("computed", figure.computed), ("tolerance", figure.tolerance)];
    let differ = numbers.into_iter().filter(|(what, [old, new])| *what != "tolerance" || old != new);
    let mut parts: Vec<String> = differ
        .map(|(what, [old, new])| match old == new {
            true => format!("{what} {}", number(old)),
            false => format!("{what} {} -> {}", number(old), number(new)),
        })
        .collect();
    let [old, new] = &figure.outcome;
    parts.push(if old == new { old.clone() } else { format!("{old} -> {new}") });
    if !figure.others.is_empty() {
        parts.push(format!("other {}", figure.others.join(", ")));
    }
    format!("  {}: {}", figure.id, parts.join(", "))
}

fn pipeline_lines(pipeline: &PipelineLines) -> Vec<String> {
    let changed = "the pipeline file is another one";
    let found = match pipeline {
        PipelineLines::Told(found) => found,
        PipelineLines::NotHeld => {
            return vec![format!("{changed}; one of the releases does not hold its text")];
        }
        PipelineLines::Restricted => {
            return vec![format!("{changed}; its text is not published (--restricted prints the lines)")];
        }
        PipelineLines::TooLong => return vec![format!("{changed}, too long to be compared line by line")],
    };
    let count = |change| found.iter().filter(|line| line.change == change).count();
    let (new, gone) = (count(LineChange::New), count(LineChange::Gone));
    let mut lines = vec![format!("{changed}: {new} lines new, {gone} gone")];
    lines.extend(found.iter().take(LINES).map(pipeline_line));
    if found.len() > LINES {
        lines.push(format!("  and {} more lines", found.len() - LINES));
    }
    lines
}

fn pipeline_line(line: &Line) -> String {
    let sign = match line.change {
        LineChange::New => '+',
        LineChange::Gone => '-',
    };
    format!("  {sign}{} {}", line.number, line.text.replace(is_obeyed, "\u{fffd}"))
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
    lines.extend(table.other_base.iter().map(other_base_line));
    for revisions in table.largest.chunk_by(|one, other| one.indicator == other.indicator) {
        let count = if revisions[0].indicator.is_none() { REVISIONS } else { OF_INDICATOR };
        lines.extend(revisions.iter().take(count).map(revision_line));
    }
    for column in table.by.iter().filter(|column| column.all > 1) {
        let named =
            column.codes.iter().take(CODES).map(|count| format!("{} {}", shown(&count.code), count.cells));
        let more = column.all.saturating_sub(CODES);
        let more = if more > 0 { format!(" and {more} more codes") } else { String::new() };
        lines.push(format!("  by {}: {}{more}", column.column, named.collect::<Vec<_>>().join(", ")));
    }
    lines
}

fn is_same(table: &TableDifference) -> bool {
    [table.new, table.gone, table.revised, table.other_status] == [0; 4]
        && table.other_base.is_empty()
        && table.new_columns.is_empty()
        && table.gone_columns.is_empty()
}

fn other_base_line(other: &OtherBase) -> String {
    let OtherBase { indicator, before, now, old_cells, new_cells } = other;
    format!("  {indicator}: now {now}, before {before}: {old_cells} cells, now {new_cells}, are not compared")
}

fn shown(code: &str) -> &str {
    if code.is_empty() { "(none)" } else { code }
}

fn revision_line(revision: &Revision) -> String {
    let value = |value: Option<f64>| value.map_or("no value".to_owned(), |value| value.to_string());
    let in_percent = ["percent", "percentage_points"].map(Some).contains(&revision.unit.as_deref());
    let difference = revision.difference.map(|difference| match revision.indicator {
        Some(_) if in_percent => format!("{} points", signed(difference)),
        Some(_) | None => signed(difference),
    });
    let share = revision.share.map(|share| format!("{:+.1} %", 100.0 * share));
    let told: Vec<String> = difference.into_iter().chain(share).collect();
    let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
    format!("  {}: {} -> {}{told}", revision.cell, value(revision.old), value(revision.new))
}

/// With its sign, and without what binary fractions add to it: one decimal, or as many as a small one needs.
fn signed(number: f64) -> String {
    let decimals = match number.abs() {
        size if size.fract() == 0.0 && size >= 1.0 => 0,
        size if size >= 0.05 => 1,
        size if size >= 0.0005 => 3,
        _ => return format!("{number:+e}"),
    };
    format!("{number:+.decimals$}")
}
