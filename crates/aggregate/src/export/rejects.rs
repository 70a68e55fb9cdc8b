//! The rows that were not read: `restricted/rejects.parquet`, written as they come.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use denizen_spec::{Code, Diagnostic, Reject, RowPlace};
use parquet::arrow::ArrowWriter;

use crate::export::{create, unwritable};
use crate::formats::parquet::{ROW_GROUP, properties, writer};

/// Writes rejects in the order in which they are added. Some ten megabytes of them wait until they fill a row group.
///
/// It is always Parquet: the restricted half of a release is for its owner's tools.
pub struct Rejects {
    path: PathBuf,
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
    rows: Builders,
    reasons: RejectReasons,
}

/// Why the rows of each file were rejected.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct RejectReasons(Vec<Rejected>);

/// The rows of a file of a source that were rejected for one reason.
#[derive(Debug, Clone, PartialEq)]
struct Rejected {
    source: String,
    file: String,
    reason: Code,
    rows: u64,
}

impl RejectReasons {
    fn add(&mut self, source: &str, reject: &Reject) {
        let fits = |known: &&mut Rejected| {
            known.reason == reject.reason && known.source == source && *known.file == *reject.file
        };
        // Most have the file and the reason of one of the last.
        match self.0.iter_mut().rev().find(fits) {
            Some(known) => known.rows += 1,
            None => self.0.push(Rejected {
                source: source.to_owned(),
                file: reject.file.to_string(),
                reason: reject.reason,
                rows: 1,
            }),
        }
    }

    /// The reasons of a file by the name of their error code, and how many rows each has.
    pub(crate) fn of(&self, source: &str, file: &str) -> BTreeMap<&'static str, u64> {
        let fitting = self.0.iter().filter(|known| known.source == source && known.file == file);
        fitting.map(|known| (known.reason.id(), known.rows)).collect()
    }
}

/// The columns of the rejects that wait.
#[derive(Default)]
struct Builders {
    source: StringBuilder,
    file: StringBuilder,
    sheet: StringBuilder,
    line: Int64Builder,
    lines: Int64Builder,
    byte: Int64Builder,
    column: StringBuilder,
    reason: StringBuilder,
    count: usize,
}

fn schema() -> Arc<Schema> {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let number = |name: &str| Field::new(name, DataType::Int64, true);
    Arc::new(Schema::new(vec![
        text("source"),
        text("file"),
        text("sheet"),
        number("line"),
        number("lines"),
        number("byte"),
        text("column"),
        text("reason"),
    ]))
}

impl Rejects {
    pub(crate) fn new(path: &Path) -> Result<Self, Diagnostic> {
        let schema = schema();
        let writer =
            writer(create(path)?, &schema, properties().set_key_value_metadata(Some(Vec::new())).build());
        let writer = writer.map_err(|error| unwritable(path, error))?;
        Ok(Self {
            path: path.to_path_buf(),
            schema,
            writer,
            rows: Builders::default(),
            reasons: RejectReasons::default(),
        })
    }

    /// Adds rejects of a source.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn add(&mut self, source: &str, rejects: &[Reject]) -> Result<(), Diagnostic> {
        for reject in rejects {
            self.rows.push(source, reject);
            self.reasons.add(source, reject);
            if self.rows.count == ROW_GROUP {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Diagnostic> {
        let columns = std::mem::take(&mut self.rows).finish();
        let written = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| error.to_string())
            .and_then(|batch| self.writer.write(&batch).map_err(|error| error.to_string()));
        written.map_err(|error| unwritable(&self.path, error))
    }

    /// Completes the file of a run that is refused.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub(crate) fn close(&mut self) -> Result<&Path, Diagnostic> {
        self.flush()?;
        self.writer.finish().map_err(|error| unwritable(&self.path, error))?;
        Ok(&self.path)
    }

    /// Completes the file, and tells why rows were rejected.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<RejectReasons, Diagnostic> {
        self.flush()?;
        let file = self.writer.into_inner().map_err(|error| unwritable(&self.path, error))?;
        file.sync_all().map_err(|error| unwritable(&self.path, error))?;
        Ok(self.reasons)
    }
}

impl Builders {
    fn push(&mut self, source: &str, reject: &Reject) {
        let number = |number: u64| i64::try_from(number).ok();
        let (sheet, lines) = match &reject.place {
            RowPlace::Line { lines, .. } => (None, Some(*lines)),
            RowPlace::Cell { .. } => (None, Some(1)),
            RowPlace::Sheet { sheet, .. } => (Some(&**sheet), None),
            RowPlace::Record { .. } => (None, None),
        };
        self.source.append_value(source);
        self.file.append_value(&reject.file);
        self.sheet.append_option(sheet);
        self.line.append_option(number(reject.place.line()));
        self.lines.append_option(lines.and_then(number));
        self.byte.append_option(reject.place.byte().and_then(number));
        self.column.append_option(reject.column.as_deref());
        self.reason.append_value(reject.reason.id());
        self.count += 1;
    }

    fn finish(mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.source.finish()),
            Arc::new(self.file.finish()),
            Arc::new(self.sheet.finish()),
            Arc::new(self.line.finish()),
            Arc::new(self.lines.finish()),
            Arc::new(self.byte.finish()),
            Arc::new(self.column.finish()),
            Arc::new(self.reason.finish()),
        ]
    }
}
