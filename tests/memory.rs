//! Records that do not fit into memory.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{Outcome, denizen, root, run, run_in};
use crate::release::{files, released};

/// Two million crossings, which do not fit into a quarter of 256 MB.
const SCALE: &str = "0.25";

fn crossings(folder: &Path) -> String {
    run_in(folder, &["synth", "peru", "--scale", SCALE, "--out", "crossings.csv"]).exits_with(0);
    format!("crossings={}", folder.join("crossings.csv").display())
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

#[test]
fn the_disk_changes_no_byte_and_keeps_none() {
    let folder = tempfile::tempdir().unwrap();
    let source = crossings(folder.path());
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
