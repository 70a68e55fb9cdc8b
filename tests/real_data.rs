//! Real files, which are no part of the repository.

use std::path::PathBuf;

use crate::program::{denizen, root, run};
use crate::release::rows;

/// The folder of real files: `DENIZEN_TEST_DATA`, or else `../shared/data` beside the repository.
#[track_caller]
fn data() -> PathBuf {
    let given = std::env::var_os("DENIZEN_TEST_DATA").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| root().join("../shared/data"));
    assert!(folder.is_dir(), "no real files at {}: set DENIZEN_TEST_DATA", folder.display());
    folder
}

/// IstatData, dataflow 29_348_DF_DCIS_PERMSOGG1_1: Peru 91,561 and 3,717,406 in all on 1 January 2019.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn a_download_from_istatdata_runs_unchanged() {
    let data = data();
    let out = tempfile::tempdir().unwrap();
    let file = data.join("italy/istat_permits/PERMSOGG1_1_type_x_citizenship_2015-2024_dl2025-01-07.csv");
    let mut command = denizen(&root());
    command.args(["run", "pipelines/italy-permits.toml", "--out"]).arg(out.path());
    run(command.arg("--source").arg(format!("stock={}", file.display()))).exits_with(0);
    let table = rows(&out.path().join("italy-permits/2025-01-07/public/tables/permits.parquet"));
    let stock = |country: &str| {
        let row = table.iter().find(|row| {
            row["reference_date"] == "2019-01-01"
                && row["citizenship"] == country
                && row["indicator"] == "stock"
        });
        row.map(|row| row["value"].clone())
    };
    assert_eq!(stock("PE").as_deref(), Some("91561.0"));
    assert_eq!(stock("_T").as_deref(), Some("3717406.0"));
    // The listed countries leave out those that ISTAT puts together under X777: their sum stays below the total.
    let listed: f64 = table
        .iter()
        .filter(|row| {
            row["reference_date"] == "2019-01-01" && row["indicator"] == "stock" && row["citizenship"] != "_T"
        })
        .map(|row| row["value"].parse::<f64>().unwrap())
        .sum();
    assert!(listed < 3_717_406.0 && listed > 3_000_000.0, "{listed}");
}

/// A second, later download with fewer years and other line ends holds the same cells: nothing changes.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn overlapping_downloads_are_one() {
    let data = data();
    let out = tempfile::tempdir().unwrap();
    let folder = data.join("italy/istat_permits");
    let mut command = denizen(&root());
    command.args(["run", "pipelines/italy-permits.toml", "--out"]).arg(out.path());
    run(command.arg("--source").arg(format!("stock={}", folder.join("PERMSOGG1_1_*.csv").display())))
        .exits_with(0);
    let manifest =
        std::fs::read_to_string(out.path().join("italy-permits/2025-01-07/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let checked = &manifest["stages"][0];
    assert_eq!(checked["operation"], "check_cells");
    let excluded: u64 = manifest["inputs"].as_array().unwrap()[..2]
        .iter()
        .map(|input| input["read"].as_u64().unwrap() - input["accepted"].as_u64().unwrap())
        .sum();
    // 3,607 repeated keys, of which the continents and areas were left out before.
    assert!(checked["excluded"].as_u64().unwrap() > 2_500 && excluded > 2_000);
}
