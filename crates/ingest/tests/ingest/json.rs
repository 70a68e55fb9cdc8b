//! JSON becomes rows of typed columns.

use denizen_spec::{Diagnostic, RowPlace};

use crate::project::{Outcome, Project, cells, gzip, records, said};

const COLUMNS: &str = "sex = { from = \"Sex\" }\nn = { from = \"N\", type = \"integer\" }";

fn read(document: impl AsRef<[u8]>, fields: &str, columns: &str) -> Result<Outcome, Vec<Diagnostic>> {
    let fields = format!("files = \"in.json\"\nformat = \"json\"\nmax_rejected = 1.0\n{fields}");
    Project::new().with("in.json", document).read(&records(&fields, columns), None)
}

#[test]
fn rows_stand_in_a_list_or_one_after_another() {
    let table = [
        (r#"[{"Sex":"M","N":1},{"Sex":"F","N":2}]"#, "", "M|1, F|2"),
        ("\u{feff} [ {\"N\": \"1\",\n\"Sex\":\"M\"} ]", "", "M|1"),
        ("{\"Sex\":\"M\",\"N\":1}\n{\"Sex\":\"F\",\"N\":2}\n", "", "M|1, F|2"),
        (r#"{"a":[0],"result":{"records":[{"Sex":"M","N":1}]},"z":1}"#, "rows = \"/result/records\"", "M|1"),
        (r#"[{"page":1},[{"Sex":"M","N":1}]]"#, "rows = \"/1\"", "M|1"),
        // What a row does not state, or states as nothing, is not stated.
        (r#"[{"Sex":"M","N":1},{"N":2},{"Sex":null,"N":3},{"Sex":"","N":4}]"#, "", "M|1, -|2, -|3, -|4"),
        // A member that is not declared is not read, wherever it stands.
        (r#"[{"Sex":"M","N":1,"x":[1,{"y":2}]}]"#, "", "M|1"),
    ];
    for (document, fields, expected) in table {
        let outcome = read(document, fields, COLUMNS).map_err(|faults| said(&faults[0])).unwrap();
        assert_eq!(outcome.rows().join(", "), expected, "{document}");
        assert_eq!(outcome.rejects(), Vec::<String>::new(), "{document}");
    }
    let packed = read(gzip(br#"[{"Sex":"M","N":1}]"#), "", COLUMNS).unwrap();
    assert_eq!(packed.rows(), ["M|1"]);
}

#[test]
fn values_are_what_they_say() {
    let table = [
        ("x = { type = \"integer\" }", r#"12.0"#, "12"),
        ("x = { type = \"integer\" }", r#"1e3"#, "1000"),
        ("x = { type = \"decimal\", scale = 2 }", r#"12.5"#, "12.50"),
        ("x = { type = \"decimal\", scale = 2 }", r#"-0.07"#, "-0.07"),
        ("x = {}", "18446744073709551615", "18446744073709551615"),
        ("x = {}", "true", "true"),
        (r#"x = { from = "x.id" }"#, r#"{"id":"IT","value":"Italia"}"#, "IT"),
        ("x = { type = \"date\" }", r#""2024-01-31""#, "2024-01-31"),
        ("x = {}", r#""a\"b\u00e8\n""#, "a\"b\u{e8}"),
    ];
    for (column, value, expected) in table {
        let document = format!(r#"[{{"k":"1","x":{value}}}]"#);
        let outcome = read(&document, "", column).map_err(|faults| said(&faults[0])).unwrap();
        assert_eq!(outcome.rows(), [expected], "{column} {value}: {:?}", outcome.rejects());
    }
    // An identifier of twenty digits that is written as a number has lost some of them in most programs.
    let outcome = read(r#"[{"x":123456789012345678901},{"x":1}]"#, "", "x = {}").unwrap();
    assert_eq!(outcome.rows(), ["1"]);
    assert_eq!(outcome.rejects[0].place, RowPlace::Record { row: 1 });
    assert_eq!(outcome.rejects[0].reason.to_string(), "ingest::inexact-number");
}

#[test]
fn what_is_not_understood_is_refused() {
    let table = [
        (r#"[{"Sex":"M","N":1}"#, "", "ingest::unreadable `in.json` is no JSON of rows: it ends too early"),
        (
            r#"[{"Sex":"M" "N":1}]"#,
            "",
            "ingest::unreadable `in.json` is no JSON of rows: expected `,` or `}`",
        ),
        (
            r#"[{"Sex":"M","N":1}] 2"#,
            "",
            "ingest::unreadable `in.json` is no JSON of rows: trailing characters",
        ),
        (r#"[["M",1]]"#, "", "ingest::unreadable `in.json` is no JSON of rows: invalid type: sequence"),
        (
            r#"{"rows":[{"Sex":"M","N":1}]}"#,
            "rows = \"/row\"",
            "ingest::unreadable `in.json` is no JSON of rows: it has no `row`, which `rows` names",
        ),
        (r#"{"rows":[{"Sex":"M","N":1}]}"#, "", "ingest::missing-column `in.json` has no column `Sex`"),
        (r#"[{"Sex":"M","N":1,"N":2}]"#, "", "ingest::ambiguous-column row 1 of `in.json` has `N` twice"),
        (r#"[{"Sex":["M"],"N":1}]"#, "", "ingest::nested-column `Sex` of row 1 of `in.json` is a list"),
        ("[]", "", "ingest::missing-column"),
        ("", "", "ingest::"),
        ("Sex,N\nM,1\n", "", "ingest::unreadable `in.json` is no JSON of rows: expected value"),
    ];
    for (document, fields, expected) in table {
        let faults = read(document, fields, COLUMNS).map(|outcome| outcome.rows().join(", ")).unwrap_err();
        assert!(said(&faults[0]).starts_with(expected), "{document}: {}", said(&faults[0]));
    }
    let nested = format!("[{}1{}]", "{\"a\":".repeat(500), "}".repeat(500));
    assert!(said(&read(nested, "", COLUMNS).unwrap_err()[0]).contains("recursion limit exceeded"));
}

/// Of cells, a member that only a late row has may tell two of them apart.
#[test]
fn a_late_member_of_cells_is_refused() {
    let row = |more: &str| format!("{{\"Sex\":\"M\",\"N\":1{more}}}\n");
    let document = [row("").repeat(9000), row(",\"region\":\"ITC\"")].concat();
    let fields = "files = \"in.json\"\nformat = \"json\"\nconcept = \"k\"";
    let columns =
        "sex = { from = \"Sex\", codes = { M = \"M\" } }\nvalue = { from = \"N\", type = \"integer\" }";
    let source = cells(fields, columns, "\"sex\"");
    let faults = Project::new().with("in.json", &document).read(&source, None).unwrap_err();
    let expected =
        "ingest::changed-header row 9001 of `in.json` has `region`, which the first 8192 rows have not";
    assert!(said(&faults[0]).starts_with(expected), "{}", said(&faults[0]));
    assert_eq!(read(document, "", COLUMNS).unwrap().rows().len(), 9001);
}

#[test]
fn bytes_that_are_changed_end_in_rows_or_in_an_error() {
    let rows: Vec<String> =
        (0..40).map(|n| format!("{{\"Sex\":\"M\",\"N\":{n},\"z\":{{\"a\":null}}}}")).collect();
    let whole = format!("[{}]", rows.join(",\n"));
    for place in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone().into_bytes();
        bytes[place] ^= 0x15;
        if let Err(faults) = read(&bytes, "", COLUMNS) {
            assert!(faults[0].code.to_string().starts_with("ingest::"), "{place}: {}", said(&faults[0]));
        }
        let cut = read(&whole.as_bytes()[..place], "", COLUMNS);
        assert!(cut.is_err() || place == 0, "{place}");
    }
}

#[test]
fn a_cube_in_json_stat() {
    let cube = r#"{"version":"2.0","class":"dataset","id":["freq","sex","time"],"size":[1,2,2],
        "dimension":{"freq":{"category":{"index":{"A":0}}},"sex":{"category":{"index":["F","M"]}},
                     "time":{"category":{"index":{"2022":0,"2023":1}}}},
        "value":{"0":10,"1":11.0,"3":13},"status":{"3":"p"}}"#;
    let fields = "files = \"in.json\"\nformat = \"json-stat\"\nconcept = \"k\"";
    let columns = "sex = { codes = { F = \"F\", M = \"M\" } }\nyear = { from = \"time\", type = \"integer\" }\n\
                   value = { from = \"value\", type = \"integer\" }\nobs_status = { from = \"status\" }";
    let source = cells(fields, columns, "\"year\", \"sex\"");
    let outcome = Project::new().with("in.json", cube).read(&source, None).unwrap();
    assert_eq!(outcome.rows(), ["F|2022|10|-|k", "F|2023|11|-|k", "M|2023|13|p|k"]);
    let outcome = Project::new().with("in.json", r#"[{"a":1}]"#).read(&source, None).unwrap_err();
    let expected = "ingest::unreadable `in.json` is no data set in JSON-stat 2.0: it is no object";
    assert!(said(&outcome[0]).starts_with(expected), "{}", said(&outcome[0]));
}
