//! Two tables together: rates of a population, and flows both ways.

use crate::indicator::form::{Denominator, Effect, Form, Numerator};
use crate::indicator::{Indicator, Unit};

/// Why a table may have no rate at all.
const NO_POPULATION: &str = "The table of `per` has no population above zero where this one has counts.";
/// Why a table may have no decomposition.
const NO_MAKE_UP: &str = "No year has one before it, a code has a population in one of the two only, or the codes of `per` do not add up.";
/// Why a table may have no balance of flows.
const NO_FLOW: &str = "The table of `less` has no count where this one has.";

pub(super) static ENTRIES: [Indicator; 9] = [
    Indicator {
        name: "population_share",
        title: "Share in the population",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · n / population of `per` at the same time. `base` is the population; where there is none, the value is \
                  missing (`O`).",
        source: "Eurostat and ISTAT: share of foreign citizens in the resident population (incidenza).",
        example: "50 foreigners of 600 residents: 8.3.",
        absent: NO_POPULATION,
        form: Form::Compare { of: Numerator::Counts, by: Denominator::Population, times: 100.0 },
    },
    Indicator {
        name: "crude_rate",
        title: "Crude rate",
        unit: Unit::Named("per_1000_persons"),
        decimals: 1,
        formula: "1000 · n / ((P of 1 January + P of the next 1 January) / 2); a population of 1 July (`on = \"07-01\"`) is the mean \
                  itself, one of 31 December that of the next 1 January. `base` is the mean, to the nearest person; where one \
                  of the two is not there, the value is missing (`O`).",
        source: "Eurostat, Migration and migrant population statistics: immigrants per 1,000 inhabitants.",
        example: "15 immigrants, populations of 900 and 1,100: 15.0.",
        absent: NO_POPULATION,
        form: Form::Compare { of: Numerator::Counts, by: Denominator::Mean, times: 1000.0 },
    },
    Indicator {
        name: "naturalisation_rate",
        title: "Naturalisation rate",
        unit: Unit::Named("per_100_foreigners"),
        decimals: 2,
        formula: "100 · acquisitions of citizenship in the year / foreign residents of `per` on its 1 January. `base` is the \
                  foreign residents; where they are not there, the value is missing (`O`).",
        source: "Eurostat (migr_acqs), EIGE and OECD, International Migration Outlook.",
        example: "127,001 acquisitions, 4,996,158 foreign residents (Italy 2019): 2.54.",
        absent: NO_POPULATION,
        form: Form::Compare { of: Numerator::Counts, by: Denominator::AtStart, times: 100.0 },
    },
    Indicator {
        name: "net_migration",
        title: "Net migration",
        unit: Unit::OfCounts,
        decimals: 0,
        formula: "n less n of `less`: immigration less emigration, of one rule and one unit. Entries less exits of all travellers \
                  are another number. Of records, a flow that is not there is nobody; of a publication, the value is then \
                  missing (`O`).",
        source: "United Nations, Recommendations on Statistics of International Migration (1998): saldo migratorio.",
        example: "60 immigrants and 30 emigrants: 30.",
        absent: NO_FLOW,
        form: Form::Compare { of: Numerator::Net, by: Denominator::One, times: 1.0 },
    },
    Indicator {
        name: "turnover",
        title: "Gross migration",
        unit: Unit::OfCounts,
        decimals: 0,
        formula: "n and n of `less` together: immigration and emigration.",
        source: "Shryock and Siegel, The Methods and Materials of Demography: gross migration, turnover.",
        example: "60 immigrants and 30 emigrants: 90.",
        absent: NO_FLOW,
        form: Form::Compare { of: Numerator::Gross, by: Denominator::One, times: 1.0 },
    },
    Indicator {
        name: "migration_effectiveness",
        title: "Migration effectiveness",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · (n less n of `less`) / (n and n of `less` together), from -100 to 100. `base` is both together.",
        source: "Shryock and Siegel, The Methods and Materials of Demography: migration efficiency.",
        example: "60 immigrants and 30 emigrants: 33.3.",
        absent: NO_FLOW,
        form: Form::Compare { of: Numerator::Net, by: Denominator::Gross, times: 100.0 },
    },
    Indicator {
        name: "net_migration_rate",
        title: "Crude rate of net migration",
        unit: Unit::Named("per_1000_persons"),
        decimals: 1,
        formula: "1000 · (n less n of `less`) / mean population of `per`, as by `crude_rate`.",
        source: "Eurostat: crude rate of net migration.",
        example: "60 immigrants, 30 emigrants, populations of 900 and 1,100: 30.0.",
        absent: NO_POPULATION,
        form: Form::Compare { of: Numerator::Net, by: Denominator::Mean, times: 1000.0 },
    },
    Indicator {
        name: "composition_effect",
        title: "Effect of composition on the rate",
        unit: Unit::Named("per_1000_persons"),
        decimals: 2,
        formula: "1000 · Σ (w₁ − w₀)(r₁ + r₀)/2 over the codes of `over`, r being events by mean population of `per`, as by `crude_rate`, and w \
                  the code's share of that population; 1 is the year, 0 the one before. With `rate_effect` it is the change of the \
                  crude rate of those who state the code. It stands at the total of `over`; `base` is the mean population.",
        source: "Kitagawa, Components of a Difference Between Two Rates (1955).",
        example: "Rates of 100 and 200 among 100 and 100 persons, then of 200 and 200 among 50 and 150: 12.5 of 50.",
        absent: NO_MAKE_UP,
        form: Form::Decomposition { effect: Effect::Composition, times: 1000.0 },
    },
    Indicator {
        name: "rate_effect",
        title: "Effect of rates on the rate",
        unit: Unit::Named("per_1000_persons"),
        decimals: 2,
        formula: "1000 · Σ (r₁ − r₀)(w₁ + w₀)/2, as `composition_effect`.",
        source: "Kitagawa, Components of a Difference Between Two Rates (1955).",
        example: "Rates of 100 and 200 among 100 and 100 persons, then of 200 and 200 among 50 and 150: 37.5 of 50.",
        absent: NO_MAKE_UP,
        form: Form::Decomposition { effect: Effect::Rates, times: 1000.0 },
    },
];
