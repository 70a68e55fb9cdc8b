//! `[[clean]]`: the operations on records, in the order written; one variant per operation.

use std::ops::Range;

use toml::Spanned;

use crate::fields::{Date, Faults, Fields, unknown_value};
use crate::{Code, Diagnostic};

/// One `[[clean]]` step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The source whose records it works on; none means the only source of records.
    pub source: Option<Spanned<String>>,
    /// What it does.
    pub operation: Operation,
    /// Where the step stands in the pipeline file.
    pub span: Range<usize>,
}

/// What a step does. Each variant is carried out by the file of the same name in `clean/src/operations/`.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Keeps the records whose columns hold one of the listed codes; the others are excluded and counted.
    Filter {
        /// Column and the codes that stay.
        keep: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
    },
    /// Translates the codes of columns into those of another list.
    Recode {
        /// The columns.
        columns: Vec<Spanned<String>>,
        /// The list, named by a column of the code list that each column has now.
        to: Spanned<String>,
    },
    /// Makes a new column out of others.
    Derive {
        /// Its name.
        column: Spanned<String>,
        /// How.
        method: Derivation,
    },
    /// Drops a record that repeats the one before it of the same person in all `keys`.
    Deduplicate {
        /// The column that identifies the person.
        person: Spanned<String>,
        /// The column that orders a person's records.
        order: Spanned<String>,
        /// The columns that must agree.
        keys: Vec<Spanned<String>>,
    },
    /// Decides by a rule which records are migrations.
    Residence(Box<Residence>),
}

/// How a column is derived.
#[derive(Debug, Clone, PartialEq)]
pub enum Derivation {
    /// The year of a date.
    Year {
        /// The date.
        from: Spanned<String>,
    },
    /// Completed years between two dates.
    Age {
        /// Date of birth.
        birth: Spanned<String>,
        /// The day on which the age is wanted.
        at: Spanned<String>,
    },
    /// Age groups such as `25-29`, the last one open: `85+`.
    AgeGroup {
        /// Age in completed years.
        from: Spanned<String>,
        /// Width in years.
        width: u8,
        /// First age of the open group.
        open: u8,
    },
    /// Whether two residence rules call a record a migration: `both`, `only_A`, `only_B`, `neither`, and `undecided_A`,
    /// `undecided_B`, `undecided` where a rule cannot tell.
    Agreement {
        /// The names of the two rules.
        rules: [Spanned<String>; 2],
    },
}

/// A residence rule, the columns that it reads, and how it treats what the columns leave open.
#[derive(Debug, Clone, PartialEq)]
pub struct Residence {
    /// Name of a preset, or of a family of rules whose parameters are then spelt out.
    pub rule: Spanned<String>,
    /// What the rule is called in tables; the name of the rule unless stated.
    pub name: Spanned<String>,
    /// The column that identifies the person.
    pub person: Spanned<String>,
    /// The day of the crossing.
    pub date: Spanned<String>,
    /// `arrival` or `departure`.
    pub direction: Spanned<String>,
    /// First day of the period whose migrations count; the preset's own when absent.
    pub from: Option<Spanned<Date>>,
    /// Cut-off: the last day that is observed; the preset's own when absent.
    pub until: Option<Spanned<Date>>,
    /// Parameters by name, where the rule is a family: `threshold`, `window`, `minimum_absence`, such as `365 days`.
    pub parameters: Vec<(&'static str, Spanned<String>)>,
    /// What is assumed of a person before the first crossing.
    pub initial: Option<Spanned<String>>,
    /// First day of the data, from which a long silence settles the status.
    pub observed_from: Option<Spanned<Date>>,
    /// The column of the status that a person declared: `resident` or `non_resident`.
    pub declared: Option<Spanned<String>>,
    /// What to do with two crossings in the same direction.
    pub faults: Option<Spanned<String>>,
    /// How crossings of one day follow each other.
    pub same_day: Option<Spanned<String>>,
}

impl Operation {
    /// Whether the operation must see all records of a person together.
    pub fn needs_person(&self) -> bool {
        matches!(self, Self::Deduplicate { .. } | Self::Residence(_))
    }

    /// Its name in the pipeline file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Filter { .. } => "filter",
            Self::Recode { .. } => "recode",
            Self::Derive { .. } => "derive",
            Self::Deduplicate { .. } => "deduplicate",
            Self::Residence(_) => "residence",
        }
    }
}

const OPERATIONS: [&str; 5] = ["filter", "recode", "derive", "deduplicate", "residence"];

impl Step {
    pub(crate) fn read(fields: Fields<'_, '_>, faults: &Faults) -> Option<Self> {
        let op = fields.string("op");
        let source = fields.optional_string("source");
        let span = fields.span();
        let operation = match op.as_ref().map(|op| op.get_ref().as_str()) {
            Some("filter") => Some(Operation::Filter { keep: fields.optional_selections("keep") }),
            Some("recode") => recode(&fields),
            Some("derive") => derive(&fields, faults),
            Some("deduplicate") => deduplicate(&fields),
            Some("residence") => residence(&fields).map(Box::new).map(Operation::Residence),
            _ => {
                op.iter().for_each(|op| faults.push(unknown_value("op", op, OPERATIONS)));
                fields.pass_unknown();
                None
            }
        };
        fields.finish();
        Some(Self { source, operation: operation?, span })
    }
}

fn recode(fields: &Fields<'_, '_>) -> Option<Operation> {
    let (columns, to) = (fields.strings("columns"), fields.string("to"));
    Some(Operation::Recode { columns: columns?, to: to? })
}

fn deduplicate(fields: &Fields<'_, '_>) -> Option<Operation> {
    let keys = fields.strings("keys");
    Some(Operation::Deduplicate {
        person: column(fields, "person", "person"),
        order: column(fields, "order", "crossed_on"),
        keys: keys?,
    })
}

fn residence(fields: &Fields<'_, '_>) -> Option<Residence> {
    const PARAMETERS: [&str; 3] = ["threshold", "window", "minimum_absence"];
    let (rule, name) = (fields.string("rule"), fields.optional_string("name"));
    let parameter = |key| Some((key, fields.optional_string(key)?));
    Some(Residence {
        person: column(fields, "person", "person"),
        date: column(fields, "date", "crossed_on"),
        direction: column(fields, "direction", "direction"),
        from: fields.optional_date("from"),
        until: fields.optional_date("until"),
        parameters: PARAMETERS.into_iter().filter_map(parameter).collect(),
        initial: fields.optional_string("initial"),
        observed_from: fields.optional_date("observed_from"),
        declared: fields.optional_string("declared"),
        faults: fields.optional_string("faults"),
        same_day: fields.optional_string("same_day"),
        name: name.or_else(|| rule.clone())?,
        rule: rule?,
    })
}

/// A column that has a customary name: the field need not be written when that name is used.
fn column(fields: &Fields<'_, '_>, key: &'static str, customary: &str) -> Spanned<String> {
    fields.optional_string(key).unwrap_or_else(|| Spanned::new(fields.span(), customary.to_owned()))
}

fn derive(fields: &Fields<'_, '_>, faults: &Faults) -> Option<Operation> {
    const METHODS: [&str; 4] = ["year", "age", "age_group", "agreement"];
    let (column, method) = (fields.string("column"), fields.string("method"));
    let derivation = match method.as_ref().map(|method| method.get_ref().as_str()) {
        Some("year") => Derivation::Year { from: fields.string("from")? },
        Some("age") => {
            let (birth, at) = (fields.string("birth"), fields.string("at"));
            Derivation::Age { birth: birth?, at: at? }
        }
        Some("age_group") => Derivation::AgeGroup {
            width: years(fields, "width", 5),
            open: years(fields, "open", 85),
            from: fields.string("from")?,
        },
        Some("agreement") => Derivation::Agreement { rules: two_rules(fields, faults)? },
        _ => {
            method.iter().for_each(|method| faults.push(unknown_value("method", method, METHODS)));
            fields.pass_unknown();
            return None;
        }
    };
    Some(Operation::Derive { column: column?, method: derivation })
}

fn two_rules(fields: &Fields<'_, '_>, faults: &Faults) -> Option<[Spanned<String>; 2]> {
    let rules: Result<[_; 2], _> = fields.strings("rules")?.try_into();
    if rules.is_err() {
        let fault = Diagnostic::error(Code::WrongType, "an agreement is one of two rules");
        faults.push(fault.at(fields.span(), "write `rules = [\"one\", \"other\"]`"));
    }
    rules.ok()
}

/// A number of years from 1 to 120.
fn years(fields: &Fields<'_, '_>, key: &'static str, default: u8) -> u8 {
    let Some(number) = fields.optional_integer(key) else { return default };
    u8::try_from(*number.get_ref()).ok().filter(|years| (1..=120).contains(years)).unwrap_or_else(|| {
        fields.fault(&number, "a number of years from 1 to 120");
        default
    })
}
