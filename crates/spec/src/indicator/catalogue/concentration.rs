//! How concentrated a population is on some of its groups.

use crate::indicator::form::{Along, Form, Function};
use crate::indicator::{Indicator, Unit};

/// Why a table may have nothing of the kind.
const NO_PARTS: &str =
    "No cell states a code, counts are missing, or the codes do not add up to a published total above zero.";

const fn over(function: Function) -> Form {
    Form::Reduce { along: Along::Over, function }
}

pub(super) static ENTRIES: [Indicator; 5] = [
    Indicator {
        name: "herfindahl",
        title: "Herfindahl-Hirschman index",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "Σ s², s being the share of each stated code. It stands at the total of the dimension; `base` is Σ n. What is left \
                  over (other countries) counts as one code, and marks the value `D`.",
        source: "Hirschman, National Power and the Structure of Foreign Trade (1945); Herfindahl (1950).",
        example: "Counts 1000, 70, 73, 357: 0.505635.",
        absent: NO_PARTS,
        form: over(Function::Herfindahl),
    },
    Indicator {
        name: "effective_number",
        title: "Effective number of groups",
        unit: Unit::Named("groups"),
        decimals: 1,
        formula: "1 / Σ s²: as many groups of one size would give the same index. As `herfindahl`.",
        source: "Laakso and Taagepera, Effective number of parties (1979).",
        example: "Counts 1000, 70, 73, 357: 1.977712.",
        absent: NO_PARTS,
        form: over(Function::EffectiveNumber),
    },
    Indicator {
        name: "fractionalisation",
        title: "Fractionalisation",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "1 − Σ s²: how likely it is that two persons are of different groups (Gini-Simpson). As `herfindahl`.",
        source: "Simpson, Measurement of diversity (1949); Alesina et al., Fractionalization (2003).",
        example: "Counts 1000, 70, 73, 357: 0.494365.",
        absent: NO_PARTS,
        form: over(Function::Simpson),
    },
    Indicator {
        name: "shannon",
        title: "Shannon diversity",
        unit: Unit::Named("nats"),
        decimals: 3,
        formula: "−Σ s · ln s. As `herfindahl`.",
        source: "Shannon, A Mathematical Theory of Communication (1948).",
        example: "Counts 1000, 70, 73, 357: 0.902084.",
        absent: NO_PARTS,
        form: over(Function::Shannon),
    },
    Indicator {
        name: "evenness",
        title: "Evenness",
        unit: Unit::Named("index_0_to_1"),
        decimals: 3,
        formula: "−Σ s · ln s / ln k, k being the number of codes with a count above zero. As `herfindahl`.",
        source: "Pielou, The measurement of diversity (1966).",
        example: "Counts 1000, 70, 73, 357: 0.650716.",
        absent: NO_PARTS,
        form: over(Function::Evenness),
    },
];
