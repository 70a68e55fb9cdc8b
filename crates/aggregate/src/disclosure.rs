//! Protection of small counts, on one page.
//!
//! 1. A count of 1 to `threshold` is suppressed. Zero stays zero, and a suppressed count never becomes zero.
//! 2. What is left is rounded to the nearest multiple of `rounding_base`, halves upwards.
//! 3. The bases of shares are sums of the counts as they are shown, so that no suppressed count can be had from them by
//!    subtraction. (Suppress, then round, then recompute totals: OpenSAFELY, statistical disclosure control.)
//! 4. An indicator of a suppressed count is suppressed too; the others are computed from rounded counts.

use denizen_spec::{Code, Diagnostic, Disclosure};
use polars::prelude::*;

use crate::counts::EXACT;

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
    let Some(Disclosure { threshold, rounding_base: base }) = disclosure.copied() else {
        return Ok(frame.with_columns([col(EXACT).alias(SHOWN), lit(false).alias(SUPPRESSED)]));
    };
    if scale > 0 {
        return Err(Diagnostic::error(Code::Disclosure, "values with decimals cannot be protected")
            .note("a threshold is a number of persons, and these values are no counts of persons")
            .help("publish them from a pipeline without [disclosure]"));
    }
    let is_small = col(EXACT).gt_eq(lit(1_i64)).and(col(EXACT).lt_eq(lit(threshold)));
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

    fn protected(exact: &[Option<i64>], disclosure: Option<&Disclosure>) -> Vec<Row> {
        let column = Int64Chunked::from_slice_options(EXACT.into(), exact).into_column();
        let frame = DataFrame::new(exact.len(), vec![column]).unwrap().lazy();
        let frame = protect(frame, disclosure, 0).unwrap().collect().unwrap();
        let numbers = |name: &str| frame.column(name).unwrap().i64().unwrap().iter().collect::<Vec<_>>();
        let suppressed = frame.column(SUPPRESSED).unwrap().bool().unwrap().clone();
        let rows = numbers(EXACT).into_iter().zip(numbers(SHOWN)).zip(suppressed.iter());
        rows.map(|((exact, shown), suppressed)| (exact, shown, suppressed.unwrap())).collect()
    }

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
            (Some(-8), Some(-10), false),
            (None, None, false),
        ];
        let exact: Vec<_> = table.iter().map(|(exact, ..)| *exact).collect();
        assert_eq!(protected(&exact, Some(&rules)), table);
    }

    #[test]
    fn without_rules_nothing_changes() {
        assert_eq!(protected(&[Some(1), None], None), [(Some(1), Some(1), false), (None, None, false)]);
    }

    #[test]
    fn values_with_decimals_are_no_counts() {
        let rules = Disclosure { threshold: 3, rounding_base: 5 };
        let fault = protect(DataFrame::empty().lazy(), Some(&rules), 1).err().unwrap();
        assert_eq!(fault.code, Code::Disclosure);
        assert!(protect(DataFrame::empty().lazy(), None, 1).is_ok());
    }
}
