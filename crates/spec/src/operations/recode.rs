//! `op = "recode"`: translates the codes of columns into those of another list.

use serde::{Deserialize, Serialize};

use crate::ColumnType;
use crate::operations::Declaration;
use crate::schema::SchemaChange;
use crate::text::Fields;

/// Which codes are translated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recode {
    /// The columns.
    pub columns: Vec<String>,
    /// The list, named by a column of the code list that each column has now.
    pub to: String,
}

impl Recode {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let columns = fields.texts("columns");
        let to = fields.text("to");
        Some(Self { columns: columns?, to: to? })
    }
}

impl Declaration for Recode {
    fn name(&self) -> &'static str {
        "recode"
    }

    fn translates_to(&self) -> Option<&str> {
        Some(&self.to)
    }

    /// What it changes stays in its column.
    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        Vec::new()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        for (index, column) in self.columns.iter().enumerate() {
            schema.need_at(column, schema.path().field("columns").index(index), &[ColumnType::Code]);
            schema.set_codelist(column, &self.to);
        }
    }
}
