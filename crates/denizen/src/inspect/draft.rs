//! A source in the making: drafted, tried, and mended until it can be read.

use std::path::{Path, PathBuf};

use denizen_ingest::{FoundFile, Lists, SampleColumn};
use denizen_spec::{Code, SourceKind};

use super::columns::{ColumnLine, Columns};
use super::names::{is_beside_names, personal_texts};
use super::profile::{Content, Profile};
use super::settings::format_settings;
use super::shape::{self, Shape, Wide};
use super::toml_text::{array, comment, quoted, shown as in_comment};
use super::trial::Trial;
use super::{ProposedSource, numbers, shown, words};

/// Trials of one source: each mends what the one before has shown.
const MOST_TRIALS: usize = 5;

/// The share of rows that may be of no use in a source that is proposed.
const BEARABLE: f64 = 0.05;

/// Rows from which on it can be said that all texts of a column differ.
const TELLING: usize = 50;

/// The files of a source, and what is thought of them.
pub(super) struct Draft<'a> {
    name: &'a str,
    files: &'a [FoundFile],
    project: &'a Path,
    lists: &'a Lists,
    profiles: Vec<Profile>,
    personal: Vec<Option<String>>,
    shape: Shape,
    plain: Vec<String>,
    max_rejected: Option<(f64, String)>,
}

/// A draft as text.
struct Written {
    text: String,
    table: String,
    lines: Vec<ColumnLine>,
}

/// Why columns may hold what identifies a person, by their names and texts.
fn personal_columns(found: &FoundFile, profiles: &[Profile]) -> Vec<Option<String>> {
    let columns = found.names.iter().zip(&found.sample.columns).zip(profiles);
    let mut personal: Vec<Option<String>> =
        columns.map(|((name, column), profile)| why_personal(name, column, profile)).collect();
    let is_of_name = |(name, why): (&String, &Option<String>)| {
        why.is_some() && (words::is_surname(name) || is_beside_names(name))
    };
    if found.names.iter().zip(&personal).any(is_of_name) {
        for (index, name) in found.names.iter().enumerate() {
            let is_text = profiles[index].content == Content::Text && personal[index].is_none();
            if is_text && is_beside_names(name) {
                personal[index] = Some("it stands beside names of persons, and is called so".to_owned());
            }
        }
    }
    personal
}

fn why_personal(name: &str, column: &SampleColumn, profile: &Profile) -> Option<String> {
    let addresses = column.stated().filter(|text| text.contains('@') && text.contains('.')).count();
    if addresses * 2 > profile.distinct.max(1) {
        return Some("most of its texts are addresses of mail".to_owned());
    }
    // Dates that are not read as such are those of persons all the same.
    let like_date =
        |text: &&str| text.len() >= 8 && text.chars().all(|c| c.is_ascii_digit() || "/-. :".contains(c));
    let dates = column.stated().take(1000).filter(like_date).count();
    let are_dates = dates * 2 > profile.distinct.min(1000);
    let why = words::personal_name(name, profile.is_date())
        .or_else(|| if are_dates { words::personal_name(name, true) } else { None })
        .or_else(|| personal_texts(name, column));
    why.map(str::to_owned)
}

impl<'a> Draft<'a> {
    pub(super) fn new(name: &'a str, files: &'a [FoundFile], project: &'a Path, lists: &'a Lists) -> Self {
        let found = &files[0];
        let sample = &found.sample;
        let mut profiles: Vec<Profile> =
            sample.columns.iter().map(|column| Profile::of(column, sample.rows)).collect();
        numbers::decide(found, &mut profiles);
        let mut personal = personal_columns(found, &profiles);
        let mut shape = Shape::of(found, &profiles, &personal);
        if shape.kind == SourceKind::Records {
            let ids: Vec<usize> =
                (0..profiles.len()).filter(|index| is_identifier(found, &profiles, *index, &shape)).collect();
            for index in ids {
                personal[index] =
                    Some("nearly every row has another one: it may identify persons".to_owned());
            }
            if personal.iter().any(Option::is_some) {
                shape = Shape::of(found, &profiles, &personal);
            }
        }
        let (plain, max_rejected) = (Vec::new(), None);
        Self { name, files, project, lists, profiles, personal, shape, plain, max_rejected }
    }

    /// The source, as far as trials could mend it.
    pub(super) fn propose(mut self) -> ProposedSource {
        let mut written = self.write();
        let mut trial = self.trial(&written);
        for _ in 0..MOST_TRIALS {
            if (trial.is_success() && trial.unread.is_empty()) || !self.mend(&trial) {
                break;
            }
            written = self.write();
            trial = self.trial(&written);
            if trial.faults.is_empty()
                && self.max_rejected.as_ref().is_some_and(|(share, _)| trial.share() <= *share)
            {
                break;
            }
        }
        let new_list = |line: &ColumnLine| {
            Some((line.new_list(self.name)?, line.codes.iter().map(|(text, _)| text.clone()).collect()))
        };
        let is_counted = self.shape.kind == SourceKind::Records
            && !self.shape.roles.contains(&super::shape::Role::Weight)
            && !self.shape.is_doubtful
            && trial.is_whole
            && trial.faults.is_empty();
        let new_lists: Vec<(String, Vec<String>)> = written.lines.iter().filter_map(new_list).collect();
        ProposedSource {
            name: self.name.to_owned(),
            has_personal_columns: written.lines.iter().any(|line| line.is_personal),
            text_with_lists: if new_lists.is_empty() {
                written.text.clone()
            } else {
                self.write_with(true).text
            },
            new_lists,
            text: written.text,
            table: written.table,
            records: is_counted.then_some(trial.accepted),
            trial,
            files: self.files.iter().map(|file| file.path.clone()).collect::<Vec<PathBuf>>(),
        }
    }

    fn trial(&self, written: &Written) -> Trial {
        let head = "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n";
        let disclosure = "[disclosure]\nmethod = \"none\"\nreason = \"a trial\"\n";
        Trial::of(&format!("{head}{disclosure}{}\n{}", written.text, written.table), self.project)
    }

    /// Changes what a trial has shown to be wrong; false where nothing can be done.
    fn mend(&mut self, trial: &Trial) -> bool {
        if !trial.faults.is_empty() {
            return false;
        }
        let columns: Vec<String> = trial.rejected.keys().filter_map(|(column, _)| column.clone()).collect();
        let new: Vec<String> =
            columns.into_iter().filter(|column| !self.plain.contains(column) && column != "value").collect();
        let mut new = new;
        new.extend(trial.unread.iter().filter(|column| !self.plain.contains(column)).cloned());
        if !new.is_empty() {
            self.plain.extend(new);
            return true;
        }
        let share = trial.share();
        if share > BEARABLE || self.max_rejected.is_some() {
            return false;
        }
        let is_again = |(_, reason): &(Option<String>, String)| *reason == Code::RepeatedHeader.to_string();
        if trial.rejected.keys().any(is_again) {
            self.shape.doubts.push(
                "the header stands in the file again: rows below it may be of another table, which counts something else"
                    .to_owned(),
            );
        }
        let reasons: Vec<String> = trial
            .rejected
            .iter()
            .map(|((column, reason), rows)| {
                format!(
                    "{rows} × {reason}{}",
                    column.as_ref().map(|column| format!(" in `{column}`")).unwrap_or_default()
                )
            })
            .collect();
        self.max_rejected = Some((((share * 1000.0).ceil() / 1000.0).min(1.0), reasons.join(", ")));
        true
    }

    /// What stands around the year in the name of the file, where no column holds one.
    fn file_year(&self) -> Option<(String, String)> {
        let has_time = self.profiles.iter().zip(&self.files[0].names).any(|(profile, name)| {
            profile.is_year
                || profile.is_date()
                || words::has_word(name, &words::YEAR) && profile.content != Content::Nothing
        });
        let is_wide_time = match self.shape.wide {
            Some(Wide::Years(..) | Wide::Periods) => true,
            // Of several dimensions in the names of columns, one may be the time.
            Some(Wide::Parts(_)) => self.files[0].names.iter().any(|name| year_in(name).is_some()),
            Some(Wide::Names) | None => false,
        };
        if has_time || is_wide_time {
            return None;
        }
        let parts = |file: &FoundFile| {
            let name = file.path.file_name()?.to_str()?;
            year_in(name).map(|at| (name[..at].to_owned(), name[at + 4..].to_owned()))
        };
        let first = parts(&self.files[0])?;
        // `{` and `*` mean something in a pattern.
        let is_plain = |text: &str| !text.contains(['{', '}', '*', '?', '[']);
        let is_shared = self.files.iter().all(|file| parts(file).as_ref() == Some(&first));
        (is_shared && is_plain(&first.0) && is_plain(&first.1)).then_some(first)
    }

    fn write(&self) -> Written {
        self.write_with(false)
    }

    /// `has_lists` says whether many codes stand in lists of their own.
    fn write_with(&self, has_lists: bool) -> Written {
        let found = &self.files[0];
        let columns = Columns {
            found,
            profiles: &self.profiles,
            personal: &self.personal,
            shape: &self.shape,
            lists: self.lists,
            plain: &self.plain,
            file_year: self.file_year(),
        };
        let (mut lines, ignored) = columns.lines();
        if has_lists {
            lines = lines.into_iter().map(|line| line.with_list(self.name)).collect();
        }
        let mut text = self.head(&columns);
        let doubts = found.doubts.iter().chain(&self.shape.doubts);
        doubts.for_each(|doubt| text += &format!("# DOUBT: {}\n", comment(doubt)));
        if !ignored.is_empty() {
            text += "# Not read:\n";
            ignored.iter().for_each(|line| text += &format!("#   {line}\n"));
        }
        text += &format!("\n[source.{}.columns]\n", self.name);
        let entries: Vec<(String, String)> = lines.iter().map(|line| line.write(self.name)).collect();
        entries.iter().for_each(|(entry, _)| text += entry);
        entries.iter().for_each(|(_, table)| text += table);
        let table = self.table(&lines);
        Written { text, table, lines }
    }

    /// The settings of the source, each with its reason.
    fn head(&self, columns: &Columns<'_>) -> String {
        let found = &self.files[0];
        let sample = &found.sample;
        let name = found.path.file_name().unwrap_or_default().to_string_lossy();
        let mut text = format!("# Looked at {} of {}.\n", sample.extent, in_comment(&name));
        if !sample.is_whole {
            text += "# DOUBT: what stands in other rows is not known: run `denizen codes` for texts without a meaning\n";
        }
        text += &format!("[source.{}]\n", self.name);
        let mut line = |key: &'static str, value: String| {
            let why = found.evidence.iter().find(|(other, _)| *other == key);
            let why = why.map(|(_, why)| format!("  # {}", comment(why))).unwrap_or_default();
            text += &format!("{key} = {value}{why}\n");
        };
        let files: Vec<String> = self.files.iter().map(|file| shown(&file.path, self.project)).collect();
        line("files", array(files.iter().map(String::as_str)));
        if let Some((member, of)) = &found.member
            && *of > 1
        {
            line(
                "member",
                format!(
                    "{}  # DOUBT: the first of {of} files in it; the others are not read",
                    quoted(member)
                ),
            );
        }
        for (key, value) in format_settings(&found.format, columns.decimal_mark()) {
            line(key, value);
        }
        let why = comment(&self.shape.reasons.join("; "));
        match self.shape.kind {
            SourceKind::Cells => {
                line("kind", format!("\"cells\"  # {why}"));
                line("concept", format!("{}  # TODO: what the cells count", quoted(self.name)));
            }
            SourceKind::Records => line("kind", format!("\"records\"  # {why}")),
        }
        if let Some(weight) = self.weight(columns) {
            line("weight", quoted(&weight));
        }
        if let Some((share, reasons)) = &self.max_rejected {
            line("max_rejected", format!("{share:?}  # DOUBT: cannot be read so: {reasons}"));
        }
        if let Some(wide) = &self.shape.wide {
            line("unpivot", unpivot(columns, wide));
        }
        text
    }

    fn weight(&self, columns: &Columns<'_>) -> Option<String> {
        let weight = self.shape.roles.iter().position(|role| *role == super::shape::Role::Weight)?;
        columns.lines().0.into_iter().find(|line| line.column == Some(weight)).map(|line| line.name)
    }

    /// A table that can be made without knowing more.
    fn table(&self, lines: &[ColumnLine]) -> String {
        let mut text = format!("[[table]]\nname = {}\nsource = {}\n", quoted(self.name), quoted(self.name));
        let is_dimension = |line: &&ColumnLine| line.is_dimension && !line.is_personal;
        match self.shape.kind {
            SourceKind::Cells => {
                let names = self.files[0].names.join(" ") + &self.files[0].path.to_string_lossy();
                let is_stock = words::has_word(
                    &names,
                    &[
                        "stock",
                        "residenti",
                        "residents",
                        "resident",
                        "popolazione",
                        "population",
                        "valid",
                        "january",
                        "gennaio",
                    ],
                );
                let measure = if is_stock { "stock" } else { "flow" };
                text += &format!(
                    "measure = \"{measure}\"  # TODO: `stock` (there at a time) or `flow` (in the course of a time)\n"
                );
                let names = lines.iter().filter(is_dimension).map(|line| line.name.as_str());
                text += &format!("dimensions = {}\n", array(names));
            }
            SourceKind::Records => {
                text += "measure = \"count\"\n";
                text += &format!("concept = {}  # TODO: what is counted\n", quoted(self.name));
                let is_few = |line: &&ColumnLine| (2..=300).contains(&line.distinct) || line.name == "year";
                let names =
                    lines.iter().filter(is_dimension).filter(is_few).map(|line| line.name.as_str()).take(3);
                text += &format!("dimensions = {}\n", array(names));
            }
        }
        text
    }
}

/// Where a year stands in the name of a file, and no other.
fn year_in(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    let is_digit =
        |index: Option<usize>| index.and_then(|index| bytes.get(index)).is_some_and(u8::is_ascii_digit);
    let is_year = |at: &usize| {
        let year = name.get(*at..at + 4).and_then(|year| year.parse::<i32>().ok());
        year.is_some_and(|year| (1900..=2100).contains(&year))
            && !is_digit(at.checked_sub(1))
            && !is_digit(Some(at + 4))
    };
    let mut found = (0..bytes.len().saturating_sub(3)).filter(is_year);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether nearly every row has another text, and one like a number of a document. Of few rows each must have one, of the same
/// length, unless the column is called after documents.
fn is_identifier(found: &FoundFile, profiles: &[Profile], index: usize, shape: &Shape) -> bool {
    let (profile, column) = (&profiles[index], &found.sample.columns[index]);
    let is_text = matches!(profile.content, Content::Text | Content::Integer) && !profile.is_year;
    let is_read = shape.roles[index] == super::shape::Role::Dimension;
    if !is_text || !is_read {
        return false;
    }
    let texts: Vec<&str> = column.stated().take(1000).collect();
    let like_number = texts.iter().filter(|text| like_number_of_document(text)).count();
    if profile.stated >= TELLING {
        let like_code = texts.iter().filter(|text| like_code_of_one(text)).count();
        profile.distinct * 10 >= profile.stated * 9 && like_number.max(like_code) * 10 >= texts.len() * 9
    } else {
        let has_one_length = texts.windows(2).all(|pair| pair[0].len() == pair[1].len());
        let is_long = texts.iter().all(|text| text.len() >= 7);
        profile.stated > 1
            && profile.distinct == profile.stated
            && like_number == texts.len()
            && (words::is_document(&found.names[index]) || has_one_length && is_long)
    }
}

/// Whether a text has letters and digits, as `PERM-17`, a number plate or an address: where each row has another one, it tells whose
/// row it is.
fn like_code_of_one(text: &str) -> bool {
    let has = |is_it: fn(char) -> bool| text.chars().any(is_it);
    text.len() >= 4 && has(|c| c.is_ascii_digit()) && has(char::is_alphabetic)
}

fn like_number_of_document(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() >= 5 && (digits * 2 >= text.len() || digits >= 6)
}

/// Which columns become rows, and which are left out.
fn unpivot(columns: &Columns<'_>, wide: &Wide) -> String {
    let names = &columns.found.names;
    let selected = match wide {
        Wide::Years(first, last) => format!("years = [{first}, {last}]"),
        Wide::Periods | Wide::Names | Wide::Parts(_) => {
            format!("columns = {}", array(columns.wide_columns().iter().map(|index| names[*index].as_str())))
        }
    };
    let is_ignored = |index: &usize| matches!(columns.shape.roles[*index], super::shape::Role::Ignored(_));
    let ignored: Vec<&str> = (0..names.len()).filter(is_ignored).map(|index| names[index].as_str()).collect();
    let ignore = if ignored.is_empty() { String::new() } else { format!(", ignore = {}", array(ignored)) };
    let value = if names.iter().any(|name| name == "value") { ", value = \"value of names\"" } else { "" };
    let into = columns.into();
    let into = match into.as_slice() {
        [one] => quoted(one),
        several => array(several.iter().map(String::as_str)),
    };
    let separator = shape::separator(&columns.found.format).filter(|_| matches!(wide, Wide::Parts(_)));
    let separator = separator.map(|sign| format!(", separator = {}", quoted(sign))).unwrap_or_default();
    let flags = columns.shape.flag_suffix.as_ref();
    let flags = flags.map(|suffix| format!(", flag_suffix = {}", quoted(suffix))).unwrap_or_default();
    format!("{{ into = {into}{separator}, {selected}{flags}{ignore}{value} }}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_in_names_of_files() {
        let table = [
            ("STRASA_2022_en.csv", Some(7)),
            ("a_2021-2022.csv", None),
            ("a_20220101.csv", None),
            ("a_0999.csv", None),
            ("a.csv", None),
        ];
        for (name, expected) in table {
            assert_eq!(year_in(name), expected, "{name}");
        }
    }
}
