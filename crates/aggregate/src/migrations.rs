//! Which records a measure of migration counts.

use arrow::array::{Array, AsArray, BooleanArray, DictionaryArray, RecordBatch};
use arrow::datatypes::UInt16Type;
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
        let answers = column(batch, &columns::migration(&self.rule))?.as_boolean();
        let wanted = self.migration.direction();
        let Some(aspect) = self.aspect else {
            let answers = answers.iter().zip(0..).filter(|(answer, _)| *answer == Some(true));
            let mut rows: Vec<u32> = answers.map(|(_, row)| row).collect();
            Codes::new(batch, &self.direction)?.retain(&mut rows, |code| code == wanted);
            return Ok(rows);
        };
        let basis = columns::basis(&self.rule);
        let bases = column(batch, &basis)?.as_dictionary_opt::<UInt16Type>();
        let bases = bases.ok_or_else(|| ArrowError::SchemaError(format!("`{basis}` has no codes")))?;
        // Of each basis, whether it counts: with and without the direction, each for unknown, no and yes.
        let counts = |is_direction: bool| -> Vec<[bool; 3]> {
            let counts = |basis: Option<&str>| {
                let basis = basis.unwrap_or_default();
                [None, Some(false), Some(true)].map(|answer| aspect.counts(answer, basis, is_direction))
            };
            bases.values().as_string::<i32>().iter().map(counts).collect()
        };
        let mut with = counted(answers, bases, &counts(true));
        let mut without = counted(answers, bases, &counts(false));
        if with.is_empty() && without.is_empty() {
            return Ok(with);
        }
        let directions = Codes::new(batch, &self.direction)?;
        directions.retain(&mut with, |code| code == wanted);
        directions.retain(&mut without, |code| code != wanted);
        with.extend(without);
        with.sort_unstable();
        Ok(with)
    }
}

/// The rows of which answer and basis are counted.
fn counted(answers: &BooleanArray, bases: &DictionaryArray<UInt16Type>, counts: &[[bool; 3]]) -> Vec<u32> {
    // Mostly none is: then the rows are not looked at.
    if !counts.iter().flatten().any(|counts| *counts) {
        return Vec::new();
    }
    let is_counted = |row: usize| {
        let answer = if answers.is_null(row) { 0 } else { 1 + usize::from(answers.value(row)) };
        bases.key(row).is_some_and(|basis| counts[basis][answer])
    };
    (0..answers.len()).filter(|row| is_counted(*row)).map(|row| row as u32).collect()
}
