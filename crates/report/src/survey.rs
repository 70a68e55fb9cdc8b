//! What a table holds, group by group: the first of two readings of it. Which of its rows figures may show follows from that, and
//! only these are held, for a table may have millions.

use std::collections::{BTreeMap, HashMap};

use denizen_spec::{Diagnostic, columns as names};

use crate::chunks::{Chunk, Chunks};
use crate::columns::{Column, NONE, holds};
use crate::cube::{Dimension, is_special, is_time};
use crate::release::{Field, Release, Resource};

/// Columns that every table has: what rows are grouped by.
const GROUP: [&str; 3] = ["concept", "rule", "indicator"];

/// Others of them, as far as they are needed of all rows.
const OF_ROWS: [&str; 4] = ["value", "n_undecided", "obs_status", "rule_parameters"];

/// Where a column stands that is not there.
const NO_PLACE: usize = usize::MAX;

/// The keys of the concept, the rule and the indicator of a row.
pub(crate) type GroupKey = (u32, u32, u32);

/// Chunks of a table with the keys of its dimensions and groups.
pub(crate) struct KeyedChunks {
    chunks: Chunks,
    table: String,
    wanted: Vec<String>,
    /// The dimensions, and where among the columns their codes stand.
    fields: Vec<(Field, Option<usize>)>,
    pub(crate) dimensions: Vec<Column>,
    pub(crate) groups: [Column; 3],
}

/// The keys of the rows of a chunk.
pub(crate) struct Keys {
    /// Of each dimension those of all rows.
    pub(crate) dimensions: Vec<Vec<u32>>,
    groups: [Vec<u32>; 3],
}

impl Keys {
    /// The group of a row.
    pub(crate) fn group(&self, row: usize) -> GroupKey {
        let [concept, rule, indicator] = &self.groups;
        (concept[row], rule[row], indicator[row])
    }
}

impl KeyedChunks {
    /// Opens a table, of which some other columns are wanted as well.
    pub(crate) fn open(release: &Release, table: &Resource, others: &[&str]) -> Result<Self, Diagnostic> {
        let fields = table.fields();
        let end = fields.iter().position(|field| field.name == "indicator").unwrap_or(fields.len());
        let before = fields[..end].iter().map(|field| field.name.as_str());
        let wanted: Vec<&str> = before.chain(GROUP).chain(others.iter().copied()).collect();
        let chunks = release.chunks(table, &wanted)?;
        let place = |name: &str| {
            let is_there = chunks.found().iter().any(|found| found == name);
            wanted.iter().position(|wanted| *wanted == name).filter(|_| is_there)
        };
        let mut dimensions = Vec::new();
        for field in &fields[..end] {
            let is_code_of_another =
                fields[..end].iter().any(|other| names::code_of(&other.name) == field.name);
            if !is_code_of_another {
                // Where a number cannot say what a row is about, its code can.
                let codes = place(&names::code_of(&field.name)).or_else(|| place(&field.name));
                dimensions.push((field.clone(), codes));
            }
        }
        Ok(Self {
            table: table.path().to_owned(),
            wanted: wanted.iter().map(|name| (*name).to_owned()).collect(),
            dimensions: vec![Column::default(); dimensions.len()],
            groups: Default::default(),
            fields: dimensions,
            chunks,
        })
    }

    /// Where a column stands among those of a chunk.
    pub(crate) fn place(&self, name: &str) -> usize {
        self.wanted.iter().position(|wanted| wanted == name).unwrap_or(self.wanted.len())
    }

    /// The next rows.
    pub(crate) fn next(&mut self) -> Result<Option<(Chunk, Keys)>, Diagnostic> {
        let Some(chunk) = self.chunks.next()? else { return Ok(None) };
        let mut dimensions = Vec::new();
        for ((field, place), column) in self.fields.iter().zip(&mut self.dimensions) {
            dimensions.push(
                chunk
                    .keys(place.unwrap_or(NO_PLACE), column)
                    .map_err(|kind| holds_other(&self.table, &field.name, &kind))?,
            );
        }
        let mut groups: [Vec<u32>; 3] = Default::default();
        for (index, name) in GROUP.iter().enumerate() {
            let found = chunk.keys(self.place(name), &mut self.groups[index]);
            groups[index] = found.map_err(|kind| holds_other(&self.table, name, &kind))?;
        }
        Ok(Some((chunk, Keys { dimensions, groups })))
    }

    /// The keys of another column of a chunk; `column` has its words.
    pub(crate) fn keys(
        &self,
        chunk: &Chunk,
        name: &str,
        column: &mut Column,
    ) -> Result<Vec<u32>, Diagnostic> {
        chunk.keys(self.place(name), column).map_err(|kind| holds_other(&self.table, name, &kind))
    }
}

fn holds_other(table: &str, column: &str, kind: &str) -> Diagnostic {
    holds(std::path::Path::new(table), column, kind)
}

/// What is known of all rows of a table.
pub(crate) struct Survey {
    pub(crate) rows: usize,
    /// Rows whose value is suppressed.
    pub(crate) suppressed: usize,
    /// The dimensions with their codes, without rows.
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) concept: Column,
    pub(crate) rule: Column,
    pub(crate) indicator: Column,
    pub(crate) groups: BTreeMap<GroupKey, Profile>,
}

impl Survey {
    /// Reads a table once.
    pub(crate) fn of(release: &Release, table: &Resource) -> Result<Self, Diagnostic> {
        let mut chunks = KeyedChunks::open(release, table, &OF_ROWS)?;
        let mut notes = Notes::new(&chunks);
        let (mut status, mut parameters) = (Column::default(), Column::default());
        let (mut rows, mut suppressed) = (0, 0);
        while let Some((chunk, keys)) = chunks.next()? {
            rows += chunk.rows;
            let is_suppressed: Vec<u32> = chunks.keys(&chunk, "obs_status", &mut status)?;
            let hidden: Vec<bool> = status.words.iter().map(|word| word.contains('Q')).collect();
            suppressed +=
                is_suppressed.iter().filter(|key| hidden.get(**key as usize) == Some(&true)).count();
            let of_rows = chunks.keys(&chunk, "rule_parameters", &mut parameters)?;
            notes.learn(&chunks);
            let [value, undecided] = ["value", "n_undecided"].map(|name| chunk.numbers(chunks.place(name)));
            let numbers = Numbers { value: &value, undecided: &undecided };
            notes.add(&keys, &numbers, |row| parameters.word(of_rows[row]));
        }
        let KeyedChunks { fields, dimensions, groups: [concept, rule, indicator], .. } = chunks;
        let dimensions =
            fields.iter().zip(dimensions).map(|((field, _), codes)| Dimension::new(field, codes));
        let dimensions = dimensions.collect();
        let groups = notes.places.into_iter().collect::<BTreeMap<_, _>>().into_iter();
        let mut profiles: Vec<Option<Profile>> = notes.profiles.into_iter().map(Some).collect();
        let groups = groups.filter_map(|(key, place)| Some((key, profiles[place].take()?))).collect();
        Ok(Self { rows, suppressed, dimensions, concept, rule, indicator, groups })
    }
}

/// What is known of the rows of one group.
#[derive(Default)]
pub(crate) struct Profile {
    codes: Vec<Codes>,
    /// The parameters of the rule, of the first row that has some.
    pub(crate) parameters: Option<String>,
    /// What is known of each time, for each dimension that may be one of time.
    times: Vec<Vec<AtTime>>,
    /// Whether each time has one code of another dimension only: by dimension of time and other dimension.
    follows: Vec<Vec<bool>>,
}

/// The codes of a dimension in a group, in the order in which they are met.
#[derive(Default, Clone)]
struct Codes {
    is_met: Vec<bool>,
    met: Vec<u32>,
}

/// What is known of a time.
#[derive(Default, Clone)]
pub(crate) struct AtTime {
    is_met: bool,
    /// The sum of values whose code says that they are not decided.
    pub(crate) undecided: f64,
    /// The sum of all values.
    pub(crate) all: f64,
    /// Whether something of it is not decided, be it in a column or in rows of its own.
    pub(crate) is_open: bool,
    /// The code of each dimension that was met first.
    first: Vec<u32>,
}

impl Profile {
    fn new(dimensions: usize) -> Self {
        Self {
            codes: vec![Codes::default(); dimensions],
            parameters: None,
            times: vec![Vec::new(); dimensions],
            follows: vec![vec![true; dimensions]; dimensions],
        }
    }

    /// The codes of a dimension that rows have.
    pub(crate) fn codes(&self, dimension: usize) -> &[u32] {
        &self.codes[dimension].met
    }

    /// Whether some rows have a code of a dimension.
    pub(crate) fn has(&self, dimension: usize, key: u32) -> bool {
        self.codes[dimension].is_met.get(key as usize) == Some(&true)
    }

    /// Whether each time has one code of another dimension only.
    pub(crate) fn follows(&self, time: usize, dimension: usize) -> bool {
        self.follows[time][dimension]
    }

    /// What is known of each code of a dimension of time, also where there is none.
    pub(crate) fn times(&self, time: usize) -> impl Iterator<Item = (u32, &AtTime)> {
        let met = self.times[time].iter().enumerate().filter(|(_, at)| at.is_met);
        met.map(|(slot, at)| ((slot as u32).wrapping_sub(1), at))
    }
}

/// Numbers of the rows of a chunk.
struct Numbers<'a> {
    value: &'a [f64],
    undecided: &'a [f64],
}

/// The profiles of all groups in the making.
struct Notes {
    places: HashMap<GroupKey, usize>,
    profiles: Vec<Profile>,
    names: Vec<String>,
    /// Of each dimension whether all its codes so far are times, and which of them say that something is not decided.
    may_be_time: Vec<bool>,
    is_undecided: Vec<Vec<bool>>,
}

impl Notes {
    fn new(chunks: &KeyedChunks) -> Self {
        let names: Vec<String> = chunks.fields.iter().map(|(field, _)| field.name.clone()).collect();
        Self {
            places: HashMap::new(),
            profiles: Vec::new(),
            may_be_time: vec![true; names.len()],
            is_undecided: vec![Vec::new(); names.len()],
            names,
        }
    }

    /// Looks at the codes that are new in the last chunk.
    fn learn(&mut self, chunks: &KeyedChunks) {
        for (dimension, column) in chunks.dimensions.iter().enumerate() {
            for word in &column.words[self.is_undecided[dimension].len()..] {
                self.may_be_time[dimension] &= is_special(word) || is_time(word, &self.names[dimension]);
                self.is_undecided[dimension].push(word == "undecided" || word.starts_with("undecided_"));
            }
        }
    }

    fn add<'p>(&mut self, keys: &Keys, numbers: &Numbers<'_>, parameters: impl Fn(usize) -> Option<&'p str>) {
        let mut last: Option<(GroupKey, usize)> = None;
        let mut key = vec![NONE; self.names.len()];
        for row in 0..numbers.value.len() {
            let group = keys.group(row);
            let place = match last {
                Some((known, place)) if known == group => place,
                Some(_) | None => self.place(group),
            };
            last = Some((group, place));
            for (key, keys) in key.iter_mut().zip(&keys.dimensions) {
                *key = keys[row];
            }
            let of_code =
                |(key, is_undecided): (&u32, &Vec<bool>)| is_undecided.get(*key as usize) == Some(&true);
            let is_of_code = key.iter().zip(&self.is_undecided).any(of_code);
            let value = Some(numbers.value[row]).filter(|value| value.is_finite());
            let is_open = numbers.undecided[row].is_finite() && numbers.undecided[row] > 0.0;
            let profile = &mut self.profiles[place];
            if profile.parameters.is_none() {
                profile.parameters = parameters(row).map(str::to_owned);
            }
            profile.note_codes(&key);
            for time in (0..key.len()).filter(|time| self.may_be_time[*time]) {
                profile.note_time(time, &key, value, is_of_code, is_open);
            }
        }
    }

    fn place(&mut self, group: GroupKey) -> usize {
        let (next, dimensions) = (self.profiles.len(), self.names.len());
        let place = *self.places.entry(group).or_insert(next);
        if place == next {
            self.profiles.push(Profile::new(dimensions));
        }
        place
    }
}

impl Profile {
    fn note_codes(&mut self, key: &[u32]) {
        for (codes, key) in self.codes.iter_mut().zip(key).filter(|(_, key)| **key != NONE) {
            let slot = *key as usize;
            if codes.is_met.len() <= slot {
                codes.is_met.resize(slot + 1, false);
            }
            if !std::mem::replace(&mut codes.is_met[slot], true) {
                codes.met.push(*key);
            }
        }
    }

    fn note_time(&mut self, time: usize, key: &[u32], value: Option<f64>, is_of_code: bool, is_open: bool) {
        // Rows without a time are in the first slot.
        let slot = key[time].wrapping_add(1) as usize;
        let times = &mut self.times[time];
        if times.len() <= slot {
            times.resize(slot + 1, AtTime::default());
        }
        let at = &mut times[slot];
        if !std::mem::replace(&mut at.is_met, true) {
            at.first = key.to_vec();
        }
        for ((first, key), follows) in at.first.iter().zip(key).zip(&mut self.follows[time]) {
            *follows &= first == key;
        }
        at.all += value.unwrap_or_default();
        if is_of_code && value != Some(0.0) {
            at.undecided += value.unwrap_or_default();
            at.is_open = true;
        }
        at.is_open |= is_open;
    }
}
