//! Cells of a state that has ended, divided among those that followed it.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Decimal128Type, Field, Int64Type, Schema};
use arrow::error::ArrowError;
use denizen_spec::{Diagnostic, Weights, columns, divided};

use crate::counts::internal;

/// Divides the cells of codes that have weights, and says how many cells there are more. The parts of a value add up to it,
/// and each is marked as estimated (`E`). A cell without value becomes as many without.
///
/// # Errors
///
/// Only a fault of the program.
pub fn split_cells(batch: &RecordBatch, weights: &Weights) -> Result<(RecordBatch, u64), Diagnostic> {
    let (made, more) = split(batch, weights).map_err(|error| internal("cells", &error))?;
    Ok((made.unwrap_or_else(|| batch.clone()), more))
}

/// The rows of a batch as they are made: from which row, of which code, with which value, whether estimated.
#[derive(Default)]
struct Rows<'a> {
    from: Vec<u32>,
    codes: Vec<Option<&'a str>>,
    values: Vec<Option<i128>>,
    is_estimated: Vec<bool>,
}

impl<'a> Rows<'a> {
    fn push(&mut self, from: usize, code: Option<&'a str>, value: Option<i128>, is_estimated: bool) {
        self.from.push(from as u32);
        self.codes.push(code);
        self.values.push(value);
        self.is_estimated.push(is_estimated);
    }
}

fn split(batch: &RecordBatch, weights: &Weights) -> Result<(Option<RecordBatch>, u64), ArrowError> {
    let index = batch.schema_ref().index_of(&weights.column)?;
    let codes = cast(batch.column(index), &DataType::Utf8)?;
    let codes = codes.as_string::<i32>();
    if !codes.iter().flatten().any(|code| weights.parts.contains_key(code)) {
        return Ok((None, 0));
    }
    let values = values(batch)?;
    let mut rows = Rows::default();
    for (row, value) in values.iter().enumerate() {
        let code = codes.is_valid(row).then(|| codes.value(row));
        let Some(parts) = code.and_then(|code| weights.parts.get(code)) else {
            rows.push(row, code, *value, false);
            continue;
        };
        let shares: Vec<i128> = parts.iter().map(|(_, weight)| *weight).collect();
        let shares: Vec<Option<i128>> = match value {
            Some(value) => divided(*value, &shares).into_iter().map(Some).collect(),
            None => vec![None; shares.len()],
        };
        for ((to, _), share) in parts.iter().zip(shares) {
            rows.push(row, Some(to), share, share.is_some());
        }
    }
    let more = rows.from.len() - batch.num_rows();
    Ok((Some(batch_of(batch, index, &rows)?), more as u64))
}

/// The values of a batch, in units of their last decimal.
fn values(batch: &RecordBatch) -> Result<Vec<Option<i128>>, ArrowError> {
    let array = batch.column(batch.schema_ref().index_of(columns::VALUE)?);
    if let Some(decimals) = array.as_primitive_opt::<Decimal128Type>() {
        return Ok(decimals.iter().collect());
    }
    let numbers = array.as_primitive_opt::<Int64Type>();
    let numbers = numbers.ok_or_else(|| ArrowError::SchemaError("values are no numbers".to_owned()))?;
    Ok(numbers.iter().map(|number| number.map(i128::from)).collect())
}

fn batch_of(batch: &RecordBatch, index: usize, rows: &Rows<'_>) -> Result<RecordBatch, ArrowError> {
    let from = UInt32Array::from(rows.from.clone());
    let mut fields: Vec<Arc<Field>> = batch.schema_ref().fields().to_vec();
    let mut arrays: Vec<ArrayRef> =
        batch.columns().iter().map(|array| take(array, &from, None)).collect::<Result<_, _>>()?;
    arrays[index] = cast(&StringArray::from(rows.codes.clone()), fields[index].data_type())?;
    let value = batch.schema_ref().index_of(columns::VALUE)?;
    arrays[value] = match arrays[value].data_type() {
        DataType::Decimal128(precision, scale) => {
            let values: Decimal128Array = rows.values.iter().copied().collect();
            Arc::new(values.with_precision_and_scale(*precision, *scale)?)
        }
        _ => {
            // Parts of a value of 64 bits have 64 bits.
            let values = rows.values.iter().map(|value| value.and_then(|value| i64::try_from(value).ok()));
            Arc::new(values.collect::<Int64Array>())
        }
    };
    let marks = batch.schema_ref().index_of(columns::MARK).ok();
    let known = marks.and_then(|mark| arrays[mark].as_string_opt::<i32>().cloned());
    let mark = |(row, is_estimated): (usize, &bool)| {
        let said = known.as_ref().filter(|known| known.is_valid(row)).map(|known| known.value(row));
        if *is_estimated { Some("E") } else { said }
    };
    let marked: ArrayRef = Arc::new(rows.is_estimated.iter().enumerate().map(mark).collect::<StringArray>());
    match marks {
        Some(mark) => arrays[mark] = marked,
        None => {
            fields.push(Arc::new(Field::new(columns::MARK, DataType::Utf8, true)));
            arrays.push(marked);
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_divided_and_estimated() {
        let batch = RecordBatch::try_from_iter([
            ("citizenship", Arc::new(StringArray::from(vec!["CS", "PE", "CS"])) as ArrayRef),
            (columns::VALUE, Arc::new(Int64Array::from(vec![Some(10), Some(3), None])) as ArrayRef),
        ])
        .unwrap();
        let parts = [("ME".to_owned(), 150_000_000), ("RS".to_owned(), 850_000_000)];
        let weights = Weights {
            column: "citizenship".to_owned(),
            file: Default::default(),
            parts: [("CS".to_owned(), parts.to_vec())].into(),
        };
        let (split, more) = split_cells(&batch, &weights).unwrap();
        let texts = |name: &str| {
            let array = cast(split.column_by_name(name).unwrap(), &DataType::Utf8).unwrap();
            array.as_string::<i32>().iter().map(|text| text.unwrap_or("-").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(more, 2);
        assert_eq!(texts("citizenship"), ["ME", "RS", "PE", "ME", "RS"]);
        assert_eq!(texts(columns::VALUE), ["2", "8", "3", "-", "-"]);
        assert_eq!(texts(columns::MARK), ["E", "E", "-", "-", "-"]);
    }
}
