//! Synthetic border registers: files in the shape of a real register, filled with invented crossings.
//!
//! **Everything made here is synthetic. No person, document number, identifier or journey is real**, and none was
//! taken from a real register: each is drawn from a seeded stream of pseudo-random numbers. What is real is the
//! shape of the rows (columns, codes, labels, encoding), the kinds of fault found in them, and a few published
//! totals that the invented persons are made to add up to ([`margins`] says which).
//!
//! Two properties carry the design. *Same settings, same bytes*: persons are made in blocks, each from a stream of
//! its own, and nothing depends on the thread that makes it, the clock or the locale. *Totals are exact*: what a
//! person contributes to a published total follows from the person's place in the population by counting, never by
//! a draw, so that blocks need nothing from one another and a file of any length can be written as it is made.

use std::fmt;
use std::ops::AddAssign;

mod block;
mod calendar;
mod draw;
mod faults;
mod margins;
pub(crate) mod peru;
mod plan;
mod posts;
mod quota;
mod row;
#[cfg(test)]
mod tests;

/// What determines a synthetic file, and nothing else does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings {
    /// Size against the published totals: 1 makes all 1,940,817 emigrants.
    pub scale: f64,
    pub seed: u64,
}

/// What was made: persons and rows, and the faults among the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Identified persons, each with at least one row.
    pub persons: u64,
    /// Citizens of Peru whose last crossing up to the cut-off is an exit within the period.
    pub emigrants: u64,
    pub women_emigrants: u64,
    pub foreigners: u64,
    /// All rows, without the header.
    pub crossings: u64,
    /// Rows under the all-zero identifier.
    pub unidentified: u64,
    /// Rows that repeat a scan of the same person, day and direction.
    pub duplicates: u64,
    /// Crossings that took place and left no row.
    pub missed: u64,
}

impl AddAssign for Summary {
    fn add_assign(&mut self, other: Self) {
        self.persons += other.persons;
        self.emigrants += other.emigrants;
        self.women_emigrants += other.women_emigrants;
        self.foreigners += other.foreigners;
        self.crossings += other.crossings;
        self.unidentified += other.unidentified;
        self.duplicates += other.duplicates;
        self.missed += other.missed;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} synthetic crossings of {} persons ({} emigrants, {} of them women; {} foreigners), \
             {} unidentified, {} scanned twice, {} missed",
            self.crossings,
            self.persons,
            self.emigrants,
            self.women_emigrants,
            self.foreigners,
            self.unidentified,
            self.duplicates,
            self.missed
        )
    }
}
