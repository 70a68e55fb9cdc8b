//! The words of a column, each with one key for all chunks.
//!
//! The chunks of one process bring a dictionary that only grows, and their keys stay as they are. Those that other
//! processes have parsed ([`crate::piece`]) bring words of their own, and get other keys.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, RecordBatch, StringArray, UInt16Array};
use arrow::datatypes::{Field, Schema, UInt16Type};

use crate::batch::Result;

/// Bytes of words that have keys. Together they stay in memory, and are few where keys are worth while.
const MAX_BYTES: usize = 1 << 25;

/// As many words as there are keys.
const MAX_WORDS: usize = 1 << 16;

/// The words of one column so far.
pub(crate) struct Dictionary {
    /// In the order of their keys.
    words: StringArray,
    /// The keys of the first words: of all, once a chunk with other keys has come, and of none before.
    keys: HashMap<String, u16, RandomState>,
    /// How many words those are.
    indexed: usize,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self { words: StringArray::from_iter_values([""; 0]), keys: HashMap::default(), indexed: 0 }
    }
}

impl Dictionary {
    /// The keys of a chunk in this dictionary; nothing when there are more words than keys, or they are too long to be
    /// kept. Which of them come first makes no difference to that.
    pub(crate) fn keys(&mut self, chunk: &DictionaryArray<UInt16Type>) -> Option<UInt16Array> {
        let words = chunk.values().as_string::<i32>();
        if begins_with(words, &self.words) {
            self.words = words.clone();
        }
        if begins_with(&self.words, words) {
            return Some(chunk.keys().clone());
        }
        let keys = self.add(words)?;
        // Where nothing is stated, the key means nothing, and is that of no word when there are no words.
        Some(chunk.keys().unary(|key| keys.get(usize::from(key)).copied().unwrap_or_default()))
    }

    /// The keys of words, which are added where they are new.
    fn add(&mut self, words: &StringArray) -> Option<Vec<u16>> {
        if self.words.value_data().len() > MAX_BYTES {
            return None;
        }
        for (key, word) in self.words.iter().enumerate().skip(self.indexed) {
            self.keys.insert(word.unwrap_or_default().to_owned(), u16::try_from(key).ok()?);
        }
        let mut new = Vec::new();
        let keys = words.iter().map(|word| self.key(word.unwrap_or_default(), &mut new));
        let keys = keys.collect::<Option<Vec<u16>>>();
        // Also when one of them gets no key: those before it have theirs.
        if !new.is_empty() {
            self.words = StringArray::from_iter_values(self.words.iter().flatten().chain(new));
        }
        self.indexed = self.words.len();
        keys.filter(|_| self.words.value_data().len() <= MAX_BYTES)
    }

    fn key<'a>(&mut self, word: &'a str, new: &mut Vec<&'a str>) -> Option<u16> {
        if let Some(key) = self.keys.get(word) {
            return Some(*key);
        }
        let key = u16::try_from(self.words.len() + new.len()).ok()?;
        new.push(word);
        self.keys.insert(word.to_owned(), key);
        Some(key)
    }

    /// The words in the order of their keys.
    pub(crate) fn words(&self) -> &StringArray {
        &self.words
    }
}

/// The words of a column that is texts, counted as long as they may be numbered.
#[derive(Default)]
pub(crate) struct WordCount {
    words: HashSet<String, RandomState>,
    bytes: usize,
}

impl WordCount {
    /// Counts the words of some rows; says whether all so far may be numbered.
    pub(crate) fn add(&mut self, texts: &ArrayRef) -> bool {
        let Some(texts) = texts.as_string_opt::<i32>() else { return false };
        for text in texts.iter().flatten() {
            if !self.words.contains(text) {
                self.bytes += text.len();
                self.words.insert(text.to_owned());
            }
            if self.words.len() > MAX_WORDS || self.bytes > MAX_BYTES {
                return false;
            }
        }
        true
    }
}

/// A batch of which some columns, which are texts, are numbered.
pub(crate) fn number_texts(batch: RecordBatch, columns: &[usize]) -> Result<RecordBatch> {
    let (schema, mut arrays, _) = batch.into_parts();
    let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
    for column in columns {
        let numbered = arrays[*column].as_string::<i32>().iter().collect::<DictionaryArray<UInt16Type>>();
        let field = fields[*column].as_ref().clone().with_data_type(numbered.data_type().clone());
        fields[*column] = Arc::new(field);
        arrays[*column] = Arc::new(numbered);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

/// Numbered rows with the words only that they have.
pub(crate) fn with_own_words(numbered: &DictionaryArray<UInt16Type>) -> Result<DictionaryArray<UInt16Type>> {
    let words = numbered.values().as_string::<i32>();
    let mut new_keys: Vec<Option<u16>> = vec![None; words.len()];
    let mut own: Vec<&str> = Vec::new();
    let mut key_of = |key: u16| {
        *new_keys[usize::from(key)].get_or_insert_with(|| {
            own.push(words.value(usize::from(key)));
            // There are no more of them than there were.
            (own.len() - 1) as u16
        })
    };
    let keys: UInt16Array = numbered.keys().iter().map(|key| key.map(&mut key_of)).collect();
    DictionaryArray::try_new(keys, Arc::new(StringArray::from_iter_values(own)))
}

/// Whether these words begin with all of those. Nearly always they are the same array, and nothing is compared.
fn begins_with(words: &StringArray, first: &StringArray) -> bool {
    let (offsets, data) = (first.value_offsets(), first.value_data());
    let is_same = std::ptr::eq(words.value_offsets(), offsets) && std::ptr::eq(words.value_data(), data);
    is_same || words.value_offsets().starts_with(offsets) && words.value_data().starts_with(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk with these words, each on one row, and a row that states nothing.
    fn chunk(words: &[String]) -> DictionaryArray<UInt16Type> {
        let keys = (0..words.len()).map(|key| Some(key as u16)).chain([None]).collect();
        DictionaryArray::new(keys, Arc::new(StringArray::from_iter_values(words)))
    }

    /// The words of all chunks, and the keys of the last.
    fn keys(chunks: &[&str]) -> (String, Vec<u16>) {
        let mut dictionary = Dictionary::default();
        let mut keys = UInt16Array::from(Vec::<u16>::new());
        for words in chunks {
            let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
            keys = dictionary.keys(&chunk(&words)).unwrap();
            let found = keys.iter().flatten().map(|key| dictionary.words().value(usize::from(key)));
            assert!(found.eq(words.iter()));
        }
        let words: Vec<&str> = dictionary.words().iter().flatten().collect();
        (words.join(" "), keys.iter().flatten().collect())
    }

    #[test]
    fn one_key_a_word() {
        let table: [(&[&str], &str, &[u16]); 8] = [
            (&[""], "", &[]),
            (&["a b"], "a b", &[0, 1]),
            // A dictionary that grows, and comes in any order.
            (&["a", "a b", ""], "a b", &[]),
            (&["a b c", "a"], "a b c", &[0]),
            // Words of other processes.
            (&["a b", "b a"], "a b", &[1, 0]),
            (&["a b", "c b", "a c"], "a b c", &[0, 2]),
            (&["a b", "c", "a b c d", "d e"], "a b c d e", &[3, 4]),
            // The bytes are the same, the words are not.
            (&["ab c", "a bc"], "ab c a bc", &[2, 3]),
        ];
        for (chunks, words, expected) in table {
            assert_eq!(keys(chunks), (words.to_owned(), expected.to_vec()), "{chunks:?}");
        }
    }

    #[test]
    fn keys_of_a_dictionary_that_grows_are_not_copied() {
        let mut dictionary = Dictionary::default();
        for words in ["a b", "a b c"] {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            let chunk = chunk(&words);
            assert!(dictionary.keys(&chunk).unwrap().values().ptr_eq(chunk.keys().values()));
        }
        assert!(dictionary.keys.is_empty());
    }

    #[test]
    fn what_has_no_key_changes_no_other() {
        let numbers =
            |range: std::ops::Range<u32>| range.map(|number| number.to_string()).collect::<Vec<_>>();
        let long = |letter: &str| vec![letter.repeat(MAX_BYTES / 2 + 1)];
        for (first, second) in [(numbers(0..60_000), numbers(59_000..70_000)), (long("a"), long("b"))] {
            let mut dictionary = Dictionary::default();
            assert!(dictionary.keys(&chunk(&first)).is_some());
            assert!(dictionary.keys(&chunk(&second)).is_none());
            let keys = dictionary.keys(&chunk(&first)).unwrap();
            assert!(keys.iter().flatten().eq(0..first.len() as u16));
            assert!(dictionary.words().iter().flatten().take(first.len()).eq(first.iter()));
            assert!(dictionary.keys(&chunk(&second)).is_none());
        }
    }

    #[test]
    fn as_many_words_as_have_keys() {
        let texts = |numbers: std::ops::Range<usize>| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(numbers.map(|number| number.to_string())))
        };
        let mut words = WordCount::default();
        assert!(words.add(&texts(0..40_000)));
        assert!(words.add(&texts(20_000..1 << 16)));
        assert!(!words.add(&texts(1 << 16..(1 << 16) + 1)));
        let long: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(MAX_BYTES), "y".to_owned()]));
        assert!(WordCount::default().add(&long.slice(0, 1)));
        assert!(!WordCount::default().add(&long));
    }

    #[test]
    fn no_more_words_than_rows_have() {
        let words: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let some = chunk(&words).slice(2, 3);
        let some = some.as_any().downcast_ref::<DictionaryArray<UInt16Type>>().unwrap();
        let own = with_own_words(some).unwrap();
        assert_eq!(own.values().as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["c", "d"]);
        assert_eq!(own.keys().iter().collect::<Vec<_>>(), [Some(0), Some(1), None]);
    }
}
