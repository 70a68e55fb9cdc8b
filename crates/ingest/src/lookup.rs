//! A map from short texts to numbers, for columns in which a few of them stand on millions of rows.

use std::collections::HashMap;

use ahash::RandomState;

/// A part of a text.
#[derive(Clone, Copy)]
pub(crate) struct RawField<'a> {
    text: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> RawField<'a> {
    #[inline]
    pub(crate) fn new(text: &'a [u8], start: usize, end: usize) -> Self {
        Self { text, start, end }
    }

    /// Its bytes, with blanks around them as they stand.
    #[inline]
    pub(crate) fn bytes(self) -> &'a [u8] {
        &self.text[self.start..self.end]
    }

    /// Its bytes without blanks around them; most have none.
    #[inline]
    pub(crate) fn trimmed(self) -> &'a [u8] {
        match self.bytes() {
            field @ [first, .., last] if *first > b' ' && *last > b' ' => field,
            field => field.trim_ascii(),
        }
    }

    /// Up to eight bytes as one number. They are read together with those that follow in the text, which is one step
    /// for any length.
    #[inline]
    fn short(self) -> Option<Short> {
        let length = self.end - self.start;
        let mask = *FIRST_BYTES.get(length)?;
        let bytes = match self.text.get(self.start..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => *bytes,
            None => {
                let mut bytes = [0; 8];
                bytes[..length].copy_from_slice(self.bytes());
                bytes
            }
        };
        Some((length as u8, u64::from_le_bytes(bytes) & mask))
    }
}

impl<'a> From<&'a [u8]> for RawField<'a> {
    fn from(text: &'a [u8]) -> Self {
        Self { text, start: 0, end: text.len() }
    }
}

/// A text of at most eight bytes: its length, and its bytes.
type Short = (u8, u64);

/// The bits of the first bytes of eight, by their number.
const FIRST_BYTES: [u64; 9] = [
    0,
    0xFF,
    0xFFFF,
    0xFF_FFFF,
    0xFFFF_FFFF,
    0xFF_FFFF_FFFF,
    0xFFFF_FFFF_FFFF,
    0xFF_FFFF_FFFF_FFFF,
    u64::MAX,
];

/// What texts stand for. Up to eight bytes are compared as one number, without a look at memory elsewhere.
pub(crate) struct ByteMap {
    /// A power of two of slots, at least half of them free.
    short: Vec<Slot>,
    count: usize,
    /// Odd and drawn by chance, so that no file can be made whose texts all fall into one slot.
    factor: u64,
    long: HashMap<Box<[u8]>, u32, RandomState>,
}

#[derive(Clone, Copy)]
struct Slot {
    text: Short,
    value: u32,
}

/// No text has this length.
const FREE: Slot = Slot { text: (u8::MAX, 0), value: 0 };

impl Default for ByteMap {
    fn default() -> Self {
        let state = RandomState::new();
        Self {
            short: vec![FREE; 16],
            count: 0,
            factor: state.hash_one(0) | 1,
            long: HashMap::with_hasher(state),
        }
    }
}

impl ByteMap {
    #[inline]
    pub(crate) fn get(&self, field: RawField<'_>) -> Option<u32> {
        let Some(short) = field.short() else { return self.long.get(field.bytes()).copied() };
        let mut index = self.first_index(short);
        loop {
            let slot = &self.short[index];
            if slot.text == short {
                return Some(slot.value);
            }
            if slot.text == FREE.text {
                return None;
            }
            index = (index + 1) & (self.short.len() - 1);
        }
    }

    /// Adds a text, or changes what it stands for.
    pub(crate) fn insert(&mut self, field: RawField<'_>, value: u32) {
        match field.short() {
            Some(text) => self.insert_short(Slot { text, value }),
            None => {
                self.long.insert(field.bytes().into(), value);
            }
        }
    }

    fn insert_short(&mut self, new: Slot) {
        let mut index = self.first_index(new.text);
        while self.short[index].text != FREE.text && self.short[index].text != new.text {
            index = (index + 1) & (self.short.len() - 1);
        }
        self.count += usize::from(self.short[index].text == FREE.text);
        self.short[index] = new;
        if self.count * 2 > self.short.len() {
            let grown = vec![FREE; self.short.len() * 2];
            let old = std::mem::replace(&mut self.short, grown);
            self.count = 0;
            old.into_iter().filter(|slot| slot.text != FREE.text).for_each(|slot| self.insert_short(slot));
        }
    }

    /// Where to look first: the highest bits of a product, which depend on all bits of the text.
    #[inline]
    fn first_index(&self, (length, bytes): Short) -> usize {
        let product = (bytes ^ u64::from(length)).wrapping_mul(self.factor);
        (product >> (u64::BITS - self.short.len().trailing_zeros())) as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(
            text in proptest::collection::vec(0..3_u8, 0..60),
            parts in proptest::collection::vec((0..60_usize, 0..11_usize, any::<bool>()), 0..200),
        ) {
            let (mut map, mut obvious) = (ByteMap::default(), BTreeMap::new());
            for (number, (start, length, is_added)) in parts.into_iter().enumerate() {
                let start = start.min(text.len());
                let field = RawField::new(&text, start, (start + length).min(text.len()));
                prop_assert_eq!(map.get(field), obvious.get(field.bytes()).copied());
                if is_added {
                    map.insert(field, number as u32);
                    obvious.insert(field.bytes(), number as u32);
                }
            }
        }
    }
}
