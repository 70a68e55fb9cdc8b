//! Cells that rows share.

use super::cells::{Region, SheetRow, Value};

/// The merged cells of a sheet, while its rows pass.
#[derive(Default)]
pub(super) struct Merged {
    /// Those that begin further down, the next one last.
    ahead: Vec<Region>,
    /// Those that rows at hand have a part in, and what they say.
    here: Vec<(Region, Value)>,
}

/// What merged cells say in a row.
pub(super) struct Shared<'a> {
    /// Columns in which the sheet itself says nothing, with what stands in the first cell.
    pub(super) cells: Vec<(u32, &'a Value)>,
    /// Columns of the cells in which merged ones begin.
    pub(super) firsts: Vec<u32>,
}

impl Merged {
    pub(super) fn new(mut regions: Vec<Region>) -> Self {
        regions.sort_unstable_by_key(|region| std::cmp::Reverse(region.first));
        Self { ahead: regions, here: Vec::new() }
    }

    /// What merged cells say in the first `width` columns of a row in which the sheet itself says nothing, for that stands
    /// in the first cell of each only. Rows come in their order.
    pub(super) fn of(&mut self, row: &SheetRow, width: u32) -> Shared<'_> {
        self.here.retain(|(region, _)| region.last.0 >= row.row);
        while let Some(region) = self.ahead.pop_if(|region| region.first.0 <= row.row) {
            let first = row.cells.iter().find(|(column, _)| (row.row, *column) == region.first);
            // An empty one says nothing.
            self.here.extend(first.map(|(_, value)| (region, value.clone())));
        }
        let begins = |region: &Region| region.first.0 == row.row && region.last != region.first;
        let firsts = self.here.iter().filter(|(region, _)| begins(region));
        let firsts = firsts.map(|(region, _)| region.first.1).collect();
        let mut shared = Vec::new();
        for (region, value) in &self.here {
            let columns = region.first.1..width.min(region.last.1 + 1);
            let is_first = |column: &u32| (row.row, *column) == region.first;
            shared.extend(columns.filter(|column| !is_first(column)).map(|column| (column, value)));
            // Regions do not overlap, unless they were made to.
            if shared.len() > width as usize {
                break;
            }
        }
        Shared { cells: shared, firsts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_rows_share() {
        let region = |first, last| Region { first, last };
        let mut merged =
            Merged::new(vec![region((2, 0), (3, 0)), region((1, 0), (1, 1)), region((4, 0), (5, 0))]);
        let text = |text: &str| Value::Text(text.to_owned());
        let row = |row, cells: &[(u32, &str)]| SheetRow {
            row,
            cells: cells.iter().map(|(column, cell)| (*column, text(cell))).collect(),
        };
        let rows = [
            (row(0, &[(0, "a")]), ""),
            (row(1, &[(0, "b")]), "1 b"),
            (row(2, &[(0, "c"), (1, "d")]), ""),
            (row(3, &[(1, "e")]), "0 c"),
            (row(4, &[(1, "f")]), ""),
            (row(5, &[(1, "g")]), ""),
        ];
        for (row, expected) in rows {
            let shared = merged.of(&row, 9).cells;
            let shown = |(column, value): &(u32, &Value)| match value {
                Value::Text(text) => format!("{column} {text}"),
                other => format!("{column} {other:?}"),
            };
            assert_eq!(shared.iter().map(shown).collect::<Vec<_>>().join(", "), expected, "{}", row.row);
        }
    }
}
