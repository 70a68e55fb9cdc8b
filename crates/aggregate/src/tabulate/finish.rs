//! Counts become a frame, with the totals that the table asks for.

use denizen_spec::{Code, Diagnostic};
use polars::prelude::{
    ChunkFullNull, Column, DataFrame, Int64Chunked, IntoColumn, NewChunkedArray, PolarsResult, UInt32Chunked,
};

use super::Tabulation;
use crate::counts::{
    CONCEPT, CONFIDENTIALITY, Counts, EXACT, NOTE, PERSONS, dimension, encoded, indices, internal,
};
use crate::estimates::{Row, Told};
use crate::overlap::{Overlaps, overlapping};
use crate::value::{ByKey, Levels, Value};

/// A key, what was counted, and the number of distinct persons.
type CountedRow = (Vec<Value>, Option<i64>, Option<i64>);

impl Tabulation {
    /// The counts as a frame, and those of the totals that the table asks for.
    ///
    /// # Errors
    ///
    /// When weights come to more than 64 bits hold; when the counts do not come to the number of records, which is a fault of the program.
    pub fn finish(mut self) -> Result<Counts, Diagnostic> {
        if self.is_too_large {
            let of = self
                .weight
                .as_ref()
                .map_or(String::new(), |weight| format!(" with the weights of `{weight}`"));
            let message = format!("the counts of a table{of} come to more than 64 bits hold");
            return Err(Diagnostic::error(Code::TooMany, message));
        }
        if let Some(estimator) = self.estimator.take() {
            self.conserved(self.counts.values().sum())?;
            let (rows, told) = estimator.estimated(&self.counts, &self.totals);
            let framed = |rows: Vec<Row>| {
                let rows = rows.into_iter().map(|(key, value)| (key, value, None)).collect();
                self.clone_without_counts().framed(rows, None).map_err(|error| internal("estimates", &error))
            };
            let [estimate, lower, upper] = rows;
            let ends = vec![framed(lower)?, framed(upper)?];
            return Ok(Counts { told: Told { ends, ..told }, ..framed(estimate)? });
        }
        self.with_totals()?;
        let mut after = self.after.take();
        if let Some(after) = &mut after {
            after.with_totals()?;
        }
        let (rows, after) = (self.take_rows(), after.map(|mut after| after.take_rows()));
        self.framed(rows, after).map_err(|error| internal("counts of a table", &error))
    }

    fn with_totals(&mut self) -> Result<(), Diagnostic> {
        // No sum of parts is larger than the number of records.
        self.conserved(self.counts.values().sum())?;
        self.totals.clone().into_iter().try_for_each(|dimension| self.add_totals(dimension))
    }

    fn conserved(&self, sum: i64) -> Result<(), Diagnostic> {
        if sum == self.records {
            return Ok(());
        }
        let records = self.records;
        let message = format!("{records} records were counted, and the cells of their table add up to {sum}");
        Err(Diagnostic::error(Code::NotConserved, message))
    }

    /// Adds the totals over a dimension, of the totals over others too. *Not stated* is a part of the total.
    fn add_totals(&mut self, dimension: usize) -> Result<(), Diagnostic> {
        self.refuse_overlaps(dimension)?;
        let mut totals: ByKey<i64> = ByKey::default();
        for (key, count) in &self.counts {
            let mut of_total = key.clone();
            of_total[dimension] = Value::total();
            *totals.entry(of_total).or_default() += count;
        }
        // Other dimensions have their totals beside their parts by now.
        let is_part =
            |key: &[Value]| (0..key.len()).all(|index| index == dimension || !key[index].is_total());
        self.conserved(totals.iter().filter(|(key, _)| is_part(key)).map(|(_, count)| count).sum())?;
        self.counts.extend(totals);
        Ok(())
    }

    /// A record has one code, but the rows of a table of counts can be of codes that have something in common.
    fn refuse_overlaps(&self, dimension: usize) -> Result<(), Diagnostic> {
        if self.weight.is_none() {
            return Ok(());
        }
        let levels = Levels::new(self.counts.keys().map(|key| key[dimension].clone()));
        let overlaps = Overlaps::new(&levels, None);
        let rows = self.counts.iter().filter(|(_, count)| **count != 0).filter_map(|(key, _)| {
            let mut others = key.clone();
            let value = others.remove(dimension);
            Some((others, levels.index(&value)?))
        });
        let pair = if overlaps.is_empty() { None } else { overlaps.met_in(rows) };
        let column = &self.columns[dimension];
        pair.map_or(Ok(()), |pair| Err(overlapping(&self.concept, column, &levels, pair)))
    }

    /// Its cells, each with the number of its persons where these are counted.
    fn take_rows(&mut self) -> Vec<CountedRow> {
        let counts = std::mem::take(&mut self.counts).into_iter();
        let distinct = |key: &Vec<Value>| self.persons.as_ref().and_then(|persons| persons.count(key));
        let row = |(key, count): (Vec<Value>, i64)| {
            let distinct = distinct(&key);
            (key, Some(count), distinct)
        };
        counts.map(row).collect()
    }

    fn clone_without_counts(&self) -> Self {
        let (columns, concept) = (self.columns.clone(), self.concept.clone());
        Self { columns, concept, weight: None, ..Self::of_columns(Vec::new(), "") }
    }

    /// Rows in order, and those of the year after the period.
    fn framed(self, mut counts: Vec<CountedRow>, after: Option<Vec<CountedRow>>) -> PolarsResult<Counts> {
        counts.sort_unstable();
        let (positions, inside, has_after) = (self.columns.len(), counts.len(), after.is_some());
        let mut after = after.unwrap_or_default();
        after.sort_unstable();
        // Of one frame, so that the indices of both mean the same.
        counts.extend(after);
        let rows = counts.len();
        let distinct: Vec<Option<i64>> = counts.iter().map(|(.., distinct)| *distinct).collect();
        let (mut values, mut exact) = (vec![Vec::with_capacity(rows); positions], Vec::with_capacity(rows));
        for (key, count, _) in counts {
            values.iter_mut().zip(key).for_each(|(column, value)| column.push(value));
            exact.push(count);
        }
        let (mut dimensions, mut columns) = (Vec::with_capacity(positions), Vec::<Column>::new());
        for (position, values) in values.iter().enumerate() {
            let (levels, of_rows) = encoded(values);
            dimensions.push(levels);
            columns.push(indices(dimension(position), of_rows));
        }
        columns.push(indices(CONCEPT, vec![0; rows]));
        columns.push(Int64Chunked::from_slice_options(EXACT.into(), &exact).into_column());
        columns.push(UInt32Chunked::full_null(NOTE.into(), rows).into_column());
        columns.push(UInt32Chunked::full_null(CONFIDENTIALITY.into(), rows).into_column());
        columns.push(Int64Chunked::from_slice_options(PERSONS.into(), &distinct).into_column());
        let frame = DataFrame::new(rows, columns)?;
        Ok(Counts {
            dimensions,
            concepts: Levels::new([Value::Code(self.concept)]),
            texts: Vec::new(),
            scale: 0,
            after: has_after.then(|| frame.slice(inside as i64, rows - inside)),
            frame: frame.slice(0, inside),
            told: Told::default(),
        })
    }
}
