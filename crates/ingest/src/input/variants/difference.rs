//! What a header that fits no form of a source has otherwise, and the variant that it may be.

use std::collections::HashSet;
use std::fmt::Write as _;

use denizen_spec::{Code, Column, Diagnostic, Source, is_nearly, year_in_name};

use super::InputFile;
use crate::fold::folded;
use crate::input::header::{Called, called, is_header};

/// The error of a file that no form reads: of the nearest one, with how the headers differ. `failed` are the attempts, and
/// `others` the files of the source that are read.
pub(super) fn with_difference(
    source: &Source,
    mut failed: Vec<(InputFile, Diagnostic)>,
    others: &[InputFile],
) -> Diagnostic {
    let missing = |(file, _): &(InputFile, Diagnostic)| {
        let count = missing_columns(source.form(file.form), &file.names).count();
        (file.names.is_empty(), count)
    };
    let nearest = failed.iter().enumerate().min_by_key(|(_, attempt)| missing(attempt));
    let Some(index) = nearest.map(|(index, _)| index) else {
        return Diagnostic::error(Code::Internal, "a file was read by no form of its source");
    };
    let forms = failed.len();
    let (file, error) = failed.swap_remove(index);
    let form = source.form(file.form);
    // Where the source as it stands reads no file, its columns may be misspelt: the error says what they are.
    let has_others = forms > 1 || !source.variants.is_empty() || !others.is_empty();
    if !has_others {
        return error;
    }
    // The error may know already what is to be written: then that is what the variant says.
    let line = error.help.as_ref().and_then(|help| help.strip_prefix("write `")?.strip_suffix('`'));
    let is_option = |line: &&str| line.starts_with("delimiter = ") || line.starts_with("encoding = ");
    if let Some(line) = line.filter(is_option) {
        let proposal = format!("{}{line}", beginning(source, &file));
        return Diagnostic { help: Some(advice(&proposal)), ..error };
    }
    // A first line without any name that is declared is hardly a header.
    let is_near = missing_columns(form, &file.names).count() < form.columns.len();
    if error.code != Code::MissingColumn || !is_near || !is_header(&file.names, form) {
        return error;
    }
    let difference = Difference::of(form, &file.names, others);
    let mut error = Diagnostic::error(Code::MissingColumn, error.message)
        .in_file(&file.name, Some(1))
        .note(format!("compared with {}", name_of(source, file.form)));
    for (what, names) in [("missing", &difference.missing()), ("new", &difference.new)] {
        if !names.is_empty() {
            error = error.note(format!("{what}: {}", listed(names)));
        }
    }
    for (old, new) in &difference.renamed {
        error = error.note(format!("perhaps renamed: `{old}` is `{new}`"));
    }
    error.help(advice(&difference.proposal(source, &file)))
}

fn advice(proposal: &str) -> String {
    format!("if the layout of this file is another one, add what is so and correct the rest:\n{proposal}")
}

/// The beginning of a variant that is of a file.
fn beginning(source: &Source, file: &InputFile) -> String {
    let path = file.name.as_str();
    let stem = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or(path);
    let name = year_in_name(path).map_or_else(|| stem.to_owned(), |year| year.to_string());
    let archive = file.member.as_ref().and_then(|member| path.strip_suffix(&format!("/{member}")));
    let files = quoted(archive.unwrap_or(path));
    format!("[[source.{}.variant]]\nname = {}\nfiles = {files}\n", key(&source.name), quoted(&name))
}

fn name_of(source: &Source, form: usize) -> String {
    match form.checked_sub(1).and_then(|index| source.variants.get(index)) {
        None => "the source as it stands".to_owned(),
        Some(variant) => format!("the variant `{}`", variant.name),
    }
}

/// Names that are shown of a difference.
const SHOWN: usize = 20;

fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// The declared columns that a header does not have.
fn missing_columns<'a>(form: &'a Source, names: &'a [String]) -> impl Iterator<Item = &'a Column> {
    let is_missing =
        |column: &&Column| column.names_in_file().any(|name| matches!(called(names, name), Called::Nothing));
    form.columns.iter().filter(move |column| is_missing(column))
}

/// How a header differs from what a form of a source declares.
struct Difference {
    /// Columns that are called otherwise, as it seems: their names before and now.
    renamed: Vec<(String, String)>,
    /// Declared columns that it does not have, and that nothing is like: ours and theirs.
    gone: Vec<(String, String)>,
    /// What the columns of `renamed` are called with us.
    ours: Vec<String>,
    /// Columns that neither the source declares nor another file has, and no other name of one that is declared.
    new: Vec<String>,
}

impl Difference {
    fn of(form: &Source, names: &[String], others: &[InputFile]) -> Self {
        let declared = form.columns.iter().flat_map(Column::names_in_file);
        let of_others = others.iter().flat_map(|file| &file.names).map(String::as_str);
        let known: HashSet<&str> = declared.chain(of_others).collect();
        let mut new: Vec<String> =
            names.iter().filter(|name| !known.contains(name.as_str())).cloned().collect();
        let mut difference =
            Self { renamed: Vec::new(), gone: Vec::new(), ours: Vec::new(), new: Vec::new() };
        for column in missing_columns(form, names) {
            match like(&column.from, &new) {
                Some(name) if column.with.is_empty() => {
                    new.retain(|other| *other != name);
                    difference.ours.push(column.name.clone());
                    difference.renamed.push((column.from.clone(), name));
                }
                Some(_) | None => difference.gone.push((column.name.clone(), column.from.clone())),
            }
        }
        difference.new = new;
        difference
    }

    fn missing(&self) -> Vec<String> {
        let renamed = self.renamed.iter().map(|(old, _)| old.clone());
        renamed.chain(self.gone.iter().map(|(_, theirs)| theirs.clone())).collect()
    }

    /// The variant of which the file may be, as TOML.
    fn proposal(&self, source: &Source, file: &InputFile) -> String {
        let mut text = beginning(source, file);
        for (ours, (old, new)) in self.ours.iter().zip(&self.renamed) {
            let _ = writeln!(text, "columns.{}.from = {} # was {}", key(ours), quoted(new), quoted(old));
        }
        for (ours, theirs) in &self.gone {
            let others = if self.new.is_empty() {
                String::new()
            } else {
                format!(", unless it is one of the new ones: `columns.{}.from = \"…\"`", key(ours))
            };
            let _ =
                writeln!(text, "columns.{}.absent = true # no column {}{others}", key(ours), quoted(theirs));
        }
        text.pop();
        text
    }
}

/// The name among others that a column seems to have now: the same but for case, accents and marks, one that holds the
/// other, or one that is spelt nearly so.
fn like(old: &str, names: &[String]) -> Option<String> {
    let plain_old = plain(old);
    let same = names.iter().find(|name| plain(name) == plain_old);
    let holds = |name: &&String| {
        let name = plain(name);
        let (short, long) =
            if name.len() < plain_old.len() { (&name, &plain_old) } else { (&plain_old, &name) };
        short.len() >= 4 && long.contains(short.as_str())
    };
    let mut holding = names.iter().filter(holds);
    let only = holding.next().filter(|_| holding.next().is_none());
    let near = || names.iter().find(|name| old.len() >= 4 && is_nearly(old, name));
    same.or(only).or_else(near).cloned()
}

/// The letters and digits of a name; all of it in small letters where it has signs of a lost one.
fn plain(name: &str) -> String {
    folded(name).unwrap_or_else(|| name.to_lowercase())
}

/// A TOML string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A TOML key, bare where it can be.
fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { name.to_owned() } else { quoted(name) }
}
