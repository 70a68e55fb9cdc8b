//! Results beside the figures that were published.

use denizen_spec::{Code, Diagnostic, Figure, Indicator, columns};

use crate::cell::Value;
use crate::publish::{Cell, PublishedTable};

/// A published figure and what this run has for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison<'a> {
    /// The figure.
    pub figure: &'a Figure,
    /// The result of the run, blown up to the population where the input is a sample.
    pub computed: Option<f64>,
    /// How they compare.
    pub outcome: Outcome,
}

/// How a result compares with a published figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The difference is within the tolerance.
    Within,
    /// It is not.
    Outside,
    /// The run has no such cell: its input does not reach so far.
    NoCell,
    /// The figure has another concept or cannot be computed here; it is kept so that nobody compares unlike things.
    Context,
}

impl Outcome {
    /// Its name in the table `reconciliation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Within => "within_tolerance",
            Self::Outside => "outside_tolerance",
            Self::NoCell => "no_cell",
            Self::Context => "context",
        }
    }
}

/// Compares every figure with the tables.
///
/// `sampling_fraction` is the share of the population in the input (0 to 1): counts are divided by it.
pub fn reconcile<'a>(
    figures: &'a [Figure],
    tables: &[PublishedTable],
    sampling_fraction: f64,
) -> Vec<Comparison<'a>> {
    let compare = |figure: &'a Figure| {
        let Some(table) = tables.iter().find(|table| Some(&table.name) == figure.table.as_ref()) else {
            return Comparison { figure, computed: None, outcome: Outcome::Context };
        };
        let computed = value_of(figure, table, sampling_fraction);
        let outcome = match computed {
            None => Outcome::NoCell,
            Some(computed) if (computed - figure.value).abs() <= figure.tolerance.allows(figure.value) => {
                Outcome::Within
            }
            Some(_) => Outcome::Outside,
        };
        Comparison { figure, computed, outcome }
    };
    figures.iter().map(compare).collect()
}

/// The sum of the cells that a figure singles out.
///
/// A dimension that the figure does not name is taken at its total where the table has one, and is added up otherwise.
/// Indicators are never added: they need exactly one cell.
fn value_of(figure: &Figure, table: &PublishedTable, sampling_fraction: f64) -> Option<f64> {
    let named =
        |name: &str| figure.conditions.iter().find(|(dimension, _)| dimension == name).map(|(_, code)| code);
    let is_meant = |cell: &&Cell| {
        let concept = named(columns::CONCEPT).unwrap_or(&figure.concept);
        let dimensions = table.dimensions.iter().zip(&cell.key);
        cell.indicator == figure.indicator
            && cell.concept == *concept
            && dimensions
                .filter_map(|(dimension, value)| Some((named(&dimension.name)?, value)))
                .all(|(code, value)| *code == value.text())
    };
    let mut cells: Vec<&Cell> = table.cells.iter().filter(is_meant).collect();
    for (place, dimension) in table.dimensions.iter().enumerate() {
        let has_total = cells.iter().any(|cell| cell.key[place].is_total());
        if named(&dimension.name).is_none() && has_total {
            cells.retain(|cell| Value::is_total(&cell.key[place]));
        }
    }
    let is_count = Indicator::ALL.iter().all(|indicator| indicator.name() != figure.indicator);
    match cells.as_slice() {
        [] => None,
        [cell] if !is_count => cell.exact,
        cells if is_count => {
            let sum: f64 = cells.iter().filter_map(|cell| cell.exact).sum();
            cells.iter().any(|cell| cell.exact.is_some()).then_some(sum / sampling_fraction)
        }
        _ => None,
    }
}

impl Comparison<'_> {
    /// Result less figure.
    pub fn difference(&self) -> Option<f64> {
        self.computed.map(|computed| computed - self.figure.value)
    }

    /// What to tell of it: a figure that is not met is an error, one that the run cannot reach a warning.
    pub fn diagnostic(&self, file: &str) -> Option<Diagnostic> {
        let figure = self.figure;
        let place = |fault: Diagnostic| {
            fault.in_file(file, Some(figure.line)).note(format!("source: {}", figure.source))
        };
        match (self.outcome, self.computed) {
            (Outcome::Outside, Some(computed)) => Some(place(
                Diagnostic::error(
                    Code::OutsideTolerance,
                    format!("`{}` is not met: {}", figure.id, figure.statement),
                )
                .note(format!(
                    "computed {computed}, published {} {}, tolerance {}",
                    figure.value, figure.unit, figure.tolerance
                )),
            )),
            (Outcome::NoCell, _) => Some(place(Diagnostic::warning(
                Code::NoCell,
                format!("`{}` cannot be compared: this run has no such cell", figure.id),
            ))),
            _ => None,
        }
    }
}
