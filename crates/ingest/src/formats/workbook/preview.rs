//! The first rows of each sheet, for whoever does not know yet what a workbook holds.

use std::io::Read;

use denizen_spec::Diagnostic;

use super::cells::{Message, Region, SheetName, SheetRow};
use super::header::{metadata, text};
use super::package::{self, Kind};
use super::read::{self, Take};
use super::{MOST_BYTES, MOST_HERE, MOST_WHOLE, apart};
use crate::formats::foreign::{ForeignReader, Sender, Stop, read_whole, too_large};

/// Rows of a sheet that are looked at.
const ROWS: usize = 60;

/// Columns of a sheet that are looked at.
const COLUMNS: u32 = 2_000;

/// Sheets that are looked at.
const SHEETS: usize = 200;

/// The beginning of a sheet.
pub(crate) struct SheetPreview {
    pub(crate) name: String,
    /// From 1.
    pub(crate) number: usize,
    pub(crate) is_hidden: bool,
    /// Its first rows, blank ones included, all of one length. What a merged cell says stands in each of its cells.
    pub(crate) rows: Vec<Vec<String>>,
    /// Lines such as `Sex: males`: their rows, and what they are about.
    pub(crate) metadata: Vec<(usize, String)>,
}

/// Sends on all sheets with cells.
struct All<'a>(&'a Sender<Message>);

impl Take for All<'_> {
    fn choose(&mut self, sheets: &[SheetName]) -> Result<Vec<usize>, Stop> {
        let with_cells = sheets.iter().enumerate().filter(|(_, sheet)| sheet.has_cells);
        Ok(with_cells.map(|(index, _)| index).take(SHEETS).collect())
    }

    fn take(&mut self, message: Message) -> Result<(), Stop> {
        self.0.send(message)
    }
}

/// The first rows of the sheets of a workbook.
pub(crate) fn preview_workbook(shown: &str, bytes: impl Read) -> Result<Vec<SheetPreview>, Diagnostic> {
    let bytes = read_whole(shown, bytes, MOST_BYTES)?;
    let package = package::examine(shown, &bytes)?;
    let file = shown.to_owned();
    let mut messages = ForeignReader::start(shown, move |sender| match package.kind {
        Kind::Xlsx | Kind::Xlsb => read::read(&file, bytes, &package, &mut All(sender)),
        Kind::Xls | Kind::Ods => {
            let most = if apart::has_command() { MOST_WHOLE } else { MOST_HERE };
            if bytes.len() as u64 > most {
                return Err(
                    too_large(&file, &format!("an XLS or ODS file of more than {} MiB", most >> 20)).into()
                );
            }
            apart::read(&file, bytes, &package, &mut All(sender))
        }
    })?;
    let (mut names, mut merged, mut previews) = (Vec::new(), Vec::new(), Vec::<SheetPreview>::new());
    while let Some(message) = messages.next()? {
        match message {
            Message::Sheets(sheets) => names = sheets,
            Message::Sheet(head) => {
                let index = head.index as usize;
                let listed = names.get(index).map(|sheet: &SheetName| (sheet.name.clone(), sheet.is_hidden));
                let (name, is_hidden) = listed.unwrap_or_default();
                let (rows, metadata) = (Vec::new(), Vec::new());
                previews.push(SheetPreview { name, number: index + 1, is_hidden, rows, metadata });
                merged.push(head.merged);
            }
            Message::Rows(rows) => {
                if let Some(preview) = previews.last_mut() {
                    rows.iter().for_each(|row| preview.add(row));
                }
            }
        }
    }
    previews.iter_mut().zip(&merged).for_each(|(preview, merged)| preview.fill(merged));
    Ok(previews)
}

impl SheetPreview {
    fn add(&mut self, row: &SheetRow) {
        let index = row.row as usize;
        if index >= ROWS {
            return;
        }
        while self.rows.len() < index {
            self.rows.push(Vec::new());
        }
        if let Some((name, _)) = metadata(row) {
            self.metadata.push((index, name));
        }
        let mut texts = Vec::new();
        for (column, value) in row.cells.iter().filter(|(column, _)| *column < COLUMNS) {
            texts.resize((*column as usize).max(texts.len()), String::new());
            texts.push(text(value));
        }
        while texts.last().is_some_and(String::is_empty) {
            texts.pop();
        }
        self.rows.push(texts);
    }

    /// Makes all rows as long as the longest that has several cells, and repeats what merged cells say.
    fn fill(&mut self, merged: &[Region]) {
        let is_several = |row: &&Vec<String>| row.iter().filter(|text| !text.is_empty()).count() > 1;
        let width = self.rows.iter().filter(is_several).map(Vec::len).max().unwrap_or(0);
        self.rows.iter_mut().for_each(|row| row.resize(width.max(row.len()), String::new()));
        for Region { first, last } in merged {
            let said = self.rows.get(first.0 as usize).and_then(|row| row.get(first.1 as usize)).cloned();
            let Some(said) = said.filter(|said| !said.is_empty()) else { continue };
            for row in self.rows.iter_mut().take(last.0 as usize + 1).skip(first.0 as usize) {
                for text in row.iter_mut().take(last.1 as usize + 1).skip(first.1 as usize) {
                    text.clone_from(&said);
                }
            }
        }
    }
}
