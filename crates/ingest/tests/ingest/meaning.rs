//! What fields and rows say: blank rows and notes, empty texts, marks, totals, keys of several columns, fields that rows
//! do without, and what an SDMX message says of its rows.

use arrow::array::AsArray;
use denizen_spec::{Code, columns};

use crate::project::{LENIENT, Outcome, Project, cells, key, records, said};

fn read_records(columns: &str, text: &str) -> Outcome {
    let source = records(LENIENT, columns);
    Project::new().with("in.csv", text).read(&source, Some(&key())).unwrap()
}

const CELLS: &str = "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nconcept = \"c\"";
const SDMX: &str = "files = \"in.csv\"\nformat = \"sdmx-csv\"\nconcept = \"c\"";

#[test]
fn rows_that_say_nothing_are_no_records() {
    const COLUMNS: &str = "id = {}\nday = { type = \"date\" }\nsex = { codes = { f = \"F\" } }";
    // What stands below two good rows; rows that got in, blank rows, and rejects.
    let table: [(&str, &[&str], u64, &[&str]); 11] = [
        (";;\n ; ;\t\n", &[], 2, &[]),
        ("\"\";;\"\"\n", &[], 1, &[]),
        (";;\r\n;;", &[], 2, &[]),
        ("c;;\n", &["c|-|-"], 0, &[]),
        (";;x\n", &[], 0, &["4 sex ingest::unmapped-code"]),
        ("Fuente: INEI;;\n", &[], 0, &["4 row ingest::note-row"]),
        ("\"Nota: \"\"p\"\"\";;\n", &[], 0, &["4 row ingest::note-row"]),
        (";Total;\n", &[], 0, &["4 row ingest::note-row"]),
        (";;total\n", &[], 0, &["4 row ingest::note-row"]),
        (";2020-01-02;\n", &["-|2020-01-02|-"], 0, &[]),
        (";;f\nd;;f\n", &["-|-|F", "d|-|F"], 0, &[]),
    ];
    for (below, expected, blank, rejects) in table {
        let found = read_records(COLUMNS, &format!("id;day;sex\na;2020-01-01;f\nb;;f\n{below}"));
        assert_eq!(found.rows()[..2], ["a|2020-01-01|F", "b|-|F"], "{below:?}");
        assert_eq!(found.rows()[2..], *expected, "{below:?}");
        assert_eq!((found.files[0].blank, found.files[0].excluded), (blank, blank), "{below:?}");
        let rejected = found.rejects.iter().map(|reject| {
            format!("{} {} {}", reject.place.line(), reject.column.as_deref().unwrap_or("row"), reject.reason)
        });
        assert_eq!(rejected.collect::<Vec<_>>(), rejects, "{below:?}");
        let is_said = found.warnings.iter().any(|warning| warning.code == Code::BlankRow);
        assert_eq!(is_said, blank > 0);
    }
}

/// In files of two columns a record may well state only one of them: a note is recognised by its words.
#[test]
fn rows_of_two_columns() {
    let text = "id;sex\n1;\n;f\n;\nFuente: INEI;\nTotal;\nMaria Ana;\n";
    let found = read_records("id = {}\nsex = { codes = { f = \"F\" } }", text);
    assert_eq!(found.rows(), ["1|-", "-|F", "Maria Ana|-"]);
    assert_eq!((found.files[0].blank, found.rejects.len()), (1, 2));
}

/// Undeclared columns are columns of the row: what stands there alone is a note, and beside others a record.
#[test]
fn undeclared_columns_are_looked_at() {
    for quote in ["", "\""] {
        let text = format!("id;sex;post\n1;;x\n;;\n;;{quote}note{quote}\n{quote}2{quote};;\n");
        let found = read_records("sex = { codes = { f = \"F\" } }", &text);
        assert_eq!(found.rows(), ["-", "-"]);
        assert_eq!((found.files[0].blank, found.rejects.len()), (1, 1));
    }
}

#[test]
fn notes_below_cells_are_left_out_and_counted() {
    let columns =
        "year = { type = \"integer\" }\nsex = { codes = { f = \"F\" } }\nvalue = { type = \"integer\" }";
    let source = cells(&format!("{CELLS}\nmax_rejected = 1.0"), columns, "\"year\", \"sex\"");
    let text = "year;sex;value\n2020;f;1\n2021;f;\n;;\nFuente: INEI;;\n;Fuente;\n;;* p\n;;9\nTotal;;9\n";
    let found = Project::new().with("in.csv", text).read(&source, None).unwrap();
    assert_eq!(found.rows(), ["2020|F|1|c", "2021|F|-|c"]);
    // A value without a year is not left out in silence.
    assert_eq!(found.rejects(), ["8+1 @65 year ingest::missing-value", "9+1 @69 year ingest::integer"]);
    assert_eq!((found.files[0].blank, found.files[0].excluded), (4, 4));
    let warning = found.warnings.iter().find(|warning| warning.code == Code::BlankRow).unwrap();
    assert_eq!(
        said(warning),
        "ingest::blank-row 4 rows of `s` say nothing, and are none\
         \n  note: 1 × ingest::blank-row, first at in.csv:4\
         \n  note: 3 × ingest::note-row, first at in.csv:5"
    );
}

#[test]
fn a_declared_empty_text_has_its_meaning() {
    let table = [
        ("area = { codes = { \"\" = \"00\", \"1\" = \"01\" } }", ["00|5|c", "01|6|c", "00|7|c"]),
        ("area = { codes = { \"1\" = \"01\" }, total = \"\" }", ["_T|5|c", "01|6|c", "_T|7|c"]),
        ("area = { codes = { \"1\" = \"01\" } }", ["-|5|c", "01|6|c", "-|7|c"]),
    ];
    for (area, expected) in table {
        let columns = format!("{area}\nvalue = {{ type = \"integer\" }}");
        let source = cells(CELLS, &columns, "\"area\"");
        let found = Project::new().with("in.csv", "area;value\n;5\n1;6\n  ;7\n").read(&source, None).unwrap();
        assert_eq!(found.rows(), expected, "{area}");
    }
    let found = read_records(
        "sex = { codes = { \"\" = \"X\", f = \"F\" }, missing = \"?\" }\nn = {}",
        "sex;n\n;1\nf;2\n?;3\n",
    );
    assert_eq!(found.rows(), ["X|1", "F|2", "-|3"]);
}

#[test]
fn marks_say_what_they_are_declared_to_say() {
    let value = "{ type = \"integer\", missing = \"..\", marks = { \"-\" = \"zero\", X = \"suppressed\", \".\" = \"missing\", \"...\" = \"not_yet\", n = \"not_applicable\", \"/\" = \"unreliable\" } }";
    let source = cells(CELLS, &format!("id = {{ codes = {{ a = \"a\" }} }}\nvalue = {value}"), "\"id\"");
    let text = "id;value\na;3\na;-\na; X\na;.\na;...\na;n\na;/\na;..\na;\n";
    let project = Project::new().with("in.csv", text);
    let found = project.read(&source, None).unwrap();
    assert_eq!(
        found.rows(),
        ["a|3|c", "a|0|c", "a|-|c", "a|-|c", "a|-|c", "a|-|c", "a|-|c", "a|-|c", "a|-|c"]
    );
    let chunks = denizen_ingest::open(&source, project.path(), None).unwrap().chunks(None).unwrap();
    let batch = chunks.parse(chunks.read().unwrap().unwrap()).unwrap().batch;
    let marks: Vec<_> = batch.column_by_name(columns::MARK).unwrap().as_string::<i32>().iter().collect();
    let expected = [None, None, Some("Q"), Some("O"), Some("L"), Some("M"), Some("U"), None, None];
    assert_eq!(marks, expected);
}

#[test]
fn numbers_and_dates_may_have_a_total() {
    let columns = "age = { type = \"integer\", total = \"999\" }\nday = { type = \"date\", total = \"all\" }\nvalue = { type = \"integer\" }";
    let source = cells(CELLS, columns, "\"age\", \"day\"");
    let project = Project::new().with("in.csv", "age;day;value\n7;2020-01-01;1\n999;all;2\n;;3\n");
    let chunks = denizen_ingest::open(&source, project.path(), None).unwrap().chunks(None).unwrap();
    let batch = chunks.parse(chunks.read().unwrap().unwrap()).unwrap().batch;
    for column in ["age", "day"] {
        let totals = batch.column_by_name(&columns::is_total(column)).unwrap().as_boolean();
        assert_eq!(totals.iter().collect::<Vec<_>>(), [Some(false), Some(true), Some(false)]);
        assert!(batch.column_by_name(column).unwrap().is_null(2));
    }
}

/// A key of two columns tells persons apart that one does not, and one with a part missing tells nobody.
#[test]
fn a_person_is_known_by_several_columns() {
    let columns = "person = { from = [\"country\", \"number\"], personal = true, missing = \"0\" }";
    let text = "number;name;country\n12;a;PE\n12;b;CL\n12;c;PE\n;d;PE\n12;e;\n0;f;PE\n2;g;PE1\n";
    let found = read_records(columns, text);
    let rows = found.rows();
    assert_eq!(rows[0], rows[2]);
    assert!(rows[0] != rows[1] && rows[0] != rows[6], "{rows:?}");
    assert_eq!(rows[3..6], ["-", "-", "-"]);
}

#[test]
fn a_row_does_without_a_field_that_nothing_needs() {
    let columns = "id = {}\nday = { type = \"date\", on_error = \"not_stated\" }\nsex = { codes = { f = \"F\" }, on_error = \"not_stated\" }\nn = { type = \"integer\" }";
    let text = "id;day;sex;n\na;2020-02-30;x;1\nb;2020-02-29;f;x\nc;2020-02-29;f;1\nd;?;f;?\n";
    let found = read_records(columns, text);
    assert_eq!(found.rows(), ["a|-|-|1", "c|2020-02-29|F|1"]);
    assert_eq!(found.rejects(), ["3+1 @30 n ingest::integer", "5+1 @64 n ingest::integer"]);
    assert_eq!((found.files[0].incomplete, found.files[0].accepted), (1, 2));
    let warning = found.warnings.iter().find(|warning| warning.code == Code::IncompleteRows).unwrap();
    assert_eq!(warning.message, "in 1 of 4 rows of `s` a field could not be read, and is not stated");
    let expected = [
        "1 × ingest::date in `day` (layout `%Y-%m-%d`, found `2020-02-30`), first at in.csv:2",
        "1 × ingest::unmapped-code in `sex` (`x`), first at in.csv:2",
    ];
    assert_eq!(warning.notes, expected);
}

/// Rows that lose a field count against the limit like rows that are rejected.
#[test]
fn fields_that_cannot_be_read_have_a_limit() {
    let columns = "n = { type = \"integer\", on_error = \"not_stated\" }\nid = {}";
    for (limit, is_allowed) in [("0.5", true), ("0.4", false)] {
        let fields = LENIENT.replace("1.0", limit);
        let read = Project::new().with("in.csv", "n;id\n1;a\nx;b\n").read(&records(&fields, columns), None);
        assert_eq!(read.is_ok(), is_allowed, "{limit}");
    }
}

fn sdmx(more: &str, text: &str) -> Result<Outcome, Vec<String>> {
    let columns = "citizenship = { from = \"CITIZENSHIP\", codes = { PE = \"PE\", EC = \"EC\" } }\nvalue = { from = \"OBS_VALUE\", type = \"integer\" }";
    let source = cells(&format!("{SDMX}\nmax_rejected = 1.0\n{more}"), columns, "\"citizenship\"");
    let read = Project::new().with("in.csv", text).read(&source, None);
    read.map_err(|faults| faults.iter().map(said).collect())
}

#[test]
fn a_message_that_deletes_cells_is_no_table() {
    let text = "ACTION,CITIZENSHIP,OBS_VALUE\nI,PE,1\nD,EC,9\n";
    assert_eq!(
        sdmx("", text).unwrap_err(),
        ["ingest::action 1 rows of `s` do not say that their cell is there\
          \n  note: `ACTION` is `D` (delete), or none of the actions I, A, R and M of SDMX-CSV\
          \n  help: read a file of the whole table, or carry out the deletions and leave out these rows"]
    );
    assert_eq!(sdmx("", &text.replace("D,", "R,")).unwrap().rows(), ["PE|1|c", "EC|9|c"]);
}

#[test]
fn rows_are_of_one_dataflow_or_of_named_ones() {
    let text = "STRUCTURE_ID,CITIZENSHIP,OBS_VALUE\nX:A(1.0),PE,1\nX:B(2.0),EC,9\n";
    assert!(sdmx("", text).unwrap_err()[0].starts_with("ingest::undeclared-dimension"));
    assert!(sdmx("dataflows = [\"X:A\", \"X:B\"]", text).is_ok());
    assert!(sdmx("dataflows = [\"X:A\"]", text).unwrap_err()[0].starts_with("ingest::other-dataflow"));
    assert!(sdmx("", &text.replace("X:B(2.0)", "X:A(2.0)")).is_ok());
}

#[test]
fn values_are_multiplied() {
    let table = [
        ("0", "7", "PE|7|c"),
        ("", "7", "PE|7|c"),
        ("3", "7", "PE|7000|c"),
        ("6", "", "PE|-|c"),
        ("-2", "7", "ingest::unit-multiplier"),
        ("x", "7", "ingest::unit-multiplier"),
        ("18", "7", "ingest::unit-multiplier"),
    ];
    for (power, value, expected) in table {
        let found = sdmx("", &format!("CITIZENSHIP,OBS_VALUE,UNIT_MULT\nPE,{value},{power}\n")).unwrap();
        let rejects = found.rejects.iter().map(|reject| reject.reason.id());
        assert_eq!(
            found.rows().into_iter().chain(rejects).collect::<Vec<_>>(),
            [expected],
            "{power} {value}"
        );
    }
}

/// Persons and per cent are no cells of one table.
#[test]
fn values_have_one_unit() {
    let text = "CITIZENSHIP,OBS_VALUE,UNIT_MEASURE\nPE,1,NR\nEC,2,PC\n";
    assert!(
        sdmx("", text).unwrap_err()[0]
            .starts_with("ingest::undeclared-dimension the dimension `UNIT_MEASURE`")
    );
    assert!(sdmx("", &text.replace("PC", "NR")).is_ok());
}
