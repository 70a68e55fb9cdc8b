//! A published table as columns, read from Parquet or CSV.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, StringArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type};
use denizen_spec::{Code, Date, Diagnostic};

use crate::chunks::Chunks;

/// The key of a value that is not there.
pub(crate) const NONE: u32 = u32::MAX;

/// A column of texts, each distinct text once. Numbers and days are texts here, as they would be written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Column {
    /// The texts, in the order in which they are met.
    pub(crate) words: Vec<String>,
    /// The place of the text of each row; [`NONE`] where there is none.
    pub(crate) keys: Vec<u32>,
    places: HashMap<String, u32>,
}

impl Column {
    /// The key of a text, which is one of the words from now on.
    pub(crate) fn key_of(&mut self, text: &str) -> u32 {
        if let Some(key) = self.places.get(text) {
            return *key;
        }
        let key = self.words.len() as u32;
        self.words.push(text.to_owned());
        self.places.insert(text.to_owned(), key);
        key
    }

    /// Appends the keys of the rows of an array; new texts become words.
    ///
    /// # Errors
    ///
    /// What the array holds, where that is nothing that tables hold.
    pub(crate) fn encode(&mut self, array: &ArrayRef, keys: &mut Vec<u32>) -> Result<(), String> {
        match array.data_type() {
            DataType::Utf8 => self.encode_texts(array.as_string(), keys),
            DataType::Dictionary(..) => self.encode_dictionary(array.as_dictionary(), keys)?,
            DataType::Int64 => {
                let numbers = array.as_primitive::<Int64Type>().iter();
                self.encode_each(numbers, i64::to_string, keys);
            }
            DataType::Float64 => {
                let bits = array.as_primitive::<Float64Type>().iter().map(|number| number.map(f64::to_bits));
                self.encode_each(bits, |bits| f64::from_bits(*bits).to_string(), keys);
            }
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>().iter();
                let days = days.map(|day| day.filter(|day| Date::from_days(*day).is_some()));
                let text = |day: &i32| Date::from_days(*day).map_or(String::new(), |day| day.to_string());
                self.encode_each(days, text, keys);
            }
            other => return Err(other.to_string()),
        }
        Ok(())
    }

    fn encode_texts(&mut self, texts: &StringArray, keys: &mut Vec<u32>) {
        let mut last = NONE;
        for text in texts {
            // Rows are sorted: most have the text of the row before.
            last = match text {
                None => NONE,
                Some(text) if self.word(last) == Some(text) => last,
                Some(text) => self.key_of(text),
            };
            keys.push(last);
        }
    }

    fn encode_dictionary(
        &mut self,
        array: &DictionaryArray<Int32Type>,
        keys: &mut Vec<u32>,
    ) -> Result<(), String> {
        let texts = array.values().as_string_opt::<i32>().ok_or_else(|| array.data_type().to_string())?;
        let mut known = vec![NONE; texts.len()];
        for entry in array.keys_iter() {
            keys.push(match entry {
                None => NONE,
                Some(entry) => {
                    if known[entry] == NONE {
                        known[entry] = self.key_of(texts.value(entry));
                    }
                    known[entry]
                }
            });
        }
        Ok(())
    }

    /// The same of values that are written as texts, each once.
    fn encode_each<T: Eq + Hash + Copy>(
        &mut self,
        values: impl Iterator<Item = Option<T>>,
        text: impl Fn(&T) -> String,
        keys: &mut Vec<u32>,
    ) {
        let (mut known, mut last) = (HashMap::new(), (None, NONE));
        for value in values {
            if value != last.0 {
                let key = value
                    .map_or(NONE, |value| *known.entry(value).or_insert_with(|| self.key_of(&text(&value))));
                last = (value, key);
            }
            keys.push(last.1);
        }
    }

    /// The text of a row.
    pub(crate) fn text(&self, row: usize) -> Option<&str> {
        self.word(*self.keys.get(row)?)
    }

    /// The text of a key.
    pub(crate) fn word(&self, key: u32) -> Option<&str> {
        self.words.get(key as usize).map(String::as_str)
    }

    /// The key of a text.
    pub(crate) fn key(&self, text: &str) -> Option<u32> {
        self.places.get(text).copied()
    }

    /// The number that each row holds; not a number where it holds none.
    pub(crate) fn numbers(&self) -> Vec<f64> {
        let words: Vec<f64> = self.words.iter().map(|word| word.parse().unwrap_or(f64::NAN)).collect();
        self.keys.iter().map(|key| words.get(*key as usize).copied().unwrap_or(f64::NAN)).collect()
    }
}

/// Reads some columns of a table; those that it does not have are not among what is given back.
pub(crate) fn read(path: &Path, names: &[&str]) -> Result<HashMap<String, Column>, Diagnostic> {
    let mut chunks = Chunks::open(path, names)?;
    let mut columns: Vec<Column> = vec![Column::default(); names.len()];
    while let Some(chunk) = chunks.next()? {
        for (place, column) in columns.iter_mut().enumerate() {
            if let Some(array) = chunk.column(place) {
                let mut keys = std::mem::take(&mut column.keys);
                column.encode(array, &mut keys).map_err(|kind| holds(path, names[place], &kind))?;
                column.keys = keys;
            }
        }
    }
    // Also where there are no rows.
    let columns = names.iter().zip(columns).map(|(name, column)| ((*name).to_owned(), column));
    Ok(columns.filter(|(name, _)| chunks.found().contains(name)).collect())
}

/// What is said of a column of another kind than tables hold.
pub(crate) fn holds(path: &Path, name: &str, kind: &str) -> Diagnostic {
    unreadable(path, format!("`{name}` holds {kind}"))
}

/// What is said of a file of a release that cannot be read.
pub(crate) fn unreadable(path: &Path, error: impl std::fmt::Display) -> Diagnostic {
    let message = format!("`{}` of the release cannot be read", path.display());
    Diagnostic::error(Code::NoRelease, message).note(error.to_string())
}
