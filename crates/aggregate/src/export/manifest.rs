//! `manifest.json`: what went in, what each stage did, what came out. No wall clock, no absolute path.

use std::path::Path;

use denizen_spec::Diagnostic;
use rayon::prelude::*;
use serde::Serialize;

use crate::export::{files_under, sha256, unwritable};

/// What a release is and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Provenance {
    /// Name of the pipeline file.
    pub pipeline: String,
    /// Title of the product.
    pub title: String,
    /// What it shows.
    pub description: Option<String>,
    /// Edition.
    pub vintage: String,
    /// Whether any input is synthetic: then no figure is about real persons.
    pub synthetic: bool,
    /// SHA-256 of the pipeline file.
    pub pipeline_sha256: String,
    /// Version of the program.
    pub program: String,
}

/// An input file and its rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ManifestInput {
    /// Name of the source.
    pub source: String,
    /// The file.
    pub file: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// What its sidecar says it is.
    pub title: Option<String>,
    /// Who made it.
    pub producer: Option<String>,
    /// Where it was got from.
    pub origin: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// When it was got.
    pub retrieved: Option<String>,
    /// Rows below the header.
    pub read: u64,
    /// Rows that got in.
    pub accepted: u64,
    /// Rows that did not, each of them in `rejects.parquet`.
    pub rejected: u64,
    /// Rows left out by rule.
    pub excluded: u64,
}

/// A file that decides how inputs are read or compared: a code list, a table of published figures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ManifestReference {
    /// Its name.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// What one stage did with the rows of a source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ManifestStage {
    /// Name of the source.
    pub source: String,
    /// Name of the operation.
    pub operation: String,
    /// Rows that came in.
    pub read: u64,
    /// Rows that went on.
    pub accepted: u64,
    /// Rows taken out.
    pub excluded: u64,
    /// What else was counted.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub counts: serde_json::Map<String, serde_json::Value>,
}

/// A file of the release.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Output {
    /// Its path in the release.
    pub file: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

#[derive(Serialize)]
struct Manifest<'a> {
    #[serde(flatten)]
    provenance: &'a Provenance,
    inputs: &'a [ManifestInput],
    references: &'a [ManifestReference],
    stages: &'a [ManifestStage],
    outputs: &'a [Output],
}

/// The files of a staged release, sorted by path.
pub(crate) fn outputs(staging: &Path) -> Result<Vec<Output>, Diagnostic> {
    let attempt = || -> std::io::Result<Vec<Output>> {
        let output = |path: std::path::PathBuf| {
            let file = path.strip_prefix(staging).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            Ok(Output { file, bytes: std::fs::metadata(&path)?.len(), sha256: sha256(&path)? })
        };
        files_under(staging)?.into_par_iter().map(output).collect()
    };
    attempt().map_err(|error| unwritable(staging, error))
}

pub(crate) fn manifest(
    provenance: &Provenance,
    inputs: &[ManifestInput],
    references: &[ManifestReference],
    stages: &[ManifestStage],
    outputs: &[Output],
) -> Vec<u8> {
    pretty(&Manifest { provenance, inputs, references, stages, outputs })
}

/// JSON with a final newline. Serialising plain structures into memory cannot fail.
pub(crate) fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("maps with text keys, numbers and text only");
    text.push(b'\n');
    text
}
