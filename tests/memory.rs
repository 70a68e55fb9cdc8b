//! Records that do not fit into memory.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{Outcome, denizen, root, run, run_in};
use crate::release::{files, released};

/// Three million crossings, which do not fit into a quarter of 256 MB, though some rows of each file wait until there are enough of them.
const SCALE: &str = "0.4";

/// In three files, each with rows at fault.
fn crossings_in_files(folder: &Path) -> String {
    run_in(folder, &["synth", "peru", "--scale", SCALE, "--out", "crossings.csv"]).exits_with(0);
    let all = fs::read(folder.join("crossings.csv")).unwrap();
    let sidecar = fs::read_to_string(folder.join("crossings.csv.toml")).unwrap();
    let sidecar: String =
        sidecar.lines().filter(|line| !line.starts_with("sha256")).map(|line| format!("{line}\n")).collect();
    let (header, rows) = all.split_at(all.iter().position(|byte| *byte == b'\n').unwrap() + 1);
    let line_end = |place: usize| place + rows[place..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let (first, second) = (line_end(rows.len() / 3), line_end(rows.len() / 2));
    for (number, part) in [&rows[..first], &rows[first..second], &rows[second..]].into_iter().enumerate() {
        let bytes = [header, b"no row\n".repeat(20).as_slice(), part, b"none either\n"].concat();
        let file = folder.join(format!("part-{number}.csv"));
        fs::write(format!("{}.toml", file.display()), &sidecar).unwrap();
        fs::write(file, bytes).unwrap();
    }
    format!("crossings={}", folder.join("part-*.csv").display())
}

/// Runs Peru's pipeline on these crossings.
fn release(out: &Path, source: &str, options: &[&str]) -> Outcome {
    let mut command = denizen(&root());
    command.args(["run", "pipelines/peru-1990-2007.toml", "--log-format", "json", "--source", source]);
    run(command.arg("--out").arg(out).args(options))
}

/// Bytes that went to scratch files.
fn spilled(outcome: &Outcome) -> u64 {
    let events = outcome.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter(|event| event["work"] == "spilled").filter_map(|event| event["bytes"].as_u64()).sum()
}

/// Neither does it matter how many threads there are, which then read several files side by side.
#[test]
fn the_disk_changes_no_byte_and_keeps_none() {
    let folder = tempfile::tempdir().unwrap();
    let source = crossings_in_files(folder.path());
    let [scratch, small, large] = ["scratch", "small", "large"].map(|name| folder.path().join(name));
    fs::create_dir(&scratch).unwrap();
    let there = scratch.to_string_lossy();
    let options = ["--memory", "256MB", "--threads", "3", "--scratch", &there];
    let outcome = release(&small, &source, &options).exits_with(0);
    assert!(spilled(&outcome) > 50_000_000, "{}", spilled(&outcome));
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);
    let outcome = release(&large, &source, &["--memory", "4GB", "--threads", "1"]).exits_with(0);
    assert_eq!(spilled(&outcome), 0);
    let (small, large) = (released(&small), released(&large));
    assert!(small.keys().eq(large.keys()));
    for (name, bytes) in &small {
        assert!(*bytes == large[name], "{name} differs");
    }

    // A scratch folder that is not there matters only to a run that needs it, and leaves no release.
    let (none, out) = (folder.path().join("none"), folder.path().join("failed"));
    let options = ["--memory", "256MB", "--scratch", &none.to_string_lossy()];
    let outcome = release(&out, &source, &options).exits_with(14);
    assert!(outcome.stderr.contains("clean::scratch-full"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("cannot be used"), "{}", outcome.stderr);
    assert_eq!(files(&out).len(), 0);
}

/// Crossings whose persons are known by documents and by dates of birth, of some also by an identifier.
const LINKED: &str = r#"
spec = 1
title = "Linked"
vintage = "1"
[source.crossings]
files = "crossings.csv"
format = "csv"
encoding = "windows-1252"
delimiter = ";"
[source.crossings.columns]
id = { from = "id_persona", personal = true, missing = "00000000-0000-0000-0000-000000000000" }
crossed_on = { from = "fecha_control", type = "date", format = "%d/%m/%Y" }
direction = { from = "tipo", codes = { E = "arrival", S = "departure" } }
sex = { from = "sexo", codes = { F = "F", M = "M" }, on_error = "not_stated" }
birth_date = { from = "fecha_nacimiento", type = "date", format = "%d/%m/%Y", personal = true }
document = { from = "documento" }
number = { from = "numero_documento", personal = true, fold = true }
[[clean]]
op = "link"
keys = { document = ["document", "number"], number = ["number", "birth_date", "sex"] }
same = ["birth_date", "sex"]
on_conflict = "hold_back"
[[clean]]
op = "derive"
column = "year"
method = "year"
from = "crossed_on"
[[clean]]
op = "residence"
rule = "pe_inei_2025"
[[table]]
name = "emigrants"
measure = "emigration"
concept = "cumulative_outflow"
dimensions = ["year", "sex"]
"#;

#[test]
fn persons_are_the_same_when_keys_go_to_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["synth", "peru", "--scale", "0.1", "--out", "crossings.csv"]).exits_with(0);
    fs::create_dir(folder.path().join("pipelines")).unwrap();
    fs::write(folder.path().join("pipelines/linked.toml"), LINKED).unwrap();
    let release = |name: &str, options: &[&str]| {
        let mut command = denizen(folder.path());
        command.args(["run", "pipelines/linked.toml", "--log-format", "json", "--out", name]).args(options);
        let outcome = run(&mut command).exits_with(0);
        (spilled(&outcome), released(&folder.path().join(name)))
    };
    let (bytes, small) = release("small", &["--memory", "256MB", "--threads", "3"]);
    assert!(bytes > 10_000_000, "{bytes}");
    let (bytes, large) = release("large", &["--memory", "4GB", "--threads", "1"]);
    assert_eq!(bytes, 0);
    assert!(small == large);
}
