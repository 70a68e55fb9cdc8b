//! A run, from a pipeline to a release.
//!
//! It works on threads of its own. Whoever calls waits without the lock of the interpreter, wakes up now and then to pass on what
//! was told and to look for signals, and stops the run where one came.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use denizen::{Cancel, Error, FinishedRelease, Key, Limits, Observer, Progress, Project, Run, Stage, Work};
use denizen_spec::{Code, Diagnostic};
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::fault::{as_json, guarded, raised, raised_alone};

/// How long nobody looks for signals.
const PAUSE: Duration = Duration::from_millis(50);

/// What a stage waits between two reports.
const INTERVAL: Duration = Duration::from_millis(200);

/// How a release is made.
#[derive(FromPyObject)]
pub(crate) struct Options {
    pipeline: PathBuf,
    sources: Vec<(String, String)>,
    key_file: Option<PathBuf>,
    out: Option<PathBuf>,
    vintage: Option<String>,
    previous: Option<PathBuf>,
    memory: String,
    threads: usize,
    scratch: Option<PathBuf>,
    parts: u32,
    force: bool,
}

/// Makes a release: its folder, whether it was there already, warnings and report as JSON. `on_event` is called with events as
/// JSON, on the thread that called this.
#[pyfunction]
pub(crate) fn run(
    py: Python<'_>,
    options: Options,
    on_event: Option<Py<PyAny>>,
) -> PyResult<(PathBuf, bool, String, String)> {
    let memory = denizen_cli::memory(&options.memory).and_then(denizen_cli::within_limits);
    let memory = memory.map_err(|message| refused("memory", &message))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build();
    let pool = pool.map_err(|error| refused("threads", &error.to_string()))?;
    let (events, told) = channel();
    let cancel = Cancel::default();
    let (options, cancel, on_event) = (&options, &cancel, on_event.as_ref());
    let outcome = py.detach(move || {
        std::thread::scope(|scope| {
            let work = scope.spawn(move || {
                guarded(|| pool.install(|| release(options, memory, &Told { events }, cancel)))
            });
            let stopped = listen(&told, on_event, cancel);
            (work.join(), stopped)
        })
    });
    let (made, stopped) = outcome;
    // An exception of the caller, such as `KeyboardInterrupt`, is told as such.
    stopped?;
    let made = made.map_err(|_| refused("run", "its thread has ended"))?;
    let Made { release, path, text } = made.map_err(|error| raised(&error))?;
    let FinishedRelease { path: folder, unchanged, warnings, report } = release;
    let report = serde_json::to_string(&report).map_err(|error| refused("report", &error.to_string()))?;
    Ok((folder, unchanged, as_json(&warnings, &path, &text), report))
}

pub(crate) fn refused(what: &str, message: &str) -> PyErr {
    raised_alone(Diagnostic::error(Code::UnknownValue, format!("`{what}`: {message}")))
}

/// A release, and the pipeline file that its warnings point into.
struct Made {
    release: FinishedRelease,
    path: String,
    text: String,
}

fn release(options: &Options, memory: u64, told: &Told, cancel: &Cancel) -> Result<Made, Box<Error>> {
    let project = Project::open(&options.pipeline, &options.sources)?;
    let (path, text) = project.file();
    let text = text.to_owned();
    let alone = |fault| Box::new(Error { diagnostics: vec![fault], path: path.clone(), text: text.clone() });
    let key = options.key_file.as_deref().map(Key::read).transpose().map_err(alone)?;
    let out = options.out.clone().unwrap_or_else(|| project.root().join("releases"));
    let observer = OfFile { told, path: &path, text: &text };
    let run = Run {
        key,
        vintage: options.vintage.clone(),
        previous: options.previous.clone(),
        limits: Limits { memory, scratch: options.scratch.clone() },
        parts: options.parts,
        force: options.force,
        observer: &observer,
        ..Run::new(project, cancel)
    };
    let release = run.release(&out)?;
    Ok(Made { release, path, text })
}

/// Passes on what is told until the run has ended, and stops it where the caller raises something.
fn listen(told: &Receiver<Value>, on_event: Option<&Py<PyAny>>, cancel: &Cancel) -> PyResult<()> {
    let mut outcome = Ok(());
    loop {
        let event = match told.recv_timeout(PAUSE) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return outcome,
        };
        if outcome.is_err() {
            continue;
        }
        outcome = Python::attach(|py| {
            py.check_signals()?;
            match on_event.zip(event) {
                Some((on_event, event)) => on_event.call1(py, (event.to_string(),)).map(drop),
                None => Ok(()),
            }
        });
        if outcome.is_err() {
            cancel.stop();
        }
    }
}

/// What is told, on its way to the thread that called.
struct Told {
    events: Sender<Value>,
}

impl Told {
    fn event(&self, event: Value) {
        // Nobody listens any more where the caller has raised something.
        let _ = self.events.send(event);
    }
}

/// What is told of a pipeline file.
struct OfFile<'a> {
    told: &'a Told,
    path: &'a str,
    text: &'a str,
}

impl Observer for OfFile<'_> {
    fn stage(&self, stage: &Stage<'_>) -> Box<dyn Progress + '_> {
        Box::new(OfStage {
            told: self.told,
            name: stage.name.to_owned(),
            total: stage.total,
            begun: Instant::now(),
            rows: AtomicU64::new(0),
            told_at: AtomicU64::new(0),
        })
    }

    fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            self.told.event(denizen_cli::diagnostic_event(diagnostic, self.path, self.text));
        }
    }

    fn work(&self, work: &Work) {
        let Work { name, rows, bytes, busy } = work;
        let seconds = busy.as_secs_f64();
        let facts = json!({
            "event": "work", "work": name, "rows": rows, "bytes": bytes, "thread_seconds": seconds,
        });
        self.told.event(facts);
    }
}

struct OfStage<'a> {
    told: &'a Told,
    name: String,
    total: u64,
    begun: Instant,
    rows: AtomicU64,
    /// Milliseconds after its begin at which it was last told of.
    told_at: AtomicU64,
}

impl Progress for OfStage<'_> {
    fn advance(&self, rows: u64, done: u64) {
        self.rows.fetch_max(rows, Ordering::Relaxed);
        let now = self.begun.elapsed().as_millis() as u64;
        let before = self.told_at.load(Ordering::Relaxed);
        let is_due = now >= before + INTERVAL.as_millis() as u64;
        // Of the threads that come here together, one tells.
        if is_due && self.told_at.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            let facts = json!({
                "event": "progress", "stage": self.name, "rows": rows, "done": done, "total": self.total,
            });
            self.told.event(facts);
        }
    }

    fn finish(self: Box<Self>) {
        let (rows, seconds) = (self.rows.load(Ordering::Relaxed), self.begun.elapsed().as_secs_f64());
        self.told.event(json!({ "event": "stage", "stage": self.name, "rows": rows, "seconds": seconds }));
    }
}
