//! A pipeline with everything that belongs to it: its project, its sources, its published figures.

mod checks;
mod inputs;
mod lists;
mod provenance;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use denizen_clean::Plan;
use denizen_ingest::{Figures, Input};
use denizen_spec::{Code, Codelist, Diagnostic, Pipeline, Severity, is_obeyed, located};

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
