//! What is said of files that are no table of text, or one in another shape or encoding.

use denizen_spec::Source;

use crate::project::{LENIENT, Project, cells, records, said};

fn source(encoding: &str, columns: &str) -> Source {
    records(&format!("{LENIENT}\nencoding = \"{encoding}\""), columns)
}

const COLUMNS: &str = "id = {}\nano = { from = \"año\" }\nvalor = { type = \"integer\" }";

/// What is said of a file that is refused; all of it on one line.
fn refusal(encoding: &str, columns: &str, bytes: &[u8]) -> String {
    let faults = Project::new().with("in.csv", bytes).read(&source(encoding, columns), None).unwrap_err();
    assert_eq!(faults.len(), 1);
    said(&faults[0]).replace("\n  ", " · ")
}

#[track_caller]
fn assert_says(encoding: &str, bytes: &[u8], parts: &[&str]) {
    let found = refusal(encoding, COLUMNS, bytes);
    for part in parts {
        assert!(found.contains(part), "{part:?} in {found}");
    }
}

#[test]
fn files_that_are_no_table_of_text() {
    let wide: Vec<u8> = "\u{feff}id;año;valor\n1;2;3\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_says(
        "utf-8",
        b"PK\x03\x04 [Content_Types].xml",
        &["ingest::other-format", "a workbook (XLSX)", "format = \"xlsx\""],
    );
    assert_says("windows-1252", b"PAR1\x15\0\x15", &["a Parquet file"]);
    assert_says("utf-8", b"<!DOCTYPE html><html><head>404", &["an HTML page", "an error page"]);
    assert_says("windows-1252", &wide, &["text in UTF-16 (little-endian)", "encoding = \"utf-16\""]);
    assert_says("utf-8", &wide[2..], &["text in UTF-16 (little-endian)", "encoding = \"utf-16le\""]);
    assert_says("utf-8", b"{\"value\": [1, 2]}", &["a JSON document"]);
}

#[test]
fn tables_in_another_shape() {
    let rows = "1;2001;3\n2;2002;4\n";
    let header = "id;año;valor\n";
    let says = |text: &str, parts: &[&str]| assert_says("utf-8", text.as_bytes(), parts);
    says(
        &format!("Registro\n\n{header}{rows}"),
        &["line 3 has all declared columns: 2 lines stand above", "write `skip = 2`"],
    );
    says(&format!("sep=,\n{header}{rows}"), &["ingest::separator-line", "delimiter = \",\""]);
    says(&format!("{header}{rows}").replace(';', "\t"), &["cut at `\\t`", "delimiter = \"\\t\""]);
    says(
        "id;2019;2020;2021\n1;2;3;4\n",
        &["3 of its columns are named as periods, from 2019 to 2021", "wide table", "unpivot"],
    );
    says(&format!("{rows}{rows}"), &["there is no header", "header = false"]);
    says("Titulo\na;b;c;d\n1;2;3;4\n1;2;3;4\n", &["titles stand above the table"]);
    says("id;a\u{f1}o\u{a0}x;valor\n", &["its columns are id, a"]);
    says("id;an\u{303}o;valor\n", &["it has `an\\u0303o`, which looks the same as `a\\u00F1o`"]);
    says("id: Id;año: Año;valor: Valor\n", &["labels=both", "sdmx-csv"]);
}

#[test]
fn headers_in_another_encoding() {
    let dos = b"id;a\xa4o;valor\n1;2;3\n";
    let latin = b"id;a\xf1o;valor\n1;2;3\n";
    assert_says("windows-1252", dos, &["read as cp850 it has all declared columns", "encoding = \"cp850\""]);
    assert_says("utf-8", latin, &["its byte 5 is 0xF1", "encoding = \"windows-1252\""]);
    assert_says(
        "windows-1252",
        "id;año;valor\n1;2;3\n".as_bytes(),
        &["read as utf-8", "encoding = \"utf-8\""],
    );
    assert_says("windows-1252", "\u{feff}id;año;valor\n".as_bytes(), &["byte-order mark of UTF-8"]);
    assert_says("iso-8859-15", "\u{feff}id;ano\n".as_bytes(), &["byte-order mark of UTF-8"]);
}

/// Texts that can be read in the declared encoding and are in another one.
#[test]
fn bytes_that_contradict_the_declared_encoding() {
    let says = |encoding: &str, bytes: &[u8], expected: &str| {
        let project = Project::new().with("in.csv", bytes);
        let found = project.read(&source(encoding, "id = {}\npost = {}"), None);
        let found = match found {
            Ok(outcome) => outcome
                .warnings
                .iter()
                .map(said)
                .filter(|text| text.starts_with("ingest::encoding"))
                .collect(),
            Err(faults) => faults.iter().map(said).collect::<String>(),
        };
        let is_said = if expected.is_empty() { found.is_empty() } else { found.contains(expected) };
        assert!(is_said, "{expected:?} in {found:?}");
    };
    let rows = |name: &str| format!("id;post\n1;{name}\n2;Tacna\n{}", "3;Lima\n".repeat(300_000));
    says("windows-1252", rows("Iñapari").as_bytes(), "by its bytes it is utf-8");
    says("iso-8859-15", rows("Iñapari").as_bytes(), "by its bytes it is utf-8");
    says("windows-1251", rows("Перу").as_bytes(), "by its bytes it is utf-8");
    says("windows-1252", b"id;post\n1;Per\xa3\n2;I\xa4apari\n3;Jun\xa1n\n", "by its bytes it is cp850");
    says("windows-1252", b"id;post\n1;I\xf1apari\n2;dell\x92isola\n3;Per\xfa\n", "");
    says("windows-1252", b"id;post\n1;I\xf1apari\n2;I\xc3\xb1apari\n", "");
    says("utf-8", rows("Iñapari").as_bytes(), "");
    // The bytes of a column that nobody reads tell it too.
    says("windows-1252", "id;post;nota\n1;Lima;año\n".as_bytes(), "by its bytes it is utf-8");
}

/// A row that is UTF-8 in a file that is not is rejected, and what is none in UTF-8 is told with its likely encoding.
#[test]
fn rows_in_another_encoding() {
    let bytes = b"id;post\n1;I\xf1apari\n2;I\xc3\xb1apari\n3;Lima\n";
    let found = Project::new().with("in.csv", bytes);
    let latin = found.read(&source("windows-1252", "id = {}\npost = {}"), None).unwrap();
    assert_eq!(latin.rows(), ["1|Iñapari", "3|Lima"]);
    let utf8 = found.read(&source("utf-8", "id = {}\npost = {}"), None).unwrap();
    assert_eq!(utf8.rows(), ["2|Iñapari", "3|Lima"]);
    let said: String = utf8.warnings.iter().map(said).collect();
    assert!(
        said.contains("1 × ingest::encoding in `post` (by their bytes: windows-1252), first at in.csv:2"),
        "{said}"
    );
}

#[test]
fn invisible_characters_are_shown() {
    let columns = "c = { codes = { \"New Zealand\" = \"NZ\", \"Perú\" = \"PE\", \"CE\" = \"CE\" } }";
    let text = "c\nNew Zealand\nNew\u{a0}Zealand\nPeru\u{301}\n\u{421}\u{415}\nPE: Peru\n";
    let found = Project::new().with("in.csv", text).read(&source("utf-8", columns), None).unwrap();
    let said: String = found.warnings.iter().map(said).collect();
    for part in [
        "`New\\u00A0Zealand`",
        "`New\\u00A0Zealand` looks the same as the declared `New Zealand`: in `codes` it is written \"New\\u00A0Zealand\"",
        "`Peru\\u0301` looks the same as the declared `Perú`",
        "`\\u0421\\u0415` looks the same as the declared `CE`",
    ] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
}

#[test]
fn tables_below_tables() {
    let columns = "id = {}\nname = {}\nborn = {}";
    let first = "id;name;born\n1;Ana;2001\n2;Luis;2002\n";
    let reads = |text: String| Project::new().with("in.csv", text).read(&source("utf-8", columns), None);
    let table = [
        ("\ncode;town;people\n10;Lima;8\n11;Ica;3\n", "5 another-table 6 another-table 7 another-table"),
        ("id;name;born\n3;Zoe;2003\n", "4 repeated-header"),
        ("\u{feff}id;name;born\n", "4 repeated-header"),
        ("\n\nid;name;born\n3;Zoe;2003\n", "6 repeated-header"),
        (
            "\ncode;town;people\n10;Lima;8\n\nid;name;born\n3;Zoe;2003\n",
            "5 another-table 6 another-table 8 repeated-header",
        ),
        ("\nTabla 2\n\ncode;town;people\n10;Lima;8\n", "5 another-table 7 another-table 8 another-table"),
        // Neither a row behind an empty line nor a note is a table.
        ("\n3;Zoe;2003\n\n\n4;Eva;2004\n", ""),
        ("\nZoe;Eva;x\nAna;Luis;y\n", ""),
    ];
    for (below, expected) in table {
        let found = reads(format!("{first}{below}")).unwrap();
        let rejects = found.rejects.iter().map(|reject| {
            format!("{} {}", reject.place.line(), reject.reason.id().trim_start_matches("ingest::"))
        });
        assert_eq!(rejects.collect::<Vec<_>>().join(" "), expected, "{below}");
    }
    let faults = reads(format!("{first}name;id;born\nEva;3;2004\n")).unwrap_err();
    assert_eq!(
        said(&faults[0]),
        "ingest::changed-header `in.csv` has a second header, with its columns in another order\
         \n  help: put the rows from this line on into a file of their own"
    );
}

/// Marks and codes that are declared are no names of columns.
#[test]
fn groups_of_rows_are_no_tables() {
    let columns = "land = { codes = { A = \"A\", B = \"B\", C = \"C\" } }\nvalue = { type = \"integer\", missing = \"n.d.\" }";
    let text = "land;value\nA;1\n\nB;n.d.\nC;3\n";
    let source = cells(&format!("{LENIENT}\nconcept = \"c\""), columns, "\"land\"");
    let found = Project::new().with("in.csv", text).read(&source, None).unwrap();
    assert_eq!((found.rows().len(), found.rejects.len()), (3, 0));
}
