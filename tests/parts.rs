//! Persons in parts, on one machine: the layout of a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;

use denizen::{Cancel, Limits, Project, Run};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::engine::release_of_a_cluster;
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
         [source.rows.columns]\nperson = { from = \"id\", personal = true }\n\
         crossed_on = { from = \"day\", type = \"date\", format = \"%Y-%m-%d\" }\nnote = {}\n\
         direction = { codes = { E = \"arrival\" } }\n\
         [[clean]]\nop = \"deduplicate\"\nkeys = [\"crossed_on\", \"note\"]\n\
         [[table]]\nname = \"crossings\"\nmeasure = \"count\"\nconcept = \"flow\"\ndimensions = [\"direction\"]\n",
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
        "title = \"Rows\"\nproducer = \"a test\"\norigin = \"made up\"\nlicence = \"CC0-1.0\"\nretrieved = 2026-01-01\nsynthetic = true\nkey = \"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\"\n",
    )
    .unwrap();
    let is_numbered = |parts: u32| -> Vec<bool> {
        let out = tempfile::tempdir().unwrap();
        release_of_a_cluster(&pipeline.to_string_lossy(), parts, 200_000, out.path());
        let of_a_cluster = released(out.path());
        for memory in [2_000_000_000, 100_000] {
            let of_one_machine = release(&pipeline, parts, 2, memory);
            assert!(of_one_machine.keys().eq(of_a_cluster.keys()));
            for (name, bytes) in &of_one_machine {
                assert!(
                    *bytes == of_a_cluster[name],
                    "{parts} parts, {memory} bytes of memory: {name} differs"
                );
            }
        }
        let files = of_a_cluster.keys().filter(|name| is_record(name));
        files.map(|name| has_dictionary(&out.path().join(name), "note")).collect()
    };
    // A text is on one row, so that it has a dictionary only where it is numbered.
    assert_eq!(is_numbered(1), [false]);
    assert_eq!(is_numbered(2), [true; 3]);
}

fn has_dictionary(path: &Path, column: &str) -> bool {
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let group = file.metadata().row_group(0);
    let found = group.columns().iter().find(|chunk| chunk.column_path().string() == column);
    found.unwrap().dictionary_page_offset().is_some()
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
