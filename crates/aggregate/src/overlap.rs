//! Codes of one dimension that have something in common: 80+ beside 80-84, a region beside its provinces. What is added up over
//! them is counted twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use ahash::RandomState;
use denizen_spec::{Code, Codelist, Diagnostic};

use crate::code_order::range;
use crate::value::Levels;

/// For each code of a column, the codes of wholes that it is a part of: of a province, its region.
#[derive(Debug, Clone, Default)]
pub struct Wholes(BTreeMap<String, BTreeSet<String>>);

impl Wholes {
    /// What the reference of a list knows of its codes; nothing where it has none.
    pub fn of(list: &Codelist) -> Self {
        let Some(view) = &list.view else { return Self::default() };
        let codes = list.entries.keys();
        let wholes = codes.map(|code| (code.clone(), view.wholes_of(code)));
        let known = wholes.map(|(code, wholes)| {
            let listed = wholes.into_iter().filter(|whole| list.entries.contains_key(whole)).collect();
            (code, listed)
        });
        Self(known.filter(|(_, wholes): &(String, BTreeSet<String>)| !wholes.is_empty()).collect())
    }
}

/// Which levels of a dimension have something in common with others.
pub(crate) struct Overlaps {
    /// For each level that names several numbers, or one of theirs: the first and the last.
    ranges: BTreeMap<u32, (u64, u64)>,
    /// For each level that is a part of others, these.
    wholes: BTreeMap<u32, Vec<u32>>,
}

impl Overlaps {
    pub(crate) fn new(levels: &Levels, known: Option<&Wholes>) -> Self {
        let codes: Vec<(u32, String)> = (0..)
            .zip(levels.values())
            .filter(|(_, value)| value.is_detail())
            .map(|(index, value)| (index, value.text()))
            .collect();
        let indices: HashMap<&str, u32, RandomState> =
            codes.iter().map(|(index, code)| (code.as_str(), *index)).collect();
        let of = |code: &String| -> Vec<u32> {
            let wholes = known.and_then(|known| known.0.get(code));
            wholes.into_iter().flatten().filter_map(|whole| indices.get(whole.as_str()).copied()).collect()
        };
        let wholes = codes.iter().map(|(index, code)| (*index, of(code))).filter(|(_, of)| !of.is_empty());
        Self { wholes: wholes.collect(), ranges: overlapping_ranges(&codes) }
    }

    /// Whether no level has anything in common with another one.
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.wholes.is_empty()
    }

    /// Two levels that stand in one group and have something in common. Each row is of a group and has a level.
    pub(crate) fn met_in<K: Hash + Eq>(&self, rows: impl Iterator<Item = (K, u32)>) -> Option<(u32, u32)> {
        let mut groups: HashMap<K, Vec<u32>, RandomState> = HashMap::default();
        let wholes: BTreeSet<u32> = self.wholes.values().flatten().copied().collect();
        for (group, level) in rows {
            if self.ranges.contains_key(&level) || self.wholes.contains_key(&level) || wholes.contains(&level)
            {
                groups.entry(group).or_default().push(level);
            }
        }
        groups.values().filter_map(|levels| self.pair_of(levels)).min()
    }

    /// The first two of these levels that have something in common.
    fn pair_of(&self, levels: &[u32]) -> Option<(u32, u32)> {
        let mut ranges: Vec<Ranged> =
            levels.iter().filter_map(|level| self.ranges.get(level).map(|range| (*range, *level))).collect();
        ranges.sort_unstable();
        let mut widest: Option<Ranged> = None;
        for ranged in ranges {
            if let Some(before) = widest.filter(|before| before.1 != ranged.1 && overlap(*before, ranged)) {
                return Some((before.1, ranged.1));
            }
            widest = Some(wider(widest, ranged));
        }
        let part = |level: &u32| {
            let whole = self.wholes.get(level)?.iter().find(|whole| levels.contains(whole))?;
            Some((*whole, *level))
        };
        levels.iter().filter_map(part).min()
    }
}

/// The ranges of codes that overlap with those of others: two numbers never do, nor is a number alone a range.
fn overlapping_ranges(codes: &[(u32, String)]) -> BTreeMap<u32, (u64, u64)> {
    let ranges = codes.iter().filter_map(|(index, code)| Some((range(code)?, *index)));
    let mut ranges: Vec<Ranged> = ranges.collect();
    ranges.sort_unstable();
    let mut found = BTreeMap::new();
    let mut widest: Option<Ranged> = None;
    for ranged in ranges {
        if let Some(before) = widest.filter(|before| overlap(*before, ranged)) {
            found.extend([before, ranged].map(|(range, level)| (level, range)));
        }
        widest = Some(wider(widest, ranged));
    }
    found
}

/// The first and the last number that a level names, and the level.
type Ranged = ((u64, u64), u32);

/// Whether a level names a number of another one, of which one at least names several.
fn overlap((before, _): Ranged, (range, _): Ranged) -> bool {
    before.1 >= range.0 && (before.0 < before.1 || range.0 < range.1)
}

/// The one that reaches further.
fn wider(one: Option<Ranged>, other: Ranged) -> Ranged {
    one.filter(|(range, _)| range.1 >= other.0.1).unwrap_or(other)
}

/// What is wrong with adding up over codes of which one holds a part of another one.
pub(crate) fn overlapping(
    table: &str,
    column: &str,
    levels: &Levels,
    (one, other): (u32, u32),
) -> Diagnostic {
    let code = |level: u32| levels.values().get(level as usize).map(|value| value.text()).unwrap_or_default();
    let (one, other) = (code(one), code(other));
    let message = format!("`{table}` would count some twice: `{one}` and `{other}` of `{column}` overlap");
    Diagnostic::error(Code::Overlap, message)
        .note("both stand beside each other, and what belongs to the one belongs to the other too, in whole or in part")
        .help(format!(
            "leave one of the two out: a step `filter` with `drop = {{ {column} = [\"{one}\"] }}`; or show `{column}` without a total"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    /// Whether codes overlap, and which are named.
    #[test]
    fn codes_that_have_something_in_common() {
        let known = Wholes(BTreeMap::from([
            ("TO".to_owned(), BTreeSet::from(["R01".to_owned(), "nord".to_owned()])),
            ("R01".to_owned(), BTreeSet::from(["nord".to_owned()])),
        ]));
        type Case<'a> = (&'a [&'a str], Option<(&'a str, &'a str)>);
        let table: [Case<'_>; 12] = [
            (&["0-4", "5-9", "80+"], None),
            (&["80-84", "85+", "80+"], Some(("80-84", "80+"))),
            (&["0-14", "3", "15+"], Some(("0-14", "3"))),
            (&["0", "1", "2", "3+"], None),
            (&["1", "01"], None),
            (&["<5", "5-9"], None),
            (&["<=5", "5-9"], Some(("<=5", "5-9"))),
            (&["0-99", "20-24", "100+", "30-34"], Some(("0-99", "20-24"))),
            (&["TO", "MI"], None),
            (&["TO", "R01"], Some(("R01", "TO"))),
            (&["MI", "R01", "nord"], Some(("nord", "R01"))),
            (&["_T", "0-14", "15+"], None),
        ];
        for (codes, expected) in table {
            let levels = Levels::new(codes.iter().map(|code| Value::code(code)));
            let overlaps = Overlaps::new(&levels, Some(&known));
            let found = overlaps.met_in((0..levels.len() as u32).map(|level| ((), level)));
            let code = |level: u32| levels.values()[level as usize].text();
            let found = found.map(|(one, other)| (code(one), code(other)));
            let expected = expected.map(|(one, other)| (one.to_owned(), other.to_owned()));
            assert_eq!(found, expected, "{codes:?}");
            // Each in a group of its own.
            assert_eq!(overlaps.met_in((0..levels.len() as u32).map(|level| (level, level))), None);
        }
    }
}
