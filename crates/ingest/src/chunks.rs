//! Files become chunks of bounded size, which any number of threads may ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use denizen_spec::{Code, Column, Diagnostic, FileReport, Source};

use crate::files::Input;
use crate::pseudonym::Key;
use crate::rows::{Constants, Piece, Rows};
use crate::typed::{MOST_UNMAPPED, Parsed, Parser, Usage};
use denizen_spec::Reject;

/// Rejects that are kept before a run gives up: they are held in memory until the release is written.
const MOST_REJECTS: u64 = 2_000_000;

/// Rows of one file that stand together: about a megabyte of it.
pub struct Chunk {
    /// Its number, from 0, in the order of the files.
    pub number: u64,
    /// The rows that got in: a column for each declared column. Codes and texts are dictionaries, dates are days,
    /// pseudonyms are nine bytes.
    pub batch: RecordBatch,
    /// The rows that did not.
    pub rejects: Vec<Reject>,
    /// Rows that were read: those of the batch, the rejects and the excluded.
    pub read: u64,
    /// Rows left out by rule.
    pub excluded: u64,
    /// Bytes of the files, as stored, that had been read when the chunk was cut.
    pub bytes_read: u64,
    file: usize,
}

/// The chunks of a source. Any number of threads may read and parse.
pub struct Chunks {
    input: Input,
    parser: Parser,
    cutter: Mutex<Cutter>,
    accounts: Mutex<Accounts>,
}

/// Rows of one file that were read and not yet parsed.
pub struct Read {
    busy: Duration,
    number: u64,
    bytes_read: u64,
    piece: Piece,
}

impl Read {
    /// Their size in bytes.
    pub fn bytes(&self) -> u64 {
        self.piece.bytes()
    }

    /// How long reading took, without waiting for other threads.
    pub fn busy(&self) -> Duration {
        self.busy
    }
}

/// What is known of the chunks so far. Sums and firsts only, so that their order does not matter.
#[derive(Default)]
struct Accounts {
    /// Rows read, accepted, rejected and excluded of each file.
    rows: BTreeMap<usize, [u64; 4]>,
    rejected: u64,
    usage: Usage,
    causes: BTreeMap<(Code, Option<String>), (u64, usize, Reject)>,
}

impl Input {
    /// Reads the rows.
    ///
    /// `key` is needed when a column is personal; synthetic files bring a key of their own.
    ///
    /// # Errors
    ///
    /// When there is no key, or a code of the pipeline is not in its list.
    pub fn chunks(self, key: Option<&Key>) -> Result<Chunks, Vec<Diagnostic>> {
        let shipped = if key.is_none() { self.shipped_key().map_err(|fault| vec![fault])? } else { None };
        let parser = Parser::new(&self.source, &self.lists, self.decoder, key.or(shipped.as_ref()))?;
        Ok(Chunks { input: self, parser, cutter: Mutex::default(), accounts: Mutex::default() })
    }

    /// The key that all files bring, when they are all synthetic and agree on it.
    fn shipped_key(&self) -> Result<Option<Key>, Diagnostic> {
        let key = |file: &crate::files::InputFile| {
            let snapshot = file.snapshot.as_ref().filter(|snapshot| snapshot.synthetic)?;
            snapshot.key.clone()
        };
        let mut keys = self.files.iter().map(key);
        let first = keys.next().flatten();
        match first.filter(|first| keys.all(|other| other.as_ref() == Some(first))) {
            Some(key) => Key::from_hex(&key).map(Some),
            None => Ok(None),
        }
    }
}

/// A thread that panics while it holds one of these has ended the run.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chunks {
    /// Reads the next rows; none at the end of the last file. One thread at a time reads.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is not the one that was recorded.
    pub fn read(&self) -> Result<Option<Read>, Diagnostic> {
        lock(&self.cutter).next(&self.input)
    }

    /// Cuts and parses what was read, on the thread that calls it.
    ///
    /// # Errors
    ///
    /// When there are too many rejects to go on.
    pub fn parse(&self, read: Read) -> Result<Chunk, Diagnostic> {
        let Read { number, bytes_read, piece, .. } = read;
        let Parsed { file, batch, rejects, read, excluded, usage } =
            self.parser.parse(piece.into_batch()).map_err(|error| {
                Diagnostic::error(Code::Internal, "a chunk could not be built").note(error.to_string())
            })?;
        let chunk = Chunk { number, batch, rejects, read, excluded, bytes_read, file };
        let mut accounts = lock(&self.accounts);
        accounts.add(&chunk, usage);
        if accounts.rejected > MOST_REJECTS {
            let read = accounts.rows.values().map(|rows| rows[0]).sum();
            return Err(too_many(&self.input, &accounts, read));
        }
        Ok(chunk)
    }

    /// What was read of each file, and warnings; to be called when the chunks have come to their end.
    ///
    /// # Errors
    ///
    /// When more rows were rejected than the source allows.
    pub fn finish(self) -> Result<(Vec<FileReport>, Vec<Diagnostic>), Diagnostic> {
        let Self { input, parser, cutter, accounts } = self;
        let accounts = accounts.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut reports = cutter.into_inner().unwrap_or_else(PoisonError::into_inner).reports;
        for (file, [read, accepted, rejected, excluded]) in &accounts.rows {
            let report = &mut reports[*file];
            (report.read, report.accepted) = (*read, *accepted);
            (report.rejected, report.excluded) = (*rejected, *excluded);
        }
        let read: u64 = reports.iter().map(|report| report.read).sum();
        let rejected = accounts.rejected;
        if rejected as f64 > input.source.max_rejected * read as f64 {
            return Err(too_many(&input, &accounts, read));
        }
        if let Some(fault) = same_file_twice(&reports) {
            return Err(fault);
        }
        let mut warnings: Vec<Diagnostic> =
            unused_codes(&input, &parser, &accounts.usage).into_iter().collect();
        if rejected > 0 {
            let name = &input.source.name;
            let message = format!("{rejected} of {read} rows of `{name}` were rejected");
            let mut warning = Diagnostic::warning(Code::RejectedRows, message);
            warning.notes = accounts.cause_notes(&input.source);
            warnings.push(warning.help("each of them is in rejects.parquet, with its place and reason"));
        }
        if read == rejected {
            let message = format!("no row of `{}` got in", input.source.name);
            warnings.push(Diagnostic::warning(Code::NothingLeft, message));
        }
        Ok((reports, warnings))
    }
}

impl Accounts {
    fn add(&mut self, chunk: &Chunk, usage: Usage) {
        let rows = self.rows.entry(chunk.file).or_default();
        let rejected = chunk.rejects.len() as u64;
        let more = [chunk.read, chunk.batch.num_rows() as u64, rejected, chunk.excluded];
        rows.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        self.rejected += rejected;
        self.usage.merge(usage);
        for reject in &chunk.rejects {
            let cause = (reject.reason, reject.column.as_ref().map(|column| column.to_string()));
            let known = self.causes.entry(cause).or_insert_with(|| (0, chunk.file, reject.clone()));
            known.0 += 1;
            if (chunk.file, reject.place.byte()) < (known.1, known.2.place.byte()) {
                (known.1, known.2) = (chunk.file, reject.clone());
            }
        }
    }

    /// One line for each reason and column: how often, where first, and which codes have no meaning. Where a source has
    /// persons, a text that could be about one is not told: a stray delimiter may put it into any column.
    fn cause_notes(&self, source: &Source) -> Vec<String> {
        let has_persons = source.columns.iter().any(|column| column.personal);
        let note =
            |((reason, column), (count, _, first)): (&(Code, Option<String>), &(u64, usize, Reject))| {
                let column = column.as_ref().map(|column| format!(" in `{column}`")).unwrap_or_default();
                let labels = first.column.as_ref().filter(|_| *reason == Code::UnmappedCode);
                let labels = labels.and_then(|column| self.usage.unmapped.get(column));
                let labels =
                    labels.map(|texts| format!(" ({})", told(texts, has_persons))).unwrap_or_default();
                format!("{count} × {reason}{column}{labels}, first at {}:{}", first.file, first.place.line())
            };
        self.causes.iter().map(note).collect()
    }
}

fn same_file_twice(reports: &[FileReport]) -> Option<Diagnostic> {
    let mut hashes = BTreeSet::new();
    let mut read = reports.iter().filter(|report| report.read > 0);
    let report = read.find(|report| !hashes.insert(report.sha256.as_str()))?;
    let message = format!("`{}` has the same bytes as another file of the source", report.name);
    let fault = Diagnostic::error(Code::SameFileTwice, message).in_file(&*report.name, None);
    Some(fault.help("remove the copy, or name one file in `files`"))
}

fn too_many(input: &Input, accounts: &Accounts, read: u64) -> Diagnostic {
    let source = &input.source;
    let message = format!("{} of {read} rows of `{}` were rejected", accounts.rejected, source.name);
    let mut fault = Diagnostic::error(Code::TooManyRejects, message);
    if let Some((_, _, first)) =
        accounts.causes.values().min_by_key(|(_, file, first)| (*file, first.place.byte()))
    {
        fault = fault.in_file(&*first.file, Some(first.place.line()));
    }
    fault.notes = accounts.cause_notes(source);
    let allowed = source.max_rejected * 100.0;
    fault.help(format!("at most {allowed} % may be; mend the causes, or state `max_rejected` in the source"))
}

/// Declared codes that no file has: the publisher stopped using them, or they are misspelt.
fn unused_codes(input: &Input, parser: &Parser, usage: &Usage) -> Option<Diagnostic> {
    let unused = |column: &Column| {
        let used: BTreeSet<&str> = parser.met(&column.name, usage).collect();
        let codes = column.codes.iter().map(|(theirs, _)| theirs.clone());
        let codes: Vec<_> = codes.filter(|code| !used.contains(code.as_str())).collect();
        (!codes.is_empty()).then(|| format!("`{}`: {}", column.name, shortened(codes.iter())))
    };
    let source = &input.source;
    let notes: Vec<String> = source.columns.iter().filter_map(unused).collect();
    let name = &source.name;
    let message = format!("the files of `{name}` do not have all codes that the pipeline declares");
    let mut warning = Diagnostic::warning(Code::UnusedCode, message);
    warning.notes = notes;
    (!warning.notes.is_empty()).then_some(warning)
}

/// Reads the files one after another, piece by piece.
#[derive(Default)]
struct Cutter {
    rows: Option<Rows>,
    next_file: usize,
    next_number: u64,
    reports: Vec<FileReport>,
    bytes_of_finished_files: u64,
    /// The codes of undeclared dimensions in the files before: one code for all files of a source.
    constants: Constants,
    /// After a fault nothing more is read.
    failed: bool,
}

impl Cutter {
    fn next(&mut self, input: &Input) -> Result<Option<Read>, Diagnostic> {
        let start = Instant::now();
        if self.failed {
            return Ok(None);
        }
        let piece = self.piece(input).inspect_err(|_| self.failed = true)?;
        let number = self.next_number;
        self.next_number += 1;
        Ok(piece.map(|piece| Read { busy: start.elapsed(), number, bytes_read: self.bytes_read(), piece }))
    }

    fn piece(&mut self, input: &Input) -> Result<Option<Piece>, Diagnostic> {
        loop {
            let Some(rows) = self.rows.as_mut() else {
                if !self.open_next(input)? {
                    return Ok(None);
                }
                continue;
            };
            match rows.next_piece()? {
                Some(piece) => return Ok(Some(piece)),
                None => self.close()?,
            }
        }
    }

    /// Bytes of the files, as stored, that have been read so far.
    fn bytes_read(&self) -> u64 {
        let now = self.rows.as_ref().map(|rows| lock(&rows.fingerprint).bytes);
        self.bytes_of_finished_files + now.unwrap_or(0)
    }

    fn open_next(&mut self, input: &Input) -> Result<bool, Diagnostic> {
        let Some(file) = input.files.get(self.next_file) else { return Ok(false) };
        self.rows = Some(Rows::open(
            self.next_file,
            file,
            input.source.format.delimited().delimiter,
            &self.constants,
        )?);
        self.next_file += 1;
        self.reports.push(FileReport {
            name: file.name.clone(),
            bytes: file.bytes,
            sha256: String::new(),
            snapshot: file.snapshot.clone(),
            read: 0,
            accepted: 0,
            rejected: 0,
            excluded: 0,
        });
        Ok(true)
    }

    /// Notes the fingerprint of the file that has come to its end, and compares it with the sidecar.
    fn close(&mut self) -> Result<(), Diagnostic> {
        let Some(rows) = self.rows.take() else { return Ok(()) };
        self.constants.extend(rows.constants());
        let fingerprint = lock(&rows.fingerprint);
        self.bytes_of_finished_files += fingerprint.bytes;
        let Some(report) = self.reports.last_mut() else { return Ok(()) };
        report.sha256 = fingerprint.sha256();
        let recorded = report.snapshot.as_ref().and_then(|snapshot| snapshot.sha256.as_ref());
        match recorded.filter(|recorded| **recorded != report.sha256) {
            None => Ok(()),
            Some(recorded) => Err(Diagnostic::error(
                Code::ChangedSnapshot,
                format!("`{}` is not the file that was recorded", report.name),
            )
            .in_file(&*report.name, None)
            .note(format!("SHA-256 {}, recorded {recorded}", report.sha256))
            .help("restore the file, or record it as a new snapshot in its sidecar")),
        }
    }
}

/// What is said of texts without a meaning, of which so many rows have each. No person is told by four characters, nor by
/// what stands in five rows.
fn told(texts: &BTreeMap<String, u64>, has_persons: bool) -> String {
    let may_be_told =
        |(text, rows): &(&String, &u64)| !has_persons || **rows >= 5 || text.chars().count() <= 4;
    let names: Vec<&String> = texts.iter().filter(may_be_told).map(|(text, _)| text).collect();
    let others = texts.len() - names.len();
    let mut told = Vec::new();
    if !names.is_empty() {
        told.push(shortened(names.into_iter()));
    }
    if others > 0 {
        told.push(format!("{others} not told, for they may be personal"));
    }
    if texts.len() >= MOST_UNMAPPED {
        told.push("and perhaps others".to_owned());
    }
    told.join(", ")
}

/// At most eight names, in backticks, each cut to a length that fits a line.
fn shortened<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> String {
    let more = names.len().saturating_sub(8);
    let cut = |name: &String| match name.char_indices().nth(40) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    };
    let mut text = names.take(8).map(cut).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}
