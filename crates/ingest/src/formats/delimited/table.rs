//! Lines below the header that are headers: the same once more, or that of another table.

use std::collections::{HashMap, HashSet};

use denizen_spec::Code;

use super::head::fields;
use super::outside::Outside;
use super::quotes::first_line;
use crate::decoder::Decoder;
use crate::input::Header;

/// Whether a row was found to be the header once more.
pub(super) fn is_again(fault: Code) -> bool {
    matches!(fault, Code::RepeatedHeader | Code::ReturningHeader)
}

/// Lines that are looked at below what may be a header.
const LINES_BELOW: usize = 5;

/// Lines of one field that may stand between an empty line and the header of another table.
const TITLES: usize = 3;

/// The names of the columns as they stand in the file, to be found again further down.
pub(super) struct TableNames {
    /// Whether the file has a header at all.
    has_header: bool,
    /// Whether the header may return, and is left out there.
    may_return: bool,
    /// Where the header has several rows: each of them.
    rows: Vec<Vec<Vec<u8>>>,
    outside: Outside,
    /// For each name, the field that is called so first.
    fields: HashMap<Vec<u8>, usize>,
    width: usize,
    /// Texts that a column is declared to have: no name of a column is called so.
    texts: HashSet<Vec<u8>>,
    /// Whether a name begins with this byte; blanks and a byte-order mark may stand before it.
    begins: [bool; 256],
}

/// What is known of a header besides the names of its columns.
pub(super) struct HeaderForm {
    /// Whether the file has one.
    pub(super) is_there: bool,
    /// Whether it may return, and is left out there.
    pub(super) may_return: bool,
    /// Where it has several rows: each of them, as it stands in the file.
    pub(super) rows: Vec<Vec<Vec<u8>>>,
    pub(super) outside: Outside,
}

impl TableNames {
    pub(super) fn new(header: &Header, texts: &[String], decoder: Decoder, form: HeaderForm) -> Self {
        let HeaderForm { is_there, may_return, rows, outside } = form;
        let texts = texts.iter().map(|text| decoder.encode(text.trim()).into_owned()).collect();
        let mut begins = [false; 256];
        let names: Vec<Vec<u8>> = header.names.iter().map(|name| decoder.encode(name).into_owned()).collect();
        for name in
            rows.iter().flat_map(|row| row.first()).chain(&names).map(Vec::as_slice).chain(outside.comment())
        {
            begins[usize::from(name.first().copied().unwrap_or(b' '))] = true;
        }
        for byte in *b" \t\xEF" {
            begins[usize::from(byte)] = true;
        }
        if rows.iter().any(|row| row.first().is_none_or(Vec::is_empty)) {
            // A row of the header that begins with an empty field begins with a delimiter.
            begins = [true; 256];
        }
        let mut fields = HashMap::new();
        for (field, name) in names.into_iter().enumerate() {
            fields.entry(name).or_insert(field);
        }
        let width = header.width();
        Self { has_header: is_there, may_return, rows, outside, fields, width, texts, begins }
    }

    /// Whether a line is a comment.
    pub(super) fn is_comment(&self, line: &[u8]) -> bool {
        self.outside.is_comment(line)
    }

    /// Whether a row that begins with this byte may hold names.
    #[inline]
    pub(super) fn may_begin(&self, byte: u8) -> bool {
        self.begins[usize::from(byte)]
    }

    /// Whether a row of the right width holds the names of the columns: all as in the header, or half of them and two at
    /// least at other places.
    pub(super) fn fault<'a>(&self, row: impl Iterator<Item = &'a [u8]> + Clone) -> Option<Code> {
        let again = if self.may_return { Code::ReturningHeader } else { Code::RepeatedHeader };
        if !self.has_header {
            return None;
        }
        if self
            .rows
            .iter()
            .any(|known| known.iter().map(|field| field.trim_ascii()).eq(row.clone().map(<[u8]>::trim_ascii)))
        {
            return Some(again);
        }
        let (mut same, mut moved) = (0, 0);
        for (index, field) in row.enumerate() {
            let field = field.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(field).trim_ascii();
            match self.fields.get(field) {
                // A name may be there twice, and be empty.
                Some(known) if *known == index || field.is_empty() => same += 1,
                Some(_) => moved += 1,
                // What begins with no name is no header.
                None if index == 0 => return None,
                None => {}
            }
        }
        if same == self.width {
            return Some(again);
        }
        (moved >= 1 && same + moved >= 2 && (same + moved) * 2 >= self.width).then_some(Code::ChangedHeader)
    }

    /// Whether another table begins in a text that follows an empty line: fields like names, without digits, and below
    /// them rows of as many fields, one of which has digits in all of them.
    pub(super) fn another_begins(&self, text: &[u8], delimiter: u8) -> bool {
        let mut lines =
            lines(text).skip_while(|line| line.trim_ascii().is_empty()).map(|line| fields(line, delimiter));
        let mut titles = 0;
        let header = loop {
            match lines.next() {
                Some(line) if line.len() > 1 => break line,
                Some(_) if titles < TITLES => titles += 1,
                Some(_) | None => return false,
            }
        };
        let is_name = |name: &Vec<u8>| {
            let name = name.trim_ascii();
            let has_letter = name.iter().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
            has_letter
                && name.len() <= 60
                && !name.iter().any(u8::is_ascii_digit)
                && !self.texts.contains(name)
        };
        let is_distinct = |(index, name): (usize, &Vec<u8>)| !header[..index].contains(name);
        let is_header = header.iter().all(is_name) && header.iter().enumerate().all(is_distinct);
        let is_ours =
            header.len() == self.width && self.fault(header.iter().map(Vec::as_slice)).is_some_and(is_again);
        is_header && !is_ours && have_digits_in_common(lines, header.len())
    }
}

/// Whether the second line of a text goes on with the header that is the first: with units, or the second half of the
/// names. No field of it has digits, and one that is not empty has some in each of the lines below.
pub(super) fn goes_on(text: &[u8], delimiter: u8, texts: &[String], decoder: Decoder) -> bool {
    let mut lines = lines(text).map(|line| fields(line, delimiter));
    let (Some(header), Some(below)) = (lines.next(), lines.next()) else { return false };
    let has_digit = |field: &Vec<u8>| field.iter().any(u8::is_ascii_digit);
    let is_value = |field: &Vec<u8>| {
        let field = decoder.decode(field.trim_ascii());
        field.is_none_or(|field| texts.iter().any(|text| *text.trim() == *field && !field.is_empty()))
    };
    if below.len() != header.len() || below.iter().any(|field| has_digit(field) || is_value(field)) {
        return false;
    }
    let below_it: Vec<_> = lines.take(LINES_BELOW).filter(|line| line.len() == header.len()).collect();
    let in_all = |index: usize| below_it.iter().all(|line| line.get(index).is_some_and(has_digit));
    let is_stated = |field: &Vec<u8>| field.iter().any(u8::is_ascii_alphabetic);
    below_it.len() >= 2 && below.iter().enumerate().any(|(index, field)| is_stated(field) && in_all(index))
}

/// Whether the next lines have so many fields each, and digits in one of them.
fn have_digits_in_common(lines: impl Iterator<Item = Vec<Vec<u8>>>, width: usize) -> bool {
    let mut have_digits: Option<Vec<bool>> = None;
    for line in lines.take(LINES_BELOW).take_while(|line| line.len() == width) {
        let digits = line.iter().map(|field| field.iter().any(u8::is_ascii_digit));
        have_digits = Some(match have_digits {
            None => digits.collect(),
            Some(before) => before.iter().zip(digits).map(|(before, now)| *before && now).collect(),
        });
    }
    have_digits.is_some_and(|columns| columns.contains(&true))
}

/// The lines of a text, without the last where it has no end.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (line, behind) = rest.split_at(first_line(rest));
        rest = if line.ends_with(b"\r") { behind.strip_prefix(b"\n").unwrap_or(behind) } else { behind };
        (!line.is_empty()).then_some(line)
    })
}

/// Where lines begin that follow empty ones: of a million empty lines each would be looked behind otherwise, over all that follow.
pub(super) fn behind_empty_lines(text: &[u8]) -> impl Iterator<Item = usize> {
    let feeds = memchr::memmem::find_iter(text, b"\n\n").map(|feed| feed + 2);
    // Few files have carriage returns, and these are found sooner than pairs of line ends.
    let has_returns = memchr::memchr(b'\r', text).is_some();
    let returns = has_returns.then(|| memchr::memmem::find_iter(text, b"\n\r\n").map(|feed| feed + 3));
    let returns = returns.into_iter().flatten();
    behind_runs(text, feeds).chain(behind_runs(text, returns))
}

/// Where the empty lines end that places are in, each run of them once.
fn behind_runs(text: &[u8], places: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
    let mut end = 0;
    places.filter_map(move |place| {
        if place < end {
            return None;
        }
        end = place + text[place..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        Some(end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_of_many_empty_lines_is_looked_behind() {
        let table: [(&[u8], &[usize]); 8] = [
            (b"a\nb\n", &[]),
            (b"a\n\nb\n", &[3]),
            (b"a\n\n\n\nb\n\nc", &[5, 8]),
            (b"a\n\n\n", &[4]),
            (b"a\n\n\nb", &[4]),
            (b"a\r\n\r\nb", &[5]),
            (b"a\r\n\r\n\r\n\r\nb", &[9]),
            (b"a\n\n\r\n\nb", &[6]),
        ];
        for (text, expected) in table {
            let mut found: Vec<usize> = behind_empty_lines(text).collect();
            found.sort_unstable();
            found.dedup();
            assert_eq!(found, expected, "{}", text.escape_ascii());
        }
    }
}
