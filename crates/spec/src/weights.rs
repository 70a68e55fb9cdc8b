//! Weights by which the cells of a state that has ended are divided among those that followed it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Parts of a whole: weights are whole numbers of these.
pub const WHOLE: i128 = 1_000_000_000;

/// The weights of one column of cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// The column.
    pub column: String,
    /// Their file, relative to the project, and its SHA-256 in hexadecimal.
    pub file: (String, String),
    /// By the code that is divided: codes and weights, which add up to [`WHOLE`].
    pub parts: BTreeMap<String, Vec<(String, i128)>>,
}

/// A value divided by weights that add up to [`WHOLE`]. The parts are whole numbers that add up to the value: each is
/// rounded down, and what is left goes to those that lost most (largest remainder; of equals, to the first).
///
/// ```
/// use denizen_spec::divided;
///
/// let third = 333_333_333;
/// assert_eq!(divided(10, &[third, third, third + 1]), [3, 3, 4]);
/// // Rounded down, all parts are -1; the two that lost most get one back.
/// assert_eq!(divided(-1, &[third, third, third + 1]), [0, 0, -1]);
/// ```
pub fn divided(value: i128, weights: &[i128]) -> Vec<i128> {
    let exact = |weight: &i128| value * weight;
    let mut parts: Vec<i128> = weights.iter().map(|weight| exact(weight).div_euclid(WHOLE)).collect();
    let lost = |index: &usize| exact(&weights[*index]).rem_euclid(WHOLE);
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(lost(index)));
    let left = value - parts.iter().sum::<i128>();
    order.into_iter().take(usize::try_from(left).unwrap_or_default()).for_each(|index| parts[index] += 1);
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Parts add up to the value, and none is further from its share than one.
        #[test]
        fn nothing_is_lost(
            value in -1_000_000_000_000_000_000..1_000_000_000_000_000_000_i128,
            cuts in proptest::collection::vec(0..=WHOLE, 0..6),
        ) {
            let mut cuts = cuts;
            cuts.extend([0, WHOLE]);
            cuts.sort_unstable();
            let weights: Vec<i128> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let parts = divided(value, &weights);
            prop_assert_eq!(parts.iter().sum::<i128>(), value);
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!((part * WHOLE - value * weight).abs() < WHOLE);
            }
        }
    }
}
