//! `op = "correct"`: known faults of a source are mended, one by one, each with its reason and source.

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use crate::date::Date;
use crate::operations::filter::{Conditions, Limit};
use crate::operations::{Declaration, Operation, Residence};
use crate::pipeline::Pipeline;
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::{Fields, Findings};
use crate::{Code, ColumnType, DateFormat, Diagnostic, MAX_SCALE, Path, columns};

/// What is mended. Each entry says what it expects to find, and the run stops when it finds something else: a file that has been
/// healed needs no mending, and one that has changed needs another look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correct {
    /// The entries, in order; none changes what another one has changed.
    pub entries: Vec<Correction>,
    /// The file of the entries, relative to the project, where they stand in one: `entries = "FILE.csv"`.
    #[serde(default)]
    pub file: Option<String>,
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
    /// Its line in the file of the entries.
    #[serde(default)]
    pub line: Option<u64>,
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
    /// A number with decimals, of which the last is not zero.
    Decimal {
        /// All its digits.
        digits: i64,
        /// How many of them are decimals.
        scale: u8,
    },
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

impl CorrectionStatus {
    /// Their names in pipelines and files.
    pub const NAMES: [(&str, Self); 3] =
        [("confirmed", Self::Confirmed), ("assumed", Self::Assumed), ("withdrawn", Self::Withdrawn)];
}

impl Correct {
    pub(super) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        if fields.value("entries").is_some_and(|value| value.get_ref().as_str().is_some()) {
            return Some(Self { entries: Vec::new(), file: fields.optional_text("entries") });
        }
        let entries = fields.tables("entries").into_iter();
        let entries: Vec<Option<Correction>> =
            entries.map(|entry| Correction::read(entry, findings)).collect();
        if entries.is_empty() {
            let fault = Diagnostic::error(Code::MissingField, "there is nothing to correct");
            findings.push(fault.at_span(fields.span(), "add entries: `[[clean.entries]]`"));
        }
        Some(Self { entries: entries.into_iter().collect::<Option<_>>()?, file: None })
    }

    /// The entries that are applied, with their numbers from 1.
    pub fn applied(&self) -> impl Iterator<Item = (usize, &Correction)> {
        let entries = (1..).zip(&self.entries);
        entries.filter(|(_, entry)| entry.status != CorrectionStatus::Withdrawn)
    }
}

impl Correct {
    /// A fault of the entry of this number, from 1, in the step at `step`: in the line of its file, or at the field.
    pub fn fault(
        &self,
        fault: Diagnostic,
        number: usize,
        step: &Path,
        field: &str,
        label: &str,
    ) -> Diagnostic {
        let line = self.entries.get(number - 1).and_then(|entry| entry.line);
        match (&self.file, line) {
            (Some(file), Some(line)) => fault.in_file(file, Some(line)).note(format!("`{field}`: {label}")),
            _ => fault.at(step.clone().field("entries").index(number - 1).field(field), label),
        }
    }
}

/// Faults of entries that stand in files, in the lines of these.
pub(crate) fn in_their_files(pipeline: &Pipeline, faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let moved = |fault: Diagnostic| {
        let Some((setting, label)) = fault.setting() else { return fault };
        for (id, step) in pipeline.step_ids() {
            let Operation::Correct(correct) = &step.operation else { continue };
            let path = Path::step(id);
            for number in (1..=correct.entries.len()).filter(|_| correct.file.is_some()) {
                let entry = path.clone().field("entries").index(number - 1).to_string();
                let field =
                    setting.strip_prefix(&entry).filter(|rest| rest.is_empty() || rest.starts_with('.'));
                if let Some(field) = field {
                    let (field, label) = (field.trim_start_matches('.').to_owned(), label.to_owned());
                    return correct.fault(fault, number, &path, &field, &label);
                }
            }
        }
        fault
    };
    faults.into_iter().map(moved).collect()
}

impl Correction {
    fn read(fields: Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        fields.in_section("entries");
        let rows = Conditions::read(&fields, "where");
        let column = fields.text("column");
        let (from, to) = (value(&fields, "from", findings), value(&fields, "to", findings));
        let (reason, source) = (fields.text("reason"), fields.text("source"));
        let status = fields.one_of("status", &CorrectionStatus::NAMES);
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
            line: None,
        })
    }
}

/// A value that must be given: a text, a number or a date; `_U` is not stated.
fn value(fields: &Fields<'_, '_>, key: &'static str, findings: &Findings) -> Option<Value> {
    let read = fields.value(key).map(|value| match value.get_ref().as_str() {
        Some(columns::NOT_STATED) => Some(Value::NotStated),
        Some(text) => Some(Value::Text(text.to_owned())),
        None if matches!(value.get_ref(), DeValue::Float(_)) => {
            let text = value.get_ref().as_float().map(|float| float.as_str().replace('_', ""));
            let number = text.and_then(|text| Value::number(&text));
            if number.is_none() {
                fields.fault(value, "a number with nine decimals at most, and no exponent");
            }
            number
        }
        None => fields.limit_of(value).map(|limit| match limit {
            Limit::Number(number) => Value::Number(number),
            Limit::Date(date) => Value::Date(date),
        }),
    });
    if read.is_none() {
        let fault = Diagnostic::error(Code::MissingField, format!("the field `{key}` is missing"));
        findings.push(fault.at_span(fields.span(), "a code in quotes, a number, a date, or \"_U\""));
    }
    read.flatten()
}

impl Value {
    /// A number with a point before its decimals, of which there are [`MAX_SCALE`] at most.
    ///
    /// ```
    /// use denizen_spec::Value;
    ///
    /// assert_eq!(Value::number("-0.250"), Some(Value::Decimal { digits: -25, scale: 2 }));
    /// assert_eq!(Value::number("3.00"), Some(Value::Number(3)));
    /// assert_eq!(Value::number("1e3"), None);
    /// ```
    pub fn number(text: &str) -> Option<Self> {
        let text = text.strip_prefix('+').unwrap_or(text);
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let decimals = if is_number(decimals) { decimals.trim_end_matches('0') } else { return None };
        let scale = u8::try_from(decimals.len()).ok().filter(|scale| *scale <= MAX_SCALE)?;
        let sign = whole.strip_prefix('-').unwrap_or(whole);
        let digits = if is_number(sign) { format!("{whole}{decimals}").parse().ok()? } else { return None };
        Some(if scale == 0 { Self::Number(digits) } else { Self::Decimal { digits, scale } })
    }

    /// What a text says in a column of a type: `_U` is not stated.
    pub fn parse(text: &str, column_type: ColumnType) -> Option<Self> {
        if text == columns::NOT_STATED {
            return Some(Self::NotStated);
        }
        match column_type {
            ColumnType::Code | ColumnType::Text => {
                Some(Self::Text(text.to_owned())).filter(|_| !text.is_empty())
            }
            ColumnType::Integer | ColumnType::Decimal { .. } => Self::number(text),
            ColumnType::Date => {
                DateFormat::iso().days(text.as_bytes()).and_then(Date::from_days).map(Self::Date)
            }
            ColumnType::Boolean => None,
        }
    }

    /// A number in units of the last of so many decimals; none where it has more of them.
    pub fn scaled(&self, decimals: u8) -> Option<i128> {
        let (digits, scale) = match self {
            Self::Number(number) => (*number, 0),
            Self::Decimal { digits, scale } => (*digits, *scale),
            Self::NotStated | Self::Text(_) | Self::Date(_) => return None,
        };
        Some(i128::from(digits) * 10_i128.pow(decimals.checked_sub(scale)?.into()))
    }

    /// Requires a column that can hold it.
    fn check(&self, schema: &mut SchemaChange<'_>, column: &str, path: Path) {
        let decimals = match schema.column_type(column) {
            Some(ColumnType::Decimal { scale }) => Some(scale),
            Some(_) | None => None,
        };
        match (self, decimals) {
            (Self::NotStated, _) => {}
            (Self::Number(_) | Self::Decimal { .. }, Some(scale)) => {
                if self.scaled(scale).is_none() {
                    let message = format!("`{column}` keeps {scale} decimals, and the value has more");
                    let fault = Diagnostic::error(Code::WrongColumn, message);
                    schema.fault(fault.at(path, "no row can have it"));
                }
            }
            (Self::Text(_), _) => schema.need_at(column, path, &[ColumnType::Code, ColumnType::Text]),
            (Self::Number(_), None) => schema.need_at(column, path, &[ColumnType::Integer]),
            (Self::Decimal { .. }, None) => schema.need_at(column, path, &[ColumnType::Decimal { scale: 0 }]),
            (Self::Date(_), _) => schema.need_at(column, path, &[ColumnType::Date]),
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
        if !matches!(schema.column_type(&self.column), Some(ColumnType::Decimal { .. })) {
            schema.need_at(&self.column, path.clone().field("column"), &CORRECTED);
        }
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
            value.check(schema, &self.column, path.clone().field(field));
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

    fn suits_cells(&self) -> bool {
        true
    }

    fn sees_later_rows(&self, _residence: &Residence) -> bool {
        false
    }

    fn corrects(&self, column: &str) -> bool {
        self.entries.iter().any(|entry| entry.column == column)
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
