//! Draws: integers from a stream per block of persons.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Sets the streams of this generator apart from those of any other program given the same small seed.
const DOMAIN: &[u8; 24] = b"denizen synthetic peru 1";

/// A stream of draws. Only integers: the same on every machine.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self::of(DOMAIN, seed, stream)
    }

    /// The streams of another register.
    pub(super) fn of(domain: &[u8; 24], seed: u64, stream: u64) -> Self {
        // The key is spelt out, so that the bytes do not depend on how a version of the crate expands a seed.
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..].copy_from_slice(domain);
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream);
        Self(generator)
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `n` by multiply and shift; its bias is below n / 2^64, which no count here can show.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    pub(super) fn per_mille(&mut self, rate: u64) -> bool {
        self.below(1000) < rate
    }

    /// An index, with probability in proportion to its weight.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, &weight) in weights.iter().enumerate() {
            if left < weight {
                return index;
            }
            left -= weight;
        }
        unreachable!("a draw lies below the sum of its weights")
    }

    /// A length in days from 1 to `longest`: short ones are common, the mean is a quarter of the longest.
    pub(super) fn days(&mut self, longest: u64) -> i32 {
        (1 + self.below(1000) * self.below(1000) * longest / 1_000_000) as i32
    }
}
