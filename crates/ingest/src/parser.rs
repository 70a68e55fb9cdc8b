//! Fields become typed columns; a row with a field that does not fit becomes a reject.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Int64Type, Schema};
use arrow::error::ArrowError;
use denizen_spec::{
    Code, Codelist, Column, DateFormat, Diagnostic, FieldType, Path, Reject, Source, SourceKind, columns,
};

use crate::chunk_reader::{Chunk, RawChunk};
use crate::code_column::CodeColumn;
use crate::code_mapping::code_mapping;
use crate::decoder::Decoder;
use crate::dictionary::Dictionary;
use crate::encoding_guess::HighBytes;
use crate::field_column::{FieldColumn, FieldError, RowState};
use crate::formats::{FileFormat, file_format};
use crate::input::{Header, Input, InputFile};
use crate::number::{DecimalFormat, integer};
use crate::pseudonym::{Key, Pseudonymiser};
use crate::rows::Rows;
use crate::stats::{IngestStats, RowCounts};
use crate::text_column;

/// Digits of decimal numbers in Arrow: as many as 64 bits hold.
const PRECISION: u8 = 18;

/// Turns rows of a source into columns. It keeps nothing of them, so that any number of threads, or of processes, may
/// parse rows of one source.
pub struct Parser {
    pub(crate) format: Box<dyn FileFormat>,
    pub(crate) headers: Vec<Arc<Header>>,
    decoder: Decoder,
    columns: Vec<ColumnParser>,
    concept: Option<String>,
}

struct ColumnParser {
    name: Arc<str>,
    field_parser: FieldParser,
    missing: Vec<String>,
    personal: bool,
    /// Whether a row cannot do without it.
    required: bool,
}

/// What the fields of a column are turned into.
enum FieldParser {
    Text,
    Pseudonym(Pseudonymiser),
    Integer,
    Decimal(DecimalFormat),
    Date(DateFormat),
    Code(CodeColumn),
}

impl Input {
    /// What turns the rows of its files into columns.
    ///
    /// `key` is needed when a column is personal; synthetic files bring a key of their own.
    ///
    /// # Errors
    ///
    /// When there is no key, or a code of the pipeline is not in its list.
    pub fn parser(&self, key: Option<&Key>) -> Result<Parser, Vec<Diagnostic>> {
        let one = |error| vec![error];
        let shipped = if key.is_none() { self.shipped_key().map_err(one)? } else { None };
        let format = file_format(&self.source).map_err(one)?;
        let headers = self.headers(&*format).map_err(one)?;
        let builder = ParserBuilder {
            source: &self.source,
            lists: &self.lists,
            format: &*format,
            key: key.or(shipped.as_ref()),
        };
        let mut columns = Vec::new();
        let mut errors = Vec::new();
        for column in &self.source.columns {
            match builder.column(column) {
                Ok(column) => columns.push(column),
                Err(found) => errors.extend(found),
            }
        }
        let concept = self.source.concept.clone();
        let decoder = format.decoder();
        if errors.is_empty() {
            Ok(Parser { format, headers, decoder, columns, concept })
        } else {
            Err(errors)
        }
    }

    /// The key that all files bring, when they are all synthetic and agree on it.
    fn shipped_key(&self) -> Result<Option<Key>, Diagnostic> {
        let key = |file: &InputFile| {
            let snapshot = file.snapshot.as_ref().filter(|snapshot| snapshot.synthetic)?;
            snapshot.key.clone()
        };
        let mut keys = self.files.iter().map(key);
        let first = keys.next().flatten();
        match first.filter(|first| keys.all(|other| other.as_ref() == Some(first))) {
            Some(key) => Key::from_hex(&key).map(Some),
            None => Ok(None),
        }
    }
}

/// What the parsers of all columns are made from.
struct ParserBuilder<'a> {
    source: &'a Source,
    lists: &'a [Codelist],
    format: &'a dyn FileFormat,
    key: Option<&'a Key>,
}

impl ParserBuilder<'_> {
    fn column(&self, column: &Column) -> Result<ColumnParser, Vec<Diagnostic>> {
        Ok(ColumnParser {
            name: column.name.as_str().into(),
            field_parser: self.field_parser(column)?,
            missing: column.missing.clone(),
            personal: column.personal,
            required: is_required(self.source, &column.name),
        })
    }

    fn field_parser(&self, column: &Column) -> Result<FieldParser, Vec<Diagnostic>> {
        Ok(match &column.field_type {
            FieldType::Text if column.personal => {
                let key = self.key.ok_or_else(|| vec![no_key(self.source, column)])?;
                FieldParser::Pseudonym(Pseudonymiser::new(key, &column.name))
            }
            FieldType::Text => FieldParser::Text,
            FieldType::Integer => FieldParser::Integer,
            FieldType::Decimal { scale } => {
                FieldParser::Decimal(DecimalFormat { scale: *scale, mark: self.format.decimal_mark() })
            }
            FieldType::Date(layout) => FieldParser::Date(layout.clone()),
            FieldType::Code => {
                let mapping = code_mapping(column, self.source, self.lists)?;
                FieldParser::Code(CodeColumn::new(mapping, &column.missing, self.format.decoder()))
            }
        })
    }
}

/// A cell without its concept or its time would be in no table, or in a wrong one.
fn is_required(source: &Source, column: &str) -> bool {
    let essential = [columns::CONCEPT, columns::REFERENCE_DATE, columns::YEAR];
    source.kind == SourceKind::Cells && essential.contains(&column)
}

fn no_key(source: &Source, column: &Column) -> Diagnostic {
    let name = &column.name;
    let message =
        format!("`{}` holds the personal column `{name}`, and there is no pseudonym key", source.name);
    Diagnostic::error(Code::NoKey, message)
        .help("set DENIZEN_KEY_FILE to a file with 64 hexadecimal digits (`openssl rand -hex 32`)")
        .at(Path::source(&source.name).column(name).name(), "personal")
}

impl Parser {
    /// A dictionary for each column, without words: those of chunks that are parsed with the same ones have the same keys.
    pub(crate) fn dictionaries(&self) -> Vec<Dictionary> {
        self.columns.iter().map(|_| Dictionary::default()).collect()
    }

    /// Cuts and parses rows that were read.
    ///
    /// # Errors
    ///
    /// Only a fault of the program.
    pub(crate) fn parse(&self, raw: RawChunk, dictionaries: &[Dictionary]) -> Result<Chunk, Diagnostic> {
        let RawChunk { number, bytes_read, header, rows, .. } = raw;
        let rows = rows.cut(&header);
        let (batch, rejects, stats) = self.parse_rows(&rows, dictionaries).map_err(|error| {
            Diagnostic::error(Code::Internal, "a chunk could not be built").note(error.to_string())
        })?;
        let excluded = rows.read() - batch.num_rows() as u64 - rejects.len() as u64;
        Ok(Chunk { number, batch, rejects, read: rows.read(), excluded, bytes_read, stats })
    }

    fn parse_rows(
        &self,
        rows: &Rows,
        dictionaries: &[Dictionary],
    ) -> Result<(RecordBatch, Vec<Reject>, IngestStats), ArrowError> {
        let mut state = RowState::default();
        let mut stats = IngestStats::default();
        let batch = self.batch(rows, dictionaries, &mut state, &mut stats)?;
        let errors = state.errors();
        let excluded = state.excluded(&errors);
        stats.codes.unmapped = self.unmapped(rows, &errors);
        stats.dimensions.add(rows);
        stats.bytes.insert(rows.header().file, rows.bytes());
        for error in errors.iter().filter(|error| error.reason == Code::Encoding) {
            stats.undecoded.add(HighBytes::of(rows.field(error.row, error.column).bytes()));
        }
        let batch = without(batch, &errors, &excluded)?;
        let rejects = self.rejects(rows, &errors);
        let counts = RowCounts {
            read: rows.read(),
            accepted: batch.num_rows() as u64,
            rejected: rejects.len() as u64,
            excluded: excluded.len() as u64,
        };
        stats.add_rows(rows.header().file, counts, &rejects);
        Ok((batch, rejects, stats))
    }

    /// The columns of all rows, those that are at fault included.
    fn batch(
        &self,
        rows: &Rows,
        dictionaries: &[Dictionary],
        state: &mut RowState,
        stats: &mut IngestStats,
    ) -> Result<RecordBatch, ArrowError> {
        let mut fields = Vec::new();
        let mut arrays = Vec::new();
        for (index, (column, dictionary)) in self.columns.iter().zip(dictionaries).enumerate() {
            let (decoder, missing, required) = (self.decoder, &*column.missing, column.required);
            let field_column = FieldColumn { rows, index, decoder, missing, required, state };
            let array = column.parse(field_column, dictionary, stats)?;
            fields.push(Field::new(&*column.name, array.data_type().clone(), true));
            arrays.push(array);
        }
        if let Some(concept) = &self.concept {
            fields.push(Field::new(columns::CONCEPT, DataType::Utf8, true));
            arrays.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(concept, rows.len()))));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
    }

    /// The rows that are rejected, in the order of the file.
    fn rejects(&self, rows: &Rows, errors: &[FieldError]) -> Vec<Reject> {
        let file = &rows.header().file_name;
        let places = rows.places(errors.iter().map(|error| error.row));
        let of_fields = errors.iter().zip(places).map(|(error, place)| {
            let column = Some(Arc::clone(&self.columns[error.column].name));
            Reject { file: Arc::clone(file), place, column, reason: error.reason }
        });
        let whole = rows.rejects().iter().map(|(place, reason)| {
            let place = place.clone();
            Reject { file: Arc::clone(file), place, column: None, reason: *reason }
        });
        let mut rejects: Vec<_> = of_fields.chain(whole).collect();
        rejects.sort_by_key(|reject| reject.place.order());
        rejects
    }

    /// The texts that rows were rejected for, having no meaning, and how often. What other columns of a row say that is at
    /// fault is nobody's business: the fields of a shifted row are not what their column says.
    fn unmapped(&self, rows: &Rows, errors: &[FieldError]) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut unmapped: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for error in errors.iter().filter(|error| error.reason == Code::UnmappedCode) {
            let column = &self.columns[error.column];
            if !column.personal {
                let text = self.decoder.decode(rows.field(error.row, error.column).trimmed());
                let text: String = text.unwrap_or_default().chars().take(UNMAPPED_CHARACTERS).collect();
                *unmapped.entry(column.name.to_string()).or_default().entry(text).or_default() += 1;
            }
        }
        unmapped
    }
}

/// Characters that are remembered of a text without a meaning: enough to tell what it is.
const UNMAPPED_CHARACTERS: usize = 41;

/// The rows that are neither at fault nor excluded.
fn without(batch: RecordBatch, errors: &[FieldError], excluded: &[usize]) -> Result<RecordBatch, ArrowError> {
    if errors.is_empty() && excluded.is_empty() {
        return Ok(batch);
    }
    let mut kept = vec![true; batch.num_rows()];
    errors.iter().for_each(|error| kept[error.row] = false);
    excluded.iter().for_each(|row| kept[*row] = false);
    filter_record_batch(&batch, &BooleanArray::from(kept))
}

impl ColumnParser {
    fn parse(
        &self,
        mut column: FieldColumn<'_>,
        dictionary: &Dictionary,
        stats: &mut IngestStats,
    ) -> Result<ArrayRef, ArrowError> {
        Ok(match &self.field_parser {
            FieldParser::Text => text_column::texts(&mut column, dictionary)?,
            FieldParser::Pseudonym(pseudonymiser) => text_column::pseudonyms(&mut column, pseudonymiser)?,
            FieldParser::Integer => {
                Arc::new(column.values::<Int64Type>(Code::BadInteger, |text, _| integer(text)))
            }
            FieldParser::Decimal(format) => Arc::new(decimals(&mut column, *format)?),
            FieldParser::Date(layout) => Arc::new(dates(&mut column, layout)),
            FieldParser::Code(codes) => {
                let (array, seen) = codes.parse(&mut column)?;
                stats.codes.seen.insert(self.name.to_string(), seen);
                array
            }
        })
    }
}

/// Decimal numbers, exact.
fn decimals(
    column: &mut FieldColumn<'_>,
    format: DecimalFormat,
) -> Result<arrow::array::Decimal128Array, ArrowError> {
    let read = |text: &[u8], is_typed: bool| {
        let mark = if is_typed { b'.' } else { format.mark };
        DecimalFormat { mark, ..format }.parse(text).map(i128::from)
    };
    let numbers = column.values::<Decimal128Type>(Code::BadDecimal, read);
    numbers.with_precision_and_scale(PRECISION, format.scale as i8)
}

fn dates(column: &mut FieldColumn<'_>, layout: &DateFormat) -> arrow::array::Date32Array {
    let iso = DateFormat::iso();
    column.values::<Date32Type>(Code::BadDate, |text, is_typed| {
        // A date of a workbook is one whatever the layout; its numbers may be dates too, such as 2007.
        let typed = if is_typed { iso.days(text) } else { None };
        typed.or_else(|| layout.days(text))
    })
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use denizen_spec::RowPlace;

    use super::*;
    use crate::rows::Field as RawField;

    /// Rows as a workbook has them: numbers and dates that are not written in the manner of the columns.
    #[test]
    fn fields_that_are_no_text() {
        let text = r#"
            spec = 1
            title = "T"
            vintage = "1"
            [source.s]
            files = "in.xlsx"
            format = "csv"
            decimal_mark = ","
            columns.text = {}
            columns.number = { type = "integer" }
            columns.share = { type = "decimal", scale = 2 }
            columns.day = { type = "date", format = "%Y-%d-%m" }
            [[table]]
            name = "t"
            measure = "count"
            concept = "c"
        "#;
        let source = denizen_spec::parse(text).unwrap().sources.remove(0);
        let names = source.columns.iter().map(|column| column.name.clone()).collect();
        let format = file_format(&source).unwrap();
        let header = Arc::new(Header::new(0, "in.xlsx", names, &source, &*format).unwrap());
        let parser = Input { source, files: Vec::new(), lists: Vec::new() }.parser(None).unwrap();
        let (text, number, date) = (RawField::Text, RawField::Number, RawField::Date);
        let place = |row| RowPlace::Sheet { sheet: "S".into(), row };
        let mut rows = Rows::new(&header);
        rows.push(place(2), [text(b"a"), text(b"12"), text(b"0,5"), text(b"2007-31-05")].into_iter());
        rows.push(place(3), [number(12.5), number(1e6), number(0.1 + 0.2), date(13_664)].into_iter());
        rows.push(place(4), [date(13_664), number(-1.0), number(3.0), text(b"")].into_iter());
        rows.push(place(5), [text(b""), number(1.5), text(b""), text(b"")].into_iter());
        rows.push(place(6), [text(b""), text(b""), number(0.125), text(b"")].into_iter());
        rows.push(place(7), [text(b""), text(b""), text(b""), text(b"2007-05-31")].into_iter());
        rows.push(place(8), [text(b""), date(1), text(b""), number(f64::NAN)].into_iter());
        rows.reject(place(9), Code::UnequalLengths);

        let (batch, rejects, stats) = parser.parse_rows(&rows, &parser.dictionaries()).unwrap();
        let texts = batch.column(0).as_dictionary::<arrow::datatypes::UInt16Type>();
        let texts: Vec<_> = texts.downcast_dict::<StringArray>().unwrap().into_iter().collect();
        assert_eq!(texts, [Some("a"), Some("12.5"), Some("2007-05-31")]);
        assert_eq!(batch.column(1).as_primitive::<Int64Type>().values(), &[12, 1_000_000, -1]);
        assert_eq!(batch.column(2).as_primitive::<Decimal128Type>().values(), &[50, 30, 300]);
        assert_eq!(batch.column(3).as_primitive::<Date32Type>().values()[..2], [13_664, 13_664]);
        let rejects: Vec<_> = rejects
            .iter()
            .map(|reject| (reject.place.line(), reject.column.as_deref(), reject.reason))
            .collect();
        let expected = [
            (5, Some("number"), Code::BadInteger),
            (6, Some("share"), Code::BadDecimal),
            (7, Some("day"), Code::BadDate),
            (8, Some("number"), Code::BadInteger),
            (9, None, Code::UnequalLengths),
        ];
        assert_eq!(rejects, expected);
        assert_eq!((stats.read(), stats.rejected()), (8, 5));
    }
}
