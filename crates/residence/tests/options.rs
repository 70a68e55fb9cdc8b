//! The Peruvian rule, and what the options do: ends of the data, initial status, faults, order within a day, units, boundaries.

mod common;

use common::{Person, answers, date, initial, parse_day, status, table, window};
use denizen_residence::{
    Boundary, Comparison, Continuous, Counts, Crossings, CumulativeWindow, Direction, Error, FaultPolicy,
    InitialStatus, LastExitNoReturn, Options, Otherwise, Period, RowUse, Rule, SameDay, Span, Status,
    classify, person_runs,
};

fn last_exit(period: Option<(&str, &str)>, minimum_absence: Span) -> Rule {
    let period = period.map(|(first, last)| Period { first: parse_day(first), last: parse_day(last) });
    Rule::LastExitNoReturn(LastExitNoReturn { period, minimum_absence })
}

/// crossings | cut-off | minimum absence in days | migration and return of each crossing
const LAST_EXIT: &str = "
D 1995-04-02                                           | 2007-05-31 | 0   | 1    | 0
D 1995-04-02, A 2006-07-20                             | 2007-05-31 | 0   | 00   | 01
D 1995-04-02, A 2006-07-20, D 2006-08-01               | 2007-05-31 | 0   | 001  | 010
D 1995-04-02, A 2006-07-20, D 2006-08-01               | 2006-07-31 | 0   | 00?  | 010
D 1995-04-02, A 2006-07-20, D 2006-08-01               | 2006-07-19 | 0   | 1??  | 000
D 2006-05-31                                           | 2007-05-31 | 365 | 1    | 0
D 2006-06-01                                           | 2007-05-31 | 365 | 0    | 0
D 2005-01-01, A 2005-12-31, D 2006-01-01               | 2007-05-31 | 365 | 001  | 000
D 2005-01-01, A 2006-01-01, D 2006-01-02               | 2007-05-31 | 365 | 001  | 010
D 1989-12-31                                           | 2007-05-31 | 0   | 0    | 0
D 1990-01-01                                           | 2007-05-31 | 0   | 1    | 0
D 2007-05-31                                           | 2007-12-31 | 0   | 1    | 0
D 2007-06-01                                           | 2007-12-31 | 0   | 0    | 0
D 2001-01-01, D 2006-08-01                             | 2007-05-31 | 0   | 01   | 00
A 2001-01-01, A 2006-08-01, D 2006-08-01               | 2007-05-31 | 0   | 001  | 000
";

#[test]
fn last_exit_no_return() {
    for case in table(LAST_EXIT) {
        let rule = last_exit(Some(("1990-01-01", "2007-05-31")), Span::Days(case[2].parse().expect("days")));
        let found = Person::parse(case[0]).classify(&rule, &Options::new(parse_day(case[1])));
        let migration: String = found.migration.iter().copied().map(common::answer).collect();
        let returns: String = found.return_migration.iter().map(|&each| common::answer(Some(each))).collect();
        assert_eq!([migration, returns], [case[3], case[4]], "{case:?}");
    }
}

#[test]
fn rows_after_the_cut_off_change_nothing() {
    let rule = last_exit(None, Span::Days(0));
    let options = Options::new(parse_day("2007-05-31"));
    let short = Person::parse("D 1995-04-02").classify(&rule, &options);
    let long = Person::parse("D 1995-04-02, A 2007-06-01, D 2008-01-01").classify(&rule, &options);
    assert_eq!(long.migration[..1], short.migration);
    assert_eq!(long.migration[1..], [None, None]);
    assert_eq!(long.row_use, [RowUse::Used, RowUse::AfterUntil, RowUse::AfterUntil]);
    assert_eq!((long.counts.used, long.counts.after_until), (1, 2));
}

#[test]
fn months_are_calendar_months() {
    let found = |span, crossings: &str, until: &str| {
        Person::parse(crossings).classify(&last_exit(None, span), &Options::new(parse_day(until))).migration
            [0]
    };
    assert_eq!(found(Span::Months(12), "D 2024-02-29", "2025-02-28"), Some(true));
    assert_eq!(found(Span::Days(366), "D 2024-02-29", "2025-02-28"), Some(false));
    assert_eq!(found(Span::Months(6), "D 2024-08-31", "2025-02-28"), Some(true));
    assert_eq!(found(Span::Months(6), "D 2024-08-31", "2025-02-27"), Some(false));

    // 2016 has 366 days: a year abroad needs all of them.
    let year = |threshold| Rule::Continuous(Continuous { threshold, comparison: Comparison::AtLeast });
    let found = |rule: Rule, crossings: &str| {
        answers(
            &Person::parse(crossings)
                .classify(&rule, &Options { initial: initial("1"), ..Options::new(parse_day("2018-12-31")) }),
        )
    };
    assert_eq!(found(year(Span::Days(365)), "D 2016-01-01, A 2016-12-31"), "1/0/1 0/1/1");
    assert_eq!(found(year(Span::Months(12)), "D 2016-01-01, A 2016-12-31"), "1/1/0 1/1/0");
    assert_eq!(found(year(Span::Months(12)), "D 2016-01-01, A 2017-01-01"), "1/0/1 0/1/1");
    let sixteen = CumulativeWindow {
        threshold: Span::Months(12),
        window: Span::Months(16),
        comparison: Comparison::AtLeast,
    };
    assert_eq!(
        found(Rule::CumulativeWindow(sixteen), "D 2016-01-01, A 2016-03-01, D 2016-04-01"),
        "1/0/1 0/0/0 0/0/0"
    );
}

#[test]
fn more_than_is_one_day_more() {
    let rule = |comparison| Rule::Continuous(Continuous { threshold: Span::Days(365), comparison });
    let options = Options { initial: initial("1"), ..Options::new(parse_day("2018-12-31")) };
    let found = |comparison| {
        answers(&Person::parse("D 2017-01-01, A 2018-01-01").classify(&rule(comparison), &options))
    };
    assert_eq!(found(Comparison::AtLeast), "1/0/1 0/1/1");
    assert_eq!(found(Comparison::MoreThan), "1/1/0 1/1/0");
}

#[test]
fn the_day_of_departure_can_count_as_a_day_in_the_country() {
    let found = |boundary| {
        let options = Options { initial: initial("1"), boundary, ..Options::new(parse_day("2018-12-31")) };
        answers(&Person::parse("D 2017-01-01, A 2018-01-01").classify(&window(365, 365), &options))
    };
    assert_eq!(found(Boundary::DepartureDayAbroad), "1/0/1 0/1/1");
    assert_eq!(found(Boundary::DepartureDayInside), "1/1/0 1/1/0");
}

#[test]
fn same_day_crossings_in_the_order_of_turns() {
    // Home on the 10th and off again; the rows of that day stand the wrong way round.
    let person = Person::parse("D 2017-01-01, D 2017-01-10, A 2017-01-10");
    let run = |same_day| {
        let options = Options { initial: initial("1"), same_day, ..Options::new(parse_day("2019-12-31")) };
        person.classify(&window(365, 487), &options)
    };
    let (kept, turned) = (run(SameDay::KeepOrder), run(SameDay::RestoreAlternation));
    assert_eq!((kept.counts.faulty_pairs, kept.counts.reordered), (1, 0));
    assert_eq!((turned.counts.faulty_pairs, turned.counts.reordered), (0, 2));
    assert_eq!(answers(&turned), "1/0/1 0/0/0 0/0/0");
}

/// The initial status: first crossing, first day of the data, declared status, what happens otherwise, status before the first crossing.
#[test]
fn initial_status_comes_from_the_first_that_answers() {
    let cases = "
D 2001-01-01 | 2000-01-01 | 0 | ?     | 1
D 2000-12-30 | 2000-01-01 | 0 | ?     | 0
D 2000-12-31 | 2000-01-01 | 0 | ?     | 1
D 2000-06-01 | 2000-01-01 | ? | first | 1
A 2000-06-01 | 2000-01-01 | ? | first | 0
A 2000-06-01 | 2000-01-01 | ? | ?     | ?
A 2000-06-01 | -          | 1 | first | 1
";
    for case in table(cases) {
        let declared = [match case[2] {
            "0" => Some(Status::NonResident),
            "1" => Some(Status::Resident),
            _ => None,
        }];
        let otherwise =
            if case[3] == "first" { Otherwise::OppositeOfFirstCrossing } else { Otherwise::Unknown };
        let observed_from = (case[1] != "-").then(|| parse_day(case[1]));
        let initial = InitialStatus { observed_from, declared: Some(&declared), otherwise };
        let options = Options { initial, ..Options::new(parse_day("2005-12-31")) };
        let found = Person::parse(case[0]).classify(&window(365, 487), &options);
        assert_eq!(status(found.status_before[0]).to_string(), case[4], "{case:?}");
    }
}

#[test]
fn what_is_left_out_is_counted() {
    let keys = [Some(1), Some(1), None, None, Some(2), Some(2), Some(2)];
    let runs = person_runs(&keys).expect("persons in runs");
    use Direction::{Arrival, Departure};
    let directions = [Arrival, Departure, Departure, Departure, Departure, Departure, Arrival];
    let days = [10, 20, 5, 6, 1, 31, 300];
    let crossings = Crossings { person_starts: &runs.person_starts, days: &days, directions: &directions };
    let run = |faults| {
        let options = Options { faults, unidentified: runs.unidentified, ..Options::new(200) };
        classify(&crossings, &window(365, 487), &options).expect("good histories")
    };
    let expected = Counts {
        used: 4,
        after_until: 1,
        unidentified: 2,
        persons: 2,
        faulty_persons: 1,
        faulty_pairs: 1,
        faulty_days: 30,
        ..Counts::default()
    };
    assert_eq!(run(FaultPolicy::Bounds).counts, Counts { unseen_undecided: 1, ..expected });
    assert_eq!(run(FaultPolicy::RejectPerson).counts, Counts { used: 2, rejected: 2, ..expected });
    let dropped = run(FaultPolicy::DropLater);
    assert_eq!(dropped.counts, Counts { used: 3, dropped: 1, ..expected });
    use RowUse::{AfterUntil, Dropped, Repaired, Unidentified, Used};
    assert_eq!(dropped.row_use, [Used, Used, Unidentified, Unidentified, Repaired, Dropped, AfterUntil]);
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let crossings = Crossings { person_starts: &[0], days: &[0], directions: &[Direction::Arrival] };
    let found = |rule: &Rule, options: &Options| classify(&crossings, rule, options).map(|_| ());
    let options = Options::new(0);
    let mixed = |threshold, window| {
        Rule::CumulativeWindow(CumulativeWindow { threshold, window, comparison: Comparison::AtLeast })
    };
    assert_eq!(found(&mixed(Span::Months(12), Span::Days(487)), &options), Ok(()));
    assert_eq!(found(&mixed(Span::Months(12), Span::Months(16)), &options), Ok(()));
    assert_eq!(found(&mixed(Span::Months(12), Span::Months(12)), &options), Ok(()));
    let refused = found(&mixed(Span::Months(6), Span::Months(12)), &options);
    assert!(matches!(refused, Err(Error::ThresholdAndWindow { .. })));
    let negative = last_exit(None, Span::Days(-1));
    assert!(matches!(
        found(&negative, &options),
        Err(Error::SpanOutOfRange { parameter: "minimum_absence", .. })
    ));
    let endless = last_exit(None, Span::Months(i32::MAX));
    assert!(matches!(found(&endless, &options), Err(Error::SpanOutOfRange { .. })));
    let backwards = last_exit(Some(("2000-01-02", "2000-01-01")), Span::Days(0));
    assert!(matches!(found(&backwards, &options), Err(Error::EmptyPeriod { .. })));
    let far = Options::new(i32::MAX);
    assert!(matches!(found(&window(3, 5), &far), Err(Error::ParameterOutOfRange { parameter: "until", .. })));
    let declared = InitialStatus { declared: Some(&[None, None]), ..InitialStatus::default() };
    let unequal = Options { initial: declared, ..options };
    assert!(matches!(found(&window(3, 5), &unequal), Err(Error::UnequalColumns { column: "declared", .. })));
}

#[test]
fn dates_at_both_ends_of_the_calendar_are_fine() {
    let person = Person::parse("A 0001-01-01, D 9999-12-31");
    let options = Options::new(parse_day("9999-12-31"));
    let found = person.classify(&window(365, 487), &options);
    assert_eq!(answers(&found), "?/1/? 1/?/?");
    assert_eq!(date(found.status_decided_on[0]), "0002-01-01");
    let months = CumulativeWindow {
        threshold: Span::Months(4800),
        window: Span::Months(4800),
        comparison: Comparison::AtLeast,
    };
    person.classify(&Rule::CumulativeWindow(months), &options);
}

#[cfg(feature = "rayon")]
#[test]
fn threads_change_nothing() {
    let mut starts = vec![];
    let (mut days, mut directions) = (vec![], vec![]);
    let mut random = 7u32;
    let mut next = |limit: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) % limit
    };
    for _ in 0..100_000 {
        starts.push(days.len());
        let mut day = 0;
        for _ in 0..=next(4) {
            day += next(300) as i32;
            days.push(day);
            directions.push(if next(2) == 0 { Direction::Arrival } else { Direction::Departure });
        }
    }
    let crossings = Crossings { person_starts: &starts, days: &days, directions: &directions };
    let options = Options::new(600);
    let one = classify(&crossings, &window(365, 487), &options);
    assert_eq!(denizen_residence::classify_parallel(&crossings, &window(365, 487), &options), one);
}
