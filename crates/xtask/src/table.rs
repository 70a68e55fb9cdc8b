//! A small table of texts: every table of the reference is one, and so is every table of facts.

use std::path::Path;

/// A CSV file with a header: UTF-8, LF, rows sorted by the bytes of their fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// What went wrong, for the person at the terminal.
pub(crate) type Fault = String;

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|name| (*name).to_owned()).collect(), rows: Vec::new() }
    }

    /// # Errors
    /// The file is missing, or it is not a CSV file with a header and rows of equal length.
    pub(crate) fn read(path: &Path) -> Result<Self, Fault> {
        Self::parse(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, csv::Error> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers()?.iter().map(str::to_owned).collect();
        let texts = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
        let rows = reader.records().map(|record| record.map(texts)).collect::<Result<_, _>>()?;
        Ok(Self { header, rows })
    }

    /// The rows, with the named columns of each, in the order of the names.
    ///
    /// # Errors
    /// A column is missing.
    pub(crate) fn columns<const N: usize>(&self, names: [&str; N]) -> Result<Vec<[&str; N]>, Fault> {
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(names) {
            let found = self.header.iter().position(|column| column == name);
            *place = found.ok_or_else(|| format!("no column `{name}` in {}", self.header.join(",")))?;
        }
        Ok(self.rows.iter().map(|row| places.map(|place| row[place].as_str())).collect())
    }

    pub(crate) fn push<const N: usize>(&mut self, row: [&str; N]) {
        assert_eq!(N, self.header.len(), "a row of {N} fields under {:?}", self.header);
        self.rows.push(row.map(str::to_owned).to_vec());
    }

    /// The file: sorted, each row once.
    pub(crate) fn to_csv(&self) -> Result<String, Fault> {
        let mut rows = self.rows.clone();
        rows.sort();
        rows.dedup();
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        let written = std::iter::once(&self.header).chain(&rows).try_for_each(|row| writer.write_record(row));
        written.map_err(|error| error.to_string())?;
        let bytes = writer.into_inner().map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|error| error.to_string())
    }
}

#[expect(clippy::disallowed_methods, reason = "a tool of the repository, no part of a run")]
pub(crate) fn read(path: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The text of a file of ISTAT's, which is in Windows-1252 and has semicolons between its fields.
pub(crate) fn read_istat(path: &Path) -> Result<Vec<csv::StringRecord>, Fault> {
    let bytes = read_bytes(path)?;
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.delimiter(b';').has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().collect::<Result<_, _>>().map_err(|error| format!("{}: {error}", path.display()))
}

#[expect(clippy::disallowed_methods, reason = "a tool of the repository, no part of a run")]
fn read_bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_by_bytes_and_stand_once() {
        let mut table = Table::new(&["code", "label"]);
        for row in [["_S", "Stateless"], ["ZW", "a, b"], ["AD", "Andorra"], ["AD", "Andorra"]] {
            table.push(row);
        }
        let csv = table.to_csv().unwrap();
        assert_eq!(csv, "code,label\nAD,Andorra\nZW,\"a, b\"\n_S,Stateless\n");
        assert_eq!(Table::parse(&csv).unwrap().columns(["label"]).unwrap()[0], ["Andorra"]);
    }
}
