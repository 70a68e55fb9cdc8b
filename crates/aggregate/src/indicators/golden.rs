//! Figures that were published, or that follow from published ones by hand: each indicator against them.

use denizen_spec::Additive;

use crate::publish::{SourceFacts, publish};
use crate::test_table::{
    Row, TableText, all_published, counts, indicator, key, pipeline, pipeline_of, published, rows,
};

/// The values of an indicator in a table, rounded to some decimals: codes of the dimensions, then value, status and base.
fn found(
    measure: &str,
    dimensions: &[&str],
    more: &str,
    name: &str,
    decimals: usize,
    rows: &[Row],
) -> Vec<String> {
    let quoted: Vec<String> = dimensions.iter().map(|name| format!("'{name}'")).collect();
    let pipeline = pipeline(measure, &quoted.join(", "), more);
    match published(&pipeline, counts(rows, dimensions.len())) {
        Ok(table) => indicator(&table, name, dimensions).iter().map(|row| rounded(row, decimals)).collect(),
        Err(fault) => fault.notes,
    }
}

/// A row with its value (the third field from behind) rounded.
fn rounded(row: &str, decimals: usize) -> String {
    let mut fields: Vec<String> = row.split(' ').map(str::to_owned).collect();
    let place = fields.len() - 3;
    if let Ok(value) = fields[place].parse::<f64>() {
        fields[place] = format!("{value:.decimals$}");
    }
    fields.join(" ")
}

fn cells<const N: usize>(cells: &[([&str; N], i64)]) -> Vec<Row> {
    rows(cells)
}

/// The ages of methods on which mean, median and ratios of ages are worked out by hand.
fn five_groups() -> Vec<Row> {
    cells(&[(["0-14"], 30), (["15-29"], 80), (["30-44"], 60), (["45-64"], 25), (["65+"], 5), (["_T"], 200)])
}

#[test]
fn ages_of_five_groups() {
    let of = |name: &str, decimals| {
        found("stock", &["age_group"], &format!("indicators = '{name}'"), name, decimals, &five_groups())
    };
    assert_eq!(of("median_age", 4), ["_T 28.1250 A 200"]);
    assert_eq!(of("dependency_ratio", 4), ["_T 21.2121 A 165"]);
    assert_eq!(of("young_dependency_ratio", 4), ["_T 18.1818 A 165"]);
    assert_eq!(of("old_dependency_ratio", 4), ["_T 3.0303 A 165"]);
    assert_eq!(of("ageing_index", 4), ["_T 16.6667 A 30"]);
    let profile =
        ["0-14 15.0 A 200", "15-29 40.0 A 200", "30-44 30.0 A 200", "45-64 12.5 A 200", "65+ 2.5 A 200"];
    assert_eq!(of("age_profile", 1), profile);
    assert_eq!(of("minors_share", 1), ["the group `15-29` lies on both sides of the age 18"]);
}

/// Permits of 1 January 2022 by age (ISTAT, Permessi di soggiorno, PERMSOGG1_2). The median is
/// worked out by hand: 35 + 5 · (1,780,770 − 1,679,886) / 381,513.
#[test]
fn ages_of_permit_holders() {
    let permits = cells(&[
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
    let of =
        |name: &str| found("stock", &["age_group"], &format!("indicators = '{name}'"), name, 3, &permits);
    assert_eq!(of("minors_share"), ["_T 20.851 A 3561540"]);
    let median = of("median_age");
    assert_eq!(median, ["_T 36.322 A 3561540"]);
    assert_eq!(of("dependency_ratio"), ["the group `00-17` lies on both sides of the age 15"]);
}

/// Without a total, published ages may be a selection, unless the source says that they add up.
#[test]
fn ages_without_a_total() {
    let ages = cells(&[(["10-19"], 40), (["20-29"], 10)]);
    let of = |additive: Additive| {
        let mut pipeline = pipeline("stock", "'age_group'", "indicators = ['mean_age', 'median_age']");
        pipeline.sources[0].additive = additive;
        let table = published(&pipeline, counts(&ages, 1)).unwrap();
        ["mean_age", "median_age"].map(|name| indicator(&table, name, &["age_group"]).join(", "))
    };
    let over = |name: &str| Additive::Over(vec![name.to_owned()]);
    let none = ["_T - O -", "_T - O -"];
    let table = [
        (Additive::None, none),
        (over("sex"), none),
        (over("age_group"), ["_T 17.0 A 50", "_T 16.25 A 50"]),
        (Additive::All, ["_T 17.0 A 50", "_T 16.25 A 50"]),
    ];
    for (additive, expected) in table {
        assert_eq!(of(additive.clone()), expected, "{additive:?}");
    }
    // A total that is there is believed.
    let mut pipeline = pipeline("stock", "'age_group'", "indicators = 'mean_age'");
    pipeline.sources[0].additive = Additive::All;
    let short = counts(&cells(&[(["10-19"], 40), (["20-29"], 10), (["_T"], 51)]), 1);
    let table = published(&pipeline, short).unwrap();
    assert_eq!(indicator(&table, "mean_age", &["age_group"]), ["_T - O -"]);
}

#[test]
fn a_median_in_the_open_group_needs_its_end() {
    let old = cells(&[(["0-14"], 30), (["15+"], 80), (["_T"], 110)]);
    let of = |end: &str| {
        let more = format!("indicators = [{{ name = 'median_age'{end} }}]");
        found("stock", &["age_group"], &more, "median_age", 3, &old)
    };
    assert_eq!(of(""), ["_T - O 110"]);
    assert_eq!(of(", close_open_group_at = 95"), ["_T 40.000 E 110"]);
}

/// Peruvians and all holders of a permit on 1 January (ISTAT, PERMSOGG1_1; Ministero del Lavoro, Comunità peruviana: 2.5 %, -0.4 % and
/// -1.1 %).
#[test]
fn peruvians_with_a_permit() {
    let permits = cells(&[
        (["2018", "PE"], 91_969),
        (["2018", "_T"], 3_714_934),
        (["2019", "PE"], 91_561),
        (["2019", "_T"], 3_717_406),
        (["2020", "PE"], 90_570),
        (["2020", "_T"], 3_615_826),
    ]);
    let of = |indicator: &str, name: &str| {
        let more = format!("indicators = [{indicator}]");
        found("stock", &["year", "country"], &more, name, 3, &permits)
    };
    let expected = ["2018 PE 2.476 A 3714934", "2019 PE 2.463 A 3717406", "2020 PE 2.505 A 3615826"];
    assert_eq!(of("'share'", "share"), expected);
    assert_eq!(of("'share_change'", "share_change"), ["2019 PE -0.013 A -", "2020 PE 0.042 A -"]);
    let growth = of("'growth'", "growth");
    assert_eq!([&growth[0], &growth[2]], ["2019 PE -0.444 A 91969", "2020 PE -1.082 A 91561"]);
    let index = of("{ name = 'index', since = 2018 }", "index");
    assert_eq!(index[0], "2018 PE 100.000 A 91969");
    assert_eq!(index[4], "2020 PE 98.479 A 91969");
    let annual = of("{ name = 'mean_annual_growth', since = 2018 }", "mean_annual_growth");
    assert_eq!(annual[2], "2020 PE -0.763 A 91969");
    let continuous = of("{ name = 'exponential_growth', since = 2018 }", "exponential_growth");
    assert_eq!(continuous[2], "2020 PE -0.766 A 91969");
}

/// 100 and 121 are two years of ten percent.
#[test]
fn growth_for_each_year() {
    let counted = cells(&[(["2010", "PE"], 100), (["2012", "PE"], 121)]);
    let of = |name: &str, breaks: &str| {
        let more = format!("indicators = [{{ name = '{name}', since = 2010 }}]\n{breaks}");
        found("stock", &["year", "country"], &more, name, 4, &counted)
    };
    assert_eq!(of("mean_annual_growth", ""), ["2012 PE 10.0000 A 100"]);
    assert_eq!(of("exponential_growth", ""), ["2012 PE 9.5310 A 100"]);
    assert_eq!(of("index", "breaks = 2010"), ["2010 PE 100.0000 A 100", "2012 PE 121.0000 A 100"]);
    let change = |breaks: &str| {
        let counted = cells(&[(["2010", "PE"], 100), (["2011", "PE"], 121)]);
        let more = format!("indicators = 'growth'\nbreaks = [{breaks}]");
        found("stock", &["year", "country"], &more, "growth", 1, &counted)
    };
    assert_eq!(change("2010, 2012"), ["2011 PE 21.0 A 100"]);
    assert_eq!(change("2011"), ["2011 PE - B 100"]);
}

/// The five largest of 1 January 2018 (ISTAT, PERMSOGG1_1; the Ministry prints the same five in this order).
#[test]
fn the_five_largest() {
    let permits = cells(&[
        (["MA"], 443_147),
        (["AL"], 430_340),
        (["CN"], 309_110),
        (["UA"], 235_245),
        (["PH"], 161_609),
        (["PE"], 91_969),
        (["_T"], 3_714_934),
    ]);
    let of = |more: &str| {
        let more = format!("indicators = [{{ name = 'top_share'{more} }}]");
        found("stock", &["country"], &more, "top_share", 3, &permits)
    };
    assert_eq!(of(""), ["_T 42.516 D 3714934"], "a code that is not listed may be larger");
    assert_eq!(of(", largest = 2"), ["_T 23.513 D 3714934"]);
    let all = cells(&[(["A"], 1000), (["B"], 70), (["C"], 73), (["D"], 357), (["_T"], 1500)]);
    let of_four = |largest: &str| {
        let more = format!("indicators = [{{ name = 'top_share', largest = {largest} }}]");
        found("stock", &["country"], &more, "top_share", 3, &all)
    };
    assert_eq!(of_four("2"), ["_T 90.467 A 1500"]);
    assert!(of_four("5").is_empty(), "there are four only");
}

#[test]
fn ranks_of_two_years() {
    let counted = cells(&[
        (["2001", "A"], 9),
        (["2001", "B"], 7),
        (["2001", "C"], 5),
        (["2001", "_T"], 21),
        (["2002", "A"], 6),
        (["2002", "B"], 7),
        (["2002", "C"], 8),
        (["2002", "_T"], 21),
    ]);
    let more = "indicators = 'rank_change'";
    let changes = found("stock", &["year", "country"], more, "rank_change", 0, &counted);
    assert_eq!(changes, ["2002 A -2 A -", "2002 B 0 A -", "2002 C 2 A -"]);
}

/// Counts of four communities.
#[test]
fn concentration() {
    let counted = cells(&[(["A"], 1000), (["B"], 70), (["C"], 73), (["D"], 357), (["_T"], 1500)]);
    let of = |name: &str, counted: &[Row]| {
        found("stock", &["country"], &format!("indicators = '{name}'"), name, 6, counted)
    };
    for (name, expected) in [
        ("herfindahl", "0.505635"),
        ("fractionalisation", "0.494365"),
        ("shannon", "0.902084"),
        ("evenness", "0.650716"),
        ("effective_number", "1.977712"),
    ] {
        assert_eq!(of(name, &counted), [format!("_T {expected} A 1500")], "{name}");
    }
    assert_eq!(of("shannon", &counted[..4]), ["_T - O -"], "perhaps a selection");
    let left_over = cells(&[(["A"], 1000), (["_O"], 500), (["_T"], 1500)]);
    assert_eq!(of("herfindahl", &left_over), ["_T 0.555556 D 1500"]);
}

/// Peruvians who left in 1990-2007 (INEI, DIGEMIN and IOM, with two misprints mended): 51.2 % women.
#[test]
fn women_among_those_who_left() {
    let counted = cells(&[(["F"], 994_192), (["M"], 946_625), (["_T"], 1_940_817)]);
    let share = found("stock", &["sex"], "indicators = 'women_share'", "women_share", 1, &counted);
    assert_eq!(share, ["_T 51.2 A 1940817"]);
    let men = cells(&[(["M"], 9), (["_T"], 9)]);
    assert!(found("stock", &["sex"], "indicators = 'women_share'", "women_share", 1, &men).is_empty());
}

#[test]
fn bars_of_a_pyramid_come_to_100() {
    let counted = cells(&[
        (["0-14", "F"], 10),
        (["0-14", "M"], 20),
        (["15+", "F"], 40),
        (["15+", "M"], 30),
        (["_T", "_T"], 100),
        (["0-14", "_T"], 30),
    ]);
    let bars = found("stock", &["age_group", "sex"], "indicators = 'pyramid'", "pyramid", 1, &counted);
    assert_eq!(bars, ["0-14 F 10.0 A 100", "0-14 M 20.0 A 100", "15+ F 40.0 A 100", "15+ M 30.0 A 100"]);
}

#[test]
fn long_term_permits() {
    let counted = cells(&[(["long_term"], 60), (["fixed_term"], 40), (["_T"], 100)]);
    let name = "long_term_share";
    let share = found("stock", &["permit_type"], &format!("indicators = '{name}'"), name, 1, &counted);
    assert_eq!(share, ["_T 60.0 A 100"]);
}

/// The rows of an indicator of the first table, which compares with others.
fn compared(
    tables: &[TableText<'_>],
    rows: &[&[Row]],
    name: &str,
    dimensions: &[&str],
    decimals: usize,
) -> Vec<String> {
    let pipeline = match pipeline_of(tables) {
        Ok(pipeline) => pipeline,
        Err(faults) => return faults.into_iter().map(|fault| fault.message).collect(),
    };
    let counts = tables.iter().zip(rows).map(|((_, _, dimensions, _), rows)| counts(rows, dimensions.len()));
    match all_published(&pipeline, counts.collect()) {
        Ok(tables) => {
            indicator(&tables[0], name, dimensions).iter().map(|row| rounded(row, decimals)).collect()
        }
        Err(fault) => fault.notes,
    }
}

/// Acquisitions of citizenship and foreign residents of 1 January (ISTAT, POPSTRBIL1). Eurostat (migr_acqs) and EIGE print 2.54, 2.62,
/// 2.35, 4.25 and 4.15.
#[test]
fn naturalisation_in_italy() {
    let acquisitions = cells(&[
        (["2019"], 127_001),
        (["2020"], 131_803),
        (["2021"], 121_457),
        (["2022"], 213_716),
        (["2023"], 213_567),
        (["2024"], 217_177),
    ]);
    let residents = cells(&[
        (["2019"], 4_996_158),
        (["2020"], 5_039_637),
        (["2021"], 5_171_894),
        (["2022"], 5_030_716),
        (["2023"], 5_141_341),
    ]);
    let more = "indicators = [{ name = 'naturalisation_rate', per = { table = 'residents', on = '01-01' } }]";
    let tables = [("acquisitions", "flow", &["year"][..], more), ("residents", "stock", &["year"], "")];
    let rates = compared(&tables, &[&acquisitions, &residents], "naturalisation_rate", &["year"], 2);
    let expected = [
        "2019 2.54 A 4996158",
        "2020 2.62 A 5039637",
        "2021 2.35 A 5171894",
        "2022 4.25 A 5030716",
        "2023 4.15 A 5141341",
        "2024 - O -",
    ];
    assert_eq!(rates, expected);
    let crude = more.replace("naturalisation_rate", "crude_rate");
    let tables =
        [("acquisitions", "flow", &["year"][..], crude.as_str()), ("residents", "stock", &["year"], "")];
    let rates = compared(&tables, &[&acquisitions, &residents], "crude_rate", &["year"], 2);
    assert_eq!(rates[0], "2019 25.31 A 5017898");
    assert_eq!(rates[4], "2023 - O -", "nobody knows the next 1 January");
}

/// The population of the first areas, hidden where it is of few persons.
#[test]
fn a_population_that_is_not_there_is_no_zero() {
    let here = cells(&[(["2001", "A"], 5), (["2001", "B"], 6), (["2001", "C"], 7), (["2001", "_U"], 8)]);
    let there =
        cells(&[(["2001", "A"], 100), (["2001", "B"], 2), (["2001", "_U"], 9), (["2001", "_T"], 111)]);
    let rates = |measure: &'static str, more: &str| {
        let indicators = "indicators = [{ name = 'population_share', per = { table = 'all' } }]";
        let tables = [
            ("some", measure, &["year", "district"][..], indicators),
            ("all", "stock", &["year", "district"], more),
        ];
        compared(&tables, &[&here, &there], "population_share", &["year", "district"], 1)
    };
    let open = ["2001 A 5.0 A 100", "2001 B 300.0 A 2", "2001 C - O -"];
    assert_eq!(rates("stock", ""), open);
    let hidden = ["2001 A 5.0 A 100", "2001 B - Q -", "2001 C - O -"];
    assert_eq!(rates("stock", "[disclosure]\nthreshold = 3\nrounding_base = 5"), hidden);
    assert_eq!(rates("flow", ""), ["a share in the population needs a stock"]);
}

/// Flows of areas A, B and C (methods of the R package migest): nets of 30, -50 and 20.
#[test]
fn net_migration_of_three_areas() {
    let into = cells(&[(["2001", "A"], 70), (["2001", "B"], 10), (["2001", "C"], 70)]);
    let out = cells(&[(["2001", "A"], 40), (["2001", "B"], 60), (["2001", "C"], 50), (["2001", "D"], 5)]);
    let population = cells(&[
        (["2001-01-01", "A"], 900),
        (["2002-01-01", "A"], 1100),
        (["2001-01-01", "B"], 2000),
        (["2002-01-01", "B"], 2000),
    ]);
    let population: Vec<Row> =
        population.into_iter().map(|(codes, count, note)| (dated(codes), count, note)).collect();
    let of = |measure: &'static str, name: &str| {
        let indicators = format!(
            "indicators = [{{ name = '{name}', less = {{ table = 'out' }}, per = {{ table = 'people' }} }}]"
        );
        let indicators = match name {
            "net_migration_rate" => indicators,
            _ => indicators.replace(", per = { table = 'people' }", ""),
        };
        let tables = [
            ("into", measure, &["year", "area"][..], indicators.as_str()),
            ("out", measure, &["year", "area"], ""),
            ("people", "stock", &["reference_date", "area"], ""),
        ];
        compared(&tables, &[&into, &out, &population], name, &["year", "area"], 1)
    };
    assert_eq!(of("flow", "net_migration"), ["2001 A 30.0 A -", "2001 B -50.0 A -", "2001 C 20.0 A -"]);
    let of_records = ["2001 A 30.0 A -", "2001 B -50.0 A -", "2001 C 20.0 A -", "2001 D -5.0 A -"];
    assert_eq!(of("count", "net_migration"), of_records, "of records, who does not come is nobody");
    assert_eq!(of("flow", "turnover"), ["2001 A 110.0 A -", "2001 B 70.0 A -", "2001 C 120.0 A -"]);
    let effectiveness = ["2001 A 27.3 A 110", "2001 B -71.4 A 70", "2001 C 16.7 A 120"];
    assert_eq!(of("flow", "migration_effectiveness"), effectiveness);
    let rates = ["2001 A 30.0 A 1000", "2001 B -25.0 A 2000", "2001 C - O -"];
    assert_eq!(of("flow", "net_migration_rate"), rates);
}

/// Codes such as 2001-01-01 as days.
fn dated(codes: Vec<crate::value::Value>) -> Vec<crate::value::Value> {
    let day = |value: crate::value::Value| {
        let date: Option<denizen_spec::Date> = value.text().parse().ok();
        date.and_then(|date| date.days()).map_or(value, crate::value::Value::Day)
    };
    codes.into_iter().map(day).collect()
}

const ACCOUNT: &str = "account = { dimension = 'item', opening = 'P0', closing = 'P1', births = 'B', deaths = 'D', plus = ['I', 'O'], \
                       minus = ['E', 'X', 'A'], optional = ['O'] }\n";

/// Opening, births, deaths, arrivals, departures, other removals, acquisitions, closing.
#[test]
fn an_account_that_closes() {
    let items = cells(&[
        (["P0"], 1000),
        (["B"], 15),
        (["D"], 3),
        (["I"], 90),
        (["E"], 20),
        (["X"], 12),
        (["A"], 5),
        (["P1"], 1065),
    ]);
    let of = |name: &str, items: &[Row]| {
        found("flow", &["item"], &format!("indicators = '{name}'\n{ACCOUNT}"), name, 3, items)
    };
    assert_eq!(of("balance_residual", &items), ["_T 0.000 A -"]);
    assert_eq!(of("natural_increase", &items), ["_T 12.000 A -"]);
    assert_eq!(of("natural_increase_rate", &items), ["_T 11.622 A 1033"]);
    assert_eq!(of("net_migration_plus_adjustment", &items), ["_T 53.000 A -"]);
    assert_eq!(of("net_migration_plus_adjustment_rate", &items), ["_T 51.332 A 1033"]);
    let contributions = [
        "A -0.500 A 1000",
        "B 1.500 A 1000",
        "D -0.300 A 1000",
        "E -2.000 A 1000",
        "I 9.000 A 1000",
        "X -1.200 A 1000",
        "_T 6.500 A 1000",
    ];
    let mut found = of("contribution", &items);
    found.sort();
    assert_eq!(found, contributions);
    assert_eq!(of("balance_residual", &items[..7]), ["_T - O -"], "an account without its end");
}

/// Resident foreigners in Italy (ISTAT, POPSTRBIL1, final edition): the account closes in each year, and growth of 2019 is +0.870 points,
/// of which +1.111 natural, +4.145 with abroad, -1.840 other, -2.542 acquisitions, -0.003 the census.
#[test]
fn the_account_of_foreigners_in_italy() {
    let years = ["2019", "2020", "2021", "2022", "2023"];
    let items: [(&str, [Option<i64>; 5]); 8] = [
        ("FJAN", [4_996_158, 5_039_637, 5_171_894, 5_030_716, 5_141_341].map(Some)),
        ("FDEC_CP", [5_039_637, 5_171_894, 5_030_716, 5_141_341, 5_253_658].map(Some)),
        ("FNATGR", [55_487, 50_584, 46_926, 43_210, 40_704].map(Some)),
        ("FINTNMIG", [207_086, 152_832, 179_514, 285_816, 333_991].map(Some)),
        ("ACQCITIZ", [127_001, 131_803, 121_457, 213_716, 213_567].map(Some)),
        ("FBLOTHR", [Some(-91_933), Some(-90_264), Some(-146_177), None, None]),
        ("FTOCESTAD_CP", [Some(-160), Some(150_908), Some(-99_984), None, None]),
        ("FSTAT_ADJUST", [None, None, None, Some(-4_685), Some(-48_811)]),
    ];
    let of_item = |(item, counts): &(&str, [Option<i64>; 5])| {
        let found = years.iter().zip(counts).filter_map(|(year, count)| Some((*year, (*count)?)));
        found.map(|(year, count)| (key(&[year, item]), Some(count), None)).collect::<Vec<Row>>()
    };
    let cells: Vec<Row> = items.iter().flat_map(of_item).collect();
    let account = "account = { dimension = 'item', opening = 'FJAN', closing = 'FDEC_CP', minus = ['ACQCITIZ'], plus = ['FNATGR', \
                   'FINTNMIG', 'FBLOTHR', 'FTOCESTAD_CP', 'FSTAT_ADJUST'], optional = ['FBLOTHR', 'FTOCESTAD_CP', 'FSTAT_ADJUST'] }";
    let of = |name: &str| {
        let more = format!("indicators = '{name}'\n{account}");
        found("flow", &["year", "item"], &more, name, 3, &cells)
    };
    let closed: Vec<String> = years.iter().map(|year| format!("{year} _T 0.000 A -")).collect();
    assert_eq!(of("balance_residual"), closed);
    let contributions = of("contribution");
    for (item, points) in [
        ("FNATGR", "1.111"),
        ("FINTNMIG", "4.145"),
        ("FBLOTHR", "-1.840"),
        ("ACQCITIZ", "-2.542"),
        ("FTOCESTAD_CP", "-0.003"),
        ("_T", "0.870"),
    ] {
        assert!(
            contributions.contains(&format!("2019 {item} {points} A 4996158")),
            "{item}: {contributions:?}"
        );
    }
}

#[test]
fn accounts_that_do_not_close_are_told() {
    let items = cells(&[(["2001", "P0"], 10), (["2001", "B"], 3), (["2001", "D"], 1), (["2001", "P1"], 15)]);
    let more = "indicators = 'balance_residual'\n\
                account = { dimension = 'item', opening = 'P0', closing = 'P1', births = 'B', deaths = 'D' }";
    let pipeline = pipeline("flow", "'year', 'item'", more);
    let table = published(&pipeline, counts(&items, 2)).unwrap();
    assert_eq!(indicator(&table, "balance_residual", &["year", "item"]), ["2001 _T 3.0 A -"]);
    let notes: Vec<String> = table.warnings().iter().flat_map(|warning| warning.notes.clone()).collect();
    assert_eq!(notes, ["residuals: 2001: 3"]);
}

/// Three areas: 10, 20, 70 of the group, 400, 300, 300 others.
#[test]
fn a_group_over_three_areas() {
    let group = cells(&[(["A"], 10), (["B"], 20), (["C"], 70), (["_T"], 100)]);
    let all = cells(&[(["A"], 410), (["B"], 320), (["C"], 370), (["_T"], 1100)]);
    let of = |name: &str, all: &[Row]| {
        let indicators = format!("indicators = [{{ name = '{name}', per = {{ table = 'all' }} }}]");
        let tables = [("some", "stock", &["area"][..], indicators.as_str()), ("all", "stock", &["area"], "")];
        compared(&tables, &[&group, all], name, &["area"], 6)
    };
    assert_eq!(of("segregation", &all), ["_T 0.400000 A 100"]);
    assert_eq!(of("isolation", &all), ["_T 0.147371 A 100"]);
    assert_eq!(of("interaction", &all), ["_T 0.852629 A 100"]);
    assert_eq!(of("location_quotient", &all)[2], "C 2.081081 A 100");
    assert_eq!(of("segregation", &all[..2]), ["_T - O 100"], "an area without population");
}

#[test]
fn two_groups_over_three_areas() {
    let one = cells(&[(["A"], 10), (["B"], 20), (["C"], 70), (["_T"], 100)]);
    let other = cells(&[(["A"], 400), (["B"], 300), (["C"], 300), (["_T"], 1000)]);
    let indicators = "indicators = [{ name = 'dissimilarity', per = { table = 'other' } }]";
    let tables = [("one", "stock", &["area"][..], indicators), ("other", "stock", &["area"], "")];
    assert_eq!(compared(&tables, &[&one, &other], "dissimilarity", &["area"], 6), ["_T 0.400000 A 100"]);
}

/// At risk 100, 90 and 61, of whom 10, 9 and 6 end: 20 spells are not over at the second duration, 55 at the third.
#[test]
fn spells_that_end_and_spells_that_are_not_over() {
    let spells = cells(&[
        (["1", "ended"], 10),
        (["2", "ended"], 9),
        (["2", "going_on"], 20),
        (["3", "ended"], 6),
        (["3", "going_on"], 55),
        (["_U", "ended"], 7),
    ]);
    let of = |more: &str| {
        let more = format!("indicators = 'survival'\n{more}");
        found("count", &["duration", "outcome"], &more, "survival", 6, &spells)
    };
    assert_eq!(of(""), ["1 _T 0.900000 A 100", "2 _T 0.810000 A 90", "3 _T 0.730328 A 61"]);
    let hidden = of("[disclosure]\nthreshold = 7\nrounding_base = 5");
    assert!(hidden.iter().all(|row| row.ends_with("- Q -")), "{hidden:?}");
}

/// Of 100 who left, 10 were back within one year and 9 more within two; after that some were not observed any more.
#[test]
fn a_cohort_of_emigrants_and_its_returns() {
    let spells = cells(&[
        (["1", "ended"], 10),
        (["2", "ended"], 9),
        (["2", "not_over"], 20),
        (["3", "ended"], 6),
        (["3", "not_over"], 55),
        (["_U", "unseen"], 7),
    ]);
    let of = |more: &str| {
        let more = format!("indicators = 'return_ratio'\n{more}");
        found("count", &["duration", "outcome"], &more, "return_ratio", 2, &spells)
    };
    assert_eq!(of(""), ["1 _T 10.00 A 100", "2 _T 19.00 A 100", "3 _T - O 100"]);
    let hidden = of("[disclosure]\nthreshold = 7\nrounding_base = 5");
    assert!(hidden.iter().all(|row| row.ends_with("- Q -")), "{hidden:?}");
}

#[test]
fn flows_between_three_areas() {
    let flows = cells(&[
        (["A", "B"], 10),
        (["A", "C"], 30),
        (["B", "A"], 20),
        (["B", "C"], 40),
        (["C", "A"], 50),
        (["A", "A"], 999),
    ]);
    let people = cells(&[(["A"], 1000), (["B"], 2000), (["C"], 3000), (["_T"], 6000)]);
    let of = |measure: &'static str, name: &str, per: &str| {
        let indicators = format!("indicators = [{{ name = '{name}' {per} }}]");
        let tables = [
            ("flows", measure, &["origin", "destination"][..], indicators.as_str()),
            ("people", "stock", &["area"], ""),
        ];
        compared(&tables, &[&flows, &people], name, &["origin", "destination"], 6)
    };
    let per = ", per = { table = 'people' }";
    for (name, per, expected) in [
        ("migration_intensity", per, "2.500000 A 6000"),
        ("courgeau", per, "1.137799 A 6000"),
        ("effectiveness_index", "", "33.333333 A 300"),
        ("aggregate_net_rate", per, "0.833333 A 6000"),
        ("migration_preference", per, "11.600000 A 6000"),
        ("migration_velocity", per, "0.290000 A 6000"),
        ("connectivity", "", "0.833333 A 6"),
        ("flow_inequality", "", "0.300000 A 150"),
        ("flow_gini", "", "0.388889 A 150"),
        ("flow_variation", "", "0.683130 A 150"),
    ] {
        assert_eq!(of("count", name, per), [format!("_T _T {expected}")], "{name}");
    }
    assert_eq!(of("flow", "connectivity", ""), ["_T _T - O 6"], "a pair that nobody published");
}

/// Rates of 100 and 200 per 1,000 among 100 and 100 persons, then of 200 and 200 among 50 and 150: by hand, from 150 to 200.
#[test]
fn a_change_of_a_rate_and_what_it_comes_of() {
    let events = cells(&[
        (["2001", "A"], 10),
        (["2001", "B"], 20),
        (["2002", "A"], 10),
        (["2002", "B"], 30),
        (["2002", "_U"], 9),
    ]);
    let people = [
        (["2001", "A"], 100),
        (["2001", "B"], 100),
        (["2001", "_T"], 200),
        (["2002", "A"], 50),
        (["2002", "B"], 150),
        (["2002", "_T"], 200),
    ];
    let of = |name: &str, people: &[([&str; 2], i64)]| {
        let indicators =
            format!("indicators = [{{ name = '{name}', per = {{ table = 'people', on = '07-01' }} }}]");
        let tables = [
            ("events", "count", &["year", "code"][..], indicators.as_str()),
            ("people", "stock", &["year", "code"], ""),
        ];
        compared(&tables, &[&events, &cells(people)], name, &["year", "code"], 6)
    };
    assert_eq!(of("composition_effect", &people), ["2002 _T 12.500000 A 200"]);
    assert_eq!(of("rate_effect", &people), ["2002 _T 37.500000 A 200"]);
    let mut without = people.to_vec();
    (without[3].1, without[4].1) = (0, 200);
    assert_eq!(of("rate_effect", &without), ["2002 _T - O 200"], "a code without a population");
    assert_eq!(of("rate_effect", &people[..5]), ["2002 _T - O 200"], "nobody says that these are all");
}

/// A tenth of the events and all of the people: ten times too few.
#[test]
fn samples_of_other_fractions_are_not_compared() {
    let more = "indicators = [{ name = 'crude_rate', per = { table = 'people', on = '07-01' } }]";
    let tables = [("events", "flow", &["year"][..], more), ("people", "stock", &["year"], "")];
    let pipeline = pipeline_of(&tables).unwrap();
    let counted = [cells(&[(["2001"], 5)]), cells(&[(["2001"], 100)])].map(|rows| counts(&rows, 1));
    let facts = [("events", 0.1), ("people", 1.0)].map(|(source, sampling_fraction)| SourceFacts {
        source: source.to_owned(),
        sampling_fraction,
        rules: Vec::new(),
    });
    let ids = pipeline.table_ids().map(|(id, _)| id);
    let fault = publish(&pipeline, ids.zip(counted).collect(), &facts, &[], &crate::test_table::scratch())
        .unwrap_err();
    assert_eq!(fault.notes, ["one of the two is a sample: 0.1 and 1 of the population"]);
}
