//! What parts of a file give together, beside the obvious way over all of its rows.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Int64Array, StringArray, UInt16Array,
};
use denizen_spec::Date;
use proptest::prelude::*;

use super::days::Days;
use super::words::Words;
use super::{Numbers, decimal_text};

#[test]
fn decimals_are_written_exactly() {
    let table = [
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (12345, 3, "12.345"),
        (7, 0, "7"),
        (i64::MIN, 9, "-9223372036.854775808"),
    ];
    for (number, scale, expected) in table {
        assert_eq!(decimal_text(number, scale), expected);
    }
}

/// The parts in which rows are read, which end there.
fn parts(rows: usize, ends: &[usize]) -> Vec<Range<usize>> {
    let mut ends: Vec<usize> = ends.iter().map(|end| end % (rows + 1)).chain([0, rows]).collect();
    ends.sort_unstable();
    ends.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// What all parts give together, added up from the last or from the first.
fn merged<T>(mut parts: Vec<T>, is_reversed: bool, merge: impl Fn(&mut T, T)) -> T {
    if is_reversed {
        parts.reverse();
    }
    let mut parts = parts.into_iter();
    let mut sum = parts.next().unwrap();
    parts.for_each(|part| merge(&mut sum, part));
    sum
}

/// Texts as one of the forms in which columns come: keys of words of which some occur in no row, or as they stand.
fn array(texts: &[Option<String>], has_keys: bool) -> ArrayRef {
    if !has_keys {
        return Arc::new(StringArray::from(texts.to_vec()));
    }
    let mut words: Vec<String> = texts.iter().flatten().cloned().collect();
    words.push("of no row".to_owned());
    let key =
        |text: &Option<String>| text.as_ref().and_then(|text| words.iter().position(|word| word == text));
    let keys: UInt16Array = texts.iter().map(|text| key(text).map(|key| key as u16)).collect();
    Arc::new(DictionaryArray::try_new(keys, Arc::new(StringArray::from(words)) as ArrayRef).unwrap())
}

/// Each text and its rows; none where there are more than `most`, or one is longer than 200 bytes.
fn obvious_words(texts: &[Option<String>], most: usize) -> Option<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    texts.iter().flatten().for_each(|text| *counts.entry(text.clone()).or_default() += 1);
    let is_short = counts.keys().all(|text: &String| text.len() <= 200);
    Some(counts).filter(|counts| is_short && counts.len() <= most)
}

fn obvious_periods(days: &[Option<i32>]) -> BTreeMap<String, u64> {
    let mut months = BTreeMap::new();
    for date in days.iter().flatten().map(|day| Date::from_days(*day).unwrap()) {
        *months.entry(format!("{:04}-{:02}", date.year, date.month)).or_default() += 1;
    }
    months
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn words_are_those_of_all_rows(
        texts in proptest::collection::vec(
            proptest::option::weighted(0.9, prop_oneof![9 => "[a-f]", 1 => "x{199,202}"]), 0..60),
        ends in proptest::collection::vec(0..60_usize, 0..5),
        most in 1..8_usize,
        has_keys in proptest::collection::vec(any::<bool>(), 8),
        is_reversed: bool,
    ) {
        let parts = parts(texts.len(), &ends).into_iter().zip(has_keys);
        let parts = parts.map(|(rows, has_keys)| Words::of(&array(&texts[rows], has_keys), most));
        let sum = merged(parts.collect(), is_reversed, Words::merge);
        prop_assert_eq!(sum.counts().cloned(), obvious_words(&texts, most));
    }

    #[test]
    fn months_are_those_of_all_rows(
        // Near days, and such as stand for no date.
        days in proptest::collection::vec(
            proptest::option::weighted(0.9, prop_oneof![9 => 7_000..7_400_i32, 1 => -700_000..2_932_000_i32]), 0..60),
        ends in proptest::collection::vec(0..60_usize, 0..5),
        is_reversed: bool,
    ) {
        let of = |rows: Range<usize>| Days::of(&Date32Array::from(days[rows].to_vec()));
        let sum = merged(parts(days.len(), &ends).into_iter().map(of).collect(), is_reversed, Days::merge);
        prop_assert_eq!(sum.periods(), obvious_periods(&days));
        let stated = || days.iter().flatten().copied();
        prop_assert_eq!(sum.range(), stated().min().zip(stated().max()));
    }

    #[test]
    fn numbers_are_those_of_all_rows(
        numbers in proptest::collection::vec(
            proptest::option::weighted(0.9, prop_oneof![19 => 1800..2200_i64, 1 => any::<i32>().prop_map(i64::from)]), 0..40),
        ends in proptest::collection::vec(0..60_usize, 0..5),
        is_decimal: bool,
        is_reversed: bool,
    ) {
        let array = |rows: Range<usize>| -> ArrayRef {
            let numbers = numbers[rows].to_vec();
            if is_decimal {
                let wide: Decimal128Array = numbers.into_iter().map(|number| number.map(i128::from)).collect();
                Arc::new(wide)
            } else {
                Arc::new(Int64Array::from(numbers))
            }
        };
        let parts = parts(numbers.len(), &ends).into_iter().map(|rows| Numbers::of(&array(rows), false).unwrap());
        let sum = merged(parts.collect(), is_reversed, Numbers::merge);
        let stated = || numbers.iter().flatten().copied();
        prop_assert_eq!(sum.range, stated().min().zip(stated().max()));
        let are_years = !is_decimal && stated().all(|number| (1800..2200).contains(&number));
        let mut years = BTreeMap::new();
        stated().for_each(|year| *years.entry(year).or_default() += 1);
        prop_assert_eq!(sum.years, are_years.then_some(years));
    }
}

/// Weights and values count something, be they between 1800 and 2200 or not.
#[test]
fn counts_are_no_years() {
    let array: ArrayRef = Arc::new(Int64Array::from(vec![1900, 2000]));
    assert!(Numbers::of(&array, true).unwrap().years.is_none());
    assert!(array.len() == 2 && Numbers::of(&array, false).unwrap().years.is_some());
}
