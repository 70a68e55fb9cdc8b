//! The cells of stocks, by column.

use arrow::array::{Array, AsArray, Date32Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type};
use denizen_spec::columns;

use super::FlowsFromStocks;
use crate::batch::{self, Result, Words};
use crate::keys::Field;

/// The cells of a batch, by column.
pub(super) struct Cells<'a> {
    pub(super) births: Words<'a>,
    pub(super) residences: Words<'a>,
    pub(super) days: &'a Date32Array,
    /// In units of their last decimal.
    pub(super) values: Vec<Option<i128>>,
    pub(super) is_break: Vec<bool>,
    pub(super) groups: Vec<Vec<Option<u64>>>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(step: &FlowsFromStocks, batch: &'a RecordBatch) -> Result<Self> {
        let rows = batch.num_rows();
        let mut groups = vec![Vec::new(); rows];
        for name in &step.others {
            let properties = Field::of(batch, name)?.properties();
            let value = |row: usize| properties.is_valid(row).then(|| properties.value(row));
            groups.iter_mut().enumerate().for_each(|(row, group)| group.push(value(row)));
            // A total of numbers or dates states none, as what is not stated.
            if let Some(totals) =
                batch.column_by_name(&columns::is_total(name)).and_then(|total| total.as_boolean_opt())
            {
                let is_total = |row: usize| Some(u64::from(totals.is_valid(row) && totals.value(row)));
                groups.iter_mut().enumerate().for_each(|(row, group)| group.push(is_total(row)));
            }
        }
        let mut is_break = vec![false; rows];
        for name in [columns::MARK, columns::OBS_STATUS] {
            let Some(array) = batch.column_by_name(name) else { continue };
            let texts = cast(array, &DataType::Utf8)?;
            let says_break = |text: Option<&str>| text.is_some_and(|text| text.contains(['b', 'B']));
            let found = texts.as_string::<i32>().iter().map(says_break);
            is_break.iter_mut().zip(found).for_each(|(is_break, found)| *is_break |= found);
        }
        Ok(Self {
            births: batch::words(batch, &step.declared.birth)?,
            residences: batch::words(batch, &step.declared.residence)?,
            days: batch::days(batch, &step.declared.date)?,
            values: values(batch)?,
            is_break,
            groups,
        })
    }
}

fn values(batch: &RecordBatch) -> Result<Vec<Option<i128>>> {
    let array = batch::column(batch, columns::VALUE)?;
    if let Some(decimals) = array.as_primitive_opt::<Decimal128Type>() {
        return Ok(decimals.iter().collect());
    }
    let numbers = batch::integers(batch, columns::VALUE)?;
    Ok(numbers.iter().map(|number| number.map(i128::from)).collect())
}
