//! The estimator, its intervals, and what it said of earlier periods.
//!
//! With *D* the migrations of a month that are certain at an age *t*, *U* the undecided and *F* the count when the month is complete:
//! p(t) = Σ (F − D(t)) / Σ U(t) over the latest complete months, and the estimate of a period is Σ (D + p(t) U) over its months.
//! Source: Stats NZ's provisional migration estimates, nonparametric.
//!
//! An interval is the estimate ± f q U. q is the ⌈(n + 1) level⌉th from the smallest of n values |estimate − F| / U of the same cell, at the
//! same age, at earlier ends of months (split conformal prediction: Vovk, Gammerman and Shafer 2005). That supposes that errors are
//! as they were, and habits drift. So each q is tried on what came after it: f is the ⌈(n + 1) level⌉th of |estimate − F| / (q U), with the q
//! that was known then, and 1 at least. Errors of one age say nothing of another, and of an earlier end of a month is used only
//! what was known there.

use std::ops::RangeInclusive;

use denizen_spec::Estimate;

use super::series::{Series, Share, Window};

/// Estimates are whole numbers of millionths until they are shown: sums do not depend on their order.
pub(crate) const PARTS: i128 = 1_000_000;

/// The shares of a group: at each end of a month, of each age.
pub(crate) struct Shares {
    window: Window,
    of: Vec<Option<Share>>,
}

impl Shares {
    /// Asks for each share once.
    pub(crate) fn new(window: Window, share: impl Fn(i32, i32) -> Option<Share>) -> Self {
        let cuts = window.first..=window.last;
        let of = cuts.flat_map(|cut| (0..window.complete).map(move |age| (age, cut)));
        Self { window, of: of.map(|(age, cut)| share(age, cut)).collect() }
    }

    fn at(&self, age: i32, cut: i32) -> Option<Share> {
        let index = (cut - self.window.first) * self.window.complete + age;
        *self.of.get(usize::try_from(index).ok()?)?
    }
}

/// A cell of a table: the crossings of one group, or of several where it is a total over them.
#[derive(Default)]
pub(crate) struct Cell {
    /// Groups by their numbers.
    pub(crate) groups: Vec<(usize, Series)>,
}

impl Cell {
    pub(crate) fn of_group(&mut self, group: usize) -> &mut Series {
        let place = self.groups.iter().position(|(known, _)| *known == group);
        let place = place.unwrap_or_else(|| {
            self.groups.push((group, Series::default()));
            self.groups.len() - 1
        });
        &mut self.groups[place].1
    }
}

/// What is expected of a cell in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) certain: i64,
    pub(crate) undecided: i64,
    /// In [`PARTS`].
    pub(crate) value: i128,
}

/// An interval in whole persons.
pub(crate) type Interval = (i64, i64);

impl Expected {
    /// The estimate in whole persons.
    pub(crate) fn rounded(&self) -> i64 {
        whole((self.value + PARTS / 2).div_euclid(PARTS))
    }

    /// An interval of so much on both sides, within what is possible.
    fn within(&self, half: i128) -> Interval {
        let (least, most) = (i128::from(self.certain), i128::from(self.certain + self.undecided));
        let lower = (self.value - half).div_euclid(PARTS).clamp(least, most);
        let upper = (self.value + half + PARTS - 1).div_euclid(PARTS).clamp(least, most);
        (whole(lower), whole(upper))
    }
}

/// A number that is no whole one; of nothing it is greater than any.
type Ratio = (i128, i128);

/// The one of some numbers that so many of a hundred new ones are not above; nothing where they are too few to say.
fn ranked(settings: &Estimate, mut numbers: Vec<Ratio>) -> Option<Ratio> {
    numbers.sort_by(|(one, of_one), (other, of_other)| (one * of_other).cmp(&(other * of_one)));
    numbers.get(settings.rank(numbers.len()).checked_sub(1)?).copied()
}

/// A number times a ratio, not rounded down; more than anybody is of what is greater than any.
fn times(number: i128, (of, to): Ratio) -> i128 {
    if to == 0 { i128::from(i64::MAX) * PARTS } else { (number * of + to - 1).div_euclid(to) }
}

/// A number of persons, which was one of 64 bits before.
fn whole(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What was expected of a period at an earlier end of a month, and what it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BackTest {
    pub(crate) cut: i32,
    pub(crate) expected: Expected,
    pub(crate) truth: i64,
    /// q U as it was known then.
    half: Option<i128>,
}

impl BackTest {
    /// The error without its sign, as a share of what was undecided.
    fn scaled(&self) -> Ratio {
        (self.error().abs(), i128::from(self.expected.undecided.max(1)))
    }

    /// How many times as wide the interval should have been.
    fn tried(&self) -> Option<Ratio> {
        let half = self.half?;
        Some(if self.error() == 0 { (0, 1) } else { (self.error().abs(), half) })
    }

    /// Expected less what it came to, in [`PARTS`].
    pub(crate) fn error(&self) -> i128 {
        self.expected.value - i128::from(self.truth) * PARTS
    }
}

/// A period of so many months that ended so many months before the end of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Aged {
    pub(crate) months: i32,
    pub(crate) age: i32,
}

impl Aged {
    /// The months of such a period at the end of a month.
    pub(crate) fn months_at(self, cut: i32) -> RangeInclusive<i32> {
        let last = cut - self.age;
        last - self.months + 1..=last
    }
}

/// How cells are estimated.
pub(crate) struct Method<'a> {
    pub(crate) settings: &'a Estimate,
    pub(crate) window: Window,
    /// By the number of the group.
    pub(crate) shares: Vec<Shares>,
}

impl Method<'_> {
    /// What is expected of a cell at the end of a month. Nothing where it is not known how crossings of that age were completed.
    pub(crate) fn expected(&self, cell: &Cell, period: Aged, cut: i32) -> Option<Expected> {
        let months = period.months_at(cut);
        if *months.start() < self.window.first {
            return None;
        }
        let mut expected = Expected { certain: 0, undecided: 0, value: 0 };
        for (group, series) in &cell.groups {
            for month in months.clone() {
                let age = (cut - month).min(self.window.complete);
                let known = series.at(month, age);
                expected.certain += known.certain;
                expected.value += i128::from(known.certain) * PARTS;
                if age == self.window.complete || known.undecided == 0 {
                    continue;
                }
                let share = self.shares.get(*group)?.at(age, cut)?;
                let counted = i128::from(known.undecided) * i128::from(share.counted) * PARTS;
                let undecided = i128::from(share.undecided);
                expected.undecided += known.undecided;
                expected.value += (2 * counted + undecided).div_euclid(2 * undecided);
            }
        }
        Some(expected)
    }

    /// What the period came to.
    fn truth(&self, cell: &Cell, months: RangeInclusive<i32>) -> i64 {
        let months = || months.clone();
        let of = |series: &Series| {
            months().map(|month| series.at(month, self.window.complete).certain).sum::<i64>()
        };
        cell.groups.iter().map(|(_, series)| of(series)).sum()
    }

    /// What was expected of such periods earlier, the latest first: three times as many as intervals are taken from, so that intervals can
    /// be tried, and tested, on errors that were known before.
    pub(crate) fn back_tests(&self, cell: &Cell, period: Aged) -> Vec<BackTest> {
        let latest = self.known_at(self.window.last, period);
        // Nor is a cell tested where nothing of it is undecided and nothing could be learnt.
        let learns = self.window.first + self.window.complete + i32::from(self.settings.training_months) - 1;
        let cuts = (learns..=latest).rev();
        let tests = cuts.filter_map(|cut| {
            let expected = self.expected(cell, period, cut)?;
            Some(BackTest { cut, expected, truth: self.truth(cell, period.months_at(cut)), half: None })
        });
        let mut tests: Vec<BackTest> = tests.take(3 * usize::from(self.settings.back_tests)).collect();
        for place in 0..tests.len() {
            let test = tests[place];
            tests[place].half = self.half(&test.expected, self.known(period, test.cut, &tests));
        }
        tests
    }

    /// The back-tests of which the truth was known at the end of a month.
    fn known<'t>(&self, period: Aged, cut: i32, tests: &'t [BackTest]) -> &'t [BackTest] {
        let known_at = self.known_at(cut, period);
        let first = tests.iter().position(|test| test.cut <= known_at).unwrap_or(tests.len());
        &tests[first..]
    }

    /// q U of what is expected, from back-tests of which the truth was known.
    fn half(&self, expected: &Expected, known: &[BackTest]) -> Option<i128> {
        let errors = known.iter().take(self.settings.back_tests.into()).map(BackTest::scaled);
        Some(times(expected.undecided.into(), ranked(self.settings, errors.collect())?))
    }

    /// The latest end of a month whose period of that age is complete at the end of the month `cut`.
    fn known_at(&self, cut: i32, period: Aged) -> i32 {
        cut + period.age - self.window.complete
    }

    /// The interval at the end of a month, from back-tests of which the truth was known there.
    pub(crate) fn interval(
        &self,
        expected: &Expected,
        period: Aged,
        cut: i32,
        tests: &[BackTest],
    ) -> Option<Interval> {
        let known = self.known(period, cut, tests);
        let half = self.half(expected, known)?;
        let tried = known.iter().filter_map(BackTest::tried).take(self.settings.back_tests.into());
        let factor = ranked(self.settings, tried.collect())?;
        Some(expected.within(times(half, factor).max(half)))
    }
}
