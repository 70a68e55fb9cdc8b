//! Small batches, written and shown as tables.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, DictionaryArray, FixedSizeBinaryArray, Int64Array,
    RecordBatch, StringArray,
};
use arrow::datatypes::{DataType, Date32Type, UInt16Type};
use arrow::util::display::array_value_to_string;
use denizen_spec::DateFormat;

/// A batch of columns such as `person:person day:day n:integer name:text`, words unless said otherwise; rows are parted
/// by `|`, and `-` is not stated.
pub(crate) fn batch(columns: &str, rows: &str) -> RecordBatch {
    let rows: Vec<Vec<&str>> = rows.split('|').map(|row| row.split_whitespace().collect()).collect();
    let made = columns.split_whitespace().enumerate().map(|(index, column)| {
        let (name, kind) = column.split_once(':').unwrap_or((column, "word"));
        let values: Vec<Option<&str>> =
            rows.iter().map(|row| Some(row[index]).filter(|text| *text != "-")).collect();
        (name, array(kind, &values))
    });
    RecordBatch::try_from_iter_with_nullable(made.map(|(name, array)| (name, array, true))).unwrap()
}

/// What a step says, of a source of permits or signs of life; it must have no fault.
pub(crate) fn step(fields: &str) -> denizen_spec::Operation {
    let dimensions = match fields {
        _ if fields.contains("'retention'") => "reference_date', 'cohort",
        _ if fields.contains("'stock'") => "reference_date",
        _ => "kind",
    };
    let text = format!(
        "spec = 1\ntitle = 'T'\nvintage = '1'\n[source.s]\nfiles = 'x.csv'\nformat = 'csv'\n[source.s.columns]\n\
         person = {{ personal = true }}\nfirst = {{ type = 'date' }}\nlast = {{ type = 'date' }}\n\
         entered = {{ type = 'date' }}\ncitizen = {{ type = 'date' }}\ndate = {{ type = 'date' }}\n\
         reason = {{ list = 'reason' }}\ntype = {{ list = 'type' }}\nkind = {{ list = 'kind' }}\nparent = {{}}\n\
         health = {{ type = 'integer' }}\ntaxes = {{ type = 'integer' }}\n[[clean]]\n{fields}\n\
         [[table]]\nname = 't'\nmeasure = 'count'\nconcept = 'c'\ndimensions = ['{dimensions}']\n"
    );
    let mut pipeline = denizen_spec::parse(&text).unwrap_or_else(|faults| panic!("{fields}: {faults:?}"));
    pipeline.steps.remove(0).operation
}

fn array(kind: &str, values: &[Option<&str>]) -> ArrayRef {
    let iter = || values.iter().copied();
    match kind {
        "word" => Arc::new(iter().collect::<DictionaryArray<UInt16Type>>()),
        "text" => Arc::new(iter().collect::<StringArray>()),
        "integer" => Arc::new(iter().map(|text| text?.parse().ok()).collect::<Int64Array>()),
        "day" => {
            Arc::new(iter().map(|text| DateFormat::iso().days(text?.as_bytes())).collect::<Date32Array>())
        }
        "answer" => Arc::new(iter().map(|text| Some(text? == "yes")).collect::<BooleanArray>()),
        "person" => {
            let padded = iter().map(|text| {
                text.map(|text| {
                    let mut bits = [0; 9];
                    bits[..text.len()].copy_from_slice(text.as_bytes());
                    bits
                })
            });
            Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(padded, 9).unwrap())
        }
        _ => panic!("{kind}"),
    }
}

/// The rows of a batch, as [`batch`] takes them.
pub(crate) fn rows(batch: &RecordBatch) -> String {
    let value = |column: &ArrayRef, row: usize| -> String {
        if column.is_null(row) {
            return "-".to_owned();
        }
        match column.data_type() {
            DataType::FixedSizeBinary(_) => {
                let bits = column.as_fixed_size_binary().value(row);
                String::from_utf8(bits.iter().copied().filter(|byte| *byte > 0).collect()).unwrap()
            }
            DataType::Date32 => {
                let days = column.as_primitive::<Date32Type>().value(row);
                denizen_spec::Date::from_days(days).unwrap().to_string()
            }
            _ => array_value_to_string(column, row).unwrap(),
        }
    };
    let row =
        |row: usize| batch.columns().iter().map(|column| value(column, row)).collect::<Vec<_>>().join(" ");
    (0..batch.num_rows()).map(row).collect::<Vec<_>>().join(" | ")
}
