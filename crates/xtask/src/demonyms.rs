//! Forms of demonyms: masculine and feminine, singular and plural.

use std::collections::BTreeSet;

use crate::table::Fault;

/// The forms of a demonym of which the masculine singular and what is irregular is given: masculine, feminine, masculine
/// plural, feminine plural. A field that is empty follows the rule of the language.
///
/// # Errors
/// A language without a rule: then every form must be given.
pub(crate) fn forms(language: &str, given: [&str; 4]) -> Result<BTreeSet<String>, Fault> {
    let [masculine, feminine, masculine_plural, feminine_plural] = given;
    let feminine = or_rule(feminine, || feminine_of(language, masculine))
        .ok_or_else(|| format!("no rule for `{masculine}` in {language}"))?;
    let plurals = [(masculine_plural, masculine, false), (feminine_plural, feminine.as_str(), true)];
    let mut forms = BTreeSet::from([masculine.to_owned()]);
    for (plural, singular, is_feminine) in plurals {
        let plural = or_rule(plural, || plural_of(language, singular, is_feminine));
        forms.insert(plural.ok_or_else(|| format!("no rule for `{singular}` in {language}"))?);
    }
    forms.insert(feminine);
    Ok(forms)
}

fn or_rule(given: &str, rule: impl FnOnce() -> Option<String>) -> Option<String> {
    if given.is_empty() { rule() } else { Some(given.to_owned()) }
}

fn feminine_of(language: &str, masculine: &str) -> Option<String> {
    match language {
        "es" => Some(feminine_es(masculine)),
        "it" => Some(swap(masculine, &[("o", "a")]).unwrap_or_else(|| masculine.to_owned())),
        _ => None,
    }
}

/// peruano → peruana, francés → francesa, alemán → alemana, letón → letona, español → española; others do not change
/// (belga, israelí, canadiense).
fn feminine_es(masculine: &str) -> String {
    let endings = [
        ("o", "a"),
        ("és", "esa"),
        ("án", "ana"),
        ("ón", "ona"),
        ("ín", "ina"),
        ("ol", "ola"),
        ("or", "ora"),
    ];
    swap(masculine, &endings).unwrap_or_else(|| masculine.to_owned())
}

fn plural_of(language: &str, singular: &str, feminine: bool) -> Option<String> {
    match language {
        "es" => Some(plural_es(singular)),
        "it" => Some(plural_it(singular, feminine)),
        _ => None,
    }
}

/// peruano → peruanos, israelí → israelíes, francés → franceses, alemán → alemanes, español → españoles.
fn plural_es(singular: &str) -> String {
    let endings =
        [("és", "eses"), ("án", "anes"), ("ón", "ones"), ("ín", "ines"), ("í", "íes"), ("ú", "úes")];
    if let Some(plural) = swap(singular, &endings) {
        return plural;
    }
    let vowel = singular.ends_with(['a', 'e', 'i', 'o', 'u', 'á', 'é', 'ó']);
    format!("{singular}{}", if vowel { "s" } else { "es" })
}

/// peruano → peruani, peruana → peruane, francese → francesi, vietnamita → vietnamiti and vietnamite; -co and -go are
/// irregular and must be given.
fn plural_it(singular: &str, feminine: bool) -> String {
    let masculine = [("io", "i"), ("o", "i"), ("e", "i"), ("a", "i")];
    let feminine_a = [("ca", "che"), ("ga", "ghe"), ("a", "e"), ("e", "i")];
    let endings = if feminine { &feminine_a } else { &masculine };
    swap(singular, endings).unwrap_or_else(|| singular.to_owned())
}

/// The word with the first ending that it has exchanged.
fn swap(word: &str, endings: &[(&str, &str)]) -> Option<String> {
    endings.iter().find_map(|(old, new)| Some(format!("{}{new}", word.strip_suffix(old)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_follow_the_language() {
        let cases = [
            ("es", ["peruano", "", "", ""], "peruana peruanas peruano peruanos"),
            ("es", ["francés", "", "", ""], "francesa francesas franceses francés"),
            ("es", ["alemán", "", "", ""], "alemana alemanas alemanes alemán"),
            ("es", ["español", "", "", ""], "español española españolas españoles"),
            ("es", ["israelí", "", "", ""], "israelí israelíes"),
            ("es", ["belga", "", "", ""], "belga belgas"),
            ("es", ["mongol", "mongola", "", ""], "mongol mongola mongolas mongoles"),
            ("it", ["peruano", "", "", ""], "peruana peruane peruani peruano"),
            ("it", ["francese", "", "", ""], "francese francesi"),
            ("it", ["greco", "", "greci", ""], "greca greche greci greco"),
            ("it", ["vietnamita", "", "", ""], "vietnamita vietnamite vietnamiti"),
            ("pt", ["francês", "francesa", "franceses", "francesas"], "francesa francesas franceses francês"),
        ];
        for (language, given, expected) in cases {
            let forms: Vec<String> = forms(language, given).unwrap().into_iter().collect();
            assert_eq!(forms.join(" "), expected, "{given:?}");
        }
        assert!(forms("pt", ["peruano", "", "", ""]).is_err());
    }
}
