//! Parquet as every reader likes it: plain UTF-8, signed integers, doubles and dates; zstd; nothing of the day or the
//! machine in the bytes. (Records have an encoding that came later, of 2013, for pseudonyms: record_file.rs.)

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use denizen_spec::Diagnostic;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use polars::prelude::{DataFrame, DataType as Type};

use crate::export::unwritable;

/// Rows of a row group: what DuckDB and pyarrow recommend as a minimum for parallel reading.
pub(crate) const ROW_GROUP: usize = 131_072;

/// One column to be written.
pub(crate) struct Column {
    name: String,
    array: ArrayRef,
}

impl Column {
    pub(crate) fn texts<T: AsRef<str>>(name: &str, texts: impl IntoIterator<Item = Option<T>>) -> Self {
        Self::new(name, texts.into_iter().collect::<StringArray>())
    }

    pub(crate) fn integers(name: &str, numbers: impl IntoIterator<Item = Option<i64>>) -> Self {
        Self::new(name, numbers.into_iter().collect::<Int64Array>())
    }

    pub(crate) fn numbers(name: &str, numbers: impl IntoIterator<Item = Option<f64>>) -> Self {
        Self::new(name, numbers.into_iter().collect::<Float64Array>())
    }

    pub(crate) fn days(name: &str, days: impl IntoIterator<Item = Option<i32>>) -> Self {
        Self::new(name, days.into_iter().collect::<Date32Array>())
    }

    fn new(name: &str, array: impl arrow::array::Array + 'static) -> Self {
        Self { name: name.to_owned(), array: Arc::new(array) }
    }
}

/// zstd at level 1.
pub(crate) fn compression() -> Compression {
    Compression::ZSTD(ZstdLevel::default())
}

pub(crate) fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_compression(compression())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_write_batch_size(8192)
        .set_created_by("denizen".to_owned())
}

/// Writes a whole file and returns its number of rows.
pub(crate) fn write(
    path: &Path,
    columns: Vec<Column>,
    metadata: &[(&str, String)],
) -> Result<u64, Diagnostic> {
    let field = |column: &Column| Field::new(&column.name, column.array.data_type().clone(), true);
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let metadata = metadata.iter().map(|(key, value)| KeyValue::new(format!("denizen:{key}"), value.clone()));
    let properties = properties().set_key_value_metadata(Some(metadata.collect()));
    let arrays = columns.into_iter().map(|column| column.array).collect();
    let batch = RecordBatch::try_new(schema, arrays).map_err(|error| unwritable(path, error))?;
    let mut writer = writer(super::create(path)?, &batch.schema(), properties.build())
        .map_err(|error| unwritable(path, error))?;
    writer.write(&batch).map_err(|error| unwritable(path, error))?;
    let file = writer.into_inner().map_err(|error| unwritable(path, error))?;
    file.sync_all().map_err(|error| unwritable(path, error))?;
    Ok(batch.num_rows() as u64)
}

/// What writes batches of a schema to a file.
pub(crate) fn writer<W: Write + Send>(
    file: W,
    schema: &Arc<Schema>,
    properties: WriterProperties,
) -> parquet::errors::Result<ArrowWriter<W>> {
    // The schema of Arrow would tell readers of Arrow's own types, which the file does not need.
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    ArrowWriter::try_new_with_options(file, Arc::clone(schema), options)
}

/// A frame of cells as a batch.
pub(crate) fn batch(frame: &DataFrame) -> Result<RecordBatch, Box<dyn std::error::Error>> {
    let columns = frame.columns().iter().map(|column| {
        let name = column.name().as_str();
        let series = column.as_materialized_series();
        Ok(match series.dtype() {
            Type::String => Column::texts(name, series.str()?.iter()),
            Type::Boolean => Column::new(name, series.bool()?.iter().collect::<BooleanArray>()),
            Type::Date => Column::days(name, series.date()?.physical().iter()),
            _ => Column::integers(name, series.cast(&Type::Int64)?.i64()?.iter()),
        })
    });
    let columns = columns.collect::<polars::prelude::PolarsResult<Vec<Column>>>()?;
    let columns = columns.into_iter().map(|column| (column.name, column.array, true));
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

/// The type of a column in a data package (Table Schema).
pub(crate) fn package_type(column: &Column) -> &'static str {
    match column.array.data_type() {
        DataType::Int64 => "integer",
        DataType::Float64 => "number",
        DataType::Date32 => "date",
        DataType::Boolean => "boolean",
        _ => "string",
    }
}

impl Column {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}
