//! A published table as cells: which dimensions it has, and what can be shown of them without adding anything up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use denizen_spec::{Aspect, Diagnostic, Indicator, columns as names};

use crate::columns::{Column, NONE};
use crate::release::{Field, Release, Resource};

/// The columns that every table has, as far as a page shows them.
const OF_TABLES: [&str; 11] = [
    "indicator",
    "value",
    "unit",
    "decimals",
    "obs_status",
    "concept",
    "rule",
    "rule_parameters",
    "base",
    "n_not_stated",
    "n_undecided",
];

/// The cells of a table, row by row.
pub(crate) struct Cube {
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
    /// What is estimated of counts, and between what, by their keys.
    estimates: HashMap<Vec<u32>, [Option<f64>; 3]>,
}

/// How the names of indicators end that are the lower end, the estimate, and the upper end of its interval.
const ESTIMATED: [&str; 3] = ["_estimate_lower", "_estimate", "_estimate_upper"];

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
    fn new(field: &Field, codes: Column) -> Self {
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

fn is_special(code: &str) -> bool {
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
    pub(crate) fn read(release: &Release, resource: &Resource) -> Result<Self, Diagnostic> {
        let fields = resource.fields();
        let end = fields.iter().position(|field| field.name == "indicator").unwrap_or(fields.len());
        let wanted: Vec<&str> =
            fields[..end].iter().map(|field| field.name.as_str()).chain(OF_TABLES).collect();
        let mut columns = release.columns(resource, &wanted)?;
        let mut dimensions = Vec::new();
        for field in &fields[..end] {
            let is_code_of_another =
                fields[..end].iter().any(|other| names::code_of(&other.name) == field.name);
            if is_code_of_another {
                continue;
            }
            // Where a number cannot say what a row is about, its code can.
            let codes = columns.remove(&names::code_of(&field.name)).or_else(|| columns.remove(&field.name));
            dimensions.push(Dimension::new(field, codes.unwrap_or_default()));
        }
        let mut take = |name: &str| columns.remove(name).unwrap_or_default();
        let (concept, rule) = (take("concept"), take("rule"));
        let parts = (0..concept.keys.len())
            .map(|row| (concept.keys[row], rule.keys.get(row).copied().unwrap_or(NONE)));
        let cube = Self {
            estimates: HashMap::new(),
            parts: parts.collect(),
            dimensions,
            values: take("value").numbers(),
            decimals: take("decimals").numbers(),
            bases: take("base").numbers(),
            not_stated: take("n_not_stated").numbers(),
            undecided: take("n_undecided").numbers(),
            parameters: take("rule_parameters"),
            indicator: take("indicator"),
            unit: take("unit"),
            status: take("obs_status"),
            concept,
            rule,
        };
        Ok(Self { estimates: cube.read_estimates(), ..cube })
    }

    /// What is estimated of counts, from the rows that say so.
    fn read_estimates(&self) -> HashMap<Vec<u32>, [Option<f64>; 3]> {
        let part = |key: u32| {
            let name = self.indicator.word(key)?;
            ESTIMATED.iter().enumerate().find_map(|(place, ending)| {
                let measure = name.strip_suffix(ending).filter(|_| Aspect::explained(name).is_some())?;
                Some((place, self.indicator.key(measure).unwrap_or(NONE)))
            })
        };
        let parts: Vec<Option<(usize, u32)>> = (0..self.indicator.words.len() as u32).map(part).collect();
        let mut estimates: HashMap<Vec<u32>, [Option<f64>; 3]> = HashMap::new();
        for row in 0..self.rows() {
            let indicator = self.indicator.keys.get(row).copied().unwrap_or(NONE);
            if let Some(Some((place, measure))) = parts.get(indicator as usize) {
                estimates.entry(self.cell(row, *measure)).or_default()[*place] = self.value(row);
            }
        }
        estimates
    }

    /// The key of what a row is about, as another indicator has it.
    fn cell(&self, row: usize, indicator: u32) -> Vec<u32> {
        let key = |column: &Column| column.keys.get(row).copied().unwrap_or(NONE);
        let dimensions = (0..self.dimensions.len()).map(|place| self.key(row, place));
        [key(&self.concept), key(&self.rule), indicator].into_iter().chain(dimensions).collect()
    }

    /// Of a count that is not complete the lower end, the estimate, and the upper end of its interval, where it is estimated.
    pub(crate) fn estimate(&self, row: usize) -> Option<[Option<f64>; 3]> {
        if self.estimates.is_empty() {
            return None;
        }
        let indicator = self.indicator.keys.get(row).copied().unwrap_or(NONE);
        self.estimates.get(&self.cell(row, indicator)).copied()
    }

    /// The number of its rows.
    pub(crate) fn rows(&self) -> usize {
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

    /// The rows of each concept and rule and indicator, in the order of the table.
    pub(crate) fn groups(&self) -> BTreeMap<(u32, u32, u32), Vec<usize>> {
        let mut groups: BTreeMap<(u32, u32, u32), Vec<usize>> = BTreeMap::new();
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

    /// The codes of a dimension in some rows and how many rows have each, in the order in which they are met.
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
        let dimension = &self.dimensions[time];
        let mut times: Vec<u32> =
            self.codes(rows, time).into_iter().filter(|key| dimension.is_stated(*key)).collect();
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
