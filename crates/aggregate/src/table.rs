//! A published table: one row for each cell and indicator, as a frame of indices and as batches of codes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, AsArray, Date32Array, Int64Array, PrimitiveArray, RecordBatch, StringArray,
    UInt32Array, new_null_array,
};
use arrow::datatypes::{DataType as ArrowType, Field, Schema, SchemaRef, UInt32Type};
use denizen_spec::{CodeKind, Codelist, Diagnostic, Indicator, Period, Translations, Unit, columns};

use crate::cell_columns::Keys;
use crate::counts::{CONCEPT, CONFIDENTIALITY, dimension, double, internal, text_column};
use crate::estimates::EstimatedPart;
use crate::packed_rows::PackedRows;
use crate::publish::{BASE, INDICATOR, N, NOT_STATED, PART, Rule, STATUS, UNDECIDED, VALUE};
use crate::status::{Confidentiality, Status};
use crate::value::{Levels, Value};

/// A table as it is published: one row for each cell and indicator, sorted by concept, rule, indicator and codes.
#[derive(Debug)]
pub struct PublishedTable {
    /// Its name, which is that of its file.
    pub name: String,
    /// What it shows.
    pub title: Option<String>,
    /// Its dimensions, in the order of its columns.
    pub dimensions: Vec<Dimension>,
    /// Whether a cell that is not there means that nobody was counted; else it means that nobody published it.
    pub complete: bool,
    /// Persons in its source for each person of the population.
    pub sampling_fraction: f64,
    /// Its indicators, each with the dimensions along which it is taken: those over which a share is a share, say.
    pub(crate) along: Vec<(String, Vec<String>)>,
    /// Its title in other languages.
    pub(crate) titles: Translations,
    /// Parameters of its indicators, such as `mean_age:close_open_group_at=100`.
    pub(crate) parameters: Vec<String>,
    /// Its parts, by number.
    pub(crate) parts: Vec<Part>,
    pub(crate) concepts: Levels,
    /// Measures and indicators, sorted.
    pub(crate) indicators: Vec<&'static str>,
    /// The texts that stand beside its counts: name and texts.
    pub(crate) texts: Vec<(String, Levels)>,
    /// Counts are shown as multiples of this; 1 where they are shown as they are.
    pub(crate) rounding_base: i64,
    /// What somebody should look at.
    pub(crate) warnings: Vec<Diagnostic>,
    /// Decimals of the counts.
    pub(crate) scale: u8,
    /// Which dimension is its time.
    pub(crate) time: Option<usize>,
    /// The years that it is about.
    pub(crate) period: Option<Period>,
    /// What occurs in its rows.
    pub(crate) seen: Seen,
    /// A column of indices for each dimension, then concept, part, indicator, value, exact count, base, n, how many do not
    /// state what is compared, how many are undecided, status, confidentiality, and a column of indices for each text.
    pub(crate) rows: PackedRows,
    /// How good estimates of earlier periods were, where the last ones are estimated.
    pub(crate) estimates: Vec<EstimatedPart>,
}

/// What occurs in the rows of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Seen {
    /// Of each dimension, whether some rows are totals over it.
    totals: Vec<bool>,
    /// Of each dimension, whether its codes stand in a column of their own: where numbers or days have a total or rows that
    /// do not state them, which no number can tell apart.
    codes: Vec<bool>,
    concepts: BTreeSet<u32>,
    statuses: BTreeSet<u32>,
    confidentialities: BTreeSet<u32>,
}

impl Seen {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self { totals: vec![false; dimensions], codes: vec![false; dimensions], ..Self::default() }
    }

    /// Adds what occurs in some rows.
    pub(crate) fn look_at(
        &mut self,
        keys: &Keys,
        statuses: &[u32],
        confidentialities: &[u32],
        dimensions: &[Dimension],
    ) {
        for (position, of) in dimensions.iter().enumerate() {
            let indices = &keys.dimensions[position];
            let total = of.levels.total();
            self.totals[position] |= indices.iter().any(|index| Some(*index) == total);
            self.codes[position] |= of.needs_codes(indices);
        }
        for (seen, of_rows) in [
            (&mut self.concepts, &keys.concepts[..]),
            (&mut self.statuses, statuses),
            (&mut self.confidentialities, confidentialities),
        ] {
            // Neighbours are mostly alike.
            seen.extend(of_rows.chunk_by(|one, other| one == other).map(|alike| alike[0]));
        }
    }
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
    pub(crate) levels: Levels,
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

/// What the rows of one `[[table]]` have in common.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) rule: Option<Rule>,
    /// What is counted, in the plural.
    pub(crate) unit: String,
    /// The country or region that it is about.
    pub(crate) area: Option<String>,
}

impl Part {
    fn rule_name(&self) -> Option<&str> {
        self.rule.as_ref().map(|rule| rule.name.as_str())
    }
}

/// What a column of a published table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// A dimension as its kind has it.
    Dimension(usize),
    /// The codes of a dimension of numbers or days, which alone tell the total from *not stated*.
    CodeOf(usize),
    Indicator,
    Value,
    Unit,
    Decimals,
    Status,
    Confidentiality,
    Concept,
    Base,
    /// A number beside the value: the column of the frame.
    Beside(&'static str),
    Period,
    Area,
    Rule,
    RuleParameters,
    /// A text that stands beside a count.
    Text(usize),
    Vintage,
}

impl PublishedTable {
    /// What somebody should look at: indicators that cannot be given, counts that tell more than they should.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// How good estimates of earlier periods were, where the last ones are estimated.
    pub fn estimates(&self) -> &[EstimatedPart] {
        &self.estimates
    }

    /// The number of its rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The names of its rules, each once; none where something is counted by no rule.
    pub(crate) fn rules(&self) -> Vec<Option<&str>> {
        let mut rules: Vec<_> = self.parts.iter().map(Part::rule_name).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// The place of each part's rule among [`rules`](Self::rules).
    pub(crate) fn rules_of_parts(&self) -> Vec<Option<u32>> {
        let rules = self.rules();
        let position = |part: &Part| rules.iter().position(|rule| *rule == part.rule_name());
        self.parts.iter().map(|part| position(part).map(|position| position as u32)).collect()
    }

    /// Whether some rows are totals over a dimension.
    pub(crate) fn has_totals(&self, position: usize) -> bool {
        self.seen.totals[position]
    }

    /// A count as its publisher wrote it.
    pub(crate) fn double(&self, count: i64) -> f64 {
        double(count, self.scale)
    }

    /// The columns that tell its rows apart.
    pub(crate) fn key(&self) -> Vec<String> {
        let has_rules = self.parts.iter().all(|part| part.rule.is_some());
        let is_key = |content: &Content| match content {
            Content::Dimension(position) => !self.seen.codes[*position],
            Content::CodeOf(_) | Content::Indicator | Content::Concept => true,
            Content::Rule => has_rules,
            Content::Value
            | Content::Unit
            | Content::Decimals
            | Content::Status
            | Content::Confidentiality
            | Content::Base
            | Content::Beside(_)
            | Content::Period
            | Content::Area
            | Content::RuleParameters
            | Content::Text(_)
            | Content::Vintage => false,
        };
        let columns = self.columns().into_iter().filter(|(_, content)| is_key(content));
        let mut key: Vec<String> = columns.map(|(name, _)| name).collect();
        key.sort();
        key
    }

    /// Its measures and indicators.
    pub(crate) fn indicator_names(&self) -> Vec<String> {
        self.indicators.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The names of its columns.
    pub(crate) fn column_names(&self) -> Vec<String> {
        self.columns().into_iter().map(|(name, _)| name).collect()
    }

    /// The codes in one of the columns that every table has; none in other columns.
    pub(crate) fn codes_of(&self, column: &str) -> Vec<String> {
        match column {
            "indicator" => self.indicator_names(),
            columns::CONCEPT => {
                let concept = |index: &u32| Some(self.concepts.values().get(*index as usize)?.text());
                self.seen.concepts.iter().filter_map(concept).collect()
            }
            "unit" => {
                let named = self.indicators.iter().filter_map(|name| match Indicator::named(name)?.unit {
                    Unit::Named(unit) => Some(unit.to_owned()),
                    Unit::OfCounts => None,
                });
                named.chain(self.parts.iter().map(|part| part.unit.clone())).collect()
            }
            columns::OBS_STATUS => {
                self.seen.statuses.iter().map(|bits| Status::from_bits(*bits).text()).collect()
            }
            columns::CONF_STATUS => {
                let codes = Confidentiality::codes();
                let code = |index: &u32| Some(codes.get(*index as usize)?.to_string());
                self.seen.confidentialities.iter().filter_map(code).collect()
            }
            "rule" => self.rules().into_iter().flatten().map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// The columns that say of which cell a row is.
    pub(crate) fn columns_of_cells(&self) -> Vec<String> {
        let is_of_cell = |content: &Content| match content {
            Content::Dimension(_)
            | Content::CodeOf(_)
            | Content::Concept
            | Content::Rule
            | Content::Period
            | Content::Area
            | Content::Vintage => true,
            Content::Indicator
            | Content::Value
            | Content::Unit
            | Content::Decimals
            | Content::Status
            | Content::Confidentiality
            | Content::Base
            | Content::Beside(_)
            | Content::RuleParameters
            | Content::Text(_) => false,
        };
        self.columns().into_iter().filter(|(_, content)| is_of_cell(content)).map(|(name, _)| name).collect()
    }

    /// The columns: dimensions, those that every table has, and the texts that stand beside its counts.
    fn columns(&self) -> Vec<(String, Content)> {
        let mut columns = Vec::new();
        for (position, dimension) in self.dimensions.iter().enumerate() {
            columns.push((dimension.name.clone(), Content::Dimension(position)));
            if self.seen.codes[position] {
                columns.push((columns::code_of(&dimension.name), Content::CodeOf(position)));
            }
        }
        let others = [
            ("indicator", Content::Indicator),
            ("value", Content::Value),
            ("unit", Content::Unit),
            ("decimals", Content::Decimals),
            ("obs_status", Content::Status),
            ("conf_status", Content::Confidentiality),
            (columns::CONCEPT, Content::Concept),
            ("base", Content::Base),
            ("n", Content::Beside(N)),
            ("n_not_stated", Content::Beside(NOT_STATED)),
            ("n_undecided", Content::Beside(UNDECIDED)),
            ("rule", Content::Rule),
            ("rule_parameters", Content::RuleParameters),
            ("reference_period", Content::Period),
            (columns::REFERENCE_AREA, Content::Area),
            ("vintage", Content::Vintage),
        ];
        let is_dimension = |name: &str| self.dimensions.iter().any(|dimension| dimension.name == name);
        // Where areas are a dimension, they stand there.
        let others = others.into_iter().filter(|(name, _)| !is_dimension(name));
        columns.extend(others.map(|(name, content)| (name.to_owned(), content)));
        let texts = self.texts.iter().enumerate();
        columns.extend(texts.map(|(position, (name, _))| (name.clone(), Content::Text(position))));
        columns
    }

    /// The columns and their types.
    pub(crate) fn schema(&self) -> SchemaRef {
        let field = |(name, content): (String, Content)| Field::new(name, self.type_of(content), true);
        Arc::new(Schema::new(self.columns().into_iter().map(field).collect::<Vec<_>>()))
    }

    fn type_of(&self, content: Content) -> ArrowType {
        match content {
            Content::Dimension(position) => match self.dimensions[position].kind {
                DimensionKind::Code => ArrowType::Utf8,
                DimensionKind::Number => ArrowType::Int64,
                DimensionKind::Day => ArrowType::Date32,
            },
            Content::Value => ArrowType::Float64,
            Content::Base | Content::Beside(_) if self.scale > 0 => ArrowType::Float64,
            Content::Base | Content::Beside(_) | Content::Decimals => ArrowType::Int64,
            Content::CodeOf(_)
            | Content::Indicator
            | Content::Unit
            | Content::Status
            | Content::Confidentiality
            | Content::Concept
            | Content::Rule
            | Content::RuleParameters
            | Content::Period
            | Content::Area
            | Content::Text(_)
            | Content::Vintage => ArrowType::Utf8,
        }
    }

    /// Some of the rows as they are published: codes as text, numbers, days, values as doubles.
    ///
    /// # Errors
    ///
    /// Only when a row has an index that its levels do not have, which is a fault of the program.
    pub fn batch(&self, rows: Range<usize>, vintage: &str) -> Result<RecordBatch, Diagnostic> {
        let rows = self.rows.read(rows)?;
        let column = |(_, content)| self.array(&rows, content, vintage);
        let arrays = self.columns().into_iter().map(column).collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(self.schema(), arrays).map_err(|error| internal("rows of a table", &error))
    }

    fn array(&self, rows: &RecordBatch, content: Content, vintage: &str) -> Result<ArrayRef, Diagnostic> {
        let indices = |name: &str| column::<UInt32Type>(rows, name);
        let of_parts = |text: &dyn Fn(&Part) -> Option<&str>| -> Result<ArrayRef, Diagnostic> {
            let parts = indices(PART)?;
            let parts = parts.iter().map(|part| text(self.parts.get(part? as usize)?));
            Ok(Arc::new(parts.collect::<StringArray>()))
        };
        Ok(match content {
            Content::Dimension(position) => self.dimension_array(indices(&dimension(position))?, position),
            Content::CodeOf(position) => {
                texts(indices(&dimension(position))?, &labels(&self.dimensions[position].levels))
            }
            Content::Indicator => texts(indices(INDICATOR)?, &self.indicators),
            Content::Value => shared(rows, VALUE)?,
            Content::Unit => self.units(indices(INDICATOR)?, indices(PART)?),
            Content::Status => status_texts(indices(STATUS)?),
            Content::Confidentiality => texts(indices(CONFIDENTIALITY)?, Confidentiality::codes()),
            Content::Text(position) => {
                texts(indices(&text_column(position))?, &labels(&self.texts[position].1))
            }
            Content::Concept => texts(indices(CONCEPT)?, &labels(&self.concepts)),
            Content::Base => shared(rows, BASE)?,
            Content::Beside(UNDECIDED) if rows.column_by_name(UNDECIDED).is_none() => {
                new_null_array(&self.type_of(content), rows.num_rows())
            }
            Content::Beside(name) => shared(rows, name)?,
            Content::Decimals => self.decimals(indices(INDICATOR)?),
            Content::Period => self.periods(rows)?,
            Content::Area => of_parts(&|part| part.area.as_deref())?,
            Content::Rule => of_parts(&Part::rule_name)?,
            Content::RuleParameters => of_parts(&|part| Some(part.rule.as_ref()?.parameters.as_str()))?,
            Content::Vintage => {
                Arc::new(StringArray::from_iter_values(std::iter::repeat_n(vintage, rows.num_rows())))
            }
        })
    }

    fn dimension_array(&self, indices: &UInt32Array, position: usize) -> ArrayRef {
        let Dimension { kind, levels, .. } = &self.dimensions[position];
        let values = || indices.iter().map(|index| levels.values().get(index? as usize));
        let number = |value: Option<&Value>| match value {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Day(_) | Value::Code(_) | Value::NotStated) | None => None,
        };
        let day = |value: Option<&Value>| match value {
            Some(Value::Day(days)) => Some(*days),
            Some(Value::Number(_) | Value::Code(_) | Value::NotStated) | None => None,
        };
        match kind {
            DimensionKind::Code => texts(indices, &labels(levels)),
            DimensionKind::Number => Arc::new(values().map(number).collect::<Int64Array>()),
            DimensionKind::Day => Arc::new(values().map(day).collect::<Date32Array>()),
        }
    }

    /// How many decimals are to be shown.
    fn decimals(&self, indicators: &UInt32Array) -> ArrayRef {
        let scale = i64::from(self.scale);
        let of = |name: &&str| match Indicator::named(name) {
            Some(indicator) => match indicator.unit {
                Unit::Named(_) => i64::from(indicator.decimals),
                Unit::OfCounts => scale,
            },
            None => scale,
        };
        let decimals: Vec<i64> = self.indicators.iter().map(of).collect();
        let row = |indicator: Option<u32>| decimals.get(indicator? as usize).copied();
        Arc::new(indicators.iter().map(row).collect::<Int64Array>())
    }

    /// The time of each row, in ISO 8601: a day, a year, or the years that the product is about.
    fn periods(&self, rows: &RecordBatch) -> Result<ArrayRef, Diagnostic> {
        let whole = self.period.map(|period| format!("{}/{}", period.first, period.last));
        let Some(time) = self.time else {
            let texts = std::iter::repeat_n(whole, rows.num_rows());
            return Ok(Arc::new(texts.collect::<StringArray>()));
        };
        let text = |value: &Value| match value {
            Value::Number(_) | Value::Day(_) => Some(value.text()),
            // The total of all years is of the whole period.
            Value::Code(_) if value.is_total() => whole.clone(),
            Value::Code(_) => Some(value.text()),
            Value::NotStated => None,
        };
        let texts: Vec<Option<String>> = self.dimensions[time].levels.values().iter().map(text).collect();
        let indices = column::<UInt32Type>(rows, &dimension(time))?;
        let row = |index: Option<u32>| texts.get(index? as usize)?.as_deref();
        Ok(Arc::new(indices.iter().map(row).collect::<StringArray>()))
    }

    fn units(&self, indicators: &UInt32Array, parts: &UInt32Array) -> ArrayRef {
        let unit = |name: &str| match Indicator::named(name).map(|indicator| indicator.unit) {
            Some(Unit::Named(unit)) => Some(unit),
            Some(Unit::OfCounts) | None => None,
        };
        let units: Vec<Option<&str>> = self.indicators.iter().map(|name| unit(name)).collect();
        let rows = indicators.iter().zip(parts.iter());
        let unit = |(indicator, part): (Option<u32>, Option<u32>)| {
            units[indicator? as usize].or(Some(&self.parts[part? as usize].unit))
        };
        Arc::new(rows.map(unit).collect::<StringArray>())
    }
}

impl Dimension {
    /// The indices of what is left over beside the codes that are of interest: *other countries*, *stateless*. A list may
    /// say so; and a code that begins with an underscore (SDMX `_O`, `_X`, `_Z`) is never one country, reason or age.
    pub(crate) fn residuals(&self, lists: &[Codelist]) -> Vec<u32> {
        let list = lists.iter().find(|list| Some(&list.name) == self.list.as_ref());
        let kind = |code: &str| list.and_then(|list| Some(list.entries.get(code)?.kind));
        let is_residual = |value: &Value| match value {
            Value::Code(code) => code.starts_with('_') || kind(code) == Some(CodeKind::Residual),
            Value::Number(_) | Value::Day(_) | Value::NotStated => false,
        };
        let levels = (0..).zip(self.levels.values());
        levels.filter(|(_, value)| !value.is_total() && is_residual(value)).map(|(index, _)| index).collect()
    }

    /// Whether numbers or days have a total or rows that do not state them among these indices.
    fn needs_codes(&self, indices: &[u32]) -> bool {
        let special = [self.levels.total(), self.levels.not_stated()];
        self.kind != DimensionKind::Code && indices.iter().any(|index| special.contains(&Some(*index)))
    }
}

fn labels(levels: &Levels) -> Vec<String> {
    levels.values().iter().map(Value::text).collect()
}

/// The texts that indices stand for.
fn texts<T: AsRef<str>>(indices: &UInt32Array, texts: &[T]) -> ArrayRef {
    let text = |index: Option<u32>| texts.get(index? as usize).map(AsRef::as_ref);
    Arc::new(indices.iter().map(text).collect::<StringArray>())
}

/// The codes of statuses, of which there are few.
fn status_texts(bits: &UInt32Array) -> ArrayRef {
    let mut known: BTreeMap<u32, String> = BTreeMap::new();
    for bits in bits.iter().flatten() {
        known.entry(bits).or_insert_with(|| Status::from_bits(bits).text());
    }
    let text = |bits: Option<u32>| known.get(&bits?).map(String::as_str);
    Arc::new(bits.iter().map(text).collect::<StringArray>())
}

/// A column of the rows that a table holds.
fn shared(rows: &RecordBatch, name: &str) -> Result<ArrayRef, Diagnostic> {
    let column = rows.column_by_name(name).map(Arc::clone);
    column.ok_or_else(|| internal("rows of a table", &format!("there is no column {name}")))
}

fn column<'a, T: ArrowPrimitiveType>(
    rows: &'a RecordBatch,
    name: &str,
) -> Result<&'a PrimitiveArray<T>, Diagnostic> {
    let column = rows.column_by_name(name).and_then(|column| column.as_primitive_opt());
    column.ok_or_else(|| internal("rows of a table", &format!("there is no column {name} of its type")))
}
