//! The words of a column, each with one number for all chunks.

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{ArrayRef, StringArray, UInt16Array};

/// Bytes of words that are numbered. Together they stay in memory, and are few where numbers are worth while.
const MOST_BYTES: usize = 1 << 25;

/// The words of one column that were met so far.
#[derive(Default)]
pub(crate) struct Dictionary {
    words: Vec<String>,
    bytes: usize,
    places: HashMap<String, u16, RandomState>,
    /// The words of the chunk before, which are often those of the next.
    last: Option<(ArrayRef, Arc<Vec<u16>>)>,
}

impl Dictionary {
    /// The numbers of words; nothing when there are more words than numbers, or they are too long to be kept. Which of
    /// them come first makes no difference to that.
    pub(crate) fn places(&mut self, words: &ArrayRef, texts: &StringArray) -> Option<Arc<Vec<u16>>> {
        if let Some((_, places)) = self.last.as_ref().filter(|(last, _)| Arc::ptr_eq(last, words)) {
            return Some(Arc::clone(places));
        }
        let places = texts.iter().map(|word| self.place(word.unwrap_or_default()));
        let places = Arc::new(places.collect::<Option<Vec<u16>>>()?);
        self.last = Some((Arc::clone(words), Arc::clone(&places)));
        Some(places)
    }

    fn place(&mut self, word: &str) -> Option<u16> {
        if let Some(place) = self.places.get(word) {
            return Some(*place);
        }
        let place = u16::try_from(self.words.len()).ok()?;
        self.bytes = Some(self.bytes + word.len()).filter(|bytes| *bytes <= MOST_BYTES)?;
        self.words.push(word.to_owned());
        self.places.insert(word.to_owned(), place);
        Some(place)
    }

    /// The words in the order of their numbers.
    pub(crate) fn words(&self) -> ArrayRef {
        Arc::new(StringArray::from_iter_values(&self.words))
    }
}

/// Keys with other numbers.
pub(crate) fn renumbered(keys: &UInt16Array, places: &[u16]) -> UInt16Array {
    if places.iter().enumerate().all(|(old, new)| old == usize::from(*new)) {
        return keys.clone();
    }
    // Where nothing is stated, the number means nothing, and is that of no word when there are no words.
    let number = |key: u16| places.get(usize::from(key)).copied().unwrap_or_default();
    keys.unary(number)
}
