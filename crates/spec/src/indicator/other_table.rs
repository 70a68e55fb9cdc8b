//! `per` and `less`: counts of another table, with which an indicator compares.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::pipeline::{Pipeline, TableId};
use crate::source::SourceKind;
use crate::table::{Measure, Table};
use crate::text::{Fields, Findings};
use crate::{Date, columns};

/// Counts of another table, which are met by the dimensions that both have.
///
/// Of a dimension that only the other table has, its total is taken, unless `fixed` names a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherTable {
    /// The name of the table.
    pub table: String,
    /// Which of its parts, where it has several.
    pub measure: Option<Measure>,
    /// Which of its concepts, where it has several.
    pub concept: Option<String>,
    /// Dimensions that stand at one code.
    pub fixed: Vec<(String, String)>,
    /// On which day of a year its counts are, where its time is a year.
    pub on: Option<DayOfYear>,
}

/// A day on which populations are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DayOfYear {
    /// 1 January.
    First,
    /// 1 July, whose population is the mean one of the year.
    Middle,
    /// 31 December, whose population is that of the next 1 January.
    Last,
}

impl DayOfYear {
    const ALL: [(&'static str, Self); 3] =
        [("01-01", Self::First), ("07-01", Self::Middle), ("12-31", Self::Last)];

    /// The day in a year.
    pub fn in_year(self, year: i32) -> Date {
        match self {
            Self::First => Date { year, month: 1, day: 1 },
            Self::Middle => Date { year, month: 7, day: 1 },
            Self::Last => Date { year, month: 12, day: 31 },
        }
    }
}

/// Why there is no such part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTable {
    /// No table has the name, or none of its parts the measure and the concept.
    Unknown,
    /// Several parts have them.
    Several,
}

impl OtherTable {
    /// A table as a whole.
    pub fn new(table: &str) -> Self {
        Self { table: table.to_owned(), measure: None, concept: None, fixed: Vec::new(), on: None }
    }

    pub(super) fn read(value: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Self> {
        let fields = Fields::of(value, findings)?;
        fields.in_section("other_table");
        let other = Self {
            table: fields.text("table").unwrap_or_default(),
            measure: fields
                .optional_one_of("measure", &Measure::ALL.map(|measure| (measure.name(), measure))),
            concept: fields.optional_text("concept"),
            fixed: fields.optional_pairs("where"),
            on: fields.optional_one_of("on", &DayOfYear::ALL),
        };
        fields.finish();
        Some(other)
    }

    /// The code at which a dimension stands.
    pub fn fixes(&self, dimension: &str) -> Option<&str> {
        self.fixed.iter().find(|(name, _)| name == dimension).map(|(_, code)| code.as_str())
    }

    /// The dimensions of the other table that may name the areas between which people move: those that `table` does not
    /// have.
    pub fn areas<'t>(&self, table: &Table, other: &'t Table) -> Vec<&'t str> {
        let is_time = |name: &str| [columns::REFERENCE_DATE, columns::YEAR].contains(&name);
        let names = other.dimensions.iter().map(String::as_str);
        names
            .filter(|name| !is_time(name) && self.fixes(name).is_none() && table.position(name).is_none())
            .collect()
    }

    /// As it is told beside a table: `residents(resident_foreigners)`.
    pub fn text(&self) -> String {
        let concept = self.concept.iter().map(|concept| format!("concept={concept}"));
        let measure = self.measure.iter().map(|measure| format!("measure={}", measure.name()));
        let fixed = self.fixed.iter().map(|(name, code)| format!("{name}={code}"));
        let on = self.on.iter().flat_map(|day| DayOfYear::ALL.iter().find(|(_, known)| known == day));
        let on = on.map(|(text, _)| format!("on={text}"));
        let details: Vec<String> = concept.chain(measure).chain(fixed).chain(on).collect();
        match details.as_slice() {
            [] => self.table.clone(),
            details => format!("{}({})", self.table, details.join(",")),
        }
    }
}

impl Pipeline {
    /// The part of a table that an indicator compares with.
    ///
    /// # Errors
    ///
    /// When there is none, or more than one.
    pub fn other_table(&self, other: &OtherTable) -> Result<(TableId, &Table), NoTable> {
        let is_meant = |table: &Table| {
            let is_beside = matches!(table.measure, Measure::Beside(..));
            let has_concept = match (&other.concept, &table.concept) {
                (Some(wanted), Some(concept)) => wanted == concept,
                // Its cells bear their concepts.
                (Some(_), None) | (None, _) => true,
            };
            let has_measure = other.measure.is_none_or(|measure| table.measure == measure);
            table.name == other.table && !is_beside && has_concept && has_measure
        };
        let mut found = self.table_ids().filter(|(_, table)| is_meant(table));
        match (found.next(), found.next()) {
            (None, _) => Err(NoTable::Unknown),
            (Some(found), None) => Ok(found),
            (Some(_), Some(_)) => Err(NoTable::Several),
        }
    }

    /// Whether all counts of a table have one concept.
    pub(super) fn has_one_concept(&self, table: &Table) -> bool {
        let Some(source) = self.source_of(table) else { return true };
        let brings_concepts = source.kind == SourceKind::Cells && source.column(columns::CONCEPT).is_some();
        table.concept.is_some() || !brings_concepts
    }
}
