//! Rank: 1 + the number of larger counts, so that equal counts share the better place ("competition ranking").
//!
//! Totals and *not stated* have no rank, a count that is not known ranks nowhere, and the first of one says nothing. The
//! counts are sorted once: the place of a count is where the run of its equals begins.

use std::cmp::Reverse;

use polars::prelude::*;

use super::{FLAG, GROUP, Inputs, REASON, ROUGH, none};
use crate::counts::sorted;
use crate::disclosure::SHOWN;
use crate::publish::{BASE, HIDDEN, STATUS, VALUE};

const ROW: &str = "row";
const START: &str = "start";
const PLACE: &str = "place";
const END: &str = "end";

pub(super) fn rank(inputs: &Inputs<'_>, along: usize) -> PolarsResult<LazyFrame> {
    let known = inputs.grouped(along)?.filter(inputs.is_detail(along).and(col(SHOWN).is_not_null()));
    let known = known.collect()?;
    let counts = known.column(SHOWN)?.i64()?.iter().map(Reverse);
    let keys = known.column(GROUP)?.i64()?.iter().zip(counts);
    let sorted = sorted(&known, keys)?.lazy().with_row_index(ROW, None);
    let differs = |column: &str, from: i64| col(column).neq_missing(col(column).shift(lit(from)));
    let row_if =
        |begins: Expr| when(begins).then(col(ROW).cast(DataType::Int64)).otherwise(none(DataType::Int64));
    let filled = |column: &str, strategy| col(column).fill_null_with_strategy(strategy);
    let placed = sorted.with_columns([
        row_if(differs(GROUP, 1)).alias(START),
        row_if(differs(GROUP, 1).or(differs(SHOWN, 1))).alias(PLACE),
        row_if(differs(GROUP, -1)).alias(END),
    ]);
    let placed = placed.with_columns([
        filled(START, FillNullStrategy::Forward(None)),
        filled(PLACE, FillNullStrategy::Forward(None)),
        filled(END, FillNullStrategy::Backward(None)),
    ]);
    let base = col(END) - col(START) + lit(1_i64);
    let ranked = placed.with_columns([
        (col(PLACE) - col(START) + lit(1_i64)).cast(DataType::Float64).alias(VALUE),
        base.alias(BASE),
        lit(false).alias(HIDDEN),
        lit(false).alias(ROUGH),
        col(STATUS).alias(FLAG),
        none(DataType::UInt32).alias(REASON),
    ]);
    Ok(ranked.filter(col(BASE).gt(lit(1_i64))))
}
