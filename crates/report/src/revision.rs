//! Values that are others in a later release, and how large the differences are.

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
#[derive(Debug, Clone, Copy)]
pub(crate) struct Revised<'a> {
    /// The row of the newer table.
    pub(crate) row: usize,
    pub(crate) old: Option<f64>,
    pub(crate) new: Option<f64>,
    /// The indicator; none where it is a count.
    pub(crate) indicator: Option<&'a str>,
}

/// What is known of the rows of the newer table.
pub(crate) struct Named<'a> {
    /// The names of the columns of the key.
    pub(crate) names: &'a [String],
    /// The codes of the key of a row.
    pub(crate) key: &'a dyn Fn(usize) -> Vec<Option<&'a str>>,
    /// What the value of a row is in.
    pub(crate) unit: &'a dyn Fn(usize) -> Option<&'a str>,
}

impl Revised<'_> {
    fn difference(&self) -> Option<f64> {
        self.old.zip(self.new).map(|(old, new)| new - old)
    }

    /// How large it is; of a value that came or went that value.
    fn size(&self) -> f64 {
        self.difference().or(self.old).or(self.new).map_or(0.0, f64::abs)
    }

    fn named(&self, of: &Named<'_>) -> Revision {
        let key = (of.key)(self.row);
        let stated =
            of.names.iter().zip(&key).filter_map(|(name, code)| Some(format!("{name}={}", (*code)?)));
        let base = self.old.map(f64::abs).filter(|base| self.indicator.is_none() && *base >= SMALLEST_BASE);
        Revision {
            cell: stated.collect::<Vec<_>>().join(" "),
            codes: key.iter().map(|code| code.map(str::to_owned)).collect(),
            old: self.old,
            new: self.new,
            difference: self.difference(),
            share: self.difference().zip(base).map(|(difference, base)| difference / base),
            indicator: self.indicator.map(str::to_owned),
            unit: (of.unit)(self.row).map(str::to_owned),
        }
    }
}

impl Sizes {
    pub(crate) fn of(revised: &[Revised<'_>]) -> Self {
        let mut sizes = Self::default();
        revised.iter().for_each(|revised| sizes.add(revised));
        sizes
    }

    fn add(&mut self, revised: &Revised<'_>) {
        if revised.indicator.is_some() {
            self.indicators += 1;
            return;
        }
        let (Some(old), Some(new)) = (revised.old, revised.new) else {
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

/// The largest revisions: of counts first, then of each indicator, for indicators are in units of their own; of each by size, then by
/// key.
pub(crate) fn largest(mut revised: Vec<Revised<'_>>, of: &Named<'_>) -> Vec<Revision> {
    revised.sort_by(|one, other| {
        let by_size = || other.size().total_cmp(&one.size());
        let by_key = || (of.key)(one.row).cmp(&(of.key)(other.row));
        one.indicator.cmp(&other.indicator).then_with(by_size).then_with(by_key)
    });
    let named = |group: &[Revised<'_>]| {
        let count = if group[0].indicator.is_none() { NAMED } else { NAMED_OF_INDICATOR };
        group.iter().take(count).map(|revised| revised.named(of)).collect::<Vec<_>>()
    };
    revised.chunk_by(|one, other| one.indicator == other.indicator).flat_map(named).collect()
}

#[cfg(test)]
mod tests {
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
            let counted = Revised { row: 0, old, new, indicator: None };
            assert_eq!(Sizes::of(&[counted]), expected, "{old:?} {new:?}");
            let indicator = Revised { indicator: Some("share"), ..counted };
            assert_eq!(Sizes::of(&[indicator]), Sizes { indicators: 1, ..Sizes::default() });
        }
    }

    /// Small counts that have grown many times do not hide a large one that has halved, nor growth by a per cent of almost nothing.
    #[test]
    fn counts_come_first_and_by_what_they_differ() {
        let count = |row, old, new| Revised { row, old, new, indicator: None };
        let revised = vec![
            Revised { row: 0, old: Some(0.0005), new: Some(-9.9995), indicator: Some("growth") },
            Revised { row: 1, old: Some(40.0), new: Some(41.0), indicator: Some("share") },
            Revised { row: 2, old: Some(0.01), new: Some(0.02), indicator: Some("share") },
            count(3, Some(1.0), Some(2.0)),
            count(4, Some(1_200_000.0), Some(600_000.0)),
            count(5, Some(0.0), Some(1.0)),
            count(6, None, Some(9.0)),
            count(7, Some(700_000.0), None),
            count(8, Some(50.0), Some(60.0)),
        ];
        let keys: Vec<String> = (0..9).map(|row| row.to_string()).collect();
        let of = Named {
            names: &["row".to_owned()],
            key: &|row| vec![Some(keys[row].as_str())],
            unit: &|row| Some(if row < 3 { "percent" } else { "persons" }),
        };
        let found = largest(revised, &of);
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
}
