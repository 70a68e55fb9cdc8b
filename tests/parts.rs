//! Persons in parts, on one machine: the layout of a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;

use arrow::datatypes::DataType;
use denizen::{Cancel, Limits, Project, Run};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::program::{denizen, root, run};
use crate::release::{released, rows as rows_of};

/// A release of so many parts, by so many threads, with so much memory.
fn release(pipeline: &Path, parts: u32, threads: usize, memory: u64) -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().unwrap();
    let project = Project::open(pipeline, &[]).unwrap_or_else(|error| panic!("{error}"));
    let cancel = Cancel::default();
    let limits = Limits { memory, ..Limits::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let made = pool.install(|| Run { parts, limits, ..Run::new(project, &cancel) }.release(out.path()));
    made.unwrap_or_else(|error| panic!("{error}"));
    released(out.path())
}

fn is_record(name: &str) -> bool {
    name.contains("/restricted/records/")
}

#[test]
fn neither_threads_nor_memory_change_a_byte_of_a_part() {
    let pipeline = root().join("pipelines/peru-1990-2007.toml");
    let one = release(&pipeline, 5, 1, 2_000_000_000);
    let other = release(&pipeline, 5, 4, 1_000_000);
    assert!(one.keys().eq(other.keys()));
    for (name, bytes) in &one {
        assert!(*bytes == other[name], "{name} differs");
    }
    // What is published is that of one part.
    let whole = release(&pipeline, 1, 2, 2_000_000_000);
    let published = |release: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
        release.clone().into_iter().filter(|(name, _)| name.contains("/public/")).collect()
    };
    assert!(published(&one) == published(&whole));
    let parts: BTreeSet<&str> =
        one.keys().filter(|name| is_record(name)).filter_map(|name| name.rsplit('/').next()).collect();
    let names: Vec<String> = (0..=5).map(|part| format!("part-{part}.parquet")).collect();
    assert!(parts.iter().all(|part| names.iter().any(|name| name == part)), "{parts:?}");
    assert!(parts.len() >= 5);
}

/// Rows with texts of which there are more than have numbers, though not in each part, and rows of nobody.
#[test]
fn a_part_decides_by_itself_how_its_texts_are_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("pipelines")).unwrap();
    let pipeline = folder.path().join("pipelines/many.toml");
    fs::write(
        &pipeline,
        "spec = 1\ntitle = \"Many\"\nvintage = \"1\"\n[source.rows]\nfiles = \"rows.csv\"\nformat = \"csv\"\n\
         [source.rows.columns]\nid = { personal = true }\nday = { type = \"date\", format = \"%Y-%m-%d\" }\nnote = {}\n\
         direction = { codes = { E = \"arrival\", S = \"departure\" } }\n\
         [[clean]]\nop = \"deduplicate\"\nby = [\"id\", \"day\", \"note\"]\n",
    )
    .unwrap();
    let mut text = "id,day,note,direction\n".to_owned();
    for row in 0..70_000 {
        let person = if row % 10 == 0 { String::new() } else { (row / 3).to_string() };
        text.push_str(&format!("{person},2001-01-0{},n{row},E\n", row % 9 + 1));
    }
    fs::write(folder.path().join("rows.csv"), text).unwrap();
    fs::write(
        folder.path().join("rows.csv.toml"),
        "title = \"Rows\"\nproducer = \"a test\"\norigin = \"made up\"\nlicence = \"CC0-1.0\"\nretrieved = 2026-01-01\nsynthetic = true\n",
    )
    .unwrap();
    let types = |parts: u32, memory: u64| -> Vec<(String, bool)> {
        let out = tempfile::tempdir().unwrap();
        let project = Project::open(&pipeline, &[]).unwrap_or_else(|error| panic!("{error}"));
        let cancel = Cancel::default();
        let limits = Limits { memory, ..Limits::default() };
        let run = Run { parts, limits, ..Run::new(project, &cancel) };
        let made = run.release(out.path()).unwrap_or_else(|error| panic!("{error}"));
        let records = made.path.join("restricted/records/rows");
        let mut files: Vec<_> = fs::read_dir(records).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let is_numbered = |path: &std::path::PathBuf| {
            let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
            let field = file.schema().field_with_name("note").unwrap().data_type().clone();
            assert!(matches!(field, DataType::Utf8 | DataType::Dictionary(..)));
            let rows: usize =
                file.build().unwrap().map(|batch| batch.unwrap().column(0).as_ref().len()).sum();
            assert!(rows > 0);
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                matches!(field, DataType::Dictionary(..)),
            )
        };
        files.iter().map(is_numbered).collect()
    };
    let named = |names: &[(&str, bool)]| -> Vec<(String, bool)> {
        names.iter().map(|(name, numbered)| ((*name).to_owned(), *numbered)).collect()
    };
    assert_eq!(types(1, 2_000_000_000), named(&[("part-0.parquet", false)]));
    let two = named(&[("part-0.parquet", true), ("part-1.parquet", true), ("part-2.parquet", true)]);
    assert_eq!(types(2, 2_000_000_000), two);
    assert_eq!(types(2, 100_000), two);
}

#[test]
fn a_run_knows_its_parts() {
    let out = tempfile::tempdir().unwrap();
    let made = |parts: &str| {
        let mut command = denizen(&root());
        command.args(["run", "tests/cases/peru-small/pipelines/crossings.toml", "--parts", parts, "--out"]);
        run(command.arg(out.path()))
    };
    let unchanged = "up to date";
    assert!(!made("3").exits_with(0).stdout.contains(unchanged));
    let manifest = || -> Value {
        let files = released(out.path());
        let found =
            files.iter().find(|(name, _)| name.ends_with("manifest.json") && !name.contains("restricted"));
        serde_json::from_slice(found.unwrap().1).unwrap()
    };
    assert_eq!(manifest()["parts"], 3);
    assert!(!made("1").exits_with(0).stdout.contains(unchanged));
    assert_eq!(manifest().get("parts"), None);
    for parts in ["0", "1025", "x"] {
        assert!(made(parts).exits_with(2).stderr.contains("--parts"));
    }
}

/// The records of all parts together, in order, are those of one part.
#[test]
fn parts_in_order_are_the_records() {
    let pipeline = root().join("tests/cases/peru-small/pipelines/crossings.toml");
    let rows = |parts: u32| -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
        let out = tempfile::tempdir().unwrap();
        let project = Project::open(&pipeline, &[]).unwrap_or_else(|error| panic!("{error}"));
        let cancel = Cancel::default();
        let run = Run { parts, ..Run::new(project, &cancel) };
        run.release(out.path()).unwrap_or_else(|error| panic!("{error}"));
        let mut found: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
        for name in released(out.path()).into_keys().filter(|name| is_record(name)) {
            let (year, _) = name.rsplit_once('/').unwrap();
            // Parts of one figure each, so that the names are in the order of the parts.
            found.entry(year.to_owned()).or_default().extend(rows_of(&out.path().join(&name)));
        }
        found
    };
    assert_eq!(rows(7), rows(1));
}
