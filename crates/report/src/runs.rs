//! Tables of several releases beside each other, by runs of rows.
//!
//! Rows of one concept, rule and indicator follow each other in a table, and most tables have these runs in one order: all are read at
//! once, and of millions of rows those of one run are in memory. Where the order differs, more runs are held, and what is found is the
//! same.

use std::collections::HashMap;
use std::path::Path;

use denizen_spec::{Diagnostic, columns};

use crate::chunks::{Chunk, Chunks};
use crate::columns::{Column, holds};
use crate::release::{Release, Resource};

/// Columns that rows which follow each other have in common.
const OF_RUN: [&str; 3] = [columns::CONCEPT, "rule", "indicator"];

/// The columns that are read of each table.
pub(crate) struct Wanted {
    /// Those that tell its cells apart.
    pub(crate) key: Vec<String>,
    pub(crate) texts: Vec<String>,
    pub(crate) numbers: Vec<String>,
}

impl Wanted {
    pub(crate) fn new(key: &[String], texts: &[&str], numbers: &[&str]) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self { key: key.to_vec(), texts: owned(texts), numbers: owned(numbers) }
    }

    /// The columns of the key that the rows of a run have in common.
    fn of_run(&self) -> Vec<usize> {
        (0..self.key.len()).filter(|place| OF_RUN.contains(&self.key[*place].as_str())).collect()
    }
}

/// Some rows of a table. Keys are those of the words of [`Runs`].
pub(crate) struct Cells {
    /// The columns of the key.
    width: usize,
    keys: Vec<u32>,
    /// Of each column of texts the keys of all rows.
    pub(crate) texts: Vec<Vec<u32>>,
    /// Of each column of numbers those of all rows.
    pub(crate) numbers: Vec<Vec<f64>>,
    len: usize,
}

impl Cells {
    fn new(wanted: &Wanted) -> Self {
        Self {
            width: wanted.key.len(),
            keys: Vec::new(),
            texts: vec![Vec::new(); wanted.texts.len()],
            numbers: vec![Vec::new(); wanted.numbers.len()],
            len: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The keys that tell a row apart.
    pub(crate) fn key(&self, row: usize) -> &[u32] {
        &self.keys[row * self.width..(row + 1) * self.width]
    }

    /// A number of a row, where it has one.
    pub(crate) fn number(&self, column: usize, row: usize) -> Option<f64> {
        Some(self.numbers[column][row]).filter(|number| number.is_finite())
    }

    fn append(&mut self, mut other: Self) {
        self.keys.append(&mut other.keys);
        self.texts.iter_mut().zip(&mut other.texts).for_each(|(texts, more)| texts.append(more));
        self.numbers.iter_mut().zip(&mut other.numbers).for_each(|(numbers, more)| numbers.append(more));
        self.len += other.len;
    }
}

/// The words of all tables.
pub(crate) struct Words {
    pub(crate) key: Vec<Column>,
    pub(crate) texts: Vec<Column>,
}

/// The tables of some releases.
pub(crate) struct Runs<'a> {
    wanted: Wanted,
    pub(crate) words: Words,
    sides: Vec<Side<'a>>,
    held: HashMap<Vec<u32>, Vec<Cells>>,
    /// Runs of which all rows have been read.
    complete: Vec<Vec<Cells>>,
}

/// A table while it is read.
struct Side<'a> {
    table: &'a Resource,
    chunks: Chunks,
    /// The rows of each run that are still to come.
    left: HashMap<Vec<u32>, usize>,
    rows: usize,
}

impl<'a> Runs<'a> {
    /// Opens a table of several releases, and learns which runs each has.
    pub(crate) fn open(tables: &[(&Release, &'a Resource)], wanted: Wanted) -> Result<Self, Diagnostic> {
        let columns = |names: &[String]| vec![Column::default(); names.len()];
        let mut words = Words { key: columns(&wanted.key), texts: columns(&wanted.texts) };
        let mut sides = Vec::new();
        for (release, table) in tables {
            sides.push(Side::open(release, table, &wanted, &mut words)?);
        }
        Ok(Self { wanted, words, sides, held: HashMap::new(), complete: Vec::new() })
    }

    /// The rows of each table.
    pub(crate) fn rows(&self) -> Vec<usize> {
        self.sides.iter().map(|side| side.rows).collect()
    }

    /// The rows of the next run in each table; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Cells>>, Diagnostic> {
        while self.complete.is_empty() {
            let Some(place) = self.next_side() else { return Ok(None) };
            let mut met = Vec::new();
            for (run, cells) in self.sides[place].next(&self.wanted, &mut self.words)? {
                let none = || self.sides.iter().map(|_| Cells::new(&self.wanted)).collect();
                self.held.entry(run.clone()).or_insert_with(none)[place].append(cells);
                met.push(run);
            }
            // Rows of a run may stand at several places among those that were read.
            for run in met {
                if self.sides.iter().all(|side| side.has_all_of(&run)) {
                    self.complete.extend(self.held.remove(&run));
                }
            }
        }
        // There are few at once.
        Ok(Some(self.complete.remove(0)))
    }

    /// Which table is read on: one of which rows of a run are waited for, so that no more are held than must be.
    fn next_side(&self) -> Option<usize> {
        let waits_for = |place: &usize| {
            let is_waited_for = |run: &Vec<u32>| {
                !self.sides[*place].has_all_of(run) && self.sides.iter().any(|side| side.has_all_of(run))
            };
            self.held.keys().any(is_waited_for)
        };
        let open: Vec<usize> =
            (0..self.sides.len()).filter(|place| !self.sides[*place].is_at_end()).collect();
        open.iter().copied().find(waits_for).or(open.first().copied())
    }
}

impl<'a> Side<'a> {
    fn open(
        release: &Release,
        table: &'a Resource,
        wanted: &Wanted,
        words: &mut Words,
    ) -> Result<Self, Diagnostic> {
        let left = runs_of(release, table, wanted, words)?;
        let names: Vec<&str> =
            [&wanted.key, &wanted.texts, &wanted.numbers].into_iter().flatten().map(String::as_str).collect();
        Ok(Self { table, chunks: release.chunks(table, &names)?, rows: left.values().sum(), left })
    }

    /// The next rows, divided where their run changes.
    fn next(&mut self, wanted: &Wanted, words: &mut Words) -> Result<Vec<(Vec<u32>, Cells)>, Diagnostic> {
        let Some(chunk) = self.chunks.next()? else {
            self.left.clear();
            return Ok(Vec::new());
        };
        let names = wanted.key.iter().chain(&wanted.texts);
        let columns = words.key.iter_mut().chain(&mut words.texts);
        let mut keys = Vec::new();
        for (place, (name, column)) in names.zip(columns).enumerate() {
            keys.push(keys_of(&chunk, place, self.table, name, column)?);
        }
        let texts = keys.split_off(wanted.key.len());
        let first = wanted.key.len() + wanted.texts.len();
        let numbers: Vec<Vec<f64>> =
            (0..wanted.numbers.len()).map(|place| chunk.numbers(first + place)).collect();
        let of_run: Vec<&Vec<u32>> = wanted.of_run().iter().map(|place| &keys[*place]).collect();
        let mut runs = Vec::new();
        for (start, end) in runs_in(&of_run, chunk.rows) {
            let run: Vec<u32> = of_run.iter().map(|keys| keys[start]).collect();
            if let Some(left) = self.left.get_mut(&run) {
                *left = left.saturating_sub(end - start);
            }
            runs.push((
                run,
                Cells {
                    width: wanted.key.len(),
                    keys: (start..end).flat_map(|row| keys.iter().map(move |keys| keys[row])).collect(),
                    texts: texts.iter().map(|texts| texts[start..end].to_vec()).collect(),
                    numbers: numbers.iter().map(|numbers| numbers[start..end].to_vec()).collect(),
                    len: end - start,
                },
            ));
        }
        Ok(runs)
    }

    /// Whether all rows of a run have been read, also where there are none.
    fn has_all_of(&self, run: &[u32]) -> bool {
        self.left.get(run).is_none_or(|left| *left == 0)
    }

    fn is_at_end(&self) -> bool {
        self.left.values().all(|left| *left == 0)
    }
}

/// The rows of each run of a table; the words of its key are learnt.
fn runs_of(
    release: &Release,
    table: &Resource,
    wanted: &Wanted,
    words: &mut Words,
) -> Result<HashMap<Vec<u32>, usize>, Diagnostic> {
    // Of a table without a key something else is read, for there would be no rows.
    let names: Vec<&str> = match wanted.key.as_slice() {
        [] => vec![columns::VALUE],
        key => key.iter().map(String::as_str).collect(),
    };
    let mut chunks = release.chunks(table, &names)?;
    let mut rows: HashMap<Vec<u32>, usize> = HashMap::new();
    while let Some(chunk) = chunks.next()? {
        let mut keys = Vec::new();
        for (place, (name, column)) in wanted.key.iter().zip(&mut words.key).enumerate() {
            keys.push(keys_of(&chunk, place, table, name, column)?);
        }
        let of_run: Vec<&Vec<u32>> = wanted.of_run().iter().map(|place| &keys[*place]).collect();
        for (start, end) in runs_in(&of_run, chunk.rows) {
            *rows.entry(of_run.iter().map(|keys| keys[start]).collect()).or_default() += end - start;
        }
    }
    Ok(rows)
}

fn keys_of(
    chunk: &Chunk,
    place: usize,
    table: &Resource,
    name: &str,
    column: &mut Column,
) -> Result<Vec<u32>, Diagnostic> {
    chunk.keys(place, column).map_err(|kind| holds(Path::new(table.path()), name, &kind))
}

/// Where rows with the same keys begin and end.
fn runs_in(keys: &[&Vec<u32>], rows: usize) -> Vec<(usize, usize)> {
    let (mut runs, mut start) = (Vec::new(), 0);
    while start < rows {
        let is_same = |row: &usize| keys.iter().all(|keys| keys[*row] == keys[start]);
        let end = (start..rows).take_while(is_same).count() + start;
        runs.push((start, end));
        start = end;
    }
    runs
}
