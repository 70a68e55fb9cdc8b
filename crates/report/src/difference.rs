//! What is different in a release from another one: its cells, its inputs, and how it was made.
//!
//! A cell is told by the columns of its table's key. It is revised where its value is another one; where only its status is, it
//! is so counted. Tables whose cells are told apart by other columns are not compared cell by cell, and that is said; nor are
//! indicators of another base, and values in another unit.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use denizen_spec::{Diagnostic, Indicator, columns};
use serde::Serialize;

use crate::columns::Column;
use crate::estimates::ESTIMATES;
use crate::figures_difference::{self, FiguresDifference, RECONCILIATION};
use crate::lines::{self, Line};
use crate::other_base::{OtherBase, other_bases};
use crate::release::{Release, Resource, Text, Texts};
use crate::revision::{Named, Revised, Revision, Sizes, largest};

/// Codes that are named for each column.
const CODES: usize = 8;

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
            (Some(one), None) => {
                TableDifference::whole(name, TableState::Gone, [Cells::of(old, one)?.len(), 0])
            }
            (None, Some(other)) => {
                TableDifference::whole(name, TableState::New, [0, Cells::of(new, other)?.len()])
            }
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

/// The column that says what a value is in.
const UNIT: &str = "unit";
/// The column that says what a value is.
const INDICATOR: &str = "indicator";

/// The cells of a table.
struct Cells {
    key: Vec<Column>,
    value: Column,
    status: Column,
    unit: Column,
    /// Which column of the key says what a value is.
    indicator: Option<usize>,
}

impl Cells {
    fn of(release: &Release, table: &Resource) -> Result<Self, Diagnostic> {
        let names: Vec<&str> = table.key().iter().map(String::as_str).collect();
        let beside = [columns::VALUE, columns::OBS_STATUS, UNIT];
        let mut found = release.columns(table, &[names.as_slice(), &beside].concat())?;
        let mut take = |name: &str| found.remove(name).unwrap_or_default();
        let key = names.iter().map(|name| take(name)).collect();
        let (value, status, unit) = (take(columns::VALUE), take(columns::OBS_STATUS), take(UNIT));
        let indicator = names.iter().position(|name| *name == INDICATOR);
        Ok(Self { key, value, status, unit, indicator })
    }

    fn len(&self) -> usize {
        self.key.first().map_or(self.value.keys.len(), |column| column.keys.len())
    }

    fn key(&self, row: usize) -> Vec<Option<&str>> {
        self.key.iter().map(|column| column.text(row)).collect()
    }

    /// What a value is: a measure or an indicator; nothing where the table does not say.
    fn called(&self, key: &[Option<&'_ str>]) -> String {
        self.indicator.and_then(|column| key[column]).unwrap_or_default().to_owned()
    }

    /// Whether each word of the column `indicator` is one: those that the program knows, and those that the table says are.
    fn indicators(&self, table: &Resource) -> Vec<bool> {
        let words = self.indicator.map_or(&[][..], |column| self.key[column].words.as_slice());
        let is_one = |word: &String| {
            Indicator::named(word).is_some() || table.indicators.iter().any(|taken| taken.name == *word)
        };
        words.iter().map(is_one).collect()
    }
}

/// A table of both releases.
struct Pair<'a> {
    old: (&'a Release, &'a Resource),
    new: (&'a Release, &'a Resource),
}

impl Pair<'_> {
    fn difference(&self, name: &str) -> Result<TableDifference, Diagnostic> {
        let [one, other] = [self.old.1, self.new.1];
        let (old, new) = (Cells::of(self.old.0, one)?, Cells::of(self.new.0, other)?);
        if one.key() != other.key() {
            let state = TableState::OtherKey(one.key().to_vec(), other.key().to_vec());
            let whole = TableDifference::whole(name, state, [old.len(), new.len()]);
            return Ok(TableDifference { new: 0, gone: 0, ..whole });
        }
        let names = |table: &Resource| {
            table.fields().iter().map(|field| field.name.clone()).collect::<BTreeSet<String>>()
        };
        let (before, after) = (names(one), names(other));
        let mut compared = Compared::new(one.key().len(), other_bases(one, other));
        compared.compare(&old, &new, &new.indicators(other));
        let by = one.key().iter().zip(&compared.codes).filter(|(_, codes)| !codes.is_empty());
        Ok(TableDifference {
            state: TableState::Compared,
            new_columns: after.difference(&before).cloned().collect(),
            gone_columns: before.difference(&after).cloned().collect(),
            new: compared.new,
            gone: compared.gone,
            revised: compared.revisions.len(),
            other_status: compared.other_status,
            by: by.map(|(column, codes)| most(column, codes)).collect(),
            sizes: Sizes::of(&compared.revisions),
            largest: largest(
                compared.revisions,
                &Named { names: one.key(), key: &|row| new.key(row), unit: &|row| new.unit.text(row) },
            ),
            other_base: compared.not_compared.into_values().collect(),
            ..TableDifference::whole(name, TableState::Compared, [old.len(), new.len()])
        })
    }
}

/// What was found of the cells of a table.
struct Compared<'a> {
    new: usize,
    gone: usize,
    other_status: usize,
    revisions: Vec<Revised<'a>>,
    /// Of each column of the key, the cells of each code that differ.
    codes: Vec<BTreeMap<String, usize>>,
    /// The indicators of another base, with both.
    bases: BTreeMap<String, [String; 2]>,
    /// What is not compared: by indicator, and both bases or units.
    not_compared: BTreeMap<(String, [String; 2]), OtherBase>,
}

impl<'a> Compared<'a> {
    fn new(columns: usize, bases: BTreeMap<String, [String; 2]>) -> Self {
        Self {
            new: 0,
            gone: 0,
            other_status: 0,
            revisions: Vec::new(),
            codes: vec![BTreeMap::new(); columns],
            bases,
            not_compared: BTreeMap::new(),
        }
    }

    /// `indicators` says of each word of the column of the newer table whether it is one.
    fn compare(&mut self, old: &'a Cells, new: &'a Cells, indicators: &[bool]) {
        let mut rows: HashMap<Vec<Option<&str>>, usize> = HashMap::new();
        for row in 0..old.len() {
            let key = old.key(row);
            if !self.is_of_another_base(old, &key, [1, 0]) {
                rows.insert(key, row);
            }
        }
        for row in 0..new.len() {
            let key = new.key(row);
            if self.is_of_another_base(new, &key, [0, 1]) {
                continue;
            }
            let Some(before) = rows.remove(&key) else {
                self.new += 1;
                self.note(&key);
                continue;
            };
            let [then, now] = [old.value.text(before), new.value.text(row)].map(number);
            let units = [old.unit.text(before), new.unit.text(row)];
            if units[0] != units[1] && units.iter().all(Option::is_some) {
                let units = units.map(|unit| format!("in {}", unit.unwrap_or_default()));
                self.leave_out(new.called(&key), units, [1, 1]);
            } else if then != now {
                self.note(&key);
                let column = new.indicator.map(|column| &new.key[column]);
                let is_one = |word: &u32| indicators.get(*word as usize) == Some(&true);
                let indicator =
                    column.and_then(|column| column.word(column.keys.get(row).copied().filter(is_one)?));
                self.revisions.push(Revised { row, old: then, new: now, indicator });
            } else if old.status.text(before) != new.status.text(row) {
                self.other_status += 1;
            }
        }
        self.gone = rows.len();
        rows.into_keys().for_each(|key| self.note(&key));
    }

    /// Whether a cell is of an indicator of another base, where it is counted as one that is not compared.
    fn is_of_another_base(&mut self, of: &Cells, key: &[Option<&str>], cells: [usize; 2]) -> bool {
        let name = of.indicator.and_then(|column| key[column]);
        let Some(bases) = name.and_then(|name| self.bases.get(name)).cloned() else { return false };
        self.leave_out(of.called(key), bases, cells);
        true
    }

    fn leave_out(&mut self, indicator: String, [before, now]: [String; 2], [old, new]: [usize; 2]) {
        let key = (indicator.clone(), [before.clone(), now.clone()]);
        let none = || OtherBase { indicator, before, now, old_cells: 0, new_cells: 0 };
        let found = self.not_compared.entry(key).or_insert_with(none);
        found.old_cells += old;
        found.new_cells += new;
    }

    fn note(&mut self, key: &[Option<&str>]) {
        for (codes, code) in self.codes.iter_mut().zip(key) {
            *codes.entry(code.unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
}

fn number(text: Option<&str>) -> Option<f64> {
    text.and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite())
}

fn most(column: &str, codes: &BTreeMap<String, usize>) -> ColumnDifference {
    let mut sorted: Vec<(&String, &usize)> = codes.iter().collect();
    sorted.sort_by(|one, other| other.1.cmp(one.1).then_with(|| one.0.cmp(other.0)));
    let named =
        sorted.iter().take(CODES).map(|(code, cells)| CodeCount { code: (*code).clone(), cells: **cells });
    ColumnDifference { column: column.to_owned(), codes: named.collect(), all: codes.len() }
}
