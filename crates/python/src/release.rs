//! Releases that stand: their tables in other formats, what is different in one from another, and editions beside each other.

use std::path::{Path, PathBuf};

use denizen::{Language, TableFormat, Texts, editions_of};
use denizen_spec::{Code, Diagnostic};
use pyo3::prelude::*;

use crate::fault::{guarded, raised, raised_alone};
use crate::run::refused;
use crate::table::Table;

fn known(code: &str) -> PyResult<Language> {
    Language::of_code(code).ok_or_else(|| refused("language", "write `en`, `it` or `es`"))
}

/// Does something with releases, without the lock of the interpreter.
fn done<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, Diagnostic> + Send) -> PyResult<T> {
    let alone = |fault| {
        Box::new(denizen::Error { diagnostics: vec![fault], path: String::new(), text: String::new() })
    };
    py.detach(|| guarded(|| work().map_err(alone))).map_err(|error| raised(&error))
}

/// Writes the tables of a release in some formats into a folder, and gives the paths of the files there.
#[pyfunction]
pub(crate) fn export(
    py: Python<'_>,
    release: PathBuf,
    formats: Vec<String>,
    out: PathBuf,
    language: &str,
) -> PyResult<Vec<String>> {
    let language = known(language)?;
    let format = |name: &String| {
        let known = denizen_cli::exported_format(name);
        known.map_err(|message| refused("formats", &format!("`{name}`: {message}")))
    };
    let formats = formats.iter().map(format).collect::<PyResult<Vec<TableFormat>>>()?;
    if denizen_cli::lies_in_release(&out) {
        let fault = Diagnostic::error(Code::Unwritable, "the files would be written into a release");
        let help =
            "write elsewhere: the manifest names every file of a release, and none is changed afterwards";
        return Err(raised_alone(fault.help(help)));
    }
    done(py, || denizen::export(&release, &formats, language, &out))
}

/// What is different in a release from another one, as JSON. With `restricted`, lines of pipelines that are not published are told.
#[pyfunction]
pub(crate) fn diff(py: Python<'_>, old: PathBuf, new: PathBuf, restricted: bool) -> PyResult<String> {
    let texts = if restricted { Texts::Restricted } else { Texts::Public };
    let found = done(py, || denizen::difference(&old, &new, texts))?;
    serde_json::to_string(&found).map_err(|error| refused("difference", &error.to_string()))
}

/// A page of what is different, as HTML.
#[pyfunction]
pub(crate) fn diff_page(py: Python<'_>, old: PathBuf, new: PathBuf, language: &str) -> PyResult<String> {
    let language = known(language)?;
    done(py, || denizen::difference_page(&old, &new, language))
}

/// The editions of a product beside each other: JSON, and tables with their names.
#[pyfunction]
pub(crate) fn vintages(py: Python<'_>, folders: Vec<PathBuf>) -> PyResult<(String, Vec<(String, Table)>)> {
    let found = done(py, || {
        let mut releases: Vec<PathBuf> = Vec::new();
        for folder in &folders {
            releases.extend(editions_of(folder)?);
        }
        let releases: Vec<&Path> = releases.iter().map(PathBuf::as_path).collect();
        let found = denizen::vintages(&releases)?;
        let mut tables = Vec::new();
        for table in &found.tables {
            let mut batches = Vec::new();
            denizen::triangle(&releases, table, &mut |sheet| {
                batches.push(sheet.batch()?);
                Ok(())
            })?;
            tables.extend(Table::of_batches(batches).map(|batches| (format!("{table}_triangle"), batches)));
        }
        tables.push((found.sheet.name.clone(), Table::of(found.sheet.batch()?)));
        Ok((found, tables))
    });
    let (found, tables) = found?;
    let text = serde_json::to_string(&found).map_err(|error| refused("vintages", &error.to_string()))?;
    Ok((text, tables))
}
