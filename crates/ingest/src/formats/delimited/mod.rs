//! Delimited text (RFC 4180) with a header line.
//!
//! One thread reads stretches of whole lines; where these have no quotes, any thread cuts them ([`lines`]). The other
//! rows are cut where they are read ([`tokens`]).

mod blocks;
mod lines;
mod quotes;
mod row;
mod tokens;

use std::io;
use std::sync::Arc;

use denizen_spec::{Code, Delimited, Diagnostic, Path as Setting};

use self::row::Row;
use self::tokens::Tokens;
use super::{FileFormat, FilePart, RawRows, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::input::{Header, unreadable};
use crate::rows::{Field, Rows, Stated};

/// Delimited text with its options.
#[derive(Clone)]
pub(super) struct DelimitedText {
    options: Delimited,
    decoder: Decoder,
}

impl DelimitedText {
    /// `setting` is the source that the options are of.
    pub(super) fn new(options: &Delimited, setting: Setting) -> Result<Self, Diagnostic> {
        let decoder = Decoder::new(&options.encoding, options.delimiter, setting.field("encoding"))?;
        Ok(Self { options: options.clone(), decoder })
    }
}

impl FileFormat for DelimitedText {
    fn decoder(&self) -> Decoder {
        self.decoder
    }

    fn decimal_mark(&self) -> u8 {
        self.options.decimal_mark
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let FilePart { name, bytes, span } = file;
        let tokens = Tokens::open(bytes, span.start, span.end, self.options.delimiter);
        let tokens = tokens.map_err(|error| unreadable(&name, &error))?;
        Ok(Box::new(DelimitedRows { name, tokens, format: self.clone() }))
    }

    fn is_divisible(&self) -> bool {
        true
    }
}

/// Reads the rows of a file.
struct DelimitedRows {
    name: Arc<str>,
    tokens: Tokens,
    format: DelimitedText,
}

impl ReadRows for DelimitedRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        let Self { name, tokens, format } = self;
        let first = tokens.next_row().map_err(|error| unreadable(name, &error))?;
        let error = |code, message: &str| Diagnostic::error(code, message).in_file(&**name, Some(1));
        if let Some(code) = first.and_then(|row| row.fault) {
            return Err(error(code, "the first line is no header of a table"));
        }
        let fields = first.iter().flat_map(|row| row.fields());
        let names = fields.map(|field| format.decoder.decode(field).map(|name| name.trim().to_owned()));
        names.collect::<Option<_>>().ok_or_else(|| {
            error(Code::Encoding, "the header is not text in the declared encoding")
                .help(format!("`{}` is declared; name the encoding of the file", format.options.encoding))
        })
    }

    fn next_rows(&mut self, header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError> {
        let rows = self.read(header).map_err(|error| unreadable(&self.name, &error))?;
        if self.tokens.is_indivisible() { Err(ReadError::Indivisible) } else { Ok(rows) }
    }

    fn lines(&self) -> u64 {
        self.tokens.lines()
    }
}

impl DelimitedRows {
    fn read(&mut self, header: &Arc<Header>) -> io::Result<Option<Box<dyn RawRows>>> {
        self.tokens.expect(header.width());
        if let Some(lines) = self.tokens.plain()? {
            return Ok(Some(Box::new(lines::UncutLines { lines, delimiter: self.format.options.delimiter })));
        }
        let rows = self.cut(header)?;
        Ok((rows.read() > 0).then(|| Box::new(rows) as Box<dyn RawRows>))
    }

    /// Rows that the tokeniser cuts: until there are enough of them, or the next can be handed out uncut.
    fn cut(&mut self, header: &Arc<Header>) -> io::Result<Rows> {
        let mut rows = Rows::new(header);
        while !rows.is_full() {
            let Some(row) = self.tokens.next_row()? else { break };
            match row_error(row, header.width()) {
                Some(reason) => rows.reject(row.place.clone(), reason),
                None => {
                    rows.push(row.place.clone(), header.fields().map(|field| Field::Text(row.field(field))));
                    rows.note_stated(Stated::of(row.fields()));
                }
            }
            if !self.tokens.must_cut() {
                break;
            }
        }
        Ok(rows)
    }
}

fn row_error(row: &Row, width: usize) -> Option<Code> {
    row.fault.or((row.len() != width).then_some(Code::UnequalLengths))
}
