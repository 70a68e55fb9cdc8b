//! A table of a release as CSV, from its file in Parquet.

use std::fs::{self, File};
use std::path::Path;

use arrow::compute::concat_batches;
use denizen_spec::{Code, Diagnostic};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::export::write_file;
use crate::formats::csv;

/// Writes a table of a release that stands as CSV. One that is CSV already is copied.
///
/// # Errors
///
/// When the table cannot be read, or the disk refuses.
pub fn table_as_csv(table: &Path, out: &Path) -> Result<(), Diagnostic> {
    let unreadable = |error: String| {
        let message = format!("`{}` of the release cannot be read", table.display());
        Diagnostic::error(Code::NoRelease, message).note(error)
    };
    if table.extension().is_some_and(|ending| ending == "csv") {
        let text = fs::read(table).map_err(|error| unreadable(error.to_string()))?;
        return write_file(out, |file| file.write_all(&text));
    }
    let file = File::open(table).map_err(|error| unreadable(error.to_string()))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(error.to_string()))?;
    let schema = builder.schema().clone();
    let batches = builder.build().map_err(|error| unreadable(error.to_string()))?;
    let batches = batches.collect::<Result<Vec<_>, _>>().map_err(|error| unreadable(error.to_string()))?;
    let rows = concat_batches(&schema, &batches).map_err(|error| unreadable(error.to_string()))?;
    let mut text = Vec::new();
    csv::write(&rows, &mut text).map_err(|failure| failure.told(out))?;
    write_file(out, |file| file.write_all(&text))
}
