//! A pipeline file with everything that belongs to it: its project, its sources, its published figures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use denizen_aggregate::Provenance;
use denizen_clean::Plan;
use denizen_ingest::{Figures, Input};
use denizen_spec::{Codelist, Diagnostic, Figure, Path as Setting, Pipeline, Severity, StepId};
use sha2::{Digest, Sha256};

use crate::report::{Failed, Reporter};

/// A pipeline file that has been read and found right, and what it needs.
pub(crate) struct Project {
    /// The pipeline file as the user named it.
    pub(crate) shown: String,
    pub(crate) text: String,
    /// The file's name without its ending.
    pub(crate) name: String,
    /// The folder that relative paths start from.
    pub(crate) root: PathBuf,
    pub(crate) pipeline: Pipeline,
    /// Sources with their inputs and prepared steps, in the order of the pipeline.
    pub(crate) sources: Vec<(Input, Plan)>,
    /// The code lists that steps translate to.
    pub(crate) lists: Vec<Codelist>,
    /// Published figures, file by file.
    pub(crate) figures: Vec<Figures>,
}

impl Project {
    /// Reads a pipeline file and finds everything that it needs, without reading data beyond headers.
    ///
    /// `overrides` names other files for sources. All faults are printed.
    pub(crate) fn open(
        path: &Path,
        overrides: &[(String, String)],
        reporter: &Reporter,
    ) -> Result<Self, Failed> {
        let shown = path.to_string_lossy().into_owned();
        let text =
            denizen_ingest::read_text(path, &shown).map_err(|fault| reporter.fail(&[fault], &shown, ""))?;
        let pipeline = denizen_spec::parse(&text).map_err(|faults| reporter.fail(&faults, &shown, &text))?;
        let root = root_of(path);
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let mut faults = unknown_overrides(&pipeline, overrides);
        let mut unreadable = Vec::new();
        let lists = translated_lists(&pipeline, &root, &mut unreadable);
        let sources = sources(&pipeline, &root, overrides, &lists, &mut faults);
        // A step that translates to such a list may have said so already, and said it better.
        faults.extend(unreadable);
        let figures = figures(&pipeline, &folder, &mut faults);
        if faults.iter().any(|fault| fault.severity == Severity::Error) {
            return Err(reporter.fail(&faults, &shown, &text));
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { shown, text, name, root, pipeline, sources, lists, figures })
    }

    /// What the release says of itself. A release of synthetic records says so in its vintage, and so in every row.
    pub(crate) fn provenance(&self, vintage: Option<&str>) -> Provenance {
        let snapshots = || self.sources.iter().flat_map(|(input, _)| input.snapshots());
        let synthetic = snapshots().any(|snapshot| snapshot.synthetic);
        let vintage = vintage.unwrap_or(&self.pipeline.vintage);
        let hash = Sha256::digest(self.text.as_bytes());
        Provenance {
            pipeline: self.name.clone(),
            title: self.pipeline.title.clone(),
            description: self.pipeline.description.clone(),
            vintage: if synthetic { format!("{vintage}-synthetic") } else { vintage.to_owned() },
            synthetic,
            pipeline_sha256: denizen_spec::hexadecimal(&hash),
            program: format!("denizen {}", env!("CARGO_PKG_VERSION")),
        }
    }
}

/// The project is the folder that holds `pipelines/`; for a pipeline file elsewhere, the folder that it lies in.
fn root_of(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let is_pipelines = folder.file_name().is_some_and(|name| name == "pipelines");
    folder.parent().filter(|_| is_pipelines).unwrap_or(folder).to_path_buf()
}

fn unknown_overrides(pipeline: &Pipeline, overrides: &[(String, String)]) -> Vec<Diagnostic> {
    let names: Vec<&str> = pipeline.sources.iter().map(|source| source.name.as_str()).collect();
    let unknown = overrides.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    unknown
        .map(|(name, _)| {
            Diagnostic::error(denizen_spec::Code::UnknownSource, format!("there is no source `{name}`"))
                .note(format!("the sources are {}", names.join(", ")))
                .maybe_help(denizen_spec::did_you_mean(name, names.iter().copied()))
        })
        .collect()
}

fn sources(
    pipeline: &Pipeline,
    root: &Path,
    overrides: &[(String, String)],
    translated: &[Codelist],
    faults: &mut Vec<Diagnostic>,
) -> Vec<(Input, Plan)> {
    let mut sources = Vec::new();
    for source in &pipeline.sources {
        let given = overrides.iter().filter(|(name, _)| *name == source.name);
        let given: Vec<String> = given.map(|(_, path)| path.clone()).collect();
        let input = match denizen_ingest::open(source, root, (!given.is_empty()).then_some(&given)) {
            Ok(input) => input,
            Err(found) => {
                faults.extend(found);
                continue;
            }
        };
        let lists: Vec<Codelist> = input.codelists().iter().chain(translated).cloned().collect();
        match Plan::new(pipeline, source, &lists) {
            Ok(plan) => sources.push((input, plan)),
            Err(found) => faults.extend(found),
        }
    }
    sources
}

fn translated_lists(pipeline: &Pipeline, root: &Path, faults: &mut Vec<Diagnostic>) -> Vec<Codelist> {
    let mut targets: BTreeMap<&str, StepId> = BTreeMap::new();
    for (id, step) in pipeline.step_ids() {
        if let Some(to) = step.operation.translates_to() {
            targets.entry(to).or_insert(id);
        }
    }
    let read =
        |(name, id): (&str, StepId)| denizen_ingest::codelist(root, name, Setting::step(id).field("to"));
    let lists = targets.into_iter().map(read);
    lists.filter_map(|list| list.map_err(|fault| faults.push(fault)).ok()).collect()
}

fn figures(pipeline: &Pipeline, folder: &Path, faults: &mut Vec<Diagnostic>) -> Vec<Figures> {
    let mut all = Vec::new();
    for (index, file) in pipeline.published.iter().enumerate() {
        let setting = Setting::root().field("published").index(index).field("file");
        match denizen_ingest::published(folder, file, setting) {
            Ok(read) => {
                let place = |figure: &Figure, fault: Diagnostic| fault.in_file(file, Some(figure.line));
                faults.extend(
                    read.figures.iter().filter_map(|figure| Some(place(figure, figure.check(pipeline)?))),
                );
                all.push(read);
            }
            Err(found) => faults.extend(found),
        }
    }
    all
}
