//! Parquet files of others become rows of typed columns.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int32Array, ListArray,
    RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow::datatypes::Int32Type;
use denizen_spec::{Diagnostic, RowPlace};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::project::{Outcome, Project, gzip, records, said};

fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    packed(columns, Compression::UNCOMPRESSED)
}

fn packed(columns: Vec<(&str, ArrayRef)>, with: Compression) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let properties = WriterProperties::builder().set_compression(with).build();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn read(bytes: Vec<u8>, columns: &str) -> Result<Outcome, Vec<Diagnostic>> {
    let fields = "files = \"in.parquet\"\nformat = \"parquet\"\nmax_rejected = 1.0";
    Project::new().with("in.parquet", bytes).read(&records(fields, columns), None)
}

fn table() -> Vec<u8> {
    let moments = TimestampMicrosecondArray::from(vec![1_180_569_600_000_000, 1_180_634_400_000_000, 0]);
    file(vec![
        ("text", Arc::new(StringArray::from(vec![Some("Per\u{fa}"), None, Some("NA")]))),
        ("whole", Arc::new(Int32Array::from(vec![7, -1, 2007]))),
        ("float", Arc::new(Float64Array::from(vec![12.0, 0.1 + 0.2, 1e16]))),
        ("single", Arc::new(Float32Array::from(vec![0.1, 2.5, 1.0]))),
        ("money", {
            let values = Decimal128Array::from(vec![1250, 1200, 5]);
            Arc::new(values.with_precision_and_scale(9, 2).unwrap())
        }),
        ("day", Arc::new(Date32Array::from(vec![13_664, 0, -1]))),
        ("moment", Arc::new(moments.clone())),
        ("zoned", Arc::new(moments.with_timezone("UTC"))),
        ("yes", Arc::new(BooleanArray::from(vec![true, false, true]))),
        ("large", Arc::new(UInt64Array::from(vec![u64::MAX, 1, 2]))),
        ("list", {
            let lists = [Some(vec![Some(1)]), None, None];
            Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists))
        }),
    ])
}

#[test]
fn columns_are_what_their_types_say() {
    let day = "{ type = \"date\", format = \"%d/%m/%Y\" }";
    let table_of_columns = [
        ("text = {}", "Per\u{fa} - NA"),
        ("whole = { type = \"integer\" }", "7 -1 2007"),
        ("float = { type = \"decimal\", scale = 1 }", "12.0 0.3 row ingest::inexact-number"),
        ("single = { type = \"decimal\", scale = 1 }", "0.1 2.5 1.0"),
        ("money = { type = \"decimal\", scale = 2 }", "12.50 12.00 0.05"),
        ("money = { type = \"integer\" }", "12 money ingest::integer money ingest::integer"),
        (&format!("day = {day}"), "2007-05-31 1970-01-01 1969-12-31"),
        ("day = {}", "2007-05-31 1970-01-01 1969-12-31"),
        (&format!("moment = {day}"), "2007-05-31 2007-05-31 1970-01-01"),
        // Which day it was there the file does not say.
        (&format!("zoned = {day}"), "2007-05-31 1970-01-01 zoned ingest::date"),
        ("yes = { codes = { TRUE = \"1\", FALSE = \"0\" } }", "1 0 1"),
        ("large = {}", "18446744073709551615 1 2"),
        ("large = { type = \"integer\" }", "1 2 large ingest::integer"),
    ];
    for (columns, expected) in table_of_columns {
        let outcome = read(table(), columns).unwrap();
        let reject = |reject: &denizen_spec::Reject| {
            assert!(matches!(reject.place, RowPlace::Record { .. }));
            format!("{} {}", reject.column.as_deref().unwrap_or("row"), reject.reason)
        };
        let rows = outcome.rows().into_iter().map(str::to_owned);
        let found: Vec<String> = rows.chain(outcome.rejects.iter().map(reject)).collect();
        assert_eq!(found.join(" "), expected, "{columns}");
    }
}

/// Whatever other programs pack their pages with.
#[test]
fn pages_are_unpacked() {
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::BROTLI(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(Default::default()),
    ];
    let words: Vec<String> = (0..3000).map(|row| format!("word {}", row % 7)).collect();
    for codec in codecs {
        let column: ArrayRef = Arc::new(StringArray::from(words.clone()));
        let found = read(packed(vec![("text", column)], codec), "text = {}").unwrap();
        assert_eq!(found.chunks.concat(), words, "{codec:?}");
    }
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    let whole = table();
    let nested = "ingest::nested-column the column `list` of `in.parquet` holds lists";
    assert!(said(&read(whole.clone(), "list = {}").unwrap_err()[0]).starts_with(nested));
    let missing = "ingest::missing-column `in.parquet` has no column `absent`";
    assert!(said(&read(whole.clone(), "absent = {}").unwrap_err()[0]).starts_with(missing));
    let text = "ingest::other-format `in.parquet` is no Parquet file";
    assert!(said(&read(b"text\n1\n".to_vec(), "text = {}").unwrap_err()[0]).starts_with(text));
    // Packed, it is read all the same.
    assert_eq!(read(gzip(&whole), "whole = {}").unwrap().rows(), ["7", "-1", "2007"]);
    for length in (0..whole.len()).step_by(97) {
        let faults = read(whole[..length].to_vec(), "text = {}").unwrap_err();
        assert!(faults[0].code.to_string().starts_with("ingest::"), "{length}: {}", said(&faults[0]));
    }
    // Bytes that are changed give other rows or an error, and never end the program.
    for place in (4..whole.len()).step_by(41) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0xFF;
        if let Err(faults) = read(bytes, "text = {}\nmoney = {}") {
            assert!(faults[0].code.to_string().starts_with("ingest::"), "{place}: {}", said(&faults[0]));
        }
    }
}
