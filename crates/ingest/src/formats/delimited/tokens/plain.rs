//! Stretches of whole rows that need no tokeniser.

use std::{io, mem};

use super::super::quotes::Signs;
use super::super::table::behind_empty_lines;
use super::{LONGEST_ROW, STRETCH, Tokens};

/// Whole rows, not yet cut, without quotes and without carriage returns except in CRLF.
pub(in crate::formats::delimited) struct Lines {
    /// The rows are what follows `start`.
    pub(in crate::formats::delimited) text: Vec<u8>,
    pub(in crate::formats::delimited) start: usize,
    /// Where they stand in the file.
    pub(in crate::formats::delimited) line: u64,
    pub(in crate::formats::delimited) byte: u64,
}

impl Tokens {
    /// The next stretch of whole rows that need no tokeniser; none where the next row needs it, and at the end of the file.
    pub(in crate::formats::delimited) fn plain(&mut self) -> io::Result<Option<Lines>> {
        self.skip_line_ends()?;
        self.look_behind_empty_line()?;
        if self.must_cut() || self.is_finished() {
            return Ok(None);
        }
        self.fill(0)?;
        let stretch = &self.buffer[self.start..];
        let stretch = &stretch[..stretch.len().min(STRETCH)];
        let length = self.whole_lines(stretch);
        let other_table = self.other_table_in(&stretch[..length]);
        let (length, is_behind_empty) = (other_table.unwrap_or(length), other_table.is_some());
        let below = self.outside.footer_in(&stretch[..length]);
        let (length, is_behind_empty) = (below.unwrap_or(length), is_behind_empty && below.is_none());
        if below == Some(0) {
            self.is_below = true;
            return Ok(None);
        }
        if length == 0 || !is_plain(&stretch[..length], self.signs) {
            self.cut_until = self.byte + stretch.len() as u64;
            return Ok(None);
        }
        self.is_behind_empty = is_behind_empty;
        let mut next = Vec::with_capacity(STRETCH);
        next.extend_from_slice(&self.buffer[self.start + length..]);
        let mut text = mem::replace(&mut self.buffer, next);
        let start = mem::take(&mut self.start);
        text.truncate(start + length);
        let lines = Lines { text, start, line: self.line, byte: self.byte };
        self.byte += length as u64;
        self.last = b'\n';
        self.line += memchr::memchr_iter(b'\n', &lines.text[lines.start..]).count() as u64;
        Ok(Some(lines))
    }

    /// Bytes of the whole lines at the beginning of a stretch that are to be read.
    fn whole_lines(&self, stretch: &[u8]) -> usize {
        // The last line of a span is the one that goes on behind its end.
        let behind = usize::try_from(self.last_start - self.byte).ok();
        let behind = behind.and_then(|behind| Some((behind, stretch.get(behind..)?)));
        let last = behind.and_then(|(behind, rest)| Some(behind + memchr::memchr(b'\n', rest)?));
        last.or_else(|| memchr::memrchr(b'\n', stretch)).map_or(0, |feed| feed + 1)
    }

    /// Where another table begins among some lines or behind them, or what may be one of its first lines.
    fn other_table_in(&self, lines: &[u8]) -> Option<usize> {
        const ENOUGH: usize = LONGEST_ROW / 16;
        let names = self.names.as_ref()?;
        let behind = &self.buffer[self.start..];
        let begins = |index: &usize| {
            let text = &behind[*index..];
            let is_cut = text.len() < ENOUGH && !self.is_end;
            is_cut || names.another_begins(&text[..text.len().min(ENOUGH)], self.delimiter)
        };
        behind_empty_lines(lines).filter(begins).min()
    }

    /// Whether what comes next is known to need the tokeniser.
    pub(in crate::formats::delimited) fn must_cut(&self) -> bool {
        self.is_other_table || self.is_below_header || self.byte < self.cut_until
    }
}

/// Whether rows end at line feeds and fields at delimiters only.
fn is_plain(text: &[u8], signs: Option<Signs>) -> bool {
    let ends_line = |at: usize| text.get(at + 1) == Some(&b'\n');
    let has_quote = signs.is_some_and(|signs| memchr::memchr(signs.quote, text).is_some());
    !has_quote && memchr::memchr_iter(b'\r', text).all(ends_line)
}
