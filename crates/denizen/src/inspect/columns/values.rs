//! What is proposed for values, weights and statuses.

use super::super::profile::{Content, Profile, mark};
use super::super::shape::Role;
use super::super::toml_text::{quoted, shown, table};
use super::super::totals;
use super::super::words::own_name;
use super::{ColumnLine, Columns};

impl Columns<'_> {
    /// The decimals that are kept of values.
    pub(in crate::inspect) fn scale(&self) -> u8 {
        let roles = self.shape.roles.iter().zip(self.profiles);
        let of_values = roles.filter(|(role, _)| matches!(role, Role::Value | Role::Wide));
        let scale = |profile: &Profile| match profile.content {
            Content::Decimal { scale, .. } => scale,
            Content::Nothing | Content::Integer | Content::Date { .. } | Content::Time | Content::Text => 0,
        };
        of_values.map(|(_, profile)| scale(profile)).max().unwrap_or(0)
    }

    /// The mark before decimals in the file: that of values, or of most columns.
    pub(in crate::inspect) fn decimal_mark(&self) -> char {
        let is_value =
            |index: &usize| matches!(self.shape.roles[*index], Role::Value | Role::Wide | Role::Weight);
        let (values, others): (Vec<usize>, Vec<usize>) = (0..self.profiles.len()).partition(is_value);
        // What stands between thousands is no decimal mark.
        match self.thousands(&values).or_else(|| self.thousands(&others)) {
            Some('.') => return ',',
            Some(',') => return '.',
            Some(_) | None => {}
        }
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

    pub(super) fn value_settings(&self, columns: &[usize], line: &mut ColumnLine) {
        match self.scale() {
            0 => line.settings.push(("type", quoted("integer"))),
            scale => {
                line.settings.push(("type", quoted("decimal")));
                line.settings.push(("scale", scale.to_string()));
            }
        }
        let thousands = self.thousands(columns).map(|sign| ("thousands", quoted(&sign.to_string())));
        line.settings.extend(thousands);
        line.comments.extend(columns.iter().find_map(|index| self.profiles[*index].reading.clone()));
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
        // A number with a sign around it states something: its row is rejected, and that is said.
        let (numbers, marks): (Vec<_>, Vec<_>) = marks
            .into_iter()
            .partition(|(text, _)| mark(text).is_none() && text.contains(|c: char| c.is_ascii_digit()));
        let marks: std::collections::BTreeMap<&str, usize> = marks.into_iter().collect();
        if !numbers.is_empty() {
            let texts = numbers.iter().map(|(text, _)| *text);
            line.comments.push(format!(
                "DOUBT: {} are no numbers as they stand: `minus` or `thousands` may be missing, or a note stands behind them",
                self.some(texts, 4)
            ));
        }
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
    pub(super) fn attribute(&self, index: usize, name: &str) -> ColumnLine {
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

    pub(super) fn value(&self, index: usize) -> ColumnLine {
        let mut line = ColumnLine { name: "value".to_owned(), ..ColumnLine::default() };
        self.value_settings(&[index], &mut line);
        if let Some((least, most)) = self.profiles[index].range {
            line.comments.push(format!("from {least} to {most}"));
        }
        line
    }

    pub(super) fn weight(&self, index: usize, names: &mut Vec<String>) -> ColumnLine {
        let name = own_name(&self.found.names[index], index, names);
        names.push(name.clone());
        let (least, most) = self.profiles[index].range.unwrap_or_default();
        let thousands = self.profiles[index].thousands.map(|sign| ("thousands", quoted(&sign.to_string())));
        let mut comments = vec![format!("for how many a row stands: {least} to {most}")];
        comments.extend(self.profiles[index].reading.clone());
        ColumnLine {
            name,
            settings: [("type", quoted("integer"))].into_iter().chain(thousands).collect(),
            comments,
            ..ColumnLine::default()
        }
    }

    /// Values of the cells: those of the column of values, or of each that becomes rows.
    pub(super) fn values(&self) -> Vec<totals::Values> {
        let is_value = |role: &&Role| matches!(role, Role::Value | Role::Wide);
        let roles = self.shape.roles.iter().enumerate();
        let columns = roles.filter(|(_, role)| is_value(role)).map(|(index, _)| index).take(12);
        columns.map(|index| totals::values(&self.found.sample, index, self.written(index))).collect()
    }

    /// How the numbers of a column are written.
    pub(super) fn written(&self, index: usize) -> totals::Written {
        totals::Written {
            scale: 9.min(self.scale()),
            decimal_mark: self.decimal_mark(),
            thousands: self.profiles[index].thousands,
        }
    }

    /// What stands between thousands in some of these columns, which are read alike.
    fn thousands(&self, columns: &[usize]) -> Option<char> {
        columns.iter().find_map(|index| self.profiles[*index].thousands)
    }
}
