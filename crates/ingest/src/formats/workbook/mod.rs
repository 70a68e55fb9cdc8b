//! Sheets of workbooks: XLSX, XLSB, XLS and ODS.
//!
//! XLSX and XLSB are read as a stream of cells. XLS and ODS are held in memory by their reader, and a small file of them can
//! ask for all memory there is: where the caller names a command for it ([`apart`]), they are read in a process of its own.

pub mod apart;
mod cells;
mod header;
mod merged;
mod package;
mod preview;
mod read;
mod regions;
mod rows;
mod sheets;
mod wire;

use std::sync::Arc;

use denizen_spec::{Column, Diagnostic, Path as Setting, Source, SourceKind, Workbook, columns};

use self::cells::{Message, SheetName, Value};
use self::package::Kind;
pub(crate) use self::preview::{SheetPreview, preview_workbook};
use self::read::Take;
use self::rows::{ValueColumns, WorkbookRows};
use super::foreign::{ForeignReader, Sender, Stop, read_whole, too_large};
use super::{FileFormat, FilePart, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::rows::Field;

/// Bytes of a workbook, which are held in memory.
const MOST_BYTES: u64 = 128 << 20;

/// Bytes of a workbook that its reader unpacks into memory.
const MOST_WHOLE: u64 = 32 << 20;

/// The same where no other process can be had for it.
const MOST_HERE: u64 = 8 << 20;

/// A workbook with its options.
pub(super) struct WorkbookFormat {
    options: Arc<Workbook>,
    /// What the declared columns are called in the file.
    declared: Arc<[String]>,
    values: ValueColumns,
    setting: Setting,
}

impl WorkbookFormat {
    pub(super) fn new(options: &Workbook, source: &Source) -> Self {
        let names =
            source.columns.iter().flat_map(|column| std::iter::once(&column.from).chain(&column.with));
        let declared: Arc<[String]> = names.cloned().collect();
        let is_value = |column: &&Column| {
            (source.kind == SourceKind::Cells && column.name == columns::VALUE)
                || source.is_weight(&column.name)
        };
        let values = ValueColumns {
            names: source.columns.iter().filter(is_value).map(|column| column.from.clone()).collect(),
            beside_wide: source.unpivot.as_ref().map(|_| Arc::clone(&declared)),
        };
        Self {
            options: Arc::new(options.clone()),
            declared,
            values,
            setting: Setting::source(&source.name).field("sheet"),
        }
    }
}

impl FileFormat for WorkbookFormat {
    fn decoder(&self) -> Decoder {
        Decoder::of_utf8()
    }

    fn decimal_mark(&self) -> u8 {
        self.options.decimal_mark
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let FilePart { name, bytes, .. } = file;
        let bytes = read_whole(&name, bytes, MOST_BYTES)?;
        let package = package::examine(&name, &bytes)?;
        let hidden_rows = package.hidden_rows;
        let choice = sheets::Choice {
            file: name.to_string(),
            wanted: self.options.sheets.clone(),
            setting: self.setting.clone(),
        };
        let file = name.to_string();
        let messages = ForeignReader::start(&name, move |sender| {
            let mut taker = Chosen { choice, sender };
            match package.kind {
                Kind::Xlsx | Kind::Xlsb => read::read(&file, bytes, &package, &mut taker),
                Kind::Xls | Kind::Ods => {
                    let most = if apart::has_command() { MOST_WHOLE } else { MOST_HERE };
                    if bytes.len() as u64 > most {
                        let what = format!("an XLS or ODS file of more than {} MiB", most >> 20);
                        return Err(too_large(&file, &what).into());
                    }
                    apart::read(&file, bytes, &package, &mut taker)
                }
            }
        })?;
        let (options, declared) = (Arc::clone(&self.options), Arc::clone(&self.declared));
        Ok(Box::new(WorkbookRows::new(name, options, declared, self.values.clone(), hidden_rows, messages)))
    }
}

/// Sends on what is read of the sheets that are chosen.
struct Chosen<'a> {
    choice: sheets::Choice,
    sender: &'a Sender<Message>,
}

impl Take for Chosen<'_> {
    fn choose(&mut self, sheets: &[SheetName]) -> Result<Vec<usize>, Stop> {
        Ok(self.choice.of(sheets)?)
    }

    fn take(&mut self, message: Message) -> Result<(), Stop> {
        self.sender.send(message)
    }
}

impl Value {
    /// The value as a field of a row.
    fn field(&self) -> Field<'_> {
        match self {
            Self::Text(text) => Field::Text(text.as_bytes()),
            Self::Number(number) => Field::Number(*number),
            Self::Date(days) => Field::Date(*days),
            Self::Moment(days, seconds) => Field::Moment(*days, *seconds),
            Self::Uncomputed => Field::Text(b""),
        }
    }
}

/// A note about a file as a whole.
fn note(code: denizen_spec::Code, file: &str, message: String) -> Diagnostic {
    Diagnostic::warning(code, message).in_file(file, None)
}
