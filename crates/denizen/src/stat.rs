//! What is known of a file without reading it.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Size, times and inode of a file: whoever changes the file changes one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stat {
    pub(crate) size: u64,
    /// When the contents were last written, in nanoseconds since 1970.
    modified: i64,
    /// When anything of the file last changed, its times among it; nobody can set it back.
    changed: i64,
    inode: u64,
}

/// The time in which two changes of a file may bear the same time: a tick of the coarsest file system in use (FAT).
const TICK: Duration = Duration::from_secs(2);

impl Stat {
    /// `None` for a file that is not there.
    pub(crate) fn of(path: &Path) -> io::Result<Option<Self>> {
        match fs::metadata(path) {
            Ok(data) => Ok(Some(Self::new(&data)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    #[cfg(unix)]
    fn new(data: &Metadata) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let changed = data.ctime().saturating_mul(1_000_000_000).saturating_add(data.ctime_nsec());
        Ok(Self { size: data.len(), modified: nanoseconds(data.modified()?), changed, inode: data.ino() })
    }

    /// Elsewhere the time of the last writing must do.
    #[cfg(not(unix))]
    fn new(data: &Metadata) -> io::Result<Self> {
        let modified = nanoseconds(data.modified()?);
        Ok(Self { size: data.len(), modified, changed: modified, inode: 0 })
    }

    /// Whether the file has rested for longer than a tick before a moment: only then must a change after that moment
    /// show, for it cannot bear the same times. It is the rule by which git mistrusts entries of its index.
    pub(crate) fn rests_since(&self, moment: SystemTime) -> bool {
        let latest = nanoseconds(moment.checked_sub(TICK).unwrap_or(UNIX_EPOCH));
        self.modified < latest && self.changed < latest
    }

    /// Whether size and time of the contents are the same: what a copy or a mount elsewhere keeps.
    pub(crate) fn has_contents_of(&self, other: &Self) -> bool {
        (self.size, self.modified) == (other.size, other.modified)
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    let whole = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    time.duration_since(UNIX_EPOCH).map_or_else(|before| -whole(before.duration()), whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_rests_when_all_its_times_are_past() {
        let now = SystemTime::now();
        let before = |seconds: u64| nanoseconds(now - Duration::from_secs(seconds));
        for (modified, changed, rests) in [
            (before(3), before(3), true),
            (before(1), before(1), false),
            // The time of its contents was set back, or it took another's place just now.
            (before(1000), before(1), false),
            // Its clock is ahead.
            (nanoseconds(now + Duration::from_secs(60)), before(3), false),
        ] {
            let stat = Stat { size: 0, modified, changed, inode: 0 };
            assert_eq!(stat.rests_since(now), rests);
        }
    }

    #[test]
    fn times_before_1970_are_negative() {
        assert_eq!(nanoseconds(UNIX_EPOCH - Duration::from_nanos(7)), -7);
    }
}
