//! `op = "inherit"`: a row takes from the row that it names what it does not state itself.

use serde::{Deserialize, Serialize};

use crate::operations::{Declaration, Scope};
use crate::schema::SchemaChange;
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic};

/// What a row takes from the row that it names: a child's permit the days of the parent's. What it states stays, and nothing is taken
/// from a row that takes it itself.
///
/// ```
/// let text = r#"
///     op = "inherit"
///     from = "parents_permit"
///     columns = ["valid_from", "valid_to"]
/// "#;
/// # let source = "[source.p]\nfiles = '*.csv'\nformat = 'csv'\n[source.p.columns]\npermit = { personal = true }\n\
/// #     parents_permit = { personal = true, refers_to = 'permit' }\n\
/// #     valid_from = { type = 'date' }\nvalid_to = { type = 'date' }\n";
/// # let table = "[[table]]\nname = 't'\nmeasure = 'count'\nconcept = 'permits'\n";
/// # let text = format!("spec = 1\ntitle = 'T'\nvintage = '1'\n{source}[[clean]]\n{text}\n{table}");
/// let pipeline = denizen_spec::parse(&text).unwrap();
/// assert_eq!(pipeline.steps[0].operation.name(), "inherit");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inherit {
    /// The column that names the row, with the values of another column of it.
    pub from: String,
    /// The columns of which a row takes what it does not state.
    pub columns: Vec<String>,
}

impl Inherit {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let (from, columns) = (fields.text("from"), fields.texts("columns"));
        Some(Self { from: from?, columns: columns? })
    }
}

/// What can be taken. A row is of its own person, so that pseudonyms are not.
const TAKEN: [ColumnType; 4] = [ColumnType::Date, ColumnType::Code, ColumnType::Integer, ColumnType::Text];

impl Declaration for Inherit {
    fn name(&self) -> &'static str {
        "inherit"
    }

    fn scope(&self) -> Scope<'_> {
        Scope::All
    }

    /// Whom a row names decides what it states, where that decides something.
    fn decisive_columns(&self, is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        let decides = self.columns.iter().any(|column| is_decisive(column));
        decides.then_some(self.from.as_str()).into_iter().collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        schema.need(&self.from, "from", &[ColumnType::Text]);
        if schema.has(&self.from) && schema.refers_to(&self.from).is_none() {
            let fault =
                Diagnostic::error(Code::WrongColumn, format!("`{}` does not name other rows", self.from));
            let label = "declare whose values it holds: `personal = true, refers_to = \"permit\"`";
            schema.fault(fault.at(schema.path().field("from"), label));
        }
        for (index, column) in self.columns.iter().enumerate() {
            let path = schema.path().field("columns").index(index);
            schema.need_at(column, path.clone(), &TAKEN);
            if schema.is_pseudonym(column) {
                let fault = Diagnostic::error(Code::PersonColumn, format!("`{column}` says who a row is of"));
                schema.fault(fault.at(path, "a row takes from another what is of both"));
            }
        }
        schema.need_all_rows();
    }
}
