//! The columns that exist after each step, and what they hold.

mod change;

use serde::{Deserialize, Serialize};

pub(crate) use self::change::SchemaChange;
use crate::date::Date;
use crate::diagnostic::suggestion;
use crate::operations::Operation;
use crate::pipeline::StepId;
use crate::source::{Source, SourceKind};
use crate::{Code, DateFormat, Diagnostic, Path, columns};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Text; of a personal column, pseudonyms.
    Text,
    /// Codes.
    Code,
    /// Whole numbers.
    Integer,
    /// Exact numbers.
    Decimal {
        /// Decimals.
        scale: u8,
    },
    /// Days.
    Date,
    /// Yes, no, or not known.
    Boolean,
}

impl ColumnType {
    /// What a column of this type holds, in words.
    pub(crate) fn contents(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "codes",
            Self::Integer => "whole numbers",
            Self::Decimal { .. } => "decimal numbers",
            Self::Date => "dates",
            Self::Boolean => "answers of a rule",
        }
    }
}

/// The unit of a calendar year, which is no length of time.
pub(crate) const CALENDAR_YEAR: &str = "calendar year";
/// The unit of an age.
pub(crate) const YEARS_OF_AGE: &str = "years";

/// One column at some step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub column_type: ColumnType,
    /// The code list of its codes.
    pub codelist: Option<String>,
    /// What its numbers are in, where it is known.
    pub unit: Option<String>,
    /// Whether its values could identify a person.
    pub personal: bool,
    /// The column whose values it holds, where it names other rows.
    #[serde(default)]
    pub refers_to: Option<String>,
    /// The first age of the open group, where it holds groups of ages and the pipeline says which.
    pub open_age: Option<i64>,
    /// The names of the residence rules on whose answers it rests, through all steps that make it from others.
    pub rules: Vec<String>,
    /// Whether it holds dates of which some are said in part only: two columns say which days these can be
    /// ([`columns::possible_days`]).
    #[serde(default)]
    pub in_part: bool,
    /// The month in which the financial years begin of which it holds the first days.
    #[serde(default)]
    pub financial_year: Option<u8>,
}

impl ColumnInfo {
    pub(crate) fn new(name: &str, column_type: ColumnType) -> Self {
        Self {
            name: name.to_owned(),
            column_type,
            codelist: None,
            unit: None,
            personal: false,
            refers_to: None,
            open_age: None,
            rules: Vec::new(),
            in_part: false,
            financial_year: None,
        }
    }

    /// What it holds, in words.
    fn contents(&self) -> &'static str {
        match self.column_type {
            ColumnType::Text if self.personal => "pseudonyms, as it is personal",
            column_type => column_type.contents(),
        }
    }

    pub(crate) fn unit(self, unit: &str) -> Self {
        Self { unit: Some(unit.to_owned()), ..self }
    }

    pub(crate) fn personal(self, personal: bool) -> Self {
        Self { personal, ..self }
    }
}

/// The columns of a source's rows after some of its steps.
///
/// Checks, execution and publication all ask it which columns there are; [`crate::Pipeline::schema_of`] gives the one
/// after the last step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    columns: Vec<ColumnInfo>,
    /// The columns by which the steps so far order persons: person, day, and what orders the rows of one day.
    history: Option<(String, String, Option<String>)>,
    /// The column of persons that [`crate::Link`] made of keys, where a step did.
    #[serde(default)]
    linked: Option<String>,
    /// What [`crate::Expand`] made of the records, where a step did.
    expansion: Option<Expansion>,
    /// The names of the residence rules whose answers decided which rows stay.
    rules: Vec<String>,
}

/// Records that have become one row for each reference date that they cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Expansion {
    /// The column of the reference date.
    pub(crate) column: String,
    /// The reference dates.
    pub(crate) dates: Vec<Date>,
    /// The column of the cohort, where a person may belong to several and is followed in each.
    #[serde(default)]
    pub(crate) cohort: Option<String>,
}

impl Expansion {
    pub(crate) fn new(column: &str, dates: Vec<Date>) -> Self {
        Self { column: column.to_owned(), dates, cohort: None }
    }

    pub(crate) fn of_cohorts(self, column: &str) -> Self {
        Self { cohort: Some(column.to_owned()), ..self }
    }

    /// Whether the same persons are there again at other values of a column.
    pub(crate) fn repeats_persons_over(&self, column: &str) -> bool {
        self.column == column || self.cohort.as_deref() == Some(column)
    }
}

impl Schema {
    /// The columns as they are read.
    pub fn of_source(source: &Source) -> Self {
        let open_age = |codes: &[(String, String)]| {
            codes.iter().find_map(|(_, ours)| ours.strip_suffix('+')?.parse().ok())
        };
        let declared = source.columns.iter().map(|column| ColumnInfo {
            codelist: column.codelist.clone(),
            refers_to: column.refers_to.clone(),
            open_age: open_age(&column.codes),
            in_part: column.is_in_part(),
            financial_year: column.date_format().and_then(DateFormat::first_month),
            ..ColumnInfo::new(&column.name, column.column_type()).personal(column.personal)
        });
        let mut columns: Vec<ColumnInfo> = declared.collect();
        for column in source.columns.iter().filter(|column| column.is_in_part()) {
            let made = columns::possible_days(&column.name);
            columns.extend(
                made.iter().map(|name| ColumnInfo::new(name, ColumnType::Date).personal(column.personal)),
            );
        }
        // Cells bear their concept, whether a column of the file says it or the source.
        if source.kind == SourceKind::Cells && source.column(columns::CONCEPT).is_none() {
            columns.push(ColumnInfo::new(columns::CONCEPT, ColumnType::Text));
        }
        Self { columns, history: None, linked: None, expansion: None, rules: Vec::new() }
    }

    /// The columns in order.
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// The column of this name.
    pub fn get(&self, name: &str) -> Option<&ColumnInfo> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns after one more step.
    pub fn after(self, operation: &Operation, step: StepId) -> Self {
        operation.schema(self, step, &mut Vec::new())
    }

    /// The columns that tell persons apart: the one by which steps do it, or that a step has made of keys, or else all
    /// personal texts.
    pub fn persons(&self) -> Vec<&str> {
        if let Some(person) = self.history.as_ref().map(|(person, ..)| person).or(self.linked.as_ref()) {
            return vec![person];
        }
        let is_person = |column: &&ColumnInfo| column.personal && column.column_type == ColumnType::Text;
        self.columns.iter().filter(is_person).map(|column| column.name.as_str()).collect()
    }

    /// The names of the residence rules whose answers decide how many rows have each combination of values of these columns.
    pub(crate) fn rules_behind<'a>(
        &'a self,
        columns: impl Iterator<Item = &'a str>,
    ) -> impl Iterator<Item = &'a str> {
        let of_columns = columns.filter_map(|column| self.get(column)).flat_map(|column| &column.rules);
        self.rules.iter().chain(of_columns).map(String::as_str)
    }

    pub(crate) fn expansion(&self) -> Option<&Expansion> {
        self.expansion.as_ref()
    }

    /// What is wrong where a column is used that does not exist, or that holds something else than is worked on.
    pub(crate) fn need(&self, name: &str, allowed: &[ColumnType], path: Path) -> Option<Diagnostic> {
        let Some(found) = self.get(name) else {
            let names = self.columns.iter().map(|column| column.name.as_str());
            return Some(
                Diagnostic::error(Code::UnknownColumn, format!("there is no column `{name}` here"))
                    .at(path, "neither the source nor an earlier step has it")
                    .maybe_help(suggestion(name, names)),
            );
        };
        if allowed.is_empty() || allowed.contains(&found.column_type) {
            return None;
        }
        let message = format!("the column `{name}` holds {}", found.contents());
        let wanted: Vec<_> = allowed.iter().map(|allowed| allowed.contents()).collect();
        let label = format!("a column of {} is needed here", wanted.join(" or "));
        Some(Diagnostic::error(Code::WrongColumn, message).at(path, label))
    }

    /// What is wrong with selections of rows: each is a column of codes or texts and at least one code. `path` is that of
    /// the table of selections.
    pub(crate) fn need_codes(&self, selections: &[(String, Vec<String>)], path: &Path) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        for (name, codes) in selections {
            let entry = path.clone().field(name);
            faults.extend(self.need(name, &[ColumnType::Code, ColumnType::Text], entry.clone().name()));
            if self.get(name).is_some_and(|column| column.personal && column.column_type == ColumnType::Text)
            {
                let fault = Diagnostic::error(Code::PersonalDimension, format!("`{name}` is personal"));
                let label = "only its pseudonyms are known, which no code can equal";
                faults.push(fault.at(entry.clone().name(), label));
            }
            for (index, _) in codes.iter().enumerate().filter(|(_, code)| *code == columns::NOT_STATED) {
                let fault = Diagnostic::error(Code::UnknownValue, "`_U` is no code of a row");
                let label = "it stands for rows that state nothing, in tables only";
                let fault = fault.at(entry.clone().index(index), label);
                faults.push(fault.help("give their texts a code of their own in the source"));
            }
            if codes.is_empty() {
                let message = format!("no code of `{name}` is kept");
                let fault = Diagnostic::error(Code::MissingField, message);
                faults.push(fault.at(entry.name(), "name at least one code"));
            }
        }
        faults
    }
}
