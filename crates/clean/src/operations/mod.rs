//! One operation per file, named for what it does.

mod deduplicate;
mod derive;
mod filter;
mod recode;
mod residence;

use std::collections::HashMap;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{Codelist, Derivation, Diagnostic, Operation, Source};

/// What a step has counted besides its rows: names and numbers for the manifest.
pub(crate) type Counts = Vec<(String, u64)>;

/// An operation with everything looked up that it needs.
pub(crate) enum Prepared {
    Filter(filter::Filter),
    Recode(recode::Recode),
    Derive { column: String, method: Derivation },
    Deduplicate { person: String, order: String, keys: Vec<String> },
    Residence(residence::Prepared),
}

/// Which code list each column has at this step.
pub(crate) struct ListOf<'a> {
    lists: &'a [Codelist],
    columns: HashMap<String, String>,
}

impl<'a> ListOf<'a> {
    pub(crate) fn new(source: &Source, lists: &'a [Codelist]) -> Self {
        let listed = source.columns.iter().filter_map(|column| {
            Some((column.name.get_ref().clone(), column.list.as_ref()?.get_ref().clone()))
        });
        Self { lists, columns: listed.collect() }
    }

    pub(crate) fn get(&self, column: &str) -> Option<&'a Codelist> {
        let name = self.columns.get(column)?;
        self.lists.iter().find(|list| list.name == *name)
    }

    pub(crate) fn set(&mut self, column: &str, list: &str) {
        self.columns.insert(column.to_owned(), list.to_owned());
    }
}

pub(crate) fn prepare(operation: &Operation, lists: &mut ListOf<'_>) -> Result<Prepared, Diagnostic> {
    Ok(match operation {
        Operation::Filter { keep } => Prepared::Filter(filter::Filter::new(keep)),
        Operation::Recode { columns, to } => Prepared::Recode(recode::Recode::new(columns, to, lists)?),
        Operation::Derive { column, method } => {
            Prepared::Derive { column: column.get_ref().clone(), method: method.clone() }
        }
        Operation::Deduplicate { person, order, keys } => Prepared::Deduplicate {
            person: person.get_ref().clone(),
            order: order.get_ref().clone(),
            keys: keys.iter().map(|key| key.get_ref().clone()).collect(),
        },
        Operation::Residence(residence) => Prepared::Residence(residence::Prepared::new(residence)?),
    })
}

impl Prepared {
    /// What the step does, and what it makes.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Filter(_) => "filter".to_owned(),
            Self::Recode(_) => "recode".to_owned(),
            Self::Derive { column, .. } => format!("derive {column}"),
            Self::Deduplicate { .. } => "deduplicate".to_owned(),
            Self::Residence(residence) => format!("residence {}", residence.name()),
        }
    }

    /// Name and parameters of a residence rule.
    pub(crate) fn rule(&self) -> Option<(String, String)> {
        match self {
            Self::Residence(residence) => Some((residence.name().to_owned(), residence.parameters())),
            _ => None,
        }
    }

    pub(crate) fn person_columns(&self) -> Option<(&str, &str)> {
        match self {
            Self::Deduplicate { person, order, .. } => Some((person, order)),
            Self::Residence(residence) => Some(residence.person_columns()),
            _ => None,
        }
    }

    pub(crate) fn apply(&self, batch: RecordBatch, counts: &mut Counts) -> Result<RecordBatch, ArrowError> {
        match self {
            Self::Filter(filter) => filter.apply(batch),
            Self::Recode(recode) => recode.apply(batch),
            Self::Derive { column, method } => derive::apply(batch, column, method, counts),
            Self::Deduplicate { person, keys, .. } => deduplicate::apply(batch, person, keys),
            Self::Residence(residence) => residence.apply(batch, counts),
        }
    }
}
