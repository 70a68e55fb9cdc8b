//! Spells: how long people stay.

use crate::indicator::form::Form;
use crate::indicator::{Indicator, Unit};

pub(super) static ENTRIES: [Indicator; 1] = [Indicator {
    name: "survival",
    title: "Survival",
    unit: Unit::Named("index_0_to_1"),
    decimals: 3,
    formula: "Π (1 − d / n) over the durations up to each at which spells end: d are the spells with `outcome` `ended` of that \
              `duration` (whole numbers), n all spells that last at least so long, those that are not over (any other outcome) \
              among them. It stands at each such duration and the total of `outcome`; `n` is d, `base` n.",
    source: "Kaplan and Meier, Nonparametric Estimation from Incomplete Observations (1958).",
    example: "100, 90 and 61 at risk, of whom 10, 9 and 6 end: 0.9, 0.81, 0.730328.",
    absent: "No spell has ended, a duration is no whole number, or the spells do not add up to a published total.",
    form: Form::Survival { event: "ended" },
}];
