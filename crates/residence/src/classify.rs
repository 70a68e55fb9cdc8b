//! The way of every person through a rule: what is left out, what is repaired, what is judged.

use std::ops::Range;

use crate::between::{Scratch, keep_common};
use crate::classification::{AssumedDeparture, Classification, Columns, Counts, RowUse};
use crate::crossings::{Crossings, Direction, Status};
use crate::cumulative::{RuleLengths, follow, judge_single};
use crate::error::Error;
use crate::first_last::PermitStays;
use crate::history::{Events, History, Kind, Rows, alternates, order_rows};
use crate::last_exit;
use crate::merge::keep_agreed;
use crate::options::{Boundary, FaultPolicy, Options, Otherwise};
use crate::rule::{LastExitNoReturn, Rule};

/// Applies a rule to the crossings of many persons; every person by itself, in time linear in the number of crossings. Cumulative windows
/// in months, and the rows of a person with missing crossings that both extremes leave open, take that times the crossings of a window.
///
/// Rows dated after [`Options::until`] are ignored and have no answer. [`Classification::counts`] tells what became of the rest.
///
/// ```
/// use denizen_residence::{Crossings, Direction::*, Method, Options, classify, day, preset};
///
/// // Two persons: one comes for good, one for a visit. Where they had lived before, nobody knows: to arrive for good may be
/// // to come back, and to leave after a visit to emigrate. That the visit was none is certain.
/// let days = [day(2010, 1, 10), day(2010, 3, 1), day(2010, 3, 15)];
/// let crossings = Crossings {
///     person_starts: &[0, 1],
///     days: &days,
///     directions: &[Arrival, Arrival, Departure],
/// };
/// let preset = preset("nz_12_16").expect("a preset of this name");
/// let Method::Crossings(rule) = preset.method else { unreachable!("a rule for crossings") };
///
/// let found = classify(&crossings, &rule, &Options::new(day(2012, 12, 31)))?;
/// assert_eq!(found.migration, [None, Some(false), None]);
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, rows that are not sorted, days or parameters out of range: see [`Error`]. Nothing is
/// classified then.
pub fn classify(
    crossings: &Crossings<'_>,
    rule: &Rule,
    options: &Options<'_>,
) -> Result<Classification, Error> {
    let mut result = Classification::default();
    classify_into(crossings, rule, options, &mut result)?;
    Ok(result)
}

/// Like [`classify`], into memory that is used again: for callers who classify one chunk after another.
///
/// ```
/// use denizen_residence::{
///     Classification, Crossings, Direction::*, Method, Options, classify_into, day, preset,
/// };
///
/// let preset = preset("pe_1990_2007").expect("a preset of this name");
/// let Method::Crossings(rule) = preset.method else { unreachable!("a rule for crossings") };
/// let options = Options::new(day(2007, 5, 31));
/// let mut result = Classification::default();
/// for days in [[day(1999, 1, 1), day(1999, 2, 1)], [day(2001, 1, 1), day(2007, 6, 1)]] {
///     let chunk = Crossings { person_starts: &[0], days: &days, directions: &[Departure, Arrival] };
///     classify_into(&chunk, &rule, &options, &mut result)?;
///     println!("{:?}", result.migration);
/// }
/// // Who left in 2001 had not come back by the end of May 2007.
/// assert_eq!(result.migration[0], Some(true));
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// As [`classify`]; `result` is as it was then.
pub fn classify_into(
    crossings: &Crossings<'_>,
    rule: &Rule,
    options: &Options<'_>,
    result: &mut Classification,
) -> Result<(), Error> {
    let plan = Plan::new(crossings, rule, options)?;
    result.reset(crossings.len());
    let mut worker = Worker::new(&plan);
    result.counts = worker.persons(0..crossings.person_starts.len(), &mut result.columns());
    result.assumed_departures = worker.assumed_departures;
    Ok(())
}

/// Like [`classify`], with the persons spread over the threads of the rayon pool at hand. The answer is the same, bit for bit.
///
/// # Errors
/// As [`classify`].
#[cfg(feature = "rayon")]
pub fn classify_parallel(
    crossings: &Crossings<'_>,
    rule: &Rule,
    options: &Options<'_>,
) -> Result<Classification, Error> {
    let plan = Plan::new(crossings, rule, options)?;
    let mut result = Classification::default();
    result.reset(crossings.len());
    let persons = 0..crossings.person_starts.len();
    (result.counts, result.assumed_departures) = in_halves(&plan, persons, result.columns());
    Ok(result)
}

/// Halves the persons until a part is worth a thread.
#[cfg(feature = "rayon")]
fn in_halves(
    plan: &Plan<'_>,
    persons: Range<usize>,
    mut columns: Columns<'_>,
) -> (Counts, Vec<AssumedDeparture>) {
    const ROWS_OF_A_PART: usize = 1 << 16;
    if persons.len() < 2 || columns.migration.len() <= ROWS_OF_A_PART {
        let mut worker = Worker::new(plan);
        let counts = worker.persons(persons, &mut columns);
        return (counts, worker.assumed_departures);
    }
    let middle = persons.start + persons.len() / 2;
    let (left, right) = columns.split_at(plan.rows(middle).start - plan.rows(persons.start).start);
    let ((mut counts, mut assumed), (more, later)) = rayon::join(
        || in_halves(plan, persons.start..middle, left),
        || in_halves(plan, middle..persons.end, right),
    );
    counts += more;
    assumed.extend(later);
    (counts, assumed)
}

/// What the persons of one call have in common.
pub(crate) struct Plan<'a> {
    crossings: &'a Crossings<'a>,
    options: &'a Options<'a>,
    rule: PlannedRule,
    /// Policy for faults, or the next that makes a difference under the rule.
    faults: FaultPolicy,
}

enum PlannedRule {
    LastExit(LastExitNoReturn),
    Window(RuleLengths),
    WithinPermits(PermitStays),
}

impl<'a> Plan<'a> {
    pub(crate) fn new(
        crossings: &'a Crossings<'a>,
        rule: &Rule,
        options: &'a Options<'a>,
    ) -> Result<Self, Error> {
        rule.check()?;
        crossings.check()?;
        options.check(crossings)?;
        let rule = match *rule {
            Rule::LastExitNoReturn(rule) => PlannedRule::LastExit(rule),
            Rule::CumulativeWindow(rule) => PlannedRule::Window(rule.into()),
            Rule::Continuous(rule) => PlannedRule::Window(rule.into()),
            Rule::FirstArrivalLastDeparture(rule) => {
                PlannedRule::WithinPermits(PermitStays::new(rule, options.permits.as_ref(), crossings)?)
            }
        };
        let faults = match (&rule, options.faults) {
            (_, policy @ (FaultPolicy::RejectPerson | FaultPolicy::DropEarlier | FaultPolicy::DropLater)) => {
                policy
            }
            // Wherever the missing crossing lies, it is neither the last nor the first.
            (PlannedRule::LastExit(_) | PlannedRule::WithinPermits(_), _) => FaultPolicy::AsRecorded,
            (_, policy) => policy,
        };
        Ok(Plan { crossings, options, rule, faults })
    }

    #[inline]
    fn rows(&self, person: usize) -> Range<usize> {
        let starts = self.crossings.person_starts;
        starts[person]..starts.get(person + 1).copied().unwrap_or(self.crossings.len())
    }

    /// The status before the first of these crossings; `None` if nothing tells.
    #[inline]
    fn initial(&self, person: usize, history: History<'_>) -> Option<Status> {
        let initial = &self.options.initial;
        let before_first = history.first_direction.opposite().leads_to();
        if let (Some(from), PlannedRule::Window(lengths)) = (initial.observed_from, &self.rule)
            && lengths.threshold_after(from) <= history.days[0]
        {
            return Some(before_first);
        }
        let declared = initial.declared.and_then(|declared| declared[person]);
        declared.or(match initial.otherwise {
            Otherwise::Unknown => None,
            Otherwise::OppositeOfFirstCrossing => Some(before_first),
            Otherwise::Known(status) => Some(status),
        })
    }
}

/// Classifies persons one after another, with memory that is used again.
pub(crate) struct Worker<'a> {
    plan: &'a Plan<'a>,
    order: Vec<usize>,
    dropped: Vec<usize>,
    events: [Events; 2],
    results: [Classification; 2],
    scratch: Scratch,
    pub(crate) assumed_departures: Vec<AssumedDeparture>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(plan: &'a Plan<'a>) -> Self {
        Worker {
            plan,
            order: Vec::new(),
            dropped: Vec::new(),
            events: Default::default(),
            results: Default::default(),
            scratch: Scratch::default(),
            assumed_departures: Vec::new(),
        }
    }

    /// Classifies a range of persons into the columns of exactly their rows.
    pub(crate) fn persons(&mut self, persons: Range<usize>, columns: &mut Columns<'_>) -> Counts {
        let mut counts = Counts::default();
        let Some(first) = persons.clone().next().map(|person| self.plan.rows(person).start) else {
            return counts;
        };
        for person in persons {
            self.person(person, first, columns, &mut counts);
        }
        counts
    }

    /// Classifies one person into columns that begin with the row `first`.
    fn person(&mut self, person: usize, first: usize, columns: &mut Columns<'_>, counts: &mut Counts) {
        let rows = self.plan.rows(person);
        let days = &self.plan.crossings.days[rows.clone()];
        let directions = &self.plan.crossings.directions[rows.clone()];
        let rows = rows.start - first..rows.end - first;
        if self.plan.options.unidentified == Some(person) {
            counts.unidentified += days.len() as u64;
            columns.row_use[rows].fill(RowUse::Unidentified);
            return;
        }
        let seen = seen_until(days, self.plan.options.until);
        if seen < days.len() {
            counts.after_until += (days.len() - seen) as u64;
            columns.row_use[rows.start + seen..rows.end].fill(RowUse::AfterUntil);
        }
        if seen == 0 {
            return;
        }
        counts.persons += 1;
        if seen == 1 && self.single(person, days[0], directions[0], rows.start, columns) {
            counts.used += 1;
            return;
        }
        let mut out = columns.rows(rows.start..rows.start + seen);
        self.seen(person, &days[..seen], &directions[..seen], &mut out, counts);
    }

    /// Classifies a person with one crossing, if the rule has a shorter way for it.
    #[inline]
    fn single(
        &self,
        person: usize,
        day: i32,
        direction: Direction,
        row: usize,
        columns: &mut Columns<'_>,
    ) -> bool {
        let options = self.plan.options;
        let PlannedRule::Window(lengths) = &self.plan.rule else { return false };
        if options.boundary != Boundary::DepartureDayAbroad {
            return false;
        }
        let initial = self.plan.initial(person, History::plain(&[day], direction));
        judge_single(day, direction.leads_to(), lengths, initial, options.until + 1, row, columns);
        true
    }

    /// Classifies the rows of one person up to the end of observation.
    fn seen(
        &mut self,
        person: usize,
        days: &[i32],
        directions: &[Direction],
        out: &mut Columns<'_>,
        counts: &mut Counts,
    ) {
        if let PlannedRule::WithinPermits(stays) = &self.plan.rule {
            self.assumed_departures.extend(stays.judge(
                person,
                days,
                directions,
                self.plan.options.until,
                out,
                counts,
            ));
        } else if self.plan.options.boundary == Boundary::DepartureDayAbroad && alternates(directions) {
            counts.used += days.len() as u64;
            self.as_they_stand(person, History::plain(days, directions[0]), out);
        } else {
            self.repaired(person, days, directions, out, counts);
        }
    }

    fn as_they_stand(&mut self, person: usize, history: History<'_>, out: &mut Columns<'_>) {
        let plan = self.plan;
        match &plan.rule {
            PlannedRule::WithinPermits(_) => {}
            PlannedRule::LastExit(rule) => last_exit::judge(history, rule, plan.options.until, out),
            PlannedRule::Window(lengths) if !lengths.are_steady() => {
                let initial = plan.initial(person, history);
                let [other, _] = &mut self.results;
                let histories = [history, history];
                follow_extremes(
                    histories,
                    lengths,
                    initial,
                    plan.options.until,
                    out,
                    other,
                    &mut self.scratch,
                );
            }
            PlannedRule::Window(lengths) => match plan.initial(person, history) {
                Some(initial) => run::<true>(history, lengths, initial, plan.options.until, out),
                None => {
                    let other = &mut self.results[0];
                    grow(other, history.len());
                    run::<true>(history, lengths, Status::Resident, plan.options.until, out);
                    let mut other = other.columns();
                    let same = run_until_same(
                        history,
                        lengths,
                        Status::NonResident,
                        plan.options.until,
                        &mut other,
                        out,
                    );
                    keep_agreed(&mut out.rows(0..same), &other);
                }
            },
        }
    }

    fn repaired(
        &mut self,
        person: usize,
        days: &[i32],
        directions: &[Direction],
        out: &mut Columns<'_>,
        counts: &mut Counts,
    ) {
        let options = self.plan.options;
        counts.reordered += order_rows(days, directions, options.same_day, &mut self.order);
        let rows = Rows { days, directions, order: &self.order, boundary: options.boundary };
        let is_faulty = rows.count_faults(counts);
        if is_faulty && self.plan.faults == FaultPolicy::RejectPerson {
            counts.rejected += days.len() as u64;
            out.row_use.fill(RowUse::Rejected);
            return;
        }
        self.dropped.clear();
        let (lower, upper) = match self.plan.faults {
            FaultPolicy::Bounds => (FaultPolicy::Lower, FaultPolicy::Upper),
            policy => (policy, policy),
        };
        self.events[0].repair(rows, lower, &mut self.dropped);
        if upper != lower {
            self.events[1].repair(rows, upper, &mut self.dropped);
        }
        // A rule that asks only for the last crossing looks at nothing that is put in.
        if is_faulty && (matches!(self.plan.rule, PlannedRule::Window(_)) || !self.dropped.is_empty()) {
            out.row_use.fill(RowUse::Repaired);
        }
        self.judge_repaired(person);
        scatter(&self.events[0], &mut self.results[0].columns(), out, counts);
        for &row in &self.dropped {
            out.row_use[row] = RowUse::Dropped;
        }
        counts.dropped += self.dropped.len() as u64;
        counts.used += (days.len() - self.dropped.len()) as u64;
    }

    /// Leaves the answers to the events in the first of the two results.
    fn judge_repaired(&mut self, person: usize) {
        let plan = self.plan;
        let lower = self.events[0].history();
        let upper = if plan.faults == FaultPolicy::Bounds { self.events[1].history() } else { lower };
        let [one, other] = &mut self.results;
        grow(one, lower.len());
        let lengths = match &plan.rule {
            PlannedRule::WithinPermits(_) => return,
            PlannedRule::LastExit(rule) => {
                return last_exit::judge(lower, rule, plan.options.until, &mut one.columns());
            }
            PlannedRule::Window(lengths) => lengths,
        };
        let initial = plan.initial(person, lower);
        let until = plan.options.until;
        let is_bounded = plan.faults == FaultPolicy::Bounds && lower.kinds.contains(&Kind::Assumed);
        if is_bounded || !lengths.are_steady() {
            let mut least = one.columns();
            let mut least = least.rows(0..lower.len());
            let scratch = &mut self.scratch;
            let histories = if is_bounded {
                [lower.leaning_to(Status::NonResident), upper.leaning_to(Status::Resident)]
            } else {
                [lower, upper]
            };
            return follow_extremes(histories, lengths, initial, until, &mut least, other, scratch);
        }
        run::<false>(lower, lengths, initial.unwrap_or(Status::Resident), until, &mut one.columns());
        if initial.is_none() {
            grow(other, lower.len());
            run::<false>(lower, lengths, Status::NonResident, until, &mut other.columns());
            keep_agreed(&mut one.columns().rows(0..lower.len()), &other.columns());
        }
    }
}

/// Follows the histories with the least and the most days in the country, and leaves in `least` what holds for all between them.
fn follow_extremes(
    histories: [History<'_>; 2],
    lengths: &RuleLengths,
    initial: Option<Status>,
    until: i32,
    least: &mut Columns<'_>,
    other: &mut Classification,
    scratch: &mut Scratch,
) {
    grow(other, histories[1].len());
    let most = &mut other.columns();
    run::<false>(histories[0], lengths, initial.unwrap_or(Status::NonResident), until, least);
    run::<false>(histories[1], lengths, initial.unwrap_or(Status::Resident), until, most);
    match lengths {
        RuleLengths::Days(lengths) => keep_common(histories, lengths, until + 1, least, most, scratch),
        RuleLengths::Months(lengths) => keep_common(histories, lengths, until + 1, least, most, scratch),
    }
}

/// Number of days, which are sorted, up to `until`.
fn seen_until(days: &[i32], until: i32) -> usize {
    match days.last() {
        Some(&last) if last > until => days.partition_point(|&day| day <= until),
        _ => days.len(),
    }
}

fn run<const PLAIN: bool>(
    history: History<'_>,
    lengths: &RuleLengths,
    initial: Status,
    until: i32,
    out: &mut Columns<'_>,
) {
    let never = |_, _, _| false;
    match lengths {
        RuleLengths::Days(lengths) => follow::<_, PLAIN>(history, lengths, initial, until + 1, out, never),
        RuleLengths::Months(lengths) => follow::<_, PLAIN>(history, lengths, initial, until + 1, out, never),
    };
}

/// Follows a history as far as it may differ from a run from another initial status; returns how many events that are.
///
/// From an event on that comes when the status is known, the same under both, and settled, nothing before it matters any more.
fn run_until_same(
    history: History<'_>,
    lengths: &RuleLengths,
    initial: Status,
    until: i32,
    out: &mut Columns<'_>,
    other: &Columns<'_>,
) -> usize {
    let same = |event: usize, status: Option<Status>, settled: i32| {
        let next = history.days.get(event + 1).map_or(i32::MAX, |next| next + 1);
        status.is_some()
            && status == other.status_after[event]
            && settled <= next
            && other.status_decided_on[event].is_some_and(|settled| settled <= next)
    };
    match lengths {
        RuleLengths::Days(lengths) => follow::<_, true>(history, lengths, initial, until + 1, out, same),
        RuleLengths::Months(lengths) => follow::<_, true>(history, lengths, initial, until + 1, out, same),
    }
}

/// Makes room for the answers to `events` events. It never shrinks, and what it held before stays: every run writes all that it reads.
#[inline]
fn grow(result: &mut Classification, events: usize) {
    if result.migration.len() < events {
        result.reset(events);
    }
}

/// Brings the answers to events back to the rows that they came from.
fn scatter(events: &Events, answers: &mut Columns<'_>, out: &mut Columns<'_>, counts: &mut Counts) {
    let history = events.history();
    for (event, &row) in events.rows.iter().enumerate() {
        match history.kind(event) {
            Kind::Row => {}
            Kind::Assumed => {
                out.row_use[events.rows[event + 1]] = count_unseen(event, answers, counts);
                continue;
            }
            Kind::Silent => continue,
        }
        out.migration[row] = answers.migration[event];
        out.return_migration[row] = answers.return_migration[event];
        out.status_before[row] = answers.status_before[event];
        out.status_after[row] = answers.status_after[event];
        out.status_decided_on[row] = answers.status_decided_on[event];
        out.migration_decided_on[row] = answers.migration_decided_on[event];
    }
}

/// Counts a missing crossing that is, or may be, a migration. No row records it, so that it must not be lost: the row after it, which always
/// is there, says so, and has no answer where it is one for certain.
fn count_unseen(event: usize, answers: &mut Columns<'_>, counts: &mut Counts) -> RowUse {
    match answers.status_after[event - 1].zip(answers.status_before[event + 1]) {
        None => {
            counts.unseen_undecided += 1;
            RowUse::AfterUnseenUndecided
        }
        Some((before, after)) if before == after => RowUse::Repaired,
        Some(_) => {
            counts.unseen_migrations += 1;
            answers.migration[event + 1] = None;
            answers.migration_decided_on[event + 1] = None;
            RowUse::AfterUnseenMigration
        }
    }
}
