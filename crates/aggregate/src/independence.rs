//! Margins that are too independent to be data.
//!
//! Where one margin was spread over another in proportion, every cell is the product of its margins to within rounding: the
//! women of Peru's emigrants are 0.51225 of each continent, to five digits (1990-2007 edition). Counted cells stray from that product by
//! about its square root, even where the two dimensions have nothing to do with each other. Such cells say nothing of how the two go
//! together, and whoever reads them as data must know.

use denizen_spec::{Code, Diagnostic};

use crate::cell_columns::CellRows;
use crate::table::Dimension;
use crate::value::Value;

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
    cells: &CellRows,
    dimensions: &[Dimension],
    time: Option<usize>,
) -> Vec<Diagnostic> {
    let others: Vec<usize> = (0..dimensions.len()).filter(|position| Some(*position) != time).collect();
    let is_detail = |of: &Dimension| of.levels.values().iter().map(Value::is_detail).collect();
    let table = Table { cells, is_detail: dimensions.iter().map(is_detail).collect() };
    let pairs = others
        .iter()
        .enumerate()
        .flat_map(|(index, one)| others[index + 1..].iter().map(move |other| (*one, *other)));
    let found = pairs.filter_map(|(one, other)| Some((one, other, table.cells(one, other)?)));
    let found = found.filter(|(.., cells)| are_products(cells));
    found
        .map(|(one, other, cells)| warning(name, &dimensions[one].name, &dimensions[other].name, cells.len()))
        .collect()
}

struct Table<'a> {
    cells: &'a CellRows,
    is_detail: Vec<Vec<bool>>,
}

/// A cell of two dimensions, and its count.
type Cell = (u32, u32, i64);

impl Table<'_> {
    /// The cells of two dimensions that agree in all others with the largest.
    fn cells(&self, one: usize, other: usize) -> Option<Vec<Cell>> {
        let keys = &self.cells.keys;
        let code = |position: usize, row: usize| keys.dimensions[position][row];
        let is_inner = |row: &usize| {
            [one, other].iter().all(|position| self.is_detail[*position][code(*position, *row) as usize])
        };
        let shown = |row: usize| self.cells.cell(row).shown;
        let rows = || (0..self.cells.len()).filter(is_inner);
        let largest = rows().filter(|row| shown(*row).is_some()).max_by_key(|row| shown(*row))?;
        let fixed = (0..keys.dimensions.len()).filter(|position| ![one, other].contains(position));
        let fixed: Vec<usize> = fixed.collect();
        let is_beside = |row: &usize| {
            keys.part_of(*row) == keys.part_of(largest)
                && fixed.iter().all(|position| code(*position, *row) == code(*position, largest))
        };
        let cell = |row: usize| Some((code(one, row), code(other, row), shown(row)?));
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
