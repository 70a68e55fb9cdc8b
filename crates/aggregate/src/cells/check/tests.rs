use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, DictionaryArray, Int64Array, StringArray};
use arrow::datatypes::UInt16Type;
use proptest::prelude::*;

use super::*;
use crate::cells::CellReport;

const PIPELINE: &str = r#"
    spec = 1
    title = "t"
    vintage = "1"
    [source.s]
    files = "f"
    format = "csv"
    kind = "cells"
    concept = "c"
    [source.s.columns]
    year = { type = "integer" }
    sex = { codes = { f = "F", m = "M" }, total = "9", complete = true }
    country = { list = "country", total = "W" }
    value = { type = "integer" }
    source = {}
    [[table]]
    name = "t"
    measure = "stock"
    dimensions = ["country", "year"]
"#;

type Row = (Option<i64>, Option<&'static str>, Option<&'static str>, Option<i64>);

fn batch(rows: &[Row], scale: Option<i8>) -> RecordBatch {
    let values = rows.iter().map(|row| row.3);
    let value: ArrayRef = match scale {
        None => Arc::new(values.collect::<Int64Array>()),
        Some(scale) => {
            let values = values.map(|value| value.map(i128::from)).collect::<Decimal128Array>();
            Arc::new(values.with_precision_and_scale(18, scale).unwrap())
        }
    };
    let sexes = rows.iter().map(|row| row.1).collect::<DictionaryArray<UInt16Type>>();
    let columns: [(&str, ArrayRef); 6] = [
        ("year", Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>())),
        ("sex", Arc::new(sexes)),
        ("country", Arc::new(rows.iter().map(|row| row.2).collect::<StringArray>())),
        ("value", value),
        ("source", Arc::new(rows.iter().map(|_| Some("gazette")).collect::<StringArray>())),
        ("concept", Arc::new(rows.iter().map(|_| Some("c")).collect::<StringArray>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap()
}

fn read(rows: &[Row], scale: Option<i8>) -> Result<(Cells, CellReport), Vec<String>> {
    // Two batches, as from two chunks.
    let (one, other) = rows.split_at(rows.len() / 2);
    read_batches(PIPELINE, vec![batch(one, scale), batch(other, scale)])
}

fn read_batches(pipeline: &str, batches: Vec<RecordBatch>) -> Result<(Cells, CellReport), Vec<String>> {
    let source = denizen_spec::parse(pipeline).unwrap().sources.remove(0);
    let told = |fault: Diagnostic| format!("{}: {}", fault.message, fault.notes.join("; "));
    Cells::read(&source, batches).map_err(|faults| faults.into_iter().map(told).collect())
}

/// A batch with one more column.
fn with(batch: &RecordBatch, name: &str, texts: &[&str]) -> RecordBatch {
    let schema = batch.schema();
    let fields = schema.fields().iter().zip(batch.columns());
    let columns = fields.map(|(field, array)| (field.name().clone(), Arc::clone(array), true));
    let more: ArrayRef = Arc::new(texts.iter().map(Some).collect::<StringArray>());
    RecordBatch::try_from_iter_with_nullable(columns.chain([(name.to_owned(), more, true)])).unwrap()
}

const Y: Option<i64> = Some(2000);

fn row(sex: &'static str, country: &'static str, value: i64) -> Row {
    (Y, Some(sex), Some(country), Some(value))
}

#[test]
fn cells_that_are_there_twice() {
    let open = (Y, Some("F"), Some("PE"), None);
    let two = "the cell year=2000 sex=F country=PE concept=c has two values";
    let cases = [
        (vec![row("F", "PE", 1), row("F", "PE", 1), row("M", "PE", 2), row("F", "PE", 1)], Ok(2)),
        (vec![open, open], Ok(1)),
        (vec![row("F", "PE", 1), row("F", "PE", 2)], Err(format!("{two}: 1 and 2"))),
        (vec![open, row("F", "PE", 2)], Err(format!("{two}: no value and 2"))),
    ];
    for (rows, expected) in cases {
        let found = read(&rows, None).map(|(_, report)| report.repeated);
        assert_eq!(found, expected.map_err(|fault| vec![fault]), "{rows:?}");
    }
}

#[test]
fn repeated_cells_are_left_out_of_tables_and_records() {
    let rows = [row("_T", "PE", 1), row("_T", "PE", 1), row("_T", "EC", 2), row("F", "EC", 2)];
    let (cells, report) = read(&rows, None).unwrap();
    assert_eq!((report.read, report.repeated), (4, 1));
    let table = denizen_spec::parse(PIPELINE).unwrap().tables.remove(0);
    let counts = cells.counts(&table).unwrap();
    assert_eq!((counts.cells(), counts.sum().unwrap()), (2, 3));
    let written: usize = cells.batches().map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(written, 3);
}

/// Equal values do not make one cell of rows that differ in anything else: column, its texts, what is said.
#[test]
fn rows_of_one_cell_that_differ() {
    let rows = [row("F", "PE", 1), row("F", "PE", 1)];
    let at = "the cell year=2000 sex=F country=PE concept=c";
    let cases = [
        ("as written: visa", ["work", "work"], None),
        (
            "as written: visa",
            ["work", "study"],
            Some(format!("the column `visa` tells cells apart and is not declared: {at} stands there twice")),
        ),
        (
            "as written: country",
            ["PER", "Peru"],
            Some(
                "several codes of `country` in the file are one code of ours at year=2000 sex=F country=PE \
                  concept=c: which of them is the cell is not known, nor whether they may be added up"
                    .to_owned(),
            ),
        ),
        ("note", ["p", ""], Some(format!("{at} stands there twice, and `note` differs: "))),
    ];
    let declared = PIPELINE.replace("source = {}", "source = {}\nnote = {}");
    for (name, texts, expected) in cases {
        let pipeline = if name == "note" { &declared } else { PIPELINE };
        let found = read_batches(pipeline, vec![with(&batch(&rows, None), name, &texts)]);
        assert_eq!(found.err(), expected.map(|fault| vec![fault]), "{name} {texts:?}");
    }
    // The second file does not have the column.
    let files = vec![with(&batch(&rows[..1], None), "as written: visa", &["work"]), batch(&rows[1..], None)];
    assert!(read_batches(PIPELINE, files).is_err());
}

/// A country that is the sum of all others at every place is said, where it is not declared as their total.
#[test]
fn totals_that_nobody_declared() {
    let years = |values: &[[i64; 4]]| {
        let countries = ["PE", "EC", "CO", "XX"];
        let year = |(year, values): (usize, &[i64; 4])| {
            let row = |(country, value): (&&'static str, &i64)| {
                (Some(2000 + year as i64), Some("F"), Some(*country), Some(*value))
            };
            countries.iter().zip(values).map(row).collect::<Vec<Row>>()
        };
        values.iter().enumerate().flat_map(year).collect::<Vec<Row>>()
    };
    let undeclared = PIPELINE.replace(", total = \"W\"", "");
    let cases: [(&str, Vec<Row>, bool); 6] = [
        (&undeclared, years(&[[1, 2, 9, 12], [4, 5, 1, 10]]), true),
        (&undeclared, years(&[[1, 2, 9, 12]]), true),
        (&undeclared, years(&[[1, 2, 3, 6]]), false),
        (&undeclared, years(&[[1, 2, 9, 12], [4, 5, 1, 11]]), false),
        (&undeclared, years(&[[1, 2, 9, 12], [10, 5, 1, 4]]), false),
        (PIPELINE, years(&[[1, 2, 9, 12], [4, 5, 1, 10]]), false),
    ];
    for (pipeline, rows, is_said) in cases {
        let (_, report) = read_batches(pipeline, vec![batch(&rows, None)]).unwrap();
        let found: Vec<_> = report.likely_totals.into_iter().flat_map(|total| total.values).collect();
        let expected = if is_said { vec![("country".to_owned(), "XX".to_owned())] } else { Vec::new() };
        assert_eq!(found, expected, "{rows:?}");
    }
}

/// What is declared of the total, its parts in units of the last decimal, and how many totals differ and are borne.
#[test]
fn totals_that_are_rounded() {
    type Rounded<'a> = (&'a str, &'a [i64], i64, Option<i8>, Option<u64>);
    let cases: [Rounded; 11] = [
        ("tolerance = 3", &[12, 15], 24, None, Some(1)),
        ("tolerance = 2", &[12, 15], 24, None, None),
        ("tolerance = 3, complete = true", &[12, 9], 24, None, Some(1)),
        ("tolerance = 3, complete = true", &[12, 8], 24, None, None),
        ("tolerance = 3", &[12, 12], 24, None, Some(0)),
        ("tolerance = 0.3", &[1, 2], 0, Some(1), Some(1)),
        ("tolerance = 0.2", &[1, 2], 0, Some(1), None),
        ("compare = false", &[12, 15], 24, None, Some(0)),
        // A balance of some countries may well be more than that of all.
        ("complete = false", &[12, -3], 5, None, Some(0)),
        ("complete = false", &[12, 3], 5, None, None),
        ("complete = true", &[12, -3], 5, None, None),
    ];
    for (declared, parts, total, scale, expected) in cases {
        let pipeline =
            PIPELINE.replace("total = \"9\", complete = true", &format!("total = \"9\", {declared}"));
        let value = scale.map_or("integer\"".to_owned(), |scale| format!("decimal\", scale = {scale}"));
        let pipeline =
            pipeline.replace("value = { type = \"integer\"", &format!("value = {{ type = \"{value}"));
        let mut rows = vec![row("F", "PE", parts[0]), row("M", "PE", parts[1])];
        rows.push(row("_T", "PE", total));
        let found = read_batches(&pipeline, vec![batch(&rows, scale)]).ok();
        let found = found.map(|(_, report)| report.within_tolerance.get("sex").copied().unwrap_or_default());
        assert_eq!(found, expected, "{declared} {parts:?} {total}");
    }
}

/// What the source says, the cells, and how many totals were compared or what is wrong.
type Case<'a> = (&'a str, Vec<Row>, Result<u64, Vec<String>>);

#[test]
fn totals_and_their_parts() {
    let at = "the codes of `sex` do not add up to their total at year=2000 country=PE concept=c";
    let not_stated = (Y, None, Some("PE"), Some(1));
    let unknown = (Y, Some("F"), Some("PE"), None);
    let total = |value| row("_T", "PE", value);
    let (f, m) = (row("F", "PE", 4), row("M", "PE", 5));
    let wrong = |note: &str| Err(vec![format!("{at}: {note}")]);
    let cases: [Case; 9] = [
        ("they add up", vec![f, m, total(9)], Ok(1)),
        ("they exceed it", vec![f, m, total(8)], wrong("sum 9, total 8, difference 1")),
        ("one code alone exceeds it", vec![f, total(3)], wrong("sum 4, total 3, difference 1")),
        ("all are there and fall short", vec![f, m, total(10)], wrong("sum 9, total 10, difference -1")),
        ("one is not there", vec![f, total(10)], Ok(1)),
        ("one has no value", vec![unknown, m, total(10)], Ok(1)),
        ("not stated is a part", vec![f, m, not_stated, total(10)], Ok(1)),
        ("not stated alone is none", vec![not_stated, total(10)], Ok(0)),
        ("no total", vec![f, m], Ok(0)),
    ];
    for (name, rows, expected) in cases {
        assert_eq!(read(&rows, None).map(|(_, report)| report.compared["sex"]), expected, "{name}");
    }
}

/// 9,300 parts of 10¹⁵ are more than 2⁶³.
#[test]
fn a_sum_that_does_not_fit_is_an_error() {
    let names: Vec<&'static str> = (0..9_300).map(|town| &*format!("T{town}").leak()).collect();
    let towns = names.into_iter().map(|town| row("_T", town, 1_000_000_000_000_000));
    let rows: Vec<Row> = towns.chain([row("_T", "_T", 1_000_000_000_000_000)]).collect();
    let faults = read(&rows, None).err().unwrap();
    assert_eq!(
        faults,
        [
            "the codes of `country` do not add up to their total at year=2000 sex=_T concept=c: their sum is larger \
          than any number that can be counted"
        ]
    );
}

/// 0.1 + 0.2 is 0.3, as it is not in doubles.
#[test]
fn decimals_add_up_exactly() {
    let rows = |total| vec![row("F", "PE", 1), row("M", "PE", 2), row("_T", "PE", total)];
    assert!(read(&rows(3), Some(1)).is_ok());
    let fault = read(&rows(4), Some(1)).err().unwrap();
    assert!(fault[0].ends_with("sum 0.3, total 0.4, difference -0.1"), "{fault:?}");
}

#[test]
fn decimals_in_words() {
    let table = [(5, 0, "5"), (-5, 1, "-0.5"), (1234, 2, "12.34"), (-1230, 2, "-12.30"), (0, 3, "0.000")];
    for (value, scale, expected) in table {
        assert_eq!(decimal(value, scale), expected);
    }
}

fn any_row() -> impl Strategy<Value = Row> {
    let word =
        |words: &'static [&'static str]| proptest::option::weighted(0.9, proptest::sample::select(words));
    let year = proptest::option::weighted(0.9, 2000..2002_i64);
    (year, word(&["F", "M", "_T"]), word(&["PE", "EC", "_T"]), proptest::option::weighted(0.9, 0..4_i64))
}

/// One row at a time: the number of repeated cells and of totals compared, or that something is wrong.
fn obvious(rows: &[Row]) -> Option<(u64, [u64; 2])> {
    let mut cells = BTreeMap::new();
    for (year, sex, country, value) in rows {
        if cells.insert((*year, *sex, *country), *value).is_some_and(|before| before != *value) {
            return None;
        }
    }
    let mut compared = [0, 0];
    for (dimension, all) in [(0, Some(2)), (1, None)] {
        for ((year, sex, country), total) in &cells {
            let (Some(total), true) = (total, [sex, country][dimension] == &Some("_T")) else { continue };
            let parts: Vec<_> = cells
                .iter()
                .filter(|((y, s, c), _)| {
                    let same = if dimension == 0 { c == country } else { s == sex };
                    y == year && same && [s, c][dimension] != &Some("_T")
                })
                .map(|((_, s, c), value)| ([s, c][dimension].is_some(), *value))
                .collect();
            let stated = parts.iter().filter(|(code, value)| *code && value.is_some()).count();
            let sum: i64 = parts.iter().filter_map(|(_, value)| *value).sum();
            let is_whole = all == Some(stated) && parts.iter().all(|(_, value)| value.is_some());
            if stated > 0 {
                compared[dimension] += 1;
                if sum > *total || (is_whole && sum != *total) {
                    return None;
                }
            }
        }
    }
    Some(((rows.len() - cells.len()) as u64, compared))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn checks_are_those_of_the_obvious_way(rows in proptest::collection::vec(any_row(), 0..12)) {
        let found = read(&rows, None).ok();
        let found = found.map(|(_, report)| (report.repeated, [report.compared["sex"], report.compared["country"]]));
        prop_assert_eq!(found, obvious(&rows));
    }
}
