//! Rows of a table in their order, packed some thousand at a time.
//!
//! An indicator of a million cells is sorted by its keys alone, and of its other columns only a block is ever put together.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, UInt32Array, new_null_array};
use arrow::datatypes::{DataType as ArrowType, Field, Schema, SchemaRef};
use denizen_spec::Diagnostic;

use super::draft::Draft;
use super::undecided::Undecided;
use super::{BASE, INDICATOR, N, NOT_STATED, PART, STATUS, UNDECIDED, VALUE};
use crate::cell_columns::{CellRows, Found, Keys, Nullable};
use crate::counts::{
    CONCEPT, CONFIDENTIALITY, EXACT, PackedKeys, dimension, double, internal, order_of, text_column,
};
use crate::packed_rows::{BLOCK, PackedRows};
use crate::table::Seen;

/// The rows of one measure or indicator, in any order.
#[derive(Default)]
pub(super) struct Line {
    pub(super) found: Found,
    /// The exact counts, of measures.
    pub(super) exact: Option<Nullable<i64>>,
    /// Index of who may see each value.
    pub(super) seen_by: Vec<u32>,
    /// Of each text its index for each row; nothing where there are none beside the values.
    pub(super) texts: Vec<Nullable<u32>>,
    /// Decimals of the base.
    pub(super) scale_of_base: u8,
}

impl Line {
    /// These rows and others of the same indicator.
    pub(super) fn and(mut self, mut other: Self) -> Self {
        self.found.append(other.found);
        self.seen_by.append(&mut other.seen_by);
        self
    }
}

/// The rows of a table.
pub(super) struct Lines<'a> {
    draft: &'a Draft<'a>,
    undecided: Undecided<'a>,
    /// Of each part the place of its rule among all of them.
    rules: Vec<u32>,
    schema: SchemaRef,
    seen: Seen,
    rows: PackedRows,
}

impl<'a> Lines<'a> {
    /// None yet.
    pub(super) fn new(draft: &'a Draft<'a>, cells: &CellRows, scratch: &Path) -> Result<Self, Diagnostic> {
        let undecided = draft.undecided(cells);
        let schema = schema(draft, undecided.are_counted());
        Ok(Self {
            rules: draft.rules_of_parts(),
            seen: Seen::new(draft.dimensions.len()),
            rows: PackedRows::new(scratch, Arc::clone(&schema)),
            schema,
            undecided,
            draft,
        })
    }

    /// Adds the rows of a measure or indicator, by concept, rule, codes and part.
    pub(super) fn add(&mut self, index: u32, line: Line) -> Result<(), Diagnostic> {
        let keys = &line.found.keys;
        self.seen.look_at(keys, &line.found.statuses, &line.seen_by, &self.draft.dimensions);
        let undecided = self.undecided.beside(keys, index)?;
        let order = order_of(&self.sort_keys(keys));
        let statistic = |row: &u32| {
            let row = *row as usize;
            (keys.concepts[row], self.rules[keys.parts[row] as usize])
        };
        for run in order.chunk_by(|one, other| statistic(one) == statistic(other)) {
            for rows in run.chunks(BLOCK) {
                let block = self.block(index, &line, undecided.as_ref(), rows)?;
                self.rows.push(index, statistic(&run[0]), &block)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> (PackedRows, Seen) {
        self.rows.sort();
        (self.rows, self.seen)
    }

    fn sort_keys(&self, keys: &Keys) -> Vec<i64> {
        let parts = self.draft.parts.len();
        let mut packed = PackedKeys::new(keys.len());
        packed.add(keys.concepts.iter().copied(), self.draft.concepts.len());
        packed.add(keys.parts.iter().map(|part| self.rules[*part as usize]), parts);
        for (column, of) in keys.dimensions.iter().zip(&self.draft.dimensions) {
            packed.add(column.iter().copied(), of.levels.len());
        }
        packed.add(keys.parts.iter().copied(), parts);
        packed.finish()
    }

    /// Some rows, in the columns of the table.
    fn block(
        &self,
        index: u32,
        line: &Line,
        undecided: Option<&Nullable<i64>>,
        rows: &[u32],
    ) -> Result<RecordBatch, Diagnostic> {
        let found = &line.found;
        let scale = self.draft.scale;
        let indices = |of: &Vec<u32>| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| of[*row as usize])))
        };
        let values = rows.iter().map(|row| found.values.get(*row as usize));
        let exact: ArrayRef = match &line.exact {
            Some(exact) => Arc::new(taken(exact, rows).collect::<Int64Array>()),
            None => new_null_array(&ArrowType::Int64, rows.len()),
        };
        let mut arrays: Vec<ArrayRef> = found.keys.dimensions.iter().map(indices).collect();
        arrays.extend([indices(&found.keys.concepts), indices(&found.keys.parts)]);
        arrays.push(Arc::new(UInt32Array::from_value(index, rows.len())));
        arrays.push(Arc::new(values.collect::<Float64Array>()));
        arrays.push(exact);
        arrays.push(self.numbers(taken(&found.bases, rows), line.scale_of_base));
        arrays.push(self.numbers(taken(&found.n, rows), scale));
        arrays.push(self.numbers(taken(&found.not_stated, rows), scale));
        arrays.extend([indices(&found.statuses), indices(&line.seen_by)]);
        for text in 0..self.draft.texts.len() {
            arrays.push(match line.texts.get(text) {
                Some(of) => Arc::new(rows.iter().map(|row| of.get(*row as usize)).collect::<UInt32Array>()),
                None => new_null_array(&ArrowType::UInt32, rows.len()),
            });
        }
        arrays.extend(undecided.map(|undecided| self.numbers(taken(undecided, rows), 0)));
        let block = RecordBatch::try_new(Arc::clone(&self.schema), arrays);
        block.map_err(|error| internal("rows of a table", &error))
    }

    /// Numbers beside values: doubles where the counts have decimals.
    fn numbers(&self, numbers: impl Iterator<Item = Option<i64>>, scale: u8) -> ArrayRef {
        if self.draft.scale == 0 {
            return Arc::new(numbers.collect::<Int64Array>());
        }
        Arc::new(numbers.map(|number| Some(double(number?, scale))).collect::<Float64Array>())
    }
}

fn taken<'n>(numbers: &'n Nullable<i64>, rows: &'n [u32]) -> impl Iterator<Item = Option<i64>> + 'n {
    rows.iter().map(|row| numbers.get(*row as usize))
}

/// The columns of a table: see [`PublishedTable`](crate::PublishedTable).
fn schema(draft: &Draft<'_>, has_undecided: bool) -> SchemaRef {
    let number = if draft.scale > 0 { ArrowType::Float64 } else { ArrowType::Int64 };
    let field = |name: &str, kind: &ArrowType| Field::new(name, kind.clone(), true);
    let index = |name: &str| field(name, &ArrowType::UInt32);
    let dimensions = (0..draft.dimensions.len()).map(|position| index(&dimension(position)));
    let mut fields: Vec<Field> = dimensions.collect();
    fields.extend([CONCEPT, PART, INDICATOR].map(index));
    fields.extend([field(VALUE, &ArrowType::Float64), field(EXACT, &ArrowType::Int64)]);
    fields.extend([BASE, N, NOT_STATED].map(|name| field(name, &number)));
    fields.extend([STATUS, CONFIDENTIALITY].map(index));
    fields.extend((0..draft.texts.len()).map(|text| index(&text_column(text))));
    fields.extend(has_undecided.then(|| field(UNDECIDED, &number)));
    Arc::new(Schema::new(fields))
}
