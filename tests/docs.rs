//! The pages of `docs/`: what they say is done, what they lead to is there, and what the program can print of itself is what they hold.

mod links;
pub(crate) mod page;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{root, run_in};

/// Guides with commands, which go on where the tutorial ends.
const FOLLOWED: [&str; 8] = [
    "how-to/ci.md",
    "how-to/code-list.md",
    "how-to/correct.md",
    "how-to/drift.md",
    "how-to/rates.md",
    "how-to/residence.md",
    "how-to/small-counts.md",
    "how-to/vintages.md",
];

/// Pages that ask something in SQL or Python.
pub(crate) const ASKING: [&str; 6] = [
    TUTORIAL,
    "how-to/query.md",
    "how-to/rates.md",
    "how-to/residence.md",
    "how-to/small-counts.md",
    "how-to/vintages.md",
];

const TUTORIAL: &str = "tutorial.md";

/// What has come of the tutorial, in a folder beside a clone of the repository.
pub(crate) fn tutorial() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir(&project).unwrap();
    symlink(root(), folder.path().join("denizen")).unwrap();
    page::follow(&root().join("docs").join(TUTORIAL), &project);
    (folder, project)
}

/// What has come of a page in a copy of that project.
pub(crate) fn go_on(name: &str, project: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copied = Command::new("cp").arg("-R").arg(project.join(".")).arg(folder.path()).status();
    assert!(copied.unwrap().success());
    if FOLLOWED.contains(&name) {
        page::follow(&root().join("docs").join(name), folder.path());
    }
    folder
}

#[test]
fn what_pages_say_is_done_and_printed() {
    let (_folder, project) = tutorial();
    for name in FOLLOWED {
        go_on(name, &project);
    }
}

/// All Markdown pages below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|end| end == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A guide with commands is followed by the test above.
#[test]
fn pages_with_commands_are_followed() {
    for page in pages(&root().join("docs")) {
        let name = page.strip_prefix(root().join("docs")).unwrap().to_str().unwrap();
        let has_commands = fs::read_to_string(&page).unwrap().contains("\n```sh\n");
        assert_eq!(name.starts_with("how-to/") && has_commands, FOLLOWED.contains(&name), "{name}");
    }
}

/// Each product has a page that says what is counted, whose data it is, and what must not be compared.
#[test]
fn each_product_has_a_page() {
    for entry in fs::read_dir(root().join("pipelines")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "toml") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let page = root().join(format!("docs/products/{name}.md"));
            let text =
                fs::read_to_string(&page).unwrap_or_else(|_| panic!("{name} has no page in docs/products"));
            let pipeline = fs::read_to_string(&path).unwrap();
            for line in pipeline.lines().filter(|line| line.starts_with("files ")) {
                for file in line.split('"').skip(1).step_by(2) {
                    assert!(text.contains(&format!("`{file}`")), "{name}: its page says nothing of {file}");
                }
            }
            for heading in [
                "What is counted",
                "Sources",
                "Concepts and breaks",
                "Not to be compared",
                "Figures that are met",
            ] {
                assert!(text.contains(&format!("\n## {heading}\n")), "{name}: {heading}");
            }
        }
    }
}

/// What the program can print of itself; with `DENIZEN_BLESS=1` it is written anew.
#[test]
fn pages_of_reference_are_those_of_the_program() {
    for (page, name) in [("rules", "rules"), ("indicators", "indicators"), ("diagnostics", "codes")] {
        let path = root().join(format!("docs/{page}.md"));
        let printed = run_in(&root(), &["explain", name]).exits_with(0);
        if std::env::var_os("DENIZEN_BLESS").is_some() {
            fs::write(&path, &printed.stdout).unwrap();
        }
        assert!(fs::read_to_string(path).unwrap() == printed.stdout, "docs/{page}.md is not up to date");
    }
}
