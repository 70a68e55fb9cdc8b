//! The cumulative window ("12/16-month rule") along the history of one person.
//!
//! Let new and old be the sides after and before a crossing that changes sides. It is a migration as soon as V days of its window of W
//! days are spent on the new side, and none as soon as more than W - V are spent back on the old one; one of the two always comes
//! first. Both points in time only move forward from one crossing to the next in the same direction, so that one cursor for
//! each direction, which never goes back, finds them all: the work is linear in the number of crossings. Spans in months are
//! longer in one place than in another, so that there the points may move back: each crossing looks at its own window then.

use crate::classification::Columns;
use crate::crossings::Status;
use crate::day::Span;
use crate::history::{History, Kind};
use crate::rule::{Continuous, CumulativeWindow};

/// Later than every day that can be written; stands for "never".
const NEVER: i32 = i32::MAX;
/// Longer than every window: a last spell is as long as anybody asks, and the end of observation is applied to the date that results.
const ENDLESS: i32 = 1 << 29;

/// How many days the rule asks for.
pub(crate) trait Lengths {
    /// Whether the lengths are the same on all days, so that cursors need never go back.
    const STEADY: bool;

    /// For a crossing on this day: the days on the new side that make a migration (V), and the days back on the old side that may be
    /// spent without making it none (W - V).
    fn on(&self, day: i32) -> (i32, i32);

    /// The least and the most that W - V can be.
    fn tolerances(&self) -> [i32; 2];

    /// Like [`on`](Lengths::on), for an event. A missing crossing may lie on other days, where other lengths hold: in a history that stands for
    /// all of its places it is taken as the migration that the history leans to as soon as it is one at any of them.
    #[inline(always)]
    fn of(&self, history: &History<'_>, event: usize) -> (i32, i32) {
        let (threshold, tolerance) = self.on(history.days[event]);
        if Self::STEADY {
            return (threshold, tolerance);
        }
        let [least, most] = self.tolerances();
        let leaning = history.leans(event).map(|leans| if leans { most } else { least });
        let leaning = leaning.unwrap_or(tolerance);
        (threshold + tolerance - leaning, leaning)
    }
}

/// Lengths in days.
#[derive(Clone, Copy)]
pub(crate) struct DayLengths {
    threshold: i32,
    tolerance: i32,
}

impl Lengths for DayLengths {
    const STEADY: bool = true;

    #[inline]
    fn on(&self, _day: i32) -> (i32, i32) {
        (self.threshold, self.tolerance)
    }

    fn tolerances(&self) -> [i32; 2] {
        [self.tolerance, self.tolerance]
    }
}

/// Lengths of which at least one is in calendar months.
#[derive(Clone, Copy)]
pub(crate) struct MonthLengths {
    threshold: Span,
    window: Span,
    extra_threshold: i32,
    extra_window: i32,
}

impl Lengths for MonthLengths {
    const STEADY: bool = false;

    fn on(&self, day: i32) -> (i32, i32) {
        let threshold = self.threshold.after(day) - day + self.extra_threshold;
        let window = self.window.after(day) - day + self.extra_window;
        (threshold, window - threshold)
    }

    fn tolerances(&self) -> [i32; 2] {
        let extra = self.extra_window - self.extra_threshold;
        if self.threshold == self.window {
            return [extra, extra];
        }
        let least = self.window.fewest_days() - self.threshold.most_days();
        let most = self.window.most_days() - self.threshold.fewest_days();
        [least.max(0) + extra, most + extra]
    }
}

/// The lengths of a rule.
#[derive(Clone, Copy)]
pub(crate) enum RuleLengths {
    Days(DayLengths),
    Months(MonthLengths),
}

impl RuleLengths {
    fn new(threshold: Span, window: Span, extra_threshold: i32, extra_window: i32) -> Self {
        if let (Span::Days(v), Span::Days(w)) = (threshold, window) {
            let threshold = v + extra_threshold;
            return RuleLengths::Days(DayLengths { threshold, tolerance: w + extra_window - threshold });
        }
        RuleLengths::Months(MonthLengths { threshold, window, extra_threshold, extra_window })
    }

    /// Whether they are the same on all days.
    pub(crate) fn are_steady(&self) -> bool {
        matches!(self, RuleLengths::Days(_))
    }

    /// The day on which somebody who was on one side since `day` has been there for the threshold.
    pub(crate) fn threshold_after(&self, day: i32) -> i32 {
        let (threshold, _) = match self {
            RuleLengths::Days(lengths) => lengths.on(day),
            RuleLengths::Months(lengths) => lengths.on(day),
        };
        day + threshold
    }
}

impl From<CumulativeWindow> for RuleLengths {
    fn from(rule: CumulativeWindow) -> Self {
        RuleLengths::new(rule.threshold, rule.window, rule.comparison.extra_days(), 0)
    }
}

impl From<Continuous> for RuleLengths {
    fn from(rule: Continuous) -> Self {
        let extra = rule.comparison.extra_days();
        RuleLengths::new(rule.threshold, rule.threshold, extra, extra)
    }
}

/// An event of a history, with the days spent before it on the side that it leads to.
#[derive(Clone, Copy, Default)]
struct Place {
    event: usize,
    days: i32,
}

/// What is remembered of one side. Directions take turns, so that every other event leads to it.
#[derive(Clone, Copy)]
struct Side {
    /// Days on this side before the event at hand.
    spent: i32,
    /// Where the decision about the latest crossing to this side was found.
    spell: Place,
    /// The first crossing to this side that may still have been in doubt when the latest crossing to the other came.
    doubt: Place,
}

impl Side {
    fn starting_at(event: usize) -> Self {
        Side { spent: 0, spell: Place { event, days: 0 }, doubt: Place { event, days: 0 } }
    }
}

/// Follows one history from an initial status and writes one answer an event; stops after an event for which `stop`, given the status
/// and the day on which it is settled, says so. `end` is the first day that is not observed. Returns the number of answers.
pub(crate) fn follow<L: Lengths, const PLAIN: bool>(
    history: History<'_>,
    lengths: &L,
    initial: Status,
    end: i32,
    out: &mut Columns<'_>,
    stop: impl Fn(usize, Option<Status>, i32) -> bool,
) -> usize {
    let mut chain = Chain { history, lengths, end, status: Some(initial), settled: i32::MIN };
    // Swapped from event to event: the side that the event at hand leads to, and the other.
    let (mut side, mut other) = (Side::starting_at(0), Side::starting_at(1));
    let mut new = history.first_direction.leads_to();
    for event in 0..history.len() {
        if PLAIN || history.kind(event) != Kind::Silent {
            let known_from = history.known_from::<PLAIN>(event);
            chain.judge::<PLAIN>(event, new, known_from, &mut side, &mut other, out);
        } else {
            out.status_decided_on[event] = known(chain.settled);
        }
        if stop(event, chain.status, chain.settled) {
            return event + 1;
        }
        if let Some(next) = history.days.get(event + 1) {
            side.spent += next - history.days[event];
        }
        std::mem::swap(&mut side, &mut other);
        new = new.opposite();
    }
    history.len()
}

/// The status along a history.
struct Chain<'a, L> {
    history: History<'a>,
    lengths: &'a L,
    end: i32,
    /// Status before the event at hand.
    status: Option<Status>,
    /// The day on which that status is settled.
    settled: i32,
}

impl<L: Lengths> Chain<'_, L> {
    #[inline(always)]
    fn judge<const PLAIN: bool>(
        &mut self,
        event: usize,
        new: Status,
        known_from: i32,
        side: &mut Side,
        other: &mut Side,
        out: &mut Columns<'_>,
    ) {
        let (before, settled_before) = (self.status, self.settled);
        self.pass(event, new, known_from, side);
        let mut migration = before.zip(self.status).map(|(before, after)| before != after);
        let mut decided = self.settled;
        if L::STEADY && settled_before > known_from && migration != Some(true) {
            let earlier = if self.repeats::<PLAIN>(event) {
                known_from
            } else {
                self.no_migration_whatever_happened(event, known_from, other, out.status_decided_on)
            };
            if earlier < decided {
                (migration, decided) = (Some(false), earlier);
            }
        }
        out.status_before[event] = before;
        out.status_after[event] = self.status;
        out.status_decided_on[event] = known(self.settled);
        out.migration[event] = migration;
        out.migration_decided_on[event] = known(decided);
    }

    /// Moves the status over an event.
    #[inline(always)]
    fn pass(&mut self, event: usize, new: Status, known_from: i32, side: &mut Side) {
        let Some(status) = self.status else { return };
        let mut decided = known_from;
        if status != new {
            let (moves, on) = self.decide(event, side);
            decided = decided.max(on);
            if moves {
                self.status = Some(new);
            }
        }
        self.settled = self.settled.max(decided);
        if self.settled > self.end {
            (self.status, self.settled) = (None, NEVER);
        }
    }

    /// Whether a crossing that changes sides is a migration if nothing follows the last event, and the day on which this is settled.
    #[inline(always)]
    fn decide(&self, event: usize, side: &mut Side) -> (bool, i32) {
        let days = self.history.days;
        let (threshold, tolerance) = self.lengths.of(&self.history, event);
        let mut place = side.spell;
        if place.event < event || !L::STEADY {
            place = Place { event, days: side.spent };
        }
        let decision = loop {
            let away = days[place.event];
            let new = place.days - side.spent;
            let old = away - days[event] - new;
            let back = days.get(place.event + 1).copied().unwrap_or(away + ENDLESS);
            if new + (back - away) >= threshold {
                break (true, away + threshold - new);
            }
            let again = days.get(place.event + 2).copied().unwrap_or(back + ENDLESS);
            if old + (again - back) > tolerance {
                break (false, back + tolerance + 1 - old);
            }
            place = Place { event: place.event + 2, days: place.days + (back - away) };
        };
        side.spell = place;
        decision
    }

    /// Whether an earlier crossing to the same side was judged with no day on the other side since.
    ///
    /// This one is no migration then, whatever comes. If the earlier one made no migration of somebody from the other side, more than
    /// W - V days of its window are spent there, all of them in the window of this one too; and if it did, or if there was nothing to
    /// change, one between the two must have led back, and would need V of its days on that side where this one allows W - V.
    #[inline(always)]
    fn repeats<const PLAIN: bool>(&self, mut event: usize) -> bool {
        let days = self.history.days;
        while event >= 2 && days[event] == days[event - 1] {
            event -= 2;
            if PLAIN || self.history.kind(event) != Kind::Silent {
                return true;
            }
        }
        false
    }

    /// The first day on which an earlier crossing to the other side is in doubt, and yet this one cannot be a migration.
    ///
    /// For this crossing to be a migration back, that one (or a later one in its direction) must have been a migration: at least V of
    /// W days on its side, of which some lie before this crossing and at least the rest after it. But a migration back allows at
    /// most W - V such days after it. Both are possible only if at least 2V - W of them lie before (`migstat`, Stats NZ).
    ///
    /// A crossing of which this fails cannot serve a later one either, so that the search never goes back. All that takes lengths that are
    /// the same on all days; of others, [`keep_common`](crate::between::keep_common) says more.
    #[inline(always)]
    fn no_migration_whatever_happened(
        &self,
        event: usize,
        known_from: i32,
        other: &mut Side,
        settled: &[Option<i32>],
    ) -> i32 {
        let (threshold, tolerance) = self.lengths.on(self.history.days[event]);
        let short_stay = threshold - tolerance;
        let mut place = other.doubt;
        let mut answer = NEVER;
        while place.event < event {
            let before =
                place.event.checked_sub(1).map_or(i32::MIN, |before| settled[before].unwrap_or(NEVER));
            // Only a crossing that may change sides is settled later than all before it and than this day.
            let was_in_doubt = settled[place.event].unwrap_or(NEVER) > known_from.max(before);
            if was_in_doubt && other.spent - place.days < short_stay {
                answer = known_from.max(before);
                break;
            }
            let stay = self.history.days[place.event + 1] - self.history.days[place.event];
            place = Place { event: place.event + 2, days: place.days + stay };
        }
        other.doubt = place;
        answer
    }
}

/// The answers to the only crossing of a person, which need no walk: there is one spell, and it lasts.
#[inline]
pub(crate) fn judge_single(
    day: i32,
    new: Status,
    lengths: &RuleLengths,
    initial: Option<Status>,
    end: i32,
    row: usize,
    out: &mut Columns<'_>,
) {
    let lasts_on = lengths.threshold_after(day);
    let settled = if initial == Some(new) { day + 1 } else { lasts_on };
    let is_settled = settled <= end;
    // Of an unknown start, the status comes to the same after the threshold; whether it changed with the crossing, nobody knows.
    let migration = initial.filter(|_| is_settled).map(|initial| initial != new);
    out.status_before[row] = initial;
    out.status_after[row] = is_settled.then_some(new);
    out.status_decided_on[row] = is_settled.then_some(settled);
    out.migration[row] = migration;
    out.migration_decided_on[row] = migration.map(|_| settled);
}

fn known(day: i32) -> Option<i32> {
    (day != NEVER).then_some(day)
}
