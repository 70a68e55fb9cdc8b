//! `replay TARGET [--seconds N] [--seed N] [FILE…]`: gives inputs to a target, and then inputs that are made from them by changes
//! at random. The same seed makes the same inputs. The stable compiler builds it:
//! `cargo run --release --no-default-features --bin replay -- delimited --seconds 60 FILE…`.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a program of its own")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use denizen_fuzz::TARGETS;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Bytes of an input: more of them find little more, and take longer.
const MOST_BYTES: usize = 1 << 16;

/// Seconds after which an input has taken too long.
const MOST_SECONDS: u64 = 10;

struct Options {
    target: fn(&[u8]),
    time: Duration,
    seed: u64,
    files: Vec<PathBuf>,
}

fn options() -> Result<Options, String> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.ok_or(format!("name a target: {}", names.join(", ")))?;
    let mut options = Options { target: *target, time: Duration::ZERO, seed: 1, files: Vec::new() };
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next()?.parse().ok();
        match argument.as_str() {
            "--seconds" => options.time = Duration::from_secs(number().ok_or("--seconds N")?),
            "--seed" => options.seed = number().ok_or("--seed N")?,
            file => options.files.push(file.into()),
        }
    }
    Ok(options)
}

/// Gives an input to a target; one that panics or takes too long is kept.
fn give(target: fn(&[u8]), bytes: &[u8]) {
    let last = std::env::temp_dir().join(format!("denizen-fuzz-input-{}", std::process::id()));
    std::fs::write(&last, bytes).expect("room for an input");
    let begun = Instant::now();
    target(bytes);
    assert!(begun.elapsed().as_secs() < MOST_SECONDS, "{} takes too long", last.display());
    std::fs::remove_file(last).expect("the input that was written");
}

/// One to four changes: a byte, a piece taken away, doubled or moved, and a piece of another input put in.
fn changed(inputs: &[Vec<u8>], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut below = |end: usize| (random.next_u64() % end.max(1) as u64) as usize;
    let mut bytes = inputs[below(inputs.len())].clone();
    for _ in 0..=below(4) {
        let (from, length) = (below(bytes.len() + 1), below(16));
        let to = (from + length).min(bytes.len());
        match below(5) {
            0 if from < bytes.len() => bytes[from] = below(256) as u8,
            0 | 1 => bytes.insert(from, b"\n\r\"';,\t 0a\xff\0"[below(12)]),
            2 => drop(bytes.drain(from..to)),
            3 => {
                let piece = bytes[from..to].to_vec();
                let place = below(bytes.len() + 1);
                bytes.splice(place..place, piece);
            }
            _ => {
                let other = &inputs[below(inputs.len())];
                let start = below(other.len() + 1);
                let piece = other[start..(start + length).min(other.len())].to_vec();
                bytes.splice(from..to, piece);
            }
        }
    }
    bytes
}

fn main() -> Result<(), String> {
    denizen_fuzz::begin();
    let Options { target, time, seed, files } = options()?;
    let read = |path: &PathBuf| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let mut inputs = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    inputs.iter_mut().for_each(|bytes| bytes.truncate(MOST_BYTES));
    inputs.push(Vec::new());
    inputs.iter().for_each(|bytes| give(target, bytes));
    let (mut random, begun, mut count) = (ChaCha8Rng::seed_from_u64(seed), Instant::now(), inputs.len());
    while begun.elapsed() < time {
        give(target, &changed(&inputs, &mut random));
        count += 1;
    }
    println!("{count} inputs");
    Ok(())
}
