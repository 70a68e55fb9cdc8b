//! The cells of a table in two releases, beside each other.
//!
//! Rows of one concept, rule and indicator follow each other in a table, and most tables have these in one order: both are read at
//! once, and of millions of rows those of one indicator are in memory. Whatever the order, what is found is the same.

use std::collections::{BTreeMap, HashMap};

use denizen_spec::{Diagnostic, columns};

use crate::chunks::Chunks;
use crate::columns::{Column, NONE, holds};
use crate::difference::{CodeCount, ColumnDifference};
use crate::other_base::OtherBase;
use crate::release::{Release, Resource};
use crate::revision::{Largest, Pair, Revision, Sizes};

/// Codes that are named for each column.
const CODES: usize = 8;
/// The column that says what a value is in.
const UNIT: &str = "unit";
/// The column that says what a value is.
const INDICATOR: &str = "indicator";
/// Columns that rows which follow each other have in common.
const GROUP: [&str; 3] = [columns::CONCEPT, "rule", INDICATOR];

/// What was found of the cells of a table.
pub(crate) struct Compared<'a> {
    key: &'a [String],
    words: Words,
    /// Cells of the older and of the newer table.
    pub(crate) cells: [usize; 2],
    pub(crate) new: usize,
    pub(crate) gone: usize,
    pub(crate) revised: usize,
    pub(crate) other_status: usize,
    pub(crate) sizes: Sizes,
    largest: Largest,
    /// Of each column of the key, the cells of each code that differ; first those without one.
    codes: Vec<Vec<usize>>,
    /// The indicators of another base, with both.
    bases: BTreeMap<String, [String; 2]>,
    /// Which words are indicators, and no measures.
    is_indicator: &'a dyn Fn(&str) -> bool,
    /// What is not compared: by indicator, and both bases or units.
    not_compared: BTreeMap<(String, [String; 2]), OtherBase>,
}

/// The words of both tables.
#[derive(Default)]
struct Words {
    key: Vec<Column>,
    status: Column,
    unit: Column,
}

/// Some rows of a table.
struct Cells {
    /// The columns of the key.
    width: usize,
    /// The keys of their words, row by row.
    keys: Vec<u32>,
    values: Vec<f64>,
    statuses: Vec<u32>,
    units: Vec<u32>,
}

impl Cells {
    fn new(width: usize) -> Self {
        Self { width, keys: Vec::new(), values: Vec::new(), statuses: Vec::new(), units: Vec::new() }
    }

    fn len(&self) -> usize {
        self.values.len()
    }

    fn key(&self, row: usize) -> &[u32] {
        &self.keys[row * self.width..(row + 1) * self.width]
    }

    fn value(&self, row: usize) -> Option<f64> {
        Some(self.values[row]).filter(|value| value.is_finite())
    }
}

/// A table while it is read.
struct Side<'a> {
    table: &'a Resource,
    chunks: Chunks,
    /// The rows of each group that are still to come.
    left: HashMap<Vec<u32>, usize>,
}

/// The columns of the key that are those of a group.
fn group_columns(key: &[String]) -> Vec<usize> {
    (0..key.len()).filter(|place| GROUP.contains(&key[*place].as_str())).collect()
}

impl<'a> Side<'a> {
    fn open(
        (release, table): (&Release, &'a Resource),
        key: &[String],
        words: &mut Words,
    ) -> Result<Self, Diagnostic> {
        let names: Vec<&str> = key.iter().map(String::as_str).collect();
        let groups = group_columns(key);
        let of_groups: Vec<&str> = groups.iter().map(|place| names[*place]).collect();
        // Without a column of groups something else must be read, for there would be no rows.
        let counted = if of_groups.is_empty() { vec![columns::VALUE] } else { of_groups.clone() };
        let mut counts = release.chunks(table, &counted)?;
        let mut left: HashMap<Vec<u32>, usize> = HashMap::new();
        while let Some(chunk) = counts.next()? {
            let mut keys: Vec<Vec<u32>> = Vec::new();
            for (place, column) in groups.iter().enumerate() {
                keys.push(
                    chunk
                        .keys(place, &mut words.key[*column])
                        .map_err(|kind| holds(std::path::Path::new(table.path()), of_groups[place], &kind))?,
                );
            }
            let mut start = 0;
            while start < chunk.rows {
                let end = end_of_run(&keys, start, chunk.rows);
                *left.entry(keys.iter().map(|keys| keys[start]).collect()).or_default() += end - start;
                start = end;
            }
        }
        let wanted = [names.as_slice(), &[columns::VALUE, columns::OBS_STATUS, UNIT]].concat();
        Ok(Self { table, chunks: release.chunks(table, &wanted)?, left })
    }

    fn rows(&self) -> usize {
        self.left.values().sum()
    }

    /// The next rows, divided where their group changes.
    fn next(&mut self, key: &[String], words: &mut Words) -> Result<Vec<(Vec<u32>, Cells)>, Diagnostic> {
        let Some(chunk) = self.chunks.next()? else { return Ok(Vec::new()) };
        let width = key.len();
        let fault = |name: &str, kind: &str| holds(std::path::Path::new(self.table.path()), name, kind);
        let mut keys = Vec::new();
        for (place, name) in key.iter().enumerate() {
            keys.push(chunk.keys(place, &mut words.key[place]).map_err(|kind| fault(name, &kind))?);
        }
        let values = chunk.numbers(width);
        let statuses = chunk.keys(width + 1, &mut words.status);
        let statuses = statuses.map_err(|kind| fault(columns::OBS_STATUS, &kind))?;
        let units = chunk.keys(width + 2, &mut words.unit).map_err(|kind| fault(UNIT, &kind))?;
        let of_group: Vec<Vec<u32>> = group_columns(key).iter().map(|place| keys[*place].clone()).collect();
        let (mut runs, mut start) = (Vec::new(), 0);
        while start < chunk.rows {
            let end = end_of_run(&of_group, start, chunk.rows);
            let group: Vec<u32> = of_group.iter().map(|keys| keys[start]).collect();
            if let Some(left) = self.left.get_mut(&group) {
                *left = left.saturating_sub(end - start);
            }
            let of_rows = (start..end).flat_map(|row| keys.iter().map(move |keys| keys[row])).collect();
            runs.push((
                group,
                Cells {
                    width,
                    keys: of_rows,
                    values: values[start..end].to_vec(),
                    statuses: statuses[start..end].to_vec(),
                    units: units[start..end].to_vec(),
                },
            ));
            start = end;
        }
        Ok(runs)
    }

    /// Whether all rows of a group have been read.
    fn has_all_of(&self, group: &[u32]) -> bool {
        self.left.get(group).is_none_or(|left| *left == 0)
    }

    fn is_at_end(&self) -> bool {
        self.left.values().all(|left| *left == 0)
    }
}

/// Where rows from one on have other keys.
fn end_of_run(keys: &[Vec<u32>], start: usize, rows: usize) -> usize {
    let is_same = |row: &usize| keys.iter().all(|keys| keys[*row] == keys[start]);
    (start..rows).take_while(is_same).count() + start
}

impl<'a> Compared<'a> {
    /// Compares a table of two releases, whose cells are told apart by the same columns. `bases` are the indicators that are not
    /// compared.
    pub(crate) fn of(
        old: (&Release, &'a Resource),
        new: (&Release, &'a Resource),
        bases: BTreeMap<String, [String; 2]>,
        is_indicator: &'a dyn Fn(&str) -> bool,
    ) -> Result<Self, Diagnostic> {
        let key = new.1.key();
        let mut words = Words { key: vec![Column::default(); key.len()], ..Words::default() };
        let mut sides = [Side::open(old, key, &mut words)?, Side::open(new, key, &mut words)?];
        let mut compared = Self {
            key,
            words,
            cells: [sides[0].rows(), sides[1].rows()],
            new: 0,
            gone: 0,
            revised: 0,
            other_status: 0,
            sizes: Sizes::default(),
            largest: Largest::default(),
            codes: vec![Vec::new(); key.len()],
            bases,
            is_indicator,
            not_compared: BTreeMap::new(),
        };
        let mut held: HashMap<Vec<u32>, [Cells; 2]> = HashMap::new();
        while let Some(side) = next_side(&sides, &held) {
            for (group, cells) in sides[side].next(key, &mut compared.words)? {
                let none = || [Cells::new(key.len()), Cells::new(key.len())];
                held.entry(group.clone()).or_insert_with(none)[side].append(cells);
                if sides.iter().all(|side| side.has_all_of(&group)) {
                    if let Some([old, new]) = held.remove(&group) {
                        compared.compare(&old, &new);
                    }
                }
            }
        }
        Ok(compared)
    }

    fn compare(&mut self, old: &Cells, new: &Cells) {
        let first = if new.len() > 0 { new } else { old };
        let name = self.called(first.key(0));
        if let Some(bases) = self.bases.get(&name).cloned() {
            return self.leave_out(name, bases, [old.len(), new.len()]);
        }
        let is_indicator = (self.is_indicator)(&name);
        let mut rows = Rows::of(old);
        for row in 0..new.len() {
            let Some(before) = rows.take(new.key(row)) else {
                self.new += 1;
                self.note(new.key(row));
                continue;
            };
            let pair = Pair { old: old.value(before), new: new.value(row) };
            let units = [old.units[before], new.units[row]];
            if units[0] != units[1] && !units.contains(&NONE) {
                let unit = |key| format!("in {}", self.words.unit.word(key).unwrap_or_default());
                self.leave_out(name.clone(), units.map(unit), [1, 1]);
            } else if pair.old != pair.new {
                self.note(new.key(row));
                self.revised += 1;
                self.sizes.add(pair, is_indicator);
                let codes = |row| codes_of(&self.words, new.key(row));
                let unit = self.words.unit.word(units[1]);
                self.largest.add(Some(name.as_str()).filter(|_| is_indicator), pair, &codes(row), unit);
            } else if old.statuses[before] != new.statuses[row] {
                self.other_status += 1;
            }
        }
        for row in rows.left() {
            self.gone += 1;
            self.note(old.key(row));
        }
    }

    /// What a value is: a measure or an indicator; nothing where the table does not say.
    fn called(&self, key: &[u32]) -> String {
        let column = self.key.iter().position(|name| name == INDICATOR);
        let word = column.and_then(|column| self.words.key[column].word(key[column]));
        word.unwrap_or_default().to_owned()
    }

    fn leave_out(&mut self, indicator: String, [before, now]: [String; 2], [old, new]: [usize; 2]) {
        let key = (indicator.clone(), [before.clone(), now.clone()]);
        let none = || OtherBase { indicator, before, now, old_cells: 0, new_cells: 0 };
        let found = self.not_compared.entry(key).or_insert_with(none);
        found.old_cells += old;
        found.new_cells += new;
    }

    fn note(&mut self, key: &[u32]) {
        for (counts, key) in self.codes.iter_mut().zip(key) {
            let slot = key.wrapping_add(1) as usize;
            if counts.len() <= slot {
                counts.resize(slot + 1, 0);
            }
            counts[slot] += 1;
        }
    }

    /// The largest revisions: of counts first, then of each indicator.
    pub(crate) fn largest(&self) -> Vec<Revision> {
        self.largest.named(self.key)
    }

    /// What is not compared.
    pub(crate) fn not_compared(&self) -> Vec<OtherBase> {
        self.not_compared.values().cloned().collect()
    }

    /// Of each column of the key, the codes with most cells that differ.
    pub(crate) fn by(&self) -> Vec<ColumnDifference> {
        let columns = self.key.iter().zip(&self.words.key).zip(&self.codes);
        let columns = columns.map(|((name, column), counts)| {
            let mut cells: BTreeMap<&str, usize> = BTreeMap::new();
            for (slot, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let code = column.word((slot as u32).wrapping_sub(1)).unwrap_or_default();
                *cells.entry(code).or_default() += count;
            }
            most(name, &cells)
        });
        columns.filter(|column| column.all > 0).collect()
    }
}

/// The codes of a key.
fn codes_of<'w>(words: &'w Words, key: &[u32]) -> Vec<Option<&'w str>> {
    words.key.iter().zip(key).map(|(column, key)| column.word(*key)).collect()
}

/// Which table is read on: the one of which rows of a group are waited for, so that no more are held than must be.
fn next_side(sides: &[Side<'_>; 2], held: &HashMap<Vec<u32>, [Cells; 2]>) -> Option<usize> {
    let waits_for = |side: usize| {
        held.keys().any(|group| !sides[side].has_all_of(group) && sides[1 - side].has_all_of(group))
    };
    let is_open = |side: &usize| !sides[*side].is_at_end();
    [0, 1].into_iter().filter(is_open).find(|side| waits_for(*side)).or_else(|| (0..2).find(is_open))
}

impl Cells {
    fn append(&mut self, mut other: Self) {
        self.keys.append(&mut other.keys);
        self.values.append(&mut other.values);
        self.statuses.append(&mut other.statuses);
        self.units.append(&mut other.units);
    }
}

/// Rows that are looked for, each found once: mostly one after another, in the order in which they stand.
struct Rows<'c> {
    cells: &'c Cells,
    is_taken: Vec<bool>,
    next: usize,
    places: Option<HashMap<&'c [u32], usize>>,
}

impl<'c> Rows<'c> {
    fn of(cells: &'c Cells) -> Self {
        Self { cells, is_taken: vec![false; cells.len()], next: 0, places: None }
    }

    fn take(&mut self, key: &[u32]) -> Option<usize> {
        let cells = self.cells;
        let is_next = self.next < cells.len() && cells.key(self.next) == key;
        let place = if is_next {
            self.next
        } else {
            let all = || (0..cells.len()).map(|row| (cells.key(row), row)).collect();
            *self.places.get_or_insert_with(all).get(key)?
        };
        self.next = place + 1;
        (!std::mem::replace(&mut self.is_taken[place], true)).then_some(place)
    }

    fn left(&self) -> impl Iterator<Item = usize> {
        (0..self.is_taken.len()).filter(|row| !self.is_taken[*row])
    }
}

fn most(column: &str, codes: &BTreeMap<&str, usize>) -> ColumnDifference {
    let mut sorted: Vec<(&&str, &usize)> = codes.iter().collect();
    sorted.sort_by(|one, other| other.1.cmp(one.1).then_with(|| one.0.cmp(other.0)));
    let named = sorted.iter().take(CODES);
    let named = named.map(|(code, cells)| CodeCount { code: (**code).to_owned(), cells: **cells });
    ColumnDifference { column: column.to_owned(), codes: named.collect(), all: codes.len() }
}
