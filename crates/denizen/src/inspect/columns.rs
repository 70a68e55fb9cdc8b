//! What is proposed for each column, with its reason.

mod line;
mod sexes;
mod totals;
mod values;
mod wide;

use denizen_ingest::{FoundFile, ListFit, Lists};
use denizen_spec::SourceKind;

pub(super) use self::line::ColumnLine;
use self::sexes::sexes;
use super::profile::{Content, Profile, mark};
use super::shape::{Role, Shape};
use super::toml_text::{array, comment as one_line, quoted, shown, some};
use super::words::{self, own_name};

/// Codes that are written out for a column without a list.
const MOST_CODES: usize = 20_000;

/// What the lines of columns are made from.
pub(super) struct Columns<'a> {
    pub(super) found: &'a FoundFile,
    pub(super) profiles: &'a [Profile],
    pub(super) personal: &'a [Option<String>],
    pub(super) shape: &'a Shape,
    pub(super) lists: &'a Lists,
    /// Columns whose texts are taken as they are, for a trial has shown that another reading fails.
    pub(super) plain: &'a [String],
    /// The year in the name of the file, where no column holds one: what stands before and behind it.
    pub(super) file_year: Option<(String, String)>,
}

impl Columns<'_> {
    /// Whether texts of the file may stand in comments.
    fn may_show(&self) -> bool {
        self.personal.iter().all(Option::is_none)
    }

    fn some<'a>(&self, texts: impl IntoIterator<Item = &'a str>, most: usize) -> String {
        let texts: Vec<&str> = texts.into_iter().collect();
        if self.may_show() { some(texts, most) } else { format!("{} texts", texts.len()) }
    }

    pub(super) fn is_cells(&self) -> bool {
        self.shape.kind == SourceKind::Cells
    }

    /// The entries, and the lines of columns that are not read.
    pub(super) fn lines(&self) -> (Vec<ColumnLine>, Vec<String>) {
        let (mut lines, mut ignored, mut names) = (Vec::new(), Vec::new(), Vec::<String>::new());
        let has_file_year = self.file_year.is_some();
        if has_file_year {
            names.push("year".to_owned());
        }
        for (index, role) in self.shape.roles.iter().enumerate() {
            let mut line = match role {
                Role::Dimension => self.dimension(index, &mut names),
                Role::Value => self.value(index),
                Role::Weight => self.weight(index, &mut names),
                Role::Attribute(name) => self.attribute(index, name),
                Role::Wide | Role::Flags => continue,
                Role::Ignored(why) => {
                    ignored.push(one_line(&format!("{}: {why}", shown(&self.found.names[index]))));
                    continue;
                }
            };
            line.column = Some(index);
            let from = self.from(index);
            match self.found.fields.get(index) {
                Some((_, position)) => {
                    line.settings.insert(0, ("start", position.start.to_string()));
                    line.settings.insert(1, ("width", position.width.to_string()));
                }
                None if from != line.name => line.settings.insert(0, ("from", quoted(&from))),
                None => {}
            }
            lines.push(line);
        }
        if let Some((before, behind)) = &self.file_year {
            lines.push(ColumnLine {
                name: "year".to_owned(),
                settings: vec![
                    ("from", quoted("file")),
                    ("pattern", quoted(&format!("{before}{{year}}{behind}"))),
                    ("type", quoted("integer")),
                ],
                comments: vec!["no column holds the year, and the name of the file holds one".to_owned()],
                is_dimension: true,
                distinct: 1,
                ..ColumnLine::default()
            });
        }
        if self.shape.wide.is_some() {
            lines.extend(self.unpivoted(&names));
        }
        (lines, ignored)
    }

    /// The name of a column, of which the second of a name is called `name (2)`.
    fn from(&self, index: usize) -> String {
        let name = &self.found.names[index];
        let before = self.found.names[..index].iter().filter(|other| *other == name).count();
        let is_several = self.found.names.iter().filter(|other| *other == name).count() > 1;
        if is_several { format!("{name} ({})", before + 1) } else { name.clone() }
    }

    fn dimension(&self, index: usize, names: &mut Vec<String>) -> ColumnLine {
        let (profile, name) = (&self.profiles[index], &self.found.names[index]);
        let mut line = ColumnLine { distinct: profile.distinct, is_dimension: true, ..ColumnLine::default() };
        let is_free = |wanted: &str| !names.iter().any(|name| name == wanted);
        let is_plain = self.is_plain(index, names);
        let is_year = profile.is_year
            && profile.content == Content::Integer
            && is_free("year")
            && self.odd_are_meant(index).is_some()
            && !is_plain;
        line.name = if is_year { "year".to_owned() } else { own_name(name, index, names) };
        names.push(line.name.clone());
        line.comments.extend(profile.doubts.iter().map(|doubt| format!("DOUBT: {doubt}")));
        if let Some(why) = &self.personal[index] {
            line.is_personal = true;
            line.is_dimension = false;
            line.settings.push(("personal", "true".to_owned()));
            line.comments.push(why.clone());
        }
        let is_typed = match &profile.content {
            Content::Integer => self.typed(index, &mut line, "integer", is_plain),
            Content::Date { layout, .. } => {
                let is_typed = self.typed(index, &mut line, "date", is_plain);
                if is_typed && layout != "%Y-%m-%d" {
                    line.settings.push(("format", quoted(layout)));
                }
                is_typed
            }
            Content::Decimal { scale, mark }
                if !self.is_cells() && !is_plain && *mark == self.decimal_mark() =>
            {
                self.decimals(index, *scale, &mut line);
                true
            }
            Content::Time if !self.is_cells() && !is_plain => {
                line.settings.push(("type", quoted("time")));
                true
            }
            Content::Nothing | Content::Decimal { .. } | Content::Time | Content::Text => false,
        };
        if !is_typed {
            self.texts(index, &mut line, is_plain);
        }
        line.is_dimension &= !self.shape.numbers.contains(&index);
        line
    }

    /// Whether its texts are taken as they are.
    fn is_plain(&self, index: usize, names: &[String]) -> bool {
        let own = own_name(&self.found.names[index], index, names);
        self.plain.iter().any(|plain| *plain == own || (plain == "year" && self.profiles[index].is_year))
    }

    /// A column of numbers with decimals, beside records.
    fn decimals(&self, index: usize, scale: u8, line: &mut ColumnLine) {
        let profile = &self.profiles[index];
        line.settings.push(("type", quoted("decimal")));
        line.settings.push(("scale", scale.to_string()));
        let thousands = profile.thousands.map(|sign| ("thousands", quoted(&sign.to_string())));
        line.settings.extend(thousands);
        line.comments.extend(profile.reading.clone());
        line.is_dimension = false;
        self.missing(index, line);
    }

    /// The total among texts that are no numbers, where that is all they are: for a column of numbers.
    fn odd_are_meant(&self, index: usize) -> Option<Option<String>> {
        let odd = &self.profiles[index].odd;
        let (totals, others): (Vec<_>, Vec<_>) = odd.iter().partition(|(text, _)| words::is_total_text(text));
        match (totals.as_slice(), self.is_cells()) {
            ([], false) => Some(None),
            ([], true) => others.is_empty().then_some(None),
            ([(total, _)], true) if others.is_empty() => Some(Some(total.clone())),
            ([_, ..], _) => None,
        }
    }

    fn typed(&self, index: usize, line: &mut ColumnLine, kind: &str, is_plain: bool) -> bool {
        let thousands = self.profiles[index].thousands;
        if thousands == Some(self.decimal_mark()) {
            return false;
        }
        let Some(total) = self.odd_are_meant(index).filter(|_| !is_plain) else { return false };
        line.settings.push(("type", quoted(kind)));
        line.settings.extend(thousands.map(|sign| ("thousands", quoted(&sign.to_string()))));
        line.comments.extend(self.profiles[index].reading.clone());
        if let Some((least, most)) = self.profiles[index].range.filter(|_| self.may_show()) {
            line.comments.push(format!("whole numbers from {least} to {most}"));
        }
        let by_sums = || self.find_total(index).filter(|found| found.is_complete() && found.groups > 1);
        match total {
            Some(total) => self.total(index, &total, line),
            None if self.is_cells() && kind == "integer" && !self.profiles[index].is_year => {
                by_sums().into_iter().for_each(|found| self.total_line(&found, line));
            }
            None => {}
        }
        if !self.is_cells() {
            self.missing(index, line);
        }
        true
    }

    fn missing(&self, index: usize, line: &mut ColumnLine) {
        let odd = self.profiles[index].odd.iter().map(|(text, _)| text.as_str());
        let marks: Vec<&str> = odd.clone().filter(|text| mark(text).is_some()).collect();
        let others: Vec<&str> = odd.filter(|text| mark(text).is_none()).collect();
        if !marks.is_empty() {
            line.settings.push(("missing", array(marks)));
        }
        if !others.is_empty() {
            line.comments
                .push(format!("DOUBT: {} cannot be read so, and state nothing then", self.some(others, 3)));
        }
    }

    /// A column of texts: codes of a list where one knows them all, codes of its own in cells, or texts.
    fn texts(&self, index: usize, line: &mut ColumnLine, is_plain: bool) {
        let column = &self.found.sample.columns[index];
        if line.is_personal {
            return;
        }
        let texts: Vec<&str> = column.stated().collect();
        let total = self
            .is_cells()
            .then(|| self.find_total(index))
            .flatten()
            .filter(|total| total.groups > 0 && texts.len() > 2);
        let parts: Vec<&str> = texts
            .iter()
            .copied()
            .filter(|text| total.as_ref().is_none_or(|total| total.text != *text))
            .collect();
        let is_listed = !is_plain && (self.sex(&parts, line) || self.listed(&parts, line));
        if !is_listed && self.is_cells() {
            if texts.len() > MOST_CODES || !column.has_all_texts() {
                line.comments.push(format!(
                    "DOUBT: {} texts are too many to be written out: give a `list`",
                    texts.len()
                ));
                line.is_dimension = false;
                return;
            }
            line.codes = parts.iter().map(|text| ((*text).to_owned(), (*text).to_owned())).collect();
            line.comments.push(format!("{} texts, taken as codes as they stand", parts.len()));
        } else if !is_listed {
            let marks: Vec<&str> = parts
                .iter()
                .copied()
                .filter(|text| {
                    mark(text).is_some() && text.chars().count() < 5 && !text.chars().all(char::is_alphabetic)
                })
                .collect();
            if !marks.is_empty() {
                line.settings.push(("missing", array(marks)));
            }
        }
        if let Some(total) = total {
            self.total_line(&total, line);
        }
    }

    /// A list that knows all texts; of one that knows most, what it does not know is told.
    fn listed(&self, texts: &[&str], line: &mut ColumnLine) -> bool {
        if texts.len() < 2 || texts.len() > MOST_CODES {
            return false;
        }
        let fits = self.lists.fits(texts);
        let Some(fit) = fits.first() else { return false };
        let by = if fit.is_by_label { "by label" } else { "by code" };
        let known = fit.mapped.len() + fit.aggregates.len();
        // Single digits are codes of anything.
        let is_digits =
            texts.iter().all(|text| text.len() < 3 && text.bytes().all(|byte| byte.is_ascii_digit()));
        let is_enough = fit.share() >= 0.5 && known >= 3.min(texts.len()) && !(is_digits && texts.len() < 8);
        if !is_enough {
            return false;
        }
        let blocked = self.blocked(fit);
        if blocked.is_none() {
            line.settings.push(("list", quoted(&fit.list)));
            if fit.is_by_label {
                line.settings.push(("match", quoted("label")));
            }
            let aggregates = match fit.aggregates.len() {
                0 => String::new(),
                count => format!(", {count} of them groups of others, which are left out"),
            };
            line.comments.push(format!("the list knows all {} texts {by}{aggregates}", texts.len()));
            if let Some(original) = self.lists.original(&fit.list).filter(|_| !fit.is_by_label) {
                line.comments.push(format!("its sidecar says whose codes they are: a step `recode` makes those of `{original}` of them"));
            }
            return true;
        }
        let missing = match (fit.unmapped.len(), blocked) {
            (0, Some(why)) => why,
            (_, _) => format!("not {}", self.some(fit.unmapped.iter().map(String::as_str), 6)),
        };
        let matching = if fit.is_by_label { ", match = \"label\"" } else { "" };
        line.comments.push(format!(
            "`list = {}{matching}` knows {known} of {} texts {by}: {missing}",
            quoted(&fit.list),
            texts.len()
        ));
        false
    }

    /// Why a list that knows texts is not taken.
    fn blocked(&self, fit: &ListFit) -> Option<String> {
        if !fit.unmapped.is_empty() {
            Some(String::new())
        } else if self.is_cells() && fit.is_merging() {
            Some("but two of them are one code, and cells are never put together".to_owned())
        } else if !self.is_cells() && !fit.aggregates.is_empty() {
            Some("but some are groups of others, and a record belongs to one code".to_owned())
        } else {
            None
        }
    }

    /// Texts of two or three sexes in the languages of the offices.
    fn sex(&self, texts: &[&str], line: &mut ColumnLine) -> bool {
        let Some(codes) = sexes(texts) else { return false };
        let is_listed = self.lists.has("sex");
        if is_listed {
            line.settings.push(("list", quoted("sex")));
        }
        line.codes = codes;
        line.comments.push("as the texts say; `M` is male in one language and *mujer* in another".to_owned());
        true
    }
}
