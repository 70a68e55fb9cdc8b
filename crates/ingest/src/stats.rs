//! What is known of rows that were parsed: sums and firsts, which can be merged in any order.

use std::collections::BTreeMap;

use denizen_spec::{Code, Reject, RowPlace};
use serde::{Deserialize, Serialize};

use crate::encoding_guess::HighBytes;
use crate::formats::without_version;
use crate::profile::RowsProfile;
use crate::rows::Rows;
use crate::value_stats::ValueStats;

/// What some chunks of a source held. Merged over all chunks, it gives the reports: [`crate::Input::finish`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IngestStats {
    /// By the number of the file.
    pub(crate) files: BTreeMap<usize, RowCounts>,
    /// Why rows were rejected.
    pub(crate) rejects: Reasons,
    /// Why fields could not be read that their rows do without.
    pub(crate) incomplete: Reasons,
    /// Rows that say nothing, and are none.
    pub(crate) sparse: Reasons,
    pub(crate) codes: CodesSeen,
    pub(crate) dimensions: UndeclaredDimensions,
    /// By the number of the file: what its bytes say of its encoding.
    pub(crate) bytes: BTreeMap<usize, HighBytes>,
    /// The same of the fields that are no text in the declared encoding.
    pub(crate) undecoded: HighBytes,
    /// By the number of the file: how often U+FFFD stands in it, and where first.
    pub(crate) replaced: BTreeMap<usize, (u64, FilePlace)>,
    /// By column: the first text that is no date or number; empty where the source has persons.
    pub(crate) examples: BTreeMap<String, Example>,
    /// By the number of the file: what its rows say, for the next edition to be compared with it.
    pub(crate) profiles: BTreeMap<usize, RowsProfile>,
    /// What values say beside what they are.
    #[serde(default)]
    pub(crate) values: ValueStats,
}

/// A text that cannot be read, and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Example {
    pub(crate) first: FilePlace,
    pub(crate) text: String,
}

/// Rows of one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct RowCounts {
    pub(crate) read: u64,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    pub(crate) excluded: u64,
    /// Of the excluded: rows that say nothing.
    pub(crate) blank: u64,
    /// Of the accepted: rows of which a field could not be read.
    pub(crate) incomplete: u64,
    /// Of the accepted: for how many they stand, where a column says so.
    pub(crate) weight: Option<WeightCounts>,
}

/// For how many the rows of a file stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct WeightCounts {
    /// The sum of the weights; the largest number means that it is larger, which stops the run.
    pub(crate) sum: u64,
    /// Rows that stand for nobody.
    pub(crate) zero_rows: u64,
}

impl WeightCounts {
    /// Of the weights of some rows.
    pub(crate) fn of(weights: &[i64]) -> Self {
        let sum = weights.iter().fold(0_u64, |sum, weight| sum.saturating_add(weight.unsigned_abs()));
        Self { sum, zero_rows: weights.iter().filter(|weight| **weight == 0).count() as u64 }
    }
}

/// Reasons, sorted by code and column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reasons(Vec<RejectReason>);

/// Why rows were rejected: how many of them, and where the first is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RejectReason {
    pub(crate) reason: Code,
    pub(crate) column: Option<String>,
    pub(crate) count: u64,
    pub(crate) first: FilePlace,
}

/// A place in one of the files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FilePlace {
    pub(crate) file: usize,
    pub(crate) place: RowPlace,
}

impl FilePlace {
    /// Sorts places of all files in the order of the rows.
    pub(crate) fn order(&self) -> (usize, (u64, u32)) {
        (self.file, self.place.order())
    }
}

impl IngestStats {
    /// The columns of which fields could not be read that their rows do without, and how many.
    pub fn unread_fields(&self) -> Vec<(String, u64)> {
        let reasons = self.incomplete.iter();
        reasons.filter_map(|reason| Some((reason.column.clone()?, reason.count))).collect()
    }

    /// Adds what other chunks of the same source held.
    pub fn merge(&mut self, other: Self) {
        for (file, counts) in other.files {
            self.files.entry(file).or_default().add(counts);
        }
        self.rejects.merge(other.rejects);
        self.incomplete.merge(other.incomplete);
        self.sparse.merge(other.sparse);
        self.codes.merge(other.codes);
        self.dimensions.merge(other.dimensions);
        other.bytes.into_iter().for_each(|(file, bytes)| self.bytes.entry(file).or_default().add(bytes));
        self.undecoded.add(other.undecoded);
        self.values.merge(other.values);
        for (file, (count, first)) in other.replaced {
            match self.replaced.remove(&file) {
                Some((known, before)) => {
                    let first = if before.order() < first.order() { before } else { first };
                    self.replaced.insert(file, (known + count, first));
                }
                None => {
                    self.replaced.insert(file, (count, first));
                }
            }
        }
        for (file, profile) in other.profiles {
            self.profiles.entry(file).or_default().merge(profile);
        }
        for (column, more) in other.examples {
            let known =
                self.examples.remove(&column).filter(|known| known.first.order() < more.first.order());
            self.examples.insert(column, known.unwrap_or(more));
        }
    }

    /// Makes line numbers absolute: so many lines of the file are before the span that these are of.
    pub fn add_lines(&mut self, more: u64) {
        let reasons = [&mut self.rejects, &mut self.incomplete, &mut self.sparse];
        let reasons = reasons.into_iter().flat_map(|reasons| &mut reasons.0);
        reasons
            .map(|reason| &mut reason.first)
            .chain(self.dimensions.places_mut())
            .chain(self.replaced.values_mut().map(|(_, first)| first))
            .chain(self.examples.values_mut().map(|example| &mut example.first))
            .chain(self.values.places_mut())
            .for_each(|place| place.place.add_lines(more));
    }

    /// Rows that were read.
    pub fn read(&self) -> u64 {
        self.files.values().map(|counts| counts.read).sum()
    }

    /// Rows that were rejected.
    pub fn rejected(&self) -> u64 {
        self.files.values().map(|counts| counts.rejected).sum()
    }

    /// Rows that got in although a field could not be read.
    pub(crate) fn incomplete(&self) -> u64 {
        self.files.values().map(|counts| counts.incomplete).sum()
    }

    /// The texts that rows were rejected for, having no meaning: column, text, of which the first 200 characters are kept,
    /// and how many rows. Of each column the first thousand in their order; none of a personal column.
    pub fn unmapped(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.codes.unmapped.iter().flat_map(|(column, texts)| {
            texts.iter().map(move |(text, rows)| (column.as_str(), text.as_str(), *rows))
        })
    }
}

impl Reasons {
    /// Adds rows of a file, in its order.
    pub(crate) fn add(&mut self, file: usize, rejects: &[Reject]) {
        for Reject { place, column, reason, .. } in rejects {
            match self.find(*reason, column.as_deref()) {
                Ok(known) => self.0[known].count += 1,
                Err(index) => {
                    let first = FilePlace { file, place: place.clone() };
                    let column = column.as_deref().map(str::to_owned);
                    self.0.insert(index, RejectReason { reason: *reason, column, count: 1, first });
                }
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &RejectReason> {
        self.0.iter()
    }

    /// The reason of the first row.
    pub(crate) fn first(&self) -> Option<&RejectReason> {
        self.0.iter().min_by_key(|reason| reason.first.order())
    }

    fn find(&self, reason: Code, column: Option<&str>) -> Result<usize, usize> {
        self.0.binary_search_by_key(&(reason, column), |known| (known.reason, known.column.as_deref()))
    }

    fn merge(&mut self, other: Self) {
        for more in other.0 {
            match self.find(more.reason, more.column.as_deref()) {
                Err(index) => self.0.insert(index, more),
                Ok(index) => {
                    let known = &mut self.0[index];
                    known.count += more.count;
                    if more.first.order() < known.first.order() {
                        known.first = more.first;
                    }
                }
            }
        }
    }
}

impl RowCounts {
    pub(crate) fn add(&mut self, more: Self) {
        self.read += more.read;
        self.accepted += more.accepted;
        self.rejected += more.rejected;
        self.excluded += more.excluded;
        self.blank += more.blank;
        self.incomplete += more.incomplete;
        if let Some(more) = more.weight {
            let known = self.weight.get_or_insert_default();
            known.sum = known.sum.saturating_add(more.sum);
            known.zero_rows += more.zero_rows;
        }
    }
}

/// Texts without a meaning that are remembered for a column. The first in their order are kept, so that it makes no
/// difference which were met first.
pub const MOST_UNMAPPED: usize = 1000;

/// Which texts of code columns were seen: to find codes without a meaning, and meanings without a code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CodesSeen {
    /// Per column: texts without a meaning and how often. Never filled for personal columns.
    pub(crate) unmapped: BTreeMap<String, BTreeMap<String, u64>>,
    /// Per form of the source and column: which of the declared texts occur, in their order.
    pub(crate) seen: BTreeMap<usize, BTreeMap<String, Vec<bool>>>,
}

impl CodesSeen {
    fn merge(&mut self, other: Self) {
        for (column, texts) in other.unmapped {
            let counts = self.unmapped.entry(column).or_default();
            texts.into_iter().for_each(|(text, count)| *counts.entry(text).or_default() += count);
            while counts.len() > MOST_UNMAPPED {
                counts.pop_last();
            }
        }
        let columns = other
            .seen
            .into_iter()
            .flat_map(|(form, columns)| columns.into_iter().map(move |(column, seen)| (form, column, seen)));
        for (form, column, more) in columns {
            let seen = self.seen.entry(form).or_default().entry(column).or_default();
            if seen.is_empty() {
                *seen = more;
                continue;
            }
            assert_eq!(seen.len(), more.len(), "codes of one column");
            seen.iter_mut().zip(more).for_each(|(seen, more)| *seen |= more);
        }
    }
}

/// What undeclared dimensions say, by their names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct UndeclaredDimensions(BTreeMap<String, UndeclaredDimension>);

/// A dimension that is not declared must have one code in all rows, or rows of unlike meaning would be mixed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct UndeclaredDimension {
    /// The code of the first row, as it stands in the file.
    code: Vec<u8>,
    first: FilePlace,
    /// The first row with another code.
    other: Option<FilePlace>,
}

impl UndeclaredDimensions {
    /// Looks at the undeclared dimensions of some rows.
    pub(crate) fn add(&mut self, rows: &Rows) {
        let place = |row: usize| {
            let place = rows.places(std::iter::once(row)).pop()?;
            Some(FilePlace { file: rows.header().file, place })
        };
        for (column, name) in rows.header().undeclared_dimensions() {
            let mut codes = rows.column(column).map(|field| without_version(name, field.bytes()));
            // Where all rows are at fault there is no first one.
            let Some(code) = codes.next() else { continue };
            let Some(first) = place(0) else { continue };
            let other = codes.position(|other| other != code).and_then(|row| place(row + 1));
            self.0.insert(name.to_owned(), UndeclaredDimension { code: code.to_vec(), first, other });
        }
    }

    fn merge(&mut self, other: Self) {
        for (name, more) in other.0 {
            match self.0.remove(&name) {
                Some(known) => self.0.insert(name, known.merged(more)),
                None => self.0.insert(name, more),
            };
        }
    }

    /// The first row that has another code than those before it, and the name of the dimension.
    pub(crate) fn contradiction(&self) -> Option<(&str, &FilePlace)> {
        let contradictions =
            self.0.iter().filter_map(|(name, dimension)| Some((name, dimension.other.as_ref()?)));
        let first = contradictions.min_by_key(|(_, place)| place.order());
        first.map(|(name, place)| (name.as_str(), place))
    }

    fn places_mut(&mut self) -> impl Iterator<Item = &mut FilePlace> {
        self.0
            .values_mut()
            .flat_map(|dimension| [Some(&mut dimension.first), dimension.other.as_mut()])
            .flatten()
    }
}

impl UndeclaredDimension {
    fn merged(self, other: Self) -> Self {
        let (first, second) =
            if self.first.order() < other.first.order() { (self, other) } else { (other, self) };
        // The first row that contradicts the second code may agree with the first.
        let of_second = if second.code == first.code { second.other } else { Some(second.first) };
        let contradictions = [first.other, of_second].into_iter().flatten();
        Self { other: contradictions.min_by_key(FilePlace::order), ..first }
    }
}
