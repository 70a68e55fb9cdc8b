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

/// The characters of each twelve bits: half as many are looked up as one at a time.
static PAIRS: [[u8; 2]; 1 << 12] = {
    let mut pairs = [[0; 2]; 1 << 12];
    let mut bits = 0;
    while bits < pairs.len() {
        pairs[bits] = [ALPHABET[bits >> 6], ALPHABET[bits & 63]];
        bits += 1;
    }
    pairs
};

/// A pseudonym as text, in ASCII.
///
/// ```
/// assert_eq!(denizen_spec::pseudonym_text(&[0; 9]), *b"000000000000");
/// assert_eq!(denizen_spec::pseudonym_text(&[255; 9]), *b"~~~~~~~~~~~~");
/// ```
#[inline]
pub fn pseudonym_text(bits: &[u8; PSEUDONYM_BYTES]) -> [u8; PSEUDONYM_LENGTH] {
    let [a, b, c, d, e, f, g, h, i] = *bits;
    let halves = [[0, a, b, c], [0, d, e, f], [0, g, h, i]].map(|bytes| {
        let bits = u32::from_be_bytes(bytes) as usize;
        [PAIRS[bits >> 12], PAIRS[bits & 0xFFF]]
    });
    let mut text = [0; PSEUDONYM_LENGTH];
    text.copy_from_slice(halves.as_flattened().as_flattened());
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn six_bits_are_a_character(bits: [u8; PSEUDONYM_BYTES]) {
            let number = bits.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
            let obvious: Vec<u8> =
                (0..PSEUDONYM_LENGTH).rev().map(|index| ALPHABET[(number >> (6 * index)) as usize & 63]).collect();
            prop_assert_eq!(pseudonym_text(&bits).to_vec(), obvious);
        }
    }

    #[test]
    fn texts_sort_as_their_bits() {
        assert!(ALPHABET.is_sorted());
        let text = |first: u8, last: u8| pseudonym_text(&[first, 0, 0, 0, 0, 0, 0, 0, last]);
        let texts = [text(0, 1), text(0, 255), text(1, 0), text(127, 9), text(128, 0), text(255, 255)];
        assert!(texts.is_sorted());
    }
}
