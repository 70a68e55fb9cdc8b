//! Values of personal columns appear nowhere: not in a message, not in a reject, not in a table, not in a record.

use std::fs;
use std::path::Path;

use crate::program::{denizen, root, run};
use crate::release::{files, texts};

/// Stands in every personal field of the case `peru-small`, good rows and bad ones alike.
const CANARY: &str = "CANARY";

fn assert_absent(place: &str, text: &str) {
    assert!(!text.contains(CANARY), "a personal value appears in {place}");
}

#[test]
fn a_canary_never_leaves() {
    let case = root().join("tests/cases/peru-small");
    let raw = fs::read(case.join("data/raw/crossings.csv")).unwrap();
    assert!(raw.windows(CANARY.len()).filter(|window| *window == CANARY.as_bytes()).count() >= 20);
    let out = tempfile::tempdir().unwrap();
    let mut command = denizen(&case);
    let outcome =
        run(command.args(["run", "pipelines/crossings.toml", "--out"]).arg(out.path())).exits_with(0);
    assert_absent("the output", &outcome.stdout);
    assert_absent("the messages", &outcome.stderr);
    texts(out.path()).iter().for_each(|(name, text)| assert_absent(name, text));
    for (name, bytes) in files(out.path()) {
        assert_absent(&name, &String::from_utf8_lossy(&bytes));
    }
}

/// The same rows under a stricter limit: the run fails, and its message names places, not values.
#[test]
fn a_failing_run_is_silent_too() {
    let case = root().join("tests/cases/too-many-rejects");
    let out = tempfile::tempdir().unwrap();
    let mut command = denizen(&case);
    let outcome =
        run(command.args(["run", "pipelines/crossings.toml", "--out"]).arg(out.path())).exits_with(11);
    assert_absent("the messages", &outcome.stderr);
    assert_eq!(files(out.path()).len(), 0);
}

/// Without a key the run refuses; with one, pseudonyms depend on it.
#[test]
fn a_key_is_needed_and_matters() {
    let case = root().join("tests/cases/peru-small");
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("crossings.csv");
    fs::copy(case.join("data/raw/crossings.csv"), &real).unwrap();
    let records = |key: Option<&Path>| {
        let out = tempfile::tempdir().unwrap();
        let mut command = denizen(&case);
        command.args(["run", "pipelines/crossings.toml", "--out"]).arg(out.path());
        command.arg("--source").arg(format!("crossings={}", real.display()));
        if let Some(key) = key {
            command.env("DENIZEN_KEY_FILE", key);
        }
        let outcome = run(&mut command);
        let records = texts(out.path()).into_iter().find(|(name, _)| name.contains("year=2003"));
        (outcome, records.map(|(_, text)| text))
    };
    let (refused, none) = records(None);
    assert!(refused.exits_with(11).stderr.contains("ingest::no-key") && none.is_none());
    let key = |digit: &str| {
        let path = folder.path().join(digit);
        fs::write(&path, digit.repeat(64)).unwrap();
        records(Some(&path)).1.unwrap()
    };
    assert_eq!(key("1"), key("1"));
    assert_ne!(key("1"), key("2"));
}
