//! Sorting of keys that begin with a pseudonym.

use crate::gather::by_group;

/// Sorts keys in half the time of the standard library's sort where their first bits are spread evenly, as those of
/// pseudonyms are: they are dealt into groups by these bits, and what is left to sort are a few keys at a time.
pub(crate) fn sort_spread(mut keys: Vec<u128>) -> Vec<u128> {
    const KEYS_OF_A_GROUP: u64 = 8;
    let first_bits = |key: &u128| (key >> 64) as u64;
    let (Some(first), Some(last)) = (keys.iter().map(first_bits).min(), keys.iter().map(first_bits).max())
    else {
        return keys;
    };
    let most_groups = keys.len() as u64 / KEYS_OF_A_GROUP + 1;
    let shift = u64::BITS - ((last - first) / most_groups).leading_zeros();
    // Bits are too few to shift by 64, where all is one group anyway.
    let group = |key: &u128| (first_bits(key) - first).checked_shr(shift).unwrap_or(0) as u32;
    let groups: Vec<u32> = keys.iter().map(group).collect();
    let count = (last - first).checked_shr(shift).unwrap_or(0) as usize + 1;
    let (order, starts) = by_group(&groups, count);
    keys = order.into_iter().map(|index| keys[index as usize]).collect();
    for bounds in starts.windows(2) {
        keys[bounds[0] as usize..bounds[1] as usize].sort_unstable();
    }
    keys
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Keys that are spread, that are crowded, and those of which the first bits are all there are.
        #[test]
        fn it_sorts(
            spread in proptest::collection::vec(any::<u128>(), 0..200),
            crowded in proptest::collection::vec((0..3_u128, 0..9_u128), 0..200),
            shift in 0..127_u32,
        ) {
            let crowded = crowded.into_iter().map(|(person, row)| (person << shift) + row);
            let keys: Vec<u128> = spread.into_iter().chain(crowded).collect();
            let mut expected = keys.clone();
            expected.sort();
            prop_assert_eq!(sort_spread(keys), expected);
        }
    }
}
