//! Stocks below zero: a mark such as -9 that stands for *not known*, or the net of two flows.

use denizen_spec::{Code, Diagnostic, Measure, Table};
use polars::prelude::*;

use super::Cells;
use crate::counts::{EXACT, dimension, internal};
use crate::value::Value;

/// The unit of a stock unless another is stated.
const PERSONS: &str = "persons";

impl Cells {
    /// What is to be said where a table takes stocks from cells that are below zero: nowhere live fewer than none.
    ///
    /// # Errors
    ///
    /// Only faults of the program.
    pub fn stocks_below_zero(&self, table: &Table) -> Result<Option<Diagnostic>, Diagnostic> {
        match table.measure {
            Measure::Stock => self.below_zero(table).map_err(|error| internal("cells of a table", &error)),
            // Corrections of an office are flows, and may be below zero; the others are not of cells.
            Measure::Flow
            | Measure::Count
            | Measure::Emigration
            | Measure::Immigration
            | Measure::Beside(..) => Ok(None),
        }
    }

    fn below_zero(&self, table: &Table) -> PolarsResult<Option<Diagnostic>> {
        // Rates at a date, or their changes, are no persons.
        if table.unit != PERSONS || self.scale > 0 {
            return Ok(None);
        }
        let shown: Vec<&str> = table.dimensions.iter().map(|dimension| table.column_of(dimension)).collect();
        let chosen = self.chosen(table, &shown, &self.summed(table))?;
        let below = chosen.filter(col(EXACT).lt(lit(0_i64))).collect()?;
        let count = below.height();
        if count == 0 {
            return Ok(None);
        }
        let text = |position: usize| -> PolarsResult<String> {
            let (name, levels) = &self.key[position];
            let first = below.column(&dimension(position))?.u32()?.get(0);
            let value = first.and_then(|first| levels.values().get(first as usize));
            Ok(format!("{name}={}", value.map(Value::text).unwrap_or_default()))
        };
        let first: Vec<String> = (0..self.key.len()).map(text).collect::<PolarsResult<_>>()?;
        let cells = if count == 1 { "a cell".to_owned() } else { format!("{count} cells") };
        let message =
            format!("`{}` is a stock, and {cells} of `{}` are below zero", table.name, self.source.name);
        let message = if count == 1 { message.replace("are below", "is below") } else { message };
        Ok(Some(
            Diagnostic::warning(Code::StockBelowZero, message).note(format!("the first: {}", first.join(" "))).help(
                "what stands for a number that is not known, such as -9, is named in `marks` of the value; the net of two flows is a flow: \
                 `measure = \"flow\"`",
            ),
        ))
    }
}
