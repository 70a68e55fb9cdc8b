//! Every indicator, by subject: see `denizen explain`.

mod accounts;
mod ages;
mod areas;
mod changes;
mod concentration;
mod flows;
mod rates;
mod spells;
mod structure;

use super::Indicator;

/// The entries of each subject.
pub(super) static GROUPS: [&[Indicator]; 9] = [
    &structure::ENTRIES,
    &changes::ENTRIES,
    &ages::ENTRIES,
    &rates::ENTRIES,
    &accounts::ENTRIES,
    &concentration::ENTRIES,
    &areas::ENTRIES,
    &flows::ENTRIES,
    &spells::ENTRIES,
];
