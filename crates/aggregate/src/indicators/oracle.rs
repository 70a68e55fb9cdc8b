//! Every form beside the obvious way: cell by cell, with nothing but loops.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::table::PublishedTable;
use crate::test_table::{Row, all_published, counts, indicator, key, pipeline_of};

pub(super) const THRESHOLD: i64 = 3;
pub(super) const PROTECTED: &str = "[disclosure]\nthreshold = 3\nrounding_base = 5";

/// Counts by codes.
pub(super) type Cells = BTreeMap<Vec<&'static str>, i64>;

/// A count as it is shown: 0 where nobody is, none where it is suppressed.
pub(super) fn shown(cells: &Cells, codes: &[&'static str], is_protected: bool) -> Option<i64> {
    let count = cells.get(codes).copied().unwrap_or(0);
    match (is_protected, count) {
        (true, 1..=THRESHOLD) => None,
        (true, count) => Some((count + 2).div_euclid(5) * 5),
        (false, count) => Some(count),
    }
}

pub(super) fn rows(cells: &Cells) -> Vec<Row> {
    cells.iter().map(|(codes, count)| (key(codes), Some(*count), None)).collect()
}

/// The first of some tables of records, published with the others.
fn table(tables: &[(&str, &[&str], &str, &Cells)], is_protected: bool) -> PublishedTable {
    let texts = tables.iter().enumerate();
    let texts = texts.map(|(index, (name, dimensions, more, _))| {
        let protection = if is_protected && index + 1 == tables.len() { PROTECTED } else { "" };
        (*name, "count", *dimensions, format!("{more}\n{protection}"))
    });
    let texts: Vec<_> = texts.collect();
    let texts: Vec<_> =
        texts.iter().map(|(name, measure, of, more)| (*name, *measure, *of, more.as_str())).collect();
    let pipeline = pipeline_of(&texts).unwrap();
    let counted = tables.iter().map(|(_, dimensions, _, cells)| counts(&rows(cells), dimensions.len()));
    all_published(&pipeline, counted.collect()).unwrap().remove(0)
}

/// The values of an indicator: codes of the dimensions, and the value with nine decimals, or `Q`, `O` or `B`.
pub(super) fn found(
    table: &PublishedTable,
    name: &str,
    dimensions: &[&str],
) -> BTreeMap<Vec<String>, String> {
    let rows = indicator(table, name, dimensions).into_iter().map(|row| {
        let fields: Vec<String> = row.split(' ').map(str::to_owned).collect();
        let (codes, [value, status, _]) = fields.split_last_chunk::<3>().unwrap();
        let told = value.parse::<f64>().map_or_else(|_| status.clone(), |value| written(Some(value)));
        (codes.to_vec(), told)
    });
    rows.collect()
}

/// A value as it is compared: a hidden one is `Q`.
pub(super) fn written(value: Option<f64>) -> String {
    value.map_or("Q".to_owned(), |value| format!("{:.9}", value + 0.0))
}

/// The sum of counts, none where one of them is suppressed.
fn sum(counts: impl IntoIterator<Item = Option<i64>>) -> Option<i64> {
    counts.into_iter().sum()
}

/// Cells by years and codes.
fn cells(
    years: &'static [&'static str],
    codes: &'static [&'static str],
    most: i64,
) -> impl Strategy<Value = Cells> {
    let cell = (proptest::sample::select(years), proptest::sample::select(codes));
    let cells = proptest::collection::btree_map(cell, 0..most, 0..16);
    cells.prop_map(|cells| cells.into_iter().map(|((year, code), count)| (vec![year, code], count)).collect())
}

const YEARS: [&str; 4] = ["2000", "2001", "2002", "2004"];
const AGES: [&str; 6] = ["5", "17", "18", "40", "70", "_U"];

fn years(cells: &Cells) -> BTreeSet<&'static str> {
    cells.keys().map(|codes| codes[0]).collect()
}

/// Each person with an age, spread evenly over it: the age that half of them have passed.
fn obvious_median(counts: &[(f64, i64)]) -> f64 {
    let persons: i64 = counts.iter().map(|(_, count)| count).sum();
    let younger = |age: f64| {
        counts.iter().map(|(from, count)| *count as f64 * (age - from).clamp(0.0, 1.0)).sum::<f64>()
    };
    let (mut low, mut high) = (0.0, 150.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if younger(middle) < persons as f64 / 2.0 { low = middle } else { high = middle }
    }
    high
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn ages(cells in cells(&YEARS, &AGES, 12), is_protected: bool) {
        let more = "indicators = ['median_age', 'dependency_ratio', 'old_dependency_ratio', 'ageing_index', 'age_profile']";
        let table = table(&[("t", &["year", "age"], more, &cells)], is_protected);
        let found_of = |name: &str, code: &str| {
            let is_there = !indicator(&table, name, &["year"]).is_empty();
            if is_there { found(&table, name, &["year", code]) } else { BTreeMap::new() }
        };
        let count = |year, age| shown(&cells, &[year, age], is_protected);
        let of = |year, ages: &[&'static str]| sum(ages.iter().map(|age| count(year, age)));
        let mut expected: [BTreeMap<Vec<String>, String>; 4] = Default::default();
        for year in years(&cells) {
            let key = vec![year.to_owned(), "_T".to_owned()];
            let is_there = AGES[..5].iter().any(|age| cells.contains_key(&vec![year, *age]));
            let (young, middle, old) = (of(year, &["5"]), of(year, &["17", "18", "40"]), of(year, &["70"]));
            let mut ratio = |index: usize, of: Option<i64>, to: Option<i64>| {
                let hidden = of.is_none() || to.is_none();
                if hidden || to.is_some_and(|to| to > 0) {
                    let value = of.zip(to).map(|(of, to)| 100.0 * of as f64 / to as f64);
                    expected[index].insert(key.clone(), written(value));
                }
            };
            ratio(1, young.zip(old).map(|(young, old)| young + old), middle);
            ratio(2, old, middle);
            ratio(3, old, young);
            let all = of(year, &AGES[..5]);
            if is_there && (all.is_none() || all.is_some_and(|all| all > 0)) {
                let counts = AGES[..5].iter().map(|age| Some((age.parse::<f64>().unwrap(), count(year, age)?)));
                let counts: Option<Vec<_>> = counts.collect();
                expected[0].insert(key, written(counts.map(|counts| obvious_median(&counts))));
            }
        }
        for (name, expected) in ["median_age", "dependency_ratio", "old_dependency_ratio", "ageing_index"].into_iter().zip(expected) {
            prop_assert_eq!(found_of(name, "age_code"), expected, "{}", name);
        }
        // Parts add up.
        let mut sums: BTreeMap<String, (f64, bool)> = BTreeMap::new();
        for (codes, value) in found_of("age_profile", "age_code") {
            let sum = sums.entry(codes[0].clone()).or_default();
            match value.parse::<f64>() {
                Ok(value) => sum.0 += value,
                Err(_) => sum.1 = true,
            }
        }
        for (year, (sum, is_hidden)) in sums {
            prop_assert!(is_hidden || (sum - 100.0).abs() < 1e-6, "{} {}", year, sum);
        }
    }

    #[test]
    fn concentration(cells in cells(&YEARS, &["A", "B", "C", "_U"], 12), is_protected: bool) {
        let more = "indicators = ['herfindahl', 'shannon', { name = 'top_share', largest = 1 }, 'share', 'share_change']";
        let table = table(&[("t", &["year", "code"], more, &cells)], is_protected);
        let (mut squares, mut entropies) = (BTreeMap::new(), BTreeMap::new());
        let mut top = BTreeMap::new();
        for year in years(&cells) {
            let key = vec![year.to_owned(), "_T".to_owned()];
            let known: Vec<_> = ["A", "B", "C"].iter().filter(|code| cells.contains_key(&vec![year, **code])).collect();
            let counts: Vec<Option<i64>> = known.iter().map(|code| shown(&cells, &[year, **code], is_protected)).collect();
            let all: i64 = counts.iter().flatten().sum();
            let is_hidden = counts.iter().any(Option::is_none);
            if is_hidden || all > 0 {
                let shares: Vec<f64> = counts.iter().flatten().map(|count| *count as f64 / all as f64).collect();
                let entropy: f64 = shares.iter().filter(|share| **share > 0.0).map(|share| -share * share.ln()).sum();
                let square: f64 = shares.iter().map(|share| share * share).sum();
                squares.insert(key.clone(), written((!is_hidden).then_some(square)));
                entropies.insert(key.clone(), written((!is_hidden).then_some(entropy)));
            }
            if all > 0 {
                let most = counts.iter().flatten().max().copied().unwrap_or_default();
                let hidden = counts.iter().filter(|count| count.is_none()).count() as i64;
                let is_told = hidden * THRESHOLD * 100 <= all && (hidden == 0 || most < all);
                top.insert(key, written(is_told.then_some(100.0 * most as f64 / all as f64)));
            }
        }
        prop_assert_eq!(found(&table, "herfindahl", &["year", "code"]), squares);
        prop_assert_eq!(found(&table, "shannon", &["year", "code"]), entropies);
        prop_assert_eq!(found(&table, "top_share", &["year", "code"]), top);
        let shares = found(&table, "share", &["year", "code"]);
        let mut changes = BTreeMap::new();
        for (codes, value) in &shares {
            let before = (codes[0].parse::<i64>().unwrap() - 1).to_string();
            let Some(before) = shares.get(&vec![before, codes[1].clone()]) else { continue };
            let change = value.parse::<f64>().ok().zip(before.parse::<f64>().ok());
            changes.insert(codes.clone(), change.map(|(now, then)| now - then));
        }
        for (codes, told) in found(&table, "share_change", &["year", "code"]) {
            let expected = changes.remove(&codes).flatten();
            let is_met = match (told.parse::<f64>(), expected) {
                (Ok(told), Some(expected)) => (told - expected).abs() < 1e-6,
                (Err(_), None) => told == "Q",
                (Ok(_), None) | (Err(_), Some(_)) => false,
            };
            prop_assert!(is_met, "{:?} {} {:?}", codes, told, expected);
        }
        prop_assert!(changes.is_empty(), "{:?}", changes);
    }

    #[test]
    fn since_a_year(cells in cells(&YEARS, &["A", "B"], 12), is_protected: bool) {
        let more = "indicators = [{ name = 'index', since = 2001 }, { name = 'mean_annual_growth', since = 2001 }]";
        let table = table(&[("t", &["year", "code"], more, &cells)], is_protected);
        let (mut index, mut growth) = (BTreeMap::new(), BTreeMap::new());
        let is_compared = |year: &str| year >= "2001" && years(&cells).contains("2001");
        for year in years(&cells).into_iter().filter(|year| is_compared(year)) {
            for code in ["A", "B"] {
                let is_known = |year| cells.contains_key(&vec![year, code]);
                if !is_known(year) && !is_known("2001") {
                    continue;
                }
                let (now, then) = (shown(&cells, &[year, code], is_protected), shown(&cells, &["2001", code], is_protected));
                if now.is_some() && then == Some(0) {
                    continue;
                }
                let quotient = now.zip(then).filter(|(_, then)| *then > 0).map(|(now, then)| now as f64 / then as f64);
                let key = vec![year.to_owned(), code.to_owned()];
                index.insert(key.clone(), written(quotient.map(|quotient| 100.0 * quotient)));
                let years = year.parse::<f64>().unwrap() - 2001.0;
                if years > 0.0 {
                    growth.insert(key, written(quotient.map(|quotient| 100.0 * ((quotient.ln() / years).exp() - 1.0))));
                }
            }
        }
        prop_assert_eq!(found(&table, "index", &["year", "code"]), index);
        let told = found(&table, "mean_annual_growth", &["year", "code"]);
        prop_assert_eq!(told.keys().collect::<Vec<_>>(), growth.keys().collect::<Vec<_>>());
        for (key, told) in told {
            let is_near = match (told.parse::<f64>(), growth[&key].parse::<f64>()) {
                (Ok(told), Ok(expected)) => (told - expected).abs() < 1e-6,
                (told, expected) => told.is_err() && expected.is_err(),
            };
            prop_assert!(is_near, "{:?} {} {}", key, told, growth[&key]);
        }
    }

    /// Net = in − out, and gross = in + out, whoever comes or goes.
    #[test]
    fn flows_both_ways(
        into in cells(&["2000", "2001"], &["A", "B", "C"], 12),
        out in cells(&["2000", "2001"], &["A", "B", "D"], 12),
        is_protected: bool,
    ) {
        let more = "indicators = [{ name = 'net_migration', less = { table = 'out' } }, { name = 'turnover', less = { table = 'out' } }]";
        let table = table(
            &[("into", &["year", "code"], more, &into), ("out", &["year", "code"], "", &out)],
            is_protected,
        );
        let (mut net, mut gross) = (BTreeMap::new(), BTreeMap::new());
        // A year without any record is not known to be one in which nobody moved.
        let keys: BTreeSet<_> = into.keys().chain(out.keys().filter(|codes| years(&into).contains(codes[0]))).collect();
        for codes in keys {
            let pair = shown(&into, codes, is_protected).zip(shown(&out, codes, is_protected));
            let key: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            if !years(&out).contains(codes[0]) {
                let told = if shown(&into, codes, is_protected).is_none() { "Q" } else { "O" };
                net.insert(key.clone(), told.to_owned());
                gross.insert(key, told.to_owned());
                continue;
            }
            net.insert(key.clone(), written(pair.map(|(into, out)| (into - out) as f64)));
            gross.insert(key, written(pair.map(|(into, out)| (into + out) as f64)));
        }
        prop_assert_eq!(found(&table, "net_migration", &["year", "code"]), net);
        prop_assert_eq!(found(&table, "turnover", &["year", "code"]), gross);
    }

    /// What all items come to is the growth, less the residual.
    #[test]
    fn accounts(cells in cells(&["2000", "2001"], &["P0", "P1", "B", "D", "I"], 40), is_protected: bool) {
        let more = "indicators = ['balance_residual', 'contribution', 'natural_increase', 'net_migration_plus_adjustment']\n\
                    account = { dimension = 'item', opening = 'P0', closing = 'P1', births = 'B', deaths = 'D', plus = 'I' }";
        let table = table(&[("t", &["year", "item"], more, &cells)], is_protected);
        let told = |name: &str| found(&table, name, &["year", "item"]);
        let of = |year, item| shown(&cells, &[year, item], is_protected);
        let mut expected: [BTreeMap<Vec<String>, String>; 3] = Default::default();
        for year in years(&cells) {
            if !["P0", "P1"].iter().any(|item| cells.contains_key(&vec![year, *item])) {
                continue;
            }
            let key = vec![year.to_owned(), "_T".to_owned()];
            let growth = of(year, "P1").zip(of(year, "P0")).map(|(closing, opening)| closing - opening);
            let natural = of(year, "B").zip(of(year, "D")).map(|(births, deaths)| births - deaths);
            let other = growth.zip(natural).map(|(growth, natural)| growth - natural);
            let residual = other.zip(of(year, "I")).map(|(other, into)| other - into);
            for (map, value) in expected.iter_mut().zip([residual, natural, other]) {
                map.insert(key.clone(), written(value.map(|value| value as f64)));
            }
        }
        let names = ["balance_residual", "natural_increase", "net_migration_plus_adjustment"];
        for (name, expected) in names.into_iter().zip(expected) {
            prop_assert_eq!(told(name), expected, "{}", name);
        }
        let mut points: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
        for (codes, value) in told("contribution") {
            if let Ok(value) = value.parse() {
                points.entry(codes[0].clone()).or_default().push((codes[1].clone(), value));
            }
        }
        for (year, points) in points {
            let residual = told("balance_residual")[&vec![year.clone(), "_T".to_owned()]].parse::<f64>();
            let year = YEARS.into_iter().find(|known| *known == year).unwrap();
            let (Ok(residual), Some(opening)) = (residual, of(year, "P0")) else { continue };
            let items: f64 = points.iter().filter(|(item, _)| item != "_T").map(|(_, value)| value).sum();
            let all = points.iter().find(|(item, _)| item == "_T").map(|(_, value)| *value);
            let explained = items + 100.0 * residual / opening as f64;
            prop_assert!(all.is_some_and(|all| (all - explained).abs() < 1e-6), "{} {:?}", year, points);
        }
    }

    /// A rate is that of the counts as they are shown, and hidden where one of them is.
    #[test]
    fn rates(
        events in cells(&["2000", "2001"], &["A", "B", "_U"], 12),
        people in cells(&["2000", "2001", "2002"], &["A", "B"], 60),
    ) {
        let more = "indicators = [{ name = 'crude_rate', per = { table = 'people', on = '01-01' } }]";
        let texts = [("events", "flow", &["year", "code"][..], more), ("people", "stock", &["year", "code"], "")];
        let pipeline = pipeline_of(&texts).unwrap();
        let counted = [&events, &people].map(|cells| counts(&rows(cells), 2));
        let table = all_published(&pipeline, counted.to_vec()).unwrap().remove(0);
        let mut expected = BTreeMap::new();
        for (codes, count) in events.iter().filter(|(codes, _)| codes[1] != "_U") {
            let next = if codes[0] == "2000" { "2001" } else { "2002" };
            let both = people.get(codes).zip(people.get(&vec![next, codes[1]])).map(|(first, second)| first + second);
            let rate = both.filter(|both| *both > 0).map(|both| 1000.0 * *count as f64 / (both as f64 / 2.0));
            let told = rate.map_or("O".to_owned(), |rate| written(Some(rate)));
            expected.insert(codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>(), told);
        }
        prop_assert_eq!(found(&table, "crude_rate", &["year", "code"]), expected);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(cells in cells(&YEARS, &["A", "B", "C", "_U"], 12), is_protected: bool) {
        let protection = if is_protected { PROTECTED } else { "" };
        let more = format!(
            "indicators = ['share', 'share_change', 'rank', 'rank_change', 'herfindahl', 'top_share', 'growth', {{ name = 'index', since = 2001 }}]\n{protection}"
        );
        let pipeline = pipeline_of(&[("t", "count", &["year", "code"], &more)]).unwrap();
        let published = |rows: &[Row]| {
            let table = all_published(&pipeline, vec![counts(rows, 2)]).unwrap().remove(0);
            table.batch(0..table.rows(), "1").unwrap()
        };
        let mut turned = rows(&cells);
        turned.reverse();
        prop_assert_eq!(published(&rows(&cells)), published(&turned));
    }
}
