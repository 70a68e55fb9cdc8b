//! `op = "link"`: which rows are of one person, by keys that these share.

use serde::{Deserialize, Serialize};

use crate::operations::{Declaration, Scope, column};
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic};

/// Keys that one step may have.
const MOST_KEYS: usize = 8;

/// How rows become persons: two rows with one value of a key are of one person, and so are all that hang together by such
/// pairs, whatever their order.
///
/// ```
/// let text = r#"
///     op = "link"
///     keys = { document = ["document_country", "document"], name = ["surname", "given_names", "born_on"] }
///     id = "person_id"
///     same = ["born_on", "sex"]
///     on_conflict = "hold_back"
/// "#;
/// # let source = "[source.c]\nfiles = '*.csv'\nformat = 'csv'\n[source.c.columns]\n\
/// #     document_country = { codes = { PE = 'PE' } }\ndocument = { personal = true }\n\
/// #     surname = { personal = true, fold = true }\ngiven_names = { personal = true, fold = true }\n\
/// #     born_on = { type = 'date' }\nsex = { codes = { F = 'F' } }\nperson_id = { personal = true }\n";
/// # let table = "[[table]]\nname = 't'\nmeasure = 'count'\nconcept = 'crossings'\n";
/// # let text = format!("spec = 1\ntitle = 'T'\nvintage = '1'\n{source}[[clean]]\n{text}\n{table}");
/// let pipeline = denizen_spec::parse(&text).unwrap();
/// assert_eq!(pipeline.steps[0].operation.name(), "link");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The keys by name, each the columns that identify a person together. A row that does not state all of them has no
    /// such key.
    pub keys: Vec<(String, Vec<String>)>,
    /// The column of an identifier that somebody has given already: its rows are one person, and those of two are never
    /// joined by keys, unless [`OnConflict::Link`] says so.
    pub id: Option<String>,
    /// The columns of which a person has one value.
    pub same: Vec<String>,
    /// What becomes of rows that would be one person and have two values of such a column, or two identifiers.
    pub on_conflict: OnConflict,
    /// The column of persons that is made.
    pub column: String,
}

/// What becomes of rows that a key says are one person, and that state what one person cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// A value of a key whose rows conflict links nobody. Where rows conflict that only several keys bring together, none of
    /// these keys links them: those with an identifier are its person's, the others are rows of nobody.
    HoldBack,
    /// They are one person all the same, and are counted.
    Link,
    /// The run stops.
    Fail,
}

impl Link {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        const ON_CONFLICT: [(&str, OnConflict); 3] =
            [("hold_back", OnConflict::HoldBack), ("link", OnConflict::Link), ("fail", OnConflict::Fail)];
        let id = fields.optional_text("id");
        let same = fields.optional_texts("same");
        // Where nothing can conflict nothing needs to be decided.
        let on_conflict = if id.is_some() || !same.is_empty() {
            fields.one_of("on_conflict", &ON_CONFLICT)
        } else {
            Some(fields.optional_one_of("on_conflict", &ON_CONFLICT).unwrap_or(OnConflict::HoldBack))
        };
        Some(Self {
            keys: fields.optional_selections("keys"),
            id,
            same,
            on_conflict: on_conflict?,
            column: column(fields, "column", "person"),
        })
    }

    fn check_keys(&self, schema: &mut SchemaChange<'_>) {
        let path = schema.path().field("keys");
        if self.keys.is_empty() || self.keys.len() > MOST_KEYS {
            let message = format!("persons are linked by 1 to {MOST_KEYS} keys");
            let label = "name them: `keys = { document = [\"document_country\", \"document\"] }`";
            schema.fault(Diagnostic::error(Code::MissingField, message).at(path, label));
            return;
        }
        for (name, columns) in &self.keys {
            let path = path.clone().field(name);
            for (index, column) in columns.iter().enumerate() {
                let at = path.clone().index(index);
                schema.need_at(column, at.clone(), &VALUES);
                if columns[..index].contains(column) {
                    let fault =
                        Diagnostic::error(Code::ColumnTwice, format!("`{column}` stands in the key twice"));
                    schema.fault(fault.at(at, "leave one out"));
                }
            }
            let are_there = columns.iter().all(|column| schema.has(column));
            if are_there && !columns.iter().any(|column| schema.is_pseudonym(column)) {
                let message = format!("the key `{name}` identifies nobody");
                let fault = Diagnostic::error(Code::PersonColumn, message);
                let label = "one of its columns is a text with `personal = true`, such as a name or a number";
                schema.fault(fault.at(path.name(), label));
            }
        }
    }
}

/// What a key and the properties of a person are made of.
const VALUES: [ColumnType; 4] = [ColumnType::Text, ColumnType::Code, ColumnType::Integer, ColumnType::Date];

impl Declaration for Link {
    fn name(&self) -> &'static str {
        "link"
    }

    fn scope(&self) -> Scope<'_> {
        Scope::All
    }

    /// A row of which a key cannot be read may have another one; with none of them it is a row of nobody.
    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.id.as_deref().into_iter().collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        self.check_keys(schema);
        for (index, column) in self.same.iter().enumerate() {
            schema.need_at(column, schema.path().field("same").index(index), &VALUES);
        }
        if let Some(id) = &self.id {
            schema.need(id, "id", &[ColumnType::Text]);
            if schema.has(id) && !schema.is_pseudonym(id) {
                let fault =
                    Diagnostic::error(Code::PersonColumn, "the identifier of a person is not personal");
                schema.fault(fault.at(schema.path().field("id"), "declare it with `personal = true`"));
            }
        }
        let made = ColumnInfo::new(&self.column, ColumnType::Text).personal(true);
        schema.add(made, schema.path().field("column"));
        schema.link(&self.column);
    }
}
