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

/// Makes a pipeline of a file in a project of its own and runs it; where it fails, what was said.
fn attempt(file: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
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
    Ok(())
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
