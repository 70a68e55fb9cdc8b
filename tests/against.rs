//! `check --against`: new files beside what a release recorded of its inputs.

use std::fs;
use std::path::Path;

use denizen::{
    COMMON_PERCENT, FEWEST_ROWS, PERIOD_TIMES, REJECTED_POINTS, ROWS_PERCENT, SHARE_POINTS, UNIT_TIMES,
};
use serde_json::Value;

use crate::program::{Outcome, denizen, root, run};
use crate::release::texts;

const PIPELINE: &str = r#"
spec = 1
title = "t"
vintage = "1"
[source.entries]
files = "in*.csv"
format = "csv"
[source.entries.columns]
day = { type = "date" }
sex = { codes = { F = "F", M = "M" } }
age = { type = "integer" }
[[table]]
name = "entries"
measure = "count"
concept = "entries"
dimensions = ["sex"]
"#;

/// So many rows for each of these months of a year, men and women in turn.
fn rows(year: i32, months: &[u8], of_month: usize) -> String {
    let mut text = "day,sex,age\n".to_owned();
    for month in months {
        for row in 0..of_month {
            text += &format!("{year}-{month:02}-15,{},{}\n", ["F", "M"][row % 2], 20 + row);
        }
    }
    text
}

const MONTHS: [u8; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

struct Project(tempfile::TempDir);

impl Project {
    /// A project of which a release has been made from a whole year.
    fn released() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.put("p.toml", PIPELINE);
        project.put("in.csv", &rows(2024, &MONTHS, 30));
        run(denizen(project.0.path()).args(["run", "p.toml"])).exits_with(0);
        project
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn against(&self, arguments: &[&str]) -> Outcome {
        let mut command = denizen(self.0.path());
        run(command.args(["check", "--against", "releases/p", "p.toml"]).args(arguments))
    }
}

#[test]
fn the_same_files_are_the_same() {
    let project = Project::released();
    let outcome = project.against(&[]).exits_with(0);
    let expected = "entries: 1 file (the same bytes) with 360 rows; in the release 1 file with 360 rows: nothing has changed";
    assert!(outcome.stdout.contains(expected), "{}", outcome.stdout);
    assert!(!outcome.stderr.contains("warning"));
}

/// New file, exit status, and what is told.
#[test]
fn what_has_changed_decides_the_status() {
    let whole = || rows(2024, &MONTHS, 30);
    let without_march: Vec<u8> = MONTHS.iter().copied().filter(|month| *month != 3).collect();
    let table = [
        // Rows in another order, and the ages of a few.
        (
            whole().replace(",20\n", ",21\n"),
            0,
            "note     age: reaches over other numbers: 21 to 49, before 20 to 49",
        ),
        (
            rows(2024, &without_march, 30),
            1,
            "warning  day: no rows in `2024-03`; before there were 30 [against::periods]",
        ),
        (
            rows(2024, &MONTHS, 20),
            1,
            "warning  day: 240 rows of the times that both have, before 360 (-33.3 %) [against::rows]",
        ),
        (
            whole().replace("day,sex,age", "day,sex,age,office").replace('\n', ",\n").replacen(
                "age,office,",
                "age,office",
                1,
            ),
            0,
            "note     office: `office` is new in the header, and not read [against::columns]",
        ),
        (
            whole().replace(",F,", ",M,"),
            1,
            "warning  sex: 1 code gone, before on 180 rows (50.0 %): `F` [against::codes]",
        ),
        (
            whole().replacen(",F,", ",,", 60),
            1,
            "warning  sex: not stated on 16.7 % of the rows, before on 0.0 % [against::blanks]",
        ),
        // The run itself says what stops it, and with which status.
        (
            whole().replace("day,sex,age", "day,gender,age"),
            11,
            "error    sex: `sex` is gone from the header, and `sex` is read from it; `gender` may be it [against::columns]",
        ),
        (
            whole().replace("-15,", "/15,"),
            11,
            "warning  100.0 % of the rows are rejected or have a field that cannot be read, before 0.0 %; for the first time 360 × ingest::date of day",
        ),
    ];
    let project = Project::released();
    for (text, status, expected) in table {
        project.put("in.csv", &text);
        let outcome = project.against(&[]).exits_with(status);
        assert!(outcome.stdout.contains(expected), "{expected}\n{}\n{}", outcome.stdout, outcome.stderr);
        assert_eq!(outcome.stderr.contains("error[ingest::"), status == 11, "{}", outcome.stderr);
    }
}

/// The file of the next year stands beside the one that was there, or in its place.
#[test]
fn the_next_year_is_compared_with_the_last() {
    let project = Project::released();
    project.put("in2025.csv", &rows(2025, &MONTHS[..11], 31));
    let outcome = project.against(&[]).exits_with(1);
    for expected in [
        "1 new, with 341 rows: `in2025.csv` [against::files]",
        "warning  day: 2025-01 to 2025-11; before it was 2024-01 to 2024-12 (11 of them, before 12) (in in2025.csv) [against::periods]",
    ] {
        assert!(outcome.stdout.contains(expected), "{}", outcome.stdout);
    }
    let alone = project.against(&["--source", "entries=in2025.csv"]).exits_with(1);
    assert!(alone.stdout.contains("day: 2025-01 to 2025-11; before"), "{}", alone.stdout);
}

#[test]
fn changes_are_told_to_schedulers() {
    let project = Project::released();
    project.put("in.csv", &rows(2024, &MONTHS[..11], 30));
    let outcome = project.against(&["--log-format", "json"]).exits_with(1);
    let events: Vec<Value> = outcome.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let change = events.iter().find(|event| event["event"] == "change").unwrap();
    let expected = serde_json::json!({"event": "change", "severity": "warning", "code": "against::periods", "source": "entries",
        "column": "day", "message": "2024-01 to 2024-11; before it was 2024-01 to 2024-12"});
    assert_eq!(*change, expected);
    let compared = events.iter().find(|event| event["event"] == "compared").unwrap();
    assert_eq!((&compared["before"]["rows"], &compared["now"]["rows"]), (&360.into(), &330.into()));
    assert_eq!(events.last().unwrap()["status"], 1);
}

/// A release that recorded nothing, none at all, and what is no manifest: said, each with its page.
#[test]
fn releases_without_a_record() {
    let project = Project::released();
    let manifest = project.0.path().join("releases/p/1/manifest.json");
    let inputs = project.0.path().join("releases/p/1/restricted/inputs.json");
    fs::remove_file(&inputs).unwrap();
    assert!(project.against(&[]).exits_with(11).stderr.contains("error[against::no-profile]"));
    fs::write(&inputs, "{").unwrap();
    assert!(project.against(&[]).exits_with(11).stderr.contains("error[against::no-release]"));
    fs::remove_file(&manifest).unwrap();
    assert!(project.against(&[]).exits_with(11).stderr.contains("holds none of `p`"));
}

/// Where several vintages lie, the newest is taken; one may be named.
#[test]
fn the_newest_vintage_is_taken() {
    let project = Project::released();
    project.put("in.csv", &rows(2024, &MONTHS[..6], 30));
    run(denizen(project.0.path()).args(["run", "p.toml", "--vintage", "10"])).exits_with(0);
    let outcome = project.against(&[]).exits_with(0);
    assert!(outcome.stdout.contains("compared with releases/p/10\n"), "{}", outcome.stdout);
    let named = ["check", "--against", "releases/p/1", "p.toml"];
    assert!(run(denizen(project.0.path()).args(named)).exits_with(1).stdout.contains("releases/p/1\n"));
}

/// What was recorded of persons stands in the restricted half alone: neither a code nor a range is public.
#[test]
fn what_files_of_persons_held_is_for_the_owner() {
    for (case, pipeline, has_cells) in [
        ("peru-small", "pipelines/crossings.toml", false),
        ("disclosure", "pipelines/protected.toml", false),
        ("permits-small", "pipelines/communities.toml", true),
    ] {
        let out = tempfile::tempdir().unwrap();
        let mut command = denizen(&root().join("tests/cases").join(case));
        run(command.args(["run", pipeline, "--out"]).arg(out.path())).exits_with(0);
        let texts = texts(out.path());
        let has_profile = |path: &str| {
            texts.iter().any(|(name, text)| name.ends_with(path) && text.contains("\"periods\""))
        };
        let in_public =
            texts.iter().any(|(name, text)| name.contains("/public/") && text.contains("\"periods\""));
        assert!(!in_public, "{case}");
        let (manifest, restricted): (Vec<_>, Vec<_>) = texts
            .keys()
            .filter(|name| name.ends_with("manifest.json"))
            .partition(|name| !name.contains("/restricted/"));
        assert_eq!(manifest.iter().any(|name| texts[*name].contains("\"profile\"")), has_cells, "{case}");
        assert!(restricted.iter().all(|name| !texts[*name].contains("\"profile\"")));
        assert_eq!(has_profile("restricted/inputs.json"), !has_cells, "{case}");
        if !has_cells {
            let recorded: Value =
                serde_json::from_str(texts.iter().find(|(name, _)| name.ends_with("inputs.json")).unwrap().1)
                    .unwrap();
            for column in recorded["inputs"][0]["profile"]["columns"].as_array().unwrap() {
                let is_told =
                    ["values", "least", "greatest", "periods"].iter().any(|name| column.get(name).is_some());
                assert!(!(column["personal"] == true && is_told), "{case}: {column}");
            }
        }
    }
}

/// What is said of the new files of a source with persons shows no text of theirs and no number.
#[test]
fn no_value_of_a_person_is_told() {
    let project = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(project.path().join(name), text).unwrap();
    let pipeline = PIPELINE.replace(
        "[source.entries.columns]",
        "[source.entries.columns]\nname = { personal = true }\nplace = {}",
    );
    put("p.toml", &pipeline);
    let sidecar = "title = \"T\"\nproducer = \"P\"\norigin = \"O\"\nlicence = \"L\"\nretrieved = 2026-11-01\nsynthetic = true\n\
        key = \"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\"\n";
    put("in.csv.toml", sidecar);
    put("in.csv", "day,sex,age,name,place\n2024-01-01,F,41,ANNA,LIMA\n2024-01-02,M,42,BRUNO,LIMA\n");
    run(denizen(project.path()).args(["run", "p.toml"])).exits_with(0);
    let new = [
        // A shifted row, and an age that only one has.
        "day,sex,age,name,place\n2024-01-01,F,41,ANNA,LIMA\n2024-01-02,M,987,CANARY,CANARY\n",
        // No header: its first line is a person.
        "2024-01-01,F,987,CANARY,LIMA\n2024-01-02,M,42,BRUNO,LIMA\n",
        "day,sex,age,CANARY 987\n2024-01-01,F,41,ANNA\n",
    ];
    for (index, text) in new.into_iter().enumerate() {
        put("in.csv", text);
        for log in ["text", "json", "github"] {
            let arguments = ["check", "--against", "releases", "p.toml", "--log-format", log];
            let outcome = run(denizen(project.path()).args(arguments));
            let told = format!("{}{}", outcome.stdout, outcome.stderr);
            // A header that is known by most of its names is told, and so is the name of a column in it.
            let is_header = index == 2;
            assert!(is_header || !told.contains("CANARY") && !told.contains("987"), "{told}");
            // Many read that log, and shares of few rows tell of persons.
            assert!(log != "github" || index != 0 || told.contains("which this log does not tell"), "{told}");
        }
    }
}

/// The help says from where on something is told, in numbers that the program goes by.
#[test]
fn margins_are_those_of_the_help() {
    let help = run(denizen(Path::new("/")).args(["check", "--help"])).exits_with(0).stdout;
    for part in [
        format!("more than {ROWS_PERCENT} %"),
        format!("has {PERIOD_TIMES} times more or fewer"),
        format!("more than {SHARE_POINTS} points"),
        format!("on {COMMON_PERCENT} % of the rows"),
        format!("is {UNIT_TIMES} times as large"),
        format!("more than {REJECTED_POINTS} point"),
        format!("fewer than {FEWEST_ROWS} rows"),
    ] {
        assert!(help.contains(&part), "{part}\n{help}");
    }
}
