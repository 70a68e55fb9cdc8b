//! Records become counts.

mod search;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, Disclosure, Period, Pipeline, Source, Table};
use polars::prelude::{
    ChunkFullNull, Column, DataFrame, Int64Chunked, IntoColumn, NewChunkedArray, PolarsResult, UInt32Chunked,
};
use serde::{Deserialize, Serialize};

use crate::counts::{
    CONCEPT, CONFIDENTIALITY, Counts, EXACT, NOTE, PERSONS, dimension, encoded, indices, internal,
};
use crate::estimates::{Estimator, Row, Told};
use crate::groups::{CodedBatch, count_groups};
use crate::migrations::CountedMigration;
use crate::overlap::{Overlaps, overlapping};
use crate::period::{dated_in, is_asked_after, keep_period};
use crate::persons::Persons;
use crate::value::{ByKey, Levels, Value, pairs};

/// A table of records in the making. Partial tables are merged by addition, in whole numbers, so that the result does
/// not depend on how the records were divided; with serde they can be sent from one process to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tabulation {
    columns: Vec<String>,
    filter: Vec<(String, Vec<String>)>,
    except: Vec<(String, Vec<String>)>,
    migration: Option<CountedMigration>,
    /// The years that are counted, and the column that says in which a record lies.
    period: Option<(Period, String)>,
    concept: String,
    /// The column that says for how many a row stands; none where each row is one record.
    weight: Option<String>,
    #[serde(with = "pairs")]
    counts: ByKey<i64>,
    /// Where it is no count but an estimate: what it is made of.
    #[serde(default)]
    estimator: Option<Estimator>,
    /// Records that were counted, or for how many their rows stand: what the counts come to.
    records: i64,
    /// Whether some count was larger than 64 bits hold.
    is_too_large: bool,
    /// The persons of each cell, where small counts are suppressed.
    persons: Option<Persons>,
    /// The dimensions that get rows of their total.
    totals: Vec<usize>,
    /// Records of other years, which are not.
    outside_period: i64,
    /// Those among them of the year after the period, where rates divide by this population: its 1 January is the end of the period.
    #[serde(default)]
    after: Option<Box<Self>>,
    /// Where it is a search for totals: how many combinations are looked at; of more, none is.
    most_keys: Option<usize>,
}

/// A key, what was counted, and the number of distinct persons.
type CountedRow = (Vec<Value>, Option<i64>, Option<i64>);

impl Tabulation {
    /// An empty table of the records of its source; of the first, where there are several.
    pub fn new(table: &Table, pipeline: &Pipeline) -> Self {
        Self::of(table, pipeline, pipeline.source_of(table))
    }

    /// An empty table of the records of one of its sources. Those of all of them are merged: the pipeline was checked, so that
    /// their columns mean the same.
    pub fn of_source(table: &Table, source: &Source, pipeline: &Pipeline) -> Self {
        Self::of(table, pipeline, Some(source))
    }

    fn of(table: &Table, pipeline: &Pipeline, source: Option<&Source>) -> Self {
        let column = |dimension: &String| table.column_of(dimension).to_owned();
        let estimator = Estimator::new(table, pipeline);
        let counted = CountedMigration::new(table, pipeline).filter(|_| estimator.is_none());
        // Periods before those that are published are learnt from.
        let period = pipeline.period.filter(|_| estimator.is_none());
        let table_of_period = Self {
            columns: table.dimensions.iter().map(column).collect(),
            filter: table.filter.clone(),
            except: table.except.clone(),
            migration: counted,
            period: period.zip(pipeline.year_column(table).map(str::to_owned)),
            concept: table.concept.clone().unwrap_or_default(),
            weight: source.and_then(|source| source.weight.clone()),
            counts: ByKey::default(),
            estimator,
            records: 0,
            is_too_large: false,
            persons: persons(source, pipeline),
            totals: source.map_or(Vec::new(), |source| table.totalled(&pipeline.schema_of(source))),
            outside_period: 0,
            after: None,
            most_keys: None,
        };
        let after = table_of_period.period.as_ref().filter(|_| is_asked_after(table, pipeline));
        let after = after.map(|(period, column)| {
            let period = Some((period.year_after(), column.clone()));
            Box::new(Self { period, ..table_of_period.clone() })
        });
        Self { after, ..table_of_period }
    }

    /// Counts the records of a batch.
    ///
    /// # Errors
    ///
    /// Only when the batch lacks a column that the checked pipeline promises, which is a fault of the program.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Diagnostic> {
        Self::add_to_all(std::slice::from_mut(self), batch)
    }

    /// Counts the records of a batch for several tables, which have columns in common.
    ///
    /// # Errors
    ///
    /// As [`Tabulation::add`].
    pub fn add_to_all(tables: &mut [Self], batch: &RecordBatch) -> Result<(), Diagnostic> {
        let batch = CodedBatch::new(batch);
        let counted = tables.iter_mut().try_for_each(|table| table.count(&batch));
        counted.map_err(|error| {
            Diagnostic::error(Code::Internal, "a table could not be counted").note(error.to_string())
        })
    }

    fn count(&mut self, coded: &CodedBatch<'_>) -> Result<(), ArrowError> {
        if self.is_end_of_interval() {
            return Ok(());
        }
        let batch = coded.batch;
        let mut counted = self.counted(coded)?;
        let weights = self.weight.as_deref().map(|name| weights(batch, name)).transpose()?;
        let records = sum_of(&counted, weights);
        if let Some(after) = &mut self.after
            && let Some((year, column)) = after.period.clone()
        {
            let next = dated_in(year, batch, &column, &counted)?;
            after.count_rows(coded, &next, weights)?;
        }
        if let Some((period, column)) = &self.period {
            keep_period(*period, batch, column, &mut counted)?;
            let inside = sum_of(&counted, weights);
            self.add_outside(records.zip(inside).map(|(records, inside)| records - inside));
        }
        self.count_rows(coded, &counted, weights)
    }

    fn count_rows(
        &mut self,
        coded: &CodedBatch<'_>,
        counted: &[u32],
        weights: Option<&[i64]>,
    ) -> Result<(), ArrowError> {
        let batch = coded.batch;
        if counted.is_empty() {
            return Ok(());
        }
        self.add_records(sum_of(counted, weights));
        let codes = self.columns.iter().map(|column| coded.codes(column));
        let mut codes = codes.collect::<Result<Vec<_>, _>>()?;
        if let Some(estimator) = &self.estimator {
            codes.extend(estimator.codes(coded)?);
        }
        if let Some(persons) = &mut self.persons {
            persons.add(batch, &codes, counted)?;
        }
        match count_groups(&codes, counted, weights) {
            None => self.is_too_large = true,
            Some(groups) => groups.into_iter().for_each(|(key, count)| self.add_count(key, count)),
        }
        Ok(())
    }

    fn add_count(&mut self, key: Vec<Value>, count: i64) {
        if self.most_keys == Some(0) {
            return;
        }
        let known = self.counts.entry(key).or_default();
        add_checked(known, Some(count), &mut self.is_too_large);
        if self.most_keys.is_some_and(|most| self.counts.len() > most) {
            self.counts.clear();
            self.most_keys = Some(0);
        }
    }

    fn add_records(&mut self, more: Option<i64>) {
        add_checked(&mut self.records, more, &mut self.is_too_large);
    }

    fn add_outside(&mut self, more: Option<i64>) {
        add_checked(&mut self.outside_period, more, &mut self.is_too_large);
    }

    /// Which records of a batch are counted.
    fn counted(&self, batch: &CodedBatch<'_>) -> Result<Vec<u32>, ArrowError> {
        let mut rows = match (&self.migration, &self.estimator) {
            (_, Some(estimator)) => estimator.rows(batch)?,
            (Some(migration), None) => migration.rows(batch)?,
            (None, None) => (0..batch.batch.num_rows() as u32).collect(),
        };
        for (column, codes) in &self.filter {
            batch.codes(column)?.retain(&mut rows, |code| codes.iter().any(|wanted| wanted == code));
        }
        for (column, codes) in &self.except {
            batch.codes(column)?.leave_out(&mut rows, |code| codes.iter().any(|unwanted| unwanted == code));
        }
        Ok(rows)
    }

    /// Records that would be counted if they did not lie outside the period of the pipeline.
    pub fn outside_period(&self) -> i64 {
        self.outside_period
    }

    /// Adds the counts of another part of the records.
    pub fn merge(&mut self, other: Self) {
        if other.most_keys == Some(0) {
            self.counts.clear();
            self.most_keys = Some(0);
        }
        other.counts.into_iter().for_each(|(key, count)| self.add_count(key, count));
        self.is_too_large |= other.is_too_large;
        self.add_records(Some(other.records));
        if let (Some(persons), Some(others)) = (&mut self.persons, other.persons) {
            persons.merge(others);
        }
        self.add_outside(Some(other.outside_period));
        if let (Some(after), Some(other)) = (&mut self.after, other.after) {
            after.merge(*other);
        }
    }

    /// The counts as a frame, and those of the totals that the table asks for.
    ///
    /// # Errors
    ///
    /// When weights come to more than 64 bits hold; when the counts do not come to the number of records, which is a fault of the program.
    pub fn finish(mut self) -> Result<Counts, Diagnostic> {
        if self.is_too_large {
            let of = self
                .weight
                .as_ref()
                .map_or(String::new(), |weight| format!(" with the weights of `{weight}`"));
            let message = format!("the counts of a table{of} come to more than 64 bits hold");
            return Err(Diagnostic::error(Code::TooMany, message));
        }
        if let Some(estimator) = self.estimator.take() {
            self.conserved(self.counts.values().sum())?;
            let (rows, told) = estimator.estimated(&self.counts, &self.totals);
            let framed = |rows: Vec<Row>| {
                let rows = rows.into_iter().map(|(key, value)| (key, value, None)).collect();
                self.clone_without_counts().framed(rows, None).map_err(|error| internal("estimates", &error))
            };
            let [estimate, lower, upper] = rows;
            let ends = vec![framed(lower)?, framed(upper)?];
            return Ok(Counts { told: Told { ends, ..told }, ..framed(estimate)? });
        }
        self.with_totals()?;
        let mut after = self.after.take();
        if let Some(after) = &mut after {
            after.with_totals()?;
        }
        let (rows, after) = (self.take_rows(), after.map(|mut after| after.take_rows()));
        self.framed(rows, after).map_err(|error| internal("counts of a table", &error))
    }

    fn with_totals(&mut self) -> Result<(), Diagnostic> {
        // No sum of parts is larger than the number of records.
        self.conserved(self.counts.values().sum())?;
        self.totals.clone().into_iter().try_for_each(|dimension| self.add_totals(dimension))
    }

    fn conserved(&self, sum: i64) -> Result<(), Diagnostic> {
        if sum == self.records {
            return Ok(());
        }
        let records = self.records;
        let message = format!("{records} records were counted, and the cells of their table add up to {sum}");
        Err(Diagnostic::error(Code::NotConserved, message))
    }

    /// Adds the totals over a dimension, of the totals over others too. *Not stated* is a part of the total.
    fn add_totals(&mut self, dimension: usize) -> Result<(), Diagnostic> {
        self.refuse_overlaps(dimension)?;
        let mut totals: ByKey<i64> = ByKey::default();
        for (key, count) in &self.counts {
            let mut of_total = key.clone();
            of_total[dimension] = Value::total();
            *totals.entry(of_total).or_default() += count;
        }
        // Other dimensions have their totals beside their parts by now.
        let is_part =
            |key: &[Value]| (0..key.len()).all(|index| index == dimension || !key[index].is_total());
        self.conserved(totals.iter().filter(|(key, _)| is_part(key)).map(|(_, count)| count).sum())?;
        self.counts.extend(totals);
        Ok(())
    }

    /// A record has one code, but the rows of a table of counts can be of codes that have something in common.
    fn refuse_overlaps(&self, dimension: usize) -> Result<(), Diagnostic> {
        if self.weight.is_none() {
            return Ok(());
        }
        let levels = Levels::new(self.counts.keys().map(|key| key[dimension].clone()));
        let overlaps = Overlaps::new(&levels, None);
        let rows = self.counts.iter().filter(|(_, count)| **count != 0).filter_map(|(key, _)| {
            let mut others = key.clone();
            let value = others.remove(dimension);
            Some((others, levels.index(&value)?))
        });
        let pair = if overlaps.is_empty() { None } else { overlaps.met_in(rows) };
        let column = &self.columns[dimension];
        pair.map_or(Ok(()), |pair| Err(overlapping(&self.concept, column, &levels, pair)))
    }

    /// Its cells, each with the number of its persons where these are counted.
    fn take_rows(&mut self) -> Vec<CountedRow> {
        let counts = std::mem::take(&mut self.counts).into_iter();
        let distinct = |key: &Vec<Value>| self.persons.as_ref().and_then(|persons| persons.count(key));
        let row = |(key, count): (Vec<Value>, i64)| {
            let distinct = distinct(&key);
            (key, Some(count), distinct)
        };
        counts.map(row).collect()
    }

    /// Whether it is the end of an interval, which [`Tabulation::finish`] of the estimate before it makes with the estimate.
    pub fn is_end_of_interval(&self) -> bool {
        self.estimator.as_ref().is_some_and(Estimator::is_end)
    }

    fn clone_without_counts(&self) -> Self {
        let (columns, concept) = (self.columns.clone(), self.concept.clone());
        Self { columns, concept, weight: None, ..Self::of_columns(Vec::new(), "") }
    }

    /// Rows in order, and those of the year after the period.
    fn framed(self, mut counts: Vec<CountedRow>, after: Option<Vec<CountedRow>>) -> PolarsResult<Counts> {
        counts.sort_unstable();
        let (positions, inside, has_after) = (self.columns.len(), counts.len(), after.is_some());
        let mut after = after.unwrap_or_default();
        after.sort_unstable();
        // Of one frame, so that the indices of both mean the same.
        counts.extend(after);
        let rows = counts.len();
        let distinct: Vec<Option<i64>> = counts.iter().map(|(.., distinct)| *distinct).collect();
        let (mut values, mut exact) = (vec![Vec::with_capacity(rows); positions], Vec::with_capacity(rows));
        for (key, count, _) in counts {
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
        columns.push(Int64Chunked::from_slice_options(EXACT.into(), &exact).into_column());
        columns.push(UInt32Chunked::full_null(NOTE.into(), rows).into_column());
        columns.push(UInt32Chunked::full_null(CONFIDENTIALITY.into(), rows).into_column());
        columns.push(Int64Chunked::from_slice_options(PERSONS.into(), &distinct).into_column());
        let frame = DataFrame::new(rows, columns)?;
        Ok(Counts {
            dimensions,
            concepts: Levels::new([Value::Code(self.concept)]),
            texts: Vec::new(),
            scale: 0,
            after: has_after.then(|| frame.slice(inside as i64, rows - inside)),
            frame: frame.slice(0, inside),
            told: Told::default(),
        })
    }
}

/// The weights of all rows of a batch, which ingest has made sure of: whole numbers from 0.
fn weights<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a [i64], ArrowError> {
    let weights = column(batch, name)?.as_primitive_opt::<Int64Type>();
    let weights = weights.filter(|weights| weights.null_count() == 0);
    let fault = || ArrowError::SchemaError(format!("`{name}` holds no weights"));
    Ok(weights.ok_or_else(fault)?.values())
}

/// For how many some rows stand; nothing where that is more than 64 bits hold.
fn sum_of(rows: &[u32], weights: Option<&[i64]>) -> Option<i64> {
    match weights {
        None => i64::try_from(rows.len()).ok(),
        Some(weights) => rows.iter().try_fold(0_i64, |sum, row| sum.checked_add(weights[*row as usize])),
    }
}

/// Adds to a count, or notes that it is larger than 64 bits hold: what comes of parts in any order is the same, as none is below
/// zero.
fn add_checked(count: &mut i64, more: Option<i64>, is_too_large: &mut bool) {
    match more.and_then(|more| count.checked_add(more)) {
        Some(sum) => *count = sum,
        None => *is_too_large = true,
    }
}

pub(crate) fn column<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a arrow::array::ArrayRef, ArrowError> {
    Ok(batch.column(batch.schema_ref().index_of(name)?))
}

/// The persons of a source, where small counts of them are suppressed.
fn persons(source: Option<&Source>, pipeline: &Pipeline) -> Option<Persons> {
    let threshold = pipeline.disclosure.as_ref().map_or(0, Disclosure::threshold);
    let schema = source.filter(|_| threshold > 0).map(|source| pipeline.schema_of(source))?;
    let columns = schema.persons();
    (!columns.is_empty()).then(|| Persons::new(&columns, threshold))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
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

    /// Weighted rows are, by definition, as many records; those of no weight are nobody, and leave no cell.
    fn weighted_counts(rows: &[(i64, i64)]) -> Result<BTreeMap<Vec<Value>, i64>, Diagnostic> {
        let text = r#"
            spec = 1
            title = "t"
            vintage = "1"
            period = [2000, 2001]
            [source.s]
            files = "f"
            format = "csv"
            weight = "visas"
            [source.s.columns]
            year = { type = "integer" }
            visas = { type = "integer" }
            [[table]]
            name = "t"
            measure = "count"
            concept = "c"
            dimensions = ["year"]
        "#;
        let pipeline = denizen_spec::parse(text).unwrap();
        let blank = Tabulation::new(&pipeline.tables[0], &pipeline);
        let mut sum = blank.clone();
        for part in rows.chunks(3) {
            let column = |of: fn(&(i64, i64)) -> i64| {
                Arc::new(part.iter().map(of).collect::<Int64Array>()) as ArrayRef
            };
            let columns = [("year", column(|row| row.0)), ("visas", column(|row| row.1))];
            let mut tabulation = blank.clone();
            tabulation.add(&RecordBatch::try_from_iter(columns).unwrap())?;
            sum.merge(tabulation);
        }
        let outside: i64 = rows.iter().filter(|(year, _)| *year > 2001).map(|(_, visas)| visas).sum();
        assert_eq!(sum.outside_period(), outside);
        Ok(counted(&sum.finish()?))
    }

    #[test]
    fn counts_that_64_bits_do_not_hold_stop_the_run() {
        for rows in [
            [(2000, i64::MAX), (2000, 1), (2000, 0), (2000, 0)],
            [(2000, i64::MAX), (2001, 0), (2001, 0), (2001, 1)],
        ] {
            assert_eq!(weighted_counts(&rows).unwrap_err().code, Code::TooMany);
        }
        assert_eq!(
            weighted_counts(&[(2000, i64::MAX)]).unwrap(),
            [(vec![Value::Number(2000)], i64::MAX)].into()
        );
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

    /// The counts by definition, and each total as the sum of the records that it is of.
    fn obvious_with_totals(rows: &[Row], totals: [bool; 2]) -> BTreeMap<Vec<Value>, i64> {
        let mut counts = BTreeMap::new();
        for (key, count) in obvious(rows) {
            for whether in [[false, false], [false, true], [true, false], [true, true]] {
                if whether.iter().zip(totals).all(|(whether, has)| has || !whether) {
                    let value = |(value, whether): (&Value, bool)| {
                        if whether { Value::total() } else { value.clone() }
                    };
                    *counts.entry(key.iter().zip(whether).map(value).collect()).or_default() += count;
                }
            }
        }
        counts
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
        fn a_row_counts_as_many_as_its_weight(rows in proptest::collection::vec((2000..2003_i64, 0..5_i64), 0..20)) {
            let mut expected: BTreeMap<Vec<Value>, i64> = BTreeMap::new();
            for (year, visas) in rows.iter().filter(|(year, _)| *year < 2002) {
                for _ in 0..*visas {
                    *expected.entry(vec![Value::Number(*year)]).or_default() += 1;
                }
            }
            prop_assert_eq!(weighted_counts(&rows).unwrap(), expected);
        }
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
        fn totals_are_those_of_the_obvious_way(rows in proptest::collection::vec(row(), 0..60)) {
            let cases = [
                ("total = true", [true, true]),
                ("totals = ['sex']", [false, true]),
                ("totals = 'year'", [true, false]),
                ("total = false", [false, false]),
            ];
            for (setting, totals) in cases {
                let pipeline = denizen_spec::parse(&format!("{PIPELINE}\n{setting}")).unwrap();
                let mut tabulation = Tabulation::new(&pipeline.tables[0], &pipeline);
                tabulation.add(&batch(&rows)).unwrap();
                prop_assert_eq!(counted(&tabulation.finish().unwrap()), obvious_with_totals(&rows, totals));
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
