//! Columns of numbered words, as Parquet stores them: each word once, and on every row its number.
//!
//! The encoder of the parquet crate looks the word of every row up by its bytes, of columns whose words are numbered too;
//! that took a third of the time of writing. Here a number becomes another by one look into a table.

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::UInt16Type;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriteSpec, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result;
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

/// A column chunk in the making: an optional column of texts, without statistics.
pub(crate) struct WordChunk {
    column: ColumnDescPtr,
    dictionary: Dictionary,
    /// The words of the batch before and the places of those that were met, since the words of all batches are often
    /// the same.
    last: Option<(ArrayRef, Vec<u32>)>,
    pages: Vec<CompressedPage>,
    rows: usize,
}

/// The words of the chunk in the order in which rows met them, so that it depends on nothing but the rows.
#[derive(Default)]
struct Dictionary {
    places: HashMap<String, u32, RandomState>,
    /// Each word behind its length.
    plain: Vec<u8>,
}

/// A word that no row has met.
const NOT_MET: u32 = u32::MAX;

impl Dictionary {
    fn place(&mut self, word: &str) -> u32 {
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        let place = self.places.len() as u32;
        self.places.insert(word.to_owned(), place);
        self.plain.extend_from_slice(&(word.len() as u32).to_le_bytes());
        self.plain.extend_from_slice(word.as_bytes());
        place
    }

    /// The places of words by their numbers; `known` holds those that were met before.
    fn places(
        &mut self,
        words: &StringArray,
        known: &mut [u32],
        numbers: impl Iterator<Item = u16>,
    ) -> Vec<u32> {
        let place = |number: u16| {
            let place = &mut known[usize::from(number)];
            if *place == NOT_MET {
                *place = self.place(words.value(usize::from(number)));
            }
            *place
        };
        numbers.map(place).collect()
    }
}

impl WordChunk {
    pub(crate) fn new(column: ColumnDescPtr) -> Self {
        Self { column, dictionary: Dictionary::default(), last: None, pages: Vec::new(), rows: 0 }
    }

    /// Adds rows, which become a page.
    pub(crate) fn add(
        &mut self,
        rows: &DictionaryArray<UInt16Type>,
        compressor: &mut Compressor<'_>,
    ) -> Result<()> {
        let words = rows.values();
        let last = self.last.take().filter(|(last, _)| Arc::ptr_eq(last, words));
        let (words, mut known) = last.unwrap_or_else(|| (Arc::clone(words), vec![NOT_MET; words.len()]));
        let (texts, numbers) = (words.as_string::<i32>(), rows.keys().values());
        let stated = rows.nulls().filter(|nulls| nulls.null_count() > 0);
        let places = match stated {
            None => self.dictionary.places(texts, &mut known, numbers.iter().copied()),
            Some(stated) => {
                let numbers = stated.valid_indices().map(|row| numbers[row]);
                self.dictionary.places(texts, &mut known, numbers)
            }
        };
        self.last = Some((words, known));
        self.rows += rows.len();
        let mut page = levels(rows.len(), stated);
        write_places(&places, self.dictionary.places.len(), &mut page);
        let (buf, size) = (compressor.compress(&page)?.into(), page.len());
        let page = Page::DataPage {
            buf,
            num_values: rows.len() as u32,
            encoding: Encoding::RLE_DICTIONARY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        self.pages.push(CompressedPage::new(page, size));
        Ok(())
    }

    /// Writes the chunk: its dictionary, then its pages.
    pub(crate) fn append_to(
        self,
        group: &mut SerializedRowGroupWriter<'_, impl std::io::Write + Send>,
        compressor: &mut Compressor<'_>,
        compression: Compression,
    ) -> Result<()> {
        let words = Page::DictionaryPage {
            buf: compressor.compress(&self.dictionary.plain)?.into(),
            num_values: self.dictionary.places.len() as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        let mut sink = TrackedWrite::new(Vec::new());
        let mut writer = SerializedPageWriter::new(&mut sink);
        let count = self.pages.len() as i32;
        let words = writer.write_page(CompressedPage::new(words, self.dictionary.plain.len()))?;
        let pages = self.pages.into_iter().map(|page| writer.write_page(page));
        let pages = pages.collect::<Result<Vec<PageWriteSpec>>>()?;
        let written = || pages.iter().chain([&words]);
        let metadata = ColumnChunkMetaData::builder(self.column)
            .set_compression(compression)
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
            .set_page_encoding_stats(vec![
                PageEncodingStats {
                    page_type: PageType::DICTIONARY_PAGE,
                    encoding: Encoding::PLAIN,
                    count: 1,
                },
                PageEncodingStats {
                    page_type: PageType::DATA_PAGE,
                    encoding: Encoding::RLE_DICTIONARY,
                    count,
                },
            ])
            .set_total_compressed_size(written().map(|page| page.compressed_size as i64).sum())
            .set_total_uncompressed_size(written().map(|page| page.uncompressed_size as i64).sum())
            .set_num_values(self.rows as i64)
            .set_dictionary_page_offset(Some(words.offset as i64))
            .set_data_page_offset(words.bytes_written as i64)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: written().map(|page| page.bytes_written).sum(),
            rows_written: self.rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group.append_column(&Bytes::from(sink.into_inner()?), close)
    }
}

/// The definition levels of an optional column: whether each row states something. A run of ones, or the bits as they
/// are, behind the number of their bytes.
fn levels(rows: usize, stated: Option<&NullBuffer>) -> Vec<u8> {
    let mut runs = Vec::new();
    match stated {
        None => {
            write_varint((rows as u64) << 1, &mut runs);
            runs.push(1);
        }
        Some(stated) => {
            let groups = rows.div_ceil(8);
            write_varint((groups as u64) << 1 | 1, &mut runs);
            let end = runs.len() + groups;
            runs.extend(stated.inner().bit_chunks().iter_padded().flat_map(u64::to_le_bytes));
            runs.truncate(end);
        }
    }
    [&(runs.len() as u32).to_le_bytes()[..], &runs].concat()
}

/// The places of a page, of which the dictionary has so many: their width in bits, then one run of all, since in records
/// that are sorted by person equal neighbours are few.
fn write_places(places: &[u32], words: usize, page: &mut Vec<u8>) {
    let width = usize::BITS - words.saturating_sub(1).max(1).leading_zeros();
    page.push(width as u8);
    match places {
        [] => {}
        [first, rest @ ..] if rest.iter().all(|place| place == first) => {
            write_varint((places.len() as u64) << 1, page);
            page.extend_from_slice(&first.to_le_bytes()[..(width as usize).div_ceil(8)]);
        }
        _ => {
            let groups = places.len().div_ceil(8);
            write_varint((groups as u64) << 1 | 1, page);
            let end = page.len() + groups * width as usize;
            pack(places, width, page);
            page.resize(end, 0);
        }
    }
}

/// Numbers of so many bits each, without gaps, the lowest bits first.
fn pack(numbers: &[u32], width: u32, bytes: &mut Vec<u8>) {
    let (mut bits, mut filled) = (0_u64, 0);
    for number in numbers {
        bits |= u64::from(*number) << filled;
        filled += width;
        if filled >= 32 {
            bytes.extend_from_slice(&(bits as u32).to_le_bytes());
            bits >>= 32;
            filled -= 32;
        }
    }
    bytes.extend_from_slice(&bits.to_le_bytes()[..(filled as usize).div_ceil(8)]);
}

/// Seven bits a byte, the lowest first; the highest bit says that there are more (LEB128).
fn write_varint(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use arrow::array::{RecordBatch, UInt16Array};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::prelude::*;

    use super::*;
    use crate::export::parquet::{ROW_GROUP, Writer};

    fn column(words: &ArrayRef, rows: &[Option<u16>]) -> RecordBatch {
        let column =
            DictionaryArray::<UInt16Type>::try_new(UInt16Array::from(rows.to_vec()), Arc::clone(words))
                .unwrap();
        RecordBatch::try_from_iter_with_nullable([("word", Arc::new(column) as ArrayRef, true)]).unwrap()
    }

    fn words(count: u16, beginning: &str) -> ArrayRef {
        Arc::new(StringArray::from_iter_values((0..count).map(|number| format!("{beginning}{number}"))))
    }

    /// The texts of a file that has these batches.
    fn read_back(batches: &[RecordBatch]) -> Vec<Option<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.parquet");
        let mut writer = Writer::records(&path, &batches[0]).unwrap();
        batches.iter().for_each(|batch| writer.write(&path, batch).unwrap());
        writer.close(&path).unwrap();
        let file = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        let read = file.build().unwrap().flat_map(|batch| {
            let batch = batch.unwrap();
            batch.column(0).as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>()
        });
        read.collect()
    }

    fn texts(batches: &[RecordBatch]) -> Vec<Option<String>> {
        let texts = batches.iter().flat_map(|batch| {
            let rows = batch.column(0).as_dictionary::<UInt16Type>();
            let rows = rows.downcast_dict::<StringArray>().unwrap();
            rows.into_iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>()
        });
        texts.collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_is_read(
            count in prop_oneof![1..4_u16, 1..300_u16],
            drawn in proptest::collection::vec(
                proptest::collection::vec(proptest::option::weighted(0.9, any::<u16>()), 0..90), 1..4),
            start in 0..12_usize,
            is_same in any::<bool>(),
        ) {
            let same = words(count, "w");
            let batch = |(number, rows): (usize, &Vec<Option<u16>>)| {
                let words = if is_same { Arc::clone(&same) } else { words(count, ["w", "v"][number % 2]) };
                let rows: Vec<_> = rows.iter().map(|row| row.map(|row| row % count)).collect();
                let start = start.min(rows.len());
                column(&words, &rows).slice(start, rows.len() - start)
            };
            let batches: Vec<_> = drawn.iter().enumerate().map(batch).collect();
            prop_assert_eq!(read_back(&batches), texts(&batches));
        }
    }

    #[test]
    fn more_words_than_have_numbers_in_several_row_groups() {
        let batch = |beginning| {
            let rows: Vec<_> = (0..u16::MAX).chain(0..9).map(Some).collect();
            column(&words(u16::MAX, beginning), &rows)
        };
        let batches = ["a", "b", "c"].map(batch);
        assert!(batches.iter().map(RecordBatch::num_rows).sum::<usize>() > ROW_GROUP);
        assert!(read_back(&batches) == texts(&batches));
    }
}
