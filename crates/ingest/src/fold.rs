//! Names as they are compared: without case, accents, blanks, apostrophes and other signs.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that names are written with and without: articles, prepositions, *and*, in the languages of the labels.
const FUNCTION_WORDS: [&str; 38] = [
    "of", "the", "and", "de", "del", "della", "dello", "degli", "delle", "dei", "di", "d", "do", "da", "dos",
    "das", "du", "des", "la", "las", "los", "el", "il", "lo", "le", "les", "l", "i", "gli", "e", "y", "et",
    "os", "as", "dell", "al", "en", "in",
];

/// Words of many names that are abbreviated or translated, and the word that they are compared as.
const COMMON_WORDS: [(&str, &[&str]); 5] = [
    ("saint", &["st", "ste", "sainte", "san", "santa", "santo", "sao", "sta", "sint"]),
    (
        "islands",
        &["is", "isl", "isls", "island", "isla", "islas", "isola", "isole", "ilha", "ilhas", "ile", "iles"],
    ),
    ("republic", &["rep", "republica", "repubblica", "republique"]),
    ("democratic", &["dem", "democratica", "democratique"]),
    ("former", &["ex", "formerly"]),
];

/// The words of a name, one behind the other.
#[derive(Default)]
struct Words {
    letters: String,
    /// Where a word ends, or several do in one place.
    ends: Vec<usize>,
}

impl Words {
    /// None where the name has a sign that may stand for a letter that was lost, such as `?`: *Niger?* need not be Niger.
    fn new(text: &str) -> Option<Self> {
        let mut words = Self { letters: String::with_capacity(text.len()), ends: Vec::new() };
        // Most names have no letter that could be written in two ways.
        if text.is_ascii() {
            text.chars().try_for_each(|c| words.push(c.to_ascii_lowercase()))?;
        } else {
            text.nfkd().flat_map(char::to_lowercase).try_for_each(|c| words.push(c))?;
        }
        words.ends.push(words.letters.len());
        Some(words)
    }

    fn push(&mut self, c: char) -> Option<()> {
        match c {
            'æ' => self.letters.push_str("ae"),
            'œ' => self.letters.push_str("oe"),
            'ß' => self.letters.push_str("ss"),
            'ø' => self.letters.push('o'),
            'ł' => self.letters.push('l'),
            'đ' | 'ð' => self.letters.push('d'),
            'ı' => self.letters.push('i'),
            c if c.is_alphanumeric() => self.letters.push(c),
            c if is_combining_mark(c) || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}') => {}
            c if c.is_whitespace() || is_sign_of_names(c) => self.ends.push(self.letters.len()),
            _ => return None,
        }
        Some(())
    }

    /// Its words without those that mean little, and with common ones in one form.
    fn telling(&self) -> String {
        let mut telling = String::with_capacity(self.letters.len());
        let mut start = 0;
        for end in &self.ends {
            let word = &self.letters[start..*end];
            start = *end;
            if !FUNCTION_WORDS.contains(&word) {
                let common = COMMON_WORDS.iter().find(|(_, forms)| forms.contains(&word));
                telling += common.map_or(word, |(one, _)| one);
            }
        }
        telling
    }
}

/// Whether a sign parts words of a name and means nothing else.
fn is_sign_of_names(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\'' | '’' | '‘' | 'ʼ' | '′' | '`' | '´')
        || matches!(c, '.' | ',' | '(' | ')' | '[' | ']' | '/' | '&' | ':' | ';' | '"' | '_')
}

/// The letters and digits of a name.
///
/// *Côte d'Ivoire*, *COTE DIVOIRE* and *Cote-d’Ivoire* are one.
pub(crate) fn folded(text: &str) -> Option<String> {
    Words::new(text).map(|words| words.letters).filter(|folded| !folded.is_empty())
}

/// What a card with room for so many characters has of a name: its first ones, each blank between words counted once.
pub(crate) fn truncated(text: &str, characters: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    // A letter and its accent take one place, be they written as one or as two.
    let first: String = words.join(" ").nfc().take(characters).collect();
    first.trim_end().to_owned()
}

/// The letters of a name, and those of its telling words alone, of which there may be none. Words that mean little are left
/// out there, and common ones have one form: *St. Kitts & Nevis* and *Saint Kitts and Nevis* are one.
pub(crate) fn both_folded(text: &str) -> Option<(String, String)> {
    let words = Words::new(text).filter(|words| !words.letters.is_empty())?;
    let telling = words.telling();
    Some((words.letters, telling))
}

/// A name of two parts, of which the second tells more of the first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) name: &'a str,
    pub(crate) beside: &'a str,
    /// Whether the parts are one name that is turned round, such as *Korea, Republic of*; else the second may be another
    /// name, as in *Myanmar (Burma)*.
    pub(crate) is_inverted: bool,
}

/// The two parts of a name with one comma, one pair of brackets at its end, or one slash.
pub(crate) fn parts(text: &str) -> Option<Parts<'_>> {
    let text = text.trim();
    if let Some((name, beside)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let is_one = !beside.contains(['(', ')']);
        return is_one.then_some(Parts { name: name.trim(), beside: beside.trim(), is_inverted: false });
    }
    let split = |sign: char, is_inverted| {
        let (name, beside) = text.split_once(sign)?;
        let is_one = !beside.contains(sign);
        is_one.then_some(Parts { name: name.trim(), beside: beside.trim(), is_inverted })
    };
    split(',', true).or_else(|| split('/', false))
}

/// What stands behind *former* or *ex*.
pub(crate) fn former(text: &str) -> Option<&str> {
    let (first, rest) = text.trim().split_once([' ', '-'])?;
    let is_former =
        ["former", "formerly", "ex", "antigua", "antiguo", "già"].contains(&first.to_lowercase().as_str());
    is_former.then_some(rest.trim())
}

/// Whether a text says no more than that a name is one of the past.
pub(crate) fn is_former(text: &str) -> bool {
    ["former", "formerly", "ex"].contains(&text.trim_end_matches('.').to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telling(text: &str) -> Option<String> {
        both_folded(text).map(|(_, telling)| telling)
    }

    #[test]
    fn names_that_are_one() {
        for (one, other) in [
            ("Perú", "PERU"),
            ("Peru\u{301}", " Perù "),
            ("Côte d’Ivoire", "COTE DIVOIRE"),
            ("Cote d'Ivoire", "Cote-d Ivoire"),
            ("Hong\u{a0}Kong", "HongKong"),
            ("Åland", "aland"),
            ("Boli\u{ad}via", "Bolivia"),
            ("Færøerne", "FAEROERNE"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        for (one, other) in [
            ("St. Kitts & Nevis", "Saint Kitts and Nevis"),
            ("Trinidad e Tobago", "Trinidad y Tobago"),
            ("The Gambia", "Gambia"),
            ("DE HONG KONG", "Hong Kong"),
            ("Cook Is.", "Cook Islands"),
            ("Dem. Rep. of the Congo", "Democratic Republic of the Congo"),
        ] {
            assert_eq!(telling(one), telling(other), "{one} {other}");
        }
        for (one, other) in [("Niger", "Nigeria"), ("Dominica", "Dominicana"), ("Guinea", "Guinea-Bissau")] {
            assert_ne!(telling(one), telling(other), "{one} {other}");
        }
    }

    #[test]
    fn names_as_on_the_card() {
        let table = [
            ("MARIA DEL CARMEN ROSA", "MARIA DEL CAR"),
            ("María  del \u{a0}Carmen", "María del Car"),
            ("Mari\u{301}a del Carmen", "María del Car"),
            ("JUAN CARLOS   ALBERTO", "JUAN CARLOS A"),
            ("JUAN CARLITO ALBERTO", "JUAN CARLITO"),
            ("ANA", "ANA"),
        ];
        for (text, expected) in table {
            assert_eq!(truncated(text, 13), expected, "{text}");
        }
    }

    #[test]
    fn a_lost_letter_is_no_letter() {
        for text in ["Niger?", "Per\u{fffd}", "Chin*", "", " ", "--", "?"] {
            assert_eq!(folded(text), None, "{text}");
        }
    }

    #[test]
    fn names_of_two_parts() {
        let table = [
            ("Korea, Republic of", Some(("Korea", "Republic of", true))),
            ("Bermuda (British)", Some(("Bermuda", "British", false))),
            ("Czechia / Czech Republic", Some(("Czechia", "Czech Republic", false))),
            ("Bonaire, Sint Eustatius, Saba", None),
            ("Cocos (Keeling) Islands", None),
            ("Peru", None),
        ];
        for (text, expected) in table {
            let found = parts(text).map(|parts| (parts.name, parts.beside, parts.is_inverted));
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(former("Ex Yugoslavia"), Some("Yugoslavia"));
        assert_eq!(former("Exland"), None);
    }
}
