//! What rows say, column by column: how many state it, which codes, how far numbers reach.

use std::collections::BTreeMap;

use denizen_spec::{Code, ColumnProfile, FileProfile};

use super::change::{
    COMMON_PERCENT, Change, FEWEST_ROWS, Level, SHARE_POINTS, UNIT_TIMES, listed, percent, shown,
};
use super::periods;

/// What the columns of a file say otherwise than before. `has_persons` says whether its numbers are about persons, which are
/// not told.
pub(super) fn compare(before: &FileProfile, now: &FileProfile, has_persons: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    let main = periods::main_column(before).filter(|name| periods::main_column(now).as_ref() == Some(name));
    for column in &now.columns {
        let is_main = main.as_ref() == Some(&column.name);
        let Some(known) = before.columns.iter().find(|known| known.name == column.name) else {
            let message = "is declared since: there is nothing to compare it with";
            changes.push(Change::new(Level::Note, Code::ChangedForm, message).of_column(&column.name));
            continue;
        };
        let mut of_column = of_column(known, column, has_persons);
        // Its times are told by themselves.
        of_column.retain(|change| !is_main || change.code == Code::ChangedBlanks);
        changes.extend(of_column.into_iter().map(|change| change.of_column(&column.name)));
    }
    changes
}

fn of_column(before: &ColumnProfile, now: &ColumnProfile, has_persons: bool) -> Vec<Change> {
    let mut changes: Vec<Change> = blanks(before, now).into_iter().collect();
    if before.field_type != now.field_type {
        let message = format!("is declared as {}, and was as {}", now.field_type, before.field_type);
        changes.push(Change::new(Level::Note, Code::ChangedForm, message));
        return changes;
    }
    // That no row states it has been said.
    if now.stated == 0 || before.personal || now.personal {
        return changes;
    }
    changes.extend(values(before, now));
    changes.extend(range(before, now, has_persons));
    changes
}

/// The share of rows that do not state it.
fn blanks(before: &ColumnProfile, now: &ColumnProfile) -> Option<Change> {
    let rows = |column: &ColumnProfile| column.stated + column.not_stated;
    if rows(before) == 0 || rows(now) == 0 {
        return None;
    }
    let (was, is) = (percent(before.not_stated, rows(before)), percent(now.not_stated, rows(now)));
    let figures = format!("not stated on {is:.1} % of the rows, before on {was:.1} %");
    let none = before.stated > 0 && now.stated == 0;
    let (level, message) = if none {
        (Level::Warning, format!("no row states it; before {} did", before.stated))
    } else if (is - was).abs() > SHARE_POINTS {
        (Level::Warning, figures)
    } else if (before.not_stated == 0) != (now.not_stated == 0) {
        let message = format!("not stated on {} rows, before on {}", now.not_stated, before.not_stated);
        (Level::Note, message)
    } else {
        return None;
    };
    Some(Change::new(level, Code::ChangedBlanks, message))
}

/// Codes or texts that are new or gone, or that stand on another share of the rows.
fn values(before: &ColumnProfile, now: &ColumnProfile) -> Vec<Change> {
    let (Some(was), Some(is)) = (&before.values, &now.values) else { return too_many(before, now) };
    let is_code = now.field_type == "code";
    // Texts of which nearly each stands on one row are no set: running numbers, names.
    let is_set =
        |column: &ColumnProfile, texts: &BTreeMap<String, u64>| 2 * texts.len() as u64 <= column.stated;
    let is_told = is_code || is_set(before, was) && is_set(now, is);
    if !is_told {
        return Vec::new();
    }
    if let ([other], [one]) = (&codes(was)[..], &codes(is)[..]) {
        let message = format!("is {} on all rows that state it, before {}", shown(one), shown(other));
        // The month or the year of a file; a word is what all of it is about.
        let are_numbers =
            [one, other].iter().all(|code| code.bytes().all(|byte| !byte.is_ascii_alphabetic()));
        let level = if are_numbers { Level::Note } else { Level::Warning };
        let change = Change::new(level, Code::ChangedCodes, message);
        return if one == other { Vec::new() } else { vec![change] };
    }
    let mut changes = Vec::new();
    changes.extend(only_in(is, was, is_code, "new,"));
    changes.extend(only_in(was, is, is_code, "gone, before"));
    if is_code {
        changes.extend(shares(was, is));
    }
    changes
}

fn codes(values: &BTreeMap<String, u64>) -> Vec<&str> {
    values.keys().map(String::as_str).collect()
}

/// One of the two had too many values to be kept.
fn too_many(before: &ColumnProfile, now: &ColumnProfile) -> Vec<Change> {
    let message = match (&before.values, &now.values) {
        (Some(_), None) if now.stated > 0 => "has too many values now to be compared",
        (None, Some(_)) if before.stated > 0 => "had too many values to be compared",
        (Some(_) | None, _) => return Vec::new(),
    };
    vec![Change::new(Level::Note, Code::ChangedCodes, message)]
}

/// The codes of one that the other does not have. On many rows they look wrong; texts that are not declared never do.
fn only_in(
    one: &BTreeMap<String, u64>,
    other: &BTreeMap<String, u64>,
    is_code: bool,
    what: &str,
) -> Option<Change> {
    let only: BTreeMap<&String, u64> =
        one.iter().filter(|(code, _)| !other.contains_key(*code)).map(|(code, rows)| (code, *rows)).collect();
    if only.is_empty() {
        return None;
    }
    let (rows, all): (u64, u64) = (only.values().sum(), one.values().sum());
    let most = only.values().copied().max().unwrap_or(0);
    let is_common = is_code && percent(most, all) >= COMMON_PERCENT && !other.is_empty();
    let codes: Vec<&String> = only.into_keys().collect();
    let noun = match (is_code, codes.len()) {
        (true, 1) => "code",
        (true, _) => "codes",
        (false, 1) => "text",
        (false, _) => "texts",
    };
    let share = percent(rows, all);
    let count = codes.len();
    let message = format!("{count} {noun} {what} on {rows} rows ({share:.1} %): {}", listed(&codes));
    let level = if is_common { Level::Warning } else { Level::Note };
    Some(Change::new(level, Code::ChangedCodes, message))
}

/// Codes whose share of the rows has changed most.
fn shares(was: &BTreeMap<String, u64>, is: &BTreeMap<String, u64>) -> Option<Change> {
    let (before, now): (u64, u64) = (was.values().sum(), is.values().sum());
    if before < FEWEST_ROWS || now < FEWEST_ROWS {
        return None;
    }
    let moved = |(code, rows): (&String, &u64)| {
        let (was, is) = (percent(*was.get(code)?, before), percent(*rows, now));
        ((is - was).abs() > SHARE_POINTS).then(|| format!("`{code}` {is:.1} % (before {was:.1} %)"))
    };
    let moved: Vec<String> = is.iter().filter_map(moved).collect();
    let more = moved.len().saturating_sub(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message =
        format!("shares of the rows have changed: {}{more}", moved[..moved.len().min(5)].join(", "));
    (!moved.is_empty()).then(|| Change::new(Level::Warning, Code::ChangedCodes, message))
}

/// The least and the greatest number.
fn range(before: &ColumnProfile, now: &ColumnProfile, has_persons: bool) -> Option<Change> {
    let ends = |column: &ColumnProfile| {
        let (least, greatest) = (column.least.clone()?, column.greatest.clone()?);
        Some((least, greatest))
    };
    let (was, is) = (ends(before)?, ends(now)?);
    if was == is {
        return None;
    }
    let figures = if has_persons {
        String::new()
    } else {
        format!(": {} to {}, before {} to {}", is.0, is.1, was.0, was.1)
    };
    if now.field_type == "date" {
        let message = format!("reaches over other days{figures}");
        return Some(Change::new(Level::Note, Code::ChangedRange, message));
    }
    let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    let size = |(least, greatest): &(String, String)| number(least).abs().max(number(greatest).abs());
    let is_negative = number(&is.0) < 0.0 && number(&was.0) >= 0.0;
    let (small, large) = (size(&was).min(size(&is)), size(&was).max(size(&is)));
    let message = if size(&is) == 0.0 {
        "is 0 on all rows that state it".to_owned()
    } else if small > 0.0 && large >= UNIT_TIMES * small {
        format!("its numbers are {:.0} times as {}", large / small, larger(size(&is) > size(&was)))
    } else if is_negative {
        "is below zero for the first time".to_owned()
    } else {
        let message = format!("reaches over other numbers{figures}");
        return Some(Change::new(Level::Note, Code::ChangedRange, message));
    };
    Some(Change::new(Level::Warning, Code::ChangedRange, format!("{message}{figures}")))
}

fn larger(is_larger: bool) -> &'static str {
    if is_larger { "large" } else { "small" }
}
