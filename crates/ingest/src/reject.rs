//! A row that did not get in.

use std::sync::Arc;

use denizen_spec::Code;

/// Where a rejected row stands and why it was rejected; never what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The file, as it is named in the manifest.
    pub file: Arc<str>,
    /// Line of the (uncompressed) file on which the row begins, from 1.
    pub line: u64,
    /// Lines that the row takes; more than one where a quote was not closed.
    pub lines: u64,
    /// Byte of the (uncompressed) file at which the row begins, from 0.
    pub byte: u64,
    /// The column that could not be read; none when the whole row is at fault.
    pub column: Option<Arc<str>>,
    /// Why.
    pub reason: Code,
}
