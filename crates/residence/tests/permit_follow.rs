//! What follows on permits: renewals, holders on a day, members of a cohort; beside naive definitions that look at every pair of permits.

mod common;

use common::{parse_day, table};
use denizen_residence::{
    Comparison, FirstPermit, Followed, Held, Outcome, PermitStock, Permits, Renewal, RenewalRule, Span,
    SpellRule, StockReason, journeys, outcomes, permit_holders, permit_renewals, permit_spells, permit_stock,
    ranked_spells, retention,
};
use proptest::collection::vec;
use proptest::prelude::*;

const EU: RenewalRule =
    RenewalRule { gap: Span::Months(6), comparison: Comparison::AtLeast, entry_lag: Span::Days(0) };

/// Permits of persons, each as first day, last day and reason; sorted by first day within a person.
#[derive(Debug, Clone, Default)]
struct Holders {
    person_starts: Vec<usize>,
    valid_from: Vec<i32>,
    valid_to: Vec<i32>,
    reasons: Vec<u32>,
}

impl Holders {
    fn new(persons: Vec<Vec<(i32, i32, u32)>>) -> Self {
        let mut holders = Self::default();
        for mut person in persons {
            person.sort_by_key(|(from, ..)| *from);
            holders.person_starts.push(holders.valid_from.len());
            for (from, length, reason) in person {
                holders.valid_from.push(from);
                holders.valid_to.push(from + length);
                holders.reasons.push(reason);
            }
        }
        holders
    }

    /// Of one person: `2015-01-01..2015-12-31 study, …`.
    fn parse(text: &str) -> Self {
        let permit = |text: &str| {
            let (days, reason) = text.trim().split_once(' ').expect("days and reason");
            let (from, to) = days.split_once("..").expect("two days");
            let (from, to) = (parse_day(from), parse_day(to));
            (from, to - from, u32::from(reason == "work"))
        };
        Self::new(vec![text.split(',').map(permit).collect()])
    }

    fn permits(&self) -> Permits<'_> {
        Permits {
            person_starts: &self.person_starts,
            valid_from: &self.valid_from,
            valid_to: &self.valid_to,
            reasons: &self.reasons,
        }
    }

    fn rows(&self, person: usize) -> std::ops::Range<usize> {
        let end = self.person_starts.get(person + 1).copied().unwrap_or(self.valid_from.len());
        self.person_starts[person]..end
    }
}

#[test]
fn renewals_in_words() {
    let cases = "
adjoining                 | 2015-01-01..2015-12-31 study, 2016-01-01..2016-12-31 study | Renewed { lag: 1 } Running
another reason renews too | 2015-01-01..2015-12-31 study, 2016-03-01..2016-12-31 work  | Renewed { lag: 61 } Running
before it expires         | 2015-01-01..2015-12-31 study, 2015-12-01..2016-12-31 study | Renewed { lag: -30 } Running
six months to the day     | 2015-01-01..2015-06-15 study, 2015-12-15..2016-12-14 study | NotRenewed Running
a day less                | 2015-01-01..2015-06-15 study, 2015-12-14..2016-12-14 study | Renewed { lag: 182 } Running
inside another one        | 2015-01-01..2015-12-31 study, 2015-03-01..2015-05-31 work  | Undecided Overlapped
two on one day            | 2015-01-01..2015-02-28 study, 2015-01-01..2015-05-31 work  | Overlapped NotRenewed
the same twice            | 2015-01-01..2015-02-28 study, 2015-01-01..2015-02-28 study | NotRenewed NotRenewed
too early to say          | 2015-01-01..2015-12-31 study                               | Undecided
";
    for case in table(cases) {
        let holders = Holders::parse(case[1]);
        let found = permit_renewals(&holders.permits(), &EU, parse_day("2016-05-31")).expect("good permits");
        let found: Vec<String> = found.iter().map(|renewal| format!("{renewal:?}")).collect();
        assert_eq!(found.join(" "), case[2], "{}", case[0]);
    }
}

/// The permit for study expires, and one for work begins four months later, without any journey: the person was there all the while.
#[test]
fn residence_does_not_end_where_the_reason_changes() {
    let holders = Holders::parse("2015-01-01..2015-12-31 study, 2016-05-01..2017-04-30 work");
    let followed = Followed { permits: holders.permits(), long_term: &[false; 2], naturalised_on: &[None] };
    let between = parse_day("2016-02-29");
    let on = |rule: &RenewalRule| {
        outcomes(&followed, rule, parse_day("2018-12-31"), between).expect("good permits")
    };
    assert_eq!(on(&EU), [Some(Outcome::Valid)]);
    assert_eq!(on(&RenewalRule { gap: Span::Days(0), ..EU }), [Some(Outcome::Left)]);
}

#[test]
fn outcomes_in_words() {
    let cases = "
before the first          | 2014-12-31 | None
on the first day          | 2015-01-01 | Some(Valid)
between two               | 2016-02-15 | Some(Valid)
with a long-term one      | 2017-01-01 | Some(LongTerm)
all have expired          | 2019-01-01 | Some(Undecided)
as long as one could come | 2019-06-01 | Some(Undecided)
";
    let holders = Holders::parse(
        "2015-01-01..2015-12-31 study, 2016-05-01..2017-04-30 work, 2016-12-01..2018-12-31 work",
    );
    let permits = holders.permits();
    let followed = Followed { permits, long_term: &[false, false, true], naturalised_on: &[None] };
    let until = parse_day("2019-06-01");
    for case in table(cases) {
        let found = outcomes(&followed, &EU, until, parse_day(case[1])).expect("good permits");
        assert_eq!(format!("{:?}", found[0]), case[2], "{}", case[0]);
    }
    // With the lag of entries a renewal of 30 June may come in until 30 September.
    let lag = RenewalRule { entry_lag: Span::Months(3), ..EU };
    let on = |until: &str| {
        outcomes(&followed, &lag, parse_day(until), parse_day("2019-01-01")).expect("good permits")[0]
    };
    assert_eq!(on("2019-09-28"), Some(Outcome::Undecided));
    assert_eq!(on("2019-09-29"), Some(Outcome::Left));
    let citizen = Followed { naturalised_on: &[Some(parse_day("2018-06-02"))], ..followed };
    let found = outcomes(&citizen, &EU, until, parse_day("2018-06-02")).expect("good permits");
    assert_eq!(found, [Some(Outcome::Naturalised)]);
}

/// Every permit beside every other one of the person.
fn naive_renewal(holders: &Holders, person: usize, row: usize, rule: &RenewalRule, until: i32) -> Renewal {
    let (from, to) = (holders.valid_from[row], holders.valid_to[row]);
    let in_time = |start: i32| match rule.comparison {
        Comparison::AtLeast => start < rule.gap.after(to),
        Comparison::MoreThan => start <= rule.gap.after(to),
    };
    if to > until {
        return Renewal::Running;
    }
    let outlasting = || holders.rows(person).filter(|&other| holders.valid_to[other] > to);
    if outlasting().any(|other| holders.valid_from[other] <= from) {
        return Renewal::Overlapped;
    }
    let next = outlasting().map(|other| holders.valid_from[other]).min();
    match next {
        Some(next) if in_time(next) => Renewal::Renewed { lag: next - to },
        Some(_) => Renewal::NotRenewed,
        // A day on which a permit could still begin, and of which the entries are not all in.
        None if (to - 200..to + 200)
            .any(|day| in_time(day) && (day > until || rule.entry_lag.after(day) > until)) =>
        {
            Renewal::Undecided
        }
        None => Renewal::NotRenewed,
    }
}

fn naive_outcome(
    holders: &Holders,
    long_term: &[bool],
    person: usize,
    gap: i32,
    until: i32,
    on: i32,
) -> Option<Outcome> {
    let rows = || holders.rows(person).filter(|&row| holders.valid_from[row] <= on);
    rows().next()?;
    let (from, to) = (|row: usize| holders.valid_from[row], |row: usize| holders.valid_to[row]);
    let valid: Vec<usize> = rows().filter(|&row| on <= to(row)).collect();
    let held = |rows: &[usize]| {
        if rows.iter().any(|&row| long_term[row]) { Outcome::LongTerm } else { Outcome::Valid }
    };
    if !valid.is_empty() {
        return Some(held(&valid));
    }
    let ended = rows().map(to).max()?;
    let last: Vec<usize> = rows().filter(|&row| to(row) == ended).collect();
    let next = holders.rows(person).map(from).filter(|&next| next > on).min();
    Some(match next {
        Some(next) if next < ended + gap => held(&last),
        None if until < ended + gap - 1 => Outcome::Undecided,
        _ => Outcome::Left,
    })
}

fn people() -> impl Strategy<Value = Holders> {
    vec(vec((0..60_i32, 0..25_i32, 0..3_u32), 0..7), 1..5).prop_map(Holders::new)
}

proptest! {
    #[test]
    fn renewals_are_those_of_every_pair(
        holders in people(), gap in 0..40_i32, lag in 0..10_i32, more_than: bool, until in 0..90_i32,
    ) {
        let comparison = if more_than { Comparison::MoreThan } else { Comparison::AtLeast };
        let rule = RenewalRule { gap: Span::Days(gap), comparison, entry_lag: Span::Days(lag) };
        let found = permit_renewals(&holders.permits(), &rule, until).unwrap();
        for person in 0..holders.person_starts.len() {
            for row in holders.rows(person) {
                prop_assert_eq!(found[row], naive_renewal(&holders, person, row, &rule, until), "row {}", row);
            }
        }
    }

    /// Without a gap the outcomes are those of `retention`, and with one those of the naive way; a day inside a journey is never
    /// one of absence.
    #[test]
    fn outcomes_are_those_of_every_permit(
        holders in people(), gap in 0..40_i32, until in 60..99_i32, on in 0..99_i32, long: Vec<bool>,
    ) {
        let long_term: Vec<bool> = (0..holders.valid_from.len()).map(|row| long.get(row) == Some(&true)).collect();
        let nobody = vec![None; holders.person_starts.len()];
        let permits = holders.permits();
        let followed = Followed { permits, long_term: &long_term, naturalised_on: &nobody };
        let rule = RenewalRule { gap: Span::Days(gap), comparison: Comparison::AtLeast, entry_lag: Span::Days(0) };
        let found = outcomes(&followed, &rule, until, on).unwrap();
        for (person, outcome) in found.iter().enumerate() {
            prop_assert_eq!(*outcome, naive_outcome(&holders, &long_term, person, gap, until, on), "person {}", person);
        }
        let joined = denizen_residence::JourneyRule { gap: rule.gap, comparison: rule.comparison };
        for journey in journeys(&permits, &joined).unwrap() {
            if (journey.first_day..=journey.last_day).contains(&on) {
                prop_assert!(matches!(found[journey.person], Some(Outcome::Valid | Outcome::LongTerm)));
            }
        }
    }

    #[test]
    fn with_no_gap_outcomes_are_retention(holders in people(), years in 0..3_i32) {
        // Days of the tests stand for twentieths of a year, so that permits fall into several years.
        let scaled = |days: &[i32]| -> Vec<i32> { days.iter().map(|day| day * 18).collect() };
        let (valid_from, valid_to) = (scaled(&holders.valid_from), scaled(&holders.valid_to));
        let permits = Permits { valid_from: &valid_from, valid_to: &valid_to, ..holders.permits() };
        let none = Span::Days(0);
        let first = FirstPermit { minimum_length: none, gap: none, comparison: Comparison::AtLeast, same_reason: false };
        let nobody = vec![None; holders.person_starts.len()];
        let expected = retention(&permits, &nobody, &first, 1970, years).unwrap();
        let long_term = vec![false; permits.len()];
        let followed = Followed { permits, long_term: &long_term, naturalised_on: &nobody };
        let rule = RenewalRule { gap: none, comparison: Comparison::AtLeast, entry_lag: none };
        let on = denizen_residence::day(1970 + years, 12, 31);
        let found = outcomes(&followed, &rule, on, on).unwrap();
        let of_cohort = (0..holders.person_starts.len()).filter(|&person| holders.rows(person).any(|row| valid_from[row] < 365));
        let holding = of_cohort.clone().filter(|&person| found[person] == Some(Outcome::Valid)).count() as u64;
        prop_assert_eq!((expected.cohort, expected.holding), (of_cohort.count() as u64, holding));
    }

    /// The permit that is held on a day is the one that gives the spell of that day its reason, and why the person is in the stock
    /// follows from the permits one by one.
    #[test]
    fn holders_are_those_of_spells(
        holders in people(), on in 0..90_i32, lags in vec(0..20_i32, 40), gap in proptest::option::of(0..30_i32),
    ) {
        let permits = holders.permits();
        let precedence = [2, 0];
        let rank = |reason: &u32| precedence.iter().position(|listed| listed == reason).unwrap_or(2) as u32;
        let ranks: Vec<u32> = holders.reasons.iter().map(rank).collect();
        let rule = PermitStock { entry_lag: Span::Days(5), renewal_gap: gap.map(Span::Days) };
        let all_seen = vec![i32::MIN; permits.len()];
        let held = permit_holders(&permits, &all_seen, &ranks, &rule, on, on + 5).unwrap();
        let spells = permit_spells(&permits, &SpellRule { minimum_length: Span::Days(0), precedence: &precedence }).unwrap();
        let of_spells = spells.permits();
        for (person, held) in held.iter().enumerate() {
            let end = of_spells.person_starts.get(person + 1).copied().unwrap_or(of_spells.len());
            let mut own = of_spells.person_starts[person]..end;
            let spell = own.find(|&spell| (of_spells.valid_from[spell]..=of_spells.valid_to[spell]).contains(&on));
            let valid = held.filter(|held| held.reason == StockReason::Valid);
            prop_assert_eq!(valid.map(|held| holders.reasons[held.row]), spell.map(|spell| of_spells.reasons[spell]));
        }

        // Ranks that are not those of reasons: on each day both take the same permit.
        let other_ranks: Vec<u32> = ranks.iter().zip(&lags).map(|(rank, lag)| 2 * rank + (*lag > 9) as u32).collect();
        let held = permit_holders(&permits, &all_seen, &other_ranks, &rule, on, on + 5).unwrap();
        let spells = ranked_spells(&permits, &other_ranks, Span::Days(0)).unwrap();
        let on_the_day = (0..spells.reasons.len()).filter(|&spell| (spells.valid_from[spell]..=spells.valid_to[spell]).contains(&on));
        let of_spells: Vec<u32> = on_the_day.map(|spell| spells.reasons[spell]).collect();
        let valid = held.iter().flatten().filter(|held| held.reason == StockReason::Valid);
        prop_assert_eq!(valid.map(|held| holders.reasons[held.row]).collect::<Vec<_>>(), of_spells);

        let entered: Vec<i32> = holders.valid_from.iter().zip(&lags).map(|(from, lag)| from + lag).collect();
        let found = permit_holders(&permits, &entered, &ranks, &rule, on, on + 5).unwrap();
        let reasons = permit_stock(&permits, &entered, &rule, on, on + 5).unwrap();
        for (person, held) in found.iter().enumerate() {
            let seen: Vec<usize> = holders.rows(person).filter(|&row| entered[row] <= on + 5).collect();
            let is_valid = |row: &usize| (holders.valid_from[*row]..=holders.valid_to[*row]).contains(&on);
            let expired = seen.iter().filter(|row| holders.valid_to[**row] < on).map(|row| holders.valid_to[*row]).max();
            let next = seen.iter().map(|row| holders.valid_from[*row]).filter(|from| *from > on).min();
            let renewed = expired.zip(next).zip(gap).is_some_and(|((expired, next), gap)| next < expired + gap);
            let expected = if seen.iter().any(|row| is_valid(row) && entered[*row] <= on) {
                Some(StockReason::Valid)
            } else if seen.iter().any(is_valid) {
                Some(StockReason::EnteredLater)
            } else {
                renewed.then_some(StockReason::RenewedLater)
            };
            prop_assert_eq!(held.map(|held| held.reason), expected);
            prop_assert_eq!(reasons[person], expected);
            if let Some(Held { row, reason: StockReason::RenewedLater }) = held {
                prop_assert_eq!(Some(holders.valid_to[*row]), expired);
            }
        }
    }
}
