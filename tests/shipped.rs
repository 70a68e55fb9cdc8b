//! The products that the repository ships.

use std::fs;
use std::path::Path;

use crate::program::{denizen, root, run, run_in};
use crate::release::{files, rows, table};

/// Country, scale and file of the synthetic samples.
const SAMPLES: [(&str, &str, &str); 2] = [
    ("peru", "0.01", "crossings-synthetic-0.01-1990.csv.gz"),
    ("italy", "0.002", "permits-synthetic-0.002-1990.csv.gz"),
];

#[test]
fn synth_reproduces_the_shipped_samples_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    for (country, scale, sample) in SAMPLES {
        let arguments = ["synth", country, "--scale", scale, "--seed", "1990", "--out", sample];
        run_in(folder.path(), &arguments).exits_with(0);
        for name in [sample.to_owned(), format!("{sample}.toml")] {
            let shipped = fs::read(root().join("data/raw").join(country).join(&name)).unwrap();
            assert!(
                fs::read(folder.path().join(&name)).unwrap() == shipped,
                "{name} differs from the shipped one"
            );
        }
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
    let value = |concept: &str, indicator: &str, country: &str| {
        let row = table.iter().find(|row| {
            row["reference_date"] == "2007-12-31"
                && row["citizenship"] == country
                && row["indicator"] == indicator
                && row["concept"] == concept
        });
        row.map(|row| row["value"].clone())
    };
    let residents = |value: &str| Some(value.to_owned());
    assert_eq!(value("resident_citizens", "stock", "PE"), residents("70755.0"));
    assert_eq!(value("resident_citizens", "stock", "EC"), residents("73235.0"));
    assert_eq!(value("resident_citizens", "rank", "EC"), residents("1.0"));
    assert_eq!(value("resident_citizens", "rank", "PE"), residents("2.0"));
    // Reconstructed after the census of 2011, Peru leads: another vintage of the same concept, under a name of its own.
    assert_eq!(value("resident_citizens_reconstructed", "stock", "PE"), residents("68064.0"));
    assert_eq!(value("resident_citizens_reconstructed", "rank", "PE"), residents("1.0"));
    // Nobody published the total of that day: no share, rather than a wrong one.
    assert_eq!(value("resident_citizens", "share", "PE"), None);
}

/// 77,629 of 3,891,295 and 87,747 of 4,235,059: registers divided by registers of the same day, not by totals that were
/// reconstructed after the census of 2011 (Eurostat, tps00157).
#[test]
fn shares_of_midla_are_of_the_population_that_they_are_a_part_of() {
    let out = tempfile::tempdir().unwrap();
    run(denizen(&root()).args(["run", "pipelines/midla.toml", "--out"]).arg(out.path())).exits_with(0);
    let tables = out.path().join("midla/2026-11/public/tables");
    let table = rows(&tables.join("communities.parquet"));
    let found = |date: &str, country: &str, indicator: &str, column: &str| {
        let row = table.iter().find(|row| {
            row["reference_date"] == date && row["citizenship"] == country && row["indicator"] == indicator
        });
        row.map_or(String::new(), |row| row[column].clone())
    };
    for (date, share, base) in [("2008-12-31", 1.99, "3891295"), ("2009-12-31", 2.07, "4235059")] {
        let value: f64 = found(date, "PE", "share", "value").parse().unwrap();
        assert!((value - share).abs() < 0.005, "{value}");
        assert_eq!(found(date, "PE", "share", "base"), base);
    }
    // A first census figure is provisional, and so is what is made of it; a rank is one among those that are listed.
    assert_eq!(found("2019-12-31", "EC", "share", "obs_status"), "P");
    assert_eq!(found("2019-12-31", "PE", "rank", "obs_status"), "DP");
    assert_eq!(found("2018-12-31", "_T", "stock", "obs_status"), "B");
    assert!(found("2008-12-31", "PE", "stock", "source").starts_with("ISTAT"));
    // Who was born in Peru need not be a citizen of Peru.
    assert!(table.iter().all(|row| row["concept"] != "foreign_born"));
    let born = rows(&tables.join("born_abroad.parquet"));
    assert_eq!(born.iter().filter(|row| row["country_of_birth"] == "PE").count(), 7);
}

/// What is shown in part is the whole: totals are the sums of their parts, and shares are what they were without totals.
#[test]
fn totals_of_the_emigrants_are_the_sums_of_their_parts() {
    let out = tempfile::tempdir().unwrap();
    run(denizen(&root()).args(["run", "pipelines/peru-1990-2007.toml", "--out"]).arg(out.path()))
        .exits_with(0);
    let table = rows(&out.path().join("peru-1990-2007/2008-03-synthetic/public/tables/emigrants.parquet"));
    let sum = |year: &dyn Fn(&str) -> bool, sex: &dyn Fn(&str) -> bool, age: &dyn Fn(&str) -> bool| -> f64 {
        let counts =
            table.iter().filter(|row| row["rule"] == "pe_1990_2007" && row["indicator"] == "emigration");
        let counts =
            counts.filter(|row| year(&row["year_code"]) && sex(&row["sex"]) && age(&row["age_group"]));
        counts.map(|row| row["value"].parse::<f64>().unwrap()).sum()
    };
    let (total, part) = (|code: &str| code == "_T", |code: &str| code != "_T");
    assert_eq!(sum(&total, &total, &total), 19408.0);
    assert_eq!(sum(&part, &total, &total), 19408.0);
    assert_eq!(sum(&total, &part, &total), 19408.0);
    assert_eq!(sum(&part, &part, &part), 19408.0);
    assert!(table.iter().all(|row| row["indicator"] != "share" || row["age_group"] != "_T"));
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

/// `docs/pipeline.md` is what `denizen explain pipeline` prints; with `DENIZEN_BLESS=1` it is written anew.
#[test]
fn the_page_of_the_language_is_that_of_the_program() {
    let path = root().join("docs/pipeline.md");
    let printed = run_in(&root(), &["explain", "pipeline"]);
    if std::env::var_os("DENIZEN_BLESS").is_some() {
        fs::write(&path, &printed.stdout).unwrap();
    }
    assert!(fs::read_to_string(path).unwrap() == printed.stdout, "docs/pipeline.md is not up to date");
    printed.exits_with(0);
}

/// Likewise of operations, whose examples are run by another test.
#[test]
fn the_pages_of_operations_are_those_of_the_program() {
    let path = root().join("docs/operations.md");
    let printed = run_in(&root(), &["explain", "operations"]);
    if std::env::var_os("DENIZEN_BLESS").is_some() {
        fs::write(&path, &printed.stdout).unwrap();
    }
    assert!(fs::read_to_string(path).unwrap() == printed.stdout, "docs/operations.md is not up to date");
    printed.exits_with(0);
}

/// The records of a release as CSV: columns and rows of all its files, in their order.
fn records(folder: &Path) -> String {
    let mut names: Vec<String> =
        files(folder).into_keys().filter(|name| name.ends_with(".parquet")).collect();
    names.sort();
    let mut text = String::new();
    for name in names {
        let table = table(&folder.join(name));
        let mut lines = table.lines().filter(|line| !line.starts_with("# "));
        let columns = lines.next().unwrap().split(" | ").map(|column| column.split(' ').next().unwrap());
        let header = format!("{}\n", columns.collect::<Vec<_>>().join(","));
        text += if text.is_empty() { &header } else { "" };
        lines.for_each(|line| text += &format!("{}\n", line.replace('∅', "").replace(" | ", ",")));
    }
    text
}

/// What the manual says of each operation comes out when its example is run.
#[test]
fn the_examples_of_operations_run_as_they_stand() {
    for (name, manual) in denizen_spec::manuals() {
        let project = tempfile::tempdir().unwrap();
        let sidecar = format!("{}.toml", denizen_spec::EXAMPLE_INPUT);
        for (path, text) in [
            ("pipelines/example.toml", manual.pipeline),
            (denizen_spec::EXAMPLE_INPUT, manual.before),
            (&sidecar, SIDECAR),
        ] {
            let path = project.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        run_in(project.path(), &["run", "pipelines/example.toml"]).exits_with(0);
        let found = records(&project.path().join("releases/example/1-synthetic/restricted/records"));
        if std::env::var_os("DENIZEN_BLESS").is_some() {
            let file = format!("crates/spec/src/operations/manual/{name}.after.csv");
            // What is the same is not written, for all crates would be compiled anew.
            if found != manual.after {
                fs::write(root().join(file), &found).unwrap();
            }
        } else {
            assert_eq!(found, manual.after, "op:{name}");
        }
    }
}

/// What stands beside invented data.
const SIDECAR: &str = "title = \"Invented\"\nproducer = \"Nobody\"\norigin = \"https://example.org\"\n\
                       licence = \"CC0-1.0\"\nretrieved = 2026-11-26\nsynthetic = true\n\
                       key = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n";

#[test]
fn the_patterns_of_the_language_run_as_they_stand() {
    for (name, rows) in [("microdata", 2), ("counts", 1)] {
        let project = tempfile::tempdir().unwrap();
        let folder = root().join("crates/spec/src/language");
        let text = fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        let data = fs::read(folder.join(format!("{name}.csv"))).unwrap();
        let input = text.lines().find_map(|line| line.strip_prefix("files")).unwrap();
        let input = input.trim_start_matches([' ', '=', '"']).trim_end_matches('"');
        for (path, bytes) in [
            (format!("pipelines/{name}.toml"), text.as_bytes()),
            (input.to_owned(), &data),
            (format!("{input}.toml"), SIDECAR.as_bytes()),
        ] {
            let path = project.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let printed = run_in(project.path(), &["run", &format!("pipelines/{name}.toml")]);
        printed.exits_with(0);
        let tables = project.path().join(format!("releases/{name}/2024-synthetic/public/tables"));
        assert_eq!(fs::read_dir(tables).unwrap().count(), rows);
    }
}
