//! `op = "recode"`: translates the codes of columns into those of another list, into others of their own, or into those of a
//! group at a date.

use serde::{Deserialize, Serialize};

use crate::operations::{Declaration, Residence};
use crate::schema::SchemaChange;
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic, columns};

/// Which codes are translated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recode {
    /// The columns.
    pub columns: Vec<String>,
    /// The list, named by a column of the code list that each column has now; or a group of its reference, such as `eu`.
    /// None where codes are only compared with `at`, or where `codes` are of the list that each column has now.
    pub to: Option<String>,
    /// Codes and what they become, which add to what the list says and override it; others stay where it says nothing.
    #[serde(default)]
    pub codes: Vec<(String, String)>,
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
        let codes = fields.optional_pairs("codes");
        let to = if at.is_some() || !codes.is_empty() {
            fields.optional_text("to")
        } else {
            Some(fields.text("to")?)
        };
        let (role, on_error) = match at {
            None => (None, None),
            Some(_) => {
                (fields.optional_one_of("role", &ROLES), fields.optional_one_of("on_error", &ON_ERROR))
            }
        };
        let (role, on_error) = (role.unwrap_or_default(), on_error.unwrap_or_default());
        Some(Self { columns: columns?, to, codes, at, role, on_error })
    }
}

impl Recode {
    /// Codes of a step are codes, each once, and are not asked about at a time.
    fn check_codes(&self, schema: &mut SchemaChange<'_>) {
        let path = schema.path().field("codes");
        if self.at.is_some() && !self.codes.is_empty() {
            let fault = Diagnostic::error(Code::UnknownField, "`codes` become others at any time");
            schema.fault(fault.at(path.clone(), "leave out `at`, or make two steps of this one"));
        }
        for (from, to) in &self.codes {
            let path = path.clone().field(from);
            let reserved = [columns::TOTAL, columns::NOT_STATED];
            if reserved.contains(&from.as_str()) || reserved.contains(&to.as_str()) || to.trim().is_empty() {
                let message = format!("`{from}` cannot become `{to}`");
                let label = "totals stay totals, and what states nothing stays so; a code becomes a code";
                schema.fault(Diagnostic::error(Code::UnknownValue, message).at(path, label));
            }
        }
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
    fn suits_cells(&self) -> bool {
        true
    }

    fn sees_later_rows(&self, _residence: &Residence) -> bool {
        false
    }

    fn recoded(&self) -> &[String] {
        &self.columns
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        Vec::new()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        self.check_codes(schema);
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
