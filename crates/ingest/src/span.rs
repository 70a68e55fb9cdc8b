//! Parts of files that can be read without what is before them: by tasks of another engine.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use denizen_spec::{ChunkNumber, Code, Diagnostic};
use serde::{Deserialize, Serialize};

use crate::chunk_reader::{Chunk, RawChunk};
use crate::formats::{FilePart, ReadError, ReadRows, SpanBounds};
use crate::input::{Fingerprint, Header, Input, read_from, unreadable};
use crate::parser::Parser;

/// A part of a file, or all of it.
///
/// It holds the rows that begin behind its first byte (or at it, where that is the first of the file) up to the byte `end`;
/// the line that goes on behind its end is its last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Which file of the source, from 0.
    pub file: usize,
    /// Its first byte.
    pub start: u64,
    /// The byte behind its last; none where it reaches to the end of the file.
    pub end: Option<u64>,
}

impl Span {
    /// All of a file.
    pub fn whole(file: usize) -> Self {
        Self { file, start: 0, end: None }
    }
}

impl Input {
    /// Divides all files into spans of so many bytes, at least one. A file that cannot be divided is one span: one that is
    /// compressed, or whose format does not allow it.
    ///
    /// Whether a text has line ends within its rows is seen only when it is read: then [`SpanChunks::next_chunk`] says
    /// [`ReadError::Indivisible`], and the file is to be read as [`Span::whole`].
    pub fn spans(&self, bytes: u64) -> Vec<Span> {
        let mut spans = Vec::new();
        for (file, found) in self.files.iter().enumerate() {
            let starts = (0..found.bytes.max(1)).step_by(usize::try_from(bytes.max(1)).unwrap_or(usize::MAX));
            let starts: Vec<u64> = if found.is_divisible { starts.collect() } else { vec![0] };
            let ends = starts.iter().skip(1).map(|end| Some(*end)).chain([None]);
            spans.extend(starts.iter().zip(ends).map(|(start, end)| Span { file, start: *start, end }));
        }
        spans
    }

    /// The bytes of a span, unpacked, and what follows it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn span_bytes(&self, span: &Span) -> Result<Box<dyn Read + Send>, Diagnostic> {
        let file = &self.files[span.file];
        let error = |error| unreadable(&file.name, &error);
        if span.start == 0 {
            return Ok(file.stored(None)?.bytes);
        }
        Ok(Box::new(read_from(&file.path, span.start).map_err(error)?))
    }

    /// Size and hash of a file: where it is read in spans, a task of its own.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn fingerprint(&self, file: usize) -> Result<Fingerprint, Diagnostic> {
        let file = &self.files[file];
        Fingerprint::of(&file.path).map_err(|error| unreadable(&file.name, &error))
    }
}

/// The chunks of a span. Lines are counted from the first of the span: see [`SpanChunks::lines`].
pub struct SpanChunks<'a> {
    parser: &'a Parser,
    header: Arc<Header>,
    rows: Box<dyn ReadRows>,
    next_number: u64,
}

impl Parser {
    /// Parses the rows of a span. `bytes` are those of the file from the first of the span on, as
    /// [`Input::span_bytes`] reads them; they may come from anywhere.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or has another header than the one that was checked.
    pub fn span(&self, bytes: impl Read + Send + 'static, span: &Span) -> Result<SpanChunks<'_>, ReadError> {
        let header = self.headers.get(span.file).ok_or_else(|| {
            Diagnostic::error(Code::Internal, "a span of a file that the source does not have")
        })?;
        let bounds = SpanBounds { start: span.start, end: span.end };
        let part = FilePart {
            name: Arc::clone(&header.file_name),
            bytes: Box::new(bytes),
            file: None,
            encoding: header.encoding.clone(),
            span: bounds,
        };
        let mut rows = self.form(header).format.open(part)?;
        if span.start == 0 {
            header.check_names(&rows.names()?)?;
        }
        Ok(SpanChunks { parser: self, header: Arc::clone(header), rows, next_number: 0 })
    }
}

impl SpanChunks<'_> {
    /// The next rows; none at the end of the span.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or not in spans.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, ReadError> {
        let Some(rows) = self.rows.next_rows(&self.header)? else { return Ok(None) };
        let number = ChunkNumber::from(self.next_number);
        self.next_number += 1;
        let header = Arc::clone(&self.header);
        let raw = RawChunk { number, bytes_read: 0, busy: Duration::ZERO, header, rows };
        // A dictionary for each chunk: what comes of a span must not depend on what else this process has read.
        Ok(self.parser.parse(raw, &self.parser.dictionaries()).map(Some)?)
    }

    /// Lines of the span, when it has come to its end. The lines of all spans of the file before are to be added to the
    /// places of its rejects and to its statistics: [`denizen_spec::RowPlace::add_lines`], [`crate::IngestStats::add_lines`].
    pub fn lines(&self) -> u64 {
        self.rows.lines()
    }
}
