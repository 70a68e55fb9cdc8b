//! Rows that say nothing: blank rows, as spreadsheets leave them below a table, and lines of notes.

use arrow::array::{Array, ArrayRef};

/// The rows that may hold nothing but one field: of two columns at least one is not stated. The two are those that state
/// most, so that in most files no row needs another look. `columns` are those in which a blank field is not stated.
pub(crate) fn candidates(columns: &[ArrayRef], rows: usize) -> Vec<usize> {
    let mut by_nulls: Vec<&ArrayRef> = columns.iter().collect();
    by_nulls.sort_by_key(|column| column.null_count());
    let [first, second, ..] = by_nulls[..] else { return (0..rows).collect() };
    if first.null_count() + second.null_count() == 0 {
        return Vec::new();
    }
    (0..rows).filter(|row| first.is_null(*row) || second.is_null(*row)).collect()
}

/// Words with which a note or a line of totals begins.
const BEGINNINGS: [&str; 33] = [
    "aggiornato",
    "all",
    "avvertenza",
    "data",
    "dati",
    "datos",
    "elaboración",
    "elaboracion",
    "elaborado",
    "elaborazione",
    "fonte",
    "fuente",
    "fuentes",
    "grand",
    "last",
    "legenda",
    "leyenda",
    "nota",
    "notas",
    "note",
    "notes",
    "quelle",
    "somma",
    "source",
    "sources",
    "suma",
    "sum",
    "total",
    "totale",
    "totales",
    "totali",
    "ultima",
    "última",
];

/// Whether a text reads like a note or the name of a total rather than like the name or number of something. It is asked of
/// texts beside which a row holds nothing.
pub(crate) fn is_prose(text: &str) -> bool {
    const MOST_WORDS: usize = 4;
    let is_mark = |c: char| matches!(c, '*' | '(' | '[' | '†' | '#');
    let first = text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    let first = first.unwrap_or_default().to_lowercase();
    text.starts_with(is_mark)
        || text.ends_with(':')
        || text.contains(": ")
        || text.split_whitespace().count() > MOST_WORDS
        || BEGINNINGS.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;

    use super::*;

    #[test]
    fn candidates_state_at_most_one_column() {
        let column = |values: [Option<i64>; 4]| Arc::new(Int64Array::from(values.to_vec())) as ArrayRef;
        let full = column([Some(1); 4]);
        let half = column([Some(1), None, Some(1), None]);
        let none = column([None; 4]);
        let table: [(&[ArrayRef], &[usize]); 6] = [
            (&[], &[0, 1, 2, 3]),
            (&[Arc::clone(&full)], &[0, 1, 2, 3]),
            (&[Arc::clone(&full), Arc::clone(&full), Arc::clone(&none)], &[]),
            (&[Arc::clone(&none), Arc::clone(&full), Arc::clone(&half)], &[1, 3]),
            (&[Arc::clone(&half), Arc::clone(&half)], &[1, 3]),
            (&[Arc::clone(&none), Arc::clone(&half)], &[0, 1, 2, 3]),
        ];
        for (columns, expected) in table {
            assert_eq!(candidates(columns, 4), expected);
        }
    }

    #[test]
    fn prose() {
        for (text, expected) in [
            ("Fuente: INEI", true),
            ("Nota:", true),
            ("(*) provisional", true),
            ("Cifras provisionales del mes anterior", true),
            ("TOTAL GENERAL", true),
            ("Quispe Mamani, Maria", false),
            ("Lima Metropolitana", false),
            ("12345", false),
            ("", false),
        ] {
            assert_eq!(is_prose(text), expected, "{text}");
        }
    }
}
