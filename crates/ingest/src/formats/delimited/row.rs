//! A row that the tokeniser has cut.

use denizen_spec::{Code, RowPlace};

use crate::rows::Stated;

/// One row: its fields one after another, and where each ends.
pub(super) struct Row {
    pub(super) text: Vec<u8>,
    pub(super) ends: Vec<usize>,
    pub(super) fields: usize,
    pub(super) place: RowPlace,
    /// Why it is no row of a table, where its text alone shows that; it is one line without fields then.
    pub(super) fault: Option<Code>,
}

impl Row {
    pub(super) fn len(&self) -> usize {
        self.fields
    }

    /// A field; empty where the row is shorter.
    pub(super) fn field(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or_default() };
        let end = self.ends.get(index).copied().filter(|_| index < self.fields);
        end.map_or(&[], |end| &self.text[start..end])
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &[u8]> + Clone {
        (0..self.fields).map(|index| self.field(index))
    }
}

/// Why a row is none that has more or fewer fields than the header: it says nothing, holds nothing but a note, or is at
/// fault.
#[cold]
pub(super) fn unequal<'a>(fields: impl Iterator<Item = &'a [u8]>) -> Code {
    match Stated::of(fields) {
        Stated::Nothing => Code::BlankRow,
        Stated::One { is_prose: true } => Code::NoteRow,
        Stated::One { is_prose: false } | Stated::Several => Code::UnequalLengths,
    }
}
