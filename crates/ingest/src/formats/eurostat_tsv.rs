//! Eurostat's TSV: all dimensions in the first column, a column for each period, flags behind the values.
//!
//! The first name is `citizen,sex,geo\time` in old files, `freq,citizen,sex,geo\TIME_PERIOD` in those since 2023. The rows
//! that are made are those of the same table in SDMX-CSV: a column for each dimension, `TIME_PERIOD`, `OBS_VALUE` and
//! `OBS_FLAG`, whatever the file calls its periods.

use denizen_spec::{Code, Delimited, Diagnostic, EurostatTsv, Layout, Source};

use super::delimited::DelimitedText;
use super::reshape::{Cell, Flags, Part, Plan, ReshapedRows};
use super::sdmx_csv::{FLAG, PERIOD, VALUE};
use super::{Envelope, FileFormat, FilePart, ReadError, ReadRows};
use crate::decoder::Decoder;

/// Tables of Eurostat's bulk download.
pub(super) struct EurostatTable {
    text: DelimitedText,
}

impl EurostatTable {
    pub(super) fn new(options: &EurostatTsv, source: &Source) -> Result<Self, Diagnostic> {
        let text = Delimited {
            delimiter: b'\t',
            quote: None,
            encoding: options.encoding.clone(),
            decimal_mark: b'.',
            layout: Layout::default(),
        };
        // What the columns are called that are made is not what stands in the file.
        let source = Source { columns: Vec::new(), ..source.clone() };
        Ok(Self { text: DelimitedText::new(&text, &source)? })
    }
}

impl FileFormat for EurostatTable {
    fn decoder(&self) -> Decoder {
        self.text.decoder()
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let name = file.name.clone();
        Ok(Box::new(ReshapedRows::new(name, self.text.open(file)?, Box::new(plan))))
    }

    fn guesses_encoding(&self) -> bool {
        self.text.guesses_encoding()
    }

    /// All but the value and its flag.
    fn dimensions(&self, names: &[String]) -> Vec<usize> {
        names
            .iter()
            .enumerate()
            .filter(|(_, name)| ![VALUE, FLAG].contains(&name.as_str()))
            .map(|(field, _)| field)
            .collect()
    }

    fn envelope(&self, names: &[String]) -> Envelope {
        let status = names.iter().position(|name| name == FLAG);
        Envelope { status, ..Envelope::default() }
    }
}

fn plan(file: &str, names: &[String]) -> Result<Option<Plan>, Diagnostic> {
    let first = names.first().map(String::as_str).unwrap_or_default();
    let Some((dimensions, periods)) = first.split_once('\\').filter(|(dimensions, _)| !dimensions.is_empty())
    else {
        let message = format!("`{file}` is no table of Eurostat's bulk download");
        let note =
            "its first column is not called by the dimensions and the periods, as in `freq,geo\\TIME_PERIOD`";
        let error = Diagnostic::error(Code::OtherFormat, message).in_file(file, Some(1)).note(note);
        return Err(error.help("write the format that it has, such as `format = \"csv\"` or `\"sdmx-csv\"`"));
    };
    if !["time", "time_period"].contains(&periods.trim().to_lowercase().as_str()) {
        let message = format!("the columns of `{file}` are not periods");
        let error = Diagnostic::error(Code::OtherFormat, message).in_file(file, Some(1));
        return Err(error.help("behind `\\` in the name of the first column stands `time` or `TIME_PERIOD`"));
    }
    if let Some(field) = names[1..].iter().position(|name| !name.starts_with(|c: char| c.is_ascii_digit())) {
        let message = format!("column {} of `{file}` is not called as a period", field + 2);
        let error = Diagnostic::error(Code::OtherFormat, message).in_file(file, Some(1));
        return Err(error.help("ask Eurostat for the file again, or remove the column"));
    }
    let parts_of_first = Some(dimensions.split(',').count());
    let dimensions = dimensions.split(',').enumerate();
    let mut columns: Vec<_> =
        dimensions.map(|(part, name)| (name.trim().to_owned(), Part::OfFirst(part))).collect();
    for (name, part) in [(PERIOD, Part::Name(0)), (VALUE, Part::Value), (FLAG, Part::Flag)] {
        columns.push((name.to_owned(), part));
    }
    let cell = |(index, name): (usize, &String)| Cell {
        field: index + 1,
        flags: Flags::BehindValue,
        codes: vec![name.as_bytes().into()],
    };
    let cells = names[1..].iter().enumerate().map(cell).collect();
    Ok(Some(Plan { columns, parts_of_first, cells, repairs: Vec::new() }))
}
