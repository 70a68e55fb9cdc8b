//! Rows as bytes, for engines that send them from one process to another: the IPC format of Arrow, with their words.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use denizen_spec::Diagnostic;

use crate::plan::fault;

/// Writes a batch.
///
/// ```
/// # use std::sync::Arc;
/// # use arrow::array::{ArrayRef, Int64Array, RecordBatch};
/// # let column: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
/// let batch = RecordBatch::try_from_iter([("n", column)]).unwrap();
/// let bytes = denizen_clean::piece::write(&batch).unwrap();
/// assert_eq!(denizen_clean::piece::read(&bytes).unwrap(), batch);
/// ```
///
/// # Errors
///
/// Only when the batch cannot be written, which is a fault of the program.
pub fn write(batch: &RecordBatch) -> Result<Vec<u8>, Diagnostic> {
    let write = || -> Result<Vec<u8>, ArrowError> {
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
        writer.write(batch)?;
        writer.into_inner()
    };
    write().map_err(|error| fault("piece", &error))
}

/// Reads a batch.
///
/// # Errors
///
/// When the bytes are not those of [`write()`].
pub fn read(bytes: &[u8]) -> Result<RecordBatch, Diagnostic> {
    let read = || -> Result<RecordBatch, ArrowError> {
        let reader = StreamReader::try_new(bytes, None)?;
        let schema = reader.schema();
        let batches = reader.collect::<Result<Vec<_>, _>>()?;
        concat_batches(&schema, &batches)
    };
    read().map_err(|error| fault("piece", &error))
}
