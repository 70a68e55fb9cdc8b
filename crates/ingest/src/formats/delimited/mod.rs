//! Delimited text (RFC 4180) with a header line.
//!
//! One thread reads stretches of whole lines; where these have no quotes, any thread cuts them ([`lines`]). The other
//! rows are cut where they are read ([`tokens`]).

mod blocks;
mod head;
mod lines;
mod names;
mod outside;
mod quotes;
mod row;
mod table;
mod tokens;

use std::io;
use std::sync::Arc;

use denizen_spec::{Code, Column, Delimited, Diagnostic, Path as Setting, Source};

pub(crate) use self::head::separator_line;
use self::outside::Outside;
use self::row::{Row, unequal};
use self::table::TableNames;
use self::tokens::Tokens;
use super::labels::code_of_label;
use super::{FileFormat, FilePart, RawRows, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::encoding_guess::HighBytes;
use crate::input::{Called, Header, called, unreadable};
use crate::rows::{Field, Rows, Stated};
use crate::text_encoding::TextEncoding;

/// Delimited text with its options.
#[derive(Clone)]
pub(super) struct DelimitedText {
    options: Delimited,
    encoding: TextEncoding,
    decoder: Decoder,
    /// What the declared columns are called in the file.
    declared: Arc<[String]>,
    /// Whether a column may be called by its code and its label: `SEX: Sex`.
    has_labels: bool,
    /// The texts that its columns are declared to have.
    texts: Arc<[String]>,
}

impl DelimitedText {
    /// The format of the files of a source, with its options.
    pub(super) fn new(options: &Delimited, source: &Source) -> Result<Self, Diagnostic> {
        let setting = Setting::source(&source.name).field("encoding");
        let encoding = TextEncoding::new(&options.encoding, options.delimiter, setting)?;
        let names = source.columns.iter().flat_map(Column::names_in_file);
        let declared = names.map(str::to_owned).collect();
        let texts = source.columns.iter().flat_map(|column| {
            let codes = column.codes.iter().map(|(text, _)| text);
            let marks = column.marks.iter().map(|(text, _)| text);
            codes.chain(marks).chain(&column.missing).chain(&column.total).cloned()
        });
        let decoder = encoding.decoder();
        Ok(Self {
            options: options.clone(),
            encoding,
            decoder,
            declared,
            has_labels: false,
            texts: texts.collect(),
        })
    }

    /// With columns that may be called by their code and their label.
    pub(super) fn with_labels(self) -> Self {
        Self { has_labels: true, ..self }
    }

    /// Whether names are those of the declared columns, or have them among them.
    fn has_declared(&self, names: &[String]) -> bool {
        let is_there = |wanted: &String| {
            let is_code = |name: &String| self.has_labels && code_of_label(name) == Some(wanted);
            !matches!(called(names, wanted), Called::Nothing) || names.iter().any(is_code)
        };
        self.declared.iter().all(is_there)
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
        let FilePart { name, bytes, encoding, span, file: _ } = file;
        let bytes = self.encoding.open(bytes, encoding.as_deref());
        let Delimited { delimiter, quote, layout, .. } = &self.options;
        let outside = Outside::new(layout, *quote, self.decoder);
        let tokens = Tokens::open(bytes, span.start, span.end, (*delimiter, *quote), outside);
        let tokens = tokens.map_err(|error| unreadable(&name, &error))?;
        let format = self.clone();
        let (beginning, rows) = (Beginning::default(), Vec::new());
        Ok(Box::new(DelimitedRows { name, tokens, format, beginning, header_rows: rows, names: None }))
    }

    fn guesses_encoding(&self) -> bool {
        self.encoding.is_guessed()
    }

    fn is_divisible(&self) -> bool {
        self.options.layout.is_divisible() && (self.encoding.is_divisible() || self.encoding.is_guessed())
    }
}

/// Reads the rows of a file.
struct DelimitedRows {
    name: Arc<str>,
    tokens: Tokens,
    format: DelimitedText,
    /// What was passed over before the first row.
    beginning: Beginning,
    /// The rows of the header, as they stand in the file, where there are several.
    header_rows: Vec<Vec<Vec<u8>>>,
    /// What the columns are called, once that is known.
    names: Option<Arc<TableNames>>,
}

/// What was passed over before the first row, besides the header.
#[derive(Debug, Default)]
struct Beginning {
    /// Whether the first line said the delimiter.
    separator: bool,
    /// Lines above the header.
    titles: u64,
    /// Comments.
    comments: u64,
}

impl ReadRows for DelimitedRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        self.read_names()
    }

    fn notes(&self) -> Vec<Diagnostic> {
        let Self { name, beginning: Beginning { separator, titles, comments }, .. } = self;
        let mut notes = Vec::new();
        if *separator {
            let message = format!("the first line of `{name}` says the delimiter (`sep=`) and was skipped");
            notes.push(Diagnostic::warning(Code::SeparatorLine, message).in_file(&**name, Some(1)));
        }
        if titles + comments > 0 {
            let message = format!(
                "{} above the rows of `{name}` were passed over",
                match (titles, comments) {
                    (titles, 0) => format!("{titles} lines"),
                    (0, comments) => format!("{comments} comments"),
                    (titles, comments) => format!("{titles} lines and {comments} comments"),
                }
            );
            notes.push(Diagnostic::warning(Code::TitleLines, message).in_file(&**name, Some(1)));
        }
        notes
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
        let decoder = self.format.decoder;
        if self.names.is_none() {
            self.names = Some(Arc::new(self.table_names(header)));
        }
        let Some(names) = &self.names else { return Ok(None) };
        self.tokens.expect(header.width(), names);
        if let Some(lines) = self.tokens.plain()? {
            let (names, delimiter) = (Arc::clone(names), self.format.options.delimiter);
            return Ok(Some(Box::new(lines::UncutLines { lines, delimiter, names, decoder })));
        }
        let mut rows = self.cut(header)?;
        if rows.read() == 0 && self.tokens.is_below() {
            rows = self.below(header)?;
        }
        Ok((rows.read() > 0).then(|| Box::new(rows) as Box<dyn RawRows>))
    }

    /// Lines below the table, which are no rows.
    fn below(&mut self, header: &Arc<Header>) -> io::Result<Rows> {
        let mut rows = Rows::new(header);
        while !rows.is_full() {
            let Some(place) = self.tokens.line_below()? else { break };
            rows.reject(place, Code::FooterLine);
        }
        Ok(rows)
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
    row.fault.or_else(|| (row.len() != width).then(|| unequal(row.fields())))
}
