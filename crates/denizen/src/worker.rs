//! The parts of a run that can be worked on elsewhere: by processes that share nothing, on one machine or many.
//!
//! An engine has three things to do. *Map*: [`Worker::map`] parses a span of a file, changes its rows and divides them by
//! person. *Shuffle*: the pieces of one part are brought together. *Reduce*: [`Worker::reduce`] works on all persons of a
//! part and gives back their records. Everything that travels is plain bytes or has serde. [`Partial`]s are sums: a task
//! that fails is thrown away whole and done again, and its result is the same.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use arrow::array::RecordBatch;
use denizen_aggregate::Tabulation;
use denizen_clean::{CheckSums, Checks, Plan, Scratch, StepReports, piece, split, without_places};
use denizen_ingest::{IngestStats, Input, Key, Parser, ReadError, Span};
use denizen_spec::{CheckedRows, Code, Codelist, Diagnostic, Pipeline, Reject, Scope, SourceKind};
use serde::{Deserialize, Serialize};

use crate::assembly::blank_tables;
use crate::observer::Clock;
use crate::project::Project;
use crate::records::{add_tables, work_on_persons};

/// What every worker on a source of records must know. It holds no data and no key.
///
/// ```no_run
/// use std::path::Path;
///
/// use denizen::{Assembly, Cancel, Job, Piece, Project, Run, Worker};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fault = |faults: Vec<denizen_spec::Diagnostic>| faults[0].message.clone();
/// let project = Project::open(Path::new("pipelines/peru-1990-2007.toml"), &[])?;
/// let job = Job::new(&project, "crossings", None, 8)?;
/// let worker = Worker::new(job.clone(), None).map_err(fault)?;
///
/// // Map: what has come of each span, on any machine that has its bytes. One span a file here.
/// let mut total = worker.empty();
/// let mut pieces: Vec<Piece> = Vec::new();
/// for span in job.input().spans(u64::MAX) {
///     let mapped = worker.map(job.input().span_bytes(&span)?, &span)?;
///     total.merge(mapped.partial);
///     pieces.extend(mapped.pieces);
/// }
/// // Reduce: all pieces of a part.
/// let mut records = Vec::new();
/// for part in 0..=8 {
///     let of_part: Vec<Piece> = pieces.iter().filter(|piece| piece.part == part).cloned().collect();
///     if of_part.is_empty() {
///         continue;
///     }
///     let reduced = worker.reduce(of_part, 1_000_000_000, Path::new("/tmp"))?;
///     records.extend(reduced.batches()?.into_iter().map(|batch| (part, batch)));
///     total.merge(reduced.partial);
/// }
/// // Finish, on one machine.
/// let files = 0..job.input().paths().len();
/// let fingerprints = files.map(|file| job.input().fingerprint(file)).collect::<Result<Vec<_>, _>>()?;
/// let cancel = Cancel::default();
/// let run = Run { parts: 8, ..Run::new(project, &cancel) };
/// let mut assembly = Assembly::stage(run, Path::new("releases")).map_err(fault)?;
/// assembly.records_of("crossings", total, &fingerprints, records).map_err(fault)?;
/// assembly.finish().map_err(fault)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Serialize, Deserialize)]
pub struct Job {
    /// The version of the program that made it.
    version: String,
    pipeline: Pipeline,
    input: Input,
    /// The code lists that steps translate to.
    lists: Vec<Codelist>,
    /// Tells the key that all workers must have.
    key_mark: Option<String>,
    parts: u32,
}

impl Job {
    /// The job of a source of records, whose persons are divided into `parts` parts.
    ///
    /// # Errors
    ///
    /// When there is no such source, it holds cells, of which there is nothing to divide, or a step must see all its rows
    /// before they are divided, or a check must see several of them, or rows as they are released.
    pub fn new(project: &Project, source: &str, key: Option<&Key>, parts: u32) -> Result<Self, Diagnostic> {
        let input = project.inputs().find(|input| input.source().name == source);
        let input = input.filter(|input| input.source().kind == SourceKind::Records);
        let message = format!("there is no source of records `{source}`");
        let input = input.ok_or_else(|| Diagnostic::error(Code::UnknownSource, message))?;
        let pipeline = &project.pipeline;
        let mut steps = pipeline.steps_of(input.source());
        if let Some((id, step)) = steps.find(|(_, step)| step.operation.scope() == Scope::All) {
            let message = format!("`{}` must see all rows of `{source}`", step.operation.name());
            let fault = Diagnostic::error(Code::AllRecords, message);
            let label = "it works in a run on one machine only";
            return Err(fault.at(denizen_spec::Path::step(id), label).help(
                "run that step on one machine, and read the records of that release here: they bear what it made",
            ));
        }
        let mut checks = pipeline.checks_of(input.source());
        if let Some((id, check)) = checks.find(|(_, check)| !check.is_of_read_rows()) {
            let message = format!("the check `{}` must see all rows of `{source}`", check.name);
            let fault = Diagnostic::error(Code::AllRecords, message);
            let label = "it is made in a run on one machine only";
            return Err(fault.at(denizen_spec::Path::check(id), label).help(
                "elsewhere only checks of one row by itself (`then`, `never`, `stated`, `balance`) are made, of rows as they are read",
            ));
        }
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pipeline: project.pipeline.clone(),
            input: input.clone(),
            lists: project.lists.clone(),
            key_mark: key.map(Key::mark),
            parts: parts.max(1),
        })
    }

    /// The files of the source, for its spans.
    pub fn input(&self) -> &Input {
        &self.input
    }
}

/// One worker on a source of records. It keeps nothing between two calls.
pub struct Worker {
    job: Job,
    parser: Parser,
    plan: Plan,
    checks: Checks,
    tables: Vec<Tabulation>,
}

/// Sums over some of the records. They can be added in any order, each once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Partial {
    /// What was read.
    pub(crate) stats: IngestStats,
    /// The rows that did not get in.
    pub(crate) rejects: Vec<Reject>,
    /// What the steps did.
    pub(crate) steps: StepReports,
    /// The counts of the tables.
    pub(crate) tables: Vec<Tabulation>,
    /// What the checks say.
    pub(crate) checks: CheckSums,
}

impl Partial {
    /// Adds other sums. Rejects stay in the order in which sums are added: add those of [`Worker::map`] in the order of
    /// their spans.
    ///
    /// # Panics
    ///
    /// When they are of another job: its tables are others, and would be added to the wrong ones.
    pub fn merge(&mut self, other: Self) {
        self.stats.merge(other.stats);
        self.rejects.extend(other.rejects);
        self.steps.merge(&other.steps);
        add_tables(&mut self.tables, other.tables);
        self.checks.merge(other.checks);
    }

    /// Makes line numbers absolute by adding the lines of the file before the span.
    pub fn add_lines(&mut self, lines: u64) {
        self.stats.add_lines(lines);
        self.rejects.iter_mut().for_each(|reject| reject.place.add_lines(lines));
        self.checks.add_lines(lines);
    }
}

/// Rows of one part from some chunks of a span, as bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The part of the persons, from 1; 0 for rows of nobody, or all rows where there is one part only.
    pub part: u32,
    /// Where the rows are from: file, first byte of the span, number of the first chunk in it. Pieces in this order are rows in
    /// the order of the files.
    pub order: (usize, u64, u64),
    /// The rows, in the IPC format of Arrow with their words.
    pub bytes: Vec<u8>,
}

/// What has come of a span.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mapped {
    /// Its rows, by part.
    pub pieces: Vec<Piece>,
    /// Its sums; lines are counted from the first of the span.
    pub partial: Partial,
    /// Its lines.
    pub lines: u64,
}

/// What has come of a part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reduced {
    /// Its records, in order, each in the IPC format of Arrow.
    pub records: Vec<Vec<u8>>,
    /// Its sums.
    pub partial: Partial,
}

impl Reduced {
    /// The records as batches.
    ///
    /// # Errors
    ///
    /// When the bytes are not those that were written.
    pub fn batches(&self) -> Result<Vec<RecordBatch>, Diagnostic> {
        self.records.iter().map(|bytes| piece::read(bytes)).collect()
    }
}

impl Worker {
    /// Prepares a worker.
    ///
    /// # Errors
    ///
    /// When the job was made by another version of the program, or with another key; then everything that
    /// [`Project::open`] would have found.
    pub fn new(job: Job, key: Option<&Key>) -> Result<Self, Vec<Diagnostic>> {
        let version = env!("CARGO_PKG_VERSION");
        let refuse =
            |message: String, help: &str| Err(vec![Diagnostic::error(Code::OtherWorker, message).help(help)]);
        if job.version != version {
            let message = format!("this worker is version {version}, the run is version {}", job.version);
            return refuse(message, "install the same version everywhere");
        }
        if job.key_mark.is_some() && job.key_mark != key.map(Key::mark) {
            let message = "this worker has another key than the run".to_owned();
            return refuse(message, "give all workers the same key file");
        }
        let source = job.input.source();
        let lists: Vec<Codelist> = job.input.codelists().iter().chain(&job.lists).cloned().collect();
        Ok(Self {
            parser: job.input.parser(key)?,
            plan: Plan::new(&job.pipeline, source, &lists)?,
            checks: Checks::of_rows(&job.pipeline, source),
            tables: blank_tables(&job.pipeline, source, job.input.bytes()),
            job,
        })
    }

    pub(crate) fn job(&self) -> &Job {
        &self.job
    }

    /// No records: the sum to begin with.
    pub fn empty(&self) -> Partial {
        Partial {
            stats: IngestStats::default(),
            rejects: Vec::new(),
            steps: self.plan.empty_reports(),
            tables: self.tables.clone(),
            checks: self.checks.start().into_sums(),
        }
    }

    /// Parses a span, changes its rows and divides them by person. `bytes` are those of the file from the first of the
    /// span on, as [`Input::span_bytes`] reads them.
    ///
    /// # Errors
    ///
    /// [`ReadError::Indivisible`] where the file is to be read as [`Span::whole`]; else a fault of the data.
    pub fn map(&self, bytes: impl Read + Send + 'static, span: &Span) -> Result<Mapped, ReadError> {
        let mut pieces = Vec::new();
        let (partial, lines) = self.map_into(bytes, span, &mut |piece| {
            pieces.push(piece);
            Ok(())
        })?;
        Ok(Mapped { pieces, partial, lines })
    }

    /// As [`Worker::map`], and hands each piece out as soon as it is made: the sums of the span, and its lines.
    pub(crate) fn map_into(
        &self,
        bytes: impl Read + Send + 'static,
        span: &Span,
        take: &mut dyn FnMut(Piece) -> Result<(), Diagnostic>,
    ) -> Result<(Partial, u64), ReadError> {
        let mut partial = self.empty();
        let person = self.plan.by().map(|by| by.person.as_str());
        let mut waiting = Waiting::default();
        let checks = self.checks.start();
        let mut chunks = self.parser.span(bytes, span)?;
        while let Some(chunk) = chunks.next_chunk()? {
            partial.stats.merge(chunk.stats);
            partial.rejects.extend(chunk.rejects);
            checks.add(CheckedRows::AsRead, chunk.number, &chunk.batch)?;
            let batch = self.plan.rows(without_places(chunk.batch), &mut partial.steps)?;
            if waiting.bytes >= PIECES_BYTES {
                std::mem::take(&mut waiting).pieces(span, take)?;
            }
            waiting.first_chunk.get_or_insert(chunk.number.index);
            waiting.bytes += batch.get_array_memory_size();
            for (part, rows) in split(&batch, person, self.job.parts)? {
                waiting.parts.entry(part).or_default().push(rows);
            }
        }
        waiting.pieces(span, take)?;
        partial.checks = checks.into_sums();
        Ok((partial, chunks.lines()))
    }

    /// Works on all persons of a part. `pieces` are all of that part, in any order; what does not fit into `memory` bytes
    /// waits in the folder `scratch`.
    ///
    /// # Errors
    ///
    /// When a piece is not as it was written, the data do not allow a step, or the disk is full.
    pub fn reduce(&self, mut pieces: Vec<Piece>, memory: u64, scratch: &Path) -> Result<Reduced, Diagnostic> {
        pieces.sort_by_key(|piece| piece.order);
        let mut records = Vec::new();
        let bytes = pieces.into_iter().map(|piece| Ok(piece.bytes));
        let partial = self.reduce_into(bytes, memory, scratch, &mut |batch| {
            records.push(piece::write(&batch)?);
            Ok(())
        })?;
        Ok(Reduced { records, partial })
    }

    /// As [`Worker::reduce`], of pieces that come one by one, in order, and hands the records out as soon as they are made.
    pub(crate) fn reduce_into(
        &self,
        pieces: impl Iterator<Item = Result<Vec<u8>, Diagnostic>>,
        memory: u64,
        scratch: &Path,
        take: &mut dyn FnMut(RecordBatch) -> Result<(), Diagnostic>,
    ) -> Result<Partial, Diagnostic> {
        let partitions = self.plan.partitions(memory / 4, Scratch::new(scratch, false));
        for (number, bytes) in (0..).zip(pieces) {
            partitions.add(number, &piece::read(&bytes?)?)?;
        }
        let histories = partitions.into_histories()?.in_parts(self.job.parts)?;
        let clock = Clock::default();
        let mut partial = self.empty();
        self.plan.note_crowded(&histories, &mut partial.steps);
        for unit in 0..histories.units() {
            let worked = work_on_persons(&self.plan, &self.tables, histories.get(unit)?, &clock)?;
            partial.steps.merge(&worked.steps);
            add_tables(&mut partial.tables, worked.tables);
            take(worked.batch)?;
        }
        self.plan.note_order(&histories, &mut partial.steps);
        Ok(partial)
    }
}

/// Bytes of rows that become pieces together: a piece has its words with it, and of few rows it would be mostly these.
const PIECES_BYTES: usize = 1 << 26;

/// Rows on their way to pieces.
#[derive(Default)]
struct Waiting {
    parts: BTreeMap<u32, Vec<RecordBatch>>,
    first_chunk: Option<u64>,
    bytes: usize,
}

impl Waiting {
    fn pieces(
        self,
        span: &Span,
        take: &mut dyn FnMut(Piece) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let order = (span.file, span.start, self.first_chunk.unwrap_or_default());
        for (part, batches) in self.parts {
            take(Piece { part, order, bytes: piece::write(&piece::together(&batches)?)? })?;
        }
        Ok(())
    }
}
