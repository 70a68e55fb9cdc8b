//! What stands beside a count of migrations where the rule cannot always tell.
//!
//! A count is what is certain. Beside it stand rows of the same table, each counted from the same records as whole numbers: how many more there
//! may be, and what they rest on. Rows, and not columns, because each is a count of its own: it has cells where nothing is certain,
//! adds up over dimensions, and zero is its absence as for every count of records.

use serde::{Deserialize, Serialize};

use crate::columns;
use crate::operations::Residence;
use crate::pipeline::Pipeline;
use crate::table::{Measure, Table};
use crate::translations::Translations;

/// Which way a migration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Migration {
    /// Departures.
    Emigration,
    /// Arrivals.
    Immigration,
}

impl Migration {
    pub(crate) const ALL: [Self; 2] = [Self::Emigration, Self::Immigration];

    /// The measure that counts them.
    pub fn measure(self) -> Measure {
        match self {
            Self::Emigration => Measure::Emigration,
            Self::Immigration => Measure::Immigration,
        }
    }

    /// The direction of its crossings.
    pub fn direction(self) -> &'static str {
        match self {
            Self::Emigration => "departure",
            Self::Immigration => "arrival",
        }
    }
}

/// What is told beside a count of migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The most that there can be: certain, unseen and undecided together. The least are the certain ones.
    Upper,
    /// Crossings, recorded or missing, of which the rule cannot tell yet.
    Undecided,
    /// Migrations for certain that fall on a missing crossing; they stand at the record after it.
    Unseen,
    /// Of the certain ones, those of persons whose history had to be repaired.
    Repaired,
    /// Crossings that are linked to nobody, so that no rule judges them.
    Unlinked,
    /// What the count of a period that is not complete is expected to be when it is.
    Estimate,
    /// The lower end of its interval.
    EstimateLower,
    /// The upper end of its interval.
    EstimateUpper,
}

impl Aspect {
    pub(crate) const ALL: [Self; 8] = [
        Self::Upper,
        Self::Undecided,
        Self::Unseen,
        Self::Repaired,
        Self::Unlinked,
        Self::Estimate,
        Self::EstimateLower,
        Self::EstimateUpper,
    ];

    /// Whether it is estimated, and not counted.
    pub fn is_estimate(self) -> bool {
        match self {
            Self::Estimate | Self::EstimateLower | Self::EstimateUpper => true,
            Self::Upper | Self::Undecided | Self::Unseen | Self::Repaired | Self::Unlinked => false,
        }
    }

    /// The name of the measure, which is also that of the indicator.
    pub(crate) fn name_of(self, migration: Migration) -> &'static str {
        match (migration, self) {
            (Migration::Emigration, Self::Upper) => "emigration_upper",
            (Migration::Emigration, Self::Undecided) => "emigration_undecided",
            (Migration::Emigration, Self::Unseen) => "emigration_unseen",
            (Migration::Emigration, Self::Repaired) => "emigration_repaired",
            (Migration::Emigration, Self::Unlinked) => "emigration_unlinked",
            (Migration::Emigration, Self::Estimate) => "emigration_estimate",
            (Migration::Emigration, Self::EstimateLower) => "emigration_estimate_lower",
            (Migration::Emigration, Self::EstimateUpper) => "emigration_estimate_upper",
            (Migration::Immigration, Self::Upper) => "immigration_upper",
            (Migration::Immigration, Self::Undecided) => "immigration_undecided",
            (Migration::Immigration, Self::Unseen) => "immigration_unseen",
            (Migration::Immigration, Self::Repaired) => "immigration_repaired",
            (Migration::Immigration, Self::Unlinked) => "immigration_unlinked",
            (Migration::Immigration, Self::Estimate) => "immigration_estimate",
            (Migration::Immigration, Self::EstimateLower) => "immigration_estimate_lower",
            (Migration::Immigration, Self::EstimateUpper) => "immigration_estimate_upper",
        }
    }

    /// What the indicator of this name tells, if it is one of those that stand beside counts of migrations.
    ///
    /// ```
    /// assert!(denizen_spec::Aspect::explained("emigration_unseen").unwrap().contains("missing"));
    /// assert_eq!(denizen_spec::Aspect::explained("emigration"), None);
    /// ```
    pub fn explained(name: &str) -> Option<&'static str> {
        let is_named =
            |aspect: &Self| Migration::ALL.iter().any(|migration| aspect.name_of(*migration) == name);
        Self::ALL.into_iter().find(is_named).map(Self::explanation)
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::Upper => {
                "The most that there can be: the count, which is what is certain, with what is undecided and what is unseen. The \
                 count itself is the least."
            }
            Self::Undecided => {
                "Crossings, recorded or missing, of which the rule cannot tell yet whether they are migrations: their window is not over, or \
                 the places of missing crossings decide. A missing crossing stands at the record after it."
            }
            Self::Unseen => {
                "Migrations for certain that fall on a missing crossing, so that no record is one. They stand at the record after it, \
                 which may be years later."
            }
            Self::Repaired => {
                "Of the count, those of persons in whose history a crossing is missing or was left out."
            }
            Self::Unlinked => "Crossings in this direction that are linked to nobody: no rule judges them.",
            Self::Estimate => {
                "What the count of a period is expected to be when the rule has judged all its crossings: what is certain, and of what is \
                 undecided the share that came to be counted in earlier months at the same age. Rounded to whole persons, so that parts \
                 need not add up. A period that is complete has no row: its count is what it is."
            }
            Self::EstimateLower => {
                "The lower end of the interval around the estimate, from what the same estimator said of earlier periods at the same age \
                 beside what they came to: never below what is certain. Without a value where there are too few earlier ones."
            }
            Self::EstimateUpper => {
                "The upper end of the interval around the estimate, from what the same estimator said of earlier periods at the same age \
                 beside what they came to: never above what is certain and undecided. Without a value where there are too few earlier ones."
            }
        }
    }

    /// What it counts, beside a count in `unit`: crossings of nobody are no persons.
    fn unit(self, unit: &str) -> &str {
        match self {
            Self::Upper
            | Self::Undecided
            | Self::Unseen
            | Self::Repaired
            | Self::Estimate
            | Self::EstimateLower
            | Self::EstimateUpper => unit,
            Self::Unlinked => "crossings",
        }
    }

    /// Whether it counts a record, of which a rule says this. `is_direction` says whether the record has the direction of the migration; a
    /// missing crossing has the other one than the record after it.
    ///
    /// ```
    /// use denizen_spec::{Aspect, columns};
    ///
    /// assert!(Aspect::Undecided.counts(None, columns::AS_RECORDED, true));
    /// assert!(!Aspect::Undecided.counts(None, columns::OUTSIDE_PERIOD, true));
    /// assert!(Aspect::Unseen.counts(None, columns::UNSEEN_MIGRATION, false));
    /// ```
    pub fn counts(self, answer: Option<bool>, basis: &str, is_direction: bool) -> bool {
        let is_repaired =
            [columns::REPAIRED, columns::UNSEEN_MIGRATION, columns::UNSEEN_UNDECIDED].contains(&basis);
        match self {
            Self::Upper => {
                is_direction && answer == Some(true)
                    || Self::Undecided.counts(answer, basis, is_direction)
                    || Self::Unseen.counts(answer, basis, is_direction)
            }
            Self::Undecided if is_direction => {
                let can_be_one = is_repaired && basis != columns::UNSEEN_MIGRATION;
                answer.is_none() && (can_be_one || basis == columns::AS_RECORDED)
            }
            Self::Undecided => basis == columns::UNSEEN_UNDECIDED,
            Self::Unseen => !is_direction && basis == columns::UNSEEN_MIGRATION,
            Self::Repaired => is_direction && answer == Some(true) && is_repaired,
            Self::Unlinked => is_direction && basis == columns::NO_PERSON,
            // These are made of what was known month by month.
            Self::Estimate | Self::EstimateLower | Self::EstimateUpper => false,
        }
    }
}

impl Pipeline {
    /// Adds what stands beside counts of migrations, where their rule follows a status and so cannot always tell. Where small counts are
    /// suppressed there is nothing beside them: differences would give away what is hidden.
    pub(crate) fn with_aspects(mut self) -> Self {
        if self.disclosure.as_ref().is_some_and(|disclosure| disclosure.threshold() > 0) {
            return self;
        }
        let mut beside: Vec<Table> = Vec::new();
        for table in &self.tables {
            let migration = match table.measure {
                Measure::Emigration => Migration::Emigration,
                Measure::Immigration => Migration::Immigration,
                Measure::Count | Measure::Stock | Measure::Flow | Measure::Beside(..) => continue,
            };
            // Crossings that are undecided or unseen are followed nowhere: beside a duration they would stand under *not stated*, as if
            // they could belong to no duration.
            let has_aspects = |rule: &Residence| {
                (rule.has_status() || rule.is_within_permits()) && rule.durations_in(table).is_none()
            };
            if self.residence_of(table).is_some_and(has_aspects) {
                let is_made = |aspect: &Aspect| !aspect.is_estimate() || table.estimate.is_some();
                beside.extend(Aspect::ALL.into_iter().filter(is_made).map(|aspect| Table {
                    measure: Measure::Beside(migration, aspect),
                    title: None,
                    titles: Translations::default(),
                    indicators: Vec::new(),
                    over: Vec::new(),
                    unit: aspect.unit(&table.unit).to_owned(),
                    ..table.clone()
                }));
            }
        }
        self.tables.extend(beside);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of an arrival or a departure with an answer and a basis: which aspects of an emigration count it.
    #[test]
    fn each_record_is_counted_where_it_belongs() {
        let table = "
            departure yes as_recorded      upper
            departure yes repaired         upper,repaired
            departure yes unseen_undecided upper,repaired
            departure no  as_recorded      -
            departure -   as_recorded      upper,undecided
            departure -   repaired         upper,undecided
            departure -   outside_period   -
            departure -   left_out         -
            departure -   no_person        unlinked
            departure -   unseen_migration -
            arrival   -   unseen_migration upper,unseen
            arrival   no  unseen_undecided upper,undecided
            arrival   yes unseen_undecided upper,undecided
            arrival   -   repaired         -
            arrival   yes as_recorded      -
            arrival   -   no_person        -";
        for line in table.trim().lines() {
            let [direction, answer, basis, expected] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let answer = (answer != "-").then_some(answer == "yes");
            let is_direction = direction == Migration::Emigration.direction();
            let counted = Aspect::ALL.into_iter().filter(|aspect| aspect.counts(answer, basis, is_direction));
            let names: Vec<_> =
                counted.map(|aspect| &aspect.name_of(Migration::Emigration)["emigration_".len()..]).collect();
            let mut expected: Vec<_> = expected.split(',').filter(|name| *name != "-").collect();
            expected.sort_by_key(|name| {
                Aspect::ALL.iter().position(|aspect| aspect.name_of(Migration::Emigration).ends_with(name))
            });
            assert_eq!(names, expected, "{line}");
        }
    }
}
