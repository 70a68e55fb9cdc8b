//! Rank: 1 + the number of larger counts, so that equal counts share the better place ("competition ranking").
//!
//! Totals, *not stated* and what is left over (*other countries*, *stateless*) have no rank and are not in the base, a count
//! that is not known ranks nowhere, and the first of one says nothing. Suppressed counts have their places behind all that
//! are shown; which, is not told.
//!
//! A code that nobody listed may be larger than those that are. What the listed codes leave of the total bounds it: a
//! count that is no smaller has its rank for certain. All other ranks are ranks among the listed codes only, and say so
//! (`D`, definition differs).
//!
//! The counts are sorted once: the place of a count is where the run of its equals begins.

use std::cmp::Reverse;

use polars::prelude::*;

use super::{FLAG, GROUP, Inputs, N, NOT_STATED, REASON, ROUGH, none, own};
use crate::counts::{EXACT, sorted};
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::publish::{BASE, HIDDEN, STATUS, VALUE};
use crate::status::Status;
use crate::sums;

const ROW: &str = "row";
const START: &str = "start";
const PLACE: &str = "place";
const END: &str = "end";
/// What the ranked codes of a group leave of its total; null where no total is known.
const REST: &str = "rest";
/// Whether a group has a count of those who do not state a code.
const SAYS_SO: &str = "says so";
const HAS_TOTAL: &str = "has total";
/// The weakest status of the counts that are ranked.
const WEAKEST: &str = "weakest";

pub(super) fn rank(inputs: &Inputs<'_>, along: usize) -> PolarsResult<LazyFrame> {
    let frame = inputs.grouped(&[along])?.collect()?.lazy();
    let groups = inputs.rests(along, frame.clone());
    let not_stated = inputs.not_stated(along, frame.clone());
    let is_known = col(SHOWN).is_not_null().or(col(SUPPRESSED));
    let known = frame.filter(inputs.is_ranked(along).and(is_known)).collect()?;
    // A suppressed count is more than nobody and less than any that is shown.
    let shown = known.column(SHOWN)?.i64()?.iter().map(|shown| shown.unwrap_or(0));
    let counts = shown.zip(known.column(SUPPRESSED)?.bool()?.iter()).map(Reverse);
    let keys = known.column(GROUP)?.i64()?.iter().zip(counts);
    let placed = placed(sorted(&known, keys)?.lazy());
    let ranked = placed.left_join(groups, col(GROUP), col(GROUP));
    let ranked = ranked.left_join(not_stated, col(GROUP), col(GROUP));
    let nobody = if inputs.complete { lit(0_i64) } else { none(DataType::Int64) };
    let not_stated = when(col(SAYS_SO).is_null()).then(nobody).otherwise(col(NOT_STATED)).alias(NOT_STATED);
    let ranked = ranked.with_column(not_stated);
    let is_certain = col(SHOWN).gt_eq(col(REST)).fill_null(lit(false));
    let base = col(END) - col(START) + lit(1_i64);
    let ranked = ranked.with_columns([
        (col(PLACE) - col(START) + lit(1_i64)).cast(DataType::Float64).alias(VALUE),
        base.alias(BASE),
        col(SHOWN).alias(N),
        col(SUPPRESSED).alias(HIDDEN),
        lit(false).alias(ROUGH),
        when(is_certain).then(col(WEAKEST)).otherwise(among_listed(col(WEAKEST))).alias(FLAG),
        none(DataType::UInt32).alias(REASON),
    ]);
    Ok(ranked.filter(col(BASE).gt(lit(1_i64))))
}

/// Rows that are sorted by group and count, with the first and the last row of their group and the first of their equals.
fn placed(sorted: LazyFrame) -> LazyFrame {
    let sorted = sorted.with_row_index(ROW, None);
    let differs = |column: &str, from: i64| col(column).neq_missing(col(column).shift(lit(from)));
    let row_if =
        |begins: Expr| when(begins).then(col(ROW).cast(DataType::Int64)).otherwise(none(DataType::Int64));
    let filled = |column: &str, strategy| col(column).fill_null_with_strategy(strategy);
    let placed = sorted.with_columns([
        row_if(differs(GROUP, 1)).alias(START),
        row_if(differs(GROUP, 1).or(differs(SHOWN, 1))).alias(PLACE),
        row_if(differs(GROUP, -1)).alias(END),
    ]);
    placed.with_columns([
        filled(START, FillNullStrategy::Forward(None)),
        filled(PLACE, FillNullStrategy::Forward(None)),
        filled(END, FillNullStrategy::Backward(None)),
    ])
}

/// A status with the mark of a rank among the listed codes only.
fn among_listed(status: Expr) -> Expr {
    // Of whole numbers, all bits.
    status.or(own(Status::DEFINITION_DIFFERS))
}

impl Inputs<'_> {
    /// Of each group that says so, how many do not state a code.
    fn not_stated(&self, along: usize, frame: LazyFrame) -> LazyFrame {
        let columns = [col(GROUP), col(SHOWN).alias(NOT_STATED), lit(true).alias(SAYS_SO)];
        frame.filter(self.is_not_stated(along)).select(columns)
    }

    /// Of each group, the weakest status of what is ranked, and the largest count that a code beside it may have: of
    /// records, which are all there, what is left over; of a publication, what the codes leave of the published total.
    fn rests(&self, along: usize, frame: LazyFrame) -> LazyFrame {
        let shown = || col(SHOWN).fill_null(lit(0_i64));
        let (is_ranked, is_total) = (|| self.is_ranked(along), || self.is_total(along));
        let rest = if self.complete {
            // Where persons are protected and not counts, a suppressed count may be of any size.
            let large = || col(EXACT).gt(lit(self.threshold));
            let most = when(large()).then(col(EXACT)).otherwise(lit(self.threshold));
            let left_over = when(col(SUPPRESSED)).then(most).otherwise(shown());
            let hidden = when(is_ranked().and(col(SUPPRESSED)).and(large())).then(col(EXACT));
            when(self.is_residual(along)).then(left_over).otherwise(hidden.otherwise(lit(0_i64)))
        } else {
            let is_listed = is_ranked().or(self.is_not_stated(along));
            let listed = when(is_listed).then(lit(0_i64) - shown()).otherwise(lit(0_i64));
            when(is_total()).then(shown()).otherwise(listed)
        };
        let is_ranked = is_ranked().and(col(SHOWN).is_not_null());
        let rows = frame.with_columns([
            rest.cast(DataType::Int64).alias(REST),
            is_total().and(col(SHOWN).is_not_null()).cast(DataType::UInt32).alias(HAS_TOTAL),
            when(is_ranked).then(col(STATUS)).otherwise(none(DataType::UInt32)).alias(WEAKEST),
        ]);
        let sums = sums::added(REST).into_iter().chain([col(HAS_TOTAL).max(), col(WEAKEST).max()]);
        let groups =
            rows.with_columns(sums::halves(REST)).group_by([col(GROUP)]).agg(sums.collect::<Vec<_>>());
        let is_bounded = lit(self.complete).or(col(HAS_TOTAL).gt(lit(0_u32)));
        let rest = when(is_bounded).then(sums::sum(REST)).otherwise(none(DataType::Int64));
        groups.select([col(GROUP), rest.alias(REST), col(WEAKEST)])
    }
}
