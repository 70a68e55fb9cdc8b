//! Areas, flows between areas, and spells beside the obvious way: cell by cell, with nothing but loops.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::oracle::{Cells, PROTECTED, found, rows, shown, written};
use crate::table::PublishedTable;
use crate::test_table::{Row, all_published, counts, key, pipeline, pipeline_of, published, texts};

const GROUPS: [&str; 2] = ["X", "Y"];
const AREAS: [&str; 3] = ["A", "B", "C"];

/// Cells by a group and codes of two dimensions.
fn cells(
    one: &'static [&'static str],
    other: &'static [&'static str],
    most: i64,
    size: usize,
) -> impl Strategy<Value = Cells> {
    let select = proptest::sample::select::<&'static str>;
    let codes = (select(&GROUPS[..]), select(one), select(other))
        .prop_map(|(group, one, other)| vec![group, one, other]);
    proptest::collection::btree_map(codes, 0..most, 0..size)
}

/// How many live in each area; all of them are there.
fn people() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(0..40_i64, AREAS.len())
}

/// A table of records beside the population of areas.
fn beside_people(dimensions: &[&str], indicators: &str, cells: &Cells, people: &[i64]) -> PublishedTable {
    let texts = [("t", "count", dimensions, indicators), ("people", "stock", &["area"][..], "")];
    let pipeline = pipeline_of(&texts).unwrap();
    let mut population: Cells = AREAS.iter().zip(people).map(|(area, count)| (vec![*area], *count)).collect();
    population.insert(vec!["_T"], people.iter().sum());
    let counted = vec![counts(&rows(cells), dimensions.len()), counts(&rows(&population), 1)];
    all_published(&pipeline, counted).unwrap().remove(0)
}

/// A value, or `O` where there is none.
fn told(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map_or("O".to_owned(), |value| written(Some(value)))
}

fn groups(cells: &Cells) -> BTreeSet<&'static str> {
    cells.keys().map(|codes| codes[0]).collect()
}

fn same(
    found: &BTreeMap<Vec<String>, String>,
    expected: &BTreeMap<Vec<String>, String>,
) -> Result<(), String> {
    let is_near = |one: &String, other: &String| match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => (one - other).abs() < 1e-6,
        _ => one == other,
    };
    let is_same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, other)| one.0 == other.0 && is_near(one.1, other.1));
    if is_same { Ok(()) } else { Err(format!("{found:?} and not {expected:?}")) }
}

/// Those of a group and of the whole population in each area; none where somebody of the group lives in another area.
fn in_areas(cells: &Cells, group: &'static str, people: &[i64]) -> Option<Vec<(f64, f64)>> {
    let is_elsewhere = cells.keys().any(|codes| codes[0] == group && codes[2] == "D");
    let of_area = |(area, all): (&&'static str, &i64)| {
        let count = cells.get(&vec![group, "-", area]).copied().unwrap_or(0);
        (count as f64, *all as f64)
    };
    (!is_elsewhere).then(|| AREAS.iter().zip(people).map(of_area).collect())
}

/// The indicators of areas but for the location quotient.
fn spread(name: &str, areas: &[(f64, f64)]) -> Option<f64> {
    let (group, all) = areas.iter().fold((0.0, 0.0), |sum, area| (sum.0 + area.0, sum.1 + area.1));
    let is_part = areas.iter().all(|(group, all)| group <= all) && group > 0.0 && group < all;
    let mut value = 0.0;
    for (here, of_all) in areas {
        value += match name {
            "dissimilarity" => 0.5 * (here / group - of_all / all).abs(),
            "segregation" => 0.5 * (here / group - (of_all - here) / (all - group)).abs(),
            _ if *of_all == 0.0 => 0.0,
            "isolation" | "correlation_ratio" => here / group * here / of_all,
            "interaction" => here / group * (of_all - here) / of_all,
            other => panic!("no loop for {other}"),
        };
    }
    match name {
        "dissimilarity" => (group > 0.0 && all > 0.0).then_some(value),
        "correlation_ratio" => is_part.then_some((value - group / all) / (1.0 - group / all)),
        "segregation" | "isolation" | "interaction" => is_part.then_some(value),
        other => panic!("no loop for {other}"),
    }
}

/// What flows between areas come to.
fn flows(
    name: &str,
    areas: &[&'static str],
    people: &[f64],
    flow: &dyn Fn(&'static str, &'static str) -> f64,
) -> Option<f64> {
    let (mut between, mut net) = (Vec::new(), 0.0);
    for from in areas {
        let mut balance = 0.0;
        for to in areas.iter().filter(|to| *to != from) {
            between.push((*from, *to, flow(from, to)));
            balance += flow(from, to) - flow(to, from);
        }
        net += balance.abs();
    }
    let all: f64 = between.iter().map(|(.., flow)| flow).sum();
    let persons: f64 = people.iter().sum();
    let size = |area: &str| people[AREAS.iter().position(|known| *known == area).unwrap()];
    let (pairs, n) = (between.len() as f64, areas.len() as f64);
    let mean = all / pairs;
    let sum = |of: &dyn Fn(&(&'static str, &'static str, f64)) -> f64| between.iter().map(of).sum::<f64>();
    let value = match name {
        "migration_intensity" => 100.0 * all / persons,
        "courgeau" => 100.0 * all / persons / (n * n).ln(),
        "effectiveness_index" => 100.0 * net / (2.0 * all),
        "aggregate_net_rate" => 50.0 * net / persons,
        "migration_preference" => {
            sum(&|(from, to, flow)| flow / (all * size(from) / persons * size(to) / persons))
        }
        "migration_velocity" => sum(&|(from, to, flow)| flow * persons / (size(from) * size(to))),
        "connectivity" => sum(&|(.., flow)| f64::from(u8::from(*flow > 0.0))) / pairs,
        "flow_inequality" => 0.5 * sum(&|(.., flow)| (flow / all - 1.0 / pairs).abs()),
        "flow_gini" => {
            sum(&|(.., one)| sum(&|(.., other)| (one - other).abs())) / (2.0 * pairs * pairs * mean)
        }
        "flow_variation" => (sum(&|(.., flow)| (flow - mean).powi(2)) / pairs).sqrt() / mean,
        other => panic!("no loop for {other}"),
    };
    (areas.len() > 1 && all > 0.0).then_some(value)
}

/// Sums of doubles are those of areas in one order, however the rows of the population came.
#[test]
fn the_order_of_the_population_changes_no_bit() {
    let indicators = "indicators = [{ name = 'segregation', per = { table = 'people' } }]";
    let tables = [("t", "count", &["code", "area"][..], indicators), ("people", "stock", &["area"][..], "")];
    let pipeline = pipeline_of(&tables).unwrap();
    let areas: Vec<String> = (0..60).map(|number| format!("A{number:02}")).collect();
    let (mut people, mut flows, mut all) = (Vec::new(), Vec::new(), 0);
    for (number, area) in (1_i64..).zip(&areas) {
        let persons = 9_000 + number * number * 37;
        all += persons;
        people.push((key(&[area]), Some(persons), None));
        for group in ["g1", "g2", "g3", "g4"] {
            let count = (number * (all + 101)) % 977;
            all += 1;
            flows.push((key(&[group, area]), Some(count), None));
        }
        people.last_mut().unwrap().1 = Some(persons + 4);
    }
    people.push((key(&["_T"]), Some(all), None));
    let values = |people: &[Row]| {
        let counted = vec![counts(&flows, 2), counts(people, 1)];
        texts(&all_published(&pipeline, counted).unwrap()[0], &["code", "area", "indicator", "value"])
    };
    let one = values(&people);
    people.reverse();
    assert_eq!(one.iter().filter(|row| row.contains("segregation 0.")).count(), 4);
    assert_eq!(values(&people), one);
}

const WITH_PEOPLE: [&str; 5] =
    ["migration_intensity", "courgeau", "aggregate_net_rate", "migration_preference", "migration_velocity"];
const WITHOUT: [&str; 5] =
    ["effectiveness_index", "connectivity", "flow_inequality", "flow_gini", "flow_variation"];
const SPREADS: [&str; 5] = ["dissimilarity", "segregation", "isolation", "interaction", "correlation_ratio"];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn areas(
        cells in prop_oneof![cells(&["-"], &AREAS, 12, 8), cells(&["-"], &["A", "B", "C", "D"], 12, 8)],
        people in people(),
    ) {
        let named = |name: &&str| format!("{{ name = '{name}', per = {{ table = 'people' }} }}");
        let all: Vec<String> = SPREADS.iter().chain(&["location_quotient"]).map(named).collect();
        let indicators = format!("indicators = [{}]", all.join(", "));
        let two: Cells = cells.iter().map(|(codes, count)| (vec![codes[0], codes[2]], *count)).collect();
        let table = beside_people(&["code", "area"], &indicators, &two, &people);
        for name in SPREADS {
            let mut expected = BTreeMap::new();
            for group in groups(&cells) {
                let value = in_areas(&cells, group, &people).and_then(|areas| spread(name, &areas));
                expected.insert(vec![group.to_owned(), "_T".to_owned()], told(value));
            }
            let compared = same(&found(&table, name, &["code", "area"]), &expected);
            prop_assert!(compared.is_ok(), "{} {:?}", name, compared);
        }
        let mut quotients = BTreeMap::new();
        for codes in two.keys() {
            let areas = in_areas(&cells, codes[0], &people);
            let place = AREAS.iter().position(|area| *area == codes[1]);
            let quotient = areas.zip(place).and_then(|(areas, place)| {
                let (group, all) = areas.iter().fold((0.0, 0.0), |sum, area| (sum.0 + area.0, sum.1 + area.1));
                spread("isolation", &areas)?;
                Some(areas[place].0 / areas[place].1 / (group / all))
            });
            quotients.insert(codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>(), told(quotient));
        }
        let compared = same(&found(&table, "location_quotient", &["code", "area"]), &quotients);
        prop_assert!(compared.is_ok(), "{:?}", compared);
    }

    #[test]
    fn flows_between_areas(cells in cells(&AREAS, &AREAS, 12, 14), people in people()) {
        let with = |name: &&str| format!("{{ name = '{name}', per = {{ table = 'people' }} }}");
        let named: Vec<String> = WITH_PEOPLE.iter().map(with).chain(WITHOUT.iter().map(|name| format!("'{name}'"))).collect();
        let dimensions = ["code", "origin", "destination"];
        let table = beside_people(&dimensions, &format!("indicators = [{}]", named.join(", ")), &cells, &people);
        let met: BTreeSet<&'static str> = cells.keys().flat_map(|codes| [codes[1], codes[2]]).collect();
        let met: Vec<&'static str> = met.into_iter().collect();
        let sizes: Vec<f64> = people.iter().map(|count| *count as f64).collect();
        for name in WITH_PEOPLE.into_iter().chain(WITHOUT) {
            let mut expected = BTreeMap::new();
            for group in groups(&cells) {
                let flow = |from: &'static str, to: &'static str| {
                    cells.get(&vec![group, from, to]).copied().unwrap_or(0) as f64
                };
                let areas = if WITHOUT.contains(&name) { &met } else { &AREAS.to_vec() };
                let value = flows(name, areas, &sizes, &flow);
                expected.insert(vec![group.to_owned(), "_T".to_owned(), "_T".to_owned()], told(value));
            }
            let compared = same(&found(&table, name, &dimensions), &expected);
            prop_assert!(compared.is_ok(), "{} {:?}", name, compared);
        }
    }

    /// Each spell by itself: who is at risk at a duration, and who of these ends there. A hidden count hides all of its group.
    #[test]
    fn spells(
        cells in cells(&["1", "2", "3", "5", "_U"], &["ended", "going_on", "lost"], 12, 14),
        is_protected: bool,
    ) {
        let protection = if is_protected { PROTECTED } else { "" };
        let dimensions = ["code", "duration", "outcome"];
        let pipeline = pipeline(
            "count",
            "'code', 'duration', 'outcome'",
            &format!("indicators = ['survival', 'return_ratio']\n{protection}"),
        );
        let table = published(&pipeline, counts(&rows(&cells), 3)).unwrap();
        let (mut expected, mut ratios) = (BTreeMap::new(), BTreeMap::new());
        for group in groups(&cells) {
            let own = || cells.keys().filter(|codes| codes[0] == group && codes[1] != "_U");
            let is_hidden = own().any(|codes| shown(&cells, codes, is_protected).is_none());
            let count = |codes: &Vec<&'static str>| shown(&cells, codes, is_protected).unwrap_or(0) as f64;
            let mut survival = 1.0;
            for duration in ["1", "2", "3", "5"] {
                let ended = vec![group, duration, "ended"];
                if cells.get(&ended).is_none_or(|count| *count == 0) {
                    continue;
                }
                let at_risk: f64 = own().filter(|codes| codes[1] >= duration).map(count).sum();
                survival *= 1.0 - count(&ended) / at_risk;
                let key = vec![group.to_owned(), duration.to_owned(), "_T".to_owned()];
                expected.insert(key.clone(), written((!is_hidden).then_some(survival)));
                // Nobody who is still there has been observed for a shorter time.
                let is_observed = own().filter(|codes| codes[1] < duration && codes[2] != "ended").map(count).sum::<f64>() == 0.0;
                let back: f64 = own().filter(|codes| codes[1] <= duration && codes[2] == "ended").map(count).sum();
                let all: f64 = own().map(count).sum();
                let ratio = is_observed.then_some(100.0 * back / all);
                ratios.insert(key, if is_hidden { written(None) } else { told(ratio) });
            }
        }
        for (name, expected) in [("survival", &expected), ("return_ratio", &ratios)] {
            let compared = same(&found(&table, name, &dimensions), expected);
            prop_assert!(compared.is_ok(), "{} {:?}", name, compared);
        }
    }
}
