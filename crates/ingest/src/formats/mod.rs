//! File formats: how the bytes of a file become rows of fields.
//!
//! A format is a file here, a variant of [`denizen_spec::Format`] with the options that it needs, and a line in
//! [`file_format`].

mod delimited;
mod eurostat_tsv;
mod fixed_width;
mod foreign;
mod json;
mod json_stat;
mod labels;
mod parquet;
mod repair;
mod reshape;
mod sdmx_csv;
mod signature;
mod unpivot;
mod workbook;

pub(crate) use self::delimited::separator_line;
pub use self::foreign::is_reading_foreign_file;
pub(crate) use self::sdmx_csv::without_version;
pub(crate) use self::signature::{Recognised, recognise, wide_order};
pub use self::workbook::apart;
pub(crate) use self::workbook::{SheetPreview, preview_workbook};

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use denizen_spec::{Diagnostic, Format, Source};

use crate::decoder::Decoder;
use crate::input::Header;
use crate::rows::Rows;

/// The format of a source, with its columns as they are declared.
pub(crate) fn file_format(source: &Source) -> Result<Box<dyn FileFormat>, Diagnostic> {
    let format = with_columns(source)?;
    let is_whole = source.repair.iter().all(|repair| repair.over.is_none());
    Ok(if is_whole { format } else { Box::new(repair::RepairedOver::new(format, source)) })
}

/// The format of a source, whose numbers are repaired in their rows.
fn with_columns(source: &Source) -> Result<Box<dyn FileFormat>, Diagnostic> {
    let Some(unpivot) = &source.unpivot else {
        let format = as_it_stands(source)?;
        let is_whole = repair::of_rows(source).is_empty();
        return Ok(if is_whole { format } else { Box::new(repair::Repaired::new(format, source)) });
    };
    let wide = as_it_stands(&unpivot::wide_source(source, unpivot))?;
    Ok(Box::new(unpivot::Unpivoted::new(wide, source, unpivot)))
}

/// The format of the files of a source.
fn as_it_stands(source: &Source) -> Result<Box<dyn FileFormat>, Diagnostic> {
    Ok(match &source.format {
        Format::Csv(options) => Box::new(delimited::DelimitedText::new(options, source)?),
        Format::SdmxCsv(options) => Box::new(sdmx_csv::SdmxCsv::new(options, source)?),
        Format::EurostatTsv(options) => Box::new(eurostat_tsv::EurostatTable::new(options, source)?),
        Format::FixedWidth(options) => Box::new(fixed_width::FixedText::new(options, source)?),
        Format::Workbook(options) => Box::new(workbook::WorkbookFormat::new(options, source)),
        Format::Parquet => Box::new(parquet::ParquetFormat::new(source)),
        Format::Json(options) => Box::new(json::JsonFormat::new(options, source)),
        Format::JsonStat => Box::new(json_stat::JsonStat),
    })
}

/// A file format with its options.
pub(crate) trait FileFormat: Send + Sync {
    /// How the bytes of a field become text.
    fn decoder(&self) -> Decoder;

    /// The format of whose rows it makes others, where it does so. What it does not say itself, that one says; only divisible it is
    /// not for that.
    fn inner(&self) -> Option<&dyn FileFormat> {
        None
    }

    /// The byte between a whole number and its decimals, where numbers are text.
    fn decimal_mark(&self) -> u8 {
        self.inner().map_or(b'.', |inner| inner.decimal_mark())
    }

    /// Reads a file, or a span of it. A format that must seek reads the bytes into memory first.
    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError>;

    /// Whether the encoding of a file is told by all of its bytes.
    fn guesses_encoding(&self) -> bool {
        self.inner().is_some_and(|inner| inner.guesses_encoding())
    }

    /// Whether a span of a file can be read without what stands before it.
    fn is_divisible(&self) -> bool {
        false
    }

    /// The fields that tell rows apart, as far as the names of the columns say so: such a column that is not declared must
    /// have one code in all rows, or rows of unlike meaning would be mixed.
    fn dimensions(&self, names: &[String]) -> Vec<usize> {
        self.inner().map_or_else(Vec::new, |inner| inner.dimensions(names))
    }

    /// What is to be said of a file whose columns are called so.
    fn notes(&self, file: &str, names: &[String]) -> Vec<Diagnostic> {
        self.inner().map_or_else(Vec::new, |inner| inner.notes(file, names))
    }

    /// Texts in the place of a value that say that there is none.
    fn no_values(&self) -> &'static [&'static str] {
        self.inner().map_or(&[], |inner| inner.no_values())
    }

    /// Whether the rows of a structure are read, which is a code of the [`Envelope`].
    fn is_dataflow(&self, code: &[u8]) -> bool {
        self.inner().is_none_or(|inner| inner.is_dataflow(code))
    }

    /// The fields that say what is to be done with a row.
    fn envelope(&self, names: &[String]) -> Envelope {
        self.inner().map_or_else(Envelope::default, |inner| inner.envelope(names))
    }
}

/// Fields that say what is to be done with a row, or that have nothing to do with it; none where a file has none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Envelope {
    /// What the message does with the row: informs of it, appends, replaces, merges or deletes it (SDMX `ACTION`).
    pub(crate) action: Option<usize>,
    /// The power of ten by which the value is to be multiplied (SDMX `UNIT_MULT`).
    pub(crate) multiplier: Option<usize>,
    /// Of which dataflow or other structure the row is.
    pub(crate) structure: Option<usize>,
    /// What is to be known of the value (SDMX `OBS_STATUS`).
    pub(crate) status: Option<usize>,
    /// Who may see the value (SDMX `CONF_STATUS`).
    pub(crate) confidentiality: Option<usize>,
    /// When the message was made, and the like: nothing that tells rows apart.
    pub(crate) circumstances: Vec<usize>,
}

impl Envelope {
    /// With the columns that are read, instead of the fields of the file.
    pub(crate) fn in_columns(self, column: impl Fn(usize) -> Option<usize>) -> Self {
        Self {
            action: self.action.and_then(&column),
            multiplier: self.multiplier.and_then(&column),
            structure: self.structure.and_then(&column),
            status: self.status.and_then(&column),
            confidentiality: self.confidentiality.and_then(&column),
            circumstances: self.circumstances.into_iter().filter_map(column).collect(),
        }
    }

    /// Whether a field is one of them. Values are compared when they have been multiplied.
    pub(crate) fn has(&self, field: usize) -> bool {
        [self.action, self.multiplier, self.structure].contains(&Some(field))
            || self.circumstances.contains(&field)
    }
}

/// What a format reads.
pub(crate) struct FilePart {
    /// The file, as messages name it.
    pub(crate) name: Arc<str>,
    /// The unpacked bytes of the file from the first of the span on. They are hashed as they are read: a format that does
    /// without them reads them to their end nevertheless.
    pub(crate) bytes: Box<dyn Read + Send>,
    /// The encoding that its bytes were found to be in, where that was asked for.
    pub(crate) encoding: Option<Arc<str>>,
    /// The file itself, where it is not packed and at hand: for formats that seek.
    pub(crate) file: Option<File>,
    pub(crate) span: SpanBounds,
}

/// Which rows of a file are read, by the byte at which they begin: behind `start`, or at it where it is 0, up to `end`, or
/// all that follow.
///
/// The line that goes on behind `end` is still read, so that spans which share their bounds have each row once.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SpanBounds {
    pub(crate) start: u64,
    pub(crate) end: Option<u64>,
}

/// Reads the rows of a file in their order.
pub(crate) trait ReadRows: Send {
    /// What the columns are called, without blanks around. To be asked first, where the file is read from its beginning.
    fn names(&mut self) -> Result<Vec<String>, Diagnostic>;

    /// What is to be said of the beginning of the file; nothing before the names were asked.
    fn notes(&self) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// The next rows, about a megabyte of them; none at the end. Little is done here: one thread at a time reads.
    fn next_rows(&mut self, header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError>;

    /// Lines of the file, or of the span, that have been passed over.
    fn lines(&self) -> u64;
}

/// Rows as they were read, to be cut into fields by any thread.
pub(crate) trait RawRows: Send {
    /// Their size in bytes, as far as they are of use.
    fn bytes(&self) -> u64;

    /// The rows, cut into fields.
    fn cut(self: Box<Self>, header: &Arc<Header>) -> Rows;
}

/// Rows that were cut while they were read.
impl RawRows for Rows {
    fn bytes(&self) -> u64 {
        self.text_bytes()
    }

    fn cut(self: Box<Self>, _header: &Arc<Header>) -> Rows {
        *self
    }
}

/// Why reading ends early.
#[derive(Debug, Clone)]
pub enum ReadError {
    /// A row goes on behind the end of its line, so that the file cannot be read in spans; nothing that was read of one is
    /// of use. The file is to be read as one span.
    Indivisible,
    /// The file cannot be read.
    Failed(Diagnostic),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Indivisible => formatter.write_str("the file cannot be read in spans"),
            Self::Failed(diagnostic) => diagnostic.fmt(formatter),
        }
    }
}

impl std::error::Error for ReadError {}

impl From<Diagnostic> for ReadError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Failed(diagnostic)
    }
}

impl From<ReadError> for Diagnostic {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Indivisible => {
                Self::error(denizen_spec::Code::Internal, "a file that cannot be divided was read in spans")
            }
            ReadError::Failed(diagnostic) => diagnostic,
        }
    }
}
