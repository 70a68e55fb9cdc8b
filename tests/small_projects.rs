//! Small projects, a file or two and a pipeline each: what is refused, what is said, and the rows that come out.

mod checks;
mod files;
mod flows;
mod indicators;
mod totals;

use std::fs;

use crate::inspected::copy;
use crate::program::{denizen, root, run};

/// A project in a temporary folder, and what comes of it.
struct Project {
    name: &'static str,
    files: Vec<(&'static str, &'static str)>,
    /// The pipeline below its header.
    pipeline: String,
    status: i32,
    /// Parts of what is printed to standard error.
    told: Vec<&'static str>,
    /// Rows of tables by the columns that are asked for: `t: year=2020 value=12.5`. With `no ` before them, there are none such.
    rows: Vec<&'static str>,
}

/// Runs it, and fails with all that came out where that is something else.
fn check(project: &Project) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in &project.files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    if project.pipeline.contains("list = \"country\"") {
        for part in ["codelists", "reference"] {
            copy(&root().join("data").join(part), &folder.path().join("data").join(part));
        }
    }
    let header = "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n";
    let formats = "\n[release]\nformats = [\"csv\", \"parquet\"]\n";
    fs::write(folder.path().join("p.toml"), format!("{header}{}{formats}", project.pipeline)).unwrap();
    let outcome = run(denizen(folder.path()).args(["run", "p.toml"]));
    assert_eq!(outcome.status, project.status, "{}\n{}", project.name, outcome.stderr);
    for part in &project.told {
        assert!(outcome.stderr.contains(part), "{}: {part}\n{}", project.name, outcome.stderr);
    }
    for row in &project.rows {
        let (table, row) = row.split_once(": ").unwrap();
        let (table, is_wanted) = table.strip_prefix("no ").map_or((table, true), |table| (table, false));
        let is_synthetic = project.files.iter().any(|(_, text)| *text == SYNTHETIC);
        let vintage = if is_synthetic { "1-synthetic" } else { "1" };
        let path = folder.path().join(format!("releases/p/{vintage}/public/tables/{table}.csv"));
        let text = fs::read_to_string(&path).unwrap();
        let is_met = has_row(&text, row);
        assert_eq!(is_met, is_wanted, "{}: `{row}` in\n{text}", project.name);
    }
}

/// Whether a CSV table without quotes has a row with all these: `column=value column=value`. A number need be as near as its
/// decimals say.
fn has_row(text: &str, wanted: &str) -> bool {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let wanted: Vec<(&str, &str)> = wanted.split(' ').map(|column| column.split_once('=').unwrap()).collect();
    lines.any(|line| {
        let found: Vec<&str> = line.split(',').collect();
        wanted.iter().all(|(name, value)| {
            let position = names.iter().position(|known| known == name).unwrap();
            is_near(found[position], value)
        })
    })
}

fn is_near(found: &str, wanted: &str) -> bool {
    let decimals = wanted.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
    let near = |(one, other): (f64, f64)| (one - other).abs() <= 0.5001 * 0.1_f64.powi(decimals);
    let numbers = found.parse().ok().zip(wanted.parse().ok()).filter(|_| decimals > 0);
    numbers.map_or(found == wanted, near)
}

/// A source of cells, its columns one a line.
fn cells(name: &str, more: &str, columns: &str) -> String {
    format!(
        "[source.{name}]\nfiles = \"{name}.csv\"\nformat = \"csv\"\nkind = \"cells\"\nconcept = \"c\"\n{more}\n\
         [source.{name}.columns]\n{columns}\nvalue = {{ from = \"n\", type = \"integer\" }}\n"
    )
}

fn table(name: &str, body: &str) -> String {
    format!("[[table]]\nname = \"{name}\"\n{body}\n")
}

/// Sums of cells have all their parts.
#[test]
fn sums_of_cells() {
    let columns = "year = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" } }";
    let source = cells("s", "additive = true\nmax_rejected = 0.5", columns);
    let refused = "`t` adds cells of `s` up over `sex`, of which a row was rejected";
    let said = "1 of 3 rows of `s` were rejected";
    let tables = [
        ("added up", "dimensions = [\"year\"]", 12, refused),
        ("a total", "dimensions = [\"year\", \"sex\"]\ntotals = [\"sex\"]", 12, refused),
        ("as published", "dimensions = [\"year\", \"sex\"]", 0, said),
        ("of one code", "dimensions = [\"year\"]\nfilter = { sex = \"M\" }", 0, said),
    ];
    for (name, body, status, told) in tables {
        check(&Project {
            name,
            files: vec![("s.csv", "year,sex,n\n2020,F,4\n2020,M,5\n2021,F,x\n")],
            pipeline: source.clone() + &table("t", &format!("measure = \"flow\"\n{body}")),
            status,
            told: vec![told],
            rows: Vec::new(),
        });
    }
}

/// What one source publishes is held against what another one does.
#[test]
fn totals_of_two_sources() {
    let columns = "year = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" }, total = \"T\", complete = true }";
    let both = "source = [\"a\", \"b\"]\nmeasure = \"stock\"\ndimensions = [\"year\", \"sex\"]";
    let pipeline = cells("a", "", columns) + &cells("b", "", columns) + &table("t", both);
    let of_b = "the codes of `sex` in `b` do not add up to their total year=2020 sex=_T in `a`";
    let of_both = "the codes of `sex` in `a`, `b` do not add up to their total year=2020 sex=_T in `a`";
    let cases = [
        (
            "too small",
            "2020,T,8\n",
            "2020,F,4\n2020,M,5\n",
            vec![of_b, "sum 9, total 8, difference 1"],
            vec![],
        ),
        ("too large", "2020,T,10\n", "2020,F,4\n2020,M,5\n", vec!["sum 9, total 10, difference -1"], vec![]),
        ("parts of both", "2020,T,9\n2020,F,4\n", "2020,M,6\n", vec![of_both], vec![]),
        ("agrees", "2020,T,9\n", "2020,F,4\n2020,M,5\n", vec![], vec!["t: year=2020 sex=_T value=9"]),
        ("some parts", "2020,T,9\n", "2020,F,4\n", vec![], vec!["t: year=2020 sex=F value=4"]),
        ("of other years", "2020,T,9\n", "2021,F,4\n2021,M,7\n", vec![], vec!["t: year=2021 sex=M value=7"]),
    ];
    for (name, a, b, told, rows) in cases {
        let file = |rows: &str| -> &'static str { format!("year,sex,n\n{rows}").leak() };
        let status = if told.is_empty() { 0 } else { 12 };
        let files = vec![("a.csv", file(a)), ("b.csv", file(b))];
        check(&Project { name, files, pipeline: pipeline.clone(), status, told, rows });
    }
}

/// A sum over the provinces of one source is none over those of another.
#[test]
fn sums_over_other_codes() {
    let columns = "year = { type = \"integer\" }\nplace = { codes = { A = \"A\", B = \"B\", C = \"C\" } }";
    let sources =
        cells("a", "additive = [\"place\"]", columns) + &cells("b", "additive = [\"place\"]", columns);
    let both = "source = [\"a\", \"b\"]\nmeasure = \"flow\"\ndimensions = [\"year\"]";
    check(&Project {
        name: "other codes",
        files: vec![
            ("a.csv", "year,place,n\n2020,A,4\n2020,B,5\n"),
            ("b.csv", "year,place,n\n2021,A,4\n2021,C,7\n"),
        ],
        pipeline: sources + &table("t", both),
        status: 0,
        told: vec![
            "warning[clean::partial-total]: `t` adds cells up over other codes of `place` in each of its sources",
            "only in `a`: `B`",
            "only in `b`: `C`",
        ],
        rows: vec!["t: year=2020 value=9", "t: year=2021 value=11"],
    });
}

/// `_T` and `_U` have a meaning in tables, and a total may stand in a column that no table shows.
#[test]
fn texts_of_records() {
    let source = "[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\nweight = \"n\"\n[source.s.columns]\n\
        year = { type = \"integer\" }\nsex = {}\nn = { type = \"integer\" }\n";
    let counted = |dimensions: &str| {
        source.to_owned() + &table("t", &format!("measure = \"count\"\nconcept = \"c\"\n{dimensions}"))
    };
    let totals = "year,sex,n\n2020,F,31\n2020,M,17\n2020,T,48\n2021,F,33\n2021,M,18\n2021,T,51\n";
    let reserved = "year,sex,n\n2020,F,4\n2020,M,7\n2020,_T,11\n2020,_U,1\n";
    let likely = "warning[clean::likely-total]: `T` of `sex` seems to be the total of the others";
    let by_sex = counted("dimensions = [\"year\", \"sex\"]");
    let told = "ingest::reserved-text";
    let cases = [
        ("a total in no table", totals, counted("dimensions = [\"year\"]"), 0, likely),
        ("a total in the table", totals, by_sex.clone(), 0, likely),
        ("a reserved text", reserved, by_sex.clone(), 11, told),
        (
            "beside totals",
            reserved,
            counted("dimensions = [\"year\", \"sex\"]\ntotals = [\"sex\"]"),
            11,
            told,
        ),
        ("not stated", reserved, by_sex.replace("sex = {}", "sex = { missing = [\"_T\", \"_U\"] }"), 0, ""),
    ];
    for (name, file, pipeline, status, told) in cases {
        let rows = Vec::new();
        check(&Project { name, files: vec![("s.csv", file)], pipeline, status, told: vec![told], rows });
    }
}

/// A constant is one of what its column can hold.
#[test]
fn constants() {
    let pipeline = |column: &str| {
        format!(
            "[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\n[source.s.columns]\nyear = {{ type = \"integer\" }}\n{column}\n"
        ) + &table("t", "measure = \"count\"\nconcept = \"c\"\ndimensions = [\"year\", \"way\"]")
    };
    let cases = [
        ("a code", "way = { value = \"in\", codes = { in = \"IN\" } }", 0, ""),
        (
            "another code",
            "way = { value = \"out\", codes = { in = \"IN\" } }",
            10,
            "it is not among the `codes` of the column",
        ),
        ("a text", "way = { value = \"in\" }", 0, ""),
        ("the total", "way = { value = \"_T\" }", 10, "`_T`"),
        ("not stated", "way = { value = \"_U\" }", 0, ""),
        ("nothing", "way = { value = \"\" }", 10, "value"),
    ];
    for (name, column, status, told) in cases {
        let rows = if status == 0 { vec!["t: year=2020 value=1"] } else { vec![] };
        let files = vec![("s.csv", "year\n2020\n")];
        check(&Project { name, files, pipeline: pipeline(column), status, told: vec![told], rows });
    }
}

/// Sums that lack what was rejected are flagged, where they are allowed.
#[test]
fn incomplete_sums_are_flagged() {
    let columns = "year = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" } }";
    let source = cells("s", "additive = true\nmax_rejected = 0.5\nincomplete_sums = true", columns);
    let body = "measure = \"flow\"\ndimensions = [\"year\"]";
    let with_total = "measure = \"flow\"\ndimensions = [\"year\", \"sex\"]\ntotals = [\"sex\"]";
    check(&Project {
        name: "flagged",
        files: vec![("s.csv", "year,sex,n\n2020,F,4\n2020,M,5\n2021,F,x\n")],
        pipeline: source + &table("t", body) + &table("u", with_total),
        status: 0,
        told: vec!["warning[clean::incomplete-sum]"],
        rows: vec![
            "t: year=2020 value=9 obs_status=D",
            "u: year=2020 sex=_T value=9 obs_status=D",
            "u: year=2020 sex=F value=4 obs_status=A",
        ],
    });
}

/// A misspelt code is met by no row: what it decides would be decided otherwise without a word.
#[test]
fn codes_that_no_row_has() {
    let source = "[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\n[source.s.columns]\nyear = { type = \"integer\" }\n\
        sex = { codes = { F = \"F\", M = \"M\" } }\n";
    let counted = |more: &str| {
        table("t", &format!("measure = \"count\"\nconcept = \"c\"\ndimensions = [\"year\"]\n{more}"))
    };
    let check_of = |rule: &str| format!("[[check]]\nname = \"k\"\n{rule}\n");
    let step = "[[clean]]\nop = \"filter\"\nkeep = { sex = \"W\" }\n";
    let cases = [
        ("a table", counted("filter = { sex = \"W\" }"), 10, "`W` is no code of `sex`"),
        ("a table without some", counted("except = { sex = [\"F\", \"W\"] }"), 10, "`W` is no code of `sex`"),
        ("a step", step.to_owned() + &counted(""), 10, "`sex` has no code `W`"),
        ("a check", check_of("never = { sex = \"W\" }") + &counted(""), 10, "`W` is no code of `sex`"),
        ("a right one", counted("filter = { sex = \"F\" }"), 0, ""),
    ];
    for (name, more, status, told) in cases {
        let files = vec![("s.csv", "year,sex\n2020,F\n2020,M\n")];
        check(&Project {
            name,
            files,
            pipeline: source.to_owned() + &more,
            status,
            told: vec![told],
            rows: vec![],
        });
    }
}

/// Says that a file is invented, and brings the key of its pseudonyms.
const SYNTHETIC: &str = "title = \"t\"\nproducer = \"p\"\norigin = \"o\"\nlicence = \"CC0-1.0\"\nretrieved = 2026-01-01\n\
    synthetic = true\nkey = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n";

/// A record that covers a day is no person, and permits in two files are those of the same persons.
#[test]
fn records_and_persons() {
    let source = |name: &str| {
        format!(
            "[source.{name}]\nfiles = \"{name}.csv\"\nformat = \"csv\"\n[source.{name}.columns]\n\
             person = {{ personal = true }}\nissued = {{ type = \"date\" }}\nexpires = {{ type = \"date\" }}\n"
        )
    };
    let step = |name: &str, op: &str| {
        format!("[[clean]]\nsource = \"{name}\"\nop = \"{op}\"\nfirst = \"issued\"\nlast = \"expires\"\n")
    };
    let expand = step("a", "expand") + "at = [2020-12-31]\nuntil = 2021-12-31\n";
    let stock =
        |name: &str| step(name, "stock") + "rule = \"eu_stock\"\nextracted = 2021-12-31\nat = [2020-12-31]\n";
    let stocks = |sources: &str| {
        table(
            "t",
            &format!(
                "source = [{sources}]\nmeasure = \"stock\"\nconcept = \"c\"\ndimensions = [\"reference_date\"]"
            ),
        )
    };
    let file =
        "person,issued,expires\nA,2020-01-01,2021-01-01\nA,2020-02-01,2021-01-01\nC,2020-01-01,2021-01-01\n";
    let cases = [
        (
            "records",
            source("a") + &expand + &stocks("\"a\""),
            0,
            "",
            vec!["t: reference_date=2020-12-31 value=3 unit=records"],
        ),
        (
            "persons",
            source("a") + &stock("a") + &stocks("\"a\""),
            0,
            "",
            vec!["t: reference_date=2020-12-31 value=2 unit=persons"],
        ),
        (
            "persons of two files",
            source("a") + &source("b") + &stock("a") + &stock("b") + &stocks("\"a\", \"b\""),
            10,
            "`t` rests on a step `stock`, and several sources feed it",
            vec![],
        ),
    ];
    for (name, pipeline, status, told, rows) in cases {
        let files =
            vec![("a.csv", file), ("b.csv", file), ("a.csv.toml", SYNTHETIC), ("b.csv.toml", SYNTHETIC)];
        check(&Project { name, files, pipeline, status, told: vec![told], rows });
    }
}
