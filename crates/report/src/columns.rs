//! A published table as columns, read from Parquet or CSV.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use denizen_spec::{Code, Date, Diagnostic};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// The key of a value that is not there.
pub(crate) const NONE: u32 = u32::MAX;

/// A column of texts, each distinct text once. Numbers and days are texts here, as they would be written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Column {
    /// The texts, in the order in which they are met.
    pub(crate) words: Vec<String>,
    /// The place of the text of each row; [`NONE`] where there is none.
    pub(crate) keys: Vec<u32>,
    places: HashMap<String, u32>,
}

impl Column {
    fn push(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.keys.push(NONE) };
        // Rows are sorted: most have the text of the row before.
        let last = self.keys.last().copied().unwrap_or(NONE);
        if self.words.get(last as usize).is_some_and(|word| word == text) {
            return self.keys.push(last);
        }
        let key = match self.places.get(text) {
            Some(key) => *key,
            None => {
                let key = self.words.len() as u32;
                self.words.push(text.to_owned());
                self.places.insert(text.to_owned(), key);
                key
            }
        };
        self.keys.push(key);
    }

    /// The text of a row.
    pub(crate) fn text(&self, row: usize) -> Option<&str> {
        self.word(*self.keys.get(row)?)
    }

    /// The text of a key.
    pub(crate) fn word(&self, key: u32) -> Option<&str> {
        self.words.get(key as usize).map(String::as_str)
    }

    /// The key of a text.
    pub(crate) fn key(&self, text: &str) -> Option<u32> {
        self.places.get(text).copied()
    }

    /// The number that each row holds; not a number where it holds none.
    pub(crate) fn numbers(&self) -> Vec<f64> {
        let words: Vec<f64> = self.words.iter().map(|word| word.parse().unwrap_or(f64::NAN)).collect();
        self.keys.iter().map(|key| words.get(*key as usize).copied().unwrap_or(f64::NAN)).collect()
    }
}

/// Reads some columns of a table; those that it does not have are not among what is given back.
pub(crate) fn read(path: &Path, names: &[&str]) -> Result<HashMap<String, Column>, Diagnostic> {
    let is_text = path.extension().is_some_and(|ending| ending == "csv");
    let read = if is_text { read_csv(path, names) } else { read_parquet(path, names) };
    read.map_err(|error| unreadable(path, error))
}

/// What is said of a file of a release that cannot be read.
pub(crate) fn unreadable(path: &Path, error: impl std::fmt::Display) -> Diagnostic {
    let message = format!("`{}` of the release cannot be read", path.display());
    Diagnostic::error(Code::NoRelease, message).note(error.to_string())
}

#[expect(clippy::disallowed_methods, reason = "what a release has published, no input")]
fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| error.to_string())
}

fn read_csv(path: &Path, names: &[&str]) -> Result<HashMap<String, Column>, String> {
    let mut reader = csv::Reader::from_reader(open(path)?);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let places: Vec<(usize, &str)> =
        header.iter().enumerate().filter(|(_, name)| names.contains(name)).collect();
    let mut columns: Vec<Column> = vec![Column::default(); places.len()];
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        for ((place, _), column) in places.iter().zip(&mut columns) {
            column.push(record.get(*place).filter(|text| !text.is_empty()));
        }
    }
    Ok(places.iter().map(|(_, name)| (*name).to_owned()).zip(columns).collect())
}

fn read_parquet(path: &Path, names: &[&str]) -> Result<HashMap<String, Column>, String> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(open(path)?).map_err(|error| error.to_string())?;
    let wanted = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    // Also where there are no rows.
    let known = builder.schema().fields().iter().map(|field| field.name().as_str());
    let known = known.filter(|name| names.contains(name));
    let mut columns: HashMap<String, Column> =
        known.map(|name| (name.to_owned(), Column::default())).collect();
    let reader = builder.with_projection(wanted).with_batch_size(8192).build();
    for batch in reader.map_err(|error| error.to_string())? {
        add(&mut columns, &batch.map_err(|error| error.to_string())?)?;
    }
    Ok(columns)
}

fn add(columns: &mut HashMap<String, Column>, batch: &RecordBatch) -> Result<(), String> {
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let column = columns.entry(field.name().clone()).or_default();
        for row in 0..array.len() {
            if array.is_null(row) {
                column.push(None);
                continue;
            }
            match array.data_type() {
                DataType::Utf8 => column.push(Some(array.as_string::<i32>().value(row))),
                DataType::Int64 => {
                    column.push(Some(&array.as_primitive::<Int64Type>().value(row).to_string()))
                }
                DataType::Float64 => {
                    column.push(Some(&array.as_primitive::<Float64Type>().value(row).to_string()));
                }
                DataType::Date32 => {
                    let day = Date::from_days(array.as_primitive::<Date32Type>().value(row));
                    column.push(day.map(|day| day.to_string()).as_deref());
                }
                other => return Err(format!("`{}` holds {other}", field.name())),
            }
        }
    }
    Ok(())
}
