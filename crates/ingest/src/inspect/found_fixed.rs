//! Lines without delimiters: what stands between columns of blanks that all lines share may be a field.

use std::io::{BufRead, BufReader, Read};

use denizen_spec::{FixedWidth, Format, Position};

use super::grid::is_number;
use super::named_numbers::NamedNumbers;
use super::{FoundFile, HeadText, LOOKED_AT};
use crate::input::StoredFile;

/// Lines from which on shared blanks are no chance, where all lines are of one length; and where they are not.
const FEWEST: [usize; 2] = [3, 10];

/// Lines at the beginning among which titles are looked for.
const MOST_TITLES: usize = 6;

/// Lines that tell which fields hold numbers.
const TELLING: usize = 50;

/// Finds the fields of lines that no delimiter cuts; false where no blanks are shared by all lines.
pub(super) fn find(text: &HeadText, found: &mut FoundFile) -> bool {
    let Some(lines) = Lines::read(text) else { return false };
    let table = lines.table();
    let Places { filled, shortest, count } = &table.places;
    let is_equal = *shortest == filled.len();
    if *count < FEWEST[usize::from(!is_equal)] || table.fields.len() < 2 {
        return false;
    }
    let header = lines.header(&table);
    let above = lines.first.get(table.titles).map_or(0, |(number, _)| *number);
    found.format = Format::FixedWidth(FixedWidth {
        encoding: text.encoding.0.to_owned(),
        decimal_mark: b'.',
        layout: None,
        fields: Vec::new(),
        skip: (above + usize::from(header.is_some())) as u32,
        record_length: u32::try_from(filled.len()).ok(),
        pad_short_lines: !is_equal,
        cut_long_lines: false,
    });
    tell(found, &table, header.is_some(), lines.is_whole);
    let names = header.unwrap_or_default();
    let name = |number: usize| names.get(number).cloned().unwrap_or_else(|| format!("field_{}", number + 1));
    let named = (0..).zip(table.fields).map(|(number, position)| (name(number), position));
    found.fields = named.collect();
    true
}

/// Why the fields are taken to be these.
fn tell(found: &mut FoundFile, table: &Table, has_header: bool, is_whole: bool) {
    let Places { filled, shortest, count } = &table.places;
    let (gaps, looked) = (table.fields.len() - 1, if is_whole { "" } else { " that were looked at" });
    found.evidence.push((
        "format",
        format!("no sign cuts its lines; {gaps} columns of blanks stand between fields in all {count} lines{looked}"),
    ));
    let is_equal = *shortest == filled.len();
    let length = if is_equal { "all lines are of this length" } else { "the longest line is of this length" };
    found.evidence.push(("record_length", length.to_owned()));
    let above = match (table.titles, has_header) {
        (0, false) => None,
        (0, true) => Some("the first line holds names where those below hold numbers"),
        (_, false) => Some("titles stand above the rows, with words where these have blanks"),
        (_, true) => Some("titles stand above the rows, and a line of names"),
    };
    found.evidence.extend(above.map(|why| ("skip", why.to_owned())));
    if !is_whole {
        found.doubts.push(format!(
            "the first {count} lines were looked at: a longer text further down would be cut where a field ends here"
        ));
    }
    found.doubts.push(
        "the fields are what stands between blanks: two that touch are taken for one, and one with a blank at the same place in \
         all lines for two. Compare them with the publisher's layout, and give the columns its names"
            .to_owned(),
    );
}

/// Which places are filled in some lines, in bytes as the file has them. Behind its end a line is blank.
#[derive(Debug, Clone, Default)]
struct Places {
    filled: Vec<bool>,
    shortest: usize,
    count: usize,
}

impl Places {
    fn add(&mut self, line: &[u8]) {
        self.shortest = if self.count == 0 { line.len() } else { self.shortest.min(line.len()) };
        self.count += 1;
        if line.len() > self.filled.len() {
            self.filled.resize(line.len(), false);
        }
        self.filled.iter_mut().zip(line).for_each(|(filled, byte)| *filled |= *byte != b' ');
    }

    /// What stands between the columns that are blank in all lines. Blanks belong to the field behind them, so that every byte is
    /// read.
    fn fields(&self) -> Vec<Position> {
        let longest = self.filled.len();
        let (mut fields, mut begin, mut is_inside): (Vec<Position>, usize, bool) = (Vec::new(), 0, false);
        for place in 0..longest {
            let ends = is_inside && !self.filled[place];
            if ends {
                fields.push(Position { start: begin as u32 + 1, width: (place - begin) as u32 });
                begin = place;
            }
            is_inside = self.filled[place];
        }
        match fields.last_mut() {
            // Blanks at the end are no field.
            Some(last) if !is_inside => last.width = longest as u32 + 1 - last.start,
            _ if longest > begin => {
                fields.push(Position { start: begin as u32 + 1, width: (longest - begin) as u32 });
            }
            _ => {}
        }
        fields
    }
}

/// Where the table begins, and how its lines are cut.
struct Table {
    /// How many of the first lines are titles.
    titles: usize,
    places: Places,
    fields: Vec<Position>,
}

/// The lines of a text that are not blank.
struct Lines {
    /// The first of them, and which line of the file each is, from 0.
    first: Vec<(usize, String)>,
    /// All behind those among which titles are looked for.
    rest: Places,
    is_utf8: bool,
    /// Whether these are all lines of the file.
    is_whole: bool,
}

impl Lines {
    /// Reads the places of all lines of the file: a text further down may be longer than those of the beginning. None where
    /// places could not be told in bytes.
    fn read(text: &HeadText) -> Option<Self> {
        let (label, _) = &text.encoding;
        let has_one_byte = ["windows-", "iso-8859-", "cp", "ibm", "macintosh", "koi8"];
        let is_utf8 = *label == "utf-8" || *label == "ascii";
        if !is_utf8 && !has_one_byte.iter().any(|start| label.starts_with(start)) {
            return None;
        }
        let first = (0..).zip(text.text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let first: Vec<(usize, String)> =
            first.take(MOST_TITLES + TELLING).map(|(number, line)| (number, line.to_owned())).collect();
        let mut lines = Self { first, rest: Places::default(), is_utf8, is_whole: true };
        let stored = StoredFile::open(&text.path, text.member.as_deref(), None).ok()?;
        let mut bytes = BufReader::new(stored.bytes.take(LOOKED_AT));
        let (mut line, mut stated, mut read) = (Vec::new(), 0, 0);
        while bytes.read_until(b'\n', &mut line).ok()? > 0 {
            read += line.len() as u64;
            let end = line.trim_ascii_end().len();
            let content = line[..end].strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line[..end]);
            let is_cut = read == LOOKED_AT && !line.ends_with(b"\n");
            if !content.trim_ascii().is_empty() && content != b"\x1A" && !is_cut {
                // Blanks at the end count for the length of a line.
                let with_blanks =
                    without_end(&line).strip_prefix(b"\xEF\xBB\xBF").unwrap_or(without_end(&line));
                stated += 1;
                if stated > MOST_TITLES {
                    lines.rest.add(with_blanks);
                }
            }
            line.clear();
        }
        lines.is_whole = read < LOOKED_AT;
        Some(lines)
    }

    /// Where most fields hold numbers in all lines but the first: titles above have words in the places of blanks. A line with a
    /// number in such a field is a row, and no title.
    fn table(&self) -> Table {
        let most = self.first.len().saturating_sub(2).min(MOST_TITLES);
        let mut tables = (0..=most).map(|titles| self.without_titles(titles));
        let rank = |table: &Table| self.numeric(table).len();
        let Some(mut best) = tables.next() else { return self.without_titles(0) };
        for table in tables {
            let numeric = self.numeric(&table);
            let is_title = |(_, line): &(usize, String)| {
                numeric.iter().all(|position| !is_number(&self.field(line, position)))
            };
            if numeric.len() > rank(&best) && self.first[..table.titles].iter().all(is_title) {
                best = table;
            }
        }
        best
    }

    fn without_titles(&self, titles: usize) -> Table {
        let mut places = self.rest.clone();
        let first = self.first.iter().take(MOST_TITLES).skip(titles);
        for (_, line) in first {
            if self.is_utf8 {
                places.add(line.as_bytes());
            } else {
                // A character is a byte in the file; which one does not matter.
                let bytes: Vec<u8> = line.chars().map(|c| if c == ' ' { b' ' } else { b'x' }).collect();
                places.add(&bytes);
            }
        }
        Table { titles, fields: places.fields(), places }
    }

    /// What stands in a field of a line.
    fn field(&self, line: &str, position: &Position) -> String {
        let (start, width) = (position.start as usize - 1, position.width as usize);
        if self.is_utf8 {
            let bytes = line.as_bytes();
            let end = (start + width).min(bytes.len());
            String::from_utf8_lossy(&bytes[start.min(end)..end]).into_owned()
        } else {
            line.chars().skip(start).take(width).collect()
        }
    }

    /// The fields that hold numbers in all lines below the first.
    fn numeric(&self, table: &Table) -> Vec<Position> {
        let below = || self.first.iter().skip(table.titles + 1).take(TELLING);
        let is_numeric =
            |position: &&Position| below().all(|(_, line)| is_number(&self.field(line, position)));
        if below().next().is_none() {
            return Vec::new();
        }
        table.fields.iter().filter(is_numeric).copied().collect()
    }

    /// The names of the fields, where the first line holds words, or years and ages in order, where all those below it hold numbers. One that has no name there, or
    /// that of another field, has none.
    fn header(&self, table: &Table) -> Option<Vec<String>> {
        let (_, first) = self.first.get(table.titles)?;
        let numeric = self.numeric(table);
        let above: Vec<String> =
            numeric.iter().map(|position| self.field(first, position).trim().to_owned()).collect();
        let is_word = |text: &String| text.starts_with(char::is_alphabetic);
        let has_words = above.iter().any(is_word) || !above.iter().any(|text| is_number(text));
        let below = || self.first.iter().skip(table.titles + 1).take(TELLING);
        let is_new = |position: &Position| {
            let text = self.field(first, position);
            numeric.contains(position)
                || !below().any(|(_, line)| self.field(line, position).trim() == text.trim())
        };
        let has_numbers = || NamedNumbers::of(&above).is_some() && table.fields.iter().all(is_new);
        let is_header = !numeric.is_empty() && (has_words || has_numbers());
        let mut names: Vec<String> = Vec::new();
        for (number, position) in (1..).zip(&table.fields) {
            let name = self.field(first, position).trim().to_owned();
            let is_name = !name.is_empty() && !names.contains(&name);
            names.push(if is_name { name } else { format!("field_{number}") });
        }
        is_header.then_some(names)
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<(u32, u32)> {
        let mut places = Places::default();
        text.lines().for_each(|line| places.add(line.as_bytes()));
        places.fields().into_iter().map(|position| (position.start, position.width)).collect()
    }

    #[test]
    fn fields_stand_between_blanks_of_all_lines() {
        let table: [(&str, &[(u32, u32)]); 6] = [
            ("2023 F  12\n2024 M 123", &[(1, 4), (5, 2), (7, 4)]),
            // A blank that not all lines have parts nothing.
            ("AB CD 1\nABXCD 2", &[(1, 5), (6, 2)]),
            // A shorter line is blank behind its end.
            ("2023 F 12\n2024", &[(1, 4), (5, 2), (7, 3)]),
            ("  7 x \n 17 y ", &[(1, 3), (4, 3)]),
            ("abc\ndef", &[(1, 3)]),
            ("", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(places(text), expected, "{text}");
        }
    }
}
