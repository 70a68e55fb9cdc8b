//! A run whose records another engine works on: the driver, and what its tasks do. Bytes come in and go out.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{LazyLock, Mutex, PoisonError};

use denizen::{Cancel, Error, FinishedRelease, Key, Limits, Parcel, Project, Run, told_faults};
use denizen_cli::PROGRAM;
use denizen_spec::{Code, Diagnostic, SourceKind};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::fault::{as_json, guarded, raised};
use crate::run::refused;

/// Bytes of input for which there is a part, where nobody says how many.
const BYTES_OF_A_PART: u64 = 2_000_000_000;

/// Parcels that wait for the engine.
const WAITING: usize = 4;

/// What stops the driver is an exception of the interpreter, and no request.
static NOBODY_STOPS: LazyLock<Cancel> = LazyLock::new(Cancel::default);

/// How a release is made.
#[derive(FromPyObject)]
pub(crate) struct Options {
    pipeline: PathBuf,
    sources: Vec<(String, String)>,
    key_file: Option<PathBuf>,
    out: PathBuf,
    vintage: Option<String>,
    memory: String,
    scratch: Option<PathBuf>,
    parts: Option<u32>,
    range: String,
}

/// The driver. It is closed by what comes of it, or by `close`, which leaves nothing behind.
#[pyclass(frozen, module = "denizen")]
pub(crate) struct Cluster {
    cluster: Mutex<Option<denizen::Cluster<'static>>>,
    parts: u32,
    path: String,
    text: String,
}

fn closed() -> Box<Error> {
    let fault = Diagnostic::error(Code::Internal, "the run is over");
    Box::new(Error { diagnostics: vec![fault], path: String::new(), text: String::new() })
}

impl Cluster {
    /// Does something with the run, without the lock of the interpreter.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut denizen::Cluster<'static>) -> Result<T, Box<Error>> + Send,
    ) -> PyResult<T> {
        let done = py.detach(|| {
            guarded(|| {
                let mut cluster = self.cluster.lock().unwrap_or_else(PoisonError::into_inner);
                cluster.as_mut().ok_or_else(closed).and_then(work)
            })
        });
        done.map_err(|error| raised(&error))
    }
}

#[pymethods]
impl Cluster {
    #[new]
    fn new(py: Python<'_>, options: Options) -> PyResult<Self> {
        let memory = denizen_cli::memory(&options.memory).map_err(|message| refused("memory", &message))?;
        let range = denizen_cli::bytes(&options.range);
        let range = range
            .filter(|range| *range > 0)
            .ok_or_else(|| refused("range", "write a number and a unit, such as 64MB or 1GB"))?;
        py.detach(|| guarded(|| begin(&options, memory, range))).map_err(|error| raised(&error))
    }

    /// Into how many parts the persons are divided.
    fn parts(&self) -> u32 {
        self.parts
    }

    /// The sources, and whether tasks work on them.
    fn sources(&self, py: Python<'_>) -> PyResult<Vec<(String, bool)>> {
        self.with(py, |cluster| {
            Ok(cluster.sources().map(|(name, is_divided)| (name.to_owned(), is_divided)).collect())
        })
    }

    /// Reads a source on this machine.
    fn read_here(&self, py: Python<'_>, source: &str) -> PyResult<()> {
        self.with(py, |cluster| cluster.read_here(source))
    }

    /// What the tasks of a source need, and how many they are.
    fn work<'py>(&self, py: Python<'py>, source: &str) -> PyResult<(Bound<'py, PyBytes>, u64)> {
        let (work, tasks) = self.with(py, |cluster| cluster.work(source))?;
        Ok((PyBytes::new(py, &work), tasks))
    }

    /// Takes what the tasks of a source have told; false where there are others to be done.
    fn take(&self, py: Python<'_>, source: &str, told: Vec<Vec<u8>>) -> PyResult<bool> {
        self.with(py, |cluster| cluster.take(source, &told))
    }

    /// Makes the release: its folder, whether it was there already, warnings and report as JSON.
    fn finish(&self, py: Python<'_>) -> PyResult<(PathBuf, bool, String, String)> {
        let release = py.detach(|| {
            guarded(|| {
                let cluster = self.cluster.lock().unwrap_or_else(PoisonError::into_inner).take();
                cluster.ok_or_else(closed)?.finish()
            })
        });
        let FinishedRelease { path, unchanged, warnings, report } =
            release.map_err(|error| raised(&error))?;
        let report = serde_json::to_string(&report).map_err(|error| refused("report", &error.to_string()))?;
        Ok((path, unchanged, as_json(&warnings, &self.path, &self.text), report))
    }

    /// Ends the run. What is not finished leaves nothing.
    fn close(&self, py: Python<'_>) {
        py.detach(|| drop(self.cluster.lock().unwrap_or_else(PoisonError::into_inner).take()));
    }
}

fn begin(options: &Options, memory: u64, range: u64) -> Result<Cluster, Box<Error>> {
    let project = Project::open(&options.pipeline, &options.sources)?;
    let (path, text) = project.file();
    let text = text.to_owned();
    let alone = |fault| Box::new(Error { diagnostics: vec![fault], path: path.clone(), text: text.clone() });
    let key = options.key_file.as_deref().map(Key::read).transpose().map_err(alone)?;
    let parts = options.parts.unwrap_or_else(|| {
        let records = project.inputs().filter(|input| input.source().kind == SourceKind::Records);
        let parts = 1 + records.map(|input| input.bytes()).max().unwrap_or_default() / BYTES_OF_A_PART;
        u32::try_from(parts).unwrap_or(u32::MAX).min(Run::MOST_PARTS)
    });
    let run = Run {
        key,
        vintage: options.vintage.clone(),
        limits: Limits { memory, scratch: options.scratch.clone() },
        parts,
        program: Some(PROGRAM.to_owned()),
        ..Run::new(project, &NOBODY_STOPS)
    };
    let cluster = Mutex::new(Some(denizen::Cluster::begin(run, &options.out, range)?));
    Ok(Cluster { cluster, parts, path, text })
}

/// What comes of a task of the map, row by row: part, file, first byte, chunk and bytes. It works on a thread of its own, a few rows ahead.
#[pyclass(frozen, module = "denizen")]
pub(crate) struct MapTask {
    parcels: Mutex<Receiver<Parcel>>,
}

#[pymethods]
impl MapTask {
    #[new]
    fn new(work: Vec<u8>, key_file: Option<PathBuf>, task: u64) -> Self {
        let (sender, parcels) = sync_channel(WAITING);
        std::thread::spawn(move || {
            let take = |parcel| {
                // Nobody waits any more where the engine has given the task up.
                sender.send(parcel).map_err(|_| Diagnostic::error(Code::Stopped, "the task was given up"))
            };
            let mapped = guarded(|| {
                // A task that was given up is no fault.
                let _ = denizen::map(&work, PROGRAM, key_file.as_deref(), task, &mut |parcel| take(parcel));
                Ok(())
            });
            if let Err(error) = mapped {
                let bytes = told_faults(error.diagnostics);
                let _ = take(Parcel { part: Parcel::TOLD, place: [0; 3], bytes });
            }
        });
        Self { parcels: Mutex::new(parcels) }
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> Option<(i32, i64, i64, i64, Bound<'py, PyBytes>)> {
        let parcel = py.detach(|| self.parcels.lock().unwrap_or_else(PoisonError::into_inner).recv());
        let Parcel { part, place: [file, start, chunk], bytes } = parcel.ok()?;
        Some((part, file, start, chunk, PyBytes::new(py, &bytes)))
    }
}

/// Works on the parts of a task of the reduce, once all their rows were added: iterated, it gives what is to be told of each.
#[pyclass(frozen, module = "denizen")]
pub(crate) struct Reducer {
    state: Mutex<State>,
    threads: rayon::ThreadPool,
}

struct State {
    reducer: Option<denizen::Reducer>,
    /// What is to be told of rows that could not be taken; nothing is worked on then.
    faults: Vec<Diagnostic>,
    parts: Option<Vec<u32>>,
}

#[pymethods]
impl Reducer {
    #[new]
    fn new(
        py: Python<'_>,
        work: Vec<u8>,
        key_file: Option<PathBuf>,
        memory: &str,
        scratch: PathBuf,
        threads: usize,
    ) -> PyResult<Self> {
        let memory = denizen_cli::memory(memory).map_err(|message| refused("memory", &message))?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
        let threads = pool.map_err(|error| refused("threads", &error.to_string()))?;
        let state = py.detach(|| State::new(&work, key_file.as_deref(), memory, &scratch));
        Ok(Self { state: Mutex::new(state), threads })
    }

    /// Adds rows of persons.
    fn add(&self, py: Python<'_>, part: i32, file: i64, start: i64, chunk: i64, bytes: Vec<u8>) {
        let parcel = Parcel { part, place: [file, start, chunk], bytes };
        py.detach(|| self.state.lock().unwrap_or_else(PoisonError::into_inner).add(&parcel));
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let next = || self.state.lock().unwrap_or_else(PoisonError::into_inner).next();
        let told = py.detach(|| self.threads.install(next));
        told.map(|told| PyBytes::new(py, &told))
    }
}

impl State {
    fn new(work: &[u8], key_file: Option<&Path>, memory: u64, scratch: &Path) -> Self {
        match denizen::Reducer::new(work, PROGRAM, key_file, memory, scratch) {
            Ok(reducer) => Self { reducer: Some(reducer), faults: Vec::new(), parts: None },
            Err(faults) => Self { reducer: None, faults, parts: None },
        }
    }

    fn add(&mut self, parcel: &Parcel) {
        if let Some(Err(fault)) = self.reducer.as_mut().map(|reducer| reducer.add(parcel)) {
            self.reducer = None;
            self.faults.push(fault);
        }
    }

    /// What is to be told of the next part.
    fn next(&mut self) -> Option<Vec<u8>> {
        let Some(reducer) = &mut self.reducer else {
            let faults = std::mem::take(&mut self.faults);
            return (!faults.is_empty()).then(|| told_faults(faults));
        };
        let parts = self.parts.get_or_insert_with(|| {
            let mut parts = reducer.parts();
            parts.reverse();
            parts
        });
        let part = parts.pop()?;
        let alone =
            |fault| Box::new(Error { diagnostics: vec![fault], path: String::new(), text: String::new() });
        let told = guarded(|| reducer.reduce(part).map_err(alone));
        Some(told.unwrap_or_else(|error| told_faults(error.diagnostics)))
    }
}
