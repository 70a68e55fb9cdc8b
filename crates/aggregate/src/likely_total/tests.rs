//! Totals that are planted, and the evidence beside the obvious way to count it.

use std::collections::BTreeMap;

use polars::prelude::*;
use proptest::prelude::*;

use super::{LikelyTotal, Search};
use crate::counts::{EXACT, dimension};
use crate::value::{Levels, Value};

const DIMENSIONS: usize = 3;
type Key = [usize; DIMENSIONS];
type Cellules = BTreeMap<Key, i64>;

fn search(cells: &Cellules) -> Vec<LikelyTotal> {
    let mut key = Vec::new();
    let mut columns = Vec::new();
    for position in 0..DIMENSIONS {
        let value = |key: &Key| Value::Number(key[position] as i64);
        let levels = Levels::new(cells.keys().map(value));
        let indices: Vec<u32> = cells.keys().map(|key| levels.index(&value(key)).unwrap()).collect();
        columns.push(UInt32Chunked::from_vec(dimension(position), indices).into_column());
        key.push((["a", "b", "c"][position].to_owned(), levels));
    }
    columns.push(Int64Chunked::from_vec(EXACT.into(), cells.values().copied().collect()).into_column());
    let frame = DataFrame::new(cells.len(), columns).unwrap();
    let candidates = (0..DIMENSIONS).collect();
    Search { frame: &frame, key: &key, candidates }.likely_totals().unwrap()
}

/// The cells with lines of totals over some dimensions together, whose value there is 9.
fn with_total(cells: &Cellules, over: &[usize]) -> Cellules {
    let mut all = cells.clone();
    for (key, value) in cells {
        let mut of_total = *key;
        over.iter().for_each(|position| of_total[*position] = 9);
        *all.entry(of_total).or_default() += value;
    }
    all
}

fn values(total: &LikelyTotal) -> Vec<(&str, &str)> {
    total.values.iter().map(|(column, value)| (column.as_str(), value.as_str())).collect()
}

/// Of three by three by three cells.
fn cells(value: impl Fn(Key) -> i64) -> Cellules {
    let keys = (0..27).map(|number| [number / 9, number / 3 % 3, number % 3]);
    keys.map(|key| (key, value(key))).collect()
}

/// Numbers of which none is the sum of others.
fn unlike(key: Key) -> i64 {
    [1, 20, 400][key[0]] + [3, 50, 700][key[1]] * [2, 31, 470][key[2]]
}

#[test]
fn lines_of_totals_are_found() {
    /// The dimensions of the line, and what is found.
    type Case<'a> = (&'a [usize], &'a [(&'a str, &'a str)]);
    let table: [Case<'_>; 7] = [
        (&[], &[]),
        (&[0], &[("a", "9")]),
        (&[2], &[("c", "9")]),
        (&[0, 1], &[("a", "9"), ("b", "9")]),
        (&[0, 2], &[("a", "9"), ("c", "9")]),
        (&[1, 2], &[("b", "9"), ("c", "9")]),
        (&[0, 1, 2], &[("a", "9"), ("b", "9"), ("c", "9")]),
    ];
    for (over, expected) in table {
        let cells = cells(unlike);
        let found = search(&if over.is_empty() { cells } else { with_total(&cells, over) });
        assert_eq!(found.iter().map(values).collect::<Vec<_>>().concat(), expected, "{over:?}");
        assert!(found.iter().all(|total| total.is_certain() && total.near == 0));
    }
    // Margins of each, and the total of all: two totals, each of one dimension.
    let found = search(&with_total(&with_total(&cells(unlike), &[0]), &[1]));
    assert_eq!(found.iter().map(values).collect::<Vec<_>>(), [[("a", "9")], [("b", "9")]]);
}

/// What the evidence says of totals that are not exactly, or not only, sums.
#[test]
fn evidence_is_counted() {
    let whole = with_total(&cells(unlike), &[0]);
    // Is changed so in some places, and what is found then: places, sums, near, times.
    let changed = |change: &dyn Fn(&Key, i64) -> i64| -> Cellules {
        whole
            .iter()
            .map(|(key, value)| (*key, if key[0] == 9 { change(key, *value) } else { *value }))
            .collect()
    };
    let none = |found: Vec<LikelyTotal>| found.into_iter().find(|total| total.values[0].0 == "a");
    let of = |total: &LikelyTotal| (total.places, total.sums, total.near, total.times);
    let found = |cells: &Cellules| none(search(cells)).as_ref().map(of);
    assert_eq!(found(&whole), Some((9, 9, 0, 1)));
    // Rounded in one place, in all, and wrong in one of nine and in two.
    assert_eq!(
        found(&changed(&|key, value| value + i64::from(key[1] == 2 && key[2] == 2))),
        Some((9, 8, 1, 1))
    );
    assert_eq!(found(&changed(&|_, value| value + 2)), Some((9, 0, 9, 0)));
    assert_eq!(found(&changed(&|key, value| value + 1000 * i64::from(key[1] == 2))), None);
    // Subtotals among the parts: 7 and 8 are sums of parts, and 9 of all.
    let mut nested = cells(unlike);
    for (key, value) in cells(unlike) {
        let group = [7, 7, 8][key[0]];
        *nested.entry([group, key[1], key[2]]).or_default() += value;
        *nested.entry([9, key[1], key[2]]).or_default() += value;
    }
    assert_eq!(found(&nested), Some((9, 9, 0, 2)));
    // Of three equal numbers each is a third of all.
    assert_eq!(search(&cells(|_| 5)), []);
    // A balance may be below zero, and its total below that of its parts.
    let balances = cells(|key| unlike(key) - 2000);
    assert_eq!(found(&with_total(&balances, &[0])), Some((9, 9, 0, 1)));
}

/// For a value of a dimension: places where it stands beside two others or more, and those in which all come to twice it.
fn obvious(cells: &Cellules, position: usize, level: usize) -> (u64, u64) {
    let (mut places, mut sums) = (0, 0);
    for (key, value) in cells.iter().filter(|(key, value)| key[position] == level && **value != 0) {
        let is_beside =
            |other: &Key| (0..DIMENSIONS).all(|index| index == position || other[index] == key[index]);
        let of_place: Vec<i64> =
            cells.iter().filter(|(other, _)| is_beside(other)).map(|(_, value)| *value).collect();
        let sum: i64 = of_place.iter().sum();
        if of_place.len() > 2 && sum != 0 {
            places += 1;
            sums += u64::from(sum == 2 * value);
        }
    }
    (places, sums)
}

proptest! {
    // Lazy frames take their time where polars is not optimised.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) })]
    #[test]
    fn evidence_is_that_of_the_obvious_way(
        cells in proptest::collection::btree_map(
            (0..4_usize, 0..3_usize, 0..2_usize).prop_map(|(a, b, c)| [a, b, c]), -2..40_i64, 3..24),
        over in 0..DIMENSIONS,
    ) {
        let cells = with_total(&cells, &[over]);
        let found = search(&cells);
        let of_all_others = |total: &&LikelyTotal| total.parts.is_empty() && total.values.len() == 1;
        for total in found.iter().filter(of_all_others).filter(|total| total.times == 1) {
            let position = ["a", "b", "c"].iter().position(|name| *name == total.values[0].0).unwrap();
            let level = total.values[0].1.parse().unwrap();
            prop_assert_eq!((total.places, total.sums), obvious(&cells, position, level));
        }
        // It is found wherever it stands beside several, and no other value could be it as well.
        let (places, sums) = obvious(&cells, over, 9);
        let name = ["a", "b", "c"][over].to_owned();
        let is_found = found.iter().any(|total| total.values.iter().any(|(column, _)| *column == name));
        let of_all = (0..DIMENSIONS).all(|position| position == over || cells.keys().all(|key| key[position] < 9));
        if places > 1 && places == sums && of_all && total_is_everywhere(&cells, over) {
            prop_assert!(is_found);
        }
    }
}

/// Whether each place of several cells has the total, and not as 0.
fn total_is_everywhere(cells: &Cellules, over: usize) -> bool {
    let mut places: BTreeMap<Key, Vec<(usize, i64)>> = BTreeMap::new();
    for (key, value) in cells {
        let mut place = *key;
        place[over] = 0;
        places.entry(place).or_default().push((key[over], *value));
    }
    places
        .values()
        .filter(|cells| cells.len() > 2)
        .all(|cells| cells.iter().any(|(level, value)| *level == 9 && *value != 0))
}

/// What is found of cells of one dimension, `a`, in so many places: each subtotal and its parts.
fn subtotals(cells: &Cellules) -> Vec<(String, Vec<String>)> {
    let of_a = search(cells).into_iter().filter(|total| total.values[0].0 == "a");
    of_a.map(|total| (total.values[0].1.clone(), total.parts)).collect()
}

/// The cells with further values of the first dimension, each the sum of some others.
fn with_sums(cells: &Cellules, sums: &[(usize, &[usize])]) -> Cellules {
    let mut all = cells.clone();
    for (total, parts) in sums {
        for (key, value) in all.clone().iter().filter(|(key, _)| parts.contains(&key[0])) {
            *all.entry([*total, key[1], key[2]]).or_default() += value;
        }
    }
    all
}

#[test]
fn subtotals_are_found_with_their_parts() {
    /// The sums that are planted, and those that are found.
    type Case<'a> = (usize, &'a [(usize, &'a [usize])], &'a [(usize, &'a [usize])]);
    let table: [Case<'_>; 7] = [
        (4, &[], &[]),
        (4, &[(90, &[0, 1])], &[(90, &[0, 1])]),
        (5, &[(90, &[0, 3])], &[(90, &[0, 3])]),
        (6, &[(90, &[0, 1]), (91, &[2, 3, 4])], &[(90, &[0, 1]), (91, &[2, 3, 4])]),
        // One above the other: the upper one is the sum of the lower one and of what stands beside that.
        (5, &[(90, &[0, 1]), (91, &[90, 2])], &[(90, &[0, 1]), (91, &[2, 90])]),
        // Of many values, those that stand one behind the other.
        (30, &[(90, &[27, 28, 29])], &[(90, &[27, 28, 29])]),
        (30, &[(90, &[3, 9])], &[]),
    ];
    for (values, planted, expected) in table {
        let keys = (0..values).flat_map(|value| (0..3).map(move |place| [value, place, 0]));
        let cells: Cellules = keys.map(|key| (key, weighted(key))).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(total, parts)| (total.to_string(), parts.iter().map(usize::to_string).collect()))
            .collect();
        assert_eq!(subtotals(&with_sums(&cells, planted)), expected, "{values} {planted:?}");
    }
    // Of small numbers a sum may be one by chance, and one number is no sum of nothing else.
    let small: Cellules =
        [(0, 5), (1, 5), (2, 10), (3, 1)].map(|(value, count)| ([value, 0, 0], count)).into();
    assert_eq!(subtotals(&small), []);
    let twice: Cellules = (0..3)
        .flat_map(|place| [(0, place, 7000 + place), (1, place, 7000 + place), (2, place, 50)])
        .map(|(value, place, count)| ([value, place, 0], count as i64))
        .collect();
    assert_eq!(subtotals(&twice), []);
}

/// A number of some thousands, of which none is the sum of others.
fn weighted(key: Key) -> i64 {
    let mixed = (key[0] as i64 + 1) * 7919 + (key[1] as i64 + 3) * 104_729;
    1000 + mixed * mixed % 99_991
}

proptest! {
    // Lazy frames take their time where polars is not optimised.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]
    /// What is found is what trying all sets of others, place by place, gives.
    #[test]
    fn subtotals_are_those_of_the_obvious_way(
        numbers in proptest::collection::vec(proptest::collection::vec(1..100_000_i64, 3), 3..6),
        set in 3..31_u32,
    ) {
        let parts: Vec<usize> = (0..numbers.len()).filter(|value| set & (1 << value) != 0).collect();
        let cells: Cellules = numbers.iter().enumerate().flat_map(|(value, places)| {
            places.iter().enumerate().map(move |(place, number)| ([value, place, 0], *number))
        }).collect();
        prop_assume!(parts.len() > 1 && parts.len() < numbers.len());
        let found = subtotals(&with_sums(&cells, &[(9, &parts)]));
        let bits: u32 = (0..3).map(|place| {
            let sum: i64 = parts.iter().map(|value| numbers[*value][place]).sum();
            sum.ilog2()
        }).sum();
        if bits > 30 {
            let parts = parts.iter().map(usize::to_string).collect();
            prop_assert_eq!(found, vec![("9".to_owned(), parts)]);
        }
    }
}
