use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, DictionaryArray, Int64Array};
use arrow::datatypes::UInt16Type;
use denizen_spec::{Aspect, Measure, Migration, columns};
use proptest::prelude::*;

use super::*;
use crate::counts::{Counts, EXACT, dimension};

const PIPELINE: &str = r#"
    spec = 1
    title = "t"
    vintage = "1"
    [source.s]
    files = "f"
    format = "csv"
    [source.s.columns]
    person = { personal = true }
    crossed_on = { type = "date" }
    direction = { codes = { E = "arrival", S = "departure" } }
    year = { type = "integer" }
    sex = { codes = { F = "F", M = "M" } }
    [[clean]]
    op = "residence"
    rule = "pe_1990_2007"
    [[table]]
    name = "t"
    measure = "emigration"
    concept = "c"
    dimensions = ["year", "sex"]
    filter = { sex = ["F"] }
"#;

type Row = (Option<i64>, Option<&'static str>, &'static str, Option<bool>, &'static str);

fn row() -> impl Strategy<Value = Row> {
    let sex = prop_oneof![Just(Some("F")), Just(Some("M")), Just(None)];
    let direction = prop_oneof![Just("arrival"), Just("departure")];
    let basis = proptest::sample::select(columns::BASES.to_vec());
    (proptest::option::of(2000..2003_i64), sex, direction, proptest::option::of(any::<bool>()), basis)
}

fn batch(rows: &[Row]) -> RecordBatch {
    let words = |word: fn(&Row) -> Option<&'static str>| -> ArrayRef {
        Arc::new(rows.iter().map(word).collect::<DictionaryArray<UInt16Type>>())
    };
    let years = rows.iter().map(|row| row.0).collect::<Int64Array>();
    let answers = rows.iter().map(|row| row.3).collect::<BooleanArray>();
    RecordBatch::try_from_iter_with_nullable([
        ("year", Arc::new(years) as ArrayRef, true),
        ("sex", words(|row| row.1), true),
        ("direction", words(|row| Some(row.2)), true),
        ("migration_pe_1990_2007", Arc::new(answers) as ArrayRef, true),
        ("basis_pe_1990_2007", words(|row| Some(row.4)), true),
    ])
    .unwrap()
}

/// One row at a time: what the counts are by definition.
fn obvious(rows: &[Row]) -> BTreeMap<Vec<Value>, i64> {
    let mut counts = BTreeMap::new();
    for (year, sex, direction, migration, _) in rows {
        if *direction == "departure" && *migration == Some(true) && *sex == Some("F") {
            let year = year.map_or(Value::NotStated, Value::Number);
            *counts.entry(vec![year, Value::Code("F".to_owned())]).or_default() += 1;
        }
    }
    counts
}

/// The counts of a frame by key.
fn counted(counts: &Counts) -> BTreeMap<Vec<Value>, i64> {
    let column = |position| counts.frame.column(&dimension(position)).unwrap().u32().unwrap();
    let exact = counts.frame.column(EXACT).unwrap().i64().unwrap();
    let value = |position: usize, row| {
        let index = column(position).get(row).unwrap();
        counts.dimensions[position].values()[index as usize].clone()
    };
    let key = |row| (0..counts.dimensions.len()).map(|position| value(position, row)).collect();
    (0..counts.cells()).map(|row| (key(row), exact.get(row).unwrap())).collect()
}

/// Weighted rows are, by definition, as many records; those of no weight are nobody, and leave no cell.
fn weighted_counts(rows: &[(i64, i64)]) -> Result<BTreeMap<Vec<Value>, i64>, Diagnostic> {
    let text = r#"
        spec = 1
        title = "t"
        vintage = "1"
        period = [2000, 2001]
        [source.s]
        files = "f"
        format = "csv"
        weight = "visas"
        [source.s.columns]
        year = { type = "integer" }
        visas = { type = "integer" }
        [[table]]
        name = "t"
        measure = "count"
        concept = "c"
        dimensions = ["year"]
    "#;
    let pipeline = denizen_spec::parse(text).unwrap();
    let blank = Tabulation::new(&pipeline.tables[0], &pipeline);
    let mut sum = blank.clone();
    for part in rows.chunks(3) {
        let column =
            |of: fn(&(i64, i64)) -> i64| Arc::new(part.iter().map(of).collect::<Int64Array>()) as ArrayRef;
        let columns = [("year", column(|row| row.0)), ("visas", column(|row| row.1))];
        let mut tabulation = blank.clone();
        tabulation.add(&RecordBatch::try_from_iter(columns).unwrap())?;
        sum.merge(tabulation);
    }
    let outside: i64 = rows.iter().filter(|(year, _)| *year > 2001).map(|(_, visas)| visas).sum();
    assert_eq!(sum.outside_period(), outside);
    Ok(counted(&sum.finish()?))
}

#[test]
fn counts_that_64_bits_do_not_hold_stop_the_run() {
    for rows in [
        [(2000, i64::MAX), (2000, 1), (2000, 0), (2000, 0)],
        [(2000, i64::MAX), (2001, 0), (2001, 0), (2001, 1)],
    ] {
        assert_eq!(weighted_counts(&rows).unwrap_err().code, Code::TooMany);
    }
    assert_eq!(weighted_counts(&[(2000, i64::MAX)]).unwrap(), [(vec![Value::Number(2000)], i64::MAX)].into());
}

#[test]
fn a_record_that_is_in_no_cell_is_a_fault_of_the_program() {
    let pipeline = denizen_spec::parse(PIPELINE).unwrap();
    let mut tabulation = Tabulation::new(&pipeline.tables[0], &pipeline);
    tabulation.add(&batch(&[(Some(2000), Some("F"), "departure", Some(true), "as_recorded")])).unwrap();
    assert_eq!(tabulation.clone().finish().unwrap().sum().unwrap(), 1);
    tabulation.counts.clear();
    assert_eq!(tabulation.finish().unwrap_err().code, Code::NotConserved);
}

/// The counts by definition, and each total as the sum of the records that it is of.
fn obvious_with_totals(rows: &[Row], totals: [bool; 2]) -> BTreeMap<Vec<Value>, i64> {
    let mut counts = BTreeMap::new();
    for (key, count) in obvious(rows) {
        for whether in [[false, false], [false, true], [true, false], [true, true]] {
            if whether.iter().zip(totals).all(|(whether, has)| has || !whether) {
                let value = |(value, whether): (&Value, bool)| {
                    if whether { Value::total() } else { value.clone() }
                };
                *counts.entry(key.iter().zip(whether).map(value).collect()).or_default() += count;
            }
        }
    }
    counts
}

/// Rows that are counted beside a measure, one at a time; those without a year lie in every period.
fn obvious_beside(rows: &[Row], aspect: Aspect, years: std::ops::RangeInclusive<i64>) -> i64 {
    let counts = |row: &&Row| {
        let (year, sex, direction, answer, basis) = **row;
        let is_inside = year.is_none_or(|year| years.contains(&year));
        sex == Some("F") && is_inside && aspect.counts(answer, basis, direction == "departure")
    };
    rows.iter().filter(counts).count() as i64
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_row_counts_as_many_as_its_weight(rows in proptest::collection::vec((2000..2003_i64, 0..5_i64), 0..20)) {
        let mut expected: BTreeMap<Vec<Value>, i64> = BTreeMap::new();
        for (year, visas) in rows.iter().filter(|(year, _)| *year < 2002) {
            for _ in 0..*visas {
                *expected.entry(vec![Value::Number(*year)]).or_default() += 1;
            }
        }
        prop_assert_eq!(weighted_counts(&rows).unwrap(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_stands_beside_is_that_of_the_obvious_way(rows in proptest::collection::vec(row(), 0..60)) {
        let mut pipeline = denizen_spec::parse(PIPELINE).unwrap();
        let aspects = [Aspect::Upper, Aspect::Undecided, Aspect::Unseen, Aspect::Repaired, Aspect::Unlinked];
        for aspect in aspects {
            pipeline.tables[0].measure = Measure::Beside(Migration::Emigration, aspect);
            for (period, years) in [(None, 0..=9999), (Some(Period { first: 2001, last: 2001 }), 2001..=2001)] {
                pipeline.period = period;
                let mut tabulation = Tabulation::new(&pipeline.tables[0], &pipeline);
                tabulation.add(&batch(&rows)).unwrap();
                let outside = tabulation.outside_period();
                let inside = tabulation.finish().unwrap().sum().unwrap();
                prop_assert_eq!(inside, obvious_beside(&rows, aspect, years));
                prop_assert_eq!(inside + outside, obvious_beside(&rows, aspect, 0..=9999));
            }
        }
    }

    #[test]
    fn totals_are_those_of_the_obvious_way(rows in proptest::collection::vec(row(), 0..60)) {
        let cases = [
            ("total = true", [true, true]),
            ("totals = ['sex']", [false, true]),
            ("totals = 'year'", [true, false]),
            ("total = false", [false, false]),
        ];
        for (setting, totals) in cases {
            let pipeline = denizen_spec::parse(&format!("{PIPELINE}\n{setting}")).unwrap();
            let mut tabulation = Tabulation::new(&pipeline.tables[0], &pipeline);
            tabulation.add(&batch(&rows)).unwrap();
            prop_assert_eq!(counted(&tabulation.finish().unwrap()), obvious_with_totals(&rows, totals));
        }
    }

    #[test]
    fn counts_are_those_of_the_obvious_way_however_the_records_are_divided(
        rows in proptest::collection::vec(row(), 0..60),
        cut in 0..60_usize,
    ) {
        let pipeline = denizen_spec::parse(PIPELINE).unwrap();
        let blank = Tabulation::new(&pipeline.tables[0], &pipeline);
        let (one, other) = rows.split_at(cut.min(rows.len()));
        let mut parts = [one, other].map(|rows| {
            let mut part = blank.clone();
            part.add(&batch(rows)).unwrap();
            part
        });
        let [mut whole, rest] = std::mem::replace(&mut parts, [blank.clone(), blank]);
        // As from another process.
        let rest = serde_json::from_str(&serde_json::to_string(&rest).unwrap()).unwrap();
        whole.merge(rest);
        prop_assert_eq!(counted(&whole.finish().unwrap()), obvious(&rows));
    }
}
