//! `manifest.json`: what went in, what each stage did, what came out. No wall clock, no absolute path.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use denizen_spec::{
    CheckOutcome, CheckReport, Diagnostic, Disclosure, FileProfile, FileReport, Previous, RecordedInput,
    SourceKind, SourceReport, StepReport, Translations, WeightReport,
};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::export::{RejectReasons, files_under, sha256, unwritable};

/// What a release is and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Provenance {
    /// Name of the pipeline file.
    pub pipeline: String,
    /// Title of the product.
    pub title: String,
    /// What it shows.
    pub description: Option<String>,
    /// The title in other languages.
    #[serde(skip_serializing_if = "Translations::is_empty")]
    pub titles: Translations,
    /// The description in other languages.
    #[serde(skip_serializing_if = "Translations::is_empty")]
    pub descriptions: Translations,
    /// Edition.
    pub vintage: String,
    /// The agency that maintains the structures of SDMX, where the pipeline names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Whether any input is synthetic: then no figure is about real persons.
    pub synthetic: bool,
    /// How small counts of persons are protected, where the pipeline says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Disclosure>,
    /// SHA-256 of the pipeline file.
    pub pipeline_sha256: String,
    /// Whether its text is published.
    pub pipeline_is_public: bool,
    /// Its text.
    #[serde(skip)]
    pub declaration: Declaration,
    /// The release that this one follows, once both have been compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// Version of the program.
    pub program: String,
    /// Into how many parts the persons are divided, where there are several: then records stand in files by part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<NonZeroU32>,
}

/// The text of a pipeline, as a release keeps it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Declaration {
    /// The name of the file: `pipeline.toml`, or `pipeline.json` where a program has built it.
    pub file: &'static str,
    /// What it holds.
    pub text: String,
}

impl Provenance {
    /// Whether exact counts must not be told outside the restricted half of the release.
    pub(crate) fn hides_counts(&self) -> bool {
        self.disclosure.as_ref().is_some_and(Disclosure::hides_counts)
    }
}

/// An input file and its rows, as the manifest tells of it. Where counts are hidden, it tells neither rows nor size, from
/// which two editions would give away a row more.
#[derive(Serialize)]
struct Input<'a> {
    source: &'a str,
    file: &'a str,
    /// The variant of the source that read it; only where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    sha256: &'a str,
    /// Only where it is packed.
    #[serde(skip_serializing_if = "Option::is_none")]
    packed: Option<&'a str>,
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    titles: Option<&'a Translations>,
    producer: Option<&'a str>,
    origin: Option<&'a str>,
    licence: Option<&'a str>,
    retrieved: Option<String>,
    /// The encoding that was found, where the source asks for that; with the evidence, which counts characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'a str>,
    #[serde(flatten)]
    rows: Option<FileRows>,
    /// What it held, where that is public as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a FileProfile>,
}

#[derive(Serialize)]
struct FileRows {
    read: u64,
    accepted: u64,
    rejected: u64,
    excluded: u64,
    /// Why rows were rejected, where some were: error codes and rows.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    rejected_for: BTreeMap<&'static str, u64>,
    /// Of the excluded, those that say nothing; only where there are some.
    #[serde(skip_serializing_if = "is_zero")]
    blank: u64,
    /// Of the accepted, those that do not state a field which could not be read.
    #[serde(skip_serializing_if = "is_zero")]
    incomplete: u64,
    /// Numbers that a declared sum proves to be others than what is written.
    #[serde(skip_serializing_if = "is_zero")]
    repaired_numbers: u64,
    /// Dates that say their year only, or their year and month.
    #[serde(skip_serializing_if = "is_zero")]
    partial_dates: u64,
    /// For how many the accepted rows stand, where a column says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<WeightReport>,
}

impl<'a> Input<'a> {
    fn new(source: &'a SourceReport, file: &'a FileReport, reasons: &RejectReasons, told: Told) -> Self {
        let counts = told.counts;
        let rows = FileRows {
            read: file.read,
            accepted: file.accepted,
            rejected: file.rejected,
            excluded: file.excluded,
            rejected_for: reasons.of(&source.name, &file.name),
            blank: file.blank,
            incomplete: file.incomplete,
            repaired_numbers: file.repaired,
            partial_dates: file.in_part,
            weight: file.weight,
        };
        let snapshot = file.snapshot.as_ref();
        let label = |text: &'a str| text.split_once(": ").map_or(text, |(label, _)| label);
        let encoding = file.encoding.as_deref();
        Self {
            source: &source.name,
            file: &file.name,
            variant: file.variant.as_deref(),
            bytes: Some(file.bytes).filter(|_| counts),
            sha256: &file.sha256,
            packed: file.packed.as_deref(),
            title: snapshot.map(|snapshot| snapshot.title.as_str()),
            titles: snapshot.map(|snapshot| &snapshot.titles).filter(|titles| !titles.is_empty()),
            producer: snapshot.map(|snapshot| snapshot.producer.as_str()),
            origin: snapshot.map(|snapshot| snapshot.origin.as_str()),
            licence: snapshot.map(|snapshot| snapshot.licence.as_str()),
            retrieved: snapshot.map(|snapshot| snapshot.retrieved.to_string()),
            encoding: if counts { encoding } else { encoding.map(label) },
            rows: Some(rows).filter(|_| counts),
            profile: Some(&file.profile).filter(|_| told.profiles && source.kind == SourceKind::Cells),
        }
    }
}

/// How much the manifest tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// Rows, and the files of the restricted half, whose size tells of them.
    pub(crate) counts: bool,
    /// What files of published cells held.
    pub(crate) profiles: bool,
}

/// What files held of which the manifest does not tell it: codes and ranges of few persons may give somebody away. None where
/// there are no such files.
pub(crate) fn restricted_inputs(sources: &[SourceReport], are_cells_told: bool) -> Option<Vec<u8>> {
    let is_told = |source: &SourceReport| are_cells_told && source.kind == SourceKind::Cells;
    let inputs: Vec<RecordedInput> = sources
        .iter()
        .filter(|source| !is_told(source))
        .flat_map(|source| source.files.iter().map(|file| recorded(source, file)))
        .collect();
    (!inputs.is_empty()).then(|| pretty(&RestrictedInputs { inputs }))
}

#[derive(Serialize)]
struct RestrictedInputs {
    inputs: Vec<RecordedInput>,
}

fn recorded(source: &SourceReport, file: &FileReport) -> RecordedInput {
    RecordedInput {
        source: source.name.clone(),
        file: file.name.to_string(),
        sha256: file.sha256.clone(),
        variant: file.variant.clone(),
        packed: file.packed.clone(),
        profile: Some(file.profile.clone()),
    }
}

/// A file that decides how inputs are read or compared: a code list, a table of published figures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ManifestReference {
    /// Its name.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// A check, as the manifest tells of it.
#[derive(Serialize)]
struct SourceCheck<'a> {
    source: &'a str,
    name: &'a str,
    outcome: CheckOutcome,
    #[serde(flatten)]
    rows: Option<CheckedCounts>,
}

#[derive(Serialize)]
struct CheckedCounts {
    passed: u64,
    failed: u64,
    not_checked: u64,
}

impl<'a> SourceCheck<'a> {
    fn new(source: &'a str, check: &'a CheckReport, counts: bool) -> Self {
        let CheckReport { passed, failed, not_checked, .. } = *check;
        let rows = counts.then_some(CheckedCounts { passed, failed, not_checked });
        Self { source, name: &check.name, outcome: check.outcome, rows }
    }
}

/// A step, as the manifest tells of it.
#[derive(Serialize)]
struct Stage<'a> {
    source: &'a str,
    operation: &'a str,
    #[serde(flatten)]
    rows: Option<StageRows>,
}

/// What one step did with the rows of a source.
#[derive(Serialize)]
struct StageRows {
    read: u64,
    accepted: u64,
    excluded: u64,
    /// Only where a step makes rows: most do not.
    #[serde(skip_serializing_if = "is_zero")]
    made: u64,
    #[serde(skip_serializing_if = "Map::is_empty")]
    counts: Map<String, Value>,
}

impl<'a> Stage<'a> {
    fn new(source: &'a str, step: &'a StepReport, counts: bool) -> Self {
        Self { source, operation: &step.operation, rows: counts.then(|| StageRows::new(step)) }
    }
}

impl StageRows {
    fn new(step: &StepReport) -> Self {
        Self {
            read: step.read,
            // Whoever reports more rows taken out than there were has been stopped before.
            accepted: step.accepted().unwrap_or_default(),
            excluded: step.excluded,
            made: step.made,
            counts: step.counts.iter().map(|(name, count)| (name.clone(), (*count).into())).collect(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
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
    inputs: Vec<Input<'a>>,
    references: &'a [ManifestReference],
    stages: Vec<Stage<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<SourceCheck<'a>>,
    outputs: Vec<&'a Output>,
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

/// The manifest.
pub(crate) fn manifest(
    provenance: &Provenance,
    (sources, reasons): (&[SourceReport], &RejectReasons),
    references: &[ManifestReference],
    outputs: &[Output],
    told: Told,
) -> Vec<u8> {
    let counts = told.counts;
    let files = sources
        .iter()
        .flat_map(|source| source.files.iter().map(|file| Input::new(source, file, reasons, told)));
    let steps = sources
        .iter()
        .flat_map(|source| source.steps.iter().map(|step| Stage::new(&source.name, step, counts)));
    let outputs = outputs.iter().filter(|output| counts || output.file.starts_with("public/")).collect();
    let (inputs, stages) = (files.collect(), steps.collect());
    let checks = sources
        .iter()
        .flat_map(|source| source.checks.iter().map(|check| SourceCheck::new(&source.name, check, counts)));
    let checks = checks.collect();
    pretty(&Manifest { provenance, inputs, references, stages, checks, outputs })
}

/// JSON with a final newline. Serialising plain structures into memory cannot fail.
pub(crate) fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("maps with text keys, numbers and text only");
    text.push(b'\n');
    text
}
