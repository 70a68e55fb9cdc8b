//! Tables for whoever takes the Arrow stream of the C data interface: polars, pandas, pyarrow, DuckDB.

use std::fs::File;
use std::path::PathBuf;

use arrow::array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow::error::ArrowError;
use arrow::ffi_stream::FFI_ArrowArrayStream;
use denizen_spec::{Code, Diagnostic};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::fault::raised_alone;

/// Record batches. Nothing is copied when others take them.
#[pyclass(frozen, module = "denizen")]
pub(crate) struct Table {
    batches: Vec<RecordBatch>,
    schema: arrow::datatypes::SchemaRef,
}

impl Table {
    pub(crate) fn of(batch: RecordBatch) -> Self {
        Self { schema: batch.schema(), batches: vec![batch] }
    }

    /// Batches with the same columns; nothing where there is none.
    pub(crate) fn of_batches(batches: Vec<RecordBatch>) -> Option<Self> {
        Some(Self { schema: batches.first()?.schema(), batches })
    }
}

#[pymethods]
impl Table {
    /// The Arrow stream, by the PyCapsule interface.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Another schema may be asked for and need not be given.
        drop(requested_schema);
        let batches: Vec<Result<RecordBatch, ArrowError>> = self.batches.iter().cloned().map(Ok).collect();
        let reader: Box<dyn RecordBatchReader + Send> =
            Box::new(RecordBatchIterator::new(batches, self.schema.clone()));
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), c"arrow_array_stream")
    }

    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// A Parquet file of a release.
#[pyfunction]
pub(crate) fn read_parquet(py: Python<'_>, path: PathBuf) -> PyResult<Table> {
    py.detach(|| read(&path)).map_err(|error| {
        let fault = Diagnostic::error(Code::Unreadable, "a table of the release cannot be read");
        raised_alone(fault.in_file(&path, None).note(error.to_string()))
    })
}

#[expect(clippy::disallowed_methods, reason = "a file that the program has made, and no input")]
fn read(path: &PathBuf) -> Result<Table, Box<dyn std::error::Error + Send + Sync>> {
    let file = File::open(path)?;
    let metadata = ArrowReaderMetadata::load(&file, Default::default())?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).build()?;
    let schema = reader.schema();
    Ok(Table { batches: reader.collect::<Result<_, _>>()?, schema })
}
