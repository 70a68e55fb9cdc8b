//! What is said of a source when all of it has been read: reports, warnings, and whether too much was rejected.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{Code, Column, Diagnostic, FieldType, FileReport};

use crate::code_mapping::code_mapping;
use crate::input::{Fingerprint, Input};
use crate::stats::{IngestStats, MOST_UNMAPPED, RejectReason, RowCounts};

impl Input {
    /// What was read of each file, and warnings: by the merged statistics of all chunks, and the fingerprints of the files
    /// that were read, in their order.
    ///
    /// # Errors
    ///
    /// When more rows were rejected than the source allows, a file is not the one that was recorded, or rows are mixed
    /// that an undeclared dimension tells apart.
    pub fn finish(
        &self,
        stats: &IngestStats,
        fingerprints: &[Fingerprint],
    ) -> Result<(Vec<FileReport>, Vec<Diagnostic>), Diagnostic> {
        if fingerprints.len() != self.files.len() {
            let (found, files) = (fingerprints.len(), self.files.len());
            let message = format!("`{}` has {files} files, and {found} were read", self.source.name);
            return Err(Diagnostic::error(Code::Internal, message));
        }
        let mut reports = Vec::new();
        for (file, fingerprint) in fingerprints.iter().enumerate() {
            self.check_fingerprint(file, fingerprint)?;
            reports.push(self.file_report(
                file,
                stats.files.get(&file).copied().unwrap_or_default(),
                fingerprint,
            ));
        }
        if let Some(error) = self.undeclared_dimension(stats) {
            return Err(error);
        }
        let (read, rejected) = (stats.read(), stats.rejected());
        if rejected as f64 > self.source.max_rejected * read as f64 {
            return Err(self.too_many_rejects(stats));
        }
        if let Some(error) = same_file_twice(&reports) {
            return Err(error);
        }
        let mut warnings: Vec<_> = self.unused_codes(stats).into_iter().collect();
        if rejected > 0 {
            let name = &self.source.name;
            let message = format!("{rejected} of {read} rows of `{name}` were rejected");
            let mut warning = Diagnostic::warning(Code::RejectedRows, message);
            warning.notes = self.reject_notes(stats);
            let texts = if stats.codes.unmapped.is_empty() {
                ""
            } else {
                ", and each text without a meaning in unmapped.parquet"
            };
            let help = format!("each of them is in rejects.parquet, with its place and reason{texts}");
            warnings.push(warning.help(help));
        }
        if read == rejected {
            let message = format!("every row of `{}` was rejected or excluded", &self.source.name);
            warnings.push(Diagnostic::warning(Code::NothingLeft, message));
        }
        Ok((reports, warnings))
    }

    fn file_report(&self, file: usize, counts: RowCounts, fingerprint: &Fingerprint) -> FileReport {
        let RowCounts { read, accepted, rejected, excluded } = counts;
        FileReport {
            name: self.files[file].name.as_str().into(),
            bytes: fingerprint.bytes,
            sha256: fingerprint.sha256.clone(),
            snapshot: self.files[file].snapshot.clone(),
            read,
            accepted,
            rejected,
            excluded,
        }
    }

    /// Compares the fingerprint of a file with its sidecar.
    pub(crate) fn check_fingerprint(&self, file: usize, found: &Fingerprint) -> Result<(), Diagnostic> {
        let file = &self.files[file];
        let recorded = file.snapshot.as_ref().and_then(|snapshot| snapshot.sha256.as_ref());
        let Some(recorded) = recorded.filter(|recorded| **recorded != found.sha256) else { return Ok(()) };
        let message = format!("`{}` is not the file that was recorded", file.name);
        Err(Diagnostic::error(Code::ChangedSnapshot, message)
            .in_file(&file.name, None)
            .note(format!("SHA-256 {}, recorded {recorded}", found.sha256))
            .help("restore the file, or record it as a new snapshot in its sidecar"))
    }

    fn undeclared_dimension(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let (name, place) = stats.dimensions.contradiction()?;
        let message = format!("the dimension `{name}` has several codes and is not declared");
        let error = Diagnostic::error(Code::UndeclaredDimension, message)
            .in_file(&self.files[place.file].name, Some(place.place.line()));
        Some(error.help(format!("declare a column with `from = \"{name}\"`")))
    }

    fn too_many_rejects(&self, stats: &IngestStats) -> Diagnostic {
        let name = &self.source.name;
        let message = format!("{} of {} rows of `{name}` were rejected", stats.rejected(), stats.read());
        let mut error = Diagnostic::error(Code::TooManyRejects, message);
        if let Some(reason) = stats.reject_reasons.iter().min_by_key(|reason| reason.first.order()) {
            error = error.in_file(&self.files[reason.first.file].name, Some(reason.first.place.line()));
        }
        error.notes = self.reject_notes(stats);
        let allowed = self.source.max_rejected * 100.0;
        let mut help =
            format!("the limit is {allowed} % (`max_rejected`); fix the causes above, or raise it");
        if self.source.has_personal_columns() && !stats.codes.unmapped.is_empty() {
            help += ": a run with `max_rejected = 1` writes the texts to restricted/unmapped.parquet";
        }
        error.help(help)
    }

    /// One line for each reason and column: how often, where first, and which codes have no meaning. Where a source has
    /// persons no text is told: a stray delimiter may put any of theirs into any column.
    fn reject_notes(&self, stats: &IngestStats) -> Vec<String> {
        let has_persons = self.source.has_personal_columns();
        let note = |RejectReason { reason, column, count, first }: &RejectReason| {
            let texts = column.as_ref().filter(|_| *reason == Code::UnmappedCode);
            let texts = texts.and_then(|column| stats.codes.unmapped.get(column));
            let texts = texts.map(|texts| format!(" ({})", list_texts(texts, has_persons)));
            let texts = texts.unwrap_or_default();
            let column = column.as_ref().map(|column| format!(" in `{column}`")).unwrap_or_default();
            let file = &self.files[first.file].name;
            format!("{count} × {reason}{column}{texts}, first at {file}:{}", first.place.line())
        };
        stats.reject_reasons.iter().map(note).collect()
    }

    /// Declared codes that no file has: the publisher stopped using them, or they are misspelt.
    fn unused_codes(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let codes = self.source.columns.iter().filter(|column| column.field_type == FieldType::Code);
        let notes: Vec<String> = codes.filter_map(|column| self.unused_codes_of(column, stats)).collect();
        let name = &self.source.name;
        let message = format!("some declared codes never occur in `{name}`");
        let mut warning = Diagnostic::warning(Code::UnusedCode, message);
        warning.notes = notes;
        (!warning.notes.is_empty()).then_some(warning)
    }

    fn unused_codes_of(&self, column: &Column, stats: &IngestStats) -> Option<String> {
        let mapping = code_mapping(column, &self.source, &self.lists).ok()?;
        let name = &column.name;
        let seen = stats.codes.seen.get(name).map(Vec::as_slice).unwrap_or_default();
        let used: BTreeSet<&String> =
            mapping.keys().zip(seen).filter(|(_, seen)| **seen).map(|(text, _)| text).collect();
        let declared = column.codes.iter().map(|(text, _)| text);
        let unused: Vec<_> = declared.filter(|text| !used.contains(text)).collect();
        (!unused.is_empty()).then(|| format!("`{name}`: {}", shortened(unused.into_iter())))
    }
}

fn same_file_twice(reports: &[FileReport]) -> Option<Diagnostic> {
    let mut hashes = BTreeSet::new();
    let mut read = reports.iter().filter(|report| report.read > 0);
    let report = read.find(|report| !hashes.insert(report.sha256.as_str()))?;
    let message = format!("`{}` has the same bytes as another file of the source", report.name);
    let error = Diagnostic::error(Code::SameFileTwice, message).in_file(&*report.name, None);
    Some(error.help("remove the copy, or name one file in `files`"))
}

/// What is said of texts without a meaning, of which so many rows have each.
fn list_texts(texts: &BTreeMap<String, u64>, has_persons: bool) -> String {
    let or_more = if texts.len() >= MOST_UNMAPPED { " or more" } else { "" };
    if has_persons {
        let noun = if texts.len() == 1 { "text" } else { "texts" };
        return format!("{}{or_more} {noun}, not shown as the source has personal columns", texts.len());
    }
    let perhaps_others = if texts.len() >= MOST_UNMAPPED { ", and perhaps others" } else { "" };
    format!("{}{perhaps_others}", shortened(texts.keys()))
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
