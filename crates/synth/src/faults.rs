//! Faults of a register and how often they occur, per thousand crossings.
//!
//! None of them touches a person's anchor (see [`super::block`]): the register is wrong in all the usual ways and
//! the published totals can still be read from it exactly.

/// Rows under the all-zero identifier. The real database keeps a table of movements without a person; its size is
/// not published, so the rate is ours.
pub(super) const UNIDENTIFIED: u64 = 30;

/// Exits that left no row. Exit checks of the United Kingdom could not match 4.4 % of expired visas to a departure
/// (Home Office, fifth report on exit checks, gov.uk): the order of magnitude, not a figure about Peru. Missing in
/// the middle of a history, an exit leaves two entries side by side.
pub(super) const MISSED_EXITS: u64 = 44;

/// Entries that left no row. Entries are controlled more closely than exits; the rate is ours.
pub(super) const MISSED_ENTRIES: u64 = 10;

/// The same person, day and direction recorded once more; validation rules of the real register look for it. Ours.
pub(super) const DUPLICATES: u64 = 5;

/// Second scans that were made at another post. Ours.
pub(super) const DUPLICATES_ELSEWHERE: u64 = 330;

/// Rows with the country of origin or destination not stated (`NNN`): as often as at a last exit.
pub(super) const COUNTRY_NOT_STATED: u64 = 20;

/// Rows with the country of residence not stated (`NNN`): as often as at a last exit.
pub(super) const RESIDENCE_NOT_STATED: u64 = 30;

/// Rows with the citizenship not stated (`NNN`). Ours.
pub(super) const CITIZENSHIP_NOT_STATED: u64 = 3;

/// Rows with the sex left blank. Ours.
pub(super) const SEX_NOT_STATED: u64 = 2;
