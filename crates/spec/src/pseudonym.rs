//! The form of pseudonyms: 72 bits, written as twelve characters.

/// Bytes of a pseudonym.
///
/// 72 bits: among 100 million persons two share a pseudonym with a probability of one in a million.
pub const PSEUDONYM_BYTES: usize = 9;

/// Characters of a pseudonym, six bits each.
pub const PSEUDONYM_LENGTH: usize = 12;

/// Sixty-four characters in ASCII order, so that pseudonyms sort as their bits do; and none with which a spreadsheet
/// begins a formula.
const ALPHABET: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";

/// A pseudonym as text, in ASCII.
///
/// ```
/// assert_eq!(denizen_spec::pseudonym_text(&[0; 9]), *b"000000000000");
/// assert_eq!(denizen_spec::pseudonym_text(&[255; 9]), *b"~~~~~~~~~~~~");
/// ```
pub fn pseudonym_text(bits: &[u8; PSEUDONYM_BYTES]) -> [u8; PSEUDONYM_LENGTH] {
    let mut text = [0; PSEUDONYM_LENGTH];
    for (characters, bytes) in text.chunks_exact_mut(4).zip(bits.chunks_exact(3)) {
        let bits = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
        for (index, character) in characters.iter_mut().enumerate() {
            *character = ALPHABET[(bits >> (18 - 6 * index)) as usize & 63];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_sort_as_their_bits() {
        assert!(ALPHABET.is_sorted());
        let text = |first: u8, last: u8| pseudonym_text(&[first, 0, 0, 0, 0, 0, 0, 0, last]);
        let texts = [text(0, 1), text(0, 255), text(1, 0), text(127, 9), text(128, 0), text(255, 255)];
        assert!(texts.is_sorted());
    }
}
