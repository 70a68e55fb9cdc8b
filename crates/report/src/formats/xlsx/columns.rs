//! What the columns of a sheet hold.

use denizen_spec::{OWN_LISTS, columns as names};

use super::of_language;
use crate::formats::special_label;
use crate::formats::table::{Content, Rows, Table};
use crate::language::Language;
use crate::words::workbook;

/// The columns of a sheet, and what is the same in all its rows and therefore said once.
#[derive(Default)]
pub(super) struct Columns<'t> {
    /// Those that are printed.
    pub(super) printed: Vec<SheetColumn<'t>>,
    /// Codes and counts beside the values, to the right of what is printed.
    pub(super) beside: Vec<SheetColumn<'t>>,
    pub(super) said_once: Vec<String>,
}

/// A column of a sheet.
pub(super) struct SheetColumn<'t> {
    pub(super) title: String,
    holds: Holds<'t>,
    content: &'t Content,
}

/// What stands in its cells.
enum Holds<'t> {
    /// Texts, one for each word.
    Texts(Vec<String>),
    /// Whole numbers, and texts where words are none: one for each word, or the words themselves.
    Numbers(Option<Vec<String>>),
    /// Days.
    Days,
    /// Values, with as many decimals as each says.
    Values { decimals: Option<&'t Content> },
}

/// What a cell holds.
pub(super) enum Cell<'c> {
    Text(&'c str),
    Number {
        value: f64,
        decimals: usize,
    },
    Day(&'c str),
    /// A whole number, as a name or a count.
    Whole(f64),
    Nothing,
}

impl<'t> SheetColumn<'t> {
    fn new(title: String, kind: &str, content: &'t Content, decimals: Option<&'t Content>) -> Self {
        let holds = match kind {
            "integer" => Holds::Numbers(content.texts.as_ref().map(|texts| texts.words.clone())),
            "number" => Holds::Values { decimals },
            "date" => Holds::Days,
            _ => Holds::Texts(content.words().to_vec()),
        };
        Self { title, holds, content }
    }

    /// What stands in a row of those at hand.
    pub(super) fn cell<'c>(&'c self, rows: &'c Rows, row: usize) -> Cell<'c> {
        let column = &rows.columns[self.content.place];
        let Some(word) = column.text(row) else { return Cell::Nothing };
        let key = column.keys[row] as usize;
        match &self.holds {
            Holds::Texts(texts) => Cell::Text(texts.get(key).map_or("", String::as_str)),
            // A workbook holds numbers of fifteen digits.
            Holds::Numbers(texts) => match word.parse::<i64>() {
                Ok(number) if number.abs() < 1_000_000_000_000_000 => Cell::Whole(number as f64),
                Ok(_) | Err(_) => {
                    let texts = texts.as_ref().unwrap_or(&column.words);
                    Cell::Text(texts.get(key).map_or("", String::as_str))
                }
            },
            Holds::Days => Cell::Day(word),
            Holds::Values { decimals } => match word.parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    let shown = decimals.and_then(|of| rows.columns[of.place].text(row)?.parse::<f64>().ok());
                    let exact = word.split_once('.').map_or(0, |(_, fraction)| fraction.len().min(6));
                    let decimals = shown.map_or(exact, |shown| shown.clamp(0.0, 9.0) as usize);
                    Cell::Number { value, decimals }
                }
                Ok(_) | Err(_) => Cell::Text(word),
            },
        }
    }

    /// How wide it is to be, in characters.
    pub(super) fn width(&self) -> f64 {
        let of = |texts: &[String]| texts.iter().map(|word| word.chars().count()).max().unwrap_or(0);
        let longest = match &self.holds {
            Holds::Texts(texts) | Holds::Numbers(Some(texts)) => of(texts).min(36),
            Holds::Numbers(None) => self.content.longest.min(36),
            Holds::Days => self.content.longest.min(10),
            // A value shows its decimals only.
            Holds::Values { .. } => self.content.longest.min(12),
        };
        // Headers wrap.
        let head = self.title.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        longest.max(head).max(5) as f64 + 2.0
    }
}

/// The columns of a table. A column of which no row says anything is left out.
pub(super) fn columns<'t>(table: &'t Table<'_>, language: Language) -> Columns<'t> {
    let mut columns = Columns::default();
    if !table.is_of_cells() {
        columns.printed = as_they_are(table, language);
        return columns;
    }
    dimensions(table, &mut columns, language);
    let is_before = |name: &str| {
        let dimensions = table.dimensions();
        dimensions.iter().any(|of| of.name == name || names::code_of(of.name) == name)
    };
    let texts: Vec<&str> = table.texts().map(|(field, _)| field.name.as_str()).collect();
    for (field, column) in &table.columns {
        let name = field.name.as_str();
        // The decimals are those that values show.
        if is_before(name) || column.is_empty() || name == "decimals" {
            continue;
        }
        let heading = title(table, name, language);
        let labels = OWN_LISTS.contains(&name).then(|| labels(table, name, column, language));
        if let Some(word) = column.same().filter(|_| !["indicator", names::VALUE].contains(&name)) {
            let label = labels.as_ref().and_then(|labels| labels.first());
            columns.said_once.push(said_once(&heading, word, label));
            continue;
        }
        match labels {
            Some(labels) => {
                columns.beside.push(code_of(&heading, column, language));
                columns.printed.push(SheetColumn {
                    title: heading,
                    holds: Holds::Texts(labels),
                    content: column,
                });
            }
            None if name == names::VALUE => {
                let decimals = table.column("decimals");
                columns.printed.push(SheetColumn::new(heading, &field.kind, column, decimals));
            }
            None => {
                let is_text = texts.contains(&name);
                let block = if is_text { &mut columns.printed } else { &mut columns.beside };
                block.push(SheetColumn::new(heading, &field.kind, column, None));
            }
        }
    }
    columns
}

/// The columns of a table that is none of cells.
fn as_they_are<'t>(table: &'t Table<'_>, language: Language) -> Vec<SheetColumn<'t>> {
    let stated = table.columns.iter().filter(|(_, column)| !column.is_empty());
    stated
        .map(|(field, column)| {
            SheetColumn::new(title(table, &field.name, language), &field.kind, column, None)
        })
        .collect()
}

/// A word that all rows have, with what it is called where that is something else.
fn said_once(heading: &str, word: &str, label: Option<&String>) -> String {
    match label.filter(|label| *label != word) {
        Some(label) => format!("{heading}: {label} ({word})"),
        None => format!("{heading}: {word}"),
    }
}

/// The codes of a column that is printed as what they are called.
fn code_of<'t>(heading: &str, column: &'t Content, language: Language) -> SheetColumn<'t> {
    SheetColumn::new(language.fill(workbook::CODE_OF, &[heading]), "string", column, None)
}

/// The dimensions: codes with what they are called beside them.
fn dimensions<'t>(table: &'t Table<'_>, columns: &mut Columns<'t>, language: Language) {
    for dimension in table.dimensions() {
        let (heading, column) = (title(table, dimension.name, language), dimension.content);
        let kind = table.field(dimension.name).map_or("", |(field, _)| field.kind.as_str());
        match dimension.list {
            Some(list) => {
                let labels = labels(table, list, column, language);
                columns.printed.push(code_of(&heading, column, language));
                columns.printed.push(SheetColumn {
                    title: heading,
                    holds: Holds::Texts(labels),
                    content: column,
                });
            }
            None => {
                let special = |word: &String| {
                    let label = special_label(word);
                    label.map_or_else(|| word.clone(), |texts| of_language(&texts, language).to_owned())
                };
                let texts = column.words().iter().map(special).collect();
                let has_codes = table.field(&names::code_of(dimension.name)).is_some();
                let holds = match kind {
                    "integer" => Holds::Numbers(Some(texts)),
                    "date" if !has_codes => Holds::Days,
                    _ => Holds::Texts(texts),
                };
                columns.printed.push(SheetColumn { title: heading, holds, content: column });
            }
        }
    }
}

fn title(table: &Table<'_>, name: &str, language: Language) -> String {
    let titles = table.release.codes("column").into_iter().find(|(code, _)| *code == name);
    titles.map_or_else(|| name.replace('_', " "), |(_, texts)| of_language(&texts, language).to_owned())
}

/// The labels of the words of a column, in their order.
fn labels(table: &Table<'_>, list: &str, column: &Content, language: Language) -> Vec<String> {
    let label = |word: &String| table.release.label(list, word, language);
    column.words().iter().map(|word| label(word).unwrap_or(word).to_owned()).collect()
}
