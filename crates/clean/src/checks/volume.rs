//! How many rows each period has.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use ahash::RandomState;
use arrow::array::{Array, RecordBatch, UInt64Array};
use denizen_spec::{Date, Volume};

use super::Failure;
use super::failures::Tally;
use crate::batch::{self, Result};
use crate::keys::Field;

/// Rows by the values that are counted apart, and by period.
type Counts = BTreeMap<Vec<Option<String>>, BTreeMap<i64, u64>>;

/// The periods of a check.
pub(super) struct Periods<'a> {
    declared: &'a Volume,
    counts: Mutex<Counts>,
}

impl<'a> Periods<'a> {
    pub(super) fn new(declared: &'a Volume) -> Self {
        let mut counts = Counts::new();
        // Where nothing is counted apart there are periods even without any row.
        if declared.per.is_empty() {
            counts.insert(Vec::new(), BTreeMap::new());
        }
        Self { declared, counts: Mutex::new(counts) }
    }

    /// Counts rows by period. Those without a date are of none.
    pub(super) fn add(&self, batch: &RecordBatch) -> Result<()> {
        let days = batch::days(batch, &self.declared.date)?;
        let per = self.declared.per.iter().map(|column| Field::of(batch, column));
        let per = per.collect::<Result<Vec<_>>>()?;
        let values: Vec<UInt64Array> = per.iter().map(Field::properties).collect();
        // Rows of one day and the same values, and the first of them.
        let mut groups: HashMap<Vec<Option<u64>>, (usize, u64), RandomState> = HashMap::default();
        let mut group = Vec::new();
        for row in (0..days.len()).filter(|row| days.is_valid(*row)) {
            group.clear();
            group.push(Some(u64::from(days.value(row).cast_unsigned())));
            group.extend(values.iter().map(|values| values.is_valid(row).then(|| values.value(row))));
            match groups.get_mut(&group) {
                Some((_, rows)) => *rows += 1,
                None => {
                    groups.insert(group.clone(), (row, 1));
                }
            }
        }
        // A thread that panics while it holds the lock has ended the run.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (row, rows) in groups.into_values() {
            let Some(date) = Date::from_days(days.value(row)) else { continue };
            let values = per.iter().map(|field| field.shown(row)).collect();
            *counts.entry(values).or_default().entry(self.declared.by.number(date)).or_default() += rows;
        }
        Ok(())
    }

    /// Compares the periods, from the first to the last that there are, or that are stated.
    pub(super) fn finish(self, tally: &Tally) {
        let Self { declared, counts } = self;
        let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        let all: BTreeSet<i64> = counts.values().flat_map(BTreeMap::keys).copied().collect();
        let stated = |date: Option<Date>| date.map(|date| declared.by.number(date));
        let first = stated(declared.from).or(all.first().copied());
        let last = stated(declared.until).or(all.last().copied());
        let (Some(first), Some(last)) = (first, last) else { return };
        let mut failures = Vec::new();
        for (values, periods) in &counts {
            for period in first..=last {
                match told(declared, periods, period, first) {
                    None => tally.not_checked(1),
                    Some(true) => tally.passed(1),
                    Some(false) => failures.push(Failure::Period(label(declared, values, period))),
                }
            }
        }
        tally.failed(failures);
    }
}

/// Whether a period has as many rows as it may; not known where there is none to compare with, and nothing else is asked.
fn told(declared: &Volume, periods: &BTreeMap<i64, u64>, period: i64, first: i64) -> Option<bool> {
    let rows = |period: i64| periods.get(&period).copied().unwrap_or(0);
    let is_enough = declared.least.map(|least| rows(period) >= least);
    let other = period - declared.against.distance(declared.by);
    let is_alike = declared
        .change
        .filter(|_| other >= first)
        .map(|change| rows(period).abs_diff(rows(other)) as f64 <= change * rows(other) as f64);
    match (is_enough, is_alike) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (None, None) => None,
        (Some(true), None) if declared.change.is_some() => None,
        (Some(true), _) | (None, Some(true)) => Some(true),
    }
}

fn label(declared: &Volume, values: &[Option<String>], period: i64) -> String {
    let named = declared.per.iter().zip(values);
    let named =
        named.map(|(column, value)| format!(", {column} {}", value.as_deref().unwrap_or("not stated")));
    format!("{}{}", declared.by.label(period), named.collect::<String>())
}
