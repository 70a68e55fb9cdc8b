//! Several pipelines in one command, and the log for GitHub Actions.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Outcome, denizen, root, run};

/// A project with two pipelines that can be made, and two that cannot: `c` is wrong, `d` has no file.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let pipeline = |file: &str, rest: &str| {
        format!(
            "spec = 1\ntitle = \"Permits\"\nvintage = \"1\"\n[source.permits]\nfiles = \"{file}\"\nformat = \"csv\"\n\
             kind = \"cells\"\nconcept = \"permits\"\n[source.permits.columns]\nyear = {{ type = \"integer\" }}\n\
             value = {{ type = \"integer\" }}\n[[table]]\nname = \"t\"\nmeasure = \"stock\"\ndimensions = [\"year\"]\n{rest}"
        )
    };
    put("data/permits.csv", "year,value\n2020,5\n2021,6\n");
    put("pipelines/a.toml", &pipeline("data/permits.csv", ""));
    put("pipelines/b.toml", &pipeline("data/permits.csv", ""));
    put("pipelines/c.toml", &pipeline("data/permits.csv", "titel = \"x\"\n"));
    put("pipelines/d.toml", &pipeline("data/100 %, none.csv", ""));
    folder
}

fn made(folder: &Path, arguments: &[&str]) -> Outcome {
    let mut command = denizen(folder);
    command.env_remove("GITHUB_WORKSPACE").env_remove("GITHUB_STEP_SUMMARY").arg("run");
    run(command.args(arguments))
}

fn summary(outcome: &Outcome) -> Vec<&str> {
    let lines = outcome.stdout.lines().map(|line| line.split_at_checked(25).unwrap_or((line, "")));
    lines
        .filter(|(what, _)| what.trim() == "summary" || what.trim() == "pipelines")
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn a_fault_in_one_does_not_stop_the_others() {
    let project = project();
    let names = ["c", "a", "d", "b"].map(|name| format!("pipelines/{name}.toml"));
    let arguments: Vec<&str> = names.iter().map(String::as_str).collect();
    let outcome = made(project.path(), &arguments).exits_with(11);
    assert_eq!(
        summary(&outcome),
        [
            "pipelines/c.toml: refused, spec::unknown-field (exit status 10)",
            "pipelines/a.toml: made, releases/a/1",
            "pipelines/d.toml: refused, ingest::missing-file (exit status 11)",
            "pipelines/b.toml: made, releases/b/1",
            "4: 2 made, 2 refused",
        ]
    );
    assert!(project.path().join("releases/b/1/manifest.json").is_file());
    assert!(!project.path().join("releases/c").exists() && !project.path().join("releases/d").exists());
    // Each is what it is alone.
    let alone = made(project.path(), &["pipelines/a.toml", "--out", "alone"]).exits_with(0);
    assert!(summary(&alone).is_empty() && !alone.stdout.contains("pipeline  "), "{}", alone.stdout);
    let manifest = |folder: &str| fs::read(project.path().join(folder).join("a/1/manifest.json")).unwrap();
    assert!(manifest("releases") == manifest("alone"));
}

#[test]
fn the_highest_status_is_that_of_all() {
    let project = project();
    for (names, status) in [
        (&["pipelines/a.toml", "pipelines/b.toml"][..], 0),
        (&["pipelines/c.toml", "pipelines/a.toml"], 10),
        (&["pipelines/d.toml", "pipelines/c.toml"], 11),
        (&["pipelines/c.toml", "pipelines/d.toml"], 11),
    ] {
        made(project.path(), names).exits_with(status);
    }
    let quiet = made(project.path(), &["-q", "pipelines/a.toml", "pipelines/c.toml"]).exits_with(10);
    assert!(quiet.stdout.is_empty() && quiet.stderr.contains("spec::unknown-field"));
}

#[test]
fn what_several_cannot_share_is_refused() {
    let project = project();
    fs::copy(project.path().join("pipelines/a.toml"), project.path().join("a.toml")).unwrap();
    for (arguments, told) in [
        (
            &["pipelines/a.toml", "pipelines/b.toml", "--vintage", "2"][..],
            "`--vintage` is the edition of one product",
        ),
        (
            &["pipelines/a.toml", "pipelines/b.toml", "--source", "permits=x.csv"],
            "`--source` names a source of one",
        ),
        (&["pipelines/a.toml", "pipelines/a.toml"], "would make the same release"),
        (&["pipelines/a.toml", "./pipelines/a.toml"], "would make the same release"),
        (&["pipelines/a.toml", "data/../pipelines/a.toml"], "would make the same release"),
        (&["pipelines/a.toml", "data/../pipelines/a.toml", "--out", "."], "would make the same release"),
        // A pipeline beside the folder `pipelines` is of the same project.
        (&["pipelines/a.toml", "a.toml"], "would make the same release"),
        (&["pipelines/a.toml", "a.toml", "--out", "o"], "would make the same release"),
    ] {
        let outcome = made(project.path(), arguments).exits_with(2);
        assert!(outcome.stderr.contains(told), "{}", outcome.stderr);
        assert!(!project.path().join("releases").exists());
    }
}

#[test]
fn a_scheduler_is_told_of_each() {
    let project = project();
    let arguments = ["--log-format", "json", "-q", "pipelines/a.toml", "pipelines/c.toml"];
    let outcome = made(project.path(), &arguments).exits_with(10);
    let events = outcome.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut ends: Vec<Value> = events.filter(|event| event["event"] == "pipeline_finished").collect();
    for end in &mut ends {
        assert!(end.as_object_mut().unwrap().remove("seconds").unwrap().is_f64());
    }
    let release: PathBuf = project.path().canonicalize().unwrap().join("releases/a/1");
    assert_eq!(
        ends[0]["release"].as_str().map(|path| Path::new(path).canonicalize().unwrap()),
        Some(release)
    );
    assert_eq!((&ends[0]["outcome"], &ends[0]["status"]), (&json!("made"), &json!(0)));
    assert_eq!(
        ends[1],
        json!({"event": "pipeline_finished", "pipeline": "pipelines/c.toml", "outcome": "refused", "status": 10,
            "code": "spec::unknown-field"})
    );
}

/// Commands to the runner: each a line, with what stands in it escaped.
#[test]
fn github_shows_faults_at_their_lines() {
    let project = project();
    // As in a job that works in a folder of the repository.
    let repository = project.path().canonicalize().unwrap();
    let inner = repository.join("pipelines");
    let mut command = denizen(&inner);
    command.args(["--log-format", "github", "run", "a.toml", "c.toml", "d.toml"]);
    command
        .env("GITHUB_WORKSPACE", &repository)
        .env("GITHUB_STEP_SUMMARY", project.path().join("summary.md"));
    let outcome = run(&mut command).exits_with(11);
    let commands: Vec<&str> = outcome.stderr.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands[..4], ["::group::a.toml", "::endgroup::", "::group::c.toml", commands[3]]);
    let error =
        "::error file=pipelines/c.toml,line=16,col=1,title=spec%3A%3Aunknown-field::unknown field `titel`%0A";
    assert!(commands[3].starts_with(error), "{}", commands[3]);
    assert!(commands[6].starts_with("::error file=pipelines/d.toml,line=5,col="), "{}", commands[6]);
    assert!(commands[6].contains("100 %25, none.csv"), "{}", commands[6]);
    let summary = fs::read_to_string(project.path().join("summary.md")).unwrap();
    let rows: Vec<&str> = summary.lines().filter(|line| line.contains(".toml")).collect();
    assert_eq!(
        rows,
        [
            "| a.toml | made | PATH | tables: 1 | 0 |".replace("PATH", rows[0].split(" | ").nth(2).unwrap()),
            "| c.toml | refused | spec::unknown-field |  | 10 |".to_owned(),
            "| d.toml | refused | ingest::missing-file |  | 11 |".to_owned(),
        ]
    );
    // What is there already is added to.
    run(&mut command).exits_with(11);
    let twice = fs::read_to_string(project.path().join("summary.md")).unwrap();
    assert!(twice.starts_with(&summary) && twice.len() > summary.len());
}

/// Places are those that the text shows (`--> FILE:LINE:COLUMN`).
#[test]
fn annotations_stand_where_the_text_does() {
    let mut compared = 0;
    for case in ["wrong-pipeline", "wrong-columns", "wrong-rule"] {
        let folder = root().join("tests/cases").join(case);
        let checked = |format: &str| {
            let mut command = denizen(&folder);
            command.env_remove("GITHUB_WORKSPACE").args([
                "check",
                "pipelines/wrong.toml",
                "--log-format",
                format,
            ]);
            run(&mut command).exits_with(10).stderr
        };
        let text = checked("text");
        let places = text.lines().filter_map(|line| line.trim().strip_prefix("--> "));
        let log = checked("github");
        let place = |line: &str| {
            let (properties, _) = line.strip_prefix("::error ")?.split_once("::")?;
            let values = ["file=", "line=", "col="].map(|name| {
                properties.split(',').find_map(|pair| pair.strip_prefix(name)).unwrap_or_default()
            });
            Some(values.join(":"))
        };
        let found: Vec<String> = log.lines().filter_map(place).collect();
        assert_eq!(found, places.collect::<Vec<_>>(), "{case}");
        compared += found.len();
    }
    assert!(compared > 5);
}

/// Names that come from files cannot give commands.
#[test]
fn a_runner_obeys_nothing_that_a_file_says() {
    let project = project();
    let pipeline = project.path().join("pipelines/a.toml");
    let text = fs::read_to_string(&pipeline)
        .unwrap()
        .replace("files = \"data/permits.csv\"", "files = \"##[add-mask]::set.csv\"");
    fs::write(&pipeline, text).unwrap();
    fs::copy(project.path().join("data/permits.csv"), project.path().join("##[add-mask]::set.csv")).unwrap();
    let outcome = made(project.path(), &["--log-format", "github", "pipelines/a.toml"]).exits_with(0);
    assert!(outcome.stdout.contains("set.csv: 2 rows"), "{}", outcome.stdout);
    for line in outcome.stdout.lines().chain(outcome.stderr.lines()) {
        let is_ours =
            ["::group::", "::endgroup::", "::warning "].iter().any(|command| line.starts_with(command));
        assert!(is_ours || !(line.contains("##[") || line.trim_start().starts_with("::")), "{line}");
    }
}

/// A log of a job is read by many: where small counts are protected it counts nothing.
#[test]
fn the_log_of_a_protected_product_counts_nothing() {
    let out = tempfile::tempdir().unwrap();
    let case = root().join("tests/cases/disclosure");
    let summary = out.path().join("summary.md");
    for (format, is_counted) in [("text", true), ("github", false)] {
        let mut command = denizen(&case);
        command.args(["run", "pipelines/protected.toml", "--force", "--log-format", format, "--out"]);
        // It also takes the place of the release of the round before, which has files that its manifest may not name.
        let outcome = run(command.arg(out.path()).env("GITHUB_STEP_SUMMARY", &summary)).exits_with(0);
        let printed = outcome.stdout + &outcome.stderr;
        assert_eq!(printed.contains(" accepted, "), is_counted, "{printed}");
        assert_eq!(printed.contains(" rows"), is_counted, "{printed}");
    }
    let summary = fs::read_to_string(summary).unwrap();
    assert!(summary.contains("| made |") && !summary.contains("row"), "{summary}");
}
