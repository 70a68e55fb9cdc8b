//! Small tables of a project, in CSV with a comma: files of codes, tables of weights.

use std::path::Path;

use csv::StringRecord;
use denizen_spec::{Code, Diagnostic, Path as Setting};

use crate::input::{PROJECT_FILE_LIMIT, read_file};

/// Such a table, which is read as a whole.
pub(crate) struct SmallTable<'a> {
    file: &'a str,
    /// The page of what is wrong with it.
    code: Code,
    /// The names of its columns.
    pub(crate) names: Vec<String>,
    /// Its rows, each with its line.
    rows: Vec<(StringRecord, Option<u64>)>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub(crate) sha256: String,
}

/// What to do with a small table whose fields something else separates.
pub(crate) const WITH_COMMAS: &str = "write it with commas: spreadsheet programs offer \"CSV UTF-8, delimited by commas\", and R has `write.csv`";

/// What is wrong where the fields of a header are separated by something else than a comma. No name of such a table has one of
/// these in it.
pub(crate) fn other_delimiter(names: &[String]) -> Option<String> {
    let first = names.first()?;
    let found = [';', '\t', '|'].into_iter().find(|delimiter| first.contains(*delimiter))?;
    let shown = if found == '\t' { "a tab".to_owned() } else { format!("`{found}`") };
    Some(format!("its fields are separated by {shown}, and those of this file must be by commas"))
}

impl<'a> SmallTable<'a> {
    /// Reads a file of the project that a setting names; `what` is what messages call it.
    pub(crate) fn read(
        project: &Path,
        file: &'a str,
        (what, code): (&str, Code),
        setting: Setting,
    ) -> Result<Self, Diagnostic> {
        let bytes = read_file(&project.join(file), PROJECT_FILE_LIMIT).map_err(|error| {
            Diagnostic::error(code, format!("the {what} `{file}` cannot be read"))
                .at(setting, "not a readable file: its path begins at the folder of the project")
                .note(error.to_string())
        })?;
        let mut table =
            Self { file, code, names: Vec::new(), rows: Vec::new(), sha256: crate::sha256(&bytes) };
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().map_err(|error| table.fault(error.to_string(), Some(1)))?;
        // A spreadsheet program writes a byte-order mark before the first name.
        table.names = header.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
        if let Some(message) = other_delimiter(&table.names) {
            return Err(table.fault(message, Some(1)).help(WITH_COMMAS));
        }
        for record in reader.records() {
            let record = record.map_err(|error| {
                let line = error.position().map(csv::Position::line);
                table.fault("a row cannot be read", line).note(error.to_string())
            })?;
            let line = record.position().map(csv::Position::line);
            table.rows.push((record, line));
        }
        Ok(table)
    }

    /// Where a column stands.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|found| found == name)
    }

    /// The rows, each with its line.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&StringRecord, Option<u64>)> {
        self.rows.iter().map(|(record, line)| (record, *line))
    }

    /// Something that is wrong in a line of it.
    pub(crate) fn fault(&self, message: impl Into<String>, line: Option<u64>) -> Diagnostic {
        Diagnostic::error(self.code, message).in_file(self.file, line)
    }
}
