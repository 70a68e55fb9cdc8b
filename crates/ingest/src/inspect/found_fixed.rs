//! Lines without delimiters: what stands between columns of blanks that all lines share may be a field.

use denizen_spec::{FixedWidth, Format, Position};

use super::grid::is_number;
use super::{FoundFile, HeadText};

/// Lines that are looked at.
const COMPARED: usize = 20_000;

/// Lines from which on shared blanks are no chance, where all lines are of one length; and where they are not.
const FEWEST: [usize; 2] = [3, 10];

/// The bytes of a line as the file has them: of each, whether it is blank.
type Blanks = Vec<bool>;

/// Finds the fields of lines that no delimiter cuts; false where no blanks are shared by all lines.
pub(super) fn find(text: &HeadText, found: &mut FoundFile) -> bool {
    let Some(lines) = lines(text) else { return false };
    let longest = lines.iter().map(Vec::len).max().unwrap_or(0);
    let is_equal = lines.iter().all(|line| line.len() == longest);
    let fields = fields(&lines, longest);
    if lines.len() < FEWEST[usize::from(!is_equal)] || fields.len() < 2 {
        return false;
    }
    found.format = Format::FixedWidth(FixedWidth {
        encoding: text.encoding.0.to_owned(),
        decimal_mark: b'.',
        layout: None,
        fields: Vec::new(),
        skip: 0,
        record_length: u32::try_from(longest).ok(),
        pad_short_lines: !is_equal,
        cut_long_lines: false,
    });
    let gaps = fields.len() - 1;
    found.evidence.push((
        "format",
        format!(
            "no sign cuts its lines; {gaps} columns of blanks stand between fields in all {} lines that were looked at",
            lines.len()
        ),
    ));
    let length = if is_equal { "all lines are of this length" } else { "the longest line is of this length" };
    found.evidence.push(("record_length", length.to_owned()));
    found.doubts.push(
        "the fields are what stands between blanks: two that touch are taken for one, and one with a blank at the same place in \
         all lines for two. Compare them with the publisher's layout, and give the columns its names"
            .to_owned(),
    );
    let header = header(text, &fields);
    if header.is_some() {
        skip_header(found);
    }
    let names = header.unwrap_or_default();
    let name = |number: usize| names.get(number).cloned().unwrap_or_else(|| format!("field_{}", number + 1));
    let named = (0..).zip(fields).map(|(number, position)| (name(number), position));
    found.fields = named.collect();
    true
}

/// The lines of a text; none where places could not be told in bytes.
fn lines(text: &HeadText) -> Option<Vec<Blanks>> {
    let (label, _) = &text.encoding;
    let has_one_byte = ["windows-", "iso-8859-", "cp", "ibm", "macintosh", "koi8"];
    let is_utf8 = *label == "utf-8" || *label == "ascii";
    if !is_utf8 && !has_one_byte.iter().any(|start| label.starts_with(start)) {
        return None;
    }
    let blanks = |line: &str| -> Blanks {
        if is_utf8 {
            line.bytes().map(|byte| byte == b' ').collect()
        } else {
            line.chars().map(|c| c == ' ').collect()
        }
    };
    let stated = text.text.lines().filter(|line| !line.trim().is_empty());
    Some(stated.take(COMPARED).map(blanks).collect())
}

/// What stands between the columns that are blank in all lines. Behind its end a line is blank. Blanks belong to the field behind
/// them, so that every byte is read: a longer number, which begins there in a line that was not looked at, is not cut.
fn fields(lines: &[Blanks], longest: usize) -> Vec<Position> {
    let is_blank = |place: usize| lines.iter().all(|line| line.get(place).copied().unwrap_or(true));
    let (mut fields, mut begin, mut is_inside): (Vec<Position>, usize, bool) = (Vec::new(), 0, false);
    for place in 0..longest {
        let ends = is_inside && is_blank(place);
        if ends {
            fields.push(Position { start: begin as u32 + 1, width: (place - begin) as u32 });
            begin = place;
        }
        is_inside = !is_blank(place);
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

fn skip_header(found: &mut FoundFile) {
    if let Format::FixedWidth(options) = &mut found.format {
        options.skip = 1;
    }
    found.evidence.push(("skip", "the first line holds names where those below hold numbers".to_owned()));
}

/// The names of the fields, where the first line holds no number where all those below it do. One that has no name there, or
/// that of another field, has none.
fn header(text: &HeadText, fields: &[Position]) -> Option<Vec<String>> {
    let mut lines = text.text.lines().filter(|line| !line.trim().is_empty());
    let field = |line: &str, position: &Position| -> String {
        line.chars().skip(position.start as usize - 1).take(position.width as usize).collect()
    };
    let first = lines.next()?;
    let below: Vec<&str> = lines.take(50).collect();
    let is_numeric = |position: &&Position| below.iter().all(|line| is_number(&field(line, position)));
    let numeric: Vec<&Position> = fields.iter().filter(is_numeric).collect();
    let is_header = !below.is_empty()
        && !numeric.is_empty()
        && numeric.iter().all(|position| !is_number(&field(first, position)));
    let mut names: Vec<String> = Vec::new();
    for (number, position) in (1..).zip(fields) {
        let name = field(first, position).trim().to_owned();
        let is_name = !name.is_empty() && !names.contains(&name);
        names.push(if is_name { name } else { format!("field_{number}") });
    }
    is_header.then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<(u32, u32)> {
        let lines: Vec<Blanks> =
            text.lines().map(|line| line.bytes().map(|byte| byte == b' ').collect()).collect();
        let longest = lines.iter().map(Vec::len).max().unwrap_or(0);
        fields(&lines, longest).into_iter().map(|position| (position.start, position.width)).collect()
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
