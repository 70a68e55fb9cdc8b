//! Ratio: times · of / to, within the cells that agree in all dimensions but one, or, of shares, but some.
//!
//! The total of a published table is the published one. Of records it is the sum of the stated parts as they are shown.
//! What is not stated is in neither, and the base says how many the shares are of. Parts of a published table that gives no
//! total may be a selection, whose sum would be no total: there is no share then.
//!
//! Where parts are suppressed, their sum is too small and each share too large. No share is given then that could be wrong
//! by more than a hundredth of itself, nor one of everybody who is shown; what is given is an estimate.

use denizen_spec::{Part, Whole};
use polars::prelude::*;

use super::{FLAG, GROUP, Inputs, REASON, ROUGH, none};
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::publish::{BASE, HIDDEN, STATUS, VALUE};
use crate::value::Value;

const TO: &str = "to";
const TO_HIDDEN: &str = "to hidden";
const TO_FLAG: &str = "to flag";
/// How many parts of the sum are suppressed.
const LEFT_OUT: &str = "left out";

/// A share is given as long as the suppressed parts could change it by no more than one in so many.
const LEAST_PRECISION: i64 = 100;

pub(super) fn ratio(
    inputs: &Inputs<'_>,
    along: &[usize],
    of: Part,
    to: Whole,
    times: f64,
) -> PolarsResult<LazyFrame> {
    let frame = inputs.grouped(along)?;
    let of_code = |code: &str| inputs.is(along[0], inputs.dimensions[along[0]].index(&Value::code(code)));
    let whole = match to {
        Whole::Total => total(inputs, along, frame.clone()),
        Whole::Code(code) => frame.clone().filter(of_code(code)).select([
            col(GROUP),
            col(SHOWN).alias(TO),
            none(DataType::Int64).alias(BASE),
            col(SUPPRESSED).alias(TO_HIDDEN),
            lit(false).alias(ROUGH),
            col(STATUS).alias(TO_FLAG),
        ]),
    };
    let parts = match of {
        Part::Each => frame.filter(inputs.in_all(along, Inputs::is_detail)),
        Part::Code(code) => frame.filter(of_code(code)).with_column(inputs.total(along[0])),
    };
    let value = lit(times) * col(SHOWN).cast(DataType::Float64) / col(TO).cast(DataType::Float64);
    let flag = when(col(STATUS).gt_eq(col(TO_FLAG))).then(col(STATUS)).otherwise(col(TO_FLAG));
    let found = parts.inner_join(whole, col(GROUP), col(GROUP));
    let is_all_that_is_shown = col(ROUGH).and(col(SHOWN).eq(col(TO))).fill_null(lit(false));
    Ok(found.with_columns([
        when(col(TO).gt(lit(0_i64))).then(value).otherwise(none(DataType::Float64)).alias(VALUE),
        col(SUPPRESSED).or(col(TO_HIDDEN)).or(is_all_that_is_shown).alias(HIDDEN),
        flag.alias(FLAG),
        none(DataType::UInt32).alias(REASON),
    ]))
}

/// The total of each group that has one above zero.
fn total(inputs: &Inputs<'_>, along: &[usize], frame: LazyFrame) -> LazyFrame {
    let found = if inputs.complete {
        sum_of_parts(inputs, along, frame)
    } else {
        let total = frame.filter(inputs.in_all(along, Inputs::is_total));
        total.select([
            col(GROUP),
            col(SHOWN).alias(TO),
            lit(0_i64).alias(LEFT_OUT),
            col(STATUS).alias(TO_FLAG),
        ])
    };
    let unknown = || col(LEFT_OUT) * lit(inputs.threshold) * lit(LEAST_PRECISION);
    let found = found.filter(col(TO).gt(lit(0_i64)));
    let found = found
        .with_columns([unknown().gt(col(TO)).alias(TO_HIDDEN), col(LEFT_OUT).gt(lit(0_i64)).alias(ROUGH)]);
    let base = when(col(TO_HIDDEN)).then(none(DataType::Int64)).otherwise(col(TO));
    found.with_column(base.alias(BASE))
}

/// The sum of the stated parts of each group. Counts of records come to no more than the records, so that it fits.
fn sum_of_parts(inputs: &Inputs<'_>, along: &[usize], frame: LazyFrame) -> LazyFrame {
    let parts = frame.filter(inputs.in_all(along, Inputs::is_detail));
    let flag_of_shown = when(col(SHOWN).is_not_null()).then(col(STATUS)).otherwise(none(DataType::UInt32));
    let parts = parts.select([
        col(GROUP),
        col(SHOWN).alias(TO),
        col(SUPPRESSED).cast(DataType::Int64).alias(LEFT_OUT),
        flag_of_shown.alias(TO_FLAG),
    ]);
    parts.group_by([col(GROUP)]).agg([col(TO).sum(), col(LEFT_OUT).sum(), col(TO_FLAG).max()])
}
