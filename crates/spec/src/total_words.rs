//! Names of totals.

/// What totals are called, in the languages of the offices: whole texts in small letters.
pub const TOTALS: [&str; 22] = [
    "total",
    "totale",
    "totali",
    "totals",
    "tot",
    "_t",
    "t",
    "all",
    "world",
    "mondo",
    "insgesamt",
    "gesamt",
    "totaux",
    "ensemble",
    "total general",
    "grand total",
    "totale generale",
    "all items",
    "all countries",
    "both sexes",
    "maschi e femmine",
    "total both sexes",
];

/// Whether a text is usual for a total, in capitals or not.
///
/// ```
/// use denizen_spec::names_total;
///
/// assert_eq!(["Totale", "_T", " WORLD ", "Totnes"].map(names_total), [true, true, true, false]);
/// ```
pub fn names_total(text: &str) -> bool {
    TOTALS.contains(&text.trim().to_lowercase().as_str())
}
