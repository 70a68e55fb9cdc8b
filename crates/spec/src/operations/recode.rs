//! `op = "recode"`: translates the codes of columns into those of another list, or into those of a group at a date.

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
    /// The list, named by a column of the code list that each column has now; or a group of its reference, such as `eu`.
    /// None where codes are only compared with `at`.
    pub to: Option<String>,
    /// The column of the day or year at which codes must stand for something, and for which groups are asked.
    pub at: Option<String>,
    /// What the columns say of a person.
    pub role: Role,
    /// What becomes of codes that stand for nothing at their date.
    pub on_error: OnInvalid,
}

/// What a column of countries says of a person, from which follows which of them there can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Of which state they are a citizen at the date: one that exists then.
    #[default]
    Citizenship,
    /// Where they were born: also a state that had ended by the date, but none that was yet to come.
    Birth,
}

/// What becomes of codes that stand for nothing at their date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnInvalid {
    /// The run stops.
    #[default]
    Stop,
    /// The row does not state the column, which is counted.
    NotStated,
}

impl Recode {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        const ROLES: [(&str, Role); 2] = [("citizenship", Role::Citizenship), ("birth", Role::Birth)];
        const ON_ERROR: [(&str, OnInvalid); 2] =
            [("stop", OnInvalid::Stop), ("not_stated", OnInvalid::NotStated)];
        let columns = fields.texts("columns");
        let at = fields.optional_text("at");
        let to = if at.is_some() { fields.optional_text("to") } else { Some(fields.text("to")?) };
        let (role, on_error) = match at {
            None => (None, None),
            Some(_) => {
                (fields.optional_one_of("role", &ROLES), fields.optional_one_of("on_error", &ON_ERROR))
            }
        };
        let (role, on_error) = (role.unwrap_or_default(), on_error.unwrap_or_default());
        Some(Self { columns: columns?, to, at, role, on_error })
    }
}

impl Declaration for Recode {
    fn name(&self) -> &'static str {
        "recode"
    }

    fn translates_to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    fn needs_reference(&self) -> bool {
        self.at.is_some()
    }

    /// What it changes stays in its column.
    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        Vec::new()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        if let Some(at) = &self.at {
            schema.need(at, "at", &[ColumnType::Date, ColumnType::Integer]);
        }
        for (index, column) in self.columns.iter().enumerate() {
            schema.need_at(column, schema.path().field("columns").index(index), &[ColumnType::Code]);
            if let Some(to) = &self.to {
                schema.set_codelist(column, to);
            }
        }
    }
}
