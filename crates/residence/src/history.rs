//! The history of one person as the rules see it: the crossings as they stand, or put in order and repaired.

use std::ops::Range;

use crate::classification::Counts;
use crate::crossings::{Direction, Status};
use crate::options::{Boundary, FaultPolicy, SameDay};

/// What an event of a history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A row of the input.
    Row,
    /// A missing crossing, put in by a policy and judged like a row.
    Assumed,
    /// A change of sides that only counts in the days, and is never judged.
    Silent,
}

/// Events of one person in order; arrivals and departures take turns. There is at least one.
#[derive(Clone, Copy)]
pub(crate) struct History<'a> {
    pub(crate) days: &'a [i32],
    pub(crate) first_direction: Direction,
    /// Empty if all events are rows.
    pub(crate) kinds: &'a [Kind],
    /// First morning on which an event is known; empty if that is always the one after its day.
    known_from: &'a [i32],
    /// The side to which the history leans, if it stands for all that have the missing crossings at other places.
    leaning: Option<Status>,
}

impl<'a> History<'a> {
    /// The rows as they stand.
    pub(crate) fn plain(days: &'a [i32], first_direction: Direction) -> Self {
        History { days, first_direction, kinds: &[], known_from: &[], leaning: None }
    }

    /// The same as that of all with the missing crossings between its neighbours that has the most days on a side.
    pub(crate) fn leaning_to(self, side: Status) -> Self {
        History { leaning: Some(side), ..self }
    }

    /// Where the event stands for a missing crossing at other places too: whether it leads to the side to which the history leans.
    pub(crate) fn leans(&self, event: usize) -> Option<bool> {
        let side = self.leaning.filter(|_| self.kind(event) == Kind::Assumed)?;
        Some(side == self.side(event))
    }

    pub(crate) fn direction(&self, event: usize) -> Direction {
        if event & 1 == 0 { self.first_direction } else { self.first_direction.opposite() }
    }

    /// The side that an event leads to.
    pub(crate) fn side(&self, event: usize) -> Status {
        self.direction(event).leads_to()
    }

    pub(crate) fn len(&self) -> usize {
        self.days.len()
    }

    /// The first morning on which an event is known. Of plain rows that is the one after their day.
    #[inline]
    pub(crate) fn known_from<const PLAIN: bool>(&self, event: usize) -> i32 {
        if PLAIN { self.days[event] + 1 } else { self.known_on(event) }
    }

    /// The same of any history.
    pub(crate) fn known_on(&self, event: usize) -> i32 {
        self.known_from.get(event).copied().unwrap_or(self.days[event] + 1)
    }

    pub(crate) fn kind(&self, event: usize) -> Kind {
        self.kinds.get(event).copied().unwrap_or(Kind::Row)
    }
}

/// Events that were put together for one person, with the row of each.
#[derive(Default)]
pub(crate) struct Events {
    days: Vec<i32>,
    directions: Vec<Direction>,
    kinds: Vec<Kind>,
    known_from: Vec<i32>,
    /// The row of each event, counted from the person's first; meaningless for events that are no rows.
    pub(crate) rows: Vec<usize>,
}

impl Events {
    pub(crate) fn history(&self) -> History<'_> {
        let first_direction = self.directions.first().copied().unwrap_or(Direction::Arrival);
        let (days, kinds, known_from) = (&self.days, &self.kinds, &self.known_from);
        History { days, first_direction, kinds, known_from, leaning: None }
    }

    fn clear(&mut self) {
        self.days.clear();
        self.directions.clear();
        self.kinds.clear();
        self.known_from.clear();
        self.rows.clear();
    }

    fn push(&mut self, day: i32, direction: Direction, kind: Kind, known_from: i32, row: usize) {
        self.days.push(day);
        self.directions.push(direction);
        self.kinds.push(kind);
        self.known_from.push(known_from);
        self.rows.push(row);
    }

    fn pop(&mut self) -> Option<usize> {
        self.days.pop();
        self.directions.pop();
        self.kinds.pop();
        self.known_from.pop();
        self.rows.pop()
    }

    /// Puts the rows together in the given order, with the missing crossings where the policy has them. Rows that the policy leaves
    /// out are added to `dropped`.
    pub(crate) fn repair(&mut self, rows: Rows<'_>, policy: FaultPolicy, dropped: &mut Vec<usize>) {
        self.clear();
        for &row in rows.order {
            let (day, direction) = (rows.days[row], rows.directions[row]);
            if self.directions.last() == Some(&direction) {
                match policy {
                    FaultPolicy::DropLater => {
                        dropped.push(row);
                        continue;
                    }
                    FaultPolicy::DropEarlier => dropped.extend(self.pop()),
                    _ => self.assume(day, direction, policy),
                }
            }
            self.push(day, direction, Kind::Row, day + 1, row);
        }
        if rows.boundary == Boundary::DepartureDayInside {
            self.depart_next_morning();
        }
    }

    /// Puts the crossing that must be missing before a row of this day and direction.
    fn assume(&mut self, day: i32, direction: Direction, policy: FaultPolicy) {
        let Some(&earlier) = self.days.last() else { return };
        let missing = direction.opposite();
        let (at, kind) = match (policy, missing) {
            (FaultPolicy::Lower, Direction::Departure) | (FaultPolicy::Upper, Direction::Arrival) => {
                (earlier, Kind::Assumed)
            }
            (FaultPolicy::Lower | FaultPolicy::Upper, _) => (day, Kind::Assumed),
            (FaultPolicy::Midpoint, _) => (earlier + (day - earlier) / 2, Kind::Silent),
            // On the day of the row itself it takes no time.
            _ => (day, Kind::Silent),
        };
        self.push(at, missing, kind, day + 1, usize::MAX);
    }

    /// Time abroad begins on the morning after a departure, at the latest when the person is back. The next row says when that is, and not
    /// a missing crossing before it: a row has one day, wherever that crossing is put.
    fn depart_next_morning(&mut self) {
        let mut next_row = i32::MAX;
        for event in (0..self.days.len()).rev() {
            let day = self.days[event];
            if self.directions[event] == Direction::Departure && self.kinds[event] != Kind::Silent {
                self.days[event] = (day + 1).min(next_row);
            }
            if self.kinds[event] == Kind::Row {
                next_row = day;
            }
        }
        for event in 1..self.days.len() {
            self.days[event] = self.days[event].max(self.days[event - 1]);
        }
    }
}

/// The rows of one person up to the end of observation, and the order to take them in.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) days: &'a [i32],
    pub(crate) directions: &'a [Direction],
    pub(crate) order: &'a [usize],
    pub(crate) boundary: Boundary,
}

impl Rows<'_> {
    /// Counts the pairs of rows that run in the same direction.
    pub(crate) fn count_faults(&self, counts: &mut Counts) -> bool {
        let before = counts.faulty_pairs;
        for pair in self.order.windows(2) {
            if self.directions[pair[0]] == self.directions[pair[1]] {
                counts.faulty_pairs += 1;
                counts.faulty_days += u64::from(self.days[pair[1]].abs_diff(self.days[pair[0]]));
            }
        }
        let is_faulty = counts.faulty_pairs > before;
        counts.faulty_persons += u64::from(is_faulty);
        is_faulty
    }
}

/// Whether arrivals and departures take turns.
pub(crate) fn alternates(directions: &[Direction]) -> bool {
    directions.windows(2).all(|pair| pair[0] != pair[1])
}

/// Writes the order in which the rows are taken; returns how many changed places.
pub(crate) fn order_rows(
    days: &[i32],
    directions: &[Direction],
    same_day: SameDay,
    order: &mut Vec<usize>,
) -> u64 {
    order.clear();
    order.extend(0..days.len());
    if same_day == SameDay::KeepOrder {
        return 0;
    }
    let mut start = 0;
    for group in days.chunk_by(|one, other| one == other) {
        let end = start + group.len();
        if group.len() > 1 {
            take_turns(directions, start..end, order);
        }
        start = end;
    }
    order.iter().enumerate().filter(|&(place, &row)| place != row).count() as u64
}

/// Reorders the rows of one day so that directions take turns, as far as they can; rows of one direction keep their order.
fn take_turns(directions: &[Direction], day: Range<usize>, order: &mut [usize]) {
    let mut next = first_direction(directions, &day, order);
    let mut cursors = [day.start, day.start];
    for place in day.clone() {
        let row = match next_of(directions, next, &day, &mut cursors) {
            Some(row) => Some(row),
            None => {
                next = next.opposite();
                next_of(directions, next, &day, &mut cursors)
            }
        };
        if let Some(row) = row {
            order[place] = row;
        }
        next = next.opposite();
    }
}

/// The first row of a direction that has not been taken yet.
fn next_of(
    directions: &[Direction],
    wanted: Direction,
    day: &Range<usize>,
    cursors: &mut [usize; 2],
) -> Option<usize> {
    let cursor = &mut cursors[usize::from(wanted == Direction::Departure)];
    let row = (*cursor..day.end).find(|&row| directions[row] == wanted)?;
    *cursor = row + 1;
    Some(row)
}

/// What a day begins with: the opposite of what came before; on the first day of a person, the direction that there is more of,
/// else the one that the next day begins with, so that the day ends with its opposite.
fn first_direction(directions: &[Direction], day: &Range<usize>, order: &[usize]) -> Direction {
    if day.start > 0 {
        return directions[order[day.start - 1]].opposite();
    }
    let arrivals = directions[day.clone()].iter().filter(|&&each| each == Direction::Arrival).count();
    let departures = day.len() - arrivals;
    match arrivals.cmp(&departures) {
        std::cmp::Ordering::Greater => Direction::Arrival,
        std::cmp::Ordering::Less => Direction::Departure,
        std::cmp::Ordering::Equal => directions.get(day.end).copied().unwrap_or(directions[day.start]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directions(letters: &str) -> Vec<Direction> {
        letters
            .chars()
            .map(|letter| if letter == 'A' { Direction::Arrival } else { Direction::Departure })
            .collect()
    }

    #[test]
    fn same_day_rows_take_turns_where_they_can() {
        // day of each row, directions as they stand, directions as ordered
        let cases = [
            ("0122", "DADA", "DADA"),
            ("0112", "DDAD", "DADD"),
            ("0112", "AADD", "ADAD"),
            ("0011", "ADAD", "ADAD"),
            ("001", "ADA", "ADA"),
            ("001", "DAD", "DAD"),
            ("001", "ADD", "DAD"),
            ("00", "DA", "DA"),
            ("000", "AAD", "ADA"),
            ("0000", "AADD", "ADAD"),
            ("011", "AAA", "AAA"),
        ];
        for (days, stand, expected) in cases {
            let days: Vec<i32> = days.bytes().map(|digit| i32::from(digit - b'0')).collect();
            let stand = directions(stand);
            let mut order = Vec::new();
            order_rows(&days, &stand, SameDay::RestoreAlternation, &mut order);
            let ordered: Vec<_> = order.iter().map(|&row| stand[row]).collect();
            if expected == "ADAD" && days == [0, 1, 1, 2] {
                // A on day 0, then A and D on day 1: the departure comes first.
                assert_eq!(order, [0, 2, 1, 3]);
            }
            assert_eq!(ordered, directions(expected), "{days:?}");
        }
    }
}
