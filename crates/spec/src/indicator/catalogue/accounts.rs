//! The account of a population: opening + births + in − deaths − out = closing.

use crate::indicator::form::{AccountBase, AccountPart, Form};
use crate::indicator::{Indicator, Unit};

/// Why a table may have nothing of its account.
const NO_ACCOUNT: &str = "No cells that agree in all other dimensions have all codes of `account`. An item that is not published at all times \
                          is named in its `optional`.";

const fn account(of: AccountPart, by: AccountBase, times: f64) -> Form {
    Form::Account { of, by, times }
}

pub(super) static ENTRIES: [Indicator; 6] = [
    Indicator {
        name: "balance_residual",
        title: "Residual of the account",
        unit: Unit::OfCounts,
        decimals: 0,
        formula: "Closing less (opening + births + what adds − deaths − what takes). It stands at the total of the dimension of \
                  `account`, and is zero where the account closes. Where an item is not there, it is missing (`O`); what \
                  does not close is told.",
        source: "ISTAT, Bilancio demografico; VTL: check_hierarchy.",
        example: "1000 + 15 − 3 + 90 − 20 − 12 − 5 = 1065: 0.",
        absent: NO_ACCOUNT,
        form: account(AccountPart::Residual, AccountBase::One, 1.0),
    },
    Indicator {
        name: "contribution",
        title: "Contribution to growth",
        unit: Unit::Named("percentage_points"),
        decimals: 3,
        formula: "100 · item, with its sign, / opening population: points of growth. At the total of the dimension of `account` \
                  stands the growth itself, which all items come to where the account closes. `base` is the opening \
                  population.",
        source: "ISTAT, Bilancio demografico: components of growth.",
        example: "Opening 1000, arrivals 90, deaths 3, closing 1065: 9.0, -0.3 and 6.5.",
        absent: NO_ACCOUNT,
        form: account(AccountPart::Items, AccountBase::Opening, 100.0),
    },
    Indicator {
        name: "natural_increase",
        title: "Natural increase",
        unit: Unit::OfCounts,
        decimals: 0,
        formula: "Births less deaths. It stands at the total of the dimension of `account`.",
        source: "ISTAT: saldo naturale. Eurostat: natural change of population.",
        example: "15 births and 3 deaths: 12.",
        absent: NO_ACCOUNT,
        form: account(AccountPart::Natural, AccountBase::One, 1.0),
    },
    Indicator {
        name: "natural_increase_rate",
        title: "Crude rate of natural increase",
        unit: Unit::Named("per_1000_persons"),
        decimals: 1,
        formula: "1000 · (births less deaths) / mean of opening and closing population. `base` is the mean, to the nearest person.",
        source: "Eurostat: crude rate of natural change.",
        example: "Opening 1000, 15 births, 3 deaths, closing 1065: 11.6.",
        absent: NO_ACCOUNT,
        form: account(AccountPart::Natural, AccountBase::Mean, 1000.0),
    },
    Indicator {
        name: "net_migration_plus_adjustment",
        title: "Net migration plus statistical adjustment",
        unit: Unit::OfCounts,
        decimals: 0,
        formula: "(Closing less opening population) less (births less deaths): what is left of the change, errors of all items \
                  included. It is no count of immigrants less emigrants.",
        source: "Eurostat (demo_gind): net migration plus statistical adjustment; the vital statistics method.",
        example: "Opening 1000, 15 births, 3 deaths, closing 1065: 53.",
        absent: NO_ACCOUNT,
        form: account(AccountPart::OtherThanNatural, AccountBase::One, 1.0),
    },
    Indicator {
        name: "net_migration_plus_adjustment_rate",
        title: "Crude rate of net migration plus statistical adjustment",
        unit: Unit::Named("per_1000_persons"),
        decimals: 1,
        formula: "1000 · ((closing less opening population) less (births less deaths)) / mean of opening and closing population. \
                  `base` is the mean, to the nearest person.",
        source: "Eurostat (demo_gind): crude rate of net migration plus statistical adjustment.",
        example: "Opening 1000, 15 births, 3 deaths, closing 1065: 51.3.",
        absent: NO_ACCOUNT,
        form: account(AccountPart::OtherThanNatural, AccountBase::Mean, 1000.0),
    },
];
