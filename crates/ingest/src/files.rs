//! Which files a source has, what is known of them, and what their headers say.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use denizen_spec::{Code, Codelist, ColumnKind, Diagnostic, Place, Snapshot, Source, did_you_mean};

use crate::codelist;
use crate::meaning::meanings;
use crate::text::Decoder;
use crate::tokens::Tokens;

/// A source whose files have been found and whose headers fit.
pub struct Input {
    pub(crate) source: Source,
    pub(crate) files: Vec<InputFile>,
    pub(crate) lists: Vec<Codelist>,
    pub(crate) decoder: Decoder,
}

/// One file of a source.
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    pub(crate) name: Arc<str>,
    pub(crate) bytes: u64,
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) header: Header,
}

/// Where a file has the declared columns.
pub(crate) struct Header {
    /// Number of fields of the header.
    pub(crate) width: usize,
    /// For each declared column, which field it is.
    pub(crate) fields: Vec<usize>,
    /// SDMX dimensions that are not declared: field and name.
    pub(crate) undeclared: Vec<(usize, String)>,
}

/// What was read of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// The file, relative to the project where it lies in it.
    pub name: Arc<str>,
    /// Size in bytes, as stored.
    pub bytes: u64,
    /// SHA-256 of the bytes as stored, in hexadecimal.
    pub sha256: String,
    /// What its sidecar says.
    pub snapshot: Option<Snapshot>,
    /// Rows below the header.
    pub read: u64,
    /// Rows that got in.
    pub accepted: u64,
    /// Rows that did not.
    pub rejected: u64,
    /// Rows that the source leaves out by rule: cells of aggregates such as continents.
    pub excluded: u64,
}

/// Finds the files of a source and reads their headers, sidecars and code lists, but no data.
///
/// `project` is the folder that relative paths start from; `files` replaces the paths of the pipeline file.
///
/// # Errors
///
/// Every fault of every file.
pub fn open(source: &Source, project: &Path, files: Option<&[String]>) -> Result<Input, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let mut keep = |fault: Diagnostic| faults.push(fault);
    let decoder = Decoder::new(&source.encoding, source.delimiter).map_err(&mut keep).ok();
    let mut seen = HashSet::new();
    let lists = source.columns.iter().filter_map(|column| column.list.as_ref());
    let lists = lists.filter(|name| seen.insert(name.get_ref().as_str()));
    let lists: Vec<_> = lists.filter_map(|name| codelist(project, name).map_err(&mut keep).ok()).collect();
    for column in source.columns.iter().filter(|column| column.kind == ColumnKind::Code) {
        meanings(column, source.kind, &lists).err().into_iter().flatten().for_each(&mut keep);
    }
    let paths = find(source, project, files).unwrap_or_else(|missing| {
        missing.into_iter().for_each(&mut keep);
        Vec::new()
    });
    let mut opened = Vec::new();
    for path in paths {
        match InputFile::open(&path, source, project, decoder) {
            Ok(file) => opened.push(file),
            Err(found) => found.into_iter().for_each(&mut keep),
        }
    }
    faults.extend(unlike_samples(&opened));
    match decoder {
        Some(decoder) if faults.is_empty() => {
            Ok(Input { source: source.clone(), files: opened, lists, decoder })
        }
        _ => Err(faults),
    }
}

/// Files that are samples of different sizes cannot be blown up by one factor.
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

    /// Total size of its files in bytes, as stored.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The paths of its files, in the order in which they are read.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// The sidecars of its files.
    pub fn snapshots(&self) -> impl Iterator<Item = &Snapshot> {
        self.files.iter().filter_map(|file| file.snapshot.as_ref())
    }
}

/// The files of the paths and globs, each once, in the order of their names.
fn find(source: &Source, project: &Path, files: Option<&[String]>) -> Result<Vec<PathBuf>, Vec<Diagnostic>> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    // A bracket in the name of the project's folder is no pattern.
    let escaped = PathBuf::from(glob::Pattern::escape(&project.to_string_lossy()));
    let declared = source
        .files
        .iter()
        .map(|path| (project.join(path.get_ref()), escaped.join(path.get_ref()), Some(path.span())));
    let given = files
        .map(|files| files.iter().map(|path| (PathBuf::from(path), PathBuf::from(path), None)).collect());
    for (path, pattern, span) in given.unwrap_or_else(|| declared.collect::<Vec<_>>()) {
        let before = found.len();
        if path.is_file() {
            found.push(path.clone());
        } else if let Ok(matches) = glob::glob(&pattern.to_string_lossy()) {
            // A glob such as `crossings-*.csv*` must not take the sidecars for data.
            let is_data = |path: &PathBuf| path.is_file() && path.extension().is_none_or(|end| end != "toml");
            found.extend(matches.filter_map(Result::ok).filter(is_data));
        }
        if found.len() == before {
            let shown = path.strip_prefix(project).unwrap_or(&path).display();
            let fault = Diagnostic::error(Code::MissingFile, format!("there is no file `{shown}`"));
            let fault = fault.help("put the file there, correct `files`, or use --source NAME=PATH");
            faults.push(match span {
                Some(span) => fault.at(span, format!("no file of the source `{}`", source.name.get_ref())),
                None => fault,
            });
        }
    }
    found.sort();
    // A file that is named twice, be it by different paths, has its rows once.
    let mut seen = HashSet::new();
    found.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// A file as messages and the manifest name it: by its path in the project, or by its name alone where it lies
/// elsewhere, so that a release does not depend on where somebody keeps his files.
fn shown(path: &Path, project: &Path) -> String {
    let inside = path.strip_prefix(project).ok();
    let name = inside.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    name.to_string_lossy().into_owned()
}

impl InputFile {
    fn sampling_fraction(&self) -> f64 {
        self.snapshot.as_ref().map_or(1.0, |snapshot| snapshot.sampling_fraction)
    }

    fn open(
        path: &Path,
        source: &Source,
        project: &Path,
        decoder: Option<Decoder>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let name: Arc<str> = shown(path, project).into();
        let bytes = std::fs::metadata(path).map(|data| data.len());
        let bytes = bytes.map_err(|error| vec![unreadable(&name, &error)])?;
        let snapshot = sidecar(path, &name)?;
        let header = match decoder {
            Some(decoder) => Header::read(path, &name, source, decoder).map_err(|fault| vec![fault])?,
            None => Header { width: 0, fields: Vec::new(), undeclared: Vec::new() },
        };
        Ok(Self { path: path.to_path_buf(), name, bytes, snapshot, header })
    }
}

/// Where the sidecar of a file lies, if it has one.
pub fn sidecar_path(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".toml");
    PathBuf::from(beside)
}

#[expect(clippy::disallowed_methods, reason = "inputs are opened here")]
fn sidecar(path: &Path, name: &str) -> Result<Option<Snapshot>, Vec<Diagnostic>> {
    let text = match std::fs::read_to_string(sidecar_path(path)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(vec![unreadable(&format!("{name}.toml"), &error)]),
    };
    Snapshot::parse(&text).map(Some).map_err(|faults| {
        let in_sidecar = |fault: Diagnostic| {
            let line = match &fault.place {
                Place::Pipeline { span, .. } => 1 + text[..span.start].matches('\n').count() as u64,
                _ => 1,
            };
            fault.in_file(format!("{name}.toml"), Some(line))
        };
        faults.into_iter().map(in_sidecar).collect()
    })
}

impl Header {
    fn read(path: &Path, name: &str, source: &Source, decoder: Decoder) -> Result<Self, Diagnostic> {
        let opened = Tokens::open(path, source.delimiter);
        let (mut tokens, _) = opened.map_err(|error| unreadable(name, &error))?;
        let first = tokens.next_row().map_err(|error| unreadable(name, &error))?;
        let fault = |code, message: &str| Diagnostic::error(code, message).in_file(name, Some(1));
        if let Some(code) = first.and_then(|row| row.fault) {
            return Err(fault(code, "the first line is no header of a table"));
        }
        let fields = first.iter().flat_map(|row| row.fields());
        let decoded: Option<Vec<_>> = fields.map(|field| decoder.decode(field)).collect();
        let Some(columns) = decoded else {
            let declared = source.encoding.get_ref();
            return Err(fault(Code::Encoding, "the header is not text in the declared encoding")
                .help(format!("`{declared}` is declared; name the encoding of the file")));
        };
        let columns: Vec<&str> = columns.iter().map(|column| column.trim()).collect();
        let mut fields = Vec::new();
        for column in &source.columns {
            let wanted = column.from.get_ref();
            let mut places = columns.iter().enumerate().filter(|(_, found)| *found == wanted);
            match (places.next(), places.next()) {
                (Some((field, _)), None) => fields.push(field),
                (None, _) => return Err(missing_column(name, wanted, source, &columns)),
                (Some(_), Some(_)) => {
                    let message = format!("`{name}` has more than one column `{wanted}`");
                    return Err(fault(Code::AmbiguousColumn, &message)
                        .help("rename one of them in the file, or ask its publisher which is meant"));
                }
            }
        }
        let undeclared = undeclared_dimensions(source, &columns, &fields);
        Ok(Self { width: columns.len(), fields, undeclared })
    }
}

fn missing_column(file: &str, wanted: &str, source: &Source, columns: &[&str]) -> Diagnostic {
    let fault = Diagnostic::error(Code::MissingColumn, format!("`{file}` has no column `{wanted}`"));
    let fault = fault.in_file(file, Some(1));
    // The first line of a file without a header could hold personal values. It is shown only when it looks like names,
    // and, where a source has personal columns, holds at least one of the names that are declared.
    let declared =
        |text: &&str| source.columns.iter().any(|column| column.from.get_ref().eq_ignore_ascii_case(text));
    let is_header = columns.iter().any(declared) || !source.columns.iter().any(|column| column.personal);
    let is_name = |text: &&str| {
        text.len() <= 40
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && !text.contains(char::is_control)
    };
    let is_shown = is_header && columns.len() <= 30 && columns.iter().all(is_name);
    let near = did_you_mean(wanted, columns.iter().copied().filter(|_| is_shown));
    let fault = fault.maybe_help(near);
    match columns {
        [] => fault.note("the file is empty"),
        [_] => fault.note("its first line is a single field: the delimiter may be another one"),
        columns if is_shown => fault.note(format!("its columns are {}", columns.join(", "))),
        columns => fault.note(format!("its first line has {} fields", columns.len())),
    }
}

/// The dimensions of an SDMX-CSV file stand before its value; what stands after it are attributes.
fn undeclared_dimensions(source: &Source, columns: &[&str], declared: &[usize]) -> Vec<(usize, String)> {
    const ENVELOPE: [&str; 6] =
        ["DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"];
    if source.format != denizen_spec::Format::SdmxCsv {
        return Vec::new();
    }
    let dimensions = columns.iter().enumerate().take_while(|(_, name)| **name != "OBS_VALUE");
    let undeclared =
        dimensions.filter(|(field, name)| !declared.contains(field) && !ENVELOPE.contains(&**name));
    undeclared.map(|(field, name)| (field, (*name).to_owned())).collect()
}

/// The text of a small file of the project, such as a table of published figures.
///
/// # Errors
///
/// When it cannot be read or is not UTF-8.
#[expect(clippy::disallowed_methods, reason = "inputs are opened here")]
pub fn read_text(path: &Path, shown: &str) -> Result<String, Diagnostic> {
    std::fs::read_to_string(path).map_err(|error| unreadable(shown, &error))
}

pub(crate) fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(Code::Unreadable, format!("`{name}` cannot be read"))
        .in_file(name, None)
        .note(error.to_string())
}
