//! Tables of weights: `split = "FILE.csv"` of a column of cells.

use std::collections::BTreeMap;
use std::path::Path;

use denizen_spec::{Code, CodeKind, Codelist, Column, Diagnostic, Path as Setting, Source, WHOLE, Weights};

use crate::code_mapping::list_of;
use crate::number::DecimalFormat;
use crate::small_table::SmallTable;

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
    let table = SmallTable::read(project, file, ("table of weights", Code::Weights), setting)?;
    if table.names != COLUMNS {
        let help = format!("write {}", COLUMNS.join(","));
        return Err(table.fault("the columns are not as expected", Some(1)).help(help));
    }
    let mut parts: BTreeMap<String, Vec<(String, i128)>> = BTreeMap::new();
    for (record, line) in table.rows() {
        let [from, to, weight, source] = [0, 1, 2, 3].map(|index| record[index].trim().to_owned());
        let weight = checked([&from, &to, &weight, &source], column, list);
        let weight = weight.map_err(|message| table.fault(message, line))?;
        let of_code = parts.entry(from.clone()).or_default();
        if from == to || of_code.iter().any(|(known, _)| *known == to) {
            return Err(table.fault(format!("`{from}` goes to `{to}` twice, or to itself"), line));
        }
        of_code.push((to, weight));
    }
    let sum = |parts: &[(String, i128)]| parts.iter().map(|(_, weight)| weight).sum::<i128>();
    if let Some((from, _)) = parts.iter().find(|(_, parts)| sum(parts) != WHOLE) {
        return Err(table.fault(format!("the weights of `{from}` do not add up to 1"), None));
    }
    if let Some(to) = parts.values().flatten().map(|(to, _)| to).find(|to| parts.contains_key(*to)) {
        return Err(table.fault(format!("`{to}` follows a code and is divided itself"), None));
    }
    Ok(Weights { column: column.name.clone(), file: (file.to_owned(), table.sha256), parts })
}

/// The weight of a row, or what is wrong with it.
fn checked(
    [from, to, weight, source]: [&str; 4],
    column: &Column,
    list: Option<&Codelist>,
) -> Result<i128, String> {
    if let Some(code) = [from, to].into_iter().find(|code| !is_code(code, list)) {
        return Err(format!("`{code}` is no code of one thing in the list of `{}`", column.name));
    }
    let weight = DecimalFormat { scale: 9, mark: b'.' }.parse(weight.as_bytes()).map(i128::from);
    let weight = weight.filter(|weight| (0..=WHOLE).contains(weight));
    let weight = weight.ok_or("a weight is a number from 0 to 1 with nine decimals at most")?;
    if source.is_empty() { Err("a weight needs its source".to_owned()) } else { Ok(weight) }
}

/// Whether a code is that of one thing; where there is no list, nothing says otherwise.
fn is_code(code: &str, list: Option<&Codelist>) -> bool {
    let Some(list) = list else { return !code.is_empty() };
    match list.entries.get(code).map(|entry| entry.kind) {
        Some(CodeKind::Detail | CodeKind::Residual) => true,
        Some(CodeKind::Aggregate | CodeKind::Total) | None => false,
    }
}
