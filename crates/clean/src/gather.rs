//! Rows of an array in another order.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, FixedSizeBinaryArray, UInt32Array};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow::compute::take;
use denizen_spec::PSEUDONYM_BYTES;

use crate::batch::Result;

/// The rows of an array that have these numbers.
pub(crate) fn gather(array: &ArrayRef, rows: &UInt32Array) -> Result<ArrayRef> {
    match array.as_fixed_size_binary_opt() {
        Some(pseudonyms) if pseudonyms.value_length() == PSEUDONYM_BYTES as i32 => {
            Ok(Arc::new(gather_pseudonyms(pseudonyms, rows.values())?))
        }
        _ => take(array, rows, None),
    }
}

/// Nine bytes are none of the lengths for which arrow has a loop of its own: it would copy them by a call a row.
fn gather_pseudonyms(pseudonyms: &FixedSizeBinaryArray, rows: &[u32]) -> Result<FixedSizeBinaryArray> {
    let (values, _) = pseudonyms.value_data().as_chunks::<PSEUDONYM_BYTES>();
    let gathered: Vec<_> = rows.iter().map(|row| values[*row as usize]).collect();
    let stated = pseudonyms.nulls().map(|stated| {
        NullBuffer::new(BooleanBuffer::collect_bool(rows.len(), |index| {
            stated.is_valid(rows[index] as usize)
        }))
    });
    FixedSizeBinaryArray::try_new(PSEUDONYM_BYTES as i32, Buffer::from_vec(gathered.into_flattened()), stated)
}

/// Rows in the order of their groups, which are less than `count`; rows of one group keep their order. Also where each
/// group begins among them, and where the last ends.
pub(crate) fn by_group(groups: &[u32], count: usize) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; count + 1];
    groups.iter().for_each(|group| starts[*group as usize + 1] += 1);
    (0..count).for_each(|group| starts[group + 1] += starts[group]);
    let (mut next, mut order) = (starts.clone(), vec![0_u32; groups.len()]);
    for (row, group) in groups.iter().enumerate() {
        let next = &mut next[*group as usize];
        order[*next as usize] = row as u32;
        *next += 1;
    }
    (order, starts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_arrow_takes(
            values in proptest::collection::vec(proptest::option::of(any::<[u8; PSEUDONYM_BYTES]>()), 1..50),
            rows in proptest::collection::vec(any::<prop::sample::Index>(), 0..99),
            start in any::<prop::sample::Index>(),
        ) {
            let size = PSEUDONYM_BYTES as i32;
            let array = FixedSizeBinaryArray::try_from_sparse_iter_with_size(values.iter().copied(), size).unwrap();
            let start = start.index(values.len());
            let array: ArrayRef = Arc::new(array.slice(start, values.len() - start));
            let rows: UInt32Array = rows.iter().map(|row| row.index(array.len()) as u32).collect::<Vec<_>>().into();
            prop_assert_eq!(&gather(&array, &rows).unwrap(), &take(&array, &rows, None).unwrap());
        }
    }
}
