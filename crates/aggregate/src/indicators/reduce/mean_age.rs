//! Mean age: Σ n · m / Σ n, m being the middle of a group of exact ages.
//!
//! The middle of completed ages a to b is (a + b + 1) / 2, and a + 0.5 for a single year; ISTAT's means of foreign residents
//! are met only so. An open group has no middle: it is ended by `close_open_group_at`, and the mean is then an estimate.

use super::OfAge;

pub(super) fn mean(counts: &[OfAge]) -> Option<(f64, bool)> {
    let persons: i128 = counts.iter().map(|of| of.count).sum();
    let twice: i128 = counts.iter().map(|of| of.count * i128::from(of.ages.from + of.ages.to)).sum();
    let is_rough = counts.iter().any(|of| of.ages.open && of.count != 0);
    Some((twice as f64 / (2.0 * persons as f64), is_rough))
}
