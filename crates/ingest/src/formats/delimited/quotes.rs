//! Whether the quotes of a row can be meant as they are read.
//!
//! A tokeniser makes something of any quotes: `1;"PEREZ;S` and, on the next line, `2;QUISPE";S` are one row of three
//! fields to it, and a person has vanished without a fault.

use denizen_spec::Code;

use super::blocks::{BLOCK, positions_of};

/// The bytes that mean something else than themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
}

/// What is wrong with a row that was cut into so many fields; nothing with one without quotes.
///
/// `width` is the number of fields of the header, once that is known.
pub(super) fn audit(row: &[u8], signs: Signs, fields: usize, width: Option<usize>) -> Option<Code> {
    memchr::memchr(signs.quote, row)?;
    let row = &row[..row.len() - row.iter().rev().take_while(|byte| is_line_end(byte)).count()];
    if first_line(row) == row.len() {
        let is_sound = are_seen_to_be_sound(row, signs) || is_unambiguous(row, signs);
        // What a header says is compared with what is declared.
        return (!is_sound && width.is_some()).then_some(Code::StrayQuote);
    }
    // A text of several lines, one of which has the fields of a row, may as well be several rows.
    let is_torn = width.is_some_and(|width| fields != width || holds_a_row(row, signs, width));
    let quotes = Quotes::of(row, signs);
    (is_torn || !quotes.are_sound || quotes.stray > 0).then_some(Code::UnclosedQuote)
}

/// Whether the quotes of a line can be meant in one way only.
///
/// The delimiter before a quoted text may be missing: `2"LIMA; CALLAO";C` has three fields like `2;LIMA;C`, none of them
/// right. It is told by two fields that have a quote too many each, or by other fields where quotes count wherever they
/// stand.
fn is_unambiguous(line: &[u8], signs: Signs) -> bool {
    let quotes = Quotes::of(line, signs);
    let is_same = fields_if_all_quotes_count(line, signs).is_none_or(|fields| fields == quotes.fields);
    // A writer that quotes some texts of a row would have quoted one with a quote in it: its first one is lost.
    let has_lost_one = quotes.quoted > 0 && quotes.stray > 0;
    quotes.are_sound && quotes.stray < 2 && is_same && !has_lost_one && !quotes.begins_with_stray
}

/// Whether a line has a quote too many in a field that is not quoted.
pub(super) fn has_stray(line: &[u8], signs: Signs) -> bool {
    Quotes::of(line, signs).stray > 0
}

/// Whether each quote of a line stands beside a signs, an end, or another quote, as it should: most do, and what is
/// found so in 64 bytes at once need not be looked at quote by quote.
fn are_seen_to_be_sound(line: &[u8], signs: Signs) -> bool {
    let (mut within, mut after_bound, mut after_closing) = (0, 1, 0);
    for chunk in line.chunks(BLOCK) {
        let mut block = [0; BLOCK];
        block[..chunk.len()].copy_from_slice(chunk);
        let is_line = u64::MAX >> (BLOCK - chunk.len());
        let quotes = positions_of(&block, signs.quote);
        let bounds = quotes | positions_of(&block, signs.delimiter);
        // From each quote that opens to the one that closes.
        let quoted = (0..6).fold(quotes, |bits, step| bits ^ bits << (1 << step)) ^ within;
        let (opening, closing) = (quotes & quoted, quotes & !quoted);
        if opening & !(bounds << 1 | after_bound) != 0
            || (closing << 1 | after_closing) & !bounds & is_line != 0
        {
            return false;
        }
        within = if quoted >> 63 == 1 { u64::MAX } else { 0 };
        (after_bound, after_closing) = (bounds >> 63, closing >> 63);
    }
    within == 0
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// The length of the first line, with its end.
pub(super) fn first_line(text: &[u8]) -> usize {
    memchr::memchr2(b'\r', b'\n', text).map_or(text.len(), |end| end + 1)
}

/// The quotes of a row, as a tokeniser understands them.
#[derive(Default)]
struct Quotes {
    /// Whether nothing but blanks stands between a quote that closes a field and its end.
    are_sound: bool,
    fields: usize,
    /// Fields within quotes.
    quoted: usize,
    /// Other fields in which quotes stand an odd number of times, be several in succession one or not.
    stray: usize,
    /// Whether one of these has nothing but blanks before it: it was to be the first of a text that goes on elsewhere.
    begins_with_stray: bool,
}

impl Quotes {
    fn of(row: &[u8], signs: Signs) -> Self {
        let mut quotes = Self { are_sound: true, ..Self::default() };
        let mut rest = Some(row);
        while let Some(text) = rest {
            quotes.fields += 1;
            let end = if text.first() == Some(&signs.quote) {
                quotes.quoted += 1;
                let closing = closing_quote(text, signs);
                quotes.are_sound &= closing.is_some();
                let behind = closing.map_or(text.len(), |closing| closing + 1);
                let end = behind + field_end(&text[behind..], signs);
                quotes.are_sound &= text[behind..end].iter().all(|byte| matches!(byte, b' ' | b'\t'));
                end
            } else {
                // Elsewhere in a field, a quote is a character.
                let end = field_end(text, signs);
                quotes.look_at_plain(&text[..end], signs);
                end
            };
            rest = text.get(end + 1..);
        }
        quotes
    }

    fn look_at_plain(&mut self, field: &[u8], signs: Signs) {
        let runs = field.chunk_by(|one, other| (*one == signs.quote) == (*other == signs.quote));
        let (runs, count) = runs
            .filter(|run| run[0] == signs.quote)
            .fold((0, 0), |(runs, count), run| (runs + 1, count + run.len()));
        let is_stray = runs % 2 == 1 || count % 2 == 1;
        self.stray += usize::from(is_stray);
        self.begins_with_stray |= is_stray && field.trim_ascii_start().first() == Some(&signs.quote);
    }
}

/// Where the quoted text that begins here is closed. Two quotes are one in it.
fn closing_quote(text: &[u8], signs: Signs) -> Option<usize> {
    let mut quotes = memchr::memchr_iter(signs.quote, &text[1..]).map(|index| index + 1);
    loop {
        let quote = quotes.next()?;
        if text.get(quote + 1) != Some(&signs.quote) {
            return Some(quote);
        }
        quotes.next();
    }
}

fn field_end(text: &[u8], signs: Signs) -> usize {
    memchr::memchr(signs.delimiter, text).unwrap_or(text.len())
}

/// The fields of a line if a quote opens and closes a text wherever it stands; nothing where one is left open.
fn fields_if_all_quotes_count(line: &[u8], signs: Signs) -> Option<usize> {
    let (mut fields, mut is_open) = (1, false);
    for byte in line {
        is_open ^= *byte == signs.quote;
        fields += usize::from(*byte == signs.delimiter && !is_open);
    }
    (!is_open).then_some(fields)
}

/// Whether a line of the row would be a row if it stood alone, and is not one by the fields around the quoted text only:
/// some of its delimiters are within that.
///
/// In a table of one column each line would be one.
fn holds_a_row(row: &[u8], signs: Signs, width: usize) -> bool {
    let mut is_open = false;
    row.split(is_line_end).any(|line| {
        let (within, ends_open) = delimiters_within(line, signs, is_open);
        is_open = ends_open;
        width == 1 || (within > 0 && fields_alone(line, signs) == width)
    })
}

/// How many delimiters of a line of a row are within a text that goes on in another line, and whether one is open at its
/// end.
fn delimiters_within(line: &[u8], signs: Signs, is_open: bool) -> (usize, bool) {
    let count = |text: &[u8]| memchr::memchr_iter(signs.delimiter, text).count();
    let mut within = 0;
    let mut rest = Some(line);
    if is_open {
        let Some(closing) = first_closing(line, signs) else { return (count(line), true) };
        within = count(&line[..closing]);
        rest = after_field(&line[closing + 1..], signs);
    }
    while let Some(text) = rest {
        if text.first() != Some(&signs.quote) {
            rest = after_field(text, signs);
        } else if let Some(closing) = closing_quote(text, signs) {
            rest = after_field(&text[closing + 1..], signs);
        } else {
            return (within + count(text), true);
        }
    }
    (within, false)
}

/// What follows the field that goes on here; nothing behind the last.
fn after_field(text: &[u8], signs: Signs) -> Option<&[u8]> {
    text.get(field_end(text, signs) + 1..)
}

/// Where the quoted text that goes on in this line is closed.
fn first_closing(line: &[u8], signs: Signs) -> Option<usize> {
    let mut quotes = memchr::memchr_iter(signs.quote, line);
    loop {
        let quote = quotes.next()?;
        if line.get(quote + 1) != Some(&signs.quote) {
            return Some(quote);
        }
        quotes.next();
    }
}

/// The fields that a line has if it stands alone; a quote that it does not close is a character.
fn fields_alone(line: &[u8], signs: Signs) -> usize {
    let mut fields = 0;
    let mut rest = Some(line);
    while let Some(text) = rest {
        fields += 1;
        let quoted = text.first() == Some(&signs.quote);
        let behind = if quoted { closing_quote(text, signs).map_or(0, |closing| closing + 1) } else { 0 };
        rest = after_field(&text[behind..], signs);
    }
    fields
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIGNS: Signs = Signs { delimiter: b';', quote: b'"' };

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_seen_to_be_sound_is(line in "[a ;\"]{0,9}|([a\";]{1,5}[a;]{0,30}){0,6}") {
            let is_seen = are_seen_to_be_sound(line.as_bytes(), SIGNS);
            prop_assert!(!is_seen || is_unambiguous(line.as_bytes(), SIGNS));
        }

        #[test]
        fn what_is_written_is_seen_to_be_sound(fields in proptest::collection::vec("[a;\"]{0,12}", 1..12)) {
            let quoted = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
            let line = quoted.collect::<Vec<_>>().join(";");
            prop_assert!(are_seen_to_be_sound(line.as_bytes(), SIGNS));
        }
    }

    #[test]
    fn quotes_as_they_can_be_meant() {
        let (stray, unclosed) = (Some(Code::StrayQuote), Some(Code::UnclosedQuote));
        let cases: &[(&str, usize, Option<Code>)] = &[
            ("a;b;c\n", 3, None),
            ("\"a\";\"b\";\"\"\r", 3, None),
            ("\"a;\"\"b\"\"\" ;;", 3, None),
            ("a\"b;c\"d\";e", 3, None),
            ("\"a\"\t;;", 3, None),
            ("\"a\"b;;", 3, stray),
            ("a;\"JUAN \"PEPE\" PEREZ\";b\n", 3, stray),
            ("\"first line\nsecond\";b;c\n", 3, None),
            ("\"a;b;c\n\n\";b;c\n", 3, unclosed),
            ("1;\"PEREZ;S\n2;QUISPE\";S\n", 3, unclosed),
            ("1;\"PEREZ;S\r\n2;QUISPE\";S;T\r", 4, unclosed),
            ("1;\"PEREZ\n2;\"QUISPE;S\n", 3, unclosed),
            // The delimiter before a quoted text is missing.
            ("2\"LIMA; CALLAO\";z\n", 3, stray),
            ("2 \"LIMA; CALLAO\";z", 3, stray),
            ("2\"\"LIMA; CALLAO\"\";z", 3, stray),
            ("2\"JUAN \"\"PEPE; X\"\" PEREZ\";z", 3, stray),
            ("15\";3\";z", 3, stray),
            ("15\";z;z", 3, None),
            ("LIMA \"A; 5;\"z\"", 3, stray),
            ("JUAN \"PEPE\";ANA \"NA\" B;z", 3, None),
            // The quote before a text is missing.
            ("2\";\"LIMA\";z", 3, stray),
            ("2; \"LIMA;z", 3, stray),
            ("2; \"LIMA\";z", 3, None),
            // Stray quotes make one row of several, of which not all have the right number of fields.
            ("1;\"A\n2;B\";y", 3, unclosed),
            ("1;\"A;x\nPage 2\n2;B\";y", 3, unclosed),
            ("1;\"A; a\";\"x\n2;B;y\"", 3, unclosed),
            ("\"1;A;x\n\n2\";B;y", 3, unclosed),
            ("1;\"A\n2\";B\"", 3, unclosed),
            // Texts of several lines, with delimiters in them.
            ("1;\"Lima;\nTacna\";y", 3, unclosed),
            ("1;\"Lima, 5\nTacna\";y", 3, None),
            ("1;\"Lima\nTacna; Callao; Ica\nPuno\";y", 3, unclosed),
            ("1;\"Lima\nTacna; Callao\nPuno\";y", 3, None),
            ("1;y;\"Lima\nTacna\"", 3, None),
        ];
        for (row, fields, expected) in cases {
            assert_eq!(audit(row.as_bytes(), SIGNS, *fields, Some(3)), *expected, "{row:?}");
        }
        // Nothing is known of a header, and in a table of one column every line could be a row.
        assert_eq!(audit(b"1;\"PEREZ;S\n2;QUISPE\";S\n", SIGNS, 3, None), None);
        assert_eq!(audit(b"\"a\nb\"\n", SIGNS, 1, Some(1)), unclosed);
        assert_eq!(audit(b"\"a\"b;c\n", SIGNS, 2, None), None);
        assert_eq!(audit(b"\"a\"\t\"b\" \tc\n", Signs { delimiter: b'\t', ..SIGNS }, 3, Some(3)), None);
    }
}
