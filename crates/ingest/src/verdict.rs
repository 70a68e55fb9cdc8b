//! What becomes of the rows that are not read like others: those at fault, and those that say nothing.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use denizen_spec::{Code, OnError, SourceKind};

use crate::column_parser::{ColumnParser, FieldParser};
use crate::field_column::{FieldError, RowState};
use crate::parser::RowParser;
use crate::rows::{Rows, Stated};
use crate::sparse;

/// What becomes of rows that are not read like others; each list in the order of the rows.
pub(crate) struct Verdicts {
    /// Rows that are rejected, each once.
    pub(crate) errors: Vec<FieldError>,
    /// Fields that cannot be read and that their rows do without.
    pub(crate) incomplete: Vec<FieldError>,
    /// Rows that say nothing, each once.
    pub(crate) sparse: Vec<FieldError>,
    /// Rows of which a code stands for several others.
    pub(crate) aggregates: Vec<usize>,
}

impl Verdicts {
    pub(crate) fn incomplete_rows(&self) -> u64 {
        let firsts = self.incomplete.windows(2).filter(|pair| pair[0].row != pair[1].row).count();
        (firsts + usize::from(!self.incomplete.is_empty())) as u64
    }
}

/// Whether errors, which are in the order of their rows, have one of a row.
fn has_row(errors: &[FieldError], row: usize) -> bool {
    errors.binary_search_by_key(&row, |error| error.row).is_ok()
}

/// Errors of two lists in the order of their rows.
fn merged(mut errors: Vec<FieldError>, more: Vec<FieldError>) -> Vec<FieldError> {
    errors.extend(more);
    errors.sort_unstable_by_key(|error| (error.row, error.column));
    errors
}

impl RowParser {
    /// What becomes of rows that are not read like others.
    pub(crate) fn verdicts(&self, rows: &Rows, batch: &RecordBatch, mut state: RowState) -> Verdicts {
        let mut errors = state.errors();
        let mut sparse = self.sparse_rows(rows, batch);
        if !sparse.is_empty() {
            errors.retain(|error| !has_row(&sparse, error.row));
        }
        // Below a table of records stands what could as well be one of them: these rows count against `max_rejected`.
        if self.kind == SourceKind::Records {
            let (notes, blank) = sparse.iter().partition(|sparse| sparse.reason == Code::NoteRow);
            (errors, sparse) = (merged(errors, notes), blank);
        }
        // A row does without a field that cannot be read where another says something.
        let on_error = |error: &FieldError| match error.column {
            Some(column) if rows.stated(error.row) == Stated::Several => self.columns[column].on_error,
            Some(_) | None => OnError::Reject,
        };
        let (mut rejecting, mut incomplete): (Vec<FieldError>, Vec<FieldError>) =
            errors.iter().partition(|error| on_error(error) == OnError::Reject);
        rejecting.dedup_by_key(|error| error.row);
        let mut aggregates = state.aggregates();
        aggregates.retain(|row| !has_row(&rejecting, *row) && !has_row(&sparse, *row));
        incomplete
            .retain(|error| !has_row(&rejecting, error.row) && aggregates.binary_search(&error.row).is_err());
        Verdicts { errors: rejecting, incomplete, sparse, aggregates }
    }

    /// Whether a row has a value other than a text, and not because a blank field means something.
    fn has_value(&self, batch: &RecordBatch, row: usize) -> bool {
        let columns = self.columns.iter().zip(batch.columns());
        let mut columns = columns.filter(|(column, _)| !column.empty_has_meaning());
        columns.any(|(column, array)| match column.field_parser {
            FieldParser::Text | FieldParser::Pseudonym(..) => false,
            FieldParser::Integer
            | FieldParser::Time
            | FieldParser::Decimal(_)
            | FieldParser::Date(_)
            | FieldParser::Code(_) => array.is_valid(row),
        })
    }

    /// The rows that say nothing: blank ones, and notes, such as a source below a table or the word *total*.
    fn sparse_rows(&self, rows: &Rows, batch: &RecordBatch) -> Vec<FieldError> {
        // In a table of one column an empty field is a row that states nothing, as any other.
        if rows.header().width() < 2 {
            return Vec::new();
        }
        let is_blank_when_empty = |(column, _): &(&ColumnParser, &ArrayRef)| !column.empty_has_meaning();
        let declared = self.columns.iter().zip(batch.columns()).filter(is_blank_when_empty);
        let declared: Vec<ArrayRef> = declared.map(|(_, array)| Arc::clone(array)).collect();
        let mut sparse = Vec::new();
        for row in sparse::candidates(&declared, rows.len()) {
            let reason = match rows.stated(row) {
                Stated::Nothing => Some(Code::BlankRow),
                Stated::One { is_prose } => {
                    (is_prose && !self.has_value(batch, row)).then_some(Code::NoteRow)
                }
                Stated::Several => None,
            };
            sparse.extend(reason.map(|reason| FieldError { row, column: None, reason }));
        }
        sparse
    }
}

/// The rows that are neither at fault nor excluded.
pub(crate) fn without(batch: RecordBatch, verdicts: &Verdicts) -> Result<RecordBatch, ArrowError> {
    let Verdicts { errors, sparse, aggregates, .. } = verdicts;
    if errors.is_empty() && sparse.is_empty() && aggregates.is_empty() {
        return Ok(batch);
    }
    let mut kept = vec![true; batch.num_rows()];
    errors.iter().chain(sparse).for_each(|error| kept[error.row] = false);
    aggregates.iter().for_each(|row| kept[*row] = false);
    filter_record_batch(&batch, &BooleanArray::from(kept))
}
