//! Names of differences: what comes in less what goes out.

/// In the languages of the offices, as whole words.
const BALANCES: [&str; 12] = [
    "net",
    "netto",
    "netta",
    "neto",
    "neta",
    "netti",
    "nette",
    "saldo",
    "saldi",
    "solde",
    "balance",
    "difference",
];

/// Whether a name is that of a balance, which is no part of a total: with it, what comes in is the sum of what goes out and the balance.
///
/// ```
/// use denizen_spec::names_balance;
///
/// let named = ["Net", "saldo_migratorio", "Net migration (rate)", "Netherlands", "Emigrants"].map(names_balance);
/// assert_eq!(named, [true, true, true, false, false]);
/// ```
pub fn names_balance(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| BALANCES.iter().any(|known| known.eq_ignore_ascii_case(word)))
}
