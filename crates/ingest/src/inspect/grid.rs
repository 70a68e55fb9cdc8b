//! Where the header of a table is, in rows of texts of which nothing is known.

use super::named_numbers::NamedNumbers;
use crate::sparse::is_prose;

/// Rows in which the header is looked for.
const SEARCHED: usize = 60;

/// Rows below the header that tell which columns hold numbers.
const TELLING: usize = 200;

/// Rows that a header has at the most.
const MOST_HEADER_ROWS: usize = 4;

/// Where the parts of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TableLayout {
    /// The first row of the header, or of the table where it has none.
    pub(super) header: usize,
    /// Rows of the header; none where there is none.
    pub(super) header_rows: usize,
    /// Columns that most rows have.
    pub(super) width: usize,
}

/// Whether a text is written like a number, or stands for one.
pub(super) fn is_number(text: &str) -> bool {
    let text = text.trim().trim_end_matches('%').trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let allowed = |c: char| c.is_ascii_digit() || "+-.,' \u{a0}\u{202f}".contains(c);
    digits > 0 && text.chars().all(allowed) && digits * 2 >= text.chars().count()
}

/// Marks that stand in the place of a number.
pub(super) const MARKS: [&str; 16] =
    [":", "-", "--", "..", "...", "*", ".", "–", "n.d.", "n.a.", "NA", "N/A", "NaN", "#N/A", "x", "c"];

/// Words that stand in the place of a number, besides.
const WORDS_FOR_NONE: [&str; 14] = [
    "nd",
    "na",
    "n/a",
    "ns",
    "nan",
    "null",
    "none",
    "s",
    "m",
    "z",
    "confidential",
    "suppressed",
    "withheld",
    "redacted",
];

fn is_mark(text: &str) -> bool {
    MARKS.contains(&text.trim())
}

/// A year, or a period that begins with one.
pub(super) fn is_period(text: &str) -> bool {
    let text = text.trim();
    let is_year = text.len() >= 4 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    let year = text.get(..4).and_then(|year| year.parse::<i32>().ok()).unwrap_or(0);
    let rest = text.get(4..).unwrap_or_default();
    is_year
        && (1800..=2150).contains(&year)
        && (rest.is_empty() || !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
}

/// Finds the table: rows of one width, below lines of titles.
pub(super) fn layout(rows: &[Vec<String>]) -> Option<TableLayout> {
    let width = modal_width(rows)?;
    let stated = |row: &Vec<String>| row.iter().filter(|text| !text.trim().is_empty()).count();
    let is_header = |row: &&Vec<String>| {
        // A title over merged cells says one thing in all of them.
        let mut texts: Vec<&str> =
            row.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        let count = texts.len();
        texts.sort_unstable();
        texts.dedup();
        row.len() == width && (width == 1 || (texts.len() >= 2 && count * 5 >= width * 2))
    };
    let header = rows.iter().take(SEARCHED).position(|row| is_header(&row))?;
    let below = &rows[(header + 1).min(rows.len())..];
    let below: Vec<&Vec<String>> = below.iter().filter(|row| row.len() == width && stated(row) > 0).collect();
    let more = more_header_rows(&rows[header], &below);
    let below = &below[more..];
    let numeric = numeric_columns(&below[..below.len().min(TELLING)], width);
    let is_of_table = |row: &Vec<String>| {
        let fits = |column: &&usize| {
            let text = row[**column].trim();
            text.is_empty() || is_number(text) || is_mark(text)
        };
        let has_number = numeric.iter().any(|column| is_number(&row[*column]));
        numeric.is_empty() || (has_number && numeric.iter().filter(fits).count() * 5 >= numeric.len() * 3)
    };
    let is_all_periods = numeric
        .iter()
        .all(|column| is_period(&rows[header][*column]) || rows[header][*column].trim().is_empty());
    let is_proven = || {
        has_worded_name(&rows[header], below, &numeric)
            || has_numbers_as_names(&rows[header], below, &numeric)
    };
    if !numeric.is_empty() && is_of_table(&rows[header]) && !is_all_periods && !is_proven() {
        return Some(TableLayout { header, header_rows: 0, width });
    }
    if repeats_a_text(&rows[header], below, &numeric) {
        return Some(TableLayout { header, header_rows: 0, width });
    }
    let goes_on = |header_rows: &usize| {
        let (names, row) = rows[header..].split_at(*header_rows);
        let is_of_header = |row: &Vec<String>| {
            !is_of_table(row) && !states_values(row, &numeric) && adds_names(names, row, &numeric)
        };
        row.first().is_some_and(|row| row.len() == width && is_of_header(row))
    };
    let header_rows = (1 + more..=MOST_HEADER_ROWS).find(|header_rows| !goes_on(header_rows)).unwrap_or(1);
    let is_whole = rows[header..].iter().take(header_rows).all(|row| row.len() == width);
    let header_rows = if is_whole { header_rows } else { 1 };
    Some(with_row_above(rows, TableLayout { header, header_rows, width }))
}

/// Whether a row states values with signs that nobody knows beside the numbers of others, such as `<5`, `58*` or `[x]`: it is one of the
/// table, and none of a header. Bounds of ages, such as `0-4` and `85+`, are names.
fn states_values(row: &[String], numeric: &[usize]) -> bool {
    let is_bracketed = |text: &str| {
        let inner = text.strip_prefix(['[', '(']).and_then(|text| text.strip_suffix([']', ')']));
        inner.is_some_and(|inner| inner.chars().count() <= 4 && inner.chars().all(char::is_alphabetic))
    };
    let has_note = |text: &str| {
        let text = text.trim_start_matches(['<', '>', '\u{2264}', '\u{2265}', '=', '~', ' ']);
        let note = text.trim_start_matches(|c: char| c.is_ascii_digit() || ".,' \u{a0}\u{202f}".contains(c));
        let digits = &text[..text.len() - note.len()];
        let is_note =
            !note.starts_with(['+', '-', '\u{2013}', '%']) && !note.contains(|c: char| c.is_ascii_digit());
        digits.contains(|c: char| c.is_ascii_digit())
            && is_note
            && note.chars().count() <= 4
            && !is_period(digits)
    };
    let is_value = |text: &str| {
        let is_word_for_none = WORDS_FOR_NONE.contains(&text.to_lowercase().as_str());
        is_number(text) || is_mark(text) || is_word_for_none || is_bracketed(text) || has_note(text)
    };
    let mut texts =
        numeric.iter().map(|column| row[*column].trim()).filter(|text| !text.is_empty()).peekable();
    let has_label = (0..row.len()).any(|column| !numeric.contains(&column) && !row[column].trim().is_empty());
    let has_number = numeric.iter().any(|column| is_number(&row[*column]));
    texts.peek().is_some() && texts.all(is_value) && (has_label || has_number)
}

/// Whether a row without numbers is one more of a header: a word stands in it above numbers, or where the rows above it have none. A row
/// of a table may have no number too, as a country of which nothing is known.
fn adds_names(names: &[Vec<String>], row: &[String], numeric: &[usize]) -> bool {
    let has_word = |column: usize| {
        let text = row[column].trim();
        !text.is_empty() && !is_mark(text) && !WORDS_FOR_NONE.contains(&text.to_lowercase().as_str())
    };
    let is_first_word = |column: usize| {
        let mut above = names.iter().map(|row| row.get(column).map_or("", |text| text.trim()));
        above.all(str::is_empty)
    };
    (0..row.len()).any(|column| has_word(column) && (numeric.contains(&column) || is_first_word(column)))
}

/// What is put between the parts of a name in a header of so many rows, so that they can be told apart.
pub(super) fn join_of(header_rows: usize) -> &'static str {
    if header_rows > 1 { " | " } else { " " }
}

/// Whether the texts of a row hold for several columns each: one stands above several of them, or blanks follow it, as where cells
/// were merged.
fn spans(row: &[String]) -> bool {
    let texts: Vec<&str> = row.iter().skip(1).map(|text| text.trim()).collect();
    let is_again = |(index, text): (usize, &&str)| text.is_empty() || texts[..index].contains(text);
    texts.iter().any(|text| !text.is_empty()) && texts.iter().enumerate().any(is_again)
}

/// How many rows below the first of a header are more of it: where that spans columns, rows of words, or of years above other numbers.
fn more_header_rows(first: &[String], below: &[&Vec<String>]) -> usize {
    if !spans(first) {
        return 0;
    }
    let numbers = |row: &[String]| row.iter().filter(|text| is_number(text)).count();
    let are_periods =
        |row: &[String]| row.iter().all(|text| !is_number(text) || is_period(text) && text.trim().len() == 4);
    let has_other_numbers = |rows: &[&Vec<String>]| rows.iter().any(|row| !are_periods(row));
    // Below a text that holds for several columns stands what tells these apart.
    let is_spanned = |column: usize| {
        let text = first[column].trim();
        column > 0 && (text.is_empty() || first[..column].iter().any(|other| other.trim() == text))
    };
    let tells_apart = |row: &[String]| {
        row.iter().enumerate().any(|(column, text)| is_spanned(column) && !text.trim().is_empty())
    };
    let is_of_header = |index: usize| {
        let (row, others) = (below[index], &below[index + 1..]);
        let texts = || row.iter().skip(1).map(|text| text.trim()).filter(|text| !text.is_empty());
        // A row of which no number is stated has marks in their place.
        let has_marks = || texts().any(is_mark) || states_values(row, &(1..row.len()).collect::<Vec<_>>());
        let is_of_words = numbers(row) == 0 && texts().count() > 1 && !has_marks() && tells_apart(row);
        let is_of_years = numbers(row) > 1 && are_periods(row) && has_other_numbers(others);
        is_of_words && others.iter().any(|row| numbers(row) > 0) || is_of_years
    };
    (0..below.len().min(MOST_HEADER_ROWS - 1)).take_while(|index| is_of_header(*index)).count()
}

/// With the row above the header, where names stand in it several times and that row tells them apart.
fn with_row_above(rows: &[Vec<String>], layout: TableLayout) -> TableLayout {
    let TableLayout { header, header_rows, width } = layout;
    let Some(above) = header.checked_sub(1).map(|above| &rows[above]) else { return layout };
    let names = rows[header].iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    let mut names: Vec<&str> = names.collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    let mut texts: Vec<&str> = above.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    texts.dedup();
    let tells_apart = above.len() == width && texts.len() > 1 && spans(above);
    let may_be = header_rows > 0 && header_rows < MOST_HEADER_ROWS;
    if names.len() < count && tells_apart && may_be {
        return TableLayout { header: header - 1, header_rows: header_rows + 1, width };
    }
    layout
}

/// Whether a word stands above a column that holds numbers in all rows: the name of that column, whatever the others are.
fn has_worded_name(first: &[String], below: &[&Vec<String>], numeric: &[usize]) -> bool {
    let is_worded = |text: &str| {
        let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '%');
        begins && !is_mark(text) && !WORDS_FOR_NONE.contains(&text.to_lowercase().as_str())
    };
    let holds_numbers = |column: usize| {
        let mut stated = below.iter().map(|row| row[column].trim()).filter(|text| !text.is_empty());
        stated.all(|text| is_number(text) || is_mark(text))
    };
    numeric.iter().any(|column| is_worded(first[*column].trim()) && holds_numbers(*column))
}

/// Whether the numbers of a first row are years, days or ages in order, such as few rows below have, and its texts stand in no row
/// below: they are names of columns.
fn has_numbers_as_names(first: &[String], below: &[&Vec<String>], numeric: &[usize]) -> bool {
    let numbers = |row: &[String]| -> Vec<String> {
        let texts = numeric.iter().map(|column| row[*column].trim().to_owned());
        texts.filter(|text| is_number(text)).collect()
    };
    let mut words = (0..first.len()).filter(|column| !numeric.contains(column));
    let is_new = |column: usize| {
        let text = first[column].trim();
        text.is_empty() || !below.iter().any(|row| row[column].trim() == text)
    };
    let Some(kind) = NamedNumbers::of(&numbers(first)) else { return false };
    // Counts that rise by one step, row for row, would be such too.
    let alike = below.iter().filter(|row| NamedNumbers::of(&numbers(row)) == Some(kind)).count();
    words.all(is_new) && alike * 5 <= below.len()
}

/// Whether a first row has a text that stands in the same column further down too: a name of a column hardly does. Among
/// counts a year may be one by chance, so that a column of numbers tells only where all are years.
fn repeats_a_text(first: &[String], below: &[&Vec<String>], numeric: &[usize]) -> bool {
    let mut others = below.iter().filter(|row| row.as_slice() != first).peekable();
    let others: Vec<_> = if others.peek().is_some() { others.collect() } else { return false };
    let repeats = |column: usize| {
        let text = first[column].trim();
        let is_telling = !text.is_empty() && !is_mark(text);
        let may_tell = || {
            !numeric.contains(&column)
                || others.iter().all(|row| row[column].trim().is_empty() || is_period(&row[column]))
        };
        is_telling && others.iter().any(|row| row[column].trim() == text) && may_tell()
    };
    (0..first.len()).any(repeats)
}

/// The width that most rows have, and that of rows with many fields rather than of notes.
fn modal_width(rows: &[Vec<String>]) -> Option<usize> {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    rows.iter().for_each(|row| *counts.entry(row.len()).or_default() += 1);
    counts.remove(&0);
    counts
        .into_iter()
        .max_by_key(|(width, rows)| (if *width > 1 { rows * 4 } else { *rows }, *width))
        .map(|(width, _)| width)
}

fn numeric_columns(rows: &[&Vec<String>], width: usize) -> Vec<usize> {
    let is_numeric = |column: &usize| {
        let texts =
            rows.iter().map(|row| row[*column].trim()).filter(|text| !text.is_empty() && !is_mark(text));
        let (numbers, others): (Vec<&str>, Vec<&str>) = texts.partition(|text| is_number(text));
        !numbers.is_empty() && numbers.len() >= others.len() * 4
    };
    (0..width).filter(is_numeric).collect()
}

/// What the first of the rows below the table begins with; none where the table reaches to the end.
pub(super) fn footer(rows: &[Vec<String>], layout: TableLayout) -> Option<String> {
    let begin = layout.header + layout.header_rows;
    let stated = |row: &Vec<String>| row.iter().filter(|text| !text.trim().is_empty()).count();
    let is_below = |row: &Vec<String>| row.len() < layout.width || (layout.width > 2 && stated(row) <= 1);
    let above = rows.iter().rposition(|row| !is_below(row)).map_or(0, |last| last + 1);
    let tail = &rows[above.max(begin).min(rows.len())..];
    // What stands behind blank fields begins with them: of no use.
    let first = tail.iter().find(|row| stated(row) > 0)?.first()?.trim();
    let is_note =
        first.chars().count() > 1 && (is_prose(first) || tail.iter().any(|row| row.len() < layout.width));
    let end = first.char_indices().nth(24).map_or(first.len(), |(end, _)| end);
    let begins = first[..end].trim_end();
    let is_elsewhere =
        rows[..above].iter().any(|row| row.first().is_some_and(|text| text.starts_with(begins)));
    (is_note && !is_elsewhere).then(|| begins.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn tables_are_found() {
        // Lines, with the row of the header and how many it has.
        let table = [
            ("year;sex;n\n2020;F;1\n2021;M;2", (0, 1)),
            ("Permits\n\nyear;sex;n\n2020;F;1\n2021;M;2", (2, 1)),
            (";;\nPermits;;\nyear;sex;n\n2020;F;1\n2021;M;2", (2, 1)),
            ("place;2020;2021\nA;1;2\nB;3;..", (0, 1)),
            // What holds for several columns stands above several, or before blanks.
            ("place;2020;\n;men;women\nA;1;2", (0, 2)),
            ("place;2019;2019;2020;2020\n;men;women;men;women\nA;1;2;3;4\nB;3;4;5;6", (0, 2)),
            (";2019;;2020;\nplace;men;women;men;women\nA;1;2;3;4\nB;3;4;5;6", (0, 2)),
            ("place;men;;women;\n;2019;2020;2019;2020\nA;1;2;3;4", (0, 2)),
            ("name;code;2019;2020;\nPeru;PER;1;2;\nItaly;ITA;3;4;", (0, 1)),
            // A row of which no number is known is one of the table.
            ("name;code;2019;2020\nAruba;ABW;;\nPeru;PER;1;2\nItaly;ITA;3;4", (0, 1)),
            ("name;2019;2020\nAruba;nd;..\nPeru;1;2\nItaly;3;4", (0, 1)),
            ("name;2019;2020\nAruba;<5;<5\nPeru;1;2\nItaly;3;4\nCuba;5;6", (0, 1)),
            ("name;2019;2020\nAruba;1200 (a);1300 (a)\nPeru;1;2\nItaly;3;4\nCuba;5;6", (0, 1)),
            ("year;name;n\n2018;Aruba;58*\n2018;Peru;1\n2019;Aruba;3\n2019;Peru;7\n2020;Peru;9", (0, 1)),
            ("year;name;n\n2018;Aruba;[x]\n2018;Peru;1\n2019;Aruba;3\n2019;Peru;7\n2020;Peru;9", (0, 1)),
            ("name;2019;2020\nAruba;confidential;confidential\nPeru;1;2\nItaly;3;4\nCuba;5;6", (0, 1)),
            ("place;men;women\n;number;number\nA;1;2\nB;3;4\nC;5;6\nD;7;8", (0, 2)),
            ("place;men;women\nunit;number;%\nA;1;2\nB;3;4\nC;5;6\nD;7;8", (0, 2)),
            (";men;women\nplace;;\nA;1;2\nB;3;4", (0, 2)),
            (";2019;;;;2020;;;\nplace;men;women;x;all;men;women;x;all\nA;1;2;0;3;3;4;0;7", (0, 2)),
            ("2020;F;1\n2021;M;2\n2022;M;3", (0, 0)),
            ("code;label\nA;x\nB;y", (0, 1)),
            // A text of the first line stands in its column again.
            ("A;PE\nB;EC\nC;PE", (0, 0)),
            ("Maria;1980\nLuis;1975\nAna;1980", (0, 0)),
            ("place;2020\nA;2020\nB;11", (0, 1)),
            // A word above numbers is a name, and so are years, days and ages in order.
            ("code;place;2022;2023\n022001;A;10;11\n022002;B;20;21", (0, 1)),
            ("place;2021;2022;Total\nA;1;2;3\nB;4;5;9", (0, 1)),
            ("year;sex;0-14;15-64;65+\n2022;F;1;2;3\n2022;M;4;5;6", (0, 1)),
            ("place;sex;0-14;15-64;65+\nA;F;1;2;3\nA;M;4;5;6", (0, 1)),
            ("place;0;1;2;3;4\nA;5;7;6;1;2\nB;4;4;3;1;0", (0, 1)),
            ("place;01.01.2022;01.01.2023\nA;5;7\nB;4;4", (0, 1)),
            ("2022;2023;share\n5;7;6\n4;4;3", (0, 1)),
            // Two numbers in order are so by chance; a word among numbers may be one of their marks.
            ("A;1;2\nB;3;1\nC;5;2", (0, 0)),
            ("A;5;6;7\nB;4;5;6\nC;5;2;9", (0, 0)),
            ("A;np;2;7\nB;3;1;2\nC;np;2;2\nD;4;4;1\nE;5;5;9\nF;6;1;3", (0, 0)),
            // A header that returns is no row.
            ("code;label\nA;x\ncode;label\nB;y", (0, 1)),
        ];
        for (text, (header, header_rows)) in table {
            let found = layout(&rows(text)).map(|found| (found.header, found.header_rows));
            assert_eq!(found, Some((header, header_rows)), "{text}");
        }
    }

    #[test]
    fn notes_below_a_table() {
        let table = [
            ("a;b;c\n1;2;3", None),
            ("a;b;c\n1;2;3\nSource: office", Some("Source: office")),
            ("a;b;c\n1;2;3\n;;\nNote;;", Some("Note")),
        ];
        for (text, expected) in table {
            let rows = rows(text);
            assert_eq!(footer(&rows, layout(&rows).unwrap()).as_deref(), expected, "{text}");
        }
    }
}
