//! What is shown of a table: a chart where one fits, and always the numbers below it.

use crate::chart::Drawing;
use crate::language::Language;

/// A chart with its numbers, or numbers alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Figure {
    /// What it shows, in one line.
    pub(crate) title: String,
    /// What it says, in sentences.
    pub(crate) sentences: Vec<String>,
    /// What is to be known of it.
    pub(crate) notes: Vec<String>,
    pub(crate) drawing: Option<Drawing>,
    pub(crate) columns: Vec<Heading>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heading {
    /// Its name in files.
    pub(crate) name: String,
    /// What it is called.
    pub(crate) shown: String,
    /// Whether it holds numbers.
    pub(crate) is_number: bool,
}

impl Heading {
    pub(crate) fn text(name: &str, shown: &str) -> Self {
        Self { name: name.to_owned(), shown: shown.to_owned(), is_number: false }
    }

    pub(crate) fn number(name: &str, shown: &str) -> Self {
        Self { name: name.to_owned(), shown: shown.to_owned(), is_number: true }
    }
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// A code and what it is called.
    Code(String, String),
    /// Text.
    Text(String),
    /// A value with its status.
    Value(Value),
    /// A difference of two values.
    Change(Value),
}

/// A value as a table has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Value {
    /// The number; none where it is hidden, missing or not there at all.
    pub(crate) number: Option<f64>,
    pub(crate) decimals: usize,
    /// Its status in the codes of SDMX: `A`, `BP`, `Q`.
    pub(crate) status: String,
}

impl Value {
    pub(crate) fn has(&self, status: char) -> bool {
        self.status.contains(status)
    }

    /// The codes of its status, but for `A`.
    pub(crate) fn flag(&self) -> &str {
        if self.status == "A" { "" } else { &self.status }
    }

    /// As it is written, with what is to be known of it behind it.
    pub(crate) fn shown(&self, language: Language) -> String {
        let text = self.number.map_or("\u{2013}".to_owned(), |number| language.number(number, self.decimals));
        match self.flag() {
            "" => text,
            flag => format!("{text} {flag}"),
        }
    }

    /// As it is written in a sentence: with its unit, and its status behind that.
    pub(crate) fn with_unit(&self, unit: &str, language: Language) -> String {
        let plain = Self { status: String::new(), ..self.clone() };
        let text = format!("{} {unit}", plain.shown(language));
        match self.flag() {
            "" => text,
            flag => format!("{text} ({flag})"),
        }
    }
}

impl Cell {
    /// As it stands in the page.
    pub(crate) fn shown(&self, language: Language) -> String {
        match self {
            Self::Code(_, text) | Self::Text(text) => text.clone(),
            Self::Value(value) => value.shown(language),
            Self::Change(value) => {
                let signed = |number| language.signed(number, value.decimals);
                value.number.map_or("\u{2013}".to_owned(), signed)
            }
        }
    }
}

/// The numbers as a file: CSV in UTF-8 with a mark, which spreadsheets ask for.
///
/// A column of values is followed by one of their status where some have one.
pub(crate) fn csv(figure: &Figure) -> String {
    let mut lines = vec![String::from("\u{feff}")];
    let has_codes =
        |column: usize| figure.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Code(..))));
    let has_status = |column: usize| {
        let status =
            |row: &Vec<Cell>| matches!(row.get(column), Some(Cell::Value(value)) if !value.status.is_empty());
        figure.rows.iter().any(status)
    };
    let shapes: Vec<(bool, bool)> =
        (0..figure.columns.len()).map(|column| (has_codes(column), has_status(column))).collect();
    let mut head = Vec::new();
    for (heading, (codes, status)) in figure.columns.iter().zip(&shapes) {
        head.push(field(&heading.name));
        if *codes {
            head.push(field(&format!("{}_label", heading.name)));
        }
        if *status {
            head.push(field(&format!("{}_status", heading.name)));
        }
    }
    lines[0] += &head.join(",");
    for row in &figure.rows {
        let fields: Vec<String> = row
            .iter()
            .zip(&shapes)
            .flat_map(|(cell, (codes, status))| fields(cell, *codes, *status))
            .collect();
        lines.push(fields.join(","));
    }
    lines.join("\n") + "\n"
}

fn fields(cell: &Cell, codes: bool, status: bool) -> Vec<String> {
    let mut fields = match cell {
        Cell::Code(code, label) => vec![field(code), field(label)],
        Cell::Text(text) => vec![field(text)],
        Cell::Value(value) | Cell::Change(value) => {
            vec![value.number.map_or(String::new(), |number| number.to_string())]
        }
    };
    if codes && fields.len() == 1 {
        fields.push(String::new());
    }
    if status {
        fields.push(match cell {
            Cell::Value(value) => field(&value.status),
            Cell::Code(..) | Cell::Text(_) | Cell::Change(_) => String::new(),
        });
    }
    fields
}

/// A field of CSV. What a spreadsheet would take for a formula begins with an apostrophe.
fn field(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A file within a link: what a browser would take for something else is written as its number.
pub(crate) fn data_link(media_type: &str, text: &str) -> String {
    let mut link = format!("data:{media_type};charset=utf-8,");
    for character in text.chars() {
        match character {
            '%' => link += "%25",
            '#' => link += "%23",
            '\n' => link += "%0A",
            '\r' => link += "%0D",
            '\t' => link += "%09",
            '\u{feff}' => link += "%EF%BB%BF",
            other => link.push(other),
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_what_is_shown_and_no_formulas() {
        let value =
            |number, status: &str| Cell::Value(Value { number, decimals: 0, status: status.to_owned() });
        let figure = Figure {
            columns: vec![
                Heading::text("citizenship", "Citizenship"),
                Heading::number("stock", "Stock"),
                Heading::number("change", "Change"),
            ],
            rows: vec![
                vec![
                    Cell::Code("PE".to_owned(), "Peru, \"Perú\"".to_owned()),
                    value(Some(70_755.5), "A"),
                    Cell::Change(Value { number: Some(-3.0), ..Value::default() }),
                ],
                vec![Cell::Text("=1+1".to_owned()), value(None, "Q"), Cell::Change(Value::default())],
            ],
            ..Figure::default()
        };
        let expected = "\u{feff}citizenship,citizenship_label,stock,stock_status,change\n\
                        PE,\"Peru, \"\"Perú\"\"\",70755.5,A,-3\n\
                        '=1+1,,,Q,\n";
        assert_eq!(csv(&figure), expected);
        assert_eq!(
            data_link("text/csv", "\u{feff}a#\n5%"),
            "data:text/csv;charset=utf-8,%EF%BB%BFa%23%0A5%25"
        );
    }
}
