//! Delimited text (RFC 4180) with a header line.
//!
//! One thread reads stretches of whole lines; where these have no quotes, any thread cuts them ([`lines`]). The other
//! rows are cut where they are read ([`tokens`]).

mod blocks;
mod head;
mod lines;
mod quotes;
mod row;
mod table;
mod tokens;

use std::io;
use std::sync::Arc;

use denizen_spec::{Code, Delimited, Diagnostic, Path as Setting, Source};

use self::head::Head;
use self::row::Row;
use self::table::TableNames;
use self::tokens::Tokens;
use super::{FileFormat, FilePart, RawRows, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::encoding_guess::HighBytes;
use crate::input::{Header, unreadable};
use crate::rows::{Field, Rows, Stated};

/// Delimited text with its options.
#[derive(Clone)]
pub(super) struct DelimitedText {
    options: Delimited,
    decoder: Decoder,
    /// What the declared columns are called in the file.
    declared: Arc<[String]>,
    /// The texts that its columns are declared to have.
    texts: Arc<[String]>,
}

impl DelimitedText {
    /// The format of the files of a source, with its options.
    pub(super) fn new(options: &Delimited, source: &Source) -> Result<Self, Diagnostic> {
        let setting = Setting::source(&source.name).field("encoding");
        let decoder = Decoder::new(&options.encoding, options.delimiter, setting)?;
        let names =
            source.columns.iter().flat_map(|column| std::iter::once(&column.from).chain(&column.with));
        let declared = names.cloned().collect();
        let texts = source.columns.iter().flat_map(|column| {
            let codes = column.codes.iter().map(|(text, _)| text);
            let marks = column.marks.iter().map(|(text, _)| text);
            codes.chain(marks).chain(&column.missing).chain(&column.total).cloned()
        });
        Ok(Self { options: options.clone(), decoder, declared, texts: texts.collect() })
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
        let FilePart { name, bytes, span, file: _ } = file;
        let tokens = Tokens::open(bytes, span.start, span.end, self.options.delimiter);
        let tokens = tokens.map_err(|error| unreadable(&name, &error))?;
        Ok(Box::new(DelimitedRows { name, tokens, format: self.clone(), separator: false, names: None }))
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
    /// Whether the first line said the delimiter.
    separator: bool,
    /// What the columns are called, once that is known.
    names: Option<Arc<TableNames>>,
}

impl ReadRows for DelimitedRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        self.skip_separator_line()?;
        let Self { name, tokens, format, .. } = self;
        let (line, bytes) =
            (tokens.lines() + 1, tokens.beginning().map_err(|error| unreadable(name, &error))?);
        let bytes = bytes[..bytes.len().min(head::BYTES)].to_vec();
        let first = tokens.next_row().map_err(|error| unreadable(name, &error))?;
        let fault = first.and_then(|row| row.fault);
        let fields = first.iter().flat_map(|row| row.fields());
        let names = fields.map(|field| format.decoder.decode(field).map(|name| name.trim().to_owned()));
        let names: Option<Vec<String>> = names.collect::<Option<_>>().filter(|_| fault.is_none());
        let head = Head { file: name, bytes: &bytes, line, format };
        match (head.diagnose(names.as_deref()), names) {
            (None, Some(names)) => {
                if table::goes_on(&bytes, format.options.delimiter, &format.texts, format.decoder) {
                    tokens.expect_header_line();
                }
                Ok(names)
            }
            (Some(error), _) => Err(error),
            (None, None) => {
                let message = "the first line is no header of a table";
                Err(Diagnostic::error(fault.unwrap_or(Code::Encoding), message).in_file(&**name, Some(line)))
            }
        }
    }

    fn notes(&self) -> Vec<Diagnostic> {
        let note = self.separator.then(|| {
            let message =
                format!("the first line of `{}` says the delimiter (`sep=`) and was skipped", self.name);
            Diagnostic::warning(Code::SeparatorLine, message).in_file(&*self.name, Some(1))
        });
        note.into_iter().collect()
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
    /// A first line such as `sep=;` is no header. What it says must be what is declared.
    fn skip_separator_line(&mut self) -> Result<(), Diagnostic> {
        let Self { name, tokens, format, separator, .. } = self;
        let bytes = tokens.beginning().map_err(|error| unreadable(name, &error))?;
        if let Some(error) = head::contradicting_mark(name, bytes, format) {
            return Err(error);
        }
        let Some(found) = head::separator_line(bytes) else { return Ok(()) };
        let declared = format.options.delimiter;
        if found != declared {
            let shown = |byte: u8| char::from(byte).escape_default();
            let message = format!(
                "the first line of `{name}` says that its fields end at `{}`, and `{}` is declared",
                shown(found),
                shown(declared)
            );
            let error = Diagnostic::error(Code::SeparatorLine, message).in_file(&**name, Some(1));
            return Err(error.help(format!("write `delimiter = \"{}\"`", shown(found))));
        }
        *separator = true;
        tokens.skip_line().map_err(|error| unreadable(name, &error))
    }

    fn read(&mut self, header: &Arc<Header>) -> io::Result<Option<Box<dyn RawRows>>> {
        let decoder = self.format.decoder;
        let names = || Arc::new(TableNames::new(header, &self.format.texts, decoder));
        let names = self.names.get_or_insert_with(names);
        self.tokens.expect(header.width(), names);
        if let Some(lines) = self.tokens.plain()? {
            let (names, delimiter) = (Arc::clone(names), self.format.options.delimiter);
            return Ok(Some(Box::new(lines::UncutLines { lines, delimiter, names, decoder })));
        }
        let rows = self.cut(header)?;
        Ok((rows.read() > 0).then(|| Box::new(rows) as Box<dyn RawRows>))
    }

    /// Rows that the tokeniser cuts: until there are enough of them, or the next can be handed out uncut.
    fn cut(&mut self, header: &Arc<Header>) -> io::Result<Rows> {
        let mut rows = Rows::new(header);
        while !rows.is_full() {
            let Some(row) = self.tokens.next_row()? else { break };
            if !self.format.decoder.is_utf8() {
                row.fields().for_each(|field| rows.add_bytes(HighBytes::of(field)));
            }
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
