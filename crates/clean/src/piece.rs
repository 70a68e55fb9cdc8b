//! Rows as bytes, for engines that send them from one process to another: the IPC format of Arrow, with their words.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::UInt16Type;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use denizen_spec::Diagnostic;

use crate::batch::Result as ArrowResult;
use crate::column::{batch_of, columns, join};
use crate::dictionary::with_own_words;
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

/// Batches with the same columns as one, whose words are those that its rows have. A column with more words than numbers is texts.
///
/// # Errors
///
/// Only when the batches differ in their columns, which is a fault of the program.
pub fn together(batches: &[RecordBatch]) -> Result<RecordBatch, Diagnostic> {
    joined(batches).map_err(|error| fault("piece", &error))
}

fn joined(batches: &[RecordBatch]) -> ArrowResult<RecordBatch> {
    let [first, ..] = batches else {
        return Err(ArrowError::InvalidArgumentError("no batch".to_owned()));
    };
    let columns = columns(first);
    let without_words = |batch: &RecordBatch| {
        let arrays = columns.iter().zip(batch.columns());
        arrays.map(|(column, array)| column.without_words(array)).collect::<ArrowResult<Vec<ArrayRef>>>()
    };
    let chunks = batches.iter().map(without_words).collect::<ArrowResult<Vec<_>>>()?;
    let batch = join(&columns, &chunks)?;
    let arrays = columns.iter().zip(batch.columns()).map(|(column, array)| {
        let array = column.with_words(Arc::clone(array), column.words().as_ref())?;
        match array.as_dictionary_opt::<UInt16Type>() {
            Some(numbered) => Ok(Arc::new(with_own_words(numbered)?) as ArrayRef),
            None => Ok(array),
        }
    });
    batch_of(&columns, arrays.collect::<ArrowResult<Vec<_>>>()?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows};

    #[test]
    fn batches_together() {
        let batches =
            [batch("n:integer word", "1 a | 2 -"), batch("n:integer word", "3 b | 4 a | 5 c").slice(0, 2)];
        let one = together(&batches).unwrap();
        assert_eq!(rows(&one), "1 a | 2 - | 3 b | 4 a");
        let words = one.column(1).as_dictionary::<UInt16Type>().values();
        assert_eq!(words.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["a", "b"]);
        let mixed = [batch("word", "a | -"), batch("word:text", "b")];
        assert_eq!(rows(&together(&mixed).unwrap()), "a | - | b");
        assert!(together(&[]).is_err());
    }
}
