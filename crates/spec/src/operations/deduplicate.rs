//! `op = "deduplicate"`: drops a record that repeats the one before it of the same person in all `keys`.

use serde::{Deserialize, Serialize};

use crate::operations::{Declaration, Residence, Scope, column};
use crate::schema::SchemaChange;
use crate::text::Fields;

/// Which records are repetitions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deduplicate {
    /// The column that identifies the person.
    pub person: String,
    /// The column that orders a person's records.
    pub order: String,
    /// The column that orders the records of one day.
    pub sequence: Option<String>,
    /// The columns that must agree.
    pub keys: Vec<String>,
}

impl Deduplicate {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let keys = fields.texts("keys");
        Some(Self {
            person: column(fields, "person", "person"),
            order: column(fields, "order", "crossed_on"),
            sequence: fields.optional_text("sequence"),
            keys: keys?,
        })
    }
}

impl Declaration for Deduplicate {
    fn name(&self) -> &'static str {
        "deduplicate"
    }

    fn scope(&self) -> Scope<'_> {
        Scope::Person { person: &self.person, order: &self.order, sequence: self.sequence.as_deref() }
    }

    fn needs_whole_persons(&self) -> bool {
        false
    }

    /// A repetition is the later one of two.
    fn sees_later_rows(&self, residence: &Residence) -> bool {
        self.person != residence.person || self.order != residence.date
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        let columns = [&self.person, &self.order].into_iter().chain(&self.sequence).chain(&self.keys);
        columns.map(String::as_str).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        for (index, key) in self.keys.iter().enumerate() {
            schema.need_at(key, schema.path().field("keys").index(index), &[]);
        }
    }
}
