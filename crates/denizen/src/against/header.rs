//! Headers side by side: columns that are new, gone, renamed or moved.

use std::collections::BTreeSet;

use denizen_spec::{Code, Source, SourceKind, is_nearly};

use super::change::{Change, Level, listed, shown};

/// What a header has otherwise than the one before. `is_read` says whether the file can be read as it is: then no declared
/// column is missing.
pub(super) fn compare(before: &[String], now: &[String], source: &Source, is_read: bool) -> Vec<Change> {
    if before == now {
        return Vec::new();
    }
    let is_in = |names: &[String], name: &String| names.contains(name);
    let gone: Vec<&String> = before.iter().filter(|name| !is_in(now, name)).collect();
    let new: Vec<&String> = now.iter().filter(|name| !is_in(before, name)).collect();
    let mut changes: Vec<Change> = Vec::new();
    let mut renamed: BTreeSet<&String> = BTreeSet::new();
    for name in &gone {
        let likely = likely_name(name, before, now, &gone, &new);
        renamed.extend(likely);
        changes.push(gone_column(name, likely, source, is_read));
    }
    changes.extend(new.iter().filter(|name| !renamed.contains(*name)).map(|name| new_column(name, source)));
    changes.extend(moved(before, now));
    changes
}

/// What a column is likely to be called now: by a near name, or the only new one in its place.
fn likely_name<'a>(
    name: &str,
    before: &[String],
    now: &'a [String],
    gone: &[&String],
    new: &[&'a String],
) -> Option<&'a String> {
    let plain = |name: &str| name.to_lowercase().replace([' ', '_', '-', '.'], "");
    let alike = |other: &&&String| plain(other) == plain(name) || is_nearly(&plain(name), &plain(other));
    let near = new.iter().find(alike).copied();
    let place = before.iter().position(|other| other == name);
    let in_place = place.and_then(|place| now.get(place)).filter(|other| new.contains(other));
    near.or(in_place.filter(|_| gone.len() == new.len()))
}

fn gone_column(name: &str, likely: Option<&String>, source: &Source, is_read: bool) -> Change {
    let reads = source.forms().flat_map(|form| &form.columns);
    let reads: BTreeSet<&str> = reads
        .filter(|column| column.names_in_file().any(|field| field == name))
        .map(|column| column.name.as_str())
        .collect();
    let likely = likely.map(|other| format!("; {} may be it", shown(other))).unwrap_or_default();
    let shown = shown(name);
    let (level, message) = if reads.is_empty() {
        (Level::Note, format!("{shown} is gone from the header; it was not read{likely}"))
    } else {
        let level = if is_read { Level::Warning } else { Level::Error };
        let reads: Vec<&str> = reads.into_iter().collect();
        (level, format!("{shown} is gone from the header, and {} is read from it{likely}", listed(&reads)))
    };
    Change::new(level, Code::ChangedColumns, message).of_column(name)
}

fn new_column(name: &str, source: &Source) -> Change {
    let is_declared = source
        .forms()
        .flat_map(|form| &form.columns)
        .any(|column| column.names_in_file().any(|field| field == name));
    let (level, what) = match source.kind {
        SourceKind::Records | SourceKind::Cells if is_declared => (Level::Note, "and declared"),
        SourceKind::Records => (Level::Note, "and not read"),
        SourceKind::Cells => (Level::Warning, "and not declared: it may tell cells apart"),
    };
    let message = format!("{} is new in the header, {what}", shown(name));
    Change::new(level, Code::ChangedColumns, message).of_column(name)
}

/// Columns that both have, in another order. They are found by name.
fn moved(before: &[String], now: &[String]) -> Option<Change> {
    let common = |names: &[String], others: &[String]| -> Vec<String> {
        names.iter().filter(|name| others.contains(name)).cloned().collect()
    };
    let (before, now) = (common(before, now), common(now, before));
    let first = before.iter().zip(&now).find(|(one, other)| one != other)?;
    let message =
        format!("the columns stand in another order: {} where {} stood", shown(first.1), shown(first.0));
    Some(Change::new(Level::Note, Code::ChangedColumns, message))
}
