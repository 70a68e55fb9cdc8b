//! The files that a pipeline names are found and opened.

use std::path::Path;

use denizen_clean::Plan;
use denizen_ingest::{Figures, Input};
use denizen_spec::{Additive, Code, Codelist, Diagnostic, Link, Operation, Path as Setting, did_you_mean};

use super::Project;

impl Project {
    /// Reads the files of codes and corrections, after which the pipeline is as if they stood in it, and is checked once more.
    pub(super) fn add_code_files(&mut self) -> Result<(), Vec<Diagnostic>> {
        let mut faults = Vec::new();
        for source in &mut self.pipeline.sources {
            match denizen_ingest::add_codes_of_files(source, &self.root) {
                Ok(files) => self.code_files.extend(files),
                Err(found) => faults.extend(found),
            }
        }
        match denizen_ingest::add_corrections_of_files(&mut self.pipeline, &self.root) {
            Ok(files) => self.code_files.extend(files),
            Err(found) => faults.extend(found),
        }
        if faults.is_empty() && !self.code_files.is_empty() {
            faults = self.pipeline.check();
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    pub(super) fn unknown_overrides(&self) -> Vec<Diagnostic> {
        let names: Vec<&str> = self.pipeline.sources.iter().map(|source| source.name.as_str()).collect();
        let unknown = self.overrides.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        unknown
            .map(|(name, _)| {
                Diagnostic::error(Code::UnknownSource, format!("there is no source `{name}`"))
                    .note(format!("the sources are {}", names.join(", ")))
                    .maybe_help(did_you_mean(name, names.iter().copied()))
            })
            .collect()
    }

    pub(super) fn open_sources(&self, faults: &mut Vec<Diagnostic>) -> Vec<(Input, Plan)> {
        let mut sources = Vec::new();
        for source in &self.pipeline.sources {
            let source = &self.pipeline.with_error_handling(source);
            let given = self.overrides.iter().filter(|(name, _)| *name == source.name);
            let given: Vec<String> = given.map(|(_, path)| path.clone()).collect();
            let opened = denizen_ingest::open(source, &self.root, (!given.is_empty()).then_some(&given));
            let needs_references = source.additive != Additive::None
                || self.pipeline.steps_of(source).any(|(_, step)| step.operation.needs_reference());
            let with_references = |mut input: Input| {
                if needs_references {
                    input.add_references(&self.root)?;
                }
                Ok(input)
            };
            let input = match opened.and_then(with_references) {
                Ok(input) => input,
                Err(found) => {
                    faults.extend(found);
                    continue;
                }
            };
            let lists: Vec<Codelist> = input.codelists().iter().chain(&self.lists).cloned().collect();
            match Plan::new(&self.pipeline, source, &lists) {
                Ok(plan) => sources.push((input, plan)),
                Err(found) => faults.extend(found),
            }
        }
        sources
    }

    /// Opens the files of pairs by which rows are linked.
    pub(super) fn open_pairs(&self, faults: &mut Vec<Diagnostic>) -> Vec<(String, Input)> {
        let mut opened = Vec::new();
        for source in &self.pipeline.sources {
            for (id, step) in self.pipeline.steps_of(source) {
                let Operation::Link(Link { pairs: Some(pairs), .. }) = &step.operation else { continue };
                let setting = Setting::step(id).field("pairs");
                let Some(file) = pairs.source(source) else {
                    let message = format!("`{}` is not a column of one field that the files have", pairs.row);
                    let fault = Diagnostic::error(Code::Pairs, message);
                    let label = "a file of pairs names rows by one text of each";
                    faults.push(fault.at(setting.field("row"), label));
                    continue;
                };
                let of_pairs = |fault: Diagnostic| match fault.code {
                    Code::MissingFile => fault.at(setting.clone().field("file"), "a file of pairs of rows"),
                    Code::MissingColumn => fault.note(format!("`{setting}` names the file")).note(
                        "fields of a file of pairs are separated by commas, as in `write.csv` and `to_csv`",
                    ),
                    _ => fault.note(format!("`{setting}` names the file")),
                };
                match denizen_ingest::open(&file, &self.root, None) {
                    Ok(input) => opened.push((source.name.clone(), input)),
                    Err(found) => faults.extend(found.into_iter().map(of_pairs)),
                }
            }
        }
        opened
    }

    pub(super) fn read_figures(&self, faults: &mut Vec<Diagnostic>) -> Vec<Figures> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let mut all = Vec::new();
        for (index, file) in self.pipeline.published.iter().enumerate() {
            let setting = Setting::root().field("published").index(index).field("file");
            let read = match denizen_ingest::published(&self.root, folder, file, setting) {
                Ok(read) => read,
                Err(found) => {
                    faults.extend(found);
                    continue;
                }
            };
            for figure in &read.figures {
                let fault = figure.check(&self.pipeline);
                faults.extend(fault.map(|fault| fault.in_file(&read.shown, Some(figure.line))));
            }
            all.push(read);
        }
        all
    }
}
