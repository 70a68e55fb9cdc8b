//! `[[table]]`: what is counted and shown.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::beside::{Aspect, Migration};
use crate::estimate::Estimate;
use crate::file_name::NameOf;
use crate::indicator::{Account, IndicatorUse};
use crate::schema::Schema;
use crate::source::{Column, FieldType, Source, SourceKind};
use crate::text::{Fields, Findings, wrong_type};
use crate::translations::Translations;
use crate::{Code, Diagnostic, columns};

/// One published table, or one part of it: tables of one name are parts that differ in concept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its name, which is also that of its file.
    pub name: String,
    /// What the table shows, in one line.
    pub title: Option<String>,
    /// The title by language, where it is in several.
    #[serde(default)]
    pub titles: Translations,
    /// The sources it is made from; empty means the only one. Several give their rows to one table where their columns mean
    /// the same.
    #[serde(default)]
    pub sources: Vec<String>,
    /// What is counted.
    pub measure: Measure,
    /// The dimensions, in the order of the published columns.
    pub dimensions: Vec<String>,
    /// For a dimension whose column has another name: dimension and column.
    pub from: Vec<(String, String)>,
    /// The concept of the cells; cells of published tables bring their own.
    pub concept: Option<String>,
    /// What is counted, in the plural: unless stated `records` where all records are counted, else `persons`.
    pub unit: String,
    /// The residence rule whose migrations are counted; none means the only one.
    pub rule: Option<String>,
    /// Which cells or records are used: column and codes.
    pub filter: Vec<(String, Vec<String>)>,
    /// Which cells or records are left out of those: column and codes.
    #[serde(default)]
    pub except: Vec<(String, Vec<String>)>,
    /// What is computed from the counts.
    pub indicators: Vec<IndicatorUse>,
    /// The dimension over which shares and ranks are taken, or several over which shares are taken together; empty means the
    /// last one.
    #[serde(default)]
    pub over: Vec<String>,
    /// Which dimensions get rows of their total, in a table of records.
    pub totals: Totals,
    /// The country or region that it is about, where that is not the one of the pipeline.
    #[serde(default)]
    pub reference_area: Option<String>,
    /// Which codes of a dimension are the account of a population.
    #[serde(default)]
    pub account: Option<Account>,
    /// Years in which the series breaks: what is counted from then on is not compared with what was counted before.
    #[serde(default)]
    pub breaks: Vec<i64>,
    /// How its last periods are estimated, where its rule cannot know all of them yet.
    #[serde(default)]
    pub estimate: Option<Estimate>,
}

/// Which dimensions of a table of records get rows of their total (`_T`), alone and together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Totals {
    /// None.
    #[default]
    None,
    /// All over which records may be added up: not over the reference dates of `expand`, on which the same persons are
    /// there again.
    All,
    /// These.
    Of(Vec<String>),
}

/// What a table counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// All records.
    Count,
    /// Departures that a rule calls migrations.
    Emigration,
    /// Arrivals that a rule calls migrations.
    Immigration,
    /// Persons at a date: as published, or records that cover it.
    Stock,
    /// Events in a period, as published.
    Flow,
    /// What is told beside a count of migrations. No pipeline file asks for it: [`parse`](crate::parse) adds it.
    Beside(Migration, Aspect),
}

impl Measure {
    pub(crate) const ALL: [Self; 5] =
        [Self::Count, Self::Emigration, Self::Immigration, Self::Stock, Self::Flow];

    /// Its name in the pipeline file and in the column `indicator`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Emigration => "emigration",
            Self::Immigration => "immigration",
            Self::Stock => "stock",
            Self::Flow => "flow",
            Self::Beside(migration, aspect) => aspect.name_of(migration),
        }
    }

    /// The kinds of source that it can be taken from, the customary one first.
    pub fn source_kinds(self) -> &'static [SourceKind] {
        match self {
            Self::Count | Self::Emigration | Self::Immigration | Self::Beside(..) => &[SourceKind::Records],
            Self::Stock => &[SourceKind::Cells, SourceKind::Records],
            Self::Flow => &[SourceKind::Cells],
        }
    }

    /// What it counts, unless a table states another unit.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            // A person may have several.
            Self::Count => "records",
            Self::Emigration | Self::Immigration | Self::Stock | Self::Flow | Self::Beside(..) => "persons",
        }
    }

    /// Whether it needs a residence rule.
    pub fn needs_rule(self) -> bool {
        match self {
            Self::Emigration | Self::Immigration | Self::Beside(..) => true,
            Self::Count | Self::Stock | Self::Flow => false,
        }
    }
}

impl Table {
    /// A table with nothing but a name and a measure.
    pub fn new(name: &str, measure: Measure) -> Self {
        Self {
            name: name.to_owned(),
            title: None,
            titles: Translations::default(),
            sources: Vec::new(),
            measure,
            dimensions: Vec::new(),
            from: Vec::new(),
            concept: None,
            unit: measure.unit().to_owned(),
            rule: None,
            filter: Vec::new(),
            except: Vec::new(),
            indicators: Vec::new(),
            over: Vec::new(),
            totals: Totals::None,
            reference_area: None,
            account: None,
            breaks: Vec::new(),
            estimate: None,
        }
    }

    /// The index of a dimension.
    pub fn position(&self, dimension: &str) -> Option<usize> {
        self.dimensions.iter().position(|known| known == dimension)
    }

    /// The indices of the dimensions that get rows of their total, given the columns of its source.
    pub fn totalled(&self, schema: &Schema) -> Vec<usize> {
        let is_repeated = |column: &str| schema.expansion().is_some_and(|of| of.repeats_persons_over(column));
        let is_wanted = |name: &String| match &self.totals {
            Totals::None => false,
            Totals::All => !is_repeated(self.column_of(name)),
            Totals::Of(names) => names.contains(name),
        };
        (0..self.dimensions.len()).filter(|index| is_wanted(&self.dimensions[*index])).collect()
    }

    /// The indices of the dimensions of a table of cells that get rows of their total, being additive in the source: not those
    /// that have published totals, nor the times of a stock.
    pub fn totals_of_cells(&self, source: &Source) -> Vec<usize> {
        let is_wanted = |name: &String| match &self.totals {
            Totals::None => false,
            Totals::All => true,
            Totals::Of(names) => names.contains(name),
        };
        let is_summed = |name: &String| {
            let column = source.column(self.column_of(name));
            column.is_some_and(|column| column.total.is_none() && self.adds_up_over(source, column))
        };
        let indices = 0..self.dimensions.len();
        indices
            .filter(|index| is_wanted(&self.dimensions[*index]) && is_summed(&self.dimensions[*index]))
            .collect()
    }

    /// Whether the cells of a source may be added up over a column for this table: as the source says, and a stock never over
    /// its times, at which the same persons are there again.
    pub fn adds_up_over(&self, source: &Source, column: &Column) -> bool {
        let is_time = column.name == columns::YEAR || matches!(column.field_type, FieldType::Date(_));
        let is_stock_over_time = match self.measure {
            Measure::Stock => is_time,
            Measure::Count
            | Measure::Emigration
            | Measure::Immigration
            | Measure::Flow
            | Measure::Beside(..) => false,
        };
        source.additive.is_over(&column.name) && !is_stock_over_time
    }

    /// The columns by which it chooses rows, in `filter` and in `except`.
    pub fn chosen_by(&self) -> impl Iterator<Item = &str> {
        self.filter.iter().chain(&self.except).map(|(column, _)| column.as_str())
    }

    /// The column that a dimension is read from.
    pub fn column_of<'a>(&'a self, dimension: &'a str) -> &'a str {
        let other = self.from.iter().find(|(name, _)| name == dimension);
        other.map_or(dimension, |(_, column)| column)
    }

    /// The dimensions over which shares and ranks are taken.
    pub fn over(&self) -> Vec<&str> {
        match self.over.as_slice() {
            [] => self.dimensions.last().map(String::as_str).into_iter().collect(),
            over => over.iter().map(String::as_str).collect(),
        }
    }

    pub(crate) fn read(fields: Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        fields.in_section("table");
        let name = fields.name("name", NameOf::Table);
        let measure = fields.one_of("measure", &Measure::ALL.map(|measure| (measure.name(), measure)));
        let default = Self::new(name.as_deref().unwrap_or_default(), measure.unwrap_or(Measure::Count));
        let (title, titles) = fields.optional_translated("title");
        let table = Self {
            title,
            titles,
            sources: read_sources(&fields),
            dimensions: fields.optional_texts("dimensions"),
            from: fields.optional_pairs("from"),
            concept: fields.optional_text("concept"),
            // Where none is stated, the steps of its source decide: see `Pipeline::with_units`.
            unit: fields.optional_text("unit").unwrap_or_default(),
            rule: fields.optional_text("rule"),
            filter: fields.optional_selections("filter"),
            except: fields.optional_selections("except"),
            indicators: IndicatorUse::read_all(&fields, findings),
            over: fields.optional_texts("over"),
            totals: Totals::read(&fields, findings),
            reference_area: fields.optional_text("reference_area"),
            account: fields.value("account").and_then(|value| Account::read(value, findings)),
            breaks: years(&fields, "breaks", findings),
            estimate: fields.value("estimate").and_then(|value| Estimate::read(value, findings)),
            ..default
        };
        fields.finish();
        name.and(measure).map(|_| table)
    }
}

/// `source = "a"`, or several: `source = ["a", "b"]`.
fn read_sources(fields: &Fields<'_, '_>) -> Vec<String> {
    if fields.has("source") {
        fields.texts("source").unwrap_or_default()
    } else {
        fields.optional_texts("source")
    }
}

/// Years: a whole number, or an array of them.
fn years(fields: &Fields<'_, '_>, key: &'static str, findings: &Findings) -> Vec<i64> {
    let Some(value) = fields.value(key) else { return Vec::new() };
    let items: Vec<_> = value.get_ref().as_array().map_or(vec![value], |items| items.iter().collect());
    let mut years = Vec::new();
    for item in items {
        match item.get_ref().as_integer().and_then(|year| year.as_str().parse().ok()) {
            Some(year) if (1..=9999).contains(&year) => years.push(year),
            Some(_) | None => findings.push(wrong_type(item, "a year, such as 2019")),
        }
    }
    years
}

impl Totals {
    /// `total = true`, or `totals = [...]`.
    fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Self {
        let all = fields.optional_bool("total");
        let names = fields.optional_strings("totals");
        if let (Some(_), Some(name)) = (all, names.first()) {
            let message = "`total` and `totals` say which dimensions have totals";
            let fault = Diagnostic::error(Code::WrongType, message);
            findings.push(fault.at_span(name.span(), "leave out one of the two"));
        }
        match all {
            Some(true) => Self::All,
            Some(false) | None if names.is_empty() => Self::None,
            Some(false) | None => Self::Of(names.into_iter().map(Spanned::into_inner).collect()),
        }
    }
}
