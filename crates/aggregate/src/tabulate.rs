//! Records become counts; cells of published tables are taken as they are.

use std::collections::BTreeMap;

use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, Measure, Pipeline, Source, Table, columns};
use polars::prelude::*;

use crate::cell::{Count, Value};
use crate::groups::{Codes, count_groups};

/// A table of records in the making. Partial tables are merged by addition, in whole numbers, so that the result does
/// not depend on how the records were divided.
#[derive(Debug, Clone)]
pub struct Tabulation {
    columns: Vec<String>,
    filter: Vec<(String, Vec<String>)>,
    migration: Option<Migration>,
    concept: String,
    counts: BTreeMap<Vec<Value>, i64>,
}

impl Tabulation {
    /// An empty table.
    pub fn new(table: &Table, pipeline: &Pipeline) -> Self {
        let column = |dimension: &String| table.column_of(dimension).to_owned();
        Self {
            columns: table.dimensions.iter().map(column).collect(),
            filter: table.filter.clone(),
            migration: migration(table, pipeline),
            concept: table.concept.clone().unwrap_or_default(),
            counts: BTreeMap::new(),
        }
    }

    /// Counts the records of a batch.
    ///
    /// # Errors
    ///
    /// Only when the batch lacks a column that the checked pipeline promises, which is a fault of the program.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Diagnostic> {
        self.count(batch).map_err(|error| {
            Diagnostic::error(Code::Internal, "a table could not be counted").note(error.to_string())
        })
    }

    fn count(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let counted = self.counted(batch)?;
        if counted.is_empty() {
            return Ok(());
        }
        let codes = self.columns.iter().map(|column| Codes::new(batch, column));
        let codes = codes.collect::<Result<Vec<_>, _>>()?;
        for (key, count) in count_groups(&codes, &counted) {
            *self.counts.entry(key).or_default() += count;
        }
        Ok(())
    }

    /// Which records of a batch are counted.
    fn counted(&self, batch: &RecordBatch) -> Result<Vec<u32>, ArrowError> {
        let mut rows: Vec<u32> = match &self.migration {
            None => (0..batch.num_rows() as u32).collect(),
            Some(Migration { answer, .. }) => {
                let answers = column(batch, answer)?.as_boolean();
                let rows = answers.iter().zip(0..).filter(|(answer, _)| *answer == Some(true));
                rows.map(|(_, row)| row).collect()
            }
        };
        if let Some(Migration { direction, wanted, .. }) = &self.migration {
            let directions = Codes::new(batch, direction)?;
            directions.retain(&mut rows, |code| code == *wanted);
        }
        for (column, codes) in &self.filter {
            Codes::new(batch, column)?.retain(&mut rows, |code| codes.iter().any(|wanted| wanted == code));
        }
        Ok(rows)
    }

    /// Adds the counts of another part of the records.
    pub fn merge(&mut self, other: Self) {
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
    }

    /// The counts in the order of their keys.
    pub fn into_counts(self) -> Vec<Count> {
        self.counts.into_iter().map(|(key, count)| Count::new(key, &self.concept, Some(count))).collect()
    }
}

pub(crate) fn column<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a arrow::array::ArrayRef, ArrowError> {
    Ok(batch.column(batch.schema_ref().index_of(name)?))
}

/// What a measure of migration counts: rows that a rule answers with yes, in one direction.
#[derive(Debug, Clone)]
struct Migration {
    answer: String,
    direction: String,
    wanted: &'static str,
}

fn migration(table: &Table, pipeline: &Pipeline) -> Option<Migration> {
    let wanted = match table.measure {
        Measure::Emigration => "departure",
        Measure::Immigration => "arrival",
        Measure::Count | Measure::Stock | Measure::Flow => return None,
    };
    let residence = pipeline.residence_of(table)?;
    let answer = columns::migration(&residence.name);
    Some(Migration { answer, direction: residence.direction.clone(), wanted })
}

/// A column as codes.
fn values(column: &Column) -> PolarsResult<Vec<Value>> {
    let series = column.as_materialized_series();
    Ok(match series.dtype() {
        DataType::String => {
            let codes = series.str()?.iter();
            codes.map(|code| code.map_or(Value::NotStated, |code| Value::Code(code.to_owned()))).collect()
        }
        DataType::Date => {
            let days = series.date()?.physical().iter();
            days.map(|days| days.map_or(Value::NotStated, Value::Day)).collect()
        }
        _ => {
            let numbers = series.cast(&DataType::Int64)?;
            numbers.i64()?.iter().map(|number| number.map_or(Value::NotStated, Value::Number)).collect()
        }
    })
}

/// Takes the cells of a published table that a table shows; nothing is added up.
///
/// Every dimension of the cells is shown, fixed by the table's `filter`, or taken at its total.
///
/// # Errors
///
/// Only when the frame lacks a column that the checked pipeline promises, which is a fault of the program.
pub fn tabulate_cells(table: &Table, source: &Source, frame: &DataFrame) -> Result<Vec<Count>, Diagnostic> {
    cells(table, source, frame).map_err(|error| {
        Diagnostic::error(Code::Internal, "the cells of a table could not be read").note(error.to_string())
    })
}

fn cells(table: &Table, source: &Source, frame: &DataFrame) -> PolarsResult<Vec<Count>> {
    let shown: Vec<&str> = table.dimensions.iter().map(|dimension| table.column_of(dimension)).collect();
    let mut stays = vec![true; frame.height()];
    for column in source.columns.iter().filter(|column| column.total.is_some()) {
        let name = column.name.as_str();
        let is_fixed = table.filter.iter().any(|(fixed, _)| fixed == name);
        if !is_fixed && !shown.contains(&name) {
            keep(frame, name, &mut stays, |code| code == columns::TOTAL)?;
        }
    }
    for (name, codes) in &table.filter {
        keep(frame, name, &mut stays, |code| codes.iter().any(|wanted| wanted == code))?;
    }
    let wanted = table.concept.as_ref().map(|concept| concept.as_str());
    keep(frame, columns::CONCEPT, &mut stays, |concept| wanted.is_none_or(|wanted| wanted == concept))?;
    let frame = frame.filter(&BooleanChunked::from_slice("stays".into(), &stays))?;
    let keys: Vec<Vec<Value>> =
        shown.iter().map(|name| values(frame.column(name)?)).collect::<PolarsResult<_>>()?;
    let concepts = frame.column(columns::CONCEPT)?.str()?;
    let notes = frame.column(columns::OBS_STATUS).ok().map(Column::str).transpose()?;
    let mut counts = Vec::with_capacity(frame.height());
    for (row, value) in frame.column(columns::VALUE)?.i64()?.iter().enumerate() {
        let key = keys.iter().map(|column| column[row].clone()).collect();
        let mut count = Count::new(key, concepts.get(row).unwrap_or_default(), value);
        count.obs_status = notes.and_then(|notes| notes.get(row)).map(str::to_owned);
        count.from_publication = true;
        counts.push(count);
    }
    counts.sort_by(|one, other| (&one.concept, &one.key).cmp(&(&other.concept, &other.key)));
    Ok(counts)
}

fn keep(
    frame: &DataFrame,
    column: &str,
    stays: &mut [bool],
    wanted: impl Fn(&str) -> bool,
) -> PolarsResult<()> {
    for (stays, code) in stays.iter_mut().zip(frame.column(column)?.str()?.iter()) {
        *stays &= code.is_some_and(&wanted);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BooleanArray, DictionaryArray, Int64Array};
    use arrow::datatypes::UInt16Type;

    use super::*;
    use proptest::prelude::*;

    const PIPELINE: &str = r#"
        spec = 1
        title = "t"
        vintage = "1"
        [source.s]
        files = "f"
        format = "csv"
        [source.s.columns]
        person = { personal = true }
        crossed_on = { type = "date" }
        direction = { codes = { E = "arrival", S = "departure" } }
        year = { type = "integer" }
        sex = { codes = { F = "F", M = "M" } }
        [[clean]]
        op = "residence"
        rule = "pe_1990_2007"
        [[table]]
        name = "t"
        measure = "emigration"
        concept = "c"
        dimensions = ["year", "sex"]
        filter = { sex = ["F"] }
    "#;

    type Row = (Option<i64>, Option<&'static str>, &'static str, Option<bool>);

    fn row() -> impl Strategy<Value = Row> {
        let sex = prop_oneof![Just(Some("F")), Just(Some("M")), Just(None)];
        let direction = prop_oneof![Just("arrival"), Just("departure")];
        (proptest::option::of(2000..2003_i64), sex, direction, proptest::option::of(any::<bool>()))
    }

    fn batch(rows: &[Row]) -> RecordBatch {
        let words = |word: fn(&Row) -> Option<&'static str>| -> ArrayRef {
            Arc::new(rows.iter().map(word).collect::<DictionaryArray<UInt16Type>>())
        };
        let years = rows.iter().map(|row| row.0).collect::<Int64Array>();
        let answers = rows.iter().map(|row| row.3).collect::<BooleanArray>();
        RecordBatch::try_from_iter_with_nullable([
            ("year", Arc::new(years) as ArrayRef, true),
            ("sex", words(|row| row.1), true),
            ("direction", words(|row| Some(row.2)), true),
            ("migration_pe_1990_2007", Arc::new(answers) as ArrayRef, true),
        ])
        .unwrap()
    }

    /// One row at a time: what the counts are by definition.
    fn obvious(rows: &[Row]) -> BTreeMap<Vec<Value>, i64> {
        let mut counts = BTreeMap::new();
        for (year, sex, direction, migration) in rows {
            if *direction == "departure" && *migration == Some(true) && *sex == Some("F") {
                let year = year.map_or(Value::NotStated, Value::Number);
                *counts.entry(vec![year, Value::Code("F".to_owned())]).or_default() += 1;
            }
        }
        counts
    }

    proptest! {
        #[test]
        fn counts_are_those_of_the_obvious_way_however_the_records_are_divided(
            rows in proptest::collection::vec(row(), 0..60),
            cut in 0..60_usize,
        ) {
            let pipeline = denizen_spec::parse(PIPELINE).unwrap();
            let blank = Tabulation::new(&pipeline.tables[0], &pipeline);
            let (one, other) = rows.split_at(cut.min(rows.len()));
            let mut parts = [one, other].map(|rows| {
                let mut part = blank.clone();
                part.add(&batch(rows)).unwrap();
                part
            });
            let [mut whole, rest] = std::mem::replace(&mut parts, [blank.clone(), blank]);
            whole.merge(rest);
            let found = whole.into_counts().into_iter().map(|count| (count.key, count.exact.unwrap()));
            prop_assert_eq!(found.collect::<BTreeMap<_, _>>(), obvious(&rows));
        }
    }
}
