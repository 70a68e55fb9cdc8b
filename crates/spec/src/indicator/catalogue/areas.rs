//! How a group is spread over areas, beside the whole population (`per`).

use crate::indicator::form::{Form, Spread};
use crate::indicator::{Indicator, Unit};

/// Why a table may have nothing of the kind.
const NO_AREAS: &str =
    "Some area has no population, or fewer persons than the group has there, or nobody is counted.";

pub(super) static ENTRIES: [Indicator; 6] = [
    Indicator {
        name: "dissimilarity",
        title: "Dissimilarity index",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "½ Σ |a/A − b/B| over the areas (`over`), a being the group and b another one, that of `per`. It stands at the total of \
                  the areas; `base` is A.",
        source: "Duncan and Duncan, A Methodological Analysis of Segregation Indexes (1955).",
        example: "a = 10, 20, 70; b = 400, 300, 300: 0.4.",
        absent: NO_AREAS,
        form: Form::Areas { function: Spread::Dissimilarity },
    },
    Indicator {
        name: "segregation",
        title: "Segregation index",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "½ Σ |a/A − b/B| over the areas (`over`), a being the group and b all others of the population of `per`: the part of \
                  the group that would have to move to be spread as the others (dissimilarity of the two). It stands at the \
                  total of the areas; `base` is A.",
        source: "Duncan and Duncan, A Methodological Analysis of Segregation Indexes (1955).",
        example: "a = 10, 20, 70; b = 400, 300, 300: 0.4.",
        absent: NO_AREAS,
        form: Form::Areas { function: Spread::Segregation },
    },
    Indicator {
        name: "isolation",
        title: "Isolation",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "Σ (a/A)(a/t) over the areas, t being the population of `per`. As `segregation`.",
        source: "Bell, A Probability Model for the Measurement of Ecological Segregation (1954): xPx.",
        example: "a = 10, 20, 70; b = 400, 300, 300: 0.147371.",
        absent: NO_AREAS,
        form: Form::Areas { function: Spread::Isolation },
    },
    Indicator {
        name: "interaction",
        title: "Interaction",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "Σ (a/A)(b/t) over the areas; with `isolation` it comes to 1. As `segregation`.",
        source: "Bell, A Probability Model for the Measurement of Ecological Segregation (1954): xPy.",
        example: "a = 10, 20, 70; b = 400, 300, 300: 0.852629.",
        absent: NO_AREAS,
        form: Form::Areas { function: Spread::Interaction },
    },
    Indicator {
        name: "correlation_ratio",
        title: "Correlation ratio",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "(isolation − A/T) / (1 − A/T). As `segregation`.",
        source: "White, The Measurement of Spatial Segregation (1983): eta squared.",
        example: "a = 10, 20, 70; b = 400, 300, 300: 0.062109.",
        absent: NO_AREAS,
        form: Form::Areas { function: Spread::CorrelationRatio },
    },
    Indicator {
        name: "location_quotient",
        title: "Location quotient",
        unit: Unit::Named("ratio"),
        decimals: 2,
        formula: "(a/t) / (A/T) in each area: above 1 where the group is more than elsewhere. As `segregation`; it stands at each area.",
        source: "Florence, Investment, Location and Size of Plant (1948).",
        example: "a = 10, 20, 70; b = 400, 300, 300: 2.081081 in the third area.",
        absent: NO_AREAS,
        form: Form::Areas { function: Spread::LocationQuotient },
    },
];
