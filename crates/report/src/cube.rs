//! A published table as cells: which dimensions it has, and what can be shown of them without adding anything up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use denizen_spec::{Aspect, Diagnostic, Indicator, columns as names};

use crate::chunks::Chunk;
use crate::columns::{Column, NONE};
use crate::release::{Field, Release, Resource};
use crate::survey::{GroupKey, KeyedChunks, Keys, Profile, Survey};

/// The texts that every table has beside its key, as far as a page shows them.
const TEXTS: [&str; 3] = ["rule_parameters", "unit", "obs_status"];

/// The numbers that it has.
const NUMBERS: [&str; 5] = ["value", "decimals", "base", "n_not_stated", "n_undecided"];

/// The cells of a table, row by row: those that figures may show.
pub(crate) struct Cube {
    /// The rows of the table, held or not.
    pub(crate) all_rows: usize,
    /// Those of them whose value is suppressed.
    pub(crate) suppressed: usize,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) indicator: Column,
    pub(crate) concept: Column,
    pub(crate) rule: Column,
    /// The parameters of the rule.
    pub(crate) parameters: Column,
    unit: Column,
    status: Column,
    /// Each concept with each rule by which it is counted.
    pub(crate) parts: BTreeSet<(u32, u32)>,
    values: Vec<f64>,
    decimals: Vec<f64>,
    bases: Vec<f64>,
    not_stated: Vec<f64>,
    undecided: Vec<f64>,
}

/// A dimension of a table.
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) list: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) codes: Column,
    /// The key of its total, where some row has it.
    pub(crate) total: Option<u32>,
}

/// What a dimension says of those who are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// When.
    Time,
    /// Women or men.
    Sex,
    /// How old.
    Age,
    /// Anything else: countries, reasons, areas.
    Code,
}

impl Dimension {
    pub(crate) fn new(field: &Field, codes: Column) -> Self {
        let total = codes.key(names::TOTAL);
        let stated = || codes.words.iter().filter(|word| !is_special(word));
        let is_time = stated().count() > 0 && stated().all(|word| is_time(word, &field.name));
        let kind = match field.name.as_str() {
            "sex" => Kind::Sex,
            "age" | "age_group" => Kind::Age,
            _ if is_time => Kind::Time,
            _ => Kind::Code,
        };
        Self { name: field.name.clone(), list: field.codelist.clone(), kind, codes, total }
    }

    /// Whether a key is neither the total nor *not stated*.
    pub(crate) fn is_stated(&self, key: u32) -> bool {
        key != NONE && !self.codes.word(key).is_none_or(is_special)
    }
}

pub(crate) fn is_special(code: &str) -> bool {
    code == names::TOTAL || code == names::NOT_STATED
}

/// A year, a month, a quarter or a day. A number of four digits is a year only where the column is called so: it may be an area.
pub(crate) fn is_time(text: &str, name: &str) -> bool {
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split('-').collect::<Vec<_>>()[..] {
        [year] => digits(year, 4) && (name.contains("year") || name.contains("period")),
        [year, rest] => {
            digits(year, 4) && (digits(rest, 2) || rest.starts_with('Q') || rest.starts_with('S'))
        }
        [year, month, day] => digits(year, 4) && digits(month, 2) && digits(day, 2),
        _ => false,
    }
}

/// A choice of one code of some dimensions: their places and keys.
pub(crate) type Choice = Vec<(usize, u32)>;

impl Cube {
    /// A table of which no row is held yet, and what is known of each of its groups.
    pub(crate) fn survey(
        release: &Release,
        resource: &Resource,
    ) -> Result<(Self, BTreeMap<GroupKey, Profile>), Diagnostic> {
        let Survey { rows, suppressed, dimensions, concept, rule, indicator, groups } =
            Survey::of(release, resource)?;
        let cube = Self {
            all_rows: rows,
            suppressed,
            dimensions,
            parts: groups.keys().map(|(concept, rule, _)| (*concept, *rule)).collect(),
            indicator,
            concept,
            rule,
            parameters: Column::default(),
            unit: Column::default(),
            status: Column::default(),
            values: Vec::new(),
            decimals: Vec::new(),
            bases: Vec::new(),
            not_stated: Vec::new(),
            undecided: Vec::new(),
        };
        Ok((cube, groups))
    }

    /// Reads the table again and holds some of its rows: the first ones, and those of which `is_kept` says so.
    pub(crate) fn hold(
        &mut self,
        release: &Release,
        resource: &Resource,
        first: usize,
        is_kept: &dyn Fn(&Keys, usize) -> bool,
    ) -> Result<(), Diagnostic> {
        let mut chunks = KeyedChunks::open(release, resource, &[TEXTS.as_slice(), &NUMBERS].concat())?;
        let mut start = 0;
        while let Some((chunk, keys)) = chunks.next()? {
            let is_kept = |row: &usize| start + row < first || is_kept(&keys, *row);
            let rows: Vec<usize> = (0..chunk.rows).filter(is_kept).collect();
            start += chunk.rows;
            if !rows.is_empty() {
                self.push(&chunks, &chunk, &keys, &rows)?;
            }
        }
        Ok(())
    }

    fn push(
        &mut self,
        chunks: &KeyedChunks,
        chunk: &Chunk,
        keys: &Keys,
        rows: &[usize],
    ) -> Result<(), Diagnostic> {
        // Both readings meet the same words in the same order.
        for (dimension, keys) in self.dimensions.iter_mut().zip(&keys.dimensions) {
            dimension.codes.keys.extend(rows.iter().map(|row| keys[*row]));
        }
        for row in rows {
            let (concept, rule, indicator) = keys.group(*row);
            self.concept.keys.push(concept);
            self.rule.keys.push(rule);
            self.indicator.keys.push(indicator);
        }
        let texts = [&mut self.parameters, &mut self.unit, &mut self.status];
        for (name, column) in TEXTS.iter().zip(texts) {
            let keys = chunks.keys(chunk, name, column)?;
            column.keys.extend(rows.iter().map(|row| keys[*row]));
        }
        let numbers = [
            &mut self.values,
            &mut self.decimals,
            &mut self.bases,
            &mut self.not_stated,
            &mut self.undecided,
        ];
        for (name, held) in NUMBERS.iter().zip(numbers) {
            let found = chunk.numbers(chunks.place(name));
            held.extend(rows.iter().map(|row| found[*row]));
        }
        Ok(())
    }

    /// The number of the rows that are held.
    fn rows(&self) -> usize {
        self.values.len()
    }

    /// The dimensions of a kind, by their places.
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = usize> {
        (0..self.dimensions.len()).filter(move |place| self.dimensions[*place].kind == kind)
    }

    /// The code of a dimension in a row.
    pub(crate) fn key(&self, row: usize, dimension: usize) -> u32 {
        self.dimensions[dimension].codes.keys.get(row).copied().unwrap_or(NONE)
    }

    /// The value of a row, where there is one.
    pub(crate) fn value(&self, row: usize) -> Option<f64> {
        self.values.get(row).copied().filter(|value| value.is_finite())
    }

    /// How many of a row's persons or crossings a rule cannot decide about yet.
    pub(crate) fn undecided(&self, row: usize) -> Option<f64> {
        self.undecided.get(row).copied().filter(|value| value.is_finite())
    }

    /// What a share is a share of.
    pub(crate) fn base(&self, row: usize) -> Option<f64> {
        self.bases.get(row).copied().filter(|base| base.is_finite())
    }

    /// How many are not in a share, for they do not state what it is over.
    pub(crate) fn not_stated(&self, row: usize) -> Option<f64> {
        self.not_stated.get(row).copied().filter(|count| count.is_finite())
    }

    /// The decimals in which the value of a row is shown.
    pub(crate) fn decimals(&self, row: usize) -> usize {
        let decimals = self.decimals.get(row).copied().filter(|decimals| decimals.is_finite());
        decimals.unwrap_or(0.0).clamp(0.0, 6.0) as usize
    }

    pub(crate) fn unit(&self, row: usize) -> &str {
        self.unit.text(row).unwrap_or_default()
    }

    /// The status of a row, such as `A` or `BP`.
    pub(crate) fn status(&self, row: usize) -> &str {
        self.status.text(row).unwrap_or_default()
    }

    /// Whether an indicator is what was counted, and not what was computed from it.
    pub(crate) fn is_measure(&self, indicator: u32) -> bool {
        let name = self.indicator.word(indicator).unwrap_or_default();
        Indicator::named(name).is_none() && Aspect::explained(name).is_none()
    }

    /// The rows of each concept and rule and indicator that are held, in the order of the table.
    pub(crate) fn groups(&self) -> BTreeMap<GroupKey, Vec<usize>> {
        let mut groups: BTreeMap<GroupKey, Vec<usize>> = BTreeMap::new();
        let key = |column: &Column, row: usize| column.keys.get(row).copied().unwrap_or(NONE);
        for row in 0..self.rows() {
            let group = (key(&self.concept, row), key(&self.rule, row), key(&self.indicator, row));
            groups.entry(group).or_default().push(row);
        }
        groups
    }

    /// Those of some rows that have the chosen codes.
    pub(crate) fn chosen(&self, rows: &[usize], choice: &Choice) -> Vec<usize> {
        let fits = |row: &usize| choice.iter().all(|(dimension, key)| self.key(*row, *dimension) == *key);
        rows.iter().copied().filter(fits).collect()
    }

    /// The codes of a dimension in some rows, in the order in which they are met.
    pub(crate) fn codes(&self, rows: &[usize], dimension: usize) -> Vec<u32> {
        let mut seen = vec![false; self.dimensions[dimension].codes.words.len()];
        let mut codes = Vec::new();
        for row in rows {
            let key = self.key(*row, dimension);
            if let Some(seen) = seen.get_mut(key as usize).filter(|seen| !**seen) {
                *seen = true;
                codes.push(key);
            }
        }
        codes
    }

    /// The times in some rows, the earliest first, without the total.
    pub(crate) fn times(&self, rows: &[usize], time: usize) -> Vec<u32> {
        self.in_order(self.codes(rows, time).into_iter(), time)
    }

    /// Some codes of a dimension of time in this order, without the total.
    pub(crate) fn in_order(&self, codes: impl Iterator<Item = u32>, time: usize) -> Vec<u32> {
        let dimension = &self.dimensions[time];
        let mut times: Vec<u32> = codes.filter(|key| dimension.is_stated(*key)).collect();
        times.sort_by_key(|key| dimension.codes.word(*key));
        times
    }

    /// Whether a time comes after another.
    pub(crate) fn is_later(&self, time: usize, one: u32, other: u32) -> bool {
        let codes = &self.dimensions[time].codes;
        codes.word(one) > codes.word(other)
    }

    /// Some rows by the codes of two dimensions.
    pub(crate) fn by(&self, rows: &[usize], one: usize, other: Option<usize>) -> HashMap<(u32, u32), usize> {
        let key = |row: usize| (self.key(row, one), other.map_or(NONE, |other| self.key(row, other)));
        rows.iter().map(|row| (key(*row), *row)).collect()
    }
}
