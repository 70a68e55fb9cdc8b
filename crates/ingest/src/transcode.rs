//! Files that cannot be cut before they are decoded, as a stream of UTF-8. What is no text ends the stream.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};

use crate::decoder::Decoder;

/// Bytes that are decoded together.
const STRETCH: usize = 1 << 16;

/// Which of the two bytes of a character comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endian {
    /// The one that counts less.
    Little,
    /// The other.
    Big,
}

/// Bytes that are no text in the encoding of a file, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BadBytes {
    /// The first of them, from 0.
    pub(crate) offset: u64,
    /// Its line, from 1.
    pub(crate) line: u64,
    /// In hexadecimal.
    pub(crate) found: String,
    pub(crate) expected: String,
}

impl fmt::Display for BadBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, line, found, expected } = self;
        write!(formatter, "byte {offset}, on line {line}: found {found}, expected {expected}")
    }
}

impl std::error::Error for BadBytes {}

impl BadBytes {
    /// Some bytes as `0xC3 0xB1`.
    pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("0x{byte:02X}")).collect::<Vec<_>>().join(" ")
    }
}

enum From {
    /// Pairs of bytes, in an order that is known when the first of them have been read.
    Wide(Option<Endian>),
    /// Bytes that are a character each.
    Single(Decoder),
}

/// A file as UTF-8.
pub(crate) struct Transcoder {
    input: Box<dyn Read + Send>,
    from: From,
    /// What has been read and not decoded.
    stored: Vec<u8>,
    /// What has been decoded and not handed out.
    text: VecDeque<u8>,
    /// Where the bytes stand that were not decoded yet.
    offset: u64,
    line: u64,
    is_end: bool,
}

impl Transcoder {
    /// A file of UTF-16: in this order, or with a mark that says it.
    pub(crate) fn wide(input: Box<dyn Read + Send>, order: Option<Endian>) -> Self {
        Self::new(input, From::Wide(order))
    }

    /// A file in which each byte is a character.
    pub(crate) fn single_bytes(input: Box<dyn Read + Send>, decoder: Decoder) -> Self {
        Self::new(input, From::Single(decoder))
    }

    fn new(input: Box<dyn Read + Send>, from: From) -> Self {
        Self { input, from, stored: Vec::new(), text: VecDeque::new(), offset: 0, line: 1, is_end: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let wanted = STRETCH - self.stored.len();
        let read = (&mut self.input).take(wanted as u64).read_to_end(&mut self.stored)?;
        self.is_end = read < wanted;
        let stored = std::mem::take(&mut self.stored);
        let decoded = match self.from {
            From::Single(decoder) => self.single(decoder, &stored)?,
            From::Wide(order) => self.pairs(order, &stored)?,
        };
        self.stored = stored[decoded..].to_vec();
        self.offset += decoded as u64;
        Ok(())
    }

    /// Decodes single bytes: how many.
    fn single(&mut self, decoder: Decoder, stored: &[u8]) -> io::Result<usize> {
        let mut text = [0; 4];
        for (index, byte) in stored.iter().enumerate() {
            let character = decoder.character(*byte);
            let character = character
                .ok_or_else(|| self.bad(index, &[*byte], &format!("a character of {}", decoder.name())))?;
            self.line += u64::from(*byte == b'\n');
            self.text.extend(character.encode_utf8(&mut text).as_bytes());
        }
        Ok(stored.len())
    }

    /// Decodes pairs of bytes: how many of them. The first half of a character of four bytes is left for the next time.
    fn pairs(&mut self, order: Option<Endian>, stored: &[u8]) -> io::Result<usize> {
        let order = self.order(order, stored)?;
        let units: Vec<u16> = stored
            .chunks_exact(2)
            .map(|pair| match order {
                Endian::Little => u16::from_le_bytes([pair[0], pair[1]]),
                Endian::Big => u16::from_be_bytes([pair[0], pair[1]]),
            })
            .collect();
        let mut decoded = 0;
        let mut text = [0; 4];
        for character in char::decode_utf16(units.iter().copied()) {
            match character {
                Ok('\u{FEFF}') if self.offset + decoded as u64 == 0 => decoded += 2,
                Ok(character) => {
                    self.line += u64::from(character == '\n');
                    self.text.extend(character.encode_utf8(&mut text).as_bytes());
                    decoded += 2 * character.len_utf16();
                }
                // Its second half has not been read.
                Err(half)
                    if decoded + 3 >= stored.len() && !self.is_end && half.unpaired_surrogate() < 0xDC00 =>
                {
                    break;
                }
                Err(_) => {
                    return Err(self.bad(decoded, &stored[decoded..decoded + 2], "a character of UTF-16"));
                }
            }
        }
        if self.is_end && decoded < stored.len() {
            return Err(self.bad(decoded, &stored[decoded..], "two bytes for each character of UTF-16"));
        }
        Ok(decoded)
    }

    /// The order of the bytes: declared, or told by the mark at the beginning.
    fn order(&mut self, declared: Option<Endian>, stored: &[u8]) -> io::Result<Endian> {
        let marked = match stored {
            _ if self.offset > 0 => None,
            [0xFF, 0xFE, ..] => Some(Endian::Little),
            [0xFE, 0xFF, ..] => Some(Endian::Big),
            _ => None,
        };
        let Some(order) = declared.or(marked) else {
            let expected =
                "a byte-order mark, 0xFF 0xFE or 0xFE 0xFF; without one write `utf-16le` or `utf-16be`";
            return Err(self.bad(0, &stored[..stored.len().min(2)], expected));
        };
        if marked.is_some_and(|marked| marked != order) {
            let expected = "the order of bytes that is declared, and not the mark of the other one";
            return Err(self.bad(0, &stored[..2], expected));
        }
        self.from = From::Wide(Some(order));
        Ok(order)
    }

    fn bad(&self, index: usize, found: &[u8], expected: &str) -> io::Error {
        let bad = BadBytes {
            offset: self.offset + index as u64,
            line: self.line,
            found: if found.is_empty() { "nothing".to_owned() } else { BadBytes::hexadecimal(found) },
            expected: expected.to_owned(),
        };
        io::Error::new(io::ErrorKind::InvalidData, bad)
    }
}

impl Read for Transcoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.text.is_empty() && !self.is_end {
            self.fill()?;
        }
        self.text.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use denizen_spec::Path;

    use super::*;

    fn text(mut transcoder: Transcoder) -> Result<String, String> {
        let mut text = String::new();
        transcoder.read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    fn wide(bytes: &[u8], order: Option<Endian>) -> Result<String, String> {
        text(Transcoder::wide(Box::new(io::Cursor::new(bytes.to_vec())), order))
    }

    #[test]
    fn pairs_of_bytes() {
        let (little, big) = (Some(Endian::Little), Some(Endian::Big));
        let table: [(&[u8], _, Result<&str, &str>); 10] = [
            (b"\xff\xfea\0\xf1\0", None, Ok("a\u{f1}")),
            (b"\xfe\xff\0a\0\xf1", None, Ok("a\u{f1}")),
            (b"a\0\xf1\0", little, Ok("a\u{f1}")),
            (b"\0a\xd8\x3d\xde\0", big, Ok("a\u{1f600}")),
            (
                b"a\0\n\0\x3d\xd8b\0",
                little,
                Err("byte 4, on line 2: found 0x3D 0xD8, expected a character of UTF-16"),
            ),
            (
                b"a\0b",
                little,
                Err("byte 2, on line 1: found 0x62, expected two bytes for each character of UTF-16"),
            ),
            (
                b"a\0\x3d\xd8",
                little,
                Err("byte 2, on line 1: found 0x3D 0xD8, expected a character of UTF-16"),
            ),
            (
                b"\xfe\xff\0a",
                little,
                Err(
                    "byte 0, on line 1: found 0xFE 0xFF, expected the order of bytes that is declared, and not the mark of the other one",
                ),
            ),
            (
                b"a\0",
                None,
                Err(
                    "byte 0, on line 1: found 0x61 0x00, expected a byte-order mark, 0xFF 0xFE or 0xFE 0xFF; without one write `utf-16le` or `utf-16be`",
                ),
            ),
            (b"", little, Ok("")),
        ];
        for (bytes, order, expected) in table {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(wide(bytes, order), expected, "{bytes:x?}");
        }
    }

    /// Characters of four bytes that begin at the end of a stretch.
    #[test]
    fn stretches_are_no_borders() {
        let long = format!("{}{}", "a".repeat(STRETCH / 2 - 1), "\u{1f600}b\n".repeat(STRETCH));
        let bytes: Vec<u8> = long.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(wide(&bytes, Some(Endian::Big)), Ok(long));
    }

    #[test]
    fn single_bytes() {
        let decode = |label: &str, bytes: &[u8]| {
            let decoder = Decoder::new(label, b';', Path::root()).unwrap();
            text(Transcoder::single_bytes(Box::new(io::Cursor::new(bytes.to_vec())), decoder))
        };
        assert_eq!(decode("cp850", b"a\xa4o\n"), Ok("a\u{f1}o\n".to_owned()));
        assert_eq!(decode("windows-1252", b"\x93a\xf1o\x94"), Ok("\u{201c}a\u{f1}o\u{201d}".to_owned()));
        let expected = "byte 2, on line 2: found 0x81, expected a character of windows-1252";
        assert_eq!(decode("windows-1252", b"a\n\x81"), Err(expected.to_owned()));
    }
}
