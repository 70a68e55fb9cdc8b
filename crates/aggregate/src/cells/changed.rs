//! Cells after the steps of their source: some left out, codes translated, columns added.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::compute::{cast, concat_batches, filter_record_batch};
use arrow::datatypes::{DataType as ArrowType, Field, Schema as ArrowSchema};
use arrow::error::ArrowError;
use denizen_spec::{Code, Column, ColumnType, DateFormat, Diagnostic, FieldType, Schema, Source, columns};

use super::Cells;
use crate::counts::internal;

impl Cells {
    /// The cells as steps change them, which look at each row by itself. They have been compared with their totals before, as
    /// they were published. `change` gets each batch with its number, or all of them as one where a step makes columns that tell cells
    /// apart: `apart`. `recoded` are the columns whose codes the steps replace, and `source` is that of the cells without the totals that
    /// they leave out.
    ///
    /// # Errors
    ///
    /// What the steps report, and cells that become one although they cannot be added up.
    pub fn changed(
        self,
        source: &Source,
        schema: &Schema,
        recoded: &[&str],
        apart: &[&str],
        mut change: impl FnMut(u64, RecordBatch) -> Result<RecordBatch, Diagnostic>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let source = with_columns_of(source, schema);
        let mut start = 0;
        let mut kept_batches = Vec::with_capacity(self.batches.len());
        for batch in &self.batches {
            let stays = self.stays.as_ref().map(|stays| stays.slice(start, batch.num_rows()));
            start += batch.num_rows();
            let kept = match stays {
                Some(stays) => filter_record_batch(batch, &stays),
                None => Ok(batch.clone()),
            };
            let kept = kept.and_then(|kept| with_codes_before(kept, recoded));
            kept_batches.push(kept.map_err(|error| vec![internal("cells", &error)])?);
        }
        if !apart.is_empty() {
            let one = together(&kept_batches).map_err(|error| vec![internal("cells", &error)])?;
            kept_batches = vec![one];
        }
        let mut batches = Vec::with_capacity(kept_batches.len());
        for (number, batch) in (0..).zip(kept_batches) {
            batches.push(change(number, batch).map_err(|fault| vec![fault])?);
        }
        let derived = source.columns.iter().map(|column| column.name.clone());
        let is_derived =
            |name: &String| self.source.column(name).is_none() && !apart.contains(&name.as_str());
        let derived = derived.filter(is_derived).collect();
        let mut cells = Self::framed(&source, batches).map_err(super::told)?;
        cells.derived = derived;
        match cells.drop_repeated()? {
            0 => Ok(cells),
            _ => Err(vec![Diagnostic::error(Code::Internal, "steps have made two cells of one")]),
        }
    }
}

/// All batches as one, with nothing in columns that some of them do not have. What stood in the files has told repetitions apart before,
/// and is left out.
fn together(batches: &[RecordBatch]) -> Result<RecordBatch, ArrowError> {
    let mut fields: Vec<Arc<Field>> = Vec::new();
    for field in batches.iter().flat_map(|batch| batch.schema().fields().iter().cloned().collect::<Vec<_>>())
    {
        let is_known = fields.iter().any(|known| known.name() == field.name());
        if !is_known && columns::name_in_file(field.name()).is_none() {
            fields.push(Arc::new(field.as_ref().clone().with_nullable(true)));
        }
    }
    let schema = Arc::new(ArrowSchema::new(fields));
    let of_schema = |batch: &RecordBatch| {
        let arrays = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
            Some(array) => cast(array, field.data_type()),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        });
        RecordBatch::try_new(Arc::clone(&schema), arrays.collect::<Result<_, ArrowError>>()?)
    };
    let batches = batches.iter().map(of_schema).collect::<Result<Vec<_>, _>>()?;
    concat_batches(&schema, &batches)
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
