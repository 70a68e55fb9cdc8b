//! A column on its way through the partitions: its values without its words.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, RecordBatch};
use arrow::compute::{concat, take};
use arrow::datatypes::{Field, Schema, UInt16Type};

use crate::batch::Result;
use crate::dictionary::Dictionary;

/// A column of all chunks.
pub(crate) struct Column {
    name: String,
    /// Its words, where it has such.
    dictionary: Option<Mutex<Dictionary>>,
    /// Whether it has more words than numbers, in any chunk: then all that is handed out is texts. This depends on the
    /// data only, so that the type of the column does not depend on threads or memory.
    plain: AtomicBool,
}

/// The columns of a chunk without their words.
pub(crate) type Chunk = Vec<ArrayRef>;

/// The columns of all chunks, by the first of them.
pub(crate) fn columns(batch: &RecordBatch) -> Vec<Column> {
    let column = |(field, array): (&Arc<Field>, &ArrayRef)| {
        let is_numbered = array.as_dictionary_opt::<UInt16Type>().is_some();
        let has_words = is_numbered || array.as_string_opt::<i32>().is_some();
        let dictionary = has_words.then(Mutex::default);
        Column { name: field.name().clone(), dictionary, plain: AtomicBool::new(false) }
    };
    batch.schema().fields().iter().zip(batch.columns()).map(column).collect()
}

impl Column {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether all that is handed out is texts, though it might be numbered.
    pub(crate) fn is_plain(&self) -> bool {
        self.dictionary.is_some() && self.plain.load(Ordering::Relaxed)
    }

    /// The column without its words: numbers that mean the same in all chunks, or the texts themselves where there are
    /// more of them than numbers.
    pub(crate) fn without_words(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let Some(numbered) = array.as_dictionary_opt::<UInt16Type>() else {
            self.plain.fetch_or(self.dictionary.is_some(), Ordering::Relaxed);
            return Ok(Arc::clone(array));
        };
        match self.dictionary().and_then(|mut dictionary| dictionary.keys(numbered)) {
            Some(keys) => Ok(Arc::new(keys)),
            None => {
                self.plain.store(true, Ordering::Relaxed);
                take(numbered.values(), numbered.keys(), None)
            }
        }
    }

    /// Pieces of the column as one. Numbers become texts where some of the pieces are.
    fn join(&self, pieces: &[&ArrayRef]) -> Result<ArrayRef> {
        let is_text = |piece: &&ArrayRef| piece.as_string_opt::<i32>().is_some();
        let is_mixed = pieces.iter().any(is_text) && !pieces.iter().all(is_text);
        let Some(words) = is_mixed.then(|| self.words()).flatten() else {
            return concat(&pieces.iter().map(|piece| &***piece).collect::<Vec<&dyn Array>>());
        };
        let texts = pieces.iter().map(|piece| match piece.as_primitive_opt::<UInt16Type>() {
            Some(keys) => take(&words, keys, None),
            None => Ok(Arc::clone(piece)),
        });
        let texts = texts.collect::<Result<Vec<_>>>()?;
        concat(&texts.iter().map(|text| &**text).collect::<Vec<&dyn Array>>())
    }

    /// The words in the order of their numbers.
    pub(crate) fn words(&self) -> Option<ArrayRef> {
        self.dictionary().map(|dictionary| Arc::new(dictionary.words().clone()) as ArrayRef)
    }

    /// The column with its words, which are the same in all units.
    pub(crate) fn with_words(&self, array: ArrayRef, words: Option<&ArrayRef>) -> Result<ArrayRef> {
        match (array.as_primitive_opt::<UInt16Type>(), words) {
            (Some(keys), Some(words)) if self.plain.load(Ordering::Relaxed) => take(words, keys, None),
            (Some(keys), Some(words)) => {
                Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys.clone(), Arc::clone(words))?))
            }
            _ => Ok(array),
        }
    }

    fn dictionary(&self) -> Option<MutexGuard<'_, Dictionary>> {
        // A thread that panics while it holds the lock has ended the run.
        Some(self.dictionary.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Pieces of all columns as one batch, without the words.
pub(crate) fn join(columns: &[Column], slices: &[Chunk]) -> Result<RecordBatch> {
    let arrays = columns.iter().enumerate().map(|(index, column)| {
        let pieces: Vec<&ArrayRef> = slices.iter().map(|slice| &slice[index]).collect();
        column.join(&pieces)
    });
    batch_of(columns, arrays.collect::<Result<Vec<_>>>()?)
}

pub(crate) fn batch_of(columns: &[Column], arrays: Vec<ArrayRef>) -> Result<RecordBatch> {
    let fields = columns.iter().zip(&arrays);
    let fields = fields.map(|(column, array)| Field::new(&column.name, array.data_type().clone(), true));
    RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), arrays)
}
