//! Room for large columns that come and go.
//!
//! Columns of a million rows are made and dropped with every indicator. The allocator of glibc takes blocks of up to 32 MB from its heap
//! once it has given such a one back, and the heap falls to pieces: of 640 MB at the end of twenty indicators 300 were in use. Larger blocks
//! are always mapped by themselves and go back as a whole. Room that nothing is written to takes no memory, so that a large column
//! asks for more of it than it needs.

/// Bytes from which a column is large.
const LARGE: usize = 1 << 20;

/// Bytes of a block that is mapped by itself whatever came before.
const MAPPED: usize = 33 << 20;

/// A column with room for so many rows.
pub(crate) fn column<T>(rows: usize) -> Vec<T> {
    Vec::with_capacity(room::<T>(rows))
}

/// A column of so many values.
pub(crate) fn collected<T>(rows: usize, values: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = column(rows);
    all.extend(values);
    all
}

/// Adds a value to a column whose length is not known before.
pub(crate) fn push<T>(column: &mut Vec<T>, value: T) {
    let rows = column.len();
    if rows == column.capacity() {
        column.reserve_exact(room::<T>((2 * rows).max(16)) - rows);
    }
    column.push(value);
}

fn room<T>(rows: usize) -> usize {
    let size = size_of::<T>().max(1);
    if rows.saturating_mul(size) < LARGE { rows } else { rows.max(MAPPED.div_ceil(size)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_columns_have_more_room_than_they_need() {
        let table =
            [(0, 0), (1000, 1000), (LARGE / 8 - 1, LARGE / 8 - 1), (LARGE / 8, MAPPED / 8), (MAPPED, MAPPED)];
        for (rows, expected) in table {
            assert_eq!(room::<u64>(rows), expected, "{rows}");
        }
        let mut pushed = Vec::new();
        (0..300_000_u64).for_each(|value| push(&mut pushed, value));
        assert!(pushed.iter().copied().eq(0..300_000));
        assert_eq!(pushed.capacity(), MAPPED / 8);
    }
}
