//! `op = "correct"`: known faults of a source are mended, one by one, each with its reason and source.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::operations::Declaration;
use crate::operations::filter::{Conditions, Limit};
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::{Fields, Findings};
use crate::{Code, ColumnType, Diagnostic, Path, columns};

/// What is mended. Each entry says what it expects to find, and the run stops when it finds something else: a file that has been
/// healed needs no mending, and one that has changed needs another look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correct {
    /// The entries, in order; none changes what another one has changed.
    pub entries: Vec<Correction>,
}

/// One value that is wrong in the source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Which rows it is about.
    #[serde(rename = "where")]
    pub rows: Conditions,
    /// How many of them there are.
    pub count: u64,
    /// The column that is wrong.
    pub column: String,
    /// The value that is wrong.
    pub from: Value,
    /// The value that is right.
    pub to: Value,
    /// Why it is wrong.
    pub reason: String,
    /// Who says so.
    pub source: String,
    /// What is known of it.
    pub status: CorrectionStatus,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// It is not stated.
    NotStated,
    /// A code or a text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A date.
    Date(Date),
}

/// What is known of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionStatus {
    /// Whoever publishes the source has confirmed it.
    Confirmed,
    /// It is what we take to be right.
    Assumed,
    /// It is not applied any more, and kept for the record.
    Withdrawn,
}

impl Correct {
    pub(super) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let entries = fields.tables("entries").into_iter();
        let entries: Vec<Option<Correction>> =
            entries.map(|entry| Correction::read(entry, findings)).collect();
        if entries.is_empty() {
            let fault = Diagnostic::error(Code::MissingField, "there is nothing to correct");
            findings.push(fault.at_span(fields.span(), "add entries: `[[clean.entries]]`"));
        }
        Some(Self { entries: entries.into_iter().collect::<Option<_>>()? })
    }

    /// The entries that are applied, with their numbers from 1.
    pub fn applied(&self) -> impl Iterator<Item = (usize, &Correction)> {
        let entries = (1..).zip(&self.entries);
        entries.filter(|(_, entry)| entry.status != CorrectionStatus::Withdrawn)
    }
}

impl Correction {
    fn read(fields: Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        const STATUS: [(&str, CorrectionStatus); 3] = [
            ("confirmed", CorrectionStatus::Confirmed),
            ("assumed", CorrectionStatus::Assumed),
            ("withdrawn", CorrectionStatus::Withdrawn),
        ];
        fields.in_section("entries");
        let rows = Conditions::read(&fields, "where");
        let column = fields.text("column");
        let (from, to) = (value(&fields, "from", findings), value(&fields, "to", findings));
        let (reason, source) = (fields.text("reason"), fields.text("source"));
        let status = fields.one_of("status", &STATUS);
        let written = fields.optional_integer("count");
        let count = written.as_ref().map_or(Some(1), |count| u64::try_from(*count.get_ref()).ok());
        if let Some(written) = written.filter(|_| count.is_none_or(|count| count == 0)) {
            fields.fault(&written, "a number of rows from 1 on");
        }
        fields.finish();
        Some(Self {
            rows,
            count: count?,
            column: column?,
            from: from?,
            to: to?,
            reason: reason?,
            source: source?,
            status: status?,
        })
    }
}

/// A value that must be given: a text, a number or a date; `_U` is not stated.
fn value(fields: &Fields<'_, '_>, key: &'static str, findings: &Findings) -> Option<Value> {
    let read = fields.value(key).map(|value| match value.get_ref().as_str() {
        Some(columns::NOT_STATED) => Some(Value::NotStated),
        Some(text) => Some(Value::Text(text.to_owned())),
        None => fields.limit_of(value).map(|limit| match limit {
            Limit::Number(number) => Value::Number(number),
            Limit::Date(date) => Value::Date(date),
        }),
    });
    if read.is_none() {
        let fault = Diagnostic::error(Code::MissingField, format!("the field `{key}` is missing"));
        findings.push(fault.at_span(fields.span(), "a code in quotes, a whole number, a date, or \"_U\""));
    }
    read.flatten()
}

impl Value {
    /// The type of columns that can hold it; none of all.
    fn column_types(&self) -> &'static [ColumnType] {
        match self {
            Self::NotStated => &[],
            Self::Text(_) => &[ColumnType::Code, ColumnType::Text],
            Self::Number(_) => &[ColumnType::Integer],
            Self::Date(_) => &[ColumnType::Date],
        }
    }
}

impl Correction {
    fn check(&self, schema: &mut SchemaChange<'_>, path: &Path) {
        for (name, codes) in &self.rows.codes {
            let entry = path.clone().field("where");
            schema.need_codes_at(&[(name.clone(), codes.clone())], &entry);
        }
        for (column, bounds) in &self.rows.bounds {
            bounds.check_at(schema, &path.clone().field("where"), column);
        }
        if self.rows.is_empty() {
            let fault = Diagnostic::error(Code::MissingField, "nothing says which row is wrong");
            schema.fault(fault.at(path.clone(), "give `where = { column = value }`"));
        }
        const CORRECTED: [ColumnType; 4] =
            [ColumnType::Code, ColumnType::Text, ColumnType::Integer, ColumnType::Date];
        schema.need_at(&self.column, path.clone().field("column"), &CORRECTED);
        if schema.is_personal(&self.column) {
            let message = format!("`{}` is personal", self.column);
            let fault = Diagnostic::error(Code::PersonalDimension, message);
            schema.fault(fault.at(
                path.clone().field("column"),
                "its right value would stand in the pipeline file: correct the file that is read",
            ));
            return;
        }
        for (field, value) in [("from", &self.from), ("to", &self.to)] {
            schema.need_at(&self.column, path.clone().field(field), value.column_types());
        }
        if self.from == self.to {
            let fault =
                Diagnostic::error(Code::WrongType, "the value that is right is the one that is wrong");
            schema.fault(fault.at(path.clone().field("to"), "give another one"));
        }
    }
}

impl Declaration for Correct {
    fn name(&self) -> &'static str {
        "correct"
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.entries.iter().flat_map(|entry| entry.rows.columns()).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        for (index, entry) in self.entries.iter().enumerate() {
            let path = schema.path().field("entries").index(index);
            entry.check(schema, &path);
        }
        // It decides about no row, and makes no column.
        schema.add_all(Vec::<ColumnInfo>::new(), &Path::root());
    }
}
