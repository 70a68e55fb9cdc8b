//! Checks on published cells: no cell twice, and parts that add up to their total.

mod parts;

use std::collections::BTreeSet;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType as ArrowType;
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, FieldType, columns};
use polars::prelude::*;

use super::{CellReport, Cells};
use crate::counts::{EXACT, PackedKeys, dimension, internal, order_of};

const ROW: &str = "row";
const FIRST: &str = "first";
const TOTAL: &str = "total";
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
        let keys = self.keys_without(None)?;
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for cell in order_of(&keys).chunk_by(|one, other| keys[*one as usize] == keys[*other as usize]) {
            // Equal keys are in the order of their rows.
            pairs.extend(cell[1..].iter().map(|row| (*row, cell[0])));
        }
        pairs.sort_unstable();
        let (rows, firsts): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
        let rows = IdxCa::from_vec(ROW.into(), rows);
        let firsts = IdxCa::from_vec(FIRST.into(), firsts);
        let mut repeated = self.frame.take(&rows)?;
        repeated.with_column(self.frame.column(EXACT)?.take(&firsts)?.with_name("before".into()))?;
        repeated.with_column(rows.into_column())?;
        repeated.with_column(firsts.into_column())?;
        Ok(repeated)
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

    /// The columns of all files, other than those that tell cells apart and the value. Where a row stands tells nothing apart.
    fn columns_beside(&self) -> BTreeSet<String> {
        let schemas = self.batches.iter().map(RecordBatch::schema);
        let mut names: BTreeSet<String> = schemas
            .flat_map(|schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>())
            .collect();
        self.key.iter().map(|(name, _)| name.as_str()).chain([columns::VALUE, columns::PLACE]).for_each(
            |name| {
                names.remove(name);
            },
        );
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

    /// One whole number for each row, which rows have in common that agree in all columns of the key but one.
    pub(super) fn keys_without(&self, position: Option<usize>) -> PolarsResult<Vec<i64>> {
        // What stands in the file for the codes of a dimension goes with it.
        let written = position.map(|position| columns::as_written(&self.key[position].0));
        let is_other =
            |other: usize, name: &String| Some(other) != position && written.as_ref() != Some(name);
        let mut keys = PackedKeys::new(self.frame.height());
        for (other, (name, levels)) in self.key.iter().enumerate() {
            if is_other(other, name) {
                let indices = self.frame.column(&dimension(other))?.u32()?;
                keys.add(indices.iter().map(Option::unwrap_or_default), levels.len());
            }
        }
        Ok(keys.finish())
    }

    /// The stated codes of a row, without those of one column.
    fn place_of(&self, rows: &DataFrame, row: usize, without: Option<usize>) -> PolarsResult<String> {
        let mut stated = Vec::new();
        for (position, (name, levels)) in
            self.key.iter().enumerate().filter(|(position, _)| Some(*position) != without)
        {
            let index = rows.column(&dimension(position))?.u32()?.get(row);
            let value = index.and_then(|index| levels.values().get(index as usize));
            let value = value.filter(|_| columns::name_in_file(name).is_none());
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
                    .note("which of them is the cell is not known, nor whether they may be added up")
                    .help(format!(
                        "give each code of the file a code of its own, or say in the source that cells add up over it: \
                         `additive = [\"{name}\"]`"
                    ))
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
pub(super) fn decimal(value: i128, scale: u8) -> String {
    if scale == 0 {
        return value.to_string();
    }
    let (sign, digits) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let unit = 10_u128.pow(scale.into());
    format!("{sign}{}.{:0width$}", digits / unit, digits % unit, width = scale.into())
}

#[cfg(test)]
mod tests;
