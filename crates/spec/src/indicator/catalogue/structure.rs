//! How a population is made up: shares, ranks, the sexes.

use crate::indicator::form::{Along, Form, Function, Part, Whole};
use crate::indicator::{Indicator, Unit};

/// Why a table may have no share of anything.
const NO_TOTAL: &str = "Cells of a publication have shares only where a total above zero is published, and records only where one of them states a code.";

pub(super) static ENTRIES: [Indicator; 8] = [
    Indicator {
        name: "share",
        title: "Share",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · n / total. The total of a published table is the published one, that of records the sum of the \
                  stated codes as they are shown; what is not stated is in neither. `base` is the total. Where counts are \
                  suppressed, no share is given that they could change by more than a hundredth of itself, nor one of all \
                  that are shown (`Q`); one that is given is an estimate (`E`).",
        source: "ISTAT, Cittadini non comunitari in Italia: the share of each community, every year.",
        example: "2,685 of 113,979 acquisitions of citizenship (Peru, Italy 2019): 2.4.",
        absent: NO_TOTAL,
        form: Form::Ratio { along: &[Along::Over], of: Part::Each, to: Whole::Total, times: 100.0 },
    },
    Indicator {
        name: "share_change",
        title: "Change of the share",
        unit: Unit::Named("percentage_points"),
        decimals: 1,
        formula: "The share less that of the year before, where both are given. It is left open across a break in the series.",
        source: "ISTAT, Cittadini non comunitari in Italia: shares by reason beside those of the year before.",
        example: "A share of 24.1 after 22.6: 1.5.",
        absent: "No share is given at two times that are a year apart.",
        form: Form::Difference { of: "share", times: 1.0 },
    },
    Indicator {
        name: "rank",
        title: "Rank",
        unit: Unit::Named("rank"),
        decimals: 0,
        formula: "1 + the number of larger counts, so that equal counts share the better place. `base` is the number of \
                  codes ranked. Neither ranked nor in the base: totals, what is not stated, what is left over (codes of \
                  kind `residual` in their list, such as other countries or stateless, and codes that begin with an \
                  underscore), and counts that are not there; one code alone is not ranked either. Where the ranked codes \
                  leave more of the total than a code has, or no total is known, a code that is not listed may be \
                  larger: the rank is then one among the listed codes only, and marked `D` (definition differs). \
                  Suppressed counts have their places behind all that are shown, and no rank is told of them.",
        source: "Ministero del Lavoro, Rapporti annuali sulle comunità migranti in Italia: place of each community.",
        example: "Permits of 1 January 2018: Morocco 443,147, Albania 430,340, China 309,110 have the ranks 1, 2, 3.",
        absent: "Fewer than two codes have a count at the same time, totals, what is not stated and what is left over aside.",
        form: Form::Rank { along: Along::Over },
    },
    Indicator {
        name: "rank_change",
        title: "Change of the rank",
        unit: Unit::Named("places"),
        decimals: 0,
        formula: "The rank of the year before less the rank, so that who has risen has a positive number. It is left open across \
                  a break in the series, and marked `D` where one of the ranks is.",
        source: "Ministero del Lavoro, Rapporti annuali sulle comunità migranti in Italia: place, and place of the year before.",
        example: "Peru, permits of 1 January 2018 and 2019: rank 15 and 15, change 0.",
        absent: "No code has a rank at two times that are a year apart.",
        form: Form::Difference { of: "rank", times: -1.0 },
    },
    Indicator {
        name: "top_share",
        title: "Share of the largest",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · the sum of the largest counts (`largest`, 5 unless stated) / total. It stands at the total of the \
                  dimension; `base` is the total, `n` the sum. Ranked as by `rank`: where a code that is not listed may be \
                  one of the largest, it is marked `D`.",
        source: "ISTAT, Cittadini non comunitari in Italia: the share of the five largest communities.",
        example: "Counts 1000, 357, 73, 70, the two largest: 90.467.",
        absent: NO_TOTAL,
        form: Form::Reduce { along: Along::Over, function: Function::TopShare },
    },
    Indicator {
        name: "long_term_share",
        title: "Long-term share",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · permits of `permit_type` `long_term` / total of `permit_type`. It stands at the total; `base` is it.",
        source: "ISTAT, Cittadini non comunitari in Italia: soggiornanti di lungo periodo, every year.",
        example: "Italy, 1 January 2019, 2022, 2023, 2024: 62.3, 65.7, 60.1, 59.3.",
        absent: "No cell has the `permit_type` `long_term`, or no total above zero is known.",
        form: Form::Ratio {
            along: &[Along::Named("permit_type")],
            of: Part::Code("long_term"),
            to: Whole::Total,
            times: 100.0,
        },
    },
    Indicator {
        name: "sex_ratio",
        title: "Sex ratio",
        unit: Unit::Named("men_per_100_women"),
        decimals: 1,
        formula: "100 · men / women. It stands at the total of `sex`; `base` is the number of women.",
        source: "United Nations, Demographic Yearbook: males per 100 females (Spanish razón de sexo).",
        example: "75 men and 100 women: 75.0.",
        absent: "No woman is counted, or, in a published table, no two cells have `sex` F and M and agree in everything else.",
        form: Form::Ratio {
            along: &[Along::Named("sex")],
            of: Part::Code("M"),
            to: Whole::Codes(&["F"]),
            times: 100.0,
        },
    },
    Indicator {
        name: "women_share",
        title: "Women's share",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · women / (women + men). It stands at the total of `sex`; `base` is women and men together.",
        source: "ISTAT, Ministero del Lavoro and Eurostat: incidenza femminile.",
        example: "Peruvians who left in 1990-2007: 994,192 of 1,940,817: 51.2.",
        absent: "Nobody is counted, or, in a published table, no two cells have `sex` F and M and agree in everything else.",
        form: Form::Ratio {
            along: &[Along::Named("sex")],
            of: Part::Code("F"),
            to: Whole::Codes(&["F", "M"]),
            times: 100.0,
        },
    },
];
