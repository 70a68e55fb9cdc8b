//! Which new file is to be compared with which of the release.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{ColumnProfile, FileProfile, FileReport, RecordedInput};

/// A file as it is, or as it was.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) name: &'a str,
    pub(super) sha256: &'a str,
    pub(super) variant: Option<&'a str>,
    pub(super) packed: Option<&'a str>,
    pub(super) profile: &'a FileProfile,
}

impl<'a> Seen<'a> {
    /// A file that a release has recorded; none where it says nothing of it.
    pub(super) fn recorded(input: &'a RecordedInput) -> Option<Self> {
        Some(Self {
            name: &input.file,
            sha256: &input.sha256,
            variant: input.variant.as_deref(),
            packed: input.packed.as_deref(),
            profile: input.profile.as_ref()?,
        })
    }

    /// A file that was read now.
    pub(super) fn read(report: &'a FileReport) -> Self {
        Self {
            name: &report.name,
            sha256: &report.sha256,
            variant: report.variant.as_deref(),
            packed: report.packed.as_deref(),
            profile: &report.profile,
        }
    }
}

/// Files side by side.
pub(super) struct Pairs<'a> {
    /// Those that are compared: before, and now.
    pub(super) pairs: Vec<(Seen<'a>, Seen<'a>)>,
    /// Those that are the same, byte by byte.
    pub(super) same: usize,
    /// Those that are new beside others that are there still.
    pub(super) added: Vec<Seen<'a>>,
    /// Those that are not there any more.
    pub(super) gone: Vec<Seen<'a>>,
    /// Whether no file can be told to be another edition of one of the release: then all of them are compared together.
    pub(super) are_divided_anew: bool,
}

impl<'a> Pairs<'a> {
    /// Files of one name are one; so are those in the same place where all names are others. A file beside others is compared
    /// with the last before it in the order of names.
    pub(super) fn of(before: &[Seen<'a>], now: &[Seen<'a>]) -> Self {
        let hashes: BTreeSet<&str> = before.iter().map(|seen| seen.sha256).collect();
        let is_same = |seen: &Seen<'_>| hashes.contains(seen.sha256);
        let same: BTreeSet<&str> = now.iter().filter(|seen| is_same(seen)).map(|seen| seen.sha256).collect();
        let changed = |all: &[Seen<'a>]| -> BTreeMap<&'a str, Seen<'a>> {
            let others = all.iter().filter(|seen| !same.contains(seen.sha256));
            others.map(|seen| (seen.name, *seen)).collect()
        };
        let (mut gone, mut added) = (changed(before), changed(now));
        let mut pairs = Vec::new();
        for name in added.keys().copied().collect::<Vec<_>>() {
            if let (Some(was), Some(is)) = (gone.get(name).copied(), added.get(name).copied()) {
                pairs.push((was, is));
                gone.remove(name);
                added.remove(name);
            }
        }
        let same = now.iter().filter(|seen| is_same(seen)).count();
        let nothing_stays = pairs.is_empty() && same == 0;
        if gone.len() == added.len() {
            pairs.extend(
                std::mem::take(&mut gone).into_values().zip(std::mem::take(&mut added).into_values()),
            );
        }
        let (added, gone): (Vec<_>, Vec<_>) = (added.into_values().collect(), gone.into_values().collect());
        let are_divided_anew = nothing_stays && !(added.is_empty() && gone.is_empty());
        if !are_divided_anew {
            pairs.extend(added.iter().filter_map(|seen| Some((model(seen, before)?, *seen))));
        }
        Self { pairs, same, added, gone, are_divided_anew }
    }
}

/// The file of the release that a new one is likely to follow.
fn model<'a>(new: &Seen<'_>, before: &[Seen<'a>]) -> Option<Seen<'a>> {
    let earlier = before.iter().filter(|seen| seen.name < new.name).max_by_key(|seen| seen.name);
    earlier.or_else(|| before.iter().min_by_key(|seen| seen.name)).copied()
}

/// All files as one.
pub(super) fn merged(files: &[Seen<'_>]) -> FileProfile {
    let mut sum = files.first().map(|seen| seen.profile.clone()).unwrap_or_default();
    for Seen { profile, .. } in files.iter().skip(1) {
        sum.rows += profile.rows;
        sum.accepted += profile.accepted;
        add(&mut sum.rejected, &profile.rejected);
        add(&mut sum.unread, &profile.unread);
        sum.weight = sum.weight.map(|weight| weight.saturating_add(profile.weight.unwrap_or(0)));
        for (column, more) in sum.columns.iter_mut().zip(&profile.columns) {
            add_column(column, more);
        }
    }
    sum
}

fn add(sum: &mut BTreeMap<String, u64>, more: &BTreeMap<String, u64>) {
    more.iter().for_each(|(name, rows)| *sum.entry(name.clone()).or_default() += rows);
}

/// Adds what another file says in a column of the same source.
fn add_column(sum: &mut ColumnProfile, more: &ColumnProfile) {
    sum.stated += more.stated;
    sum.not_stated += more.not_stated;
    sum.values = sum.values.take().zip(more.values.as_ref()).map(|(mut values, more)| {
        add(&mut values, more);
        values
    });
    add(&mut sum.periods, &more.periods);
    let is_number = sum.field_type != "date";
    let is_less = |one: &str, other: &str| match (is_number, one.parse::<f64>(), other.parse::<f64>()) {
        (true, Ok(one), Ok(other)) => one < other,
        (true | false, ..) => one < other,
    };
    let pick = |one: Option<String>, other: Option<&String>, takes_less: bool| match (one, other) {
        (Some(one), Some(other)) if is_less(&one, other) == takes_less => Some(one),
        (one, other) => other.cloned().or(one),
    };
    sum.least = pick(sum.least.take(), more.least.as_ref(), true);
    sum.greatest = pick(sum.greatest.take(), more.greatest.as_ref(), false);
}
