//! Real files, which are no part of the repository.

use std::path::PathBuf;

use crate::program::{denizen, root, run};
use crate::release::rows;

/// The folder of real files: `DENIZEN_TEST_DATA`, or else `../shared/data` beside the repository.
#[track_caller]
pub(crate) fn data() -> PathBuf {
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

/// A pipeline file with these lines, whose tables are written as CSV too.
fn pipeline(source: &str, table: &str) -> String {
    let head = "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n[release]\nformats = [\"parquet\"]\n[source.s]\n";
    format!("{head}{source}\n[[table]]\nname = \"t\"\n{table}\n")
}

/// The values of a table, by what its columns hold: `2019 PE`.
fn values(source: &str, table: &str, columns: &[&str]) -> std::collections::BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.toml"), pipeline(source, table)).unwrap();
    let mut command = denizen(folder.path());
    run(command.args(["run", "p.toml"])).exits_with(0);
    let rows = rows(&folder.path().join("releases/p/1/public/tables/t.parquet"));
    let key = |row: &std::collections::BTreeMap<String, String>| {
        columns.iter().map(|column| row[*column].as_str()).collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(|row| (key(row), row["value"].clone())).collect()
}

/// Foreign citizens in Italy on 1 January, as Eurostat publishes them (tps00157): 3,402,435 in 2009, 5,144,440 in 2018,
/// with a break in 2019.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn an_old_bulk_download_of_eurostat() {
    let file = data().join("italy/eurostat/tps00157_bulk2021.tsv");
    let source = format!(
        "files = {file:?}\nformat = \"eurostat-tsv\"\nkind = \"cells\"\nconcept = \"foreign_citizens\"\nmax_rejected = 1.0\n\
         [source.s.columns]\ngeo = {{ codes = {{ IT = \"IT\" }} }}\nyear = {{ from = \"TIME_PERIOD\", type = \"integer\" }}\n\
         value = {{ from = \"OBS_VALUE\", type = \"integer\" }}"
    );
    let table = "measure = \"stock\"\ndimensions = [\"geo\", \"year\"]";
    let values = values(&source, table, &["year", "obs_status"]);
    for (key, value) in [("2009 A", "3402435.0"), ("2018 A", "5144440.0"), ("2019 B", "4996158.0")] {
        assert_eq!(values.get(key).map(String::as_str), Some(value), "{values:?}");
    }
}

/// demo.istat.it: a title above the header, the year in the name of the file. Resident foreigners by age and sex, of which
/// one province is looked at.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn a_file_of_demo_istat() {
    let file = data().join("italy/istat_residents/STRASA_2022_en_Provinces.csv");
    let ages = "age = { from = \"Age\", type = \"integer\" }";
    let source = format!(
        "files = {file:?}\nformat = \"csv\"\nskip = 1\nkind = \"cells\"\nconcept = \"foreign_citizens\"\nmax_rejected = 1.0\n\
         unpivot = {{ into = \"sex\", columns = [\"Males\", \"Females\"], ignore = \"Province\" }}\n[source.s.columns]\n\
         province = {{ from = \"Province code\", codes = {{ 084 = \"084\" }} }}\n{ages}\n\
         sex = {{ codes = {{ Males = \"M\", Females = \"F\" }} }}\nyear = {{ from = \"file\", pattern = \"STRASA_{{year}}_*.csv\", type = \"integer\" }}\n\
         value = {{ type = \"integer\" }}"
    );
    let table = "measure = \"stock\"\ndimensions = [\"year\", \"province\", \"age\", \"sex\"]";
    let values = values(&source, table, &["year", "age", "sex"]);
    assert_eq!(values.get("2022 0 M").map(String::as_str), Some("91.0"), "{values:?}");
    assert_eq!(values.get("2022 3 F").map(String::as_str), Some("95.0"));
}

/// Remittances paid, of the World Bank: titles above the header, a column for each year, an empty one behind the last.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn a_wide_table_of_the_world_bank() {
    let file = data().join("italy/remittances/API_BM.TRF.PWKR.CD.DT_DS2_en_csv_v2_3012027.csv");
    let source = format!(
        "files = {file:?}\nformat = \"csv\"\nfind_header = true\nkind = \"cells\"\nconcept = \"remittances_paid\"\n\
         max_rejected = 1.0\n\
         unpivot = {{ into = \"year\", years = [1960, 2030], ignore = [\"\", \"Country Name\", \"Indicator Name\", \"Indicator Code\"] }}\n\
         [source.s.columns]\ncountry = {{ from = \"Country Code\", codes = {{ ITA = \"IT\", PER = \"PE\" }} }}\n\
         year = {{ type = \"integer\" }}\nvalue = {{ type = \"decimal\", scale = 6 }}"
    );
    let table = "measure = \"flow\"\ndimensions = [\"country\", \"year\"]";
    let values = values(&source, table, &["country", "year"]);
    for (key, value) in [("PE 1986", "33310001.37"), ("IT 1970", "105599998.5"), ("PE 2020", "∅")] {
        assert_eq!(values.get(key).map(String::as_str), Some(value), "{values:?}");
    }
}

/// INEC, Entradas y Salidas Internacionales, samples of 1,000 rows: `secuencial` of 2023 is `id_secuencial` in 2024.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn years_of_ecuador_are_read_by_their_variants() {
    let project = tempfile::tempdir().unwrap();
    let pipeline = project.path().join("crossings.toml");
    let files = data().join("world/ecuador_esi/muestra_*.csv");
    let source = format!("files = '{}'\nformat = 'csv'", files.display());
    let columns = "number.from = 'secuencial'\nyear = { from = 'anio_movi', type = 'integer' }\nclass.from = 'cla_migr'";
    let table = "[[table]]\nname = 't'\nmeasure = 'count'\nconcept = 'crossings'\ndimensions = ['year']";
    let text = |variants: &str| {
        let top = "spec = 1\ntitle = 'T'\nvintage = '1'\n[source.s]";
        format!("{top}\n{source}\n[source.s.columns]\n{columns}\n{variants}\n{table}\n")
    };
    std::fs::write(&pipeline, text("")).unwrap();
    let mut command = denizen(project.path());
    let printed = run(command.arg("check").arg(&pipeline));
    assert_eq!(printed.status, 11);
    let proposed = printed.stderr.lines().map(str::trim).skip_while(|line| !line.starts_with("[[source"));
    let proposed: Vec<&str> = proposed.take_while(|line| !line.is_empty()).collect();
    assert!(
        proposed.contains(&"columns.number.from = \"id_secuencial\" # was \"secuencial\""),
        "{proposed:?}"
    );
    // What is proposed reads it.
    std::fs::write(&pipeline, text(&proposed.join("\n"))).unwrap();
    let mut command = denizen(project.path());
    run(command.arg("run").arg(&pipeline).arg("--out").arg(project.path())).exits_with(0);
    let table = rows(&project.path().join("crossings/1/public/tables/t.parquet"));
    let counts: Vec<_> = table.iter().map(|row| (row["year"].as_str(), row["value"].as_str())).collect();
    assert_eq!(counts, [("2023", "1000.0"), ("2024", "1000.0")]);
}

/// Runs a pipeline with one source, of which this is said, on a real file, and gives the rows of its table `t`.
fn table_of(
    file: &std::path::Path,
    source: &str,
    table: &str,
) -> Vec<std::collections::BTreeMap<String, String>> {
    let project = tempfile::tempdir().unwrap();
    let text = format!(
        "spec = 1\ntitle = \"T\"\nvintage = \"1\"\n[source.s]\nfiles = {:?}\n{source}\n[[table]]\nname = \"t\"\n{table}\n",
        file.to_str().unwrap()
    );
    std::fs::write(project.path().join("p.toml"), text).unwrap();
    run(denizen(project.path()).args(["run", "p.toml"])).exits_with(0);
    rows(&project.path().join("releases/p/1/public/tables/t.parquet"))
}

/// Pivots of IstatData, 29_348_DF_DCIS_PERMSOGG1_9: 248,323 new permits in 2014, 3,287 of them of citizens of Peru.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn pivots_of_istatdata_are_read_sheet_by_sheet() {
    let file = data().join("italy/istat_permits/PERMSOGG1_9_citizenship_x_marital_INFLOWS.xlsx");
    let source = "format = \"xlsx\"\nsheet = \"A INFLNONEU 9 *\"\nskip = 6\nheader_rows = 2\nmetadata_lines = true\n\
        kind = \"cells\"\nconcept = \"new_permits\"\nmax_rejected = 1.0\n[source.s.columns]\n\
        year = { from = \"Tempo\", type = \"integer\" }\n\
        citizenship = { from = \"Stato civile Principali paesi di cittadinanza\", codes = { \"Perù\" = \"PE\" }, total = \"Mondo\" }\n\
        value = { from = \"Totale\", type = \"integer\", marks = { \"..\" = \"missing\" } }";
    let table = table_of(&file, source, "measure = \"flow\"\ndimensions = [\"year\", \"citizenship\"]");
    let value = |year: &str, citizenship: &str| {
        let row = table.iter().find(|row| row["year"] == year && row["citizenship"] == citizenship);
        row.map(|row| row["value"].clone())
    };
    assert_eq!(value("2014", "_T").as_deref(), Some("248323.0"));
    assert_eq!(value("2014", "PE").as_deref(), Some("3287.0"));
    assert_eq!(table.len(), 20);
}

/// An old workbook, which is read in a process of its own, and the registrations of Brazil in Parquet: as many rows as other
/// readers find.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn old_workbooks_and_parquet_files_have_all_their_rows() {
    let counted = "measure = \"count\"\nconcept = \"rows\"";
    for (file, source, expected) in [
        (
            "world/reference/anpr_stati_territori_consolati.xls",
            "format = \"xls\"\nsheet = 1\nskip = 2\nmax_rejected = 1.0\nsheet_column = \"sheet\"\n[source.s.columns]\nsheet = {}",
            "308.0",
        ),
        (
            "world/brazil_sismigra/registro_18_21.parquet",
            "format = \"parquet\"\n[source.s.columns]\nstatus = { from = \"status\" }",
            "449783.0",
        ),
    ] {
        let table = table_of(&data().join(file), source, counted);
        assert_eq!(table[0]["value"], expected, "{file}");
    }
}

/// Completed ages and a half on 1 January 2019: foreigners 34.78, all residents 45.45, and so Italians 46.42. The file of all is
/// called that of Italians by its publisher, but its sums are those of all residents (59,816,673).
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn mean_ages_from_json() {
    let of = |file: &str| {
        let path = data().join("italy/istat_empoweritaly").join(file);
        let source = format!(
            "files = '{}'\nformat = 'json'\nkind = 'cells'\nconcept = 'residents'\nadditive = ['age']\n[source.s.columns]\n\
             reference_date = {{ from = 'YEAR', type = 'date', format = '%Y', at = '01-01' }}\n\
             age = {{ from = 'AGE', type = 'integer' }}\n\
             value = {{ from = 'POPULATION', type = 'integer' }}",
            path.display()
        );
        let table = "source = 's'\nmeasure = 'stock'\ndimensions = ['reference_date', 'age']\n\
                     indicators = [{ name = 'mean_age', close_open_group_at = 101 }]";
        let found = values(&source, table, &["reference_date", "indicator", "age_code"]);
        let mean = found["2019-01-01 mean_age _T"].parse::<f64>().unwrap();
        let counts = found.iter().filter(|(key, _)| key.starts_with("2019-01-01 stock"));
        (counts.map(|(_, count)| count.parse::<f64>().unwrap()).sum::<f64>(), mean)
    };
    let (foreigners, of_foreigners) = of("resident_immigrant_population_age.json");
    let (all, of_all) = of("resident_italian_population_age.json");
    assert_eq!((foreigners, all), (4_996_158.0, 59_816_673.0));
    let of_italians = (all * of_all - foreigners * of_foreigners) / (all - foreigners);
    let shown = [of_foreigners, of_all, of_italians].map(|age| format!("{age:.2}"));
    assert_eq!(shown, ["34.78", "45.45", "46.42"]);
}
