//! Margins that are too independent to be data.
//!
//! Where one margin was spread over another in proportion, every cell is the product of its margins to within rounding: the
//! women of Peru's emigrants are 0.51225 of each continent, to five digits (1990-2007 edition). Counted cells stray from that product by
//! about its square root, even where the two dimensions have nothing to do with each other. Such cells say nothing of how the two go
//! together, and whoever reads them as data must know.

use denizen_spec::{Code, Diagnostic};
use polars::prelude::*;

use crate::counts::{CONCEPT, dimension};
use crate::disclosure::SHOWN;
use crate::publish::PART;
use crate::table::Dimension;

/// Cells of which each is within this of the product of its margins: both are rounded.
const ROUNDING: f64 = 1.0;
/// Counts that stray by a tenth of this or more, so that it cannot be chance that none does.
const LEAST: f64 = 100.0;
/// How many cells must be of such counts.
const LEAST_CELLS: usize = 4;
/// How many cells could stray freely.
const LEAST_FREEDOM: usize = 2;

/// Warns of pairs of dimensions whose cells are products of their margins. Looked at is where the largest cell stands: a
/// publication that spreads a margin does so everywhere.
pub(crate) fn too_independent(
    name: &str,
    counts: &DataFrame,
    dimensions: &[Dimension],
    time: Option<usize>,
) -> PolarsResult<Vec<Diagnostic>> {
    let others: Vec<usize> = (0..dimensions.len()).filter(|position| Some(*position) != time).collect();
    let mut columns = Vec::new();
    for column in (0..dimensions.len()).map(dimension).chain([CONCEPT.into(), PART.into()]) {
        columns
            .push(counts.column(&column)?.u32()?.iter().map(Option::unwrap_or_default).collect::<Vec<u32>>());
    }
    let shown: Vec<Option<i64>> = counts.column(SHOWN)?.i64()?.iter().collect();
    let is_detail: Vec<Vec<bool>> = dimensions
        .iter()
        .map(|of| of.levels.values().iter().map(crate::value::Value::is_detail).collect())
        .collect();
    let table = Table { columns, shown, is_detail };
    let pairs = others
        .iter()
        .enumerate()
        .flat_map(|(index, one)| others[index + 1..].iter().map(move |other| (*one, *other)));
    let found = pairs.filter_map(|(one, other)| Some((one, other, table.cells(one, other)?)));
    let found = found.filter(|(.., cells)| are_products(cells));
    Ok(found
        .map(|(one, other, cells)| warning(name, &dimensions[one].name, &dimensions[other].name, cells.len()))
        .collect())
}

struct Table {
    /// A column for each dimension, then concept and part.
    columns: Vec<Vec<u32>>,
    shown: Vec<Option<i64>>,
    is_detail: Vec<Vec<bool>>,
}

/// A cell of two dimensions, and its count.
type Cell = (u32, u32, i64);

impl Table {
    /// The cells of two dimensions that agree in all others with the largest.
    fn cells(&self, one: usize, other: usize) -> Option<Vec<Cell>> {
        let is_inner = |row: &usize| {
            [one, other]
                .iter()
                .all(|position| self.is_detail[*position][self.columns[*position][*row] as usize])
        };
        let rows = || (0..self.shown.len()).filter(is_inner);
        let largest = rows().filter(|row| self.shown[*row].is_some()).max_by_key(|row| self.shown[*row])?;
        let fixed = (0..self.columns.len()).filter(|position| ![one, other].contains(position));
        let fixed: Vec<usize> = fixed.collect();
        let is_beside = |row: &usize| {
            fixed.iter().all(|position| self.columns[*position][*row] == self.columns[*position][largest])
        };
        let cell = |row: usize| Some((self.columns[one][row], self.columns[other][row], self.shown[row]?));
        rows().filter(is_beside).map(cell).collect()
    }
}

/// Whether each cell is the product of its margins, though counts of this size would stray.
fn are_products(cells: &[Cell]) -> bool {
    let number = |of: fn(&Cell) -> u32| {
        let mut codes: Vec<u32> = cells.iter().map(of).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let (rows, columns) = (number(|cell| cell.0), number(|cell| cell.1));
    let freedom = rows.len().saturating_sub(1) * columns.len().saturating_sub(1);
    if freedom < LEAST_FREEDOM || cells.len() != rows.len() * columns.len() {
        return false;
    }
    let mut of_rows = vec![0.0; rows.len()];
    let mut of_columns = vec![0.0; columns.len()];
    let place = |codes: &[u32], code: u32| codes.binary_search(&code).unwrap_or_default();
    for (row, column, count) in cells {
        of_rows[place(&rows, *row)] += *count as f64;
        of_columns[place(&columns, *column)] += *count as f64;
    }
    let all: f64 = of_rows.iter().sum();
    let products = cells.iter().map(|(row, column, count)| {
        let product = of_rows[place(&rows, *row)] * of_columns[place(&columns, *column)] / all;
        (product, (*count as f64 - product).abs() <= ROUNDING)
    });
    let products: Vec<(f64, bool)> = products.collect();
    let large = products.iter().filter(|(product, _)| *product >= LEAST).count();
    large >= LEAST_CELLS && products.iter().all(|(_, is_near)| *is_near)
}

fn warning(name: &str, one: &str, other: &str, cells: usize) -> Diagnostic {
    let message = format!("`{one}` and `{other}` of `{name}` are too independent to be counted");
    Diagnostic::warning(Code::TooIndependent, message)
        .note(format!("none of {cells} cells differs by more than {ROUNDING} from the product of its margins"))
        .help("one margin was spread over the other: read these cells as an allocation, and say so where they are published")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Peruvians who left in 1990-2007, by continent, women and men (INEI, DIGEMIN and IOM; two misprints mended).
    #[test]
    fn peruvians_by_continent_and_sex() {
        let printed = [(665_616, 633_769), (282_349, 268_840), (39_290, 37_410), (6_937, 6_606)];
        let cells = |change: i64| -> Vec<Cell> {
            let rows = (0..).zip(printed);
            let mut cells: Vec<Cell> =
                rows.flat_map(|(row, (women, men))| [(row, 0, women), (row, 1, men)]).collect();
            cells[0].2 += change;
            cells
        };
        assert!(are_products(&cells(0)));
        assert!(!are_products(&cells(400)), "as far as chance goes");
        assert!(!are_products(&cells(0)[..4]), "two by two say too little");
        let few: Vec<Cell> = (0..6).map(|cell| (cell / 2, cell % 2, 10)).collect();
        assert!(!are_products(&few), "few persons are equal by chance");
    }
}
