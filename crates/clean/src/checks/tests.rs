//! Checks say of each row what an obvious look at it says.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use denizen_spec::{
    Against, Balance, Bounds, Check, CheckKind, CheckOutcome, CheckedRows, Comparison, Conditions, Date,
    Limit, PackedPlace, Volume, VolumePeriod, columns,
};
use proptest::prelude::*;

use super::{CheckResult, Checks, Failure};
use crate::Scratch;
use crate::test_batch::batch;

/// Rows with their places, numbered from 1.
fn placed(batch: &RecordBatch, first: i64) -> RecordBatch {
    let places: ArrayRef = Arc::new((first..).take(batch.num_rows()).collect::<Int64Array>());
    crate::batch::with_column(batch.clone(), columns::PLACE, places).unwrap()
}

/// What a check says of batches that come in reverse.
fn result(kind: CheckKind, batches: &[RecordBatch]) -> CheckResult {
    let folder = tempfile::tempdir().unwrap();
    let (rows, name) = (CheckedRows::AsRead, "c".to_owned());
    let check = Check { name, title: None, source: None, rows, kind, warn: 0.0, fail: None };
    let checks = Checks { checks: vec![check], memory: 0, scratch: Scratch::new(folder.path(), false) };
    let running = checks.start();
    let mut first = 1;
    let placed: Vec<RecordBatch> = batches
        .iter()
        .map(|batch| {
            first += batch.num_rows() as i64;
            placed(batch, first - batch.num_rows() as i64)
        })
        .collect();
    for (number, batch) in placed.iter().enumerate().rev() {
        running.add(CheckedRows::AsRead, number as u64, batch).unwrap();
    }
    running.finish(&|| Ok(())).unwrap().remove(0)
}

/// Passed, failed, not checked, and the lines that failed.
fn told(result: &CheckResult) -> ([u64; 3], Vec<i64>) {
    let line = |failure: &Failure| match failure {
        Failure::Row(place) => place.line(),
        Failure::Period(period) => panic!("{period}"),
    };
    let report = &result.report;
    let lines = result.failures.iter().map(line).collect();
    ([report.passed, report.failed, report.not_checked], lines)
}

fn codes(column: &str, codes: &[&str]) -> Conditions {
    let codes = codes.iter().map(|code| (*code).to_owned()).collect();
    Conditions { codes: vec![(column.to_owned(), codes)], bounds: Vec::new() }
}

fn bounds(column: &str, bounds: Bounds) -> Conditions {
    Conditions { codes: Vec::new(), bounds: vec![(column.to_owned(), bounds)] }
}

#[test]
fn rows_pass_fail_or_do_not_say() {
    let rows = batch(
        "direction days:integer citizenship quality entry:day exit:day",
        "S 0 PE 21 2001-01-01 2001-01-02 | S 9 PE 41 2001-01-02 2001-01-01 | E 9 IT 41 2001-01-01 - | \
         S - IT 21 - - | - 0 - - - -",
    );
    let row = |when: Conditions, then: Conditions, never: Conditions, stated: &[&str]| CheckKind::Row {
        when,
        then,
        never,
        stated: stated.iter().map(|name| (*name).to_owned()).collect(),
    };
    let none = Conditions::default;
    let zero = || bounds("days", Bounds { values: vec![Limit::Number(0)], ..Bounds::default() });
    let later =
        bounds("exit", Bounds { beside: vec![(Comparison::From, "entry".to_owned())], ..Bounds::default() });
    let mut both = codes("citizenship", &["PE"]);
    both.codes.extend(codes("quality", &["41"]).codes);
    let table = [
        (row(codes("direction", &["S"]), zero(), none(), &[]), [1, 1, 2], vec![2]),
        (row(none(), codes("direction", &["S"]), none(), &[]), [3, 1, 1], vec![3]),
        (row(none(), later, none(), &[]), [1, 1, 3], vec![2]),
        // A foreigner is none whatever the quality, which need not be stated.
        (row(none(), none(), both, &[]), [3, 1, 1], vec![2]),
        (row(codes("quality", &["21"]), none(), none(), &["days", "entry"]), [1, 1, 1], vec![4]),
    ];
    for (kind, counts, lines) in table {
        assert_eq!(told(&result(kind.clone(), std::slice::from_ref(&rows))), (counts, lines), "{kind:?}");
    }
}

/// Rows that are checked in two places, each of which counts its own lines, are told as if they were checked in one.
#[test]
fn what_is_found_in_several_places_adds_up() {
    let kind = CheckKind::Row {
        when: Conditions::default(),
        then: codes("kind", &["E"]),
        never: Conditions::default(),
        stated: Vec::new(),
    };
    let batches = [batch("kind", "E | S | -"), batch("kind", "S | E")];
    let whole = told(&result(kind.clone(), &batches));
    assert_eq!(whole, ([2, 2, 1], vec![2, 4]));
    let (rows, name) = (CheckedRows::AsRead, "c".to_owned());
    let check = Check { name, title: None, source: None, rows, kind, warn: 0.0, fail: None };
    assert!(check.is_of_read_rows());
    let checks =
        Checks { checks: vec![check], memory: 0, scratch: Scratch::new(std::path::Path::new(""), false) };
    let mut total = checks.start().into_sums();
    for (batch, lines_before) in batches.iter().zip([0, 3]).rev() {
        let running = checks.start();
        running.add(CheckedRows::AsRead, 0, &placed(batch, 1)).unwrap();
        let mut sums = running.into_sums();
        sums.add_lines(lines_before);
        total.merge(sums);
    }
    assert_eq!(told(&checks.results(total)[0]), whole);
}

#[test]
fn numbers_add_up_within_a_tolerance() {
    let rows = batch("a:integer b:integer c:integer", "1 2 3 | 1 2 4 | 5 - 5 | 1 2 1 | 0 0 0");
    let balance = |tolerance: f64| {
        let (plus, minus) = (vec!["a".to_owned(), "b".to_owned()], Vec::new());
        CheckKind::Balance(Balance { plus, minus, equals: "c".to_owned(), tolerance })
    };
    let found = |tolerance: f64| told(&result(balance(tolerance), std::slice::from_ref(&rows)));
    assert_eq!(found(0.0), ([2, 2, 1], vec![2, 4]));
    assert_eq!(found(1.0), ([3, 1, 1], vec![4]));
}

#[test]
fn months_jump_or_are_missing() {
    let rows =
        batch("day:day kind", "2001-01-05 E | 2001-01-06 E | 2001-02-01 E | 2001-02-02 S | 2001-04-01 E");
    let volume = Volume {
        date: "day".to_owned(),
        by: VolumePeriod::Month,
        per: Vec::new(),
        against: Against::Before,
        change: Some(0.5),
        least: None,
        from: None,
        until: None,
    };
    let periods = |volume: &Volume| {
        let result = result(CheckKind::Volume(volume.clone()), std::slice::from_ref(&rows));
        let failed: Vec<String> = result.failures.iter().map(|failure| format!("{failure:?}")).collect();
        (result.report.passed, result.report.not_checked, failed.join(" "))
    };
    let period = |text: &str| format!("{:?}", Failure::Period(text.to_owned()));
    let both = [period("2001-03"), period("2001-04")].join(" ");
    assert_eq!(periods(&volume), (1, 1, both));
    let day = |month: u8| Some(Date { year: 2001, month, day: 1 });
    let least = Volume { change: None, least: Some(1), from: day(2), until: day(4), ..volume.clone() };
    assert_eq!(periods(&least), (2, 0, period("2001-03")));
    let per = Volume { per: vec!["kind".to_owned()], ..least };
    let failed = ["2001-03, kind E", "2001-03, kind S", "2001-04, kind S"].map(period);
    assert_eq!(periods(&per), (3, 0, failed.join(" ")));
    let year = Volume { against: Against::YearBefore, ..volume };
    assert_eq!(periods(&year), (0, 4, String::new()));
}

#[test]
fn a_check_of_no_row_says_so() {
    let rows = batch("n:integer", "- | -");
    let kind = CheckKind::Unique(vec!["n".to_owned()]);
    let result = result(kind, &[rows]);
    assert_eq!((result.report.outcome, result.report.not_checked), (CheckOutcome::NotRun, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn keys_are_compared_as_row_by_row(
        chunks in proptest::collection::vec(proptest::collection::vec((
            proptest::option::weighted(0.8, 0..6_u8),
            proptest::option::weighted(0.8, 0..3_u8),
        ), 1..8), 1..5),
    ) {
        let written = |field: Option<u8>| field.map_or("-".to_owned(), |value| value.to_string());
        let batches: Vec<RecordBatch> = chunks.iter().map(|rows| {
            let rows: Vec<String> = rows.iter().map(|row| format!("{} {}", written(row.0), written(row.1))).collect();
            batch("key:person n:integer", &rows.join(" | "))
        }).collect();
        let rows = chunks.concat();
        let lines = |fails: &dyn Fn(usize) -> bool| (0..rows.len()).filter(|row| fails(*row))
            .map(|row| row as i64 + 1).collect::<Vec<_>>();
        let same = |one: usize, other: usize| rows[one].0.is_some() && rows[one].0 == rows[other].0;
        let repeated = lines(&|row| (0..rows.len()).any(|other| other != row && same(row, other)));
        let missing = rows.iter().filter(|row| row.0.is_none()).count();
        let unique = result(CheckKind::Unique(vec!["key".to_owned()]), &batches);
        prop_assert_eq!(told(&unique), (
            [rows.len() - missing - repeated.len(), repeated.len(), missing].map(|count| count as u64),
            repeated,
        ));

        // Of a value all rows fail when any two that state the other column differ in it.
        let stated: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].1.is_some()).collect();
        let differ = |row: usize| {
            let of_value = || stated.iter().filter(|other| same(row, **other));
            of_value().any(|one| of_value().any(|other| rows[*one].1 != rows[*other].1))
        };
        let differing = lines(&|row| rows[row].1.is_some() && differ(row));
        let missing = rows.iter().filter(|row| row.0.is_none() || row.1.is_none()).count();
        let one = CheckKind::One { one: vec!["n".to_owned()], per: vec!["key".to_owned()] };
        let one = result(one, &batches);
        prop_assert_eq!(told(&one), (
            [rows.len() - missing - differing.len(), differing.len(), missing].map(|count| count as u64),
            differing,
        ));
    }
}

/// Of many failures the first ones by place are kept, whichever came first.
#[test]
fn the_first_failures_are_listed() {
    let tally = super::Tally::default();
    let failures = |lines: std::ops::Range<i64>| lines.map(|line| Failure::Row(PackedPlace(line))).collect();
    tally.failed(failures(super::MOST_LISTED as i64..super::MOST_LISTED as i64 + 10));
    tally.failed(failures(0..super::MOST_LISTED as i64));
    let rows = CheckedRows::AsRead;
    let kind = CheckKind::Unique(Vec::new());
    let check =
        Check { name: String::new(), title: None, source: None, rows, kind, warn: 0.0, fail: Some(0.5) };
    let result = tally.into_sums().result(&check);
    assert_eq!(result.report.failed, super::MOST_LISTED as u64 + 10);
    assert_eq!(result.failures.last(), Some(&Failure::Row(PackedPlace(super::MOST_LISTED as i64 - 1))));
    assert_eq!(result.report.outcome, CheckOutcome::Failed);
}
