//! How many crossings are undecided, beside every row that is made of migrations.
//!
//! Where a rule cannot always tell, a table has rows for what is undecided (`denizen_spec::Aspect`). The number of the same
//! cell stands beside its counts and indicators too, so that no row has to be read together with another one.

use std::collections::HashMap;

use ahash::RandomState;
use denizen_spec::{Aspect, Diagnostic, Measure};
use polars::prelude::*;

use super::{Draft, INDICATOR, N, PART, UNDECIDED};
use crate::counts::{CONCEPT, dimension, internal};
use crate::indicators::undecided_the_other_way;
use crate::value::Levels;

/// A cell of a part: its concept and the indices of its codes.
type Cell = (u32, u32, Vec<u32>);

/// How many are undecided in each cell that is counted.
pub(super) struct Undecided<'a> {
    draft: &'a Draft<'a>,
    /// Of each part the one that counts what is undecided of it, if there is one.
    parts: Vec<Option<u32>>,
    known: HashMap<Cell, i64, RandomState>,
}

impl Undecided<'_> {
    /// Adds [`UNDECIDED`] to the rows of one indicator: none where no rule follows a status, or where the total of the undecided
    /// is not counted.
    pub(super) fn beside(&self, mut frame: DataFrame) -> Result<DataFrame, Diagnostic> {
        // A column without anything would be as large as one with numbers.
        if self.parts.iter().all(Option::is_none) {
            return Ok(frame);
        }
        let broken = |error: PolarsError| internal("what is undecided", &error);
        let mut undecided = self.of_rows(&frame).map_err(broken)?;
        self.draft.add_the_other_way(&frame, &mut undecided)?;
        let undecided = Int64Chunked::from_iter_options(UNDECIDED.into(), undecided.into_iter());
        let column = undecided.cast(&self.draft.base_type()).map_err(broken)?;
        frame.with_column(column.into_column()).map_err(broken)?;
        Ok(frame)
    }

    /// Of each row, the undecided of its own table.
    fn of_rows(&self, frame: &DataFrame) -> PolarsResult<Vec<Option<i64>>> {
        let undecided = |cell: &Cell| {
            let of = (self.parts[cell.0 as usize]?, cell.1, cell.2.clone());
            self.known.get(&of).copied().or_else(|| self.draft.is_counted(&cell.2).then_some(0))
        };
        Ok(self.draft.cells(frame)?.iter().map(undecided).collect())
    }
}

impl Draft<'_> {
    /// What is undecided among the rows of the measures.
    pub(super) fn undecided(&self, counted: &DataFrame) -> PolarsResult<Undecided<'_>> {
        let parts: Vec<Option<u32>> = (0..self.tables.len()).map(|part| self.undecided_of(part)).collect();
        let mut known: HashMap<Cell, i64, RandomState> = HashMap::default();
        if parts.iter().any(Option::is_some) {
            let n = counted.column(N)?.cast(&DataType::Int64)?;
            let n = n.i64()?.iter().map(Option::unwrap_or_default);
            known.extend(self.cells(counted)?.into_iter().zip(n));
        }
        Ok(Undecided { draft: self, parts, known })
    }

    /// Of a difference or sum of two flows, what is undecided of both.
    fn add_the_other_way(&self, frame: &DataFrame, undecided: &mut [Option<i64>]) -> Result<(), Diagnostic> {
        let broken = |error: PolarsError| internal("what is undecided", &error);
        let levels: Vec<Levels> = self.dimensions.iter().map(|dimension| dimension.levels.clone()).collect();
        let names = self.indicator_names();
        let column = |name: &str| {
            let column = frame.column(name)?.u32()?;
            Ok::<_, PolarsError>(column.iter().map(Option::unwrap_or_default).collect::<Vec<_>>())
        };
        let (of_parts, of_rows) = (column(PART).map_err(broken)?, column(INDICATOR).map_err(broken)?);
        for (asked, parts) in self.asked().into_iter().filter(|(asked, _)| asked.less.is_some()) {
            let index = names.binary_search(&asked.indicator.name).unwrap_or_default() as u32;
            let inputs = self.inputs(frame, &parts, &levels).map_err(broken)?;
            let others = undecided_the_other_way(&inputs, asked, frame)?;
            for (row, other) in others.into_iter().enumerate() {
                if of_rows[row] == index && parts.contains(&of_parts[row]) {
                    undecided[row] = undecided[row].zip(other).map(|(own, other)| own + other);
                }
            }
        }
        Ok(())
    }

    /// The part that counts what is undecided of another one.
    fn undecided_of(&self, part: usize) -> Option<u32> {
        let table = self.tables[part];
        let is_it = |other: &denizen_spec::Table| {
            let is_undecided = match (other.measure, table.measure) {
                (Measure::Beside(migration, Aspect::Undecided), of) => migration.measure() == of,
                (
                    Measure::Beside(..)
                    | Measure::Count
                    | Measure::Emigration
                    | Measure::Immigration
                    | Measure::Stock
                    | Measure::Flow,
                    _,
                ) => false,
            };
            is_undecided && other.concept == table.concept && other.rule == table.rule
        };
        self.tables.iter().position(|other| is_it(other)).map(|part| part as u32)
    }

    fn cells(&self, frame: &DataFrame) -> PolarsResult<Vec<Cell>> {
        let column = |name: &str| {
            let column = frame.column(name)?.u32()?;
            Ok::<_, PolarsError>(column.iter().map(Option::unwrap_or_default).collect::<Vec<_>>())
        };
        let (parts, concepts) = (column(PART)?, column(CONCEPT)?);
        let codes = (0..self.dimensions.len()).map(|position| column(&dimension(position)));
        let codes = codes.collect::<PolarsResult<Vec<_>>>()?;
        let cell = |row: usize| (parts[row], concepts[row], codes.iter().map(|codes| codes[row]).collect());
        Ok((0..frame.height()).map(cell).collect())
    }

    /// Whether the undecided of a cell would be counted if there were some: not of totals that are not made.
    fn is_counted(&self, codes: &[u32]) -> bool {
        let Some(table) = self.tables.first() else { return false };
        let Some(source) = self.pipeline.source_of(table) else { return false };
        let totalled = table.totalled(&self.pipeline.schema_of(source));
        let mut dimensions = self.dimensions.iter().zip(codes).enumerate();
        dimensions
            .all(|(position, (of, code))| Some(*code) != of.levels.total() || totalled.contains(&position))
    }
}
