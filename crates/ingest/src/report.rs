//! What is said of a source when all of it has been read: reports, warnings, and whether too much was rejected.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use denizen_spec::{
    Code, Column, Diagnostic, FieldType, FileProfile, FileReport, RowPlace, Severity, WeightReport,
    is_above_share,
};

use crate::code_mapping::{OtherTexts, code_mapping};
use crate::encoding_guess::{HighBytes, advice};
use crate::formats::file_format;
use crate::input::{Fingerprint, Input, InputFile, column_letters};
use crate::proposal::Proposal;
use crate::stats::{FilePlace, IngestStats, MOST_UNMAPPED, Reasons, RejectReason, RowCounts};
use crate::visible::{all_visible, as_seen, visible};

impl Input {
    /// Why rows were rejected and fields could not be read, for a fault that may come of it.
    pub fn reject_notes(&self, stats: &IngestStats) -> Vec<String> {
        let mut notes = self.notes(&stats.rejects, stats);
        notes.extend(self.notes(&stats.incomplete, stats));
        notes
    }

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
        self.check_fingerprints(fingerprints)?;
        let reports = self.reports(stats, fingerprints);
        let mut warnings = self.notes_on_files();
        for (file, bytes) in &stats.bytes {
            warnings.extend(self.other_encoding(*file, *bytes)?);
        }
        if let Some(fault) = self.fault(stats, &reports) {
            return Err(fault);
        }
        warnings.extend(self.unused_codes(stats));
        warnings.extend(self.rejected_rows(stats));
        warnings.extend(self.incomplete_rows(stats));
        warnings.extend(self.replaced_characters(stats));
        warnings.extend(self.value_warnings(stats));
        warnings.extend(self.blank_rows(stats));
        if stats.read() == stats.rejected() {
            let name = &self.source.name;
            let message = match stats.read() {
                0 => format!("`{name}` has no row"),
                _ => format!("every row of `{name}` was rejected or excluded"),
            };
            warnings.push(Diagnostic::warning(Code::NothingLeft, message));
        }
        Ok((reports, warnings))
    }

    /// The first of the faults that only show when all files were read.
    fn fault(&self, stats: &IngestStats, reports: &[FileReport]) -> Option<Diagnostic> {
        let at_fault = stats.rejected() + stats.incomplete();
        let are_too_many = is_above_share(at_fault, self.source.max_rejected, stats.read());
        self.undeclared_dimension(stats)
            .or_else(|| self.changed_header(stats))
            .or_else(|| self.other_rows(stats))
            .or_else(|| are_too_many.then(|| self.too_many_rejects(stats)))
            .or_else(|| self.same_file_twice(reports))
            .or_else(|| self.too_large_weights(reports))
    }

    fn rejected_rows(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let (read, rejected) = (stats.read(), stats.rejected());
        let message = format!("{rejected} of {read} rows of `{}` were rejected", self.source.name);
        let mut warning = Diagnostic::warning(Code::RejectedRows, message);
        warning.notes = self.notes(&stats.rejects, stats);
        let texts = if stats.codes.unmapped.is_empty() {
            ""
        } else {
            ", and each text without a meaning in unmapped.parquet"
        };
        let help = format!("each of them is in rejects.parquet, with its place and reason{texts}");
        (rejected > 0).then(|| warning.help(help))
    }

    fn check_fingerprints(&self, fingerprints: &[Fingerprint]) -> Result<(), Diagnostic> {
        if fingerprints.len() != self.files.len() {
            let (found, files) = (fingerprints.len(), self.files.len());
            let message = format!("`{}` has {files} files, and {found} were read", self.source.name);
            return Err(Diagnostic::error(Code::Internal, message));
        }
        let mut fingerprints = fingerprints.iter().enumerate();
        fingerprints.try_for_each(|(file, fingerprint)| self.check_fingerprint(file, fingerprint))
    }

    /// Files of the same bytes; members of one archive are told apart by their names.
    fn same_file_twice(&self, reports: &[FileReport]) -> Option<Diagnostic> {
        let mut hashes = BTreeSet::new();
        let mut read = reports.iter().zip(&self.files).filter(|(report, _)| report.read > 0);
        let (report, _) =
            read.find(|(report, file)| !hashes.insert((report.sha256.as_str(), &file.member)))?;
        let message = format!("`{}` has the same bytes as another file of the source", report.name);
        let error = Diagnostic::error(Code::SameFileTwice, message).in_file(&*report.name, None);
        Some(error.help("remove the copy, or name one file in `files`"))
    }

    /// What was read of each file.
    pub(crate) fn reports(&self, stats: &IngestStats, fingerprints: &[Fingerprint]) -> Vec<FileReport> {
        let files = fingerprints.iter().enumerate();
        files.map(|(file, fingerprint)| self.file_report(file, stats, fingerprint)).collect()
    }

    fn file_report(&self, file: usize, stats: &IngestStats, fingerprint: &Fingerprint) -> FileReport {
        let counts = stats.files.get(&file).copied().unwrap_or_default();
        let RowCounts { read, accepted, rejected, excluded, blank, incomplete, weight } = counts;
        FileReport {
            name: self.files[file].name.as_str().into(),
            bytes: fingerprint.bytes,
            sha256: fingerprint.sha256.clone(),
            packed: self.files[file].packing.map(|packing| packing.name().to_owned()),
            snapshot: self.files[file].snapshot.clone(),
            variant: self.variant_of(file).map(|variant| variant.name.clone()),
            encoding: self.files[file]
                .encoding
                .as_ref()
                .map(|(label, evidence)| format!("{label}: {evidence}")),
            read,
            accepted,
            rejected,
            excluded,
            blank,
            incomplete,
            repaired: stats.values.repaired_in(file),
            in_part: stats.values.in_part_of(file),
            weight: weight.map(|weight| WeightReport { sum: weight.sum, zero_rows: weight.zero_rows }),
            profile: self.profile(file, stats),
        }
    }

    /// What a file held, for the next edition to be compared with it.
    fn profile(&self, file: usize, stats: &IngestStats) -> FileProfile {
        let counts = stats.files.get(&file).copied().unwrap_or_default();
        let rows = stats.profiles.get(&file).cloned().unwrap_or_default();
        let (form, InputFile { names, encoding, .. }) = (self.form_of(file), &self.files[file]);
        let found = encoding.as_ref().map(|(label, _)| label.clone());
        FileProfile {
            format: form.format.name().to_owned(),
            encoding: found.or_else(|| form.format.encoding().map(str::to_owned)),
            header: names.clone(),
            rows: counts.read,
            accepted: counts.accepted,
            columns: rows.columns(form),
            rejected: rows.rejected,
            unread: rows.unread,
            weight: counts.weight.map(|weight| weight.sum),
        }
    }

    /// Weights of a file that come to more than is a number of anybody.
    fn too_large_weights(&self, files: &[FileReport]) -> Option<Diagnostic> {
        let is_too_large = |file: &&FileReport| file.weight.is_some_and(|weight| weight.sum == u64::MAX);
        let file = files.iter().find(is_too_large)?;
        let weight = self.source.weight.as_deref().unwrap_or_default();
        let message = format!("the weights in `{weight}` come to more than 64 bits hold");
        Some(Diagnostic::error(Code::TooMany, message).in_file(&*file.name, None))
    }

    /// Rows that got in and do not state a field that could not be read.
    fn incomplete_rows(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let incomplete = stats.incomplete();
        let message = format!(
            "in {incomplete} of {} rows of `{}` a field could not be read, and is not stated",
            stats.read(),
            self.source.name
        );
        let mut warning = Diagnostic::warning(Code::IncompleteRows, message);
        warning.notes = self.notes(&stats.incomplete, stats);
        let help = match self.source.linked_by.as_slice() {
            [] => "no key, filter or rule reads it".to_owned(),
            // Rows stay that a key cannot link: another key may, and of those of nobody `link` gives the number.
            keys => format!(
                "no filter or rule reads it; a row that lacks a field of a key of `link` ({}) is linked by its other keys, or is of nobody",
                keys.join(", ")
            ),
        };
        let help = format!("{help}; `on_error = \"reject\"` leaves such rows out instead");
        (incomplete > 0).then(|| warning.help(help))
    }

    /// Rows that say nothing.
    fn blank_rows(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let blank: u64 = stats.files.values().map(|counts| counts.blank).sum();
        let message = format!("{blank} rows of `{}` say nothing, and are none", self.source.name);
        let mut warning = Diagnostic::warning(Code::BlankRow, message);
        warning.notes = self.notes(&stats.sparse, stats);
        (blank > 0).then_some(warning)
    }

    /// Characters that were lost before the file came here.
    fn replaced_characters(&self, stats: &IngestStats) -> Vec<Diagnostic> {
        let warning = |(count, first): &(u64, FilePlace)| {
            let file = &self.files[first.file].name;
            let message =
                format!("U+FFFD stands {count} times in `{file}`: what it stands for was lost before");
            let warning = Diagnostic::warning(Code::ReplacementCharacter, message);
            warning
                .in_file(file, Some(first.place.line()))
                .help("ask its publisher for the file as it was, or map such texts in `codes`")
        };
        stats.replaced.values().map(warning).collect()
    }

    /// Rows that are of something else than the table that is read, however few they are.
    fn other_rows(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let of = |code| stats.rejects.iter().find(|found| found.reason == code);
        let name = &self.source.name;
        let (reason, message, note, help) = if let Some(reason) = of(Code::Action) {
            (
                reason,
                format!("{} rows of `{name}` do not say that their cell is there", reason.count),
                "`ACTION` is `D` (delete), or none of the actions I, A, R and M of SDMX-CSV",
                "read a file of the whole table, or carry out the deletions and leave out these rows",
            )
        } else {
            let reason = of(Code::OtherDataflow)?;
            (
                reason,
                format!("{} rows of `{name}` are of a dataflow that is not declared", reason.count),
                "they are cells of another table",
                "add it to `dataflows` if the tables have their cells in common, or read another file",
            )
        };
        let error = Diagnostic::error(reason.reason, message)
            .in_file(&self.files[reason.first.file].name, Some(reason.first.place.line()));
        Some(error.note(note).help(help))
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

    /// What is said of the beginnings of files, once for each kind of remark.
    fn notes_on_files(&self) -> Vec<Diagnostic> {
        let mut notes: Vec<Diagnostic> = Vec::new();
        for note in self.files.iter().flat_map(|file| &file.notes) {
            if !notes.iter().any(|other| other.code == note.code && other.help == note.help) {
                notes.push(note.clone());
            }
        }
        notes
    }

    /// What is said of a file whose bytes cannot be in the declared encoding, although they can be read in it.
    ///
    /// # Errors
    ///
    /// The same, where it is beyond doubt: its texts would be wrong.
    fn other_encoding(&self, file: usize, bytes: HighBytes) -> Result<Option<Diagnostic>, Diagnostic> {
        let decoder = file_format(self.form_of(file))?.decoder();
        let Some((likely, is_certain)) = bytes.contradiction(decoder) else { return Ok(None) };
        let name = &self.files[file].name;
        let message = format!("`{name}` is not in the declared encoding: by its bytes it is {likely}");
        let fault = Diagnostic::error(Code::Encoding, message).in_file(name, None).help(advice(likely));
        let fault = fault
            .note(format!("{} is declared; its texts would read like `IÃ±apari` or `Per£`", decoder.name()));
        if is_certain { Err(fault) } else { Ok(Some(Diagnostic { severity: Severity::Warning, ..fault })) }
    }

    /// Where names of columns stand in another order, the rows below them are not what their columns say.
    fn changed_header(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let found = stats.rejects.iter().find(|reason| reason.reason == Code::ChangedHeader)?;
        let file = &self.files[found.first.file].name;
        let message = format!("`{file}` has a second header, with its columns in another order");
        let error =
            Diagnostic::error(Code::ChangedHeader, message).in_file(file, Some(found.first.place.line()));
        Some(error.help("put the rows from this line on into a file of their own"))
    }

    fn undeclared_dimension(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let (name, place) = stats.dimensions.contradiction()?;
        let message = format!("the dimension `{name}` has several codes and is not declared");
        let error = Diagnostic::error(Code::UndeclaredDimension, message)
            .in_file(&self.files[place.file].name, Some(place.place.line()));
        Some(error.help(match name {
            "DATAFLOW" | "STRUCTURE_ID" => "name those that belong together in `dataflows`".to_owned(),
            _ => format!("declare a column with `from = \"{name}\"`"),
        }))
    }

    fn too_many_rejects(&self, stats: &IngestStats) -> Diagnostic {
        let name = &self.source.name;
        let incomplete = match stats.incomplete() {
            0 => String::new(),
            count => format!(", and a field of {count} others could not be read"),
        };
        let message =
            format!("{} of {} rows of `{name}` were rejected{incomplete}", stats.rejected(), stats.read());
        let mut error = Diagnostic::error(Code::TooManyRejects, message);
        if let Some(reason) = stats.rejects.first().or(stats.incomplete.first()) {
            error = error.in_file(&self.files[reason.first.file].name, Some(reason.first.place.line()));
        }
        error.notes = self.notes(&stats.rejects, stats);
        error.notes.extend(self.notes(&stats.incomplete, stats));
        // Without what 0.29 × 100 has behind 29 in binary numbers.
        let allowed = (self.source.max_rejected * 1e12).round() / 1e10;
        let mut help =
            format!("the limit is {allowed} % (`max_rejected`); fix the causes above, or raise it");
        if self.source.has_personal_columns() && !stats.codes.unmapped.is_empty() {
            help += ": a run with `max_rejected = 1` writes the texts to restricted/unmapped.parquet";
        }
        error.help(help)
    }

    /// One line for each reason and column: how often, where first, and which codes have no meaning. Where a source has
    /// persons no text is told: a stray delimiter may put any of theirs into any column.
    fn notes(&self, reasons: &Reasons, stats: &IngestStats) -> Vec<String> {
        let has_persons = self.source.has_personal_columns();
        let note = |RejectReason { reason, column, count, first }: &RejectReason| {
            let texts = column.as_ref().filter(|_| *reason == Code::UnmappedCode);
            let texts = texts.and_then(|column| stats.codes.unmapped.get(column));
            let texts = texts.map(|texts| format!(" ({})", list_texts(texts, has_persons)));
            let texts = texts.unwrap_or_default();
            let shown = column.as_ref().map(|column| format!(" in `{column}`")).unwrap_or_default();
            let likely = stats.undecoded.likely().filter(|_| *reason == Code::Encoding);
            let texts = likely.map_or(texts, |label| format!(" (by their bytes: {label})"));
            let texts = texts + &self.expected(*reason, column.as_deref(), first, stats);
            let place = self.shown_place(first, column.as_deref());
            let bytes = if *reason == Code::Encoding { self.bad_bytes(first) } else { String::new() };
            format!("{count} × {reason}{shown}{texts}, first at {place}{bytes}")
        };
        let alike = if has_persons { Vec::new() } else { self.alike_codes(reasons, stats) };
        reasons.iter().map(note).chain(alike).collect()
    }

    /// What a text should have been that is no date or number, and one that is none where it is nobody's.
    fn expected(&self, reason: Code, column: Option<&str>, first: &FilePlace, stats: &IngestStats) -> String {
        let declared = column.and_then(|name| self.form_of(first.file).column(name));
        let layout = declared.and_then(|column| match &column.field_type {
            FieldType::Date(layout) if reason == Code::BadDate => {
                Some(format!("layout `{}`", layout.as_str()))
            }
            FieldType::Date(_) | FieldType::Text | FieldType::Code => None,
            FieldType::Integer | FieldType::Decimal { .. } | FieldType::Time => None,
        });
        let is_read = [Code::BadDate, Code::BadInteger, Code::BadDecimal, Code::BadWeight].contains(&reason);
        let example = column.filter(|_| is_read).and_then(|column| stats.examples.get(column));
        let example = example.map(|example| format!("found {}", shortened(std::iter::once(&example.text))));
        let parts: Vec<String> = layout.into_iter().chain(example).collect();
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
    }

    /// Texts without a meaning that look like a declared one, or hold one with its label: how to write them.
    fn alike_codes(&self, reasons: &Reasons, stats: &IngestStats) -> Vec<String> {
        let is_told = |column: &&Column| {
            let of_column = |reason: &RejectReason| reason.column.as_ref() == Some(&column.name);
            reasons.iter().any(|reason| reason.reason == Code::UnmappedCode && of_column(reason))
        };
        let mut notes = Vec::new();
        for column in self.source.columns.iter().filter(is_told) {
            let Some(texts) = stats.codes.unmapped.get(&column.name) else { continue };
            let Ok(mapping) = code_mapping(column, &self.source, &self.lists) else { continue };
            let declared: HashMap<String, &String> =
                mapping.keys().map(|text| (as_seen(text), text)).collect();
            notes.extend(texts.keys().filter_map(|text| alike_code(text, &declared)).take(8));
            if let Ok(Some(others)) =
                OtherTexts::new(column, &self.source, &self.lists, &self.indexes, &mapping)
            {
                notes.extend(texts.keys().filter_map(|text| proposed(text, others.proposal(text)?)).take(8));
            }
            let labelled =
                |text: &&String| text.split_once(": ").is_some_and(|(code, _)| mapping.contains_key(code));
            notes.extend(texts.keys().find(labelled).map(|text| {
                let code = text.split(": ").next().unwrap_or_default();
                format!("`{}` is the code `{code}` and its label: name the column in `from` without its label too, or declare such texts in `codes`", visible(text))
            }));
        }
        notes
    }

    /// Where a row is, in the words of its file.
    fn shown_place(&self, place: &FilePlace, column: Option<&str>) -> String {
        let file = &self.files[place.file];
        let name = &file.name;
        match &place.place {
            RowPlace::Line { line, .. } | RowPlace::Cell { line, .. } => format!("{name}:{line}"),
            RowPlace::Record { row } => format!("{name}, row {row}"),
            RowPlace::Sheet { sheet, row, .. } => {
                let column = column.and_then(|column| self.form_of(place.file).column(column));
                let index = column.and_then(|column| file.names.iter().position(|name| *name == column.from));
                let index = index.and_then(|index| u32::try_from(index).ok());
                let cell = index.map(|index| format!(", column {}", column_letters(index)));
                format!("{name}, sheet `{sheet}`, row {row}{}", cell.unwrap_or_default())
            }
        }
    }

    /// Declared codes that no file has: the publisher stopped using them, or they are misspelt.
    fn unused_codes(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let codes = self.source.columns.iter().filter(|column| column.field_type == FieldType::Code);
        let notes: Vec<String> = codes.filter_map(|column| self.unused_codes_of(column, stats)).collect();
        let name = &self.source.name;
        // What a rejected row says is not looked at.
        let message = match stats.rejected() {
            0 => format!("some declared codes never occur in `{name}`"),
            _ => format!("some declared codes are on no accepted row of `{name}`"),
        };
        let mut warning = Diagnostic::warning(Code::UnusedCode, message);
        warning.notes = notes;
        (!warning.notes.is_empty()).then_some(warning)
    }

    fn unused_codes_of(&self, column: &Column, stats: &IngestStats) -> Option<String> {
        let name = &column.name;
        let (mut used, mut declared) = (BTreeSet::new(), Vec::new());
        for (number, form) in self.source.forms().enumerate() {
            let column = form.column(name)?;
            let mapping = code_mapping(column, form, &self.lists).ok()?;
            let seen = stats.codes.seen.get(&number).and_then(|columns| columns.get(name));
            let seen = seen.into_iter().flatten();
            used.extend(mapping.into_keys().zip(seen).filter(|(_, seen)| **seen).map(|(text, _)| text));
            declared.extend(column.codes.iter().map(|(text, _)| text));
        }
        declared.dedup();
        let mut told = BTreeSet::new();
        let unused: Vec<_> =
            declared.into_iter().filter(|text| !used.contains(*text) && told.insert(*text)).collect();
        (!unused.is_empty()).then(|| format!("`{name}`: {}", shortened(unused.into_iter())))
    }
}

/// How to write a text that looks like a declared one.
fn alike_code(text: &str, declared: &HashMap<String, &String>) -> Option<String> {
    let declared = declared.get(&as_seen(text))?;
    let shown = if visible(text) == text { all_visible(text) } else { visible(text) };
    let note = format!("`{shown}` looks the same as the declared `{declared}`");
    Some(format!("{note}: in `codes` it is written \"{shown}\""))
}

/// What may be meant by a text. It is told and not taken: names that are nearly the same may be those of two countries.
fn proposed(text: &str, proposal: Proposal) -> Option<String> {
    let Proposal { code, label, why } = proposal;
    let meant = code.map(|code| format!(": `{code}` ({label}) may be meant")).unwrap_or_default();
    Some(format!("`{}` is {why}{meant}", visible(text)))
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
        Some((end, _)) => format!("`{}…`", visible(&name[..end])),
        None => format!("`{}`", visible(name)),
    };
    let mut text = names.take(8).map(cut).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}
