//! Columns of texts, in which few words stand on many rows: each is decoded once, and a row holds its number.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, FixedSizeBinaryArray, StringArray, StringBuilder, UInt16Array, UInt32Array,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow::compute::take;
use arrow::datatypes::UInt16Type;
use arrow::error::ArrowError;
use denizen_spec::{Code, PSEUDONYM_BYTES};

use crate::dictionary::{Dictionary, MAX_WORDS};
use crate::field_column::{FieldColumn, validity};
use crate::pseudonym::{Identifier, Pseudonymiser};

/// What a text is in its column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// The word of this number.
    Key(u32),
    NotStated,
    /// A code that stands for several others.
    Aggregate,
    Error(Code),
}

/// The words of the rows, each of which has the index of its meaning, and a note of what is wrong with them.
///
/// They are a dictionary, or plain texts where there are more words than it has keys.
pub(crate) fn finish(
    indices: &[u32],
    lookups: &[Lookup],
    words: ArrayRef,
    column: &mut FieldColumn<'_>,
) -> Result<ArrayRef, ArrowError> {
    let is_word: Vec<bool> = lookups.iter().map(|word| matches!(word, Lookup::Key(_))).collect();
    let all_are_words = indices.iter().all(|index| is_word[*index as usize]);
    let stated = (!all_are_words).then(|| {
        note_missing(indices, lookups, column);
        NullBuffer::new(BooleanBuffer::collect_bool(indices.len(), |row| is_word[indices[row] as usize]))
    });
    let key = |word: &Lookup| if let Lookup::Key(key) = word { *key } else { 0 };
    let keys: Vec<u32> = lookups.iter().map(key).collect();
    let keys = indices.iter().map(|index| keys[*index as usize]);
    if words.len() > MAX_WORDS {
        return take(&words, &UInt32Array::new(keys.collect::<Vec<_>>().into(), stated), None);
    }
    let keys = UInt16Array::new(keys.map(|key| key as u16).collect::<Vec<_>>().into(), stated);
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, words)?))
}

/// Notes the rows that have no word, where that is of any consequence.
fn note_missing(indices: &[u32], lookups: &[Lookup], column: &mut FieldColumn<'_>) {
    let is_harmless = |word: &Lookup| match word {
        Lookup::Key(_) => true,
        Lookup::NotStated => !column.required,
        Lookup::Aggregate | Lookup::Error(_) => false,
    };
    let harmless: Vec<bool> = lookups.iter().map(is_harmless).collect();
    for (row, index) in indices.iter().enumerate().filter(|(_, index)| !harmless[**index as usize]) {
        match lookups[*index as usize] {
            Lookup::Key(_) => {}
            Lookup::NotStated => column.not_stated(row),
            Lookup::Aggregate => column.aggregate(row),
            Lookup::Error(reason) => column.reject(row, reason),
        }
    }
}

/// The texts of a column, each a word of its dictionary; as they stand where that cannot have all words.
pub(crate) fn texts(column: &mut FieldColumn<'_>, dictionary: &Dictionary) -> Result<ArrayRef, ArrowError> {
    Ok(match dictionary.encode(column)? {
        Some(array) => array,
        None => Arc::new(plain(column)),
    })
}

fn plain(column: &mut FieldColumn<'_>) -> StringArray {
    let mut texts = StringBuilder::with_capacity(column.len(), 0);
    for (row, field) in column.fields().enumerate() {
        match column.decoder.decode(field.trimmed()) {
            None => {
                texts.append_null();
                column.reject(row, Code::Encoding);
            }
            Some(text) if column.is_missing(text.as_bytes()) => {
                texts.append_null();
                column.not_stated(row);
            }
            Some(text) if column.is_reserved(&text) => {
                texts.append_null();
                column.reject(row, Code::ReservedText);
            }
            Some(text) => texts.append_value(text),
        }
    }
    texts.finish()
}

/// The shapes of the texts of a column. They are few, and short: as plain texts they take little.
pub(crate) fn shapes(column: &mut FieldColumn<'_>) -> StringArray {
    let mut shapes = StringBuilder::with_capacity(column.len(), 2 * column.len());
    for (row, field) in column.fields().enumerate() {
        match column.decoder.decode(field.trimmed()) {
            Some(text) if !column.is_missing(text.as_bytes()) => shapes.append_value(shape(&text)),
            text => {
                shapes.append_null();
                match text {
                    None => column.reject(row, Code::Encoding),
                    Some(_) => column.not_stated(row),
                }
            }
        }
    }
    shapes.finish()
}

/// Characters of a shape; what is longer is no number or name.
const MOST_OF_SHAPE: usize = 16;

/// `9` for digits and `A` for letters, other signs as they are; each once where it stands several times.
fn shape(text: &str) -> String {
    let class = |c: char| match c {
        c if c.is_numeric() => '9',
        c if c.is_alphabetic() => 'A',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let mut shape: Vec<char> = text.chars().map(class).collect();
    shape.dedup();
    shape.into_iter().take(MOST_OF_SHAPE).collect()
}

/// The pseudonyms of the identifiers of a column: nine bytes each.
pub(crate) fn pseudonyms(
    column: &mut FieldColumn<'_>,
    pseudonymiser: &Pseudonymiser,
    identifier: Identifier,
) -> Result<ArrayRef, ArrowError> {
    let with = column.rows.header().with(column.index);
    if !with.is_empty() {
        return pseudonyms_of_keys(column, with, pseudonymiser, identifier);
    }
    let mut values = pseudonymiser.rows(column.len());
    let mut missing = Vec::new();
    for (row, field) in column.fields().enumerate() {
        match column.decoder.utf8(field.trimmed()) {
            Some(text) if !column.is_missing(&text) => match identifier {
                Identifier::Text => values.set(row, &text),
                Identifier::Name { .. } | Identifier::Integer | Identifier::Decimal(_) => {
                    match identifier.canonical(text, column.rows.is_typed(row, column.index)) {
                        Ok(canonical) => values.set(row, &canonical),
                        Err(reason) => {
                            missing.push(row);
                            column.reject(row, reason);
                        }
                    }
                }
            },
            text => {
                missing.push(row);
                match text {
                    None => column.reject(row, Code::Encoding),
                    Some(_) => column.not_stated(row),
                }
            }
        }
    }
    let validity = validity(column.len(), &missing);
    let values = Buffer::from_vec(values.finish());
    Ok(Arc::new(FixedSizeBinaryArray::try_new(PSEUDONYM_BYTES as i32, values, validity)?))
}

/// The pseudonyms of keys that are made of several fields. A key of which a part is missing identifies nobody.
fn pseudonyms_of_keys(
    column: &mut FieldColumn<'_>,
    with: Range<usize>,
    pseudonymiser: &Pseudonymiser,
    identifier: Identifier,
) -> Result<ArrayRef, ArrowError> {
    let mut values = pseudonymiser.rows(column.len());
    let mut missing = Vec::new();
    let mut key = Vec::new();
    for row in 0..column.len() {
        key.clear();
        let mut is_stated = true;
        for part in std::iter::once(column.index).chain(with.clone()) {
            match column.decoder.utf8(column.rows.field(row, part).trimmed()) {
                Some(text) if !column.is_missing(&text) => match identifier.canonical(text, false) {
                    Ok(text) => {
                        // With its length before it, so that `1` and `23` are not `12` and `3`.
                        key.extend_from_slice(&(text.len() as u32).to_le_bytes());
                        key.extend_from_slice(&text);
                    }
                    Err(reason) => {
                        is_stated = false;
                        column.reject(row, reason);
                    }
                },
                Some(_) => is_stated = false,
                None => {
                    is_stated = false;
                    column.reject(row, Code::Encoding);
                }
            }
        }
        if is_stated {
            values.set(row, &key);
        } else {
            missing.push(row);
            column.not_stated(row);
        }
    }
    let validity = validity(column.len(), &missing);
    let values = Buffer::from_vec(values.finish());
    Ok(Arc::new(FixedSizeBinaryArray::try_new(PSEUDONYM_BYTES as i32, values, validity)?))
}
