//! Every rule of residence, as `denizen explain` says that it is written, in a pipeline that runs.

use std::fs;

use crate::program::{denizen, root, run, run_in};

/// Rows of which each rule takes those that it is for: crossings, permits, and years with signs of life.
const RECORDS: &str = "\
person,crossed_on,direction,valid_from,valid_to,reason,date,health,taxes
a,2017-01-01,,2017-01-01,2018-12-31,study,2017-12-31,1,1
a,2017-02-01,arrival,,,,2018-12-31,0,1
a,2019-01-10,,2019-01-10,2024-06-30,work,2019-12-31,0,0
a,2020-03-01,departure,,,,2020-12-31,0,0
b,2018-05-01,departure,,,,2018-12-31,1,0
b,2021-01-01,,2021-01-01,2023-06-30,family,2021-12-31,1,1
";

const SIDECAR: &str = "\
title = 'Invented records'
producer = 'Nobody'
origin = 'https://example.org/records.csv'
licence = 'CC0-1.0'
retrieved = 2026-11-26
synthetic = true
key = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
";

const SOURCE: &str = "\
spec = 1
title = 'Every rule'
vintage = '1'
[source.records]
files = 'data/raw/records.csv'
format = 'csv'
[source.records.columns]
person = { personal = true }
crossed_on = { type = 'date' }
direction = { codes = { arrival = 'arrival', departure = 'departure' } }
valid_from = { type = 'date' }
valid_to = { type = 'date' }
reason = { codes = { study = 'study', work = 'work', family = 'family' } }
date = { type = 'date' }
health = { type = 'integer' }
taxes = { type = 'integer' }
";

/// The names of the rules that the list of pages has.
fn rules() -> Vec<String> {
    let list = run(denizen(&root()).arg("explain")).exits_with(0).stdout;
    let names = list.lines().filter_map(|line| line.strip_prefix("rule:"));
    names.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn every_rule_runs_as_explain_says() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["data/raw", "pipelines"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("data/raw/records.csv"), RECORDS).unwrap();
    fs::write(folder.path().join("data/raw/records.csv.toml"), SIDECAR).unwrap();
    let rules = rules();
    assert!(rules.len() >= 15, "{rules:?}");
    for rule in rules {
        let page = run(denizen(&root()).args(["explain", &format!("rule:{rule}")])).exits_with(0).stdout;
        let step = page.split_once("\nIn a pipeline\n").unwrap().1;
        let dimensions = if step.contains("\"stock\"") { "['reference_date']" } else { "[]" };
        let table = format!(
            "[[table]]\nname = 't'\nmeasure = 'count'\nconcept = 'records'\ndimensions = {dimensions}\n"
        );
        let path = format!("pipelines/{rule}.toml");
        fs::write(folder.path().join(&path), format!("{SOURCE}{step}{table}")).unwrap();
        let outcome = run_in(folder.path(), &["run", &path]).exits_with(0);
        let operation = step.lines().find_map(|line| line.trim().strip_prefix("op")).unwrap();
        let operation = operation.trim_start_matches([' ', '=', '"']).trim_end_matches('"');
        let told = outcome.stdout.lines().find(|line| line.starts_with(&format!("{operation} {rule}")));
        assert!(told.is_some_and(|line| line.contains("persons 2")), "{rule}\n{}", outcome.stdout);
    }
}
