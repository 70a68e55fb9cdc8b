//! What holds for every history between two extremes: one with the least and one with the most days in the country.
//!
//! Between them are the histories with each missing crossing at any place between its neighbours, either status before the first
//! crossing where that is unknown, and every future. Two facts decide about all of them:
//!
//! - More days in the country never make a resident into a non-resident. A status on which the extremes agree is that of all, and
//!   one on which they do not is not known.
//! - A row that leads to a side is a migration in some history only if it is one in the history that is best for it. Before the row
//!   that is the one with the most days on the other side, so that the person comes from there. After it, it has as many days on
//!   the other side as the rule just allows, and those as early as may be: windows of earlier crossings end before that of the
//!   row does, so that they are as full of the other side as they can be.
//!
//! What both extremes say of a migration is not enough: a person who is resident throughout under one and never under the other
//! may move under a third.

use crate::classification::Columns;
use crate::crossings::Status;
use crate::cumulative::Lengths;
use crate::history::{History, Kind};

/// Memory that is used again from person to person.
#[derive(Default)]
pub(crate) struct Scratch {
    inside: [Vec<i32>; 2],
    spells: Vec<(i32, i32)>,
}

/// Keeps in `least` what all histories between two extremes agree on. Both have the same events, at different places, and
/// their own statuses; `end` is the first day that is not observed.
///
/// A migration is settled on the first day on which all histories agree that were possible so far, it being known from the
/// beginning which crossings are missing.
pub(crate) fn keep_common<L: Lengths>(
    histories: [History<'_>; 2],
    lengths: &L,
    end: i32,
    least: &mut Columns<'_>,
    most: &Columns<'_>,
    scratch: &mut Scratch,
) {
    let Scratch { inside, spells } = scratch;
    histories.iter().zip(inside.iter_mut()).for_each(|(history, inside)| count_days_inside(history, inside));
    let [inside_least, inside_most] = inside;
    let extremes = [
        Extreme { history: histories[0], inside: inside_least, status_before: least.status_before },
        Extreme { history: histories[1], inside: inside_most, status_before: most.status_before },
    ];
    let mut between = Between { extremes, first: [0, 0], lengths, spells };
    let mut missing = Missing { histories, have_a_say: false, next: 0 };
    for event in 0..histories[0].len() {
        let answers = [Answers::of(event, least), Answers::of(event, most)];
        if histories[0].kind(event) == Kind::Row {
            missing.find_next(event);
            let answer = between.answer(event, answers, end, &missing);
            least.migration[event] = answer.map(|(migration, _)| migration);
            least.migration_decided_on[event] = answer.map(|(_, day)| day);
        }
        missing.pass(event, answers);
    }
    keep_common_statuses(least, most);
}

fn keep_common_statuses(least: &mut Columns<'_>, most: &Columns<'_>) {
    for event in 0..least.status_before.len() {
        let settled = least.status_decided_on[event].max(most.status_decided_on[event]);
        least.status_before[event] = agreed([least.status_before[event], most.status_before[event]]);
        least.status_after[event] = agreed([least.status_after[event], most.status_after[event]]);
        least.status_decided_on[event] = least.status_after[event].and(settled);
    }
}

/// What an extreme says of an event.
#[derive(Clone, Copy)]
struct Answers {
    before: Option<Status>,
    after: Option<Status>,
    status_on: Option<i32>,
    migration: Option<bool>,
    migration_on: Option<i32>,
}

impl Answers {
    fn of(event: usize, columns: &Columns<'_>) -> Self {
        Answers {
            before: columns.status_before[event],
            after: columns.status_after[event],
            status_on: columns.status_decided_on[event],
            migration: columns.migration[event],
            migration_on: columns.migration_decided_on[event],
        }
    }
}

/// Which of the missing crossings have a say in an answer.
struct Missing<'a> {
    histories: [History<'a>; 2],
    /// Whether those before the event at hand have one.
    have_a_say: bool,
    /// The next of them.
    next: usize,
}

impl Missing<'_> {
    fn find_next(&mut self, event: usize) {
        let history = self.histories[0];
        while self.next < history.len() && (self.next <= event || history.kind(self.next) != Kind::Assumed) {
            self.next += 1;
        }
    }

    /// Whether none of them has a say in what is settled on a day: the next may lie on the day of the row before it, and not earlier.
    fn are_silent_until(&self, day: i32) -> bool {
        let row_before = self.histories[0].days[..self.next].last();
        let is_later = self.next == self.histories[0].len() || row_before.is_some_and(|&row| day <= row);
        is_later && !self.have_a_say
    }

    /// From an event on that comes when the status is known, the same under both, and settled, nothing before it matters any more.
    fn pass(&mut self, event: usize, [least, most]: [Answers; 2]) {
        let next = |history: &History<'_>| history.days.get(event + 1).map_or(i32::MAX, |next| next + 1);
        let next = next(&self.histories[0]).min(next(&self.histories[1]));
        let is_settled = |answers: Answers| answers.status_on.is_some_and(|on| on <= next);
        if agreed([least.after, most.after]).is_some() && is_settled(least) && is_settled(most) {
            self.have_a_say = false;
        } else if self.histories[0].kind(event) == Kind::Assumed {
            self.have_a_say = true;
        }
    }
}

fn agreed([one, other]: [Option<Status>; 2]) -> Option<Status> {
    one.filter(|_| one == other)
}

/// The days in the country from the first event to each.
fn count_days_inside(history: &History<'_>, inside: &mut Vec<i32>) {
    inside.clear();
    let mut sum = 0;
    for event in 0..history.len() {
        inside.push(sum);
        if let (Some(next), Status::Resident) = (history.days.get(event + 1), history.side(event)) {
            sum += next - history.days[event];
        }
    }
}

/// A history in which the person is in the country as little, or as much, as can be.
#[derive(Clone, Copy)]
struct Extreme<'a> {
    history: History<'a>,
    /// Days in the country from the first event to each.
    inside: &'a [i32],
    /// Known wherever nothing after the event at hand can change it.
    status_before: &'a [Option<Status>],
}

impl Extreme<'_> {
    /// Days on a side from one event to a later one.
    fn days_on(&self, side: Status, from: usize, to: usize) -> i32 {
        let inside = self.inside[to] - self.inside[from];
        match side {
            Status::Resident => inside,
            Status::NonResident => self.history.days[to] - self.history.days[from] - inside,
        }
    }

    /// The spell that an event begins, as far as it lies before a day.
    fn spell(&self, event: usize, before: i32) -> (i32, i32) {
        let next = self.history.days.get(event + 1).copied().unwrap_or(i32::MAX);
        (self.history.days[event].min(before), next.min(before))
    }
}

struct Between<'a, L> {
    /// With the least and with the most days in the country.
    extremes: [Extreme<'a>; 2],
    /// In each of them, the first event whose window may reach beyond the event at hand: it moves forward only.
    first: [usize; 2],
    lengths: &'a L,
    /// Spells on the other side after the event at hand, in the history that is best for it.
    spells: &'a mut Vec<(i32, i32)>,
}

impl<L: Lengths> Between<'_, L> {
    /// Whether a row is a migration in all histories, or in none, and the first day on which they agree.
    fn answer(
        &mut self,
        event: usize,
        [least, most]: [Answers; 2],
        end: i32,
        missing: &Missing<'_>,
    ) -> Option<(bool, i32)> {
        let statuses = agreed([least.before, most.before]).zip(agreed([least.after, most.after]));
        let settled = statuses.and(least.status_on.max(most.status_on)).unwrap_or(end);
        if statuses.is_some_and(|(before, after)| before != after) {
            return Some((true, settled));
        }
        let mut from = self.extremes[0].history.known_on(event);
        // The extremes are among the histories. Of lengths that differ from day to day, what is said of one alone may come late.
        if L::STEADY {
            if least.migration != Some(false) || most.migration != Some(false) {
                return None;
            }
            from = least.migration_on.max(most.migration_on).unwrap_or(from);
            if missing.are_silent_until(from) {
                return Some((false, from));
            }
        }
        self.never_from(event, from, settled, statuses.is_some()).map(|day| (false, day))
    }

    /// The first day from which on no history has a migration at this row, if that is so on `last`; it lies between the two days.
    fn never_from(&mut self, event: usize, mut from: i32, last: i32, is_never: bool) -> Option<i32> {
        if is_never && last <= from || self.repeats(event) || !self.may_migrate(event, from) {
            return Some(from);
        }
        if last <= from || !is_never && self.may_migrate(event, last) {
            return None;
        }
        let mut to = last;
        while to - from > 1 {
            let middle = from + (to - from) / 2;
            if self.may_migrate(event, middle) {
                from = middle;
            } else {
                to = middle;
            }
        }
        Some(to)
    }

    /// Whether a crossing to the same side was judged on the same day. The first of them is the migration, if any is; without this,
    /// thousands of rows of one day would each look at all others.
    fn repeats(&self, event: usize) -> bool {
        let is_repeated = |extreme: &Extreme<'_>| {
            let Extreme { history, .. } = extreme;
            event >= 2
                && history.days[event] == history.days[event - 2]
                && history.kind(event - 2) != Kind::Silent
        };
        self.extremes.iter().all(is_repeated)
    }

    /// Whether the row is a migration in some history, if nothing from `end` on is known.
    fn may_migrate(&mut self, event: usize, end: i32) -> bool {
        let new = self.extremes[0].history.side(event);
        // The extremes with the most and with the fewest days on the side that the row leads away from.
        let (most, fewest) = match new {
            Status::NonResident => (1, 0),
            Status::Resident => (0, 1),
        };
        let day = self.extremes[0].history.days[event];
        let (threshold, tolerance) = self.lengths.on(day);
        let window = Window { event, end, last: day + threshold + tolerance, tolerance };
        let [most_old, fewest_old] = [self.extremes[most], self.extremes[fewest]];
        lay_out(&most_old, &fewest_old, window, self.spells)
            && self.status_before(most, window, new.opposite()) == new.opposite()
    }

    /// The status before the row in the history that is best for it.
    fn status_before(&mut self, most: usize, window: Window, old: Status) -> Status {
        let extreme = self.extremes[most];
        let History { days, .. } = extreme.history;
        let reach = |event: usize| {
            let (threshold, tolerance) = self.lengths.on(days[event]);
            days[event] + threshold + tolerance
        };
        let first = &mut self.first[most];
        while reach(*first) <= days[window.event] && *first < window.event {
            *first += 1;
        }
        let mut status = extreme.status_before[*first].unwrap_or(old);
        let mut later = LaterDays::new(self.spells);
        for event in (0..window.event).skip(*first) {
            let side = extreme.history.side(event);
            if status == side || extreme.history.kind(event) == Kind::Silent {
                continue;
            }
            let (threshold, tolerance) = self.lengths.of(&extreme.history, event);
            let on_old = extreme.days_on(old, event, window.event) + later.before(reach(event));
            let moves = if side == old { on_old >= threshold } else { on_old <= tolerance };
            if moves {
                status = side;
            }
        }
        status
    }
}

/// The window of a row.
#[derive(Clone, Copy)]
struct Window {
    event: usize,
    /// The first day that is not observed.
    end: i32,
    /// The first day after the window.
    last: i32,
    /// Days that may be spent on the side that the row leads away from.
    tolerance: i32,
}

/// Lays out the spells that are spent in the window on the side that the row leads away from: no more days than the rule allows, and as
/// early as may be. Returns whether that can be done.
fn lay_out(most: &Extreme<'_>, fewest: &Extreme<'_>, window: Window, spells: &mut Vec<(i32, i32)>) -> bool {
    let seen = window.end.min(window.last);
    // Every other event leads to that side.
    let events = || (window.event + 1..most.history.len()).step_by(2);
    let is_seen = |event: &usize| most.history.days[*event].min(fewest.history.days[*event]) < seen;
    let length = |(from, to): (i32, i32)| to - from;
    let needed: i32 = events().take_while(is_seen).map(|event| length(fewest.spell(event, seen))).sum();
    let mut left = window.tolerance - needed;
    if left < 0 {
        return false;
    }
    spells.clear();
    for event in events().take_while(is_seen) {
        let (mut from, mut to) = fewest.spell(event, seen);
        let longest = most.spell(event, seen);
        let more = left.min(length(longest) - length((from, to)));
        // Of a spell, either the beginning is open or the end: two missing crossings have a row between them.
        if longest.0 < from {
            from -= more;
        } else {
            to += more;
        }
        left -= more;
        spells.push((from, to));
    }
    let unseen = left.min(window.last - seen);
    spells.push((seen, seen + unseen));
    true
}

/// Counts the days of spells before one day after another.
struct LaterDays<'a> {
    spells: &'a [(i32, i32)],
    /// Days of the spells that are over.
    over: i32,
}

impl<'a> LaterDays<'a> {
    fn new(spells: &'a [(i32, i32)]) -> Self {
        LaterDays { spells, over: 0 }
    }

    /// The days before one that is not earlier than the last that was asked for.
    fn before(&mut self, day: i32) -> i32 {
        while let Some((&(from, to), rest)) = self.spells.split_first() {
            if day < to {
                return self.over + (day - from).max(0);
            }
            self.over += to - from;
            self.spells = rest;
        }
        self.over
    }
}
