//! Results beside the figures that were published.

mod matching;

use denizen_spec::{Code, Diagnostic, Figure};

use crate::table::PublishedTable;

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
///
/// # Errors
///
/// Counts whose sum is too large to be a number, and faults of the program.
pub fn reconcile<'a>(
    figures: &'a [Figure],
    tables: &[PublishedTable],
) -> Result<Vec<Comparison<'a>>, Diagnostic> {
    let mut computed: Vec<Option<Computed>> = vec![None; figures.len()];
    for table in tables {
        for (place, found) in matching::computed(figures, table)? {
            computed[place] = found;
        }
    }
    let compare = |(figure, computed): (&'a Figure, Option<Computed>)| {
        let table = tables.iter().find(|table| Some(&table.name) == figure.table.as_ref());
        let is_within = |computed: Computed| {
            (computed.exact - figure.value).abs() <= figure.tolerance.allows(figure.value)
        };
        let outcome = match (table, computed) {
            (None, _) => Outcome::Context,
            (Some(_), None) => Outcome::NoCell,
            (Some(_), Some(computed)) if is_within(computed) => Outcome::Within,
            (Some(_), Some(_)) => Outcome::Outside,
        };
        Comparison {
            figure,
            computed,
            sampling_fraction: table.map_or(1.0, |table| table.sampling_fraction),
            outcome,
        }
    };
    Ok(figures.iter().zip(computed).map(compare).collect())
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
