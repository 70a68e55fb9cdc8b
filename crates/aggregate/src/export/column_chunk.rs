//! The column chunks of a file of records that are written without the encoder of the parquet crate: words and whole
//! numbers.

use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray, NullBufferBuilder};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Date32Type, Int64Type, UInt16Type};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, PageType, Type};
use parquet::column::page::{CompressedPage, Page, PageWriteSpec, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ColumnChunkMetaDataBuilder, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

use crate::export::numbering::{Numbers, Words};
use crate::export::page::{levels, write_indices};

/// A column chunk in the making: an optional column.
pub(crate) struct ColumnChunk {
    column: ColumnDescPtr,
    values: Values,
    pages: Vec<CompressedPage>,
    rows: usize,
    nulls: usize,
}

enum Values {
    Words(Words),
    Numbers(Numbers),
}

impl ColumnChunk {
    /// An empty chunk for values of a type; none where parquet's own encoder is to be taken.
    pub(crate) fn new(column: ColumnDescPtr, kind: &DataType) -> Option<Self> {
        let values = match kind {
            DataType::Dictionary(..) => Values::Words(Words::default()),
            DataType::Date32 | DataType::Int64 => Values::Numbers(Numbers::default()),
            _ => return None,
        };
        Some(Self { column, values, pages: Vec::new(), rows: 0, nulls: 0 })
    }

    /// Adds the rows of some arrays, which become one page.
    pub(crate) fn add(&mut self, arrays: &[&ArrayRef], compressor: &mut Compressor<'_>) -> Result<()> {
        let rows = arrays.iter().map(|array| array.len()).sum();
        let stated = validity(rows, arrays.iter().map(|array| (array.len(), array.nulls())));
        self.rows += rows;
        self.nulls += stated.as_ref().map_or(0, |stated| stated.null_count());
        let mut page = levels(rows, stated.as_ref());
        self.values.write(arrays, &mut page)?;
        let compressed = Page::DataPage {
            buf: compressor.compress(&page)?.into(),
            num_values: rows as u32,
            encoding: Encoding::RLE_DICTIONARY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        self.pages.push(CompressedPage::new(compressed, page.len()));
        Ok(())
    }

    /// Writes the chunk: its dictionary, then its pages.
    pub(crate) fn append_to(
        self,
        group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
        compressor: &mut Compressor<'_>,
        compression: Compression,
    ) -> Result<()> {
        let size = self.pages.iter().map(CompressedPage::compressed_size).sum::<usize>();
        let mut sink = TrackedWrite::new(Vec::with_capacity(size + size / 8));
        let mut writer = SerializedPageWriter::new(&mut sink);
        let (plain, count) = self.values.dictionary(self.column.physical_type());
        let dictionary = Page::DictionaryPage {
            buf: compressor.compress(&plain)?.into(),
            num_values: count as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        let dictionary = writer.write_page(CompressedPage::new(dictionary, plain.len()))?;
        let pages = self.pages.into_iter().map(|page| writer.write_page(page));
        let pages = pages.collect::<Result<Vec<PageWriteSpec>>>()?;
        let statistics = self.values.statistics(self.column.physical_type(), self.nulls as u64);
        let metadata = metadata(self.column, self.rows, &pages, &dictionary).set_compression(compression);
        let metadata =
            statistics.into_iter().fold(metadata, |metadata, found| metadata.set_statistics(found));
        let close = ColumnCloseResult {
            bytes_written: pages.iter().chain([&dictionary]).map(|page| page.bytes_written).sum(),
            rows_written: self.rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group.append_column(&Bytes::from(sink.into_inner()?), close)
    }
}

/// What the footer says of a chunk that begins with its dictionary.
fn metadata(
    column: ColumnDescPtr,
    rows: usize,
    pages: &[PageWriteSpec],
    dictionary: &PageWriteSpec,
) -> ColumnChunkMetaDataBuilder {
    let count = |page_type, encoding, count| PageEncodingStats { page_type, encoding, count };
    let counts = vec![
        count(PageType::DATA_PAGE, Encoding::RLE_DICTIONARY, pages.len() as i32),
        count(PageType::DICTIONARY_PAGE, Encoding::PLAIN, 1),
    ];
    let written = || pages.iter().chain([dictionary]);
    ColumnChunkMetaData::builder(column)
        .set_encodings(vec![Encoding::RLE, Encoding::RLE_DICTIONARY, Encoding::PLAIN])
        .set_page_encoding_stats(counts)
        .set_total_compressed_size(written().map(|page| page.compressed_size as i64).sum())
        .set_total_uncompressed_size(written().map(|page| page.uncompressed_size as i64).sum())
        .set_num_values(rows as i64)
        .set_dictionary_page_offset(Some(dictionary.offset as i64))
        .set_data_page_offset(dictionary.bytes_written as i64)
}

impl Values {
    /// Writes the values that are stated, as indices in the dictionary.
    fn write(&mut self, arrays: &[&ArrayRef], page: &mut Vec<u8>) -> Result<()> {
        let mut indices = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
        let count = match self {
            Self::Words(words) => {
                for array in arrays {
                    let rows = typed(array.as_dictionary_opt::<UInt16Type>())?;
                    let numbers = rows.keys().values();
                    match nulls(array) {
                        None => words.index(rows.values(), numbers.iter().copied(), &mut indices),
                        Some(stated) => {
                            let numbers = stated.valid_indices().map(|row| numbers[row]);
                            words.index(rows.values(), numbers, &mut indices);
                        }
                    }
                }
                words.len()
            }
            Self::Numbers(numbers) => {
                for array in arrays {
                    match array.as_primitive_opt::<Date32Type>() {
                        Some(days) => index(days.values(), array, numbers, &mut indices),
                        None => {
                            let values = typed(array.as_primitive_opt::<Int64Type>())?.values();
                            index(values, array, numbers, &mut indices);
                        }
                    }
                }
                numbers.values().len()
            }
        };
        write_indices(&indices, count, page);
        Ok(())
    }

    /// The dictionary, as Parquet has it, and the number of its values.
    fn dictionary(&self, kind: Type) -> (Vec<u8>, usize) {
        match self {
            Self::Words(words) => (words.plain().to_vec(), words.len()),
            Self::Numbers(numbers) => {
                let values = numbers.values();
                // Days are the 32 bits that Parquet says they are.
                let bytes = if kind == Type::INT32 { 4 } else { 8 };
                let plain = values.iter().flat_map(|value| value.to_le_bytes().into_iter().take(bytes));
                (plain.collect(), values.len())
            }
        }
    }

    /// Only days have statistics: they are what is asked for.
    fn statistics(&self, kind: Type, nulls: u64) -> Option<Statistics> {
        match self {
            Self::Numbers(numbers) if kind == Type::INT32 => {
                let days = || numbers.values().iter().map(|day| *day as i32);
                Some(Statistics::int32(days().min(), days().max(), None, Some(nulls), false))
            }
            Self::Words(_) | Self::Numbers(_) => None,
        }
    }
}

fn typed<T>(array: Option<T>) -> Result<T> {
    array.ok_or_else(|| ParquetError::General("a column changed its type between batches".to_owned()))
}

/// Which of the rows of several arrays state something; none where all do.
pub(crate) fn validity<'a>(
    rows: usize,
    arrays: impl Iterator<Item = (usize, Option<&'a NullBuffer>)>,
) -> Option<NullBuffer> {
    let mut stated = NullBufferBuilder::new(rows);
    for (count, nulls) in arrays {
        match nulls.filter(|nulls| nulls.null_count() > 0) {
            None => stated.append_n_non_nulls(count),
            Some(nulls) => stated.append_buffer(nulls),
        }
    }
    stated.finish()
}

/// Which rows state something; none where all do.
fn nulls(array: &ArrayRef) -> Option<&NullBuffer> {
    array.nulls().filter(|nulls| nulls.null_count() > 0)
}

fn index<T: Copy + Into<i64>>(values: &[T], array: &ArrayRef, numbers: &mut Numbers, indices: &mut Vec<u32>) {
    match nulls(array) {
        None => numbers.index(values.iter().map(|value| (*value).into()), indices),
        Some(stated) => numbers.index(stated.valid_indices().map(|row| values[row].into()), indices),
    }
}
