//! Some rows of a file, as texts, read as a run would read them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use denizen_spec::{Diagnostic, Source};

use crate::decoder::Decoder;
use crate::formats::{FileFormat, FilePart, ReadRows, SpanBounds, file_format};
use crate::input::{Header, StoredFile, read_from, unreadable};
use crate::rows::Rows;

/// Fields that are kept of the beginning.
const MOST_FIELDS: usize = 12_000_000;

/// Rows that are kept of the beginning.
const MOST_ROWS: usize = 400_000;

/// Rows of the middle and of the end.
const ROWS_OF_SPAN: usize = 20_000;

/// Bytes of a span in the middle and at the end.
const SPAN: u64 = 2 << 20;

/// Texts of a column that are kept; others are counted only.
const MOST_TEXTS: usize = 50_000;

/// Characters that are kept of a text.
const LONGEST: usize = 200;

/// The key of a text that is not kept.
pub(super) const NOT_KEPT: u32 = u32::MAX;

/// Some rows of a file.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// The columns, in the order of the file.
    pub columns: Vec<SampleColumn>,
    /// How many rows.
    pub rows: usize,
    /// Whether these are all rows of the file.
    pub is_whole: bool,
    /// Rows of which the format says that they are none, such as those with too few fields.
    pub faulty: u64,
    /// Which rows these are, in words.
    pub extent: String,
}

/// A column of some rows: distinct texts, and which of them each row has.
#[derive(Debug, Clone, Default)]
pub struct SampleColumn {
    /// What it is called in the file.
    pub name: String,
    /// Its texts without the blanks around them, in the order in which they were met.
    pub texts: Vec<String>,
    /// For each row, which of the texts it has; `u32::MAX` for texts beyond the first 50,000.
    pub keys: Vec<u32>,
    /// How many fields were numbers or dates in the file, and not texts.
    pub typed: usize,
    /// Fields that are no text in the encoding.
    pub undecoded: usize,
    index: HashMap<Box<[u8]>, u32>,
}

impl SampleColumn {
    /// A column of these texts, one for each row.
    pub fn of<'a>(name: &str, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut column = Self { name: name.to_owned(), ..Self::default() };
        texts.into_iter().for_each(|text| column.add(text.as_bytes(), false, Decoder::of_utf8()));
        column
    }

    fn add(&mut self, bytes: &[u8], is_typed: bool, decoder: Decoder) {
        self.typed += usize::from(is_typed);
        if let Some(key) = self.index.get(bytes) {
            self.keys.push(*key);
            return;
        }
        if self.texts.len() >= MOST_TEXTS {
            self.keys.push(NOT_KEPT);
            return;
        }
        let text = decoder.decode(bytes);
        self.undecoded += usize::from(text.is_none());
        let text = text.unwrap_or_default();
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
        let key = self.texts.len() as u32;
        self.texts.push(text[..end].to_owned());
        self.index.insert(bytes.into(), key);
        self.keys.push(key);
    }

    /// The text of a row; none where it is not kept.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.texts.get(*self.keys.get(row)? as usize).map(String::as_str)
    }

    /// The distinct texts that are not empty.
    pub fn stated(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str).filter(|text| !text.is_empty())
    }

    /// How many rows have each text.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.texts.len()];
        for key in &self.keys {
            if let Some(count) = counts.get_mut(*key as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// Whether all texts are kept.
    pub fn has_all_texts(&self) -> bool {
        self.texts.len() < MOST_TEXTS
    }
}

/// Reads the names of the columns and some rows.
pub(super) fn take(
    path: &Path,
    member: Option<&str>,
    shown: &str,
    source: &Source,
) -> Result<(Vec<String>, Sample), Diagnostic> {
    let format = file_format(source)?;
    let unread = |error| unreadable(shown, &error);
    let stored = StoredFile::open(path, member, None).map_err(unread)?;
    let is_divisible = format.is_divisible() && stored.packing.is_none();
    let name: Arc<str> = shown.into();
    let part = FilePart {
        name: Arc::clone(&name),
        bytes: stored.bytes,
        file: stored.file,
        encoding: None,
        span: SpanBounds::default(),
    };
    let mut rows = format.open(part)?;
    let names = rows.names()?;
    if names.is_empty() {
        return Ok((names, Sample::default()));
    }
    let header =
        Arc::new(Header::new(0, shown, names.clone(), source, format.as_ref())?.of_all(names.clone()));
    let mut taker = Taker::new(&names, format.decoder());
    let most = MOST_ROWS.min(MOST_FIELDS / names.len().max(1)).max(1000);
    let is_whole = taker.read(rows.as_mut(), &header, most)?;
    drop(rows);
    let begin = taker.sample.rows;
    if !is_whole && is_divisible {
        let size = std::fs::metadata(path).map_err(unread)?.len();
        for start in [size / 2, size.saturating_sub(SPAN)] {
            taker.read_span(path, start, &name, &header, format.as_ref())?;
        }
    }
    let mut sample = taker.sample;
    sample.is_whole = is_whole;
    sample.extent = match sample.rows - begin {
        _ if is_whole => format!("all {begin} rows"),
        0 => format!("the first {begin} rows"),
        more => format!("the first {begin} rows, and {more} in the middle and at the end"),
    };
    Ok((names, sample))
}

struct Taker {
    sample: Sample,
    decoder: Decoder,
}

impl Taker {
    fn new(names: &[String], decoder: Decoder) -> Self {
        let column = |name: &String| SampleColumn { name: name.clone(), ..SampleColumn::default() };
        let sample = Sample { columns: names.iter().map(column).collect(), ..Sample::default() };
        Self { sample, decoder }
    }

    /// Reads rows until there are so many; whether they came to their end.
    fn read(
        &mut self,
        rows: &mut dyn ReadRows,
        header: &Arc<Header>,
        most: usize,
    ) -> Result<bool, Diagnostic> {
        let end = self.sample.rows + most;
        loop {
            let Some(raw) = rows.next_rows(header)? else { return Ok(true) };
            self.add(&raw.cut(header), end);
            if self.sample.rows >= end {
                return Ok(false);
            }
        }
    }

    /// A part of the file; nothing where it cannot be divided there.
    fn read_span(
        &mut self,
        path: &Path,
        start: u64,
        name: &Arc<str>,
        header: &Arc<Header>,
        format: &dyn FileFormat,
    ) -> Result<(), Diagnostic> {
        let bytes = read_from(path, start).map_err(|error| unreadable(name, &error))?;
        let span = SpanBounds { start, end: Some(start + SPAN) };
        let part =
            FilePart { name: Arc::clone(name), bytes: Box::new(bytes), file: None, encoding: None, span };
        let Ok(mut rows) = format.open(part) else { return Ok(()) };
        // A quoted text that goes on over lines: what was read is of no use, and the beginning is enough.
        let _ = self.read(rows.as_mut(), header, ROWS_OF_SPAN);
        Ok(())
    }

    fn add(&mut self, rows: &Rows, end: usize) {
        self.sample.faulty += rows.rejects().len() as u64;
        let count = rows.len().min(end - self.sample.rows);
        for (index, column) in self.sample.columns.iter_mut().enumerate() {
            for row in 0..count {
                column.add(rows.field(row, index).trimmed(), rows.is_typed(row, index), self.decoder);
            }
        }
        self.sample.rows += count;
    }
}
