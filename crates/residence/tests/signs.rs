//! The index of signs of life: by hand, with gaps between the years, and with faults.

mod common;

use common::table;
use denizen_residence::{Error, InitialIndex, ResidencyIndex, Signs, SignsOfLife, residency_index};
use proptest::collection::vec;
use proptest::prelude::*;

const EE: SignsOfLife = SignsOfLife { decay: 0.8, gain: 0.2, threshold: 0.7 };

/// Rows written `2010 1, 2011 0, …`, the sign of one register of the weight 1; a `+` begins the next person.
#[derive(Debug, Clone)]
struct Persons {
    person_starts: Vec<usize>,
    years: Vec<i32>,
    signs: Vec<bool>,
}

impl Persons {
    fn parse(text: &str) -> Self {
        let mut persons = Persons { person_starts: vec![0], years: vec![], signs: vec![] };
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            match entry.split_once(' ') {
                Some((year, sign)) => {
                    persons.years.push(year.parse().expect("a year"));
                    persons.signs.push(sign == "1");
                }
                None => persons.person_starts.push(persons.years.len()),
            }
        }
        persons
    }

    fn index(&self, rule: &SignsOfLife, initial: InitialIndex) -> Result<ResidencyIndex, Error> {
        let signs = Signs {
            person_starts: &self.person_starts,
            years: &self.years,
            signs: &[&self.signs],
            weights: &[1.0],
        };
        residency_index(&signs, rule, initial)
    }
}

/// The index to six places; an `R` after it where the person is resident.
fn written(found: &ResidencyIndex) -> String {
    let word = |(index, resident): (&f64, &bool)| format!("{index:.6}{}", if *resident { "R" } else { "" });
    found.index.iter().zip(&found.resident).map(word).collect::<Vec<_>>().join(" ")
}

/// case | initial | rows | index
#[test]
fn the_index_by_hand() {
    let cases = "
six years until a newcomer is resident | 0     | 2010 1, 2011 1, 2012 1, 2013 1, 2014 1, 2015 1 | 0.200000 0.360000 0.488000 0.590400 0.672320 0.737856R
one year without a sign is forgiven    | 1     | 2010 0, 2011 0                  | 0.800000R 0.640000
at 1 it stays                          | 1     | 2010 1, 2011 1                  | 1.000000R 1.000000R
the threshold itself is not above it   | 0.875 | 2010 0                          | 0.700000
a little more is                       | 0.876 | 2010 0                          | 0.700800R
a missing year has no sign             | 1     | 2010 1, 2012 1                  | 1.000000R 0.840000R
two missing years                      | 1     | 2010 1, 2013 1                  | 1.000000R 0.712000R
three missing years                    | 1     | 2010 1, 2014 1                  | 1.000000R 0.609600
before the first row none is missing   | 1     | 2014 0, +, 2010 0               | 0.800000R 0.800000R
every person begins anew               | 1     | 2010 0, 2011 0, +, 2011 0       | 0.800000R 0.640000 0.800000R
a person without rows                  | 1     | 2010 0, +, +, 2011 0            | 0.800000R 0.800000R
nobody has any                         | 1     | +                               |
";
    for case in table(cases) {
        let initial = InitialIndex::Everyone(case[1].parse().expect("a number"));
        let found = Persons::parse(case[2]).index(&EE, initial).expect("good signs");
        assert_eq!(written(&found), case[3], "{}", case[0]);
    }
}

#[test]
fn every_person_may_have_an_index_of_its_own() {
    let persons = Persons::parse("2010 0, +, 2010 0, +, 2010 1");
    let found = persons.index(&EE, InitialIndex::Each(&[1.0, 0.5, 0.0])).expect("good signs");
    assert_eq!(written(&found), "0.800000R 0.400000 0.200000");
}

#[test]
fn signs_are_weighted_and_the_index_is_cut_off_at_one() {
    let (health, school, pension) = ([true, true, false], [true, false, false], [true, false, true]);
    let signs = Signs {
        person_starts: &[0],
        years: &[2010, 2011, 2012],
        signs: &[&health, &school, &pension],
        weights: &[0.5, 0.25, 6.0],
    };
    let found = residency_index(&signs, &EE, InitialIndex::Everyone(0.5)).expect("good signs");
    assert_eq!(written(&found), "1.000000R 0.900000R 1.000000R");
}

#[test]
fn the_rule_says_its_name_and_parameters() {
    assert_eq!(EE.name(), "signs_of_life");
    let parameters: Vec<String> =
        EE.parameters().iter().map(|(name, value)| format!("{name} {value}")).collect();
    assert_eq!(parameters, ["decay 0.8", "gain 0.2", "threshold 0.7"]);
}

#[test]
fn parameters_lie_between_0_and_1() {
    let of = |decay, gain, threshold| SignsOfLife { decay, gain, threshold }.check();
    let fault = |parameter, value: &str| Err(Error::ShareOutOfRange { parameter, value: value.to_owned() });
    assert_eq!(of(0.0, 1.0, 0.0), Ok(()));
    assert_eq!(of(1.1, 0.2, 0.7), fault("decay", "1.1"));
    assert_eq!(of(0.8, -0.2, 0.7), fault("gain", "-0.2"));
    assert_eq!(of(0.8, 0.2, f64::NAN), fault("threshold", "NaN"));
    let with = |rule: &SignsOfLife, initial| {
        Persons::parse("2010 1").index(rule, InitialIndex::Everyone(initial)).map(|_| ())
    };
    assert_eq!(with(&EE, 1.0), Ok(()));
    assert_eq!(with(&EE, 2.0), fault("initial", "2"));
    assert_eq!(with(&SignsOfLife { gain: 7.0, ..EE }, 1.0), fault("gain", "7"));
}

#[test]
fn weights_are_numbers_and_not_negative() {
    let of = |weights: &[f64]| {
        let sign = [true];
        let signs = vec![&sign[..]; weights.len()];
        let signs = Signs { person_starts: &[0], years: &[2010], signs: &signs, weights };
        residency_index(&signs, &EE, InitialIndex::Everyone(1.0)).map(|found| found.resident)
    };
    assert_eq!(of(&[]), Ok(vec![true]));
    assert_eq!(of(&[0.0, 3.0]), Ok(vec![true]));
    for (weights, register) in [
        (&[0.5, -0.1][..], 1),
        (&[f64::NAN, 0.5], 0),
        (&[0.5, 0.5, f64::INFINITY], 2),
        (&[f64::MAX, f64::MAX], 1),
    ] {
        let weight = weights[register].to_string();
        assert_eq!(of(weights), Err(Error::WeightOutOfRange { register, weight }));
    }
}

#[test]
fn faulty_rows_are_named_by_position() {
    let of = |text| Persons::parse(text).index(&EE, InitialIndex::Everyone(1.0)).map(|found| found.resident);
    assert_eq!(of("2010 1, +, 2012 1, 2011 1"), Err(Error::Unsorted { person: 1, row: 2 }));
    assert_eq!(of("2010 1, +, 2010 1, 2011 1, 2011 0"), Err(Error::RepeatedYear { person: 1, row: 3 }));
    assert_eq!(of("2010 1, 10000 1"), Err(Error::YearOutOfRange { row: 1, year: 10_000 }));
    assert_eq!(of("0 1"), Err(Error::YearOutOfRange { row: 0, year: 0 }));
}

#[test]
fn faulty_columns_are_named() {
    let (one, two) = ([true], [true, true]);
    let of = |person_starts: &[usize], signs: &[&[bool]], weights: &[f64], initial: &[f64]| {
        let signs = Signs { person_starts, years: &[2010, 2011], signs, weights };
        residency_index(&signs, &EE, InitialIndex::Each(initial)).map(|found| found.resident)
    };
    assert_eq!(of(&[0], &[&two], &[1.0], &[1.0]), Ok(vec![true, true]));
    assert_eq!(
        of(&[0], &[&two, &one], &[1.0, 1.0], &[1.0]),
        Err(Error::UnequalSigns { register: 1, expected: 2, found: 1 })
    );
    assert!(matches!(
        of(&[0], &[&two], &[1.0, 1.0], &[1.0]),
        Err(Error::UnequalColumns { column: "weights", expected: 1, found: 2, .. })
    ));
    assert!(matches!(
        of(&[0], &[&two], &[1.0], &[]),
        Err(Error::UnequalColumns { column: "initial", expected: 1, found: 0, .. })
    ));
    assert_eq!(of(&[0, 1], &[&two], &[1.0], &[1.0, -0.5]), Err(Error::InitialIndexOutOfRange { person: 1 }));
    assert_eq!(of(&[1], &[&two], &[1.0], &[1.0]), Err(Error::PersonStart { person: 0, start: 1 }));
    assert_eq!(of(&[], &[&two], &[1.0], &[]), Err(Error::PersonStart { person: 0, start: 2 }));
}

proptest! {
    #![proptest_config(common::cases(1000))]

    /// Rows without signs can be left out, but for the first year, and change nothing in the others.
    #[test]
    fn a_missing_year_is_a_year_without_signs(
        signs in vec(any::<bool>(), 1..30),
        kept in vec(any::<bool>(), 30),
        (decay, gain, initial) in (0.0..=1.0f64, 0.0..=1.0f64, 0.0..=1.0f64),
    ) {
        let rule = SignsOfLife { decay, gain, threshold: 0.5 };
        let rows: Vec<usize> = (0..signs.len()).filter(|&row| row == 0 || signs[row] || kept[row]).collect();
        let whole = Persons { person_starts: vec![0], years: (2001..).take(signs.len()).collect(), signs };
        let some = Persons {
            person_starts: vec![0],
            years: rows.iter().map(|&row| whole.years[row]).collect(),
            signs: rows.iter().map(|&row| whole.signs[row]).collect(),
        };
        let whole = whole.index(&rule, InitialIndex::Everyone(initial)).expect("good signs");
        let some = some.index(&rule, InitialIndex::Everyone(initial)).expect("good signs");
        let expected: Vec<f64> = rows.iter().map(|&row| whole.index[row]).collect();
        prop_assert_eq!(some.index, expected);
        prop_assert!(whole.index.iter().all(|index| (0.0..=1.0).contains(index)));
    }
}
