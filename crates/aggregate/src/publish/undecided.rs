//! How many crossings are undecided, beside every row that is made of migrations.
//!
//! Where a rule cannot always tell, a table has rows for what is undecided (`denizen_spec::Aspect`). The number of the same
//! cell stands beside its counts and indicators too, so that no row has to be read together with another one.

use std::collections::HashMap;

use ahash::RandomState;
use denizen_spec::{Aspect, Diagnostic, Measure};

use super::draft::Draft;
use crate::cell_columns::{CellRows, Keys, Nullable};
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
    /// Whether anything is: some part has a rule that follows a status.
    pub(super) fn are_counted(&self) -> bool {
        self.parts.iter().any(Option::is_some)
    }

    /// How many are undecided beside the rows of a measure or indicator: none where the total of the undecided is not counted, and no
    /// column where no rule follows a status.
    pub(super) fn beside(&self, keys: &Keys, indicator: u32) -> Result<Option<Nullable<i64>>, Diagnostic> {
        // A column without anything would be as large as one with numbers.
        if !self.are_counted() {
            return Ok(None);
        }
        let mut undecided: Vec<Option<i64>> = (0..keys.len()).map(|row| self.of_row(keys, row)).collect();
        self.draft.add_the_other_way(keys, indicator, &mut undecided)?;
        Ok(Some(undecided.into_iter().collect()))
    }

    /// Of a row, the undecided of its own table.
    fn of_row(&self, keys: &Keys, row: usize) -> Option<i64> {
        let (part, concept, codes) = cell(keys, row);
        let of = (self.parts[part as usize]?, concept, codes);
        self.known.get(&of).copied().or_else(|| self.draft.is_counted(&of.2).then_some(0))
    }
}

fn cell(keys: &Keys, row: usize) -> Cell {
    let (part, concept) = keys.part_of(row);
    (part, concept, keys.codes_of(row))
}

impl Draft<'_> {
    /// What is undecided among the cells.
    pub(super) fn undecided(&self, cells: &CellRows) -> Undecided<'_> {
        let parts: Vec<Option<u32>> = (0..self.tables.len()).map(|part| self.undecided_of(part)).collect();
        let mut known: HashMap<Cell, i64, RandomState> = HashMap::default();
        if parts.iter().any(Option::is_some) {
            let count = |row: usize| cells.cell(row).shown.unwrap_or_default();
            known.extend((0..cells.len()).map(|row| (cell(&cells.keys, row), count(row))));
        }
        Undecided { draft: self, parts, known }
    }

    /// Of a difference or sum of two flows, what is undecided of both.
    fn add_the_other_way(
        &self,
        keys: &Keys,
        indicator: u32,
        undecided: &mut [Option<i64>],
    ) -> Result<(), Diagnostic> {
        let levels: Vec<Levels> = self.dimensions.iter().map(|dimension| dimension.levels.clone()).collect();
        let names = self.indicator_names();
        let name = names.get(indicator as usize);
        let asked = self.asked().into_iter();
        let asked = asked.filter(|(asked, _)| asked.less.is_some() && Some(&asked.indicator.name) == name);
        let no_cells = CellRows::default();
        for (asked, parts) in asked {
            let inputs = self.inputs(&no_cells, &parts, &levels);
            let others = undecided_the_other_way(&inputs, asked, keys)?;
            for (row, other) in others.into_iter().enumerate() {
                if parts.contains(&keys.parts[row]) {
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
