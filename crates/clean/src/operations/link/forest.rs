//! Which rows hang together.

use super::bits::Bits;

/// Rows of which each has another above it, or is the root of its tree: rows of one tree hang together.
///
/// The root is always the least row, so that the trees do not depend on the order in which pairs come.
pub(super) struct Forest {
    above: Vec<u32>,
}

/// What a row is that hangs together with no other.
pub(super) const ALONE: u32 = u32::MAX;

/// Rows that hang together, numbered in the order of their first row.
pub(super) struct Groups {
    /// The group of each row, or [`ALONE`].
    pub(super) of_rows: Vec<u32>,
    /// The rows of each group.
    pub(super) sizes: Vec<u32>,
}

impl Forest {
    /// So many rows, each by itself; fewer than [`ALONE`].
    pub(super) fn new(rows: u32) -> Self {
        Self { above: (0..rows).collect() }
    }

    fn root(&mut self, mut row: u32) -> u32 {
        loop {
            let above = self.above[row as usize];
            if above == row {
                return row;
            }
            // Each look halves the way of the next one.
            let higher = self.above[above as usize];
            self.above[row as usize] = higher;
            row = higher;
        }
    }

    /// Notes that two rows are of one person.
    pub(super) fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        self.above[one.max(other) as usize] = one.min(other);
    }

    /// The groups. What is above a row comes before it, so that one pass finds all roots and another numbers them.
    pub(super) fn into_groups(self) -> Groups {
        let mut of_rows = self.above;
        for row in 0..of_rows.len() {
            of_rows[row] = of_rows[of_rows[row] as usize];
        }
        let mut has_others = Bits::new(of_rows.len() as u32);
        for (row, root) in of_rows.iter().enumerate().filter(|(row, root)| **root as usize != *row) {
            assert!((*root as usize) < row);
            has_others.set(*root);
        }
        let mut sizes: Vec<u32> = Vec::new();
        for row in 0..of_rows.len() {
            let root = of_rows[row] as usize;
            of_rows[row] = if root < row {
                of_rows[root]
            } else if has_others.get(row as u32) {
                sizes.push(0);
                sizes.len() as u32 - 1
            } else {
                ALONE
            };
            if let Some(size) = sizes.get_mut(of_rows[row] as usize) {
                *size += 1;
            }
        }
        Groups { of_rows, sizes }
    }
}
