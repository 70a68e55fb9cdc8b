//! Rejects are written in the order of the files, whichever thread has met them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use denizen_spec::{ChunkNumber, Diagnostic, Reject};

/// Rejects of later streams that may wait in memory until those before have come to their ends.
const MOST_WAITING: usize = 1 << 16;

/// What takes rejects in order.
pub(crate) trait WriteRejects: FnMut(&[Reject]) -> Result<(), Diagnostic> + Send {}

impl<W: FnMut(&[Reject]) -> Result<(), Diagnostic> + Send> WriteRejects for W {}

/// Rejects of chunks that come in any order, handed to `W` in the order of the chunks.
pub(crate) struct InOrder<W> {
    waiting: Mutex<Waiting<W>>,
    /// Told whenever the next chunk of a stream has come.
    advanced: Condvar,
    /// Chunks of a stream that may come before the one that is next. What they hold waits in memory, here and in the
    /// partitions.
    most_early: u64,
}

struct Waiting<W> {
    write: W,
    /// The stream whose rejects are being written.
    first: usize,
    streams: BTreeMap<usize, OfStream>,
    /// Rejects that wait.
    count: usize,
}

#[derive(Default)]
struct OfStream {
    /// The index of the chunk that comes next, and the rejects of those that came too early.
    next: u64,
    early: BTreeMap<u64, Vec<Reject>>,
    /// Rejects of the chunks before, which wait for another stream.
    ready: Vec<Reject>,
}

impl<W: WriteRejects> InOrder<W> {
    pub(crate) fn new(write: W, most_early: u64) -> Self {
        let waiting = Waiting { write, first: 0, streams: BTreeMap::new(), count: 0 };
        Self { waiting: Mutex::new(waiting), advanced: Condvar::new(), most_early }
    }

    /// Whether more may wait. Where it may not, the first stream is to be read to its end.
    pub(crate) fn has_room(&self) -> bool {
        self.lock().count < MOST_WAITING
    }

    /// The rejects of a chunk, which may be none; once for each index of a stream from 0 on. `length` says how many chunks a
    /// stream had that has come to its end. A thread that is far ahead of the others in its stream waits for them, unless one of
    /// them has failed.
    pub(crate) fn add(
        &self,
        number: ChunkNumber,
        rejects: Vec<Reject>,
        length: impl Fn(usize) -> Option<u64>,
        failed: &AtomicBool,
    ) -> Result<(), Diagnostic> {
        const LOOK_AGAIN: Duration = Duration::from_millis(100);
        let ChunkNumber { stream, index } = number;
        let mut waiting = self.lock();
        while index > waiting.stream(stream).next + self.most_early && !failed.load(Ordering::Relaxed) {
            let waited = self.advanced.wait_timeout(waiting, LOOK_AGAIN);
            (waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        waiting.count += rejects.len();
        waiting.stream(stream).add(index, rejects);
        waiting.write(length)?;
        self.advanced.notify_all();
        Ok(())
    }

    /// Writes what still waits, when all chunks have come.
    pub(crate) fn finish(self, length: impl Fn(usize) -> Option<u64>) -> Result<(), Diagnostic> {
        self.lock().write(length)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<W>> {
        // A thread that panics while it holds the lock has ended the run.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: WriteRejects> Waiting<W> {
    fn stream(&mut self, stream: usize) -> &mut OfStream {
        self.streams.entry(stream).or_default()
    }

    /// Writes what is ready of the first stream, and of those behind it where it has come to its end.
    fn write(&mut self, length: impl Fn(usize) -> Option<u64>) -> Result<(), Diagnostic> {
        loop {
            let first = self.streams.entry(self.first).or_default();
            let ready = std::mem::take(&mut first.ready);
            let is_over = length(self.first) == Some(first.next);
            self.count -= ready.len();
            (self.write)(&ready)?;
            if !is_over {
                return Ok(());
            }
            self.streams.remove(&self.first);
            self.first += 1;
        }
    }
}

impl OfStream {
    fn add(&mut self, index: u64, rejects: Vec<Reject>) {
        self.early.insert(index, rejects);
        while let Some(rejects) = self.early.remove(&self.next) {
            self.next += 1;
            self.ready.extend(rejects);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use denizen_spec::{Code, RowPlace};
    use proptest::prelude::*;

    use super::*;

    fn reject(line: u64) -> Reject {
        let place = RowPlace::Line { line, lines: 1, byte: 0 };
        Reject { file: Arc::from("f"), place, column: None, reason: Code::RejectedRows }
    }

    fn lines(rejects: &[Reject]) -> Vec<u64> {
        rejects.iter().map(|reject| reject.place.line()).collect()
    }

    /// One thread is slow; the other waits for it instead of filling the memory.
    #[test]
    fn nobody_is_far_ahead() {
        let in_order = InOrder::new(|_: &[Reject]| Ok(()), 4);
        let failed = AtomicBool::new(false);
        let add = |index: u64| in_order.add(index.into(), Vec::new(), |_| None, &failed);
        let early = || in_order.lock().stream(0).early.len();
        std::thread::scope(|scope| {
            let fast = scope.spawn(|| (1..50).try_for_each(add));
            while early() < 4 {
                std::thread::yield_now();
            }
            assert!(!fast.is_finished());
            add(0).unwrap();
            fast.join().unwrap().unwrap();
            // Nobody waits for a thread that has failed.
            failed.store(true, Ordering::Relaxed);
            add(100).unwrap();
        });
        assert_eq!((early(), in_order.lock().stream(0).next), (1, 50));
    }

    #[test]
    fn a_later_stream_is_read_on_only_while_there_is_room() {
        let written = Mutex::new(Vec::new());
        let write = |rejects: &[Reject]| {
            written.lock().unwrap().extend(lines(rejects));
            Ok(())
        };
        let in_order = InOrder::new(write, 4);
        let failed = AtomicBool::new(false);
        let later = (0..MOST_WAITING as u64).map(reject).collect();
        in_order.add(ChunkNumber { stream: 1, index: 0 }, later, |_| None, &failed).unwrap();
        assert!(!in_order.has_room() && written.lock().unwrap().is_empty());
        in_order.add(0.into(), vec![reject(7)], |stream| (stream == 0).then_some(1), &failed).unwrap();
        assert!(in_order.has_room());
        assert_eq!(written.lock().unwrap()[..3], [7, 0, 1]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Chunks of several streams in any order: what is written is what one thread would write.
        #[test]
        fn rejects_are_in_the_order_of_the_files(
            streams in proptest::collection::vec(proptest::collection::vec(0..3_usize, 0..4), 1..4),
            keys in proptest::collection::vec(any::<u32>(), 16),
        ) {
            let (mut chunks, mut line) = (Vec::new(), 0);
            for (stream, sizes) in streams.iter().enumerate() {
                for (index, size) in (0..).zip(sizes) {
                    let rejects: Vec<Reject> = (line..line + *size as u64).map(reject).collect();
                    line += rejects.len() as u64;
                    chunks.push((ChunkNumber { stream, index }, rejects));
                }
            }
            let mut order: Vec<usize> = (0..chunks.len()).collect();
            order.sort_by_key(|index| keys[*index]);
            let mut written = Vec::new();
            let in_order = InOrder::new(|rejects: &[Reject]| { written.extend(lines(rejects)); Ok(()) }, u64::MAX / 2);
            let length = |stream: usize| streams.get(stream).map(|sizes| sizes.len() as u64);
            let failed = AtomicBool::new(false);
            for index in order {
                let (number, rejects) = chunks[index].clone();
                in_order.add(number, rejects, length, &failed).unwrap();
            }
            in_order.finish(length).unwrap();
            prop_assert_eq!(written, (0..line).collect::<Vec<_>>());
        }
    }
}
