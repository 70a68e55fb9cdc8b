//! A published table with all its columns.

use denizen_spec::{Code, Diagnostic, columns as names};

use crate::columns::Column;
use crate::release::{Field, Release, Resource};

/// A table and what stands in it.
pub(crate) struct Table<'a> {
    pub(crate) release: &'a Release,
    pub(crate) resource: &'a Resource,
    /// The columns, in their order.
    pub(crate) columns: Vec<(Field, Column)>,
}

/// A dimension of a table: where a number cannot say what a row is about, the column of its codes.
#[derive(Clone, Copy)]
pub(crate) struct Dimension<'t> {
    pub(crate) name: &'t str,
    pub(crate) list: Option<&'t str>,
    pub(crate) column: &'t Column,
}

impl<'a> Table<'a> {
    pub(crate) fn read(release: &'a Release, resource: &'a Resource) -> Result<Self, Diagnostic> {
        let fields = resource.fields();
        let wanted: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let mut found = release.columns(resource, &wanted)?;
        let mut columns = Vec::new();
        for field in fields {
            let column = found.remove(&field.name).ok_or_else(|| {
                let message = format!("`{}` has no column `{}`", resource.path(), field.name);
                Diagnostic::error(Code::NoRelease, message)
                    .note("datapackage.json, which describes the table, has it")
            })?;
            columns.push((field.clone(), column));
        }
        Ok(Self { release, resource, columns })
    }

    pub(crate) fn name(&self) -> &'a str {
        self.resource.stem()
    }

    pub(crate) fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.keys.len())
    }

    pub(crate) fn field(&self, name: &str) -> Option<&(Field, Column)> {
        self.columns.iter().find(|(field, _)| field.name == name)
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.field(name).map(|(_, column)| column)
    }

    /// Whether it holds cells, and not figures that were compared, say.
    pub(crate) fn is_of_cells(&self) -> bool {
        ["indicator", names::VALUE, names::CONCEPT].iter().all(|name| self.field(name).is_some())
    }

    /// Its dimensions: the columns before the indicator.
    pub(crate) fn dimensions(&self) -> Vec<Dimension<'_>> {
        let end = self.columns.iter().position(|(field, _)| field.name == "indicator");
        let before = &self.columns[..end.unwrap_or(0)];
        let is_code_of_another =
            |name: &str| before.iter().any(|(other, _)| names::code_of(&other.name) == name);
        before
            .iter()
            .filter(|(field, _)| !is_code_of_another(&field.name))
            .map(|(field, column)| {
                let codes = before.iter().find(|(other, _)| other.name == names::code_of(&field.name));
                Dimension {
                    name: &field.name,
                    list: field.codelist.as_deref(),
                    column: codes.map_or(column, |(_, codes)| codes),
                }
            })
            .collect()
    }

    /// The columns that stand behind the value, but for those of every table, which each format has its own place for.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &(Field, Column)> {
        let end = self.columns.iter().position(|(field, _)| field.name == "vintage");
        self.columns.iter().skip(end.map_or(self.columns.len(), |end| end + 1))
    }
}
