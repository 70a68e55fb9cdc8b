//! What a packed file unpacks to, within bounds.

use std::io::{self, Read};

/// Unpacked bytes for each packed one beyond which nothing but repetition can be in a file…
const MOST_RATIO: u64 = 250;

/// … where it is larger than this.
const LARGE: u64 = 1 << 28;

/// Passes bytes on that are unpacked, and ends where they are too many.
pub(super) struct Unpacked<R> {
    bytes: R,
    packed: u64,
    unpacked: u64,
}

impl<R: Read> Unpacked<R> {
    /// What so many packed bytes unpack to.
    pub(super) fn new(bytes: R, packed: u64) -> Self {
        Self { bytes, packed, unpacked: 0 }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.unpacked += count as u64;
        if self.unpacked > LARGE && self.unpacked / MOST_RATIO > self.packed {
            let message = format!("it unpacks to more than {MOST_RATIO} times its size, as no table does");
            return Err(io::Error::other(message));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_without_end_is_refused() {
        let read = |bytes: u64, packed| {
            io::copy(&mut Unpacked::new(io::repeat(0).take(bytes), packed), &mut io::sink()).ok()
        };
        assert_eq!(read(LARGE, 1), Some(LARGE));
        assert_eq!(read(LARGE + 1, 1), None);
        assert_eq!(read(LARGE + 1, LARGE / MOST_RATIO), Some(LARGE + 1));
    }
}
