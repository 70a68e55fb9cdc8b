//! Identifiers of persons become keyed pseudonyms.

use std::borrow::Cow;
use std::fmt;

use denizen_spec::{Code, Diagnostic, PSEUDONYM_BYTES, hexadecimal};

use crate::fold::{folded, truncated};
use crate::input::{SIDECAR_LIMIT, read_utf8, unreadable};
use crate::number::{DecimalFormat, integer};

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

    /// Reads a file with a key in hexadecimal.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or holds anything else.
    pub fn read(path: &std::path::Path) -> Result<Self, Diagnostic> {
        let text =
            read_utf8(path, SIDECAR_LIMIT).map_err(|error| unreadable(&path.to_string_lossy(), &error))?;
        Self::from_hex(&text).map_err(|fault| fault.in_file(path, None))
    }

    /// Tells keys apart without giving them away: a hash, in hexadecimal, that serves no other purpose.
    pub fn mark(&self) -> String {
        hexadecimal(&blake3::derive_key("denizen 2026-11-22 mark of a pseudonym key", &self.0))
    }
}

/// What identifies a person in a column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Identifier {
    /// The text as it stands.
    Text,
    /// A name: its letters and digits, or only those of its first characters.
    Name { fold: bool, truncate: Option<u16> },
    /// A whole number, however many zeros stand before it.
    Integer,
    /// A decimal number, however many zeros stand around it.
    Decimal(DecimalFormat),
}

impl Identifier {
    /// The text that the pseudonym is made of: of equal numbers the same. Otherwise the reason why there is none.
    pub(crate) fn canonical<'a>(self, text: Cow<'a, [u8]>, is_typed: bool) -> Result<Cow<'a, [u8]>, Code> {
        let (number, reason) = match self {
            Self::Text => return Ok(text),
            Self::Name { fold, truncate } => return name(&text, fold, truncate).map(Cow::Owned),
            Self::Integer => (integer(&text), Code::BadInteger),
            Self::Decimal(format) => (format.of_field(is_typed).parse(&text), Code::BadDecimal),
        };
        number.map(|number| Cow::Owned(number.to_string().into_bytes())).ok_or(reason)
    }
}

/// What is compared of a name.
fn name(text: &[u8], fold: bool, truncate: Option<u16>) -> Result<Vec<u8>, Code> {
    let text = std::str::from_utf8(text).map_err(|_| Code::Encoding)?;
    let text = match truncate {
        Some(characters) => Cow::Owned(truncated(text, characters.into())),
        None => Cow::Borrowed(text),
    };
    let name = if fold { folded(&text).ok_or(Code::UnclearName)? } else { text.into_owned() };
    Ok(name.into_bytes())
}

/// What makes the pseudonyms of one column: the first bytes of the keyed BLAKE3 hash of the name of the column, a zero
/// byte, the text, a byte 0x80, and zero bytes up to the next multiple of 64.
///
/// Padded like this (ISO/IEC 7816-4), nearly all texts are one block of BLAKE3 that is full, and many such blocks are
/// hashed at once, which is several times as fast as one after the other.
pub(crate) struct Pseudonymiser {
    key: Key,
    /// The name of the column, which is always the same.
    prefix: Vec<u8>,
    /// A block that begins with it; none where it has no room.
    prefixed: Option<Block>,
}

type Block = [u8; blake3::BLOCK_LEN];

/// Ends a text before the padding.
const END: u8 = 0x80;

impl Pseudonymiser {
    /// One key gives unlike pseudonyms to equal texts of unlike columns.
    pub(crate) fn new(key: &Key, column: &str) -> Self {
        let prefix = [column.as_bytes(), &[0]].concat();
        let mut prefixed = [0; blake3::BLOCK_LEN];
        let room = prefixed.get_mut(..prefix.len()).map(|room| room.copy_from_slice(&prefix));
        Self { key: key.clone(), prefixed: room.map(|()| prefixed), prefix }
    }

    /// Pseudonyms of `rows` rows, none of which is known yet.
    pub(crate) fn rows(&self, rows: usize) -> Pseudonyms<'_> {
        Pseudonyms {
            pseudonymiser: self,
            values: vec![0; rows * PSEUDONYM_BYTES],
            blocks: [[0; blake3::BLOCK_LEN]; WAITING],
            rows: [0; WAITING],
            waiting: 0,
        }
    }

    /// Writes the message of a text that is a block, and says whether it is.
    fn write_block(&self, text: &[u8], block: &mut Block) -> bool {
        let Some(prefixed) = &self.prefixed else { return false };
        *block = *prefixed;
        let rest = &mut block[self.prefix.len()..];
        if text.len() >= rest.len() {
            return false;
        }
        rest[..text.len()].copy_from_slice(text);
        rest[text.len()] = END;
        true
    }

    /// The hash of a message of any length.
    fn hash(&self, text: &[u8]) -> blake3::Hash {
        let mut message = [&self.prefix, text, &[END]].concat();
        message.resize(message.len().next_multiple_of(blake3::BLOCK_LEN), 0);
        blake3::keyed_hash(&self.key.0, &message)
    }
}

/// Blocks that are hashed at once: as many as the widest registers have room for.
const WAITING: usize = 16;

/// The pseudonyms of the rows of a column, in the making.
pub(crate) struct Pseudonyms<'a> {
    pseudonymiser: &'a Pseudonymiser,
    values: Vec<u8>,
    /// Messages that wait until there are enough of them, and the rows they belong to.
    blocks: [Block; WAITING],
    rows: [usize; WAITING],
    waiting: usize,
}

impl Pseudonyms<'_> {
    /// Sets the text of a row.
    pub(crate) fn set(&mut self, row: usize, text: &[u8]) {
        if !self.pseudonymiser.write_block(text, &mut self.blocks[self.waiting]) {
            let hash = self.pseudonymiser.hash(text);
            self.write(row, hash.as_bytes());
            return;
        }
        self.rows[self.waiting] = row;
        self.waiting += 1;
        if self.waiting == WAITING {
            self.flush();
        }
    }

    /// The pseudonyms of all rows, one after the other; zeros where no text was set.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.flush();
        self.values
    }

    fn flush(&mut self) {
        let mut hashes = [0; WAITING * blake3::OUT_LEN];
        hash_blocks(&self.pseudonymiser.key, &self.blocks[..self.waiting], &mut hashes);
        for slot in 0..std::mem::take(&mut self.waiting) {
            self.write(self.rows[slot], &hashes[slot * blake3::OUT_LEN..]);
        }
    }

    fn write(&mut self, row: usize, hash: &[u8]) {
        self.values[row * PSEUDONYM_BYTES..][..PSEUDONYM_BYTES].copy_from_slice(&hash[..PSEUDONYM_BYTES]);
    }
}

/// The keyed BLAKE3 hashes of messages of one full block each, side by side in the registers.
///
/// The function that does so is public in the crate but not documented: a test compares it with the one that is.
fn hash_blocks(key: &Key, blocks: &[Block], hashes: &mut [u8]) {
    // Domain flags of BLAKE3, section 2.2 of its paper: the block begins and ends the only chunk, which is the root.
    const CHUNK_START: u8 = 1 << 0;
    const CHUNK_END: u8 = 1 << 1;
    const ROOT: u8 = 1 << 3;
    const KEYED_HASH: u8 = 1 << 4;
    let mut inputs = [&[0; blake3::BLOCK_LEN]; WAITING];
    inputs.iter_mut().zip(blocks).for_each(|(input, block)| *input = block);
    blake3::platform::Platform::detect().hash_many(
        &inputs[..blocks.len()],
        &blake3::platform::words_from_le_bytes_32(&key.0),
        0,
        blake3::IncrementCounter::No,
        KEYED_HASH,
        CHUNK_START,
        CHUNK_END | ROOT,
        hashes,
    );
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

    fn pseudonyms(key: &str, column: &str, texts: &[&[u8]]) -> Vec<Vec<u8>> {
        let pseudonymiser = Pseudonymiser::new(&Key::from_hex(&key.repeat(64)).unwrap(), column);
        let mut pseudonyms = pseudonymiser.rows(texts.len());
        texts.iter().enumerate().for_each(|(row, text)| pseudonyms.set(row, text));
        pseudonyms.finish().chunks(PSEUDONYM_BYTES).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn pseudonyms_depend_on_key_column_and_text() {
        let pseudonym = |key, column, text: &[u8]| pseudonyms(key, column, &[text]);
        let one = pseudonym("1", "person", b"A1");
        assert_eq!(one, pseudonym("1", "person", b"A1"));
        for other in [
            pseudonym("2", "person", b"A1"),
            pseudonym("1", "document", b"A1"),
            pseudonym("1", "person", b"A2"),
            pseudonym("1", "person", b"A1\0"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn pseudonyms_are_keyed_hashes_of_padded_texts() {
        let texts: Vec<Vec<u8>> = (0..200).map(|length| (0..length).collect()).collect();
        let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let obvious = |text: &&[u8]| {
            let mut message = [b"person\0", *text, b"\x80"].concat();
            while message.len() % 64 > 0 {
                message.push(0);
            }
            blake3::keyed_hash(&[0x11; 32], &message).as_bytes()[..PSEUDONYM_BYTES].to_vec()
        };
        assert_eq!(pseudonyms("1", "person", &texts), texts.iter().map(obvious).collect::<Vec<_>>());
    }
}
