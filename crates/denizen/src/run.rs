//! The whole way from raw files to a release.

use std::path::{Path, PathBuf};

use denizen_ingest::Key;
use denizen_spec::{Code, Diagnostic, Previous, SourceReport};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::assembly::Assembly;
use crate::observer::{Cancel, Observer};
use crate::project::Project;
use crate::records::Limits;
use crate::unchanged::Observed;

/// One run: a project, and how it is to be carried out.
///
/// ```no_run
/// use std::path::Path;
///
/// use denizen::{Cancel, Observer, Project, Run, Stage};
///
/// /// Tells what is being done.
/// struct Names;
///
/// impl Observer for Names {
///     fn stage(&self, stage: &Stage<'_>) -> Box<dyn denizen::Progress + '_> {
///         println!("{}", stage.name);
///         Box::new(())
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let project = Project::open(Path::new("pipelines/peru-1990-2007.toml"), &[])?;
/// let cancel = Cancel::default();
/// let release = Run { observer: &Names, ..Run::new(project, &cancel) }.release(Path::new("releases"))?;
/// for table in &release.report.tables {
///     println!("{}: {} rows", table.name, table.rows);
/// }
/// println!("{}", release.path.display());
/// # Ok(())
/// # }
/// ```
pub struct Run<'a> {
    /// What is to be made.
    pub project: Project,
    /// Turns identifiers of persons into pseudonyms. Synthetic files bring their own.
    pub key: Option<Key>,
    /// Another edition than the pipeline says.
    pub vintage: Option<String>,
    /// The folder of the release that this one follows, instead of the one in the pipeline.
    pub previous: Option<PathBuf>,
    /// What the run may take of the machine. It uses the threads of the rayon pool that it is called in.
    pub limits: Limits,
    /// Into how many parts the persons are divided, from 1 to [`Run::MOST_PARTS`]. Where there are several, each year has a file of
    /// records for each of them (`part-1.parquet` and so on), and one for rows of nobody (`part-0.parquet`): the layout that an engine
    /// makes whose tasks write one part each. Tables do not depend on it.
    pub parts: u32,
    /// Whether the release is made again although nothing has changed.
    pub force: bool,
    /// Which program makes the release, down to its sources: another build of the same version is another program. A release
    /// is up to date only while this is the same; where it is not given, every release is made again.
    pub program: Option<String>,
    /// Who watches.
    pub observer: &'a dyn Observer,
    /// Who may stop it.
    pub cancel: &'a Cancel,
}

/// A release that is in its place.
#[derive(Debug, Clone)]
pub struct FinishedRelease {
    /// Its folder.
    pub path: PathBuf,
    /// Whether it was there already, made from the same.
    pub unchanged: bool,
    /// What somebody should look at.
    pub warnings: Vec<Diagnostic>,
    /// What was done.
    pub report: RunReport,
}

/// What a run did, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// Whether any input is synthetic: then no figure is about real persons.
    pub synthetic: bool,
    /// Whether small counts are protected: what is counted here is not, and may tell what the tables hide.
    pub protected: bool,
    /// The sources, in the order of the pipeline.
    pub sources: Vec<SourceReport>,
    /// The published tables.
    pub tables: Vec<TableReport>,
    /// How good estimates of earlier periods were, where the last ones are estimated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub estimates: Vec<EstimateReport>,
    /// The comparison with published figures, where there are any.
    pub reconciliation: Option<ReconciliationReport>,
    /// The release that this one follows, and what has changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Box<Previous>>,
}

/// A published table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: usize,
}

/// How good estimates of the last periods of a table were, had they been made earlier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EstimateReport {
    /// The table.
    pub table: String,
    /// The rule.
    pub rule: Option<String>,
    /// What is estimated.
    pub measure: String,
    /// Months of a period.
    pub period_months: i32,
    /// Months from the end of a period to the end of the data.
    pub age_months: i32,
    /// Whether it is of all crossings of the table together, or of each cell.
    pub is_total: bool,
    /// How many of a hundred intervals are to hold what the period comes to.
    pub level: u8,
    /// Earlier estimates that were looked at.
    pub estimates: usize,
    /// Those with an interval.
    pub intervals: usize,
    /// Intervals that held what the period came to.
    pub covered: usize,
    /// What the estimates were above what periods came to, in per cent.
    pub bias_percent: Option<f64>,
    /// Their errors without signs, in per cent of what periods came to.
    pub error_percent: Option<f64>,
    /// What was certain, in per cent of what periods came to.
    pub certain_percent: Option<f64>,
}

/// How many published figures were reproduced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciliationReport {
    /// Within their tolerance.
    pub within: usize,
    /// Not decided by the counts as they are shown, which are protected.
    #[serde(default)]
    pub not_told: usize,
    /// Without a cell in this run.
    pub no_cell: usize,
    /// Kept for context.
    pub context: usize,
}

impl<'a> Run<'a> {
    /// As many parts as the persons can be divided into.
    pub const MOST_PARTS: u32 = 1024;

    /// A run with two gigabytes of memory and nobody who watches.
    pub fn new(project: Project, cancel: &'a Cancel) -> Self {
        Self {
            project,
            key: None,
            vintage: None,
            previous: None,
            limits: Limits::default(),
            parts: 1,
            force: false,
            program: None,
            observer: &(),
            cancel,
        }
    }

    /// Makes the release `out/<pipeline>/<vintage>`, unless it is there and nothing has changed since. It is complete or
    /// absent: a run that fails or is stopped leaves nothing behind, and a release that was there before untouched.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the inputs, the comparison with published figures, or the disk; [`Code::Stopped`]
    /// where the run was stopped.
    pub fn release(self, out: &Path) -> Result<FinishedRelease, Box<Error>> {
        let observed = Observed::new(&self, out, self.project.opened);
        let made_before = if self.force { None } else { observed.release(self.cancel) };
        if let Some(release) = made_before {
            self.observer.diagnostics(&release.warnings);
            return Ok(release);
        }
        let (path, text) = self.project.file();
        let text = text.to_owned();
        let observer = self.observer;
        let mut release = make(self, out).map_err(|diagnostics| Error { diagnostics, path, text })?;
        if let Err(warning) = observed.record(&release) {
            observer.diagnostics(std::slice::from_ref(&warning));
            release.warnings.push(warning);
        }
        Ok(release)
    }
}

/// Data enters, is changed, is counted, is protected, and leaves.
fn make(run: Run<'_>, out: &Path) -> Result<FinishedRelease, Vec<Diagnostic>> {
    let names: Vec<String> = run.project.inputs().map(|input| input.source().name.clone()).collect();
    let mut assembly = Assembly::stage(run, out)?;
    names.iter().try_for_each(|name| assembly.source(name))?;
    assembly.finish()
}

/// A fault of the program.
pub(crate) fn internal(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::Internal, message)
}
