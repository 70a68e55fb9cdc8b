//! How many crossings are undecided, beside every row that is made of migrations.
//!
//! Where a rule cannot always tell, a table has rows for what is undecided (`denizen_spec::Aspect`). The number of the same
//! cell stands beside its counts and indicators too, so that no row has to be read together with another one.

use std::collections::HashMap;

use ahash::RandomState;
use denizen_spec::{Aspect, Measure};
use polars::prelude::*;

use super::{Draft, N, PART, UNDECIDED};
use crate::counts::{CONCEPT, dimension};

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
    /// Adds [`UNDECIDED`]: none where no rule follows a status, or where the total of the undecided is not counted.
    pub(super) fn beside(&self, mut frame: DataFrame) -> PolarsResult<DataFrame> {
        // A column without anything would be as large as one with numbers.
        if self.parts.iter().all(Option::is_none) {
            return Ok(frame);
        }
        let cells = self.draft.cells(&frame)?;
        let undecided = |cell: &Cell| {
            let of = (self.parts[cell.0 as usize]?, cell.1, cell.2.clone());
            self.known.get(&of).copied().or_else(|| self.draft.is_counted(&cell.2).then_some(0))
        };
        let undecided = Int64Chunked::from_iter_options(UNDECIDED.into(), cells.iter().map(undecided));
        frame.with_column(undecided.cast(&self.draft.base_type())?.into_column())?;
        Ok(frame)
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
