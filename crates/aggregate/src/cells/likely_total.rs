//! A value that seems to be the total of all others and is not declared as one, such as an age of 999.

use denizen_spec::columns;
use polars::prelude::*;

use super::Cells;
use crate::counts::{EXACT, dimension};

const KEY: &str = "key";
const SUM: &str = "sum";
const LARGEST: &str = "largest";
const PARTS: &str = "parts";
const LEVEL: &str = "level";

/// Fewer values than these may well be so by chance.
const FEWEST_PARTS: u32 = 3;
/// Of one place alone, a smaller value than this may be the sum of others by chance.
const LEAST_OF_ONE: i64 = 10;
/// Places that are looked at: enough to be sure, and soon looked at in the largest tables.
const MOST_ROWS: usize = 100_000;

impl Cells {
    /// The columns without a declared total in which one value is the sum of all others wherever there are several: name
    /// and value.
    pub(super) fn likely_totals(&self) -> PolarsResult<Vec<(String, String)>> {
        let mut found = Vec::new();
        for (position, (name, levels)) in self.key.iter().enumerate() {
            let is_declared = self.source.column(name).is_none_or(|column| column.total.is_some());
            let is_written = columns::name_in_file(name).is_some();
            if is_declared || is_written || name == columns::CONCEPT || levels.len() < FEWEST_PARTS as usize {
                continue;
            }
            let level = self.likely_total(position)?.and_then(|level| levels.values().get(level as usize));
            found.extend(level.map(|value| (name.clone(), value.text())));
        }
        Ok(found)
    }

    fn likely_total(&self, position: usize) -> PolarsResult<Option<u32>> {
        let mut frame = self.frame.clone();
        frame.with_column(self.packed_without(Some(position))?.into_column())?;
        let every = (frame.height() / MOST_ROWS + 1) as i64;
        let of_largest =
            col(dimension(position)).filter(col(EXACT).eq(col(EXACT).max())).first().alias(LEVEL);
        let places = frame
            .lazy()
            .filter(col(EXACT).is_not_null().and((col(KEY) % lit(every)).eq(lit(0_i64))))
            .group_by([col(KEY)])
            .agg([
                col(EXACT).cast(DataType::Float64).sum().alias(SUM),
                col(EXACT).max().alias(LARGEST),
                len().cast(DataType::UInt32).alias(PARTS),
                of_largest,
            ])
            .filter(col(PARTS).gt_eq(lit(FEWEST_PARTS)).and(col(SUM).gt(lit(0.0))))
            .collect()?;
        let (sums, largest) = (places.column(SUM)?.f64()?, places.column(LARGEST)?.i64()?);
        let is_sum =
            |(sum, largest): (Option<f64>, Option<i64>)| sum == largest.map(|largest| 2.0 * largest as f64);
        let levels: Vec<Option<u32>> = places.column(LEVEL)?.u32()?.iter().collect();
        let Some(level) = levels.first().copied().flatten() else { return Ok(None) };
        let is_one = levels.iter().all(|other| *other == Some(level));
        let is_sure = levels.len() > 1 || largest.get(0) >= Some(LEAST_OF_ONE);
        let is_total = is_one && is_sure && sums.iter().zip(largest.iter()).all(is_sum);
        Ok(is_total.then_some(level))
    }
}
