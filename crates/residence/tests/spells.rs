//! Permits made plain: short ones dropped, overlapping ones joined, with a naive oracle that goes day by day.

mod common;

use common::{parse_day, table};
use denizen_residence::{Error, PermitSpells, PermitUse, Permits, Span, SpellRule, permit_spells};
use proptest::collection::vec;
use proptest::prelude::*;

/// Permits written `1-4 a, 5-9 b, …`: first and last day, and a letter for the reason; a `+` begins the next person.
#[derive(Debug, Clone, Default)]
struct Holders {
    person_starts: Vec<usize>,
    valid_from: Vec<i32>,
    valid_to: Vec<i32>,
    reasons: Vec<u32>,
}

impl Holders {
    fn parse(text: &str) -> Self {
        let mut holders = Holders { person_starts: vec![0], ..Holders::default() };
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            match entry.split_once(' ') {
                Some((days, reason)) => {
                    let (from, to) = days.split_once('-').expect("two days");
                    let code = u32::from(reason.chars().next().expect("a letter"));
                    holders.add(from.parse().expect("a day"), to.parse().expect("a day"), code);
                }
                None => holders.person_starts.push(holders.valid_from.len()),
            }
        }
        holders
    }

    fn add(&mut self, from: i32, to: i32, reason: u32) {
        self.valid_from.push(from);
        self.valid_to.push(to);
        self.reasons.push(reason);
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

/// The spells as permits are written.
fn written(spells: &PermitSpells) -> String {
    let mut entries = Vec::new();
    for spell in 0..=spells.reasons.len() {
        let started = spells.person_starts.iter().skip(1).filter(|&&start| start == spell).count();
        entries.extend(std::iter::repeat_n("+".to_owned(), started));
        if let Some(&reason) = spells.reasons.get(spell) {
            let reason = char::from_u32(reason).expect("a letter");
            entries.push(format!("{}-{} {reason}", spells.valid_from[spell], spells.valid_to[spell]));
        }
    }
    entries.join(", ")
}

/// The spell that a permit went into; in brackets where others covered it; `x` where it was too short.
fn uses(spells: &PermitSpells) -> String {
    let word = |row_use: &PermitUse| match row_use {
        PermitUse::Spell(spell) => spell.to_string(),
        PermitUse::Covered(spell) => format!("({spell})"),
        PermitUse::TooShort => "x".to_owned(),
    };
    spells.row_use.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn check(cases: &str, minimum_length: Span) {
    let precedence = ['a', 'b', 'c'].map(u32::from);
    let rule = SpellRule { minimum_length, precedence: &precedence };
    for case in table(cases) {
        let found = permit_spells(&Holders::parse(case[1]).permits(), &rule).expect("good permits");
        assert_eq!([written(&found).as_str(), &uses(&found)], [case[2], case[3]], "{}", case[0]);
    }
}

/// a before b before c; x, y and z are not listed. case | permits | spells | what became of each permit
#[test]
fn overlapping_permits_become_spells() {
    let cases = "
touching, one reason              | 1-4 a, 5-9 a        | 1-9 a                             | 0 0
touching, two reasons             | 1-4 b, 5-9 a        | 1-4 b, 5-9 a                      | 0 1
a day between                     | 1-4 a, 6-9 a        | 1-4 a, 6-9 a                      | 0 1
overlapping, one reason           | 1-5 a, 4-9 a        | 1-9 a                             | 0 0
overlapping, the earlier wins     | 1-5 a, 4-9 b        | 1-5 a, 6-9 b                      | 0 1
overlapping, the later wins       | 1-5 b, 4-9 a        | 1-3 b, 4-9 a                      | 0 1
one day in common                 | 1-5 b, 5-9 a        | 1-4 b, 5-9 a                      | 0 1
nested, one reason                | 1-9 a, 4-5 a        | 1-9 a                             | 0 0
nested, the outer wins            | 1-9 a, 4-5 b        | 1-9 a                             | 0 (0)
nested, the inner wins            | 1-9 b, 4-5 a        | 1-3 b, 4-5 a, 6-9 b               | 0 1
nested from the first day         | 1-9 b, 1-5 a        | 1-5 a, 6-9 b                      | 1 0
nested to the last day            | 1-9 b, 5-9 a        | 1-4 b, 5-9 a                      | 0 1
equal, one reason                 | 1-9 a, 1-9 a        | 1-9 a                             | 0 0
equal, the second wins            | 1-9 b, 1-9 a        | 1-9 a                             | (0) 0
three, each above the one before  | 1-9 c, 3-7 b, 5-5 a | 1-2 c, 3-4 b, 5-5 a, 6-7 b, 8-9 c | 0 1 2
three, each below the one before  | 1-9 a, 3-7 b, 5-5 c | 1-9 a                             | 0 (0) (0)
three like stairs                 | 1-5 a, 3-7 b, 6-9 c | 1-5 a, 6-7 b, 8-9 c               | 0 1 2
three like stairs upwards         | 1-5 c, 3-7 b, 6-9 a | 1-2 c, 3-5 b, 6-9 a               | 0 1 2
three, the highest in the middle  | 1-5 b, 3-9 c, 4-7 a | 1-3 b, 4-7 a, 8-9 c               | 0 2 1
covered by two together           | 1-5 a, 3-7 c, 6-9 b | 1-5 a, 6-9 b                      | 0 (0) 1
the first interrupted, and joined | 1-7 b, 3-4 a, 6-9 b | 1-2 b, 3-4 a, 5-9 b               | 0 1 2
covered, but not by its own kind  | 1-9 b, 3-4 a, 3-6 b | 1-2 b, 3-4 a, 5-9 b               | 0 1 2
listed before not listed          | 1-9 z, 4-9 c        | 1-3 z, 4-9 c                      | 0 1
not listed: the earlier start     | 1-5 y, 4-9 x        | 1-5 y, 6-9 x                      | 0 1
not listed, one day: earlier row  | 1-5 y, 1-9 x        | 1-5 y, 6-9 x                      | 0 1
persons are apart                 | 1-5 a, +, 6-9 a     | 1-5 a, +, 6-9 a                   | 0 1
persons are apart, overlapping    | 1-9 b, +, 1-5 a     | 1-9 b, +, 1-5 a                   | 0 1
a person without permits          | 1-5 a, +, +, 1-5 a  | 1-5 a, +, +, 1-5 a                | 0 1
nobody has any                    | +                   | +                                 |
";
    check(cases, Span::Days(0));
}

#[test]
fn short_permits_are_dropped_each_for_itself() {
    let cases = "
as long as they must be      | 1-3 a                  | 1-3 a          | 0
a day less                   | 1-2 a                  |                | x
adjoining, both short        | 1-2 a, 3-4 a           |                | x x
takes no precedence          | 1-9 b, 4-5 a           | 1-9 b          | 0 x
leaves a gap                 | 1-3 a, 4-5 a, 6-9 a    | 1-3 a, 6-9 a   | 0 x 1
short only after being cut   | 1-5 b, 2-9 a           | 1-1 b, 2-9 a   | 0 1
of one person among others   | 1-2 a, +, 1-3 a        | +, 1-3 a       | x 0
";
    check(cases, Span::Days(3));
}

#[test]
fn three_months_are_calendar_months() {
    let mut holders = Holders { person_starts: vec![0, 1], ..Holders::default() };
    holders.add(parse_day("2015-01-01"), parse_day("2015-03-30"), 1);
    holders.add(parse_day("2015-01-01"), parse_day("2015-03-31"), 1);
    let rule = SpellRule { minimum_length: Span::Months(3), precedence: &[] };
    let found = permit_spells(&holders.permits(), &rule).expect("good permits");
    assert_eq!(uses(&found), "x 0");
    assert_eq!(found.person_starts, [0, 0]);
}

#[test]
fn what_became_of_the_permits_is_counted() {
    let holders = Holders::parse("1-9 a, 2-3 b, 4-8 b, 10-10 a, +, 5-9 b, 20-29 a");
    let precedence = ['a', 'b'].map(u32::from);
    let rule = SpellRule { minimum_length: Span::Days(3), precedence: &precedence };
    let counts = permit_spells(&holders.permits(), &rule).expect("good permits").counts;
    assert_eq!([counts.merged, counts.covered, counts.too_short, counts.spells], [3, 1, 2, 3]);
}

#[test]
fn faults_are_named_by_position() {
    let rule = SpellRule { minimum_length: Span::Days(0), precedence: &[] };
    let found = |permits, rule: &SpellRule| permit_spells(&Holders::parse(permits).permits(), rule);
    assert_eq!(
        found("1-9 a, 5-4 a", &rule),
        Err(Error::PermitEndsBeforeItBegins { row: 1 }),
        "a permit that ends before it begins"
    );
    assert_eq!(found("1-9 a, +, 5-6 a, 4-9 a", &rule), Err(Error::Unsorted { person: 1, row: 2 }));
    let span = Span::Days(-1);
    assert_eq!(
        found("1-9 a", &SpellRule { minimum_length: span, ..rule }),
        Err(Error::SpanOutOfRange { parameter: "minimum_length", span })
    );
}

/// Days that any permit of a test reaches.
const DAYS: std::ops::Range<i32> = 0..40;

fn any_holders() -> impl Strategy<Value = Holders> {
    let person = vec((0..20i32, 0..15i32, 0..5u32), 0..7);
    vec(person, 1..4).prop_map(|persons| {
        let mut holders = Holders::default();
        for mut person in persons {
            holders.person_starts.push(holders.valid_from.len());
            person.sort_by_key(|permit| permit.0);
            person.iter().for_each(|&(from, more, reason)| holders.add(from, from + more, reason));
        }
        holders
    })
}

/// The row whose permit takes precedence on a day.
fn highest(
    holders: &Holders,
    person: usize,
    day: i32,
    minimum_days: i32,
    precedence: &[u32],
) -> Option<usize> {
    let rank = |row: usize| precedence.iter().position(|&reason| reason == holders.reasons[row]);
    let valid = holders.rows(person).filter(|&row| {
        let (from, to) = (holders.valid_from[row], holders.valid_to[row]);
        from <= day && day <= to && to - from + 1 >= minimum_days
    });
    valid.min_by_key(|&row| (rank(row).unwrap_or(usize::MAX), holders.valid_from[row], row))
}

/// Day by day: the reason of the highest permit; the longest runs of a reason are the spells. Also the spell of each day.
fn oracle(holders: &Holders, minimum_days: i32, precedence: &[u32]) -> (PermitSpells, Vec<Vec<usize>>) {
    let mut spells = PermitSpells::default();
    let mut of_days = Vec::new();
    for person in 0..holders.person_starts.len() {
        spells.person_starts.push(spells.reasons.len());
        let mut yesterday = None;
        let mut of_person = Vec::new();
        for day in DAYS {
            let today =
                highest(holders, person, day, minimum_days, precedence).map(|row| holders.reasons[row]);
            if let Some(reason) = today {
                if today != yesterday {
                    spells.valid_from.push(day);
                    spells.valid_to.push(day);
                    spells.reasons.push(reason);
                }
                *spells.valid_to.last_mut().expect("a spell") = day;
            }
            of_person.push(spells.reasons.len().wrapping_sub(1));
            yesterday = today;
        }
        of_days.push(of_person);
    }
    (spells, of_days)
}

/// What became of a row: the first of its days that carries its reason says it, or else the first of all.
fn use_by_days(holders: &Holders, row: usize, of_days: &[usize], spells: &PermitSpells) -> PermitUse {
    let days = holders.valid_from[row] as usize..holders.valid_to[row] as usize + 1;
    let own = days.clone().find(|&day| spells.reasons[of_days[day]] == holders.reasons[row]);
    own.map_or(PermitUse::Covered(of_days[days.start]), |day| PermitUse::Spell(of_days[day]))
}

proptest! {
    #![proptest_config(common::cases(4000))]

    #[test]
    fn spells_are_what_they_are_day_by_day(
        holders in any_holders(),
        minimum_days in 0..6i32,
        precedence in Just(vec![0u32, 1, 2, 3, 4]).prop_shuffle(),
        listed in 0..6usize,
    ) {
        let precedence = &precedence[..listed];
        let rule = SpellRule { minimum_length: Span::Days(minimum_days), precedence };
        let found = permit_spells(&holders.permits(), &rule).expect("good permits");
        let (expected, of_days) = oracle(&holders, minimum_days, precedence);
        prop_assert_eq!(&found.person_starts, &expected.person_starts);
        prop_assert_eq!(&found.valid_from, &expected.valid_from);
        prop_assert_eq!(&found.valid_to, &expected.valid_to);
        prop_assert_eq!(&found.reasons, &expected.reasons);
        for (person, of_days) in of_days.iter().enumerate() {
            for row in holders.rows(person) {
                let short = holders.valid_to[row] - holders.valid_from[row] + 1 < minimum_days;
                let expected =
                    if short { PermitUse::TooShort } else { use_by_days(&holders, row, of_days, &found) };
                prop_assert_eq!(found.row_use[row], expected);
            }
        }
        let counts = found.counts;
        prop_assert_eq!(counts.merged + counts.covered + counts.too_short, holders.reasons.len() as u64);
        prop_assert_eq!(counts.spells, found.reasons.len() as u64);
    }

    #[test]
    fn spells_of_spells_are_the_same(holders in any_holders(), listed in 0..6u32) {
        let precedence: Vec<u32> = (0..listed).collect();
        let rule = SpellRule { minimum_length: Span::Days(0), precedence: &precedence };
        let once = permit_spells(&holders.permits(), &rule).expect("good permits");
        let twice = permit_spells(&once.permits(), &rule).expect("spells are good permits");
        prop_assert_eq!(once.permits().valid_from, twice.permits().valid_from);
        prop_assert_eq!(once.permits().valid_to, twice.permits().valid_to);
        prop_assert_eq!(once.permits().reasons, twice.permits().reasons);
        prop_assert_eq!(once.permits().person_starts, twice.permits().person_starts);
    }
}
