//! Proofs by exhaustion: whatever is said about an unfinished history holds in all its futures, and whatever holds in all its
//! futures is said; and it is said on the first day on which that is so.

mod common;
#[path = "common/naive.rs"]
mod naive;

use common::{Agreement, Person, known, window};
use denizen_residence::{
    Boundary, Classification, Comparison, Continuous, CumulativeWindow, Direction, FaultPolicy,
    InitialStatus, Options, Otherwise, Rule, Span, Status,
};
use proptest::prelude::*;

const CASES: [(i32, i32, i32); 7] =
    [(4, 3, 5), (5, 3, 6), (5, 4, 6), (6, 4, 6), (6, 5, 6), (6, 6, 6), (7, 5, 7)];
const STATUSES: [Status; 2] = [Status::Resident, Status::NonResident];

/// The crossings of a path: bit by bit the side at the end of each day, from a side before the first. On the days of `trips`, bit by
/// bit too, the person crosses twice more: over the border and back, before anything else.
fn crossings_of_path(path: u32, trips: u32, length: i32, mut inside: bool) -> Person {
    let mut person = Person { days: vec![], directions: vec![] };
    let mut cross = |day: i32, inside: &mut bool| {
        *inside = !*inside;
        person.days.push(day);
        person.directions.push(if *inside { Direction::Arrival } else { Direction::Departure });
    };
    for day in 0..length {
        if trips >> day & 1 == 1 {
            cross(day, &mut inside);
            cross(day, &mut inside);
        }
        if (path >> day & 1 == 1) != inside {
            cross(day, &mut inside);
        }
    }
    person
}

/// No trip, or one on the first, the third or the last of some days.
fn trips(days: i32) -> impl Iterator<Item = u32> {
    [0, 1, 1 << 2, 1 << (days - 1)].into_iter()
}

struct Futures {
    after: Vec<Agreement<Status>>,
    migration: Vec<Agreement<bool>>,
}

/// What all futures of a path agree on, with each of the initial statuses.
fn all_futures(
    (v, w): (i32, i32),
    observed: i32,
    (path, trips): (u32, u32),
    inside: bool,
    initials: &[Status],
) -> Futures {
    let rows = crossings_of_path(path, trips, observed, inside).days.len();
    let mut futures =
        Futures { after: vec![Agreement::Nothing; rows], migration: vec![Agreement::Nothing; rows] };
    for future in 0..1u32 << (w + 1) {
        let person = crossings_of_path(path | future << observed, trips, observed + w + 1, inside);
        for &initial in initials {
            let end = observed + 2 * w + 2;
            let full = naive::answers(&person.days, &person.directions, v, w, initial, end);
            for row in 0..rows {
                futures.after[row].add(full.after[row].expect("a whole window"));
                futures.migration[row].add(full.migration[row].expect("a whole window"));
            }
        }
    }
    futures
}

fn assert_sound_and_complete(found: &Classification, futures: &Futures, case: &str) {
    for row in 0..found.migration.len() {
        assert_eq!(found.status_after[row], futures.after[row].agreed(), "status of row {row}, {case}");
        assert_eq!(found.migration[row], futures.migration[row].agreed(), "migration of row {row}, {case}");
    }
}

/// Every path with one trip at most, both sides before it.
fn paths(mut each: impl FnMut((i32, i32), i32, (u32, u32), bool, &Person)) {
    for (w, v, observed) in CASES {
        for path in 0..1u32 << observed {
            for (trips, inside) in trips(observed).flat_map(|trips| [(trips, false), (trips, true)]) {
                let person = crossings_of_path(path, trips, observed, inside);
                if !person.days.is_empty() {
                    each((v, w), observed, (path, trips), inside, &person);
                }
            }
        }
    }
}

/// Both statuses before a path, and every continuation.
#[test]
fn what_is_said_is_what_all_futures_agree_on() {
    let mut cells = 0;
    paths(|(v, w), observed, path, inside, person| {
        for initial in STATUSES {
            let found = person.classify(&window(v, w), &known(initial, observed - 1));
            let futures = all_futures((v, w), observed, path, inside, &[initial]);
            let case = format!("{v} of {w}, path and trips {path:?}, {initial:?}");
            assert_sound_and_complete(&found, &futures, &case);
            cells += person.days.len();
        }
    });
    assert_eq!(cells, 35_328);
}

#[test]
fn of_an_unknown_start_is_said_what_all_futures_of_both_agree_on() {
    paths(|(v, w), observed, path, inside, person| {
        let found = person.classify(&window(v, w), &Options::new(observed - 1));
        let futures = all_futures((v, w), observed, path, inside, &STATUSES);
        assert_sound_and_complete(&found, &futures, &format!("{v} of {w}, path and trips {path:?}"));
    });
}

/// Cuts the data at every day and sees when each answer appears.
fn assert_dates_are_first(person: &Person, rule: &Rule, options: &Options, last: i32) {
    let whole = person.classify(rule, &Options { until: last, ..*options });
    let mut status = vec![None; person.days.len()];
    let mut migration = status.clone();
    for until in person.days[0]..=last {
        let cut = person.classify(rule, &Options { until, ..*options });
        for row in 0..person.days.len() {
            check_cut(&mut status[row], cut.status_after[row], whole.status_after[row], until);
            check_cut(&mut migration[row], cut.migration[row], whole.migration[row], until);
        }
    }
    assert_eq!(whole.status_decided_on, status, "status {:?} {:?} {rule:?}", person.days, person.directions);
    assert_eq!(
        whole.migration_decided_on, migration,
        "migration {:?} {:?} {rule:?}",
        person.days, person.directions
    );
}

fn check_cut<T: PartialEq + std::fmt::Debug>(
    first: &mut Option<i32>,
    cut: Option<T>,
    whole: Option<T>,
    until: i32,
) {
    if cut.is_some() {
        assert_eq!(cut, whole, "an answer of {until} changed later");
        first.get_or_insert(until + 1);
    } else {
        assert_eq!(*first, None, "an answer was forgotten on {until}");
    }
}

#[test]
fn dates_are_the_first_on_which_the_answer_is_there() {
    for (w, v, _) in CASES {
        for (path, trips) in (0..1u32 << 11).flat_map(|path| [0, 1, 1 << 4].map(|trips| (path, trips))) {
            let person = crossings_of_path(path, trips, 11, false);
            if person.days.is_empty() {
                continue;
            }
            for initial in ["0", "1", "?"] {
                let options = Options { initial: common::initial(initial), ..Options::new(0) };
                assert_dates_are_first(&person, &window(v, w), &options, 24);
            }
        }
    }
}

fn history(longest_gap: i32, most: usize) -> impl Strategy<Value = Person> {
    (proptest::collection::vec(0..=longest_gap, 1..=most), any::<bool>()).prop_map(|(gaps, arrives)| {
        let mut day = 0;
        let mut direction = if arrives { Direction::Arrival } else { Direction::Departure };
        let mut person = Person { days: vec![], directions: vec![] };
        for gap in gaps {
            day += gap;
            person.days.push(day);
            person.directions.push(direction);
            direction = direction.opposite();
        }
        person
    })
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows = self.directions.iter().zip(&self.days);
        f.debug_list().entries(rows.map(|(direction, day)| format!("{direction:?} {day}"))).finish()
    }
}

fn lengths() -> impl Strategy<Value = (i32, i32)> {
    prop_oneof![
        Just((365, 487)),
        Just((270, 365)),
        Just((365, 365)),
        Just((183, 365)),
        Just((1, 1)),
        Just((2, 3))
    ]
}

proptest! {
    #![proptest_config(common::cases(600))]

    /// The fast engine against the simulation day by day, at any end of the data.
    #[test]
    fn the_simulation_agrees(person in history(400, 14), (v, w) in lengths(), initial in 0..2usize, cut in 0..2500i32) {
        let seen = person.days.partition_point(|&day| day <= cut);
        prop_assume!(seen > 0);
        let found = person.classify(&window(v, w), &known(STATUSES[initial], cut));
        let naive = naive::answers(&person.days[..seen], &person.directions[..seen], v, w, STATUSES[initial], cut + 1);
        prop_assert_eq!(&found.status_before[..seen], naive.before);
        prop_assert_eq!(&found.status_after[..seen], naive.after);
        prop_assert_eq!(&found.migration[..seen], naive.migration);
    }

    /// Dates against cuts, with same-day crossings and an unknown start among them.
    #[test]
    fn cuts_agree_with_dates(person in history(6, 12), case in 0..CASES.len(), start in 0..3usize) {
        let (w, v, _) = CASES[case];
        let options = Options { initial: common::initial(["0", "1", "?"][start]), ..Options::new(0) };
        assert_dates_are_first(&person, &window(v, w), &options, person.days[person.days.len() - 1] + 2 * w);
    }

    /// In calendar months: what is said once is never taken back.
    #[test]
    fn months_are_sound(person in history(250, 10), case in 0..3usize, start in 0..3usize) {
        let (threshold, length) = [(12, 16), (7, 12), (12, 12)][case];
        let rule = Rule::CumulativeWindow(CumulativeWindow {
            threshold: Span::Months(threshold),
            window: Span::Months(length),
            comparison: Comparison::AtLeast,
        });
        let options = Options { initial: common::initial(["0", "1", "?"][start]), ..Options::new(6000) };
        let whole = person.classify(&rule, &options);
        for until in (0..3000).step_by(13) {
            let cut = person.classify(&rule, &Options { until, ..options });
            for row in 0..person.days.len() {
                prop_assert!(cut.migration[row].is_none() || cut.migration[row] == whole.migration[row]);
                prop_assert!(cut.status_after[row].is_none() || cut.status_after[row] == whole.status_after[row]);
            }
        }
    }

    /// A window as long as its threshold is the rule without interruption.
    #[test]
    fn continuous_is_the_shortest_window(person in history(500, 8), v in 1..500i32, cut in 0..3000i32) {
        let rule = Rule::Continuous(Continuous { threshold: Span::Days(v), comparison: Comparison::AtLeast });
        prop_assert_eq!(person.classify(&rule, &Options::new(cut)), person.classify(&window(v, v), &Options::new(cut)));
    }
}

/// Every small history with missing crossings.
fn faulty_histories(mut each: impl FnMut(&Person)) {
    for length in 2..=4usize {
        for letters in 0..1u32 << length {
            for gaps in 0..4usize.pow(length as u32 - 1) {
                let mut person = Person { days: vec![], directions: vec![] };
                for row in 0..length {
                    let gap = if row == 0 { 0 } else { [0, 1, 3, 5][gaps / 4usize.pow(row as u32 - 1) % 4] };
                    person.days.push(person.days.last().copied().unwrap_or(0) + gap);
                    let arrives = letters >> row & 1 == 1;
                    person.directions.push(if arrives { Direction::Arrival } else { Direction::Departure });
                }
                if person.directions.windows(2).any(|pair| pair[0] == pair[1]) {
                    each(&person);
                }
            }
        }
    }
}

/// A history with every missing crossing in one place, and which of its rows are those of the faulty one.
fn placements(person: &Person) -> Vec<(Person, Vec<usize>)> {
    let mut all = vec![(Person { days: vec![], directions: vec![] }, vec![])];
    for (row, (&day, &direction)) in person.days.iter().zip(&person.directions).enumerate() {
        let is_missing = row > 0 && person.directions[row - 1] == direction;
        let places = if is_missing { (person.days[row - 1]..=day).map(Some).collect() } else { vec![None] };
        let mut longer = vec![];
        for (before, rows) in &all {
            for &place in &places {
                let (mut days, mut directions) = (before.days.clone(), before.directions.clone());
                days.extend(place);
                directions.extend(place.map(|_| direction.opposite()));
                let mut rows: Vec<usize> = rows.clone();
                rows.push(days.len());
                days.push(day);
                directions.push(direction);
                longer.push((Person { days, directions }, rows));
            }
        }
        all = longer;
    }
    all
}

#[test]
fn bounds_hold_wherever_the_missing_crossing_lies() {
    let mut decided = 0;
    for (w, v) in [(4, 3), (6, 4), (5, 5)] {
        faulty_histories(|person| {
            for until in [person.days[person.days.len() - 1] + 2, 40] {
                for start in ["0", "1", "?"] {
                    let options = Options { initial: common::initial(start), ..Options::new(until) };
                    let bounds = person.classify(&window(v, w), &options);
                    for (whole, rows) in placements(person) {
                        let one = whole.classify(&window(v, w), &options);
                        for (row, &at) in rows.iter().enumerate() {
                            let holds =
                                bounds.migration[row].is_none() || bounds.migration[row] == one.migration[at];
                            let is_status = bounds.status_after[row].is_none()
                                || bounds.status_after[row] == one.status_after[at];
                            assert!(
                                holds && is_status,
                                "row {row} of {person:?}, with {whole:?}, {v} of {w}, {start}"
                            );
                            decided += usize::from(bounds.migration[row].is_some());
                        }
                    }
                }
            }
        });
    }
    assert!(decided > 10_000, "{decided}");
}

/// Lower never has a resident where upper has none.
#[test]
fn lower_is_below_upper() {
    faulty_histories(|person| {
        let run = |faults| person.classify(&window(3, 5), &Options { faults, ..known(Status::Resident, 40) });
        let (lower, upper) = (run(FaultPolicy::Lower), run(FaultPolicy::Upper));
        for row in 0..person.days.len() {
            let both = (lower.status_after[row], upper.status_after[row]);
            assert_ne!(both, (Some(Status::Resident), Some(Status::NonResident)), "{person:?}");
        }
    });
}

/// Whatever the options, rows are conserved and nothing panics.
#[test]
fn every_policy_conserves_rows() {
    let policies = [
        FaultPolicy::Bounds,
        FaultPolicy::Lower,
        FaultPolicy::Upper,
        FaultPolicy::Midpoint,
        FaultPolicy::AsRecorded,
        FaultPolicy::RejectPerson,
        FaultPolicy::DropLater,
        FaultPolicy::DropEarlier,
    ];
    faulty_histories(|person| {
        for faults in policies {
            for boundary in [Boundary::DepartureDayAbroad, Boundary::DepartureDayInside] {
                let initial = InitialStatus { otherwise: Otherwise::Unknown, ..InitialStatus::default() };
                let counts = person
                    .classify(&window(3, 5), &Options { faults, boundary, initial, ..Options::new(3) })
                    .counts;
                let all =
                    counts.used + counts.after_until + counts.dropped + counts.rejected + counts.unidentified;
                assert_eq!(all, person.days.len() as u64);
            }
        }
    });
}
