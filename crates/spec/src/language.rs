//! The language of pipeline files on one page: `denizen explain pipeline`.
//!
//! Each reader of a section names it ([`Fields::in_section`](crate::text::Fields::in_section)); a build for tests notes every key
//! that is read, and a test fails when one has no meaning here, or when a meaning stands here that no reader asks for.

mod rule_step;
mod sections;

pub use rule_step::rule_step;
pub use sections::SECTIONS;

/// One section of a pipeline file, or one kind of table within it.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// How readers call it.
    pub name: &'static str,
    /// How it stands in a pipeline file.
    pub title: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its fields, in the order in which they are usually written.
    pub fields: &'static [FieldMeaning],
}

/// What a field means.
#[derive(Debug, Clone, Copy)]
pub struct FieldMeaning {
    /// Its key.
    pub key: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// What holds where it is left out; empty where it must be given.
    pub default: &'static str,
    /// How it is written.
    pub example: &'static str,
}

/// A whole pipeline, and the file that it reads.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    /// What it shows.
    pub title: &'static str,
    /// The pipeline file.
    pub pipeline: &'static str,
    /// The path of its input, relative to the project.
    pub input: &'static str,
    /// The text of the input.
    pub data: &'static str,
}

/// Pipelines to begin with. Each runs as it stands.
pub const PATTERNS: [Pattern; 2] = [
    Pattern {
        title: "Microdata: each row is a person or an event",
        pipeline: include_str!("language/microdata.toml"),
        input: "data/raw/permits.csv",
        data: include_str!("language/microdata.csv"),
    },
    Pattern {
        title: "A table of counts: each row stands for so many",
        pipeline: include_str!("language/counts.toml"),
        input: "data/raw/visas.csv",
        data: include_str!("language/counts.csv"),
    },
];

/// The page, as Markdown.
///
/// ```
/// let page = denizen_spec::language_page();
/// assert!(page.contains("## `[source.NAME]`") && page.contains("`weight`"));
/// ```
pub fn language_page() -> String {
    let mut page = "# The language of pipeline files\n\nA pipeline file is TOML (<https://toml.io>). Every field, with what it means, what \
                    holds where it is left out, and an example. `denizen check FILE` says what is wrong with a file, all faults at \
                    once; `denizen explain` lists rules, indicators and errors.\n"
        .to_owned();
    for section in SECTIONS {
        page += &format!("\n## {}\n\n{}\n\n", section.title, section.about);
        section.fields.iter().for_each(|field| page += &told(field));
    }
    for pattern in PATTERNS {
        page += &format!("\n## {}\n\n`{}`:\n\n```csv\n{}```\n\n", pattern.title, pattern.input, pattern.data);
        page += &format!("The pipeline file:\n\n```toml\n{}```\n", pattern.pipeline);
    }
    page
}

fn told(field: &FieldMeaning) -> String {
    let default = match field.default {
        "" => "Must be given.".to_owned(),
        default => format!("Left out: {default}."),
    };
    format!("- `{}`: {} {default} `{}`\n", field.key, field.meaning, field.example)
}

/// What a file beside data or a list is called where sections are named. It is no section of a pipeline.
pub(crate) const SIDECAR: &str = "sidecar";

/// Which keys readers ask for, where and when: in builds for tests.
#[cfg(test)]
pub(crate) mod asked {
    use std::collections::BTreeSet;
    use std::sync::{Mutex, PoisonError};

    static ASKED: Mutex<BTreeSet<(&str, &str)>> = Mutex::new(BTreeSet::new());

    pub(crate) fn note(section: &'static str, key: &'static str) {
        ASKED.lock().unwrap_or_else(PoisonError::into_inner).insert((section, key));
    }

    pub(crate) fn all() -> BTreeSet<(&'static str, &'static str)> {
        ASKED.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests read files of their own")]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Every pipeline file of the tests and of the repository is read, so that every branch of the readers is.
    #[test]
    fn every_key_that_is_read_has_a_meaning_and_no_other() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let cases = std::fs::read_dir(root.join("../../tests/cases")).unwrap();
        let cases = cases.map(|entry| entry.unwrap().path().join("pipelines"));
        let folders = [root.join("tests/faults"), root.join("../../pipelines")].into_iter().chain(cases);
        let mut files = 0;
        for entry in folders.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "toml") {
                let _ = crate::parse(&std::fs::read_to_string(path).unwrap());
                files += 1;
            }
        }
        assert!(files > 40);
        // Options that no pipeline file of the tests has.
        for (format, _) in crate::format::FORMATS {
            let _ = crate::parse(&format!("source.s = {{ format = '{format}', unpivot = {{}} }}"));
        }
        // Operations that none has.
        for (_, manual) in crate::manuals() {
            let _ = crate::parse(manual.pipeline);
        }
        let other = "{ table = 'p', on = '01-01' }";
        for indicator in crate::Indicator::all().map(|indicator| indicator.name) {
            let indicator = format!("{{ name = '{indicator}', per = {other}, less = {other} }}");
            let _ = crate::parse(&format!("table = [{{ account = {{}}, indicators = [{indicator}] }}]"));
        }
        let _ = crate::parse("release = {}\nclean = [{ op = 'derive', method = 'constant' }]");
        let meant =
            SECTIONS.iter().flat_map(|section| section.fields.iter().map(|field| (section.name, field.key)));
        let meant: BTreeSet<_> = meant.collect();
        let mut asked = asked::all();
        // Other tests read sidecars meanwhile.
        asked.retain(|(section, _)| *section != SIDECAR);
        let without_meaning: Vec<_> = asked.difference(&meant).collect();
        assert!(
            without_meaning.is_empty(),
            "keys that are read and stand not in language/sections.rs: {without_meaning:?}"
        );
        let unread: Vec<_> = meant.difference(&asked).collect();
        assert!(unread.is_empty(), "keys of language/sections.rs that no reader asks for: {unread:?}");
    }

    #[test]
    fn patterns_have_no_fault_and_examples_are_toml() {
        for pattern in PATTERNS {
            assert_eq!(crate::parse(pattern.pipeline), crate::parse(pattern.pipeline));
            assert!(crate::parse(pattern.pipeline).is_ok(), "{}", pattern.title);
        }
        for field in SECTIONS.iter().flat_map(|section| section.fields) {
            let (_, faults) = toml::de::DeTable::parse_recoverable(field.example);
            assert!(faults.is_empty() && !field.meaning.is_empty(), "{}", field.example);
            assert!(
                field.example.starts_with(field.key) || field.example.contains(field.key),
                "{}",
                field.example
            );
        }
    }
}
