//! Parquet as every reader likes it: plain UTF-8, signed integers, doubles and dates; zstd; nothing of the day or the
//! machine in the bytes. (Records have an encoding that came later, of 2013, for pseudonyms: column_chunk.rs.)

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use arrow::datatypes::Schema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};

use super::{Failure, Format, Rows, batches};

/// Rows of a row group: what DuckDB and pyarrow recommend as a minimum for parallel reading.
pub(crate) const ROW_GROUP: usize = 131_072;

/// Parquet.
pub(crate) struct Parquet;

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

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.apache.parquet"
    }

    fn write(&self, rows: &dyn Rows, metadata: &[(&str, String)], file: File) -> Result<File, Failure> {
        let disk = |error: parquet::errors::ParquetError| Failure::Disk(error.to_string());
        let metadata = metadata.iter();
        let metadata = metadata.map(|(key, value)| KeyValue::new(format!("denizen:{key}"), value.clone()));
        let properties = properties().set_key_value_metadata(Some(metadata.collect()));
        let mut writer = writer(file, &rows.schema(), properties.build()).map_err(disk)?;
        for batch in batches(rows) {
            writer.write(&batch?).map_err(disk)?;
        }
        writer.into_inner().map_err(disk)
    }

    fn reader(&self, path: &str, _: &[(String, &'static str)]) -> String {
        format!("read_parquet({path})")
    }
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
