//! What a run reports of files, rows and steps. Every stage fills these in, and the manifest holds them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Code, FileProfile, Snapshot, SourceKind};

/// What was read of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    /// The file, relative to the project where it lies in it.
    #[serde(with = "shared_text")]
    pub name: Arc<str>,
    /// Size in bytes, as stored.
    pub bytes: u64,
    /// SHA-256 of the bytes as stored, in hexadecimal.
    pub sha256: String,
    /// What it is packed in, told by its first bytes: `gzip`, `zstd`, `zip`.
    pub packed: Option<String>,
    /// What its sidecar says.
    pub snapshot: Option<Snapshot>,
    /// The variant of the source that read it; none where the source as it stands did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The encoding that its bytes were found to be in, where that was asked for, and why.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Rows below the header.
    pub read: u64,
    /// Rows that got in.
    pub accepted: u64,
    /// Rows that did not.
    pub rejected: u64,
    /// Rows that the source leaves out by rule: cells of aggregates such as continents, and blank rows.
    pub excluded: u64,
    /// Rows among them of which no field holds anything.
    pub blank: u64,
    /// Rows that got in although a field could not be read, which they do not state.
    pub incomplete: u64,
    /// Numbers that were read as a declared sum proves them, and not as they are written.
    #[serde(default)]
    pub repaired: u64,
    /// Dates that say their year only, or their year and month, where such are accepted.
    #[serde(default)]
    pub in_part: u64,
    /// For how many the rows stand that got in, where a column says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<WeightReport>,
    /// What it held, for the next edition to be compared with it. Only the release keeps it.
    #[serde(skip)]
    pub profile: FileProfile,
}

/// For how many the rows of a file stand, where a column of weights says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightReport {
    /// The sum of the weights of the rows that got in.
    pub sum: u64,
    /// Rows among them whose weight is 0: they are counted as nobody.
    pub zero_rows: u64,
}

/// What was done with one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceReport {
    /// Its name.
    pub name: String,
    /// What its rows are.
    pub kind: SourceKind,
    /// Its files.
    pub files: Vec<FileReport>,
    /// Its steps.
    pub steps: Vec<StepReport>,
    /// What was checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckReport>,
}

/// What came of one check. Rows are counted; of a volume, periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Its name.
    pub name: String,
    /// Of which it holds.
    pub passed: u64,
    /// Of which it does not.
    pub failed: u64,
    /// Of which nobody can tell, for what is asked is not stated.
    pub not_checked: u64,
    /// What that means.
    pub outcome: CheckOutcome,
}

/// What a check means for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// No more failures than there may be.
    Passed,
    /// More failures than `warn`.
    Warned,
    /// More failures than `fail`: no release is made.
    Failed,
    /// Nothing could be checked.
    NotRun,
}

impl CheckReport {
    /// What so many failures mean. Shares are of what could be checked.
    ///
    /// ```
    /// use denizen_spec::{CheckOutcome, CheckReport};
    ///
    /// let outcome = |failed| CheckReport::outcome_of(100 - failed, failed, 0.01, Some(0.05));
    /// assert_eq!([0, 1, 2, 6].map(outcome), {
    ///     use CheckOutcome::{Failed, Passed, Warned};
    ///     [Passed, Passed, Warned, Failed]
    /// });
    /// ```
    pub fn outcome_of(passed: u64, failed: u64, warn: f64, fail: Option<f64>) -> CheckOutcome {
        let checked = passed + failed;
        let is_above = |share: f64| is_above_share(failed, share, checked);
        if checked == 0 {
            CheckOutcome::NotRun
        } else if fail.is_some_and(is_above) {
            CheckOutcome::Failed
        } else if is_above(warn) {
            CheckOutcome::Warned
        } else {
            CheckOutcome::Passed
        }
    }
}

/// Whether a count is above a share of all. That 0.29 of 100 are 28.999999999999996 in binary numbers does not count.
///
/// ```
/// use denizen_spec::is_above_share;
///
/// assert_eq!([29, 30].map(|count| is_above_share(count, 0.29, 100)), [false, true]);
/// ```
pub fn is_above_share(count: u64, share: f64, all: u64) -> bool {
    count as f64 > share * all as f64 * (1.0 + 4.0 * f64::EPSILON)
}

/// A row that was not read, and where it is. It holds no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The file, as it is named in the manifest.
    #[serde(with = "shared_text")]
    pub file: Arc<str>,
    /// Where the row is.
    pub place: RowPlace,
    /// The column that could not be read; none when the whole row is at fault.
    #[serde(with = "optional_shared_text")]
    pub column: Option<Arc<str>>,
    /// Why.
    pub reason: Code,
}

/// Where a row is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowPlace {
    /// In a text.
    Line {
        /// Line of the (uncompressed) file on which the row begins, from 1.
        line: u64,
        /// Lines that the row takes; more than one where a quote was not closed.
        lines: u64,
        /// Byte of the (uncompressed) file at which the row begins, from 0.
        byte: u64,
    },
    /// In a workbook.
    Sheet {
        /// Name of the sheet.
        #[serde(with = "shared_text")]
        sheet: Arc<str>,
        /// Number of the sheet in the workbook, from 1.
        number: u32,
        /// Row of the sheet, from 1.
        row: u64,
    },
    /// In a table without lines, such as a Parquet file.
    Record {
        /// Row, from 1.
        row: u64,
    },
    /// One cell of a line in a wide table.
    Cell {
        /// Line of the (uncompressed) file, from 1.
        line: u64,
        /// Byte of the (uncompressed) file at which the line begins, from 0.
        byte: u64,
        /// Field of the line, from 1.
        field: u32,
    },
}

impl RowPlace {
    /// The line or row, from 1.
    pub fn line(&self) -> u64 {
        match self {
            Self::Line { line, .. } | Self::Cell { line, .. } => *line,
            Self::Sheet { row, .. } | Self::Record { row } => *row,
        }
    }

    /// The lines or rows that it takes.
    pub fn lines(&self) -> u64 {
        match self {
            Self::Line { lines, .. } => *lines,
            Self::Cell { .. } | Self::Sheet { .. } | Self::Record { .. } => 1,
        }
    }

    /// By what the places of one file are sorted in the order of its rows.
    pub fn order(&self) -> (u64, u32) {
        match self {
            Self::Line { byte, .. } => (*byte, 0),
            Self::Cell { byte, field, .. } => (*byte, *field),
            Self::Sheet { number, row, .. } => (u64::from(*number) << 32 | *row, 0),
            Self::Record { row } => (*row, 0),
        }
    }

    /// Counts so many more lines before it: those that were not seen where only a part of the file was read.
    pub fn add_lines(&mut self, more: u64) {
        match self {
            Self::Line { line, .. } | Self::Cell { line, .. } => *line += more,
            Self::Sheet { .. } | Self::Record { .. } => {}
        }
    }

    /// The byte of the (uncompressed) text at which the row begins; none where there is no text.
    pub fn byte(&self) -> Option<u64> {
        match self {
            Self::Line { byte, .. } | Self::Cell { byte, .. } => Some(*byte),
            Self::Sheet { .. } | Self::Record { .. } => None,
        }
    }
}

/// Where a row stands, in one number: places of one source sort as their rows do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackedPlace(pub i64);

/// Bits of the line, and of the sheet above it.
const LINE_BITS: u32 = 32;
const SHEET_BITS: u32 = 12;

impl PackedPlace {
    /// The number of the file in its source, from 0.
    pub fn file(self) -> usize {
        (self.0 >> (LINE_BITS + SHEET_BITS)) as usize
    }

    /// The number of the sheet of a workbook, from 1.
    pub fn sheet(self) -> Option<i64> {
        Some(self.0 >> LINE_BITS & ((1 << SHEET_BITS) - 1)).filter(|sheet| *sheet > 0)
    }

    /// The line or row, from 1.
    pub fn line(self) -> i64 {
        self.0 & ((1 << LINE_BITS) - 1)
    }

    /// The same row counted from so many lines further up, up to the last line that a place can tell.
    pub fn add_lines(self, lines: u64) -> Self {
        let room = (1 << LINE_BITS) - 1 - self.line();
        Self(self.0 + i64::try_from(lines).unwrap_or(room).min(room))
    }
}

impl RowPlace {
    /// The place in one number. Files behind the 500,000th, sheets behind the 4,095th and lines behind the 4,294,967,295th are
    /// told as that one.
    ///
    /// ```
    /// use denizen_spec::RowPlace;
    ///
    /// let place = RowPlace::Line { line: 7, lines: 1, byte: 99 }.packed(3);
    /// assert_eq!((place.file(), place.sheet(), place.line()), (3, None, 7));
    /// ```
    pub fn packed(&self, file: usize) -> PackedPlace {
        const MOST_FILES: i64 = (1 << (63 - LINE_BITS - SHEET_BITS)) - 1;
        let sheet = match self {
            Self::Sheet { number, .. } => i64::from(*number).min((1 << SHEET_BITS) - 1),
            Self::Line { .. } | Self::Cell { .. } | Self::Record { .. } => 0,
        };
        let line = i64::try_from(self.line()).unwrap_or(i64::MAX).min((1 << LINE_BITS) - 1);
        let file = i64::try_from(file).unwrap_or(MOST_FILES).min(MOST_FILES);
        PackedPlace((file << SHEET_BITS | sheet) << LINE_BITS | line)
    }
}

/// What one step did with the rows of a source.
///
/// ```
/// use denizen_spec::StepReport;
///
/// let mut report = StepReport::new("expand");
/// report.merge(&StepReport { read: 10, excluded: 2, made: 5, ..StepReport::new("expand") });
/// assert_eq!(report.accepted(), Some(13));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// The operation, and what it makes: `derive age`.
    pub operation: String,
    /// Rows that came in.
    pub read: u64,
    /// Rows that it took out.
    pub excluded: u64,
    /// Rows that it added.
    pub made: u64,
    /// What else it counted, by name.
    pub counts: Vec<(String, u64)>,
}

impl StepReport {
    /// A report of no rows.
    pub fn new(operation: &str) -> Self {
        Self { operation: operation.to_owned(), read: 0, excluded: 0, made: 0, counts: Vec::new() }
    }

    /// Rows that went on; none when more were taken out than there were, which is a fault of the program.
    pub fn accepted(&self) -> Option<u64> {
        self.read.checked_sub(self.excluded)?.checked_add(self.made)
    }

    /// Adds to one of the counts.
    pub fn count(&mut self, name: &str, more: u64) {
        match self.counts.iter_mut().find(|(known, _)| known == name) {
            Some((_, sum)) => *sum += more,
            None => self.counts.push((name.to_owned(), more)),
        }
    }

    /// Adds what the same step did with other rows.
    pub fn merge(&mut self, other: &Self) {
        self.read += other.read;
        self.excluded += other.excluded;
        self.made += other.made;
        other.counts.iter().for_each(|(name, more)| self.count(name, *more));
    }
}

/// Texts that many values share. serde's own way is a feature that every crate of the tree would be compiled with.
mod shared_text {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
        String::deserialize(deserializer).map(Arc::from)
    }
}

/// The same where there may be none.
mod optional_shared_text {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        text: &Option<Arc<str>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        text.as_deref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<str>>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Arc::from))
    }
}
