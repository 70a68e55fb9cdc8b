//! The texts that have no meaning in their column: `restricted/unmapped.parquet`, for whoever maintains the codes.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use denizen_spec::Diagnostic;

use crate::export::write_rows;

/// A text that rows were rejected for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnmappedText {
    /// The source.
    pub source: String,
    /// The column of codes.
    pub column: String,
    /// What stands there. It may be about a person: nobody but the owner of the release sees it.
    pub text: String,
    /// In how many rows.
    pub rows: u64,
}

pub(super) fn write(path: &Path, texts: &[UnmappedText]) -> Result<(), Diagnostic> {
    let column = |of: fn(&UnmappedText) -> &String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(texts.iter().map(of)))
    };
    let rows = texts.iter().map(|text| i64::try_from(text.rows).ok());
    let columns: [(&str, ArrayRef); 4] = [
        ("source", column(|text| &text.source)),
        ("column", column(|text| &text.column)),
        ("text", column(|text| &text.text)),
        ("rows", Arc::new(Int64Array::from_iter(rows))),
    ];
    write_rows(path, columns)
}
