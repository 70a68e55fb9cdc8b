//! Which records a measure of migration counts.

use std::rc::Rc;

use arrow::array::{Array, AsArray};
use arrow::error::ArrowError;
use denizen_spec::{Aspect, Measure, Migration, Pipeline, Table, columns};
use serde::{Deserialize, Serialize};

use crate::groups::{CodedBatch, Codes};
use crate::tabulate::column;
use crate::value::Value;

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
    pub(crate) fn rows(&self, batch: &CodedBatch<'_>) -> Result<Vec<u32>, ArrowError> {
        let classes = batch.classes(&self.rule, &self.direction)?;
        Ok(classes.rows(|answer, basis, direction| {
            let is_direction = direction == self.migration.direction();
            match self.aspect {
                None => is_direction && answer == Some(true),
                Some(aspect) => aspect.counts(answer, basis, is_direction),
            }
        }))
    }
}

/// The rows of a batch by what a rule says of them: all rows of one class are counted by a measure, or none is. They are
/// made once for all measures of the rule.
pub(crate) struct Classes {
    of_rows: Vec<u16>,
    /// How many rows each has.
    sizes: Vec<u32>,
    bases: Rc<Codes>,
    directions: Rc<Codes>,
}

const ANSWERS: [Option<bool>; 3] = [None, Some(false), Some(true)];

impl Classes {
    pub(crate) fn new(batch: &CodedBatch<'_>, rule: &str, direction: &str) -> Result<Self, ArrowError> {
        let (bases, directions) = (batch.codes(&columns::basis(rule))?, batch.codes(direction)?);
        let answers = column(batch.batch, &columns::migration(rule))?.as_boolean();
        let count = bases.values().len() * ANSWERS.len() * directions.values().len();
        if count > usize::from(u16::MAX) {
            return Err(ArrowError::SchemaError(format!("`{direction}` has too many codes")));
        }
        let mut sizes = vec![0; count];
        let class = |row: usize| {
            let answer = if answers.is_null(row) { 0 } else { 1 + usize::from(answers.value(row)) };
            let basis = bases.of_row(row as u32) as usize;
            (basis * ANSWERS.len() + answer) * directions.values().len()
                + directions.of_row(row as u32) as usize
        };
        let of_rows = (0..answers.len()).map(|row| {
            let class = class(row);
            sizes[class] += 1;
            class as u16
        });
        let of_rows = of_rows.collect();
        Ok(Self { of_rows, sizes, bases, directions })
    }

    /// The rows of the classes that are counted, by answer, basis and direction.
    fn rows(&self, counts: impl Fn(Option<bool>, &str, &str) -> bool) -> Vec<u32> {
        let code = |codes: &Codes, index: usize| match &codes.values()[index] {
            Value::Code(code) => code.clone(),
            Value::NotStated | Value::Number(_) | Value::Day(_) => String::new(),
        };
        let directions = self.directions.values().len();
        let is_counted = |class: usize| {
            let (basis, answer, direction) =
                (class / directions / ANSWERS.len(), class / directions % ANSWERS.len(), class % directions);
            self.sizes[class] > 0
                && counts(ANSWERS[answer], &code(&self.bases, basis), &code(&self.directions, direction))
        };
        let is_counted: Vec<bool> = (0..self.sizes.len()).map(is_counted).collect();
        let size = is_counted.iter().zip(&self.sizes).filter(|(is_counted, _)| **is_counted);
        let size: u32 = size.map(|(_, size)| size).sum();
        let mut rows = Vec::with_capacity(size as usize);
        if size > 0 {
            rows.extend(
                (0..)
                    .zip(&self.of_rows)
                    .filter(|(_, class)| is_counted[usize::from(**class)])
                    .map(|(row, _)| row),
            );
        }
        rows
    }
}
