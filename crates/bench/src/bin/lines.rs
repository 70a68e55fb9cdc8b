//! Finds each line of a file with memchr: the least that a reader of CSV does with it. `run.py` compares with the time that
//! it takes. Prints the number of lines and the length of the longest.

use std::fs::File;
use std::io::{self, Read};

/// As much as `denizen` reads at once.
const BLOCK: usize = 1 << 20;

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement, no part of the program")]
fn main() -> io::Result<()> {
    let path = std::env::args_os().nth(1).ok_or_else(|| io::Error::other("usage: lines FILE"))?;
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK];
    let (mut lines, mut longest) = (0_u64, 0);
    let (mut before, mut line_start) = (0, 0);
    loop {
        let size = file.read(&mut block)?;
        if size == 0 {
            break;
        }
        for end in memchr::memchr_iter(b'\n', &block[..size]) {
            let end = before + end;
            longest = longest.max(end - line_start);
            line_start = end + 1;
            lines += 1;
        }
        before += size;
    }
    println!("{lines} {longest}");
    Ok(())
}
