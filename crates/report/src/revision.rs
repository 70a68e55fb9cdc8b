//! Values that are others in a later release, and how large the differences are.

use serde::Serialize;

/// Revisions that are named for each table.
const NAMED: usize = 20;

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
    /// The difference as a share of the older value; none where that is nothing, or one of them is not there.
    pub share: Option<f64>,
}

/// How many values were revised by how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// Values that have grown.
    pub up: usize,
    /// Values that have shrunk.
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
    /// Values that were not there, or are not there any more.
    pub came_or_went: usize,
}

/// Both values of a cell of which they differ.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Revised {
    /// The row of the newer table.
    pub(crate) row: usize,
    pub(crate) old: Option<f64>,
    pub(crate) new: Option<f64>,
}

impl Revised {
    fn share(&self) -> Option<f64> {
        self.old.zip(self.new).filter(|(old, _)| *old != 0.0).map(|(old, new)| (new - old) / old.abs())
    }

    /// With the codes of its key, whose columns have these names.
    fn named(&self, key: &[Option<&str>], names: &[String]) -> Revision {
        let stated = names.iter().zip(key).filter_map(|(name, code)| Some(format!("{name}={}", (*code)?)));
        Revision {
            cell: stated.collect::<Vec<_>>().join(" "),
            codes: key.iter().map(|code| code.map(str::to_owned)).collect(),
            old: self.old,
            new: self.new,
            share: self.share(),
        }
    }
}

impl Sizes {
    pub(crate) fn of(revised: &[Revised]) -> Self {
        let mut sizes = Self::default();
        revised.iter().for_each(|revised| sizes.add(revised));
        sizes
    }

    fn add(&mut self, revised: &Revised) {
        let (Some(old), Some(new)) = (revised.old, revised.new) else {
            self.came_or_went += 1;
            return;
        };
        *(if new > old { &mut self.up } else { &mut self.down }) += 1;
        let percent = revised.share().map(|share| 100.0 * share.abs());
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

/// The largest revisions: values that came or went first, then by their share, then by their keys.
pub(crate) fn largest<'k>(
    mut revised: Vec<Revised>,
    names: &[String],
    key: impl Fn(usize) -> Vec<Option<&'k str>>,
) -> Vec<Revision> {
    let size = |revised: &Revised| revised.share().map_or(f64::INFINITY, f64::abs);
    revised.sort_by(|one, other| {
        size(other).total_cmp(&size(one)).then_with(|| key(one.row).cmp(&key(other.row)))
    });
    revised.iter().take(NAMED).map(|revised| revised.named(&key(revised.row), names)).collect()
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
            assert_eq!(Sizes::of(&[Revised { row: 0, old, new }]), expected, "{old:?} {new:?}");
        }
    }
}
