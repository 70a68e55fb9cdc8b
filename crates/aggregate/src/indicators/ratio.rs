//! Ratio: times · of / to, within the cells that agree in all dimensions but one.
//!
//! The total is the published one where there is one, else the sum of the stated parts as they are shown. What is not
//! stated is in neither, and the base says how many the shares are of. Parts of a published table that gives no total may
//! be a selection, whose sum would be no total: there is no share then.

use denizen_spec::{Part, Whole};
use polars::prelude::*;

use super::{FLAG, GROUP, Inputs, REASON, ROUGH, none};
use crate::counts::dimension;
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::publish::{BASE, HIDDEN, STATUS, VALUE};
use crate::value::Value;

const TO: &str = "to";
const TO_HIDDEN: &str = "to hidden";
const TO_FLAG: &str = "to flag";

pub(super) fn ratio(
    inputs: &Inputs<'_>,
    along: usize,
    of: Part,
    to: Whole,
    times: f64,
) -> PolarsResult<LazyFrame> {
    let frame = inputs.grouped(along)?;
    let of_code = |code: &str| inputs.is(along, inputs.dimensions[along].index(&Value::code(code)));
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
        Part::Each => frame.filter(inputs.is_detail(along)),
        Part::Code(code) => frame.filter(of_code(code)).with_column(inputs.total(along)),
    };
    let value = lit(times) * col(SHOWN).cast(DataType::Float64) / col(TO).cast(DataType::Float64);
    let flag = when(col(STATUS).gt_eq(col(TO_FLAG))).then(col(STATUS)).otherwise(col(TO_FLAG));
    let found = parts.inner_join(whole, col(GROUP), col(GROUP));
    Ok(found.with_columns([
        when(col(TO).gt(lit(0_i64))).then(value).otherwise(none(DataType::Float64)).alias(VALUE),
        col(SUPPRESSED).or(col(TO_HIDDEN)).alias(HIDDEN),
        flag.alias(FLAG),
        none(DataType::UInt32).alias(REASON),
    ]))
}

/// The total of each group that has one above zero.
fn total(inputs: &Inputs<'_>, along: usize, frame: LazyFrame) -> LazyFrame {
    const TOTAL: &str = "total";
    const HAS_TOTAL: &str = "has total";
    let shown = |of: Expr| when(of).then(col(SHOWN)).otherwise(none(DataType::Int64));
    let frame = frame.select([
        col(GROUP),
        shown(inputs.is_total(along)).alias(TOTAL),
        inputs.is_total(along).cast(DataType::UInt32).alias(HAS_TOTAL),
        shown(inputs.is_detail(along)).alias(TO),
        col(SUPPRESSED).cast(DataType::UInt32),
        col(STATUS),
        col(dimension(along)),
    ]);
    // Counts of records come to no more than the records, so that their sum fits.
    let groups = frame.group_by([col(GROUP)]).agg([
        col(TOTAL).max(),
        col(HAS_TOTAL).max(),
        col(TO).sum(),
        col(SUPPRESSED).max(),
        col(STATUS).max().alias(TO_FLAG),
    ]);
    let sum = if inputs.complete { col(TO) } else { none(DataType::Int64) };
    let has_total = || col(HAS_TOTAL).gt(lit(0_u32));
    let groups = groups.select([
        col(GROUP),
        when(has_total()).then(col(TOTAL)).otherwise(sum).alias(TO),
        has_total().not().and(col(SUPPRESSED).gt(lit(0_u32))).alias(ROUGH),
        col(TO_FLAG),
    ]);
    let groups = groups.filter(col(TO).gt(lit(0_i64)));
    groups.with_columns([col(TO).alias(BASE), lit(false).alias(TO_HIDDEN)])
}
