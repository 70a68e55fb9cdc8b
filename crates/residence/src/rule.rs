//! The rules for crossings and their parameters.

use crate::day::{Comparison, FIRST_DAY, LAST_DAY, Span};
use crate::error::Error;

/// A rule that finds the migrations among the border crossings of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Left, and did not come back until the cut-off.
    LastExitNoReturn(LastExitNoReturn),
    /// At least a threshold of the days of a window on the new side, with interruptions.
    CumulativeWindow(CumulativeWindow),
    /// So long on the new side without interruption.
    Continuous(Continuous),
    /// From the first arrival to the last departure within a permit.
    FirstArrivalLastDeparture(FirstArrivalLastDeparture),
}

/// The person's last crossing up to the cut-off is a departure, lies in the period, and `minimum_absence` has passed since.
///
/// A person counts at most once, at the last exit: a visit home moves an emigration to a later year, and the count of a year can
/// only fall as the cut-off moves on. INEI and the migration authority of Peru count so since the edition 1990-2005 ("salidas de
/// peruanos al exterior sin retorno"). The cut-off is [`Options::until`](crate::Options::until).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastExitNoReturn {
    /// First and last day on which an exit counts; `None` counts all up to the cut-off.
    pub period: Option<Period>,
    /// Time that must lie between the exit and the cut-off, both dates subtracted (an exit on the cut-off has been absent for
    /// 0 days); also the absence after which an arrival is a return migration.
    pub minimum_absence: Span,
}

/// First and last day, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub first: i32,
    /// Last day.
    pub last: i32,
}

impl Period {
    pub(crate) const fn contains(self, day: i32) -> bool {
        self.first <= day && day <= self.last
    }
}

/// A crossing that changes sides is a migration if at least `threshold` of the days of the `window` that begins with it are spent
/// on the new side ("12/16-month rule"). Stats NZ since 2017, ABS since 2006, Geostat with 183 days of 365.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CumulativeWindow {
    /// V: time on the new side. More than half of the window, and not longer than it.
    pub threshold: Span,
    /// W: length of the window, which begins on the day of the crossing.
    pub window: Span,
    /// Whether exactly the threshold is enough.
    pub comparison: Comparison,
}

/// A crossing that changes sides is a migration if the person stays on the new side for `threshold` without a night back. The same
/// as [`CumulativeWindow`] with a window as long as the threshold; out and back on one day interrupts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Continuous {
    /// V: time on the new side.
    pub threshold: Span,
    /// Whether exactly the threshold is enough.
    pub comparison: Comparison,
}

/// Of all permits of a person, joined where the gap between them is short, the span from the first arrival to the last departure is
/// measured, other travel in between allowed; both are migrations if it reaches `threshold`. Where no departure is on record, the
/// person is assumed to have left with the end of the permit. ONS for holders of visas ("First Arrival, Last Departure").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstArrivalLastDeparture {
    /// V: from first arrival to last departure.
    pub threshold: Span,
    /// Whether exactly the threshold is enough.
    pub comparison: Comparison,
    /// Permits that follow each other with at most this gap are one stay.
    pub joining_gap: Span,
}

impl Rule {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Error::ThresholdAndWindow`], [`Error::SpanOutOfRange`], [`Error::EmptyPeriod`] or [`Error::ParameterOutOfRange`].
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Rule::LastExitNoReturn(rule) => rule.check(),
            Rule::CumulativeWindow(rule) => rule.check(),
            Rule::Continuous(rule) => rule.check(),
            Rule::FirstArrivalLastDeparture(rule) => {
                check_span("threshold", rule.threshold)?;
                check_span("joining_gap", rule.joining_gap)
            }
        }
    }

    /// The name of the rule in pipeline files.
    pub const fn name(&self) -> &'static str {
        match self {
            Rule::LastExitNoReturn(_) => "last_exit_no_return",
            Rule::CumulativeWindow(_) => "cumulative_window",
            Rule::Continuous(_) => "continuous",
            Rule::FirstArrivalLastDeparture(_) => "first_arrival_last_departure",
        }
    }

    /// The parameters by name, as text for people and for the columns of a table.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        match self {
            Rule::LastExitNoReturn(rule) => rule.parameters(),
            Rule::CumulativeWindow(rule) => vec![
                ("threshold", rule.threshold.to_string()),
                ("window", rule.window.to_string()),
                ("comparison", rule.comparison.to_string()),
            ],
            Rule::Continuous(rule) => {
                vec![("threshold", rule.threshold.to_string()), ("comparison", rule.comparison.to_string())]
            }
            Rule::FirstArrivalLastDeparture(rule) => vec![
                ("threshold", rule.threshold.to_string()),
                ("comparison", rule.comparison.to_string()),
                ("joining_gap", rule.joining_gap.to_string()),
            ],
        }
    }
}

impl LastExitNoReturn {
    fn check(&self) -> Result<(), Error> {
        check_span("minimum_absence", self.minimum_absence)?;
        let Some(Period { first, last }) = self.period else { return Ok(()) };
        check_day("period.first", first)?;
        check_day("period.last", last)?;
        if last < first {
            return Err(Error::EmptyPeriod { first, last });
        }
        Ok(())
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("minimum_absence", self.minimum_absence.to_string())];
        if let Some(period) = self.period {
            parameters.push((
                "period",
                format!("{}..{}", crate::day::iso(period.first), crate::day::iso(period.last)),
            ));
        }
        parameters
    }
}

impl CumulativeWindow {
    fn check(&self) -> Result<(), Error> {
        let CumulativeWindow { threshold, window, comparison } = *self;
        check_span("threshold", threshold)?;
        check_span("window", window)?;
        let extra = comparison.extra_days();
        // Months are compared as months where both are: on no day are 12 of them longer than 12.
        let fits = match (threshold, window) {
            (Span::Months(threshold), Span::Months(window)) => threshold + extra <= window,
            _ => threshold.most_days() + extra <= window.fewest_days(),
        };
        let is_majority = threshold == window || 2 * (threshold.fewest_days() + extra) > window.most_days();
        if fits && is_majority && threshold.fewest_days() > 0 {
            return Ok(());
        }
        Err(Error::ThresholdAndWindow { threshold, window })
    }
}

impl Continuous {
    fn check(&self) -> Result<(), Error> {
        check_span("threshold", self.threshold)?;
        if self.threshold.fewest_days() + self.comparison.extra_days() < 1 {
            return Err(Error::ThresholdAndWindow { threshold: self.threshold, window: self.threshold });
        }
        Ok(())
    }
}

pub(crate) fn check_span(parameter: &'static str, span: Span) -> Result<(), Error> {
    if span.is_negative() || span.is_too_long() {
        return Err(Error::SpanOutOfRange { parameter, span });
    }
    Ok(())
}

pub(crate) fn check_day(parameter: &'static str, day: i32) -> Result<(), Error> {
    if !(FIRST_DAY..=LAST_DAY).contains(&day) {
        return Err(Error::ParameterOutOfRange { parameter, day });
    }
    Ok(())
}
