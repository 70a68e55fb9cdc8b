//! What must hold of cells, as they are read and as they are released.

use super::{Project, cells, check, table};

/// A cell that is there twice, and one that a step leaves out.
const FILE: &str = "year,place,n\n2019,1,10\n2020,1,12\n2020,1,12\n2020,66,99\n2021,1,13\n";

const STEPS: &str = "[[clean]]\nop = \"filter\"\nkeep = { place = \"AA\" }\n\
    [[clean]]\nop = \"derive\"\ncolumn = \"edition\"\nmethod = \"constant\"\nvalue = \"first\"\n";

/// Each check is made of rows at one place, and the run stops where one fails.
#[test]
fn checks_of_cells() {
    let columns = "year = { type = \"integer\" }\nplace = { codes = { 1 = \"AA\", 66 = \"ZZ\" } }";
    let source = cells("s", "", columns);
    let shown = table("t", "measure = \"flow\"\ndimensions = [\"year\", \"place\"]");
    let only = "then = { place = \"AA\" }";
    let large = "then = { value = { at_least = 11 } }";
    let once = "unique = [\"year\", \"place\"]";
    let yearly = "one = [\"value\"]\nper = [\"place\"]";
    let cases = [
        ("all cells", STEPS, "as_read", only, "`k` fails in 1 of 5 rows"),
        ("cells that stay", STEPS, "as_released", only, ""),
        ("twice in the file", STEPS, "as_read", once, "`k` fails in 2 of 5 rows"),
        ("once in the release", STEPS, "as_released", once, ""),
        ("no step", "", "as_released", large, "first at s.csv:2"),
        ("no step, each once", "", "as_released", large, "`k` fails in 1 of 4 rows"),
        ("behind steps", STEPS, "as_released", large, "`k` fails in 1 of 3 rows"),
        ("place behind steps", STEPS, "as_released", large, "first at s.csv:2"),
        ("keys behind steps", STEPS, "as_released", yearly, "`k` fails in 3 of 3 rows"),
        ("a column of a step", STEPS, "as_released", "stated = [\"edition\"]", ""),
        ("not there yet", STEPS, "as_read", "stated = [\"edition\"]", "there is no column `edition` here"),
    ];
    for (name, steps, rows, rule, told) in cases {
        let status = match told {
            "" => 0,
            told if told.contains("no column") => 10,
            _ => 12,
        };
        let check_of =
            format!("[[check]]\nname = \"k\"\nsource = \"s\"\nrows = \"{rows}\"\nfail = 0.0\n{rule}\n");
        check(&Project {
            name,
            files: vec![("s.csv", FILE)],
            pipeline: format!("{source}{steps}{check_of}{shown}"),
            status,
            told: vec![told],
            rows: Vec::new(),
        });
    }
}

/// Of a file without a row nothing can be checked, and that is said.
#[test]
fn checks_of_no_cell() {
    let source = cells("s", "", "year = { type = \"integer\" }");
    let check_of =
        "[[check]]\nname = \"k\"\nsource = \"s\"\nrows = \"as_released\"\nstated = [\"year\"]\n".to_owned();
    check(&Project {
        name: "no rows",
        files: vec![("s.csv", "year,n\n")],
        pipeline: source + &check_of + &table("t", "measure = \"flow\"\ndimensions = [\"year\"]"),
        status: 0,
        told: vec!["the check `k` could be made of no row"],
        rows: Vec::new(),
    });
}

/// A total is no code or number that is compared with another column.
#[test]
fn checks_of_totals() {
    let columns = "year = { type = \"integer\" }\ncit = { codes = { PE = \"PE\", EC = \"EC\" }, total = \"T\" }\n\
                   a = { type = \"integer\", total = \"T\" }";
    let columns = format!("{columns}\nborn = {{ codes = {{ PE = \"PE\", EC = \"EC\" }}, total = \"T\" }}");
    let total = "year,cit,born,a,n\n2015,PE,EC,1,2\n2015,T,T,T,2\n";
    let same = "year,cit,born,a,n\n2015,PE,PE,0,2\n2015,T,T,T,2\n";
    let cases = [
        ("the total alone", total, "never = { cit = { same_as = \"born\" } }", 0),
        ("two codes that are the same", same, "never = { cit = { same_as = \"born\" } }", 12),
        ("a number alone", total, "then = { a = { from = 1 } }", 0),
        ("a number too small", same, "then = { a = { from = 1 } }", 12),
    ];
    for (name, file, rule, status) in cases {
        let check_of = format!("[[check]]\nname = \"k\"\nsource = \"s\"\nfail = 0.0\n{rule}\n");
        let shown = table("t", "measure = \"flow\"\ndimensions = [\"year\", \"cit\", \"born\", \"a\"]");
        check(&Project {
            name,
            files: vec![("s.csv", file)],
            pipeline: cells("s", "", &columns) + &check_of + &shown,
            status,
            told: if status == 0 { Vec::new() } else { vec!["`k` fails in 1 of 1 rows"] },
            rows: Vec::new(),
        });
    }
}
