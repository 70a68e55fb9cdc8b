//! Compare: the counts of a table beside those of another one, by the dimensions that both have.
//!
//! Rates divide by a population, which is never guessed: where it is not there the value is missing, and where it is
//! suppressed the value is hidden. Flows both ways are subtracted or added; of records, a flow that is not there is nobody, and
//! provisional where others of its time are: who is undecided may turn out to be the first. A row that is not there has no status.
//! Who does not state a dimension that both tables have is compared with nothing.

use std::borrow::Cow;

use denizen_spec::{Denominator, Diagnostic, IndicatorUse, Numerator};

use super::Inputs;
use super::other::{Key, Lookup, Other};
use super::rows::{Cell, Outcome, Sum, Told};
use crate::cell_columns::{Found, Keys};
use crate::status::Status;

pub(super) fn compare(
    inputs: &Inputs<'_>,
    asked: &IndicatorUse,
    of: Numerator,
    by: Denominator,
    times: f64,
) -> Result<Found, Diagnostic> {
    let less = match of {
        Numerator::Counts => None,
        Numerator::Net | Numerator::Gross => Some(inputs.other(asked.less.as_ref())?),
    };
    let per = match by {
        Denominator::One | Denominator::Gross => None,
        Denominator::Population | Denominator::AtStart | Denominator::Mean => {
            Some(inputs.other(asked.per.as_ref())?)
        }
    };
    let rows = match less.filter(|less| inputs.complete && less.complete) {
        Some(less) => inputs.with_cells_of(less),
        None => Cow::Borrowed(&*inputs.rows),
    };
    let meet = |other: Option<&Other<'_>>, at| match other {
        None => Ok(None),
        Some(other) => Met::new(inputs, other, at, &rows.keys).map(Some),
    };
    let compared = Compared { of, by, times, less: meet(less, Denominator::One)?, per: meet(per, by)? };
    let mut told = Told::default();
    for row in 0..rows.len() {
        if let Some(outcome) = compared.outcome(row, rows.cell(row)) {
            told.push(row, outcome);
        }
    }
    Ok(told.finish(inputs, &rows.keys, &[]))
}

/// What the rows of a table meet in another one.
struct Met {
    lookup: Lookup,
    keys: Vec<Key>,
    /// By how much its decimals are to be moved to be those of the table.
    decimals: u32,
    /// Whether a count that is not there is nobody.
    complete: bool,
}

impl Met {
    fn new(inputs: &Inputs<'_>, other: &Other<'_>, at: Denominator, of: &Keys) -> Result<Self, Diagnostic> {
        let lookup = inputs.lookup(other, at, None)?;
        let keys = lookup.keys(of);
        Ok(Self { lookup, keys, decimals: other.fewer_decimals(inputs.scale)?, complete: other.complete })
    }

    /// What a count is that is not there.
    fn absent(&self, key: u128) -> Cell {
        if self.complete { Cell::nobody_at(self.lookup.is_open(key)) } else { Cell::missing() }
    }

    /// The counts that a row meets, which are two where a mean is taken; none where it is not to be compared.
    fn counts(&self, row: usize) -> Option<[Cell; 2]> {
        match self.keys[row] {
            Key::Of(keys) => Some(keys.map(|key| self.lookup.one(key).unwrap_or_else(|| self.absent(key)))),
            Key::NoTime => Some([Cell::missing(); 2]),
            Key::NotStated => None,
        }
    }
}

struct Compared {
    of: Numerator,
    by: Denominator,
    times: f64,
    less: Option<Met>,
    per: Option<Met>,
}

impl Compared {
    fn outcome(&self, row: usize, cell: Cell) -> Option<Outcome> {
        let here = Sum::of([cell]);
        let less = match &self.less {
            None => None,
            Some(met) => Some((Sum::of([met.counts(row)?[0]]), met.decimals)),
        };
        let other = |sign: i64| less.map_or(here, |(sum, decimals)| here.and(scaled(sum, decimals), sign));
        let of = match self.of {
            Numerator::Counts => here,
            Numerator::Net => other(-1),
            Numerator::Gross => other(1),
        };
        Some(with_reason(match self.by {
            Denominator::One => Outcome { base: None, ..Outcome::ratio(self.times, of, one()) },
            Denominator::Gross => Outcome::ratio(self.times, of, other(1)),
            Denominator::Population | Denominator::AtStart => {
                let met = self.per.as_ref()?;
                Outcome::ratio(self.times, of, scaled(Sum::of([met.counts(row)?[0]]), met.decimals))
            }
            Denominator::Mean => {
                let met = self.per.as_ref()?;
                mean(Outcome::ratio(2.0 * self.times, of, scaled(Sum::of(met.counts(row)?), met.decimals)))
            }
        }))
    }
}

/// A value that is neither there nor hidden is missing: what it is divided by is nothing.
fn with_reason(outcome: Outcome) -> Outcome {
    let is_open = outcome.value.is_none() && !outcome.hidden;
    Outcome { reason: is_open.then_some(Status::MISSING), ..outcome }
}

/// What nothing is divided by.
fn one() -> Sum {
    Sum { count: 1, ..Sum::of([]) }
}

/// The base of a mean of two populations is half their sum, to the nearest person.
fn mean(outcome: Outcome) -> Outcome {
    Outcome { base: outcome.base.map(|both| both / 2 + both % 2), ..outcome }
}

/// A count of fewer decimals, in units of the last decimal of the table.
fn scaled(sum: Sum, decimals: u32) -> Sum {
    Sum { count: sum.count * 10_i128.pow(decimals), ..sum }
}
