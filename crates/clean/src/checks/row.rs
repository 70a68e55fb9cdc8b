//! Checks of one row at a time.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type};
use denizen_spec::{Balance, Bounds, Conditions};

use super::failures::Outcome;
use crate::batch::{self, Result};
use crate::operations::filter;

/// Of each row that meets `when`: what it must state, must meet, and may not meet.
pub(super) struct RowCheck<'a> {
    when: Vec<Condition<'a>>,
    then: Vec<Condition<'a>>,
    never: Vec<Condition<'a>>,
    stated: &'a [String],
}

/// What is asked of one column.
enum Condition<'a> {
    Codes(&'a str, &'a [String]),
    Bounds(&'a str, &'a Bounds),
}

/// What is known of rows: that they meet something, that they do not, or nothing.
type Known = Vec<Option<bool>>;

impl<'a> RowCheck<'a> {
    pub(super) fn new(
        when: &'a Conditions,
        then: &'a Conditions,
        never: &'a Conditions,
        stated: &'a [String],
    ) -> Self {
        let [when, then, never] = [when, then, never].map(conditions);
        Self { when, then, never, stated }
    }

    /// What it says of each row.
    pub(super) fn outcomes(&self, batch: &RecordBatch) -> Result<Vec<Outcome>> {
        let rows = batch.num_rows();
        let (when, mut holds) = (all(&self.when, batch)?, all(&self.then, batch)?);
        if !self.never.is_empty() {
            let never = all(&self.never, batch)?.into_iter().map(|met| met.map(|met| !met));
            holds.iter_mut().zip(never).for_each(|(holds, never)| *holds = and(*holds, never));
        }
        for column in self.stated {
            let column = batch::column(batch, column)?;
            (0..rows).for_each(|row| holds[row] = and(holds[row], Some(column.is_valid(row))));
        }
        let outcome = |(when, holds): (Option<bool>, Option<bool>)| match (when, holds) {
            (Some(false), _) => Outcome::NotMeant,
            (None, _) | (Some(true), None) => Outcome::NotChecked,
            (Some(true), Some(true)) => Outcome::Passed,
            (Some(true), Some(false)) => Outcome::Failed,
        };
        Ok(when.into_iter().zip(holds).map(outcome).collect())
    }
}

fn conditions(declared: &Conditions) -> Vec<Condition<'_>> {
    let codes = declared.codes.iter().map(|(column, codes)| Condition::Codes(column, codes));
    let bounds = declared.bounds.iter().map(|(column, bounds)| Condition::Bounds(column, bounds));
    codes.chain(bounds).collect()
}

/// Both: no as soon as one is no, and not known while one is not.
fn and(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (None, _) | (_, None) => None,
    }
}

/// Whether rows meet all conditions.
fn all(conditions: &[Condition<'_>], batch: &RecordBatch) -> Result<Known> {
    let mut known = vec![Some(true); batch.num_rows()];
    for condition in conditions {
        let more = condition.known(batch)?;
        known.iter_mut().zip(more).for_each(|(known, more)| *known = and(*known, more));
    }
    Ok(known)
}

impl Condition<'_> {
    fn known(&self, batch: &RecordBatch) -> Result<Known> {
        match self {
            Self::Codes(column, codes) => {
                Ok(batch::words(batch, column)?.map(|word| codes.iter().any(|code| code == word)))
            }
            Self::Bounds(column, bounds) => {
                let mut met = vec![true; batch.num_rows()];
                filter::keep_within(&mut met, batch, column, bounds)?;
                let others = bounds.beside.iter().map(|(_, other)| other.as_str());
                let arrays = std::iter::once(*column).chain(others).map(|name| batch::column(batch, name));
                let arrays = arrays.collect::<Result<Vec<_>>>()?;
                let is_stated = |row: usize| arrays.iter().all(|array| array.is_valid(row));
                let known = met.into_iter().enumerate().map(|(row, met)| is_stated(row).then_some(met));
                let mut known: Known = known.collect();
                filter::total_rows(batch, column, bounds)?.into_iter().for_each(|row| known[row] = None);
                Ok(known)
            }
        }
    }
}

/// Decimals with which numbers are added up: as many as a column can have.
const SCALE: u32 = denizen_spec::MAX_SCALE as u32;

/// Whether the numbers of rows add up.
pub(super) fn balance(batch: &RecordBatch, declared: &Balance) -> Result<Vec<Outcome>> {
    let mut sums: Vec<Option<i128>> = vec![Some(0); batch.num_rows()];
    let signed = declared.plus.iter().map(|name| (name, 1));
    let signed = signed.chain(declared.minus.iter().map(|name| (name, -1)));
    for (name, sign) in signed.chain([(&declared.equals, -1)]) {
        let more = numbers(batch, name)?;
        sums.iter_mut().zip(more).for_each(|(sum, more)| {
            *sum = sum.zip(more).and_then(|(sum, more)| sum.checked_add(sign * more));
        });
    }
    let tolerance = (declared.tolerance * 10_f64.powi(SCALE as i32)).round() as u128;
    let outcome = |difference: Option<i128>| match difference {
        None => Outcome::NotChecked,
        Some(difference) if difference.unsigned_abs() <= tolerance => Outcome::Passed,
        Some(_) => Outcome::Failed,
    };
    Ok(sums.into_iter().map(outcome).collect())
}

/// The numbers of a column in units of their last decimal.
fn numbers(batch: &RecordBatch, name: &str) -> Result<Vec<Option<i128>>> {
    let array = batch::column(batch, name)?;
    if let DataType::Decimal128(_, scale) = array.data_type() {
        let more = 10_i128.pow(SCALE.saturating_sub(u32::try_from(*scale).unwrap_or(0)));
        let values = array.as_primitive::<Decimal128Type>().iter();
        return Ok(values.map(|value| value.map(|value| value * more)).collect());
    }
    let more = 10_i128.pow(SCALE);
    Ok(batch::integers(batch, name)?
        .iter()
        .map(|value| value.map(|value| i128::from(value) * more))
        .collect())
}
