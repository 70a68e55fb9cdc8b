//! Where the time of a run goes: thread seconds, rows and bytes of each kind of work.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::report::Reporter;

/// A kind of work on records, in the order in which it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Bytes come from the disk, are decompressed and hashed.
    Read,
    /// Bytes become fields, and fields typed values.
    Parsed,
    /// Steps that look at one row.
    Changed,
    /// Rows are put into partitions by person; what does not fit into memory goes to the disk.
    Scattered,
    /// Partitions are put together and sorted by person and date.
    Sorted,
    /// Steps that look at whole persons.
    Classified,
    /// Tables are counted.
    Counted,
    /// Rows are divided by year.
    Divided,
    /// Parquet is encoded, compressed and written.
    Written,
}

const ALL: [(Task, &str); 9] = [
    (Task::Read, "read"),
    (Task::Parsed, "parsed"),
    (Task::Changed, "changed"),
    (Task::Scattered, "scattered"),
    (Task::Sorted, "sorted"),
    (Task::Classified, "classified"),
    (Task::Counted, "counted"),
    (Task::Divided, "divided"),
    (Task::Written, "written"),
];

#[derive(Debug, Default)]
struct Sum {
    nanoseconds: AtomicU64,
    rows: AtomicU64,
    bytes: AtomicU64,
}

/// Sums over all threads.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    sums: [Sum; ALL.len()],
    spilled: AtomicU64,
}

impl Clock {
    /// Does some work on one thread and notes how long it took.
    pub(crate) fn time<T>(&self, task: Task, rows: u64, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = run();
        self.add(task, rows, start.elapsed());
        done
    }

    /// Notes work that was timed elsewhere.
    pub(crate) fn add(&self, task: Task, rows: u64, busy: Duration) {
        let nanoseconds = u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX);
        self.sums[task as usize].nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
        self.rows(task, rows);
    }

    pub(crate) fn rows(&self, task: Task, rows: u64) {
        self.sums[task as usize].rows.fetch_add(rows, Ordering::Relaxed);
    }

    pub(crate) fn bytes(&self, task: Task, bytes: u64) {
        self.sums[task as usize].bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Notes bytes that went to scratch files.
    pub(crate) fn spilled(&self, bytes: u64) {
        self.spilled.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Tells what was done of each kind of work.
    pub(crate) fn report(&self, reporter: &Reporter) {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        for (task, name) in ALL {
            let Sum { nanoseconds, rows, bytes } = &self.sums[task as usize];
            if load(nanoseconds) > 0 {
                reporter.work(name, load(rows), load(bytes), Duration::from_nanos(load(nanoseconds)));
            }
        }
        if load(&self.spilled) > 0 {
            reporter.work("spilled", 0, load(&self.spilled), Duration::ZERO);
        }
    }
}
