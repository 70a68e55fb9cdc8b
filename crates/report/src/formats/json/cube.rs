//! A table as a cube: the place of each row in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use denizen_spec::{Code, Diagnostic, columns as names};

use super::LARGEST;
use crate::columns::NONE;
use crate::formats::table::{Content, Fault, Rows, Table};

/// A dimension of a cube.
#[derive(Clone)]
pub(super) struct Dimension<'t> {
    pub(super) name: &'t str,
    pub(super) list: Option<&'t str>,
    /// Its codes, in the order in which rows have them.
    pub(super) codes: Vec<&'t str>,
    content: &'t Content,
}

/// What stands beside the values.
pub(super) struct Beside<'t> {
    pub(super) name: &'t str,
    kind: &'t str,
    content: &'t Content,
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
    table: &'t Table<'t>,
    value: &'t Content,
    /// The number of its places.
    size: u64,
}

/// The code of a dimension of which a row says nothing: no rule counts it.
const NO_CODE: &str = "_Z";

/// The dimensions of a table.
pub(super) fn dimensions<'t>(table: &'t Table<'_>) -> Vec<Dimension<'t>> {
    let mut dimensions = Vec::new();
    let own = ["indicator", names::CONCEPT, "rule"].map(|name| (name, Some(name)));
    let own = own.into_iter().filter_map(|(name, list)| Some((name, list, table.column(name)?)));
    let of_table = table.dimensions().into_iter().map(|of| (of.name, of.list, of.content));
    let is_there = |(_, _, content): &(&str, Option<&str>, &Content)| !content.is_empty();
    for (name, list, content) in own.chain(of_table).filter(is_there) {
        dimensions.push(Dimension { name, list, codes: codes(content), content });
    }
    if units(table).is_none() {
        let unit = table.column("unit").into_iter();
        dimensions.extend(unit.map(|content| Dimension {
            name: "unit",
            list: Some("unit"),
            codes: codes(content),
            content,
        }));
    }
    dimensions
}

fn codes(content: &Content) -> Vec<&str> {
    let none = content.has_none.then_some(NO_CODE);
    content.words().iter().map(String::as_str).chain(none).collect()
}

/// The unit and the decimals of each indicator; nothing where one has several.
fn units<'t>(table: &'t Table<'_>) -> Option<BTreeMap<&'t str, (&'t str, &'t str)>> {
    let (indicator, unit) = (table.column("indicator")?, table.column("unit")?);
    let decimals = table.column("decimals")?;
    let mut units = BTreeMap::new();
    for [of_indicator, of_unit, of_decimals] in &table.units {
        let found = (unit.word(*of_unit)?, decimals.word(*of_decimals)?);
        let known = *units.entry(indicator.word(*of_indicator)?).or_insert(found);
        if known != found {
            return None;
        }
    }
    Some(units)
}

impl<'t> Cube<'t> {
    pub(super) fn of(table: &'t Table<'t>) -> Result<Self, Diagnostic> {
        let dimensions = dimensions(table);
        let sizes = dimensions.iter().map(|dimension| dimension.codes.len() as u64);
        let size = sizes.into_iter().try_fold(1_u64, u64::checked_mul).filter(|size| *size <= LARGEST);
        let size = size.ok_or_else(|| {
            refused(table, "the codes of its dimensions have more combinations than JSON can number")
        })?;
        let missing = |name: &str| refused(table, &format!("it has no column `{name}`"));
        let beside = |name: &'static str| {
            let (field, content) = table.field(name).ok_or_else(|| missing(name))?;
            Ok(Beside { name, kind: field.kind.as_str(), content })
        };
        let cube = Self {
            time: time(table),
            units: units(table).unwrap_or_default(),
            status: beside(names::OBS_STATUS)?,
            beside: columns_beside(table, &dimensions),
            value: table.column(names::VALUE).ok_or_else(|| missing(names::VALUE))?,
            dimensions,
            table,
            size,
        };
        cube.check_places()?;
        Ok(cube)
    }

    /// Whether each row has a place of its own.
    fn check_places(&self) -> Result<(), Diagnostic> {
        let mut places = Vec::with_capacity(self.table.len());
        let mut rows = self.rows(&[])?;
        while rows.next()?.is_some() {
            places.extend(self.places(&rows));
        }
        places.sort_unstable();
        match places.is_sorted_by(|one, other| one < other) {
            true => Ok(()),
            false => Err(refused(self.table, "several of its rows have the same codes")),
        }
    }

    /// The rows of the table with their dimensions and some other columns.
    fn rows(&self, others: &[&Content]) -> Result<Rows, Diagnostic> {
        let all = self.dimensions.iter().map(|dimension| dimension.content).chain(others.iter().copied());
        let places: BTreeSet<usize> = all.map(|content| content.place).collect();
        self.table.rows(&places.into_iter().collect::<Vec<_>>())
    }

    /// The places of the rows at hand, the last dimension being the fastest.
    fn places(&self, rows: &Rows) -> Vec<u64> {
        let count = self.dimensions.first().map_or(0, |first| rows.columns[first.content.place].keys.len());
        let mut places = vec![0; count];
        for dimension in &self.dimensions {
            let (codes, none) = (dimension.codes.len() as u64, dimension.content.words().len() as u64);
            let keys = &rows.columns[dimension.content.place].keys;
            for (place, key) in places.iter_mut().zip(keys) {
                *place = *place * codes + if *key == NONE { none } else { u64::from(*key) };
            }
        }
        places
    }

    /// Writes the values: all places of the cube, or those that are there, by their places.
    pub(super) fn write_values(&self, out: &mut dyn Write) -> Result<(), Fault> {
        let is_dense = self.size <= 2 * self.table.len() as u64;
        if !is_dense {
            let text = |word: Option<&str>| word.unwrap_or("null").to_owned();
            return self.write_by_place(self.value, text, out);
        }
        let mut values = vec![f64::NAN; self.size as usize];
        let mut rows = self.rows(&[self.value])?;
        while rows.next()?.is_some() {
            let numbers = rows.columns[self.value.place].numbers();
            self.places(&rows).iter().zip(numbers).for_each(|(place, value)| values[*place as usize] = value);
        }
        let mut start = "[";
        for value in values {
            match value.is_finite() {
                true => write!(out, "{start}{value}")?,
                false => write!(out, "{start}null")?,
            }
            start = ",";
        }
        out.write_all(if start == "[" { b"[]" } else { b"]" })?;
        Ok(())
    }

    /// Writes what stands beside the values: once where it is the same for all, or else for each row that says something.
    pub(super) fn write_column(&self, beside: &Beside<'_>, out: &mut dyn Write) -> Result<(), Fault> {
        let is_number = ["integer", "number"].contains(&beside.kind);
        let text = |word: &str| if is_number && is_exact(word) { word.to_owned() } else { quoted(word) };
        if let Some(same) = beside.content.same() {
            return Ok(out.write_all(text(same).as_bytes())?);
        }
        self.write_by_place(beside.content, |word| word.map_or(String::new(), text), out)
    }

    /// Writes the texts of a column that are not empty, by the places of their rows.
    fn write_by_place(
        &self,
        content: &Content,
        text: impl Fn(Option<&str>) -> String,
        out: &mut dyn Write,
    ) -> Result<(), Fault> {
        let mut start = "{";
        let mut rows = self.rows(&[content])?;
        while rows.next()?.is_some() {
            let column = &rows.columns[content.place];
            let words: Vec<String> = column.words.iter().map(|word| text(Some(word))).collect();
            let none = text(None);
            for (place, key) in self.places(&rows).iter().zip(&column.keys) {
                let text = words.get(*key as usize).unwrap_or(&none);
                if !text.is_empty() {
                    write!(out, "{start}\"{place}\":{text}")?;
                    start = ",";
                }
            }
        }
        out.write_all(if start == "{" { b"{}" } else { b"}" })?;
        Ok(())
    }
}

/// Whether a number is the same in JavaScript: whole numbers may have more digits than it holds.
fn is_exact(word: &str) -> bool {
    word.parse::<i64>().map_or(true, |number| number.unsigned_abs() <= LARGEST)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
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
    let columns = table.columns.iter().filter(|(field, content)| {
        !content.is_empty() && !is_dimension(&field.name) && !has_place(&field.name)
    });
    columns
        .map(|(field, content)| Beside { name: field.name.as_str(), kind: field.kind.as_str(), content })
        .collect()
}

/// The dimension whose codes are the periods of their rows, but for totals.
fn time<'t>(table: &'t Table<'_>) -> Option<&'t str> {
    let periods = table.column("reference_period")?;
    let is_time = |content: &Content| {
        let same = |(code, period): &(u32, u32)| {
            content.word(*code).is_some() && content.word(*code) == periods.word(*period)
        };
        let is_special = |(code, _): &(u32, u32)| {
            [Some(names::TOTAL), Some(names::NOT_STATED)].contains(&content.word(*code))
        };
        let met = &content.periods;
        met.iter().any(same) && met.iter().all(|pair| same(pair) || is_special(pair))
    };
    table
        .dimensions()
        .into_iter()
        .find(|dimension| is_time(dimension.content))
        .map(|dimension| dimension.name)
}

fn refused(table: &Table<'_>, reason: &str) -> Diagnostic {
    Diagnostic::error(Code::NoFormat, format!("the table `{}` cannot be written as JSON-stat", table.name()))
        .note(reason)
        .help("leave `json` out of the formats; Parquet and CSV have the table")
}
