//! Permits: first, renewed and changed, joined into journeys, counted on a day, followed over years; and crossings within them.

mod common;

use common::{Person, answer, parse_day, table};
use denizen_residence::{
    Comparison, Error, FirstArrivalLastDeparture, FirstPermit, JourneyRule, NO_REASON, Options, PermitEvent,
    PermitStock, Permits, Retention, RowUse, Rule, Span, StockReason, journeys, permit_events, permit_stock,
    retention, valid_at,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Permits written `2015-01-01..2015-12-31 study, …`; `-` begins the next person.
struct Holder {
    person_starts: Vec<usize>,
    valid_from: Vec<i32>,
    valid_to: Vec<i32>,
    reasons: Vec<u32>,
}

impl Holder {
    fn parse(text: &str) -> Self {
        let mut holder =
            Holder { person_starts: vec![0], valid_from: vec![], valid_to: vec![], reasons: vec![] };
        for line in text.split(',').map(str::trim).filter(|line| !line.is_empty()) {
            if line == "-" {
                holder.person_starts.push(holder.valid_from.len());
                continue;
            }
            let (days, reason) = line.split_once(' ').expect("days and reason");
            let (from, to) = days.split_once("..").expect("two days");
            holder.valid_from.push(parse_day(from));
            holder.valid_to.push(parse_day(to));
            holder.reasons.push(match reason {
                "?" => NO_REASON,
                "work" => 1,
                "family" => 2,
                _ => 0,
            });
        }
        holder
    }

    fn permits(&self) -> Permits<'_> {
        Permits {
            person_starts: &self.person_starts,
            valid_from: &self.valid_from,
            valid_to: &self.valid_to,
            reasons: &self.reasons,
        }
    }
}

const EU: FirstPermit = FirstPermit {
    minimum_length: Span::Months(3),
    gap: Span::Months(6),
    comparison: Comparison::AtLeast,
    same_reason: false,
};
const UK: JourneyRule = JourneyRule { gap: Span::Months(12), comparison: Comparison::MoreThan };

#[test]
fn first_permits_changes_and_renewals() {
    let cases = "
gaps of 152 and 274 days   | 2015-01-01..2015-12-31 study, 2016-05-31..2017-05-30 study, 2018-02-28..2019-02-27 work | First Renewal First
six months to the day      | 2015-01-01..2015-06-15 study, 2015-12-15..2016-12-14 study | First First
a day less than six months | 2015-01-01..2015-06-15 study, 2015-12-14..2016-12-14 study | First Renewal
another reason, adjoining  | 2015-01-01..2015-06-15 study, 2015-06-16..2016-12-14 work  | First Change
another reason, a day off  | 2015-01-01..2015-06-15 study, 2015-06-17..2016-12-14 work  | First Change
another, two days off      | 2015-01-01..2015-12-31 study, 2016-01-02..2016-12-31 work  | First Change
another, almost six months | 2015-01-01..2015-06-15 study, 2015-12-14..2016-12-14 work  | First Change
another, six months        | 2015-01-01..2015-06-15 study, 2015-12-15..2016-12-14 work  | First First
back again                 | 2015-01-01..2015-12-31 study, 2016-02-01..2016-12-31 work, 2017-02-01..2017-12-31 study | First Change Change
the one held last counts   | 2015-01-01..2015-10-31 study, 2015-02-01..2015-12-31 work, 2016-02-01..2016-12-31 study | First Change Change
the same of two that run   | 2015-01-01..2016-12-31 study, 2015-02-01..2016-06-30 work, 2016-06-01..2017-06-30 work  | First Change Renewal
the same that adjoins      | 2015-01-01..2016-12-31 study, 2015-02-01..2016-06-30 work, 2016-07-01..2017-06-30 work  | First Change Renewal
the same ended before      | 2015-01-01..2016-12-31 study, 2015-02-01..2016-06-30 work, 2016-07-02..2017-06-30 work  | First Change Change
two ended on one day       | 2015-01-01..2015-12-31 study, 2015-02-01..2015-12-31 work, 2016-02-01..2016-12-31 study | First Change Renewal
a third reason             | 2015-01-01..2015-12-31 study, 2015-02-01..2015-12-31 work, 2016-02-01..2016-12-31 family | First Change Change
no reason after one        | 2015-01-01..2015-12-31 study, 2016-02-01..2016-12-31 ?      | First NotStated
one after no reason        | 2015-01-01..2015-12-31 ?, 2016-02-01..2016-12-31 study      | First NotStated
told where it is stated    | 2015-01-01..2015-12-31 study, 2016-02-01..2016-12-31 ?, 2017-02-01..2017-12-31 work | First NotStated Change
and not where it is not    | 2015-01-01..2015-12-31 study, 2016-02-01..2016-12-31 ?, 2017-02-01..2017-12-31 study | First NotStated Renewal
no reason beside another   | 2015-01-01..2016-12-31 ?, 2015-02-01..2016-12-31 study, 2016-02-01..2017-06-30 work | First NotStated NotStated
no reason long ago         | 2010-01-01..2010-12-31 study, 2015-01-01..2015-12-31 ?, 2016-02-01..2016-12-31 work | First First NotStated
three months to the day    | 2015-01-01..2015-03-31 study                               | First
a day less                 | 2015-01-01..2015-03-30 study                               | TooShort
short ones do not count    | 2015-01-01..2015-03-30 study, 2015-04-01..2016-03-31 study | TooShort First
the longest counts         | 2015-01-01..2018-12-31 study, 2015-02-01..2015-06-30 study, 2019-03-01..2020-01-01 study | First Renewal Renewal
two persons                | 2015-01-01..2015-12-31 study, -, 2016-01-01..2016-12-31 study | First First
";
    for case in table(cases) {
        let found = permit_events(&Holder::parse(case[1]).permits(), &EU).expect("good permits");
        let found: Vec<String> = found.iter().map(|event| format!("{event:?}")).collect();
        assert_eq!(found.join(" "), case[2], "{}", case[0]);
    }
}

#[test]
fn with_the_reason_a_new_reason_is_a_first_permit() {
    let holder = Holder::parse("2015-01-01..2015-06-15 study, 2015-06-16..2016-12-14 work");
    let rule = FirstPermit { same_reason: true, ..EU };
    let found = permit_events(&holder.permits(), &rule).expect("good permits");
    assert_eq!(found, [PermitEvent::First; 2]);
}

/// Every permit beside every earlier one of the person, as the definition says it.
fn naive_event(holder: &Holder, reasons: &mut Vec<u32>, row: usize, rule: &FirstPermit) -> PermitEvent {
    let (from, reason) = (holder.valid_from[row], holder.reasons[row]);
    let until = |other: usize| holder.valid_to[other];
    let is_long = |row: usize| rule.minimum_length.after(holder.valid_from[row]) <= until(row) + 1;
    reasons.push(reason);
    if !is_long(row) {
        return PermitEvent::TooShort;
    }
    let earlier: Vec<usize> = (0..row).filter(|other| is_long(*other)).collect();
    let is_alike = |other: u32| reason == other || reason == NO_REASON || other == NO_REASON;
    let in_time = |other: usize| match rule.comparison {
        Comparison::AtLeast => from < rule.gap.after(until(other)),
        Comparison::MoreThan => from <= rule.gap.after(until(other)),
    };
    if !earlier.iter().any(|other| in_time(*other) && (!rule.same_reason || is_alike(reasons[*other]))) {
        return PermitEvent::First;
    }
    let running: Vec<usize> = earlier.iter().copied().filter(|other| until(*other) >= from - 1).collect();
    let ended = earlier.iter().map(|other| until(*other)).max();
    let last = earlier.iter().copied().filter(|other| Some(until(*other)) == ended);
    let held = if running.is_empty() { last.collect() } else { running };
    let mut of_held: Vec<u32> = held.iter().map(|other| reasons[*other]).collect();
    of_held.sort_unstable();
    of_held.dedup();
    if reason == NO_REASON {
        if let [only] = of_held[..] {
            reasons[row] = only;
        }
        return PermitEvent::NotStated;
    }
    match (of_held.contains(&reason), of_held.contains(&NO_REASON)) {
        (true, _) => PermitEvent::Renewal,
        (false, true) => PermitEvent::NotStated,
        (false, false) => PermitEvent::Change,
    }
}

proptest! {
    #[test]
    fn events_are_those_of_every_pair(
        mut permits in vec((0..60_i32, 0..25_i32, 0..4_u32), 0..8), gap in 2..30_i32, minimum in 0..6_i32,
        more_than: bool, same_reason: bool,
    ) {
        permits.sort_by_key(|(from, ..)| *from);
        let holder = Holder {
            person_starts: vec![0],
            valid_from: permits.iter().map(|(from, ..)| *from).collect(),
            valid_to: permits.iter().map(|(from, length, _)| from + length).collect(),
            reasons: permits.iter().map(|(.., reason)| if *reason == 3 { NO_REASON } else { *reason }).collect(),
        };
        let comparison = if more_than { Comparison::MoreThan } else { Comparison::AtLeast };
        let (gap, minimum_length) = (Span::Days(gap), Span::Days(minimum));
        let rule = FirstPermit { minimum_length, gap, comparison, same_reason };
        let found = permit_events(&holder.permits(), &rule).unwrap();
        let mut reasons = Vec::new();
        for (row, event) in found.iter().enumerate() {
            prop_assert_eq!(*event, naive_event(&holder, &mut reasons, row, &rule), "{:?} {}", permits, row);
        }
    }
}

#[test]
fn journeys_join_over_twelve_months() {
    let cases = "
2015-01-01..2015-12-31 study, 2016-05-31..2017-05-30 study, 2018-02-28..2019-02-27 work | 0..3
2015-01-01..2015-12-31 study, 2016-12-31..2017-05-30 study                              | 0..2
2015-01-01..2015-12-31 study, 2017-01-01..2017-05-30 study                              | 0..1 1..2
2015-01-01..2015-12-31 study, -, 2016-01-01..2016-05-30 study                           | 0..1 1..2
";
    for case in table(cases) {
        let found = journeys(&Holder::parse(case[0]).permits(), &UK).expect("good permits");
        let found: Vec<String> = found.iter().map(|journey| format!("{:?}", journey.rows)).collect();
        assert_eq!(found.join(" "), case[1]);
    }
}

#[test]
fn both_ends_of_a_permit_are_valid() {
    let holder = Holder::parse("2015-01-01..2015-12-31 study");
    let valid = |on| valid_at(&holder.permits(), parse_day(on)).expect("good permits")[0];
    let days = ["2014-12-31", "2015-01-01", "2015-12-31", "2016-01-01"];
    assert_eq!(days.map(valid), [false, true, true, false]);
}

/// Stock of 2018-01-01, extracted on 2018-08-01. The day of entry stands after `@`.
#[test]
fn italian_stock() {
    let cases = [
        ("2017-01-01..2018-06-30 work", &["2017-01-05"][..], Some(StockReason::Valid)),
        ("2017-01-01..2018-06-30 work", &["2018-03-01"], Some(StockReason::EnteredLater)),
        ("2017-01-01..2018-06-30 work", &["2018-09-01"], None),
        (
            "2016-01-01..2017-12-31 work, 2018-02-01..2019-12-31 work",
            &["2016-01-05", "2018-03-01"],
            Some(StockReason::RenewedLater),
        ),
        ("2016-01-01..2017-12-31 work, 2018-02-01..2019-12-31 work", &["2016-01-05", "2018-09-01"], None),
        ("2013-01-01..2014-12-31 work, 2018-02-01..2019-12-31 work", &["2013-01-05", "2018-03-01"], None),
        ("2018-02-01..2019-12-31 work", &["2018-02-01"], None),
        ("2016-01-01..2017-12-31 work", &["2016-01-05"], None),
    ];
    let rule = PermitStock { entry_lag: Span::Months(6), renewal_gap: Some(Span::Months(6)) };
    let (on, extracted) = (parse_day("2018-01-01"), parse_day("2018-08-01"));
    for (permits, entered, expected) in cases {
        let entered: Vec<i32> = entered.iter().map(|on| parse_day(on)).collect();
        let found = permit_stock(&Holder::parse(permits).permits(), &entered, &rule, on, extracted);
        assert_eq!(found, Ok(vec![expected]), "{permits}");
    }
    let early = permit_stock(&Holder::parse("").permits(), &[], &rule, on, parse_day("2018-06-30"));
    assert!(matches!(early, Err(Error::ExtractionTooEarly { .. })));
}

#[test]
fn a_cohort_three_years_later() {
    let holder = Holder::parse(
        "2012-03-01..2013-02-28 study, 2013-03-01..2016-02-28 work, -, 2012-05-01..2013-04-30 study, -,
         2012-07-01..2013-06-30 work, -, 2010-01-01..2018-12-31 work",
    );
    let settled = [None, None, Some(parse_day("2015-06-01")), None];
    let found = retention(&holder.permits(), &settled, &EU, 2012, 3);
    assert_eq!(found, Ok(Retention { cohort: 3, settled: 1, holding: 1 }));
}

#[test]
fn faulty_permits_are_named_by_row() {
    let backwards = Holder::parse("2015-01-01..2015-12-31 study, 2016-02-01..2016-01-01 study");
    assert_eq!(valid_at(&backwards.permits(), 0), Err(Error::PermitEndsBeforeItBegins { row: 1 }));
    let unsorted = Holder::parse("2015-01-01..2015-12-31 study, 2014-02-01..2016-01-01 study");
    assert_eq!(valid_at(&unsorted.permits(), 0), Err(Error::Unsorted { person: 0, row: 1 }));
}

/// permits | crossings | until | migration of each crossing | assumed departure
const FIRST_LAST: &str = "
2017-01-01..2018-12-31 x | A 2017-01-15, D 2018-06-01                             | 2019-12-31 | 11   | -
2017-01-01..2018-12-31 x | A 2017-01-15, D 2017-07-01, A 2017-08-01, D 2018-06-01 | 2019-12-31 | 1001 | -
2017-01-01..2018-12-31 x | A 2017-01-15, D 2017-12-31                             | 2019-12-31 | 00   | -
2017-01-01..2018-12-31 x | A 2017-01-15                                           | 2019-12-31 | 1    | 2018-12-31 1
2017-01-01..2017-12-31 x | A 2017-01-15                                           | 2019-12-31 | 0    | 2017-12-31 0
2017-01-01..2018-12-31 x | A 2017-01-15                                           | 2017-12-31 | ?    | -
2017-01-01..2018-12-31 x | A 2017-01-15                                           | 2018-01-15 | 1    | -
2017-01-01..2018-12-31 x | A 2017-01-15, D 2018-06-01                             | 2018-06-30 | 1?   | -
2017-01-01..2017-12-31 x, 2018-01-01..2018-12-31 x | A 2017-01-15, D 2018-06-01   | 2019-12-31 | 11   | -
2017-01-01..2018-12-31 x | A 2016-01-15, A 2017-01-15, D 2018-06-01, D 2019-06-01 | 2019-12-31 | ?11? | -
";

#[test]
fn first_arrival_last_departure() {
    let rule = Rule::FirstArrivalLastDeparture(FirstArrivalLastDeparture {
        threshold: Span::Days(365),
        comparison: Comparison::AtLeast,
        joining_gap: Span::Days(1),
    });
    for case in table(FIRST_LAST) {
        let holder = Holder::parse(case[0]);
        let options = Options { permits: Some(holder.permits()), ..Options::new(parse_day(case[2])) };
        let found = Person::parse(case[1]).classify(&rule, &options);
        let migration: String = found.migration.iter().copied().map(answer).collect();
        let assumed = found.assumed_departures.first();
        let assumed =
            assumed.map(|each| format!("{} {}", common::date(Some(each.day)), answer(each.migration)));
        assert_eq!([migration, assumed.unwrap_or("-".to_owned())], [case[3], case[4]], "{case:?}");
        let outside = found.row_use.iter().filter(|&&row| row == RowUse::OutsidePermit).count() as u64;
        assert_eq!(
            (found.counts.used, found.counts.outside_permit),
            (found.migration.len() as u64 - outside, outside)
        );
    }
}
