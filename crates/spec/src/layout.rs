//! What stands in a text of delimited fields besides its rows: titles, the header, comments, notes.

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use crate::text::{Fields, Findings, wrong_type};

/// Lines of a text that are no rows of its table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// What stands above the header.
    pub skip: Skip,
    /// What says how the columns are called.
    pub header: HeaderRows,
    /// Whether the source says how many rows the header has: then the row below it is one of the table, whatever it looks like.
    pub header_is_stated: bool,
    /// Whether the header stands again further down, as at the top of each page, and is left out there.
    pub header_returns: bool,
    /// What a line begins with that is a comment.
    pub comment: Option<String>,
    /// What a line begins with that is the first below the table: it and all that follow are left out.
    pub footer: Vec<String>,
}

/// What stands above the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// So many lines.
    Lines(u32),
    /// All lines before the first that has the declared columns.
    ToHeader,
}

impl Default for Skip {
    fn default() -> Self {
        Self::Lines(0)
    }
}

/// What says how the columns are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderRows {
    /// So many rows, one below the other. A name is what stands in them, joined; where an upper one is empty, what stands to
    /// the left of it holds for it too, as in merged cells.
    Rows {
        /// How many.
        count: u32,
        /// What is put between the parts of a name.
        join: String,
    },
    /// Nothing: columns are called `1`, `2`, and so on.
    None,
    /// The pipeline, in the order of the file, which has no header.
    Names(Vec<String>),
}

impl Default for HeaderRows {
    fn default() -> Self {
        Self::Rows { count: 1, join: " ".to_owned() }
    }
}

/// Rows that a header may have.
const MOST_HEADER_ROWS: i64 = 10;

impl Layout {
    /// Whether the header is one line, and no line matters for those that follow it: a part of such a file can be read
    /// without what is before it.
    pub fn is_divisible(&self) -> bool {
        let is_simple = match &self.header {
            HeaderRows::Rows { count, .. } => *count == 1,
            HeaderRows::None | HeaderRows::Names(_) => true,
        };
        // What stands above the header would be rows in a span that begins there.
        is_simple && self.footer.is_empty() && self.comment.is_none() && self.skip == Skip::Lines(0)
    }

    pub(crate) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Self {
        Self {
            skip: Skip::read(fields),
            header: HeaderRows::read(fields, findings),
            header_is_stated: fields.has("header_rows") || fields.has("header"),
            header_returns: fields.optional_bool("header_returns").unwrap_or(false),
            comment: begins(fields, "comment").pop(),
            footer: begins(fields, "footer"),
        }
    }
}

/// Texts that a line may begin with: an empty one would be any.
fn begins(fields: &Fields<'_, '_>, key: &'static str) -> Vec<String> {
    let texts = fields.optional_strings(key);
    for text in texts.iter().filter(|text| text.get_ref().trim().is_empty()) {
        fields.fault(text, "what such a line begins with, for example \"#\"");
    }
    texts.into_iter().map(toml::Spanned::into_inner).filter(|text| !text.trim().is_empty()).collect()
}

impl Skip {
    fn read(fields: &Fields<'_, '_>) -> Self {
        let is_found = fields.optional_bool("find_header") == Some(true);
        match lines_above(fields) {
            Some((_, written)) if is_found => {
                fields.fault(&written, "either `skip` or `find_header`");
                Self::default()
            }
            Some((lines, _)) => Self::Lines(lines),
            None if is_found => Self::ToHeader,
            None => Self::default(),
        }
    }
}

/// `skip`: the lines above a header or the first row, as a number and as they are written.
pub(crate) fn lines_above(fields: &Fields<'_, '_>) -> Option<(u32, toml::Spanned<i64>)> {
    let written = fields.optional_integer("skip")?;
    let lines = u32::try_from(*written.get_ref()).ok().filter(|lines| *lines <= 10_000);
    if lines.is_none() {
        fields.fault(&written, "a number of lines from 0 to 10000");
    }
    Some((lines?, written))
}

impl HeaderRows {
    fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Self {
        let rows = fields.optional_integer("header_rows");
        let join = fields.optional_text("header_join");
        let count = rows.as_ref().map(|rows| *rows.get_ref());
        if let Some(rows) = rows.filter(|rows| !(1..=MOST_HEADER_ROWS).contains(rows.get_ref())) {
            fields.fault(&rows, "a number of rows from 1 to 10; `header = false` where there is none");
            return Self::default();
        }
        let Some(header) = fields.value("header") else {
            let count = count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1);
            return Self::Rows { count, join: join.unwrap_or_else(|| " ".to_owned()) };
        };
        if count.is_some() || join.is_some() {
            fields.fault(header, "either `header` or `header_rows` with `header_join`");
        }
        match header.get_ref() {
            DeValue::Boolean(true) => Self::default(),
            DeValue::Boolean(false) => Self::None,
            DeValue::Array(_) => match fields.strings("header") {
                Some(names) => Self::Names(names.into_iter().map(toml::Spanned::into_inner).collect()),
                None => Self::default(),
            },
            _ => {
                findings.push(wrong_type(header, "`false`, or the names of the columns in their order"));
                Self::default()
            }
        }
    }
}
