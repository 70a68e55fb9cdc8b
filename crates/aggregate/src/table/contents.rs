//! The columns of a published table, and its rows as these hold them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, AsArray, Date32Array, Int64Array, PrimitiveArray, RecordBatch, StringArray,
    UInt32Array, new_null_array,
};
use arrow::datatypes::{DataType as ArrowType, Field, Schema, SchemaRef, UInt32Type};
use denizen_spec::{Diagnostic, Indicator, Unit, columns};

use super::{Dimension, DimensionKind, Part, PublishedTable};
use crate::counts::{CONCEPT, CONFIDENTIALITY, dimension, internal, text_column};
use crate::publish::{BASE, INDICATOR, N, NOT_STATED, PART, STATUS, UNDECIDED, VALUE};
use crate::status::{Confidentiality, Status};
use crate::value::{Levels, Value};

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

    /// The names of its columns.
    pub(crate) fn column_names(&self) -> Vec<String> {
        self.columns().into_iter().map(|(name, _)| name).collect()
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
