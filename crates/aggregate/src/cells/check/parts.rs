//! What the parts of totals come to.

use polars::prelude::*;

use super::{NEGATIVE, OPEN, STATED, SUM, TOTAL};
use crate::cells::Cells;
use crate::counts::{EXACT, dimension, order_of};

/// What the parts of a total come to.
struct Parts {
    sum: i128,
    /// How many codes have a value.
    stated: u32,
    /// How many parts have none.
    open: u32,
    negative: u32,
}

/// Totals, by their rows, and what their parts come to.
#[derive(Default)]
struct Compared {
    rows: Vec<u32>,
    /// None where a sum is larger than any number that can be counted.
    sums: Vec<Option<i64>>,
    stated: Vec<u32>,
    open: Vec<u32>,
    negative: Vec<u32>,
}

impl Compared {
    fn push(&mut self, row: usize, parts: &Parts) {
        self.rows.push(row as u32);
        self.sums.push(i64::try_from(parts.sum).ok());
        self.stated.push(parts.stated);
        self.open.push(parts.open);
        self.negative.push(parts.negative);
    }

    /// The rows of the totals with these columns.
    fn frame(self, cells: &DataFrame) -> PolarsResult<DataFrame> {
        let mut frame = cells.take(&IdxCa::from_vec("row".into(), self.rows))?;
        frame.with_column(frame.column(EXACT)?.clone().with_name(TOTAL.into()))?;
        frame.with_column(Int64Chunked::from_slice_options(SUM.into(), &self.sums).into_column())?;
        for (name, numbers) in [(STATED, self.stated), (OPEN, self.open), (NEGATIVE, self.negative)] {
            frame.with_column(UInt32Chunked::from_vec(name.into(), numbers).into_column())?;
        }
        Ok(frame)
    }
}

impl Cells {
    /// Each total of a dimension with its parts: their sum, how many have a value, and whether some have none.
    pub(super) fn groups(&self, position: usize) -> PolarsResult<DataFrame> {
        let keys = self.keys_without(Some(position))?;
        let codes: Vec<Option<u32>> = self.frame.column(&dimension(position))?.u32()?.iter().collect();
        let exact: Vec<Option<i64>> = self.frame.column(EXACT)?.i64()?.iter().collect();
        let levels = &self.key[position].1;
        let (total, not_stated) = (levels.total(), levels.not_stated());
        let mut found = Compared::default();
        for group in order_of(&keys).chunk_by(|one, other| keys[*one as usize] == keys[*other as usize]) {
            let group = group.iter().map(|row| *row as usize);
            let (totals, parts): (Vec<usize>, Vec<usize>) =
                group.partition(|row| total.is_some() && codes[*row] == total);
            // What is not stated is a part of the total too, but none of the codes that must all be there.
            let is_code = |row: &usize| not_stated.is_none() || codes[*row] != not_stated;
            let parts = Parts {
                sum: parts.iter().filter_map(|row| exact[*row]).map(i128::from).sum(),
                stated: parts.iter().filter(|row| exact[**row].is_some() && is_code(row)).count() as u32,
                open: parts.iter().filter(|row| exact[**row].is_none()).count() as u32,
                negative: parts.iter().filter(|row| exact[**row].is_some_and(|exact| exact < 0)).count()
                    as u32,
            };
            if parts.stated > 0 {
                totals.iter().filter(|row| exact[**row].is_some()).for_each(|row| found.push(*row, &parts));
            }
        }
        found.frame(&self.frame)
    }
}
