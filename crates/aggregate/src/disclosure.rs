//! Protection of small counts, on one page.
//!
//! 1. A count of 1 to `threshold` is suppressed. Zero stays zero, and a suppressed count never becomes zero.
//! 2. What is left is rounded to the nearest multiple of `rounding_base`, halves upwards.
//! 3. The bases of shares are sums of the counts as they are shown, so that no suppressed count can be had from them by
//!    subtraction. (Suppress, then round, then recompute totals: OpenSAFELY, statistical disclosure control.)
//! 4. An indicator of a suppressed count is suppressed too; the others are computed from rounded counts.

use denizen_spec::Disclosure;

use crate::cell::Count;

/// Suppresses and rounds the counts of persons as `[disclosure]` says; without it they stay as they are.
pub fn protect(counts: &mut [Count], disclosure: Option<&Disclosure>) {
    let Some(rules) = disclosure else { return };
    for count in counts {
        count.suppressed = count.exact.is_some_and(|exact| (1..=rules.threshold).contains(&exact));
        count.shown =
            count.exact.filter(|_| !count.suppressed).map(|exact| rounded(exact, rules.rounding_base));
    }
}

/// The nearest multiple of `base`, halves upwards.
fn rounded(exact: i64, base: i64) -> i64 {
    (exact + base / 2).div_euclid(base) * base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suppressed_and_rounded() {
        let rules = Disclosure { threshold: 3, rounding_base: 5 };
        let table = [
            (Some(0), Some(0), false),
            (Some(1), None, true),
            (Some(3), None, true),
            (Some(4), Some(5), false),
            (Some(7), Some(5), false),
            (Some(8), Some(10), false),
            (None, None, false),
        ];
        for (exact, shown, suppressed) in table {
            let mut counts = [Count::new(Vec::new(), "", exact)];
            protect(&mut counts, Some(&rules));
            assert_eq!((counts[0].shown, counts[0].suppressed), (shown, suppressed), "{exact:?}");
            assert_eq!(counts[0].exact, exact);
        }
    }

    #[test]
    fn without_rules_nothing_changes() {
        let mut counts = [Count::new(Vec::new(), "", Some(1))];
        protect(&mut counts, None);
        assert_eq!(counts[0].shown, Some(1));
    }
}
