//! Fields become typed columns; a row with a field that does not fit becomes a reject.

mod faults;

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Int64Type, Schema};
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, Reject, Source, SourceKind, columns};

use crate::chunk_reader::{Chunk, RawChunk};
use crate::code_column::OurCodes;
use crate::column_parser::{ColumnParser, FieldParser, ParserBuilder, as_stated, as_written, multiplied};
use crate::decoder::Decoder;
use crate::dictionary::Dictionary;
use crate::field_column::{FieldColumn, RowState};
use crate::formats::{Envelope, FileFormat, file_format};
use crate::input::{Header, Input, InputFile};
use crate::lookup::RawField;
use crate::profile::RowsProfile;
use crate::pseudonym::Key;
use crate::rows::Rows;
use crate::stats::{FilePlace, IngestStats, RowCounts, WeightCounts};
use crate::verdict::without;

/// Turns rows of a source into columns. It keeps nothing of them, so that any number of threads, or of processes, may
/// parse rows of one source.
pub struct Parser {
    pub(crate) headers: Vec<Arc<Header>>,
    /// For each form of the source: see [`denizen_spec::Source::forms`].
    forms: Vec<RowParser>,
}

/// The same for the files of one form of the source.
pub(crate) struct RowParser {
    pub(crate) format: Box<dyn FileFormat>,
    pub(crate) decoder: Decoder,
    pub(crate) columns: Vec<ColumnParser>,
    concept: Option<String>,
    pub(crate) kind: SourceKind,
    /// Whether rows bear where they stand.
    has_places: bool,
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
        let key = key.or(shipped.as_ref());
        let mut words: Vec<OurCodes> = self.source.columns.iter().map(|_| OurCodes::default()).collect();
        let forms = self.source.forms().map(|form| self.row_parser(form, key, &mut words));
        let mut forms = forms.collect::<Result<Vec<_>, _>>()?;
        if forms.len() > 1 {
            share_codes(&mut forms, &words);
        }
        let formats: Vec<&dyn FileFormat> = forms.iter().map(|form| &*form.format).collect();
        let headers = self.headers(&formats).map_err(one)?;
        Ok(Parser { headers, forms })
    }

    /// What turns the rows of the files of one form into columns.
    fn row_parser(
        &self,
        form: &Source,
        key: Option<&Key>,
        words: &mut [OurCodes],
    ) -> Result<RowParser, Vec<Diagnostic>> {
        let format = file_format(form).map_err(|error| vec![error])?;
        let builder =
            ParserBuilder { source: form, lists: &self.lists, indexes: &self.indexes, format: &*format, key };
        let mut columns = Vec::new();
        let mut errors = Vec::new();
        for (column, words) in form.columns.iter().zip(words) {
            match builder.column(column, words) {
                Ok(column) => columns.push(column),
                Err(found) => errors.extend(found),
            }
        }
        let (decoder, concept) = (format.decoder(), form.concept.clone());
        if errors.is_empty() {
            let has_places = form.has_places;
            Ok(RowParser { format, decoder, columns, concept, kind: form.kind, has_places })
        } else {
            Err(errors)
        }
    }

    /// The key that all files bring, when they are all synthetic and agree on it: that of their pseudonyms where no other is given.
    ///
    /// # Errors
    ///
    /// When it is no key.
    pub fn shipped_key(&self) -> Result<Option<Key>, Diagnostic> {
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

/// Gives the columns of all forms the codes of all of them, under the same numbers, and what was written beside a code
/// wherever one form needs it.
fn share_codes(forms: &mut [RowParser], words: &[OurCodes]) {
    for (index, words) in words.iter().enumerate() {
        let is_merging = |form: &RowParser| match &form.columns[index].field_parser {
            FieldParser::Code(codes) => codes.is_merging(),
            FieldParser::Text
            | FieldParser::Pseudonym(..)
            | FieldParser::Integer
            | FieldParser::Time
            | FieldParser::Decimal(_)
            | FieldParser::Date(_) => false,
        };
        let (codes, is_merging) = (words.array(), forms.iter().any(is_merging));
        for form in &mut *forms {
            if let FieldParser::Code(column) = &mut form.columns[index].field_parser {
                column.share(&codes, is_merging);
            }
        }
    }
}

impl Parser {
    /// What parses the rows of a file with this header.
    pub(crate) fn form(&self, header: &Header) -> &RowParser {
        &self.forms[header.form]
    }

    /// A dictionary for each column, without words: those of chunks that are parsed with the same ones have the same keys.
    pub(crate) fn dictionaries(&self) -> Vec<Dictionary> {
        let columns = self.forms.first().map_or(0, |form| form.columns.len());
        (0..columns).map(|_| Dictionary::new(self.forms.len() > 1)).collect()
    }

    /// Cuts and parses rows that were read.
    ///
    /// # Errors
    ///
    /// Only a fault of the program.
    pub(crate) fn parse(&self, raw: RawChunk, dictionaries: &[Dictionary]) -> Result<Chunk, Diagnostic> {
        let RawChunk { number, bytes_read, header, rows, .. } = raw;
        let rows = rows.cut(&header);
        let parsed = self.form(&header).parse_rows(&rows, dictionaries);
        let (batch, rejects, stats) = parsed.map_err(not_built)?;
        let excluded = rows.read() - batch.num_rows() as u64 - rejects.len() as u64;
        Ok(Chunk { number, batch, rejects, read: rows.read(), excluded, bytes_read, stats })
    }
}

fn not_built(error: ArrowError) -> Diagnostic {
    Diagnostic::error(Code::Internal, "a chunk could not be built").note(error.to_string())
}

impl Parser {
    /// The columns of a chunk, without rows.
    pub(crate) fn without_rows(&self, dictionaries: &[Dictionary]) -> Result<RecordBatch, Diagnostic> {
        let header = self.headers.first();
        let header = header.ok_or_else(|| Diagnostic::error(Code::Internal, "a source without files"))?;
        let parsed = self.form(header).parse_rows(&Rows::new(header), dictionaries);
        parsed.map(|(batch, ..)| batch).map_err(not_built)
    }
}

/// The columns of a batch that is being made.
#[derive(Default)]
struct BatchColumns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl BatchColumns {
    fn push(&mut self, name: impl Into<String>, array: ArrayRef) {
        self.fields.push(Field::new(name, array.data_type().clone(), true));
        self.arrays.push(array);
    }

    fn batch(self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
    }
}

impl RowParser {
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
        stats.bytes.insert(rows.header().file, rows.bytes());
        self.add_unread(rows, verdicts.errors.iter().chain(&verdicts.incomplete), &mut stats);
        let batch = without(batch, &verdicts)?;
        stats.values.add_repaired(rows);
        for column in self.columns.iter().filter(|column| column.layout_in_part().is_some()) {
            stats.values.add_dates(rows.header().file, &column.name, &batch);
        }
        let (left_out, rejects) = self.whole_rows(rows);
        let rejects = self.rejects(rows, &verdicts.errors, rejects);
        let counts = RowCounts {
            read: rows.read(),
            accepted: batch.num_rows() as u64,
            rejected: rejects.len() as u64,
            excluded: (verdicts.aggregates.len() + verdicts.sparse.len() + left_out.len()) as u64,
            blank: (verdicts.sparse.len() + left_out.len()) as u64,
            incomplete: verdicts.incomplete_rows(),
            weight: self.weight_counts(&batch),
        };
        let file = rows.header().file;
        stats.files.entry(file).or_default().add(counts);
        stats.rejects.add(file, &rejects);
        stats.incomplete.add(file, &self.rejects_of(rows, &verdicts.incomplete));
        stats.sparse.add(file, &self.rejects_of(rows, &verdicts.sparse));
        stats.sparse.add(file, &left_out);
        let profile = RowsProfile::of(&batch, &self.columns, self.kind, [&stats.rejects, &stats.incomplete]);
        stats.profiles.insert(file, profile);
        if self.decoder.is_utf8()
            && let Some((count, first)) = rows.replacement_characters()
            && let Some(place) = rows.places(std::iter::once(first)).pop()
        {
            stats.replaced.insert(file, (count, FilePlace { file, place }));
        }
        Ok((batch, rejects, stats))
    }

    /// For how many the rows stand that got in, where a column says so.
    fn weight_counts(&self, batch: &RecordBatch) -> Option<WeightCounts> {
        let column = self.columns.iter().find(|column| column.is_weight)?;
        let weights = batch.column_by_name(&column.name)?.as_primitive_opt::<Int64Type>()?;
        Some(WeightCounts::of(weights.values()))
    }

    /// The columns of all rows, those that are at fault included.
    fn batch(
        &self,
        rows: &Rows,
        dictionaries: &[Dictionary],
        state: &mut RowState,
        stats: &mut IngestStats,
    ) -> Result<RecordBatch, ArrowError> {
        let mut made = BatchColumns::default();
        let mut possible_days = Vec::new();
        for (index, (column, dictionary)) in self.columns.iter().zip(dictionaries).enumerate() {
            let mut field_column = self.field_column(column, index, rows, state);
            let mut array = match column.layout_in_part() {
                None => column.parse(field_column, dictionary, stats)?,
                Some(layout) => {
                    let (day, bounds) = column.possible_days(&mut field_column, layout);
                    possible_days.extend(columns::possible_days(&column.name).into_iter().zip(bounds));
                    Arc::new(day)
                }
            };
            if column.is_value(self.kind)
                && let Some(multiplier) = rows.header().envelope.multiplier
            {
                let powers = rows.column(multiplier).map(RawField::trimmed);
                array = multiplied(&array, powers, &mut self.field_column(column, index, rows, state))?;
            }
            made.push(&*column.name, array);
        }
        for (name, days) in possible_days {
            made.push(name, Arc::new(days));
        }
        if let Some(concept) = &self.concept {
            let concepts = std::iter::repeat_n(concept, rows.len());
            made.push(columns::CONCEPT, Arc::new(StringArray::from_iter_values(concepts)));
        }
        if self.has_places {
            let file = rows.header().file;
            let places = rows.places(0..rows.len()).into_iter().map(|place| place.packed(file).0);
            made.push(columns::PLACE, Arc::new(Int64Array::from_iter_values(places)));
        }
        if self.kind == SourceKind::Cells {
            for (name, array) in self.of_cells(rows) {
                made.push(name, array);
            }
        }
        made.batch()
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
            tells_rows_apart: self.kind == SourceKind::Records,
            state,
        }
    }

    /// What cells need beside their columns: what marks say, which numbers and dates are totals, and what else could tell
    /// two cells apart.
    fn of_cells(&self, rows: &Rows) -> Vec<(String, ArrayRef)> {
        let columns = self.columns.iter().enumerate();
        let mut made: Vec<_> =
            columns.flat_map(|(index, column)| column.beside(rows, index, self.decoder)).collect();
        let envelope = &rows.header().envelope;
        for (name, column) in
            [(columns::OBS_STATUS, envelope.status), (columns::CONF_STATUS, envelope.confidentiality)]
        {
            let is_declared = self.columns.iter().any(|column| *column.name == *name);
            if let Some(column) = column.filter(|_| !is_declared) {
                made.push((name.to_owned(), as_stated(rows, column, self.decoder)));
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
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{Date32Type, Decimal128Type};
    use denizen_spec::RowPlace;

    use super::*;
    use crate::label_index::LabelIndexes;
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
        let input = Input {
            source,
            files: Vec::new(),
            lists: Vec::new(),
            indexes: LabelIndexes::default(),
            weights: Vec::new(),
            layouts: Vec::new(),
        };
        let parser = input.parser(None).unwrap();
        let (text, number, date) = (RawField::Text, RawField::Number, RawField::Date);
        let place = |row| RowPlace::Sheet { sheet: "S".into(), number: 1, row };
        let mut rows = Rows::new(&header);
        rows.push(place(2), [text(b"a"), text(b"12"), text(b"0,5"), text(b"2007-31-05")].into_iter());
        rows.push(place(3), [number(12.5), number(1e6), number(0.1 + 0.2), date(13_664)].into_iter());
        rows.push(place(4), [date(13_664), number(-1.0), number(3.0), text(b"")].into_iter());
        rows.push(place(5), [text(b""), number(1.5), text(b""), text(b"")].into_iter());
        rows.push(place(6), [text(b""), text(b""), number(0.125), text(b"")].into_iter());
        rows.push(place(7), [text(b""), text(b""), text(b""), text(b"2007-05-31")].into_iter());
        rows.push(place(8), [text(b""), date(1), text(b""), number(f64::NAN)].into_iter());
        rows.reject(place(9), Code::UnequalLengths);

        let (batch, rejects, stats) = parser.form(&header).parse_rows(&rows, &parser.dictionaries()).unwrap();
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
