//! Names, files and limits that are made to mislead the program or whoever reads what it prints.

use std::fs;
use std::path::Path;

use crate::program::{denizen, run, run_in};
use crate::release::files;

const PIPELINE: &str = "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n[source.r]\nfiles = \"in/*.csv\"\nformat = \"csv\"\n\
    [source.r.columns]\nid = {}\n[[table]]\nname = \"t\"\nmeasure = \"count\"\nconcept = \"c\"\n";

/// A folder with a pipeline `p.toml` and one file.
fn project(file: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in").join(file), "id\n1\n").unwrap();
    fs::write(folder.path().join("p.toml"), PIPELINE).unwrap();
    folder
}

fn assert_printable(text: &str) {
    let is_obeyed = |c: char| c != '\n' && denizen_spec::is_obeyed(c);
    assert!(!text.contains(is_obeyed), "{text:?}");
    assert!(text.lines().all(|line| !line.starts_with("forged")), "{text:?}");
}

#[cfg(unix)]
#[test]
fn nothing_that_is_printed_is_obeyed() {
    let project = project("a\u{1b}]0;owned\u{7}\u{202e}\u{200f}\u{9b}\nforged.csv");
    let named = "x\u{1b}[31m\nforged";
    let with_rule = format!(
        "{PIPELINE}[[clean]]\nop = \"residence\"\nrule = \"{}\"\n[[clean]]\nop = \"derive\"\n",
        "x\\u001b\\u200e\\nforged"
    );
    fs::write(project.path().join("rule.toml"), with_rule).unwrap();
    fs::write(project.path().join("column.toml"), PIPELINE.replace("id = {}", "idx = {}")).unwrap();
    for arguments in [
        &["run", "p.toml"][..],
        &["run", "column.toml"],
        &["check", "rule.toml"],
        &["explain", named],
        &[named],
        &["run", "p.toml", "--memory", named],
        &["run", named],
        &["run", "p.toml", "--source", "r=none\u{1b}\nforged"],
    ] {
        for log in [&[][..], &["--log-format", "json"]] {
            let outcome = run_in(project.path(), &[log, arguments].concat());
            assert_printable(&outcome.stdout);
            assert_printable(&outcome.stderr);
        }
    }
}

/// A release never leaves the folder of its pipeline.
#[test]
fn names_of_pipelines_are_names_of_folders() {
    let project = project("a.csv");
    for name in ["...toml", "..toml", ".hidden.toml"] {
        fs::write(project.path().join(name), PIPELINE).unwrap();
        for command in ["check", "run"] {
            let outcome = run_in(project.path(), &[command, name]).exits_with(10);
            assert!(outcome.stderr.contains("cannot be the name of a pipeline"), "{}", outcome.stderr);
        }
    }
    assert!(!project.path().join("releases").exists());
    fs::rename(project.path().join("p.toml"), project.path().join("países 2.toml")).unwrap();
    run_in(project.path(), &["run", "países 2.toml"]).exits_with(0);
    assert!(project.path().join("releases/países 2/1/manifest.json").is_file());
}

/// Whoever reads a pipe waits for somebody who writes to it, and a device may never end.
#[cfg(unix)]
#[test]
fn devices_are_no_files() {
    let project = project("a.csv");
    let zero = Path::new("/dev/zero");
    fs::write(project.path().join("figures.toml"), format!("{PIPELINE}[[published]]\nfile = \"zero\"\n"))
        .unwrap();
    std::os::unix::fs::symlink(zero, project.path().join("zero")).unwrap();
    for (arguments, status) in [
        (&["run", "zero"][..], 11),
        (&["check", "zero"], 11),
        (&["run", "p.toml", "--key-file", "zero"], 11),
        (&["run", "p.toml", "--source", "r=zero"], 11),
        (&["run", "figures.toml"], 10),
    ] {
        let outcome = run_in(project.path(), arguments).exits_with(status);
        assert!(outcome.stderr.contains("neither a file nor a folder"), "{arguments:?}: {}", outcome.stderr);
    }
}

/// A pipeline file that is wrong a hundred thousand times is refused in a moment, and not all of it is shown.
#[test]
fn many_faults_are_counted() {
    let project = project("a.csv");
    let rows = "= \n".repeat(100_000);
    fs::write(project.path().join("many.toml"), rows).unwrap();
    for log in [&["check"][..], &["--log-format", "json", "check"]] {
        let outcome = run_in(project.path(), &[log, &["many.toml"]].concat()).exits_with(10);
        assert!(outcome.stderr.lines().count() < 1000);
        assert!(
            outcome.stderr.contains("more faults of the pipeline file are not shown"),
            "{}",
            outcome.stderr
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn limits_of_the_system_are_told() {
    let project = project("a.csv");
    let program = env!("CARGO_BIN_EXE_denizen");
    for (limit, status, message) in
        [("ulimit -v 400000", 2, "of addresses"), ("ulimit -f 0", 14, "cannot be written")]
    {
        let mut shell = std::process::Command::new("sh");
        shell.current_dir(project.path()).env_remove("DENIZEN_KEY_FILE");
        // What the shell itself does not know it does not limit.
        let outcome =
            run(shell.arg("-c").arg(format!("{limit} && exec '{program}' run p.toml"))).exits_with(status);
        assert!(outcome.stderr.contains(message), "{limit}: {}", outcome.stderr);
        assert!(files(&project.path().join("releases")).is_empty(), "{limit}");
    }
    run(denizen(project.path()).args(["run", "p.toml"])).exits_with(0);
}
