//! Records are counted by the codes of their columns.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use ahash::RandomState;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type, UInt16Type};
use arrow::error::ArrowError;

use crate::migrations::Classes;
use crate::tabulate::column;
use crate::value::Value;

/// The codes of a column, numbered from 0; the first stands for *not stated*.
pub(crate) struct Codes {
    rows: Vec<u32>,
    values: Vec<Value>,
}

/// A batch, and its columns as codes: each is made when a table asks for it first, and serves all tables.
pub(crate) struct CodedBatch<'a> {
    pub(crate) batch: &'a RecordBatch,
    codes: RefCell<HashMap<String, Rc<Codes>, RandomState>>,
    classes: RefCell<HashMap<(String, String), Rc<Classes>, RandomState>>,
}

impl<'a> CodedBatch<'a> {
    pub(crate) fn new(batch: &'a RecordBatch) -> Self {
        Self { batch, codes: RefCell::default(), classes: RefCell::default() }
    }

    /// The codes of a column.
    pub(crate) fn codes(&self, name: &str) -> Result<Rc<Codes>, ArrowError> {
        if let Some(codes) = self.codes.borrow().get(name) {
            return Ok(Rc::clone(codes));
        }
        let codes = Rc::new(Codes::new(self.batch, name)?);
        self.codes.borrow_mut().insert(name.to_owned(), Rc::clone(&codes));
        Ok(codes)
    }

    /// The months of a column of days, as numbers ([`denizen_spec::month_of`]).
    pub(crate) fn months(&self, name: &str) -> Result<Rc<Codes>, ArrowError> {
        // No column has a blank in its name.
        let key = format!("month of {name}");
        if let Some(codes) = self.codes.borrow().get(&key) {
            return Ok(Rc::clone(codes));
        }
        let codes = Rc::new(self.codes(name)?.months());
        self.codes.borrow_mut().insert(key, Rc::clone(&codes));
        Ok(codes)
    }

    /// A column made of the codes of two others; where nothing is made, it is not stated. It is made once for all that call it `name`.
    pub(crate) fn made(
        &self,
        name: &str,
        of: [&str; 2],
        make: impl Fn(&Value, &Value) -> Option<Value>,
    ) -> Result<Rc<Codes>, ArrowError> {
        if let Some(codes) = self.codes.borrow().get(name) {
            return Ok(Rc::clone(codes));
        }
        let [one, other] = [self.codes(of[0])?, self.codes(of[1])?];
        let size = other.values.len();
        let mut values = vec![Value::NotStated];
        let mut known: Vec<Option<u32>> = vec![None; one.values.len() * size];
        let mut number = |row: usize| {
            let (one_code, other_code) = (one.rows[row] as usize, other.rows[row] as usize);
            *known[one_code * size + other_code].get_or_insert_with(|| {
                let Some(value) = make(&one.values[one_code], &other.values[other_code]) else { return 0 };
                values.push(value);
                values.len() as u32 - 1
            })
        };
        let rows = (0..one.rows.len()).map(&mut number).collect();
        let codes = Rc::new(Codes { rows, values });
        self.codes.borrow_mut().insert(name.to_owned(), Rc::clone(&codes));
        Ok(codes)
    }

    /// The rows by what a rule says of them.
    pub(crate) fn classes(&self, rule: &str, direction: &str) -> Result<Rc<Classes>, ArrowError> {
        let key = (rule.to_owned(), direction.to_owned());
        if let Some(classes) = self.classes.borrow().get(&key) {
            return Ok(Rc::clone(classes));
        }
        let classes = Rc::new(Classes::new(self, rule, direction)?);
        self.classes.borrow_mut().insert(key, Rc::clone(&classes));
        Ok(classes)
    }
}

impl Codes {
    pub(crate) fn new(batch: &RecordBatch, name: &str) -> Result<Self, ArrowError> {
        let array = column(batch, name)?;
        if let Some(numbered) = array.as_dictionary_opt::<UInt16Type>() {
            let keys = numbered.keys();
            let mut rows: Vec<u32> = keys.values().iter().map(|key| u32::from(*key) + 1).collect();
            let not_stated = keys.nulls().map(|stated| !stated.inner());
            not_stated.iter().flat_map(|rows| rows.set_indices()).for_each(|row| rows[row] = 0);
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

    /// The months of days.
    fn months(&self) -> Self {
        let month = |value: &Value| match value {
            Value::Day(day) => denizen_spec::month_of(*day),
            Value::Number(_) | Value::Code(_) | Value::NotStated => None,
        };
        let months: Vec<Option<i32>> = self.values.iter().map(month).collect();
        Self::number(self.rows.iter().map(|code| months[*code as usize]), |month| Value::Number(month.into()))
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

    /// What the codes stand for, the first for *not stated*.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }

    /// The code of a row.
    pub(crate) fn of_row(&self, row: u32) -> u32 {
        self.rows[row as usize]
    }

    /// What a code stands for.
    pub(crate) fn value(&self, code: u32) -> &Value {
        &self.values[code as usize]
    }

    /// Leaves out the rows that have one of the codes; those that state none stay.
    pub(crate) fn leave_out(&self, rows: &mut Vec<u32>, unwanted: impl Fn(&str) -> bool) {
        let goes = self.values.iter().map(|value| matches!(value, Value::Code(code) if unwanted(code)));
        let goes: Vec<bool> = goes.collect();
        rows.retain(|row| !goes[self.rows[*row as usize] as usize]);
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

/// How many of the rows have each combination of codes that occurs; nothing where that is more than 64 bits hold. With weights,
/// for how many they stand, and nothing of combinations that stand for nobody.
pub(crate) fn count_groups(
    columns: &[Rc<Codes>],
    rows: &[u32],
    weights: Option<&[i64]>,
) -> Option<Vec<(Vec<Value>, i64)>> {
    let sizes: Vec<u64> = columns.iter().map(|codes| codes.values.len() as u64).collect();
    let Some(size) = sizes.iter().try_fold(1_u64, |product, size| product.checked_mul(*size)) else {
        return count_by_value(columns, rows, weights);
    };
    let group = |row: &u32| {
        let codes = columns.iter().zip(&sizes);
        codes.fold(0, |group, (codes, size)| group * size + u64::from(codes.rows[*row as usize]))
    };
    let counts: Vec<(u64, i64)> = if size <= MOST_COUNTED {
        let mut counts = vec![0_i64; size as usize];
        match weights {
            None => rows.iter().for_each(|row| counts[group(row) as usize] += 1),
            Some(weights) => rows.iter().try_for_each(|row| {
                let count = &mut counts[group(row) as usize];
                *count = count.checked_add(weights[*row as usize])?;
                Some(())
            })?,
        }
        (0..).zip(counts).filter(|(_, count)| *count > 0).collect()
    } else {
        let mut counts: HashMap<u64, i64, RandomState> = HashMap::default();
        for row in rows {
            let count = counts.entry(group(row)).or_default();
            *count = count.checked_add(weight_of(*row, weights))?;
        }
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
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
    Some(counts.into_iter().map(|(group, count)| (key(group), count)).collect())
}

/// For how many a row stands.
fn weight_of(row: u32, weights: Option<&[i64]>) -> i64 {
    weights.map_or(1, |weights| weights[row as usize])
}

/// The same where the combinations are too many to be numbered.
fn count_by_value(
    columns: &[Rc<Codes>],
    rows: &[u32],
    weights: Option<&[i64]>,
) -> Option<Vec<(Vec<Value>, i64)>> {
    let mut counts: BTreeMap<Vec<Value>, i64> = BTreeMap::new();
    for row in rows {
        let key = columns.iter().map(|codes| codes.values[codes.rows[*row as usize] as usize].clone());
        let count = counts.entry(key.collect()).or_default();
        *count = count.checked_add(weight_of(*row, weights))?;
    }
    Some(counts.into_iter().filter(|(_, count)| *count > 0).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, DictionaryArray, Int64Array, StringArray, UInt16Array};
    use proptest::collection::vec;
    use proptest::option::weighted;
    use proptest::prelude::*;

    use super::*;

    /// The types of a dimension.
    #[derive(Debug, Clone, Copy)]
    enum Kind {
        Word,
        Text,
        Number,
        Day,
    }
    use Kind::{Day, Number, Text, Word};

    const KINDS: [Kind; 4] = [Word, Text, Number, Day];

    fn array(kind: Kind, words: &ArrayRef, rows: &[Option<u8>]) -> ArrayRef {
        let rows = rows.iter().copied();
        match kind {
            Word => {
                let keys = rows.map(|row| row.map(u16::from)).collect::<UInt16Array>();
                Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, Arc::clone(words)).unwrap())
            }
            Text => Arc::new(rows.map(|row| row.map(|row| format!("t{row}"))).collect::<StringArray>()),
            Number => Arc::new(rows.map(|row| row.map(i64::from)).collect::<Int64Array>()),
            Day => Arc::new(rows.map(|row| row.map(i32::from)).collect::<Date32Array>()),
        }
    }

    fn value(kind: Kind, row: Option<u8>) -> Value {
        let Some(row) = row else { return Value::NotStated };
        match kind {
            Word => Value::Code(format!("w{row}")),
            Text => Value::Code(format!("t{row}")),
            Number => Value::Number(row.into()),
            Day => Value::Day(row.into()),
        }
    }

    /// The codes of columns of these kinds, each of so many words that are mostly not met.
    fn codes(kinds: &[Kind], words: usize, columns: &[Vec<Option<u8>>]) -> Vec<Codes> {
        let words: ArrayRef =
            Arc::new(StringArray::from_iter_values((0..words).map(|word| format!("w{word}"))));
        let arrays = kinds.iter().zip(columns).map(|(kind, rows)| array(*kind, &words, rows));
        let arrays = arrays.enumerate().map(|(index, array)| (format!("c{index}"), array, true));
        let batch = RecordBatch::try_from_iter_with_nullable(arrays).unwrap();
        (0..kinds.len()).map(|index| Codes::new(&batch, &format!("c{index}")).unwrap()).collect()
    }

    /// One row at a time: what the counts are by definition.
    fn obvious(
        kinds: &[Kind],
        columns: &[Vec<Option<u8>>],
        rows: &[u32],
        weights: Option<&[i64]>,
    ) -> BTreeMap<Vec<Value>, i64> {
        let mut counts = BTreeMap::new();
        for row in rows {
            let key: Vec<Value> =
                kinds.iter().zip(columns).map(|(kind, column)| value(*kind, column[*row as usize])).collect();
            for _ in 0..weights.map_or(1, |weights| weights[*row as usize]) {
                *counts.entry(key.clone()).or_default() += 1;
            }
        }
        counts
    }

    /// How many combinations of codes there may be; none where they have no number.
    fn combinations(codes: &[Codes]) -> Option<u64> {
        codes.iter().try_fold(1_u64, |product, codes| product.checked_mul(codes.values.len() as u64))
    }

    /// Whether a table of so many combinations is the one that is meant.
    type IsMeant = fn(Option<u64>) -> bool;

    const ROWS: usize = 60;

    proptest! {
        // Each case makes thousands of words.
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Three tables: one that is counted in an array, one that is looked up, and one whose combinations have no number.
        #[test]
        fn counts_are_those_of_the_obvious_way(
            more in vec(prop::sample::select(&KINDS[..]), 0..3),
            columns in vec(vec(weighted(0.8, 0..4_u8), ROWS), 9),
            rows in vec(0..ROWS as u32, 0..ROWS),
            weights in prop::option::of(vec(0..4_i64, ROWS)),
        ) {
            let table: [(usize, usize, IsMeant); 3] = [
                (1, 4, |combinations| combinations.is_some_and(|number| number <= MOST_COUNTED)),
                (2, 300, |combinations| combinations.is_some_and(|number| number > MOST_COUNTED)),
                (7, 1000, |combinations| combinations.is_none()),
            ];
            for (of_words, words, is_meant) in table {
                let kinds: Vec<Kind> = std::iter::repeat_n(Word, of_words).chain(more.iter().copied()).collect();
                let codes = codes(&kinds, words, &columns);
                prop_assert!(is_meant(combinations(&codes)));
                let codes: Vec<Rc<Codes>> = codes.into_iter().map(Rc::new).collect();
                let found = count_groups(&codes, &rows, weights.as_deref()).unwrap();
                let expected = obvious(&kinds, &columns, &rows, weights.as_deref());
                // No combination twice.
                prop_assert_eq!(found.len(), expected.len());
                prop_assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), expected);
            }
        }
    }

    #[test]
    fn weights_that_64_bits_do_not_hold_are_no_count() {
        for (columns, words) in [(1, 4), (2, 300), (7, 1000)] {
            let values = vec![vec![Some(0), Some(0), Some(1)]; columns];
            let codes =
                codes(&vec![Word; columns], words, &values).into_iter().map(Rc::new).collect::<Vec<_>>();
            let counts = |weights: [i64; 3]| count_groups(&codes, &[0, 1, 2], Some(&weights));
            assert_eq!(counts([i64::MAX, 1, 0]), None, "{columns}");
            assert_eq!(counts([i64::MAX, 0, 0]).map(|counts| counts.len()), Some(1), "{columns}");
        }
    }

    #[test]
    fn rows_with_wanted_codes_are_kept() {
        let columns = [vec![Some(0), None, Some(1), Some(0)]];
        for (kind, wanted, expected) in [
            (Word, "w0", vec![0, 3]),
            (Text, "t1", vec![2]),
            (Word, "w9", vec![]),
            // A number is no code.
            (Number, "0", vec![]),
        ] {
            let mut rows = vec![0, 1, 2, 3];
            codes(&[kind], 10, &columns)[0].retain(&mut rows, |code| code == wanted);
            assert_eq!(rows, expected, "{kind:?} {wanted}");
        }
    }
}
