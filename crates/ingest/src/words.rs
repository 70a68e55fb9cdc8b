//! Columns of texts, in which few words stand on many rows: each is decoded once, and a row holds its number.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, DictionaryArray, FixedSizeBinaryArray, StringArray, StringBuilder, UInt16Array,
    UInt32Array,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow::compute::take;
use arrow::datatypes::UInt16Type;
use arrow::error::ArrowError;
use denizen_spec::{Code, PSEUDONYM_BYTES};

use crate::bytes::{ByteMap, RawField};
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

/// The words of the rows, each of which has the place of its meaning, and a note of what is wrong with them.
///
/// They are a dictionary, or plain texts where there are more words than it has numbers.
pub(crate) fn finish(
    places: &[u32],
    meanings: &[Word],
    words: ArrayRef,
    texts: &mut Texts<'_>,
) -> Result<ArrayRef, ArrowError> {
    let is_word: Vec<bool> = meanings.iter().map(|word| matches!(word, Word::Key(_))).collect();
    let all_are_words = places.iter().all(|place| is_word[*place as usize]);
    let stated = (!all_are_words).then(|| {
        note_missing(places, meanings, texts);
        NullBuffer::new(BooleanBuffer::collect_bool(places.len(), |row| is_word[places[row] as usize]))
    });
    let key = |word: &Word| if let Word::Key(key) = word { *key } else { 0 };
    let keys: Vec<u32> = meanings.iter().map(key).collect();
    let keys = places.iter().map(|place| keys[*place as usize]);
    if words.len() > usize::from(u16::MAX) {
        return take(&words, &UInt32Array::new(keys.collect::<Vec<_>>().into(), stated), None);
    }
    let keys = UInt16Array::new(keys.map(|key| key as u16).collect::<Vec<_>>().into(), stated);
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, words)?))
}

/// Notes the rows that have no word, where that is of any consequence.
fn note_missing(places: &[u32], meanings: &[Word], texts: &mut Texts<'_>) {
    let is_harmless = |word: &Word| match word {
        Word::Key(_) => true,
        Word::NotStated => !texts.required,
        Word::Aggregate | Word::Fault(_) => false,
    };
    let harmless: Vec<bool> = meanings.iter().map(is_harmless).collect();
    for (row, place) in places.iter().enumerate().filter(|(_, place)| !harmless[**place as usize]) {
        match meanings[*place as usize] {
            Word::Key(_) => {}
            Word::NotStated => texts.not_stated(row),
            Word::Aggregate => texts.state.aggregates.push(row),
            Word::Fault(reason) => texts.reject(row, reason),
        }
    }
}

/// The texts of a column as they stand.
pub(crate) fn texts(texts: &mut Texts<'_>) -> Result<ArrayRef, ArrowError> {
    let mut known = ByteMap::default();
    let (mut words, mut meanings) = (StringBuilder::new(), Vec::new());
    let places = texts.fields().map(|field| {
        known.get(field).unwrap_or_else(|| meet(texts, field, &mut known, &mut words, &mut meanings))
    });
    let places: Vec<u32> = places.collect();
    let words: StringArray = words.finish();
    finish(&places, &meanings, Arc::new(words), texts)
}

/// The place of the meaning of a field that was not met as it stands; perhaps it was without its blanks.
fn meet(
    texts: &Texts<'_>,
    field: RawField<'_>,
    known: &mut ByteMap,
    words: &mut StringBuilder,
    meanings: &mut Vec<Word>,
) -> u32 {
    let trimmed = field.trimmed();
    let place = known.get(trimmed.into()).unwrap_or_else(|| {
        meanings.push(match texts.decoder.decode(trimmed) {
            None => Word::Fault(Code::Encoding),
            Some(text) if texts.is_missing(text.as_bytes()) => Word::NotStated,
            Some(text) => {
                words.append_value(&text);
                Word::Key(words.len() as u32 - 1)
            }
        });
        meanings.len() as u32 - 1
    });
    known.insert(trimmed.into(), place);
    known.insert(field, place);
    place
}

/// The pseudonyms of the texts of a column: nine bytes each.
pub(crate) fn pseudonyms(
    texts: &mut Texts<'_>,
    pseudonymiser: &Pseudonymiser,
) -> Result<ArrayRef, ArrowError> {
    let mut values = pseudonymiser.rows(texts.rows());
    let mut missing = Vec::new();
    for (row, field) in texts.fields().enumerate() {
        match texts.decoder.utf8(field.trimmed()) {
            Some(text) if !texts.is_missing(&text) => values.set(row, &text),
            text => {
                missing.push(row);
                match text {
                    None => texts.reject(row, Code::Encoding),
                    Some(_) => texts.not_stated(row),
                }
            }
        }
    }
    let (values, stated) = (Buffer::from_vec(values.finish()), stated(texts.rows(), &missing));
    Ok(Arc::new(FixedSizeBinaryArray::try_new(PSEUDONYM_BYTES as i32, values, stated)?))
}

/// Which of so many rows state something, by those that do not; nothing when all do.
pub(crate) fn stated(rows: usize, missing: &[usize]) -> Option<NullBuffer> {
    if missing.is_empty() {
        return None;
    }
    let mut stated = vec![true; rows];
    missing.iter().for_each(|row| stated[*row] = false);
    Some(NullBuffer::from(stated))
}
