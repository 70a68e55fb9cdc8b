//! Other readers agree on every file: DuckDB, pandas, pyarrow, polars and frictionless, through Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{denizen, root, run};

/// A Python with the packages of `tests/python/requirements.txt`: `.venv` of the repository or `DENIZEN_PYTHON`.
fn python() -> Option<PathBuf> {
    let given = std::env::var_os("DENIZEN_PYTHON").map(PathBuf::from);
    let python = given.unwrap_or_else(|| root().join(".venv/bin/python"));
    let works = Command::new(&python)
        .args([
            "-c",
            "import duckdb, frictionless, ipykernel, matplotlib, nbclient, nbformat, pandas, polars, pyarrow",
        ])
        .output();
    if works.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    println!("skipped: no Python with the packages of tests/python/requirements.txt at {}", python.display());
    None
}

fn passes(python: &Path, script: &str, arguments: &[&Path]) {
    let output =
        Command::new(python).arg(root().join("tests/python").join(script)).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{script}\n{}\n{}", text(&output.stdout), text(&output.stderr));
}

fn releases(pipelines: &[&str]) -> tempfile::TempDir {
    let out = tempfile::tempdir().unwrap();
    for pipeline in pipelines {
        let mut command = denizen(&root());
        run(command.arg("run").arg(format!("pipelines/{pipeline}.toml")).arg("--out").arg(out.path()))
            .exits_with(0);
    }
    out
}

#[test]
fn every_reader_sees_the_same_release() {
    let Some(python) = python() else { return };
    let out = releases(&["peru-1990-2007", "italy-permits", "midla"]);
    for release in ["peru-1990-2007/2008-03-synthetic", "italy-permits/2025-01-07", "midla/2026-11"] {
        passes(&python, "check_release.py", &[&out.path().join(release)]);
    }
}

#[test]
fn the_notebook_runs() {
    let Some(python) = python() else { return };
    let out = releases(&["peru-1990-2007", "midla"]);
    passes(&python, "run_notebook.py", &[&root().join("notebooks/read-a-release.ipynb"), out.path()]);
}
