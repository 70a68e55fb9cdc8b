//! Where bytes stand in a text, found in 64 bytes at once.

/// Bytes that are compared at once.
pub(super) const BLOCK: usize = 64;

/// Where fields and lines end in a block: a bit for each byte.
pub(super) struct Ends {
    /// Delimiters and line feeds.
    pub(super) fields: u64,
    pub(super) feeds: u64,
}

/// Where fields and lines end in a text, block by block. Fields are short, so that a search that begins anew at each of
/// them takes several times as long (measured with memchr).
#[inline]
pub(super) fn ends(text: &[u8], delimiter: u8) -> impl Iterator<Item = Ends> {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let last = (!rest.is_empty()).then(|| {
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        let is_text = u64::MAX >> (BLOCK - rest.len());
        let Ends { fields, feeds } = ends_of(&block, delimiter);
        Ends { fields: fields & is_text, feeds: feeds & is_text }
    });
    blocks.iter().map(move |block| ends_of(block, delimiter)).chain(last)
}

#[inline]
fn ends_of(block: &[u8; BLOCK], delimiter: u8) -> Ends {
    let feeds = positions_of(block, b'\n');
    Ends { fields: positions_of(block, delimiter) | feeds, feeds }
}

/// Where a byte stands in a block: a bit for each.
#[inline]
pub(super) fn positions_of(block: &[u8; BLOCK], byte: u8) -> u64 {
    // All bytes are compared before the first bit is moved, which the compiler does sixteen at a time.
    let is_same: [u8; BLOCK] = std::array::from_fn(|index| u8::from(block[index] == byte));
    let (words, _) = is_same.as_chunks::<8>();
    let gathered = words.iter().map(|word| gathered(u64::from_le_bytes(*word)));
    gathered.enumerate().fold(0, |found, (index, bits)| found | bits << (8 * index))
}

/// The positions of the bits that are set, from the lowest on.
#[inline]
pub(super) fn bits(mut set: u64) -> impl ExactSizeIterator<Item = u32> {
    // Of a length that is known, so that there is room for all of them at once.
    (0..set.count_ones()).map(move |_| {
        let position = set.trailing_zeros();
        set &= set.wrapping_sub(1);
        position
    })
}

/// The lowest bits of eight bytes, of which no other is set, as one byte: in the product, each of them has a bit of its own in the
/// highest byte.
#[inline]
fn gathered(lowest: u64) -> u64 {
    lowest.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ends_are_those_of_memchr(
            text in proptest::collection::vec(prop_oneof![Just(b';'), Just(b'\n'), any::<u8>()], 0..300),
        ) {
            let blocks: Vec<Ends> = ends(&text, b';').collect();
            let found = |which: fn(&Ends) -> u64| -> Vec<usize> {
                let numbered = blocks.iter().enumerate();
                numbered.flat_map(|(block, ends)| bits(which(ends)).map(move |end| block * BLOCK + end as usize)).collect()
            };
            prop_assert_eq!(found(|ends| ends.fields), memchr::memchr2_iter(b';', b'\n', &text).collect::<Vec<_>>());
            prop_assert_eq!(found(|ends| ends.feeds), memchr::memchr_iter(b'\n', &text).collect::<Vec<_>>());
        }
    }
}
