//! Real files that nobody has described: what `denizen new` makes of them must run as it stands.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{denizen, root, run};
use crate::real_data::data;

/// Files that are no tables.
const OTHER: [&str; 5] = ["json", "yaml", "yml", "md", "toml"];

/// Tables of the collection that run at least. Those that do not are told with the reason: lower it for none of them.
const FLOOR: usize = 111;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if !OTHER.iter().any(|end| path.extension().is_some_and(|found| found == *end)) {
            found.push(path);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

fn attempt(file: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    attempt_in(file, folder.path()).map(drop)
}

/// Makes a pipeline of a file in a project of its own and runs it, with the figures that it must meet: the pipeline and the
/// figures; where it fails, what was said.
fn attempt_in(file: &Path, project: &Path) -> Result<String, String> {
    for part in ["codelists", "reference"] {
        copy(&root().join("data").join(part), &project.join("data").join(part));
    }
    fs::create_dir_all(project.join("data/raw")).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    fs::copy(file, project.join("data/raw").join(name)).unwrap();
    fs::write(project.join("key"), format!("{}\n", "5".repeat(64))).unwrap();
    let data = format!("data/raw/{name}");
    let commands: [&[&str]; 3] = [
        &["new", "found", "--from", &data],
        &["check", "pipelines/found.toml"],
        &["run", "pipelines/found.toml"],
    ];
    for arguments in commands {
        let outcome = run(denizen(project).args(arguments).env("DENIZEN_KEY_FILE", project.join("key")));
        if outcome.status != 0 {
            let first = outcome.stderr.lines().find(|line| line.starts_with("error")).unwrap_or_default();
            return Err(format!("{}: {first}", arguments[0]));
        }
    }
    let made = ["pipelines/found.toml", "pipelines/found/published.csv"];
    Ok(made.map(|path| fs::read_to_string(project.join(path)).unwrap()).concat())
}

/// Small files of every kind, each with what the pipeline that is made of it must say.
#[test]
fn what_is_proposed_of_small_files_runs_as_it_stands() {
    let rows = |line: fn(usize) -> String| (0..60).map(line).collect::<String>();
    let table: [(&str, String, &[&str]); 6] = [
        (
            "fixed.txt",
            rows(|index| {
                format!(
                    "{:>4} 2024{:02}1{} {} {:>5}\n",
                    index * 37 % 1000,
                    index % 9 + 1,
                    index % 9,
                    ["F", "M"][index % 2],
                    index
                )
            }),
            &[
                "format = \"fixed-width\"",
                "start = 1, width = 4",
                "record_length = 21",
                "# DOUBT: the fields are what stands between blanks",
            ],
        ),
        (
            "header.txt",
            " YEAR SEX   N\n".to_owned()
                + &rows(|index| {
                    format!("{:>5} {:<3}{:>4}\n", 2000 + index / 2, ["F", "M"][index % 2], index * 7)
                }),
            &["skip = 1", "year = { start = 1, width = 5", "value = { start = 10, width = 4"],
        ),
        (
            "names.csv",
            "who,place,n\n".to_owned()
                + &rows(|index| {
                    let name = ["Maria", "Giovanni", "Fatima", "Omar", "Ana", "Zoe"][index % 6];
                    format!("{name},{},{}\n", ["Torino", "Milano"][index % 2], index)
                }),
            &["who = { personal = true }  # its texts are first names of persons", "threshold = 7"],
        ),
        (
            "surnames.csv",
            "c1;entered\n".to_owned()
                + &rows(|index| {
                    let name = ["Rossi", "Bianchi", "Quispe", "Khan", "Popescu", "Weber"][index % 6];
                    format!("{name};{:02}/03/2024\n", index % 28 + 1)
                }),
            &["c1 = { personal = true }  # its texts are surnames of persons"],
        ),
        (
            "visas.csv",
            "Year;Sex;Visas\n2023;F;12\n2023;M;8\n2024;F;9\n2024;M;11\n".to_owned(),
            &["delimiter = \";\"", "kind = \"cells\""],
        ),
        (
            "events.csv",
            "day,citizenship,sex\n".to_owned()
                + &rows(|index| {
                    let country = ["PE", "EC", "IT", "UA", "MA"][index % 5];
                    format!("2024-01-{:02},{country},{}\n", index % 28 + 1, ["F", "M"][index % 2])
                }),
            &["events-rows,Rows that were read when the pipeline was proposed,found,count,,60,"],
        ),
    ];
    for (name, text, expected) in table {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        fs::write(&file, &text).unwrap();
        let made = attempt_in(&file, folder.path().join("project").as_path());
        let made = made.unwrap_or_else(|why| panic!("{name}: {why}"));
        for line in expected {
            let line = line.replace("events-rows", "found-rows");
            assert!(made.contains(&line), "{name}: {line}\n{made}");
        }
    }
}

#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
#[allow(clippy::print_stderr, reason = "which files run is what one wants to read")]
fn most_tables_run_as_they_are_proposed() {
    let mut found = Vec::new();
    ["italy", "world"].iter().for_each(|part| files(&data().join(part), &mut found));
    found.sort();
    let mut running = 0;
    for file in &found {
        let outcome = attempt(file);
        running += usize::from(outcome.is_ok());
        let name = file.strip_prefix(data()).unwrap().display().to_string();
        eprintln!("{name}: {}", outcome.map_or_else(|why| format!("no, {why}"), |()| "yes".to_owned()));
    }
    eprintln!("{running} of {} tables run as they are proposed", found.len());
    assert!(running >= FLOOR, "{running} of {}", found.len());
}
