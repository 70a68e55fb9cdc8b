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

use denizen_spec::{Along, Diagnostic, Form, Indicator, IndicatorUse, Table};
use polars::prelude::*;

pub(crate) use both_ways::undecided_the_other_way;
pub(crate) use other::{Other, others};

use crate::counts::{CONCEPT, dimension, index, internal, packed};
use crate::publish::{BASE, HIDDEN, N, NOT_STATED, PART, STATUS, VALUE};
use crate::status::Status;
use crate::value::Levels;

/// One number for all cells that agree in everything but one dimension.
const GROUP: &str = "group";
/// Whether a value leaves something out, or rests on an assumption.
const ROUGH: &str = "rough";
/// The weakest status of the counts that a value is made of.
const FLAG: &str = "flag";
/// The status of a value that is not there although nothing is hidden; null when its row is left out.
const REASON: &str = "reason";

/// The counts that an indicator is computed from.
pub(crate) struct Inputs<'a> {
    /// The table, or one of its parts: all parts that ask for the indicator have its dimensions.
    pub(crate) table: &'a Table,
    /// A column for each dimension, then concept, part, exact and shown count, whether it is suppressed, status.
    pub(crate) frame: DataFrame,
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

/// Computes an indicator: a column for each dimension, then concept, part, value, base, n, how many do not state what is
/// compared, status and whether it is hidden.
///
/// Changes are in units of the last decimal of the counts.
pub(crate) fn compute(asked: &IndicatorUse, inputs: &Inputs<'_>) -> Result<LazyFrame, Diagnostic> {
    of_form(asked.indicator.form, asked, inputs).map(|found| inputs.finished(found))
}

fn of_form(form: Form, asked: &IndicatorUse, inputs: &Inputs<'_>) -> Result<LazyFrame, Diagnostic> {
    let broken = |error: PolarsError| internal(&format!("indicator `{}`", asked.indicator.name), &error);
    match form {
        Form::Ratio { of, to, times, .. } => {
            ratio::ratio(inputs, &inputs.all_positions(form)?, of, to, times)
        }
        Form::Rank { along } => rank::rank(inputs, inputs.position(along)?).map_err(broken),
        Form::Change { kind, from } => {
            let time = inputs.time()?;
            let moves = change::Moves::new(inputs, time, from, asked);
            change::change(inputs, time, kind, &moves).map_err(broken)
        }
        Form::Difference { of, times } => {
            let unknown = || internal("indicators", &"one is the difference of none");
            let of = Indicator::named(of).ok_or_else(unknown)?;
            let along = of.form.along(inputs.table);
            let found = inputs.finished(of_form(of.form, asked, inputs)?);
            difference::difference(inputs, asked, &along, found, times)
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
        Form::Survival { event } => survival::survival(inputs, &inputs.all_positions(form)?, event),
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

    /// The counts with [`GROUP`].
    fn grouped(&self, along: &[usize]) -> PolarsResult<LazyFrame> {
        let mut frame = self.frame.clone();
        let others = (0..self.dimensions.len()).filter(|position| !along.contains(position));
        let others = others.map(|position| (dimension(position), self.dimensions[position].len()));
        let key = [(PART.into(), self.parts), (CONCEPT.into(), self.concepts)].into_iter().chain(others);
        let group = packed(&frame, &key.collect::<Vec<_>>())?;
        frame.with_column(group.with_name(GROUP.into()).into_column())?;
        Ok(frame.lazy())
    }

    /// What tells the rows of an indicator apart.
    fn key(&self) -> Vec<Expr> {
        let dimensions = (0..self.dimensions.len()).map(|position| col(dimension(position)));
        dimensions.chain([col(CONCEPT), col(PART)]).collect()
    }

    fn is(&self, position: usize, index: Option<u32>) -> Expr {
        index.map_or(lit(false), |index| col(dimension(position)).eq(lit(index)))
    }

    fn is_total(&self, position: usize) -> Expr {
        self.is(position, self.dimensions[position].total())
    }

    fn is_not_stated(&self, position: usize) -> Expr {
        self.is(position, self.dimensions[position].not_stated())
    }

    /// Whether a row has one value of a dimension: neither the total nor *not stated*.
    fn is_detail(&self, position: usize) -> Expr {
        self.is_total(position).or(self.is_not_stated(position)).not()
    }

    /// Whether a row has one value of a dimension that can be compared with the others: no total, not *not stated*, and
    /// nothing that is left over.
    fn is_ranked(&self, position: usize) -> Expr {
        self.is_detail(position).and(self.is_residual(position).not())
    }

    /// Whether a row has what is left over beside the codes that are of interest.
    fn is_residual(&self, position: usize) -> Expr {
        let residuals = self.residuals.get(position).into_iter().flatten();
        residuals.fold(lit(false), |found, index| found.or(self.is(position, Some(*index))))
    }

    /// The index of the total of a dimension, which all levels have.
    fn total(&self, position: usize) -> Expr {
        index(self.dimensions[position].total().unwrap_or_default()).alias(dimension(position))
    }

    /// Decides for every form alike what is published of a value.
    fn finished(&self, found: LazyFrame) -> LazyFrame {
        let is_rough = col(ROUGH).and(col(FLAG).lt(own(Status::ESTIMATED)));
        let with_value = when(is_rough).then(own(Status::ESTIMATED)).otherwise(col(FLAG));
        let without_value = when(col(HIDDEN)).then(own(Status::SUPPRESSED)).otherwise(col(REASON));
        let value = when(col(HIDDEN)).then(lit(NULL).cast(DataType::Float64)).otherwise(col(VALUE));
        let status = when(col(VALUE).is_null()).then(without_value).otherwise(with_value);
        let found = found.with_column(value.alias(VALUE)).with_column(status.alias(STATUS));
        let told = [VALUE, BASE, N, NOT_STATED, STATUS, HIDDEN].map(col);
        let columns = self.key().into_iter().chain(told);
        found.filter(col(STATUS).is_not_null()).select(columns.collect::<Vec<_>>())
    }
}

fn promised(positions: Vec<usize>) -> Result<Vec<usize>, Diagnostic> {
    let fault = || internal("indicators", &"a dimension that was promised is not there");
    if positions.is_empty() { Err(fault()) } else { Ok(positions) }
}

fn none(kind: DataType) -> Expr {
    lit(NULL).cast(kind)
}

/// A status that is ours.
fn own(status: Status) -> Expr {
    index(status.bits())
}
