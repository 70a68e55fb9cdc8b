//! Names that are easily taken for one another, in the list of countries of this repository.

use std::path::{Path, PathBuf};

use super::*;

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The list of countries with its reference.
pub(super) fn country() -> Codelist {
    let list = crate::codelist(&root(), "country", denizen_spec::Path::root()).unwrap();
    crate::with_reference(list, &root()).unwrap()
}

pub(super) fn in_words(found: &Resolution<'_>) -> String {
    let code = |target: &Target| match (&target.code, &target.entity) {
        (Some(code), _) => code.clone(),
        (None, Some(entity)) => format!("without code: {entity}"),
        (None, None) => String::new(),
    };
    match found {
        Resolution::Unknown => "-".to_owned(),
        Resolution::One(target) => code(target),
        Resolution::Several(targets) => {
            targets.iter().map(|target| code(target)).collect::<Vec<_>>().join("|")
        }
    }
}

#[test]
fn hard_names() {
    let table = [
        ("DOMINICA", "DM"),
        ("DOMINICANA", "DO"),
        ("Dominicanos", "DO"),
        ("Dominican Republic", "DO"),
        // Both Congos are called so.
        ("CONGOLESA", "CD|CG"),
        ("CONGOLEÑO", "CD|CG"),
        ("Congo (Kinshasa)", "CD"),
        ("Congo (Brazzaville)", "CG"),
        ("Congo, Democratic Republic of the", "CD"),
        ("Congo (Democratic Republic)", "CD"),
        ("Dem. Rep. of the Congo", "CD"),
        ("Congo, Rep.", "CG"),
        ("Zaire", "CD"),
        ("Guinea", "GN"),
        ("Guinea-Bissau", "GW"),
        ("Guinea Ecuatorial", "GQ"),
        ("ECUATOGUINEANA", "GQ"),
        ("Papua Nuova Guinea", "PG"),
        ("Niger", "NE"),
        ("Níger", "NE"),
        ("Nigeria", "NG"),
        ("NIGERIANA", "NG"),
        // A letter may be lost.
        ("Niger?", "-"),
        ("Niger\u{fffd}", "-"),
        ("Korea, Republic of", "KR"),
        ("Korea, Rep.", "KR"),
        ("Korea (South)", "KR"),
        ("Korea, North", "KP"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("Corea del Sud", "KR"),
        ("SURCOREANA", "KR"),
        ("Sudan", "SD"),
        ("South Sudan", "SS"),
        ("Sudan, South", "SS"),
        ("Sud Sudan", "SS"),
        ("Macedonia", "MK"),
        ("Macedonia, ex Rep. Jugoslava", "MK"),
        ("Macao", "MO"),
        ("Macau", "MO"),
        ("China, Macao SAR", "MO"),
        ("Hong Kong", "HK"),
        ("DE HONG KONG", "HK"),
        ("CHINOS DE TAIWAN", "TW"),
        ("China", "CN"),
        ("Bermuda (British)", "BM"),
        ("Cook Islands (NZ)", "CK"),
        ("Bermuda (Kinshasa)", "-"),
        ("MYANMAR (EX BIRMANIA)", "MM"),
        ("Burma", "MM"),
        ("Czechia / Czech Republic", "CZ"),
        ("Czechia / Slovakia", "-"),
        ("Ex Yugoslavia", "YU"),
        ("Czechoslovakia (former)", "CSHH"),
        // What exists is not of the past.
        ("Ex Peru", "-"),
        ("URSS", "SU"),
        ("Cote d Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("St. Kitts & Nevis", "KN"),
        ("Virgin Islands (British)", "VG"),
        ("Virgin Islands (U.S.)", "VI"),
        ("Samoa", "WS"),
        ("American Samoa", "AS"),
        ("Samoa (American)", "AS"),
        ("Irlanda", "IE"),
        ("Saint Martin", "MF"),
        ("Sint Maarten", "SX"),
        ("Namibia", "NA"),
        ("NA", "-"),
        ("PE", "-"),
        ("Apolide", "_S"),
        ("Stateless", "_S"),
        ("Europa", "without code: europe"),
        ("", "-"),
        ("?", "-"),
        ("Total", "-"),
    ];
    let list = country();
    let index = LabelIndex::new(&list);
    let found = table.map(|(text, _)| (text, in_words(&index.resolve(text))));
    let expected = table.map(|(text, expected)| (text, expected.to_owned()));
    let wrong: Vec<_> = found.iter().zip(&expected).filter(|(found, expected)| found != expected).collect();
    assert!(wrong.is_empty(), "found and expected: {wrong:#?}");
}
