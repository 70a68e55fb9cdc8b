//! Writes `data/reference/` and the code lists that are views of it, from the tables of facts in
//! `data/reference/facts/`:
//!
//! ```text
//! cargo run -p xtask -- reference
//! ```
//!
//! `--cldr FOLDER` first renews the extract of Unicode CLDR among the facts. FOLDER holds the npm packages, unpacked:
//!
//! ```text
//! npm pack cldr-localenames-full@48.2.0 cldr-core@48.2.0
//! for package in cldr-localenames-full cldr-core; do
//!   mkdir -p cldr/$package && tar xzf $package-48.2.0.tgz -C cldr/$package --strip-components=1
//! done
//! ```

#[cfg(test)]
mod checks;
mod cldr;
mod country;
mod demonyms;
mod reference;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use table::Fault;

const USAGE: &str = "cargo run -p xtask -- reference [--cldr FOLDER]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            #[expect(clippy::print_stderr, reason = "a tool says what is wrong")]
            {
                eprintln!("error: {fault}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Fault> {
    match arguments {
        ["reference"] => {}
        ["reference", "--cldr", folder] => reference::renew_cldr(&data(), Path::new(folder))?,
        _ => return Err(format!("usage: {USAGE}")),
    }
    reference::write(&data())
}

/// The folder `data` of the repository.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}
