//! The conformance kit: tables after each stage, derived by hand (`conformance/README.md`), on every engine that there is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::engine::release_of_an_engine;
use crate::program::{denizen, root, run};
use crate::release::rows;

const PIPELINE: &str = "tests/conformance/pipelines/kit.toml";
const RULES: [&str; 3] = ["nz_12_16", "continuous_12", "last_exit"];

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

/// The records of a release by their number, with the year of the folder that they lie in.
fn records(release: &Path) -> BTreeMap<String, Row> {
    let folder = release.join("restricted/records/crossings");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let folder = entry.unwrap().path();
        let year = folder.file_name().unwrap().to_str().unwrap().strip_prefix("year=").unwrap().to_owned();
        for part in fs::read_dir(folder).unwrap() {
            for mut row in stated(&part.unwrap().path()) {
                row.insert("year".to_owned(), year.clone());
                assert!(found.insert(row["row"].clone(), row).is_none());
            }
        }
    }
    found
}

fn holds(release: &Path) {
    rejects_are_those_of_the_kit(release);
    let records = records(release);
    rows_are_those_of_the_kit(&records);
    answers_are_those_of_the_kit(&records);
    counts_are_those_of_the_kit(release);
    tables_are_those_of_the_kit(release);
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

fn counts_are_those_of_the_kit(release: &Path) {
    let manifest: Value = serde_json::from_slice(&fs::read(release.join("manifest.json")).unwrap()).unwrap();
    let mut found = BTreeMap::new();
    for stage in manifest["stages"].as_array().unwrap() {
        let name = stage["operation"].as_str().unwrap();
        let counts = stage["counts"].as_object().into_iter().flatten();
        for (count, value) in counts.filter(|(_, value)| **value != 0) {
            found.insert((name.to_owned(), count.clone()), value.to_string());
        }
    }
    found.retain(|(step, _), _| step.starts_with("residence"));
    let row = |row: Row| ((row["step"].clone(), row["count"].clone()), row["value"].clone());
    assert_eq!(found, kit("4_counts.csv").into_iter().map(row).collect());
}

fn tables_are_those_of_the_kit(release: &Path) {
    let folder = release.join("public/tables");
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let expected = kit(&format!("5_{name}.csv"));
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
        run(denizen(&root()).args(["run", PIPELINE]).args(arguments).arg("--out").arg(&out)).exits_with(0);
        holds(&out.join("kit/1-synthetic"));
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
    }
}

/// What is missing from the kit would be held against nobody.
#[test]
fn every_row_of_the_kit_is_told_of() {
    let register = fs::read_to_string(root().join("tests/conformance/data/raw/crossings.csv")).unwrap();
    let numbers = register.lines().skip(1).map(|line| line.split(';').next().unwrap().to_owned());
    let numbers: BTreeSet<String> = numbers.filter(|number| !number.is_empty()).collect();
    let told: BTreeSet<String> = kit("1_read.csv").iter().map(|row| row["row"].clone()).collect();
    assert_eq!(numbers, told);
    let readme = fs::read_to_string(root().join("tests/conformance/README.md")).unwrap();
    let persons: BTreeSet<String> =
        register.lines().skip(1).filter_map(|line| Some(line.split(';').nth(1)?.to_owned())).collect();
    for person in persons.iter().filter(|person| person.starts_with('p')) {
        assert!(readme.contains(&format!("| {person} |")), "{person}");
    }
}
