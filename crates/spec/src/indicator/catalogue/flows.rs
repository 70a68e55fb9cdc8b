//! What flows between areas come to: tables by `origin` and `destination`.

use crate::indicator::form::{Flows, Form};
use crate::indicator::{Indicator, Unit};

/// Why a table may have nothing of the kind.
const NO_FLOWS: &str = "There are fewer than two areas, no flow between them, a flow that is not there, or no population of an area.";

const fn matrix(function: Flows) -> Form {
    Form::Matrix { function }
}

pub(super) static ENTRIES: [Indicator; 10] = [
    Indicator {
        name: "migration_intensity",
        title: "Crude migration intensity",
        unit: Unit::Named("percent"),
        decimals: 2,
        formula: "100 · M / P: all flows between different areas in percent of the population of `per`. It stands at the totals of \
                  `origin` and `destination`; `base` is P.",
        source: "Bell et al., Cross-national comparison of internal migration (2002): CMI, CMP.",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0; P 1000, 2000, 3000: 2.5.",
        absent: NO_FLOWS,
        form: matrix(Flows::Intensity),
    },
    Indicator {
        name: "courgeau",
        title: "Courgeau's k",
        unit: Unit::Named("index"),
        decimals: 3,
        formula: "Migration intensity / ln(n²), n being the number of areas.",
        source: "Courgeau, Migrants et migrations (1973).",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0; P 1000, 2000, 3000: 1.137799.",
        absent: NO_FLOWS,
        form: matrix(Flows::Courgeau),
    },
    Indicator {
        name: "effectiveness_index",
        title: "Migration effectiveness index",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · Σ |in − out| / Σ (in + out) over the areas. `base` is Σ (in + out).",
        source: "Bell et al., Cross-national comparison of internal migration (2002): MEI.",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0: 33.3333.",
        absent: NO_FLOWS,
        form: matrix(Flows::Effectiveness),
    },
    Indicator {
        name: "aggregate_net_rate",
        title: "Aggregate net migration rate",
        unit: Unit::Named("percent"),
        decimals: 2,
        formula: "100 · ½ Σ |in − out| / P. `base` is P.",
        source: "Bell et al., Cross-national comparison of internal migration (2002): ANMR.",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0; P 1000, 2000, 3000: 0.833333.",
        absent: NO_FLOWS,
        form: matrix(Flows::NetRate),
    },
    Indicator {
        name: "migration_preference",
        title: "Migration preference",
        unit: Unit::Named("ratio"),
        decimals: 2,
        formula: "Σ m / (M · p · p), p being the areas' shares of the population of `per`, over all pairs.",
        source: "Bachi, Statistical Analysis of Demographic Series (1956); R package migest, index of connectivity.",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0; P 1000, 2000, 3000: 11.6.",
        absent: NO_FLOWS,
        form: matrix(Flows::Preference),
    },
    Indicator {
        name: "migration_velocity",
        title: "Migration velocity",
        unit: Unit::Named("ratio"),
        decimals: 3,
        formula: "Σ m · P / (P of origin · P of destination), over all pairs.",
        source: "Bogue, Shryock and Hoermann, Subregional Migration in the United States (1957); R package migest.",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0; P 1000, 2000, 3000: 0.29.",
        absent: NO_FLOWS,
        form: matrix(Flows::Velocity),
    },
    Indicator {
        name: "connectivity",
        title: "Connectivity",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "The share of pairs of different areas with a flow above zero. `base` is the number of pairs.",
        source: "Bell et al., Cross-national comparison of internal migration (2002).",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0: 0.833333.",
        absent: NO_FLOWS,
        form: matrix(Flows::Connectivity),
    },
    Indicator {
        name: "flow_inequality",
        title: "Inequality of flows",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "½ Σ |m/M − 1/k| over all k pairs of different areas. `base` is M.",
        source: "Bell et al., Cross-national comparison of internal migration (2002); R package migest.",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0: 0.3.",
        absent: NO_FLOWS,
        form: matrix(Flows::Inequality),
    },
    Indicator {
        name: "flow_gini",
        title: "Gini index of flows",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "Σ |m − m'| / (2 k² · mean m) over all pairs of flows between different areas. `base` is M.",
        source: "Plane and Mulligan, Measuring spatial focusing in a migration system (1997).",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0: 0.388889.",
        absent: NO_FLOWS,
        form: matrix(Flows::Gini),
    },
    Indicator {
        name: "flow_variation",
        title: "Coefficient of variation of flows",
        unit: Unit::Named("ratio"),
        decimals: 3,
        formula: "Standard deviation / mean of the flows between different areas, all of them being the population. `base` is M.",
        source: "Rogers and Raymer, The spatial focus of US interstate migration flows (1998).",
        example: "A→B 10, A→C 30, B→A 20, B→C 40, C→A 50, C→B 0: 0.683130.",
        absent: NO_FLOWS,
        form: matrix(Flows::Variation),
    },
];
