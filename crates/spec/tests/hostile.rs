//! No text can crash the reader, and every fault can be shown.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, in helpers too")]
#![allow(clippy::disallowed_methods, reason = "tests make and read files of their own")]

use std::fs;
use std::path::Path;

use denizen_spec::{Code, Diagnostic, Location, Place, Snapshot, parse};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence::WithSource;

fn shipped() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Faults are many or none, and all of them can be shown.
fn read(text: &str) {
    if let Err(faults) = parse(text) {
        assert!(!faults.is_empty());
        faults.iter().for_each(|fault| shows_well(fault, text));
    }
}

fn shows_well(fault: &Diagnostic, text: &str) {
    for styled in [false, true] {
        let shown = fault.render("p.toml", text, styled);
        assert!(shown.contains(fault.code.id()));
        let is_control = |c: char| c.is_control() && c != '\n';
        assert!(styled || !shown.contains(is_control), "{shown:?}");
    }
}

/// A change to a text: at a place (in thousandths of its length), a number of bytes are replaced.
fn spoilt(text: &str, changes: &[(usize, usize, String)]) -> String {
    changes.iter().fold(text.to_owned(), |mut text, (place, length, new)| {
        let start = text.floor_char_boundary(text.len() * place / 1000);
        let end = text.ceil_char_boundary((start + length).min(text.len()));
        text.replace_range(start..end, new);
        text
    })
}

/// Any text at all, control characters included.
fn anything() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter)
}

fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "\"",
            "'",
            "\"\"\"",
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
            "=",
            ".",
            ",",
            "#",
            "\n",
            "\r\n",
            "\u{feff}",
            "\0",
            "true",
            "-1",
            "1e999",
            "0x10",
            "2007-02-30",
            "nan",
            "9223372036854775808",
            "source",
            "[[clean]]\n",
            "[[table]]\n",
            "op = \"recode\"\n",
            "from",
            "columns",
            "codes = {}",
            "\u{1b}[31m",
            "\u{202e}",
        ])
        .prop_map(str::to_owned),
        ".{0,4}",
    ]
}

proptest! {
    // Seeds of texts that fail are kept beside this file.
    #![proptest_config(ProptestConfig {
        cases: 512,
        ..ProptestConfig::with_failure_persistence(WithSource("proptest-regressions"))
    })]

    #[test]
    fn any_text(text in anything()) {
        read(&text);
    }

    #[test]
    fn any_tokens(tokens in prop::collection::vec(token(), 0..40)) {
        read(&tokens.concat());
    }

    #[test]
    fn spoilt_pipelines(
        which in 0..3_usize,
        changes in prop::collection::vec((0..1000_usize, 0..12_usize, token()), 1..5),
    ) {
        read(&spoilt(&shipped()[which], &changes));
    }

    #[test]
    fn spoilt_sidecars(changes in prop::collection::vec((0..1000_usize, 0..12_usize, token()), 0..5)) {
        let text = spoilt(SIDECAR, &changes);
        if let Err(faults) = Snapshot::parse(&text) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| fault.code == Code::Sidecar));
            faults.iter().for_each(|fault| shows_well(fault, &text));
        }
    }

    #[test]
    fn any_diagnostic(
        message in anything(), label in anything(), note in anything(), text in anything(), span in (0..200_usize, 0..200_usize),
    ) {
        let fault = Diagnostic::error(Code::Syntax, message).note(note.clone()).help(note);
        let location = Location::Span(span.0..span.1);
        shows_well(&Diagnostic { place: Place::Pipeline { location, label: label.clone() }, ..fault.clone() }, &text);
        shows_well(&fault.clone().in_file(&label, Some(span.0 as u64)), &text);
        shows_well(&fault.in_file(label, None), &text);
    }
}

const SIDECAR: &str = r#"title     = "Crossings"
producer  = "Office"
origin    = "https://example.org/crossings.csv"
licence   = "CC-BY-4.0"
retrieved = 2026-11-01
sha256    = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
synthetic = true
sampling_fraction = 0.01
"#;

#[test]
fn what_a_sidecar_must_say() {
    assert!(Snapshot::parse(SIDECAR).is_ok());
    for field in ["title", "producer", "origin", "licence", "retrieved"] {
        let without: Vec<_> = SIDECAR.lines().filter(|line| !line.starts_with(field)).collect();
        let faults = Snapshot::parse(&without.join("\n")).unwrap_err();
        let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(messages, [format!("the field `{field}` is missing")]);
    }
}
