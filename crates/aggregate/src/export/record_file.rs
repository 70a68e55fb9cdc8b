//! A Parquet file of records in the making.

use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, AsArray, FixedSizeBinaryArray, RecordBatch, StringArray, make_array};
use arrow::buffer::OffsetBuffer;
use arrow::compute::concat;
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use denizen_spec::{Diagnostic, PSEUDONYM_BYTES, PSEUDONYM_LENGTH, pseudonym_text};
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Encoding, ZstdLevel};
use parquet::errors::Result;
use parquet::file::properties::EnabledStatistics;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use zstd::bulk::Compressor;

use crate::export::column_chunk::{ColumnChunk, validity};
use crate::export::disk::Disk;
use crate::export::parquet::{ROW_GROUP, compression, properties, writer};
use crate::export::unwritable;

/// The type of a column of pseudonyms.
const PSEUDONYM: DataType = DataType::FixedSizeBinary(PSEUDONYM_BYTES as i32);

/// A Parquet file of records in the making.
pub(crate) struct RecordFile<'a> {
    path: PathBuf,
    disk: &'a Disk,
    file: SerializedFileWriter<Arc<File>>,
    encoders: ArrowRowGroupWriterFactory,
    compressor: Compressor<'static>,
    columns: Vec<FileColumn>,
    group: Option<RowGroup>,
    rows: u64,
}

/// A column of the file.
struct FileColumn {
    /// Its index in a batch.
    index: usize,
    /// The type that it has there.
    kind: DataType,
    /// Its type in the Parquet file: pseudonyms are texts.
    field: Arc<Field>,
    /// Whether more than a quarter of its values are unlike all others: a dictionary would be a second copy of them.
    hardly_repeats: bool,
    /// Whether it is of pseudonyms that are in order, as those of the persons are.
    is_sorted: bool,
}

/// A row group in the making.
struct RowGroup {
    encoders: Vec<Encoder>,
    rows: usize,
}

enum Encoder {
    Own(ColumnChunk),
    OfParquet(Box<ArrowColumnWriter>),
}

impl<'a> RecordFile<'a> {
    /// Begins a file of records like those of `batches`, which are not yet written, without the column of numbers `except`.
    pub(crate) fn create(
        path: PathBuf,
        batches: &[RecordBatch],
        except: &str,
        disk: &'a Disk,
    ) -> std::result::Result<Self, Diagnostic> {
        let (file, columns) = (super::create(&path)?, columns(batches, except));
        let (file, encoders) = begin(file, &columns).map_err(|error| unwritable(&path, error))?;
        let compressor = Compressor::new(ZstdLevel::default().compression_level())
            .map_err(|error| unwritable(&path, error))?;
        Ok(Self { path, disk, file, encoders, compressor, columns, group: None, rows: 0 })
    }

    /// Writes the rows of some batches, in pages of their own.
    pub(crate) fn write(&mut self, batches: &[RecordBatch]) -> std::result::Result<(), Diagnostic> {
        let groups = self.file.flushed_row_groups().len();
        self.encode(batches).map_err(|error| unwritable(&self.path, error))?;
        if self.file.flushed_row_groups().len() == groups { Ok(()) } else { self.force() }
    }

    fn force(&self) -> std::result::Result<(), Diagnostic> {
        self.disk.force(&self.path, self.file.inner())
    }

    fn encode(&mut self, batches: &[RecordBatch]) -> Result<()> {
        let rows = batches.iter().map(RecordBatch::num_rows).sum::<usize>();
        if rows == 0 {
            // Readers stumble over an empty page.
            return Ok(());
        }
        let group = match &mut self.group {
            Some(group) => group,
            none => none.insert(RowGroup::new(&self.file, &self.encoders, &self.columns)?),
        };
        for (column, encoder) in self.columns.iter().zip(&mut group.encoders) {
            let arrays: Vec<_> = batches.iter().map(|batch| batch.column(column.index)).collect();
            encoder.add(&column.field, &arrays, &mut self.compressor)?;
        }
        group.rows += rows;
        self.rows += rows as u64;
        if group.rows >= ROW_GROUP { self.end_group() } else { Ok(()) }
    }

    fn end_group(&mut self) -> Result<()> {
        let Some(group) = self.group.take() else { return Ok(()) };
        let mut writer = self.file.next_row_group()?;
        for encoder in group.encoders {
            match encoder {
                Encoder::Own(chunk) => chunk.append_to(&mut writer, &mut self.compressor, compression())?,
                Encoder::OfParquet(encoder) => encoder.close()?.append_to_row_group(&mut writer)?,
            }
        }
        writer.close().map(|_| ())
    }

    /// Ends the file; it is on the disk when [`Disk::finish`] says so.
    pub(crate) fn close(mut self) -> std::result::Result<u64, Diagnostic> {
        let ended = self.end_group().and_then(|()| self.file.finish());
        ended.map_err(|error| unwritable(&self.path, error))?;
        self.force()?;
        Ok(self.rows)
    }
}

fn begin(
    file: File,
    columns: &[FileColumn],
) -> Result<(SerializedFileWriter<Arc<File>>, ArrowRowGroupWriterFactory)> {
    // Some readers expect an offset index of all columns or of none, and our own chunks have none.
    let mut properties =
        properties().set_statistics_enabled(EnabledStatistics::None).set_offset_index_disabled(true);
    for column in columns {
        let name = ColumnPath::from(column.field.name().as_str());
        if column.kind == PSEUDONYM {
            // All are equally long: apart from the texts, their lengths take nothing, and zstd finds no repetitions in
            // the texts that are none.
            properties = properties
                .set_column_dictionary_enabled(name.clone(), false)
                .set_column_encoding(name.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY);
            // Where records are sorted by them, the ends of a row group say where one is. Every row group has nearly all
            // of the others between its ends.
            if column.is_sorted {
                properties = properties.set_column_statistics_enabled(name, EnabledStatistics::Chunk);
            }
        } else if column.hardly_repeats {
            properties = properties.set_column_dictionary_enabled(name, false);
        }
    }
    let fields: Vec<_> = columns.iter().map(|column| Arc::clone(&column.field)).collect();
    writer(Arc::new(file), &Arc::new(Schema::new(fields)), properties.build())?.into_serialized_writer()
}

impl RowGroup {
    fn new(
        file: &SerializedFileWriter<Arc<File>>,
        encoders: &ArrowRowGroupWriterFactory,
        columns: &[FileColumn],
    ) -> Result<Self> {
        let encoders = encoders.create_column_writers(file.flushed_row_groups().len())?;
        let encoders = encoders.into_iter().zip(columns).enumerate().map(|(index, (encoder, column))| {
            let own = (!column.hardly_repeats)
                .then(|| ColumnChunk::new(file.schema_descr().column(index), &column.kind));
            own.flatten().map_or_else(|| Encoder::OfParquet(Box::new(encoder)), Encoder::Own)
        });
        Ok(Self { encoders: encoders.collect(), rows: 0 })
    }
}

impl Encoder {
    fn add(&mut self, field: &Field, arrays: &[&ArrayRef], compressor: &mut Compressor<'_>) -> Result<()> {
        match self {
            Self::Own(chunk) => chunk.add(arrays, compressor),
            Self::OfParquet(encoder) => {
                let pseudonyms = arrays.iter().map(|array| array.as_fixed_size_binary_opt()).collect();
                let array = match pseudonyms {
                    Some(pseudonyms) => pseudonym_texts(pseudonyms)?,
                    None => {
                        let arrays: Vec<&dyn Array> = arrays.iter().map(|array| &***array).collect();
                        without_idle_validity(concat(&arrays)?)?
                    }
                };
                compute_leaves(field, &array)?.iter().try_for_each(|leaf| encoder.write(leaf))
            }
        }
    }
}

/// The encoder divides an array with a validity, though nothing is missing, into other pages than one without. Whether there is one
/// depends on the way that the rows have come.
fn without_idle_validity(array: ArrayRef) -> Result<ArrayRef> {
    if array.nulls().is_some_and(|nulls| nulls.null_count() == 0) {
        return Ok(make_array(array.to_data().into_builder().nulls(None).build()?));
    }
    Ok(array)
}

/// Pseudonyms as they are written.
fn pseudonym_texts(arrays: Vec<&FixedSizeBinaryArray>) -> Result<ArrayRef> {
    let rows = arrays.iter().map(|pseudonyms| pseudonyms.len()).sum();
    // Rows without a person have a text too, of which nothing is written.
    let mut texts = Vec::with_capacity(rows * PSEUDONYM_LENGTH);
    for pseudonyms in &arrays {
        let (bits, _) = pseudonyms.value_data().as_chunks::<PSEUDONYM_BYTES>();
        bits.iter().for_each(|bits| texts.extend_from_slice(&pseudonym_text(bits)));
    }
    let ends = OffsetBuffer::from_repeated_length(PSEUDONYM_LENGTH, rows);
    let stated = validity(rows, arrays.iter().map(|pseudonyms| (pseudonyms.len(), pseudonyms.nulls())));
    Ok(Arc::new(StringArray::try_new(ends, texts.into(), stated)?))
}

fn columns(batches: &[RecordBatch], except: &str) -> Vec<FileColumn> {
    let schema = batches[0].schema();
    let columns = schema.fields().iter().enumerate().map(|(index, field)| {
        let kind = field.data_type().clone();
        let arrays = || batches.iter().map(|batch| batch.column(index));
        let written = if kind == PSEUDONYM { DataType::Utf8 } else { kind.clone() };
        let field = Arc::new(Field::new(field.name(), written, true));
        let (hardly_repeats, is_sorted) = (hardly_repeats(&kind, arrays), is_sorted(arrays()));
        FileColumn { index, kind, field, hardly_repeats, is_sorted }
    });
    // A file must have a column. Folders tell whole numbers only, so that another column of this name stays.
    let stays = |column: &FileColumn| column.field.name() != except || column.kind != DataType::Int64;
    columns.filter(|column| stays(column) || schema.fields().len() == 1).collect()
}

/// Whether all are pseudonyms, and in order.
fn is_sorted<'a>(mut arrays: impl Iterator<Item = &'a ArrayRef>) -> bool {
    let mut last = [0; PSEUDONYM_BYTES];
    arrays.all(|array| {
        let Some(pseudonyms) = array.as_fixed_size_binary_opt() else { return false };
        let (bits, _) = pseudonyms.value_data().as_chunks::<PSEUDONYM_BYTES>();
        bits.iter().all(|bits| std::mem::replace(&mut last, *bits) <= *bits)
    })
}

/// Numbered words and days repeat, and pseudonyms have no dictionary anyway.
fn hardly_repeats<'a, I: Iterator<Item = &'a ArrayRef>>(kind: &DataType, arrays: impl Fn() -> I) -> bool {
    fn distinct<T: Eq + std::hash::Hash>(values: impl Iterator<Item = T>) -> usize {
        values.collect::<HashSet<T, RandomState>>().len()
    }
    let count = match kind {
        DataType::Utf8 => distinct(arrays().flat_map(|array| array.as_string::<i32>())),
        DataType::Int64 => distinct(arrays().flat_map(|array| array.as_primitive::<Int64Type>())),
        _ => 0,
    };
    count > arrays().map(|array| array.len()).sum::<usize>() / 4
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        BooleanArray, Date32Array, DictionaryArray, FixedSizeBinaryArray, Int64Array, StringArray,
        UInt16Array,
    };
    use arrow::buffer::NullBuffer;
    use arrow::compute::cast;
    use arrow::datatypes::UInt16Type;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::prelude::*;

    use super::*;

    fn numbered(words: &ArrayRef, rows: Vec<Option<u16>>) -> ArrayRef {
        Arc::new(DictionaryArray::<UInt16Type>::try_new(UInt16Array::from(rows), Arc::clone(words)).unwrap())
    }

    fn words(count: u16, beginning: &str) -> ArrayRef {
        Arc::new(StringArray::from_iter_values((0..count).map(|number| format!("{beginning}{number}"))))
    }

    /// A batch with a column of each type, all of them made of one number a row.
    fn batch(words: &ArrayRef, rows: &[Option<u16>]) -> RecordBatch {
        let numbers = || rows.iter().copied();
        let persons =
            numbers().map(|row| row.map(|row| [&row.to_be_bytes()[..], &[7; PSEUDONYM_BYTES - 2]].concat()));
        let columns: [(&str, ArrayRef); 6] = [
            ("word", numbered(words, numbers().map(|row| row.map(|row| row % words.len() as u16)).collect())),
            (
                "person",
                Arc::new(
                    FixedSizeBinaryArray::try_from_sparse_iter_with_size(persons, PSEUDONYM_BYTES as i32)
                        .unwrap(),
                ),
            ),
            (
                "day",
                Arc::new(
                    numbers().map(|row| row.map(|row| i32::from(row) * 5 - 90_000)).collect::<Date32Array>(),
                ),
            ),
            ("age", Arc::new(numbers().map(|row| row.map(|row| i64::from(row % 9))).collect::<Int64Array>())),
            ("is", Arc::new(numbers().map(|row| row.map(|row| row % 2 == 0)).collect::<BooleanArray>())),
            (
                "text",
                Arc::new(numbers().map(|row| row.map(|row| format!("t{row}"))).collect::<StringArray>()),
            ),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap()
    }

    /// The rows of a column as text.
    fn texts(array: &ArrayRef) -> Vec<Option<String>> {
        if let Some(persons) = array.as_fixed_size_binary_opt() {
            let text = |bits: &[u8]| {
                String::from_utf8(pseudonym_text(bits.first_chunk().unwrap()).to_vec()).unwrap()
            };
            return persons.iter().map(|bits| bits.map(text)).collect();
        }
        let texts = cast(array, &DataType::Utf8).unwrap();
        texts.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
    }

    fn rows<'a>(batches: impl IntoIterator<Item = &'a RecordBatch>) -> Vec<Vec<Option<String>>> {
        let mut rows = vec![Vec::new(); 6];
        for batch in batches {
            rows.iter_mut().zip(batch.columns()).for_each(|(rows, array)| rows.extend(texts(array)));
        }
        rows
    }

    /// A file to which these batches are written, those of each inner list together.
    fn written(batches: &[&[RecordBatch]]) -> ParquetRecordBatchReaderBuilder<File> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.parquet");
        let disk = Disk::new().unwrap();
        let mut writer = RecordFile::create(path.clone(), batches[0], "year", &disk).unwrap();
        batches.iter().for_each(|batches| writer.write(batches).unwrap());
        let count = batches.concat().iter().map(RecordBatch::num_rows).sum::<usize>();
        assert_eq!(writer.close().unwrap(), count as u64);
        disk.finish().unwrap();
        ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap()
    }

    /// What is read of such a file.
    fn read_back(batches: &[&[RecordBatch]]) -> Vec<Vec<Option<String>>> {
        let file = written(batches);
        let mut columns = file.metadata().row_groups().iter().flat_map(|group| group.columns());
        assert!(columns.all(|column| column.offset_index_range().is_none()));
        let read: Vec<_> = file.build().unwrap().map(|batch| batch.unwrap()).collect();
        rows(&read)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read(
            count in prop_oneof![1..4_u16, 1..300_u16],
            drawn in proptest::collection::vec(
                proptest::collection::vec(proptest::option::weighted(0.9, any::<u16>()), 0..90), 1..4),
            start in 0..12_usize,
            is_same in any::<bool>(),
            are_together in any::<bool>(),
        ) {
            let same = words(count, "w");
            let batch = |(number, rows): (usize, &Vec<Option<u16>>)| {
                let words = if is_same { Arc::clone(&same) } else { words(count, ["w", "v"][number % 2]) };
                let start = start.min(rows.len());
                batch(&words, rows).slice(start, rows.len() - start)
            };
            let batches: Vec<_> = drawn.iter().enumerate().map(batch).collect();
            let calls: Vec<&[RecordBatch]> =
                if are_together { vec![&batches] } else { batches.chunks(1).collect() };
            prop_assert_eq!(read_back(&calls), rows(&batches));
        }
    }

    /// Rows that come from the disk, or from another process, have no validity where nothing is missing; others may have one.
    #[test]
    fn a_validity_without_anything_missing_changes_no_byte() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = |batch: &RecordBatch| {
            let (path, disk) = (folder.path().join("records.parquet"), Disk::new().unwrap());
            let mut writer =
                RecordFile::create(path.clone(), std::slice::from_ref(batch), "year", &disk).unwrap();
            writer.write(std::slice::from_ref(batch)).unwrap();
            writer.close().unwrap();
            disk.finish().unwrap();
            let bytes = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            bytes
        };
        let rows: Vec<_> = (0..50_000).map(Some).collect();
        let plain = batch(&words(9, "w"), &rows);
        let with_validity = |array: &ArrayRef| {
            let validity = NullBuffer::new_valid(array.len());
            make_array(array.to_data().into_builder().nulls(Some(validity)).build().unwrap())
        };
        let without =
            |array: &ArrayRef| make_array(array.to_data().into_builder().nulls(None).build().unwrap());
        let of = |change: &dyn Fn(&ArrayRef) -> ArrayRef| {
            let arrays = plain.columns().iter().map(change).collect();
            bytes(&RecordBatch::try_new(plain.schema(), arrays).unwrap())
        };
        assert!(of(&with_validity) == of(&without));
    }

    #[test]
    fn pseudonyms_have_no_dictionary_and_in_order_their_ends() {
        let person = |rows: &[&[Option<u16>]]| {
            let batches: Vec<_> = rows.iter().map(|rows| batch(&words(1, "w"), rows)).collect();
            written(&[&batches]).metadata().row_group(0).column(1).clone()
        };
        let sorted = person(&[&[None, Some(1), Some(1)], &[Some(2), Some(300)]]);
        assert!(sorted.encodings().any(|encoding| encoding == Encoding::DELTA_LENGTH_BYTE_ARRAY));
        assert_eq!(sorted.dictionary_page_offset(), None);
        let statistics = sorted.statistics().unwrap();
        let text = |high, low| pseudonym_text(&[high, low, 7, 7, 7, 7, 7, 7, 7]).to_vec();
        let ends = [statistics.min_bytes_opt(), statistics.max_bytes_opt()].map(|end| end.unwrap().to_vec());
        assert_eq!(ends, [text(0, 1), text(1, 44)]);
        assert_eq!(statistics.null_count_opt(), Some(1));
        let not_sorted: [&[&[Option<u16>]]; 2] = [&[&[Some(2), Some(1)]], &[&[Some(2)], &[Some(1)]]];
        assert!(not_sorted.iter().all(|rows| person(rows).statistics().is_none()));
    }

    #[test]
    fn more_words_than_have_numbers_and_several_row_groups() {
        let all: Vec<_> = (0..u16::MAX).chain(0..9).map(Some).collect();
        let batches = ["a", "b", "c"].map(|beginning| batch(&words(u16::MAX, beginning), &all));
        assert!(batches.iter().map(RecordBatch::num_rows).sum::<usize>() > ROW_GROUP);
        assert!(read_back(&batches.each_ref().map(std::slice::from_ref)) == rows(&batches));
    }
}
