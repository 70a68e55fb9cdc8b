//! What is proposed for each column, with its reason.

use denizen_ingest::{FoundFile, ListFit, Lists};
use denizen_spec::SourceKind;

use super::profile::{Content, Profile, mark};
use super::shape::{Role, Shape, Wide};
use super::toml_text::{array, comment as one_line, key, quoted, shown, some, table};
use super::totals::{self, TotalFound};
use super::words::{self, has_word, own_name};

/// Codes that stand on one line with their column.
const ON_ONE_LINE: usize = 8;

/// Codes that are written out for a column without a list.
const MOST_CODES: usize = 20_000;

/// One entry of `columns`.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnLine {
    pub(super) name: String,
    /// The settings but for the codes: key and value as TOML.
    pub(super) settings: Vec<(&'static str, String)>,
    /// Texts of the file and our codes.
    pub(super) codes: Vec<(String, String)>,
    pub(super) comments: Vec<String>,
    /// Whether it is a dimension of tables.
    pub(super) is_dimension: bool,
    /// How many values it has, for the choice of dimensions.
    pub(super) distinct: usize,
    pub(super) is_personal: bool,
    pub(super) column: Option<usize>,
}

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
                Role::Wide => continue,
                Role::Ignored(why) => {
                    ignored.push(one_line(&format!("{}: {why}", shown(&self.found.names[index]))));
                    continue;
                }
            };
            line.column = Some(index);
            let from = self.from(index);
            if from != line.name {
                line.settings.insert(0, ("from", quoted(&from)));
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
        let is_plain = self
            .plain
            .iter()
            .any(|plain| *plain == own_name(name, index, names) || (plain == "year" && profile.is_year));
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
                line.settings.push(("type", quoted("decimal")));
                line.settings.push(("scale", scale.to_string()));
                line.is_dimension = false;
                self.missing(index, &mut line);
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
        line
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
        let Some(total) = self.odd_are_meant(index).filter(|_| !is_plain) else { return false };
        line.settings.push(("type", quoted(kind)));
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

    /// Values of the cells: those of the column of values, or of each that becomes rows.
    fn values(&self) -> Vec<totals::Values> {
        let is_value = |role: &&Role| matches!(role, Role::Value | Role::Wide);
        let roles = self.shape.roles.iter().enumerate();
        let columns = roles.filter(|(_, role)| is_value(role)).map(|(index, _)| index).take(12);
        columns
            .map(|index| totals::values(&self.found.sample, index, 9.min(self.scale()), self.decimal_mark()))
            .collect()
    }

    fn find_total(&self, index: usize) -> Option<TotalFound> {
        let dimensions: Vec<usize> =
            (0..self.shape.roles.len()).filter(|index| self.shape.roles[*index] == Role::Dimension).collect();
        let mut sum: Option<TotalFound> = None;
        for values in self.values() {
            let found = totals::find(&self.found.sample, &dimensions, index, &values, words::is_total_text)?;
            sum = match sum {
                None => Some(found),
                Some(sum) if sum.text == found.text => Some(TotalFound {
                    text: sum.text,
                    sums: sum.sums + found.sums,
                    groups: sum.groups + found.groups,
                    exceeded: sum.exceeded + found.exceeded,
                }),
                Some(_) => return None,
            };
        }
        sum
    }

    fn total(&self, index: usize, text: &str, line: &mut ColumnLine) {
        match self.find_total(index).filter(|found| found.text == text) {
            Some(found) => self.total_line(&found, line),
            None => line.settings.push(("total", quoted(text))),
        }
    }

    fn total_line(&self, total: &TotalFound, line: &mut ColumnLine) {
        line.settings.push(("total", quoted(&total.text)));
        let TotalFound { sums, groups, exceeded, .. } = total;
        if total.is_complete() {
            line.settings.push(("complete", "true".to_owned()));
            line.comments
                .push(format!("{} is the sum of the others in all {groups} groups", shown(&total.text)));
        } else if *exceeded > 0 {
            line.settings.push(("compare", "false".to_owned()));
            line.comments.push(format!(
                "DOUBT: {} is the sum of the others in {sums} of {groups} groups, and less in {exceeded}: some codes are parts of others, or values are rounded",
                shown(&total.text)
            ));
        } else {
            line.comments.push(format!(
                "{} is called as a total, and the sum of the others in {sums} of {groups} groups",
                shown(&total.text)
            ));
        }
    }

    /// The decimals that are kept of values.
    pub(super) fn scale(&self) -> u8 {
        let roles = self.shape.roles.iter().zip(self.profiles);
        let of_values = roles.filter(|(role, _)| matches!(role, Role::Value | Role::Wide));
        let scale = |profile: &Profile| match profile.content {
            Content::Decimal { scale, .. } => scale,
            Content::Nothing | Content::Integer | Content::Date { .. } | Content::Time | Content::Text => 0,
        };
        of_values.map(|(_, profile)| scale(profile)).max().unwrap_or(0)
    }

    /// The mark before decimals in the file: that of values, or of most columns.
    pub(super) fn decimal_mark(&self) -> char {
        let marks: Vec<(bool, char)> = self
            .profiles
            .iter()
            .zip(&self.shape.roles)
            .filter_map(|(profile, role)| match profile.content {
                Content::Decimal { mark, .. } => Some((matches!(role, Role::Value | Role::Wide), mark)),
                Content::Nothing
                | Content::Integer
                | Content::Date { .. }
                | Content::Time
                | Content::Text => None,
            })
            .collect();
        let of_values = marks.iter().find(|(is_value, _)| *is_value).map(|(_, mark)| *mark);
        let commas = marks.iter().filter(|(_, mark)| *mark == ',').count();
        of_values.unwrap_or(if commas * 2 > marks.len() { ',' } else { '.' })
    }

    fn value_settings(&self, columns: &[usize], line: &mut ColumnLine) {
        match self.scale() {
            0 => line.settings.push(("type", quoted("integer"))),
            scale => {
                line.settings.push(("type", quoted("decimal")));
                line.settings.push(("scale", scale.to_string()));
            }
        }
        let mut marks = std::collections::BTreeMap::<&str, usize>::new();
        for (text, count) in columns.iter().flat_map(|index| &self.profiles[*index].odd) {
            *marks.entry(text.as_str()).or_default() += count;
        }
        // SDMX says so by itself.
        marks
            .remove("NaN")
            .filter(|_| !matches!(self.found.format, denizen_spec::Format::SdmxCsv(_)))
            .into_iter()
            .for_each(|count| {
                marks.insert("NaN", count);
            });
        if marks.is_empty() {
            return;
        }
        let pairs: Vec<(String, String)> = marks
            .keys()
            .map(|text| ((*text).to_owned(), mark(text).unwrap_or("missing").to_owned()))
            .collect();
        line.settings.push(("marks", table(&pairs)));
        let told: Vec<String> =
            marks.iter().take(6).map(|(text, count)| format!("{} {count} times", shown(text))).collect();
        line.comments.push(format!("DOUBT: what do marks mean? {}", told.join(", ")));
        if marks.contains_key("-") {
            line.comments.push("`-` is often exactly nobody: `zero`".to_owned());
        }
    }

    /// Statuses as SDMX and Eurostat have them; where one is none of theirs, what each is likely to be.
    fn attribute(&self, index: usize, name: &str) -> ColumnLine {
        const KNOWN: &str = "AJVPBWDGSIEFNUKHLOMQ";
        let mut line = ColumnLine { name: name.to_owned(), ..ColumnLine::default() };
        let texts: Vec<&str> = self.found.sample.columns[index].stated().collect();
        if name == "obs_status" && texts.contains(&"m") {
            let code = |text: &&str| {
                let code = text.to_uppercase();
                let is_known = code.chars().count() == 1 && KNOWN.contains(&code);
                ((*text).to_owned(), if is_known { code } else { "U".to_owned() })
            };
            line.codes = texts.iter().map(code).collect();
            line.comments.push("DOUBT: `m` is taken for a value that cannot exist".to_owned());
        }
        line
    }

    fn value(&self, index: usize) -> ColumnLine {
        let mut line = ColumnLine { name: "value".to_owned(), ..ColumnLine::default() };
        self.value_settings(&[index], &mut line);
        if let Some((least, most)) = self.profiles[index].range {
            line.comments.push(format!("from {least} to {most}"));
        }
        line
    }

    fn weight(&self, index: usize, names: &mut Vec<String>) -> ColumnLine {
        let name = own_name(&self.found.names[index], index, names);
        names.push(name.clone());
        let (least, most) = self.profiles[index].range.unwrap_or_default();
        ColumnLine {
            name,
            settings: vec![("type", quoted("integer"))],
            comments: vec![format!("for how many a row stands: {least} to {most}")],
            ..ColumnLine::default()
        }
    }

    /// The columns that are made of columns: the dimension of their names, and the value.
    fn unpivoted(&self, names: &[String]) -> Vec<ColumnLine> {
        let columns = self.wide_columns();
        let is_years = matches!(self.shape.wide, Some(Wide::Years(..)))
            && !names.iter().any(|name| name == "year")
            && !self.plain.iter().any(|plain| plain == "year");
        let into = self.into();
        let mut line = ColumnLine {
            name: into.to_owned(),
            is_dimension: true,
            distinct: columns.len(),
            ..ColumnLine::default()
        };
        if is_years {
            "year".clone_into(&mut line.name);
            line.settings.push(("from", quoted(into)));
            line.settings.push(("type", quoted("integer")));
        } else {
            let codes: Vec<String> = columns.iter().map(|index| self.found.names[*index].clone()).collect();
            let total = self.total_column(&columns);
            let parts = codes
                .iter()
                .enumerate()
                .filter(|(index, _)| total.as_ref().is_none_or(|(total, _)| columns[*index] != *total));
            let parts: Vec<&str> = parts.map(|(_, code)| code.as_str()).collect();
            if !self.sex(&parts, &mut line) {
                line.codes = parts.iter().map(|code| ((*code).to_owned(), (*code).to_owned())).collect();
            }
            if let Some((_, total)) = total {
                self.total_line(&total, &mut line);
            }
        }
        let mut value = ColumnLine { name: "value".to_owned(), ..ColumnLine::default() };
        self.value_settings(&columns, &mut value);
        vec![line, value]
    }

    pub(super) fn wide_columns(&self) -> Vec<usize> {
        (0..self.shape.roles.len()).filter(|index| self.shape.roles[*index] == Role::Wide).collect()
    }

    /// What the dimension of columns is called that become rows.
    pub(super) fn into(&self) -> &'static str {
        let wanted = match self.shape.wide {
            Some(Wide::Years(..)) => "year",
            Some(Wide::Periods) => "period",
            Some(Wide::Names) | None => "category",
        };
        let is_taken = self.found.names.iter().any(|name| name == wanted);
        if is_taken { "made_of_names" } else { wanted }
    }

    /// The column that is the sum of the others in every row.
    fn total_column(&self, columns: &[usize]) -> Option<(usize, TotalFound)> {
        let (scale, decimal_mark) = (self.scale(), self.decimal_mark());
        let values: Vec<totals::Values> = columns
            .iter()
            .map(|index| totals::values(&self.found.sample, *index, scale, decimal_mark))
            .collect();
        let named = columns.iter().position(|index| words::is_total_text(&self.found.names[*index]));
        let named = named.or_else(|| {
            columns.iter().position(|index| has_word(&self.found.names[*index], &words::TOTALS))
        })?;
        let mut found =
            TotalFound { text: self.found.names[columns[named]].clone(), sums: 0, groups: 0, exceeded: 0 };
        for row in 0..self.found.sample.rows {
            let Some(total) = values[named][row] else { continue };
            let parts: Vec<i64> = values
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != named)
                .filter_map(|(_, values)| values[row])
                .collect();
            if parts.is_empty() {
                continue;
            }
            let sum: i128 = parts.iter().map(|value| i128::from(*value)).sum();
            found.groups += 1;
            found.sums += usize::from(sum == i128::from(total));
            found.exceeded += usize::from(sum > i128::from(total));
        }
        Some((columns[named], found))
    }
}

/// The codes of texts that say all of them a sex; nothing where one does not.
fn sexes(texts: &[&str]) -> Option<Vec<(String, String)>> {
    const FEMALE: [&str; 17] = [
        "f",
        "female",
        "females",
        "femmina",
        "femmine",
        "femminile",
        "woman",
        "women",
        "mujer",
        "mujeres",
        "femenino",
        "donne",
        "donna",
        "feminino",
        "mulher",
        "femme",
        "femmes",
    ];
    const MALE: [&str; 18] = [
        "male",
        "males",
        "maschio",
        "maschi",
        "maschile",
        "man",
        "men",
        "hombre",
        "hombres",
        "masculino",
        "uomini",
        "uomo",
        "homem",
        "homme",
        "hommes",
        "varon",
        "varones",
        "h",
    ];
    const UNKNOWN: [&str; 9] = [
        "unknown",
        "not stated",
        "non indicato",
        "no declarado",
        "ignorado",
        "nao declarado",
        "u",
        "sin especificar",
        "no especificado",
    ];
    let lower: Vec<String> = texts.iter().map(|text| words::words(text).join(" ")).collect();
    let has = |wanted: &[&str]| lower.iter().any(|text| wanted.contains(&text.as_str()));
    let is_mujer = has(&["h", "hombre", "hombres", "varon"]);
    let code = |text: &String| match text.as_str() {
        "m" if is_mujer => Some("F"),
        "m" => Some("M"),
        text if FEMALE.contains(&text) => Some("F"),
        text if MALE.contains(&text) => Some("M"),
        text if UNKNOWN.contains(&text) => Some("_U"),
        _ => None,
    };
    let codes: Option<Vec<&str>> = lower.iter().map(code).collect();
    let codes = codes?;
    let count = |wanted: &str| codes.iter().filter(|code| **code == wanted).count();
    let is_sex = count("F") == 1 && count("M") == 1 && count("_U") <= 1;
    is_sex
        .then(|| texts.iter().zip(codes).map(|(text, code)| ((*text).to_owned(), code.to_owned())).collect())
}

impl ColumnLine {
    /// The name of a list to be filled in, for codes that are many and stand for themselves.
    pub(super) fn new_list(&self, source: &str) -> Option<String> {
        let is_own = self.codes.len() > ON_ONE_LINE && self.codes.iter().all(|(theirs, ours)| theirs == ours);
        is_own.then(|| format!("{source}-{}", self.name).replace('_', "-"))
    }

    /// The entry with a list in the place of its codes, where these are many.
    pub(super) fn with_list(mut self, source: &str) -> Self {
        if let Some(list) = self.new_list(source) {
            self.settings.push(("list", quoted(&list)));
            self.comments
                .push("TODO: fill in the labels of the list, and mark groups as `aggregate`".to_owned());
            self.codes.clear();
        }
        self
    }

    /// The entry, on one line where its codes are few; otherwise what follows the others as a table of its own.
    pub(super) fn write(&self, source: &str) -> (String, String) {
        let mut settings: Vec<String> =
            self.settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let comment = if self.comments.is_empty() {
            String::new()
        } else {
            format!("  # {}", one_line(&self.comments.join("; ")))
        };
        if self.codes.len() <= ON_ONE_LINE {
            if !self.codes.is_empty() {
                settings.push(format!("codes = {}", table(&self.codes)));
            }
            let entry =
                if settings.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", settings.join(", ")) };
            return (format!("{} = {entry}{comment}\n", key(&self.name)), String::new());
        }
        let path = format!("source.{}.columns.{}", key(source), key(&self.name));
        let mut text = String::new();
        self.comments.iter().for_each(|comment| text += &format!("# {}\n", one_line(comment)));
        text = format!("\n{text}[{path}]\n");
        settings.iter().for_each(|setting| text += &format!("{setting}\n"));
        text += &format!("[{path}.codes]\n");
        self.codes.iter().for_each(|(theirs, ours)| text += &format!("{} = {}\n", key(theirs), quoted(ours)));
        (String::new(), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sexes_in_several_languages() {
        let table: [(&[&str], Option<&str>); 8] = [
            (&["F", "M"], Some("F M")),
            (&["M", "H"], Some("F M")),
            (&["Femmine", "Maschi"], Some("F M")),
            (&["MUJER", "HOMBRE", "Ignorado"], Some("F M _U")),
            (&["Varón", "Mujer"], Some("M F")),
            (&["F", "M", "9"], None),
            (&["F", "female", "M"], None),
            (&["F"], None),
        ];
        for (texts, expected) in table {
            let codes = sexes(texts)
                .map(|codes| codes.into_iter().map(|(_, code)| code).collect::<Vec<_>>().join(" "));
            assert_eq!(codes.as_deref(), expected, "{texts:?}");
        }
    }
}
