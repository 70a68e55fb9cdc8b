//! Columns that become rows.

use super::super::shape::{Role, Wide};
use super::super::toml_text::quoted;
use super::{ColumnLine, Columns};

impl Columns<'_> {
    /// The columns that are made of columns: the dimension of their names, and the value.
    pub(super) fn unpivoted(&self, names: &[String]) -> Vec<ColumnLine> {
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

    pub(in crate::inspect) fn wide_columns(&self) -> Vec<usize> {
        (0..self.shape.roles.len()).filter(|index| self.shape.roles[*index] == Role::Wide).collect()
    }

    /// What the dimension of columns is called that become rows.
    pub(in crate::inspect) fn into(&self) -> &'static str {
        let wanted = match self.shape.wide {
            Some(Wide::Years(..)) => "year",
            Some(Wide::Periods) => "period",
            Some(Wide::Names) | None => "category",
        };
        let is_taken = self.found.names.iter().any(|name| name == wanted);
        if is_taken { "made_of_names" } else { wanted }
    }
}
