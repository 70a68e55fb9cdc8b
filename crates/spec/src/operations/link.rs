//! `op = "link"`: which rows are of one person, by keys that these share.

use serde::{Deserialize, Serialize};

use crate::operations::{Declaration, Scope, column};
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::Fields;
use crate::{Code, Column, ColumnType, Diagnostic, FieldType, OnError, Source};

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
    /// A file of pairs of rows that are of one person, as somebody has found out.
    #[serde(default)]
    pub pairs: Option<Pairs>,
    /// The column of persons that is made.
    pub column: String,
}

/// Pairs of rows in a CSV file, such as a program for linking by probability writes. A pair links two rows as a shared value of a key
/// does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// The file, relative to the project.
    pub file: String,
    /// The column that identifies each row, of which no two rows have one value.
    pub row: String,
    /// The columns of the file that name the rows of a pair, by the texts of that column.
    pub columns: [String; 2],
    /// The column of the file with the probability of each pair, and the least with which a pair links.
    pub probability: Option<(String, f64)>,
}

/// The columns of a file of pairs when it has been read.
pub const PAIR: [&str; 2] = ["left", "right"];

/// The probability of a pair, as it is written.
pub const PAIR_PROBABILITY: &str = "probability";

impl Pairs {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let value = fields.value("pairs")?;
        let Some(pairs) = fields.inner(value) else {
            fields.fault(
                value,
                "a table: `{ file = \"FILE.csv\", row = \"row_id\", left = \"…\", right = \"…\" }`",
            );
            return None;
        };
        pairs.in_section("pairs");
        let (file, row) = (pairs.text("file"), pairs.text("row"));
        let (left, right) = (pairs.text("left"), pairs.text("right"));
        let probability = pairs.optional_text("probability");
        let threshold = pairs.optional_number("threshold", 0.0..=1.0, "a probability from 0 to 1");
        if probability.is_some() != threshold.is_some() {
            let expected = "`probability` and `threshold` together: the column, and the least that links";
            pairs.fault(value, expected);
        }
        pairs.finish();
        Some(Self {
            file: file?,
            row: row?,
            columns: [left?, right?],
            probability: probability.zip(threshold),
        })
    }

    /// The file as a source, of which the rows are pairs. What it says in the column that identifies rows becomes the pseudonyms that
    /// the rows have. None where `of` has no such column of one field.
    pub fn source(&self, of: &Source) -> Option<Source> {
        let row = of.column(&self.row).filter(|row| row.with.is_empty() && row.personal)?;
        let named = |(name, from): (&str, &String)| Column {
            from: from.clone(),
            file_pattern: None,
            absent: false,
            constant: None,
            position: None,
            on_error: Some(OnError::Reject),
            refers_to: Some(row.refers_to.clone().unwrap_or_else(|| row.name.clone())),
            name: name.to_owned(),
            ..row.clone()
        };
        let mut source = Source::records(&format!("pairs of {}", of.name), [self.file.clone()]);
        source.columns = PAIR.into_iter().zip(&self.columns).map(named).collect();
        if let Some((from, _)) = &self.probability {
            let probability = Column::new(PAIR_PROBABILITY, FieldType::Text);
            source.columns.push(Column {
                from: from.clone(),
                on_error: Some(OnError::Reject),
                ..probability
            });
        }
        source.max_rejected = 0.0;
        source.has_places = true;
        Some(source)
    }
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
            pairs: Pairs::read(fields),
            column: column(fields, "column", "person"),
        })
    }

    fn check_keys(&self, schema: &mut SchemaChange<'_>) {
        let path = schema.path().field("keys");
        let least = usize::from(self.pairs.is_none());
        if !(least..=MOST_KEYS).contains(&self.keys.len()) {
            let message = format!("persons are linked by {least} to {MOST_KEYS} keys");
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
        self.id.as_deref().into_iter().chain(self.pairs.as_ref().map(|pairs| pairs.row.as_str())).collect()
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
        if let Some(pairs) = &self.pairs {
            let path = schema.path().field("pairs").field("row");
            schema.need_at(&pairs.row, path.clone(), &[ColumnType::Text]);
            if schema.has(&pairs.row) && !schema.is_personal(&pairs.row) {
                let fault = Diagnostic::error(Code::PersonColumn, "the identifier of rows is not personal");
                schema
                    .fault(fault.at(path, "declare it with `personal = true`: what it says is never shown"));
            }
        }
        let made = ColumnInfo::new(&self.column, ColumnType::Text).personal(true);
        schema.add(made, schema.path().field("column"));
        schema.link(&self.column);
    }
}
