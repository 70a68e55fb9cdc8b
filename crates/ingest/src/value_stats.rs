//! What is known of the values of rows beside how many there are: zones of times, dates that are said in part, numbers that a sum
//! proves.

use std::collections::BTreeMap;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Date32Type;
use denizen_spec::{columns, utc_offset};
use serde::{Deserialize, Serialize};

use crate::rows::Rows;
use crate::stats::FilePlace;

/// Sums and firsts, which can be merged in any order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ValueStats {
    /// By column: how many times are of each zone.
    pub(crate) zones: BTreeMap<String, BTreeMap<String, u64>>,
    /// By the number of the file and the column.
    pub(crate) in_part: BTreeMap<usize, BTreeMap<String, DatesInPart>>,
    /// By the number of the file.
    pub(crate) repaired: BTreeMap<usize, RepairedNumbers>,
}

/// How many dates of the rows that got in are said in part only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DatesInPart {
    /// Their year.
    pub(crate) years: u64,
    /// Their year and month.
    pub(crate) months: u64,
}

/// Numbers that are others than what is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RepairedNumbers {
    pub(crate) numbers: u64,
    /// Rows of the file that have such.
    pub(crate) rows: u64,
    pub(crate) first: FilePlace,
}

/// Zones of a column that are told apart: more of them are no zones.
const MOST_ZONES: usize = 200;

/// The days of a month, at most.
const MONTH: i32 = 31;

/// What the times of some fields said of their zone, as it is written.
#[derive(Default)]
pub(crate) struct ZonesSeen(Vec<(Vec<u8>, u64)>);

impl ZonesSeen {
    pub(crate) fn add(&mut self, zone: &[u8]) {
        let index = self.0.iter().position(|(known, _)| known == zone);
        match index {
            Some(index) => self.0[index].1 += 1,
            None if self.0.len() < MOST_ZONES => self.0.push((zone.to_vec(), 1)),
            None => {}
        }
    }
}

/// A zone in one way of writing it: `+00:00` for `Z`, `-05:00` for `-0500`; a name as it is.
fn zone_name(written: &[u8]) -> String {
    let text = String::from_utf8_lossy(written);
    match utc_offset(&text) {
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
        None => text.into_owned(),
    }
}

impl ValueStats {
    pub(crate) fn add_zones(&mut self, column: &str, seen: ZonesSeen) {
        let zones = self.zones.entry(column.to_owned()).or_default();
        seen.0.iter().for_each(|(zone, count)| *zones.entry(zone_name(zone)).or_default() += count);
    }

    /// Counts the dates of a column that are said in part only, among the rows that got in.
    pub(crate) fn add_dates(&mut self, file: usize, column: &str, batch: &RecordBatch) {
        let days = columns::possible_days(column)
            .map(|name| batch.column_by_name(&name).and_then(|days| days.as_primitive_opt::<Date32Type>()));
        let [Some(firsts), Some(lasts)] = days else { return };
        let counts = self.in_part.entry(file).or_default().entry(column.to_owned()).or_default();
        for (first, last) in firsts.iter().zip(lasts.iter()) {
            let Some(days) = first.zip(last).map(|(first, last)| last - first + 1) else { continue };
            counts.months += u64::from(days > 1 && days <= MONTH);
            counts.years += u64::from(days > MONTH);
        }
    }

    /// Notes the numbers of some rows that were repaired.
    pub(crate) fn add_repaired(&mut self, rows: &Rows) {
        let (file, repaired) = (rows.header().file, rows.repaired());
        let Some((first, _)) = repaired.first() else { return };
        let Some(place) = rows.places(std::iter::once(*first)).pop() else { return };
        let numbers = repaired.iter().map(|(_, numbers)| u64::from(*numbers)).sum();
        let more = RepairedNumbers { numbers, rows: repaired.len() as u64, first: FilePlace { file, place } };
        self.merge_repaired(file, more);
    }

    fn merge_repaired(&mut self, file: usize, more: RepairedNumbers) {
        match self.repaired.get_mut(&file) {
            None => drop(self.repaired.insert(file, more)),
            Some(known) => {
                known.numbers += more.numbers;
                known.rows += more.rows;
                if more.first.order() < known.first.order() {
                    known.first = more.first;
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (column, zones) in other.zones {
            let known = self.zones.entry(column).or_default();
            zones.into_iter().for_each(|(zone, count)| *known.entry(zone).or_default() += count);
        }
        for (file, columns) in other.in_part {
            for (column, more) in columns {
                let known = self.in_part.entry(file).or_default().entry(column).or_default();
                known.years += more.years;
                known.months += more.months;
            }
        }
        other.repaired.into_iter().for_each(|(file, more)| self.merge_repaired(file, more));
    }

    pub(crate) fn places_mut(&mut self) -> impl Iterator<Item = &mut FilePlace> {
        self.repaired.values_mut().map(|repaired| &mut repaired.first)
    }

    /// Numbers of a file that were repaired.
    pub(crate) fn repaired_in(&self, file: usize) -> u64 {
        self.repaired.get(&file).map_or(0, |repaired| repaired.numbers)
    }

    /// Dates of a file that are said in part only.
    pub(crate) fn in_part_of(&self, file: usize) -> u64 {
        self.in_part.get(&file).into_iter().flatten().map(|(_, dates)| dates.years + dates.months).sum()
    }
}
