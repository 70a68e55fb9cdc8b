//! Other readers agree on every file: DuckDB, pandas, pyarrow, polars and frictionless, through Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::docs::{ASKING, go_on, tutorial};
use crate::formats::ALL_FORMATS;
use crate::program::{denizen, root, run, run_in};
use crate::release::{files, rows};

/// A Python with the packages of `tests/python/requirements.txt`: `DENIZEN_PYTHON`, or else `.venv` of the repository.
#[track_caller]
pub(crate) fn python() -> PathBuf {
    let given = std::env::var_os("DENIZEN_PYTHON").map(PathBuf::from);
    let python = given.unwrap_or_else(|| root().join(".venv/bin/python"));
    let works = Command::new(&python)
        .args([
            "-c",
            "import check_jsonschema, duckdb, frictionless, ipykernel, jsonschema, matplotlib, nbclient, nbformat, openpyxl, \
             pandas, polars, pyarrow, pysdmx, ruamel.yaml",
        ])
        .output();
    let works = works.is_ok_and(|output| output.status.success());
    let missing = "no Python with the packages of tests/python/requirements.txt";
    assert!(works, "{missing} at {}: see CONTRIBUTING.md, or set DENIZEN_PYTHON", python.display());
    python
}

pub(crate) fn passes(python: &Path, script: &str, arguments: &[&Path]) {
    let mut command = Command::new(python);
    command.arg(root().join("tests/python").join(script)).args(arguments);
    let output = command.env("DENIZEN_PROGRAM", env!("CARGO_BIN_EXE_denizen")).output().unwrap();
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
#[ignore = "needs Python: tests/python/requirements.txt"]
fn every_reader_sees_the_same_release() {
    let python = python();
    let out = releases(&["peru-1990-2007", "italy-permits", "midla"]);
    for release in ["peru-1990-2007/2008-03-synthetic", "italy-permits/2025-01-07", "midla/2026-11"] {
        passes(&python, "check_release.py", &[&out.path().join(release)]);
    }
}

/// Makes releases of shipped pipelines in every format, and gives their folders.
fn releases_in_all_formats(pipelines: &[(&str, &str)]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let project = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("data"), project.path().join("data")).unwrap();
    for (name, bytes) in files(&root().join("pipelines")) {
        let path = project.path().join("pipelines").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let release = |(pipeline, vintage): &(&str, &str)| {
        let path = project.path().join(format!("pipelines/{pipeline}.toml"));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text + ALL_FORMATS).unwrap();
        run(denizen(project.path()).arg("run").arg(format!("pipelines/{pipeline}.toml"))).exits_with(0);
        project.path().join("releases").join(pipeline).join(vintage)
    };
    let releases = pipelines.iter().map(release).collect();
    (project, releases)
}

/// Codes of digits that begin with zeros, ages, totals over all years, breaks, missing values, dates that are no years.
#[test]
#[ignore = "needs Python: tests/python/requirements.txt"]
fn readers_of_other_formats_see_the_tables() {
    let python = python();
    let (_project, releases) = releases_in_all_formats(&[
        ("italy-residents", "2023-synthetic"),
        ("peru-1990-2007", "2008-03-synthetic"),
        ("eurostat-migration", "2021"),
        ("midla", "2026-11"),
    ]);
    for release in &releases {
        passes(&python, "check_formats.py", &[release]);
        passes(&python, "check_sdmx.py", &[release]);
    }
}

#[test]
#[ignore = "needs LibreOffice (`soffice`, or DENIZEN_LIBREOFFICE) and Python: tests/python/requirements.txt"]
fn libreoffice_reads_the_workbook() {
    let python = python();
    let given = std::env::var_os("DENIZEN_LIBREOFFICE").unwrap_or_else(|| "soffice".into());
    let works = Command::new(&given).arg("--version").output();
    assert!(works.is_ok_and(|output| output.status.success()), "no LibreOffice: see CONTRIBUTING.md");
    let (_project, releases) = releases_in_all_formats(&[("italy-permits", "2025-01-07")]);
    let script = root().join("tests/python/check_formats.py");
    let output = Command::new(&python).arg(script).args(releases).env("DENIZEN_LIBREOFFICE", given).output();
    let output = output.unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains("in LibreOffice"), "{told}");
}

/// They call the program themselves, but for the first, which only reads; and show what they are stored with.
#[test]
#[ignore = "needs Python: tests/python/requirements.txt"]
fn the_notebooks_run() {
    let python = python();
    let out = releases(&["peru-1990-2007", "midla"]);
    for entry in std::fs::read_dir(root().join("notebooks")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "ipynb") {
            passes(&python, "run_notebook.py", &[&path, out.path()]);
        }
    }
}

/// What pages of `docs/` ask in SQL and in Python has the answers that they show.
#[test]
#[ignore = "needs Python: tests/python/requirements.txt"]
fn what_pages_ask_is_answered_as_they_show() {
    let python = python();
    let (_folder, project) = tutorial();
    for name in ASKING {
        let folder = go_on(name, &project);
        passes(&python, "run_page.py", &[&root().join("docs").join(name), folder.path()]);
    }
}

/// Base R reads the tables as CSV, and finds the numbers that stand in the Parquet files.
#[test]
#[ignore = "needs R: apt-get install r-base-core"]
fn the_script_in_r_finds_the_same_numbers() {
    let project = tempfile::tempdir().unwrap();
    let pipelines = project.path().join("pipelines");
    std::fs::create_dir_all(pipelines.join("peru-1990-2007")).unwrap();
    std::os::unix::fs::symlink(root().join("data"), project.path().join("data")).unwrap();
    let figures = "peru-1990-2007/published.csv";
    std::fs::copy(root().join("pipelines").join(figures), pipelines.join(figures)).unwrap();
    let text = std::fs::read_to_string(root().join("pipelines/peru-1990-2007.toml")).unwrap();
    let text = format!("{text}\n[release]\nformats = [\"parquet\", \"csv\"]\n");
    std::fs::write(pipelines.join("peru-1990-2007.toml"), text).unwrap();
    run_in(project.path(), &["run", "pipelines/peru-1990-2007.toml"]).exits_with(0);

    let public = project.path().join("releases/peru-1990-2007/2008-03-synthetic/public");
    let picture = project.path().join("emigration.png");
    let mut script = Command::new("Rscript");
    let printed =
        run(script.arg(root().join("notebooks/emigration.R")).args([&public, &picture])).exits_with(0).stdout;
    assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    let table = rows(&public.join("tables/emigrants.parquet"));
    let value = |year: &str, rule: &str| {
        let mut found = table.iter().filter(|row| {
            row["year_code"] == year && row["rule"] == rule && row["sex"] == "_T" && row["age_group"] == "_T"
        });
        let value = &found.find(|row| row["indicator"] == "emigration").unwrap()["value"];
        value.trim_end_matches(".0").to_owned()
    };
    for year in ["2003", "2004", "2005", "2006", "2007"] {
        let line = printed.lines().find(|line| line.trim().starts_with(year)).unwrap();
        let found: Vec<&str> = line.split_whitespace().skip(1).collect();
        assert_eq!(
            found,
            ["continuous_12", "nz_12_16", "pe_1990_2007"].map(|rule| value(year, rule)),
            "{year}"
        );
    }
}

/// Columns of records in every shape that the writer treats in its own way, over several row groups: none stated, one
/// value, few and many values, more words than two bytes can number, numbers that lie close together and far apart.
#[test]
#[ignore = "needs Python: tests/python/requirements.txt"]
fn every_reader_sees_the_same_columns() {
    let python = python();
    let project = tempfile::tempdir().unwrap();
    let put = |name: &str, text: String| {
        let path = project.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let header = "person;day;far_day;none;one;few;many;most;near;far;unlike\n";
    let row = |row: usize| {
        let or_none =
            |every: usize, text: String| if row.is_multiple_of(every) { String::new() } else { text };
        [
            or_none(7, format!("P{}", row / 3)),
            format!("{}-{:02}-{:02}", 1999 + row % 2, row % 12 + 1, row % 28 + 1),
            or_none(5, format!("{:04}-01-01", row % 9000 + 500)),
            String::new(),
            "always".to_owned(),
            or_none(3, format!("f{}", row % 5)),
            or_none(11, format!("m{}", row % 30_000)),
            or_none(13, format!("u{}", row % 70_000)),
            or_none(4, (row % 90).to_string()),
            or_none(6, (row as i64 % 40 * 20_000_000_000_000 - 400_000_000_000_000).to_string()),
            row.to_string(),
        ]
        .join(";")
    };
    put("data/rows.csv", header.to_owned() + &(0..400_000).map(row).collect::<Vec<_>>().join("\n"));
    put("key", "1".repeat(64));
    let columns = header.trim().split(';').map(|column| {
        let kind = match column {
            "person" => ", personal = true",
            "day" | "far_day" => ", type = \"date\"",
            "near" | "far" | "unlike" => ", type = \"integer\"",
            _ => "",
        };
        format!("{column} = {{ from = \"{column}\"{kind} }}\n")
    });
    let pipeline = "spec = 1\ntitle = \"Columns\"\nvintage = \"1\"\n[source.rows]\nfiles = \"data/rows.csv\"\n\
                    format = \"csv\"\ndelimiter = \";\"\n[source.rows.columns]\n";
    let rest = "[[clean]]\nop = \"derive\"\ncolumn = \"year\"\nmethod = \"year\"\nfrom = \"day\"\n\
                [[table]]\nname = \"rows\"\nmeasure = \"count\"\nconcept = \"rows\"\ndimensions = [\"year\"]\n\
                [disclosure]\nmethod = \"none\"\nreason = \"Nobody is real\"\n";
    put("pipelines/columns.toml", pipeline.to_owned() + &columns.collect::<String>() + rest);
    let mut command = denizen(project.path());
    run(command.args(["run", "pipelines/columns.toml"]).env("DENIZEN_KEY_FILE", "key")).exits_with(0);
    passes(&python, "check_release.py", &[&project.path().join("releases/columns/1")]);
}
