//! Cells after the steps of their source: some left out, codes translated, columns added.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::{DataType as ArrowType, Field, Schema as ArrowSchema};
use arrow::error::ArrowError;
use denizen_spec::{Code, Column, ColumnType, DateFormat, Diagnostic, FieldType, Schema, Source, columns};

use super::Cells;
use crate::counts::internal;

impl Cells {
    /// The cells as steps change them, which look at each row by itself. They have been compared with their totals before, as
    /// they were published. `change` gets each batch with its number; `recoded` are the columns whose codes the steps replace.
    ///
    /// # Errors
    ///
    /// What the steps report, and cells that become one although they cannot be added up.
    pub fn changed(
        self,
        schema: &Schema,
        recoded: &[&str],
        mut change: impl FnMut(u64, RecordBatch) -> Result<RecordBatch, Diagnostic>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let source = with_columns_of(&self.source, schema);
        let mut start = 0;
        let mut batches = Vec::with_capacity(self.batches.len());
        for (number, batch) in (0..).zip(&self.batches) {
            let stays = self.stays.as_ref().map(|stays| stays.slice(start, batch.num_rows()));
            start += batch.num_rows();
            let kept = match stays {
                Some(stays) => filter_record_batch(batch, &stays),
                None => Ok(batch.clone()),
            };
            let kept = kept.and_then(|kept| with_codes_before(kept, recoded));
            let kept = kept.map_err(|error| vec![internal("cells", &error)])?;
            batches.push(change(number, kept).map_err(|fault| vec![fault])?);
        }
        let derived = source.columns.iter().map(|column| column.name.clone());
        let derived = derived.filter(|name| self.source.column(name).is_none()).collect();
        let mut cells = Self::framed(&source, batches).map_err(super::told)?;
        cells.derived = derived;
        match cells.drop_repeated()? {
            0 => Ok(cells),
            _ => Err(vec![Diagnostic::error(Code::Internal, "steps have made two cells of one")]),
        }
    }
}

/// The source with the columns that steps have added.
fn with_columns_of(source: &Source, schema: &Schema) -> Source {
    let mut source = source.clone();
    for column in schema.columns() {
        if source.column(&column.name).is_some() || column.name == columns::CONCEPT {
            continue;
        }
        let field_type = match column.column_type {
            ColumnType::Text | ColumnType::Boolean => FieldType::Text,
            ColumnType::Code => FieldType::Code,
            ColumnType::Integer => FieldType::Integer,
            ColumnType::Decimal { scale } => FieldType::Decimal { scale },
            ColumnType::Date => FieldType::Date(DateFormat::iso()),
        };
        source.columns.push(Column::new(&column.name, field_type));
    }
    source
}

/// The batch with the codes of columns as they are before steps replace them, for cells to be told apart.
fn with_codes_before(batch: RecordBatch, recoded: &[&str]) -> Result<RecordBatch, ArrowError> {
    let (schema, mut arrays, _) = batch.into_parts();
    let mut fields = schema.fields().to_vec();
    for name in recoded {
        let internal = columns::as_written(name);
        let (Ok(index), Err(_)) = (schema.index_of(name), schema.index_of(&internal)) else { continue };
        let codes: ArrayRef = cast(&arrays[index], &ArrowType::Utf8)?;
        fields.push(Arc::new(Field::new(internal, ArrowType::Utf8, true)));
        arrays.push(codes);
    }
    RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), arrays)
}
