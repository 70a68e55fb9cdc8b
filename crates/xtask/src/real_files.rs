//! The reference against the files of the publishers, which are no part of the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::municipalities;
use crate::table::{Table, read_istat};

/// The folder of real files: `DENIZEN_TEST_DATA`, or else `../shared/data` beside the repository.
#[track_caller]
fn real(file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let given = std::env::var_os("DENIZEN_TEST_DATA").map(PathBuf::from);
    let path = given.unwrap_or_else(|| root.join("../shared/data")).join(file);
    assert!(path.is_file(), "no real file at {}: set DENIZEN_TEST_DATA", path.display());
    path
}

fn table(domain: &str, name: &str) -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/reference").join(domain);
    Table::read(&folder.join(format!("{name}.csv"))).unwrap()
}

/// (scheme, code) → ids.
fn meanings(domain: &str) -> BTreeMap<[String; 2], BTreeSet<String>> {
    let mut meanings: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for [scheme, code, id] in table(domain, "codes").columns(["scheme", "code", "id"]).unwrap() {
        meanings.entry([scheme, code].map(str::to_owned)).or_default().insert(id.to_owned());
    }
    meanings
}

/// ISTAT's list of foreign states of 31 December 2023: 225 rows, each of one country under all its codes.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn codes_of_a_country_agree_with_istat() {
    let meanings = meanings("country");
    let rows = read_istat(&real("italy/reference/istat_stati_esteri_31_12_2023_LATIN1.csv")).unwrap();
    assert_eq!(rows.len(), 226);
    for row in rows.iter().skip(1) {
        let expected = BTreeSet::from([match (&row[5], &row[11]) {
            ("219", _) => "GB".to_owned(),
            ("272", _) => "XK".to_owned(),
            // Sark is told under Guernsey.
            ("939", _) => "GG".to_owned(),
            (_, iso2) => iso2.to_owned(),
        }]);
        for (scheme, code) in [("istat", &row[5]), ("min", &row[8]), ("ae", &row[9]), ("iso3", &row[12])] {
            if !matches!(code, "n.d." | "KOS") {
                let found = meanings.get(&[scheme, code].map(str::to_owned));
                // ATF was another territory's once.
                assert!(found.is_some_and(|ids| ids.is_superset(&expected)), "{scheme} {code}: {found:?}");
            }
        }
    }
}

/// ISTAT's list of municipalities: regions, provinces and their codes stand there beside each of the 7,896.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn codes_of_italian_territory_agree_with_istat() {
    let (italy, municipalities) = (meanings("italy"), meanings("italy-municipality"));
    let rows =
        read_istat(&real("italy/reference/istat_comuni_italiani_LATIN1_multiline_header.csv")).unwrap();
    assert_eq!(rows.len(), 7_897);
    for row in rows.iter().skip(1) {
        let province = BTreeSet::from([format!("P{}", &row[2])]);
        for (scheme, code) in
            [("istat-province", &row[2]), ("uts", &row[1]), ("sigla", &row[14]), ("nuts", &row[25])]
        {
            assert_eq!(italy.get(&[scheme, code].map(str::to_owned)), Some(&province), "{scheme} {code}");
        }
        let region = BTreeSet::from([format!("R{}", &row[0])]);
        assert_eq!(italy.get(&["istat-region", &row[0]].map(str::to_owned)), Some(&region));
        let municipality = BTreeSet::from([row[19].to_owned()]);
        for code in [&row[15], &row[16], &row[17], &row[18]] {
            let key = ["istat".to_owned(), format!("{code:0>6}")];
            assert_eq!(municipalities.get(&key), Some(&municipality), "{code}");
        }
    }
}

/// ISTAT's list of abolished municipalities: since 1990, all but four find both what ended and what followed.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn ends_of_municipalities_agree_with_istat() {
    let entities = table("italy-municipality", "entities");
    let file = real("italy/reference/istat_comuni_soppressi_LATIN1.csv");
    let (successors, rest) = municipalities::successors(&entities, &file).unwrap();
    assert_eq!(successors.to_csv().unwrap(), table("italy-municipality", "successors").to_csv().unwrap());
    let expected = [
        "Pozza di Fassa → Sèn Jan di Fassa-Sèn Jan 2018-01-01",
        "Vigo di Fassa → Sèn Jan di Fassa-Sèn Jan 2018-01-01",
        "Carrara San Giorgio → Due Carrare 1995-03-24",
        "Carrara Santo Stefano → Due Carrare 1995-03-24",
    ];
    assert_eq!(rest, expected);
}
