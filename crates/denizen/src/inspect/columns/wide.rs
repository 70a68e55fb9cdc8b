//! Columns that become rows.

use super::super::shape::{Role, Wide, separator};
use super::super::toml_text::{quoted, shown};
use super::super::words;
use super::{ColumnLine, Columns, sexes};

impl Columns<'_> {
    /// The columns that are made of columns: the dimensions of their names, and the value.
    pub(super) fn unpivoted(&self, names: &[String]) -> Vec<ColumnLine> {
        let columns = self.wide_columns();
        let mut lines = Vec::new();
        for (position, into) in self.into().iter().enumerate() {
            let parts = self.parts(&columns, position);
            let taken: Vec<String> = names
                .iter()
                .cloned()
                .chain(lines.iter().map(|line: &ColumnLine| line.name.clone()))
                .collect();
            let may_be_year = !taken.iter().any(|name| name == "year")
                && !self.plain.iter().any(|plain| plain == "year")
                && parts.iter().all(|part| is_year(part));
            let is_free = !taken.contains(into);
            let mut line = ColumnLine {
                name: if is_free { into.clone() } else { words::own_name(into, 0, &taken) },
                is_dimension: true,
                distinct: parts.len(),
                ..ColumnLine::default()
            };
            if may_be_year {
                "year".clone_into(&mut line.name);
                line.settings.push(("from", quoted(into)));
                line.settings.push(("type", quoted("integer")));
            } else {
                if line.name != *into {
                    line.settings.push(("from", quoted(into)));
                }
                self.codes_of_names(&columns, &parts, &mut line);
            }
            lines.push(line);
        }
        let mut value = ColumnLine { name: "value".to_owned(), ..ColumnLine::default() };
        self.value_settings(&columns, &mut value);
        lines.push(value);
        lines
    }

    /// The codes that names of columns hold, and the total among them.
    fn codes_of_names(&self, columns: &[usize], codes: &[&str], line: &mut ColumnLine) {
        let is_whole = !matches!(self.shape.wide, Some(Wide::Parts(_)));
        let sum = is_whole.then(|| self.total_column(columns)).flatten().map(|(_, total)| total);
        let named = codes.iter().copied().find(|code| !is_whole && words::is_total_text(code));
        let total = sum.as_ref().map(|total| total.text.as_str()).or(named);
        let parts: Vec<&str> = codes.iter().copied().filter(|code| Some(*code) != total).collect();
        if !self.sex(&parts, line) {
            line.codes = parts.iter().map(|code| ((*code).to_owned(), (*code).to_owned())).collect();
        }
        match (sum, named) {
            (Some(sum), _) => self.total_line(&sum, line),
            (None, Some(named)) => {
                line.settings.push(("total", quoted(named)));
                line.comments.push(format!("{} is called as a total", shown(named)));
            }
            (None, None) => {}
        }
    }

    /// What the names of columns say at one of their positions, each once, in the order of the file.
    fn parts(&self, columns: &[usize], position: usize) -> Vec<&str> {
        let mut parts = Vec::new();
        for index in columns {
            let name = self.found.names[*index].as_str();
            let part = match (&self.shape.wide, separator(&self.found.format)) {
                (Some(Wide::Parts(_)), Some(separator)) => {
                    name.split(separator).nth(position).unwrap_or(name)
                }
                (Some(Wide::Parts(_)), None)
                | (Some(Wide::Years(..) | Wide::Periods | Wide::Names) | None, _) => name,
            };
            if !parts.contains(&part.trim()) {
                parts.push(part.trim());
            }
        }
        parts
    }

    pub(in crate::inspect) fn wide_columns(&self) -> Vec<usize> {
        (0..self.shape.roles.len()).filter(|index| self.shape.roles[*index] == Role::Wide).collect()
    }

    /// What the dimensions of columns are called that become rows.
    pub(in crate::inspect) fn into(&self) -> Vec<String> {
        let wanted: Vec<&str> = match self.shape.wide {
            Some(Wide::Years(..)) => vec!["year"],
            Some(Wide::Periods) => vec!["period"],
            Some(Wide::Names) | None => vec!["category"],
            Some(Wide::Parts(count)) => {
                let columns = self.wide_columns();
                (0..count).map(|position| called_by(&self.parts(&columns, position))).collect()
            }
        };
        let mut names: Vec<String> = Vec::new();
        for wanted in wanted {
            let is_taken = self.found.names.iter().any(|name| name == wanted);
            let base = if is_taken { "made_of_names" } else { wanted };
            let again = names
                .iter()
                .filter(|name| name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_') == base);
            let again = again.count();
            names.push(if again == 0 { base.to_owned() } else { format!("{base}_{}", again + 1) });
        }
        names
    }
}

/// What a dimension is called of which these are the codes.
fn called_by(codes: &[&str]) -> &'static str {
    let parts: Vec<&str> = codes.iter().copied().filter(|code| !words::is_total_text(code)).collect();
    if codes.iter().all(|code| is_year(code)) {
        "year"
    } else if sexes(&parts).is_some() {
        "sex"
    } else {
        "category"
    }
}

fn is_year(text: &str) -> bool {
    let year = text.parse::<u32>();
    text.len() == 4 && year.is_ok_and(|year| (1800..=2150).contains(&year))
}
