//! What is wrong with a pipeline file, without reading data beyond headers.

use std::path::PathBuf;

use denizen::Project;
use pyo3::prelude::*;

use crate::fault::{as_json, guarded};

/// Faults and warnings of a pipeline as JSON: they are the answer, and no exception.
#[pyfunction]
pub(crate) fn check(py: Python<'_>, pipeline: PathBuf, sources: Vec<(String, String)>) -> String {
    py.detach(|| match guarded(|| Project::open(&pipeline, &sources)) {
        Ok(project) => {
            let (path, text) = project.file();
            as_json(&project.pipeline().warnings(), &path, text)
        }
        Err(error) => as_json(&error.diagnostics, &error.path, &error.text),
    })
}
