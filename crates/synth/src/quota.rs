//! Quotas: totals that come out exact, with each member's share computable from its position alone.

/// `count` at `scale`, to the nearest whole. One multiplication and one rounding are the same on every machine.
pub(super) fn scaled(count: u64, scale: f64) -> u64 {
    (count as f64 * scale).round() as u64
}

/// `count * part / whole` without overflow.
pub(super) fn proportion(count: u64, part: u64, whole: u64) -> u64 {
    (u128::from(count) * u128::from(part) / u128::from(whole.max(1))) as u64
}

/// Divides `total` in proportion to `weights` by largest remainder; the earlier one wins a tie.
pub(super) fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u64 = weights.iter().sum();
    let mut parts: Vec<u64> = weights.iter().map(|&weight| proportion(total, weight, sum)).collect();
    let remainder = |index: &usize| u128::from(total) * u128::from(weights[*index]) % u128::from(sum.max(1));
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(remainder(index)), *index));
    let missing = total - parts.iter().sum::<u64>();
    order.iter().take(missing as usize).for_each(|&index| parts[index] += 1);
    parts
}

/// Whether position `index` of `total` is one of the `chosen`, which are spread evenly over the positions.
pub(super) fn is_chosen(index: u64, chosen: u64, total: u64) -> bool {
    proportion(index + 1, chosen, total) > proportion(index, chosen, total)
}

/// Values that each hold a run of consecutive positions.
pub(super) struct Shares<T> {
    ends: Vec<u64>,
    values: Vec<T>,
}

impl<T: Copy> Shares<T> {
    pub(super) fn new(counts: impl IntoIterator<Item = (T, u64)>) -> Self {
        let mut end = 0;
        let (values, ends) = counts
            .into_iter()
            .map(|(value, count)| {
                end += count;
                (value, end)
            })
            .unzip();
        Self { ends, values }
    }

    pub(super) fn total(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The value at a position below the total.
    pub(super) fn at(&self, position: u64) -> T {
        self.values[self.ends.partition_point(|&end| end <= position)]
    }
}

/// A shuffle of `0..size` that is computed element by element and never stored.
///
/// A Feistel network over the smallest power of two that holds `size`, walked until it lands inside.
pub(super) struct Permutation {
    size: u64,
    high_bits: u32,
    low_bits: u32,
    key: u64,
}

impl Permutation {
    pub(super) fn new(size: u64, seed: u64, purpose: u64) -> Self {
        let bits = u64::BITS - size.saturating_sub(1).leading_zeros();
        let key = mix(mix(seed) ^ purpose);
        Self { size, high_bits: bits / 2, low_bits: bits - bits / 2, key }
    }

    pub(super) fn at(&self, position: u64) -> u64 {
        assert!(position < self.size);
        let mut image = self.scramble(position);
        while image >= self.size {
            image = self.scramble(image);
        }
        image
    }

    fn scramble(&self, position: u64) -> u64 {
        let (high_mask, low_mask) = ((1 << self.high_bits) - 1, (1 << self.low_bits) - 1);
        let (mut high, mut low) = (position >> self.low_bits, position & low_mask);
        for round in 0..3 {
            high = (high ^ mix(low ^ self.key.wrapping_add(2 * round))) & high_mask;
            low = (low ^ mix(high ^ self.key.wrapping_add(2 * round + 1))) & low_mask;
        }
        high << self.low_bits | low
    }
}

/// The finaliser of SplitMix64: every bit of the input touches every bit of the output.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apportion_gives_the_whole_to_the_largest_remainders() {
        assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(apportion(7, &[50, 30, 20]), [4, 2, 1]);
        assert_eq!(apportion(0, &[1, 2]), [0, 0]);
    }

    #[test]
    fn chosen_positions_are_exactly_as_many_as_asked() {
        for (chosen, total) in [(0, 5), (5, 5), (994, 1941), (1, 7)] {
            assert_eq!((0..total).filter(|&index| is_chosen(index, chosen, total)).count() as u64, chosen);
        }
    }

    #[test]
    fn a_permutation_visits_every_position_once() {
        for size in [1, 2, 3, 17, 1000, 4096, 4097] {
            let shuffle = Permutation::new(size, 1990, 1);
            let mut images: Vec<u64> = (0..size).map(|position| shuffle.at(position)).collect();
            assert!(size < 17 || !images.is_sorted());
            images.sort_unstable();
            assert_eq!(images, (0..size).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn shares_hold_their_runs() {
        let shares = Shares::new([('a', 2), ('b', 0), ('c', 1)]);
        assert_eq!(shares.total(), 3);
        assert_eq!([0, 1, 2].map(|position| shares.at(position)), ['a', 'a', 'c']);
    }
}
