//! Values that are others in a later release, and how large the differences are.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

/// Revisions of counts that are named for each table.
const NAMED: usize = 20;

/// Revisions that are named for each indicator.
const NAMED_OF_INDICATOR: usize = 5;

/// A revision of fewer than this says nothing in per cent, as on the page of a release.
const SMALLEST_BASE: f64 = 50.0;

/// A value that is another one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revision {
    /// The cell: `year=2020 sex=F indicator=stock`.
    pub cell: String,
    /// The codes of the cell, in the order of the key.
    #[serde(skip)]
    pub(crate) codes: Vec<Option<String>>,
    /// The older value; none where there was none.
    pub old: Option<f64>,
    /// The newer value.
    pub new: Option<f64>,
    /// The newer value less the older one; none where one of them is not there.
    pub difference: Option<f64>,
    /// The difference of a count as a share of the older value; none where that is below 50, or one of them is not there, and of an
    /// indicator, of which it would often be a per cent of a per cent.
    pub share: Option<f64>,
    /// The indicator; none where it is a count.
    pub indicator: Option<String>,
    /// What the values are in.
    pub unit: Option<String>,
}

/// How many counts were revised by how much, and how many values of indicators.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// Counts that have grown.
    pub up: usize,
    /// Counts that have shrunk.
    pub down: usize,
    /// By no more than 1 % of the older value.
    pub within_1_percent: usize,
    /// By more than 1 and no more than 5 %.
    pub within_5_percent: usize,
    /// By more than 5 and no more than 10 %.
    pub within_10_percent: usize,
    /// By more than 10 %.
    pub larger: usize,
    /// From nothing, where there is no share.
    pub from_zero: usize,
    /// Counts that were not there, or are not there any more.
    pub came_or_went: usize,
    /// Values of indicators, however large the difference.
    pub indicators: usize,
}

/// Both values of a cell of which they differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair {
    pub(crate) old: Option<f64>,
    pub(crate) new: Option<f64>,
}

impl Pair {
    fn difference(self) -> Option<f64> {
        self.old.zip(self.new).map(|(old, new)| new - old)
    }

    /// How large the difference is; of a value that came or went that value.
    fn size(self) -> f64 {
        self.difference().or(self.old).or(self.new).map_or(0.0, f64::abs)
    }
}

/// The largest revisions that were met: of counts, and of each indicator, for indicators are in units of their own. Of each by size,
/// then by key.
#[derive(Debug, Default)]
pub(crate) struct Largest {
    counts: Vec<Met>,
    indicators: BTreeMap<String, Vec<Met>>,
}

/// A revision that was met.
#[derive(Debug)]
struct Met {
    pair: Pair,
    codes: Vec<Option<String>>,
    unit: Option<String>,
}

impl Met {
    fn order(&self, pair: Pair, codes: &[Option<&str>]) -> Ordering {
        let own = self.codes.iter().map(Option::as_deref);
        pair.size().total_cmp(&self.pair.size()).then_with(|| own.cmp(codes.iter().copied()))
    }
}

impl Largest {
    /// Adds a revision of a cell with such codes, of an indicator or of a count.
    pub(crate) fn add(
        &mut self,
        indicator: Option<&str>,
        pair: Pair,
        codes: &[Option<&str>],
        unit: Option<&str>,
    ) {
        let (met, most) = match indicator {
            None => (&mut self.counts, NAMED),
            Some(name) => match self.indicators.get_mut(name) {
                Some(met) => (met, NAMED_OF_INDICATOR),
                None => (self.indicators.entry(name.to_owned()).or_default(), NAMED_OF_INDICATOR),
            },
        };
        let place = met.partition_point(|other| other.order(pair, codes).is_lt());
        if place < most {
            let codes = codes.iter().map(|code| code.map(str::to_owned)).collect();
            met.insert(place, Met { pair, codes, unit: unit.map(str::to_owned) });
            met.truncate(most);
        }
    }

    /// All of them: counts first. `names` are those of the columns of the key.
    pub(crate) fn named(&self, names: &[String]) -> Vec<Revision> {
        let of_counts = self.counts.iter().map(|met| (None, met));
        let of_indicators =
            self.indicators.iter().flat_map(|(name, met)| met.iter().map(move |met| (Some(name), met)));
        of_counts.chain(of_indicators).map(|(indicator, met)| met.named(indicator, names)).collect()
    }
}

impl Met {
    fn named(&self, indicator: Option<&String>, names: &[String]) -> Revision {
        let Pair { old, new } = self.pair;
        let stated = names
            .iter()
            .zip(&self.codes)
            .filter_map(|(name, code)| Some(format!("{name}={}", code.as_ref()?)));
        let base = old.map(f64::abs).filter(|base| indicator.is_none() && *base >= SMALLEST_BASE);
        Revision {
            cell: stated.collect::<Vec<_>>().join(" "),
            codes: self.codes.clone(),
            old,
            new,
            difference: self.pair.difference(),
            share: self.pair.difference().zip(base).map(|(difference, base)| difference / base),
            indicator: indicator.cloned(),
            unit: self.unit.clone(),
        }
    }
}

impl Sizes {
    /// Counts a revision.
    pub(crate) fn add(&mut self, pair: Pair, is_indicator: bool) {
        if is_indicator {
            self.indicators += 1;
            return;
        }
        let (Some(old), Some(new)) = (pair.old, pair.new) else {
            self.came_or_went += 1;
            return;
        };
        *(if new > old { &mut self.up } else { &mut self.down }) += 1;
        let percent = (old != 0.0).then(|| 100.0 * ((new - old) / old).abs());
        *(match percent {
            None => &mut self.from_zero,
            Some(percent) if is_within(percent, 1.0) => &mut self.within_1_percent,
            Some(percent) if is_within(percent, 5.0) => &mut self.within_5_percent,
            Some(percent) if is_within(percent, 10.0) => &mut self.within_10_percent,
            Some(_) => &mut self.larger,
        }) += 1;
    }
}

/// 21 is 5 % more than 20, whatever a quotient of binary fractions makes of it.
pub(crate) fn is_within(percent: f64, limit: f64) -> bool {
    percent <= limit * (1.0 + 1e-9)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_of_revisions() {
        let table = [
            (Some(100.0), Some(101.0), Sizes { up: 1, within_1_percent: 1, ..Sizes::default() }),
            (Some(20.0), Some(21.0), Sizes { up: 1, within_5_percent: 1, ..Sizes::default() }),
            (Some(30.0), Some(27.0), Sizes { down: 1, within_10_percent: 1, ..Sizes::default() }),
            (Some(-100.0), Some(-111.0), Sizes { down: 1, larger: 1, ..Sizes::default() }),
            (Some(0.0), Some(3.0), Sizes { up: 1, from_zero: 1, ..Sizes::default() }),
            (None, Some(3.0), Sizes { came_or_went: 1, ..Sizes::default() }),
            (Some(3.0), None, Sizes { came_or_went: 1, ..Sizes::default() }),
        ];
        for (old, new, expected) in table {
            let (mut counts, mut indicators) = (Sizes::default(), Sizes::default());
            counts.add(Pair { old, new }, false);
            indicators.add(Pair { old, new }, true);
            assert_eq!(counts, expected, "{old:?} {new:?}");
            assert_eq!(indicators, Sizes { indicators: 1, ..Sizes::default() });
        }
    }

    /// Small counts that have grown many times do not hide a large one that has halved, nor growth by a per cent of almost nothing.
    #[test]
    fn counts_come_first_and_by_what_they_differ() {
        let revised = [
            (Some("growth"), Some(0.0005), Some(-9.9995)),
            (Some("share"), Some(40.0), Some(41.0)),
            (Some("share"), Some(0.01), Some(0.02)),
            (None, Some(1.0), Some(2.0)),
            (None, Some(1_200_000.0), Some(600_000.0)),
            (None, Some(0.0), Some(1.0)),
            (None, None, Some(9.0)),
            (None, Some(700_000.0), None),
            (None, Some(50.0), Some(60.0)),
        ];
        let mut largest = Largest::default();
        for (row, (indicator, old, new)) in revised.into_iter().enumerate().rev() {
            largest.add(indicator, Pair { old, new }, &[Some(row.to_string().as_str())], Some("persons"));
        }
        let found = largest.named(&["row".to_owned()]);
        let shown: Vec<String> =
            found.iter().map(|one| format!("{} {:?} {:?}", one.cell, one.difference, one.share)).collect();
        let expected = [
            "row=7 None None",
            "row=4 Some(-600000.0) Some(-0.5)",
            "row=8 Some(10.0) Some(0.2)",
            "row=6 None None",
            "row=3 Some(1.0) None",
            "row=5 Some(1.0) None",
            "row=0 Some(-10.0) None",
            "row=1 Some(1.0) None",
            "row=2 Some(0.01) None",
        ];
        assert_eq!(shown, expected);
    }

    proptest! {
        /// The obvious way: sort all of them, and take the first ones.
        #[test]
        fn the_largest_are_the_first_of_all(sizes in prop::collection::vec((0..4_i8, any::<bool>()), 0..60)) {
            let mut largest = Largest::default();
            let mut all: Vec<(bool, i8, String)> = Vec::new();
            for (row, (size, is_indicator)) in sizes.into_iter().enumerate() {
                let name = Some("share").filter(|_| is_indicator);
                let pair = Pair { old: Some(0.0), new: Some(f64::from(size)) };
                largest.add(name, pair, &[Some(row.to_string().as_str())], None);
                all.push((is_indicator, -size, row.to_string()));
            }
            all.sort();
            let first = |of: bool, most| all.iter().filter(move |one| one.0 == of).take(most);
            let expected: Vec<String> =
                first(false, NAMED).chain(first(true, NAMED_OF_INDICATOR)).map(|one| format!("row={}", one.2)).collect();
            let found: Vec<String> = largest.named(&["row".to_owned()]).into_iter().map(|one| one.cell).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
