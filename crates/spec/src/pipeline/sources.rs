//! Which source a step, a check or a table is about.

use super::{CheckId, Pipeline, StepId, TableId};
use crate::data_check::Check;
use crate::operations::Step;
use crate::source::{Source, SourceKind};
use crate::table::Table;

impl Pipeline {
    /// The source called `name`, or the only one of its kind.
    pub fn source(&self, name: Option<&str>, kind: SourceKind) -> Option<&Source> {
        match name {
            Some(name) => self.sources.iter().find(|source| source.name == name),
            None => {
                let mut fitting = self.sources.iter().filter(|source| source.kind == kind);
                fitting.next().filter(|_| fitting.next().is_none())
            }
        }
    }

    /// The source that a step works on: the one that it names, or the only one of records, or the only one of cells where
    /// there are no records.
    pub fn source_of_step(&self, step: &Step) -> Option<&Source> {
        let has_records = self.sources.iter().any(|source| source.kind == SourceKind::Records);
        let kind = if has_records { SourceKind::Records } else { SourceKind::Cells };
        self.source(step.source.as_deref(), kind)
    }

    /// The steps that work on the rows of a source, in order.
    pub fn steps_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = (StepId, &'a Step)> {
        self.step_ids().filter(|(_, step)| {
            let found = self.source_of_step(step);
            found.is_some_and(|found| found.name == source.name)
        })
    }

    /// The source that a check looks at: the one that it names, or the only one of records, or the only one of cells where
    /// there are no records.
    pub fn source_of_check(&self, check: &Check) -> Option<&Source> {
        let has_records = self.sources.iter().any(|source| source.kind == SourceKind::Records);
        let kind = if has_records { SourceKind::Records } else { SourceKind::Cells };
        self.source(check.source.as_deref(), kind)
    }

    /// The checks of the rows of a source, in order.
    pub fn checks_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = (CheckId, &'a Check)> {
        let checks = self.checks.iter().enumerate().map(|(index, check)| (CheckId(index), check));
        checks.filter(|(_, check)| self.source_of_check(check).is_some_and(|found| found.name == source.name))
    }

    /// The tables that are made from a source, by itself or together with others, in order.
    pub fn tables_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = (TableId, &'a Table)> {
        let of_source =
            move |table: &Table| self.sources_of(table).iter().any(|found| found.name == source.name);
        self.table_ids().filter(move |(_, table)| of_source(table))
    }

    /// The source that a table is made from; the first of several, whose columns mean what those of the others mean.
    pub fn source_of(&self, table: &Table) -> Option<&Source> {
        self.source(table.sources.first().map(String::as_str), self.source_kind_of(table))
    }

    /// The sources that a table is made from, in the order in which it names them.
    pub fn sources_of(&self, table: &Table) -> Vec<&Source> {
        match table.sources.as_slice() {
            [] => self.source_of(table).into_iter().collect(),
            names => names.iter().filter_map(|name| self.source(Some(name), SourceKind::Records)).collect(),
        }
    }

    /// The kind of source that a table counts. A stock is taken from cells where there are any.
    pub(crate) fn source_kind_of(&self, table: &Table) -> SourceKind {
        let has_kind = |kind| self.sources.iter().any(|source| source.kind == kind);
        let kinds = table.measure.source_kinds();
        let named = table.sources.first();
        let named = self.sources.iter().find(|source| Some(&source.name) == named);
        let kind = named.map(|source| source.kind).filter(|kind| kinds.contains(kind));
        kind.unwrap_or_else(|| kinds.iter().copied().find(|kind| has_kind(*kind)).unwrap_or(kinds[0]))
    }
}
