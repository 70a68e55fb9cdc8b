//! A set of codes or texts, and the rows of each.

use std::collections::{BTreeMap, HashMap};

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::UInt16Type;
use serde::{Deserialize, Serialize};

/// Texts longer than this are no codes, in bytes.
const LONGEST: usize = 200;

/// Codes or texts, and the rows of each, as long as there are few of them. Whether there are too many depends on all rows
/// together, not on their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Words {
    most: usize,
    /// None where there are too many, or where one is too long.
    counts: Option<BTreeMap<String, u64>>,
}

impl Words {
    /// Those of an array of texts, or of a dictionary of texts.
    pub(super) fn of(array: &ArrayRef, most: usize) -> Self {
        let counts = match array.as_dictionary_opt::<UInt16Type>() {
            Some(dictionary) => {
                let words = dictionary.values().as_string_opt::<i32>();
                words.and_then(|words| of_keys(dictionary.keys(), words, most))
            }
            None => array.as_string_opt::<i32>().and_then(|texts| of_texts(texts, most)),
        };
        Self { most, counts }
    }

    /// Adds those of other rows.
    pub(super) fn merge(&mut self, other: Self) {
        self.counts = match (self.counts.take(), other.counts) {
            (Some(mut counts), Some(more)) => {
                more.into_iter().for_each(|(word, rows)| *counts.entry(word).or_default() += rows);
                Some(counts).filter(|counts| counts.len() <= self.most)
            }
            (Some(_) | None, _) => None,
        };
    }

    /// Each word and its rows; none where there are too many.
    pub(super) fn counts(&self) -> Option<&BTreeMap<String, u64>> {
        self.counts.as_ref()
    }
}

/// The words of keys: each is looked at once, whatever the rows.
fn of_keys(
    keys: &arrow::array::UInt16Array,
    words: &StringArray,
    most: usize,
) -> Option<BTreeMap<String, u64>> {
    let mut rows = vec![0_u64; words.len()];
    if keys.null_count() == 0 {
        keys.values().iter().for_each(|key| rows[usize::from(*key)] += 1);
    } else {
        keys.iter().flatten().for_each(|key| rows[usize::from(key)] += 1);
    }
    if rows.iter().filter(|rows| **rows > 0).count() > most {
        return None;
    }
    let mut counts = BTreeMap::new();
    for (word, rows) in rows.iter().enumerate().filter(|(_, rows)| **rows > 0) {
        let word = words.value(word);
        if word.len() > LONGEST {
            return None;
        }
        *counts.entry(word.to_owned()).or_default() += rows;
    }
    Some(counts)
}

/// Texts as they stand: where there are more than a dictionary has keys, though not all of them in rows that got in.
fn of_texts(texts: &StringArray, most: usize) -> Option<BTreeMap<String, u64>> {
    let mut counts: HashMap<&str, u64, RandomState> = HashMap::default();
    for text in texts.iter().flatten() {
        if text.len() > LONGEST {
            return None;
        }
        *counts.entry(text).or_default() += 1;
        if counts.len() > most {
            return None;
        }
    }
    Some(counts.into_iter().map(|(text, rows)| (text.to_owned(), rows)).collect())
}
