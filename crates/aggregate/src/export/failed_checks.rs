//! Where checks failed: `restricted/checks.parquet`. It holds places, and no value of a row.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use denizen_spec::Diagnostic;
use parquet::arrow::ArrowWriter;

use crate::export::{create, unwritable};
use crate::formats::parquet::{properties, writer};

/// A row, or a period, of which a check does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCheck {
    /// The source.
    pub source: String,
    /// The name of the check.
    pub check: String,
    /// The file, as it is named in the manifest.
    pub file: Option<String>,
    /// The number of the sheet, of a workbook.
    pub sheet: Option<i64>,
    /// The line or row, from 1.
    pub line: Option<i64>,
    /// The period, with the values that are counted apart.
    pub period: Option<String>,
}

pub(super) fn write(path: &Path, failures: &[FailedCheck]) -> Result<(), Diagnostic> {
    let texts = |of: fn(&FailedCheck) -> Option<&String>| -> ArrayRef {
        Arc::new(failures.iter().map(of).collect::<StringArray>())
    };
    let numbers = |of: fn(&FailedCheck) -> Option<i64>| -> ArrayRef {
        Arc::new(failures.iter().map(of).collect::<Int64Array>())
    };
    let columns: [(&str, ArrayRef); 6] = [
        ("source", texts(|failure| Some(&failure.source))),
        ("check", texts(|failure| Some(&failure.check))),
        ("file", texts(|failure| failure.file.as_ref())),
        ("sheet", numbers(|failure| failure.sheet)),
        ("line", numbers(|failure| failure.line)),
        ("period", texts(|failure| failure.period.as_ref())),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)));
    let batch = batch.map_err(|error| unwritable(path, error))?;
    let properties = properties().set_key_value_metadata(Some(Vec::new())).build();
    let file = create(path)?;
    let write = |mut writer: ArrowWriter<_>| {
        writer.write(&batch)?;
        writer.into_inner()
    };
    let file = writer(file, &batch.schema(), properties).and_then(write);
    let file = file.map_err(|error| unwritable(path, error))?;
    file.sync_all().map_err(|error| unwritable(path, error))
}
