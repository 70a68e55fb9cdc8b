//! What is different in a release from another one: its cells, its inputs, and how it was made.
//!
//! A cell is told by the columns of its table's key. It is revised where its value is another one; where only its status is, it
//! is so counted. Tables whose cells are told apart by other columns are not compared cell by cell, and that is said; nor are
//! indicators of another base, and values in another unit.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{Diagnostic, Indicator, columns};
use serde::Serialize;

use crate::compared::Compared;
use crate::estimates::ESTIMATES;
use crate::figures_difference::{self, FiguresDifference, RECONCILIATION};
use crate::lines::{self, Line};
use crate::other_base::{OtherBase, other_bases};
use crate::release::{Release, Resource, Text, Texts};
use crate::revision::{Revision, Sizes};

/// What is different.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The pipeline and the edition of the older release.
    pub old: String,
    /// Those of the newer one.
    pub new: String,
    /// Whether the pipeline file is another one.
    pub pipeline_changed: bool,
    /// What its text says.
    pub pipeline: PipelineLines,
    /// The programs that made them, where these differ.
    pub programs: Option<(String, String)>,
    /// The files that were read by one of them only, or have other bytes.
    pub inputs: Vec<InputDifference>,
    /// The tables of both, in the order of their names.
    pub tables: Vec<TableDifference>,
    /// The figures of publications beside which they stand; none where neither has any.
    pub figures: Option<FiguresDifference>,
}

/// Which lines of the pipeline are others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "lines")]
pub enum PipelineLines {
    /// These; none where the texts are the same.
    Told(Vec<Line>),
    /// One of the releases does not hold its text.
    NotHeld,
    /// The text of one of them is not published.
    Restricted,
    /// They are too long to be compared.
    TooLong,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputDifference {
    /// The source and the file.
    pub file: String,
    /// What is different about it.
    pub change: InputChange,
}

/// What is different about a file that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InputChange {
    /// The newer release alone has read it.
    New,
    /// The older release alone has.
    Gone,
    /// Its bytes are others.
    Changed,
}

/// How a table stands in both releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableState {
    /// The newer release alone has it.
    New,
    /// The older release alone has it.
    Gone,
    /// Its cells were compared.
    Compared,
    /// Its cells are told apart by other columns, which are named: those of the older release, and those of the newer one.
    OtherKey(Vec<String>, Vec<String>),
}

/// A table in two releases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableDifference {
    /// Its name.
    pub name: String,
    /// How it stands in both.
    pub state: TableState,
    /// Columns that the newer one alone has.
    pub new_columns: Vec<String>,
    /// Columns that the older one alone has.
    pub gone_columns: Vec<String>,
    /// Cells of the older one.
    pub old_cells: usize,
    /// Cells of the newer one.
    pub new_cells: usize,
    /// Cells that the newer one alone has.
    pub new: usize,
    /// Cells that the older one alone has.
    pub gone: usize,
    /// Cells with another value.
    pub revised: usize,
    /// Cells with the same value and another status.
    pub other_status: usize,
    /// How many values were revised by how much.
    pub sizes: Sizes,
    /// The largest revisions: of counts first, then of each indicator.
    pub largest: Vec<Revision>,
    /// What is not compared, for it is of another base or in another unit; its cells are not among those above but for the totals.
    pub other_base: Vec<OtherBase>,
    /// Of each column of the key, the codes with most cells that are new, gone or revised.
    pub by: Vec<ColumnDifference>,
}

/// What is different along a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnDifference {
    /// The column.
    pub column: String,
    /// The codes with most cells that differ.
    pub codes: Vec<CodeCount>,
    /// How many codes have cells that differ.
    pub all: usize,
}

/// Cells of a code that differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeCount {
    /// The code; nothing where none is stated.
    pub code: String,
    /// The cells.
    pub cells: usize,
}

impl TableDifference {
    /// The share of the cells of the older table that are gone, revised or not compared.
    pub fn share(&self) -> f64 {
        let not_compared: usize = self.other_base.iter().map(|other| other.old_cells).sum();
        (self.gone + self.revised + not_compared) as f64 / self.old_cells.max(1) as f64
    }

    fn whole(name: &str, state: TableState, [old_cells, new_cells]: [usize; 2]) -> Self {
        Self {
            name: name.to_owned(),
            state,
            new_columns: Vec::new(),
            gone_columns: Vec::new(),
            old_cells,
            new_cells,
            new: new_cells,
            gone: old_cells,
            revised: 0,
            other_status: 0,
            sizes: Sizes::default(),
            largest: Vec::new(),
            other_base: Vec::new(),
            by: Vec::new(),
        }
    }
}

pub(crate) fn difference(old: &Release, new: &Release, texts: Texts) -> Result<Difference, Diagnostic> {
    let called = |release: &Release| format!("{} {}", release.manifest.pipeline, release.manifest.vintage);
    let programs = [old, new].map(|release| release.manifest.program.clone());
    let [before, after] = [old, new].map(|release| {
        let tables = release.tables().into_iter().map(|table| (table.stem().to_owned(), table));
        // Its rows are figures of others, no cells.
        tables
            .filter(|(name, _)| ![RECONCILIATION, ESTIMATES].contains(&name.as_str()))
            .collect::<BTreeMap<String, Resource>>()
    });
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut tables = Vec::new();
    for name in names {
        tables.push(match (before.get(name), after.get(name)) {
            (Some(one), Some(other)) => Pair { old: (old, one), new: (new, other) }.difference(name)?,
            (Some(one), None) => TableDifference::whole(name, TableState::Gone, [rows(old, one)?, 0]),
            (None, Some(other)) => TableDifference::whole(name, TableState::New, [0, rows(new, other)?]),
            (None, None) => continue,
        });
    }
    let [one, other] = programs;
    Ok(Difference {
        old: called(old),
        new: called(new),
        pipeline_changed: old.manifest.pipeline_sha256 != new.manifest.pipeline_sha256,
        pipeline: pipeline(old.text(texts)?, new.text(texts)?),
        programs: (one != other).then_some((one, other)),
        inputs: inputs(old, new),
        tables,
        figures: figures_difference::figures(old, new)?,
    })
}

fn pipeline(old: Text, new: Text) -> PipelineLines {
    match (old, new) {
        (Text::Held(old), Text::Held(new)) => {
            lines::changed(&old, &new).map_or(PipelineLines::TooLong, PipelineLines::Told)
        }
        (Text::NotHeld, _) | (_, Text::NotHeld) => PipelineLines::NotHeld,
        (Text::Restricted, Text::Held(_) | Text::Restricted) | (Text::Held(_), Text::Restricted) => {
            PipelineLines::Restricted
        }
    }
}

fn inputs(old: &Release, new: &Release) -> Vec<InputDifference> {
    let [before, after] = [old, new].map(|release| {
        let inputs = release.manifest.inputs.iter();
        inputs.map(|input| ((&input.source, &input.file), &input.sha256)).collect::<BTreeMap<_, _>>()
    });
    let files: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let mut found = Vec::new();
    for file in files {
        let change = match (before.get(&file), after.get(&file)) {
            (None, _) => InputChange::New,
            (_, None) => InputChange::Gone,
            (Some(one), Some(other)) if one != other => InputChange::Changed,
            (Some(_), Some(_)) => continue,
        };
        found.push(InputDifference { file: format!("{}: {}", file.0, file.1), change });
    }
    found
}

/// The rows of a table.
fn rows(release: &Release, table: &Resource) -> Result<usize, Diagnostic> {
    let first = table.key().first().map_or(columns::VALUE, String::as_str);
    let (mut chunks, mut rows) = (release.chunks(table, &[first])?, 0);
    while let Some(chunk) = chunks.next()? {
        rows += chunk.rows;
    }
    Ok(rows)
}

/// A table of both releases.
struct Pair<'a> {
    old: (&'a Release, &'a Resource),
    new: (&'a Release, &'a Resource),
}

impl Pair<'_> {
    fn difference(&self, name: &str) -> Result<TableDifference, Diagnostic> {
        let [one, other] = [self.old.1, self.new.1];
        if one.key() != other.key() {
            let state = TableState::OtherKey(one.key().to_vec(), other.key().to_vec());
            let cells = [rows(self.old.0, one)?, rows(self.new.0, other)?];
            return Ok(TableDifference { new: 0, gone: 0, ..TableDifference::whole(name, state, cells) });
        }
        let names = |table: &Resource| {
            table.fields().iter().map(|field| field.name.clone()).collect::<BTreeSet<String>>()
        };
        let (before, after) = (names(one), names(other));
        // Those that the program knows, and those that the table says are.
        let is_indicator = |word: &str| {
            Indicator::named(word).is_some() || other.indicators.iter().any(|taken| taken.name == word)
        };
        let compared = Compared::of(self.old, self.new, other_bases(one, other), &is_indicator)?;
        Ok(TableDifference {
            state: TableState::Compared,
            new_columns: after.difference(&before).cloned().collect(),
            gone_columns: before.difference(&after).cloned().collect(),
            new: compared.new,
            gone: compared.gone,
            revised: compared.revised,
            other_status: compared.other_status,
            by: compared.by.clone(),
            sizes: compared.sizes,
            largest: compared.largest(),
            other_base: compared.not_compared(),
            ..TableDifference::whole(name, TableState::Compared, compared.cells)
        })
    }
}
