//! Ages: mean, median, profiles, ratios of age groups.

use crate::indicator::form::{Along, Form, Function, Part, Whole, ages, ages_from};
use crate::indicator::{Indicator, Unit};

/// Why a table may have nothing of ages.
const NO_AGES: &str =
    "No cell states an age, counts are missing, or the ages do not add up to a published total.";
const NO_MIDDLE: &str = "No cell states an age, counts are missing, or the ages do not add up to a published total; where none is \
                         published, `additive = [\"…\"]` in the source says that its ages are all that there are.";
/// What holds for all ratios of age groups.
const ALONG: &[Along] = &[Along::Ages];

/// A ratio of ages to ages, per 100.
const fn ratio(of: Part, to: Whole) -> Form {
    Form::Ratio { along: ALONG, of, to, times: 100.0 }
}

pub(super) static ENTRIES: [Indicator; 9] = [
    Indicator {
        name: "mean_age",
        title: "Mean age",
        unit: Unit::Named("years"),
        decimals: 1,
        formula: "Σ n · m / Σ n over the stated ages, m being the middle of the group: completed age + 0.5 for \
                  single years, else half of first age and first age of the next group. It stands at the total of \
                  the ages; `base` is Σ n. An open group must be ended by `close_open_group_at`, and the value is \
                  then an estimate (`E`). Cells of a publication must have a total that they add up to; where they have none, \
                  `additive` says that they are all that there are.",
        source: "ISTAT: mean age of foreign residents (completed age + 0.5).",
        example: "Ages 0-14: 30, 15-29: 80, 30-44: 60, 45-64: 25, 65+ closed at 100: 5 persons: 30.3125.",
        absent: NO_MIDDLE,
        form: Form::Reduce { along: Along::Ages, function: Function::MeanAge },
    },
    Indicator {
        name: "median_age",
        title: "Median age",
        unit: Unit::Named("years"),
        decimals: 1,
        formula: "L + w · (Σ n / 2 − C) / f over the stated ages, persons being spread evenly over their group: L is the first age of \
                  the group that half of the persons have not passed, w its width, f its count, C the count of all younger \
                  ones. It stands at the total of the ages; `base` is Σ n. Where half of the persons are in the open group, \
                  it is missing (`O`), unless `close_open_group_at` ends it (`E`). Cells of a publication must have a total \
                  that they add up to; where they have none, `additive` says that they are all that there are.",
        source: "Eurostat and United Nations: median age of immigrants and of foreign citizens.",
        example: "Ages 0-14: 30, 15-29: 80, 30-44: 60, 45-64: 25, 65+: 5 persons: 28.125.",
        absent: NO_MIDDLE,
        form: Form::Reduce { along: Along::Ages, function: Function::MedianAge },
    },
    Indicator {
        name: "age_profile",
        title: "Age profile",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · n of an age / total of all ages, as by `share`. `base` is the total.",
        source: "Eurostat, Migration and migrant population statistics: age structure of nationals and non-nationals.",
        example: "Ages 0-14: 30, 15-29: 80, 30-44: 60, 45-64: 25, 65+: 5 persons: 15, 40, 30, 12.5, 2.5.",
        absent: NO_AGES,
        form: ratio(Part::Each, Whole::Total),
    },
    Indicator {
        name: "pyramid",
        title: "Age pyramid",
        unit: Unit::Named("percent"),
        decimals: 2,
        formula: "100 · n of an age and sex / total of all ages and both sexes, as by `share`, so that all bars come to 100. `base` \
                  is the total.",
        source: "Eurostat, Glossary: population pyramid, in percent of the total of both sexes.",
        example: "60 women and 40 men, 15 women of the age 30-34 among them: 15.00 for these.",
        absent: NO_AGES,
        form: Form::Ratio {
            along: &[Along::Ages, Along::Named("sex")],
            of: Part::Each,
            to: Whole::Total,
            times: 100.0,
        },
    },
    Indicator {
        name: "minors_share",
        title: "Minors' share",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · n below 18 / total of all ages. No group of ages may have both 17 and 18. It stands at the total of the ages.",
        source: "ISTAT, Cittadini non comunitari in Italia: minori, every year.",
        example: "Italy, 1 January 2022: 742,631 of 3,561,540: 20.9.",
        absent: NO_AGES,
        form: ratio(Part::Ages(&[ages(0, 18)]), Whole::Total),
    },
    Indicator {
        name: "dependency_ratio",
        title: "Dependency ratio",
        unit: Unit::Named("per_100_of_15_64"),
        decimals: 1,
        formula: "100 · (n below 15 + n from 65 on) / n of 15 to 64. It stands at the total of the ages; `base` is n of 15 to 64.",
        source: "United Nations and ISTAT: total dependency ratio, indice di dipendenza.",
        example: "Ages 0-14: 30, 15-29: 80, 30-44: 60, 45-64: 25, 65+: 5 persons: 21.2121.",
        absent: NO_AGES,
        form: ratio(Part::Ages(&[ages(0, 15), ages_from(65)]), Whole::Ages(&[ages(15, 65)])),
    },
    Indicator {
        name: "young_dependency_ratio",
        title: "Young-age dependency ratio",
        unit: Unit::Named("per_100_of_15_64"),
        decimals: 1,
        formula: "100 · n below 15 / n of 15 to 64. It stands at the total of the ages; `base` is n of 15 to 64.",
        source: "United Nations and Eurostat: young-age dependency ratio.",
        example: "Ages 0-14: 30, 15-29: 80, 30-44: 60, 45-64: 25, 65+: 5 persons: 18.1818.",
        absent: NO_AGES,
        form: ratio(Part::Ages(&[ages(0, 15)]), Whole::Ages(&[ages(15, 65)])),
    },
    Indicator {
        name: "old_dependency_ratio",
        title: "Old-age dependency ratio",
        unit: Unit::Named("per_100_of_15_64"),
        decimals: 1,
        formula: "100 · n from 65 on / n of 15 to 64. It stands at the total of the ages; `base` is n of 15 to 64.",
        source: "United Nations and ISTAT: old-age dependency ratio, indice di dipendenza degli anziani.",
        example: "Ages 0-14: 30, 15-29: 80, 30-44: 60, 45-64: 25, 65+: 5 persons: 3.0303.",
        absent: NO_AGES,
        form: ratio(Part::Ages(&[ages_from(65)]), Whole::Ages(&[ages(15, 65)])),
    },
    Indicator {
        name: "ageing_index",
        title: "Ageing index",
        unit: Unit::Named("per_100_of_0_14"),
        decimals: 1,
        formula: "100 · n from 65 on / n below 15. It stands at the total of the ages; `base` is n below 15.",
        source: "ISTAT: indice di vecchiaia.",
        example: "5 persons from 65 on and 30 below 15: 16.6667.",
        absent: NO_AGES,
        form: ratio(Part::Ages(&[ages_from(65)]), Whole::Ages(&[ages(0, 15)])),
    },
];
