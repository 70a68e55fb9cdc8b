//! What estimates rest on: what one run says that a rule knew earlier is what a run on data that end there says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use denizen_spec::{is_certain_answer, is_undecided_answer};

use crate::program::run_in;
use crate::release::rows;

/// The last day of the data, and of those that are cut, as the file and as pipelines have it.
const CUTS: [&str; 3] = ["2007-12-31", "2006-12-31", "2005-02-28"];

fn pipeline(until: &str, estimate: &str) -> String {
    format!(
        r#"
        spec = 1
        title = "Emigrants by month"
        vintage = "{until}"
        [source.crossings]
        files = "{until}.csv"
        format = "csv"
        encoding = "windows-1252"
        delimiter = ";"
        [source.crossings.columns]
        person = {{ from = "id_persona", personal = true, missing = "00000000-0000-0000-0000-000000000000" }}
        crossed_on = {{ from = "fecha_control", type = "date", format = "%d/%m/%Y" }}
        direction = {{ from = "tipo", codes = {{ E = "arrival", S = "departure" }} }}
        [[clean]]
        op = "deduplicate"
        keys = ["crossed_on", "direction"]
        [[clean]]
        op = "residence"
        rule = "nz_12_16"
        until = {until}
        initial = "opposite_of_first_crossing"
        [[clean]]
        op = "derive"
        column = "month"
        method = "month"
        from = "crossed_on"
        [[table]]
        name = "emigrants"
        measure = "emigration"
        concept = "emigration"
        dimensions = ["month"]
        {estimate}
        [disclosure]
        method = "none"
        reason = "the persons are invented"
        "#
    )
}

/// The release of the crossings up to a day.
fn release(folder: &Path, until: &str, crossings: &[u8], estimate: &str) -> PathBuf {
    let day = |line: &[u8]| {
        let text = String::from_utf8_lossy(line).into_owned();
        let date = text.split(';').nth(1).unwrap().to_owned();
        let parts: Vec<&str> = date.split('/').rev().collect();
        parts.join("-")
    };
    let mut lines = crossings.split_inclusive(|byte| *byte == b'\n');
    let header = lines.next().unwrap().to_vec();
    let kept = lines.filter(|line| day(line).as_str() <= until);
    let text: Vec<u8> = header.into_iter().chain(kept.flatten().copied()).collect();
    fs::write(folder.join(format!("{until}.csv")), text).unwrap();
    fs::copy(folder.join("all.csv.toml"), folder.join(format!("{until}.csv.toml"))).unwrap();
    // The file is a part of the one that the sidecar describes.
    let sidecar = fs::read_to_string(folder.join(format!("{until}.csv.toml"))).unwrap();
    let sidecar: Vec<&str> = sidecar.lines().filter(|line| !line.starts_with("sha256")).collect();
    fs::write(folder.join(format!("{until}.csv.toml")), sidecar.join("\n")).unwrap();
    fs::create_dir_all(folder.join("pipelines")).unwrap();
    fs::write(folder.join("pipelines/cut.toml"), pipeline(until, estimate)).unwrap();
    run_in(folder, &["run", "pipelines/cut.toml"]).exits_with(0);
    folder.join(format!("releases/cut/{until}-synthetic"))
}

fn field<'a>(row: &'a BTreeMap<String, String>, name: &str) -> &'a str {
    let found = row.iter().find(|(column, _)| column.split(' ').next() == Some(name));
    found.map_or("", |(_, value)| value.as_str())
}

/// Certain and undecided by month, as a release has them in its table.
fn counted(release: &Path) -> BTreeMap<String, [i64; 2]> {
    let mut known: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    for row in rows(&release.join("public/tables/emigrants.parquet")) {
        let value = field(&row, "value").parse::<f64>().unwrap_or(0.0) as i64;
        let place = match field(&row, "indicator") {
            "emigration" => 0,
            "emigration_undecided" => 1,
            _ => continue,
        };
        known.entry(field(&row, "month").to_owned()).or_default()[place] += value;
    }
    known
}

/// The same from what the records of a later release say that was known, of months that were not complete then.
fn remembered(release: &Path, until: &str) -> BTreeMap<String, [i64; 2]> {
    let months = |text: &str| text[..4].parse::<i64>().unwrap() * 12 + text[5..7].parse::<i64>().unwrap();
    let mut known: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    let mut folders = vec![release.join("restricted/records")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for row in rows(&path) {
                let month = &field(&row, "crossed_on")[..7];
                let age = months(until) - months(month);
                let letter = field(&row, "monthly_answers_nz_12_16").chars().nth(age.max(0) as usize);
                let Some(letter) = letter.filter(|letter| (0..=17).contains(&age) && *letter != '∅') else {
                    continue;
                };
                let is_direction = field(&row, "direction") == "departure";
                let of_month = known.entry(month.to_owned()).or_default();
                of_month[0] += i64::from(is_certain_answer(letter, is_direction));
                of_month[1] += i64::from(is_undecided_answer(letter, is_direction));
            }
        }
    }
    known.retain(|_, known| *known != [0, 0]);
    known
}

#[test]
fn what_was_known_earlier_is_what_data_that_are_cut_say() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run_in(folder, &["synth", "peru", "--scale", "0.002", "--seed", "7", "--out", "all.csv"]).exits_with(0);
    let crossings = fs::read(folder.join("all.csv")).unwrap();
    let whole = release(folder, CUTS[0], &crossings, "estimate = { back_tests = 20 }");
    for until in CUTS {
        let cut = if until == CUTS[0] { whole.clone() } else { release(folder, until, &crossings, "") };
        let remembered = remembered(&whole, until);
        let counted = counted(&cut);
        // Nobody crosses the border in the last two months.
        assert!(remembered.len() >= 15, "{until}: {}", remembered.len());
        for (month, known) in &remembered {
            assert_eq!(counted.get(month), Some(known), "{month} at {until}");
        }
    }
}
