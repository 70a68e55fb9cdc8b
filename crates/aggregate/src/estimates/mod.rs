//! What periods of which a rule cannot know all yet will come to, from how earlier ones were completed.
//!
//! Records are counted by the month of the crossing and by what the rule knew of it month after month
//! ([`denizen_spec::columns::monthly_answers`]), so that a run knows what a run on data that end earlier
//! would have known. Everything else is made of these counts.

mod method;
mod quality;
mod series;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::rc::Rc;

use ahash::RandomState;
use arrow::error::ArrowError;
use denizen_spec::{
    Aspect, Code, Diagnostic, Estimate, Measure, Migration, Period, Pipeline, Table, columns,
    is_certain_answer, is_undecided_answer, month_of,
};
use serde::{Deserialize, Serialize};

use crate::counts::Counts;
use crate::groups::{CodedBatch, Codes};
use crate::value::{ByKey, Value};
use method::{Aged, Cell, Method, Shares};
use quality::Tally;
pub use quality::{EstimateQuality, EstimatedPart};
use series::{Completion, Known, Series, Share, Window};

/// The columns by which records are counted beside the dimensions: month, and what was known month by month.
const BESIDE: usize = 2;
/// What was known of a record, as far as it matters: a migration for certain, undecided, or nothing that is counted.
const CERTAIN: char = '1';
const UNDECIDED: char = '?';
const NOTHING: char = '-';
const MONTHS: i32 = 12;

/// What is estimated of a table, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Estimator {
    settings: Estimate,
    migration: Migration,
    aspect: Aspect,
    direction: String,
    date: String,
    answers: String,
    /// The dimension of time, and how many months its periods have.
    time: usize,
    months: i32,
    /// The dimensions by which groups are told apart.
    by: Vec<usize>,
    /// The month with which the data end.
    last: i32,
    /// The age in months at which a month is complete.
    complete: i32,
    /// The first month after the last break.
    since: Option<i32>,
    /// The years that are published.
    period: Option<Period>,
}

/// What is told beside the estimates of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Told {
    /// The counts of the lower and the upper end of the intervals, which are made with the estimates.
    pub(crate) ends: Vec<Counts>,
    pub(crate) quality: Vec<EstimateQuality>,
    pub(crate) warnings: Vec<Diagnostic>,
}

/// A row of a table: its key, and what is estimated.
pub(crate) type Row = (Vec<Value>, Option<i64>);

impl Estimator {
    /// Nothing of a table that is counted.
    pub(crate) fn new(table: &Table, pipeline: &Pipeline) -> Option<Self> {
        let Measure::Beside(migration, aspect) = table.measure else { return None };
        let settings = table.estimate.clone().filter(|_| aspect.is_estimate())?;
        let residence = pipeline.residence_of(table)?;
        let (time, period) = pipeline.crossing_period(table)?;
        let by = settings.by.iter().filter_map(|name| table.position(name)).collect();
        let last = month_of(residence.last_day()?)?;
        let breaks = table.breaks.iter().filter_map(|year| i32::try_from(*year).ok()?.checked_mul(MONTHS));
        Some(Self {
            settings,
            migration,
            aspect,
            direction: residence.direction.clone(),
            date: residence.date.clone(),
            answers: columns::monthly_answers(&residence.name),
            time,
            months: period.months(),
            by,
            last,
            complete: residence.decided_after_months()?,
            since: breaks.filter(|month| *month <= last).max(),
            period: pipeline.period,
        })
    }

    /// Whether it is an end of an interval, which is made with the estimate.
    pub(crate) fn is_end(&self) -> bool {
        self.aspect != Aspect::Estimate
    }

    /// The records that counted, or might have counted, at the end of some month.
    pub(crate) fn rows(&self, batch: &CodedBatch<'_>) -> Result<Vec<u32>, ArrowError> {
        let known = self.known(batch)?;
        Ok((0..batch.batch.num_rows() as u32).filter(|row| known.of_row(*row) != 0).collect())
    }

    /// The columns by which they are counted beside the dimensions.
    pub(crate) fn codes(&self, batch: &CodedBatch<'_>) -> Result<[Rc<Codes>; BESIDE], ArrowError> {
        Ok([batch.months(&self.date)?, self.known(batch)?])
    }

    /// What was known of each record month by month. Most crossings never were more than a short trip, and are not looked at.
    fn known(&self, batch: &CodedBatch<'_>) -> Result<Rc<Codes>, ArrowError> {
        // No column has a blank in its name.
        let name = format!("{} of {}", self.migration.measure().name(), self.answers);
        batch.made(&name, [&self.direction, &self.answers], |direction, answers| {
            let Value::Code(answers) = answers else { return None };
            let is_direction = matches!(direction, Value::Code(code) if code == self.migration.direction());
            let text: String = answers.chars().map(|letter| known(letter, is_direction)).collect();
            text.chars().any(|letter| letter != NOTHING).then_some(Value::Code(text))
        })
    }

    /// The rows of the estimate, and of the lower and the upper end of its interval, from counts by dimensions, month and what was known;
    /// totals over some dimensions among them.
    pub(crate) fn estimated(&self, counts: &ByKey<i64>, totals: &[usize]) -> ([Vec<Row>; 3], Told) {
        let counted = Counted::new(self, counts);
        let Some(window) = self.window(counts) else { return (Default::default(), Told::default()) };
        let method = self.method(&counted, window);
        let cells = counted.cells(totals, self.time);
        let (rows, tally) = (Default::default(), BTreeMap::new());
        let totals = self.tried(&method, &counted.all());
        let mut sheet = Sheet { estimator: self, method: &method, rows, tally, totals, missing: [0; 2] };
        let mut keys: Vec<&Vec<Value>> = cells.keys().collect();
        keys.sort_unstable();
        keys.into_iter().for_each(|key| sheet.add(key, &cells[key]));
        let told = sheet.told();
        (sheet.rows, told)
    }

    /// How good estimates of all crossings together were, by the age of their periods.
    fn tried(&self, method: &Method<'_>, all: &Cell) -> BTreeMap<Aged, EstimateQuality> {
        let quality = |(_, period): (Value, Aged)| {
            let mut of_total = Tally::default();
            of_total.add(method, period, &method.back_tests(all, period));
            (period, of_total.quality(self, period, true))
        };
        self.open_periods().into_iter().map(quality).collect()
    }

    /// The months that there are. Nothing where there are none.
    fn window(&self, counts: &ByKey<i64>) -> Option<Window> {
        let first = counts.keys().filter_map(|key| month(&key[key.len() - BESIDE])).min()?;
        let first = first.max(self.since.unwrap_or(first));
        Some(Window { first, last: self.last, complete: self.complete })
    }

    /// How each group was completed: by itself where it is large enough, else without the last of the dimensions, and so on.
    fn method(&self, counted: &Counted<'_>, window: Window) -> Method<'_> {
        let levels: Vec<HashMap<&[Value], Completion, RandomState>> = (0..=self.by.len())
            .map(|depth| {
                let mut of_level: HashMap<&[Value], Series, RandomState> = HashMap::default();
                for (_, group, series) in &counted.finest {
                    of_level.entry(&counted.groups[*group][..depth]).or_default().merge(series);
                }
                of_level.into_iter().map(|(key, series)| (key, Completion::of(&series, window))).collect()
            })
            .collect();
        let share = |group: &[Value], age: i32, cut: i32| -> Option<Share> {
            let of_depth = |depth: usize| {
                levels[depth].get(&group[..depth])?.share(age, cut, self.settings.training_months.into())
            };
            let is_enough = |share: &Share| share.undecided >= i64::from(self.settings.fewest);
            let own = (1..=group.len()).rev().find_map(|depth| of_depth(depth).filter(is_enough));
            own.or_else(|| of_depth(0)).filter(|share| share.undecided > 0)
        };
        let shares =
            counted.groups.iter().map(|group| Shares::new(window, |age, cut| share(group, age, cut)));
        Method { settings: &self.settings, window, shares: shares.collect() }
    }

    /// The periods that are over and not complete, the oldest first: the value of each, and its age.
    fn open_periods(&self) -> Vec<(Value, Aged)> {
        let ends =
            (self.last - self.complete + 1..=self.last).filter(|end| (end + 1).rem_euclid(self.months) == 0);
        let is_published =
            |end: &i32| self.period.is_none_or(|period| period.contains(end.div_euclid(MONTHS).into()));
        let aged = |end: i32| Aged { months: self.months, age: self.last - end };
        ends.filter(is_published).map(|end| (self.value(end), aged(end))).collect()
    }

    /// The period that ends with a month, as the dimension has it.
    fn value(&self, end: i32) -> Value {
        let (year, month) = (end.div_euclid(MONTHS), end.rem_euclid(MONTHS) + 1);
        match self.months {
            MONTHS => Value::Number(year.into()),
            1 => Value::Code(format!("{year:04}-{month:02}")),
            _ => Value::Code(format!("{year:04}-Q{}", month / self.months)),
        }
    }
}

/// What a letter says for one migration.
fn known(letter: char, is_direction: bool) -> char {
    if is_certain_answer(letter, is_direction) {
        CERTAIN
    } else if is_undecided_answer(letter, is_direction) {
        UNDECIDED
    } else {
        NOTHING
    }
}

fn month(value: &Value) -> Option<i32> {
    match value {
        Value::Number(month) => i32::try_from(*month).ok(),
        Value::Day(_) | Value::Code(_) | Value::NotStated => None,
    }
}

/// The counts by cell without its time, and the groups to which cells belong.
struct Counted<'a> {
    groups: Vec<Vec<Value>>,
    /// The key of each cell, without its time, its group, and its crossings.
    finest: Vec<(Vec<&'a Value>, usize, Series)>,
}

impl<'a> Counted<'a> {
    fn new(estimator: &Estimator, counts: &'a ByKey<i64>) -> Self {
        let mut cells: HashMap<Vec<&Value>, Series, RandomState> = HashMap::default();
        for (key, count) in counts {
            let (dimensions, beside) = key.split_at(key.len() - BESIDE);
            let (Some(month), Value::Code(known)) = (month(&beside[0]), &beside[1]) else { continue };
            let cell = dimensions.iter().enumerate().filter(|(position, _)| *position != estimator.time);
            let series = cells.entry(cell.map(|(_, value)| value).collect()).or_default();
            for (age, letter) in known.chars().enumerate() {
                let of = |wanted: char| if letter == wanted { *count } else { 0 };
                series.add(month, age, Known { certain: of(CERTAIN), undecided: of(UNDECIDED) });
            }
        }
        let mut cells: Vec<(Vec<&Value>, Series)> = cells.into_iter().collect();
        cells.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut counted = Self { groups: Vec::new(), finest: Vec::new() };
        let mut known: HashMap<Vec<Value>, usize, RandomState> = HashMap::default();
        for (key, series) in cells {
            let place = |position: usize| if position > estimator.time { position - 1 } else { position };
            let group: Vec<Value> =
                estimator.by.iter().map(|position| key[place(*position)].clone()).collect();
            let number = *known.entry(group.clone()).or_insert_with(|| {
                counted.groups.push(group);
                counted.groups.len() - 1
            });
            counted.finest.push((key, number, series));
        }
        counted
    }

    /// The cells with those of totals over some dimensions, by their keys without the time.
    fn cells(&self, totals: &[usize], time: usize) -> HashMap<Vec<Value>, Cell, RandomState> {
        let totals = totals.iter().filter(|position| **position != time);
        let places: Vec<usize> =
            totals.map(|position| if *position > time { position - 1 } else { *position }).collect();
        let mut cells: HashMap<Vec<Value>, Cell, RandomState> = HashMap::default();
        for (key, group, series) in &self.finest {
            for choice in 0..1_usize << places.len() {
                let mut of_total: Vec<Value> = key.iter().map(|value| (*value).clone()).collect();
                let chosen = places.iter().enumerate().filter(|(bit, _)| choice >> bit & 1 == 1);
                chosen.for_each(|(_, place)| of_total[*place] = Value::total());
                cells.entry(of_total).or_default().of_group(*group).merge(series);
            }
        }
        cells
    }

    /// All of them together.
    fn all(&self) -> Cell {
        let mut all = Cell::default();
        self.finest.iter().for_each(|(_, group, series)| all.of_group(*group).merge(series));
        all
    }
}

/// The rows of a table in the making, and how good its estimates were.
struct Sheet<'a> {
    estimator: &'a Estimator,
    method: &'a Method<'a>,
    /// Of the estimate, and of the two ends of its interval.
    rows: [Vec<Row>; 3],
    /// By age, over all cells.
    tally: BTreeMap<Aged, Tally>,
    /// How good estimates of all crossings together were.
    totals: BTreeMap<Aged, EstimateQuality>,
    /// Estimates, and intervals of those that are made, that cannot be made.
    missing: [usize; 2],
}

impl Sheet<'_> {
    fn add(&mut self, key: &[Value], cell: &Cell) {
        let last = self.method.window.last;
        for (value, period) in self.estimator.open_periods() {
            if !has_any(cell, period.months_at(last)) {
                continue;
            }
            let tests = self.method.back_tests(cell, period);
            let expected = self.method.expected(cell, period, last);
            let interval = expected.and_then(|of| self.method.interval(&of, period, last, &tests));
            match (expected, interval) {
                (None, _) => self.missing[0] += 1,
                (Some(_), None) => self.missing[1] += 1,
                (Some(_), Some(_)) => {}
            }
            let interval = interval.filter(|_| !self.totals.get(&period).is_some_and(held_too_few));
            self.tally.entry(period).or_default().add(self.method, period, &tests);
            let mut row = key.to_vec();
            row.insert(self.estimator.time, value);
            let shown = [
                expected.map(|expected| expected.rounded()),
                interval.map(|(lower, _)| lower),
                interval.map(|(_, upper)| upper),
            ];
            for (rows, value) in self.rows.iter_mut().zip(shown) {
                rows.push((row.clone(), value));
            }
        }
    }

    /// How good estimates were, of all cells together and of each; and what is missing.
    fn told(&self) -> Told {
        let mut told = Told::default();
        for (period, of_cells) in &self.tally {
            let of_total = self.totals.get(period);
            told.warnings.extend(of_total.filter(|quality| held_too_few(quality)).map(left_out));
            told.quality.extend(of_total.cloned());
            if of_cells.has_several() {
                told.quality.push(of_cells.quality(self.estimator, *period, false));
            }
        }
        told.warnings.extend(self.missing());
        told
    }

    /// Says why there are no estimates, or no intervals.
    fn missing(&self) -> Option<Diagnostic> {
        let Estimator { settings, complete, .. } = self.estimator;
        let warning =
            |message: &str, note: String| Diagnostic::warning(Code::Estimate, message.to_owned()).note(note);
        let months = self.method.window.last - self.method.window.first + 1;
        let [estimates, intervals] = self.missing;
        if estimates > 0 {
            let training = settings.training_months;
            let needed = i32::from(training) + complete;
            return Some(warning(
                &format!("{estimates} cells of periods that are not complete have no estimate"),
                format!(
                    "learning from {training} complete months needs {needed} months of data, and crossings that were undecided at each \
                     age; there are {months}"
                ),
            ));
        }
        let needed = settings.fewest_back_tests();
        (intervals > 0).then(|| {
            warning(
                &format!("{intervals} of the estimates have no interval"),
                format!(
                    "an interval of {} % needs {needed} earlier estimates of the same age of which is known what they should have been, \
                     and as many earlier intervals that were tried on what came; {months} months of data have too few",
                    settings.level
                ),
            )
        })
    }
}

/// Points by which the share of intervals that held what came may fall short: what is called 95 % and held 60 is a wrong number.
const SHORT: f64 = 10.0;

/// Whether intervals of earlier estimates held much less often than they should have: habits drift faster than errors tell.
fn held_too_few(quality: &EstimateQuality) -> bool {
    quality.coverage_percent().is_some_and(|held| held < f64::from(quality.level) - SHORT)
}

fn left_out(quality: &EstimateQuality) -> Diagnostic {
    let EstimateQuality { level, covered, intervals, age_months, .. } = quality;
    let message = format!(
        "intervals of {level} % held {covered} of {intervals} earlier estimates of periods that had ended {age_months} months before"
    );
    Diagnostic::warning(Code::Estimate, message).note(
        "the share of those that come to be counted has drifted: intervals of this age are left out. A smaller `training_months` \
         follows a drift faster",
    )
}

fn has_any(cell: &Cell, months: RangeInclusive<i32>) -> bool {
    cell.groups.iter().any(|(_, series)| series.has_any(months.clone()))
}
