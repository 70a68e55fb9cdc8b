//! `migrbc` 2.0.9 of Stats NZ (Chen, Senanayake, Robinson): what it answers, rewritten from a description of what it does.

use crate::crossings::{Crossings, Direction, Status, equal_lengths};
use crate::day::{FIRST_DAY, LAST_DAY, Span, day};
use crate::error::Error;
use crate::rule::check_day;

/// Parameters, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MigrbcRule {
    /// `window_size`.
    pub window: i32,
    /// `threshold_year`.
    pub threshold: i32,
}

impl Default for MigrbcRule {
    fn default() -> Self {
        MigrbcRule { window: 487, threshold: 365 }
    }
}

/// A row of the table of initial statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeclaredStatus {
    /// `res_status_initial`.
    pub status: Status,
    /// `date_finalised`.
    pub finalised_on: i32,
}

/// The table `journeys`, one value a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrbc {
    /// `days_to_next_crossing`; the window after the last crossing of a person.
    pub days_to_next_crossing: Vec<i32>,
    /// `res_status_before`.
    pub status_before: Vec<Status>,
    /// `res_status_after`.
    pub status_after: Vec<Status>,
    /// `is_long_term_mig`.
    pub long_term_migration: Vec<bool>,
    /// `date_finalised_res_before`.
    pub before_finalised_on: Vec<i32>,
    /// `date_finalised_res_after`.
    pub after_finalised_on: Vec<i32>,
    /// `date_finalised_LTM`.
    pub migration_finalised_on: Vec<i32>,
    /// Persons that the package writes to `error_data`, and why; `None` for the others.
    pub faults: Vec<Option<MigrbcFault>>,
}

/// Why the package rejects a person, in the order in which it looks at a row: the first row with a fault decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MigrbcFault {
    /// Code 4: a year before 1900.
    InvalidDate,
    /// Code 1: a date before the one above.
    Unsorted,
    /// Code 2: the same direction twice running.
    SameDirection,
}

impl MigrbcFault {
    /// `error_code`.
    pub const fn code(self) -> u8 {
        match self {
            MigrbcFault::Unsorted => 1,
            MigrbcFault::SameDirection => 2,
            MigrbcFault::InvalidDate => 4,
        }
    }
}

/// What `migrbc` answers. `declared` has one entry a person. `today` stands for the clock of the computer, by which the package judges
/// persons with a single crossing. Takes time in proportion to the crossings of each window, as the package does.
///
/// # Errors
/// Columns that do not fit together, days out of range; a threshold longer than the window, with which the package reads past its
/// data. Faults in the history of a person are no errors: they reject the person.
pub fn migrbc(
    crossings: &Crossings<'_>,
    rule: MigrbcRule,
    declared: &[Option<DeclaredStatus>],
    today: i32,
) -> Result<Migrbc, Error> {
    let MigrbcRule { window, threshold } = rule;
    if threshold < 1 || window < threshold || window > 146_097 {
        return Err(Error::ThresholdAndWindow {
            threshold: Span::Days(threshold),
            window: Span::Days(window),
        });
    }
    check_day("today", today)?;
    check_columns(crossings, declared)?;
    let mut table = Migrbc::blank(crossings.len());
    for (person, declared) in declared.iter().enumerate() {
        let start = crossings.person_starts[person];
        let end = crossings.person_starts.get(person + 1).copied().unwrap_or(crossings.len());
        let history = Person::new(
            &crossings.days[start..end],
            &crossings.directions[start..end],
            rule,
            *declared,
            today,
        );
        table.extend(&history);
    }
    Ok(table)
}

/// Like [`Crossings::check`], but unsorted days are the fault of a person here.
fn check_columns(crossings: &Crossings<'_>, declared: &[Option<DeclaredStatus>]) -> Result<(), Error> {
    let rows = crossings.len();
    equal_lengths("days", rows, "directions", crossings.directions.len())?;
    equal_lengths("person_starts", crossings.person_starts.len(), "declared", declared.len())?;
    let starts = crossings.person_starts;
    if starts.first().map_or(rows > 0, |&start| start != 0) {
        return Err(Error::PersonStart { person: 0, start: starts.first().copied().unwrap_or(rows) });
    }
    let ends = starts.iter().skip(1).copied().chain([rows]);
    if let Some((person, (&start, _))) =
        starts.iter().zip(ends).enumerate().find(|(_, (start, end))| end <= *start)
    {
        return Err(Error::PersonStart { person, start });
    }
    let outside = |day: &i32| !(FIRST_DAY..=LAST_DAY).contains(day);
    match crossings.days.iter().position(outside) {
        Some(row) => Err(Error::DayOutOfRange { row, day: crossings.days[row] }),
        None => Ok(()),
    }
}

impl Migrbc {
    fn blank(rows: usize) -> Self {
        Migrbc {
            days_to_next_crossing: Vec::with_capacity(rows),
            status_before: Vec::with_capacity(rows),
            status_after: Vec::with_capacity(rows),
            long_term_migration: Vec::with_capacity(rows),
            before_finalised_on: Vec::with_capacity(rows),
            after_finalised_on: Vec::with_capacity(rows),
            migration_finalised_on: Vec::with_capacity(rows),
            faults: Vec::new(),
        }
    }

    fn extend(&mut self, person: &Person<'_>) {
        let fault = person.fault();
        let rows = if fault.is_some() { person.rejected() } else { person.judged() };
        for (at, row) in rows.iter().enumerate() {
            self.days_to_next_crossing.push(person.gap(at));
            self.status_before.push(row.before);
            self.status_after.push(row.after);
            self.long_term_migration.push(row.migration);
            self.before_finalised_on.push(row.before_on);
            self.after_finalised_on.push(row.after_on);
            self.migration_finalised_on.push(row.migration_on.unwrap_or(row.after_on));
        }
        self.faults.push(fault);
    }
}

#[derive(Clone, Copy)]
struct Row {
    before: Status,
    after: Status,
    migration: bool,
    before_on: i32,
    after_on: i32,
    /// Set before its turn comes if an earlier row finds that this one cannot be a migration.
    migration_on: Option<i32>,
}

struct Person<'a> {
    days: &'a [i32],
    directions: &'a [Direction],
    rule: MigrbcRule,
    today: i32,
    initial: Status,
    /// Status that replaces the chain after a row settled on exactly `initial_on`, and stands in the rows of a rejected person.
    override_with: Status,
    initial_on: i32,
}

impl<'a> Person<'a> {
    fn new(
        days: &'a [i32],
        directions: &'a [Direction],
        rule: MigrbcRule,
        declared: Option<DeclaredStatus>,
        today: i32,
    ) -> Self {
        let guess = directions[0].opposite().leads_to();
        let (initial, override_with, initial_on) = match declared {
            None => (guess, guess, days[0]),
            Some(given) if days[0] < given.finalised_on => (guess, given.status, given.finalised_on),
            Some(given) => (given.status, given.status, given.finalised_on),
        };
        Person { days, directions, rule, today, initial, override_with, initial_on }
    }

    /// The package looks row by row and stops at the first fault.
    fn fault(&self) -> Option<MigrbcFault> {
        (0..self.days.len()).find_map(|at| self.fault_of(at))
    }

    fn fault_of(&self, at: usize) -> Option<MigrbcFault> {
        let above = at.checked_sub(1);
        match () {
            () if self.days[at] < day(1900, 1, 1) => Some(MigrbcFault::InvalidDate),
            () if above.is_some_and(|above| self.days[at] < self.days[above]) => Some(MigrbcFault::Unsorted),
            () if above.is_some_and(|above| self.directions[at] == self.directions[above]) => {
                Some(MigrbcFault::SameDirection)
            }
            () => None,
        }
    }

    /// A declared status stands in all rows, whatever its date.
    fn rejected(&self) -> Vec<Row> {
        let row = |&on: &i32| Row {
            before: self.override_with,
            after: self.override_with,
            migration: false,
            before_on: on,
            after_on: on,
            migration_on: Some(on),
        };
        self.days.iter().map(row).collect()
    }

    /// Days to the next crossing. The last spell lasts a whole window, so that everything is decided.
    fn gap(&self, at: usize) -> i32 {
        self.days.get(at + 1).map_or(self.rule.window, |next| next - self.days[at])
    }

    fn judged(&self) -> Vec<Row> {
        let mut rows = self.rejected();
        for row in &mut rows {
            row.migration_on = None;
        }
        for at in 0..rows.len() {
            self.start_row(at, &mut rows);
            let changes_sides = self.directions[at].leads_to() != rows[at].before;
            match (changes_sides, rows.len()) {
                (false, _) => self.stays(&mut rows[at], self.days[at]),
                (true, 1) => self.judge_by_clock(&mut rows[at]),
                (true, _) => self.judge_by_window(at, &mut rows),
            }
        }
        rows
    }

    fn start_row(&self, at: usize, rows: &mut [Row]) {
        if at == 0 {
            (rows[0].before, rows[0].before_on) = (self.initial, self.days[0]);
            return;
        }
        let previous = rows[at - 1];
        let is_overridden = previous.after_on == self.initial_on;
        rows[at].before = if is_overridden { self.override_with } else { previous.after };
        rows[at].before_on = previous.after_on.max(self.days[at]);
    }

    fn stays(&self, row: &mut Row, known_on: i32) {
        row.after = row.before;
        row.migration = false;
        row.after_on = known_on.max(row.before_on);
        row.migration_on.get_or_insert(row.after_on);
    }

    fn moves(&self, row: &mut Row, known_on: i32) {
        row.after = row.before.opposite();
        row.migration = true;
        row.after_on = known_on.max(row.before_on);
        row.migration_on = Some(row.after_on);
    }

    fn judge_by_clock(&self, row: &mut Row) {
        let known_on = self.days[0] + self.rule.threshold;
        if self.today >= known_on {
            self.moves(row, known_on);
        } else {
            self.stays(row, known_on);
        }
    }

    fn judge_by_window(&self, at: usize, rows: &mut [Row]) {
        let MigrbcRule { window, threshold } = self.rule;
        let tolerance = window - threshold;
        let instant_limit = rows[at].before_on + 2 * tolerance;
        let (mut new, mut old) = (0, 0);
        for spell in at..rows.len() {
            let is_new = (spell - at).is_multiple_of(2);
            *(if is_new { &mut new } else { &mut old }) += self.gap(spell);
            if old > tolerance {
                return self.stays(&mut rows[at], self.days[at] + tolerance + new);
            }
            if new >= threshold {
                return self.moves(&mut rows[at], self.days[at] + threshold + old);
            }
            if is_new && spell + 1 < rows.len() && self.days[spell + 1] < instant_limit {
                let known_on = self.days[spell + 1].max(rows[at].before_on);
                rows[spell + 1].migration = false;
                rows[spell + 1].migration_on.get_or_insert(known_on);
            }
        }
    }
}
