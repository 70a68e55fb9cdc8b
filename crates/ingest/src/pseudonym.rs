//! Identifiers of persons become keyed pseudonyms.

use std::fmt;

use denizen_spec::{Code, Diagnostic, PSEUDONYM_BYTES, hexadecimal};

/// A pseudonym key of 32 bytes. It is never printed and never written.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(..)")
    }
}

impl Key {
    /// Reads 64 hexadecimal digits, with or without blanks around them.
    ///
    /// # Errors
    ///
    /// When the text is anything else.
    pub fn from_hex(text: &str) -> Result<Self, Diagnostic> {
        let digits = text.trim().as_bytes();
        let mut key = [0; 32];
        let complete = digits.len() == 64
            && digits.iter().all(u8::is_ascii_hexdigit)
            && key.iter_mut().zip(digits.chunks_exact(2)).all(|(byte, pair)| {
                let value = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
                *byte = value.unwrap_or(0);
                value.is_some()
            });
        complete.then_some(Self(key)).ok_or_else(|| {
            Diagnostic::error(Code::NoKey, "the pseudonym key is not 64 hexadecimal digits")
                .help("make one with `openssl rand -hex 32`")
        })
    }

    /// Tells keys apart without giving them away: a hash, in hexadecimal, that serves no other purpose.
    pub fn mark(&self) -> String {
        hexadecimal(&blake3::derive_key("denizen 2026-11-22 mark of a pseudonym key", &self.0))
    }
}

/// Makes the pseudonyms of one column.
pub(crate) struct Pseudonymiser {
    key: Key,
    /// What is hashed: the name of the column, which is always the same, and a text.
    prefix: Vec<u8>,
}

impl Pseudonymiser {
    /// One key gives unlike pseudonyms to equal texts of unlike columns.
    pub(crate) fn new(key: &Key, column: &str) -> Self {
        Self { key: key.clone(), prefix: [column.as_bytes(), &[0]].concat() }
    }

    /// A pseudonymiser's `scratch` is memory that is used again.
    pub(crate) fn pseudonym(&self, text: &[u8], scratch: &mut Vec<u8>) -> [u8; PSEUDONYM_BYTES] {
        scratch.clear();
        scratch.extend_from_slice(&self.prefix);
        scratch.extend_from_slice(text);
        let hash = blake3::keyed_hash(&self.key.0, scratch);
        let mut pseudonym = [0; PSEUDONYM_BYTES];
        pseudonym.copy_from_slice(&hash.as_bytes()[..PSEUDONYM_BYTES]);
        pseudonym
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_in_hexadecimal() {
        assert!(Key::from_hex(&"0a".repeat(32)).is_ok());
        assert!(Key::from_hex(&format!("{}\n", "0a".repeat(32))).is_ok());
        for text in ["", "secret", &"0a".repeat(31), &"+a".repeat(32), &"é".repeat(32)] {
            let fault = Key::from_hex(text).unwrap_err();
            assert!(text.is_empty() || !fault.message.contains(text));
        }
    }

    #[test]
    fn a_mark_tells_keys_apart_and_gives_none_away() {
        let key = |digit: &str| Key::from_hex(&digit.repeat(64)).unwrap();
        assert_eq!(key("1").mark(), key("1").mark());
        assert_ne!(key("1").mark(), key("2").mark());
        assert!(!key("1").mark().contains("1111"));
    }

    #[test]
    fn pseudonyms_depend_on_key_column_and_text() {
        let key = |digit: &str| Key::from_hex(&digit.repeat(64)).unwrap();
        let pseudonym =
            |key: &Key, column, text: &[u8]| Pseudonymiser::new(key, column).pseudonym(text, &mut Vec::new());
        let one = pseudonym(&key("1"), "person", b"A1");
        assert_eq!(one, pseudonym(&key("1"), "person", b"A1"));
        for other in [
            pseudonym(&key("2"), "person", b"A1"),
            pseudonym(&key("1"), "document", b"A1"),
            pseudonym(&key("1"), "person", b"A2"),
        ] {
            assert_ne!(one, other);
        }
    }
}
