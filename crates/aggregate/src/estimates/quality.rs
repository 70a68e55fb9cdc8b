//! How good estimates of earlier periods were, by their age.

use super::Estimator;
use super::method::{Aged, BackTest, Method, PARTS};

/// What an estimator said of earlier periods of one age, beside what they came to.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateQuality {
    /// The measure whose count is estimated.
    pub measure: &'static str,
    /// How many months a period has.
    pub period_months: i32,
    /// How many months after the end of the period the data ended.
    pub age_months: i32,
    /// Whether it is of all crossings of the table together; else of each of its cells.
    pub is_total: bool,
    /// From how many of the latest complete months it learnt.
    pub training_months: u16,
    /// How many of a hundred intervals are to hold what the period comes to.
    pub level: u8,
    /// Cells, each at the ends of so many months as there are.
    pub cells: usize,
    /// Estimates: cells times ends of months.
    pub estimates: usize,
    /// Those that had an interval, of errors that were known then.
    pub intervals: usize,
    /// Intervals that held what the period came to.
    pub covered: usize,
    /// What periods came to, all together.
    pub truth: i64,
    /// What of it was certain when it was estimated.
    pub certain: i64,
    /// The sum of the errors, estimate less truth, in persons.
    pub error: f64,
    /// The sum of the errors without their signs.
    pub absolute_error: f64,
}

/// How good the estimates of a part of a table were at one age.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimatedPart {
    /// The concept of the part.
    pub concept: Option<String>,
    /// The rule by which it is counted.
    pub rule: Option<String>,
    /// What it counts.
    pub unit: String,
    /// What was said of earlier periods, and what they came to.
    pub quality: EstimateQuality,
}

/// Sums over back-tests, in whole numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    cells: usize,
    estimates: usize,
    intervals: usize,
    covered: usize,
    truth: i64,
    certain: i64,
    error: i128,
    absolute_error: i128,
}

impl Tally {
    /// Adds those of a cell. Intervals are tried on the latest of them, each with what was known before it.
    pub(super) fn add(&mut self, method: &Method<'_>, period: Aged, tests: &[BackTest]) {
        self.cells += 1;
        for test in tests.iter().take(method.settings.back_tests.into()) {
            self.estimates += 1;
            self.truth += test.truth;
            self.certain += test.expected.certain;
            self.error += test.error();
            self.absolute_error += test.error().abs();
            if let Some((lower, upper)) = method.interval(&test.expected, period, test.cut, tests) {
                self.intervals += 1;
                self.covered += usize::from((lower..=upper).contains(&test.truth));
            }
        }
    }

    /// Whether its cells are more than all crossings together.
    pub(super) fn has_several(&self) -> bool {
        self.cells > 1
    }

    pub(super) fn quality(&self, estimator: &Estimator, period: Aged, is_total: bool) -> EstimateQuality {
        let persons = |parts: i128| parts as f64 / PARTS as f64;
        EstimateQuality {
            measure: estimator.migration.measure().name(),
            period_months: period.months,
            age_months: period.age,
            is_total,
            training_months: estimator.settings.training_months,
            level: estimator.settings.level,
            cells: self.cells,
            estimates: self.estimates,
            intervals: self.intervals,
            covered: self.covered,
            truth: self.truth,
            certain: self.certain,
            error: persons(self.error),
            absolute_error: persons(self.absolute_error),
        }
    }
}

impl EstimateQuality {
    /// Of a hundred intervals, those that held what the period came to.
    pub fn coverage_percent(&self) -> Option<f64> {
        (self.intervals > 0).then(|| 100.0 * self.covered as f64 / self.intervals as f64)
    }

    /// What the estimates were above what periods came to, in per cent of that.
    pub fn bias_percent(&self) -> Option<f64> {
        self.percent(self.error)
    }

    /// The errors without their signs, in per cent of what periods came to.
    pub fn error_percent(&self) -> Option<f64> {
        self.percent(self.absolute_error)
    }

    /// What was certain, in per cent of what periods came to.
    pub fn certain_percent(&self) -> Option<f64> {
        self.percent(self.certain as f64)
    }

    fn percent(&self, of: f64) -> Option<f64> {
        (self.truth > 0).then(|| 100.0 * of / self.truth as f64)
    }
}
