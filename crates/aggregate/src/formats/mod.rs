//! The formats of published tables: one file each, named in one match. Others are made from these, in the crate `report`.

pub(crate) mod csv;
pub(crate) mod parquet;

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use denizen_spec::{Diagnostic, TableFormat};

use crate::export::unwritable;

/// Rows that are read at once: those of a row group, so that the bytes of a file do not depend on it.
const ROWS: usize = parquet::ROW_GROUP;

/// Rows to be written, which need not all be in memory.
pub(crate) trait Rows {
    /// Their columns.
    fn schema(&self) -> SchemaRef;
    /// How many there are.
    fn rows(&self) -> usize;
    /// Some of them.
    fn batch(&self, rows: Range<usize>) -> Result<RecordBatch, Diagnostic>;
}

impl Rows for RecordBatch {
    fn schema(&self) -> SchemaRef {
        RecordBatch::schema(self)
    }

    fn rows(&self) -> usize {
        self.num_rows()
    }

    fn batch(&self, rows: Range<usize>) -> Result<RecordBatch, Diagnostic> {
        Ok(self.slice(rows.start, rows.len()))
    }
}

/// The batches of some rows; at least one, so that columns are there where no rows are.
fn batches(rows: &dyn Rows) -> impl Iterator<Item = Result<RecordBatch, Diagnostic>> {
    let count = rows.rows();
    (0..count.max(1)).step_by(ROWS).map(move |start| rows.batch(start..count.min(start + ROWS)))
}

/// What goes wrong while a table is written: the disk, or the program.
pub(crate) enum Failure {
    Disk(String),
    Fault(Diagnostic),
}

impl Failure {
    /// As it is told of a file.
    pub(crate) fn told(self, path: &Path) -> Diagnostic {
        match self {
            Self::Disk(error) => unwritable(path, error),
            Self::Fault(fault) => fault,
        }
    }
}

impl From<Diagnostic> for Failure {
    fn from(fault: Diagnostic) -> Self {
        Self::Fault(fault)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error.to_string())
    }
}

/// A format of published tables.
pub(crate) trait Format: Send + Sync {
    /// The ending of its files, and its name in a data package.
    fn name(&self) -> &'static str;

    /// As a data package names it.
    fn media_type(&self) -> &'static str;

    /// Writes a whole file and returns it.
    fn write(&self, rows: &dyn Rows, metadata: &[(&str, String)], file: File) -> Result<File, Failure>;

    /// What DuckDB reads a file with, given its path as an expression and the names and types (Table Schema) of its columns.
    fn reader(&self, path: &str, fields: &[(String, &'static str)]) -> String;
}

/// What writes a format; nothing for one that is made from the tables of another.
pub(crate) fn format(format: TableFormat) -> Option<&'static dyn Format> {
    match format {
        TableFormat::Parquet => Some(&parquet::Parquet),
        TableFormat::Csv => Some(&csv::Csv),
        TableFormat::SdmxCsv | TableFormat::Xlsx | TableFormat::Json => None,
    }
}

/// What writes the tables of a release in some formats: Parquet at least, for all others are made from them.
pub(crate) fn of_tables(formats: &[TableFormat]) -> Vec<&'static dyn Format> {
    let found: Vec<&dyn Format> = formats.iter().filter_map(|of| format(*of)).collect();
    if found.is_empty() { vec![&parquet::Parquet] } else { found }
}

/// The type of a column in a data package (Table Schema).
pub(crate) fn package_type(kind: &DataType) -> &'static str {
    match kind {
        DataType::Int64 => "integer",
        DataType::Float64 => "number",
        DataType::Date32 => "date",
        DataType::Boolean => "boolean",
        DataType::Utf8 => "string",
        // No format writes such a column today; whoever reads it must look himself.
        _ => "any",
    }
}
