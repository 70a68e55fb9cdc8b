//! Counts become the tidy cells of a published table.

use denizen_spec::{ColumnType, Pipeline, Source, SourceKind, Table};

use crate::cell::{Count, Value};
use crate::indicators::{self, Computed, Places};

/// A table as it is published: one row for each cell and indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedTable {
    /// Its name, which is that of its file.
    pub name: String,
    /// What it shows.
    pub title: Option<String>,
    /// Its dimensions, in the order of its columns.
    pub dimensions: Vec<Dimension>,
    /// Its cells, sorted by concept, rule, indicator and codes.
    pub cells: Vec<Cell>,
    /// Whether a cell that is not there means that nobody was counted; else it means that nobody published it.
    pub complete: bool,
    /// Persons in its source for each person of the population.
    pub sampling_fraction: f64,
}

/// A dimension of a published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name, which is that of its column.
    pub name: String,
    /// What its column holds.
    pub kind: DimensionKind,
    /// The code list of its codes.
    pub list: Option<String>,
}

/// What the column of a dimension holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DimensionKind {
    /// Codes, as text.
    Code,
    /// Whole numbers, such as years.
    Number,
    /// Days.
    Day,
}

/// What tables must know of a source that the pipeline does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFacts {
    /// Name of the source.
    pub source: String,
    /// Persons in it for each person of the population.
    pub sampling_fraction: f64,
    /// The residence rules that are applied to it.
    pub rules: Vec<Rule>,
}

/// A residence rule as tables name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Its name in the pipeline.
    pub name: String,
    /// Its parameters, such as `threshold=365 days`.
    pub parameters: String,
}

/// A row of a published table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// A code for each dimension.
    pub key: Vec<Value>,
    /// What was counted.
    pub concept: String,
    /// The residence rule, for migrations.
    pub rule: Option<Rule>,
    /// Name of the measure or indicator.
    pub indicator: &'static str,
    /// The value as published; none when it is missing or suppressed.
    pub value: Option<f64>,
    /// The value before protection, for comparison with published figures. It does not leave the program.
    pub exact: Option<f64>,
    /// What the value is in.
    pub unit: String,
    /// SDMX `OBS_STATUS`: the publisher's note, else `A` normal, `E` computed without suppressed counts, `M` missing, `Q`
    /// suppressed.
    pub obs_status: String,
    /// SDMX `CONF_STATUS`: `F` free, `C` confidential.
    pub conf_status: &'static str,
    /// What a share is a share of; the number of codes that a rank is among.
    pub base: Option<i64>,
}

/// Turns the counts of each `[[table]]` into published tables; parts of one name become one table.
///
/// `parts` holds the counts of the pipeline's tables, in their order.
pub fn publish(pipeline: &Pipeline, parts: &[Vec<Count>], facts: &[SourceFacts]) -> Vec<PublishedTable> {
    let mut tables: Vec<PublishedTable> = Vec::new();
    for (table, counts) in pipeline.tables.iter().zip(parts) {
        let Some(source) = pipeline.source_of(table) else { continue };
        let name = pipeline.rule_of(table);
        let facts = facts.iter().find(|facts| facts.source == *source.name);
        let rules = facts.map_or(&[][..], |facts| facts.rules.as_slice());
        let rule = rules.iter().find(|rule| Some(rule.name.as_str()) == name);
        let cells = cells(table, rule, counts);
        match tables.iter_mut().find(|known| known.name == *table.name) {
            Some(known) => known.cells.extend(cells),
            None => tables.push(PublishedTable {
                name: table.name.clone(),
                title: table.title.clone(),
                dimensions: dimensions(table, source, pipeline),
                cells,
                complete: source.kind == SourceKind::Records,
                sampling_fraction: facts.map_or(1.0, |facts| facts.sampling_fraction),
            }),
        }
    }
    for table in &mut tables {
        table.cells.sort_by(|one, other| {
            (&one.concept, &one.rule, one.indicator, &one.key).cmp(&(
                &other.concept,
                &other.rule,
                other.indicator,
                &other.key,
            ))
        });
    }
    tables
}

fn cells(table: &Table, rule: Option<&Rule>, counts: &[Count]) -> Vec<Cell> {
    let place = |name: &str| table.dimensions.iter().position(|dimension| dimension == name);
    let places = Places { over: table.over().and_then(place), sex: place("sex") };
    let mut cells: Vec<Cell> = counts.iter().map(|count| counted(table, rule, count)).collect();
    for &indicator in &table.indicators {
        let computed = indicators::compute(indicator, counts, places);
        cells.extend(computed.into_iter().map(|computed| Cell {
            unit: indicators::unit(indicator).to_owned(),
            indicator: indicator.name(),
            rule: rule.cloned(),
            ..indicated(computed)
        }));
    }
    cells
}

fn counted(table: &Table, rule: Option<&Rule>, count: &Count) -> Cell {
    Cell {
        key: count.key.clone(),
        concept: count.concept.clone(),
        rule: rule.cloned(),
        indicator: table.measure.name(),
        value: count.shown.map(|count| count as f64),
        exact: count.exact.map(|count| count as f64),
        unit: table.unit.clone(),
        obs_status: obs_status(count),
        conf_status: if count.suppressed { "C" } else { "F" },
        base: None,
    }
}

/// The publisher's note, as long as it says something about a value that is there, or why it is not.
fn obs_status(count: &Count) -> String {
    match &count.obs_status {
        _ if count.suppressed => "Q".to_owned(),
        None if count.shown.is_some() => "A".to_owned(),
        Some(note) if count.shown.is_some() || note != "A" => note.clone(),
        _ => "M".to_owned(),
    }
}

fn indicated(computed: Computed) -> Cell {
    let is_hidden = computed.value.is_none();
    Cell {
        key: computed.key,
        concept: computed.concept,
        rule: None,
        indicator: "",
        value: computed.value,
        exact: computed.value,
        unit: String::new(),
        obs_status: match (is_hidden, computed.partial) {
            (true, _) => "Q",
            (false, true) => "E",
            (false, false) => "A",
        }
        .to_owned(),
        conf_status: if is_hidden { "C" } else { "F" },
        base: computed.base,
    }
}

fn dimensions(table: &Table, source: &Source, pipeline: &Pipeline) -> Vec<Dimension> {
    let schema = pipeline.schema_of(source);
    let dimension = |name: &String| {
        let column = schema.get(table.column_of(name));
        let kind = match column.map(|column| column.column_type) {
            Some(ColumnType::Date) => DimensionKind::Day,
            Some(ColumnType::Integer) => DimensionKind::Number,
            Some(ColumnType::Text | ColumnType::Code | ColumnType::Boolean | ColumnType::Decimal { .. })
            | None => DimensionKind::Code,
        };
        let list = column.and_then(|column| column.codelist.clone());
        Dimension { name: name.clone(), kind, list }
    };
    table.dimensions.iter().map(dimension).collect()
}
