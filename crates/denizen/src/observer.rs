//! Who watches a run: progress, diagnostics and timings, for whoever wants to show or keep them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use denizen_spec::{Code, Diagnostic};
use serde::{Deserialize, Serialize};

/// What a run tells while it goes on. All of it may be ignored; `()` does.
///
/// Any thread may call it.
pub trait Observer: Sync {
    /// A stage begins; the run tells the returned [`Progress`] how far it has come, and drops it at the end.
    fn stage(&self, _stage: &Stage<'_>) -> Box<dyn Progress + '_> {
        Box::new(())
    }

    /// Warnings, as soon as they are known.
    fn diagnostics(&self, _diagnostics: &[Diagnostic]) {}

    /// Work of one kind that all threads did together, when all of it is done.
    fn work(&self, _work: &Work) {}
}

impl Observer for () {}

/// A part of a run that takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage<'a> {
    /// What is done: `reading crossings`.
    pub name: &'a str,
    /// How much there is to do; 0 where that is not known.
    pub total: u64,
    /// What the total is measured in.
    pub unit: Unit,
}

/// What the end of a stage is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of the inputs, as stored.
    Bytes,
    /// Rows.
    Rows,
}

/// How far a stage has come.
pub trait Progress: Sync {
    /// Rows so far, and how much of the total is done. Threads may tell in any order: less than before is old news.
    fn advance(&self, _rows: u64, _done: u64) {}

    /// The stage has come to its end. A stage that is dropped before has failed.
    fn finish(self: Box<Self>) {}
}

impl Progress for () {}

/// Work of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// What was done: `parsed`.
    pub name: String,
    /// Rows that it was done with.
    pub rows: u64,
    /// Bytes that it was done with.
    pub bytes: u64,
    /// The time of each thread, added up.
    pub busy: Duration,
}

/// A request to stop, which any thread may make.
///
/// ```
/// let cancel = denizen::Cancel::default();
/// assert!(cancel.check().is_ok());
/// cancel.stop();
/// assert!(cancel.check().is_err());
/// ```
#[derive(Debug, Default)]
pub struct Cancel(AtomicBool);

impl Cancel {
    /// Asks the run to stop. It ends with an error under [`Code::Stopped`] as soon as the work at hand is done, and leaves
    /// nothing behind.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked the run to stop.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Goes on unless somebody asked the run to stop.
    ///
    /// # Errors
    ///
    /// When somebody did.
    pub fn check(&self) -> Result<(), Diagnostic> {
        if self.is_stopped() { Err(Diagnostic::error(Code::Stopped, "the run was stopped")) } else { Ok(()) }
    }
}

/// A kind of work on records, in the order in which it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Bytes come from the disk, are decompressed and hashed.
    Read,
    /// Bytes become fields, and fields typed values.
    Parsed,
    /// Steps that look at one row.
    Changed,
    /// Rows get what only all rows tell: the person that they are linked to, what another row states.
    Linked,
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

const TASKS: [(Task, &str); 10] = [
    (Task::Read, "read"),
    (Task::Parsed, "parsed"),
    (Task::Changed, "changed"),
    (Task::Linked, "linked"),
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

/// Where the time of a run goes: sums over all threads.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    sums: [Sum; TASKS.len()],
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
    pub(crate) fn report(&self, observer: &dyn Observer) {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let sums = TASKS.iter().map(|(task, name)| (*name, &self.sums[*task as usize]));
        for (name, Sum { nanoseconds, rows, bytes }) in sums.filter(|(_, sum)| load(&sum.nanoseconds) > 0) {
            let busy = Duration::from_nanos(load(nanoseconds));
            observer.work(&Work { name: name.to_owned(), rows: load(rows), bytes: load(bytes), busy });
        }
        let bytes = load(&self.spilled);
        if bytes > 0 {
            observer.work(&Work { name: "spilled".to_owned(), rows: 0, bytes, busy: Duration::ZERO });
        }
    }
}
