//! Sums of whole numbers that cannot wrap.
//!
//! polars adds whole numbers of 64 bits and says nothing when a sum does not fit. Here the upper and the lower 32 bits
//! are added for themselves, which fits as long as there are fewer than 2³¹ numbers, and put together afterwards.

use polars::prelude::*;

const HALF: i64 = 1 << 32;

fn upper(of: &str) -> String {
    format!("{of} upper")
}

fn lower(of: &str) -> String {
    format!("{of} lower")
}

/// The bits above the lower half. What is divided is a multiple of 2³² with no more than 32 bits of its own, which a
/// double holds without loss.
fn above(number: Expr) -> Expr {
    let multiple = number.clone() - number % lit(HALF);
    (multiple.cast(DataType::Float64) / lit(HALF as f64)).cast(DataType::Int64)
}

/// The halves of a column of whole numbers, to be there before [`added`] is asked for; null is 0.
pub(crate) fn halves(of: &str) -> [Expr; 2] {
    let number = col(of).fill_null(lit(0_i64));
    [above(number.clone()).alias(upper(of)), (number % lit(HALF)).alias(lower(of))]
}

/// The sums of the halves, as aggregations of a group.
pub(crate) fn added(of: &str) -> [Expr; 2] {
    [col(upper(of)).sum(), col(lower(of)).sum()]
}

/// The sum, or null where it is larger than a whole number of 64 bits can be.
pub(crate) fn sum(of: &str) -> Expr {
    let upper = || col(upper(of)) + above(col(lower(of)));
    let fits = upper().gt_eq(lit(-HALF / 2)).and(upper().lt(lit(HALF / 2)));
    let sum = upper() * lit(HALF) + col(lower(of)) % lit(HALF);
    when(fits).then(sum).otherwise(lit(NULL).cast(DataType::Int64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_that_do_not_fit_are_null() {
        let table: [(&[Option<i64>], Option<i64>); 9] = [
            (&[], Some(0)),
            (&[None, Some(3)], Some(3)),
            (&[Some(-5), Some(3)], Some(-2)),
            (&[Some(i64::MAX)], Some(i64::MAX)),
            (&[Some(i64::MIN)], Some(i64::MIN)),
            (&[Some(i64::MAX), Some(1)], None),
            (&[Some(i64::MIN), Some(-1)], None),
            (&[Some(i64::MAX), Some(1), Some(-1)], Some(i64::MAX)),
            (&[Some(1_000_000_000_000_000); 9_300], None),
        ];
        for (numbers, expected) in table {
            let column = Int64Chunked::from_slice_options("number".into(), numbers).into_column();
            let frame = DataFrame::new(numbers.len(), vec![column]).unwrap().lazy();
            let found = frame
                .with_columns(halves("number"))
                .select(added("number"))
                .select([sum("number").alias("sum")]);
            let found = found.collect().unwrap();
            assert_eq!(found.column("sum").unwrap().i64().unwrap().get(0), expected, "{numbers:?}");
        }
    }
}
