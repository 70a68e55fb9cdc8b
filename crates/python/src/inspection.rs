//! What unknown files are.

use std::path::PathBuf;

use denizen::Inspection;
use pyo3::prelude::*;
use serde_json::json;

use crate::fault::{as_json, guarded, raised};

/// The sources that are proposed for some files, and what nothing can be proposed for, as JSON.
#[pyfunction]
pub(crate) fn inspect(
    py: Python<'_>,
    files: Vec<PathBuf>,
    project: PathBuf,
    name: &str,
) -> PyResult<(String, String)> {
    let found = py.detach(|| guarded(|| Ok(Inspection::of(&files, &project, name))));
    let Inspection { sources, refused } = found.map_err(|error| raised(&error))?;
    let sources = sources.iter().map(|source| {
        json!({
            "name": source.name,
            "text": source.text,
            "table": source.table,
            "has_personal_columns": source.has_personal_columns,
            "reads": source.trial.is_success(),
            "accepted": source.trial.accepted,
        })
    });
    Ok((sources.collect::<serde_json::Value>().to_string(), as_json(&refused, "", "")))
}
