//! Spells: how long people stay, and who comes back.

use crate::indicator::form::{Form, SpellEnds};
use crate::indicator::{Indicator, Unit};

pub(super) static ENTRIES: [Indicator; 2] = [
    Indicator {
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
        form: Form::Survival { event: "ended", function: SpellEnds::Survival },
    },
    Indicator {
        name: "return_ratio",
        title: "Return ratio",
        unit: Unit::Named("percent"),
        decimals: 2,
        formula: "100 · R(t) / E: of the E emigrants of a cohort, such as those of a year, R(t) have `outcome` `ended` and a `duration` (whole \
                  numbers) of t at most. It stands at each duration at which some end and the total of `outcome`; `n` is R(t), `base` \
                  E. Those without a duration are in neither (`n_not_stated`): some of them are back, nobody knows when, so that the ratio may be too low.",
        source: "The share of those who left in a year that is back within a time, as of cohorts of migrants, for example in OECD, International \
                 Migration Outlook 2008, part III: Return Migration: A New Perspective.",
        example: "100 left in 2000, of whom 10 were back within a year, and 9 more within two: 10 and 19.",
        absent: "Some were observed for a shorter time than t (`O`), no spell has ended, or the spells do not add up to a published total.",
        form: Form::Survival { event: "ended", function: SpellEnds::Ended },
    },
];
