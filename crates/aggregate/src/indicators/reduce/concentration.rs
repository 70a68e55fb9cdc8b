//! Concentration and diversity, from shares that come to 1: each formula with its source in the catalogue.

pub(super) fn herfindahl(shares: &[f64]) -> Option<f64> {
    Some(shares.iter().map(|share| share * share).sum())
}

pub(super) fn effective_number(shares: &[f64]) -> Option<f64> {
    herfindahl(shares).map(|index| 1.0 / index)
}

pub(super) fn simpson(shares: &[f64]) -> Option<f64> {
    herfindahl(shares).map(|index| 1.0 - index)
}

pub(super) fn shannon(shares: &[f64]) -> Option<f64> {
    Some(-shares.iter().map(|share| share * share.ln()).sum::<f64>())
}

/// One group alone is neither even nor uneven.
pub(super) fn evenness(shares: &[f64]) -> Option<f64> {
    let most = (shares.len() as f64).ln();
    shannon(shares).filter(|_| shares.len() > 1).map(|entropy| entropy / most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_four_communities() {
        let shares = [1000.0, 70.0, 73.0, 357.0].map(|count| count / 1500.0);
        type Case = (fn(&[f64]) -> Option<f64>, f64);
        let table: [Case; 5] = [
            (herfindahl, 0.505635),
            (effective_number, 1.977712),
            (simpson, 0.494365),
            (shannon, 0.902084),
            (evenness, 0.650716),
        ];
        for (function, expected) in table {
            let found = function(&shares).unwrap();
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}
