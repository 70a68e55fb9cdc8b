//! A release that follows another one says which, and what has changed since.

use std::fs;
use std::path::Path;

use crate::program::{Outcome, denizen, run, run_in};

const PIPELINE: &str = "spec = 1\ntitle = \"Permits\"\nvintage = \"1\"\n[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\nkind = \"cells\"\n\
    concept = \"permits\"\n[source.s.columns]\nyear = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" } }\n\
    value = { from = \"n\", type = \"integer\" }\n";
const TABLE: &str = "[[table]]\nname = \"t\"\nmeasure = \"stock\"\ndimensions = [\"year\", \"sex\"]\n";
const CORRECTION: &str = "[[clean]]\nop = \"correct\"\n[[clean.entries]]\nwhere = { sex = \"F\" }\ncolumn = \"value\"\nfrom = 10\nto = 100\n\
    reason = \"A zero was lost\"\nsource = \"the yearbook\"\nstatus = \"STATUS\"\n";

/// Runs an edition of the product `name`.
fn edition(project: &Path, name: &str, vintage: &str, rows: &str, more: &str, words: &[&str]) -> Outcome {
    fs::write(project.join("s.csv"), format!("year,sex,n\n{rows}")).unwrap();
    let pipeline = PIPELINE.replace("vintage = \"1\"", &format!("vintage = \"{vintage}\""));
    let (top, more) = more.split_once("---").unwrap_or(("", more));
    let pipeline = pipeline.replace("[source.s]\n", &format!("{top}\n[source.s]\n"));
    fs::write(project.join(format!("{name}.toml")), pipeline + TABLE + more).unwrap();
    let file = format!("{name}.toml");
    run(denizen(project).args(["run", &file]).args(words))
}

fn manifest(project: &Path, release: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(project.join(release).join("manifest.json")).unwrap()).unwrap()
}

#[test]
fn what_has_changed_since() {
    let project = tempfile::tempdir().unwrap();
    let folder = project.path();
    edition(
        folder,
        "p",
        "1",
        "2020,F,10\n2020,M,50\n2021,M,7\n",
        &CORRECTION.replace("STATUS", "assumed"),
        &[],
    )
    .exits_with(0);
    let rows = "2020,F,100\n2020,M,60\n2022,M,9\n";
    // The publisher has made the correction: that stops the run, whoever follows whom.
    let healed = CORRECTION.replace("STATUS", "assumed");
    let outcome = edition(folder, "p", "2", rows, &healed, &["--previous", "releases/p/1"]).exits_with(12);
    assert!(outcome.stderr.contains("the source was healed"), "{}", outcome.stderr);
    let second =
        "[[table]]\nname = \"u\"\nmeasure = \"stock\"\ndimensions = [\"year\"]\nfilter = { sex = \"M\" }\n";
    let more = CORRECTION.replace("STATUS", "withdrawn") + second;
    let outcome = edition(folder, "p", "2", rows, &more, &["--previous", "releases/p/1"]).exits_with(0);
    let since = "1: of 3 cells 1 gone, 1 revised, 0 with another status; 1 new; tables new: u; corrections: 0 new, 1 withdrawn, 0 left out";
    assert!(outcome.stdout.contains(since), "{}", outcome.stdout);
    let previous = &manifest(folder, "releases/p/2")["previous"];
    assert_eq!([&previous["title"], &previous["vintage"]], ["Permits", "1"]);
    assert_eq!(previous["changes"]["revised"], 1);
    let named = previous["manifest_sha256"].as_str().unwrap();
    assert_eq!(named.len(), 64);
    for (language, told) in [
        (
            "en",
            "Compared with the edition 1: cells that are new 1, gone 1, with another value 1, with another status only 0.",
        ),
        ("it", "Correzioni delle fonti: nuove 0; ritirate, perché fatte dall\u{2019}editore"),
        ("es", "1 son el 33,3 % de las 3 celdas de esa edición."),
    ] {
        run_in(folder, &["report", "releases/p/2", "--language", language, "--out", "page.html"])
            .exits_with(0);
        let page = fs::read_to_string(folder.join("page.html")).unwrap().replace("&#x27;", "\u{2019}");
        assert!(page.contains(told), "{told}\n{page}");
    }
    let page = fs::read_to_string(folder.join("releases/p/2/public/index.html")).unwrap();
    assert!(page.contains(&named[..12]), "the page names the manifest");
    // The same from the pipeline, and the same bytes twice.
    let from_pipeline = format!("previous = \"releases/p/1\"---{more}");
    edition(folder, "p", "3", rows, &from_pipeline, &[]).exits_with(0);
    let first = manifest(folder, "releases/p/3");
    assert_eq!(first["previous"], *previous);
    edition(folder, "p", "3", rows, &from_pipeline, &["--force"]).exits_with(0);
    assert_eq!(manifest(folder, "releases/p/3"), first);
    // What has not changed.
    let outcome = edition(folder, "p", "4", rows, &more, &["--previous", "releases/p/3"]).exits_with(0);
    assert!(
        outcome.stdout.contains("3: of 5 cells 0 gone, 0 revised, 0 with another status; 0 new"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn releases_that_cannot_be_followed() {
    let project = tempfile::tempdir().unwrap();
    let folder = project.path();
    let rows = "2020,F,10\n";
    for (name, vintage) in [("p", "1"), ("p", "2"), ("q", "1")] {
        edition(folder, name, vintage, rows, "", &[]).exits_with(0);
    }
    let damaged = folder.join("releases/p/2/public/tables/t.parquet");
    fs::write(&damaged, "no table").unwrap();
    fs::create_dir_all(folder.join("broken")).unwrap();
    fs::write(folder.join("broken/manifest.json"), "{").unwrap();
    let table = [
        ("nowhere", "no `manifest.json` lies there"),
        ("releases/p", "name one of the releases in it: `1`, `2`"),
        ("broken", "its `manifest.json` cannot be read"),
        ("releases/q/1", "it is a release of `q`, and this is one of `p`"),
        ("releases/p/2", "its file `public/tables/t.parquet` is not the one that its manifest names"),
    ];
    for (previous, told) in table {
        let declared = format!("previous = \"{previous}\"---");
        for outcome in [
            edition(folder, "p", "3", rows, "", &["--previous", previous]),
            edition(folder, "p", "3", rows, &declared, &[]),
            run_in(folder, &["check", "p.toml"]),
        ] {
            let outcome = outcome.exits_with(11);
            let is_told = outcome.stderr.contains("against::predecessor") && outcome.stderr.contains(told);
            assert!(is_told, "{previous}\n{}", outcome.stderr);
            assert!(!folder.join("releases/p/3").exists());
        }
    }
    let outcome =
        edition(folder, "p", "1", rows, "", &["--previous", "releases/p/1", "--force"]).exits_with(11);
    assert!(outcome.stderr.contains("it is of the edition `1`, as this one is"), "{}", outcome.stderr);
    edition(folder, "q", "2", rows, "", &[]).exits_with(0);
    let outcome = run_in(folder, &["run", "p.toml", "q.toml", "--previous", "releases/p/1"]).exits_with(2);
    assert!(outcome.stderr.contains("edition of one product"), "{}", outcome.stderr);
}
