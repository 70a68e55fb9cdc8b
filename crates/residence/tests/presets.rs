//! The worked example of every preset.

mod common;

use common::{Person, initial, parse_day};
use denizen_residence::{
    InitialIndex, Method, Options, PermitEvent, PermitRule, Permits, Preset, Rule, Signs, SignsOfLife,
    StockReason, journeys, permit_events, permit_stock, preset, presets, residency_index,
};

#[test]
fn examples_come_out_as_they_say() {
    for preset in presets() {
        let found = match preset.method {
            Method::Crossings(rule) => crossings_example(preset, &rule),
            Method::Permits(rule) => permits_example(preset, &rule),
            Method::Signs(rule) => signs_example(preset, &rule),
        };
        assert_eq!(found, preset.example, "{}", preset.name);
    }
}

#[test]
fn presets_are_found_by_name_and_are_good_rules() {
    assert!(preset("nobody").is_none());
    for each in presets() {
        assert_eq!(preset(each.name), Some(*each));
        let checked = match each.method {
            Method::Crossings(rule) => rule.check(),
            Method::Signs(rule) => rule.check(),
            Method::Permits(_) => Ok(()),
        };
        assert_eq!(checked, Ok(()), "{}", each.name);
        assert!(!each.method.parameters().is_empty());
    }
}

/// `resident, data until 2019-12-31, permit 2017-01-01..2018-12-31`
fn crossings_example(preset: &Preset, rule: &Rule) -> String {
    let (head, rows) = preset.example.split_once('\n').expect("a head and rows");
    let mut parts = head.split(", ");
    let start = match parts.next() {
        Some("resident") => "1",
        Some("non-resident") => "0",
        _ => "?",
    };
    let until = parse_day(parts.next().expect("an end").trim_start_matches("data until "));
    let (from, to) = permit_days(parts.next().map_or("0001-01-01..0001-01-01", |text| &text[7..]));
    let permits = Permits { person_starts: &[0], valid_from: &[from], valid_to: &[to], reasons: &[0] };
    let words: Vec<Vec<&str>> = rows.lines().map(|row| row.split_whitespace().collect()).collect();
    let text: Vec<String> = words.iter().map(|row| format!("{} {}", row[0], row[1])).collect();
    let options = Options { initial: initial(start), permits: Some(permits), ..Options::new(until) };
    let found = Person::parse(&text.join(",")).classify(rule, &options);
    let line = |(row, words): (usize, &Vec<&str>)| {
        let answer = match found.migration[row] {
            Some(true) => "migration",
            Some(false) => "no migration",
            None => "not yet known",
        };
        format!("{:<9} {} {answer}", words[0], words[1])
    };
    let lines: Vec<String> = words.iter().enumerate().map(line).collect();
    format!("{head}\n{}", lines.join("\n"))
}

fn permit_days(text: &str) -> (i32, i32) {
    let (from, to) = text.split_once("..").expect("two days");
    (parse_day(from), parse_day(to))
}

fn permits_example(preset: &Preset, rule: &PermitRule) -> String {
    let (head, rows) = preset.example.split_once('\n').expect("a head and rows");
    let words: Vec<Vec<&str>> = rows.lines().map(|row| row.split_whitespace().collect()).collect();
    let (valid_from, valid_to): (Vec<i32>, Vec<i32>) = words.iter().map(|row| permit_days(row[0])).unzip();
    let reasons: Vec<u32> = words.iter().map(|row| u32::from(row[1] == "work")).collect();
    let permits =
        Permits { person_starts: &[0], valid_from: &valid_from, valid_to: &valid_to, reasons: &reasons };
    let answers = permit_answers(&permits, rule, head);
    let lines: Vec<String> =
        words.iter().zip(answers).map(|(row, answer)| format!("{} {} {answer}", row[0], row[1])).collect();
    format!("{head}\n{}", lines.join("\n"))
}

fn permit_answers(permits: &Permits, rule: &PermitRule, head: &str) -> Vec<String> {
    match rule {
        PermitRule::FirstPermit(rule) => {
            let name = |event: &PermitEvent| format!("{event:?}").to_lowercase();
            permit_events(permits, rule).expect("good permits").iter().map(name).collect()
        }
        PermitRule::Journey(rule) => {
            let journeys = journeys(permits, rule).expect("good permits");
            let of =
                |row| 1 + journeys.iter().position(|journey| journey.rows.contains(&row)).expect("a journey");
            (0..permits.len()).map(|row| format!("journey {}", of(row))).collect()
        }
        PermitRule::Stock(rule) => {
            let (reference, extracted) = head.split_once(", extracted ").expect("two days");
            let reference = parse_day(reference.trim_start_matches("stock of "));
            let found = permit_stock(permits, permits.valid_from, rule, reference, parse_day(extracted));
            let found = match found.expect("good permits")[0] {
                Some(StockReason::Valid) => "valid",
                Some(StockReason::EnteredLater) => "entered later",
                Some(StockReason::RenewedLater) => "renewed later",
                None => "absent",
            };
            vec![found.to_owned(); permits.len()]
        }
    }
}

/// `index 1 before 2010, weights health 0.6, taxes 0.4`
fn signs_example(preset: &Preset, rule: &SignsOfLife) -> String {
    let (head, rows) = preset.example.split_once('\n').expect("a head and rows");
    let (before, weights) = head.split_once(", weights ").expect("an index and weights");
    let initial = before.split(' ').nth(1).expect("an index").parse().expect("a number");
    let registers = weights.split(", ").map(|each| each.split_once(' ').expect("register and weight"));
    let (registers, weights): (Vec<&str>, Vec<f64>) =
        registers.map(|(name, weight)| (name, weight.parse::<f64>().expect("a number"))).unzip();
    let words: Vec<Vec<&str>> = rows.lines().map(|row| row.split_whitespace().collect()).collect();
    let years: Vec<i32> = words.iter().map(|row| row[0].parse().expect("a year")).collect();
    let signs_of =
        |name: &&str| words.iter().map(|row| row[1].split('+').any(|each| each == *name)).collect();
    let signs: Vec<Vec<bool>> = registers.iter().map(signs_of).collect();
    let signs: Vec<&[bool]> = signs.iter().map(Vec::as_slice).collect();
    let signs = Signs { person_starts: &[0], years: &years, signs: &signs, weights: &weights };
    let found = residency_index(&signs, rule, InitialIndex::Everyone(initial)).expect("good signs");
    let line = |(row, words): (usize, &Vec<&str>)| {
        let answer = if found.resident[row] { "resident" } else { "not resident" };
        format!("{} {:<12} index {:.3} {answer}", words[0], words[1], found.index[row])
    };
    let lines: Vec<String> = words.iter().enumerate().map(line).collect();
    format!("{head}\n{}", lines.join("\n"))
}
