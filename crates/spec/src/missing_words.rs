//! Texts that readers of CSV take for a missing value.

/// In any case of letters.
const MISSING: [&str; 13] =
    ["NA", "N/A", "n.a.", "NaN", "-NaN", "NULL", "None", "nil", "<NA>", "#NA", "#N/A", "1.#IND", "-1.#IND"];

/// Whether readers of CSV (R, pandas, polars, DuckDB, spreadsheets) take a text for a missing value unless they are told otherwise.
///
/// ```
/// use denizen_spec::is_taken_for_missing;
///
/// assert!(is_taken_for_missing("NA"), "the code of Namibia");
/// assert!(!is_taken_for_missing("NAM"));
/// ```
pub fn is_taken_for_missing(text: &str) -> bool {
    text.len() <= 8 && MISSING.iter().any(|known| known.eq_ignore_ascii_case(text))
}
