//! Pairs of rows that somebody has found to be of one person.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ahash::RandomState;
use arrow::array::{Array, RecordBatch, UInt64Array};
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, OnConflict, PAIR, PAIR_PROBABILITY, PackedPlace, StepReport, columns};

use super::Link;
use super::bits::Bits;
use super::forest::Forest;
use crate::batch;
use crate::crowded::pseudonyms;
use crate::histories::{Histories, UnitRows};
use crate::keys::{Field, Pseudonym};
use crate::operation::Limits;
use crate::plan::fault;

/// Memory that a pair takes, with what is known of its rows.
const BYTES_OF_A_PAIR: u64 = 200;

/// The pairs of a file, of which each names two rows.
#[derive(Debug, Default)]
pub struct Pairs {
    pairs: Vec<[Pseudonym; 2]>,
    /// Pairs that are less likely than the pipeline asks for, and those that lack a row.
    unlikely: u64,
    incomplete: u64,
}

impl Pairs {
    /// Adds what a chunk of the file says, read as [`denizen_spec::Pairs::source`] tells.
    ///
    /// # Errors
    ///
    /// When a probability is none.
    pub fn add(&mut self, declared: &denizen_spec::Pairs, batch: &RecordBatch) -> Result<(), Diagnostic> {
        let failed = |error: ArrowError| fault("pairs", &error);
        let sides = PAIR.map(|side| batch::pseudonyms(batch, side));
        let [left, right] = sides;
        let (left, right) = (pseudonyms(left.map_err(failed)?), pseudonyms(right.map_err(failed)?));
        let likely = likely(declared, batch)?;
        for ((left, right), is_likely) in left.zip(right).zip(likely) {
            match (left, right) {
                (Some(left), Some(right)) if is_likely => self.pairs.push([*left, *right]),
                (Some(_), Some(_)) => self.unlikely += 1,
                (None, _) | (_, None) => self.incomplete += 1,
            }
        }
        Ok(())
    }
}

/// Which pairs are as likely as they must be.
fn likely(declared: &denizen_spec::Pairs, batch: &RecordBatch) -> Result<Vec<bool>, Diagnostic> {
    let Some((column, threshold)) = &declared.probability else { return Ok(vec![true; batch.num_rows()]) };
    let words = batch::words(batch, PAIR_PROBABILITY).map_err(|error| fault("pairs", &error))?;
    let is_likely = |row: usize| {
        let probability: Option<f64> = words.get(row).and_then(|text| text.parse().ok());
        let probability = probability.filter(|probability| (0.0..=1.0).contains(probability));
        probability.map(|probability| probability >= *threshold)
    };
    let known: Vec<Option<bool>> = (0..batch.num_rows()).map(is_likely).collect();
    let Some(wrong) = known.iter().position(Option::is_none) else {
        return Ok(known.into_iter().flatten().collect());
    };
    let places = batch::integers(batch, columns::PLACE).map_err(|error| fault("pairs", &error))?;
    let line = u64::try_from(PackedPlace(places.value(wrong)).line()).ok();
    let message = format!("`{column}` is no probability here");
    let fault = Diagnostic::error(Code::Pairs, message).in_file(&*declared.file, line);
    Err(fault.help("a probability is a number from 0 to 1 with a point, such as 0.97; not a match weight"))
}

/// A row that pairs name.
#[derive(Clone, Default)]
struct NamedRow {
    number: u32,
    /// How many rows have the name.
    rows: u32,
    properties: Vec<Option<u64>>,
}

type NamedRows = HashMap<Pseudonym, NamedRow, RandomState>;

/// What pairs have joined.
pub(super) struct JoinedPairs {
    /// Rows that a pair links.
    pub(super) usable: Bits,
    pub(super) forest: Forest,
}

impl Link {
    /// Joins the rows of pairs, unless they conflict and are to be held back.
    pub(super) fn join_pairs(
        &self,
        declared: &denizen_spec::Pairs,
        rows: &Histories,
        usable: &[Bits],
        mut forest: Forest,
        limits: &Limits<'_>,
        report: &mut StepReport,
    ) -> Result<JoinedPairs, Diagnostic> {
        let none = Pairs::default();
        let found = limits.pairs.unwrap_or(&none);
        let path = self.path.clone().field("pairs");
        limits.check_memory(found.pairs.len() as u64 * BYTES_OF_A_PAIR, "pairs", &path)?;
        let named = self.named_rows(declared, found, rows, usable, limits)?;
        let mut counts = [0; OUTCOMES.len()];
        let count = u32::try_from(rows.row_count()).unwrap_or(u32::MAX);
        let mut linked = Bits::new(count);
        for [left, right] in &found.pairs {
            let outcome = self.outcome(named.get(left), named.get(right));
            counts[outcome as usize] += 1;
            if let (Outcome::Linked, Some(left), Some(right)) = (outcome, named.get(left), named.get(right)) {
                forest.join(left.number, right.number);
                [left, right].into_iter().for_each(|row| linked.set(row.number));
            }
        }
        report.count("pairs", found.pairs.len() as u64 + found.unlikely + found.incomplete);
        report.count("unlikely_pairs", found.unlikely);
        report.count("pairs_without_a_name", found.incomplete);
        OUTCOMES.into_iter().zip(counts).for_each(|(name, count)| report.count(name, count));
        Ok(JoinedPairs { usable: linked, forest })
    }

    /// The rows that pairs name, and what they say of persons.
    fn named_rows(
        &self,
        declared: &denizen_spec::Pairs,
        found: &Pairs,
        rows: &Histories,
        usable: &[Bits],
        limits: &Limits<'_>,
    ) -> Result<NamedRows, Diagnostic> {
        let names = found.pairs.iter().flatten().map(|name| (*name, NamedRow::default()));
        let named = Mutex::new(names.collect::<NamedRows>());
        rows.for_each(limits.check, &|UnitRows { first_row, batch, .. }| {
            let add = || -> Result<(), ArrowError> {
                let properties = self.stated_properties(&batch, first_row as u32, usable)?;
                let names = pseudonyms(batch::pseudonyms(&batch, &declared.row)?).enumerate();
                // A thread that panics while it holds the lock has ended the run.
                let mut named = named.lock().unwrap_or_else(PoisonError::into_inner);
                for (row, name) in names {
                    let Some(known) = name.and_then(|name| named.get_mut(name)) else { continue };
                    let value = |values: &UInt64Array| values.is_valid(row).then(|| values.value(row));
                    known.number = first_row as u32 + row as u32;
                    known.rows = known.rows.saturating_add(1);
                    known.properties = properties.iter().map(value).collect();
                }
                Ok(())
            };
            add().map_err(|error| fault("link", &error))
        })?;
        Ok(named.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// What rows say of persons; an identifier that stands on too many rows says nothing.
    pub(super) fn stated_properties(
        &self,
        batch: &RecordBatch,
        first_row: u32,
        usable: &[Bits],
    ) -> Result<Vec<UInt64Array>, ArrowError> {
        let of_column = |(index, column): (usize, &str)| {
            let values = Field::of(batch, column)?.properties();
            let known = self.id().filter(|_| index == 0).map(|id| &usable[id]);
            Ok(match known {
                None => values,
                Some(known) => {
                    let rows = values.iter().zip(first_row..);
                    rows.map(|(value, number)| value.filter(|_| known.get(number))).collect()
                }
            })
        };
        self.properties().enumerate().map(of_column).collect()
    }

    fn outcome(&self, left: Option<&NamedRow>, right: Option<&NamedRow>) -> Outcome {
        let is_there = |row: &&NamedRow| row.rows > 0;
        let (Some(left), Some(right)) = (left.filter(is_there), right.filter(is_there)) else {
            return Outcome::NoRow;
        };
        let differs = |(one, other): (&Option<u64>, &Option<u64>)| {
            one.zip(*other).is_some_and(|(one, other)| one != other)
        };
        let conflicts = || left.properties.iter().zip(&right.properties).any(differs);
        match () {
            () if left.rows > 1 || right.rows > 1 => Outcome::SeveralRows,
            () if left.number == right.number => Outcome::Itself,
            () if self.declared.on_conflict == OnConflict::HoldBack && conflicts() => Outcome::Withheld,
            () => Outcome::Linked,
        }
    }
}

/// What becomes of a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    NoRow,
    SeveralRows,
    Itself,
    Withheld,
    Linked,
}

/// What is counted, in the order of the outcomes.
const OUTCOMES: [&str; 5] =
    ["pairs_of_no_row", "pairs_of_several_rows", "pairs_of_one_row", "withheld_pairs", "links_by_pairs"];
