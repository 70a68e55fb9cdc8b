//! What the fields of rows say, for keys that are compared and properties of which a person has one.

use arrow::array::{Array, AsArray, Date32Array, FixedSizeBinaryArray, Int64Array, RecordBatch, UInt64Array};
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use arrow::error::ArrowError;
use denizen_spec::PSEUDONYM_BYTES;

use crate::batch::{self, Result, Words};

pub(crate) type Pseudonym = [u8; PSEUDONYM_BYTES];

/// A column that a key or a property is made of.
pub(crate) enum Field<'a> {
    Pseudonyms(&'a FixedSizeBinaryArray),
    Days(&'a Date32Array),
    Numbers(&'a Int64Array),
    Words(Words<'a>),
}

impl<'a> Field<'a> {
    pub(crate) fn of(batch: &'a RecordBatch, name: &str) -> Result<Self> {
        let array = batch::column(batch, name)?;
        Ok(match array.data_type() {
            DataType::FixedSizeBinary(_) => Self::Pseudonyms(array.as_fixed_size_binary()),
            DataType::Date32 => Self::Days(array.as_primitive::<Date32Type>()),
            DataType::Int64 => Self::Numbers(array.as_primitive::<Int64Type>()),
            DataType::Utf8 | DataType::Dictionary(..) => Self::Words(batch::words(batch, name)?),
            other => {
                return Err(ArrowError::SchemaError(format!("the column `{name}` is of type {other}")));
            }
        })
    }

    /// Writes what a row states, and says whether it states anything.
    fn write(&self, row: usize, message: &mut Vec<u8>) -> bool {
        match self {
            Self::Pseudonyms(array) if array.is_valid(row) => message.extend_from_slice(array.value(row)),
            Self::Days(array) if array.is_valid(row) => {
                message.extend_from_slice(&array.value(row).to_le_bytes());
            }
            Self::Numbers(array) if array.is_valid(row) => {
                message.extend_from_slice(&array.value(row).to_le_bytes());
            }
            Self::Pseudonyms(_) | Self::Days(_) | Self::Numbers(_) => return false,
            Self::Words(words) => match words.get(row) {
                Some(word) => message.extend_from_slice(word.as_bytes()),
                None => return false,
            },
        }
        true
    }

    /// Numbers of which unlike ones are unlike values: dates and numbers themselves, of others 64 bits of a hash.
    pub(crate) fn properties(&self) -> UInt64Array {
        match self {
            Self::Pseudonyms(array) => (0..array.len())
                .map(|row| array.is_valid(row).then(|| first_bits(array.value(row))))
                .collect(),
            Self::Days(array) => {
                array.iter().map(|day| day.map(|day| u64::from(day.cast_unsigned()))).collect()
            }
            Self::Numbers(array) => array.iter().map(|number| number.map(i64::cast_unsigned)).collect(),
            Self::Words(words) => {
                words.map(|word| first_bits(blake3::hash(word.as_bytes()).as_bytes())).into_iter().collect()
            }
        }
    }
}

impl Field<'_> {
    /// What a row states, of columns that are not personal.
    pub(crate) fn shown(&self, row: usize) -> Option<String> {
        match self {
            Self::Days(array) => array.is_valid(row).then(|| array.value(row).to_string()),
            Self::Numbers(array) => array.is_valid(row).then(|| array.value(row).to_string()),
            Self::Words(words) => words.get(row).map(str::to_owned),
            Self::Pseudonyms(_) => None,
        }
    }
}

fn first_bits(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// The columns of one key, of which the number is part of what is hashed: one value under two keys is two.
pub(crate) struct Key<'a> {
    number: u8,
    fields: Vec<Field<'a>>,
}

impl<'a> Key<'a> {
    pub(crate) fn of(batch: &'a RecordBatch, number: usize, columns: &[String]) -> Result<Self> {
        let fields = columns.iter().map(|column| Field::of(batch, column));
        Ok(Self { number: number as u8, fields: fields.collect::<Result<_>>()? })
    }

    /// 72 bits of the hash of what a row states; none where it leaves a column out.
    pub(crate) fn hash(&self, row: usize, message: &mut Vec<u8>) -> Option<Pseudonym> {
        message.clear();
        message.push(self.number);
        for field in &self.fields {
            let start = message.len();
            message.extend_from_slice(&[0; 4]);
            if !field.write(row, message) {
                return None;
            }
            // With its length before it, so that `1` and `23` are not `12` and `3`.
            let length = (message.len() - start - 4) as u32;
            message[start..start + 4].copy_from_slice(&length.to_le_bytes());
        }
        Some(shortened(&blake3::hash(message)))
    }
}

/// The pseudonym of a person who is known by keys only.
pub(crate) fn person_of(key: &Pseudonym) -> Pseudonym {
    // The least of several keys begins with zeros oftener than others; partitions want all beginnings alike.
    const PERSON: [u8; 32] = *b"denizen 2026: person of keys ---";
    shortened(&blake3::keyed_hash(&PERSON, key))
}

fn shortened(hash: &blake3::Hash) -> Pseudonym {
    *hash.as_bytes().first_chunk().unwrap_or(&[0; PSEUDONYM_BYTES])
}
