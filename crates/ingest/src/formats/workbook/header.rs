//! What the columns of a sheet are called, and what the lines above them say.

use denizen_spec::Workbook;

use super::cells::{Region, SheetRow, Value};

/// What a sheet says above its rows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SheetHeader {
    /// What its columns are called, those of the metadata lines and of the sheet's name behind them.
    pub(super) names: Vec<String>,
    /// How many of them are columns of the sheet.
    pub(super) width: usize,
    /// What the others say, in every row.
    pub(super) constants: Vec<String>,
}

impl SheetHeader {
    /// Reads the rows above the table and those of its header.
    pub(super) fn new(rows: &[SheetRow], merged: &[Region], sheet: &str, options: &Workbook) -> Self {
        let first = options.skip;
        let header: Vec<u32> = (first..first + options.header_rows).collect();
        let columns = rows.iter().filter(|row| header.contains(&row.row));
        let stated = columns.filter_map(|row| row.cells.last()).map(|(column, _)| *column);
        // What is said over several columns is said of the last of them too.
        let merged_there = merged.iter().filter(|region| header.contains(&region.first.0));
        let widest = stated.chain(merged_there.map(|region| region.last.1)).max().map(|column| column + 1);
        let name = |column| {
            let mut parts: Vec<String> = Vec::new();
            for row in &header {
                let part = text_at(rows, merged, *row, column);
                // A cell that is merged downwards names its column once.
                if !part.is_empty() && parts.last() != Some(&part) {
                    parts.push(part);
                }
            }
            parts.join(&options.header_join)
        };
        let mut names: Vec<String> = (0..widest.unwrap_or(0)).map(name).collect();
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        let width = names.len();
        let mut constants = Vec::new();
        if options.metadata_lines {
            for (name, value) in rows.iter().take_while(|row| row.row < first).filter_map(metadata) {
                names.push(name);
                constants.push(value);
            }
        }
        if let Some(name) = &options.sheet_column {
            names.push(name.clone());
            constants.push(sheet.to_owned());
        }
        Self { names, width, constants }
    }
}

/// What a cell says, or the merged one that it belongs to.
fn text_at(rows: &[SheetRow], merged: &[Region], row: u32, column: u32) -> String {
    let (row, column) =
        merged.iter().find(|region| region.has(row, column)).map_or((row, column), |region| region.first);
    let found = rows.iter().find(|found| found.row == row);
    let cell = found.and_then(|found| found.cells.iter().find(|(other, _)| *other == column));
    cell.map_or(String::new(), |(_, value)| text(value))
}

/// A value as the name of a column, on one line.
pub(super) fn text(value: &Value) -> String {
    let mut bytes = Vec::new();
    crate::rows::write_field(&mut bytes, value.field());
    let text = String::from_utf8_lossy(&bytes);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a line such as `Sex: males` says, where nothing else stands in its row.
pub(super) fn metadata(row: &SheetRow) -> Option<(String, String)> {
    let mut stated = row.cells.iter().map(|(_, value)| text(value)).filter(|text| !text.is_empty());
    let (line, more) = (stated.next()?, stated.next());
    let (name, value) = line.split_once(':').filter(|_| more.is_none())?;
    let (name, value) = (name.trim(), value.trim());
    (!name.is_empty() && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(row: u32, cells: &[(u32, &str)]) -> SheetRow {
        let cell = |(column, text): &(u32, &str)| (*column, Value::Text((*text).to_owned()));
        SheetRow { row, cells: cells.iter().map(cell).collect() }
    }

    #[test]
    fn names_of_columns() {
        let options = |skip, header_rows, metadata_lines| Workbook {
            skip,
            header_rows,
            metadata_lines,
            sheet_column: metadata_lines.then(|| "sheet".to_owned()),
            ..Workbook::default()
        };
        let rows = [
            row(0, &[(0, "Permits by sex ")]),
            row(1, &[(0, "Time: 2014  ")]),
            row(2, &[(0, "Country"), (1, "2023"), (3, "2024")]),
            row(3, &[(1, "men"), (2, "wo\nmen"), (3, "men"), (4, "women"), (5, " ")]),
        ];
        let merged = [
            Region { first: (2, 0), last: (3, 0) },
            Region { first: (2, 1), last: (2, 2) },
            Region { first: (2, 3), last: (2, 4) },
        ];
        let names = |options: &Workbook| SheetHeader::new(&rows, &merged, "S", options).names.join("|");
        assert_eq!(names(&options(2, 2, false)), "Country|2023 men|2023 wo men|2024 men|2024 women");
        assert_eq!(names(&options(2, 1, false)), "Country|2023|2023|2024|2024");
        assert_eq!(names(&options(3, 1, false)), "Country|men|wo men|men|women");
        assert_eq!(names(&options(7, 1, false)), "");
        let header = SheetHeader::new(&rows, &merged, "S", &options(2, 2, true));
        assert_eq!(header.names[5..], ["Time", "sheet"]);
        assert_eq!((header.width, header.constants), (5, vec!["2014".to_owned(), "S".to_owned()]));
    }
}
