//! What `migstat` 1.0.6 of Stats NZ answers.

mod common;

use common::{Person, answer, answers, direction, initial, parse_day, status, table, window};
use denizen_residence::compat::{Migstat, MigstatRule, migstat};
use denizen_residence::{Crossings, Direction, Error, FaultPolicy, Options, Span, Status};
use proptest::prelude::*;

/// The six people of the package's vignette: 270 of 365 days, data from 2009-01-01 to 2011-12-31.
/// person | crossing | date | direction | days observed | days in country | before | after | long-term migration
const VIGNETTE: &str = "
1 |  1 | 2009-05-02 | A | 365 | 355 | 1 | 1 | 0
1 |  6 | 2010-02-15 | D | 365 | 121 | 1 | 1 | 0
1 |  8 | 2010-02-25 | A | 365 | 131 | 1 | 1 | 0
1 | 12 | 2010-06-02 | D | 365 | 131 | 1 | 1 | 0
1 | 17 | 2011-01-22 | A | 343 | 329 | 1 | 1 | 0
1 | 18 | 2011-06-28 | D | 186 | 172 | 1 | 1 | 0
1 | 19 | 2011-07-12 | A | 172 | 172 | 1 | 1 | 0
2 |  2 | 2009-05-18 | A | 365 |  12 | 0 | 0 | 0
2 |  3 | 2009-05-25 | D | 365 |   7 | 0 | 0 | 0
2 |  9 | 2010-05-13 | A | 365 |   7 | 0 | 0 | 0
2 | 10 | 2010-05-20 | D | 365 |   0 | 0 | 0 | 0
2 | 23 | 2011-11-27 | A |  34 |   8 | 0 | ? | ?
2 | 24 | 2011-12-05 | D |  26 |   0 | ? | ? | 0
3 |  4 | 2009-10-06 | D | 365 | 259 | 1 | 1 | 0
3 |  5 | 2009-10-21 | A | 365 | 274 | 1 | 1 | 0
3 | 11 | 2010-05-28 | D | 365 | 274 | 1 | 1 | 0
3 | 14 | 2010-08-27 | A | 365 | 338 | 1 | 1 | 0
3 | 20 | 2011-07-13 | D | 171 | 144 | 1 | 1 | 0
3 | 21 | 2011-08-09 | A | 144 | 144 | 1 | 1 | 0
4 |  7 | 2010-02-16 | D | 365 |   0 | 1 | 0 | 1
5 | 13 | 2010-08-12 | A | 365 | 337 | 0 | 1 | 1
5 | 15 | 2010-09-03 | D | 365 | 337 | 1 | 1 | 0
5 | 16 | 2010-10-01 | A | 365 | 365 | 1 | 1 | 0
6 | 22 | 2011-10-02 | A |  90 |  90 | 0 | ? | ?
";

#[test]
fn vignette() {
    let rows = table(VIGNETTE);
    let days: Vec<i32> = rows.iter().map(|row| parse_day(row[2])).collect();
    let directions: Vec<Direction> = rows.iter().map(|row| direction(row[3])).collect();
    let keys: Vec<Option<&str>> = rows.iter().map(|row| Some(row[0])).collect();
    let runs = denizen_residence::person_runs(&keys).expect("persons in runs");
    let crossings = Crossings { person_starts: &runs.person_starts, days: &days, directions: &directions };
    let initial: Vec<Status> = runs.person_starts.iter().map(|&row| known(rows[row][6])).collect();
    let rule = MigstatRule { window: 365, threshold: 270, observed_until: parse_day("2011-12-31") };
    let found = migstat(&crossings, rule, &initial).expect("good histories");
    for (at, expected) in rows.iter().enumerate() {
        assert_eq!(printed(&found, at), expected[4..].join(" | "), "crossing {}", expected[1]);
    }

    // The same from the rule of this crate, with data that end on the evening before.
    let declared: Vec<Option<Status>> = initial.iter().copied().map(Some).collect();
    let initial = denizen_residence::InitialStatus { declared: Some(&declared), ..Default::default() };
    let options = Options { initial, ..Options::new(parse_day("2011-12-30")) };
    let ours = denizen_residence::classify(&crossings, &window(270, 365), &options).expect("good histories");
    assert_eq!(ours.status_before, found.status_before);
    assert_eq!(ours.status_after, found.status_after);
    assert_eq!(ours.migration, found.long_term_migration);
    assert_eq!((ours.counts.used, ours.counts.persons), (24, 6));
}

/// The vignette's way to an initial status: 270 days without a crossing from the first day of the data settle it.
#[test]
fn initial_status_of_the_vignette() {
    let observed_from = Some(parse_day("2009-01-01"));
    let initial = denizen_residence::InitialStatus { observed_from, ..Default::default() };
    let options = Options { initial, ..Options::new(parse_day("2011-12-30")) };
    let first =
        |crossings: &str| Person::parse(crossings).classify(&window(270, 365), &options).status_before[0];
    assert_eq!(first("D 2010-02-16"), Some(Status::Resident));
    assert_eq!(first("A 2010-08-12"), Some(Status::NonResident));
    assert_eq!(first("D 2009-09-28"), Some(Status::Resident));
    assert_eq!(first("D 2009-09-27"), None);
}

fn known(letter: &str) -> Status {
    if letter == "1" { Status::Resident } else { Status::NonResident }
}

fn printed(found: &Migstat, at: usize) -> String {
    format!(
        "{} | {} | {} | {} | {}",
        found.days_observed[at],
        found.days_in_country[at],
        status(found.status_before[at]),
        status(found.status_after[at]),
        answer(found.long_term_migration[at])
    )
}

fn run(person: &Person, window: i32, observed_until: i32, initial: Status) -> Migstat {
    let crossings = Crossings { person_starts: &[0], days: &person.days, directions: &person.directions };
    let rule = MigstatRule { window, threshold: 365, observed_until };
    migstat(&crossings, rule, &[initial]).expect("a good history")
}

/// name | initial | crossings | end of data | window | before/after/migration of each row | days in country, where it matters
const CUT: &str = "
T1 | 1 | D 2017-01-01                             | 2017-04-11 | 487 | 1/?/?             |
T2 | 1 | D 2017-01-01                             | 2017-12-31 | 487 | 1/?/?             |
T3 | 1 | D 2017-01-01                             | 2018-01-01 | 487 | 1/0/1             |
T4 | 1 | D 2017-01-01, A 2017-01-11               | 2017-05-13 | 487 | 1/?/? ?/?/0       |
T5 | 1 | D 2017-01-01, A 2017-01-11               | 2017-05-14 | 487 | 1/1/0 1/1/0       |
T6 | 0 | A 2017-01-01, D 2017-01-09               | 2017-02-04 | 487 | 0/?/? ?/?/0       |
T7 | 1 | D 2017-01-01, A 2017-09-08, D 2017-09-28 | 2017-10-03 | 487 | 1/?/? ?/?/? ?/?/? |
T8 | 1 | A 2000-01-05, D 2000-02-01, D 2000-03-10 | 2000-12-31 | 456 | 1/1/0 1/?/? ?/?/? | 46 19 0
T9 | 0 | D 2000-01-05, A 2000-02-01, A 2000-03-10 | 2000-12-31 | 456 | 0/0/0 0/?/? ?/?/? | 315 315 296
";

#[test]
fn data_that_end() {
    for case in table(CUT) {
        let person = Person::parse(case[2]);
        let (end, length) = (parse_day(case[3]), case[4].parse().expect("days"));
        let found = run(&person, length, end, known(case[1]));
        let row = |at: usize| {
            let statuses = (status(found.status_before[at]), status(found.status_after[at]));
            format!("{}/{}/{}", statuses.0, statuses.1, answer(found.long_term_migration[at]))
        };
        let rows: Vec<String> = (0..person.days.len()).map(row).collect();
        assert_eq!(rows.join(" "), case[5], "{}", case[0]);
        if !case[6].is_empty() {
            let inside: Vec<String> = found.days_in_country.iter().map(i32::to_string).collect();
            assert_eq!(inside.join(" "), case[6], "{}", case[0]);
        }

        // The same from the rule of this crate, with data that end on the evening before.
        let options =
            Options { initial: initial(case[1]), faults: FaultPolicy::Midpoint, ..Options::new(end - 1) };
        assert_eq!(answers(&person.classify(&window(365, length), &options)), case[5], "{}", case[0]);
    }
}

/// Each difference to the rule of this crate that the documentation of `compat` lists for `migstat`.
#[test]
fn differences() {
    let person = Person::parse("D 2017-01-01");
    let end = parse_day("2017-12-31");
    assert_eq!(run(&person, 487, end, Status::Resident).status_after, [None]);
    let ours = |initial_status: &str| {
        let options = Options { initial: initial(initial_status), ..Options::new(end) };
        answers(&person.classify(&window(365, 487), &options))
    };
    assert_eq!(ours("1"), "1/0/1");
    // Whoever left on 1 January and stayed away is not resident, whatever was before; whether by this crossing is not known.
    assert_eq!(ours("?"), "?/0/?");

    let back_and_off = Person::parse("A 2017-01-01, D 2017-01-11, A 2017-01-11");
    let end = parse_day("2017-02-01");
    assert_eq!(
        run(&back_and_off, 487, end, Status::NonResident).long_term_migration,
        [None, Some(false), None]
    );
    let options = Options { initial: initial("0"), ..Options::new(end) };
    let found = back_and_off.classify(&window(365, 487), &options);
    assert_eq!(found.migration, [None, Some(false), Some(false)]);

    let twice = Person::parse("D 2000-01-05, D 2000-11-20");
    let end = parse_day("2002-12-31");
    assert_eq!(run(&twice, 487, end, Status::Resident).days_in_country, [160, 0]);
    let ours = |faults| {
        let options = Options { initial: initial("1"), faults, ..Options::new(end) };
        answers(&twice.classify(&window(365, 487), &options))
    };
    assert_eq!(ours(FaultPolicy::Midpoint), "1/1/0 1/0/1");
    assert_eq!(ours(FaultPolicy::Bounds), "1/?/? ?/0/?");
    assert_eq!(ours(FaultPolicy::Lower), "1/0/1 0/0/0");
    assert_eq!(ours(FaultPolicy::Upper), "1/1/0 1/0/1");
    assert_eq!(ours(FaultPolicy::AsRecorded), "1/0/1 0/0/0");
    assert_eq!(ours(FaultPolicy::DropLater), "1/0/1 ?/?/?");
    assert_eq!(ours(FaultPolicy::DropEarlier), "?/?/? 1/0/1");
    assert_eq!(ours(FaultPolicy::RejectPerson), "?/?/? ?/?/?");
}

#[test]
fn threshold_and_window_must_fit() {
    let crossings = Crossings { person_starts: &[], days: &[], directions: &[] };
    let check =
        |threshold, window| migstat(&crossings, MigstatRule { window, threshold, observed_until: 0 }, &[]);
    let refused = |threshold, window| {
        Err(Error::ThresholdAndWindow { threshold: Span::Days(threshold), window: Span::Days(window) })
    };
    assert!(check(365, 487).is_ok() && check(365, 365).is_ok() && check(183, 365).is_ok());
    assert_eq!(check(182, 365), refused(182, 365));
    assert_eq!(check(366, 365), refused(366, 365));
    let message =
        Error::ThresholdAndWindow { threshold: Span::Days(182), window: Span::Days(365) }.to_string();
    assert!(message.contains("182 days") && message.contains("more than half of the window"), "{message}");
}

fn history() -> impl Strategy<Value = Person> {
    proptest::collection::vec((0..400i32, any::<bool>()), 1..12).prop_map(|rows| {
        let mut day = 0;
        let mut person = Person { days: vec![], directions: vec![] };
        for (gap, arrives) in rows {
            day += gap;
            person.days.push(day);
            person.directions.push(if arrives { Direction::Arrival } else { Direction::Departure });
        }
        person
    })
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.directions, self.days)
    }
}

proptest! {
    #![proptest_config(common::cases(3000))]

    /// With the midpoint policy and data that end on the evening before, answers are those of this crate, missing crossings and all; but of
    /// a second crossing to one side on one day, the package may say later than this crate that it is no migration.
    #[test]
    fn answers_are_ours_at_midpoints(person in history(), resident in any::<bool>(), cut in 0..2500i32) {
        let seen = person.days.partition_point(|&day| day <= cut);
        prop_assume!(seen > 0);
        let person = Person { days: person.days[..seen].to_vec(), directions: person.directions[..seen].to_vec() };
        let start = if resident { "1" } else { "0" };
        let theirs = run(&person, 487, cut + 1, known(start));
        let options = Options { initial: initial(start), faults: FaultPolicy::Midpoint, ..Options::new(cut) };
        let ours = person.classify(&window(365, 487), &options);
        prop_assert_eq!(ours.status_before, theirs.status_before);
        prop_assert_eq!(ours.status_after, theirs.status_after);
        for row in 0..person.days.len() {
            let answer = theirs.long_term_migration[row];
            let is_on_one_day = row > 0 && person.days[row] == person.days[row - 1];
            let is_late = is_on_one_day && answer.is_none() && ours.migration[row] == Some(false);
            prop_assert!(ours.migration[row] == answer || is_late, "row {}", row);
        }
    }
}
