//! A synthetic register of the border crossings of Peru, 1985-2007. **No person in it is real.**
//!
//! Its citizens add up to the published emigration of 1990-2007 under the rule of that study: who has an exit between
//! 1 January 1990 and 31 May 2007 as the last crossing up to 31 May 2007 is counted, once, at that exit. The rows run
//! on to the end of 2007, and what happens after 31 May must not change the answer.

use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

use super::block;
use super::plan::Plan;
use super::row::HEADER;
use super::{Options, Summary};

/// Blocks in the making per thread: enough to even out their sizes. Memory is bounded by two rounds of them.
const BLOCKS_PER_THREAD: u64 = 8;

/// Writes the text of the crossings, uncompressed.
pub(super) fn write(
    options: &Options,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Summary> {
    out.write_all(HEADER.as_bytes())?;
    write_rounds(&Plan::new(options), out, progress)
}

/// While one round of blocks is written, the next is made.
fn write_rounds(plan: &Plan, out: &mut dyn Write, progress: &mut dyn FnMut(u64)) -> io::Result<Summary> {
    let blocks = plan.persons().div_ceil(block::PERSONS);
    let step = BLOCKS_PER_THREAD * rayon::current_num_threads() as u64;
    let mut made = Summary::default();
    let mut ready = Vec::new();
    let mut next = 0..step.min(blocks);
    while !(ready.is_empty() && next.is_empty()) {
        let mut coming = Vec::new();
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| coming = generate(plan, next.clone()));
            write_blocks(&ready, out, &mut made)
        })?;
        progress(made.crossings);
        ready = coming;
        next = next.end..blocks.min(next.end + step);
    }
    Ok(made)
}

fn generate(plan: &Plan, numbers: Range<u64>) -> Vec<(Vec<u8>, Summary)> {
    numbers.into_par_iter().map(|number| block::generate(plan, number)).collect()
}

fn write_blocks(blocks: &[(Vec<u8>, Summary)], out: &mut dyn Write, made: &mut Summary) -> io::Result<()> {
    for (text, summary) in blocks {
        out.write_all(text)?;
        *made += *summary;
    }
    Ok(())
}
