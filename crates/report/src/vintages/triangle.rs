//! The cells of a table with their values in each edition, run by run.

use std::collections::{BTreeMap, HashMap};

use denizen_spec::{Diagnostic, columns};

use super::edition::Edition;
use super::month::{self, Month};
use super::period::{Time, time, without_end};
use super::sheet::{Sheet, Values};
use super::summary::{RevisedGroup, Revisions, Sums};
use crate::columns::{Column, NONE};
use crate::release::{Release, Resource};
use crate::runs::{Cells, Runs, Wanted};

/// Columns beside the key that must agree for values to be of the same cell, the last but for the end of the data; and the status.
const TEXTS: [&str; 3] = ["unit", "rule_parameters", columns::OBS_STATUS];
/// How many of them must agree.
const ALIKE: usize = 2;
const STATUS: usize = 2;
/// What is taken of each cell.
const NUMBERS: [&str; 2] = [columns::VALUE, "n_undecided"];
const VALUE: usize = 0;
const UNDECIDED: usize = 1;

/// Rows of a sheet that is given on at once.
const PIECE: usize = 1 << 15;

/// A table in some editions.
pub(super) struct Triangle<'e> {
    table: &'e str,
    editions: &'e [Edition],
    /// The columns that tell cells apart, those that must agree last.
    columns: Vec<String>,
    /// The editions whose tables are read.
    read: Vec<usize>,
    runs: Runs<'e>,
    /// Parameters without the end of the data, and which of them those of the tables are.
    parameters: Column,
    without_end: Vec<u32>,
    time: Time,
}

/// A run of cells in all editions.
struct Run {
    tables: Vec<Cells>,
    /// The columns of a cell.
    width: usize,
    /// The keys of all cells, those of what must agree last.
    keys: Vec<u32>,
    /// Of each table the cells of its rows.
    of_rows: Vec<Vec<u32>>,
}

impl<'e> Triangle<'e> {
    /// Opens a table, given its description in each edition that has it.
    pub(super) fn open(
        table: &'e str,
        editions: &'e [Edition],
        resources: &'e [Option<Resource>],
        notes: &mut Vec<String>,
    ) -> Result<Self, Diagnostic> {
        let key = resources.iter().rev().flatten().next().map_or(&[][..], Resource::key);
        let (mut read, mut tables): (Vec<usize>, Vec<(&Release, &Resource)>) = (Vec::new(), Vec::new());
        for (index, (edition, resource)) in editions.iter().zip(resources).enumerate() {
            match resource {
                None => notes.push(format!("table {table}: edition {} does not have it", edition.name())),
                Some(resource) if resource.key() != key => notes.push(format!(
                    "table {table}: edition {} is not compared, for its cells are told apart by {} and not by {}",
                    edition.name(),
                    resource.key().join(", "),
                    key.join(", ")
                )),
                Some(resource) => {
                    read.push(index);
                    tables.push((&edition.release, resource));
                }
            }
        }
        let runs = Runs::open(&tables, Wanted::new(key, &TEXTS, &NUMBERS))?;
        let words: Vec<&[String]> = runs.words.key.iter().map(|column| column.words.as_slice()).collect();
        let time = time(key, &words);
        if time == Time::Unknown {
            notes.push(format!(
                "table {table}: values have no age, for no one column says of which period they are"
            ));
        }
        let columns = key.iter().cloned().chain(TEXTS[..ALIKE].iter().map(|name| (*name).to_owned()));
        Ok(Self {
            table,
            editions,
            columns: columns.collect(),
            read,
            runs,
            parameters: Column::default(),
            without_end: Vec::new(),
            time,
        })
    }

    /// The next cells; nothing at the end.
    fn next(&mut self) -> Result<Option<Run>, Diagnostic> {
        let Some(tables) = self.runs.next()? else { return Ok(None) };
        for word in &self.runs.words.texts[1].words[self.without_end.len()..] {
            self.without_end.push(self.parameters.key_of(&without_end(word)));
        }
        let mut run = Run { tables, width: self.columns.len(), keys: Vec::new(), of_rows: Vec::new() };
        let mut places: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut keys = Vec::new();
        for table in &run.tables {
            let mut of_rows = Vec::with_capacity(table.len());
            for row in 0..table.len() {
                keys.clear();
                keys.extend_from_slice(table.key(row));
                keys.push(table.texts[0][row]);
                keys.push(self.without_end.get(table.texts[1][row] as usize).copied().unwrap_or(NONE));
                let place = places.get(&keys).copied().unwrap_or_else(|| {
                    let place = places.len() as u32;
                    run.keys.extend_from_slice(&keys);
                    places.insert(keys.clone(), place);
                    place
                });
                of_rows.push(place);
            }
            run.of_rows.push(of_rows);
        }
        Ok(Some(run))
    }

    /// The word of a column of cells.
    fn word(&self, column: usize, key: u32) -> Option<&str> {
        let words = &self.runs.words;
        match column.checked_sub(words.key.len()) {
            None => words.key[column].word(key),
            Some(0) => words.texts[0].word(key),
            Some(_) => self.parameters.word(key),
        }
    }

    fn code<'s>(&'s self, cell: &[u32], column: &str) -> Option<&'s str> {
        let place = self.columns.iter().position(|name| name == column)?;
        self.word(place, cell[place])
    }

    /// The month in which the reference period of a cell ends.
    fn period(&self, cell: &[u32]) -> Option<Month> {
        let code = |place: usize| self.word(place, cell[place]);
        match self.time {
            Time::Unknown => None,
            Time::Column(place) => month::end_of(code(place)?),
            Time::YearAndMonth(year, number) => month::of_year(code(year)?, code(number)?),
        }
    }

    fn age(&self, cell: &[u32], edition: usize) -> Option<i64> {
        Some(i64::from(self.editions[edition].month? - self.period(cell)?))
    }

    /// Whether later data may change the value. What is undecided without being provisional is so for faults of the records, and
    /// stays so.
    fn is_provisional(&self, table: &Cells, row: usize) -> bool {
        self.runs.words.texts[STATUS]
            .word(table.texts[STATUS][row])
            .is_some_and(|status| status.contains('P'))
    }

    /// How values of earlier editions were revised, where that of the newest one is final.
    pub(super) fn revisions(
        &mut self,
        notes: &mut Vec<String>,
    ) -> Result<BTreeMap<RevisedGroup, Revisions>, Diagnostic> {
        let mut sums: BTreeMap<RevisedGroup, Sums> = BTreeMap::new();
        let [mut still_open, mut gone, mut unlike] = [0; 3];
        while let Some(run) = self.next()? {
            unlike += run.unlike();
            let newest = self.newest(&run);
            let mut was_there = vec![false; run.len()];
            let earlier = self.read.len().saturating_sub(1);
            // By unit and age: all else is the same in a run.
            let mut pairs: HashMap<(u32, Option<i64>), (usize, Sums)> = HashMap::new();
            for (table, edition) in self.read[..earlier].iter().enumerate() {
                self.add_pairs(&run, (table, *edition), &newest, &mut pairs);
                run.of_rows[table].iter().for_each(|cell| was_there[*cell as usize] = true);
            }
            let pairs = pairs.into_iter();
            sums.extend(pairs.map(|((_, age), (cell, pairs))| (self.group(run.cell(cell), age), pairs)));
            let of_earlier = || newest.iter().zip(&was_there).filter(|(_, was_there)| **was_there);
            still_open += of_earlier().filter(|(newest, _)| matches!(newest, Newest::Open)).count();
            gone += of_earlier().filter(|(newest, _)| matches!(newest, Newest::Gone)).count();
        }
        let told = [
            (
                unlike,
                "cells have another unit or other parameters of their rule in some editions, and are not compared with these",
            ),
            (still_open, "cells of earlier editions are provisional in the newest edition: no final value"),
            (gone, "cells of earlier editions are not in the newest edition: no final value"),
        ];
        let told = told.into_iter().filter(|(count, _)| *count > 0);
        notes.extend(told.map(|(count, what)| format!("table {}: {count} {what}", self.table)));
        Ok(sums.into_iter().map(|(group, sums)| (group, sums.revisions())).collect())
    }

    /// What the newest edition says of each cell.
    fn newest(&self, run: &Run) -> Vec<Newest> {
        let mut found = vec![Newest::Gone; run.len()];
        let (Some(table), Some(of_rows)) = (run.tables.last(), run.of_rows.last()) else { return found };
        for (row, cell) in of_rows.iter().enumerate() {
            found[*cell as usize] = match self.is_provisional(table, row) {
                true => Newest::Open,
                false => Newest::Final(table.number(VALUE, row)),
            };
        }
        found
    }

    /// Adds each value of an earlier edition with that of the newest one, where that is final.
    fn add_pairs(
        &self,
        run: &Run,
        (table, edition): (usize, usize),
        newest: &[Newest],
        pairs: &mut HashMap<(u32, Option<i64>), (usize, Sums)>,
    ) {
        let mut ages: HashMap<(u32, u32), Option<i64>> = HashMap::new();
        for (row, cell) in run.of_rows[table].iter().enumerate() {
            let cell = *cell as usize;
            if let (Some(first), Newest::Final(Some(last))) =
                (run.tables[table].number(VALUE, row), newest[cell])
            {
                let keys = run.cell(cell);
                let age = ages.entry(self.keys_of_time(keys)).or_insert_with(|| self.age(keys, edition));
                let unit = keys[keys.len() - ALIKE];
                pairs.entry((unit, *age)).or_insert((cell, Sums::default())).1.add(first, last);
            }
        }
    }

    fn group(&self, cell: &[u32], age_months: Option<i64>) -> RevisedGroup {
        let code = |column| self.code(cell, column).map(str::to_owned);
        RevisedGroup {
            table: self.table.to_owned(),
            indicator: code("indicator").unwrap_or_default(),
            concept: code(columns::CONCEPT),
            rule: code("rule"),
            unit: code("unit"),
            age_months,
        }
    }

    /// The keys that say of which period a cell is.
    fn keys_of_time(&self, cell: &[u32]) -> (u32, u32) {
        match self.time {
            Time::Unknown => (NONE, NONE),
            Time::Column(place) => (cell[place], NONE),
            Time::YearAndMonth(year, number) => (cell[year], cell[number]),
        }
    }

    /// Gives a row for each cell and edition, piece by piece: by concept, rule and indicator as the tables have them, then in the order
    /// of cells, then of editions.
    pub(super) fn sheets(
        &mut self,
        take: &mut dyn FnMut(Sheet) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let mut is_empty = true;
        while let Some(run) = self.next()? {
            for rows in self.in_order(&run).chunks(PIECE) {
                take(self.sheet(&run, rows))?;
                is_empty = false;
            }
        }
        if is_empty {
            // Its columns are known nevertheless.
            let none = Run { tables: Vec::new(), width: 0, keys: Vec::new(), of_rows: Vec::new() };
            take(self.sheet(&none, &[]))?;
        }
        Ok(())
    }

    /// The rows of a run as table and row, in the order of their cells.
    fn in_order(&self, run: &Run) -> Vec<(usize, usize)> {
        let ranks: Vec<Vec<u32>> = (0..self.columns.len()).map(|column| self.ranks(column)).collect();
        let rank = |column: usize, key: u32| ranks[column].get(key as usize).map_or(0, |rank| rank + 1);
        let of_cell = |cell: &u32| -> Vec<u32> {
            let keys = run.cell(*cell as usize).iter();
            keys.enumerate().map(|(column, key)| rank(column, *key)).collect()
        };
        let mut cells: Vec<u32> = (0..run.len() as u32).collect();
        cells.sort_by_cached_key(of_cell);
        let mut places = vec![0; cells.len()];
        cells.iter().enumerate().for_each(|(place, cell)| places[*cell as usize] = place);
        let rows = run.of_rows.iter().enumerate();
        let mut rows: Vec<(usize, usize, usize)> = rows
            .flat_map(|(table, cells)| {
                cells.iter().enumerate().map(move |(row, cell)| (*cell as usize, table, row))
            })
            .map(|(cell, table, row)| (places[cell], table, row))
            .collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, table, row)| (table, row)).collect()
    }

    /// The places of the words of a column in their order.
    fn ranks(&self, column: usize) -> Vec<u32> {
        let words = &self.runs.words;
        let words = match column.checked_sub(words.key.len()) {
            None => &words.key[column].words,
            Some(0) => &words.texts[0].words,
            Some(_) => &self.parameters.words,
        };
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by_key(|place| &words[*place]);
        let mut ranks = vec![0; words.len()];
        order.iter().enumerate().for_each(|(rank, place)| ranks[*place] = rank as u32);
        ranks
    }

    /// Some rows of a run.
    fn sheet(&self, run: &Run, rows: &[(usize, usize)]) -> Sheet {
        let cell = |(table, row): &(usize, usize)| run.cell(run.of_rows[*table][*row] as usize);
        let edition = |(table, _): &(usize, usize)| self.read[*table];
        let text =
            |of: &dyn Fn(&(usize, usize)) -> Option<String>| Values::Texts(rows.iter().map(of).collect());
        let number =
            |of: &dyn Fn(&(usize, usize)) -> Option<f64>| Values::Numbers(rows.iter().map(of).collect());
        let value = |(table, row): &(usize, usize)| run.tables[*table].number(VALUE, *row);
        let undecided = |(table, row): &(usize, usize)| run.tables[*table].number(UNDECIDED, *row);
        let status = |(table, row): &(usize, usize)| {
            self.runs.words.texts[STATUS].word(run.tables[*table].texts[STATUS][*row]).map(str::to_owned)
        };
        let mut columns: Vec<(String, Values)> = Vec::new();
        for (place, name) in self.columns.iter().enumerate() {
            columns.push((name.clone(), text(&|row| self.word(place, cell(row)[place]).map(str::to_owned))));
        }
        let ages = rows.iter().map(|row| self.age(cell(row), edition(row))).collect();
        columns.extend(
            [
                ("period_ends", text(&|row| self.period(cell(row)).map(month::shown))),
                ("vintage", text(&|row| Some(self.editions[edition(row)].name().to_owned()))),
                ("vintage_month", text(&|row| self.editions[edition(row)].month.map(month::shown))),
                ("age_months", Values::Whole(ages)),
                ("value", number(&value)),
                ("obs_status", text(&status)),
                ("n_undecided", number(&undecided)),
                ("undecided_percent", number(&|row| undecided_percent(value(row), undecided(row)))),
            ]
            .map(|(name, values)| (name.to_owned(), values)),
        );
        Sheet { name: format!("{}_triangle", self.table), columns }
    }
}

/// What the newest edition says of a cell.
#[derive(Debug, Clone, Copy)]
enum Newest {
    Gone,
    /// It is provisional there.
    Open,
    /// It has this value, or none.
    Final(Option<f64>),
}

impl Run {
    /// The number of its cells.
    fn len(&self) -> usize {
        self.keys.len().checked_div(self.width).unwrap_or(0)
    }

    fn cell(&self, cell: usize) -> &[u32] {
        &self.keys[cell * self.width..(cell + 1) * self.width]
    }

    /// Keys of which some cells have another unit, or other parameters of their rule, than others.
    fn unlike(&self) -> usize {
        let key = self.width.saturating_sub(ALIKE);
        let cells = || (0..self.len()).map(|cell| self.cell(cell).split_at(key));
        let first = cells().next().map(|(_, alike)| alike);
        if cells().all(|(_, alike)| Some(alike) == first) {
            return 0;
        }
        let mut seen: HashMap<&[u32], usize> = HashMap::new();
        cells().for_each(|(key, _)| *seen.entry(key).or_default() += 1);
        seen.values().filter(|count| **count > 1).count()
    }
}

/// The undecided as a share of all that the value may come to.
fn undecided_percent(value: Option<f64>, undecided: Option<f64>) -> Option<f64> {
    let (value, undecided) = (value?, undecided?);
    (value + undecided > 0.0).then(|| 100.0 * undecided / (value + undecided))
}
