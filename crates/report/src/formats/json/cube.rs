//! A table as a cube: the place of each row in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use denizen_spec::{Code, Diagnostic, columns as names};

use super::LARGEST;
use crate::columns::{Column, NONE};
use crate::formats::table::Table;

/// A dimension of a cube.
#[derive(Clone)]
pub(super) struct Dimension<'t> {
    pub(super) name: &'t str,
    pub(super) list: Option<&'t str>,
    /// Its codes, in the order in which rows have them.
    pub(super) codes: Vec<&'t str>,
    column: &'t Column,
}

/// What stands beside the values.
pub(super) struct Beside<'t> {
    pub(super) name: &'t str,
    kind: &'t str,
    column: &'t Column,
}

/// A table whose rows have places.
pub(super) struct Cube<'t> {
    pub(super) dimensions: Vec<Dimension<'t>>,
    /// The dimension that is its time.
    pub(super) time: Option<&'t str>,
    /// What the values of an indicator are in, and their decimals, where it is the same for all.
    pub(super) units: BTreeMap<&'t str, (&'t str, &'t str)>,
    pub(super) status: Beside<'t>,
    pub(super) beside: Vec<Beside<'t>>,
    value: &'t Column,
    /// The place of each row.
    places: Vec<u64>,
    size: u64,
}

/// The code of a dimension of which a row says nothing: no rule counts it.
const NO_CODE: &str = "_Z";

/// The dimensions of a table.
pub(super) fn dimensions<'t>(table: &'t Table<'_>) -> Vec<Dimension<'t>> {
    let mut dimensions = Vec::new();
    let own = ["indicator", names::CONCEPT, "rule"].map(|name| (name, Some(name)));
    let own = own.into_iter().filter_map(|(name, list)| Some((name, list, table.column(name)?)));
    let of_table = table.dimensions().into_iter().map(|of| (of.name, of.list, of.column));
    let is_there = |(_, _, column): &(&str, Option<&str>, &Column)| !column.words.is_empty();
    for (name, list, column) in own.chain(of_table).filter(is_there) {
        dimensions.push(Dimension { name, list, codes: codes(column), column });
    }
    if units(table).is_none() {
        let unit = table.column("unit").into_iter();
        dimensions.extend(unit.map(|column| Dimension {
            name: "unit",
            list: Some("unit"),
            codes: codes(column),
            column,
        }));
    }
    dimensions
}

fn codes(column: &Column) -> Vec<&str> {
    let none = column.keys.contains(&NONE).then_some(NO_CODE);
    column.words.iter().map(String::as_str).chain(none).collect()
}

/// The unit and the decimals of each indicator; nothing where one has several.
fn units<'t>(table: &'t Table<'_>) -> Option<BTreeMap<&'t str, (&'t str, &'t str)>> {
    let (indicator, unit) = (table.column("indicator")?, table.column("unit")?);
    let decimals = table.column("decimals")?;
    let mut units = BTreeMap::new();
    for row in 0..table.rows() {
        let found = (unit.text(row)?, decimals.text(row)?);
        let known = *units.entry(indicator.text(row)?).or_insert(found);
        if known != found {
            return None;
        }
    }
    Some(units)
}

impl<'t> Cube<'t> {
    pub(super) fn of(table: &'t Table<'_>) -> Result<Self, Diagnostic> {
        let dimensions = dimensions(table);
        let sizes = dimensions.iter().map(|dimension| dimension.codes.len() as u64);
        let size = sizes.into_iter().try_fold(1_u64, u64::checked_mul).filter(|size| *size <= LARGEST);
        let size = size.ok_or_else(|| {
            refused(table, "the codes of its dimensions have more combinations than JSON can number")
        })?;
        let missing = |name: &str| refused(table, &format!("it has no column `{name}`"));
        let beside = |name: &'static str| {
            let (field, column) = table.field(name).ok_or_else(|| missing(name))?;
            Ok(Beside { name, kind: field.kind.as_str(), column })
        };
        let places = places(table, &dimensions);
        if places.iter().collect::<BTreeSet<_>>().len() < places.len() {
            return Err(refused(table, "several of its rows have the same codes"));
        }
        Ok(Self {
            time: time(table),
            units: units(table).unwrap_or_default(),
            status: beside(names::OBS_STATUS)?,
            beside: columns_beside(table, &dimensions),
            value: table.column(names::VALUE).ok_or_else(|| missing(names::VALUE))?,
            dimensions,
            places,
            size,
        })
    }

    /// Writes the values: all places of the cube, or those that are there, by their places.
    pub(super) fn write_values(&self, out: &mut dyn Write) -> io::Result<()> {
        let is_dense = self.size <= 2 * self.places.len() as u64;
        if !is_dense {
            let values = (0..self.places.len()).map(|row| self.value.text(row).unwrap_or("null"));
            return self.write_by_place(values.map(str::to_owned), out);
        }
        let mut values = vec!["null"; self.size as usize];
        for (row, place) in self.places.iter().enumerate() {
            values[*place as usize] = self.value.text(row).unwrap_or("null");
        }
        write!(out, "[{}]", values.join(","))
    }

    /// Writes what stands beside the values: once where it is the same for all, or else for each row that says something.
    pub(super) fn write_column(&self, beside: &Beside<'_>, out: &mut dyn Write) -> io::Result<()> {
        let is_number = ["integer", "number"].contains(&beside.kind);
        let words: Vec<String> = beside
            .column
            .words
            .iter()
            .map(|word| if is_number && is_exact(word) { word.clone() } else { quoted(word) })
            .collect();
        let same = words.first().filter(|_| words.len() == 1 && !beside.column.keys.contains(&NONE));
        if let Some(same) = same {
            return out.write_all(same.as_bytes());
        }
        let word = |row: usize| words.get(beside.column.keys[row] as usize).cloned().unwrap_or_default();
        self.write_by_place((0..self.places.len()).map(word), out)
    }

    /// Writes the texts that are not empty, by the places of their rows.
    fn write_by_place(&self, texts: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
        let mut start = "{";
        for (place, text) in self.places.iter().zip(texts).filter(|(_, text)| !text.is_empty()) {
            write!(out, "{start}\"{place}\":{text}")?;
            start = ",";
        }
        out.write_all(if start == "{" { b"{}" } else { b"}" })
    }
}

/// Whether a number is the same in JavaScript: whole numbers may have more digits than it holds.
fn is_exact(word: &str) -> bool {
    word.parse::<i64>().map_or(true, |number| number.unsigned_abs() <= LARGEST)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The place of each row in the cube, the last dimension being the fastest.
fn places(table: &Table<'_>, dimensions: &[Dimension<'_>]) -> Vec<u64> {
    let mut places = vec![0; table.rows()];
    for dimension in dimensions {
        let (count, none) = (dimension.codes.len() as u64, dimension.column.words.len() as u64);
        for (place, key) in places.iter_mut().zip(&dimension.column.keys) {
            *place = *place * count + if *key == NONE { none } else { u64::from(*key) };
        }
    }
    places
}

/// All columns that are neither dimensions nor the value nor its status.
fn columns_beside<'t>(table: &'t Table<'_>, dimensions: &[Dimension<'_>]) -> Vec<Beside<'t>> {
    let is_dimension = |name: &str| {
        let of = dimensions.iter().any(|dimension| dimension.name == name);
        of || table.dimensions().iter().any(|of| names::code_of(of.name) == name)
    };
    let has_units = units(table).is_some();
    let is_unit = |name: &str| has_units && (name == "unit" || name == "decimals");
    let has_place = |name: &str| name == names::VALUE || name == names::OBS_STATUS || is_unit(name);
    let columns = table.columns.iter().filter(|(field, column)| {
        !column.words.is_empty() && !is_dimension(&field.name) && !has_place(&field.name)
    });
    columns
        .map(|(field, column)| Beside { name: field.name.as_str(), kind: field.kind.as_str(), column })
        .collect()
}

/// The dimension whose codes are the periods of their rows, but for totals.
fn time<'t>(table: &'t Table<'_>) -> Option<&'t str> {
    let periods = table.column("reference_period")?;
    let is_time = |column: &Column| {
        let met: BTreeSet<(u32, u32)> =
            column.keys.iter().copied().zip(periods.keys.iter().copied()).collect();
        let same = |(code, period): &(u32, u32)| {
            column.word(*code).is_some() && column.word(*code) == periods.word(*period)
        };
        let is_special = |(code, _): &(u32, u32)| {
            [Some(names::TOTAL), Some(names::NOT_STATED)].contains(&column.word(*code))
        };
        met.iter().any(same) && met.iter().all(|pair| same(pair) || is_special(pair))
    };
    table.dimensions().into_iter().find(|dimension| is_time(dimension.column)).map(|dimension| dimension.name)
}

fn refused(table: &Table<'_>, reason: &str) -> Diagnostic {
    Diagnostic::error(Code::NoFormat, format!("the table `{}` cannot be written as JSON-stat", table.name()))
        .note(reason)
        .help("leave `json` out of the formats; Parquet and CSV have the table")
}
