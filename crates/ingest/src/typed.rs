//! Fields become typed columns; a row with a field that does not fit becomes a reject.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use denizen_spec::{Code, Codelist, ColumnKind, DateFormat, Diagnostic, Source, columns};
use polars::prelude::*;

use crate::chunks::Chunk;
use crate::meaning::{Meaning, meanings};
use crate::pseudonym::{Key, PSEUDONYM_LENGTH, Pseudonymiser};
use crate::rows::Batch;
use crate::text::Decoder;

/// Numbers that can be added up a thousand times without overflow, and that a double holds exactly.
const LARGEST: std::ops::RangeInclusive<i64> = -1_000_000_000_000_000..=1_000_000_000_000_000;

/// Turns batches of a source into chunks. A pure function of the batch, so that any number of threads may share it.
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
    Pseudonym(Box<Pseudonymiser>),
    Integer,
    Date(DateFormat),
    Code(HashMap<String, Meaning>),
}

/// Which texts of code columns were met: to find codes without a meaning, and meanings without a code.
#[derive(Default)]
pub(crate) struct Usage {
    /// Per column: texts without a meaning and how often. Never filled for personal columns.
    pub(crate) unmapped: BTreeMap<Arc<str>, BTreeMap<String, u64>>,
    /// Per column: declared texts that occur.
    pub(crate) used: BTreeMap<Arc<str>, BTreeSet<String>>,
}

impl Usage {
    pub(crate) fn merge(&mut self, other: Usage) {
        for (column, texts) in other.unmapped {
            let counts = self.unmapped.entry(column).or_default();
            texts.into_iter().for_each(|(text, count)| *counts.entry(text).or_default() += count);
        }
        for (column, texts) in other.used {
            self.used.entry(column).or_default().extend(texts);
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
            let kind = match (&column.kind, column.personal) {
                (ColumnKind::Text, true) => match key {
                    Some(key) => Kind::Pseudonym(Box::new(Pseudonymiser::new(key, column.name.get_ref()))),
                    None => {
                        faults.push(no_key(source, column.name.get_ref()).at(column.name.span(), "personal"));
                        return None;
                    }
                },
                (ColumnKind::Text, false) => Kind::Text,
                (ColumnKind::Integer, _) => Kind::Integer,
                (ColumnKind::Date(layout), _) => Kind::Date(layout.clone()),
                (ColumnKind::Code, _) => match meanings(column, source.kind, lists) {
                    Ok(meanings) => Kind::Code(meanings),
                    Err(found) => {
                        faults.extend(found);
                        return None;
                    }
                },
            };
            let name = column.name.get_ref().as_str().into();
            let required = is_required(source, column.name.get_ref());
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

    pub(crate) fn parse(&self, batch: Batch) -> PolarsResult<(Chunk, Usage)> {
        let rows = batch.rows();
        let mut state = RowState { faults: vec![None; rows], aggregate: vec![false; rows] };
        let mut usage = Usage::default();
        let mut frame_columns = Vec::with_capacity(self.columns.len() + 1);
        for (index, column) in self.columns.iter().enumerate() {
            frame_columns.push(column.parse(index, &batch, self.decoder, &mut state, &mut usage));
        }
        if let Some(concept) = &self.concept {
            frame_columns.push(Column::new_scalar(
                columns::CONCEPT.into(),
                Scalar::new(DataType::String, AnyValue::StringOwned(concept.as_str().into())),
                rows,
            ));
        }
        let frame = DataFrame::new(rows, frame_columns)?;
        let excluded = (0..rows).filter(|&row| state.faults[row].is_none() && state.aggregate[row]).count();
        let kept = (0..rows).map(|row| state.faults[row].is_none() && !state.aggregate[row]);
        let kept: BooleanChunked = kept.map(Some).collect();
        let frame = if kept.all() { frame } else { frame.filter(&kept)? };
        let rejected =
            state.faults.iter().enumerate().filter_map(|(row, fault)| fault.map(|fault| (row, fault)));
        let mut rejects: Vec<_> = rejected
            .map(|(row, (column, reason))| {
                batch.reject(batch.places[row], Some(Arc::clone(&self.columns[column].name)), reason)
            })
            .collect();
        rejects.extend(batch.rejects);
        rejects.sort_by_key(|reject| reject.byte);
        Ok((Chunk { frame, rejects, read: batch.read, excluded: excluded as u64, file: batch.file }, usage))
    }
}

/// A cell without its concept or its time would be in no table, or in a wrong one.
fn is_required(source: &Source, column: &str) -> bool {
    let essential = [columns::CONCEPT, columns::REFERENCE_DATE, columns::YEAR];
    source.kind == denizen_spec::Kind::Cells && essential.contains(&column)
}

fn no_key(source: &Source, column: &str) -> Diagnostic {
    let message = format!(
        "`{}` holds the personal column `{column}`, and there is no pseudonym key",
        source.name.get_ref()
    );
    Diagnostic::error(Code::NoKey, message)
        .help("set DENIZEN_KEY_FILE to a file with 64 hexadecimal digits (`openssl rand -hex 32`)")
}

/// What has been found out about each row of a batch.
struct RowState {
    /// The first column at fault, and why.
    faults: Vec<Option<(usize, Code)>>,
    /// Whether a code stands for several others.
    aggregate: Vec<bool>,
}

impl RowState {
    fn reject(&mut self, row: usize, column: usize, reason: Code) {
        self.faults[row].get_or_insert((column, reason));
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
    ) -> Column {
        let name = PlSmallStr::from_str(&self.name);
        let texts = Texts { batch, index, decoder, missing: &self.missing, required: self.required };
        match &self.kind {
            Kind::Text => texts.strings(name, state, |text| Ok(Some(Cow::Borrowed(text)))),
            Kind::Pseudonym(pseudonymiser) => texts.pseudonyms(name, state, pseudonymiser),
            Kind::Integer => {
                let read = |text: &str| {
                    text.parse().ok().filter(|number| LARGEST.contains(number)).ok_or(Code::BadInteger)
                };
                texts.numbers::<Int64Type>(name, state, read).into_column()
            }
            Kind::Date(layout) => {
                let read = |text: &str| layout.days(text.as_bytes()).ok_or(Code::BadDate);
                texts.numbers::<Int32Type>(name, state, read).into_date().into_column()
            }
            Kind::Code(meanings) => {
                let mut met: HashMap<&str, u64> = HashMap::new();
                let mut aggregates = Vec::new();
                let column = texts.codes(name, state, meanings, &mut met, &mut aggregates);
                aggregates.into_iter().for_each(|row| state.aggregate[row] = true);
                self.record_usage(meanings, met, state, &texts, usage);
                column
            }
        }
    }

    fn record_usage(
        &self,
        meanings: &HashMap<String, Meaning>,
        met: HashMap<&str, u64>,
        state: &RowState,
        texts: &Texts<'_>,
        usage: &mut Usage,
    ) {
        let used = usage.used.entry(Arc::clone(&self.name)).or_default();
        used.extend(met.into_keys().map(str::to_owned));
        if self.personal {
            return;
        }
        let at_fault = |row: &usize| matches!(state.faults[*row], Some((column, Code::UnmappedCode)) if column == texts.index);
        for row in (0..texts.batch.rows()).filter(at_fault) {
            let text = texts.decoder.decode(texts.batch.field(row, texts.index)).unwrap_or_default();
            if !meanings.contains_key(&*text) {
                let counts = usage.unmapped.entry(Arc::clone(&self.name)).or_default();
                *counts.entry(text.into_owned()).or_default() += 1;
            }
        }
    }
}

/// The texts of one column of a batch.
struct Texts<'a> {
    batch: &'a Batch,
    index: usize,
    decoder: Decoder,
    missing: &'a [String],
    required: bool,
}

impl<'a> Texts<'a> {
    /// The text of a row; none where it is not stated. A text that is not in the encoding is a fault of the row.
    fn text(&self, row: usize, state: &mut RowState) -> Option<Cow<'a, str>> {
        let bytes = self.batch.field(row, self.index);
        let Some(text) = self.decoder.decode(bytes) else {
            state.reject(row, self.index, Code::Encoding);
            return None;
        };
        let stated = !text.is_empty() && !self.missing.iter().any(|missing| *missing == *text);
        if !stated && self.required {
            state.reject(row, self.index, Code::MissingValue);
        }
        stated.then_some(text)
    }

    fn numbers<T: PolarsNumericType>(
        &self,
        name: PlSmallStr,
        state: &mut RowState,
        read: impl Fn(&str) -> Result<T::Native, Code>,
    ) -> ChunkedArray<T> {
        let mut builder = PrimitiveChunkedBuilder::<T>::new(name, self.batch.rows());
        for row in 0..self.batch.rows() {
            let number = self.text(row, state).map(|text| read(&text));
            builder.append_option(match number {
                Some(Err(reason)) => {
                    state.reject(row, self.index, reason);
                    None
                }
                Some(Ok(number)) => Some(number),
                None => None,
            });
        }
        builder.finish()
    }

    fn strings(
        &self,
        name: PlSmallStr,
        state: &mut RowState,
        read: impl for<'t> Fn(&'t str) -> Result<Option<Cow<'t, str>>, Code>,
    ) -> Column {
        let mut builder = StringChunkedBuilder::new(name, self.batch.rows());
        for row in 0..self.batch.rows() {
            let Some(text) = self.text(row, state) else {
                builder.append_null();
                continue;
            };
            match read(&text) {
                Ok(text) => builder.append_option(text.as_deref()),
                Err(reason) => {
                    state.reject(row, self.index, reason);
                    builder.append_null();
                }
            }
        }
        builder.finish().into_column()
    }

    fn pseudonyms(&self, name: PlSmallStr, state: &mut RowState, pseudonymiser: &Pseudonymiser) -> Column {
        let mut builder = StringChunkedBuilder::new(name, self.batch.rows());
        // Rows of a person often follow one another: the last pseudonym is worth keeping.
        let mut last: Option<(Cow<'a, str>, [u8; PSEUDONYM_LENGTH])> = None;
        for row in 0..self.batch.rows() {
            let Some(text) = self.text(row, state) else {
                builder.append_null();
                continue;
            };
            let pseudonym = match &last {
                Some((before, pseudonym)) if *before == text => *pseudonym,
                _ => pseudonymiser.pseudonym(text.as_bytes()),
            };
            builder.append_option(std::str::from_utf8(&pseudonym).ok());
            last = Some((text, pseudonym));
        }
        builder.finish().into_column()
    }

    fn codes<'m>(
        &self,
        name: PlSmallStr,
        state: &mut RowState,
        meanings: &'m HashMap<String, Meaning>,
        met: &mut HashMap<&'m str, u64>,
        aggregates: &mut Vec<usize>,
    ) -> Column {
        let mut builder = StringChunkedBuilder::new(name, self.batch.rows());
        for row in 0..self.batch.rows() {
            let Some(text) = self.text(row, state) else {
                builder.append_null();
                continue;
            };
            match meanings.get_key_value(&*text) {
                Some((theirs, meaning)) => {
                    *met.entry(theirs).or_default() += 1;
                    match meaning {
                        Meaning::Code(ours) => builder.append_value(ours),
                        Meaning::NotStated => {
                            if self.required {
                                state.reject(row, self.index, Code::MissingValue);
                            }
                            builder.append_null();
                        }
                        Meaning::Aggregate => {
                            aggregates.push(row);
                            builder.append_null();
                        }
                    }
                }
                None => {
                    state.reject(row, self.index, Code::UnmappedCode);
                    builder.append_null();
                }
            }
        }
        builder.finish().into_column()
    }
}
