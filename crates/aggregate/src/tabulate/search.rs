//! Totals among records that stand for many: rows that are the sum of others would be counted beside them.

use denizen_spec::{Diagnostic, FieldType, Pipeline, Source, Table};

use super::Tabulation;
use crate::counts::{Counts, internal};
use crate::likely_total::{LikelyTotal, Search};
use crate::value::{ByKey, Levels};

/// Combinations of codes among which totals are looked for.
const MOST_COMBINATIONS: usize = 50_000;

/// Size of the files, as stored, in which totals are looked for: larger ones are hardly tables of counts, and counting all
/// their combinations would take its time.
const MOST_BYTES: u64 = 20_000_000;

impl Tabulation {
    /// Tables of the columns that may tell rows apart of a source with weights, in which totals are looked for that stand
    /// beside their parts; none where its files are large. One has all its texts too, which may be any number of notes, so that
    /// another one does without those that no table shows.
    pub fn to_search(source: &Source, pipeline: &Pipeline, bytes: u64) -> Vec<Self> {
        let Some(weight) = source.weight.clone().filter(|_| bytes <= MOST_BYTES) else { return Vec::new() };
        let tables: Vec<&Table> = pipeline.tables_of(source).map(|(_, table)| table).collect();
        let is_shown = |name: &str| {
            tables.iter().any(|table| {
                table.dimensions.iter().any(|dimension| table.column_of(dimension) == name)
                    || table.filter.iter().chain(&table.except).any(|(filtered, _)| filtered == name)
            })
        };
        let columns_of = |with_texts: bool| -> Vec<String> {
            let columns = source.columns.iter().filter(|column| match column.field_type {
                FieldType::Code => true,
                FieldType::Text => with_texts || is_shown(&column.name),
                FieldType::Integer | FieldType::Date(_) => is_shown(&column.name),
                FieldType::Decimal { .. } | FieldType::Time => false,
            });
            let columns = columns.filter(|column| column.name != weight && !column.personal);
            columns.map(|column| column.name.clone()).collect()
        };
        let mut columns = vec![columns_of(false), columns_of(true)];
        columns.dedup();
        columns.into_iter().map(|columns| Self::of_columns(columns, &weight)).collect()
    }

    pub(super) fn of_columns(columns: Vec<String>, weight: &str) -> Self {
        Self {
            columns,
            filter: Vec::new(),
            except: Vec::new(),
            migration: None,
            period: None,
            concept: String::new(),
            weight: Some(weight.to_owned()),
            counts: ByKey::default(),
            estimator: None,
            records: 0,
            is_too_large: false,
            persons: None,
            totals: Vec::new(),
            outside_period: 0,
            after: None,
            most_keys: Some(MOST_COMBINATIONS),
        }
    }

    /// Values that seem to be totals of others, of a table [to search](Self::to_search).
    ///
    /// # Errors
    ///
    /// Only a fault of the program.
    pub fn likely_totals(self) -> Result<Vec<LikelyTotal>, Diagnostic> {
        if self.most_keys == Some(0) || self.is_too_large {
            return Ok(Vec::new());
        }
        let columns = self.columns.clone();
        let Counts { dimensions, frame, .. } = self.finish()?;
        let key: Vec<(String, Levels)> = columns.into_iter().zip(dimensions).collect();
        let search = Search { frame: &frame, candidates: (0..key.len()).collect(), key: &key };
        search.likely_totals().map_err(|error| internal("totals among records", &error))
    }
}
