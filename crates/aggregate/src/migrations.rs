//! Which records a measure of migration counts.

use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;
use denizen_spec::{Aspect, Measure, Migration, Pipeline, Table, columns};
use serde::{Deserialize, Serialize};

use crate::groups::Codes;
use crate::tabulate::column;

/// The records that a rule calls migrations in one direction, or what stands beside them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CountedMigration {
    rule: String,
    /// The column of the direction.
    direction: String,
    migration: Migration,
    /// None of the count itself.
    aspect: Option<Aspect>,
}

impl CountedMigration {
    pub(crate) fn new(table: &Table, pipeline: &Pipeline) -> Option<Self> {
        let (migration, aspect) = match table.measure {
            Measure::Emigration => (Migration::Emigration, None),
            Measure::Immigration => (Migration::Immigration, None),
            Measure::Beside(migration, aspect) => (migration, Some(aspect)),
            Measure::Count | Measure::Stock | Measure::Flow => return None,
        };
        let residence = pipeline.residence_of(table)?;
        let (rule, direction) = (residence.name.clone(), residence.direction.clone());
        Some(Self { rule, direction, migration, aspect })
    }

    /// The rows of a batch that are counted.
    pub(crate) fn rows(&self, batch: &RecordBatch) -> Result<Vec<u32>, ArrowError> {
        let answers = column(batch, &columns::migration(&self.rule))?.as_boolean().iter();
        let directions = Codes::new(batch, &self.direction)?;
        let wanted = self.migration.direction();
        let Some(aspect) = self.aspect else {
            let mut rows: Vec<u32> =
                answers.zip(0..).filter(|(answer, _)| *answer == Some(true)).map(|(_, row)| row).collect();
            directions.retain(&mut rows, |code| code == wanted);
            return Ok(rows);
        };
        let bases = Codes::new(batch, &columns::basis(&self.rule))?;
        // Of each basis, whether it counts: without and with the direction, each for unknown, no and yes.
        let counts = |basis: &str| {
            [false, true].map(|is_direction| {
                [None, Some(false), Some(true)].map(|answer| aspect.counts(answer, basis, is_direction))
            })
        };
        let bases = bases.map(counts, [[false; 3]; 2]);
        let directions = directions.map(|code| code == wanted, false);
        let is_counted = |((answer, basis), is_direction): ((Option<bool>, [[bool; 3]; 2]), bool)| {
            basis[usize::from(is_direction)][answer.map_or(0, |answer| 1 + usize::from(answer))]
        };
        let rows = answers.zip(bases).zip(directions).map(is_counted).zip(0..);
        Ok(rows.filter(|(is_counted, _)| *is_counted).map(|(_, row)| row).collect())
    }
}
