//! One column of some rows: fields that are read, and what is wrong with them.

use arrow::array::{ArrowPrimitiveType, PrimitiveArray};
use arrow::buffer::NullBuffer;
use denizen_spec::{Code, columns};

use crate::decoder::Decoder;
use crate::lookup::RawField;
use crate::rows::Rows;

/// The fields of one column.
pub(crate) struct FieldColumn<'a> {
    pub(crate) rows: &'a Rows,
    pub(crate) index: usize,
    pub(crate) decoder: Decoder,
    /// Texts that mean *not stated*.
    pub(crate) missing: &'a [String],
    /// Whether the empty text is none of them, for it is declared to mean something.
    pub(crate) empty_has_meaning: bool,
    /// Whether a row cannot do without it.
    pub(crate) required: bool,
    /// Whether its texts may be those of a dimension, in which `_T` and `_U` have a meaning of their own.
    pub(crate) tells_rows_apart: bool,
    pub(crate) state: &'a mut RowState,
}

/// What has been found out about some rows, column by column.
#[derive(Default)]
pub(crate) struct RowState {
    errors: Vec<FieldError>,
    /// Rows of which a code stands for several others.
    aggregates: Vec<usize>,
}

/// A field that does not fit.
#[derive(Clone, Copy)]
pub(crate) struct FieldError {
    pub(crate) row: usize,
    /// None where the row is at fault as a whole.
    pub(crate) column: Option<usize>,
    pub(crate) reason: Code,
}

impl RowState {
    /// All errors, in the order of the rows and columns.
    pub(crate) fn errors(&mut self) -> Vec<FieldError> {
        let mut errors = std::mem::take(&mut self.errors);
        errors.sort_unstable_by_key(|error| (error.row, error.column));
        errors
    }

    /// Notes that a row is at fault as a whole.
    pub(crate) fn reject_row(&mut self, row: usize, reason: Code) {
        self.errors.push(FieldError { row, column: None, reason });
    }

    /// The rows of which a code stands for several others, in their order.
    pub(crate) fn aggregates(&mut self) -> Vec<usize> {
        let mut rows = std::mem::take(&mut self.aggregates);
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

impl<'a> FieldColumn<'a> {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Which form of the source reads the rows.
    pub(crate) fn form(&self) -> usize {
        self.rows.header().form
    }

    /// The fields of all rows.
    pub(crate) fn fields(&self) -> impl Iterator<Item = RawField<'a>> + use<'a> {
        self.rows.column(self.index)
    }

    pub(crate) fn reject(&mut self, row: usize, reason: Code) {
        self.state.errors.push(FieldError { row, column: Some(self.index), reason });
    }

    /// Notes that a code of a row stands for several others.
    pub(crate) fn aggregate(&mut self, row: usize) {
        self.state.aggregates.push(row);
    }

    /// Whether a text is one that tables use for totals and for what is not stated.
    pub(crate) fn is_reserved(&self, text: &str) -> bool {
        self.tells_rows_apart && [columns::TOTAL, columns::NOT_STATED].contains(&text)
    }

    /// Whether a text says that nothing is stated.
    pub(crate) fn is_missing(&self, text: &[u8]) -> bool {
        let is_empty = text.is_empty() && !self.empty_has_meaning;
        is_empty || self.missing.iter().any(|missing| missing.as_bytes() == text)
    }

    /// Notes that a row states nothing, which is an error where it must.
    pub(crate) fn not_stated(&mut self, row: usize) {
        if self.required {
            self.reject(row, Code::MissingValue);
        }
    }

    /// The values of the rows; null where nothing is stated, and where a field is at fault. `read` takes the bytes of a
    /// field, and whether it was a number or a date before it became text.
    pub(crate) fn values<T: ArrowPrimitiveType>(
        &mut self,
        reason: Code,
        read: impl Fn(&[u8], bool) -> Option<T::Native>,
    ) -> PrimitiveArray<T> {
        let mut values = Vec::with_capacity(self.len());
        let mut nulls = Vec::new();
        for (row, field) in self.fields().enumerate() {
            // A text that means *not stated* may look like a value: 9999, 01/01/1900.
            let field = field.trimmed();
            let is_typed = self.rows.is_typed(row, self.index);
            let value = if self.missing.is_empty() { read(field, is_typed) } else { None };
            let value = value.or_else(|| self.value(row, field, reason, |text| read(text, is_typed)));
            values.push(value.unwrap_or_default());
            if value.is_none() {
                nulls.push(row);
            }
        }
        let validity = validity(values.len(), &nulls);
        PrimitiveArray::new(values.into(), validity)
    }

    fn value<V>(
        &mut self,
        row: usize,
        field: &[u8],
        reason: Code,
        read: impl Fn(&[u8]) -> Option<V>,
    ) -> Option<V> {
        match self.decoder.decode(field) {
            None => self.reject(row, Code::Encoding),
            Some(text) if self.is_missing(text.as_bytes()) => self.not_stated(row),
            Some(text) => match read(text.as_bytes()) {
                None => self.reject(row, reason),
                value => return value,
            },
        }
        None
    }
}

/// The validity of `rows` rows, of which these are null; none when no row is.
pub(crate) fn validity(rows: usize, nulls: &[usize]) -> Option<NullBuffer> {
    if nulls.is_empty() {
        return None;
    }
    let mut is_valid = vec![true; rows];
    nulls.iter().for_each(|row| is_valid[*row] = false);
    Some(NullBuffer::from(is_valid))
}
