//! The cells of a table in two releases, beside each other.

use std::collections::{BTreeMap, HashMap};

use denizen_spec::{Diagnostic, columns};

use crate::columns::NONE;
use crate::difference::{CodeCount, ColumnDifference};
use crate::other_base::OtherBase;
use crate::release::{Release, Resource};
use crate::revision::{Largest, Pair, Revision, Sizes};
use crate::runs::{Cells, Runs, Wanted, Words};

/// Codes that are named for each column.
const CODES: usize = 8;
/// The column that says what a value is.
const INDICATOR: &str = "indicator";
/// What is compared of each cell: its status and its unit, by their places among the texts, and its value.
const TEXTS: [&str; 2] = [columns::OBS_STATUS, "unit"];
const STATUS: usize = 0;
const UNIT: usize = 1;

/// What was found of the cells of a table.
pub(crate) struct Compared<'a> {
    key: &'a [String],
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
    /// Of each column of the key, the codes with most cells that differ.
    pub(crate) by: Vec<ColumnDifference>,
    /// The indicators of another base, with both.
    bases: BTreeMap<String, [String; 2]>,
    /// Which words are indicators, and no measures.
    is_indicator: &'a dyn Fn(&str) -> bool,
    /// What is not compared: by indicator, and both bases or units.
    not_compared: BTreeMap<(String, [String; 2]), OtherBase>,
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
        let mut runs = Runs::open(&[old, new], Wanted::new(key, &TEXTS, &[columns::VALUE]))?;
        let rows = runs.rows();
        let mut compared = Self {
            key,
            cells: [rows[0], rows[1]],
            new: 0,
            gone: 0,
            revised: 0,
            other_status: 0,
            sizes: Sizes::default(),
            largest: Largest::default(),
            codes: vec![Vec::new(); key.len()],
            by: Vec::new(),
            bases,
            is_indicator,
            not_compared: BTreeMap::new(),
        };
        while let Some(run) = runs.next()? {
            if let [old, new] = run.as_slice() {
                compared.compare(old, new, &runs.words);
            }
        }
        compared.by = compared.by(&runs.words);
        Ok(compared)
    }

    fn compare(&mut self, old: &Cells, new: &Cells, words: &Words) {
        let first = if new.len() > 0 { new } else { old };
        let name = self.called(first.key(0), words);
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
            let pair = Pair { old: old.number(0, before), new: new.number(0, row) };
            let units = [old.texts[UNIT][before], new.texts[UNIT][row]];
            if units[0] != units[1] && !units.contains(&NONE) {
                let unit = |key| format!("in {}", words.texts[UNIT].word(key).unwrap_or_default());
                self.leave_out(name.clone(), units.map(unit), [1, 1]);
            } else if pair.old != pair.new {
                self.note(new.key(row));
                self.revised += 1;
                self.sizes.add(pair, is_indicator);
                let codes: Vec<Option<&str>> =
                    words.key.iter().zip(new.key(row)).map(|(column, key)| column.word(*key)).collect();
                let indicator = Some(name.as_str()).filter(|_| is_indicator);
                self.largest.add(indicator, pair, &codes, words.texts[UNIT].word(units[1]));
            } else if old.texts[STATUS][before] != new.texts[STATUS][row] {
                self.other_status += 1;
            }
        }
        for row in rows.left() {
            self.gone += 1;
            self.note(old.key(row));
        }
    }

    /// What a value is: a measure or an indicator; nothing where the table does not say.
    fn called(&self, key: &[u32], words: &Words) -> String {
        let column = self.key.iter().position(|name| name == INDICATOR);
        let word = column.and_then(|column| words.key[column].word(key[column]));
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
    fn by(&self, words: &Words) -> Vec<ColumnDifference> {
        let columns = self.key.iter().zip(&words.key).zip(&self.codes);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_release::TestRelease;

    /// Cells by concept, indicator and code, with value, unit and status.
    type Table = BTreeMap<[String; 3], (Option<i8>, &'static str, &'static str)>;

    fn table() -> impl Strategy<Value = Table> {
        let key =
            ["[ab]", "share|stock|rank", "[xyz]?"].map(|codes| prop::string::string_regex(codes).unwrap());
        let unit = prop::sample::select(&["", "persons", "percent"][..]);
        let cell = (prop::option::of(0..3_i8), unit, prop::sample::select(&["A", "P"][..]));
        prop::collection::btree_map(key, cell, 0..18)
    }

    /// A release with the cells in the order of some numbers.
    fn release(table: &Table, order: &[u8]) -> TestRelease {
        let line = |(key, (value, unit, status)): (&[String; 3], &(Option<i8>, &str, &str))| {
            let value = value.map_or(String::new(), |value| value.to_string());
            format!("{},{},{},{value},{unit},{status}", key[0], key[1], key[2])
        };
        let mut lines: Vec<(u8, String)> =
            order.iter().copied().cycle().zip(table.iter().map(line)).collect();
        lines.sort();
        let lines: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
        TestRelease::of(
            "concept,indicator,code,value,unit,obs_status",
            &["code", "concept", "indicator"],
            &lines,
        )
    }

    /// The obvious way: one cell after another. New, gone, revised, with another status, not compared.
    fn counted(old: &Table, new: &Table) -> [usize; 5] {
        let is_rank = |key: &[String; 3]| key[1] == "rank";
        let mut counts = [0; 5];
        for (key, (value, unit, status)) in new.iter().filter(|(key, _)| !is_rank(key)) {
            let place = match old.get(key) {
                None => 0,
                Some((_, before, _)) if before != unit && !before.is_empty() && !unit.is_empty() => 4,
                Some((before, ..)) if before != value => 2,
                Some((.., before)) if before != status => 3,
                Some(_) => continue,
            };
            counts[place] += 1;
        }
        counts[1] = old.keys().filter(|key| !is_rank(key) && !new.contains_key(*key)).count();
        counts[4] += new.keys().filter(|key| is_rank(key)).count();
        counts
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        /// Whatever the order of the rows is.
        #[test]
        fn tables_are_compared_cell_by_cell(
            tables in (table(), table()),
            orders in prop::array::uniform2(prop::collection::vec(any::<u8>(), 1..9)),
        ) {
            let (old, new) = (release(&tables.0, &orders[0]), release(&tables.1, &orders[1]));
            let resources = [&old, &new].map(|of| of.release.tables().remove(0));
            let bases = BTreeMap::from([("rank".to_owned(), ["one".to_owned(), "other".to_owned()])]);
            let is_indicator = |name: &str| name == "share";
            let found = Compared::of(
                (&old.release, &resources[0]),
                (&new.release, &resources[1]),
                bases,
                &is_indicator,
            ).unwrap();
            let not_compared = found.not_compared().iter().map(|other| other.new_cells).sum();
            let counts = [found.new, found.gone, found.revised, found.other_status, not_compared];
            prop_assert_eq!(counts, counted(&tables.0, &tables.1));
            prop_assert_eq!(found.cells, [tables.0.len(), tables.1.len()]);
            let of_codes: usize = found.by.iter().filter(|by| by.column == "concept")
                .flat_map(|by| &by.codes).map(|code| code.cells).sum();
            prop_assert_eq!(of_codes, found.new + found.gone + found.revised);
        }
    }
}
