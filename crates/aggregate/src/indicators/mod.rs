//! Indicators: what is computed from the counts of a table.
//!
//! [`denizen_spec::Indicator`] says what is computed, a file here how its form is computed. What holds for all is done
//! once, in [`compute`]: a value of which an input is suppressed is hidden, a value that cannot be had says why or is
//! left out, and a value carries the weakest flag of what it is made of.

mod account;
mod ages;
mod areas;
mod both_ways;
mod change;
mod compare;
mod decomposition;
mod difference;
#[cfg(test)]
mod golden;
mod matrix;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod oracle_places;
mod other;
mod rank;
mod ratio;
mod reduce;
mod rows;
mod survival;
#[cfg(test)]
mod tests;
mod times;

use std::borrow::Cow;

use denizen_spec::{Along, Diagnostic, Form, Indicator, IndicatorUse, Table};

pub(crate) use both_ways::undecided_the_other_way;
pub(crate) use other::{Other, others};

use crate::cell_columns::{CellRows, Found};
use crate::counts::internal;
use crate::value::Levels;

/// The counts that an indicator is computed from.
pub(crate) struct Inputs<'a> {
    /// The table, or one of its parts: all parts that ask for the indicator have its dimensions.
    pub(crate) table: &'a Table,
    pub(crate) rows: Cow<'a, CellRows>,
    pub(crate) dimensions: &'a [Levels],
    pub(crate) concepts: usize,
    pub(crate) parts: usize,
    /// Of each dimension, the indices of what is left over beside the codes that are of interest.
    pub(crate) residuals: &'a [Vec<u32>],
    /// The counts of other tables that are asked for.
    pub(crate) others: &'a [Other<'a>],
    /// Persons in the source for each person of the population.
    pub(crate) sampling_fraction: f64,
    /// Decimals of the counts.
    pub(crate) scale: u8,
    /// The largest count that is suppressed.
    pub(crate) threshold: i64,
    /// Whether a cell that is not there counts nobody; else nobody published it.
    pub(crate) complete: bool,
    /// Of each dimension, whether cells of the source may be added up over it.
    pub(crate) additive: Vec<bool>,
}

/// Computes an indicator. What holds for all forms is told in [`rows::Told::push`].
pub(crate) fn compute(asked: &IndicatorUse, inputs: &Inputs<'_>) -> Result<Found, Diagnostic> {
    of_form(asked.indicator.form, asked, inputs).map_err(|fault| {
        // What reads ages knows nothing of the indicator that they are read for.
        if fault.message != ages::REFUSED {
            return fault;
        }
        let (name, table) = (asked.indicator.name, &inputs.table.name);
        Diagnostic { message: format!("`{name}` of the table `{table}` cannot be computed"), ..fault }
    })
}

fn of_form(form: Form, asked: &IndicatorUse, inputs: &Inputs<'_>) -> Result<Found, Diagnostic> {
    match form {
        Form::Ratio { of, to, times, .. } => {
            ratio::ratio(inputs, &inputs.all_positions(form)?, of, to, times)
        }
        Form::Rank { along } => Ok(rank::rank(inputs, inputs.position(along)?)),
        Form::Change { kind, from } => {
            let time = inputs.time()?;
            let moves = change::Moves::new(inputs, time, from, asked);
            Ok(change::change(inputs, time, kind, &moves))
        }
        Form::Difference { of, times } => {
            let unknown = || internal("indicators", &"one is the difference of none");
            let of = Indicator::named(of).ok_or_else(unknown)?;
            let along = of.form.along(inputs.table);
            let found = of_form(of.form, asked, inputs)?;
            difference::difference(inputs, asked, &along, &found, times)
        }
        Form::Reduce { along, function } => reduce::reduce(inputs, inputs.position(along)?, function, asked),
        Form::Compare { of, by, times } => compare::compare(inputs, asked, of, by, times),
        Form::Account { of, by, times } => {
            account::account(inputs, inputs.all_positions(form)?[0], of, by, times)
        }
        Form::Areas { function } => areas::areas(inputs, inputs.position(Along::Over)?, function, asked),
        Form::Decomposition { effect, times } => {
            decomposition::decomposition(inputs, inputs.position(Along::Over)?, effect, times, asked)
        }
        Form::Survival { event, function } => {
            survival::survival(inputs, &inputs.all_positions(form)?, event, function)
        }
        Form::Matrix { function } => matrix::matrix(inputs, &inputs.all_positions(form)?, function, asked),
    }
}

impl Inputs<'_> {
    fn position(&self, along: Along) -> Result<usize, Diagnostic> {
        Ok(promised(along.find(self.table))?[0])
    }

    /// The dimensions that a form is along: at least one.
    fn all_positions(&self, form: Form) -> Result<Vec<usize>, Diagnostic> {
        promised(form.along(self.table))
    }

    fn time(&self) -> Result<usize, Diagnostic> {
        let position = denizen_spec::time_dimension(self.table);
        position.ok_or_else(|| internal("indicators", &"there is no dimension of time"))
    }
}

fn promised(positions: Vec<usize>) -> Result<Vec<usize>, Diagnostic> {
    let fault = || internal("indicators", &"a dimension that was promised is not there");
    if positions.is_empty() { Err(fault()) } else { Ok(positions) }
}
