//! Tables in, tables out: what the tests of this crate share.
#![allow(dead_code)]

use denizen_residence::{
    Classification, Comparison, Crossings, CumulativeWindow, Direction, InitialStatus, Options, Otherwise,
    Rule, Span, Status, classify, day, iso,
};
use proptest::test_runner::{Config, FileFailurePersistence};

/// A run of `cases` cases. Seeds of those that fail are kept beside the test, in `<test>.proptest-regressions`: a test has
/// no `lib.rs` near it, by which proptest finds the folder that it takes by default.
pub(crate) fn cases(cases: u32) -> Config {
    let seeds = FileFailurePersistence::WithSource("proptest-regressions");
    Config { cases, ..Config::with_failure_persistence(seeds) }
}

/// Crossings of one person, written `D 2017-01-01, A 2017-01-11`.
pub(crate) struct Person {
    pub(crate) days: Vec<i32>,
    pub(crate) directions: Vec<Direction>,
}

impl Person {
    pub(crate) fn parse(text: &str) -> Self {
        let rows = text.split(',').map(|row| row.trim().split_once(' ').expect("direction and date"));
        let (directions, days) = rows.map(|(letter, date)| (direction(letter), parse_day(date))).unzip();
        Person { days, directions }
    }

    pub(crate) fn classify(&self, rule: &Rule, options: &Options) -> Classification {
        let crossings = Crossings { person_starts: &[0], days: &self.days, directions: &self.directions };
        classify(&crossings, rule, options).expect("a good history")
    }
}

/// What all members of a set agree on.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Agreement<T> {
    Nothing,
    On(T),
    Disagree,
}

impl<T: Copy + PartialEq> Agreement<T> {
    pub(crate) fn add(&mut self, value: T) {
        *self = match *self {
            Agreement::Nothing => Agreement::On(value),
            Agreement::On(other) if other == value => *self,
            _ => Agreement::Disagree,
        }
    }

    pub(crate) fn agreed(self) -> Option<T> {
        if let Agreement::On(value) = self { Some(value) } else { None }
    }
}

pub(crate) fn direction(letter: &str) -> Direction {
    if letter.starts_with(['A', 'a']) { Direction::Arrival } else { Direction::Departure }
}

pub(crate) fn parse_day(date: &str) -> i32 {
    let part = |range: std::ops::Range<usize>| date.trim()[range].parse().expect("a date");
    day(part(0..4), part(5..7), part(8..10))
}

pub(crate) fn window(threshold: i32, window: i32) -> Rule {
    Rule::CumulativeWindow(CumulativeWindow {
        threshold: Span::Days(threshold),
        window: Span::Days(window),
        comparison: Comparison::AtLeast,
    })
}

/// `1` resident, `0` non-resident, `?` unknown.
pub(crate) fn initial(letter: &str) -> InitialStatus<'static> {
    let otherwise = match letter {
        "1" => Otherwise::Known(Status::Resident),
        "0" => Otherwise::Known(Status::NonResident),
        _ => Otherwise::Unknown,
    };
    InitialStatus { otherwise, ..InitialStatus::default() }
}

pub(crate) fn known(status: Status, until: i32) -> Options<'static> {
    let initial = InitialStatus { otherwise: Otherwise::Known(status), ..InitialStatus::default() };
    Options { initial, ..Options::new(until) }
}

pub(crate) fn status(value: Option<Status>) -> char {
    match value {
        Some(Status::Resident) => '1',
        Some(Status::NonResident) => '0',
        None => '?',
    }
}

pub(crate) fn answer(value: Option<bool>) -> char {
    match value {
        Some(true) => '1',
        Some(false) => '0',
        None => '?',
    }
}

/// `before/after/migration` of each row, as the packages print it.
pub(crate) fn answers(of: &Classification) -> String {
    let row = |at: usize| {
        format!(
            "{}/{}/{}",
            status(of.status_before[at]),
            status(of.status_after[at]),
            answer(of.migration[at])
        )
    };
    (0..of.migration.len()).map(row).collect::<Vec<_>>().join(" ")
}

/// The date, or `-`.
pub(crate) fn date(value: Option<i32>) -> String {
    value.map_or("-".to_owned(), iso)
}

/// The non-empty lines of a table, each cut at `|` and trimmed.
pub(crate) fn table(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.split('|').map(str::trim).collect()).collect()
}
