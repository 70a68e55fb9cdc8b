//! JSON as a file of rows.

use serde::{Deserialize, Serialize};

use crate::text::Fields;

/// A JSON document whose rows are objects: a list of them, or one after another (JSON Lines). The members of an object within
/// a row are columns of their own, `country.code`.
///
/// Source: RFC 8259; <https://jsonlines.org>; for the place of the list, JSON Pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Json {
    /// Where the list of rows stands, from outside in: names of members, and places in lists from 0. Nothing where it is the
    /// document itself.
    pub rows: Vec<String>,
    /// The byte between a whole number and its decimals, where numbers are texts: `.` or `,`.
    pub decimal_mark: u8,
}

impl Json {
    pub(crate) fn read(fields: &Fields<'_, '_>, decimal_mark: u8) -> Self {
        let pointer = fields.optional_string("rows");
        if let Some(written) = &pointer
            && !written.get_ref().starts_with('/')
        {
            fields.fault(written, "a path from outside in, such as \"/result/records\"");
        }
        let rows = pointer.map_or_else(Vec::new, |written| parts(written.get_ref()));
        Self { rows, decimal_mark }
    }
}

/// The names in a JSON Pointer, in which `~1` stands for `/` and `~0` for `~`.
fn parts(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn pointers() {
        let table: [(&str, &[&str]); 3] =
            [("/result/records", &["result", "records"]), ("/1", &["1"]), ("/a~1b/m~0n", &["a/b", "m~n"])];
        for (pointer, expected) in table {
            assert_eq!(parts(pointer), expected, "{pointer}");
        }
    }
}
