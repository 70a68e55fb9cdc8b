//! A map from short texts, for columns in which a few of them stand on millions of rows.

use std::collections::HashMap;

use ahash::RandomState;

/// What texts stand for. Up to eight bytes are compared as one number, without a look at memory elsewhere.
pub(crate) struct ByteMap<V> {
    /// A power of two of places, at least half of them free.
    short: Vec<Option<(Short, V)>>,
    count: usize,
    /// Keyed by chance, so that no file can be made whose texts all lie in one place.
    state: RandomState,
    long: HashMap<Box<[u8]>, V, RandomState>,
}

/// A text of at most eight bytes: its length, and its bytes.
type Short = (u8, u64);

impl<V: Copy> Default for ByteMap<V> {
    fn default() -> Self {
        Self { short: vec![None; 16], count: 0, state: RandomState::new(), long: HashMap::default() }
    }
}

impl<V: Copy> ByteMap<V> {
    #[inline]
    pub(crate) fn get(&self, text: &[u8]) -> Option<V> {
        let Some(short) = short(text) else { return self.long.get(text).copied() };
        let mut place = self.place(short);
        while let Some((known, value)) = self.short[place] {
            if known == short {
                return Some(value);
            }
            place = (place + 1) & (self.short.len() - 1);
        }
        None
    }

    /// Adds a text, or changes what it stands for.
    pub(crate) fn insert(&mut self, text: &[u8], value: V) {
        match short(text) {
            Some(short) => self.insert_short(short, value),
            None => {
                self.long.insert(text.into(), value);
            }
        }
    }

    fn insert_short(&mut self, short: Short, value: V) {
        let mut place = self.place(short);
        while self.short[place].is_some_and(|(known, _)| known != short) {
            place = (place + 1) & (self.short.len() - 1);
        }
        self.count += usize::from(self.short[place].is_none());
        self.short[place] = Some((short, value));
        if self.count * 2 > self.short.len() {
            let grown = vec![None; self.short.len() * 2];
            let old = std::mem::replace(&mut self.short, grown);
            self.count = 0;
            old.into_iter().flatten().for_each(|(short, value)| self.insert_short(short, value));
        }
    }

    /// Where to look first.
    #[inline]
    fn place(&self, (length, bytes): Short) -> usize {
        self.state.hash_one(bytes ^ u64::from(length)) as usize & (self.short.len() - 1)
    }
}

#[inline]
fn short(text: &[u8]) -> Option<Short> {
    let mut bytes = [0; 8];
    // Copies of a length that is known are single moves.
    match text.len() {
        0 => {}
        1 => bytes[..1].copy_from_slice(text),
        2 => bytes[..2].copy_from_slice(text),
        3 => bytes[..3].copy_from_slice(text),
        4..=8 => bytes[..text.len()].copy_from_slice(text),
        _ => return None,
    }
    Some((text.len() as u8, u64::from_le_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(
            pairs in proptest::collection::vec((proptest::collection::vec(0..3_u8, 0..11), any::<u16>()), 0..200),
            others in proptest::collection::vec(proptest::collection::vec(0..3_u8, 0..11), 0..50),
        ) {
            let (mut map, mut obvious) = (ByteMap::default(), BTreeMap::new());
            for (text, value) in &pairs {
                map.insert(text, *value);
                obvious.insert(text.clone(), *value);
            }
            for text in pairs.iter().map(|(text, _)| text).chain(&others) {
                prop_assert_eq!(map.get(text), obvious.get(text).copied());
            }
        }
    }
}
