//! What a file held when it was read, for the next edition to be compared with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a file held: its form, its header, and what its rows say, column by column. It holds no value of a personal column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProfile {
    /// The format that its source declares, such as `csv`.
    pub format: String,
    /// The encoding that it was read in, where it is a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The names of its columns, in their order.
    pub header: Vec<String>,
    /// Rows below the header.
    pub rows: u64,
    /// Rows that got in, which the columns are about.
    pub accepted: u64,
    /// Rows that did not, by reason and column: `ingest::date of crossed_on`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rejected: BTreeMap<String, u64>,
    /// Fields that could not be read of rows that got in, by the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unread: BTreeMap<String, u64>,
    /// For how many the rows stand that got in, where a column says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u64>,
    /// The declared columns, in the order of the source.
    pub columns: Vec<ColumnProfile>,
}

/// What the rows of a file say in one of the declared columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name with us.
    pub name: String,
    /// What it is declared to hold: `text`, `code`, `integer`, `decimal`, `date`, `time`.
    #[serde(rename = "type")]
    pub field_type: String,
    /// Whether it is personal: then nothing is kept of its values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
    /// Rows that state it.
    pub stated: u64,
    /// Rows that do not.
    pub not_stated: u64,
    /// Our codes, or the texts of the file, and the rows of each. None where there are too many to be a set of codes, or
    /// where they are no codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<BTreeMap<String, u64>>,
    /// The least number or the first day; seconds of a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<String>,
    /// The greatest number or the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest: Option<String>,
    /// Rows of each month (`2007-03`) of a date, of each year of a number that is one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub periods: BTreeMap<String, u64>,
}

/// An input as a release has recorded it: in its manifest, or in `restricted/inputs.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedInput {
    /// The source that read it.
    pub source: String,
    /// Its name, as the manifest has it.
    pub file: String,
    /// SHA-256 of its bytes as stored.
    pub sha256: String,
    /// The variant of the source that read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// What it was packed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed: Option<String>,
    /// What it held; none where it is not told here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<FileProfile>,
}
