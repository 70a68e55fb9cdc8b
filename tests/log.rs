//! The log for schedulers: every line of standard error is an object.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Outcome, denizen, root, run};

fn events(outcome: &Outcome) -> Vec<Value> {
    outcome.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

/// Runs a case with a log in JSON.
fn logged(case: &str, out: &Path, arguments: &[&str]) -> Outcome {
    let mut command = denizen(&root().join("tests/cases").join(case));
    command.args(arguments).args(["--log-format", "json"]);
    if arguments[0] == "run" {
        command.arg("--out").arg(out);
    }
    run(&mut command)
}

#[test]
fn a_run_is_told_from_start_to_finish() {
    let out = tempfile::tempdir().unwrap();
    let arguments = ["run", "pipelines/crossings.toml", "--threads", "2", "--memory", "500MB"];
    let outcome = logged("peru-small", out.path(), &arguments).exits_with(0);
    let events = events(&outcome);
    let started = json!({"event": "started", "command": "run", "pipeline": "pipelines/crossings.toml",
        "threads": 2, "memory": 500_000_000});
    assert_eq!(events[0], started);
    let stage = events.iter().find(|event| event["event"] == "stage").unwrap();
    assert_eq!((&stage["stage"], &stage["rows"]), (&json!("reading crossings"), &json!(23)));
    let warning = events.iter().find(|event| event["code"] == "ingest::rejected-rows").unwrap();
    assert_eq!(warning["severity"], "warning");
    assert_eq!(warning["notes"].as_array().unwrap().len(), 4);
    let finished = events.last().unwrap();
    assert_eq!((&finished["event"], &finished["status"]), (&json!("finished"), &json!(0)));
    assert_eq!(finished["release"], json!(out.path().join("crossings/1-synthetic")));
    assert!(finished["seconds"].as_f64().unwrap() > 0.0);
    assert!(outcome.stdout.contains("table                    emigrants: 17 rows"));
}

#[test]
fn a_run_that_fails_says_so_to_the_end() {
    let out = tempfile::tempdir().unwrap();
    let outcome = logged("too-many-rejects", out.path(), &["run", "pipelines/crossings.toml", "--quiet"]);
    let events = events(&outcome.exits_with(11));
    assert_eq!(names(&events), ["diagnostic", "finished"]);
    assert_eq!((&events[0]["severity"], &events[1]["status"]), (&json!("error"), &json!(11)));
}

#[test]
fn a_quiet_run_says_that_it_finished() {
    let out = tempfile::tempdir().unwrap();
    let outcome = logged("peru-small", out.path(), &["run", "pipelines/crossings.toml", "--quiet"]);
    let outcome = outcome.exits_with(0);
    assert_eq!((names(&events(&outcome)), outcome.stdout.as_str()), (vec!["finished"], ""));
}

/// Every place that the text of the diagnostics shows (`--> FILE:LINE:COLUMN`) is in the log.
#[test]
fn places_are_those_of_the_text() {
    let folder = root().join("tests/cases");
    let out = tempfile::tempdir().unwrap();
    let mut compared = 0;
    for case in ["wrong-pipeline", "wrong-columns", "wrong-rule"] {
        let text = run(denizen(&folder.join(case)).args(["check", "pipelines/wrong.toml"])).stderr;
        let places = text.lines().filter_map(|line| line.trim().strip_prefix("--> "));
        let logged = logged(case, out.path(), &["check", "pipelines/wrong.toml"]).exits_with(10);
        let place = |event: &Value| {
            let file = event["file"].as_str()?.to_owned();
            Some(format!("{file}:{}:{}", event["line"], event["column"]))
        };
        let found: Vec<String> = events(&logged).iter().filter_map(place).collect();
        assert_eq!(found, places.collect::<Vec<_>>(), "{case}");
        compared += found.len();
    }
    assert!(compared > 5);
}

/// Faults of the command line are lines of the log too.
#[test]
fn a_wrong_command_line_is_logged() {
    for arguments in [
        &["run", "--memory", "2", "p.toml", "--log-format", "json"][..],
        &["--log-format=json", "explain", "no::such"],
        &["--log-format=json", "walk"],
    ] {
        let outcome = run(denizen(&root()).args(arguments)).exits_with(2);
        let events = events(&outcome);
        let found: Vec<_> = names(&events).into_iter().filter(|name| *name != "started").collect();
        assert_eq!(found, ["diagnostic", "finished"], "{arguments:?}");
    }
}
