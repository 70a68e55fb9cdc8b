//! Results beside the figures that were published.

use denizen_spec::{Code, Diagnostic, Figure, Indicator};

use crate::cell::Value;
use crate::publish::{Cell, PublishedTable};

/// A published figure and what this run has for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison<'a> {
    /// The figure.
    pub figure: &'a Figure,
    /// The result of the run, blown up to the population where the input is a sample.
    pub computed: Option<Computed>,
    /// Persons in the input for each person of the population.
    pub sampling_fraction: f64,
    /// How they compare.
    pub outcome: Outcome,
}

/// The result of a run for a published figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Computed {
    /// From exact counts: decides, and does not leave the program where counts are protected.
    pub exact: f64,
    /// From the counts as they are shown; none when one of them is suppressed.
    pub shown: Option<f64>,
}

impl Computed {
    /// The result as it may be told.
    fn told(self) -> String {
        match self.shown {
            Some(shown) if shown == self.exact => shown.to_string(),
            Some(shown) => format!("about {shown} (counts are protected)"),
            None => "a suppressed count".to_owned(),
        }
    }
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
pub fn reconcile<'a>(figures: &'a [Figure], tables: &[PublishedTable]) -> Vec<Comparison<'a>> {
    let compare = |figure: &'a Figure| {
        let Some(table) = tables.iter().find(|table| Some(&table.name) == figure.table.as_ref()) else {
            return Comparison { figure, computed: None, sampling_fraction: 1.0, outcome: Outcome::Context };
        };
        let computed = value_of(figure, table);
        let is_within = |computed: Computed| {
            (computed.exact - figure.value).abs() <= figure.tolerance.allows(figure.value)
        };
        let outcome = match computed {
            None => Outcome::NoCell,
            Some(computed) if is_within(computed) => Outcome::Within,
            Some(_) => Outcome::Outside,
        };
        Comparison { figure, computed, sampling_fraction: table.sampling_fraction, outcome }
    };
    figures.iter().map(compare).collect()
}

/// What the cells that a figure singles out come to.
///
/// Counts of records are added up over the dimensions that the figure does not name, and an absent cell of such a table
/// counts nobody. Cells of publications and indicators are never added: exactly one must fit, a dimension that is not
/// named being taken at its total.
fn value_of(figure: &Figure, table: &PublishedTable) -> Option<Computed> {
    let cells = cells_of(figure, table);
    let is_count = Indicator::ALL.iter().all(|indicator| indicator.name() != figure.indicator);
    match cells.as_slice() {
        cells if is_count && table.complete => {
            let exact: Option<f64> = cells.iter().map(|cell| cell.exact).sum();
            let shown: Option<f64> = cells.iter().map(|cell| cell.value).sum();
            let fraction = table.sampling_fraction;
            // The sum of no numbers is -0.0.
            let whole = |sum: f64| (sum + 0.0) / fraction;
            Some(Computed { exact: whole(exact?), shown: shown.map(whole) })
        }
        [cell] => Some(Computed { exact: cell.exact?, shown: cell.value }),
        _ => None,
    }
}

/// The cells that a figure singles out.
fn cells_of<'a>(figure: &Figure, table: &'a PublishedTable) -> Vec<&'a Cell> {
    let named =
        |name: &str| figure.conditions.iter().find(|(dimension, _)| dimension == name).map(|(_, code)| code);
    let is_meant = |cell: &&Cell| {
        let stated = table.dimensions.iter().zip(&cell.key);
        let mut stated = stated.filter_map(|(dimension, value)| Some((named(&dimension.name)?, value)));
        let rule = cell.rule.as_ref().map(|rule| &rule.name);
        cell.indicator == figure.indicator
            && cell.concept == figure.concept
            && named("rule").is_none_or(|wanted| rule == Some(wanted))
            && stated.all(|(code, value)| *code == value.text())
    };
    let mut cells: Vec<&Cell> = table.cells.iter().filter(is_meant).collect();
    for (place, dimension) in table.dimensions.iter().enumerate() {
        let has_total = cells.iter().any(|cell| cell.key[place].is_total());
        if named(&dimension.name).is_none() && has_total {
            cells.retain(|cell| Value::is_total(&cell.key[place]));
        }
    }
    cells
}

impl Comparison<'_> {
    /// The result as it may be shown.
    pub fn shown(&self) -> Option<f64> {
        self.computed.and_then(|computed| computed.shown)
    }

    /// Result, as it may be shown, less figure.
    pub fn difference(&self) -> Option<f64> {
        self.shown().map(|computed| computed - self.figure.value)
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
                    "computed {}, published {} {}, tolerance {}",
                    computed.told(),
                    figure.value,
                    figure.unit,
                    figure.tolerance
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
