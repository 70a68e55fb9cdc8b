//! What must hold for the generated tables, whatever the facts say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::country::{CODES, ENTITIES, GROUPS, NAMES, SUCCESSORS};
use crate::table::{Table, read};

const DOMAINS: [&str; 4] = ["country", "italy", "italy-municipality", "peru"];

fn table(domain: &str, name: &str) -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/reference").join(domain);
    Table::read(&folder.join(format!("{name}.csv"))).unwrap()
}

fn ids(domain: &str) -> BTreeSet<String> {
    let entities = table(domain, "entities");
    entities.columns(["id"]).unwrap().into_iter().map(|[id]| id.to_owned()).collect()
}

#[test]
fn tables_are_sorted_and_each_row_stands_once() {
    for domain in DOMAINS {
        for name in ["entities", "codes", "names", "successors", "groups"] {
            let path = format!("../../data/reference/{domain}/{name}.csv");
            let committed = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
            assert!(table(domain, name).to_csv().unwrap() == committed, "{domain}/{name}.csv is not sorted");
        }
    }
}

#[test]
fn every_table_speaks_of_known_entities() {
    for domain in DOMAINS {
        let mut known = ids(domain);
        if domain == "italy-municipality" {
            // Municipalities are parts of provinces, which are a domain of their own.
            known.extend(ids("italy"));
        }
        let mut named = Vec::new();
        for (name, columns) in [
            ("codes", ["id", "id"]),
            ("names", ["id", "id"]),
            ("successors", ["id", "successor"]),
            ("groups", ["group", "id"]),
        ] {
            let table = table(domain, name);
            named.extend(table.columns(columns).unwrap().into_iter().flatten().map(str::to_owned));
        }
        named.extend(
            table(domain, "entities").columns(["parent"]).unwrap().into_iter().map(|[id]| id.to_owned()),
        );
        let unknown: BTreeSet<_> = named.iter().filter(|id| !id.is_empty() && !known.contains(*id)).collect();
        assert!(unknown.is_empty(), "{domain}: {unknown:?}");
    }
}

#[test]
fn fields_are_of_their_sets_and_dates_are_dates() {
    let kinds =
        ["country", "territory", "pseudo", "group", "region", "province", "municipality", "department"];
    let forms = ["official", "short", "variant", "former", "demonym"];
    let ways = ["split", "merger", "accession", "renaming", "territory"];
    let date = |text: &str| {
        text.is_empty() || (text.len() == 10 && text.split('-').map(str::len).eq([4, 2, 2]) && text > "1000")
    };
    for domain in DOMAINS {
        for [_, kind, _, from, to, en, ..] in table(domain, "entities").columns(ENTITIES).unwrap() {
            assert!(kinds.contains(&kind) && date(from) && date(to) && !en.is_empty(), "{domain}: {en}");
            assert!(from.is_empty() || to.is_empty() || from < to, "{domain}: {en} from {from} to {to}");
        }
        for [scheme, code, _, from, to, source] in table(domain, "codes").columns(CODES).unwrap() {
            assert!(date(from) && date(to) && !source.is_empty(), "{domain}: {scheme} {code}");
            assert!(from.is_empty() || to.is_empty() || from < to, "{domain}: {scheme} {code}");
        }
        for [id, _, form, name, source] in table(domain, "names").columns(NAMES).unwrap() {
            let clean = name.trim() == name && !name.is_empty() && !source.is_empty();
            assert!(forms.contains(&form) && clean, "{domain}: {id} {name}");
        }
        for [id, _, at, way, source] in table(domain, "successors").columns(SUCCESSORS).unwrap() {
            assert!(date(at) && ways.contains(&way) && !source.is_empty(), "{domain}: {id} {way}");
        }
        for [group, id, from, to, source] in table(domain, "groups").columns(GROUPS).unwrap() {
            assert!(date(from) && date(to) && !source.is_empty(), "{domain}: {group} {id}");
        }
    }
}

#[test]
fn every_country_has_a_label_in_each_language() {
    let entities = table("country", "entities");
    let labels =
        entities.columns(["id", "label_en", "label_it", "label_es", "label_pt", "label_fr"]).unwrap();
    for row in labels {
        assert!(row.iter().all(|label| !label.is_empty()), "{row:?}");
    }
}

/// Two rows of a code have two meanings at one date only where ISO itself has them.
#[test]
fn a_code_means_one_thing_at_a_date() {
    for domain in DOMAINS {
        let codes = table(domain, "codes");
        let mut rows: BTreeMap<[&str; 2], Vec<[&str; 3]>> = BTreeMap::new();
        for [scheme, code, id, from, to, _] in codes.columns(CODES).unwrap() {
            rows.entry([scheme, code]).or_default().push([from, to, id]);
        }
        for ([scheme, code], mut meanings) in rows {
            meanings.sort_unstable();
            for pair in meanings.windows(2) {
                let apart = !pair[0][1].is_empty() && pair[0][1] <= pair[1][0];
                assert!(apart, "{domain}: {scheme} {code} means {pair:?}");
            }
        }
    }
}

/// Names that mean two entities: a source that writes them must say which it means.
#[test]
fn a_name_means_one_entity() {
    let ambiguous = [
        "africadelsud",
        "congoles",
        "congolesa",
        "congolesas",
        "congolese",
        "congoleses",
        "congolesi",
        "congolena",
        "congolenas",
        "congoleno",
        "congolenos",
    ];
    let entities = table("country", "entities");
    let names = table("country", "names");
    let mut meanings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let labels =
        entities.columns(["id", "label_en", "label_it", "label_es", "label_pt", "label_fr"]).unwrap();
    for [id, labels @ ..] in labels {
        labels.into_iter().for_each(|label| _ = meanings.entry(fold(label)).or_default().insert(id));
    }
    for [id, name] in names.columns(["id", "name"]).unwrap() {
        meanings.entry(fold(name)).or_default().insert(id);
    }
    let of_two: Vec<_> =
        meanings.iter().filter(|(_, ids)| ids.len() > 1).map(|(name, _)| name.as_str()).collect();
    let expected: BTreeSet<_> = ambiguous.into();
    assert_eq!(of_two, expected.into_iter().collect::<Vec<_>>(), "{meanings:?}");
}

/// Letters and digits alone, without accents.
fn fold(name: &str) -> String {
    let plain = name.nfd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
    plain.filter(|letter| letter.is_alphanumeric()).collect()
}

#[test]
fn a_name_is_a_name_of_its_own_country() {
    let cases = [
        ("Dominica", "DM"),
        ("Dominicana", "DO"),
        ("Guinea", "GN"),
        ("Guinea-Bissau", "GW"),
        ("Guinea Ecuatorial", "GQ"),
        ("Papua Nueva Guinea", "PG"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("nigerina", "NE"),
        ("nigeriana", "NG"),
        ("Corea del Sur", "KR"),
        ("Corea del Norte", "KP"),
        ("sursudanés", "SS"),
        ("sudanés", "SD"),
        ("Macedonia", "MK"),
        ("Macao", "MO"),
        ("Congo", "CG"),
        ("Zaire", "CD"),
        ("Jugoslavia", "YUCS"),
        ("Jugoslavia (Serbia-Montenegro)", "CSXX"),
        ("chinos de Taiwán", "TW"),
        ("Samoa Americana", "AS"),
        ("Samoa Occidental", "WS"),
        ("Germania Est", "DDDE"),
        ("Yemen del Sud", "YDYE"),
        ("Saint-Martin (FR)", "MF"),
        ("Sint Maarten (NL)", "SX"),
        ("Georgia", "GE"),
        ("Georgia del Sud e Sandwich Australi", "GS"),
    ];
    let entities = table("country", "entities");
    let names = table("country", "names");
    let labels =
        entities.columns(["id", "label_en", "label_it", "label_es", "label_pt", "label_fr"]).unwrap();
    for (name, id) in cases {
        let by_label = labels.iter().filter(|row| row[1..].iter().any(|label| fold(label) == fold(name)));
        let by_name =
            names.columns(["id", "name"]).unwrap().into_iter().filter(|row| fold(row[1]) == fold(name));
        let found: BTreeSet<_> = by_label.map(|row| row[0]).chain(by_name.map(|row| row[0])).collect();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [id], "{name}");
    }
}
