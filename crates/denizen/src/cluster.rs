//! A run whose records are worked on by another engine, which carries rows of bytes from task to task and knows nothing of them.
//!
//! Three calls: [`map`] for each task of a source, [`Reducer`] for each group of parts, and [`Cluster`], which says what the tasks
//! need and makes the release of what they tell. A fault of the data is something that a task tells, and no failure of the task:
//! an engine would try that again. A task may run several times, and half: whatever it writes lies in a folder of its own, and
//! counts only where the rows that the engine hands to [`Cluster::take`] name it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use denizen_aggregate::{Attempt, FinishedAttempt, Records};
use denizen_clean::{Scratch, Spool};
use denizen_ingest::{Fingerprint, Key, ReadError, Span};
use denizen_spec::{Code, Diagnostic, Place, SourceKind};
use serde::{Deserialize, Serialize};

use crate::assembly::Assembly;
use crate::error::Error;
use crate::run::{FinishedRelease, Run, internal};
use crate::worker::{Job, Partial, Worker};

/// What a row that a task gives to the engine is about.
///
/// The engine brings the rows of one `part` together, in any order, and hands them to a [`Reducer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The part of the persons, or [`Parcel::TOLD`].
    pub part: i32,
    /// Where the rows are from: file, first byte of the span, number of the chunk.
    pub place: [i64; 3],
    /// Rows of persons, or what a task tells.
    pub bytes: Vec<u8>,
}

impl Parcel {
    /// The part of what tasks tell the driver: counts, rejects, faults.
    pub const TOLD: i32 = -1;
}

/// What the tasks of a source need, but for the key.
#[derive(Serialize, Deserialize)]
struct Work {
    job: Job,
    spans: Vec<Span>,
    /// The folder of attempts.
    attempts: PathBuf,
}

/// What stands before everything else, so that another program can tell that it is another.
#[derive(Serialize, Deserialize)]
struct Envelope {
    program: String,
    work: String,
}

/// What a task tells the driver.
#[derive(Serialize, Deserialize)]
enum Told {
    /// A span was read, and has rows of these parts.
    Span { task: usize, partial: Box<Partial>, lines: u64, parts: BTreeSet<u32> },
    /// A file was hashed.
    File { file: usize, fingerprint: Fingerprint },
    /// A file cannot be read in spans.
    Indivisible { file: usize },
    /// A part was worked on and written.
    Part { part: u32, partial: Box<Partial>, attempt: FinishedAttempt },
    /// Something is wrong.
    Faults { task: usize, faults: Vec<Diagnostic> },
}

impl Told {
    fn parcel(&self) -> Result<Parcel, Diagnostic> {
        let bytes = serde_json::to_vec(self).map_err(|error| internal(error.to_string()))?;
        Ok(Parcel { part: Parcel::TOLD, place: [0; 3], bytes })
    }
}

/// The driver: a release in the making.
pub struct Cluster<'a> {
    assembly: Assembly<'a>,
    /// The sources in the order of the pipeline, with the job of those that tasks work on.
    sources: Vec<(String, Option<Job>)>,
    program: String,
    /// Bytes that a task reads, where a file can be divided.
    range: u64,
    /// The files of each source that cannot.
    whole: BTreeMap<String, BTreeSet<usize>>,
    path: String,
    text: String,
}

impl<'a> Cluster<'a> {
    /// Begins a run. `range` is how many bytes a task reads; `program` of the run is what every worker must be.
    ///
    /// # Errors
    ///
    /// When a step needs all rows of a source in one place, or the folder of releases cannot be written.
    pub fn begin(run: Run<'a>, out: &Path, range: u64) -> Result<Self, Box<Error>> {
        let (path, text) = run.project.file();
        let text = text.to_owned();
        let error = |diagnostics| Box::new(Error { diagnostics, path: path.clone(), text: text.clone() });
        let job = |name: &str, kind: SourceKind| match kind {
            SourceKind::Records => Job::new(&run.project, name, run.key.as_ref(), run.parts).map(Some),
            SourceKind::Cells => Ok(None),
        };
        let sources = run.project.inputs().map(|input| {
            let source = input.source();
            job(&source.name, source.kind).map(|job| (source.name.clone(), job))
        });
        let sources = sources.collect::<Result<Vec<_>, _>>().map_err(|fault| error(vec![fault]))?;
        let program = run.program.clone().unwrap_or_default();
        let out = std::path::absolute(out).unwrap_or_else(|_| out.to_path_buf());
        let assembly = Assembly::stage(run, &out).map_err(error)?;
        Ok(Self { assembly, sources, program, range, whole: BTreeMap::new(), path, text })
    }

    /// The sources in the order in which they are to be worked on, and whether tasks do so; the others are read here.
    pub fn sources(&self) -> impl Iterator<Item = (&str, bool)> {
        self.sources.iter().map(|(name, job)| (name.as_str(), job.is_some()))
    }

    fn error(&self, diagnostics: Vec<Diagnostic>) -> Box<Error> {
        Box::new(Error { diagnostics, path: self.path.clone(), text: self.text.clone() })
    }

    fn job(&self, source: &str) -> Result<&Job, Box<Error>> {
        let found = self.sources.iter().find(|(name, _)| name == source);
        let job = found.and_then(|(_, job)| job.as_ref());
        job.ok_or_else(|| self.error(vec![internal(format!("`{source}` is no source of tasks"))]))
    }

    /// Reads a source of cells on this machine.
    ///
    /// # Errors
    ///
    /// As [`Run::release`].
    pub fn read_here(&mut self, source: &str) -> Result<(), Box<Error>> {
        self.assembly.source(source).map_err(|faults| self.error(faults))
    }

    /// What [`map`] and [`Reducer`] need for a source, and the number of tasks. It holds no key, and no data.
    ///
    /// # Errors
    ///
    /// When there is no such source, or the disk refuses.
    pub fn work(&self, source: &str) -> Result<(Vec<u8>, u64), Box<Error>> {
        let job = self.job(source)?;
        let attempts = self.assembly.release().attempts().map_err(|fault| self.error(vec![fault]))?;
        let spans = self.spans(source, job);
        let tasks = (spans.len() + job.input().paths().len()) as u64;
        let write = || -> serde_json::Result<Vec<u8>> {
            let work = serde_json::to_string(&Work { job: job.clone(), spans, attempts })?;
            serde_json::to_vec(&Envelope { program: self.program.clone(), work })
        };
        let bytes = write().map_err(|error| self.error(vec![internal(error.to_string())]))?;
        Ok((bytes, tasks))
    }

    fn spans(&self, source: &str, job: &Job) -> Vec<Span> {
        let whole = self.whole.get(source);
        let is_whole = |file: usize| whole.is_some_and(|whole| whole.contains(&file));
        let spans = job.input().spans(self.range).into_iter();
        let spans = spans.filter(|span| !is_whole(span.file) || span.start == 0);
        spans.map(|span| if is_whole(span.file) { Span::whole(span.file) } else { span }).collect()
    }

    /// Takes what all tasks of a source have told, in any order. False where it must be worked on once more, for a file turned
    /// out not to be divisible: then [`Cluster::work`] has other tasks.
    ///
    /// # Errors
    ///
    /// What the tasks have found wrong; as [`Run::release`]; and where a task has told nothing, or twice.
    pub fn take(&mut self, source: &str, told: &[Vec<u8>]) -> Result<bool, Box<Error>> {
        let job = self.job(source)?.clone();
        let spans = self.spans(source, &job);
        let files = job.input().paths().len();
        let sorted = Sorted::new(told, spans.len(), files).map_err(|faults| self.error(faults))?;
        let attempts = |cluster: &Self| cluster.assembly.release().remove_attempts();
        if !sorted.indivisible.is_empty() {
            self.whole.entry(source.to_owned()).or_default().extend(sorted.indivisible);
            attempts(self).map_err(|fault| self.error(vec![fault]))?;
            return Ok(false);
        }
        let warnings = self.undivided(&job, &spans, &sorted.fingerprints);
        self.put_together(source, job, &spans, sorted).map_err(|faults| self.error(faults))?;
        self.assembly.warn(warnings);
        attempts(self).map_err(|fault| self.error(vec![fault]))?;
        Ok(true)
    }

    fn put_together(
        &mut self,
        source: &str,
        job: Job,
        spans: &[Span],
        sorted: Sorted,
    ) -> Result<(), Vec<Diagnostic>> {
        let mut total = Worker::new(job, self.assembly.key())?.empty();
        let mut lines: BTreeMap<usize, u64> = BTreeMap::new();
        for (span, (mut partial, more)) in spans.iter().zip(sorted.spans) {
            let before = lines.entry(span.file).or_default();
            partial.add_lines(*before);
            *before += more;
            total.merge(partial);
        }
        let mut attempts = Vec::new();
        for (partial, attempt) in sorted.parts.into_values() {
            total.merge(partial);
            attempts.push(attempt);
        }
        self.assembly.worked_elsewhere(source, total, &sorted.fingerprints, |release| {
            attempts
                .iter()
                .try_for_each(|attempt: &FinishedAttempt| release.take_attempt(source, attempt))?;
            Ok(attempts.iter().map(|attempt| attempt.rows).sum())
        })
    }

    /// Files that one task had to read although they are larger than what a task is to read.
    fn undivided(&self, job: &Job, spans: &[Span], fingerprints: &[Fingerprint]) -> Vec<Diagnostic> {
        let source = &job.input().source().name;
        let files = job.input().paths().zip(fingerprints).enumerate();
        let warning = |(file, (path, fingerprint)): (usize, (&Path, &Fingerprint))| {
            let tasks = spans.iter().filter(|span| span.file == file).count();
            let is_large = fingerprint.bytes > self.range;
            (tasks == 1 && is_large).then(|| {
                let megabytes = fingerprint.bytes.div_ceil(1_000_000);
                let message = format!("one task has read all {megabytes} MB of a file of `{source}`");
                let found_late = self.whole.get(source).is_some_and(|whole| whole.contains(&file));
                let reason = match found_late {
                    true => "rows go on behind the ends of their lines, within quotes",
                    false => "it is compressed, or its format or encoding cannot be read from the middle",
                };
                let warning = Diagnostic::warning(Code::NotDivided, message).in_file(path, None);
                warning.note(reason).help("store it as plain text, or as several files")
            })
        };
        files.filter_map(warning).collect()
    }

    /// Makes the release, once all sources have come.
    ///
    /// # Errors
    ///
    /// As [`Run::release`].
    pub fn finish(self) -> Result<FinishedRelease, Box<Error>> {
        let Self { assembly, path, text, .. } = self;
        assembly.finish().map_err(|diagnostics| Box::new(Error { diagnostics, path, text }))
    }
}

/// What the tasks of a source have told, each once.
struct Sorted {
    /// The sums of each span, and its lines.
    spans: Vec<(Partial, u64)>,
    fingerprints: Vec<Fingerprint>,
    parts: BTreeMap<u32, (Partial, FinishedAttempt)>,
    indivisible: BTreeSet<usize>,
}

/// An engine that loses rows, or gives them twice, must not make a release.
fn not_once(what: &str) -> Vec<Diagnostic> {
    let message = format!("the engine gave back {what} not once");
    vec![Diagnostic::error(Code::NotConserved, message)]
}

impl Sorted {
    fn new(told: &[Vec<u8>], spans: usize, files: usize) -> Result<Self, Vec<Diagnostic>> {
        let mut of_spans: BTreeMap<usize, (Partial, u64)> = BTreeMap::new();
        let mut of_files = BTreeMap::new();
        let (mut parts, mut parts_with_rows) = (BTreeMap::new(), BTreeSet::new());
        let (mut indivisible, mut faults) = (BTreeSet::new(), BTreeMap::new());
        for bytes in told {
            let told = serde_json::from_slice(bytes).map_err(|_| not_once("what a task has told"))?;
            let is_first = match told {
                Told::Span { task, partial, lines, parts } => {
                    parts_with_rows.extend(parts);
                    of_spans.insert(task, (*partial, lines)).is_none()
                }
                Told::File { file, fingerprint } => of_files.insert(file, fingerprint).is_none(),
                Told::Part { part, partial, attempt } => parts.insert(part, (*partial, attempt)).is_none(),
                Told::Indivisible { file } => {
                    indivisible.insert(file);
                    true
                }
                Told::Faults { task, faults: more } => {
                    faults.entry(task).or_insert(more);
                    true
                }
            };
            if !is_first {
                return Err(not_once("a task"));
            }
        }
        // The first is what one machine would have found; of all the others many are the same.
        if let Some((_, faults)) = faults.pop_first() {
            return Err(faults);
        }
        if indivisible.is_empty() {
            if !of_spans.keys().copied().eq(0..spans) || !of_files.keys().copied().eq(0..files) {
                return Err(not_once("each task"));
            }
            if !parts.keys().eq(parts_with_rows.iter()) {
                return Err(not_once("each part"));
            }
        }
        let (spans, fingerprints) = (of_spans.into_values().collect(), of_files.into_values().collect());
        Ok(Self { spans, fingerprints, parts, indivisible })
    }
}

/// A worker on what a driver has sent. `key_file` is read on this machine.
fn worker(work: &[u8], program: &str, key_file: Option<&Path>) -> Result<(Worker, Work), Vec<Diagnostic>> {
    let refused = |message: String| {
        let fault = Diagnostic::error(Code::OtherWorker, message);
        vec![fault.help("install the same version everywhere")]
    };
    let envelope: Envelope = serde_json::from_slice(work)
        .map_err(|_| refused("the run was begun by another version".to_owned()))?;
    if envelope.program != program {
        return Err(refused(format!(
            "this worker is build {program}, the run is build {}",
            envelope.program
        )));
    }
    let work: Work =
        serde_json::from_str(&envelope.work).map_err(|error| vec![internal(error.to_string())])?;
    let key = key_file.map(Key::read).transpose().map_err(|fault| vec![fault])?;
    Ok((Worker::new(work.job.clone(), key.as_ref())?, work))
}

/// One task: reads a span and divides its rows, or hashes a file. `take` gets rows and what the task tells, faults included, one
/// after another; where it fails the task ends.
///
/// # Errors
///
/// That of `take`.
pub fn map(
    work: &[u8],
    program: &str,
    key_file: Option<&Path>,
    task: u64,
    take: &mut dyn FnMut(Parcel) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    let task = usize::try_from(task).unwrap_or(usize::MAX);
    let told = match worker(work, program, key_file) {
        Ok((worker, work)) => match work.spans.get(task) {
            Some(span) => map_span(&worker, task, span, take),
            None => fingerprint(&work, task - work.spans.len()),
        },
        Err(faults) => Told::Faults { task, faults },
    };
    take(told.parcel()?)
}

fn fingerprint(work: &Work, file: usize) -> Told {
    match work.job.input().fingerprint(file) {
        Ok(fingerprint) => Told::File { file, fingerprint },
        Err(fault) => Told::Faults { task: work.spans.len() + file, faults: vec![fault] },
    }
}

fn map_span(
    worker: &Worker,
    task: usize,
    span: &Span,
    take: &mut dyn FnMut(Parcel) -> Result<(), Diagnostic>,
) -> Told {
    let mut parts = BTreeSet::new();
    let mut keep = |piece: crate::worker::Piece| {
        parts.insert(piece.part);
        let (file, start, chunk) = piece.order;
        let place = [file as i64, start as i64, chunk as i64];
        take(Parcel { part: piece.part as i32, place, bytes: piece.bytes })
    };
    let bytes = worker.job().input().span_bytes(span);
    let mapped = bytes.map_err(ReadError::from).and_then(|bytes| worker.map_into(bytes, span, &mut keep));
    match mapped {
        Ok((partial, lines)) => Told::Span { task, partial: Box::new(partial), lines, parts },
        Err(ReadError::Indivisible) => Told::Indivisible { file: span.file },
        Err(ReadError::Failed(fault)) => Told::Faults { task, faults: vec![without_line(fault, span)] },
    }
}

/// A span that is not the first of its file does not know its lines.
fn without_line(mut fault: Diagnostic, span: &Span) -> Diagnostic {
    if let Place::File { line, .. } = &mut fault.place
        && span.start > 0
    {
        *line = None;
    }
    fault
}

/// Works on some parts, once all their rows have come.
pub struct Reducer {
    worker: Worker,
    work: Work,
    memory: u64,
    scratch: PathBuf,
    /// Rows wait on the disk, for they come in any order and are worked on in the order of the files.
    spool: Spool,
    pieces: BTreeMap<u32, BTreeMap<[i64; 3], std::ops::Range<u64>>>,
}

impl Reducer {
    /// Prepares one. A task holds about `memory` bytes of records, and the rest lies in the folder `scratch`.
    ///
    /// # Errors
    ///
    /// As [`Worker::new`], and when the folder cannot be used.
    pub fn new(
        work: &[u8],
        program: &str,
        key_file: Option<&Path>,
        memory: u64,
        scratch: &Path,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (worker, work) = worker(work, program, key_file)?;
        let spool = Spool::new(Scratch::new(scratch, false)).map_err(|fault| vec![fault])?;
        Ok(Self { worker, work, memory, scratch: scratch.to_path_buf(), spool, pieces: BTreeMap::new() })
    }

    /// Adds rows of persons; what tasks tell is to be passed on as it is.
    ///
    /// # Errors
    ///
    /// When the disk is full, or the same rows come twice.
    pub fn add(&mut self, parcel: &Parcel) -> Result<(), Diagnostic> {
        let part = u32::try_from(parcel.part).map_err(|_| internal("rows of no part"))?;
        let place = self.spool.add(&parcel.bytes)?;
        match self.pieces.entry(part).or_default().insert(parcel.place, place) {
            None => Ok(()),
            Some(_) => Err(Diagnostic::error(Code::NotConserved, "the engine brought rows twice")),
        }
    }

    /// The parts that have come.
    pub fn parts(&self) -> Vec<u32> {
        self.pieces.keys().copied().collect()
    }

    /// Works on a part, and writes its records: what is to be told of it.
    ///
    /// # Errors
    ///
    /// When the data do not allow a step, or the disk refuses.
    pub fn reduce(&mut self, part: u32) -> Result<Vec<u8>, Diagnostic> {
        let places = self.pieces.remove(&part).unwrap_or_default();
        let attempt = Attempt::begin(&self.work.attempts)?;
        let mut records = attempt.records();
        records.begin_part(part)?;
        let Self { worker, spool, memory, scratch, .. } = self;
        let pieces = places.values().map(|place| spool.get(place));
        let partial = worker.reduce_into(pieces, *memory, scratch, &mut |batch| {
            records.add(vec![Records::by_year(&batch)?])
        })?;
        let rows = records.finish()?.rows;
        let told = Told::Part { part, partial: Box::new(partial), attempt: attempt.finish(rows)? };
        Ok(told.parcel()?.bytes)
    }
}

/// What is to be told where a task cannot go on.
pub fn told_faults(faults: Vec<Diagnostic>) -> Vec<u8> {
    // What has not come of a part is a fault behind all that were found in files.
    let told = Told::Faults { task: usize::MAX, faults };
    told.parcel().map(|parcel| parcel.bytes).unwrap_or_default()
}
