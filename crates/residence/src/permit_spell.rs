//! Permits made plain: short ones left out, overlapping ones joined, so that every day has one permit at most.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use crate::crossings::equal_lengths;
use crate::day::Span;
use crate::error::Error;
use crate::permit::Permits;
use crate::rule::check_span;

/// How permits become spells: short permits are dropped, each for itself, and on every day the permit that takes precedence gives the
/// reason. Regulation (EC) 862/2007, Art. 6, counts permits of at least three months; the precedence is up to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpellRule<'a> {
    /// Permits valid for less are dropped; first and last day both count. No days drop nothing.
    pub minimum_length: Span,
    /// Codes of reasons; the earlier in the list takes precedence. Reasons that are not listed come after all that are, and are equal
    /// among each other. Of permits that are equal by reason the one that began earlier takes precedence, then the earlier row.
    pub precedence: &'a [u32],
}

/// What became of a permit. Spells are counted from 0, over all persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PermitUse {
    /// It went into this spell: the first one that has its reason and a day in common with it. (A permit that another one interrupts
    /// goes on in a later spell.)
    Spell(usize),
    /// On all its days others took precedence; this spell has its first day.
    Covered(usize),
    /// Shorter than permits must be; dropped.
    TooShort,
}

/// What became of all permits. `merged`, `covered` and `too_short` add up to the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpellCounts {
    /// Permits that went into a spell of their reason.
    pub merged: u64,
    /// Permits that others covered on all their days.
    pub covered: u64,
    /// Permits that were too short.
    pub too_short: u64,
    /// Spells that came out.
    pub spells: u64,
}

/// Spells of permits: inside a person they are sorted and do not overlap, and adjoining spells differ in reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PermitSpells {
    /// The first spell of each person; persons as they came in, also those without any spell.
    pub person_starts: Vec<usize>,
    /// First day of each spell, in days since 1970-01-01.
    pub valid_from: Vec<i32>,
    /// Last day of each spell, itself included.
    pub valid_to: Vec<i32>,
    /// Code of the reason of each spell.
    pub reasons: Vec<u32>,
    /// For each row that came in, what became of it.
    pub row_use: Vec<PermitUse>,
    /// What became of all rows.
    pub counts: SpellCounts,
}

impl PermitSpells {
    /// The spells as permits, for the rules that work on permits.
    pub fn permits(&self) -> Permits<'_> {
        Permits {
            person_starts: &self.person_starts,
            valid_from: &self.valid_from,
            valid_to: &self.valid_to,
            reasons: &self.reasons,
        }
    }

    /// Adds days to the spells of the person whose first spell is `first`.
    fn add(&mut self, first: usize, from: i32, to: i32, reason: u32) {
        let last = self.valid_to.len().wrapping_sub(1);
        if self.valid_to.len() > first && self.valid_to[last] + 1 == from && self.reasons[last] == reason {
            self.valid_to[last] = to;
            return;
        }
        self.valid_from.push(from);
        self.valid_to.push(to);
        self.reasons.push(reason);
    }

    /// What became of a permit that was long enough; the spells of its person begin at `first`.
    fn use_of(&self, first: usize, from: i32, to: i32, reason: u32) -> PermitUse {
        let met = first + self.valid_to[first..].partition_point(|&end| end < from);
        let mut in_common = (met..self.valid_to.len()).take_while(|&spell| self.valid_from[spell] <= to);
        match in_common.find(|&spell| self.reasons[spell] == reason) {
            Some(spell) => PermitUse::Spell(spell),
            None => PermitUse::Covered(met),
        }
    }

    fn count(&mut self) {
        let mut counts = SpellCounts { spells: self.valid_from.len() as u64, ..SpellCounts::default() };
        for row_use in &self.row_use {
            match row_use {
                PermitUse::Spell(_) => counts.merged += 1,
                PermitUse::Covered(_) => counts.covered += 1,
                PermitUse::TooShort => counts.too_short += 1,
            }
        }
        self.counts = counts;
    }
}

/// Drops short permits and joins the others into spells: the longest runs of days with the same reason.
///
/// ```
/// use denizen_residence::{Permits, Span, SpellRule, day, permit_spells};
///
/// // For the family in 2019 and 2020, and for work, which takes precedence, in the first half of 2020.
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &[day(2019, 1, 1), day(2020, 1, 1)],
///     valid_to: &[day(2020, 12, 31), day(2020, 6, 30)],
///     reasons: &[1, 2],
/// };
/// let spells = permit_spells(&permits, &SpellRule { minimum_length: Span::Months(3), precedence: &[2, 1] })?;
/// assert_eq!(spells.reasons, [1, 2, 1]);
/// assert_eq!(spells.valid_from[2], day(2020, 7, 1));
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range.
pub fn permit_spells(permits: &Permits<'_>, rule: &SpellRule<'_>) -> Result<PermitSpells, Error> {
    let ranks: Vec<u32> = permits.reasons.iter().map(|reason| rank(rule.precedence, *reason)).collect();
    ranked_spells(permits, &ranks, rule.minimum_length)
}

/// Spells where more than the reason decides which permit takes precedence: the one of the least rank, then the one that began earlier,
/// then the earlier row, as in [`permit_holders`](crate::permit_holders); `ranks` has one value a row. All else is as in [`permit_spells`].
///
/// ```
/// use denizen_residence::{Permits, Span, day, ranked_spells};
///
/// // Two permits of one person at once: the one of the lesser rank takes precedence.
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &[day(2020, 1, 1), day(2020, 7, 1)],
///     valid_to: &[day(2020, 12, 31), day(2021, 6, 30)],
///     reasons: &[1, 2],
/// };
/// let spells = ranked_spells(&permits, &[1, 0], Span::Days(0))?;
/// assert_eq!(spells.valid_to[0], day(2020, 6, 30));
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range.
pub fn ranked_spells(
    permits: &Permits<'_>,
    ranks: &[u32],
    minimum_length: Span,
) -> Result<PermitSpells, Error> {
    check_span("minimum_length", minimum_length)?;
    permits.check()?;
    equal_lengths("valid_from", permits.len(), "ranks", ranks.len())?;
    let mut spells = PermitSpells { row_use: Vec::with_capacity(permits.len()), ..PermitSpells::default() };
    let mut valid = BinaryHeap::new();
    for person in 0..permits.person_starts.len() {
        let first = spells.valid_from.len();
        spells.person_starts.push(first);
        add_person(permits, permits.rows(person), ranks, minimum_length, &mut valid, &mut spells);
        for row in permits.rows(person) {
            let (from, to, reason) = (permits.valid_from[row], permits.valid_to[row], permits.reasons[row]);
            spells.row_use.push(if permits.is_shorter(row, minimum_length) {
                PermitUse::TooShort
            } else {
                spells.use_of(first, from, to, reason)
            });
        }
    }
    spells.count();
    Ok(spells)
}

/// Goes from day to day on which something may change. `valid` has the permits that have started (rank, row), the one that takes precedence
/// on top: rows are sorted by first day, so of equal ranks the earlier row. Ended ones are taken out when they come to the top.
fn add_person(
    permits: &Permits<'_>,
    rows: Range<usize>,
    ranks: &[u32],
    minimum_length: Span,
    valid: &mut BinaryHeap<Reverse<(u32, usize)>>,
    spells: &mut PermitSpells,
) {
    let first = spells.valid_from.len();
    let mut coming = rows.filter(|&row| !permits.is_shorter(row, minimum_length)).peekable();
    let mut today = i32::MIN;
    loop {
        while valid.peek().is_some_and(|Reverse((_, row))| permits.valid_to[*row] < today) {
            valid.pop();
        }
        if valid.is_empty() {
            let Some(&row) = coming.peek() else { return };
            today = permits.valid_from[row];
        }
        while let Some(row) = coming.next_if(|&row| permits.valid_from[row] <= today) {
            valid.push(Reverse((ranks[row], row)));
        }
        // Never empty here: if it was, the next permit has just been put in.
        let Some(&Reverse((_, top))) = valid.peek() else { return };
        let before_next = coming.peek().map_or(i32::MAX, |&row| permits.valid_from[row] - 1);
        let until = permits.valid_to[top].min(before_next);
        spells.add(first, today, until, permits.reasons[top]);
        today = until + 1;
    }
}

fn rank(precedence: &[u32], reason: u32) -> u32 {
    precedence.iter().position(|&listed| listed == reason).unwrap_or(precedence.len()) as u32
}
