//! Where checks failed: `restricted/checks.parquet`. It holds places, and no value of a row.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use denizen_spec::Diagnostic;

use crate::export::write_rows;

/// A row, or a period, of which a check does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCheck {
    /// The source.
    pub source: String,
    /// The name of the check.
    pub check: String,
    /// The file, as it is named in the manifest.
    pub file: Option<String>,
    /// The number of the sheet, of a workbook.
    pub sheet: Option<i64>,
    /// The line or row, from 1.
    pub line: Option<i64>,
    /// The period, with the values that are counted apart.
    pub period: Option<String>,
}

pub(super) fn write(path: &Path, failures: &[FailedCheck]) -> Result<(), Diagnostic> {
    let texts = |of: fn(&FailedCheck) -> Option<&String>| -> ArrayRef {
        Arc::new(failures.iter().map(of).collect::<StringArray>())
    };
    let numbers = |of: fn(&FailedCheck) -> Option<i64>| -> ArrayRef {
        Arc::new(failures.iter().map(of).collect::<Int64Array>())
    };
    let columns = [
        ("source", texts(|failure| Some(&failure.source))),
        ("check", texts(|failure| Some(&failure.check))),
        ("file", texts(|failure| failure.file.as_ref())),
        ("sheet", numbers(|failure| failure.sheet)),
        ("line", numbers(|failure| failure.line)),
        ("period", texts(|failure| failure.period.as_ref())),
    ];
    write_rows(path, columns)
}
