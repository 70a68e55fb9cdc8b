//! Lines without quotes are cut into fields: 64 bytes are compared with delimiter and line feed at once.

use std::sync::Arc;

use denizen_spec::{Code, RowPlace};

use super::blocks::{BLOCK, bits, ends};
use super::row::unequal;
use super::table::TableNames;
use super::tokens::{Lines, MOST_FIELDS};
use crate::decoder::Decoder;
use crate::encoding_guess::HighBytes;
use crate::formats::RawRows;
use crate::input::Header;
use crate::rows::{LinePlaces, Rows};

/// Whole lines, each of them a row, which end at line feeds and their fields at delimiters only.
pub(super) struct UncutLines {
    pub(super) lines: Lines,
    pub(super) delimiter: u8,
    pub(super) names: Arc<TableNames>,
    pub(super) decoder: Decoder,
}

impl RawRows for UncutLines {
    fn bytes(&self) -> u64 {
        (self.lines.text.len() - self.lines.start) as u64
    }

    fn cut(self: Box<Self>, header: &Arc<Header>) -> Rows {
        let Self { lines: Lines { text, start, line, byte }, delimiter, names, decoder } = *self;
        // What is declared as UTF-8 is decoded as nothing else.
        let bytes = if decoder.is_utf8() { HighBytes::default() } else { HighBytes::of(&text[start..]) };
        let places = LinePlaces { start, line, byte };
        let mut cut = CutLines {
            // Nearly all rows of a table are as long as one another.
            starts: Vec::with_capacity(text.len() / 4),
            read: 0,
            rejects: Vec::new(),
            line: Line { start, number: line, first: 0 },
        };
        cut.starts.push(start as u32);
        for (block, ends) in ends(&text[start..], delimiter).enumerate() {
            let base = start + block * BLOCK;
            let mut fields = ends.fields;
            for feed in bits(ends.feeds) {
                // The fields that end up to here, the line feed ending one too.
                let until = fields & (u64::MAX >> (63 - feed));
                cut.end_fields(base, until);
                fields &= !until;
                cut.end_line(&text, base + feed as usize, &names, header.width(), &places);
            }
            cut.end_fields(base, fields);
        }
        cut.starts.pop();
        let mut rows = Rows::of_lines(header, text, cut.starts, places).with_counts(cut.read, cut.rejects);
        rows.add_bytes(bytes);
        rows
    }
}

/// What has been found in the lines so far.
struct CutLines {
    /// Where the fields begin, and for each row where one more would begin.
    starts: Vec<u32>,
    read: u64,
    rejects: Vec<(RowPlace, Code)>,
    /// The line that has begun.
    line: Line,
}

/// A line: where it begins, its number in the file, and the number of its first field.
struct Line {
    start: usize,
    number: u64,
    first: usize,
}

impl CutLines {
    #[inline]
    fn end_fields(&mut self, base: usize, ends: u64) {
        self.starts.extend(bits(ends).map(|end| (base + end as usize) as u32 + 1));
    }

    /// Keeps the fields of the line that ends there, or drops them where it is no row of so many fields.
    #[inline]
    fn end_line(&mut self, text: &[u8], end: usize, names: &TableNames, width: usize, places: &LinePlaces) {
        let Line { start, number, first } = self.line;
        if matches!(&text[start..end], b"" | b"\r") {
            // Empty lines are no rows.
            self.starts.truncate(first);
        } else {
            self.read += 1;
            let is_suspect = names.may_begin(text[start]);
            let of_names = if is_suspect { self.names_fault(&text[..end], names, width) } else { None };
            if let Some(reason) = of_names.or_else(|| self.line_error(text, width)) {
                self.starts.truncate(first);
                self.rejects.push((places.place(number, start), reason));
            }
        }
        self.line = Line { start: end + 1, number: number + 1, first: self.starts.len() };
        self.starts.push(end as u32 + 1);
    }
}

impl CutLines {
    /// The fields of the line that has begun.
    fn fields<'a>(&self, text: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + Clone {
        let starts = &self.starts[self.line.first..];
        starts.windows(2).map(|bounds| &text[bounds[0] as usize..bounds[1] as usize - 1])
    }

    /// Whether the line that has begun, and ends the text, is a comment, or holds names of columns.
    fn names_fault(&self, text: &[u8], names: &TableNames, width: usize) -> Option<Code> {
        if names.is_comment(&text[self.line.start..]) {
            return Some(Code::CommentLine);
        }
        let is_whole = self.starts.len() - self.line.first - 1 == width;
        if is_whole { names.fault(self.fields(text)) } else { None }
    }

    /// Why a line is no row, as the tokeniser would say. Too long it cannot be: no stretch is.
    #[inline]
    fn line_error(&self, text: &[u8], width: usize) -> Option<Code> {
        let fields = self.starts.len() - self.line.first - 1;
        if fields > MOST_FIELDS {
            return Some(Code::RecordTooLong);
        }
        (fields != width).then(|| unequal(self.fields(text)))
    }
}
