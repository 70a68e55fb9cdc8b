//! In which order rows of persons were written, and how the rows of one day are put in order.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bits of the row number in a key of [`Histories`](crate::Histories), and of the day and the row number.
const ROW_BITS: u32 = 32;
const DAY_BITS: u32 = ROW_BITS + 24;

/// Pairs of neighbouring rows of a person, by what orders them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Of different days, the earlier above the later.
    pub oldest_first: u64,
    /// Of different days, the earlier below the later.
    pub newest_first: u64,
    /// Of one day: only the order of the files orders them.
    pub unordered: u64,
}

impl Written {
    /// Looks at sorted keys: 72 bits of person, 24 of day, 32 of row number.
    pub(crate) fn of(keys: &[u128]) -> Self {
        let mut written = Self::default();
        for pair in keys.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            if before >> DAY_BITS != after >> DAY_BITS {
                continue;
            }
            if before >> ROW_BITS == after >> ROW_BITS {
                written.unordered += 1;
            } else if (before as u32) < after as u32 {
                written.oldest_first += 1;
            } else {
                written.newest_first += 1;
            }
        }
        written
    }
}

/// Sums that any thread adds to.
#[derive(Default)]
pub(crate) struct WrittenSums {
    oldest_first: AtomicU64,
    newest_first: AtomicU64,
    unordered: AtomicU64,
}

impl WrittenSums {
    pub(crate) fn add(&self, more: Written) {
        self.oldest_first.fetch_add(more.oldest_first, Ordering::Relaxed);
        self.newest_first.fetch_add(more.newest_first, Ordering::Relaxed);
        self.unordered.fetch_add(more.unordered, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Written {
        Written {
            oldest_first: self.oldest_first.load(Ordering::Relaxed),
            newest_first: self.newest_first.load(Ordering::Relaxed),
            unordered: self.unordered.load(Ordering::Relaxed),
        }
    }
}

/// Puts the rows of each person and day in the order of a number, those without it last; and says how many neighbours have
/// the same, so that the order of the files decides.
pub(crate) fn order_days(keys: &mut [u128], number: impl Fn(u128) -> Option<i64>) -> u64 {
    let mut unordered = 0;
    for day in keys.chunk_by_mut(|one, other| one >> ROW_BITS == other >> ROW_BITS) {
        if day.len() > 1 {
            let by = |key: &u128| (number(*key).is_none(), number(*key), *key);
            day.sort_unstable_by_key(by);
            let is_tied = |pair: &&[u128]| number(pair[0]) == number(pair[1]);
            unordered += day.windows(2).filter(is_tied).count() as u64;
        }
    }
    unordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(person: u128, day: u128, row: u128) -> u128 {
        (person << DAY_BITS) | (day << ROW_BITS) | row
    }

    #[test]
    fn the_order_of_a_file_is_seen() {
        type Case<'a> = (&'a [u128], (u64, u64, u64));
        let table: [Case; 4] = [
            (&[], (0, 0, 0)),
            (&[key(1, 5, 0), key(1, 6, 4), key(1, 7, 9), key(2, 1, 3)], (2, 0, 0)),
            (&[key(1, 5, 9), key(1, 6, 4), key(1, 7, 5), key(2, 1, 6)], (1, 1, 0)),
            (&[key(1, 5, 3), key(1, 5, 4), key(1, 7, 1)], (0, 1, 1)),
        ];
        for (keys, (oldest_first, newest_first, unordered)) in table {
            assert_eq!(Written::of(keys), Written { oldest_first, newest_first, unordered }, "{keys:?}");
        }
    }

    #[test]
    fn a_number_orders_the_rows_of_a_day() {
        let numbers = [Some(3), None, Some(1), Some(1), Some(2)];
        let mut keys = [key(1, 5, 0), key(1, 5, 1), key(1, 5, 2), key(1, 5, 3), key(1, 6, 4)];
        let unordered = order_days(&mut keys, |key| numbers[key as u32 as usize]);
        assert_eq!(keys.map(|key| key as u32), [2, 3, 0, 1, 4]);
        assert_eq!(unordered, 1);
    }
}
