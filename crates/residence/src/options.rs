//! What a rule needs beside its own parameters: how far the data go, what is known before they begin, and what to do with
//! histories that cannot be true.

use crate::crossings::{Crossings, Status, equal_lengths};
use crate::error::Error;
use crate::permit::Permits;
use crate::rule::check_day;

/// How to read the crossings. [`Options::new`] has defaults that claim nothing that the data do not prove.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The last day that the data cover, as days since 1970-01-01: the cut-off of a last-exit rule, the end of observation of the
    /// others. Crossings dated later are ignored: an edition with an earlier cut-off can be made again from later data.
    pub until: i32,
    /// What is known of each person before the first crossing.
    pub initial: InitialStatus<'a>,
    /// What to do where a crossing must be missing.
    pub faults: FaultPolicy,
    /// How crossings of one person on one day follow each other.
    pub same_day: SameDay,
    /// Which side the day of a departure counts to.
    pub boundary: Boundary,
    /// The person (index into `person_starts`) that is none: the run of rows without a person key. Its rows are counted and left out.
    pub unidentified: Option<usize>,
    /// Permits of the same persons in the same order, for rules that need them.
    pub permits: Option<Permits<'a>>,
}

impl Options<'_> {
    /// Data that end with the day `until`, nothing known before they begin, missing crossings left open.
    pub const fn new(until: i32) -> Self {
        Options {
            until,
            initial: InitialStatus::UNKNOWN,
            faults: FaultPolicy::Bounds,
            same_day: SameDay::KeepOrder,
            boundary: Boundary::DepartureDayAbroad,
            unidentified: None,
            permits: None,
        }
    }

    pub(crate) fn check(&self, crossings: &Crossings) -> Result<(), Error> {
        check_day("until", self.until)?;
        if let Some(declared) = self.initial.declared {
            equal_lengths("person_starts", crossings.person_starts.len(), "declared", declared.len())?;
        }
        match self.initial.observed_from {
            Some(day) => check_day("observed_from", day),
            None => Ok(()),
        }
    }
}

/// The status of a person before the first crossing, from the first of these that answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct InitialStatus<'a> {
    /// First day of the data. Whoever has no crossing for the threshold of the rule from this day on was on one side all the while,
    /// which settles the status whatever was before (vignette of `migstat`, Stats NZ).
    pub observed_from: Option<i32>,
    /// A column with one value a person, such as the status that the person declared.
    pub declared: Option<&'a [Option<Status>]>,
    /// What to do without an answer.
    pub otherwise: Otherwise,
}

impl InitialStatus<'_> {
    /// Nothing is known.
    pub const UNKNOWN: Self =
        InitialStatus { observed_from: None, declared: None, otherwise: Otherwise::Unknown };
}

/// The initial status of a person of whom nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Otherwise {
    /// Follow both possible histories, and keep what they agree on. From the first uninterrupted threshold on they are one.
    #[default]
    Unknown,
    /// Assume that the first crossing begins from the side where the person is at home: somebody who first arrives was not
    /// resident, somebody who first departs was (`migrbc`, Stats NZ).
    OppositeOfFirstCrossing,
    /// Everybody has this status.
    Known(Status),
}

/// What to do with a person who crosses twice in the same direction, so that a crossing between must be missing (or one is wrong).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FaultPolicy {
    /// The missing crossing may lie anywhere between: what every combination of places of all missing crossings gives is given, and
    /// nothing that one of them contradicts. If it is the other way that a record is wrong, and no crossing is missing, this does not
    /// hold: then choose another policy.
    ///
    /// The missing crossing may be the migration itself, which no row records: [`Counts`](crate::Counts) has how many are, and how many may be.
    #[default]
    Bounds,
    /// The missing crossing lies where it makes the time in the country shortest. It may be the migration itself, as under [`Bounds`](Self::Bounds).
    Lower,
    /// The missing crossing lies where it makes the time in the country longest. It may be the migration itself, as under [`Bounds`](Self::Bounds).
    Upper,
    /// Half of the time between is spent in the country; the missing crossing itself is never a migration (`migstat`, Stats NZ).
    Midpoint,
    /// The person is on the side of the earlier of the two crossings until the later.
    AsRecorded,
    /// All rows of the person are left out (`migrbc`, Stats NZ).
    RejectPerson,
    /// The later crossing of the pair is left out.
    DropLater,
    /// The earlier crossing of the pair is left out.
    DropEarlier,
}

/// How the crossings of a person on one day follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SameDay {
    /// As they stand.
    #[default]
    KeepOrder,
    /// In the order in which arrivals and departures alternate, if there is one.
    RestoreAlternation,
}

/// Which side the day of a departure counts to. The day of an arrival is always in the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Boundary {
    /// A day belongs to the side where it ends: from departure to arrival are as many days abroad as the dates differ. To count the
    /// days of crossing half each comes to the same lengths.
    #[default]
    DepartureDayAbroad,
    /// The day of a departure is still a day in the country, as visa laws count; time abroad begins on the next.
    DepartureDayInside,
}
