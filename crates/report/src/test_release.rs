//! Releases of one table, for tests.

#![allow(clippy::disallowed_methods, reason = "tests make files of their own")]

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::release::Release;

/// A release and its folder.
pub(crate) struct TestRelease {
    pub(crate) release: Release,
    _folder: TempDir,
}

impl TestRelease {
    /// A release of a table `t` in CSV: its columns as a header, the columns of its key, its rows.
    pub(crate) fn of(columns: &str, key: &[&str], rows: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fields: Vec<_> =
            columns.split(',').map(|name| json!({ "name": name, "type": "string" })).collect();
        let table = json!({ "path": "tables/t.csv", "schema": { "fields": fields, "primaryKey": key } });
        fs::create_dir(folder.path().join("tables")).unwrap();
        let lines: Vec<&str> = [columns].into_iter().chain(rows.iter().map(String::as_str)).collect();
        fs::write(folder.path().join("tables/t.csv"), lines.join("\n") + "\n").unwrap();
        let package = json!({ "resources": [table] }).to_string();
        fs::write(folder.path().join("datapackage.json"), package).unwrap();
        let manifest = json!({
            "pipeline": "p", "title": "T", "vintage": "1", "pipeline_sha256": "", "program": "", "inputs": [],
        });
        let release = Release::read(folder.path(), manifest.to_string().as_bytes()).unwrap();
        Self { release, _folder: folder }
    }
}
