//! Columns of batches as levels and indices, and values in units of their last decimal.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use ahash::RandomState;
use arrow::array::{Array, AsArray, RecordBatch, StringArray, UInt16Array, make_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType as ArrowType, Date32Type, Decimal128Type, Int64Type, UInt16Type};
use arrow::error::ArrowError;
use denizen_spec::columns;
use polars::prelude::*;

use crate::value::{Levels, Value};

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a dyn Array, ArrowError> {
    Ok(batch.column(batch.schema_ref().index_of(name)?))
}

/// A column of all batches as levels and a column of indices.
pub(super) fn coded(
    batches: &[RecordBatch],
    name: &str,
    of_frame: PlSmallStr,
) -> Result<(Levels, Column), Box<dyn std::error::Error>> {
    let arrays = batches.iter().map(|batch| column(batch, name)).collect::<Result<Vec<_>, _>>()?;
    let totals = totals(batches, name);
    let of_type = |kind: &ArrowType| arrays.iter().all(|array| array.data_type() == kind);
    let (levels, indices) = if of_type(&ArrowType::Int64) {
        let numbers = || arrays.iter().flat_map(|array| array.as_primitive::<Int64Type>());
        encoded(|| or_total(numbers(), &totals), |number| number.map_or_else(Value::total, Value::Number))
    } else if of_type(&ArrowType::Date32) {
        let days = || arrays.iter().flat_map(|array| array.as_primitive::<Date32Type>());
        encoded(|| or_total(days(), &totals), |day| day.map_or_else(Value::total, Value::Day))
    } else {
        // As it stands in the file, it has keys of 32 bits.
        let plain = arrays.iter().map(|array| match array.data_type() {
            ArrowType::Dictionary(keys, _) if **keys == ArrowType::UInt32 => cast(*array, &ArrowType::Utf8),
            _ => Ok(make_array(array.to_data())),
        });
        let plain = plain.collect::<Result<Vec<_>, _>>()?;
        let texts = plain.iter().map(|array| texts(array)).collect::<Result<Vec<_>, _>>()?;
        encoded(|| texts.iter().flat_map(|texts| texts.clone()), Value::code)
    };
    Ok((levels, crate::counts::indices(of_frame, indices)))
}

/// Which rows of a dimension of numbers or dates are its total; empty where it has none.
fn totals(batches: &[RecordBatch], name: &str) -> Vec<bool> {
    let of_batch = |batch: &RecordBatch| {
        let column = batch.column_by_name(&columns::is_total(name))?;
        Some(column.as_boolean_opt()?.iter().map(|is_total| is_total == Some(true)).collect::<Vec<_>>())
    };
    let found: Option<Vec<Vec<bool>>> = batches.iter().map(of_batch).collect();
    found.unwrap_or_default().concat()
}

/// Each value, or none where the row is a total; nothing where it is not stated.
fn or_total<T>(
    values: impl Iterator<Item = Option<T>>,
    totals: &[bool],
) -> impl Iterator<Item = Option<Option<T>>> {
    values.enumerate().map(|(row, value)| match totals.get(row) {
        Some(true) => Some(None),
        Some(false) | None => value.map(Some),
    })
}

/// The texts of an array of texts, or of a dictionary of texts.
pub(super) fn texts<'a>(array: &'a dyn Array) -> Result<Texts<'a>, ArrowError> {
    if let Some(texts) = array.as_string_opt::<i32>() {
        return Ok(Texts { keys: None, words: texts, row: 0 });
    }
    let dictionary = array.as_dictionary_opt::<UInt16Type>();
    let words = dictionary.and_then(|dictionary| dictionary.values().as_string_opt::<i32>());
    match dictionary.zip(words) {
        Some((dictionary, words)) => Ok(Texts { keys: Some(dictionary.keys()), words, row: 0 }),
        None => Err(ArrowError::SchemaError(format!("{} is no type of a dimension", array.data_type()))),
    }
}

#[derive(Clone)]
pub(super) struct Texts<'a> {
    keys: Option<&'a UInt16Array>,
    words: &'a StringArray,
    row: usize,
}

impl<'a> Iterator for Texts<'a> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.row;
        let rows = self.keys.map_or(self.words.len(), Array::len);
        if row >= rows {
            return None;
        }
        self.row += 1;
        let word = match self.keys {
            None => Some(row),
            Some(keys) => keys.is_valid(row).then(|| usize::from(keys.value(row))),
        };
        Some(word.filter(|word| self.words.is_valid(*word)).map(|word| self.words.value(word)))
    }
}

/// Values as levels and indices; null is *not stated*.
pub(super) fn encoded<T: Copy + Eq + Hash, I: Iterator<Item = Option<T>>>(
    values: impl Fn() -> I,
    value: impl Fn(T) -> Value,
) -> (Levels, Vec<u32>) {
    let distinct: HashSet<Option<T>, RandomState> = values().collect();
    let of = |found: Option<T>| found.map_or(Value::NotStated, &value);
    let levels = Levels::new(distinct.iter().copied().map(of));
    let index = |found: &Option<T>| (*found, levels.index(&of(*found)).unwrap_or_default());
    let indices: HashMap<Option<T>, u32, RandomState> = distinct.iter().map(index).collect();
    let rows = values().map(|found| indices[&found]).collect();
    (levels, rows)
}

/// The values of all cells in units of their last decimal, and the number of decimals.
pub(super) fn values(batches: &[RecordBatch]) -> Result<(u8, Vec<Option<i64>>), ArrowError> {
    let (mut scale, mut values) = (None, Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum()));
    for batch in batches {
        let array = column(batch, columns::VALUE)?;
        let of_batch = match array.data_type() {
            ArrowType::Int64 => {
                values.extend(array.as_primitive::<Int64Type>());
                0
            }
            ArrowType::Decimal128(_, scale) => {
                for value in array.as_primitive::<Decimal128Type>() {
                    values.push(value.map(i64::try_from).transpose().map_err(|_| {
                        ArrowError::ComputeError("a decimal has more than 18 digits".to_owned())
                    })?);
                }
                u8::try_from(*scale).map_err(|_| ArrowError::SchemaError(format!("{scale} decimals")))?
            }
            other => return Err(ArrowError::SchemaError(format!("values are of type {other}"))),
        };
        if *scale.get_or_insert(of_batch) != of_batch {
            return Err(ArrowError::SchemaError("values have different numbers of decimals".to_owned()));
        }
    }
    Ok((scale.unwrap_or(0), values))
}
