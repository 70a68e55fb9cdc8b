//! Whatever comes in, an answer or an error comes out.

mod common;

use denizen_residence::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn any_day() -> impl Strategy<Value = i32> {
    prop_oneof![5 => 0..20i32, 1 => any::<i32>(), 1 => Just(FIRST_DAY), 1 => Just(LAST_DAY)]
}

fn any_span() -> impl Strategy<Value = Span> {
    let length = prop_oneof![4 => 0..20i32, 1 => any::<i32>(), 1 => Just(4800), 1 => Just(146_097)];
    (length, any::<bool>())
        .prop_map(|(length, months)| if months { Span::Months(length) } else { Span::Days(length) })
}

fn any_comparison() -> impl Strategy<Value = Comparison> {
    prop_oneof![Just(Comparison::AtLeast), Just(Comparison::MoreThan)]
}

fn any_rule() -> impl Strategy<Value = Rule> {
    (any_span(), any_span(), any_comparison(), any_day(), any_day(), 0..5).prop_map(
        |(threshold, window, comparison, first, last, which)| match which {
            0 => Rule::LastExitNoReturn(LastExitNoReturn {
                period: Some(Period { first, last }),
                minimum_absence: threshold,
            }),
            1 => Rule::LastExitNoReturn(LastExitNoReturn { period: None, minimum_absence: window }),
            2 => Rule::CumulativeWindow(CumulativeWindow { threshold, window, comparison }),
            3 => Rule::Continuous(Continuous { threshold, comparison }),
            _ => Rule::FirstArrivalLastDeparture(FirstArrivalLastDeparture {
                threshold,
                comparison,
                joining_gap: window,
            }),
        },
    )
}

fn any_policy() -> impl Strategy<Value = FaultPolicy> {
    use FaultPolicy::*;
    proptest::sample::select(vec![
        Bounds,
        Lower,
        Upper,
        Midpoint,
        AsRecorded,
        RejectPerson,
        DropLater,
        DropEarlier,
    ])
}

fn any_share() -> impl Strategy<Value = f64> {
    prop_oneof![9 => 0.0..=1.0f64, 1 => any::<f64>()]
}

/// Columns of mostly the right shape.
fn any_columns() -> impl Strategy<Value = (Vec<usize>, Vec<i32>, Vec<Direction>)> {
    let directions = vec(prop_oneof![Just(Direction::Arrival), Just(Direction::Departure)], 0..12);
    let starts = prop_oneof![4 => Just(vec![0]), 2 => Just(vec![0, 3]), 1 => vec(0..12usize, 0..4)];
    (starts, vec(any_day(), 0..12), directions, any::<bool>()).prop_map(
        |(starts, mut days, mut directions, tidy)| {
            if tidy {
                days.sort_unstable();
                days.retain(|day| (FIRST_DAY..=LAST_DAY).contains(day));
                directions.resize(days.len(), Direction::Arrival);
            }
            (starts, days, directions)
        },
    )
}

proptest! {
    #![proptest_config(common::cases(4000))]

    #[test]
    fn crossings(
        (person_starts, days, directions) in any_columns(),
        rule in any_rule(),
        faults in any_policy(),
        until in any_day(),
        observed_from in proptest::option::of(any_day()),
        (turns, inside) in (any::<bool>(), any::<bool>()),
    ) {
        let crossings = Crossings { person_starts: &person_starts, days: &days, directions: &directions };
        let reasons = vec![0; days.len()];
        let permits = Permits { person_starts: &person_starts, valid_from: &days, valid_to: &days, reasons: &reasons };
        let options = Options {
            faults,
            initial: InitialStatus { observed_from, ..InitialStatus::UNKNOWN },
            same_day: if turns { SameDay::RestoreAlternation } else { SameDay::KeepOrder },
            boundary: if inside { Boundary::DepartureDayInside } else { Boundary::DepartureDayAbroad },
            permits: Some(permits),
            ..Options::new(until)
        };
        match classify(&crossings, &rule, &options) {
            Ok(found) => {
                let counts = found.counts;
                let rows = counts.used + counts.after_until + counts.dropped + counts.rejected + counts.outside_permit;
                prop_assert_eq!(rows, days.len() as u64);
                prop_assert_eq!(found.migration.len(), days.len());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
        #[cfg(feature = "compat")]
        {
            use denizen_residence::compat::{MigrbcRule, MigstatRule, migrbc, migstat};
            let statuses = vec![Status::Resident; person_starts.len()];
            let _ = migrbc(&crossings, MigrbcRule::default(), &vec![None; person_starts.len()], until);
            let _ = migstat(&crossings, MigstatRule { window: 487, threshold: 365, observed_until: until }, &statuses);
        }
    }

    #[test]
    fn permits(
        (person_starts, valid_from, _) in any_columns(),
        length in any_day(),
        (gap, minimum_length, comparison) in (any_span(), any_span(), any_comparison()),
        (on, extracted_on, same_reason) in (any_day(), any_day(), any::<bool>()),
    ) {
        let valid_to: Vec<i32> = valid_from.iter().map(|from| from.saturating_add(length)).collect();
        let reasons: Vec<u32> = valid_from.iter().map(|from| from.unsigned_abs() % 3).collect();
        let permits =
            Permits { person_starts: &person_starts, valid_from: &valid_from, valid_to: &valid_to, reasons: &reasons };
        let first = FirstPermit { minimum_length, gap, comparison, same_reason };
        let _ = permit_events(&permits, &first);
        let _ = journeys(&permits, &JourneyRule { gap, comparison });
        if let Ok(spells) = permit_spells(&permits, &SpellRule { minimum_length, precedence: &[2, 1] }) {
            prop_assert_eq!(spells.row_use.len(), permits.len());
            prop_assert!(valid_at(&spells.permits(), 0).is_ok());
        }
        let _ = valid_at(&permits, on);
        let _ = permit_stock(&permits, &valid_from, &PermitStock { entry_lag: minimum_length, renewal_gap: Some(gap) }, on, extracted_on);
        let _ = retention(&permits, &vec![None; person_starts.len()], &first, on, length);
    }

    #[test]
    fn signs(
        (person_starts, years, directions) in any_columns(),
        (decay, gain, threshold, initial) in (any_share(), any_share(), any_share(), any_share()),
        weights in vec(prop_oneof![4 => 0.0..2.0f64, 1 => any::<f64>()], 0..3),
    ) {
        let mut column: Vec<bool> = directions.iter().map(|direction| *direction == Direction::Arrival).collect();
        let mut years = years;
        if column.len() == years.len() {
            years.dedup();
            column.truncate(years.len());
        }
        let columns = vec![&column[..]; weights.len()];
        let signs = Signs { person_starts: &person_starts, years: &years, signs: &columns, weights: &weights };
        match residency_index(&signs, &SignsOfLife { decay, gain, threshold }, InitialIndex::Everyone(initial)) {
            Ok(found) => {
                prop_assert_eq!(found.resident.len(), years.len());
                prop_assert!(found.index.iter().all(|index| (0.0..=1.0).contains(index)));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
