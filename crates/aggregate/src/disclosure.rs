//! Protection of small counts, on one page.
//!
//! 1. A count of 1 to `threshold` is suppressed, and so is one of no more persons than that: twelve crossings of one person
//!    are one person. Zero stays zero, and a suppressed count never becomes zero.
//! 2. What is left is rounded to the nearest multiple of `rounding_base`, halves upwards.
//! 3. The bases of shares are sums of the counts as they are shown, so that no suppressed count can be had from them by
//!    subtraction. (Suppress, then round, then recompute totals: OpenSAFELY, statistical disclosure control.)
//! 4. What is written beside published figures tells no more than the counts as they are shown.
//! 5. An indicator of a suppressed count is suppressed too; the others are computed from rounded counts.

use denizen_spec::{Code, Diagnostic, Disclosure};
use polars::prelude::*;

use crate::counts::{EXACT, PERSONS};

/// The count as it may be shown: rounded, or null when it is suppressed.
pub(crate) const SHOWN: &str = "shown";
/// Whether a count is kept back to protect persons.
pub(crate) const SUPPRESSED: &str = "suppressed";

/// Suppresses and rounds the counts of persons as `[disclosure]` says; without it they stay as they are.
///
/// # Errors
///
/// When values have decimals: they are no counts of persons.
pub(crate) fn protect(
    frame: LazyFrame,
    disclosure: Option<&Disclosure>,
    scale: u8,
) -> Result<LazyFrame, Diagnostic> {
    let Some(disclosure) = disclosure.filter(|disclosure| disclosure.hides_counts()) else {
        return Ok(frame.with_columns([col(EXACT).alias(SHOWN), lit(false).alias(SUPPRESSED)]));
    };
    let (threshold, base) = (disclosure.threshold(), disclosure.rounding_base());
    if scale > 0 {
        return Err(Diagnostic::error(Code::Disclosure, "values with decimals cannot be protected")
            .note("a threshold is a number of persons, and these values are no counts of persons")
            .help("publish them from a pipeline without [disclosure]"));
    }
    let is_few = |count: &str| col(count).lt_eq(lit(threshold)).fill_null(lit(false));
    let is_small = col(EXACT).gt_eq(lit(1_i64)).and(is_few(EXACT).or(is_few(PERSONS)));
    let above = || col(EXACT) + lit(base / 2);
    let rounded = above() - above() % lit(base);
    let shown = when(col(SUPPRESSED)).then(lit(NULL).cast(DataType::Int64)).otherwise(rounded);
    let frame = frame.with_column(is_small.fill_null(lit(false)).alias(SUPPRESSED));
    Ok(frame.with_column(shown.alias(SHOWN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (Option<i64>, Option<i64>, bool);

    fn rules() -> Disclosure {
        Disclosure::SuppressAndRound { threshold: 3, rounding_base: 5 }
    }

    fn protected(
        exact: &[Option<i64>],
        persons: &[Option<i64>],
        disclosure: Option<&Disclosure>,
    ) -> Vec<Row> {
        let column =
            |name: &str, numbers| Int64Chunked::from_slice_options(name.into(), numbers).into_column();
        let columns = vec![column(EXACT, exact), column(PERSONS, persons)];
        let frame = DataFrame::new(exact.len(), columns).unwrap().lazy();
        let frame = protect(frame, disclosure, 0).unwrap().collect().unwrap();
        let numbers = |name: &str| frame.column(name).unwrap().i64().unwrap().iter().collect::<Vec<_>>();
        let suppressed = frame.column(SUPPRESSED).unwrap().bool().unwrap().clone();
        let rows = numbers(EXACT).into_iter().zip(numbers(SHOWN)).zip(suppressed.iter());
        rows.map(|((exact, shown), suppressed)| (exact, shown, suppressed.unwrap())).collect()
    }

    #[test]
    fn suppressed_and_rounded() {
        let table = [
            (Some(0), Some(0), false),
            (Some(1), None, true),
            (Some(3), None, true),
            (Some(4), Some(5), false),
            (Some(7), Some(5), false),
            (Some(8), Some(10), false),
            (Some(-8), Some(-10), false),
            (None, None, false),
        ];
        let exact: Vec<_> = table.iter().map(|(exact, ..)| *exact).collect();
        assert_eq!(protected(&exact, &[None; 8], Some(&rules())), table);
    }

    #[test]
    fn without_rules_nothing_changes() {
        let none =
            Disclosure::None { reason: "a test".to_owned(), reasons: denizen_spec::Translations::default() };
        for rules in [None, Some(&none)] {
            let found = protected(&[Some(1), None], &[Some(1), None], rules);
            assert_eq!(found, [(Some(1), Some(1), false), (None, None, false)]);
        }
    }

    #[test]
    fn many_rows_of_few_persons_are_suppressed() {
        let found = protected(&[Some(12), Some(12), Some(2)], &[Some(1), Some(4), Some(4)], Some(&rules()));
        assert_eq!(found, [(Some(12), None, true), (Some(12), Some(10), false), (Some(2), None, true)]);
    }

    #[test]
    fn values_with_decimals_are_no_counts() {
        let rules = rules();
        let fault = protect(DataFrame::empty().lazy(), Some(&rules), 1).err().unwrap();
        assert_eq!(fault.code, Code::Disclosure);
        assert!(protect(DataFrame::empty().lazy(), None, 1).is_ok());
    }
}
