//! Sums of cells beside the obvious way to add them up.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use denizen_spec::{Pipeline, columns};
use proptest::prelude::*;

use super::Cells;
use crate::counts::{EXACT, NOTE, dimension};
use crate::status::Status;

const PIPELINE: &str = r#"
    spec = 1
    title = "t"
    vintage = "1"
    [source.s]
    files = "f"
    format = "csv"
    kind = "cells"
    concept = "c"
    additive = ["quarter", "sex"]
    [source.s.columns]
    quarter = { codes = { a = "a", b = "b" } }
    sex = { codes = { F = "F", M = "M" }, total = "T", compare = false }
    place = { codes = { x = "x", y = "y", z = "z" } }
    value = { type = "integer" }
    [[table]]
    name = "both"
    measure = "flow"
    dimensions = ["place"]
    [[table]]
    name = "shown"
    measure = "flow"
    dimensions = ["place", "sex"]
    [[table]]
    name = "one_sex"
    measure = "flow"
    dimensions = ["place"]
    filter = { sex = ["F"] }
    [[table]]
    name = "all_of_two"
    measure = "flow"
    dimensions = []
    filter = { place = ["x"], sex = ["_T"] }
"#;

/// Quarter, sex and place of a cell.
type Key = (usize, usize, usize);
type Cellules = BTreeMap<Key, Option<i64>>;

const QUARTERS: [&str; 2] = ["a", "b"];
const SEXES: [&str; 3] = ["F", "M", "_T"];
const PLACES: [&str; 3] = ["x", "y", "z"];
const TOTAL: usize = 2;

fn batch(cells: &Cellules) -> RecordBatch {
    let texts = |of: &dyn Fn(&Key) -> &'static str| -> ArrayRef {
        Arc::new(cells.keys().map(|key| Some(of(key))).collect::<StringArray>())
    };
    RecordBatch::try_from_iter_with_nullable([
        ("quarter", texts(&|key| QUARTERS[key.0]), true),
        ("sex", texts(&|key| SEXES[key.1]), true),
        ("place", texts(&|key| PLACES[key.2]), true),
        ("value", Arc::new(cells.values().copied().collect::<Int64Array>()) as ArrayRef, true),
        (columns::CONCEPT, texts(&|_| "c"), true),
    ])
    .unwrap()
}

/// The cells of a table by their codes: a value, or none where it is missing.
fn found(cells: &Cellules, pipeline: &Pipeline, table: usize) -> BTreeMap<Vec<String>, Option<i64>> {
    let (cells, _) = Cells::read(&pipeline.sources[0], vec![batch(cells)]).unwrap();
    let counts = cells.counts(&pipeline.tables[table]).unwrap();
    let column = |position| counts.frame.column(&dimension(position)).unwrap().u32().unwrap();
    let exact = counts.frame.column(EXACT).unwrap().i64().unwrap();
    let notes = counts.frame.column(NOTE).unwrap().u32().unwrap();
    let text = |position: usize, row| {
        counts.dimensions[position].values()[column(position).get(row).unwrap() as usize].text()
    };
    let mut found = BTreeMap::new();
    for row in 0..counts.cells() {
        let is_missing = notes.get(row) == Some(Status::MISSING.bits());
        assert!(exact.get(row).is_some() || is_missing || notes.get(row).is_none());
        let key = (0..counts.dimensions.len()).map(|position| text(position, row)).collect();
        assert!(found.insert(key, exact.get(row)).is_none(), "a cell twice");
    }
    found
}

/// What is published of a quarter and place, told in words: the value of a sex, the total as published or else the sum of the
/// parts; missing where it, or its parts, are not told beside each other; nothing where no row is about them.
fn told(cells: &Cellules, quarter: usize, place: usize, sex: usize) -> Option<Option<i64>> {
    let of = |sex| cells.get(&(quarter, sex, place)).copied();
    let parts: Vec<Option<i64>> = (0..TOTAL).filter_map(of).collect();
    match (of(sex), of(TOTAL)) {
        (Some(value), _) => Some(value),
        (None, None) if sex == TOTAL && !parts.is_empty() => Some(parts.iter().copied().sum()),
        (None, Some(total)) if sex != TOTAL && parts.is_empty() && total != Some(0) => Some(None),
        (None, _) => None,
    }
}

/// The sum over quarters; missing where a part is.
fn over_quarters(told: impl Fn(usize) -> Option<Option<i64>>) -> Option<Option<i64>> {
    let told: Vec<Option<i64>> = (0..QUARTERS.len()).filter_map(told).collect();
    (!told.is_empty()).then(|| told.into_iter().sum())
}

proptest! {
    // Lazy frames take their time where polars is not optimised.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]
    #[test]
    fn sums_are_those_of_the_obvious_way(
        cells in proptest::collection::btree_map(
            (0..2_usize, 0..3_usize, 0..3_usize),
            prop_oneof![4 => (0..9_i64).prop_map(Some), 1 => Just(None)],
            1..18,
        ),
    ) {
        let pipeline = denizen_spec::parse(PIPELINE).unwrap();
        let (mut both, mut shown, mut one_sex) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (place, place_code) in PLACES.iter().enumerate() {
            // A sex that no row is about is none of the table.
            let occurs = |sex: usize| cells.keys().any(|key| key.1 == sex);
            for (sex, sex_code) in SEXES.iter().enumerate().filter(|(sex, _)| occurs(*sex)) {
                let sum = over_quarters(|quarter| told(&cells, quarter, place, sex));
                shown.extend(sum.map(|sum| (vec![(*place_code).to_owned(), (*sex_code).to_owned()], sum)));
                if sex == TOTAL {
                    both.extend(sum.map(|sum| (vec![(*place_code).to_owned()], sum)));
                }
            }
            let of_women = over_quarters(|quarter| cells.get(&(quarter, 0, place)).copied());
            one_sex.extend(of_women.map(|sum| (vec![(*place_code).to_owned()], sum)));
        }
        let total = over_quarters(|quarter| told(&cells, quarter, 0, TOTAL));
        let all_of_two: BTreeMap<_, _> = total.map(|sum| (Vec::new(), sum)).into_iter().collect();
        let has_total = cells.keys().any(|(_, sex, _)| *sex == TOTAL);
        // Without any published total the levels have none, so that nothing can be at it.
        prop_assume!(has_total);
        prop_assert_eq!(found(&cells, &pipeline, 0), both);
        prop_assert_eq!(found(&cells, &pipeline, 1), shown);
        prop_assert_eq!(found(&cells, &pipeline, 2), one_sex);
        prop_assert_eq!(found(&cells, &pipeline, 3), all_of_two);
    }
}

/// Years and quarters of cells, and the sums of years: a quarter that no row of the source is about makes that of its year missing,
/// one of which only this place has no row does not.
#[test]
fn a_year_without_one_of_its_quarters_has_no_sum() {
    let pipeline = |table: &str| {
        let text = format!(
            "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n[source.s]\nfiles = \"f\"\nformat = \"csv\"\nkind = \"cells\"\n\
             concept = \"c\"\nadditive = true\n[source.s.columns]\nyear = {{ type = \"integer\" }}\n\
             quarter = {{ codes = {{ Q1 = \"Q1\", Q2 = \"Q2\" }} }}\nplace = {{ codes = {{ x = \"x\", y = \"y\" }} }}\n\
             value = {{ type = \"integer\" }}\n[[table]]\nname = \"t\"\nmeasure = \"flow\"\n{table}\n"
        );
        denizen_spec::parse(&text).unwrap()
    };
    type Row = (i64, &'static str, &'static str, i64);
    let rows: [Row; 6] = [
        (2020, "Q1", "x", 1),
        (2020, "Q2", "x", 2),
        (2020, "Q2", "y", 4),
        (2021, "Q1", "x", 8),
        (2022, "Q1", "y", 16),
        (2022, "Q2", "x", 32),
    ];
    let texts = |of: &dyn Fn(&Row) -> String| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let numbers = |of: &dyn Fn(&Row) -> i64| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<Int64Array>())
    };
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("year", numbers(&|row| row.0), true),
        ("quarter", texts(&|row| row.1.to_owned()), true),
        ("place", texts(&|row| row.2.to_owned()), true),
        ("value", numbers(&|row| row.3), true),
        (columns::CONCEPT, texts(&|_| "c".to_owned()), true),
    ])
    .unwrap();
    type Case<'a> = (&'a str, &'a [(&'a str, Option<i64>)], bool);
    let table: [Case<'_>; 6] = [
        // Of one place a quarter without a row is nobody, but for the one that no place has.
        (
            "dimensions = [\"year\", \"quarter\"]\ntotals = [\"quarter\"]\nfilter = { place = [\"y\"] }",
            &[("2020 Q2", Some(4)), ("2020 _T", Some(4)), ("2022 Q1", Some(16)), ("2022 _T", Some(16))],
            true,
        ),
        (
            "dimensions = [\"year\", \"place\"]",
            &[
                ("2020 x", Some(3)),
                ("2020 y", Some(4)),
                ("2021 x", None),
                ("2022 x", Some(32)),
                ("2022 y", Some(16)),
            ],
            true,
        ),
        ("dimensions = [\"year\"]", &[("2020", Some(7)), ("2021", None), ("2022", Some(48))], true),
        // All years together are what there is.
        ("dimensions = [\"place\"]", &[("x", Some(43)), ("y", Some(20))], false),
        (
            "dimensions = [\"year\"]\nfilter = { quarter = [\"Q1\"] }",
            &[("2020", Some(1)), ("2021", Some(8)), ("2022", Some(16))],
            false,
        ),
        (
            "dimensions = [\"year\", \"quarter\"]\ntotals = [\"quarter\"]",
            &[
                ("2020 Q1", Some(1)),
                ("2020 Q2", Some(6)),
                ("2020 _T", Some(7)),
                ("2021 Q1", Some(8)),
                ("2021 _T", None),
                ("2022 Q1", Some(16)),
                ("2022 Q2", Some(32)),
                ("2022 _T", Some(48)),
            ],
            true,
        ),
    ];
    for (written, expected, is_said) in table {
        let pipeline = pipeline(written);
        let (cells, _) = Cells::read(&pipeline.sources[0], vec![batch.clone()]).unwrap();
        let counts = cells.counts(&pipeline.tables[0]).unwrap();
        let exact = counts.frame.column(EXACT).unwrap().i64().unwrap();
        let text = |position: usize, row: usize| {
            let column = counts.frame.column(&dimension(position)).unwrap().u32().unwrap();
            counts.dimensions[position].values()[column.get(row).unwrap() as usize].text()
        };
        let key = |row| (0..counts.dimensions.len()).map(|position| text(position, row)).collect::<Vec<_>>();
        let found: BTreeMap<String, Option<i64>> =
            (0..counts.cells()).map(|row| (key(row).join(" "), exact.get(row))).collect();
        let expected: BTreeMap<String, Option<i64>> =
            expected.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect();
        assert_eq!(found, expected, "{written}");
        let told = cells.sums_without_parts(&pipeline.tables[0]).unwrap();
        assert_eq!(told.is_some(), is_said, "{written}");
    }
}

/// Parts whose total was not published are told: the table has no row of them.
#[test]
fn cells_without_a_published_total_are_told() {
    let text = PIPELINE.replace("additive = [\"quarter\", \"sex\"]\n", "");
    let pipeline =
        denizen_spec::parse(&text.replace("dimensions = [", "dimensions = [\"quarter\", ")).unwrap();
    let told = |cells: &[(Key, i64)], table: usize| {
        let cells: Cellules = cells.iter().map(|(key, value)| (*key, Some(*value))).collect();
        let (cells, _) = Cells::read(&pipeline.sources[0], vec![batch(&cells)]).unwrap();
        let told = cells.cells_without_total(&pipeline.tables[table]).unwrap();
        told.map(|told| format!("{}; {}", told.message, told.notes.join("; ")))
    };
    let expected = |cells: &str, first: &str, table: &str| {
        let what = "for no total over `sex` was published; parts are there:";
        Some(format!("`{table}` has no row of {cells} of `s`, {what} {first}"))
    };
    let whole = [((0, 0, 0), 3), ((0, 1, 0), 4), ((0, TOTAL, 0), 7), ((1, TOTAL, 1), 9)];
    assert_eq!(told(&whole, 0), None);
    let one = [((0, 0, 0), 3), ((0, TOTAL, 1), 7), ((1, 0, 1), 0)];
    assert_eq!(told(&one, 0), expected("a cell", "quarter=a place=x", "both"));
    let several = [((0, 0, 0), 3), ((1, 1, 2), 4), ((0, TOTAL, 1), 7)];
    assert_eq!(told(&several, 0), expected("2 cells", "quarter=a place=x", "both"));
    // A table that shows the dimension, or one code of it, takes no total.
    assert_eq!(told(&several, 1), None);
    assert_eq!(told(&several, 2), None);
    assert_eq!(told(&several, 3), expected("a cell", "quarter=a", "all_of_two"));
}

/// What is said of tables of these cells: year, region, value.
fn said(
    cells: &[(i64, &str, i64)],
    what: impl Fn(&Cells, &denizen_spec::Table) -> Option<String>,
) -> Vec<String> {
    let text = r#"
        spec = 1
        title = "t"
        vintage = "1"
        [source.s]
        files = "f"
        format = "csv"
        kind = "cells"
        concept = "c"
        additive = ["region"]
        [source.s.columns]
        year = { type = "integer" }
        region = { codes = { a = "a", b = "b", c = "c" } }
        value = { type = "integer" }
        [[table]]
        name = "by_year"
        measure = "stock"
        dimensions = ["year"]
        [[table]]
        name = "with_total"
        measure = "flow"
        dimensions = ["year", "region"]
        totals = ["region"]
        [[table]]
        name = "shown"
        measure = "stock"
        dimensions = ["year", "region"]
        [[table]]
        name = "one"
        measure = "stock"
        dimensions = ["year"]
        filter = { region = ["b", "c"] }
    "#;
    let pipeline = denizen_spec::parse(text).unwrap();
    let years = cells.iter().map(|(year, ..)| *year).collect::<Int64Array>();
    let regions = cells.iter().map(|(_, region, _)| Some(*region)).collect::<StringArray>();
    let values = cells.iter().map(|(.., value)| *value).collect::<Int64Array>();
    let concepts = StringArray::from(vec!["c"; cells.len()]);
    let columns: [(&str, ArrayRef); 4] = [
        ("year", Arc::new(years)),
        ("region", Arc::new(regions)),
        ("value", Arc::new(values)),
        (columns::CONCEPT, Arc::new(concepts)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let (cells, _) = Cells::read(&pipeline.sources[0], vec![batch]).unwrap();
    pipeline.tables.iter().filter_map(|table| what(&cells, table)).collect()
}

#[test]
fn a_region_without_a_cell_in_one_year_is_told_where_regions_are_added_up() {
    let told = |cells: &[(i64, &str, i64)]| {
        said(cells, |cells, table| {
            let told = cells.sums_without_codes(table).unwrap();
            told.map(|told| format!("{}: {}", table.name, told.notes.join("; ")))
        })
    };
    let all =
        [(2020, "a", 5), (2020, "b", 6), (2021, "a", 5), (2021, "b", 7), (2022, "a", 4), (2022, "b", 6)];
    assert!(told(&all).is_empty());
    let what = "no cell is of `a` at `2021`, though some are at `2020`";
    let without = [&all[..2], &all[3..]].concat();
    assert_eq!(told(&without), ["by_year", "with_total"].map(|table| format!("{table}: {what}")));
    // Of those that the table asks for.
    let what = "no cell is of `b` at `2021`, though some are at `2020`";
    let without = [&all[..3], &all[4..], &[(2020, "c", 1), (2021, "c", 1), (2022, "c", 1)]].concat();
    assert_eq!(told(&without), ["by_year", "with_total", "one"].map(|table| format!("{table}: {what}")));
}

#[test]
fn stocks_below_zero_are_told() {
    let cells = [(2020, "a", 5), (2020, "b", -9), (2021, "a", -9), (2021, "b", 0)];
    let told = said(&cells, |cells, table| {
        let told = cells.stocks_below_zero(table).unwrap();
        told.map(|told| format!("{}; {}", told.message, told.notes.join("; ")))
    });
    let two = |table: &str| {
        format!(
            "`{table}` is a stock, and of `s` 2 cells are below zero; the first: year=2020 region=b concept=c"
        )
    };
    let one = "`one` is a stock, and of `s` a cell is below zero; the first: year=2020 region=b concept=c";
    assert_eq!(told, [two("by_year"), two("shown"), one.to_owned()]);
}
