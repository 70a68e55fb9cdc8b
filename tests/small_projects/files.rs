//! Files that a pipeline names beside its sources: how they are written, and where they lie.

use std::fs;

use super::{Project, SYNTHETIC, cells, check, table};
use crate::program::{denizen, run};

/// Pairs of rows are in a file with commas, and what is no probability is told with its line.
#[test]
fn files_of_pairs() {
    let source = "[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\n[source.s.columns]\nrow = { personal = true }\n\
        name = { personal = true }\nsex = { codes = { F = \"F\", M = \"M\" } }\n\
        [[clean]]\nop = \"link\"\nkeys = { name = [\"name\"] }\n\
        pairs = { file = \"pairs.csv\", row = \"row\", left = \"l\", right = \"r\", probability = \"p\", threshold = 0.9 }\n";
    let cases = [
        ("commas", "l,r,p\n1,2,0.95\n1,2,0.5\n", 0, vec![]),
        (
            "a match weight",
            "l,r,p\n1,2,0.95\n\n2,1,7.3\n",
            12,
            vec!["`p` is no probability here", "pairs.csv:4"],
        ),
        ("semicolons", "l;r;p\n1;2;0.95\n", 11, vec!["`pairs.csv` has no column `l`", "separated by commas"]),
    ];
    for (name, pairs, status, told) in cases {
        check(&Project {
            name,
            files: vec![
                ("s.csv", "row,name,sex\n1,a,F\n2,b,F\n"),
                ("s.csv.toml", SYNTHETIC),
                ("pairs.csv", pairs),
            ],
            pipeline: source.to_owned()
                + &table("t", "measure = \"count\"\nconcept = \"c\"\ndimensions = [\"sex\"]"),
            status,
            told,
            rows: vec![],
        });
    }
}

/// A small table has commas between its fields, whichever it is.
#[test]
fn small_tables_with_other_delimiters() {
    let columns =
        |more: &str| format!("year = {{ type = \"integer\" }}\nsex = {{ codes = {{ F = \"F\" }}{more} }}");
    let shown = table("t", "measure = \"flow\"\ndimensions = [\"year\", \"sex\"]");
    let correct = "[[clean]]\nop = \"correct\"\nentries = \"f.csv\"\n";
    let codes = cells("s", "", "year = { type = \"integer\" }\nsex = { codes = \"f.csv\" }");
    let published = "[[published]]\nfile = \"f.csv\"\n";
    let cases = [
        ("codes", codes + &shown, "value;code\nF;F\n", 11, "separated by `;`"),
        (
            "corrections",
            cells("s", "", &columns("")) + correct + &shown,
            "column\tfrom\tto\n",
            11,
            "separated by a tab",
        ),
        (
            "published figures",
            cells("s", "", &columns("")) + &shown + published,
            "id;statement;table\n",
            10,
            "separated by `;`",
        ),
    ];
    for (name, pipeline, file, status, told) in cases {
        check(&Project {
            name,
            files: vec![("s.csv", "year,sex,n\n2020,F,4\n"), ("f.csv", file)],
            pipeline,
            status,
            told: vec![told, "write it with commas"],
            rows: vec![],
        });
    }
}

/// Published figures are looked for where all other files are, and beside the pipeline file first.
#[test]
fn places_of_published_figures() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let figures = |value: i64| {
        format!(
            "id,statement,table,indicator,where,value,unit,tolerance,concept,source\n\
             a,s,t,flow,year=2020,{value},persons,0,c,x\n"
        )
    };
    let head = "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n";
    let source = cells("s", "", "year = { type = \"integer\" }");
    let shown = table("t", "measure = \"flow\"\nunit = \"persons\"\ndimensions = [\"year\"]");
    let published = "[[published]]\nfile = \"figures/f.csv\"\n";
    put("s.csv", "year,n\n2020,4\n");
    put("pipelines/p.toml", &format!("{head}{source}{shown}{published}"));
    let status = || run(denizen(folder.path()).args(["run", "pipelines/p.toml"])).status;
    assert_eq!(status(), 10, "nowhere");
    put("figures/f.csv", &figures(4));
    assert_eq!(status(), 0, "in the project");
    put("pipelines/figures/f.csv", &figures(5));
    assert_eq!(status(), 13, "beside the pipeline, though nothing else has changed");
}
