//! `denizen`: a country's raw migration records become published statistics.
//!
//! The only crate that prints.

mod args;
mod check;
mod clock;
mod events;
mod explain;
mod progress;
mod project;
mod records;
mod report;
mod run;
mod size;
mod stat;
mod synth;
mod synthesise;
mod unchanged;

use std::process::ExitCode;

use clap::Parser;
use serde_json::{Value, json};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::args::{Arguments, Command, LogFormat};
use crate::report::{Done, Failed, Reporter};

fn main() -> ExitCode {
    let arguments = Arguments::try_parse().unwrap_or_else(|error| misused(&error));
    let reporter = Reporter::new(arguments.quiet, arguments.log_format);
    stop_at_signals(reporter.clone());
    let outcome = threads(&arguments, &reporter).and_then(|()| command(&arguments.command, &reporter));
    let (status, done) = match outcome {
        Ok(done) => (0, done),
        Err(Failed(status)) => (status, Done::default()),
    };
    reporter.finished(status.into(), &done);
    ExitCode::from(status)
}

fn threads(arguments: &Arguments, reporter: &Reporter) -> Result<(), Failed> {
    let Some(threads) = arguments.threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into());
    let made = pool.build_global();
    made.map_err(|error| reporter.refuse(&format!("{threads} threads cannot be made: {error}"), None))
}

fn command(command: &Command, reporter: &Reporter) -> Result<Done, Failed> {
    reporter.event("started", beginning(command));
    let nothing_more = |()| Done::default();
    match command {
        Command::Run(options) => run::run(options, reporter),
        Command::Check(options) => check::check(options, reporter).map(nothing_more),
        Command::Explain { code } => explain::explain(code, reporter).map(nothing_more),
        Command::Synth(options) => synthesise::synthesise(options, reporter).map(nothing_more),
    }
}

/// What a log says of a command before it begins.
fn beginning(command: &Command) -> Value {
    match command {
        Command::Run(options) => json!({
            "command": "run",
            "pipeline": options.pipeline.to_string_lossy(),
            "threads": rayon::current_num_threads(),
            "memory": options.memory,
        }),
        Command::Check(_) => json!({ "command": "check" }),
        Command::Explain { .. } => json!({ "command": "explain" }),
        Command::Synth(_) => json!({ "command": "synth" }),
    }
}

/// Ends the program for a command line that is wrong, or one that asks for help only.
#[expect(clippy::exit, reason = "clap itself ends the program there")]
fn misused(error: &clap::Error) -> ! {
    if !error.use_stderr() || !args::asks_for_json(std::env::args_os()) {
        error.exit();
    }
    let reporter = Reporter::new(false, LogFormat::Json);
    let text = error.render().to_string();
    let Failed(status) = reporter.refuse(text.trim().trim_start_matches("error: "), None);
    reporter.finished(status.into(), &Done::default());
    std::process::exit(status.into())
}

/// Ends the program at an interrupt, a request to stop or the end of its terminal, with the status that shells expect,
/// and leaves nothing behind.
#[expect(clippy::exit, reason = "nothing else ends the other threads")]
fn stop_at_signals(reporter: Reporter) {
    // Without a handler a stopped run leaves its staging folder; that is no reason not to run.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    if !outlives_its_terminal() {
        // As above.
        let _ = signals.add_signal(SIGHUP);
    }
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            denizen_aggregate::abandon_unfinished();
            reporter.finished(128 + signal, &Done::default());
            std::process::exit(128 + signal);
        }
    });
}

/// Whether it was begun by `nohup` or its like, which ignore the end of the terminal; as far as the system (Linux) tells.
#[expect(clippy::disallowed_methods, reason = "what the system says of this process: no input")]
fn outlives_its_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|signals| u64::from_str_radix(signals.trim(), 16).ok());
    ignored.is_none_or(|signals| signals >> (SIGHUP - 1) & 1 == 1)
}
