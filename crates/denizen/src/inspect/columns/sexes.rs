//! Texts of two or three sexes in the languages of the offices.

use super::super::words;

const FEMALE: [&str; 17] = [
    "f",
    "female",
    "females",
    "femmina",
    "femmine",
    "femminile",
    "woman",
    "women",
    "mujer",
    "mujeres",
    "femenino",
    "donne",
    "donna",
    "feminino",
    "mulher",
    "femme",
    "femmes",
];

const MALE: [&str; 18] = [
    "male",
    "males",
    "maschio",
    "maschi",
    "maschile",
    "man",
    "men",
    "hombre",
    "hombres",
    "masculino",
    "uomini",
    "uomo",
    "homem",
    "homme",
    "hommes",
    "varon",
    "varones",
    "h",
];

const UNKNOWN: [&str; 9] = [
    "unknown",
    "not stated",
    "non indicato",
    "no declarado",
    "ignorado",
    "nao declarado",
    "u",
    "sin especificar",
    "no especificado",
];

/// The codes of texts that say all of them a sex; nothing where one does not.
pub(super) fn sexes(texts: &[&str]) -> Option<Vec<(String, String)>> {
    let lower: Vec<String> = texts.iter().map(|text| words::words(text).join(" ")).collect();
    let has = |wanted: &[&str]| lower.iter().any(|text| wanted.contains(&text.as_str()));
    let is_mujer = has(&["h", "hombre", "hombres", "varon"]);
    let code = |text: &String| match text.as_str() {
        "m" if is_mujer => Some("F"),
        "m" => Some("M"),
        text if FEMALE.contains(&text) => Some("F"),
        text if MALE.contains(&text) => Some("M"),
        text if UNKNOWN.contains(&text) => Some("_U"),
        _ => None,
    };
    let codes: Option<Vec<&str>> = lower.iter().map(code).collect();
    let codes = codes?;
    let count = |wanted: &str| codes.iter().filter(|code| **code == wanted).count();
    let is_sex = count("F") == 1 && count("M") == 1 && count("_U") <= 1;
    is_sex
        .then(|| texts.iter().zip(codes).map(|(text, code)| ((*text).to_owned(), code.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sexes_in_several_languages() {
        let table: [(&[&str], Option<&str>); 8] = [
            (&["F", "M"], Some("F M")),
            (&["M", "H"], Some("F M")),
            (&["Femmine", "Maschi"], Some("F M")),
            (&["MUJER", "HOMBRE", "Ignorado"], Some("F M _U")),
            (&["Varón", "Mujer"], Some("M F")),
            (&["F", "M", "9"], None),
            (&["F", "female", "M"], None),
            (&["F"], None),
        ];
        for (texts, expected) in table {
            let codes = sexes(texts)
                .map(|codes| codes.into_iter().map(|(_, code)| code).collect::<Vec<_>>().join(" "));
            assert_eq!(codes.as_deref(), expected, "{texts:?}");
        }
    }
}
