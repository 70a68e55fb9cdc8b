//! Parquet as every reader likes it: plain UTF-8, signed integers, doubles and dates; zstd; nothing of the day or the
//! machine in the bytes.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, FixedSizeBinaryArray, Float64Array, Int64Array,
    RecordBatch, StringArray,
};
use arrow::buffer::{Buffer, OffsetBuffer};
use arrow::datatypes::{DataType, Date32Type, Field, Int64Type, Schema};
use arrow::error::ArrowError;
use denizen_spec::{Diagnostic, PSEUDONYM_LENGTH, pseudonym_text};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves,
};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use polars::prelude::{DataFrame, DataType as Type};
use zstd::bulk::Compressor;

use crate::export::unwritable;
use crate::export::words::WordChunk;

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

/// A Parquet file in the making.
pub(crate) struct Writer {
    file: SerializedFileWriter<File>,
    encoders: ArrowRowGroupWriterFactory,
    schema: Arc<Schema>,
    compressor: Compressor<'static>,
    group: Option<RowGroup>,
    rows: u64,
}

/// A row group in the making.
struct RowGroup {
    columns: Vec<Encoder>,
    rows: usize,
}

enum Encoder {
    Values(Box<ArrowColumnWriter>),
    Words(WordChunk),
}

impl Writer {
    /// Begins a file of records like those of `batch`, which is not yet written.
    ///
    /// Only persons and days have statistics: records are sorted by person, and no other column would let a reader pass
    /// over a part of the file. A dictionary of values that hardly repeat would be a second copy of them.
    pub(crate) fn records(path: &Path, batch: &RecordBatch) -> Result<Self, Diagnostic> {
        let mut properties = properties().set_statistics_enabled(EnabledStatistics::None);
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            let column = ColumnPath::from(field.name().as_str());
            if hardly_repeats(array) {
                properties = properties.set_column_dictionary_enabled(column.clone(), false);
            }
            if field.metadata().contains_key(PSEUDONYM) || *field.data_type() == DataType::Date32 {
                properties = properties.set_column_statistics_enabled(column, EnabledStatistics::Chunk);
            }
        }
        Self::create(path, &batch.schema(), properties)
    }

    fn create(
        path: &Path,
        schema: &Arc<Schema>,
        properties: WriterPropertiesBuilder,
    ) -> Result<Self, Diagnostic> {
        let options =
            ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
        let file = super::create(path)?;
        let (file, encoders) = ArrowWriter::try_new_with_options(file, Arc::clone(schema), options)
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(|error| unwritable(path, error))?;
        let compressor = Compressor::new(ZstdLevel::default().compression_level())
            .map_err(|error| unwritable(path, error))?;
        Ok(Self { file, encoders, schema: Arc::clone(schema), compressor, group: None, rows: 0 })
    }

    pub(crate) fn write(&mut self, path: &Path, batch: &RecordBatch) -> Result<(), Diagnostic> {
        self.rows += batch.num_rows() as u64;
        self.encode(batch).map_err(|error| unwritable(path, error))
    }

    /// Rows become pages of the row group, and of the next where it has no room for them.
    fn encode(&mut self, batch: &RecordBatch) -> parquet::errors::Result<()> {
        let mut start = 0;
        while start < batch.num_rows() {
            let group = match &mut self.group {
                Some(group) => group,
                none => none.insert(RowGroup::new(&self.file, &self.encoders, &self.schema)?),
            };
            let rows = (batch.num_rows() - start).min(ROW_GROUP - group.rows);
            group.add(&batch.slice(start, rows), &mut self.compressor)?;
            start += rows;
            if group.rows == ROW_GROUP {
                self.end_group()?;
            }
        }
        Ok(())
    }

    fn end_group(&mut self) -> parquet::errors::Result<()> {
        let Some(group) = self.group.take() else { return Ok(()) };
        let mut writer = self.file.next_row_group()?;
        for column in group.columns {
            match column {
                Encoder::Values(values) => values.close()?.append_to_row_group(&mut writer)?,
                Encoder::Words(words) => words.append_to(&mut writer, &mut self.compressor, compression())?,
            }
        }
        writer.close().map(|_| ())
    }

    pub(crate) fn close(mut self, path: &Path) -> Result<u64, Diagnostic> {
        let file = self.end_group().and_then(|()| self.file.into_inner());
        let file = file.map_err(|error| unwritable(path, error))?;
        file.sync_all().map_err(|error| unwritable(path, error))?;
        Ok(self.rows)
    }
}

impl RowGroup {
    fn new(
        file: &SerializedFileWriter<File>,
        encoders: &ArrowRowGroupWriterFactory,
        schema: &Schema,
    ) -> parquet::errors::Result<Self> {
        let values = encoders.create_column_writers(file.flushed_row_groups().len())?;
        let columns = values.into_iter().zip(schema.fields()).enumerate();
        let encoder = |(place, (values, field)): (usize, (ArrowColumnWriter, &Arc<Field>))| {
            let is_words = matches!(field.data_type(), DataType::Dictionary(..)) && field.is_nullable();
            if is_words {
                Encoder::Words(WordChunk::new(file.schema_descr().column(place)))
            } else {
                Encoder::Values(Box::new(values))
            }
        };
        Ok(Self { columns: columns.map(encoder).collect(), rows: 0 })
    }

    fn add(&mut self, batch: &RecordBatch, compressor: &mut Compressor<'_>) -> parquet::errors::Result<()> {
        self.rows += batch.num_rows();
        for (place, column) in self.columns.iter_mut().enumerate() {
            let array = batch.column(place);
            match column {
                Encoder::Words(words) => words.add(array.as_dictionary(), compressor)?,
                Encoder::Values(values) => {
                    for leaf in compute_leaves(batch.schema_ref().field(place), array)? {
                        values.write(&leaf)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// zstd at level 1.
fn compression() -> Compression {
    Compression::ZSTD(ZstdLevel::default())
}

fn properties() -> WriterPropertiesBuilder {
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
    let mut writer = Writer::create(path, &schema, properties)?;
    let arrays = columns.into_iter().map(|column| column.array).collect();
    let batch = RecordBatch::try_new(schema, arrays).map_err(|error| unwritable(path, error))?;
    writer.write(path, &batch)?;
    writer.close(path)
}

/// Whether more than a quarter of the values are unlike all others. Numbered words repeat, or they would not be numbered.
fn hardly_repeats(array: &ArrayRef) -> bool {
    fn distinct<T: Eq + std::hash::Hash>(values: impl Iterator<Item = T>) -> usize {
        values.collect::<HashSet<T, RandomState>>().len()
    }
    let count = match array.data_type() {
        DataType::Utf8 => distinct(array.as_string::<i32>().iter()),
        DataType::Date32 => distinct(array.as_primitive::<Date32Type>().iter()),
        DataType::Int64 => distinct(array.as_primitive::<Int64Type>().iter()),
        _ => 0,
    };
    count > array.len() / 4
}

/// Marks a field that holds pseudonyms.
const PSEUDONYM: &str = "pseudonym";

/// A batch as it is written: without the columns in `except`, and with pseudonyms as text.
pub(crate) fn written(batch: &RecordBatch, except: &[&str]) -> Result<RecordBatch, ArrowError> {
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        // A file must have a column.
        if except.contains(&field.name().as_str()) && batch.num_columns() > 1 {
            continue;
        }
        match array.as_fixed_size_binary_opt() {
            Some(pseudonyms) => {
                let marked = HashMap::from([(PSEUDONYM.to_owned(), String::new())]);
                fields.push(Arc::new(Field::new(field.name(), DataType::Utf8, true).with_metadata(marked)));
                arrays.push(Arc::new(pseudonym_texts(pseudonyms)?) as ArrayRef);
            }
            None => {
                fields.push(Arc::clone(field));
                arrays.push(Arc::clone(array));
            }
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

fn pseudonym_texts(pseudonyms: &FixedSizeBinaryArray) -> Result<StringArray, ArrowError> {
    let mut texts = Vec::with_capacity(pseudonyms.len() * PSEUDONYM_LENGTH);
    let mut ends = Vec::with_capacity(pseudonyms.len());
    for bits in pseudonyms.iter() {
        if let Some(bits) = bits.and_then(|bits| bits.first_chunk()) {
            texts.extend_from_slice(&pseudonym_text(bits));
        }
        ends.push(texts.len());
    }
    let starts = [0].into_iter().chain(ends.iter().copied()).zip(&ends).map(|(start, end)| end - start);
    StringArray::try_new(
        OffsetBuffer::from_lengths(starts),
        Buffer::from_vec(texts),
        pseudonyms.nulls().cloned(),
    )
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
