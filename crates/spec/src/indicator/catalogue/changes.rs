//! How counts change from one time to another.

use crate::indicator::form::{ChangeKind, Earlier, Form};
use crate::indicator::{Indicator, Unit};

/// Why a table may have no change since a year.
const NO_COUNT_SINCE: &str =
    "No cell has a count above zero on the same day of the year `since`, or the series breaks after it.";

pub(super) static ENTRIES: [Indicator; 5] = [
    Indicator {
        name: "change",
        title: "Change",
        unit: Unit::OfCounts,
        decimals: 0,
        formula: "n less n of the year before, where the table has both years. It stands at the later one, and is \
                  left open across a break in the series (flag `b`, or the table's `breaks`).",
        source: "ISTAT, Cittadini non comunitari in Italia: change from one 1 January to the next.",
        example: "Morocco, permits of 1 January 2022 and 2023: 408,184 and 399,146: -9,038.",
        absent: "No two times of the table are a year apart and have a count, or the series breaks between them.",
        form: Form::Change { kind: ChangeKind::Absolute, from: Earlier::Lag(1) },
    },
    Indicator {
        name: "growth",
        title: "Growth rate",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · (n / n of the year before − 1), where the table has both years and the earlier is not zero. \
                  It stands at the later one, and is left open across a break in the series (flag `b`, or the table's \
                  `breaks`). `base` is the earlier count.",
        source: "ISTAT and Eurostat: crude growth in percent. Cinformi (Trento), permits of 1 January 2022 and 2023.",
        example: "Ukraine, permits of 1 January 2022 and 2023: 230,373 and 383,511: 66.5.",
        absent: "No two times of the table are a year apart and have a count, the earlier above zero, or the series breaks between them.",
        form: Form::Change { kind: ChangeKind::Percent, from: Earlier::Lag(1) },
    },
    Indicator {
        name: "mean_annual_growth",
        title: "Mean annual growth",
        unit: Unit::Named("percent"),
        decimals: 2,
        formula: "100 · ((n / n of the year `since`) ^ (1 / years between) − 1): the geometric mean. It stands at the later time; \
                  `base` is the earlier count. It is left open across a break in the series.",
        source: "United Nations and Eurostat: average annual rate of change.",
        example: "100 in 2010 and 121 in 2012: 10.00.",
        absent: NO_COUNT_SINCE,
        form: Form::Change { kind: ChangeKind::AnnualPercent, from: Earlier::Since },
    },
    Indicator {
        name: "exponential_growth",
        title: "Exponential growth rate",
        unit: Unit::Named("percent"),
        decimals: 2,
        formula: "100 · ln(n / n of the year `since`) / years between. It stands at the later time; `base` is the earlier count. \
                  It is left open across a break in the series.",
        source: "United Nations, International Migrant Stock: annual rate of change of the migrant stock.",
        example: "100 in 2010 and 121 in 2012: 9.53.",
        absent: NO_COUNT_SINCE,
        form: Form::Change { kind: ChangeKind::AnnualExponential, from: Earlier::Since },
    },
    Indicator {
        name: "index",
        title: "Index",
        unit: Unit::Named("base_100"),
        decimals: 1,
        formula: "100 · n / n of the year `since`, which is 100 itself. `base` is the earlier count. It is left open across a \
                  break in the series.",
        source: "ISTAT and Eurostat: numeri indice a base fissa.",
        example: "408,184 in 2022 and 399,146 in 2023, since 2022: 100.0 and 97.8.",
        absent: NO_COUNT_SINCE,
        form: Form::Change { kind: ChangeKind::Index, from: Earlier::Since },
    },
];
