//! `denizen`: a country's raw migration records become published statistics.
//!
//! The only crate that prints.

mod args;
mod check;
mod clock;
mod explain;
mod project;
mod records;
mod report;
mod run;
mod synth;
mod synthesise;

use std::process::ExitCode;

use clap::Parser;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::args::{Arguments, Command};
use crate::report::Reporter;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let reporter = Reporter::new(arguments.quiet);
    if let Some(threads) = arguments.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into());
        if let Err(error) = pool.build_global() {
            reporter.line(&format!("error: {threads} threads cannot be made: {error}"));
            return ExitCode::from(2);
        }
    }
    stop_at_signals();
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

/// Ends the program at an interrupt or a request to stop, with the status that shells expect, and leaves nothing behind.
#[expect(clippy::exit, reason = "nothing else ends the other threads")]
fn stop_at_signals() {
    // Without a handler a stopped run leaves its staging folder; that is no reason not to run.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            denizen_aggregate::abandon_releases();
            std::process::exit(128 + signal);
        }
    });
}
