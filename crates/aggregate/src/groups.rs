//! Records are counted by the codes of their columns.

use std::collections::{BTreeMap, HashMap};

use ahash::RandomState;
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type, UInt16Type};
use arrow::error::ArrowError;

use crate::value::Value;
use crate::tabulate::column;

/// The codes of a column, numbered from 0; the first stands for *not stated*.
pub(crate) struct Codes {
    rows: Vec<u32>,
    values: Vec<Value>,
}

impl Codes {
    pub(crate) fn new(batch: &RecordBatch, name: &str) -> Result<Self, ArrowError> {
        let array = column(batch, name)?;
        if let Some(numbered) = array.as_dictionary_opt::<UInt16Type>() {
            let rows = numbered.keys().iter().map(|key| key.map_or(0, |key| u32::from(key) + 1)).collect();
            let words = numbered.values().as_string::<i32>().iter();
            let words = words.map(|word| Value::code(word.unwrap_or_default()));
            return Ok(Self { rows, values: [Value::NotStated].into_iter().chain(words).collect() });
        }
        if let Some(texts) = array.as_string_opt::<i32>() {
            return Ok(Self::number(texts.iter(), Value::code));
        }
        if let Some(numbers) = array.as_primitive_opt::<Int64Type>() {
            return Ok(Self::number(numbers.iter(), Value::Number));
        }
        match array.as_primitive_opt::<Date32Type>() {
            Some(days) => Ok(Self::number(days.iter(), Value::Day)),
            None => Err(ArrowError::SchemaError(format!("`{name}` is no dimension"))),
        }
    }

    /// Numbers values in the order in which they are met.
    fn number<T: Copy + Eq + std::hash::Hash>(
        values: impl Iterator<Item = Option<T>>,
        make: impl Fn(T) -> Value,
    ) -> Self {
        let mut codes = Self { rows: Vec::new(), values: vec![Value::NotStated] };
        let mut known: HashMap<T, u32, RandomState> = HashMap::default();
        for value in values {
            let code = value.map_or(0, |value| {
                *known.entry(value).or_insert_with(|| {
                    codes.values.push(make(value));
                    codes.values.len() as u32 - 1
                })
            });
            codes.rows.push(code);
        }
        codes
    }

    /// Keeps the rows that have one of the wanted codes.
    pub(crate) fn retain(&self, rows: &mut Vec<u32>, wanted: impl Fn(&str) -> bool) {
        let kept = self.values.iter().map(|value| matches!(value, Value::Code(code) if wanted(code)));
        let kept: Vec<bool> = kept.collect();
        rows.retain(|row| kept[self.rows[*row as usize] as usize]);
    }
}

/// Combinations of codes that are counted in a table; where there may be more, they are looked up.
const MOST_COUNTED: u64 = 1 << 16;

/// How many of the rows have each combination of codes that occurs.
pub(crate) fn count_groups(columns: &[Codes], rows: &[u32]) -> Vec<(Vec<Value>, i64)> {
    let sizes: Vec<u64> = columns.iter().map(|codes| codes.values.len() as u64).collect();
    let Some(size) = sizes.iter().try_fold(1_u64, |product, size| product.checked_mul(*size)) else {
        return count_by_value(columns, rows);
    };
    let group = |row: &u32| {
        let codes = columns.iter().zip(&sizes);
        codes.fold(0, |group, (codes, size)| group * size + u64::from(codes.rows[*row as usize]))
    };
    let counts: Vec<(u64, i64)> = if size <= MOST_COUNTED {
        let mut counts = vec![0; size as usize];
        rows.iter().for_each(|row| counts[group(row) as usize] += 1);
        (0..).zip(counts).filter(|(_, count)| *count > 0).collect()
    } else {
        let mut counts: HashMap<u64, i64, RandomState> = HashMap::default();
        rows.iter().for_each(|row| *counts.entry(group(row)).or_default() += 1);
        counts.into_iter().collect()
    };
    let key = |mut group: u64| {
        let codes = columns.iter().zip(&sizes).rev().map(|(codes, size)| {
            let value = codes.values[(group % size) as usize].clone();
            group /= size;
            value
        });
        let mut key: Vec<Value> = codes.collect();
        key.reverse();
        key
    };
    counts.into_iter().map(|(group, count)| (key(group), count)).collect()
}

/// The same where the combinations are too many to be numbered.
fn count_by_value(columns: &[Codes], rows: &[u32]) -> Vec<(Vec<Value>, i64)> {
    let mut counts: BTreeMap<Vec<Value>, i64> = BTreeMap::new();
    for row in rows {
        let key = columns.iter().map(|codes| codes.values[codes.rows[*row as usize] as usize].clone());
        *counts.entry(key.collect()).or_default() += 1;
    }
    counts.into_iter().collect()
}
