//! Tables of weights: `split = "FILE.csv"` of a column of cells.

use std::collections::BTreeMap;
use std::path::Path;

use denizen_spec::{Code, CodeKind, Codelist, Column, Diagnostic, Path as Setting, Source, WHOLE, Weights};

use crate::code_mapping::list_of;
use crate::input::{PROJECT_FILE_LIMIT, read_file};
use crate::number::DecimalFormat;

/// The columns of such a file.
const COLUMNS: [&str; 4] = ["from", "to", "weight", "source"];

/// The weights of all columns of a source that are divided.
pub(crate) fn weights_of(
    source: &Source,
    lists: &[Codelist],
    project: &Path,
) -> Result<Vec<Weights>, Vec<Diagnostic>> {
    let mut all = Vec::new();
    let mut faults = Vec::new();
    for column in &source.columns {
        let Some(file) = &column.split else { continue };
        let setting = Setting::source(&source.name).column(&column.name).field("split");
        match read(file, column, list_of(column, lists), project, setting) {
            Ok(weights) => all.push(weights),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

fn read(
    file: &str,
    column: &Column,
    list: Option<&Codelist>,
    project: &Path,
    setting: Setting,
) -> Result<Weights, Diagnostic> {
    let bytes = read_file(&project.join(file), PROJECT_FILE_LIMIT).map_err(|error| {
        Diagnostic::error(Code::Weights, format!("the table of weights `{file}` cannot be read"))
            .at(setting, "not a readable file of the project")
            .note(error.to_string())
    })?;
    let fault = |message: String, line| Diagnostic::error(Code::Weights, message).in_file(file, line);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().map_err(|error| fault(error.to_string(), Some(1)))?;
    if header.iter().map(|name| name.trim_start_matches('\u{feff}')).ne(COLUMNS) {
        let help = format!("write {}", COLUMNS.join(","));
        return Err(fault("the columns are not as expected".to_owned(), Some(1)).help(help));
    }
    let format = DecimalFormat { scale: 9, mark: b'.' };
    let mut parts: BTreeMap<String, Vec<(String, i128)>> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map(csv::Position::line);
            fault("a row cannot be read".to_owned(), line).note(error.to_string())
        })?;
        let line = record.position().map(csv::Position::line);
        let [from, to, weight, source] = [0, 1, 2, 3].map(|index| record[index].trim().to_owned());
        let known = [&from, &to].into_iter().find(|code| !is_code(code, list));
        if let Some(code) = known {
            return Err(fault(
                format!("`{code}` is no code of one thing in the list of `{}`", column.name),
                line,
            ));
        }
        let weight = format.parse(weight.as_bytes()).map(i128::from);
        let Some(weight) = weight.filter(|weight| (0..=WHOLE).contains(weight)) else {
            return Err(fault(
                "a weight is a number from 0 to 1 with nine decimals at most".to_owned(),
                line,
            ));
        };
        if source.is_empty() {
            return Err(fault("a weight needs its source".to_owned(), line));
        }
        let of_code = parts.entry(from.clone()).or_default();
        if from == to || of_code.iter().any(|(known, _)| *known == to) {
            return Err(fault(format!("`{from}` goes to `{to}` twice, or to itself"), line));
        }
        of_code.push((to, weight));
    }
    let sum = |parts: &[(String, i128)]| parts.iter().map(|(_, weight)| weight).sum::<i128>();
    if let Some((from, _)) = parts.iter().find(|(_, parts)| sum(parts) != WHOLE) {
        return Err(fault(format!("the weights of `{from}` do not add up to 1"), None));
    }
    if let Some(to) = parts.values().flatten().map(|(to, _)| to).find(|to| parts.contains_key(*to)) {
        return Err(fault(format!("`{to}` follows a code and is divided itself"), None));
    }
    Ok(Weights { column: column.name.clone(), file: (file.to_owned(), crate::sha256(&bytes)), parts })
}

/// Whether a code is that of one thing; where there is no list, nothing says otherwise.
fn is_code(code: &str, list: Option<&Codelist>) -> bool {
    let Some(list) = list else { return !code.is_empty() };
    match list.entries.get(code).map(|entry| entry.kind) {
        Some(CodeKind::Detail | CodeKind::Residual) => true,
        Some(CodeKind::Aggregate | CodeKind::Total) | None => false,
    }
}
