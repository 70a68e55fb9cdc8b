//! What `migrbc` 2.0.9 of Stats NZ answers.

mod common;

use common::{Person, answer, date, initial, parse_day, status, table, window};
use denizen_residence::compat::{DeclaredStatus, Migrbc, MigrbcFault, MigrbcRule, migrbc};
use denizen_residence::{Crossings, Direction, Options, Otherwise, Status, calendar, day};
use proptest::prelude::*;

/// Examples at 365 of 487 days; nothing declared. Days in the country (H) are not part of this package.
const EXAMPLES: &str = "
W1 resident, 10-day trip                | D | 2017-01-01 |   10 | 477 | 1 | 1 | 0 | 2017-01-01 | 2017-05-13 | 2017-05-13
                                        | A | 2017-01-11 |  487 | 487 | 1 | 1 | 0 | 2017-05-13 | 2017-05-13 | 2017-01-11
W2 arrives 2010, leaves for good 2017   | A | 2010-01-01 | 2557 | 487 | 0 | 1 | 1 | 2010-01-01 | 2011-01-01 | 2011-01-01
                                        | D | 2017-01-01 |  487 |   0 | 1 | 0 | 1 | 2017-01-01 | 2018-01-01 | 2018-01-01
W3 365 days away exactly, back for good | D | 2017-01-01 |  365 | 122 | 1 | 0 | 1 | 2017-01-01 | 2018-01-01 | 2018-01-01
                                        | A | 2018-01-01 |  487 | 487 | 0 | 1 | 1 | 2018-01-01 | 2019-01-01 | 2019-01-01
W4 364 days away, back for good         | D | 2017-01-01 |  364 | 123 | 1 | 1 | 0 | 2017-01-01 | 2018-05-02 | 2018-05-02
                                        | A | 2017-12-31 |  487 | 487 | 1 | 1 | 0 | 2018-05-02 | 2018-05-02 | 2018-05-02
W5 300 away, 122 home, away for good    | D | 2017-01-01 |  300 | 122 | 1 | 0 | 1 | 2017-01-01 | 2018-05-03 | 2018-05-03
                                        | A | 2017-10-28 |  122 | 122 | 0 | 0 | 0 | 2018-05-03 | 2018-06-29 | 2018-06-29
                                        | D | 2018-02-27 |  487 |   0 | 0 | 0 | 0 | 2018-06-29 | 2018-06-29 | 2018-05-03
W6 300 away, 123 home, away for good    | D | 2017-01-01 |  300 | 123 | 1 | 1 | 0 | 2017-01-01 | 2018-02-27 | 2018-02-27
                                        | A | 2017-10-28 |  123 | 123 | 1 | 1 | 0 | 2018-02-27 | 2018-02-27 | 2018-02-27
                                        | D | 2018-02-28 |  487 |   0 | 1 | 0 | 1 | 2018-02-28 | 2019-02-28 | 2019-02-28
W7 10-day trip, 60 home, away for good  | D | 2017-01-01 |   10 |  60 | 1 | 0 | 1 | 2017-01-01 | 2018-03-02 | 2018-03-02
                                        | A | 2017-01-11 |   60 |  60 | 0 | 0 | 0 | 2018-03-02 | 2018-03-02 | 2017-01-11
                                        | D | 2017-03-12 |  487 |   0 | 0 | 0 | 0 | 2018-03-02 | 2018-03-02 | 2018-03-02
W8 370 away, back for good              | D | 2017-01-01 |  370 | 117 | 1 | 0 | 1 | 2017-01-01 | 2018-01-01 | 2018-01-01
                                        | A | 2018-01-06 |  487 | 487 | 0 | 1 | 1 | 2018-01-06 | 2019-01-06 | 2019-01-06
W9 visitor, 10 days                     | A | 2017-01-01 |   10 |  10 | 0 | 0 | 0 | 2017-01-01 | 2017-05-13 | 2017-05-13
                                        | D | 2017-01-11 |  487 |   0 | 0 | 0 | 0 | 2017-05-13 | 2017-05-13 | 2017-01-11
W10 immigrant with a 20-day trip        | A | 2017-01-01 |  120 | 467 | 0 | 1 | 1 | 2017-01-01 | 2018-01-21 | 2018-01-21
                                        | D | 2017-05-01 |   20 | 467 | 1 | 1 | 0 | 2018-01-21 | 2018-01-21 | 2017-05-01
                                        | A | 2017-05-21 |  487 | 487 | 1 | 1 | 0 | 2018-01-21 | 2018-01-21 | 2018-01-21
W11 same-day out and back               | D | 2017-01-01 |    0 | 487 | 1 | 1 | 0 | 2017-01-01 | 2017-05-03 | 2017-05-03
                                        | A | 2017-01-01 |  487 | 487 | 1 | 1 | 0 | 2017-05-03 | 2017-05-03 | 2017-01-01
W12 two 59-day visits a year apart      | A | 2017-01-01 |   59 | 118 | 0 | 0 | 0 | 2017-01-01 | 2017-07-01 | 2017-07-01
                                        | D | 2017-03-01 |  306 |  59 | 0 | 0 | 0 | 2017-07-01 | 2017-07-01 | 2017-03-01
                                        | A | 2018-01-01 |   59 |  59 | 0 | 0 | 0 | 2018-01-01 | 2018-07-01 | 2018-07-01
                                        | D | 2018-03-01 |  487 |   0 | 0 | 0 | 0 | 2018-07-01 | 2018-07-01 | 2018-03-01
";

fn run(person: &Person, rule: MigrbcRule, declared: Option<DeclaredStatus>, today: &str) -> Migrbc {
    let crossings = Crossings { person_starts: &[0], days: &person.days, directions: &person.directions };
    migrbc(&crossings, rule, &[declared], parse_day(today)).expect("good columns")
}

fn row(table: &Migrbc, at: usize) -> String {
    format!(
        "{} | {} | {}",
        status(Some(table.status_before[at])),
        status(Some(table.status_after[at])),
        answer(Some(table.long_term_migration[at]))
    )
}

fn dates(table: &Migrbc, at: usize) -> String {
    let dates =
        [table.before_finalised_on[at], table.after_finalised_on[at], table.migration_finalised_on[at]];
    dates.map(|on| date(Some(on))).join(" | ")
}

/// The rows of the examples, example by example.
fn examples() -> Vec<Vec<Vec<&'static str>>> {
    let mut examples: Vec<Vec<Vec<&str>>> = vec![];
    for row in table(EXAMPLES) {
        if !row[0].is_empty() {
            examples.push(vec![]);
        }
        examples.last_mut().expect("a title").push(row);
    }
    examples
}

fn person_of(example: &[Vec<&str>]) -> Person {
    let rows: Vec<String> = example.iter().map(|row| format!("{} {}", row[1], row[2])).collect();
    Person::parse(&rows.join(","))
}

#[test]
fn worked_examples() {
    for example in examples() {
        let found = run(&person_of(&example), MigrbcRule::default(), None, "2030-01-01");
        for (at, expected) in example.iter().enumerate() {
            let found =
                format!("{} | {} | {}", found.days_to_next_crossing[at], row(&found, at), dates(&found, at));
            let [gap, answers @ ..] =
                [expected[3], expected[5], expected[6], expected[7], expected[8], expected[9], expected[10]];
            assert_eq!(found, format!("{gap} | {}", answers.join(" | ")), "{} row {}", example[0][0], at + 1);
        }
    }
}

/// The days in the country of the same examples, as `migstat` counts them with the end of the data far away.
#[test]
fn days_in_the_country_of_the_examples() {
    use denizen_residence::compat::{MigstatRule, migstat};
    let rule = MigstatRule { window: 487, threshold: 365, observed_until: parse_day("2040-01-01") };
    for example in examples() {
        let person = person_of(&example);
        let crossings = Crossings { person_starts: &[0], days: &person.days, directions: &person.directions };
        let initial = person.directions[0].opposite().leads_to();
        let found = migstat(&crossings, rule, &[initial]).expect("a good history");
        for (at, expected) in example.iter().enumerate() {
            let answers = [status(found.status_before[at]), status(found.status_after[at])]
                .map(String::from)
                .join(" | ");
            let found = format!(
                "{} | {answers} | {}",
                found.days_in_country[at],
                answer(found.long_term_migration[at])
            );
            assert_eq!(found, expected[4..8].join(" | "), "{} row {}", example[0][0], at + 1);
        }
    }
}

/// The same examples under the rule of this crate: statuses and migrations agree, dates are those on which they are known.
#[test]
fn examples_of_this_crate() {
    let expected = "
W1  | 2017-05-14 2017-05-14, 2017-05-14 2017-01-12
W2  | 2011-01-01 2011-01-01, 2018-01-01 2018-01-01
W3  | 2018-01-01 2018-01-01, 2019-01-01 2019-01-01
W4  | 2018-05-03 2018-05-03, 2018-05-03 2018-05-03
W5  | 2018-05-03 2018-05-03, 2018-06-30 2018-06-30, 2018-06-30 2018-05-03
W6  | 2018-02-28 2018-02-28, 2018-02-28 2018-02-28, 2019-02-28 2019-02-28
W7  | 2018-03-02 2018-03-02, 2018-03-02 2017-01-12, 2018-03-02 2018-03-02
W8  | 2018-01-01 2018-01-01, 2019-01-06 2019-01-06
W9  | 2017-05-14 2017-05-14, 2017-05-14 2017-01-12
W10 | 2018-01-21 2018-01-21, 2018-01-21 2017-05-02, 2018-01-21 2018-01-21
W11 | 2017-05-04 2017-05-04, 2017-05-04 2017-01-02
W12 | 2017-07-02 2017-07-02, 2017-07-02 2017-03-02, 2018-07-02 2018-07-02, 2018-07-02 2018-03-02
";
    for (example, expected) in examples().iter().zip(table(expected)) {
        let options = Options {
            initial: denizen_residence::InitialStatus {
                otherwise: Otherwise::OppositeOfFirstCrossing,
                ..Default::default()
            },
            ..Options::new(parse_day("2040-01-01"))
        };
        let found = person_of(example).classify(&window(365, 487), &options);
        for (at, row) in example.iter().enumerate() {
            let answers = [
                status(found.status_before[at]),
                status(found.status_after[at]),
                answer(found.migration[at]),
            ];
            assert_eq!(answers.map(String::from), [row[5], row[6], row[7]], "{}", example[0][0]);
        }
        let dates =
            |at: usize| [date(found.status_decided_on[at]), date(found.migration_decided_on[at])].join(" ");
        let dates: Vec<String> = (0..example.len()).map(dates).collect();
        assert_eq!(dates.join(", "), expected[1], "{}", example[0][0]);
    }
}

#[test]
fn nine_of_twelve_months() {
    let person = Person::parse("D 2018-01-01, A 2018-07-01, D 2018-10-10");
    let found = run(&person, MigrbcRule { window: 365, threshold: 270 }, None, "2030-01-01");
    let expected = "
1 | 1 | 0 | 2018-10-04 | 2018-10-04
1 | 1 | 0 | 2018-10-04 | 2018-07-01
1 | 0 | 1 | 2019-07-07 | 2019-07-07
";
    for (at, expected) in table(expected).iter().enumerate() {
        let after = [found.after_finalised_on[at], found.migration_finalised_on[at]]
            .map(|on| date(Some(on)))
            .join(" | ");
        assert_eq!(format!("{} | {after}", row(&found, at)), expected.join(" | "));
    }
}

/// Crossings A 2018-01-01, D 2018-03-01, A 2018-04-01, with an initial status and its date.
#[test]
fn initial_status() {
    let cases = "
I1 | -            | 0/1/1 1/1/0 1/1/0 | 2019-02-01 2019-02-01 2019-02-01
I2 | 1 2017-06-01 | 1/1/0 1/1/0 1/1/0 | 2018-01-01 2018-08-01 2018-08-01
I3 | 0 2018-01-01 | 0/1/1 1/1/0 1/1/0 | 2019-02-01 2019-02-01 2019-02-01
I4 | 1 2018-02-01 | 0/1/1 1/1/0 1/1/0 | 2019-02-01 2019-02-01 2019-02-01
I8 | 0 2019-02-01 | 0/1/1 0/0/0 0/1/1 | 2019-02-01 2019-02-01 2019-04-01
";
    let person = Person::parse("A 2018-01-01, D 2018-03-01, A 2018-04-01");
    for case in table(cases) {
        let found = run(&person, MigrbcRule::default(), declared(case[1]), "2030-01-01");
        let answers: Vec<String> = (0..3).map(|at| row(&found, at).replace(" | ", "/")).collect();
        let after: Vec<String> = found.after_finalised_on.iter().map(|&on| date(Some(on))).collect();
        assert_eq!([answers.join(" "), after.join(" ")], [case[2], case[3]], "{}", case[0]);
    }
}

#[test]
fn one_crossing_is_judged_by_the_clock() {
    let person = Person::parse("D 2018-01-01");
    let found = |today| row(&run(&person, MigrbcRule::default(), None, today), 0);
    assert_eq!(found("2018-12-31"), "1 | 1 | 0");
    assert_eq!(found("2019-01-01"), "1 | 0 | 1");
    assert_eq!(
        dates(&run(&person, MigrbcRule::default(), None, "2019-01-01"), 0),
        "2018-01-01 | 2019-01-01 | 2019-01-01"
    );
}

/// crossings | declared status and its date | status in all rows | code: the first fault, row by row
const REJECTED: &str = "
D 2018-01-01, D 2018-02-01               | -            | 1 | 2
D 2018-01-01, A 2017-02-01               | -            | 1 | 1
D 1899-12-31, A 2017-02-01               | -            | 1 | 4
A 2018-01-01, A 2018-03-01               | 1 2018-02-01 | 1 | 2
A 2018-01-01, A 2018-03-01               | 1 2017-02-01 | 1 | 2
A 2018-01-01, A 2018-03-01               | 0 2019-02-01 | 0 | 2
D 2018-01-01, D 2018-03-01               | 0 2018-02-01 | 0 | 2
D 2018-02-01, D 2018-03-01, A 2018-01-01 | -            | 1 | 2
A 2018-01-01, A 2018-02-01, D 1899-12-31 | -            | 0 | 2
D 2018-02-01, A 2018-01-01, A 2018-03-01 | -            | 1 | 1
D 2018-02-01, A 1899-12-31, A 2018-03-01 | 0 2018-06-01 | 0 | 4
D 2018-02-01, D 2018-01-01               | -            | 1 | 1
";

#[test]
fn a_fault_rejects_the_person() {
    for case in table(REJECTED) {
        let person = Person::parse(case[0]);
        let found = run(&person, MigrbcRule::default(), declared(case[1]), "2030-01-01");
        let code = found.faults[0].map(MigrbcFault::code).map_or(String::new(), |code| code.to_string());
        assert_eq!(code, case[3], "{case:?}");
        for at in 0..person.days.len() {
            assert_eq!(row(&found, at), format!("{0} | {0} | 0", case[2]), "{case:?}");
            assert_eq!(found.after_finalised_on[at], person.days[at]);
        }
    }
}

/// `1 2018-02-01`, or `-`.
fn declared(text: &str) -> Option<DeclaredStatus> {
    text.split_once(' ').map(|(letter, on)| DeclaredStatus {
        status: if letter == "1" { Status::Resident } else { Status::NonResident },
        finalised_on: parse_day(on),
    })
}

/// Each difference to the rule of this crate that the documentation of `compat` lists for `migrbc`.
#[test]
fn differences() {
    let ours = |crossings: &str, start: &str, until: &str| {
        let options = Options { initial: initial(start), ..Options::new(parse_day(until)) };
        Person::parse(crossings).classify(&window(365, 487), &options)
    };
    let theirs = |crossings: &str| run(&Person::parse(crossings), MigrbcRule::default(), None, "2030-01-01");

    let leaves_on_the_last_day = "A 2016-01-01, D 2019-06-30";
    assert!(theirs(leaves_on_the_last_day).long_term_migration[1]);
    assert_eq!(ours(leaves_on_the_last_day, "0", "2019-06-30").migration[1], None);

    let ten_days_away = "D 2017-01-01, A 2017-01-11";
    assert_eq!(date(Some(theirs(ten_days_away).after_finalised_on[0])), "2017-05-13");
    assert_eq!(date(ours(ten_days_away, "1", "2020-01-01").status_decided_on[0]), "2017-05-14");
    assert_eq!(ours(ten_days_away, "1", "2017-05-12").status_after[0], None);

    let visit_of_243_days = "A 2017-01-01, D 2017-09-01";
    assert_eq!(date(Some(theirs(visit_of_243_days).migration_finalised_on[1])), "2017-09-01");
    assert_eq!(date(ours(visit_of_243_days, "0", "2020-01-01").migration_decided_on[1]), "2018-01-02");
    // The future in which it is a migration: 122 more days inside the window of the arrival.
    let and_122_more = "A 2017-01-01, D 2017-09-01, A 2017-12-01, D 2018-04-02";
    assert_eq!(
        ours(and_122_more, "0", "2020-01-01").migration,
        [Some(true), Some(true), Some(false), Some(false)]
    );

    let home_again = "A 2017-01-01, D 2020-01-01, A 2020-01-02";
    let known = ours(home_again, "1", "2022-01-01").migration_decided_on[0];
    assert_eq!(date(known), "2017-01-02");
}

fn history() -> impl Strategy<Value = Person> {
    (proptest::collection::vec(0..500i32, 2..12), any::<bool>()).prop_map(|(gaps, arrives)| {
        let mut on = day(2000, 1, 1);
        let mut direction = if arrives { Direction::Arrival } else { Direction::Departure };
        let mut person = Person { days: vec![], directions: vec![] };
        for gap in gaps {
            on += gap;
            person.days.push(on);
            person.directions.push(direction);
            direction = direction.opposite();
        }
        person
    })
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?} {:?}",
            self.directions,
            self.days.iter().map(|&day| calendar(day)).collect::<Vec<_>>()
        )
    }
}

proptest! {
    #![proptest_config(common::cases(2000))]

    /// With data that never end, status and migration are those of this crate, for all who have more than one crossing.
    #[test]
    fn answers_are_ours_without_an_end(person in history(), (threshold, length) in prop_oneof![Just((365, 487)), Just((270, 365)), Just((365, 365))]) {
        let theirs = run(&person, MigrbcRule { window: length, threshold }, None, "2030-01-01");
        let initial = denizen_residence::InitialStatus { otherwise: Otherwise::OppositeOfFirstCrossing, ..Default::default() };
        let ours = person.classify(&window(threshold, length), &Options { initial, ..Options::new(day(2100, 1, 1)) });
        for at in 0..person.days.len() {
            prop_assert_eq!(ours.status_before[at], Some(theirs.status_before[at]));
            prop_assert_eq!(ours.status_after[at], Some(theirs.status_after[at]));
            prop_assert_eq!(ours.migration[at], Some(theirs.long_term_migration[at]));
        }
    }
}
