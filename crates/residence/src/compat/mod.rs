//! The two R packages of Stats NZ, answer for answer, known defects included: for series that must continue, and for comparison.
//!
//! Where they differ from [`classify`](crate::classify()) with a [`CumulativeWindow`](crate::CumulativeWindow), and why it does otherwise:
//!
//! | package | what it does | example (365 of 487 days unless said) | here |
//! |---|---|---|---|
//! | both | the last day of the data is a day on which nothing is observed | resident, D 2017-01-01, data until 2017-12-31: 364 days, undecided | every day to the evening of `until` is observed: 365 days, a migration |
//! | `migrbc` | no end of observation: the last spell fills the whole window | resident since 2016, leaves on the last day of the data: migration | not yet known |
//! | `migrbc` | a person with one crossing is judged by the clock of the computer | resident, D 2018-01-01: none on 2018-12-31, migration on 2019-01-01, on the same data | depends on `until` alone |
//! | `migrbc` | dates a non-migration a day before it is known (the test is "more than 122 days back", the date that of the 122nd) | D 2017-01-01, A 2017-01-11: row 1 on 2017-05-13 | 2017-05-14 |
//! | `migrbc` | takes a return as "no migration" at once if fewer than 2(W-V) = 244 days have *passed* since the status was last settled | visitor, A on day 0, D on day 243: known on day 243 | fewer than 2V-W = 243 days *spent* on that side since the crossing in doubt; here known on day 366 |
//! | `migrbc` | dates a row on the day of the crossing | resident arrives: on that day | on the morning after, when the row is in data that end with the day |
//! | `migrbc` | a given initial status counts only if it is not dated after the first crossing, else the direction of the first crossing decides; it is put in again after a row that is settled on exactly its date | A 2018-01-01 … with status 0 of 2019-02-01: row 1 ends resident, row 2 starts non-resident | a chain: `status_before` is the `status_after` of the row above |
//! | `migrbc` | two crossings in one direction reject the person, whose rows have the declared status, whatever its date | D, D: all rows out | what all places of the missing crossing agree on ([`FaultPolicy::Bounds`](crate::FaultPolicy)) |
//! | `migstat` | half of the time between two crossings in one direction is spent on either side | resident, D 2000-01-05, D 2000-11-20: home for half of it | as above; [`FaultPolicy::Midpoint`](crate::FaultPolicy) does the same where no row is dated after the end |
//! | `migstat` | looks past its own end: a crossing after it in the same direction halves the spell before it | resident, D 2017-01-01, D 2018-06-01, data until 2017-12-31: 107 days at home, undecided | rows after `until` change nothing |
//! | `migstat` | answers rows dated on or after the end | resident, A 2018-01-01, data until 2017-12-31: status known, no migration | no answer |
//! | `migstat` | leaves the second of two crossings on one day open while the first is | visitor, A 2017-01-01, D 2017-01-11, A 2017-01-11, data until 2017-02-01: row 3 undecided | no migration at once: it never is one |
//! | `migstat` | the initial status must be given | | may be unknown: what both agree on |
//! | `migstat` | no dates of decision | | exact ones |

mod migrbc;
mod migstat;

pub use migrbc::{DeclaredStatus, Migrbc, MigrbcFault, MigrbcRule, migrbc};
pub use migstat::{Migstat, MigstatRule, migstat};
