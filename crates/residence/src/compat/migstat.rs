//! `migstat` 1.0.6 of Stats NZ (Bryant, Fairless, Fraser, Senanayake, Shah, Varn): what it answers, rewritten from a description of
//! what it does.

use crate::crossings::{Crossings, Direction, Status, equal_lengths};
use crate::day::{Comparison, Span};
use crate::error::Error;
use crate::rule::{CumulativeWindow, Rule, check_day};

/// Parameters, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MigstatRule {
    /// `dur_test`.
    pub window: i32,
    /// `dur_threshold`.
    pub threshold: i32,
    /// `date_obs_end`; days before it are observed.
    pub observed_until: i32,
}

/// What the steps of the package add to the crossings, one value a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Migstat {
    /// `days_obs`.
    pub days_observed: Vec<i32>,
    /// `days_in_country`.
    pub days_in_country: Vec<i32>,
    /// `res_status_before`; `None` is `NA`.
    pub status_before: Vec<Option<Status>>,
    /// `res_status_after`.
    pub status_after: Vec<Option<Status>>,
    /// `is_long_term_mig`.
    pub long_term_migration: Vec<Option<bool>>,
}

/// What `migstat` answers; `initial` has one status a person. Takes time in proportion to the crossings of each window, as the
/// package does.
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range; threshold and window that contradict each other.
pub fn migstat(crossings: &Crossings<'_>, rule: MigstatRule, initial: &[Status]) -> Result<Migstat, Error> {
    rule.check()?;
    crossings.check()?;
    equal_lengths("person_starts", crossings.person_starts.len(), "initial", initial.len())?;
    let mut table = Migstat::default();
    for (person, &initial) in initial.iter().enumerate() {
        let start = crossings.person_starts[person];
        let end = crossings.person_starts.get(person + 1).copied().unwrap_or(crossings.len());
        let person =
            Person { days: &crossings.days[start..end], directions: &crossings.directions[start..end], rule };
        person.judge(initial, &mut table);
    }
    Ok(table)
}

impl MigstatRule {
    fn check(&self) -> Result<(), Error> {
        check_day("observed_until", self.observed_until)?;
        let (threshold, window) = (Span::Days(self.threshold), Span::Days(self.window));
        Rule::CumulativeWindow(CumulativeWindow { threshold, window, comparison: Comparison::AtLeast })
            .check()
    }
}

struct Person<'a> {
    days: &'a [i32],
    directions: &'a [Direction],
    rule: MigstatRule,
}

/// Days of a window that are observed, and those of them in the country.
#[derive(Clone, Copy)]
struct Observed {
    all: i32,
    inside: i32,
}

impl Observed {
    fn on(self, side: Status) -> i32 {
        match side {
            Status::Resident => self.inside,
            Status::NonResident => self.all - self.inside,
        }
    }
}

impl Person<'_> {
    fn judge(&self, initial: Status, table: &mut Migstat) {
        let mut before = Some(initial);
        let mut doubt = None;
        for row in 0..self.days.len() {
            let observed = self.observed(row);
            let after = before.and_then(|before| self.after(row, before, observed));
            if doubt.is_none() && after.is_none() {
                doubt = Some((row, observed));
            }
            table.days_observed.push(observed.all);
            table.days_in_country.push(observed.inside);
            table.status_before.push(before);
            table.status_after.push(after);
            table.long_term_migration.push(match (before, after) {
                (Some(before), Some(after)) => Some(before != after),
                _ => doubt.and_then(|doubt| self.deduced(row, observed, doubt)),
            });
            before = after;
        }
    }

    fn observed(&self, row: usize) -> Observed {
        let start = self.days[row];
        let all = (self.rule.observed_until - start).clamp(0, self.rule.window);
        let inside = (row..self.days.len()).map(|spell| self.days_inside(spell, start, start + all)).sum();
        Observed { all, inside }
    }

    /// Days in the country of a spell, between two days. A spell between two crossings in one direction is halved.
    fn days_inside(&self, spell: usize, from: i32, to: i32) -> i32 {
        let start = self.days[spell];
        let next = self.days.get(spell + 1).copied();
        let half = next.map(|next| start + (next - start) / 2);
        let (enters, leaves) = match (self.directions[spell], self.directions.get(spell + 1)) {
            (Direction::Arrival, None) => (Some(start), None),
            (Direction::Arrival, Some(Direction::Departure)) => (Some(start), next),
            (Direction::Arrival, Some(Direction::Arrival)) => (Some(start), half),
            (Direction::Departure, Some(Direction::Departure)) => (half, next),
            (Direction::Departure, _) => (None, None),
        };
        enters.map_or(0, |enters| (leaves.unwrap_or(to).min(to) - enters.max(from)).max(0))
    }

    fn after(&self, row: usize, before: Status, observed: Observed) -> Option<Status> {
        let new = self.directions[row].leads_to();
        match () {
            () if new == before => Some(before),
            () if observed.on(before) > self.rule.window - self.rule.threshold => Some(before),
            () if observed.on(new) >= self.rule.threshold => Some(new),
            () => None,
        }
    }

    /// A crossing in doubt is no migration if the stay that it ends was short, whatever becomes of the first crossing in doubt.
    fn deduced(&self, row: usize, observed: Observed, (first, then): (usize, Observed)) -> Option<bool> {
        if self.directions[row] == self.directions[first] {
            return None;
        }
        let side = self.directions[first].leads_to();
        let stay = then.on(side) - observed.on(side);
        (stay < 2 * self.rule.threshold - self.rule.window).then_some(false)
    }
}
