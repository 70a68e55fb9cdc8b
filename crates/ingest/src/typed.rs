//! Fields become typed columns; a row with a field that does not fit becomes a reject.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Date32Type, Field, Int64Type, Schema};
use arrow::error::ArrowError;
use denizen_spec::{Code, Codelist, DateFormat, Diagnostic, FieldType, Source, columns};

use crate::bytes::RawField;
use crate::coded::Coded;
use crate::meaning::meanings;
use crate::pseudonym::{Key, Pseudonymiser};
use crate::rows::Batch;
use crate::text::Decoder;
use crate::words;
use denizen_spec::Reject;

/// Numbers that can be added up a thousand times without overflow, and that a double holds exactly.
const LARGEST: std::ops::RangeInclusive<i64> = -1_000_000_000_000_000..=1_000_000_000_000_000;

/// Turns batches of a source into columns. A pure function of the batch, so that any number of threads may share it.
pub(crate) struct Parser {
    decoder: Decoder,
    columns: Vec<ColumnParser>,
    concept: Option<String>,
}

struct ColumnParser {
    name: Arc<str>,
    kind: Kind,
    missing: Vec<String>,
    personal: bool,
    /// Whether a row cannot do without it.
    required: bool,
}

enum Kind {
    Text,
    Pseudonym(Pseudonymiser),
    Integer,
    Date(DateFormat),
    Code(Coded),
}

/// What has become of a batch: see [`crate::Chunk`].
pub(crate) struct Parsed {
    pub(crate) file: usize,
    pub(crate) batch: RecordBatch,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) read: u64,
    pub(crate) excluded: u64,
    pub(crate) usage: Usage,
}

/// Texts without a meaning that are remembered for a column, and how many characters of each: enough to tell what they are.
/// The first in their order are kept, so that it makes no difference which were met first.
pub(crate) const MOST_UNMAPPED: usize = 1000;
const UNMAPPED_CHARACTERS: usize = 41;

/// Which texts of code columns were met: to find codes without a meaning, and meanings without a code.
#[derive(Default)]
pub(crate) struct Usage {
    /// Per column: texts without a meaning and how often. Never filled for personal columns.
    pub(crate) unmapped: BTreeMap<Arc<str>, BTreeMap<String, u64>>,
    /// Per column: which of the declared texts occur.
    met: BTreeMap<Arc<str>, Vec<bool>>,
}

impl Usage {
    pub(crate) fn merge(&mut self, other: Usage) {
        for (column, texts) in other.unmapped {
            let counts = self.unmapped.entry(column).or_default();
            texts.into_iter().for_each(|(text, count)| *counts.entry(text).or_default() += count);
            while counts.len() > MOST_UNMAPPED {
                counts.pop_last();
            }
        }
        for (column, more) in other.met {
            let met = self.met.entry(column).or_default();
            met.resize(met.len().max(more.len()), false);
            met.iter_mut().zip(more).for_each(|(met, more)| *met |= more);
        }
    }
}

impl Parser {
    pub(crate) fn new(
        source: &Source,
        lists: &[Codelist],
        decoder: Decoder,
        key: Option<&Key>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let columns = source.columns.iter().filter_map(|column| {
            let kind = match (&column.field_type, column.personal) {
                (FieldType::Text, true) => match key {
                    Some(key) => Kind::Pseudonym(Pseudonymiser::new(key, &column.name)),
                    None => {
                        let path = denizen_spec::Path::source(&source.name).column(&column.name).name();
                        faults.push(no_key(source, &column.name).at(path, "personal"));
                        return None;
                    }
                },
                (FieldType::Text, false) => Kind::Text,
                (FieldType::Integer, _) => Kind::Integer,
                (FieldType::Decimal { .. }, _) => Kind::Integer,
                (FieldType::Date(layout), _) => Kind::Date(layout.clone()),
                (FieldType::Code, _) => match meanings(column, source, lists) {
                    Ok(meanings) => Kind::Code(Coded::new(meanings, &column.missing, decoder)),
                    Err(found) => {
                        faults.extend(found);
                        return None;
                    }
                },
            };
            let name = column.name.as_str().into();
            let required = is_required(source, &column.name);
            Some(ColumnParser {
                name,
                kind,
                missing: column.missing.clone(),
                personal: column.personal,
                required,
            })
        });
        let columns = columns.collect();
        let concept = source.concept.clone();
        if faults.is_empty() { Ok(Self { decoder, columns, concept }) } else { Err(faults) }
    }

    pub(crate) fn parse(&self, batch: Batch) -> Result<Parsed, ArrowError> {
        let rows = batch.rows();
        let mut state = RowState::default();
        let mut usage = Usage::default();
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for (index, column) in self.columns.iter().enumerate() {
            let array = column.parse(index, &batch, self.decoder, &mut state, &mut usage)?;
            fields.push(Field::new(&*column.name, array.data_type().clone(), true));
            arrays.push(array);
        }
        if let Some(concept) = &self.concept {
            fields.push(Field::new(columns::CONCEPT, DataType::Utf8, true));
            arrays.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(concept, rows))));
        }
        let parsed = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?;
        let faults = state.faults();
        let excluded = state.excluded(&faults);
        usage.unmapped = self.unmapped(&batch, &faults);
        let parsed = without(parsed, &faults, &excluded)?;
        let places = batch.places(faults.iter().map(|fault| fault.row));
        let mut rejects: Vec<_> = (faults.iter().zip(places))
            .map(|(fault, place)| {
                batch.reject(place, Some(Arc::clone(&self.columns[fault.column].name)), fault.reason)
            })
            .collect();
        rejects.extend(batch.rejects);
        rejects.sort_by_key(|reject| reject.place.byte());
        let excluded = excluded.len() as u64;
        Ok(Parsed { file: batch.file, batch: parsed, rejects, read: batch.read, excluded, usage })
    }

    /// The texts that rows were rejected for, having no meaning, and how often. What stands in other columns of a row
    /// that is at fault is nobody's business: the fields of a shifted row are not what their column says.
    fn unmapped(&self, batch: &Batch, faults: &[Fault]) -> BTreeMap<Arc<str>, BTreeMap<String, u64>> {
        let mut unmapped: BTreeMap<Arc<str>, BTreeMap<String, u64>> = BTreeMap::new();
        for Fault { row, column, .. } in faults.iter().filter(|fault| fault.reason == Code::UnmappedCode) {
            let parser = &self.columns[*column];
            if !parser.personal {
                let text = self.decoder.decode(batch.field(*row, *column).trimmed()).unwrap_or_default();
                let text: String = text.chars().take(UNMAPPED_CHARACTERS).collect();
                *unmapped.entry(Arc::clone(&parser.name)).or_default().entry(text).or_default() += 1;
            }
        }
        unmapped
    }

    /// The declared texts of a code column that were met.
    pub(crate) fn met<'a>(&'a self, column: &str, usage: &'a Usage) -> impl Iterator<Item = &'a str> {
        let parser = self.columns.iter().find(|parser| *parser.name == *column);
        let coded = parser.and_then(|parser| match &parser.kind {
            Kind::Code(coded) => Some(coded),
            _ => None,
        });
        let met = usage.met.get(column).map(Vec::as_slice).unwrap_or_default();
        coded.into_iter().flat_map(|coded| coded.texts_met(met))
    }
}

/// The rows that are neither at fault nor excluded.
fn without(parsed: RecordBatch, faults: &[Fault], excluded: &[usize]) -> Result<RecordBatch, ArrowError> {
    if faults.is_empty() && excluded.is_empty() {
        return Ok(parsed);
    }
    let mut kept = vec![true; parsed.num_rows()];
    faults.iter().for_each(|fault| kept[fault.row] = false);
    excluded.iter().for_each(|row| kept[*row] = false);
    filter_record_batch(&parsed, &BooleanArray::from(kept))
}

/// A cell without its concept or its time would be in no table, or in a wrong one.
fn is_required(source: &Source, column: &str) -> bool {
    let essential = [columns::CONCEPT, columns::REFERENCE_DATE, columns::YEAR];
    source.kind == denizen_spec::SourceKind::Cells && essential.contains(&column)
}

fn no_key(source: &Source, column: &str) -> Diagnostic {
    let message =
        format!("`{}` holds the personal column `{column}`, and there is no pseudonym key", source.name);
    Diagnostic::error(Code::NoKey, message)
        .help("set DENIZEN_KEY_FILE to a file with 64 hexadecimal digits (`openssl rand -hex 32`)")
}

/// What has been found out about the rows of a batch, column by column.
#[derive(Default)]
pub(crate) struct RowState {
    faults: Vec<Fault>,
    /// Rows of which a code stands for several others.
    pub(crate) aggregates: Vec<usize>,
}

/// A field that does not fit.
#[derive(Clone, Copy)]
struct Fault {
    row: usize,
    column: usize,
    reason: Code,
}

impl RowState {
    pub(crate) fn reject(&mut self, row: usize, column: usize, reason: Code) {
        self.faults.push(Fault { row, column, reason });
    }

    /// The first fault of each row that has one, in the order of the rows.
    fn faults(&mut self) -> Vec<Fault> {
        let mut faults = std::mem::take(&mut self.faults);
        faults.sort_by_key(|fault| (fault.row, fault.column));
        faults.dedup_by_key(|fault| fault.row);
        faults
    }

    /// The rows that are left out by rule, without those that are at fault, which are sorted.
    fn excluded(&mut self, faults: &[Fault]) -> Vec<usize> {
        let mut rows = std::mem::take(&mut self.aggregates);
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|row| faults.binary_search_by_key(row, |fault| fault.row).is_err());
        rows
    }
}

impl ColumnParser {
    fn parse(
        &self,
        index: usize,
        batch: &Batch,
        decoder: Decoder,
        state: &mut RowState,
        usage: &mut Usage,
    ) -> Result<ArrayRef, ArrowError> {
        let mut texts =
            Texts { batch, index, decoder, missing: &self.missing, required: self.required, state };
        Ok(match &self.kind {
            Kind::Text => words::texts(&mut texts)?,
            Kind::Pseudonym(pseudonymiser) => words::pseudonyms(&mut texts, pseudonymiser)?,
            Kind::Integer => Arc::new(texts.values::<Int64Type>(Code::BadInteger, integer)),
            Kind::Date(layout) => {
                let days = |field: &[u8]| layout.days(field);
                Arc::new(texts.values::<Date32Type>(Code::BadDate, days))
            }
            Kind::Code(coded) => {
                let (array, met) = coded.parse(&mut texts)?;
                usage.met.insert(Arc::clone(&self.name), met);
                array
            }
        })
    }
}

fn integer(field: &[u8]) -> Option<i64> {
    std::str::from_utf8(field).ok()?.parse().ok().filter(|number| LARGEST.contains(number))
}

/// The texts of one column of a batch.
pub(crate) struct Texts<'a> {
    pub(crate) batch: &'a Batch,
    pub(crate) index: usize,
    pub(crate) decoder: Decoder,
    missing: &'a [String],
    pub(crate) required: bool,
    pub(crate) state: &'a mut RowState,
}

impl<'a> Texts<'a> {
    pub(crate) fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// The fields of all rows.
    pub(crate) fn fields(&self) -> impl Iterator<Item = RawField<'a>> + use<'a> {
        self.batch.column(self.index)
    }

    pub(crate) fn reject(&mut self, row: usize, reason: Code) {
        self.state.reject(row, self.index, reason);
    }

    /// Whether a text says that nothing is stated.
    pub(crate) fn is_missing(&self, text: &[u8]) -> bool {
        text.is_empty() || self.missing.iter().any(|missing| missing.as_bytes() == text)
    }

    /// Notes that a row states nothing, which is a fault where it must.
    pub(crate) fn not_stated(&mut self, row: usize) {
        if self.required {
            self.reject(row, Code::MissingValue);
        }
    }

    /// The values of the rows, by a function that reads bytes; none where nothing is stated, and where it is at fault.
    fn values<T: ArrowPrimitiveType>(
        &mut self,
        reason: Code,
        read: impl Fn(&[u8]) -> Option<T::Native>,
    ) -> PrimitiveArray<T> {
        let (mut values, mut missing) = (Vec::with_capacity(self.rows()), Vec::new());
        for (row, field) in self.fields().enumerate() {
            // A text that means *not stated* may look like a value: 9999, 01/01/1900.
            let field = field.trimmed();
            let value = if self.missing.is_empty() { read(field) } else { None };
            let value = value.or_else(|| self.value(row, field, reason, &read));
            values.push(value.unwrap_or_default());
            if value.is_none() {
                missing.push(row);
            }
        }
        let stated = words::stated(values.len(), &missing);
        PrimitiveArray::new(values.into(), stated)
    }

    fn value<V>(
        &mut self,
        row: usize,
        field: &[u8],
        reason: Code,
        read: impl Fn(&[u8]) -> Option<V>,
    ) -> Option<V> {
        match self.decoder.decode(field) {
            None => self.reject(row, Code::Encoding),
            Some(text) if self.is_missing(text.as_bytes()) => self.not_stated(row),
            Some(text) => match read(text.as_bytes()) {
                None => self.reject(row, reason),
                value => return value,
            },
        }
        None
    }
}
