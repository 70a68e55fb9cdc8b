//! `op = "filter"`: keeps the records whose columns hold one of the listed codes; the others are excluded and counted.

use serde::{Deserialize, Serialize};

use crate::operations::Declaration;
use crate::schema::SchemaChange;
use crate::text::Fields;
use crate::{Code, Diagnostic};

/// Which records stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Column and the codes that stay.
    pub keep: Vec<(String, Vec<String>)>,
}

impl Filter {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Self {
        Self { keep: fields.optional_selections("keep") }
    }
}

impl Declaration for Filter {
    fn name(&self) -> &'static str {
        "filter"
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.keep.iter().map(|(column, _)| column.as_str()).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        if self.keep.is_empty() {
            let fault = Diagnostic::error(Code::MissingField, "the filter keeps everything");
            schema.fault(fault.at(schema.path(), "say what stays: `keep = { column = [\"code\"] }`"));
        }
        schema.need_codes(&self.keep, "keep");
    }
}
