//! The conformance kit: tables after each stage, derived by hand (`conformance/README.md`), on every engine that there is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::engine::release_of_an_engine;
use crate::program::{denizen, root, run};
use crate::release::rows;

const PIPELINE: &str = "tests/conformance/pipelines/kit.toml";
const PERMITS: &str = "tests/conformance/pipelines/permits.toml";
const RULES: [&str; 4] = ["nz_12_16", "continuous_12", "midpoint", "last_exit"];

type Row = BTreeMap<String, String>;

fn kit(table: &str) -> Vec<Row> {
    let text = fs::read_to_string(root().join("tests/conformance/tables").join(table)).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let names: Vec<String> = lines.next().unwrap().collect();
    lines.map(|fields| names.iter().cloned().zip(fields).collect()).collect()
}

/// Rows of a Parquet file, with nothing for what is absent, as in the kit.
fn stated(path: &Path) -> Vec<Row> {
    let mut rows = rows(path);
    rows.iter_mut().flat_map(BTreeMap::values_mut).filter(|text| *text == "∅").for_each(String::clear);
    rows
}

/// The records that a release has of a source, with the year of the folder that they lie in, where there is one.
fn all_records(release: &Path, source: &str) -> Vec<Row> {
    let mut folders = vec![release.join("restricted/records").join(source)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let year = folder.file_name().unwrap().to_str().unwrap().strip_prefix("year=").map(str::to_owned);
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let with_year = |mut row: Row| {
                row.extend(year.clone().map(|year| ("year".to_owned(), year)));
                row
            };
            found.extend(stated(&path).into_iter().map(with_year));
        }
    }
    found
}

/// The same by their number.
fn records(release: &Path, source: &str) -> BTreeMap<String, Row> {
    let rows = all_records(release, source);
    let count = rows.len();
    let found: BTreeMap<String, Row> = rows.into_iter().map(|row| (row["row"].clone(), row)).collect();
    assert_eq!(found.len(), count);
    found
}

fn holds(release: &Path) {
    rejects_are_those_of_the_kit(release);
    let records = records(release, "crossings");
    rows_are_those_of_the_kit(&records);
    answers_are_those_of_the_kit(&records);
    counts_are_those_of_the_kit(release, "4_counts.csv");
    tables_are_those_of_the_kit(release, "");
}

fn permits_hold(release: &Path) {
    events_are_those_of_the_kit(&records(release, "permits"));
    made_rows_are_those_of_the_kit(&all_records(release, "holders"), "permits_4_stock.csv");
    made_rows_are_those_of_the_kit(&all_records(release, "cohorts"), "permits_4_retention.csv");
    counts_are_those_of_the_kit(release, "permits_4_counts.csv");
    tables_are_those_of_the_kit(release, "permits_");
}

fn events_are_those_of_the_kit(records: &BTreeMap<String, Row>) {
    let expected = kit("permits_4_events.csv");
    assert_eq!(expected.len(), records.len());
    for expected in expected {
        let found = &records[&expected["row"]];
        for (column, text) in expected.iter().filter(|(column, _)| *column != "row") {
            let name = format!("{column}_eu_first_permit");
            assert_eq!(found[&name], *text, "row {} {column}", expected["row"]);
        }
    }
}

/// Rows that a step has made, of which several may be of one permit.
fn made_rows_are_those_of_the_kit(found: &[Row], table: &str) {
    let expected = kit(table);
    let columns: Vec<&String> = expected[0].keys().collect();
    let cells = |rows: &[Row]| -> Vec<Vec<String>> {
        let mut cells: Vec<Vec<String>> =
            rows.iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect()).collect();
        cells.sort();
        cells
    };
    assert_eq!(cells(found), cells(&expected), "{table}");
}

fn rejects_are_those_of_the_kit(release: &Path) {
    let place = |row: &Row| ["line", "column", "reason"].map(|name| row[name].clone());
    let found: Vec<_> = stated(&release.join("restricted/rejects.parquet")).iter().map(place).collect();
    let kit = kit("1_read.csv");
    let expected: Vec<_> = kit.iter().filter(|row| row["outcome"] == "rejected").map(place).collect();
    assert_eq!(found, expected);
}

fn rows_are_those_of_the_kit(records: &BTreeMap<String, Row>) {
    let outcomes = kit("3_repeated.csv");
    let kept = outcomes.iter().filter(|row| row["outcome"] == "kept").map(|row| &row["row"]);
    assert!(records.keys().eq(kept.collect::<BTreeSet<_>>()), "{:?}", records.keys());
    let mut persons = BTreeSet::new();
    for expected in kit("2_recoded.csv") {
        let Some(found) = records.get(&expected["row"]) else { continue };
        for (column, text) in expected.iter().filter(|(column, _)| *column != "person") {
            assert_eq!(found[column], *text, "row {} {column}", expected["row"]);
        }
        persons.insert((expected["person"].clone(), found["person"].clone()));
    }
    // A person is one pseudonym, and a pseudonym one person.
    let (names, pseudonyms): (BTreeSet<_>, BTreeSet<_>) = persons.iter().cloned().unzip();
    assert_eq!((names.len(), pseudonyms.len()), (persons.len(), persons.len()));
}

fn answers_are_those_of_the_kit(records: &BTreeMap<String, Row>) {
    for rule in RULES {
        let expected = kit(&format!("4_{rule}.csv"));
        assert_eq!(expected.len(), records.len());
        for expected in expected {
            let found = &records[&expected["row"]];
            for (column, text) in expected.iter().filter(|(column, _)| *column != "row") {
                assert_eq!(
                    found[&format!("{column}_{rule}")],
                    *text,
                    "row {} {column} {rule}",
                    expected["row"]
                );
            }
        }
    }
}

fn counts_are_those_of_the_kit(release: &Path, table: &str) {
    let manifest: Value = serde_json::from_slice(&fs::read(release.join("manifest.json")).unwrap()).unwrap();
    let mut found = BTreeMap::new();
    for stage in manifest["stages"].as_array().unwrap() {
        let name = stage["operation"].as_str().unwrap();
        let counts = stage["counts"].as_object().into_iter().flatten();
        for (count, value) in counts.filter(|(_, value)| **value != 0) {
            found.insert((name.to_owned(), count.clone()), value.to_string());
        }
    }
    let row = |row: Row| ((row["step"].clone(), row["count"].clone()), row["value"].clone());
    let expected: BTreeMap<_, _> = kit(table).into_iter().map(row).collect();
    let steps: BTreeSet<&String> = expected.keys().map(|(step, _)| step).collect();
    // How the rows of a file are ordered is nothing that a method counts.
    found.retain(|(step, count), _| steps.contains(step) && !count.starts_with("pairs_"));
    assert_eq!(found, expected);
}

fn tables_are_those_of_the_kit(release: &Path, kit_of: &str) {
    let folder = release.join("public/tables");
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let expected = kit(&format!("{kit_of}5_{name}.csv"));
        let columns: Vec<&String> = expected[0].keys().filter(|column| *column != "value").collect();
        let cells = |rows: &[Row]| -> BTreeMap<Vec<String>, String> {
            let cell = |row: &Row| {
                let value: f64 = row["value"].parse().unwrap();
                (columns.iter().map(|column| row[*column].clone()).collect(), format!("{value:.4}"))
            };
            rows.iter().map(cell).collect()
        };
        assert_eq!(cells(&stated(&path)), cells(&expected), "{name}");
        assert_eq!(cells(&expected).len(), expected.len());
    }
}

#[test]
fn the_program_conforms() {
    let out = tempfile::tempdir().unwrap();
    for (folder, arguments) in [("one", ["--threads", "1"]), ("more", ["--threads", "4"])] {
        let out = out.path().join(folder);
        for pipeline in [PIPELINE, PERMITS] {
            run(denizen(&root()).args(["run", pipeline]).args(arguments).arg("--out").arg(&out))
                .exits_with(0);
        }
        holds(&out.join("kit/1-synthetic"));
        permits_hold(&out.join("permits/1-synthetic"));
    }
}

/// Workers that share nothing: each gets a few lines, and each a part of the persons.
#[test]
fn map_and_reduce_conform() {
    let out = tempfile::tempdir().unwrap();
    for (parts, span_bytes) in [(1, 1 << 20), (7, 900), (40, 400)] {
        let out: PathBuf = out.path().join(format!("{parts}-{span_bytes}"));
        release_of_an_engine(PIPELINE, parts, span_bytes, &out);
        holds(&out.join("kit/1-synthetic"));
        release_of_an_engine(PERMITS, parts, span_bytes, &out);
        permits_hold(&out.join("permits/1-synthetic"));
    }
}

/// What is missing from the kit would be held against nobody.
#[test]
fn every_row_of_the_kit_is_told_of() {
    let readme = fs::read_to_string(root().join("tests/conformance/README.md")).unwrap();
    for (register, table) in [("crossings", "1_read.csv"), ("permits", "permits_4_events.csv")] {
        let file = root().join(format!("tests/conformance/data/raw/{register}.csv"));
        let text = fs::read_to_string(file).unwrap();
        let field = |index: usize| -> BTreeSet<String> {
            text.lines().skip(1).filter_map(|line| Some(line.split(';').nth(index)?.to_owned())).collect()
        };
        let numbers: BTreeSet<String> = field(0).into_iter().filter(|number| !number.is_empty()).collect();
        let told: BTreeSet<String> = kit(table).iter().map(|row| row["row"].clone()).collect();
        assert_eq!(numbers, told);
        for person in field(1).iter().filter(|person| person.starts_with(['p', 'q'])) {
            assert!(readme.contains(&format!("| {person} |")), "{person}");
        }
    }
}
