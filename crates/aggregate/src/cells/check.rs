//! Checks on published cells: no cell twice, and parts that add up to their total.

use std::collections::BTreeSet;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType as ArrowType;
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, FieldType, columns};
use polars::prelude::*;

use super::{CellReport, Cells};
use crate::counts::{EXACT, dimension, internal, packed};
use crate::sums;

const KEY: &str = "key";
const ROW: &str = "row";
const FIRST: &str = "first";
const TOTAL: &str = "total";
const PARTS: &str = "parts";
const STATED: &str = "stated";
const OPEN: &str = "open";
const NEGATIVE: &str = "negative";
const SUM: &str = "sum";

type Faults = Vec<Diagnostic>;

impl Cells {
    /// Leaves out rows that repeat an earlier one in all that stands in the file, and says how many. Two rows of one cell
    /// that differ in anything else are a fault: which of them is the cell is not known, or they are cells that a column
    /// tells apart which is not declared.
    pub(super) fn drop_repeated(&mut self) -> Result<u64, Faults> {
        let broken = |error: &dyn std::fmt::Display| vec![internal("cells", error)];
        let rows = self.repeated().map_err(|error| broken(&error))?;
        if rows.height() == 0 {
            return Ok(0);
        }
        let faults = self.two_values(&rows).map_err(|error| broken(&error))?;
        if !faults.is_empty() {
            return Err(faults);
        }
        let told_apart = self.told_apart(&rows).map_err(|error| broken(&error))?;
        if !told_apart.is_empty() {
            return Err(told_apart);
        }
        self.leave_out(&rows).map_err(|error| broken(&error))?;
        Ok(rows.height() as u64)
    }

    /// The rows at places that were met before, with the value there and the first one, in their order.
    fn repeated(&self) -> PolarsResult<DataFrame> {
        let mut frame = self.frame.clone();
        frame.with_column(self.packed_without(None)?.into_column())?;
        let frame = frame.lazy().with_row_index(ROW, None);
        let first =
            frame.clone().group_by([col(KEY)]).agg([len().alias("cells"), col(ROW).min().alias(FIRST)]);
        let first = first.filter(col("cells").gt(lit(1_u32))).select([col(KEY), col(FIRST)]);
        let value_of_first = frame.clone().select([col(ROW).alias(FIRST), col(EXACT).alias("before")]);
        let of_rows = frame.inner_join(first, col(KEY), col(KEY)).filter(col(ROW).neq(col(FIRST)));
        let of_rows = of_rows.inner_join(value_of_first, col(FIRST), col(FIRST));
        of_rows.sort([ROW], SortMultipleOptions::default()).collect()
    }

    fn two_values(&self, repeated: &DataFrame) -> Result<Faults, Box<dyn std::error::Error>> {
        let differs = col(EXACT).neq_missing(col("before"));
        let rows = repeated.clone().lazy().filter(differs).collect()?;
        if rows.height() == 0 {
            return Ok(Vec::new());
        }
        let undeclared: Vec<String> = self
            .differing_columns(&rows)?
            .iter()
            .filter_map(|(name, _)| columns::name_in_file(name))
            .map(|name| format!("`{name}`"))
            .collect();
        let (values, before) = (rows.column(EXACT)?.i64()?, rows.column("before")?.i64()?);
        let fault = |row| {
            let at = self.place_of(&rows, row, None)?;
            let fault = self.cell_twice(&at, before.get(row), values.get(row));
            let note = format!("such rows also differ in {} of the file", undeclared.join(", "));
            Ok(if undeclared.is_empty() { fault } else { fault.note(note) })
        };
        (0..rows.height()).map(fault).collect()
    }

    /// For each column that differs between two rows of one cell with one value, a fault.
    fn told_apart(&self, repeated: &DataFrame) -> Result<Faults, Box<dyn std::error::Error>> {
        let differing = self.differing_columns(repeated)?;
        let fault =
            |(name, row): (String, usize)| Ok(self.not_one_cell(&name, &self.place_of(repeated, row, None)?));
        differing.into_iter().map(fault).collect()
    }

    /// The columns, other than those that tell cells apart and the value, in which a row differs from the first of its
    /// cell; and the first such row of the frame.
    fn differing_columns(
        &self,
        repeated: &DataFrame,
    ) -> Result<Vec<(String, usize)>, Box<dyn std::error::Error>> {
        let rows_of = |name: &str| -> PolarsResult<Vec<usize>> {
            Ok(repeated.column(name)?.idx()?.iter().flatten().map(|row| row as usize).collect())
        };
        let (rows, firsts) = (rows_of(ROW)?, rows_of(FIRST)?);
        let mut differing = Vec::new();
        for name in self.columns_beside() {
            let texts = self.texts_of(&name)?;
            let differs = rows.iter().zip(&firsts).position(|(row, first)| texts[*row] != texts[*first]);
            differing.extend(differs.map(|row| (name, row)));
        }
        Ok(differing)
    }

    /// The columns of all files, other than those that tell cells apart and the value.
    fn columns_beside(&self) -> BTreeSet<String> {
        let schemas = self.batches.iter().map(RecordBatch::schema);
        let mut names: BTreeSet<String> = schemas
            .flat_map(|schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>())
            .collect();
        self.key.iter().map(|(name, _)| name.as_str()).chain([columns::VALUE]).for_each(|name| {
            names.remove(name);
        });
        names
    }

    /// A column of all batches as texts; nothing in those of files that do not have it.
    fn texts_of(&self, name: &str) -> Result<Vec<Option<String>>, ArrowError> {
        let mut texts = Vec::with_capacity(self.frame.height());
        for batch in &self.batches {
            match batch.column_by_name(name) {
                None => texts.extend(std::iter::repeat_n(None, batch.num_rows())),
                Some(column) => {
                    let column = cast(column, &ArrowType::Utf8)?;
                    texts.extend(column.as_string::<i32>().iter().map(|text| text.map(str::to_owned)));
                }
            }
        }
        Ok(texts)
    }

    fn leave_out(&mut self, repeated: &DataFrame) -> PolarsResult<()> {
        let mut stays = vec![true; self.frame.height()];
        for row in repeated.column(ROW)?.idx()?.iter().flatten() {
            stays[row as usize] = false;
        }
        self.frame = self.frame.filter(&BooleanChunked::from_slice("stays".into(), &stays))?;
        self.stays = Some(BooleanArray::from(stays));
        Ok(())
    }

    /// Compares the totals of each dimension that has them with their parts, and says how many were compared.
    pub(super) fn compare_totals(&self, report: &mut CellReport) -> Result<(), Faults> {
        let mut faults = Vec::new();
        for (position, (name, _)) in self.key.iter().enumerate() {
            let Some(column) =
                self.source.column(name).filter(|column| column.total.is_some() && column.compare)
            else {
                continue;
            };
            let broken = |error: PolarsError| vec![internal("totals", &error)];
            let groups = self.groups(position).map_err(broken)?;
            report.compared.insert(name.clone(), groups.height() as u64);
            let differing = self.differing(column, &groups).map_err(broken)?;
            let within = self.is_within_tolerance(column);
            let (borne, wrong) =
                (differing.clone().lazy().filter(within.clone()), differing.lazy().filter(within.not()));
            let borne = borne.collect().map_err(broken)?.height() as u64;
            if column.tolerance > 0.0 {
                report.within_tolerance.insert(name.clone(), borne);
            }
            faults.extend(self.wrong_totals(position, &wrong.collect().map_err(broken)?).map_err(broken)?);
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Each total of a dimension with its parts: their sum, how many have a value, and whether some have none.
    fn groups(&self, position: usize) -> PolarsResult<DataFrame> {
        let mut frame = self.frame.clone();
        frame.with_column(self.packed_without(Some(position))?.into_column())?;
        let levels = &self.key[position].1;
        let is =
            |index: Option<u32>| index.map_or(lit(false), |index| col(dimension(position)).eq(lit(index)));
        let is_total = is(levels.total());
        let totals = frame.clone().lazy().filter(is_total.clone().and(col(EXACT).is_not_null()));
        let totals = totals.with_column(col(EXACT).alias(TOTAL));
        // What is not stated is a part of the total too, but none of the codes that must all be there.
        let has_value = col(EXACT).is_not_null();
        let has_code = has_value.clone().and(is(levels.not_stated()).not());
        let parts = frame.lazy().filter(is_total.not()).with_columns(sums::halves(EXACT)).with_columns([
            has_value.clone().cast(DataType::UInt32).alias(PARTS),
            has_code.cast(DataType::UInt32).alias(STATED),
            has_value.not().cast(DataType::UInt32).alias(OPEN),
            col(EXACT).lt(lit(0_i64)).fill_null(lit(false)).cast(DataType::UInt32).alias(NEGATIVE),
        ]);
        let counted = [col(PARTS).sum(), col(STATED).sum(), col(OPEN).sum(), col(NEGATIVE).sum()];
        let parts =
            parts.group_by([col(KEY)]).agg(sums::added(EXACT).into_iter().chain(counted).collect::<Vec<_>>());
        let parts = parts.with_column(sums::sum(EXACT).alias(SUM));
        let parts = parts.select([SUM, KEY, PARTS, STATED, OPEN, NEGATIVE].map(col));
        let groups = totals.inner_join(parts, col(KEY), col(KEY)).filter(col(STATED).gt(lit(0_u32)));
        groups.sort([KEY], SortMultipleOptions::default()).collect()
    }

    /// The totals that are not the sum of their parts where they should be, or that the sum of some parts exceeds.
    fn differing(&self, column: &denizen_spec::Column, groups: &DataFrame) -> PolarsResult<DataFrame> {
        // Without `codes`, the publisher's list decides which parts there are: all that came count as all.
        let is_whole = match column.codes.len() {
            0 => lit(true),
            codes => col(STATED).eq(lit(codes as u32)),
        };
        let all_there = lit(column.complete).and(is_whole).and(col(OPEN).eq(lit(0_u32)));
        // Of parts that may be below zero, such as balances, some may well come to more than all of them.
        let exceeds = col(SUM).gt(col(TOTAL)).and(col(NEGATIVE).eq(lit(0_u32)));
        let differs = exceeds.or(all_there.and(col(SUM).neq(col(TOTAL)))).or(col(SUM).is_null());
        groups.clone().lazy().filter(differs.fill_null(lit(true))).collect()
    }

    /// Whether a sum is as near to its total as the publisher's rounding allows.
    fn is_within_tolerance(&self, column: &denizen_spec::Column) -> Expr {
        let units = column.tolerance * 10_f64.powi(self.scale.into());
        let difference = col(SUM).cast(DataType::Float64) - col(TOTAL).cast(DataType::Float64);
        // Half a unit more, for `0.3` is no double.
        let bound = units + if units > 0.0 { 0.5 } else { 0.0 };
        let is_near = difference.clone().lt_eq(lit(bound)).and(difference.gt_eq(lit(-bound)));
        is_near.fill_null(lit(false)).and(lit(column.tolerance > 0.0))
    }

    fn wrong_totals(&self, position: usize, rows: &DataFrame) -> PolarsResult<Faults> {
        let (sums, totals) = (rows.column(SUM)?.i64()?, rows.column(TOTAL)?.i64()?);
        let fault = |row| {
            let at = self.place_of(rows, row, Some(position))?;
            Ok(self.does_not_add_up(&self.key[position].0, &at, sums.get(row), totals.get(row)))
        };
        (0..rows.height()).map(fault).collect()
    }

    pub(super) fn packed_without(&self, position: Option<usize>) -> PolarsResult<Int64Chunked> {
        let key = self.key.iter().enumerate().filter(|(other, _)| Some(*other) != position);
        let key: Vec<_> = key.map(|(position, (_, levels))| (dimension(position), levels.len())).collect();
        Ok(packed(&self.frame, &key)?.with_name(KEY.into()))
    }

    /// The stated codes of a row, without those of one column.
    fn place_of(&self, rows: &DataFrame, row: usize, without: Option<usize>) -> PolarsResult<String> {
        let mut stated = Vec::new();
        for (position, (name, levels)) in
            self.key.iter().enumerate().filter(|(position, _)| Some(*position) != without)
        {
            let index = rows.column(&dimension(position))?.u32()?.get(row);
            let value = index.and_then(|index| levels.values().get(index as usize));
            if let Some(value) = value.filter(|value| **value != crate::value::Value::NotStated) {
                stated.push(format!("{name}={}", value.text()));
            }
        }
        Ok(stated.join(" "))
    }

    /// Two rows are one cell with one value, and differ in a column.
    fn not_one_cell(&self, column: &str, at: &str) -> Diagnostic {
        let Some(name) = columns::name_in_file(column) else {
            let message = format!("the cell {at} stands there twice, and `{column}` differs");
            let help = "use one of the files only; a column that tells cells apart needs `codes` or a `list`";
            return Diagnostic::error(Code::CellTwice, message).help(help);
        };
        match self.source.column(name).filter(|column| column.field_type == FieldType::Code) {
            Some(_) => {
                let message = format!("several codes of `{name}` in the file are one code of ours at {at}");
                Diagnostic::error(Code::CellTwice, message)
                    .note("cells are not added up, and their values are equal by chance")
                    .help("give each code of the file a code of its own")
            }
            None => {
                let message = format!("the column `{name}` tells cells apart and is not declared");
                Diagnostic::error(Code::UndeclaredDimension, message)
                    .note(format!("the cell {at} stands there twice"))
                    .help(format!("declare a column with `from = \"{name}\"` and `codes` or a `list`"))
            }
        }
    }

    fn cell_twice(&self, at: &str, before: Option<i64>, now: Option<i64>) -> Diagnostic {
        let shown = |value: Option<i64>| value.map_or("no value".to_owned(), |value| self.shown(value));
        Diagnostic::error(Code::CellTwice, format!("the cell {at} has two values"))
            .note(format!("{} and {}", shown(before), shown(now)))
            .help("use one of the files only, or declare the dimension that tells the two cells apart")
    }

    fn does_not_add_up(&self, name: &str, at: &str, sum: Option<i64>, total: Option<i64>) -> Diagnostic {
        let fault = Diagnostic::error(
            Code::DoesNotAddUp,
            format!("the codes of `{name}` do not add up to their total at {at}"),
        );
        match sum.zip(total) {
            Some((sum, total)) => {
                let difference = i128::from(sum) - i128::from(total);
                let (sum, total) = (self.shown(sum), self.shown(total));
                fault
                    .note(format!("sum {sum}, total {total}, difference {}", decimal(difference, self.scale)))
                    .help("where the publisher rounds, state by how much: `tolerance = …`; `compare = false` takes both as they are")
            }
            None => fault.note("their sum is larger than any number that can be counted"),
        }
    }

    /// A value as the publisher wrote it.
    fn shown(&self, value: i64) -> String {
        decimal(value.into(), self.scale)
    }
}

/// A number of units of the last of so many decimals.
fn decimal(value: i128, scale: u8) -> String {
    if scale == 0 {
        return value.to_string();
    }
    let (sign, digits) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let unit = 10_u128.pow(scale.into());
    format!("{sign}{}.{:0width$}", digits / unit, digits % unit, width = scale.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Decimal128Array, DictionaryArray, Int64Array, StringArray};
    use arrow::datatypes::UInt16Type;
    use proptest::prelude::*;

    use super::*;
    use crate::cells::CellReport;

    const PIPELINE: &str = r#"
        spec = 1
        title = "t"
        vintage = "1"
        [source.s]
        files = "f"
        format = "csv"
        kind = "cells"
        concept = "c"
        [source.s.columns]
        year = { type = "integer" }
        sex = { codes = { f = "F", m = "M" }, total = "9", complete = true }
        country = { list = "country", total = "W" }
        value = { type = "integer" }
        source = {}
        [[table]]
        name = "t"
        measure = "stock"
        dimensions = ["country", "year"]
    "#;

    type Row = (Option<i64>, Option<&'static str>, Option<&'static str>, Option<i64>);

    fn batch(rows: &[Row], scale: Option<i8>) -> RecordBatch {
        let values = rows.iter().map(|row| row.3);
        let value: ArrayRef = match scale {
            None => Arc::new(values.collect::<Int64Array>()),
            Some(scale) => {
                let values = values.map(|value| value.map(i128::from)).collect::<Decimal128Array>();
                Arc::new(values.with_precision_and_scale(18, scale).unwrap())
            }
        };
        let sexes = rows.iter().map(|row| row.1).collect::<DictionaryArray<UInt16Type>>();
        let columns: [(&str, ArrayRef); 6] = [
            ("year", Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>())),
            ("sex", Arc::new(sexes)),
            ("country", Arc::new(rows.iter().map(|row| row.2).collect::<StringArray>())),
            ("value", value),
            ("source", Arc::new(rows.iter().map(|_| Some("gazette")).collect::<StringArray>())),
            ("concept", Arc::new(rows.iter().map(|_| Some("c")).collect::<StringArray>())),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap()
    }

    fn read(rows: &[Row], scale: Option<i8>) -> Result<(Cells, CellReport), Vec<String>> {
        // Two batches, as from two chunks.
        let (one, other) = rows.split_at(rows.len() / 2);
        read_batches(PIPELINE, vec![batch(one, scale), batch(other, scale)])
    }

    fn read_batches(pipeline: &str, batches: Vec<RecordBatch>) -> Result<(Cells, CellReport), Vec<String>> {
        let source = denizen_spec::parse(pipeline).unwrap().sources.remove(0);
        let told = |fault: Diagnostic| format!("{}: {}", fault.message, fault.notes.join("; "));
        Cells::read(&source, batches).map_err(|faults| faults.into_iter().map(told).collect())
    }

    /// A batch with one more column.
    fn with(batch: &RecordBatch, name: &str, texts: &[&str]) -> RecordBatch {
        let schema = batch.schema();
        let fields = schema.fields().iter().zip(batch.columns());
        let columns = fields.map(|(field, array)| (field.name().clone(), Arc::clone(array), true));
        let more: ArrayRef = Arc::new(texts.iter().map(Some).collect::<StringArray>());
        RecordBatch::try_from_iter_with_nullable(columns.chain([(name.to_owned(), more, true)])).unwrap()
    }

    const Y: Option<i64> = Some(2000);

    fn row(sex: &'static str, country: &'static str, value: i64) -> Row {
        (Y, Some(sex), Some(country), Some(value))
    }

    #[test]
    fn cells_that_are_there_twice() {
        let open = (Y, Some("F"), Some("PE"), None);
        let two = "the cell year=2000 sex=F country=PE concept=c has two values";
        let cases = [
            (vec![row("F", "PE", 1), row("F", "PE", 1), row("M", "PE", 2), row("F", "PE", 1)], Ok(2)),
            (vec![open, open], Ok(1)),
            (vec![row("F", "PE", 1), row("F", "PE", 2)], Err(format!("{two}: 1 and 2"))),
            (vec![open, row("F", "PE", 2)], Err(format!("{two}: no value and 2"))),
        ];
        for (rows, expected) in cases {
            let found = read(&rows, None).map(|(_, report)| report.repeated);
            assert_eq!(found, expected.map_err(|fault| vec![fault]), "{rows:?}");
        }
    }

    #[test]
    fn repeated_cells_are_left_out_of_tables_and_records() {
        let rows = [row("_T", "PE", 1), row("_T", "PE", 1), row("_T", "EC", 2), row("F", "EC", 2)];
        let (cells, report) = read(&rows, None).unwrap();
        assert_eq!((report.read, report.repeated), (4, 1));
        let table = denizen_spec::parse(PIPELINE).unwrap().tables.remove(0);
        let counts = cells.counts(&table).unwrap();
        assert_eq!((counts.cells(), counts.sum().unwrap()), (2, 3));
        let written: usize = cells.batches().map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(written, 3);
    }

    /// Equal values do not make one cell of rows that differ in anything else: column, its texts, what is said.
    #[test]
    fn rows_of_one_cell_that_differ() {
        let rows = [row("F", "PE", 1), row("F", "PE", 1)];
        let at = "the cell year=2000 sex=F country=PE concept=c";
        let cases = [
            ("as written: visa", ["work", "work"], None),
            (
                "as written: visa",
                ["work", "study"],
                Some(format!("the column `visa` tells cells apart and is not declared: {at} stands there twice")),
            ),
            (
                "as written: country",
                ["PER", "Peru"],
                Some("several codes of `country` in the file are one code of ours at year=2000 sex=F country=PE \
                      concept=c: cells are not added up, and their values are equal by chance"
                    .to_owned()),
            ),
            ("note", ["p", ""], Some(format!("{at} stands there twice, and `note` differs: "))),
        ];
        let declared = PIPELINE.replace("source = {}", "source = {}\nnote = {}");
        for (name, texts, expected) in cases {
            let pipeline = if name == "note" { &declared } else { PIPELINE };
            let found = read_batches(pipeline, vec![with(&batch(&rows, None), name, &texts)]);
            assert_eq!(found.err(), expected.map(|fault| vec![fault]), "{name} {texts:?}");
        }
        // The second file does not have the column.
        let files =
            vec![with(&batch(&rows[..1], None), "as written: visa", &["work"]), batch(&rows[1..], None)];
        assert!(read_batches(PIPELINE, files).is_err());
    }

    /// A country that is the sum of all others at every place is said, where it is not declared as their total.
    #[test]
    fn totals_that_nobody_declared() {
        let years = |values: &[[i64; 4]]| {
            let countries = ["PE", "EC", "CO", "XX"];
            let year = |(year, values): (usize, &[i64; 4])| {
                let row = |(country, value): (&&'static str, &i64)| {
                    (Some(2000 + year as i64), Some("F"), Some(*country), Some(*value))
                };
                countries.iter().zip(values).map(row).collect::<Vec<Row>>()
            };
            values.iter().enumerate().flat_map(year).collect::<Vec<Row>>()
        };
        let undeclared = PIPELINE.replace(", total = \"W\"", "");
        let cases: [(&str, Vec<Row>, bool); 6] = [
            (&undeclared, years(&[[1, 2, 9, 12], [4, 5, 1, 10]]), true),
            (&undeclared, years(&[[1, 2, 9, 12]]), true),
            (&undeclared, years(&[[1, 2, 3, 6]]), false),
            (&undeclared, years(&[[1, 2, 9, 12], [4, 5, 1, 11]]), false),
            (&undeclared, years(&[[1, 2, 9, 12], [10, 5, 1, 4]]), false),
            (PIPELINE, years(&[[1, 2, 9, 12], [4, 5, 1, 10]]), false),
        ];
        for (pipeline, rows, is_said) in cases {
            let (_, report) = read_batches(pipeline, vec![batch(&rows, None)]).unwrap();
            let expected = if is_said { vec![("country".to_owned(), "XX".to_owned())] } else { Vec::new() };
            assert_eq!(report.likely_totals, expected, "{rows:?}");
        }
    }

    /// What is declared of the total, its parts in units of the last decimal, and how many totals differ and are borne.
    #[test]
    fn totals_that_are_rounded() {
        type Rounded<'a> = (&'a str, &'a [i64], i64, Option<i8>, Option<u64>);
        let cases: [Rounded; 11] = [
            ("tolerance = 3", &[12, 15], 24, None, Some(1)),
            ("tolerance = 2", &[12, 15], 24, None, None),
            ("tolerance = 3, complete = true", &[12, 9], 24, None, Some(1)),
            ("tolerance = 3, complete = true", &[12, 8], 24, None, None),
            ("tolerance = 3", &[12, 12], 24, None, Some(0)),
            ("tolerance = 0.3", &[1, 2], 0, Some(1), Some(1)),
            ("tolerance = 0.2", &[1, 2], 0, Some(1), None),
            ("compare = false", &[12, 15], 24, None, Some(0)),
            // A balance of some countries may well be more than that of all.
            ("complete = false", &[12, -3], 5, None, Some(0)),
            ("complete = false", &[12, 3], 5, None, None),
            ("complete = true", &[12, -3], 5, None, None),
        ];
        for (declared, parts, total, scale, expected) in cases {
            let pipeline =
                PIPELINE.replace("total = \"9\", complete = true", &format!("total = \"9\", {declared}"));
            let value = scale.map_or("integer\"".to_owned(), |scale| format!("decimal\", scale = {scale}"));
            let pipeline =
                pipeline.replace("value = { type = \"integer\"", &format!("value = {{ type = \"{value}"));
            let mut rows = vec![row("F", "PE", parts[0]), row("M", "PE", parts[1])];
            rows.push(row("_T", "PE", total));
            let found = read_batches(&pipeline, vec![batch(&rows, scale)]).ok();
            let found =
                found.map(|(_, report)| report.within_tolerance.get("sex").copied().unwrap_or_default());
            assert_eq!(found, expected, "{declared} {parts:?} {total}");
        }
    }

    /// What the source says, the cells, and how many totals were compared or what is wrong.
    type Case<'a> = (&'a str, Vec<Row>, Result<u64, Vec<String>>);

    #[test]
    fn totals_and_their_parts() {
        let at = "the codes of `sex` do not add up to their total at year=2000 country=PE concept=c";
        let not_stated = (Y, None, Some("PE"), Some(1));
        let unknown = (Y, Some("F"), Some("PE"), None);
        let total = |value| row("_T", "PE", value);
        let (f, m) = (row("F", "PE", 4), row("M", "PE", 5));
        let wrong = |note: &str| Err(vec![format!("{at}: {note}")]);
        let cases: [Case; 9] = [
            ("they add up", vec![f, m, total(9)], Ok(1)),
            ("they exceed it", vec![f, m, total(8)], wrong("sum 9, total 8, difference 1")),
            ("one code alone exceeds it", vec![f, total(3)], wrong("sum 4, total 3, difference 1")),
            ("all are there and fall short", vec![f, m, total(10)], wrong("sum 9, total 10, difference -1")),
            ("one is not there", vec![f, total(10)], Ok(1)),
            ("one has no value", vec![unknown, m, total(10)], Ok(1)),
            ("not stated is a part", vec![f, m, not_stated, total(10)], Ok(1)),
            ("not stated alone is none", vec![not_stated, total(10)], Ok(0)),
            ("no total", vec![f, m], Ok(0)),
        ];
        for (name, rows, expected) in cases {
            assert_eq!(read(&rows, None).map(|(_, report)| report.compared["sex"]), expected, "{name}");
        }
    }

    /// 9,300 parts of 10¹⁵ are more than 2⁶³.
    #[test]
    fn a_sum_that_does_not_fit_is_an_error() {
        let names: Vec<&'static str> = (0..9_300).map(|town| &*format!("T{town}").leak()).collect();
        let towns = names.into_iter().map(|town| row("_T", town, 1_000_000_000_000_000));
        let rows: Vec<Row> = towns.chain([row("_T", "_T", 1_000_000_000_000_000)]).collect();
        let faults = read(&rows, None).err().unwrap();
        assert_eq!(
            faults,
            [
                "the codes of `country` do not add up to their total at year=2000 sex=_T concept=c: their sum is larger \
              than any number that can be counted"
            ]
        );
    }

    /// 0.1 + 0.2 is 0.3, as it is not in doubles.
    #[test]
    fn decimals_add_up_exactly() {
        let rows = |total| vec![row("F", "PE", 1), row("M", "PE", 2), row("_T", "PE", total)];
        assert!(read(&rows(3), Some(1)).is_ok());
        let fault = read(&rows(4), Some(1)).err().unwrap();
        assert!(fault[0].ends_with("sum 0.3, total 0.4, difference -0.1"), "{fault:?}");
    }

    #[test]
    fn decimals_in_words() {
        let table = [(5, 0, "5"), (-5, 1, "-0.5"), (1234, 2, "12.34"), (-1230, 2, "-12.30"), (0, 3, "0.000")];
        for (value, scale, expected) in table {
            assert_eq!(decimal(value, scale), expected);
        }
    }

    fn any_row() -> impl Strategy<Value = Row> {
        let word =
            |words: &'static [&'static str]| proptest::option::weighted(0.9, proptest::sample::select(words));
        let year = proptest::option::weighted(0.9, 2000..2002_i64);
        (year, word(&["F", "M", "_T"]), word(&["PE", "EC", "_T"]), proptest::option::weighted(0.9, 0..4_i64))
    }

    /// One row at a time: the number of repeated cells and of totals compared, or that something is wrong.
    fn obvious(rows: &[Row]) -> Option<(u64, [u64; 2])> {
        let mut cells = BTreeMap::new();
        for (year, sex, country, value) in rows {
            if cells.insert((*year, *sex, *country), *value).is_some_and(|before| before != *value) {
                return None;
            }
        }
        let mut compared = [0, 0];
        for (dimension, all) in [(0, Some(2)), (1, None)] {
            for ((year, sex, country), total) in &cells {
                let (Some(total), true) = (total, [sex, country][dimension] == &Some("_T")) else { continue };
                let parts: Vec<_> = cells
                    .iter()
                    .filter(|((y, s, c), _)| {
                        let same = if dimension == 0 { c == country } else { s == sex };
                        y == year && same && [s, c][dimension] != &Some("_T")
                    })
                    .map(|((_, s, c), value)| ([s, c][dimension].is_some(), *value))
                    .collect();
                let stated = parts.iter().filter(|(code, value)| *code && value.is_some()).count();
                let sum: i64 = parts.iter().filter_map(|(_, value)| *value).sum();
                let is_whole = all == Some(stated) && parts.iter().all(|(_, value)| value.is_some());
                if stated > 0 {
                    compared[dimension] += 1;
                    if sum > *total || (is_whole && sum != *total) {
                        return None;
                    }
                }
            }
        }
        Some(((rows.len() - cells.len()) as u64, compared))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn checks_are_those_of_the_obvious_way(rows in proptest::collection::vec(any_row(), 0..12)) {
            let found = read(&rows, None).ok();
            let found = found.map(|(_, report)| (report.repeated, [report.compared["sex"], report.compared["country"]]));
            prop_assert_eq!(found, obvious(&rows));
        }
    }
}
