//! What unknown files are, as a source that runs: proposed with its evidence, and tried before it is shown.

mod columns;
mod draft;
mod names;
mod numbers;
mod profile;
mod scaffold;
mod settings;
mod shape;
mod toml_text;
mod totals;
mod trial;
mod unclear;
mod words;

use std::path::{Path, PathBuf};

use denizen_ingest::{FoundFile, Lists, no_table};
use denizen_spec::Diagnostic;

use self::draft::Draft;
pub use self::scaffold::{Scaffold, ScaffoldFile};
pub use self::trial::Trial;

/// A source that is proposed.
#[derive(Debug, Clone)]
pub struct ProposedSource {
    /// Its name.
    pub name: String,
    /// Its section of a pipeline file, with comments.
    pub text: String,
    /// A first table of it, as a section of a pipeline file.
    pub table: String,
    /// Whether it has columns that look personal.
    pub has_personal_columns: bool,
    /// What reading the files so came to.
    pub trial: Trial,
    /// The same with code lists in the place of codes that are many.
    pub text_with_lists: String,
    /// These lists: their names, and the codes that were found.
    pub new_lists: Vec<(String, Vec<String>)>,
    /// Its files.
    pub files: Vec<PathBuf>,
    /// How many records its table counts, where all of them were read.
    pub records: Option<u64>,
}

impl ProposedSource {
    /// Whether any column of the files is read.
    fn has_columns(&self) -> bool {
        !self.text.trim_end().ends_with(&format!("[source.{}.columns]", self.name))
    }
}

/// What was found out of some files.
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    /// Sources: files with one header are one.
    pub sources: Vec<ProposedSource>,
    /// Files of which nothing can be proposed, and why.
    pub refused: Vec<Diagnostic>,
}

impl Inspection {
    /// Looks at files, which may be of one source, and proposes what a pipeline says of them. The code lists are those of
    /// `project`, from which the paths of the proposal start too. Little memory is needed, however large the files are: of
    /// each a sample of rows is looked at, and read once more as it was proposed.
    ///
    /// ```
    /// # let project = tempfile::tempdir()?;
    /// # let project = project.path();
    /// std::fs::write(project.join("permits.csv"), "Year;Sex;Permits\n2023;F;12\n2023;M;8\n2024;F;9\n")?;
    /// let inspection = denizen::Inspection::of(&[project.join("permits.csv")], project, "permits");
    /// let source = &inspection.sources[0];
    /// assert!(source.text.contains("delimiter = \";\""));
    /// assert!(source.trial.is_success(), "{:?}", source.trial);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(files: &[PathBuf], project: &Path, name: &str) -> Self {
        let lists = Lists::of_project(project);
        let (mut groups, mut refused) = (Vec::<Vec<FoundFile>>::new(), Vec::new());
        for file in files {
            let shown = shown(file, project);
            let found = FoundFile::open(file, &shown).and_then(|found| match names::is_person(&found) {
                true => found.without_header(&shown, "its first line is a person, as the others are"),
                false => Ok(found),
            });
            match found {
                Ok(found) => match groups.iter_mut().find(|group| is_alike(&group[0], &found)) {
                    Some(group) => group.push(found),
                    None => groups.push(vec![found]),
                },
                Err(fault) => refused.push(fault),
            }
        }
        let (mut groups, blank): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(states_anything));
        let nothing = |found: &FoundFile| {
            let what =
                "no row below its first line states anything, so that nothing says what its columns hold";
            let help = "inspect a file that has rows; where its first line is one, write the source with `header = false`";
            no_table(&shown(&found.path, project), what, help)
        };
        refused.extend(blank.iter().flatten().map(nothing));
        // What is proposed is what the first of them shows.
        groups.iter_mut().for_each(|group| group.sort_by_key(|found| !states_anything(found)));
        let source = |(index, group): (usize, &Vec<FoundFile>)| {
            let name = if index == 0 { name.to_owned() } else { format!("{name}_{}", index + 1) };
            Draft::new(&name, group, project, &lists).propose()
        };
        let (sources, empty): (Vec<_>, Vec<_>) =
            groups.iter().enumerate().map(source).partition(ProposedSource::has_columns);
        let nothing = |file: &PathBuf| {
            let help = "name its columns: a row with their names above the others, or `header = [\"…\", …]`";
            no_table(&shown(file, project), "none of its columns is of use", help)
        };
        refused.extend(empty.iter().flat_map(|source| &source.files).map(nothing));
        Self { sources, refused }
    }
}

/// Whether a row of the sample holds anything.
fn states_anything(found: &FoundFile) -> bool {
    found.sample.columns.iter().any(|column| column.stated().next().is_some())
}

/// Whether two files are of one source: their columns are called alike, and they are laid out alike.
fn is_alike(one: &FoundFile, other: &FoundFile) -> bool {
    one.names == other.names && one.format == other.format && one.fields == other.fields
}

/// A file as a pipeline of the project names it.
pub(crate) fn shown(file: &Path, project: &Path) -> String {
    let absolute = |path: &Path| {
        path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_path_buf())
    };
    let (path, root) =
        (std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf()), std::path::absolute(project));
    let inside = root.ok().and_then(|root| path.strip_prefix(root).ok().map(Path::to_path_buf));
    let inside =
        inside.or_else(|| absolute(file).strip_prefix(absolute(project)).ok().map(Path::to_path_buf));
    inside.unwrap_or(path).to_string_lossy().into_owned()
}

/// A name for a source, of the name of its file.
///
/// ```
/// use std::path::Path;
///
/// use denizen::source_name;
///
/// assert_eq!(source_name(Path::new("data/raw/visas.csv.gz")), "visas");
/// ```
pub fn source_name(file: &Path) -> String {
    let stem = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.split('.').next().unwrap_or_default();
    let name = words::own_name(stem, 0, &[]);
    if name == "column_1" { "source".to_owned() } else { name }
}
