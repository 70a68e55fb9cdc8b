//! From border crossings, residence permits and signs of life to residence: the rules by which statistical offices decide who has migrated.
//!
//! Everything here is a pure function of slices: columns of many persons go in, sorted by person and date, and columns come out. No
//! files, no clock, no data frames, no dependencies; nothing panics, bad input is an [`Error`] that names the position.
//!
//! ```
//! use denizen_residence::{Crossings, Direction::*, Method, Options, classify, day, preset};
//!
//! // One person: to Peru for a visit in 2006, then away again.
//! let days = [day(1995, 4, 2), day(2006, 7, 20), day(2006, 8, 1)];
//! let crossings = Crossings { person_starts: &[0], days: &days, directions: &[Departure, Arrival, Departure] };
//! let preset = preset("pe_1990_2007").expect("a preset of this name");
//! let Method::Crossings(rule) = preset.method else { unreachable!("a rule for crossings") };
//!
//! let found = classify(&crossings, &rule, &Options::new(day(2007, 5, 31)))?;
//! assert_eq!(found.migration, [Some(false), Some(false), Some(true)]);
//! # Ok::<(), denizen_residence::Error>(())
//! ```
//!
//! # Days
//!
//! Days are whole days since 1970-01-01 ([`day()`], [`iso`]). A day belongs to the side on which it ends: from a departure to the next
//! arrival are as many days abroad as the dates differ, and out and back on one day is no day at all ([`Boundary`] knows the other
//! way of counting). The window of a crossing begins with its day. [`Options::until`] is the last day that the data cover, to its
//! evening; a day on which something is settled ([`Classification::status_decided_on`]) is the first on whose morning it is known.
//!
//! # Three answers
//!
//! A status is resident, non-resident, or not yet known; a crossing is a migration, none, or not yet known. Under a
//! [`CumulativeWindow`] `None` means that two worlds disagree, and anything else that all of them agree. A world is a future and,
//! where the [`InitialStatus`] is unknown, a status before the first crossing; under [`FaultPolicy::Bounds`] also one combination of
//! places of all missing crossings. That is exact both ways, several crossings on one day included, and so are the days on which it is
//! settled, the missing crossings being known as such from the beginning. Two exceptions withhold an answer that could be given:
//!
//! - spans in calendar months are of other lengths on other days. Where a missing crossing might lie on several, its day is left open;
//! - under [`FaultPolicy::Midpoint`] and [`FaultPolicy::AsRecorded`] an answer may come later than possible.
//!
//! And one is for the sake of counts: a migration may fall on a missing crossing itself. Where that is certain, the row after it has no answer,
//! and [`Counts::unseen_migrations`] counts it.
//!
//! # Rules
//!
//! | rule | who is a migrant | offices |
//! |---|---|---|
//! | [`LastExitNoReturn`] | left, and did not come back until the cut-off | INEI, Peru |
//! | [`CumulativeWindow`] | at least `threshold` of the next `window` days on the new side | Stats NZ, ABS, Geostat |
//! | [`Continuous`] | so long on the new side without interruption | none: a bound for comparison |
//! | [`FirstArrivalLastDeparture`] | so long from first arrival to last departure within a permit | ONS |
//! | [`permit_events`] | first permits, changes, renewals | Eurostat |
//! | [`journeys`], [`retention`], [`outcomes`] | permits that belong together; who is left of a cohort | Home Office |
//! | [`permit_renewals`] | what followed on a permit that expired | |
//! | [`permit_stock`], [`permit_holders`], [`valid_at`] | who holds a permit on a day | ISTAT, Eurostat |
//! | [`SignsOfLife`] | enough activity in registers, lately and before | Statistics Estonia |
//!
//! [`permit_spells`] drops short permits and joins overlapping ones, where the rules for permits are to see one permit a day at most.
//!
//! [`presets`] has them with the parameters, the source and an example of each office; the module `compat` (of the feature
//! `compat`) has the answers of the two R packages of Stats NZ, and what differs.

#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

#[cfg(feature = "compat")]
pub mod compat;

mod between;
mod classification;
mod classify;
mod crossings;
mod cumulative;
mod day;
mod error;
mod first_last;
mod history;
mod last_exit;
mod merge;
mod options;
mod permit;
mod permit_holder;
mod permit_outcome;
mod permit_renewal;
mod permit_rule;
mod permit_spell;
mod preset;
mod rule;
mod signs;

pub use classification::{AssumedDeparture, Classification, Counts, RowUse};
#[cfg(feature = "rayon")]
pub use classify::classify_parallel;
pub use classify::{classify, classify_into};
pub use crossings::{Crossings, Direction, PersonRuns, Status, person_runs};
pub use day::{Comparison, FIRST_DAY, LAST_DAY, Span, calendar, day, iso};
pub use error::Error;
pub use options::{Boundary, FaultPolicy, InitialStatus, Options, Otherwise, SameDay};
pub use permit::{NO_REASON, Permits};
pub use permit_holder::{Held, permit_holders};
pub use permit_outcome::{Followed, Outcome, outcomes};
pub use permit_renewal::{Renewal, RenewalRule, permit_renewals};
pub use permit_rule::{
    FirstPermit, Journey, JourneyRule, PermitEvent, PermitRule, PermitStock, Retention, StockReason,
    journeys, permit_events, permit_stock, retention, valid_at,
};
pub use permit_spell::{PermitSpells, PermitUse, SpellCounts, SpellRule, permit_spells, ranked_spells};
pub use preset::{Method, Preset, preset, presets, withdrawn};
pub use rule::{Continuous, CumulativeWindow, FirstArrivalLastDeparture, LastExitNoReturn, Period, Rule};
pub use signs::{InitialIndex, ResidencyIndex, Signs, SignsOfLife, residency_index};
