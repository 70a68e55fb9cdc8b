//! Values of a column get numbers, in the order in which rows meet them, so that they depend on nothing but the rows.
//!
//! The encoder of the parquet crate looks the value of every row up by its hash, words that are numbered already too;
//! that took a third of the time of writing. Here nearly every row takes one look into a table.

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{ArrayRef, AsArray, StringArray};

/// A value that no row has met.
const NOT_MET: u32 = u32::MAX;

/// The words of a column chunk.
#[derive(Default)]
pub(crate) struct Words {
    indices: HashMap<String, u32, RandomState>,
    /// Each word behind its length, as Parquet has it.
    plain: Vec<u8>,
    /// The words of the batch before and the indices of those that occurred: the words of all batches are often the same.
    last: Option<(ArrayRef, Vec<u32>)>,
}

impl Words {
    /// Adds the indices of rows, which have the numbers of words of their own.
    pub(crate) fn index(
        &mut self,
        words: &ArrayRef,
        numbers: impl Iterator<Item = u16>,
        indices: &mut Vec<u32>,
    ) {
        let last = self.last.take().filter(|(last, _)| Arc::ptr_eq(last, words));
        let (words, mut known) = last.unwrap_or_else(|| (Arc::clone(words), vec![NOT_MET; words.len()]));
        let texts = words.as_string::<i32>();
        indices.extend(numbers.map(|number| match known[usize::from(number)] {
            NOT_MET => self.meet(texts, number, &mut known),
            index => index,
        }));
        self.last = Some((words, known));
    }

    #[cold]
    fn meet(&mut self, words: &StringArray, number: u16, known: &mut [u32]) -> u32 {
        let word = words.value(usize::from(number));
        let index = self.indices.get(word).copied().unwrap_or_else(|| {
            self.indices.insert(word.to_owned(), self.indices.len() as u32);
            self.plain.extend_from_slice(&(word.len() as u32).to_le_bytes());
            self.plain.extend_from_slice(word.as_bytes());
            self.indices.len() as u32 - 1
        });
        known[usize::from(number)] = index;
        index
    }

    pub(crate) fn len(&self) -> usize {
        self.indices.len()
    }

    /// The words in the order of their indices, as Parquet has them.
    pub(crate) fn plain(&self) -> &[u8] {
        &self.plain
    }
}

/// The whole numbers of a column chunk: days, years, ages.
#[derive(Default)]
pub(crate) struct Numbers {
    values: Vec<i64>,
    /// Places of the numbers from `low` on, which lie close together, and of those that lie far away.
    near: Vec<u32>,
    low: i64,
    far: HashMap<i64, u32, RandomState>,
}

/// Numbers that are near: days of more than three centuries. The table grows by steps as they occur.
const NEAR: i64 = 1 << 17;
const STEP: i64 = 1 << 10;

impl Numbers {
    /// Adds the indices of rows.
    pub(crate) fn index(&mut self, values: impl Iterator<Item = i64>, indices: &mut Vec<u32>) {
        indices.extend(values.map(|value| {
            let near = usize::try_from(value.wrapping_sub(self.low)).ok();
            let index = near.and_then(|near| self.near.get(near));
            index.copied().filter(|index| *index != NOT_MET).unwrap_or_else(|| self.meet(value))
        }));
    }

    #[cold]
    fn meet(&mut self, value: i64) -> u32 {
        if let Some(index) = self.far.get(&value) {
            return *index;
        }
        let index = self.values.len() as u32;
        self.values.push(value);
        match self.near_place(value) {
            Some(near) => *near = index,
            None => {
                self.far.insert(value, index);
            }
        }
        index
    }

    /// Where the index of a near number stands, for which the table grows.
    fn near_place(&mut self, value: i64) -> Option<&mut u32> {
        let start = value.div_euclid(STEP).checked_mul(STEP)?;
        if self.near.is_empty() {
            self.low = start;
        }
        let low = self.low.min(start);
        let end = (self.low + self.near.len() as i64).max(start.checked_add(STEP)?);
        if end.checked_sub(low)? > NEAR {
            return None;
        }
        self.near.splice(0..0, (low..self.low).map(|_| NOT_MET));
        self.near.resize((end - low) as usize, NOT_MET);
        self.low = low;
        self.near.get_mut((value - low) as usize)
    }

    /// The numbers in the order of their indices.
    pub(crate) fn values(&self) -> &[i64] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_have_the_place_where_they_were_met_first(
            drawn in proptest::collection::vec(
                prop_oneof![-9..9_i64, -400_000..400_000_i64, any::<i64>(), Just(i64::MIN), Just(i64::MAX)], 0..200),
            base in prop_oneof![Just(0_i64), any::<i64>()],
        ) {
            let values: Vec<i64> = drawn.iter().map(|value| base.wrapping_add(*value)).collect();
            let mut obvious: Vec<i64> = Vec::new();
            values.iter().for_each(|value| if !obvious.contains(value) { obvious.push(*value) });
            let (mut numbers, mut indices) = (Numbers::default(), Vec::new());
            numbers.index(values.iter().copied(), &mut indices);
            prop_assert_eq!(numbers.values(), &obvious[..]);
            let found: Vec<i64> = indices.iter().map(|index| obvious[*index as usize]).collect();
            prop_assert_eq!(found, values);
        }
    }
}
