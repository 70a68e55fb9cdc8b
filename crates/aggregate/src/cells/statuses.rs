//! What the publisher says of the values: his statuses, his confidentiality, and the marks in the place of values.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{FlagI, columns};
use polars::prelude::*;

use super::coded::{encoded, texts};
use crate::counts::{CONFIDENTIALITY, NOTE};
use crate::status::{Confidentiality, Note, Status};
use crate::value::Value;

/// [`NOTE`] and [`CONFIDENTIALITY`] of each row; null where nothing is said.
pub(super) fn statuses(
    batches: &[RecordBatch],
    rows: usize,
    flag_i: Option<FlagI>,
) -> std::result::Result<[Column; 2], Box<dyn std::error::Error>> {
    let mut notes: Vec<Option<u32>> = vec![None; rows];
    let mut confidentialities: Vec<Option<u32>> = vec![None; rows];
    for name in [columns::OBS_STATUS, columns::MARK] {
        let Some(said) = said(batches, name)? else { continue };
        let (levels, indices) = encoded(|| said.iter().copied(), Value::code);
        let read = Note::all(&levels, flag_i)?;
        for (row, index) in indices.into_iter().enumerate() {
            let note = read[index as usize];
            // What a mark says comes to what is said beside it.
            notes[row] = joined(notes[row], note.status.map(Status::bits));
            let withheld =
                note.status.filter(|status| name == columns::MARK && status.has(Status::SUPPRESSED));
            let withheld = withheld.map(|_| Confidentiality::CONFIDENTIAL);
            let stated = note.confidentiality.or(withheld).map(Confidentiality::index);
            confidentialities[row] = confidentialities[row].or(stated);
        }
    }
    if let Some(said) = said(batches, columns::CONF_STATUS)? {
        let (levels, indices) = encoded(|| said.iter().copied(), Value::code);
        let read = Confidentiality::all(&levels)?;
        for (row, index) in indices.into_iter().enumerate() {
            // A flag or a mark is heard where this column says nothing.
            let stated = read[index as usize].map(Confidentiality::index);
            confidentialities[row] = stated.or(confidentialities[row]);
        }
    }
    let column = |name: &str, values: &[Option<u32>]| {
        UInt32Chunked::from_slice_options(name.into(), values).into_column()
    };
    Ok([column(NOTE, &notes), column(CONFIDENTIALITY, &confidentialities)])
}

/// Bits of two statuses together.
fn joined(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one | other),
        (one, other) => one.or(other),
    }
}

/// The texts of a column of all batches, none where a file does not have it; nothing when no file has it.
fn said<'a>(
    batches: &'a [RecordBatch],
    name: &str,
) -> std::result::Result<Option<Vec<Option<&'a str>>>, ArrowError> {
    if !batches.iter().any(|batch| batch.column_by_name(name).is_some()) {
        return Ok(None);
    }
    let mut said = Vec::new();
    for batch in batches {
        match batch.column_by_name(name) {
            Some(array) => said.extend(texts(array)?),
            None => said.extend(std::iter::repeat_n(None, batch.num_rows())),
        }
    }
    Ok(Some(said))
}
