//! Codes and what they mean.

use crate::project::{LENIENT, Project, cells, records, said};

const LIST: &str = "code,label_en,label_it,label_es,kind\n\
    PE,Peru,,,detail\nEC,Ecuador,,,\nAM,America,,,aggregate\nW,World,,,total\n";

fn project(rows: &str) -> Project {
    Project::new().with("data/codelists/country.csv", LIST).with("in.csv", rows)
}

/// How a column is declared, and what becomes of each code of the file: a code, nothing, a reject, or left out.
#[test]
fn meanings() {
    let table = [
        ("{ list = \"country\" }", "PE EC AM W XX", "PE EC out out bad"),
        ("{ codes = { 1 = \"PE\", 2 = \"EC\" } }", "1 2 3 PE", "PE EC bad bad"),
        // With both, a code of the list is not taken for one of the file.
        ("{ list = \"country\", codes = { PE = \"EC\", 1 = \"PE\" } }", "PE 1 EC AM", "EC PE bad bad"),
        ("{ list = \"country\", missing = \"XX\" }", "PE XX", "PE -"),
        ("{ codes = { 1 = \"PE\", 9 = \"_U\" } }", "1 9", "PE -"),
        ("{ list = \"country\", codes = { 1 = \"PE\", 8 = \"AM\" } }", "1 8", "PE out"),
        ("{ list = \"country\", missing = [\"XX\", \"PE\"] }", "PE XX", "- -"),
        ("{ list = \"country\", total = \"W\" }", "W AM PE", "_T out PE"),
        ("{ codes = { 1 = \"PE\" }, total = \"9\" }", "1 9 _T", "PE _T bad"),
        ("{ list = \"country\", codes = { 1 = \"PE\" }, total = \"ALL\" }", "1 ALL W", "PE _T bad"),
    ];
    for (column, codes, expected) in table {
        let columns = format!("c = {column}\nvalue = {{ type = \"integer\" }}");
        let source = cells(&format!("{LENIENT}\nconcept = \"k\""), &columns, "\"c\"");
        for (code, expected) in codes.split(' ').zip(expected.split(' ')) {
            let found = project(&format!("c;value\n{code};1\n")).read(&source, None).unwrap();
            let file = &found.files[0];
            let what = match (file.accepted, file.rejected, file.excluded) {
                (1, 0, 0) => found.rows()[0].split('|').next().unwrap(),
                (0, 1, 0) => "bad",
                (0, 0, 1) => "out",
                counts => panic!("{counts:?}"),
            };
            assert_eq!(what, expected, "{column} {code}");
        }
    }
}

/// A person has one citizenship: what stands for several countries, or for all, has no meaning in records.
#[test]
fn records_have_no_aggregates() {
    let source = records(LENIENT, "c = { list = \"country\" }");
    let found = project("c\nPE\nAM\nW\n").read(&source, None).unwrap();
    assert_eq!(found.rows(), ["PE"]);
    assert_eq!(found.rejects(), ["3+1 @5 c ingest::unmapped-code", "4+1 @8 c ingest::unmapped-code"]);
}

/// Concept, year and reference date of a cell must be stated.
#[test]
fn cells_say_what_they_count_and_when() {
    let columns = "concept = { codes = { P = \"permit_holders\", U = \"_U\" } }\nyear = { type = \"integer\" }\n\
        sex = { codes = { 1 = \"M\" } }\nvalue = { type = \"integer\" }";
    let source = cells(LENIENT, columns, "\"year\", \"sex\"");
    let found = project("concept;year;sex;value\nP;2007;1;5\nP;2007;;\n;2007;1;5\nU;2007;1;5\nP;;1;5\n");
    let found = found.read(&source, None).unwrap();
    assert_eq!(found.rows(), ["permit_holders|2007|M|5", "permit_holders|2007|-|-"]);
    let reasons: Vec<_> =
        found.rejects().iter().map(|text| text.split_once('@').unwrap().1.to_owned()).collect();
    let expected =
        ["43 concept", "53 concept", "64 year"].map(|place| format!("{place} ingest::missing-value"));
    assert_eq!(reasons, expected);
}

/// A row with a fault is a reject, be it about an aggregate or not.
#[test]
fn a_faulty_aggregate_is_rejected() {
    let columns = "c = { list = \"country\" }\nvalue = { type = \"integer\" }";
    let source = cells(&format!("{LENIENT}\nconcept = \"k\""), columns, "\"c\"");
    let found = project("c;value\nAM;x\nAM;1\n").read(&source, None).unwrap();
    assert_eq!(found.rejects(), ["2+1 @8 value ingest::integer"]);
    assert_eq!(found.files[0].excluded, 1);
}

#[test]
fn a_code_must_be_in_its_list() {
    let source =
        records(LENIENT, "c = { list = \"country\", codes = { 1 = \"PE\", 2 = \"XX\", 3 = \"YY\" } }");
    let faults = project("c\n1\n").read(&source, None).unwrap_err();
    assert_eq!(
        faults.iter().map(said).collect::<Vec<_>>(),
        [
            "spec::unknown-value the code `XX` is not in the code list of `c`",
            "spec::unknown-value the code `YY` is not in the code list of `c`",
        ]
    );
}

#[test]
fn codes_that_are_never_used_are_a_warning() {
    let source = records(
        LENIENT,
        "c = { codes = { 1 = \"PE\", 2 = \"EC\", 3 = \"BO\" } }\nd = { codes = { 1 = \"x\" } }",
    );
    let found = project("c;d\n2;1\n2;1\n").read(&source, None).unwrap();
    assert_eq!(
        found.warnings.iter().map(said).collect::<Vec<_>>(),
        ["ingest::unused-code some declared codes never occur in `s`\
          \n  note: `c`: `1`, `3`"]
    );
}

/// What a publisher writes into a column of codes is shown, but neither at length nor so that a terminal obeys.
#[test]
fn unmapped_codes_are_shown_shortly() {
    let source = records(LENIENT, "c = { codes = { 1 = \"PE\" } }");
    let rows: String = (0..12).map(|row| format!("{row:02}{}\n", "\u{e8}".repeat(300))).collect();
    let found = project(&format!("c\n1\n\u{1b}[31mred\n{rows}")).read(&source, None).unwrap();
    let shown = found.warnings[0].render("", "", false);
    assert!(shown.contains("00\u{e8}") && shown.contains("and 5 more"), "{shown}");
    assert!(!shown.contains('\u{1b}') && shown.lines().all(|line| line.chars().count() < 500), "{shown}");
}
