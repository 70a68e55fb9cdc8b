//! A person's permits: one after the other from entry to exit, with gaps, overlaps and late entries as in the real archive.
//!
//! What the register does wrong never changes who is there on a 1 January as ISTAT counts, six months later: gaps between permits are shorter
//! than six months, and all permits are entered within them.

use super::margins::{self, faults};
use super::plan::Entrant;
use crate::calendar::{self, Day};
use crate::draw::Draw;

/// The day of the extraction: what is entered later is not in the file.
pub(super) const EXTRACTION: Day = calendar::day(2025, 7, 1);

/// The longest lag of an entry, of one that follows a late renewal, and the longest gap, in days: the last two together, and the first
/// alone, are less than six months.
const LONGEST_LAG: u64 = 170;
const SHORT_LAG: u64 = 21;
const LONGEST_GAP: u64 = 149;

/// Permits are no shorter than this, which is more than three months.
const SHORTEST: Day = 100;

/// Reasons by index, as in [`margins::REASONS`].
pub(super) const PROTECTION: usize = 2;
const STUDY: usize = 4;
const WORK: usize = 3;
const FAMILY: usize = 0;

/// The age at which children get a permit of their own.
const OWN_PERMIT: u8 = 14;

/// One permit as it is in the archive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permit {
    pub from: Day,
    /// None where it is valid without end.
    pub to: Option<Day>,
    pub entered: Day,
    pub reason: usize,
    pub long_term: bool,
    /// The number of the parent's permit.
    pub parent: Option<u64>,
    pub citizen_since: Option<Day>,
}

/// What stays the same for a person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    pub birth: Day,
    first: Day,
    /// The last day of the last permit; none of those who stay to the end.
    last: Option<Day>,
    /// The year from which on the next permit is one for long-term residence; none if never.
    long_term_from: Option<i16>,
    parent: Option<u64>,
}

impl Life {
    pub(super) fn draw(entrant: &Entrant, draw: &mut Draw) -> Self {
        let first = first_day(entrant, draw);
        let last = entrant.exit.map(|year| {
            let day = calendar::day(year, 1, 1) + draw.below(365) as Day;
            let end_of_year = calendar::day(year, 12, 31);
            day.max(first + SHORTEST).min(end_of_year)
        });
        let (youngest, oldest) = margins::AGE_GROUPS[entrant.age_group];
        let age = youngest + draw.below(u64::from(oldest - youngest) + 1) as u8;
        let birth = calendar::birth(first, age, draw.below(365) as Day);
        let registered = age < OWN_PERMIT && draw.per_mille(700);
        let parent = draw.bits();
        let parent = registered.then_some(parent);
        Self { birth, first, last, long_term_from: long_term_from(entrant, draw), parent }
    }

    /// The permits in the order of their first days.
    pub(super) fn permits(&self, entrant: &Entrant, draw: &mut Draw) -> Vec<Permit> {
        let mut permits = Vec::new();
        let (mut from, mut reason, mut is_late) = (self.first, entrant.reason, false);
        while from <= EXTRACTION {
            let long_term =
                self.long_term_from.is_some_and(|year| calendar::year(from) >= year) && from > self.first;
            let to = self.end(from, reason, long_term, draw);
            permits.push(self.permit(from, to, (reason, long_term), is_late, draw));
            let Some(to) = to.filter(|to| Some(*to) != self.last) else { break };
            let gap = gap(draw);
            is_late = gap > 1;
            from = (to + gap).max(from + 1);
            reason = next_reason(reason, draw);
        }
        if let (Some(last), true) = (self.last, self.is_naturalised(entrant, draw)) {
            permits
                .iter_mut()
                .next_back()
                .into_iter()
                .for_each(|permit| permit.citizen_since = Some(last + 1));
        }
        permits
    }

    fn permit(
        &self,
        from: Day,
        to: Option<Day>,
        (reason, long_term): (usize, bool),
        is_late: bool,
        draw: &mut Draw,
    ) -> Permit {
        let is_child = from < calendar::birthday(self.birth, OWN_PERMIT);
        let lag = match () {
            () if is_late => draw.below(SHORT_LAG),
            () if draw.per_mille(faults::LATE_ENTRIES) => 31 + draw.below(LONGEST_LAG - 30),
            () => draw.below(31),
        };
        let parent = self.parent.filter(|_| is_child);
        Permit { from, to, entered: from + lag as Day, reason, long_term, parent, citizen_since: None }
    }

    /// The last day of a permit: a permit that would leave less than the next needs runs to the last day of all.
    fn end(&self, from: Day, reason: usize, long_term: bool, draw: &mut Draw) -> Option<Day> {
        let years = match reason {
            STUDY => 1,
            PROTECTION if draw.per_mille(300) => 5,
            FAMILY | PROTECTION => 2,
            WORK if draw.per_mille(600) => 2,
            _ => 1,
        };
        if long_term {
            return self.last;
        }
        let to = from + 365 * years - 1;
        let room = LONGEST_GAP as Day + 1 + SHORTEST;
        Some(self.last.filter(|last| to > last - room).unwrap_or(to))
    }

    fn is_naturalised(&self, entrant: &Entrant, draw: &mut Draw) -> bool {
        let stayed = entrant.exit.map(|exit| exit - entrant.entry.unwrap_or(2002));
        draw.per_mille(margins::NATURALISED) && stayed.is_some_and(|years| years >= 8)
    }
}

/// After 1 January, and before the year is too short for a permit where the person leaves in it. Those who were there before the first year
/// have their last permit of before.
fn first_day(entrant: &Entrant, draw: &mut Draw) -> Day {
    let Some(entry) = entrant.entry else { return calendar::day(2007, 1, 1) + draw.below(365) as Day };
    let days = if entrant.exit == Some(entry) { 250 } else { 364 };
    calendar::day(entry, 1, 2) + draw.below(days) as Day
}

fn long_term_from(entrant: &Entrant, draw: &mut Draw) -> Option<i16> {
    let first = margins::YEARS.0;
    let index = entrant.entry.map_or(0, |entry| (entry - first) as usize + 1);
    let is_one = draw.per_mille(margins::LONG_TERM[index]);
    is_one.then_some(entrant.entry.map_or(first, |entry| entry + 5))
}

/// Days from the end of a permit to the beginning of the next.
fn gap(draw: &mut Draw) -> Day {
    let kind = draw.below(1000);
    match kind {
        _ if kind < faults::LATE_RENEWALS => 2 + draw.below(LONGEST_GAP - 1) as Day,
        _ if kind < faults::LATE_RENEWALS + faults::EARLY_RENEWALS => -(draw.below(45) as Day),
        _ => 1,
    }
}

/// Students begin to work, families too.
fn next_reason(reason: usize, draw: &mut Draw) -> usize {
    match reason {
        _ if !draw.per_mille(faults::OTHER_REASON) => reason,
        WORK => FAMILY,
        _ => WORK,
    }
}
