//! Tables of text: how their lines are cut, and what stands above and below the rows.

use denizen_spec::{Code, Delimited, Diagnostic, Format, HeaderRows, Layout, Skip};

use super::grid::{self, TableLayout, join_of};
use super::{FoundFile, HeadText, found_fixed, no_table};
use crate::formats::separator_line;

/// What may stand between fields, the more usual ones first.
const DELIMITERS: [(u8, &str); 4] = [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab"), (b'|', "bar")];

/// Rows that are cut to see which delimiter cuts them alike.
const COMPARED: usize = 400;

/// Rows that are kept of the beginning.
const KEPT: usize = 20_000;

/// Lines in places that are all of one length, and how long they are.
fn equal_length(text: &HeadText) -> Option<usize> {
    let lines: Vec<usize> = text.text.lines().take(COMPARED).map(str::len).collect();
    let length = *lines.first()?;
    let alike = lines.iter().filter(|other| **other == length).count();
    (length >= 12 && lines.len() >= 3 && alike * 20 >= lines.len() * 19).then_some(length)
}

/// Rows that were cut, and the line of each.
struct Cut {
    rows: Vec<Vec<String>>,
    lines: Vec<u64>,
}

fn cut(text: &str, delimiter: u8, has_quotes: bool, most: usize) -> Cut {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(has_quotes)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut found = Cut { rows: Vec::new(), lines: Vec::new() };
    for record in reader.records().map_while(Result::ok).take(most) {
        found.lines.push(record.position().map_or(1, csv::Position::line));
        found.rows.push(record.iter().map(str::to_owned).collect());
    }
    found
}

/// How well a delimiter cuts a text: rows that have as many fields as most have, and how many these are.
fn fit(rows: &[Vec<String>]) -> (usize, usize) {
    let mut counts = std::collections::HashMap::<usize, usize>::new();
    rows.iter().filter(|row| row.len() > 1).for_each(|row| *counts.entry(row.len()).or_default() += 1);
    counts.into_iter().map(|(width, rows)| (rows, width)).max().unwrap_or((0, 0))
}

struct Choice {
    delimiter: u8,
    name: &'static str,
    has_quotes: bool,
    fit: (usize, usize),
}

fn choose(text: &str) -> Option<Choice> {
    let mut best: Option<Choice> = None;
    for (delimiter, name) in DELIMITERS {
        for has_quotes in [true, false] {
            let fit = fit(&cut(text, delimiter, has_quotes, COMPARED).rows);
            let is_better = best.as_ref().is_none_or(|best| {
                // A delimiter that stands in texts here and there cuts fewer rows alike.
                fit.0 > best.fit.0 + best.fit.0 / 20 || (fit.0 * 20 >= best.fit.0 * 19 && fit.1 > best.fit.1)
            });
            // Quotes are signs like others only where cutting by them goes wrong.
            if fit.0 > 0
                && is_better
                && (has_quotes || !text.contains('"') || fit.0 > best.as_ref().map_or(0, |best| best.fit.0))
            {
                best = Some(Choice { delimiter, name, has_quotes, fit });
            }
        }
    }
    best
}

/// Says how a text is laid out.
pub(super) fn find(text: &HeadText, shown: &str, found: &mut FoundFile) -> Result<(), Diagnostic> {
    let (label, evidence) = &text.encoding;
    found.evidence.push(("encoding", evidence.clone()));
    if text.is_mixed {
        found.doubts.push("the file is in two encodings: rows in the other one are rejected".to_owned());
    }
    let declared = separator_line(text.text.as_bytes());
    let choice = match declared {
        Some(delimiter) => Choice { delimiter, name: "character", has_quotes: true, fit: (0, 0) },
        None => match choose(&text.text) {
            Some(choice) => choice,
            None if found_fixed::find(text, found) => return Ok(()),
            None => return Err(no_delimiter(text, shown)),
        },
    };
    let Cut { mut rows, mut lines } = cut(&text.text, choice.delimiter, choice.has_quotes, KEPT);
    if declared.is_some() && !rows.is_empty() {
        rows.remove(0);
        lines.remove(0);
        found.evidence.push(("delimiter", "the first line says it (`sep=`)".to_owned()));
    } else {
        let (alike, width) = choice.fit;
        let of = rows.len().min(COMPARED);
        found.evidence.push((
            "delimiter",
            format!("cut at each {}, {alike} of {of} rows have {width} fields", choice.name),
        ));
    }
    let Some(layout) = grid::layout(&rows) else { return Err(no_delimiter(text, shown)) };
    let mut options = Delimited {
        delimiter: choice.delimiter,
        quote: choice.has_quotes.then_some(b'"'),
        encoding: (*label).to_owned(),
        ..Delimited::default()
    };
    options.layout = layout_of(text, &rows, &lines, layout, u64::from(declared.is_some()), found);
    if !choice.has_quotes && text.text.contains('"') {
        found.evidence.push(("quote", "cut by quotes, rows have unlike numbers of fields".to_owned()));
    }
    found.format = Format::Csv(options);
    Ok(())
}

/// What stands in the text besides its rows.
fn layout_of(
    text: &HeadText,
    rows: &[Vec<String>],
    lines: &[u64],
    table: TableLayout,
    separator_lines: u64,
    found: &mut FoundFile,
) -> Layout {
    let mut layout = Layout::default();
    let line = lines.get(table.header).copied().unwrap_or(1);
    let skip = line.saturating_sub(1 + separator_lines);
    if skip > 0 {
        layout.skip = Skip::Lines(u32::try_from(skip).unwrap_or(0));
        found.evidence.push((
            "skip",
            format!("line {line} is the first that is like a header of {} columns", table.width),
        ));
    }
    match table.header_rows {
        0 => {
            layout.header = HeaderRows::None;
            found.evidence.push((
                "header",
                "its first line has what those below have: numbers, or the same text".to_owned(),
            ));
        }
        1 => {}
        count => {
            layout.header = HeaderRows::Rows { count: count as u32, join: join_of(count).to_owned() };
            layout.header_is_stated = true;
            found.evidence.push(("header_rows", format!("numbers begin below {count} rows of names")));
        }
    }
    if text.is_whole
        && rows.len() < KEPT
        && let Some(footer) = grid::footer(rows, table)
    {
        layout.footer = vec![footer];
        found.evidence.push(("footer", "the lines at the end are no rows".to_owned()));
    }
    layout
}

fn no_delimiter(text: &HeadText, shown: &str) -> Diagnostic {
    let Some(length) = equal_length(text) else {
        let what = "none of `,`, `;`, tab and `|` cuts its lines into fields";
        return no_table(
            shown,
            what,
            "a table has several columns: look at the file, and write its source by hand",
        );
    };
    let message =
        format!("`{shown}` has lines of {length} bytes each, without delimiters: fields have fixed places");
    Diagnostic::error(Code::OtherFormat, message)
        .in_file(shown, None)
        .note("where each field begins and how long it is stands in the publisher's layout, and in no byte of the file")
        .help("write `format = \"fixed-width\"`, with `start` and `width` for each column, or `layout = \"FILE\"`")
}
