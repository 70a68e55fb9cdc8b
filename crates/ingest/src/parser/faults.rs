//! What is told of rows and fields that cannot be read.

use std::collections::BTreeMap;
use std::sync::Arc;

use denizen_spec::{Code, Reject, SourceKind};

use super::RowParser;
use crate::encoding_guess::HighBytes;
use crate::field_column::FieldError;
use crate::rows::Rows;
use crate::stats::{Example, FilePlace, IngestStats};

/// Characters that are remembered of a text without a meaning: more than a name has.
const UNMAPPED_CHARACTERS: usize = 200;

impl RowParser {
    /// What is remembered of fields that cannot be read: the encoding that their bytes suggest, and, where nobody is
    /// personal in the source, the first text of a column.
    pub(super) fn add_unread<'a>(
        &self,
        rows: &Rows,
        errors: impl Iterator<Item = &'a FieldError>,
        stats: &mut IngestStats,
    ) {
        let has_persons = self.columns.iter().any(|column| column.personal);
        for error in errors {
            let Some(column) = error.column else { continue };
            let field = rows.field(error.row, column);
            if error.reason == Code::Encoding {
                stats.undecoded.add(HighBytes::of(field.bytes()));
            }
            let is_text =
                [Code::BadDate, Code::BadInteger, Code::BadDecimal, Code::BadWeight].contains(&error.reason);
            let name = &self.columns[column].name;
            if is_text && !has_persons && !stats.examples.contains_key(&**name) {
                let text = self.decoder.decode(field.trimmed()).unwrap_or_default();
                let text = text.chars().take(UNMAPPED_CHARACTERS).collect();
                let place = rows.places(std::iter::once(error.row)).pop();
                let first = place.map(|place| FilePlace { file: rows.header().file, place });
                let example = first.map(|first| Example { first, text });
                stats.examples.extend(example.map(|example| (name.to_string(), example)));
            }
        }
    }

    /// The rows that are rejected, in the order of the file.
    pub(super) fn rejects(&self, rows: &Rows, errors: &[FieldError], whole: Vec<Reject>) -> Vec<Reject> {
        let mut rejects: Vec<_> = self.rejects_of(rows, errors).into_iter().chain(whole).collect();
        rejects.sort_by_key(|reject| reject.place.order());
        rejects
    }

    /// The rows that are none as a whole: those that are left out and counted, and those that are rejected. A note below
    /// cells is left out; below records it could be one of them.
    pub(super) fn whole_rows(&self, rows: &Rows) -> (Vec<Reject>, Vec<Reject>) {
        let file = &rows.header().file_name;
        let whole = rows.rejects().iter().map(|(place, reason)| {
            let place = place.clone();
            Reject { file: Arc::clone(file), place, column: None, reason: *reason }
        });
        let no_rows = [Code::BlankRow, Code::CommentLine, Code::FooterLine, Code::ReturningHeader];
        whole.partition(|Reject { reason, .. }| {
            no_rows.contains(reason) || (*reason == Code::NoteRow && self.kind == SourceKind::Cells)
        })
    }

    /// Where errors of fields are, in their order.
    pub(super) fn rejects_of(&self, rows: &Rows, errors: &[FieldError]) -> Vec<Reject> {
        let file = &rows.header().file_name;
        let places = rows.places(errors.iter().map(|error| error.row));
        let reject = |(error, place): (&FieldError, _)| {
            let column = error.column.map(|column| Arc::clone(&self.columns[column].name));
            Reject { file: Arc::clone(file), place, column, reason: error.reason }
        };
        errors.iter().zip(places).map(reject).collect()
    }

    /// The texts that have no meaning, and how often. What other columns of a rejected row say is nobody's business: the
    /// fields of a shifted row are not what their column says.
    pub(super) fn unmapped<'a>(
        &self,
        rows: &Rows,
        errors: impl Iterator<Item = &'a FieldError>,
    ) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut unmapped: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for error in errors.filter(|error| error.reason == Code::UnmappedCode) {
            let Some(index) = error.column else { continue };
            let column = &self.columns[index];
            if !column.personal {
                let text = self.decoder.decode(rows.field(error.row, index).trimmed());
                let text: String = text.unwrap_or_default().chars().take(UNMAPPED_CHARACTERS).collect();
                *unmapped.entry(column.name.to_string()).or_default().entry(text).or_default() += 1;
            }
        }
        unmapped
    }
}
