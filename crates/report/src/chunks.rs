//! A published table some thousand rows at a time, from Parquet or CSV: a table may have more rows than memory should hold.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, StringBuilder};
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Int64Type, Schema};
use denizen_spec::Diagnostic;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use crate::columns::{Column, NONE, unreadable};

/// Rows of a chunk at most. Row groups of our own are a multiple of it, so that each chunk has the dictionaries of one.
const ROWS: usize = 8192;

/// Some columns of a table, read from its beginning to its end.
pub(crate) struct Chunks {
    path: PathBuf,
    wanted: Vec<String>,
    found: Vec<String>,
    source: Source,
}

enum Source {
    Parquet(ParquetRecordBatchReader),
    /// A reader and the places of the columns in its records.
    Csv(csv::Reader<File>, Vec<Option<usize>>),
}

/// Some rows. Texts are dictionaries or plain, numbers and days as in the file; all are texts where that is CSV.
pub(crate) struct Chunk {
    pub(crate) rows: usize,
    /// The columns that were asked for, in that order; none where the table does not have one.
    columns: Vec<Option<ArrayRef>>,
}

impl Chunks {
    /// Opens a table.
    pub(crate) fn open(path: &Path, names: &[&str]) -> Result<Self, Diagnostic> {
        let is_text = path.extension().is_some_and(|ending| ending == "csv");
        let open = if is_text { Self::open_csv } else { Self::open_parquet };
        open(path, names).map_err(|error| unreadable(path, error))
    }

    fn open_csv(path: &Path, names: &[&str]) -> Result<Self, String> {
        let mut reader = csv::Reader::from_reader(open(path)?);
        let header = reader.headers().map_err(|error| error.to_string())?;
        let places: Vec<Option<usize>> =
            names.iter().map(|name| header.iter().position(|known| known == *name)).collect();
        let found = names.iter().zip(&places).filter(|(_, place)| place.is_some());
        let found = found.map(|(name, _)| (*name).to_owned()).collect();
        Ok(Self::new(path, names, found, Source::Csv(reader, places)))
    }

    fn open_parquet(path: &Path, names: &[&str]) -> Result<Self, String> {
        let file = open(path)?;
        let fault = |error: parquet::errors::ParquetError| error.to_string();
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(fault)?;
        // Each text once in a row group, as it stands in the file: a table of millions of rows has few unlike ones.
        let texts = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let as_dictionary = |field: &Arc<Field>| match field.data_type() {
            DataType::Utf8 => field.as_ref().clone().with_data_type(texts.clone()),
            _ => field.as_ref().clone(),
        };
        let schema = Schema::new(metadata.schema().fields().iter().map(as_dictionary).collect::<Vec<_>>());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata =
            ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).map_err(fault)?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let known = builder.schema().fields().iter().map(|field| field.name());
        let found = known.filter(|name| names.contains(&name.as_str())).cloned().collect();
        let wanted = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
        let reader = builder.with_projection(wanted).with_batch_size(ROWS).build().map_err(fault)?;
        Ok(Self::new(path, names, found, Source::Parquet(reader)))
    }

    fn new(path: &Path, wanted: &[&str], found: Vec<String>, source: Source) -> Self {
        let wanted = wanted.iter().map(|name| (*name).to_owned()).collect();
        Self { path: path.to_owned(), wanted, found, source }
    }

    /// Which of the columns that were asked for the table has.
    pub(crate) fn found(&self) -> &[String] {
        &self.found
    }

    /// The next rows; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Chunk>, Diagnostic> {
        let chunk = match &mut self.source {
            Source::Parquet(reader) => match reader.next() {
                None => Ok(None),
                Some(Err(error)) => Err(error.to_string()),
                Some(Ok(batch)) => {
                    let columns =
                        self.wanted.iter().map(|name| batch.column_by_name(name).cloned()).collect();
                    Ok(Some(Chunk { rows: batch.num_rows(), columns }))
                }
            },
            Source::Csv(reader, places) => next_of_csv(reader, places).map_err(|error| error.to_string()),
        };
        chunk.map_err(|error| unreadable(&self.path, error))
    }
}

fn next_of_csv(
    reader: &mut csv::Reader<File>,
    places: &[Option<usize>],
) -> Result<Option<Chunk>, csv::Error> {
    let mut builders: Vec<StringBuilder> = places.iter().map(|_| StringBuilder::new()).collect();
    let (mut record, mut rows) = (csv::StringRecord::new(), 0);
    while rows < ROWS && reader.read_record(&mut record)? {
        for (place, builder) in places.iter().zip(&mut builders) {
            let text = place.and_then(|place| record.get(place));
            builder.append_option(text.filter(|text| !text.is_empty()));
        }
        rows += 1;
    }
    let array = |mut builder: StringBuilder| Arc::new(builder.finish()) as ArrayRef;
    let columns = places.iter().zip(builders).map(|(place, builder)| place.map(|_| array(builder)));
    Ok((rows > 0).then(|| Chunk { rows, columns: columns.collect() }))
}

#[expect(clippy::disallowed_methods, reason = "what a release has published, no input")]
fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| error.to_string())
}

impl Chunk {
    /// The column in a place of those that were asked for.
    pub(crate) fn column(&self, place: usize) -> Option<&ArrayRef> {
        self.columns.get(place)?.as_ref()
    }

    /// The keys of the rows in a column whose words are held elsewhere; none where the table does not have it.
    ///
    /// # Errors
    ///
    /// What the column holds, where that is nothing that tables hold.
    pub(crate) fn keys(&self, place: usize, words: &mut Column) -> Result<Vec<u32>, String> {
        let Some(array) = self.column(place) else { return Ok(vec![NONE; self.rows]) };
        let mut keys = Vec::with_capacity(self.rows);
        words.encode(array, &mut keys)?;
        Ok(keys)
    }

    /// The numbers of a column; not a number where a row holds none, and where there is no such column.
    pub(crate) fn numbers(&self, place: usize) -> Vec<f64> {
        let Some(array) = self.column(place) else { return vec![f64::NAN; self.rows] };
        let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
        match array.data_type() {
            DataType::Int64 => {
                let whole = array.as_primitive::<Int64Type>().iter();
                whole.map(|number| number.map_or(f64::NAN, |number| number as f64)).collect()
            }
            DataType::Float64 => {
                let numbers = array.as_primitive::<Float64Type>().iter();
                numbers.map(|number| number.unwrap_or(f64::NAN)).collect()
            }
            DataType::Utf8 => array.as_string::<i32>().iter().map(number).collect(),
            DataType::Dictionary(..) => {
                match array.as_dictionary::<Int32Type>().downcast_dict::<StringArray>() {
                    Some(texts) => texts.into_iter().map(number).collect(),
                    None => vec![f64::NAN; self.rows],
                }
            }
            _ => vec![f64::NAN; self.rows],
        }
    }
}
