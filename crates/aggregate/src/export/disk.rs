//! Files on their way to the disk: one thread waits for it, so that those that encode need not.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use denizen_spec::Diagnostic;

use crate::export::unwritable;

/// Forces files to the disk while others, and the rest of the same, are still encoded.
pub(crate) struct Disk {
    queue: Sender<Waiting>,
    thread: JoinHandle<()>,
    /// What the disk has refused first; nothing is forced after that.
    refused: Arc<Mutex<Option<Diagnostic>>>,
}

struct Waiting {
    path: PathBuf,
    file: Arc<File>,
}

impl Disk {
    pub(crate) fn new() -> io::Result<Self> {
        let ((queue, waiting), refused) = (channel(), Arc::default());
        let fault = Arc::clone(&refused);
        let thread = thread::Builder::new().name("disk".to_owned());
        let thread = thread.spawn(move || *lock(&fault) = force_all(waiting).err())?;
        Ok(Self { queue, thread, refused })
    }

    /// Has all that is in the file by now forced to the disk, and does not wait for it. A file may come again and again:
    /// what is there already costs little.
    ///
    /// # Errors
    ///
    /// When the disk has refused this or another file meanwhile.
    pub(crate) fn force(&self, path: &Path, file: &Arc<File>) -> Result<(), Diagnostic> {
        // Once the disk has refused, nobody receives it.
        let _ = self.queue.send(Waiting { path: path.to_owned(), file: Arc::clone(file) });
        lock(&self.refused).clone().map_or(Ok(()), Err)
    }

    /// Waits until the disk has everything.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub(crate) fn finish(self) -> Result<(), Diagnostic> {
        drop(self.queue);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        lock(&self.refused).take().map_or(Ok(()), Err)
    }
}

/// To the first file that the disk refuses: the system tells of it once, whoever asks first.
fn force_all(waiting: Receiver<Waiting>) -> Result<(), Diagnostic> {
    let mut waiting = waiting.into_iter();
    waiting.try_for_each(|Waiting { path, file }| file.sync_all().map_err(|error| unwritable(&path, error)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while it is held cannot leave it half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_the_disk_refuses_is_told_at_the_end() {
        // A pipe cannot be forced to a disk.
        let (_reader, pipe) = std::io::pipe().unwrap();
        let pipe = Arc::new(File::from(std::os::fd::OwnedFd::from(pipe)));
        let good = Arc::new(tempfile::tempfile().unwrap());
        let disk = Disk::new().unwrap();
        let found = [("good", &good), ("pipe", &pipe), ("good", &good), ("later", &pipe)]
            .map(|(path, file)| disk.force(Path::new(path), file));
        // Whether the disk has refused by then is a matter of time, but not what.
        let reported = found.into_iter().filter_map(Result::err).chain(disk.finish().err());
        let reported: Vec<_> = reported.map(|fault| fault.message).collect();
        assert!(
            !reported.is_empty() && reported.iter().all(|reported| reported == "`pipe` cannot be written"),
            "{reported:?}"
        );
    }

    #[test]
    fn nothing_to_force_is_fine() {
        let disk = Disk::new().unwrap();
        disk.force(Path::new("file"), &Arc::new(tempfile::tempfile().unwrap())).unwrap();
        assert!(disk.finish().is_ok());
        assert!(Disk::new().unwrap().finish().is_ok());
    }
}
