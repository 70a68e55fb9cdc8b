//! One indicator per file: what is computed from counts, with its formula and source.

mod rank;
mod sex_ratio;
mod share;

use denizen_spec::Indicator;

use crate::cell::{Count, Value};

/// A computed value at a place of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Computed {
    pub(crate) key: Vec<Value>,
    pub(crate) concept: String,
    /// None when a count that it needs is suppressed.
    pub(crate) value: Option<f64>,
    /// The sum that a share is part of, or the number of codes that a rank is among.
    pub(crate) base: Option<i64>,
    /// Whether the base leaves out suppressed counts, so that the value is too large by a little.
    pub(crate) partial: bool,
}

/// Where the dimensions are that indicators look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    /// The dimension over which shares and ranks are taken.
    pub(crate) over: Option<usize>,
    /// The dimension `sex`.
    pub(crate) sex: Option<usize>,
}

pub(crate) fn compute(indicator: Indicator, counts: &[Count], places: Places) -> Vec<Computed> {
    match (indicator, places) {
        (Indicator::Share, Places { over: Some(over), .. }) => share::shares(counts, over),
        (Indicator::Rank, Places { over: Some(over), .. }) => rank::ranks(counts, over),
        (Indicator::SexRatio, Places { sex: Some(sex), .. }) => sex_ratio::sex_ratios(counts, sex),
        // The pipeline's checks see to it that the dimensions are there.
        _ => Vec::new(),
    }
}

/// The unit of an indicator.
pub(crate) fn unit(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::Share => "percent",
        Indicator::Rank => "rank",
        Indicator::SexRatio => "men_per_100_women",
    }
}
