//! Where a chunk of rows stands among those of its source.

/// The number of a chunk. Chunks in the order of their numbers are the rows of a source in the order of its files.
///
/// ```
/// use denizen_spec::ChunkNumber;
///
/// let second = ChunkNumber { stream: 0, index: 1 };
/// assert!(second < ChunkNumber { stream: 1, index: 0 });
/// assert_eq!(second, ChunkNumber::from(1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChunkNumber {
    /// Which stream it is of, from 0. A stream is some files that follow one another, read one after another; several streams
    /// are read side by side.
    pub stream: usize,
    /// Its index in the stream, from 0.
    pub index: u64,
}

impl From<u64> for ChunkNumber {
    /// The number of a chunk where there is one stream.
    fn from(index: u64) -> Self {
        Self { stream: 0, index }
    }
}
