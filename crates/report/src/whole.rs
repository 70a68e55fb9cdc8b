//! Which times of a table may be compared: not one that is not over in the data, or of which something is not decided.

use std::collections::BTreeSet;

use crate::cube::{Cube, Kind};
use crate::survey::Profile;

/// The part of what was counted that is much to be undecided: a rule leaves some crossings open for good.
pub(crate) const MUCH: f64 = 0.1;
/// The measure of records as they are: of its last time, records may still come.
const COUNT: &str = "count";
/// Codes that are known only when the gap of a rule is over.
const WAITING: [&str; 3] = ["renewed", "not_renewed", "before_expiry"];

/// What is known of the times of some rows, by their keys.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Times {
    /// Those that are compared with none.
    open: BTreeSet<u32>,
    /// Those of them that are surely not over, or of which much is not decided.
    unripe: BTreeSet<u32>,
}

impl Times {
    pub(crate) fn of(cube: &Cube, indicator: u32, profile: &Profile) -> Self {
        let mut times = Self::default();
        let Some(time) = cube.of_kind(Kind::Time).next() else { return times };
        let keys = cube.in_order(profile.codes(time).iter().copied(), time);
        times.note_undecided(profile, time);
        let parameters = profile.parameters.as_deref().unwrap_or_default();
        let Some(extracted) = parameter(parameters, "extracted") else {
            // Nothing says that records of the last time are all there.
            let is_count = cube.indicator.word(indicator) == Some(COUNT);
            times.open.extend(keys.last().filter(|_| is_count));
            return times;
        };
        let waits = (0..cube.dimensions.len()).any(|dimension| {
            let codes = profile.codes(dimension).iter();
            let mut codes = codes.filter_map(|key| cube.dimensions[dimension].codes.word(*key));
            codes.any(|code| WAITING.contains(&code))
        });
        let spans = ["entry_lag", "gap"].map(|name| parameter(parameters, name));
        let spans = &spans[..if waits { 2 } else { 1 }];
        for key in keys {
            let code = cube.dimensions[time].codes.word(key).unwrap_or_default();
            if !is_over(code, spans.iter().flatten(), extracted) {
                times.open.insert(key);
                times.unripe.insert(key);
            }
        }
        times
    }

    /// Whether two times may be compared.
    pub(crate) fn are_whole(&self, one: u32, other: u32) -> bool {
        !self.open.contains(&one) && !self.open.contains(&other)
    }

    /// Whether a time is compared with none.
    pub(crate) fn is_open(&self, key: u32) -> bool {
        self.open.contains(&key)
    }

    /// Whether so much of a time is missing that an order of codes says nothing.
    pub(crate) fn is_unripe(&self, key: u32) -> bool {
        self.unripe.contains(&key)
    }

    /// Notes the times of which something is not decided.
    fn note_undecided(&mut self, profile: &Profile, time: usize) {
        for (key, at) in profile.times(time) {
            if at.is_open {
                self.open.insert(key);
            }
            if at.undecided > MUCH * at.all {
                self.unripe.insert(key);
            }
        }
    }
}

/// A parameter of a rule, as tables have them: `first_permit(gap=6 months, extracted=2025-07-01)`.
fn parameter<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, inside) = text.split_once('(')?;
    let pairs = inside.trim_end_matches(')').split(", ").filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A year, a month and a day.
type Day = (i32, i32, i32);

/// Whether all of a time was known on a day, so long after its end. What cannot be read is not over.
fn is_over<'s>(time: &str, spans: impl Iterator<Item = &'s &'s str>, extracted: &str) -> bool {
    let known = || {
        let (mut end, is_day) = end_of(time)?;
        for span in spans {
            end = later(end, span)?;
        }
        let (extracted, _) = end_of(extracted)?;
        // A stock of the day itself is there; a year that ends on it is not over.
        Some(end < extracted || is_day && end == extracted)
    };
    known().unwrap_or(false)
}

/// The last day of a year, half-year, quarter, month or day, and whether it is a day itself. Each month has 31 days here: days
/// are put in order only.
fn end_of(time: &str) -> Option<(Day, bool)> {
    let mut parts = time.split('-');
    let year = parts.next()?.parse().ok()?;
    let Some(rest) = parts.next() else { return Some(((year, 12, 31), false)) };
    let month = match (rest.strip_prefix('Q'), rest.strip_prefix('S')) {
        (Some(quarter), _) => 3 * quarter.parse::<i32>().ok()?,
        (None, Some(half)) => 6 * half.parse::<i32>().ok()?,
        (None, None) => rest.parse().ok()?,
    };
    match parts.next() {
        Some(day) => Some(((year, month, day.parse().ok()?), true)),
        None => Some(((year, month, 31), false)),
    }
}

/// A day after a span such as `6 months`. Days are rounded up to months of 28.
fn later((year, month, day): Day, span: &str) -> Option<Day> {
    let (number, unit) = span.split_once(' ')?;
    let number: i32 = number.parse().ok()?;
    let months = match unit.trim_end_matches('s') {
        "day" => number.checked_add(27)? / 28,
        "month" => number,
        "year" => number.checked_mul(12)?,
        _ => return None,
    };
    let months = month.checked_add(months)?.checked_sub(1)?;
    Some((year + months / 12, months % 12 + 1, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_over_when_their_records_had_time_to_come() {
        let table = [
            ("2024", "0 days", "2025-01-01", true),
            ("2024", "6 months", "2025-07-01", true),
            ("2024", "6 months", "2025-06-30", false),
            ("2024", "183 days", "2025-07-01", false),
            ("2025", "0 days", "2025-07-01", false),
            ("2025-06", "0 days", "2025-07-01", true),
            ("2025-Q3", "0 days", "2025-07-01", false),
            ("2025-S1", "0 days", "2025-07-01", true),
            ("2025-07-01", "0 days", "2025-07-01", true),
            ("2025-07-02", "0 days", "2025-07-01", false),
            ("2023", "1 year", "2025-07-01", true),
            ("2023", "a while", "2025-07-01", false),
            ("some time", "0 days", "2025-07-01", false),
        ];
        for (time, span, extracted, expected) in table {
            assert_eq!(is_over(time, [span].iter(), extracted), expected, "{time} {span} {extracted}");
        }
    }

    #[test]
    fn parameters_are_found() {
        let rule = "first_permit(gap=6 months, entry_lag=0 days, extracted=2020-02-29)";
        let table = [("gap", Some("6 months")), ("extracted", Some("2020-02-29")), ("lag", None)];
        for (name, expected) in table {
            assert_eq!(parameter(rule, name), expected);
        }
        assert_eq!(parameter("", "gap"), None);
    }
}
