//! Files of codes: `codes = "FILE.csv"` of a column, such as `denizen codes` writes and somebody has finished.

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;
use denizen_spec::{Code, Diagnostic, Path as Setting, Source};

use crate::small_table::SmallTable;

/// The columns of such a file as they are written. It is read by `value` and `code`; `source` and `column`, where they are
/// there, say whose row it is.
pub const CODES_COLUMNS: [&str; 8] =
    ["source", "column", "value", "rows", "code", "proposal", "proposal_label", "why"];

/// Adds to the columns of a source the codes of the files that they name. Texts of the pipeline itself come first and
/// decide. What is returned are the files, each with its SHA-256 in hexadecimal.
///
/// # Errors
///
/// When a file cannot be read, lacks a column, or gives a text two codes.
pub fn add_codes_of_files(
    source: &mut Source,
    project: &Path,
) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
    let mut files = Vec::new();
    let mut faults = Vec::new();
    let name = source.name.clone();
    for column in &mut source.columns {
        let Some(file) = &column.codes_file else { continue };
        let setting = Setting::source(&name).column(&column.name).field("codes");
        match read(project, file, (&name, &column.name), setting) {
            Ok((codes, sha256)) => {
                let declared = std::mem::take(&mut column.codes);
                let is_new = |text: &String| !declared.iter().any(|(known, _)| known == text);
                let more: Vec<_> = codes.into_iter().filter(|(text, _)| is_new(text)).collect();
                column.codes = declared.into_iter().chain(more).collect();
                files.push((file.clone(), sha256));
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// The codes that a file gives to the texts of one column, and its hash.
fn read(
    project: &Path,
    file: &str,
    (source, column): (&str, &str),
    setting: Setting,
) -> Result<(BTreeMap<String, String>, String), Diagnostic> {
    let table = SmallTable::read(project, file, ("file of codes", Code::CodesFile), setting)?;
    let (Some(value), Some(code)) = (table.index("value"), table.index("code")) else {
        let help = format!("`denizen codes` writes {}", CODES_COLUMNS.join(","));
        return Err(table.fault("a file of codes has the columns `value` and `code`", Some(1)).help(help));
    };
    let is_of = |record: &StringRecord, name: &str, wanted: &str| {
        table.index(name).and_then(|index| record.get(index)).is_none_or(|found| found == wanted)
    };
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    for (record, line) in table.rows() {
        let (text, ours) = (record[value].to_owned(), record[code].trim().to_owned());
        if ours.is_empty() || !is_of(record, "source", source) || !is_of(record, "column", column) {
            continue;
        }
        if codes.get(&text).is_some_and(|known| *known != ours) {
            return Err(table.fault(format!("`{text}` has two codes"), line));
        }
        codes.insert(text, ours);
    }
    Ok((codes, table.sha256))
}
