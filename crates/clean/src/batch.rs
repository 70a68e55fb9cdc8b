//! Columns of a record batch, by what they hold.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Date32Array, Decimal128Array,
    DictionaryArray, FixedSizeBinaryArray, Int64Array, PrimitiveArray, RecordBatch, StringArray, UInt16Array,
};
use arrow::buffer::NullBuffer;
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Date32Type, Decimal128Type, Field, Int64Type, Schema, UInt16Type};
use arrow::error::ArrowError;
use denizen_spec::StepReport;

pub(crate) type Result<T> = std::result::Result<T, ArrowError>;

/// A column by its name.
pub(crate) fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    Ok(batch.column(batch.schema_ref().index_of(name)?))
}

fn typed<'a, T>(batch: &'a RecordBatch, name: &str, found: Option<&'a T>) -> Result<&'a T> {
    let kind = column(batch, name)?.data_type();
    found.ok_or_else(|| ArrowError::SchemaError(format!("the column `{name}` is of type {kind}")))
}

/// A column of days since 1970-01-01.
pub(crate) fn days<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Date32Array> {
    typed(batch, name, column(batch, name)?.as_primitive_opt::<Date32Type>())
}

/// A column of whole numbers.
pub(crate) fn integers<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Int64Array> {
    typed(batch, name, column(batch, name)?.as_primitive_opt::<Int64Type>())
}

/// A column of exact numbers.
pub(crate) fn decimals<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Decimal128Array> {
    typed(batch, name, column(batch, name)?.as_primitive_opt::<Decimal128Type>())
}

/// A column of answers: yes, no, or not known.
pub(crate) fn answers<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a BooleanArray> {
    typed(batch, name, column(batch, name)?.as_boolean_opt())
}

/// A column of pseudonyms.
pub(crate) fn pseudonyms<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a FixedSizeBinaryArray> {
    typed(batch, name, column(batch, name)?.as_fixed_size_binary_opt())
}

/// An array of pseudonyms.
pub(crate) fn as_pseudonyms(array: &ArrayRef) -> Result<&FixedSizeBinaryArray> {
    let found = array.as_fixed_size_binary_opt();
    found.ok_or_else(|| ArrowError::SchemaError(format!("pseudonyms are of type {}", array.data_type())))
}

/// A column of codes or texts: numbers of words, or the words themselves where there are too many to number.
pub(crate) enum Words<'a> {
    Numbered(&'a UInt16Array, &'a StringArray),
    Plain(&'a StringArray),
}

/// A column of codes or texts.
pub(crate) fn words<'a>(batch: &'a RecordBatch, name: &str) -> Result<Words<'a>> {
    let array = column(batch, name)?;
    let numbered = array.as_dictionary_opt::<UInt16Type>();
    let numbered = numbered.and_then(|numbered| {
        Some(Words::Numbered(numbered.keys(), numbered.values().as_string_opt::<i32>()?))
    });
    let plain = || typed(batch, name, array.as_string_opt::<i32>()).map(Words::Plain);
    numbered.map_or_else(plain, Ok)
}

impl<'a> Words<'a> {
    /// What a function makes of the word of each row; none where it is not stated. Each word is looked at once, where
    /// the words are numbered and no more than the rows.
    pub(crate) fn map<T: Copy>(&self, make: impl Fn(&'a str) -> T) -> Vec<Option<T>> {
        match self {
            Self::Plain(texts) => texts.iter().map(|text| text.map(&make)).collect(),
            // Most of them are the words of other chunks.
            Self::Numbered(keys, words) if words.len() > keys.len() => {
                (0..keys.len()).map(|row| self.get(row).map(&make)).collect()
            }
            Self::Numbered(keys, words) => {
                let made: Vec<T> = (0..words.len()).map(|key| make(words.value(key))).collect();
                keys.iter().map(|key| key.map(|key| made[usize::from(key)])).collect()
            }
        }
    }

    /// The word of a row.
    pub(crate) fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Plain(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Numbered(keys, words) => {
                keys.is_valid(row).then(|| words.value(usize::from(keys.value(row))))
            }
        }
    }
}

/// What rows state, as an array. The bits that say whether they do are packed at the end, eight at a time.
pub(crate) fn primitive<T: ArrowPrimitiveType>(
    rows: impl Iterator<Item = Option<T::Native>>,
) -> PrimitiveArray<T> {
    let (least, _) = rows.size_hint();
    let (mut values, mut stated) = (Vec::with_capacity(least), Vec::with_capacity(least));
    for row in rows {
        values.push(row.unwrap_or_default());
        stated.push(row.is_some());
    }
    let nulls = stated.contains(&false).then(|| NullBuffer::from(stated));
    PrimitiveArray::new(values.into(), nulls)
}

/// A column of a few words, given by number.
pub(crate) fn numbered<T: AsRef<str>>(
    keys: impl Iterator<Item = Option<u16>>,
    words: impl IntoIterator<Item = T>,
) -> Result<ArrayRef> {
    let words: ArrayRef = Arc::new(StringArray::from_iter_values(words));
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(primitive(keys), words)?))
}

/// The rows that stay; the others are counted as excluded.
pub(crate) fn keep(batch: &RecordBatch, stays: Vec<bool>, report: &mut StepReport) -> Result<RecordBatch> {
    let kept = filter_record_batch(batch, &BooleanArray::from(stays))?;
    report.excluded += (batch.num_rows() - kept.num_rows()) as u64;
    Ok(kept)
}

/// The batch with one more column, or with another in the place of the one of that name.
pub(crate) fn with_column(batch: RecordBatch, name: &str, array: ArrayRef) -> Result<RecordBatch> {
    let (schema, mut arrays, _) = batch.into_parts();
    let field = Arc::new(Field::new(name, array.data_type().clone(), true));
    let mut fields = schema.fields().to_vec();
    match fields.iter().position(|field| field.name() == name) {
        Some(index) => (fields[index], arrays[index]) = (field, array),
        None => {
            fields.push(field);
            arrays.push(array);
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}
