//! The words of a column of text: each has one key, which is final, for all chunks of a source.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use arrow::array::{ArrayBuilder, ArrayRef, StringArray, StringBuilder};
use arrow::error::ArrowError;
use denizen_spec::Code;

use crate::field_column::FieldColumn;
use crate::lookup::{ByteMap, RawField};
use crate::text_column::{Lookup, finish};

/// Keys that there are.
pub(crate) const MAX_WORDS: usize = 1 << 16;

/// Bytes of words that have keys. Together they stay in memory, and are few where keys are worth while.
const MAX_BYTES: usize = 1 << 25;

/// The words of one column so far, in any chunk and on any thread; none when there are more of them than
/// keys, or they are too long to be kept. Whether it comes to that depends on all chunks together, not on their order.
pub(crate) struct Dictionary(RwLock<Option<Words>>);

struct Words {
    /// By the form of the source: bytes of fields without blanks around them, and the index of what they mean. Forms differ
    /// in their encodings and in what says that nothing is stated.
    known: Vec<ByteMap>,
    /// Whether the source has several forms: what is the same word in two of them may not be the same bytes.
    has_forms: bool,
    /// What a field can mean: [`OTHERS`], then the words in the order of their keys.
    lookups: Vec<Lookup>,
    /// The index of words that are not the bytes of their fields.
    decoded: ByteMap,
    words: StringBuilder,
    /// The same words, for the chunks. An array is never changed: one with more words takes its place.
    array: ArrayRef,
}

/// What a field can mean that is no word.
const OTHERS: [Lookup; 3] =
    [Lookup::NotStated, Lookup::Error(Code::Encoding), Lookup::Error(Code::ReservedText)];
const NOT_STATED: u32 = 0;
const ENCODING: u32 = 1;
const RESERVED: u32 = 2;

/// The index of a field that no chunk had before.
const UNKNOWN: u32 = u32::MAX;

impl Dictionary {
    /// Without words. `has_forms` says whether the source is read in several forms.
    pub(crate) fn new(has_forms: bool) -> Self {
        Self(RwLock::new(Some(Words {
            known: Vec::new(),
            has_forms,
            lookups: OTHERS.into(),
            decoded: ByteMap::default(),
            words: StringBuilder::new(),
            array: Arc::new(StringArray::from_iter_values([""; 0])),
        })))
    }

    /// The fields of a column as keys; none when not all of its words have one.
    pub(crate) fn encode(&self, column: &mut FieldColumn<'_>) -> Result<Option<ArrayRef>, ArrowError> {
        let Some(mut indices) = self.known(column) else { return Ok(None) };
        // Nearly all chunks have no new words, and wait for nobody.
        if indices.contains(&UNKNOWN) && !self.add(column, &mut indices) {
            return Ok(None);
        }
        let words = self.read();
        let Some(words) = &*words else { return Ok(None) };
        finish(&indices, &words.lookups, Arc::clone(&words.array), column).map(Some)
    }

    /// The index of what each field means, or [`UNKNOWN`].
    fn known(&self, column: &FieldColumn<'_>) -> Option<Vec<u32>> {
        let words = self.read();
        let Some(known) = words.as_ref()?.known.get(column.form()) else {
            return Some(vec![UNKNOWN; column.len()]);
        };
        let index = |field: RawField<'_>| {
            let index = known.get(field).or_else(|| known.get(field.trimmed().into()));
            index.unwrap_or(UNKNOWN)
        };
        Some(column.fields().map(index).collect())
    }

    /// Finds out what the unknown fields mean. False when they have more words than there are keys.
    fn add(&self, column: &FieldColumn<'_>, indices: &mut [u32]) -> bool {
        let mut words = self.write();
        let added = words.as_mut().and_then(|words| words.add(column, indices));
        if added.is_none() {
            *words = None;
        }
        added.is_some()
    }

    // A thread that panics while it holds the lock has ended the run.
    fn read(&self) -> RwLockReadGuard<'_, Option<Words>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Words>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Words {
    fn add(&mut self, column: &FieldColumn<'_>, indices: &mut [u32]) -> Option<()> {
        let before = self.words.len();
        let unknown = indices.iter_mut().zip(column.fields()).filter(|(index, _)| **index == UNKNOWN);
        for (index, field) in unknown {
            *index = self.index(column, field.trimmed())?;
        }
        if self.words.len() > before {
            self.array = Arc::new(self.words.finish_cloned());
        }
        Some(())
    }

    /// The index of what a field means, which may have become known since it was looked up.
    fn index(&mut self, column: &FieldColumn<'_>, field: &[u8]) -> Option<u32> {
        let form = column.form();
        if self.known.len() <= form {
            self.known.resize_with(form + 1, ByteMap::default);
        }
        if let Some(index) = self.known[form].get(field.into()) {
            return Some(index);
        }
        // These are not remembered: a file may have any number of them.
        let Some(text) = column.decoder.decode(field) else { return Some(ENCODING) };
        let index = if column.is_missing(text.as_bytes()) {
            NOT_STATED
        } else if column.is_reserved(&text) {
            RESERVED
        } else if !self.has_forms && column.decoder.is_same(&text) {
            self.push(&text)?
        } else {
            self.decoded(&text)?
        };
        self.known[form].insert(field.into(), index);
        Some(index)
    }

    /// The index of a word that is not the bytes of the field: some encodings write one character in two ways.
    fn decoded(&mut self, word: &str) -> Option<u32> {
        if let Some(index) = self.decoded.get(word.as_bytes().into()) {
            return Some(index);
        }
        let index = self.push(word)?;
        self.decoded.insert(word.as_bytes().into(), index);
        Some(index)
    }

    /// The index of a new word; none when there is no key left for it.
    fn push(&mut self, word: &str) -> Option<u32> {
        if self.words.len() == MAX_WORDS || self.words.values_slice().len() + word.len() > MAX_BYTES {
            return None;
        }
        self.lookups.push(Lookup::Key(self.words.len() as u32));
        self.words.append_value(word);
        Some(self.lookups.len() as u32 - 1)
    }
}
