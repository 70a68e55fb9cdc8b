//! What has changed, how much it matters, and by how much something must change to be told.

use denizen_spec::Code;
use serde::{Deserialize, Serialize};

/// Points by which the share of rows that state nothing, or that have a code, may change unnoticed.
pub const SHARE_POINTS: f64 = 5.0;
/// Percent of the rows from which on a code that is new or gone looks wrong.
pub const COMMON_PERCENT: f64 = 1.0;
/// Points by which the share of rejected rows may grow unnoticed.
pub const REJECTED_POINTS: f64 = 1.0;
/// Percent by which the number of rows may change unnoticed.
pub const ROWS_PERCENT: f64 = 25.0;
/// How many times more or fewer rows than before a month or year must have to look wrong.
pub const PERIOD_TIMES: f64 = 2.0;
/// How many times larger or smaller the greatest number must be to look like one of another unit.
pub const UNIT_TIMES: f64 = 10.0;
/// Rows below which shares and volumes say nothing.
pub const FEWEST_ROWS: u64 = 20;

/// How much a change matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is new, and may well be so.
    Note,
    /// It looks wrong: somebody should look before the run.
    Warning,
    /// The run will stop.
    Error,
}

impl Level {
    /// Its name, as it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that new files have otherwise than those of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// How much it matters.
    pub level: Level,
    /// Its page: `denizen explain CODE`.
    pub code: Code,
    /// The column, with us or, of a header, in the file.
    pub column: Option<String>,
    /// What has changed, with figures.
    pub message: String,
    /// The files that it was seen in; none where it is said of all together.
    pub files: Vec<String>,
}

impl Change {
    pub(super) fn new(level: Level, code: Code, message: impl Into<String>) -> Self {
        Self { level, code, column: None, message: message.into(), files: Vec::new() }
    }

    pub(super) fn of_column(self, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..self }
    }
}

/// Adds changes of a file; one that was seen in others says so.
pub(super) fn add(changes: &mut Vec<Change>, file: Option<&str>, more: Vec<Change>) {
    for change in more {
        let is_same = |known: &&mut Change| {
            (known.level, known.code, &known.column, &known.message)
                == (change.level, change.code, &change.column, &change.message)
        };
        let files = file.map(str::to_owned);
        match changes.iter_mut().find(is_same) {
            Some(known) => known.files.extend(files),
            None => changes.push(Change { files: files.into_iter().collect(), ..change }),
        }
    }
}

/// Names in backticks, the first few of them.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 8;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| shown(name.as_ref())).collect();
    let more = names.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// A name in backticks, cut to a length that fits a line.
pub(super) fn shown(name: &str) -> String {
    match name.char_indices().nth(40) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    }
}

/// A part of a whole in percent.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}
