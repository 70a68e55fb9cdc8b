//! `denizen`: a country's raw migration records become published statistics.
//!
//! The only crate that prints.

mod args;
mod check;
mod explain;
mod project;
mod report;
mod run;
mod synth;
mod synthesise;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::report::Reporter;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let reporter = Reporter::new(arguments.quiet);
    if let Some(threads) = arguments.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get().into());
        // It fails only when a pool exists already, which cannot be so early.
        let _ = pool.build_global();
    }
    let outcome = match &arguments.command {
        Command::Run(options) => run::run(options, &reporter),
        Command::Check(options) => check::check(options, &reporter),
        Command::Explain { code } => explain::explain(code),
        Command::Synth(options) => synthesise::synthesise(options, &reporter),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(status) => status,
    }
}
