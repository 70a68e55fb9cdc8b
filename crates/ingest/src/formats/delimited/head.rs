//! What the beginning of a file says, where its first line does not have the columns that are declared.
//!
//! Nothing of the file is shown but names that look like declared ones, numbers of lines, and years: what stands where
//! names should may be about a person.

use denizen_spec::{Code, Diagnostic};

use super::DelimitedText;
use super::quotes::first_line;
use crate::encoding_guess::{HighBytes, advice, candidates};
use crate::formats::signature::recognise;
use crate::input::{Called, called};
use crate::visible::{all_visible, as_seen, look_alike, visible};

/// Lines in which a header is looked for.
const LINES: usize = 50;

/// Bytes of the beginning that are looked at.
pub(super) const BYTES: usize = 1 << 16;

/// Bytes that may stand between fields.
const DELIMITERS: [(u8, &str); 4] = [(b';', ";"), (b',', ","), (b'\t', "\\t"), (b'|', "|")];

/// The beginning of a file, and what is declared of it.
pub(super) struct Head<'a> {
    pub(super) file: &'a str,
    /// The first bytes, from the header on.
    pub(super) bytes: &'a [u8],
    /// The line on which they begin.
    pub(super) line: u64,
    pub(super) format: &'a DelimitedText,
}

/// The mark at the beginning of a file that says in which encoding it is, where another one is declared.
pub(super) fn contradicting_mark(file: &str, bytes: &[u8], format: &DelimitedText) -> Option<Diagnostic> {
    let declared = &format.options.encoding;
    if bytes.starts_with(b"\xEF\xBB\xBF") && !format.decoder.is_utf8() {
        let message =
            format!("`{file}` begins with the byte-order mark of UTF-8, and `{declared}` is declared");
        let error = Diagnostic::error(Code::Encoding, message).in_file(file, Some(1));
        return Some(error.help(advice("utf-8")));
    }
    let is_wide = bytes.starts_with(b"\xFF\xFE")
        || bytes.starts_with(b"\xFE\xFF")
        || bytes.starts_with(b"\0\0\xFE\xFF");
    let is_gb18030 = bytes.starts_with(b"\x84\x31\x95\x33") && format.decoder.name() != "gb18030";
    if is_gb18030 {
        let message =
            format!("`{file}` begins with the byte-order mark of GB 18030, and `{declared}` is declared");
        let error = Diagnostic::error(Code::Encoding, message).in_file(file, Some(1));
        return Some(error.help(advice("gb18030")));
    }
    is_wide.then(|| recognise(bytes)).flatten().map(|found| other_format(file, found.what, found.help))
}

pub(super) fn other_format(file: &str, what: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Code::OtherFormat, format!("`{file}` is {what}, not a table of text"))
        .in_file(file, None)
        .help(help)
}

/// The delimiter that a first line `sep=;` names, as Excel writes it for itself.
pub(crate) fn separator_line(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let line = &bytes[..first_line(bytes)];
    let line = line.trim_ascii_start();
    let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    let line = &line[..end];
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
        _ => None,
    }
}

impl Head<'_> {
    /// Why there is no header, or one without the declared columns. `names` are those of the first line, if it has any.
    pub(super) fn diagnose(&self, names: Option<&[String]>) -> Option<Diagnostic> {
        let is_empty = self.format.declared.is_empty();
        if is_empty && let Some(found) = recognise(self.bytes) {
            return Some(other_format(self.file, found.what, found.help));
        }
        if names.is_some_and(|names| self.format.has_declared(names)) {
            return None;
        }
        if let Some(found) = recognise(self.bytes) {
            return Some(other_format(self.file, found.what, found.help));
        }
        let other_encoding = self.other_encoding();
        let found = other_encoding.or_else(|| self.other_delimiter()).or_else(|| self.header_below());
        let names = names.unwrap_or_default();
        let found = found.or_else(|| self.alike(names)).or_else(|| self.wide(names));
        found.or_else(|| self.no_header()).or_else(|| self.title_lines())
    }

    pub(super) fn missing(&self, names: &[String]) -> Diagnostic {
        let is_missing = |name: &&String| matches!(called(names, name), Called::Nothing);
        let missing = self.format.declared.iter().find(is_missing);
        let missing = missing.map_or("", String::as_str);
        let message = format!("`{}` has no column `{missing}`", self.file);
        let error = Diagnostic::error(Code::MissingColumn, message).in_file(self.file, Some(self.line));
        error.help("name a column that it has; or correct `delimiter`, `skip` or `header`")
    }

    fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut rest = self.bytes;
        let lines = std::iter::from_fn(move || {
            let (line, behind) = rest.split_at(first_line(rest));
            rest = if line.ends_with(b"\r") { behind.strip_prefix(b"\n").unwrap_or(behind) } else { behind };
            (!line.is_empty()).then_some(line)
        });
        (self.line..).zip(lines.take(LINES))
    }

    fn first(&self) -> &[u8] {
        self.lines().next().map_or(&[], |(_, line)| line)
    }

    /// Whether a line, cut at a delimiter, has all declared columns.
    fn fits(&self, line: &[u8], delimiter: u8, decode: &dyn Fn(&[u8]) -> Option<String>) -> bool {
        let names: Option<Vec<String>> = fields(line, delimiter).iter().map(|field| decode(field)).collect();
        let names = names.unwrap_or_default();
        let is_named = |wanted: &String| names.iter().any(|name| name.trim() == wanted);
        self.format.declared.iter().all(is_named)
    }

    fn fits_as_declared(&self, line: &[u8], delimiter: u8) -> bool {
        self.fits(line, delimiter, &|field| self.format.decoder.decode(field).map(Into::into))
    }

    /// The encoding in which the first line has the declared columns, or is text at all.
    fn other_encoding(&self) -> Option<Diagnostic> {
        let line = self.first();
        if line.is_ascii() {
            return None;
        }
        let delimiter = self.format.options.delimiter;
        let found = candidates()
            .find(|(_, decoder)| self.fits(line, delimiter, &|field| decoder.decode(field).map(Into::into)));
        let found = found.map(|(label, _)| label);
        let is_text = fields(line, delimiter).iter().all(|field| self.format.decoder.decode(field).is_some());
        let declared = &self.format.options.encoding;
        if found.is_none() && is_text {
            return None;
        }
        let bytes = HighBytes::of(line);
        let likely = found.or_else(|| bytes.likely()).filter(|label| label != declared);
        let error = Diagnostic::error(Code::Encoding, "the header is not text in the declared encoding");
        let error = error.in_file(self.file, Some(self.line));
        let first = line.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
        let error = error.note(format!("its byte {} is 0x{:02X}", first + 1, line[first]));
        Some(match (found, likely) {
            (Some(label), Some(likely)) => {
                error.note(format!("read as {label} it has all declared columns")).help(advice(likely))
            }
            (_, Some(likely)) => error.note(format!("by its bytes it is {likely}")).help(advice(likely)),
            (_, None) => error.help(format!("`{declared}` is declared; name the encoding of the file")),
        })
    }

    fn other_delimiter(&self) -> Option<Diagnostic> {
        let line = self.first();
        let others = DELIMITERS.iter().filter(|(byte, _)| *byte != self.format.options.delimiter);
        let (_, name) = others.into_iter().find(|(byte, _)| self.fits_as_declared(line, *byte))?;
        let error = self.missing(&self.names_of(line));
        let note = format!("cut at `{name}`, its first line has all declared columns");
        Some(error.note(note).help(format!("write `delimiter = \"{name}\"`")))
    }

    fn names_of(&self, line: &[u8]) -> Vec<String> {
        let decode = |field: &Vec<u8>| self.format.decoder.decode(field).map(|name| name.trim().to_owned());
        fields(line, self.format.options.delimiter).iter().filter_map(decode).collect()
    }

    /// Lines stand above the header.
    fn header_below(&self) -> Option<Diagnostic> {
        let declared = self.format.options.delimiter;
        let all = std::iter::once(declared).chain(DELIMITERS.iter().map(|(byte, _)| *byte));
        let (number, delimiter) = all
            .flat_map(|delimiter| self.lines().skip(1).map(move |(number, line)| (number, line, delimiter)))
            .find(|(_, line, delimiter)| self.fits_as_declared(line, *delimiter))
            .map(|(number, _, delimiter)| (number, delimiter))?;
        let error = self.missing(&self.names_of(self.first()));
        let above = match number - self.line {
            1 => "a line stands".to_owned(),
            lines => format!("{lines} lines stand"),
        };
        let name = DELIMITERS.iter().find(|(byte, _)| *byte == delimiter).map_or("", |(_, name)| name);
        let cut = if delimiter == declared { String::new() } else { format!(", cut at `{name}`") };
        let note = format!("line {number}{cut} has all declared columns: {above} above the header");
        let more = if delimiter == declared {
            String::new()
        } else {
            format!(" and write `delimiter = \"{name}\"`")
        };
        Some(
            error
                .note(note)
                .help(format!("write `skip = {}`, or `find_header = true`{more}", number - self.line)),
        )
    }

    /// A name that looks like a declared one and is another.
    fn alike(&self, names: &[String]) -> Option<Diagnostic> {
        let missing = self.format.declared.iter().filter(|wanted| !names.contains(wanted));
        let mut pairs =
            missing.filter_map(|wanted| Some((wanted, names.iter().find(|name| look_alike(name, wanted))?)));
        let Some((wanted, name)) = pairs.next() else { return self.labelled(names) };
        let message = format!("`{}` has no column `{wanted}`", self.file);
        let error = Diagnostic::error(Code::MissingColumn, message).in_file(self.file, Some(self.line));
        let shown = all_visible(name);
        let note = format!("it has `{shown}`, which looks the same as `{}`", all_visible(wanted));
        Some(error.note(note).help(format!("write `from = \"{shown}\"`")))
    }

    /// A name that is a declared one and its label, as `labels=both` of SDMX gives them.
    fn labelled(&self, names: &[String]) -> Option<Diagnostic> {
        let missing = self.format.declared.iter().filter(|wanted| !names.contains(wanted));
        let found = missing.filter_map(|wanted| {
            let begins = |name: &&String| {
                name.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with(": "))
            };
            Some((wanted, names.iter().find(begins)?))
        });
        let (wanted, name) = found.into_iter().next()?;
        let note = format!(
            "it has `{}`: `{wanted}` and its label, as `labels=both` gives them, in codes too",
            visible(name)
        );
        let help = "write `format = \"sdmx-csv\"`, which leaves the labels out";
        Some(self.missing(names).note(note).help(help))
    }

    /// A column for each year.
    fn wide(&self, names: &[String]) -> Option<Diagnostic> {
        let years: Vec<&str> = names.iter().filter_map(|name| year(name)).collect();
        let is_rising = years.windows(2).all(|pair| pair[0] <= pair[1])
            || years.windows(2).all(|pair| pair[0] >= pair[1]);
        let (first, last) = (years.first()?, years.last()?);
        if years.len() < 2 || !is_rising || first == last {
            return None;
        }
        let note = format!(
            "{} of its columns are named as periods, from {first} to {last}: it is a wide table",
            years.len()
        );
        let error = self.missing(names).note(note);
        let is_eurostat =
            names.first().is_some_and(|name| name.contains("\\TIME_PERIOD") || name.contains("\\time"));
        Some(if is_eurostat {
            let note = "its first column holds all dimensions, with commas between them: Eurostat's TSV";
            error.note(note).help("write `format = \"eurostat-tsv\"`")
        } else {
            error.help("make a row of each value: `unpivot = { into = \"year\", years = [1900, 2100] }`")
        })
    }

    /// The first line has as many fields as those below it, and like them numbers or dates.
    fn no_header(&self) -> Option<Diagnostic> {
        let delimiter = self.format.options.delimiter;
        let shapes: Vec<Vec<bool>> = self.lines().take(5).map(|(_, line)| numbers(line, delimiter)).collect();
        let (first, below) = shapes.split_first()?;
        let count = first.iter().filter(|is_number| **is_number).count();
        let is_alike = !below.is_empty() && below.iter().all(|shape| shape == first);
        let is_header = self.names_of(self.first()).iter().any(|name| self.format.declared.contains(name));
        if count == 0 || !is_alike || is_header {
            return None;
        }
        let note = format!(
            "its first line has numbers or dates in {count} of {} fields, as those below it: there is no header",
            first.len()
        );
        Some(self.missing(&[]).note(note).help("write `header = false`, and number the columns (`from = \"1\"`); or name them all: `header = [\"…\", …]`"))
    }

    /// A first line of fewer fields than those below is a title.
    fn title_lines(&self) -> Option<Diagnostic> {
        let delimiter = self.format.options.delimiter;
        let widths: Vec<usize> = self.lines().map(|(_, line)| fields(line, delimiter).len()).collect();
        let (first, last) = (*widths.first()?, widths.iter().copied().max()?);
        let above = widths.iter().position(|width| *width == last)?;
        let of_table = widths[above..].iter().filter(|width| **width == last).count();
        if first >= last || of_table < 2 || last < 2 {
            return None;
        }
        let number = self.line + above as u64;
        let error = self.missing(&self.names_of(self.first()));
        let note = format!(
            "its first line has {first} of the {last} fields that lines from line {number} on have: titles stand above the table"
        );
        let help = format!(
            "write `skip = {}`, and declare the names of the header (line {number} is the first that could be it)",
            number - self.line
        );
        Some(error.note(note).help(help))
    }
}

/// The fields of a line.
pub(super) fn fields(line: &[u8], delimiter: u8) -> Vec<Vec<u8>> {
    quoted_fields(line, delimiter, Some(b'"'))
}

/// The fields of the first row of a text.
pub(super) fn quoted_fields(line: &[u8], delimiter: u8, quote: Option<u8>) -> Vec<Vec<u8>> {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let mut reader = reader(line, delimiter, quote);
    let record = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(<[u8]>::to_vec).collect()
}

/// What cuts a text into rows.
pub(super) fn reader(text: &[u8], delimiter: u8, quote: Option<u8>) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quote(quote.unwrap_or(b'"'))
        .quoting(quote.is_some())
        .has_headers(false)
        .flexible(true)
        .from_reader(text)
}

/// Which fields of a line are numbers or dates.
fn numbers(line: &[u8], delimiter: u8) -> Vec<bool> {
    let is_number = |field: &Vec<u8>| {
        field.iter().any(u8::is_ascii_digit)
            && field.iter().all(|byte| byte.is_ascii_digit() || b"-+/.,: ".contains(byte))
    };
    fields(line, delimiter).iter().map(is_number).collect()
}

/// A name that is a year, or begins with one as `2019-Q1`, `2019 M01`, `X2019`.
fn year(name: &str) -> Option<&str> {
    let name = name.trim();
    let digits = name.strip_prefix(['X', 'Y', 'F']).unwrap_or(name);
    let is_year = digits.len() >= 4 && digits.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    let is_recent = is_year && (digits.starts_with("19") || digits.starts_with("20"));
    let is_period =
        is_recent && digits.len() <= 10 && !as_seen(&digits[4..]).starts_with(|c: char| c.is_ascii_digit());
    is_period.then_some(name)
}
