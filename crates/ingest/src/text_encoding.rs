//! The encoding of a file: declared, or told by all of its bytes.

use std::io::{self, Read};

use denizen_spec::{Diagnostic, Path};

use crate::decoder::Decoder;
use crate::encoding_guess::HighBytes;
use crate::transcode::{Endian, Transcoder};

/// Bytes that are looked at together.
const STRETCH: usize = 1 << 16;

/// How the bytes of files become text.
#[derive(Clone, Copy)]
pub(crate) enum TextEncoding {
    /// Fields are cut first and decoded one by one.
    Fields(Decoder),
    /// The whole file is decoded first, for its characters take two bytes each: with a mark at its beginning, or in this
    /// order.
    Wide(Option<Endian>),
    /// Each file is looked at, and decoded first if it is not UTF-8.
    Auto,
}

/// What the bytes of a file say of its encoding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Guess {
    /// As a pipeline would declare it; none where it is in several.
    pub(crate) label: Option<&'static str>,
    /// Why.
    pub(crate) evidence: String,
}

impl TextEncoding {
    /// The encoding of a label, for files whose fields end with `delimiter`.
    pub(crate) fn new(label: &str, delimiter: u8, setting: Path) -> Result<Self, Diagnostic> {
        match label.trim().to_ascii_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "utf-16" | "utf16" => Ok(Self::Wide(None)),
            "utf-16le" | "utf16le" => Ok(Self::Wide(Some(Endian::Little))),
            "utf-16be" | "utf16be" => Ok(Self::Wide(Some(Endian::Big))),
            _ => Decoder::new(label, delimiter, setting).map(Self::Fields),
        }
    }

    /// What decodes the fields.
    pub(crate) fn decoder(self) -> Decoder {
        match self {
            Self::Fields(decoder) => decoder,
            Self::Wide(_) | Self::Auto => Decoder::of_utf8(),
        }
    }

    /// Whether files have to be looked at as a whole before they are read.
    pub(crate) fn is_guessed(self) -> bool {
        matches!(self, Self::Auto)
    }

    /// Whether places in a file are those in its text.
    pub(crate) fn is_divisible(self) -> bool {
        matches!(self, Self::Fields(_))
    }

    /// The bytes that are cut into fields, of those of a file, which were found to be in the encoding `guessed`.
    pub(crate) fn open(self, bytes: Box<dyn Read + Send>, guessed: Option<&str>) -> Box<dyn Read + Send> {
        match (self, guessed) {
            (Self::Wide(order), _) => Box::new(Transcoder::wide(bytes, order)),
            (Self::Auto, Some("utf-16le")) => Box::new(Transcoder::wide(bytes, Some(Endian::Little))),
            (Self::Auto, Some("utf-16be")) => Box::new(Transcoder::wide(bytes, Some(Endian::Big))),
            (Self::Auto, Some(label)) => match Decoder::new(label, b',', Path::root()) {
                Ok(decoder) if !decoder.is_utf8() => Box::new(Transcoder::single_bytes(bytes, decoder)),
                Ok(_) | Err(_) => bytes,
            },
            (Self::Auto, None) | (Self::Fields(_), _) => bytes,
        }
    }
}

impl Guess {
    /// Reads a whole file.
    pub(crate) fn of(mut file: impl Read) -> io::Result<Self> {
        let mut buffer = Vec::with_capacity(STRETCH);
        (&mut file).take(STRETCH as u64).read_to_end(&mut buffer)?;
        if let Some((label, evidence)) = marked(&buffer) {
            return Ok(Self { label: Some(label), evidence: evidence.to_owned() });
        }
        let mut bytes = HighBytes::default();
        while !buffer.is_empty() {
            // No character goes on behind one of ASCII, and no word that tells something behind the end of a line.
            let last = || buffer.iter().rposition(u8::is_ascii);
            let last = memchr::memrchr(b'\n', &buffer).or_else(last).filter(|_| buffer.len() >= STRETCH);
            let whole = last.map_or(buffer.len(), |last| last + 1);
            bytes.add_all(&buffer[..whole]);
            buffer.drain(..whole);
            let wanted = (STRETCH - buffer.len().min(STRETCH - 1)) as u64;
            (&mut file).take(wanted).read_to_end(&mut buffer)?;
        }
        Ok(Self::by_counts(bytes))
    }

    fn by_counts(bytes: HighBytes) -> Self {
        let HighBytes { utf8, other, .. } = bytes;
        // In other encodings two bytes are UTF-8 by chance: a capital with an accent before a sign.
        let is_chance = utf8 <= 2 || utf8 * 10 <= other;
        let (label, evidence) = match bytes.likely() {
            None if other == 0 => (Some("utf-8"), "all its bytes are ASCII".to_owned()),
            Some("utf-8") => {
                (Some("utf-8"), format!("{utf8} characters of several bytes are UTF-8, and nothing is not"))
            }
            Some(_) | None if !is_chance => {
                (None, format!("{utf8} characters of several bytes are UTF-8, and {other} stretches are not"))
            }
            found => {
                let letters = bytes.letters();
                let evidence = format!(
                    "{other} stretches are not UTF-8, {utf8} are; {letters} bytes beside letters are letters in it"
                );
                // What has no letters tells little: signs such as those of degrees and ordinals.
                (Some(found.unwrap_or("windows-1252")), evidence)
            }
        };
        Self { label, evidence }
    }
}

/// What the first bytes say alone.
fn marked(first: &[u8]) -> Option<(&'static str, &'static str)> {
    if first.starts_with(b"\xEF\xBB\xBF") {
        return Some(("utf-8", "it begins with the byte-order mark of UTF-8"));
    }
    match crate::formats::wide_order(first)? {
        (Endian::Little, true) => {
            Some(("utf-16le", "it begins with the byte-order mark of UTF-16, little-endian"))
        }
        (Endian::Big, true) => Some(("utf-16be", "it begins with the byte-order mark of UTF-16, big-endian")),
        (Endian::Little, false) => Some(("utf-16le", "nearly every second byte is zero")),
        (Endian::Big, false) => Some(("utf-16be", "nearly every other byte from the first on is zero")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_the_whole_file() {
        let late = [&b"id;a\n1;b\n".repeat(20_000)[..], b"2;I\xf1apari, Per\xfa\n"].concat();
        let utf16: Vec<u8> = "id;a\u{f1}o\n1;2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mixed = ["Iñapari, Perú, año, città\n".as_bytes(), b"I\xf1apari\n"].concat();
        assert_eq!(Guess::of(&mixed[..]).unwrap().label, None);
        let returns = "año\r".repeat(100_000);
        let table: [(&[u8], &str); 9] = [
            (returns.as_bytes(), "utf-8"),
            (b"", "utf-8"),
            (b"id;a\n", "utf-8"),
            ("id;año\n".as_bytes(), "utf-8"),
            (b"\xEF\xBB\xBFid\n", "utf-8"),
            (&late, "windows-1252"),
            (b"a\xa4o, pa\xa1s, Per\xa3", "cp850"),
            (b"citt\x88, I\x96apari, pa\x92s", "macintosh"),
            (&utf16, "utf-16le"),
        ];
        for (bytes, expected) in table {
            assert_eq!(Guess::of(bytes).unwrap().label, Some(expected));
        }
    }
}
