//! A table that is written as CSV or Parquet.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use denizen_spec::{Code, Diagnostic, TableFormat};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::formats::table::Fault;

/// A table in memory: columns with their names, all of one length.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The name of its file, without an ending.
    pub name: String,
    pub(crate) columns: Vec<(String, Values)>,
}

/// What a column holds; nothing where something is not there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    Texts(Vec<Option<String>>),
    Whole(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
}

impl Sheet {
    /// Its rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, values)| values.len())
    }

    /// As a record batch of Arrow.
    ///
    /// # Errors
    ///
    /// When there is no memory left.
    pub fn batch(&self) -> Result<RecordBatch, Diagnostic> {
        let fields = self.columns.iter().map(|(name, values)| Field::new(name, values.data_type(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let arrays = self.columns.iter().map(|(_, values)| values.array()).collect();
        RecordBatch::try_new(schema, arrays).map_err(fault)
    }
}

/// Gives sheets with the same columns one after another.
type Give<'g> = dyn FnMut(&mut dyn FnMut(Sheet) -> Result<(), Diagnostic>) -> Result<(), Diagnostic> + 'g;

/// Writes sheets with the same columns one below another and gives the number of their rows: as CSV (UTF-8, commas, a header, an empty
/// field where there is no value), or else as Parquet.
pub(crate) fn write_sheets(
    format: TableFormat,
    out: &mut dyn Write,
    give: &mut Give<'_>,
) -> Result<usize, Fault> {
    let mut unwritten = None;
    let mut rows = 0;
    let mut writer = Writer { format, parquet: None, has_header: false };
    let given = give(&mut |sheet| {
        rows += sheet.rows();
        writer.write(&sheet, out).map_err(|error| stopped(error, &mut unwritten))
    });
    if let Some(error) = unwritten {
        return Err(Fault::Disk(error));
    }
    given?;
    writer.finish(out)?;
    Ok(rows)
}

/// Keeps what the disk says, and gives a fault that stops the work.
fn stopped(error: Fault, unwritten: &mut Option<io::Error>) -> Diagnostic {
    match error {
        Fault::Read(fault) => fault,
        Fault::Disk(error) => {
            *unwritten = Some(error);
            fault("the disk refuses")
        }
    }
}

/// What writes sheets.
struct Writer {
    format: TableFormat,
    parquet: Option<(ArrowWriter<Shared>, Shared)>,
    has_header: bool,
}

impl Writer {
    fn write(&mut self, sheet: &Sheet, out: &mut dyn Write) -> Result<(), Fault> {
        match self.format {
            TableFormat::Csv => self.write_csv(sheet, out),
            TableFormat::Parquet | TableFormat::SdmxCsv | TableFormat::Xlsx | TableFormat::Json => {
                self.write_parquet(sheet, out)
            }
        }
    }

    fn write_csv(&mut self, sheet: &Sheet, out: &mut dyn Write) -> Result<(), Fault> {
        let mut writer = csv::Writer::from_writer(out);
        if !std::mem::replace(&mut self.has_header, true) {
            writer.write_record(sheet.columns.iter().map(|(name, _)| name)).map_err(io::Error::from)?;
        }
        for row in 0..sheet.rows() {
            let fields = sheet.columns.iter().map(|(_, values)| values.text(row));
            writer.write_record(fields).map_err(io::Error::from)?;
        }
        Ok(writer.flush()?)
    }

    fn write_parquet(&mut self, sheet: &Sheet, out: &mut dyn Write) -> Result<(), Fault> {
        let batch = sheet.batch()?;
        let (writer, shared) = match &mut self.parquet {
            Some(both) => both,
            none => {
                let properties =
                    WriterProperties::builder().set_compression(Compression::ZSTD(Default::default()));
                let shared = Shared::default();
                let writer = ArrowWriter::try_new(shared.clone(), batch.schema(), Some(properties.build()));
                none.insert((writer.map_err(fault)?, shared))
            }
        };
        writer.write(&batch).map_err(fault)?;
        Ok(out.write_all(&shared.take())?)
    }

    fn finish(self, out: &mut dyn Write) -> Result<(), Fault> {
        if let Some((writer, shared)) = self.parquet {
            writer.close().map_err(fault)?;
            out.write_all(&shared.take())?;
        }
        Ok(())
    }
}

/// Bytes on their way from a writer that must own what it writes to.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Texts(values) => values.len(),
            Self::Whole(values) => values.len(),
            Self::Numbers(values) => values.len(),
        }
    }

    fn text(&self, row: usize) -> String {
        match self {
            Self::Texts(values) => values[row].clone().unwrap_or_default(),
            Self::Whole(values) => values[row].map_or(String::new(), |value| value.to_string()),
            Self::Numbers(values) => values[row].map_or(String::new(), |value| value.to_string()),
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Self::Texts(_) => DataType::Utf8,
            Self::Whole(_) => DataType::Int64,
            Self::Numbers(_) => DataType::Float64,
        }
    }

    fn array(&self) -> ArrayRef {
        match self {
            Self::Texts(values) => Arc::new(values.iter().map(Option::as_deref).collect::<StringArray>()),
            Self::Whole(values) => Arc::new(Int64Array::from(values.clone())),
            Self::Numbers(values) => Arc::new(Float64Array::from(values.clone())),
        }
    }
}

fn fault(error: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::error(Code::Internal, "a table cannot be written").note(error.to_string())
}
