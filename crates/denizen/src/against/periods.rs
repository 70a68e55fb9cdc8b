//! Rows of months and years: which are missing, and which have fewer or more rows than they should.

use std::collections::BTreeMap;

use denizen_spec::{Code, ColumnProfile, FileProfile, columns};

use super::change::{Change, FEWEST_ROWS, Level, PERIOD_TIMES, ROWS_PERCENT, listed};

/// Rows of each time, which is a month counted from January of the year 0.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Periods {
    rows: BTreeMap<i64, u64>,
    /// Whether all are whole years.
    are_years: bool,
}

/// Years of data; other numbers of four digits are codes of something else.
const YEARS: std::ops::Range<i64> = 1800..2200;

/// Times that a message names.
const MOST_NAMED: usize = 6;

impl Periods {
    /// Those of a column of dates, of years, or of codes that are times.
    fn of(column: &ColumnProfile) -> Option<Self> {
        let of_codes = || column.values.as_ref().filter(|_| column.field_type == "code");
        let rows = if column.periods.is_empty() { of_codes()? } else { &column.periods };
        let times: BTreeMap<i64, u64> =
            rows.iter().filter_map(|(time, rows)| Some((month(time)?, *rows))).collect();
        // Some dates stand for none, such as 9999-12-31; codes of which some are no times are none.
        let are_times = !column.periods.is_empty() || times.len() == rows.len();
        let are_years = rows.keys().all(|time| time.len() == 4);
        (are_times && !times.is_empty()).then_some(Self { rows: times, are_years })
    }

    /// Those of the column by which the rows of a file are best told apart in time, and its name.
    fn main(profile: &FileProfile) -> Option<(String, Self)> {
        let named = |name: &str| profile.columns.iter().find(|column| column.name == name);
        let first = [columns::REFERENCE_DATE, columns::YEAR].into_iter().filter_map(named);
        let mut candidates = first.chain(&profile.columns).filter(|column| !column.personal);
        candidates.find_map(|column| Some((column.name.clone(), Self::of(column)?)))
    }

    fn first(&self) -> i64 {
        self.rows.keys().next().copied().unwrap_or(0)
    }

    fn last(&self) -> i64 {
        self.rows.keys().next_back().copied().unwrap_or(0)
    }

    fn range(&self) -> String {
        let (first, last) = (self.name(self.first()), self.name(self.last()));
        if first == last { first } else { format!("{first} to {last}") }
    }

    fn name(&self, time: i64) -> String {
        let year = time.div_euclid(12);
        if self.are_years { format!("{year}") } else { format!("{year}-{:02}", time.rem_euclid(12) + 1) }
    }

    fn names(&self, times: &[i64]) -> String {
        listed(&times.iter().map(|time| self.name(*time)).collect::<Vec<_>>())
    }

    /// Times between the first and the last that have no rows, where they follow one another by so many months.
    fn gaps(&self, step: i64) -> impl Iterator<Item = i64> {
        let step = usize::try_from(step).unwrap_or(1).max(1);
        (self.first()..=self.last()).step_by(step).filter(|time| !self.rows.contains_key(time))
    }

    /// The rows that a time has: of the last twelve the one in the middle.
    fn usual(&self) -> u64 {
        let mut rows: Vec<u64> = self.rows.values().rev().take(12).copied().collect();
        rows.sort_unstable();
        rows.get(rows.len() / 2).copied().unwrap_or(0)
    }
}

/// The column by whose times the rows of a file are compared.
pub(super) fn main_column(profile: &FileProfile) -> Option<String> {
    Periods::main(profile).map(|(name, _)| name)
}

/// The month of a time: `2007`, `2007-03`, `2007-Q1`, `2007Q1`, `2007-S1`.
fn month(time: &str) -> Option<i64> {
    let (year, rest) = time.split_at_checked(4)?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_year = is_number(year);
    let year: i64 = year.parse().ok().filter(|year| is_year && YEARS.contains(year))?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let part = |text: &str, most: i64| text.parse::<i64>().ok().filter(|part| (1..=most).contains(part));
    let month = match rest.chars().next() {
        None => 0,
        Some('Q' | 'q' | 'T' | 't') => 3 * (part(&rest[1..], 4)? - 1),
        Some('S' | 's') => 6 * (part(&rest[1..], 2)? - 1),
        Some('M' | 'm') => part(&rest[1..], 12)? - 1,
        Some(_) => part(rest, 12)? - 1,
    };
    Some(12 * year + month)
}

/// By how many months times follow one another.
fn step(before: &Periods, now: &Periods) -> i64 {
    let mut times: Vec<i64> = before.rows.keys().chain(now.rows.keys()).copied().collect();
    times.sort_unstable();
    times.windows(2).map(|pair| pair[1] - pair[0]).fold(0, greatest_divisor).max(1)
}

fn greatest_divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { greatest_divisor(other, one % other) }
}

/// What has changed in the rows of a file and in how they lie in time.
pub(super) fn compare(before: &FileProfile, now: &FileProfile) -> Vec<Change> {
    let of_times = Periods::main(before).zip(Periods::main(now));
    let Some(((name, was), (_, is))) = of_times.filter(|((name, _), (other, _))| name == other) else {
        let rows = rows("", before.accepted as f64, now.accepted as f64);
        return rows.into_iter().chain(persons(before, now)).collect();
    };
    let is_same_series = is.rows.keys().any(|time| was.rows.contains_key(time));
    let mut changes = if is_same_series { of_one_series(&was, &is) } else { of_successive_series(&was, &is) };
    changes.extend(missing(&was, &is));
    changes.extend(odd_volumes(&was, &is));
    let changes = changes.into_iter().map(|change| change.of_column(&name));
    changes.chain(persons(before, now)).collect()
}

/// For how many a row stands on average, where a column says so.
fn persons(before: &FileProfile, now: &FileProfile) -> Option<Change> {
    let mean = |profile: &FileProfile| Some(profile.weight? as f64 / profile.accepted.max(1) as f64);
    let (was, is) = (mean(before)?, mean(now)?);
    let change = 100.0 * (is - was) / was.max(f64::MIN_POSITIVE);
    let message = format!("a row stands for {is:.1} on average, before for {was:.1} ({change:+.1} %)");
    let is_few = before.accepted.max(now.accepted) < FEWEST_ROWS;
    (change.abs() > ROWS_PERCENT && !is_few).then(|| Change::new(Level::Warning, Code::ChangedRows, message))
}

/// Rows of all, or on average.
fn rows(of: &str, was: f64, is: f64) -> Option<Change> {
    let change = 100.0 * (is - was) / was.max(1.0);
    let is_few = was.max(is) < FEWEST_ROWS as f64;
    let message = format!("{is:.0} rows{of}, before {was:.0} ({change:+.1} %)");
    (change.abs() > ROWS_PERCENT && !is_few).then(|| Change::new(Level::Warning, Code::ChangedRows, message))
}

/// The same series once more, revised and perhaps longer.
fn of_one_series(was: &Periods, is: &Periods) -> Vec<Change> {
    let mut changes = Vec::new();
    if is.first() > was.first() || is.last() < was.last() {
        let message = format!("{}; before it was {}", is.range(), was.range());
        changes.push(Change::new(Level::Warning, Code::ChangedPeriods, message));
    } else if (is.first(), is.last()) != (was.first(), was.last()) {
        let message = format!("{}; before it was {}", is.range(), was.range());
        changes.push(Change::new(Level::Note, Code::ChangedPeriods, message));
    }
    let common = |one: &Periods, other: &Periods| -> f64 {
        let rows = one.rows.iter().filter(|(time, _)| other.rows.contains_key(time));
        rows.map(|(_, rows)| *rows as f64).sum()
    };
    changes.extend(rows(" of the times that both have", common(was, is), common(is, was)));
    changes
}

/// Another time of the same: the next year in a file of its own.
fn of_successive_series(was: &Periods, is: &Periods) -> Vec<Change> {
    let mut changes = Vec::new();
    let (times, before) = (is.rows.len(), was.rows.len());
    let numbers =
        if times == before { String::new() } else { format!(" ({times} of them, before {before})") };
    let message = format!("{}; before it was {}{numbers}", is.range(), was.range());
    let level = if times < before { Level::Warning } else { Level::Note };
    changes.push(Change::new(level, Code::ChangedPeriods, message));
    let mean = |periods: &Periods| {
        periods.rows.values().map(|rows| *rows as f64).sum::<f64>() / periods.rows.len().max(1) as f64
    };
    changes.extend(rows(" a time on average", mean(was), mean(is)));
    changes
}

/// Times without rows, of which it is not known from before that they have none.
fn missing(was: &Periods, is: &Periods) -> Option<Change> {
    let step = step(was, is);
    let known: Vec<i64> = was.gaps(step).collect();
    let is_sparse = 4 * known.len() > was.rows.len();
    let inside = was.first()..=was.last();
    let is_new = |time: &i64| if inside.contains(time) { !known.contains(time) } else { !is_sparse };
    let gaps: Vec<i64> = is.gaps(step).filter(is_new).collect();
    let lost: u64 = gaps.iter().filter_map(|time| was.rows.get(time)).sum();
    let lost = if lost > 0 { format!("; before there were {lost}") } else { String::new() };
    let message = format!("no rows in {}{lost}", is.names(&gaps));
    (!gaps.is_empty()).then(|| Change::new(Level::Warning, Code::ChangedPeriods, message))
}

/// Times with far more or fewer rows than they had, or, where they are new, than others have.
fn odd_volumes(was: &Periods, is: &Periods) -> Option<Change> {
    let usual = was.usual();
    let is_odd = |(time, rows): &(&i64, &u64)| {
        let before = was.rows.get(time).copied().unwrap_or(usual);
        let (few, many) = (before.min(**rows), before.max(**rows));
        many >= FEWEST_ROWS && many as f64 >= PERIOD_TIMES * few as f64
    };
    let odd: Vec<String> = is
        .rows
        .iter()
        .filter(is_odd)
        .map(|(time, rows)| match was.rows.get(time) {
            Some(before) => format!("{} has {rows} rows (before {before})", is.name(*time)),
            None => format!("{} has {rows} rows (usual were {usual})", is.name(*time)),
        })
        .collect();
    let more = odd.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!("{}{more}", odd[..odd.len().min(MOST_NAMED)].join(", "));
    (!odd.is_empty()).then(|| Change::new(Level::Warning, Code::ChangedRows, message))
}
