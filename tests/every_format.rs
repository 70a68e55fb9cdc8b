//! Every file that was made to break readers, read as every format: rows that are all accounted for, or a fault that says why not,
//! within ten seconds and half a gigabyte.
//!
//! Processes of their own read them, within limits of the system, so that a file that a reader does not survive is named. How the
//! program meets them: `as_user`.

#![allow(clippy::print_stdout, reason = "one process of the test tells the other what it reads")]

#[cfg(target_os = "linux")]
mod as_user;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use denizen_ingest::{FoundFile, IngestStats, Key, apart, open};
use denizen_spec::{Diagnostic, Source};

use crate::real_data::data;

/// Bytes of memory that a process may take, all files of its part one after the other.
const MEMORY: u64 = 512 << 20;

/// Seconds of a core that a file may take: how long others use the machine is not its fault.
const MOST_SECONDS: u64 = 10;

/// Parts into which the files are divided, for each format.
const PARTS: usize = 4;

/// Says to a process of this program what it reads: the number of the format, and that of the part.
const PART: &str = "DENIZEN_TEST_PART";

/// What each format is called, and the fields and columns of its source. With `NAMES`, the columns are all that a file has.
const FORMATS: [(&str, &str, &str); 16] = [
    ("csv", "format = \"csv\"\nheader = false", FIRST),
    (
        "csv, semicolons",
        "format = \"csv\"\ndelimiter = \";\"\nencoding = \"windows-1252\"\nheader = false",
        FIRST,
    ),
    ("csv, encoding told", "format = \"csv\"\nencoding = \"auto\"\nquote = \"none\"\nheader = false", FIRST),
    ("csv, as it looks", "", NAMES),
    (
        "csv, wide",
        "format = \"csv\"\nheader = false\nkind = \"cells\"\nconcept = \"c\"\nunpivot = { into = \"column\", others = true }",
        "key = { from = \"1\" }\ncolumn = { codes = { 2 = \"B\", 3 = \"C\" } }\nvalue = { type = \"integer\" }",
    ),
    (
        "csv, damaged numbers",
        "format = \"csv\"\nheader = false\nrepair = { thousands = \".\", total = \"1\", parts = [\"2\", \"3\"] }",
        FIRST,
    ),
    (
        "sdmx-csv",
        "format = \"sdmx-csv\"\nkind = \"cells\"\nconcept = \"c\"",
        "geo = { from = \"TIME_PERIOD\", codes = { 2002 = \"a\" } }\nyear = { from = \"TIME_PERIOD\", type = \"integer\" }\n\
         value = { from = \"OBS_VALUE\", type = \"decimal\" }",
    ),
    ("eurostat-tsv", "format = \"eurostat-tsv\"\nkind = \"cells\"\nconcept = \"c\"", OF_EUROSTAT),
    ("fixed-width", "format = \"fixed-width\"\nencoding = \"cp850\"", "a = { start = 1, width = 3 }"),
    (
        "fixed-width, padded",
        "format = \"fixed-width\"\npad_short_lines = true\ncut_long_lines = true",
        "a = { start = 1, width = 3 }",
    ),
    ("workbook", "format = \"workbook\"\nsheet = 1\nsheet_column = \"sheet\"", NAMES),
    (
        "workbook, all sheets",
        "format = \"workbook\"\nsheet = \"*\"\nsheet_column = \"sheet\"\nmerged = \"repeat\"",
        NAMES,
    ),
    ("parquet", "format = \"parquet\"", NAMES),
    ("json", "format = \"json\"", NAMES),
    ("json-stat", "format = \"json-stat\"\nkind = \"cells\"\nconcept = \"c\"", OF_JSON_STAT),
    (
        "csv, damaged numbers in rows",
        "format = \"csv\"\nheader = false\nkind = \"cells\"\nconcept = \"c\"\n\
         repair = { thousands = \".\", over = \"geo\", total = \"1\", parts = [\"2\", \"3\"] }",
        "geo = { from = \"1\", codes = { 2 = \"B\", 3 = \"C\" }, total = \"1\" }\nyear = { from = \"1\", type = \"integer\" }\n\
         value = { from = \"2\", type = \"integer\" }",
    ),
];

const FIRST: &str = "a = { from = \"1\" }\nb = { from = \"1\", type = \"date\", partial = true }";
const NAMES: &str = "";
const OF_EUROSTAT: &str = "geo = { codes = { IT = \"IT\" } }\nyear = { from = \"TIME_PERIOD\", type = \"integer\" }\n\
                       value = { from = \"OBS_VALUE\", type = \"decimal\" }";
const OF_JSON_STAT: &str = "geo = { codes = { IT = \"IT\" } }\nyear = { from = \"time\", type = \"integer\" }\n\
                            value = { type = \"decimal\" }";

/// All files, in the order of their names.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn bad_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&data().join("badinput"), &mut found);
    found
}

/// The text of a pipeline that reads a file by these fields and columns.
fn pipeline(file: &str, fields: &str, columns: &str) -> String {
    let kind =
        if fields.contains("cells") { "measure = \"stock\"" } else { "measure = \"count\"\nconcept = \"c\"" };
    let format = if fields.is_empty() { "format = \"csv\"" } else { fields };
    let dimensions = match fields {
        _ if fields.contains("unpivot") => "dimensions = [\"column\"]",
        _ if fields.contains("cells") => "dimensions = [\"geo\", \"year\"]",
        _ => "",
    };
    format!(
        "spec = 1\ntitle = \"T\"\nvintage = \"1\"\n[source.s]\nfiles = \"{file}\"\nmax_rejected = 1.0\n{format}\n\
         [source.s.columns]\n{columns}\n[[table]]\nname = \"t\"\n{kind}\n{dimensions}\n"
    )
}

/// The source that reads a file as a format.
fn source(path: &Path, format: usize) -> Source {
    let (_, fields, columns) = FORMATS[format];
    let text = pipeline("in", fields, if columns == NAMES { "c0 = {}" } else { columns });
    let mut source = denizen_spec::parse(&text).unwrap().sources.remove(0);
    source.files = vec![path.to_string_lossy().into_owned()];
    if columns == NAMES {
        let found = FoundFile::open(path, "in");
        let names = found.as_ref().map(|found| found.names.clone()).unwrap_or_default();
        if let (true, Ok(found)) = (fields.is_empty(), found) {
            source.format = found.format;
        }
        let of_type = source.columns.remove(0);
        let column = |(index, name): (usize, &String)| {
            let (name, from) = (format!("c{index}"), name.clone());
            denizen_spec::Column { name, from, ..of_type.clone() }
        };
        source.columns = names.iter().enumerate().map(column).collect();
        if source.columns.is_empty() {
            source.columns.push(of_type);
        }
    }
    source
}

/// Reads a source to its end: how many rows it has.
fn read(source: &Source) -> Result<u64, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let input = open(source, Path::new("/"), None)?;
    let chunks = input.chunks(Some(&Key::from_hex(&"5e".repeat(32)).map_err(one)?))?;
    let mut stats = IngestStats::default();
    while let Some(raw) = chunks.read().map_err(one)? {
        let chunk = chunks.parse(raw).map_err(one)?;
        let told_of = chunk.batch.num_rows() as u64 + chunk.rejects.len() as u64 + chunk.excluded;
        assert_eq!(chunk.read, told_of, "rows are conserved");
        stats.merge(chunk.stats);
    }
    chunks.finish(&stats).map_err(one)?;
    Ok(stats.read())
}

/// Milliseconds for which this process has had a core; 0 where the system does not tell.
fn processor_millis() -> u64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return 0 };
    // Behind the name, which may hold anything: fields 14 and 15, in hundredths of a second.
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum()
}

/// Reads one part of the files as one format, and prints a line for each file: this is run in processes of their own.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn one_part_as_one_format() {
    let Ok(part) = std::env::var(PART) else { return };
    let (format, part) = part.split_once(' ').unwrap();
    let (format, part): (usize, usize) = (format.parse().unwrap(), part.parse().unwrap());
    apart::set_command(vec![env!("CARGO_BIN_EXE_denizen").into(), "read-workbook-apart".into()]);
    for path in bad_files().iter().skip(part).step_by(PARTS) {
        println!("\nbegun {}", path.display());
        let begun = processor_millis();
        let source = source(path, format);
        let outcome = match read(&source) {
            Ok(_) => "read".to_owned(),
            Err(faults) => {
                let codes: Vec<String> = faults.iter().map(|fault| fault.code.to_string()).collect();
                assert!(
                    !codes.is_empty() && codes.iter().all(|code| code.starts_with("ingest::")),
                    "{codes:?}"
                );
                "refused".to_owned()
            }
        };
        println!("\n{outcome} {}", processor_millis() - begun);
    }
}

/// What a process said of its files: how many it read and refused, and the last that it began.
struct Told {
    read: usize,
    refused: usize,
    slowest: (u64, String),
    last: String,
    is_whole: bool,
}

fn read_part(format: usize, part: usize) -> Told {
    let test = std::env::current_exe().unwrap();
    let mut shell = Command::new("sh");
    let command = format!(
        "ulimit -d {} && ulimit -c 0 && exec '{}' every_format::one_part_as_one_format --exact --include-ignored --nocapture",
        MEMORY >> 10,
        test.display()
    );
    let output = shell.arg("-c").arg(command).env(PART, format!("{format} {part}")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut told = Told {
        read: 0,
        refused: 0,
        slowest: (0, String::new()),
        last: String::new(),
        is_whole: output.status.success(),
    };
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("begun", path)) => told.last = path.to_owned(),
            Some((outcome @ ("read" | "refused"), millis)) => {
                let millis = millis.parse().unwrap();
                *(if outcome == "read" { &mut told.read } else { &mut told.refused }) += 1;
                told.slowest = told.slowest.clone().max((millis, told.last.clone()));
            }
            Some(_) | None => {}
        }
    }
    if !told.is_whole {
        told.last += &format!("\n{}", String::from_utf8_lossy(&output.stderr));
    }
    told
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn every_file_as_every_format_is_read_or_refused() {
    let files = bad_files().len();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            let (format, part) = (task / PARTS, task % PARTS);
            if format >= FORMATS.len() {
                return found;
            }
            found.push((format, read_part(format, part)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let told: Vec<(usize, Told)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    for (format, (name, ..)) in FORMATS.iter().enumerate() {
        let of_format = || told.iter().filter(|(other, _)| *other == format).map(|(_, told)| told);
        for Told { slowest: (millis, slowest), last, is_whole, .. } in of_format() {
            assert!(is_whole, "a process did not survive, as {name}, the file {last}");
            assert!(*millis < MOST_SECONDS * 1000, "{slowest} takes {millis} ms of a core as {name}");
        }
        let (read, refused) =
            of_format().fold((0, 0), |(read, refused), told| (read + told.read, refused + told.refused));
        assert_eq!(read + refused, files, "as {name}");
        println!("{name}: {read} read, {refused} refused");
    }
    // The test must have read files, and not met faults of its own only.
    let read: usize = told.iter().map(|(_, told)| told.read).sum();
    assert!(read > 2 * files, "{read} readings of {files} files");
}
