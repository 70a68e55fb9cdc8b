//! Which program this is: a hash of everything that it is built from. A release is up to date only for the program that has
//! made it, and neither a version, which stays the same while somebody works on it, nor the time of a file, which is another one
//! after each installation, tells one program from another.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What settles, beside the sources, what is built.
const SETTINGS: [&str; 5] = ["TARGET", "PROFILE", "OPT_LEVEL", "DEBUG", "CARGO_ENCODED_RUSTFLAGS"];

fn main() {
    let workspace = Path::new("../..");
    let mut files = vec![workspace.join("Cargo.toml"), workspace.join("Cargo.lock")];
    for entry in fs::read_dir(workspace.join("crates")).into_iter().flatten().flatten() {
        files.push(entry.path().join("Cargo.toml"));
        files.push(entry.path().join("src"));
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for path in &files {
        println!("cargo::rerun-if-changed={}", path.display());
        add(path, &mut hasher);
    }
    for name in SETTINGS {
        std::env::var(name).unwrap_or_default().hash(&mut hasher);
    }
    let compiler = std::env::var_os("RUSTC").map(|rustc| Command::new(rustc).arg("-vV").output());
    if let Some(Ok(version)) = compiler {
        version.stdout.hash(&mut hasher);
    }
    println!("cargo::rustc-env=DENIZEN_BUILD={:016x}", hasher.finish());
}

/// A file, or all files under a folder, by their names and what stands in them.
#[expect(clippy::disallowed_methods, reason = "the sources of the program are none of its inputs")]
fn add(path: &Path, hasher: &mut DefaultHasher) {
    if path.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut entries: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| add(entry, hasher));
    } else {
        path.hash(hasher);
        fs::read(path).ok().hash(hasher);
    }
}
