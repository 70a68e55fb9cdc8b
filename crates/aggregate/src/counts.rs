//! The counts of one `[[table]]` as a frame: a row for each cell, and nothing computed yet.

use denizen_spec::{Code, Diagnostic};
use polars::prelude::*;

use crate::estimates::Told;
use crate::room;
use crate::value::{Levels, Value};

/// Index of the concept.
pub(crate) const CONCEPT: &str = "concept";
/// The count, or the value of a published cell in units of its last decimal; null where the publisher gave none.
pub(crate) const EXACT: &str = "exact";
/// What the publisher notes of the value: bits of a [`Status`](crate::status::Status), null where he notes nothing.
pub(crate) const NOTE: &str = "note";
/// Who may see the value, as the publisher says: index of a [`Confidentiality`](crate::status::Confidentiality), null
/// where he says nothing.
pub(crate) const CONFIDENTIALITY: &str = "confidentiality";
/// Distinct persons of a count, as far as `[disclosure]` asks for them; null where it does not, or where there are none.
pub(crate) const PERSONS: &str = "persons";

/// The column of a text that stands beside the value, such as its source: its number.
pub(crate) fn text_column(index: usize) -> PlSmallStr {
    PlSmallStr::from_string(format!("text {index}"))
}

/// The column of a dimension: its number, which no other column is called.
pub(crate) fn dimension(index: usize) -> PlSmallStr {
    PlSmallStr::from_string(index.to_string())
}

/// The counts of one `[[table]]`: what [`Tabulation::finish`](crate::Tabulation::finish) and
/// [`Cells::counts`](crate::Cells::counts) give, and [`publish`](crate::publish()) takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    pub(crate) dimensions: Vec<Levels>,
    pub(crate) concepts: Levels,
    /// The texts that stand beside the values, such as their source: name and texts.
    pub(crate) texts: Vec<(String, Levels)>,
    /// Decimals of the values.
    pub(crate) scale: u8,
    /// A column of indices for each dimension, then [`CONCEPT`], [`EXACT`], [`NOTE`], [`CONFIDENTIALITY`], [`PERSONS`],
    /// and a column of indices for each text, null where there is none.
    pub(crate) frame: DataFrame,
    /// The cells of the year after the period of the pipeline, where rates ask for the population at its end.
    pub(crate) after: Option<DataFrame>,
    /// What is to be told of estimates.
    pub(crate) told: Told,
}

impl Counts {
    /// The number of cells.
    pub fn cells(&self) -> usize {
        self.frame.height()
    }

    /// Takes the counts of the ends of intervals, the lower first, where these are estimates.
    pub fn take_ends(&mut self) -> Vec<Self> {
        std::mem::take(&mut self.told.ends)
    }

    /// The sum of all cells, of published ones in units of their last decimal.
    ///
    /// # Errors
    ///
    /// When it is larger than a whole number of 64 bits can be.
    pub fn sum(&self) -> Result<i64, Diagnostic> {
        let sum = self
            .frame
            .column(EXACT)
            .and_then(|column| Ok(column.i64()?.iter().flatten().try_fold(0, i64::checked_add)));
        sum.map_err(|error| internal("counts", &error))?
            .ok_or_else(|| internal("counts", &"their sum is too large"))
    }
}

/// An index as it stands in frames: polars takes a number of 32 bits for a signed one.
pub(crate) fn index(index: u32) -> Expr {
    lit(index).cast(DataType::UInt32)
}

/// Values of a column as levels and indices.
pub(crate) fn encoded(values: &[Value]) -> (Levels, Vec<u32>) {
    let levels = Levels::new(values.iter().cloned());
    let indices = values.iter().filter_map(|value| levels.index(value)).collect();
    (levels, indices)
}

pub(crate) fn indices(name: impl Into<PlSmallStr>, indices: Vec<u32>) -> Column {
    UInt32Chunked::from_vec(name.into(), indices).into_column()
}

/// A column of indices as those of other levels.
pub(crate) fn in_levels(column: &Column, from: &Levels, to: &Levels) -> PolarsResult<Column> {
    if from == to { Ok(column.clone()) } else { mapped(column, &from.in_levels(to)) }
}

/// A column with each index replaced by another.
pub(crate) fn mapped(column: &Column, to: &[Option<u32>]) -> PolarsResult<Column> {
    let to = UInt32Chunked::from_slice_options(column.name().clone(), to).into_series();
    Ok(to.take(column.u32()?)?.into_column())
}

/// One whole number for each row, in the order of these columns of indices and different where any of them is: what
/// frames are sorted, grouped and joined by. The columns have no nulls.
pub(crate) fn packed(frame: &DataFrame, columns: &[(PlSmallStr, usize)]) -> PolarsResult<Int64Chunked> {
    let mut keys = PackedKeys::new(frame.height());
    for (name, levels) in columns {
        keys.add(frame.column(name)?.u32()?.iter().map(Option::unwrap_or_default), *levels);
    }
    Ok(Int64Chunked::from_vec("key".into(), keys.finish()))
}

/// One whole number for each row, made of columns of indices one after another: in their order, and different where any of them is.
pub(crate) struct PackedKeys {
    keys: Vec<i64>,
    size: i64,
}

impl PackedKeys {
    pub(crate) fn new(rows: usize) -> Self {
        Self { keys: room::collected(rows, std::iter::repeat_n(0, rows)), size: 1 }
    }

    /// Adds a column of indices of so many levels.
    pub(crate) fn add(&mut self, indices: impl Iterator<Item = u32>, levels: usize) {
        let levels = levels.max(1) as i64;
        if self.size.checked_mul(levels).is_none() {
            // More combinations than numbers: those that occur are no more than the rows.
            self.size = ranked(&mut self.keys);
        }
        self.size = self.size.saturating_mul(levels);
        self.keys.iter_mut().zip(indices).for_each(|(key, index)| *key = *key * levels + i64::from(index));
    }

    /// The numbers as they are so far.
    pub(crate) fn so_far(&self) -> Vec<i64> {
        room::collected(self.keys.len(), self.keys.iter().copied())
    }

    pub(crate) fn finish(self) -> Vec<i64> {
        self.keys
    }
}

/// The rows in the order of their keys; equal ones as they were.
pub(crate) fn order_of(keys: &[i64]) -> Vec<u32> {
    let rows = keys.len();
    if keys.is_sorted() {
        return room::collected(rows, 0..rows as u32);
    }
    let mut order: Vec<(i64, u32)> = room::collected(rows, keys.iter().copied().zip(0..));
    order.sort_unstable();
    room::collected(rows, order.iter().map(|(_, row)| *row))
}

/// Numbers keys from 0 in their order, and says how many there are.
fn ranked(keys: &mut [i64]) -> i64 {
    let mut distinct = keys.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    keys.iter_mut().for_each(|key| *key = distinct.partition_point(|other| other < key) as i64);
    distinct.len().max(1) as i64
}

/// A whole number of units of the last decimal, as the double nearest to it.
pub(crate) fn double(number: i64, scale: u8) -> f64 {
    const EXACT: i64 = 1 << 53;
    // Both are doubles without loss, so that the quotient is rounded once.
    if (-EXACT..=EXACT).contains(&number) && scale <= 22 {
        return number as f64 / 10_f64.powi(scale.into());
    }
    format!("{number}e-{scale}").parse().unwrap_or(f64::NAN)
}

/// A fault of the program; neither arrow nor polars puts values of rows into such errors.
pub(crate) fn internal(what: &str, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(Code::Internal, format!("the {what} could not be computed")).note(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn doubles_are_the_nearest() {
        let table = [
            (0, 0, 0.0),
            (125, 1, 12.5),
            (3, 1, 0.3),
            (-123_456_789, 4, -12_345.678_9),
            (9_007_199_254_740_993, 0, 9_007_199_254_740_992.0),
            (123_456_789_012_345_678, 3, 123_456_789_012_345.67),
        ];
        for (number, scale, expected) in table {
            assert_eq!(double(number, scale), expected, "{number} {scale}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// Also where there are more combinations than whole numbers.
        #[test]
        fn packed_keys_sort_as_their_columns(
            rows in proptest::collection::vec(proptest::array::uniform3(0..4_u32), 0..40),
            levels in prop_oneof![Just(4_usize), Just(1 << 31)],
        ) {
            let columns = (0..3).map(|column| indices(dimension(column), rows.iter().map(|row| row[column]).collect()));
            let frame = DataFrame::new(rows.len(), columns.collect()).unwrap();
            let sizes: Vec<_> = (0..3).map(|column| (dimension(column), levels)).collect();
            let keys: Vec<i64> = packed(&frame, &sizes).unwrap().into_no_null_iter().collect();
            for (one, left) in rows.iter().zip(&keys) {
                for (other, right) in rows.iter().zip(&keys) {
                    prop_assert_eq!(one.cmp(other), left.cmp(right));
                }
            }
        }
    }
}
