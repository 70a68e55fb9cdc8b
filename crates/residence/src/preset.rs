//! Official rules by name: parameters, source, and an example that the tests run.

use crate::day::{Comparison, Span, day};
use crate::permit_rule::{FirstPermit, JourneyRule, PermitRule, PermitStock};
use crate::rule::{Continuous, CumulativeWindow, FirstArrivalLastDeparture, LastExitNoReturn, Period, Rule};
use crate::signs::SignsOfLife;

/// A rule that an office publishes by. A caller who needs other parameters copies [`Preset::method`] and changes them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// Name in pipeline files.
    pub name: &'static str,
    /// One line for people.
    pub title: &'static str,
    /// Rule and parameters.
    pub method: Method,
    /// End of observation of the published edition, where the rule belongs to one; the caller says otherwise.
    pub until: Option<i32>,
    /// Who publishes by this rule, and where it is written.
    pub source: &'static str,
    /// What to know before it is used: conventions that its source does not state, and what it leaves out. May be empty.
    pub note: &'static str,
    /// A worked example. Of one person, line by line: for crossings direction, day, and the answer; for permits first day, last day, a
    /// reason, and the answer; for signs of life year, registers with a sign, and the answer. The first line says how far the data go,
    /// or with which index and weights the years begin.
    pub example: &'static str,
}

/// What a preset applies to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// Border crossings.
    Crossings(Rule),
    /// Residence permits.
    Permits(PermitRule),
    /// Signs of life in registers, year by year.
    Signs(SignsOfLife),
}

impl Method {
    /// The name of the rule in pipeline files.
    pub const fn name(&self) -> &'static str {
        match self {
            Method::Crossings(rule) => rule.name(),
            Method::Permits(rule) => rule.name(),
            Method::Signs(rule) => rule.name(),
        }
    }

    /// The parameters by name, as text.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        match self {
            Method::Crossings(rule) => rule.parameters(),
            Method::Permits(rule) => rule.parameters(),
            Method::Signs(rule) => rule.parameters(),
        }
    }
}

/// All presets.
pub const fn presets() -> &'static [Preset] {
    PRESETS
}

/// The preset of a name.
///
/// ```
/// let nz = denizen_residence::preset("nz_12_16").expect("a preset of this name");
/// assert_eq!(nz.method.name(), "cumulative_window");
/// assert_eq!(denizen_residence::preset("nz_12_61"), None);
/// ```
pub fn preset(name: &str) -> Option<Preset> {
    PRESETS.iter().find(|preset| preset.name == name).copied()
}

/// What to do about the name of a preset that there was once.
///
/// A name that promises a definition is never given another meaning, nor kept with a wrong one: pipelines that use it get an error that says so.
///
/// ```
/// assert!(denizen_residence::withdrawn("eu_12").unwrap().contains("continuous_12"));
/// assert_eq!(denizen_residence::withdrawn("nz_12_16"), None);
/// ```
pub fn withdrawn(name: &str) -> Option<&'static str> {
    WITHDRAWN.iter().find(|(withdrawn, _)| *withdrawn == name).map(|(_, what)| *what)
}

const WITHDRAWN: [(&str, &str); 2] = [
    (
        "un2021_b",
        "definition (b) of the United Nations leaves temporary absences out of account, and this rule did not: one night at home began \
         the year anew. `continuous_12` gives the same answers under its own name; `nz_12_16` allows absences of 122 days in 16 months",
    ),
    (
        "eu_12",
        "Regulation (EC) 862/2007 disregards temporary absences, and this rule did not: one night at home began the year anew. \
         `continuous_12` gives the same answers under its own name; `nz_12_16` allows absences of 122 days in 16 months",
    ),
];

const fn window(threshold: i32, window: i32) -> Method {
    Method::Crossings(Rule::CumulativeWindow(CumulativeWindow {
        threshold: Span::Days(threshold),
        window: Span::Days(window),
        comparison: Comparison::AtLeast,
    }))
}

const fn continuous(threshold: i32) -> Method {
    Method::Crossings(Rule::Continuous(Continuous {
        threshold: Span::Days(threshold),
        comparison: Comparison::AtLeast,
    }))
}

const fn last_exit(period: Option<Period>, minimum_absence: i32) -> Method {
    Method::Crossings(Rule::LastExitNoReturn(LastExitNoReturn {
        period,
        minimum_absence: Span::Days(minimum_absence),
    }))
}

const PRESETS: &[Preset] = &[
    Preset {
        name: "nz_12_16",
        title: "12/16-month rule of New Zealand: 365 of the next 487 days on the new side",
        method: window(365, 487),
        until: None,
        source: "Stats NZ, outcomes-based measure of migration, since May 2017; R packages migrbc 2.0.9 and migstat 1.0.6",
        note: "12 months are 365 days and 16 months 487, as in both packages. A migration is dated at the first crossing of its window, also where that looks like a holiday. Whether a person was resident before follows from the crossings before, as in the packages; the published text has a look-back as well: away for 12 of the past 16 months.",
        example: "\
resident, data until 2019-12-31
departure 2017-01-01 migration
arrival   2017-01-11 no migration
departure 2017-03-12 no migration",
    },
    Preset {
        name: "au_12_16",
        title: "12/16-month rule of Australia, Net Overseas Migration: 365 of the next 487 days on the new side",
        method: window(365, 487),
        until: None,
        source: "ABS, cat. 3412.0 Migration, Australia, technical notes, since the September quarter 2006",
        note: "ABS writes 12 months, not continuous, within 16 months of the movement; 365 and 487 days are the convention of New Zealand. Foreign diplomats are to be left out before, with a filter.",
        example: "\
non-resident, data until 2019-12-31
arrival   2017-01-01 migration
departure 2017-05-01 no migration
arrival   2017-05-21 no migration",
    },
    Preset {
        name: "nz_9_12",
        title: "9/12-month rule: 270 of the next 365 days on the new side",
        method: window(270, 365),
        until: None,
        source: "Stats NZ, vignette of the R package migstat 1.0.6",
        note: "",
        example: "\
resident, data until 2020-12-31
departure 2018-01-01 no migration
arrival   2018-07-01 no migration
departure 2018-10-10 migration",
    },
    Preset {
        name: "continuous_12",
        title: "Strict 12 months: 365 days without a night on the other side",
        method: continuous(365),
        until: None,
        source: "no office counts so; a bound, for comparison with rules that allow absences",
        note: "It is neither the usual residence of Regulation (EC) 862/2007, Art. 2, nor definition (b) of the UN framework of 2021, both of \
               which leave temporary absences out of account: somebody who has left for good and comes home for ten days every Christmas \
               stays resident here for as long as that goes on. Out and back on one day interrupts nothing.",
        example: "\
resident, data until 2019-12-31
departure 2016-12-31 migration
arrival   2017-12-31 no migration
departure 2018-02-01 no migration",
    },
    Preset {
        name: "un2021_a",
        title: "United Nations 2021, resident population (a): most of twelve months, as 183 of the next 365 days",
        method: window(183, 365),
        until: None,
        source: "UN Statistical Commission 2021, revised framework of international migration and mobility, definition (a)",
        note: "The definition looks back from a date: most of the last twelve months. This rule looks forward from a crossing, which suits flows. 183 days for most of 365 are a convention.",
        example: "\
resident, data until 2018-12-31
departure 2017-01-01 migration
arrival   2017-07-03 migration",
    },
    Preset {
        name: "ge_183",
        title: "Georgia: 183 days within twelve months, cumulative",
        method: window(183, 365),
        until: None,
        source: "Geostat, migration statistics from border-crossing histories",
        note: "From memory, and not confirmed: a text of 2015 (agenda.ge) asks for twelve months of residence and six months since leaving, a condition on the past that this rule does not have.",
        example: "\
non-resident, data until 2018-12-31
arrival   2017-01-01 migration
departure 2017-05-01 no migration
arrival   2017-06-01 no migration",
    },
    Preset {
        name: "pe_1990_2007",
        title: "Peruvians who left from 1990 to May 2007 and did not return",
        method: last_exit(Some(Period { first: day(1990, 1, 1), last: day(2007, 5, 31) }), 0),
        until: Some(day(2007, 5, 31)),
        source: "INEI, DIGEMIN and IOM (2008), Perú: Estadísticas de la migración internacional de peruanos, 1990-2007",
        note: "A visit home moves a person to a later year, and the count of a year falls in later editions: it is a cumulative outflow, no stock.",
        example: "\
unknown, data until 2007-05-31
departure 1995-04-02 no migration
arrival   2006-07-20 no migration
departure 2006-08-01 migration",
    },
    Preset {
        name: "pe_inei_2025",
        title: "Peruvians abroad for a year or more who had not returned by 30 June 2025",
        method: last_exit(Some(Period { first: day(1994, 1, 1), last: day(2025, 6, 30) }), 365),
        until: Some(day(2025, 6, 30)),
        source: "INEI, emigration of Peruvians, edition of 2025: abroad for at least one year, no entry until 30 June 2025",
        note: "One year is taken as 365 days.",
        example: "\
unknown, data until 2025-06-30
departure 2019-01-10 no migration
arrival   2022-03-01 no migration
departure 2024-06-30 migration",
    },
    Preset {
        name: "pe_migraciones",
        title: "Peruvians who have not returned within six months",
        method: last_exit(None, 183),
        until: None,
        source: "Superintendencia Nacional de Migraciones, Peru, as quoted in the press (La República, 2026)",
        note: "183 days for six months are a convention.",
        example: "\
unknown, data until 2025-06-30
arrival   2024-12-01 no migration
departure 2024-12-29 migration",
    },
    Preset {
        name: "uk_fald",
        title: "First arrival, last departure within a visa: 365 days, exit assumed with the end of the visa",
        method: Method::Crossings(Rule::FirstArrivalLastDeparture(FirstArrivalLastDeparture {
            threshold: Span::Days(365),
            comparison: Comparison::AtLeast,
            joining_gap: Span::Days(1),
        })),
        until: None,
        source: "ONS, long-term international migration of visa holders, FOI-2026-3525 (visas are joined here where they adjoin)",
        note: "It needs permits beside the crossings, as rows of the same source: `permits = \"COLUMN\"` names the column of their last day. Visas that adjoin are joined, which is a choice made here.",
        example: "\
unknown, data until 2019-12-31, permit 2017-01-01..2018-12-31
arrival   2017-01-15 migration
departure 2017-07-01 no migration
arrival   2017-08-01 no migration",
    },
    Preset {
        name: "uk_journey",
        title: "Migrant journey: permits with gaps of no more than 12 months",
        method: Method::Permits(PermitRule::Journey(JourneyRule {
            gap: Span::Months(12),
            comparison: Comparison::MoreThan,
        })),
        until: None,
        source: "Home Office, Migrant Journey, user guide 2022",
        note: "For permits: `op = \"permits\"`, and `op = \"retention\"` for the cohorts.",
        example: "\
permits
2015-01-01..2015-12-31 study journey 1
2016-05-31..2017-05-30 study journey 1
2018-02-28..2019-02-27 work journey 1",
    },
    Preset {
        name: "eu_first_permit",
        title: "First residence permits: none before, or the last one expired six months ago or more",
        method: Method::Permits(PermitRule::FirstPermit(FirstPermit {
            minimum_length: Span::Months(3),
            gap: Span::Months(6),
            comparison: Comparison::AtLeast,
            same_reason: false,
        })),
        until: None,
        source: "Regulation (EC) 862/2007, Art. 6; Regulation (EU) 216/2010; Eurostat migr_resfirst",
        note: "For permits: `op = \"permits\"`. Some texts ask for the same reason as well: `same_reason = true` of the rule `first_permit`.",
        example: "\
permits
2015-01-01..2015-12-31 study first
2016-05-31..2017-05-30 study renewal
2018-02-28..2019-02-27 work first",
    },
    Preset {
        name: "it_stock",
        title: "Non-EU citizens present on 1 January, with permits entered and renewed in the following months",
        method: Method::Permits(PermitRule::Stock(PermitStock {
            entry_lag: Span::Months(6),
            renewal_gap: Some(Span::Months(6)),
        })),
        until: None,
        source: "ISTAT from permits of the Ministry of the Interior, metadata of demo.istat.it (which gives no longest gap of a \
                 renewal; here it is that of the European first permit)",
        note: "For permits: `op = \"stock\"`, which sees what was entered up to the lag after each date.",
        example: "\
stock of 2018-01-01, extracted 2018-07-01
2016-12-01..2017-11-30 work renewed later
2018-02-01..2020-01-31 work renewed later",
    },
    Preset {
        name: "eu_stock",
        title: "Valid residence permits at the end of the year, as of that day",
        method: Method::Permits(PermitRule::Stock(PermitStock {
            entry_lag: Span::Days(0),
            renewal_gap: None,
        })),
        until: None,
        source: "Regulation (EC) 862/2007, Art. 6; Eurostat migr_resvalid, all valid permits at 31 December",
        note: "For permits: `op = \"stock\"` with `every = \"12-31\"`. Permits of less than three months are left out with `minimum_length = \"3 months\"`.",
        example: "\
stock of 2018-12-31, extracted 2018-12-31
2016-12-01..2018-12-30 study valid
2018-12-31..2020-01-31 work valid",
    },
    Preset {
        name: "ee_index",
        title: "Residency index of Estonia: 0.8 of last year's index and 0.2 of the weighted signs of life, above 0.7",
        method: Method::Signs(SignsOfLife { decay: 0.8, gain: 0.2, threshold: 0.7 }),
        until: None,
        source: "Statistics Estonia, residency index (Tiit and Maasing); a secondary source: formula and values are recalled from \
                 published abstracts and not checked against a methodology, and the weights, which Estonia estimates anew, are up to \
                 the caller (those of the example are made up)",
        note: "For signs of life in registers: `op = \"signs_of_life\"`.",
        example: "\
index 1 before 2010, weights health 0.6, taxes 0.4
2010 health+taxes index 1.000 resident
2011 none         index 0.800 resident
2012 none         index 0.640 not resident
2013 health       index 0.632 not resident
2014 health+taxes index 0.706 resident
2016 health+taxes index 0.652 not resident",
    },
];
