//! Each form: tables of small inputs, and an obvious slow way beside it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::test_table::{Row, counts, indicator, key, pipeline, published, rows};
use crate::value::Value;

const PROTECTED: &str = "[disclosure]\nthreshold = 3\nrounding_base = 5";

fn found(measure: &str, dimensions: &[&str], more: &str, name: &str, rows: &[Row]) -> Vec<String> {
    let quoted: Vec<String> = dimensions.iter().map(|name| format!("'{name}'")).collect();
    let pipeline = pipeline(measure, &quoted.join(", "), more);
    let table = published(&pipeline, counts(rows, dimensions.len())).unwrap();
    indicator(&table, name, dimensions)
}

fn shares(measure: &str, protection: &str, rows: &[Row]) -> Vec<String> {
    found(measure, &["country"], &format!("indicators = 'share'\n{protection}"), "share", rows)
}

#[test]
fn shares_are_of_what_is_stated() {
    let records = rows(&[(["AR"], 30), (["IT"], 10), (["_U"], 99)]);
    assert_eq!(shares("count", "", &records), ["AR 75.0 A 40", "IT 25.0 A 40"]);
    assert!(shares("count", "", &rows(&[(["PE"], 0)])).is_empty(), "nothing to divide by");
}

#[test]
fn a_published_total_is_the_base_even_when_parts_are_missing() {
    assert_eq!(shares("stock", "", &rows(&[(["PE"], 25), (["_T"], 100)])), ["PE 25.0 A 100"]);
    assert!(shares("stock", "", &rows(&[(["PE"], 25), (["EC"], 20)])).is_empty(), "a selection has no total");
}

/// What is suppressed cannot be had from a base: the base is the sum of what is shown. A share is not given where what is
/// suppressed could change it by more than a hundredth of itself, nor where it would be that of all who are shown.
#[test]
fn a_base_gives_nothing_away() {
    let few = rows(&[(["AR"], 4), (["IT"], 3), (["US"], 8)]);
    assert_eq!(shares("count", PROTECTED, &few), ["AR - Q -", "IT - Q -", "US - Q -"]);
    let many = rows(&[(["AR"], 100), (["IT"], 3), (["US"], 200)]);
    let expected = ["AR 33.333333333333336 E 300", "IT - Q 300", "US 66.66666666666667 E 300"];
    assert_eq!(shares("count", PROTECTED, &many), expected);
    let fewer = rows(&[(["AR"], 95), (["IT"], 3), (["US"], 200)]);
    assert_eq!(shares("count", PROTECTED, &fewer), ["AR - Q -", "IT - Q -", "US - Q -"]);
    let all_that_are_shown = rows(&[(["AR"], 1000), (["IT"], 3)]);
    assert_eq!(shares("count", PROTECTED, &all_that_are_shown), ["AR - Q 1000", "IT - Q 1000"]);
}

/// The weakest flag of count and base; a part that is not there has no say where the base is published.
#[test]
fn a_share_has_the_weakest_flag_of_what_it_is_made_of() {
    let cells = |total| {
        let row = |country: &str, count, note| (key(&[country]), count, note);
        let parts = [row("AR", Some(30), Some("b")), row("BO", Some(10), None), row("CL", None, Some("u"))];
        parts.into_iter().chain([row("_T", Some(100), total)]).collect::<Vec<Row>>()
    };
    assert_eq!(shares("stock", "", &cells(None)), ["AR 30.0 B 100", "BO 10.0 A 100"]);
    assert_eq!(shares("stock", "", &cells(Some("e"))), ["AR 30.0 E 100", "BO 10.0 E 100"]);
    assert_eq!(shares("stock", "", &cells(Some("p"))), ["AR 30.0 B 100", "BO 10.0 P 100"]);
}

#[test]
fn a_sex_ratio_has_the_weakest_flag_of_men_and_women() {
    let row = |sex: &str, count, note| (key(&["PE", sex]), Some(count), note);
    let ratio = |of_men, of_women| {
        let cells = [row("F", 200, of_women), row("M", 100, of_men), row("_T", 300, Some("u"))];
        found("stock", &["country", "sex"], "indicators = 'sex_ratio'", "sex_ratio", &cells)
    };
    assert_eq!(ratio(None, None), ["PE _T 50.0 A 200"]);
    assert_eq!(ratio(Some("p"), None), ["PE _T 50.0 P 200"]);
    assert_eq!(ratio(Some("p"), Some("e")), ["PE _T 50.0 E 200"]);
}

#[test]
fn equal_counts_share_the_better_place() {
    let mut cells = rows(&[(["BO"], 5), (["CO"], 9), (["EC"], 9), (["PE"], 7), (["_T"], 30), (["_U"], 8)]);
    cells.push((key(&["VE"]), None, None));
    let ranks = found("stock", &["country"], "indicators = 'rank'", "rank", &cells);
    assert_eq!(ranks, ["BO 4.0 A 4", "CO 1.0 A 4", "EC 1.0 A 4", "PE 3.0 A 4"]);
    let alone = found("stock", &["country"], "indicators = 'rank'", "rank", &rows(&[(["PE"], 7)]));
    assert!(alone.is_empty(), "first of one says nothing");
}

fn ranks(measure: &str, protection: &str, rows: &[Row]) -> Vec<String> {
    found(measure, &["country"], &format!("indicators = 'rank'\n{protection}"), "rank", rows)
}

/// `D` is a rank among the listed codes: a code that is not listed may be larger.
#[test]
fn what_is_left_over_is_not_ranked_and_marks_the_ranks_that_it_may_change() {
    let cells = |more: &[(&str, i64)]| {
        let listed = [("SY", 900), ("VE", 400), ("UA", 300)];
        let row = |(code, count): &(&str, i64)| (key(&[code]), Some(*count), None);
        listed.iter().chain(more).map(row).collect::<Vec<Row>>()
    };
    let formatted = |marks: &str| {
        let marks = ["SY 1.0", "UA 3.0", "VE 2.0"].into_iter().zip(marks.chars());
        marks.map(|(rank, mark)| format!("{rank} {mark} 3")).collect::<Vec<_>>()
    };
    /// Name, measure, more cells, and the marks of Syria, Ukraine and Venezuela.
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, i64)], &'a str);
    let cases: [Case; 7] = [
        ("no total", "stock", &[], "DDD"),
        ("all of the total", "stock", &[("_T", 1600)], "AAA"),
        ("the rest is small", "stock", &[("_T", 1950)], "ADA"),
        ("others", "stock", &[("_O", 5000), ("_S", 3000), ("_T", 9600)], "DDD"),
        ("who states nothing", "stock", &[("_U", 5000), ("_T", 6600)], "AAA"),
        ("records", "count", &[("_U", 5000)], "AAA"),
        ("records of others", "count", &[("_O", 350), ("_U", 5000)], "ADA"),
    ];
    for (name, measure, more, expected) in cases {
        assert_eq!(ranks(measure, "", &cells(more)), formatted(expected), "{name}");
    }
}

#[test]
fn a_rank_has_the_weakest_flag_of_what_is_ranked() {
    let row = |country: &str, count, note| (key(&[country]), Some(count), note);
    let cells =
        [row("AR", 5, Some("p")), row("BO", 9, None), row("_O", 1, Some("u")), row("_T", 15, Some("e"))];
    assert_eq!(ranks("stock", "", &cells), ["AR 2.0 P 2", "BO 1.0 P 2"]);
    assert_eq!(ranks("stock", "", &cells[..2]), ["AR 2.0 DP 2", "BO 1.0 DP 2"]);
}

/// Suppressed counts have their places behind all that are shown.
#[test]
fn suppressed_counts_are_in_the_base_of_ranks() {
    let records = rows(&[(["AR"], 9), (["BO"], 2), (["CO"], 14), (["EC"], 3)]);
    let expected = ["AR 2.0 A 4", "BO - Q 4", "CO 1.0 A 4", "EC - Q 4"];
    assert_eq!(ranks("count", PROTECTED, &records), expected);
    let cells = rows(&[(["AR"], 0), (["BO"], 2), (["_T"], 2)]);
    assert_eq!(ranks("stock", PROTECTED, &cells), ["AR 2.0 D 2", "BO - Q 2"]);
}

#[test]
fn men_per_100_women() {
    let records = rows(&[
        (["PE", "F"], 200),
        (["PE", "M"], 150),
        (["PE", "_T"], 350),
        (["EC", "F"], 0),
        (["EC", "M"], 9),
        (["CO", "F"], 7),
        (["BO", "F"], 2),
        (["BO", "M"], 10),
    ]);
    let ratios = |more: &str| {
        let more = format!("indicators = 'sex_ratio'\n{more}");
        found("count", &["country", "sex"], &more, "sex_ratio", &records)
    };
    assert_eq!(ratios(""), ["BO _T 500.0 A 2", "CO _T 0.0 A 7", "PE _T 75.0 A 200"]);
    assert_eq!(ratios(PROTECTED), ["BO _T - Q -", "CO _T 0.0 A 5", "PE _T 75.0 A 200"]);
}

/// Cells of the permits of 1 January 2022 and 2023 that ISTAT published (PERMSOGG1_1), by year.
#[test]
fn changes_between_years_that_are_there() {
    let cells = rows(&[
        (["2021", "MA"], 400),
        (["2022", "MA"], 408_184),
        (["2023", "MA"], 399_146),
        (["2022", "UA"], 230_373),
        (["2023", "UA"], 383_511),
        (["2025", "UA"], 1),
        (["2023", "_T"], 3_727_706),
    ]);
    let of = |name: &str| {
        let cells: Vec<Row> = cells.iter().filter(|row| row.0[0] != Value::Number(2021)).cloned().collect();
        found("stock", &["year", "country"], &format!("indicators = '{name}'"), name, &cells)
    };
    assert_eq!(of("change"), ["2023 MA -9038.0 A -", "2023 UA 153138.0 A -"]);
    assert_eq!(of("growth"), ["2023 MA -2.2141975187660465 A 408184", "2023 UA 66.47393574767877 A 230373"]);
}

#[test]
fn changes_of_counts_that_are_hidden_flagged_broken_or_not_there() {
    let row = |year: &str, country: &str, count, note| (key(&[year, country]), count, note);
    let cells = [
        row("2000", "AR", Some(10), None),
        row("2001", "AR", Some(20), Some("p")),
        row("2000", "BO", Some(10), Some("b")),
        row("2001", "BO", Some(20), None),
        row("2000", "CL", Some(10), None),
        row("2001", "CL", Some(20), Some("b")),
        row("2000", "CO", None, Some("u")),
        row("2001", "CO", Some(20), None),
        row("2000", "EC", Some(0), None),
        row("2001", "EC", Some(20), None),
    ];
    let growth = found("stock", &["year", "country"], "indicators = 'growth'", "growth", &cells);
    assert_eq!(growth, ["2001 AR 100.0 P 10", "2001 BO 100.0 B 10", "2001 CL - B 10"]);
    let records = rows(&[(["2000", "AR"], 8), (["2001", "AR"], 3), (["2000", "CO"], 7), (["2001", "EC"], 9)]);
    let more = format!("indicators = 'change'\n{PROTECTED}");
    let change = found("count", &["year", "country"], &more, "change", &records);
    assert_eq!(change, ["2001 AR - Q -", "2001 CO -5.0 A -", "2001 EC 10.0 A -"], "absent counts nobody");
}

fn mean_ages(measure: &str, dimension: &str, end: Option<i64>, more: &str, rows: &[Row]) -> Vec<String> {
    let end = end.map_or(String::new(), |end| format!(", close_open_group_at = {end}"));
    let more = format!("indicators = [{{ name = 'mean_age'{end} }}]\n{more}");
    let quoted = format!("'{dimension}'");
    let pipeline = pipeline(measure, &quoted, &more);
    match published(&pipeline, counts(rows, 1)) {
        Ok(table) => {
            let code = if dimension == "age" { "age_code" } else { dimension };
            indicator(&table, "mean_age", &[code])
        }
        Err(fault) => fault.notes,
    }
}

/// Permits of 1 January 2022 by age (ISTAT, Permessi di soggiorno, table PERMSOGG1_2); the means were computed from the
/// formula by another program (Python).
#[test]
fn mean_age_of_permit_holders() {
    let permits = rows(&[
        (["00-17"], 742_631),
        (["18-24"], 284_836),
        (["25-29"], 302_236),
        (["30-34"], 350_183),
        (["35-39"], 381_513),
        (["40-44"], 367_136),
        (["45-49"], 315_355),
        (["50-54"], 254_415),
        (["55-59"], 200_101),
        (["60+"], 363_134),
        (["_T"], 3_561_540),
    ]);
    let ended = |end| mean_ages("stock", "age_group", end, "", &permits);
    assert!(ended(Some(65))[0].starts_with("_T 35.08255993193956"), "{:?}", ended(Some(65)));
    assert!(ended(Some(75))[0].starts_with("_T 35.59235906377578"), "{:?}", ended(Some(75)));
    assert!(ended(Some(100))[0].starts_with("_T 36.866856893366354"), "{:?}", ended(Some(100)));
    assert!(ended(Some(100))[0].ends_with(" E 3561540"), "an estimate");
    assert_eq!(ended(None), ["the group 60+ is open"]);
    assert_eq!(ended(Some(60)), ["the group 60+ is open"]);
}

#[test]
fn mean_ages_of_groups_single_years_and_what_is_wrong() {
    let groups = rows(&[(["0-14"], 30), (["15-29"], 80), (["30-44"], 60), (["45-64"], 25), (["65+"], 5)]);
    let single = rows(&[(["20"], 1), (["21"], 2), (["_U"], 9)]);
    let of_single = |more: &str| mean_ages("count", "age", None, more, &single);
    assert_eq!(mean_ages("count", "age_group", Some(100), "", &groups), ["_T 30.3125 E 200"]);
    assert_eq!(of_single(""), ["_T 21.166666666666668 A 3"]);
    assert_eq!(of_single(PROTECTED), ["_T - Q 0"], "a mean of few persons is hidden");
    let cases: [(&str, Vec<Row>, &[&str]); 6] = [
        ("no total: perhaps a selection", rows(&[(["0-14"], 1)]), &["_T - O -"]),
        ("parts fall short", rows(&[(["0-14"], 1), (["_T"], 2)]), &["_T - O -"]),
        ("not stated is a part", rows(&[(["0-14"], 1), (["_U"], 1), (["_T"], 2)]), &["_T 7.5 A 1"]),
        ("not specified is a part", rows(&[(["0-14"], 1), (["_X"], 1), (["_T"], 2)]), &["_T 7.5 A 1"]),
        ("ages overlap", rows(&[(["0-14"], 1), (["10-19"], 1)]), &["two of its groups have the age 10"]),
        ("no age", rows(&[(["young"], 1)]), &["`young` is no age"]),
    ];
    for (name, cells, expected) in cases {
        assert_eq!(mean_ages("stock", "age_group", None, "", &cells), expected, "{name}");
    }
}

/// Cells of two dimensions without repetitions.
fn any_cells(
    first: &'static [&'static str],
    second: &'static [&'static str],
) -> impl Strategy<Value = Vec<Row>> {
    let cell = (proptest::sample::select(first), proptest::sample::select(second));
    let count = (proptest::option::weighted(0.9, 0..12_i64), proptest::option::weighted(0.2, Just("p")));
    proptest::collection::btree_map(cell, count, 0..20).prop_map(|cells| {
        let row = |((one, other), (count, note)): ((&str, &str), _)| (key(&[one, other]), count, note);
        cells.into_iter().map(row).collect()
    })
}

/// A count as it is shown, by key; [`None`] where it is suppressed.
type Shown = BTreeMap<(String, String), Option<i64>>;

fn shown(rows: &[Row], is_protected: bool) -> Shown {
    let round = |count: i64| if is_protected { (count + 2).div_euclid(5) * 5 } else { count };
    let hide = |count: i64| (!is_protected || !(1..=3).contains(&count)).then(|| round(count));
    let row = |(key, count, _): &Row| Some(((key[0].text(), key[1].text()), hide((*count)?)));
    rows.iter().filter_map(row).collect()
}

fn formatted(keys: &[&str], value: Option<f64>, status: &str, base: Option<i64>) -> String {
    let value = value.map_or("-".to_owned(), |value| format!("{value:?}"));
    let base = base.map_or("-".to_owned(), |base| base.to_string());
    format!("{} {value} {status} {base}", keys.join(" "))
}

fn is_detail(code: &str) -> bool {
    !["_T", "_U"].contains(&code)
}

fn flag(rows: &[Row], year: &str, code: &str) -> bool {
    rows.iter().any(|row| row.0[0].text() == year && row.0[1].text() == code && row.2.is_some())
}

/// Row by row: the share of each code within a year.
fn obvious_shares(cells: &Shown, rows: &[Row], complete: bool) -> Vec<String> {
    let mut shares = Vec::new();
    for ((year, code), count) in cells.iter().filter(|((_, code), _)| is_detail(code)) {
        let group: Vec<_> = cells.iter().filter(|((other, _), _)| other == year).collect();
        let total = group.iter().find(|((_, code), _)| code == "_T");
        let parts: Vec<_> = group.iter().filter(|((_, code), _)| is_detail(code)).collect();
        let hidden = parts.iter().filter(|(_, count)| count.is_none()).count() as i64;
        let (base, hidden) = match (complete, total) {
            (true, _) => (Some(parts.iter().filter_map(|(_, count)| **count).sum::<i64>()), hidden),
            (false, Some((_, total))) => (**total, 0),
            (false, None) => (None, 0),
        };
        let Some(base) = base.filter(|base| *base > 0) else { continue };
        let is_too_rough = hidden * 3 * 100 > base;
        let shown_base = (!is_too_rough).then_some(base);
        let value = count.filter(|count| !is_too_rough && (hidden == 0 || *count < base));
        let is_flagged = flag(rows, year, code) || !complete && flag(rows, year, "_T");
        let status = match value {
            None => "Q",
            Some(_) if hidden > 0 => "E",
            Some(_) if is_flagged => "P",
            Some(_) => "A",
        };
        let value = value.map(|count| 100.0 * count as f64 / base as f64);
        shares.push(formatted(&[year, code], value, status, shown_base));
    }
    shares
}

/// Row by row: one more than the number of larger counts.
fn obvious_ranks(cells: &Shown, rows: &[Row], complete: bool) -> Vec<String> {
    let mut ranks = Vec::new();
    // Half a person for a suppressed count: more than nobody, less than any that is shown.
    let size = |count: &Option<i64>| count.map_or(0.5, |count| count as f64);
    for ((year, code), count) in cells.iter().filter(|((_, code), _)| is_detail(code)) {
        let group = || cells.iter().filter(|((other, _), _)| other == year);
        let ranked: Vec<_> = group().filter(|((_, code), _)| is_detail(code)).collect();
        let larger = ranked.iter().filter(|(_, other)| size(other) > size(count)).count();
        let total = group().find(|((_, code), _)| code == "_T").and_then(|(_, total)| *total);
        let listed: i64 = group().filter(|((_, code), _)| code != "_T").filter_map(|(_, count)| *count).sum();
        let rest = if complete { Some(0) } else { total.map(|total| total - listed) };
        let is_certain = rest.zip(*count).is_some_and(|(rest, count)| count >= rest);
        let is_flagged = ranked.iter().any(|((_, code), count)| count.is_some() && flag(rows, year, code));
        let status = match (count, is_certain, is_flagged) {
            (None, ..) => "Q",
            (_, true, true) => "P",
            (_, true, false) => "A",
            (_, false, true) => "DP",
            (_, false, false) => "D",
        };
        let value = count.map(|_| 1.0 + larger as f64);
        if ranked.len() > 1 {
            ranks.push(formatted(&[year, code], value, status, Some(ranked.len() as i64)));
        }
    }
    ranks
}

/// Row by row: the count less that of the year before.
fn obvious_changes(cells: &Shown, rows: &[Row], complete: bool) -> Vec<String> {
    let years: Vec<i64> = rows.iter().filter_map(|row| row.0[0].text().parse().ok()).collect();
    let mut pairs: Vec<(String, String)> = cells.keys().cloned().collect();
    let later = cells
        .keys()
        .filter_map(|(year, code)| Some(((year.parse::<i64>().ok()? + 1).to_string(), code.clone())));
    pairs.extend(later);
    pairs.sort();
    pairs.dedup();
    let mut changes = Vec::new();
    for (year, code) in pairs {
        let Ok(number) = year.parse::<i64>() else { continue };
        let before = (number - 1).to_string();
        let of = |year: &str| cells.get(&(year.to_owned(), code.clone())).copied();
        let is_there = years.contains(&number) && years.contains(&(number - 1));
        let absent =
            |count: Option<Option<i64>>| if complete { Some(count.unwrap_or(Some(0))) } else { count };
        let (Some(now), Some(then), true) = (absent(of(&year)), absent(of(&before)), is_there) else {
            continue;
        };
        let flagged = flag(rows, &year, &code) || flag(rows, &before, &code);
        let status = if now.is_none() || then.is_none() {
            "Q"
        } else if flagged {
            "P"
        } else {
            "A"
        };
        let value = now.zip(then).map(|(now, then)| (now - then) as f64);
        changes.push(formatted(&[&year, &code], value, status, None));
    }
    changes
}

/// Person by person: the mean of the middles.
fn obvious_means(cells: &Shown) -> Vec<String> {
    let mut groups: BTreeMap<&String, (Vec<f64>, bool)> = BTreeMap::new();
    for ((country, age), count) in cells.iter().filter(|((_, age), _)| is_detail(age)) {
        let (persons, hidden) = groups.entry(country).or_default();
        match count {
            Some(count) => persons.extend((0..*count).map(|_| age.parse::<f64>().unwrap() + 0.5)),
            None => *hidden = true,
        }
    }
    let mean = |(country, (persons, hidden)): (&String, (Vec<f64>, bool))| {
        let value = persons.iter().sum::<f64>() / persons.len() as f64;
        let value = (!hidden).then_some(value);
        let is_told = hidden || !persons.is_empty();
        is_told.then(|| {
            formatted(&[country, "_T"], value, if hidden { "Q" } else { "A" }, Some(persons.len() as i64))
        })
    };
    groups.into_iter().filter_map(mean).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn shares_ranks_and_changes_are_those_of_the_obvious_way(
        cells in any_cells(&["1999", "2000", "2001", "2003"], &["AR", "IT", "PE", "_T", "_U"]),
        is_protected: bool,
    ) {
        let protection = if is_protected { PROTECTED } else { "" };
        for (measure, complete) in [("count", true), ("stock", false)] {
            // Records have neither flags nor totals nor cells without a count.
            let mut rows = cells.clone();
            if complete {
                rows.retain(|row| row.1.is_some() && !row.0[1].is_total());
                rows.iter_mut().for_each(|row| row.2 = None);
            }
            let of = |name: &str| {
                let more = format!("indicators = '{name}'\n{protection}");
                found(measure, &["year", "country"], &more, name, &rows)
            };
            let cells = shown(&rows, is_protected);
            prop_assert_eq!(of("share"), obvious_shares(&cells, &rows, complete));
            prop_assert_eq!(of("rank"), obvious_ranks(&cells, &rows, complete));
            prop_assert_eq!(of("change"), obvious_changes(&cells, &rows, complete));
        }
    }

    #[test]
    fn mean_ages_are_those_of_the_obvious_way(
        cells in any_cells(&["AR", "IT"], &["20", "21", "34", "_U"]),
        is_protected: bool,
    ) {
        let mut rows = cells;
        rows.retain(|row| row.1.is_some());
        rows.iter_mut().for_each(|row| row.2 = None);
        let more = format!("indicators = 'mean_age'\n{}", if is_protected { PROTECTED } else { "" });
        let pipeline = pipeline("count", "'country', 'age'", &more);
        let table = published(&pipeline, counts(&rows, 2)).unwrap();
        let expected = obvious_means(&shown(&rows, is_protected));
        let found = if expected.is_empty() { Vec::new() } else { indicator(&table, "mean_age", &["country", "age_code"]) };
        prop_assert_eq!(found, expected);
    }
}

/// Who is not there at a time of which others are provisional may still come.
#[test]
fn a_change_to_nobody_is_as_open_as_its_time() {
    let changes = |note| {
        let row = |year: &str, sex: &str, count, note| (key(&[year, sex]), Some(count), note);
        let rows = [row("2006", "F", 5, None), row("2007", "M", 3, note)];
        found("count", &["year", "sex"], "indicators = 'change'", "change", &rows)
    };
    assert_eq!(changes(Some("p")), ["2007 F -5.0 P -", "2007 M 3.0 P -"]);
    assert_eq!(changes(None), ["2007 F -5.0 A -", "2007 M 3.0 A -"]);
}
