//! Stocks below zero: a mark such as -9 that stands for *not known*, or the net of two flows.

use denizen_spec::{Code, Diagnostic, Measure, Table};
use polars::prelude::*;

use super::Cells;
use crate::counts::{EXACT, internal};

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
        let are_below = if count == 1 { "a cell is".to_owned() } else { format!("{count} cells are") };
        let message =
            format!("`{}` is a stock, and of `{}` {are_below} below zero", table.name, self.source.name);
        let all: Vec<usize> = (0..self.key.len()).collect();
        let first = self.first_place(&below, &all)?;
        Ok(Some(
            Diagnostic::warning(Code::StockBelowZero, message).note(format!("the first: {first}")).help(
                "what stands for a number that is not known, such as -9, is named in `marks` of the value; the net of two flows is a flow: \
                 `measure = \"flow\"`",
            ),
        ))
    }
}
