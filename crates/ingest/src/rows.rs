//! Files become batches of rows: cut into fields, not yet decoded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use denizen_spec::{Code, Diagnostic};

use crate::files::{InputFile, unreadable};
use crate::reject::Reject;
use crate::tokens::{Fingerprint, Row, RowPlace, Tokens};

/// Rows of a batch: large enough that the work on a batch outweighs its overhead, small enough for any memory.
pub(crate) const BATCH_ROWS: usize = 1 << 16;

/// Bytes after which a batch ends earlier, so that long rows do not make it large.
const BATCH_BYTES: usize = 1 << 26;

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

    fn push(&mut self, row: &Row, fields: &[usize]) {
        for &field in fields {
            self.text.extend_from_slice(row.field(field));
            self.ends.push(self.text.len());
        }
        self.places.push(row.place);
    }

    fn is_full(&self) -> bool {
        self.rows() >= BATCH_ROWS || self.rejects.len() >= BATCH_ROWS || self.text.len() >= BATCH_BYTES
    }
}

/// Reads one file batch by batch.
pub(crate) struct Rows {
    file: usize,
    name: Arc<str>,
    tokens: Tokens,
    fields: Vec<usize>,
    width: usize,
    /// SDMX dimensions that are not declared, and the one code that each may have.
    constants: Vec<Constant>,
    pub(crate) fingerprint: Arc<Mutex<Fingerprint>>,
}

/// Undeclared SDMX dimensions and the one code that each has.
pub(crate) type Constants = BTreeMap<String, Vec<u8>>;

/// An undeclared SDMX dimension: its field, its name, and its one code once that is known.
type Constant = (usize, String, Option<Vec<u8>>);

impl Rows {
    pub(crate) fn open(
        index: usize,
        file: &InputFile,
        delimiter: u8,
        known: &Constants,
    ) -> Result<Self, Diagnostic> {
        let opened = Tokens::open(&file.path, delimiter);
        let (mut tokens, fingerprint) = opened.map_err(|error| unreadable(&file.name, &error))?;
        tokens.next_row().map_err(|error| unreadable(&file.name, &error))?;
        let undeclared = file.header.undeclared.iter();
        let constant = |(field, name): &(usize, String)| (*field, name.clone(), known.get(name).cloned());
        Ok(Self {
            file: index,
            name: Arc::clone(&file.name),
            tokens,
            fields: file.header.fields.clone(),
            width: file.header.width,
            constants: undeclared.map(constant).collect(),
            fingerprint,
        })
    }

    /// The codes of the undeclared dimensions, as far as they are known.
    pub(crate) fn constants(&self) -> Constants {
        let known = self.constants.iter().filter_map(|(_, name, code)| Some((name.clone(), code.clone()?)));
        known.collect()
    }

    /// The next batch; none at the end of the file.
    pub(crate) fn next_batch(&mut self) -> Result<Option<Batch>, Diagnostic> {
        let mut batch = Batch::new(self.file, Arc::clone(&self.name), self.fields.len());
        while !batch.is_full() {
            let row = self.tokens.next_row().map_err(|error| unreadable(&self.name, &error))?;
            let Some(row) = row else { break };
            batch.read += 1;
            match row_fault(row, self.width) {
                Some(reason) => batch.rejects.push(batch.reject(row.place, None, reason)),
                None => {
                    check_constants(&mut self.constants, row, &self.name)?;
                    batch.push(row, &self.fields);
                }
            }
        }
        Ok((batch.read > 0).then_some(batch))
    }
}

fn row_fault(row: &Row, width: usize) -> Option<Code> {
    row.fault.or((row.len() != width).then_some(Code::UnequalLengths))
}

/// An undeclared SDMX dimension must have one code throughout, or cells of unlike meaning would be mixed.
fn check_constants(constants: &mut [Constant], row: &Row, file: &str) -> Result<(), Diagnostic> {
    for (field, name, constant) in constants {
        let found = row.field(*field);
        match constant {
            None => *constant = Some(found.to_vec()),
            Some(constant) if constant == found => {}
            Some(_) => {
                let message = format!("the dimension `{name}` has several codes and is not declared");
                return Err(Diagnostic::error(Code::UndeclaredDimension, message)
                    .in_file(file, Some(row.place.line))
                    .help(format!("declare a column with `from = \"{name}\"`")));
            }
        }
    }
    Ok(())
}
