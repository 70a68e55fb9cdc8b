//! Which files a source has, what is known of them, and what their headers say.

mod archive;
mod find;
mod header;
mod layout_file;
mod sidecar;
mod small_file;
mod stored;
mod unpacked;
mod variants;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use denizen_spec::{
    Code, Codelist, Column, Diagnostic, FieldType, FilePattern, Matching, Path as Setting, Snapshot, Source,
    Variant, Weights,
};
use serde::{Deserialize, Serialize};

pub(crate) use self::archive::files_of_archive;
pub(crate) use self::header::{Called, Header, called, column_letters};
pub use self::layout_file::LayoutFile;
pub use self::sidecar::sidecar_path;
pub(crate) use self::small_file::{PROJECT_FILE_LIMIT, SIDECAR_LIMIT, open_file, read_file, read_utf8};
pub use self::stored::Fingerprint;
pub(crate) use self::stored::{Packing, RunningHash, StoredFile, read_from};
use self::variants::Forms;
use crate::code_mapping::{OtherTexts, code_mapping};
use crate::codelist;
use crate::encoding_guess::advice;
use crate::formats::{FileFormat, FilePart, SpanBounds};
use crate::label_index::LabelIndexes;
use crate::reference::with_reference;
use crate::text_encoding::Guess;
use crate::transcode::BadBytes;
use crate::weights::weights_of;

/// A source whose files have been found and whose headers fit. It can be sent to other processes, with all that they need
/// to parse rows of it, except the key.
///
/// ```
/// # let project = tempfile::tempdir()?;
/// # let project = project.path();
/// std::fs::write(project.join("in.csv"), "sex;age\nF;31\nM;x\n")?;
/// let text = r#"
/// spec = 1
/// title = "Example"
/// vintage = "1"
/// [source.persons]
/// files = "in.csv"
/// format = "csv"
/// delimiter = ";"
/// max_rejected = 0.5
/// columns.sex = { codes = { F = "F", M = "M" } }
/// columns.age = { type = "integer" }
/// [[table]]
/// name = "persons"
/// measure = "count"
/// concept = "persons"
/// "#;
/// # let text = text.to_owned();
/// let pipeline = denizen_spec::parse(&text).unwrap();
/// let input = denizen_ingest::open(&pipeline.sources[0], project, None).unwrap();
/// let chunks = input.chunks(None).unwrap();
/// let mut stats = denizen_ingest::IngestStats::default();
/// while let Some(raw) = chunks.read()? {
///     let chunk = chunks.parse(raw)?; // on any thread
///     assert_eq!((chunk.batch.num_rows(), chunk.rejects.len()), (1, 1));
///     stats.merge(chunk.stats);
/// }
/// let (files, warnings) = chunks.finish(&stats)?;
/// assert_eq!((files[0].read, files[0].accepted, warnings.len()), (2, 1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
pub struct Input {
    pub(crate) source: Source,
    pub(crate) files: Vec<InputFile>,
    pub(crate) lists: Vec<Codelist>,
    /// Their names, where they are looked for.
    #[serde(skip)]
    pub(crate) indexes: LabelIndexes,
    pub(crate) weights: Vec<Weights>,
    /// The tables of the fields of its lines.
    pub(crate) layouts: Vec<LayoutFile>,
}

/// One file of a source.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    /// The member that is read, where it is an archive.
    pub(crate) member: Option<String>,
    pub(crate) packing: Option<Packing>,
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) snapshot: Option<Snapshot>,
    /// Which form of the source reads it: see [`Source::forms`].
    pub(crate) form: usize,
    /// What its columns are called.
    pub(crate) names: Vec<String>,
    /// The encoding that its bytes were found to be in, where that was asked for, and why.
    pub(crate) encoding: Option<(String, String)>,
    /// Whether a part of it can be read without what is before it.
    pub(crate) is_divisible: bool,
    /// What is to be said of its beginning.
    pub(crate) notes: Vec<Diagnostic>,
}

/// Finds the files of a source and reads their headers, sidecars and code lists, but no data.
///
/// `project` is the folder that relative paths start from; `files` replaces the paths of the pipeline file.
///
/// ```
/// use std::path::Path;
///
/// # let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
/// let text = std::fs::read_to_string(root.join("pipelines/midla.toml")).unwrap();
/// let pipeline = denizen_spec::parse(&text).unwrap();
/// let input = denizen_ingest::open(&pipeline.sources[0], &root, None).unwrap();
/// assert!(input.paths().next().unwrap().ends_with("data/raw/midla/communities.csv"));
/// assert!(!input.is_synthetic());
/// ```
///
/// How its rows are read: [`Input`].
///
/// # Errors
///
/// Every fault of every file.
pub fn open(source: &Source, project: &Path, files: Option<&[String]>) -> Result<Input, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let (source, layouts) = layout_file::with_layouts(source, project).map_err(|error| vec![error])?;
    let source = &source;
    let forms = Forms::new(source, project, &mut errors);
    let indexes = LabelIndexes::default();
    let lists = codelists(source, project, &indexes, &mut errors);
    let paths = find::find(source, project, files).unwrap_or_else(|found| {
        errors.extend(found);
        Vec::new()
    });
    let mut opened = Vec::new();
    let mut unread = Vec::new();
    for path in paths {
        match archive::members(&path, &display_name(&path, project), source) {
            Ok(None) => match forms.open(&path, None) {
                Ok(file) => opened.push(file),
                Err(found) => unread.push(found),
            },
            Ok(Some(members)) => {
                for member in members {
                    match forms.open(&path, Some(member)) {
                        Ok(file) => opened.push(file),
                        Err(found) => unread.push(found),
                    }
                }
            }
            Err(error) => errors.push(error),
        }
    }
    errors.extend(unread.into_iter().flat_map(|found| found.diagnostics(source, &opened)));
    errors.extend(unlike_samples(&opened));
    let weights =
        weights_of(source, &lists, project).map_err(|found| errors.extend(found)).unwrap_or_default();
    let input = Input { source: source.clone(), files: opened, lists, indexes, weights, layouts };
    if errors.is_empty() { Ok(input) } else { Err(errors) }
}

/// The header of a file, whether a source can read it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundHeader {
    /// The file, as messages name it.
    pub name: String,
    /// What its columns are called.
    pub names: Vec<String>,
    /// Whether the source can read it as it stands.
    pub is_read: bool,
}

/// The headers of the files of a source, as far as they can be read: without those that may be a row about a person. The
/// arguments are those of [`open`].
pub fn headers(source: &Source, project: &Path, files: Option<&[String]>) -> Vec<FoundHeader> {
    let Ok((source, _)) = layout_file::with_layouts(source, project) else { return Vec::new() };
    let forms = Forms::new(&source, project, &mut Vec::new());
    let mut found = Vec::new();
    for path in find::find(&source, project, files).unwrap_or_default() {
        let members = archive::members(&path, &display_name(&path, project), &source);
        let members = match members {
            Ok(None) => vec![None],
            Ok(Some(members)) => members.into_iter().map(Some).collect(),
            Err(_) => continue,
        };
        found.extend(members.into_iter().filter_map(|member| {
            let (file, is_read) = match forms.open(&path, member) {
                Ok(file) => (file, true),
                Err(unread) => (unread.file()?, false),
            };
            let is_shown = is_read || header::is_header(&file.names, &source);
            is_shown.then_some(FoundHeader { name: file.name, names: file.names, is_read })
        }));
    }
    found
}

/// The code lists of the columns, each once.
fn codelists(
    source: &Source,
    project: &Path,
    indexes: &LabelIndexes,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Codelist> {
    let mut lists = Vec::new();
    let mut seen = HashSet::new();
    for column in &source.columns {
        let Some(name) = &column.codelist else { continue };
        if seen.insert(name) {
            let setting = Setting::source(&source.name).column(&column.name).field("list");
            let by_label = |column: &Column| {
                column.codelist.as_ref() == Some(name) && column.matching == Some(Matching::Label)
            };
            let list = codelist(project, name, setting).map_err(|fault| vec![fault]);
            let list = match list {
                Ok(list) if source.forms().flat_map(|form| &form.columns).any(by_label) => {
                    with_reference(list, project)
                }
                list => list,
            };
            match list {
                Ok(list) => lists.push(list),
                Err(found) => errors.extend(found),
            }
        }
    }
    for form in source.forms() {
        for column in form.columns.iter().filter(|column| column.field_type == FieldType::Code) {
            let mapping = code_mapping(column, form, &lists);
            let others = mapping.and_then(|mapping| OtherTexts::new(column, form, &lists, indexes, &mapping));
            let found = others.err().into_iter().flatten();
            for fault in found {
                if !errors.contains(&fault) {
                    errors.push(fault);
                }
            }
        }
    }
    lists
}

/// Files that are samples of different sizes cannot be grossed up by one factor.
fn unlike_samples(files: &[InputFile]) -> Option<Diagnostic> {
    let first = files.first()?;
    let unlike = files.iter().find(|file| file.sampling_fraction() != first.sampling_fraction())?;
    let message = format!("`{}` and `{}` are samples of different sizes", first.name, unlike.name);
    Some(Diagnostic::error(Code::SamplingFraction, message).help("read them as two sources"))
}

impl Input {
    /// Persons in its files for each person of the population; 1 unless a sidecar says otherwise.
    pub fn sampling_fraction(&self) -> f64 {
        self.files.first().map_or(1.0, InputFile::sampling_fraction)
    }

    /// The source that it was opened for.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The code lists of its columns.
    pub fn codelists(&self) -> &[Codelist] {
        &self.lists
    }

    /// The weights by which some of its cells are divided.
    pub fn weights(&self) -> &[Weights] {
        &self.weights
    }

    /// Gives its lists the references that their sidecars name, for steps that ask what codes stood for at some time.
    ///
    /// # Errors
    ///
    /// Those of [`with_reference`].
    pub fn add_references(&mut self, project: &Path) -> Result<(), Vec<Diagnostic>> {
        let lists = std::mem::take(&mut self.lists).into_iter();
        self.lists = lists.map(|list| with_reference(list, project)).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// The tables of the fields of its lines, each once.
    pub fn layouts(&self) -> &[LayoutFile] {
        &self.layouts
    }

    /// The source as a file of it is read.
    pub(crate) fn form_of(&self, file: usize) -> &Source {
        self.source.form(self.files[file].form)
    }

    /// The variant of the source that reads a file; none where the source as it stands does.
    pub(crate) fn variant_of(&self, file: usize) -> Option<&Variant> {
        self.source.variants.get(self.files[file].form.checked_sub(1)?)
    }

    /// Total size of its files in bytes, as stored.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The paths of its files, in the order in which they are read.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// The sidecars of its files.
    pub fn snapshots(&self) -> impl Iterator<Item = &Snapshot> {
        self.files.iter().filter_map(|file| file.snapshot.as_ref())
    }

    /// Whether no record is about a real person: the sidecar of every file says so.
    pub fn is_synthetic(&self) -> bool {
        let is_synthetic =
            |file: &InputFile| file.snapshot.as_ref().is_some_and(|snapshot| snapshot.synthetic);
        self.files.iter().all(is_synthetic)
    }

    /// The headers of its files.
    pub(crate) fn headers(&self, formats: &[&dyn FileFormat]) -> Result<Vec<Arc<Header>>, Diagnostic> {
        let header = |(index, file): (usize, &InputFile)| {
            let form = self.form_of(index);
            let mut header = Header::new(index, &file.name, file.names.clone(), form, formats[file.form])?;
            header.form = file.form;
            header.encoding = file.encoding.as_ref().map(|(label, _)| label.as_str().into());
            header.constants = file.constants(form)?;
            Ok(Arc::new(header))
        };
        self.files.iter().enumerate().map(header).collect()
    }
}

impl InputFile {
    fn sampling_fraction(&self) -> f64 {
        self.snapshot.as_ref().map_or(1.0, |snapshot| snapshot.sampling_fraction)
    }

    /// Looks at a file, but not into it.
    fn find(path: &Path, member: Option<String>, project: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut name = display_name(path, project);
        let bytes = std::fs::metadata(path).map(|data| data.len());
        let bytes = bytes.map_err(|error| vec![unreadable(&name, &error)])?;
        let snapshot = sidecar::sidecar(path, &name)?;
        if let Some(member) = &member {
            name += &format!("/{member}");
        }
        Ok(Self {
            path: path.to_path_buf(),
            member,
            packing: None,
            name,
            bytes,
            snapshot,
            form: 0,
            names: Vec::new(),
            encoding: None,
            is_divisible: false,
            notes: Vec::new(),
        })
    }

    /// The file, opened. `known` is its hash where it has been read before.
    pub(crate) fn stored(&self, known: Option<&RunningHash>) -> Result<StoredFile, Diagnostic> {
        let stored = StoredFile::open(&self.path, self.member.as_deref(), known);
        stored.map_err(|error| unreadable(&self.name, &error))
    }

    /// What its name says: for each column that is read from it, the bytes of a field; none for a column that it does not
    /// have.
    fn constants(&self, source: &Source) -> Result<Vec<Option<Box<[u8]>>>, Diagnostic> {
        let path = self.path.to_string_lossy();
        let constant = |column: &Column| {
            if column.absent {
                return Ok(Some(Box::default()));
            }
            if let Some(text) = &column.constant {
                return Ok(Some(text.as_bytes().into()));
            }
            let Some(pattern) = &column.file_pattern else { return Ok(None) };
            match pattern.value(&path) {
                Some(value) => Ok(Some(value.as_bytes().into())),
                None => Err(other_name(&self.name, &source.name, column, pattern)),
            }
        };
        source.columns.iter().map(constant).collect()
    }

    /// Reads all of the file, to know its encoding.
    fn guess_encoding(&mut self) -> Result<(), Diagnostic> {
        let guess = Guess::of(self.stored(None)?.bytes).map_err(|error| unreadable(&self.name, &error))?;
        let Some(label) = guess.label else {
            let message = format!("`{}` is in two encodings", self.name);
            let error = Diagnostic::error(Code::Encoding, message).in_file(&self.name, None);
            let help = "declare the one that most of it is in: rows in the other one are rejected and told";
            return Err(error.note(guess.evidence).help(help));
        };
        if label != "utf-8" {
            let message = format!("`{}` is read as {label}", self.name);
            let note = Diagnostic::warning(Code::GuessedEncoding, message).in_file(&self.name, None);
            self.notes.push(note.note(guess.evidence.clone()).help(advice(label)));
        }
        self.encoding = Some((label.into(), guess.evidence));
        Ok(())
    }

    fn read_header(&mut self, source: &Source, format: &dyn FileFormat) -> Result<(), Diagnostic> {
        self.constants(source)?;
        if format.guesses_encoding() {
            self.guess_encoding()?;
        }
        let encoding: Option<Arc<str>> = self.encoding.as_ref().map(|(label, _)| label.as_str().into());
        let stored = self.stored(None)?;
        self.packing = stored.packing;
        let is_transcoded = encoding.as_deref().is_some_and(|label| label != "utf-8");
        self.is_divisible = format.is_divisible() && stored.packing.is_none() && !is_transcoded;
        let name = Arc::from(self.name.as_str());
        let (bytes, file) = (stored.bytes, stored.file);
        let whole = FilePart { name, bytes, file, encoding, span: SpanBounds::default() };
        let mut rows = format.open(whole)?;
        self.names = rows.names()?;
        self.notes.extend(rows.notes());
        if self.names.iter().any(|name| name.contains(char::REPLACEMENT_CHARACTER)) {
            let message =
                format!("U+FFFD stands in the header of `{}`: what it stands for was lost before", self.name);
            let warning =
                Diagnostic::warning(Code::ReplacementCharacter, message).in_file(&self.name, Some(1));
            self.notes.push(warning.help("ask its publisher for the file as it was"));
        }
        self.notes.extend(format.notes(&self.name, &self.names));
        Header::new(0, &self.name, self.names.clone(), source, format).map(drop)
    }
}

/// A file as messages and the manifest name it: by its path in the project, or by its name alone where it lies
/// elsewhere, so that a release does not depend on where somebody keeps the files.
fn display_name(path: &Path, project: &Path) -> String {
    let inside = path.strip_prefix(project).ok();
    let name = inside.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    name.to_string_lossy().into_owned()
}

/// The text of a small file of the project, such as a table of published figures.
///
/// # Errors
///
/// When it cannot be read, is no file, has more than 256 MiB, or is not UTF-8.
pub fn read_text(path: &Path, shown: &str) -> Result<String, Diagnostic> {
    read_utf8(path, PROJECT_FILE_LIMIT).map_err(|error| unreadable(shown, &error))
}

/// A file whose name has another form than the one declared.
fn other_name(file: &str, source: &str, column: &Column, pattern: &FilePattern) -> Diagnostic {
    let name = &column.name;
    let message = format!(
        "the name of `{file}` does not say `{name}`: it has another form than `{}`",
        pattern.as_str()
    );
    Diagnostic::error(Code::FileName, message)
        .at(Setting::source(source).column(name).field("pattern"), "the form of the names of its files")
        .note("a part in brackets is any text, not empty, without `/`; of several that fit the only number is meant")
        .help("leave the file out of `files`, or correct the pattern")
}

pub(crate) fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    if let Some(bad) = error.get_ref().and_then(|inner| inner.downcast_ref::<BadBytes>()) {
        let message = format!("`{name}` is not text in its encoding");
        return Diagnostic::error(Code::Encoding, message)
            .in_file(name, Some(bad.line))
            .note(bad.to_string())
            .help("declare another encoding, or ask its publisher for the file");
    }
    Diagnostic::error(Code::Unreadable, format!("`{name}` cannot be read"))
        .in_file(name, None)
        .note(error.to_string())
}
