//! The products that the repository ships.

use std::fs;

use crate::program::{denizen, root, run, run_in};
use crate::release::rows;

const SAMPLE: &str = "crossings-synthetic-0.01-1990.csv.gz";

#[test]
fn synth_reproduces_the_shipped_sample_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["synth", "peru", "--scale", "0.01", "--seed", "1990", "--out", SAMPLE];
    run_in(folder.path(), &arguments).exits_with(0);
    for name in [SAMPLE.to_owned(), format!("{SAMPLE}.toml")] {
        let shipped = fs::read(root().join("data/raw/peru").join(&name)).unwrap();
        assert!(
            fs::read(folder.path().join(&name)).unwrap() == shipped,
            "{name} differs from the shipped one"
        );
    }
}

#[test]
fn the_shipped_pipelines_have_no_fault() {
    let folder = root().join("pipelines");
    let pipelines = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let pipelines: Vec<_> =
        pipelines.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    assert!(pipelines.len() >= 3);
    run(denizen(&root()).arg("check").args(pipelines)).exits_with(0);
}

/// Shares, ranks and both concepts of destination: INEI, DIGEMIN and IOM, edition 1990-2007, as `published.csv` quotes it.
#[test]
fn one_in_ten_by_residence_and_fewer_by_first_destination() {
    let out = tempfile::tempdir().unwrap();
    run(denizen(&root()).args(["run", "pipelines/peru-1990-2007.toml", "--out"]).arg(out.path()))
        .exits_with(0);
    let release = out.path().join("peru-1990-2007/2008-03-synthetic");
    let table = rows(&release.join("public/tables/emigrants_by_destination.parquet"));
    let share = |concept: &str, country: &str| {
        let row = table.iter().find(|row| {
            row["concept"] == concept && row["destination"] == country && row["indicator"] == "share"
        });
        row.map_or(f64::NAN, |row| row["value"].parse().unwrap())
    };
    assert!((share("country_of_residence", "IT") - 10.0).abs() < 0.1);
    assert!((share("first_destination", "CL") - 22.0).abs() < 0.1);
    assert!(share("first_destination", "IT") < 5.0);
    // Synthetic data says so wherever it appears: in every row, in the folder, in the data package.
    assert!(table.iter().all(|row| row["vintage"] == "2008-03-synthetic"));
    let package = fs::read_to_string(release.join("public/datapackage.json")).unwrap();
    assert!(package.contains("SYNTHETIC"));
}

/// 70,755 Peruvians and 73,235 Ecuadorians resident at the end of 2007: ISTAT, as `published.csv` quotes it.
#[test]
fn midla_has_the_communities_of_2007() {
    let out = tempfile::tempdir().unwrap();
    run(denizen(&root()).args(["run", "pipelines/midla.toml", "--out"]).arg(out.path())).exits_with(0);
    let table = rows(&out.path().join("midla/2026-11/public/tables/communities.parquet"));
    let value = |indicator: &str, country: &str| {
        let row = table.iter().find(|row| {
            row["reference_date"] == "2007-12-31"
                && row["citizenship"] == country
                && row["indicator"] == indicator
        });
        row.map(|row| (row["value"].clone(), row["concept"].clone()))
    };
    let residents = |value: &str| Some((value.to_owned(), "resident_citizens".to_owned()));
    assert_eq!(value("stock", "PE"), residents("70755.0"));
    assert_eq!(value("stock", "EC"), residents("73235.0"));
    assert_eq!(value("rank", "EC"), residents("1.0"));
    assert_eq!(value("rank", "PE"), residents("2.0"));
    // Nobody published the total of that day: no share, rather than a wrong one.
    assert_eq!(value("share", "PE"), None);
}

/// The output that the README shows is what a newcomer sees: every line of it, up to `…`.
#[test]
fn the_readme_shows_real_output() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let command = readme.lines().find_map(|line| line.strip_prefix("cargo run -- run ")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let out = tempfile::tempdir().unwrap();
    let outcome = run(denizen(&root()).args(["run", command, "--out"]).arg(out.path())).exits_with(0);
    let printed = outcome.stdout.replace(&format!("{}/", out.path().display()), "releases/");
    let starts: Vec<&str> = shown.lines().map(|line| line.split('…').next().unwrap().trim_end()).collect();
    assert!(starts.len() > 5);
    for start in starts {
        assert!(printed.lines().any(|line| line.starts_with(start)), "not printed: {start}\n{printed}");
    }
}
