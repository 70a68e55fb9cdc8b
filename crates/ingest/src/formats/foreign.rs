//! Files that other people's readers cut into rows: on a thread of their own, so that a reader that panics, as some do on
//! damaged files, fails a file and not the program, and so that reading and parsing go on side by side.

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use denizen_spec::{Code, Diagnostic};

/// Batches that may wait to be taken.
const WAITING: usize = 2;

const THREAD: &str = "denizen-foreign-file";

/// Whether this thread reads a foreign file: a panic here says that the file is damaged, and is told as such.
pub fn is_reading_foreign_file() -> bool {
    std::thread::current().name() == Some(THREAD)
}

/// What a thread reads of a file, batch by batch.
pub(super) struct ForeignReader<T> {
    batches: Option<Receiver<Result<T, Diagnostic>>>,
    thread: Option<JoinHandle<()>>,
    file: String,
}

/// Takes what is read; nobody may want more.
pub(super) struct Sender<T>(SyncSender<Result<T, Diagnostic>>);

/// Why a reader ends early.
pub(super) enum Stop {
    /// Nobody wants more.
    Enough,
    Fault(Diagnostic),
}

impl From<Diagnostic> for Stop {
    fn from(fault: Diagnostic) -> Self {
        Self::Fault(fault)
    }
}

impl<T> Sender<T> {
    pub(super) fn send(&self, batch: T) -> Result<(), Stop> {
        self.0.send(Ok(batch)).map_err(|_| Stop::Enough)
    }
}

impl<T: Send + 'static> ForeignReader<T> {
    /// Starts to read a file.
    pub(super) fn start(
        file: &str,
        read: impl FnOnce(&Sender<T>) -> Result<(), Stop> + Send + 'static,
    ) -> Result<Self, Diagnostic> {
        let (sender, batches) = sync_channel(WAITING);
        let work = move || {
            let sender = Sender(sender);
            if let Err(Stop::Fault(fault)) = read(&sender) {
                // Nobody listens where the file was left before its end.
                let _ = sender.0.send(Err(fault));
            }
        };
        let thread = Builder::new().name(THREAD.to_owned()).spawn(work);
        let thread = thread.map_err(|error| crate::input::unreadable(file, &error))?;
        Ok(Self { batches: Some(batches), thread: Some(thread), file: file.to_owned() })
    }

    /// The next batch; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<T>, Diagnostic> {
        let Some(batches) = &self.batches else { return Ok(None) };
        match batches.recv() {
            Ok(Ok(batch)) => Ok(Some(batch)),
            Ok(Err(fault)) => {
                self.batches = None;
                Err(fault)
            }
            Err(_) => {
                self.batches = None;
                match self.thread.take().map(JoinHandle::join) {
                    Some(Err(_)) => Err(damaged(&self.file, "its reader stumbled over it")),
                    Some(Ok(())) | None => Ok(None),
                }
            }
        }
    }
}

impl<T> Drop for ForeignReader<T> {
    fn drop(&mut self) {
        // The thread ends with its next batch.
        self.batches = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A file that is not what its first bytes promise.
pub(super) fn damaged(file: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Code::Unreadable, format!("`{file}` is damaged"))
        .in_file(file, None)
        .note(why.to_owned())
        .help("fetch it again; or open it in the program that made it, and save it anew")
}

/// A file that is larger than what is read of its kind.
pub(super) fn too_large(file: &str, what: &str) -> Diagnostic {
    Diagnostic::error(Code::Limit, format!("`{file}`: {what}"))
        .in_file(file, None)
        .help("write the table as CSV or Parquet, or in several files")
}

/// All bytes of a file, which may be `limit` at the most.
pub(super) fn read_whole(file: &str, bytes: impl Read, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    let mut whole = Vec::new();
    let read = bytes.take(limit + 1).read_to_end(&mut whole);
    read.map_err(|error| crate::input::unreadable(file, &error))?;
    if whole.len() as u64 > limit {
        return Err(too_large(
            file,
            &format!("it has more than the {} MiB that are held in memory", limit >> 20),
        ));
    }
    Ok(whole)
}
