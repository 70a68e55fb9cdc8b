//! Texts of files as they are shown: characters that cannot be seen, or that look like others, are escaped.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text with its invisible characters as in TOML, so that it can be copied into a pipeline: `New\u00A0Zealand`.
pub(crate) fn visible(text: &str) -> String {
    let is_mixed = text.chars().any(|c| is_latin(c) && looks_like(c).is_none());
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let misleads = is_invisible(c) || is_combining_mark(c) || (is_mixed && looks_like(c).is_some());
        if misleads && c != ' ' { shown += &escaped(c) } else { shown.push(c) }
    }
    shown
}

/// A text of which all that is not ASCII is escaped.
pub(crate) fn all_visible(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c.to_string() } else { escaped(c) }).collect()
}

fn escaped(c: char) -> String {
    let number = u32::from(c);
    if number > 0xFFFF { format!("\\U{number:08X}") } else { format!("\\u{number:04X}") }
}

/// What a reader takes a text for: accents composed, blanks that are alike made one, invisible characters left out, letters
/// of other scripts replaced by the Latin ones that look the same.
pub(crate) fn as_seen(text: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_whitespace() => Some(' '),
        c if is_invisible(c) => None,
        c => Some(looks_like(c).unwrap_or(c)),
    };
    let text: String = text.chars().filter_map(plain).nfc().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether two texts differ only in what cannot be seen.
pub(crate) fn look_alike(one: &str, other: &str) -> bool {
    one != other && as_seen(one) == as_seen(other)
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c)
}

/// Characters that take no room, or the room of a blank, and are none; the soft hyphen and marks of direction among them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The ASCII character that a letter or sign of another script looks like.
fn looks_like(c: char) -> Option<char> {
    const ALIKE: [(&str, &str); 3] = [
        // Cyrillic.
        ("АВЕКМНОРСТХІЈЅасеорхуіјѕһԁԛԝ", "ABEKMHOPCTXIJSaceopxyijshdqw"),
        // Greek.
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι", "ABEZHIKMNOPTYXovi"),
        // Signs.
        ("‐‑‒–−’ʼ′", "-----'''"),
    ];
    if ('\u{ff01}'..='\u{ff5e}').contains(&c) {
        return char::from_u32(u32::from(c) - 0xFEE0);
    }
    ALIKE.iter().find_map(|(theirs, ours)| {
        let index = theirs.chars().position(|other| other == c)?;
        ours.chars().nth(index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        let table = [
            ("New Zealand", "New Zealand"),
            ("Per\u{fa}", "Per\u{fa}"),
            ("New\u{a0}Zealand", "New\\u00A0Zealand"),
            ("Peru\u{301}", "Peru\\u0301"),
            ("Boli\u{ad}via\u{200b}", "Boli\\u00ADvia\\u200B"),
            ("\u{feff}id", "\\uFEFFid"),
            ("a\u{202e}b", "a\\u202Eb"),
            // A Cyrillic letter among Latin ones; a Russian word is one.
            ("\u{420}eru", "\\u0420eru"),
            ("\u{41f}\u{435}\u{440}\u{443}", "\u{41f}\u{435}\u{440}\u{443}"),
            ("a\u{e0041}", "a\\U000E0041"),
        ];
        for (text, expected) in table {
            assert_eq!(visible(text), expected);
        }
    }

    #[test]
    fn texts_that_look_alike() {
        for (one, other) in [
            ("New\u{a0}Zealand", "New Zealand"),
            ("Peru\u{301}", "Per\u{fa}"),
            ("Bolivia\u{a0}", "Bolivia"),
            ("\u{420}eru", "Peru"),
            ("\u{421}\u{415}", "CE"),
            ("New  Zealand", "New Zealand"),
            ("\u{ff30}\u{ff25}", "PE"),
            ("Guinea\u{2011}Bissau", "Guinea-Bissau"),
        ] {
            assert!(look_alike(one, other), "{one} {other}");
        }
        for (one, other) in [("Peru", "Per\u{fa}"), ("Peru", "peru"), ("Peru", "Peru"), ("Mali", "Malawi")] {
            assert!(!look_alike(one, other), "{one} {other}");
        }
        assert_eq!(all_visible("\u{421}\u{415} a"), "\\u0421\\u0415 a");
    }
}
