//! Names of countries in real files, which are no part of the repository: how many are found, and none for another.

#![expect(clippy::print_stdout, reason = "the share and the rest are what the test is read for")]
#![expect(clippy::disallowed_methods, reason = "tests read files of their own")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use arrow::datatypes::DataType;
use denizen_spec::GROUP;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::hard_names::{country, in_words, root};
use super::*;

/// A column of names in a file, and the column of the code that stands beside them, where there is one.
struct Names {
    file: &'static str,
    delimiter: u8,
    encoding: &'static Encoding,
    name: &'static str,
    /// Column and scheme.
    truth: Option<(&'static str, &'static str)>,
}

const fn names(file: &'static str, delimiter: u8, name: &'static str) -> Names {
    Names { file, delimiter, encoding: UTF_8, name, truth: None }
}

impl Names {
    const fn truth(self, column: &'static str, scheme: &'static str) -> Self {
        Self { truth: Some((column, scheme)), ..self }
    }

    const fn latin1(self) -> Self {
        Self { encoding: WINDOWS_1252, ..self }
    }
}

const ITALIAN_STATES: &str = "italy/reference/istat_stati_esteri_31_12_2023_LATIN1.csv";
const ISO: &str = "world/reference/iso3166_it_es.csv";
const MANY: &str = "world/reference/datasets_country-codes.csv";
const COHERENCE: &str = "italy/istat_popstrcit_2013-2017/country_name_coherence.csv";
const ECUADOR: &str = "world/ecuador_esi/muestra_*.csv";

const FILES: &[Names] = &[
    names("world/peru_carnet/*.csv", b'|', "NACIONALIDAD"),
    names(ECUADOR, b',', "nac_migr"),
    names(ECUADOR, b',', "pais_prod"),
    names(ECUADOR, b',', "pais_res"),
    names("world/eurostat/migr_pop1ctz_1_Data.csv", b',', "CITIZEN"),
    names("world/eurostat/migr_pop1ctz_1_Data.csv", b',', "GEO"),
    names("italy/comuni/milano_ds75*.csv", b';', "Cittadinanza"),
    names("italy/istat_rcs/Dati_cittadinanza*.csv", b';', "Stato di cittadinanza")
        .truth("Codice stato di cittadinanza", "istat"),
    names("italy/istat_rcs/Dati_nascita*.csv", b';', "Stato di nascita")
        .truth("Codice stato di nascita", "istat"),
    names(COHERENCE, b'\t', "english name").truth("iso2", "iso2"),
    names(COHERENCE, b'\t', "italian name").truth("iso2", "iso2"),
    names(COHERENCE, b'\t', "italian name istat").truth("iso2", "iso2"),
    names("italy/oecd_outflows/total_out.csv", b',', "Birth").truth("NAMEID", "iso3"),
    names("italy/oecd_outflows/total_out.csv", b',', "Country").truth("COU", "iso3"),
    names("italy/istat_residents/tuttitalia_citizenship_*.csv", b';', "Paese"),
    names("italy/istat_residents/tuttitalia_country_codes_IT_to_ISO3.csv", b';', "Paese")
        .truth("Code", "iso3"),
    names("italy/sbarchi/ondata_nazionalita_*.csv", b',', "Nazione").truth("ISO_3166-1", "iso2"),
    names("italy/eurostat/tps0017*labels*.csv", b',', "citizen"),
    names("italy/eurostat/tps0017*labels*.csv", b',', "geo"),
    names("italy/eurostat/stocks_bilateral*.csv", b',', "orig"),
    names("italy/eurostat/stocks_bilateral*.csv", b',', "dest"),
    names("italy/istat_permits/istat_legacy_permits*IT*.csv", b',', "Principali Paesi di cittadinanza"),
    names("italy/istat_permits/istat_legacy_permits*EN*.csv", b',', "Most relevant Country of citizenship"),
    names("italy/other/istat_legacy_CV_STRA_comma.csv", b',', "Citizenship"),
    names("italy/remittances/Bilateral*.csv", b',', ""),
    names("italy/remittances/wb_*.csv", b',', "Sending Countries Name")
        .truth("Sending Countries Code", "iso3"),
    names("italy/remittances/wb_*.csv", b',', "Receiving Countries  Name")
        .truth("Receiving Countries  Code", "iso3"),
    names(ITALIAN_STATES, b';', "Denominazione IT").truth("Codice ISO 3166 alpha2", "iso2").latin1(),
    names(ITALIAN_STATES, b';', "Denominazione EN").truth("Codice ISO 3166 alpha2", "iso2").latin1(),
    names(ISO, b',', "name_en").truth("alpha_3", "iso3"),
    names(ISO, b',', "name_it").truth("alpha_3", "iso3"),
    names(ISO, b',', "name_es").truth("alpha_3", "iso3"),
    names(MANY, b',', "CLDR display name").truth("ISO3166-1-Alpha-2", "iso2"),
    names(MANY, b',', "official_name_en").truth("ISO3166-1-Alpha-2", "iso2"),
    names(MANY, b',', "official_name_fr").truth("ISO3166-1-Alpha-2", "iso2"),
    names(MANY, b',', "official_name_es").truth("ISO3166-1-Alpha-2", "iso2"),
    names(MANY, b',', "UNTERM English Short").truth("ISO3166-1-Alpha-2", "iso2"),
    names(MANY, b',', "UNTERM Spanish Short").truth("ISO3166-1-Alpha-2", "iso2"),
    names(MANY, b',', "UNTERM French Short").truth("ISO3166-1-Alpha-2", "iso2"),
];

/// What stands among the names of countries and is none.
const NO_COUNTRIES: &[&str] = &[
    "- ",
    "-",
    "Africa centro-meridionale",
    "America centro-meridionale",
    "Asia centro-meridionale",
    "Central and Eastern Europe",
    "Central and South Africa",
    "Central and South America",
    "Central and South Asia",
    "Data from database: Remittance Prices Worldwide (Corridors)",
    "Europa centro-orientale",
    "European Union (27 countries)",
    "European Union - 27 countries (from 2020)",
    "Extra EU-27",
    "Foreign countries",
    "Last Updated: 12/07/2020",
    "Mondo",
    "Select",
    "Stranieri nati in Italia",
    "Stranieri non nati in Italia",
    "Total",
    "World",
];

/// A name with the code of another country beside it, in a file that is wrong there.
const WRONG_IN_FILE: &[(&str, &str)] = &[("Principato di Monaco", "COM")];

fn data() -> PathBuf {
    let given = std::env::var_os("DENIZEN_TEST_DATA").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| root().join("../shared/data"));
    assert!(folder.is_dir(), "no real files at {}: set DENIZEN_TEST_DATA", folder.display());
    folder
}

/// Names with the code beside them, if there is one.
type Found = BTreeSet<(String, Option<(&'static str, String)>)>;

/// The names of a column of text files.
fn read(names: &Names, folder: &Path, found: &mut Found) {
    let pattern = folder.join(names.file);
    for path in glob::glob(pattern.to_str().unwrap()).unwrap() {
        let bytes = std::fs::read(path.unwrap()).unwrap();
        let (text, ..) = names.encoding.decode(&bytes);
        // Old tables of a Macintosh; titles above the header.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
        let header = |line: &&str| line.contains(names.name) && line.contains(names.delimiter as char);
        let Some(first) = text.lines().find(header) else { continue };
        let start = text.find(first).unwrap();
        let mut reader = csv::ReaderBuilder::new();
        let mut reader =
            reader.delimiter(names.delimiter).flexible(true).from_reader(&text.as_bytes()[start..]);
        let header = reader.headers().unwrap().clone();
        let index = |wanted: &str| header.iter().position(|name| name.trim() == wanted.trim());
        let Some(name) = index(names.name) else { continue };
        let truth = names.truth.map(|(column, scheme)| (index(column).unwrap(), scheme));
        for record in reader.records() {
            let record = record.unwrap();
            let Some(text) = record.get(name).filter(|text| !text.trim().is_empty()) else { continue };
            let code = truth.and_then(|(index, scheme)| Some((scheme, record.get(index)?.trim().to_owned())));
            found.insert((text.trim().to_owned(), code.filter(|(_, code)| !code.is_empty())));
        }
    }
}

/// The names of a column of Brazil's register, which is a Parquet file.
fn read_parquet(path: &Path, column: &str, found: &mut Found) {
    let file = std::fs::File::open(path).unwrap();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
        let batch = batch.unwrap();
        let texts = arrow::compute::cast(batch.column_by_name(column).unwrap(), &DataType::Utf8).unwrap();
        let texts = texts.as_string::<i32>();
        found.extend(texts.iter().flatten().map(|text| (text.trim().to_owned(), None)));
    }
}

/// The entities of a code that stands beside a name.
fn of_code<'a>(reference: &'a Reference, (scheme, code): &(&'static str, String)) -> BTreeSet<&'a str> {
    let known =
        reference.codes.iter().filter(|known| known.scheme == *scheme && is_same_code(&known.code, code));
    known.map(|known| known.id.as_str()).collect()
}

#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn names_of_real_files_are_found() {
    let list = country();
    let reference = &list.view.as_ref().unwrap().reference;
    let index = LabelIndex::new(&list);
    let mut by_file: BTreeMap<String, Found> = BTreeMap::new();
    for names in FILES {
        let found = by_file.entry(format!("{} {}", names.file, names.name)).or_default();
        read(names, &data(), found);
        assert!(!found.is_empty(), "{}: no column `{}`", names.file, names.name);
    }
    for column in ["pais_nascimento", "pais_nacionalidade"] {
        let path = data().join("world/brazil_sismigra/registro_18_21.parquet");
        read_parquet(&path, column, by_file.entry(format!("brazil {column}")).or_default());
    }
    let (mut all, mut rest, mut wrong) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (file, found) in &by_file {
        let is_group = |name: &str| match index.resolve(name) {
            Resolution::One(Target { entity: Some(id), .. }) => reference.entities[id].kind == GROUP,
            Resolution::One(_) | Resolution::Several(_) | Resolution::Unknown => false,
        };
        let names = found.iter().map(|(name, _)| name.as_str());
        let names: BTreeSet<&str> =
            names.filter(|name| !NO_COUNTRIES.contains(name) && !is_group(name)).collect();
        let mut of_file = 0;
        for name in &names {
            let is_found = matches!(index.resolve(name), Resolution::One(target) if target.code.is_some());
            of_file += usize::from(is_found);
            rest.extend((!is_found).then(|| format!("{name} {}", in_words(&index.resolve(name)))));
        }
        println!("{of_file:>5} of {:>5} {file}", names.len());
        all.extend(names);
        for (name, truth) in found {
            let (Resolution::One(target), Some(truth)) = (index.resolve(name), truth) else { continue };
            let (expected, entity) =
                (of_code(reference, truth), target.entity.as_deref().unwrap_or_default());
            let is_wrong_there = WRONG_IN_FILE.contains(&(name, &truth.1));
            if !expected.is_empty() && !expected.contains(entity) && !is_wrong_there {
                wrong.insert(format!("{name}: {} in place of {}, {file}", target.in_words(), truth.1));
            }
        }
    }
    let share = 100.0 * (all.len() - rest.len()) as f64 / all.len() as f64;
    println!(
        "{share:.1} % of {} distinct names; the rest:\n  {}",
        all.len(),
        Vec::from_iter(rest).join("\n  ")
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(share >= 99.0);
}
