//! Values that seem to be the totals of some others of their dimension: a region among its provinces, a continent among its
//! countries. What is added up over all of them is counted twice.

use std::collections::{BTreeMap, HashMap, HashSet};

use ahash::RandomState;
use denizen_spec::{columns, names_balance};
use polars::prelude::PolarsResult;

use super::{FEWEST_PARTS, LikelyTotal, MOST_ROWS, Search, bits_of};
use crate::counts::{EXACT, dimension, packed};
use crate::value::Value;

/// Values of which all sets are tried; of more, those that stand one behind the other in the file.
const MOST_IN_SETS: usize = 14;
/// Values that are looked at.
const MOST_VALUES: usize = 3000;
/// Bits that must agree beyond those of chance: one of a million sums is so by chance.
const FEWEST_BITS: f64 = 20.0;
/// How many subtotals may stand one above the other.
const MOST_LEVELS: usize = 6;

/// The values of a dimension, with what stands beside each of them.
struct Series {
    /// Their indices among the levels, in the order of the file.
    order: Vec<u32>,
    /// For each, its numbers by place.
    numbers: HashMap<u32, BTreeMap<i64, i64>, RandomState>,
    /// For each, one number that stands for all of these: two sums that agree in it agree in every place, but for one chance
    /// in 2^64.
    hashes: HashMap<u32, u64, RandomState>,
}

impl Search<'_> {
    /// The subtotals among the values of a dimension, each with its parts: those below it first.
    pub(super) fn subtotals(&self, position: usize) -> PolarsResult<Vec<LikelyTotal>> {
        let levels = self.key[position].1.values();
        let texts: Vec<String> = levels.iter().map(Value::text).collect();
        let is_few = (FEWEST_PARTS as usize..=MOST_VALUES).contains(&texts.len());
        // What comes in is the sum of what goes out and the balance.
        if !is_few || texts.iter().any(|text| names_balance(text)) {
            return Ok(Vec::new());
        }
        let series = self.series(position)?;
        let mut open: Vec<u32> = series.order.clone();
        let mut found = Vec::new();
        for _ in 0..MOST_LEVELS {
            let sums = series.sums_among(&open);
            if sums.is_empty() {
                break;
            }
            let parts: HashSet<u32, RandomState> = sums.iter().flat_map(|sum| sum.parts.clone()).collect();
            // What is above them is the sum of the subtotals and not of their parts.
            open.retain(|value| !parts.contains(value));
            found.extend(sums.into_iter().map(|sum| {
                let text = |value: &u32| texts.get(*value as usize).cloned().unwrap_or_default();
                LikelyTotal {
                    values: vec![(self.key[position].0.clone(), text(&sum.total))],
                    places: sum.places,
                    sums: sum.places,
                    near: 0,
                    times: 1,
                    balance: None,
                    parts: sum.parts.iter().map(text).collect(),
                    bits: sum.bits as u32,
                }
            }));
        }
        Ok(found)
    }

    fn series(&self, position: usize) -> PolarsResult<Series> {
        let written = columns::as_written(&self.key[position].0);
        let others = self.key.iter().enumerate();
        let others = others.filter(|(other, (name, _))| *other != position && *name != written);
        let others: Vec<_> = others.map(|(other, (_, levels))| (dimension(other), levels.len())).collect();
        let keys = packed(self.frame, &others)?;
        let every = (self.frame.height() / MOST_ROWS + 1) as i64;
        let values = self.frame.column(EXACT)?.i64()?;
        let indices = self.frame.column(&dimension(position))?.u32()?;
        let levels = self.key[position].1.values();
        let is_detail = |index: u32| levels.get(index as usize).is_some_and(Value::is_detail);
        let mut series =
            Series { order: Vec::new(), numbers: HashMap::default(), hashes: HashMap::default() };
        for ((key, index), value) in keys.iter().zip(indices.iter()).zip(values.iter()) {
            let (Some(key), Some(index), Some(value)) = (key, index, value) else { continue };
            if key % every != 0 || !is_detail(index) || value == 0 {
                continue;
            }
            let numbers = series.numbers.entry(index).or_default();
            if numbers.is_empty() {
                series.order.push(index);
            }
            // Several codes of the file may be one of ours.
            *numbers.entry(key).or_default() += value;
            let hash = series.hashes.entry(index).or_default();
            *hash = hash.wrapping_add(weight(key).wrapping_mul(value as u64));
        }
        Ok(series)
    }
}

/// A number for each place, unlike those of all others.
fn weight(place: i64) -> u64 {
    // SplitMix64.
    let mut bits = (place as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (bits ^ (bits >> 31)) | 1
}

/// A value that is the sum of some others in every place.
struct Sum {
    total: u32,
    parts: Vec<u32>,
    places: u64,
    bits: f64,
}

impl Series {
    /// The values that are sums of others, each with as few parts as possible; none of them is a part of another one that is found.
    fn sums_among(&self, open: &[u32]) -> Vec<Sum> {
        let sums = if open.len() <= MOST_IN_SETS { self.sums_of_sets(open) } else { self.sums_of_runs(open) };
        let mut sums: Vec<Sum> =
            sums.into_iter().filter_map(|(total, parts, tried)| self.judged(total, parts, tried)).collect();
        // Of subtotals that hold others, those below come first; those above are found when their parts are out of the way.
        let totals: HashSet<u32, RandomState> = sums.iter().map(|sum| sum.total).collect();
        sums.retain(|sum| !sum.parts.iter().any(|part| totals.contains(part)));
        sums.sort_by_key(|sum| sum.parts.len());
        let mut taken = HashSet::<u32, RandomState>::default();
        let mut kept: Vec<Sum> = Vec::new();
        for sum in sums {
            let is_apart = !sum.parts.iter().chain([&sum.total]).any(|value| taken.contains(value));
            if is_apart {
                taken.extend(sum.parts.iter().chain([&sum.total]));
                kept.push(sum);
            }
        }
        kept
    }

    /// For each value the smallest set of others that it is the sum of, and the logarithm of how many sets were tried.
    fn sums_of_sets(&self, open: &[u32]) -> Vec<(u32, Vec<u32>, f64)> {
        let hashes: Vec<u64> = open.iter().map(|value| self.hashes[value]).collect();
        let mut sums = HashMap::<u64, Vec<u32>, RandomState>::default();
        let mut of_set = vec![0_u64; 1 << open.len()];
        for set in 1..of_set.len() {
            let lowest = set.trailing_zeros() as usize;
            of_set[set] = of_set[set & (set - 1)].wrapping_add(hashes[lowest]);
            if set.count_ones() > 1 {
                sums.entry(of_set[set]).or_default().push(set as u32);
            }
        }
        let tried = open.len() as f64;
        let found = open.iter().enumerate().filter_map(|(index, value)| {
            let sets = sums.get(&hashes[index])?.iter().filter(|set| *set & (1 << index) == 0);
            let set = sets.min_by_key(|set| (set.count_ones(), **set))?;
            let parts = (0..open.len()).filter(|other| set & (1 << other) != 0).map(|other| open[other]);
            Some((*value, parts.collect(), tried))
        });
        found.collect()
    }

    /// For each value the shortest row of others, right behind or before it, that it is the sum of.
    fn sums_of_runs(&self, open: &[u32]) -> Vec<(u32, Vec<u32>, f64)> {
        let mut before = vec![0_u64];
        for value in open {
            before.push(before[before.len() - 1].wrapping_add(self.hashes[value]));
        }
        let mut places = HashMap::<u64, Vec<usize>, RandomState>::default();
        before.iter().enumerate().for_each(|(place, sum)| places.entry(*sum).or_default().push(place));
        let tried = (open.len() as f64).log2() * 2.0;
        let found = open.iter().enumerate().filter_map(|(index, value)| {
            let hash = self.hashes[value];
            let behind = places.get(&before[index + 1].wrapping_add(hash)).into_iter().flatten();
            let behind = behind.filter(|end| **end >= index + 3).map(|end| index + 1..*end);
            let above = places.get(&before[index].wrapping_sub(hash)).into_iter().flatten();
            let above = above.filter(|start| **start + 2 <= index).map(|start| *start..index);
            let parts = behind.chain(above).min_by_key(|range| range.len())?;
            Some((*value, open[parts].to_vec(), tried))
        });
        found.collect()
    }

    /// Whether a sum is more than chance, once its numbers are added up in every place.
    fn judged(&self, total: u32, parts: Vec<u32>, tried: f64) -> Option<Sum> {
        let mut sums = BTreeMap::<i64, (i128, u32)>::new();
        for part in &parts {
            for (place, value) in &self.numbers[part] {
                let sum = sums.entry(*place).or_default();
                sum.0 += i128::from(*value);
                sum.1 += 1;
            }
        }
        let totals = &self.numbers[&total];
        let is_sum = |(place, (sum, _)): (&i64, &(i128, u32))| {
            totals.get(place).is_some_and(|total| i128::from(*total) == *sum)
        };
        if sums.len() != totals.len() || !sums.iter().all(is_sum) {
            return None;
        }
        // Where one part alone is stated, it is said twice and nothing is added up.
        let telling = sums.iter().filter(|(_, (_, parts))| *parts > 1).map(|(place, _)| totals[place]);
        let bits = bits_of(telling.clone()) - tried;
        let places = telling.count() as u64;
        (places > 0 && bits >= FEWEST_BITS).then_some(Sum { total, parts, places, bits })
    }
}
