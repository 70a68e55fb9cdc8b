//! The editions of a product beside each other.

use std::fs;
use std::path::Path;

use crate::program::{denizen, run, run_in};
use crate::release::rows;

const PIPELINE: &str = "spec = 1\ntitle = \"Arrivals\"\nvintage = \"VINTAGE\"\n[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\nkind = \"cells\"\n\
    concept = \"arrivals\"\n[source.s.columns]\nyear = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" } }\n\
    value = { from = \"n\", type = \"integer\", marks = { \"..\" = \"missing\" } }\nobs_status = { from = \"flag\" }\n\
    [[table]]\nname = \"t\"\nmeasure = \"stock\"\ndimensions = [DIMENSIONS]\n";

/// Makes an edition of the product `name`.
fn edition(project: &Path, name: &str, vintage: &str, dimensions: &str, rows: &str, more: &str) {
    fs::write(project.join("s.csv"), format!("year,sex,n,flag\n{rows}")).unwrap();
    let pipeline = PIPELINE.replace("VINTAGE", vintage).replace("DIMENSIONS", dimensions);
    fs::write(project.join(format!("{name}.toml")), pipeline + more).unwrap();
    run(denizen(project).args(["run", &format!("{name}.toml")])).exits_with(0);
}

const BOTH: &str = "\"year\", \"sex\"";

#[test]
fn three_editions() {
    let project = tempfile::tempdir().unwrap();
    let folder = project.path();
    edition(folder, "p", "2024-06", BOTH, "2022,F,100,\n2023,F,80,p\n2023,M,50,p\n2022,M,10,\n", "");
    edition(folder, "p", "2025-06", BOTH, "2022,F,100,\n2023,F,98,\n2023,M,..,\n2024,F,70,p\n", "");
    edition(folder, "p", "2026-06", BOTH, "2022,F,100,\n2023,F,100,\n2023,M,40,\n2024,F,75,p\n", "");
    let outcome = run_in(folder, &["vintages", "releases/p", "--out", "out"]).exits_with(0);
    let expected = "p: 2024-06, 2025-06, 2026-06\n\
        table t, stock (arrivals, persons)\n     \
        6 months after: 2 values, mean revision +5.00, mean absolute 15.00 (21.43 %), within 1 % 0 %, within 5 % 0 %, within 10 % 0 %\n    \
        18 months after: 2 values, mean revision +1.00, mean absolute 1.00 (1.00 %), within 1 % 50 %, within 5 % 100 %, within 10 % 100 %\n    \
        30 months after: 1 values, mean revision +0.00, mean absolute 0.00 (0.00 %), within 1 % 100 %, within 5 % 100 %, within 10 % 100 %\n\
        note: table t: 1 cells of earlier editions are provisional in the newest edition: no final value\n\
        note: table t: 1 cells of earlier editions are not in the newest edition: no final value\n\
        out/t_triangle.parquet: 12 rows\nout/revisions.parquet: 3 rows\n";
    assert_eq!(outcome.stdout, expected);
    let triangle = rows(&folder.join("out/t_triangle.parquet"));
    let of = |sex: &str, year: &str| -> Vec<[&str; 5]> {
        let wanted = triangle.iter().filter(|row| row["sex"] == sex && row["year"] == year);
        let names = ["vintage", "period_ends", "age_months", "value", "obs_status"];
        wanted.map(|row| names.map(|name| row[name].as_str())).collect()
    };
    let expected = [
        ["2024-06", "2023-12", "6", "50.0", "P"],
        ["2025-06", "2023-12", "18", "∅", "O"],
        ["2026-06", "2023-12", "30", "40.0", "A"],
    ];
    assert_eq!(of("M", "2023"), expected);
    run_in(folder, &["vintages", "releases/p", "--out", "out", "--format", "csv"]).exits_with(0);
    let text = fs::read_to_string(folder.join("out/revisions.csv")).unwrap();
    assert!(
        text.starts_with("table,indicator,concept,rule,unit,age_months,n_pairs,mean_revision,"),
        "{text}"
    );
    // Folders may be named one by one, in any order; nothing is written into a release.
    let named = ["vintages", "releases/p/2026-06", "releases/p/2024-06", "releases/p/2025-06"];
    assert_eq!(run_in(folder, &named).exits_with(0).stdout.lines().next(), expected_first());
    let into =
        run_in(folder, &["vintages", "releases/p", "--out", "releases/p/2024-06/public"]).exits_with(2);
    assert!(into.stderr.contains("into a release"), "{}", into.stderr);
}

fn expected_first() -> Option<&'static str> {
    Some("p: 2024-06, 2025-06, 2026-06")
}

#[test]
fn what_cannot_be_compared_is_said() {
    let project = tempfile::tempdir().unwrap();
    let folder = project.path();
    let rows = "2022,F,100,\n";
    let unit = "unit = \"thousand\"\n";
    edition(folder, "unit", "2024-06", BOTH, rows, unit);
    edition(folder, "unit", "2025-06", BOTH, rows, "");
    edition(folder, "key", "2024-06", "\"year\"", rows, "filter = { sex = \"F\" }\n");
    edition(folder, "key", "2025-06", BOTH, rows, "");
    edition(folder, "undated", "old", BOTH, rows, "");
    edition(folder, "undated", "new", BOTH, "2022,F,101,\n", "");
    edition(folder, "alone", "2025-06", BOTH, rows, "");
    let table = [
        (vec!["releases/unit"], 0, "1 cells have another unit or other parameters of their rule"),
        (vec!["releases/key"], 0, "edition 2024-06 is not compared, for its cells are told apart by"),
        (
            vec!["releases/undated"],
            0,
            "editions are in the order of their names, and values of new, old have no age",
        ),
        (vec!["releases/undated"], 0, "of unknown age: 1 values, mean revision -1.00"),
        (vec!["releases/alone"], 11, "there are no two editions to compare"),
        (vec!["releases/alone", "releases/unit"], 11, "these are editions of two products"),
        (vec!["releases/unit", "releases/unit/2024-06"], 11, "two releases are of the same edition"),
        (vec!["nowhere"], 11, "against::no-release"),
    ];
    for (words, status, told) in table {
        let outcome = run_in(folder, &[vec!["vintages"], words.clone()].concat()).exits_with(status);
        let printed = outcome.stdout + &outcome.stderr;
        assert!(printed.contains(told), "{words:?}\n{printed}");
    }
}
