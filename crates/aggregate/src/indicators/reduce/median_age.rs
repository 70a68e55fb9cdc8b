//! Median age: the exact age that half of the persons have not reached, persons being spread evenly over their group.
//!
//! Eurostat and the United Nations interpolate so. Which end an open group has does not matter, unless half of the persons
//! are in it: without an end there is no median then.

use super::OfAge;

pub(super) fn median(counts: &[OfAge]) -> Option<(f64, bool)> {
    let persons: i128 = counts.iter().map(|of| of.count).sum();
    let mut younger = 0;
    for of in counts {
        // Twice the counts: half a person is no whole number.
        if of.count > 0 && 2 * (younger + of.count) >= persons {
            let width = of.ages.to - of.ages.from;
            let into = (persons - 2 * younger) as f64 / (2.0 * of.count as f64);
            return (width > 0).then_some((of.ages.from as f64 + width as f64 * into, of.ages.open));
        }
        younger += of.count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::ages::Ages;

    fn of(from: i64, to: i64, count: i128) -> OfAge {
        OfAge { ages: Ages { from, to, open: to == from }, count }
    }

    #[test]
    fn medians() {
        let table = [
            (
                vec![of(0, 15, 30), of(15, 30, 80), of(30, 45, 60), of(45, 65, 25), of(65, 65, 5)],
                Some(28.125),
            ),
            (vec![of(20, 21, 1)], Some(20.5)),
            (vec![of(20, 21, 1), of(21, 22, 0), of(22, 23, 1)], Some(21.0)),
            (vec![of(20, 21, 1), of(65, 65, 3)], None),
        ];
        for (counts, expected) in table {
            assert_eq!(median(&counts).map(|(value, _)| value), expected, "{counts:?}");
        }
    }
}
