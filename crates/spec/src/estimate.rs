//! `estimate` of a table: what periods of which a rule cannot know all yet will come to, from how earlier ones were completed.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::beside::Migration;
use crate::operations::{Derivation, Operation, Residence};
use crate::pipeline::Pipeline;
use crate::source::Source;
use crate::table::{Measure, Table};
use crate::text::{Fields, Findings, wrong_type};

/// How the last periods of a table are estimated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// From how many of the latest complete months it learns. Stats NZ takes 36.
    pub training_months: u16,
    /// How many of a hundred intervals are to hold the figure that it will be.
    pub level: u8,
    /// From how many earlier ends of months intervals are taken.
    pub back_tests: u16,
    /// The dimensions by whose codes crossings are told apart where it learns.
    pub by: Vec<String>,
    /// How many undecided crossings there must have been for a group to be learnt from by itself; the last of `by` is left out first.
    pub fewest: u32,
}

impl Default for Estimate {
    fn default() -> Self {
        Self { training_months: 36, level: 95, back_tests: 60, by: Vec::new(), fewest: 100 }
    }
}

/// Months of a year.
pub(crate) const MONTHS: i32 = 12;

/// What a dimension of time of a table of crossings holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrossingPeriod {
    /// Years.
    Year,
    /// Quarters, as `2019-Q1`.
    Quarter,
    /// Months, as `2019-03`.
    Month,
}

impl CrossingPeriod {
    /// How many months it has.
    pub fn months(self) -> i32 {
        match self {
            Self::Year => MONTHS,
            Self::Quarter => 3,
            Self::Month => 1,
        }
    }
}

impl Estimate {
    /// `true`, or a table.
    pub(crate) fn read(value: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Self> {
        match value.get_ref().as_bool() {
            Some(true) => return Some(Self::default()),
            Some(false) => return None,
            None => {}
        }
        if value.get_ref().as_table().is_none() {
            findings.push(wrong_type(value, "`true`, or a table such as { training_months = 36 }"));
            return None;
        }
        let fields = Fields::of(value, findings)?;
        fields.in_section("estimate");
        let default = Self::default();
        let number = |key: &'static str, least: i64, most: i64, default: i64| {
            let Some(stated) = fields.optional_integer(key) else { return default };
            if (least..=most).contains(stated.get_ref()) {
                return *stated.get_ref();
            }
            fields.fault(&stated, &format!("a whole number from {least} to {most}"));
            default
        };
        let read = Self {
            training_months: number("training_months", 1, 240, default.training_months.into()) as u16,
            level: number("level", 50, 99, default.level.into()) as u8,
            back_tests: number("back_tests", 1, 240, default.back_tests.into()) as u16,
            by: fields.optional_texts("by"),
            fewest: number("fewest", 1, 1_000_000, default.fewest.into()) as u32,
        };
        fields.finish();
        Some(read)
    }

    /// How many earlier cuts are needed before there is an interval: so many that one error is as large as the level asks for.
    pub fn fewest_back_tests(&self) -> usize {
        (1..).find(|count| self.rank(*count) <= *count).unwrap_or(usize::MAX)
    }

    /// Which error of so many, from the smallest, so many of a hundred new ones are not above: ⌈(n + 1) level⌉.
    pub fn rank(&self, errors: usize) -> usize {
        ((errors + 1) * usize::from(self.level)).div_ceil(100)
    }

    /// How many months back from the end of the data it looks: intervals are tried, and tested, on what was known before them.
    fn months_back(&self, decided_after: i32) -> u32 {
        let cuts = 3 * i32::from(self.back_tests);
        (i32::from(self.training_months) + cuts + 2 * decided_after + MONTHS).unsigned_abs()
    }
}

impl Table {
    /// The migration that it counts, where it counts one.
    pub(crate) fn migration(&self) -> Option<Migration> {
        match self.measure {
            Measure::Emigration => Some(Migration::Emigration),
            Measure::Immigration => Some(Migration::Immigration),
            Measure::Count | Measure::Stock | Measure::Flow | Measure::Beside(..) => None,
        }
    }
}

impl Pipeline {
    /// The dimension that says in which period a crossing lies by which a table counts, and what periods they are.
    ///
    /// ```
    /// let pipeline = denizen_spec::Pipeline::default();
    /// let table = denizen_spec::Table::new("t", denizen_spec::Measure::Count);
    /// assert_eq!(pipeline.crossing_period(&table), None);
    /// ```
    pub fn crossing_period(&self, table: &Table) -> Option<(usize, CrossingPeriod)> {
        let (source, residence) = (self.source_of(table)?, self.residence_of(table)?);
        let of = |dimension: &String| self.period_of(source, table.column_of(dimension), residence);
        table.dimensions.iter().enumerate().find_map(|(position, dimension)| Some((position, of(dimension)?)))
    }

    /// What periods of the day of a crossing a column holds.
    fn period_of(&self, source: &Source, column: &str, residence: &Residence) -> Option<CrossingPeriod> {
        let derived = self.steps_of(source).filter_map(|(_, step)| {
            let Operation::Derive(derive) = &step.operation else { return None };
            (derive.column == column).then_some(&derive.method)
        });
        let of_crossing = |period, from: &String| (*from == residence.date).then_some(period);
        match derived.last()? {
            Derivation::Year { from } => of_crossing(CrossingPeriod::Year, from),
            Derivation::Quarter { from } => of_crossing(CrossingPeriod::Quarter, from),
            Derivation::Month { from } => of_crossing(CrossingPeriod::Month, from),
            Derivation::FinancialYear { .. }
            | Derivation::Date { .. }
            | Derivation::Constant { .. }
            | Derivation::Age { .. }
            | Derivation::AgeGroup { .. }
            | Derivation::Agreement { .. } => None,
        }
    }

    /// Lets the rules of tables that are estimated say what they knew at the end of each month.
    pub(crate) fn with_monthly_answers(mut self) -> Self {
        let asked: Vec<(String, String, u32)> = self
            .tables
            .iter()
            .filter_map(|table| {
                let (estimate, residence) = (table.estimate.as_ref()?, self.residence_of(table)?);
                let months = estimate.months_back(residence.decided_after_months()?);
                Some((self.source_of(table)?.name.clone(), residence.name.clone(), months))
            })
            .collect();
        for (source, rule, months) in asked {
            let steps: Vec<_> = self
                .source(Some(&source), crate::SourceKind::Records)
                .into_iter()
                .flat_map(|source| self.steps_of(source).map(|(id, _)| id))
                .collect();
            for id in steps {
                if let Operation::Residence(residence) = &mut self.steps[id.0].operation
                    && residence.name == rule
                {
                    residence.monthly_answers = residence.monthly_answers.max(months);
                }
            }
        }
        self
    }
}
