//! A published table: one row for each cell and indicator, as a frame of indices and as batches of codes.

mod contents;

use std::collections::BTreeSet;

use denizen_spec::{CodeKind, Codelist, Diagnostic, Indicator, Period, Translations, Unit, columns};

use crate::cell_columns::Keys;
use crate::counts::double;
use crate::estimates::EstimatedPart;
use crate::packed_rows::PackedRows;
use crate::publish::Rule;
use crate::status::{Confidentiality, Status};
use crate::value::{Levels, Value};

/// A table as it is published: one row for each cell and indicator, sorted by concept, rule, indicator and codes.
#[derive(Debug)]
pub struct PublishedTable {
    /// Its name, which is that of its file.
    pub name: String,
    /// What it shows.
    pub title: Option<String>,
    /// Its dimensions, in the order of its columns.
    pub dimensions: Vec<Dimension>,
    /// Whether a cell that is not there means that nobody was counted; else it means that nobody published it.
    pub complete: bool,
    /// Persons in its source for each person of the population.
    pub sampling_fraction: f64,
    /// Its indicators, each with the dimensions along which it is taken: those over which a share is a share, say.
    pub(crate) along: Vec<(String, Vec<String>)>,
    /// Its title in other languages.
    pub(crate) titles: Translations,
    /// Parameters of its indicators, such as `mean_age:close_open_group_at=100`.
    pub(crate) parameters: Vec<String>,
    /// Its parts, by number.
    pub(crate) parts: Vec<Part>,
    pub(crate) concepts: Levels,
    /// Measures and indicators, sorted.
    pub(crate) indicators: Vec<&'static str>,
    /// The texts that stand beside its counts: name and texts.
    pub(crate) texts: Vec<(String, Levels)>,
    /// Counts are shown as multiples of this; 1 where they are shown as they are.
    pub(crate) rounding_base: i64,
    /// What somebody should look at.
    pub(crate) warnings: Vec<Diagnostic>,
    /// Decimals of the counts.
    pub(crate) scale: u8,
    /// Which dimension is its time.
    pub(crate) time: Option<usize>,
    /// The years that it is about.
    pub(crate) period: Option<Period>,
    /// What occurs in its rows.
    pub(crate) seen: Seen,
    /// A column of indices for each dimension, then concept, part, indicator, value, exact count, base, n, how many do not
    /// state what is compared, how many are undecided, status, confidentiality, and a column of indices for each text.
    pub(crate) rows: PackedRows,
    /// How good estimates of earlier periods were, where the last ones are estimated.
    pub(crate) estimates: Vec<EstimatedPart>,
}

/// What occurs in the rows of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Seen {
    /// Of each dimension, whether some rows are totals over it.
    totals: Vec<bool>,
    /// Of each dimension, whether its codes stand in a column of their own: where numbers or days have a total or rows that
    /// do not state them, which no number can tell apart.
    codes: Vec<bool>,
    concepts: BTreeSet<u32>,
    statuses: BTreeSet<u32>,
    confidentialities: BTreeSet<u32>,
}

impl Seen {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self { totals: vec![false; dimensions], codes: vec![false; dimensions], ..Self::default() }
    }

    /// Adds what occurs in some rows.
    pub(crate) fn look_at(
        &mut self,
        keys: &Keys,
        statuses: &[u32],
        confidentialities: &[u32],
        dimensions: &[Dimension],
    ) {
        for (position, of) in dimensions.iter().enumerate() {
            let indices = &keys.dimensions[position];
            let total = of.levels.total();
            self.totals[position] |= indices.iter().any(|index| Some(*index) == total);
            self.codes[position] |= of.needs_codes(indices);
        }
        for (seen, of_rows) in [
            (&mut self.concepts, &keys.concepts[..]),
            (&mut self.statuses, statuses),
            (&mut self.confidentialities, confidentialities),
        ] {
            // Neighbours are mostly alike.
            seen.extend(of_rows.chunk_by(|one, other| one == other).map(|alike| alike[0]));
        }
    }
}

/// A dimension of a published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name, which is that of its column.
    pub name: String,
    /// What its column holds.
    pub kind: DimensionKind,
    /// The code list of its codes.
    pub list: Option<String>,
    pub(crate) levels: Levels,
}

/// What the column of a dimension holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DimensionKind {
    /// Codes, as text.
    Code,
    /// Whole numbers, such as years.
    Number,
    /// Days.
    Day,
}

/// What the rows of one `[[table]]` have in common.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) rule: Option<Rule>,
    /// What is counted, in the plural.
    pub(crate) unit: String,
    /// The country or region that it is about.
    pub(crate) area: Option<String>,
}

impl Part {
    fn rule_name(&self) -> Option<&str> {
        self.rule.as_ref().map(|rule| rule.name.as_str())
    }
}

impl PublishedTable {
    /// What somebody should look at: indicators that cannot be given, counts that tell more than they should.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// How good estimates of earlier periods were, where the last ones are estimated.
    pub fn estimates(&self) -> &[EstimatedPart] {
        &self.estimates
    }

    /// The number of its rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The names of its rules, each once; none where something is counted by no rule.
    pub(crate) fn rules(&self) -> Vec<Option<&str>> {
        let mut rules: Vec<_> = self.parts.iter().map(Part::rule_name).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// The place of each part's rule among [`rules`](Self::rules).
    pub(crate) fn rules_of_parts(&self) -> Vec<Option<u32>> {
        let rules = self.rules();
        let position = |part: &Part| rules.iter().position(|rule| *rule == part.rule_name());
        self.parts.iter().map(|part| position(part).map(|position| position as u32)).collect()
    }

    /// Whether some rows are totals over a dimension.
    pub(crate) fn has_totals(&self, position: usize) -> bool {
        self.seen.totals[position]
    }

    /// A count as its publisher wrote it.
    pub(crate) fn double(&self, count: i64) -> f64 {
        double(count, self.scale)
    }

    /// Its measures and indicators.
    pub(crate) fn indicator_names(&self) -> Vec<String> {
        self.indicators.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The codes in one of the columns that every table has; none in other columns.
    pub(crate) fn codes_of(&self, column: &str) -> Vec<String> {
        match column {
            "indicator" => self.indicator_names(),
            columns::CONCEPT => {
                let concept = |index: &u32| Some(self.concepts.values().get(*index as usize)?.text());
                self.seen.concepts.iter().filter_map(concept).collect()
            }
            "unit" => {
                let named = self.indicators.iter().filter_map(|name| match Indicator::named(name)?.unit {
                    Unit::Named(unit) => Some(unit.to_owned()),
                    Unit::OfCounts => None,
                });
                named.chain(self.parts.iter().map(|part| part.unit.clone())).collect()
            }
            columns::OBS_STATUS => {
                self.seen.statuses.iter().map(|bits| Status::from_bits(*bits).text()).collect()
            }
            columns::CONF_STATUS => {
                let codes = Confidentiality::codes();
                let code = |index: &u32| Some(codes.get(*index as usize)?.to_string());
                self.seen.confidentialities.iter().filter_map(code).collect()
            }
            "rule" => self.rules().into_iter().flatten().map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }
}

impl Dimension {
    /// The indices of what is left over beside the codes that are of interest: *other countries*, *stateless*. A list may
    /// say so; and a code that begins with an underscore (SDMX `_O`, `_X`, `_Z`) is never one country, reason or age.
    pub(crate) fn residuals(&self, lists: &[Codelist]) -> Vec<u32> {
        let list = lists.iter().find(|list| Some(&list.name) == self.list.as_ref());
        let kind = |code: &str| list.and_then(|list| Some(list.entries.get(code)?.kind));
        let is_residual = |value: &Value| match value {
            Value::Code(code) => code.starts_with('_') || kind(code) == Some(CodeKind::Residual),
            Value::Number(_) | Value::Day(_) | Value::NotStated => false,
        };
        let levels = (0..).zip(self.levels.values());
        levels.filter(|(_, value)| !value.is_total() && is_residual(value)).map(|(index, _)| index).collect()
    }

    /// Whether numbers or days have a total or rows that do not state them among these indices.
    fn needs_codes(&self, indices: &[u32]) -> bool {
        let special = [self.levels.total(), self.levels.not_stated()];
        self.kind != DimensionKind::Code && indices.iter().any(|index| special.contains(&Some(*index)))
    }
}
