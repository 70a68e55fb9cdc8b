//! Lines in which each field has its place.

use serde::{Deserialize, Serialize};

use crate::layout::lines_above;
use crate::text::{Fields, Findings};

/// Lines without delimiters: a field is the bytes from one place of its line to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedWidth {
    /// Label of the character encoding, such as `iso-8859-15`. Places are counted in bytes before they are decoded.
    pub encoding: String,
    /// The byte between a whole number and its decimals: `.` or `,`.
    pub decimal_mark: u8,
    /// A table of the fields (name, start, width or end), relative to the project.
    pub layout: Option<String>,
    /// The fields of that table, once it has been read.
    #[serde(default)]
    pub fields: Vec<(String, Position)>,
    /// Lines above the first row: titles, or the names of the fields.
    #[serde(default)]
    pub skip: u32,
    /// How long each line is, in bytes; where it is not stated, as long as the first.
    pub record_length: Option<u32>,
    /// Whether a shorter line is one whose last fields are blank, and not at fault.
    pub pad_short_lines: bool,
    /// Whether what stands in a longer line behind its last field is left out, and not at fault.
    pub cut_long_lines: bool,
}

/// Where a field stands in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Its first byte, from 1.
    pub start: u32,
    /// How many bytes it has.
    pub width: u32,
}

/// No line of a table is longer.
const LONGEST: i64 = 1 << 20;

impl FixedWidth {
    pub(crate) fn read(fields: &Fields<'_, '_>, text: (String, u8)) -> Self {
        let length = fields.optional_integer("record_length");
        let record_length = length.as_ref().and_then(|length| {
            let bytes =
                u32::try_from(*length.get_ref()).ok().filter(|bytes| (1..=LONGEST as u32).contains(bytes));
            if bytes.is_none() {
                fields.fault(length, "a number of bytes from 1 to 1048576");
            }
            bytes
        });
        Self {
            encoding: text.0,
            decimal_mark: text.1,
            layout: fields.optional_text("layout"),
            fields: Vec::new(),
            skip: lines_above(fields).map(|(lines, _)| lines).unwrap_or_default(),
            record_length,
            pad_short_lines: fields.optional_bool("pad_short_lines").unwrap_or(false),
            cut_long_lines: fields.optional_bool("cut_long_lines").unwrap_or(false),
        }
    }
}

impl Position {
    /// The place behind its last byte, from 0.
    pub fn end(self) -> usize {
        self.start as usize - 1 + self.width as usize
    }

    /// `start` and `width` of a column.
    pub(crate) fn read(fields: &Fields<'_, '_>, _findings: &Findings) -> Option<Self> {
        let (start, width) = (fields.optional_integer("start"), fields.optional_integer("width"));
        let number = |written: &toml::Spanned<i64>| {
            let number =
                u32::try_from(*written.get_ref()).ok().filter(|number| (1..=LONGEST as u32).contains(number));
            if number.is_none() {
                fields.fault(written, "a number of bytes from 1 to 1048576");
            }
            number
        };
        match (start.as_ref(), width.as_ref()) {
            (Some(start), Some(width)) => Some(Self { start: number(start)?, width: number(width)? }),
            (Some(alone), None) => {
                fields.fault(alone, "`width` as well: how many bytes the field has");
                None
            }
            (None, Some(alone)) => {
                fields.fault(alone, "`start` as well: the first byte of the field, from 1");
                None
            }
            (None, None) => None,
        }
    }
}
