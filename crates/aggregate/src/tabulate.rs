//! Records become counts.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, Period, Pipeline, Table};
use polars::prelude::{
    ChunkFullNull, Column, DataFrame, Int64Chunked, IntoColumn, PolarsResult, UInt32Chunked,
};
use serde::{Deserialize, Serialize};

use crate::counts::{CONCEPT, Counts, EXACT, NOTE, dimension, encoded, indices, internal};
use crate::groups::{Codes, count_groups};
use crate::migrations::CountedMigration;
use crate::period::keep_period;
use crate::value::{Levels, Value};

/// A table of records in the making. Partial tables are merged by addition, in whole numbers, so that the result does
/// not depend on how the records were divided; with serde they can be sent from one process to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tabulation {
    columns: Vec<String>,
    filter: Vec<(String, Vec<String>)>,
    migration: Option<CountedMigration>,
    /// The years that are counted, and the column that says in which a record lies.
    period: Option<(Period, String)>,
    concept: String,
    #[serde(with = "pairs")]
    counts: BTreeMap<Vec<Value>, i64>,
    /// Records that were counted: what the counts come to.
    records: i64,
    /// Records of other years, which are not.
    outside_period: i64,
}

impl Tabulation {
    /// An empty table.
    pub fn new(table: &Table, pipeline: &Pipeline) -> Self {
        let column = |dimension: &String| table.column_of(dimension).to_owned();
        Self {
            columns: table.dimensions.iter().map(column).collect(),
            filter: table.filter.clone(),
            migration: CountedMigration::new(table, pipeline),
            period: pipeline.period.zip(pipeline.year_column(table).map(str::to_owned)),
            concept: table.concept.clone().unwrap_or_default(),
            counts: BTreeMap::new(),
            records: 0,
            outside_period: 0,
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
        let mut counted = self.counted(batch)?;
        if let Some((period, column)) = &self.period {
            self.outside_period += keep_period(*period, batch, column, &mut counted)?;
        }
        if counted.is_empty() {
            return Ok(());
        }
        self.records += counted.len() as i64;
        let codes = self.columns.iter().map(|column| Codes::new(batch, column));
        let codes = codes.collect::<Result<Vec<_>, _>>()?;
        for (key, count) in count_groups(&codes, &counted) {
            *self.counts.entry(key).or_default() += count;
        }
        Ok(())
    }

    /// Which records of a batch are counted.
    fn counted(&self, batch: &RecordBatch) -> Result<Vec<u32>, ArrowError> {
        let mut rows = match &self.migration {
            None => (0..batch.num_rows() as u32).collect(),
            Some(migration) => migration.rows(batch)?,
        };
        for (column, codes) in &self.filter {
            Codes::new(batch, column)?.retain(&mut rows, |code| codes.iter().any(|wanted| wanted == code));
        }
        Ok(rows)
    }

    /// Records that would be counted if they did not lie outside the period of the pipeline.
    pub fn outside_period(&self) -> i64 {
        self.outside_period
    }

    /// Adds the counts of another part of the records.
    pub fn merge(&mut self, other: Self) {
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
        self.records += other.records;
        self.outside_period += other.outside_period;
    }

    /// The counts as a frame.
    ///
    /// # Errors
    ///
    /// When the counts do not come to the number of records, which is a fault of the program.
    pub fn finish(self) -> Result<Counts, Diagnostic> {
        let sum: i64 = self.counts.values().sum();
        if sum != self.records {
            let message = format!(
                "{} records were counted, and the cells of their table add up to {sum}",
                self.records
            );
            return Err(Diagnostic::error(Code::NotConserved, message));
        }
        self.framed().map_err(|error| internal("counts of a table", &error))
    }

    fn framed(self) -> PolarsResult<Counts> {
        let (rows, positions) = (self.counts.len(), self.columns.len());
        let (mut values, mut exact) = (vec![Vec::with_capacity(rows); positions], Vec::with_capacity(rows));
        for (key, count) in self.counts {
            values.iter_mut().zip(key).for_each(|(column, value)| column.push(value));
            exact.push(count);
        }
        let (mut dimensions, mut columns) = (Vec::with_capacity(positions), Vec::<Column>::new());
        for (position, values) in values.iter().enumerate() {
            let (levels, of_rows) = encoded(values);
            dimensions.push(levels);
            columns.push(indices(dimension(position), of_rows));
        }
        columns.push(indices(CONCEPT, vec![0; rows]));
        columns.push(Int64Chunked::from_vec(EXACT.into(), exact).into_column());
        columns.push(UInt32Chunked::full_null(NOTE.into(), rows).into_column());
        Ok(Counts {
            dimensions,
            concepts: Levels::new([Value::Code(self.concept)]),
            notes: Levels::default(),
            scale: 0,
            frame: DataFrame::new(rows, columns)?,
        })
    }
}

/// A map as a list of pairs: keys of JSON are texts.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::value::Value;

    type Map = BTreeMap<Vec<Value>, i64>;

    pub(super) fn serialize<S: Serializer>(map: &Map, serializer: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map, D::Error> {
        Ok(Vec::<(Vec<Value>, i64)>::deserialize(deserializer)?.into_iter().collect())
    }
}

pub(crate) fn column<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a arrow::array::ArrayRef, ArrowError> {
    Ok(batch.column(batch.schema_ref().index_of(name)?))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BooleanArray, DictionaryArray, Int64Array};
    use arrow::datatypes::UInt16Type;

    use denizen_spec::{Aspect, Measure, Migration, columns};

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

    type Row = (Option<i64>, Option<&'static str>, &'static str, Option<bool>, &'static str);

    fn row() -> impl Strategy<Value = Row> {
        let sex = prop_oneof![Just(Some("F")), Just(Some("M")), Just(None)];
        let direction = prop_oneof![Just("arrival"), Just("departure")];
        let basis = proptest::sample::select(columns::BASES.to_vec());
        (proptest::option::of(2000..2003_i64), sex, direction, proptest::option::of(any::<bool>()), basis)
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
            ("basis_pe_1990_2007", words(|row| Some(row.4)), true),
        ])
        .unwrap()
    }

    /// One row at a time: what the counts are by definition.
    fn obvious(rows: &[Row]) -> BTreeMap<Vec<Value>, i64> {
        let mut counts = BTreeMap::new();
        for (year, sex, direction, migration, _) in rows {
            if *direction == "departure" && *migration == Some(true) && *sex == Some("F") {
                let year = year.map_or(Value::NotStated, Value::Number);
                *counts.entry(vec![year, Value::Code("F".to_owned())]).or_default() += 1;
            }
        }
        counts
    }

    /// The counts of a frame by key.
    fn counted(counts: &Counts) -> BTreeMap<Vec<Value>, i64> {
        let column = |position| counts.frame.column(&dimension(position)).unwrap().u32().unwrap();
        let exact = counts.frame.column(EXACT).unwrap().i64().unwrap();
        let value = |position: usize, row| {
            let index = column(position).get(row).unwrap();
            counts.dimensions[position].values()[index as usize].clone()
        };
        let key = |row| (0..counts.dimensions.len()).map(|position| value(position, row)).collect();
        (0..counts.cells()).map(|row| (key(row), exact.get(row).unwrap())).collect()
    }

    #[test]
    fn a_record_that_is_in_no_cell_is_a_fault_of_the_program() {
        let pipeline = denizen_spec::parse(PIPELINE).unwrap();
        let mut tabulation = Tabulation::new(&pipeline.tables[0], &pipeline);
        tabulation.add(&batch(&[(Some(2000), Some("F"), "departure", Some(true), "as_recorded")])).unwrap();
        assert_eq!(tabulation.clone().finish().unwrap().sum().unwrap(), 1);
        tabulation.counts.clear();
        assert_eq!(tabulation.finish().unwrap_err().code, Code::NotConserved);
    }

    /// Rows that are counted beside a measure, one at a time; those without a year lie in every period.
    fn obvious_beside(rows: &[Row], aspect: Aspect, years: std::ops::RangeInclusive<i64>) -> i64 {
        let counts = |row: &&Row| {
            let (year, sex, direction, answer, basis) = **row;
            let is_inside = year.is_none_or(|year| years.contains(&year));
            sex == Some("F") && is_inside && aspect.counts(answer, basis, direction == "departure")
        };
        rows.iter().filter(counts).count() as i64
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_stands_beside_is_that_of_the_obvious_way(rows in proptest::collection::vec(row(), 0..60)) {
            let mut pipeline = denizen_spec::parse(PIPELINE).unwrap();
            let aspects = [Aspect::Upper, Aspect::Undecided, Aspect::Unseen, Aspect::Repaired, Aspect::Unlinked];
            for aspect in aspects {
                pipeline.tables[0].measure = Measure::Beside(Migration::Emigration, aspect);
                for (period, years) in [(None, 0..=9999), (Some(Period { first: 2001, last: 2001 }), 2001..=2001)] {
                    pipeline.period = period;
                    let mut tabulation = Tabulation::new(&pipeline.tables[0], &pipeline);
                    tabulation.add(&batch(&rows)).unwrap();
                    let outside = tabulation.outside_period();
                    let inside = tabulation.finish().unwrap().sum().unwrap();
                    prop_assert_eq!(inside, obvious_beside(&rows, aspect, years));
                    prop_assert_eq!(inside + outside, obvious_beside(&rows, aspect, 0..=9999));
                }
            }
        }

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
            // As from another process.
            let rest = serde_json::from_str(&serde_json::to_string(&rest).unwrap()).unwrap();
            whole.merge(rest);
            prop_assert_eq!(counted(&whole.finish().unwrap()), obvious(&rows));
        }
    }
}
