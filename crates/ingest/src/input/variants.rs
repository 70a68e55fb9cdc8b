//! Which form of a source reads a file: the one that names it, else the one that its header fits.

mod difference;

use std::path::Path;

use denizen_spec::{Code, Diagnostic, Path as Setting, Source, Variant, year_in_name, years_in_name};
use glob::{MatchOptions, Pattern};

use self::difference::with_difference;
use super::InputFile;
use crate::formats::{FileFormat, file_format};

/// The forms of a source, with their formats; none where a format cannot be used.
pub(super) struct Forms<'a> {
    source: &'a Source,
    project: &'a Path,
    formats: Option<Vec<Box<dyn FileFormat>>>,
}

/// Why a file cannot be read.
pub(super) enum Unread {
    Faults(Vec<Diagnostic>),
    /// No form of the source reads it: what each has against it.
    OtherHeader(Vec<(InputFile, Diagnostic)>),
}

impl Unread {
    /// The file with its header, where only that is at fault.
    pub(super) fn file(self) -> Option<InputFile> {
        match self {
            Self::Faults(_) => None,
            Self::OtherHeader(attempts) => {
                attempts.into_iter().map(|(file, _)| file).find(|file| !file.names.is_empty())
            }
        }
    }

    /// What is said of it. `others` are the files of the source that are read.
    pub(super) fn diagnostics(self, source: &Source, others: &[InputFile]) -> Vec<Diagnostic> {
        match self {
            Self::Faults(faults) => faults,
            Self::OtherHeader(attempts) => vec![with_difference(source, attempts, others)],
        }
    }
}

impl<'a> Forms<'a> {
    /// Faults of the formats go to `errors`: files are found all the same, but not looked into.
    pub(super) fn new(source: &'a Source, project: &'a Path, errors: &mut Vec<Diagnostic>) -> Self {
        let formats: Result<Vec<_>, _> = source.forms().map(file_format).collect();
        let formats = formats.map_err(|error| errors.push(error)).ok();
        Self { source, project, formats }
    }

    /// A file, with its header read by the one form of the source that it is of.
    pub(super) fn open(&self, path: &Path, member: Option<String>) -> Result<InputFile, Unread> {
        let file = InputFile::find(path, member, self.project).map_err(Unread::Faults)?;
        let Some(formats) = &self.formats else { return Ok(file) };
        self.read(file, formats)
    }

    fn read(&self, file: InputFile, formats: &[Box<dyn FileFormat>]) -> Result<InputFile, Unread> {
        let candidates = self.candidates(&file).map_err(|fault| Unread::Faults(vec![fault]))?;
        let (mut fitting, mut failed) = (Vec::new(), Vec::new());
        for form in candidates {
            let mut file = InputFile { form, ..file.clone() };
            let source = self.source.form(form);
            let read = file.read_header(source, &*formats[form]);
            match read.and_then(|()| self.lacks_absent_columns(&file)) {
                Ok(()) => fitting.push(file),
                Err(error) => failed.push((file, error)),
            }
        }
        match fitting.len() {
            0 => Err(Unread::OtherHeader(failed)),
            1 => Ok(fitting.remove(0)),
            _ => Err(Unread::Faults(vec![self.several(&fitting)])),
        }
    }

    /// The forms that a file may be of: the one variant that names it, else all that name no files.
    fn candidates(&self, file: &InputFile) -> Result<Vec<usize>, Diagnostic> {
        let variants = || self.source.variants.iter().enumerate();
        let naming: Vec<usize> =
            variants().filter(|(_, variant)| self.is_of(variant, file)).map(|(index, _)| index + 1).collect();
        match naming[..] {
            [] => {
                if let Some(fault) = self.of_several_years(file) {
                    return Err(fault);
                }
                let others = variants().filter(|(_, variant)| !variant.names_its_files());
                Ok(std::iter::once(0).chain(others.map(|(index, _)| index + 1)).collect())
            }
            [_] => Ok(naming),
            [first, second, ..] => {
                let name = |form: usize| &self.source.variants[form - 1].name;
                let message =
                    format!("`{}` is of two variants: `{}` and `{}`", file.name, name(first), name(second));
                let setting = Setting::source(&self.source.name).field("variant").index(second - 1);
                Err(Diagnostic::error(Code::SeveralVariants, message)
                    .at(setting, "it names a file that another variant names")
                    .help("correct `files` or `years`, so that each file is of one variant"))
            }
        }
    }

    /// A file whose name has several years is of none by its year, and must not be read as if no variant were meant.
    fn of_several_years(&self, file: &InputFile) -> Option<Diagnostic> {
        let named = file.member.as_deref().map(years_in_name).unwrap_or_default();
        let years = if named.is_empty() { years_in_name(&file.path.to_string_lossy()) } else { named };
        let is_of_some = |(first, last): (i64, i64)| years.iter().any(|year| (first..=last).contains(year));
        let variants = self.source.variants.iter();
        let (index, variant) =
            variants.enumerate().find(|(_, variant)| variant.years.is_some_and(is_of_some))?;
        let name = &variant.name;
        let years: Vec<String> = years.iter().map(i64::to_string).collect();
        let message = format!(
            "whether `{}` is of the variant `{name}` is not known: its name has the years {}",
            file.name,
            years.join(", ")
        );
        let setting = Setting::source(&self.source.name).field("variant").index(index);
        Some(
            Diagnostic::error(Code::SeveralVariants, message)
                .at(setting, "it holds for some of them")
                .help("name the file in `files` of the variant that it is of; one that is as the source stands can have a variant of its own that states nothing else"),
        )
    }

    /// Whether a variant names a file, by a path, a glob or a year.
    fn is_of(&self, variant: &Variant, file: &InputFile) -> bool {
        let named = file.member.as_deref().unwrap_or_default();
        let year = year_in_name(named).or_else(|| year_in_name(&file.path.to_string_lossy()));
        let is_year = |(first, last): (i64, i64)| year.is_some_and(|year| (first..=last).contains(&year));
        variant.years.is_some_and(is_year) || variant.files.iter().any(|glob| self.matches(glob, file))
    }

    /// Whether a path or glob of a pipeline means a file. One that lies elsewhere is known by its name.
    fn matches(&self, glob: &str, file: &InputFile) -> bool {
        let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
        let is_like = |glob: &str, text: &str| {
            glob == text || Pattern::new(glob).is_ok_and(|glob| glob.matches_with(text, options))
        };
        let glob = glob.trim_start_matches("./");
        let last = glob.rsplit('/').next().unwrap_or(glob);
        let file_name = file.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        match file.path.strip_prefix(self.project) {
            Ok(inside) => {
                is_like(glob, &inside.to_string_lossy())
                    || is_like(glob, &file.name)
                    || (last == glob && is_like(glob, &file_name))
            }
            Err(_) => is_like(glob, &file.path.to_string_lossy()) || is_like(last, &file_name),
        }
    }

    /// A file with a column that its variant lacks is of another one: its values would be read as nothing.
    fn lacks_absent_columns(&self, file: &InputFile) -> Result<(), Diagnostic> {
        let form = self.source.form(file.form);
        for column in form.columns.iter().filter(|column| column.absent || column.constant.is_some()) {
            let called = self.source.forms().filter_map(|form| form.column(&column.name));
            let mut called = called.filter(|column| column.is_field()).map(|column| column.from.as_str());
            let Some(name) = called.find(|from| file.names.iter().any(|name| name == from)) else { continue };
            let message = format!("`{}` has the column `{name}`", file.name);
            let error = Diagnostic::error(Code::SurplusColumn, message).in_file(&file.name, Some(1));
            return Err(error
                .note(format!("by its variant no file has `{}`", column.name))
                .help("leave out `absent` or `value` in the variant, or read the file by another one"));
        }
        Ok(())
    }

    /// Two forms that a header fits would read different rows of it.
    fn several(&self, fitting: &[InputFile]) -> Diagnostic {
        let name = |file: &InputFile| match file.form.checked_sub(1) {
            None => "the source as it stands".to_owned(),
            Some(variant) => format!("variant `{}`", self.source.variants[variant].name),
        };
        let names: Vec<String> = fitting.iter().map(name).collect();
        let file = fitting.first().map_or("", |file| &file.name);
        let form = fitting.iter().map(|file| file.form).max().unwrap_or(0);
        let setting = Setting::source(&self.source.name).field("variant").index(form.saturating_sub(1));
        let message = format!("the header of `{file}` fits {}", names.join(" and "));
        Diagnostic::error(Code::SeveralVariants, message)
            .at(setting, "no name of a column tells it from the others")
            .help("say which files it holds for: `files` or `years`")
    }
}
