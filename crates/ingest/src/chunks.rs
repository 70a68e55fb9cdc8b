//! Files become chunks of bounded size, in the order of the files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::PoisonError;

use denizen_spec::{Code, Column, Diagnostic};
use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::files::{FileReport, Input};
use crate::pseudonym::Key;
use crate::reject::Reject;
use crate::rows::{Batch, Constants, Rows};
use crate::typed::{Parser, Usage};

/// Rejects that are kept before a run gives up: they are held in memory until the release is written.
const MOST_REJECTS: u64 = 2_000_000;

/// Rows of one file that stand together, at most 65,536 of them.
pub struct Chunk {
    /// The rows that got in: a column for each declared column.
    pub frame: DataFrame,
    /// The rows that did not.
    pub rejects: Vec<Reject>,
    /// Rows that were read: those of the frame, the rejects and the excluded.
    pub read: u64,
    /// Rows left out by rule.
    pub excluded: u64,
    pub(crate) file: usize,
}

/// The chunks of a source, in order, whatever the number of threads.
pub struct Chunks {
    input: Input,
    parser: Parser,
    rows: Option<Rows>,
    next_file: usize,
    /// Cut while the round before is being parsed.
    round: Vec<Batch>,
    ready: VecDeque<Chunk>,
    reports: Vec<FileReport>,
    usage: Usage,
    causes: BTreeMap<(Code, Option<String>), (u64, Reject)>,
    bytes_of_finished_files: u64,
    constants: Constants,
    failed: bool,
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
        Ok(Chunks {
            input: self,
            parser,
            rows: None,
            next_file: 0,
            round: Vec::new(),
            ready: VecDeque::new(),
            reports: Vec::new(),
            usage: Usage::default(),
            causes: BTreeMap::new(),
            bytes_of_finished_files: 0,
            constants: Constants::new(),
            failed: false,
        })
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

impl Chunks {
    /// Bytes of the files, as stored, that have been read so far.
    pub fn bytes_read(&self) -> u64 {
        let now = self
            .rows
            .as_ref()
            .map(|rows| rows.fingerprint.lock().unwrap_or_else(PoisonError::into_inner).bytes);
        self.bytes_of_finished_files + now.unwrap_or(0)
    }

    /// What was read of each file, and warnings; to be called when the chunks have come to their end.
    ///
    /// # Errors
    ///
    /// When more rows were rejected than the source allows.
    pub fn finish(self) -> Result<(Vec<FileReport>, Vec<Diagnostic>), Diagnostic> {
        let read: u64 = self.reports.iter().map(|report| report.read).sum();
        let rejected: u64 = self.reports.iter().map(|report| report.rejected).sum();
        if rejected as f64 > self.input.source.max_rejected * read as f64 {
            return Err(self.too_many(rejected, read));
        }
        if let Some(fault) = self.same_file_twice() {
            return Err(fault);
        }
        let mut warnings: Vec<Diagnostic> = self.unused_codes().into_iter().collect();
        if rejected > 0 {
            let name = self.input.source.name.get_ref();
            let message = format!("{rejected} of {read} rows of `{name}` were rejected");
            let mut warning = Diagnostic::warning(Code::RejectedRows, message);
            warning.notes = self.cause_notes();
            warnings.push(warning.help("each of them is in rejects.parquet, with its place and reason"));
        }
        if read == rejected {
            let message = format!("no row of `{}` got in", self.input.source.name.get_ref());
            warnings.push(Diagnostic::warning(Code::NothingLeft, message));
        }
        Ok((self.reports, warnings))
    }

    fn same_file_twice(&self) -> Option<Diagnostic> {
        let mut hashes = BTreeSet::new();
        let mut read = self.reports.iter().filter(|report| report.read > 0);
        let report = read.find(|report| !hashes.insert(report.sha256.as_str()))?;
        let message = format!("`{}` has the same bytes as another file of the source", report.name);
        let fault = Diagnostic::error(Code::SameFileTwice, message).in_file(&*report.name, None);
        Some(fault.help("remove the copy, or name one file in `files`"))
    }

    fn too_many(&self, rejected: u64, read: u64) -> Diagnostic {
        let source = &self.input.source;
        let message = format!("{rejected} of {read} rows of `{}` were rejected", source.name.get_ref());
        let mut fault = Diagnostic::error(Code::TooManyRejects, message);
        if let Some((_, first)) = self.causes.values().min_by_key(|(_, first)| first.byte) {
            fault = fault.in_file(&*first.file, Some(first.line));
        }
        fault.notes = self.cause_notes();
        let allowed = source.max_rejected * 100.0;
        fault.help(format!(
            "at most {allowed} % may be; mend the causes, or state `max_rejected` in the source"
        ))
    }

    /// One line for each reason and column: how often, where first, and which codes have no meaning.
    fn cause_notes(&self) -> Vec<String> {
        let note = |((reason, column), (count, first)): (&(Code, Option<String>), &(u64, Reject))| {
            let column = column.as_ref().map(|column| format!(" in `{column}`")).unwrap_or_default();
            let labels = first.column.as_ref().filter(|_| *reason == Code::UnmappedCode);
            let labels = labels.and_then(|column| self.usage.unmapped.get(column));
            let labels = labels.map(|texts| format!(" ({})", shortened(texts.keys()))).unwrap_or_default();
            format!("{count} × {reason}{column}{labels}, first at {}:{}", first.file, first.line)
        };
        self.causes.iter().map(note).collect()
    }

    /// Declared codes that no file has: the publisher stopped using them, or they are misspelt.
    fn unused_codes(&self) -> Option<Diagnostic> {
        let unused = |column: &Column| {
            let used = self.usage.used.get(column.name.get_ref().as_str());
            let codes = column.codes.iter().map(|(theirs, _)| theirs.get_ref().clone());
            let codes: Vec<_> = codes.filter(|code| used.is_none_or(|used| !used.contains(code))).collect();
            (!codes.is_empty()).then(|| format!("`{}`: {}", column.name.get_ref(), shortened(codes.iter())))
        };
        let source = &self.input.source;
        let notes: Vec<String> = source.columns.iter().filter_map(unused).collect();
        let name = source.name.get_ref();
        let message = format!("the files of `{name}` do not have all codes that the pipeline declares");
        let mut warning = Diagnostic::warning(Code::UnusedCode, message);
        warning.notes = notes;
        (!warning.notes.is_empty()).then_some(warning)
    }

    fn advance(&mut self) -> Result<(), Diagnostic> {
        if self.round.is_empty() {
            self.round = self.cut_round()?;
        }
        let current = std::mem::take(&mut self.round);
        // Cutting a file into rows takes one thread; the others parse the round before meanwhile.
        let Self { parser, .. } = self;
        let parser: &Parser = parser;
        let mut cutter = Cutter {
            input: &self.input,
            rows: &mut self.rows,
            next_file: &mut self.next_file,
            reports: &mut self.reports,
            bytes: &mut self.bytes_of_finished_files,
            constants: &mut self.constants,
        };
        let (next, parsed) = rayon::join(
            || cutter.round(),
            || current.into_par_iter().map(|batch| parser.parse(batch)).collect::<Vec<_>>(),
        );
        for chunk in parsed {
            let (chunk, usage) = chunk.map_err(|error| {
                Diagnostic::error(Code::Internal, "a chunk could not be built").note(error.to_string())
            })?;
            self.usage.merge(usage);
            self.account(&chunk);
            self.ready.push_back(chunk);
        }
        self.round = next?;
        Ok(())
    }

    fn cut_round(&mut self) -> Result<Vec<Batch>, Diagnostic> {
        Cutter {
            input: &self.input,
            rows: &mut self.rows,
            next_file: &mut self.next_file,
            reports: &mut self.reports,
            bytes: &mut self.bytes_of_finished_files,
            constants: &mut self.constants,
        }
        .round()
    }

    fn account(&mut self, chunk: &Chunk) {
        let report = &mut self.reports[chunk.file];
        report.read += chunk.read;
        report.accepted += chunk.frame.height() as u64;
        report.rejected += chunk.rejects.len() as u64;
        report.excluded += chunk.excluded;
        for reject in &chunk.rejects {
            let cause = (reject.reason, reject.column.as_ref().map(|column| column.to_string()));
            self.causes.entry(cause).or_insert_with(|| (0, reject.clone())).0 += 1;
        }
    }
}

impl Iterator for Chunks {
    type Item = Result<Chunk, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.failed {
            let is_end =
                self.rows.is_none() && self.round.is_empty() && self.next_file == self.input.files.len();
            if is_end {
                return None;
            }
            let (read, rejected) = self
                .reports
                .iter()
                .fold((0, 0), |(read, rejected), report| (read + report.read, rejected + report.rejected));
            let outcome =
                if rejected > MOST_REJECTS { Err(self.too_many(rejected, read)) } else { self.advance() };
            if let Err(fault) = outcome {
                self.failed = true;
                return Some(Err(fault));
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

/// Cuts files into batches, one round ahead of the parsing.
struct Cutter<'a> {
    input: &'a Input,
    rows: &'a mut Option<Rows>,
    next_file: &'a mut usize,
    reports: &'a mut Vec<FileReport>,
    bytes: &'a mut u64,
    /// The codes of undeclared dimensions in the files before: one code for all files of a source.
    constants: &'a mut Constants,
}

impl Cutter<'_> {
    /// A batch for each thread, or fewer at the end of the last file.
    fn round(&mut self) -> Result<Vec<Batch>, Diagnostic> {
        let mut round = Vec::new();
        while round.len() < rayon::current_num_threads() {
            let Some(rows) = self.rows.as_mut() else {
                if !self.open_next()? {
                    break;
                }
                continue;
            };
            match rows.next_batch()? {
                Some(batch) => round.push(batch),
                None => self.close()?,
            }
        }
        Ok(round)
    }

    fn open_next(&mut self) -> Result<bool, Diagnostic> {
        let Some(file) = self.input.files.get(*self.next_file) else { return Ok(false) };
        *self.rows = Some(Rows::open(*self.next_file, file, self.input.source.delimiter, self.constants)?);
        *self.next_file += 1;
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
        let fingerprint = rows.fingerprint.lock().unwrap_or_else(PoisonError::into_inner);
        *self.bytes += fingerprint.bytes;
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
