//! Links in Markdown: to files that are there, to headings that are there. Nothing outside is asked.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::pages;
use crate::program::root;

/// The text of a page without what stands in fences and code spans.
fn prose(page: &str) -> String {
    let mut text = String::new();
    let mut is_code = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            line.split('`').step_by(2).for_each(|part| text += part);
            text.push('\n');
        }
    }
    text
}

/// The targets of all links and pictures of a page.
fn targets(page: &str) -> Vec<String> {
    let prose = prose(page);
    let find = |before: &str, behind: char| -> Vec<String> {
        let parts = prose.split(before).skip(1).filter_map(|rest| rest.split_once(behind));
        parts.map(|(target, _)| target.to_owned()).collect()
    };
    let mut targets = find("](", ')');
    targets.extend(find(" src=\"", '"'));
    targets
}

/// The anchors of a page, as GitHub and mdBook make them: headings in lower case, blanks as hyphens, without punctuation.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let headings = page.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        line.starts_with('#') && !is_code
    });
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let anchor = |heading: &str| -> String {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        text.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// What is wrong with a link of a page.
fn fault(page: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if path.is_empty() { page.to_owned() } else { page.parent().unwrap().join(path) };
    if !file.exists() {
        return Some(format!("{} leads to {target}, which is not there", page.display()));
    }
    let is_known = anchor.is_empty() || anchors(&fs::read_to_string(&file).unwrap()).contains(anchor);
    (!is_known).then(|| format!("{} leads to {target}, but there is no such heading", page.display()))
}

/// Pages of the repository that people read.
fn read_by_people() -> Vec<PathBuf> {
    let mut found = pages(&root().join("docs"));
    for page in
        ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "GLOSSARY.md", "CHANGELOG.md", "data/README.md"]
    {
        found.push(root().join(page));
    }
    found.extend(
        ["crates/python/README.md", "fuzz/README.md", "notebooks/README.md"].map(|page| root().join(page)),
    );
    found
}

#[test]
fn all_links_lead_somewhere() {
    let mut faults = Vec::new();
    for page in read_by_people() {
        let text = fs::read_to_string(&page).unwrap();
        faults.extend(targets(&text).iter().filter_map(|target| fault(&page, target)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// mdBook makes pages of what stands in the summary, and of nothing else. `template/` is a folder to copy, and no part of the book.
#[test]
fn the_summary_of_the_book_has_every_page() {
    let folder = root().join("docs");
    let summary = fs::read_to_string(folder.join("SUMMARY.md")).unwrap();
    let listed: BTreeSet<PathBuf> = targets(&summary).into_iter().map(|target| folder.join(target)).collect();
    let is_page =
        |page: &PathBuf| !page.ends_with("SUMMARY.md") && !page.starts_with(folder.join("template"));
    let there: BTreeSet<PathBuf> = pages(&folder).into_iter().filter(is_page).collect();
    assert_eq!(listed, there);
}

#[test]
fn links_and_headings_are_found() {
    let page = "# A b, c\n[one](x.md) `[no](y.md)`\n```\n# not this\n[no](z.md)\n```\n## `[[table]]`\n[two](#a-b-c)\n";
    assert_eq!(targets(page), ["x.md", "#a-b-c"]);
    assert_eq!(anchors(page).into_iter().collect::<Vec<_>>(), ["a-b-c", "table"]);
}
