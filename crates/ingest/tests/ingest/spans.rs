//! Files that are read in spans hold the rows that they hold when they are read as a whole.

use std::fs;

use denizen_ingest::{Fingerprint, IngestStats, Input, Parser, ReadError, Span, open};
use denizen_spec::{Code, Diagnostic, Source};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::project::{LENIENT, Outcome, Project, cells, gzip, records, said, texts, unmapped};

const COLUMNS: &str = "id = {}\nsex = { codes = { H = \"M\" } }";

/// What comes of a source that is read in spans of a given size, as the tasks of another engine would read it.
fn read_in_spans(source: &Source, project: &Project, bytes: u64) -> Result<Outcome, Vec<Diagnostic>> {
    let input: Input = sent(&open(source, project.path(), None)?);
    let parser = input.parser(None)?;
    let mut outcome = Outcome::default();
    let mut stats = IngestStats::default();
    for file in 0..input.paths().len() {
        let spans = input.spans(bytes).into_iter().filter(|span| span.file == file).collect();
        let parts = match read_spans(&input, &parser, spans) {
            Err(ReadError::Indivisible) => read_spans(&input, &parser, vec![Span::whole(file)]),
            parts => parts,
        };
        let parts = parts.map_err(|error| vec![error.into()])?;
        // In whatever order they come.
        parts.iter().rev().for_each(|part| stats.merge(sent(&part.stats)));
        for part in parts {
            outcome.chunks.extend(part.chunks);
            outcome.rejects.extend(part.rejects);
        }
    }
    let fingerprints: Vec<Fingerprint> =
        (0..input.paths().len()).map(|file| input.fingerprint(file).unwrap()).collect();
    let (files, warnings) = input.finish(&stats, &fingerprints).map_err(|error| vec![error])?;
    Ok(Outcome { files, warnings, unmapped: unmapped(&stats), ..outcome })
}

/// What arrives in another process.
fn sent<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// What one task makes of a span.
struct Part {
    chunks: Vec<Vec<String>>,
    rejects: Vec<denizen_spec::Reject>,
    stats: IngestStats,
}

/// The spans of one file: the last first, since no span needs another.
fn read_spans(input: &Input, parser: &Parser, spans: Vec<Span>) -> Result<Vec<Part>, ReadError> {
    let mut parts = Vec::new();
    for span in spans.iter().rev() {
        let mut part = Part { chunks: Vec::new(), rejects: Vec::new(), stats: IngestStats::default() };
        let mut chunks = parser.span(input.span_bytes(span)?, span)?;
        while let Some(chunk) = chunks.next_chunk()? {
            part.chunks.push(texts(&chunk.batch));
            part.rejects.extend(chunk.rejects);
            part.stats.merge(chunk.stats);
        }
        parts.push((part, chunks.lines()));
    }
    let mut before = 0;
    let absolute = |(mut part, lines): (Part, u64)| {
        part.stats.add_lines(before);
        part.rejects.iter_mut().for_each(|reject| reject.place.add_lines(before));
        before += lines;
        part
    };
    Ok(parts.into_iter().rev().map(absolute).collect())
}

fn assert_same(source: &Source, project: &Project, bytes: u64) {
    let whole = project.read(source, None);
    let in_spans = read_in_spans(source, project, bytes);
    match (whole, in_spans) {
        (Ok(whole), Ok(in_spans)) => {
            assert_eq!(whole.rows(), in_spans.rows(), "{bytes}");
            assert_eq!(whole.rejects(), in_spans.rejects(), "{bytes}");
            assert_eq!((whole.files, whole.warnings), (in_spans.files, in_spans.warnings), "{bytes}");
        }
        (whole, in_spans) => assert_eq!(whole.unwrap_err(), in_spans.unwrap_err()),
    }
}

#[test]
fn a_file_in_spans_is_the_file() {
    let header = "id;sex\n";
    for rows in [
        "",
        "a;H\nb;H\nc;x\nd;H",
        "\n\na;H\n\n\nb;x\n\n",
        "a;H\r\nb;x\r\n\r\nc;H\r\n",
        "a;H;H\nb\nc;H\n",
        "\"a\";H\n\"b;\"\"b\";\"x\"\nc;H\n",
        "a;\"H\nb;H\n\"c;H\nd;x\n",
        // Headers further down, and other tables, be the empty line before them at the end of a span.
        "a;H\nid;sex\nb;x\n\u{feff}id;sex\nc;H\n",
        "a;H\nb;x\n\n\nname;town\nx;3\ny;4\n\nid;sex\nc;H\n",
        "a;H\r\n\r\nTabla\r\nname;town\r\nx;3\r\ny;4\r\n",
        "(code);(M)\na1;H\nb2;H2\n",
        "a;\"H\nb;H\"\nc\";H\nd;x\n",
        // Line ends within rows, or that are no line feeds: not divided after all.
        "\"a\na\";H\nb;x\nc;H\n\"d\n\";x\n",
        "a;H\rb;x\rc;H\r",
        "a;H\nb;x\rc;H\n",
    ] {
        let text = format!("{header}{rows}");
        let project = Project::new().with("in.csv", &text);
        for bytes in 1..=text.len() as u64 + 1 {
            assert_same(&records(LENIENT, COLUMNS), &project, bytes);
        }
    }
}

#[test]
fn rows_longer_than_a_span() {
    let long = "x".repeat(3 << 20);
    let rows: String = (0..2000).map(|row| format!("{row};{}\n", ["H", "x"][row % 2])).collect();
    let project = Project::new().with("in.csv", format!("id;sex\n{rows}{long};H\n{rows}"));
    for bytes in [1000, 1 << 16, 1 << 20, (1 << 20) + 1] {
        assert_same(&records(LENIENT, COLUMNS), &project, bytes);
    }
}

#[test]
fn compressed_files_are_one_span() {
    let text = "id;sex\na;H\nb;x\n";
    let project = Project::new().with("in.csv", gzip(text.as_bytes()));
    let source = records(LENIENT, COLUMNS);
    let input = open(&source, project.path(), None).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(input.spans(1), [Span::whole(0)]);
    assert_same(&source, &project, 1);
    // All bytes of a plain file are in a span.
    let input = open(&source, Project::new().with("in.csv", text).path(), None);
    let spans = input.map(|input| input.spans(10)).unwrap_or_default();
    assert_eq!(
        spans.iter().map(|span| (span.start, span.end)).collect::<Vec<_>>(),
        [(0, Some(10)), (10, None)]
    );
}

/// What tells rows apart and is not declared is found across spans and files.
#[test]
fn undeclared_dimensions_in_spans() {
    let source = cells(
        "files = \"*.csv\"\nformat = \"sdmx-csv\"\nconcept = \"c\"",
        "sex = { from = \"SEX\", codes = { M = \"M\", F = \"F\" } }\nvalue = { from = \"OBS_VALUE\", type = \"integer\" }",
        "\"sex\"",
    );
    let header = "FREQ,SEX,OBS_VALUE\n";
    for rows in ["A,M,1\nA,F,2\nA,M,3\nM,F,4\nA,F,5\nQ,F,5\n", "A,M,1\nA,F,2\n", ""] {
        let project = Project::new()
            .with("a.csv", format!("{header}{rows}"))
            .with("b.csv", format!("{header}M,M,1\nA,M,1\n"));
        for bytes in [1, 10, 20, 100] {
            assert_same(&source, &project, bytes);
        }
    }
}

#[test]
fn a_file_that_was_replaced_is_not_read() {
    let source = records(LENIENT, "a = { type = \"integer\" }\nb = { type = \"integer\" }");
    let project = Project::new().with("in.csv", "a;b\n1;2\n");
    let open = || open(&source, project.path(), None).unwrap_or_else(|errors| panic!("{errors:?}"));
    let (input, of_spans) = (open(), open());
    fs::write(project.path().join("in.csv"), "b;a\n1;2\n").unwrap();
    let chunks = input.chunks(None).unwrap();
    let error = chunks.read().map(drop).unwrap_err();
    assert_eq!(
        (error.code, said(&error).as_str()),
        (
            Code::ChangedSnapshot,
            "ingest::changed-snapshot `in.csv` has another header than when it was checked\
             \n  help: the file was replaced during the run: run again when all files are complete"
        )
    );
    assert!(chunks.read().unwrap().is_none());
    let parser = of_spans.parser(None).unwrap();
    let span = Span::whole(0);
    let found = parser.span(of_spans.span_bytes(&span).unwrap(), &span).map(drop);
    assert_eq!(found.map_err(Diagnostic::from).unwrap_err(), error);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_of_any_file(rows in "([abHx]{0,3};[Hx]?(\n|\r\n|\n\n)){0,12}|[aH;\"\n\r]{0,24}", bytes in 1..40_u64) {
        let project = Project::new().with("in.csv", format!("id;sex\n{rows}"));
        assert_same(&records(LENIENT, COLUMNS), &project, bytes);
    }
}
