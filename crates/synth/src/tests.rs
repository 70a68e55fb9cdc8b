//! The file read back naively: what a reader without any of this code would count.

use std::collections::HashMap;

use encoding_rs::WINDOWS_1252;

use super::quota::scaled;
use super::{Options, Summary, margins, write_peru};

const ZERO: &str = "00000000-0000-0000-0000-000000000000";

/// Dates as yyyymmdd.
const OPENING: i32 = 19900101;
const LAST_FOUR_YEARS: i32 = 20030601;
const CUT_OFF: i32 = 20070531;

const SOUTH_AMERICA: [&str; 10] = ["ARG", "BOL", "BRA", "CHL", "COL", "ECU", "PRY", "URY", "VEN", "GUY"];

fn made(scale: f64) -> (Vec<u8>, Summary) {
    made_with(scale, 1990)
}

fn made_with(scale: f64, seed: u64) -> (Vec<u8>, Summary) {
    let mut bytes = Vec::new();
    let report = write_peru(&Options::new(scale, seed).unwrap(), &mut bytes, &mut |_| {}).unwrap();
    (bytes, report.summary)
}

fn text(scale: f64) -> (String, Summary) {
    let (bytes, summary) = made(scale);
    let decoded = WINDOWS_1252.decode_without_bom_handling_and_without_replacement(&bytes).unwrap();
    (decoded.into_owned(), summary)
}

/// A row by the names of its columns.
struct Row<'a> {
    person: &'a str,
    date: i32,
    direction: &'a str,
    citizenship: &'a str,
    sex: &'a str,
    birth: i32,
    country: &'a str,
    residence: &'a str,
    post: &'a str,
}

fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(';').collect();
        let [person, date, direction, citizenship, sex, birth, country, residence, post, _, _] = fields[..]
        else {
            panic!("{line}")
        };
        let (date, birth) = (number(date), number(birth));
        Row { person, date, direction, citizenship, sex, birth, country, residence, post }
    })
}

/// dd/mm/yyyy as yyyymmdd.
fn number(date: &str) -> i32 {
    let part = |range: std::ops::Range<usize>| date[range].parse::<i32>().unwrap();
    part(6..10) * 10_000 + part(3..5) * 100 + part(0..2)
}

/// Last exits: citizens, identified, last crossing up to 31 May 2007 an exit since 1990.
fn emigrants(text: &str) -> Vec<Row<'_>> {
    let mut last: HashMap<&str, Row> = HashMap::new();
    let counted = |row: &Row| row.citizenship == "PER" && row.person != ZERO && row.date <= CUT_OFF;
    for row in rows(text).filter(counted) {
        if last.get(row.person).is_none_or(|known| known.date < row.date) {
            last.insert(row.person, row);
        }
    }
    last.into_values().filter(|row| row.direction == "S" && row.date >= OPENING).collect()
}

fn share(rows: &[Row], is_counted: impl Fn(&Row) -> bool) -> f64 {
    100.0 * rows.iter().filter(|row| is_counted(row)).count() as f64 / rows.len() as f64
}

#[test]
fn quotas_are_exact_at_any_scale() {
    for scale in [0.001, 0.01, 0.0137, 0.1] {
        let (text, summary) = text(scale);
        let emigrants = emigrants(&text);
        let count =
            |is_counted: &dyn Fn(&Row) -> bool| emigrants.iter().filter(|row| is_counted(row)).count() as u64;
        assert_eq!(emigrants.len() as u64, scaled(1_940_817, scale), "{scale}");
        assert_eq!(count(&|row| row.date / 10_000 == 1990), scaled(46_596, scale), "{scale}");
        assert_eq!(count(&|row| row.date / 10_000 == 2006), scaled(291_500, scale), "{scale}");
        assert_eq!(count(&|row| row.sex == "F"), scaled(994_192, scale), "{scale}");
        assert!(2 * count(&|row| row.date >= LAST_FOUR_YEARS) > emigrants.len() as u64, "{scale}");
        assert_eq!(
            (summary.emigrants, summary.women_emigrants),
            (emigrants.len() as u64, count(&|row| row.sex == "F"))
        );
    }
}

#[test]
fn margins_come_near_the_published_ones() {
    let (text, _) = text(0.1);
    let emigrants = emigrants(&text);
    let near = |name: &str, value: f64, published: f64, tolerance: f64| {
        assert!((value - published).abs() <= tolerance, "{name}: {value} against {published}");
    };
    near(
        "aged 15-44",
        share(&emigrants, |row| (15..45).contains(&((row.date - row.birth) / 10_000))),
        76.4,
        0.01,
    );
    near("not stated", share(&emigrants, |row| row.residence == "NNN"), 3.0, 0.01);
    for (post, published) in [("DESAGUADERO", 16.9), ("TACNA - SANTA ROSA", 16.5), ("AGUAS VERDES", 10.9)] {
        near(post, share(&emigrants, |row| row.post == post), published, 0.5);
    }
    near("airport", share(&emigrants, |row| row.post == "AEROPUERTO JORGE CHÁVEZ"), 50.0, 2.0);
    let (stated, _): (Vec<Row>, Vec<Row>) = emigrants.into_iter().partition(|row| row.country != "NNN");
    near("to Chile", share(&stated, |row| row.country == "CHL"), 22.0, 0.01);
    near("to South America", share(&stated, |row| SOUTH_AMERICA.contains(&row.country)), 62.3, 0.01);
}

#[test]
fn one_in_ten_of_the_stated_lives_in_italy() {
    for (scale, tolerance) in [(0.001, 0.05), (0.01, 0.01), (0.1, 0.001)] {
        let (text, _) = text(scale);
        let (stated, _): (Vec<Row>, Vec<Row>) =
            emigrants(&text).into_iter().partition(|row| row.residence != "NNN");
        let italy = share(&stated, |row| row.residence == "ITA");
        assert!((italy - 10.0).abs() <= tolerance, "{scale}: {italy}");
    }
}

#[test]
fn the_faults_of_a_register_are_there() {
    let (text, summary) = text(0.01);
    assert_eq!(rows(&text).count() as u64, summary.crossings);
    assert!((60_000..90_000).contains(&summary.crossings), "{summary}");
    let unidentified = rows(&text).filter(|row| row.person == ZERO).count() as u64;
    assert_eq!(unidentified, summary.unidentified);
    assert!((20..40).contains(&(1000 * unidentified / summary.crossings)));
    assert!(rows(&text).any(|row| row.sex.is_empty()));
    assert!(rows(&text).any(|row| row.citizenship == "NNN" && row.person != ZERO));
    assert!(rows(&text).any(|row| row.date > CUT_OFF));
    let mut histories: HashMap<&str, Vec<(i32, &str)>> = HashMap::new();
    let identified = rows(&text).filter(|row| row.person != ZERO);
    identified.for_each(|row| histories.entry(row.person).or_default().push((row.date, row.direction)));
    assert_eq!(histories.len() as u64, summary.persons);
    let pairs = || {
        let neighbours = |history: &Vec<(i32, &str)>| -> Vec<_> {
            history
                .windows(2)
                .map(|pair| [pair[0], pair[1]].map(|(date, way)| (date, way.to_owned())))
                .collect()
        };
        histories.values().flat_map(neighbours)
    };
    assert!(pairs().all(|[before, after]| before.0 <= after.0), "rows are in the order of time");
    let duplicates = pairs().filter(|[before, after]| before == after).count() as u64;
    // With the exit of a day trip missed on the day of a return, two entries look like one that was scanned twice.
    assert!((summary.duplicates..summary.duplicates + 10).contains(&duplicates), "{duplicates}, {summary}");
    let same_direction = pairs().filter(|[before, after]| before.0 < after.0 && before.1 == after.1).count();
    assert!(same_direction > 300, "{same_direction} same-direction pairs");
    // Out and back on one day; on the day of a return there are three crossings.
    let is_trip =
        |[before, after]: &[(i32, String); 2]| before.0 == after.0 && before.1 == "S" && after.1 == "E";
    let trips = pairs().filter(is_trip).count() as u64;
    assert!((500..=summary.day_trips).contains(&trips), "{trips} of {} day trips", summary.day_trips);
    let other =
        |[before, after]: &[(i32, String); 2]| before.0 == after.0 && before.1 == "E" && after.1 == "S";
    assert!((1..50).contains(&pairs().filter(other).count()), "on the day of a return");
}

#[test]
fn only_citizens_count() {
    let (text, summary) = text(0.01);
    let foreign = |row: &Row| !["PER", "NNN"].contains(&row.citizenship);
    let persons: std::collections::HashSet<&str> =
        rows(&text).filter(foreign).map(|row| row.person).collect();
    assert!(persons.len() as u64 <= summary.foreigners);
    assert!((95..105).contains(&(1000 * summary.foreigners / summary.persons)));
}

#[test]
fn the_thread_count_leaves_no_trace() {
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| made(0.02))
    };
    assert!(with_threads(1) == with_threads(4));
}

#[test]
fn another_seed_makes_other_rows_of_the_same_totals() {
    let (first, counts) = made_with(0.001, 1);
    let (second, other_counts) = made_with(0.001, 2);
    assert!(first != second);
    assert_eq!((counts.persons, counts.emigrants), (other_counts.persons, other_counts.emigrants));
}

#[test]
fn the_text_is_windows_1252() {
    let (bytes, _) = made(0.001);
    assert!(std::str::from_utf8(&bytes).is_err(), "labels need the declared encoding");
    let (text, _) = text(0.001);
    assert!(text.starts_with(
        "id_persona;fecha_control;tipo;pais_nacionalidad;sexo;fecha_nacimiento;pais_movimiento;"
    ));
    assert!(text.contains("AEROPUERTO JORGE CHÁVEZ") && text.contains("IÑAPARI"));
}

#[test]
fn progress_ends_at_the_total() {
    let mut last = 0;
    let options = Options::new(0.001, 1).unwrap();
    let report = write_peru(&options, &mut Vec::new(), &mut |crossings| last = crossings).unwrap();
    assert_eq!(last, report.summary.crossings);
}

#[test]
fn a_scale_without_sense_is_refused_and_a_tiny_one_is_not() {
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1000.1] {
        assert!(Options::new(scale, 1).is_err(), "{scale}");
    }
    for scale in [1e-9, 1e-6, 1e-5] {
        assert_eq!(made(scale).1.emigrants, scaled(margins::EMIGRANTS, scale));
    }
}

/// A disk that is full, or a caller that wants to stop.
#[test]
fn an_output_that_refuses_ends_it() {
    for gzip in [false, true] {
        let mut room = [0; 1000];
        let options = Options::new(0.001, 1).unwrap().gzip(gzip);
        let fault = write_peru(&options, &mut room.as_mut_slice(), &mut |_| {}).unwrap_err();
        assert_eq!(fault.kind(), std::io::ErrorKind::WriteZero);
    }
}
