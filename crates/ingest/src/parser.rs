//! Fields become typed columns; a row with a field that does not fit becomes a reject.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
    StringDictionaryBuilder,
};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Int64Type, Schema, UInt32Type};
use arrow::error::ArrowError;
use denizen_spec::{
    Code, Codelist, Column, DateFormat, Diagnostic, FieldType, Mark, OnError, Path, Reject, Source,
    SourceKind, columns,
};

use crate::chunk_reader::{Chunk, RawChunk};
use crate::code_column::CodeColumn;
use crate::code_mapping::code_mapping;
use crate::decoder::Decoder;
use crate::dictionary::Dictionary;
use crate::field_column::{FieldColumn, FieldError, RowState};
use crate::formats::{Envelope, FileFormat, file_format};
use crate::input::{Header, Input, InputFile};
use crate::lookup::RawField;
use crate::number::{DecimalFormat, integer};
use crate::pseudonym::{Key, Pseudonymiser};
use crate::rows::{Rows, Stated};
use crate::stats::{IngestStats, RowCounts};
use crate::{sparse, text_column};

/// Digits of decimal numbers in Arrow: as many as 64 bits hold.
const PRECISION: u8 = 18;

/// Turns rows of a source into columns. It keeps nothing of them, so that any number of threads, or of processes, may
/// parse rows of one source.
pub struct Parser {
    pub(crate) format: Box<dyn FileFormat>,
    pub(crate) headers: Vec<Arc<Header>>,
    decoder: Decoder,
    pub(crate) columns: Vec<ColumnParser>,
    concept: Option<String>,
    kind: SourceKind,
}

pub(crate) struct ColumnParser {
    pub(crate) name: Arc<str>,
    pub(crate) field_parser: FieldParser,
    /// Texts that mean *not stated*; those of marks that are no value are among them.
    missing: Vec<String>,
    marks: Vec<(String, Mark)>,
    total: Option<String>,
    pub(crate) personal: bool,
    /// Whether a row cannot do without it.
    required: bool,
    pub(crate) on_error: OnError,
}

/// What the fields of a column are turned into.
pub(crate) enum FieldParser {
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
            Ok(Parser { format, headers, decoder, columns, concept, kind: self.source.kind })
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
        // What a field says that is blank or has blanks around it does not depend on them.
        let trimmed = |text: &String| text.trim_ascii().to_owned();
        let marks: Vec<(String, Mark)> =
            column.marks.iter().map(|(text, mark)| (trimmed(text), *mark)).collect();
        let without_value = marks.iter().filter(|(_, mark)| mark.obs_status().is_some());
        let without_value = without_value.map(|(text, _)| text.clone());
        Ok(ColumnParser {
            name: column.name.as_str().into(),
            field_parser: self.field_parser(column)?,
            missing: column.missing.iter().map(trimmed).chain(without_value).collect(),
            marks,
            total: column.total.as_ref().map(trimmed),
            personal: column.personal,
            required: is_required(self.source, &column.name),
            on_error: column.on_error.unwrap_or(OnError::Reject),
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
        self.check_envelope(rows, &mut state);
        let verdicts = self.verdicts(rows, &batch, state);
        stats.codes.unmapped = self.unmapped(rows, verdicts.errors.iter().chain(&verdicts.incomplete));
        stats.dimensions.add(rows);
        let batch = without(batch, &verdicts)?;
        let rejects = self.rejects(rows, &verdicts.errors);
        let counts = RowCounts {
            read: rows.read(),
            accepted: batch.num_rows() as u64,
            rejected: rejects.len() as u64,
            excluded: (verdicts.aggregates.len() + verdicts.sparse.len()) as u64,
            blank: verdicts.sparse.len() as u64,
            incomplete: verdicts.incomplete_rows(),
        };
        let file = rows.header().file;
        stats.files.entry(file).or_default().add(counts);
        stats.rejects.add(file, &rejects);
        stats.incomplete.add(file, &self.rejects_of(rows, &verdicts.incomplete));
        stats.sparse.add(file, &self.rejects_of(rows, &verdicts.sparse));
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
            let mut array = column.parse(self.field_column(column, index, rows, state), dictionary, stats)?;
            if column.is_value(self.kind)
                && let Some(multiplier) = rows.header().envelope.multiplier
            {
                let powers = rows.column(multiplier).map(RawField::trimmed);
                array = multiplied(&array, powers, &mut self.field_column(column, index, rows, state))?;
            }
            fields.push(Field::new(&*column.name, array.data_type().clone(), true));
            arrays.push(array);
        }
        if let Some(concept) = &self.concept {
            fields.push(Field::new(columns::CONCEPT, DataType::Utf8, true));
            arrays.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(concept, rows.len()))));
        }
        if self.kind == SourceKind::Cells {
            for (name, array) in self.of_cells(rows) {
                fields.push(Field::new(name, array.data_type().clone(), true));
                arrays.push(array);
            }
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
    }

    /// Rows that an SDMX message deletes are no cells, and those of another dataflow are cells of another table.
    fn check_envelope(&self, rows: &Rows, state: &mut RowState) {
        let Envelope { action, structure, .. } = rows.header().envelope;
        for (row, action) in action.into_iter().flat_map(|column| rows.column(column).enumerate()) {
            if !matches!(action.trimmed(), b"" | b"I" | b"A" | b"R" | b"M") {
                state.reject_row(row, Code::Action);
            }
        }
        for (row, structure) in structure.into_iter().flat_map(|column| rows.column(column).enumerate()) {
            if !self.format.is_dataflow(structure.trimmed()) {
                state.reject_row(row, Code::OtherDataflow);
            }
        }
    }

    fn field_column<'a>(
        &self,
        column: &'a ColumnParser,
        index: usize,
        rows: &'a Rows,
        state: &'a mut RowState,
    ) -> FieldColumn<'a> {
        FieldColumn {
            rows,
            index,
            decoder: self.decoder,
            missing: &column.missing,
            empty_has_meaning: column.empty_has_meaning(),
            required: column.required,
            state,
        }
    }

    /// What cells need beside their columns: what marks say, which numbers and dates are totals, and what else could tell
    /// two cells apart.
    fn of_cells(&self, rows: &Rows) -> Vec<(String, ArrayRef)> {
        let mut made = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            if !column.marks.is_empty() {
                made.push((columns::MARK.to_owned(), column.statuses(rows, index, self.decoder)));
            }
            let total =
                column.total.as_ref().filter(|_| !matches!(column.field_parser, FieldParser::Code(_)));
            if let Some(total) = total {
                let is_total =
                    |field: RawField<'_>| self.decoder.decode(field.trimmed()).as_deref() == Some(total);
                let array: BooleanArray = rows.column(index).map(|field| Some(is_total(field))).collect();
                made.push((columns::is_total(&column.name), Arc::new(array) as ArrayRef));
            }
            if column.is_merging() {
                made.push((columns::as_written(&column.name), as_written(rows, index, self.decoder)));
            }
        }
        let mut names: Vec<&str> = Vec::new();
        for (index, name) in rows.header().undeclared() {
            // Columns of one name are told apart by the fields of the file.
            let field = rows.header().field(index) + 1;
            let shown =
                if names.contains(&name) { format!("{name} (field {field})") } else { name.to_owned() };
            names.push(name);
            made.push((columns::as_written(&shown), as_written(rows, index, self.decoder)));
        }
        made
    }

    /// What becomes of rows that are not read like others.
    fn verdicts(&self, rows: &Rows, batch: &RecordBatch, mut state: RowState) -> Verdicts {
        let mut verdicts = Verdicts::default();
        let mut errors = state.errors();
        let is_blank_when_empty = |(column, _): &(&ColumnParser, &ArrayRef)| !column.empty_has_meaning();
        let declared = self.columns.iter().zip(batch.columns()).filter(is_blank_when_empty);
        let declared: Vec<ArrayRef> = declared.map(|(_, array)| Arc::clone(array)).collect();
        for row in sparse::candidates(&declared, rows.len()) {
            let reason = match rows.stated(row) {
                Stated::Nothing => Some(Code::BlankRow),
                Stated::One(field) => self.is_note(rows, row, field, &errors).then_some(Code::NoteRow),
                Stated::Several => None,
            };
            verdicts.sparse.extend(reason.map(|reason| FieldError { row, column: None, reason }));
        }
        if !verdicts.sparse.is_empty() {
            let is_sparse = |error: &FieldError| {
                verdicts.sparse.binary_search_by_key(&error.row, |sparse| sparse.row).is_ok()
            };
            errors.retain(|error| !is_sparse(error));
        }
        // Below a table of records stands what could as well be one of them: these rows count against `max_rejected`.
        if self.kind == SourceKind::Records {
            let (notes, blank) = verdicts.sparse.iter().partition(|sparse| sparse.reason == Code::NoteRow);
            (errors, verdicts.sparse) = (merged(errors, notes), blank);
        }
        let on_error =
            |error: &FieldError| error.column.map_or(OnError::Reject, |column| self.columns[column].on_error);
        let (rejecting, incomplete) = errors.iter().partition(|error| on_error(error) == OnError::Reject);
        (verdicts.errors, verdicts.incomplete) = (rejecting, incomplete);
        verdicts.errors.dedup_by_key(|error| error.row);
        verdicts.aggregates = state.aggregates();
        verdicts
            .aggregates
            .retain(|row| !has_row(&verdicts.errors, *row) && !has_row(&verdicts.sparse, *row));
        let is_kept = |error: &FieldError| {
            !has_row(&verdicts.errors, error.row) && verdicts.aggregates.binary_search(&error.row).is_err()
        };
        verdicts.incomplete.retain(is_kept);
        verdicts
    }

    /// Whether the only field of a row that holds anything is a note, such as a source below a table or the word *total*:
    /// a text where nothing of the kind is expected, or a text beside nothing.
    fn is_note(&self, rows: &Rows, row: usize, field: usize, errors: &[FieldError]) -> bool {
        let header = rows.header();
        let column = (0..self.columns.len()).find(|column| header.field(*column) == field);
        let at = |error: &FieldError| (error.row, error.column);
        let is_at_fault = |column| errors.binary_search_by_key(&(row, Some(column)), at).is_ok();
        let Some(index) = column else { return self.stands_alone(rows, row, None) };
        match &self.columns[index].field_parser {
            _ if is_at_fault(index) => true,
            FieldParser::Text | FieldParser::Pseudonym(_) => self.stands_alone(rows, row, Some(index)),
            FieldParser::Integer | FieldParser::Decimal(_) | FieldParser::Date(_) | FieldParser::Code(_) => {
                false
            }
        }
    }

    /// Whether a text beside blank fields is a note and no row: of records where there are several of these, or the text is
    /// prose; of cells where the row cannot do without one of them, which is seen by its error.
    fn stands_alone(&self, rows: &Rows, row: usize, column: Option<usize>) -> bool {
        let is_prose = || {
            let text = column.and_then(|column| self.decoder.decode(rows.field(row, column).trimmed()));
            text.is_some_and(|text| sparse::is_prose(&text))
        };
        rows.header().width() >= 3 || is_prose()
    }

    /// The rows that are rejected, in the order of the file.
    fn rejects(&self, rows: &Rows, errors: &[FieldError]) -> Vec<Reject> {
        let file = &rows.header().file_name;
        let whole = rows.rejects().iter().map(|(place, reason)| {
            let place = place.clone();
            Reject { file: Arc::clone(file), place, column: None, reason: *reason }
        });
        let mut rejects: Vec<_> = self.rejects_of(rows, errors).into_iter().chain(whole).collect();
        rejects.sort_by_key(|reject| reject.place.order());
        rejects
    }

    /// Where errors of fields are, in their order.
    fn rejects_of(&self, rows: &Rows, errors: &[FieldError]) -> Vec<Reject> {
        let file = &rows.header().file_name;
        let places = rows.places(errors.iter().map(|error| error.row));
        let reject = |(error, place): (&FieldError, _)| {
            let column = error.column.map(|column| Arc::clone(&self.columns[column].name));
            Reject { file: Arc::clone(file), place, column, reason: error.reason }
        };
        errors.iter().zip(places).map(reject).collect()
    }

    /// The texts that have no meaning, and how often. What other columns of a rejected row say is nobody's business: the
    /// fields of a shifted row are not what their column says.
    fn unmapped<'a>(
        &self,
        rows: &Rows,
        errors: impl Iterator<Item = &'a FieldError>,
    ) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut unmapped: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for error in errors.filter(|error| error.reason == Code::UnmappedCode) {
            let Some(index) = error.column else { continue };
            let column = &self.columns[index];
            if !column.personal {
                let text = self.decoder.decode(rows.field(error.row, index).trimmed());
                let text: String = text.unwrap_or_default().chars().take(UNMAPPED_CHARACTERS).collect();
                *unmapped.entry(column.name.to_string()).or_default().entry(text).or_default() += 1;
            }
        }
        unmapped
    }
}

/// Characters that are remembered of a text without a meaning: enough to tell what it is.
const UNMAPPED_CHARACTERS: usize = 41;

/// What becomes of rows that are not read like others; each list in the order of the rows.
#[derive(Default)]
struct Verdicts {
    /// Rows that are rejected, each once.
    errors: Vec<FieldError>,
    /// Fields that cannot be read and that their rows do without.
    incomplete: Vec<FieldError>,
    /// Rows that say nothing, each once.
    sparse: Vec<FieldError>,
    /// Rows of which a code stands for several others.
    aggregates: Vec<usize>,
}

impl Verdicts {
    fn incomplete_rows(&self) -> u64 {
        let firsts = self.incomplete.windows(2).filter(|pair| pair[0].row != pair[1].row).count();
        (firsts + usize::from(!self.incomplete.is_empty())) as u64
    }
}

/// Whether errors, which are in the order of their rows, have one of a row.
fn has_row(errors: &[FieldError], row: usize) -> bool {
    errors.binary_search_by_key(&row, |error| error.row).is_ok()
}

/// Errors of two lists in the order of their rows.
fn merged(mut errors: Vec<FieldError>, more: Vec<FieldError>) -> Vec<FieldError> {
    errors.extend(more);
    errors.sort_unstable_by_key(|error| (error.row, error.column));
    errors
}

/// Values times a power of ten.
fn multiplied<'a>(
    values: &ArrayRef,
    powers: impl Iterator<Item = &'a [u8]>,
    column: &mut FieldColumn<'_>,
) -> Result<ArrayRef, ArrowError> {
    let factors: Vec<Option<i64>> = powers.map(power_of_ten).collect();
    if factors.iter().all(|factor| *factor == Some(1)) {
        return Ok(Arc::clone(values));
    }
    let mut product = |row: usize, value: Option<i128>| {
        let product = value.zip(factors[row]).and_then(|(value, factor)| value.checked_mul(factor.into()));
        let product = product.filter(|product| product.unsigned_abs() < 10_u128.pow(PRECISION.into()));
        if value.is_some() && product.is_none() {
            column.reject(row, Code::UnitMultiplier);
        }
        product
    };
    Ok(match values.data_type() {
        DataType::Decimal128(precision, scale) => {
            let numbers = values.as_primitive::<Decimal128Type>().iter().enumerate();
            let numbers: Decimal128Array = numbers.map(|(row, value)| product(row, value)).collect();
            Arc::new(numbers.with_precision_and_scale(*precision, *scale)?)
        }
        _ => {
            let numbers = values.as_primitive::<Int64Type>().iter().enumerate();
            let numbers =
                numbers.map(|(row, value)| product(row, value.map(i128::from)).map(|value| value as i64));
            Arc::new(numbers.collect::<Int64Array>())
        }
    })
}

/// The power of ten that `UNIT_MULT` names; 1 where it names none.
fn power_of_ten(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return Some(1);
    }
    let power: u32 = std::str::from_utf8(text).ok()?.parse().ok()?;
    10_i64.checked_pow(power)
}

/// The fields of a column as they stand in the file, without blanks around them.
fn as_written(rows: &Rows, column: usize, decoder: Decoder) -> ArrayRef {
    let mut texts = StringDictionaryBuilder::<UInt32Type>::new();
    for field in rows.column(column) {
        let bytes = field.trimmed();
        match decoder.decode(bytes) {
            Some(text) => texts.append_value(text),
            None => texts.append_value(String::from_utf8_lossy(bytes)),
        }
    }
    Arc::new(texts.finish())
}

/// The rows that are neither at fault nor excluded.
fn without(batch: RecordBatch, verdicts: &Verdicts) -> Result<RecordBatch, ArrowError> {
    let Verdicts { errors, sparse, aggregates, .. } = verdicts;
    if errors.is_empty() && sparse.is_empty() && aggregates.is_empty() {
        return Ok(batch);
    }
    let mut kept = vec![true; batch.num_rows()];
    errors.iter().chain(sparse).for_each(|error| kept[error.row] = false);
    aggregates.iter().for_each(|row| kept[*row] = false);
    filter_record_batch(&batch, &BooleanArray::from(kept))
}

impl ColumnParser {
    fn is_value(&self, kind: SourceKind) -> bool {
        kind == SourceKind::Cells && &*self.name == columns::VALUE
    }

    /// Whether the empty text is declared to mean something else than that nothing is stated.
    fn empty_has_meaning(&self) -> bool {
        let is_code = matches!(&self.field_parser, FieldParser::Code(codes) if codes.has_empty_text());
        is_code || self.total.as_deref() == Some("") || self.marks.iter().any(|(text, _)| text.is_empty())
    }

    /// Whether several texts of the file are one code.
    fn is_merging(&self) -> bool {
        matches!(&self.field_parser, FieldParser::Code(codes) if codes.is_merging())
    }

    /// Zero for texts that stand for a number: a mark of exactly nobody, and a total, which is no number of the dimension
    /// and is known by a column of its own.
    fn replaced<T: Default>(&self, text: &[u8]) -> Option<T> {
        let is_zero = |(mark, meaning): &(String, Mark)| *meaning == Mark::Zero && mark.as_bytes() == text;
        let is_total = self.total.as_ref().is_some_and(|total| total.as_bytes() == text);
        (is_total || self.marks.iter().any(is_zero)).then(T::default)
    }

    /// What the mark of each row says, as a code of `OBS_STATUS`.
    fn statuses(&self, rows: &Rows, index: usize, decoder: Decoder) -> ArrayRef {
        let status = |field: RawField<'_>| {
            let text = decoder.decode(field.trimmed())?;
            let (_, mark) = self.marks.iter().find(|(mark, _)| *mark == text)?;
            mark.obs_status()
        };
        Arc::new(rows.column(index).map(status).collect::<StringArray>())
    }

    /// Decimal numbers, exact.
    fn decimals(
        &self,
        column: &mut FieldColumn<'_>,
        format: DecimalFormat,
    ) -> Result<Decimal128Array, ArrowError> {
        let read = |text: &[u8], is_typed: bool| {
            let mark = if is_typed { b'.' } else { format.mark };
            self.replaced(text).or_else(|| DecimalFormat { mark, ..format }.parse(text).map(i128::from))
        };
        let numbers = column.values::<Decimal128Type>(Code::BadDecimal, read);
        numbers.with_precision_and_scale(PRECISION, format.scale as i8)
    }

    fn dates(&self, column: &mut FieldColumn<'_>, layout: &DateFormat) -> Date32Array {
        let iso = DateFormat::iso();
        column.values::<Date32Type>(Code::BadDate, |text, is_typed| {
            // A date of a workbook is one whatever the layout; its numbers may be dates too, such as 2007.
            let typed = if is_typed { iso.days(text) } else { None };
            self.replaced(text).or(typed).or_else(|| layout.days(text))
        })
    }

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
                let read = |text: &[u8], _| self.replaced(text).or_else(|| integer(text));
                Arc::new(column.values::<Int64Type>(Code::BadInteger, read))
            }
            FieldParser::Decimal(format) => Arc::new(self.decimals(&mut column, *format)?),
            FieldParser::Date(layout) => Arc::new(self.dates(&mut column, layout)),
            FieldParser::Code(codes) => {
                let (array, seen) = codes.parse(&mut column)?;
                stats.codes.seen.insert(self.name.to_string(), seen);
                array
            }
        })
    }
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
