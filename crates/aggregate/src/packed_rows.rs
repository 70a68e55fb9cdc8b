//! The rows of a published table, one indicator after another and packed.
//!
//! A table of a million cells with twenty indicators has as many rows as no laptop holds at a hundred bytes each; most of
//! these bytes repeat those above them. So rows are packed as soon as an indicator is computed, in blocks that are read
//! again one at a time. No two indicators have to be sorted together: each is a run of rows for every concept and rule, and
//! only runs are put in order. What goes beyond some megabytes waits on the disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{Float64Type, Int64Type, SchemaRef, UInt32Type};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use denizen_spec::{Code, Diagnostic};
use polars::prelude::*;

use crate::counts::internal;

/// Rows of a block: enough to be packed well, and few to be put together at once.
pub(crate) const BLOCK: usize = 1 << 15;

/// Packed bytes of a table that are held in memory.
const HELD: u64 = 32 << 20;

/// What rows are told apart by before their indicator: concept and rule.
pub(crate) type Statistic = (u32, u32);

/// Rows in order, packed.
#[derive(Debug)]
pub(crate) struct PackedRows {
    schema: SchemaRef,
    overflow: Overflow,
    /// By concept, rule and indicator.
    runs: Vec<Run>,
    rows: usize,
}

/// The rows of one indicator of one concept under one rule.
#[derive(Debug)]
struct Run {
    statistic: Statistic,
    indicator: u32,
    blocks: Vec<Block>,
}

/// Some rows: a stream of Arrow's IPC format, compressed by zstd.
#[derive(Debug)]
struct Block {
    rows: usize,
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    Held(Vec<u8>),
    /// Bytes of the scratch file.
    OnDisk(Range<u64>),
}

/// A file without a name for what is more than [`HELD`].
#[derive(Debug)]
struct Overflow {
    folder: PathBuf,
    held: u64,
    written: u64,
    file: Option<Mutex<File>>,
}

impl PackedRows {
    /// No rows yet. Those that memory should not hold go to a file without a name in the folder `scratch`.
    pub(crate) fn new(scratch: &Path, schema: SchemaRef) -> Self {
        let overflow = Overflow { folder: scratch.to_path_buf(), held: 0, written: 0, file: None };
        Self { schema, overflow, runs: Vec::new(), rows: 0 }
    }

    /// Adds some rows, no more than a block, of an indicator and a statistic, behind those that it has.
    pub(crate) fn push(
        &mut self,
        indicator: u32,
        statistic: Statistic,
        rows: &RecordBatch,
    ) -> Result<(), Diagnostic> {
        let bytes = packed(rows).map_err(|error| internal("rows of a table", &error))?;
        let block = Block { rows: rows.num_rows(), bytes: self.overflow.keep(bytes)? };
        self.rows += block.rows;
        match self.runs.last_mut() {
            Some(run) if (run.indicator, run.statistic) == (indicator, statistic) => run.blocks.push(block),
            Some(_) | None => self.runs.push(Run { statistic, indicator, blocks: vec![block] }),
        }
        Ok(())
    }

    /// Puts the runs in order.
    pub(crate) fn sort(&mut self) {
        self.runs.sort_by_key(|run| (run.statistic, run.indicator));
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Some of the rows, with a column for each of the frames that they came from.
    pub(crate) fn read(&self, rows: Range<usize>) -> Result<RecordBatch, Diagnostic> {
        let mut batches = Vec::new();
        let mut start = 0;
        for block in self.runs.iter().flat_map(|run| &run.blocks) {
            let first = rows.start.max(start);
            let last = rows.end.min(start + block.rows);
            if first < last {
                batches.push(self.block(block)?.slice(first - start, last - first));
            }
            start += block.rows;
        }
        concat_batches(&self.schema, &batches).map_err(|error| internal("rows of a table", &error))
    }

    fn block(&self, block: &Block) -> Result<RecordBatch, Diagnostic> {
        let read = match &block.bytes {
            Bytes::Held(bytes) => unpacked(bytes),
            Bytes::OnDisk(place) => {
                self.overflow.read(place).map_err(ArrowError::from).and_then(|bytes| unpacked(&bytes))
            }
        };
        read.map_err(|error| internal("rows of a table", &error))
    }

    /// The rows of some indicators as a frame.
    pub(crate) fn frame(&self, indicators: &BTreeSet<u32>) -> Result<DataFrame, Diagnostic> {
        let broken = |error: PolarsError| internal("rows of a table", &error);
        let mut all = frame(&RecordBatch::new_empty(Arc::clone(&self.schema))).map_err(broken)?;
        for run in self.runs.iter().filter(|run| indicators.contains(&run.indicator)) {
            for block in &run.blocks {
                let rows = frame(&self.block(block)?).map_err(broken)?;
                all.vstack_mut_owned(rows).map_err(broken)?;
            }
        }
        Ok(all)
    }
}

impl Overflow {
    /// Holds bytes, or writes them.
    #[expect(clippy::disallowed_methods, reason = "a file without a name, of which nothing stays: no output")]
    fn keep(&mut self, bytes: Vec<u8>) -> Result<Bytes, Diagnostic> {
        if self.held + bytes.len() as u64 <= HELD {
            self.held += bytes.len() as u64;
            return Ok(Bytes::Held(bytes));
        }
        let folder = &self.folder;
        let file = match self.file.take() {
            Some(file) => file,
            None => Mutex::new(tempfile::tempfile_in(folder).map_err(|error| full(folder, &error))?),
        };
        let file = self.file.insert(file).get_mut().unwrap_or_else(PoisonError::into_inner);
        let start = self.written;
        // It may have been read since.
        let write = file.seek(SeekFrom::Start(start)).and_then(|_| file.write_all(&bytes));
        write.map_err(|error| full(folder, &error))?;
        self.written += bytes.len() as u64;
        Ok(Bytes::OnDisk(start..self.written))
    }

    fn read(&self, place: &Range<u64>) -> io::Result<Vec<u8>> {
        let file = self.file.as_ref().ok_or_else(|| io::Error::other("there is no scratch file"))?;
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place.start))?;
        let mut bytes = vec![0; (place.end - place.start) as usize];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn full(folder: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("the scratch folder `{}` cannot be used", folder.display());
    Diagnostic::error(Code::ScratchFull, message)
        .note(error.to_string())
        .help("free space, or choose a folder on another disk with --scratch")
}

fn packed(rows: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
    let mut writer = StreamWriter::try_new(Vec::new(), &rows.schema())?;
    writer.write(rows)?;
    writer.finish()?;
    Ok(zstd::bulk::compress(writer.get_ref(), 1)?)
}

fn unpacked(packed: &[u8]) -> Result<RecordBatch, ArrowError> {
    let mut bytes = Vec::new();
    zstd::stream::copy_decode(Cursor::new(packed), &mut bytes)?;
    let mut reader = StreamReader::try_new(Cursor::new(bytes), None)?;
    reader.next().unwrap_or_else(|| Err(ArrowError::IpcError("a block without rows".into())))
}

fn frame(batch: &RecordBatch) -> PolarsResult<DataFrame> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        let name = PlSmallStr::from_str(field.name());
        if let Some(array) = array.as_primitive_opt::<UInt32Type>() {
            Ok(UInt32Chunked::from_iter_options(name, array.iter()).into_column())
        } else if let Some(array) = array.as_primitive_opt::<Int64Type>() {
            Ok(Int64Chunked::from_iter_options(name, array.iter()).into_column())
        } else if let Some(array) = array.as_primitive_opt::<Float64Type>() {
            Ok(Float64Chunked::from_iter_options(name, array.iter()).into_column())
        } else {
            polars_bail!(ComputeError: "a column of {}", field.data_type())
        }
    });
    DataFrame::new(batch.num_rows(), columns.collect::<PolarsResult<_>>()?)
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Float64Array, Int64Array};
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    fn empty() -> PackedRows {
        let fields = [("whole", DataType::Int64), ("value", DataType::Float64)];
        let fields = fields.map(|(name, kind)| Field::new(name, kind, true));
        PackedRows::new(&std::env::temp_dir(), Arc::new(Schema::new(fields.to_vec())))
    }

    /// Rows with values from a first one on; every third has no whole number.
    fn add(rows: &mut PackedRows, indicator: u32, statistic: Statistic, values: Range<i64>) {
        let whole = values.clone().map(|value| (value % 3 > 0).then_some(value)).collect::<Int64Array>();
        let doubles = values.map(|value| Some(value as f64)).collect::<Float64Array>();
        let columns: Vec<ArrayRef> = vec![Arc::new(whole), Arc::new(doubles)];
        let batch = RecordBatch::try_new(Arc::clone(&rows.schema), columns).unwrap();
        rows.push(indicator, statistic, &batch).unwrap();
    }

    fn values(batch: &RecordBatch) -> Vec<(Option<i64>, f64)> {
        let whole = batch.column(0).as_primitive::<Int64Type>().iter();
        whole.zip(batch.column(1).as_primitive::<Float64Type>().values().iter().copied()).collect()
    }

    /// Two indicators, pushed in the wrong order: rows come by statistic and then by indicator.
    #[test]
    fn rows_by_statistic_and_indicator() {
        let mut rows = empty();
        for (indicator, statistic, values) in [
            (1, (0, 0), 10..11),
            (1, (0, 1), 11..12),
            (1, (2, 0), 12..13),
            (0, (0, 1), 20..21),
            (0, (0, 1), 21..22),
            (0, (1, 0), 22..23),
        ] {
            add(&mut rows, indicator, statistic, values);
        }
        rows.sort();
        let whole = values(&rows.read(0..rows.len()).unwrap());
        let found: Vec<f64> = whole.iter().map(|(.., value)| *value).collect();
        assert_eq!(found, [10.0, 20.0, 21.0, 11.0, 22.0, 12.0]);
        for start in 0..=whole.len() {
            for end in start..=whole.len() {
                assert_eq!(values(&rows.read(start..end).unwrap()), whole[start..end]);
            }
        }
        let of_first = super::frame(&rows.read(1..3).unwrap()).unwrap();
        assert!(rows.frame(&BTreeSet::from([0])).unwrap().slice(0, 2).equals_missing(&of_first));
    }

    #[test]
    fn rows_of_several_blocks() {
        for (held, on_disk) in [(0, false), (HELD, true)] {
            let mut rows = empty();
            rows.overflow.held = held;
            let block = BLOCK as i64;
            for values in [0..block, block..2 * block, 2 * block..2 * block + 7] {
                add(&mut rows, 0, (0, 0), values);
            }
            assert_eq!((rows.overflow.written > 0, rows.runs.len()), (on_disk, 1));
            for start in [0, BLOCK - 3, BLOCK, 2 * BLOCK - 1, 2 * BLOCK + 2] {
                let found = values(&rows.read(start..start + 5).unwrap());
                let expected: Vec<f64> = (start..start + 5).map(|value| value as f64).collect();
                assert_eq!(found.iter().map(|(.., value)| *value).collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn no_rows_have_columns() {
        let rows = empty();
        assert_eq!((rows.len(), rows.read(0..0).unwrap().num_columns()), (0, 2));
        assert_eq!(rows.frame(&BTreeSet::from([0])).unwrap().width(), 2);
    }
}
