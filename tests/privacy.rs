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
    // Where the rows stand that were not read is kept for the owner, and not what stands in them.
    let kept = files(out.path());
    let names: Vec<&str> = kept.keys().map(String::as_str).collect();
    assert!(matches!(names[..], [name] if name.ends_with(".rejects.parquet")), "{names:?}");
    for (name, text) in texts(out.path()) {
        assert_absent(&name, &text);
    }
    for (name, bytes) in kept {
        assert_absent(&name, &String::from_utf8_lossy(&bytes));
    }
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

/// Counts of real persons are published by decision: without one, neither `check` nor `run` goes on.
#[test]
fn real_persons_need_a_decision_about_small_counts() {
    let case = root().join("tests/cases/stock-small");
    let project = tempfile::tempdir().unwrap();
    let copy = |from: &str, to: &str| {
        let to = project.path().join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(case.join(from), to).unwrap();
    };
    copy("pipelines/stocks.toml", "pipelines/stocks.toml");
    copy("data/raw/permits.csv", "data/raw/permits.csv");
    let check = || run(denizen(project.path()).args(["check", "pipelines/stocks.toml"]));
    let refused = check().exits_with(10);
    assert!(refused.stderr.contains("spec::disclosure") && refused.stderr.contains("method = \"none\""));
    let out = project.path().join("out");
    let mut command = denizen(project.path());
    run(command.args(["run", "pipelines/stocks.toml", "--out"]).arg(&out)).exits_with(10);
    assert!(files(&out).is_empty());
    let pipeline = project.path().join("pipelines/stocks.toml");
    let text = fs::read_to_string(&pipeline).unwrap();
    for decision in
        ["threshold = 7\nrounding_base = 5", "method = \"none\"\nreason = \"All of it is public\""]
    {
        fs::write(&pipeline, format!("{text}\n[disclosure]\n{decision}\n")).unwrap();
        check().exits_with(0);
    }
    // Nobody is real in a file whose sidecar says so.
    fs::write(&pipeline, text).unwrap();
    copy("data/raw/permits.csv.toml", "data/raw/permits.csv.toml");
    check().exits_with(0);
}

/// Where counts are hidden, no file outside the restricted half tells how many rows there were.
#[test]
fn a_protected_release_tells_no_exact_count() {
    let case = root().join("tests/cases/disclosure");
    let out = tempfile::tempdir().unwrap();
    let mut command = denizen(&case);
    run(command.args(["run", "pipelines/protected.toml", "--out"]).arg(out.path())).exits_with(0);
    let mut published = texts(out.path());
    published.retain(|name, _| !name.contains("/restricted/") && !name.ends_with(".state.json"));
    let manifest = &published["protected/1-synthetic/manifest.json"];
    let parsed: serde_json::Value = serde_json::from_str(manifest).unwrap();
    assert!(parsed["inputs"][0].get("bytes").is_none());
    assert!(!manifest.contains("\"read\"") && !manifest.contains("restricted"));
    let figures = &published["protected/1-synthetic/public/tables/reconciliation.parquet.txt"];
    assert!(figures.contains("not_told") && !figures.contains("| 8.0 | 8.0 |"));
}

const PERSONS: &str = r#"
spec = 1
title = "t"
vintage = "1"
[source.s]
files = "in.csv"
format = "csv"
max_rejected = 1.0
[source.s.columns]
document = { type = "integer", personal = true }
born = { type = "date", personal = true }
country = { codes = { PE = "PE" }, personal = true }
sex = { codes = { F = "F" } }
[[table]]
name = "t"
measure = "count"
concept = "persons"
dimensions = ["sex"]
"#;

const SIDECAR: &str = "title = \"T\"\nproducer = \"P\"\norigin = \"O\"\nlicence = \"L\"\nretrieved = 2026-11-01\n\
    synthetic = true\nkey = \"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\"\n";

/// One person with five rows that are shifted: what stands in the column of codes is a name, and nobody but the owner of
/// the release sees it. A number of a document is seen by nobody.
#[test]
fn texts_of_persons_are_for_the_owner() {
    let project = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(project.path().join(name), text).unwrap();
    let shifted = "41234567,1980-01-02,PE,MARIA CANARY\n".repeat(5);
    put("in.csv", &format!("document,born,country,sex\n41234567,1980-01-02,PE,F\n{shifted}"));
    put("in.csv.toml", SIDECAR);
    put("p.toml", PERSONS);
    for log in ["text", "json", "github"] {
        let mut command = denizen(project.path());
        let outcome = run(command.args(["run", "p.toml", "--force", "--log-format", log])).exits_with(0);
        assert_absent("the output", &outcome.stdout);
        assert_absent("the messages", &outcome.stderr);
        assert!(outcome.stderr.contains("1 text, not shown"), "{}", outcome.stderr);
    }
    let releases = project.path().join("releases");
    for (name, text) in texts(&releases) {
        assert!(!text.contains("41234567"), "a document appears in {name}");
        if name.contains("restricted") {
            continue;
        }
        assert_absent(&name, &text);
        assert!(!text.contains("1980-01-02"), "a personal date appears in {name}");
    }
    let path = releases.join("p/1-synthetic/restricted/unmapped.parquet");
    let found = crate::release::rows(&path);
    assert_eq!((found.len(), found[0]["text"].as_str(), found[0]["rows"].as_str()), (1, "MARIA CANARY", "5"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
    }
}

/// What tells of a person is no dimension of a table, and no choice of its rows.
#[test]
fn personal_columns_of_any_type_are_not_published() {
    let project = tempfile::tempdir().unwrap();
    fs::write(project.path().join("in.csv"), "document,born,country,sex\n").unwrap();
    fs::write(project.path().join("in.csv.toml"), SIDECAR).unwrap();
    let year = "[[clean]]\nop = \"derive\"\ncolumn = \"year\"\nmethod = \"year\"\nfrom = \"born\"\n";
    for dimension in ["document", "born", "country", "year"] {
        let pipeline = PERSONS.replace("dimensions = [\"sex\"]", &format!("dimensions = [\"{dimension}\"]"));
        fs::write(project.path().join("p.toml"), format!("{pipeline}{year}")).unwrap();
        let outcome = run(denizen(project.path()).args(["check", "p.toml"])).exits_with(10);
        assert!(outcome.stderr.contains("spec::personal-dimension"), "{dimension}: {}", outcome.stderr);
    }
    fs::write(project.path().join("p.toml"), format!("{PERSONS}filter = {{ country = \"PE\" }}\n")).unwrap();
    let outcome = run(denizen(project.path()).args(["check", "p.toml"])).exits_with(10);
    assert!(outcome.stderr.contains("spec::personal-dimension"), "{}", outcome.stderr);
}

/// What `inspect` prints of files with persons, whether they have a header or not: no name, and no number of a document.
#[test]
fn inspected_persons_are_not_shown() {
    let table = [
        "Maria;Rossi;PE\nLuis;Garcia;PE\nAnna;Quispe;EC\n",
        "Maria;Rossi;PE\nLuis;Garcia;EC\n",
        "Maria;Rossi\nLuis;Garcia\nAnna;Quispe\nJosé;Mamani\nCarla;Flores\n",
        "Maria Rossi;1980\nLuis Garcia;1970\nAnna Quispe;1980\n",
        "given;family;sex\nMaria;Rossi;F\nLuis;Garcia;M\nXia;Quispe;F\n",
        "documento;pais\nMR123456;PE\nLG234567;EC\n",
        "pratica;pais\nMR123456;PE\nLG234567;EC\n",
    ];
    for file in table {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("f.csv"), file).unwrap();
        let outcome = run(denizen(folder.path()).args(["inspect", "f.csv"]));
        let printed = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(printed.contains("personal = true"), "{file}\n{printed}");
        for text in ["Maria", "maria", "Rossi", "rossi", "Garcia", "Quispe", "MR123456", "LG234567"] {
            assert!(!printed.contains(text), "{file}\n{printed}");
        }
    }
}
