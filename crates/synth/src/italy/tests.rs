//! The archive read back naively: what a reader without any of this code would count.

use std::collections::HashMap;

use encoding_rs::WINDOWS_1252;

use super::communities::COMMUNITIES;
use crate::quota::scaled;
use crate::{Options, PermitSummary, write_italy};

fn made(scale: f64, seed: u64) -> (Vec<u8>, PermitSummary) {
    let mut bytes = Vec::new();
    let report = write_italy(&Options::new(scale, seed).unwrap(), &mut bytes, &mut |_| {}).unwrap();
    (bytes, report.summary)
}

fn text(scale: f64) -> (String, PermitSummary) {
    let (bytes, summary) = made(scale, 1990);
    let text = WINDOWS_1252.decode_without_bom_handling_and_without_replacement(&bytes).unwrap();
    (text.into_owned(), summary)
}

/// A permit; days as yyyymmdd.
struct Row<'a> {
    person: &'a str,
    sex: &'a str,
    state: &'a str,
    reason: &'a str,
    long_term: bool,
    from: i32,
    to: i32,
    entered: i32,
    parent: &'a str,
}

const NEVER: i32 = 99_991_231;

fn rows(text: &str) -> Vec<Row<'_>> {
    text.lines().skip(1).map(row).collect()
}

fn row(line: &str) -> Row<'_> {
    let fields: Vec<&str> = line.split(';').collect();
    let [person, sex, _, state, _, reason, kind, from, to, entered, parent, _] = fields[..] else {
        panic!("{line}")
    };
    let to = if to.is_empty() { NEVER } else { number(to) };
    let (from, entered) = (number(from), number(entered));
    Row { person, sex, state, reason, long_term: kind == "UE LUNGO PERIODO", from, to, entered, parent }
}

/// dd/mm/yyyy as yyyymmdd.
fn number(date: &str) -> i32 {
    let part = |range: std::ops::Range<usize>| date[range].parse::<i32>().unwrap();
    part(6..10) * 10_000 + part(3..5) * 100 + part(0..2)
}

/// The permits of each person in the order of their first days, without those of nobody and those that end before they begin.
fn persons<'a>(rows: &'a [Row<'a>]) -> HashMap<&'a str, Vec<&'a Row<'a>>> {
    let mut persons: HashMap<&str, Vec<&Row>> = HashMap::new();
    for row in rows.iter().filter(|row| !row.person.is_empty() && row.from <= row.to) {
        persons.entry(row.person).or_default().push(row);
    }
    persons.values_mut().for_each(|permits| permits.sort_by_key(|permit| permit.from));
    persons
}

/// Six months after a day, the 29th and later ones being the 28th.
fn half_a_year_after(day: i32) -> i32 {
    let (year, month, of_month) = (day / 10_000, day / 100 % 100, (day % 100).min(28));
    let months = year * 12 + month - 1 + 6;
    months / 12 * 10_000 + (months % 12 + 1) * 100 + of_month
}

/// The state of a person who is there on 1 January, as an extraction of 1 July tells.
fn holder<'a>(permits: &[&Row<'a>], year: i32) -> Option<&'a str> {
    let (on, extraction) = (year * 10_000 + 101, year * 10_000 + 701);
    let seen: Vec<_> = permits.iter().filter(|permit| permit.entered <= extraction).collect();
    if let Some(valid) = seen.iter().find(|permit| (permit.from..=permit.to).contains(&on)) {
        return Some(valid.state);
    }
    let expired = seen.iter().filter(|permit| permit.to < on).max_by_key(|permit| permit.to)?;
    let next = seen.iter().map(|permit| permit.from).find(|from| *from > on)?;
    (next < half_a_year_after(expired.to)).then_some(expired.state)
}

#[test]
fn stocks_are_exact_at_any_scale() {
    for scale in [0.0005, 0.003] {
        let (text, summary) = text(scale);
        let rows = rows(&text);
        let persons = persons(&rows);
        assert_eq!(persons.len() as u64, summary.persons);
        for year in [2012_usize, 2017, 2023, 2024] {
            let mut stock: HashMap<&str, u64> = HashMap::new();
            let states = persons.values().filter_map(|permits| holder(permits, year as i32));
            states.for_each(|state| *stock.entry(state).or_default() += 1);
            for (community, name) in [(14, "PERÙ"), (2, "UCRAINA"), (15, "ECUADOR"), (0, "MAROCCO")] {
                let expected = scaled(COMMUNITIES[community].stock[year - 2012], scale);
                assert_eq!(stock[name], expected, "{name} {year} {scale}");
            }
            let all: u64 = COMMUNITIES.iter().map(|of| scaled(of.stock[year - 2012], scale)).sum();
            assert_eq!(stock.values().sum::<u64>(), all, "{year} {scale}");
        }
    }
}

/// Published: IstatData, PERMSOGG1_9 and I.Stat; where more were there than had entered, there are some entrants more.
#[test]
fn new_permits_come_near_the_published_ones() {
    let scale = 0.01;
    let (text, _) = text(scale);
    let rows = rows(&text);
    let persons = persons(&rows);
    let first = |year: i32, name: &str| {
        let of_year = persons.values().filter(|permits| permits[0].from / 10_000 == year);
        of_year.filter(|permits| permits[0].state == name || name.is_empty()).count() as f64
    };
    for (year, all, peru) in [(2016, 226_934, 2_575), (2022, 449_118, 10_611), (2023, 330_730, 11_373)] {
        assert!((first(year, "") / scale - f64::from(all)).abs() < 3_000.0, "{year}: {}", first(year, ""));
        assert_eq!(first(year, "PERÙ"), scaled(peru, scale) as f64, "{year}");
    }
    let protection = persons.values().filter(|permits| {
        permits[0].from / 10_000 == 2022 && ["ASILO", "PROTEZIONE SUSSIDIARIA"].contains(&permits[0].reason)
    });
    assert!((protection.count() as f64 / scale - 202_570.0).abs() < 1_000.0);
    let women = rows.iter().filter(|row| row.sex == "F").count() as f64 / rows.len() as f64;
    assert!((0.44..0.54).contains(&women), "{women}");
}

#[test]
fn the_faults_of_an_archive_are_there() {
    let (text, summary) = text(0.003);
    let rows = rows(&text);
    assert_eq!(rows.len() as u64, summary.permits);
    let count = |is_counted: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| is_counted(row)).count() as u64;
    assert_eq!(count(&|row| row.person.is_empty()), summary.unidentified);
    assert_eq!(count(&|row| row.to < row.from), summary.reversed);
    assert_eq!(count(&|row| !row.parent.is_empty()), summary.on_parents_permit);
    assert!(count(&|row| row.long_term && row.to == NEVER) > 1_000);
    assert!(
        rows.iter().all(|row| row.long_term || row.to < NEVER),
        "only long-term permits have no last day"
    );
    assert!(count(&|row| row.sex.is_empty()) > 0);
    assert!(count(&|row| row.entered / 100 - row.from / 100 > 2) > 500, "late entries");
    assert!(rows.iter().all(|row| row.entered <= 20_250_701));
    let ended = ["SERBIA E MONTENEGRO", "EX REPUBBLICA JUGOSLAVA DI MACEDONIA", "MACEDONIA DEL NORD"];
    assert!(ended.iter().all(|name| rows.iter().any(|row| row.state == *name)));
    let persons = persons(&rows);
    let pairs = || persons.values().flat_map(|permits| permits.windows(2).map(|pair| (pair[0], pair[1])));
    let on_one_day = pairs().filter(|(one, other)| one.from == other.from).count() as u64;
    assert!((summary.two_on_one_day / 2..=summary.two_on_one_day).contains(&on_one_day));
    assert!(pairs().filter(|(one, other)| other.from > one.to + 100).count() > 300, "late renewals");
    assert!(pairs().filter(|(one, other)| one.reason != other.reason).count() > 500, "changes of reason");
    assert!(
        persons.values().any(|permits| permits.iter().any(|of| of.state != permits[0].state)),
        "names change"
    );
}

#[test]
fn the_thread_count_leaves_no_trace() {
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| made(0.003, 7))
    };
    assert!(with_threads(1) == with_threads(4));
}

#[test]
fn another_seed_makes_other_rows_of_the_same_totals() {
    let ((first, counts), (second, other_counts)) = (made(0.001, 1), made(0.001, 2));
    assert!(first != second);
    assert_eq!(counts.persons, other_counts.persons);
    for scale in [1e-9, 1e-6, 1e-5] {
        made(scale, 1);
    }
}

#[test]
fn an_output_that_refuses_ends_it() {
    let mut room = [0; 1000];
    let options = Options::new(0.001, 1).unwrap();
    let fault = write_italy(&options, &mut room.as_mut_slice(), &mut |_| {}).unwrap_err();
    assert_eq!(fault.kind(), std::io::ErrorKind::WriteZero);
}
