//! Whether the quotes of a row can be meant as they are read.
//!
//! A tokeniser makes something of any quotes: `1;"PEREZ;S` and, on the next line, `2;QUISPE";S` are one row of three
//! fields to it, and a person has vanished without a fault.

use denizen_spec::Code;

use super::blocks::{BLOCK, positions_of};

/// What is wrong with a row that was cut into so many fields; nothing with one without quotes.
///
/// `width` is the number of fields of the header, once that is known.
pub(super) fn audit(row: &[u8], delimiter: u8, fields: usize, width: Option<usize>) -> Option<Code> {
    memchr::memchr(b'"', row)?;
    let row = &row[..row.len() - row.iter().rev().take_while(|byte| is_line_end(byte)).count()];
    if first_line(row) == row.len() {
        let is_sound = are_seen_to_be_sound(row, delimiter) || are_sound(row, delimiter);
        // What a header says is compared with what is declared.
        return (!is_sound && width.is_some()).then_some(Code::StrayQuote);
    }
    // A text of several lines, each of which happens to have the fields of a row, is a text of several rows.
    let is_torn = width.is_some_and(|width| fields != width || is_table(row, delimiter, width));
    (is_torn || !are_sound(row, delimiter)).then_some(Code::UnclosedQuote)
}

/// Whether each quote of a line stands beside a delimiter, an end, or another quote, as it should: most do, and what is
/// found so in 64 bytes at once need not be looked at quote by quote.
fn are_seen_to_be_sound(line: &[u8], delimiter: u8) -> bool {
    let (mut within, mut after_bound, mut after_closing) = (0, 1, 0);
    for chunk in line.chunks(BLOCK) {
        let mut block = [0; BLOCK];
        block[..chunk.len()].copy_from_slice(chunk);
        let is_line = u64::MAX >> (BLOCK - chunk.len());
        let quotes = positions_of(&block, b'"');
        let bounds = quotes | positions_of(&block, delimiter);
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

/// Whether nothing but blanks stands between a quote that closes a field and its end.
fn are_sound(row: &[u8], delimiter: u8) -> bool {
    let mut quotes = memchr::memchr_iter(b'"', row);
    let mut is_open = false;
    while let Some(quote) = quotes.next() {
        let behind = &row[quote + 1..];
        if !is_open {
            // Elsewhere in a field, a quote is a character.
            is_open = quote == 0 || row[quote - 1] == delimiter;
        } else if behind.first() == Some(&b'"') {
            // Two quotes are one in a quoted field.
            quotes.next();
        } else {
            let next = behind.iter().find(|byte| **byte == delimiter || !matches!(byte, b' ' | b'\t'));
            if next.is_some_and(|byte| *byte != delimiter && !is_line_end(byte)) {
                return false;
            }
            is_open = false;
        }
    }
    !is_open
}

/// Whether each line would be a row if there were no quotes.
fn is_table(row: &[u8], delimiter: u8, width: usize) -> bool {
    let lines = row.split(is_line_end).filter(|line| !line.is_empty());
    let mut widths = lines.map(|line| memchr::memchr_iter(delimiter, line).count() + 1);
    width > 1 && widths.all(|found| found == width)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_seen_to_be_sound_is(line in "[a ;\"]{0,9}|([a\";]{1,5}[a;]{0,30}){0,6}") {
            let is_seen = are_seen_to_be_sound(line.as_bytes(), b';');
            prop_assert!(!is_seen || are_sound(line.as_bytes(), b';'));
        }

        #[test]
        fn what_is_written_is_seen_to_be_sound(fields in proptest::collection::vec("[a;\"]{0,12}", 1..12)) {
            let quoted = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
            let line = quoted.collect::<Vec<_>>().join(";");
            prop_assert!(are_seen_to_be_sound(line.as_bytes(), b';'));
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
        ];
        for (row, fields, expected) in cases {
            assert_eq!(audit(row.as_bytes(), b';', *fields, Some(3)), *expected, "{row:?}");
        }
        // Nothing is known of a header, and in a table of one column every line is as wide as the header.
        assert_eq!(audit(b"1;\"PEREZ;S\n2;QUISPE\";S\n", b';', 3, None), None);
        assert_eq!(audit(b"\"a\nb\"\n", b';', 1, Some(1)), None);
        assert_eq!(audit(b"\"a\"b;c\n", b';', 2, None), None);
        assert_eq!(audit(b"\"a\"\t\"b\" \tc\n", b'\t', 3, Some(3)), None);
    }
}
