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
    places: HashMap<String, u32, RandomState>,
    /// Each word behind its length, as Parquet has it.
    plain: Vec<u8>,
    /// The words of the batch before and the places of those that were met: the words of all batches are often the same.
    last: Option<(ArrayRef, Vec<u32>)>,
}

impl Words {
    /// Adds the places of rows, which have the numbers of words of their own.
    pub(crate) fn place(
        &mut self,
        words: &ArrayRef,
        numbers: impl Iterator<Item = u16>,
        places: &mut Vec<u32>,
    ) {
        let last = self.last.take().filter(|(last, _)| Arc::ptr_eq(last, words));
        let (words, mut known) = last.unwrap_or_else(|| (Arc::clone(words), vec![NOT_MET; words.len()]));
        let texts = words.as_string::<i32>();
        places.extend(numbers.map(|number| match known[usize::from(number)] {
            NOT_MET => self.meet(texts, number, &mut known),
            place => place,
        }));
        self.last = Some((words, known));
    }

    #[cold]
    fn meet(&mut self, words: &StringArray, number: u16, known: &mut [u32]) -> u32 {
        let word = words.value(usize::from(number));
        let place = self.places.get(word).copied().unwrap_or_else(|| {
            self.places.insert(word.to_owned(), self.places.len() as u32);
            self.plain.extend_from_slice(&(word.len() as u32).to_le_bytes());
            self.plain.extend_from_slice(word.as_bytes());
            self.places.len() as u32 - 1
        });
        known[usize::from(number)] = place;
        place
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The words in the order of their places, as Parquet has them.
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

/// Numbers that are near: days of more than three centuries. The table grows by steps as they are met.
const NEAR: i64 = 1 << 17;
const STEP: i64 = 1 << 10;

impl Numbers {
    /// Adds the places of rows.
    pub(crate) fn place(&mut self, values: impl Iterator<Item = i64>, places: &mut Vec<u32>) {
        places.extend(values.map(|value| {
            let near = usize::try_from(value.wrapping_sub(self.low)).ok();
            let place = near.and_then(|near| self.near.get(near));
            place.copied().filter(|place| *place != NOT_MET).unwrap_or_else(|| self.meet(value))
        }));
    }

    #[cold]
    fn meet(&mut self, value: i64) -> u32 {
        if let Some(place) = self.far.get(&value) {
            return *place;
        }
        let place = self.values.len() as u32;
        self.values.push(value);
        match self.near_place(value) {
            Some(near) => *near = place,
            None => {
                self.far.insert(value, place);
            }
        }
        place
    }

    /// Where the place of a near number stands, for which the table grows.
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

    /// The numbers in the order of their places.
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
            let (mut numbers, mut places) = (Numbers::default(), Vec::new());
            numbers.place(values.iter().copied(), &mut places);
            prop_assert_eq!(numbers.values(), &obvious[..]);
            let found: Vec<i64> = places.iter().map(|place| obvious[*place as usize]).collect();
            prop_assert_eq!(found, values);
        }
    }
}
