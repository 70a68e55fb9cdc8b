//! The formats that are made from the tables of a release.

use std::fs;
use std::path::Path;

use calamine::{Reader, Xlsx};

use crate::program::{Outcome, denizen, run};
use crate::release::files;

/// Asks a pipeline for all of them.
pub(crate) const ALL_FORMATS: &str =
    "\n[release]\nformats = [\"parquet\", \"csv\", \"sdmx-csv\", \"xlsx\", \"json\"]\n";

const HEAD: &str = "spec = 1\ntitle = \"Permits\"\nvintage = \"2024-05\"\nreference_area = \"IT\"\n";

const PIPELINE: &str = r#"
[source.permits]
files = "permits.csv"
format = "csv"
kind = "cells"
concept = "permit_holders"

[source.permits.columns]
year = { type = "integer" }
citizenship = { codes = { NA = "NA", PE = "PE" }, total = "TOTAL" }
sex = { codes = { M = "M", F = "F" }, total = "T" }
age_group = { codes = { "0-17" = "00-17", "18-64" = "18-64", "65 +" = "65+" }, total = "TOTAL" }
value = { type = "integer" }
obs_status = {}

[[table]]
name = "permits"
source = "permits"
measure = "stock"
unit = "persons"
concept = "permit_holders"
dimensions = ["year", "citizenship", "sex", "age_group"]
indicators = ["share", "sex_ratio"]
"#;

const ROWS: &str = "\
year,citizenship,sex,age_group,value,obs_status
2022,TOTAL,T,TOTAL,100,
2022,NA,T,TOTAL,40,
2022,PE,T,TOTAL,60,P
2022,PE,M,TOTAL,20,
2022,PE,F,TOTAL,40,
2022,PE,F,0-17,10,
2022,PE,F,18-64,25,E
2022,PE,F,65 +,5,
2023,NA,T,TOTAL,,O
";

/// A project of one pipeline and one file.
fn project(pipeline: &str, rows: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.toml"), format!("{HEAD}{pipeline}")).unwrap();
    fs::write(folder.path().join("permits.csv"), rows).unwrap();
    folder
}

fn run_in(folder: &Path) -> Outcome {
    run(denizen(folder).args(["run", "p.toml"]))
}

fn text(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join("releases/p/2024-05/public").join(file)).unwrap()
}

/// Columns of a CSV file without quotes, row by row; rows are sorted.
fn columns(text: &str, names: &[&str]) -> Vec<Vec<String>> {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let places: Vec<usize> =
        names.iter().map(|name| header.iter().position(|known| known == name).unwrap()).collect();
    let row = |line: Vec<&str>| places.iter().map(|place| line[*place].replace('"', "")).collect();
    let mut rows: Vec<Vec<String>> = lines.map(row).collect();
    rows.sort();
    rows
}

#[test]
fn without_parquet_and_csv_there_is_parquet_too() {
    let folder = project(&format!("{PIPELINE}[release]\nformats = [\"sdmx-csv\"]\n"), ROWS);
    run_in(folder.path()).exits_with(0);
    let tables = folder.path().join("releases/p/2024-05/public/tables");
    let mut names: Vec<String> = fs::read_dir(tables)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["permits.parquet", "permits.sdmx.csv"]);
}

#[test]
fn sdmx_csv_has_the_codes_of_sdmx() {
    let folder = project(&format!("{PIPELINE}{ALL_FORMATS}agency = \"IT1\"\n"), ROWS);
    run_in(folder.path()).exits_with(0);
    let found = text(folder.path(), "tables/permits.sdmx.csv");
    let start = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,CITIZENSHIP,SEX,AGE,INDICATOR,CONCEPT,TIME_PERIOD,OBS_VALUE,\
                 UNIT_MEASURE,UNIT_MULT,DECIMALS,OBS_STATUS,CONF_STATUS,";
    assert!(found.starts_with(start), "{found}");
    let flow = "dataflow,IT1:P_PERMITS(2024.5.0),I,A,IT,";
    for row in [
        format!("{flow}PE,F,Y18T64,stock,permit_holders,2022,25,PS,0,0,E,F,"),
        format!("{flow}PE,F,Y_GE65,stock,permit_holders,2022,5,PS,0,0,A,F,"),
        format!("{flow}\"NA\",_T,_T,stock,permit_holders,2022,40,PS,0,0,A,F,"),
        format!("{flow}\"NA\",_T,_T,stock,permit_holders,2023,NaN,PS,0,0,O,F,"),
    ] {
        assert!(found.contains(&row), "{row}\n{found}");
    }
}

/// What is written is read again by the reader of SDMX-CSV, and gives the same cells.
#[test]
fn sdmx_csv_is_read_back() {
    let folder = project(&format!("{PIPELINE}{ALL_FORMATS}"), ROWS);
    run_in(folder.path()).exits_with(0);
    let written = text(folder.path(), "tables/permits.sdmx.csv");
    let counts: Vec<&str> = written
        .lines()
        .enumerate()
        .filter(|(number, line)| *number == 0 || line.contains(",stock,"))
        .map(|(_, line)| line)
        .collect();
    let back = PIPELINE
        .replace("format = \"csv\"", "format = \"sdmx-csv\"")
        .replace("year = { type", "year = { from = \"TIME_PERIOD\", type")
        .replace("citizenship = { codes = { NA = \"NA\", PE = \"PE\" }, total = \"TOTAL\" }", "citizenship = { from = \"CITIZENSHIP\", codes = { NA = \"NA\", PE = \"PE\" }, total = \"_T\" }")
        .replace("sex = { codes = { M = \"M\", F = \"F\" }, total = \"T\" }", "sex = { from = \"SEX\", codes = { M = \"M\", F = \"F\" }, total = \"_T\" }\nfrequency = { from = \"FREQ\", codes = { A = \"annual\" } }\narea = { from = \"REF_AREA\", codes = { IT = \"IT\" } }\nindicator_code = { from = \"INDICATOR\", codes = { stock = \"stock\" } }\nconcept_code = { from = \"CONCEPT\", codes = { permit_holders = \"permit_holders\" } }\nunit_measure = { from = \"UNIT_MEASURE\", codes = { PS = \"persons\" } }")
        .replace("age_group = { codes = { \"0-17\" = \"00-17\", \"18-64\" = \"18-64\", \"65 +\" = \"65+\" }, total = \"TOTAL\" }", "age_group = { from = \"AGE\", codes = { Y0T17 = \"00-17\", Y18T64 = \"18-64\", Y_GE65 = \"65+\" }, total = \"_T\" }")
        .replace("value = { type", "value = { from = \"OBS_VALUE\", type")
        .replace("obs_status = {}", "obs_status = { from = \"OBS_STATUS\" }")
        .replace("unit = \"persons\"\n", "unit = \"persons\"\nfilter = { frequency = \"annual\", area = \"IT\", indicator_code = \"stock\", concept_code = \"permit_holders\", unit_measure = \"persons\" }\n");
    let again = project(&format!("{back}{ALL_FORMATS}"), &(counts.join("\n") + "\n"));
    run_in(again.path()).exits_with(0);
    let names = ["year", "citizenship", "sex", "age_group", "indicator", "value", "obs_status"];
    let table = |folder: &Path| columns(&text(folder, "tables/permits.csv"), &names);
    assert_eq!(table(again.path()), table(folder.path()));
    // The structure is another edition's only in the statuses that it uses.
    assert_eq!(text(again.path(), "tables/permits.sdmx.csv"), written);
}

/// What is exported later has the bytes of the run, without the raw data, and a release that stands is never changed.
#[test]
fn exports_have_the_bytes_of_the_run() {
    let folder = project(&format!("{PIPELINE}{ALL_FORMATS}agency = \"IT1\"\n"), ROWS);
    run_in(folder.path()).exits_with(0);
    fs::remove_file(folder.path().join("permits.csv")).unwrap();
    fs::remove_file(folder.path().join("p.toml")).unwrap();
    let export = |words: &[&str]| run(denizen(folder.path()).arg("export").args(words));
    let before = files(&folder.path().join("releases"));
    let done =
        export(&["releases/p/2024-05", "--format", "csv,sdmx-csv,xlsx,json", "--out", "o"]).exits_with(0);
    let exported = files(&folder.path().join("o"));
    let is_made =
        |name: &String| !name.ends_with(".parquet") && (name.contains('/') || !name.contains("README"));
    let public = files(&folder.path().join("releases/p/2024-05/public"));
    let expected: Vec<&String> = public
        .keys()
        .filter(|name| {
            is_made(name)
                && !["index.html", "datapackage.json", "views.sql", "pipeline.toml"].contains(&name.as_str())
        })
        .collect();
    assert_eq!(exported.keys().collect::<Vec<_>>(), expected);
    assert_eq!(done.stdout.lines().count(), exported.len());
    for (name, bytes) in &exported {
        assert!(bytes == &public[name], "{name}");
    }
    assert!(files(&folder.path().join("releases")) == before);
    let release = "releases/p/2024-05";
    for (words, status, told) in [
        (["releases/p", "json", "o"], 11, "name the folder of a release"),
        ([release, "parquet", "o"], 2, "the release is in Parquet"),
        ([release, "xls", "o"], 2, "write `csv`, `sdmx-csv`, `xlsx` or `json`"),
        ([release, "json", release], 2, "written into a release"),
        ([release, "json", "releases/p/2024-05/public/more/still"], 2, "written into a release"),
    ] {
        let outcome = export(&[words[0], "--format", words[1], "--out", words[2]]).exits_with(status);
        assert!(outcome.stderr.contains(told), "{words:?}\n{}", outcome.stderr);
    }
    assert!(files(&folder.path().join("releases")) == before);
}

/// A note that begins like a formula is a text, a missing value an empty cell, the sheet what the table is.
#[test]
fn a_workbook_is_the_same_twice() {
    let make = || {
        let folder = project(&format!("{PIPELINE}{ALL_FORMATS}"), ROWS);
        run_in(folder.path()).exits_with(0);
        fs::read(folder.path().join("releases/p/2024-05/public/p-2024-05.xlsx")).unwrap()
    };
    let first = make();
    // The times in an archive have two seconds of precision.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert!(first == make());
}

/// A pipeline of cells with one dimension of its own beside the year.
fn of_column(name: &str, column: &str, more: &str) -> String {
    format!(
        "[source.s]\nfiles = \"permits.csv\"\nformat = \"csv\"\nkind = \"cells\"\nconcept = \"c\"\n[source.s.columns]\n\
         year = {{ type = \"integer\", total = \"all\" }}\n{name} = {column}\nvalue = {{ type = \"integer\" }}\n\
         [[table]]\nname = \"t\"\nmeasure = \"stock\"\nunit = \"persons\"\ndimensions = [\"year\", \"{name}\"]\n{more}"
    )
}

/// Which identifiers, codes and periods SDMX gets.
#[test]
fn components_of_sdmx() {
    let codes = |codes: &str| format!("{{ codes = {{ {codes} }} }}");
    let table = [
        (
            "age",
            codes("a = \"00-04\", b = \"<5\""),
            "AGE",
            "2020,a,1\n2021,b,2\n",
            vec!["A,IT,Y0T4,stock,c,2020,1,", "A,IT,Y_LT5,stock,c,2021,2,"],
        ),
        // Two codes that would be one keep their own.
        (
            "age",
            codes("a = \"00-04\", b = \"0-4\""),
            "AGE",
            "2020,a,1\n2021,b,2\n",
            vec!["A,IT,00-04,stock,c,2020,1,", "A,IT,0-4,stock,c,2021,2,"],
        ),
        (
            "age_definition",
            codes("a = \"completed\""),
            "AGE_DEFINITION",
            "2020,a,1\n",
            vec!["A,IT,completed,stock,c,2020,1,"],
        ),
        (
            "freq",
            codes("a = \"x y\", b = \"x_y\""),
            "FREQ_2",
            "2020,a,1\n2020,b,2\n",
            vec!["A,IT,x$20y,stock,c,2020,1,", "A,IT,x_y,stock,c,2020,2,"],
        ),
        // The total of all years says no year.
        (
            "sex",
            codes("a = \"F\""),
            "SEX",
            "2020,a,1\n2022,a,2\nall,a,3\n",
            vec!["A,IT,F,stock,c,2020,1,", "_O,IT,F,stock,c,2020-01-01/P3Y,3,"],
        ),
    ];
    for (name, column, ids, rows, expected) in table {
        let folder = project(&of_column(name, &column, ALL_FORMATS), &format!("year,{name},value\n{rows}"));
        run_in(folder.path()).exits_with(0);
        let found = text(folder.path(), "tables/t.sdmx.csv");
        let header =
            format!("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,{ids},INDICATOR,CONCEPT,TIME_PERIOD,");
        assert!(found.starts_with(&header), "{header}\n{found}");
        for row in expected {
            assert!(found.contains(&format!("I,{row}")), "{row}\n{found}");
        }
    }
}

#[test]
fn tables_that_do_not_fit() {
    let column = "{ codes = { a = \"F\" } }\nnote = {}";
    let formats = |formats: &str| format!("[release]\nformats = [{formats}]\n");
    let long = format!("year,sex,value,note\n2020,a,1,{}\n", "x".repeat(40_000));
    let none = "year,sex,value,note\n".to_owned();
    let table = [
        ("\"xlsx\"", &long, 12, "a text is too long for the cell of a workbook"),
        ("\"json\", \"sdmx-csv\", \"csv\"", &long, 0, ""),
        ("\"json\", \"sdmx-csv\", \"xlsx\"", &none, 0, ""),
    ];
    for (names, rows, status, told) in table {
        let pipeline = of_column("sex", column, &formats(names));
        let folder = project(&pipeline, rows);
        let outcome = run_in(folder.path()).exits_with(status);
        assert!(outcome.stderr.contains(told), "{}", outcome.stderr);
        assert_eq!(folder.path().join("releases/p/2024-05").exists(), status == 0);
    }
}

/// A release in CSV alone is exported as one in Parquet is.
#[test]
fn a_release_in_csv_is_exported() {
    let folder = project(&format!("{PIPELINE}[release]\nformats = [\"csv\", \"xlsx\", \"json\"]\n"), ROWS);
    run_in(folder.path()).exits_with(0);
    let words = ["export", "releases/p/2024-05", "--format", "csv,xlsx,json,sdmx-csv", "--out", "o"];
    run(denizen(folder.path()).args(words)).exits_with(0);
    let public = files(&folder.path().join("releases/p/2024-05/public"));
    let exported = files(&folder.path().join("o"));
    for (name, bytes) in exported.iter().filter(|(name, _)| !name.contains("sdmx")) {
        assert!(bytes == &public[name], "{name}");
    }
    // The same as from Parquet.
    let other = project(&format!("{PIPELINE}[release]\nformats = [\"sdmx-csv\"]\n"), ROWS);
    run_in(other.path()).exits_with(0);
    assert!(text(other.path(), "tables/permits.sdmx.csv").as_bytes() == exported["tables/permits.sdmx.csv"]);
}

/// The names of the sheets of a workbook and all texts in their cells, one a line.
fn texts_of_workbook(path: &Path) -> String {
    let mut workbook: Xlsx<_> = calamine::open_workbook(path).unwrap();
    let mut texts = workbook.sheet_names();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).unwrap();
        texts.extend(range.used_cells().map(|(_, _, cell)| cell.to_string()));
    }
    texts.join("\n") + "\n"
}

/// A workbook says in its language what the release says in it, and its name tells which.
#[test]
fn a_workbook_in_other_languages() {
    let titled = PIPELINE.replace(
        "name = \"permits\"\n",
        "name = \"permits\"\ntitle = { en = \"Permits by age\", it = \"Permessi per età\", es = \"Permisos por edad\" }\n",
    );
    let folder = project(&titled, ROWS);
    let file = folder.path().join("p.toml");
    let title = "title = { en = \"Permits\", it = \"Permessi\", es = \"Permisos\" }\n";
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("title = \"Permits\"\n", title)).unwrap();
    run_in(folder.path()).exits_with(0);
    let table = [
        ("en", "p-2024-05.xlsx", ["About", "Sources and licences", "Permits by age", " (code)\n"]),
        ("it", "p-2024-05-it.xlsx", ["Informazioni", "Fonti e licenze", "Permessi per età", " (codice)\n"]),
        (
            "es",
            "p-2024-05-es.xlsx",
            ["Información", "Fuentes y licencias", "Permisos por edad", " (código)\n"],
        ),
    ];
    for (language, name, expected) in table {
        let words =
            ["export", "releases/p/2024-05", "--format", "xlsx", "--language", language, "--out", "o"];
        run(denizen(folder.path()).args(words)).exits_with(0);
        let found = texts_of_workbook(&folder.path().join("o").join(name));
        for text in expected {
            assert!(found.contains(text), "{language} {text}");
        }
    }
    assert_eq!(files(&folder.path().join("o")).len(), 3);
    let words = ["export", "releases/p/2024-05", "--format", "xlsx", "--language", "fr", "--out", "o"];
    run(denizen(folder.path()).args(words)).exits_with(2);
}

/// What is made of a release is what it has published: a file that is another one is named, and nothing is written.
#[test]
fn a_release_that_was_changed_is_not_exported() {
    for file in ["tables/permits.parquet", "codelists/obs_status.parquet", "datapackage.json"] {
        let folder = project(PIPELINE, ROWS);
        run_in(folder.path()).exits_with(0);
        let path = folder.path().join("releases/p/2024-05/public").join(file);
        let whole = fs::read(&path).unwrap();
        let export = || {
            run(denizen(folder.path()).args([
                "export",
                "releases/p/2024-05",
                "--format",
                "json",
                "--out",
                "o",
            ]))
        };
        let longer = [whole.as_slice(), b" "].concat();
        for bytes in [longer.as_slice(), &whole[..whole.len() - 1]] {
            fs::write(&path, bytes).unwrap();
            let outcome = export().exits_with(11);
            assert!(outcome.stderr.contains("error[against::changed-release]"), "{}", outcome.stderr);
            assert!(outcome.stderr.contains(&format!("`public/{file}`")), "{}", outcome.stderr);
        }
        fs::remove_file(&path).unwrap();
        export().exits_with(11);
        assert!(!folder.path().join("o").exists());
        fs::write(&path, &whole).unwrap();
        export().exits_with(0);
    }
}
