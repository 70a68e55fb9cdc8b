//! Files become batches of rows: cut into fields, not yet decoded.

use std::sync::{Arc, Mutex};

use denizen_spec::{Code, Diagnostic};

use crate::files::{CsvReader, Fingerprint, InputFile, csv_reader, unreadable};
use crate::reject::Reject;

/// Rows of a batch: large enough that the work on a batch outweighs its overhead, small enough for any memory.
pub(crate) const BATCH_ROWS: usize = 1 << 16;

/// A row longer than this, or with more fields, is no row of a table: usually a quote was never closed.
const LONGEST_ROW: usize = 1 << 20;
const MOST_FIELDS: usize = 4096;

/// Rows of one file: only the fields of declared columns, one after another.
pub(crate) struct Batch {
    pub(crate) file: usize,
    pub(crate) file_name: Arc<str>,
    /// Line and byte at which each row begins, and the lines that it takes.
    pub(crate) places: Vec<RowPlace>,
    /// Rows read, those that are at fault as a whole included.
    pub(crate) read: u64,
    pub(crate) rejects: Vec<Reject>,
    text: Vec<u8>,
    ends: Vec<usize>,
    columns: usize,
}

#[derive(Clone, Copy)]
pub(crate) struct RowPlace {
    pub(crate) line: u64,
    pub(crate) lines: u64,
    pub(crate) byte: u64,
}

impl Batch {
    fn new(file: usize, file_name: Arc<str>, columns: usize) -> Self {
        Self {
            file,
            file_name,
            places: Vec::new(),
            read: 0,
            rejects: Vec::new(),
            text: Vec::new(),
            ends: Vec::new(),
            columns,
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.places.len()
    }

    /// The field of a declared column, without blanks around it.
    pub(crate) fn field(&self, row: usize, column: usize) -> &[u8] {
        let index = row * self.columns + column;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        self.text[start..self.ends[index]].trim_ascii()
    }

    pub(crate) fn reject(&self, place: RowPlace, column: Option<Arc<str>>, reason: Code) -> Reject {
        let RowPlace { line, lines, byte } = place;
        Reject { file: Arc::clone(&self.file_name), line, lines, byte, column, reason }
    }

    fn push(&mut self, record: &csv::ByteRecord, fields: &[usize], place: RowPlace) {
        for &field in fields {
            self.text.extend_from_slice(record.get(field).unwrap_or_default());
            self.ends.push(self.text.len());
        }
        self.places.push(place);
    }
}

/// Reads one file batch by batch.
pub(crate) struct Rows {
    file: usize,
    name: Arc<str>,
    reader: CsvReader,
    record: csv::ByteRecord,
    fields: Vec<usize>,
    width: usize,
    /// SDMX dimensions that are not declared, and the one code that each may have.
    constants: Vec<(usize, String, Option<Vec<u8>>)>,
    pub(crate) fingerprint: Arc<Mutex<Fingerprint>>,
}

impl Rows {
    pub(crate) fn open(index: usize, file: &InputFile, delimiter: u8) -> Result<Self, Diagnostic> {
        let opened = csv_reader(&file.path, delimiter);
        let (mut reader, fingerprint) = opened.map_err(|error| unreadable(&file.name, &error))?;
        let mut record = csv::ByteRecord::new();
        reader.read_byte_record(&mut record).map_err(|error| unreadable(&file.name, &error.into()))?;
        let undeclared = file.header.undeclared.iter();
        Ok(Self {
            file: index,
            name: Arc::clone(&file.name),
            reader,
            record,
            fields: file.header.fields.clone(),
            width: file.header.width,
            constants: undeclared.map(|(field, name)| (*field, name.clone(), None)).collect(),
            fingerprint,
        })
    }

    /// The next batch; none at the end of the file.
    pub(crate) fn next_batch(&mut self) -> Result<Option<Batch>, Diagnostic> {
        let mut batch = Batch::new(self.file, Arc::clone(&self.name), self.fields.len());
        while batch.rows() < BATCH_ROWS && batch.rejects.len() < BATCH_ROWS {
            let more = self.reader.read_byte_record(&mut self.record);
            if !more.map_err(|error| unreadable(&self.name, &error.into()))? {
                break;
            }
            batch.read += 1;
            let place = self.place();
            match self.row_fault() {
                Some(reason) => batch.rejects.push(batch.reject(place, None, reason)),
                None => {
                    self.check_constants(place)?;
                    batch.push(&self.record, &self.fields, place);
                }
            }
        }
        Ok((batch.read > 0).then_some(batch))
    }

    fn place(&self) -> RowPlace {
        let (line, byte) = self.record.position().map_or((0, 0), |place| (place.line(), place.byte()));
        let lines = self.reader.position().line().saturating_sub(line).max(1);
        RowPlace { line, lines, byte }
    }

    fn row_fault(&self) -> Option<Code> {
        if self.record.as_slice().len() > LONGEST_ROW || self.record.len() > MOST_FIELDS {
            return Some(Code::RecordTooLong);
        }
        (self.record.len() != self.width).then_some(Code::UnequalLengths)
    }

    /// An undeclared SDMX dimension must have one code throughout, or cells of unlike meaning would be mixed.
    fn check_constants(&mut self, place: RowPlace) -> Result<(), Diagnostic> {
        for (field, name, constant) in &mut self.constants {
            let found = self.record.get(*field).unwrap_or_default();
            match constant {
                None => *constant = Some(found.to_vec()),
                Some(constant) if constant == found => {}
                Some(_) => {
                    let message = format!("the dimension `{name}` has several codes and is not declared");
                    return Err(Diagnostic::error(Code::UndeclaredDimension, message)
                        .in_file(&*self.name, Some(place.line))
                        .help(format!("declare a column with `from = \"{name}\"`")));
                }
            }
        }
        Ok(())
    }
}
