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
    /// How far apart the two may be by rounding; none where counts are shown as they are.
    pub rounding: Option<f64>,
}

impl Computed {
    /// The result as it may be published.
    fn public_text(self) -> String {
        match (self.shown, self.rounding) {
            (Some(shown), None) => shown.to_string(),
            // Also where it was rounded to itself, which must not be published.
            (Some(shown), Some(_)) => format!("about {shown} (counts are protected)"),
            (None, _) => "a suppressed count".to_owned(),
        }
    }

    /// How it compares with a figure, as far as the counts that are shown decide it.
    fn outcome_as_told(self, figure: &Figure) -> Outcome {
        let Some(shown) = self.shown else { return Outcome::NotTold };
        let (difference, rounding) = ((shown - figure.value).abs(), self.rounding.unwrap_or(0.0));
        let bears = |difference: f64| figure.tolerance.bears(difference, figure.value);
        if bears(difference + rounding) {
            Outcome::Within
        } else if !bears((difference - rounding).max(0.0)) {
            Outcome::Outside
        } else {
            Outcome::NotTold
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
    /// The counts as they are shown do not decide it. Of exact counts this is never so; they decide whether a run fails.
    NotTold,
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
            Self::NotTold => "not_told",
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
        for (index, found) in matching::computed(figures, table)? {
            computed[index] = found;
        }
    }
    let compare = |(figure, computed): (&'a Figure, Option<Computed>)| {
        let table = tables.iter().find(|table| Some(&table.name) == figure.table.as_ref());
        let is_within =
            |computed: Computed| figure.tolerance.bears(computed.exact - figure.value, figure.value);
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
    /// How they compare as may be published: where counts are protected, by the counts as they are shown.
    pub fn public_outcome(&self) -> Outcome {
        match (self.outcome, self.computed) {
            (Outcome::Within | Outcome::Outside, Some(computed)) if computed.rounding.is_some() => {
                computed.outcome_as_told(self.figure)
            }
            (outcome, _) => outcome,
        }
    }

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
        let located = |fault: Diagnostic| {
            fault.in_file(file, Some(figure.line)).note(format!("source: {}", figure.source))
        };
        match (self.outcome, self.computed) {
            (Outcome::Outside, Some(computed)) => Some(located(
                Diagnostic::error(
                    Code::OutsideTolerance,
                    format!("`{}` is not met: {}", figure.id, figure.statement),
                )
                .note(format!(
                    "computed {}, published {} {}, tolerance {}",
                    computed.public_text(),
                    figure.value,
                    figure.unit,
                    figure.tolerance
                )),
            )),
            (Outcome::NoCell, _) => Some(located(Diagnostic::warning(
                Code::NoCell,
                format!("`{}` cannot be compared: this run has no such cell", figure.id),
            ))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use denizen_spec::Tolerance;

    use super::*;
    use crate::test_table::{counts, key, pipeline, published, rows};

    fn figure(indicator: &str, conditions: &str, value: f64) -> Figure {
        let condition =
            |pair: &str| pair.split_once('=').map(|(name, code)| (name.to_owned(), code.to_owned()));
        Figure {
            id: "f".to_owned(),
            statement: "S".to_owned(),
            table: Some("t".to_owned()),
            indicator: indicator.to_owned(),
            conditions: conditions.split_whitespace().filter_map(condition).collect(),
            value,
            unit: "persons".to_owned(),
            tolerance: Tolerance::Absolute(0.0),
            concept: "c".to_owned(),
            source: String::new(),
            line: 2,
        }
    }

    /// Indicator, conditions, and what the cells come to: exact and shown.
    type Case = (&'static str, &'static str, Option<(f64, Option<f64>)>);

    fn compared(table: &PublishedTable, cases: &[Case]) {
        for (indicator, conditions, expected) in cases {
            let figures = [figure(indicator, conditions, expected.map_or(0.0, |(exact, _)| exact))];
            let found = reconcile(&figures, std::slice::from_ref(table)).unwrap();
            let computed = found[0].computed.map(|computed| (computed.exact, computed.shown));
            assert_eq!(computed, *expected, "{indicator} {conditions}");
            let outcome = if expected.is_some() { Outcome::Within } else { Outcome::NoCell };
            assert_eq!(found[0].outcome, outcome, "{indicator} {conditions}");
        }
    }

    #[test]
    fn counts_of_records_are_added_up() {
        let records =
            rows(&[(["2000", "AR"], 8), (["2000", "IT"], 3), (["2001", "AR"], 5), (["2001", "_U"], 4)]);
        let more = "indicators = 'rank'\n[disclosure]\nthreshold = 3\nrounding_base = 5";
        let table = published(&pipeline("count", "'year', 'country'", more), counts(&records, 2)).unwrap();
        compared(
            &table,
            &[
                ("count", "year=2000 country=AR", Some((8.0, Some(10.0)))),
                ("count", "country=AR", Some((13.0, Some(15.0)))),
                ("count", "country=_U", Some((4.0, Some(5.0)))),
                ("count", "year=2000", Some((11.0, None))),
                ("count", "year=2000 country=_T", Some((11.0, None))),
                ("count", "year=_T country=AR", Some((13.0, Some(15.0)))),
                ("count", "year=1999", Some((0.0, Some(0.0)))),
                ("count", "country=XX", Some((0.0, Some(0.0)))),
                ("rank", "country=AR", Some((1.0, Some(1.0)))),
                ("rank", "year=2001 country=AR", None),
            ],
        );
    }

    /// Whoever reads the outcome knows no more than the counts that are shown.
    #[test]
    fn outcomes_of_protected_counts_tell_what_is_shown() {
        let records = rows(&[(["AR"], 12), (["IT"], 3), (["PE"], 40)]);
        let more = "[disclosure]\nthreshold = 3\nrounding_base = 5";
        let table = published(&pipeline("count", "'country'", more), counts(&records, 1)).unwrap();
        let cases = [
            ("country=AR", 12.0, 0.0, Outcome::Within, Outcome::NotTold),
            ("country=AR", 12.0, 4.0, Outcome::Within, Outcome::Within),
            ("country=AR", 30.0, 4.0, Outcome::Outside, Outcome::Outside),
            ("country=AR", 10.0, 0.0, Outcome::Outside, Outcome::NotTold),
            ("country=PE", 40.0, 0.0, Outcome::Within, Outcome::NotTold),
            ("country=IT", 3.0, 0.0, Outcome::Within, Outcome::NotTold),
            ("country=IT", 9.0, 0.0, Outcome::Outside, Outcome::NotTold),
            ("country=XX", 0.0, 0.0, Outcome::Within, Outcome::Within),
            ("", 55.0, 100.0, Outcome::Within, Outcome::NotTold),
        ];
        for (conditions, value, tolerance, exact, told) in cases {
            let tolerance = Tolerance::Absolute(tolerance);
            let figures = [Figure { tolerance, ..figure("count", conditions, value) }];
            let found = reconcile(&figures, std::slice::from_ref(&table)).unwrap();
            assert_eq!((found[0].outcome, found[0].public_outcome()), (exact, told), "{conditions} {value}");
            let notes = found[0].diagnostic("f").map_or(Vec::new(), |fault| fault.notes);
            assert!(notes.iter().all(|note| !note.contains("computed 12") && !note.contains("computed 3,")));
        }
    }

    #[test]
    fn cells_and_indicators_are_met_by_one_cell() {
        let mut cells =
            rows(&[(["2000", "AR"], 8), (["2000", "IT"], 2), (["2000", "_T"], 20), (["2001", "AR"], 5)]);
        cells.push((key(&["2001", "IT"]), None, None));
        let table =
            published(&pipeline("stock", "'year', 'country'", "indicators = 'share'"), counts(&cells, 2))
                .unwrap();
        compared(
            &table,
            &[
                ("stock", "year=2000 country=AR", Some((8.0, Some(8.0)))),
                ("stock", "year=2000", Some((20.0, Some(20.0)))),
                ("stock", "year=2000 country=_T", Some((20.0, Some(20.0)))),
                ("stock", "year=2001", None),
                ("stock", "year=2001 country=IT", None),
                ("stock", "country=AR", None),
                ("share", "year=2000 country=AR", Some((40.0, Some(40.0)))),
                ("share", "country=AR", Some((40.0, Some(40.0)))),
                ("share", "", None),
            ],
        );
    }

    #[test]
    fn a_figure_of_no_table_is_context() {
        let figures = [Figure { table: None, ..figure("stock", "", 1.0) }];
        assert_eq!(reconcile(&figures, &[]).unwrap()[0].outcome, Outcome::Context);
    }
}
