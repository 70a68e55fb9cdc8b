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

/// Whether a text reads like a note or the name of a total rather than like the name or number of something: in files of
/// two columns a row may well state the first and not the second.
pub(crate) fn is_prose(text: &str) -> bool {
    const TOTALS: [&str; 8] = ["total", "totale", "totali", "totales", "sum", "somma", "suma", "all"];
    let text = text.trim();
    text.ends_with(':')
        || text.contains(": ")
        || text.split_whitespace().count() > 3
        || TOTALS.contains(&text.to_lowercase().as_str())
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
            ("Datos provisionales del mes", true),
            (" TOTAL ", true),
            ("Lima Metropolitana", false),
            ("12345", false),
            ("", false),
        ] {
            assert_eq!(is_prose(text), expected, "{text}");
        }
    }
}
