//! A table that is written as CSV or Parquet.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use denizen_spec::{Code, Diagnostic};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

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

    /// As CSV: UTF-8, commas, a header, an empty field where there is no value.
    ///
    /// # Errors
    ///
    /// When there is no memory left.
    pub fn csv(&self) -> Result<Vec<u8>, Diagnostic> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|(name, _)| name)).map_err(fault)?;
        for row in 0..self.rows() {
            writer.write_record(self.columns.iter().map(|(_, values)| values.text(row))).map_err(fault)?;
        }
        writer.into_inner().map_err(fault)
    }

    /// As Parquet.
    ///
    /// # Errors
    ///
    /// As [`Sheet::csv`].
    pub fn parquet(&self) -> Result<Vec<u8>, Diagnostic> {
        let fields = self.columns.iter().map(|(name, values)| Field::new(name, values.data_type(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let arrays = self.columns.iter().map(|(_, values)| values.array()).collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(fault)?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(Default::default()));
        let writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties.build()));
        let mut writer = writer.map_err(fault)?;
        writer.write(&batch).map_err(fault)?;
        writer.into_inner().map_err(fault)
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
