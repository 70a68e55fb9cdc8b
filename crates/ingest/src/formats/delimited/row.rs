//! A row that the tokeniser has cut.

use denizen_spec::{Code, RowPlace};

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

    pub(super) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.fields).map(|index| self.field(index))
    }
}
