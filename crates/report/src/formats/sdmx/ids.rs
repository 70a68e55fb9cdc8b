//! Identifiers of SDMX 3.0: of artefacts and components (`NCNameIDType`), of codes (`IDType`), and versions.

use std::collections::BTreeSet;

/// A name in capitals that SDMX allows: `new-permits` becomes `NEW_PERMITS`.
pub(super) fn name(text: &str) -> String {
    let letter =
        |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
    let name: String = text.chars().map(letter).collect();
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("X_{name}") }
}

/// A code that SDMX allows: letters, digits, `_`, `@` and `-` as they are, the bytes (UTF-8) of anything else as `$` and two
/// hexadecimal digits. Unlike codes stay unlike.
pub(super) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'@' | b'-' => code.push(char::from(byte)),
            _ => code += &format!("${byte:02X}"),
        }
    }
    if code.is_empty() { "$".to_owned() } else { code }
}

/// The version of the structures of an edition: `2026-11` becomes `2026.11.0`, `2008-03-synthetic` `2008.3.0-synthetic`.
///
/// Up to three numbers at its beginning are those of semantic versioning, which SDMX 3.0 follows; what is left is an extension, so
/// that unlike editions have unlike versions.
pub(super) fn version(vintage: &str) -> String {
    let (mut numbers, mut rest) = (Vec::new(), vintage);
    while numbers.len() < 3 {
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let is_whole = after.is_empty() || after.starts_with(['-', '.', '_']);
        if digits.is_empty() || !is_whole {
            break;
        }
        let number = digits.trim_start_matches('0');
        numbers.push(if number.is_empty() { "0" } else { number });
        rest = after.get(1..).unwrap_or_default();
    }
    numbers.resize(3, "0");
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let extension: String = rest.chars().map(letter).collect();
    let is_number = extension.bytes().all(|byte| byte.is_ascii_digit());
    match extension.as_str() {
        "" => numbers.join("."),
        // A number may not begin with a zero there.
        _ if is_number => format!("{}-x{extension}", numbers.join(".")),
        _ => format!("{}-{extension}", numbers.join(".")),
    }
}

/// Identifiers of one kind, each given once.
#[derive(Debug, Default)]
pub(super) struct Given(BTreeSet<String>);

impl Given {
    pub(super) fn with(reserved: &[&str]) -> Self {
        Self(reserved.iter().map(|name| (*name).to_owned()).collect())
    }

    /// The identifier, or one with a number where it is taken.
    pub(super) fn give(&mut self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let free = std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !self.0.contains(name));
        let free = free.unwrap_or_default();
        self.0.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_editions() {
        let table = [
            ("2026-11", "2026.11.0"),
            ("2025-01-07", "2025.1.7"),
            ("2008-03-synthetic", "2008.3.0-synthetic"),
            ("1", "1.0.0"),
            ("2024", "2024.0.0"),
            ("2024.1.2.03", "2024.1.2-x03"),
            ("spring_2024", "0.0.0-spring-2024"),
            ("2024b", "0.0.0-2024b"),
            ("2024-q1", "2024.0.0-q1"),
            ("00-1", "0.1.0"),
            ("2024-", "2024.0.0"),
        ];
        for (vintage, expected) in table {
            assert_eq!(version(vintage), expected, "{vintage}");
        }
    }

    #[test]
    fn codes_and_names() {
        let codes =
            [("PE", "PE"), ("60+", "60$2B"), ("$2B", "$242B"), ("è", "$C3$A8"), ("", "$"), ("_T", "_T")];
        for (text, expected) in codes {
            assert_eq!(code(text), expected);
        }
        assert_eq!(["new-permits", "2008", "città"].map(name), ["NEW_PERMITS", "X_2008", "CITT_"]);
        let mut given = Given::with(&["FREQ"]);
        assert_eq!([given.give("FREQ"), given.give("SEX"), given.give("SEX")], ["FREQ_2", "SEX", "SEX_2"]);
    }
}
