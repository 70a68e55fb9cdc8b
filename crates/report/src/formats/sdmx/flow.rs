//! A table as a dataflow: its components, and its rows.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write;

use denizen_spec::Diagnostic;

use super::codes::{CodeLists, Texts};
use super::components::components;
use crate::columns::Column;
use crate::formats::field;
use crate::formats::table::{Fault, Table};

/// A component of a data structure, and where its values come from.
pub(super) struct Component {
    pub(super) id: String,
    pub(super) names: Texts,
    pub(super) role: Role,
    pub(super) holds: Holds,
    /// The column of the table.
    pub(super) place: usize,
    /// Its distinct values as fields of CSV, by their keys; nothing where they are not held, and stand there as they are.
    pub(super) fields: Option<Vec<String>>,
    /// The field of a row without a value.
    pub(super) none: Cow<'static, str>,
}

/// What a component is in its structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Dimension,
    Time,
    Measure,
    /// Of an observation, and whether each has it.
    Attribute {
        is_mandatory: bool,
    },
}

/// What values a component may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    /// The codes of a list.
    Codes(String),
    /// Values of a data type of SDMX.
    Values(&'static str),
}

/// A table as it leaves.
pub(super) struct Flow<'t> {
    /// Of its data structure and of its dataflow.
    pub(super) id: String,
    pub(super) components: Vec<Component>,
    table: &'t Table<'t>,
}

impl<'t> Flow<'t> {
    /// The flow of a table; its codes are added to the lists.
    pub(super) fn of(table: &'t Table<'t>, id: String, lists: &mut CodeLists) -> Result<Self, Diagnostic> {
        Ok(Self { id, components: components(table, lists)?, table })
    }

    /// Writes SDMX-CSV 2.1. `reference` is that of the dataflow, such as `IT1:PERMITS(2025.1.7)`.
    pub(super) fn write(&self, reference: &str, out: &mut dyn Write) -> Result<(), Fault> {
        out.write_all(b"STRUCTURE,STRUCTURE_ID,ACTION")?;
        for component in &self.components {
            write!(out, ",{}", component.id)?;
        }
        out.write_all(b"\n")?;
        let start = format!("dataflow,{},I", field(reference));
        let places: BTreeSet<usize> = self.components.iter().map(|component| component.place).collect();
        let mut rows = self.table.rows(&places.into_iter().collect::<Vec<_>>())?;
        let mut lines = String::new();
        while let Some(count) = rows.next()? {
            let columns: Vec<(&Component, &Column)> =
                self.components.iter().map(|component| (component, &rows.columns[component.place])).collect();
            let fields: Vec<Cow<'_, [String]>> =
                columns.iter().map(|(component, column)| component.fields_of(column)).collect();
            lines.clear();
            for row in 0..count {
                lines.push_str(&start);
                for ((component, column), fields) in columns.iter().zip(&fields) {
                    lines.push(',');
                    let key = column.keys[row] as usize;
                    lines.push_str(fields.get(key).map_or(&component.none, String::as_str));
                }
                lines.push('\n');
            }
            out.write_all(lines.as_bytes())?;
        }
        Ok(())
    }
}

impl Component {
    /// The fields of the words of some rows.
    fn fields_of(&self, column: &Column) -> Cow<'_, [String]> {
        match &self.fields {
            Some(fields) => Cow::Borrowed(fields),
            None => Cow::Owned(column.words.iter().map(|word| field(word)).collect()),
        }
    }
}
