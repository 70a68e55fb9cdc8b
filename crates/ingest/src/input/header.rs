//! What the header of a file says of the columns that a source declares.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use denizen_spec::{Code, Column, Diagnostic, Source, SourceKind, did_you_mean};

use crate::formats::{Envelope, FileFormat};

/// Where a file has the columns that are read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    /// Which file of the source.
    pub(crate) file: usize,
    /// Which form of the source reads it: see [`Source::forms`].
    pub(crate) form: usize,
    /// The file, as it is named in messages.
    pub(crate) file_name: Arc<str>,
    /// What its columns are called.
    pub(crate) names: Vec<String>,
    /// The encoding that its bytes were found to be in, where that was asked for.
    pub(crate) encoding: Option<Arc<str>>,
    /// For each declared column, what the name of the file says of it, if it is read from that.
    pub(crate) constants: Vec<Option<Box<[u8]>>>,
    /// For each declared column, which field it is; then the further fields of keys; then undeclared fields.
    fields: Vec<usize>,
    /// For each declared column, where its further fields stand among `fields`.
    with: Vec<Range<usize>>,
    /// The first undeclared field among `fields`.
    undeclared: usize,
    /// Undeclared fields that must have one code in all rows.
    dimensions: Vec<usize>,
    /// Where `fields` have what an SDMX message says about its rows.
    pub(crate) envelope: Envelope,
}

impl Header {
    /// Finds the declared columns among those of a file.
    pub(crate) fn new(
        file: usize,
        file_name: &str,
        names: Vec<String>,
        source: &Source,
        format: &dyn FileFormat,
    ) -> Result<Self, Diagnostic> {
        let (mut fields, with) = declared_fields(file_name, &names, source)?;
        let is_constant = |index: usize| source.columns.get(index).is_some_and(|column| !column.is_field());
        let declared = fields.iter().enumerate().filter(|(index, _)| !is_constant(*index));
        let declared: HashSet<usize> = declared.map(|(_, field)| *field).collect();
        let undeclared = fields.len();
        let dimensions: HashSet<usize> = format.dimensions(&names).into_iter().collect();
        // What tells published cells apart may stand in any column; a record may differ from others as it likes.
        let is_read = |field: &usize| {
            let is_told = source.kind == SourceKind::Cells || dimensions.contains(field);
            is_told && !declared.contains(field)
        };
        fields.extend((0..names.len()).filter(is_read));
        let column = |field: usize| {
            let mut columns = fields.iter().enumerate();
            columns.find(|(index, other)| **other == field && !is_constant(*index)).map(|(index, _)| index)
        };
        let envelope = format.envelope(&names).in_columns(column);
        let is_dimension = |column: &usize| dimensions.contains(&fields[*column]);
        let dimensions = (undeclared..fields.len()).filter(is_dimension).collect();
        Ok(Self {
            file,
            form: 0,
            file_name: file_name.into(),
            names,
            encoding: None,
            constants: Vec::new(),
            fields,
            with,
            undeclared,
            dimensions,
            envelope,
        })
    }

    /// The header of the file as it stands, whose fields are all read.
    pub(crate) fn of_all(&self, names: Vec<String>) -> Self {
        let width = names.len();
        Self {
            file: self.file,
            form: self.form,
            file_name: Arc::clone(&self.file_name),
            names,
            encoding: self.encoding.clone(),
            constants: Vec::new(),
            fields: (0..width).collect(),
            with: Vec::new(),
            undeclared: width,
            dimensions: Vec::new(),
            envelope: Envelope::default(),
        }
    }

    /// What the name of the file says of a column that is read from it.
    #[inline]
    pub(crate) fn constant(&self, column: usize) -> Option<&[u8]> {
        self.constants.get(column)?.as_deref()
    }

    /// Number of fields of a row.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// The fields that are read: those of the declared columns, further ones of keys, then undeclared ones.
    pub(crate) fn fields(&self) -> impl ExactSizeIterator<Item = usize> {
        self.fields.iter().copied()
    }

    /// The field of a column that is read.
    pub(crate) fn field(&self, column: usize) -> usize {
        self.fields[column]
    }

    /// The further fields of a declared column that is a key: which of the columns that are read.
    pub(crate) fn with(&self, column: usize) -> Range<usize> {
        self.with[column].clone()
    }

    /// The undeclared dimensions: which of the columns that are read, and their names.
    pub(crate) fn undeclared_dimensions(&self) -> impl Iterator<Item = (usize, &str)> {
        self.dimensions.iter().map(|column| (*column, self.names[self.fields[*column]].as_str()))
    }

    /// The undeclared fields that could tell rows apart: which of the columns that are read, and their names.
    pub(crate) fn undeclared(&self) -> impl Iterator<Item = (usize, &str)> {
        let columns = (self.undeclared..self.fields.len()).filter(|column| !self.envelope.has(*column));
        columns.map(|column| (column, self.names[self.fields[column]].as_str()))
    }

    /// Whether the file still has the columns that were checked: it may have been replaced since.
    pub(crate) fn check_names(&self, names: &[String]) -> Result<(), Diagnostic> {
        if self.names == names {
            return Ok(());
        }
        let message = format!("`{}` has another header than when it was checked", self.file_name);
        Err(Diagnostic::error(Code::ChangedSnapshot, message)
            .in_file(&*self.file_name, Some(1))
            .help("the file was replaced during the run: run again when all files are complete"))
    }
}

/// Where the columns of a file are that are called so. Of several with one name, the second is called `name (2)`.
pub(crate) enum Called {
    Nothing,
    One(usize),
    Several,
}

/// The columns that are called so.
pub(crate) fn called(names: &[String], wanted: &str) -> Called {
    let of = |wanted: &str| -> Vec<usize> {
        names.iter().enumerate().filter(|(_, name)| *name == wanted).map(|(field, _)| field).collect()
    };
    match of(wanted)[..] {
        [field] => return Called::One(field),
        [] => {}
        [_, ..] => return Called::Several,
    }
    let numbered = wanted.strip_suffix(')').and_then(|start| start.rsplit_once(" ("));
    let numbered =
        numbered.and_then(|(name, number)| Some((of(name), number.parse::<usize>().ok()?.checked_sub(1)?)));
    let numbered = numbered.filter(|(fields, _)| fields.len() > 1);
    numbered.and_then(|(fields, index)| fields.get(index).copied()).map_or(Called::Nothing, Called::One)
}

/// What a spreadsheet calls a column, of which the first is 0: `A`, `Z`, `AA`.
pub(crate) fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

/// The fields of the declared columns, then further ones of keys; and for each column where its further ones stand among them.
fn declared_fields(
    file: &str,
    names: &[String],
    source: &Source,
) -> Result<(Vec<usize>, Vec<Range<usize>>), Diagnostic> {
    let mut fields = Vec::new();
    for column in &source.columns {
        // What is read from the name of the file is no field of it: the first stands for it where each column has one.
        fields.push(if column.is_field() { find(file, names, &column.from, source)? } else { 0 });
    }
    if names.is_empty() {
        return Err(missing_column(file, "", source, names));
    }
    let mut with = Vec::new();
    for column in &source.columns {
        let start = fields.len();
        for name in column.with.iter().filter(|_| !column.absent) {
            fields.push(find(file, names, name, source)?);
        }
        with.push(start..fields.len());
    }
    Ok((fields, with))
}

/// The field of the column that the source calls so.
fn find(file: &str, names: &[String], wanted: &str, source: &Source) -> Result<usize, Diagnostic> {
    match called(names, wanted) {
        Called::One(field) => Ok(field),
        Called::Nothing => Err(missing_column(file, wanted, source, names)),
        Called::Several => {
            let message = format!("`{file}` has more than one column `{wanted}`");
            Err(Diagnostic::error(Code::AmbiguousColumn, message).in_file(file, Some(1)).help(format!(
                "say which one: `from = \"{wanted} (1)\"` is the first, `(2)` the second, and so on"
            )))
        }
    }
}

fn missing_column(file: &str, wanted: &str, source: &Source, names: &[String]) -> Diagnostic {
    let error = Diagnostic::error(Code::MissingColumn, format!("`{file}` has no column `{wanted}`"));
    let is_shown = is_shown(names, source);
    let near = did_you_mean(wanted, names.iter().map(String::as_str).filter(|_| is_shown));
    let otherwise = match names {
        [] => "fetch it again, or leave it out of `files`",
        [_, ..] => "name a column that it has: `from = \"…\"`; or say how the file is laid out",
    };
    let error = error.in_file(file, Some(1)).help(near.unwrap_or_else(|| otherwise.to_owned()));
    match names {
        [] => error.note("the file is empty"),
        [_] => error.note("its first line is a single field: the delimiter may be another one"),
        names if is_shown => error.note(format!("its columns are {}", names.join(", "))),
        names => error.note(format!("its first line has {} fields{}", names.len(), known(names, source))),
    }
}

/// Those of the declared names that the first line has: they stand in the pipeline, and tell nothing of the file.
fn known(names: &[String], source: &Source) -> String {
    let declared = source.columns.iter().flat_map(Column::names_in_file);
    let known: Vec<String> = declared
        .filter(|name| names.iter().any(|other| other == name))
        .map(|name| format!("`{name}`"))
        .collect();
    if known.is_empty() { String::new() } else { format!(", {} among them", known.join(", ")) }
}

/// Whether the names of a header may be told: they look like names, or many of them are declared, so that no person's row
/// stands in their place.
pub(super) fn is_header(names: &[String], source: &Source) -> bool {
    let declared: HashSet<&str> = source.columns.iter().flat_map(Column::names_in_file).collect();
    let known = names.iter().filter(|name| declared.contains(name.as_str())).count();
    is_shown(names, source) || (known >= 2 && 2 * known >= declared.len())
}

/// Whether the first line may be shown: it must look like names. Where a source has personal columns it is never shown, for
/// that of a file without a header is a row.
fn is_shown(names: &[String], source: &Source) -> bool {
    let is_name = |name: &String| {
        name.len() <= 40
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.contains(char::is_control)
    };
    !source.has_personal_columns() && names.len() <= 30 && names.iter().all(is_name)
}
