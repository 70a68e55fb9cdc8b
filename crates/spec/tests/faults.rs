//! For every fault that the text of a pipeline file can show: a file with it, and all that is said about it.
//!
//! Each `faults/NAME.toml` is a pipeline file, each `faults/NAME.txt` everything that is reported of it. With
//! `DENIZEN_BLESS=1` the texts are written anew, to be read as a change of the product.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, in helpers too")]
#![allow(clippy::disallowed_methods, reason = "tests make and read files of their own")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use denizen_spec::{Code, Diagnostic, Pipeline, Place, parse};

/// A file name without folder and end, and its text.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(named).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults")
}

fn rendered(name: &str, text: &str, faults: &[Diagnostic]) -> String {
    let shown: Vec<_> =
        faults.iter().map(|fault| fault.render(&format!("{name}.toml"), text, false)).collect();
    format!("{}\n", shown.join("\n\n"))
}

#[test]
fn every_fault_reads_as_expected() {
    let mut failures = Vec::new();
    for (name, text) in texts(&folder()) {
        let faults = parse(&text).expect_err(&name);
        let (path, found) = (folder().join(format!("{name}.txt")), rendered(&name, &text, &faults));
        if std::env::var_os("DENIZEN_BLESS").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if found != expected {
            failures.push(format!("--- {name}, expected\n{expected}\n--- found\n{found}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_code_has_a_file() {
    let found: BTreeSet<Code> = texts(&folder())
        .iter()
        .flat_map(|(_, text)| parse(text).unwrap_err())
        .map(|fault| fault.code)
        .collect();
    let codes = Code::ALL.iter().copied().filter(|code| code.id().starts_with("spec::"));
    let expected: BTreeSet<Code> = codes.collect();
    assert_eq!(found, expected);
}

fn start(fault: &Diagnostic, text: &str) -> usize {
    match &fault.place {
        Place::Pipeline { location, .. } => location.span(text).start,
        place => panic!("a fault without its place: {place:?}"),
    }
}

#[test]
fn faults_come_in_the_order_of_the_text() {
    for (name, text) in texts(&folder()) {
        let starts: Vec<usize> = parse(&text).unwrap_err().iter().map(|fault| start(fault, &text)).collect();
        assert!(starts.is_sorted(), "{name}: {starts:?}");
    }
}

#[test]
fn six_faults_are_reported_in_one_run() {
    let (_, text) = texts(&folder()).into_iter().find(|(name, _)| name == "six-faults").unwrap();
    let faults = parse(&text).unwrap_err();
    let found: Vec<_> = faults.iter().map(|fault| (fault.code.id(), fault.help.as_deref())).collect();
    let expected = [
        ("spec::unknown-field", Some("did you mean `delimiter`?")),
        ("spec::date-format", Some("`first_year = 1930` says that `%y` means the years 1930 to 2029")),
        ("spec::wrong-type", None),
        ("spec::missing-field", None),
        ("spec::unknown-value", Some("did you mean `emigration`?")),
        (
            "spec::disclosure",
            Some(
                "a suppressed count is a total less the others, unless these are rounded so far that many counts fit",
            ),
        ),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_misspelt_field_is_reported_once() {
    let (_, text) = texts(&folder()).into_iter().find(|(name, _)| name == "misspelt-required").unwrap();
    let faults = parse(&text).unwrap_err();
    for fault in &faults {
        assert_eq!(fault.code, Code::UnknownField, "{}", fault.message);
        assert!(fault.help.as_deref().unwrap_or_default().starts_with("did you mean"), "{}", fault.message);
    }
    assert_eq!(faults.len(), 13);
}

/// A whole pipeline to be spoilt in one place.
const WHOLE: &str = r#"
spec = 1
title = "T"
vintage = "2026"
source.crossings.files = "crossings.csv"
source.crossings.format = "csv"
source.crossings.columns.person = { personal = true }
source.crossings.columns.crossed_on = { type = "date" }
source.crossings.columns.birth = { type = "date" }
source.crossings.columns.citizenship = { list = "country" }
clean = [
    { op = "filter", keep = { citizenship = "PE" } },
    { op = "recode", columns = "citizenship", to = "country" },
    { op = "deduplicate", keys = "crossed_on" },
    { op = "derive", column = "age", method = "age", birth = "birth", at = "crossed_on" },
    { op = "derive", column = "group", method = "age_group", from = "age" },
    { op = "derive", column = "year", method = "year", from = "crossed_on" },
]
table = [{ name = "t", measure = "count", concept = "c", dimensions = "year" }]
"#;

/// Nothing may vanish without a word: whatever required field is left out, that is said, and nothing else.
#[test]
fn a_field_left_out_is_reported_once() {
    assert!(parse(WHOLE).is_ok());
    let required = [
        ("spec", "spec = 1\n"),
        ("title", "title = \"T\"\n"),
        ("vintage", "vintage = \"2026\"\n"),
        ("files", "source.crossings.files = \"crossings.csv\"\n"),
        ("format", "source.crossings.format = \"csv\"\n"),
        ("op", "op = \"filter\", "),
        ("op", "op = \"recode\", "),
        ("op", "op = \"deduplicate\", "),
        ("op", "{ op = \"derive\", column = \"age\", "),
        ("columns", "columns = \"citizenship\", "),
        ("to", ", to = \"country\""),
        ("keys", ", keys = \"crossed_on\""),
        ("column", "column = \"age\", "),
        ("method", "method = \"age\", "),
        ("method", "method = \"age_group\", "),
        ("birth", "birth = \"birth\", "),
        ("at", ", at = \"crossed_on\""),
        ("from", ", from = \"age\""),
        ("name", "name = \"t\", "),
        ("measure", "measure = \"count\", "),
    ];
    for (field, part) in required {
        assert_eq!(WHOLE.matches(part).count(), 1, "{part}");
        let kept = if part.starts_with('{') { "{ column = \"age\", " } else { "" };
        let found = parse(&WHOLE.replace(part, kept)).map_err(|faults| {
            faults.into_iter().map(|fault| (fault.code, fault.message)).collect::<Vec<_>>()
        });
        let expected = (Code::MissingField, format!("the field `{field}` is missing"));
        assert_eq!(found.map(|_| ()), Err(vec![expected]), "without {part}");
    }
}

#[test]
fn shipped_pipelines_are_without_fault() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let shipped = texts(&folder);
    assert!(shipped.len() >= 3);
    for (name, text) in shipped {
        let pipeline: Result<Pipeline, _> = parse(&text);
        assert!(pipeline.is_ok(), "{}", rendered(&name, &text, &pipeline.unwrap_err()));
    }
}

/// A pipeline leaves the process and comes back as it was: engines send it, programs keep it.
#[test]
fn a_pipeline_is_the_same_after_a_journey() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    for (name, text) in texts(&folder) {
        let pipeline = parse(&text).unwrap();
        let json = serde_json::to_string(&pipeline).unwrap();
        assert_eq!(serde_json::from_str::<Pipeline>(&json).unwrap(), pipeline, "{name}");
        assert_eq!(pipeline.check(), [], "{name}");
    }
}

/// What a program has put together is judged as a text is, and says where.
#[test]
fn a_pipeline_without_a_text_has_the_same_faults() {
    let mut pipeline = parse(WHOLE).unwrap();
    pipeline.vintage = "../2026".to_owned();
    pipeline.tables[0].dimensions = vec!["year".to_owned(), "grupo".to_owned()];
    let found: Vec<String> = pipeline.check().iter().map(ToString::to_string).collect();
    let expected = [
        "error[spec::unknown-value]: the vintage is the name of a folder\n  \
         at vintage: use letters, digits, `.`, `_` and `-` only",
        "error[spec::unknown-column]: there is no column `grupo` here\n  \
         at table[0].dimensions[1]: neither the source nor an earlier step has it\n  \
         help: did you mean `group`?",
    ];
    assert_eq!(found, expected);
}
