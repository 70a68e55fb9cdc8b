//! Workbooks: which sheets hold a table, and where.

use std::path::Path;

use denizen_spec::{Diagnostic, Format, SheetChoice, Workbook};

use super::grid::{self, TableLayout, join_of};
use super::{FoundFile, no_table};
use crate::formats::{SheetPreview, preview_workbook};
use crate::input::{StoredFile, unreadable};

/// A sheet with a table.
struct TableSheet<'a> {
    sheet: &'a SheetPreview,
    layout: TableLayout,
    header: Vec<&'a [String]>,
}

/// Finds the sheets that have the header that most have.
pub(super) fn find(path: &Path, member: Option<&str>, shown: &str) -> Result<FoundFile, Diagnostic> {
    let stored = StoredFile::open(path, member, None).map_err(|error| unreadable(shown, &error))?;
    let sheets = preview_workbook(shown, stored.bytes)?;
    let visible = || sheets.iter().filter(|sheet| !sheet.is_hidden);
    let tables: Vec<TableSheet> = visible().filter_map(table_of).collect();
    let rows = |table: &TableSheet| {
        tables.iter().filter(|other| is_same(table, other)).map(|table| table.sheet.rows.len()).sum::<usize>()
    };
    let Some(chosen) = tables.iter().max_by_key(|table| (rows(table), std::cmp::Reverse(table.sheet.number)))
    else {
        return Err(no_table(
            shown,
            "no sheet of it holds a table",
            "look at its sheets, and write its source by hand",
        ));
    };
    let alike: Vec<&TableSheet> = tables.iter().filter(|table| is_same(table, chosen)).collect();
    let options = options(chosen, &alike, visible().count());
    let mut found = FoundFile::new(path, Format::Workbook(options));
    explain(&mut found, chosen, alike.len(), visible().count());
    if sheets.len() == 50 {
        found.doubts.push("exactly 50 sheets: IstatData cuts off there what it exports".to_owned());
    }
    Ok(found)
}

/// How the sheets that are alike are read. The only visible sheet need not be named.
fn options(chosen: &TableSheet, alike: &[&TableSheet], visible: usize) -> Workbook {
    let is_named = |_: &&&TableSheet| visible > 1;
    let named = alike.iter().filter(is_named).map(|table| SheetChoice::Name(table.sheet.name.clone()));
    Workbook {
        sheets: named.collect(),
        sheet_column: (alike.len() > 1).then(|| "sheet".to_owned()),
        skip: chosen.layout.header as u32,
        header_rows: chosen.layout.header_rows.max(1) as u32,
        header_join: join_of(chosen.layout.header_rows).to_owned(),
        metadata_lines: !chosen.metadata().is_empty(),
        ..Workbook::default()
    }
}

/// Says why a workbook is read so.
fn explain(found: &mut FoundFile, chosen: &TableSheet, alike: usize, visible: usize) {
    if visible > 1 {
        let why = format!("{alike} of {visible} sheets have this header");
        found.evidence.push(("sheet", why));
    }
    let others = visible - alike;
    if others > 0 {
        let doubt =
            format!("{others} sheets have another header, or no table: each table is a source of its own");
        found.doubts.push(doubt);
    }
    let header = chosen.layout.header;
    if header > 0 {
        found.evidence.push(("skip", format!("row {} is the first that is like a header", header + 1)));
    }
    let lines = chosen.metadata().len();
    if lines > 0 {
        let why = format!("{lines} lines above the header say something of the sheet");
        found.evidence.push(("metadata_lines", why));
    }
    if chosen.layout.header_rows == 0 {
        found.doubts.push(
            "the first row of the table is like those below, and is taken for the names of its columns: where it is a row, put \
             names above it"
                .to_owned(),
        );
    }
}

impl TableSheet<'_> {
    /// What the lines above the header are about.
    fn metadata(&self) -> Vec<&str> {
        let above = self.sheet.metadata.iter().filter(|(row, _)| *row < self.layout.header);
        above.map(|(_, name)| name.as_str()).collect()
    }
}

fn table_of(sheet: &SheetPreview) -> Option<TableSheet<'_>> {
    let layout = grid::layout(&sheet.rows)?;
    // One column is a list of notes.
    (layout.width > 1).then(|| TableSheet {
        sheet,
        layout,
        header: sheet.rows[layout.header..]
            .iter()
            .take(layout.header_rows.max(1))
            .map(Vec::as_slice)
            .collect(),
    })
}

fn is_same(one: &TableSheet<'_>, other: &TableSheet<'_>) -> bool {
    one.layout == other.layout && one.header == other.header && one.metadata() == other.metadata()
}
