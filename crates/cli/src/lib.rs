//! The command line of `denizen`: a country's raw migration records become published statistics.
//!
//! The only crate that prints. It is a library beside the program, so that the Python package has the same command.

mod against;
mod apart;
mod args;
mod check;
mod codes;
mod diff;
mod ends;
mod events;
mod explain;
mod explain_entity;
mod export;
mod github;
mod inspect;
mod page;
mod progress;
mod reference;
mod report;
mod run;
mod size;
mod synthesise;
mod vintages;

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use clap::Parser;
use denizen::Cancel;
use denizen_spec::{Code, Diagnostic, is_obeyed};
use serde_json::{Value, json};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

pub use crate::apart::offer;
pub use crate::args::table_format as exported_format;
pub use crate::events::diagnostic as diagnostic_event;
pub use crate::explain::page as explanation;
pub use crate::export::lies_in_release;
pub use crate::run::PROGRAM;
pub use crate::size::{bytes, memory, within_limits};

use crate::args::{Arguments, Command, LogFormat};
use crate::report::{ExitStatus, Outcome, Reporter};

/// Carries out a command and returns its exit status. `words` are the words of the command line, that of the program first;
/// `program` is how this process can be started anew, to read a workbook apart, or nothing.
///
/// It takes signals and ends the process itself where a command line is wrong.
pub fn main(words: Vec<OsString>, program: Vec<OsString>) -> u8 {
    if let Some(status) = apart::read_workbook(&words) {
        return status;
    }
    apart::offer(program);
    let arguments = Arguments::try_parse_from(&words).unwrap_or_else(|error| misused(&error, &words));
    let reporter = Reporter::new(arguments.quiet, arguments.log_format);
    tell_of_panics(reporter.clone());
    let stop = Stop::new(reporter.clone());
    let work = || threads(&arguments, &reporter).and_then(|()| command(&arguments.command, &reporter, &stop));
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(work));
    let (status, outcome) = match outcome.unwrap_or(Err(ExitStatus(FAULT_OF_THE_PROGRAM))) {
        Ok(outcome) => (0, outcome),
        Err(ExitStatus(status)) => (stop.status().unwrap_or(status), Outcome::default()),
    };
    reporter.finished(status.into(), &outcome);
    status
}

/// The exit status after a mistake of the program.
const FAULT_OF_THE_PROGRAM: u8 = 70;

/// A panic is told like every other fault: where it was, but not of what, since its message may hold values of the data.
fn tell_of_panics(reporter: Reporter) {
    std::panic::set_hook(Box::new(move |panic| {
        // A damaged file is no mistake of the program, and is told where it was read.
        if denizen_ingest::is_reading_foreign_file() {
            return;
        }
        let place = panic.location().map(|place| format!("at {}:{}", place.file(), place.line()));
        let fault = Diagnostic::error(Code::Internal, "the program made a mistake");
        let help = "please report it; where the system is short of memory or threads, that may be the cause";
        reporter.fail_alone(fault.note(place.unwrap_or_default()).help(help));
    }));
}

/// Makes the threads that work side by side, before there is anything to do for them.
fn threads(arguments: &Arguments, reporter: &Reporter) -> Result<(), ExitStatus> {
    let is_needed = match arguments.command {
        Command::Run(_) | Command::Codes(_) | Command::Synth(_) => true,
        Command::Check(ref options) => options.against.is_some() || arguments.threads.is_some(),
        Command::Explain { .. }
        | Command::Inspect(_)
        | Command::New(_)
        | Command::Report(_)
        | Command::Export(_)
        | Command::Vintages(_)
        | Command::Diff(_) => arguments.threads.is_some(),
    };
    if !is_needed {
        return Ok(());
    }
    // None asked for: as many as there are cores.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads.unwrap_or(0).into());
    pool.build_global().map_err(|error| {
        let help =
            "ask for fewer with `--threads`, or raise the limits of the system (`ulimit -u`, `ulimit -v`)";
        reporter.refuse(&format!("the threads cannot be made: {error}"), Some(help))
    })
}

fn command(command: &Command, reporter: &Reporter, stop: &Stop) -> Result<Outcome, ExitStatus> {
    reporter.event("started", beginning(command));
    let nothing_more = |()| Outcome::default();
    match command {
        Command::Run(options) => {
            stop.at_once.store(false, Ordering::Relaxed);
            run::run(options, reporter, &stop.cancel)
        }
        Command::Check(options) => check::check(options, reporter, &stop.cancel).map(nothing_more),
        Command::Codes(options) => {
            stop.at_once.store(false, Ordering::Relaxed);
            codes::codes(options, reporter, &stop.cancel).map(nothing_more)
        }
        Command::Inspect(options) => inspect::inspect(options, reporter).map(nothing_more),
        Command::New(options) => {
            stop.at_once.store(false, Ordering::Relaxed);
            inspect::new(options, reporter).map(nothing_more)
        }
        Command::Explain { code } => explain::explain(code, reporter).map(nothing_more),
        Command::Diff(options) => diff::diff(options, reporter).map(nothing_more),
        Command::Export(options) => export::export(options, reporter).map(nothing_more),
        Command::Vintages(options) => vintages::run(options, reporter).map(nothing_more),
        Command::Report(options) => page::page(options, reporter).map(nothing_more),
        Command::Synth(options) => {
            stop.at_once.store(false, Ordering::Relaxed);
            synthesise::synthesise(options, reporter, &stop.cancel).map(nothing_more)
        }
    }
}

/// What a log says of a command before it begins.
fn beginning(command: &Command) -> Value {
    match command {
        Command::Run(options) => {
            let mut names = options.pipelines.iter().map(|path| path.to_string_lossy());
            let (what, pipelines) = match names.len() {
                1 => ("pipeline", json!(names.next())),
                _ => ("pipelines", json!(names.collect::<Vec<_>>())),
            };
            json!({
                "command": "run",
                what: pipelines,
                "threads": rayon::current_num_threads(),
                "memory": options.memory,
            })
        }
        Command::Check(_) => json!({ "command": "check" }),
        Command::Codes(options) => json!({
            "command": "codes",
            "pipeline": options.pipeline.to_string_lossy(),
        }),
        Command::Inspect(_) => json!({ "command": "inspect" }),
        Command::New(_) => json!({ "command": "new" }),
        Command::Explain { .. } => json!({ "command": "explain" }),
        Command::Diff(_) => json!({ "command": "diff" }),
        Command::Export(_) => json!({ "command": "export" }),
        Command::Vintages(_) => json!({ "command": "vintages" }),
        Command::Report(_) => json!({ "command": "report" }),
        Command::Synth(_) => json!({ "command": "synth" }),
    }
}

/// Ends the program for a command line that is wrong, or one that asks for help only.
#[expect(clippy::exit, reason = "clap itself ends the program there")]
fn misused(error: &clap::Error, words: &[OsString]) -> ! {
    let format = args::log_format(words);
    // What is wrong repeats what was written, which a terminal might obey.
    let is_printable = !words.iter().any(|word| word.to_string_lossy().contains(is_obeyed));
    if !error.use_stderr() || (is_printable && format == LogFormat::Text) {
        error.exit();
    }
    let reporter = Reporter::new(false, format);
    let text = error.render().to_string();
    let hidden = "the command line is wrong, and holds characters that cannot be shown";
    let message = if is_printable { text.trim().trim_start_matches("error: ") } else { hidden };
    let ExitStatus(status) = reporter.refuse(message, None);
    reporter.finished(status.into(), &Outcome::default());
    std::process::exit(status.into())
}

/// Requests to stop, which come as signals: an interrupt, a request to end, the end of the terminal.
struct Stop {
    cancel: Arc<Cancel>,
    /// The signal that came; 0 before.
    signal: Arc<AtomicU8>,
    /// Whether there is nothing to be taken away first.
    at_once: Arc<AtomicBool>,
}

impl Stop {
    /// Listens from now on.
    fn new(reporter: Reporter) -> Self {
        let stop =
            Self { cancel: Arc::default(), signal: Arc::default(), at_once: Arc::new(AtomicBool::new(true)) };
        // A file that grows beyond `ulimit -f` is an error of writing then, and does not end the program.
        #[cfg(unix)]
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
        // Without a handler a stopped run leaves its staging folder, which the next one removes.
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return stop };
        if !outlives_its_terminal() {
            // As above.
            let _ = signals.add_signal(SIGHUP);
        }
        let Self { cancel, signal, at_once } = &stop;
        let (cancel, seen, at_once) = (Arc::clone(cancel), Arc::clone(signal), Arc::clone(at_once));
        let listen = move || {
            for signal in signals.forever() {
                let is_second = seen.swap(u8::try_from(signal).unwrap_or_default(), Ordering::Relaxed) > 0;
                cancel.stop();
                if is_second || at_once.load(Ordering::Relaxed) {
                    exit(128 + signal, &reporter);
                }
            }
        };
        // As above, where the system has no thread left.
        let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(listen);
        stop
    }

    /// The status that shells expect of a program that a signal has ended.
    fn status(&self) -> Option<u8> {
        Some(self.signal.load(Ordering::Relaxed)).filter(|signal| *signal > 0).map(|signal| 128 + signal)
    }
}

#[expect(clippy::exit, reason = "nothing else ends the other threads")]
fn exit(status: i32, reporter: &Reporter) -> ! {
    reporter.finished(status, &Outcome::default());
    std::process::exit(status)
}

/// Whether it was begun by `nohup` or its like, which ignore the end of the terminal; as far as the system (Linux) tells.
#[expect(clippy::disallowed_methods, reason = "what the system says of this process: no input")]
fn outlives_its_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|signals| u64::from_str_radix(signals.trim(), 16).ok());
    ignored.is_none_or(|signals| signals >> (SIGHUP - 1) & 1 == 1)
}
