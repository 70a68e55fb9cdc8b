//! `op = "spells"`: permits become spells, so that every day of a person has one permit at most.

use denizen_residence::Span;
use serde::{Deserialize, Serialize};

use crate::operations::permit_records::{PermitRecords, said, span};
use crate::operations::{Declaration, Scope};
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic, Path, columns};

/// The longest runs of days with one reason: overlapping permits are joined, and on each day the reason that takes precedence holds. A reason
/// that is not stated is one of its own. A column that differs among the permits of a spell is not stated in its row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spells {
    /// The columns of the permits.
    #[serde(flatten)]
    pub records: PermitRecords,
    /// Permits valid for less are dropped, such as `3 months`.
    pub minimum_length: Option<String>,
    /// Reasons in the order in which they take precedence.
    pub precedence: Vec<String>,
}

impl Spells {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let minimum_length = fields.optional_text("minimum_length");
        let precedence = fields.optional_texts("precedence");
        Some(Self { records: PermitRecords::read(fields)?, minimum_length, precedence })
    }

    /// The least length of a permit; none unless stated.
    pub fn minimum_length(&self) -> Option<Span> {
        self.minimum_length.as_deref().map_or(Some(Span::Days(0)), Span::parse)
    }
}

impl Declaration for Spells {
    fn name(&self) -> &'static str {
        "spells"
    }

    fn scope(&self) -> Scope<'_> {
        Scope::Person { person: &self.records.person, order: &self.records.first, sequence: None }
    }

    fn order_field(&self) -> &'static str {
        "first"
    }

    fn named_codes(&self, path: &Path) -> Vec<(Path, &str, &str)> {
        self.records.named_codes(&self.precedence, path)
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.records.columns().collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        self.records.need(schema);
        if let Some(length) = &self.minimum_length {
            said(schema, span("minimum_length", length));
        }
        if self.records.reason.is_none() {
            let fault = Diagnostic::error(Code::MissingField, "the field `reason` is missing");
            schema.fault(fault.at(schema.path(), "spells are of one reason each"));
        }
        let personal = self.records.is_personal(schema);
        let day = |name: &str| ColumnInfo::new(name, ColumnType::Date).personal(personal);
        let [first, last] = columns::SPELL;
        schema.add_all(vec![day(first), day(last)], &schema.path());
    }
}
