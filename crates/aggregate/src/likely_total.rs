//! Values that seem to be totals of others and are not declared as such: an age of 999, a sex `T`, a line of totals over
//! several dimensions. They are said, with the evidence, and nothing is done about them.

#[cfg(test)]
mod tests;

mod subtotals;

use denizen_spec::{columns, names_balance, names_total};
use polars::prelude::*;

use crate::counts::{EXACT, dimension, packed};
use crate::value::Levels;

/// A value that seems to be the total of others, or values of several dimensions that are it together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikelyTotal {
    /// The dimensions, and the value of each.
    pub values: Vec<(String, String)>,
    /// Combinations of the other dimensions in which it stands beside two others or more.
    pub places: u64,
    /// Those among them in which it is exactly the sum of the others.
    pub sums: u64,
    /// Those in which it differs from that by no more than rounding may make of it.
    pub near: u64,
    /// How many times it all others come to: once, or more where subtotals stand among them.
    pub times: u8,
    /// Another value of the dimension that is no part but a balance: what comes in is the sum of what goes out and the balance.
    pub balance: Option<String>,
    /// The values that it is the sum of; none where these are all others.
    pub parts: Vec<String>,
    /// Digits of two that agree beyond what chance would have agree.
    pub bits: u32,
}

impl LikelyTotal {
    /// Whether it is the sum of the others wherever it stands, and not by chance.
    pub fn is_certain(&self) -> bool {
        let is_called_so = self.values.iter().any(|(_, value)| names_total(value));
        self.sums == self.places && self.times == 1 && (self.bits >= FEWEST_BITS || is_called_so)
    }
}

/// Bits that must agree for a sum not to be one by chance: one of 256 is.
const FEWEST_BITS: u32 = 8;

/// The bits of numbers that are added up: of each, how many it takes to write it.
fn bits_of(values: impl Iterator<Item = i64>) -> f64 {
    values.map(|value| (value.unsigned_abs() as f64 + 1.0).log2()).sum()
}

/// Cells among which totals are looked for: a column of indices for each of the key, then [`EXACT`].
pub(crate) struct Search<'a> {
    pub(crate) frame: &'a DataFrame,
    pub(crate) key: &'a [(String, Levels)],
    /// Which columns of the key may have a total that nobody has declared.
    pub(crate) candidates: Vec<usize>,
}

const KEY: &str = "key";
const SUM: &str = "sum";
const LARGEST: &str = "largest";
const LARGEST_COUNT: &str = "largest count";
const PARTS: &str = "parts";
const PLACES: &str = "places";
const NEAR: &str = "near";

/// Fewer values than these may well be so by chance.
const FEWEST_PARTS: u32 = 3;
/// Of one place alone, a smaller value than this may be the sum of others by chance.
const LEAST_OF_ONE: i64 = 10;
/// Cells that are looked at: enough to be sure, and soon looked at in the largest tables.
const MOST_ROWS: usize = 100_000;
/// Groups of dimensions that are looked at together.
const MOST_GROUPS: usize = 15;
/// Of ten places so many must have the sum.
const OF_TEN: u64 = 9;
/// How many subtotals may stand one above the other.
const MOST_TIMES: u8 = 3;
/// What each part may be rounded by is seen only where the total is so many times as large.
const ROUNDED: i64 = 20;

impl Search<'_> {
    /// All that is found: in one dimension, then in several together of those in which nothing was found.
    pub(crate) fn likely_totals(&self) -> PolarsResult<Vec<LikelyTotal>> {
        let mut found = Vec::new();
        let mut open = Vec::new();
        for position in self.candidates.iter().copied() {
            let has_parts = self.key[position].1.len() >= FEWEST_PARTS as usize;
            match has_parts.then(|| self.likely_total(&[position])).transpose()?.flatten() {
                Some(total) => found.push(total),
                None => {
                    found.extend(self.subtotals(position)?);
                    open.push(position);
                }
            }
        }
        for group in self.groups(&open)? {
            let of_group = self.likely_total(&group)?;
            let is_known = |total: &LikelyTotal| {
                found.iter().any(|known| known.values.iter().all(|value| total.values.contains(value)))
            };
            found.extend(of_group.filter(|total| !is_known(total)));
        }
        Ok(found)
    }

    /// The groups of dimensions that may have a line of totals: one of them has a value that stands beside one value of each
    /// other only.
    fn groups(&self, open: &[usize]) -> PolarsResult<Vec<Vec<usize>>> {
        let mut pairs = Vec::new();
        for (index, one) in open.iter().enumerate() {
            for other in &open[index + 1..] {
                if self.has_single_partner(*one, *other)? {
                    pairs.push(vec![*one, *other]);
                }
            }
        }
        let is_pair = |one: usize, other: usize| pairs.contains(&vec![one, other]);
        let mut groups = pairs.clone();
        let mut last = pairs.clone();
        while !last.is_empty() && groups.len() < MOST_GROUPS {
            let larger = last.iter().flat_map(|group| {
                let more =
                    open.iter().filter(|position| group.iter().all(|member| is_pair(*member, **position)));
                more.map(|position| group.iter().copied().chain([*position]).collect::<Vec<_>>())
            });
            last = larger.collect();
            groups.extend(last.iter().cloned());
        }
        groups.truncate(MOST_GROUPS);
        // A line of totals over three dimensions is none over two of them.
        Ok(groups)
    }

    /// Whether some value of one of two dimensions stands beside one value of the other only, of which there are others.
    fn has_single_partner(&self, one: usize, other: usize) -> PolarsResult<bool> {
        const SEVERAL: u32 = u32::MAX;
        let mut partners = [vec![None; self.key[one].1.len()], vec![None; self.key[other].1.len()]];
        let columns =
            [self.frame.column(&dimension(one))?.u32()?, self.frame.column(&dimension(other))?.u32()?];
        for (a, b) in columns[0].iter().zip(columns[1].iter()) {
            let (Some(a), Some(b)) = (a, b) else { continue };
            for (side, value, partner) in [(0, a, b), (1, b, a)] {
                let Some(known) = partners[side].get_mut(value as usize) else { continue };
                *known = Some(known.map_or(partner, |known| if known == partner { known } else { SEVERAL }));
            }
        }
        let is_single = |known: &Option<u32>| known.is_some_and(|known| known != SEVERAL);
        let mut sides = partners.iter();
        Ok(sides.any(|side| side.len() > 1 && side.iter().any(is_single) && !side.iter().all(is_single)))
    }

    fn likely_total(&self, group: &[usize]) -> PolarsResult<Option<LikelyTotal>> {
        let (rows, of_all) = self.rows(group)?;
        let levels: Vec<PlSmallStr> = group.iter().map(|position| dimension(*position)).collect();
        let counts = counts_of_values(rows, &levels)?;
        let mut best: Option<(usize, LikelyTotal)> = None;
        for row in 0..counts.height() {
            let largest = counts.column(LARGEST)?.i64()?.get(row).unwrap_or_default();
            let evidence = evidence(&counts, row, largest)?;
            let is_better = best
                .as_ref()
                .is_none_or(|(_, known)| (evidence.sums, evidence.near) > (known.sums, known.near));
            if is_better && is_likely(&evidence, of_all, largest) {
                best = Some((row, evidence));
            }
        }
        let Some((row, evidence)) = best else { return Ok(None) };
        let mut values = Vec::new();
        for (position, level) in group.iter().zip(&levels) {
            let index = counts.column(level)?.u32()?.get(row).unwrap_or_default();
            let (name, levels) = &self.key[*position];
            values.extend(levels.values().get(index as usize).map(|value| (name.clone(), value.text())));
        }
        let balance = match (group, values.as_slice()) {
            ([position], [(_, total)]) => self.balance_beside(*position, total),
            (_, _) => None,
        };
        Ok(Some(LikelyTotal { values, balance, ..evidence }))
    }

    /// A value of a dimension, other than `total`, that is called as a balance.
    fn balance_beside(&self, position: usize, total: &str) -> Option<String> {
        let texts = self.key[position].1.values().iter().map(crate::value::Value::text);
        texts.into_iter().find(|text| text != total && names_balance(text))
    }

    /// The cells that stand beside two others or more, with what all of their place come to; and the number of places.
    fn rows(&self, group: &[usize]) -> PolarsResult<(LazyFrame, u64)> {
        // What stands in the file for the codes of a dimension goes with it.
        let written: Vec<String> =
            group.iter().map(|position| columns::as_written(&self.key[*position].0)).collect();
        let others = self.key.iter().enumerate();
        let others =
            others.filter(|(position, (name, _))| !group.contains(position) && !written.contains(name));
        let others: Vec<_> =
            others.map(|(position, (_, levels))| (dimension(position), levels.len())).collect();
        let mut frame = self.frame.clone();
        frame.with_column(packed(&frame, &others)?.with_name(KEY.into()).into_column())?;
        let every = (frame.height() / MOST_ROWS + 1) as i64;
        let rows = frame.lazy().filter(col(EXACT).is_not_null().and((col(KEY) % lit(every)).eq(lit(0_i64))));
        let is_largest = col(EXACT).eq(col(EXACT).max());
        let places = rows.clone().group_by([col(KEY)]).agg([
            col(EXACT).cast(DataType::Float64).sum().alias(SUM),
            is_largest.sum().alias(LARGEST_COUNT),
            col(EXACT).max().alias(LARGEST),
            len().cast(DataType::UInt32).alias(PARTS),
        ]);
        let places =
            places.filter(col(PARTS).gt_eq(lit(FEWEST_PARTS)).and(col(SUM).neq(lit(0.0)))).collect()?;
        let count = places.height() as u64;
        let rows = rows.inner_join(places.lazy(), col(KEY), col(KEY)).filter(col(EXACT).neq(lit(0_i64)));
        Ok((rows, count))
    }
}

/// Of each value of a group of dimensions: in how many places it stands, and in how many it is a sum, or nearly one.
fn counts_of_values(rows: LazyFrame, levels: &[PlSmallStr]) -> PolarsResult<DataFrame> {
    let times = (1..=MOST_TIMES).map(|times| is_sum(times).sum().alias(name(times)));
    let counted = [
        len().cast(DataType::UInt32).alias(PLACES),
        is_near().sum().alias(NEAR),
        col(EXACT).max().alias(LARGEST),
    ];
    rows.group_by(levels.iter().cloned().map(col).collect::<Vec<_>>())
        .agg(counted.into_iter().chain(times).collect::<Vec<_>>())
        .sort(levels.to_vec(), SortMultipleOptions::default())
        .collect()
}

/// What speaks for the value of a row of [`counts_of_values`], still without its name.
fn evidence(counts: &DataFrame, row: usize, largest: i64) -> PolarsResult<LikelyTotal> {
    let number = |name: &str| -> PolarsResult<u64> {
        Ok(counts.column(name)?.u32()?.get(row).unwrap_or_default().into())
    };
    let places = number(PLACES)?;
    // At the least: those of the largest number, and one of each other. Any of the values could be it.
    let bits = bits_of([largest].into_iter()) + places.saturating_sub(1) as f64;
    let by_chance = (counts.height() as f64).log2();
    let mut evidence = LikelyTotal {
        values: Vec::new(),
        places,
        sums: 0,
        near: number(NEAR)?,
        times: 0,
        balance: None,
        parts: Vec::new(),
        bits: (bits - by_chance).max(0.0) as u32,
    };
    for times in 1..=MOST_TIMES {
        let sums = number(&name(times))?;
        if sums > evidence.sums {
            evidence.sums = sums;
            evidence.times = times;
        }
    }
    Ok(evidence)
}

/// Whether all of a place come to one more than so many times a cell. Where subtotals are among them it must be the largest,
/// for of three equal numbers each is a third.
fn is_sum(times: u8) -> Expr {
    let is_it = col(SUM).eq(col(EXACT).cast(DataType::Float64) * lit(f64::from(times) + 1.0));
    let is_largest = col(EXACT).eq(col(LARGEST)).and(col(LARGEST_COUNT).eq(lit(1_u32)));
    let is_it = if times == 1 { is_it } else { is_it.and(is_largest) };
    is_it.cast(DataType::UInt32)
}

fn name(times: u8) -> PlSmallStr {
    format!("sums {times}").into()
}

/// Whether a cell is the sum of the others but for a unit for each of them, and large beside that.
fn is_near() -> Expr {
    let parts = col(PARTS).cast(DataType::Float64);
    let exact = || col(EXACT).cast(DataType::Float64);
    let difference = col(SUM) - exact() * lit(2.0);
    let is_small =
        difference.clone().lt_eq(parts.clone()).and(difference.clone().gt_eq(parts.clone() * lit(-1.0)));
    let is_large = exact().gt(parts * lit(ROUNDED as f64));
    is_small.and(is_large).and(difference.neq(lit(0.0))).cast(DataType::UInt32)
}

/// Whether there is enough that speaks for it. `of_all` are the places in which there are several values.
fn is_likely(evidence: &LikelyTotal, of_all: u64, largest: i64) -> bool {
    let LikelyTotal { places, sums, near, times, .. } = *evidence;
    // What stands in few places only may be a sum there by chance.
    if 2 * places < of_all {
        return false;
    }
    let is_sure = places > 1 || largest >= LEAST_OF_ONE;
    if times > 1 {
        return places > 2 && sums == places;
    }
    let is_exact = sums > 0 && 10 * sums >= OF_TEN * places;
    is_exact && is_sure || places > 2 && 10 * (sums + near) >= OF_TEN * places
}
