//! Cells of a table as plain columns: what indicators are computed from, and what they come to.
//!
//! Counts come as frames of polars and leave as packed batches of Arrow. Between, each of twenty indicators looks at every cell, and most
//! look at it by its index: here no form has to copy a frame in order to sort it, and a row takes 23 bytes and four for each column
//! of its key.

use denizen_spec::Diagnostic;
use polars::prelude::*;

use crate::counts::{CONCEPT, EXACT, dimension, internal};
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::publish::{PART, STATUS};
use crate::room;
use crate::status::Status;

/// Numbers of which some are not there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nullable<T> {
    values: Vec<T>,
    known: Vec<bool>,
}

impl<T: Copy + Default> Nullable<T> {
    pub(crate) fn push(&mut self, value: Option<T>) {
        room::push(&mut self.values, value.unwrap_or_default());
        room::push(&mut self.known, value.is_some());
    }

    pub(crate) fn get(&self, row: usize) -> Option<T> {
        self.known[row].then_some(self.values[row])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<T>> + '_ {
        (0..self.values.len()).map(|row| self.get(row))
    }

    fn append(&mut self, mut other: Self) {
        self.values.append(&mut other.values);
        self.known.append(&mut other.known);
    }
}

impl<T: Copy + Default> FromIterator<Option<T>> for Nullable<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(values: I) -> Self {
        let mut all = Self::default();
        values.into_iter().for_each(|value| all.push(value));
        all
    }
}

/// What tells rows apart: of each row the index of its code in every dimension, and the indices of its concept and its part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    pub(crate) dimensions: Vec<Vec<u32>>,
    pub(crate) concepts: Vec<u32>,
    pub(crate) parts: Vec<u32>,
}

impl Keys {
    fn of_frame(frame: &DataFrame, dimensions: usize) -> PolarsResult<Self> {
        Ok(Self {
            dimensions: (0..dimensions)
                .map(|position| indices(frame, &dimension(position)))
                .collect::<PolarsResult<_>>()?,
            concepts: indices(frame, CONCEPT)?,
            parts: indices(frame, PART)?,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Part and concept of a row.
    pub(crate) fn part_of(&self, row: usize) -> (u32, u32) {
        (self.parts[row], self.concepts[row])
    }

    /// The indices of the codes of a row.
    pub(crate) fn codes_of(&self, row: usize) -> Vec<u32> {
        self.dimensions.iter().map(|column| column[row]).collect()
    }

    /// The keys of some rows.
    pub(crate) fn take(&self, rows: &[u32]) -> Self {
        let taken =
            |column: &Vec<u32>| room::collected(rows.len(), rows.iter().map(|row| column[*row as usize]));
        Self {
            dimensions: self.dimensions.iter().map(taken).collect(),
            concepts: taken(&self.concepts),
            parts: taken(&self.parts),
        }
    }

    pub(crate) fn push(&mut self, (part, concept): (u32, u32), codes: &[u32]) {
        self.dimensions.resize(codes.len(), Vec::new());
        self.dimensions.iter_mut().zip(codes).for_each(|(column, code)| column.push(*code));
        self.concepts.push(concept);
        self.parts.push(part);
    }

    fn append(&mut self, mut other: Self) {
        self.dimensions.resize(other.dimensions.len().max(self.dimensions.len()), Vec::new());
        self.dimensions.iter_mut().zip(&mut other.dimensions).for_each(|(all, more)| all.append(more));
        self.concepts.append(&mut other.concepts);
        self.parts.append(&mut other.parts);
    }
}

fn indices(frame: &DataFrame, name: &str) -> PolarsResult<Vec<u32>> {
    Ok(frame.column(name)?.u32()?.iter().map(Option::unwrap_or_default).collect())
}

/// A count that an indicator is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    /// As it is shown; none where it is suppressed or missing.
    pub(crate) shown: Option<i64>,
    pub(crate) exact: Option<i64>,
    /// Whether it is suppressed.
    pub(crate) hidden: bool,
    /// Bits of its status.
    pub(crate) flag: u32,
}

impl Cell {
    /// A cell of records that is not there.
    pub(crate) fn nobody() -> Self {
        Self { shown: Some(0), exact: Some(0), hidden: false, flag: Status::NORMAL.bits() }
    }

    /// The same at a time of which others are provisional, where that is open: somebody may still come.
    pub(crate) fn nobody_at(is_open: bool) -> Self {
        let flag = if is_open { Status::PROVISIONAL } else { Status::NORMAL };
        Self { flag: flag.bits(), ..Self::nobody() }
    }

    /// A cell that nobody published.
    pub(crate) fn missing() -> Self {
        Self { shown: None, exact: None, hidden: false, flag: Status::MISSING.bits() }
    }
}

/// The cells of a table, in any order.
#[derive(Debug, Clone, Default)]
pub(crate) struct CellRows {
    pub(crate) keys: Keys,
    shown: Nullable<i64>,
    exact: Nullable<i64>,
    hidden: Vec<bool>,
    flags: Vec<u32>,
}

impl CellRows {
    /// The cells of a frame that says of each what is shown of it.
    pub(crate) fn of_frame(frame: &DataFrame, dimensions: usize) -> Result<Self, Diagnostic> {
        let rows = || {
            Ok(Self {
                keys: Keys::of_frame(frame, dimensions)?,
                shown: frame.column(SHOWN)?.i64()?.iter().collect(),
                exact: frame.column(EXACT)?.i64()?.iter().collect(),
                hidden: frame.column(SUPPRESSED)?.bool()?.iter().map(Option::unwrap_or_default).collect(),
                flags: indices(frame, STATUS)?,
            })
        };
        rows().map_err(|error: PolarsError| internal("cells of a table", &error))
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn cell(&self, row: usize) -> Cell {
        Cell {
            shown: self.shown.get(row),
            exact: self.exact.get(row),
            hidden: self.hidden[row],
            flag: self.flags[row],
        }
    }

    pub(crate) fn flags(&self) -> &[u32] {
        &self.flags
    }

    pub(crate) fn push(&mut self, part: (u32, u32), codes: &[u32], cell: Cell) {
        self.keys.push(part, codes);
        self.shown.push(cell.shown);
        self.exact.push(cell.exact);
        self.hidden.push(cell.hidden);
        self.flags.push(cell.flag);
    }

    /// The cells of some parts.
    pub(crate) fn of_parts(&self, parts: &[u32]) -> Self {
        let rows = (0..self.len() as u32).filter(|row| parts.contains(&self.keys.parts[*row as usize]));
        let rows: Vec<u32> = rows.collect();
        let cells = || rows.iter().map(|row| self.cell(*row as usize));
        Self {
            keys: self.keys.take(&rows),
            shown: cells().map(|cell| cell.shown).collect(),
            exact: cells().map(|cell| cell.exact).collect(),
            hidden: cells().map(|cell| cell.hidden).collect(),
            flags: cells().map(|cell| cell.flag).collect(),
        }
    }
}

/// What an indicator comes to: a row for each value, in no order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) keys: Keys,
    /// The value as published, none when it is missing or hidden; changes in units of the last decimal of the counts.
    pub(crate) values: Nullable<f64>,
    /// What a share is a share of, and the like.
    pub(crate) bases: Nullable<i64>,
    /// The counts that a value is of, as they are shown.
    pub(crate) n: Nullable<i64>,
    /// How many do not state what is compared.
    pub(crate) not_stated: Nullable<i64>,
    /// Bits of the status.
    pub(crate) statuses: Vec<u32>,
    /// Whether the value is hidden to protect persons.
    pub(crate) hidden: Vec<bool>,
}

impl Found {
    pub(crate) fn len(&self) -> usize {
        self.statuses.len()
    }

    /// With all values divided.
    pub(crate) fn divided(mut self, divisor: f64) -> Self {
        if divisor != 1.0 {
            self.values.values.iter_mut().for_each(|value| *value /= divisor);
        }
        self
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.keys.append(other.keys);
        self.values.append(other.values);
        self.bases.append(other.bases);
        self.n.append(other.n);
        self.not_stated.append(other.not_stated);
        self.statuses.append(&mut other.statuses);
        self.hidden.append(&mut other.hidden);
    }
}
