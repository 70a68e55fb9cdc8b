//! Bytes of a field become text in the declared encoding, or it is said that they are not.

use std::borrow::Cow;

use denizen_spec::{Code, Diagnostic, Path};
use encoding_rs::Encoding;

use crate::code_page::{CodePage, code_page};
use crate::encoding_guess::HighBytes;

/// A character encoding that extends ASCII, so that a file can be cut into fields before it is decoded.
#[derive(Clone, Copy)]
pub(crate) struct Decoder(Charset);

#[derive(Clone, Copy, PartialEq)]
enum Charset {
    /// One of the encodings of the Web.
    Web(&'static Encoding),
    /// One of old computers.
    Dos(&'static CodePage),
}

impl Decoder {
    /// UTF-8.
    pub(crate) fn of_utf8() -> Self {
        Self(Charset::Web(encoding_rs::UTF_8))
    }

    /// The encoding of a label (WHATWG, or a DOS code page), for files whose fields end with `delimiter`.
    pub(crate) fn new(label: &str, delimiter: u8, path: Path) -> Result<Self, Diagnostic> {
        if let Some(page) = code_page(label) {
            return Ok(Self(Charset::Dos(page)));
        }
        let encoding = Encoding::for_label(label.as_bytes());
        match encoding.filter(|encoding| encoding.is_ascii_compatible()) {
            Some(encoding) if !may_end_with(encoding, delimiter) => Ok(Self(Charset::Web(encoding))),
            Some(encoding) => Err(Diagnostic::error(
                Code::UnknownEncoding,
                format!("{} cannot be cut at `{}`", encoding.name(), char::from(delimiter)),
            )
            .at(path, "characters of this encoding may have this byte in them")
            .help("convert the file to UTF-8 first")),
            None => Err(Diagnostic::error(
                Code::UnknownEncoding,
                format!("the encoding `{label}` cannot be read"),
            )
            .at(path, "not a label of an encoding that extends ASCII")
            .help(instead_of(label))),
        }
    }

    /// Whether the declared encoding is UTF-8.
    pub(crate) fn is_utf8(self) -> bool {
        self.0 == Charset::Web(encoding_rs::UTF_8)
    }

    /// Whether each byte is a character.
    pub(crate) fn is_single_byte(self) -> bool {
        match self.0 {
            Charset::Web(encoding) => encoding.is_single_byte(),
            Charset::Dos(_) => true,
        }
    }

    /// Whether it is a DOS code page.
    pub(crate) fn is_dos(self) -> bool {
        matches!(self.0, Charset::Dos(_))
    }

    /// Whether it is an encoding of Western languages, in which no word has `Ã` or `Â` (or a line of a frame) before a sign.
    pub(crate) fn is_western(self) -> bool {
        use encoding_rs::{ISO_8859_15, MACINTOSH, WINDOWS_1252, WINDOWS_1254};
        match self.0 {
            Charset::Web(encoding) => {
                [WINDOWS_1252, WINDOWS_1254, ISO_8859_15, MACINTOSH].contains(&encoding)
            }
            Charset::Dos(_) => true,
        }
    }

    /// What the encoding is called.
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            Charset::Web(encoding) => encoding.name(),
            Charset::Dos(page) => page.name,
        }
    }

    /// The bytes of a text in this encoding.
    pub(crate) fn encode(self, text: &str) -> Cow<'_, [u8]> {
        match self.0 {
            Charset::Web(encoding) => encoding.encode(text).0,
            Charset::Dos(page) => Cow::Owned(page.encode(text)),
        }
    }

    /// Whether the bytes of a text in this encoding are those of the text itself.
    pub(crate) fn is_same(self, text: &str) -> bool {
        text.is_ascii() || self.is_utf8()
    }

    /// The bytes of the text of a field in UTF-8; nothing when its bytes are not text in this encoding.
    pub(crate) fn utf8(self, bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
        if bytes.is_ascii() {
            return Some(Cow::Borrowed(bytes));
        }
        Some(match self.decode(bytes)? {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })
    }

    /// The text of a field; nothing when its bytes are not text in this encoding.
    pub(crate) fn decode<'a>(self, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
        if bytes.is_ascii() || self.is_utf8() {
            return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        }
        let text = self.decode_alone(bytes)?;
        // What is UTF-8 can be decoded as anything: `IÃ±apari`.
        (!HighBytes::of(bytes).is_utf8(self)).then_some(text)
    }

    /// The character of a byte, in an encoding in which each byte is one.
    pub(crate) fn character(self, byte: u8) -> Option<char> {
        if byte.is_ascii() { Some(char::from(byte)) } else { self.decode_alone(&[byte])?.chars().next() }
    }

    fn decode_alone<'a>(self, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
        let text = match self.0 {
            Charset::Web(encoding) => encoding.decode_without_bom_handling_and_without_replacement(bytes)?,
            Charset::Dos(page) => Cow::Owned(page.decode(bytes)?),
        };
        // WHATWG maps the five bytes that windows-1252 leaves open to control characters; no text has them.
        (!text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c))).then_some(text)
    }

    /// Where the first bytes of a text are that are not text in this encoding, and how many.
    pub(crate) fn first_bad(self, bytes: &[u8]) -> Option<(usize, usize)> {
        if let Err(error) = std::str::from_utf8(bytes)
            && self.is_utf8()
        {
            let start = error.valid_up_to();
            return Some((start, error.error_len().unwrap_or(bytes.len() - start)));
        }
        let is_high = |byte: &u8| !byte.is_ascii();
        let bad = |byte: &u8| is_high(byte) && self.is_single_byte() && self.character(*byte).is_none();
        // Where each can be read, all of them together are another encoding beyond doubt, or a part of a character.
        let first = bytes.iter().position(bad).or_else(|| bytes.iter().position(is_high))?;
        let length = bytes[first..].iter().take(4).take_while(|byte| is_high(byte)).count();
        Some((first, length))
    }
}

/// What to do with a file in an encoding that is not read.
fn instead_of(label: &str) -> String {
    if label.to_lowercase().starts_with("utf-32") {
        format!("convert the file first: `iconv -f {label} -t UTF-8 OLD > NEW`")
    } else {
        "write for example `utf-8`, `windows-1252`, `iso-8859-15`, `cp850`, `utf-16le` or `auto`".to_owned()
    }
}

/// Whether a character of several bytes may end with this one. Those of the multi-byte encodings of East Asia have letters,
/// digits and some signs as their last bytes, but never `;`, `,` or a tab.
fn may_end_with(encoding: &'static Encoding, byte: u8) -> bool {
    let is_safe = encoding.is_single_byte() || [encoding_rs::UTF_8, encoding_rs::EUC_JP].contains(&encoding);
    !is_safe && (byte >= 0x40 || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_not_cut_within_a_character() {
        for (label, delimiter, is_read) in [
            ("shift_jis", b'|', false),
            ("shift_jis", b';', true),
            ("windows-1252", b'|', true),
            ("utf-8", b'|', true),
        ] {
            let decoder = Decoder::new(label, delimiter, Path::root());
            assert_eq!(decoder.is_ok(), is_read, "{label}");
        }
    }

    #[test]
    fn decoding() {
        let table: [(&str, &[u8], Option<&str>); 14] = [
            ("utf-8", b"Per\xc3\xba", Some("Per\u{fa}")),
            ("utf-8", b"Per\xfa", None),
            ("windows-1252", b"Ch\xe1vez", Some("Ch\u{e1}vez")),
            ("windows-1252", b"\x93TAM\x94", Some("\u{201c}TAM\u{201d}")),
            ("windows-1252", b"\x81", None),
            // UTF-8, which a file in another encoding may have rows of.
            ("windows-1252", b"I\xc3\xb1apari", None),
            ("windows-1252", b"PER\xda\x96BOLIVIA", Some("PER\u{da}\u{2013}BOLIVIA")),
            ("windows-1251", "Перу".as_bytes(), None),
            ("iso-8859-15", b"\xa4", Some("\u{20ac}")),
            ("shift_jis", b"\x82\xa0", Some("\u{3042}")),
            ("cp850", b"Per\xa3, I\xa4apari", Some("Per\u{fa}, I\u{f1}apari")),
            ("cp858", b"\xd5", Some("\u{20ac}")),
            ("cp850", b"I\xc3\xb1apari", None),
            ("cp857", b"\xd5", None),
        ];
        for (label, bytes, expected) in table {
            let decoder = Decoder::new(label, b';', Path::root()).unwrap();
            assert_eq!(decoder.decode(bytes).as_deref(), expected, "{label} {bytes:x?}");
        }
        for label in ["utf-16", "klingon"] {
            assert!(Decoder::new(label, b';', Path::root()).is_err());
        }
    }
}
