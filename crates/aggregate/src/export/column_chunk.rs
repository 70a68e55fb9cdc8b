//! The column chunks of a file of records that are written without the encoder of the parquet crate: words, whole
//! numbers and pseudonyms.

use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray, NullBufferBuilder};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Date32Type, Int64Type, UInt16Type};
use bytes::Bytes;
use denizen_spec::{PSEUDONYM_BYTES, PSEUDONYM_LENGTH, pseudonym_text};
use parquet::basic::{Compression, Encoding, PageType, Type};
use parquet::column::page::{CompressedPage, Page, PageWriteSpec, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ColumnChunkMetaDataBuilder, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

use crate::export::numbering::{Numbers, Words};
use crate::export::page::{levels, write_lengths, write_places};

/// The type of a column of pseudonyms.
pub(crate) const PSEUDONYM: DataType = DataType::FixedSizeBinary(PSEUDONYM_BYTES as i32);

type Pseudonym = [u8; PSEUDONYM_BYTES];

/// The smallest and the largest pseudonym, as numbers, which are compared in one step.
type Ends = Option<(u128, u128)>;

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
    Pseudonyms(Ends),
}

impl ColumnChunk {
    /// An empty chunk for values of a type; none where parquet's own encoder is to be taken.
    pub(crate) fn new(column: ColumnDescPtr, kind: &DataType) -> Option<Self> {
        let values = match kind {
            DataType::Dictionary(..) => Values::Words(Words::default()),
            DataType::Date32 | DataType::Int64 => Values::Numbers(Numbers::default()),
            kind if *kind == PSEUDONYM => Values::Pseudonyms(None),
            _ => return None,
        };
        Some(Self { column, values, pages: Vec::new(), rows: 0, nulls: 0 })
    }

    /// Adds the rows of some arrays, which become one page.
    pub(crate) fn add(&mut self, arrays: &[&ArrayRef], compressor: &mut Compressor<'_>) -> Result<()> {
        let rows = arrays.iter().map(|array| array.len()).sum();
        let mut stated = NullBufferBuilder::new(rows);
        for array in arrays {
            match nulls(array) {
                None => stated.append_n_non_nulls(array.len()),
                Some(nulls) => stated.append_buffer(nulls),
            }
        }
        let stated = stated.finish();
        self.rows += rows;
        self.nulls += stated.as_ref().map_or(0, |stated| stated.null_count());
        let mut page = levels(rows, stated.as_ref());
        let encoding = self.values.write(arrays, &mut page)?;
        let compressed = Page::DataPage {
            buf: compressor.compress(&page)?.into(),
            num_values: rows as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        self.pages.push(CompressedPage::new(compressed, page.len()));
        Ok(())
    }

    /// Writes the chunk: its dictionary, if it has one, then its pages.
    pub(crate) fn append_to(
        self,
        group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
        compressor: &mut Compressor<'_>,
        compression: Compression,
    ) -> Result<()> {
        let size = self.pages.iter().map(CompressedPage::compressed_size).sum::<usize>();
        let mut sink = TrackedWrite::new(Vec::with_capacity(size + size / 8));
        let mut writer = SerializedPageWriter::new(&mut sink);
        let dictionary = self.values.dictionary(self.column.physical_type());
        let dictionary = dictionary.map(|(plain, count)| {
            let page = Page::DictionaryPage {
                buf: compressor.compress(&plain)?.into(),
                num_values: count as u32,
                encoding: Encoding::PLAIN,
                is_sorted: false,
            };
            writer.write_page(CompressedPage::new(page, plain.len()))
        });
        let dictionary = dictionary.transpose()?;
        let pages = self.pages.into_iter().map(|page| writer.write_page(page));
        let pages = pages.collect::<Result<Vec<PageWriteSpec>>>()?;
        let statistics = self.values.statistics(self.column.physical_type(), self.nulls as u64);
        let metadata =
            metadata(self.column, self.rows, &pages, dictionary.as_ref()).set_compression(compression);
        let metadata =
            statistics.into_iter().fold(metadata, |metadata, found| metadata.set_statistics(found));
        let close = ColumnCloseResult {
            bytes_written: pages.iter().chain(&dictionary).map(|page| page.bytes_written).sum(),
            rows_written: self.rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group.append_column(&Bytes::from(sink.into_inner()?), close)
    }
}

/// What the footer says of a chunk that begins at its dictionary, if it has one.
fn metadata(
    column: ColumnDescPtr,
    rows: usize,
    pages: &[PageWriteSpec],
    dictionary: Option<&PageWriteSpec>,
) -> ColumnChunkMetaDataBuilder {
    let encoding =
        if dictionary.is_some() { Encoding::RLE_DICTIONARY } else { Encoding::DELTA_LENGTH_BYTE_ARRAY };
    let count = |page_type, encoding, count| PageEncodingStats { page_type, encoding, count };
    let mut counts = vec![count(PageType::DATA_PAGE, encoding, pages.len() as i32)];
    counts.extend(dictionary.map(|_| count(PageType::DICTIONARY_PAGE, Encoding::PLAIN, 1)));
    let mut encodings = vec![Encoding::RLE, encoding];
    encodings.extend(dictionary.map(|_| Encoding::PLAIN));
    let written = || pages.iter().chain(dictionary);
    ColumnChunkMetaData::builder(column)
        .set_encodings(encodings)
        .set_page_encoding_stats(counts)
        .set_total_compressed_size(written().map(|page| page.compressed_size as i64).sum())
        .set_total_uncompressed_size(written().map(|page| page.uncompressed_size as i64).sum())
        .set_num_values(rows as i64)
        .set_dictionary_page_offset(dictionary.map(|page| page.offset as i64))
        .set_data_page_offset(dictionary.map_or(0, |page| page.bytes_written as i64))
}

impl Values {
    /// Writes the values that are stated, and says how.
    fn write(&mut self, arrays: &[&ArrayRef], page: &mut Vec<u8>) -> Result<Encoding> {
        let mut places = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
        let count = match self {
            Self::Words(words) => {
                for array in arrays {
                    let rows = typed(array.as_dictionary_opt::<UInt16Type>())?;
                    let numbers = rows.keys().values();
                    match nulls(array) {
                        None => words.place(rows.values(), numbers.iter().copied(), &mut places),
                        Some(stated) => {
                            let numbers = stated.valid_indices().map(|row| numbers[row]);
                            words.place(rows.values(), numbers, &mut places);
                        }
                    }
                }
                words.len()
            }
            Self::Numbers(numbers) => {
                for array in arrays {
                    match array.as_primitive_opt::<Date32Type>() {
                        Some(days) => place(days.values(), array, numbers, &mut places),
                        None => {
                            let values = typed(array.as_primitive_opt::<Int64Type>())?.values();
                            place(values, array, numbers, &mut places);
                        }
                    }
                }
                numbers.values().len()
            }
            Self::Pseudonyms(ends) => return write_pseudonyms(arrays, ends, page),
        };
        write_places(&places, count, page);
        Ok(Encoding::RLE_DICTIONARY)
    }

    /// The dictionary, as Parquet has it, and the number of its values.
    fn dictionary(&self, kind: Type) -> Option<(Vec<u8>, usize)> {
        match self {
            Self::Words(words) => Some((words.plain().to_vec(), words.len())),
            Self::Numbers(numbers) => {
                let values = numbers.values();
                // Days are the 32 bits that Parquet says they are.
                let bytes = if kind == Type::INT32 { 4 } else { 8 };
                let plain = values.iter().flat_map(|value| value.to_le_bytes().into_iter().take(bytes));
                Some((plain.collect(), values.len()))
            }
            Self::Pseudonyms(_) => None,
        }
    }

    /// Only persons and days have statistics: records are sorted by person, and days are what is asked for.
    fn statistics(&self, kind: Type, nulls: u64) -> Option<Statistics> {
        match self {
            Self::Numbers(numbers) if kind == Type::INT32 => {
                let days = || numbers.values().iter().map(|day| *day as i32);
                Some(Statistics::int32(days().min(), days().max(), None, Some(nulls), false))
            }
            Self::Words(_) | Self::Numbers(_) => None,
            Self::Pseudonyms(ends) => {
                let text = |number: u128| ByteArray::from(pseudonym_text(&bits(number)).to_vec());
                let (least, most) = (ends.map(|ends| text(ends.0)), ends.map(|ends| text(ends.1)));
                Some(Statistics::byte_array(least, most, None, Some(nulls), false))
            }
        }
    }
}

fn typed<T>(array: Option<T>) -> Result<T> {
    array.ok_or_else(|| ParquetError::General("a column changed its type between batches".to_owned()))
}

/// Which rows state something; none where all do.
fn nulls(array: &ArrayRef) -> Option<&NullBuffer> {
    array.nulls().filter(|nulls| nulls.null_count() > 0)
}

fn place<T: Copy + Into<i64>>(values: &[T], array: &ArrayRef, numbers: &mut Numbers, places: &mut Vec<u32>) {
    match nulls(array) {
        None => numbers.place(values.iter().map(|value| (*value).into()), places),
        Some(stated) => numbers.place(stated.valid_indices().map(|row| values[row].into()), places),
    }
}

fn write_pseudonyms(arrays: &[&ArrayRef], ends: &mut Ends, page: &mut Vec<u8>) -> Result<Encoding> {
    let count = arrays.iter().map(|array| array.len() - array.null_count()).sum::<usize>();
    write_lengths(PSEUDONYM_LENGTH, count, page);
    page.reserve(count * PSEUDONYM_LENGTH);
    for array in arrays {
        let pseudonyms = array.as_fixed_size_binary_opt().filter(|_| *array.data_type() == PSEUDONYM);
        for bits in typed(pseudonyms)?.iter().flatten().filter_map(<[u8]>::first_chunk) {
            page.extend_from_slice(&pseudonym_text(bits));
            let number = number(bits);
            let (least, most) = ends.unwrap_or((number, number));
            *ends = Some((least.min(number), most.max(number)));
        }
    }
    Ok(Encoding::DELTA_LENGTH_BYTE_ARRAY)
}

/// A pseudonym as a number that sorts as it does.
fn number(pseudonym: &Pseudonym) -> u128 {
    let [first @ .., last] = pseudonym;
    u128::from(u64::from_be_bytes(*first)) << 8 | u128::from(*last)
}

fn bits(number: u128) -> Pseudonym {
    let [.., a, b, c, d, e, f, g, h, i] = number.to_be_bytes();
    [a, b, c, d, e, f, g, h, i]
}
