//! Bytes of a field become text in the declared encoding, or it is said that they are not.

use std::borrow::Cow;

use denizen_spec::{Code, Diagnostic, Path};
use encoding_rs::Encoding;

use crate::encoding_guess::HighBytes;

/// A character encoding that extends ASCII, so that a file can be cut into fields before it is decoded.
#[derive(Clone, Copy)]
pub(crate) struct Decoder(&'static Encoding);

impl Decoder {
    /// The encoding of a WHATWG label, for files whose fields end with `delimiter`.
    pub(crate) fn new(label: &str, delimiter: u8, path: Path) -> Result<Self, Diagnostic> {
        let encoding = Encoding::for_label(label.as_bytes());
        match encoding.filter(|encoding| encoding.is_ascii_compatible()) {
            Some(encoding) if !may_end_with(encoding, delimiter) => Ok(Self(encoding)),
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

    /// That of formats which know what their texts are.
    pub(crate) fn of_utf8() -> Self {
        Self(encoding_rs::UTF_8)
    }

    /// Whether the declared encoding is UTF-8.
    pub(crate) fn is_utf8(self) -> bool {
        self.0 == encoding_rs::UTF_8
    }

    /// Whether each byte is a character.
    pub(crate) fn is_single_byte(self) -> bool {
        self.0.is_single_byte()
    }

    /// Whether it is an encoding of Western languages, in which no word has `Ã` or `Â` before a sign.
    pub(crate) fn is_western(self) -> bool {
        use encoding_rs::{ISO_8859_15, MACINTOSH, WINDOWS_1252, WINDOWS_1254};
        [WINDOWS_1252, WINDOWS_1254, ISO_8859_15, MACINTOSH].contains(&self.0)
    }

    /// What the encoding is called.
    pub(crate) fn name(self) -> &'static str {
        self.0.name()
    }

    /// The bytes of a text in this encoding.
    pub(crate) fn encode(self, text: &str) -> Cow<'_, [u8]> {
        self.0.encode(text).0
    }

    /// Whether the bytes of a text in this encoding are those of the text itself.
    pub(crate) fn is_same(self, text: &str) -> bool {
        text.is_ascii() || self.0 == encoding_rs::UTF_8
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
        if bytes.is_ascii() || self.0 == encoding_rs::UTF_8 {
            return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        }
        let text = self.0.decode_without_bom_handling_and_without_replacement(bytes)?;
        // WHATWG maps the five bytes that windows-1252 leaves open to control characters; no text has them.
        let is_text = !text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c));
        // What is UTF-8 can be decoded as anything: `IÃ±apari`.
        (is_text && !HighBytes::of(bytes).is_utf8(self)).then_some(text)
    }
}

/// What to do with a file in an encoding that is not read.
fn instead_of(label: &str) -> String {
    let known = label.to_lowercase();
    let is_dos = ["cp", "ibm", "dos-", ""].iter().any(|prefix| {
        let number = known.strip_prefix(prefix).unwrap_or_default();
        matches!(number, "437" | "850" | "852" | "858" | "860")
    });
    if is_dos || known.starts_with("utf-16") || known.starts_with("utf-32") {
        format!("convert the file first: `iconv -f {label} -t UTF-8 OLD > NEW`")
    } else {
        "write for example `utf-8`, `windows-1252` or `iso-8859-15`".to_owned()
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
        let table: [(&str, &[u8], Option<&str>); 10] = [
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
