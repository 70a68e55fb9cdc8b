//! Totals of published tables behind steps: those of what has changed nobody counted.

use super::{Project, cells, check, table};

/// A total is not compared with another column as its parts are: whatever stands in the place of its code or number is none.
#[test]
fn totals_beside_bounds() {
    let year = "year = { type = \"integer\" }\n";
    let places = "cit = { codes = { PE = \"PE\", EC = \"EC\" }, total = \"T\" }\nborn = { codes = { PE = \"PE\", EC = \"EC\" }, total = \"T\" }";
    let numbers = "a = { type = \"integer\", total = \"T\" }\nb = { type = \"integer\", total = \"T\" }";
    let of_places =
        "year,cit,born,n\n2015,PE,PE,1\n2015,PE,EC,2\n2015,PE,T,3\n2015,T,PE,1\n2015,T,EC,2\n2015,T,T,3\n";
    let of_numbers = "year,a,b,n\n2015,1,1,1\n2015,1,2,2\n2015,1,T,3\n2015,T,1,1\n2015,T,2,2\n2015,T,T,3\n";
    let kept = |value: &'static str| vec![value, "no t: value=3"];
    let cases = [
        (
            "kept where alike",
            places,
            of_places,
            "keep = { cit = { same_as = \"born\" } }",
            kept("t: value=1"),
        ),
        (
            "dropped where alike",
            places,
            of_places,
            "drop = { cit = { same_as = \"born\" } }",
            kept("t: value=2"),
        ),
        ("kept from another", numbers, of_numbers, "keep = { a = { from = \"b\" } }", kept("t: value=1")),
        (
            "dropped below another",
            numbers,
            of_numbers,
            "drop = { a = { less_than = \"b\" } }",
            kept("t: value=1"),
        ),
    ];
    for (name, columns, file, condition, rows) in cases {
        let names = if columns == places { "\"cit\", \"born\"" } else { "\"a\", \"b\"" };
        let source = cells("s", "", &format!("{year}{columns}"));
        let step = format!("[[clean]]\nop = \"filter\"\n{condition}\n");
        let shown = table("t", &format!("measure = \"flow\"\ndimensions = [\"year\", {names}]"));
        check(&Project {
            name,
            files: vec![("s.csv", file)],
            pipeline: source + &step + &shown,
            status: 0,
            told: Vec::new(),
            rows,
        });
    }
}

/// The total of all countries is no country outside of a group.
#[test]
fn totals_beside_groups() {
    let columns =
        "year = { type = \"integer\" }\ncit = { list = \"country\", total = \"TOTAL\", missing = [\"na\"] }";
    let step = "[[clean]]\nop = \"recode\"\ncolumns = [\"cit\"]\nat = \"year\"\nto = \"eu\"\n";
    check(&Project {
        name: "a group",
        files: vec![("s.csv", "year,cit,n\n2015,IT,5\n2015,PE,1\n2015,na,2\n2015,TOTAL,8\n")],
        pipeline: cells("s", "additive = [\"cit\"]", columns)
            + step
            + &table("t", "measure = \"flow\"\ndimensions = [\"year\", \"cit\"]"),
        status: 0,
        told: Vec::new(),
        rows: vec!["t: cit=eu value=5", "t: cit=other value=1", "t: cit=_T value=8"],
    });
}

/// Cells are not told apart by text, and so are not added up over it.
#[test]
fn sums_over_texts() {
    check(&Project {
        name: "a text",
        files: vec![("s.csv", "q,n\n2015-Q1,1\n2015-Q2,1\n")],
        pipeline: cells("s", "additive = [\"q\"]", "q = {}")
            + &table("t", "measure = \"flow\"\ndimensions = []"),
        status: 10,
        told: vec!["`q` holds text", "give it `codes` or a `list`"],
        rows: Vec::new(),
    });
}

/// What lies exactly at a limit is within it, whatever binary numbers make of it.
#[test]
fn limits_are_decimal_numbers() {
    let rows: String = (0..100).map(|row| format!("2015,{}\n", if row < 29 { "x" } else { "1" })).collect();
    let file: &'static str = format!("year,a\n{rows}").leak();
    let source = |limit: &str, of_check: &str| {
        format!(
            "[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\n{limit}\n[source.s.columns]\nyear = {{ type = \"integer\" }}\n\
             a = {{ type = \"integer\"{of_check} }}\n"
        )
    };
    let counted = table("t", "measure = \"count\"\nconcept = \"c\"\ndimensions = [\"year\"]");
    for (limit, status, told) in [("0.29", 0, "29 of 100 rows"), ("0.28", 11, "the limit is 28 %")] {
        check(&Project {
            name: "rejected rows",
            files: vec![("s.csv", file)],
            pipeline: source(&format!("max_rejected = {limit}"), "") + &counted,
            status,
            told: vec![told],
            rows: Vec::new(),
        });
    }
    let check_of =
        |limit: &str| format!("[[check]]\nname = \"k\"\nsource = \"s\"\nfail = {limit}\nstated = [\"a\"]\n");
    for (limit, status) in [("0.29", 0), ("0.28", 12)] {
        check(&Project {
            name: "a check",
            files: vec![("s.csv", file)],
            pipeline: source("", ", missing = [\"x\"]") + &check_of(limit) + &counted,
            status,
            told: Vec::new(),
            rows: Vec::new(),
        });
    }
}

/// A month or a quarter that is written as a day, or with its year, is a part of it too: a year without one has no sum.
#[test]
fn years_without_a_part() {
    let days = |part: fn(usize) -> String, without: &str| -> &'static str {
        let mut text = "d,y,n\n".to_owned();
        for (year, quarter) in (2015..2018).flat_map(|year| (0..4).map(move |quarter| (year, quarter))) {
            let time = format!("{year}{}", part(quarter));
            if !time.starts_with(without) {
                text += &format!("{time},{year},10\n");
            }
        }
        text.leak()
    };
    let first = days(|quarter| format!("-{:02}-01", 3 * quarter + 1), "2016-07");
    let last = days(|quarter| ["-03-31", "-06-30", "-09-30", "-12-31"][quarter].to_owned(), "2016-09");
    let codes = days(|quarter| format!("-Q{}", quarter + 1), "2016-Q3");
    // Days of no order are no parts that each year must have.
    let any = days(|quarter| format!("-{:02}-{:02}", 3 * quarter + 1, quarter + 5), "2016-07");
    let all: String = (2015..2018)
        .flat_map(|year| {
            (1..5).map(move |quarter| format!("\"{year}-Q{quarter}\" = \"{year}-Q{quarter}\", "))
        })
        .collect();
    let coded = format!("d = {{ codes = {{ {} }} }}", all.trim_end_matches(", "));
    let told = "warning[clean::incomplete-sum]";
    let cases = [
        ("first days", first, "d = { type = \"date\" }", "07", "t: year=2016 obs_status=O"),
        ("last days", last, "d = { type = \"date\" }", "09", "t: year=2016 obs_status=O"),
        ("codes", codes, &*coded, "Q3", "t: year=2016 obs_status=O"),
        ("any days", any, "d = { type = \"date\" }", "", "t: year=2016 value=30"),
    ];
    for (name, file, column, part, row) in cases {
        let year = "year = { from = \"y\", type = \"integer\" }\n";
        let said: &'static str = format!("no cell is of `{part}` of `2016`").leak();
        check(&Project {
            name,
            files: vec![("s.csv", file)],
            pipeline: cells("s", "additive = [\"d\"]", &format!("{year}{column}"))
                + &table("t", "measure = \"flow\"\ndimensions = [\"year\"]"),
            status: 0,
            told: if part.is_empty() { Vec::new() } else { vec![told, said] },
            rows: vec![row, "t: year=2015 value=40", "t: year=2017 value=40"],
        });
    }
}
