//! Parquet files of others.
//!
//! Metadata and pages are read on a thread of their own, where a reader that panics on a damaged file fails that file only;
//! batches become rows on any thread. Columns are read as Parquet types them: what programs note of their own types beside is
//! left alone.

mod values;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use denizen_spec::{Code, Column, DateFormat, Diagnostic, RowPlace, Source};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;

use self::values::{Cell, column_values};
use super::foreign::{ForeignReader, Stop, damaged, read_whole, too_large};
use super::{FileFormat, FilePart, RawRows, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::input::{Header, unreadable};
use crate::rows::Rows;

/// Bytes of a file that cannot be read where it lies, being packed or from elsewhere.
const MOST_BYTES: u64 = 1 << 30;

/// Bytes of the metadata of a file.
const MOST_METADATA: u32 = 64 << 20;

/// Columns of a file.
const MOST_COLUMNS: usize = 10_000;

/// Rows that are handed on together.
const BATCH: usize = 8192;

/// Parquet, which needs no options.
pub(super) struct ParquetFormat {
    /// What the declared columns are called in the file.
    declared: Arc<[String]>,
    /// Those of them of which the days of another time than UTC are asked for.
    zoned: Arc<[String]>,
}

impl ParquetFormat {
    pub(super) fn new(source: &Source) -> Self {
        let names =
            source.columns.iter().flat_map(|column| std::iter::once(&column.from).chain(&column.with));
        let is_zoned = |column: &&Column| column.date_format().and_then(DateFormat::zone).is_some();
        let zoned = source.columns.iter().filter(is_zoned).map(|column| column.from.clone());
        Self { declared: names.cloned().collect(), zoned: zoned.collect() }
    }
}

impl FileFormat for ParquetFormat {
    fn decoder(&self) -> Decoder {
        Decoder::of_utf8()
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let FilePart { name, mut bytes, file, .. } = file;
        let stored = match file {
            Some(file) => Stored::File(file),
            None => Stored::Bytes(read_whole(&name, &mut bytes, MOST_BYTES)?.into()),
        };
        let (declared, zoned) = (Arc::clone(&self.declared), Arc::clone(&self.zoned));
        Ok(Box::new(ParquetRows {
            name,
            stored,
            bytes,
            declared,
            zoned,
            schema: None,
            batches: None,
            next_row: 1,
        }))
    }
}

/// Where the bytes of a file are.
enum Stored {
    File(File),
    Bytes(bytes::Bytes),
}

impl Stored {
    fn again(&self, name: &str) -> Result<Self, Diagnostic> {
        Ok(match self {
            Self::File(file) => Self::File(file.try_clone().map_err(|error| unreadable(name, &error))?),
            Self::Bytes(bytes) => Self::Bytes(bytes.clone()),
        })
    }

    /// The last eight bytes, where the file is so long.
    fn tail(&self) -> io::Result<Option<[u8; 8]>> {
        Ok(match self {
            Self::File(file) => {
                let mut file = file.try_clone()?;
                let mut tail = [0; 8];
                if file.metadata()?.len() < 12 {
                    return Ok(None);
                }
                file.seek(SeekFrom::End(-8))?;
                file.read_exact(&mut tail)?;
                Some(tail)
            }
            Self::Bytes(bytes) if bytes.len() < 12 => None,
            Self::Bytes(bytes) => bytes.last_chunk::<8>().copied(),
        })
    }

    fn first(&self) -> io::Result<Vec<u8>> {
        let mut first = Vec::new();
        match self {
            Self::File(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(0))?;
                file.take(4096).read_to_end(&mut first)?;
            }
            Self::Bytes(bytes) => first.extend_from_slice(&bytes[..bytes.len().min(4096)]),
        }
        Ok(first)
    }
}

/// Reads the rows of a file.
struct ParquetRows {
    name: Arc<str>,
    stored: Stored,
    /// The bytes as they are hashed.
    bytes: Box<dyn Read + Send>,
    declared: Arc<[String]>,
    zoned: Arc<[String]>,
    schema: Option<SchemaRef>,
    batches: Option<ForeignReader<RecordBatch>>,
    /// Number of the first row of the next batch, from 1.
    next_row: u64,
}

impl ParquetRows {
    /// Whether the file begins and ends as one of Parquet, and says nothing impossible of its metadata.
    fn check_ends(&self) -> Result<(), Diagnostic> {
        let name = &*self.name;
        let (first, tail) = (self.stored.first(), self.stored.tail());
        let (first, tail) = (
            first.map_err(|error| unreadable(name, &error))?,
            tail.map_err(|error| unreadable(name, &error))?,
        );
        if first.starts_with(b"PARE") || tail.is_some_and(|tail| tail.ends_with(b"PARE")) {
            let error =
                Diagnostic::error(Code::Unreadable, format!("`{name}` is encrypted")).in_file(name, None);
            return Err(error.help("write it anew without encryption"));
        }
        if !first.starts_with(b"PAR1") {
            let found = super::signature::recognise(&first);
            let what = found.map_or("no Parquet file", |found| found.what);
            let error =
                Diagnostic::error(Code::OtherFormat, format!("`{name}` is {what}, not a Parquet file"));
            let help = "declare the `format` that it has";
            return Err(error.in_file(name, None).help(found.map_or(help, |found| found.help)));
        }
        match tail {
            Some([a, b, c, d, b'P', b'A', b'R', b'1']) => {
                let metadata = u32::from_le_bytes([a, b, c, d]);
                if metadata > MOST_METADATA {
                    return Err(too_large(name, "its metadata take more than 64 MiB"));
                }
                Ok(())
            }
            Some(_) | None => Err(damaged(name, "its end is missing")),
        }
    }

    fn read_schema(&self) -> Result<SchemaRef, Diagnostic> {
        self.check_ends()?;
        let (name, stored) = (Arc::clone(&self.name), self.stored.again(&self.name)?);
        let mut schemas = ForeignReader::start(&self.name, move |sender| {
            let schema = match stored {
                Stored::File(file) => schema(&name, file)?,
                Stored::Bytes(bytes) => schema(&name, bytes)?,
            };
            sender.send(schema)
        })?;
        let schema = schemas.next()?;
        schema.ok_or_else(|| damaged(&self.name, "it has no schema"))
    }

    /// Begins to read the columns that the header wants.
    fn start(&self, header: &Header) -> Result<ForeignReader<RecordBatch>, Diagnostic> {
        let mut wanted: Vec<usize> = header.fields().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let schema = self.schema.as_deref();
        for field in wanted.iter().filter_map(|index| schema?.fields().get(*index)) {
            check_type(&self.name, field.name(), field.data_type())?;
        }
        let (name, stored) = (Arc::clone(&self.name), self.stored.again(&self.name)?);
        ForeignReader::start(&self.name, move |sender| match stored {
            Stored::File(file) => read(&name, file, wanted, |batch| sender.send(batch)),
            Stored::Bytes(bytes) => read(&name, bytes, wanted, |batch| sender.send(batch)),
        })
    }
}

fn builder<R: ChunkReader + 'static>(
    name: &str,
    file: R,
) -> Result<ParquetRecordBatchReaderBuilder<R>, Diagnostic> {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options);
    builder.map_err(|error| fault(name, &error))
}

fn schema<R: ChunkReader + 'static>(name: &str, file: R) -> Result<SchemaRef, Diagnostic> {
    let builder = builder(name, file)?;
    let columns = builder.parquet_schema().num_columns();
    if columns > MOST_COLUMNS {
        return Err(too_large(name, &format!("it has {columns} columns")));
    }
    Ok(Arc::clone(builder.schema()))
}

fn read<R: ChunkReader + 'static>(
    name: &str,
    file: R,
    wanted: Vec<usize>,
    mut send: impl FnMut(RecordBatch) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let builder = builder(name, file)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
    let reader = builder.with_projection(mask).with_batch_size(BATCH).build();
    for batch in reader.map_err(|error| fault(name, &error))? {
        send(batch.map_err(|error| fault(name, &ParquetError::from(error)))?)?;
    }
    Ok(())
}

fn fault(name: &str, error: &ParquetError) -> Diagnostic {
    let message = error.to_string();
    match message.split_once("Disabled feature at compile time: ") {
        Some((_, codec)) => {
            let message = format!("`{name}` is compressed by a method that is not read: {}", codec.trim());
            let error = Diagnostic::error(Code::Unreadable, message).in_file(name, None);
            error.help("write it anew with compression `zstd`, or with none")
        }
        None => damaged(name, &message),
    }
}

/// Whether the values of a column are values of a table.
fn check_type(file: &str, column: &str, data_type: &DataType) -> Result<(), Diagnostic> {
    if values::is_read(data_type) {
        return Ok(());
    }
    let what = match data_type {
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => "lists",
        DataType::Struct(_) => "structures",
        DataType::Map(..) => "maps",
        _ => "values that are neither text, numbers, dates nor times",
    };
    let message = format!("the column `{column}` of `{file}` holds {what}");
    Err(Diagnostic::error(Code::NestedColumn, message)
        .in_file(file, None)
        .help("write the file with a plain column for each value that is needed"))
}

impl ReadRows for ParquetRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        let schema = self.read_schema()?;
        for field in schema.fields().iter().filter(|field| self.declared.contains(field.name())) {
            check_type(&self.name, field.name(), field.data_type())?;
        }
        let names = schema.fields().iter().map(|field| field.name().trim().to_owned()).collect();
        self.schema = Some(schema);
        Ok(names)
    }

    fn next_rows(&mut self, header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError> {
        if self.batches.is_none() {
            self.batches = Some(self.start(header)?);
        }
        let batch = match &mut self.batches {
            Some(batches) => batches.next()?,
            None => None,
        };
        let Some(batch) = batch else {
            io::copy(&mut self.bytes, &mut io::sink()).map_err(|error| unreadable(&self.name, &error))?;
            return Ok(None);
        };
        let first_row = self.next_row;
        self.next_row += batch.num_rows() as u64;
        Ok(Some(Box::new(Batch { batch, first_row, zoned: Arc::clone(&self.zoned) })))
    }

    fn lines(&self) -> u64 {
        0
    }
}

/// Rows as they were read, column by column.
struct Batch {
    /// The columns that the header wants, in the order of the file.
    batch: RecordBatch,
    first_row: u64,
    /// The columns of which the days of another time than UTC are asked for.
    zoned: Arc<[String]>,
}

impl RawRows for Batch {
    fn bytes(&self) -> u64 {
        self.batch.get_array_memory_size() as u64
    }

    fn cut(self: Box<Self>, header: &Arc<Header>) -> Rows {
        let mut wanted: Vec<usize> = header.fields().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let schema = self.batch.schema_ref();
        let is_zoned = |name: &str| self.zoned.iter().any(|zoned| zoned == name.trim());
        let columns = schema.fields().iter().zip(self.batch.columns());
        let columns: Vec<_> =
            columns.map(|(field, array)| column_values(array, is_zoned(field.name()))).collect();
        let index = |field| wanted.binary_search(&field).ok();
        let order: Vec<Option<usize>> = header.fields().map(index).collect();
        let mut rows = Rows::new(header);
        let mut buffers: Vec<Vec<u8>> = vec![Vec::new(); columns.len()];
        for row in 0..self.batch.num_rows() {
            let place = RowPlace::Record { row: self.first_row + row as u64 };
            let cells = columns.iter().zip(&mut buffers).map(|(column, buffer)| column.at(row, buffer));
            let cells: Vec<Cell> = cells.collect();
            if cells.contains(&Cell::Inexact) {
                rows.reject(place, Code::InexactNumber);
                continue;
            }
            let cell = |index: &Option<usize>| index.map_or(Cell::Text, |index| cells[index]);
            let text = |index: &Option<usize>| index.map_or(&[][..], |index| buffers[index].as_slice());
            rows.push(place, order.iter().map(|index| cell(index).field(text(index))));
        }
        rows
    }
}
