//! Columns of texts, in which few words stand on many rows: each is decoded once, and a row holds its number.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, FixedSizeBinaryArray, NullBufferBuilder, StringArray, StringBuilder,
    UInt16Array,
};
use arrow::buffer::{Buffer, NullBuffer, ScalarBuffer};
use arrow::compute::take;
use arrow::datatypes::UInt16Type;
use arrow::error::ArrowError;
use denizen_spec::{Code, PSEUDONYM_BYTES};

use crate::bytes::ByteMap;
use crate::pseudonym::Pseudonymiser;
use crate::typed::Texts;

/// What a text is in its column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// The word of this number.
    Key(u32),
    NotStated,
    /// A code that stands for several others.
    Aggregate,
    Fault(Code),
}

/// The numbers of the words on the rows, in the making.
pub(crate) struct Keys {
    keys: Vec<u32>,
    /// Rows that state nothing, in order.
    missing: Vec<usize>,
}

impl Keys {
    pub(crate) fn new(rows: usize) -> Self {
        Self { keys: Vec::with_capacity(rows), missing: Vec::new() }
    }

    /// Adds a row, and notes what is wrong with it.
    #[inline]
    pub(crate) fn push(&mut self, row: usize, word: Word, texts: &mut Texts<'_>) {
        match word {
            Word::Key(key) => self.keys.push(key),
            word => self.push_missing(row, word, texts),
        }
    }

    fn push_missing(&mut self, row: usize, word: Word, texts: &mut Texts<'_>) {
        self.keys.push(0);
        self.missing.push(row);
        match word {
            Word::Key(_) => {}
            Word::NotStated => texts.not_stated(row),
            Word::Aggregate => texts.state.aggregates.push(row),
            Word::Fault(reason) => texts.reject(row, reason),
        }
    }

    fn stated(&self) -> Option<NullBuffer> {
        if self.missing.is_empty() {
            return None;
        }
        let mut stated = vec![true; self.keys.len()];
        self.missing.iter().for_each(|row| stated[*row] = false);
        Some(NullBuffer::from(stated))
    }

    /// The words of the rows: a dictionary, or plain texts where there are more of them than it has numbers.
    pub(crate) fn finish(self, words: ArrayRef) -> Result<ArrayRef, ArrowError> {
        let stated = self.stated();
        if words.len() > usize::from(u16::MAX) {
            return take(
                &words,
                &arrow::array::UInt32Array::new(ScalarBuffer::from(self.keys), stated),
                None,
            );
        }
        let keys = self.keys.into_iter().map(|key| key as u16).collect::<Vec<_>>();
        let keys = UInt16Array::new(ScalarBuffer::from(keys), stated);
        Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, words)?))
    }
}

/// The texts of a column as they stand.
pub(crate) fn texts(texts: &mut Texts<'_>) -> Result<ArrayRef, ArrowError> {
    let mut known: ByteMap<Word> = ByteMap::default();
    let mut words = StringBuilder::new();
    let mut count = 0;
    let mut keys = Keys::new(texts.rows());
    for (row, field) in texts.fields().enumerate() {
        let word = match known.get(field) {
            Some(word) => word,
            None => {
                let word = match texts.decoder.decode(field) {
                    None => Word::Fault(Code::Encoding),
                    Some(text) if texts.is_missing(text.as_bytes()) => Word::NotStated,
                    Some(text) => {
                        words.append_value(&text);
                        count += 1;
                        Word::Key(count - 1)
                    }
                };
                known.insert(field, word);
                word
            }
        };
        keys.push(row, word, texts);
    }
    let words: StringArray = words.finish();
    keys.finish(Arc::new(words))
}

/// The pseudonyms of the texts of a column: nine bytes each.
pub(crate) fn pseudonyms(
    texts: &mut Texts<'_>,
    pseudonymiser: &Pseudonymiser,
) -> Result<ArrayRef, ArrowError> {
    let mut values = Vec::with_capacity(texts.rows() * PSEUDONYM_BYTES);
    let mut stated = NullBufferBuilder::new(texts.rows());
    let mut scratch = Vec::new();
    for (row, field) in texts.fields().enumerate() {
        let pseudonym = match texts.decoder.utf8(field) {
            None => {
                texts.reject(row, Code::Encoding);
                None
            }
            Some(text) if texts.is_missing(&text) => {
                texts.not_stated(row);
                None
            }
            Some(text) => Some(pseudonymiser.pseudonym(&text, &mut scratch)),
        };
        stated.append(pseudonym.is_some());
        values.extend_from_slice(&pseudonym.unwrap_or_default());
    }
    let values = Buffer::from_vec(values);
    Ok(Arc::new(FixedSizeBinaryArray::try_new(PSEUDONYM_BYTES as i32, values, stated.finish())?))
}
