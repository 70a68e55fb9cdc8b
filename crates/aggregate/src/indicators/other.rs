//! Counts of other tables, found by the dimensions that both tables have.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ahash::RandomState;
use denizen_spec::{
    Aspect, Code, Denominator, Diagnostic, Disclosure, Measure, OtherTable, Pipeline, Table, TableId,
    columns, time_dimension,
};
use polars::prelude::*;

use super::Inputs;
use super::rows::Cell;
use super::times::times;
use crate::cell_columns::{CellRows, Keys};
use crate::counts::{CONCEPT, Counts, dimension, internal};
use crate::disclosure::protect;
use crate::publish::{PART, STATUS, SourceFacts, status};
use crate::status::Status;
use crate::value::{Levels, Value};

/// The counts of a part of another table, as they are shown.
pub(crate) struct Other<'a> {
    pub(crate) used: &'a OtherTable,
    table: &'a Table,
    dimensions: Vec<Levels>,
    pub(super) scale: u8,
    pub(super) complete: bool,
    sampling_fraction: f64,
    rows: CellRows,
    /// The dimensions of which it makes totals.
    totalled: Vec<usize>,
    /// What is undecided of its counts, where its rule cannot always tell.
    pub(super) undecided: Option<Box<Other<'a>>>,
}

/// Every count of another table that an indicator asks for, each once.
///
/// # Errors
///
/// A code that no cell has; faults of the program.
pub(crate) fn others<'a>(
    pipeline: &'a Pipeline,
    counts: &BTreeMap<TableId, Counts>,
    facts: &[SourceFacts],
) -> Result<Vec<Other<'a>>, Diagnostic> {
    let mut others: Vec<Other<'_>> = Vec::new();
    for asked in pipeline.tables.iter().flat_map(|table| &table.indicators) {
        for used in asked.others() {
            if others.iter().all(|known| known.used != used) {
                others.push(Other::new(pipeline, used, counts, facts)?);
            }
        }
    }
    Ok(others)
}

impl<'a> Other<'a> {
    fn new(
        pipeline: &'a Pipeline,
        used: &'a OtherTable,
        counts: &BTreeMap<TableId, Counts>,
        facts: &[SourceFacts],
    ) -> Result<Self, Diagnostic> {
        let lost = || internal(&format!("counts of `{}`", used.table), &"they are not there");
        let (id, table) = pipeline.other_table(used).map_err(|_| lost())?;
        let other = Self::of(pipeline, used, (id, table), counts, facts)?;
        let is_undecided = |beside: &&(TableId, &Table)| {
            let is_it = match beside.1.measure {
                Measure::Beside(migration, Aspect::Undecided) => migration.measure() == table.measure,
                Measure::Beside(..)
                | Measure::Count
                | Measure::Emigration
                | Measure::Immigration
                | Measure::Stock
                | Measure::Flow => false,
            };
            is_it
                && (&beside.1.name, &beside.1.concept, &beside.1.rule)
                    == (&table.name, &table.concept, &table.rule)
        };
        let undecided = pipeline.table_ids().find(|beside| is_undecided(&beside));
        let undecided =
            undecided.map(|beside| Self::of(pipeline, used, beside, counts, facts)).transpose()?;
        Ok(Self { undecided: undecided.map(Box::new), ..other })
    }

    fn of(
        pipeline: &'a Pipeline,
        used: &'a OtherTable,
        (id, table): (TableId, &'a Table),
        counts: &BTreeMap<TableId, Counts>,
        facts: &[SourceFacts],
    ) -> Result<Self, Diagnostic> {
        let lost = || internal(&format!("counts of `{}`", used.table), &"they are not there");
        let counts = counts.get(&id).ok_or_else(lost)?;
        let source = pipeline.source_of(table).ok_or_else(lost)?;
        let facts = facts.iter().find(|facts| facts.source == source.name).ok_or_else(lost)?;
        Ok(Self {
            used,
            table,
            dimensions: counts.dimensions.clone(),
            scale: counts.scale,
            complete: source.kind == denizen_spec::SourceKind::Records,
            sampling_fraction: facts.sampling_fraction,
            rows: shown(used, table, counts, pipeline.disclosure.as_ref())?,
            totalled: table.totalled(&pipeline.schema_of(source)),
            undecided: None,
        })
    }

    /// Whether it makes totals of a dimension, or stands at them, for it has no such dimension.
    pub(super) fn has_total(&self, dimension: &str) -> bool {
        self.table.position(dimension).is_none_or(|position| self.totalled.contains(&position))
    }

    /// How many decimals fewer it has than a table.
    pub(super) fn fewer_decimals(&self, scale: u8) -> Result<u32, Diagnostic> {
        let fewer = scale.checked_sub(self.scale).map(u32::from);
        fewer.ok_or_else(|| {
            no_cell(self.used, "its counts have more decimals than those that are compared with them")
        })
    }

    /// Refuses counts that are not of as many decimals as those beside which they are put.
    pub(super) fn need_decimals(&self, scale: u8) -> Result<(), Diagnostic> {
        let is_same = self.scale == scale;
        is_same.then_some(()).ok_or_else(|| {
            let note = format!("its counts have {} decimals, those beside them {scale}", self.scale);
            no_cell(self.used, &note)
                .help("read both as numbers of as many decimals: `type = \"decimal\"`, `scale`")
        })
    }

    /// The dimension that names the areas between which the people of a table move.
    pub(super) fn area(&self, table: &Table) -> Option<String> {
        self.used.areas(table, self.table).first().map(|name| (*name).to_owned())
    }

    /// Whether its times are days.
    pub(super) fn has_days(&self) -> bool {
        self.table.position(columns::REFERENCE_DATE).is_some() || self.used.on.is_some()
    }

    /// Of each value of a dimension, the index that it has among others.
    pub(super) fn in_levels(&self, dimension: &str, others: &Levels) -> Vec<Option<u32>> {
        let position = self.table.position(dimension);
        position.map(|position| self.dimensions[position].in_levels(others)).unwrap_or_default()
    }

    /// The values of a dimension of this name.
    pub(crate) fn values(&self, dimension: &str) -> &[Value] {
        self.table.position(dimension).map_or(&[], |position| self.dimensions[position].values())
    }
}

/// The counts that an indicator asks for, protected like all others.
fn shown(
    used: &OtherTable,
    table: &Table,
    counts: &Counts,
    disclosure: Option<&Disclosure>,
) -> Result<CellRows, Diagnostic> {
    let frame = counts.with_year_after().map_err(|error| internal("counts of another table", &error))?;
    let mut frame = protect(frame.lazy(), disclosure, counts.scale)?;
    frame = frame.with_columns([status().alias(STATUS), crate::counts::index(0).alias(PART)]);
    let fixed = used.fixed.iter().filter_map(|(name, code)| {
        let position = table.position(name)?;
        let index = counts.dimensions[position].values().iter().position(|value| value.text() == *code);
        Some((name, code, index.map(|index| col(dimension(position)).eq(lit(index as u32)))))
    });
    let concept = used.concept.as_ref().map(|concept| {
        let index = counts.concepts.index(&Value::code(concept));
        (index, concept)
    });
    for (name, code, is_code) in fixed {
        frame = frame
            .filter(is_code.ok_or_else(|| no_cell(used, &format!("no cell of it has `{name}` = `{code}`")))?);
    }
    if let Some((index, concept)) = concept {
        let index =
            index.ok_or_else(|| no_cell(used, &format!("no cell of it has the concept `{concept}`")))?;
        frame = frame.filter(col(CONCEPT).eq(lit(index)));
    }
    let frame = frame.collect().map_err(|error| internal("counts of another table", &error))?;
    CellRows::of_frame(&frame, table.dimensions.len())
}

fn no_cell(used: &OtherTable, note: &str) -> Diagnostic {
    let message = format!("nothing can be compared with the table `{}`", used.table);
    Diagnostic::error(Code::Indicator, message).note(note)
}

/// Times of parts and concepts.
pub(super) type PartTimes = HashSet<((u32, u32), u32), RandomState>;

/// The counts of a key.
#[derive(Default)]
struct OfKey {
    /// Each with the value of the dimension that is told apart.
    cells: Vec<(u32, Cell)>,
    /// Of the dimension that is told apart, the total, and what states no value.
    totals: Vec<Cell>,
    not_stated: Vec<Cell>,
}

type ByKey = HashMap<u128, OfKey, RandomState>;

/// The counts of another table by keys that the rows of a table have.
pub(super) struct Lookup {
    /// The dimensions of the table that both have, and how many values each has.
    shared: Vec<(usize, u128)>,
    /// The time of the table, and for each of its times those of the other one; of a mean, two.
    times: Option<(usize, [Vec<Option<u32>>; 2])>,
    /// Indices of *not stated*, which is nobody in particular and compared with nothing.
    not_stated: Vec<(usize, u32)>,
    counts: ByKey,
    /// The times of the other table of which something is provisional; 0 where it has no times.
    open: BTreeSet<u32>,
}

impl Inputs<'_> {
    pub(super) fn other(&self, used: Option<&OtherTable>) -> Result<&Other<'_>, Diagnostic> {
        let other = self.others.iter().find(|other| Some(other.used) == used);
        let other = other.ok_or_else(|| internal("counts of another table", &"they are not there"))?;
        if other.sampling_fraction == self.sampling_fraction {
            return Ok(other);
        }
        let [here, there] = [self.sampling_fraction, other.sampling_fraction];
        Err(no_cell(other.used, &format!("one of the two is a sample: {here} and {there} of the population"))
            .help("compare counts of the same sampling fraction"))
    }

    /// The counts of another table by the dimensions that both have, `apart` left out: of it each value is told.
    pub(super) fn lookup(
        &self,
        other: &Other<'_>,
        at: Denominator,
        apart: Option<&str>,
    ) -> Result<Lookup, Diagnostic> {
        let is_time = |name: &str| [columns::REFERENCE_DATE, columns::YEAR].contains(&name);
        let names = self.table.dimensions.iter().enumerate();
        let shared: Vec<(usize, usize)> = names
            .filter(|(_, name)| !is_time(name) && Some(name.as_str()) != apart)
            .filter(|(_, name)| other.used.fixes(name).is_none())
            .filter_map(|(position, name)| Some((position, other.table.position(name)?)))
            .collect();
        let time = time_dimension(other.table);
        let times = time_dimension(self.table).zip(time).map(|(here, there)| {
            let levels = self.dimensions[here].values();
            let found: Vec<_> = levels
                .iter()
                .map(|value| times(value, &other.dimensions[there], other.used.on, at))
                .collect();
            let of = |one: usize| found.iter().map(|pair| pair.map(|pair| pair[one])).collect();
            (here, [of(0), of(1)])
        });
        let not_stated =
            shared.iter().filter_map(|(here, _)| Some((*here, self.dimensions[*here].not_stated()?)));
        let counts = self.counts_by_key(other, &shared, time, apart);
        Ok(Lookup {
            not_stated: not_stated.collect(),
            shared: shared.iter().map(|(here, _)| (*here, self.dimensions[*here].len() as u128)).collect(),
            times,
            counts,
            open: open_parts(&other.rows, time).into_iter().map(|(_, time)| time).collect(),
        })
    }

    /// The counts of flows, and nobody where only the flow the other way has somebody: provisional where somebody may still come.
    pub(super) fn with_cells_of(&self, other: &Other<'_>) -> Cow<'_, CellRows> {
        let rows: &CellRows = &self.rows;
        let Some(there) = self.codes_of(other) else { return Cow::Borrowed(rows) };
        let key = |codes: &[u32]| {
            let sized = codes.iter().zip(self.dimensions);
            sized.fold(0, |key, (index, levels)| joined(key, levels.len() as u128, *index))
        };
        let row_key = |row: usize| (rows.keys.part_of(row), key(&rows.keys.codes_of(row)));
        let mut known: HashSet<((u32, u32), u128), RandomState> = (0..rows.len()).map(row_key).collect();
        let parts: BTreeSet<(u32, u32)> = (0..rows.len()).map(|row| rows.keys.part_of(row)).collect();
        let time = time_dimension(self.table);
        let time_of = |row: usize| time.map_or(0, |time| rows.keys.dimensions[time][row]);
        let times: PartTimes = (0..rows.len()).map(|row| (rows.keys.part_of(row), time_of(row))).collect();
        let open = open_parts(rows, time);
        let mut all = rows.clone();
        for row in 0..other.rows.len() {
            let Some(codes) = there.iter().map(|column| column[row]).collect::<Option<Vec<u32>>>() else {
                continue;
            };
            let at = time.map_or(0, |time| codes[time]);
            // A time that the table does not have is not known to be one without anybody.
            for part in parts.iter().filter(|part| times.contains(&(**part, at))) {
                if known.insert((*part, key(&codes))) {
                    all.push(*part, &codes, Cell::nobody_at(open.contains(&(*part, at))));
                }
            }
        }
        Cow::Owned(all)
    }

    /// Of each dimension of the table, the codes of the rows of another one as they are here; nothing where it lacks one of them.
    fn codes_of(&self, other: &Other<'_>) -> Option<Vec<Vec<Option<u32>>>> {
        let columns = self.table.dimensions.iter().zip(self.dimensions).map(|(name, levels)| {
            let position = other.table.position(name)?;
            let of_here = other.dimensions[position].in_levels(levels);
            let column = &other.rows.keys.dimensions[position];
            Some(column.iter().map(|index| of_here[*index as usize]).collect())
        });
        columns.collect()
    }

    fn counts_by_key(
        &self,
        other: &Other<'_>,
        shared: &[(usize, usize)],
        time: Option<usize>,
        apart: Option<&str>,
    ) -> ByKey {
        let apart = apart.and_then(|name| other.table.position(name));
        let column = |position: usize| other.rows.keys.dimensions[position].iter().copied();
        let mut keys: Vec<Option<u128>> = vec![Some(0); other.rows.len()];
        for (here, there) in shared {
            let levels = &self.dimensions[*here];
            let of_here = other.dimensions[*there].in_levels(levels);
            for (key, index) in keys.iter_mut().zip(column(*there)) {
                *key = key
                    .zip(of_here[index as usize])
                    .map(|(key, index)| joined(key, levels.len() as u128, index));
            }
        }
        for (position, levels) in other.dimensions.iter().enumerate() {
            let is_shared = shared.iter().any(|(_, there)| *there == position);
            let is_fixed = other.used.fixes(&other.table.dimensions[position]).is_some();
            if is_shared || is_fixed || Some(position) == time {
                continue;
            }
            for (key, index) in keys.iter_mut().zip(column(position)) {
                let is_kept = Some(position) == apart || Some(index) == levels.total();
                *key = key.filter(|_| is_kept);
            }
        }
        other.by_key(&keys, time, apart)
    }
}

impl Other<'_> {
    /// The counts by the keys of their rows.
    fn by_key(&self, keys: &[Option<u128>], time: Option<usize>, apart: Option<usize>) -> ByKey {
        let levels = apart.map(|position| &self.dimensions[position]);
        let (total, not_stated) = (levels.and_then(Levels::total), levels.and_then(Levels::not_stated));
        let mut counts = ByKey::default();
        for (row, key) in keys.iter().enumerate() {
            let Some(key) = *key else { continue };
            let code = |position: usize| self.rows.keys.dimensions[position][row];
            let key = time.map_or(key, |time| with_time(key, code(time)));
            let (of_key, cell) = (counts.entry(key).or_default(), self.rows.cell(row));
            match apart.map(code) {
                None => of_key.cells.push((0, cell)),
                value if value == total => of_key.totals.push(cell),
                value if value == not_stated => of_key.not_stated.push(cell),
                Some(value) => of_key.cells.push((value, cell)),
            }
        }
        // Sums of doubles are to be the same however the rows came.
        counts.values_mut().for_each(|of_key| of_key.cells.sort_by_key(|(value, _)| *value));
        counts
    }
}

/// The times at which a count of a part and concept is provisional: at these, one that is not there may still come. Without a dimension of
/// time they are 0.
pub(super) fn open_parts(rows: &CellRows, time: Option<usize>) -> PartTimes {
    let provisional = Status::PROVISIONAL.bits();
    let open = rows.flags().iter().enumerate().filter(|(_, flag)| **flag & provisional != 0);
    let time_of = |row: usize| time.map_or(0, |time| rows.keys.dimensions[time][row]);
    open.map(|(row, _)| (rows.keys.part_of(row), time_of(row))).collect()
}

fn joined(key: u128, levels: u128, index: u32) -> u128 {
    key.wrapping_mul(levels.max(1)).wrapping_add(u128::from(index))
}

fn with_time(key: u128, time: u32) -> u128 {
    key.wrapping_shl(32) | u128::from(time)
}

/// What a row of a table meets in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The counts with these keys: two where a mean is taken.
    Of([u128; 2]),
    /// It has no counterpart, for it does not state what is compared.
    NotStated,
    /// The other table has no such time.
    NoTime,
}

impl Lookup {
    /// The key of each row.
    pub(super) fn keys(&self, of: &Keys) -> Vec<Key> {
        let mut keys = vec![0_u128; of.len()];
        for (position, levels) in &self.shared {
            let column = &of.dimensions[*position];
            keys.iter_mut().zip(column).for_each(|(key, index)| *key = joined(*key, *levels, *index));
        }
        let mut found: Vec<Key> = keys.into_iter().map(|key| Key::Of([key, key])).collect();
        if let Some((position, [first, second])) = &self.times {
            for (key, index) in found.iter_mut().zip(&of.dimensions[*position]) {
                let times = first[*index as usize].zip(second[*index as usize]);
                *key = match (*key, times) {
                    (Key::Of([one, other]), Some((first, second))) => {
                        Key::Of([with_time(one, first), with_time(other, second)])
                    }
                    (Key::Of(_) | Key::NotStated | Key::NoTime, _) => Key::NoTime,
                };
            }
        }
        for (position, not_stated) in &self.not_stated {
            let column = &of.dimensions[*position];
            let stated = found.iter_mut().zip(column).filter(|(_, index)| *index == not_stated);
            stated.for_each(|(key, _)| *key = Key::NotStated);
        }
        found
    }

    /// The counts of a key, each with the value of the dimension that is told apart.
    pub(super) fn all(&self, key: u128) -> &[(u32, Cell)] {
        self.counts.get(&key).map_or(&[], |counts| &counts.cells)
    }

    /// Whether the counts of a key by the dimension that is told apart are all that there are: of a publication, where they
    /// add up to their total.
    pub(super) fn is_whole(&self, key: u128, complete: bool) -> bool {
        let sum = |cells: &mut dyn Iterator<Item = &Cell>| -> i128 {
            cells.filter_map(|cell| cell.exact).map(i128::from).sum()
        };
        let adds_up = |counts: &OfKey| match counts.totals.as_slice() {
            [total] => {
                let parts = sum(&mut counts.cells.iter().map(|(_, cell)| cell).chain(&counts.not_stated));
                total.exact.map(i128::from) == Some(parts)
            }
            _ => false,
        };
        complete || self.counts.get(&key).is_some_and(adds_up)
    }

    /// Whether a count of a key that is not there may still come.
    pub(super) fn is_open(&self, key: u128) -> bool {
        let time = if self.times.is_some() { (key & u128::from(u32::MAX)) as u32 } else { 0 };
        self.open.contains(&time)
    }

    /// The only count of a key.
    pub(super) fn one(&self, key: u128) -> Option<Cell> {
        // That two cells of a checked table have one key cannot be: what is left over is no cell to compare with.
        if let [(_, cell)] = self.all(key) { Some(*cell) } else { None }
    }
}
