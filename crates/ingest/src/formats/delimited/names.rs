//! What the columns of a file are called: by its header, wherever that stands, or by the pipeline.

use std::io;

use denizen_spec::{Code, Delimited, Diagnostic, HeaderRows, Skip};

use super::head::{self, Head, quoted_fields};
use super::table::{self, HeaderForm, TableNames};
use super::{DelimitedRows, DelimitedText, Outside};
use crate::formats::signature::recognise;
use crate::input::{Header, unreadable};

/// Lines of the beginning among which a header is looked for.
const MOST_LINES: usize = 50;

impl DelimitedRows {
    /// Passes over what stands above the rows: what the columns are called.
    pub(super) fn read_names(&mut self) -> Result<Vec<String>, Diagnostic> {
        self.skip_separator_line()?;
        self.skip_titles()?;
        match self.format.options.layout.header.clone() {
            HeaderRows::Rows { count, join } => self.names_of_header(count as usize, &join),
            HeaderRows::None => self.names_without_header(None),
            HeaderRows::Names(names) => self.names_without_header(Some(names)),
        }
    }

    fn fault(&self, error: &io::Error) -> Diagnostic {
        unreadable(&self.name, error)
    }

    /// A first line such as `sep=;` is no header. What it says must be what is declared.
    fn skip_separator_line(&mut self) -> Result<(), Diagnostic> {
        let Self { name, tokens, format, beginning, .. } = self;
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
        beginning.separator = true;
        tokens.skip_line().map_err(|error| unreadable(name, &error))
    }

    /// Passes over the lines above the header, and over comments there.
    fn skip_titles(&mut self) -> Result<(), Diagnostic> {
        let lines = match self.format.options.layout.skip {
            Skip::Lines(lines) => u64::from(lines),
            Skip::ToHeader => self.lines_above_header()?,
        };
        for _ in 0..lines {
            self.tokens.skip_line().map_err(|error| self.fault(&error))?;
        }
        self.beginning.titles = lines;
        self.beginning.comments += self.tokens.skip_comments().map_err(|error| self.fault(&error))?;
        Ok(())
    }

    /// The lines before the first that has the declared columns; none where no line has them, so that this is told.
    fn lines_above_header(&mut self) -> Result<u64, Diagnostic> {
        let (count, join) = match &self.format.options.layout.header {
            HeaderRows::Rows { count, join } => (*count as usize, join.clone()),
            HeaderRows::None | HeaderRows::Names(_) => return Ok(0),
        };
        let Self { name, tokens, format, .. } = self;
        let bytes = tokens.beginning().map_err(|error| unreadable(name, &error))?;
        let bytes = &bytes[..bytes.len().min(head::BYTES)];
        let mut start = 0;
        for (above, line) in table::lines(bytes).take(MOST_LINES).enumerate() {
            let rows = format.first_rows(&bytes[start..], count);
            if format.has_declared(&joined(&rows, &join)) {
                return Ok(above as u64);
            }
            start += line.len()
                + usize::from(bytes[start + line.len()..].starts_with(b"\n") && line.ends_with(b"\r"));
        }
        Ok(0)
    }

    /// The names that some rows hold, which are the header.
    fn names_of_header(&mut self, count: usize, join: &str) -> Result<Vec<String>, Diagnostic> {
        let Self { name, tokens, format, beginning, .. } = self;
        let unread = |error: io::Error| unreadable(name, &error);
        let (line, bytes) = (tokens.lines() + 1, tokens.beginning().map_err(unread)?);
        let bytes = bytes[..bytes.len().min(head::BYTES)].to_vec();
        let (mut rows, mut raw, mut fault) = (Vec::new(), Vec::new(), None);
        while rows.len() < count && fault.is_none() {
            beginning.comments += tokens.skip_comments().map_err(unread)?;
            let Some(row) = tokens.next_row().map_err(unread)? else { break };
            fault = row.fault;
            let names =
                row.fields().map(|field| format.decoder.decode(field).map(|name| name.trim().to_owned()));
            match names.collect::<Option<Vec<String>>>() {
                Some(names) => rows.push(names),
                None => fault = fault.or(Some(Code::Encoding)),
            }
            raw.push(row.fields().map(|field| field.trim_ascii().to_vec()).collect());
        }
        let names = fault.is_none().then(|| joined(&rows, join));
        let head = Head { file: name, bytes: &bytes, line, format };
        match (head.diagnose(names.as_deref()), names) {
            (None, Some(names)) => {
                let Delimited { delimiter, layout, .. } = &format.options;
                if count > 1 {
                    self.header_rows = raw;
                } else if !layout.header_is_stated
                    && table::goes_on(&bytes, *delimiter, &format.texts, format.decoder)
                {
                    tokens.expect_header_line();
                }
                Ok(names)
            }
            (Some(error), _) => Err(error),
            (None, None) => {
                let message = "the first line is no header of a table";
                let error = Diagnostic::error(fault.unwrap_or(Code::Encoding), message);
                let help = "open the file: correct `quote`, `delimiter`, `encoding`, `skip` or `header`";
                Err(error.in_file(&**name, Some(line)).help(help))
            }
        }
    }

    /// The names of a file without a header: those that the pipeline gives, or numbers.
    fn names_without_header(&mut self, given: Option<Vec<String>>) -> Result<Vec<String>, Diagnostic> {
        let Self { name, tokens, format, .. } = self;
        let unread = |error: io::Error| unreadable(name, &error);
        tokens.skip_mark().map_err(unread)?;
        let line = tokens.lines() + 1;
        let bytes = tokens.beginning().map_err(unread)?;
        let bytes = bytes[..bytes.len().min(head::BYTES)].to_vec();
        if let Some(found) = recognise(&bytes) {
            return Err(head::other_format(name, found.what, found.help));
        }
        let width = quoted_fields(&bytes, format.options.delimiter, format.options.quote).len();
        let names = given.unwrap_or_else(|| (1..=width).map(|number| number.to_string()).collect());
        if names.len() != width && width > 0 {
            let message =
                format!("`{name}` has {width} fields on its first row, and `header` names {}", names.len());
            let error = Diagnostic::error(Code::MissingColumn, message).in_file(&**name, Some(line));
            return Err(error.help("name all columns of the file, in their order; or correct `delimiter`"));
        }
        let head = Head { file: name, bytes: &bytes, line, format };
        if !format.has_declared(&names) {
            return Err(head.missing(&names));
        }
        Ok(names)
    }

    /// What is known of the names, to find them again further down.
    pub(super) fn table_names(&mut self, header: &Header) -> TableNames {
        let Delimited { quote, layout, .. } = &self.format.options;
        let form = HeaderForm {
            is_there: !matches!(layout.header, HeaderRows::None),
            may_return: layout.header_returns,
            rows: std::mem::take(&mut self.header_rows),
            outside: Outside::new(layout, *quote, self.format.decoder),
        };
        TableNames::new(header, &self.format.texts, self.format.decoder, form)
    }
}

impl DelimitedText {
    /// The first rows of a text, as far as they can be decoded.
    fn first_rows(&self, text: &[u8], count: usize) -> Vec<Vec<String>> {
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let Delimited { delimiter, quote, .. } = &self.options;
        let mut reader = head::reader(text, *delimiter, *quote);
        let decoded =
            |field: &[u8]| self.decoder.decode(field).map_or_else(String::new, |name| name.trim().to_owned());
        let rows = reader.byte_records().map_while(Result::ok).take(count);
        rows.map(|row| row.iter().map(decoded).collect()).collect()
    }
}

/// The names that the rows of a header hold together. In an upper row, what stands to the left of an empty field holds for
/// it too: merged cells are written so.
fn joined(rows: &[Vec<String>], join: &str) -> Vec<String> {
    let [upper @ .., last] = rows else { return Vec::new() };
    if upper.is_empty() {
        return last.clone();
    }
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let text = |row: &[String], index: usize| row.get(index).filter(|text| !text.is_empty()).cloned();
    let mut names: Vec<Vec<String>> = vec![Vec::new(); width];
    for (number, row) in upper.iter().enumerate() {
        let mut before = None;
        for (index, name) in names.iter_mut().enumerate() {
            let own = text(row, index);
            before = own.clone().or(before);
            // A column with nothing below is no part of a merged cell.
            let is_named = rows[number + 1..].iter().any(|row| text(row, index).is_some());
            name.extend(if is_named { before.clone() } else { own });
        }
    }
    for (index, name) in names.iter_mut().enumerate() {
        name.extend(text(last, index));
    }
    names.into_iter().map(|parts| parts.join(join)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_several_rows() {
        let table: [(&[&str], &[&str]); 6] = [
            (
                &[";Both;;Men;;", ";All;Here;All;Here;"],
                &["", "Both All", "Both Here", "Men All", "Men Here", ""],
            ),
            (&["a;b"], &["a", "b"]),
            (
                &[";Men;;Women;", "Age;2019;2020;2019;2020"],
                &["Age", "Men 2019", "Men 2020", "Women 2019", "Women 2020"],
            ),
            (&["Age;Men;", ";2019;2020"], &["Age", "Men 2019", "Men 2020"]),
            (
                &["2019;;;", "Men;;Women", "a;b;c;d"],
                &["2019 Men a", "2019 Men b", "2019 Women c", "2019 Women d"],
            ),
            (&[], &[]),
        ];
        for (rows, expected) in table {
            let rows: Vec<Vec<String>> =
                rows.iter().map(|row| row.split(';').map(str::to_owned).collect()).collect();
            assert_eq!(joined(&rows, " "), expected, "{rows:?}");
        }
    }
}
