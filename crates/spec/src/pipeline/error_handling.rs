//! What becomes of a row whose field cannot be read.

use std::collections::BTreeSet;

use super::Pipeline;
use crate::operations::{Operation, Step};
use crate::source::{OnError, Source, SourceKind};

impl Pipeline {
    /// A source in which every column says what becomes of a row whose field cannot be read: `on_error` where it is
    /// stated. Otherwise rows of cells are rejected, and rows of records where a key, a filter or a rule reads the column;
    /// what nothing of these reads is not stated.
    pub fn with_error_handling(&self, source: &Source) -> Source {
        let decisive = self.decisive_columns(source);
        let has_places = self.checks_of(source).next().is_some();
        let linked_by = self.linked_by(source);
        let mut source = Source { has_places, linked_by, ..source.clone() };
        source.variants.iter_mut().for_each(|variant| variant.source.has_places = has_places);
        let of_variants = source.variants.iter_mut().flat_map(|variant| &mut variant.source.columns);
        for column in source.columns.iter_mut().chain(of_variants) {
            let is_decisive = source.kind == SourceKind::Cells || decisive.contains(column.name.as_str());
            let otherwise = if is_decisive { OnError::Reject } else { OnError::NotStated };
            column.on_error.get_or_insert(otherwise);
        }
        source
    }

    /// The columns of keys that link the rows of a source.
    fn linked_by(&self, source: &Source) -> Vec<String> {
        let mut columns = BTreeSet::new();
        for (_, step) in self.steps_of(source) {
            if let Operation::Link(link) = &step.operation {
                columns.extend(link.keys.iter().flat_map(|(_, columns)| columns.iter().cloned()));
            }
        }
        columns.into_iter().collect()
    }

    /// The columns of records by which rows are filtered, persons told apart, and rules decide, through all steps that
    /// make them from others.
    fn decisive_columns<'a>(&'a self, source: &'a Source) -> BTreeSet<&'a str> {
        let filters = self.tables_of(source).flat_map(|(_, table)| table.chosen_by());
        let mut decisive: BTreeSet<&str> = filters.collect();
        decisive.extend(source.weight.as_deref());
        let steps: Vec<&Step> = self.steps_of(source).map(|(_, step)| step).collect();
        for step in steps.into_iter().rev() {
            let columns = step.operation.decisive_columns(&|column| decisive.contains(column));
            decisive.extend(columns);
        }
        decisive
    }
}
