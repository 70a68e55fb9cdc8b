//! The pages of `docs/`: what they say is done, what they lead to is there, and what the program can print of itself is what they hold.

mod links;
pub(crate) mod page;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::program::{root, run_in};

/// Where a page begins.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In an empty folder beside a clone of the repository.
    New,
    /// Where the tutorial has ended.
    AfterTutorial,
}

/// All pages with commands.
const FOLLOWED: [(&str, Place); 8] = [
    ("tutorial.md", Place::New),
    ("how-to/ci.md", Place::AfterTutorial),
    ("how-to/code-list.md", Place::AfterTutorial),
    ("how-to/correct.md", Place::AfterTutorial),
    ("how-to/drift.md", Place::AfterTutorial),
    ("how-to/rates.md", Place::AfterTutorial),
    ("how-to/small-counts.md", Place::AfterTutorial),
    ("how-to/vintages.md", Place::AfterTutorial),
];

/// Those that ask something in SQL or Python.
pub(crate) const ASKING: [&str; 5] =
    ["tutorial.md", "how-to/query.md", "how-to/rates.md", "how-to/small-counts.md", "how-to/vintages.md"];

/// A folder beside a clone of the repository, and in it what has come of a page. One that only asks begins where the tutorial ends.
pub(crate) fn followed(name: &str) -> (tempfile::TempDir, PathBuf) {
    let place = FOLLOWED.iter().find(|(known, _)| *known == name).map(|(_, place)| *place);
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir(&project).unwrap();
    symlink(root(), folder.path().join("denizen")).unwrap();
    if place != Some(Place::New) {
        page::follow(&root().join("docs/tutorial.md"), &project);
    }
    if place.is_some() {
        page::follow(&root().join("docs").join(name), &project);
    }
    (folder, project)
}

#[test]
fn what_pages_say_is_done_and_printed() {
    for (name, _) in FOLLOWED {
        followed(name);
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

/// A page with a fence of commands is followed by the test above, unless it is a page of reference.
#[test]
fn pages_with_commands_are_followed() {
    for page in pages(&root().join("docs")) {
        let name = page.strip_prefix(root().join("docs")).unwrap().to_str().unwrap();
        let is_guide = name == "tutorial.md" || name.starts_with("how-to/");
        let has_commands = fs::read_to_string(&page).unwrap().contains("\n```sh\n");
        let is_followed = FOLLOWED.iter().any(|(known, _)| *known == name);
        assert_eq!(is_guide && has_commands, is_followed, "{name}");
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
