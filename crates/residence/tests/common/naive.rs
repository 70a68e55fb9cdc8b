//! The 12/16-month rule day by day, as slow and as plain as it can be written: the oracle for the fast engine.
#![allow(dead_code)]

use denizen_residence::{Direction, Status};

/// Side at the end of each day from `first` on, for crossings of which the last stands to the end.
pub(crate) struct Days {
    first: i32,
    inside: Vec<bool>,
}

impl Days {
    pub(crate) fn of(days: &[i32], directions: &[Direction], end: i32) -> Self {
        let first = days[0];
        let inside = (first..end).map(|each| {
            let latest = days.iter().rposition(|&day| day <= each).expect("the first crossing");
            directions[latest] == Direction::Arrival
        });
        Days { first, inside: inside.collect() }
    }

    /// Days from `from` to before `to` on a side; days that are not observed do not count.
    pub(crate) fn count(&self, from: i32, to: i32, on: Status) -> i32 {
        let observed = |day: i32| usize::try_from(day - self.first).ok().and_then(|at| self.inside.get(at));
        let wanted = on == Status::Resident;
        (from..to).filter(|&day| observed(day) == Some(&wanted)).count() as i32
    }
}

pub(crate) struct Answers {
    pub(crate) before: Vec<Option<Status>>,
    pub(crate) after: Vec<Option<Status>>,
    pub(crate) migration: Vec<Option<bool>>,
}

/// Status and migration with the data before `end`.
pub(crate) fn answers(
    days: &[i32],
    directions: &[Direction],
    v: i32,
    w: i32,
    initial: Status,
    end: i32,
) -> Answers {
    let sides = Days::of(days, directions, end);
    let mut answers = Answers { before: vec![], after: vec![], migration: vec![] };
    let mut status = Some(initial);
    let mut doubt: Option<usize> = None;
    for (row, &direction) in directions.iter().enumerate() {
        let new = direction.leads_to();
        let before = status;
        status = before.and_then(|before| after(&sides, days[row], before, new, v, w));
        let mut migration = before.zip(status).map(|(before, after)| before != after);
        match doubt {
            None if status.is_none() => doubt = Some(row),
            Some(k) if directions[k] != direction => {
                let stay = sides.count(days[k], days[row], directions[k].leads_to());
                if stay < 2 * v - w {
                    migration = Some(false);
                }
            }
            _ => {}
        }
        let repeats = row >= 2 && days[row] == days[row - 1] && directions[row] == directions[row - 2];
        if migration.is_none() && repeats {
            // The second of two crossings on one day undoes the first.
            migration = Some(false);
        }
        answers.before.push(before);
        answers.after.push(status);
        answers.migration.push(migration);
    }
    answers
}

fn after(sides: &Days, day: i32, before: Status, new: Status, v: i32, w: i32) -> Option<Status> {
    if before == new {
        return Some(before);
    }
    let (on_new, on_old) = (sides.count(day, day + w, new), sides.count(day, day + w, before));
    match () {
        () if on_new >= v => Some(new),
        () if on_old > w - v => Some(before),
        () => None,
    }
}
