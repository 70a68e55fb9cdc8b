//! Rows with crossings missing between them, and several on one day: what is said of them is what every world agrees on.
//!
//! A world is a history that the rows allow: each missing crossing at some place between its neighbours, a status before the first
//! crossing, and a future. The oracle writes all of them down and judges each by the definition of the rule.

mod common;

use common::{Agreement, Person, initial, parse_day, status, window};
use denizen_residence::{
    Boundary, Classification, Comparison, CumulativeWindow, Direction, FaultPolicy, Options, RowUse, Rule,
    Span, Status,
};
use proptest::prelude::*;

/// Threshold and window of a crossing on a day, as days.
type Lengths<'a> = &'a dyn Fn(i32) -> (i32, i32);

/// Status before and after each event, by the definition of the rule: the last spell lasts.
fn judge(days: &[i32], directions: &[Direction], lengths: Lengths, initial: Status) -> Vec<[Status; 2]> {
    let mut status = initial;
    let judged = |event: usize| {
        let before = status;
        let new = directions[event].leads_to();
        let (threshold, window) = lengths(days[event]);
        let end = days[event] + window;
        let mut on_new = 0;
        for spell in event..days.len() {
            let next = days.get(spell + 1).copied().unwrap_or(i32::MAX);
            if directions[spell].leads_to() == new {
                on_new += (next.min(end) - days[spell]).max(0);
            }
        }
        if on_new >= threshold {
            status = new;
        }
        [before, status]
    };
    (0..days.len()).map(judged).collect()
}

/// What all worlds say of the rows that are dated before `end`, the first day that is not observed.
struct Worlds<'a> {
    person: &'a Person,
    lengths: Lengths<'a>,
    boundary: Boundary,
    end: i32,
    initials: &'a [Status],
    before: Vec<Agreement<Status>>,
    after: Vec<Agreement<Status>>,
    migration: Vec<Agreement<bool>>,
}

/// A world in the making.
#[derive(Clone, Default)]
struct World {
    days: Vec<i32>,
    directions: Vec<Direction>,
    rows: Vec<usize>,
}

impl World {
    fn push(&mut self, day: i32, direction: Direction) {
        self.days.push(day);
        self.directions.push(direction);
    }
}

impl<'a> Worlds<'a> {
    fn all(
        person: &'a Person,
        lengths: Lengths<'a>,
        boundary: Boundary,
        end: i32,
        initials: &'a [Status],
    ) -> Self {
        let rows = person.days.partition_point(|&day| day < end);
        let mut worlds = Worlds {
            person,
            lengths,
            boundary,
            end,
            initials,
            before: vec![Agreement::Nothing; rows],
            after: vec![Agreement::Nothing; rows],
            migration: vec![Agreement::Nothing; rows],
        };
        worlds.row(0, World::default());
        worlds
    }

    /// The day on which a row takes effect.
    fn day(&self, row: usize) -> i32 {
        let day = self.person.days[row];
        let next = self.person.days.get(row + 1).copied().unwrap_or(i32::MAX);
        let leaves = self.person.directions[row] == Direction::Departure;
        if leaves && self.boundary == Boundary::DepartureDayInside { (day + 1).min(next) } else { day }
    }

    /// The places of the crossing that is missing after a row.
    fn places(&self, row: usize) -> Option<std::ops::RangeInclusive<i32>> {
        let directions = &self.person.directions;
        (directions.get(row + 1) == Some(&directions[row])).then(|| {
            let (day, next) = (self.person.days[row], self.person.days[row + 1]);
            let is_left_late = self.boundary == Boundary::DepartureDayInside;
            let first = if is_left_late { (day + 1).min(next) } else { day };
            first..=next
        })
    }

    /// Goes on with a row, in all ways that the missing crossing after it allows.
    fn row(&mut self, row: usize, mut world: World) {
        world.rows.push(world.days.len());
        world.push(self.day(row), self.person.directions[row]);
        let is_last = row + 1 == self.after.len();
        let Some(places) = self.places(row) else {
            return if is_last { self.futures(&world) } else { self.row(row + 1, world) };
        };
        let missing = self.person.directions[row].opposite();
        if is_last {
            self.futures(&world);
        }
        let end = self.end;
        for place in places.filter(|&place| !is_last || place < end) {
            let mut world = world.clone();
            world.push(place, missing);
            if is_last { self.futures(&world) } else { self.row(row + 1, world) }
        }
    }

    /// Ends a world in every way, as far as the windows of its rows reach.
    fn futures(&mut self, world: &World) {
        let last = world.days[world.days.len() - 1];
        let reach = world.days.iter().map(|&day| day + (self.lengths)(day).1).max().unwrap_or(0);
        let open = (reach - self.end).max(0);
        assert!(open < 16 && last <= self.end.max(last));
        for future in 0..1u32 << open {
            let mut world = world.clone();
            for day in 0..open {
                let direction =
                    if future >> day & 1 == 1 { Direction::Arrival } else { Direction::Departure };
                if world.directions.last() != Some(&direction) {
                    world.push(self.end + day, direction);
                }
            }
            self.add(&world);
        }
    }

    fn add(&mut self, world: &World) {
        for &initial in self.initials {
            let judged = judge(&world.days, &world.directions, self.lengths, initial);
            for (row, &event) in world.rows.iter().enumerate() {
                let [before, after] = judged[event];
                self.before[row].add(before);
                self.after[row].add(after);
                self.migration[row].add(before != after);
            }
        }
    }

    /// The answers, and how many migrations fall on missing crossings: certainly, and perhaps.
    fn answers(&self) -> (Vec<Option<Status>>, Vec<Option<bool>>, [u64; 2]) {
        let after: Vec<_> = self.after.iter().map(|each| each.agreed()).collect();
        let mut migration: Vec<_> = self.migration.iter().map(|each| each.agreed()).collect();
        let mut unseen = [0, 0];
        for row in 1..after.len() {
            if self.places(row - 1).is_none() {
                continue;
            }
            match after[row - 1].zip(self.before[row].agreed()) {
                Some((before, after)) if before != after => {
                    migration[row] = None;
                    unseen[0] += 1;
                }
                Some(_) => {}
                None => unseen[1] += 1,
            }
        }
        (after, migration, unseen)
    }
}

fn starts(letter: &str) -> &'static [Status] {
    match letter {
        "1" => &[Status::Resident],
        "0" => &[Status::NonResident],
        _ => &[Status::Resident, Status::NonResident],
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows = self.directions.iter().zip(&self.days);
        f.debug_list().entries(rows.map(|(direction, day)| format!("{direction:?} {day}"))).finish()
    }
}

fn assert_exact(person: &Person, rule: &Rule, lengths: Lengths, boundary: Boundary, start: &str, end: i32) {
    let options = Options { initial: initial(start), boundary, ..Options::new(end - 1) };
    let found = person.classify(rule, &options);
    let worlds = Worlds::all(person, lengths, boundary, end, starts(start));
    let (after, migration, unseen) = worlds.answers();
    let seen = after.len();
    let case = || format!("{person:?}, {rule:?}, start {start}, end {end}, {boundary:?}");
    assert_eq!(found.status_after[..seen], after, "status, {}", case());
    assert_eq!(found.migration[..seen], migration, "migration, {}", case());
    let counted = [found.counts.unseen_migrations, found.counts.unseen_undecided];
    assert_eq!(counted, unseen, "unseen, {}", case());
}

/// No world contradicts what is said.
fn assert_sound(person: &Person, rule: &Rule, lengths: Lengths, start: &str, end: i32) {
    let found = person.classify(rule, &Options { initial: initial(start), ..Options::new(end - 1) });
    let worlds = Worlds::all(person, lengths, Boundary::DepartureDayAbroad, end, starts(start));
    for row in 0..person.days.len() {
        let (status, migration) = (worlds.after[row].agreed(), worlds.migration[row].agreed());
        let holds = found.status_after[row].is_none() || found.status_after[row] == status;
        let is_migration = found.migration[row].is_none() || found.migration[row] == migration;
        assert!(holds && is_migration, "row {row} of {person:?}, {rule:?}, start {start}, end {end}");
    }
}

/// The first day on which all worlds agree is the day of the answer.
fn assert_dates(person: &Person, rule: &Rule, lengths: Lengths, start: &str, end: i32) {
    let options = Options { initial: initial(start), ..Options::new(end - 1) };
    let found: Classification = person.classify(rule, &options);
    let last = *person.days.last().expect("a row");
    assert!(last < end);
    let (mut status_on, mut migration_on) = (vec![None; person.days.len()], vec![None; person.days.len()]);
    for day in person.days[0] + 1..=end {
        let worlds = Worlds::all(person, lengths, Boundary::DepartureDayAbroad, day, starts(start));
        for row in 0..worlds.after.len() {
            if worlds.after[row].agreed().is_some() {
                status_on[row].get_or_insert(day);
            }
            if found.migration[row].is_some() && worlds.migration[row].agreed().is_some() {
                migration_on[row].get_or_insert(day);
            }
        }
    }
    assert_eq!(found.status_decided_on, status_on, "{person:?}, {rule:?}, start {start}, end {end}");
    assert_eq!(found.migration_decided_on, migration_on, "{person:?}, {rule:?}, start {start}, end {end}");
}

const CASES: [(i32, i32); 5] = [(3, 4), (3, 5), (4, 6), (5, 5), (5, 7)];
const BOUNDARIES: [Boundary; 2] = [Boundary::DepartureDayAbroad, Boundary::DepartureDayInside];

/// Every small history: two to four crossings, in any directions, with these gaps between them.
fn small_histories(gaps: &[i32], mut each: impl FnMut(&Person)) {
    for length in 2..=4usize {
        for letters in 0..1u32 << length {
            for chosen in 0..gaps.len().pow(length as u32 - 1) {
                let mut person = Person { days: vec![], directions: vec![] };
                for row in 0..length {
                    let gap =
                        if row == 0 { 0 } else { gaps[chosen / gaps.len().pow(row as u32 - 1) % gaps.len()] };
                    person.days.push(person.days.last().copied().unwrap_or(0) + gap);
                    let arrives = letters >> row & 1 == 1;
                    person.directions.push(if arrives { Direction::Arrival } else { Direction::Departure });
                }
                each(&person);
            }
        }
    }
}

#[test]
fn what_is_said_is_what_every_world_agrees_on() {
    for (v, w) in CASES {
        small_histories(&[0, 1, 3], |person| {
            let last = person.days[person.days.len() - 1];
            for end in [last + 1, last + 3, last + 20] {
                for start in ["0", "1", "?"] {
                    let rule = window(v, w);
                    assert_exact(person, &rule, &|_| (v, w), Boundary::DepartureDayAbroad, start, end);
                }
            }
        });
    }
}

#[test]
fn dates_are_those_on_which_every_world_agrees() {
    for (v, w) in [(3, 4), (3, 5), (4, 4)] {
        small_histories(&[0, 2], |person| {
            let end = person.days[person.days.len() - 1] + w + 2;
            for start in ["0", "1", "?"] {
                assert_dates(person, &window(v, w), &|_| (v, w), start, end);
            }
        });
    }
}

/// Rows in any directions; many on one day.
fn rows(longest_gap: i32, most: usize) -> impl Strategy<Value = Person> {
    let gap = prop_oneof![Just(0), 0..=longest_gap];
    proptest::collection::vec((gap, any::<bool>()), 1..=most).prop_map(|rows| {
        let mut person = Person { days: vec![], directions: vec![] };
        for (gap, arrives) in rows {
            person.days.push(person.days.last().copied().unwrap_or(0) + gap);
            person.directions.push(if arrives { Direction::Arrival } else { Direction::Departure });
        }
        person
    })
}

/// The same with this many missing crossings at most: each multiplies the worlds by its places.
fn rows_with_missing(longest_gap: i32, most: usize, missing: usize) -> impl Strategy<Value = Person> {
    rows(longest_gap, most).prop_map(move |mut person| {
        let mut left = missing;
        for row in 1..person.days.len() {
            if person.directions[row] == person.directions[row - 1] {
                if left == 0 {
                    person.directions[row] = person.directions[row].opposite();
                } else {
                    left -= 1;
                }
            }
        }
        person
    })
}

proptest! {
    #![proptest_config(common::cases(400))]

    #[test]
    fn small_windows(person in rows_with_missing(4, 7, 3), case in 0..CASES.len(), start in 0..3usize, more in 0..9i32, boundary in 0..2usize) {
        let (v, w) = CASES[case];
        let end = person.days[person.days.len() - 1] + 1 + more;
        assert_exact(&person, &window(v, w), &|_| (v, w), BOUNDARIES[boundary], ["0", "1", "?"][start], end);
    }

    #[test]
    fn small_windows_by_date(person in rows_with_missing(3, 6, 2), case in 0..CASES.len(), start in 0..3usize) {
        let (v, w) = CASES[case];
        let end = person.days[person.days.len() - 1] + w + 2;
        assert_dates(&person, &window(v, w), &|_| (v, w), ["0", "1", "?"][start], end);
    }
}

proptest! {
    #![proptest_config(common::cases(40))]

    /// Two missing crossings at all their places, everything observed.
    #[test]
    fn full_size(person in rows_with_missing(420, 7, 2), case in 0..4usize, start in 0..3usize) {
        let (v, w) = [(365, 487), (365, 365), (183, 365), (270, 365)][case];
        let end = person.days[person.days.len() - 1] + 2000;
        assert_exact(&person, &window(v, w), &|_| (v, w), Boundary::DepartureDayAbroad, ["0", "1", "?"][start], end);
    }

    /// In calendar months, which are longer in one place than in another: exact without missing crossings, and sound with them.
    #[test]
    fn months(person in rows_with_missing(90, 7, 2), case in 0..3usize, start in 0..3usize, first in 0..1500i32) {
        let (threshold, length) = [(1, 1), (2, 3), (7, 12)][case];
        let (threshold, length) = (Span::Months(threshold), Span::Months(length));
        let rule = Rule::CumulativeWindow(CumulativeWindow { threshold, window: length, comparison: Comparison::AtLeast });
        let days: Vec<i32> = person.days.iter().map(|day| day + first).collect();
        let person = Person { days, directions: person.directions.clone() };
        let end = person.days[person.days.len() - 1] + 2000;
        let lengths = |day| (threshold.after(day) - day, length.after(day) - day);
        let start = ["0", "1", "?"][start];
        if person.directions.windows(2).all(|pair| pair[0] != pair[1]) {
            assert_exact(&person, &rule, &lengths, Boundary::DepartureDayAbroad, start, end);
        } else {
            assert_sound(&person, &rule, &lengths, start, end);
        }
    }
}

/// crossings | start | until | status after and migration of each row | migrations on missing crossings: certain, perhaps
const ROWS: &str = "
A 2005-01-01, A 2005-03-01, D 2019-12-01, A 2019-12-20 | 1 | 2019-12-31 | 1/0 1/0 ?/? ?/0 | 0 0
A 2010-01-01, A 2017-01-01, A 2017-01-02, D 2017-03-01 | 1 | 2019-12-31 | 1/0 0/? 0/0 0/0 | 1 0
D 2004-02-24, A 2004-03-24, A 2006-03-15               | 1 | 2010-12-31 | ?/? ?/0 1/? | 0 1
D 1999-02-04, D 2002-10-28, A 2003-08-23               | 1 | 2010-12-31 | ?/? ?/0 1/? | 0 1
A 2017-01-01, D 2017-01-11, A 2017-01-11               | 0 | 2017-02-01 | ?/? ?/0 ?/0 | 0 0
A 2017-01-01, D 2017-01-11, A 2017-01-11, D 2017-01-11 | 0 | 2017-02-01 | ?/? ?/0 ?/0 ?/0 | 0 0
A 2017-01-01, D 2017-01-01, A 2017-01-01               | 0 | 2017-02-01 | ?/? ?/0 ?/0 | 0 0
D 2017-01-01, A 2017-01-01, D 2017-01-01               | 0 | 2017-02-01 | 0/0 ?/? ?/0 | 0 0
D 2017-01-01, A 2017-01-01, D 2017-01-01               | ? | 2017-02-01 | ?/? ?/? ?/0 | 0 0
D 2017-01-01, A 2017-01-11, D 2017-01-11               | ? | 2017-02-01 | ?/? ?/? ?/0 | 0 0
";

#[test]
fn examples() {
    let rules = [
        window(365, 487),
        Rule::CumulativeWindow(CumulativeWindow {
            threshold: Span::Months(12),
            window: Span::Months(16),
            comparison: Comparison::AtLeast,
        }),
    ];
    for (case, rule) in common::table(ROWS).iter().flat_map(|case| rules.map(|rule| (case, rule))) {
        let options = Options { initial: initial(case[1]), ..Options::new(parse_day(case[2])) };
        let found = Person::parse(case[0]).classify(&rule, &options);
        let rows = (0..found.migration.len()).map(|row| {
            format!("{}/{}", status(found.status_after[row]), common::answer(found.migration[row]))
        });
        assert_eq!(rows.collect::<Vec<_>>().join(" "), case[3], "{case:?} {rule:?}");
        let unseen = format!("{} {}", found.counts.unseen_migrations, found.counts.unseen_undecided);
        assert_eq!(unseen, case[4], "{case:?}");
    }
}

/// Under every policy that puts crossings in, a migration that falls on one of them is counted, and the next row has no answer.
#[test]
fn a_migration_on_a_missing_crossing_leaves_a_trace() {
    let person = Person::parse("A 2010-01-01, A 2017-01-01, A 2017-01-02, D 2017-03-01");
    let cases = [
        (FaultPolicy::Bounds, "0?00", 1),
        (FaultPolicy::Lower, "0?00", 1),
        (FaultPolicy::Upper, "0?00", 1),
        (FaultPolicy::Midpoint, "0001", 0),
        (FaultPolicy::AsRecorded, "0001", 0),
    ];
    for (faults, answers, unseen) in cases {
        let options = Options { initial: initial("1"), faults, ..Options::new(parse_day("2019-12-31")) };
        let found = person.classify(&window(365, 487), &options);
        let found_answers: String = found.migration.iter().map(|&each| common::answer(each)).collect();
        assert_eq!((found_answers.as_str(), found.counts.unseen_migrations), (answers, unseen), "{faults:?}");
        assert_eq!(found.migration_decided_on[1].is_none(), unseen == 1);
        assert_eq!(found.row_use[1] == RowUse::AfterUnseenMigration, unseen == 1);
        assert_eq!(found.row_use[0], RowUse::Repaired);
    }
}
