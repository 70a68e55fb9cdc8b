//! A pipeline with everything that belongs to it: its project, its sources, its published figures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use denizen_aggregate::{Declaration, Provenance};
use denizen_clean::Plan;
use denizen_ingest::{Figures, Input};
use denizen_spec::{
    Additive, Code, Codelist, Diagnostic, Link, NamedCode, OWN_LISTS, Operation, Path as Setting, Pipeline,
    Severity, Source, Step, StepId, did_you_mean, hexadecimal, is_obeyed, located,
};
use sha2::{Digest, Sha256};

use crate::Error;

/// A pipeline that was found right, and what it needs: files that are there, with the columns that it names.
pub struct Project {
    /// The pipeline file as the user named it; the name of the pipeline where there is no file.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) name: String,
    /// The folder that relative paths start from.
    pub(crate) root: PathBuf,
    pub(crate) pipeline: Pipeline,
    /// Other files for sources.
    pub(crate) overrides: Vec<(String, String)>,
    /// Sources with their inputs and prepared steps, in the order of the pipeline.
    pub(crate) sources: Vec<(Input, Plan)>,
    /// Files of pairs by which rows of a source are linked, with the name of the source.
    pub(crate) pairs: Vec<(String, Input)>,
    /// The code lists that steps translate to.
    pub(crate) lists: Vec<Codelist>,
    /// The files of codes and corrections that columns and steps name, each with its SHA-256.
    pub(crate) code_files: Vec<(String, String)>,
    /// Published figures, file by file.
    pub(crate) figures: Vec<Figures>,
    /// When the first of its files was read: what changes later is not what was read.
    pub(crate) opened: SystemTime,
}

impl Project {
    /// Reads a pipeline file and finds everything that it needs, without reading data beyond headers.
    ///
    /// The project is the folder that holds `pipelines/`; for a pipeline file elsewhere, the folder that it lies in.
    /// `overrides` names other files for sources: name of the source, path.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use denizen::Project;
    ///
    /// # let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    /// let project = Project::open(&root.join("pipelines/midla.toml"), &[])?;
    /// assert_eq!((project.pipeline().vintage.as_str(), project.inputs().count()), ("2026-11", 6));
    /// # Ok::<(), Box<denizen::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// All faults of the pipeline file, its inputs, code lists and published figures.
    pub fn open(path: &Path, overrides: &[(String, String)]) -> Result<Self, Box<Error>> {
        let opened = SystemTime::now();
        let shown = path.to_string_lossy().into_owned();
        let error = |diagnostics: Vec<Diagnostic>, text: &str| {
            Box::new(Error { diagnostics, path: shown.clone(), text: text.to_owned() })
        };
        let text = denizen_ingest::read_text(path, &shown).map_err(|fault| error(vec![fault], ""))?;
        let pipeline = denizen_spec::parse(&text).map_err(|faults| error(faults, &text))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // A name that begins with a point is that of a hidden folder, or leads out of the folder of releases.
        if name.is_empty() || name.starts_with('.') || name.contains(is_obeyed) {
            let message = format!("`{name}` cannot be the name of a pipeline");
            let fault = Diagnostic::error(Code::UnknownValue, message).in_file(path, None);
            return Err(error(
                vec![fault.help("rename the file: its name is that of a folder of releases")],
                &text,
            ));
        }
        let project = Self {
            path: path.to_path_buf(),
            name,
            root: root_of(path),
            pipeline,
            overrides: overrides.to_vec(),
            text: text.clone(),
            sources: Vec::new(),
            pairs: Vec::new(),
            lists: Vec::new(),
            code_files: Vec::new(),
            figures: Vec::new(),
            opened,
        };
        project.resolve().map_err(|faults| error(located(faults, &text), &text))
    }

    /// A project around a pipeline that a program has built. `name` is that of the release's folder, `root` the folder
    /// that relative paths start from, files of published figures included.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use denizen::Project;
    ///
    /// # let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    /// let text = std::fs::read_to_string(root.join("pipelines/milan-register.toml"))?;
    /// let mut pipeline = denizen_spec::parse(&text).map_err(|faults| faults[0].message.clone())?;
    /// pipeline.vintage = "2024-trial".to_owned();
    /// pipeline.published.clear();
    /// let project = Project::new("milan-trial", pipeline, &root)?;
    /// assert_eq!(project.inputs().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Project::open`].
    pub fn new(name: &str, pipeline: Pipeline, root: &Path) -> Result<Self, Box<Error>> {
        let opened = SystemTime::now();
        let error = |diagnostics: Vec<Diagnostic>| {
            Box::new(Error { diagnostics, path: name.to_owned(), text: String::new() })
        };
        let mut faults = pipeline.check();
        if !denizen_spec::is_file_name(name) {
            let message = format!("`{name}` cannot be the name of a folder");
            faults.push(Diagnostic::error(Code::UnknownValue, message));
        }
        if !faults.is_empty() {
            return Err(error(faults));
        }
        let new = Self {
            path: root.join(name),
            text: String::new(),
            name: name.to_owned(),
            root: root.to_path_buf(),
            pipeline,
            overrides: Vec::new(),
            sources: Vec::new(),
            pairs: Vec::new(),
            lists: Vec::new(),
            code_files: Vec::new(),
            figures: Vec::new(),
            opened,
        };
        new.resolve().map_err(error)
    }

    /// Finds files, code lists and published figures.
    fn resolve(mut self) -> Result<Self, Vec<Diagnostic>> {
        self.add_code_files()?;
        let mut faults = self.unknown_overrides();
        let mut unreadable = Vec::new();
        self.lists = self.translated_lists(&mut unreadable);
        self.sources = self.open_sources(&mut faults);
        self.pairs = self.open_pairs(&mut faults);
        self.lists.extend(self.group_lists());
        self.lists.extend(self.lists_of_labels(&mut faults));
        // A step that translates to such a list may have said so already, and said it better.
        faults.extend(unreadable);
        self.figures = self.read_figures(&mut faults);
        faults.extend(self.unknown_codes());
        faults.extend(self.undecided_disclosure());
        faults.extend(self.unlike_samples());
        faults.extend(self.changed_lists());
        if faults.iter().any(|fault| fault.severity == Severity::Error) { Err(faults) } else { Ok(self) }
    }

    /// Reads the files of codes and corrections, after which the pipeline is as if they stood in it, and is checked once more.
    fn add_code_files(&mut self) -> Result<(), Vec<Diagnostic>> {
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

    /// The pipeline.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The pipeline file as the user named it, and its text, for [`Diagnostic::render`].
    pub fn file(&self) -> (String, &str) {
        (self.path.to_string_lossy().into_owned(), &self.text)
    }

    /// The folder that relative paths start from.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its inputs, in the order of the sources.
    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        self.sources.iter().map(|(input, _)| input)
    }

    /// How many published figures it is compared with.
    pub fn figures(&self) -> usize {
        self.figures.iter().map(|file| file.figures.len()).sum()
    }

    /// What the release says of itself. A release of synthetic records says so in its vintage, and so in every row.
    pub(crate) fn provenance(&self, vintage: Option<&str>) -> Provenance {
        let snapshots = || self.inputs().flat_map(Input::snapshots);
        let synthetic = snapshots().any(|snapshot| snapshot.synthetic);
        let vintage = vintage.unwrap_or(&self.pipeline.vintage);
        let declaration = self.declaration();
        Provenance {
            pipeline: self.name.clone(),
            title: self.pipeline.title.clone(),
            description: self.pipeline.description.clone(),
            titles: self.pipeline.titles.clone(),
            descriptions: self.pipeline.descriptions.clone(),
            vintage: if synthetic { format!("{vintage}-synthetic") } else { vintage.to_owned() },
            agency: self.pipeline.agency.clone(),
            synthetic,
            disclosure: self.pipeline.disclosure.clone(),
            pipeline_sha256: hexadecimal(&Sha256::digest(declaration.text.as_bytes())),
            pipeline_is_public: self.is_text_public(),
            declaration,
            previous: None,
            program: format!("denizen {}", env!("CARGO_PKG_VERSION")),
            parts: None,
        }
    }

    /// The text of the pipeline file; without a file, the pipeline as JSON.
    fn declaration(&self) -> Declaration {
        if self.text.is_empty() {
            // Plain structures with text keys.
            let text = serde_json::to_string_pretty(&self.pipeline).unwrap_or_default();
            Declaration { file: "pipeline.json", text }
        } else {
            Declaration { file: "pipeline.toml", text: self.text.clone() }
        }
    }

    /// Whether the text of the pipeline may be read by all. What protects persons says in notes, conditions and corrections what
    /// their records hold; paths from the root of a disk tell of a machine.
    fn is_text_public(&self) -> bool {
        let Pipeline { sources, disclosure, hides_text, previous, .. } = &self.pipeline;
        let variants = sources.iter().flat_map(|source| &source.variants).flat_map(|variant| &variant.files);
        let files = sources.iter().flat_map(|source| &source.files).chain(variants).chain(previous);
        let is_from_root = |file: &String| Path::new(file).has_root() || file.contains(":\\");
        disclosure.is_none() && !hides_text && !files.into_iter().any(is_from_root)
    }

    fn unknown_overrides(&self) -> Vec<Diagnostic> {
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

    fn open_sources(&self, faults: &mut Vec<Diagnostic>) -> Vec<(Input, Plan)> {
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
    fn open_pairs(&self, faults: &mut Vec<Diagnostic>) -> Vec<(String, Input)> {
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

    /// Codes that settings or figures name and no row of their column can have.
    fn unknown_codes(&self) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        for named in self.pipeline.named_codes() {
            if let Some((message, help)) = self.unknown_code(&named) {
                let fault = Diagnostic::error(Code::UnknownValue, message);
                let fault =
                    fault.at(named.path, "neither its `codes` nor its list have it, so that no row can");
                faults.push(fault.maybe_help(help));
            }
        }
        for (file, figure) in
            self.figures.iter().flat_map(|of| of.figures.iter().map(move |figure| (of, figure)))
        {
            for named in self.pipeline.named_codes_of(figure) {
                if let Some((message, help)) = self.unknown_code(&named) {
                    let fault = Diagnostic::error(Code::PublishedFile, message);
                    faults.push(fault.in_file(&file.shown, Some(figure.line)).maybe_help(help));
                }
            }
        }
        faults
    }

    /// What is said of a code that none of the sources can have: message and help. Where a list could not be read, that is said
    /// elsewhere.
    fn unknown_code(&self, named: &NamedCode<'_>) -> Option<(String, Option<String>)> {
        let known: Option<Vec<BTreeSet<&str>>> =
            named.sources.iter().map(|source| self.codes_of(source, named.column)).collect();
        let known: BTreeSet<&str> = known?.into_iter().flatten().collect();
        let message = format!("`{}` is no code of `{}`", named.code, named.column);
        let help = did_you_mean(named.code, known.iter().copied());
        (!known.contains(named.code)).then_some((message, help))
    }

    /// The codes that a column can have; none where its list is not there.
    fn codes_of<'s>(&'s self, source: &'s Source, column: &str) -> Option<BTreeSet<&'s str>> {
        let forms = source.forms().filter_map(|form| form.column(column));
        let mut codes: BTreeSet<&str> =
            forms.flat_map(|column| &column.codes).map(|(_, code)| code.as_str()).collect();
        if let Some(name) = source.column(column).and_then(|column| column.codelist.as_ref()) {
            let input = self.inputs().find(|input| input.source().name == source.name)?;
            let list = input.codelists().iter().find(|list| list.name == *name)?;
            codes.extend(list.entries.keys().map(String::as_str));
        }
        Some(codes)
    }

    /// Counts of real persons are published by decision, never by default.
    fn undecided_disclosure(&self) -> Option<Diagnostic> {
        let needs_decision = |input: &&Input| {
            let source = input.source();
            let has_persons = source.columns.iter().any(|column| column.personal);
            has_persons && !input.is_synthetic() && self.pipeline.tables_of(source).next().is_some()
        };
        let input = self.inputs().find(needs_decision).filter(|_| self.pipeline.disclosure.is_none())?;
        let name = &input.source().name;
        let message = format!("nothing says how small counts of the persons in `{name}` are protected");
        let label = "it has personal columns, and no sidecar says that all of it is synthetic";
        let help = "add [disclosure] with `threshold = 7` and `rounding_base = 5`: counts of 1 to 7 persons are \
                    suppressed, and the others rounded; or, where counts may be published as they are, with \
                    `method = \"none\"` and `reason = \"…\"`";
        let fault = Diagnostic::error(Code::Disclosure, message);
        Some(fault.at(Setting::source(name).name(), label).help(help))
    }

    /// Sources of one table are samples of one size, and persons in synthetic ones are told apart by one key.
    fn unlike_samples(&self) -> Vec<Diagnostic> {
        let pipeline = &self.pipeline;
        let threshold = pipeline.disclosure.as_ref().map_or(0, denizen_spec::Disclosure::threshold);
        let mut faults = Vec::new();
        for (id, table) in pipeline.table_ids().filter(|(_, table)| table.sources.len() > 1) {
            let fed = |input: &&Input| table.sources.contains(&input.source().name);
            let inputs: Vec<&Input> = self.inputs().filter(fed).collect();
            let Some((first, others)) = inputs.split_first() else { continue };
            let keys = |input: &Input| -> BTreeSet<Option<String>> {
                input.snapshots().map(|snapshot| snapshot.key.clone()).collect()
            };
            for other in others {
                let (name, path) = (&other.source().name, Setting::table(id).field("source"));
                if other.sampling_fraction() != first.sampling_fraction() {
                    let message =
                        format!("`{}` and `{name}` are samples of different sizes", first.source().name);
                    let fault = Diagnostic::error(Code::SamplingFraction, message);
                    let label = "no one factor leads from this table to the population";
                    faults.push(fault.at(path.clone(), label).help("make a table of each"));
                }
                if threshold > 0 && first.is_synthetic() && other.is_synthetic() && keys(first) != keys(other)
                {
                    let message = format!("`{}` and `{name}` bring different keys", first.source().name);
                    let fault = Diagnostic::error(Code::SeveralSources, message);
                    let label =
                        "a threshold counts the persons of both together, whom no pseudonym tells apart";
                    faults.push(fault.at(path, label).help("make synthetic files of one table with one key"));
                }
            }
        }
        faults
    }

    /// A list that was read for a column and for a step must have been the same both times.
    fn changed_lists(&self) -> Vec<Diagnostic> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let mut faults = Vec::new();
        for list in self.inputs().flat_map(Input::codelists).chain(&self.lists) {
            if *seen.entry(&list.name).or_insert(&list.sha256) != list.sha256 {
                let message = format!("the code list `{}` was changed while it was read", list.name);
                let fault = Diagnostic::error(Code::ChangedSnapshot, message);
                faults.push(fault.help("run again when the list is complete"));
            }
        }
        faults
    }

    fn translated_lists(&self, faults: &mut Vec<Diagnostic>) -> Vec<Codelist> {
        let mut targets: BTreeMap<&str, StepId> = BTreeMap::new();
        for (id, step) in self.pipeline.step_ids() {
            if let Some(to) = step.operation.translates_to().filter(|to| !self.is_group(to)) {
                targets.entry(to).or_insert(id);
            }
        }
        // A column may be translated to a list, and then asked about at some time.
        // So may one over which cells are added up, of which it is asked what is a part of what.
        let is_additive = |source: &Source| source.additive != Additive::None;
        let needs_references = self.pipeline.sources.iter().any(is_additive)
            || self.pipeline.steps.iter().any(|step| step.operation.needs_reference());
        let mut lists = Vec::new();
        for (name, id) in targets {
            let list = denizen_ingest::codelist(&self.root, name, Setting::step(id).field("to"));
            let list = list.map_err(|fault| vec![fault]).and_then(|list| match needs_references {
                true => denizen_ingest::with_reference(list, &self.root),
                false => Ok(list),
            });
            match list {
                Ok(list) => lists.push(list),
                Err(found) => faults.extend(found),
            }
        }
        lists
    }

    /// Whether a step can only mean a group by a name: all that translate to it ask about some time, and no list is called
    /// so.
    fn is_group(&self, name: &str) -> bool {
        let is_it = |step: &&Step| step.operation.translates_to() == Some(name);
        let has_list = self.root.join(format!("data/codelists/{name}.csv")).exists();
        !has_list && self.pipeline.steps.iter().filter(is_it).all(|step| step.operation.needs_reference())
    }

    /// The code lists of the groups that steps translate to.
    fn group_lists(&self) -> Vec<Codelist> {
        let names = self.pipeline.steps.iter().filter_map(|step| step.operation.translates_to());
        let names: BTreeSet<&str> = names.filter(|name| self.is_group(name)).collect();
        let lists = || self.inputs().flat_map(Input::codelists).chain(&self.lists);
        let list_of = |name: &str| {
            let mut views = lists().filter_map(|list| list.view.as_ref());
            views.find(|view| view.reference.has_group(name)).map(|view| view.reference.group_list(name))
        };
        names.into_iter().filter_map(list_of).collect()
    }

    /// The lists of the project that say what the program cannot know, such as what its concepts are called.
    fn lists_of_labels(&self, faults: &mut Vec<Diagnostic>) -> Vec<Codelist> {
        let is_there = |name: &&str| self.root.join(format!("data/codelists/{name}.csv")).exists();
        let is_read = |name: &&str| self.lists.iter().any(|list| list.name == **name);
        let names = OWN_LISTS.into_iter().filter(is_there).filter(|name| !is_read(name));
        let read = names.map(|name| denizen_ingest::codelist(&self.root, name, Setting::root()));
        read.filter_map(|list| list.map_err(|fault| faults.push(fault)).ok()).collect()
    }

    fn read_figures(&self, faults: &mut Vec<Diagnostic>) -> Vec<Figures> {
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

/// The folder that relative paths of a pipeline file start from: the one that holds `pipelines/`, or else that of the file.
///
/// ```
/// use std::path::Path;
///
/// use denizen::root_of;
///
/// assert_eq!(root_of(Path::new("/home/me/project/pipelines/mine.toml")), Path::new("/home/me/project"));
/// assert_eq!(root_of(Path::new("/home/me/mine.toml")), Path::new("/home/me"));
/// ```
pub fn root_of(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let is_pipelines = folder.file_name().is_some_and(|name| name == "pipelines");
    folder.parent().filter(|_| is_pipelines).unwrap_or(folder).to_path_buf()
}
