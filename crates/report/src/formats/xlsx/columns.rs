//! What the columns of a sheet hold.

use denizen_spec::{OWN_LISTS, columns as names};

use crate::columns::{Column, NONE};
use crate::formats::special_label;
use crate::formats::table::Table;
use crate::language::Language;

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
    column: &'t Column,
}

/// What stands in its cells.
enum Holds<'t> {
    /// Texts, one for each word.
    Texts(Vec<String>),
    /// Whole numbers, and texts where words are none.
    Numbers(Vec<String>),
    /// Days.
    Days,
    /// Values, with as many decimals as each says.
    Values { decimals: Option<&'t Column> },
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
    fn new(title: String, kind: &str, column: &'t Column, decimals: Option<&'t Column>) -> Self {
        let holds = match kind {
            "integer" => Holds::Numbers(column.words.clone()),
            "number" => Holds::Values { decimals },
            "date" => Holds::Days,
            _ => Holds::Texts(column.words.clone()),
        };
        Self { title, holds, column }
    }

    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        let Some(word) = self.column.text(row) else { return Cell::Nothing };
        let key = self.column.keys[row] as usize;
        match &self.holds {
            Holds::Texts(texts) => Cell::Text(texts.get(key).map_or("", String::as_str)),
            // A workbook holds numbers of fifteen digits.
            Holds::Numbers(texts) => match word.parse::<i64>() {
                Ok(number) if number.abs() < 1_000_000_000_000_000 => Cell::Whole(number as f64),
                Ok(_) | Err(_) => Cell::Text(texts.get(key).map_or("", String::as_str)),
            },
            Holds::Days => Cell::Day(word),
            Holds::Values { decimals } => match word.parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    let shown = decimals.and_then(|column| column.text(row)?.parse::<f64>().ok());
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
        let (words, most): (&[String], usize) = match &self.holds {
            Holds::Texts(texts) | Holds::Numbers(texts) => (texts, 36),
            Holds::Days => (&self.column.words, 10),
            // A value shows its decimals only.
            Holds::Values { .. } => (&self.column.words, 12),
        };
        let longest = words.iter().map(|word| word.chars().count()).max().unwrap_or(0).min(most);
        // Headers wrap.
        let head = self.title.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        longest.max(head).max(5) as f64 + 2.0
    }
}

/// The columns of a table. A column of which no row says anything is left out.
pub(super) fn columns<'t>(table: &'t Table<'_>) -> Columns<'t> {
    let mut columns = Columns::default();
    if !table.is_of_cells() {
        let stated = table.columns.iter().filter(|(_, column)| !column.words.is_empty());
        columns.printed = stated
            .map(|(field, column)| SheetColumn::new(title(table, &field.name), &field.kind, column, None))
            .collect();
        return columns;
    }
    dimensions(table, &mut columns);
    let is_before = |name: &str| {
        let dimensions = table.dimensions();
        dimensions.iter().any(|of| of.name == name || names::code_of(of.name) == name)
    };
    let texts: Vec<&str> = table.texts().map(|(field, _)| field.name.as_str()).collect();
    for (field, column) in &table.columns {
        let name = field.name.as_str();
        // The decimals are those that values show.
        if is_before(name) || column.words.is_empty() || name == "decimals" {
            continue;
        }
        let heading = title(table, name);
        let labels = OWN_LISTS.contains(&name).then(|| labels(table, name, column));
        let is_same = column.words.len() == 1 && !column.keys.contains(&NONE);
        if is_same && !["indicator", names::VALUE].contains(&name) {
            let word = &column.words[0];
            let label = labels.as_ref().and_then(|labels| labels.first()).filter(|label| *label != word);
            columns.said_once.push(match label {
                Some(label) => format!("{heading}: {label} ({word})"),
                None => format!("{heading}: {word}"),
            });
            continue;
        }
        match labels {
            Some(labels) => {
                columns.beside.push(SheetColumn::new(format!("{heading} (code)"), "string", column, None));
                columns.printed.push(SheetColumn { title: heading, holds: Holds::Texts(labels), column });
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

/// The dimensions: codes with what they are called beside them.
fn dimensions<'t>(table: &'t Table<'_>, columns: &mut Columns<'t>) {
    for dimension in table.dimensions() {
        let (heading, column) = (title(table, dimension.name), dimension.column);
        let kind = table.field(dimension.name).map_or("", |(field, _)| field.kind.as_str());
        match dimension.list {
            Some(list) => {
                let labels = labels(table, list, column);
                columns.printed.push(SheetColumn::new(format!("{heading} (code)"), "string", column, None));
                columns.printed.push(SheetColumn { title: heading, holds: Holds::Texts(labels), column });
            }
            None => {
                let special =
                    |word: &String| special_label(word).map_or_else(|| word.clone(), |[english, ..]| english);
                let texts = column.words.iter().map(special).collect();
                let has_codes = table.field(&names::code_of(dimension.name)).is_some();
                let holds = match kind {
                    "integer" => Holds::Numbers(texts),
                    "date" if !has_codes => Holds::Days,
                    _ => Holds::Texts(texts),
                };
                columns.printed.push(SheetColumn { title: heading, holds, column });
            }
        }
    }
}

fn title(table: &Table<'_>, name: &str) -> String {
    let titles = table.release.codes("column").into_iter().find(|(code, _)| *code == name);
    titles.map_or_else(|| name.replace('_', " "), |(_, [english, ..])| english)
}

/// The English labels of the words of a column, in their order.
fn labels(table: &Table<'_>, list: &str, column: &Column) -> Vec<String> {
    let english = |word: &String| table.release.label(list, word, Language::English);
    column.words.iter().map(|word| english(word).unwrap_or(word).to_owned()).collect()
}
